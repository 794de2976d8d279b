//! Wide shadows: a `D` in the place of each real of the shadows, which may be several directions at once or a set of inputs.
//!
//! Shadows are only added, negated, and scaled by reals of the primal. So the code stays as it is, but for zeros, and for products,
//! which begin with the shadow.

use crate::ir::*;
use quote::quote;
use std::collections::{HashMap, HashSet};

/// The scalar zero of a wide shadow.
pub const WIDE_ZERO: &str = "wide_zero_real";

/// The same where it is only added to: negative, as in [`neutral`](super::neutral).
pub const WIDE_NEUTRAL: &str = "wide_neutral_real";

/// A wide zero of the shape of its argument.
pub const WIDE_ZERO_OF: &str = "wide_zero_of";

/// The same, negative, where it is only added to.
pub const WIDE_NEUTRAL_OF: &str = "wide_neutral_of";

/// A choice between wide shadows.
const CHOICE: &str = "choose_wide";

/// How functions of series begin.
const SERIES: &str = "series_";

/// A wide shadow's own type.
pub fn widened(ty: &Ty) -> Ty {
    let inner = |t: &Ty| Box::new(widened(t));
    match ty {
        Ty::Real(_) => Ty::Real(Scalar::Wide),
        Ty::Array(e, n) => Ty::Array(inner(e), n.clone()),
        Ty::Slice(e) => Ty::Slice(inner(e)),
        Ty::Vec(e) => Ty::Vec(inner(e)),
        Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(widened).collect()),
        Ty::Ref(mutable, e) => Ty::Ref(*mutable, inner(e)),
        other => other.clone(),
    }
}

/// Whether the function's own shadows can be wide: it calls nothing but functions by their paths, which all have wide forms, and looks
/// into no struct and no enum, of whose fields nobody knows which are constant.
pub fn can_be_wide(func: &Func, body: &Block) -> bool {
    let mut can = func.wrapper.is_none() && func.endings.is_empty() && func.parted.is_empty();
    walk(body, &mut |s| {
        can &= match s {
            Stmt::Call { callee, args, .. } => is_function(callee) && !takes_function(args),
            _ => true,
        };
    });
    let mut copy = body.clone();
    map_block(&mut copy, &mut |p| {
        let constant = func.var(p.base).ty.is_constant() || func.var(p.base).constant;
        let inside = |x: &Proj| matches!(x, Proj::Payload(_) | Proj::Field(_));
        can &= constant || !p.proj.iter().any(inside);
    });
    walk(body, &mut |s| {
        for e in exprs(s) {
            let mut e = e.clone();
            map_sub_exprs(&mut e, &mut |x| match x {
                Expr::Struct(..) => can = false,
                Expr::Query(name, ..) => can &= name != MATCHES,
                _ => {}
            });
        }
    });
    can
}

/// A path without types: methods, associated functions and operators have no wide forms.
pub fn is_function(callee: &Callee) -> bool {
    let of_type = |c: char| c.is_uppercase() || c == '<';
    let Callee::Path { prefix, .. } = callee else {
        return false;
    };
    let prefix = prefix.to_string();
    !prefix.contains(of_type) && !prefix.contains(":: rt ::")
}

/// Makes shadows wide, in blocks of one function. Known are the shadows of some variables, and the seed.
pub fn widen(
    func: &mut Func,
    shadows: &HashMap<VarId, VarId>,
    seed: Option<VarId>,
    blocks: &mut [&mut Block],
) {
    widen_some(func, shadows, seed, blocks, false);
}

/// Makes the tangents of an adjoint wide. What it adds up itself stays as it is: so several directions share both sweeps.
pub fn widen_again(func: &mut Func, tangents: &HashMap<VarId, VarId>, blocks: &mut [&mut Block]) {
    widen_some(func, tangents, None, blocks, true);
    part_stacks(func, blocks);
}

/// Slices of adjoints and of their tangents are saved on the same stacks, which hold one type: those of tangents get stacks of their own.
fn part_stacks(func: &mut Func, blocks: &mut [&mut Block]) {
    let mut twins: HashMap<VarId, VarId> = HashMap::new();
    for block in blocks.iter() {
        walk(block, &mut |s| {
            if let Stmt::SaveSlice { stack, place } = s
                && func.var(place.base).wide
                && !twins.contains_key(stack)
            {
                let of = func.var(*stack).clone();
                let twin = func.fresh(&format!("{}_dot", of.name), of.ty, of.mutable, of.role);
                twins.insert(*stack, twin);
            }
        });
    }
    for block in blocks {
        use_twins(func, &twins, block);
    }
}

fn use_twins(func: &Func, twins: &HashMap<VarId, VarId>, block: &mut Block) {
    let beside = |vals: &mut Vec<VarId>| {
        let both = |v: &VarId| [Some(*v), twins.get(v).copied()];
        *vals = vals.iter().flat_map(both).flatten().collect();
    };
    let mut out = Vec::with_capacity(block.len());
    for mut s in std::mem::take(block) {
        let mut declared = None;
        match &mut s {
            Stmt::Let { var, init: None } => declared = twins.get(var).copied(),
            Stmt::SaveSlice { stack, place } | Stmt::RestoreSlice { stack, place }
                if func.var(place.base).wide =>
            {
                *stack = twins.get(stack).copied().unwrap_or(*stack);
            }
            Stmt::Push { vals, .. }
            | Stmt::Pop { vals, .. }
            | Stmt::SlotSet { vals, .. }
            | Stmt::IfSlot { vals, .. } => beside(vals),
            _ => {}
        }
        for inner in sub_blocks_mut(&mut s) {
            use_twins(func, twins, inner);
        }
        out.push(s);
        out.extend(declared.map(|var| Stmt::Let { var, init: None }));
    }
    *block = out;
}

fn widen_some(
    func: &mut Func,
    shadows: &HashMap<VarId, VarId>,
    seed: Option<VarId>,
    blocks: &mut [&mut Block],
    twice: bool,
) {
    let mut widening = Widening {
        wide: shadows.values().copied().chain(seed).collect(),
        values: shadows
            .iter()
            .map(|(value, shadow)| (*shadow, *value))
            .collect(),
        generic: func.vars.iter().any(|v| mentions_param(&v.ty)),
        twice,
    };
    widening.find(func, blocks);
    for v in &widening.wide {
        let var = &mut func.vars[v.0];
        var.ty = widened(&var.ty);
        var.wide = true;
    }
    for block in blocks {
        widening.block(block);
        if !twice {
            all_zeros(block);
        }
    }
}

/// Without adjoints beside their tangents, every zero shadow is a wide one.
fn all_zeros(block: &mut Block) {
    map_exprs(block, &mut |e| {
        if let Expr::ZeroOf(p) = e {
            *e = wide_zero_of(p);
        }
    });
}

fn mentions_param(ty: &Ty) -> bool {
    match ty {
        Ty::Real(s) => matches!(s, Scalar::Param(_)),
        Ty::Array(e, _) | Ty::Slice(e) | Ty::Vec(e) | Ty::Ref(_, e) => mentions_param(e),
        Ty::Tuple(parts) => parts.iter().any(mentions_param),
        _ => false,
    }
}

fn wide_zero_of(p: &Place) -> Expr {
    Expr::Runtime(WIDE_ZERO_OF, vec![Expr::Place(p.clone())])
}

struct Widening {
    wide: HashSet<VarId>,
    /// What shadows are those of.
    values: HashMap<VarId, VarId>,
    /// Reals are those of a type parameter: literals have its type.
    generic: bool,
    /// The code has adjoints, which are not wide, and their tangents, which are.
    twice: bool,
}

impl Widening {
    /// Everything that holds what shadows hold is one.
    fn find(&mut self, func: &Func, blocks: &[&mut Block]) {
        loop {
            let before = self.wide.len();
            for (k, var) in func.vars.iter().enumerate() {
                if matches!(&var.role, Role::View(p) if self.wide.contains(&p.base)) {
                    self.wide.insert(VarId(k));
                }
            }
            for block in blocks {
                walk(block, &mut |s| self.learn(s));
            }
            if self.wide.len() == before {
                return;
            }
        }
    }

    fn learn(&mut self, s: &Stmt) {
        match s {
            Stmt::Let { var, init: Some(e) } if self.is_wide(e) => {
                self.wide.insert(*var);
            }
            Stmt::Assign { place, value, .. } if self.is_wide(value) => {
                self.wide.insert(place.base);
            }
            Stmt::Accumulate { target, source } if self.is_wide(source) => {
                self.wide.insert(target.base);
            }
            Stmt::Container { place, op, .. }
                if op.exprs().iter().any(|e| self.is_wide(e))
                    || op.other().is_some_and(|p| self.wide.contains(&p.base)) =>
            {
                self.wide.insert(place.base);
            }
            Stmt::Return(Some(Expr::Tuple(parts))) if !self.twice => {
                if let [_, Expr::Place(p)] = parts.as_slice() {
                    self.wide.insert(p.base);
                }
            }
            Stmt::Call {
                dst,
                args,
                companion: Companion::Tangent,
                ..
            } => {
                self.wide.extend(&dst[dst.len() / 2..]);
                self.learn_shadows(args);
            }
            Stmt::Call {
                dst,
                args,
                companion: Companion::ForwardTangent,
                ..
            } => {
                self.wide.insert(dst[1]);
                self.learn_shadows(args);
            }
            Stmt::Pull {
                dst, args, seed, ..
            } => {
                let step = self.step();
                let results = dst.iter().skip(step - 1).step_by(step);
                self.wide.extend(results.flatten());
                self.learn_shadows(args);
                for e in &seed[self.first_seed(seed.len())..] {
                    if let Expr::Place(p) = e {
                        self.wide.insert(p.base);
                    }
                }
            }
            _ => {}
        }
    }

    /// Seeds stand before their tangents.
    fn first_seed(&self, count: usize) -> usize {
        if self.twice { count / 2 } else { 0 }
    }

    /// An argument's tangent, its adjoint and the tangent of that stand in this order.
    fn step(&self) -> usize {
        if self.twice { 2 } else { 1 }
    }

    fn learn_shadows(&mut self, args: &[CallArg]) {
        let step = self.step();
        let shadows = args.iter().flat_map(|a| a.shadows.iter().step_by(step));
        for s in shadows.flatten() {
            if let Arg::Ref(p) | Arg::RefMut(p) = s {
                self.wide.insert(p.base);
            }
        }
    }

    fn is_wide(&self, e: &Expr) -> bool {
        match e {
            Expr::Place(p) | Expr::Copied(_, p) | Expr::Borrow(_, p) => self.wide.contains(&p.base),
            Expr::Unary(UnOp::Neg, a) | Expr::Cast(a, _) => self.is_wide(a),
            Expr::Binary(op, a, b) if op.is_arithmetic() => self.is_wide(a) || self.is_wide(b),
            Expr::Select(_, a, b) => self.is_wide(a) || self.is_wide(b),
            Expr::Rule("zero_safe", args) => self.is_wide(&args[0]),
            Expr::Runtime(name, _) if name.starts_with(SERIES) => true,
            Expr::Runtime(CHOICE, args) => args[1..].iter().any(|a| self.is_wide(a)),
            Expr::Tuple(parts) | Expr::Array(parts) | Expr::VecOf(parts) => {
                parts.iter().any(|p| self.is_wide(p))
            }
            Expr::Repeat { value, .. } => self.is_wide(value),
            _ => false,
        }
    }

    fn block(&self, block: &mut Block) {
        for s in block {
            self.stmt(s);
            sub_blocks_mut(s).into_iter().for_each(|b| self.block(b));
        }
    }

    fn stmt(&self, s: &mut Stmt) {
        match s {
            // An empty vector may have been made by a path that names its type.
            Stmt::Let {
                var,
                init: Some(Expr::Opaque(o)),
            } if self.wide.contains(var) && matches!(o.ty, Ty::Vec(_)) => {
                let zero = self.values.get(var).map(|v| wide_zero_of(&Place::var(*v)));
                let init = Some(zero.unwrap_or(Expr::VecOf(Vec::new())));
                *s = Stmt::Let { var: *var, init };
            }
            Stmt::Let { var, init: Some(e) } if self.wide.contains(var) => self.expr(e),
            Stmt::Assign { place, value, .. } if self.wide.contains(&place.base) => {
                self.expr(value);
            }
            Stmt::Accumulate { target, source } if self.wide.contains(&target.base) => {
                self.expr(source);
            }
            Stmt::Container {
                place,
                op: ContainerOp::Push(e) | ContainerOp::Fill(e) | ContainerOp::Resize(_, e),
                ..
            } if self.wide.contains(&place.base) => self.expr(e),
            Stmt::Return(Some(Expr::Tuple(parts))) if parts.len() == 2 && !self.twice => {
                self.expr(&mut parts[1]);
            }
            Stmt::Call {
                args,
                companion: Companion::Tangent | Companion::ForwardTangent,
                ..
            } => self.shadows(args),
            Stmt::Pull { args, seed, .. } => {
                self.shadows(args);
                let first = self.first_seed(seed.len());
                seed[first..].iter_mut().for_each(|e| self.expr(e));
            }
            _ => {}
        }
    }

    fn shadows(&self, args: &mut [CallArg]) {
        let step = self.step();
        let shadows = args.iter_mut();
        let shadows = shadows.flat_map(|a| a.shadows.iter_mut().step_by(step));
        for s in shadows.flatten() {
            if let Arg::Value(e) = s {
                self.expr(e);
            }
        }
    }

    /// An expression where a shadow is wanted.
    fn expr(&self, e: &mut Expr) {
        match e {
            Expr::Real(_) => *e = Expr::Runtime(WIDE_ZERO, Vec::new()),
            Expr::ZeroOf(p) => *e = wide_zero_of(p),
            Expr::Tuple(parts) | Expr::Array(parts) | Expr::VecOf(parts) => {
                parts.iter_mut().for_each(|p| self.expr(p));
            }
            Expr::Repeat { value, .. } => self.expr(value),
            // Choices come from rules alone: both sides can be evaluated, and a set is that of both.
            Expr::Select(c, a, b) => {
                [&mut *a, &mut *b].into_iter().for_each(|x| self.expr(x));
                if self.is_wide(a) || self.is_wide(b) {
                    let parts = [c, a, b].map(|x| std::mem::replace(&mut **x, Expr::D));
                    *e = Expr::Runtime(CHOICE, parts.to_vec());
                }
            }
            Expr::Opaque(o) if matches!(o.ty, Ty::Vec(_)) => *e = Expr::VecOf(Vec::new()),
            // Values among the arguments have the type of the result.
            Expr::Runtime(name, args) if name.starts_with(SERIES) => {
                args.iter_mut()
                    .filter(|a| self.is_wide(a))
                    .for_each(|a| self.expr(a));
            }
            // What else has no shadow in it is an integer.
            e if !self.is_wide(e) => {}
            Expr::Unary(_, a) => self.expr(a),
            Expr::Cast(a, _) => {
                self.expr(a);
                *e = std::mem::replace(&mut **a, Expr::D);
            }
            Expr::Binary(BinOp::Mul, a, b) => {
                if !self.is_wide(a) {
                    std::mem::swap(a, b);
                }
                self.expr(a);
                self.factor(b);
            }
            Expr::Binary(BinOp::Div, a, b) => {
                self.expr(a);
                self.factor(b);
            }
            Expr::Binary(_, a, b) => [a, b].into_iter().for_each(|x| self.expr(x)),
            Expr::Rule(_, args) => {
                let mut args = std::mem::take(args);
                self.expr(&mut args[0]);
                self.factor(&mut args[1]);
                *e = Expr::Runtime("zero_safe_wide", args);
            }
            _ => {}
        }
    }

    /// A real of the primal that scales a shadow. Literals alone don't tell which type of real they are.
    fn factor(&self, e: &mut Expr) {
        // Integers stay what they are.
        let mut typed = self.generic || is_integer_literal(e);
        places_of_expr(e, &mut |_| typed = true);
        if !typed {
            let literal = std::mem::replace(e, Expr::D);
            *e = Expr::Cast(Box::new(literal), quote!(f64));
        }
    }
}

fn is_integer_literal(e: &Expr) -> bool {
    match e {
        Expr::Int(_) => true,
        Expr::Opaque(o) => syn::parse2::<syn::LitInt>(o.tokens.clone()).is_ok(),
        _ => false,
    }
}
