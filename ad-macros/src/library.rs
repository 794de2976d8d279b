//! The compiler as an ordinary library, which the package `fuzz` builds to feed it: the modules of `lib.rs`, without the entry points
//! that only rustc can call. A module that is added there is added here.
#![forbid(unsafe_code)]
#![allow(dead_code, unused_imports)]

mod analysis;
mod attribute;
mod chain;
mod derive;
mod diagnostics;
mod drivers;
mod emit;
mod expand;
mod ir;
mod lower;
pub mod rules;
mod transform;

use proc_macro2::TokenStream;

/// What `#[differentiate(attr)]` makes of an item.
pub fn differentiate(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::differentiate(attr, item, &quote::quote!(::chainrule))
}

/// What `#[derive(Differentiable)]` makes of an item.
pub fn differentiable(item: TokenStream) -> TokenStream {
    derive::differentiable(item, &quote::quote!(::chainrule))
}
