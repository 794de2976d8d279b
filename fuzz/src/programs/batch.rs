//! Compiles and runs many programs at once, and says of each what came of it.

use crate::generate::{Program, SETS};
use crate::kinks::plain;
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

/// So long may the programs of one file run.
const PATIENCE: Duration = Duration::from_secs(120);

impl Workshop {
    pub fn open() -> std::io::Result<Workshop> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the package lies in the workspace")
            .to_path_buf();
        let folder = root.join("target/fuzz");
        std::fs::create_dir_all(folder.join("src/bin"))?;
        std::fs::write(folder.join("Cargo.toml"), manifest(&root))?;
        let lock = root.join("Cargo.lock");
        if lock.exists() && !folder.join("Cargo.lock").exists() {
            std::fs::copy(lock, folder.join("Cargo.lock"))?;
        }
        Ok(Workshop { root, folder })
    }

    /// What comes of each of the programs.
    pub fn run(&self, programs: &[Program]) -> Vec<Outcome> {
        let mut outcomes: BTreeMap<usize, Outcome> = BTreeMap::new();
        let mut left = Vec::new();
        for (k, p) in programs.iter().enumerate() {
            match expand(p) {
                Some(verdict) => drop(outcomes.insert(k, verdict)),
                None => left.push(k),
            }
        }
        self.write(programs);
        // rustc reports errors of borrows only where there are none of types: so, several rounds.
        loop {
            let bins = self.link(&left);
            let errors = self.build();
            if errors.is_empty() {
                for bin in bins {
                    self.execute(&bin.0, &bin.1, &mut outcomes);
                }
                break;
            }
            let before = left.len();
            for (k, is_plain, message) in errors {
                left.retain(|l| *l != k);
                let verdict = if is_plain {
                    Outcome::Invalid(message)
                } else {
                    Outcome::Uncompiled(message)
                };
                // Where the plain copy is at fault, so is the program.
                let known = matches!(outcomes.get(&k), Some(Outcome::Invalid(_)));
                if !known {
                    outcomes.insert(k, verdict);
                }
            }
            assert!(left.len() < before, "rustc fails outside of the programs");
        }
        (0..programs.len())
            .map(|k| {
                let lost = Outcome::Crashed("nothing is known of it".into());
                outcomes.remove(&k).unwrap_or(lost)
            })
            .collect()
    }

    fn write(&self, programs: &[Program]) {
        for (k, p) in programs.iter().enumerate() {
            self.put(&format!("src/p{k}.rs"), &annotated(p));
            self.put(&format!("src/p{k}_plain.rs"), &unannotated(p));
        }
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return;
        }
        std::fs::write(path, text).expect("the folder is ours");
    }

    /// The programs in two files, one for each of two cores.
    fn link(&self, left: &[usize]) -> Vec<(String, Vec<usize>)> {
        let mut bins = Vec::new();
        for half in 0..2 {
            let own: Vec<usize> = left.iter().copied().filter(|k| k % 2 == half).collect();
            let name = format!("half{half}");
            let mut text = String::from(HEAD);
            let root = self.root.display().to_string();
            text = text.replace("ROOT", &root);
            for k in &own {
                let _ = write!(
                    text,
                    "#[path = \"../p{k}.rs\"] mod p{k};\n#[path = \"../p{k}_plain.rs\"] mod p{k}_plain;\n"
                );
            }
            text += "fn main() {\nrunner::run(&[\n";
            for k in &own {
                let _ = writeln!(text, "(\"{k}\", p{k}_plain::run, p{k}::check, {SETS}),");
            }
            text += "]);\n}\n";
            self.put(&format!("src/bin/{name}.rs"), &text);
            bins.push((name, own));
        }
        bins
    }

    /// The errors of rustc: the program, whether they are in the plain copy, and the text.
    fn build(&self) -> Vec<(usize, bool, String)> {
        let output = Command::new("cargo")
            .args(["build", "--bins", "--offline", "--keep-going"])
            .args(["--message-format=json", "-q"])
            .current_dir(&self.folder)
            .env_remove("RUSTFLAGS")
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()
            .expect("cargo runs");
        if output.status.success() {
            return Vec::new();
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut errors = Vec::new();
        for line in text.lines() {
            errors.extend(error(line));
        }
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

/// What the macro makes of a program, if it is nothing that rustc could take.
fn expand(p: &Program) -> Option<Outcome> {
    let file = match syn::parse_file(&p.items) {
        Ok(file) => file,
        Err(e) => return Some(Outcome::Invalid(format!("does not parse: {e}"))),
    };
    for mut item in file.items {
        let attrs = match &mut item {
            syn::Item::Fn(f) => &mut f.attrs,
            syn::Item::Impl(i) => &mut i.attrs,
            _ => continue,
        };
        let Some(at) = attrs
            .iter()
            .position(|a| a.path().is_ident("differentiate"))
        else {
            continue;
        };
        let attribute = attrs.remove(at);
        let modes = attribute
            .meta
            .require_list()
            .map(|l| l.tokens.clone())
            .unwrap_or_default();
        let tokens = quote::ToTokens::to_token_stream(&item);
        let expanded = std::panic::catch_unwind(|| compiler::differentiate(modes, tokens));
        let Ok(expanded) = expanded else {
            return Some(Outcome::Broken("the macro panics".into()));
        };
        let Ok(parsed) = syn::parse2::<syn::File>(expanded) else {
            return Some(Outcome::Broken("what it gives does not parse".into()));
        };
        if let Some(message) = rejection(&parsed) {
            return Some(Outcome::Rejected(message));
        }
    }
    None
}

/// The first diagnostic.
pub fn rejection(file: &syn::File) -> Option<String> {
    file.items.iter().find_map(|item| match item {
        syn::Item::Macro(m) if m.mac.path.segments.last()?.ident == "compile_error" => {
            let text: syn::Result<syn::LitStr> = m.mac.parse_body();
            Some(text.map_or_else(|_| m.mac.tokens.to_string(), |t| t.value()))
        }
        _ => None,
    })
}

pub fn annotated(p: &Program) -> String {
    let items =
        syn::parse_file(&p.items).map_or_else(|_| p.items.clone(), |f| prettyplease::unparse(&f));
    format!(
        "#![allow(warnings, unconditional_panic, arithmetic_overflow)]\nuse chainrule::{{Differentiable, constant, differentiate}};\nuse num_traits::Float;\n\n{items}\npub fn check(set: usize) {{\n    let {} = inputs(set);\n    {}\n}}\n",
        p.pattern, p.proof
    )
}

/// The program as a test that can be put into a file of `tests/language`.
pub fn test(p: &Program, index: &u64, outcome: &Outcome) -> String {
    let items =
        syn::parse_file(&p.items).map_or_else(|_| p.items.clone(), |f| prettyplease::unparse(&f));
    let set = match outcome {
        Outcome::Failed(set, _) => *set,
        _ => 0,
    };
    format!(
        "mod program_{index} {{\nuse chainrule::{{Differentiable, differentiate}};\n\n{items}\n#[test]\nfn proved() {{\n    let {} = inputs({set});\n    {}\n}}\n}}\n",
        p.pattern, p.proof
    )
}

fn unannotated(p: &Program) -> String {
    let items = syn::parse_file(&p.items).map_or_else(|_| String::new(), |f| plain(&f));
    format!(
        "#![allow(warnings, unconditional_panic, arithmetic_overflow)]\nuse num_traits::Float;\n\n{items}\npub fn run(set: usize) {{\n    let {} = inputs(set);\n    let _ = {};\n}}\n",
        p.pattern, p.call
    )
}

/// An error message of cargo's, if it is one about a program.
fn error(line: &str) -> Option<(usize, bool, String)> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let diagnostic = message.get("message")?;
    if diagnostic.get("level")?.as_str()? != "error" {
        return None;
    }
    let spans = diagnostic.get("spans")?.as_array()?;
    let text = diagnostic.get("message")?.as_str()?;
    let code = diagnostic
        .get("code")
        .and_then(|c| c.get("code"))
        .and_then(|c| c.as_str())
        .unwrap_or("");
    let file = spans
        .iter()
        .find_map(|s| program_of(s.get("file_name")?.as_str()?))?;
    let rendered = diagnostic
        .get("rendered")
        .and_then(|r| r.as_str())
        .unwrap_or("");
    Some((file.0, file.1, format!("{code}: {text}\n{rendered}")))
}

fn program_of(file: &str) -> Option<(usize, bool)> {
    let stem = Path::new(file).file_stem()?.to_str()?;
    let number = stem.strip_prefix('p')?;
    match number.strip_suffix("_plain") {
        Some(n) => Some((n.parse().ok()?, true)),
        None => Some((number.parse().ok()?, false)),
    }
}

fn manifest(root: &Path) -> String {
    format!(
        "[package]
name = \"batch\"
version = \"0.0.0\"
edition = \"2024\"

[dependencies]
chainrule = {{ path = {root:?} }}
num-traits = \"0.2\"
pastey = \"0.2\"

[profile.dev]
debug = false
incremental = false

[profile.dev.build-override]
opt-level = 1

[workspace]
"
    )
}

const HEAD: &str = "#![allow(warnings)]
#[macro_use]
#[path = \"ROOT/tests/language/harness.rs\"]
mod harness;
#[path = \"ROOT/fuzz/support/kinks.rs\"]
mod kinks;
#[path = \"ROOT/fuzz/support/runner.rs\"]
mod runner;
";
