//! Brings exits into a shape that mirrors well.
//!
//! `if c { …; return a; } rest` becomes `if c { …; return a } else { rest }` where that is possible;
//! what follows any other statement that may leave the block becomes a `Rest`, which the reverse
//! sweep enters only if the forward sweep did. A name that gets its value later is declared in the innermost block around its
//! uses: after an exit in one branch, that is the other.

use crate::ir::*;

/// Normalises exits in a function's body.
pub fn structure(body: Block) -> Block {
    let mut body = block(body, &Place::None);
    sink(&mut body, &[]);
    body
}

/// Declares names that get their value later where they are used. What is in `keep` is used at the end, too.
fn sink(block: &mut Block, keep: &[VarId]) {
    let mut k = 0;
    while k < block.len() {
        let late = match &block[k] {
            Stmt::Let { var, init: None } if !keep.contains(var) => Some(*var),
            _ => None,
        };
        let home = late.and_then(|var| Some((var, home(block, k, var)?)));
        match home {
            Some((var, (at, branch))) => {
                sub_blocks_mut(&mut block[at])[branch].insert(0, Stmt::Let { var, init: None });
                block.remove(k);
            }
            None => k += 1,
        }
    }
    for s in block {
        if let Stmt::Call { args, .. } = s {
            for l in lambdas_mut(args) {
                let keep = l.kept();
                sink(&mut l.body, &keep);
            }
            continue;
        }
        let inner = sub_blocks_mut(s).into_iter();
        inner.for_each(|b| sink(b, &[]));
    }
}

/// The statement and the branch of it that hold all uses of a variable declared at `k`.
fn home(block: &Block, k: usize, var: VarId) -> Option<(usize, usize)> {
    let mut users = (k + 1..block.len()).filter(|&j| mentions(&block[j], var));
    let (at, None) = (users.next()?, users.next()) else {
        return None;
    };
    let own = match &block[at] {
        Stmt::If { cond, .. } => expr_mentions(cond, var),
        Stmt::Rest(_) | Stmt::Labeled { .. } => false,
        _ => true,
    };
    let branches = sub_blocks(&block[at]);
    let mut users = (0..branches.len()).filter(|&b| branches[b].iter().any(|s| mentions(s, var)));
    match (own, users.next(), users.next()) {
        (false, Some(branch), None) => Some((at, branch)),
        _ => None,
    }
}

/// What falling off the end of a block is equal to.
enum Place {
    /// Falling off the end of the function or anything else.
    None,
    /// The next iteration of this loop.
    Next(LabelId),
}

fn block(stmts: Block, end: &Place) -> Block {
    let mut out = Vec::new();
    let mut iter = stmts.into_iter();
    while let Some(s) = iter.next() {
        if diverges(&vec![s.clone()]) {
            out.push(inner(s, end));
            return out;
        }
        if !may_exit(&s) {
            out.push(inner(s, &Place::None));
            continue;
        }
        let rest: Block = iter.collect();
        match s {
            Stmt::If { cond, then, els } if diverges(&then) => {
                let mut els = els;
                els.extend(rest);
                out.push(Stmt::If {
                    cond,
                    then: block(trim(then, end), end),
                    els: block(els, end),
                });
            }
            Stmt::If { cond, then, els } if diverges(&els) => {
                let mut then = then;
                then.extend(rest);
                out.push(Stmt::If {
                    cond,
                    then: block(then, end),
                    els: block(trim(els, end), end),
                });
            }
            other => {
                let last = rest.is_empty();
                out.push(inner(other, if last { end } else { &Place::None }));
                if !last {
                    out.push(Stmt::Rest(block(rest, end)));
                }
            }
        }
        return out;
    }
    out
}

/// Drops a `continue` that falling off the end does anyway.
fn trim(mut stmts: Block, end: &Place) -> Block {
    if let (Some(Stmt::Continue(l)), Place::Next(next)) = (stmts.last(), end)
        && l == next
    {
        stmts.pop();
    }
    stmts
}

fn inner(s: Stmt, end: &Place) -> Stmt {
    match s {
        Stmt::If { cond, then, els } => Stmt::If {
            cond,
            then: block(trim(then, end), end),
            els: block(trim(els, end), end),
        },
        Stmt::Loop { label, kind, body } => {
            let next = Place::Next(label);
            Stmt::Loop {
                label,
                kind,
                body: block(trim(body, &next), &next),
            }
        }
        Stmt::Labeled { label, body } => Stmt::Labeled {
            label,
            body: block(body, &Place::None),
        },
        Stmt::Call {
            dst,
            callee,
            mut args,
            companion,
            boxed,
            span,
        } => {
            for l in lambdas_mut(&mut args) {
                l.body = block(std::mem::take(&mut l.body), &Place::None);
            }
            Stmt::Call {
                dst,
                callee,
                args,
                companion,
                boxed,
                span,
            }
        }
        other => other,
    }
}
