//! Compiles code that may be wrong, and runs the check on each.

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

/// Code with a function `check() -> bool`.
pub struct Case {
    pub code: String,
}

/// Where cases are compiled.
pub struct Place<'a> {
    /// The folder in `target`.
    pub name: &'a str,
    /// What stands in front of the modules: macros, and modules that they use.
    pub head: &'a str,
}

/// What comes of each.
pub fn verdicts(place: &Place, cases: &[Case]) -> Vec<Verdict> {
    let folder = open(place.name);
    for (k, case) in cases.iter().enumerate() {
        put(&folder.join(format!("src/m{k}.rs")), &case.code);
    }
    let mut left: BTreeSet<usize> = (0..cases.len()).collect();
    loop {
        put(&folder.join("src/main.rs"), &main_of(place.head, &left));
        let failing = build(&folder);
        if failing.is_empty() {
            break;
        }
        let before = left.len();
        left.retain(|k| !failing.contains(k));
        assert!(left.len() < before, "rustc fails outside of the mutants");
    }
    let survivors = survivors(&folder, &left);
    (0..cases.len())
        .map(|k| match (left.contains(&k), survivors.contains(&k)) {
            (false, _) => Verdict::Uncompiled,
            (true, true) => Verdict::Survived,
            (true, false) => Verdict::Found,
        })
        .collect()
}

fn open(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace");
    let folder = root.join("target").join(name);
    std::fs::create_dir_all(folder.join("src")).expect("a folder for the mutants");
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nchainrule = {{ path = {root:?} }}\nnum-traits = \"0.2\"\n\n[profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n"
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

/// Each check in a thread of its own; one that does not end ends the process, which starts again with the next.
fn main_of(head: &str, left: &BTreeSet<usize>) -> String {
    let mut text = format!(
        "#![allow(warnings, unconditional_panic, arithmetic_overflow)]\nextern crate alloc;\n{head}\n"
    );
    for k in left {
        let _ = writeln!(text, "mod m{k};");
    }
    text += "fn main() {\n    std::panic::set_hook(Box::new(|_| {}));\n    let all: &[(usize, fn() -> bool)] = &[\n";
    for k in left {
        let _ = writeln!(text, "        ({k}, m{k}::check),");
    }
    text += "    ];
    let first: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(0);
    for (k, check) in all.iter().filter(|(k, _)| *k >= first) {
        println!(\"start {k}\");
        let (send, receive) = std::sync::mpsc::channel();
        let check = *check;
        std::thread::spawn(move || send.send(std::panic::catch_unwind(check).unwrap_or(false)));
        match receive.recv_timeout(std::time::Duration::from_secs(5)) {
            Ok(true) => println!(\"{k}\"),
            Ok(false) => {}
            // What does not end would take the time of the others.
            Err(_) => std::process::exit(1),
        }
    }
    println!(\"end\");
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

/// Those whose check passes. One that ends the process, by an overflow of the stack or without memory, is found.
fn survivors(folder: &Path, left: &BTreeSet<usize>) -> BTreeSet<usize> {
    let name = folder.file_name().unwrap_or_default().to_owned();
    let program = folder.join("target/debug").join(name);
    let mut found = BTreeSet::new();
    let mut first = 0;
    while left.range(first..).next().is_some() {
        let output = Command::new("sh")
            .args(["-c", "ulimit -v 6000000; exec \"$0\" \"$1\""])
            .arg(&program)
            .arg(first.to_string())
            .output()
            .expect("what was built runs");
        let text = String::from_utf8_lossy(&output.stdout).to_string();
        found.extend(text.lines().filter_map(|l| l.parse::<usize>().ok()));
        let started = text
            .lines()
            .filter_map(|l| l.strip_prefix("start ")?.parse::<usize>().ok());
        match started.max() {
            Some(k) if !text.ends_with("end\n") => first = k + 1,
            _ => break,
        }
    }
    found
}
