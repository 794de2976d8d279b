//! Patterns that bind parts of constants: `if let`, `let … else`, `while let`, and `match` on enums.
//!
//! The pattern is asked once, in code that is kept as it is: it says which arm applies, and what the names are bound to. What
//! depends on the answer is an ordinary branch, and the names are ordinary constants.

use super::*;
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// A pattern with its guard.
type Arm<'a> = (&'a syn::Pat, Option<&'a syn::Expr>);

/// A name that a pattern binds.
pub(super) struct Name {
    ident: syn::Ident,
    mutable: bool,
    /// That of a trait object, whose methods go by other ways.
    object: Option<syn::Type>,
}

/// The answer to a pattern: a variable that says which arm applies, and the names of each arm.
pub(super) struct Decision {
    arm: VarId,
    /// Holds the answer and, in options, what the names are bound to.
    case: VarId,
    names: Vec<Vec<(Name, usize)>>,
}

const INSTEAD: &str = "if it holds no real, say so by its type (`let k: Option<usize> = …`) or mark the parameter `#[constant]`; \
                       otherwise use `?` or `.unwrap()` on a call, or a `bool` beside the value";

impl Lowerer<'_> {
    /// `if let`; whether the condition was one.
    pub(super) fn if_let(&mut self, i: &syn::ExprIf, dest: Dest) -> bool {
        let syn::Expr::Let(l) = &*i.cond else {
            return false;
        };
        if let Some(answer) = self.named_answer(&l.expr) {
            let (mut i, mut l) = (i.clone(), l.clone());
            *l.expr = answer;
            *i.cond = syn::Expr::Let(l);
            return self.if_let(&i, dest);
        }
        if self.if_found(i, l, dest) || self.if_maybe(i, l, dest) || self.if_variant(i, l, dest) {
            return true;
        }
        let Some(decision) = self.decide_one(l.let_token.span, "`if let`", &l.pat, &l.expr) else {
            return true;
        };
        let (then, ()) = self.in_block(|lw| {
            lw.bind_names(&decision, 0);
            lw.block_into(&i.then_branch, dest);
        });
        let (els, ()) = self.in_block(|lw| {
            if let Some((_, e)) = &i.else_branch {
                lw.tail(e, dest);
            }
        });
        let cond = decision.applies(0);
        self.emit(Stmt::If { cond, then, els });
        true
    }

    /// `let PAT = init else { … };`
    pub(super) fn let_else(&mut self, l: &syn::Local, init: &syn::LocalInit, els: &syn::Expr) {
        let span = l.let_token.span;
        let pat = match &l.pat {
            syn::Pat::Type(t) => &*t.pat,
            pat => pat,
        };
        let Some(decision) = self.decide_one(span, "`let … else`", pat, &init.expr) else {
            // The names are declared, so that what follows is not said to be wrong too.
            for name in names_of(pat) {
                self.constant_name(&name, None);
            }
            return;
        };
        let (other, ()) = self.in_block(|lw| lw.statement_expr(els, Dest::Discard));
        self.emit(Stmt::If {
            cond: Expr::Unary(UnOp::Not, Box::new(decision.applies(0))),
            then: other,
            els: Vec::new(),
        });
        self.bind_names(&decision, 0);
    }

    /// `while let`; whether the condition was one.
    pub(super) fn while_let(&mut self, w: &syn::ExprWhile) -> bool {
        let syn::Expr::Let(l) = &*w.cond else {
            return false;
        };
        if self.while_found(w, l) || self.while_maybe(w, l) || self.while_variant(w, l) {
            return true;
        }
        let label = self.push_loop(w.label.as_ref(), Dest::Discard, true);
        self.storing(label, &w.attrs);
        let (body, ()) = self.in_block(|lw| {
            let span = l.let_token.span;
            if let Some(decision) = lw.decide_one(span, "`while let`", &l.pat, &l.expr) {
                lw.emit(Stmt::If {
                    cond: Expr::Unary(UnOp::Not, Box::new(decision.applies(0))),
                    then: vec![Stmt::Break(label)],
                    els: Vec::new(),
                });
                lw.bind_names(&decision, 0);
                lw.block_into(&w.body, Dest::Discard);
            }
        });
        self.loops.pop();
        self.emit(Stmt::Loop {
            label,
            kind: LoopKind::Forever,
            body,
        });
        true
    }

    /// A `match` on a constant whose patterns are more than comparisons; whether it was one.
    pub(super) fn match_constant(&mut self, m: &syn::ExprMatch, dest: Dest) -> bool {
        if m.arms.is_empty()
            || m.arms.iter().all(|a| is_comparison(&a.pat))
            || !self.is_constant_value(&m.expr)
        {
            return false;
        }
        let arms = m.arms.iter();
        let arms: Vec<Arm> = arms
            .map(|a| (&a.pat, a.guard.as_ref().map(|(_, g)| &**g)))
            .collect();
        self.reject_mutable(&m.expr, arms.iter().map(|(pat, _)| *pat));
        let decision = self.decide(&m.expr, &arms, quote!());
        self.decided_arms(&m.arms, &decision, 0, dest);
        true
    }

    fn decided_arms(&mut self, arms: &[syn::Arm], decision: &Decision, k: usize, dest: Dest) {
        let (then, ()) = self.in_block(|lw| {
            lw.bind_names(decision, k);
            lw.tail(&arms[k].body, dest);
        });
        if k + 1 == arms.len() {
            self.out.extend(then);
            return;
        }
        let (els, ()) = self.in_block(|lw| lw.decided_arms(arms, decision, k + 1, dest));
        let cond = decision.applies(k);
        self.emit(Stmt::If { cond, then, els });
    }

    /// A single pattern, on a constant.
    fn decide_one(
        &mut self,
        span: Span,
        what: &str,
        pat: &syn::Pat,
        value: &syn::Expr,
    ) -> Option<Decision> {
        if !self.is_constant_value(value) {
            if self.errors.within(&value.to_token_stream()) {
                return None;
            }
            self.unsupported(
                span,
                Code::ActivePattern,
                &format!("{what} on what may hold an active value"),
                INSTEAD,
            );
            return None;
        }
        self.reject_mutable(value, std::iter::once(pat));
        Some(self.decide(value, &[(pat, None)], quote!(_)))
    }

    /// A constant option: what is in it, by a name of its own. `unless` lowers where to go without it.
    pub(super) fn decide_some(
        &mut self,
        pat: &syn::Pat,
        value: &syn::Expr,
        unless: &mut dyn FnMut(&mut Self, Expr),
    ) -> Option<VarId> {
        let decision = self.decide_one(value.span(), "an `Option`", pat, value)?;
        unless(self, decision.applies(0));
        self.scopes.push(HashMap::new());
        self.bind_names(&decision, 0);
        let bound = self.scopes.pop()?;
        bound.into_values().find_map(|b| match b {
            Binding::Var(v) => Some(v),
            _ => None,
        })
    }

    /// A pattern that always applies.
    pub(super) fn decide_all(&mut self, value: &syn::Expr, pat: &syn::Pat) -> Decision {
        self.decide(value, &[(pat, None)], quote!())
    }

    /// Changes through what a pattern borrows would not be seen.
    fn reject_mutable<'a>(&mut self, value: &syn::Expr, pats: impl Iterator<Item = &'a syn::Pat>) {
        let mut inner = value;
        while let syn::Expr::Paren(syn::ExprParen { expr, .. })
        | syn::Expr::Field(syn::ExprField { base: expr, .. })
        | syn::Expr::Index(syn::ExprIndex { expr, .. }) = inner
        {
            inner = expr;
        }
        let by_place = matches!(inner, syn::Expr::Path(p) if p.path.get_ident().is_some_and(|id| {
            matches!(self.lookup(&id.to_string()), Some(Binding::Var(v))
                if matches!(self.func.var(*v).ty, Ty::Ref(true, _)))
        }));
        let by_ref = pats.into_iter().any(|p| lends_mutably(&without_names(p)));
        if by_place || by_ref || lends_mutably(&value.to_token_stream()) {
            self.unsupported(
                whole(value),
                Code::MutablePattern,
                "a pattern that may borrow mutably",
                "assign by index, `x[0] = …`, or to the variable itself",
            );
        }
    }

    /// `let case = match value { … };`: the arm's number, and an option for each name. `other` is the pattern of what is left.
    fn decide(&mut self, value: &syn::Expr, arms: &[Arm], other: TokenStream) -> Decision {
        let mut names: Vec<Vec<(Name, usize)>> = Vec::new();
        let mut count = 0;
        let declared = self.declared_type(value);
        for (pat, _) in arms {
            let mut own = names_of(pat);
            if let Some(ty) = &declared {
                note_objects(pat, ty, &mut own);
            }
            let own = own.into_iter();
            names.push(
                own.map(|n| {
                    (n, {
                        count += 1;
                        count
                    })
                })
                .collect(),
            );
        }
        let answer = |k: usize| {
            let number = Literal::usize_suffixed(k);
            let own = names.get(k).map_or(&[][..], |n| n);
            let parts = (1..=count).map(|at| match own.iter().find(|(_, p)| *p == at) {
                Some((name, _)) => {
                    let ident = &name.ident;
                    quote!(::core::option::Option::Some(#ident))
                }
                None => quote!(::core::option::Option::None),
            });
            quote!((#number, #(#parts),*))
        };
        let mut tokens = TokenStream::new();
        for (k, (pat, guard)) in arms.iter().enumerate() {
            let guard = guard.map(|g| quote!(if #g));
            let answer = answer(k);
            tokens.extend(quote!(#pat #guard => #answer,));
        }
        if !other.is_empty() {
            let answer = answer(arms.len());
            tokens.extend(quote!(#other => #answer,));
        }
        // What the patterns bind is not read from outside.
        let bound: Vec<String> = names
            .iter()
            .flatten()
            .map(|(n, _)| n.ident.to_string())
            .collect();
        let guards = arms.iter().filter_map(|(_, g)| *g);
        let read = quote!(#value);
        let mut opaque = self.opaque(read, value.span(), Ty::Constant);
        for guard in guards {
            let more = self.opaque(quote!(#guard), guard.span(), Ty::Bool).reads;
            let more = more
                .into_iter()
                .filter(|v| !bound.contains(&self.func.var(*v).source));
            opaque.reads.extend(more);
        }
        let value = &opaque.tokens;
        opaque.tokens = quote!(match #value { #tokens });
        let case = self.name_value("case", Expr::Opaque(opaque), Ty::Constant);
        self.maybe_active[case.0] = false;
        let arm = self.temp("arm", Ty::Int);
        self.maybe_active[arm.0] = false;
        let name = self.name_of(case);
        self.emit(part_of(arm, case, quote!((#name.0)), Ty::Int));
        Decision { arm, case, names }
    }

    /// How kept code names the answer.
    pub(super) fn name_of(&self, case: VarId) -> syn::Ident {
        let var = self.func.var(case);
        syn::Ident::new(&var.source, var.span)
    }

    /// Whether an expression is a name whose value is constant and, being dereferenced, a reference.
    pub(super) fn is_constant_reference(&self, e: &syn::Expr) -> bool {
        let syn::Expr::Path(p) = e else { return false };
        let name = p.path.get_ident().map(ToString::to_string);
        let Some(Binding::Var(v)) = name.and_then(|n| self.lookup(&n)) else {
            return false;
        };
        let var = self.func.var(*v);
        matches!((&var.ty, &var.role), (Ty::Unknown, Role::Local))
            && !var.mutable
            && !self.var_maybe_active(*v)
    }

    /// An operand of arithmetic: a name that may be a reference is read through.
    pub(super) fn held(&mut self, e: Expr) -> Expr {
        let Expr::Place(p) = &e else { return e };
        if !self.is_decided(p) {
            return e;
        }
        let name = self.func.var(p.base).source.clone();
        let value = Expr::Runtime("Held", vec![e]);
        Expr::var(self.name_value(&name, value, Ty::Unknown))
    }

    /// Whether a place lies in what a pattern has bound, which may be borrowed from an argument.
    pub(super) fn is_decided(&self, p: &Place) -> bool {
        self.decided.contains(&self.func.root(p))
    }

    /// Declares the names of an arm.
    pub(super) fn bind_names(&mut self, decision: &Decision, k: usize) {
        for (name, at) in &decision.names[k] {
            let (at, case) = (Literal::usize_unsuffixed(*at), self.name_of(decision.case));
            self.constant_name(name, Some((decision.case, quote!(#case.#at.unwrap()))));
        }
    }

    /// A name for a constant that is kept code over another.
    pub(super) fn kept_name(&mut self, ident: &syn::Ident, of: VarId, tokens: TokenStream) {
        let name = Name {
            ident: ident.clone(),
            mutable: false,
            object: None,
        };
        self.constant_name(&name, Some((of, tokens)));
    }

    fn constant_name(&mut self, name: &Name, init: Option<(VarId, TokenStream)>) {
        let (text, span) = (name.ident.to_string(), name.ident.span());
        let var = self.declare(&text, span, Ty::Unknown, name.mutable, Role::Local);
        self.maybe_active[var.0] = false;
        if let Some((case, tokens)) = init {
            self.emit(part_of(var, case, tokens, Ty::Unknown));
        }
        self.decided.push(var);
        self.bind(&text, Binding::Var(var));
        if let Some(ty) = &name.object {
            let place = claims::path_of(&Place::var(var));
            self.declared.insert(place, ty.clone());
        }
    }
}

/// Notes which names of a pattern stand for trait objects, as far as the type of the value says so.
fn note_objects(pat: &syn::Pat, ty: &syn::Type, names: &mut [Name]) {
    match (pat, ty) {
        (syn::Pat::Ident(id), ty) if declared::is_object(ty) => {
            let own = names.iter_mut().find(|n| n.ident == id.ident);
            own.into_iter().for_each(|n| n.object = Some(ty.clone()));
        }
        (syn::Pat::Paren(p), ty) => note_objects(&p.pat, ty, names),
        (syn::Pat::Reference(p), syn::Type::Reference(r)) => note_objects(&p.pat, &r.elem, names),
        (syn::Pat::Tuple(p), syn::Type::Tuple(t)) if p.elems.len() == t.elems.len() => {
            let parts = p.elems.iter().zip(&t.elems);
            parts.for_each(|(p, t)| note_objects(p, t, names));
        }
        (syn::Pat::TupleStruct(p), syn::Type::Reference(r)) => {
            note_objects(&syn::Pat::TupleStruct(p.clone()), &r.elem, names);
        }
        (syn::Pat::TupleStruct(p), ty) if p.elems.len() == 1 => {
            let last = p.path.segments.last();
            let good = last.is_some_and(|s| s.ident == "Some" || s.ident == "Ok");
            if let (true, Some((_, inner))) = (good, inner_type(ty)) {
                note_objects(&p.elems[0], inner, names);
            }
        }
        _ => {}
    }
}

/// `let var = …;`, of a part of an answer.
fn part_of(var: VarId, case: VarId, tokens: TokenStream, ty: Ty) -> Stmt {
    let opaque = Opaque {
        tokens,
        reads: vec![case],
        span: Span::call_site(),
        ty,
    };
    Stmt::Let {
        var,
        init: Some(Expr::Opaque(opaque)),
    }
}

impl Decision {
    fn applies(&self, k: usize) -> Expr {
        Expr::bin(BinOp::Eq, Expr::var(self.arm), Expr::Int(k))
    }
}

/// The names that a pattern binds; those of or-patterns once.
fn names_of(pat: &syn::Pat) -> Vec<Name> {
    struct Names(Vec<Name>);
    impl syn::visit::Visit<'_> for Names {
        fn visit_pat_ident(&mut self, id: &syn::PatIdent) {
            syn::visit::visit_pat_ident(self, id);
            if !is_constant_name(id) && !self.0.iter().any(|n| n.ident == id.ident) {
                self.0.push(Name {
                    ident: id.ident.clone(),
                    mutable: id.mutability.is_some() && id.by_ref.is_none(),
                    object: None,
                });
            }
        }
    }
    let mut names = Names(Vec::new());
    syn::visit::Visit::visit_pat(&mut names, pat);
    names.0
}

/// The same, as identifiers.
pub(super) fn idents_of(pat: &syn::Pat) -> Vec<syn::Ident> {
    names_of(pat).into_iter().map(|n| n.ident).collect()
}

/// Whether code mentions `&mut`, `ref mut`, or a method like `last_mut`.
fn lends_mutably(tokens: &TokenStream) -> bool {
    use proc_macro2::TokenTree;
    tokens.clone().into_iter().any(|t| match t {
        TokenTree::Group(g) => lends_mutably(&g.stream()),
        TokenTree::Ident(i) => {
            let name = i.to_string();
            name == "mut" || name == "entry" || name.ends_with("_mut")
        }
        _ => false,
    })
}

/// A pattern without the `mut` of names that are bound by value.
fn without_names(pat: &syn::Pat) -> TokenStream {
    struct Plain;
    impl syn::visit_mut::VisitMut for Plain {
        fn visit_pat_ident_mut(&mut self, id: &mut syn::PatIdent) {
            syn::visit_mut::visit_pat_ident_mut(self, id);
            if id.by_ref.is_none() {
                id.mutability = None;
            }
        }
    }
    let mut pat = pat.clone();
    syn::visit_mut::VisitMut::visit_pat_mut(&mut Plain, &mut pat);
    pat.to_token_stream()
}

/// `None`, `LIMIT`: names a value and binds nothing, by Rust's convention.
pub(super) fn is_constant_name(id: &syn::PatIdent) -> bool {
    id.subpat.is_none()
        && id.by_ref.is_none()
        && id.mutability.is_none()
        && id.ident.to_string().starts_with(char::is_uppercase)
}

/// Whether a pattern is decided by comparing values.
fn is_comparison(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Wild(_) | syn::Pat::Lit(_) | syn::Pat::Range(_) => true,
        syn::Pat::Path(p) => p.path.segments.last().is_none_or(|s| !is_variant(&s.ident)),
        syn::Pat::Ident(id) => {
            let variant = is_constant_name(id) && is_variant(&id.ident);
            !variant && id.by_ref.is_none()
        }
        syn::Pat::Paren(p) => is_comparison(&p.pat),
        syn::Pat::Or(o) => o.cases.iter().all(is_comparison),
        syn::Pat::Tuple(t) => t.elems.iter().all(is_comparison),
        _ => false,
    }
}

/// `Miles`, not `LIMIT`: a variant need not be comparable.
fn is_variant(name: &syn::Ident) -> bool {
    name.to_string().contains(char::is_lowercase)
}
