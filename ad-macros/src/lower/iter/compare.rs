//! Comparisons that give an `Ordering`: what is compared are values, and the answer has no derivative.

use super::*;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Methods that compare two values.
const COMPARE: &[&str] = &["partial_cmp", "total_cmp", "cmp"];

/// Methods of orderings, and of what may be one.
const ON_ORDERINGS: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_or",
    "reverse",
    "then",
    "is_lt",
    "is_le",
    "is_gt",
    "is_ge",
    "is_eq",
    "is_ne",
];

impl Lowerer<'_> {
    /// Whether an expression is a comparison, with methods on its answer.
    pub(in crate::lower) fn is_ordering(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_ordering(&p.expr),
            syn::Expr::MethodCall(m) => {
                let name = m.method.to_string();
                let compares = COMPARE.contains(&name.as_str()) && m.args.len() == 1;
                (compares && !self.is_chain(&m.receiver))
                    || (ON_ORDERINGS.contains(&name.as_str()) && self.is_ordering(&m.receiver))
            }
            syn::Expr::Call(c) => compared(c).is_some(),
            _ => false,
        }
    }

    /// A comparison as kept code over named values.
    pub(in crate::lower) fn ordering(&mut self, e: &syn::Expr) -> Option<Opaque> {
        match e {
            syn::Expr::Paren(p) => self.ordering(&p.expr),
            syn::Expr::Call(c) => {
                let (method, a, b) = compared(c)?;
                Some(self.compare_values(&method, a, b, c.span()))
            }
            syn::Expr::MethodCall(m) if COMPARE.contains(&m.method.to_string().as_str()) => {
                let b = m.args.first()?;
                Some(self.compare_values(&m.method, &m.receiver, b, m.method.span()))
            }
            syn::Expr::MethodCall(m) => {
                let mut on = self.ordering(&m.receiver)?;
                let mut args = Vec::new();
                for arg in &m.args {
                    args.push(match self.is_ordering(arg) {
                        true => {
                            let other = self.ordering(arg)?;
                            on.reads.extend(other.reads);
                            other.tokens
                        }
                        false => arg.to_token_stream(),
                    });
                }
                let (method, tokens) = (&m.method, &on.tokens);
                on.tokens = quote!(#tokens.#method(#(#args),*));
                if method.to_string().starts_with("is_") {
                    on.ty = Ty::Bool;
                }
                Some(on)
            }
            _ => None,
        }
    }

    fn compare_values(
        &mut self,
        method: &syn::Ident,
        a: &syn::Expr,
        b: &syn::Expr,
        span: Span,
    ) -> Opaque {
        let (values, tys) = self.operands([a, b].into_iter());
        let mut names = Vec::new();
        let mut reads = Vec::new();
        for ((value, ty), name) in values.into_iter().zip(tys).zip(["left", "right"]) {
            let (value, ty) = match value {
                Expr::Borrow(_, place) => {
                    let ty = self.func.place_ty(&place);
                    (Expr::Place(place), ty)
                }
                value => (value, ty),
            };
            reads.push(self.name_value(name, value, ty));
            names.push(syn::Ident::new(name, Span::mixed_site()));
        }
        Opaque {
            tokens: compare(method, &names),
            reads,
            span,
            ty: Ty::Constant,
        }
    }

    /// Whether the first of two items is the greater one, as a closure says that compares them.
    pub(super) fn is_greater(&mut self, closure: &Rc<Closure>, a: Item, b: Item) -> Expr {
        let mut greater = None;
        let at = opening(&closure.written);
        self.in_closure(closure, vec![a, b], &mut |lw, body| {
            greater = lw.greater(body);
        });
        greater.unwrap_or_else(|| {
            self.unsupported(
                at,
                Code::End,
                "this comparison",
                "compare with `partial_cmp`, `total_cmp` or `cmp`, such as `|a, b| a.total_cmp(b)`",
            );
            truth(false)
        })
    }

    fn greater(&mut self, body: &syn::Expr) -> Option<Expr> {
        let body = match body {
            syn::Expr::Block(b) => match b.block.stmts.as_slice() {
                [syn::Stmt::Expr(e, None)] => e,
                _ => return None,
            },
            body => body,
        };
        if !self.is_ordering(body) {
            return None;
        }
        let mut on = self.ordering(body)?;
        let tokens = &on.tokens;
        on.tokens = quote!(#tokens == ::core::cmp::Ordering::Greater);
        on.ty = Ty::Unit;
        let answer = self.name_value("greater", Expr::Opaque(on), Ty::Bool);
        Some(Expr::var(answer))
    }
}

fn compare(method: &syn::Ident, names: &[syn::Ident]) -> TokenStream {
    let (left, right) = (&names[0], &names[1]);
    quote!(#left.#method(&#right))
}

/// `f64::total_cmp(a, b)`
fn compared(c: &syn::ExprCall) -> Option<(syn::Ident, &syn::Expr, &syn::Expr)> {
    let syn::Expr::Path(p) = &*c.func else {
        return None;
    };
    let name = &p.path.segments.last()?.ident;
    let known = COMPARE.contains(&name.to_string().as_str()) && p.path.segments.len() > 1;
    (known && c.args.len() == 2).then(|| (name.clone(), &c.args[0], &c.args[1]))
}
