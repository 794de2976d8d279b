//! Sources of chains: what a loop runs over.

use super::position::{literal, minus, monus, steps};
use super::*;
use crate::lower::control::is_table;
use crate::lower::maybe::strip;
use quote::ToTokens;

impl Pipeline {
    pub(super) fn of(source: Source, span: Span) -> Pipeline {
        Pipeline {
            span,
            source,
            stages: Vec::new(),
        }
    }
}

impl Lowerer<'_> {
    /// Reads a chain; what is not known in it is reported.
    pub(super) fn pipeline(&mut self, e: &syn::Expr) -> Option<Pipeline> {
        let links = Links::read(e);
        let origin = links.calls.first().copied();
        let origin = origin.filter(|m| ORIGINS.contains(&m.method.to_string().as_str()));
        let mut p = self.start(links.source, origin)?;
        let mut calls = links.calls.as_slice();
        if let (Some(_), Some((_, rest))) = (origin, calls.split_first()) {
            calls = rest;
        }
        for m in calls {
            p = self.adaptor(p, m)?;
        }
        Some(p)
    }

    fn start(
        &mut self,
        source: &syn::Expr,
        origin: Option<&syn::ExprMethodCall>,
    ) -> Option<Pipeline> {
        if let Some(held) = self.held_iterator(source) {
            return Some(self.rest_of(&held, source));
        }
        if let Some((name, call)) = maker(source) {
            return self.made_source(&name, call);
        }
        if let Some(kept) = self.kept_source(source, origin) {
            return Some(Pipeline::of(kept, source.span()));
        }
        let seq = self.source(source, origin)?;
        Some(Pipeline::of(Source::Seq(seq), source.span()))
    }

    /// Whether an expression is a call, or adaptors of one, that gives constants to iterate over.
    pub(super) fn is_kept_chain(&self, e: &syn::Expr) -> bool {
        let links = Links::read(e);
        !links.calls.is_empty() && self.is_kept_call(links.source)
    }

    fn is_kept_call(&self, e: &syn::Expr) -> bool {
        let tokens = e.to_token_stream();
        matches!(e, syn::Expr::Call(_) | syn::Expr::MethodCall(_))
            && !self.is_place_expr(e)
            && !crate::lower::expr::assigns(&tokens, false)
            && self.is_constant_code(tokens)
    }

    /// Whether an expression names a constant that has items, but no positions.
    pub(in crate::lower) fn is_map(&self, e: &syn::Expr) -> bool {
        if self.gives_items_once(e) {
            return self.is_constant_code(e.to_token_stream());
        }
        let mut ty = self.declared_type(e);
        while let Some(syn::Type::Reference(r)) = ty {
            ty = Some(*r.elem);
        }
        let Some(syn::Type::Path(p)) = ty else {
            return false;
        };
        let maps = [
            "HashMap",
            "BTreeMap",
            "HashSet",
            "BTreeSet",
            "LinkedList",
            "BinaryHeap",
        ];
        let named = p.path.segments.last().map(|s| s.ident.to_string());
        named.is_some_and(|n| maps.contains(&n.as_str()))
            && self.is_constant_code(e.to_token_stream())
    }

    /// Whether an expression names a value of which only a trait says that it has items: they can be asked for once.
    fn gives_items_once(&self, e: &syn::Expr) -> bool {
        match self.declared_type(e) {
            Some(syn::Type::ImplTrait(t)) => t.bounds.iter().any(|b| match b {
                syn::TypeParamBound::Trait(t) => {
                    let last = t.path.segments.last();
                    last.is_some_and(|s| super::super::types::gives_items(&s.ident.to_string()))
                }
                _ => false,
            }),
            Some(syn::Type::Path(p)) => {
                let name = p.path.get_ident().map(ToString::to_string);
                name.is_some_and(|n| self.generics.iterators.contains(&n))
            }
            _ => false,
        }
    }

    /// A call that gives constants to iterate over: `text.chars()`, `mesh.cells().iter()`.
    fn kept_source(
        &mut self,
        e: &syn::Expr,
        origin: Option<&syn::ExprMethodCall>,
    ) -> Option<Source> {
        let lent =
            |m: &syn::ExprMethodCall| matches!(m.method.to_string().as_str(), "iter" | "into_iter");
        // `self.iter()` is a method of the user's.
        let own = origin.is_some() && self.is_own(e) && self.is_constant_code(e.to_token_stream());
        if !(own || self.is_kept_call(e) || self.is_map(e)) || !origin.is_none_or(lent) {
            return None;
        }
        let e = match e {
            syn::Expr::Reference(r) => &r.expr,
            e => e,
        };
        let lent = origin.is_some() || self.is_map(e);
        let lent = lent && !self.gives_items_once(e);
        let values = match lent && self.is_place_expr(e) {
            true => self.opaque_expr(&quote::quote!((&#e)), Ty::Constant).0,
            false => Expr::Opaque(self.kept_parts(e)),
        };
        let values = self.name_value("values", values, Ty::Constant);
        let name = syn::Ident::new(&self.func.var(values).source, Span::mixed_site());
        let tokens = match origin {
            Some(m) if m.method == "iter" => quote::quote!(#name.iter()),
            _ => quote::quote!(#name.into_iter()),
        };
        let opaque = Opaque {
            tokens,
            reads: vec![values],
            span: e.span(),
            ty: Ty::Constant,
        };
        Some(Source::Kept(self.state(
            "items",
            Ty::Constant,
            Expr::Opaque(opaque),
        )))
    }

    /// `f(a).as_ref()`, with a name for what each method is called on: it lives as long as the loop.
    fn kept_parts(&mut self, e: &syn::Expr) -> Opaque {
        let syn::Expr::MethodCall(m) = strip(e) else {
            return self.opaque(e.to_token_stream(), e.span(), Ty::Constant);
        };
        let receiver = strip(&m.receiver);
        let made = matches!(
            receiver,
            syn::Expr::Call(_) | syn::Expr::MethodCall(_) | syn::Expr::Macro(_)
        );
        if !made || self.is_place_expr(receiver) {
            return self.opaque(e.to_token_stream(), e.span(), Ty::Constant);
        }
        let made = self.kept_parts(receiver);
        let made = self.state("made", Ty::Constant, Expr::Opaque(made));
        let name = syn::Ident::new(&self.func.var(made).source, Span::mixed_site());
        let mut call = m.clone();
        *call.receiver = syn::parse_quote!(#name);
        let mut opaque = self.opaque(call.to_token_stream(), e.span(), Ty::Constant);
        opaque.reads.push(made);
        opaque
    }

    /// What functions of `std::iter` make.
    fn made_source(&mut self, name: &str, c: &syn::ExprCall) -> Option<Pipeline> {
        let span = c.func.span();
        let args: Vec<&syn::Expr> = c.args.iter().collect();
        let seq = match (name, args.as_slice()) {
            ("empty", []) => Seq::over(Some(Expr::Int(0)), Access::Number),
            ("once", [item]) => Seq::over(Some(Expr::Int(1)), self.fixed(item)),
            ("repeat", [item]) => Seq::over(None, self.fixed(item)),
            ("repeat_with", [f]) => {
                let closure = self.closure(&taking_a_position(f), 1)?;
                Seq::over(None, Access::Number).wrap(|a| Access::Map(closure, a))
            }
            ("repeat_n", [item, n]) => {
                let access = self.fixed(item);
                let (n, _) = self.expr(n);
                Seq::over(Some(self.frozen(n, "count")), access)
            }
            ("zip", [a, b]) => {
                let a = self.pipeline(a)?;
                return self.zip(a, b, span);
            }
            ("from_fn", [f]) => {
                let closure = self.closure(f, 0)?;
                return Some(Pipeline::of(Source::Calls(closure), span));
            }
            ("successors", [first, f]) => return self.successors(first, f, span),
            _ => {
                self.unsupported(span, Code::LoopOver, "this iterator", "write a loop");
                return None;
            }
        };
        Some(Pipeline::of(Source::Seq(seq), span))
    }

    /// The same item every time.
    fn fixed(&mut self, e: &syn::Expr) -> Access {
        Access::Fixed(match self.item_of(e) {
            Item::Value(value, ty) => {
                let var = self.name_value("item", value, ty);
                Item::Place(Place::var(var), Kind::Value)
            }
            item => self.named_item(item),
        })
    }

    fn successors(&mut self, first: &syn::Expr, f: &syn::Expr, span: Span) -> Option<Pipeline> {
        let first = match first {
            syn::Expr::Call(c) if is_some(&c.func) && c.args.len() == 1 => &c.args[0],
            other => {
                self.unsupported(
                    whole(other),
                    Code::LoopOver,
                    "this start of `successors`",
                    "write `Some(…)` around the first item",
                );
                return None;
            }
        };
        let closure = self.closure(f, 1)?;
        let (value, ty) = self.expr(first);
        let next = self.state("next", ty, value);
        let more = self.state("more", Ty::Bool, truth(true));
        Some(Pipeline::of(Source::Successors(next, more, closure), span))
    }

    /// The source with the method that makes an iterator of it.
    fn source(&mut self, e: &syn::Expr, origin: Option<&syn::ExprMethodCall>) -> Option<Seq> {
        if let syn::Expr::Range(r) = e {
            return self.range_source(r);
        }
        let name = origin.map(|m| m.method.to_string()).unwrap_or_default();
        let place = self.source_place(e)?;
        let ty = self.func.place_ty(&place);
        if !ty.is_container() && !matches!(ty.peel(), Ty::Unknown) {
            self.unsupported(
                whole(e),
                Code::LoopOver,
                "a loop over this",
                "loop over a slice, an array, a `Vec` or a range",
            );
            return None;
        }
        let size = match origin {
            Some(m) if m.args.len() == 1 => {
                let (size, _) = self.expr(&m.args[0]);
                Some(self.frozen(size, "size"))
            }
            _ => None,
        };
        let kind = match name.as_str() {
            "iter_mut" | "chunks_mut" | "chunks_exact_mut" => Kind::RefMut,
            "iter" | "chunks" | "chunks_exact" | "rchunks" | "windows" => Kind::Ref,
            _ => self.kind_of(e, &ty),
        };
        let place = match kind {
            Kind::Value => self.own_source(place, &ty),
            _ => place,
        };
        let length = Expr::Query("len".into(), place.clone(), Vec::new());
        let Some(size) = size else {
            return Some(Seq::over(Some(length), Access::Element(place, kind)));
        };
        Some(self.spans(&name, place, kind, length, size))
    }

    /// `windows`, `chunks` and `chunks_exact`.
    fn spans(&mut self, name: &str, place: Place, kind: Kind, length: Expr, size: Expr) -> Seq {
        if name == "rchunks" {
            let end = self.frozen(length, "end");
            let hi = steps(end.clone(), size.clone());
            return Seq::over(Some(hi), Access::FromEnd { place, size, end });
        }
        let overlap = name == "windows";
        let exact = name.starts_with("chunks_exact");
        let limit = (!overlap && !exact).then(|| self.frozen(length.clone(), "end"));
        let hi = match (overlap, &limit) {
            (true, _) => monus(length, minus(size.clone(), Expr::Int(1))),
            (_, Some(limit)) => steps(limit.clone(), size.clone()),
            (_, None) => Expr::bin(BinOp::Div, length, size.clone()),
        };
        let access = Access::Span {
            place,
            kind,
            size,
            overlap,
            limit,
        };
        Seq::over(Some(hi), access)
    }

    fn source_place(&mut self, e: &syn::Expr) -> Option<Place> {
        let place = if self.is_place_expr(e) {
            self.place(e)
        } else if (is_table(e) || is_lent(e)) && self.is_constant_code(e.to_token_stream()) {
            Some(self.constant_table(e))
        } else {
            let mut inner = e;
            while let syn::Expr::Reference(r) = inner {
                inner = &r.expr;
            }
            self.place_or_value(inner)
        };
        match place {
            Some(place) => Some(self.freeze_place(place)),
            None => {
                self.unsupported(
                    whole(e),
                    Code::LoopOver,
                    "this iterator",
                    "loop over a range, over `&v`, `&mut v`, or over `v.iter()` and adaptors of it",
                );
                None
            }
        }
    }

    /// What `into_iter` yields.
    pub(in crate::lower) fn kind_of(&self, e: &syn::Expr, ty: &Ty) -> Kind {
        match (e, ty) {
            (syn::Expr::Paren(p), _) => self.kind_of(&p.expr, ty),
            (syn::Expr::Reference(r), _) if r.mutability.is_some() => Kind::RefMut,
            (syn::Expr::Reference(_), _) => Kind::Ref,
            (_, Ty::Ref(true, _)) => Kind::RefMut,
            _ if crate::lower::name_of(e).is_some_and(|n| self.is_loan(&n)) => Kind::RefMut,
            (_, Ty::Array(..) | Ty::Vec(_)) if !self.is_alias(e) => Kind::Value,
            _ => Kind::Ref,
        }
    }

    /// Whether a name stands for a reference to an element.
    fn is_alias(&self, e: &syn::Expr) -> bool {
        let name = crate::lower::name_of(e);
        matches!(name.and_then(|n| self.lookup(&n)), Some(Binding::Alias(_)))
    }

    /// Whether this is an array by value that may change while copies of its elements are met.
    pub(in crate::lower) fn is_changing_array(&mut self, e: &syn::Expr) -> bool {
        let syn::Expr::Path(_) = e else { return false };
        self.place(e).is_some_and(|p| {
            let array = matches!(self.func.place_ty(&p), Ty::Array(..));
            array && !self.is_alias(e) && self.func.var(self.func.root(&p)).mutable
        })
    }

    /// `for v in a { … a … }`: were `a` an array, its items would be copies; where that is not known, the user says it.
    pub(in crate::lower) fn check_items_change(&mut self, f: &syn::ExprForLoop) {
        let syn::Expr::Path(path) = &*f.expr else {
            return;
        };
        let Some(name) = path.path.get_ident().map(ToString::to_string) else {
            return;
        };
        let Some(Binding::Var(v)) = self.lookup(&name) else {
            return;
        };
        let var = self.func.var(*v);
        let open = var.mutable && matches!(var.ty, Ty::Unknown);
        let mut mentioned = Vec::new();
        crate::lower::opaque::scan(f.body.to_token_stream(), &mut mentioned);
        if open && mentioned.contains(&name) {
            self.unsupported(
                whole(&f.expr),
                Code::ChangingLoop,
                &format!("a loop over `{name}`, whose type is not known here and which its body mentions,"),
                &format!("annotate it, `let mut {name}: …`, or loop over `&{name}` or a range"),
            );
        }
    }

    /// An array that is iterated by value is copied where it may change meanwhile.
    fn own_source(&mut self, place: Place, ty: &Ty) -> Place {
        let changes = self.func.var(self.func.root(&place)).mutable;
        if changes && matches!(ty, Ty::Array(..)) && ty.is_copy() == Some(true) {
            return Place::var(self.name_value("items", Expr::Place(place), ty.clone()));
        }
        place
    }

    fn range_source(&mut self, r: &syn::ExprRange) -> Option<Seq> {
        let Some(start) = &r.start else {
            self.unsupported(
                whole(r),
                Code::Endless,
                "a range without start",
                "give the range both ends, `0..n`",
            );
            return None;
        };
        let (bounds, _) = self.operands(std::iter::once(&**start).chain(r.end.as_deref()));
        let mut bounds = bounds.into_iter();
        let lo = bounds.next().map(|e| self.frozen(e, "start"));
        let hi = bounds.next().map(|e| self.frozen(e, "end"));
        Some(Seq {
            lo: lo.unwrap_or(Expr::Int(0)),
            inclusive: matches!(r.limits, syn::RangeLimits::Closed(_)),
            ..Seq::over(hi, Access::Number)
        })
    }

    /// An integer that keeps its value.
    pub(super) fn frozen(&mut self, e: Expr, name: &str) -> Expr {
        match literal(&e) {
            Some(n) if !suffixed(&e) => Expr::Int(n),
            _ => self.freeze(e, name, Ty::Int),
        }
    }
}

fn is_some(path: &syn::Expr) -> bool {
    matches!(path, syn::Expr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Some"))
}

fn suffixed(e: &Expr) -> bool {
    matches!(e, Expr::Opaque(o) if syn::parse2::<syn::LitInt>(o.tokens.clone()).is_ok_and(|l| !l.suffix().is_empty()))
}

/// A closure without parameters, as one that is asked for the item at a position.
fn taking_a_position(f: &syn::Expr) -> syn::Expr {
    match f {
        syn::Expr::Paren(p) => taking_a_position(&p.expr),
        syn::Expr::Closure(c) if c.inputs.is_empty() => {
            let mut c = c.clone();
            c.inputs.push(syn::parse_quote!(_));
            syn::Expr::Closure(c)
        }
        f => syn::parse_quote!(|_| #f()),
    }
}

/// Whether an expression is a shared reference to what it makes.
fn is_lent(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Paren(p) => is_lent(&p.expr),
        syn::Expr::Reference(r) => r.mutability.is_none(),
        _ => false,
    }
}
