//! Buffers that the reverse sweep fills again: a loop that overwrites a whole buffer from values that are still
//! there costs less to run a second time than to save what it overwrites.
//!
//! ```text
//! for k in 0..n {                          for k in (0..n).rev() {
//!     for j in 0..d { v[j] = x[j] - m[j]; }    for j in 0..d { v[j] = x[j] - m[j]; }
//!     … v …                                    … the reverse of what reads v …
//! }                                        }
//! ```

use super::kills::fills;
use super::needs::{cost, is_pure, names_view};
use super::nodes::{Node, Scope};
use crate::ir::*;
use std::collections::HashSet;

/// Operations for one element that may be repeated.
const LIMIT: usize = 12;

/// Which loops of a scope, by position, fill whole buffers from what the scope does not change afterwards.
pub fn candidates(func: &Func, whole: &Scope, scope: &Scope) -> Vec<usize> {
    let refillable = |k: &usize| {
        let buffers = filled(func, &scope.nodes[*k]);
        !buffers.is_empty()
            && buffers
                .iter()
                .all(|b| fills(func, whole, &scope.nodes[*k], b.base))
            && only_fill(func, scope, *k)
    };
    (0..scope.nodes.len()).filter(refillable).collect()
}

/// The places that a loop of plain assignments, and nothing else, sets.
pub fn filled(func: &Func, n: &Node) -> Vec<Place> {
    let Node::Loop {
        kind: LoopKind::Range { .. },
        body,
        counted: false,
        repeat: None,
        ..
    } = n
    else {
        return Vec::new();
    };
    let cheap = |e: &Expr| is_pure(e) && cost(e) <= LIMIT && !names_view(func, e);
    let mut out = Vec::new();
    for n in &body.nodes {
        match n {
            Node::Let { init: Some(e), .. } if cheap(e) => {}
            Node::Assign {
                place,
                op: None,
                value,
                first: false,
                ..
            } if cheap(value) => out.push(place.clone()),
            _ => return Vec::new(),
        }
    }
    out
}

/// The statements that fill the buffers again.
pub fn refill(n: &Node, label: LabelId) -> Option<Stmt> {
    let Node::Loop { kind, body, .. } = n else {
        return None;
    };
    let stmts = body.nodes.iter().filter_map(|n| match n {
        Node::Let { var, init, .. } => Some(Stmt::Let {
            var: *var,
            init: init.clone(),
        }),
        Node::Assign { place, value, .. } => Some(Stmt::Assign {
            place: place.clone(),
            op: None,
            value: value.clone(),
            first: false,
        }),
        _ => None,
    });
    Some(Stmt::Loop {
        label,
        kind: kind.clone(),
        body: stmts.collect(),
    })
}

/// The places whose values a refill reads.
pub fn operands(n: &Node) -> Vec<Place> {
    let mut out = Vec::new();
    let Node::Loop { kind, body, .. } = n else {
        return out;
    };
    let mut add = |p: &Place| out.push(p.clone());
    loop_exprs(kind)
        .into_iter()
        .for_each(|e| places_of_expr(e, &mut add));
    for n in &body.nodes {
        match n {
            Node::Let { init: Some(e), .. } => places_of_expr(e, &mut add),
            Node::Assign { place, value, .. } => {
                places_of_expr(value, &mut add);
                places_of_proj(place, &mut add);
            }
            _ => {}
        }
    }
    out
}

/// How many elements a local of fixed length has, in terms of what never changes.
pub fn length(func: &Func, whole: &Scope, buffer: VarId) -> Option<Expr> {
    let mut found = None;
    let mut changes = false;
    whole.walk(&mut |n| match n {
        Node::Let {
            var,
            init: Some(Expr::Repeat { len, .. }),
            ..
        } if *var == buffer => found = Some((**len).clone()),
        Node::Assign { place, .. } if place.base == buffer && place.is_var() => changes = true,
        Node::Container { place, op, .. }
            if place.base == buffer || op.exchanged().is_some_and(|p| p.base == buffer) =>
        {
            changes |= !op.keeps_length();
        }
        other => changes |= lent(func, other).contains(&buffer),
    });
    let len = found.filter(|_| !changes)?;
    let mut fixed = true;
    places_of_expr(&len, &mut |p| fixed &= !func.var(p.base).mutable);
    fixed.then_some(len)
}

/// Variables that a callee or kept code gets to change.
fn lent(func: &Func, n: &Node) -> Vec<VarId> {
    let args = |args: &[CallArg]| {
        let given = args.iter().filter_map(|a| match &a.arg {
            Arg::RefMut(p) => Some(func.root(p)),
            _ => None,
        });
        given.collect::<Vec<_>>()
    };
    match n {
        Node::Call { args: a, .. } => args(a),
        Node::Plain(s) => {
            let mut out = kept_writes(func, s);
            match s {
                Stmt::Call { args: a, .. } => out.extend(args(a)),
                Stmt::Effect(o) => out.extend(o.reads.iter().filter(|v| func.var(**v).mutable)),
                _ => {}
            }
            out.into_iter().map(|v| func.root(&Place::var(v))).collect()
        }
        Node::Guard(saves) => saves.iter().map(|s| func.root(&s.place)).collect(),
        _ => Vec::new(),
    }
}

/// Whether nothing in the scope writes the buffers, or what the loop reads, after it.
fn only_fill(func: &Func, scope: &Scope, k: usize) -> bool {
    let buffers: HashSet<VarId> = filled(func, &scope.nodes[k])
        .iter()
        .map(|p| p.base)
        .collect();
    let mut reads = HashSet::new();
    operands(&scope.nodes[k])
        .iter()
        .for_each(|p| roots(func, p, &mut reads));
    let mut written = HashSet::new();
    for n in &scope.nodes[k + 1..] {
        n.walk(&mut |n| written.extend(writes_of(func, n)));
    }
    reads.is_disjoint(&buffers) && written.is_disjoint(&buffers) && written.is_disjoint(&reads)
}

/// The variables that a place's value depends on.
pub fn roots(func: &Func, p: &Place, out: &mut HashSet<VarId>) {
    let p = func.resolve(p);
    out.insert(p.base);
    places_of_proj(&p, &mut |q| roots(func, q, out));
}

/// Variables whose memory a node itself may write.
pub fn writes_of(func: &Func, n: &Node) -> Vec<VarId> {
    match n {
        Node::Assign { place, .. } => vec![func.root(place)],
        Node::Container { place, op, .. } => std::iter::once(place)
            .chain(op.exchanged())
            .map(|p| func.root(p))
            .collect(),
        other => lent(func, other),
    }
}
