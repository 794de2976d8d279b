//! Functions in which reals of a type parameter and of `f64` occur: a number that the compiler introduced is of the type that the
//! expression around it has.

use super::*;

impl Emitter<'_> {
    /// The expression with its numbers as literals, if it is one of `f64` or `f32` in a function that has a type parameter too.
    pub(super) fn with_literals(&self, e: &Expr) -> Option<Expr> {
        if !self.func.mixed || self.scalar.is_none() {
            return None;
        }
        let mut introduced = false;
        let mut copy = e.clone();
        map_sub_exprs(&mut copy, &mut |x| introduced |= matches!(x, Expr::Real(_)));
        if !introduced || matches!(e, Expr::Real(_)) || !self.is_of_fixed_type(e) {
            return None;
        }
        map_sub_exprs(&mut copy, &mut |x| {
            if let Expr::Real(c) = x {
                let literal = Literal::f64_unsuffixed(*c);
                *x = Expr::Opaque(Opaque {
                    tokens: quote!(#literal),
                    reads: Vec::new(),
                    span: Span::call_site(),
                    ty: Ty::Real(Scalar::Unknown),
                });
            }
        });
        Some(copy)
    }

    fn is_of_fixed_type(&self, e: &Expr) -> bool {
        let mut found = None;
        places_of_expr(e, &mut |p| {
            if let (None, Ty::Real(s)) = (&found, self.func.place_ty(p).peel()) {
                found = match s {
                    Scalar::Unknown => None,
                    s => Some(matches!(s, Scalar::F64 | Scalar::F32)),
                };
            }
        });
        found.unwrap_or_else(|| holds_a_constant(e))
    }
}

/// Whether an expression mentions a literal or a constant by its name: nothing can be computed with them and a value of a type
/// parameter.
fn holds_a_constant(e: &Expr) -> bool {
    let mut found = false;
    map_sub_exprs(&mut e.clone(), &mut |x| {
        if let Expr::Opaque(o) = x {
            let path = syn::parse2::<syn::Path>(o.tokens.clone());
            let name = path.ok().filter(|p| p.segments.len() == 1);
            let name = name.map(|p| p.segments[0].ident.to_string());
            let shouts = |n: &String| n.len() > 1 && !n.contains(char::is_lowercase);
            found |= syn::parse2::<syn::LitFloat>(o.tokens.clone()).is_ok();
            found |= matches!(o.ty, Ty::Unknown) && name.as_ref().is_some_and(shouts);
        }
    });
    found
}
