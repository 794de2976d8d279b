//! `std::mem::swap` and its relatives: what is no copy is exchanged, and so are the shadows.

use super::*;

impl Lowerer<'_> {
    /// `std::mem::swap(a, b)`
    pub(super) fn swap_places(&mut self, a: Place, b: Place, span: Span) {
        let (a, b) = (self.reborrow(a), self.reborrow(b));
        let (a, b) = (self.freeze_place(a), self.freeze_place(b));
        if self.is_exchanged(&a, &b) {
            let op = ContainerOp::Exchange(b);
            self.emit(Stmt::Container { place: a, op, span });
            return;
        }
        let (held, _) = self.element_value(a.clone());
        let value = match self.func.place_ty(&b).is_copy() {
            Some(true) => Expr::Place(b.clone()),
            _ => Expr::Copied(CopyKind::Clone, b.clone()),
        };
        self.emit(overwrite(a, value));
        self.emit(overwrite(b, held));
    }

    /// `std::mem::replace(place, value)`: what was there.
    pub(super) fn replaced(&mut self, place: Place, value: Expr, ty: Ty, span: Span) -> (Expr, Ty) {
        let place = self.reborrow(place);
        let place = self.freeze_place(place);
        let known = match self.func.place_ty(&place) {
            Ty::Unknown => ty,
            known => known,
        };
        self.refine(&Expr::Place(place.clone()), &known);
        self.claim_shadowed(&value);
        let new = self.declare("replaced", span, known.clone(), true, Role::Temp);
        if self.is_exchanged(&place, &Place::var(new)) {
            self.emit(Stmt::Let {
                var: new,
                init: Some(value),
            });
            let op = ContainerOp::Exchange(Place::var(new));
            self.emit(Stmt::Container { place, op, span });
            return (Expr::var(new), known);
        }
        let value = match value {
            value if value.is_atom() && self.is_stable(&value) => value,
            value => Expr::var(self.name_value("value", value, known.clone())),
        };
        let (old, _) = self.element_value(place.clone());
        self.emit(overwrite(place, value));
        (old, known)
    }

    /// What `take` leaves behind.
    pub(super) fn default_of(&mut self, place: &Place, span: Span) -> (Expr, Ty) {
        let ty = self.func.place_ty(place).peel().clone();
        let krate = self.krate;
        let tokens = match &ty {
            Ty::Real(_) => return (Expr::Real(0.0), ty),
            Ty::Vec(_) => quote::quote!(#krate::rt::std::vec::Vec::new()),
            _ => quote::quote!(::core::default::Default::default()),
        };
        let opaque = Opaque {
            tokens,
            reads: Vec::new(),
            span,
            ty: ty.clone(),
        };
        (Expr::Opaque(opaque), ty)
    }

    /// Whether two places exchange what they hold; copies are held in a variable instead.
    fn is_exchanged(&self, a: &Place, b: &Place) -> bool {
        let (x, y) = (self.func.root(a), self.func.root(b));
        let param = |v: VarId| matches!(self.func.var(v).role, Role::Param);
        // The shadow of a parameter may be left out.
        let together = x == y || !(param(x) || param(y));
        // Two parts of one enum can't be borrowed at once.
        let inside = |p: &Place| p.proj.iter().any(|s| matches!(s, Proj::Payload(_)));
        let together = together && !(x == y && (inside(a) || inside(b)));
        let constant = self.func.var(x).constant || self.func.var(y).constant;
        self.func.place_ty(a).is_copy() != Some(true) && together && !constant
    }
}

fn overwrite(place: Place, value: Expr) -> Stmt {
    Stmt::Assign {
        place,
        op: None,
        value,
        first: false,
    }
}
