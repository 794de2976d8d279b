//! Forward mode: `f_tangent`, `f_derivative`, and the form that annotated callers use.

use super::callable::{Functions, Shape};
use super::home::Needs;
use super::params::{Param, Passing};
use super::{Head, Subject};
use crate::analysis::activity::analyse;
use crate::emit::Emitter;
use crate::ir::*;
use crate::transform::neutral::{neutral_zeros, returned};
use crate::transform::pairs::pair_up;
use crate::transform::tangent::Tangent;
use crate::transform::tidy;
use crate::transform::widen::widen;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::HashMap;

/// Up to how many tangents that may be left out each choice of them gets code of its own.
const CASES: usize = 2;

fn widen_tangent(t: &mut Tangent, body: &mut Block) {
    widen(&mut t.func, &t.dots, None, &mut [body]);
}

impl Subject<'_> {
    pub fn forward(&self) -> TokenStream {
        if self.custom {
            return self.custom_forward();
        }
        let mut out = self.tangent();
        out.extend(self.tangent_opt());
        out.extend(self.derivative());
        out
    }

    pub fn value_and_tangent(&self) -> TokenStream {
        let ret = self.ret();
        self.wrapped(if self.returns_unit() {
            quote!()
        } else {
            let shadow = self.shadow_ty(&ret);
            quote!((#ret, #shadow))
        })
    }

    pub fn emitter<'a>(&'a self, func: &'a Func) -> Emitter<'a> {
        Emitter {
            func,
            krate: self.krate,
            scalar: self.scalar.as_deref(),
            several: self.several,
            unsized_self: false,
            wide: self.wide.as_ref(),
        }
    }

    /// The code of a reverse sweep, or of what contains one. What is in `keep` is handed to users.
    pub fn reverse_block(&self, e: &Emitter, body: &Block, keep: &[VarId]) -> TokenStream {
        let (mut func, mut body) = (e.func.clone(), body.clone());
        neutral_zeros(&func, &mut body, keep);
        pair_up(&mut func, &mut body);
        Emitter { func: &func, ..*e }.block(&body)
    }

    /// Tangents of the active parameters, as variables.
    fn start(&self) -> Tangent {
        let mut t = Tangent::new(self.func.clone(), self.activity.clone());
        for p in self.params.iter().filter(|p| p.active) {
            t.dot(p.var);
        }
        t
    }

    fn tangent(&self) -> TokenStream {
        let (params, body) = self.tangent_code();
        let head = Head {
            suffix: "_tangent",
            doc: "Value and tangent (directional derivative)",
            params,
            output: self.value_and_tangent(),
            needs: Needs::handed(Shape::Tangent),
            ..Head::default()
        };
        self.companion(head, &body)
    }

    /// Parameters and body of `f_tangent`.
    pub fn tangent_code(&self) -> (Vec<TokenStream>, TokenStream) {
        if self.custom {
            return self.custom_tangent_code();
        }
        let mut t = self.start();
        t.func.form = Companion::Tangent;
        let mut body = t.block(self.func.body.clone());
        let keep = returned(&body);
        if self.wide.is_some() {
            widen_tangent(&mut t, &mut body);
        }
        neutral_zeros(&t.func, &mut body, &keep);
        let e = self.emitter(&t.func);
        let (mut params, mut prologue) = (Vec::new(), TokenStream::new());
        for p in &self.params {
            if let Some(c) = &p.callable {
                params.push(self.handed(p, c, Shape::Tangent));
                prologue.extend(self.as_tangent(&e, p, c));
                continue;
            }
            params.push(p.declare());
            if p.active {
                let dot = e.name(t.dots[&p.var]);
                params.push(p.shadow(&dot, &self.shadow_ty(&p.shadow_ty())));
                prologue.extend(self.direction(p, &dot));
            }
        }
        for passing in [(Passing::Ref, false), (Passing::RefMut, true)] {
            let names = |p: &Param| Some((p.name.clone(), e.name(t.dots[&p.var])));
            prologue.extend(self.lengths_agree(passing, &names));
        }
        let body = e.body(&body);
        (params, quote!(#prologue #body))
    }

    /// Every parameter has a tangent that may be left out: what a caller holds constant costs nothing.
    pub fn tangent_opt(&self) -> TokenStream {
        let lendable: Vec<&Param> = self.lendable().collect();
        let names = self.dot_names();
        let body = match lendable.len() {
            0 => self.tangent_by_cases(&lendable, &names),
            1..=CASES if self.wide.is_none() => self.tangent_by_cases(&lendable, &names),
            _ => self.tangent_with_questions(&names),
        };
        let (e, ret) = (self.emitter(&self.func), self.ret());
        let (mut params, mut prologue) = (self.receiver_slot(), TokenStream::new());
        for p in self.functions_last() {
            if let Some(c) = &p.callable {
                let (name, ty) = (&p.name, c.forward(Companion::Tangent));
                params.push(quote!(#name: #ty));
                continue;
            }
            params.push(p.declare_lent());
            if !p.active {
                params.push(p.optional_shadow(&format_ident!("_"), &p.shadow_ty()));
                continue;
            }
            let name = names[&p.var].clone();
            params.push(p.optional_shadow(&name, &self.shadow_ty(&p.shadow_ty())));
            prologue.extend(self.unwrap_shadow(&e, p, &name));
        }
        let both = |p: &Param| Some((p.name.clone(), names[&p.var].clone()));
        prologue.extend(self.lengths_agree((Passing::RefMut, true), &both));
        let shadow = self.shadow_ty(&ret);
        let head = Head {
            suffix: match self.wide {
                Some(_) => "_tangent_wide",
                None => "_tangent_opt",
            },
            hidden: true,
            params,
            output: self.wrapped(quote!((#ret, #shadow))),
            needs: Needs {
                copied: true,
                functions: Functions::Hidden,
                ..Needs::default()
            },
            ..Head::default()
        };
        self.companion(head, &self.with_copy(quote!(#prologue #body)))
    }

    /// What the parameters' tangents are called: the same in all forms, which all name them first.
    fn dot_names(&self) -> HashMap<VarId, Ident> {
        let t = self.start();
        let e = self.emitter(&t.func);
        t.dots.iter().map(|(v, dot)| (*v, e.name(*dot))).collect()
    }

    /// Code of its own for each choice of tangents given.
    fn tangent_by_cases(&self, lendable: &[&Param], dots: &HashMap<VarId, Ident>) -> TokenStream {
        let cases = (0..1_usize << lendable.len()).rev().map(|given| {
            let missing = |v: VarId| {
                let position = lendable.iter().position(|p| p.var == v);
                position.is_some_and(|k| given & (1 << k) == 0)
            };
            let names = lendable.iter().map(|p| match missing(p.var) {
                true => quote!(::core::option::Option::None),
                false => {
                    let name = &dots[&p.var];
                    quote!(::core::option::Option::Some(#name))
                }
            });
            let given =
                |p: &Param| (!missing(p.var)).then(|| (p.name.clone(), dots[&p.var].clone()));
            let (agree, body) = (
                self.lengths_agree((Passing::Ref, false), &given),
                self.tangent_without(&missing),
            );
            (names.collect::<Vec<_>>(), quote!(#agree #body))
        });
        let cases: Vec<_> = cases.collect();
        if lendable.is_empty() {
            return cases.into_iter().map(|(_, body)| body).collect();
        }
        let shadows = lendable.iter().map(|p| &dots[&p.var]);
        let arms = cases
            .into_iter()
            .map(|(names, body)| quote!((#(#names,)*) => { #body }));
        quote!(match (#(#shadows,)*) { #(#arms)* })
    }

    /// The tangent of the function in which some parameters are constant.
    fn tangent_without(&self, missing: &dyn Fn(VarId) -> bool) -> TokenStream {
        let given = self
            .params
            .iter()
            .filter(|p| p.carries() && !missing(p.var));
        let inputs: Vec<VarId> = given.map(|p| p.var).collect();
        let outputs = self.params.iter().filter(|p| p.active && p.is_mut());
        let outputs: Vec<VarId> = outputs.map(|p| p.var).collect();
        let activity = analyse(&self.func, &inputs, &outputs);
        let mut t = Tangent::new(self.func.clone(), activity);
        for p in self.params.iter().filter(|p| p.active) {
            t.dot(p.var);
        }
        self.body_of(&mut t)
    }

    /// One code for all choices, which asks for each tangent where it would be used.
    fn tangent_with_questions(&self, dots: &HashMap<VarId, Ident>) -> TokenStream {
        let mut t = Tangent::new(self.func.clone(), self.activity.clone());
        for p in self.params.iter().filter(|p| p.active) {
            let dot = t.dot(p.var);
            if p.passing == Passing::Ref {
                t.func.vars[dot.0].optional = Some(p.var);
            }
        }
        let body = self.tangent_body(&mut t);
        let shadows: Vec<Ident> = self.lendable().map(|p| dots[&p.var].clone()).collect();
        let names = |p: &Param| Some((p.name.clone(), dots[&p.var].clone()));
        let agree = self.lengths_agree((Passing::Ref, false), &names);
        self.both_paths(&t.func, &shadows, agree, |e| e.body(&body))
    }

    fn body_of(&self, t: &mut Tangent) -> TokenStream {
        let body = self.tangent_body(t);
        self.emitter(&t.func).body(&body)
    }

    /// The body of a function whose callers always get a value and a tangent.
    fn tangent_body(&self, t: &mut Tangent) -> Block {
        t.func.form = Companion::Tangent;
        let mut body = t.block(self.func.body.clone());
        if self.wide.is_some() {
            widen_tangent(t, &mut body);
        }
        neutral_zeros(&t.func, &mut body, &[]);
        if self.returns_unit() {
            tidy::return_units(&mut body);
        }
        body
    }

    /// Active parameters whose shadow a caller may leave out and need not make up.
    pub fn lendable(&self) -> impl Iterator<Item = &Param> {
        self.params
            .iter()
            .filter(|p| p.active && p.passing == Passing::Ref)
    }

    /// Code for the case that all shadows are given, which is worth being free of questions, and for
    /// the case that some are left out. What is said of the shadows if all are given comes first there.
    pub fn both_paths(
        &self,
        func: &Func,
        shadows: &[Ident],
        given: TokenStream,
        code: impl Fn(&Emitter) -> TokenStream,
    ) -> TokenStream {
        let some = code(&self.emitter(func));
        if shadows.is_empty() {
            return some;
        }
        let mut complete = func.clone();
        complete.vars.iter_mut().for_each(|v| v.optional = None);
        let all = code(&self.emitter(&complete));
        quote! {
            match (#(#shadows,)*) {
                (#(::core::option::Option::Some(#shadows),)*) => { #given #all }
                (#(mut #shadows,)*) => { #some }
            }
        }
    }

    /// The place of a receiver's tangent, which is never given: so a method can be called as a function too.
    pub fn receiver_slot(&self) -> Vec<TokenStream> {
        self.receiver
            .iter()
            .map(|_| quote!(_: ::core::option::Option<()>))
            .collect()
    }

    /// By-value tangents left out are zero; those of `&mut` parameters can't be left out.
    pub fn unwrap_shadow(&self, e: &Emitter, p: &Param, name: &proc_macro2::Ident) -> TokenStream {
        let mutable = if p.mutable { quote!(mut) } else { quote!() };
        match p.passing {
            Passing::Ref => quote!(),
            Passing::RefMut => {
                quote!(let #mutable #name = #name.expect("the shadow of a `&mut` argument is given");)
            }
            Passing::Value if p.receiver.is_some() => {
                let (place, krate) = (&p.name, self.krate);
                quote! {
                    let #mutable #name = {
                        let mut zero = #krate::rt::Differentiable::zero_shadow(&#place);
                        if let ::core::option::Option::Some(given) = #name {
                            #krate::rt::Differentiable::accumulate(&mut zero, given);
                        }
                        zero
                    };
                }
            }
            Passing::Value => {
                let place = &p.name;
                let zero = e.shadow_zero(&self.func.var(p.var).ty, &quote!(#place));
                quote!(let #mutable #name = #name.unwrap_or_else(|| #zero);)
            }
            Passing::Callable => quote!(),
        }
    }

    /// One active parameter, a real scalar: its derivative.
    fn derivative(&self) -> TokenStream {
        let mut active = self.params.iter().filter(|p| p.active);
        let (Some(only), None) = (active.next(), active.next()) else {
            return quote!();
        };
        let Ty::Real(scalar) = &self.func.var(only.var).ty else {
            return quote!();
        };
        // What a trait knows of its receiver is not that it is a real.
        if self.returns_unit() || only.receiver.is_some() {
            return quote!();
        }
        let one = self.one(scalar);
        let mut t = self.start();
        t.func.form = Companion::Tangent;
        let body = t.block(self.func.body.clone());
        let e = self.emitter(&t.func);
        let (dot, ty) = (e.name(t.dots[&only.var]), &only.ty);
        let one = if only.passing == Passing::Value {
            one
        } else {
            quote!(&#one)
        };
        let body = e.body(&body);
        let (params, prologue) =
            self.handed_params(Shape::Tangent, |p, c| self.as_tangent(&e, p, c));
        let output = self.value_and_tangent();
        let head = Head {
            suffix: "_derivative",
            doc: "Value and derivative",
            params,
            output,
            needs: Needs::handed(Shape::Tangent),
            ..Head::default()
        };
        let mutable = if only.mutable { quote!(mut) } else { quote!() };
        self.companion(
            head,
            &quote!(#prologue let #mutable #dot: #ty = #one; #body),
        )
    }
}
