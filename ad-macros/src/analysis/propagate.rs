//! Copy propagation for indices: lowering names the bounds of a view, since a variable in them may
//! change later; where it does not change before the view's last use, the name is taken out again.

use super::lengths::fixed_lengths;
use crate::ir::*;

/// Runs the pass on a function's body.
pub fn propagate(func: &mut Func) {
    let mut body = std::mem::take(&mut func.body);
    simplify_lengths(func, &mut body);
    fixed_lengths(func, &mut body);
    block(func, &mut body);
    fixed_lengths(func, &mut body);
    func.body = body;
}

fn block(func: &mut Func, stmts: &mut Block) {
    for s in stmts.iter_mut() {
        sub_blocks_mut(s).into_iter().for_each(|b| block(func, b));
    }
    let mut k = 0;
    while k < stmts.len() {
        match &stmts[k] {
            Stmt::Let { var, init: Some(e) }
                if is_index(func, *var) && stays(func, *var, e, &stmts[k + 1..]) =>
            {
                let (var, e) = (*var, e.clone());
                stmts.remove(k);
                for s in &mut stmts[k..] {
                    replace(std::slice::from_mut(s), var, &e);
                }
                replace_in_views(func, var, &e);
            }
            _ => k += 1,
        }
    }
}

fn is_index(func: &Func, v: VarId) -> bool {
    let var = func.var(v);
    matches!(var.role, Role::Temp)
        && matches!(var.ty, Ty::Int)
        && matches!(var.source.as_str(), "start" | "end" | "index")
}

/// Whether the value is the same at every use of the variable.
fn stays(func: &Func, var: VarId, e: &Expr, rest: &[Stmt]) -> bool {
    let mut roots = Vec::new();
    let mut plain = true;
    places_of_expr(e, &mut |p| roots.push(func.root(p)));
    if matches!(e, Expr::Opaque(o) if !o.reads.is_empty()) || func.keeps_a_view(e) {
        plain = false;
    }
    let Some(last) = rest.iter().rposition(|s| uses(func, s, var)) else {
        return plain;
    };
    let overwritten = |s: &Stmt| {
        let mut found = false;
        walk_one(s, &mut |s| {
            found |= writes(s).iter().any(|p| roots.contains(&func.root(p)));
            found |= kept_writes(func, s).iter().any(|v| roots.contains(v));
            found |= matches!(s, Stmt::Effect(o) if o.reads.iter().any(|v| roots.contains(v) && func.var(*v).mutable));
        });
        found
    };
    plain && !rest[..=last].iter().any(overwritten)
}

/// Whether a statement reads the variable, by itself or through a view.
fn uses(func: &Func, s: &Stmt, var: VarId) -> bool {
    let mut found = false;
    let mut look = |p: &Place| {
        found |= p.base == var;
        if let Role::View(target) = &func.var(p.base).role {
            places_of_proj(target, &mut |q| found |= q.base == var);
        }
    };
    let mut copy = vec![s.clone()];
    map_block(&mut copy, &mut |p| look(p));
    walk(&copy, &mut |s| {
        if let Stmt::Effect(o) = s {
            o.reads.iter().for_each(|v| look(&Place::var(*v)));
        }
        exprs(s)
            .into_iter()
            .for_each(|e| places_of_expr(e, &mut look));
    });
    found
}

fn replace(stmts: &mut [Stmt], var: VarId, e: &Expr) {
    let mut block: Block = stmts.to_vec();
    map_exprs(&mut block, &mut |x| {
        if matches!(x, Expr::Place(p) if p.base == var && p.is_var()) {
            *x = e.clone();
        }
    });
    stmts.clone_from_slice(&block);
}

fn replace_in_views(func: &mut Func, var: VarId, e: &Expr) {
    for v in &mut func.vars {
        if let Role::View(place) = &mut v.role {
            map_place_exprs(place, &mut |x| {
                if matches!(x, Expr::Place(p) if p.base == var && p.is_var()) {
                    *x = e.clone();
                }
            });
        }
    }
}

/// `a[i..i + n].len()` is `n`.
fn simplify_lengths(func: &Func, body: &mut Block) {
    map_exprs(body, &mut |x| {
        let Expr::Query(name, p, _) = x else { return };
        if name != "len" {
            return;
        }
        if let Some(Proj::Range {
            lo,
            hi: Some(hi),
            inclusive: false,
        }) = func.resolve(p).proj.last()
        {
            let length = match lo {
                None => Some(hi.clone()),
                Some(lo) => without(hi, lo),
            };
            if let Some(length) = length {
                *x = length;
            }
        }
    });
}

/// `hi - lo`, where `hi` is a sum that starts with `lo`, or `(k + 1) * n` without `k * n`.
pub fn without(hi: &Expr, lo: &Expr) -> Option<Expr> {
    if let (Expr::Binary(BinOp::Mul, next, n), Expr::Binary(BinOp::Mul, k, m)) = (hi, lo)
        && let Expr::Binary(BinOp::Add, j, one) = &**next
        && n.same(m)
        && j.same(k)
        && is_one(one)
    {
        return Some((**n).clone());
    }
    match hi {
        Expr::Binary(BinOp::Add, a, b) if a.same(lo) => Some((**b).clone()),
        Expr::Binary(op @ (BinOp::Add | BinOp::Sub), a, b) => {
            Some(Expr::bin(*op, without(a, lo)?, (**b).clone()))
        }
        _ => None,
    }
}

fn is_one(e: &Expr) -> bool {
    match e {
        Expr::Int(k) => *k == 1,
        Expr::Opaque(o) => o.tokens.to_string() == "1",
        _ => false,
    }
}
