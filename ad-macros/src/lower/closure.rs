//! Closures: what is bound to a name or given to an adaptor is written out where it is called.

use super::iter::{Item, Kind, Otherwise};
use super::maybe::Maybe;
use super::*;
use quote::ToTokens;
use std::rc::Rc;
use syn::spanned::Spanned;

/// A closure with the names that were in scope where it was written.
pub(super) struct Closure {
    pub params: Vec<syn::Pat>,
    pub body: syn::Expr,
    pub output: Ty,
    pub scopes: Vec<HashMap<String, Binding>>,
    pub written: syn::ExprClosure,
}

/// Where `return` inside a closure goes.
pub(super) struct ClosureExit {
    pub label: LabelId,
    /// Nowhere, where the closure is called for what it does.
    pub value: Option<VarId>,
    /// Where to go if what is returned is an error or none.
    pub none: Option<Otherwise>,
}

impl Lowerer<'_> {
    /// Reads a closure, or a path to a function that stands for one of `arity` arguments.
    pub(super) fn closure(&mut self, e: &syn::Expr, arity: usize) -> Option<Rc<Closure>> {
        match e {
            syn::Expr::Paren(p) => self.closure(&p.expr, arity),
            syn::Expr::Group(p) => self.closure(&p.expr, arity),
            syn::Expr::Reference(r) => self.closure(&r.expr, arity),
            syn::Expr::Closure(c) => Some(self.written_closure(c)),
            syn::Expr::Path(p) => {
                let named = p.path.get_ident().map(ToString::to_string);
                if let Some(Binding::Closure(known)) = named.and_then(|n| self.lookup(&n)) {
                    return Some(known.clone());
                }
                let names = (0..arity)
                    .map(|k| syn::Ident::new(["first", "second"][k.min(1)], Span::mixed_site()));
                let names: Vec<_> = names.collect();
                let c = syn::parse2(quote::quote!(|#(#names),*| #p(#(#names),*))).ok()?;
                Some(self.written_closure(&c))
            }
            other => {
                self.unsupported(
                    whole(other),
                    Code::ClosureShape,
                    "this function value",
                    "write a closure, `|x| …`, or the name of a function",
                );
                None
            }
        }
    }

    pub(super) fn written_closure(&mut self, c: &syn::ExprClosure) -> Rc<Closure> {
        if let Some(token) = c.asyncness.map(|t| t.span).or(c.constness.map(|t| t.span)) {
            self.unsupported(
                token,
                Code::ClosureShape,
                "this kind of closure",
                "write a plain closure, `|x| …`",
            );
        }
        let mut scopes = self.scopes.clone();
        if c.capture.is_some() {
            scopes.push(self.moved_captures(c));
        }
        let output = match &c.output {
            syn::ReturnType::Type(_, ty) => self.generics.ty(ty),
            syn::ReturnType::Default => Ty::Unknown,
        };
        Rc::new(Closure {
            params: c.inputs.iter().cloned().collect(),
            body: (*c.body).clone(),
            output,
            scopes,
            written: c.clone(),
        })
    }

    /// `move` copies what is `Copy`: such a variable may change afterwards without the closure seeing it.
    fn moved_captures(&mut self, c: &syn::ExprClosure) -> HashMap<String, Binding> {
        let mut names = Vec::new();
        super::opaque::scan(c.body.to_token_stream(), &mut names);
        let mut own = HashMap::new();
        for name in names {
            let Some(Binding::Var(v)) = self.lookup(&name) else {
                continue;
            };
            let (v, var) = (*v, self.func.var(*v));
            if own.contains_key(&name) || !var.mutable || var.ty.is_copy() == Some(false) {
                continue;
            }
            let ty = var.ty.clone();
            if ty.is_copy().is_none() {
                self.unsupported(
                    opening(c),
                    Code::ClosureType,
                    &format!("a `move` closure over `{name}`, whose type is not known here,"),
                    &format!("annotate it, `let mut {name}: …`, or leave out `move`"),
                );
                continue;
            }
            let copy = self.declare(&name, c.span(), ty, true, Role::Local);
            self.emit(Stmt::Let {
                var: copy,
                init: Some(Expr::var(v)),
            });
            own.insert(name, Binding::Var(copy));
        }
        own
    }

    /// `name(…)`, where `name` is a closure.
    pub(super) fn closure_call(&mut self, c: &syn::ExprCall) -> Option<(Expr, Ty)> {
        let closure = self.called_closure(&c.func)?;
        let items = self.items(c.args.iter());
        let item = self.apply(&closure, items);
        Some(self.item_value(item, c.span()))
    }

    /// `name(…);`. Returns whether it was one.
    pub(super) fn closure_statement(&mut self, c: &syn::ExprCall) -> bool {
        let Some(closure) = self.called_closure(&c.func) else {
            return false;
        };
        let items = self.items(c.args.iter());
        self.perform(&closure, items);
        true
    }

    fn called_closure(&mut self, callee: &syn::Expr) -> Option<Rc<Closure>> {
        match callee {
            syn::Expr::Paren(p) => self.called_closure(&p.expr),
            syn::Expr::Path(p) => match self.lookup(&p.path.get_ident()?.to_string())? {
                Binding::Closure(closure) => Some(closure.clone()),
                _ => None,
            },
            syn::Expr::Closure(written) => Some(self.written_closure(written)),
            _ => None,
        }
    }

    /// The body of a closure, with its parameters bound to the arguments, in the current block.
    pub(super) fn apply(&mut self, closure: &Rc<Closure>, args: Vec<Item>) -> Item {
        let item = self.inside(closure, args, |lw| {
            lw.tries.push(None);
            let item = match returns(&closure.body) {
                true => lw.body_with_exits(closure),
                false => lw.body_item(&closure.body),
            };
            lw.tries.pop();
            item
        });
        match item {
            Item::Value(e, Ty::Unknown) => {
                self.refine(&e, &closure.output);
                Item::Value(e, closure.output.clone())
            }
            item => item,
        }
    }

    /// The body of a closure as an element that may not be there.
    pub(super) fn maybe_of(&mut self, closure: &Rc<Closure>, arg: Item) -> Option<Maybe> {
        self.inside(closure, vec![arg], |lw| {
            match lw.is_maybe(&closure.body) && !lw.is_pop(&closure.body) {
                true => lw.maybe(&closure.body),
                false => None,
            }
        })
    }

    /// The body of a closure that is called for what it does.
    pub(super) fn perform(&mut self, closure: &Rc<Closure>, args: Vec<Item>) {
        self.inside(closure, args, |lw| {
            if !returns(&closure.body) {
                lw.statement_expr(&closure.body, Dest::Discard);
                return;
            }
            let label = lw.func.new_label("closure");
            lw.closure_exits.push(ClosureExit {
                label,
                value: None,
                none: None,
            });
            let (body, ()) = lw.in_block(|lw| lw.statement_expr(&closure.body, Dest::Discard));
            lw.closure_exits.pop();
            lw.emit(Stmt::Labeled { label, body });
        });
    }

    /// Does something with the body of a closure, which must not leave it early.
    pub(super) fn in_closure(
        &mut self,
        closure: &Rc<Closure>,
        args: Vec<Item>,
        f: &mut dyn FnMut(&mut Self, &syn::Expr),
    ) {
        self.inside(closure, args, |lw| {
            if returns(&closure.body) {
                lw.unsupported(
                    opening(&closure.written),
                    Code::ClosureLeaves,
                    "`return` in this closure",
                    "write its value as the last expression, with `if` and `else`",
                );
                return;
            }
            lw.tries.push(None);
            match &closure.body {
                syn::Expr::Block(b) if b.label.is_none() => {
                    let (last, rest) = match b.block.stmts.split_last() {
                        Some((syn::Stmt::Expr(e, None), rest)) => (e, rest),
                        _ => (&closure.body, &[][..]),
                    };
                    rest.iter().for_each(|s| lw.statement(s));
                    f(lw, last);
                }
                body => f(lw, body),
            }
            lw.tries.pop();
        });
    }

    /// Lowers something in the scope of a closure, with its parameters bound.
    pub(super) fn inside<R>(
        &mut self,
        closure: &Rc<Closure>,
        args: Vec<Item>,
        f: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let mut scopes = closure.scopes.clone();
        scopes.push(HashMap::new());
        let outside = std::mem::replace(&mut self.scopes, scopes);
        if closure.params.len() == args.len() {
            for (pat, arg) in closure.params.iter().zip(args) {
                self.bind_item(pat, arg);
            }
        } else {
            self.unsupported(
                opening(&closure.written),
                Code::ClosureShape,
                "a closure with this number of parameters",
                "give it one pattern for each argument",
            );
        }
        let result = f(self);
        self.scopes = outside;
        result
    }

    /// A body with `return` in it becomes a labelled block.
    fn body_with_exits(&mut self, closure: &Rc<Closure>) -> Item {
        let value = self.temp("outcome", closure.output.clone());
        self.emit(Stmt::Let {
            var: value,
            init: None,
        });
        let label = self.func.new_label("closure");
        self.closure_exits.push(ClosureExit {
            label,
            value: Some(value),
            none: None,
        });
        let (body, ()) = self.in_block(|lw| lw.tail(&closure.body, Dest::Init(value)));
        self.closure_exits.pop();
        self.emit(Stmt::Labeled { label, body });
        Item::Value(Expr::var(value), self.func.var(value).ty.clone())
    }

    /// `return` inside a closure; `false` outside of one.
    pub(super) fn closure_return(&mut self, r: &syn::ExprReturn) -> bool {
        let Some(ClosureExit { label, value, none }) = self.closure_exits.last() else {
            return false;
        };
        let (label, value, none) = (*label, *value, *none);
        if let (Some(e), Some(value), Some(none)) = (&r.expr, value, none) {
            self.tail(e, Dest::Found(value, none));
            self.emit(Stmt::Break(label));
            return true;
        }
        match (&r.expr, value) {
            (Some(e), Some(value)) => {
                self.tail(e, Dest::Init(value));
                if self.has_left() {
                    return true;
                }
            }
            (Some(e), None) => self.statement_expr(e, Dest::Discard),
            (None, Some(value)) => {
                self.deliver(Expr::Tuple(Vec::new()), Ty::Unit, Dest::Init(value));
            }
            (None, None) => {}
        }
        self.emit(Stmt::Break(label));
        true
    }

    pub(super) fn body_item(&mut self, e: &syn::Expr) -> Item {
        match e {
            syn::Expr::Paren(p) => self.body_item(&p.expr),
            syn::Expr::Block(b) if b.label.is_none() => {
                self.scopes.push(HashMap::new());
                let item = self.block_item(&b.block);
                self.scopes.pop();
                item
            }
            other => self.item_of(other),
        }
    }

    /// The statements of a block, and its value as an item.
    fn block_item(&mut self, b: &syn::Block) -> Item {
        match b.stmts.split_last() {
            Some((syn::Stmt::Expr(e, None), rest)) => {
                rest.iter().for_each(|s| self.statement(s));
                self.body_item(e)
            }
            Some((syn::Stmt::Macro(m), rest)) if m.semi_token.is_none() => {
                rest.iter().for_each(|s| self.statement(s));
                let e = syn::Expr::Macro(syn::ExprMacro {
                    attrs: m.attrs.clone(),
                    mac: m.mac.clone(),
                });
                self.body_item(&e)
            }
            _ => {
                b.stmts.iter().for_each(|s| self.statement(s));
                Item::Value(Expr::Tuple(Vec::new()), Ty::Unit)
            }
        }
    }

    /// An expression as an argument: a place that is borrowed stays a place.
    pub(super) fn item_of(&mut self, e: &syn::Expr) -> Item {
        match e {
            syn::Expr::Paren(p) => self.item_of(&p.expr),
            syn::Expr::Tuple(t) if !t.elems.is_empty() => {
                let parts = self.items(t.elems.iter());
                Item::Tuple(parts)
            }
            syn::Expr::Reference(r) if self.is_place_expr(&r.expr) => {
                let Some(place) = self.place(&r.expr) else {
                    return Item::Value(Expr::Tuple(Vec::new()), Ty::Unknown);
                };
                let place = self.freeze_place(place);
                let kind = match r.mutability {
                    Some(_) => Kind::RefMut,
                    None => Kind::Ref,
                };
                Item::Place(place, kind)
            }
            syn::Expr::Path(p) if self.parts_of(p).is_some() => match self.parts_of(p) {
                Some(item) => item,
                None => Item::Value(Expr::Tuple(Vec::new()), Ty::Unknown),
            },
            syn::Expr::Path(p) if self.is_reference(p) => match self.place(e) {
                Some(place) => {
                    let mutable = matches!(self.func.place_ty(&place), Ty::Ref(true, _));
                    Item::Place(place, if mutable { Kind::RefMut } else { Kind::Ref })
                }
                None => Item::Value(Expr::Tuple(Vec::new()), Ty::Unknown),
            },
            other => match self.expr(other) {
                (Expr::Borrow(true, place), _) => Item::Place(place, Kind::RefMut),
                (Expr::Borrow(false, place), _) => Item::Place(place, Kind::Ref),
                (value, ty) => Item::Value(value, ty),
            },
        }
    }

    /// The item of several parts that a name stands for.
    fn parts_of(&self, p: &syn::ExprPath) -> Option<Item> {
        match self.lookup(&p.path.get_ident()?.to_string())? {
            Binding::Parts(item) => Some(item.clone()),
            _ => None,
        }
    }

    /// Whether a name stands for borrowed data, which is handed on as such.
    fn is_reference(&self, p: &syn::ExprPath) -> bool {
        let Some(id) = p.path.get_ident() else {
            return false;
        };
        let scalar = |ty: &Ty| matches!(ty.peel(), Ty::Real(_) | Ty::Int | Ty::Bool);
        match self.lookup(&id.to_string()) {
            Some(Binding::Var(v)) => {
                let ty = &self.func.var(*v).ty;
                matches!(ty, Ty::Ref(..)) && !(scalar(ty) && matches!(ty, Ty::Ref(false, _)))
            }
            Some(Binding::Alias(_)) => true,
            _ => false,
        }
    }

    /// Arguments from left to right; see `operands`.
    pub(super) fn items<'a>(&mut self, es: impl Iterator<Item = &'a syn::Expr>) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        for e in es {
            let before = self.out.len();
            let item = self.item_of(e);
            if self.out[before..]
                .iter()
                .any(|s| !matches!(s, Stmt::Let { .. }))
            {
                let late = self.out.split_off(before);
                items = items.into_iter().map(|i| self.named_item(i)).collect();
                self.out.extend(late);
            }
            items.push(item);
        }
        items
    }

    /// An item that can be read again, and later.
    pub(super) fn named_item(&mut self, item: Item) -> Item {
        match item {
            Item::Value(e, ty) if !(e.is_atom() && self.is_stable(&e)) => {
                let var = self.name_value("item", e, ty.clone());
                Item::Value(Expr::var(var), ty)
            }
            Item::Tuple(parts) => {
                Item::Tuple(parts.into_iter().map(|p| self.named_item(p)).collect())
            }
            item => item,
        }
    }

    /// A closure that kept code mentions gets a variable of its own; only one without derivative can.
    pub(super) fn kept_closure(&mut self, name: &str, closure: &Rc<Closure>) -> VarId {
        let outside = std::mem::replace(&mut self.scopes, closure.scopes.clone());
        let written = closure.written.to_token_stream();
        let pure = self.is_constant_code(written.clone())
            && !super::expr::assigns(&closure.written.body.to_token_stream(), true);
        if !pure {
            self.unsupported(
                opening(&closure.written),
                Code::ClosureValue,
                &format!("the closure `{name}`, used as a value,"),
                "call it directly, or write an annotated function and pass that",
            );
        }
        let code = self.opaque(written, closure.written.span(), Ty::Constant);
        self.scopes = outside;
        let var = self.declare(
            name,
            closure.written.span(),
            Ty::Constant,
            false,
            Role::Local,
        );
        self.maybe_active[var.0] = false;
        self.emit(Stmt::Let {
            var,
            init: Some(Expr::Opaque(code)),
        });
        var
    }
}

/// Whether a closure's body holds a `return` of its own.
pub(super) fn returns(e: &syn::Expr) -> bool {
    struct Search(bool);
    impl<'ast> syn::visit::Visit<'ast> for Search {
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut search = Search(false);
    syn::visit::Visit::visit_expr(&mut search, e);
    search.0
}
