//! From the annotated item to everything that is emitted: the whole macro, callable from a test.

use crate::attribute::Modes;
use crate::drivers;
use crate::error::Errors;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// Expands `#[differentiate(attr)] item`; the generated code names the facade crate by `krate`.
pub fn differentiate(attr: TokenStream, item: TokenStream, krate: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let modes = Modes::parse(attr, &mut errors);
    let expanded = match syn::parse2::<syn::Item>(item.clone()) {
        Ok(syn::Item::Fn(f)) => function(
            &f.attrs,
            &f.vis,
            &f.sig,
            &f.block,
            modes,
            &syn::Generics::default(),
            krate,
        ),
        Ok(syn::Item::Impl(block)) => implementation(block, modes, krate, &mut errors),
        Ok(other) => method_or_reject(item, Some(other.span()), modes, krate, &mut errors),
        Err(_) => method_or_reject(item, None, modes, krate, &mut errors),
    };
    let errors = errors.to_tokens();
    quote!(#expanded #errors)
}

/// A method stands in an `impl` that the macro can't see.
fn method_or_reject(
    item: TokenStream,
    span: Option<Span>,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    match syn::parse2::<syn::ImplItemFn>(item.clone()) {
        Ok(m) => function(
            &m.attrs,
            &m.vis,
            &m.sig,
            &m.block,
            modes,
            &syn::Generics::default(),
            krate,
        ),
        Err(e) => {
            let message = "`#[differentiate]` goes on a function, a method, or an `impl` block";
            match span {
                Some(span) => errors.at(span, message),
                None => errors.push(e),
            }
            item
        }
    }
}

/// Every method of an `impl` block.
fn implementation(
    mut block: syn::ItemImpl,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    if let Some((_, path, _)) = &block.trait_ {
        errors.at(
            path.span(),
            "the `impl` of a trait can't be differentiated yet; annotate an inherent method",
        );
        unmark(&mut block);
        return block.to_token_stream();
    }
    let mut items = Vec::new();
    for item in std::mem::take(&mut block.items) {
        match item {
            syn::ImplItem::Fn(m) => {
                let tokens = function(
                    &m.attrs,
                    &m.vis,
                    &m.sig,
                    &m.block,
                    modes,
                    &block.generics,
                    krate,
                );
                items.push(syn::ImplItem::Verbatim(tokens));
            }
            other => items.push(other),
        }
    }
    block.items = items;
    block.to_token_stream()
}

#[allow(clippy::too_many_arguments)]
fn function(
    attrs: &[syn::Attribute],
    vis: &syn::Visibility,
    sig: &syn::Signature,
    body: &syn::Block,
    modes: Modes,
    outer: &syn::Generics,
    krate: &TokenStream,
) -> TokenStream {
    let original = without_markers(sig);
    let body_as_written = without_loop_attributes(body);
    // Who calls the derivative uses the function, whether it is called itself or not.
    let primal = quote!(#(#attrs)* #[allow(dead_code)] #vis #original #body_as_written);
    let mut own = Errors::default();
    let companions = drivers::companions(attrs, vis, sig, body, modes, outer, krate, &mut own);
    if own.is_empty() {
        return quote!(#primal #companions);
    }
    let failed = own.to_tokens();
    quote!(#primal #failed)
}

/// The signature without our `#[constant]` marks.
fn without_markers(sig: &syn::Signature) -> syn::Signature {
    let mut sig = sig.clone();
    for arg in &mut sig.inputs {
        let attrs = match arg {
            syn::FnArg::Receiver(r) => &mut r.attrs,
            syn::FnArg::Typed(t) => &mut t.attrs,
        };
        attrs.retain(|a| !a.path().is_ident("constant"));
    }
    sig
}

/// The body without our attributes on loops, which no compiler knows.
fn without_loop_attributes(body: &syn::Block) -> syn::Block {
    struct Strip;
    impl syn::visit_mut::VisitMut for Strip {
        fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
            attrs.retain(|a| {
                !["store", "recompute", "checkpoint"]
                    .iter()
                    .any(|n| a.path().is_ident(n))
            });
        }
    }
    let mut body = body.clone();
    syn::visit_mut::VisitMut::visit_block_mut(&mut Strip, &mut body);
    body
}

/// An `impl` block without our `#[constant]` marks.
fn unmark(block: &mut syn::ItemImpl) {
    for item in &mut block.items {
        if let syn::ImplItem::Fn(m) = item {
            m.sig = without_markers(&m.sig);
        }
    }
}
