//! `impl` blocks and traits: every method in them, but for those that are left out.

use super::function;
use crate::attribute::Modes;
use crate::drivers::{Home, Item, operators};
use crate::error::Errors;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Every method of an `impl` block.
pub fn implementation(
    mut block: syn::ItemImpl,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    if let Some(operator) = operators::operator(&block) {
        let companions = operators::companions(&block, &operator, modes, krate, errors);
        return quote!(#block #companions);
    }
    let home = Home::of_impl(&block);
    let items = std::mem::take(&mut block.items);
    let items = items.into_iter().map(|item| match item {
        syn::ImplItem::Fn(mut m) => {
            let tokens = match choose(&mut m.attrs, &m.sig, modes, errors) {
                None => m.to_token_stream(),
                Some(modes) => {
                    let item = Item {
                        attrs: &m.attrs,
                        vis: &m.vis,
                        sig: &m.sig,
                        body: Some(&m.block),
                        home: &home,
                    };
                    function(&item, modes, krate)
                }
            };
            syn::ImplItem::Verbatim(tokens)
        }
        other => other,
    });
    block.items = items.collect();
    block.to_token_stream()
}

/// Every method of a trait: the companions are declared in it, those of default bodies with theirs.
pub fn declaration(
    mut item: syn::ItemTrait,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let home = Home::of_trait(&item);
    let items = std::mem::take(&mut item.items);
    let items = items.into_iter().map(|item| match item {
        syn::TraitItem::Fn(mut m) => {
            let tokens = match choose(&mut m.attrs, &m.sig, modes, errors) {
                None => m.to_token_stream(),
                Some(modes) => declared(&m, &home, modes, krate),
            };
            syn::TraitItem::Verbatim(tokens)
        }
        other => other,
    });
    item.items = items.collect();
    item.to_token_stream()
}

/// A method of a trait.
pub fn declared(
    m: &syn::TraitItemFn,
    home: &Home,
    modes: Modes,
    krate: &TokenStream,
) -> TokenStream {
    let item = Item {
        attrs: &m.attrs,
        vis: &syn::Visibility::Inherited,
        sig: &m.sig,
        body: m.default.as_ref(),
        home,
    };
    function(&item, modes, krate)
}

/// The modes of a method in an annotated block: its own, or the block's. `#[constant]` leaves it out, and so does a
/// signature that no companion can have: whoever calls it from annotated code is told that there is none.
fn choose(
    attrs: &mut Vec<syn::Attribute>,
    sig: &syn::Signature,
    modes: Modes,
    errors: &mut Errors,
) -> Option<Modes> {
    let is =
        |a: &syn::Attribute, name: &str| a.path().segments.last().is_some_and(|s| s.ident == name);
    let own = attrs.iter().find(|a| is(a, "differentiate"));
    let own = own.map(|a| match &a.meta {
        syn::Meta::List(list) => Modes::parse(list.tokens.clone(), errors),
        _ => Modes::parse(quote!(), errors),
    });
    let left_out = attrs.iter().any(|a| a.path().is_ident("constant"));
    attrs.retain(|a| !is(a, "differentiate") && !a.path().is_ident("constant"));
    match own {
        Some(own) => Some(own),
        None => (!left_out && !lends(&sig.output)).then_some(modes),
    }
}

/// Whether a function returns a reference, or what only a trait describes.
fn lends(output: &syn::ReturnType) -> bool {
    let syn::ReturnType::Type(_, ty) = output else {
        return false;
    };
    matches!(
        **ty,
        syn::Type::Reference(_) | syn::Type::ImplTrait(_) | syn::Type::Never(_)
    )
}
