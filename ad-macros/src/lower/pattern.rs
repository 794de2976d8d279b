//! Patterns of `let` and parameters, and the tests that patterns of `match` make.

use super::decide::is_constant_name;
use super::form::lends;
use super::variant::Mode;
use super::*;
use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// `let pat = value;`
    pub(super) fn let_pattern(&mut self, pat: &syn::Pat, value: Expr, ty: Ty) {
        match pat {
            syn::Pat::Ident(id) if id.subpat.is_none() && id.by_ref.is_none() => {
                self.let_ident(id, value, ty)
            }
            syn::Pat::Wild(_) => {
                if !matches!(value, Expr::Place(_)) {
                    self.name_value("unused", value, ty);
                }
            }
            syn::Pat::Type(t) => {
                let declared = self.generics.ty(&t.ty);
                let ty = if matches!(declared, Ty::Unknown) {
                    ty
                } else {
                    declared
                };
                self.let_pattern(&t.pat, value, ty);
            }
            syn::Pat::Paren(p) => self.let_pattern(&p.pat, value, ty),
            syn::Pat::Tuple(t) => match value {
                Expr::Tuple(parts) if parts.len() == t.elems.len() => {
                    self.let_each(t.elems.iter(), parts, &ty)
                }
                other => self.destructure_value(pat, other, ty),
            },
            syn::Pat::Slice(s) => match value {
                Expr::Array(parts) if parts.len() == s.elems.len() => {
                    self.let_each(s.elems.iter(), parts, &ty)
                }
                other => self.destructure_value(pat, other, ty),
            },
            _ => self.destructure_value(pat, value, ty),
        }
    }

    /// Remembers the types that are written for what a pattern has bound, where they are those of integers.
    pub(super) fn note_integers(&mut self, pat: &syn::Pat, ty: &syn::Type) {
        match (pat, ty) {
            (syn::Pat::Ident(id), ty) if holds_integers(&self.generics.ty(ty)) => {
                self.note_written(&id.ident, ty);
            }
            (syn::Pat::Tuple(p), syn::Type::Tuple(t)) if p.elems.len() == t.elems.len() => {
                let parts = p.elems.iter().zip(&t.elems);
                parts.for_each(|(pat, ty)| self.note_integers(pat, ty));
            }
            (syn::Pat::Paren(p), ty) => self.note_integers(&p.pat, ty),
            _ => {}
        }
    }

    pub(super) fn note_written(&mut self, name: &Ident, ty: &syn::Type) {
        if let Some(Binding::Var(v)) = self.lookup(&name.to_string()) {
            let v = v.0;
            self.func.vars[v].written = Some(ty.to_token_stream());
        }
    }

    /// Component by component. The names are bound only when all values are evaluated.
    fn let_each<'a>(
        &mut self,
        pats: impl Iterator<Item = &'a syn::Pat>,
        parts: Vec<Expr>,
        ty: &Ty,
    ) {
        for (k, (pat, part)) in pats.zip(parts).enumerate() {
            let part_ty = match ty {
                Ty::Tuple(tys) => tys.get(k).cloned().unwrap_or(Ty::Unknown),
                Ty::Array(e, _) => (**e).clone(),
                _ => Ty::Unknown,
            };
            match lends(pat) {
                None => self.let_pattern(pat, part, part_ty),
                // A reference to a component is one to a new value.
                Some(mutable) => {
                    let var = self.name_value("part", part, part_ty);
                    self.func.vars[var.0].mutable |= mutable;
                    self.destructure_as(pat, Place::var(var), Mode::Value);
                }
            }
        }
    }

    fn let_ident(&mut self, id: &syn::PatIdent, value: Expr, ty: Ty) {
        if let Expr::Borrow(mutable, place) = value {
            self.bind_reference(&id.ident, place, mutable);
            return;
        }
        if self.name_result(id, &value, &ty) {
            return;
        }
        self.claim_shadowed(&value);
        let active = self.expr_maybe_active(&value);
        let name = id.ident.to_string();
        let var = self.declare(
            &name,
            id.ident.span(),
            ty,
            id.mutability.is_some(),
            Role::Local,
        );
        self.maybe_active[var.0] = active || is_new_queue(&value);
        let held = self.held_of(&value);
        self.held.extend(held.map(|h| (var, h)));
        self.emit(Stmt::Let {
            var,
            init: Some(value),
        });
        self.bind(&name, Binding::Var(var));
    }

    /// `let y = g(x);`: the call's result gets the user's name right away.
    fn name_result(&mut self, id: &syn::PatIdent, value: &Expr, ty: &Ty) -> bool {
        let Expr::Place(place) = value else {
            return false;
        };
        let fresh = match self.out.last() {
            Some(Stmt::Call { dst, .. }) => *dst == [place.base],
            Some(Stmt::Let { var, init }) => {
                *var == place.base && matches!(init, Some(Expr::Struct(..)))
            }
            _ => false,
        };
        // What has a name keeps it: `let b = a;` copies.
        let unnamed = matches!(self.func.var(place.base).role, Role::Temp);
        if !fresh || !unnamed || !place.is_var() {
            return false;
        }
        let name = id.ident.to_string();
        self.func.rename(place.base, &name);
        let var = &mut self.func.vars[place.base.0];
        var.source = name.clone();
        var.span = id.ident.span();
        var.role = Role::Local;
        var.mutable = id.mutability.is_some();
        if matches!(var.ty, Ty::Unknown) {
            var.ty = ty.clone();
        }
        self.bind(&name, Binding::Var(place.base));
        true
    }

    fn destructure_value(&mut self, pat: &syn::Pat, value: Expr, ty: Ty) {
        match value {
            Expr::Place(place) => self.destructure(pat, place),
            Expr::Borrow(true, place) => self.destructure_as(pat, place, Mode::RefMut),
            Expr::Borrow(false, place) => self.destructure_as(pat, place, Mode::Ref),
            value => {
                let var = self.name_value("parts", value, ty);
                self.func.vars[var.0].mutable |= lends(pat) == Some(true);
                self.destructure_as(pat, Place::var(var), Mode::Value);
            }
        }
    }

    /// Binds the names of an irrefutable pattern to parts of a place.
    pub(super) fn destructure(&mut self, pat: &syn::Pat, place: Place) {
        let mode = self.mode_of(&place, Mode::Value);
        let copied = mode == Mode::Value && matches!(place.proj.last(), Some(Proj::Deref));
        self.destructure_as(pat, place, mode);
        // `let (a, b) = *p;`: other names for what is shared, but values.
        if copied {
            by_value(pat).iter().for_each(|name| self.note_value(name));
        }
    }

    /// How names are bound to parts of a place, which is a reference or what one refers to.
    fn mode_of(&self, place: &Place, around: Mode) -> Mode {
        match self.func.place_ty(place) {
            Ty::Ref(true, _) if around != Mode::Ref => Mode::RefMut,
            Ty::Ref(..) => Mode::Ref,
            _ => around,
        }
    }

    /// The same where names are bound in this mode, unless the pattern says otherwise.
    pub(super) fn destructure_as(&mut self, pat: &syn::Pat, place: Place, mode: Mode) {
        match pat {
            syn::Pat::Tuple(t) if !has_rest(t.elems.iter()) => {
                for (k, p) in t.elems.iter().enumerate() {
                    let part = place.clone().with(Proj::Tuple(k));
                    let mode = self.mode_of(&part, mode);
                    self.destructure_as(p, part, mode);
                }
            }
            syn::Pat::Slice(s) if !has_rest(s.elems.iter()) => {
                for (k, p) in s.elems.iter().enumerate() {
                    let part = place.clone().with(Proj::Index(Expr::Int(k)));
                    self.destructure_as(p, part, mode);
                }
            }
            syn::Pat::Paren(p) => self.destructure_as(&p.pat, place, mode),
            syn::Pat::Type(t) => self.destructure_as(&t.pat, place, mode),
            syn::Pat::Reference(r) => self.destructure_copy(&r.pat, place),
            syn::Pat::Wild(_) => {}
            syn::Pat::Struct(_) | syn::Pat::TupleStruct(_) | syn::Pat::Path(_)
                if self.destructure_struct(pat, &place, mode) => {}
            syn::Pat::Ident(id) if id.subpat.is_none() => self.destructure_name(id, place, mode),
            other => self.unsupported(
                whole(other),
                Code::Pattern,
                "this pattern",
                "bind the value to a name and take it apart with fields or indices",
            ),
        }
    }

    /// A name for a part: a copy of it, or another name for its place where it is a reference.
    fn destructure_name(&mut self, id: &syn::PatIdent, place: Place, mode: Mode) {
        let mode = match (&id.by_ref, &id.mutability) {
            (Some(_), Some(_)) => Mode::RefMut,
            (Some(_), None) => Mode::Ref,
            // `mut` binds by value, whatever is around it.
            (None, Some(_)) => Mode::Value,
            (None, None) => mode,
        };
        let scalar = self.deref_scalar(place.clone());
        let ty = self.func.place_ty(&scalar);
        let is_reference = match mode {
            Mode::Value => self.names_borrowed(id, &place),
            Mode::Ref => self.names_borrowed(id, &place) || ty.is_copy() != Some(true),
            Mode::RefMut => true,
        };
        if !is_reference {
            return self.let_ident(id, Expr::Place(scalar), ty);
        }
        let place = self.freeze_place(place);
        self.bind(&id.ident.to_string(), Binding::Alias(place));
        if mode == Mode::RefMut {
            self.note_loan(&id.ident.to_string());
        }
    }

    /// Binds the pattern of a `for` loop to an element.
    pub(super) fn bind_element(&mut self, pat: &syn::Pat, place: Place) {
        match pat {
            syn::Pat::Ident(id)
                if id.subpat.is_none() && id.by_ref.is_none() && id.mutability.is_none() =>
            {
                let name = id.ident.to_string();
                let binding = match self.is_constant_record(&place) {
                    true => Binding::Var(self.materialise(&name, place)),
                    false => Binding::Alias(place),
                };
                self.bind(&name, binding);
            }
            syn::Pat::Reference(r) => self.destructure_copy(&r.pat, place),
            other => self.destructure_as(other, place, Mode::Ref),
        }
    }

    /// Whether a place holds data that is worth a name, having parts, and is certain to be constant.
    fn is_constant_record(&self, place: &Place) -> bool {
        let root = self.func.var(self.func.root(place));
        let scalar = matches!(
            self.func.place_ty(place),
            Ty::Real(_) | Ty::Int | Ty::Bool | Ty::Unit
        );
        let changes = root.mutable || matches!(root.ty, Ty::Ref(true, _));
        !scalar && !changes && !self.place_maybe_active(place)
    }

    /// The condition under which a pattern of `match` applies to a place, `None` for always; names in it are bound.
    pub(super) fn test(&mut self, pat: &syn::Pat, value: &Expr) -> Option<Expr> {
        match pat {
            syn::Pat::Wild(_) => None,
            syn::Pat::Paren(p) => self.test(&p.pat, value),
            syn::Pat::Ident(id) if is_constant_name(id) => {
                Some(Expr::bin(BinOp::Eq, value.clone(), self.kept(id)))
            }
            syn::Pat::Ident(id) => {
                if let Expr::Place(place) = value {
                    self.bind_case(&id.ident, place.clone());
                }
                id.subpat.as_ref().and_then(|(_, p)| self.test(p, value))
            }
            syn::Pat::Lit(l) => {
                let text = l.to_token_stream().to_string();
                match text.as_str() {
                    "true" => Some(value.clone()),
                    "false" => Some(Expr::Unary(UnOp::Not, Box::new(value.clone()))),
                    _ => Some(Expr::bin(BinOp::Eq, value.clone(), self.kept(l))),
                }
            }
            syn::Pat::Path(p) => Some(Expr::bin(BinOp::Eq, value.clone(), self.kept(p))),
            syn::Pat::Range(r) => {
                let above = r
                    .start
                    .as_ref()
                    .map(|s| Expr::bin(BinOp::Ge, value.clone(), self.kept(s)));
                let op = if matches!(r.limits, syn::RangeLimits::Closed(_)) {
                    BinOp::Le
                } else {
                    BinOp::Lt
                };
                let below = r
                    .end
                    .as_ref()
                    .map(|e| Expr::bin(op, value.clone(), self.kept(e)));
                match (above, below) {
                    (Some(a), Some(b)) => Some(Expr::bin(BinOp::And, a, b)),
                    (a, b) => a.or(b),
                }
            }
            syn::Pat::Or(o) => {
                let mut tests = Vec::new();
                for case in &o.cases {
                    tests.push(self.test(case, value)?);
                }
                tests.into_iter().reduce(|a, b| Expr::bin(BinOp::Or, a, b))
            }
            syn::Pat::Tuple(t) if !has_rest(t.elems.iter()) => {
                let mut all = None;
                for (k, p) in t.elems.iter().enumerate() {
                    let part = match value {
                        Expr::Tuple(parts) if k < parts.len() => parts[k].clone(),
                        Expr::Place(place) => Expr::Place(place.clone().with(Proj::Tuple(k))),
                        _ => continue,
                    };
                    if let Some(c) = self.test(p, &part) {
                        all = Some(match all {
                            Some(a) => Expr::bin(BinOp::And, a, c),
                            None => c,
                        });
                    }
                }
                all
            }
            other => {
                self.unsupported(
                    whole(other),
                    Code::ActivePattern,
                    "a `match` on this pattern of what may hold an active value",
                    "match on constants, integers, bools, tuples of them, and ranges; take the value of a call with `?` or `.unwrap()`",
                );
                None
            }
        }
    }

    /// A name for what is matched: scalars are copied, as an argument is no reference to them.
    fn bind_case(&mut self, id: &syn::Ident, place: Place) {
        let name = id.to_string();
        let ty = self.func.place_ty(&place);
        let scalar = matches!(ty, Ty::Real(_) | Ty::Int | Ty::Bool);
        if scalar && place.is_var() && self.func.var(place.base).source == name {
            return self.bind(&name, Binding::Var(place.base));
        }
        if !scalar {
            return self.bind(&name, Binding::Alias(place));
        }
        let active = self.place_maybe_active(&place);
        let var = self.declare(&name, id.span(), ty, false, Role::Local);
        self.maybe_active[var.0] = active;
        self.emit(Stmt::Let {
            var,
            init: Some(Expr::Place(place)),
        });
        self.bind(&name, Binding::Var(var));
    }

    fn kept(&mut self, e: &(impl ToTokens + Spanned)) -> Expr {
        Expr::Opaque(self.opaque(e.to_token_stream(), e.span(), Ty::Unknown))
    }
}

/// Whether a value is an empty queue, or one of constants, that may take in anything.
pub(super) fn is_new_queue(e: &Expr) -> bool {
    let Expr::Opaque(o) = e else { return false };
    let path = |t: &TokenTree| matches!(t, TokenTree::Ident(_) | TokenTree::Punct(_));
    let mut tokens = o.tokens.clone().into_iter().take_while(path);
    tokens.any(|t| matches!(t, TokenTree::Ident(i) if i == "VecDeque"))
}

fn has_rest<'a>(mut pats: impl Iterator<Item = &'a syn::Pat>) -> bool {
    pats.any(|p| matches!(p, syn::Pat::Rest(_)))
}

/// The names that a pattern binds by value, where it is not told otherwise.
fn by_value(pat: &syn::Pat) -> Vec<String> {
    match pat {
        syn::Pat::Ident(id) if id.by_ref.is_none() => vec![id.ident.to_string()],
        syn::Pat::Tuple(t) => t.elems.iter().flat_map(by_value).collect(),
        syn::Pat::Slice(s) => s.elems.iter().flat_map(by_value).collect(),
        syn::Pat::Type(t) => by_value(&t.pat),
        syn::Pat::Paren(p) => by_value(&p.pat),
        _ => Vec::new(),
    }
}

/// Whether a type is one of integers, or of vectors, arrays and tuples of nothing else.
fn holds_integers(ty: &Ty) -> bool {
    match ty {
        Ty::Int => true,
        Ty::Array(e, _) | Ty::Vec(e) => holds_integers(e),
        Ty::Tuple(parts) => !parts.is_empty() && parts.iter().all(holds_integers),
        _ => false,
    }
}
