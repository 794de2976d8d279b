//! `f_sparse_jacobian` by segments of the adjoint sweep, where the function has them.

use super::Subject;
use super::jacobian::own;
use super::params::{Param, Passing};
use super::reverse::{Code, JointBody};
use crate::emit::Emitter;
use crate::ir::*;
use crate::transform::segments::{Marks, segments};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// Tokens whose local names are no user's.
macro_rules! ours {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

impl Subject<'_> {
    /// Sweeps by segments, as long as the plan asks for one; nothing where the function has no segments.
    pub fn segments(&self) -> TokenStream {
        let known = self.with_known_types().filter(|_| !self.names_self());
        let wide = known.filter(|w| w.active().all(|p| w.is_in_a_row(p)));
        let Some((wide, code)) = wide.and_then(|w| w.segments_code().map(|c| (w, c))) else {
            return ours!();
        };
        let (krate, scalar) = (self.krate, self.scalar_ty());
        let sweep = wide.inner("in_segments", code);
        let arms = [ours!(1), ours!(2), ours!(#krate::rt::LANES)].map(|width| {
            let lanes = self.with_lanes(ours!(#krate::rt::Lanes<#scalar, { #width }>));
            let call = lanes.segments_call();
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

    /// `f_adjoint` with its segments marked, without a seed.
    fn segments_code(&self) -> Option<Code> {
        let wide = self.wide.as_ref()?;
        let JointBody { adjoint, body } = self.joint();
        let e = self.public_emitter(&adjoint.func);
        let active: Vec<&Param> = self.active().collect();
        let bars: Vec<VarId> = active.iter().map(|p| adjoint.bars[&p.var]).collect();
        let writer = Writer {
            e: &e,
            bars: &bars,
            segments: format_ident!("segments", span = Span::mixed_site()),
            wide,
        };
        let body = segments(&adjoint.func, &body, (adjoint.seed, &bars), &writer)?;
        let (krate, scalar) = (self.krate, self.scalar_ty());
        let (mut params, mut start) = (Vec::new(), TokenStream::new());
        for p in &self.params {
            params.push(p.declare());
            if p.active && p.passing != Passing::Value {
                let (name, ty) = (e.name(adjoint.bars[&p.var]), self.shadow_ty(&p.referent));
                params.push(quote!(#name: &mut #ty));
            }
        }
        params.push(ours!(segments: &mut #krate::rt::Segments<#scalar>));
        let names = |p: &Param| Some((p.name.clone(), e.name(adjoint.bars[&p.var])));
        start.extend(self.lengths_agree((Passing::Ref, true), &names));
        let counts = active.iter().map(|p| self.count(p));
        start.extend(ours!(segments.inputs(&[#(0 #counts),*]);));
        for (k, p) in active.iter().enumerate() {
            if p.passing != Passing::Value {
                let place = writer.place_of(k);
                start.extend(quote!(#place;));
            }
        }
        let block = self.reverse_block(&e, &body, &self.results(&adjoint));
        let value = e.name(adjoint.value);
        Some(Code {
            params,
            output: self.ret(),
            body: quote!(#start #block #value),
        })
    }

    /// A call of that, with shadows of its own.
    fn segments_call(&self) -> TokenStream {
        let mut args = self.constant_receiver();
        let mut shadows = TokenStream::new();
        for p in &self.params {
            args.push(self.argument(p));
            if p.active && p.passing != Passing::Value {
                let (bar, zero) = (own(&p.name, "bar"), self.zero(p));
                shadows.extend(ours!(let mut #bar = #zero;));
                args.push(ours!(&mut #bar));
            }
        }
        ours!(#shadows in_segments(#(#args,)* &mut segments))
    }
}

/// Writes the marks as calls.
struct Writer<'a> {
    e: &'a Emitter<'a>,
    bars: &'a [VarId],
    segments: Ident,
    /// What stands in the place of a real.
    wide: &'a TokenStream,
}

impl Writer<'_> {
    /// `segments.input(0, &x_bar[..])`
    fn place_of(&self, input: usize) -> TokenStream {
        let (segments, bar) = (&self.segments, self.bars[input]);
        let (name, ty) = (self.e.name(bar), &self.e.func.var(bar).ty);
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
    fn rows(&self, shadows: VarId) -> Stmt {
        let (segments, name) = (&self.segments, self.e.name(shadows));
        effect(quote!(#segments.rows(&mut #name[..])))
    }

    fn input(&self, input: usize) -> Stmt {
        effect(self.place_of(input))
    }

    fn row(&self, shadow: &Place) -> Stmt {
        let (segments, borrowed) = (&self.segments, self.borrowed(shadow));
        let mut asks_itself = false;
        places_of_proj(shadow, &mut |p| asks_itself |= p.base == shadow.base);
        match shadow.proj.as_slice() {
            [Proj::Index(at)] if asks_itself => {
                let (name, at) = (self.e.name(shadow.base), self.e.expr(at));
                effect(ours!({ let at = #at; #segments.row(&mut #name[at]) }))
            }
            _ => effect(quote!(#segments.row(#borrowed))),
        }
    }

    fn columns(&self, input: usize, shadow: &Place) -> Stmt {
        let (segments, shadow) = (&self.segments, self.borrowed(shadow));
        let wide = self.wide;
        effect(quote!(#segments.columns::<#wide, _>(#input, #shadow)))
    }

    fn cut(&self) -> Stmt {
        let segments = &self.segments;
        effect(quote!(#segments.cut()))
    }

    fn words(&self, place: &Place) -> String {
        self.e.place(place).to_string()
    }
}

fn effect(tokens: TokenStream) -> Stmt {
    Stmt::Effect(Opaque {
        tokens,
        reads: Vec::new(),
        span: Span::call_site(),
        ty: Ty::Unit,
    })
}
