//! What rustc says, and about what of the annotated code.

use serde_json::Value;
use std::path::PathBuf;

/// An error or a warning.
#[derive(Clone, Debug)]
pub struct Message {
    pub warning: bool,
    /// `E0308`, or the name of a lint.
    pub code: String,
    pub text: String,
    /// As a person would read it.
    pub rendered: String,
    /// File and bytes of the places in the crate, those that matter most first.
    pub places: Vec<(PathBuf, usize, usize)>,
}

/// Why rustc rejects a function.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// The user is meant to see it: something that the macro can't know is not there.
    Told(&'static str),
    /// Generated code that is wrong, by the code of the error.
    Defect(String),
}

/// What the names of companions have in them that calls look for.
const COMPANIONS: [&str; 6] = [
    "_tangent",
    "_adjoint",
    "_forward_sweep",
    "_overwrites",
    "_restores",
    "_pull_",
];

impl Message {
    pub fn cause(&self) -> Cause {
        let text = &self.text;
        let companion = text
            .split('`')
            .skip(1)
            .step_by(2)
            .any(|name| COMPANIONS.iter().any(|c| name.contains(c)));
        match self.code.as_str() {
            "E0425" | "E0599" | "E0433" if companion => {
                Cause::Told("a callee is not annotated (E0425, E0599)")
            }
            "E0428" | "E0592" => Cause::Told("a companion's name is taken (E0428, E0592)"),
            "E0277" if text.contains("has no shadow") => {
                Cause::Told("a type without `Differentiable` (E0277)")
            }
            "E0277" if text.contains("can't be differentiated") => Cause::Told(
                "an operator, index, cast or conversion of a type that is not annotated (E0277)",
            ),
            "E0277"
                if ["Zero`", "One`", "Float`", "NumCast`"]
                    .iter()
                    .any(|t| text.contains(t)) =>
            {
                Cause::Told("a type parameter that stands for a number without `Float` (E0277)")
            }
            "E0277" if text.contains("handed to a parameter that is constant") => {
                Cause::Told("an argument for a `#[constant]` parameter (E0277)")
            }
            "" => Cause::Defect("without a code".into()),
            code => Cause::Defect(code.into()),
        }
    }
}

/// The program that cargo has built, by the lines that it prints.
pub fn program(lines: &str) -> Option<String> {
    lines.lines().find_map(|l| {
        let value = serde_json::from_str::<Value>(l).ok()?;
        Some(value["executable"].as_str()?.to_string())
    })
}

/// The messages in the lines that cargo prints.
pub fn messages(lines: &str, root: &std::path::Path) -> Vec<Message> {
    let mut out = Vec::new();
    for line in lines.lines().filter(|l| l.starts_with('{')) {
        let Ok(value) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let message = &value["message"];
        let level = message["level"].as_str().unwrap_or_default();
        if value["reason"] != "compiler-message" || !["error", "warning"].contains(&level) {
            continue;
        }
        let mut places = Vec::new();
        let spans = message["spans"].as_array().cloned().unwrap_or_default();
        for primary in [true, false] {
            let spans = spans.iter().filter(|s| s["is_primary"] == primary);
            let spans: Vec<&Value> = spans.collect();
            places.extend(spans.iter().filter_map(|s| place(s, root)));
            places.extend(spans.iter().flat_map(|s| callers(s, root)));
        }
        for child in message["children"].as_array().into_iter().flatten() {
            let spans = child["spans"].as_array().into_iter().flatten();
            places.extend(spans.filter_map(|s| place(s, root)));
        }
        out.push(Message {
            warning: level == "warning",
            code: message["code"]["code"].as_str().unwrap_or_default().into(),
            text: message["message"].as_str().unwrap_or_default().into(),
            rendered: message["rendered"].as_str().unwrap_or_default().into(),
            places,
        });
    }
    out
}

/// Where a span is in the crate: where it is expanded, if it is from elsewhere.
fn place(span: &Value, root: &std::path::Path) -> Option<(PathBuf, usize, usize)> {
    let path = root.join(span["file_name"].as_str()?);
    if path.starts_with(root) && path.exists() {
        let start = span["byte_start"].as_u64()? as usize;
        return Some((path, start, span["byte_end"].as_u64()? as usize));
    }
    place(span.get("expansion")?.get("span")?, root)
}

/// Where the macros are invoked that a span is made by.
fn callers(span: &Value, root: &std::path::Path) -> Vec<(PathBuf, usize, usize)> {
    let outer = span.get("expansion").and_then(|e| e.get("span"));
    let outer = outer.filter(|s| !s.is_null());
    let Some(outer) = outer else {
        return Vec::new();
    };
    place(outer, root)
        .into_iter()
        .chain(callers(outer, root))
        .collect()
}
