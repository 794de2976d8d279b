//! Who puts back what a callee overwrites: the callee itself, if it saves it for its own sake, or its caller.

use super::*;
use crate::transform::nodes::{Restorer, Save};

/// Through how many callees the question is passed on: more would not end for those that call each other.
const DEPTH: usize = 3;

impl Adjoint {
    /// Saves or restores, unless the callee does.
    pub(super) fn unless_restored(&mut self, save: &Save, s: Stmt, out: &mut Block) {
        let Some(restorer) = &save.unless else {
            out.push(s);
            return;
        };
        let answer = self.fresh("restored", Ty::Bool, false, Role::Local);
        let number = |n| CallArg {
            arg: Arg::Value(Expr::Int(n)),
            shadows: Vec::new(),
        };
        out.push(Stmt::Call {
            dst: vec![answer],
            callee: restorer.question.clone(),
            args: vec![number(restorer.argument), number(DEPTH)],
            companion: Companion::Primal,
            boxed: false,
            span: save.place.span,
        });
        out.push(Stmt::If {
            cond: Expr::Unary(UnOp::Not, Box::new(Expr::var(answer))),
            then: vec![s],
            els: Vec::new(),
        });
    }
}

/// Which callees have to restore a variable for the reverse sweep to leave it as it was on entry; `None` where it
/// does not.
pub(super) fn restorers(
    func: &Func,
    scope: &Scope,
    facts: &Facts,
    v: VarId,
) -> Option<Vec<Restorer>> {
    let mut asked = Vec::new();
    let mut restored = true;
    let kept = |s: &Save| func.root(&s.place) != v || s.wanted;
    walk_once(&scope.nodes, &mut |n| match n {
        Node::Assign {
            place, first, save, ..
        } => restored &= func.root(place) != v || *first || save.wanted,
        Node::Container {
            place, op, save, ..
        } if func.root(place) == v || op.exchanged().is_some_and(|p| func.root(p) == v) => {
            restored &= match op {
                op if op.is_motion() => facts.needed.contains(&v),
                ContainerOp::Fill(_) | ContainerOp::CopyFrom(_) => save.wanted,
                _ => false,
            };
        }
        Node::Guard(saves) => restored &= saves.iter().all(kept),
        Node::Loop {
            repeat: Some(repeat),
            ..
        } => restored &= repeat.entry.iter().all(kept),
        Node::Call { saves, .. } => {
            for save in saves.iter().filter(|s| !kept(s)) {
                match &save.unless {
                    Some(restorer) => asked.push(restorer.clone()),
                    None => restored = false,
                }
            }
        }
        _ => {}
    });
    restored.then_some(asked)
}

/// Calls `f` on every node but those of repeated loops, which put back what they overwrite as a whole.
fn walk_once(nodes: &[Node], f: &mut dyn FnMut(&Node)) {
    for n in nodes {
        f(n);
        let repeated = matches!(
            n,
            Node::Loop {
                repeat: Some(_),
                ..
            }
        );
        if !repeated {
            n.scopes().into_iter().for_each(|s| walk_once(&s.nodes, f));
        }
    }
}
