//! What the reverse sweep needs: which values it reads, which of them are recorded, which computed
//! again, and which overwritten values have to be saved (TBR: 'to be recorded').

use super::again;
use super::late;
use super::linear::{Lin, leaves, needed_places};
use super::nodes::{Node, Save, Scope};
use super::repeat::Repeat;
use crate::analysis::activity::Activity;
use crate::ir::*;
use std::collections::HashSet;

/// Operations that recomputing a value may cost before recording it is cheaper.
pub const REDO_LIMIT: usize = 6;

/// The result of the analysis, beside what it writes into the scopes.
#[derive(Clone, Default, Debug)]
pub struct Facts {
    /// Variables whose value the reverse sweep reads.
    pub needed: HashSet<VarId>,
    /// Variables that are assigned after their first value.
    pub overwritten: HashSet<VarId>,
    /// Values of closures: their adjoints come in.
    pub seeded: HashSet<VarId>,
}

pub struct Needs<'a> {
    pub func: &'a Func,
    pub activity: &'a Activity,
    pub facts: Facts,
    /// Values required at some exit.
    at_exits: VarSet,
}

impl<'a> Needs<'a> {
    /// Runs all of the analysis and writes its decisions into the scopes.
    pub fn run(func: &'a Func, activity: &'a Activity, scope: &mut Scope) -> Facts {
        let mut needs = Needs::with(func, activity, Facts::default());
        needs.find_overwritten(scope);
        needs.shape_loops(scope);
        needs.settle(scope);
        if needs.choose_refills(scope) {
            needs.settle(scope);
            while needs.drop_refills(scope) {
                needs.settle(scope);
            }
        }
        if late::choose(&needs, scope) {
            needs.settle(scope);
        }
        needs.facts
    }

    /// Where a buffer's old elements would be saved, its loop is run again if it can be. Whether any is.
    fn choose_refills(&self, scope: &mut Scope) -> bool {
        let mut chosen = Vec::new();
        self.refills(scope, scope, &mut chosen);
        let any = chosen.iter().any(|c| !c.is_empty());
        let mut chosen = chosen.into_iter();
        scope.walk_scopes_mut(&mut |s| s.again = chosen.next().unwrap_or_default());
        any
    }

    fn refills(&self, whole: &Scope, scope: &Scope, out: &mut Vec<Vec<usize>>) {
        let mut found = Vec::new();
        if !scope.inline && !scope.stored {
            found = again::candidates(self.func, whole, scope);
            found.retain(|k| scope.nodes[*k].saves());
        }
        out.push(found);
        for n in &scope.nodes {
            n.scopes()
                .into_iter()
                .for_each(|s| self.refills(whole, s, out));
        }
    }

    /// Gives up refills of buffers whose old value is required all the same. Whether there were any.
    fn drop_refills(&self, scope: &mut Scope) -> bool {
        let mut dropped = false;
        scope.walk_scopes_mut(&mut |s| {
            let before = s.again.len();
            let kept = s.again.iter().copied().filter(|k| !s.nodes[*k].saves());
            s.again = kept.collect();
            dropped |= s.again.len() < before;
        });
        dropped
    }

    /// Decides what is saved, recorded and computed again, from scratch.
    fn settle(&mut self, scope: &mut Scope) {
        self.facts.needed.clear();
        scope.forget();
        // The shadow of a by-value parameter takes its shape from it when the forward sweep is through.
        self.func
            .params
            .iter()
            .filter(|v| !matches!(self.func.var(**v).ty, Ty::Ref(..)))
            .for_each(|v| self.need_shape(*v));
        self.collect(scope);
        loop {
            let before = self.facts.needed.len();
            self.at_exits.clear();
            self.required(scope, &mut VarSet::default());
            self.collect(scope);
            self.decide(scope, false);
            if self.facts.needed.len() == before {
                break;
            }
        }
    }

    /// The analysis as it stands with these facts.
    pub fn with(func: &'a Func, activity: &'a Activity, facts: Facts) -> Needs<'a> {
        Needs {
            func,
            activity,
            facts,
            at_exits: VarSet::default(),
        }
    }

    pub fn into_facts(self) -> Facts {
        self.facts
    }

    fn root(&self, p: &Place) -> VarId {
        self.func.root(p)
    }

    fn find_overwritten(&mut self, scope: &Scope) {
        let mut found = HashSet::new();
        scope.walk(&mut |n| match n {
            Node::Assign {
                place,
                first: false,
                ..
            } => {
                found.insert(self.func.root(place));
            }
            Node::Container { place, op, .. } => {
                found.insert(self.func.root(place));
                found.extend(op.exchanged().map(|p| self.func.root(p)));
            }
            Node::Assign {
                place, first: true, ..
            } if !self.func.var(place.base).mutable => {}
            Node::Assign { place, .. } => {
                found.insert(self.func.root(place));
            }
            Node::Call { args, .. } | Node::Plain(Stmt::Call { args, .. }) => {
                for a in args {
                    if let Arg::RefMut(p) = &a.arg {
                        found.insert(self.func.root(p));
                    }
                }
            }
            Node::Guard(saves) => found.extend(saves.iter().map(|s| self.func.root(&s.place))),
            // Kept code may change what it mentions.
            Node::Plain(Stmt::Effect(o)) => {
                found.extend(
                    o.reads
                        .iter()
                        .map(|&v| self.func.root(&Place::var(v)))
                        .filter(|&v| self.func.var(v).mutable),
                );
            }
            _ => {}
        });
        self.facts.overwritten = found;
        scope.walk(&mut |n| {
            if let Node::Call { args, .. } = n {
                let results = lambdas(args).flat_map(|l| &l.results);
                self.facts.seeded.extend(results);
            }
        });
    }

    /// Whether an expression gives the same value in the reverse sweep wherever its variables are known.
    fn is_stable(&self, e: &Expr) -> bool {
        let mut stable = is_pure(e);
        places_of_expr(e, &mut |p| {
            stable &= !self.facts.overwritten.contains(&self.func.root(p));
            if let Role::View(target) = &self.func.var(p.base).role {
                places_of_proj(target, &mut |q| {
                    stable &= !self.facts.overwritten.contains(&self.func.root(q))
                });
            }
        });
        stable &= !names_view(self.func, e);
        stable
    }

    /// Which loops count their trips, and which branches can be asked again.
    fn shape_loops(&self, scope: &mut Scope) {
        for n in &mut scope.nodes {
            match n {
                Node::If { cond, stable, .. } => *stable = self.is_stable(cond),
                Node::Loop {
                    label,
                    kind,
                    body,
                    counted,
                    keep_index,
                    repeat,
                    ..
                } => {
                    let leaves_early = leaves_loop(body, *label);
                    *counted = leaves_early || !matches!(kind, LoopKind::Range { .. });
                    if let LoopKind::Range { step, rev, .. } = kind {
                        *keep_index = leaves_early && (step.is_some() || *rev != Rev::No);
                    }
                    if let Some(repeat) = repeat {
                        repeat.leaves_early = leaves_early;
                        *counted |= repeat.is_checkpointed();
                        *keep_index &= !repeat.is_checkpointed();
                    }
                }
                _ => {}
            }
            n.scopes_mut().into_iter().for_each(|s| self.shape_loops(s));
        }
    }

    fn need_place(&mut self, p: &Place) {
        let resolved = self.func.resolve(p);
        self.facts.needed.insert(resolved.base);
        let mut inner = Vec::new();
        places_of_proj(&resolved, &mut |q| inner.push(q.clone()));
        inner.iter().for_each(|q| self.need_place(q));
    }

    fn need_index(&mut self, p: &Place) {
        let resolved = self.func.resolve(p);
        let mut inner = Vec::new();
        places_of_proj(&resolved, &mut |q| inner.push(q.clone()));
        inner.iter().for_each(|q| self.need_place(q));
    }

    fn need_expr(&mut self, e: &Expr) {
        let mut found = Vec::new();
        places_of_expr(e, &mut |p| found.push(p.clone()));
        found.iter().for_each(|p| self.need_place(p));
    }

    fn need_lin(&mut self, lin: &Lin) {
        let mut found = Vec::new();
        needed_places(lin, &mut |p| found.push(p.clone()));
        found.iter().for_each(|p| self.need_place(p));
        let mut targets = Vec::new();
        leaves(lin, &mut |p| targets.push(p.clone()));
        targets.iter().for_each(|p| self.need_index(p));
        let mut lengths = Vec::new();
        repeat_lengths(lin, &mut lengths);
        lengths.iter().for_each(|e| self.need_expr(e));
    }

    /// The shape of a shadow is that of its value.
    fn need_shape(&mut self, v: VarId) {
        let shaped = self.activity.var(v) && !self.facts.seeded.contains(&v);
        if shaped && !is_sized(&self.func.var(v).ty) {
            self.facts.needed.insert(v);
        }
    }

    /// Everything that the reverse of a scope reads.
    fn collect(&mut self, scope: &Scope) {
        for k in &scope.again {
            let read = again::operands(&scope.nodes[*k]);
            read.iter().for_each(|p| self.need_place(p));
        }
        for (_, _, e) in &scope.late {
            self.need_expr(e);
        }
        scope.nodes.iter().for_each(|n| self.collect_node(n));
    }

    /// Everything that the reverse of a node reads.
    fn collect_node(&mut self, n: &Node) {
        if let Node::Plain(Stmt::Call { dst, .. }) = n {
            dst.iter().for_each(|v| self.need_shape(*v));
        }
        if !self.has_reverse(n) {
            return;
        }
        match n {
            Node::Let { var, lin, .. } => {
                self.need_shape(*var);
                lin.iter().for_each(|l| self.need_lin(l));
            }
            Node::Assign {
                place,
                op,
                value,
                lin,
                save,
                ..
            } => {
                lin.iter().for_each(|l| self.need_lin(l));
                if lin.is_some() || save.wanted || self.activity.place(self.func, place) {
                    self.need_index(place);
                }
                if save.wanted {
                    self.facts.needed.insert(save.old);
                }
                if self.is_inverse(place, *op, value)
                    && self.facts.needed.contains(&self.root(place))
                {
                    self.need_expr(value);
                }
            }
            Node::Container {
                place,
                op,
                lin,
                save,
                ..
            } => {
                lin.iter().for_each(|l| self.need_lin(l));
                self.need_index(place);
                if op.is_motion() {
                    op.exprs().into_iter().for_each(|e| self.need_expr(e));
                }
                op.other().into_iter().for_each(|p| self.need_index(p));
                // What is exchanged back has to be there.
                if let Some(other) = op.exchanged()
                    && self.is_needed(place, op)
                {
                    let both = [self.root(place), self.root(other)];
                    self.facts.needed.extend(both);
                }
                if save.wanted {
                    self.facts.needed.insert(save.old);
                }
            }
            Node::Call {
                dst,
                args,
                lins,
                bodies,
                pullback,
                saves,
                ..
            } => {
                self.facts.needed.insert(*pullback);
                let given = bodies.iter().flat_map(|b| &b.given);
                given.for_each(|v| self.need_shape(*v));
                lins.iter().flatten().for_each(|l| self.need_lin(l));
                for v in dst {
                    if !is_sized(&self.func.var(*v).ty) {
                        self.facts.needed.insert(*v);
                    }
                }
                for a in args {
                    match &a.arg {
                        Arg::Ref(p) | Arg::RefMut(p) => self.need_place(p),
                        Arg::Const(e) => self.need_expr(e),
                        Arg::Value(_) | Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_) => {}
                    }
                }
                saves.iter().filter(|s| s.wanted).for_each(|s| {
                    self.facts.needed.insert(s.old);
                });
            }
            Node::Guard(saves) => {
                for s in saves.iter().filter(|s| s.wanted) {
                    self.facts.needed.insert(s.old);
                    self.need_index(&s.place);
                }
            }
            Node::Return { lin, .. } => lin.iter().for_each(|l| self.need_lin(l)),
            Node::If {
                cond, stable: true, ..
            } => self.need_expr(cond),
            Node::Loop {
                kind,
                trips,
                counted,
                repeat,
                ..
            } => {
                if let Some(repeat) = repeat {
                    self.collect_repeat(repeat);
                }
                if *counted {
                    self.facts.needed.insert(*trips);
                }
                if let LoopKind::Range { .. } = kind {
                    loop_exprs(kind).into_iter().for_each(|e| self.need_expr(e));
                }
            }
            _ => {}
        }
        n.scopes().into_iter().for_each(|s| self.collect(s));
    }

    /// Everything that repetitions of a loop read.
    fn collect_repeat(&mut self, repeat: &Repeat) {
        self.facts.needed.extend(&repeat.reads);
        self.facts.needed.extend(repeat.keepers());
        let entry = repeat.entry.iter().filter(|s| s.wanted);
        self.facts.needed.extend(entry.map(|s| s.old));
        for s in repeat.kept_state() {
            self.need_place(&s.save.place);
        }
    }

    /// Whether the reverse of a node reads a variable.
    pub fn node_needs(&self, n: &Node, var: VarId) -> bool {
        let mut facts = self.facts.clone();
        facts.needed.remove(&var);
        let mut probe = Needs::with(self.func, self.activity, facts);
        probe.collect_node(n);
        probe.facts.needed.contains(&var)
    }

    /// Whether the reverse sweep has anything to do for a node.
    pub fn has_reverse(&self, n: &Node) -> bool {
        match n {
            Node::Let { var, .. } => self.activity.var(*var),
            Node::Assign {
                place,
                op,
                value,
                save,
                ..
            } => {
                self.activity.place(self.func, place)
                    || save.wanted
                    || (self.is_inverse(place, *op, value)
                        && self.facts.needed.contains(&self.root(place)))
            }
            Node::Container { place, op, .. } => {
                self.activity.place(self.func, place) || self.is_needed(place, op)
            }
            Node::Call { .. } => true,
            Node::Guard(saves) => saves.iter().any(|s| s.wanted),
            Node::Return { lin, .. } => lin.is_some(),
            other => other
                .scopes()
                .into_iter()
                .any(|s| s.nodes.iter().any(|n| self.has_reverse(n))),
        }
    }

    /// Whether the value of what a container operation changes is read in the reverse sweep.
    fn is_needed(&self, place: &Place, op: &ContainerOp) -> bool {
        std::iter::once(place)
            .chain(op.exchanged())
            .any(|p| self.facts.needed.contains(&self.root(p)))
    }

    /// `n += 1` on integers is undone without a record.
    pub fn is_inverse(&self, place: &Place, op: Option<BinOp>, value: &Expr) -> bool {
        op.is_some() && matches!(self.func.place_ty(place), Ty::Int) && self.is_stable(value)
    }

    /// Marks the overwrites of values that an earlier statement's reverse reads.
    fn required(&mut self, scope: &mut Scope, req: &mut VarSet) {
        self.required_in(scope, req);
        // What a scope declares is gone before it: nobody overwrites that.
        for (v, _) in scope.nodes.iter().flat_map(declared) {
            req.remove(&v);
        }
    }

    fn required_in(&mut self, scope: &mut Scope, req: &mut VarSet) {
        if scope.again.is_empty() {
            return self.required_of_nodes(scope, req);
        }
        let outer = std::mem::take(&mut self.at_exits);
        let mut buffers = Vec::new();
        for n in scope.again.iter().map(|k| &scope.nodes[*k]) {
            buffers.extend(again::filled(self.func, n).iter().map(|p| p.base));
            for p in again::operands(n) {
                req.insert(self.func.root(&p));
                self.require_index(&p, req);
            }
        }
        self.required_of_nodes(scope, req);
        // The reverse of the scope begins with filling them.
        for b in buffers {
            req.remove(&b);
            self.at_exits.remove(&b);
        }
        self.at_exits.join(&outer);
    }

    fn required_of_nodes(&mut self, scope: &mut Scope, req: &mut VarSet) {
        for (_, e) in &scope.redo {
            places_of_expr(e, &mut |p| {
                req.insert(self.func.root(p));
            });
        }
        for n in &mut scope.nodes {
            match n {
                Node::Let { var, lin, .. } => {
                    req.remove(var);
                    self.require_lin(lin.as_ref(), req);
                    // What is computed again late, is so from what is there now.
                    for (_, _, e) in scope.late.iter().filter(|(_, v, _)| v == var) {
                        self.require_expr(e, req);
                    }
                }
                Node::Assign {
                    place,
                    op,
                    value,
                    first,
                    lin,
                    save,
                } => {
                    self.require_lin(lin.as_ref(), req);
                    self.require_index(place, req);
                    let root = self.func.root(place);
                    if *first {
                        req.remove(&root);
                    } else if !self.is_inverse(place, *op, value) {
                        // A value of another length gets its shadow's old length back.
                        let replaced = self.activity.place(self.func, place)
                            && !is_sized(&self.func.place_ty(place));
                        save.wanted |= req.contains(&root) || replaced;
                        if place.is_var() {
                            req.remove(&root);
                        }
                    }
                }
                Node::Container {
                    place,
                    op,
                    lin,
                    save,
                    ..
                } => {
                    self.require_lin(lin.as_ref(), req);
                    self.require_index(place, req);
                    let root = self.func.root(place);
                    let active = self.activity.place(self.func, place);
                    match op {
                        ContainerOp::Swap(..) | ContainerOp::Move { .. } => {
                            for e in op.exprs() {
                                self.require_expr(e, req);
                            }
                            // Elements that are moved back have to be there, whatever their values.
                            let fixed = matches!(
                                self.func.var(root).ty.peel(),
                                Ty::Slice(_) | Ty::Array(..)
                            );
                            if !fixed && self.facts.needed.contains(&root) {
                                req.insert(root);
                            }
                        }
                        ContainerOp::Exchange(other) => {
                            let (a, b) = (root, self.func.root(other));
                            let other = other.clone();
                            self.require_index(&other, req);
                            if req.contains(&a) || req.contains(&b) {
                                req.extend([a, b]);
                            }
                        }
                        ContainerOp::Push(_) => {}
                        ContainerOp::Resize(..) | ContainerOp::Truncate(_) | ContainerOp::Clear => {
                            save.wanted |= active || req.contains(&root);
                        }
                        ContainerOp::Pop => {
                            save.wanted |= self.facts.needed.contains(&root)
                                || (active && !self.real_elements(place))
                        }
                        ContainerOp::Fill(_) => save.wanted |= req.contains(&root),
                        ContainerOp::CopyFrom(p) => {
                            let p = p.clone();
                            self.require_index(&p, req);
                            save.wanted |= req.contains(&root);
                        }
                    }
                }
                Node::Call {
                    dst,
                    args,
                    lins,
                    bodies,
                    saves,
                    ..
                } => {
                    lins.iter().for_each(|l| self.require_lin(l.as_ref(), req));
                    for s in saves.iter_mut() {
                        s.wanted |= req.contains(&self.func.root(&s.place));
                    }
                    for a in args.iter() {
                        match &a.arg {
                            Arg::Ref(p) | Arg::RefMut(p) => {
                                req.insert(self.func.root(p));
                                self.require_index(p, req);
                            }
                            _ => {}
                        }
                    }
                    // The seed of a result that has no influence is a zero in its shape.
                    let shapes = dst.iter().filter(|v| !self.activity.var(**v));
                    req.extend(shapes.filter(|v| !is_sized(&self.func.var(**v).ty)));
                    self.required_of_closures(bodies, req);
                }
                Node::Return { lin, .. } => {
                    self.require_lin(lin.as_ref(), req);
                    self.at_exits.join(req);
                }
                Node::Exit(_) => self.at_exits.join(req),
                Node::Guard(saves) => {
                    for s in saves.iter_mut() {
                        s.wanted |= req.contains(&self.func.root(&s.place));
                    }
                }
                Node::Plain(_) => {}
                Node::If { then, els, .. } => {
                    let mut other = req.clone();
                    self.required(then, req);
                    self.required(els, &mut other);
                    req.join(&other);
                }
                Node::Loop {
                    body,
                    fusion: Some(fusion),
                    ..
                } if fusion.facts.is_empty() => {
                    // Each iteration is reversed before anything else runs.
                    self.required(body, &mut req.clone());
                }
                Node::Loop {
                    kind,
                    body,
                    repeat: Some(repeat),
                    ..
                } => {
                    let exits = body.nodes.iter().any(Node::may_exit);
                    self.required_of_repeat(kind, body, repeat, req);
                    if exits {
                        self.at_exits.join(req);
                    }
                }
                Node::Loop { kind, body, .. } => {
                    let range: Vec<Expr> = match kind {
                        LoopKind::Range { .. } => loop_exprs(kind).into_iter().cloned().collect(),
                        _ => Vec::new(),
                    };
                    let outer = std::mem::take(&mut self.at_exits);
                    loop {
                        let before = req.clone();
                        self.required(body, req);
                        req.join(&before);
                        req.join(&self.at_exits);
                        if req.is_within(&before) {
                            break;
                        }
                    }
                    self.at_exits.join(&outer);
                    if let LoopKind::Range { var, .. } = kind {
                        req.remove(var);
                    }
                    // The reversed loop, if there is one, runs over the same range. Only now is it known what the body saves.
                    if body.nodes.iter().any(|n| self.has_reverse(n)) {
                        range.iter().for_each(|e| self.require_expr(e, req));
                    }
                }
                Node::Rest(body) => {
                    let before = req.clone();
                    self.required(body, req);
                    req.join(&before);
                }
                Node::Labeled { body, .. } => {
                    let outer = std::mem::take(&mut self.at_exits);
                    self.required(body, req);
                    req.join(&self.at_exits);
                    self.at_exits.join(&outer);
                }
            }
        }
    }

    /// What stands before a repeated loop gets its values back from copies made before it. An iteration starts from the state
    /// that was kept, and reads what else is there; it stands for itself.
    fn required_of_repeat(
        &mut self,
        kind: &LoopKind,
        body: &mut Scope,
        repeat: &mut Repeat,
        req: &mut VarSet,
    ) {
        for (s, state) in repeat.entry.iter_mut().zip(&repeat.state) {
            s.wanted |= req.contains(&self.func.root(&s.place)) && !state.element;
        }
        let outer = std::mem::take(&mut self.at_exits);
        self.required(body, &mut VarSet::default());
        self.at_exits = outer;
        let entry = repeat.entry.iter();
        let written: HashSet<VarId> = entry.map(|s| self.func.root(&s.place)).collect();
        // An element comes back to what it was; all else of its variable has to stay as it is.
        let stays = repeat.state.iter().filter(|s| s.element);
        req.extend(stays.map(|s| s.save.place.base));
        req.extend(repeat.reads.difference(&written));
        if let LoopKind::Range { .. } = kind {
            loop_exprs(kind)
                .into_iter()
                .for_each(|e| self.require_expr(e, req));
        }
    }

    /// Closures run any number of times, in any order.
    fn required_of_closures(&mut self, bodies: &mut [Scope], req: &mut VarSet) {
        let outer = std::mem::take(&mut self.at_exits);
        loop {
            let before = req.clone();
            for body in bodies.iter_mut() {
                self.required(body, req);
                for v in &body.given {
                    req.remove(v);
                }
                req.join(&before);
            }
            if req.is_within(&before) {
                break;
            }
        }
        self.at_exits.join(&outer);
    }

    fn real_elements(&self, place: &Place) -> bool {
        self.func.place_ty(place).element().is_real()
    }

    fn require_lin(&self, lin: Option<&Lin>, req: &mut VarSet) {
        let Some(lin) = lin else { return };
        needed_places(lin, &mut |p| {
            req.insert(self.func.root(p));
            self.require_index(p, &mut VarSet::default());
        });
        let mut all = Vec::new();
        leaves(lin, &mut |p| all.push(p.clone()));
        needed_places(lin, &mut |p| all.push(p.clone()));
        all.iter().for_each(|p| self.require_index(p, req));
        let mut lengths = Vec::new();
        repeat_lengths(lin, &mut lengths);
        lengths.iter().for_each(|e| self.require_expr(e, req));
    }

    fn require_index(&self, p: &Place, req: &mut VarSet) {
        let resolved = self.func.resolve(p);
        let mut inner = Vec::new();
        places_of_proj(&resolved, &mut |q| inner.push(q.clone()));
        for q in inner {
            req.insert(self.func.root(&q));
            self.require_index(&q, req);
        }
    }

    fn require_expr(&self, e: &Expr, req: &mut VarSet) {
        let mut inner = Vec::new();
        places_of_expr(e, &mut |q| inner.push(q.clone()));
        for q in inner {
            req.insert(self.func.root(&q));
            self.require_index(&q, req);
        }
    }

    /// Records or recomputes what a scope declares and its reverse needs; works from the inside out.
    fn decide(&mut self, scope: &mut Scope, in_loop: bool) {
        for n in &mut scope.nodes {
            if !self.has_reverse(n) {
                continue;
            }
            let in_loop = in_loop || matches!(n, Node::Loop { .. } | Node::Call { .. });
            n.scopes_mut()
                .into_iter()
                .for_each(|s| self.decide(s, in_loop));
        }
        if scope.inline {
            return;
        }
        let stored = scope.stored;
        // From the last to the first: a recomputed value needs its operands.
        let mut redo = Vec::new();
        let mut record = Vec::new();
        for n in scope.nodes.iter().rev() {
            for (var, init) in declared(n) {
                let late = scope.late.iter().any(|(_, v, _)| *v == var);
                if late || !self.facts.needed.contains(&var) {
                    continue;
                }
                match init {
                    Some(e) if self.can_redo(var, e, in_loop && !stored) => {
                        self.need_expr(e);
                        redo.push((var, e.clone()));
                    }
                    _ => record.push(var),
                }
            }
        }
        let given = scope.given.iter();
        record.extend(given.filter(|v| self.facts.needed.contains(v)));
        redo.reverse();
        record.reverse();
        scope.redo = redo;
        scope.record = record;
    }

    fn can_redo(&self, var: VarId, e: &Expr, in_loop: bool) -> bool {
        if self.facts.overwritten.contains(&var) || !self.is_stable(e) {
            return false;
        }
        match self.func.var(var).ty {
            Ty::Int | Ty::Bool => cost(e) <= 4 * REDO_LIMIT,
            // Outside of loops a record is a local: it costs nothing.
            Ty::Real(_) => cost(e) <= if in_loop { REDO_LIMIT } else { 1 },
            _ => false,
        }
    }
}

/// The variables that a node itself declares, with the value of plain `let`s.
fn declared(n: &Node) -> Vec<(VarId, Option<&Expr>)> {
    let save = |s: &Save| (s.old, None);
    let held = |s: &&Save| s.wanted && s.flat.is_none();
    match n {
        Node::Let { var, init, .. } => vec![(*var, init.as_ref())],
        Node::Plain(Stmt::Let { .. }) => Vec::new(),
        Node::Plain(Stmt::Call { dst, .. }) => dst.iter().map(|v| (*v, None)).collect(),
        Node::Assign { save: s, .. } | Node::Container { save: s, .. } if held(&s) => vec![save(s)],
        Node::Call {
            dst,
            pullback,
            saves,
            ..
        } => {
            let mut all: Vec<_> = saves.iter().filter(held).map(save).collect();
            all.extend(dst.iter().map(|v| (*v, None)));
            all.push((*pullback, None));
            all
        }
        Node::Guard(saves) => saves.iter().filter(held).map(save).collect(),
        Node::Loop {
            trips,
            counted,
            repeat,
            ..
        } => {
            let mut all = Vec::new();
            if *counted {
                all.push((*trips, None));
            }
            if let Some(repeat) = repeat {
                all.extend(repeat.keepers().into_iter().map(|v| (v, None)));
                all.extend(repeat.entry.iter().filter(held).map(save));
            }
            all
        }
        _ => Vec::new(),
    }
}

/// Whether control may leave a loop before its range is through.
fn leaves_loop(body: &Scope, label: LabelId) -> bool {
    let mut found = false;
    body.walk(&mut |n| match n {
        Node::Exit(Stmt::Break(l)) if *l == label => found = true,
        Node::Return { .. } => found = true,
        _ => {}
    });
    found
        || body
            .nodes
            .iter()
            .any(|n| exits_beyond(n, label, &mut Vec::new()))
}

fn exits_beyond(n: &Node, label: LabelId, inside: &mut Vec<LabelId>) -> bool {
    match n {
        Node::Exit(Stmt::Break(l) | Stmt::Continue(l)) => *l != label && !inside.contains(l),
        Node::Return { .. } => true,
        Node::Loop {
            label: own, body, ..
        }
        | Node::Labeled { label: own, body } => {
            inside.push(*own);
            let out = body.nodes.iter().any(|n| exits_beyond(n, label, inside));
            inside.pop();
            out
        }
        other => other
            .scopes()
            .into_iter()
            .any(|s| s.nodes.iter().any(|n| exits_beyond(n, label, inside))),
    }
}

/// Whether a shadow's zero needs no value to take its shape from.
pub fn is_sized(ty: &Ty) -> bool {
    match ty {
        Ty::Real(_) | Ty::Int | Ty::Bool | Ty::Unit => true,
        Ty::Array(e, Some(_)) => is_sized(e),
        Ty::Tuple(parts) => parts.iter().all(is_sized),
        _ => false,
    }
}

/// Whether evaluating an expression twice changes nothing.
pub fn is_pure(e: &Expr) -> bool {
    match e {
        Expr::Opaque(o) => is_plain(&o.tokens),
        // It copies what may be borrowed.
        Expr::Runtime("Held", _) => false,
        Expr::Unary(_, a) | Expr::Cast(a, _) => is_pure(a),
        Expr::Binary(_, a, b) => is_pure(a) && is_pure(b),
        Expr::Rule(_, args) | Expr::Runtime(_, args) | Expr::Tuple(args) => {
            args.iter().all(is_pure)
        }
        Expr::Select(c, a, b) => is_pure(c) && is_pure(a) && is_pure(b),
        Expr::Place(p) => {
            let mut pure = true;
            for step in &p.proj {
                match step {
                    Proj::Index(e) => pure &= is_pure(e),
                    Proj::Range { lo, hi, .. } => {
                        lo.iter().chain(hi).for_each(|e| pure &= is_pure(e))
                    }
                    _ => {}
                }
            }
            pure
        }
        Expr::Query(..) | Expr::Real(_) | Expr::Int(_) => true,
        _ => false,
    }
}

/// Operations, roughly in cycles.
pub fn cost(e: &Expr) -> usize {
    match e {
        Expr::Place(p) => p.proj.len(),
        Expr::Unary(_, a) | Expr::Cast(a, _) => 1 + cost(a),
        Expr::Binary(BinOp::Div | BinOp::Rem, a, b) => 5 + cost(a) + cost(b),
        Expr::Binary(_, a, b) => 1 + cost(a) + cost(b),
        Expr::Rule(
            "abs" | "max" | "min" | "signum" | "copysign" | "mul_add" | "to_radians" | "to_degrees",
            args,
        ) => 1 + args.iter().map(cost).sum::<usize>(),
        Expr::Rule(_, args) => 20 + args.iter().map(cost).sum::<usize>(),
        Expr::Select(c, a, b) => 1 + cost(c) + cost(a) + cost(b),
        _ => 1,
    }
}

/// Kept code that names a view can't be repeated: views are gone in the reverse sweep.
pub fn names_view(func: &Func, e: &Expr) -> bool {
    let mut copy = e.clone();
    let mut found = false;
    map_sub_exprs(&mut copy, &mut |x| {
        if let Expr::Opaque(o) = x {
            found |= o
                .reads
                .iter()
                .any(|v| matches!(func.var(*v).role, Role::View(_)));
        }
    });
    found
}

/// Over how many elements a map repeats.
fn repeat_lengths(lin: &Lin, out: &mut Vec<Expr>) {
    match lin {
        Lin::Repeat(inner, len, _) => {
            out.push(len.clone());
            repeat_lengths(inner, out);
        }
        Lin::Sum(terms) => terms.iter().for_each(|(_, l)| repeat_lengths(l, out)),
        Lin::Scale(_, inner) => repeat_lengths(inner, out),
        Lin::Aggregate(_, parts) => parts
            .iter()
            .filter_map(|(l, _)| l.as_ref())
            .for_each(|l| repeat_lengths(l, out)),
        _ => {}
    }
}
