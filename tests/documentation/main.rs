//! The tables of the documentation say what the tests show: `docs/what-you-can-write.md` is made from the functions
//! in `tests/language`, and every line of `docs/limits.md` names a test in `tests/ui`.
#![forbid(unsafe_code)]

mod constructs;
mod corpus;

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
