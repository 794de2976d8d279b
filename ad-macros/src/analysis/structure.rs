//! Brings exits into a shape that mirrors well.
//!
//! `if c { …; return a; } rest` becomes `if c { …; return a } else { rest }` where that is possible;
//! what follows any other statement that may leave the block becomes a `Rest`, which the reverse
//! sweep enters only if the forward sweep did.

use crate::ir::*;

/// Normalises exits in a function's body.
pub fn structure(body: Block) -> Block {
    block(body, &Place::None)
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
        other => other,
    }
}
