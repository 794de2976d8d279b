//! Compiles all mutants, and runs the check on each.

use super::spoil::Mutant;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The check reports a wrong derivative or value, or the code panics or does not end.
    Found,
    Survived,
    Uncompiled,
}

/// What comes of each.
pub fn verdicts(mutants: &[Mutant]) -> Vec<Verdict> {
    let folder = open();
    for (k, m) in mutants.iter().enumerate() {
        let points = m.points;
        let text = format!(
            "{}\npub fn check() -> bool {{\n    let points: &[[f64; 3]] = {points};\n    points.iter().all(|x| chainrule::check::gradient(x, |x| f(x), |x| f_gradient(x)).is_ok())\n}}\n",
            m.code
        );
        put(&folder.join(format!("src/m{k}.rs")), &text);
    }
    let mut left: BTreeSet<usize> = (0..mutants.len()).collect();
    loop {
        put(&folder.join("src/main.rs"), &main_of(&left));
        let failing = build(&folder);
        if failing.is_empty() {
            break;
        }
        let before = left.len();
        left.retain(|k| !failing.contains(k));
        assert!(left.len() < before, "rustc fails outside of the mutants");
    }
    let survivors = survivors(&folder);
    (0..mutants.len())
        .map(|k| match (left.contains(&k), survivors.contains(&k)) {
            (false, _) => Verdict::Uncompiled,
            (true, true) => Verdict::Survived,
            (true, false) => Verdict::Found,
        })
        .collect()
}

fn open() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace");
    let folder = root.join("target/mutants");
    std::fs::create_dir_all(folder.join("src")).expect("a folder for the mutants");
    let manifest = format!(
        "[package]\nname = \"mutants\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nchainrule = {{ path = {root:?} }}\n\n[profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n"
    );
    put(&folder.join("Cargo.toml"), &manifest);
    if !folder.join("Cargo.lock").exists() {
        let _ = std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"));
    }
    folder
}

fn put(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    std::fs::write(path, text).expect("the folder is ours");
}

/// Each check in a thread of its own, so that one that does not end holds up no other.
fn main_of(left: &BTreeSet<usize>) -> String {
    let mut text = String::from("#![allow(warnings)]\nextern crate alloc;\n");
    for k in left {
        let _ = writeln!(text, "mod m{k};");
    }
    text += "fn main() {\n    std::panic::set_hook(Box::new(|_| {}));\n    let all: &[(usize, fn() -> bool)] = &[\n";
    for k in left {
        let _ = writeln!(text, "        ({k}, m{k}::check),");
    }
    text += "    ];
    for (k, check) in all {
        let (send, receive) = std::sync::mpsc::channel();
        let check = *check;
        std::thread::spawn(move || send.send(std::panic::catch_unwind(check).unwrap_or(false)));
        if receive.recv_timeout(std::time::Duration::from_secs(5)) == Ok(true) {
            println!(\"{k}\");
        }
    }
    std::process::exit(0);
}
";
    text
}

/// The mutants that rustc rejects.
fn build(folder: &Path) -> BTreeSet<usize> {
    let output = Command::new("cargo")
        .args(["build", "--offline", "--message-format=json", "-q"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .expect("cargo runs");
    if output.status.success() {
        return BTreeSet::new();
    }
    let failing: BTreeSet<usize> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .flat_map(mutants_of)
        .collect();
    assert!(
        !failing.is_empty(),
        "cargo fails: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    failing
}

/// The files that an error of rustc's is about.
fn mutants_of(line: &str) -> Vec<usize> {
    let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else {
        return Vec::new();
    };
    let diagnostic = &message["message"];
    if diagnostic["level"] != "error" {
        return Vec::new();
    }
    let spans = diagnostic["spans"].as_array().cloned().unwrap_or_default();
    let number = |s: &serde_json::Value| {
        let stem = Path::new(s["file_name"].as_str()?)
            .file_stem()?
            .to_str()?
            .to_string();
        stem.strip_prefix('m')?.parse().ok()
    };
    spans.iter().filter_map(number).collect()
}

fn survivors(folder: &Path) -> BTreeSet<usize> {
    let output = Command::new(folder.join("target/debug/mutants"))
        .output()
        .expect("what was built runs");
    assert!(output.status.success(), "the mutants end the process");
    let text = String::from_utf8_lossy(&output.stdout).to_string();
    text.lines().filter_map(|l| l.parse().ok()).collect()
}
