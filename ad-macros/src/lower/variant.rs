//! Patterns on what may be active: enums, options, slices. Which form a place has is asked of the place itself; what a pattern
//! binds is a part of it, so its shadow is what the same pattern binds in the shadow.

use super::claims::path_of;
use super::decide::is_constant_name;
use super::iter::Kind;
use super::maybe::strip;
use super::option::wrapper_asked;
use super::*;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// How names are bound where a pattern does not say.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    Value,
    Ref,
    RefMut,
}

/// What is matched.
enum Subject {
    Place(Place, Mode),
    Tuple(Vec<Subject>),
}

/// An arm, once for each of its alternatives.
struct Arm<'a> {
    pat: syn::Pat,
    guard: Option<&'a syn::Expr>,
    body: &'a syn::Expr,
}

impl Lowerer<'_> {
    /// A `match` whose patterns ask for a form; whether it was one.
    pub(super) fn match_variants(&mut self, m: &syn::ExprMatch, dest: Dest) -> bool {
        if self.holding > 0 || !m.arms.iter().any(|a| asks_for_form(&a.pat)) {
            return false;
        }
        let wrapper = m.arms.iter().find_map(|a| wrapper_asked(&a.pat));
        let Some(subject) = self.subject(&m.expr, wrapper) else {
            return false;
        };
        let arms: Vec<Arm> = m
            .arms
            .iter()
            .flat_map(|a| {
                let guard = a.guard.as_ref().map(|(_, g)| &**g);
                alternatives(&a.pat).into_iter().map(move |pat| Arm {
                    pat,
                    guard,
                    body: &a.body,
                })
            })
            .collect();
        self.variant_arms(&arms, &subject, dest);
        true
    }

    fn variant_arms(&mut self, arms: &[Arm], subject: &Subject, dest: Dest) {
        let Some((arm, rest)) = arms.split_first() else {
            return;
        };
        let form = self.form(subject, &arm.pat);
        let cond = match arm.guard {
            Some(guard) => Some(self.guarded(subject, &arm.pat, form, guard)),
            None => form,
        };
        let (then, ()) = self.in_block(|lw| {
            lw.bind_subject(&arm.pat, subject);
            lw.tail(arm.body, dest);
        });
        let Some(cond) = cond.filter(|_| !rest.is_empty()) else {
            self.out.extend(then);
            return;
        };
        let (els, ()) = self.in_block(|lw| lw.variant_arms(rest, subject, dest));
        self.emit(Stmt::If { cond, then, els });
    }

    /// A guard looks at what the pattern binds, where the pattern applies.
    fn guarded(
        &mut self,
        subject: &Subject,
        pat: &syn::Pat,
        form: Option<Expr>,
        guard: &syn::Expr,
    ) -> Expr {
        let (mut block, holds) = self.in_block(|lw| {
            lw.bind_borrowed(pat, subject);
            lw.expr(guard).0
        });
        if block.is_empty() {
            return match form {
                Some(form) => Expr::bin(BinOp::And, form, holds),
                None => holds,
            };
        }
        let var = self.temp("holds", Ty::Bool);
        self.maybe_active[var.0] = false;
        self.emit(Stmt::Let { var, init: None });
        let set = |value| Stmt::Assign {
            place: Place::var(var),
            op: None,
            value,
            first: true,
        };
        block.push(set(holds));
        match form {
            None => self.out.extend(block),
            Some(cond) => self.emit(Stmt::If {
                cond,
                then: block,
                els: vec![set(super::maybe::truth(false))],
            }),
        }
        Expr::var(var)
    }

    /// `if let`; whether it was one.
    pub(super) fn if_variant(&mut self, i: &syn::ExprIf, l: &syn::ExprLet, dest: Dest) -> bool {
        let Some(subject) = self.let_subject(&l.expr, &l.pat) else {
            return false;
        };
        let block = |block: &syn::Block| {
            syn::Expr::Block(syn::ExprBlock {
                attrs: Vec::new(),
                label: None,
                block: block.clone(),
            })
        };
        let then = block(&i.then_branch);
        let els = match &i.else_branch {
            Some((_, e)) => (**e).clone(),
            None => syn::parse_quote!({}),
        };
        let arm = |pat, body| Arm {
            pat,
            guard: None,
            body,
        };
        let mut arms: Vec<Arm> = alternatives(&l.pat)
            .into_iter()
            .map(|pat| arm(pat, &then))
            .collect();
        arms.push(arm(wildcard(), &els));
        self.variant_arms(&arms, &subject, dest);
        true
    }

    /// `let PAT = value else { … };`; whether it was one.
    pub(super) fn let_variant(&mut self, pat: &syn::Pat, e: &syn::Expr, els: &syn::Expr) -> bool {
        let Some(subject) = self.let_subject(e, pat) else {
            return false;
        };
        let Some(pat) = self.single(pat) else {
            return true;
        };
        let (other, ()) = self.in_block(|lw| lw.statement_expr(els, Dest::Discard));
        if let Some(form) = self.form(&subject, &pat) {
            self.emit(Stmt::If {
                cond: Expr::Unary(UnOp::Not, Box::new(form)),
                then: other,
                els: Vec::new(),
            });
        }
        self.bind_subject(&pat, &subject);
        true
    }

    /// `while let`; whether it was one.
    pub(super) fn while_variant(&mut self, w: &syn::ExprWhile, l: &syn::ExprLet) -> bool {
        if self.holding > 0 || self.is_constant_code(l.expr.to_token_stream()) {
            return false;
        }
        let label = self.push_loop(w.label.as_ref(), Dest::Discard, true);
        let (body, ()) = self.in_block(|lw| {
            let (Some(subject), Some(pat)) = (
                lw.subject(&l.expr, wrapper_asked(&l.pat)),
                lw.single(&l.pat),
            ) else {
                return;
            };
            if let Some(form) = lw.form(&subject, &pat) {
                lw.emit(Stmt::If {
                    cond: Expr::Unary(UnOp::Not, Box::new(form)),
                    then: vec![Stmt::Break(label)],
                    els: Vec::new(),
                });
            }
            lw.bind_subject(&pat, &subject);
            lw.block_into(&w.body, Dest::Discard);
        });
        self.loops.pop();
        let kind = LoopKind::Forever;
        self.emit(Stmt::Loop { label, kind, body });
        true
    }

    fn let_subject(&mut self, e: &syn::Expr, pat: &syn::Pat) -> Option<Subject> {
        if self.holding > 0 || self.is_constant_code(e.to_token_stream()) {
            return None;
        }
        self.subject(e, wrapper_asked(pat))
    }

    /// An element that may not be there, for patterns that ask more of it than that.
    fn found_element(&mut self, e: &syn::Expr) -> Option<Subject> {
        let changes = self
            .maybe_source(e)
            .is_some_and(|m| m.method.to_string().ends_with("_mut"));
        if changes {
            self.unsupported(
                e.span(),
                "a pattern that asks more of an element than whether it is there, and may change it,",
                "bind the element to a name with `Some(name)`, and match on the name",
            );
            return None;
        }
        let borrowed = self.is_maybe_element(e);
        let maybe = self.maybe(e)?;
        match self.materialised(&maybe, e.span()).0 {
            Expr::Place(place) => {
                let mode = if borrowed { Mode::Ref } else { Mode::Value };
                Some(Subject::Place(place, mode))
            }
            _ => None,
        }
    }

    /// The place of a subject that is one, and how its parts are seen.
    pub(super) fn subject_place(&mut self, e: &syn::Expr) -> Option<(Place, Kind)> {
        match self.subject(e, None)? {
            Subject::Place(place, mode) => Some((
                place,
                match mode {
                    Mode::Value => Kind::Value,
                    Mode::Ref => Kind::Ref,
                    Mode::RefMut => Kind::RefMut,
                },
            )),
            Subject::Tuple(_) => None,
        }
    }

    /// The one alternative of a pattern; several that bind names would be bound to different parts.
    fn single(&mut self, pat: &syn::Pat) -> Option<syn::Pat> {
        let mut all = alternatives(pat);
        if all.len() > 1 {
            self.unsupported(
                pat.span(),
                "a pattern with alternatives that bind names",
                "write a `match` with an arm for each",
            );
            return None;
        }
        all.pop()
    }

    /// What an expression denotes: places stay places.
    fn subject(&mut self, e: &syn::Expr, wrapper: Option<Wrapper>) -> Option<Subject> {
        let e = strip(e);
        if let syn::Expr::Tuple(t) = e
            && !t.elems.is_empty()
        {
            let parts = t.elems.iter().map(|e| self.subject(e, wrapper));
            return Some(Subject::Tuple(parts.collect::<Option<Vec<_>>>()?));
        }
        let (inner, mode) = self.borrowed(e);
        if self.is_place_expr(inner) {
            let place = self.place(inner)?;
            let place = self.freeze_place(place);
            return Some(match self.func.place_ty(&place) {
                Ty::Ref(mutable, _) => {
                    let mode = if mutable { Mode::RefMut } else { Mode::Ref };
                    Subject::Place(place.with(Proj::Deref), mode)
                }
                _ => Subject::Place(place, mode),
            });
        }
        if self.is_element(inner) {
            return self.found_element(inner);
        }
        if let Some(wrapper) = wrapper
            && self.is_bare_call(inner)
        {
            return Some(Subject::Place(self.parted_call(inner, wrapper)?, mode));
        }
        let (value, ty) = self.expr(inner);
        Some(match value {
            Expr::Place(p) if !matches!(e, syn::Expr::Index(_) | syn::Expr::Field(_)) => {
                Subject::Place(p, mode)
            }
            Expr::Borrow(mutable, p) => {
                let mode = if mutable { Mode::RefMut } else { Mode::Ref };
                Subject::Place(p, mode)
            }
            value => {
                let held = self.held_of(&value);
                let case = self.name_value("case", value, ty);
                self.held.extend(held.map(|h| (case, h)));
                Subject::Place(Place::var(case), mode)
            }
        })
    }

    /// What is borrowed, and how; a name for something borrowed is a reference itself.
    fn borrowed<'e>(&self, e: &'e syn::Expr) -> (&'e syn::Expr, Mode) {
        match e {
            syn::Expr::Reference(r) => match r.mutability {
                Some(_) => (strip(&r.expr), Mode::RefMut),
                None => (strip(&r.expr), Mode::Ref),
            },
            syn::Expr::MethodCall(m) if m.args.is_empty() => match m.method.to_string().as_str() {
                "as_ref" | "as_deref" | "as_slice" => (strip(&m.receiver), Mode::Ref),
                "as_mut" | "as_deref_mut" | "as_mut_slice" => (strip(&m.receiver), Mode::RefMut),
                _ => (e, Mode::Value),
            },
            syn::Expr::Path(p) => {
                let name = p.path.get_ident().map(ToString::to_string);
                match name.and_then(|n| self.lookup(&n)) {
                    Some(Binding::Alias(place)) => {
                        let root = self.func.var(self.func.root(place));
                        let mutable = root.mutable || matches!(root.ty, Ty::Ref(true, _));
                        (e, if mutable { Mode::RefMut } else { Mode::Ref })
                    }
                    _ => (e, Mode::Value),
                }
            }
            _ => (e, Mode::Value),
        }
    }

    /// The condition under which a pattern applies; `None` for always.
    fn form(&mut self, subject: &Subject, pat: &syn::Pat) -> Option<Expr> {
        let and = |a, b| Expr::bin(BinOp::And, a, b);
        match (subject, pat) {
            (_, syn::Pat::Paren(p)) => self.form(subject, &p.pat),
            (_, syn::Pat::Type(t)) => self.form(subject, &t.pat),
            (_, pat) if is_irrefutable(pat) => None,
            (Subject::Place(place, mode), pat) => {
                let mut pat = pat;
                // The place stands for what the reference refers to.
                while let (syn::Pat::Reference(r), true) = (pat, *mode != Mode::Value) {
                    pat = &r.pat;
                }
                let place = self.sliced(place.clone(), pat);
                let bare = bare(pat);
                let asked = self.opaque(TokenStream::new(), pat.span(), Ty::Constant);
                let pattern = Expr::Opaque(Opaque {
                    tokens: bare,
                    ..asked
                });
                Some(Expr::Query(MATCHES.into(), place, vec![pattern]))
            }
            (Subject::Tuple(parts), syn::Pat::Tuple(t)) => {
                let pairs = self.paired_parts(parts.len(), &t.elems)?;
                let tests = pairs
                    .into_iter()
                    .filter_map(|(k, p)| self.form(&parts[k], p));
                tests.collect::<Vec<_>>().into_iter().reduce(and)
            }
            (Subject::Tuple(_), syn::Pat::Or(o)) => {
                let tests: Option<Vec<_>> = o.cases.iter().map(|p| self.form(subject, p)).collect();
                tests?.into_iter().reduce(|a, b| Expr::bin(BinOp::Or, a, b))
            }
            (Subject::Tuple(_), syn::Pat::Ident(id)) => match &id.subpat {
                Some((_, p)) => self.form(subject, p),
                None => None,
            },
            (Subject::Tuple(_), other) => {
                self.reject_pattern(other);
                None
            }
        }
    }

    fn bind_subject(&mut self, pat: &syn::Pat, subject: &Subject) {
        self.bind_as(pat, subject, false);
    }

    /// The same for a guard, which only looks.
    fn bind_borrowed(&mut self, pat: &syn::Pat, subject: &Subject) {
        self.bind_as(pat, subject, true);
    }

    fn bind_as(&mut self, pat: &syn::Pat, subject: &Subject, looking: bool) {
        match (subject, pat) {
            (_, syn::Pat::Paren(p)) => self.bind_as(&p.pat, subject, looking),
            (_, syn::Pat::Wild(_)) => {}
            (Subject::Place(place, mode), pat) => {
                let mode = if looking { Mode::Ref } else { *mode };
                self.bind_inside(pat, place.clone(), mode);
            }
            (Subject::Tuple(parts), syn::Pat::Tuple(t)) => {
                for (k, p) in self.paired_parts(parts.len(), &t.elems).unwrap_or_default() {
                    self.bind_as(p, &parts[k], looking);
                }
            }
            (Subject::Tuple(_), pat) => {
                if !names(pat).is_empty() {
                    self.reject_pattern(pat);
                }
            }
        }
    }

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
            if mode == Mode::RefMut {
                self.exclusive.insert(path_of(&place));
            }
            return self.bind(&name, Binding::Alias(place));
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
    fn paired_parts<'p>(
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

    /// Slice patterns look at slices: a vector is borrowed as one.
    fn sliced(&self, place: Place, pat: &syn::Pat) -> Place {
        let slices = match pat {
            syn::Pat::Slice(_) => true,
            syn::Pat::Or(o) => o.cases.iter().any(|p| matches!(p, syn::Pat::Slice(_))),
            _ => false,
        };
        if !slices || matches!(self.func.place_ty(&place), Ty::Slice(_) | Ty::Array(..)) {
            return place;
        }
        place.with(Proj::Range {
            lo: None,
            hi: None,
            inclusive: false,
        })
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
                "a call that is lent several parts of one enum, and may change one of them,",
                "call it with copies, and assign them to the parts afterwards",
            );
        }
    }

    fn reject_pattern(&mut self, pat: &syn::Pat) {
        self.unsupported(
            pat.span(),
            "this pattern of what may be active",
            "bind each part to a name of its own, with `_` for what is not used",
        );
    }
}

/// Whether a path names a variant of an enum, by Rust's conventions.
pub(super) fn is_variant(path: &syn::Path) -> bool {
    let mut names = path.segments.iter().rev().map(|s| s.ident.to_string());
    let name = names.next().unwrap_or_default();
    let owner = names.next();
    matches!(name.as_str(), "Some" | "Ok" | "Err" | "None")
        || (name.starts_with(char::is_uppercase)
            && owner.is_some_and(|o| o.starts_with(char::is_uppercase)))
}

/// Whether a pattern asks which form something has, and is more than a comparison.
fn asks_for_form(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::TupleStruct(_)
        | syn::Pat::Struct(_)
        | syn::Pat::Slice(_)
        | syn::Pat::Reference(_) => true,
        syn::Pat::Path(p) => is_variant(&p.path),
        syn::Pat::Ident(id) => {
            id.ident == "None"
                || id.by_ref.is_some()
                || id.subpat.as_ref().is_some_and(|(_, p)| asks_for_form(p))
        }
        syn::Pat::Paren(p) => asks_for_form(&p.pat),
        syn::Pat::Or(o) => o.cases.iter().any(asks_for_form),
        syn::Pat::Tuple(t) => t.elems.iter().any(asks_for_form),
        _ => false,
    }
}

fn is_irrefutable(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Wild(_) | syn::Pat::Rest(_) => true,
        syn::Pat::Ident(id) => {
            !is_constant_name(id) && id.subpat.as_ref().is_none_or(|(_, p)| is_irrefutable(p))
        }
        syn::Pat::Paren(p) => is_irrefutable(&p.pat),
        syn::Pat::Reference(r) => is_irrefutable(&r.pat),
        syn::Pat::Tuple(t) => t.elems.iter().all(is_irrefutable),
        _ => false,
    }
}

/// `..`, with a name or without.
fn is_rest(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Rest(_) => true,
        syn::Pat::Ident(id) => id.subpat.as_ref().is_some_and(|(_, p)| is_rest(p)),
        _ => false,
    }
}

fn names(pat: &syn::Pat) -> Vec<syn::Ident> {
    super::decide::idents_of(pat)
}

/// A pattern without the names that it binds.
fn bare(pat: &syn::Pat) -> TokenStream {
    let each = |pats: &syn::punctuated::Punctuated<syn::Pat, syn::Token![,]>| {
        let pats = pats.iter().map(bare);
        quote!(#(#pats),*)
    };
    match pat {
        syn::Pat::Ident(id) if is_constant_name(id) => quote!(#id),
        syn::Pat::Ident(id) => match &id.subpat {
            Some((_, p)) => bare(p),
            None => quote!(_),
        },
        syn::Pat::Paren(p) => {
            let inner = bare(&p.pat);
            quote!((#inner))
        }
        syn::Pat::Reference(r) => {
            let (inner, mutability) = (bare(&r.pat), &r.mutability);
            quote!(&#mutability #inner)
        }
        syn::Pat::TupleStruct(t) => {
            let (path, elems) = (&t.path, each(&t.elems));
            quote!(#path(#elems))
        }
        syn::Pat::Struct(s) => {
            let path = &s.path;
            let fields = s.fields.iter().map(|f| {
                let (member, inner) = (&f.member, bare(&f.pat));
                quote!(#member: #inner)
            });
            quote!(#path { #(#fields,)* .. })
        }
        syn::Pat::Tuple(t) if t.elems.len() == 1 && !t.elems.iter().any(is_rest) => {
            let inner = bare(&t.elems[0]);
            quote!((#inner,))
        }
        syn::Pat::Tuple(t) => {
            let elems = each(&t.elems);
            quote!((#elems))
        }
        syn::Pat::Slice(s) => {
            let elems = each(&s.elems);
            quote!([#elems])
        }
        syn::Pat::Or(o) => {
            let cases = o.cases.iter().map(bare);
            quote!(#(#cases)|*)
        }
        other => other.to_token_stream(),
    }
}

/// The patterns of an arm: alternatives that bind names bind different parts, so each gets an arm of its own.
fn alternatives(pat: &syn::Pat) -> Vec<syn::Pat> {
    if names(pat).is_empty() {
        return vec![pat.clone()];
    }
    let within = |inner: &syn::Pat, rebuild: &dyn Fn(syn::Pat) -> syn::Pat| {
        alternatives(inner).into_iter().map(rebuild).collect()
    };
    match pat {
        syn::Pat::Or(o) => o.cases.iter().flat_map(alternatives).collect(),
        syn::Pat::Paren(p) => alternatives(&p.pat),
        syn::Pat::Reference(r) => within(&r.pat, &|p| {
            let mut r = r.clone();
            r.pat = Box::new(p);
            syn::Pat::Reference(r)
        }),
        syn::Pat::Ident(id) => match &id.subpat {
            None => vec![pat.clone()],
            Some((at, inner)) => within(inner, &|p| {
                let mut id = id.clone();
                id.subpat = Some((*at, Box::new(p)));
                syn::Pat::Ident(id)
            }),
        },
        syn::Pat::TupleStruct(t) => each_way(&t.elems, &|elems| {
            syn::Pat::TupleStruct(syn::PatTupleStruct { elems, ..t.clone() })
        }),
        syn::Pat::Tuple(t) => each_way(&t.elems, &|elems| {
            syn::Pat::Tuple(syn::PatTuple { elems, ..t.clone() })
        }),
        _ => vec![pat.clone()],
    }
}

type Pats = syn::punctuated::Punctuated<syn::Pat, syn::Token![,]>;

/// All combinations of the alternatives of several patterns.
fn each_way(pats: &Pats, rebuild: &dyn Fn(Pats) -> syn::Pat) -> Vec<syn::Pat> {
    let mut ways: Vec<Vec<syn::Pat>> = vec![Vec::new()];
    for p in pats {
        let all = alternatives(p);
        ways = ways
            .into_iter()
            .flat_map(|way| {
                all.iter().map(move |p| {
                    let mut way = way.clone();
                    way.push(p.clone());
                    way
                })
            })
            .collect();
    }
    ways.into_iter()
        .map(|way| rebuild(way.into_iter().collect()))
        .collect()
}

fn wildcard() -> syn::Pat {
    syn::Pat::Wild(syn::PatWild {
        attrs: Vec::new(),
        underscore_token: Default::default(),
    })
}
