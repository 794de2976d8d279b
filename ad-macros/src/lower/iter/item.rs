//! Items: what a chain yields at a position, and how patterns bind it.

use super::position::{minus, monus, plus, smaller, times};
use super::*;

/// Whether an item is a reference to its place or a copy of what is there.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::lower) enum Kind {
    Ref,
    RefMut,
    /// Exclusive, beside another part of the same place: two can't be borrowed at once.
    Part,
    Value,
    /// A value that goes by the name of its place: nothing writes to that while the name is in use.
    Named,
}

/// What a chain yields, or an argument of a closure.
#[derive(Clone)]
pub(in crate::lower) enum Item {
    Place(Place, Kind),
    Value(Expr, Ty),
    Tuple(Vec<Item>),
}

impl Item {
    /// What `copied` and a reference pattern make of it.
    pub fn by_value(self) -> Item {
        match self {
            Item::Place(p, _) => Item::Place(p, Kind::Value),
            other => other,
        }
    }

    /// The place that it is, or is read from.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Item::Place(p, _) | Item::Value(Expr::Place(p), _) => Some(p),
            _ => None,
        }
    }

    /// The item behind a reference: its places are looked at, not taken.
    pub fn by_reference(self) -> Item {
        match self {
            Item::Place(p, _) => Item::Place(p, Kind::Ref),
            Item::Tuple(parts) => Item::Tuple(parts.into_iter().map(Item::by_reference).collect()),
            other => other,
        }
    }
}

impl Lowerer<'_> {
    /// The item at a position; closures are written out in the current block.
    pub(super) fn item_at(&mut self, access: &Access, at: &Expr) -> Item {
        match access {
            Access::Element(place, kind) => {
                Item::Place(place.clone().with(Proj::Index(at.clone())), *kind)
            }
            Access::Number => Item::Value(at.clone(), Ty::Int),
            Access::Span {
                place,
                kind,
                size,
                overlap,
                limit,
            } => {
                let lo = match overlap {
                    true => at.clone(),
                    false => times(at.clone(), size.clone()),
                };
                let mut hi = plus(lo.clone(), size.clone());
                if let Some(limit) = limit {
                    hi = smaller(hi, limit.clone());
                }
                let range = Proj::Range {
                    lo: Some(lo),
                    hi: Some(hi),
                    inclusive: false,
                };
                Item::Place(place.clone().with(range), *kind)
            }
            Access::FromEnd { place, size, end } => {
                let behind = times(at.clone(), size.clone());
                let hi = minus(end.clone(), behind);
                let range = Proj::Range {
                    lo: Some(monus(hi.clone(), size.clone())),
                    hi: Some(hi),
                    inclusive: false,
                };
                Item::Place(place.clone().with(range), Kind::Ref)
            }
            Access::Fixed(item) => item.clone(),
            Access::Joined(middle, a, b) => self.joined_item(middle, a, b, at),
            Access::Pair(a, b) => {
                let a = self.item_at(a, at);
                let b = self.item_at(b, at);
                Item::Tuple(vec![a, b])
            }
            Access::Counted(pos, inner) => {
                let index = Item::Value(pos.apply(at), Ty::Int);
                let inner = self.item_at(inner, at);
                Item::Tuple(vec![index, inner])
            }
            Access::At(pos, inner) => self.item_at(inner, &pos.apply(at)),
            Access::Map(closure, inner) => {
                let item = self.item_at(inner, at);
                self.apply(closure, vec![item])
            }
            Access::ByValue(inner) => self.item_at(inner, at).by_value(),
        }
    }

    /// An item of two sources in a row: a copy of one or of the other.
    fn joined_item(&mut self, middle: &Expr, a: &Access, b: &Access, at: &Expr) -> Item {
        let var = self.temp("chosen", Ty::Unknown);
        self.emit(Stmt::Let { var, init: None });
        let give = |lw: &mut Self, access: &Access, at: &Expr| {
            let (block, ()) = lw.in_block(|lw| {
                let item = lw.item_at(access, at);
                let (value, ty) = lw.item_value(item.by_value(), Span::call_site());
                lw.deliver(value, ty, Dest::Init(var));
            });
            block
        };
        let then = give(self, a, at);
        let els = give(self, b, &minus(at.clone(), middle.clone()));
        let cond = Expr::bin(BinOp::Lt, at.clone(), middle.clone());
        self.emit(Stmt::If { cond, then, els });
        Item::Value(Expr::var(var), self.func.var(var).ty.clone())
    }

    /// The same where nothing keeps what the item is taken from as it is: what is bound by value is a copy.
    pub(in crate::lower) fn bind_found(&mut self, pat: &syn::Pat, item: Item) {
        match (pat, item) {
            (syn::Pat::Paren(p), item) => self.bind_found(&p.pat, item),
            (syn::Pat::Reference(r), item) => self.bind_found(&r.pat, item.by_value()),
            (syn::Pat::Tuple(t), Item::Tuple(parts)) if t.elems.len() == parts.len() => {
                for (p, part) in t.elems.iter().zip(parts) {
                    self.bind_found(p, part);
                }
            }
            (syn::Pat::Wild(_), _) => {}
            (pat, Item::Place(place, Kind::Value)) if self.may_be_shared(&place) => {
                let ty = self.func.place_ty(&place);
                self.let_pattern(pat, Expr::Copied(CopyKind::Clone, place), ty);
            }
            (pat, item) => self.bind_item(pat, item),
        }
    }

    /// Whether a name bound to a place would be another name for it, and not a copy already.
    fn may_be_shared(&self, place: &Place) -> bool {
        let range = matches!(place.proj.last(), Some(Proj::Range { .. }));
        !range && self.func.place_ty(place).is_copy() != Some(true) && !self.is_decided(place)
    }

    /// Binds the names of a pattern to an item, which stays as it is while they live.
    pub(in crate::lower) fn bind_item(&mut self, pat: &syn::Pat, item: Item) {
        match (pat, item) {
            (syn::Pat::Paren(p), item) => self.bind_item(&p.pat, item),
            (syn::Pat::Type(t), item) => {
                self.bind_typed(t, item);
                self.note_integers(&t.pat, &t.ty);
            }
            (syn::Pat::Wild(_), _) => {}
            (pat, Item::Value(Expr::Place(p), _)) if p.is_var() && self.is_decided(&p) => {
                self.bind_kept(pat, p.base);
            }
            (syn::Pat::Reference(r), item) => self.bind_item(&r.pat, item.by_value()),
            (syn::Pat::Tuple(t), Item::Tuple(parts)) if t.elems.len() == parts.len() => {
                for (p, part) in t.elems.iter().zip(parts) {
                    self.bind_item(p, part);
                }
            }
            (syn::Pat::Ident(id), Item::Place(place, Kind::Part)) => {
                self.bind(&id.ident.to_string(), Binding::Alias(place));
                self.note_loan(&id.ident.to_string());
            }
            (syn::Pat::Ident(id), Item::Place(place, kind))
                if matches!(place.proj.last(), Some(Proj::Range { .. })) =>
            {
                self.bind_reference(&id.ident, place, kind == Kind::RefMut);
            }
            (_, Item::Place(place, Kind::Value))
                if self.func.place_ty(&place).is_copy() == Some(true) =>
            {
                self.destructure(pat, place);
            }
            (_, Item::Place(place, Kind::RefMut | Kind::Part)) => self.bind_lent(pat, place),
            (_, Item::Place(place, kind)) => {
                self.bind_element(pat, place);
                if let (syn::Pat::Ident(id), Kind::Value | Kind::Named) = (pat, kind) {
                    self.note_value(&id.ident.to_string());
                }
            }
            (syn::Pat::Ident(id), Item::Value(Expr::Place(p), Ty::Int))
                if self.is_loop_variable(id, &p) =>
            {
                self.name_position(id, p.base);
            }
            (_, Item::Value(value, ty)) => self.let_pattern(pat, value, ty),
            (syn::Pat::Ident(id), item @ Item::Tuple(_))
                if id.mutability.is_none() && self.holds_references(&item) =>
            {
                let item = self.with_names(item);
                self.bind(&id.ident.to_string(), Binding::Parts(item));
            }
            (_, item @ Item::Tuple(_)) => {
                let (value, ty) = self.item_value(item, pat.span());
                self.let_pattern(pat, value, ty);
            }
        }
    }

    /// Whether a part refers to something that is not just read.
    fn holds_references(&self, item: &Item) -> bool {
        match item {
            Item::Tuple(parts) => parts.iter().any(|p| self.holds_references(p)),
            Item::Value(..) | Item::Place(_, Kind::Value | Kind::Named) => false,
            Item::Place(p, _) => !matches!(
                self.func.place_ty(p).peel(),
                Ty::Real(_) | Ty::Int | Ty::Bool
            ),
        }
    }

    /// The item with a name for each of its values.
    fn with_names(&mut self, item: Item) -> Item {
        match item {
            Item::Tuple(parts) => {
                Item::Tuple(parts.into_iter().map(|p| self.with_names(p)).collect())
            }
            Item::Value(value, ty) if !matches!(&value, Expr::Place(p) if p.is_var()) => {
                let var = self.name_value("part", value, ty.clone());
                Item::Value(Expr::var(var), ty)
            }
            item => item,
        }
    }

    /// Binds a pattern to what can be written through it: its names are other names for the parts.
    pub(in crate::lower) fn bind_lent(&mut self, pat: &syn::Pat, place: Place) {
        let rest = |p: &syn::Pat| matches!(p, syn::Pat::Rest(_));
        match pat {
            syn::Pat::Paren(p) => self.bind_lent(&p.pat, place),
            syn::Pat::Ident(id)
                if id.subpat.is_none() && id.by_ref.is_none() && id.mutability.is_none() =>
            {
                self.bind(&id.ident.to_string(), Binding::Alias(place));
                self.note_loan(&id.ident.to_string());
            }
            syn::Pat::Tuple(t) if !t.elems.iter().any(rest) => {
                for (k, p) in t.elems.iter().enumerate() {
                    self.bind_lent(p, place.clone().with(Proj::Tuple(k)));
                }
            }
            syn::Pat::Slice(s) if !s.elems.iter().any(rest) => {
                for (k, p) in s.elems.iter().enumerate() {
                    self.bind_lent(p, place.clone().with(Proj::Index(Expr::Int(k))));
                }
            }
            syn::Pat::Struct(s) => {
                for f in &s.fields {
                    let field = match &f.member {
                        syn::Member::Named(id) => Proj::Field(id.to_string()),
                        syn::Member::Unnamed(k) => Proj::Tuple(k.index as usize),
                    };
                    self.bind_lent(&f.pat, place.clone().with(field));
                }
            }
            pat => self.bind_element(pat, place),
        }
    }

    fn bind_typed(&mut self, t: &syn::PatType, item: Item) {
        let declared = self.generics.ty(&t.ty);
        let item = match item {
            Item::Value(e, ty) if !matches!(declared, Ty::Unknown) => {
                let known = declared.peel().clone();
                let ty = if known.is_container() && matches!(declared, Ty::Ref(..)) {
                    ty
                } else {
                    known
                };
                self.refine(&e, &ty);
                Item::Value(e, ty)
            }
            item => item,
        };
        self.bind_item(&t.pat, item);
    }

    /// Whether a name can be that of the loop's own variable.
    fn is_loop_variable(&self, id: &syn::PatIdent, p: &Place) -> bool {
        let var = self.func.var(p.base);
        let unnamed = matches!(var.role, Role::Temp) && var.source == "i" && p.is_var();
        unnamed && id.mutability.is_none() && id.subpat.is_none() && id.by_ref.is_none()
    }

    fn name_position(&mut self, id: &syn::PatIdent, v: VarId) {
        let name = id.ident.to_string();
        self.func.rename(v, &name);
        let var = &mut self.func.vars[v.0];
        var.source = name.clone();
        var.span = id.ident.span();
        var.role = Role::Local;
        self.bind(&name, Binding::Var(v));
    }

    /// An item as a value.
    pub(in crate::lower) fn item_value(&mut self, item: Item, span: Span) -> (Expr, Ty) {
        match item {
            Item::Value(e, ty) => (e, ty),
            Item::Tuple(parts) => {
                let parts = parts.into_iter().map(|p| self.item_value(p, span));
                let (values, tys) = parts.collect::<Vec<_>>().into_iter().unzip();
                (Expr::Tuple(values), Ty::Tuple(tys))
            }
            Item::Place(place, kind) => {
                let place = self.deref_scalar(place);
                let ty = self.func.place_ty(&place);
                if matches!(ty.peel(), Ty::Real(_) | Ty::Int | Ty::Bool | Ty::Unknown) {
                    return (Expr::Place(place), ty);
                }
                match kind {
                    Kind::Value if ty.is_copy() == Some(true) => (Expr::Place(place), ty),
                    Kind::Value if !matches!(ty, Ty::Slice(_)) => {
                        (Expr::Copied(CopyKind::Clone, place), ty)
                    }
                    Kind::Value | Kind::Named | Kind::Ref | Kind::RefMut | Kind::Part => {
                        self.unsupported(
                            span,
                            Code::ItemReference,
                            "a reference in this position",
                            "take the item apart with a pattern, `|(a, b)|`, or compute a value from it",
                        );
                        (Expr::Place(place), ty)
                    }
                }
            }
        }
    }
}
