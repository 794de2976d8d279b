//! The forward sweep, and the frame of the reverse sweep: scopes, branches, loops and exits.

use super::*;
use crate::transform::again::refill;
use crate::transform::nodes::Save;

impl Adjoint {
    /// Both sweeps of a scope whose locals stay alive in between.
    pub(super) fn sweep(&mut self, scope: &Scope) -> (Block, Block) {
        let mut forward = self.declare_slots(scope);
        let label = scope.label;
        if let Some(l) = label {
            self.open.push(Open::Sweep(l));
        }
        let n = scope.nodes.len();
        let fused =
            self.fuse && matches!(scope.nodes.last(), Some(Node::If { then, .. }) if then.inline);
        let plain = if fused { n - 1 } else { n };
        let mut shadowed = 0;
        for (k, node) in scope.nodes[..plain].iter().enumerate() {
            match node {
                Node::Loop {
                    label,
                    kind,
                    body,
                    fusion: Some(fusion),
                    ..
                } => {
                    forward.extend(self.shadows(&scope.nodes[shadowed..k]));
                    shadowed = k;
                    self.settle(*label, fusion, &mut forward);
                    if fusion.facts.is_empty() {
                        forward.push(self.fused_loop(kind, *label, body));
                    } else {
                        self.eager_loop(node, &fusion.facts, &mut forward);
                    }
                }
                node => self.forward_node(node, k + 1 == n, &mut forward),
            }
        }
        let shadows = self.shadows(&scope.nodes[shadowed..plain]);
        let mut reverse = Vec::new();
        if fused {
            forward.extend(shadows);
        } else {
            reverse = shadows;
        }
        if fused
            && let Some(Node::If {
                cond, then, els, ..
            }) = scope.nodes.last()
        {
            let then = self.joined(then);
            let els = self.joined(els);
            forward.push(Stmt::If {
                cond: cond.clone(),
                then,
                els,
            });
        }
        if label.is_some() {
            self.open.pop();
        }
        self.reverse_nodes(&scope.nodes[..plain], &[], &mut reverse);
        self.hoist(&scope.nodes[..plain], &mut reverse);
        (forward, reverse)
    }

    /// Both sweeps, one behind the other.
    pub(super) fn joined(&mut self, scope: &Scope) -> Block {
        let (mut forward, mut reverse) = self.sweep(scope);
        self.resolve_views(&mut reverse);
        forward.extend(reverse);
        forward
    }

    fn declare_slots(&mut self, scope: &Scope) -> Block {
        if !self.run.records {
            return Vec::new();
        }
        let slots = scope.nodes.iter().flat_map(super::slots_of);
        slots.map(|var| Stmt::Let { var, init: None }).collect()
    }

    /// A nested scope of the forward sweep; `end` finishes it.
    pub(super) fn forward_scope(&mut self, scope: &Scope, open: Open, tail: bool) -> Block {
        let mut out = self.declare_slots(scope);
        self.open.push(open.clone());
        let n = scope.nodes.len();
        for (k, node) in scope.nodes.iter().enumerate() {
            self.forward_node(node, tail && k + 1 == n, &mut out);
        }
        self.open.pop();
        if !scope.diverges() || (tail && ends_in_tail_return(scope)) {
            finish(&open, &mut out);
        }
        out
    }

    fn branch(&mut self, scope: &Scope, tail: bool) -> Block {
        match scope.slot.filter(|_| self.run.records) {
            Some(slot) => self.forward_scope(
                scope,
                Open::Branch {
                    slot,
                    record: scope.record.clone(),
                },
                tail,
            ),
            None => {
                // Nothing to leave behind; exits inside still finish the scopes around.
                let mut out = self.declare_slots(scope);
                let n = scope.nodes.len();
                for (k, node) in scope.nodes.iter().enumerate() {
                    self.forward_node(node, tail && k + 1 == n, &mut out);
                }
                out
            }
        }
    }

    pub(super) fn forward_node(&mut self, node: &Node, tail: bool, out: &mut Block) {
        match node {
            Node::Plain(s) => self.forward_plain(s, out),
            Node::Guard(_) if self.run.again => {}
            Node::Guard(saves) => saves.iter().for_each(|s| self.forward_save(s, out)),
            Node::Let {
                var,
                init: Some(e),
                lin: None,
            } if self.run.keeps(*var) => self.forward_kept(*var, e, out),
            Node::Let { var, init, .. } => {
                let init = match init {
                    Some(e) => Some(self.kept(e)),
                    None if self.nested_return && self.facts.needed.contains(var) => {
                        self.placeholder(*var)
                    }
                    None => None,
                };
                out.push(Stmt::Let { var: *var, init });
            }
            Node::Assign {
                place,
                op,
                value,
                first,
                save,
                ..
            } => {
                if self.is_left_alone(place, *first) {
                    return;
                }
                self.forward_save(save, out);
                let value = self.kept(value);
                out.push(Stmt::Assign {
                    place: place.clone(),
                    op: *op,
                    value,
                    first: *first,
                });
            }
            Node::Container {
                place,
                op,
                save,
                span,
                ..
            } => {
                self.forward_save(save, out);
                let op = match op {
                    ContainerOp::Push(e) => ContainerOp::Push(self.kept(e)),
                    ContainerOp::Fill(e) => ContainerOp::Fill(self.kept(e)),
                    ContainerOp::Resize(n, e) => ContainerOp::Resize(n.clone(), self.kept(e)),
                    other => other.clone(),
                };
                out.push(Stmt::Container {
                    place: place.clone(),
                    op,
                    span: *span,
                });
            }
            Node::Call {
                dst,
                callee,
                args,
                bodies,
                pullback,
                saves,
                span,
                ..
            } => {
                if !self.run.records {
                    self.forward_bare_call(node, out);
                    return;
                }
                saves.iter().for_each(|s| self.forward_save(s, out));
                let args = self.forward_args(args, bodies);
                let nested = self.open.iter().any(|o| !matches!(o, Open::Sweep(_)));
                let boxed = self.mode == Mode::Split && (nested || self.run.again);
                self.forward_call((dst, Some(*pullback)), callee, args, boxed, *span, out);
            }
            Node::Return { value, .. } => {
                if let Some(e) = value
                    && !self.run.again
                {
                    let value = self.kept(e);
                    out.push(Stmt::Assign {
                        place: Place::var(self.value),
                        op: None,
                        value,
                        first: true,
                    });
                }
                if !tail {
                    self.leave_sweep(out);
                }
            }
            Node::Exit(s) => self.forward_exit(s, out),
            Node::If {
                cond, then, els, ..
            } => {
                let (then, els) = (self.branch(then, tail), self.branch(els, tail));
                out.push(Stmt::If {
                    cond: cond.clone(),
                    then,
                    els,
                });
            }
            Node::Loop {
                label, kind, body, ..
            } if !self.run.records => self.forward_bare_loop(*label, kind, body, out),
            Node::Loop {
                repeat: Some(_), ..
            } => self.forward_repeat(node, out),
            Node::Loop {
                label,
                kind,
                body,
                trips,
                stack,
                counted,
                keep_index,
                ..
            } => {
                self.forward_loop(
                    *label,
                    kind,
                    body,
                    (*trips, *stack),
                    (*counted, *keep_index),
                    out,
                );
            }
            Node::Rest(body) => out.extend(self.branch(body, tail)),
            Node::Labeled { label, body } => {
                self.open.push(Open::Labeled(*label));
                let inner = self.branch(body, false);
                self.open.pop();
                out.push(Stmt::Labeled {
                    label: *label,
                    body: inner,
                });
            }
        }
    }

    /// A first value for a variable that not every path to the reverse sweep assigns.
    fn placeholder(&mut self, var: VarId) -> Option<Expr> {
        let ty = &self.func.var(var).ty;
        let value = match ty {
            Ty::Real(_) => Expr::Real(0.0),
            t if crate::transform::needs::is_sized(t) => Expr::ZeroOf(Place::var(var)),
            _ if !self.unassigned.contains(&var) => return None,
            _ => Expr::Runtime("blank", vec![Expr::Tuple(Vec::new())]),
        };
        self.func.vars[var.0].mutable = true;
        Some(value)
    }

    /// A value that would be moved away is copied where the reverse sweep still needs it.
    pub(super) fn kept(&self, e: &Expr) -> Expr {
        let all = |parts: &[Expr]| parts.iter().map(|p| self.kept(p)).collect();
        match e {
            Expr::Place(p) if self.facts.needed.contains(&self.func.root(p)) => {
                if self.func.place_ty(p).is_copy() == Some(true) {
                    return e.clone();
                }
                Expr::Copied(CopyKind::Clone, p.clone())
            }
            Expr::Tuple(parts) => Expr::Tuple(all(parts)),
            Expr::Array(parts) => Expr::Array(all(parts)),
            Expr::VecOf(parts) => Expr::VecOf(all(parts)),
            Expr::Struct(ctor, parts) => Expr::Struct(ctor.clone(), all(parts)),
            Expr::Repeat { value, len, vec } => Expr::Repeat {
                value: Box::new(self.kept(value)),
                len: len.clone(),
                vec: *vec,
            },
            other => other.clone(),
        }
    }

    pub(super) fn forward_save(&mut self, save: &Save, out: &mut Block) {
        if !save.wanted || !self.run.records {
            return;
        }
        if let Some(stack) = save.flat {
            let place = save.place.clone();
            self.unless_restored(save, Stmt::SaveSlice { stack, place }, out);
            return;
        }
        let ty = self.func.place_ty(&save.place);
        let value = match ty {
            Ty::Slice(_) => Expr::Copied(CopyKind::ToVec, save.place.clone()),
            t if t.is_copy() == Some(true) => Expr::Place(save.place.clone()),
            Ty::Ref(_, inner) if matches!(*inner, Ty::Slice(_)) => {
                Expr::Copied(CopyKind::ToVec, save.place.clone())
            }
            _ => Expr::Copied(CopyKind::Clone, save.place.clone()),
        };
        out.push(Stmt::Let {
            var: save.old,
            init: Some(value),
        });
    }

    fn forward_loop(
        &mut self,
        label: LabelId,
        kind: &LoopKind,
        body: &Scope,
        (trips, stack): (VarId, VarId),
        (counted, keep_index): (bool, bool),
        out: &mut Block,
    ) {
        let mut record = body.record.clone();
        if keep_index && let LoopKind::Range { var, .. } = kind {
            record.insert(0, *var);
        }
        let live = body.nodes.iter().any(|n| self.node_has_reverse(n));
        let recorded = live && !record.is_empty();
        if counted && live {
            let by_range = matches!(kind, LoopKind::Range { .. }) && !keep_index;
            let zero = Some(if by_range {
                Expr::Int(0)
            } else {
                Expr::Runtime("NO_TRIPS", Vec::new())
            });
            out.push(Stmt::Let {
                var: trips,
                init: zero,
            });
        }
        if recorded && matches!(kind, LoopKind::Range { .. }) {
            out.push(Stmt::Reserve {
                stack,
                kind: Box::new(kind.clone()),
            });
        }
        let open = Open::Body {
            label,
            stack,
            record: if recorded { record } else { Vec::new() },
        };
        let mut inner = Vec::new();
        if counted && live {
            let place = Place::var(trips);
            inner.push(Stmt::Assign {
                place,
                op: Some(BinOp::Add),
                value: Expr::Int(1),
                first: false,
            });
        }
        inner.extend(self.forward_scope(body, open, false));
        out.push(Stmt::Loop {
            label,
            kind: kind.clone(),
            body: inner,
        });
    }

    /// `break` and `continue` finish every scope that they leave.
    fn forward_exit(&mut self, s: &Stmt, out: &mut Block) {
        let target = match s {
            Stmt::Break(l) | Stmt::Continue(l) => *l,
            _ => return,
        };
        if self.leaves_repetition(target) {
            self.leave_repetition(Some(s), out);
            return;
        }
        for open in self.open.clone().iter().rev() {
            match open {
                Open::Labeled(l) if *l == target => break,
                Open::Body { label, .. } if *label == target => {
                    finish(open, out);
                    break;
                }
                other => finish(other, out),
            }
        }
        out.push(s.clone());
    }

    /// `return` in the middle: to the end of the forward sweep.
    pub(super) fn leave_sweep(&mut self, out: &mut Block) {
        if let Some(label) = self.run.advances {
            out.push(Stmt::Break(label));
            return;
        }
        for open in self.open.clone().iter().rev() {
            match open {
                Open::Sweep(l) => {
                    out.push(Stmt::Break(*l));
                    return;
                }
                other => finish(other, out),
            }
        }
    }

    /// Zero shadows of the locals that nodes declare.
    fn shadows(&mut self, nodes: &[Node]) -> Block {
        let mut out = Vec::new();
        for node in nodes {
            // A pullback takes the adjoint of its call's value, whether that is used or not.
            let always = matches!(node, Node::Call { .. });
            for v in declared(node) {
                if self.activity.var(v) || (always && !self.is_shaped_late(v)) {
                    let var = self.bar(v);
                    let init = Some(self.zero(v));
                    out.push(Stmt::Let { var, init });
                }
            }
        }
        out
    }

    /// The shadow of a result that has no influence has the shape that the call gave it: what is done to the value later is not done to it.
    pub(super) fn is_shaped_late(&self, v: VarId) -> bool {
        !self.activity.var(v) && !crate::transform::needs::is_sized(&self.func.var(v).ty)
    }

    fn reverse_nodes(&mut self, nodes: &[Node], late: &[(usize, VarId, Expr)], out: &mut Block) {
        let later = self.later_values(nodes, out);
        for (k, node) in nodes.iter().enumerate().rev() {
            let overwrites = later.iter().filter(|l| l.position == k);
            for l in overwrites.clone() {
                self.settled.insert(l.var, l.label);
            }
            if let Node::Loop {
                label,
                fusion: Some(_),
                ..
            } = node
            {
                // It is reversed already. What stands before it may add to its sums' adjoints again.
                self.unsettle(*label);
            } else if self.node_has_reverse(node) {
                for (_, var, e) in late.iter().filter(|(at, ..)| *at == k) {
                    let (var, init) = (*var, Some(e.clone()));
                    self.pending.push(Stmt::Let { var, init });
                }
                if !matches!(node, Node::Assign { .. }) {
                    out.append(&mut self.pending);
                }
                self.reverse_node(node, out);
            }
            for l in overwrites {
                self.bars.insert(l.var, l.early);
            }
        }
    }

    pub(super) fn zero(&self, v: VarId) -> Expr {
        match self.func.var(v).ty {
            Ty::Real(_) => Expr::Real(0.0),
            _ => Expr::ZeroOf(Place::var(v)),
        }
    }

    /// The reverse of a nested scope: what is computed again, shadows, and the nodes backwards.
    pub(super) fn reverse_scope(&mut self, scope: &Scope) -> Block {
        let mut out: Block = scope
            .redo
            .iter()
            .map(|(var, e)| Stmt::Let {
                var: *var,
                init: Some(e.clone()),
            })
            .collect();
        for k in &scope.again {
            let label = self.func.new_label("again");
            out.extend(refill(&scope.nodes[*k], label));
        }
        out.extend(self.shadows(&scope.nodes));
        self.reverse_nodes(&scope.nodes, &scope.late, &mut out);
        self.hoist(&scope.nodes, &mut out);
        out
    }

    pub(super) fn reverse_control(&mut self, node: &Node, out: &mut Block) {
        match node {
            Node::If {
                cond, then, els, ..
            } => {
                let (then_back, els_back) = (self.reverse_scope(then), self.reverse_scope(els));
                out.push(choose(cond, (then, then_back), (els, els_back)));
            }
            Node::Rest(body) | Node::Labeled { body, .. } => {
                let inner = self.reverse_scope(body);
                match body.slot {
                    Some(slot) => {
                        out.push(Stmt::IfSlot {
                            slot,
                            vals: body.record.clone(),
                            then: inner,
                            els: Vec::new(),
                        });
                    }
                    None => out.extend(inner),
                }
            }
            Node::Loop {
                repeat: Some(_), ..
            } => self.reverse_repeat(node, out),
            Node::Loop {
                label: _,
                kind,
                body,
                trips,
                stack,
                counted,
                keep_index,
                ..
            } => {
                let mut record = body.record.clone();
                let mut inner = Vec::new();
                if *keep_index && let LoopKind::Range { var, .. } = kind {
                    record.insert(0, *var);
                }
                if !record.is_empty() {
                    inner.push(Stmt::Pop {
                        stack: *stack,
                        vals: record,
                    });
                }
                inner.extend(self.reverse_scope(body));
                let kind = match (counted, kind) {
                    (false, LoopKind::Range { var, .. }) if self.order_is_free(&inner, *var) => {
                        kind.clone()
                    }
                    _ => self.reversed(kind, *trips, *counted, *keep_index),
                };
                let label = self.func.new_label("back");
                out.push(Stmt::Loop {
                    label,
                    kind,
                    body: inner,
                });
            }
            _ => {}
        }
    }

    /// The loop that visits the iterations in the opposite order.
    pub(super) fn reversed(
        &mut self,
        kind: &LoopKind,
        trips: VarId,
        counted: bool,
        keep_index: bool,
    ) -> LoopKind {
        match kind {
            LoopKind::Range {
                var,
                lo,
                hi,
                inclusive,
                step,
                rev,
            } if !counted => {
                let rev = match (rev, step.is_some()) {
                    (Rev::No, false) => Rev::Before,
                    (Rev::No, true) => Rev::After,
                    (Rev::Before, false) | (Rev::After, _) => Rev::No,
                    // The last of the stepped values from above is visited first.
                    (Rev::Before, true) => return self.upwards(*var, lo, hi, *inclusive, step),
                };
                LoopKind::Range {
                    var: *var,
                    lo: lo.clone(),
                    hi: hi.clone(),
                    inclusive: *inclusive,
                    step: step.clone(),
                    rev,
                }
            }
            LoopKind::Range { var, lo, .. } if !keep_index => {
                let hi = match lo {
                    lo if lo.is_zero() => Expr::var(trips),
                    lo => Expr::bin(BinOp::Add, lo.clone(), Expr::var(trips)),
                };
                LoopKind::Range {
                    var: *var,
                    lo: lo.clone(),
                    hi,
                    inclusive: false,
                    step: None,
                    rev: Rev::Before,
                }
            }
            _ => {
                let var = self.fresh("_trip", Ty::Int, false, Role::Temp);
                LoopKind::Range {
                    var,
                    lo: Expr::Int(0),
                    hi: Expr::var(trips),
                    inclusive: false,
                    step: None,
                    rev: Rev::No,
                }
            }
        }
    }

    /// `(lo..hi).rev().step_by(s)` backwards: the same values from the lowest up.
    fn upwards(
        &mut self,
        var: VarId,
        lo: &Expr,
        hi: &Expr,
        inclusive: bool,
        step: &Option<Expr>,
    ) -> LoopKind {
        let step_value = step.clone().unwrap_or(Expr::Int(1));
        let top = if inclusive {
            hi.clone()
        } else {
            Expr::bin(BinOp::Sub, hi.clone(), Expr::Int(1))
        };
        let gap = Expr::bin(
            BinOp::Rem,
            Expr::bin(BinOp::Sub, top, lo.clone()),
            step_value,
        );
        let empty = Expr::bin(
            if inclusive { BinOp::Gt } else { BinOp::Ge },
            lo.clone(),
            hi.clone(),
        );
        let first = Expr::bin(BinOp::Add, lo.clone(), gap);
        let start = Expr::Select(Box::new(empty), Box::new(hi.clone()), Box::new(first));
        let hi = hi.clone();
        LoopKind::Range {
            var,
            lo: start,
            hi,
            inclusive,
            step: step.clone(),
            rev: Rev::No,
        }
    }
}

/// What a scope leaves behind.
pub(super) fn finish(open: &Open, out: &mut Block) {
    match open {
        Open::Branch { slot, record } => out.push(Stmt::SlotSet {
            slot: *slot,
            vals: record.clone(),
        }),
        Open::Body { stack, record, .. } if !record.is_empty() => {
            out.push(Stmt::Push {
                stack: *stack,
                vals: record.clone(),
            });
        }
        _ => {}
    }
}

/// The branch of the reverse sweep: by slot where there is one, by the condition otherwise.
fn choose(
    cond: &Expr,
    (then, then_back): (&Scope, Block),
    (els, els_back): (&Scope, Block),
) -> Stmt {
    match (then.slot, els.slot) {
        (Some(slot), None) => Stmt::IfSlot {
            slot,
            vals: then.record.clone(),
            then: then_back,
            els: els_back,
        },
        (None, Some(slot)) => Stmt::IfSlot {
            slot,
            vals: els.record.clone(),
            then: els_back,
            els: then_back,
        },
        (Some(slot), Some(other)) => {
            let els_back = vec![Stmt::IfSlot {
                slot: other,
                vals: els.record.clone(),
                then: els_back,
                els: Vec::new(),
            }];
            Stmt::IfSlot {
                slot,
                vals: then.record.clone(),
                then: then_back,
                els: els_back,
            }
        }
        (None, None) if then_back.is_empty() => {
            let not = Expr::Unary(UnOp::Not, Box::new(cond.clone()));
            Stmt::If {
                cond: not,
                then: els_back,
                els: Vec::new(),
            }
        }
        (None, None) => Stmt::If {
            cond: cond.clone(),
            then: then_back,
            els: els_back,
        },
    }
}

/// Variables with shadows that a node declares.
fn declared(n: &Node) -> Vec<VarId> {
    match n {
        Node::Let { var, .. } => vec![*var],
        // What a call of constants returns may become active later.
        Node::Call { dst, .. } | Node::Plain(Stmt::Call { dst, .. }) => dst.clone(),
        _ => Vec::new(),
    }
}

fn ends_in_tail_return(scope: &Scope) -> bool {
    match scope.nodes.last() {
        Some(Node::Return { .. }) => true,
        Some(Node::If { then, els, .. }) => ends_in_tail_return(then) || ends_in_tail_return(els),
        Some(Node::Rest(s)) => ends_in_tail_return(s),
        _ => false,
    }
}
