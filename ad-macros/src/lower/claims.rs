//! What the derivative takes for granted of types that only rustc knows: claimed once in the generated code, so that rustc
//! rejects it where it does not hold.

use super::*;

impl Lowerer<'_> {
    /// Operators are differentiated as those of numbers: an operand of unknown type has to be one.
    pub(super) fn claim_number(&mut self, e: &Expr, ty: &Ty) {
        if matches!(ty.peel(), Ty::Unknown) && self.expr_maybe_active(e) {
            self.claim_shadowed(e);
            self.claim("number", e);
        }
    }

    /// What is read from the shadow of a part is a derivative only if everything around the part has a shadow: a field that is
    /// merely copied holds the value instead.
    pub(super) fn claim_shadowed(&mut self, e: &Expr) {
        let Expr::Place(place) = e else { return };
        if !self.expr_maybe_active(e) {
            return;
        }
        for k in 0..place.proj.len() {
            let prefix = Place {
                base: place.base,
                proj: place.proj[..k].to_vec(),
                span: place.span,
            };
            match self.func.place_ty(&prefix) {
                Ty::Unknown => self.claim("shadowed", &Expr::Place(prefix)),
                Ty::Ref(_, inner) if matches!(*inner, Ty::Unknown) => {
                    self.claim("shadowed", &Expr::Place(prefix.with(Proj::Deref)));
                }
                _ => {}
            }
        }
    }

    /// A cast of something of unknown type is taken to be that of an integer, which has no derivative.
    pub(super) fn claim_integer(&mut self, e: &Expr) {
        self.claim("integer", e);
    }

    /// Methods of slices are differentiated as such: a receiver of unknown type has to be a slice, an array or a vector.
    pub(super) fn claim_elements(&mut self, place: &Place, method: Span) {
        let e = Expr::Place(Place {
            span: method,
            ..place.clone()
        });
        if self.place_maybe_active(place) {
            self.claim_shadowed(&e);
            self.claim("elements", &e);
        }
    }

    /// `v.len()` of something unknown may be the length of a vector in space: rustc checks that it is no real.
    pub(super) fn query_of_unknown(
        &mut self,
        m: &syn::ExprMethodCall,
        name: String,
        place: Place,
        ty: Ty,
    ) -> (Expr, Ty) {
        let query = Expr::Query(name.clone(), place.clone(), Vec::new());
        let key = format!("{name} {}", path_of(&place));
        if !self.place_maybe_active(&place) || !self.claims.insert(key) {
            return (query, ty);
        }
        let var = self.name_value(&name, query, ty.clone());
        self.func.vars[var.0].span = m.method.span();
        self.claim_integer(&Expr::Place(Place {
            span: m.method.span(),
            ..Place::var(var)
        }));
        (Expr::var(var), ty)
    }

    /// The shadow of an element is the element of the shadow: of what only rustc knows, the index has to select a part by itself.
    pub(super) fn claim_indexed(&mut self, whole: &Place, index: &Expr, ty: &Ty, span: Span) {
        let unknown = matches!(self.func.place_ty(whole).peel(), Ty::Unknown);
        let key = format!("indexed {}", path_of(whole));
        if !unknown || !self.place_maybe_active(whole) || !self.claims.insert(key) {
            return;
        }
        let index = match (index, ty) {
            // Any position will do.
            (_, Ty::Int) => Expr::Int(0),
            (Expr::Place(p), _) => Expr::Copied(CopyKind::Clone, p.clone()),
            (index, _) => index.clone(),
        };
        let whole = self.freeze_place(whole.clone());
        let claim = Expr::Runtime("indexed", vec![Expr::Borrow(false, whole), index]);
        let var = self.declare("_claim", span, Ty::Unit, false, Role::Temp);
        self.func.vars[var.0].constant = true;
        self.emit(Stmt::Let {
            var,
            init: Some(claim),
        });
    }

    fn claim(&mut self, what: &'static str, e: &Expr) {
        let Expr::Place(place) = e else { return };
        let key = format!("{what} {}", path_of(place));
        if !self.claims.insert(key) {
            return;
        }
        let place = self.freeze_place(place.clone());
        let claim = Expr::Runtime(what, vec![Expr::Borrow(false, place.clone())]);
        let var = self.declare("_claim", place.span, Ty::Unit, false, Role::Temp);
        self.func.vars[var.0].constant = true;
        self.emit(Stmt::Let {
            var,
            init: Some(claim),
        });
    }
}

/// The place without its indices, which don't matter for its type.
pub(super) fn path_of(place: &Place) -> String {
    let steps = place.proj.iter().map(|step| match step {
        Proj::Index(_) => "[]".to_string(),
        Proj::Range { .. } => "[..]".to_string(),
        Proj::Field(name) => format!(".{name}"),
        Proj::Tuple(k) => format!(".{k}"),
        Proj::Deref => "*".to_string(),
        Proj::Payload(v) => {
            let field = match &*v.field {
                Proj::Field(name) => name.clone(),
                Proj::Tuple(k) => k.to_string(),
                _ => String::new(),
            };
            format!("<{}>{field}", v.path)
        }
    });
    format!("{}{}", place.base.0, steps.collect::<String>())
}
