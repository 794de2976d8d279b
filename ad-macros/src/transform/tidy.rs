//! Makes generated code read as if it were written: no dead zeros, names declared where they get their value.

use crate::ir::*;

/// Gives a function without result the value and the tangent `()`: callers don't know that there is none.
pub fn return_units(body: &mut Block) {
    fn units(stmts: &mut Block) {
        for s in stmts {
            if let Stmt::Return(e @ None) = s {
                *e = Some(pair());
            }
            sub_blocks_mut(s).into_iter().for_each(units);
        }
    }
    units(body);
    if !diverges(body) {
        body.push(Stmt::Return(Some(pair())));
    }
}

fn pair() -> Expr {
    Expr::Tuple(vec![Expr::Tuple(Vec::new()), Expr::Tuple(Vec::new())])
}

/// Moves declarations of scalar shadows and late values to their first use.
/// What is in `keep` is part of the result.
pub fn tidy(func: &mut Func, block: &mut Block, keep: &[VarId]) {
    for s in block.iter_mut() {
        if let Stmt::Call { args, .. } | Stmt::Pull { args, .. } = s {
            for l in lambdas_mut(args) {
                let keep = l.kept();
                tidy(func, &mut l.body, &keep);
            }
            continue;
        }
        sub_blocks_mut(s)
            .into_iter()
            .for_each(|b| tidy(func, b, &[]));
    }
    drop_empty(block);
    join_sums(func, block);
    let mut k = 0;
    while k < block.len() {
        if let Some(var) = movable(func, &block[k]) {
            sink(func, block, k, var, keep);
            // Whatever stands here now has not been looked at, unless the declaration stayed.
            if k < block.len() && matches!(&block[k], Stmt::Let { var: v, .. } if *v == var) {
                k += 1;
            }
        } else {
            k += 1;
        }
    }
}

/// `x += a; x += b;` becomes `x += a + b;`.
fn join_sums(func: &Func, block: &mut Block) {
    let mut k = 0;
    while k + 1 < block.len() {
        let joined = match (&block[k], &block[k + 1]) {
            (
                Stmt::Assign {
                    place: p,
                    op: Some(BinOp::Add),
                    value: a,
                    ..
                },
                Stmt::Assign {
                    place: q,
                    op: Some(op @ (BinOp::Add | BinOp::Sub)),
                    value: b,
                    ..
                },
            ) if func.var(p.base).shadow && same_place(p, q) && !expr_mentions(b, p.base) => {
                Some(Expr::bin(*op, a.clone(), b.clone()))
            }
            _ => None,
        };
        match (joined, &mut block[k]) {
            (Some(sum), Stmt::Assign { value, .. }) => {
                *value = sum;
                block.remove(k + 1);
            }
            _ => k += 1,
        }
    }
}

/// Whether two places are written the same, as far as plain indices go.
fn same_place(a: &Place, b: &Place) -> bool {
    let index = |s: &Proj| match s {
        Proj::Index(Expr::Place(p)) if p.is_var() => Some((0, p.base.0)),
        Proj::Index(Expr::Int(k)) => Some((1, *k)),
        Proj::Tuple(k) => Some((2, *k)),
        Proj::Deref => Some((3, 0)),
        _ => None,
    };
    a.base == b.base
        && a.proj.len() == b.proj.len()
        && a.proj
            .iter()
            .zip(&b.proj)
            .all(|(x, y)| index(x).is_some() && index(x) == index(y))
}

/// Branches and loops of the reverse sweep in which nothing is left to do.
fn drop_empty(block: &mut Block) {
    block.retain(|s| match s {
        Stmt::If { then, els, cond } => !(then.is_empty() && els.is_empty() && is_quiet(cond)),
        _ => true,
    });
}

fn is_quiet(e: &Expr) -> bool {
    matches!(e, Expr::Place(_) | Expr::Unary(UnOp::Not, _))
}

/// A declaration that may wait: a scalar zero, or no value yet.
fn movable(func: &Func, s: &Stmt) -> Option<VarId> {
    match s {
        Stmt::Let {
            var,
            init: Some(Expr::Real(c)),
        } if *c == 0.0 && func.var(*var).shadow => Some(*var),
        Stmt::Let {
            var,
            init: Some(Expr::ZeroOf(_)),
        } if func.var(*var).shadow => Some(*var),
        Stmt::Let { var, init: None }
            if matches!(func.var(*var).role, Role::Local | Role::Temp) =>
        {
            Some(*var)
        }
        _ => None,
    }
}

fn sink(func: &mut Func, block: &mut Block, k: usize, var: VarId, keep: &[VarId]) {
    let Some(j) = (k + 1..block.len()).find(|&j| mentions(&block[j], var)) else {
        if !keep.contains(&var) {
            block.remove(k);
        }
        return;
    };
    let shaped = matches!(
        &block[k],
        Stmt::Let {
            init: Some(Expr::ZeroOf(_)),
            ..
        }
    );
    let late = matches!(&block[k], Stmt::Let { init: None, .. });
    let replacement = match &block[j] {
        Stmt::Assign {
            place,
            op: None,
            value,
            first: true,
        } if late && place.base == var && place.is_var() => Some(value.clone()),
        Stmt::Assign {
            place,
            op: Some(op),
            value,
            ..
        } if !late
            && !shaped
            && place.base == var
            && place.is_var()
            && !expr_mentions(value, var) =>
        {
            Some(if *op == BinOp::Sub {
                value.clone().neg()
            } else {
                value.clone()
            })
        }
        _ => None,
    };
    match replacement {
        Some(value) => {
            block[j] = Stmt::Let {
                var,
                init: Some(value),
            };
            let written = block[j + 1..].iter().any(|s| writes_to(s, var));
            func.vars[var.0].mutable = func.vars[var.0].mutable && written;
            block.remove(k);
        }
        // A shape is taken where its value still has it.
        None if shaped || late => {}
        None => {
            // Declarations that wait at the same place stay in order.
            let mut to = j;
            while to > k + 1 && movable(func, &block[to - 1]).is_some() {
                to -= 1;
            }
            if to > k + 1 {
                let s = block.remove(k);
                block.insert(to - 1, s);
            }
        }
    }
}

fn writes_to(s: &Stmt, v: VarId) -> bool {
    let mut found = false;
    walk(&vec![s.clone()], &mut |s| {
        found |= writes(s).iter().any(|p| p.base == v)
    });
    found
}
