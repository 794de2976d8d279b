//! Functions in the function: the only callees that the macro can see, and so the only ones that it can miss the attribute on.

use super::activity::Activity;
use crate::diagnostics::{Code, Errors};
use crate::ir::*;
use proc_macro2::Ident;

/// Rejects active calls of nested functions that have no companions.
pub fn check(func: &Func, activity: &Activity, items: &[syn::Item], errors: &mut Errors) {
    walk(&func.body, &mut |s| {
        if let Stmt::Call { callee, args, .. } = s
            && let Callee::Path { prefix, name, .. } = callee
            && prefix.is_empty()
            && activity.call(func, callee, args)
            && is_left_plain(name, items)
        {
            errors.at(
                name.span(),
                Code::NestedFunction,
                format!("`{name}`, which is not annotated, can't be differentiated here"),
                format!("write `#[differentiate]` on it, or `constant({name}(…))` if it has no derivative"),
            );
        }
    });
}

/// Whether a name is that of a function without companions: neither does an attribute make them, nor are they written beside it.
fn is_left_plain(name: &Ident, items: &[syn::Item]) -> bool {
    let functions = || {
        items.iter().filter_map(|item| match item {
            syn::Item::Fn(f) => Some(f),
            _ => None,
        })
    };
    let beside = format!("{name}_");
    functions().any(|f| f.sig.ident == *name && f.attrs.iter().all(is_harmless))
        && !functions().any(|f| f.sig.ident.to_string().starts_with(&beside))
}

/// Whether an attribute leaves a function what it is.
fn is_harmless(a: &syn::Attribute) -> bool {
    const HARMLESS: &[&str] = &[
        "allow",
        "cfg",
        "cold",
        "deny",
        "doc",
        "expect",
        "inline",
        "must_use",
        "track_caller",
        "warn",
    ];
    HARMLESS.iter().any(|name| a.path().is_ident(name))
}
