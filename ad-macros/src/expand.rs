//! From the annotated item to everything that is emitted: the whole macro, callable from a test.

mod block;
mod conditions;
mod depth;
mod standard;

use crate::attribute::{Attribute, Modes, Origin};
use crate::diagnostics::{Code, Diagnostic, Errors};
use crate::drivers::{self, Home, Item};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;

/// Expands `#[differentiate(attr)] item`; the generated code names the facade crate by `krate`.
pub fn differentiate(attr: TokenStream, item: TokenStream, krate: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Attribute { modes, origin } = Attribute::parse(attr, &mut errors);
    if depth::reject_deep_tokens(&item, &mut errors) {
        let errors = errors.to_tokens();
        return quote!(#item #errors);
    }
    let expanded = match syn::parse2::<syn::Item>(item.clone()) {
        Ok(syn::Item::Fn(f)) => {
            let item = Item {
                attrs: &f.attrs,
                vis: &f.vis,
                sig: &f.sig,
                body: Some(&f.block),
                home: &Home::default(),
                origin: &origin,
            };
            function(&item, modes, krate)
        }
        Ok(syn::Item::Impl(block)) => {
            reject_origin(&origin, &mut errors);
            block::implementation(block, modes, krate, &mut errors)
        }
        Ok(syn::Item::Trait(item)) => {
            reject_origin(&origin, &mut errors);
            block::declaration(item, modes, krate, &mut errors)
        }
        Ok(other) => {
            let own = Attribute { modes, origin };
            method_or_reject(item, Some(other.span()), own, krate, &mut errors)
        }
        Err(_) => {
            let own = Attribute { modes, origin };
            method_or_reject(item, None, own, krate, &mut errors)
        }
    };
    let errors = errors.to_tokens();
    quote!(#expanded #errors)
}

/// A derivative is stated for one function.
fn reject_origin(origin: &Origin, errors: &mut Errors) {
    match origin {
        Origin::Rule(rule) => errors.at(
            rule.span,
            Code::StatedElsewhere,
            "a rule is that of one function",
            "write it on the method",
        ),
        Origin::Custom(custom) => errors.at(
            custom.span,
            Code::StatedElsewhere,
            "`custom` is said of one function",
            "write it on the method",
        ),
        Origin::Body => {}
    }
}

/// A method stands in an `impl` or a trait that the macro can't see.
fn method_or_reject(
    item: TokenStream,
    span: Option<Span>,
    own: Attribute,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    if let Ok(m) = syn::parse2::<syn::ImplItemFn>(item.clone()) {
        let item = Item {
            attrs: &m.attrs,
            vis: &m.vis,
            sig: &m.sig,
            body: Some(&m.block),
            home: &Home::default(),
            origin: &own.origin,
        };
        return function(&item, own.modes, krate);
    }
    match syn::parse2::<syn::TraitItemFn>(item.clone()) {
        Ok(m) => block::declared(&m, &Home::unseen_trait(), &own, krate),
        Err(e) => {
            let help = "write it on a function, a method, an `impl` block, or a trait; what a type is made of is said by `#[derive(Differentiable)]`";
            match span {
                Some(span) => errors.at(
                    span,
                    Code::Item,
                    "only functions have derivatives, and this is none",
                    help,
                ),
                None => errors.push(Diagnostic::unreadable(&e, Code::Item, help)),
            }
            item
        }
    }
}

/// A function as it was written, and its companions.
fn function(item: &Item, modes: Modes, krate: &TokenStream) -> TokenStream {
    let vis = item.vis;
    let outer = |a: &&syn::Attribute| matches!(a.style, syn::AttrStyle::Outer);
    // Attributes at the beginning of the body, `#![allow(…)]`, are the original's own.
    let (attrs, inner): (Vec<_>, Vec<_>) = item.attrs.iter().partition(outer);
    let original = without_markers(item.sig);
    // Who calls the derivative uses the function, whether it is called itself or not.
    let primal = match item.body {
        Some(body) => {
            let stmts = without_loop_attributes(body).stmts;
            quote!(#(#attrs)* #[allow(dead_code)] #vis #original { #(#inner)* #(#stmts)* })
        }
        None => quote!(#(#attrs)* #vis #original;),
    };
    let mut own = Errors::default();
    match (item.body, item.origin) {
        (None, Origin::Rule(rule)) => own.at(
            rule.span,
            Code::StatedElsewhere,
            "a method that is only declared has no derivative",
            "write the rule where the method is defined",
        ),
        (_, Origin::Custom(custom)) if item.home.is_trait() => own.at(
            custom.span,
            Code::StatedElsewhere,
            "a trait declares the companions of all its types",
            "write them by hand where the method is defined for one",
        ),
        _ => {}
    }
    let body = item.body.map(depth::in_parts);
    if let Some(body) = &body {
        depth::reject_deep_body(body, &mut own);
    }
    if !own.is_empty() {
        let errors = own.to_tokens();
        return quote!(#primal #errors);
    }
    let mut out = primal;
    for v in conditions::variants(item.sig, body.as_ref(), &mut own) {
        let mut failed = Errors::default();
        let attrs: Vec<_> = attrs.iter().copied().chain(&v.condition).cloned().collect();
        let variant = Item {
            attrs: &attrs,
            sig: &v.sig,
            body: v.body.as_ref(),
            ..*item
        };
        let companions = drivers::companions(&variant, modes, krate, &mut failed);
        out.extend(match failed.is_empty() {
            true => companions,
            false => conditions::under(&v.condition, &failed),
        });
    }
    out.extend(own.to_tokens());
    out
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
pub fn without_loop_attributes(body: &syn::Block) -> syn::Block {
    struct Strip;
    impl syn::visit_mut::VisitMut for Strip {
        fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
            attrs.retain(|a| !crate::lower::is_storage(a));
        }

        // What is nested is annotated by itself.
        fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    }
    let mut body = body.clone();
    syn::visit_mut::VisitMut::visit_block_mut(&mut Strip, &mut body);
    body
}
