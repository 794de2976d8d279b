//! Questions whose answers have no derivative, whatever is asked: positions in a sorted slice, and arithmetic of integers.

use super::maybe::strip;
use super::*;
use quote::ToTokens;

/// Methods of slices whose answer is a number, a truth, or a `Result` of positions.
const QUESTIONS: &[(&str, usize, Ty)] = &[
    ("partition_point", 1, Ty::Int),
    ("binary_search", 1, Ty::Constant),
    ("binary_search_by", 1, Ty::Constant),
    ("binary_search_by_key", 2, Ty::Constant),
    ("contains", 1, Ty::Bool),
    ("is_sorted", 0, Ty::Bool),
    ("is_sorted_by", 1, Ty::Bool),
    ("is_sorted_by_key", 1, Ty::Bool),
    ("starts_with", 1, Ty::Bool),
    ("ends_with", 1, Ty::Bool),
];

/// Methods that only integers have, and answer with one.
const OF_INTEGERS: &[&str] = &[
    "saturating_sub",
    "saturating_add",
    "saturating_mul",
    "wrapping_sub",
    "wrapping_add",
    "wrapping_mul",
    "abs_diff",
    "div_ceil",
    "next_multiple_of",
    "next_power_of_two",
    "isqrt",
    "ilog2",
    "ilog10",
    "ilog",
    "count_ones",
    "leading_zeros",
    "trailing_zeros",
];

/// What makes an integer of an answer.
const OF_ANSWERS: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_err",
    "min",
    "max",
    "clamp",
];

impl Lowerer<'_> {
    /// The type of the answer, where this is such a question or a number made from its answer.
    fn answer_ty(&self, e: &syn::Expr) -> Option<Ty> {
        let syn::Expr::MethodCall(m) = strip(e) else {
            return None;
        };
        let name = m.method.to_string();
        let question = QUESTIONS
            .iter()
            .find(|(n, arity, _)| *n == name && *arity == m.args.len());
        if let Some((.., ty)) = question
            && self.is_list(&m.receiver)
        {
            return Some(ty.clone());
        }
        // `(0.0..=1.0).contains(&x)`
        if name == "contains"
            && m.args.len() == 1
            && matches!(strip(&m.receiver), syn::Expr::Range(_))
        {
            return Some(Ty::Bool);
        }
        if OF_INTEGERS.contains(&name.as_str()) {
            return Some(Ty::Int);
        }
        let asked = self.answer_ty(&m.receiver)?;
        match name.as_str() {
            "is_ok" | "is_err" => Some(Ty::Bool),
            "ok" | "err" => Some(asked),
            name if OF_ANSWERS.contains(&name) => Some(Ty::Int),
            _ => None,
        }
    }

    /// Lowers it: kept as it is written, and asked once. `None` where it is none.
    pub(super) fn answer(&mut self, e: &syn::Expr) -> Option<(Expr, Ty)> {
        let tokens = e.to_token_stream();
        if self.holding > 0 || self.is_constant_code(tokens.clone()) {
            return None;
        }
        let ty = self.answer_ty(e)?;
        self.check_questions(e);
        let span = syn::spanned::Spanned::span(e);
        let kept = self.opaque(tokens, span, Ty::Unit);
        let var = self.name_value("answer", Expr::Opaque(kept), ty.clone());
        self.maybe_active[var.0] = false;
        Some((Expr::var(var), ty))
    }

    /// What is asked with a closure only reads.
    fn check_questions(&mut self, e: &syn::Expr) {
        let syn::Expr::MethodCall(m) = strip(e) else {
            return;
        };
        for arg in &m.args {
            let syn::Expr::Closure(c) = strip(arg) else {
                continue;
            };
            let Some(closure) = self.closure(arg, c.inputs.len()) else {
                continue;
            };
            if super::iter::assigns_outside(&closure) {
                self.unsupported(
                    head(arg),
                    Code::Effects,
                    "a question that changes something",
                    "only read what is there",
                );
            }
        }
        self.check_questions(&m.receiver);
    }

    /// A question that is matched on: asked once, and named.
    pub(super) fn named_answer(&mut self, e: &syn::Expr) -> Option<syn::Expr> {
        let (value, _) = self.answer(e)?;
        let Expr::Place(place) = value else {
            return None;
        };
        // No name that the arms may mean.
        let mut name = self.func.var(place.base).source.clone();
        while self.lookup(&name).is_some() {
            name.push('_');
        }
        self.func.vars[place.base.0].source = name.clone();
        self.bind(&name, Binding::Var(place.base));
        let ident = self.name_of(place.base);
        Some(syn::parse_quote!(#ident))
    }
}
