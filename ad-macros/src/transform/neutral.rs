//! Numbers, arrays and what users put together of them, if adjoints or tangents are added to them, start with −0, the neutral element of the addition of floats: `-0.0 + x` is
//! `x` for every `x`, and LLVM leaves it out, where `0.0 + x` has to be computed for the sake of `x = -0.0`.

use super::widen::{WIDE_NEUTRAL, WIDE_NEUTRAL_OF, WIDE_ZERO, WIDE_ZERO_OF};
use crate::ir::*;
use std::collections::HashSet;

/// A zero of the shape of its argument, negative.
pub const NEUTRAL_OF: &str = "neutral_of";

/// Rewrites the zeros of a function's own shadows. What is in `keep` is handed to users, who expect 0.
pub fn neutral_zeros(func: &Func, block: &mut Block, keep: &[VarId]) {
    let mut added = HashSet::new();
    walk(block, &mut |s| match s {
        Stmt::Assign {
            place, op: Some(_), ..
        } => {
            added.insert(place.base);
        }
        Stmt::Accumulate { target, .. } => {
            added.insert(target.base);
        }
        Stmt::Pull { .. } => added.extend(writes(s).iter().map(|p| p.base)),
        _ => {}
    });
    added.retain(|v| !keep.contains(v));
    walk(block, &mut |s| {
        if let Stmt::Call { args, .. } | Stmt::Pull { args, .. } = s {
            lambdas(args).for_each(|l| added.retain(|v| !l.results.contains(v)));
        }
    });
    rewrite(func, block, &added);
}

/// The variables that a function returns.
pub fn returned(block: &Block) -> Vec<VarId> {
    let mut found = Vec::new();
    walk(block, &mut |s| {
        if let Stmt::Return(Some(e)) = s {
            places_of_expr(e, &mut |p| found.push(p.base));
        }
    });
    found
}

fn rewrite(func: &Func, block: &mut Block, added: &HashSet<VarId>) {
    for s in block {
        if let Stmt::Let {
            var,
            init: Some(init),
        } = s
            && added.contains(var)
        {
            match init {
                Expr::ZeroOf(p) if !is_vector(&func.place_ty(p)) => {
                    *init = Expr::Runtime(NEUTRAL_OF, vec![Expr::Place(p.clone())]);
                }
                Expr::Runtime(name, args) if *name == WIDE_ZERO_OF => {
                    if let [Expr::Place(p)] = args.as_slice()
                        && is_array(&func.place_ty(p))
                    {
                        *name = WIDE_NEUTRAL_OF;
                    }
                }
                init => negate_zeros(init),
            }
        }
        for inner in sub_blocks_mut(s) {
            rewrite(func, inner, added);
        }
    }
}

/// Vectors are zeroed faster as they are.
fn is_vector(ty: &Ty) -> bool {
    matches!(ty.peel(), Ty::Vec(_) | Ty::Slice(_))
}

/// Whether the type alone says which zeros these are.
fn is_array(ty: &Ty) -> bool {
    match ty {
        Ty::Array(e, Some(_)) => e.is_real() || is_array(e),
        _ => false,
    }
}

/// Zeros of the compiler's own.
fn negate_zeros(e: &mut Expr) {
    match e {
        Expr::Repeat {
            value, vec: false, ..
        } => negate_zeros(value),
        Expr::Real(c) if *c == 0.0 => *c = -0.0,
        Expr::Runtime(name, _) if *name == WIDE_ZERO => *name = WIDE_NEUTRAL,
        _ => {}
    }
}
