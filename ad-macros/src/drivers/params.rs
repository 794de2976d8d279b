//! Parameters: their roles, and how shadows stand behind them.

use super::callable::Callable;
use crate::ir::*;
use crate::lower::{Generics, is_constant};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passing {
    Value,
    Ref,
    RefMut,
    /// A function, in the shape that the companion takes.
    Callable,
}

/// A parameter of the function.
#[derive(Clone)]
pub struct Param {
    pub var: VarId,
    pub name: Ident,
    pub mutable: bool,
    /// The type as written.
    pub ty: TokenStream,
    /// The type behind the reference, and its lifetime.
    pub referent: TokenStream,
    pub passing: Passing,
    pub active: bool,
    /// `impl Trait`: its type can't be repeated.
    pub anonymous: bool,
    /// The receiver, as written.
    pub receiver: Option<TokenStream>,
    /// A function that is not held constant.
    pub callable: Option<Callable>,
}

/// The signature in which `impl Trait` has a name: companions have to say the type more than once.
pub fn named(sig: &syn::Signature) -> syn::Signature {
    struct Name(Vec<syn::GenericParam>);
    impl syn::visit_mut::VisitMut for Name {
        fn visit_type_mut(&mut self, ty: &mut syn::Type) {
            syn::visit_mut::visit_type_mut(self, ty);
            if let syn::Type::ImplTrait(t) = ty
                && !t.bounds.iter().any(is_callable)
            {
                let span = syn::spanned::Spanned::span(t);
                let name = quote::format_ident!("Impl{}", self.0.len(), span = span);
                let bounds = &t.bounds;
                self.0.push(syn::parse_quote!(#name: #bounds));
                *ty = syn::parse_quote!(#name);
            }
        }
    }
    let (mut sig, mut name) = (sig.clone(), Name(Vec::new()));
    for arg in &mut sig.inputs {
        syn::visit_mut::VisitMut::visit_fn_arg_mut(&mut name, arg);
    }
    sig.generics.params.extend(name.0);
    sig
}

pub fn is_callable(bound: &syn::TypeParamBound) -> bool {
    let syn::TypeParamBound::Trait(t) = bound else {
        return false;
    };
    let last = t.path.segments.last();
    last.is_some_and(|s| matches!(s.arguments, syn::PathArguments::Parenthesized(_)))
}

pub fn read(sig: &syn::Signature, func: &Func, generics: &Generics) -> Vec<Param> {
    let typed = sig.inputs.iter().filter_map(|a| match a {
        syn::FnArg::Typed(t) => Some((&t.ty, None)),
        syn::FnArg::Receiver(r) if is_constant(r) => None,
        syn::FnArg::Receiver(r) => Some((&r.ty, Some(r.to_token_stream()))),
    });
    typed
        .zip(&func.params)
        .map(|((ty, receiver), &var)| Param {
            receiver,
            ..param(ty, var, func, generics)
        })
        .collect()
}

fn param(ty: &syn::Type, var: VarId, func: &Func, generics: &Generics) -> Param {
    let info = func.var(var);
    let (passing, referent) = match ty {
        syn::Type::Reference(r) if r.mutability.is_some() => {
            (Passing::RefMut, r.elem.to_token_stream())
        }
        syn::Type::Reference(r) => (Passing::Ref, r.elem.to_token_stream()),
        other => (Passing::Value, other.to_token_stream()),
    };
    let signature = generics.signature(ty).filter(|_| !info.constant);
    let callable = signature.map(|s| Callable::new(ty, &s, var, generics));
    let passing = match callable {
        Some(_) => Passing::Callable,
        None => passing,
    };
    Param {
        var,
        name: crate::emit::ident(&info.name, info.span),
        mutable: info.mutable,
        ty: ty.to_token_stream(),
        referent,
        passing,
        active: !info.constant && !info.ty.is_constant() && callable.is_none(),
        anonymous: matches!(ty, syn::Type::ImplTrait(_)) && callable.is_none(),
        receiver: None,
        callable,
    }
}

/// What a receiver is called where `self` can't stand. No name of the user's is the same.
pub fn this(span: Span) -> Ident {
    Ident::new("this", Span::mixed_site().located_at(span))
}

impl Param {
    pub fn is_mut(&self) -> bool {
        self.passing == Passing::RefMut
    }

    pub fn callable(&self) -> Option<&Callable> {
        self.callable.as_ref()
    }

    /// Whether derivatives come in with it.
    pub fn carries(&self) -> bool {
        self.active || self.callable.is_some()
    }

    /// `x: T`, as in the function itself.
    pub fn declare(&self) -> TokenStream {
        if let Some(receiver) = &self.receiver {
            return receiver.clone();
        }
        let (name, ty) = (&self.name, &self.ty);
        let mutable = if self.mutable { quote!(mut) } else { quote!() };
        quote!(#mutable #name: #ty)
    }

    /// The same in forms that only generated code calls. Callers can't know whether a method takes its receiver by value: it is
    /// lent, and copied there.
    pub fn declare_lent(&self) -> TokenStream {
        match self.is_moved_receiver() {
            true => quote!(&self),
            false => self.declare(),
        }
    }

    /// A shadow of the type.
    pub fn shadow(&self, name: &Ident, ty: &TokenStream) -> TokenStream {
        let mutable = if self.mutable { quote!(mut) } else { quote!() };
        quote!(#mutable #name: #ty)
    }

    /// The parameter's type, of a lifetime of its own where it is a reference: a shadow need not live as long as its value.
    pub fn shadow_ty(&self) -> TokenStream {
        let referent = &self.referent;
        match self.passing {
            Passing::Value | Passing::Callable => self.ty.clone(),
            Passing::Ref => quote!(&#referent),
            Passing::RefMut => quote!(&mut #referent),
        }
    }

    /// A reference that has to live as long as the program.
    pub fn is_static(&self) -> bool {
        let reference = syn::parse2::<syn::TypeReference>(self.ty.clone()).ok();
        let lifetime = reference.and_then(|r| r.lifetime);
        lifetime.is_some_and(|l| l.ident == "static")
    }

    /// A receiver by value: callers can't know that it is, and treat it like one by reference.
    pub fn is_moved_receiver(&self) -> bool {
        self.receiver.is_some() && self.passing == Passing::Value
    }

    /// How callers of a pullback give it again: by value only once.
    pub fn is_returned(&self) -> bool {
        self.passing == Passing::Value && self.receiver.is_none()
    }

    /// What it is called as a parameter of a closure.
    pub fn closure_name(&self) -> Ident {
        match self.receiver {
            Some(_) => this(self.name.span()),
            None => self.name.clone(),
        }
    }

    /// A tangent that the caller may leave out.
    pub fn optional_shadow(&self, name: &Ident, ty: &TokenStream) -> TokenStream {
        if self.is_moved_receiver() {
            let ty = &self.ty;
            return quote!(#name: ::core::option::Option<&#ty>);
        }
        if self.anonymous {
            quote!(#name: ::core::option::Option<()>)
        } else {
            quote!(#name: ::core::option::Option<#ty>)
        }
    }
}
