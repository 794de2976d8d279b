//! Arithmetic on positions and lengths.

use crate::ir::*;

/// From the position in a loop to one in what the loop was made from.
#[derive(Clone)]
pub(super) enum Pos {
    /// `start + k * step`
    Up(Expr, Option<Expr>),
    /// `end - 1 - k * step`
    Down(Expr, Option<Expr>),
    /// `k - start`
    From(Expr),
    /// `k % length`
    Around(Expr),
}

impl Pos {
    pub fn apply(&self, k: &Expr) -> Expr {
        let scaled = |step: &Option<Expr>| match step {
            Some(step) => times(k.clone(), step.clone()),
            None => k.clone(),
        };
        match self {
            Pos::Up(start, step) => plus(scaled(step), start.clone()),
            Pos::Down(end, step) => minus(minus(end.clone(), Expr::Int(1)), scaled(step)),
            Pos::From(start) => minus(k.clone(), start.clone()),
            Pos::Around(length) => Expr::bin(BinOp::Rem, k.clone(), length.clone()),
        }
    }
}

/// The value of an integer literal, the user's own included.
pub(super) fn literal(e: &Expr) -> Option<usize> {
    match e {
        Expr::Int(n) => Some(*n),
        Expr::Opaque(o) if o.reads.is_empty() => syn::parse2::<syn::LitInt>(o.tokens.clone())
            .ok()?
            .base10_parse()
            .ok(),
        _ => None,
    }
}

pub(super) fn is_zero(e: &Expr) -> bool {
    literal(e) == Some(0)
}

pub(super) fn plus(a: Expr, b: Expr) -> Expr {
    match (literal(&a), literal(&b)) {
        (_, Some(0)) => a,
        (Some(0), _) => b,
        (Some(x), Some(y)) => Expr::Int(x + y),
        _ => Expr::bin(BinOp::Add, a, b),
    }
}

/// `a - b`, which the caller knows is not negative.
pub(super) fn minus(a: Expr, b: Expr) -> Expr {
    match (literal(&a), literal(&b)) {
        (_, Some(0)) => a,
        (Some(x), Some(y)) => Expr::Int(x.saturating_sub(y)),
        _ => Expr::bin(BinOp::Sub, a, b),
    }
}

pub(super) fn times(a: Expr, b: Expr) -> Expr {
    match (literal(&a), literal(&b)) {
        (_, Some(1)) => a,
        (Some(1), _) => b,
        _ => Expr::bin(BinOp::Mul, a, b),
    }
}

pub(super) fn smaller(a: Expr, b: Expr) -> Expr {
    chosen("min", usize::min, a, b)
}

fn larger(a: Expr, b: Expr) -> Expr {
    match (literal(&a), literal(&b)) {
        (_, Some(0)) => a,
        (Some(0), _) => b,
        _ => chosen("max", usize::max, a, b),
    }
}

/// `min` or `max` of integers; a literal can't be the receiver, its type would be open.
fn chosen(name: &'static str, f: fn(usize, usize) -> usize, a: Expr, b: Expr) -> Expr {
    match (literal(&a), literal(&b)) {
        (Some(x), Some(y)) => Expr::Int(f(x, y)),
        (Some(_), None) => Expr::Rule(name, vec![b, a]),
        _ => Expr::Rule(name, vec![a, b]),
    }
}

/// `a - b`, or 0 where that would be negative.
pub(super) fn monus(a: Expr, b: Expr) -> Expr {
    match (literal(&a), literal(&b)) {
        (_, Some(0)) => a,
        (Some(x), Some(y)) => Expr::Int(x.saturating_sub(y)),
        _ => Expr::bin(BinOp::Sub, larger(a, b.clone()), b),
    }
}

pub(super) fn at_least(a: Expr, b: Expr) -> Expr {
    larger(a, b)
}

/// How many steps fit into a length, the last one begun counted too.
pub(super) fn steps(length: Expr, step: Expr) -> Expr {
    match literal(&step) {
        Some(1) => length,
        _ => Expr::bin(
            BinOp::Div,
            minus_one(Expr::bin(BinOp::Add, length, step.clone())),
            step,
        ),
    }
}

fn minus_one(e: Expr) -> Expr {
    Expr::bin(BinOp::Sub, e, Expr::Int(1))
}
