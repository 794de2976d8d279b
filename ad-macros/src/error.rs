//! Diagnostics: collected with their spans, reported together.

use proc_macro2::{Span, TokenStream};

/// The errors of one function.
#[derive(Default)]
pub struct Errors(Vec<syn::Error>);

impl Errors {
    pub fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        let text = message.to_string();
        let seen = self
            .0
            .iter()
            .any(|e| e.to_string() == text && format!("{:?}", e.span()) == format!("{span:?}"));
        if !seen {
            self.0.push(syn::Error::new(span, text));
        }
    }

    pub fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &syn::Error> {
        self.0.iter()
    }

    /// All errors as `compile_error!` invocations.
    pub fn to_tokens(&self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}
