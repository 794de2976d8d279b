//! Functions that return a `Result` or an `Option`.
//!
//! The value of such a function is what is in the wrapper. An error leaves as kept code (`return Err(…)`, or a `?` in it),
//! which every companion can hold as it is, since all of them return the same wrapper.

use super::*;

/// What a function wraps its value in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrapper {
    Result,
    Option,
}

impl Wrapper {
    /// What is in it, as a place.
    pub fn value(self, place: Place) -> Place {
        let path = match self {
            Wrapper::Result => quote::quote!(Ok),
            Wrapper::Option => quote::quote!(Some),
        };
        place.with(Proj::Payload(Variant {
            path,
            field: Box::new(Proj::Tuple(0)),
            ty: Ty::Unknown,
        }))
    }
}

/// Macros that go on behind themselves, or never return at all.
const STAYS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "column",
    "concat",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "line",
    "matches",
    "panic",
    "print",
    "println",
    "stringify",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Whether kept code may leave the function: by `?`, by `return`, or in a macro that is not known.
pub fn may_leave(tokens: &TokenStream) -> bool {
    use proc_macro2::TokenTree;
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    tokens.iter().enumerate().any(|(k, t)| match t {
        TokenTree::Group(g) => may_leave(&g.stream()),
        TokenTree::Punct(p) => p.as_char() == '?',
        TokenTree::Ident(i) if i == "return" => true,
        TokenTree::Ident(i) => {
            let called = matches!(tokens.get(k + 1), Some(TokenTree::Punct(p))
                if p.as_char() == '!' && p.spacing() == proc_macro2::Spacing::Alone);
            called && !STAYS.contains(&i.to_string().as_str())
        }
        TokenTree::Literal(_) => false,
    })
}

/// Stands for an exit that is known not to be taken.
pub fn not_taken(span: Span) -> Stmt {
    Stmt::Effect(Opaque {
        tokens: quote::quote!(::core::unreachable!("this exit was not taken before")),
        reads: Vec::new(),
        span,
        ty: Ty::Constant,
    })
}

impl Func {
    /// Whether a statement itself (not its sub-blocks) may leave the function with an error.
    pub fn may_fail(&self, s: &Stmt) -> bool {
        if self.wrapper.is_none() && !self.lambdas_fail {
            return false;
        }
        match s {
            Stmt::Effect(o) => may_leave(&o.tokens),
            Stmt::Call { dst, .. } if self.call_may_fail(dst) => true,
            s => exprs(s).into_iter().any(|e| self.expr_may_fail(e)),
        }
    }

    /// Whether an error of a callee leaves this function too.
    pub fn call_may_fail(&self, dst: &[VarId]) -> bool {
        let ending = dst.first().and_then(|v| self.endings.get(v));
        ending.is_some_and(|o| may_leave(&o.tokens))
    }

    pub fn expr_may_fail(&self, e: &Expr) -> bool {
        if self.wrapper.is_none() && !self.lambdas_fail {
            return false;
        }
        let mut found = false;
        map_sub_exprs(&mut e.clone(), &mut |x| {
            if let Expr::Opaque(o) | Expr::Lend(o) = x {
                found |= may_leave(&o.tokens);
            }
        });
        found
    }
}
