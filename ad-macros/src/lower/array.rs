//! Arrays and vectors that are made of others: `from_fn`, `map`, `concat`, and what only borrows or owns what is there.

use super::iter::{Item, Kind};
use super::maybe::{query, strip};
use super::*;

/// Up to how many elements an array is written out.
const WRITTEN_OUT: usize = 16;

impl Lowerer<'_> {
    /// `a.map(f)`, `rows.concat()`, `v.as_slice()`; `None` where it is none of them.
    pub(super) fn made(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let name = m.method.to_string();
        match (name.as_str(), m.args.len()) {
            ("map", 1) => self.array_map(m),
            ("concat", 0) => self.concat(m),
            ("as_slice" | "as_mut_slice" | "as_ref" | "as_mut", 0) => self.whole(m, &name),
            _ => None,
        }
    }

    /// `v.as_slice()`
    fn whole(&mut self, m: &syn::ExprMethodCall, name: &str) -> Option<(Expr, Ty)> {
        if !self.is_place_expr(&m.receiver) || !self.ty_of(&m.receiver).is_container() {
            return None;
        }
        let place = self.place(&m.receiver)?.with(Proj::Range {
            lo: None,
            hi: None,
            inclusive: false,
        });
        let mutable = name.starts_with("as_mut");
        let ty = Ty::Ref(mutable, Box::new(self.func.place_ty(&place)));
        Some((Expr::Borrow(mutable, place), ty))
    }

    /// `array.map(f)`
    fn array_map(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let plain = self.is_place_expr(&m.receiver);
        let Ty::Array(_, Some(count)) = self.array_ty(&m.receiver)? else {
            return None;
        };
        let closure = self.closure(&m.args[0], 1)?;
        let source = match plain {
            true => {
                let place = self.place(&m.receiver)?;
                self.freeze_place(place)
            }
            false => {
                let (value, ty) = self.expr(&m.receiver);
                Place::var(self.name_value("source", value, ty))
            }
        };
        let span = m.method.span();
        Some(self.array_of(count, span, &mut |lw, i| {
            let element = source.clone().with(Proj::Index(i));
            let item = lw.apply(&closure, vec![Item::Place(element, Kind::Value)]);
            lw.item_value(item, span)
        }))
    }

    /// The type of an array that is known to be one.
    fn array_ty(&self, e: &syn::Expr) -> Option<Ty> {
        match strip(e) {
            syn::Expr::Array(a) => {
                let n = a.elems.len();
                let count = quote::quote!(#n);
                Some(Ty::Array(Box::new(Ty::Unknown), Some(count)))
            }
            e if self.is_place_expr(e) => match self.ty_of(e) {
                ty @ Ty::Array(..) => Some(ty),
                _ => None,
            },
            syn::Expr::MethodCall(m) if m.method == "map" => self.array_ty(&m.receiver),
            _ => None,
        }
    }

    /// `std::array::from_fn(f)`, of as many elements as are expected.
    pub(super) fn array_from_fn(&mut self, c: &syn::ExprCall, expected: &Ty) -> Option<(Expr, Ty)> {
        let syn::Expr::Path(p) = &*c.func else {
            return None;
        };
        let segments = &p.path.segments;
        let owner = segments.iter().rev().nth(1).map(|s| s.ident.to_string());
        let named = segments.last().is_some_and(|s| s.ident == "from_fn");
        if !named || owner.as_deref() != Some("array") || c.args.len() != 1 {
            return None;
        }
        if self.holding > 0 || self.is_constant_code(quote::ToTokens::to_token_stream(c)) {
            return None;
        }
        let span = syn::spanned::Spanned::span(&c.func);
        let Some(count) = written_count(segments).or_else(|| count_of(expected)) else {
            self.unsupported(
                span,
                Code::ArrayLength,
                "an array of a length that is not written here",
                "annotate the variable, `let a: [f64; 3] = …`, or write `from_fn::<_, 3, _>(…)`",
            );
            return Some((Expr::Tuple(Vec::new()), Ty::Unknown));
        };
        let closure = self.closure(&c.args[0], 1)?;
        Some(self.array_of(count, span, &mut |lw, i| {
            let item = lw.apply(&closure, vec![Item::Value(i, Ty::Int)]);
            lw.item_value(item, span)
        }))
    }

    /// The array of what is made at each index, first to last: written out, or filled by a loop.
    fn array_of(
        &mut self,
        count: proc_macro2::TokenStream,
        span: Span,
        element: &mut dyn FnMut(&mut Self, Expr) -> (Expr, Ty),
    ) -> (Expr, Ty) {
        let known = syn::parse2::<syn::LitInt>(count.clone());
        let known = known.ok().and_then(|n| n.base10_parse::<usize>().ok());
        if let Some(n) = known.filter(|n| *n <= WRITTEN_OUT) {
            let mut ty = Ty::Unknown;
            let mut parts = Vec::new();
            for k in 0..n {
                let (value, part_ty) = element(self, Expr::Int(k));
                let var = self.name_value("element", value, part_ty.clone());
                parts.push(Expr::var(var));
                ty = part_ty.peel().clone();
            }
            return (Expr::Array(parts), Ty::Array(Box::new(ty), Some(count)));
        }
        let array = self.declare("array", Span::mixed_site(), Ty::Unknown, true, Role::Temp);
        let at = self.out.len();
        let len = Opaque {
            tokens: count.clone(),
            reads: Vec::new(),
            span,
            ty: Ty::Int,
        };
        let mut ty = Ty::Unknown;
        self.steps(Expr::Int(0), Expr::Opaque(len.clone()), |lw, i| {
            let (value, found) = element(lw, i.clone());
            ty = found.peel().clone();
            let place = Place::var(array).with(Proj::Index(i));
            lw.emit(Stmt::Assign {
                place,
                op: None,
                value,
                first: false,
            });
        });
        if !ty.is_real() {
            self.unsupported(
                span,
                Code::ArrayLength,
                "a long array of what is not known to be a number",
                "give the closure its type, `|i| -> f64 { … }`, or fill the array in a loop",
            );
        }
        let whole = Ty::Array(Box::new(ty), Some(count));
        self.func.vars[array.0].ty = whole.clone();
        let zeros = Expr::Repeat {
            value: Box::new(Expr::Real(0.0)),
            len: Box::new(Expr::Opaque(len)),
            vec: false,
        };
        let declaration = Stmt::Let {
            var: array,
            init: Some(zeros),
        };
        self.out.insert(at, declaration);
        (Expr::var(array), whole)
    }

    /// `[&a[..], &b[..]].concat()` and `rows.concat()`
    fn concat(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let written = match strip(&m.receiver) {
            syn::Expr::Array(a) => Some(a),
            _ if self.is_list(&m.receiver) => None,
            _ => return None,
        };
        let span = m.method.span();
        let joined = self.declare("joined", Span::mixed_site(), Ty::Unknown, true, Role::Temp);
        self.func.vars[joined.0].ty = Ty::Vec(Box::new(Ty::Unknown));
        let krate = self.krate;
        let empty = Opaque {
            tokens: quote::quote!(#krate::rt::std::vec::Vec::new()),
            reads: Vec::new(),
            span,
            ty: Ty::Vec(Box::new(Ty::Unknown)),
        };
        self.emit(Stmt::Let {
            var: joined,
            init: Some(Expr::Opaque(empty)),
        });
        match written {
            Some(a) => {
                for e in &a.elems {
                    let place = match self.item_of(e) {
                        Item::Place(place, _) => place,
                        item => {
                            let (value, ty) = self.item_value(item, span);
                            Place::var(self.name_value("part", value, ty))
                        }
                    };
                    self.push_elements(joined, place, span);
                }
            }
            None => {
                let rows = self.list(&m.receiver, span)?;
                self.steps(Expr::Int(0), query("len", &rows), |lw, i| {
                    let row = rows.clone().with(Proj::Index(i));
                    lw.push_elements(joined, row, span);
                });
            }
        }
        let ty = self.func.var(joined).ty.clone();
        Some((Expr::var(joined), ty))
    }

    /// `Vec::with_capacity(2 * x.len())`: how much room there is has no derivative.
    pub(super) fn with_room(&mut self, c: &syn::ExprCall, vec: bool) -> (Expr, Ty) {
        let (room, _) = self.expr(&c.args[0]);
        let room = self.name_value("room", room, Ty::Int);
        let (path, name) = (&c.func, self.name_of(room));
        let ty = match vec {
            true => Ty::Vec(Box::new(Ty::Unknown)),
            false => Ty::Unknown,
        };
        let opaque = Opaque {
            tokens: quote::quote!(#path(#name)),
            reads: vec![room],
            span: syn::spanned::Spanned::span(c),
            ty: ty.clone(),
        };
        (Expr::Opaque(opaque), ty)
    }

    /// `let v: Vec<(u8, f64)> = Vec::new();`, `let n: u64 = text.parse().unwrap();`: the type that the user wrote, where nothing else says
    /// it before it is asked for.
    pub(super) fn typed_empty(&self, l: &syn::Local, value: Expr, known: &Ty) -> Expr {
        let (syn::Pat::Type(t), Expr::Opaque(mut o)) = (&l.pat, value.clone()) else {
            return value;
        };
        // What borrows is asked for again as it is written, and a queue is known by what makes it.
        if matches!(&*t.ty, syn::Type::Reference(_)) || super::pattern::is_new_queue(&value) {
            return value;
        }
        // Kept code that is known to be a vector is an empty one: its shadow is made as it is.
        if matches!(o.ty, Ty::Unknown) && !matches!(known, Ty::Vec(_)) {
            o.ty = known.clone();
        }
        let init = l.init.as_ref().map(|i| strip(&i.expr));
        let called = matches!(
            init,
            Some(syn::Expr::Call(_) | syn::Expr::MethodCall(_) | syn::Expr::Macro(_))
        );
        if !(called || matches!(o.ty, Ty::Vec(_))) || is_written_out(known) {
            return Expr::Opaque(o);
        }
        let (ty, tokens) = (&t.ty, &o.tokens);
        o.tokens = quote::quote!({ let value: #ty = #tokens; value });
        Expr::Opaque(o)
    }

    /// `VecDeque::from(v)`, of a vector or an array: its elements, one after the other.
    pub(super) fn queue_from(&mut self, c: &syn::ExprCall) -> Option<(Expr, Ty)> {
        let tokens = quote::ToTokens::to_token_stream(c);
        if self.holding > 0 || self.is_constant_code(tokens) {
            return Some(self.opaque_expr(c, Ty::Unknown));
        }
        let span = syn::spanned::Spanned::span(c);
        let (value, ty) = self.expr(&c.args[0]);
        let source = match value {
            Expr::Place(place) => place,
            value => Place::var(self.name_value("source", value, ty)),
        };
        let path = match &*c.func {
            syn::Expr::Path(p) => p.path.segments.iter().rev().skip(1).rev(),
            _ => return None,
        };
        let queue = self.declare("queue", Span::mixed_site(), Ty::Unknown, true, Role::Temp);
        let empty = Opaque {
            tokens: quote::quote!(#(#path::)* new()),
            reads: Vec::new(),
            span,
            ty: Ty::Unknown,
        };
        self.emit(Stmt::Let {
            var: queue,
            init: Some(Expr::Opaque(empty)),
        });
        self.push_elements(queue, source, span);
        Some((Expr::var(queue), Ty::Unknown))
    }

    fn push_elements(&mut self, vec: VarId, from: Place, span: Span) {
        let element = self.func.place_ty(&from).element();
        self.learn_element(&Place::var(vec), &element);
        self.steps(Expr::Int(0), query("len", &from), |lw, i| {
            let (value, _) = lw.element_value(from.clone().with(Proj::Index(i)));
            let op = ContainerOp::Push(value);
            let place = Place::var(vec);
            lw.emit(Stmt::Container { place, op, span });
        });
    }
}

/// Whether generated code can name a type: which integer it is, is not known.
fn is_written_out(ty: &Ty) -> bool {
    match ty {
        Ty::Real(_) | Ty::Bool => true,
        Ty::Array(e, _) | Ty::Vec(e) => is_written_out(e),
        Ty::Tuple(parts) => parts.iter().all(is_written_out),
        _ => false,
    }
}

/// The length in `from_fn::<_, 3, _>`.
fn written_count(
    segments: &syn::punctuated::Punctuated<syn::PathSegment, syn::Token![::]>,
) -> Option<proc_macro2::TokenStream> {
    let syn::PathArguments::AngleBracketed(args) = &segments.last()?.arguments else {
        return None;
    };
    match args.args.iter().nth(1)? {
        syn::GenericArgument::Type(syn::Type::Infer(_)) => None,
        given => Some(quote::ToTokens::to_token_stream(given)),
    }
}

fn count_of(ty: &Ty) -> Option<proc_macro2::TokenStream> {
    match ty {
        Ty::Array(_, Some(count)) => {
            let open = count.to_string() == "_";
            (!open).then(|| count.clone())
        }
        _ => None,
    }
}
