//! Patterns on what may be active: enums, options, slices. Which form a place has is asked of the place itself; what a pattern
//! binds is a part of it, so its shadow is what the same pattern binds in the shadow.

use super::form::{alternatives, asks_for_form, bare, is_irrefutable, names, wildcard};
use super::iter::Kind;
use super::maybe::strip;
use super::option::wrapper_asked;
use super::*;
use proc_macro2::TokenStream;
use quote::ToTokens;
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
        self.storing(label, &w.attrs);
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
                whole(e),
                Code::ActivePattern,
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
                whole(pat),
                Code::Alternatives,
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
    pub(super) fn borrowed<'e>(&self, e: &'e syn::Expr) -> (&'e syn::Expr, Mode) {
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
}
