//! Whether the closures of a chain change what is not their own: such a chain can't be walked in another order.

use super::*;

impl Lowerer<'_> {
    /// Whether a closure on the way to an item assigns to what it captures.
    pub(super) fn has_effects(&self, access: &Access) -> bool {
        match access {
            Access::Map(c, inner) => {
                assigns_outside(c) || is_exclusive(inner) || self.has_effects(inner)
            }
            Access::Counted(_, inner) | Access::At(_, inner) | Access::ByValue(inner) => {
                self.has_effects(inner)
            }
            Access::Pair(a, b) | Access::Joined(_, a, b) => {
                self.has_effects(a) || self.has_effects(b)
            }
            Access::Element(..)
            | Access::Span { .. }
            | Access::FromEnd { .. }
            | Access::Number
            | Access::Fixed(_) => false,
        }
    }
}

/// Whether the items can be written through.
fn is_exclusive(access: &Access) -> bool {
    match access {
        Access::Element(_, kind) | Access::Span { kind, .. } => *kind == Kind::RefMut,
        Access::Number | Access::Map(..) | Access::Fixed(_) | Access::FromEnd { .. } => false,
        Access::Pair(a, b) | Access::Joined(_, a, b) => is_exclusive(a) || is_exclusive(b),
        Access::Counted(_, inner) | Access::At(_, inner) | Access::ByValue(inner) => {
            is_exclusive(inner)
        }
    }
}

/// Looks for assignments to variables that a closure does not own.
struct Search {
    own: Vec<String>,
    found: bool,
    calls: Vec<String>,
}
impl Search {
    fn target(&mut self, e: &syn::Expr) {
        match e {
            syn::Expr::Path(p) => {
                let name = p.path.get_ident().map(ToString::to_string);
                self.found |= !name.is_some_and(|n| self.own.contains(&n));
            }
            syn::Expr::Index(i) => self.target(&i.expr),
            syn::Expr::Field(f) => self.target(&f.base),
            syn::Expr::Paren(p) => self.target(&p.expr),
            // What a parameter refers to lies outside.
            _ => self.found = true,
        }
    }
}
impl<'ast> syn::visit::Visit<'ast> for Search {
    fn visit_pat_ident(&mut self, id: &'ast syn::PatIdent) {
        self.own.push(id.ident.to_string());
    }
    fn visit_expr_assign(&mut self, a: &'ast syn::ExprAssign) {
        self.target(&a.left);
        syn::visit::visit_expr_assign(self, a);
    }
    fn visit_expr_binary(&mut self, b: &'ast syn::ExprBinary) {
        if crate::lower::expr::is_assignment(&b.op) {
            self.target(&b.left);
        }
        syn::visit::visit_expr_binary(self, b);
    }
    fn visit_expr_call(&mut self, c: &'ast syn::ExprCall) {
        if let syn::Expr::Path(p) = &*c.func
            && let Some(id) = p.path.get_ident()
        {
            self.calls.push(id.to_string());
        }
        syn::visit::visit_expr_call(self, c);
    }
    fn visit_expr_reference(&mut self, r: &'ast syn::ExprReference) {
        if r.mutability.is_some() {
            self.target(&r.expr);
        }
        syn::visit::visit_expr_reference(self, r);
    }
    fn visit_expr_method_call(&mut self, m: &'ast syn::ExprMethodCall) {
        if matches!(
            m.method.to_string().as_str(),
            "push" | "pop" | "swap" | "fill" | "clear" | "iter_mut"
        ) {
            self.target(&m.receiver);
        }
        syn::visit::visit_expr_method_call(self, m);
    }
}

/// Whether a closure, or one that it calls, assigns to a variable that is not its own.
pub(in crate::lower) fn assigns_outside(c: &Closure) -> bool {
    let mut search = Search {
        own: Vec::new(),
        found: false,
        calls: Vec::new(),
    };
    syn::visit::Visit::visit_expr_closure(&mut search, &c.written);
    let called = |name: &String| c.scopes.iter().rev().find_map(|s| s.get(name));
    search.found
        || search.calls.iter().any(
            |name| matches!(called(name), Some(Binding::Closure(inner)) if assigns_outside(inner)),
        )
}
