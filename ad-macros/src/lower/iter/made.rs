//! Values of user types that std's traits make of others: `x.into()` and `items.sum()` are calls of the run-time library's functions
//! for them, which find what stands beside the annotated `impl`s of `From` and `Sum`.

use super::ends::turbofish;
use super::*;
use quote::{ToTokens, quote};

impl Lowerer<'_> {
    /// Lowers something that is asked for in a type that the user wrote.
    pub(in crate::lower) fn asked_for<R>(
        &mut self,
        ty: Option<&syn::Type>,
        lower: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let before = std::mem::replace(&mut self.asked_type, ty.cloned());
        let found = lower(self);
        self.asked_type = before;
        found
    }

    /// `x.into()`, `items.sum()`, where the type is written nearby.
    pub(in crate::lower) fn made_as_asked(
        &mut self,
        m: &syn::ExprMethodCall,
    ) -> Option<(Expr, Ty)> {
        let asked = self.asked_type.take();
        self.converted_into(m, asked.as_ref())
            .or_else(|| self.sum_of_users(m, asked))
    }

    /// `x.into()`
    pub(in crate::lower) fn converted_into(
        &mut self,
        m: &syn::ExprMethodCall,
        asked: Option<&syn::Type>,
    ) -> Option<(Expr, Ty)> {
        if m.method != "into"
            || !m.args.is_empty()
            || self.holding > 0
            || self.is_constant_code(m.receiver.to_token_stream())
        {
            return None;
        }
        let known = asked.map_or(Ty::Unknown, |ty| self.generics.ty(ty));
        if let Ty::Real(to) = &known {
            let (value, from) = self.expr(&m.receiver);
            return Some(self.number_from(value, &from, to.clone(), m.method.span()));
        }
        if matches!(self.ty_of(&m.receiver).peel(), Ty::Real(_)) && asked.is_none() {
            self.unsupported(
                whole(&m.method),
                Code::Conversion,
                "`into` of a number, without a type for what it becomes,",
                "bind it with its type, `let y: f64 = x.into();`",
            );
            return Some((Expr::Real(0.0), Ty::Unknown));
        }
        if matches!(known, Ty::Constant | Ty::Vec(_) | Ty::Slice(_)) {
            return None;
        }
        let target = asked.map_or(quote!(_), ToTokens::to_token_stream);
        let found = self.library_call(
            "into",
            &target,
            std::iter::once(&*m.receiver),
            m.method.span(),
        );
        self.learn_made(&found.0, asked, &known);
        Some((found.0, known))
    }

    /// `f64::from(x)`: of a real, or of what may be one or an integer.
    pub(in crate::lower) fn number_from(
        &mut self,
        value: Expr,
        from: &Ty,
        to: Scalar,
        span: Span,
    ) -> (Expr, Ty) {
        if from.peel().is_real() {
            return self.real_as(value, from, to, span);
        }
        let known = Ty::Real(to.clone());
        let target = scalar_name(&to);
        let number = self.name_value("number", value, from.clone());
        let callee = self.library("into", &target, span);
        let found = self.call_of(callee, "into", vec![Arg::Value(Expr::var(number))], span);
        self.learn_made(&found, None, &known);
        (found, known)
    }

    /// A real as one of another type: of a fixed one and of a type parameter, in either direction.
    pub(in crate::lower) fn real_as(
        &mut self,
        value: Expr,
        from: &Ty,
        to: Scalar,
        span: Span,
    ) -> (Expr, Ty) {
        let known = Ty::Real(to.clone());
        if matches!(from.peel(), Ty::Real(s) if *s == to) {
            return (value, known);
        }
        let target = scalar_name(&to);
        self.func.mixed = true;
        let from = self.name_value("number", value, from.peel().clone());
        let callee = self.library("convert", &target, span);
        let found = self.call_of(callee, "convert", vec![Arg::Value(Expr::var(from))], span);
        self.learn_made(&found, None, &known);
        (found, known)
    }

    /// `items.sum::<V3>()`: what the chain gives is kept in a vector first, since how it is added up is the user's own affair.
    fn sum_of_users(
        &mut self,
        m: &syn::ExprMethodCall,
        asked: Option<syn::Type>,
    ) -> Option<(Expr, Ty)> {
        let written = turbofish(m).or(asked);
        let ty = written.filter(|ty| self.is_users_type(ty))?;
        let name = m.method.to_string();
        if !matches!(name.as_str(), "sum" | "product")
            || !m.args.is_empty()
            || self.holding > 0
            || self.is_constant_code(m.to_token_stream())
            || !self.is_chain(&m.receiver)
        {
            return None;
        }
        if name == "product" {
            self.unsupported(
                whole(&m.method),
                Code::End,
                "`product` of values of a user's type",
                "write a `fold`",
            );
            return Some((Expr::Tuple(Vec::new()), Ty::Unknown));
        }
        let span = m.method.span();
        let (items, borrowed) = self.kept_items(&m.receiver, span)?;
        let arg = match borrowed {
            true => Arg::Ref(Place::var(items)),
            false => Arg::Value(Expr::var(items)),
        };
        let function = if borrowed { "sum_ref" } else { "sum" };
        let callee = self.library(function, &ty.to_token_stream(), span);
        let found = self.call_of(callee, function, vec![arg], span);
        self.learn_made(&found, Some(&ty), &Ty::Unknown);
        Some((found, Ty::Unknown))
    }

    /// The items of a chain in a vector, and whether they are references.
    fn kept_items(&mut self, chain: &syn::Expr, span: Span) -> Option<(VarId, bool)> {
        let pipeline = self.pipeline(chain)?;
        let items = self.temp("summands", Ty::Vec(Box::new(Ty::Unknown)));
        self.func.vars[items.0].mutable = true;
        self.emit(Stmt::Let {
            var: items,
            init: Some(Expr::VecOf(Vec::new())),
        });
        let mut borrowed = false;
        self.run(pipeline, None, &mut |lw, item, _| {
            borrowed = matches!(item, Item::Place(_, Kind::Ref | Kind::RefMut));
            let (value, _) = lw.owned_value(item, span);
            lw.emit(Stmt::Container {
                place: Place::var(items),
                op: ContainerOp::Push(value),
                span,
            });
        });
        Some((items, borrowed))
    }

    /// A function of the run-time library that makes a value of a type.
    fn library(&self, name: &str, target: &proc_macro2::TokenStream, span: Span) -> Callee {
        let krate = self.krate;
        Callee::Path {
            prefix: quote!(#krate::rt::calls::),
            name: syn::Ident::new(name, Span::call_site().located_at(span)),
            generics: Some(quote!(#target, _)),
        }
    }

    fn library_call<'a>(
        &mut self,
        name: &str,
        target: &proc_macro2::TokenStream,
        args: impl Iterator<Item = &'a syn::Expr>,
        span: Span,
    ) -> (Expr, Ty) {
        let callee = self.library(name, target, span);
        let name = syn::Ident::new(name, span);
        self.call(callee, &name, None, args, span)
    }

    fn call_of(&mut self, callee: Callee, name: &str, args: Vec<Arg>, span: Span) -> Expr {
        let dst = self.temp(&format!("{name}_value"), Ty::Unknown);
        let with_shadows = |arg| CallArg {
            arg,
            shadows: Vec::new(),
        };
        self.emit(Stmt::Call {
            dst: vec![dst],
            callee,
            args: args.into_iter().map(with_shadows).collect(),
            companion: Companion::Primal,
            boxed: false,
            span,
        });
        Expr::var(dst)
    }

    /// What is made is of the type that was asked for.
    fn learn_made(&mut self, value: &Expr, asked: Option<&syn::Type>, known: &Ty) {
        let Expr::Place(p) = value else { return };
        if !matches!(known, Ty::Unknown) {
            self.func.vars[p.base.0].ty = known.clone();
        } else if asked.is_some_and(|ty| self.is_users_type(ty)) {
            self.named.insert(p.base);
        }
    }
}

fn scalar_name(s: &Scalar) -> proc_macro2::TokenStream {
    match s {
        Scalar::F32 => quote!(f32),
        Scalar::Param(p) => syn::Ident::new(p, Span::call_site()).to_token_stream(),
        _ => quote!(f64),
    }
}
