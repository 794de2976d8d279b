//! `docs/diagnostics.md` has a section for each code of the table; its first example gives the code, and its second none. Each code is
//! shown by a case of `tests/ui`, and nothing makes errors without one.

use super::support::{expand_macros, sources};
use crate::diagnostics::Code;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All codes in a text, in the form in which they are printed.
fn codes(text: &str) -> BTreeSet<String> {
    let after = text.split("[AD").skip(1);
    let code = after.filter_map(|rest| rest.split_once(']'));
    code.map(|(digits, _)| format!("AD{digits}")).collect()
}

struct Section {
    heading: String,
    examples: Vec<(bool, String)>,
}

/// The sections of codes, each with its examples: whether one has to fail, and its text.
fn sections(page: &str) -> Vec<Section> {
    let mut found = Vec::new();
    for part in page.split("\n### ").skip(1) {
        let (heading, body) = part.split_once('\n').expect("a heading has a line");
        if !heading.starts_with("AD") {
            continue;
        }
        let body = body.split("\n## ").next().unwrap_or_default();
        let blocks = body.split("```").skip(1).step_by(2);
        let examples = blocks.filter_map(|b| b.split_once('\n'));
        found.push(Section {
            heading: heading.to_string(),
            examples: examples
                .map(|(kind, text)| (kind.contains("compile_fail"), text.to_string()))
                .collect(),
        });
    }
    found
}

#[test]
fn each_code_has_a_section() {
    let page = read(&root().join("docs/diagnostics.md"));
    let headings: Vec<String> = sections(&page).into_iter().map(|s| s.heading).collect();
    let table = Code::ALL.iter().map(|c| format!("{c}: {}", c.title()));
    assert_eq!(table.collect::<Vec<_>>(), headings);
}

#[test]
fn examples_give_their_code_and_no_other() {
    let page = read(&root().join("docs/diagnostics.md"));
    let mut wrong = Vec::new();
    for section in sections(&page) {
        let code = section.heading.split(':').next().unwrap_or_default();
        let kinds: Vec<bool> = section.examples.iter().map(|(fails, _)| *fails).collect();
        if kinds != [true, false] {
            wrong.push(format!("{code}: not one example before and one after"));
        }
        for (fails, text) in &section.examples {
            let expected = fails.then(|| code.to_string()).into_iter().collect();
            let given = codes(&expand_macros(text));
            if given != expected {
                wrong.push(format!("{code}, which fails: {fails}, gives {given:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_code_is_shown_by_a_case() {
    let folder = std::fs::read_dir(root().join("tests/ui")).expect("the folder of diagnostics");
    let paths = folder.map(|e| e.expect("an entry of the folder").path());
    let printed = paths.filter(|p| p.extension().is_some_and(|e| e == "stderr"));
    let shown: BTreeSet<String> = printed.flat_map(|p| codes(&read(&p))).collect();
    let table: BTreeSet<String> = Code::ALL.iter().map(ToString::to_string).collect();
    let missing: Vec<_> = table.difference(&shown).collect();
    assert!(missing.is_empty(), "no case of tests/ui shows {missing:?}");
    let unknown: Vec<_> = shown.difference(&table).collect();
    assert!(unknown.is_empty(), "tests/ui shows {unknown:?}");
}

/// Parsers make errors of syn, which get their code where they leave the parser.
#[test]
fn nothing_else_makes_errors() {
    let own = ["compile_error!(", "syn::Error::new"];
    for (path, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let name = path.to_string_lossy().replace('\\', "/");
        if name.contains("/diagnostics") || name.contains("/tests/") {
            continue;
        }
        for (k, line) in text.lines().enumerate() {
            let made = own.iter().any(|o| line.contains(o));
            // What the emitter prints for a gap in a template of ours is no rejection of the user's code.
            let allowed = line.contains("an unfilled template");
            assert!(!made || allowed, "{name}:{}: {line}", k + 1);
        }
    }
}
