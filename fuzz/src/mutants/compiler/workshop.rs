//! The copy of the compiler that holds all mutants: written, and compiled without the places whose guarded form is no Rust.

use super::formulas::{self, Wrong};
use super::sites::{Site, Spoiler};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Workshop {
    pub folder: PathBuf,
    /// By number, from 1 on; those that are left out are `None`.
    pub sites: Vec<Option<Site>>,
}

impl Workshop {
    /// Builds the copy, with places in those files whose paths begin with one of `files`.
    pub fn build(root: &Path, files: &[String]) -> Workshop {
        let folder = root.join("target/schemata");
        let support = root.join("fuzz/support/schemata");
        std::fs::create_dir_all(folder.join("src")).expect("a folder for the copy");
        put(&folder.join("Cargo.toml"), MANIFEST);
        if !folder.join("Cargo.lock").exists() {
            let _ = std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"));
        }
        for name in ["mutant.rs", "program.rs"] {
            put(&folder.join("src").join(name), &read(&support.join(name)));
        }
        let wrong = formulas::all();
        let known = folder.join("left-out.json");
        let mut left_out = HashSet::new();
        // What earlier runs learnt of the same places.
        let (all, _) = copy(root, files, &wrong, &left_out);
        let all = keys(&all);
        let text = std::fs::read_to_string(&known).unwrap_or_default();
        let mut learnt: HashSet<Key> = serde_json::from_str(&text).unwrap_or_default();
        let numbered = all.iter().zip(1..);
        left_out.extend(
            numbered
                .filter(|(key, _)| learnt.contains(*key))
                .map(|(_, n)| n),
        );
        loop {
            let (sites, written) = copy(root, files, &wrong, &left_out);
            for (name, text) in written {
                put(&folder.join("src").join(name), &text);
            }
            let failing = failing(&folder);
            if failing.is_empty() {
                learnt.extend(left_out.iter().map(|n| all[n - 1].clone()));
                put(&known, &serde_json::json!(learnt).to_string());
                let kept = |(k, s)| (!left_out.contains(&(k + 1))).then_some(s);
                let mut sites: Vec<_> = sites.into_iter().enumerate().map(kept).collect();
                sites.extend(wrong.into_iter().map(|w| Some(w.site)));
                return Workshop { folder, sites };
            }
            println!("{} places whose guarded form is no Rust", failing.len());
            left_out.extend(failing);
        }
    }

    pub fn program(&self) -> PathBuf {
        self.folder.join("target/debug/schemata")
    }
}

/// A place by its file and function, the change and the code there, and how many like it stand before it.
type Key = (String, String, String, String, usize);

fn keys(sites: &[Site]) -> Vec<Key> {
    let mut counts = HashMap::new();
    let mut found = Vec::new();
    for s in sites {
        // The numbers of switches inside are not the place's own.
        let code = s.code.replace(|c: char| c.is_ascii_digit(), "");
        let words = (s.file.clone(), s.function.clone(), s.change.clone(), code);
        let before = counts.entry(words.clone()).or_insert(0);
        *before += 1;
        let (file, function, change, code) = words;
        found.push((file, function, change, code, *before));
    }
    found
}

/// The places in the copy, with those that are left out, and its files.
fn copy(
    root: &Path,
    files: &[String],
    wrong: &[Wrong],
    left_out: &HashSet<usize>,
) -> (Vec<Site>, Vec<(String, String)>) {
    let source = root.join("ad-macros/src");
    let mut spoiler = Spoiler::new(left_out);
    let mut all = Vec::new();
    sources(&source, &source, &mut all);
    all.sort();
    let mut written = Vec::new();
    for name in all {
        let text = read(&source.join(&name));
        let chosen = files.iter().any(|f| name.starts_with(f.as_str()));
        let text = if chosen {
            spoiler.file(&name, &text)
        } else {
            text
        };
        match name.as_str() {
            "lib.rs" => {}
            "library.rs" => written.push(("main.rs".into(), main_of(&text))),
            _ => written.push((name, text)),
        }
    }
    let table = written.iter_mut().find(|(name, _)| name == "rules.rs");
    let (_, table) = table.expect("the table");
    *table = asked(table, wrong, spoiler.sites.len() + 1);
    (spoiler.sites, written)
}

/// The table, with wrong rows that are asked first; the first of them has the number `first`.
fn asked(table: &str, wrong: &[Wrong], first: usize) -> String {
    let head = "pub fn row(name: &str) -> &'static Rule {";
    let asked = format!("{head}\n    if let Some(row) = wrong(name) {{ return row; }}");
    assert!(table.contains(head), "the table is asked by `row`");
    let list = formulas::list(wrong, first);
    format!(
        "{}
const WRONG: &[(usize, Rule)] = {list};

fn wrong(name: &str) -> Option<&'static Rule> {{
    let found = WRONG.iter().find(|(n, row)| row.name == name && crate::mutant::is(*n));
    found.map(|(_, row)| row)
}}
",
        table.replace(head, &asked)
    )
}

fn main_of(library: &str) -> String {
    let plain = |l: &&str| !l.starts_with("//!") && !l.starts_with("#![");
    let text: Vec<&str> = library.lines().filter(plain).collect();
    format!(
        "#![allow(warnings)]\n{}\nmod mutant;\nmod program;\n\nfn main() {{\n    program::main();\n}}\n",
        text.join("\n")
    )
}

fn sources(root: &Path, folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder)
        .expect("the compiler's source")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "tests" {
            sources(root, &path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).expect("a file in it");
            out.push(name.to_string_lossy().to_string());
        }
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file of the repository")
}

fn put(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    let _ = std::fs::create_dir_all(path.parent().expect("a folder"));
    std::fs::write(path, text).expect("the folder is ours");
}

/// The places that errors of rustc are about.
fn failing(folder: &Path) -> HashSet<usize> {
    let output = Command::new("cargo")
        .args(["build", "--offline", "--message-format=json", "-q"])
        .current_dir(folder)
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .expect("cargo runs");
    if output.status.success() {
        return HashSet::new();
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let found: HashSet<usize> = text.lines().flat_map(|l| places_of(folder, l)).collect();
    assert!(
        !found.is_empty(),
        "cargo fails: {}\n{text}",
        String::from_utf8_lossy(&output.stderr)
    );
    found
}

fn places_of(folder: &Path, line: &str) -> Vec<usize> {
    let message: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let diagnostic = &message["message"];
    if diagnostic["level"] != "error" {
        return Vec::new();
    }
    let spans = diagnostic["spans"].as_array().cloned().unwrap_or_default();
    let primary = spans.iter().find(|s| s["is_primary"] == true);
    let Some(span) = primary else {
        return Vec::new();
    };
    let number = |key: &str| span[key].as_u64().unwrap_or(0) as usize;
    let file = folder.join(span["file_name"].as_str().unwrap_or(""));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let (first, last) = (number("line_start"), number("line_end").min(lines.len()));
    // The innermost switch: the last in the span, or before it.
    let inside = first == last && number("column_start") < number("column_end");
    if inside {
        let line = lines[first - 1];
        let cut = |c: usize| line.char_indices().nth(c - 1).map_or(line.len(), |p| p.0);
        let part = &line[cut(number("column_start"))..cut(number("column_end"))];
        let found = switches(part);
        if !found.is_empty() {
            return found;
        }
        if let Some(n) = switches(&line[..cut(number("column_start"))]).last() {
            return vec![*n];
        }
    }
    let inside = lines[first - 1..last]
        .iter()
        .flat_map(|l| switches(l))
        .next();
    if inside.is_some() && first < last {
        return inside.into_iter().collect();
    }
    let before = lines[..first]
        .iter()
        .rev()
        .find_map(|l| switches(l).last().copied());
    before.into_iter().collect()
}

/// The numbers of the switches in a piece of text.
fn switches(text: &str) -> Vec<usize> {
    let ends: Vec<&str> = text.split("usize").collect();
    let parts = ends[..ends.len() - 1].iter().map(|p| {
        let before = p.trim_end_matches(|c: char| c.is_ascii_digit());
        p[before.len()..].parse().ok()
    });
    let mut found: Vec<usize> = parts.flatten().collect();
    found.dedup();
    found
}

const MANIFEST: &str = "[package]
name = \"schemata\"
version = \"0.0.0\"
edition = \"2024\"

[dependencies]
proc-macro-crate = \"3\"
proc-macro2 = \"1\"
quote = \"1\"
serde_json = \"1\"
syn = { version = \"2\", features = [\"full\", \"visit\", \"visit-mut\"] }

[profile.dev]
debug = false
incremental = false
opt-level = 1

[profile.dev.package.\"*\"]
opt-level = 2

[workspace]
";
