//! The compiler behind chainrule. Use it through the facade crate `chainrule`.
#![forbid(unsafe_code)]

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
mod rules;
#[cfg(test)]
mod tests;
mod transform;

use proc_macro::TokenStream;

/// Differentiates a function at compile time; see the front page of `chainrule`.
#[proc_macro_attribute]
pub fn differentiate(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::differentiate(attr.into(), item.into(), &attribute::facade()).into()
}

/// Gives a struct a shadow of its own type: `#[derive(Differentiable)]`. Each field has to be `Differentiable` itself; one marked
/// `#[constant]` is cloned and never touched.
#[proc_macro_derive(Differentiable, attributes(constant))]
pub fn differentiable(item: TokenStream) -> TokenStream {
    derive::differentiable(item.into(), &attribute::facade()).into()
}

/// Composes annotated functions, the first applied first: `chain![p, q, r]`; see the front page of `chainrule`.
#[proc_macro]
pub fn chain(input: TokenStream) -> TokenStream {
    chain::chain(input.into(), &attribute::facade()).into()
}
