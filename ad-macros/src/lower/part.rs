//! Parts of what has a known form: the names that a pattern gives them, and the places that they are.

use super::decide::is_constant_name;
use super::form::{is_rest, names};
use super::variant::Mode;
use super::*;
use quote::ToTokens;

impl Lowerer<'_> {
    /// Binds the names of a pattern to parts of a place that is known to have its form.
    pub(super) fn bind_inside(&mut self, pat: &syn::Pat, place: Place, mode: Mode) {
        match pat {
            syn::Pat::Ident(id) if is_constant_name(id) => {}
            syn::Pat::Ident(id) => {
                let mode = match (&id.by_ref, &id.mutability) {
                    (Some(_), Some(_)) => Mode::RefMut,
                    (Some(_), None) => Mode::Ref,
                    _ => mode,
                };
                self.name_part(id, place.clone(), mode);
                if let Some((_, p)) = &id.subpat {
                    self.bind_inside(p, place, mode);
                }
            }
            syn::Pat::Paren(p) => self.bind_inside(&p.pat, place, mode),
            syn::Pat::Type(t) => self.bind_inside(&t.pat, place, mode),
            syn::Pat::Reference(r) => self.bind_inside(&r.pat, place, Mode::Value),
            syn::Pat::TupleStruct(t) => {
                if let Some(at) = t.elems.iter().position(is_rest)
                    && at + 1 < t.elems.len()
                {
                    return self.reject_pattern(pat);
                }
                for (k, p) in t.elems.iter().enumerate().filter(|(_, p)| !is_rest(p)) {
                    let part = self.part(&place, &t.path, Proj::Tuple(k));
                    self.bind_inside(p, part, mode);
                }
            }
            syn::Pat::Struct(s) => {
                for f in &s.fields {
                    let part = self.part(&place, &s.path, super::structure::field(&f.member));
                    self.bind_inside(&f.pat, part, mode);
                }
            }
            syn::Pat::Tuple(t) => {
                let n = match self.func.place_ty(&place).peel() {
                    Ty::Tuple(parts) => Some(parts.len()),
                    _ if t.elems.iter().any(is_rest) => None,
                    _ => Some(t.elems.len()),
                };
                let Some(pairs) = n.and_then(|n| self.paired_parts(n, &t.elems)) else {
                    return self.reject_pattern(pat);
                };
                for (k, p) in pairs {
                    self.bind_inside(p, place.clone().with(Proj::Tuple(k)), mode);
                }
            }
            syn::Pat::Slice(s) => self.bind_elements(s, place, mode),
            other => {
                if !names(other).is_empty() {
                    self.reject_pattern(other);
                }
            }
        }
    }

    /// `[a, b, rest @ .., z]`
    fn bind_elements(&mut self, s: &syn::PatSlice, place: Place, mode: Mode) {
        let n = s.elems.len();
        let rest = s.elems.iter().position(is_rest).unwrap_or(n);
        let len = Expr::Query("len".into(), place.clone(), Vec::new());
        let from_end = |k: usize| match k {
            0 => len.clone(),
            k => Expr::bin(BinOp::Sub, len.clone(), Expr::Int(k)),
        };
        for (k, p) in s.elems.iter().enumerate() {
            if names(p).is_empty() {
                continue;
            }
            if k == rest {
                let (lo, hi) = (Some(Expr::Int(k)), Some(from_end(n - k - 1)));
                let inclusive = false;
                let part = place.clone().with(Proj::Range { lo, hi, inclusive });
                if let (syn::Pat::Ident(id), true) = (p, mode != Mode::Value) {
                    let kind = mode == Mode::RefMut && n == 1;
                    match mode == Mode::RefMut && !kind {
                        true => {
                            let part = self.freeze_place(part);
                            self.bind(&id.ident.to_string(), Binding::Alias(part));
                            self.note_loan(&id.ident.to_string());
                        }
                        false => self.bind_reference(&id.ident, part, kind),
                    }
                } else {
                    self.reject_pattern(p);
                }
                continue;
            }
            let at = match k < rest {
                true => Expr::Int(k),
                false => from_end(n - k),
            };
            let element = place.clone().with(Proj::Index(at));
            let element = self.freeze_place(element);
            self.bind_inside(p, element, mode);
        }
    }

    /// A name for a part: a copy where the pattern takes it by value, the part itself otherwise.
    fn name_part(&mut self, id: &syn::PatIdent, place: Place, mode: Mode) {
        let name = id.ident.to_string();
        if mode != Mode::Value {
            let place = self.freeze_place(place);
            self.bind(&name, Binding::Alias(place));
            if mode == Mode::RefMut {
                self.note_loan(&name);
            }
            return;
        }
        let mut place = self.deref_scalar(place);
        place.span = id.ident.span();
        self.claim_shadowed(&Expr::Place(place.clone()));
        let ty = self.func.place_ty(&place);
        let active = self.place_maybe_active(&place);
        let value = match ty.is_copy() {
            Some(true) => Expr::Place(place.clone()),
            _ => Expr::Copied(CopyKind::Clone, place.clone()),
        };
        let mutable = id.mutability.is_some();
        let var = self.declare(&name, id.ident.span(), ty, mutable, Role::Local);
        self.maybe_active[var.0] = active;
        self.emit(Stmt::Let {
            var,
            init: Some(value),
        });
        if let Some(held) = self.held_by(&place) {
            self.held.insert(var, held);
        }
        self.bind(&name, Binding::Var(var));
    }

    /// What a variant holds, as a place.
    pub(super) fn part(&self, place: &Place, path: &syn::Path, field: Proj) -> Place {
        let last = path.segments.last().map(|s| s.ident.to_string());
        let good = matches!(last.as_deref(), Some("Some" | "Ok"));
        let ty = match self.held_by(place) {
            Some(held) if good => held.1,
            _ => Ty::Unknown,
        };
        place.clone().with(Proj::Payload(Variant {
            path: path.to_token_stream(),
            field: Box::new(field),
            ty,
        }))
    }

    /// The wrapper of a variable that is known to hold an `Option` or a `Result`, and what is known of what is in it.
    pub(super) fn held_by(&self, place: &Place) -> Option<(Wrapper, Ty)> {
        let whole = place.proj.iter().all(|s| matches!(s, Proj::Deref));
        self.held.get(&place.base).filter(|_| whole).cloned()
    }

    /// The same of a value that is read or copied from a variable.
    pub(super) fn held_of(&self, e: &Expr) -> Option<(Wrapper, Ty)> {
        match e {
            Expr::Place(p) | Expr::Copied(_, p) => self.held_by(p),
            _ => None,
        }
    }

    /// Components of a tuple with their patterns; `..` leaves some out.
    pub(super) fn paired_parts<'p>(
        &mut self,
        n: usize,
        pats: &'p syn::punctuated::Punctuated<syn::Pat, syn::Token![,]>,
    ) -> Option<Vec<(usize, &'p syn::Pat)>> {
        let rest = pats.iter().position(is_rest);
        let given = pats.len() - usize::from(rest.is_some());
        if given > n || (rest.is_none() && given != n) {
            return None;
        }
        let place = |(k, p)| match rest {
            Some(at) if k == at => None,
            Some(at) if k > at => Some((n - pats.len() + k, p)),
            _ => Some((k, p)),
        };
        Some(pats.iter().enumerate().filter_map(place).collect())
    }

    /// Two parts of one enum can't be borrowed at once, if one of them is to be changed.
    pub(super) fn reject_parts_of_one(&mut self, args: &[CallArg], span: Span) {
        let inside = |p: &Place| p.proj.iter().any(|s| matches!(s, Proj::Payload(_)));
        let places = |exclusive: bool| {
            args.iter()
                .enumerate()
                .filter_map(move |(k, a)| match &a.arg {
                    Arg::RefMut(p) => Some((k, p)),
                    Arg::Ref(p) if !exclusive => Some((k, p)),
                    _ => None,
                })
        };
        let clash = places(true).any(|(j, p)| {
            let root = self.func.root(p);
            places(false)
                .any(|(k, q)| j != k && self.func.root(q) == root && (inside(p) || inside(q)))
        });
        if clash {
            self.unsupported(
                span,
                Code::Alternatives,
                "a call that is lent several parts of one enum, and may change one of them,",
                "call it with copies, and assign them to the parts afterwards",
            );
        }
    }

    pub(super) fn reject_pattern(&mut self, pat: &syn::Pat) {
        self.unsupported(
            whole(pat),
            Code::Pattern,
            "this pattern of what may be active",
            "bind each part to a name of its own, with `_` for what is not used",
        );
    }
}
