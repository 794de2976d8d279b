//! Functions that return a `Result` or an `Option`: their values and errors, `?`, and calls of other such functions.

use super::*;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// Methods that change the error of a call and leave its value as it is.
const ON_ERRORS: &[&str] = &[
    "map_err",
    "ok_or",
    "ok_or_else",
    "ok",
    "context",
    "with_context",
    "inspect_err",
];

/// What a returned expression is.
enum Outcome<'a> {
    /// `Ok(v)`, `Some(v)`
    Value(&'a syn::Expr),
    /// `Err(e)`, `None`
    Error,
    /// Anything else of the wrapper's type.
    Wrapped,
}

impl Lowerer<'_> {
    /// What a fallible function returns.
    pub(super) fn outcome(&mut self, e: &syn::Expr) {
        let (value, ty) = match outcome_of(e) {
            Outcome::Error => return self.error_exit(e.to_token_stream(), e.span()),
            Outcome::Value(inner) => self.expr(inner),
            Outcome::Wrapped if matches!(e, syn::Expr::Try(_)) => {
                let found = self.expr(e);
                if !self.has_left() {
                    self.not_written_out(e);
                }
                found
            }
            Outcome::Wrapped => self.taken_out(e),
        };
        if self.has_left() {
            return;
        }
        if matches!(self.func.ret, Ty::Unit) {
            self.emit(Stmt::Return(None));
        } else {
            self.deliver(value, ty, Dest::Return);
        }
    }

    /// What a closure for a callee returns: its value goes to a variable.
    pub(super) fn lambda_outcome(&mut self, e: &syn::Expr, var: VarId) {
        match outcome_of(e) {
            Outcome::Error => self.error_exit(e.to_token_stream(), e.span()),
            Outcome::Value(inner) => {
                self.wrapped_value = None;
                self.tail(inner, Dest::Init(var));
                self.wrapped_value = Some(var);
            }
            Outcome::Wrapped => {
                let (value, ty) = self.taken_out(e);
                if !self.has_left() {
                    self.deliver(value, ty, Dest::Init(var));
                }
            }
        }
    }

    /// Whether the last statement has left the function.
    pub(super) fn has_left(&self) -> bool {
        matches!(self.out.last(), Some(Stmt::Effect(o)) if never_returns(&o.tokens))
    }

    fn not_written_out(&mut self, e: &syn::Expr) {
        self.unsupported(
            whole(e),
            Code::NotWrittenOut,
            "a `Result` or `Option` that is not written out",
            "return `Ok(…)`, `Some(…)`, `Err(…)`, `None`, or a call",
        );
    }

    /// `return Err(…)`: kept as it is. What it reads has no derivative there.
    fn error_exit(&mut self, error: TokenStream, span: Span) {
        let opaque = self.opaque(quote!(return #error), span, Ty::Constant);
        self.emit(Stmt::Effect(opaque));
    }

    /// A returned expression of the wrapper's type: its value.
    fn taken_out(&mut self, e: &syn::Expr) -> (Expr, Ty) {
        if let syn::Expr::Macro(m) = e
            && never_returns(&m.to_token_stream())
        {
            return self.expr(e);
        }
        if self.is_constant_value(e) {
            return self.opaque_expr(&quote!((#e)?), self.func.ret.clone());
        }
        if let Some(found) = self.returned_end(e) {
            return found;
        }
        let leave = leave(e);
        if let Some(found) = self.continued_call(e, &leave) {
            return found;
        }
        if let Some(found) = self.maybe_try(e) {
            return found;
        }
        match self.call_with_ending(e, leave) {
            Some(found) => found,
            None => {
                self.not_written_out(e);
                (Expr::Tuple(Vec::new()), Ty::Unknown)
            }
        }
    }

    /// `e?`
    pub(super) fn try_expr(&mut self, t: &syn::ExprTry) -> (Expr, Ty) {
        if let syn::Expr::Call(c) = &*t.expr
            && is_named(&c.func, "Err")
            && c.args.len() == 1
        {
            let error = &c.args[0];
            self.error_exit(quote!(Err(::core::convert::From::from(#error))), t.span());
            return (Expr::Tuple(Vec::new()), Ty::Unit);
        }
        if let Some(context) = self.tries.last() {
            return self.try_in_closure(t, *context);
        }
        let constant = self.is_constant_value(&t.expr) && !self.is_constant_item(&t.expr);
        if self.holding > 0 || constant {
            return self.opaque_expr(t, Ty::Unknown);
        }
        if let Some(item) = self.item_behind(&syn::Expr::Try(t.clone())) {
            return self.item_value(item, t.span());
        }
        if let Some(found) = self.continued_call(&t.expr, &quote!(?)) {
            return found;
        }
        if let Some(found) = self.maybe_try(&t.expr) {
            return found;
        }
        if let Some(found) = self.call_with_ending(&t.expr, quote!(?)) {
            return found;
        }
        self.unsupported(
            whole(&t.question_token),
            Code::ActiveQuestion,
            "`?` on an active value",
            "use it on calls of annotated functions and on constants, or decide with `if` and `return Err(…)`",
        );
        (Expr::Tuple(Vec::new()), Ty::Unknown)
    }

    /// `?` in a closure leaves the closure.
    fn try_in_closure(
        &mut self,
        t: &syn::ExprTry,
        none: Option<super::iter::Otherwise>,
    ) -> (Expr, Ty) {
        let found = match none {
            Some(none) => self.found(&t.expr, none.converting()),
            None => {
                self.unsupported(
                    whole(&t.question_token),
                    Code::ClosureLeaves,
                    "`?` in this closure",
                    "write a loop, or an annotated function that returns a `Result`",
                );
                None
            }
        };
        match found {
            Some(item) => self.item_value(item, t.span()),
            None => (Expr::Tuple(Vec::new()), Ty::Unknown),
        }
    }

    /// `g(x).unwrap()` and `g(x).expect("…")`, of an annotated function.
    pub(super) fn unwrapped(&mut self, m: &syn::ExprMethodCall, name: &str) -> Option<(Expr, Ty)> {
        if !matches!(name, "unwrap" | "expect")
            || self.holding > 0
            || self.is_constant_code(m.to_token_stream())
        {
            return None;
        }
        let (method, args) = (&m.method, &m.args);
        let found = self.call_with_ending(&m.receiver, quote!(.#method(#args)));
        Some(found.unwrap_or_else(|| {
            self.unsupported(
                whole(&m.method),
                Code::ActiveQuestion,
                &format!("`{name}` on an active value"),
                "use it on calls of annotated functions and on constants; a local that may hold no real is best a `bool` and an `f64`",
            );
            (Expr::Tuple(Vec::new()), Ty::Unknown)
        }))
    }

    /// A call of an annotated function, with what takes its value out of the wrapper. `None` where it is none, and
    /// nothing has been said about that yet.
    pub(super) fn call_with_ending(
        &mut self,
        e: &syn::Expr,
        ending: TokenStream,
    ) -> Option<(Expr, Ty)> {
        let (mut e, mut ending) = (e, ending);
        let call = loop {
            match e {
                syn::Expr::Paren(p) => e = &p.expr,
                syn::Expr::MethodCall(m) if ON_ERRORS.contains(&m.method.to_string().as_str()) => {
                    let (method, turbofish, args) = (&m.method, &m.turbofish, &m.args);
                    ending = quote!(.#method #turbofish (#args) #ending);
                    e = &m.receiver;
                }
                syn::Expr::Call(_) | syn::Expr::MethodCall(_) => break e,
                _ => return None,
            }
        };
        let errors = self.errors.count();
        let (value, ty) = self.expr(call);
        if self.errors.count() > errors {
            return Some((Expr::Tuple(Vec::new()), Ty::Unknown));
        }
        let Expr::Place(place) = &value else {
            return None;
        };
        let fresh = matches!(self.out.last(), Some(Stmt::Call { dst, .. }) if *dst == [place.base]);
        if !fresh || self.func.endings.contains_key(&place.base) {
            return None;
        }
        let ending = self.opaque(ending, call.span(), Ty::Constant);
        self.func.endings.insert(place.base, ending);
        Some((value, ty))
    }

    /// `g(x).map(|y| …)?` and `g(x).and_then(|y| h(y))?`: the call, its error, and what is done with its value, whichever wrapper it has.
    fn continued_call(&mut self, e: &syn::Expr, ending: &TokenStream) -> Option<(Expr, Ty)> {
        let syn::Expr::MethodCall(m) = super::maybe::strip(e) else {
            return None;
        };
        if ON_ERRORS.contains(&m.method.to_string().as_str()) {
            let (method, turbofish, args) = (&m.method, &m.turbofish, &m.args);
            let ending = quote!(.#method #turbofish (#args) #ending);
            return self.continued_call(&m.receiver, &ending);
        }
        if !self.continues(e) {
            return None;
        }
        let closure = self.closure(&m.args[0], 1)?;
        let (value, ty) = match self.continued_call(&m.receiver, ending) {
            Some(found) => found,
            None => self.call_with_ending(&m.receiver, ending.clone())?,
        };
        let item = vec![super::iter::Item::Value(value, ty)];
        if m.method == "map" {
            let item = self.apply(&closure, item);
            return Some(self.item_value(item, m.method.span()));
        }
        Some(self.inside(&closure, item, |lw| {
            lw.continued_body(&closure.body, ending)
        }))
    }

    /// Whether an expression is a call of the user's, and closures that go on with its value and nothing else.
    fn continues(&self, e: &syn::Expr) -> bool {
        let syn::Expr::MethodCall(m) = super::maybe::strip(e) else {
            return false;
        };
        let goes_on = match (m.method.to_string().as_str(), m.args.first()) {
            ("map", Some(syn::Expr::Closure(c))) => !may_leave(&c.body.to_token_stream()),
            ("and_then", Some(syn::Expr::Closure(c))) => {
                !may_leave(&c.body.to_token_stream()) && self.is_outcome(&c.body)
            }
            ("and_then", Some(function @ syn::Expr::Path(_))) => {
                self.is_bare_call(&syn::parse_quote!(#function(value)))
            }
            _ => false,
        };
        let mut inner = super::maybe::strip(&m.receiver);
        while let syn::Expr::MethodCall(m) = inner
            && ON_ERRORS.contains(&m.method.to_string().as_str())
        {
            inner = super::maybe::strip(&m.receiver);
        }
        goes_on && (self.is_bare_call(inner) || self.continues(inner))
    }

    /// Whether a closure ends in a value, or in a call of the user's.
    fn is_outcome(&self, e: &syn::Expr) -> bool {
        match super::maybe::strip(e) {
            syn::Expr::Block(b) if b.label.is_none() => match b.block.stmts.last() {
                Some(syn::Stmt::Expr(e, None)) => self.is_outcome(e),
                _ => false,
            },
            e => matches!(outcome_of(e), Outcome::Value(_)) || self.is_bare_call(e),
        }
    }

    fn continued_body(&mut self, e: &syn::Expr, ending: &TokenStream) -> (Expr, Ty) {
        match super::maybe::strip(e) {
            syn::Expr::Block(b) => {
                self.scopes.push(HashMap::new());
                let (last, rest) = b
                    .block
                    .stmts
                    .split_last()
                    .expect("a block that ends in a value");
                rest.iter().for_each(|s| self.statement(s));
                let found = match last {
                    syn::Stmt::Expr(e, _) => self.continued_body(e, ending),
                    _ => (Expr::Tuple(Vec::new()), Ty::Unknown),
                };
                self.scopes.pop();
                found
            }
            e => match outcome_of(e) {
                Outcome::Value(inner) => self.expr(inner),
                _ => self
                    .call_with_ending(e, ending.clone())
                    .unwrap_or((Expr::Tuple(Vec::new()), Ty::Unknown)),
            },
        }
    }

    /// `let n: usize = text.parse()?;`: the type that the user wrote decides what is parsed.
    pub(super) fn annotated_exit(
        &mut self,
        l: &syn::Local,
        init: &syn::Expr,
        known: &Ty,
    ) -> Option<(Expr, Ty)> {
        let syn::Pat::Type(t) = &l.pat else {
            return None;
        };
        let tokens = init.to_token_stream();
        if self.func.wrapper.is_none() || !may_leave(&tokens) || !self.is_constant_code(tokens) {
            return None;
        }
        let ty = &t.ty;
        let typed = match known {
            Ty::Real(_) => quote!(#init),
            _ => quote!({ let value: #ty = #init; value }),
        };
        Some(self.opaque_expr(&typed, known.clone()))
    }
}

/// How the error of a returned expression leaves. One that is made here is of the function's own type: another conversion, by `?`, would make
/// rustc ask for the type between the two.
fn leave(e: &syn::Expr) -> TokenStream {
    match super::maybe::strip(e) {
        syn::Expr::MethodCall(m) if m.method == "map_err" => quote!({
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
        }),
        _ => quote!(?),
    }
}

fn is_named(path: &syn::Expr, name: &str) -> bool {
    matches!(path, syn::Expr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == name))
}

/// Whether a returned expression is written as an error.
pub(super) fn is_error(e: &syn::Expr) -> bool {
    matches!(outcome_of(e), Outcome::Error)
}

fn outcome_of(e: &syn::Expr) -> Outcome<'_> {
    match e {
        syn::Expr::Paren(p) => outcome_of(&p.expr),
        syn::Expr::Call(c) if c.args.len() == 1 => {
            if is_named(&c.func, "Ok") || is_named(&c.func, "Some") {
                Outcome::Value(&c.args[0])
            } else if is_named(&c.func, "Err") {
                Outcome::Error
            } else {
                Outcome::Wrapped
            }
        }
        e if is_named(e, "None") => Outcome::Error,
        _ => Outcome::Wrapped,
    }
}

/// The wrapper that a function returns, and the type in it.
pub fn inner_type(ty: &syn::Type) -> Option<(Wrapper, &syn::Type)> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let wrapper = match last.ident.to_string().as_str() {
        "Result" => Wrapper::Result,
        "Option" => Wrapper::Option,
        _ => return None,
    };
    let syn::PathArguments::AngleBracketed(args) = &last.arguments else {
        return None;
    };
    let inner = args.args.iter().find_map(|a| match a {
        syn::GenericArgument::Type(t) => Some(t),
        _ => None,
    });
    Some((wrapper, inner?))
}

/// The same wrapper around another type.
pub fn with_inner(ty: &syn::Type, inner: &TokenStream) -> TokenStream {
    let mut ty = ty.clone();
    if let syn::Type::Path(path) = &mut ty
        && let Some(last) = path.path.segments.last_mut()
        && let syn::PathArguments::AngleBracketed(args) = &mut last.arguments
    {
        let mut types = args.args.iter_mut().filter_map(|a| match a {
            syn::GenericArgument::Type(t) => Some(t),
            _ => None,
        });
        if let Some(first) = types.next() {
            *first = syn::Type::Verbatim(inner.clone());
        }
    }
    ty.to_token_stream()
}

/// Takes out `return` where the function ends anyway.
pub(super) fn trim(body: &mut Block) {
    if let Some(Stmt::Return(None)) = body.last() {
        body.pop();
    }
    if let Some(Stmt::If { then, els, .. }) = body.last_mut() {
        trim(then);
        trim(els);
    }
}
