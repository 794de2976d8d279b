//! From IR to tokens: the only room that writes them.

use crate::ir::*;
use crate::transform::neutral::NEUTRAL_OF;
use crate::transform::widen::{WIDE_NEUTRAL, WIDE_NEUTRAL_OF, WIDE_ZERO, WIDE_ZERO_OF, widened};
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use record::nested;

mod lambda;
mod mixed;
mod outcome;
mod pairs;
mod record;
mod rename;
mod scope;
mod shape;
mod variant;

pub use shape::{is_general, is_sized};

/// Emits blocks of one function.
pub struct Emitter<'a> {
    pub func: &'a Func,
    /// Path of the facade crate.
    pub krate: &'a TokenStream,
    /// The type parameter for reals, where there is exactly one.
    pub scalar: Option<&'a str>,
    /// There is more than one.
    pub several: bool,
    /// `self` may be a trait object: this is a default body of a trait.
    pub unsized_self: bool,
    /// What stands in the place of a real in shadows, where they are wide.
    pub wide: Option<&'a TokenStream>,
    /// Which is the tail of a series.
    pub series: bool,
}

/// Binding strengths beyond those of binary operators.
const ATOM: u8 = 20;
const POSTFIX: u8 = 15;
const PREFIX: u8 = 13;
const CAST: u8 = 12;

impl Emitter<'_> {
    pub fn name(&self, v: VarId) -> Ident {
        let var = self.func.var(v);
        ident(&var.name, var.span)
    }

    fn label(&self, l: LabelId) -> syn::Lifetime {
        syn::Lifetime::new(
            &format!("'{}", self.func.labels[l.0].name),
            Span::mixed_site(),
        )
    }

    fn stmt(&self, s: &Stmt) -> TokenStream {
        match s {
            Stmt::Let { var, init } => self.let_stmt(*var, init.as_ref()),
            Stmt::Assign {
                place, op, value, ..
            } => self.assign(place, *op, value),
            Stmt::If { cond, then, els } => self.if_stmt(cond, then, els),
            Stmt::Loop { label, kind, body } => self.loop_stmt(*label, kind, body),
            Stmt::Rest(body) => self.block(body),
            Stmt::Labeled { label, body } => {
                let (label, body) = (self.label(*label), self.block(body));
                quote!(#label: { #body })
            }
            Stmt::Break(l) => {
                let label = self.label(*l);
                quote!(break #label;)
            }
            Stmt::Continue(l) => {
                let label = self.label(*l);
                quote!(continue #label;)
            }
            Stmt::Return(e) => {
                let e = self.outcome(e.as_ref());
                quote!(return #e;)
            }
            Stmt::Call {
                dst,
                callee,
                args,
                companion,
                boxed,
                ..
            } => self.call(dst, callee, args, *companion, *boxed),
            Stmt::Pull {
                dst,
                pullback,
                through,
                args,
                seed,
            } => self.pull(dst, (*pullback, *through), args, seed),
            Stmt::Container { place, op, .. } => self.container(place, op),
            Stmt::Effect(o) => {
                let tokens = self.opaque(o);
                quote!(#tokens;)
            }
            Stmt::Reserve { stack, kind } => self.reserve(*stack, kind),
            Stmt::Visit { var, trip, kind } => {
                let (krate, var, trip) = (self.krate, self.name(*var), self.expr(trip));
                let range = self.range(kind);
                quote!(let #var = #krate::rt::visit(#range, #trip);)
            }
            Stmt::Push { stack, vals } => {
                let (stack, vals) = (self.name(*stack), self.record(vals));
                quote!(#stack.push(#vals);)
            }
            Stmt::Pop { stack, vals } => {
                let (stack, vals) = (self.name(*stack), self.record_pattern(vals));
                quote!(let #vals = #stack.pop();)
            }
            Stmt::SaveSlice { stack, place } => {
                let (stack, place) = (self.name(*stack), self.receiver(place));
                quote!(#stack.save(&#place[..]);)
            }
            Stmt::RestoreSlice { stack, place } => {
                let (stack, p) = (self.name(*stack), self.receiver_as(place, true));
                match self.func.place_ty(place).peel() {
                    Ty::Vec(_) => {
                        let target = self.borrow(true, place);
                        quote!(#stack.restore_vec(#target);)
                    }
                    _ => quote!(#stack.restore(&mut #p[..]);),
                }
            }
            Stmt::SlotSet { slot, vals } => {
                let name = self.name(*slot);
                if vals.is_empty() {
                    return quote!(#name = true;);
                }
                let vals = self.record(vals);
                quote!(#name = ::core::option::Option::Some(#vals);)
            }
            Stmt::IfSlot {
                slot,
                vals,
                then,
                els,
            } => self.if_slot(*slot, vals, then, els),
            Stmt::Accumulate { target, source } => {
                self.guarded(target, |t| self.accumulate(t, source))
            }
            Stmt::SetZero(p) => self.guarded(p, |p| self.set_zero(p)),
            Stmt::Pairs { slices, pair, last } => self.pairs(slices, pair, last),
        }
    }

    /// Statements on an optional shadow run only if it is there.
    fn guarded(&self, place: &Place, f: impl FnOnce(&Place) -> TokenStream) -> TokenStream {
        if self.func.var(place.base).optional.is_none() {
            return f(place);
        }
        let name = self.name(place.base);
        let inner = f(place);
        quote!(if let ::core::option::Option::Some(#name) = #name.as_deref_mut() { #inner })
    }

    fn let_stmt(&self, var: VarId, init: Option<&Expr>) -> TokenStream {
        let info = self.func.var(var);
        let name = self.name(var);
        let mutable = if info.mutable { quote!(mut) } else { quote!() };
        let Some(init) = init else {
            return match &info.role {
                Role::Stack => {
                    let krate = self.krate;
                    quote!(let mut #name = #krate::Stack::new();)
                }
                Role::Saved => {
                    let krate = self.krate;
                    quote!(let mut #name = #krate::Saved::new();)
                }
                Role::Slot if matches!(info.ty, Ty::Bool) => quote!(let mut #name = false;),
                Role::Slot => quote!(let mut #name = ::core::option::Option::None;),
                _ => match info.written.clone().or_else(|| self.ty(&info.ty)) {
                    Some(ty) => quote!(let #mutable #name: #ty;),
                    None => quote!(let #mutable #name;),
                },
            };
        };
        if let Expr::Runtime(
            claim @ ("number" | "integer" | "shadowed" | "elements" | "indexed"),
            args,
        ) = init
        {
            return self.claim(claim, args, info.span);
        }
        let value = match (&info.ty, init) {
            (Ty::Real(s), Expr::Real(c)) => self.real(*c, Some(s)),
            _ => self.expr(init),
        };
        // Literals alone don't tell which type of number is meant.
        let annotated = match (&info.ty, init) {
            (_, Expr::Borrow(..)) => None,
            _ if info.written.is_some() => info.written.clone(),
            (Ty::Real(Scalar::F64 | Scalar::F32 | Scalar::Param(_)) | Ty::Int, Expr::Real(_))
            | (Ty::Real(Scalar::Wide), _) => self.ty(&info.ty),
            (Ty::Vec(_) | Ty::Array(..) | Ty::Tuple(_), _) | (Ty::Real(_), Expr::Opaque(_)) => {
                self.ty(&info.ty)
            }
            _ => None,
        };
        match annotated {
            Some(ty) => quote!(let #mutable #name: #ty = #value;),
            None => quote!(let #mutable #name = #value;),
        }
    }

    /// A type written out, where all of it is known.
    fn ty(&self, ty: &Ty) -> Option<TokenStream> {
        Some(match ty {
            Ty::Real(Scalar::F64) => quote!(f64),
            Ty::Real(Scalar::F32) => quote!(f32),
            Ty::Real(Scalar::Param(p)) => {
                let p = ident(p, Span::call_site());
                quote!(#p)
            }
            Ty::Real(Scalar::Wide) => {
                let wide = self.wide?;
                quote!(#wide)
            }
            Ty::Bool => quote!(bool),
            Ty::Array(e, Some(n)) => {
                let e = self.ty(e)?;
                quote!([#e; #n])
            }
            Ty::Vec(e) => {
                let (e, krate) = (self.ty(e)?, self.krate);
                quote!(#krate::rt::std::vec::Vec<#e>)
            }
            Ty::Tuple(parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|p| self.ty(p)).collect();
                let parts = parts?;
                quote!((#(#parts),*))
            }
            _ => return None,
        })
    }

    fn assign(&self, place: &Place, op: Option<BinOp>, value: &Expr) -> TokenStream {
        self.guarded(place, |place| {
            let ty = self.func.place_ty(place);
            let value_tokens = match (&ty, value) {
                (Ty::Real(s), Expr::Real(c)) => self.real(*c, Some(s)),
                _ => self.expr(value),
            };
            let target = self.target(place);
            match op {
                None => quote!(#target = #value_tokens;),
                // `Float` does not promise `+=`, and what is no primitive type borrows its left side first.
                Some(op) if self.is_generic(&ty) || (self.is_wide(&ty) && !place.is_var()) => {
                    let (sign, rhs) = (operator(op), self.operand(value, op.precedence() + 1));
                    quote!(#target = #target #sign #rhs;)
                }
                Some(BinOp::Sub) => quote!(#target -= #value_tokens;),
                Some(_) => quote!(#target += #value_tokens;),
            }
        })
    }

    fn is_generic(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Real(Scalar::Param(_)) => true,
            Ty::Real(Scalar::Unknown) | Ty::Unknown => self.scalar.is_some(),
            _ => false,
        }
    }

    fn is_wide(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::Real(Scalar::Wide))
    }

    fn if_stmt(&self, cond: &Expr, then: &Block, els: &Block) -> TokenStream {
        let (cond, then) = (self.expr(cond), self.block(then));
        let els = match els.as_slice() {
            [] => return quote!(if #cond { #then }),
            [Stmt::If { cond, then, els }] => self.if_stmt(cond, then, els),
            els => {
                let els = self.block(els);
                quote!({ #els })
            }
        };
        quote!(if #cond { #then } else #els)
    }

    fn if_slot(&self, slot: VarId, vals: &[VarId], then: &Block, els: &Block) -> TokenStream {
        let (name, body) = (self.name(slot), self.block(then));
        let head = if vals.is_empty() {
            quote!(if #name)
        } else {
            let pattern = self.record_pattern(vals);
            quote!(if let ::core::option::Option::Some(#pattern) = #name)
        };
        if els.is_empty() {
            return quote!(#head { #body });
        }
        let els = self.block(els);
        quote!(#head { #body } else { #els })
    }

    fn loop_stmt(&self, label: LabelId, kind: &LoopKind, body: &Block) -> TokenStream {
        let mut named = false;
        walk(
            body,
            &mut |s| named |= matches!(s, Stmt::Break(l) | Stmt::Continue(l) if *l == label),
        );
        let label = self.label(label);
        let label = if named { quote!(#label:) } else { quote!() };
        let body = self.block(body);
        match kind {
            LoopKind::Forever => quote!(#label loop { #body }),
            LoopKind::While(c) => {
                let c = self.expr(c);
                quote!(#label while #c { #body })
            }
            LoopKind::Range { var, .. } => {
                let (var, range) = (self.name(*var), self.range(kind));
                quote!(#label for #var in #range { #body })
            }
        }
    }

    fn range(&self, kind: &LoopKind) -> TokenStream {
        let LoopKind::Range {
            lo,
            hi,
            inclusive,
            step,
            rev,
            ..
        } = kind
        else {
            return quote!();
        };
        let (lo, hi) = (self.operand(lo, 2), self.operand(hi, 2));
        let range = if *inclusive {
            quote!(#lo..=#hi)
        } else {
            quote!(#lo..#hi)
        };
        let step = step.as_ref().map(|s| {
            let s = self.expr(s);
            quote!(.step_by(#s))
        });
        match (rev, step) {
            (Rev::No, None) => range,
            (Rev::No, Some(step)) => quote!((#range)#step),
            (Rev::Before, step) => quote!((#range).rev()#step),
            (Rev::After, step) => quote!((#range)#step.rev()),
        }
    }

    fn reserve(&self, stack: VarId, kind: &LoopKind) -> TokenStream {
        let (stack, range) = (self.name(stack), self.range(kind));
        quote!(#stack.reserve(#range);)
    }

    /// A record: one value, or a tuple.
    fn record(&self, vals: &[VarId]) -> TokenStream {
        nested(
            vals.iter()
                .map(|&v| self.name(v).to_token_stream())
                .collect(),
        )
    }

    fn record_pattern(&self, vals: &[VarId]) -> TokenStream {
        let names = vals.iter().map(|&v| {
            let name = self.name(v);
            if self.func.var(v).mutable && !matches!(self.func.var(v).role, Role::Slot) {
                quote!(mut #name)
            } else {
                quote!(#name)
            }
        });
        nested(names.collect())
    }

    pub fn callee(&self, callee: &Callee, suffix: &str) -> TokenStream {
        self.callee_with(callee, suffix, 0)
    }

    /// The same of a companion that has type parameters behind those of the function, for what calls of so many functions leave.
    fn callee_with(&self, callee: &Callee, suffix: &str, records: usize) -> TokenStream {
        let records = std::iter::repeat_n(quote!(, _), records);
        let records: TokenStream = records.collect();
        match callee {
            Callee::Path {
                prefix,
                name,
                generics,
            } => {
                let name = companion_name(name, suffix);
                // What stands in the place of a real is the last parameter of a wide form.
                let wide = suffix.contains("_wide") || suffix.contains("_series");
                let wide = wide.then(|| quote!(, _));
                let generics = generics.as_ref().map(|g| quote!(::<#g #records #wide>));
                quote!(#prefix #name #generics)
            }
            // The first argument is written before the name.
            Callee::OfFirst { name, generics, .. } => {
                let name = companion_name(name, suffix);
                let generics = generics.as_ref().map(|g| quote!(::<#g #records>));
                quote!(#name #generics)
            }
            Callee::Method {
                receiver,
                name,
                generics,
            } => {
                let (receiver, name) = (self.opaque(receiver), companion_name(name, suffix));
                let generics = generics.as_ref().map(|g| quote!(::<#g #records>));
                quote!(#receiver.#name #generics)
            }
            Callee::Param(v) => {
                let name = self.name(*v);
                quote!(#name)
            }
        }
    }

    fn call(
        &self,
        dst: &[VarId],
        callee: &Callee,
        args: &[CallArg],
        companion: Companion,
        boxed: bool,
    ) -> TokenStream {
        let dynamic = self.is_dynamic(callee, args);
        let suffix = match (companion, boxed) {
            (Companion::Tangent, _) if self.series => "_tangent_series",
            (Companion::Tangent, _) if self.wide.is_some() => "_tangent_wide",
            (Companion::Forward, false) if self.wide.is_some() => "_forward_sweep_wide",
            (Companion::Forward, true) if self.wide.is_some() => "_forward_sweep_wide_boxed",
            (Companion::ForwardTangent, false) if self.wide.is_some() => {
                "_forward_sweep_tangent_wide"
            }
            (Companion::ForwardTangent, true) if self.wide.is_some() => {
                "_forward_sweep_tangent_wide_boxed"
            }
            (Companion::Forward | Companion::Replay, _) if dynamic => "_forward_sweep_dyn",
            (Companion::ForwardTangent, _) if dynamic => "_forward_sweep_tangent_dyn",
            (Companion::Primal, _) => "",
            (Companion::Tangent, _) => "_tangent_opt",
            (Companion::Forward | Companion::Replay, false) => "_forward_sweep",
            (Companion::Forward | Companion::Replay, true) => "_forward_sweep_boxed",
            (Companion::ForwardTangent, false) => "_forward_sweep_tangent",
            (Companion::ForwardTangent, true) => "_forward_sweep_tangent_boxed",
        };
        // Where the types of the other arguments are known, those of closures are.
        let last =
            |a: &&CallArg| matches!(a.arg, Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_));
        let functions = args.iter().filter(last).count();
        let args: Vec<&CallArg> = args
            .iter()
            .filter(|a| !last(a))
            .chain(args.iter().filter(last))
            .collect();
        let on_receiver = matches!(callee, Callee::Method { .. });
        let first = match (callee, args.first()) {
            (Callee::OfFirst { .. }, Some(a)) => Some(self.first_argument(&a.arg)),
            _ => None,
        };
        let before = first.as_ref().map(|first| quote!(#first.));
        let alone = matches!(callee, Callee::Param(_)) && companion == Companion::Primal;
        let unused = alone && self.func.form != Companion::Forward;
        let found_by = self.trait_in_scope(callee, &args, companion);
        let question = self.fails_unchanged(dst, callee, &args, companion);
        let records = match companion {
            Companion::Forward | Companion::Replay | Companion::ForwardTangent if !dynamic => {
                functions
            }
            _ => 0,
        };
        let callee = self.callee_with(callee, suffix, records);
        let shadows = matches!(companion, Companion::Tangent | Companion::ForwardTangent);
        let args = args.iter().enumerate().map(|(k, a)| {
            let arg = (k > 0 || first.is_none()).then(|| self.call_arg(&a.arg, suffix));
            let dots = a.shadows.iter().filter(|_| shadows);
            let dots = dots.map(|s| self.optional_arg(s.as_ref()));
            let all: Vec<TokenStream> = arg.into_iter().chain(dots).collect();
            let slot = unused.then(|| quote!(::core::option::Option::None,));
            quote!(#(#all,)* #slot)
        });
        let slot = (shadows && on_receiver).then(|| quote!(::core::option::Option::None,));
        let ending = dst.first().and_then(|v| self.func.endings.get(v));
        let ending = ending.map(|o| self.opaque(o));
        let mut call = quote!(#before #callee(#slot #(#args)*));
        if let Some(found_by) = found_by {
            call = quote!({ use #found_by as _; #call });
        }
        let call = self.ended(call, ending);
        let returned = dst.first().is_some_and(|v| self.func.returned.contains(v));
        let call = match returned {
            true => {
                let krate = self.krate;
                quote!(#krate::rt::there(#call))
            }
            false => call,
        };
        let call = match dst.first().and_then(|v| self.func.parted.get(v)) {
            Some(wrapper) if alone => {
                self.parted(quote!((#call).map(|all| all.0)), *wrapper, companion)
            }
            Some(wrapper) => self.parted(call, *wrapper, companion),
            None if alone => quote!((#call).0),
            None => call,
        };
        let names: Vec<TokenStream> = dst
            .iter()
            .map(|&v| {
                let name = self.name(v);
                if self.func.var(v).mutable {
                    quote!(mut #name)
                } else {
                    quote!(#name)
                }
            })
            .collect();
        let call = match names.as_slice() {
            [] => quote!(#call;),
            [one] => quote!(let #one = #call;),
            many => quote!(let (#(#many),*) = #call;),
        };
        quote!(#question #call)
    }

    fn pull(
        &self,
        dst: &[Option<VarId>],
        (pullback, through): (VarId, Option<VarId>),
        args: &[CallArg],
        seed: &[Expr],
    ) -> TokenStream {
        let dynamic = self.func.methods.get(&pullback);
        let dynamic = dynamic.filter(|callee| self.is_dynamic(callee, args));
        let pullback = self.name(pullback);
        let (pullback, mut all) = match dynamic {
            None => match through {
                Some(through) => {
                    let through = self.name(through);
                    (quote!(#through), vec![quote!(#pullback)])
                }
                None => (quote!(#pullback), Vec::new()),
            },
            // What was kept is given to the object.
            Some(callee) => {
                let suffix = match seed.len() {
                    1 => "_pull_dyn",
                    _ => "_pull_tangent_dyn",
                };
                let receiver = args.first().map(|a| self.first_argument(&a.arg));
                let method = self.callee(callee, suffix);
                (quote!(#receiver.#method), vec![quote!(#pullback)])
            }
        };
        for a in args.iter().skip(usize::from(dynamic.is_some())) {
            all.push(self.arg(&a.arg));
            for s in &a.shadows {
                all.push(self.optional_arg(s.as_ref()));
            }
        }
        all.extend(seed.iter().map(|e| self.expr(e)));
        let names = dst.iter().map(|d| match d {
            Some(v) => {
                let name = self.name(*v);
                quote!(#name)
            }
            None => quote!(_),
        });
        match dst.len() {
            0 => quote!(#pullback(#(#all),*);),
            _ => quote!(let (#(#names,)*) = #pullback(#(#all),*);),
        }
    }

    /// Whether a method is called on what is or may be a trait object.
    fn is_dynamic(&self, callee: &Callee, args: &[CallArg]) -> bool {
        let Callee::OfFirst {
            constant: true,
            dynamic,
            ..
        } = callee
        else {
            return false;
        };
        let own = |a: &CallArg| matches!(&a.arg, Arg::Ref(p) if self.func.is_self(p));
        *dynamic || (self.unsized_self && args.first().is_some_and(own))
    }

    /// The receiver of a method, which Rust borrows by itself.
    fn first_argument(&self, a: &Arg) -> TokenStream {
        match a {
            Arg::Ref(p) => self.receiver(p),
            Arg::RefMut(p) => self.receiver_as(p, true),
            Arg::Value(e) | Arg::Const(e) => self.operand(e, POSTFIX),
            Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_) => self.arg(a),
        }
    }

    fn arg(&self, a: &Arg) -> TokenStream {
        match a {
            Arg::Value(e) | Arg::Const(e) => self.expr(e),
            Arg::Ref(p) => self.borrow(false, p),
            Arg::RefMut(p) => self.borrow(true, p),
            Arg::Lambda(l) => self.lambda(l),
            Arg::Param(v) => {
                let name = self.name(*v);
                quote!(&mut *#name)
            }
            // In the reverse sweep: what calls the function's pullbacks.
            Arg::Function(f) => {
                let twice = self.func.form == Companion::ForwardTangent;
                let pull = self.callee(&f.pull, if twice { "_tangent" } else { "" });
                quote!(&mut #pull)
            }
        }
    }

    /// An argument of a companion: functions are handed over as the same companion.
    fn call_arg(&self, a: &Arg, suffix: &str) -> TokenStream {
        match a {
            Arg::Function(f) => {
                let path = self.callee(&f.path, suffix);
                quote!(&mut #path)
            }
            a => self.arg(a),
        }
    }

    fn optional_arg(&self, a: Option<&Arg>) -> TokenStream {
        match a {
            None => quote!(::core::option::Option::None),
            Some(Arg::Ref(p) | Arg::RefMut(p)) if self.func.var(p.base).optional.is_some() => {
                let mutable = matches!(a, Some(Arg::RefMut(_)));
                let name = self.name(p.base);
                let inner = self.borrow(mutable, p);
                let access = if mutable {
                    quote!(#name.as_deref_mut())
                } else {
                    quote!(#name)
                };
                quote!(match #access { ::core::option::Option::Some(#name) => ::core::option::Option::Some(#inner), ::core::option::Option::None => ::core::option::Option::None })
            }
            Some(a) => {
                let a = self.arg(a);
                quote!(::core::option::Option::Some(#a))
            }
        }
    }

    fn container(&self, place: &Place, op: &ContainerOp) -> TokenStream {
        self.guarded(place, |place| {
            let target = self.receiver_as(place, true);
            let ty = self.func.place_ty(place);
            let (element, unknown) = (ty.element(), matches!(ty.peel(), Ty::Unknown));
            let value = |e: &Expr| match (e, &element) {
                (Expr::Real(c), Ty::Real(s)) => self.real(*c, Some(s)),
                _ => self.expr(e),
            };
            // What a variant holds is borrowed before the argument is evaluated.
            let inside = place.proj.iter().any(|s| matches!(s, Proj::Payload(_)));
            if let (ContainerOp::Push(e), true) = (op, inside) {
                let (krate, e, item) = (self.krate, value(e), Ident::new("item", Span::mixed_site()));
                return match unknown {
                    true => quote!({ use #krate::rt::Growable as _; let #item = #e; #target.push_last(#item); }),
                    false => quote!({ let #item = #e; #target.push(#item); }),
                };
            }
            match op {
                // What is not known to be a vector may be a queue.
                ContainerOp::Push(e) if unknown => {
                    let (krate, e) = (self.krate, value(e));
                    quote!({ use #krate::rt::Growable as _; #target.push_last(#e); })
                }
                ContainerOp::Pop if unknown => {
                    let krate = self.krate;
                    quote!({ use #krate::rt::Growable as _; #target.pop_last(); })
                }
                ContainerOp::Push(e) => {
                    let e = value(e);
                    quote!(#target.push(#e);)
                }
                ContainerOp::Pop => quote!(#target.pop();),
                ContainerOp::Swap(a, b) => {
                    let (a, b) = (self.expr(a), self.expr(b));
                    quote!(#target.swap(#a, #b);)
                }
                ContainerOp::Move {
                    how: Motion::Rotate,
                    by,
                    back,
                } => {
                    let by = self.expr(by);
                    match back {
                        false => quote!(#target.rotate_left(#by);),
                        true => quote!(#target.rotate_right(#by);),
                    }
                }
                ContainerOp::Move {
                    how: Motion::Permute,
                    by,
                    back,
                } => {
                    let (krate, by) = (self.krate, self.expr(by));
                    let name = ident(if *back { "permute_back" } else { "permute" }, Span::call_site());
                    quote!(#krate::rt::#name(&mut #target[..], &#by);)
                }
                ContainerOp::Exchange(p) => {
                    let (a, b) = (self.borrow(true, place), self.borrow(true, p));
                    quote!(::core::mem::swap(#a, #b);)
                }
                ContainerOp::Fill(e) => {
                    let e = value(e);
                    quote!(#target.fill(#e);)
                }
                ContainerOp::CopyFrom(p) if self.func.var(p.base).optional.is_some() => {
                    let (name, source, zero) = (self.name(p.base), self.borrow(false, p), self.set_zero(place));
                    quote!(match #name { ::core::option::Option::Some(#name) => #target.clone_from_slice(#source), ::core::option::Option::None => { #zero } })
                }
                ContainerOp::CopyFrom(p) => {
                    let source = self.borrow(false, p);
                    match element {
                        Ty::Unknown | Ty::Real(Scalar::Wide) => quote!(#target.clone_from_slice(#source);),
                        _ => quote!(#target.copy_from_slice(#source);),
                    }
                }
                ContainerOp::Resize(n, e) => {
                    let (n, e) = (self.expr(n), value(e));
                    quote!(#target.resize(#n, #e);)
                }
                ContainerOp::Truncate(n) => {
                    let n = self.expr(n);
                    quote!(#target.truncate(#n);)
                }
                ContainerOp::Clear => quote!(#target.clear();),
            }
        })
    }

    pub fn expr(&self, e: &Expr) -> TokenStream {
        self.strength(e).0
    }

    /// The expression, in parentheses if it binds weaker than `min`.
    fn operand(&self, e: &Expr, min: u8) -> TokenStream {
        let (tokens, strength) = self.strength(e);
        if strength < min {
            quote!((#tokens))
        } else {
            tokens
        }
    }

    fn strength(&self, e: &Expr) -> (TokenStream, u8) {
        if let Some(typed) = self.with_literals(e) {
            return self.strength(&typed);
        }
        match e {
            Expr::Place(p) => self.read(p),
            Expr::Real(c) => (self.real(*c, None), if *c < 0.0 { PREFIX } else { ATOM }),
            Expr::Int(n) => {
                let n = Literal::usize_unsuffixed(*n);
                (quote!(#n), ATOM)
            }
            Expr::Unary(op, a) => {
                let a = self.operand(a, PREFIX);
                match op {
                    UnOp::Neg => (quote!(-#a), PREFIX),
                    UnOp::Not => (quote!(!#a), PREFIX),
                }
            }
            Expr::Binary(op, a, b) => {
                let p = op.precedence();
                // Comparisons don't chain, and a cast before `<` would open generics.
                let left = match op {
                    BinOp::Lt | BinOp::Shl if ends_in_cast(a) => POSTFIX,
                    _ if matches!(**a, Expr::Cast(..)) => CAST + 1,
                    op if op.is_comparison() => p + 1,
                    _ => p,
                };
                let (a, b, op) = (self.operand(a, left), self.operand(b, p + 1), operator(*op));
                (quote!(#a #op #b), p)
            }
            // The partial and its operand are there for the derivative only.
            Expr::Rule("given" | "stated", args) => self.strength(&args[0]),
            Expr::Rule(name @ ("zero_safe" | "powi_slope" | "powi_curve"), args) => {
                (self.runtime(name, args), POSTFIX)
            }
            Expr::Runtime(name, args) => (self.runtime(name, args), POSTFIX),
            Expr::Rule(name, args) => {
                let receiver = self.operand(&args[0], POSTFIX);
                let (name, rest) = (
                    ident(name, Span::call_site()),
                    args[1..].iter().map(|a| self.expr(a)),
                );
                (quote!(#receiver.#name(#(#rest),*)), POSTFIX)
            }
            Expr::Cast(a, ty) => {
                let a = self.operand(a, CAST);
                (quote!(#a as #ty), CAST)
            }
            Expr::Select(c, a, b) => {
                let (c, a, b) = (self.expr(c), self.expr(a), self.expr(b));
                (quote!(if #c { #a } else { #b }), 0)
            }
            Expr::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|p| self.expr(p)).collect();
                match parts.as_slice() {
                    [one] => (quote!((#one,)), ATOM),
                    many => (quote!((#(#many),*)), ATOM),
                }
            }
            Expr::Struct(ctor, parts) => (self.structure(ctor, parts), 1),
            Expr::Array(parts) => {
                let parts = parts.iter().map(|p| self.expr(p));
                (quote!([#(#parts),*]), ATOM)
            }
            Expr::VecOf(parts) => {
                let (parts, krate) = (parts.iter().map(|p| self.expr(p)), self.krate);
                (quote!(#krate::rt::std::vec![#(#parts),*]), POSTFIX)
            }
            Expr::Repeat { value, len, vec } => {
                let (value, len) = (self.expr(value), self.expr(len));
                if *vec {
                    let krate = self.krate;
                    (quote!(#krate::rt::std::vec![#value; #len]), POSTFIX)
                } else {
                    (quote!([#value; #len]), ATOM)
                }
            }
            Expr::Copied(kind, p) => (self.copied(*kind, p), POSTFIX),
            Expr::Borrow(mutable, p) => (self.borrowed_view(*mutable, p), PREFIX),
            Expr::Query(name, p, args) if name == MATCHES => (self.matches(p, args), ATOM),
            Expr::Query(name, p, args) => {
                let (p, name) = (self.receiver(p), ident(name, Span::call_site()));
                let args = args.iter().map(|a| self.expr(a));
                (quote!(#p.#name(#(#args),*)), POSTFIX)
            }
            Expr::Opaque(o) => (self.opaque(o), opaque_strength(o)),
            Expr::Lend(o) => {
                let o = self.opaque(o);
                (quote!(&#o), PREFIX)
            }
            Expr::ZeroOf(p) => (self.zero_of(p), POSTFIX),
            Expr::D => (
                quote!(compile_error!("chainrule: an unfilled template")),
                ATOM,
            ),
        }
    }

    fn runtime(&self, name: &str, args: &[Expr]) -> TokenStream {
        if let [Expr::Place(p)] = args {
            match name {
                NEUTRAL_OF => return self.neutral_of(p),
                WIDE_NEUTRAL_OF => return self.wide_neutral_of(p),
                WIDE_ZERO_OF => return self.wide_zero_of(p),
                _ => {}
            }
        }
        let wide = match name {
            WIDE_ZERO => Some(0.0),
            WIDE_NEUTRAL => Some(-0.0),
            _ => None,
        };
        if let Some(zero) = wide {
            return self.real(zero, Some(&Scalar::Wide));
        }
        let (krate, name) = (self.krate, ident(name, Span::call_site()));
        if args.is_empty() {
            return quote!(#krate::rt::#name);
        }
        let args = args.iter().map(|a| self.expr(a));
        if name == "Held" {
            return quote!({ use #krate::rt::AsIs as _; #krate::rt::Held(#(#args),*).held() });
        }
        quote!(#krate::rt::#name(#(#args),*))
    }

    /// A real number, in the type that the function computes in.
    fn real(&self, c: f64, ty: Option<&Scalar>) -> TokenStream {
        if let (Some(Scalar::Wide), Some(wide)) = (ty, self.wide) {
            let krate = self.krate;
            return match c.is_sign_negative() {
                true => quote!(<#wide as #krate::rt::Wide>::neutral()),
                false => quote!(<#wide as #krate::rt::Wide>::zero()),
            };
        }
        let param = match ty {
            Some(Scalar::Param(p)) => Some(p.as_str()),
            Some(Scalar::F64 | Scalar::F32) => None,
            _ => self.scalar,
        };
        match param {
            Some(p) => {
                let p = ident(p, Span::call_site());
                let krate = self.krate;
                if c == 0.0 {
                    quote!(<#p as #krate::rt::Zero>::zero())
                } else if c == 1.0 {
                    quote!(<#p as #krate::rt::One>::one())
                } else {
                    quote!(#krate::rt::real::<#p>(#c))
                }
            }
            // Two type parameters for reals: rustc finds out which one is meant.
            None if self.several && !matches!(ty, Some(Scalar::F64 | Scalar::F32)) => {
                let krate = self.krate;
                quote!(#krate::rt::real(#c))
            }
            None => {
                let c = Literal::f64_unsuffixed(c);
                quote!(#c)
            }
        }
    }

    /// Kept code, with variables renamed as they are here.
    fn opaque(&self, o: &Opaque) -> TokenStream {
        let renamed: Vec<(&str, Ident)> = o
            .reads
            .iter()
            .map(|&v| (self.func.var(v), v))
            .filter(|(var, _)| var.source != var.name)
            .map(|(var, v)| (var.source.as_str(), self.name(v)))
            .collect();
        if renamed.is_empty() {
            o.tokens.clone()
        } else {
            rename::rename(o.tokens.clone(), &renamed)
        }
    }

    // Places.

    fn read(&self, p: &Place) -> (TokenStream, u8) {
        let var = self.func.var(p.base);
        if let Some(primal) = var.optional {
            let name = self.name(p.base);
            let (inner, _) = self.plain_read(p);
            let zero = self.missing(p, primal);
            if self.func.place_ty(p).is_real() {
                return (quote!(#name.map_or(#zero, |#name| #inner)), POSTFIX);
            }
            return (
                quote!((match #name { ::core::option::Option::Some(#name) => #inner, ::core::option::Option::None => #zero })),
                ATOM,
            );
        }
        self.plain_read(p)
    }

    fn plain_read(&self, p: &Place) -> (TokenStream, u8) {
        let tokens = self.place(p);
        let prefix = matches!(p.proj.last(), Some(Proj::Deref | Proj::Payload(_)));
        (tokens, if prefix { PREFIX } else { POSTFIX })
    }

    /// The place, as something to assign to or to borrow exclusively.
    fn target(&self, p: &Place) -> TokenStream {
        self.place_as(p, true)
    }

    pub fn place(&self, p: &Place) -> TokenStream {
        self.place_as(p, false)
    }

    fn place_as(&self, p: &Place, mutable: bool) -> TokenStream {
        let mut tokens = {
            let name = self.name(p.base);
            quote!(#name)
        };
        let mut prefix = false;
        for (k, step) in p.proj.iter().enumerate() {
            // Indexing and fields look through references by themselves.
            let inside = p.proj.get(k + 1);
            let selected = mutable && self.is_selected(p, k + 1);
            if matches!(step, Proj::Deref)
                && inside.is_some_and(|s| !matches!(s, Proj::Payload(_)))
                && !selected
            {
                continue;
            }
            if prefix && !matches!(step, Proj::Payload(_)) {
                tokens = quote!((#tokens));
                prefix = false;
            }
            tokens = match step {
                Proj::Index(e) if mutable && self.is_selected(p, k) => {
                    prefix = true;
                    let (krate, e) = (self.krate, self.expr(e));
                    let again = match self.func.place_ty(&prefix_of(p, k)) {
                        Ty::Ref(..) => quote!(*),
                        _ => quote!(),
                    };
                    quote!(*#krate::rt::part_mut(&mut #again #tokens, #e))
                }
                Proj::Index(e) => {
                    let e = self.expr(e);
                    quote!(#tokens[#e])
                }
                Proj::Range { lo, hi, inclusive } => {
                    let lo = lo.as_ref().map(|e| self.operand(e, 2));
                    let hi = hi.as_ref().map(|e| self.operand(e, 2));
                    if *inclusive {
                        quote!(#tokens[#lo..=#hi])
                    } else {
                        quote!(#tokens[#lo..#hi])
                    }
                }
                Proj::Field(f) => {
                    let f = ident(f, Span::call_site());
                    quote!(#tokens.#f)
                }
                Proj::Tuple(k) => {
                    let k = syn::Index::from(*k);
                    quote!(#tokens.#k)
                }
                Proj::Deref => {
                    prefix = true;
                    quote!(*#tokens)
                }
                Proj::Payload(variant) => {
                    prefix = true;
                    self.payload(variant, tokens, mutable)
                }
            };
        }
        tokens
    }

    /// Whether a step of an adjoint's place is an index into what may be of a user's type: with an `Index`, but no `IndexMut`.
    fn is_selected(&self, p: &Place, k: usize) -> bool {
        if !self.func.var(p.base).shadow || !matches!(p.proj.get(k), Some(Proj::Index(_))) {
            return false;
        }
        matches!(self.func.place_ty(&prefix_of(p, k)).peel(), Ty::Unknown)
    }

    /// The place as a method's receiver, which looks through references by itself.
    pub fn receiver(&self, p: &Place) -> TokenStream {
        self.receiver_as(p, false)
    }

    fn receiver_as(&self, p: &Place, mutable: bool) -> TokenStream {
        match p.proj.split_last() {
            Some((Proj::Deref, init)) => {
                let place = Place {
                    base: p.base,
                    proj: init.to_vec(),
                    span: p.span,
                };
                self.place_as(&place, mutable)
            }
            Some((Proj::Payload(_), _)) => {
                let place = self.place_as(p, mutable);
                quote!((#place))
            }
            Some((_, init)) if mutable && self.is_selected(p, init.len()) => {
                let place = self.place_as(p, true);
                quote!((#place))
            }
            _ => self.place_as(p, mutable),
        }
    }

    /// `&place`, or the variable itself where it is a shared reference already.
    pub fn borrow(&self, mutable: bool, p: &Place) -> TokenStream {
        let base = self.func.var(p.base);
        if !mutable
            && p.proj.len() == 1
            && matches!(p.proj[0], Proj::Deref)
            && matches!(base.ty, Ty::Ref(false, _))
        {
            let name = self.name(p.base);
            return quote!(#name);
        }
        let place = self.place_as(p, mutable);
        if mutable {
            quote!(&mut #place)
        } else {
            quote!(&#place)
        }
    }

    /// The right-hand side of a `let` that makes a view.
    fn borrowed_view(&self, mutable: bool, p: &Place) -> TokenStream {
        let inner = self.borrow(mutable, p);
        if self.func.var(p.base).optional.is_none() {
            return inner;
        }
        let name = self.name(p.base);
        let access = if mutable {
            quote!(#name.as_deref_mut())
        } else {
            quote!(#name)
        };
        quote!(#access.map(|#name| #inner))
    }
}

/// The place without its last steps.
fn prefix_of(p: &Place, steps: usize) -> Place {
    Place {
        base: p.base,
        proj: p.proj[..steps].to_vec(),
        span: p.span,
    }
}

/// The name of a companion: the suffix goes behind the name, raw identifiers lose their prefix.
/// `&place`, at the place's token: what rustc says of its type, it says of the user's code.
fn borrowed(place: &TokenStream) -> TokenStream {
    let first = place.clone().into_iter().next();
    let span = first.map_or_else(Span::call_site, |t| t.span());
    quote::quote_spanned!(span=> &#place)
}

pub fn companion_name(name: &Ident, suffix: &str) -> Ident {
    if suffix.is_empty() {
        return name.clone();
    }
    let text = name.to_string();
    format_ident!(
        "{}{}",
        text.trim_start_matches("r#"),
        suffix,
        span = name.span()
    )
}

pub fn ident(name: &str, span: Span) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(name, span),
    }
}

fn operator(op: BinOp) -> TokenStream {
    op.text().parse().unwrap_or_default()
}

/// Kept code may be any expression: only single tokens and paths are sure to bind tightly.
fn opaque_strength(o: &Opaque) -> u8 {
    let tight = o.tokens.clone().into_iter().all(|t| match t {
        TokenTree::Punct(p) => matches!(p.as_char(), ':' | '.'),
        TokenTree::Group(g) => g.delimiter() != proc_macro2::Delimiter::Brace,
        _ => true,
    });
    let keyword = o
        .tokens
        .clone()
        .into_iter()
        .any(|t| matches!(t, TokenTree::Ident(i) if i == "as" || i == "if" || i == "match"));
    if tight && !keyword { POSTFIX } else { 1 }
}

impl Emitter<'_> {
    /// A function body: a `return` in tail position is its value.
    pub fn body(&self, stmts: &[Stmt]) -> TokenStream {
        let Some((last, init)) = stmts.split_last() else {
            return self.falling_off(stmts);
        };
        let init = self.block(init);
        let last = match last {
            Stmt::Return(e) => self.outcome(e.as_ref()),
            Stmt::If { cond, then, els } if diverges(then) && diverges(els) && !els.is_empty() => {
                self.if_value(cond, then, els)
            }
            Stmt::Rest(b) => self.body(b),
            other => {
                let stmt = self.stmt(other);
                let end = self.falling_off(std::slice::from_ref(other));
                quote!(#stmt #end)
            }
        };
        quote!(#init #last)
    }

    fn if_value(&self, cond: &Expr, then: &Block, els: &Block) -> TokenStream {
        let (cond, then) = (self.expr(cond), self.body(then));
        match els.as_slice() {
            [
                Stmt::If {
                    cond: c,
                    then: t,
                    els: e,
                },
            ] if diverges(t) && diverges(e) && !e.is_empty() => {
                let chain = self.if_value(c, t, e);
                quote!(if #cond { #then } else #chain)
            }
            els => {
                let els = self.body(els);
                quote!(if #cond { #then } else { #els })
            }
        }
    }
}

/// Whether a type stands last in an expression.
fn ends_in_cast(e: &Expr) -> bool {
    match e {
        Expr::Cast(..) => true,
        Expr::Unary(_, a) | Expr::Binary(_, _, a) => ends_in_cast(a),
        Expr::Opaque(o) => o
            .tokens
            .clone()
            .into_iter()
            .any(|t| matches!(t, TokenTree::Ident(i) if i == "as")),
        _ => false,
    }
}
