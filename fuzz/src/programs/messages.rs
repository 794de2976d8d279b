//! What cargo says of a batch.

use serde_json::Value;
use std::path::Path;

/// An error of rustc's.
#[derive(Debug)]
pub struct Complaint {
    /// What was being compiled.
    pub target: String,
    /// The program that it is about; not every error has a place.
    pub program: Option<usize>,
    pub text: String,
}

impl Complaint {
    /// Whether it is one of ours, which rustc has to find: of a call behind whose failure the caller goes on.
    pub fn is_meant(&self) -> bool {
        self.text
            .contains("may fail after it has changed what it is lent")
    }
}

/// The errors in what cargo prints with `--message-format=json`.
pub fn complaints(output: &str) -> Vec<Complaint> {
    output.lines().filter_map(complaint).collect()
}

fn complaint(line: &str) -> Option<Complaint> {
    let message: Value = serde_json::from_str(line).ok()?;
    let diagnostic = message.get("message")?;
    if !diagnostic.get("level")?.as_str()?.starts_with("error") {
        return None;
    }
    let text_of = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or("").to_string();
    let code = text_of(diagnostic.get("code").and_then(|c| c.get("code")));
    let text = text_of(diagnostic.get("message"));
    if text.starts_with("aborting due to") {
        return None;
    }
    let rendered = text_of(diagnostic.get("rendered"));
    Some(Complaint {
        target: text_of(message.get("target").and_then(|t| t.get("name"))),
        program: place(diagnostic),
        text: format!("{code}: {text}\n{rendered}"),
    })
}

/// The program that a diagnostic, or a note below it, points to.
fn place(diagnostic: &Value) -> Option<usize> {
    let list = |key: &str| diagnostic.get(key).and_then(Value::as_array);
    let own = list("spans")
        .into_iter()
        .flatten()
        .find_map(|s| program_of(s.get("file_name")?.as_str()?));
    own.or_else(|| list("children")?.iter().find_map(place))
}

fn program_of(file: &str) -> Option<usize> {
    let stem = Path::new(file).file_stem()?.to_str()?;
    let number = stem.strip_prefix('p')?;
    number.strip_suffix("_plain").unwrap_or(number).parse().ok()
}
