//! Activity: a variable is active if it depends on an active input and influences an active output.

use crate::diagnostics::{Code, Errors, code};
use crate::ir::*;
use crate::transform::linear::{is_float, real_reads};

/// The facts of the analysis.
#[derive(Clone, Debug)]
pub struct Activity(Vec<bool>);

impl Activity {
    pub fn var(&self, v: VarId) -> bool {
        self.0.get(v.0).copied().unwrap_or(false)
    }

    pub fn place(&self, func: &Func, p: &Place) -> bool {
        self.var(func.root(p)) && !func.place_ty(p).is_constant()
    }

    /// Whether some real operand of the expression is active.
    pub fn expr(&self, func: &Func, e: &Expr) -> bool {
        let mut any = false;
        real_reads(e, &mut |p| any |= self.place(func, p));
        any
    }

    /// Whether kept code mentions something active.
    pub fn kept(&self, func: &Func, o: &Opaque) -> bool {
        o.reads.iter().any(|v| self.var(func.root(&Place::var(*v))))
    }

    pub fn arg(&self, func: &Func, a: &Arg) -> bool {
        match a {
            Arg::Value(e) => self.expr(func, e),
            Arg::Ref(p) | Arg::RefMut(p) => self.place(func, p),
            Arg::Const(_) => false,
            Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_) => true,
        }
    }

    /// Whether a call is differentiated.
    pub fn call(&self, func: &Func, callee: &Callee, args: &[CallArg]) -> bool {
        matches!(callee, Callee::Param(v) if self.var(*v))
            || args.iter().any(|a| self.arg(func, &a.arg))
    }

    /// Marks variables that a transformation has introduced.
    pub fn extend(&mut self, func: &Func, active: bool) {
        self.0.resize(func.vars.len(), active);
    }
}

/// Flow of real values between variables: `(from, to)`.
fn edges(func: &Func, settled: &[VarId]) -> Vec<(VarId, VarId)> {
    let mut edges = Vec::new();
    walk(&func.body, &mut |s| flow(func, s, settled, &mut edges));
    edges
}

/// Constants that nothing can change once they are made: they are not declared `mut`, and nothing that can be changed went into them.
fn settled(func: &Func) -> Vec<VarId> {
    let mut settled = Vec::new();
    walk(&func.body, &mut |s| {
        if let Stmt::Let {
            var,
            init: Some(Expr::Opaque(o)),
        } = s
        {
            let fixed = |v: &VarId| {
                let var = func.var(*v);
                let lent = matches!(var.ty, Ty::Ref(true, _));
                !var.mutable && !lent && (matches!(var.role, Role::Param) || settled.contains(v))
            };
            if !func.var(*var).mutable && !lends_mutably(&o.tokens) && o.reads.iter().all(fixed) {
                settled.push(*var);
            }
        }
    });
    settled
}

fn lends_mutably(tokens: &proc_macro2::TokenStream) -> bool {
    tokens.clone().into_iter().any(|t| match t {
        proc_macro2::TokenTree::Group(g) => lends_mutably(&g.stream()),
        proc_macro2::TokenTree::Ident(i) => i == "mut",
        _ => false,
    })
}

fn flow(func: &Func, s: &Stmt, settled: &[VarId], edges: &mut Vec<(VarId, VarId)>) {
    let mut connect = |e: &Expr, to: VarId| real_reads(e, &mut |p| edges.push((func.root(p), to)));
    match s {
        Stmt::Let { var, init: Some(e) } => connect(e, *var),
        Stmt::Assign { place, value, .. } => connect(value, func.root(place)),
        Stmt::Container { place, op, .. } => match op {
            ContainerOp::Push(e) | ContainerOp::Fill(e) | ContainerOp::Resize(_, e) => {
                connect(e, func.root(place))
            }
            ContainerOp::CopyFrom(p) => edges.push((func.root(p), func.root(place))),
            ContainerOp::Exchange(p) => {
                let (a, b) = (func.root(place), func.root(p));
                edges.extend([(a, b), (b, a)]);
            }
            _ => {}
        },
        Stmt::Accumulate { target, source } => connect(source, func.root(target)),
        Stmt::Pull {
            dst,
            args,
            seed,
            pullback,
            through,
        } => {
            let mut sources = vec![*pullback];
            sources.extend(through);
            seed.iter()
                .for_each(|e| real_reads(e, &mut |p| sources.push(func.root(p))));
            let mut targets: Vec<VarId> = dst.iter().flatten().copied().collect();
            // What a function has captured gets its share where nobody sees it.
            targets.extend(through);
            for a in args
                .iter()
                .flat_map(|a| std::iter::once(&a.arg).chain(a.shadows.iter().flatten()))
            {
                if let Arg::Ref(p) | Arg::RefMut(p) = a {
                    sources.push(func.root(p));
                }
                if let Arg::RefMut(p) = a {
                    targets.push(func.root(p));
                }
            }
            through_lambdas(func, args, &mut sources, &mut targets);
            for &t in &targets {
                edges.extend(sources.iter().map(|&s| (s, t)));
            }
        }
        Stmt::Effect(o) => edges.extend(hidden_flow(func, o)),
        Stmt::Call {
            dst, args, callee, ..
        } => {
            let mut sources = Vec::new();
            let mut targets: Vec<VarId> = dst.clone();
            // A receiver may keep what it is given.
            let keeps = receiver_roots(func, callee, args).into_iter();
            targets.extend(keeps.filter(|v| is_local(func, *v) && !settled.contains(v)));
            for a in args {
                match &a.arg {
                    Arg::Value(e) => real_reads(e, &mut |p| sources.push(func.root(p))),
                    Arg::Ref(p) => sources.push(func.root(p)),
                    Arg::RefMut(p) => {
                        sources.push(func.root(p));
                        targets.push(func.root(p));
                    }
                    Arg::Const(_) | Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_) => {}
                }
            }
            // A function may keep what it is given for its next call.
            if let Callee::Param(v) = callee {
                sources.push(*v);
                targets.push(*v);
            }
            through_lambdas(func, args, &mut sources, &mut targets);
            for &t in &targets {
                edges.extend(sources.iter().map(|&s| (s, t)));
            }
        }
        _ => {}
    }
}

/// What a closure gets comes from anything that its callee knows: the results of closures, and what they write.
fn through_lambdas(
    func: &Func,
    args: &[CallArg],
    sources: &mut Vec<VarId>,
    targets: &mut Vec<VarId>,
) {
    for a in args {
        if let Arg::Param(v) = a.arg {
            sources.push(v);
            targets.push(v);
        }
    }
    for l in lambdas(args) {
        sources.extend(&l.results);
        for p in l.params.iter().filter(|p| p.reference(func).is_some()) {
            sources.push(p.var);
            sources.extend(p.shadows.iter().flatten());
        }
        targets.extend(l.given());
    }
}

/// Kept code of an unknown kind may store what it reads in anything that it can change.
fn hidden_flow(func: &Func, o: &Opaque) -> Vec<(VarId, VarId)> {
    if !matches!(o.ty, Ty::Unknown) {
        return Vec::new();
    }
    let roots: Vec<VarId> = o.reads.iter().map(|v| func.root(&Place::var(*v))).collect();
    let mut flows = Vec::new();
    for &to in roots.iter().filter(|v| is_local(func, **v)) {
        flows.extend(roots.iter().map(|&from| (from, to)));
    }
    flows
}

fn is_local(func: &Func, v: VarId) -> bool {
    !matches!(func.var(v).role, Role::Param) || func.var(v).mutable
}

/// Runs the analysis. `inputs` and `outputs` are the active parameters; what a `Return` reads is an output too.
pub fn analyse(func: &Func, inputs: &[VarId], outputs: &[VarId]) -> Activity {
    let can = |v: VarId| {
        let var = func.var(v);
        !var.constant && !var.ty.is_constant()
    };
    let mut settled = settled(func);
    let (varied, useful) = loop {
        let facts = reach(func, &edges(func, &settled), (inputs, outputs), &can);
        let swallowing = swallowing(func, &facts);
        let before = settled.len();
        settled.retain(|v| !swallowing.contains(v));
        if settled.len() == before {
            break facts;
        }
    };
    let mut active: Vec<bool> = varied.iter().zip(&useful).map(|(a, b)| *a && *b).collect();
    for v in 0..func.vars.len() {
        active[v] = active[v] && can(VarId(v));
        if let Role::View(place) = &func.vars[v].role {
            active[v] = active[func.root(place).0] && can(VarId(v));
        }
    }
    Activity(active)
}

/// What depends on the inputs, and what influences the outputs.
fn reach(
    func: &Func,
    edges: &[(VarId, VarId)],
    (inputs, outputs): (&[VarId], &[VarId]),
    can: &dyn Fn(VarId) -> bool,
) -> (Vec<bool>, Vec<bool>) {
    let mut varied = vec![false; func.vars.len()];
    inputs
        .iter()
        .filter(|v| can(**v))
        .for_each(|v| varied[v.0] = true);
    spread(&mut varied, edges.iter().map(|(a, b)| (*a, *b)), can);
    let mut useful = vec![false; func.vars.len()];
    outputs
        .iter()
        .filter(|v| can(**v))
        .for_each(|v| useful[v.0] = true);
    walk(&func.body, &mut |s| {
        if let Stmt::Return(Some(e)) = s {
            real_reads(e, &mut |p| useful[func.root(p).0] = true);
        }
    });
    spread(&mut useful, edges.iter().map(|(a, b)| (*b, *a)), can);
    (varied, useful)
}

/// Where the receiver of a call stands that was constant when it was written.
fn receiver_span(callee: &Callee, args: &[CallArg]) -> Option<proc_macro2::Span> {
    match (callee, args.first().map(|a| &a.arg)) {
        (Callee::Method { receiver, .. }, _) => Some(receiver.span),
        (Callee::OfFirst { constant: true, .. }, Some(Arg::Ref(p))) => Some(p.span),
        _ => None,
    }
}

/// What such a receiver is part of.
fn receiver_roots(func: &Func, callee: &Callee, args: &[CallArg]) -> Vec<VarId> {
    match (callee, args.first().map(|a| &a.arg)) {
        (Callee::Method { receiver, .. }, _) => {
            let reads = receiver.reads.iter();
            reads.map(|v| func.root(&Place::var(*v))).collect()
        }
        (Callee::OfFirst { constant: true, .. }, Some(Arg::Ref(p))) => vec![func.root(p)],
        _ => Vec::new(),
    }
}

/// Receivers whose methods are given what varies, where nothing useful comes back: no companion would be called, which could tell
/// that the method keeps nothing.
fn swallowing(func: &Func, (varied, useful): &(Vec<bool>, Vec<bool>)) -> Vec<VarId> {
    let mut found = Vec::new();
    walk(&func.body, &mut |s| {
        let Stmt::Call {
            dst, callee, args, ..
        } = s
        else {
            return;
        };
        let (mut given, mut returned) = (false, false);
        for a in args {
            let mut read = |v: VarId, written: bool| {
                given |= varied[v.0];
                returned |= written && varied[v.0] && useful[v.0];
            };
            match &a.arg {
                Arg::Value(e) => real_reads(e, &mut |p| read(func.root(p), false)),
                Arg::Ref(p) => read(func.root(p), false),
                Arg::RefMut(p) => read(func.root(p), true),
                Arg::Lambda(l) => l.results.iter().for_each(|v| read(*v, false)),
                Arg::Param(v) => read(*v, false),
                Arg::Const(_) | Arg::Function(_) => {}
            }
        }
        returned |= dst.iter().any(|v| varied[v.0] && useful[v.0]);
        if given && !returned {
            found.extend(receiver_roots(func, callee, args));
        }
    });
    found
}

fn spread(
    set: &mut [bool],
    edges: impl Iterator<Item = (VarId, VarId)> + Clone,
    can: &dyn Fn(VarId) -> bool,
) {
    loop {
        let mut changed = false;
        for (from, to) in edges.clone() {
            if set[from.0] && !set[to.0] && can(to) {
                set[to.0] = true;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// Rejects code kept as tokens whose value would have to be differentiated.
pub fn check_opaque(func: &Func, activity: &Activity, errors: &mut Errors) {
    walk(&func.body, &mut |s| {
        let target_active = match s {
            Stmt::Let { var, .. } => activity.var(*var),
            Stmt::Assign { place, .. } | Stmt::Container { place, .. } => {
                activity.place(func, place)
            }
            Stmt::Return(_) => true,
            Stmt::Call { args, callee, .. } => activity.call(func, callee, args),
            _ => false,
        };
        if let Stmt::Effect(o) = s
            && matches!(o.ty, Ty::Unknown)
            && activity.kept(func, o)
        {
            errors.at(
                o.span,
                Code::Kept,
                "this code may keep an active value where it can't be followed",
                "assign the value in a statement of its own, or call an annotated function",
            );
        }
        if let Stmt::Call { callee, args, .. } = s
            && let Some(span) = receiver_span(callee, args)
            && receiver_roots(func, callee, args)
                .iter()
                .any(|v| activity.var(*v))
        {
            errors.at(
                span,
                Code::Kept,
                "this receiver takes in an active value",
                "call an annotated free function, or keep the value apart",
            );
        }
        if !target_active {
            return;
        }
        for e in exprs(s) {
            opaque_in(e, &mut |o| {
                // An error inside says more.
                if activity.kept(func, o) && !o.ty.is_constant() && !errors.within(&o.tokens) {
                    errors.at(
                        code(o.span, &o.tokens),
                        Code::NoDerivative,
                        "this code depends on an active value but has no known derivative",
                        "write it with operators, methods of `f64` and calls of annotated functions, or wrap it in `constant(…)`",
                    );
                }
            });
        }
    });
}

/// Calls `f` on opaque code in real positions of an expression.
fn opaque_in(e: &Expr, f: &mut dyn FnMut(&Opaque)) {
    match e {
        Expr::Opaque(o) => f(o),
        Expr::Unary(UnOp::Neg, a) => opaque_in(a, f),
        Expr::Cast(a, ty) if is_float(ty) => opaque_in(a, f),
        Expr::Binary(op, a, b) if op.is_arithmetic() => {
            opaque_in(a, f);
            opaque_in(b, f);
        }
        Expr::Select(_, a, b) => {
            opaque_in(a, f);
            opaque_in(b, f);
        }
        Expr::Rule(_, args)
        | Expr::Tuple(args)
        | Expr::Struct(_, args)
        | Expr::Array(args)
        | Expr::VecOf(args) => {
            args.iter().for_each(|a| opaque_in(a, f));
        }
        Expr::Repeat { value, .. } => opaque_in(value, f),
        _ => {}
    }
}
