//! Sorting: the order is found by the user's comparison, which has no derivative, and then the elements are moved.

use super::edit::Edited;
use super::maybe::strip;
use super::*;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// The methods, how many arguments they take, and what finds their order.
const METHODS: &[(&str, usize, &str)] = &[
    ("sort", 0, "order_by"),
    ("sort_by", 1, "order_by"),
    ("sort_by_key", 1, "order_by_key"),
    ("sort_by_cached_key", 1, "order_by_key"),
    ("sort_unstable", 0, "order_unstable_by"),
    ("sort_unstable_by", 1, "order_unstable_by"),
    ("sort_unstable_by_key", 1, "order_unstable_by_key"),
    ("select_nth_unstable", 1, "order_nth_by"),
    ("select_nth_unstable_by", 2, "order_nth_by"),
    ("select_nth_unstable_by_key", 2, "order_nth_by_key"),
];

impl Lowerer<'_> {
    /// `v.sort_by(…)`, or a relative of it.
    fn sorts(&self, m: &syn::ExprMethodCall) -> Option<&'static str> {
        let name = m.method.to_string();
        let (.., order) = METHODS
            .iter()
            .find(|(n, arity, _)| *n == name && *arity == m.args.len())?;
        self.is_edit(m, &[(&name, m.args.len())]).then_some(order)
    }

    /// Lowers it; `None` where it is none.
    pub(super) fn sort(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let order = self.sorts(m)?;
        let v = self.edited(m)?;
        self.sorted(&v, order)?;
        Some((Expr::Tuple(Vec::new()), Ty::Unit))
    }

    /// Moves the elements; gives the index that was asked for, if one was.
    fn sorted(&mut self, v: &Edited, order: &'static str) -> Option<Option<Expr>> {
        let mut args = v.m.args.iter();
        let nth = match order.starts_with("order_nth") {
            true => Some(self.number(args.next()?, "nth")),
            false => None,
        };
        let compare = match args.next() {
            Some(f) => self.comparison(f)?,
            None => Expr::Opaque(Opaque {
                tokens: quote!(::core::cmp::Ord::cmp),
                reads: Vec::new(),
                span: v.span,
                ty: Ty::Unit,
            }),
        };
        let whole = Expr::Borrow(false, v.part(None, None));
        let operands = std::iter::once(whole).chain(nth.clone()).chain([compare]);
        let found = Expr::Runtime(order, operands.collect());
        let found = self.name_value("order", found, Ty::Vec(Box::new(Ty::Int)));
        self.maybe_active[found.0] = false;
        self.emit(v.op(ContainerOp::Move {
            how: Motion::Permute,
            by: Expr::var(found),
            back: false,
        }));
        Some(nth)
    }

    /// A comparison is kept as it is written.
    fn comparison(&mut self, f: &syn::Expr) -> Option<Expr> {
        let closure = self.closure(f, 2)?;
        if super::iter::assigns_outside(&closure) {
            self.unsupported(
                head(f),
                Code::Effects,
                "a comparison that changes something",
                "compute what it asks for before, and only read it here",
            );
        }
        if !matches!(strip(f), syn::Expr::Path(_)) || self.is_constant_code(f.to_token_stream()) {
            let kept = self.opaque(f.to_token_stream(), f.span(), Ty::Unit);
            return Some(Expr::Opaque(kept));
        }
        // A closure by its name means what its names meant where it was written.
        let outside = std::mem::replace(&mut self.scopes, closure.scopes.clone());
        let kept = self.opaque(closure.written.to_token_stream(), f.span(), Ty::Unit);
        self.scopes = outside;
        Some(Expr::Opaque(kept))
    }

    /// `let (smaller, nth, larger) = v.select_nth_unstable_by(…);`; whether it was one.
    pub(super) fn select_let(&mut self, pat: &syn::Pat, e: &syn::Expr) -> bool {
        let (syn::Pat::Tuple(t), syn::Expr::MethodCall(m)) = (pat, strip(e)) else {
            return false;
        };
        if t.elems.len() != 3 {
            return false;
        }
        let Some((v, nth)) = self.selected(m) else {
            return false;
        };
        let after = Expr::bin(BinOp::Add, nth.clone(), Expr::Int(1));
        let parts = [
            v.part(None, Some(nth.clone())),
            v.at(nth),
            v.part(Some(after), None),
        ];
        for (k, (pat, part)) in t.elems.iter().zip(parts).enumerate() {
            match k {
                1 => self.bind_element(pat, part),
                _ => self.bind_part(pat, part, false),
            }
        }
        true
    }

    /// `v.select_nth_unstable_by(…).1`: the place that it refers to.
    pub(super) fn selected_place(&mut self, f: &syn::ExprField) -> Option<Place> {
        let syn::Expr::MethodCall(m) = strip(&f.base) else {
            return None;
        };
        let (v, nth) = self.selected(m)?;
        Some(v.at(nth))
    }

    /// Whether this is the element that was asked for.
    pub(super) fn is_selected(&self, f: &syn::ExprField) -> bool {
        let middle = matches!(&f.member, syn::Member::Unnamed(k) if k.index == 1);
        let syn::Expr::MethodCall(m) = strip(&f.base) else {
            return false;
        };
        middle && self.sorts(m).is_some_and(|o| o.starts_with("order_nth"))
    }

    fn selected<'m>(&mut self, m: &'m syn::ExprMethodCall) -> Option<(Edited<'m>, Expr)> {
        let order = self.sorts(m).filter(|o| o.starts_with("order_nth"))?;
        let v = self.edited(m)?;
        let nth = self.sorted(&v, order)??;
        Some((v, nth))
    }
}
