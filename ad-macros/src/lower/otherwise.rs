//! Calls of fallible functions whose error leaves at once: `match g(x) { Ok(v) => …, Err(e) => return Err(…) }` and
//! `let Ok(v) = g(x) else { return … };` are what `?` is.

use super::*;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl Lowerer<'_> {
    /// Such a `match`; whether it was one.
    pub(super) fn match_call(&mut self, m: &syn::ExprMatch, dest: Dest) -> bool {
        let [a, b] = m.arms.as_slice() else {
            return false;
        };
        let (good, bad) = match good_pattern(&a.pat) {
            Some(_) => (a, b),
            None => (b, a),
        };
        let Some((wrapper, pat)) = good_pattern(&good.pat) else {
            return false;
        };
        let Some(exit) = error_exit(&bad.body) else {
            return false;
        };
        if good.guard.is_some() || bad.guard.is_some() {
            return false;
        }
        let bad = &bad.pat;
        self.scopes.push(HashMap::new());
        let found = self.otherwise(&m.expr, wrapper, pat, quote!(#bad => #exit));
        if found {
            self.tail(&good.body, dest);
        }
        self.scopes.pop();
        found
    }

    /// Such a `let … else`; whether it was one.
    pub(super) fn let_call(&mut self, l: &syn::Local, init: &syn::Expr, els: &syn::Expr) -> bool {
        let (Some((wrapper, pat)), Some(exit)) = (good_pattern(&l.pat), error_exit(els)) else {
            return false;
        };
        self.otherwise(init, wrapper, pat, quote!(_ => #exit))
    }

    /// A call whose value is bound to a pattern unless it is an error, which leaves by `arm`.
    fn otherwise(
        &mut self,
        call: &syn::Expr,
        wrapper: TokenStream,
        pat: &syn::Pat,
        arm: TokenStream,
    ) -> bool {
        if self.holding > 0 || self.is_constant_code(call.to_token_stream()) {
            return false;
        }
        let ending = quote!({ #wrapper(value) => value, #arm });
        let Some((value, ty)) = self.call_with_ending(call, ending) else {
            return false;
        };
        self.let_pattern(pat, value, ty);
        true
    }
}

/// `Ok(v)` or `Some(v)`: the path, and the pattern in it.
fn good_pattern(pat: &syn::Pat) -> Option<(TokenStream, &syn::Pat)> {
    let syn::Pat::TupleStruct(t) = pat else {
        return None;
    };
    let last = &t.path.segments.last()?.ident;
    let good = (last == "Ok" || last == "Some") && t.elems.len() == 1;
    let irrefutable = matches!(
        t.elems.first(),
        Some(syn::Pat::Ident(_) | syn::Pat::Tuple(_) | syn::Pat::Wild(_) | syn::Pat::Slice(_))
    );
    (good && irrefutable).then(|| (t.path.to_token_stream(), &t.elems[0]))
}

/// `return Err(…)`, `return None` or a panic, alone in a block or not in any.
fn error_exit(e: &syn::Expr) -> Option<TokenStream> {
    match e {
        syn::Expr::Block(b) if b.label.is_none() => match b.block.stmts.as_slice() {
            [syn::Stmt::Expr(e, _)] => error_exit(e),
            [syn::Stmt::Macro(m)] if never_returns(&m.mac.to_token_stream()) => {
                Some(m.mac.to_token_stream())
            }
            _ => None,
        },
        syn::Expr::Return(r) if r.expr.as_deref().is_some_and(super::fallible::is_error) => {
            Some(e.to_token_stream())
        }
        syn::Expr::Macro(m) if never_returns(&m.to_token_stream()) => Some(e.to_token_stream()),
        _ => None,
    }
}
