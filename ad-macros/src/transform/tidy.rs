//! Makes generated code read as if it were written: no dead zeros, names declared where they get their value.

use crate::ir::*;
use std::collections::HashMap;

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
    // Without declarations, nothing of what blocks hold needs to be known: those around would ask again.
    if block.iter().any(|s| movable(func, s).is_some()) {
        Sinking::new(func, std::mem::take(block)).run(func, block, keep);
    }
}

/// A value that is copied from a vector of the function's own as the last thing of all is moved out of it, unless a pullback may still borrow that.
pub fn move_last(func: &Func, block: &mut Block, value: VarId) {
    let Some(Stmt::Let {
        var,
        init: Some(Expr::Copied(CopyKind::Clone, place)),
    }) = block.last()
    else {
        return;
    };
    let (last, place) = (*var, place.clone());
    let mut lent = false;
    walk(block, &mut |s| {
        if let Stmt::Call { .. } = s {
            map_block(&mut vec![s.clone()], &mut |p| lent |= p.base == place.base);
        }
    });
    let own = |s: &Stmt| matches!(s, Stmt::Let { var, .. } if *var == place.base);
    let is_vector = matches!(func.var(place.base).ty, Ty::Vec(_));
    if last == value && place.is_var() && is_vector && !lent && block.iter().any(own) {
        block.pop();
        block.push(Stmt::Let {
            var: value,
            init: Some(Expr::Place(place)),
        });
    }
}

/// `x += a; x += b;` becomes `x += a + b;`.
fn join_sums(func: &Func, block: &mut Block) {
    let old = std::mem::take(block);
    for s in old {
        let joined = match (block.last_mut(), &s) {
            (
                Some(Stmt::Assign {
                    place: p,
                    op: Some(BinOp::Add),
                    value: a,
                    ..
                }),
                Stmt::Assign {
                    place: q,
                    op: Some(op @ (BinOp::Add | BinOp::Sub)),
                    value: b,
                    ..
                },
            ) if func.var(p.base).shadow && same_place(p, q) && !expr_mentions(b, p.base) => {
                let first = std::mem::replace(a, Expr::D);
                *a = Expr::bin(*op, first, b.clone());
                true
            }
            _ => false,
        };
        if !joined {
            block.push(s);
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

/// A block whose declarations sink to their first use. What is known of each statement is found once, so that long blocks take no
/// longer for each of their declarations.
struct Sinking {
    stmts: Vec<Option<Stmt>>,
    /// Declarations that now stand before a statement.
    before: Vec<Block>,
    /// The statements that name a variable, in order.
    named: HashMap<VarId, Vec<usize>>,
    /// The last statement that writes to a variable.
    written: HashMap<VarId, usize>,
    /// Where the row of declarations begins that ends right before a statement.
    row: Vec<usize>,
}

impl Sinking {
    fn new(func: &Func, block: Block) -> Sinking {
        let mut named: HashMap<VarId, Vec<usize>> = HashMap::new();
        let mut written = HashMap::new();
        let mut row: Vec<usize> = Vec::new();
        for (k, s) in block.iter().enumerate() {
            for v in mentioned(s) {
                named.entry(v).or_default().push(k);
            }
            walk_one(s, &mut |s| {
                for p in writes(s) {
                    written.insert(p.base, k);
                }
            });
            let movable = k > 0 && movable(func, &block[k - 1]).is_some();
            row.push(if movable { row[k - 1] } else { k });
        }
        Sinking {
            before: vec![Vec::new(); block.len()],
            stmts: block.into_iter().map(Some).collect(),
            named,
            written,
            row,
        }
    }

    fn run(mut self, func: &mut Func, out: &mut Block, keep: &[VarId]) {
        for k in 0..self.stmts.len() {
            let var = self.stmts[k].as_ref().and_then(|s| movable(func, s));
            if let Some(var) = var {
                self.sink(func, k, var, keep);
            }
        }
        for (before, s) in self.before.into_iter().zip(self.stmts) {
            // What came last stands first.
            out.extend(before.into_iter().rev());
            out.extend(s);
        }
    }

    fn sink(&mut self, func: &mut Func, k: usize, var: VarId, keep: &[VarId]) {
        let uses = self.named.get(&var).map_or(&[][..], Vec::as_slice);
        let Some(&j) = uses.get(uses.partition_point(|&j| j <= k)) else {
            if !keep.contains(&var) {
                self.stmts[k] = None;
            }
            return;
        };
        let (Some(declaration), Some(user)) = (&self.stmts[k], &self.stmts[j]) else {
            return;
        };
        let shaped = matches!(
            declaration,
            Stmt::Let {
                init: Some(Expr::ZeroOf(_)),
                ..
            }
        );
        let late = matches!(declaration, Stmt::Let { init: None, .. });
        match first_value(user, var, shaped, late) {
            Some(value) => {
                let init = Some(value);
                self.stmts[j] = Some(Stmt::Let { var, init });
                self.stmts[k] = None;
                let written = self.written.get(&var).is_some_and(|w| *w > j);
                func.vars[var.0].mutable = func.vars[var.0].mutable && written;
                self.rows_from(func, j);
            }
            // A shape is taken where its value still has it.
            None if shaped || late => {}
            None => {
                let to = self.row[j];
                if to > k + 1 {
                    let declaration = self.stmts[k].take();
                    self.before[to].extend(declaration);
                }
            }
        }
    }

    /// A statement has become a declaration that may wait, too.
    fn rows_from(&mut self, func: &Func, j: usize) {
        for k in j + 1..self.row.len() {
            let before = self.stmts[k - 1].as_ref();
            if self.row[k] < k || before.and_then(|s| movable(func, s)).is_none() {
                return;
            }
            self.row[k] = self.row[k - 1];
        }
    }
}

/// What a declaration can begin with, where the first statement that names the variable gives it a value.
fn first_value(user: &Stmt, var: VarId, shaped: bool, late: bool) -> Option<Expr> {
    match user {
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
    }
}
