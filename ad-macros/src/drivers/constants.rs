//! Fields that are kept out: zero in the directions that come in, and in the adjoints that go out.

use super::Subject;
use super::params::{Param, Passing};
use crate::emit::is_general;
use crate::ir::*;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

impl Subject<'_> {
    /// A direction, without what it says of constant fields.
    pub fn direction(&self, p: &Param, dot: &Ident) -> TokenStream {
        if !self.may_hold_constants(p) {
            return quote!();
        }
        match p.passing {
            Passing::Ref => {
                let (clean, whole, krate) = (self.cleaned(p, dot), self.whole(p), self.krate);
                quote! {
                    let held;
                    let #dot = match #krate::rt::holds_constants(#dot) {
                        true => { held = #clean; &held #whole }
                        false => #dot,
                    };
                }
            }
            _ => {
                let clear = self.without_constants(p, dot);
                match p.passing {
                    Passing::Value => quote!(let mut #dot = #dot; #clear),
                    _ => clear,
                }
            }
        }
    }

    /// Clears the constant fields of a shadow: one behind `&mut` for parameters that are references.
    pub fn without_constants(&self, p: &Param, shadow: &Ident) -> TokenStream {
        if !self.may_hold_constants(p) {
            return quote!();
        }
        match p.passing {
            Passing::Value => self.owned_without_constants(p, shadow),
            _ => {
                let (clean, krate) = (self.cleaned(p, shadow), self.krate);
                let put = match self.is_slice(p) {
                    true => {
                        quote!(#shadow.iter_mut().zip(clean).for_each(|(old, new)| *old = new);)
                    }
                    false => quote!(*#shadow = clean;),
                };
                let lent = self.lent(p, shadow);
                quote!(if #krate::rt::holds_constants(#lent) { let clean = #clean; #put })
            }
        }
    }

    /// The same where a by-value adjoint may have been declared immutable.
    pub fn clear_adjoint(&self, p: &Param, bar: &Ident) -> TokenStream {
        let clear = self.without_constants(p, bar);
        match p.passing {
            Passing::Value if !clear.is_empty() => quote!(let mut #bar = #bar; #clear),
            _ => clear,
        }
    }

    fn owned_without_constants(&self, p: &Param, shadow: &Ident) -> TokenStream {
        let (krate, clean) = (self.krate, self.cleaned(p, shadow));
        let lent = self.lent(p, shadow);
        quote!(if #krate::rt::holds_constants(#lent) { #shadow = #clean; })
    }

    /// A copy in which the reals of constant fields are zero.
    fn cleaned(&self, p: &Param, shadow: &Ident) -> TokenStream {
        let (krate, whole) = (self.krate, self.whole(p));
        let source = self.lent(p, shadow);
        quote!({
            let mut clean = #krate::rt::Differentiable::zero_shadow(#source);
            #krate::rt::Differentiable::accumulate(&mut clean #whole, #source);
            clean
        })
    }

    /// A shadow, lent at the parameter's own name.
    fn lent(&self, p: &Param, shadow: &Ident) -> TokenStream {
        let span = shadow.span();
        match p.passing {
            Passing::Value => quote_spanned!(span=> &#shadow),
            _ => quote_spanned!(span=> &*#shadow),
        }
    }

    fn whole(&self, p: &Param) -> TokenStream {
        match self.is_slice(p) {
            true => quote!([..]),
            false => quote!(),
        }
    }

    pub fn is_slice(&self, p: &Param) -> bool {
        matches!(self.func.var(p.var).ty.peel(), Ty::Slice(_))
    }

    fn may_hold_constants(&self, p: &Param) -> bool {
        p.active && !p.anonymous && is_general(&self.func.var(p.var).ty)
    }
}
