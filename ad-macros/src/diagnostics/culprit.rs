//! Where an error is: the smallest piece of code that is to blame.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

/// From a token to another: on stable, spans can't be joined, and that of an expression is its first token's.
#[derive(Clone, Copy)]
pub struct Culprit {
    start: Span,
    end: Span,
}

impl From<Span> for Culprit {
    fn from(span: Span) -> Culprit {
        Culprit {
            start: span,
            end: span,
        }
    }
}

impl Culprit {
    pub fn ends(&self) -> (Span, Span) {
        (self.start, self.end)
    }
}

/// All of an expression, a pattern, a type.
pub fn whole(tokens: &impl ToTokens) -> Culprit {
    let mut spans = tokens.to_token_stream().into_iter().map(|t| t.span());
    let start = spans.next().unwrap_or_else(Span::call_site);
    Culprit {
        start,
        end: spans.last().unwrap_or(start),
    }
}

/// The parameters of a closure: its body may be long.
pub fn opening(c: &syn::ExprClosure) -> Culprit {
    Culprit {
        start: whole(c).start,
        end: c.or2_token.span,
    }
}

/// What a closure, `unsafe` or a block of another kind begins with; all of another expression.
pub fn head(e: &syn::Expr) -> Culprit {
    match e {
        syn::Expr::Closure(c) => opening(c),
        syn::Expr::Unsafe(u) => u.unsafe_token.span.into(),
        syn::Expr::Async(a) => a.async_token.span.into(),
        syn::Expr::Block(b) => match &b.label {
            Some(label) => whole(label),
            None => b.block.brace_token.span.open().into(),
        },
        syn::Expr::If(i) => i.if_token.span.into(),
        syn::Expr::Match(m) => m.match_token.span.into(),
        syn::Expr::While(w) => w.while_token.span.into(),
        syn::Expr::ForLoop(f) => f.for_token.span.into(),
        syn::Expr::Loop(l) => l.loop_token.span.into(),
        other => whole(other),
    }
}

/// Code that begins at `span`: all of it, if it is as the user wrote it.
pub fn code(span: Span, tokens: &TokenStream) -> Culprit {
    let all = whole(tokens);
    match super::same(all.start, span) {
        true => all,
        false => span.into(),
    }
}

/// Whether one of the tokens, or of those in their groups, has the span.
pub fn holds(tokens: &TokenStream, span: Span) -> bool {
    tokens.clone().into_iter().any(|t| {
        super::same(t.span(), span) || matches!(t, TokenTree::Group(g) if holds(&g.stream(), span))
    })
}
