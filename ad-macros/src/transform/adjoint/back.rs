//! The reverse of single statements: the transpose of their linear maps.

use super::*;
use crate::transform::linear::{Lin, leaves, substitute};
use crate::transform::nodes::Save;

impl Adjoint {
    pub(super) fn bar_place(&mut self, p: &Place) -> Place {
        let base = self.bar_base(p.base);
        Place {
            base,
            proj: p.proj.clone(),
            span: p.span,
        }
    }

    /// The place in terms of what is no view, all through.
    pub(super) fn resolved(&self, p: &Place) -> Place {
        let mut p = p.clone();
        map_place(&mut p, &mut |q| *q = self.func.resolve(q));
        p
    }

    /// The shadow of a view is a view of the shadow.
    fn bar_base(&mut self, v: VarId) -> VarId {
        let Role::View(target) = self.func.var(v).role.clone() else {
            return self.bar(v);
        };
        let shadow = self.bar_place(&target);
        let bar = self.bar(v);
        self.func.vars[bar.0].role = Role::View(shadow);
        bar
    }

    pub(super) fn reverse_node(&mut self, node: &Node, out: &mut Block) {
        match node {
            Node::Let { var, lin, .. } => {
                if let Some(lin) = lin {
                    let bar = self.bar(*var);
                    self.back(lin, Expr::var(bar), out);
                }
            }
            Node::Guard(saves) => saves.iter().rev().for_each(|s| self.restore(s, out)),
            Node::Assign {
                place,
                op,
                value,
                first,
                lin,
                save,
            } => {
                self.reverse_assign(place, *op, value, *first, lin.as_ref(), save, out);
            }
            Node::Container {
                place,
                op,
                lin,
                save,
                span,
            } => {
                self.reverse_container(place, op, lin.as_ref(), save, *span, out);
            }
            Node::Call {
                dst,
                callee,
                args,
                lins,
                bodies,
                pullback,
                saves,
                ..
            } => {
                if matches!(callee, Callee::OfFirst { constant: true, .. }) {
                    self.func.methods.insert(*pullback, callee.clone());
                }
                let parted = dst.first().and_then(|v| self.func.parted.get(v)).copied();
                let mut back = Vec::new();
                self.reverse_call(dst, callee, args, (lins, bodies), *pullback, &mut back);
                match parted {
                    // Without a value there is no pullback.
                    Some(_) => out.push(Stmt::IfSlot {
                        slot: *pullback,
                        vals: vec![*pullback],
                        then: back,
                        els: Vec::new(),
                    }),
                    None => out.extend(back),
                }
                saves.iter().for_each(|s| self.restore(s, out));
            }
            Node::Return { lin: Some(lin), .. } => {
                let seed = Expr::var(self.seed);
                self.back(lin, seed, out);
            }
            other => self.reverse_control(other, out),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn reverse_assign(
        &mut self,
        place: &Place,
        op: Option<BinOp>,
        value: &Expr,
        first: bool,
        lin: Option<&Lin>,
        save: &Save,
        out: &mut Block,
    ) {
        self.restore(save, out);
        out.append(&mut self.pending);
        if matches!(self.func.place_ty(place), Ty::Int) && op.is_some() {
            let root = self.func.root(place);
            if !save.wanted
                && !self.is_left_alone(place, first)
                && self.facts.needed.contains(&root)
            {
                let back = if op == Some(BinOp::Add) {
                    BinOp::Sub
                } else {
                    BinOp::Add
                };
                out.push(Stmt::Assign {
                    place: place.clone(),
                    op: Some(back),
                    value: value.clone(),
                    first: false,
                });
                self.disturb(place);
            }
            return;
        }
        if !self.activity.place(&self.func, place) {
            return;
        }
        let bar = self.bar_place(place);
        if first {
            if let Some(lin) = lin {
                self.back(lin, Expr::Place(bar), out);
            }
            return;
        }
        match (op, lin) {
            (Some(_), None) => {}
            (Some(op), Some(lin)) => {
                let clash = self.touches(lin, place);
                let mut bar = Expr::Place(bar);
                if clash {
                    bar = self.name_adjoint(place, bar, out);
                }
                let bar = if op == BinOp::Sub { bar.neg() } else { bar };
                self.back(lin, bar, out);
            }
            (None, None) => out.push(self.cleared(place, bar, save)),
            (None, Some(lin)) => {
                let held = self.name_adjoint(place, Expr::Place(bar.clone()), out);
                out.push(self.cleared(place, bar, save));
                self.back(lin, held, out);
            }
        }
    }

    /// An overwritten value has no influence: its shadow becomes zero, in the shape of the old value.
    fn cleared(&self, place: &Place, bar: Place, save: &Save) -> Stmt {
        if crate::transform::needs::is_sized(&self.func.place_ty(place)) {
            return Stmt::SetZero(bar);
        }
        let value = Expr::ZeroOf(Place::var(save.old));
        Stmt::Assign {
            place: bar,
            op: None,
            value,
            first: false,
        }
    }

    /// `let x_bar_new = x_bar…;`
    fn name_adjoint(&mut self, place: &Place, e: Expr, out: &mut Block) -> Expr {
        let ty = self.func.place_ty(place);
        let name = format!(
            "{}_out_bar",
            self.func.var(place.base).name.trim_start_matches("r#")
        );
        let var = self.fresh(&name, ty.clone(), false, Role::Local);
        let value = match e {
            Expr::Place(p) if ty.is_copy() != Some(true) => Expr::Copied(CopyKind::Clone, p),
            other => other,
        };
        out.push(Stmt::Let {
            var,
            init: Some(value),
        });
        Expr::var(var)
    }

    /// Whether the map's leaves lie in the same memory as a place.
    fn touches(&self, lin: &Lin, place: &Place) -> bool {
        let root = self.func.root(place);
        let mut any = false;
        leaves(lin, &mut |p| any |= self.func.root(p) == root);
        any
    }

    pub(super) fn disturb(&mut self, place: &Place) {
        let root = self.func.root(place);
        self.disturbed.insert(root);
    }

    /// Puts back what an overwrite destroyed.
    pub(super) fn restore(&mut self, save: &Save, out: &mut Block) {
        if !save.wanted {
            return;
        }
        self.disturb(&save.place);
        if let Some(stack) = save.flat {
            let place = save.place.clone();
            self.unless_restored(save, Stmt::RestoreSlice { stack, place }, out);
            return;
        }
        out.push(put_back(&self.func, &save.place, save.old));
    }

    /// The transpose of a linear map: adds what an adjoint contributes to the leaves.
    pub(super) fn back(&mut self, lin: &Lin, bar: Expr, out: &mut Block) {
        match lin {
            Lin::Leaf(p) => self.increment(p, bar, out),
            Lin::Copy(_, p) => self.increment(p, bar, out),
            Lin::Curve(..) => unreachable!("series have no reverse sweep"),
            Lin::Scale(formula, inner) => {
                let bar = if count_d(formula) > 1 {
                    self.atom(bar, out)
                } else {
                    bar
                };
                self.back(inner, substitute(formula, &bar), out);
            }
            Lin::Sum(terms) => {
                let bar = if terms.len() > 1 {
                    self.atom(bar, out)
                } else {
                    bar
                };
                for (negative, l) in terms {
                    let bar = if *negative {
                        bar.clone().neg()
                    } else {
                        bar.clone()
                    };
                    self.back(l, bar, out);
                }
            }
            Lin::Aggregate(shape, parts) => {
                let Expr::Place(place) = bar else { return };
                for (k, (l, _)) in parts.iter().enumerate() {
                    let Some(l) = l else { continue };
                    let step = match shape {
                        crate::transform::linear::Shape::Tuple => Proj::Tuple(k),
                        crate::transform::linear::Shape::Struct(ctor, _) => ctor.fields[k].clone(),
                        _ => Proj::Index(Expr::Int(k)),
                    };
                    self.back(l, Expr::Place(place.clone().with(step)), out);
                }
            }
            Lin::Repeat(inner, len, _) => {
                let Expr::Place(place) = bar else { return };
                let var = self.fresh("k", Ty::Int, false, Role::Temp);
                let mut body = Vec::new();
                self.back(
                    inner,
                    Expr::Place(place.with(Proj::Index(Expr::var(var)))),
                    &mut body,
                );
                let label = self.func.new_label("back");
                let kind = LoopKind::Range {
                    var,
                    lo: Expr::Int(0),
                    hi: len.clone(),
                    inclusive: false,
                    step: None,
                    rev: Rev::No,
                };
                out.push(Stmt::Loop { label, kind, body });
            }
        }
    }

    fn increment(&mut self, p: &Place, bar: Expr, out: &mut Block) {
        if !self.activity.place(&self.func, p) || self.settled.contains_key(&p.base) {
            return;
        }
        let target = self.bar_place(p);
        let ty = self.func.place_ty(p);
        let aggregate =
            !ty.is_real() && matches!(&bar, Expr::Place(q) if !self.func.place_ty(q).is_real());
        if aggregate {
            out.push(Stmt::Accumulate {
                target,
                source: bar,
            });
            return;
        }
        let (op, value) = match bar {
            Expr::Unary(UnOp::Neg, inner) => (BinOp::Sub, *inner),
            other => (BinOp::Add, other),
        };
        out.push(Stmt::Assign {
            place: target,
            op: Some(op),
            value,
            first: false,
        });
    }

    /// Names an adjoint unless it is as cheap as a name.
    fn atom(&mut self, bar: Expr, out: &mut Block) -> Expr {
        let cheap = match &bar {
            Expr::Place(p) => p.is_var() || !self.func.place_ty(p).is_real(),
            Expr::Unary(UnOp::Neg, inner) => matches!(&**inner, Expr::Place(p) if p.is_var()),
            _ => false,
        };
        if cheap {
            return bar;
        }
        let var = self.fresh("d", Ty::Real(Scalar::Unknown), false, Role::Temp);
        out.push(Stmt::Let {
            var,
            init: Some(bar),
        });
        Expr::var(var)
    }

    fn reverse_container(
        &mut self,
        place: &Place,
        op: &ContainerOp,
        lin: Option<&Lin>,
        save: &Save,
        span: proc_macro2::Span,
        out: &mut Block,
    ) {
        let needed = std::iter::once(place)
            .chain(op.exchanged())
            .any(|p| self.facts.needed.contains(&self.func.root(p)));
        let active = self.activity.place(&self.func, place);
        let element = self.func.place_ty(place).element();
        let container = |place: Place, op: ContainerOp| Stmt::Container { place, op, span };
        if needed || save.wanted {
            self.disturb(place);
        }
        match op {
            ContainerOp::Swap(..) | ContainerOp::Move { .. } => {
                if needed {
                    out.push(container(place.clone(), op.undone()));
                }
                if active {
                    let bar = self.bar_place(place);
                    out.push(container(bar, op.undone()));
                }
            }
            ContainerOp::Exchange(other) => {
                if needed {
                    self.disturb(other);
                    out.push(container(place.clone(), op.undone()));
                }
                if active {
                    let (bar, other) = (self.bar_place(place), self.bar_place(other));
                    out.push(container(bar, ContainerOp::Exchange(other)));
                }
            }
            ContainerOp::Push(_) => {
                if needed {
                    out.push(container(place.clone(), ContainerOp::Pop));
                }
                if active {
                    let bar = self.bar_place(place);
                    let len = Expr::Query("len".into(), bar.clone(), Vec::new());
                    let last =
                        bar.clone()
                            .with(Proj::Index(Expr::bin(BinOp::Sub, len, Expr::Int(1))));
                    let var = self.fresh("pushed_bar", element, false, Role::Local);
                    let value = match self.func.var(var).ty.is_copy() {
                        Some(true) => Expr::Place(last),
                        _ => Expr::Copied(CopyKind::Clone, last),
                    };
                    out.push(Stmt::Let {
                        var,
                        init: Some(value),
                    });
                    out.push(container(bar, ContainerOp::Pop));
                    if let Some(lin) = lin {
                        self.back(lin, Expr::var(var), out);
                    }
                }
            }
            ContainerOp::Pop => {
                if active {
                    let bar = self.bar_place(place);
                    let zero = if element.is_real() {
                        Expr::Real(0.0)
                    } else {
                        Expr::ZeroOf(Place::var(save.old))
                    };
                    out.push(container(bar, ContainerOp::Push(zero)));
                }
                if needed {
                    let old = Expr::var(save.old);
                    let old = if element.is_copy() == Some(true) {
                        old
                    } else {
                        Expr::Copied(CopyKind::Clone, Place::var(save.old))
                    };
                    out.push(container(place.clone(), ContainerOp::Push(old)));
                }
            }
            ContainerOp::Fill(_) => {
                self.restore(save, out);
                if active {
                    let bar = self.bar_place(place);
                    if let Some(lin) = lin {
                        self.back_each(lin, &bar, Expr::Int(0), out);
                    }
                    out.push(Stmt::SetZero(bar));
                }
            }
            ContainerOp::CopyFrom(source) => {
                self.restore(save, out);
                if active {
                    let bar = self.bar_place(place);
                    if self.activity.place(&self.func, source) {
                        let target = self.bar_place(source);
                        out.push(Stmt::Accumulate {
                            target,
                            source: Expr::Place(bar.clone()),
                        });
                    }
                    out.push(Stmt::SetZero(bar));
                }
            }
            ContainerOp::Resize(..) | ContainerOp::Truncate(_) | ContainerOp::Clear => {
                if active {
                    self.reverse_resize(place, lin, save, span, out);
                }
                self.restore(save, out);
            }
        }
    }

    /// The shadow gets its old length back; what the new elements were made from gets their adjoints.
    fn reverse_resize(
        &mut self,
        place: &Place,
        lin: Option<&Lin>,
        save: &Save,
        span: proc_macro2::Span,
        out: &mut Block,
    ) {
        let bar = self.bar_place(place);
        let len = |p: &Place| Expr::Query("len".into(), p.clone(), Vec::new());
        let old_len = len(&Place::var(save.old));
        if let Some(lin) = lin {
            self.back_each(lin, &bar, old_len.clone(), out);
        }
        let container = |op| Stmt::Container {
            place: bar.clone(),
            op,
            span,
        };
        if self.func.place_ty(place).element().is_real() {
            out.push(container(ContainerOp::Resize(old_len, Expr::Real(0.0))));
            return;
        }
        // What was cut off gets zeros in its own shape.
        out.push(container(ContainerOp::Truncate(old_len.clone())));
        let var = self.fresh("k", Ty::Int, false, Role::Temp);
        let old = Place::var(save.old).with(Proj::Index(Expr::var(var)));
        let label = self.func.new_label("back");
        let kind = LoopKind::Range {
            var,
            lo: len(&bar),
            hi: old_len,
            inclusive: false,
            step: None,
            rev: Rev::No,
        };
        let body = vec![container(ContainerOp::Push(Expr::ZeroOf(old)))];
        out.push(Stmt::Loop { label, kind, body });
    }

    /// What one value was copied to, from element `lo` on, adds up.
    fn back_each(&mut self, lin: &Lin, bar: &Place, lo: Expr, out: &mut Block) {
        let var = self.fresh("k", Ty::Int, false, Role::Temp);
        let mut body = Vec::new();
        self.back(
            lin,
            Expr::Place(bar.clone().with(Proj::Index(Expr::var(var)))),
            &mut body,
        );
        let label = self.func.new_label("back");
        let hi = Expr::Query("len".into(), bar.clone(), Vec::new());
        let kind = LoopKind::Range {
            var,
            lo,
            hi,
            inclusive: false,
            step: None,
            rev: Rev::No,
        };
        out.push(Stmt::Loop { label, kind, body });
    }

    fn reverse_call(
        &mut self,
        dst: &[VarId],
        callee: &Callee,
        args: &[CallArg],
        (lins, bodies): (&[Option<Lin>], &[Scope]),
        pullback: VarId,
        out: &mut Block,
    ) {
        let mut pulled = Vec::new();
        if let Callee::Method { receiver, .. } = callee {
            pulled.push(CallArg {
                arg: Arg::Const(Expr::Lend(receiver.clone())),
                shadows: vec![None],
            });
        }
        let mut returned = Vec::new();
        let mut after = Vec::new();
        let mut taken: Vec<VarId> = Vec::new();
        let mut reversed = self.reverse_lambdas(args, bodies, &mut taken, out, &mut after);
        for (a, lin) in args.iter().zip(lins) {
            let arg = match &a.arg {
                Arg::Ref(p) => Arg::Ref(self.resolved(p)),
                Arg::RefMut(p) => {
                    self.disturb(p);
                    Arg::RefMut(self.resolved(p))
                }
                Arg::Lambda(_) => {
                    let lambda = reversed.next().map(|l| Arg::Lambda(Box::new(l)));
                    pulled.extend(lambda.map(|arg| CallArg {
                        arg,
                        shadows: Vec::new(),
                    }));
                    continue;
                }
                Arg::Function(_) | Arg::Param(_) => {
                    let shadows = Vec::new();
                    let arg = match a.arg {
                        Arg::Param(v) => Arg::Param(self.bar(v)),
                        _ => a.arg.clone(),
                    };
                    pulled.push(CallArg { arg, shadows });
                    continue;
                }
                // The pullback has what it needs of it, and returns its adjoint.
                Arg::Value(_) => {
                    let var = lin
                        .as_ref()
                        .map(|_| self.fresh(HANDED_BACK, Ty::Unknown, false, Role::Local));
                    returned.push(var);
                    if let (Some(v), Some(l)) = (var, lin) {
                        after.push(After::Value(v, l.clone()));
                    }
                    continue;
                }
                other => other.clone(),
            };
            let shadow = match &arg {
                Arg::Ref(p) if self.activity.place(&self.func, p) => {
                    Some(self.lend(p, &mut taken, out, &mut after))
                }
                Arg::RefMut(p) if self.activity.place(&self.func, p) => {
                    taken.push(p.base);
                    Some(Arg::RefMut(self.bar_place(p)))
                }
                Arg::RefMut(p) if !self.func.place_ty(p).is_constant() => {
                    let ty = self.func.place_ty(p).owned();
                    let temp = self.fresh("unused_bar", ty, true, Role::Local);
                    out.push(Stmt::Let {
                        var: temp,
                        init: Some(Expr::ZeroOf(p.clone())),
                    });
                    Some(Arg::RefMut(Place::var(temp)))
                }
                // Constant expressions are borrowed anew.
                _ => None,
            };
            pulled.push(CallArg {
                arg,
                shadows: vec![shadow],
            });
        }
        let seed = dst.iter().map(|v| {
            let bar = self.bar(*v);
            if self.is_shaped_late(*v) {
                let init = Some(self.zero(*v));
                out.push(Stmt::Let { var: bar, init });
            }
            match self.func.parted.get(v) {
                Some(wrapper) => Expr::Copied(CopyKind::Clone, wrapper.value(Place::var(bar))),
                None => Expr::var(bar),
            }
        });
        let seed: Vec<Expr> = seed.collect();
        let through = match callee {
            Callee::Param(v) => Some(self.bar(*v)),
            _ => None,
        };
        out.push(Stmt::Pull {
            dst: returned,
            pullback,
            through,
            args: pulled,
            seed,
        });
        for a in after {
            match a {
                After::Shadow(p, temp) => {
                    let target = self.bar_place(&p);
                    out.push(Stmt::Accumulate {
                        target,
                        source: Expr::var(temp),
                    });
                }
                After::Value(v, lin) => {
                    self.type_argument(v, &lin);
                    self.back(&lin, Expr::var(v), out);
                }
            }
        }
    }

    /// The adjoint of a by-value argument has the type of what was passed.
    fn type_argument(&mut self, v: VarId, lin: &Lin) {
        self.func.vars[v.0].ty = match lin {
            Lin::Leaf(p) | Lin::Copy(_, p) => self.func.place_ty(p),
            Lin::Aggregate(..) | Lin::Repeat(..) => Ty::Unknown,
            _ => Ty::Real(Scalar::Unknown),
        };
    }

    /// A shadow to pass along; where another argument has the same base already, a temporary one.
    fn lend(
        &mut self,
        p: &Place,
        taken: &mut Vec<VarId>,
        out: &mut Block,
        after: &mut Vec<After>,
    ) -> Arg {
        if !taken.contains(&p.base) {
            taken.push(p.base);
            return Arg::RefMut(self.bar_place(p));
        }
        let ty = self.func.place_ty(p).owned();
        let temp = self.fresh("shared_bar", ty, true, Role::Local);
        out.push(Stmt::Let {
            var: temp,
            init: Some(Expr::ZeroOf(p.clone())),
        });
        after.push(After::Shadow(p.clone(), temp));
        Arg::RefMut(Place::var(temp))
    }
}

/// What is left to do when a pullback has run.
pub(super) enum After {
    Shadow(Place, VarId),
    Value(VarId, Lin),
}

/// `place = old`
pub fn put_back(func: &Func, place: &Place, old: VarId) -> Stmt {
    let ty = func.place_ty(place);
    let slice = match &ty {
        Ty::Slice(_) => true,
        Ty::Ref(_, inner) => matches!(**inner, Ty::Slice(_)),
        _ => false,
    };
    if slice {
        let whole = Place::var(old);
        return Stmt::Container {
            place: place.clone(),
            op: ContainerOp::CopyFrom(whole),
            span: place.span,
        };
    }
    let place = &match &ty {
        Ty::Ref(..) => place.clone().with(Proj::Deref),
        _ => place.clone(),
    };
    let value = match ty.is_copy() {
        Some(true) => Expr::var(old),
        _ => Expr::Copied(CopyKind::Clone, Place::var(old)),
    };
    Stmt::Assign {
        place: place.clone(),
        op: None,
        value,
        first: false,
    }
}

fn count_d(e: &Expr) -> usize {
    match e {
        Expr::D => 1,
        Expr::Unary(_, a) | Expr::Cast(a, _) => count_d(a),
        Expr::Binary(_, a, b) => count_d(a) + count_d(b),
        Expr::Rule(_, args) | Expr::Runtime(_, args) => args.iter().map(count_d).sum(),
        Expr::Select(c, a, b) => count_d(c) + count_d(a) + count_d(b),
        _ => 0,
    }
}
