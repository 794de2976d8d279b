//! One change at a time in generated code.

use super::subjects::Subject;
use proc_macro2::{Group, Literal, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};

/// The change of code that is left as it is.
pub const NOTHING: &str = "nothing";

pub struct Mutant {
    pub subject: String,
    pub change: String,
    /// The functions, companions among them, one of which is spoilt.
    pub code: TokenStream,
    pub points: &'static str,
}

/// A gradient that is not spoilt, and all that are.
pub fn mutants(subject: &Subject) -> Result<Vec<Mutant>, String> {
    let file = syn::parse_file(&subject.items).map_err(|e| e.to_string())?;
    let mut items = Vec::new();
    for item in file.items {
        let expanded = compiler::differentiate(quote!(reverse), item.to_token_stream());
        let expanded: syn::File = syn::parse2(expanded).map_err(|e| e.to_string())?;
        items.extend(expanded.items);
    }
    // The gradient of `f`, and what it calls of others.
    let is_run = |item: &syn::Item| match item {
        syn::Item::Fn(f) => {
            let name = f.sig.ident.to_string();
            name == "f_gradient" || (name.ends_with("_forward_sweep") && name != "f_forward_sweep")
        }
        _ => false,
    };
    let mutant = |change: &str, code: TokenStream| Mutant {
        subject: subject.name.clone(),
        change: change.to_string(),
        code,
        points: subject.points,
    };
    let mut found = vec![mutant(NOTHING, quote!(#(#items)*))];
    for (k, item) in items.iter().enumerate().filter(|(_, i)| is_run(i)) {
        let syn::Item::Fn(f) = item else { continue };
        for (change, body) in changes(f.block.to_token_stream()) {
            let (attrs, vis, sig) = (&f.attrs, &f.vis, &f.sig);
            let mut all: Vec<TokenStream> = items.iter().map(ToTokens::to_token_stream).collect();
            all[k] = quote!(#(#attrs)* #vis #sig #body);
            found.push(mutant(
                &format!("{}: {change}", f.sig.ident),
                quote!(#(#all)*),
            ));
        }
    }
    Ok(found)
}

/// All bodies with one change.
pub fn changes(body: TokenStream) -> Vec<(String, TokenStream)> {
    let list: Vec<TokenTree> = body.into_iter().collect();
    let mut out = Vec::new();
    for k in 0..list.len() {
        for (change, len, new) in here(&list[k..]) {
            let mut spoilt: Vec<TokenTree> = list[..k].to_vec();
            spoilt.extend(new);
            spoilt.extend_from_slice(&list[k + len..]);
            let near = text(&list[k.saturating_sub(6)..(k + 7).min(list.len())]);
            out.push((
                format!("{change} in `{near}`"),
                spoilt.into_iter().collect(),
            ));
        }
        if let TokenTree::Group(g) = &list[k] {
            for (change, inner) in changes(g.stream()) {
                let mut spoilt = list.clone();
                spoilt[k] = TokenTree::Group(Group::new(g.delimiter(), inner));
                out.push((change, spoilt.into_iter().collect()));
            }
        }
    }
    out
}

/// The changes that may be made at the beginning of a list of tokens: what is done, how many tokens go, and what comes in their place.
fn here(list: &[TokenTree]) -> Vec<(&'static str, usize, Vec<TokenTree>)> {
    let punct = |c| TokenTree::Punct(Punct::new(c, Spacing::Alone));
    let assign = |c| {
        let joint = TokenTree::Punct(Punct::new(c, Spacing::Joint));
        vec![joint, punct('=')]
    };
    let ident = |name: &str| TokenTree::Ident(format_ident!("{name}"));
    match list {
        [TokenTree::Punct(a), TokenTree::Punct(b), ..] if b.as_char() == '=' => match a.as_char() {
            '+' => vec![
                ("`-=` for `+=`", 2, assign('-')),
                ("`=` for `+=`", 2, vec![punct('=')]),
            ],
            '-' => vec![("`+=` for `-=`", 2, assign('+'))],
            _ => Vec::new(),
        },
        [TokenTree::Punct(p), next, ..] if p.spacing() == Spacing::Alone => match p.as_char() {
            '*' => vec![("`+` for `*`", 1, vec![punct('+')])],
            '/' => vec![("`*` for `/`", 1, vec![punct('*')])],
            '+' => vec![("`-` for `+`", 1, vec![punct('-')])],
            '-' if !is_literal(next) => vec![
                ("`+` for `-`", 1, vec![punct('+')]),
                ("no sign", 1, Vec::new()),
            ],
            _ => Vec::new(),
        },
        [
            TokenTree::Punct(dot),
            TokenTree::Ident(name),
            TokenTree::Group(_),
            ..,
        ] if dot.as_char() == '.' => {
            let renamed = |to: &str| vec![("another function", 2, vec![punct('.'), ident(to)])];
            match name.to_string().as_str() {
                "sin" => renamed("cos"),
                "cos" => renamed("sin"),
                "sinh" => renamed("cosh"),
                "cosh" => renamed("sinh"),
                "exp" => renamed("sqrt"),
                "sqrt" | "ln" => renamed("exp"),
                "rev" => vec![("no `rev`", 3, Vec::new())],
                _ => Vec::new(),
            }
        }
        [TokenTree::Literal(l), ..] => match l.to_string().as_str() {
            "0.5" | "2.0" | "1.0" => {
                let other = TokenTree::Literal(Literal::f64_unsuffixed(3.0));
                vec![("another number", 1, vec![other])]
            }
            _ => Vec::new(),
        },
        _ => statement_left_out(list),
    }
}

/// A statement that adds to an adjoint, or resets one, or puts a value back.
fn statement_left_out(list: &[TokenTree]) -> Vec<(&'static str, usize, Vec<TokenTree>)> {
    let end = list.iter().position(|t| is_punct(t, ';'));
    let (Some(end), Some(TokenTree::Ident(first))) = (end, list.first()) else {
        return Vec::new();
    };
    let keyword = [
        "let", "for", "if", "while", "loop", "match", "return", "break",
    ];
    let assigns = list[..end].iter().any(|t| is_punct(t, '='));
    let blocks = list[..end].iter().any(
        |t| matches!(t, TokenTree::Group(g) if g.delimiter() == proc_macro2::Delimiter::Brace),
    );
    if !assigns || blocks || keyword.iter().any(|k| first == k) {
        return Vec::new();
    }
    vec![("statement left out", end + 1, Vec::new())]
}

fn is_punct(t: &TokenTree, c: char) -> bool {
    matches!(t, TokenTree::Punct(p) if p.as_char() == c)
}

fn is_literal(t: &TokenTree) -> bool {
    matches!(t, TokenTree::Literal(_))
}

fn text(tokens: &[TokenTree]) -> String {
    let stream: TokenStream = tokens.iter().cloned().collect();
    stream.to_string().chars().take(90).collect()
}
