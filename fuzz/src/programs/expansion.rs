//! What the macro makes of a program.

use crate::batch::Outcome;
use crate::generate::Program;

/// What the macro makes of a program, if it is nothing that rustc could take.
pub fn expand(p: &Program) -> Option<Outcome> {
    let file = match syn::parse_file(&p.items) {
        Ok(file) => file,
        Err(e) => return Some(Outcome::Invalid(format!("does not parse: {e}"))),
    };
    for mut item in file.items {
        let attrs = match &mut item {
            syn::Item::Fn(f) => &mut f.attrs,
            syn::Item::Impl(i) => &mut i.attrs,
            _ => continue,
        };
        let Some(at) = attrs
            .iter()
            .position(|a| a.path().is_ident("differentiate"))
        else {
            continue;
        };
        let attribute = attrs.remove(at);
        let modes = attribute
            .meta
            .require_list()
            .map(|l| l.tokens.clone())
            .unwrap_or_default();
        let tokens = quote::ToTokens::to_token_stream(&item);
        let expanded = std::panic::catch_unwind(|| compiler::differentiate(modes, tokens));
        let Ok(expanded) = expanded else {
            return Some(Outcome::Broken("the macro panics".into()));
        };
        let Ok(parsed) = syn::parse2::<syn::File>(expanded) else {
            return Some(Outcome::Broken("what it gives does not parse".into()));
        };
        if let Some(message) = rejection(&parsed) {
            return Some(Outcome::Rejected(message));
        }
    }
    None
}

/// The first diagnostic.
fn rejection(file: &syn::File) -> Option<String> {
    file.items.iter().find_map(|item| match item {
        syn::Item::Macro(m) if m.mac.path.segments.last()?.ident == "compile_error" => {
            let text: syn::Result<syn::LitStr> = m.mac.parse_body();
            Some(text.map_or_else(|_| m.mac.tokens.to_string(), |t| t.value()))
        }
        _ => None,
    })
}
