//! The arguments of `#[differentiate(…)]`, parsed once.

use crate::error::Errors;
use proc_macro2::{Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;

/// Which companions are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Modes {
    pub forward: bool,
    pub reverse: bool,
    pub hessian: bool,
    pub jacobian: Option<Order>,
}

/// How Jacobians are computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// In the mode that is cheaper for the shapes at hand.
    Cheapest,
    Forward,
    Reverse,
}

const KNOWN: &str = "known modes: `forward`, `reverse`, `jacobian`, `hessian`";

impl Modes {
    pub fn parse(attr: TokenStream, errors: &mut Errors) -> Modes {
        let mut modes = Modes {
            forward: false,
            reverse: false,
            hessian: false,
            jacobian: None,
        };
        if attr.is_empty() {
            return Modes {
                forward: true,
                reverse: true,
                hessian: false,
                jacobian: None,
            };
        }
        let parser = Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated;
        match syn::parse::Parser::parse2(parser, attr) {
            Ok(list) => list.iter().for_each(|m| modes.add(m, errors)),
            Err(e) => errors.at(e.span(), format!("expected a list of modes; {KNOWN}")),
        }
        modes
    }

    fn add(&mut self, meta: &syn::Meta, errors: &mut Errors) {
        let name = meta
            .path()
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        if !matches!(meta, syn::Meta::Path(_))
            && matches!(name.as_str(), "forward" | "reverse" | "hessian")
        {
            errors.at(meta.span(), format!("the mode `{name}` takes no arguments"));
            return;
        }
        match name.as_str() {
            "forward" => self.forward = true,
            "reverse" => self.reverse = true,
            "hessian" => {
                self.hessian = true;
                self.forward = true;
                self.reverse = true;
            }
            "jacobian" => {
                self.jacobian = order(meta, errors);
                self.forward = true;
                self.reverse = true;
            }
            "rule" | "custom" => {
                errors.at(
                    meta.span(),
                    format!("`{name}` is not supported yet; {KNOWN}"),
                );
            }
            _ => errors.at(
                meta.span(),
                format!(
                    "unknown mode `{}`; {KNOWN}",
                    quote::ToTokens::to_token_stream(meta.path())
                ),
            ),
        }
    }
}

/// `jacobian`, `jacobian(forward)`, `jacobian(reverse)`.
fn order(meta: &syn::Meta, errors: &mut Errors) -> Option<Order> {
    let given = match meta {
        syn::Meta::Path(_) => return Some(Order::Cheapest),
        syn::Meta::List(list) => list.tokens.to_string(),
        syn::Meta::NameValue(_) => String::new(),
    };
    match given.as_str() {
        "forward" => Some(Order::Forward),
        "reverse" => Some(Order::Reverse),
        _ => {
            let message = "`jacobian` chooses the cheaper mode; write `jacobian(forward)` or `jacobian(reverse)` for one of them";
            errors.at(meta.span(), message);
            None
        }
    }
}

/// The path of the facade crate, whatever the user called the dependency.
pub fn facade() -> TokenStream {
    use proc_macro_crate::{FoundCrate, crate_name};
    match crate_name("chainrule") {
        Ok(FoundCrate::Name(name)) if name != "chainrule" => {
            let name = syn::Ident::new(&name, Span::call_site());
            quote::quote!(::#name)
        }
        _ => quote::quote!(::chainrule),
    }
}
