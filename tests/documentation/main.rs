//! The tables of the documentation say what the tests show: `docs/what-you-can-write.md` is made from the functions
//! in `tests/language`, and every line of `docs/limits.md` names a test in `tests/ui`.
#![forbid(unsafe_code)]

mod constructs;
mod corpus;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Each construct stands in three proved functions at least, in one of them together with others.
/// `UPDATE_EXPECT=1` writes the page anew.
#[test]
fn what_you_can_write() {
    let functions = corpus::read(&folder("tests/language"));
    let proved: Vec<_> = functions.iter().filter(|f| f.proved).collect();
    let mut page = String::from(constructs::INTRODUCTION);
    let mut missing = Vec::new();
    for (title, rows) in constructs::TABLE {
        write!(page, "\n## {title}\n\n{}", constructs::HEAD).expect("a string takes all");
        for (construct, example, found) in *rows {
            let users: Vec<_> = proved.iter().filter(|f| found(f)).collect();
            let combined = users.iter().filter(|f| f.combines()).count();
            if users.len() < 3 || combined == 0 {
                missing.push(format!("{construct}: {} functions", users.len()));
            }
            writeln!(page, "| {construct} | `{example}` | {} |", users.len())
                .expect("a string takes all");
        }
    }
    assert!(
        missing.is_empty(),
        "too few proved functions in tests/language use\n{}",
        missing.join("\n")
    );
    expect_test::expect_file![folder("docs/what-you-can-write.md")].assert_eq(&page);
}

/// The codes of a case's errors, as they stand behind its name on the page of limits.
fn codes(case: &str) -> String {
    let printed = folder("tests/ui").join(format!("{case}.stderr"));
    let printed = std::fs::read_to_string(printed).expect("the errors of a case");
    let codes = printed.split("[AD").skip(1);
    let codes = codes.filter_map(|rest| rest.split_once(']'));
    let codes: BTreeSet<_> = codes.map(|(digits, _)| format!("AD{digits}")).collect();
    match codes.is_empty() {
        true => String::new(),
        false => format!(" ({})", codes.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

/// Every case of `tests/ui` stands on the page of limits, and what the page names exists, with its codes.
#[test]
fn limits() {
    let page = std::fs::read_to_string(folder("docs/limits.md")).expect("the page of limits");
    let cases = std::fs::read_dir(folder("tests/ui")).expect("the folder of diagnostics");
    let mut missing = Vec::new();
    for case in cases {
        let path = case.expect("an entry of the folder").path();
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if path.extension().is_some_and(|e| e == "rs") && !page.contains(&format!("`{name}`")) {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "not in docs/limits.md: {missing:?}");
    for line in page.lines().filter(|l| l.starts_with("| ")) {
        let named = line.trim_end_matches('|').rsplit('|').next();
        for name in named.unwrap_or_default().split('`').skip(1).step_by(2) {
            let case = folder("tests/ui").join(format!("{name}.rs"));
            assert!(
                case.exists(),
                "docs/limits.md names `{name}`, which is not in tests/ui"
            );
            let shown = format!("`{name}`{}", codes(name));
            let next = [", ", " |"].map(|end| format!("{shown}{end}"));
            assert!(
                next.iter().any(|shown| line.contains(shown)),
                "docs/limits.md has other codes than {shown}"
            );
        }
    }
}
