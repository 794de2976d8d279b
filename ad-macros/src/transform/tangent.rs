//! Forward mode: every statement is joined by its tangent.

use super::linear::{Lin, Linear, Part, Shape, is_float, substitute};
use super::widen::WIDE_ZERO;
use crate::analysis::activity::Activity;
use crate::ir::*;
use std::collections::HashMap;

/// A function with its tangent statements, and the tangent variable of every active variable.
pub struct Tangent {
    pub func: Func,
    pub dots: HashMap<VarId, VarId>,
    pub activity: Activity,
    /// Tangents are the tails of series.
    pub series: bool,
}

impl Tangent {
    pub fn new(func: Func, activity: Activity) -> Tangent {
        Tangent {
            func,
            dots: HashMap::new(),
            activity,
            series: false,
        }
    }

    /// The tangent variable of a variable, made on first use.
    pub fn dot(&mut self, v: VarId) -> VarId {
        if let Some(d) = self.dots.get(&v) {
            return *d;
        }
        let var = self.func.var(v).clone();
        let role = match &var.role {
            Role::View(place) => {
                let shadow = self.dot_place(&place.clone());
                Role::View(shadow)
            }
            other => other.clone(),
        };
        let base = format!("{}_dot", var.name.trim_start_matches("r#"));
        let d = self.func.fresh(&base, var.ty.clone(), var.mutable, role);
        self.func.vars[d.0].span = var.span;
        self.func.vars[d.0].shadow = var.shadow;
        if var.optional.is_some() || matches!(&var.role, Role::View(_)) && self.base_is_optional(v)
        {
            self.func.vars[d.0].optional = Some(v);
        }
        self.activity.extend(&self.func, false);
        self.dots.insert(v, d);
        d
    }

    /// Whether a view borrows from a tangent that may be left out.
    fn base_is_optional(&self, v: VarId) -> bool {
        let root = self.func.root(&Place::var(v));
        self.dots
            .get(&root)
            .is_some_and(|d| self.func.var(*d).optional.is_some())
    }

    pub fn dot_place(&mut self, p: &Place) -> Place {
        Place {
            base: self.dot(p.base),
            proj: p.proj.clone(),
            span: p.span,
        }
    }

    pub fn block(&mut self, stmts: Block) -> Block {
        let mut out = Vec::new();
        for s in stmts {
            self.stmt(s, &mut out);
        }
        out
    }

    fn linear(&mut self, e: Expr, result: Option<VarId>, out: &mut Block) -> (Expr, Option<Lin>) {
        let mut linear = Linear {
            func: &mut self.func,
            activity: &mut self.activity,
            prelude: Vec::new(),
            apart: true,
            reverse: false,
            doubtful: false,
            series: self.series,
        };
        let found = linear.run(e, result);
        let prelude = linear.prelude;
        match self.series {
            true => prelude.into_iter().for_each(|s| self.stmt(s, out)),
            false => out.extend(prelude),
        }
        found
    }

    fn stmt(&mut self, s: Stmt, out: &mut Block) {
        match s {
            Stmt::Let { var, init } if self.activity.var(var) => self.let_stmt(var, init, out),
            Stmt::Assign {
                place,
                op,
                value,
                first,
            } if self.activity.place(&self.func, &place) => {
                self.assign(place, op, value, first, out);
            }
            Stmt::If { cond, then, els } => {
                let (then, els) = (self.block(then), self.block(els));
                out.push(Stmt::If { cond, then, els });
            }
            Stmt::IfSlot {
                slot,
                vals,
                then,
                els,
            } => {
                let vals = self.with_dots(vals);
                let (then, els) = (self.block(then), self.block(els));
                out.push(Stmt::IfSlot {
                    slot,
                    vals,
                    then,
                    els,
                });
            }
            Stmt::Loop { label, kind, body } => {
                let body = self.block(body);
                out.push(Stmt::Loop { label, kind, body });
            }
            Stmt::Labeled { label, body } => {
                let body = self.block(body);
                out.push(Stmt::Labeled { label, body });
            }
            Stmt::Rest(body) => out.extend(self.block(body)),
            Stmt::Return(Some(e)) => self.return_stmt(e, out),
            Stmt::Call { .. } | Stmt::Pull { .. } => self.call(s, out),
            Stmt::Container { place, op, span } => self.container(place, op, span, out),
            Stmt::Push { stack, vals } => out.push(Stmt::Push {
                stack,
                vals: self.with_dots(vals),
            }),
            Stmt::Pop { stack, vals } => out.push(Stmt::Pop {
                stack,
                vals: self.with_dots(vals),
            }),
            Stmt::SlotSet { slot, vals } => out.push(Stmt::SlotSet {
                slot,
                vals: self.with_dots(vals),
            }),
            Stmt::Accumulate { target, source } if self.activity.place(&self.func, &target) => {
                self.accumulate(target, source, out);
            }
            Stmt::SaveSlice { stack, place } => {
                let dot = self
                    .activity
                    .place(&self.func, &place)
                    .then(|| self.dot_place(&place));
                out.push(Stmt::SaveSlice { stack, place });
                out.extend(dot.map(|place| Stmt::SaveSlice { stack, place }));
            }
            Stmt::RestoreSlice { stack, place } => {
                let dot = self
                    .activity
                    .place(&self.func, &place)
                    .then(|| self.dot_place(&place));
                out.extend(dot.map(|place| Stmt::RestoreSlice { stack, place }));
                out.push(Stmt::RestoreSlice { stack, place });
            }
            Stmt::SetZero(p) => {
                if self.activity.place(&self.func, &p) {
                    let dot = self.dot_place(&p);
                    out.push(Stmt::SetZero(dot));
                }
                out.push(Stmt::SetZero(p));
            }
            other => out.push(other),
        }
    }

    /// Records hold tangents right beside their values.
    fn with_dots(&mut self, vals: Vec<VarId>) -> Vec<VarId> {
        let mut all = Vec::new();
        for v in vals {
            all.push(v);
            if self.activity.var(v)
                && !matches!(
                    self.func.var(v).role,
                    Role::Pullback | Role::Slot | Role::Stack | Role::Keeper
                )
            {
                all.push(self.dot(v));
            }
        }
        all
    }

    fn let_stmt(&mut self, var: VarId, init: Option<Expr>, out: &mut Block) {
        let Some(e) = init else {
            let dot = self.dot(var);
            out.push(Stmt::Let { var, init: None });
            out.push(Stmt::Let {
                var: dot,
                init: None,
            });
            return;
        };
        if let Expr::Borrow(mutable, place) = e {
            let shadow = self.dot_place(&place);
            let dot = self.dot(var);
            if self.func.var(shadow.base).optional.is_some()
                && self.func.var(dot).optional.is_none()
            {
                self.func.vars[dot.0].optional = Some(var);
            }
            out.push(Stmt::Let {
                var: dot,
                init: Some(Expr::Borrow(mutable, shadow)),
            });
            out.push(Stmt::Let {
                var,
                init: Some(Expr::Borrow(mutable, place)),
            });
            return;
        }
        // A move of a container takes its tangent along, before it is gone.
        let moved = matches!(&e, Expr::Place(p) if self.func.place_ty(p).is_copy() != Some(true));
        let shape = e.clone();
        let (value, lin) = self.linear(e, Some(var), out);
        if let Some(Lin::Aggregate(Shape::Struct(ctor, _), parts)) = &lin
            && ctor.is_variant()
        {
            return self.let_variant(var, value, ctor, parts, out);
        }
        let tangent = match lin {
            Some(lin) => self.apply(&lin),
            None => self.zero_of_whole(&shape, var),
        };
        let moved = moved || is_shaped_by_others(&tangent, var);
        let dot = self.dot(var);
        let value = Stmt::Let {
            var,
            init: Some(value),
        };
        let tangent = Stmt::Let {
            var: dot,
            init: Some(tangent),
        };
        if moved {
            out.extend([tangent, value]);
        } else {
            out.extend([value, tangent]);
        }
    }

    /// The tangent of a variant is the value's zero shadow, with the tangents of what it holds put in.
    fn let_variant(
        &mut self,
        var: VarId,
        value: Expr,
        ctor: &Ctor,
        parts: &[(Option<Lin>, Expr)],
        out: &mut Block,
    ) {
        out.push(Stmt::Let {
            var,
            init: Some(value),
        });
        let dot = self.dot(var);
        self.func.vars[dot.0].mutable = true;
        out.push(Stmt::Let {
            var: dot,
            init: Some(Expr::ZeroOf(Place::var(var))),
        });
        for (field, (lin, _)) in ctor.fields.iter().zip(parts) {
            if let Some(lin) = lin {
                let value = self.apply(lin);
                out.push(Stmt::Assign {
                    place: Place::var(dot).with(field.clone()),
                    op: None,
                    value,
                    first: false,
                });
            }
        }
    }

    /// The tangent of a variable whose value depends on no input. How long a vector is that kept code makes, only the vector tells.
    fn zero_of_whole(&mut self, e: &Expr, var: VarId) -> Expr {
        let is_vector = matches!(self.func.var(var).ty, Ty::Vec(_));
        match e {
            Expr::Opaque(o) if is_vector && !is_new_vector(o) => Expr::ZeroOf(Place::var(var)),
            e => self.zero_of_value(e, var),
        }
    }

    /// The tangent of a value that depends on no input: zeros of its shape.
    fn zero_of_value(&mut self, e: &Expr, var: VarId) -> Expr {
        match e {
            Expr::ZeroOf(_) => e.clone(),
            e if is_integer(e, &self.func) => Expr::Int(0),
            Expr::Repeat { value, len, vec } => {
                let inner = self.zero_of_value(value, var);
                Expr::Repeat {
                    value: Box::new(inner),
                    len: len.clone(),
                    vec: *vec,
                }
            }
            Expr::Array(parts) => {
                Expr::Array(parts.iter().map(|p| self.zero_of_value(p, var)).collect())
            }
            Expr::VecOf(parts) => {
                Expr::VecOf(parts.iter().map(|p| self.zero_of_value(p, var)).collect())
            }
            Expr::Tuple(parts) if !parts.is_empty() => {
                Expr::Tuple(parts.iter().map(|p| self.zero_of_value(p, var)).collect())
            }
            Expr::Opaque(o) if is_new_vector(o) => e.clone(),
            e if is_discrete(e, &self.func) => e.clone(),
            Expr::Place(p) if !p.is_var() && !self.func.place_ty(p).is_real() => {
                Expr::ZeroOf(p.clone())
            }
            Expr::Place(p) if matches!(self.func.place_ty(p), Ty::Unknown) => {
                Expr::ZeroOf(p.clone())
            }
            _ => match self.func.var(var).ty.peel().clone() {
                Ty::Real(_) | Ty::Array(..) | Ty::Vec(_) | Ty::Slice(_) | Ty::Tuple(_)
                    if is_scalar_like(e, &self.func) =>
                {
                    Expr::Real(0.0)
                }
                Ty::Real(_) => Expr::Real(0.0),
                _ => Expr::ZeroOf(Place::var(var)),
            },
        }
    }

    fn assign(
        &mut self,
        place: Place,
        op: Option<BinOp>,
        value: Expr,
        first: bool,
        out: &mut Block,
    ) {
        let shape = value.clone();
        let moved =
            matches!(&value, Expr::Place(p) if self.func.place_ty(p).is_copy() == Some(false));
        let (value, lin) = self.linear(value, None, out);
        let dot = self.dot_place(&place);
        let tangent = match lin {
            Some(lin) => Some(self.apply(&lin)),
            None if op.is_some() => None,
            None => Some(self.zero_of_place(&shape, &place)),
        };
        let after = matches!(tangent, Some(Expr::ZeroOf(_))) && !moved;
        let tangent = tangent.map(|t| Stmt::Assign {
            place: dot,
            op,
            value: t,
            first,
        });
        let primal = Stmt::Assign {
            place,
            op,
            value,
            first,
        };
        if after {
            out.push(primal);
            out.extend(tangent);
        } else {
            out.extend(tangent);
            out.push(primal);
        }
    }

    fn zero_of_place(&mut self, e: &Expr, place: &Place) -> Expr {
        match self.func.place_ty(place) {
            Ty::Real(_) => Expr::Real(0.0),
            Ty::Unknown if !place.is_var() => Expr::ZeroOf(place.clone()),
            _ => match e {
                Expr::Repeat { .. }
                | Expr::Array(_)
                | Expr::VecOf(_)
                | Expr::Opaque(_)
                | Expr::Tuple(_) => self.zero_of_whole(e, place.base),
                _ => Expr::ZeroOf(place.clone()),
            },
        }
    }

    fn return_stmt(&mut self, e: Expr, out: &mut Block) {
        let ret = self.func.ret.clone();
        let shape = e.clone();
        let (value, lin) = self.linear(e, None, out);
        let tangent = match lin {
            Some(lin) => self.apply(&lin),
            None => match (&ret, &shape) {
                (Ty::Real(_), _) => Expr::Real(0.0),
                (_, Expr::Repeat { .. } | Expr::Array(_) | Expr::VecOf(_)) => {
                    let temp = self.func.fresh("value", ret.element(), false, Role::Temp);
                    self.zero_of_value(&shape, temp)
                }
                (Ty::Tuple(_), Expr::Tuple(parts)) => {
                    let zeros = parts.iter().map(|p| self.zero_component(p)).collect();
                    Expr::Tuple(zeros)
                }
                (t, Expr::Place(p)) if t.is_constant() && t.is_copy() != Some(true) => {
                    Expr::Copied(CopyKind::Clone, p.clone())
                }
                (t, e) if t.is_constant() => e.clone(),
                (_, Expr::Place(p) | Expr::Copied(_, p)) => Expr::ZeroOf(p.clone()),
                _ => return self.return_constant(value, out),
            },
        };
        // The tangent is computed first where it takes its shape from what is moved into the value.
        let mut shaped = false;
        let mut copy = tangent.clone();
        map_sub_exprs(&mut copy, &mut |e| {
            shaped |= matches!(e, Expr::ZeroOf(_) | Expr::Copied(..))
        });
        if !shaped {
            out.push(Stmt::Return(Some(Expr::Tuple(vec![value, tangent]))));
            return;
        }
        let dot = self.func.fresh("value_dot", ret, false, Role::Temp);
        out.push(Stmt::Let {
            var: dot,
            init: Some(tangent),
        });
        out.push(Stmt::Return(Some(Expr::Tuple(vec![value, Expr::var(dot)]))));
    }

    /// A result without derivative: zeros of its shape.
    fn return_constant(&mut self, value: Expr, out: &mut Block) {
        let var = self.named(value, out);
        let zero = Expr::ZeroOf(Place::var(var));
        let ret = self.func.ret.clone();
        let dot = self.func.fresh("value_dot", ret.clone(), false, Role::Temp);
        self.func.vars[var.0].ty = ret;
        out.push(Stmt::Let {
            var: dot,
            init: Some(zero),
        });
        let both = Expr::Tuple(vec![Expr::var(var), Expr::var(dot)]);
        out.push(Stmt::Return(Some(both)));
    }

    fn named(&mut self, value: Expr, out: &mut Block) -> VarId {
        let var = self.func.fresh("value", Ty::Unknown, false, Role::Temp);
        self.activity.extend(&self.func, false);
        out.push(Stmt::Let {
            var,
            init: Some(value),
        });
        var
    }

    /// Zeros of the shape of a value that has no derivative.
    fn zero_component(&mut self, e: &Expr) -> Expr {
        match e {
            e if is_integer(e, &self.func) => Expr::Int(0),
            Expr::Place(p) if !self.func.place_ty(p).is_real() => Expr::ZeroOf(p.clone()),
            Expr::Copied(_, p) => Expr::ZeroOf(p.clone()),
            Expr::ZeroOf(_) => e.clone(),
            Expr::Opaque(o) if o.ty.is_constant() || is_new_vector(o) => e.clone(),
            Expr::Array(parts) => {
                Expr::Array(parts.iter().map(|p| self.zero_component(p)).collect())
            }
            Expr::VecOf(parts) => {
                Expr::VecOf(parts.iter().map(|p| self.zero_component(p)).collect())
            }
            Expr::Tuple(parts) => {
                Expr::Tuple(parts.iter().map(|p| self.zero_component(p)).collect())
            }
            Expr::Repeat { value, len, vec } => {
                let value = Box::new(self.zero_component(value));
                Expr::Repeat {
                    value,
                    len: len.clone(),
                    vec: *vec,
                }
            }
            Expr::Query(..) => e.clone(),
            e if is_discrete(e, &self.func) => e.clone(),
            _ => Expr::Real(0.0),
        }
    }

    fn accumulate(&mut self, target: Place, source: Expr, out: &mut Block) {
        let dot = self.dot_place(&target);
        if let Expr::Place(p) = &source
            && self.activity.place(&self.func, p)
        {
            let source_dot = self.dot_place(p);
            out.push(Stmt::Accumulate {
                target: dot,
                source: Expr::Place(source_dot),
            });
        }
        out.push(Stmt::Accumulate { target, source });
    }

    fn container(
        &mut self,
        place: Place,
        op: ContainerOp,
        span: proc_macro2::Span,
        out: &mut Block,
    ) {
        if !self.activity.place(&self.func, &place) {
            out.push(Stmt::Container { place, op, span });
            return;
        }
        let dot = self.dot_place(&place);
        let of_reals = self.func.place_ty(&place).element().is_real();
        let mut tangent_of = |this: &mut Self, e: Expr| {
            let shape = e.clone();
            let (value, lin) = this.linear(e, None, out);
            let tangent = match (lin, &shape) {
                (Some(l), _) => this.apply(&l),
                (None, _) if of_reals => Expr::Real(0.0),
                (None, Expr::Opaque(o)) if matches!(o.ty, Ty::Unknown) => {
                    let var = this.named(value, out);
                    return (Expr::var(var), Expr::ZeroOf(Place::var(var)));
                }
                (None, _) => this.zero_component(&shape),
            };
            (value, tangent)
        };
        let (op, dot_op) = match op {
            ContainerOp::Push(e) => {
                let (value, tangent) = tangent_of(self, e);
                (ContainerOp::Push(value), ContainerOp::Push(tangent))
            }
            ContainerOp::Fill(e) => {
                let (value, tangent) = tangent_of(self, e);
                (ContainerOp::Fill(value), ContainerOp::Fill(tangent))
            }
            ContainerOp::Resize(n, e) => {
                let (value, tangent) = tangent_of(self, e);
                (
                    ContainerOp::Resize(n.clone(), value),
                    ContainerOp::Resize(n, tangent),
                )
            }
            ContainerOp::CopyFrom(source) => {
                if self.activity.place(&self.func, &source) {
                    let source_dot = self.dot_place(&source);
                    (
                        ContainerOp::CopyFrom(source),
                        ContainerOp::CopyFrom(source_dot),
                    )
                } else {
                    out.push(Stmt::SetZero(dot));
                    out.push(Stmt::Container {
                        place,
                        op: ContainerOp::CopyFrom(source),
                        span,
                    });
                    return;
                }
            }
            ContainerOp::Exchange(other) => {
                let other_dot = self.dot_place(&other);
                (
                    ContainerOp::Exchange(other),
                    ContainerOp::Exchange(other_dot),
                )
            }
            other => (other.clone(), other),
        };
        out.push(Stmt::Container {
            place: dot,
            op: dot_op,
            span,
        });
        out.push(Stmt::Container { place, op, span });
    }

    fn call(&mut self, s: Stmt, out: &mut Block) {
        match s {
            Stmt::Call {
                dst,
                callee,
                args,
                companion,
                boxed,
                span,
            } => {
                let active = match companion {
                    Companion::Primal => {
                        takes_function(&args) || self.carries_tangents(&dst, &callee, &args)
                    }
                    _ => true,
                };
                if !active {
                    let fresh: Vec<VarId> = dst.clone();
                    out.push(Stmt::Call {
                        dst,
                        callee,
                        args,
                        companion,
                        boxed,
                        span,
                    });
                    for v in fresh {
                        if self.activity.var(v) {
                            let dot = self.dot(v);
                            out.push(Stmt::Let {
                                var: dot,
                                init: Some(Expr::ZeroOf(Place::var(v))),
                            });
                        }
                    }
                    return;
                }
                let args = args.into_iter().map(|a| self.call_arg(a, out)).collect();
                let (companion, dst) = match companion {
                    Companion::Primal => {
                        let dots: Vec<VarId> = dst.iter().map(|&v| self.dot(v)).collect();
                        (Companion::Tangent, dst.into_iter().chain(dots).collect())
                    }
                    _ => {
                        let dot = self.dot(dst[0]);
                        (Companion::ForwardTangent, vec![dst[0], dot, dst[1]])
                    }
                };
                out.push(Stmt::Call {
                    dst,
                    callee,
                    args,
                    companion,
                    boxed,
                    span,
                });
            }
            Stmt::Pull {
                dst,
                pullback,
                through,
                args,
                seed,
            } => {
                let args = args.into_iter().map(|a| self.call_arg(a, out)).collect();
                let mut both = Vec::new();
                for d in dst {
                    both.push(d);
                    both.push(d.map(|v| self.dot(v)));
                }
                let mut seeds = seed.clone();
                for e in seed {
                    let shape = e.clone();
                    let (_, lin) = self.linear(e, None, out);
                    seeds.push(match (lin, &shape) {
                        (Some(l), _) => self.apply(&l),
                        // The seed is given away before the next argument is made.
                        (None, Expr::Place(p)) if !self.func.place_ty(p).is_real() => {
                            let zero = self.zero_component(&shape);
                            Expr::var(self.named(zero, out))
                        }
                        (None, _) => self.zero_component(&shape),
                    });
                }
                out.push(Stmt::Pull {
                    dst: both,
                    pullback,
                    through,
                    args,
                    seed: seeds,
                });
            }
            other => out.push(other),
        }
    }

    /// Whether a tangent goes into a call and some may come out.
    fn carries_tangents(&self, dst: &[VarId], callee: &Callee, args: &[CallArg]) -> bool {
        let active = |a: &&CallArg| self.activity.arg(&self.func, &a.arg);
        let written = |a: &CallArg| matches!(a.arg, Arg::RefMut(_));
        self.activity.call(&self.func, callee, args)
            && (dst.iter().any(|v| self.activity.var(*v))
                || args.iter().filter(active).any(written))
    }

    /// Joins an argument, and the shadow that it already has, by their tangents.
    fn call_arg(&mut self, a: CallArg, out: &mut Block) -> CallArg {
        let mut arg = a.arg;
        match arg {
            Arg::Lambda(l) => {
                let arg = Arg::Lambda(Box::new(self.lambda(*l)));
                let shadows = Vec::new();
                return CallArg { arg, shadows };
            }
            Arg::Function(_) | Arg::Param(_) => {
                let shadows = Vec::new();
                return CallArg { arg, shadows };
            }
            _ => {}
        }
        let mut shadows = vec![self.arg_tangent(&mut arg, out)];
        for s in a.shadows {
            match s {
                Some(mut s) => {
                    let tangent = self.arg_tangent(&mut s, out);
                    shadows.push(Some(s));
                    shadows.push(tangent);
                }
                None => shadows.extend([None, None]),
            }
        }
        CallArg { arg, shadows }
    }

    /// A closure takes the tangents of what it is given, and hands out those of what it makes.
    fn lambda(&mut self, l: Lambda) -> Lambda {
        let mut body = self.block(l.body);
        let mut params = Vec::new();
        for p in l.params {
            let mut shadows = vec![self.activity.var(p.var).then(|| self.dot(p.var))];
            for s in p.shadows {
                let dot = s.filter(|s| self.activity.var(*s)).map(|s| self.dot(s));
                shadows.extend([s, dot]);
            }
            params.push(LambdaParam {
                var: p.var,
                shadows,
            });
        }
        let mut results = Vec::new();
        for v in l.results {
            let dot = self.dot(v);
            if !self.activity.var(v) {
                let init = match self.func.var(v).ty {
                    Ty::Real(_) => Expr::Real(0.0),
                    _ => Expr::ZeroOf(Place::var(v)),
                };
                body.push(Stmt::Let {
                    var: dot,
                    init: Some(init),
                });
            }
            results.extend([v, dot]);
        }
        let sweep = match l.sweep {
            Sweep::Alone => Sweep::Alone,
            Sweep::Forward(record) => Sweep::Forward(self.with_dots(record)),
            Sweep::Reverse { record, seeds } => {
                let record = self.with_dots(record);
                let seeds = seeds.into_iter().flat_map(|v| [v, self.dot(v)]).collect();
                Sweep::Reverse { record, seeds }
            }
        };
        Lambda {
            params,
            body,
            results,
            wrapper: l.wrapper,
            sweep,
        }
    }

    fn arg_tangent(&mut self, a: &mut Arg, out: &mut Block) -> Option<Arg> {
        match a {
            Arg::Value(e) => {
                let (value, lin) = self.linear(e.clone(), None, out);
                *e = value;
                lin.map(|l| Arg::Value(self.apply(&l)))
            }
            Arg::Ref(p) if self.activity.place(&self.func, p) => Some(Arg::Ref(self.dot_place(p))),
            Arg::RefMut(p) if self.activity.place(&self.func, p) => {
                Some(Arg::RefMut(self.dot_place(p)))
            }
            // The callee wants to write a tangent, whether anyone reads it or not.
            Arg::RefMut(p) if !self.func.place_ty(p).is_constant() => {
                let ty = self.func.place_ty(p).owned();
                let unused = self.func.fresh("unused_dot", ty, true, Role::Local);
                self.activity.extend(&self.func, false);
                out.push(Stmt::Let {
                    var: unused,
                    init: Some(Expr::ZeroOf(p.clone())),
                });
                Some(Arg::RefMut(Place::var(unused)))
            }
            _ => None,
        }
    }

    /// The tangent that a linear map gives.
    fn apply(&mut self, lin: &Lin) -> Expr {
        match lin {
            Lin::Leaf(p) => Expr::Place(self.dot_place(p)),
            Lin::Copy(kind, p) => Expr::Copied(*kind, self.dot_place(p)),
            Lin::Scale(formula, inner) => {
                let inner = self.apply(inner);
                substitute(formula, &inner)
            }
            Lin::Sum(terms) => self.apply_sum(terms),
            Lin::Curve(name, parts) => {
                let part = |part: &Part| match part {
                    Part::Value(e) => e.clone(),
                    Part::Tail(Some(lin)) => self.apply(lin),
                    Part::Tail(None) => Expr::Runtime(WIDE_ZERO, Vec::new()),
                };
                Expr::Runtime(name, parts.iter().map(part).collect())
            }
            Lin::Repeat(inner, len, vec) => {
                let value = Box::new(self.apply(inner));
                Expr::Repeat {
                    value,
                    len: Box::new(len.clone()),
                    vec: *vec,
                }
            }
            Lin::Aggregate(Shape::Struct(ctor, var), parts) => self.apply_struct(ctor, *var, parts),
            Lin::Aggregate(shape, parts) => {
                let parts = parts
                    .iter()
                    .map(|(l, value)| match l {
                        Some(l) => self.apply(l),
                        None => self.zero_component(value),
                    })
                    .collect();
                match shape {
                    Shape::Tuple | Shape::Struct(..) => Expr::Tuple(parts),
                    Shape::Array => Expr::Array(parts),
                    Shape::Vec => Expr::VecOf(parts),
                }
            }
        }
    }

    /// The tangent of a sum of products is two sums of the primal's own shape, `(ȧ·b + ċ) + (a·ḃ)`: what rustc
    /// vectorises in the primal it vectorises in both.
    fn apply_sum(&mut self, terms: &[(bool, Lin)]) -> Expr {
        let products = terms.iter().filter(|(_, l)| l.is_pair()).count();
        let (mut sum, mut other) = (None, None);
        for (negative, l) in terms {
            match l {
                Lin::Sum(pair) if l.is_pair() => {
                    for (k, (n, l)) in pair.iter().enumerate() {
                        let term = self.apply(l);
                        let into = if k > 0 && products > 1 {
                            &mut other
                        } else {
                            &mut sum
                        };
                        add_term(into, n != negative, term);
                    }
                }
                l => {
                    let term = self.apply(l);
                    add_term(&mut sum, *negative, term);
                }
            }
        }
        match (sum, other) {
            (Some(a), Some(b)) => Expr::bin(BinOp::Add, a, b),
            (sum, other) => sum.or(other).unwrap_or(Expr::Real(0.0)),
        }
    }

    /// Fields without derivative are those of the value's zero shadow, constants included.
    fn apply_struct(&mut self, ctor: &Ctor, var: VarId, parts: &[(Option<Lin>, Expr)]) -> Expr {
        let (mut fields, mut tangents) = (Vec::new(), Vec::new());
        for (field, (lin, _)) in ctor.fields.iter().zip(parts) {
            if let Some(lin) = lin {
                fields.push(field.clone());
                tangents.push(self.apply(lin));
            }
        }
        tangents.push(Expr::ZeroOf(Place::var(var)));
        let path = ctor.path.clone();
        Expr::Struct(Ctor { path, fields }, tangents)
    }
}

/// Whether zeros in the tangent of a variable take their shape from what its value may move into it.
fn is_shaped_by_others(tangent: &Expr, var: VarId) -> bool {
    let mut shaped = false;
    map_sub_exprs(&mut tangent.clone(), &mut |e| {
        shaped |= matches!(e, Expr::ZeroOf(p) if p.base != var);
    });
    shaped
}

fn add_term(sum: &mut Option<Expr>, negative: bool, term: Expr) {
    *sum = Some(match (sum.take(), negative) {
        (None, false) => term,
        (None, true) => term.neg(),
        (Some(s), false) => Expr::bin(BinOp::Add, s, term),
        (Some(s), true) => Expr::bin(BinOp::Sub, s, term),
    });
}

/// Whether an expression is known to be an integer: its tangent is one too.
fn is_integer(e: &Expr, func: &Func) -> bool {
    match e {
        Expr::Int(_) => true,
        Expr::Query(name, ..) => name == "len",
        Expr::Opaque(o) => matches!(o.ty, Ty::Int),
        Expr::Place(p) => matches!(func.place_ty(p), Ty::Int),
        Expr::Binary(op, a, b) => {
            op.is_arithmetic() && (is_integer(a, func) || is_integer(b, func))
        }
        _ => false,
    }
}

fn is_scalar_like(e: &Expr, func: &Func) -> bool {
    match e {
        Expr::Place(p) => func.place_ty(p).is_real(),
        Expr::Copied(..) => false,
        Expr::Opaque(o) => matches!(o.ty, Ty::Real(_) | Ty::Unknown | Ty::Int),
        _ => true,
    }
}

/// Integers and answers to questions: what stands for them in a shadow is themselves.
fn is_discrete(e: &Expr, func: &Func) -> bool {
    match e {
        Expr::Int(_) | Expr::Query(..) => true,
        Expr::Place(p) => matches!(func.place_ty(p), Ty::Int | Ty::Bool),
        Expr::Opaque(o) => matches!(o.ty, Ty::Int | Ty::Bool),
        Expr::Unary(_, a) => is_discrete(a, func),
        Expr::Cast(_, ty) => !is_float(ty),
        Expr::Binary(op, ..) if op.is_comparison() => true,
        Expr::Binary(_, a, b) => is_discrete(a, func) && is_discrete(b, func),
        _ => false,
    }
}

/// Whether kept code makes a vector in which there is nothing yet, so that its zero is made in the same way.
fn is_new_vector(o: &Opaque) -> bool {
    fn is_new(e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Call(c) => match &*c.func {
                syn::Expr::Path(p) => p.path.segments.last().is_some_and(|s| {
                    ["new", "with_capacity", "default"].contains(&s.ident.to_string().as_str())
                }),
                _ => false,
            },
            syn::Expr::Macro(m) => m.mac.path.is_ident("vec") && m.mac.tokens.is_empty(),
            // With the type that is written on its `let`.
            syn::Expr::Block(b) => match b.block.stmts.as_slice() {
                [syn::Stmt::Local(l), _] => l.init.as_ref().is_some_and(|i| is_new(&i.expr)),
                _ => false,
            },
            _ => false,
        }
    }
    matches!(o.ty, Ty::Vec(_)) && syn::parse2(o.tokens.clone()).is_ok_and(|e| is_new(&e))
}
