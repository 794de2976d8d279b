//! Values that the primal computes anyway: where a partial asks for `cos(x)` and the function has
//! `let c = x.cos();`, the partial reads `c`.

use super::linear::Lin;
use super::nodes::{Node, Scope};
use crate::ir::*;
use std::collections::HashMap;

/// Values of the rule table, and the variables that hold them, by the row and its first operand.
type Known = HashMap<Key, Vec<(Expr, VarId)>>;
type Key = (&'static str, Option<VarId>);

fn key(e: &Expr) -> Option<Key> {
    match e {
        Expr::Rule(name, args) => Some((
            *name,
            match args.first() {
                Some(Expr::Place(p)) => Some(p.base),
                _ => None,
            },
        )),
        _ => None,
    }
}

/// Runs the pass on a function's scope, before it is decided what is recorded.
pub fn share(func: &Func, scope: &mut Scope) {
    go(func, scope, &mut Known::new());
}

fn go(func: &Func, scope: &mut Scope, known: &mut Known) {
    let mut own = Vec::new();
    for n in &scope.nodes {
        match n {
            Node::Let {
                var, init: Some(e), ..
            } if !func.var(*var).mutable && !func.var(*var).constant && is_fixed(func, e) => {
                if let Some(key) = key(e) {
                    known.entry(key).or_default().push((e.clone(), *var));
                    own.push(key);
                }
            }
            // What follows an exit may never have been computed.
            n if n.may_exit() => break,
            _ => {}
        }
    }
    if !known.is_empty() {
        for n in &mut scope.nodes {
            n.lins_mut().into_iter().for_each(|l| replace(l, known));
        }
    }
    for n in &mut scope.nodes {
        n.scopes_mut().into_iter().for_each(|s| go(func, s, known));
    }
    for key in own {
        known.get_mut(&key).map(Vec::pop);
    }
}

/// Whether an expression is a row of the table applied to what never changes.
fn is_fixed(func: &Func, e: &Expr) -> bool {
    let fixed = |a: &Expr| match a {
        Expr::Place(p) => {
            let var = func.var(p.base);
            p.is_var() && !var.mutable && !matches!(var.ty, Ty::Ref(..))
        }
        Expr::Real(_) | Expr::Int(_) => true,
        _ => false,
    };
    matches!(e, Expr::Rule(_, args) if args.iter().all(fixed))
}

fn replace(lin: &mut Lin, known: &Known) {
    match lin {
        Lin::Scale(formula, inner) => {
            map_sub_exprs(formula, &mut |x| {
                let mut alike = key(x).and_then(|k| known.get(&k)).into_iter().flatten();
                if let Some((_, var)) = alike.find(|(e, _)| e.same(x)) {
                    *x = Expr::var(*var);
                }
            });
            replace(inner, known);
        }
        Lin::Sum(terms) => terms.iter_mut().for_each(|(_, l)| replace(l, known)),
        Lin::Repeat(inner, ..) => replace(inner, known),
        Lin::Aggregate(_, parts) => {
            for (l, _) in parts {
                l.iter_mut().for_each(|l| replace(l, known));
            }
        }
        // Series have no reverse sweep.
        Lin::Leaf(_) | Lin::Copy(..) | Lin::Curve(..) => {}
    }
}
