//! Loops whose iterations are executed again before they are reversed (`#[recompute]`, `#[checkpoint(n)]`): the state that an
//! iteration starts from, and what a repetition reads.
//!
//! ```text
//! for i in 0..n {                       for i in (0..n).rev() {
//!     keep x                                x = what was kept
//!     x = x + h * f(x, p);                  x = x + h * f(x, p);     forward, with what its reverse reads
//! }                                         …                        and backward
//!                                       }
//! ```

use super::again::{roots, writes_of};
use super::kills::{Kills, Status, declared_in, mentions};
use super::needs::is_sized;
use super::nodes::{Node, Preparer, Save, Scope};
use crate::analysis::repeat::runs_once;
use crate::ir::*;
use std::collections::{HashMap, HashSet};

/// How a loop is repeated.
#[derive(Debug)]
pub struct Repeat {
    pub policy: Policy,
    /// What the body overwrites, with room for the value at the start of an iteration; wanted if a repetition reads it.
    pub state: Vec<State>,
    /// The same before the loop, for what stands before it.
    pub entry: Vec<Save>,
    /// Values that kept code gives in the body.
    pub kept: Vec<Kept>,
    /// Where the snapshots are.
    pub snapshots: VarId,
    /// Where a repetition starts.
    pub from: VarId,
    /// What is only added to in the loop, and read nowhere in it: a repetition leaves it alone.
    pub sums: HashSet<VarId>,
    /// Variables from outside that a repetition reads.
    pub reads: HashSet<VarId>,
    /// Variables of the loop's own.
    pub own: HashSet<VarId>,
    /// It has calls whose forward sweeps are run again.
    pub calls: bool,
    /// An iteration may be the last one before the range is through.
    pub leaves_early: bool,
}

/// A part of the state.
#[derive(Debug)]
pub struct State {
    pub save: Save,
    /// It is not all of the variable, but the one element that an iteration overwrites: whatever else
    /// there is stays as it was.
    pub element: bool,
}

/// A value that kept code gives: recorded when the loop runs, and given again in repetitions.
#[derive(Debug)]
pub struct Kept {
    pub var: VarId,
    pub tape: VarId,
    /// Where the values of an iteration start.
    pub mark: VarId,
}

impl Repeat {
    pub fn is_checkpointed(&self) -> bool {
        matches!(self.policy, Policy::Checkpoint(_))
    }

    /// The state that is kept.
    pub fn kept_state(&self) -> impl Iterator<Item = &State> {
        self.state.iter().filter(|s| s.save.wanted)
    }

    /// What has to be there in the reverse sweep, beside the state.
    pub fn keepers(&self) -> Vec<VarId> {
        let mut all: Vec<VarId> = self.kept.iter().map(|k| k.tape).collect();
        if self.is_checkpointed() {
            all.push(self.snapshots);
        }
        all
    }
}

impl Preparer<'_> {
    /// Makes room for the repetition of a loop, if the user asks for one.
    pub fn repeat(&mut self, n: &mut Node) {
        let Node::Loop { label, .. } = n else { return };
        let Some(storage) = self.func.storage(*label).filter(|s| s.repeats()).cloned() else {
            return;
        };
        let written = outer_bases(self.func, n);
        let mut kept = Vec::new();
        let mut calls = false;
        n.walk(&mut |n| {
            calls |= matches!(n, Node::Call { .. });
            kept.extend(kept_value(self.func, n));
        });
        let state = written.iter().map(|v| self.state(*v)).collect();
        let entry = written.iter().map(|v| self.save_slice(&Place::var(*v)));
        let entry = entry.collect();
        let kept = kept.into_iter().map(|var| Kept {
            var,
            tape: self.fresh("kept_values", Ty::Constant, true, Role::Keeper),
            mark: self.fresh("mark", Ty::Int, false, Role::Temp),
        });
        let kept = kept.collect();
        let repeat = Repeat {
            policy: storage.policy,
            state,
            entry,
            kept,
            snapshots: self.fresh("snapshots", Ty::Constant, true, Role::Keeper),
            from: self.fresh("from", Ty::Int, false, Role::Temp),
            sums: HashSet::new(),
            reads: HashSet::new(),
            own: own_variables(n),
            calls,
            leaves_early: false,
        };
        if let Node::Loop { repeat: slot, .. } = n {
            *slot = Some(Box::new(repeat));
        }
    }
}

/// The variable that gets a value from kept code which runs once.
pub fn kept_value(func: &Func, n: &Node) -> Option<VarId> {
    match n {
        Node::Let {
            var,
            init: Some(e),
            lin: None,
        } if runs_once(func, e) => Some(*var),
        Node::Plain(Stmt::Call { dst, .. }) => dst.first().copied(),
        _ => None,
    }
}

impl Preparer<'_> {
    /// Room for the value that a variable has at the start of an iteration.
    fn state(&mut self, v: VarId) -> State {
        let place = Place::var(v);
        let name = self.func.var(v).name.trim_start_matches("r#");
        let name = format!("{name}_start");
        let ty = match self.func.place_ty(&place) {
            Ty::Slice(e) => Ty::Vec(e),
            other => other,
        };
        let save = Save {
            place,
            old: self.fresh(&name, ty, false, Role::Temp),
            wanted: false,
            flat: None,
            unless: None,
        };
        State {
            save,
            element: false,
        }
    }
}

/// Variables from outside by which a loop writes: they own memory, or are views of it that have to be respected.
fn outer_bases(func: &Func, n: &Node) -> Vec<VarId> {
    let own = own_variables(n);
    // What a view was made from may be a view.
    let mut made_from = HashMap::new();
    n.walk(&mut |n| {
        if let Node::Plain(Stmt::Let {
            var,
            init: Some(Expr::Borrow(_, p)),
        }) = n
        {
            made_from.insert(*var, p.base);
        }
    });
    let mut out = Vec::new();
    n.walk(&mut |n| {
        for place in written_places(func, n) {
            let mut base = place.base;
            while let (true, Some(from)) = (own.contains(&base), made_from.get(&base)) {
                base = *from;
            }
            if !own.contains(&base) && !out.contains(&base) {
                out.push(base);
            }
        }
    });
    out
}

/// The places that a node itself may write.
fn written_places(func: &Func, n: &Node) -> Vec<Place> {
    let lent = |args: &[CallArg]| -> Vec<Place> {
        let places = args.iter().filter_map(|a| match &a.arg {
            Arg::RefMut(p) => Some(p.clone()),
            _ => None,
        });
        places.collect()
    };
    match n {
        Node::Assign { place, .. } => vec![place.clone()],
        Node::Container { place, op, .. } => std::iter::once(place)
            .chain(op.exchanged())
            .cloned()
            .collect(),
        Node::Call { args, .. } => lent(args),
        Node::Plain(s) => {
            let mut out: Vec<Place> = kept_writes(func, s).into_iter().map(Place::var).collect();
            if let Stmt::Call { args, .. } = s {
                out.extend(lent(args));
            }
            out
        }
        Node::Guard(saves) => saves.iter().map(|s| s.place.clone()).collect(),
        _ => Vec::new(),
    }
}

/// Variables that a loop declares, those of closures in it included.
fn own_variables(n: &Node) -> HashSet<VarId> {
    let mut own = declared_in(n);
    n.walk(&mut |n| {
        if let Node::Call { args, .. } = n {
            lambdas(args).for_each(|l| own.extend(l.given()));
        }
    });
    own
}

/// Decides what repeated loops keep, and what stored ones may not compute again.
pub fn settle(func: &mut Func, scope: &mut Scope) {
    let mut decisions = HashMap::new();
    let whole: &Scope = scope;
    whole.walk(&mut |n| {
        if let Node::Loop {
            label,
            repeat: Some(repeat),
            ..
        } = n
        {
            decisions.insert(*label, decide(func, whole, n, repeat));
        }
    });
    scope.walk_scopes_mut(&mut |s| {
        for n in &mut s.nodes {
            if let Node::Loop {
                label,
                repeat: Some(repeat),
                ..
            } = n
                && let Some(decision) = decisions.remove(label)
            {
                decision.apply(func, repeat);
            }
        }
    });
    mark_stored(func, scope, false);
}

fn mark_stored(func: &Func, scope: &mut Scope, stored: bool) {
    scope.stored = stored;
    for n in &mut scope.nodes {
        let stored = match n {
            Node::Loop { label, .. } => match func.storage(*label) {
                Some(storage) => !storage.repeats(),
                None => stored,
            },
            _ => stored,
        };
        for s in n.scopes_mut() {
            mark_stored(func, s, stored);
        }
    }
}

struct Decision {
    /// For each variable that the loop overwrites: whether it is state, and the element that it comes down to.
    state: Vec<(bool, Option<Place>)>,
    sums: HashSet<VarId>,
    reads: HashSet<VarId>,
}

impl Decision {
    fn apply(self, func: &mut Func, repeat: &mut Repeat) {
        for (s, (wanted, element)) in repeat.state.iter_mut().zip(self.state) {
            s.save.wanted = wanted;
            s.element = element.is_some();
            if let Some(place) = element {
                func.vars[s.save.old.0].ty = func.place_ty(&place);
                s.save.place = place;
            }
        }
        repeat.sums = self.sums;
        repeat.reads = self.reads;
    }
}

fn decide(func: &Func, whole: &Scope, n: &Node, repeat: &Repeat) -> Decision {
    let Node::Loop { body, kind, .. } = n else {
        return Decision {
            state: Vec::new(),
            sums: HashSet::new(),
            reads: HashSet::new(),
        };
    };
    let bases: Vec<VarId> = repeat.state.iter().map(|s| s.save.place.base).collect();
    let written: Vec<VarId> = bases.iter().map(|v| func.root(&Place::var(*v))).collect();
    let sums: HashSet<VarId> = written
        .iter()
        .copied()
        .filter(|v| only_added_to(func, n, *v))
        .collect();
    let mut reads = HashSet::new();
    n.walk(&mut |n| reads_again(func, n, &mut reads));
    let own = own_variables(n);
    reads.retain(|v| !own.contains(v) && !sums.contains(v));
    let unset = unset_before(whole, n);
    let changed = written_again(func, n);
    let state = bases.iter().zip(&written).map(|(base, v)| {
        let left_alone = sums.contains(v) || unset.contains(v) || !changed.contains(v);
        let wanted = !left_alone && !is_scratch(func, whole, n, *v);
        let element = match repeat.policy {
            Policy::Recompute if wanted && base == v => element(func, body, kind, *v, &written),
            _ => None,
        };
        (wanted, element)
    });
    Decision {
        state: state.collect(),
        sums,
        reads,
    }
}

/// Whether every iteration overwrites a variable before it reads it, and leaves its shape as it is.
fn is_scratch(func: &Func, whole: &Scope, n: &Node, v: VarId) -> bool {
    let Node::Loop { body, kind, .. } = n else {
        return false;
    };
    let mut kills = Kills::new(func, whole, n);
    let asked = match kind {
        LoopKind::While(c) => super::kills::reads(func, c, v),
        _ => false,
    };
    let overwritten = !asked && kills.status(&body.nodes, v) != Status::Exposed;
    let mut reshaped = false;
    n.walk(&mut |n| {
        reshaped |= match n {
            Node::Assign {
                place, op: None, ..
            } => func.root(place) == v && place.is_var(),
            Node::Container { place, op, .. } => {
                let same = |p: &Place| func.root(p) == v;
                !op.keeps_length() && (same(place) || op.exchanged().is_some_and(same))
            }
            _ => false,
        }
    });
    overwritten && kills.facts.is_empty() && (is_sized(&func.var(v).ty) || !reshaped)
}

/// The element that an iteration overwrites, if it is the same place in all of the iteration and nothing else of the variable changes.
fn element(
    func: &Func,
    body: &Scope,
    kind: &LoopKind,
    v: VarId,
    written: &[VarId],
) -> Option<Place> {
    let mut found: Option<Place> = None;
    let first_exit = body
        .nodes
        .iter()
        .position(|n| n.may_exit() || n.may_fail(func));
    for (k, n) in body.nodes.iter().enumerate() {
        let mut writes = 0;
        n.walk(&mut |n| writes += writes_of(func, n).iter().filter(|w| **w == v).count());
        if writes == 0 {
            continue;
        }
        let Node::Assign { place, .. } = n else {
            return None;
        };
        let place = func.resolve(place);
        let one = matches!(
            place.proj.iter().rfind(|p| !matches!(p, Proj::Deref)),
            Some(Proj::Index(_))
        );
        if first_exit.is_some_and(|e| e < k) || !one || !is_fixed(func, &place, kind, written) {
            return None;
        }
        match &found {
            Some(other) if !same_place(other, &place) => return None,
            _ => found = Some(place),
        }
    }
    found
}

/// Whether the indices of a place have one value all through an iteration, known at its start.
fn is_fixed(func: &Func, place: &Place, kind: &LoopKind, written: &[VarId]) -> bool {
    let index = match kind {
        LoopKind::Range { var, .. } => Some(*var),
        _ => None,
    };
    fn fixed(e: &Expr, known: &dyn Fn(&Place) -> bool) -> bool {
        match e {
            Expr::Int(_) => true,
            Expr::Place(p) => p.is_var() && known(p),
            Expr::Opaque(o) => o.reads.is_empty() && is_plain(&o.tokens),
            Expr::Binary(op, a, b) => op.is_arithmetic() && fixed(a, known) && fixed(b, known),
            _ => false,
        }
    }
    let known = |p: &Place| {
        let var = func.var(p.base);
        let param = matches!(var.role, Role::Param) && !var.mutable && matches!(var.ty, Ty::Int);
        Some(p.base) == index || (param && !written.contains(&p.base))
    };
    place.proj.iter().all(|step| match step {
        Proj::Index(e) => fixed(e, &known),
        Proj::Deref | Proj::Field(_) | Proj::Tuple(_) => true,
        Proj::Range { .. } | Proj::Payload(_) => false,
    })
}

fn same_place(a: &Place, b: &Place) -> bool {
    let plain = |p: &Place| -> Vec<Proj> {
        let steps = p.proj.iter().filter(|s| !matches!(s, Proj::Deref));
        steps.cloned().collect()
    };
    let (x, y) = (plain(a), plain(b));
    a.base == b.base
        && x.len() == y.len()
        && x.iter().zip(&y).all(|(x, y)| match (x, y) {
            (Proj::Index(a), Proj::Index(b)) => a.same(b),
            (Proj::Field(a), Proj::Field(b)) => a == b,
            (Proj::Tuple(a), Proj::Tuple(b)) => a == b,
            _ => false,
        })
}

/// Variables that have no value yet when a loop starts.
fn unset_before(whole: &Scope, n: &Node) -> HashSet<VarId> {
    let Node::Loop { label, .. } = n else {
        return HashSet::new();
    };
    let (mut unset, mut reached) = (HashSet::new(), false);
    whole.walk(&mut |n| {
        reached |= matches!(n, Node::Loop { label: l, .. } if l == label);
        if reached {
            return;
        }
        match n {
            Node::Let {
                var, init: None, ..
            } => {
                unset.insert(*var);
            }
            Node::Assign { place, .. } => {
                unset.remove(&place.base);
            }
            _ => {}
        }
    });
    unset
}

/// Variables that a repetition writes: kept code that runs once is no part of it.
fn written_again(func: &Func, n: &Node) -> HashSet<VarId> {
    let mut out = HashSet::new();
    n.walk(&mut |n| match n {
        Node::Plain(Stmt::Effect(_) | Stmt::Call { .. }) | Node::Guard(_) => {}
        other => out.extend(writes_of(func, other)),
    });
    out
}

/// The variables that the repetition of a node itself reads.
pub fn reads_again(func: &Func, n: &Node, out: &mut HashSet<VarId>) {
    let once = matches!(
        n,
        Node::Plain(Stmt::Effect(_) | Stmt::Call { .. }) | Node::Guard(_)
    );
    if once || kept_value(func, n).is_some() {
        return;
    }
    let (exprs, places) = super::kills::parts(n);
    let mut add = |p: &Place| roots(func, p, out);
    for e in exprs {
        places_of_expr(e, &mut add);
    }
    for p in places {
        add(p);
        places_of_proj(p, &mut add);
    }
    if let Node::Plain(Stmt::Let {
        init: Some(Expr::Borrow(_, p)),
        ..
    }) = n
    {
        add(p);
    }
    if let Node::Call {
        callee: Callee::Method { receiver, .. },
        ..
    } = n
    {
        receiver.reads.iter().for_each(|v| add(&Place::var(*v)));
    }
}

/// Whether a loop only ever adds to a variable, a number or an element of one, and does not read it.
fn only_added_to(func: &Func, n: &Node, v: VarId) -> bool {
    let mut only = true;
    n.walk(&mut |n| match n {
        Node::Assign {
            place,
            op: Some(BinOp::Add | BinOp::Sub),
            value,
            ..
        } if func.root(place) == v => {
            let mut own = Vec::new();
            places_of_expr(value, &mut |p| own.push(func.root(p)));
            places_of_proj(place, &mut |p| own.push(func.root(p)));
            only &= place.base == v && !own.contains(&v);
        }
        Node::If { cond, .. } => {
            places_of_expr(cond, &mut |p| only &= func.root(p) != v);
        }
        Node::Loop { kind, .. } => {
            for e in loop_exprs(kind) {
                places_of_expr(e, &mut |p| only &= func.root(p) != v);
            }
        }
        Node::Rest(_) | Node::Labeled { .. } => {}
        // Kept code is not repeated.
        Node::Plain(Stmt::Effect(o))
            if !kept_writes(func, &Stmt::Effect(o.clone())).contains(&v) => {}
        other => only &= !mentions(func, other, v),
    });
    only
}
