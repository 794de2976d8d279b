//! Parameters: their roles, and how shadows stand behind them.

use crate::ir::*;
use crate::lower::is_constant;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passing {
    Value,
    Ref,
    RefMut,
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
}

pub fn read(sig: &syn::Signature, func: &Func) -> Vec<Param> {
    let typed = sig.inputs.iter().filter_map(|a| match a {
        syn::FnArg::Typed(t) => Some((&t.ty, None)),
        syn::FnArg::Receiver(r) if is_constant(r) => None,
        syn::FnArg::Receiver(r) => Some((&r.ty, Some(r.to_token_stream()))),
    });
    typed
        .zip(&func.params)
        .map(|((ty, receiver), &var)| Param {
            receiver,
            ..param(ty, var, func)
        })
        .collect()
}

fn param(ty: &syn::Type, var: VarId, func: &Func) -> Param {
    let info = func.var(var);
    let (passing, referent) = match ty {
        syn::Type::Reference(r) if r.mutability.is_some() => {
            (Passing::RefMut, r.elem.to_token_stream())
        }
        syn::Type::Reference(r) => (Passing::Ref, r.elem.to_token_stream()),
        other => (Passing::Value, other.to_token_stream()),
    };
    Param {
        var,
        name: crate::emit::ident(&info.name, info.span),
        mutable: info.mutable,
        ty: ty.to_token_stream(),
        referent,
        passing,
        active: !info.constant && !info.ty.is_constant(),
        anonymous: matches!(ty, syn::Type::ImplTrait(_)),
        receiver: None,
    }
}

impl Param {
    pub fn is_mut(&self) -> bool {
        self.passing == Passing::RefMut
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

    /// A shadow of the parameter's own type.
    pub fn shadow(&self, name: &Ident) -> TokenStream {
        let ty = &self.ty;
        let mutable = if self.mutable { quote!(mut) } else { quote!() };
        quote!(#mutable #name: #ty)
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
            Some(_) => Ident::new("this", self.name.span()),
            None => self.name.clone(),
        }
    }

    /// A tangent that the caller may leave out.
    pub fn optional_shadow(&self, name: &Ident) -> TokenStream {
        let ty = &self.ty;
        if self.is_moved_receiver() {
            return quote!(#name: Option<&#ty>);
        }
        if self.anonymous {
            quote!(#name: Option<()>)
        } else {
            quote!(#name: Option<#ty>)
        }
    }

    /// The type of the adjoint that stands behind a reference.
    pub fn bar_ty(&self) -> TokenStream {
        let referent = &self.referent;
        quote!(&mut #referent)
    }
}
