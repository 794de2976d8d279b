//! `custom` alone leaves open which of `f_tangent` and `f_adjoint` is written. What is not is an error where somebody needs it, and
//! only there: a function of the same name, which the user's own takes precedence over, and which can't be compiled into a program.

use super::*;
use crate::attribute::{Custom, Modes, Origin};
use crate::drivers::Item;

/// Which companions of a custom function there are: those that are listed; those that stand in the same annotated `impl`; otherwise
/// both may be.
pub fn modes(item: &Item, modes: Modes) -> Modes {
    let Origin::Custom(Custom { listed: false, .. }) = item.origin else {
        return modes;
    };
    let written = |suffix| {
        let name = crate::emit::companion_name(&item.sig.ident, suffix);
        item.home.methods.iter().any(|(sig, _)| sig.ident == name)
    };
    match [written("_tangent"), written("_adjoint")] {
        [false, false] => modes,
        [forward, reverse] => Modes {
            forward,
            reverse,
            ..modes
        },
    }
}

impl Subject<'_> {
    /// What stands in for what is not written, beside the function.
    pub fn unwritten(&self) -> TokenStream {
        if self.sig.receiver().is_some() || self.home.own.is_some() {
            return quote!();
        }
        let (cfgs, module) = (&self.cfgs, self.name("_unwritten"));
        let functions = self.stand_ins(&quote!(pub));
        quote! {
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
            mod #module { #(#functions)* }
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(unused_imports)]
            use #module::*;
        }
    }

    /// The same for a method, in the bodies of what calls it: what a type has itself takes precedence over a trait's.
    pub fn unwritten_methods(&self) -> Vec<syn::Item> {
        if self.sig.receiver().is_none() || self.home.own.is_some() || self.home.is_fixed() {
            return Vec::new();
        }
        let functions = self.stand_ins(&quote!());
        vec![
            syn::parse_quote!(trait Unwritten { #(#functions)* }),
            syn::parse_quote!(
                impl<Any: ?::core::marker::Sized> Unwritten for Any {}
            ),
        ]
    }

    fn stand_ins(&self, vis: &TokenStream) -> [TokenStream; 2] {
        let receiver = usize::from(self.receiver.is_some());
        let seed = usize::from(!self.returns_unit());
        let (mut tangent, mut adjoint) = (receiver, receiver + seed);
        for p in &self.params {
            tangent += 1 + usize::from(p.active);
            adjoint += 1 + usize::from(p.active && p.passing != Passing::Value);
        }
        let name = self.sig.ident.to_string();
        [("_tangent", tangent), ("_adjoint", adjoint)].map(|(suffix, count)| {
            let (function, all) = (self.name(suffix), 0..count);
            let types: Vec<Ident> = all.map(|k| format_ident!("A{k}")).collect();
            let text = format!(
                "`{function}` is needed here, but is not written: `{name}` is differentiated by hand"
            );
            // Inlined, it would be an error wherever it is mentioned.
            quote! {
                #[inline(never)]
                #vis fn #function<#(#types,)* R>(#(_: #types),*) -> R { const { ::core::panic!(#text) } }
            }
        })
    }
}
