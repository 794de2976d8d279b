//! Operators on values of user types: calls of the run-time library's functions for them.
//!
//! An operand is known to be of a user's type if it was declared so (`v: V3`, `&[V3]`), is a struct literal, or came out of such an
//! operator.

use super::*;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// Whether an expression is known to be of a user's type, as far as its operators go.
    pub(super) fn is_of_user(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_of_user(&p.expr),
            syn::Expr::Group(g) => self.is_of_user(&g.expr),
            syn::Expr::Reference(r) => self.is_of_user(&r.expr),
            syn::Expr::Unary(u) => !matches!(u.op, syn::UnOp::Not(_)) && self.is_of_user(&u.expr),
            syn::Expr::Binary(b) => {
                let op = super::expr::bin_op(&b.op);
                let assigns = super::expr::is_assignment(&b.op);
                op.is_arithmetic()
                    && !assigns
                    && (self.is_of_user(&b.left) || self.is_of_user(&b.right))
            }
            syn::Expr::Struct(s) => s.rest.is_none() || s.path.get_ident().is_some(),
            syn::Expr::MethodCall(m) if m.method == "clone" => self.is_of_user(&m.receiver),
            syn::Expr::Path(_) | syn::Expr::Index(_) => self.place_is_of_user(e),
            syn::Expr::Field(_) if self.is_users(e) => true,
            e => self.is_called_users(e),
        }
    }

    /// A variable of a user's type, or an element of several.
    fn place_is_of_user(&self, e: &syn::Expr) -> bool {
        let name = match e {
            syn::Expr::Path(p) => p.path.get_ident().map(ToString::to_string),
            _ => None,
        };
        match name.and_then(|n| self.lookup(&n)) {
            Some(Binding::Var(v)) if self.named.contains(v) => true,
            Some(Binding::Alias(p)) if p.is_var() && self.named.contains(&p.base) => true,
            Some(_) | None => self.is_users(e),
        }
    }

    /// Whether a pattern is annotated with a user's type.
    pub(super) fn is_typed_by_user(&self, pat: &syn::Pat) -> bool {
        matches!(pat, syn::Pat::Type(t) if self.is_users_type(&t.ty))
    }

    /// A name that has just been bound stands for a value of a user's type.
    pub(super) fn learn_user(&mut self, id: &syn::Ident) {
        if let Some(Binding::Var(v)) = self.lookup(&id.to_string()) {
            let v = *v;
            if matches!(self.func.var(v).ty, Ty::Unknown) {
                self.named.insert(v);
            }
        }
    }

    /// `a + b`
    pub(super) fn binary_call(
        &mut self,
        op: BinOp,
        left: &syn::Expr,
        right: &syn::Expr,
        span: Span,
    ) -> (Expr, Ty) {
        let name = match (self.is_borrowed(left), self.is_borrowed(right)) {
            (false, false) => "binary",
            (true, false) => "binary_left",
            (false, true) => "binary_right",
            (true, true) => "binary_refs",
        };
        self.operator_call(name, operator_name(op), &[left, right], span)
    }

    /// `-a`
    pub(super) fn neg_call(&mut self, u: &syn::ExprUnary) -> (Expr, Ty) {
        let name = match self.is_borrowed(&u.expr) {
            true => "unary_ref",
            false => "unary",
        };
        self.operator_call(name, "Neg", &[&u.expr], u.op.span())
    }

    /// `a += b`: `a` gets the new value.
    pub(super) fn assign_call(&mut self, op: BinOp, b: &syn::ExprBinary) {
        let name = match self.is_borrowed(&b.right) {
            true => "binary_right",
            false => "binary",
        };
        let (target, right) = (&b.left, &b.right);
        let old: syn::Expr = syn::parse_quote!((#target).clone());
        let assign = format!("{}Assign", operator_name(op));
        let (value, ty) = self.operator_call(name, &assign, &[&old, right], b.op.span());
        if let Some(place) = self.target(target) {
            let place = match self.func.place_ty(&place) {
                Ty::Ref(..) => place.with(Proj::Deref),
                _ => place,
            };
            self.assign_place(place, value, ty);
        }
    }

    fn operator_call(
        &mut self,
        name: &str,
        operator: &str,
        operands: &[&syn::Expr],
        span: Span,
    ) -> (Expr, Ty) {
        let krate = located(self.krate.clone(), span);
        let span = Span::call_site().located_at(span);
        let operator = syn::Ident::new(operator, span);
        let others = operands.iter().map(|_| quote!(_));
        let name = syn::Ident::new(name, span);
        let callee = Callee::Path {
            prefix: quote_spanned!(span=> #krate::rt::ops::),
            name: name.clone(),
            generics: Some(quote_spanned!(span=> #krate::rt::ops::#operator, #(#others),*)),
        };
        let sum = ["Add", "Sub", "Neg", "AddAssign", "SubAssign"]
            .iter()
            .any(|s| operator == s);
        let (value, ty) = self.expecting_users(self.users_expected || sum, |lw| {
            lw.call(callee, &name, None, operands.iter().copied(), span)
        });
        if let Expr::Place(p) = &value {
            self.named.insert(p.base);
        }
        (value, ty)
    }

    /// Whether an operand is written as a reference.
    fn is_borrowed(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_borrowed(&p.expr),
            syn::Expr::Group(g) => self.is_borrowed(&g.expr),
            syn::Expr::Reference(_) => true,
            syn::Expr::Path(p) => {
                let name = p.path.get_ident().map(ToString::to_string);
                let value = name.as_ref().is_some_and(|n| self.is_value(n));
                match name.and_then(|n| self.lookup(&n)) {
                    Some(_) if value => false,
                    Some(Binding::Var(v)) => matches!(self.func.var(*v).ty, Ty::Ref(..)),
                    Some(Binding::Alias(_)) => true,
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

fn operator_name(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "Add",
        BinOp::Sub => "Sub",
        BinOp::Mul => "Mul",
        BinOp::Div => "Div",
        _ => "Rem",
    }
}

/// Tokens that errors point at as if they stood elsewhere.
fn located(tokens: proc_macro2::TokenStream, span: Span) -> proc_macro2::TokenStream {
    let relocate = |mut t: proc_macro2::TokenTree| {
        t.set_span(t.span().located_at(span));
        t
    };
    tokens.into_iter().map(relocate).collect()
}
