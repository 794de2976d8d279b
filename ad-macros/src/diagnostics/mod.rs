//! What is said to a user whose code can't be differentiated: a code of the table, where, what, and what to write instead. Nothing else
//! makes errors, so that none is without a code; `docs/diagnostics.md` has a section for each.

mod culprit;
mod table;

pub use culprit::{Culprit, code, head, opening, whole};
pub use table::Code;

use proc_macro2::{Ident, Span, TokenStream};
use std::fmt::Display;

/// One rejection.
#[derive(Clone)]
pub struct Diagnostic {
    culprit: Culprit,
    text: String,
}

impl Diagnostic {
    /// `message` says what is the matter, in a sentence without an end; `help` what to write instead.
    pub fn new(
        at: impl Into<Culprit>,
        code: Code,
        message: impl Display,
        help: impl Display,
    ) -> Diagnostic {
        Diagnostic {
            culprit: at.into(),
            text: format!("[{code}] {message}\nhelp: {help}"),
        }
    }

    /// What the parser has to say of tokens that it can't read.
    pub fn unreadable(error: &syn::Error, code: Code, help: impl Display) -> Diagnostic {
        Diagnostic::new(error.span(), code, error, help)
    }

    /// As a `compile_error!` at the culprit.
    pub fn to_compile_error(&self) -> TokenStream {
        let (start, end) = self.culprit.ends();
        // An error of syn's spans from its first token to its last.
        let [start, end] = [start, end].map(|span| Ident::new("culprit", span));
        syn::Error::new_spanned(quote::quote!(#start #end), &self.text).to_compile_error()
    }

    fn is(&self, other: &Diagnostic) -> bool {
        let place = |d: &Diagnostic| d.culprit.ends();
        let (a, b) = (place(self), place(other));
        self.text == other.text && same(a.0, b.0) && same(a.1, b.1)
    }
}

/// Whether two spans are one; they can't be compared in other ways on stable.
fn same(a: Span, b: Span) -> bool {
    format!("{a:?}") == format!("{b:?}")
}

/// The errors of one function.
#[derive(Default)]
pub struct Errors(Vec<Diagnostic>);

impl Errors {
    pub fn at(
        &mut self,
        at: impl Into<Culprit>,
        code: Code,
        message: impl Display,
        help: impl Display,
    ) {
        self.push(Diagnostic::new(at, code, message, help));
    }

    pub fn push(&mut self, error: Diagnostic) {
        if !self.0.iter().any(|e| e.is(&error)) {
            self.0.push(error);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// Whether there is an error within these tokens: what would be said of all of them only follows from it.
    pub fn within(&self, tokens: &TokenStream) -> bool {
        self.0.iter().any(|e| {
            let (start, end) = e.culprit.ends();
            culprit::holds(tokens, start) || culprit::holds(tokens, end)
        })
    }

    /// All errors as `compile_error!` invocations.
    pub fn to_tokens(&self) -> TokenStream {
        self.0.iter().map(Diagnostic::to_compile_error).collect()
    }
}
