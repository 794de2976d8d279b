//! Loops that set the elements of the result, each once: what the result's adjoint is, the caller has said before they run.

use super::*;
use crate::transform::kills::mentions;
use crate::transform::linear::Lin;

/// Whether a loop sets elements of a vector or an array of reals that is the function's result: no element in two iterations, and nobody
/// reads it but the `return` behind.
pub(super) fn is_set_once(func: &Func, n: &Node, after: &[Node], v: VarId) -> bool {
    let Node::Loop {
        kind: LoopKind::Range {
            var, step: None, ..
        },
        body,
        ..
    } = n
    else {
        return false;
    };
    let owned = match &func.var(v).ty {
        Ty::Vec(e) | Ty::Array(e, _) => e.is_real(),
        _ => false,
    };
    let mut strides = Vec::new();
    owned
        && !func.params.contains(&v)
        && after
            .iter()
            .all(|n| is_return_of(n, v) || !mentions(func, n, v))
        && sets_elements(func, &body.nodes, (*var, v), &mut strides)
        && strides.windows(2).all(|pair| pair[0] == pair[1])
}

/// `return v`, of the whole of it.
fn is_return_of(n: &Node, v: VarId) -> bool {
    matches!(n, Node::Return { value: Some(Expr::Place(p)), lin: Some(Lin::Leaf(q)) } if [p, q].iter().all(|p| p.is_var() && p.base == v))
}

/// Whether nodes mention the result only where they set an element of it, whose number is a multiple of the loop's index and something
/// below that multiple; and which multiples they are.
fn sets_elements(
    func: &Func,
    nodes: &[Node],
    (index, v): (VarId, VarId),
    strides: &mut Vec<usize>,
) -> bool {
    nodes.iter().all(|n| match n {
        Node::Assign {
            place,
            op: None,
            value,
            ..
        } if place.base == v => {
            let [Proj::Index(at)] = place.proj.as_slice() else {
                return false;
            };
            let mut read = false;
            places_of_expr(value, &mut |p| read |= func.root(p) == v);
            let Some((stride, offset)) = multiple(at, index) else {
                return false;
            };
            strides.push(stride);
            !read && offset < stride
        }
        Node::If {
            cond, then, els, ..
        } => {
            let mut read = false;
            places_of_expr(cond, &mut |p| read |= func.root(p) == v);
            let mut inside = |s: &Scope| sets_elements(func, &s.nodes, (index, v), strides);
            !read && inside(then) && inside(els)
        }
        other => !mentions(func, other, v),
    })
}

/// An expression as `a · index + b` with numbers `a` and `b`.
fn multiple(e: &Expr, index: VarId) -> Option<(usize, usize)> {
    match e {
        Expr::Place(p) if p.is_var() && p.base == index => Some((1, 0)),
        Expr::Binary(BinOp::Add, a, b) => match (multiple(a, index), multiple(b, index)) {
            (Some((stride, offset)), None) => Some((stride, offset.checked_add(number(b)?)?)),
            (None, Some((stride, offset))) => Some((stride, offset.checked_add(number(a)?)?)),
            _ => None,
        },
        Expr::Binary(BinOp::Mul, a, b) => {
            let (factor, inner) = match number(a) {
                Some(factor) => (factor, b),
                None => (number(b)?, a),
            };
            let (stride, offset) = multiple(inner, index)?;
            Some((factor.checked_mul(stride)?, factor.checked_mul(offset)?))
        }
        _ => None,
    }
}

/// The number that an expression is.
fn number(e: &Expr) -> Option<usize> {
    match e {
        Expr::Int(n) => Some(*n),
        Expr::Opaque(o) if o.reads.is_empty() => {
            let literal: syn::LitInt = syn::parse2(o.tokens.clone()).ok()?;
            literal.base10_parse().ok()
        }
        _ => None,
    }
}
