//! What is done with elements that may not be there: taken out, bound by a pattern, or replaced by something else.

use super::form::is_variant;
use super::iter::{Item, Kind};
use super::maybe::{Maybe, strip, truth};
use super::*;
use quote::quote;
use std::rc::Rc;
use syn::spanned::Spanned;

/// Methods that turn an empty `Option` into another error.
const OTHER_ERRORS: &[&str] = &["ok_or", "ok_or_else", "context", "with_context", "map_err"];

impl Lowerer<'_> {
    /// `v.get(i).unwrap_or(0.0)` and other methods that decide; `None` where it is none.
    pub(super) fn maybe_value(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        if self.is_filled(m) {
            let item = Item::Place(self.filled(m)?, Kind::RefMut);
            return Some(self.borrowed_value(item, m.method.span()));
        }
        let name = m.method.to_string();
        let arity = match name.as_str() {
            "unwrap" | "unwrap_or_default" | "is_some" | "is_none" => 0,
            "is_ok" | "is_err" if self.is_bare_call(&m.receiver) => 0,
            "expect" | "unwrap_or" | "unwrap_or_else" | "is_some_and" => 1,
            "map_or" | "map_or_else" => 2,
            _ => return None,
        };
        let at_once =
            matches!(name.as_str(), "unwrap" | "expect") && self.is_bare_call(&m.receiver);
        if m.args.len() != arity || at_once {
            return None;
        }
        let maybe = match self.is_maybe(&m.receiver) {
            true => self.maybe(&m.receiver)?,
            false => self.constant_maybe(m)?,
        };
        let span = m.method.span();
        match name.as_str() {
            "is_some" | "is_ok" => Some((maybe.there, Ty::Bool)),
            "is_none" | "is_err" => Some((maybe.missing(), Ty::Bool)),
            "unwrap" | "expect" => {
                let item = self.unwrapped_item(&maybe, &m.receiver);
                Some(self.borrowed_value(item, span))
            }
            "unwrap_or_else" => {
                let other = self.closure(&m.args[0], 0)?;
                self.either(
                    &maybe,
                    |lw, item| lw.item_value(item, span),
                    |lw| {
                        let item = lw.otherwise_item(&other);
                        lw.item_value(item, span)
                    },
                )
            }
            "map_or_else" => {
                let other = self.closure(&m.args[0], 0)?;
                let closure = self.closure(&m.args[1], 1)?;
                self.either(
                    &maybe,
                    |lw, item| {
                        let item = lw.apply(&closure, vec![item]);
                        lw.item_value(item, span)
                    },
                    |lw| {
                        let item = lw.otherwise_item(&other);
                        lw.item_value(item, span)
                    },
                )
            }
            "map_or" => {
                let other = self.expr(&m.args[0]);
                let closure = self.closure(&m.args[1], 1)?;
                self.either(
                    &maybe,
                    |lw, item| {
                        let item = lw.apply(&closure, vec![item]);
                        lw.item_value(item, span)
                    },
                    |_| other,
                )
            }
            "is_some_and" => {
                let closure = self.closure(&m.args[0], 1)?;
                self.either(
                    &maybe,
                    |lw, item| {
                        let item = lw.apply(&closure, vec![item]);
                        lw.item_value(item, span)
                    },
                    |_| (truth(false), Ty::Bool),
                )
            }
            _ => {
                let other = m.args.first().map(|e| self.expr(referent(e)));
                self.either(
                    &maybe,
                    |lw, item| lw.item_value(item, span),
                    |_| other.unwrap_or_else(|| default(span)),
                )
            }
        }
    }

    /// A constant that may not be there, where what stands in for it may be active: `table.get(i).copied().unwrap_or(x)`.
    fn constant_maybe(&mut self, m: &syn::ExprMethodCall) -> Option<Maybe> {
        let name = m.method.to_string();
        let decides = ["unwrap_or", "unwrap_or_else", "map_or", "map_or_else"];
        let constant = |e: &dyn quote::ToTokens| self.is_constant_code(e.to_token_stream());
        let by_reference = matches!(m.args.first(), Some(syn::Expr::Reference(_)));
        if self.holding > 0
            || !decides.contains(&name.as_str())
            || by_reference
            || !constant(&m.receiver)
            || constant(m)
        {
            return None;
        }
        // What a call returns may be in either wrapper.
        if self.is_bare_call(&m.receiver) {
            return self.optional(&m.receiver);
        }
        // An element is a place; what is held otherwise is a value.
        if self.maybe_source(&m.receiver).is_some() {
            return self.maybe(&m.receiver);
        }
        let found = self.expr(&m.receiver);
        Some(self.maybe_held(found))
    }

    /// What a closure offers instead. That of a `Result` gets the error, which it may only leave alone.
    fn otherwise_item(&mut self, other: &Rc<super::closure::Closure>) -> Item {
        let args = match other.params.as_slice() {
            [syn::Pat::Wild(_)] => vec![Item::Value(Expr::Tuple(Vec::new()), Ty::Unit)],
            [pat] => {
                self.unsupported(
                    whole(pat),
                    Code::ActiveError,
                    "an error that is looked at here",
                    "write a `match` with an arm `Err(e)`",
                );
                vec![Item::Value(Expr::Tuple(Vec::new()), Ty::Unit)]
            }
            _ => Vec::new(),
        };
        self.apply(other, args)
    }

    /// The value of one of two branches.
    pub(super) fn either(
        &mut self,
        maybe: &Maybe,
        found: impl FnOnce(&mut Self, Item) -> (Expr, Ty),
        missing: impl FnOnce(&mut Self) -> (Expr, Ty),
    ) -> Option<(Expr, Ty)> {
        let var = self.temp("chosen", Ty::Unknown);
        self.emit(Stmt::Let { var, init: None });
        let (then, ()) = self.in_block(|lw| {
            let item = maybe.take(lw);
            let (value, ty) = found(lw, item);
            lw.deliver(value, ty, Dest::Init(var));
        });
        let (els, ()) = self.in_block(|lw| {
            let (value, ty) = missing(lw);
            lw.deliver(value, ty, Dest::Init(var));
        });
        self.emit(Stmt::If {
            cond: maybe.there.clone(),
            then,
            els,
        });
        let ty = self.func.var(var).ty.clone();
        Some((Expr::var(var), ty))
    }

    /// `v.split_last().unwrap()`: one end and the rest.
    pub(super) fn unwrapped_ends(&mut self, m: &syn::ExprMethodCall) -> Option<Item> {
        let unwraps = m.method == "unwrap" || m.method == "expect";
        let syn::Expr::MethodCall(inner) = strip(&m.receiver) else {
            return None;
        };
        if !unwraps || !inner.method.to_string().starts_with("split_") {
            return None;
        }
        if !self.is_maybe(&m.receiver) {
            return None;
        }
        let maybe = self.maybe(&m.receiver)?;
        Some(self.unwrapped_item(&maybe, &m.receiver))
    }

    /// What `unwrap` takes out. Where indexing does not panic by itself, the primal's panic is kept.
    fn unwrapped_item(&mut self, maybe: &Maybe, e: &syn::Expr) -> Item {
        if !self.is_maybe_element(e) {
            let opaque = self.opaque(
                quote!(::core::panic!(
                    "called `Option::unwrap()` on a `None` value"
                )),
                e.span(),
                Ty::Constant,
            );
            self.emit(Stmt::If {
                cond: maybe.missing(),
                then: vec![Stmt::Effect(opaque)],
                els: Vec::new(),
            });
        }
        maybe.take(self)
    }

    /// An item as a value; what is no number stays borrowed.
    fn borrowed_value(&mut self, item: Item, span: Span) -> (Expr, Ty) {
        let (place, kind) = match item {
            Item::Place(place, kind) => (place, kind),
            item => return self.item_value(item, span),
        };
        let place = self.deref_scalar(place);
        let ty = self.func.place_ty(&place);
        if matches!(ty.peel(), Ty::Real(_) | Ty::Int | Ty::Bool) {
            return (Expr::Place(place), ty);
        }
        let mutable = kind == Kind::RefMut;
        (Expr::Borrow(mutable, place), Ty::Ref(mutable, Box::new(ty)))
    }

    /// `*v.last_mut().unwrap()`, `v.get(i)?`: the place of the element.
    pub(super) fn is_unwrapped_element(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::MethodCall(m) => {
                self.is_filled(m)
                    || matches!(m.method.to_string().as_str(), "unwrap" | "expect")
                        && self.is_maybe_element(&m.receiver)
            }
            syn::Expr::Try(t) => self.is_maybe_element(without_errors(&t.expr)),
            _ => false,
        }
    }

    pub(super) fn unwrapped_element(&mut self, e: &syn::Expr) -> Option<Place> {
        let item = match e {
            syn::Expr::MethodCall(m) if self.is_filled(m) => return self.filled(m),
            syn::Expr::MethodCall(m) => self.maybe(&m.receiver)?.take(self),
            syn::Expr::Try(t) => self.taken_or_left(&t.expr)?,
            _ => return None,
        };
        match item {
            Item::Place(place, _) => Some(place),
            _ => None,
        }
    }

    /// `v.get(i)?`, `v.pop().ok_or(…)?`; `None` where it is none.
    pub(super) fn maybe_try(&mut self, e: &syn::Expr) -> Option<(Expr, Ty)> {
        let item = self.taken_or_left(e)?;
        Some(self.borrowed_value(item, e.span()))
    }

    pub(super) fn taken_or_left(&mut self, e: &syn::Expr) -> Option<Item> {
        let source = without_errors(e);
        let asks = self.is_maybe(source) && !self.is_bare_call(source);
        if !asks && !self.is_constant_item(source) {
            return None;
        }
        let mut errors = quote!(?);
        let mut rest = strip(e);
        while let syn::Expr::MethodCall(m) = rest
            && OTHER_ERRORS.iter().any(|n| m.method == n)
        {
            let (method, turbofish, args) = (&m.method, &m.turbofish, &m.args);
            errors = quote!(.#method #turbofish (#args) #errors);
            rest = strip(&m.receiver);
        }
        let maybe = self.maybe(source)?;
        let leave = match self.held_result(source) {
            Some(held) => quote!((#held).clone() #errors),
            None => quote!(::core::option::Option::None::<()> #errors),
        };
        let leave = self.opaque(leave, e.span(), Ty::Constant);
        self.emit(Stmt::If {
            cond: maybe.missing(),
            then: vec![Stmt::Effect(leave)],
            els: Vec::new(),
        });
        Some(maybe.take(self))
    }

    /// `if let Some(v) = xs.get(i)`; whether it was one.
    pub(super) fn if_maybe(&mut self, i: &syn::ExprIf, l: &syn::ExprLet, dest: Dest) -> bool {
        let Some(maybes) = self.maybes(&l.expr, std::iter::once(&*l.pat)) else {
            return false;
        };
        let cond = condition(&maybes, &l.pat);
        let (then, ()) = self.in_block(|lw| {
            lw.bind_maybes(&maybes, &l.pat);
            lw.block_into(&i.then_branch, dest);
        });
        let (els, ()) = self.in_block(|lw| {
            if let Some((_, e)) = &i.else_branch {
                lw.tail(e, dest);
            }
        });
        self.emit(Stmt::If { cond, then, els });
        true
    }

    /// `let Some(v) = xs.get(i) else { … };`; whether it was one.
    pub(super) fn let_maybe(&mut self, pat: &syn::Pat, e: &syn::Expr, els: &syn::Expr) -> bool {
        let Some(maybes) = self.maybes(e, std::iter::once(pat)) else {
            return false;
        };
        let (other, ()) = self.in_block(|lw| lw.statement_expr(els, Dest::Discard));
        self.emit(Stmt::If {
            cond: Expr::Unary(UnOp::Not, Box::new(condition(&maybes, pat))),
            then: other,
            els: Vec::new(),
        });
        self.bind_maybes(&maybes, pat);
        true
    }

    /// `while let Some(v) = stack.pop()`; whether it was one.
    pub(super) fn while_maybe(&mut self, w: &syn::ExprWhile, l: &syn::ExprLet) -> bool {
        if !self.are_maybes(&l.expr, std::iter::once(&*l.pat)) {
            return false;
        }
        let label = self.push_loop(w.label.as_ref(), Dest::Discard, true);
        self.storing(label, &w.attrs);
        let (body, ()) = self.in_block(|lw| {
            let Some(maybes) = lw.maybes(&l.expr, std::iter::once(&*l.pat)) else {
                return;
            };
            lw.emit(Stmt::If {
                cond: Expr::Unary(UnOp::Not, Box::new(condition(&maybes, &l.pat))),
                then: vec![Stmt::Break(label)],
                els: Vec::new(),
            });
            lw.bind_maybes(&maybes, &l.pat);
            lw.block_into(&w.body, Dest::Discard);
        });
        self.loops.pop();
        let kind = LoopKind::Forever;
        self.emit(Stmt::Loop { label, kind, body });
        true
    }

    /// `match xs.get(i) { Some(v) => …, None => … }`; whether it was one.
    pub(super) fn match_maybe(&mut self, m: &syn::ExprMatch, dest: Dest) -> bool {
        match self.maybes(&m.expr, m.arms.iter().map(|a| &a.pat)) {
            Some(maybes) => {
                self.maybe_arms(&m.arms, &maybes, dest);
                true
            }
            None => false,
        }
    }

    fn maybe_arms(&mut self, arms: &[syn::Arm], maybes: &[Maybe], dest: Dest) {
        let Some((arm, rest)) = arms.split_first() else {
            return;
        };
        let (then, ()) = self.in_block(|lw| {
            lw.bind_maybes(maybes, &arm.pat);
            let Some((_, guard)) = &arm.guard else {
                return lw.tail(&arm.body, dest);
            };
            let (cond, _) = lw.expr(guard);
            let (then, ()) = lw.in_block(|lw| lw.tail(&arm.body, dest));
            let (els, ()) = lw.in_block(|lw| lw.maybe_arms(rest, maybes, dest));
            lw.emit(Stmt::If { cond, then, els });
        });
        if rest.is_empty() {
            self.out.extend(then);
            return;
        }
        let (els, ()) = self.in_block(|lw| lw.maybe_arms(rest, maybes, dest));
        let cond = condition(maybes, &arm.pat);
        self.emit(Stmt::If { cond, then, els });
    }

    /// Whether an expression, or each of a tuple, may not be there, and the patterns ask for nothing else.
    fn are_maybes<'a>(&self, e: &syn::Expr, pats: impl Iterator<Item = &'a syn::Pat>) -> bool {
        match strip(e) {
            syn::Expr::Tuple(t) => {
                let es = || t.elems.iter();
                let fit = |p: &syn::Pat| match p {
                    syn::Pat::Wild(_) => true,
                    syn::Pat::Tuple(p) => {
                        p.elems.len() == t.elems.len() && p.elems.iter().all(is_whether)
                    }
                    _ => false,
                };
                es().all(|e| self.is_element(e) && !self.is_pop(e)) && pats.into_iter().all(fit)
            }
            e => self.is_element(e) && pats.into_iter().all(is_whether),
        }
    }

    fn maybes<'a>(
        &mut self,
        e: &syn::Expr,
        pats: impl Iterator<Item = &'a syn::Pat>,
    ) -> Option<Vec<Maybe>> {
        if !self.are_maybes(e, pats) {
            return None;
        }
        match strip(e) {
            syn::Expr::Tuple(t) => t.elems.iter().map(|e| self.maybe(e)).collect(),
            e => Some(vec![self.maybe(e)?]),
        }
    }

    fn bind_maybes(&mut self, maybes: &[Maybe], pat: &syn::Pat) {
        for (maybe, pat) in maybes.iter().zip(each(pat, maybes.len())) {
            if let Some(inner) = some_of(pat) {
                let item = maybe.take(self);
                self.bind_found(inner, item);
            }
        }
    }
}

/// What is offered instead of a reference to a number is read through it, as the number is.
fn referent(e: &syn::Expr) -> &syn::Expr {
    match strip(e) {
        syn::Expr::Reference(r) => &r.expr,
        e => e,
    }
}

/// The default of a number, whichever number it is.
fn default(span: Span) -> (Expr, Ty) {
    let opaque = Opaque {
        tokens: quote!(::core::default::Default::default()),
        reads: Vec::new(),
        span,
        ty: Ty::Unknown,
    };
    (Expr::Opaque(opaque), Ty::Unknown)
}

/// Under which condition a pattern applies.
fn condition(maybes: &[Maybe], pat: &syn::Pat) -> Expr {
    let asked = maybes.iter().zip(each(pat, maybes.len()));
    let tests = asked.filter_map(|(maybe, pat)| match pat {
        syn::Pat::Wild(_) => None,
        pat if some_of(pat).is_some() => Some(maybe.there.clone()),
        _ => Some(maybe.missing()),
    });
    tests
        .reduce(|a, b| Expr::bin(BinOp::And, a, b))
        .unwrap_or_else(|| truth(true))
}

/// The patterns of the components.
fn each(pat: &syn::Pat, n: usize) -> Vec<&syn::Pat> {
    match pat {
        syn::Pat::Tuple(t) => t.elems.iter().collect(),
        pat => vec![pat; n],
    }
}

/// Whether a pattern is `Some(…)`, `None` or `_`.
fn is_whether(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Wild(_) => true,
        syn::Pat::Ident(id) => id.ident == "None",
        syn::Pat::Path(p) => p.path.segments.last().is_some_and(|s| s.ident == "None"),
        pat => some_of(pat).is_some_and(|inner| !asks_more(inner)),
    }
}

/// Whether a pattern applies to some values only.
fn asks_more(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Ident(id) => {
            super::decide::is_constant_name(id)
                || id.subpat.as_ref().is_some_and(|(_, p)| asks_more(p))
        }
        syn::Pat::Paren(p) => asks_more(&p.pat),
        syn::Pat::Reference(r) => asks_more(&r.pat),
        syn::Pat::Tuple(t) => t.elems.iter().any(asks_more),
        syn::Pat::TupleStruct(t) => is_variant(&t.path) || t.elems.iter().any(asks_more),
        syn::Pat::Struct(s) => is_variant(&s.path) || s.fields.iter().any(|f| asks_more(&f.pat)),
        syn::Pat::Wild(_) | syn::Pat::Rest(_) | syn::Pat::Type(_) => false,
        _ => true,
    }
}

fn some_of(pat: &syn::Pat) -> Option<&syn::Pat> {
    match pat {
        syn::Pat::TupleStruct(t) if t.elems.len() == 1 => {
            let last = t.path.segments.last()?;
            (last.ident == "Some").then(|| &t.elems[0])
        }
        _ => None,
    }
}

/// An expression without the methods that give its absence a name.
fn without_errors(e: &syn::Expr) -> &syn::Expr {
    match strip(e) {
        syn::Expr::MethodCall(m) if OTHER_ERRORS.iter().any(|n| m.method == n) => {
            without_errors(&m.receiver)
        }
        e => e,
    }
}
