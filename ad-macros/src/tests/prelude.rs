//! Generated code takes nothing from the prelude: users may have none, or other things by its names.

use std::path::Path;

/// What the prelude gives, but for methods.
const NAMES: &[&str] = &[
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "Box",
    "String",
    "Clone",
    "Copy",
    "Sized",
    "Default",
    "Fn",
    "FnMut",
    "FnOnce",
    "Iterator",
    "IntoIterator",
    "From",
    "Into",
    "Drop",
    "Send",
    "Sync",
];
const MACROS: &[&str] = &["vec", "panic", "unreachable", "assert", "matches"];

/// Only rooms that write code; `lower` quotes patterns that it reads again.
const ROOMS: &[&str] = &["emit.rs", "emit", "drivers", "derive.rs", "chain.rs"];

fn sources(at: &Path, out: &mut Vec<std::path::PathBuf>) {
    if at.is_dir() {
        for entry in std::fs::read_dir(at).expect("a room of the compiler") {
            sources(&entry.expect("a file").path(), out);
        }
    } else if at.extension().is_some_and(|e| e == "rs") {
        out.push(at.to_path_buf());
    }
}

/// Calls `f` on the tokens inside of each `quote!` and its relatives.
fn quoted(tokens: proc_macro2::TokenStream, f: &mut dyn FnMut(proc_macro2::TokenStream)) {
    use proc_macro2::TokenTree::{Group, Ident, Punct};
    let all: Vec<_> = tokens.into_iter().collect();
    for (k, t) in all.iter().enumerate() {
        let Group(g) = t else { continue };
        let quotes = k >= 2
            && matches!(&all[k - 1], Punct(p) if p.as_char() == '!')
            && matches!(&all[k - 2], Ident(i) if ["quote", "quote_spanned", "parse_quote", "ours"].contains(&i.to_string().as_str()));
        match quotes {
            true => f(g.stream()),
            false => quoted(g.stream(), f),
        }
    }
}

/// Names of the prelude that are not at the end of a path.
fn bare(tokens: proc_macro2::TokenStream, found: &mut Vec<String>) {
    use proc_macro2::TokenTree::{Group, Ident, Punct};
    let all: Vec<_> = tokens.into_iter().collect();
    for (k, t) in all.iter().enumerate() {
        match t {
            Group(g) => bare(g.stream(), found),
            Ident(i) => {
                let before = k.checked_sub(1).map(|b| &all[b]);
                let after = all.get(k + 1);
                let is = |t: Option<&_>, c: &[char]| matches!(t, Some(Punct(p)) if c.contains(&p.as_char()));
                let name = i.to_string();
                let in_path = k > 1 && is(before, &[':']) && is(Some(&all[k - 2]), &[':']);
                let known = match is(after, &['!']) {
                    true => MACROS.contains(&name.as_str()),
                    false => NAMES.contains(&name.as_str()),
                };
                let of_runtime = k > 2 && matches!(&all[k - 3], Ident(i) if i == "rt");
                if known && !in_path && !is(before, &['#', '.']) {
                    found.push(name);
                } else if name == "std" && in_path && !of_runtime {
                    // A crate may have no standard library.
                    found.push("::std".into());
                }
            }
            _ => {}
        }
    }
}

#[test]
fn nothing_is_taken_from_the_prelude() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    ROOMS
        .iter()
        .for_each(|r| sources(&root.join(r), &mut files));
    assert!(files.len() > 20, "the rooms are where they were");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let tokens = text.parse().expect("Rust");
        let mut found = Vec::new();
        quoted(tokens, &mut |quoted| bare(quoted, &mut found));
        let file = file.display();
        assert!(
            found.is_empty(),
            "{file} writes {found:?}: give their paths, `::core::option::Option::Some`"
        );
    }
}
