//! Loops whose iterations are executed again before they are reversed: the first run, which keeps states; the way from a
//! snapshot to an iteration; and the iteration itself, forward and in reverse as one body.

use super::*;
use crate::transform::repeat::{Repeat, State};

/// How a body is run.
#[derive(Clone)]
pub(super) struct Run {
    /// It leaves what its reverse reads.
    pub records: bool,
    /// It has run before: nothing is done a second time that can be observed.
    pub again: bool,
    /// On the way to a later iteration: the loop that visits those before it, and the loop that they belong to.
    pub advances: Option<LabelId>,
    /// What a repetition leaves alone: sums, and names that get their value once, unless they are the loop's own.
    left: HashSet<VarId>,
    own: HashSet<VarId>,
    /// Where values of kept code are taken from, and where they go to.
    from: HashMap<VarId, VarId>,
    to: HashMap<VarId, Vec<VarId>>,
}

impl Default for Run {
    fn default() -> Run {
        Run {
            records: true,
            again: false,
            advances: None,
            left: HashSet::new(),
            own: HashSet::new(),
            from: HashMap::new(),
            to: HashMap::new(),
        }
    }
}

impl Run {
    /// Whether the value of a variable, which kept code gives, is recorded or taken from a record.
    pub fn keeps(&self, v: VarId) -> bool {
        self.from.contains_key(&v) || self.to.contains_key(&v)
    }

    /// The run whose values the loop records.
    fn first(&self, repeat: &Repeat) -> Run {
        let mut run = self.clone();
        run.records = false;
        for k in &repeat.kept {
            run.to.entry(k.var).or_default().push(k.tape);
        }
        run
    }

    /// A repetition of the loop.
    fn repetition(repeat: &Repeat) -> Run {
        Run {
            again: true,
            left: repeat.sums.clone(),
            own: repeat.own.clone(),
            from: repeat.kept.iter().map(|k| (k.var, k.tape)).collect(),
            ..Run::default()
        }
    }
}

fn method(owner: VarId, name: &str, args: Vec<Expr>) -> Expr {
    Expr::Query(name.into(), Place::var(owner), args)
}

/// An argument that says nothing: without one, a path is a constant.
fn nothing() -> Vec<Expr> {
    vec![Expr::Tuple(Vec::new())]
}

impl Adjoint {
    // Statements of a run.

    /// Whether a repetition skips an assignment.
    pub(super) fn is_left_alone(&self, place: &Place, first: bool) -> bool {
        let base = place.base;
        let once = first && !self.run.own.contains(&base) && !self.func.var(base).mutable;
        self.run.again && (self.run.left.contains(&base) || once)
    }

    pub(super) fn forward_plain(&mut self, s: &Stmt, out: &mut Block) {
        match s {
            Stmt::Effect(o) if self.run.again => {
                if never_returns(&o.tokens) {
                    out.push(not_taken(o.span));
                }
            }
            Stmt::Effect(o) if self.mode == Mode::Split && self.may_be_observed(o) => {
                // Whoever calls the function may run its forward sweep again.
                out.push(Stmt::If {
                    cond: Expr::Runtime("first_run", nothing()),
                    then: vec![s.clone()],
                    els: Vec::new(),
                });
            }
            Stmt::Call { dst, .. } if dst.first().is_some_and(|v| self.run.keeps(*v)) => {
                self.forward_kept_call(s, dst[0], out);
            }
            Stmt::Call { .. } if self.run.again => {}
            other => out.push(other.clone()),
        }
    }

    /// Whether kept code does more than to check what was checked before, and no more than what can be left out.
    fn may_be_observed(&self, o: &Opaque) -> bool {
        let checks = only_checks(&o.tokens);
        let mut changes = kept_writes(&self.func, &Stmt::Effect(o.clone())).into_iter();
        let matters = |v: VarId| {
            let root = self.func.root(&Place::var(v));
            self.read.contains(&root) || matches!(self.func.var(root).role, Role::Param)
        };
        !checks && !never_returns(&o.tokens) && !changes.any(matters)
    }

    /// A value that kept code gives.
    pub(super) fn forward_kept(&mut self, var: VarId, e: &Expr, out: &mut Block) {
        let mut value = match self.run.from.get(&var) {
            Some(tape) => method(*tape, "again", Vec::new()),
            None => self.kept(e),
        };
        for tape in self.run.to.get(&var).into_iter().flatten() {
            value = method(*tape, "first", vec![value]);
        }
        out.push(Stmt::Let {
            var,
            init: Some(value),
        });
    }

    fn forward_kept_call(&mut self, s: &Stmt, var: VarId, out: &mut Block) {
        if self.run.from.contains_key(&var) {
            return self.forward_kept(var, &Expr::Int(0), out);
        }
        let ty = self.func.var(var).ty.clone();
        let value = self.fresh("given", ty, false, Role::Temp);
        let ending = self.func.endings.get(&var).cloned();
        self.func.endings.extend(ending.map(|e| (value, e)));
        let parted = self.func.parted.get(&var).copied();
        self.func.parted.extend(parted.map(|w| (value, w)));
        let mut s = s.clone();
        if let Stmt::Call { dst, .. } = &mut s {
            dst[0] = value;
        }
        out.push(s);
        self.forward_kept(var, &Expr::var(value), out);
    }

    pub(super) fn forward_args(&mut self, args: &[CallArg], bodies: &[Scope]) -> Vec<CallArg> {
        let mut args = args.to_vec();
        for a in &mut args {
            if let Arg::Value(e) = &a.arg {
                a.arg = Arg::Value(self.kept(e));
            }
        }
        for (l, body) in lambdas_mut(&mut args).zip(bodies) {
            self.forward_lambda(l, body);
        }
        args
    }

    /// The forward sweep of a callee. It has returned a value before if this is a repetition.
    pub(super) fn forward_call(
        &mut self,
        (dst, pullback): (&[VarId], Option<VarId>),
        callee: &Callee,
        args: Vec<CallArg>,
        boxed: bool,
        span: proc_macro2::Span,
        out: &mut Block,
    ) {
        let companion = match pullback {
            Some(_) => Companion::Forward,
            None => Companion::Replay,
        };
        let pullback =
            pullback.unwrap_or_else(|| self.fresh("_pullback", Ty::Unknown, false, Role::Pullback));
        let mut given = dst.to_vec();
        // It returned a value in the first run.
        let again = self.run.again && self.func.call_may_fail(dst);
        if again && let Some(v) = given.first_mut() {
            let ty = self.func.var(*v).ty.clone();
            *v = self.fresh("given", ty, false, Role::Temp);
            self.func.returned.insert(*v);
        }
        let named = again.then(|| given[0]);
        given.push(pullback);
        out.push(Stmt::Call {
            dst: given,
            callee: callee.clone(),
            args,
            companion,
            boxed,
            span,
        });
        if let Some(v) = named {
            out.push(Stmt::Let {
                var: dst[0],
                init: Some(Expr::var(v)),
            });
        }
    }

    /// A call of which nothing is recorded: the function itself in the first run, its forward sweep, which does nothing twice, in
    /// others.
    pub(super) fn forward_bare_call(&mut self, node: &Node, out: &mut Block) {
        let Node::Call {
            dst,
            callee,
            args,
            bodies,
            span,
            ..
        } = node
        else {
            return;
        };
        let functions = takes_function(args);
        let args = self.forward_args(args, bodies);
        let parted = dst.iter().any(|v| self.func.parted.contains_key(v));
        if self.run.again || functions || parted {
            let boxed = self.mode == Mode::Split;
            self.forward_call((dst, None), callee, args, boxed, *span, out);
            return;
        }
        out.push(Stmt::Call {
            dst: dst.clone(),
            callee: callee.clone(),
            args,
            companion: Companion::Primal,
            boxed: false,
            span: *span,
        });
    }

    pub(super) fn forward_bare_loop(
        &mut self,
        label: LabelId,
        kind: &LoopKind,
        body: &Scope,
        out: &mut Block,
    ) {
        let open = Open::Body {
            label,
            stack: self.value,
            record: Vec::new(),
        };
        let inner = self.forward_scope(body, open, false);
        out.push(Stmt::Loop {
            label,
            kind: kind.clone(),
            body: inner,
        });
    }

    // Exits.

    /// Whether an exit to a label leaves the iteration that is repeated.
    pub(super) fn leaves_repetition(&self, target: LabelId) -> bool {
        let inside = self.open.iter().any(|o| match o {
            Open::Body { label, .. } | Open::Labeled(label) => *label == target,
            _ => false,
        });
        self.run.again && !inside
    }

    pub(super) fn leave_repetition(&mut self, exit: Option<&Stmt>, out: &mut Block) {
        match (self.run.advances, exit) {
            (Some(label), Some(Stmt::Continue(l))) if *l == label => {
                out.push(Stmt::Continue(label));
            }
            // Where it only advances, this would have been the last iteration, and no way leads past that.
            _ => self.leave_sweep(out),
        }
    }

    // The first run.

    pub(super) fn forward_repeat(&mut self, node: &Node, out: &mut Block) {
        let Node::Loop {
            label,
            kind,
            body,
            trips,
            stack,
            counted,
            keep_index,
            repeat: Some(repeat),
            ..
        } = node
        else {
            return;
        };
        if !self.node_has_reverse(node) {
            let outer = self.run.clone();
            self.run.records = false;
            self.forward_bare_loop(*label, kind, body, out);
            self.run = outer;
            return;
        }
        for k in &repeat.kept {
            let init = Some(Expr::Runtime("tape", nothing()));
            out.push(Stmt::Let { var: k.tape, init });
        }
        repeat.entry.iter().for_each(|s| self.forward_save(s, out));
        let mut start = Vec::new();
        if *counted {
            let by_range =
                matches!(kind, LoopKind::Range { .. }) && !keep_index && !repeat.is_checkpointed();
            let zero = match by_range {
                true => Expr::Int(0),
                false => Expr::Runtime("NO_TRIPS", Vec::new()),
            };
            out.push(Stmt::Let {
                var: *trips,
                init: Some(zero),
            });
            start.push(Stmt::Assign {
                place: Place::var(*trips),
                op: Some(BinOp::Add),
                value: Expr::Int(1),
                first: false,
            });
        }
        let mut keep = self.copies(repeat);
        let mut record = record_of(repeat);
        if let Policy::Checkpoint(limit) = &repeat.policy {
            let limit = vec![Expr::Opaque(limit.clone())];
            out.push(Stmt::Let {
                var: repeat.snapshots,
                init: Some(Expr::Runtime("snapshots", limit)),
            });
            if matches!(kind, LoopKind::Range { .. }) && !repeat.leaves_early {
                out.push(reserve(repeat.snapshots, kind));
            }
            start.push(self.keep_if_due(repeat));
        } else {
            if *keep_index && let LoopKind::Range { var, .. } = kind {
                record.insert(0, *var);
            }
            if !record.is_empty() {
                if matches!(kind, LoopKind::Range { .. }) {
                    out.push(reserve(*stack, kind));
                }
                keep.push(Stmt::Push {
                    stack: *stack,
                    vals: record,
                });
                start.extend(keep);
            }
        }
        let first = self.run.first(repeat);
        let outer = std::mem::replace(&mut self.run, first);
        self.forward_bare_loop(*label, kind, body, out);
        self.run = outer;
        if let Some(Stmt::Loop { body, .. }) = out.last_mut() {
            body.splice(0..0, start);
        }
    }

    /// The state at the start of an iteration, under the names that it is kept by.
    fn copies(&mut self, repeat: &Repeat) -> Block {
        let mut out = Vec::new();
        for s in repeat.kept_state() {
            self.forward_save(&s.save, &mut out);
        }
        for k in &repeat.kept {
            let init = Some(method(k.tape, "mark", Vec::new()));
            out.push(Stmt::Let { var: k.mark, init });
        }
        out
    }

    fn keep_if_due(&mut self, repeat: &Repeat) -> Stmt {
        let mut then = self.copies(repeat);
        then.push(Stmt::Push {
            stack: repeat.snapshots,
            vals: record_of(repeat),
        });
        Stmt::If {
            cond: method(repeat.snapshots, "due", Vec::new()),
            then,
            els: Vec::new(),
        }
    }

    // The reverse.

    pub(super) fn reverse_repeat(&mut self, node: &Node, out: &mut Block) {
        let Node::Loop {
            kind,
            trips,
            stack,
            counted,
            keep_index,
            repeat: Some(repeat),
            ..
        } = node
        else {
            return;
        };
        let open = std::mem::take(&mut self.open);
        let outer = std::mem::replace(&mut self.run, Run::repetition(repeat));
        let mut inner = Vec::new();
        if repeat.calls {
            let guard = self.fresh("_again", Ty::Constant, false, Role::Local);
            let init = Some(Expr::Runtime("again", nothing()));
            inner.push(Stmt::Let { var: guard, init });
        }
        let back = if repeat.is_checkpointed() {
            let trip = self.fresh("trip", Ty::Int, false, Role::Temp);
            self.go_to(node, repeat, trip, &mut inner);
            LoopKind::Range {
                var: trip,
                lo: Expr::Int(0),
                hi: Expr::var(*trips),
                inclusive: false,
                step: None,
                rev: Rev::Before,
            }
        } else {
            let mut record = record_of(repeat);
            if *keep_index && let LoopKind::Range { var, .. } = kind {
                record.insert(0, *var);
            }
            if !record.is_empty() {
                inner.push(Stmt::Pop {
                    stack: *stack,
                    vals: record,
                });
            }
            self.set_state(repeat, &mut inner);
            self.reversed(kind, *trips, *counted, *keep_index)
        };
        self.iteration(node, &mut inner);
        for s in repeat.kept_state().filter(|s| s.element) {
            inner.push(put_back(&self.func, &s.save.place, s.save.old));
        }
        self.run = outer;
        self.open = open;
        if repeat.is_checkpointed() {
            out.push(self.ask_for(repeat.snapshots, "turn", vec![Expr::var(*trips)]));
        }
        let label = self.func.new_label("back");
        out.push(Stmt::Loop {
            label,
            kind: back,
            body: inner,
        });
        for s in &repeat.entry {
            self.restore(s, out);
            self.disturb(&s.place);
        }
    }

    /// Both sweeps of one iteration.
    fn iteration(&mut self, node: &Node, out: &mut Block) {
        let Node::Loop { body, .. } = node else {
            return;
        };
        let (forward, reverse) = self.sweep(body);
        out.extend(forward);
        out.extend(reverse);
    }

    /// A question to a keeper, for what it does on the side.
    fn ask_for(&mut self, keeper: VarId, name: &str, args: Vec<Expr>) -> Stmt {
        let var = self.fresh("_told", Ty::Constant, false, Role::Local);
        Stmt::Let {
            var,
            init: Some(method(keeper, name, args)),
        }
    }

    /// Gives the state its kept values.
    fn set_state(&mut self, repeat: &Repeat, out: &mut Block) {
        for State { save, .. } in repeat.kept_state() {
            self.disturb(&save.place);
            out.push(put_back(&self.func, &save.place, save.old));
        }
        for k in &repeat.kept {
            out.push(self.ask_for(k.tape, "seek", vec![Expr::var(k.mark)]));
        }
    }

    /// From the nearest snapshot to the start of an iteration.
    fn go_to(&mut self, node: &Node, repeat: &Repeat, trip: VarId, out: &mut Block) {
        let Node::Loop {
            label, kind, body, ..
        } = node
        else {
            return;
        };
        let (snapshots, record) = (repeat.snapshots, record_of(repeat));
        out.push(Stmt::Let {
            var: repeat.from,
            init: Some(method(snapshots, "seek", vec![Expr::var(trip)])),
        });
        out.push(Stmt::Pop {
            stack: snapshots,
            vals: record.clone(),
        });
        self.set_state(repeat, out);
        out.push(Stmt::If {
            cond: method(snapshots, "stays", Vec::new()),
            then: vec![Stmt::Push {
                stack: snapshots,
                vals: record,
            }],
            els: Vec::new(),
        });
        let at = self.fresh("at", Ty::Int, false, Role::Temp);
        let mut inner = vec![self.keep_if_due(repeat)];
        let visit = |trip: VarId| match kind {
            LoopKind::Range { var, .. } => Some(Stmt::Visit {
                var: *var,
                trip: Expr::var(trip),
                kind: Box::new(kind.clone()),
            }),
            _ => None,
        };
        inner.extend(visit(at));
        let advancing = Run {
            records: false,
            advances: Some(*label),
            ..self.run.clone()
        };
        let iteration = std::mem::replace(&mut self.run, advancing);
        inner.extend(self.forward_scope(body, Open::Closure, false));
        self.run = iteration;
        out.push(Stmt::Loop {
            label: *label,
            kind: LoopKind::Range {
                var: at,
                lo: Expr::var(repeat.from),
                hi: Expr::var(trip),
                inclusive: false,
                step: None,
                rev: Rev::No,
            },
            body: inner,
        });
        out.extend(visit(trip));
    }
}

/// What is kept of a state, in the order of the record.
fn record_of(repeat: &Repeat) -> Vec<VarId> {
    let state = repeat.kept_state().map(|s| s.save.old);
    state.chain(repeat.kept.iter().map(|k| k.mark)).collect()
}

fn reserve(stack: VarId, kind: &LoopKind) -> Stmt {
    Stmt::Reserve {
        stack,
        kind: Box::new(kind.clone()),
    }
}
