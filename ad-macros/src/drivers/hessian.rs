//! Second order: the tangent of the adjoint, as `f_hvp`, and as the split form that annotated callers use.

use super::callable::Shape;
use super::home::Needs;
use super::params::{Param, Passing};
use super::reverse::{Code, JointBody, one_or_tuple};
use super::{Head, Subject};
use crate::analysis::activity::analyse;
use crate::ir::*;
use crate::transform::adjoint::{Adjoint, Sweeps};
use crate::transform::tangent::Tangent;
use crate::transform::widen::widen_again;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The code of a forward sweep and a pullback with their tangents.
pub struct TangentSweeps {
    pub params: Vec<TokenStream>,
    pub values: TokenStream,
    pub forward: TokenStream,
    pub closure: TokenStream,
}

impl Subject<'_> {
    pub fn hessian(&self) -> TokenStream {
        let mut out = self.hvp();
        if self.custom {
            out.extend(self.custom_twice());
            out.extend(self.dynamic_tangent());
            return out;
        }
        out.extend(self.forward_sweep_tangent());
        out.extend(self.dynamic_tangent());
        out
    }

    /// Without lanes: the adjoint whose tangents may be wide.
    fn unwidened(&self) -> Self {
        Self {
            wide: None,
            ..self.clone()
        }
    }

    /// The tangent of an adjoint: its inputs are the function's, the shadows, and, if `seeded`, the seed.
    fn tangent_of(&self, adjoint: &Adjoint, body: Block, seeded: bool) -> Tangent {
        let mut func = adjoint.func.clone();
        func.body = body;
        func.form = Companion::ForwardTangent;
        let active = self.params.iter().filter(|p| p.active);
        let carrying = self.params.iter().filter(|p| p.carries());
        let mut inputs: Vec<VarId> = carrying.map(|p| p.var).collect();
        let bars: Vec<VarId> = active.clone().map(|p| adjoint.bars[&p.var]).collect();
        let mut outputs = bars.clone();
        let callables = self.callables();
        outputs.extend(callables.filter_map(|(p, _)| adjoint.bars.get(&p.var)));
        if seeded {
            outputs.push(adjoint.value);
        }
        outputs.extend(
            self.params
                .iter()
                .filter(|p| p.active && p.is_mut())
                .map(|p| p.var),
        );
        inputs.extend(&bars);
        if seeded {
            inputs.push(adjoint.seed);
        }
        let activity = analyse(&func, &inputs, &outputs);
        let mut t = Tangent::new(func, activity);
        for p in self.params.iter().filter(|p| p.active) {
            t.dot(p.var);
            let (bar, base) = (adjoint.bars[&p.var], t.func.var(p.var).name.clone());
            let dot = t.dot(bar);
            t.func
                .rename(dot, &format!("{}_bar_dot", base.trim_start_matches("r#")));
        }
        t.dot(adjoint.value);
        t.dot(adjoint.seed);
        t
    }

    /// Scalar result: `(value, gradient, H·v)`.
    fn hvp(&self) -> TokenStream {
        let Some(Code {
            params,
            output,
            body,
        }) = self.hvp_code()
        else {
            return quote!();
        };
        let head = Head {
            suffix: "_hvp",
            doc: "Value, gradient and Hessian-vector product",
            params,
            output,
            needs: Needs::handed(Shape::Hvp),
            ..Head::default()
        };
        self.companion(head, &body)
    }

    /// Parameters, results and body of `f_hvp`, if there is one.
    pub fn hvp_code(&self) -> Option<Code> {
        if self.custom {
            return self.custom_hvp_code();
        }
        let Ty::Real(scalar) = &self.func.ret else {
            return None;
        };
        if self.callables().any(|(_, c)| !c.is_twice()) {
            return None;
        }
        let JointBody { adjoint, body } = self.unwidened().joint_with(true);
        let mut t = self.tangent_of(&adjoint, body.clone(), false);
        let mut body = t.block(body);
        if self.wide.is_some() {
            widen_again(&mut t.func, &t.dots, &mut [&mut body]);
        }
        let e = self.public_emitter(&t.func);
        let (mut params, mut setup) = (Vec::new(), TokenStream::new());
        let (mut gradients, mut products) = (Vec::new(), Vec::new());
        let (mut types, mut shadows) = (Vec::new(), Vec::new());
        let mut cleared = TokenStream::new();
        for p in &self.params {
            if let Some(c) = &p.callable {
                params.push(self.handed(p, c, Shape::Hvp));
                setup.extend(self.as_twice(&e, p, c, adjoint.bars.get(&p.var)));
                continue;
            }
            params.push(p.declare());
            if !p.active {
                continue;
            }
            let dot = e.name(t.dots[&p.var]);
            params.push(p.shadow(&dot, &self.shadow_ty(&p.shadow_ty())));
            let bar = e.name(adjoint.bars[&p.var]);
            let bar_dot = e.name(t.dots[&adjoint.bars[&p.var]]);
            setup.extend(self.direction(p, &dot));
            cleared.extend([&bar, &bar_dot].map(|b| self.clear_adjoint(p, b)));
            if p.passing == Passing::Value {
                gradients.push(quote!(#bar));
                products.push(quote!(#bar_dot));
                types.push(p.ty.clone());
                shadows.push(self.shadow_ty(&p.ty));
                continue;
            }
            let (name, ty) = (&p.name, &self.func.var(p.var).ty);
            let (zero, wide_zero) = (
                e.zero(ty, &quote!(#name)),
                e.shadow_zero(ty, &quote!(#name)),
            );
            let (g, h) = (plain(name, "gradient"), plain(name, "product"));
            setup.extend(quote! {
                let mut #g = #zero;
                let mut #h = #wide_zero;
                let (#bar, #bar_dot) = (&mut #g, &mut #h);
            });
            if p.passing == Passing::Ref {
                gradients.push(quote!(#g));
                products.push(quote!(#h));
                types.push(self.owned_ty(p));
                shadows.push(self.shadow_ty(&self.owned_ty(p)));
            }
        }
        for passing in [(Passing::Ref, false), (Passing::RefMut, true)] {
            let names = |p: &Param| Some((p.name.clone(), e.name(t.dots[&p.var])));
            setup.extend(self.lengths_agree(passing, &names));
        }
        let (seed, one) = (e.name(adjoint.seed), self.one(scalar));
        let value = e.name(adjoint.value);
        let (gradient, ty) = one_or_tuple(gradients, types);
        let (product, product_ty) = one_or_tuple(products, shadows);
        let mut keep = self.results(&adjoint);
        keep.extend(keep.clone().iter().filter_map(|v| t.dots.get(v)));
        let (block, ret) = (self.reverse_block(&e, &body, &keep), self.ret());
        let result = self.wrap(quote!((#value, #gradient, #product)));
        let body = quote!(#setup let #seed: #ret = #one; #block #cleared #result);
        let output = self.wrapped(quote!((#ret, #ty, #product_ty)));
        Some(Code {
            params,
            output,
            body,
        })
    }

    /// Forward sweep and pullback with their tangents.
    pub fn forward_sweep_tangent(&self) -> TokenStream {
        if self.params.iter().any(|p| p.anonymous) {
            return quote!();
        }
        let TangentSweeps {
            params,
            values,
            forward,
            closure,
        } = self.tangent_sweeps(false);
        let shadows = ["ref", "mut", "mut"];
        let code = (forward, closure);
        let mut out = self.both_forms(self.suffixes_twice(), &params, &values, 2, &shadows, code);
        if self.wide.is_none() {
            out.extend(self.pulls(true));
        }
        out
    }

    /// What the forms are called.
    pub fn suffixes_twice(&self) -> [&'static str; 2] {
        match self.wide {
            Some(_) => [
                "_forward_sweep_tangent_wide",
                "_forward_sweep_tangent_wide_boxed",
            ],
            None => ["_forward_sweep_tangent", "_forward_sweep_tangent_boxed"],
        }
    }

    /// The tangents of both sweeps; for trait objects too if `public`.
    pub fn tangent_sweeps(&self, public: bool) -> TangentSweeps {
        let (adjoint, Sweeps { forward, reverse }) = self.unwidened().split();
        let both = forward.iter().chain(&reverse).cloned().collect();
        let mut t = self.tangent_of(&adjoint, both, true);
        for p in self
            .params
            .iter()
            .filter(|p| p.active && p.passing == Passing::Ref)
        {
            let dot = t.dots[&p.var];
            t.func.vars[dot.0].optional = Some(p.var);
        }
        let mut forward = t.block(forward);
        let mut reverse = t.block(reverse);
        if self.wide.is_some() {
            widen_again(&mut t.func, &t.dots, &mut [&mut forward, &mut reverse]);
        }
        let e = match public {
            true => self.public_emitter(&t.func),
            false => self.emitter(&t.func),
        };
        let (mut params, mut prologue) = (self.receiver_slot(), TokenStream::new());
        for p in self.functions_last() {
            let name = &p.name;
            if let Some(c) = &p.callable {
                let ty = c.forward(Companion::ForwardTangent);
                params.push(quote!(#name: #ty));
                continue;
            }
            params.push(p.declare_lent());
            let dot = match p.active {
                true => e.name(t.dots[&p.var]),
                false => plain(name, "dot"),
            };
            let ty = match p.active {
                true => self.shadow_ty(&p.shadow_ty()),
                false => p.shadow_ty(),
            };
            params.push(p.optional_shadow(&dot, &ty));
            if p.active {
                prologue.extend(self.unwrap_shadow(&e, p, &dot));
            }
        }
        let closure = self.tangent_closure(&e, &t, &adjoint, &reverse);
        let mut forward = e.block(&forward);
        let values = match self.returns_unit() {
            true => quote!((), ()),
            false => {
                let value = e.name(adjoint.value);
                let dot = e.name(t.dots[&adjoint.value]);
                if !t.activity.var(adjoint.value) {
                    // Its shape is the value's, which is moved out next.
                    let zero = e.shadow_zero(&self.func.ret, &quote!(#value));
                    forward.extend(quote!(let #dot = #zero;));
                }
                quote!(#value, #dot)
            }
        };
        TangentSweeps {
            params,
            values,
            forward: quote!(#prologue #forward),
            closure,
        }
    }

    fn tangent_closure(
        &self,
        e: &crate::emit::Emitter,
        t: &Tangent,
        adjoint: &Adjoint,
        back: &Block,
    ) -> TokenStream {
        let (mut params, mut prologue, mut results) =
            (self.receiver_again(3), TokenStream::new(), Vec::new());
        let mut epilogue = TokenStream::new();
        for p in &self.params {
            if let Some(c) = &p.callable {
                let bar = adjoint.bars.get(&p.var).map(|b| e.name(*b));
                let bar = bar.unwrap_or_else(|| format_ident!("_unused"));
                let ty = c.pull(true);
                params.push(quote!(#bar: #ty));
                continue;
            }
            let shadows: Option<[Ident; 3]> = p.active.then(|| {
                let bar = adjoint.bars[&p.var];
                [t.dots[&p.var], bar, t.dots[&bar]].map(|v| e.name(v))
            });
            if let (true, Some([_, bar, bar_dot])) = (p.is_moved_receiver(), &shadows) {
                let ty = &p.ty;
                params.extend([quote!(_: &#ty), quote!(_: ::core::option::Option<&#ty>)]);
                for (target, bar) in [("receiver_bar", bar), ("receiver_bar_dot", bar_dot)] {
                    let target = format_ident!("{target}");
                    params.push(quote!(#target: ::core::option::Option<&mut #ty>));
                    epilogue.extend(self.add_to_receiver(&target, bar));
                }
                continue;
            }
            if p.passing == Passing::Value {
                results.extend(match &shadows {
                    Some([_, bar, bar_dot]) => [quote!(#bar), quote!(#bar_dot)],
                    None => [self.nothing_back(p).1, self.nothing_back(p).1],
                });
                continue;
            }
            let (name, referent, wide) = (p.closure_name(), &p.referent, self.shadow_of(p));
            let reference = if p.is_mut() { quote!(&mut) } else { quote!(&) };
            params.push(quote!(#name: #reference #referent));
            match shadows {
                Some([dot, bar, bar_dot]) => {
                    params.push(quote!(mut #dot: ::core::option::Option<#reference #wide>));
                    params.push(quote!(mut #bar: ::core::option::Option<&mut #referent>));
                    params.push(quote!(mut #bar_dot: ::core::option::Option<&mut #wide>));
                    if p.is_mut() {
                        for s in [dot, bar, bar_dot] {
                            prologue.extend(quote!(let #s = #s.expect("the shadow of a `&mut` argument is given");));
                        }
                    }
                }
                None => {
                    params.push(quote!(_: ::core::option::Option<#reference #referent>));
                    params.push(quote!(_: ::core::option::Option<&mut #referent>));
                    params.push(quote!(_: ::core::option::Option<&mut #referent>));
                }
            }
        }
        let (seed, seed_dot, ret) = (
            e.name(adjoint.seed),
            e.name(t.dots[&adjoint.seed]),
            self.ret(),
        );
        params.push(quote!(#seed: #ret));
        let wide = self.shadow_ty(&ret);
        params.push(quote!(#seed_dot: #wide));
        let back = self.with_receiver(self.reverse_block(e, back, &[]));
        quote!(move |#(#params),*| { #prologue #back #epilogue (#(#results,)*) })
    }
}

fn plain(name: &Ident, suffix: &str) -> Ident {
    format_ident!("{}_{suffix}", name.to_string().trim_start_matches("r#"))
}
