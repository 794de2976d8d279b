//! Values that may be without influence on the result, by the way that the program takes: `t` in
//!
//! ```text
//! let t = x * x.ln();
//! if x > 0.0 { t } else { 0.0 }
//! ```
//!
//! Their adjoints are zero there, and have to stay so where a partial is infinite or no number: where the zero stems from a branch, the
//! values need not be any good.

use super::activity::Activity;
use crate::ir::*;
use crate::transform::kills::reads;
use crate::transform::linear::real_reads_picked;
use crate::transform::pairs::same_place;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The variables whose values may be without influence, though they are read somewhere.
pub fn doubtful(func: &Func, activity: &Activity, body: &Block) -> HashSet<VarId> {
    let mut survey = Survey {
        func,
        activity,
        scopes: vec![Scope::default()],
        vars: HashMap::new(),
    };
    survey.block(body, 0);
    // What the caller lends goes back to it.
    for v in &func.params {
        survey.note(&Place::var(*v), 0, false, None);
    }
    survey.decide()
}

/// A sequence of statements, and what it stands in.
#[derive(Default)]
struct Scope {
    parent: usize,
    depth: usize,
    /// How many of the scopes around, itself included, need not run, and how many may run again.
    branches: usize,
    loops: usize,
    /// What is read whenever it runs, and for which variable.
    reads: HashMap<VarId, Option<VarId>>,
}

/// What is known of a variable.
#[derive(Default)]
struct Known {
    /// Where it gets a value, and at which place.
    defs: Vec<(usize, Place)>,
    uses: Vec<Use>,
    /// Where a value is lost.
    overwrites: Vec<(usize, Place)>,
}

struct Use {
    scope: usize,
    /// An operation may pick another operand.
    picked: bool,
    /// The variable whose value is made from it, if that is all it is used for.
    sink: Option<VarId>,
}

struct Survey<'a> {
    func: &'a Func,
    activity: &'a Activity,
    scopes: Vec<Scope>,
    vars: HashMap<VarId, Known>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Branch,
    Loop,
    Plain,
}

impl Survey<'_> {
    fn open(&mut self, parent: usize, kind: Kind) -> usize {
        let around = &self.scopes[parent];
        self.scopes.push(Scope {
            parent,
            depth: around.depth + 1,
            branches: around.branches + usize::from(kind == Kind::Branch),
            loops: around.loops + usize::from(kind == Kind::Loop),
            reads: HashMap::new(),
        });
        self.scopes.len() - 1
    }

    fn block(&mut self, block: &[Stmt], scope: usize) {
        for (k, s) in block.iter().enumerate() {
            let first = self.scopes.len();
            self.stmt(s, scope);
            // What stands behind an exit need not run.
            if may_exit(s) {
                let rest = self.open(scope, Kind::Branch);
                self.block(&block[k + 1..], rest);
                if let Stmt::If { then, .. } = s
                    && diverges(then)
                {
                    self.either_way([first, rest], scope);
                }
                return;
            }
        }
    }

    fn stmt(&mut self, s: &Stmt, scope: usize) {
        match s {
            Stmt::Let { var, .. } if matches!(self.func.var(*var).role, Role::View(_)) => {}
            Stmt::Let { var, init: Some(e) } => {
                self.define(&Place::var(*var), e, scope);
                self.read(e, scope, Some(*var));
            }
            Stmt::Assign {
                place,
                op,
                value,
                first,
            } => {
                let target = self.func.root(place);
                self.define(place, value, scope);
                self.read(value, scope, Some(target));
                if op.is_none() && !first && !reads(self.func, value, target) {
                    let place = self.func.resolve(place);
                    let known = self.vars.entry(target).or_default();
                    known.overwrites.push((scope, place));
                }
            }
            Stmt::Container { place, op, .. } => {
                let sink = Some(self.func.root(place));
                for e in op.exprs() {
                    self.define(place, e, scope);
                    self.read(e, scope, sink);
                }
                if let Some(other) = op.other() {
                    self.read(&Expr::Place(other.clone()), scope, sink);
                }
            }
            Stmt::If { then, els, .. } => {
                let arms = [then, els].map(|branch| {
                    let inner = self.open(scope, Kind::Branch);
                    self.block(branch, inner);
                    inner
                });
                self.either_way(arms, scope);
            }
            Stmt::Loop { body, .. } => {
                let inner = self.open(scope, Kind::Loop);
                self.block(body, inner);
            }
            Stmt::Rest(body) => {
                let inner = self.open(scope, Kind::Branch);
                self.block(body, inner);
            }
            Stmt::Labeled { body, .. } => {
                let inner = self.open(scope, Kind::Plain);
                self.block(body, inner);
            }
            Stmt::Call { args, .. } => args.iter().for_each(|a| self.argument(&a.arg, scope)),
            s => exprs(s).into_iter().for_each(|e| self.read(e, scope, None)),
        }
    }

    /// What is read in both of two scopes of which one runs is read for sure.
    fn either_way(&mut self, arms: [usize; 2], scope: usize) {
        let [a, b] = arms.map(|arm| &self.scopes[arm].reads);
        let both = a.iter().filter(|(v, _)| b.contains_key(v));
        let both: Vec<_> = both.map(|(v, sink)| (*v, *sink)).collect();
        for (v, sink) in both {
            self.note(&Place::var(v), scope, false, sink);
        }
    }

    fn argument(&mut self, arg: &Arg, scope: usize) {
        match arg {
            Arg::Value(e) | Arg::Const(e) => self.read(e, scope, None),
            Arg::Ref(p) | Arg::RefMut(p) => self.note(p, scope, false, None),
            Arg::Lambda(l) => {
                let inner = self.open(scope, Kind::Loop);
                self.block(&l.body, inner);
                l.results
                    .iter()
                    .for_each(|v| self.note(&Place::var(*v), inner, false, None));
            }
            Arg::Function(_) | Arg::Param(_) => {}
        }
    }

    fn define(&mut self, place: &Place, value: &Expr, scope: usize) {
        let place = self.func.resolve(place);
        if self.activity.var(place.base) && self.activity.expr(self.func, value) {
            let known = self.vars.entry(place.base).or_default();
            known.defs.push((scope, place));
        }
    }

    /// What an expression reads where its derivative matters.
    fn read(&mut self, e: &Expr, scope: usize, sink: Option<VarId>) {
        let mut found = Vec::new();
        real_reads_picked(e, false, &mut |p, picked| found.push((p.clone(), picked)));
        for (place, picked) in found {
            self.note(&place, scope, picked, sink);
        }
    }

    fn note(&mut self, place: &Place, scope: usize, picked: bool, sink: Option<VarId>) {
        let root = self.func.root(place);
        let matters = sink.is_none_or(|v| self.activity.var(v));
        if matters && self.activity.var(root) {
            if !picked {
                self.scopes[scope].reads.insert(root, sink);
            }
            let known = self.vars.entry(root).or_default();
            known.uses.push(Use {
                scope,
                picked,
                sink,
            });
        }
    }

    fn common(&self, mut a: usize, mut b: usize) -> usize {
        while a != b {
            match self.scopes[a].depth >= self.scopes[b].depth {
                true => a = self.scopes[a].parent,
                false => b = self.scopes[b].parent,
            }
        }
        a
    }

    fn decide(&self) -> HashSet<VarId> {
        let mut found = HashSet::new();
        // Mostly values are made from earlier ones: from the back, one round does.
        let mut vars: Vec<(&VarId, &Known)> = self.vars.iter().collect();
        vars.sort_by_key(|(var, _)| std::cmp::Reverse(**var));
        loop {
            let before = found.len();
            for (var, known) in &vars {
                if !found.contains(*var) && self.is_doubtful(**var, known, &found) {
                    found.insert(**var);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    fn is_doubtful(&self, var: VarId, known: &Known, found: &HashSet<VarId>) -> bool {
        let ty = self.func.var(var).ty.peel();
        let whole = !matches!(ty, Ty::Slice(_) | Ty::Array(..) | Ty::Vec(_) | Ty::Unknown);
        let uses = || known.uses.iter().filter(|u| u.sink != Some(var));
        if uses().next().is_none() {
            return true;
        }
        // Where it is read for sure, once that is reached.
        let readers = uses().filter(|u| !u.picked && u.sink.is_none_or(|s| !found.contains(&s)));
        let readers: BTreeSet<usize> = readers.map(|u| u.scope).collect();
        let replaced: BTreeSet<usize> = known.overwrites.iter().map(|(scope, _)| *scope).collect();
        let defs: BTreeSet<usize> = known.defs.iter().map(|(scope, _)| *scope).collect();
        let idle = |def: &usize| {
            let lost = whole && replaced.contains(def);
            readers
                .iter()
                .all(|r| (lost && self.runs_again(*def, *r)) || self.need_not_run(*r, *def, whole))
        };
        defs.iter().any(idle) || self.may_be_lost(known, whole)
    }

    /// Whether a value may be overwritten before it is read.
    fn may_be_lost(&self, known: &Known, whole: bool) -> bool {
        known.overwrites.iter().any(|(scope, place)| {
            let before = |(def, other): &(usize, Place)| {
                (whole || same_place(other, place)) && self.need_not_run(*scope, *def, whole)
            };
            known.defs.iter().any(before)
        })
    }

    /// Whether what stands in one scope may run several times before what stands in another does.
    fn runs_again(&self, scope: usize, reader: usize) -> bool {
        let common = &self.scopes[self.common(scope, reader)];
        self.scopes[scope].loops > common.loops
    }

    /// Whether what stands in one scope may be left out, where what stands in another runs. That loops may have no trips is asked of single
    /// values only: those of arrays are usually read by loops.
    fn need_not_run(&self, scope: usize, where_run: usize, loops: bool) -> bool {
        let common = &self.scopes[self.common(scope, where_run)];
        let inner = &self.scopes[scope];
        inner.branches > common.branches || (loops && inner.loops > common.loops)
    }
}
