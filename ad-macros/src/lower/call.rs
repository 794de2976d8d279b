//! Calls and method calls.

use super::convert::behind_reference;
use super::*;
use crate::rules;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

impl Lowerer<'_> {
    pub(super) fn call_expr(&mut self, c: &syn::ExprCall) -> (Expr, Ty) {
        if let Some(found) = self.closure_call(c) {
            return found;
        }
        if let Some(found) = self.param_call(c) {
            return found;
        }
        let constant = self.holding > 0 || self.is_constant_code(c.to_token_stream());
        if !constant && self.reject_call(&c.func) {
            return (Expr::Tuple(Vec::new()), Ty::Unknown);
        }
        let syn::Expr::Path(path) = &*c.func else {
            return self.fallback(c);
        };
        let segments: Vec<String> = path
            .path
            .segments
            .iter()
            .map(|s| s.ident.to_string())
            .collect();
        if let Some(found) = self.array_from_fn(c, &Ty::Unknown) {
            return found;
        }
        let name = segments.last().cloned().unwrap_or_default();
        let owner = segments.len().checked_sub(2).map(|k| segments[k].clone());
        if name == "constant" && c.args.len() == 1 {
            return self.constant_call(c);
        }
        if let Some(m) = self.method_by_path(&path.path, c) {
            return self.user_method(&m);
        }
        if let Some(found) = self.float_path(&path.path, owner.as_deref(), &name, c) {
            return found;
        }
        if let Some(found) = self.constructor(owner.as_deref(), &name, c) {
            return found;
        }
        if self.holding > 0 || self.is_constant_code(c.to_token_stream()) {
            return self.opaque_expr(c, Ty::Unknown);
        }
        if let Some((code, what, instead)) = beyond(owner.as_deref(), &name) {
            self.unsupported(whole(&c.func), code, &what, instead);
            return (Expr::Tuple(Vec::new()), Ty::Constant);
        }
        if name == "Err" {
            self.unsupported(
                whole(&c.func),
                Code::ActiveError,
                "an active value in `Err(…)`",
                "an error has no derivative: write `let error = constant(…);` before, and `Err(error)`",
            );
            return (Expr::Tuple(Vec::new()), Ty::Unknown);
        }
        if let Some(found) = self.constructor_call(path, &c.args) {
            return found;
        }
        if name.starts_with(char::is_uppercase) {
            return self.fallback(c);
        }
        let (prefix, generics) = split_path(path);
        let Some(last) = path.path.segments.last() else {
            return self.fallback(c);
        };
        let callee = Callee::Path {
            prefix,
            name: last.ident.clone(),
            generics,
        };
        self.call(callee, &last.ident, None, c.args.iter(), c.span())
    }

    /// `constant(e)`: the value, without derivative.
    fn constant_call(&mut self, c: &syn::ExprCall) -> (Expr, Ty) {
        self.holding += 1;
        let (value, ty) = self.expr(&c.args[0]);
        self.holding -= 1;
        let var = self.temp("held", ty.clone());
        self.func.vars[var.0].constant = true;
        self.maybe_active[var.0] = false;
        self.emit(Stmt::Let {
            var,
            init: Some(value),
        });
        (Expr::var(var), ty)
    }

    /// `f64::sin(x)`, `Float::sin(x)`, `T::sin(x)`, `T::zero()`, `T::from(c)`.
    fn float_path(
        &mut self,
        path: &syn::Path,
        owner: Option<&str>,
        name: &str,
        c: &syn::ExprCall,
    ) -> Option<(Expr, Ty)> {
        let owner = owner?;
        let scalar = match owner {
            "f64" => Scalar::F64,
            "f32" => Scalar::F32,
            "Float" | "Real" | "Euclid" | "Num" | "Zero" | "One" | "Signed" | "NumCast" => {
                Scalar::Unknown
            }
            t if self.generics.reals.contains(t) => Scalar::Param(t.to_string()),
            _ => return None,
        };
        if let Some(rule) = rules::find(name)
            && rules::arity(rule) == c.args.len()
        {
            // `Euclid::rem_euclid(&a, &b)`
            let typed: Vec<syn::Expr> = c.args.iter().map(|a| as_scalar(a, &scalar)).collect();
            let (mut operands, mut tys) = self.operands(typed.iter().map(behind_reference));
            suffix_literal(&mut operands[0], &scalar);
            if !matches!(scalar, Scalar::Unknown) {
                tys[0] = Ty::Real(scalar);
            }
            return Some(self.rule(rule, operands, &tys));
        }
        if let Some(found) = self.converted(path, name, c, None) {
            return Some(found);
        }
        if self.is_constant_code(c.args.to_token_stream()) {
            let ty = if self.query(name).is_some() {
                Ty::Bool
            } else {
                Ty::Real(scalar)
            };
            return Some(self.opaque_expr(c, ty));
        }
        if let Some(ty) = self.query(name) {
            return Some(self.opaque_expr(c, ty));
        }
        if name == "from" && c.args.len() == 1 && owner == "f64" {
            let (value, ty) = self.expr(&c.args[0]);
            if matches!(ty.peel(), Ty::Real(_) | Ty::Unknown) {
                return Some(self.number_from(value, &ty, scalar, c.func.span()));
            }
        }
        let what = path.to_token_stream().to_string().replace(' ', "");
        self.unsupported(
            whole(&c.func),
            Code::Path,
            &format!("`{what}`"),
            "it has no derivative rule; call the method of an annotated trait as `x.method()`, or wrap the value in `constant(…)` if it has no derivative",
        );
        Some((Expr::Real(0.0), Ty::Real(scalar)))
    }

    /// `Vec::new()` and its relatives, and free functions of the standard library.
    fn constructor(
        &mut self,
        owner: Option<&str>,
        name: &str,
        c: &syn::ExprCall,
    ) -> Option<(Expr, Ty)> {
        match (owner, name) {
            (Some("Vec" | "VecDeque"), "with_capacity")
                if c.args.len() == 1 && !self.is_constant_code(c.args.to_token_stream()) =>
            {
                Some(self.with_room(c, owner == Some("Vec")))
            }
            (Some("Vec"), "new" | "with_capacity") => {
                Some(self.opaque_expr(c, Ty::Vec(Box::new(Ty::Unknown))))
            }
            (Some("Vec"), "from") if c.args.len() == 1 => match self.expr(&c.args[0]) {
                (Expr::Array(parts), ty) => {
                    Some((Expr::VecOf(parts), Ty::Vec(Box::new(ty.element()))))
                }
                (Expr::Place(p) | Expr::Borrow(_, p), ty) if ty.is_container() => {
                    let element = Box::new(ty.element());
                    Some((Expr::Copied(CopyKind::ToVec, p), Ty::Vec(element)))
                }
                (value, ty @ Ty::Vec(_)) => Some((value, ty)),
                _ => self.fallback(c).into(),
            },
            (Some(owner @ ("Box" | "Rc" | "Arc")), "new" | "from")
                if !self.is_constant_code(c.args.to_token_stream()) =>
            {
                self.unsupported(
                    whole(&c.func),
                    Code::Boxed,
                    &format!("`{owner}::{name}` of an active value"),
                    "keep the value itself; a box that is there already, as a parameter or a field, is fine",
                );
                Some((Expr::Tuple(Vec::new()), Ty::Unknown))
            }
            (Some("VecDeque"), "from") if c.args.len() == 1 => self.queue_from(c),
            // A barrier for the optimiser, and only for the function's own.
            (Some("hint"), "black_box") if c.args.len() == 1 => Some(self.expr(&c.args[0])),
            (Some("mem"), "swap") if c.args.len() == 2 => {
                let a = self.place(&c.args[0])?;
                let b = self.place(&c.args[1])?;
                self.swap_places(a, b, c.span());
                Some((Expr::Tuple(Vec::new()), Ty::Unit))
            }
            (Some("mem"), "replace") if c.args.len() == 2 => {
                let place = self.place(&c.args[0])?;
                let (value, ty) = self.expr(&c.args[1]);
                Some(self.replaced(place, value, ty, c.span()))
            }
            (Some("mem"), "take") if c.args.len() == 1 => {
                let place = self.place(&c.args[0])?;
                let (value, ty) = self.default_of(&place, c.span());
                Some(self.replaced(place, value, ty, c.span()))
            }
            _ => None,
        }
    }

    pub(super) fn method_expr(&mut self, m: &syn::ExprMethodCall) -> (Expr, Ty) {
        let name = m.method.to_string();
        if self.is_users_method(m) {
            return self.user_method(m);
        }
        self.asked_type = None;
        if let Some(found) = self.made_as_asked(m) {
            return found;
        }
        if let Some(found) = self.chain_end(m, &Ty::Unknown) {
            return found;
        }
        if let Some(found) = self.compared(m) {
            return found;
        }
        if matches!(name.as_str(), "partial_cmp" | "total_cmp" | "cmp") && m.args.len() == 1 {
            return self.opaque_expr(m, Ty::Constant);
        }
        if let Some(found) = self.option_value(m) {
            return found;
        }
        if let Some(found) = self.maybe_value(m) {
            return found;
        }
        if let Some(found) = self.conversion(m, &name) {
            return found;
        }
        if let Some(found) = self.edit(m, true).or_else(|| self.sort(m)) {
            return found;
        }
        let whole = syn::Expr::MethodCall(m.clone());
        if let Some(found) = self.answer(&whole).or_else(|| self.made(m)) {
            return found;
        }
        if let Some(found) = self.unwrapped(m, &name) {
            return found;
        }
        if matches!(name.as_str(), "clone" | "to_vec" | "to_owned")
            && self.is_place_expr(&m.receiver)
        {
            return self.copied(m, &name);
        }
        let asked = m.args.is_empty() || self.is_constant_code(m.to_token_stream());
        if let Some(ty) = self.query(&name).filter(|_| asked) {
            if self.is_place_expr(&m.receiver)
                && let Some(place) = self.place(&m.receiver)
                && m.args.is_empty()
            {
                if self.is_decided(&place) {
                    let (value, ty) = self.opaque_expr(m, ty);
                    return (Expr::var(self.name_value(&name, value, ty.clone())), ty);
                }
                if matches!(self.func.place_ty(&place).peel(), Ty::Unknown) {
                    return self.query_of_unknown(m, name, place, ty);
                }
                return (Expr::Query(name, place, Vec::new()), ty);
            }
            if self.is_constant_code(m.to_token_stream()) {
                return self.opaque_expr(m, ty);
            }
            let (value, value_ty) = self.expr(&m.receiver);
            let var = self.name_value("value", value, value_ty);
            return (Expr::Query(name, Place::var(var), Vec::new()), ty);
        }
        if let Some(op) = operator_method(m)
            && self.is_real(&m.receiver)
        {
            let (left, right) = (&m.receiver, &m.args[0]);
            return self.expr(&syn::parse_quote!(((#left) #op (#right))));
        }
        if let Some(rule) = rules::find(&name)
            && rules::arity(rule) == m.args.len() + 1
        {
            let (operands, tys) = self.operands(std::iter::once(&*m.receiver).chain(&m.args));
            let read = operands.into_iter().zip(&tys);
            let operands: Vec<Expr> = read
                .map(|(e, ty)| super::expr::read_through(e, ty))
                .collect();
            let receiver = tys[0].peel();
            let constant = operands.iter().all(|o| !self.expr_maybe_active(o));
            match receiver {
                Ty::Real(_) => return self.rule(rule, operands, &tys),
                Ty::Int | Ty::Constant | Ty::Bool => return self.opaque_expr(m, receiver.clone()),
                _ if constant => return self.opaque_expr(m, Ty::Unknown),
                _ if matches!(receiver, Ty::Unknown) => return self.rule(rule, operands, &tys),
                _ => {}
            }
        }
        if self.holding > 0 || self.is_constant_code(m.to_token_stream()) {
            return self.opaque_expr(m, Ty::Unknown);
        }
        self.user_method(m)
    }

    /// A statement that calls a method of something whose type is not known: kept, and rejected
    /// later if what it mentions turns out to be active.
    pub(super) fn unknown_method_statement(&mut self, m: &syn::ExprMethodCall) -> bool {
        let syn::Expr::Path(p) = &*m.receiver else {
            return false;
        };
        if self.is_users(&m.receiver) {
            return false;
        }
        let Some(place) = self.place(&syn::Expr::Path(p.clone())) else {
            return false;
        };
        if !place.is_var()
            || !matches!(self.func.place_ty(&place), Ty::Unknown)
            || !self.func.var(place.base).mutable
            || !super::receiver::is_collection_method(&m.method)
        {
            return false;
        }
        let opaque = self.opaque(m.to_token_stream(), m.method.span(), Ty::Unknown);
        self.emit(Stmt::Effect(opaque));
        true
    }

    /// Whether a receiver is a number, as far as that is written.
    fn is_real(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_real(&p.expr),
            syn::Expr::MethodCall(m) if operator_method(m).is_some() => self.is_real(&m.receiver),
            e => matches!(self.ty_of(e).peel(), Ty::Real(_)),
        }
    }

    /// A method of an active value that is not known; in a chain, what comes before may be to blame.
    fn reject_method(&mut self, m: &syn::ExprMethodCall) {
        if self.errors.within(&m.receiver.to_token_stream()) {
            return;
        }
        let mut culprit = m;
        while let (true, syn::Expr::MethodCall(inner)) = (
            of_chains(&culprit.method),
            super::maybe::strip(&culprit.receiver),
        ) {
            culprit = inner;
        }
        let (name, chained) = (culprit.method.to_string(), of_chains(&m.method));
        if chained && !of_chains(&culprit.method) {
            return self.unsupported(
                whole(&culprit.method),
                Code::Adaptor,
                &format!("`{name}` in a chain"),
                "write a `for` loop over indices",
            );
        }
        let instead = match name.as_str() {
            _ if chained => "write a `for` loop",
            "into_boxed_slice" | "into_vec" => "keep what it is called on",
            _ => {
                "call an annotated function instead, or wrap the call in `constant(…)` if it has no derivative"
            }
        };
        self.unsupported(
            whole(&m.method),
            Code::Method,
            &format!("the method `{}` of an active value", m.method),
            instead,
        );
    }

    fn user_method(&mut self, m: &syn::ExprMethodCall) -> (Expr, Ty) {
        if !self.is_constant_code(m.receiver.to_token_stream()) {
            if let Some(found) = self.method_of_active(m) {
                return found;
            }
            self.reject_method(m);
            return self.opaque_expr(m, Ty::Unknown);
        }
        if let Some(found) = self.method_of_constant(m) {
            return found;
        }
        let tokens = m.receiver.to_token_stream();
        if self.func.wrapper.is_some() && may_leave(&tokens) {
            self.unsupported(
                whole(&m.receiver),
                Code::QuestionReceiver,
                "a receiver with `?`",
                "ask before whether it is there, and name its place: `solvers[0].step(x)`",
            );
        }
        let receiver = self.opaque(tokens, m.receiver.span(), Ty::Unknown);
        let generics = m.turbofish.as_ref().and_then(arguments);
        let callee = Callee::Method {
            receiver,
            name: m.method.clone(),
            generics,
        };
        self.call(callee, &m.method, None, m.args.iter(), m.span())
    }

    fn copied(&mut self, m: &syn::ExprMethodCall, name: &str) -> (Expr, Ty) {
        let Some(place) = self.place(&m.receiver) else {
            return self.fallback(m);
        };
        let ty = self.func.place_ty(&place);
        match ty.peel() {
            Ty::Real(_) | Ty::Int | Ty::Bool => {
                let place = self.deref_scalar(place);
                (Expr::Place(place), ty.peel().clone())
            }
            Ty::Slice(e) => (Expr::Copied(CopyKind::ToVec, place), Ty::Vec(e.clone())),
            Ty::Array(e, _) if name == "to_vec" => {
                (Expr::Copied(CopyKind::ToVec, place), Ty::Vec(e.clone()))
            }
            Ty::Vec(e) if name == "to_vec" => {
                (Expr::Copied(CopyKind::ToVec, place), Ty::Vec(e.clone()))
            }
            other if name == "to_vec" => (
                Expr::Copied(CopyKind::ToVec, place),
                Ty::Vec(Box::new(other.element())),
            ),
            other => (Expr::Copied(CopyKind::Clone, place), other.clone()),
        }
    }

    /// A call of a function that is taken to be annotated too.
    pub(super) fn call<'a>(
        &mut self,
        callee: Callee,
        name: &syn::Ident,
        receiver: Option<Arg>,
        args: impl Iterator<Item = &'a syn::Expr>,
        span: Span,
    ) -> (Expr, Ty) {
        let args: Vec<&syn::Expr> = args.collect();
        let mut lowered: Vec<CallArg> = Vec::new();
        for (position, e) in args.iter().enumerate() {
            let before = self.out.len();
            let arg = match self.function_argument(e, &callee, position) {
                Some(function) => function,
                None => self.argument(e),
            };
            if self.out[before..].iter().any(super::expr::has_effect) {
                let late = self.out.split_off(before);
                for a in &mut lowered {
                    if let Arg::Value(e) = &mut a.arg {
                        self.name_if_mutable(e, &Ty::Unknown);
                    }
                }
                self.out.extend(late);
            }
            lowered.push(CallArg {
                arg,
                shadows: Vec::new(),
            });
        }
        self.share_repeated(&args, &mut lowered);
        self.pass_as_declared(&callee, &mut lowered);
        if let Some(arg) = receiver {
            let shadows = Vec::new();
            lowered.insert(0, CallArg { arg, shadows });
            self.share_receiver(&mut lowered);
        }
        self.reject_parts_of_one(&lowered, span);
        self.evaluate_before_borrow(&mut lowered);
        self.check_shared_params(&lowered, span);
        let dst = self.temp(&format!("{name}_value"), Ty::Unknown);
        self.func.vars[dst.0].span = name.span();
        self.emit(Stmt::Call {
            dst: vec![dst],
            callee,
            args: lowered,
            companion: Companion::Primal,
            boxed: false,
            span,
        });
        (Expr::var(dst), Ty::Unknown)
    }

    /// `f(v, v.len())`: values that read what is borrowed mutably are computed before the borrow.
    fn evaluate_before_borrow(&mut self, args: &mut [CallArg]) {
        let lent: Vec<VarId> = args
            .iter()
            .filter_map(|a| match &a.arg {
                Arg::RefMut(p) => Some(self.func.root(p)),
                _ => None,
            })
            .collect();
        for a in args {
            let Arg::Value(e) = &a.arg else { continue };
            let mut reads = false;
            places_of_expr(e, &mut |p| reads |= lent.contains(&self.func.root(p)));
            if reads {
                let var = self.name_value("argument", e.clone(), Ty::Unknown);
                a.arg = Arg::Value(Expr::var(var));
            }
        }
    }

    /// A `&mut` variable passed along by its name may be meant shared: it is, where the same place is passed again.
    fn share_repeated(&self, written: &[&syn::Expr], args: &mut [CallArg]) {
        let root = |a: &Arg| match a {
            Arg::Ref(p) | Arg::RefMut(p) => Some(self.func.root(p)),
            _ => None,
        };
        let roots: Vec<Option<VarId>> = args.iter().map(|a| root(&a.arg)).collect();
        for (k, e) in written.iter().enumerate() {
            let repeated =
                roots[k].is_some() && roots.iter().filter(|r| **r == roots[k]).count() > 1;
            if repeated
                && !matches!(e, syn::Expr::Reference(_))
                && let Arg::RefMut(p) = &args[k].arg
            {
                args[k].arg = Arg::Ref(p.clone());
            }
        }
    }

    fn argument(&mut self, e: &syn::Expr) -> Arg {
        let mut inner = e;
        while let syn::Expr::Paren(p) = inner {
            inner = &p.expr;
        }
        if let syn::Expr::Reference(r) = inner {
            if self.is_place_expr(&r.expr)
                && let Some(place) = self.place(&r.expr)
            {
                let place = self.freeze_place(place);
                let place = self.reborrow(place);
                return if r.mutability.is_some() {
                    Arg::RefMut(place)
                } else {
                    Arg::Ref(place)
                };
            }
            let (value, ty) = match self.is_constant_code(r.to_token_stream()) {
                // `&TABLE[k..]`: what a range selects has no size.
                true if r.mutability.is_none() && is_range_of(&r.expr) => {
                    self.opaque_expr(r, Ty::Ref(false, Box::new(Ty::Unknown)))
                }
                true => self.opaque_expr(&r.expr, Ty::Unknown),
                false => self.expr(&r.expr),
            };
            let var = self.name_value("argument", value, ty);
            if r.mutability.is_some() {
                self.func.vars[var.0].mutable = true;
                return Arg::RefMut(Place::var(var));
            }
            return Arg::Ref(Place::var(var));
        }
        if self.is_place_expr(inner)
            && let Some(place) = self.place(inner)
        {
            let name = super::name_of(inner).filter(|name| {
                matches!(self.lookup(name), Some(Binding::Alias(_))) && !self.is_value(name)
            });
            match self.func.place_ty(&place) {
                Ty::Ref(true, _) => return Arg::RefMut(self.reborrow(place)),
                Ty::Ref(false, _) => return Arg::Ref(self.reborrow(place)),
                _ if name.as_ref().is_some_and(|n| self.is_loan(n)) => {
                    return Arg::RefMut(place);
                }
                _ if name.is_some() => return Arg::Ref(place),
                Ty::Slice(_) => return Arg::Ref(place),
                _ => {}
            }
        }
        let (value, ty) = self.expr(e);
        self.claim_shadowed(&value);
        match value {
            Expr::Borrow(true, place) => Arg::RefMut(place),
            Expr::Borrow(false, place) => Arg::Ref(place),
            Expr::Opaque(o) if matches!(ty, Ty::Constant) => Arg::Const(Expr::Opaque(o)),
            value => Arg::Value(value),
        }
    }

    /// The referent of a variable that is a reference.
    pub(super) fn reborrow(&self, place: Place) -> Place {
        match self.func.place_ty(&place) {
            Ty::Ref(..) => place.with(Proj::Deref),
            _ => place,
        }
    }
}

/// The arguments of a turbofish, behind which others may be written.
fn arguments(turbofish: &syn::AngleBracketedGenericArguments) -> Option<TokenStream> {
    let args = turbofish.args.iter();
    (args.len() > 0).then(|| quote!(#(#args),*))
}

/// Everything before the last segment, and the last segment's turbofish.
pub(super) fn split_path(path: &syn::ExprPath) -> (TokenStream, Option<TokenStream>) {
    let mut prefix = path.path.clone();
    let last = prefix.segments.pop();
    let generics = last.and_then(|l| match l.into_value().arguments {
        syn::PathArguments::AngleBracketed(a) => arguments(&a),
        _ => None,
    });
    let prefix = match &path.qself {
        Some(q) => {
            let ty = &q.ty;
            match prefix.segments.is_empty() {
                true => quote!(<#ty>::),
                false => {
                    let mut trait_path = prefix.clone();
                    trait_path.segments.pop_punct();
                    quote!(<#ty as #trait_path>::)
                }
            }
        }
        None => prefix.to_token_stream(),
    };
    (prefix, generics)
}

/// The operator that a method of a number stands for: `x.mul(y)` is `x * y`.
fn operator_method(m: &syn::ExprMethodCall) -> Option<TokenStream> {
    if m.args.len() != 1 {
        return None;
    }
    Some(match m.method.to_string().as_str() {
        "add" => quote!(+),
        "sub" => quote!(-),
        "mul" => quote!(*),
        "div" => quote!(/),
        "rem" => quote!(%),
        _ => return None,
    })
}

/// `f64::sin(x.into())` says what `x` is turned into.
fn as_scalar(e: &syn::Expr, scalar: &Scalar) -> syn::Expr {
    let ty = match scalar {
        Scalar::F64 => quote!(f64),
        Scalar::F32 => quote!(f32),
        _ => return e.clone(),
    };
    match e {
        syn::Expr::MethodCall(m) if m.method == "into" && m.args.is_empty() => {
            syn::parse_quote!({ let number: #ty = #e; number })
        }
        e => e.clone(),
    }
}

/// A literal that becomes a receiver says which type of number it is.
pub(super) fn suffix_literal(e: &mut Expr, scalar: &Scalar) {
    let suffix = match scalar {
        Scalar::F32 => "f32",
        _ => "f64",
    };
    match e {
        Expr::Unary(_, inner) => suffix_literal(inner, scalar),
        Expr::Opaque(o) => {
            if let Ok(l) = syn::parse2::<syn::LitFloat>(o.tokens.clone())
                && l.suffix().is_empty()
            {
                let typed = syn::LitFloat::new(&format!("{}{suffix}", l.base10_digits()), l.span());
                o.tokens = typed.to_token_stream();
            }
        }
        _ => {}
    }
}

/// Methods of iterators and sources of them, of which chains are made.
fn of_chains(method: &syn::Ident) -> bool {
    const OF_CHAINS: &[&str] = &[
        "iter",
        "iter_mut",
        "into_iter",
        "map",
        "zip",
        "sum",
        "fold",
        "enumerate",
        "product",
        "collect",
        "windows",
        "chunks",
        "chunks_exact",
        "filter",
        "filter_map",
        "take",
        "skip",
        "rev",
        "copied",
        "cloned",
        "for_each",
    ];
    OF_CHAINS.iter().any(|name| method == name)
}

/// `a[lo..hi]`
fn is_range_of(e: &syn::Expr) -> bool {
    matches!(e, syn::Expr::Index(i) if matches!(&*i.index, syn::Expr::Range(_)))
}

/// Constructors and functions of std that put a value where it can't be followed.
fn beyond(owner: Option<&str>, name: &str) -> Option<(Code, String, &'static str)> {
    match owner? {
        cell @ ("Cell" | "RefCell" | "OnceCell" | "UnsafeCell" | "Mutex" | "RwLock") => Some((
            Code::Beyond,
            format!("an active value in a `{cell}`"),
            "use a `let mut` variable, or a `&mut` parameter",
        )),
        "Cow" if matches!(name, "Borrowed" | "Owned" | "from") => Some((
            Code::Beyond,
            "an active value in a `Cow`".into(),
            "use a slice, or a `Vec`",
        )),
        "thread" if matches!(name, "spawn" | "scope") => Some((
            Code::Beyond,
            "an active value in another thread".into(),
            "compute here, or call the derivative from the threads",
        )),
        "ptr" => Some((
            Code::RawPointer,
            "a raw pointer to an active value".into(),
            "use a reference, or an index",
        )),
        _ => None,
    }
}
