//! How a function ends: values in the wrapper that it returns.

use super::*;

impl Emitter<'_> {
    /// What stands behind `return` or at the end of the body.
    pub(super) fn outcome(&self, value: Option<&Expr>) -> TokenStream {
        let value = value.map(|e| self.expr(e));
        match (self.func.wrapper, value) {
            (None, value) => quote!(#value),
            (Some(wrapper), None) => wrapper.around(quote!(())),
            (Some(wrapper), Some(value)) => wrapper.around(value),
        }
    }

    /// A call, and what takes its value out of the wrapper: a suffix, or the arms of a `match`, or both.
    pub(super) fn ended(&self, call: TokenStream, ending: Option<TokenStream>) -> TokenStream {
        let arms = |e: &TokenStream| {
            matches!(e.clone().into_iter().last(), Some(TokenTree::Group(g))
                if g.delimiter() == proc_macro2::Delimiter::Brace)
        };
        match ending {
            Some(e) if arms(&e) => quote!(match #call #e),
            ending => quote!(#call #ending),
        }
    }

    /// The outcome of a call, with what comes along beside it.
    pub(super) fn parted(
        &self,
        call: TokenStream,
        wrapper: Wrapper,
        companion: Companion,
    ) -> TokenStream {
        let name = match (wrapper, companion) {
            (Wrapper::Result, Companion::Primal) => return call,
            (Wrapper::Result, Companion::Tangent) => "result_2",
            (Wrapper::Result, Companion::Forward | Companion::Replay) => "result_pulled",
            (Wrapper::Result, Companion::ForwardTangent) => "result_3",
            (Wrapper::Option, Companion::Primal) => "option",
            (Wrapper::Option, Companion::ForwardTangent) => "option_3",
            (Wrapper::Option, _) => "option_2",
        };
        let (krate, name) = (self.krate, ident(name, Span::call_site()));
        quote!(#krate::rt::#name(#call))
    }

    /// The mention of a callee behind whose error the function goes on: it may not have changed anything by then.
    pub(super) fn fails_unchanged(
        &self,
        dst: &[VarId],
        callee: &Callee,
        args: &[&CallArg],
        companion: Companion,
    ) -> TokenStream {
        let goes_on = dst
            .first()
            .is_some_and(|v| self.func.parted.contains_key(v));
        let pulled = matches!(companion, Companion::Forward | Companion::ForwardTangent);
        let named = callee.name().is_some();
        let asked = goes_on && pulled && named && self.wide.is_none();
        if !asked || !args.iter().any(|a| lends(a)) {
            return TokenStream::new();
        }
        let (krate, marker) = (self.krate, self.callee(&callee.bare(), "_fails_unchanged"));
        let span = callee.name().map_or_else(Span::call_site, Ident::span);
        let mention = quote!(#marker::<#krate::rt::GoesOn>);
        let mention = match (callee, args.first()) {
            (Callee::OfFirst { .. }, Some(a)) => {
                let first = self.first_argument(&a.arg);
                quote!(#first.#mention())
            }
            (Callee::Method { .. }, _) => quote!(#mention()),
            // By its path a method is known without its receiver.
            _ => mention,
        };
        let mention = shape::located(mention, span);
        quote!(if false { let _ = #mention; })
    }

    /// The end of a body that is reached behind these statements.
    pub(super) fn falling_off(&self, stmts: &[Stmt]) -> TokenStream {
        match self.func.wrapper {
            Some(_) if !diverges(&stmts.to_vec()) => self.outcome(None),
            _ => quote!(),
        }
    }
}

/// Whether a callee may change something by an argument.
fn lends(a: &CallArg) -> bool {
    matches!(a.arg, Arg::RefMut(_) | Arg::Lambda(_) | Arg::Param(_))
}

impl Wrapper {
    /// A value in the wrapper.
    pub fn around(self, value: TokenStream) -> TokenStream {
        match self {
            Wrapper::Result => quote!(::core::result::Result::Ok(#value)),
            Wrapper::Option => quote!(::core::option::Option::Some(#value)),
        }
    }
}
