//! Options and results as values: what a variable, a field or a call holds may be there or not, and methods that change it keep that.

use super::closure::Closure;
use super::decide::is_constant_name;
use super::iter::{Item, Kind};
use super::maybe::{Maybe, strip, truth};
use super::*;
use quote::{ToTokens, quote};
use std::collections::HashMap;
use std::rc::Rc;

/// Methods of an `Option` whose value is one too, and how many arguments they take.
const ADAPTORS: &[(&str, usize)] = &[
    ("copied", 0),
    ("cloned", 0),
    ("map", 1),
    ("filter", 1),
    ("and_then", 1),
    ("or", 1),
    ("or_else", 1),
    ("zip", 1),
    ("ok", 0),
    ("take", 0),
    ("replace", 1),
    ("as_ref", 0),
    ("as_mut", 0),
    ("as_deref", 0),
    ("clone", 0),
];

/// Methods of an `Option` whose value is none.
const ENDS: &[&str] = &[
    "is_some",
    "is_none",
    "is_some_and",
    "is_ok",
    "is_err",
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "map_or",
    "map_or_else",
    "ok_or",
    "ok_or_else",
    "map_err",
];

impl Lowerer<'_> {
    /// Whether an expression that a method of `Option` is called on, or a pattern asks, is a place or a call that holds one.
    pub(super) fn is_optional(&self, e: &syn::Expr) -> bool {
        let e = strip(e);
        match e {
            syn::Expr::MethodCall(m) => {
                let name = m.method.to_string();
                let known = ADAPTORS
                    .iter()
                    .any(|(n, k)| *n == name && *k == m.args.len());
                if known && (self.is_optional(&m.receiver) || self.is_maybe(&m.receiver)) {
                    return true;
                }
                is_of_bool(m) || (!known && self.is_bare_call(e))
            }
            syn::Expr::Reference(r) => self.is_optional(&r.expr),
            e if self.is_place_expr(e) => matches!(self.ty_of(e), Ty::Unknown),
            e => self.is_bare_call(e) || wrapper_of(e).is_some(),
        }
    }

    /// A call of a function of the user's, whose outcome is looked at later.
    pub(super) fn is_bare_call(&self, e: &syn::Expr) -> bool {
        match strip(e) {
            syn::Expr::Call(c) => match &*c.func {
                syn::Expr::Path(p) => {
                    let name = p.path.segments.last().map(|s| s.ident.to_string());
                    !name.is_some_and(|n| n.starts_with(char::is_uppercase) || n == "constant")
                        && p.path
                            .get_ident()
                            .is_none_or(|id| self.lookup(&id.to_string()).is_none())
                        || self.callable_param(&c.func).is_some()
                }
                _ => false,
            },
            syn::Expr::MethodCall(m) => {
                let own = |name: &str| m.method == name;
                !super::receiver::is_known(&m.method)
                    && !ADAPTORS.iter().any(|(name, _)| own(name))
                    && !ENDS.iter().any(|name| own(name))
                    && !is_of_bool(m)
                    && self.maybe_source(e).is_none()
                    && crate::rules::find(&m.method.to_string()).is_none()
                    && self.is_place_expr(&m.receiver)
                    && matches!(self.ty_of(&m.receiver), Ty::Unknown)
            }
            _ => false,
        }
    }

    /// Lowers what `is_optional` has found.
    pub(super) fn optional(&mut self, e: &syn::Expr) -> Option<Maybe> {
        let e = strip(e);
        if let syn::Expr::MethodCall(m) = e
            && !self.is_place_expr(e)
            && !self.is_bare_call(e)
        {
            return self.adapted(m);
        }
        let subject = match self.is_bare_call(e) {
            true => (self.parted_call(e, Wrapper::Option)?, Kind::Ref),
            false => self.subject_place(e)?,
        };
        Some(self.maybe_in(subject.0, subject.1))
    }

    /// An `Option` or a `Result` in a place.
    fn maybe_in(&mut self, place: Place, kind: Kind) -> Maybe {
        let good: syn::Path = match self.held_by(&place) {
            Some((Wrapper::Result, _)) => syn::parse_quote!(Ok),
            _ => syn::parse_quote!(Some),
        };
        let pattern = Expr::Opaque(Opaque {
            tokens: quote!(#good(_)),
            reads: Vec::new(),
            span: place.span,
            ty: Ty::Constant,
        });
        let there = Expr::Query(MATCHES.into(), place.clone(), vec![pattern]);
        let part = self.part(&place, &good, Proj::Tuple(0));
        let span = place.span;
        Maybe::new(there, move |lw| match kind {
            Kind::Value => lw.owned_item(Item::Place(part.clone(), Kind::Ref), span),
            kind => Item::Place(part.clone(), kind),
        })
    }

    fn adapted(&mut self, m: &syn::ExprMethodCall) -> Option<Maybe> {
        let (name, span) = (m.method.to_string(), m.method.span());
        if is_of_bool(m) {
            return self.of_bool(m);
        }
        match name.as_str() {
            "take" | "replace" => return self.taken_from(m),
            "as_ref" | "as_mut" | "as_deref" => {
                if let Some((place, _)) = self.subject_place(&m.receiver) {
                    let kind = if name == "as_mut" {
                        Kind::RefMut
                    } else {
                        Kind::Ref
                    };
                    return Some(self.maybe_in(place, kind));
                }
            }
            _ => {}
        }
        let inner = self.maybe(&m.receiver)?;
        match name.as_str() {
            "ok" | "as_ref" | "as_mut" | "as_deref" => Some(inner),
            "copied" | "cloned" | "clone" => {
                // What a function returns is not looked at from behind a reference, and so holds one itself.
                let holds_reference = name != "clone" && self.is_bare_call(&m.receiver);
                Some(Maybe::new(inner.there.clone(), move |lw| {
                    let item = match inner.take(lw) {
                        Item::Place(p, kind) if holds_reference => {
                            Item::Place(p.with(Proj::Deref), kind)
                        }
                        item => item,
                    };
                    lw.owned_item(item, span)
                }))
            }
            "map" => {
                let closure = self.closure(&m.args[0], 1)?;
                Some(Maybe::new(inner.there.clone(), move |lw| {
                    let item = inner.take(lw);
                    lw.apply(&closure, vec![item])
                }))
            }
            "filter" => {
                let closure = self.closure(&m.args[0], 1)?;
                let there = self.either(
                    &inner,
                    |lw, item| {
                        let item = lw.apply(&closure, vec![item.by_reference()]);
                        lw.item_value(item, span)
                    },
                    |_| (truth(false), Ty::Bool),
                )?;
                Some(Maybe::new(there.0, move |lw| inner.take(lw)))
            }
            "zip" => {
                let inner = self.kept_maybe(inner, span);
                let other = self.maybe_argument(&m.args[0])?;
                let there = Expr::bin(BinOp::And, inner.there.clone(), other.there.clone());
                Some(Maybe::new(there, move |lw| {
                    Item::Tuple(vec![inner.take(lw), other.take(lw)])
                }))
            }
            "and_then" => {
                let closure = self.closure(&m.args[0], 1)?;
                let found = self.either(
                    &inner,
                    |lw, item| lw.outcome_of(&closure, vec![item], span),
                    |lw| lw.none(span),
                )?;
                Some(self.maybe_held(found))
            }
            "or" => {
                let inner = self.kept_maybe(inner, span);
                let other = self.maybe_argument(&m.args[0])?;
                let found = self.either(
                    &inner,
                    |lw, item| lw.some(item, span),
                    |lw| lw.materialised(&other, span),
                )?;
                Some(self.maybe_held(found))
            }
            "or_else" => {
                let closure = self.closure(&m.args[0], 0)?;
                let found = self.either(
                    &inner,
                    |lw, item| lw.some(item, span),
                    |lw| lw.outcome_of(&closure, Vec::new(), span),
                )?;
                Some(self.maybe_held(found))
            }
            _ => None,
        }
    }

    /// What a closure returns that has to return an `Option`, or its like.
    fn outcome_of(&mut self, closure: &Rc<Closure>, args: Vec<Item>, span: Span) -> (Expr, Ty) {
        match ends_in_call(&closure.body).is_some() {
            true => self.inside(closure, args, |lw| {
                lw.tries.push(None);
                let found = lw.outcome_in(&closure.body, span);
                lw.tries.pop();
                found
            }),
            false => {
                let item = self.apply(closure, args);
                self.item_value(item, span)
            }
        }
    }

    fn outcome_in(&mut self, e: &syn::Expr, span: Span) -> (Expr, Ty) {
        match strip(e) {
            syn::Expr::Block(b) => {
                self.scopes.push(HashMap::new());
                let (last, rest) = b.block.stmts.split_last().expect("it ends in a call");
                rest.iter().for_each(|s| self.statement(s));
                let found = match last {
                    syn::Stmt::Expr(e, _) => self.outcome_in(e, span),
                    _ => (Expr::Tuple(Vec::new()), Ty::Unknown),
                };
                self.scopes.pop();
                found
            }
            e if self.is_bare_call(e) => match self.optional(e) {
                Some(maybe) => self.materialised(&maybe, span),
                None => (Expr::Tuple(Vec::new()), Ty::Unknown),
            },
            e => {
                let item = self.body_item(e);
                self.item_value(item, span)
            }
        }
    }

    /// What was found before something else is evaluated.
    fn kept_maybe(&mut self, maybe: Maybe, span: Span) -> Maybe {
        let found = self.materialised(&maybe, span);
        self.maybe_held(found)
    }

    fn maybe_argument(&mut self, e: &syn::Expr) -> Option<Maybe> {
        if self.is_bare_call(e) {
            return self.optional(e);
        }
        if self.is_maybe(e) {
            return self.maybe(e);
        }
        let found = self.expr(e);
        Some(self.maybe_held(found))
    }

    pub(super) fn maybe_held(&mut self, (value, ty): (Expr, Ty)) -> Maybe {
        let place = match value {
            Expr::Place(place) => place,
            value => Place::var(self.name_value("found", value, ty)),
        };
        self.maybe_in(place, Kind::Value)
    }

    /// `flag.then(|| x)`, `flag.then_some(x)`
    fn of_bool(&mut self, m: &syn::ExprMethodCall) -> Option<Maybe> {
        let (flag, _) = self.expr(&m.receiver);
        let flag = Expr::var(self.name_value("flag", flag, Ty::Bool));
        if m.method == "then" {
            let closure = self.closure(&m.args[0], 0)?;
            return Some(Maybe::new(flag, move |lw| lw.apply(&closure, Vec::new())));
        }
        let (value, ty) = self.expr(&m.args[0]);
        let value = Expr::var(self.name_value("some", value, ty.clone()));
        Some(Maybe::new(flag, move |_| {
            Item::Value(value.clone(), ty.clone())
        }))
    }

    /// `slot.take()`, `slot.replace(x)`: what was there.
    fn taken_from(&mut self, m: &syn::ExprMethodCall) -> Option<Maybe> {
        let (place, _) = self.subject_place(&m.receiver)?;
        let span = m.method.span();
        let held = self.held_by(&place);
        let (value, ty) = match m.args.first() {
            Some(e) => {
                let (value, ty) = self.expr(e);
                self.some(Item::Value(value, ty), span)
            }
            None => self.none(span),
        };
        let old = self.name_value(
            "taken",
            Expr::Copied(CopyKind::Clone, place.clone()),
            Ty::Unknown,
        );
        self.held.extend(held.map(|h| (old, h)));
        self.assign_place(place, value, ty);
        Some(self.maybe_in(Place::var(old), Kind::Value))
    }

    /// Whether a method fills an `Option` that holds nothing, and lends what it holds then.
    pub(super) fn is_filled(&self, m: &syn::ExprMethodCall) -> bool {
        let arity = match m.method.to_string().as_str() {
            "get_or_insert" | "get_or_insert_with" => 1,
            _ => return false,
        };
        m.args.len() == arity
            && self.is_place_expr(&m.receiver)
            && matches!(self.ty_of(&m.receiver), Ty::Unknown)
            && self.holding == 0
            && !self.is_constant_code(m.to_token_stream())
    }

    /// `slot.get_or_insert(x)`: the place of what is there then.
    pub(super) fn filled(&mut self, m: &syn::ExprMethodCall) -> Option<Place> {
        let (place, _) = self.subject_place(&m.receiver)?;
        let (place, span) = (self.freeze_place(place), m.method.span());
        let at_once = m.method == "get_or_insert";
        let given = match at_once {
            true => {
                let (value, ty) = self.expr(&m.args[0]);
                let var = self.name_value("given", value, ty.clone());
                Some(Item::Value(Expr::var(var), ty))
            }
            false => None,
        };
        let missing = self.maybe_in(place.clone(), Kind::Ref).missing();
        let (then, ()) = self.in_block(|lw| {
            let item = match given {
                Some(item) => Some(item),
                None => {
                    let closure = lw.closure(&m.args[0], 0);
                    closure.map(|c| lw.apply(&c, Vec::new()))
                }
            };
            if let Some(item) = item {
                let (value, ty) = lw.some(item, span);
                lw.assign_place(place.clone(), value, ty);
            }
        });
        self.emit(Stmt::If {
            cond: missing,
            then,
            els: Vec::new(),
        });
        Some(self.part(&place, &syn::parse_quote!(Some), Proj::Tuple(0)))
    }

    /// `Some(item)`
    fn some(&mut self, item: Item, span: Span) -> (Expr, Ty) {
        self.wrapped_item(Wrapper::Option, item, span)
    }

    fn wrapped_item(&mut self, wrapper: Wrapper, item: Item, span: Span) -> (Expr, Ty) {
        let path: syn::Path = match wrapper {
            Wrapper::Option => syn::parse_quote!(Some),
            Wrapper::Result => syn::parse_quote!(Ok),
        };
        let (value, ty) = match item {
            Item::Place(..) => {
                let item = self.owned_item(item, span);
                self.item_value(item, span)
            }
            item => self.item_value(item, span),
        };
        let (built, built_ty) = self.build(&path, vec![Proj::Tuple(0)], vec![value]);
        if let Expr::Place(p) = &built {
            self.held.insert(p.base, (wrapper, ty));
        }
        (built, built_ty)
    }

    fn none(&mut self, span: Span) -> (Expr, Ty) {
        let opaque = Opaque {
            tokens: quote!(None),
            reads: Vec::new(),
            span,
            ty: Ty::Unknown,
        };
        (Expr::Opaque(opaque), Ty::Unknown)
    }

    /// What may be there, as an `Option`.
    pub(super) fn materialised(&mut self, maybe: &Maybe, span: Span) -> (Expr, Ty) {
        let found = self.either(maybe, |lw, item| lw.some(item, span), |lw| lw.none(span));
        found.unwrap_or((Expr::Tuple(Vec::new()), Ty::Unknown))
    }

    /// `x.map(|v| …)` and its relatives as a value: an `Option`.
    pub(super) fn option_value(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let e = syn::Expr::MethodCall(m.clone());
        let name = m.method.to_string();
        let adapts = ADAPTORS
            .iter()
            .any(|(n, k)| *n == name && *k == m.args.len());
        if !(adapts || is_of_bool(m))
            || matches!(name.as_str(), "as_ref" | "as_mut" | "as_deref" | "clone")
            || self.holding > 0
            || self.is_constant_code(e.to_token_stream())
            || !(self.is_maybe(&e) && (is_of_bool(m) || self.is_surely_optional(&m.receiver)))
        {
            return None;
        }
        let maybe = self.maybe(&e)?;
        match self.held_result(&e) {
            Some(held) => self.result_of(&maybe, &held, m.method.span()),
            None => Some(self.materialised(&maybe, m.method.span())),
        }
    }

    /// The value of a `Result` that has been changed, or its error as it was.
    fn result_of(&mut self, maybe: &Maybe, held: &syn::Expr, span: Span) -> Option<(Expr, Ty)> {
        let error = self.opaque(
            quote!(match (#held).clone() { Err(error) => Err(error), Ok(_) => unreachable!() }),
            span,
            Ty::Constant,
        );
        self.either(
            maybe,
            |lw, item| lw.wrapped_item(Wrapper::Result, item, span),
            |_| (Expr::Opaque(error), Ty::Unknown),
        )
    }

    /// Whether nothing else can be meant: user types may have methods of these names, too.
    fn is_surely_optional(&self, e: &syn::Expr) -> bool {
        let e = strip(e);
        match e {
            syn::Expr::MethodCall(m) if !self.is_place_expr(e) => {
                let name = m.method.to_string();
                let adapts = ADAPTORS.iter().any(|(n, _)| *n == name);
                is_of_bool(m)
                    || (adapts && self.is_surely_optional(&m.receiver))
                    || (self.is_maybe(e) && !self.is_optional(e))
                    || matches!(name.as_str(), "and_then" | "or_else" | "filter")
            }
            syn::Expr::Path(p) => {
                let name = p.path.get_ident().map(ToString::to_string);
                match name.and_then(|n| self.lookup(&n)) {
                    Some(Binding::Var(v)) => self.held.contains_key(v),
                    _ => false,
                }
            }
            e => wrapper_of(e).is_some(),
        }
    }

    /// A call whose outcome is kept as it is.
    pub(super) fn parted_call(&mut self, e: &syn::Expr, wrapper: Wrapper) -> Option<Place> {
        let errors = self.errors.count();
        let (value, _) = self.expr(strip(e));
        let place = match value {
            Expr::Place(place) => place,
            // A call without anything active in it.
            value => {
                let value = match wrapper {
                    Wrapper::Option => Expr::Runtime("option", vec![value]),
                    Wrapper::Result => value,
                };
                return Some(Place::var(self.name_value("outcome", value, Ty::Unknown)));
            }
        };
        let fresh = matches!(self.out.last(), Some(Stmt::Call { dst, .. }) if *dst == [place.base]);
        if fresh && !self.func.endings.contains_key(&place.base) {
            if self.may_fail_changed() {
                self.reject_failure(e);
            }
            self.func.parted.insert(place.base, wrapper);
            self.func.vars[place.base.0].ty = Ty::Unknown;
            self.held.insert(place.base, (wrapper, Ty::Unknown));
        } else if self.errors.count() > errors {
            return None;
        }
        Some(place)
    }

    /// Whether the last statement calls a function parameter that may fail after it has changed something: its failure leaves no pullback.
    /// Functions that are named are asked by what is generated.
    fn may_fail_changed(&self) -> bool {
        let Some(Stmt::Call {
            callee: Callee::Param(v),
            args,
            ..
        }) = self.out.last()
        else {
            return false;
        };
        let lent = args.iter().any(|a| matches!(a.arg, Arg::RefMut(_)));
        lent || self.callables.get(v).is_none_or(|s| s.kind != "Fn")
    }

    fn reject_failure(&mut self, e: &syn::Expr) {
        self.unsupported(
            whole(e),
            Code::FailsChanged,
            "a function parameter that may fail after it has changed something",
            "hand its failure on with `?`, or let it return a `bool` beside its value",
        );
    }

    /// `Ok(v)` where the return type is known by another name: its companions would have to return the wrapper around more.
    pub(super) fn reject_hidden_wrapper(&mut self, e: &syn::Expr) -> bool {
        let hidden = self.closure_exits.is_empty()
            && matches!(strip(e), syn::Expr::Call(_))
            && wrapper_of(e).is_some()
            && !self.is_constant_code(e.to_token_stream());
        if hidden {
            self.unsupported(
                whole(e),
                Code::HiddenWrapper,
                "a value in a wrapper that the signature does not show",
                "write the return type as `Result<…>` or `Option<…>`",
            );
        }
        hidden
    }

    /// The variable behind methods that is known to hold a `Result`: its own error leaves.
    pub(super) fn held_result(&self, e: &syn::Expr) -> Option<syn::Expr> {
        match strip(e) {
            syn::Expr::MethodCall(m) if ADAPTORS.iter().any(|(name, _)| m.method == name) => {
                let turned = matches!(m.method.to_string().as_str(), "ok" | "take" | "replace");
                self.held_result(&m.receiver).filter(|_| !turned)
            }
            syn::Expr::Reference(r) => self.held_result(&r.expr),
            syn::Expr::Path(p) => {
                let name = p.path.get_ident().map(ToString::to_string)?;
                match self.lookup(&name)? {
                    Binding::Var(v) => match self.held.get(v) {
                        Some((Wrapper::Result, _)) => Some(syn::Expr::Path(p.clone())),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Remembers what a variable holds, from how it was declared or first assigned.
    pub(super) fn learn_held(&mut self, pat: &syn::Pat, init: Option<&syn::Expr>) {
        let Some((id, _)) = super::stmt::simple_ident(pat) else {
            return;
        };
        let annotated = match pat {
            syn::Pat::Type(t) => self.wrapped(&t.ty),
            _ => None,
        };
        let known = annotated.or_else(|| init.and_then(wrapper_of).map(|w| (w, Ty::Unknown)));
        let Some(Binding::Var(v)) = self.lookup(&id.to_string()) else {
            return;
        };
        let v = *v;
        if let Some(known) = known
            && matches!(self.func.var(v).ty, Ty::Unknown)
        {
            self.held.entry(v).or_insert(known);
        }
    }

    /// The wrapper that a type is, behind references, and what is known of what is in it.
    pub(super) fn wrapped(&self, ty: &syn::Type) -> Option<(Wrapper, Ty)> {
        match ty {
            syn::Type::Reference(r) => self.wrapped(&r.elem),
            ty => {
                let (wrapper, inner) = inner_type(ty)?;
                Some((wrapper, self.generics.ty(inner)))
            }
        }
    }

    /// `let old = s.slot.take();` where `old` is asked whether it is there further on: a user's method may have this name, too.
    fn let_taken(&mut self, pat: &syn::Pat, e: &syn::Expr, wrapper: Wrapper) -> bool {
        let syn::Expr::MethodCall(m) = strip(e) else {
            return false;
        };
        let takes = (m.method == "take" && m.args.is_empty())
            || (m.method == "replace" && m.args.len() == 1);
        if !takes
            || !matches!(wrapper, Wrapper::Option)
            || !self.is_maybe(e)
            || !self.is_place_expr(&m.receiver)
        {
            return false;
        }
        let Some(maybe) = self.maybe(e) else {
            return true;
        };
        let (value, ty) = self.materialised(&maybe, m.method.span());
        self.let_pattern(pat, value, ty);
        self.learn_held(pat, Some(&syn::parse_quote!(Some(()))));
        true
    }

    /// `let y = g(x);` where `y` is asked whether it is there further on.
    pub(super) fn outcome_let(&mut self, pat: &syn::Pat, e: &syn::Expr) -> bool {
        let Some((id, _)) = super::stmt::simple_ident(pat) else {
            return false;
        };
        let annotated = match pat {
            syn::Pat::Type(t) => self.wrapped(&t.ty).map(|(w, _)| w),
            _ => None,
        };
        let asked = annotated.or_else(|| self.asked.get(&id.to_string()).copied());
        let Some(wrapper) = asked else { return false };
        if self.let_taken(pat, e, wrapper) {
            return true;
        }
        if self.holding > 0 || !self.is_bare_call(e) || self.is_constant_code(e.to_token_stream()) {
            return false;
        }
        let Some(place) = self.parted_call(e, wrapper) else {
            return true;
        };
        let held = self.held_by(&place);
        self.let_pattern(pat, Expr::Place(place), Ty::Unknown);
        if let (Some(Binding::Var(v)), Some(held)) = (self.lookup(&id.to_string()), held) {
            self.held.insert(*v, held);
        }
        true
    }
}

/// The call that an expression, or the block that it is, ends in.
fn ends_in_call(e: &syn::Expr) -> Option<&syn::Expr> {
    match strip(e) {
        syn::Expr::Block(b) if b.label.is_none() => match b.block.stmts.last()? {
            syn::Stmt::Expr(e, None) if !super::closure::returns(&syn::Expr::Block(b.clone())) => {
                ends_in_call(e)
            }
            _ => None,
        },
        e @ (syn::Expr::Call(_) | syn::Expr::MethodCall(_)) => Some(e),
        _ => None,
    }
}

/// `flag.then(…)`
fn is_of_bool(m: &syn::ExprMethodCall) -> bool {
    m.args.len() == 1
        && (m.method == "then_some"
            || (m.method == "then" && matches!(strip(&m.args[0]), syn::Expr::Closure(_))))
}

/// The wrapper that an expression is written in.
pub(super) fn wrapper_of(e: &syn::Expr) -> Option<Wrapper> {
    let path = match strip(e) {
        syn::Expr::Path(p) => p,
        syn::Expr::Call(c) => match &*c.func {
            syn::Expr::Path(p) => p,
            _ => return None,
        },
        _ => return None,
    };
    match path.path.segments.last()?.ident.to_string().as_str() {
        "Some" | "None" => Some(Wrapper::Option),
        "Ok" | "Err" => Some(Wrapper::Result),
        _ => None,
    }
}

/// Whether an expression is a wrapper that is written out.
pub(super) fn is_written(e: &syn::Expr) -> bool {
    wrapper_of(e).is_some()
}

/// The wrapper that a pattern asks for.
pub(super) fn wrapper_asked(pat: &syn::Pat) -> Option<Wrapper> {
    let of = |name: String| match name.as_str() {
        "Some" | "None" => Some(Wrapper::Option),
        "Ok" | "Err" => Some(Wrapper::Result),
        _ => None,
    };
    match pat {
        syn::Pat::TupleStruct(t) => of(t.path.segments.last()?.ident.to_string()),
        syn::Pat::Path(p) => of(p.path.segments.last()?.ident.to_string()),
        syn::Pat::Ident(id) if is_constant_name(id) => of(id.ident.to_string()),
        syn::Pat::Ident(id) => wrapper_asked(&id.subpat.as_ref()?.1),
        syn::Pat::Paren(p) => wrapper_asked(&p.pat),
        syn::Pat::Reference(r) => wrapper_asked(&r.pat),
        syn::Pat::Or(o) => o.cases.iter().find_map(wrapper_asked),
        _ => None,
    }
}

/// Names that a body asks whether they hold anything, by patterns and by methods.
pub(super) fn asked(body: &syn::Block) -> HashMap<String, Wrapper> {
    struct Names(HashMap<String, Wrapper>);
    impl Names {
        fn note(&mut self, e: &syn::Expr, wrapper: Wrapper) {
            let mut e = strip(e);
            while let syn::Expr::Reference(r) = e {
                e = strip(&r.expr);
            }
            if let syn::Expr::Path(p) = e
                && let Some(id) = p.path.get_ident()
            {
                self.0.entry(id.to_string()).or_insert(wrapper);
            }
        }
    }
    impl<'ast> syn::visit::Visit<'ast> for Names {
        fn visit_expr_match(&mut self, m: &'ast syn::ExprMatch) {
            if let Some(wrapper) = m.arms.iter().find_map(|a| wrapper_asked(&a.pat)) {
                self.note(&m.expr, wrapper);
            }
            syn::visit::visit_expr_match(self, m);
        }
        fn visit_expr_let(&mut self, l: &'ast syn::ExprLet) {
            if let Some(wrapper) = wrapper_asked(&l.pat) {
                self.note(&l.expr, wrapper);
            }
            syn::visit::visit_expr_let(self, l);
        }
        fn visit_local(&mut self, l: &'ast syn::Local) {
            if let (Some(wrapper), Some(init)) = (wrapper_asked(&l.pat), &l.init) {
                self.note(&init.expr, wrapper);
            }
            syn::visit::visit_local(self, l);
        }
        fn visit_expr_method_call(&mut self, m: &'ast syn::ExprMethodCall) {
            let wrapper = match m.method.to_string().as_str() {
                "is_some" | "is_none" | "is_some_and" | "unwrap_or" | "unwrap_or_else"
                | "unwrap_or_default" | "map_or" | "map_or_else" | "ok_or" | "ok_or_else"
                | "and_then" | "unwrap" | "expect" => Some(Wrapper::Option),
                "is_ok" | "is_err" | "map_err" | "ok" => Some(Wrapper::Result),
                _ => None,
            };
            if let Some(wrapper) = wrapper {
                self.note(&m.receiver, wrapper);
            }
            syn::visit::visit_expr_method_call(self, m);
        }
    }
    let mut names = Names(HashMap::new());
    syn::visit::Visit::visit_block(&mut names, body);
    names.0
}
