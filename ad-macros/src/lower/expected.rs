//! Where a value of a user's type is expected, operators on operands of unknown type are those of user types: what a `let` or the
//! function's result is annotated with says so, and so does the other operand of a sum. A wrong guess costs nothing but length, since
//! the operators of the run-time library are differentiated for numbers, too.

use super::expr::{bin_op, is_assignment};
use super::*;

/// Names of fields that are mostly vectors in space.
const VECTORS: &[&str] = &[
    "pos",
    "position",
    "vel",
    "velocity",
    "acc",
    "acceleration",
    "force",
    "momentum",
    "impulse",
    "torque",
    "origin",
    "center",
    "centre",
    "direction",
    "dir",
    "normal",
    "axis",
    "point",
    "offset",
    "translation",
    "orientation",
    "gravity",
];

impl Lowerer<'_> {
    /// Lowers something of which a user's value is expected, or not.
    pub(super) fn expecting_users<R>(
        &mut self,
        users: bool,
        lower: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let before = std::mem::replace(&mut self.users_expected, users);
        let found = lower(self);
        self.users_expected = before;
        found
    }

    /// Whether an operator on these operands may be one of a user's type.
    pub(super) fn may_be_users(&self, operands: &[&syn::Expr]) -> bool {
        let expected = self.users_expected && !operands.iter().all(|e| self.is_number(e));
        expected || operands.iter().any(|e| self.is_of_user(e))
    }

    /// Whether the target of an assignment may be of a user's type because of what it takes.
    pub(super) fn is_taken_by_users(&self, target: &syn::Expr, value: &syn::Expr) -> bool {
        !self.is_number(target) && self.is_of_user(value)
    }

    /// Whether an expression is a number for sure.
    fn is_number(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_number(&p.expr),
            syn::Expr::Unary(u) => self.is_number(&u.expr),
            syn::Expr::Binary(b) => self.is_number(&b.left) && self.is_number(&b.right),
            syn::Expr::MethodCall(m) => self.is_number(&m.receiver),
            syn::Expr::Lit(_) | syn::Expr::Cast(_) => true,
            syn::Expr::Path(p) => match p.path.get_ident().map(|i| self.lookup(&i.to_string())) {
                Some(Some(Binding::Var(v))) => {
                    let ty = self.func.var(*v).ty.peel();
                    ty.is_real() || matches!(ty, Ty::Int)
                }
                Some(Some(_)) => false,
                _ => true,
            },
            _ => false,
        }
    }

    /// Whether a method of the same block, or a field's name, says that an expression is of a user's type.
    pub(super) fn is_called_users(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Field(f) => matches!(&f.member, syn::Member::Named(name)
                if VECTORS.contains(&name.to_string().as_str())),
            syn::Expr::MethodCall(m) => self.generics.makers.contains(&m.method.to_string()),
            syn::Expr::Call(c) => match &*c.func {
                syn::Expr::Path(p) if p.path.segments.len() == 2 => {
                    let (owner, name) = (&p.path.segments[0].ident, &p.path.segments[1].ident);
                    owner == "Self" && self.generics.makers.contains(&name.to_string())
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// Whether what is expected of an expression is expected of its operands.
pub(super) fn passes_on(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Paren(_) | syn::Expr::Group(_) => true,
        syn::Expr::Unary(u) => matches!(u.op, syn::UnOp::Neg(_)),
        syn::Expr::Binary(b) => bin_op(&b.op).is_arithmetic() && !is_assignment(&b.op),
        _ => false,
    }
}
