//! Zeros, sums and copies of values, by what is known of their type.

use super::*;

/// What the reals of a new shadow are.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    Zero,
    /// Negative zero, which additions leave no trace of.
    Neutral,
}

impl Start {
    fn real(self) -> f64 {
        match self {
            Start::Zero => 0.0,
            Start::Neutral => -0.0,
        }
    }

    /// The method that makes a shadow from a value.
    fn method(self) -> Ident {
        let name = match self {
            Start::Zero => "zero_shadow",
            Start::Neutral => "neutral_shadow",
        };
        ident(name, Span::call_site())
    }
}

impl Emitter<'_> {
    /// A zero of the shape of a place.
    pub fn zero_of(&self, p: &Place) -> TokenStream {
        self.start_of(p, Start::Zero)
    }

    /// The same, negative.
    pub(super) fn neutral_of(&self, p: &Place) -> TokenStream {
        self.start_of(p, Start::Neutral)
    }

    fn start_of(&self, p: &Place, start: Start) -> TokenStream {
        let ty = self.func.place_ty(p);
        let referent = matches!(p.proj.last(), Some(Proj::Deref)) && is_general(&ty);
        if matches!(ty, Ty::Unknown) || referent {
            return self.made(&self.place(p), start);
        }
        let place = self.receiver(p);
        self.start(&ty, &place, start)
    }

    /// The same for a wide shadow.
    pub(super) fn wide_zero_of(&self, p: &Place) -> TokenStream {
        let ty = self.func.place_ty(p);
        let value = match ty {
            Ty::Unknown => self.place(p),
            _ => self.receiver(p),
        };
        self.shadow_zero(&ty, &value)
    }

    /// The same of an array, negative.
    pub(super) fn wide_neutral_of(&self, p: &Place) -> TokenStream {
        let ty = widened(&self.func.place_ty(p));
        self.start(&ty, &self.receiver(p), Start::Neutral)
    }

    /// What a shadow is where the caller has left it out.
    pub(super) fn missing(&self, shadow: &Place, primal: VarId) -> TokenStream {
        let shape = Place {
            base: primal,
            proj: shadow.proj.clone(),
            span: shadow.span,
        };
        match self.func.var(shadow.base).wide {
            true => self.wide_zero_of(&shape),
            false => self.zero_of(&shape),
        }
    }

    /// A claim about a type, at the user's token.
    pub(super) fn claim(&self, name: &str, args: &[Expr], span: Span) -> TokenStream {
        let (krate, name) = (self.krate, ident(name, span));
        let args = args.iter().map(|a| match a {
            Expr::Borrow(_, p) => {
                let place = self.place(p);
                quote!(&#place)
            }
            e => self.expr(e),
        });
        located(quote!(#krate::rt::#name(#(#args),*);), span)
    }

    /// A struct literal. Fields of tuple structs are named by their positions.
    pub(super) fn structure(&self, ctor: &Ctor, parts: &[Expr]) -> TokenStream {
        if ctor.is_variant() {
            return self.variant(ctor, parts);
        }
        let fields = ctor.fields.iter().zip(parts).map(|(field, e)| {
            let e = self.expr(e);
            match field {
                Proj::Tuple(k) => {
                    let k = syn::Index::from(*k);
                    quote!(#k: #e,)
                }
                Proj::Field(name) => {
                    let name = ident(name, Span::call_site());
                    quote!(#name: #e,)
                }
                _ => quote!(),
            }
        });
        let rest = parts.get(ctor.fields.len()).map(|e| {
            let e = self.expr(e);
            quote!(..#e)
        });
        let path = &ctor.path;
        quote!(#path { #(#fields)* #rest })
    }

    /// What a place holds, behind a reference if it is one.
    fn referent(&self, p: &Place, mutable: bool) -> TokenStream {
        let place = self.place_as(p, mutable);
        match self.func.place_ty(p) {
            Ty::Ref(..) => quote!(*#place),
            _ => place,
        }
    }

    /// The zero shadow of a value of the type.
    pub fn shadow_zero(&self, ty: &Ty, value: &TokenStream) -> TokenStream {
        let Some(wide) = self.wide else {
            return self.zero(ty, value);
        };
        if is_general(ty) || !(is_sized(ty) || is_all_real(ty)) {
            let krate = self.krate;
            let value = match ty {
                Ty::Ref(..) => quote!(*#value),
                _ => value.clone(),
            };
            return quote!(#krate::rt::wide_zero::<#wide, _>(&#value));
        }
        self.zero(&widened(ty), value)
    }

    pub fn zero(&self, ty: &Ty, value: &TokenStream) -> TokenStream {
        self.start(ty, value, Start::Zero)
    }

    fn start(&self, ty: &Ty, value: &TokenStream, start: Start) -> TokenStream {
        match ty.peel() {
            Ty::Real(s) => self.real(start.real(), Some(s)),
            Ty::Int => quote!(0),
            Ty::Bool => quote!(false),
            Ty::Unit => quote!(()),
            Ty::Array(e, Some(n)) if is_sized(e) => {
                let element = self.start(e, value, start);
                quote!([#element; #n])
            }
            Ty::Vec(e) | Ty::Slice(e) if is_sized(e) => {
                let zero = self.zero(e, value);
                let krate = self.krate;
                quote!(#krate::rt::std::vec![#zero; #value.len()])
            }
            Ty::Vec(e) | Ty::Slice(e) if is_known(e) => {
                let zero = self.zero(e, &quote!(element));
                let krate = self.krate;
                quote!(#value.iter().map(|element| #zero).collect::<#krate::rt::std::vec::Vec<_>>())
            }
            Ty::Tuple(parts) if parts.iter().all(is_known) => {
                let parts = parts.iter().enumerate().map(|(k, t)| {
                    let k = syn::Index::from(k);
                    self.start(t, &quote!(#value.#k), start)
                });
                quote!((#(#parts),*))
            }
            _ => {
                let value = match ty {
                    Ty::Ref(..) => quote!(*#value),
                    _ => value.clone(),
                };
                self.made(&value, start)
            }
        }
    }

    /// What the value itself makes.
    fn made(&self, value: &TokenStream, start: Start) -> TokenStream {
        let (krate, method, lent) = (self.krate, start.method(), borrowed(value));
        quote!(#krate::rt::Differentiable::#method(#lent))
    }

    /// `target += source`, element by element.
    pub(super) fn accumulate(&self, target: &Place, source: &Expr) -> TokenStream {
        let ty = match self.func.place_ty(target) {
            Ty::Unknown => self.source_ty(source),
            known => known,
        };
        if is_general(&ty) {
            let target_span = target.span;
            // References to vectors become slices by themselves, but not exclusive ones for the sake of the other argument.
            let slice = |p: &Place| matches!(self.func.place_ty(p).peel(), Ty::Slice(_));
            let narrowed = matches!(source, Expr::Place(p) if slice(p)) && !slice(target);
            let (krate, mut target) = (self.krate, self.referent(target, true));
            // What a callee gives back of a constant is nothing.
            if let Expr::Place(p) = source
                && p.is_var()
                && self.func.var(p.base).source.starts_with(HANDED_BACK)
            {
                let source = self.referent(p, false);
                let call = quote!(#krate::rt::BackTo::add_to);
                return located(quote!(#call(&#source, &mut #target);), target_span);
            }
            if narrowed {
                target = quote!((#target)[..]);
            }
            let source = match source {
                Expr::Place(p) => self.referent(p, false),
                e => self.expr(e),
            };
            return quote!(#krate::rt::Differentiable::accumulate(&mut #target, &#source););
        }
        let (target, source) = match (&ty, source) {
            (t, _) if t.is_real() => (self.target(target), self.expr(source)),
            (_, Expr::Place(p)) => (self.receiver_as(target, true), self.receiver(p)),
            _ => (self.receiver_as(target, true), self.expr(source)),
        };
        self.add(&ty, &target, &source)
    }

    fn source_ty(&self, e: &Expr) -> Ty {
        match e {
            Expr::Place(p) => self.func.place_ty(p),
            _ => Ty::Unknown,
        }
    }

    fn add(&self, ty: &Ty, target: &TokenStream, source: &TokenStream) -> TokenStream {
        let krate = self.krate;
        match ty.peel() {
            Ty::Real(_) if self.is_generic(ty.peel()) => quote!(#target = #target + #source;),
            Ty::Real(_) => quote!(#target += #source;),
            t if t.is_constant() => quote!(),
            Ty::Array(e, _) | Ty::Vec(e) | Ty::Slice(e) if self.is_wide(e) => {
                quote!(#krate::rt::Differentiable::accumulate(&mut #target[..], &#source[..]);)
            }
            Ty::Array(e, _) | Ty::Vec(e) | Ty::Slice(e) if e.is_real() => {
                quote!(#krate::rt::add_to(&mut #target[..], &#source[..]);)
            }
            Ty::Array(e, _) | Ty::Vec(e) | Ty::Slice(e) if is_known(e) => {
                let inner = match e.peel() {
                    Ty::Tuple(_) => self.add(e, &quote!(target), &quote!(source)),
                    e => self.add(e, &quote!(target), &quote!(source)),
                };
                quote!(for (target, source) in #target.iter_mut().zip(#source.iter()) { #inner })
            }
            Ty::Tuple(parts) if parts.iter().all(is_known) => parts
                .iter()
                .enumerate()
                .map(|(k, t)| {
                    let k = syn::Index::from(k);
                    self.add(t, &quote!(#target.#k), &quote!(#source.#k))
                })
                .collect(),
            _ => quote!(#krate::rt::Differentiable::accumulate(&mut #target, &#source);),
        }
    }

    pub(super) fn set_zero(&self, p: &Place) -> TokenStream {
        let ty = self.func.place_ty(p);
        let target = match ty.peel() {
            _ if is_general(&ty) => self.referent(p, true),
            _ if ty.is_real() => self.target(p),
            _ => self.receiver_as(p, true),
        };
        self.clear(&ty, &target)
    }

    fn clear(&self, ty: &Ty, target: &TokenStream) -> TokenStream {
        let krate = self.krate;
        match ty.peel() {
            Ty::Real(s) => {
                let zero = self.real(0.0, Some(s));
                quote!(#target = #zero;)
            }
            t if t.is_constant() => quote!(),
            Ty::Array(e, _) | Ty::Vec(e) | Ty::Slice(e) if e.is_real() => {
                let zero = self.zero(e, target);
                quote!(#target.fill(#zero);)
            }
            Ty::Array(e, _) | Ty::Vec(e) | Ty::Slice(e) if is_known(e) => {
                let inner = self.clear(e, &quote!(element));
                quote!(for element in #target.iter_mut() { #inner })
            }
            Ty::Tuple(parts) if parts.iter().all(is_known) => parts
                .iter()
                .enumerate()
                .map(|(k, t)| {
                    let k = syn::Index::from(k);
                    self.clear(t, &quote!(#target.#k))
                })
                .collect(),
            _ => quote!(#krate::rt::Differentiable::set_zero(&mut #target);),
        }
    }

    /// An owned copy; where the place may be left out, zeros of the primal's shape.
    pub(super) fn copied(&self, kind: CopyKind, p: &Place) -> TokenStream {
        let method = match kind {
            CopyKind::Clone => quote!(clone()),
            CopyKind::ToVec => quote!(to_vec()),
        };
        let place = match kind {
            CopyKind::ToVec => self.receiver(p),
            CopyKind::Clone if matches!(p.proj.last(), Some(Proj::Deref | Proj::Payload(_))) => {
                let place = self.place(p);
                quote!((#place))
            }
            CopyKind::Clone => self.place(p),
        };
        // A method would have to know the type at once.
        let inside = matches!(
            (kind, p.proj.last()),
            (CopyKind::Clone, Some(Proj::Payload(_)))
        );
        let copy = match inside {
            true => quote!(::core::clone::Clone::clone(&#place)),
            false => quote!(#place.#method),
        };
        let Some(primal) = self.func.var(p.base).optional else {
            return copy;
        };
        let name = self.name(p.base);
        let zero = self.missing(p, primal);
        quote!(match #name { ::core::option::Option::Some(#name) => #copy, ::core::option::Option::None => #zero })
    }
}

/// Tokens that errors point at as if they stood elsewhere; what their names mean stays the same.
pub(super) fn located(tokens: TokenStream, span: Span) -> TokenStream {
    let relocate = |mut t: TokenTree| {
        if let TokenTree::Group(g) = &t {
            t = TokenTree::Group(proc_macro2::Group::new(
                g.delimiter(),
                located(g.stream(), span),
            ));
        }
        t.set_span(t.span().located_at(span));
        t
    };
    tokens.into_iter().map(relocate).collect()
}

/// Whether a zero of the type needs no value to take its shape from.
pub fn is_sized(ty: &Ty) -> bool {
    match ty {
        Ty::Real(_) | Ty::Int | Ty::Bool => true,
        Ty::Array(e, Some(_)) => is_sized(e),
        Ty::Tuple(parts) => parts.iter().all(is_sized),
        _ => false,
    }
}

/// Whether a value of the type is made of reals alone.
fn is_all_real(ty: &Ty) -> bool {
    match ty.peel() {
        Ty::Real(_) => true,
        Ty::Array(e, _) | Ty::Vec(e) | Ty::Slice(e) => is_all_real(e),
        Ty::Tuple(parts) => parts.iter().all(is_all_real),
        _ => false,
    }
}

/// Whether only the trait knows what a value of the type is made of.
pub fn is_general(ty: &Ty) -> bool {
    match ty.peel() {
        t if t.is_real() || t.is_constant() => false,
        Ty::Array(e, _) | Ty::Vec(e) | Ty::Slice(e) => !is_known(e),
        Ty::Tuple(parts) => !parts.iter().all(is_known),
        _ => true,
    }
}

fn is_known(ty: &Ty) -> bool {
    match ty {
        Ty::Real(_) | Ty::Int | Ty::Bool | Ty::Unit => true,
        Ty::Array(e, _) | Ty::Vec(e) | Ty::Slice(e) => is_known(e),
        Ty::Tuple(parts) => parts.iter().all(is_known),
        _ => false,
    }
}
