//! `From` and `Sum` of user types: companions in the run-time library's traits for them, found by the path that a caller writes.
//!
//! `sum` of an iterator becomes a function of what the iterator gives: of a `Vec`, or of a slice where it gives references.

use super::operators::Shape;
use super::{Home, Item, prepare};
use crate::attribute::{Modes, Origin};
use crate::diagnostics::{Code, Errors, whole};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The function of `From` or `Sum` that a block implements.
pub fn function(block: &syn::ItemImpl) -> Option<Ident> {
    let (_, path, _) = block.trait_.as_ref()?;
    let name = match path.segments.last()?.ident.to_string().as_str() {
        "From" => "from",
        "Sum" => "sum",
        _ => return None,
    };
    let method = method(block)?;
    let plain = method.sig.receiver().is_none() && method.sig.inputs.len() == 1;
    (plain && method.sig.ident == name).then(|| method.sig.ident.clone())
}

fn method(block: &syn::ItemImpl) -> Option<&syn::ImplItemFn> {
    block.items.iter().find_map(|i| match i {
        syn::ImplItem::Fn(m) => Some(m),
        _ => None,
    })
}

/// The derivative of such a function, beside its `impl`.
pub fn companions(
    block: &syn::ItemImpl,
    function: &Ident,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let Some(method) = method(block) else {
        return TokenStream::new();
    };
    let own = (*block.self_ty).clone();
    let Some(syn::FnArg::Typed(given)) = method.sig.inputs.first() else {
        return TokenStream::new();
    };
    let mut shape = Shape {
        operands: Vec::new(),
        output: own.clone(),
        own,
        assigns: false,
    };
    let mut body = shape.rename(method.block.to_token_stream());
    let (pat, ty) = match function == "sum" {
        false => ((*given.pat).clone(), shape.without_self(&given.ty)),
        true => {
            let (items, pat) = (format_ident!("items"), &given.pat);
            let item = shape.without_self(&summand(block));
            let (ty, method): (syn::Type, _) = match &item {
                syn::Type::Reference(r) => {
                    let item = &r.elem;
                    (syn::parse_quote!(&[#item]), quote!(iter))
                }
                item => (
                    syn::parse_quote!(#krate::rt::std::vec::Vec<#item>),
                    quote!(into_iter),
                ),
            };
            body = quote!({ let #pat = #items.#method(); #body });
            (syn::parse_quote!(#items), ty)
        }
    };
    let ty = match ty {
        syn::Type::Reference(r) if r.mutability.is_some() => {
            errors.at(
                whole(&r),
                Code::OperatorImpl,
                "a value made of a `&mut` can't be differentiated",
                "take a value or a shared reference",
            );
            return TokenStream::new();
        }
        syn::Type::Reference(mut r) => {
            r.lifetime = None;
            syn::Type::Reference(r)
        }
        ty => ty,
    };
    let borrowed = matches!(ty, syn::Type::Reference(_));
    shape.operands.push((pat, ty));
    let mut sig = shape.signature();
    // Not the name of a call: in its own methods a trait is in scope.
    sig.ident = format_ident!("made");
    let Ok(body) = syn::parse2::<syn::Block>(body) else {
        return TokenStream::new();
    };
    let (vis, home) = (
        syn::Visibility::Inherited,
        Home {
            generics: block.generics.clone(),
            ..Home::default()
        },
    );
    let item = Item {
        attrs: &block.attrs,
        vis: &vis,
        sig: &sig,
        body: Some(&body),
        home: &home,
        origin: &Origin::Body,
    };
    let named = super::params::named(&sig);
    let Some(mut subject) = prepare(&item, &named, modes, krate, errors) else {
        return TokenStream::new();
    };
    let bases = shape.bases();
    subject.operands = Some(bases.clone());
    subject.cfgs.clear();
    let module = match borrowed {
        true => format_ident!("{function}_ref"),
        false => function.clone(),
    };
    let implement = |mode: &str, methods: TokenStream| {
        let cfgs = block.attrs.iter().filter(|a| a.path().is_ident("cfg"));
        let mut mentioned = bases.clone();
        mentioned.push(shape.own.to_token_stream());
        let generics = super::operators::companion_generics(&block.generics, &mentioned, krate);
        let (generics, _, wheres) = generics.split_for_impl();
        let (mode, own) = (format_ident!("{mode}"), &shape.own);
        quote! {
            #(#cfgs)*
            #[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
            impl #generics #krate::rt::#module::#mode<#(#bases),*> for #own #wheres {
                #methods
            }
        }
    };
    let mut out = TokenStream::new();
    if modes.forward {
        out.extend(implement("Tangent", subject.tangent_opt()));
    }
    if modes.reverse {
        out.extend(implement("Reverse", subject.forward_sweep()));
    }
    if modes.hessian {
        out.extend(implement("Hessian", subject.forward_sweep_tangent()));
    }
    out
}

/// What is added up: what stands behind `Sum`, or the type itself.
fn summand(block: &syn::ItemImpl) -> syn::Type {
    let last = block
        .trait_
        .as_ref()
        .and_then(|(_, p, _)| p.segments.last());
    let given = last.and_then(|last| match &last.arguments {
        syn::PathArguments::AngleBracketed(a) => a.args.iter().find_map(|a| match a {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }),
        _ => None,
    });
    given.unwrap_or_else(|| (*block.self_ty).clone())
}
