//! The compiler behind chainrule. Use it through the facade crate `chainrule`.
#![forbid(unsafe_code)]

mod analysis;
mod attribute;
mod drivers;
mod emit;
mod error;
mod expand;
mod ir;
mod lower;
mod rules;
mod transform;

use proc_macro::TokenStream;

/// Differentiates a function at compile time; see the front page of `chainrule`.
#[proc_macro_attribute]
pub fn differentiate(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::differentiate(attr.into(), item.into(), &attribute::facade()).into()
}

#[cfg(test)]
mod dev {
    #[test]
    fn dump() {
        let Ok(path) = std::env::var("DUMP") else { return };
        let text = std::fs::read_to_string(path).unwrap();
        let file = syn::parse_file(&text).unwrap();
        for item in file.items {
            if let syn::Item::Fn(mut f) = item {
                let Some(k) = f.attrs.iter().position(|a| a.path().is_ident("differentiate")) else { continue };
                let attr = f.attrs.remove(k);
                let args = attr.meta.require_list().map(|l| l.tokens.clone()).unwrap_or_default();
                let out = crate::expand::differentiate(args, quote::quote!(#f), &quote::quote!(::chainrule));
                match syn::parse2::<syn::File>(out.clone()) {
                    Ok(f) => println!("{}", prettyplease::unparse(&f)),
                    Err(e) => println!("UNPARSABLE {e}\n{out}"),
                }
            }
        }
    }
}
