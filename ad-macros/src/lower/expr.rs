//! Expressions as values.

use super::types::join;
use super::*;
use crate::rules;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// Questions on containers and numbers whose answers carry no derivative.
const QUERIES: &[(&str, Ty)] = &[
    ("len", Ty::Int),
    ("capacity", Ty::Int),
    ("is_empty", Ty::Bool),
    ("is_nan", Ty::Bool),
    ("is_finite", Ty::Bool),
    ("is_infinite", Ty::Bool),
    ("is_normal", Ty::Bool),
    ("is_sign_positive", Ty::Bool),
    ("is_sign_negative", Ty::Bool),
    ("contains", Ty::Bool),
];

pub(super) fn is_query(name: &syn::Ident) -> bool {
    QUERIES.iter().any(|(n, _)| name == n)
}

impl Lowerer<'_> {
    /// Lowers an expression to a pure value; what has effects becomes statements before it.
    pub(super) fn expr(&mut self, e: &syn::Expr) -> (Expr, Ty) {
        let users = self.users_expected && super::expected::passes_on(e);
        self.expecting_users(users, |lw| lw.expr_of_kind(e))
    }

    fn expr_of_kind(&mut self, e: &syn::Expr) -> (Expr, Ty) {
        match e {
            syn::Expr::Paren(p) => self.expr(&p.expr),
            syn::Expr::Group(g) => self.expr(&g.expr),
            syn::Expr::Lit(l) => self.literal(l),
            syn::Expr::Path(p) => self.path_expr(p),
            syn::Expr::Unary(u) => self.unary(u),
            syn::Expr::Binary(b) if is_assignment(&b.op) => self.unit_statement(e),
            syn::Expr::Binary(b) => self.binary(b),
            syn::Expr::Index(_) | syn::Expr::Field(_) => self.place_value(e),
            syn::Expr::Cast(c) => self.cast(c),
            syn::Expr::Tuple(t) if t.elems.is_empty() => (Expr::Tuple(Vec::new()), Ty::Unit),
            syn::Expr::Tuple(t) => {
                let (mut values, tys) = self.operands(t.elems.iter());
                self.name_made(t.elems.iter(), &mut values);
                (Expr::Tuple(values), Ty::Tuple(tys))
            }
            syn::Expr::Array(a) => {
                let (mut values, tys) = self.operands(a.elems.iter());
                self.name_made(a.elems.iter(), &mut values);
                let n = values.len();
                let element = tys
                    .into_iter()
                    .reduce(|a, b| join(&a, &b))
                    .unwrap_or(Ty::Unknown);
                (
                    Expr::Array(values),
                    Ty::Array(Box::new(element), Some(quote!(#n))),
                )
            }
            syn::Expr::Repeat(r) => {
                let (mut value, ty) = self.expr(&r.expr);
                self.name_made(std::iter::once(&*r.expr), std::slice::from_mut(&mut value));
                let len = Expr::Opaque(self.opaque(r.len.to_token_stream(), r.len.span(), Ty::Int));
                let ty = Ty::Array(Box::new(ty), Some(r.len.to_token_stream()));
                (
                    Expr::Repeat {
                        value: Box::new(value),
                        len: Box::new(len),
                        vec: false,
                    },
                    ty,
                )
            }
            syn::Expr::Reference(r) => self.reference(r),
            syn::Expr::Call(c) => self.call_expr(c),
            syn::Expr::MethodCall(m) => self.method_expr(m),
            syn::Expr::Struct(s)
                if self.holding == 0 && !self.is_constant_code(s.to_token_stream()) =>
            {
                self.struct_literal(s)
            }
            syn::Expr::Macro(m) => self.macro_expr(m),
            syn::Expr::Try(t) => self.try_expr(t),
            syn::Expr::If(_) | syn::Expr::Match(_) | syn::Expr::Block(_) | syn::Expr::Loop(_) => {
                self.control_value(e)
            }
            syn::Expr::Assign(_)
            | syn::Expr::While(_)
            | syn::Expr::ForLoop(_)
            | syn::Expr::Return(_)
            | syn::Expr::Break(_)
            | syn::Expr::Continue(_) => self.unit_statement(e),
            other => self.fallback(other),
        }
    }

    /// Lowers operands from left to right. Where a later one has effects, earlier ones that read
    /// something that can change are named first, so that the order of evaluation stays the user's.
    pub(super) fn operands<'a>(
        &mut self,
        es: impl Iterator<Item = &'a syn::Expr>,
    ) -> (Vec<Expr>, Vec<Ty>) {
        let mut values: Vec<Expr> = Vec::new();
        let mut tys: Vec<Ty> = Vec::new();
        for e in es {
            let before = self.out.len();
            let (value, ty) = self.expr(e);
            if self.out[before..].iter().any(has_effect) {
                let late = self.out.split_off(before);
                for (v, t) in values.iter_mut().zip(&tys) {
                    self.name_if_mutable(v, t);
                }
                self.out.extend(late);
            }
            self.claim_shadowed(&value);
            values.push(value);
            tys.push(ty);
        }
        (values, tys)
    }

    pub(super) fn name_if_mutable(&mut self, e: &mut Expr, ty: &Ty) {
        if !self.is_stable(e) {
            let value = std::mem::replace(e, Expr::D);
            let var = self.name_value("operand", value, ty.clone());
            *e = Expr::var(var);
        }
    }

    /// Whether an expression has the same value wherever it is evaluated in this scope.
    pub(super) fn is_stable(&self, e: &Expr) -> bool {
        let mut stable = true;
        places_of_expr(e, &mut |p| {
            let var = self.func.var(self.func.root(p));
            stable &= !var.mutable && !matches!(var.ty, Ty::Ref(true, _));
        });
        stable
    }

    /// Names an expression unless it is stable.
    pub(super) fn freeze(&mut self, e: Expr, name: &str, ty: Ty) -> Expr {
        if self.is_stable(&e) && !self.func.keeps_a_view(&e) {
            return e;
        }
        Expr::var(self.name_value(name, e, ty))
    }

    fn literal(&mut self, l: &syn::ExprLit) -> (Expr, Ty) {
        let ty = match &l.lit {
            syn::Lit::Float(f) => match f.suffix() {
                "f32" => Ty::Real(Scalar::F32),
                "f64" => Ty::Real(Scalar::F64),
                _ => Ty::Real(Scalar::Unknown),
            },
            syn::Lit::Int(i) => match i.suffix() {
                "f32" => Ty::Real(Scalar::F32),
                "f64" => Ty::Real(Scalar::F64),
                _ => Ty::Int,
            },
            syn::Lit::Bool(_) => Ty::Bool,
            _ => Ty::Constant,
        };
        let opaque = Opaque {
            tokens: l.to_token_stream(),
            reads: Vec::new(),
            span: l.span(),
            ty: ty.clone(),
        };
        (Expr::Opaque(opaque), ty)
    }

    fn path_expr(&mut self, p: &syn::ExprPath) -> (Expr, Ty) {
        if let Some(id) = p.path.get_ident()
            && let Some(binding) = self.lookup(&id.to_string())
        {
            if let Binding::Parts(item) = binding {
                let item = item.clone();
                return self.item_value(item, p.span());
            }
            if let Binding::Closure(_) | Binding::Iterator(_) = binding {
                return self.opaque_expr(p, Ty::Unknown);
            }
            return self.place_value(&syn::Expr::Path(p.clone()));
        }
        let text = p.to_token_stream().to_string().replace(' ', "");
        let ty = if text.starts_with("f64::") || text.contains("f64::consts::") {
            Ty::Real(Scalar::F64)
        } else if text.starts_with("f32::") || text.contains("f32::consts::") {
            Ty::Real(Scalar::F32)
        } else if text.starts_with("usize::") || text.starts_with("i32::") {
            Ty::Int
        } else {
            Ty::Unknown
        };
        let opaque = Opaque {
            tokens: p.to_token_stream(),
            reads: Vec::new(),
            span: p.span(),
            ty: ty.clone(),
        };
        (Expr::Opaque(opaque), ty)
    }

    /// Reads a place; a reference to a scalar is read through.
    pub(super) fn place_value(&mut self, e: &syn::Expr) -> (Expr, Ty) {
        match self.place(e) {
            Some(place) => {
                let place = self.deref_scalar(place);
                let ty = self.func.place_ty(&place);
                (Expr::Place(place), ty)
            }
            None if self.is_constant_code(e.to_token_stream()) => self.opaque_expr(e, Ty::Unknown),
            None => self.fallback(e),
        }
    }

    pub(super) fn deref_scalar(&self, place: Place) -> Place {
        match self.func.place_ty(&place) {
            Ty::Ref(_, inner) if matches!(*inner, Ty::Real(_) | Ty::Int | Ty::Bool) => {
                place.with(Proj::Deref)
            }
            _ => place,
        }
    }

    fn unary(&mut self, u: &syn::ExprUnary) -> (Expr, Ty) {
        match u.op {
            syn::UnOp::Deref(_) if self.is_constant_reference(&u.expr) => {
                let e = &u.expr;
                let (value, ty) = self.opaque_expr(&quote!((*#e).clone()), Ty::Unknown);
                (Expr::var(self.name_value("copy", value, ty.clone())), ty)
            }
            // `*v.last().unwrap()`: the value is read through the reference already.
            syn::UnOp::Deref(_) if self.is_end_read_through(&u.expr) => self.expr(&u.expr),
            syn::UnOp::Deref(_) if self.is_read_through(&u.expr) => self.expr(&u.expr),
            syn::UnOp::Deref(_) => self.place_value(&syn::Expr::Unary(u.clone())),
            syn::UnOp::Neg(_) if self.may_be_users(&[&u.expr]) => {
                if self.holding > 0 || self.is_constant_code(u.to_token_stream()) {
                    return self.opaque_expr(u, Ty::Unknown);
                }
                self.neg_call(u)
            }
            syn::UnOp::Neg(_) => {
                let (a, ty) = self.expr(&u.expr);
                let a = read_through(a, &ty);
                self.claim_number(&a, &ty);
                (Expr::Unary(UnOp::Neg, Box::new(a)), ty.peel().clone())
            }
            _ => {
                let (a, ty) = self.expr(&u.expr);
                (Expr::Unary(UnOp::Not, Box::new(a)), ty)
            }
        }
    }

    /// Whether this is what has been taken out of the end of a chain.
    fn is_end_read_through(&self, e: &syn::Expr) -> bool {
        matches!(e, syn::Expr::MethodCall(m) if self.is_lowered_end(&m.receiver))
    }

    fn binary(&mut self, b: &syn::ExprBinary) -> (Expr, Ty) {
        let op = bin_op(&b.op);
        if matches!(op, BinOp::And | BinOp::Or) {
            return self.short_circuit(op, b);
        }
        let count = is_integer(&b.left) || is_integer(&b.right);
        if op.is_arithmetic() && !count && self.may_be_users(&[&b.left, &b.right]) {
            if self.holding > 0 || self.is_constant_code(b.to_token_stream()) {
                return self.opaque_expr(b, Ty::Unknown);
            }
            return self.binary_call(op, &b.left, &b.right, b.op.span());
        }
        if op.is_comparison()
            && !self.is_constant_code(b.to_token_stream())
            && let Some(read) = of_references(b)
        {
            return self.binary(&read);
        }
        let (mut values, tys) = self.operands([&*b.left, &*b.right].into_iter());
        let (right, left) = (values.pop(), values.pop());
        let (Some(left), Some(right)) = (left, right) else {
            return self.fallback(b);
        };
        if op.is_comparison() {
            if tys[0].is_real() || tys[1].is_real() {
                self.refine(&left, &tys[1]);
                self.refine(&right, &tys[0]);
            }
            return (Expr::bin(op, left, right), Ty::Bool);
        }
        let (left, right) = (read_through(left, &tys[0]), read_through(right, &tys[1]));
        self.claim_number(&left, &tys[0]);
        self.claim_number(&right, &tys[1]);
        let (left, right) = (self.held(left), self.held(right));
        let ty = join(&tys[0], &tys[1]);
        if ty.is_real() {
            self.refine(&left, &ty);
            self.refine(&right, &ty);
        }
        (Expr::bin(op, left, right), ty)
    }

    /// `a && b`: where `b` needs statements of its own they run only if `a` asks for them.
    fn short_circuit(&mut self, op: BinOp, b: &syn::ExprBinary) -> (Expr, Ty) {
        let (left, _) = self.expr(&b.left);
        let (block, (right, _)) = self.in_block(|lw| lw.expr(&b.right));
        if block.is_empty() {
            return (Expr::bin(op, left, right), Ty::Bool);
        }
        let var = self.temp("holds", Ty::Bool);
        self.emit(Stmt::Let { var, init: None });
        let set = |value| Stmt::Assign {
            place: Place::var(var),
            op: None,
            value,
            first: true,
        };
        let mut run = block;
        run.push(set(right));
        let known = Expr::Opaque(Opaque {
            tokens: if op == BinOp::And {
                quote!(false)
            } else {
                quote!(true)
            },
            reads: Vec::new(),
            span: b.span(),
            ty: Ty::Bool,
        });
        let skip = vec![set(known)];
        let (then, els) = if op == BinOp::And {
            (run, skip)
        } else {
            (skip, run)
        };
        self.emit(Stmt::If {
            cond: left,
            then,
            els,
        });
        (Expr::var(var), Ty::Bool)
    }

    fn cast(&mut self, c: &syn::ExprCast) -> (Expr, Ty) {
        if let syn::Type::Ptr(_) = &*c.ty
            && !self.is_constant_code(c.expr.to_token_stream())
        {
            self.unsupported(
                whole(&c.ty),
                Code::RawPointer,
                "a raw pointer to an active value",
                "use a reference, or an index",
            );
            return (Expr::Tuple(Vec::new()), Ty::Constant);
        }
        let (value, from) = self.expr(&c.expr);
        self.cast_value(c, value, from)
    }

    pub(super) fn cast_value(&mut self, c: &syn::ExprCast, value: Expr, from: Ty) -> (Expr, Ty) {
        let to = self.generics.ty(&c.ty);
        if to.is_real() && matches!(from, Ty::Unknown) && self.expr_maybe_active(&value) {
            return self.cast_of_unknown(c, value, to);
        }
        // What is computed with integers has no derivative, whatever they come from.
        if to.is_real() && matches!(from, Ty::Int) && self.reads_unknown(&value) {
            return self.held_cast(c, value, to);
        }
        // Of another width.
        if let (Ty::Real(a), Ty::Real(b)) = (from.peel(), &to)
            && !matches!(a, Scalar::Unknown)
            && a != b
            && self.expr_maybe_active(&value)
        {
            return self.real_as(value, &from, b.clone(), c.span());
        }
        (Expr::Cast(Box::new(value), c.ty.to_token_stream()), to)
    }

    /// Nearly always an integer, and rustc checks that it is.
    fn cast_of_unknown(&mut self, c: &syn::ExprCast, value: Expr, to: Ty) -> (Expr, Ty) {
        let Expr::Place(place) = value else {
            self.errors.at(
                whole(&c.expr),
                Code::Cast,
                "the type of this operand is not known here, so its cast can't be differentiated",
                "bind it first with its type, `let k: usize = …;`",
            );
            return (Expr::Cast(Box::new(value), c.ty.to_token_stream()), to);
        };
        let mut place = place;
        place.span = c.expr.span();
        let value = Expr::Place(place);
        self.claim_integer(&value);
        self.held_cast(c, value, to)
    }

    /// Whether operators alone lead to something active of unknown type.
    fn reads_unknown(&self, e: &Expr) -> bool {
        match e {
            Expr::Unary(_, a) => self.reads_unknown(a),
            Expr::Binary(_, a, b) => self.reads_unknown(a) || self.reads_unknown(b),
            Expr::Place(p) => {
                matches!(self.func.place_ty(p).peel(), Ty::Unknown) && self.place_maybe_active(p)
            }
            _ => false,
        }
    }

    /// The cast of an integer that may come from something active.
    fn held_cast(&mut self, c: &syn::ExprCast, value: Expr, to: Ty) -> (Expr, Ty) {
        // A call stops differentiation wherever the value is computed again.
        let cast = Expr::Cast(Box::new(value), c.ty.to_token_stream());
        let cast = Expr::Runtime("constant", vec![cast]);
        let var = self.name_value("cast", cast, to.clone());
        self.func.vars[var.0].constant = true;
        (Expr::var(var), to)
    }

    /// `&place` as a value: only where it is looked through.
    fn reference(&mut self, r: &syn::ExprReference) -> (Expr, Ty) {
        if self.is_place_expr(&r.expr)
            && let Some(place) = self.place(&r.expr)
        {
            let ty = self.func.place_ty(&place);
            if matches!(ty.peel(), Ty::Real(_) | Ty::Int | Ty::Bool) {
                return self.place_value(&r.expr);
            }
            return (
                Expr::Borrow(r.mutability.is_some(), place),
                Ty::Ref(r.mutability.is_some(), Box::new(ty)),
            );
        }
        if self.is_constant_code(r.to_token_stream()) {
            return self.opaque_expr(r, Ty::Unknown);
        }
        self.expr(&r.expr)
    }

    /// Whether the value of an item is read through the reference to it already: `*v.get(i).unwrap_or(&0.0)`.
    fn is_read_through(&self, e: &syn::Expr) -> bool {
        let syn::Expr::MethodCall(m) = e else {
            return false;
        };
        let syn::Expr::MethodCall(inner) = &*m.receiver else {
            return false;
        };
        let element = matches!(inner.method.to_string().as_str(), "last" | "nth");
        !self.is_place_expr(e)
            && match m.method.to_string().as_str() {
                "unwrap" | "expect" => element,
                "unwrap_or" | "unwrap_or_else" => self.is_maybe(&m.receiver),
                _ => false,
            }
    }

    /// A method of the rule table applied to operands.
    pub(super) fn rule(
        &mut self,
        name: &'static str,
        operands: Vec<Expr>,
        tys: &[Ty],
    ) -> (Expr, Ty) {
        let ty = match rules::real_operands(name) {
            1 => tys[0].peel().clone(),
            _ => tys
                .iter()
                .take(rules::real_operands(name))
                .cloned()
                .reduce(|a, b| join(&a, &b))
                .unwrap_or(Ty::Unknown),
        };
        let ty = if ty.is_real() {
            ty
        } else {
            Ty::Real(Scalar::Unknown)
        };
        let mut operands = operands;
        if name == "log"
            && let Ty::Real(scalar @ (Scalar::F64 | Scalar::F32)) = &ty
        {
            super::call::suffix_literal(&mut operands[1], scalar);
        }
        for (operand, own) in operands.iter().zip(tys).take(rules::real_operands(name)) {
            self.claim_number(operand, own);
            self.refine(operand, &ty);
        }
        if name == "sin_cos" {
            let x = operands.into_iter().next().unwrap_or(Expr::D);
            let x = if x.is_atom() {
                x
            } else {
                Expr::var(self.name_value("angle", x, ty.clone()))
            };
            let parts = vec![
                Expr::Rule("sin", vec![x.clone()]),
                Expr::Rule("cos", vec![x]),
            ];
            return (Expr::Tuple(parts), Ty::Tuple(vec![ty.clone(), ty]));
        }
        (Expr::Rule(name, operands), ty)
    }

    /// A method or query on a value.
    pub(super) fn query(&mut self, name: &str) -> Option<Ty> {
        QUERIES
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, ty)| ty.clone())
    }

    pub(super) fn vec_macro(&mut self, m: &syn::ExprMacro) -> (Expr, Ty) {
        let parse_repeat = |input: syn::parse::ParseStream| {
            let value: syn::Expr = input.parse()?;
            input.parse::<syn::Token![;]>()?;
            let len: syn::Expr = input.parse()?;
            Ok((value, len))
        };
        if let Ok((value, len)) = m.mac.parse_body_with(parse_repeat) {
            let (mut values, tys) = self.operands([&value, &len].into_iter());
            self.name_made(std::iter::once(&value), &mut values[..1]);
            let len = values.pop().unwrap_or(Expr::D);
            let value = Box::new(values.pop().unwrap_or(Expr::D));
            let ty = Ty::Vec(Box::new(tys[0].clone()));
            return (
                Expr::Repeat {
                    value,
                    len: Box::new(len),
                    vec: true,
                },
                ty,
            );
        }
        let list = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
        match m.mac.parse_body_with(list) {
            Ok(items) => {
                let (mut values, tys) = self.operands(items.iter());
                self.name_made(items.iter(), &mut values);
                let element = tys
                    .into_iter()
                    .reduce(|a, b| join(&a, &b))
                    .unwrap_or(Ty::Unknown);
                (Expr::VecOf(values), Ty::Vec(Box::new(element)))
            }
            Err(e) => {
                self.errors.push(Diagnostic::unreadable(
                    &e,
                    Code::ListOfMacro,
                    "write `vec![a, b]` or `vec![value; n]`",
                ));
                (Expr::Tuple(Vec::new()), Ty::Unknown)
            }
        }
    }

    /// A statement in value position: its value is `()`.
    fn unit_statement(&mut self, e: &syn::Expr) -> (Expr, Ty) {
        self.statement_expr(e, Dest::Discard);
        (Expr::Tuple(Vec::new()), Ty::Unit)
    }

    /// Anything else: kept as it is where it is constant, rejected where it may be active.
    pub(super) fn fallback(&mut self, e: &(impl ToTokens + Spanned)) -> (Expr, Ty) {
        let tokens = e.to_token_stream();
        if self.holding == 0 && !self.is_constant_code(tokens.clone()) {
            let parsed = syn::parse2::<syn::Expr>(tokens);
            let (code, what, instead) = match &parsed {
                Ok(e) => describe(e),
                Err(_) => (
                    Code::NoDerivative,
                    "this expression",
                    "write it with operators, methods of `f64` and calls of annotated functions",
                ),
            };
            let at = parsed.as_ref().map_or_else(|_| whole(e), head);
            self.unsupported(at, code, what, instead);
        }
        self.opaque_expr(e, Ty::Unknown)
    }
}

/// An integer literal stands beside integers.
pub(super) fn is_integer(e: &syn::Expr) -> bool {
    matches!(e, syn::Expr::Lit(l) if matches!(&l.lit, syn::Lit::Int(_)))
}

/// Whether what is evaluated before a statement has to stay before it.
pub(super) fn has_effect(s: &Stmt) -> bool {
    match s {
        Stmt::Let {
            init: Some(Expr::Opaque(o)),
            ..
        } => may_leave(&o.tokens),
        s => !matches!(s, Stmt::Let { .. }),
    }
}

/// A reference to what is taken to be a number, as an operand.
pub(super) fn read_through(e: Expr, ty: &Ty) -> Expr {
    match e {
        Expr::Borrow(_, place) if matches!(ty.peel(), Ty::Unknown) => Expr::Place(place),
        e => e,
    }
}

/// What an unsupported expression is called, and what to write instead.
fn describe(e: &syn::Expr) -> (Code, &'static str, &'static str) {
    match e {
        syn::Expr::Closure(_) => (
            Code::ClosureValue,
            "a closure over active values",
            "give it a name and call it, `let f = |x| …; f(2.0)`, pass it to an annotated function, or write a function",
        ),
        syn::Expr::Unsafe(_) => (
            Code::Unsafe,
            "`unsafe` code",
            "use safe indexing, `x[i]`, or `constant(…)` around what has no derivative",
        ),
        syn::Expr::Async(_) | syn::Expr::Await(_) => (
            Code::Async,
            "`async` code",
            "compute outside, and pass the values in",
        ),
        syn::Expr::RawAddr(_) => (
            Code::RawPointer,
            "a raw pointer to an active value",
            "use a reference, or an index",
        ),
        syn::Expr::Struct(_) => (
            Code::NoDerivative,
            "a struct with active fields",
            "use a tuple or an array",
        ),
        syn::Expr::Let(_) => (
            Code::ActivePattern,
            "`if let` on an active value",
            "compare with `if` instead",
        ),
        syn::Expr::Range(_) => (
            Code::Index,
            "a range of active values",
            "count with integers, and compute the reals in the loop: `for i in 0..n { let t = i as f64 * h; … }`",
        ),
        _ => (
            Code::NoDerivative,
            "this expression",
            "write it with operators, methods of `f64` and calls of annotated functions",
        ),
    }
}

pub(super) fn is_assignment(op: &syn::BinOp) -> bool {
    use syn::BinOp::*;
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

pub(super) fn bin_op(op: &syn::BinOp) -> BinOp {
    use syn::BinOp as S;
    match op {
        S::Add(_) | S::AddAssign(_) => BinOp::Add,
        S::Sub(_) | S::SubAssign(_) => BinOp::Sub,
        S::Mul(_) | S::MulAssign(_) => BinOp::Mul,
        S::Div(_) | S::DivAssign(_) => BinOp::Div,
        S::Rem(_) | S::RemAssign(_) => BinOp::Rem,
        S::And(_) => BinOp::And,
        S::Or(_) => BinOp::Or,
        S::BitXor(_) | S::BitXorAssign(_) => BinOp::BitXor,
        S::BitAnd(_) | S::BitAndAssign(_) => BinOp::BitAnd,
        S::BitOr(_) | S::BitOrAssign(_) => BinOp::BitOr,
        S::Shl(_) | S::ShlAssign(_) => BinOp::Shl,
        S::Shr(_) | S::ShrAssign(_) => BinOp::Shr,
        S::Eq(_) => BinOp::Eq,
        S::Lt(_) => BinOp::Lt,
        S::Le(_) => BinOp::Le,
        S::Ne(_) => BinOp::Ne,
        S::Ge(_) => BinOp::Ge,
        _ => BinOp::Gt,
    }
}

/// `x >= &0.0` compares what the references refer to, `*x >= 0.0`.
fn of_references(b: &syn::ExprBinary) -> Option<syn::ExprBinary> {
    let behind = |e: &syn::Expr| match super::maybe::strip(e) {
        syn::Expr::Reference(r) if r.mutability.is_none() => Some((*r.expr).clone()),
        _ => None,
    };
    let (left, right) = (behind(&b.left), behind(&b.right));
    if left.is_none() && right.is_none() {
        return None;
    }
    let read = |behind: Option<syn::Expr>, e: &syn::Expr| {
        Box::new(behind.unwrap_or_else(|| syn::parse_quote!(*(#e))))
    };
    Some(syn::ExprBinary {
        left: read(left, &b.left),
        right: read(right, &b.right),
        ..b.clone()
    })
}

/// Whether kept code assigns or lends something mutably inside a block of its own.
pub(super) fn assigns(tokens: &proc_macro2::TokenStream, inside: bool) -> bool {
    use proc_macro2::{Delimiter, Spacing, TokenTree};
    let mut joint = false;
    for t in tokens.clone() {
        match t {
            TokenTree::Group(g) => {
                if assigns(&g.stream(), inside || g.delimiter() == Delimiter::Brace) {
                    return true;
                }
                joint = false;
            }
            TokenTree::Punct(p) => {
                let comparison = joint && p.as_char() == '=';
                if inside && p.as_char() == '=' && p.spacing() == Spacing::Alone && !comparison {
                    return true;
                }
                // The second half of `==`, `<=`, `>=`, `!=`; that of `+=` and its like assigns.
                joint =
                    p.spacing() == Spacing::Joint && matches!(p.as_char(), '=' | '<' | '>' | '!');
            }
            TokenTree::Ident(i) if i == "mut" => return true,
            _ => joint = false,
        }
    }
    false
}
