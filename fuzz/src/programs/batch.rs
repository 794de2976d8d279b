//! Compiles and runs many programs at once, and says of each what came of it.
//!
//! The harness is a crate of its own, which is compiled once. The plain copies are the batch's library, which is compiled first: a program
//! whose copy rustc rejects is none. The programs are spread over several small binaries, since rustc's time grows faster than what it
//! compiles, and since an error in one of them leaves the others as they are.

use crate::expansion::expand;
use crate::generate::{Program, SETS};
use crate::messages::{Complaint, complaints};
use crate::texts::{annotated, unannotated};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What came of a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// At so many inputs everything agrees; at so many others differences don't settle.
    Passed(usize, usize),
    /// The macro rejects it.
    Rejected(String),
    /// The macro panics, or gives what doesn't parse.
    Broken(String),
    /// What is generated does not compile.
    Uncompiled(String),
    /// The program itself does not compile: the generator's fault.
    Invalid(String),
    /// A check fails at one of the inputs.
    Failed(usize, String),
    /// It ends the process, or does not end.
    Crashed(String),
}

impl Outcome {
    /// Failures of one kind have the same text here.
    pub fn kind(&self) -> Option<String> {
        match self {
            Outcome::Passed(..) | Outcome::Invalid(_) | Outcome::Rejected(_) => None,
            Outcome::Broken(_) => Some("broken".into()),
            Outcome::Uncompiled(e) => Some(format!("uncompiled {}", e.get(..12).unwrap_or(e))),
            Outcome::Crashed(_) => Some("crashed".into()),
            Outcome::Failed(_, e) => {
                let check = e.split_once(": ").map_or(e.as_str(), |p| p.1);
                let letters = |c: char| !(c.is_alphabetic() || c == ' ' || c == '\'');
                Some(check.split(letters).next().unwrap_or("").trim().to_string())
            }
        }
    }
}

/// Where batches are compiled.
pub struct Workshop {
    root: PathBuf,
    folder: PathBuf,
}

/// So many programs are compiled as one binary.
const TOGETHER: usize = 20;
/// So long may the programs of one binary run.
const PATIENCE: Duration = Duration::from_secs(120);

type Outcomes = BTreeMap<usize, Outcome>;

impl Workshop {
    pub fn open() -> std::io::Result<Workshop> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the package lies in the workspace")
            .to_path_buf();
        let folder = root.join("target/fuzz");
        std::fs::create_dir_all(folder.join("src/bin"))?;
        std::fs::create_dir_all(folder.join("proof/src"))?;
        let lock = root.join("Cargo.lock");
        if lock.exists() && !folder.join("Cargo.lock").exists() {
            std::fs::copy(lock, folder.join("Cargo.lock"))?;
        }
        let workshop = Workshop { root, folder };
        workshop.put("Cargo.toml", &workshop.manifest());
        workshop.put_proof()?;
        Ok(workshop)
    }

    /// The harness of `tests/language` and what runs the programs, with macros that other crates can use.
    fn put_proof(&self) -> std::io::Result<()> {
        let root = &self.root;
        let manifest = format!("[package]\nname = \"proof\"\n{}", dependencies(root));
        self.put("proof/Cargo.toml", &manifest);
        let harness = std::fs::read_to_string(root.join("tests/language/harness.rs"))?;
        let exported = harness.replace("\nmacro_rules! ", "\n#[macro_export]\nmacro_rules! ");
        self.put("proof/src/harness.rs", &exported);
        for name in ["kinks", "runner"] {
            let text = std::fs::read_to_string(root.join(format!("fuzz/support/{name}.rs")))?;
            self.put(&format!("proof/src/{name}.rs"), &text);
        }
        let modules = "#![allow(warnings)]\npub mod harness;\npub mod kinks;\npub mod runner;\n";
        self.put("proof/src/lib.rs", modules);
        Ok(())
    }

    fn manifest(&self) -> String {
        format!(
            "[package]\nname = \"batch\"\n{}proof = {{ path = \"proof\" }}\n{PROFILE}",
            dependencies(&self.root)
        )
    }

    /// What comes of each of the programs.
    pub fn run(&self, programs: &[Program]) -> Vec<Outcome> {
        let mut outcomes = Outcomes::new();
        let mut left = Vec::new();
        for (k, p) in programs.iter().enumerate() {
            match syn::parse_file(&p.items) {
                Err(e) => {
                    drop(outcomes.insert(k, Outcome::Invalid(format!("does not parse: {e}"))))
                }
                Ok(_) => left.push(k),
            }
            self.put(&format!("src/p{k}.rs"), &annotated(p));
            self.put(&format!("src/p{k}_plain.rs"), &unannotated(p));
        }
        self.compile_copies(&mut left, &mut outcomes);
        let binaries = self.compile(&left, &mut outcomes);
        // Where rustc complains, the macro may have done so.
        for (k, outcome) in &mut outcomes {
            if let Outcome::Uncompiled(_) = outcome
                && let Some(verdict) = expand(&programs[*k])
            {
                *outcome = verdict;
            }
        }
        for (number, own) in binaries.iter().enumerate() {
            self.execute(&binary(number), own, &mut outcomes);
        }
        (0..programs.len())
            .map(|k| {
                let lost = Outcome::Crashed("nothing is known of it".into());
                outcomes.remove(&k).unwrap_or(lost)
            })
            .collect()
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return;
        }
        std::fs::write(path, text).expect("the folder is ours");
    }

    /// The plain copies. rustc reports errors of borrows only where there are none of types: so, several rounds.
    fn compile_copies(&self, left: &mut Vec<usize>, outcomes: &mut Outcomes) {
        loop {
            let mut text = String::from("#![allow(warnings)]\nuse proof::kinks;\n");
            for k in &*left {
                let _ = writeln!(text, "pub mod p{k}_plain;");
            }
            self.put("src/lib.rs", &text);
            let errors = self.build(&["--lib"]);
            if errors.is_empty() {
                return;
            }
            let before = left.len();
            for e in &errors {
                if let Some(k) = e.program {
                    left.retain(|l| *l != k);
                    outcomes
                        .entry(k)
                        .or_insert_with(|| Outcome::Invalid(e.text.clone()));
                }
            }
            assert!(left.len() < before, "no program is at fault: {errors:?}");
        }
    }

    /// The programs that compile, binary by binary.
    fn compile(&self, left: &[usize], outcomes: &mut Outcomes) -> Vec<Vec<usize>> {
        // At least two, one for each of two cores.
        let size = TOGETHER.min(left.len().div_ceil(2)).max(1);
        let mut binaries: Vec<Vec<usize>> = left.chunks(size).map(<[usize]>::to_vec).collect();
        loop {
            self.link(&binaries);
            let errors = self.build(&["--bins", "--keep-going"]);
            if errors.is_empty() {
                return binaries;
            }
            for number in (0..binaries.len()).rev() {
                let own = errors.iter().filter(|e| e.target == binary(number));
                let own: Vec<&Complaint> = own.collect();
                if !own.is_empty() {
                    blame(&mut binaries, number, &own, outcomes);
                }
            }
        }
    }

    fn link(&self, binaries: &[Vec<usize>]) {
        for (number, own) in binaries.iter().enumerate() {
            let mut text = String::from(HEAD);
            for k in own {
                let _ = writeln!(text, "#[path = \"../p{k}.rs\"] mod p{k};");
            }
            text += "fn main() {\nproof::runner::run(&[\n";
            for k in own {
                let _ = writeln!(
                    text,
                    "(\"{k}\", batch::p{k}_plain::run, p{k}::check, {SETS}),"
                );
            }
            text += "]);\n}\n";
            self.put(&format!("src/bin/{}.rs", binary(number)), &text);
        }
        let unused = |n: &usize| {
            let name = format!("src/bin/{}.rs", binary(*n));
            std::fs::remove_file(self.folder.join(name)).is_ok()
        };
        (binaries.len()..).take_while(unused).for_each(drop);
    }

    /// The errors of rustc.
    fn build(&self, what: &[&str]) -> Vec<Complaint> {
        let output = Command::new("cargo")
            .args(["build", "--offline", "--message-format=json", "-q"])
            .args(what)
            .current_dir(&self.folder)
            .env_remove("RUSTFLAGS")
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()
            .expect("cargo runs");
        if output.status.success() {
            return Vec::new();
        }
        let errors = complaints(&String::from_utf8_lossy(&output.stdout));
        assert!(
            !errors.is_empty(),
            "cargo fails: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        errors
    }

    fn execute(&self, name: &str, own: &[usize], outcomes: &mut BTreeMap<usize, Outcome>) {
        let mut first = 0;
        while first < own.len() {
            let (text, ended) = self.output_of(name, first);
            let mut current = None;
            for line in text.lines() {
                let part: Vec<&str> = line.split('\t').collect();
                let number = |k: usize| part.get(k).and_then(|p| p.parse::<usize>().ok());
                match (part[0], number(1)) {
                    ("start", Some(k)) => current = Some(k),
                    ("pass", Some(k)) => {
                        let counts = (number(2).unwrap_or(0), number(3).unwrap_or(0));
                        outcomes.insert(k, Outcome::Passed(counts.0, counts.1));
                        current = None;
                    }
                    ("fail", Some(k)) => {
                        let message = part.get(3).copied().unwrap_or("").to_string();
                        outcomes.insert(k, Outcome::Failed(number(2).unwrap_or(0), message));
                        current = None;
                    }
                    _ => {}
                }
            }
            let Some(k) = current else {
                return;
            };
            outcomes.insert(k, Outcome::Crashed(ended));
            first = own
                .iter()
                .position(|o| *o == k)
                .map_or(own.len(), |p| p + 1);
        }
    }

    /// What the programs from the `first` on print, and how that ended.
    fn output_of(&self, name: &str, first: usize) -> (String, String) {
        let log = self.folder.join(format!("{name}.log"));
        let file = std::fs::File::create(&log).expect("the folder is ours");
        let mut child = Command::new(self.folder.join("target/debug").join(name))
            .arg(first.to_string())
            .stdout(file)
            .stderr(Stdio::null())
            .spawn()
            .expect("what was built runs");
        let start = Instant::now();
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status.to_string(),
                _ if start.elapsed() > PATIENCE => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break format!("it runs for more than {} s", PATIENCE.as_secs());
                }
                _ => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        (text, ended)
    }
}

fn binary(number: usize) -> String {
    format!("binary{number}")
}

/// Takes the programs that the errors are about out of their binary. If none of the errors has a place in a program, the binary is divided.
fn blame(
    binaries: &mut Vec<Vec<usize>>,
    number: usize,
    errors: &[&Complaint],
    outcomes: &mut Outcomes,
) {
    let own = &mut binaries[number];
    let before = own.len();
    for e in errors {
        let at_fault = e.program.or(if before == 1 {
            own.first().copied()
        } else {
            None
        });
        if let Some(k) = at_fault {
            own.retain(|o| *o != k);
            outcomes.entry(k).or_insert_with(|| match e.is_meant() {
                true => Outcome::Rejected(e.text.lines().next().unwrap_or("").into()),
                false => Outcome::Uncompiled(e.text.clone()),
            });
        }
    }
    if own.len() == before {
        let half = own.split_off(before / 2);
        binaries.push(half);
    }
}

fn dependencies(root: &Path) -> String {
    format!(
        "version = \"0.0.0\"
edition = \"2024\"

[dependencies]
chainrule = {{ path = {root:?} }}
num-traits = \"0.2\"
pastey = \"0.2\"
"
    )
}

const PROFILE: &str = "
[profile.dev]
debug = false
incremental = false

[profile.dev.build-override]
opt-level = 3

[workspace]
";

const HEAD: &str = "#![allow(warnings)]
#[macro_use]
extern crate proof;
use proof::harness;
";

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(program: Option<usize>) -> Complaint {
        Complaint {
            target: binary(0),
            program,
            text: "an error".into(),
        }
    }

    #[test]
    fn a_program_with_an_error_leaves_its_binary() {
        let (mut binaries, mut outcomes) = (vec![vec![3, 5, 8]], Outcomes::new());
        let errors = [complaint(None), complaint(Some(5))];
        blame(&mut binaries, 0, &errors.each_ref(), &mut outcomes);
        assert_eq!(binaries, [[3, 8]]);
        assert_eq!(outcomes.keys().copied().collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn a_binary_with_errors_that_have_no_place_is_divided() {
        let (mut binaries, mut outcomes) = (vec![vec![3, 5, 8]], Outcomes::new());
        let errors = [complaint(None)];
        blame(&mut binaries, 0, &errors.each_ref(), &mut outcomes);
        assert_eq!(binaries, [vec![3], vec![5, 8]]);
        assert!(outcomes.is_empty());
        blame(&mut binaries, 0, &errors.each_ref(), &mut outcomes);
        assert_eq!(binaries, [vec![], vec![5, 8]]);
        assert_eq!(outcomes[&3], Outcome::Uncompiled("an error".into()));
    }
}
