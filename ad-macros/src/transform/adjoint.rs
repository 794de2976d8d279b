//! Reverse mode: a forward sweep that leaves what is needed, and a reverse sweep that mirrors it.

mod back;
mod fuse;
mod hoist;
mod lambda;
mod repeat;
mod restore;
mod results;
mod sweep;

pub use back::put_back;
pub use fuse::Fusion;

use super::needs::{Facts, Needs};
use super::nodes::{Node, Restorer, Scope, prepare};
use super::share::share;
use crate::analysis::activity::Activity;
use crate::ir::*;
use fuse::separate_where_saved;
use std::collections::{HashMap, HashSet};

/// How the two sweeps stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// One body: forward, then reverse.
    Joint,
    /// The reverse sweep is a closure that the caller runs later.
    Split,
}

/// The transformation of one function.
pub struct Adjoint {
    pub func: Func,
    pub activity: Activity,
    mode: Mode,
    seeded: bool,
    /// The adjoint variable of a variable.
    pub bars: HashMap<VarId, VarId>,
    pub seed: VarId,
    pub value: VarId,
    facts: Facts,
    /// Whether branches in tail position are reversed where they stand.
    pub fuse: bool,
    /// Some branch exits: rustc can't see that what its other branches assign is assigned.
    nested_return: bool,
    /// Variables that are not assigned yet where some exit leaves.
    unassigned: HashSet<VarId>,
    /// Scopes that are open at this point of the forward sweep.
    open: Vec<Open>,
    /// Parameters whose final value the reverse sweep has to put back.
    disturbed: HashSet<VarId>,
    /// Views that the reverse sweep borrows again.
    borrowed: HashSet<VarId>,
    /// What is computed again as soon as the node that is being reversed has put back what it overwrote.
    pending: Block,
    /// Sums of fused loops, with the loop that set their adjoints: nothing is added to these.
    settled: HashMap<VarId, LabelId>,
    /// Parameters that the reverse sweep leaves as they were on entry, if these callees do.
    pub restored: HashMap<VarId, Vec<Restorer>>,
    /// What the forward sweeps of closures leave, by the closures' values.
    records: HashMap<VarId, Vec<VarId>>,
    /// Variables that anything but kept code reads.
    read: HashSet<VarId>,
    /// How the body that is being written out is run.
    run: repeat::Run,
}

/// What leaving a scope has to finish.
#[derive(Clone)]
enum Open {
    Branch {
        slot: VarId,
        record: Vec<VarId>,
    },
    Body {
        label: LabelId,
        stack: VarId,
        record: Vec<VarId>,
    },
    /// The label block around a sweep, left by `return`.
    Sweep(LabelId),
    /// A labelled block of the user's.
    Labeled(LabelId),
    /// A closure's body, which no exit leaves.
    Closure,
}

/// Both sweeps.
pub struct Sweeps {
    pub forward: Block,
    pub reverse: Block,
}

impl Adjoint {
    pub fn new(func: Func, activity: Activity, mode: Mode) -> Adjoint {
        let mut func = func;
        let ret = func.ret.clone();
        let seed = func.fresh("seed", ret.clone(), false, Role::Param);
        let value = func.fresh("value", ret, false, Role::Local);
        let mut activity = activity;
        activity.extend(&func, false);
        Adjoint {
            func,
            activity,
            mode,
            seeded: false,
            bars: HashMap::new(),
            seed,
            value,
            facts: Facts::default(),
            fuse: mode == Mode::Joint,
            nested_return: false,
            unassigned: HashSet::new(),
            open: Vec::new(),
            disturbed: HashSet::new(),
            borrowed: HashSet::new(),
            pending: Vec::new(),
            settled: HashMap::new(),
            restored: HashMap::new(),
            records: HashMap::new(),
            read: HashSet::new(),
            run: repeat::Run::default(),
        }
    }

    /// The adjoint variable of a variable, made on first use.
    pub fn bar(&mut self, v: VarId) -> VarId {
        if let Some(b) = self.bars.get(&v) {
            return *b;
        }
        let var = self.func.var(v).clone();
        let name = format!("{}_bar", var.name.trim_start_matches("r#"));
        let b = self.func.fresh(&name, var.ty.clone(), true, Role::Local);
        self.func.vars[b.0].span = var.span;
        self.func.vars[b.0].shadow = true;
        self.activity.extend(&self.func, false);
        self.bars.insert(v, b);
        b
    }

    fn fresh(&mut self, name: &str, ty: Ty, mutable: bool, role: Role) -> VarId {
        let v = self.func.fresh(name, ty, mutable, role);
        self.activity.extend(&self.func, false);
        v
    }

    /// Keeps the two sweeps apart everywhere: there is one point between them.
    pub fn without_fusion(mut self) -> Adjoint {
        self.fuse = false;
        self
    }

    /// The seed is a user's, who may give a zero.
    pub fn seeded(mut self) -> Adjoint {
        self.seeded = true;
        self
    }

    /// Runs the transformation on the function's body.
    pub fn run(&mut self) -> Sweeps {
        let mut scope = prepare(&mut self.func, &mut self.activity, self.seeded);
        share(&self.func, &mut scope);
        crate::transform::repeat::settle(&mut self.func, &mut scope);
        scope.walk(&mut |n| crate::transform::repeat::reads_again(&self.func, n, &mut self.read));
        self.unassigned = unassigned_at_exits(&scope);
        scope.walk(&mut |n| {
            let exit = |n: &Node| matches!(n, Node::Return { .. } | Node::Exit(_));
            let nested = |s: &&Scope| s.nodes.iter().any(exit);
            self.nested_return |= n.scopes().iter().any(nested);
        });
        // The shadow of what changes its length has the length of one point: behind the last change.
        let from = self.settled_lengths(&scope);
        self.fuse &= from < scope.nodes.len().max(1);
        self.mark_inline(&mut scope);
        if self.fuse {
            let mut fusions = HashMap::new();
            self.find_fusible(&scope, &scope, from, &HashMap::new(), &mut fusions);
            self.fuse_loops(&mut scope, &mut fusions);
        }
        self.mark_repeated(&mut scope);
        self.facts = Needs::run(&self.func, &self.activity, &mut scope);
        if separate_where_saved(&self.func, &mut scope) {
            self.facts = Needs::run(&self.func, &self.activity, &mut scope);
        }
        self.name_slots(&mut scope);
        let (forward, reverse) = self.sweep(&scope);
        let mut reverse = reverse;
        self.resolve_views(&mut reverse);
        if self.mode == Mode::Split {
            for v in self.func.params.clone() {
                let found = restore::restorers(&self.func, &scope, &self.facts, v);
                self.restored.extend(found.map(|asked| (v, asked)));
            }
            self.measure_again(&scope, &mut reverse);
        }
        Sweeps { forward, reverse }
    }

    /// From which node on no variable changes its length. Parameters have their shadows from the start.
    fn settled_lengths(&self, scope: &Scope) -> usize {
        let resized = |n: &Node| resized(&self.func, n);
        let params = &self.func.params;
        if scope
            .nodes
            .iter()
            .flat_map(resized)
            .any(|v| params.contains(&v))
        {
            return usize::MAX;
        }
        let last = scope.nodes.iter().rposition(|n| !resized(n).is_empty());
        last.map_or(0, |k| k + 1)
    }

    /// Lengths of arguments, which a pullback is given again, are asked again: it need not carry them, and rustc
    /// sees where they come from.
    fn measure_again(&self, scope: &Scope, reverse: &mut Block) {
        let mut again: Vec<(VarId, Expr)> = Vec::new();
        for n in &scope.nodes {
            if let Node::Let {
                var, init: Some(e), ..
            } = n
                && !self.func.var(*var).mutable
                && self.is_length(e, &again)
            {
                again.push((*var, e.clone()));
            }
        }
        for (var, e) in again.into_iter().rev() {
            if reverse.iter().any(|s| mentions(s, var)) {
                let init = Some(e);
                reverse.insert(0, Stmt::Let { var, init });
            }
        }
    }

    /// Whether an expression is made of lengths of shared arguments alone.
    fn is_length(&self, e: &Expr, known: &[(VarId, Expr)]) -> bool {
        match e {
            Expr::Query(name, p, _) if name == "len" => {
                let var = self.func.var(p.base);
                self.func.params.contains(&p.base)
                    && p.is_var()
                    && !var.mutable
                    && matches!(&var.ty, Ty::Ref(false, inner) if inner.is_container())
            }
            Expr::Place(p) => p.is_var() && known.iter().any(|(v, _)| *v == p.base),
            Expr::Binary(BinOp::Add | BinOp::Sub | BinOp::Mul, a, b) => {
                let constant = |e: &Expr| match e {
                    Expr::Opaque(o) => o.reads.is_empty() && matches!(o.ty, Ty::Int),
                    e => matches!(e, Expr::Int(_)),
                };
                [a, b]
                    .into_iter()
                    .all(|e| constant(e) || self.is_length(e, known))
                    && [a, b].into_iter().any(|e| self.is_length(e, known))
            }
            _ => false,
        }
    }

    /// In one body, what stands in tail position is reversed where it stands: its locals stay alive.
    fn mark_inline(&mut self, scope: &mut Scope) {
        scope.inline = true;
        let last = scope.nodes.len().saturating_sub(1);
        let early = scope.nodes.iter().take(last).position(Node::may_exit);
        let fuse = self.fuse;
        let fused = |n: &Node| fuse && matches!(n, Node::If { .. });
        if let Some(k) = early {
            self.wrap(scope, k);
        } else if let Some(n) = scope.nodes.last_mut() {
            if fused(n) {
                n.scopes_mut().into_iter().for_each(|s| self.mark_inline(s));
            } else if n.may_exit() && !only_tail_returns(n) {
                self.wrap(scope, last);
            }
        }
    }

    /// A repeated iteration is one body too, forward and then in reverse.
    fn mark_repeated(&mut self, scope: &mut Scope) {
        for n in &mut scope.nodes {
            if let Node::Loop {
                body,
                repeat: Some(_),
                ..
            } = n
            {
                body.label = None;
                self.mark_inline(body);
            }
            n.scopes_mut()
                .into_iter()
                .for_each(|s| self.mark_repeated(s));
        }
    }

    /// Puts the nodes from `k` on into a labelled block that `return` leaves.
    fn wrap(&mut self, scope: &mut Scope, k: usize) {
        let rest = scope.nodes.split_off(k);
        let label = self.func.new_label("sweep");
        let body = Scope {
            nodes: rest,
            ..Scope::default()
        };
        scope.nodes.push(Node::Labeled { label, body });
        scope.label = Some(label);
    }

    /// Slots for the scopes that leave something behind.
    fn name_slots(&mut self, scope: &mut Scope) {
        for n in &mut scope.nodes {
            let stable = matches!(n, Node::If { stable: true, .. });
            let live = self.node_has_reverse(n);
            match n {
                Node::If { then, els, .. } if !(then.inline || els.inline) => {
                    self.name_slot(then, live && !stable, "then_trace");
                    self.name_slot(els, false, "else_trace");
                }
                Node::Rest(s) => self.name_slot(s, live, "rest_trace"),
                Node::Labeled { body, .. } => self.name_slot(body, false, "block_trace"),
                _ => {}
            }
            n.scopes_mut().into_iter().for_each(|s| self.name_slots(s));
        }
        // A nested scope's slot is a value of the scope that it stands in.
        if !scope.inline {
            for n in &scope.nodes {
                for s in slots_of(n) {
                    scope.record.push(s);
                }
            }
        }
    }

    fn name_slot(&mut self, scope: &mut Scope, flag: bool, name: &str) {
        let will_record = !scope.record.is_empty() || self.nested_slots(scope);
        if will_record {
            scope.slot = Some(self.fresh(name, Ty::Constant, true, Role::Slot));
        } else if flag {
            let flag_name = name.replace("_trace", "_taken");
            scope.slot = Some(self.fresh(&flag_name, Ty::Bool, true, Role::Slot));
        }
    }

    /// Whether some scope directly inside will have a slot.
    fn nested_slots(&mut self, scope: &Scope) -> bool {
        scope.nodes.iter().any(|n| match n {
            Node::If {
                then, els, stable, ..
            } => {
                let live = self.node_has_reverse(n);
                (live && !stable)
                    || [then, els]
                        .into_iter()
                        .any(|s| !s.record.is_empty() || self.nested_slots(s))
            }
            Node::Rest(s) => {
                self.node_has_reverse(n) || !s.record.is_empty() || self.nested_slots(s)
            }
            Node::Labeled { body, .. } => !body.record.is_empty() || self.nested_slots(body),
            _ => false,
        })
    }

    fn node_has_reverse(&mut self, n: &Node) -> bool {
        let needs = Needs::with(&self.func, &self.activity, std::mem::take(&mut self.facts));
        let found = needs.has_reverse(n);
        self.facts = needs.into_facts();
        found
    }

    /// Places in the reverse sweep name their base: views of the forward sweep are gone.
    fn resolve_views(&self, block: &mut Block) {
        map_block(block, &mut |p| {
            if !self.borrowed.contains(&p.base) {
                *p = self.func.resolve(p);
            }
        });
    }

    /// Parameters that the reverse sweep leaves in a state other than the final one.
    pub fn disturbed(&self) -> Vec<VarId> {
        self.func
            .params
            .iter()
            .copied()
            .filter(|v| self.disturbed.contains(v))
            .collect()
    }
}

/// Variables with an exit between their declaration and the end of what assigns them.
fn unassigned_at_exits(scope: &Scope) -> HashSet<VarId> {
    let mut found = HashSet::new();
    let mut look = |nodes: &[Node]| {
        for (k, n) in nodes.iter().enumerate() {
            let Node::Let {
                var, init: None, ..
            } = n
            else {
                continue;
            };
            let rest = &nodes[k + 1..];
            let assigns = |n: &Node| {
                let mut any = false;
                n.walk(&mut |n| {
                    any |=
                        matches!(n, Node::Assign { place, first: true, .. } if place.base == *var);
                });
                any
            };
            let last = rest.iter().position(assigns).map_or(rest.len(), |j| j + 1);
            if rest[..last].iter().any(Node::may_exit) {
                found.insert(*var);
            }
        }
    };
    look(&scope.nodes);
    scope.walk(&mut |n| n.scopes().into_iter().for_each(|s| look(&s.nodes)));
    found
}

/// The slots that a node's scopes use.
fn slots_of(n: &Node) -> Vec<VarId> {
    n.scopes()
        .into_iter()
        .filter(|_| !matches!(n, Node::Loop { .. }))
        .filter_map(|s| s.slot)
        .collect()
}

/// Whether every `return` in a node is the last thing that runs.
fn only_tail_returns(n: &Node) -> bool {
    match n {
        Node::Return { .. } => true,
        Node::If { then, els, .. } => [then, els].into_iter().all(|s| match s.nodes.split_last() {
            None => true,
            Some((last, init)) => {
                !init.iter().any(Node::may_exit) && (!last.may_exit() || only_tail_returns(last))
            }
        }),
        _ => false,
    }
}

/// The variables whose length a node changes.
fn resized(func: &Func, n: &Node) -> Vec<VarId> {
    let mut found = Vec::new();
    n.walk(&mut |n| {
        if let Node::Container { op, place, .. } = n
            && !op.keeps_length()
        {
            found.push(func.root(place));
            found.extend(op.exchanged().map(|p| func.root(p)));
        }
    });
    found
}
