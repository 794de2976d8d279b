//! Reverse mode: `f_adjoint`, `f_gradient`, and the split form that annotated callers use.

use super::callable::{Functions, Shape};
use super::home::Needs;
use super::params::{Param, Passing, this};
use super::{Head, Subject};
use crate::emit::Emitter;
use crate::ir::*;
use crate::transform::adjoint::put_back;
use crate::transform::adjoint::{Adjoint, Mode, Sweeps};
use crate::transform::tidy;
use crate::transform::widen::widen;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::collections::HashSet;

/// A function's adjoint as IR: a body, and the shadows of its parameters.
pub struct JointBody {
    pub adjoint: Adjoint,
    pub body: Block,
}

/// A companion's parameters, what it returns, and its body.
pub struct Code {
    pub params: Vec<TokenStream>,
    pub output: TokenStream,
    pub body: TokenStream,
}

impl Subject<'_> {
    pub fn reverse(&self) -> TokenStream {
        if self.custom {
            return self.custom_reverse();
        }
        let mut out = self.adjoint();
        out.extend(self.forward_sweep());
        out.extend(self.gradient());
        out.extend(self.dynamic());
        out
    }

    /// Both sweeps in one body; the value is left in `value`, by-value adjoints in their variables.
    pub fn joint(&self) -> JointBody {
        self.joint_with(false)
    }

    /// The same of the seed one; shadows of vectors that may have grown are made as long as these if the caller did not make them.
    pub fn joint_with(&self, own_shadows: bool) -> JointBody {
        let mut adjoint = Adjoint::new(self.func.clone(), self.activity.clone(), Mode::Joint);
        adjoint.func.form = Companion::Forward;
        if !own_shadows {
            adjoint = adjoint.seeded();
        }
        if self.params.iter().any(|p| p.is_mut()) {
            adjoint = adjoint.without_fusion();
        }
        for p in self.params.iter().filter(|p| p.active) {
            adjoint.bar(p.var);
        }
        let Sweeps { forward, reverse } = adjoint.run();
        let mut body = Vec::new();
        let shadows = self.shadows_of_values(&mut adjoint);
        if !self.returns_unit() {
            body.push(Stmt::Let {
                var: adjoint.value,
                init: None,
            });
        }
        if adjoint.fuse {
            body.extend(shadows.clone());
        }
        body.extend(forward);
        if !adjoint.fuse {
            body.extend(shadows);
        }
        if own_shadows {
            body.extend(self.grown(&mut adjoint));
        }
        let finals = self.finals(&mut adjoint);
        for (var, place) in &finals {
            let value = Expr::Copied(copy_kind(&adjoint.func, place), place.clone());
            body.push(Stmt::Let {
                var: *var,
                init: Some(value),
            });
        }
        body.extend(reverse);
        for (var, place) in &finals {
            body.push(put_back(&adjoint.func, place, *var));
        }
        with_stacks(&adjoint.func, &mut body, &[]);
        let mut keep = self.results(&adjoint);
        keep.push(adjoint.value);
        tidy::tidy(&mut adjoint.func, &mut body, &keep);
        tidy::move_last(&adjoint.func, &mut body, adjoint.value);
        if self.wide.is_some() {
            widen_adjoint(&mut adjoint, &mut [&mut body]);
        }
        JointBody { adjoint, body }
    }

    /// `x_bar.resize(x.len(), 0.0);` for `x: &mut Vec<…>` of reals.
    fn grown(&self, adjoint: &mut Adjoint) -> Block {
        let mut out = Vec::new();
        for p in self.params.iter().filter(|p| p.active && p.is_mut()) {
            if matches!(adjoint.func.var(p.var).ty.peel(), Ty::Vec(e) if e.is_real()) {
                let place = Place::var(adjoint.bar(p.var));
                let length = Expr::Query("len".into(), Place::var(p.var), Vec::new());
                out.push(Stmt::Container {
                    span: place.span,
                    place,
                    op: ContainerOp::Resize(length, Expr::Real(0.0)),
                });
            } else if self.may_grow(p.var) {
                let place = Place::var(adjoint.bar(p.var)).with(Proj::Deref);
                out.push(Stmt::Assign {
                    place,
                    op: None,
                    value: Expr::ZeroOf(Place::var(p.var).with(Proj::Deref)),
                    first: false,
                });
            }
        }
        out
    }

    /// Whether something in an in/out parameter of a type that may hold vectors may get another length.
    fn may_grow(&self, v: VarId) -> bool {
        let fixed = |ty: &Ty| matches!(ty, Ty::Real(_) | Ty::Array(..) | Ty::Slice(_));
        let mut grows = false;
        walk(&self.func.body, &mut |s| match s {
            Stmt::Container { place, op, .. } => {
                let moves = matches!(
                    op,
                    ContainerOp::Swap(..) | ContainerOp::Fill(_) | ContainerOp::CopyFrom(_)
                );
                grows |= !moves && self.func.root(place) == v;
            }
            Stmt::Call { args, .. } => {
                let lends =
                    |a: &CallArg| matches!(&a.arg, Arg::RefMut(p) if self.func.root(p) == v);
                grows |= args.iter().any(lends);
            }
            Stmt::Assign { place, .. } => {
                grows |= self.func.root(place) == v && !self.func.place_ty(place).is_real();
            }
            _ => {}
        });
        grows && !fixed(self.func.var(v).ty.peel())
    }

    /// Zero adjoints of the by-value parameters.
    fn shadows_of_values(&self, adjoint: &mut Adjoint) -> Block {
        let mut out = Vec::new();
        for p in self
            .params
            .iter()
            .filter(|p| p.active && p.passing == Passing::Value)
        {
            let var = adjoint.bar(p.var);
            let init = match adjoint.func.var(p.var).ty {
                Ty::Real(_) => Expr::Real(0.0),
                _ => Expr::ZeroOf(Place::var(p.var)),
            };
            out.push(Stmt::Let {
                var,
                init: Some(init),
            });
        }
        out
    }

    /// In/out parameters whose final value has to be put back after the reverse sweep.
    fn finals(&self, adjoint: &mut Adjoint) -> Vec<(VarId, Place)> {
        let disturbed = adjoint.disturbed();
        let mut out = Vec::new();
        for p in self
            .params
            .iter()
            .filter(|p| p.is_mut() && disturbed.contains(&p.var))
        {
            let name = format!(
                "{}_final",
                adjoint.func.var(p.var).name.trim_start_matches("r#")
            );
            let ty = match adjoint.func.var(p.var).ty.peel() {
                Ty::Slice(e) => Ty::Vec(e.clone()),
                other => other.clone(),
            };
            let var = adjoint.func.fresh(&name, ty, false, Role::Local);
            out.push((var, Place::var(p.var).with(Proj::Deref)));
        }
        out
    }

    fn adjoint(&self) -> TokenStream {
        let Code {
            params,
            output,
            body,
        } = self.adjoint_code();
        let head = Head {
            suffix: "_adjoint",
            doc: "Value and adjoints (vector-Jacobian product)",
            params,
            output,
            needs: Needs::handed(Shape::Adjoint),
            ..Head::default()
        };
        self.companion(head, &body)
    }

    /// Parameters, results and body of `f_adjoint`.
    pub fn adjoint_code(&self) -> Code {
        if self.custom {
            return self.custom_adjoint_code();
        }
        let JointBody { adjoint, body } = self.joint();
        let e = self.public_emitter(&adjoint.func);
        let (mut params, mut prologue) = (Vec::new(), TokenStream::new());
        for p in &self.params {
            if let Some(c) = &p.callable {
                params.push(self.handed(p, c, Shape::Adjoint));
                prologue.extend(self.as_sweeps(&e, p, c, adjoint.bars.get(&p.var)));
                continue;
            }
            params.push(p.declare());
            if p.active && p.passing != Passing::Value {
                let (name, ty) = (e.name(adjoint.bars[&p.var]), self.shadow_ty(&p.referent));
                params.push(quote!(#name: &mut #ty));
            }
        }
        if !self.returns_unit() {
            let (seed, ty) = (e.name(adjoint.seed), self.seed_ty());
            params.push(quote!(#seed: #ty));
        }
        let values: Vec<&Param> = self
            .params
            .iter()
            .filter(|p| p.active && p.passing == Passing::Value)
            .collect();
        let mut results = Vec::new();
        let mut types = Vec::new();
        if !self.returns_unit() {
            results.push(e.name(adjoint.value));
            types.push(self.ret());
        }
        for p in values {
            results.push(e.name(adjoint.bars[&p.var]));
            types.push(self.shadow_ty(&p.ty));
        }
        let (result, output) = match results.len() {
            0 => (quote!(), quote!()),
            1 => (quote!(#(#results)*), quote!(#(#types)*)),
            _ => (quote!((#(#results),*)), quote!((#(#types),*))),
        };
        let (result, output) = (self.wrap(result), self.wrapped(output));
        for passing in [(Passing::Ref, true), (Passing::RefMut, true)] {
            let names = |p: &Param| Some((p.name.clone(), e.name(adjoint.bars[&p.var])));
            prologue.extend(self.lengths_agree(passing, &names));
        }
        let block = self.reverse_block(&e, &body, &self.results(&adjoint));
        let cleared = self.params.iter().filter(|p| p.active);
        let cleared = cleared.map(|p| self.clear_adjoint(p, &e.name(adjoint.bars[&p.var])));
        // Behind an alias (`type Real = f64`, `Self::Output`) a number is as good by value.
        let number = !self.seed_by_value() && returns_number(&self.func);
        let seed = number.then(|| {
            let seed = e.name(adjoint.seed);
            quote!(let #seed = *#seed;)
        });
        let block = quote!(#seed #block #(#cleared)*);
        Code {
            params,
            output,
            body: quote!(#prologue #block #result),
        }
    }

    /// By value where the type is `Copy` in the signature's own terms, by reference otherwise.
    pub fn seed_ty(&self) -> TokenStream {
        let ret = self.shadow_ty(&self.ret());
        if self.seed_by_value() {
            ret
        } else {
            quote!(&#ret)
        }
    }

    pub fn seed_by_value(&self) -> bool {
        self.func.ret.is_copy() == Some(true)
    }

    /// Type and const parameters that an opaque result may capture.
    fn captured(&self) -> Vec<TokenStream> {
        let mut all = Vec::new();
        if self.home.is_trait() {
            all.push(quote!(Self));
        }
        // Those of the type itself: the pullback is given the receiver again.
        let lifetimes = self.home.generics.lifetimes();
        let named = self.home.own.to_token_stream().to_string();
        let lifetimes = lifetimes.filter(|l| named.contains(&l.lifetime.to_string()));
        all.extend(lifetimes.map(|l| l.lifetime.to_token_stream()));
        let own = self.split_generics();
        let outer = self.home.generics.params.iter();
        let generics = outer.chain(&own.params);
        for p in generics {
            match p {
                syn::GenericParam::Type(t) => all.push(t.ident.to_token_stream()),
                syn::GenericParam::Const(c) => all.push(c.ident.to_token_stream()),
                syn::GenericParam::Lifetime(_) => {}
            }
        }
        all.extend(self.wide.clone());
        let held = super::lifetimes::held(self.sig);
        all.extend(held.iter().map(ToTokens::to_token_stream));
        all.sort_by_key(|p| !p.to_string().starts_with('\''));
        all
    }

    /// Parameters of a pullback's closure: references are given again, shadows may be left out.
    /// `shadows` says how many stand behind each; of three, the adjoint in the middle is never wide.
    pub fn pullback_signature(&self, shadows: &[&str]) -> (Vec<TokenStream>, TokenStream) {
        let mut types = Vec::new();
        if self.receiver.is_some() {
            types.push(quote!(&Self));
            types.extend(shadows.iter().map(|_| quote!(::core::option::Option<()>)));
        }
        for p in self.params.iter().filter(|p| !p.is_returned()) {
            if let Some(c) = &p.callable {
                types.push(c.pull(shadows.len() > 1));
                continue;
            }
            let referent = &p.referent;
            types.push(if p.is_mut() {
                quote!(&mut #referent)
            } else {
                quote!(&#referent)
            });
            let wide = self.shadow_of(p);
            for (k, s) in shadows.iter().enumerate() {
                let shadow = if k == 1 { referent } else { &wide };
                let mutable = *s == "mut" || p.is_mut();
                types.push(if mutable {
                    quote!(::core::option::Option<&mut #shadow>)
                } else {
                    quote!(::core::option::Option<&#shadow>)
                });
            }
        }
        let twice = shadows.len() > 1;
        types.extend(twice.then(|| self.ret()));
        types.push(self.shadow_ty(&self.ret()));
        let mut results = Vec::new();
        for p in self.params.iter().filter(|p| p.is_returned()) {
            results.extend(match (twice, p.active) {
                (true, true) => vec![p.ty.clone(), self.shadow_ty(&p.ty)],
                (false, true) => vec![self.shadow_ty(&p.ty)],
                (true, false) => vec![self.nothing_back(p).0; 2],
                (false, false) => vec![self.nothing_back(p).0],
            });
        }
        (types, quote!((#(#results,)*)))
    }

    /// The signature of a function that returns a pullback, opaque or boxed.
    pub fn split_head(
        &self,
        suffix: &'static str,
        boxed: bool,
        params: Vec<TokenStream>,
        values: usize,
        shadows: &[&str],
    ) -> Head<'static> {
        let ret = self.ret();
        let (types, result) = self.pullback_signature(shadows);
        let call = quote!(::core::ops::FnOnce(#(#types),*) -> #result);
        let mut captured = self.captured();
        // Boxed pullbacks inside live as long as the types that they hold.
        let trace = boxed
            || self.operands.is_some()
            || self.home.is_fixed()
            || (!self.is_leaf()
                && (self.wide.is_some() || self.has_type_params() || self.holds_references()));
        if trace && !boxed {
            captured.insert(0, quote!('trace));
        }
        let pullback = if boxed {
            let krate = self.krate;
            quote!(#krate::rt::std::boxed::Box<dyn #call + 'trace>)
        } else {
            quote!(impl #call + use<#(#captured),*>)
        };
        let shadow = self.shadow_ty(&ret);
        let values = [ret, shadow].into_iter().take(values);
        Head {
            suffix,
            hidden: true,
            params,
            output: self.wrapped(quote!((#(#values,)* #pullback))),
            needs: Needs {
                trace,
                sized: true,
                copied: true,
                cloned: self.wide.is_some(),
                counted: false,
                functions: Functions::Recorded,
            },
            ..Head::default()
        }
    }

    /// Whether a pullback may hold references that came in values.
    fn holds_references(&self) -> bool {
        !super::lifetimes::held(self.sig).is_empty()
    }

    fn has_type_params(&self) -> bool {
        let outer = self.home.generics.type_params();
        outer
            .chain(self.split_generics().type_params())
            .next()
            .is_some()
    }

    /// Whether the opaque and the boxed form may differ: a function that calls no other can't be part of a cycle.
    pub fn is_leaf(&self) -> bool {
        let mut leaf = true;
        walk(&self.func.body, &mut |s| {
            leaf &= !matches!(s, Stmt::Call { .. })
        });
        leaf
    }

    /// The two sweeps of the split form.
    pub fn split(&self) -> (Adjoint, Sweeps) {
        let mut adjoint = Adjoint::new(self.func.clone(), self.activity.clone(), Mode::Split);
        adjoint.func.form = Companion::Forward;
        for p in self.params.iter().filter(|p| p.active) {
            let bar = adjoint.bar(p.var);
            if p.passing == Passing::Ref {
                adjoint.func.vars[bar.0].optional = Some(p.var);
            }
        }
        let Sweeps {
            mut forward,
            mut reverse,
        } = adjoint.run();
        if !self.returns_unit() {
            forward.insert(
                0,
                Stmt::Let {
                    var: adjoint.value,
                    init: None,
                },
            );
        }
        let stacks = with_stacks(&adjoint.func, &mut forward, &[]);
        // What an iteration records when it is run again stays in the reverse sweep.
        with_stacks(&adjoint.func, &mut reverse, &stacks);
        let mut back = self.shadows_of_values(&mut adjoint);
        back.append(&mut reverse);
        let keep = self.results(&adjoint);
        let value = adjoint.value;
        tidy::tidy(&mut adjoint.func, &mut forward, &[value]);
        tidy::tidy(&mut adjoint.func, &mut back, &keep);
        if self.wide.is_some() {
            widen_adjoint(&mut adjoint, &mut [&mut forward, &mut back]);
        }
        (
            adjoint,
            Sweeps {
                forward,
                reverse: back,
            },
        )
    }

    /// Adjoints that are returned, needed or not.
    pub fn results(&self, adjoint: &Adjoint) -> Vec<VarId> {
        self.params
            .iter()
            .filter_map(|p| adjoint.bars.get(&p.var).copied())
            .collect()
    }

    /// Forward sweep and pullback.
    pub fn forward_sweep(&self) -> TokenStream {
        if self.params.iter().any(|p| p.anonymous) {
            return quote!();
        }
        let (adjoint, Sweeps { forward, reverse }) = self.split();
        let e = self.emitter(&adjoint.func);
        let closure = self.closure(&e, &adjoint, &reverse);
        let forward = e.block(&forward);
        let value = if self.returns_unit() {
            quote!(())
        } else {
            e.name(adjoint.value).to_token_stream()
        };
        let declare = |p: &Param| match &p.callable {
            Some(c) => {
                let (name, ty) = (&p.name, c.forward(Companion::Forward));
                quote!(#name: #ty)
            }
            None => p.declare_lent(),
        };
        let params: Vec<TokenStream> = self.functions_last().map(declare).collect();
        let suffixes = match self.wide {
            Some(_) => ["_forward_sweep_wide", "_forward_sweep_wide_boxed"],
            None => ["_forward_sweep", "_forward_sweep_boxed"],
        };
        let mut out = self.both_forms(suffixes, &params, &value, 1, &["mut"], (forward, closure));
        if self.wide.is_some() {
            return out;
        }
        if self.operands.is_none() {
            out.extend(self.fails_unchanged());
            out.extend(self.overwrites());
            out.extend(self.restores(&adjoint));
        }
        out.extend(self.pulls(false));
        out
    }

    /// Both forms of a function that returns a pullback: opaque, and, for callers that may be part of
    /// a cycle of types, with a pullback whose type does not depend on the body.
    pub fn both_forms(
        &self,
        suffixes: [&'static str; 2],
        params: &[TokenStream],
        values: &TokenStream,
        count: usize,
        shadows: &[&str],
        (forward, closure): (TokenStream, TokenStream),
    ) -> TokenStream {
        let head = self.split_head(suffixes[0], false, params.to_vec(), count, shadows);
        let result = self.wrap(quote!((#values, #closure)));
        let mut out = self.companion(head, &self.with_copy(quote!(#forward #result)));
        if self.operands.is_some() {
            return out;
        }
        let leaf = self.is_leaf() && !self.home.is_fixed();
        let head = self.split_head(suffixes[1], !leaf, params.to_vec(), count, shadows);
        let closure = if leaf {
            closure
        } else {
            let krate = self.krate;
            quote!(#krate::rt::std::boxed::Box::new(#closure))
        };
        let result = self.wrap(quote!((#values, #closure)));
        out.extend(self.companion(head, &self.with_copy(quote!(#forward #result))));
        out
    }

    /// The receiver as a parameter of a pullback, with shadows that are never given.
    pub fn receiver_again(&self, shadows: usize) -> Vec<TokenStream> {
        match self.receiver {
            None => Vec::new(),
            Some(_) => {
                let this = this(Span::call_site());
                let mut params = vec![quote!(#this: &Self)];
                params.extend((0..shadows).map(|_| quote!(_: ::core::option::Option<()>)));
                params
            }
        }
    }

    /// Code in which the receiver goes by the name that it has in a pullback.
    pub fn with_receiver(&self, tokens: TokenStream) -> TokenStream {
        match self.sig.receiver() {
            Some(r) if r.reference.is_some() => rename_self(tokens),
            _ => tokens,
        }
    }

    /// The body of a form to which a receiver by value is lent.
    pub fn with_copy(&self, body: TokenStream) -> TokenStream {
        let Some(p) = self.params.iter().find(|p| p.is_moved_receiver()) else {
            return body;
        };
        let (this, body) = (p.closure_name(), rename_self(body));
        quote!(let mut #this = ::core::clone::Clone::clone(self); #body)
    }

    /// What comes back for a constant by value, and its type: traits of operators and conversions say it without knowing what is a constant.
    pub(super) fn nothing_back(&self, p: &Param) -> (TokenStream, TokenStream) {
        if self.operands.is_none() {
            return (quote!(()), quote!(()));
        }
        let (krate, name) = (self.krate, &p.name);
        (
            p.ty.clone(),
            quote!(#krate::rt::Differentiable::zero_shadow(&#name)),
        )
    }

    fn closure(&self, e: &Emitter, adjoint: &Adjoint, back: &Block) -> TokenStream {
        let mut params = self.receiver_again(1);
        let (mut prologue, mut epilogue) = (TokenStream::new(), TokenStream::new());
        let mut results = Vec::new();
        for p in &self.params {
            let bar = adjoint.bars.get(&p.var).map(|b| e.name(*b));
            if let Some(c) = &p.callable {
                let bar = bar.unwrap_or_else(|| format_ident!("_unused"));
                let ty = c.pull(false);
                params.push(quote!(#bar: #ty));
                continue;
            }
            if let (true, Some(bar)) = (p.is_moved_receiver(), &bar) {
                let ty = &p.ty;
                params.extend([
                    quote!(_: &#ty),
                    quote!(receiver_bar: ::core::option::Option<&mut #ty>),
                ]);
                epilogue.extend(self.add_to_receiver(&format_ident!("receiver_bar"), bar));
                continue;
            }
            if p.passing == Passing::Value {
                results.push(match bar {
                    Some(bar) if p.active => quote!(#bar),
                    _ => self.nothing_back(p).1,
                });
                continue;
            }
            let (name, referent, shadow) = (p.closure_name(), &p.referent, self.shadow_of(p));
            let reference = if p.is_mut() { quote!(&mut) } else { quote!(&) };
            params.push(quote!(#name: #reference #referent));
            match bar {
                Some(bar) if p.active => {
                    params.push(quote!(mut #bar: ::core::option::Option<&mut #shadow>));
                    if p.is_mut() {
                        prologue.extend(quote!(let #bar = #bar.expect("the shadow of a `&mut` argument is given");));
                    }
                }
                _ => params.push(quote!(_: ::core::option::Option<&mut #referent>)),
            }
        }
        let (seed, ret) = (e.name(adjoint.seed), self.shadow_ty(&self.ret()));
        params.push(quote!(#seed: #ret));
        let shadows: Vec<Ident> = self
            .lendable()
            .filter_map(|p| adjoint.bars.get(&p.var))
            .map(|b| e.name(*b))
            .collect();
        let names = |p: &Param| {
            let bar = adjoint.bars.get(&p.var)?;
            Some((p.closure_name(), e.name(*bar)))
        };
        prologue.extend(self.lengths_agree((Passing::RefMut, true), &names));
        let agree = self.lengths_agree((Passing::Ref, true), &names);
        let back = self.both_paths(&adjoint.func, &shadows, agree, |e| {
            let back = self.reverse_block(e, back, &[]);
            quote!(#back #epilogue (#(#results,)*))
        });
        let back = self.with_receiver(back);
        quote!(move |#(#params),*| { #prologue #back })
    }

    /// What a receiver by value gets goes where the caller wants it.
    pub fn add_to_receiver(&self, target: &Ident, bar: &Ident) -> TokenStream {
        let krate = self.krate;
        quote!(if let ::core::option::Option::Some(target) = #target { #krate::rt::Differentiable::accumulate(target, &#bar); })
    }

    /// Scalar result: `f_gradient`, with the adjoint's sweeps for the seed one.
    fn gradient(&self) -> TokenStream {
        let Ty::Real(scalar) = &self.func.ret else {
            return quote!();
        };
        let JointBody { adjoint, body } = self.joint_with(true);
        let e = self.public_emitter(&adjoint.func);
        let (mut setup, mut results, mut types) = (TokenStream::new(), Vec::new(), Vec::new());
        for p in self.params.iter().filter(|p| p.active) {
            let bar = e.name(adjoint.bars[&p.var]);
            if p.passing == Passing::Value {
                results.push(quote!(#bar));
                types.push(p.ty.clone());
                continue;
            }
            let name = &p.name;
            let zero = e.zero(&self.func.var(p.var).ty, &quote!(#name));
            let gradient = format_ident!("{}_gradient", name.to_string().trim_start_matches("r#"));
            setup.extend(quote!(let mut #gradient = #zero; let #bar = &mut #gradient;));
            if p.passing == Passing::Ref {
                results.push(quote!(#gradient));
                types.push(self.owned_ty(p));
            }
        }
        let (seed, value, one, ret) = (
            e.name(adjoint.seed),
            e.name(adjoint.value),
            self.one(scalar),
            self.ret(),
        );
        let (gradient, ty) = one_or_tuple(results, types);
        let result = self.wrap(quote!((#value, #gradient)));
        let block = self.reverse_block(&e, &body, &self.results(&adjoint));
        let cleared = self.params.iter().filter(|p| p.active);
        let cleared = cleared.map(|p| self.clear_adjoint(p, &e.name(adjoint.bars[&p.var])));
        let block = quote!(#block #(#cleared)*);
        let (params, prologue) = self.handed_params(Shape::Adjoint, |p, c| {
            self.as_sweeps(&e, p, c, adjoint.bars.get(&p.var))
        });
        let head = Head {
            suffix: "_gradient",
            doc: "Value and gradient",
            params,
            output: self.wrapped(quote!((#ret, #ty))),
            needs: Needs::handed(Shape::Adjoint),
            ..Head::default()
        };
        self.companion(
            head,
            &quote!(#prologue #setup let #seed: #ret = #one; #block #result),
        )
    }

    /// One, in the given scalar type.
    pub fn one(&self, scalar: &Scalar) -> TokenStream {
        match scalar {
            Scalar::Param(p) => {
                let (p, krate) = (format_ident!("{p}"), self.krate);
                quote!(<#p as #krate::rt::One>::one())
            }
            _ => quote!(1.0),
        }
    }

    /// The owned shape of a borrowed parameter.
    pub fn owned_ty(&self, p: &Param) -> TokenStream {
        match syn::parse2::<syn::Type>(p.referent.clone()) {
            Ok(syn::Type::Slice(s)) => {
                let (elem, krate) = (&s.elem, self.krate);
                quote!(#krate::rt::std::vec::Vec<#elem>)
            }
            _ => p.referent.clone(),
        }
    }
}

fn widen_adjoint(adjoint: &mut Adjoint, blocks: &mut [&mut Block]) {
    widen(&mut adjoint.func, &adjoint.bars, Some(adjoint.seed), blocks);
}

pub fn one_or_tuple(
    results: Vec<TokenStream>,
    types: Vec<TokenStream>,
) -> (TokenStream, TokenStream) {
    match results.len() {
        1 => (quote!(#(#results)*), quote!(#(#types)*)),
        _ => (quote!((#(#results),*)), quote!((#(#types),*))),
    }
}

/// Stacks are declared once, before everything else: nested loops share theirs. Those of closures are theirs, and some are
/// declared `elsewhere`. Returns those that are declared here.
fn with_stacks(func: &Func, body: &mut Block, elsewhere: &[VarId]) -> Vec<VarId> {
    let (mut stacks, mut known) = (Vec::new(), HashSet::new());
    let mut declared: HashSet<VarId> = elsewhere.iter().copied().collect();
    walk(body, &mut |s| {
        if let Stmt::Let { var, init: None } = s {
            declared.insert(*var);
        }
        // What a closure recorded comes back to its reverse.
        if let Stmt::Pull { args, .. } = s {
            lambdas(args).for_each(|l| declared.extend(l.given()));
        }
        if let Stmt::Push { stack, .. } | Stmt::Pop { stack, .. } | Stmt::SaveSlice { stack, .. } =
            s
            && known.insert(*stack)
        {
            stacks.push(*stack);
        }
    });
    stacks.retain(|s| !declared.contains(s) && !matches!(func.var(*s).role, Role::Keeper));
    let lets = stacks.iter().map(|&var| Stmt::Let { var, init: None });
    body.splice(0..0, lets);
    stacks
}

fn copy_kind(func: &Func, place: &Place) -> CopyKind {
    match func.place_ty(place) {
        Ty::Slice(_) => CopyKind::ToVec,
        _ => CopyKind::Clone,
    }
}

fn rename_self(tokens: TokenStream) -> TokenStream {
    let rename = |t| match t {
        TokenTree::Ident(i) if i == "self" => TokenTree::Ident(this(i.span())),
        TokenTree::Group(g) => {
            let mut group = Group::new(g.delimiter(), rename_self(g.stream()));
            group.set_span(g.span());
            TokenTree::Group(group)
        }
        other => other,
    };
    tokens.into_iter().map(rename).collect()
}

/// Whether a function of unknown result returns what arithmetic makes.
fn returns_number(func: &Func) -> bool {
    let mut number = false;
    walk(&func.body, &mut |s| {
        if let Stmt::Return(Some(e)) = s {
            number |= match e {
                Expr::Binary(op, ..) => op.is_arithmetic(),
                Expr::Unary(UnOp::Neg, _) | Expr::Rule(..) => true,
                Expr::Place(p) => func.place_ty(p).is_real(),
                _ => false,
            };
        }
    });
    number && matches!(func.ret, Ty::Unknown)
}
