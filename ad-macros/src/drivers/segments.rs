//! `f_sparse_jacobian` by segments of the adjoint sweep, where the function has them.

use super::Subject;
use super::jacobian::own;
use super::params::{Param, Passing};
use super::reverse::{Code, JointBody};
use crate::emit::Emitter;
use crate::ir::*;
use crate::transform::segments::{Marks, Segmented, segments};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use std::collections::HashSet;

/// Tokens whose local names are no user's.
macro_rules! ours {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

impl Subject<'_> {
    /// Sweeps by segments, as long as the plan asks for one; nothing where the function has no segments.
    pub fn segments(&self) -> TokenStream {
        let known = self.with_known_types().filter(|_| !self.names_self());
        let wide = known.filter(|w| w.active().all(|p| w.is_in_a_row(p)));
        let Some((wide, (code, alone))) = wide.and_then(|w| w.segments_code().map(|c| (w, c)))
        else {
            return ours!();
        };
        let (krate, scalar) = (self.krate, self.scalar_ty());
        let sweep = wide.inner("in_segments", code);
        let arms = [ours!(1), ours!(2), ours!(#krate::rt::LANES)].map(|width| {
            let lanes = self.with_lanes(ours!(#krate::rt::Lanes<#scalar, { #width }>));
            let call = lanes.segments_call(&alone);
            ours!(#width => { #call })
        });
        ours! {
            #sweep
            while let ::core::option::Option::Some(mut segments) = sweeps.segments() {
                value = ::core::option::Option::Some(match segments.width() {
                    #(#arms)*
                    _ => ::core::unreachable!(),
                });
                sweeps.take(segments);
            }
        }
    }

    /// Whether the reals of a parameter stand one behind the other, so that a place in its shadow tells which they are.
    fn is_in_a_row(&self, p: &Param) -> bool {
        fn inline(ty: &Ty) -> bool {
            match ty {
                Ty::Real(_) => true,
                Ty::Array(e, _) => inline(e),
                _ => false,
            }
        }
        let ty = self.func.var(p.var).ty.peel();
        let elements = matches!(ty, Ty::Slice(e) | Ty::Vec(e) if inline(e));
        !p.is_mut() && (elements || inline(ty))
    }

    /// `f_adjoint` with its segments marked, without a seed; and the inputs which have no shadows there.
    fn segments_code(&self) -> Option<(Code, HashSet<usize>)> {
        let wide = self.wide.as_ref()?;
        let JointBody { adjoint, body } = self.joint();
        let e = self.public_emitter(&adjoint.func);
        let active: Vec<&Param> = self.active().collect();
        let bars: Vec<VarId> = active.iter().map(|p| adjoint.bars[&p.var]).collect();
        let writer = Writer {
            e: &e,
            params: active.iter().map(|p| p.var).collect(),
            bars: &bars,
            segments: format_ident!("segments", span = Span::mixed_site()),
            wide,
        };
        let lent = |k: &usize| active[*k].passing == Passing::Ref;
        let lent: HashSet<usize> = (0..active.len()).filter(lent).collect();
        let Segmented { func, body, alone } =
            segments(&adjoint.func, &body, (adjoint.seed, &bars), &lent, &writer)?;
        let (krate, scalar) = (self.krate, self.scalar_ty());
        let has_shadow = |p: &Param| {
            let number = active.iter().position(|a| a.var == p.var);
            number.is_some_and(|k| lent.contains(&k) && !alone.contains(&k))
        };
        let (mut params, mut start) = (Vec::new(), TokenStream::new());
        for p in &self.params {
            params.push(p.declare());
            if has_shadow(p) {
                let (name, ty) = (e.name(adjoint.bars[&p.var]), self.shadow_ty(&p.referent));
                params.push(quote!(#name: &mut #ty));
            }
        }
        // Without shadows, nothing else tells how many lanes there are.
        params.push(ours!(_: ::core::marker::PhantomData<#wide>));
        params.push(ours!(segments: &mut #krate::rt::Segments<#scalar>));
        let names =
            |p: &Param| has_shadow(p).then(|| (p.name.clone(), e.name(adjoint.bars[&p.var])));
        start.extend(self.lengths_agree((Passing::Ref, true), &names));
        let counts = active.iter().map(|p| self.count(p));
        start.extend(ours!(segments.inputs(&[#(0 #counts),*]);));
        for k in (0..active.len()).filter(|k| lent.contains(k)) {
            let whole = if alone.contains(&k) {
                writer.params[k]
            } else {
                bars[k]
            };
            let place = writer.place_of(k, whole);
            start.extend(quote!(#place;));
        }
        let e = Emitter { func: &func, ..e };
        let block = self.reverse_block(&e, &body, &self.results(&adjoint));
        let value = e.name(adjoint.value);
        let code = Code {
            params,
            output: self.ret(),
            body: quote!(#start #block #value),
        };
        Some((code, alone))
    }

    /// A call of that, with shadows of its own.
    fn segments_call(&self, alone: &HashSet<usize>) -> TokenStream {
        let wide = &self.wide;
        let mut args = self.constant_receiver();
        let (mut shadows, mut number) = (TokenStream::new(), 0);
        for p in &self.params {
            args.push(self.argument(p));
            if p.active && p.passing != Passing::Value && !alone.contains(&number) {
                let (bar, zero) = (own(&p.name, "bar"), self.zero(p));
                shadows.extend(ours!(let mut #bar = #zero;));
                args.push(ours!(&mut #bar));
            }
            number += p.active as usize;
        }
        let lanes = ours!(::core::marker::PhantomData::<#wide>);
        ours!(#shadows in_segments(#(#args,)* #lanes, &mut segments))
    }
}

/// Writes the marks as calls.
struct Writer<'a> {
    e: &'a Emitter<'a>,
    /// The active parameters, and their shadows.
    params: Vec<VarId>,
    bars: &'a [VarId],
    segments: Ident,
    /// What stands in the place of a real.
    wide: &'a TokenStream,
}

impl Writer<'_> {
    /// `segments.input(0, &x_bar[..])`
    fn place_of(&self, input: usize, whole: VarId) -> TokenStream {
        let segments = &self.segments;
        let (name, ty) = (self.e.name(whole), &self.e.func.var(whole).ty);
        let part = match ty.peel() {
            Ty::Vec(_) | Ty::Slice(_) => quote!(#name[..]),
            _ if matches!(ty, Ty::Ref(..)) => quote!(*#name),
            _ => quote!(#name),
        };
        quote!(#segments.input(#input, &#part))
    }

    /// The memory of a place, borrowed: behind a reference if it is one, and that of a vector's elements.
    fn borrowed(&self, place: &Place) -> TokenStream {
        let ty = self.e.func.place_ty(place);
        match ty.peel() {
            Ty::Vec(_) | Ty::Slice(_) => {
                let place = self.e.place(place);
                quote!(&mut #place[..])
            }
            _ if matches!(ty, Ty::Ref(..)) => self.e.borrow(true, &place.clone().with(Proj::Deref)),
            _ => self.e.borrow(true, place),
        }
    }
}

impl Marks for Writer<'_> {
    fn rows(&self, func: &Func, count: &Expr) -> Stmt {
        let (segments, count) = (&self.segments, Emitter { func, ..*self.e }.expr(count));
        effect(quote!(#segments.rows(#count)))
    }

    fn input(&self, input: usize) -> Stmt {
        effect(self.place_of(input, self.bars[input]))
    }

    fn row(&self, func: &Func, at: &Expr) -> Expr {
        let (segments, at) = (&self.segments, Emitter { func, ..*self.e }.expr(at));
        Expr::Opaque(opaque(quote!(#segments.row(#at))))
    }

    fn columns(&self, input: usize, shadow: &Place) -> Stmt {
        let (segments, shadow) = (&self.segments, self.borrowed(shadow));
        let wide = self.wide;
        effect(quote!(#segments.columns::<#wide, _>(#input, #shadow)))
    }

    fn columns_of(&self, func: &Func, input: usize, shadow: &Place, own: VarId) -> Stmt {
        let part = Place {
            base: self.params[input],
            ..shadow.clone()
        };
        let e = Emitter { func, ..*self.e };
        let (part, own) = (e.borrow(false, &part), e.borrow(true, &Place::var(own)));
        let (segments, wide) = (&self.segments, self.wide);
        effect(quote!(#segments.columns_of::<#wide, _, _>(#input, #part, #own)))
    }

    fn cut(&self) -> Stmt {
        let segments = &self.segments;
        effect(quote!(#segments.cut()))
    }

    fn words(&self, func: &Func, place: &Place) -> String {
        Emitter { func, ..*self.e }.place(place).to_string()
    }
}

fn effect(tokens: TokenStream) -> Stmt {
    Stmt::Effect(opaque(tokens))
}

fn opaque(tokens: TokenStream) -> Opaque {
    Opaque {
        tokens,
        reads: Vec::new(),
        span: Span::call_site(),
        ty: Ty::Unit,
    }
}
