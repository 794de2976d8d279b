//! `impl` blocks and traits: every method in them, but for those that are left out.

use super::function;
use super::standard;
use crate::attribute::{Attribute, Modes, Origin};
use crate::diagnostics::Errors;
use crate::drivers::{Home, Item, made, mentions, operators, places, taylor};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Every method of an `impl` block.
pub fn implementation(
    mut block: syn::ItemImpl,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let modes = taylor::without(modes, &block.self_ty, errors);
    if let Some(operator) = operators::operator(&block) {
        let companions = operators::companions(&block, &operator, modes, krate, errors);
        return quote!(#block #companions);
    }
    if let Some(function) = made::function(&block) {
        let companions = made::companions(&block, &function, modes, krate, errors);
        return quote!(#block #companions);
    }
    if let Some(method) = places::method(&block) {
        let companions = places::companions(&block, method, krate, errors);
        return quote!(#block #companions);
    }
    if standard::is_without_derivative(&block) || standard::reject(&block, errors) {
        return block.to_token_stream();
    }
    let home = Home::of_impl(&block);
    let items = std::mem::take(&mut block.items);
    let by_hand = by_hand(&items);
    let items = items.into_iter().map(|item| match item {
        syn::ImplItem::Fn(mut m) => {
            let by_hand = by_hand.contains(&m.sig.ident.to_string());
            let tokens = match choose(&mut m.attrs, &m.sig, modes, by_hand, errors) {
                None => {
                    m.sig = super::without_markers(&m.sig);
                    m.to_token_stream()
                }
                Some(own) => {
                    let item = Item {
                        attrs: &m.attrs,
                        vis: &m.vis,
                        sig: &m.sig,
                        body: Some(&m.block),
                        home: &home,
                        origin: &own.origin,
                    };
                    function(&item, own.modes, krate)
                }
            };
            syn::ImplItem::Verbatim(tokens)
        }
        other => other,
    });
    block.items = items.collect();
    block.to_token_stream()
}

/// The names of companions that are written by hand: without an attribute of their own they are left as they are.
fn by_hand(items: &[syn::ImplItem]) -> Vec<String> {
    let mut names = Vec::new();
    for item in items {
        if let syn::ImplItem::Fn(m) = item
            && let Some(a) = m.attrs.iter().find(|a| is(a, "differentiate"))
            && mentions(a.meta.to_token_stream(), "custom")
        {
            names.extend(["_tangent", "_adjoint"].map(|s| format!("{}{s}", m.sig.ident)));
        }
    }
    names
}

/// Every method of a trait: the companions are declared in it, those of default bodies with theirs.
pub fn declaration(
    mut item: syn::ItemTrait,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let modes = taylor::without(modes, &item.ident, errors);
    let home = Home::of_trait(&item);
    let items = std::mem::take(&mut item.items);
    let items = items.into_iter().map(|item| match item {
        syn::TraitItem::Fn(mut m) => {
            let tokens = match choose(&mut m.attrs, &m.sig, modes, false, errors) {
                None => {
                    m.sig = super::without_markers(&m.sig);
                    m.to_token_stream()
                }
                Some(own) => declared(&m, &home, &own, krate),
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
    own: &Attribute,
    krate: &TokenStream,
) -> TokenStream {
    let item = Item {
        attrs: &m.attrs,
        vis: &syn::Visibility::Inherited,
        sig: &m.sig,
        body: m.default.as_ref(),
        home,
        origin: &own.origin,
    };
    function(&item, own.modes, krate)
}

/// The modes of a method in an annotated block: its own, or the block's. `#[constant]` leaves it out, and so does a
/// signature that no companion can have: whoever calls it from annotated code is told that there is none.
fn choose(
    attrs: &mut Vec<syn::Attribute>,
    sig: &syn::Signature,
    modes: Modes,
    by_hand: bool,
    errors: &mut Errors,
) -> Option<Attribute> {
    let own = attrs.iter().find(|a| is(a, "differentiate"));
    let own = own.map(|a| match &a.meta {
        syn::Meta::List(list) => Attribute::parse(list.tokens.clone(), errors),
        _ => Attribute::parse(quote!(), errors),
    });
    let left_out = by_hand || attrs.iter().any(|a| a.path().is_ident("constant"));
    attrs.retain(|a| !is(a, "differentiate") && !a.path().is_ident("constant"));
    match own {
        Some(own) => Some(own),
        None => (!left_out && !lends(&sig.output)).then_some(Attribute {
            modes,
            origin: Origin::Body,
        }),
    }
}

fn is(a: &syn::Attribute, name: &str) -> bool {
    a.path().segments.last().is_some_and(|s| s.ident == name)
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
