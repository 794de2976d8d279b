//! The walk through the stages in ARCHITECTURE.md shows what the compiler does.
//!
//! The block behind each `<!-- stage: … -->` is compared, and rewritten with `UPDATE_EXPECT=1`.

use super::support::{Stages, expand_text, is_wide};
use std::path::Path;

const SOURCE: &str = "fn relax(x: &[f64], rate: f64) -> f64 {
    let mut level = 0.0;
    for i in 0..x.len() {
        let pull = (x[i] - level).tanh();
        level += rate * pull;
    }
    level * level
}
";

#[test]
fn the_architecture_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let page = std::fs::read_to_string(&path).expect("ARCHITECTURE.md is there");
    let mut current = page.clone();
    for (name, text) in texts() {
        current = with_block(&current, name, &text);
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &current).expect("ARCHITECTURE.md can be written");
    } else {
        assert!(
            page == current,
            "ARCHITECTURE.md shows old text; refresh it with UPDATE_EXPECT=1"
        );
    }
}

fn texts() -> Vec<(&'static str, String)> {
    let stages = Stages::of(SOURCE);
    let (forward, reverse) = stages.adjoint();
    let emitted = expand_text(&format!("#[differentiate(reverse)]\n{SOURCE}"), |i| {
        !is_wide(i)
    });
    let start = emitted
        .find("fn relax_adjoint")
        .expect("the adjoint is generated");
    let length = emitted[start..].find("\n}\n").expect("the adjoint ends") + 3;
    vec![
        ("source", SOURCE.to_string()),
        ("lowered", stages.lowered()),
        ("active", stages.active() + "\n"),
        ("needs", stages.needs()),
        ("tangent", stages.tangent()),
        ("forward", forward),
        ("reverse", reverse),
        ("emitted", emitted[start..start + length].to_string()),
    ]
}

/// The page with another text in the fenced block behind the marker.
fn with_block(page: &str, name: &str, text: &str) -> String {
    let marker = format!("<!-- stage: {name} -->\n");
    let at = page
        .find(&marker)
        .unwrap_or_else(|| panic!("ARCHITECTURE.md has no `{}`", marker.trim()))
        + marker.len();
    let fence_end = at + page[at..].find('\n').expect("a fence follows the marker") + 1;
    let close = fence_end + page[fence_end..].find("```").expect("the fence is closed");
    format!("{}{text}{}", &page[..fence_end], &page[close..])
}
