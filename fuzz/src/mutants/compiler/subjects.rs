//! The functions whose expansions show what a mutant does: those of `fuzz/support/schemata/subjects.rs`.

use quote::{ToTokens, quote};
use serde_json::{Value, json};
use std::path::Path;

/// Functions, what is made of them, and how that is checked.
pub struct Subject {
    pub name: String,
    /// What an item is annotated with, if it is, and the item.
    items: Vec<(Option<String>, String)>,
    /// What stands behind the expansion.
    pub check: String,
}

impl Subject {
    pub fn json(&self) -> Value {
        self.items.iter().map(|(a, i)| json!([a, i])).collect()
    }
}

const POINTS: &str = "&[[0.7, 1.3, 0.9], [0.9, 0.2, 1.4], [1.0, 2.0, 0.3], [4.0, 3.0, 1.0]]";
const SMOOTH: &str = "&[[0.7, 1.3, 0.9], [0.9, 0.2, 0.4], [0.3, 1.7, 0.6]]";

/// What is made of a function, and the function of `checks.rs` that proves it.
const SCALAR: &[(&str, &str)] = &[
    ("reverse", "reverse(POINTS, f, f_gradient, f_adjoint)"),
    ("forward", "forward(POINTS, f, f_tangent)"),
    ("hessian", "hessian(POINTS, f, f_hvp, f_hessian)"),
    ("taylor", "taylor(POINTS, f, f_taylor)"),
];
const VECTOR: &[(&str, &str)] = &[("jacobian", "jacobian(POINTS, f, f_jacobian)")];

pub fn all(root: &Path) -> Vec<Subject> {
    let path = root.join("fuzz/support/schemata/subjects.rs");
    let text = std::fs::read_to_string(path).expect("a file of the repository");
    let file = syn::parse_file(&text).expect("the subjects parse");
    let mut found = Vec::new();
    for item in file.items {
        if let syn::Item::Mod(m) = item {
            let (_, items) = m.content.expect("a module with its items");
            variants(&m.ident.to_string(), &items, POINTS, &mut found);
        }
    }
    for rule in crate::subjects::all() {
        let items = syn::parse_file(&rule.items)
            .expect("the subjects parse")
            .items;
        variants(&rule.name, &items, SMOOTH, &mut found);
    }
    found
}

fn variants(name: &str, items: &[syn::Item], points: &str, out: &mut Vec<Subject>) {
    let is_vector = items.iter().any(|i| match i {
        syn::Item::Fn(f) if f.sig.ident == "f" => {
            f.sig.output.to_token_stream().to_string().contains("Vec")
        }
        _ => false,
    });
    for (modes, check) in if is_vector { VECTOR } else { SCALAR } {
        let items = items.iter().map(|i| annotated(i, modes));
        let check = check.replace("POINTS", points);
        out.push(Subject {
            name: format!("{name}, {modes}"),
            items: items.collect(),
            check: format!("use chainrule::Differentiable;\npub fn check() -> bool {{ crate::checks::{check} }}\n"),
        });
    }
}

/// What an item is annotated with, and the item. Items with an attribute that says so stay as they are; a `rule(…)` stands beside the modes.
fn annotated(item: &syn::Item, modes: &str) -> (Option<String>, String) {
    let mut item = item.clone();
    let attrs = match &mut item {
        syn::Item::Fn(f) => &mut f.attrs,
        syn::Item::Impl(i) => &mut i.attrs,
        _ => return (None, quote!(#item).to_string()),
    };
    let mut modes = modes.to_string();
    attrs.retain(|a| {
        let meta = &a.meta;
        let is_rule = meta.path().is_ident("rule");
        if is_rule {
            modes += &format!(", {}", quote!(#meta));
        }
        !is_rule
    });
    let plain = attrs.iter().any(|a| a.path().is_ident("allow"));
    ((!plain).then_some(modes), quote!(#item).to_string())
}
