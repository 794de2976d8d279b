//! Values that are computed again in the middle of the reverse sweep, where what they were made of has been put back:
//!
//! ```text
//! let t = h * x[i];                x[i] = x_old;
//! x[i] += t * (1.0 - x[i]);        let t = h * x[i];
//!                                  … the reverse of the assignment, which reads t …
//! ```

use super::again::{roots, writes_of};
use super::needs::{Needs, REDO_LIMIT, cost, is_pure, names_view};
use super::nodes::{Node, Scope};
use crate::ir::*;
use std::collections::HashSet;

/// Chooses, in all scopes whose values are recorded, what to compute again late. Whether there is any.
pub fn choose(needs: &Needs, scope: &mut Scope) -> bool {
    // Outer scopes come first: what is late there is not there yet when a scope in them is reversed.
    let mut late = HashSet::new();
    scope.walk_scopes_mut(&mut |s| {
        if !s.inline && !s.stored {
            s.late = candidates(needs, s, &mut late);
        }
    });
    !late.is_empty()
}

fn candidates(
    needs: &Needs,
    scope: &Scope,
    late: &mut HashSet<VarId>,
) -> Vec<(usize, VarId, Expr)> {
    let mut out: Vec<(usize, VarId, Expr)> = Vec::new();
    for (k, n) in scope.nodes.iter().enumerate() {
        let Node::Let {
            var, init: Some(e), ..
        } = n
        else {
            continue;
        };
        let worth = scope.record.contains(var)
            && !needs.facts.overwritten.contains(var)
            && matches!(needs.func.var(*var).ty, Ty::Real(_))
            && is_pure(e)
            && cost(e) <= REDO_LIMIT
            && !names_view(needs.func, e);
        if worth && let Some(at) = last_use(needs, scope, k, *var, e, late) {
            late.insert(*var);
            out.push((at, *var, e.clone()));
        }
    }
    out
}

/// The last node that needs the variable, if the same value can be computed again just before that node is reversed.
fn last_use(
    needs: &Needs,
    scope: &Scope,
    k: usize,
    var: VarId,
    e: &Expr,
    late: &HashSet<VarId>,
) -> Option<usize> {
    let mut operands = HashSet::new();
    places_of_expr(e, &mut |p| roots(needs.func, p, &mut operands));
    let there = |v: &VarId| needs.facts.needed.contains(v) && !late.contains(v);
    if !operands.iter().all(there) || used_from_the_start(scope, var) {
        return None;
    }
    let at = (k + 1..scope.nodes.len()).rev().find(|j| {
        let n = &scope.nodes[*j];
        needs.node_needs(n, var) || used_inside(n, var)
    })?;
    let changes = |n: &Node| {
        let mut written = HashSet::new();
        n.walk(&mut |n| written.extend(writes_of(needs.func, n)));
        !written.is_disjoint(&operands)
    };
    let steady = !scope.nodes[k + 1..at].iter().any(changes);
    // What an assignment overwrites is put back before anything else.
    let put_back = match &scope.nodes[at] {
        Node::Assign { save, .. } => save.wanted && save.flat.is_none(),
        _ => false,
    };
    (steady && (put_back || !changes(&scope.nodes[at]))).then_some(at)
}

/// Whether what the reverse of some scope in a node begins with reads the variable.
fn used_inside(n: &Node, var: VarId) -> bool {
    let used =
        |s: &&Scope| used_from_the_start(s, var) || s.nodes.iter().any(|n| used_inside(n, var));
    n.scopes().iter().any(used)
}

/// Whether what the scope's reverse begins with reads the variable.
fn used_from_the_start(scope: &Scope, var: VarId) -> bool {
    let mut used = false;
    let mut look = |p: &Place| used |= p.base == var;
    scope
        .redo
        .iter()
        .for_each(|(_, e)| places_of_expr(e, &mut look));
    for k in &scope.again {
        for p in super::again::operands(&scope.nodes[*k]) {
            look(&p);
            places_of_proj(&p, &mut look);
        }
    }
    used
}
