//! Wrong rules: each formula of the table with one change.

use super::sites::Site;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

/// A row of the table with a change in one of its formulas.
pub struct Wrong {
    pub row: &'static str,
    partials: Vec<String>,
    pub site: Site,
}

/// All changes of all formulas.
pub fn all() -> Vec<Wrong> {
    let mut found = Vec::new();
    for rule in compiler::rules::TABLE {
        for (k, formula) in rule.partials.iter().enumerate() {
            for (change, new) in changes(formula) {
                let mut partials: Vec<String> =
                    rule.partials.iter().map(ToString::to_string).collect();
                partials[k].clone_from(&new);
                found.push(Wrong {
                    row: rule.name,
                    partials,
                    site: Site {
                        file: "rules.rs".into(),
                        function: format!("table: {}", rule.name),
                        line: k + 1,
                        change,
                        code: format!("{formula} => {new}"),
                    },
                });
            }
        }
    }
    found
}

fn changes(formula: &str) -> Vec<(String, String)> {
    if formula == "-" {
        return Vec::new();
    }
    if formula == "0" {
        return vec![("not zero".into(), "d".into())];
    }
    // The name of a constant begins with digits.
    let tokens: TokenStream = formula
        .replace("180_OVER_PI", "DEGREES")
        .parse()
        .expect("formulas are tokens");
    let mut found = crate::spoil::changes(tokens.clone());
    found.extend(names(tokens.clone()));
    found.push(("negated".into(), quote!(-(#tokens))));
    found.push(("zero".into(), quote!(0.0 * (#tokens))));
    found
        .into_iter()
        .map(|(change, new)| (change, new.to_string()))
        // An expression must be left.
        .filter(|(_, new)| syn::parse_str::<syn::Expr>(new).is_ok())
        .collect()
}

/// Other functions, operands and comparisons.
fn names(tokens: TokenStream) -> Vec<(String, TokenStream)> {
    let list: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (k, t) in list.iter().enumerate() {
        let mut put = |what: &str, new: Vec<TokenTree>| {
            let mut spoilt = list.clone();
            spoilt.splice(k..=k, new);
            found.push((what.to_string(), spoilt.into_iter().collect()));
        };
        match t {
            TokenTree::Ident(i) => {
                let other = match i.to_string().as_str() {
                    "sin" => "cos",
                    "cos" => "sin",
                    "sinh" => "cosh",
                    "cosh" => "sinh",
                    "sqrt" | "ln" => "exp",
                    "exp" => "sqrt",
                    "a" => "r",
                    "b" | "r" => "a",
                    "trunc" => "floor",
                    "LN_2" | "LOG2_E" => "LOG10_E",
                    "LOG10_E" => "LN_2",
                    "PI_OVER_180" => "LN_2",
                    "DEGREES" => "PI_OVER_180",
                    _ => continue,
                };
                let ident = Ident::new(other, Span::call_site());
                put(&format!("`{other}` for `{i}`"), vec![ident.into()]);
            }
            TokenTree::Punct(p) if matches!(p.as_char(), '<' | '>') => {
                let other = if p.as_char() == '<' { '>' } else { '<' };
                let punct = proc_macro2::Punct::new(other, p.spacing());
                put("the other comparison", vec![punct.into()]);
            }
            TokenTree::Group(g) => {
                for (change, inner) in names(g.stream()) {
                    let group = proc_macro2::Group::new(g.delimiter(), inner);
                    put(&change, vec![group.into()]);
                }
            }
            _ => {}
        }
    }
    found
}

/// The wrong rows, as a list in the compiler's source; the first has the number `first`.
pub fn list(wrong: &[Wrong], first: usize) -> String {
    let mut text = String::from("&[\n");
    for (k, w) in wrong.iter().enumerate() {
        let (n, row, partials) = (first + k, w.row, &w.partials);
        text += &format!(
            "    ({n}, Rule {{ name: {row:?}, series: {:?}, partials: &{partials:?} }}),\n",
            format!("series_{row}")
        );
    }
    text + "]"
}
