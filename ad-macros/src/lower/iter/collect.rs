//! Ends that put the items into vectors, and ends of chains whose items may be errors.

use super::ends::turbofish;
use super::good::of_good_items;
use super::*;
use quote::quote;

impl Lowerer<'_> {
    /// Pushes the items of a chain to a vector.
    pub(in crate::lower) fn push_all(&mut self, vec: Place, items: &syn::Expr, span: Span) {
        let Some(pipeline) = self.pipeline(items) else {
            return;
        };
        self.run(pipeline, None, &mut |lw, item, _| {
            let (value, ty) = lw.owned_value(item, span);
            lw.learn_element(&vec, &ty);
            lw.emit(Stmt::Container {
                place: vec.clone(),
                op: ContainerOp::Push(value),
                span,
            });
        });
    }

    /// What is known of the elements that are collected.
    pub(super) fn collected_element(&mut self, wanted: &Ty, span: Span) -> Option<Ty> {
        match wanted {
            Ty::Vec(element) => Some(element.peel().clone()),
            _ => {
                self.unsupported(
                    span,
                    Code::Collect,
                    "`collect` into this type",
                    "write `collect::<Vec<_>>()`, or annotate the variable, `let v: Vec<f64> = …`",
                );
                None
            }
        }
    }

    pub(super) fn collect(&mut self, mut p: Pipeline, element: Ty, span: Span) -> (Expr, Ty) {
        let vec = self.accumulator("collected");
        let start = self.empty_vec(&mut p);
        let at = self.out.len();
        let mut element = element;
        self.run(p, None, &mut |lw, item, _| {
            lw.push_item(vec, item, &mut element, span);
        });
        let ty = self.declare_vec(vec, start, element, at);
        (Expr::var(vec), ty)
    }

    /// References to scalars become the scalars: what they refer to can't change while they live.
    fn push_item(&mut self, vec: VarId, item: Item, element: &mut Ty, span: Span) {
        let (value, ty) = self.item_value(item, span);
        self.refine(&value, element);
        if matches!(element, Ty::Unknown | Ty::Real(Scalar::Unknown)) {
            *element = ty;
        }
        self.emit(Stmt::Container {
            place: Place::var(vec),
            op: ContainerOp::Push(value),
            span,
        });
    }

    fn declare_vec(&mut self, vec: VarId, start: Opaque, element: Ty, at: usize) -> Ty {
        let ty = Ty::Vec(Box::new(element));
        self.func.vars[vec.0].ty = ty.clone();
        let declaration = Stmt::Let {
            var: vec,
            init: Some(Expr::Opaque(start)),
        };
        self.out.insert(at, declaration);
        ty
    }

    /// An empty vector, with room for all items where their number is known.
    fn empty_vec(&mut self, p: &mut Pipeline) -> Opaque {
        let krate = self.krate;
        let mut opaque = no_items(krate);
        let known = p.stages.is_empty();
        let Source::Seq(seq) = &mut p.source else {
            return opaque;
        };
        let counted = position::is_zero(&seq.lo) && seq.step.is_none() && !seq.inclusive;
        if let (true, true, Some(hi)) = (counted, known, &seq.hi) {
            let count = match position::literal(hi) {
                Some(n) => {
                    opaque.tokens = quote!(#krate::rt::std::vec::Vec::with_capacity(#n));
                    return opaque;
                }
                None => self.name_value("trips", hi.clone(), Ty::Int),
            };
            seq.hi = Some(Expr::var(count));
            let name = syn::Ident::new("trips", Span::mixed_site());
            opaque.tokens = quote!(#krate::rt::std::vec::Vec::with_capacity(#name));
            opaque.reads.push(count);
        }
        opaque
    }

    pub(super) fn unzip(&mut self, m: &syn::ExprMethodCall, expected: &Ty) -> Option<(Expr, Ty)> {
        let span = m.method.span();
        let (mut left, mut right) = self.pair_of_vecs(m, expected)?;
        let p = self.pipeline(&m.receiver)?;
        let (a, b) = (self.accumulator("left"), self.accumulator("right"));
        let at = self.out.len();
        self.run(p, None, &mut |lw, item, _| {
            let item = lw.named_item(item);
            let (x, y) = match item {
                Item::Tuple(mut parts) if parts.len() == 2 => {
                    let y = parts.pop().unwrap_or(Item::Value(Expr::D, Ty::Unknown));
                    (parts.pop().unwrap_or(y.clone()), y)
                }
                item => {
                    let (value, ty) = lw.item_value(item, span);
                    let whole = Place::var(lw.name_value("pair", value, ty));
                    let part = |k| Item::Place(whole.clone().with(Proj::Tuple(k)), Kind::Value);
                    (part(0), part(1))
                }
            };
            lw.push_item(a, x, &mut left, span);
            lw.push_item(b, y, &mut right, span);
        });
        let second = self.declare_vec(b, no_items(self.krate), right, at);
        let first = self.declare_vec(a, no_items(self.krate), left, at);
        let value = Expr::Tuple(vec![Expr::var(a), Expr::var(b)]);
        Some((value, Ty::Tuple(vec![first, second])))
    }

    pub(super) fn partition(
        &mut self,
        m: &syn::ExprMethodCall,
        f: &syn::Expr,
        expected: &Ty,
    ) -> Option<(Expr, Ty)> {
        let span = m.method.span();
        let (mut left, mut right) = self.pair_of_vecs(m, expected)?;
        let p = self.pipeline(&m.receiver)?;
        let closure = self.closure(f, 1)?;
        let (a, b) = (self.accumulator("left"), self.accumulator("right"));
        let at = self.out.len();
        self.run(p, None, &mut |lw, item, _| {
            let item = lw.named_item(item);
            let cond = lw.apply(&closure, vec![item.clone().by_reference()]);
            let (cond, _) = lw.item_value(cond, span);
            let (then, ()) = lw.in_block(|lw| lw.push_item(a, item.clone(), &mut left, span));
            let (els, ()) = lw.in_block(|lw| lw.push_item(b, item, &mut right, span));
            lw.emit(Stmt::If { cond, then, els });
        });
        let second = self.declare_vec(b, no_items(self.krate), right, at);
        let first = self.declare_vec(a, no_items(self.krate), left, at);
        let value = Expr::Tuple(vec![Expr::var(a), Expr::var(b)]);
        Some((value, Ty::Tuple(vec![first, second])))
    }

    /// What is known of the elements of the two vectors that items go to.
    fn pair_of_vecs(&mut self, m: &syn::ExprMethodCall, expected: &Ty) -> Option<(Ty, Ty)> {
        let mut tys: Vec<Ty> = match &m.turbofish {
            Some(t) => t
                .args
                .iter()
                .filter_map(|a| match a {
                    syn::GenericArgument::Type(t) => Some(self.generics.ty(t)),
                    _ => None,
                })
                .collect(),
            None => match expected {
                Ty::Tuple(tys) => tys.clone(),
                _ => Vec::new(),
            },
        };
        tys.retain(|t| matches!(t, Ty::Vec(_)));
        match tys.as_slice() {
            [Ty::Vec(a), Ty::Vec(b)] => Some((a.peel().clone(), b.peel().clone())),
            // `partition::<Vec<_>, _>(…)`
            [Ty::Vec(a)] if m.method == "partition" => Some((a.peel().clone(), a.peel().clone())),
            _ => {
                self.unsupported(
                    whole(&m.method),
                    Code::Collect,
                    &format!("`{}` into these types", m.method),
                    "annotate the variables, `let (a, b): (Vec<f64>, Vec<f64>) = …`",
                );
                None
            }
        }
    }

    /// Whether a chain ends in what holds its first error, as the turbofish says.
    pub(super) fn is_fallible_end(&self, m: &syn::ExprMethodCall) -> bool {
        let wrapped = turbofish(m).is_some_and(|ty| crate::lower::inner_type(&ty).is_some());
        wrapped && self.is_open_end(m)
    }

    /// Whether a chain ends in something that may be such.
    pub(super) fn is_open_end(&self, m: &syn::ExprMethodCall) -> bool {
        let name = m.method.to_string();
        matches!(name.as_str(), "collect" | "sum" | "product") && self.is_chain(&m.receiver)
    }

    /// The end of a chain that stops at the first error.
    pub(super) fn fallible_end(
        &mut self,
        m: &syn::ExprMethodCall,
        name: &str,
        none: Otherwise,
    ) -> Option<Item> {
        let span = m.method.span();
        let mut args = m.args.iter();
        let p = self.pipeline(&m.receiver)?;
        match (name, args.next(), args.next()) {
            ("try_fold", Some(init), Some(f)) => {
                let (init, ty) = self.expr(init);
                let good = of_good_items(f);
                let p = match good {
                    Some(_) => self.with_good_items(p, none, span)?,
                    None => p,
                };
                let closure = self.closure(good.as_ref().unwrap_or(f), 2)?;
                let names = closure.params.first().map(super::ends::names_of);
                let names = names.unwrap_or_default();
                let start = self.accumulators(init, &ty, &mut names.into_iter());
                self.fold_into(p, &closure, &start, Some(none), span);
                Some(start)
            }
            ("try_for_each", Some(f), None) => {
                let closure = self.closure(f, 1)?;
                self.run(p, None, &mut |lw, item, _| {
                    if let Some(Item::Value(value, ty)) = lw.apply_found(&closure, vec![item], none)
                        && !matches!(value, Expr::Place(_) | Expr::Tuple(_))
                    {
                        lw.name_value("unused", value, ty);
                    }
                });
                Some(Item::Value(Expr::Tuple(Vec::new()), Ty::Unit))
            }
            ("collect" | "sum" | "product", None, None) => {
                let p = self.with_good_items(p, none, span)?;
                let wanted = match turbofish(m) {
                    Some(ty) => match crate::lower::inner_type(&ty) {
                        Some((_, inner)) => self.generics.ty(inner),
                        None => self.generics.ty(&ty),
                    },
                    None => self.func.ret.clone(),
                };
                let (value, ty) = match name {
                    "collect" => {
                        let element = match &wanted {
                            Ty::Unknown => Ty::Unknown,
                            wanted => self.collected_element(wanted, span)?,
                        };
                        self.collect(p, element, span)
                    }
                    _ => self.sum(p, name, span, wanted, None),
                };
                Some(Item::Value(value, ty))
            }
            _ => None,
        }
    }

    /// The chain whose last closure gives items that may be errors, with what is in them.
    fn with_good_items(&mut self, p: Pipeline, none: Otherwise, span: Span) -> Option<Pipeline> {
        let mut p = p;
        if let Some(Stage::Map(c)) = p.stages.last() {
            let stage = Stage::Good(c.clone(), none);
            p.stages.pop();
            return Some(p.staged(stage));
        }
        match p.source {
            Source::Seq(seq) if p.stages.is_empty() => match seq.access {
                Access::Map(c, inner) => {
                    let seq = Seq {
                        access: *inner,
                        ..seq
                    };
                    let p = Pipeline::of(Source::Seq(seq), p.span);
                    Some(p.staged(Stage::Good(c, none)))
                }
                _ => self.no_good_items(span),
            },
            _ => self.no_good_items(span),
        }
    }

    fn no_good_items(&mut self, span: Span) -> Option<Pipeline> {
        self.unsupported(
            span,
            Code::FallibleItems,
            "a chain of items that may be errors",
            "put the `map` that makes them last, or write a loop with `?`",
        );
        None
    }
}

fn no_items(krate: &proc_macro2::TokenStream) -> Opaque {
    Opaque {
        tokens: quote!(#krate::rt::std::vec::Vec::new()),
        reads: Vec::new(),
        span: Span::mixed_site(),
        ty: Ty::Vec(Box::new(Ty::Unknown)),
    }
}
