//! What a caller has to know that goes on behind an error: such a call leaves no pullback, so what it had changed until then
//! would be missing from the reverse sweep.

use super::Subject;
use super::handed::is_mutable;
use super::params::{Param, Passing};
use crate::ir::*;
use crate::transform::again::writes_of;
use crate::transform::nodes::{Node, Scope};
use proc_macro2::TokenStream;
use quote::quote;

impl Subject<'_> {
    /// `f_fails_unchanged`: callers that go on behind an error mention it. Where an error may leave after something behind a `&mut` has
    /// changed, it has a bound that nothing meets.
    pub fn fails_unchanged(&self) -> TokenStream {
        if !self.is_fallible() {
            return quote!();
        }
        let krate = self.krate;
        let bound = self
            .may_fail_changed()
            .then(|| quote!(: #krate::rt::FailsUnchanged));
        let receiver = self.sig.receiver().map(|_| quote!(&self));
        let signature = quote!(<Caller #bound>(#receiver));
        self.hidden("_fails_unchanged", &signature, &quote!())
    }

    /// The companions of a trait have to be the same whatever an `impl` does, and what is written by hand is not known. What is constant has no
    /// adjoint, and callers put it back themselves.
    fn may_fail_changed(&self) -> bool {
        let lent = |p: &&Param| match &p.callable {
            Some(callable) => is_mutable(callable),
            None => p.active && p.passing == Passing::RefMut,
        };
        let lent: Vec<VarId> = self.params.iter().filter(lent).map(|p| p.var).collect();
        if lent.is_empty() || self.home.is_fixed() || self.custom {
            return !lent.is_empty();
        }
        let (func, scope) = self.prepared();
        let order = Order { func: &func, lent };
        order.fails(&scope, &mut false)
    }
}

/// In which order a function changes what it is lent and leaves with an error.
struct Order<'a> {
    func: &'a Func,
    lent: Vec<VarId>,
}

impl Order<'_> {
    /// Whether an error may leave a scope after a change. `changed` says whether there has been one.
    fn fails(&self, scope: &Scope, changed: &mut bool) -> bool {
        scope.nodes.iter().any(|n| self.node_fails(n, changed))
    }

    fn node_fails(&self, n: &Node, changed: &mut bool) -> bool {
        match n {
            Node::If { then, els, .. } => {
                let mut other = *changed;
                let found = self.fails(then, changed) || self.fails(els, &mut other);
                *changed |= other;
                found
            }
            Node::Rest(scope) | Node::Labeled { body: scope, .. } => self.fails(scope, changed),
            // An iteration may leave after what those before it have changed.
            Node::Loop { body, .. } => {
                *changed |= self.any_changes(&body.nodes);
                self.fails(body, changed) || (*changed && n.may_fail(self.func))
            }
            leaf => {
                let writes = self.changes(leaf);
                // A callee, or kept code, may fail after it has changed what it is lent.
                let early = writes && !matches!(leaf, Node::Assign { .. } | Node::Container { .. });
                let found = leaf.may_fail(self.func) && (*changed || early);
                *changed |= writes;
                found
            }
        }
    }

    fn any_changes<'n>(&self, nodes: impl IntoIterator<Item = &'n Node>) -> bool {
        let mut found = false;
        let mut look = |n: &Node| found |= self.changes(n);
        nodes.into_iter().for_each(|n| n.walk(&mut look));
        found
    }

    fn changes(&self, n: &Node) -> bool {
        let is_lent = |v: &VarId| self.lent.contains(v);
        match n {
            // What stands behind it says whether it changes anything.
            Node::Guard(_) => false,
            Node::Plain(s @ Stmt::Effect(_)) => kept_writes(self.func, s).iter().any(is_lent),
            Node::Call {
                callee,
                args,
                bodies,
                ..
            } => {
                let calls = matches!(callee, Callee::Param(v) if is_lent(v));
                let passes = |a: &CallArg| matches!(&a.arg, Arg::Param(v) if is_lent(v));
                let captured = bodies.iter().flat_map(|b| &b.nodes);
                let direct = writes_of(self.func, n).iter().any(is_lent);
                calls || direct || args.iter().any(passes) || self.any_changes(captured)
            }
            n => writes_of(self.func, n).iter().any(is_lent),
        }
    }
}
