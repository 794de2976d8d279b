//! Changes in code that the compiler quotes.

use proc_macro2::{TokenStream, TokenTree};

/// The changes of a template that leave its interpolations alone.
pub fn changes(template: TokenStream) -> Vec<(String, TokenStream)> {
    let before = interpolations(&template);
    let keeps = |(_, spoilt): &(String, TokenStream)| interpolations(spoilt) == before;
    let found = crate::spoil::changes(template);
    found.into_iter().filter(keeps).collect()
}

/// What stands for something else in a template, and the marks of repetitions.
fn interpolations(template: &TokenStream) -> Vec<String> {
    let list: Vec<TokenTree> = template.clone().into_iter().collect();
    let mut found = Vec::new();
    for (k, t) in list.iter().enumerate() {
        let hash = |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == '#');
        if hash(t) {
            let repeated = matches!(list.get(k + 1), Some(TokenTree::Group(_)));
            // `#(…)*`, `#(…),*`
            let rest = &list[k + 1..(k + 4).min(list.len())];
            let star = rest.iter().skip(1).take(2);
            let star = star.filter(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == '*'));
            found.push(format!("#{}", if repeated { star.count() } else { 0 }));
        }
        if let TokenTree::Group(g) = t {
            found.extend(interpolations(&g.stream()));
        }
    }
    found
}
