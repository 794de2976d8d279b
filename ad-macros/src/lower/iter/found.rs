//! What may be there or not: the value of an `Option` or a `Result` that is written out (`Some(v)`, a branch of such, the end of a
//! chain), and where to go if there is none. So no such value has to be held.

use super::*;
use crate::lower::closure::{ClosureExit, returns};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Where to go if there is no value.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::lower) enum Otherwise {
    Continue(LabelId),
    Break(LabelId),
    /// Out of the function, with the same error; `?` converts it.
    Leave {
        convert: bool,
    },
    /// Out of the function, with the error that is written here.
    Error(usize),
    /// Through the block of a `let … else`.
    Else(usize),
    Panic,
}

impl Otherwise {
    /// The same way, with `?` before it.
    pub fn converting(self) -> Otherwise {
        match self {
            Otherwise::Leave { .. } => Otherwise::Leave { convert: true },
            other => other,
        }
    }
}

/// Methods that hand on what is there.
const HANDED_ON: &[&str] = &[
    "map",
    "and_then",
    "filter",
    "copied",
    "cloned",
    "ok",
    "ok_or",
    "ok_or_else",
    "as_ref",
];

/// Ends of chains that may have no value.
const OPTIONAL: &[&str] = &[
    "next",
    "last",
    "nth",
    "peek",
    "find",
    "find_map",
    "reduce",
    "max_by",
    "min_by",
    "max_by_key",
    "min_by_key",
    "max",
    "min",
    "try_fold",
    "try_for_each",
];

impl Lowerer<'_> {
    /// Whether an expression is the end of a chain that may have no value.
    pub(in crate::lower) fn is_optional_end(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_optional_end(&p.expr),
            syn::Expr::MethodCall(m) => {
                let name = m.method.to_string();
                let name = name.as_str();
                let plain = !matches!(name, "max" | "min") || m.args.is_empty();
                let end = plain && OPTIONAL.contains(&name) && self.is_chain(&m.receiver);
                end || self.is_fallible_end(m)
                    || (HANDED_ON.contains(&name) && self.is_optional_end(&m.receiver))
            }
            _ => false,
        }
    }

    /// Whether such an end is to be lowered: what is constant stays as it was written.
    pub(in crate::lower) fn is_lowered_end(&self, e: &syn::Expr) -> bool {
        self.holding == 0
            && self.is_optional_end(e)
            && !(self.is_constant_code(e.to_token_stream()))
    }

    /// The value that is there; behind it, there is one. `None` where there never is one.
    pub(in crate::lower) fn found(&mut self, e: &syn::Expr, none: Otherwise) -> Option<Item> {
        match e {
            syn::Expr::Paren(p) => self.found(&p.expr, none),
            syn::Expr::Group(p) => self.found(&p.expr, none),
            syn::Expr::Block(b) if b.label.is_none() => self.found_in_block(&b.block, none),
            syn::Expr::If(_) | syn::Expr::Match(_) => {
                let var = self.temp("found", Ty::Unknown);
                self.emit(Stmt::Let { var, init: None });
                self.control_into(e, Dest::Found(var, none));
                Some(Item::Value(Expr::var(var), self.func.var(var).ty.clone()))
            }
            syn::Expr::Return(_) => {
                self.statement_expr(e, Dest::Discard);
                None
            }
            syn::Expr::Call(c) if c.args.len() == 1 && is_good(&c.func) => {
                Some(self.item_of(&c.args[0]))
            }
            _ if crate::lower::fallible::is_error(e) => {
                self.leave_for(none, Some(e));
                None
            }
            syn::Expr::Macro(m) if never_returns(&m.to_token_stream()) => {
                self.expr(e);
                None
            }
            syn::Expr::MethodCall(m) => match self.found_by_method(m, none) {
                Some(found) => found,
                None => self.found_otherwise(e, none),
            },
            _ => self.found_otherwise(e, none),
        }
    }

    /// A returned expression that is the end of a chain.
    pub(in crate::lower) fn returned_end(&mut self, e: &syn::Expr) -> Option<(Expr, Ty)> {
        let none = Otherwise::Leave { convert: false };
        let item = match e {
            syn::Expr::MethodCall(m) if self.is_open_end(m) => {
                let name = m.method.to_string();
                self.fallible_end(m, &name, none)
            }
            e if self.is_lowered_end(e) => self.found(e, none),
            _ => return None,
        };
        Some(match item {
            Some(item) => self.item_value(item, e.span()),
            None => (Expr::Tuple(Vec::new()), Ty::Unknown),
        })
    }

    fn found_in_block(&mut self, b: &syn::Block, none: Otherwise) -> Option<Item> {
        let (last, rest) = match b.stmts.split_last() {
            Some((syn::Stmt::Expr(e, None), rest)) => (Some(e), rest),
            _ => (None, b.stmts.as_slice()),
        };
        self.scopes.push(HashMap::new());
        rest.iter().for_each(|s| self.statement(s));
        let item = match last {
            Some(e) => self.found(e, none),
            None => None,
        };
        self.scopes.pop();
        item
    }

    /// Methods of options; the outer `None` where it is none that is known.
    fn found_by_method(
        &mut self,
        m: &syn::ExprMethodCall,
        none: Otherwise,
    ) -> Option<Option<Item>> {
        let name = m.method.to_string();
        let arg = m.args.first();
        if self.is_constant_code(m.to_token_stream()) {
            return None;
        }
        if OPTIONAL.contains(&name.as_str()) && self.is_chain(&m.receiver) {
            return Some(self.found_end(m, &name, none));
        }
        if self.is_fallible_end(m) {
            return Some(self.fallible_end(m, &name, none));
        }
        let call = matches!(&*m.receiver, syn::Expr::Call(_)) && !is_written(&m.receiver);
        match (name.as_str(), arg) {
            ("then" | "then_some", Some(value)) => Some(self.found_if(m, value, none)),
            ("copied" | "cloned", None) if !call => {
                Some(self.found(&m.receiver, none).map(Item::by_value))
            }
            ("ok" | "as_ref", None) if !call => Some(self.found(&m.receiver, none)),
            ("map", Some(f)) => {
                let Some(item) = self.found(&m.receiver, none) else {
                    return Some(None);
                };
                let closure = self.closure(f, 1)?;
                Some(Some(self.apply(&closure, vec![item])))
            }
            ("and_then", Some(f)) => {
                let Some(item) = self.found(&m.receiver, none) else {
                    return Some(None);
                };
                let closure = self.closure(f, 1)?;
                Some(self.apply_found(&closure, vec![item], none))
            }
            ("filter", Some(f)) => {
                let Some(item) = self.found(&m.receiver, none) else {
                    return Some(None);
                };
                let closure = self.closure(f, 1)?;
                let item = self.named_item(item);
                let cond = self.apply(&closure, vec![item.clone().by_reference()]);
                let (cond, _) = self.item_value(cond, m.method.span());
                self.unless(cond, none);
                Some(Some(item))
            }
            ("ok_or", Some(error)) if !call => {
                let none = self.with_error(quote!(#error), error.span(), none);
                Some(self.found(&m.receiver, none))
            }
            ("ok_or_else", Some(error)) if !call => {
                let none = self.with_error(quote!((#error)()), error.span(), none);
                Some(self.found(&m.receiver, none))
            }
            _ => None,
        }
    }

    /// `cond.then(|| value)`, `cond.then_some(value)`
    fn found_if(
        &mut self,
        m: &syn::ExprMethodCall,
        value: &syn::Expr,
        none: Otherwise,
    ) -> Option<Item> {
        let (cond, _) = self.expr(&m.receiver);
        if m.method == "then_some" {
            let cond = Expr::var(self.name_value("holds", cond, Ty::Bool));
            let item = self.item_of(value);
            let item = self.named_item(item);
            self.unless(cond, none);
            return Some(item);
        }
        let closure = self.closure(value, 0)?;
        self.unless(cond, none);
        Some(self.apply(&closure, Vec::new()))
    }

    /// Calls of annotated functions, and constants.
    fn found_otherwise(&mut self, e: &syn::Expr, none: Otherwise) -> Option<Item> {
        if self.is_constant_code(e.to_token_stream()) {
            return self.found_constant(e, none);
        }
        let ending = match none {
            Otherwise::Leave { .. } => Some(quote!(?)),
            Otherwise::Panic => Some(quote!(.unwrap())),
            _ => None,
        };
        // A call that leaves by itself need not be looked at.
        let at_once = ending.is_some() && self.is_bare_call(e);
        if matches!(none, Otherwise::Leave { .. }) && self.held_result(e).is_some() {
            return self.taken_or_left(e);
        }
        if self.is_maybe(e) && !at_once {
            let maybe = self.maybe(e)?;
            self.unless(maybe.there.clone(), none);
            return Some(maybe.take(self));
        }
        if let Some(ending) = ending
            && let Some((value, ty)) = self.call_with_ending(e, ending)
        {
            return Some(Item::Value(value, ty));
        }
        self.unsupported(
            head(e),
            Code::NotWrittenOut,
            "this `Option` or `Result`",
            "write it out as `if … { Some(…) } else { None }`, or write a loop",
        );
        None
    }

    fn found_constant(&mut self, e: &syn::Expr, none: Otherwise) -> Option<Item> {
        match none {
            Otherwise::Leave { .. } => {
                let (value, ty) = self.opaque_expr(&quote!((#e)?), Ty::Unknown);
                return Some(Item::Value(value, ty));
            }
            Otherwise::Panic => {
                let (value, ty) = self.opaque_expr(&quote!((#e).unwrap()), Ty::Unknown);
                return Some(Item::Value(value, ty));
            }
            _ => {}
        }
        self.constant_in(e, none)
    }

    /// What is in a constant option.
    fn constant_in(&mut self, e: &syn::Expr, none: Otherwise) -> Option<Item> {
        let name = syn::Ident::new("found", Span::mixed_site());
        let pat: syn::Pat = syn::parse_quote!(Some(#name));
        let var = self.decide_some(&pat, e, &mut |lw, cond| lw.unless(cond, none));
        var.map(|var| Item::Value(Expr::var(var), Ty::Unknown))
    }

    /// What a constant iterator gives next.
    pub(super) fn next_kept(&mut self, items: VarId, none: Otherwise) -> Option<Item> {
        let name = self.name_of(items);
        let scope = HashMap::from([(name.to_string(), Binding::Var(items))]);
        self.scopes.push(scope);
        let item = self.constant_in(&syn::parse_quote!(#name.next()), none);
        self.scopes.pop();
        item
    }

    /// An item that is only looked at; a constant is really borrowed, for the pattern that takes it.
    pub(super) fn lent(&mut self, item: Item) -> Item {
        match item {
            Item::Value(Expr::Place(p), _) if p.is_var() && self.is_decided(&p) => {
                let name = self.name_of(p.base);
                let lent = syn::Ident::new("lent", Span::mixed_site());
                self.scopes.push(HashMap::new());
                self.kept_name(&lent, p.base, quote!(&#name));
                let bound = self.scopes.pop().and_then(|s| s.into_values().next());
                match bound {
                    Some(Binding::Var(v)) => Item::Value(Expr::var(v), Ty::Unknown),
                    _ => Item::Value(Expr::Place(p), Ty::Unknown),
                }
            }
            Item::Tuple(parts) => Item::Tuple(parts.into_iter().map(|p| self.lent(p)).collect()),
            item => item.by_reference(),
        }
    }

    /// Takes a constant apart with a pattern, which says what in it is a reference.
    pub(super) fn bind_kept(&mut self, pat: &syn::Pat, var: VarId) {
        if let syn::Pat::Ident(id) = pat
            && id.mutability.is_none()
            && id.by_ref.is_none()
            && id.subpat.is_none()
        {
            let tokens = self.name_of(var).to_token_stream();
            return self.kept_name(&id.ident, var, tokens);
        }
        let name = self.name_of(var);
        let scope = HashMap::from([(name.to_string(), Binding::Var(var))]);
        self.scopes.push(scope);
        let decision = self.decide_all(&syn::parse_quote!(#name), pat);
        self.scopes.pop();
        self.bind_names(&decision, 0);
    }

    /// Goes where one goes without a value.
    pub(in crate::lower) fn leave_for(&mut self, none: Otherwise, written: Option<&syn::Expr>) {
        let Otherwise::Else(k) = none else {
            let exit = self.exit(none, written);
            return self.emit(exit);
        };
        let (els, scopes) = self.elses[k].clone();
        let inside = std::mem::replace(&mut self.scopes, scopes);
        let (block, ()) = self.in_block(|lw| lw.statement_expr(&els, Dest::Discard));
        self.scopes = inside;
        self.out.extend(block);
    }

    fn exit(&mut self, none: Otherwise, written: Option<&syn::Expr>) -> Stmt {
        let error = match (none, written) {
            (Otherwise::Continue(label), _) => return Stmt::Continue(label),
            (Otherwise::Break(label), _) => return Stmt::Break(label),
            (Otherwise::Panic | Otherwise::Else(_), _) => {
                quote!(panic!("called `Option::unwrap()` on a `None` value"))
            }
            (Otherwise::Error(k), _) => return Stmt::Effect(self.errors_ahead[k].clone()),
            (Otherwise::Leave { convert: true }, Some(syn::Expr::Call(c))) if c.args.len() == 1 => {
                let error = &c.args[0];
                quote!(return Err(::core::convert::From::from(#error)))
            }
            (Otherwise::Leave { .. }, Some(e)) => quote!(return #e),
            (Otherwise::Leave { .. }, None) => quote!(return None),
        };
        Stmt::Effect(self.opaque(error, Span::mixed_site(), Ty::Constant))
    }

    /// Goes there unless a condition holds.
    pub(in crate::lower) fn unless(&mut self, cond: Expr, none: Otherwise) {
        let (then, ()) = self.in_block(|lw| lw.leave_for(none, None));
        self.emit(Stmt::If {
            cond: Expr::Unary(UnOp::Not, Box::new(cond)),
            then,
            els: Vec::new(),
        });
    }

    /// The same way out, with an error of its own.
    fn with_error(&mut self, error: TokenStream, span: Span, none: Otherwise) -> Otherwise {
        let convert = match none {
            Otherwise::Leave { convert } => convert,
            Otherwise::Error(_) => {
                self.unsupported(
                    span,
                    Code::ActiveError,
                    "an error for an error",
                    "state the last one only",
                );
                return none;
            }
            _ => return none,
        };
        let error = match convert {
            true => quote!(return Err(::core::convert::From::from(#error))),
            false => quote!(return Err(#error)),
        };
        let error = self.opaque(error, span, Ty::Constant);
        self.errors_ahead.push(error);
        Otherwise::Error(self.errors_ahead.len() - 1)
    }

    /// The value of a closure that gives an `Option` or a `Result`.
    pub(super) fn apply_found(
        &mut self,
        closure: &Rc<Closure>,
        args: Vec<Item>,
        none: Otherwise,
    ) -> Option<Item> {
        self.inside(closure, args, |lw| {
            lw.tries.push(Some(none));
            let item = match returns(&closure.body) {
                true => lw.found_with_exits(closure, none),
                false => lw.found(&closure.body, none),
            };
            lw.tries.pop();
            item
        })
    }

    /// A body with `return` in it becomes a labelled block.
    fn found_with_exits(&mut self, closure: &Rc<Closure>, none: Otherwise) -> Option<Item> {
        let var = self.temp("outcome", Ty::Unknown);
        self.emit(Stmt::Let { var, init: None });
        let label = self.func.new_label("closure");
        self.closure_exits.push(ClosureExit {
            label,
            value: Some(var),
            none: Some(none),
        });
        let (body, ()) = self.in_block(|lw| {
            if let Some(item) = lw.found(&closure.body, none) {
                let (value, ty) = lw.item_value(item, closure.written.span());
                lw.deliver(value, ty, Dest::Init(var));
            }
        });
        self.closure_exits.pop();
        self.emit(Stmt::Labeled { label, body });
        Some(Item::Value(Expr::var(var), self.func.var(var).ty.clone()))
    }
}

/// `Some`, `Ok`
fn is_good(path: &syn::Expr) -> bool {
    matches!(path, syn::Expr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Some" || s.ident == "Ok"))
}

/// Whether a pattern always applies, as far as that can be seen.
pub(in crate::lower) fn is_irrefutable(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Ident(id) => id.subpat.is_none(),
        syn::Pat::Wild(_) => true,
        syn::Pat::Tuple(t) => t.elems.iter().all(is_irrefutable),
        syn::Pat::Slice(s) => s.elems.iter().all(is_irrefutable),
        syn::Pat::Struct(s) => s.fields.iter().all(|f| is_irrefutable(&f.pat)),
        syn::Pat::Reference(r) => is_irrefutable(&r.pat),
        syn::Pat::Paren(p) => is_irrefutable(&p.pat),
        syn::Pat::Type(t) => is_irrefutable(&t.pat),
        _ => false,
    }
}

/// Whether a call is that of `Some`, `Ok` or `Err`.
fn is_written(e: &syn::Expr) -> bool {
    matches!(e, syn::Expr::Call(c) if is_good(&c.func)) || crate::lower::fallible::is_error(e)
}
