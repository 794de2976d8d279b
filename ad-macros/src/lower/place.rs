//! Places: variables with indices, ranges, fields and dereferences.

use super::*;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// Whether an expression is written as a place of this function.
    pub(super) fn is_place_expr(&self, e: &syn::Expr) -> bool {
        if let Some(part) = self.part_of(e) {
            return part.place().is_some();
        }
        match e {
            syn::Expr::Paren(p) => self.is_place_expr(&p.expr),
            syn::Expr::Group(p) => self.is_place_expr(&p.expr),
            syn::Expr::Path(p) => p
                .path
                .get_ident()
                .and_then(|id| self.lookup(&id.to_string()))
                .is_some_and(|b| matches!(b, Binding::Var(_) | Binding::Alias(_))),
            syn::Expr::Index(i) => self.is_place_expr(&i.expr),
            syn::Expr::Field(f) => {
                self.is_place_expr(&f.base) || self.is_selected(f) || self.half(f).is_some()
            }
            syn::Expr::Unary(u) => {
                matches!(u.op, syn::UnOp::Deref(_)) && self.is_place_expr(&u.expr)
            }
            syn::Expr::Reference(r) => self.is_place_expr(&r.expr),
            syn::Expr::MethodCall(m) if is_whole(m) => {
                self.is_place_expr(&m.receiver) && !self.is_users(&m.receiver)
            }
            e => self.is_unwrapped_element(e),
        }
    }

    /// The part that an expression names of an item that has several.
    fn part_of(&self, e: &syn::Expr) -> Option<&super::iter::Item> {
        match e {
            syn::Expr::Paren(p) => self.part_of(&p.expr),
            syn::Expr::Path(p) => match self.lookup(&p.path.get_ident()?.to_string())? {
                Binding::Parts(item) => Some(item),
                _ => None,
            },
            syn::Expr::Field(f) => match (self.part_of(&f.base)?, &f.member) {
                (super::iter::Item::Tuple(parts), syn::Member::Unnamed(k)) => {
                    parts.get(k.index as usize)
                }
                _ => None,
            },
            syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => {
                self.part_of(&u.expr).filter(|p| p.place().is_none())
            }
            _ => None,
        }
    }

    /// The place that an expression denotes. A value that is indexed or projected is named first.
    pub(super) fn place(&mut self, e: &syn::Expr) -> Option<Place> {
        if let Some(part) = self.part_of(e) {
            return part.place().cloned();
        }
        match e {
            syn::Expr::Paren(p) => self.place(&p.expr),
            syn::Expr::Group(p) => self.place(&p.expr),
            syn::Expr::Path(p) => {
                let id = p.path.get_ident()?;
                let mut place = match self.lookup(&id.to_string())? {
                    Binding::Var(v) => Place::var(*v),
                    Binding::Alias(place) => place.clone(),
                    Binding::Closure(_) | Binding::Parts(_) | Binding::Iterator(_) => return None,
                };
                place.span = id.span();
                Some(place)
            }
            syn::Expr::Index(i) => self.index_place(i),
            syn::Expr::Field(f) if self.is_selected(f) => self.selected_place(f),
            syn::Expr::Field(f) if self.half(f).is_some() => self.half_place(f),
            syn::Expr::Field(f) => {
                let place = self.place_or_value(&f.base)?;
                Some(place.with(match &f.member {
                    syn::Member::Named(id) => Proj::Field(id.to_string()),
                    syn::Member::Unnamed(k) => Proj::Tuple(k.index as usize),
                }))
            }
            syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => {
                let pointer = self
                    .declared_type(&u.expr)
                    .is_some_and(|ty| declared::is_pointer(&ty));
                let pointer = pointer || self.is_users_pointer(&u.expr);
                let place = self.place(&u.expr)?;
                Some(match pointer {
                    true => place.with(Proj::Deref),
                    false => self.deref(place),
                })
            }
            syn::Expr::Reference(r) => self.place(&r.expr),
            e if self.is_unwrapped_element(e) => self.unwrapped_element(e),
            syn::Expr::MethodCall(m) if is_whole(m) && self.is_place_expr(e) => {
                let place = self.place(&m.receiver)?;
                Some(place.with(Proj::Range {
                    lo: None,
                    hi: None,
                    inclusive: false,
                }))
            }
            _ => None,
        }
    }

    /// `*place`: an alias already denotes what it refers to.
    fn deref(&self, place: Place) -> Place {
        match self.func.place_ty(&place) {
            Ty::Ref(..) => place.with(Proj::Deref),
            Ty::Unknown
                if place.is_var() && matches!(self.func.var(place.base).role, Role::Param) =>
            {
                place.with(Proj::Deref)
            }
            _ => place,
        }
    }

    pub(super) fn place_or_value(&mut self, e: &syn::Expr) -> Option<Place> {
        if self.is_place_expr(e) {
            return self.place(e);
        }
        if let syn::Expr::Index(_) | syn::Expr::Field(_) = e
            && let Some(place) = self.place(e)
        {
            return Some(place);
        }
        let drained = match e {
            syn::Expr::MethodCall(m) => self.edit(m, true),
            _ => None,
        };
        if drained.is_none() && self.is_constant_code(quote::ToTokens::to_token_stream(e)) {
            return None;
        }
        if drained.is_none()
            && let Some(item) = self.item_behind(e)
        {
            return match item {
                super::iter::Item::Place(place, _) => Some(place),
                item => {
                    let (value, ty) = self.item_value(item, e.span());
                    Some(Place::var(self.name_value("value", value, ty)))
                }
            };
        }
        let (value, ty) = drained.unwrap_or_else(|| self.expr(e));
        match value {
            Expr::Place(place) => Some(place),
            value => Some(Place::var(self.name_value("value", value, ty))),
        }
    }

    fn index_place(&mut self, i: &syn::ExprIndex) -> Option<Place> {
        let place = self.place_or_value(&i.expr)?;
        let mut index = &*i.index;
        while let syn::Expr::Paren(p) = index {
            index = &p.expr;
        }
        let step = match index {
            syn::Expr::Range(r) => {
                let lo = r.start.as_ref().map(|e| self.expr(e).0);
                let hi = r.end.as_ref().map(|e| self.expr(e).0);
                Proj::Range {
                    lo,
                    hi,
                    inclusive: matches!(r.limits, syn::RangeLimits::Closed(_)),
                }
            }
            e => {
                let (value, ty) = self.expr(e);
                if ty.is_real() {
                    self.unsupported(
                        whole(e),
                        Code::Index,
                        "an index of this type",
                        "index with a `usize`; an `as usize` makes one",
                    );
                }
                let value = self.held(value);
                self.claim_indexed(&place, &value, &ty, i.span());
                Proj::Index(value)
            }
        };
        Some(place.with(step))
    }

    /// A place whose indices keep their values, whatever is assigned later.
    pub(super) fn freeze_place(&mut self, place: Place) -> Place {
        let span = place.span;
        let proj = place
            .proj
            .into_iter()
            .map(|step| match step {
                Proj::Index(e) => Proj::Index(self.freeze(e, "index", Ty::Int)),
                Proj::Range { lo, hi, inclusive } => self.freeze_range(lo, hi, inclusive),
                other => other,
            })
            .collect();
        Place {
            base: place.base,
            proj,
            span,
        }
    }

    /// Where the upper end is written in terms of the lower, it stays so: the length remains known.
    fn freeze_range(&mut self, lo: Option<Expr>, hi: Option<Expr>, inclusive: bool) -> Proj {
        let length = match (&lo, &hi) {
            (Some(lo), Some(hi)) => crate::analysis::propagate::without(hi, lo),
            _ => None,
        };
        let lo = lo.map(|e| self.freeze(e, "start", Ty::Int));
        let hi = match (length, &lo) {
            (Some(length), Some(lo)) if self.is_stable(&length) => {
                Some(Expr::bin(BinOp::Add, lo.clone(), length))
            }
            _ => hi.map(|e| self.freeze(e, "end", Ty::Int)),
        };
        Proj::Range { lo, hi, inclusive }
    }

    /// The place that a view borrows, in terms of what is no view.
    pub(super) fn resolved(&self, place: &Place) -> Place {
        let mut place = place.clone();
        map_place(&mut place, &mut |p| *p = self.func.resolve(p));
        place
    }

    /// Binds a name to a reference: `let row = &a[i..j]`, `let v = &mut a[i]`.
    pub(super) fn bind_reference(&mut self, name: &syn::Ident, place: Place, mutable: bool) {
        let place = self.freeze_place(place);
        let is_range = matches!(place.proj.last(), Some(Proj::Range { .. }));
        if !is_range {
            self.bind(&name.to_string(), Binding::Alias(place));
            if mutable {
                self.note_loan(&name.to_string());
            }
            return;
        }
        let resolved = self.resolved(&place);
        let ty = Ty::Ref(mutable, Box::new(self.func.place_ty(&place)));
        let var = self.declare(
            &name.to_string(),
            name.span(),
            ty,
            false,
            Role::View(resolved),
        );
        self.maybe_active[var.0] = self.place_maybe_active(&place);
        self.emit(Stmt::Let {
            var,
            init: Some(Expr::Borrow(mutable, place)),
        });
        self.bind(&name.to_string(), Binding::Var(var));
    }
}

/// Whether a method borrows all of its receiver.
fn is_whole(m: &syn::ExprMethodCall) -> bool {
    let name = m.method.to_string();
    m.args.is_empty()
        && matches!(
            name.as_str(),
            "as_slice" | "as_mut_slice" | "as_ref" | "as_mut"
        )
}
