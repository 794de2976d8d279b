//! Structs: literals, constructors, and patterns that take them apart.

use super::form::is_variant;
use super::form::lends;
use super::variant::Mode;
use super::*;
use quote::ToTokens;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// `V3 { x, y: e, ..base }`: the value gets a name.
    pub(super) fn struct_literal(&mut self, s: &syn::ExprStruct) -> (Expr, Ty) {
        let fields: Vec<Proj> = s.fields.iter().map(|f| field(&f.member)).collect();
        let (mut parts, tys) =
            self.operands(s.fields.iter().map(|f| &f.expr).chain(s.rest.as_deref()));
        match &s.rest {
            None => self.build(&s.path, fields, parts),
            Some(rest) => {
                let base = parts.pop().unwrap_or(Expr::D);
                let ty = tys.last().cloned().unwrap_or(Ty::Unknown);
                self.updated(fields, parts, base, ty, rest.span())
            }
        }
    }

    /// `..base` is a copy of it in which the other fields are overwritten.
    fn updated(
        &mut self,
        fields: Vec<Proj>,
        parts: Vec<Expr>,
        base: Expr,
        ty: Ty,
        span: Span,
    ) -> (Expr, Ty) {
        let base = match base {
            Expr::Place(place) => Expr::Copied(CopyKind::Clone, place),
            other => other,
        };
        let var = self.name_value("updated", base, ty.clone());
        self.func.vars[var.0].mutable = true;
        self.func.vars[var.0].span = span;
        for (field, value) in fields.into_iter().zip(parts) {
            self.emit(Stmt::Assign {
                place: Place::var(var).with(field),
                op: None,
                value,
                first: false,
            });
        }
        (Expr::var(var), ty)
    }

    /// Constants that are made among parts of something get a name: their shadow takes its shape from it.
    pub(super) fn name_made<'a>(
        &mut self,
        written: impl Iterator<Item = &'a syn::Expr>,
        parts: &mut [Expr],
    ) {
        for (e, part) in written.zip(parts) {
            let made = matches!(
                e,
                syn::Expr::Struct(_) | syn::Expr::Call(_) | syn::Expr::Path(_)
            );
            if made
                && let Expr::Opaque(o) = part
                && matches!(o.ty, Ty::Unknown)
            {
                let value = std::mem::replace(part, Expr::D);
                *part = Expr::var(self.name_value("made", value, Ty::Unknown));
            }
        }
    }

    /// `V3(a, b, c)`, `Shape::Rect(a, b)`
    pub(super) fn constructor_call(
        &mut self,
        path: &syn::ExprPath,
        args: &syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>,
    ) -> Option<(Expr, Ty)> {
        let last = &path.path.segments.last()?.ident;
        if path.qself.is_some() || !last.to_string().starts_with(char::is_uppercase) {
            return None;
        }
        let (mut parts, tys) = self.operands(args.iter());
        self.name_made(args.iter(), &mut parts);
        let fields = (0..parts.len()).map(Proj::Tuple).collect();
        let wrapper = match last.to_string().as_str() {
            "Some" => Some(Wrapper::Option),
            "Ok" => Some(Wrapper::Result),
            _ => None,
        };
        let (built, ty) = self.build(&path.path, fields, parts);
        if let (Expr::Place(p), Some(wrapper)) = (&built, wrapper) {
            let inner = tys.first().cloned().unwrap_or(Ty::Unknown);
            self.held.insert(p.base, (wrapper, inner));
        }
        Some((built, ty))
    }

    /// The value gets a name: its shadow takes its shape from it. What a variant holds is reached through the variant.
    pub(super) fn build(
        &mut self,
        path: &syn::Path,
        fields: Vec<Proj>,
        parts: Vec<Expr>,
    ) -> (Expr, Ty) {
        let fields = match is_variant(path) {
            false => fields,
            true => fields
                .into_iter()
                .map(|field| {
                    Proj::Payload(Variant {
                        path: path.to_token_stream(),
                        field: Box::new(field),
                        ty: Ty::Unknown,
                    })
                })
                .collect(),
        };
        let path = path.to_token_stream();
        let ctor = Ctor { path, fields };
        let span = ctor.path.span();
        let var = self.name_value("built", Expr::Struct(ctor, parts), Ty::Unknown);
        self.func.vars[var.0].span = span.resolved_at(Span::mixed_site());
        (Expr::var(var), Ty::Unknown)
    }

    /// Binds the names in the pattern of a struct; `..` leaves fields out.
    pub(super) fn destructure_struct(&mut self, pat: &syn::Pat, place: &Place, mode: Mode) -> bool {
        match pat {
            syn::Pat::Struct(syn::PatStruct { path, .. })
            | syn::Pat::TupleStruct(syn::PatTupleStruct { path, .. })
                if is_variant(path) =>
            {
                self.bind_inside(pat, place.clone(), mode);
            }
            syn::Pat::Struct(s) => {
                for f in &s.fields {
                    self.destructure_as(&f.pat, place.clone().with(field(&f.member)), mode);
                }
            }
            syn::Pat::TupleStruct(t) => {
                let rest = |p: &syn::Pat| matches!(p, syn::Pat::Rest(_));
                let n = t.elems.len();
                if t.elems.iter().take(n.saturating_sub(1)).any(rest) {
                    return false;
                }
                for (k, p) in t.elems.iter().enumerate().filter(|(_, p)| !rest(p)) {
                    self.destructure_as(p, place.clone().with(Proj::Tuple(k)), mode);
                }
            }
            syn::Pat::Path(_) => {}
            _ => return false,
        }
        true
    }

    /// A name for a part of what is shared may be another name for its place: it does not change.
    pub(super) fn names_borrowed(&self, id: &syn::PatIdent, place: &Place) -> bool {
        let root = self.func.var(self.func.root(place));
        let plain = id.subpat.is_none() && id.mutability.is_none();
        let unknown = matches!(self.func.place_ty(place), Ty::Unknown);
        plain && unknown && matches!(root.ty, Ty::Ref(false, _))
    }

    /// `&(w, u)`: the parts are copies.
    pub(super) fn destructure_copy(&mut self, pat: &syn::Pat, place: Place) {
        let ty = self.func.place_ty(&place);
        let parts = match &ty {
            Ty::Tuple(parts) => parts.clone(),
            other => vec![other.clone()],
        };
        if lends(pat).is_some() || !parts.iter().any(|t| matches!(t, Ty::Unknown)) {
            return self.destructure_as(pat, place, Mode::Value);
        }
        let var = self.name_value("parts", Expr::Place(place), ty);
        self.destructure(pat, Place::var(var));
    }
}

pub(super) fn field(member: &syn::Member) -> Proj {
    match member {
        syn::Member::Named(id) => Proj::Field(id.to_string()),
        syn::Member::Unnamed(k) => Proj::Tuple(k.index as usize),
    }
}
