//! Methods of slices and vectors that are loops or borrows in disguise.

use super::*;

impl Lowerer<'_> {
    /// `x.split_at(k).1`: what is split, where, and whether the part behind it is meant.
    pub(super) fn half<'e>(
        &self,
        f: &'e syn::ExprField,
    ) -> Option<(&'e syn::Expr, &'e syn::Expr, bool)> {
        let (syn::Expr::MethodCall(m), syn::Member::Unnamed(k)) = (&*f.base, &f.member) else {
            return None;
        };
        let split = matches!(m.method.to_string().as_str(), "split_at" | "split_at_mut");
        let at = m.args.first()?;
        (split && k.index < 2 && self.is_place_expr(&m.receiver)).then_some((
            &m.receiver,
            at,
            k.index == 1,
        ))
    }

    pub(super) fn half_place(&mut self, f: &syn::ExprField) -> Option<Place> {
        let (whole, at, behind) = self.half(f)?;
        let (at, _) = self.expr(at);
        let at = self.freeze(at, "start", Ty::Int);
        let place = self.place(whole)?;
        Some(match behind {
            true => range(place, Some(at), None),
            false => range(place, None, Some(at)),
        })
    }

    /// `let (a, b) = x.split_at(k);` and its relatives. Returns whether it was one.
    pub(super) fn split_let(&mut self, pat: &syn::Pat, e: &syn::Expr) -> bool {
        let (syn::Pat::Tuple(names), syn::Expr::MethodCall(m)) = (pat, e) else {
            return false;
        };
        if let Some(item) = self.unwrapped_ends(m) {
            self.bind_found(pat, item);
            return true;
        }
        let mut names = names.elems.iter();
        let (Some(first), Some(second), None) = (names.next(), names.next(), names.next()) else {
            return false;
        };
        let name = m.method.to_string();
        if !self.is_place_expr(&m.receiver) {
            return false;
        }
        match (name.as_str(), m.args.first()) {
            ("split_at" | "split_at_mut", Some(at)) => {
                let (at, _) = self.expr(at);
                let at = self.freeze(at, "start", Ty::Int);
                let Some(place) = self.place(&m.receiver) else {
                    return false;
                };
                let shared = name == "split_at";
                self.bind_part(first, range(place.clone(), None, Some(at.clone())), shared);
                self.bind_part(second, range(place, Some(at), None), shared);
                true
            }
            _ => false,
        }
    }

    /// A part of a slice: shared ones are views, exclusive ones other names for the place, since two can't be borrowed at once.
    pub(super) fn bind_part(&mut self, pat: &syn::Pat, place: Place, shared: bool) {
        let place = self.freeze_place(place);
        match (pat, shared) {
            (syn::Pat::Wild(_), _) => {}
            (syn::Pat::Ident(id), true) => self.bind_reference(&id.ident, place, false),
            (syn::Pat::Ident(id), false) if id.mutability.is_none() => {
                self.bind(&id.ident.to_string(), Binding::Alias(place));
                self.note_loan(&id.ident.to_string());
            }
            _ => self.unsupported(
                whole(pat),
                Code::Pattern,
                "this pattern",
                "bind the part to a name",
            ),
        }
    }

    /// `v.extend(…)`, `v.extend_from_slice(…)`, `v.reverse()`. Returns whether it was one.
    pub(super) fn slice_statement(&mut self, m: &syn::ExprMethodCall) -> bool {
        let name = m.method.to_string();
        let arity = match name.as_str() {
            "extend" | "extend_from_slice" => 1,
            "reverse" => 0,
            _ => return false,
        };
        if m.args.len() != arity || !self.is_list(&m.receiver) {
            return false;
        }
        let Some(place) = self.list(&m.receiver, m.method.span()) else {
            return false;
        };
        match m.args.first() {
            Some(items) => self.push_all(place, items, m.method.span()),
            None => self.reverse(place, m.method.span()),
        }
        true
    }

    fn reverse(&mut self, place: Place, span: Span) {
        let length = Expr::Query("len".into(), place.clone(), Vec::new());
        let length = Expr::var(self.name_value("length", length, Ty::Int));
        let label = self.func.new_label("steps");
        let var = self.temp("i", Ty::Int);
        self.maybe_active[var.0] = false;
        let last = Expr::bin(BinOp::Sub, length.clone(), Expr::Int(1));
        let mirrored = Expr::bin(BinOp::Sub, last, Expr::var(var));
        let op = ContainerOp::Swap(Expr::var(var), mirrored);
        self.emit(Stmt::Loop {
            label,
            kind: LoopKind::Range {
                var,
                lo: Expr::Int(0),
                hi: Expr::bin(BinOp::Div, length, Expr::Int(2)),
                inclusive: false,
                step: None,
                rev: Rev::No,
            },
            body: vec![Stmt::Container { place, op, span }],
        });
    }
}

fn range(place: Place, lo: Option<Expr>, hi: Option<Expr>) -> Place {
    place.with(Proj::Range {
        lo,
        hi,
        inclusive: false,
    })
}
