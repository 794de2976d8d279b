//! What a caller may ask of a function: whether it overwrites its `&mut` arguments before it reads them, and whether its
//! pullback puts them back.

use super::Subject;
use super::params::{Param, Passing};
use crate::ir::*;
use crate::transform::adjoint::Adjoint;
use crate::transform::kills::{filled_to, mentions, overwrites};
use crate::transform::nodes::{Node, Scope, prepare};
use proc_macro2::TokenStream;
use quote::quote;

impl Subject<'_> {
    /// `f_overwrites`: whether the function overwrites an argument before it reads it, given the lengths of all
    /// arguments, as far as they are known.
    pub fn overwrites(&self) -> TokenStream {
        if !self.is_asked() {
            return quote!();
        }
        let (func, scope) = self.prepared();
        let krate = self.krate;
        let arms = self.params.iter().enumerate().filter(|(_, p)| p.is_mut());
        let arms = arms.filter_map(|(k, p)| {
            let ends = self.overwritten(&func, &scope.nodes, p)?;
            if ends.is_empty() {
                return Some(quote!(#k => true,));
            }
            let unknown = quote!(#krate::rt::NO_LENGTH);
            let reached = ends
                .iter()
                .map(|end| quote!(lengths[#k] <= lengths[#end] && lengths[#end] != #unknown));
            Some(quote!(#k => lengths[#k] != #unknown #(&& #reached)*,))
        });
        let arms: Vec<TokenStream> = arms.collect();
        let count = self.params.len();
        self.answer(
            "_overwrites",
            &quote!(argument: usize, lengths: [usize; #count]),
            &quote!(match argument { #(#arms)* _ => false }),
        )
    }

    /// Callers ask what happens to what they lend. Some lend as `&mut` what is taken as `&`.
    pub fn is_asked(&self) -> bool {
        let lent = |p: &Param| matches!(p.passing, Passing::Ref | Passing::RefMut);
        self.sig.receiver().is_none() && self.params.iter().any(lent)
    }

    /// The function's statements, prepared.
    pub fn prepared(&self) -> (Func, Scope) {
        let (mut func, mut activity) = (self.func.clone(), self.activity.clone());
        let scope = prepare(&mut func, &mut activity, false);
        (func, scope)
    }

    /// `f_restores`: whether the pullback leaves an argument as it was before the call. `depth` ends the questions of functions that call each other.
    pub fn restores(&self, adjoint: &Adjoint) -> TokenStream {
        if !self.is_asked() {
            return quote!();
        }
        let e = self.emitter(&adjoint.func);
        let arms = self.params.iter().enumerate().filter_map(|(k, p)| {
            if p.passing == Passing::Ref {
                return Some(quote!(#k => true,));
            }
            // On an error there is no pullback that could, and only of what is active is it known that nothing has changed.
            let asked = adjoint.restored.get(&p.var);
            let asked = asked.filter(|_| p.active || !self.is_fallible())?;
            let answer = if asked.is_empty() {
                quote!(true)
            } else {
                let answers = asked.iter().map(|r| {
                    let (question, argument) = (e.callee(&r.question, ""), r.argument);
                    quote!(#question(#argument, depth - 1))
                });
                quote!(depth > 0 #(&& #answers)*)
            };
            Some(quote!(#k => #answer,))
        });
        let arms: Vec<TokenStream> = arms.collect();
        self.answer(
            "_restores",
            &quote!(argument: usize, depth: usize),
            &quote!(match argument { #(#arms)* _ => false }),
        )
    }

    /// A hidden companion that answers a question.
    pub fn answer(&self, suffix: &str, params: &TokenStream, answer: &TokenStream) -> TokenStream {
        self.hidden(suffix, &quote!((#params) -> bool), answer)
    }

    /// A companion for callers that are annotated: `signature` is what stands behind its name.
    pub fn hidden(&self, suffix: &str, signature: &TokenStream, body: &TokenStream) -> TokenStream {
        let (vis, cfgs, name) = (self.vis, &self.cfgs, self.name(suffix));
        let wheres = self
            .home
            .is_trait()
            .then(|| quote!(where Self: ::core::marker::Sized));
        let body = match self.declared {
            true => quote!(;),
            false => quote!({ #body }),
        };
        quote! {
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
            #[inline]
            #vis fn #name #signature #wheres #body
        }
    }

    /// Whether a parameter is overwritten first, and which parameters may not be shorter for that.
    fn overwritten(&self, func: &Func, nodes: &[Node], p: &Param) -> Option<Vec<usize>> {
        // On an error it may not have got to it.
        if self.is_fallible() {
            return None;
        }
        // A `Vec` might come back with another length.
        if !matches!(
            func.var(p.var).ty.peel(),
            Ty::Slice(_) | Ty::Array(..) | Ty::Real(_)
        ) {
            return None;
        }
        for n in nodes {
            if !mentions(func, n, p.var) && !n.may_exit() {
                continue;
            }
            if overwrites(func, n, p.var) {
                return Some(Vec::new());
            }
            let own = self.position(p.var)?;
            let mut ends = self.params_of_length(func, nodes, filled_to(func, n, p.var)?)?;
            ends.retain(|k| *k != own);
            return Some(ends);
        }
        None
    }

    /// The parameters of whose lengths an expression is the least.
    fn params_of_length(&self, func: &Func, nodes: &[Node], e: &Expr) -> Option<Vec<usize>> {
        match e {
            Expr::Rule("min", args) => {
                let each = args.iter().map(|e| self.params_of_length(func, nodes, e));
                let each: Option<Vec<_>> = each.collect();
                Some(each?.concat())
            }
            Expr::Query(name, p, _) if name == "len" => {
                let borrowed = self.params.iter().find(|q| q.var == p.base)?;
                let whole = p.proj.iter().all(|s| matches!(s, Proj::Deref));
                let slice = borrowed.passing != Passing::Value
                    && !borrowed.mutable
                    && matches!(func.var(p.base).ty.peel(), Ty::Slice(_) | Ty::Array(..));
                (whole && slice)
                    .then(|| self.position(p.base))
                    .flatten()
                    .map(|k| vec![k])
            }
            Expr::Place(p) if p.is_var() && !func.var(p.base).mutable => {
                let init = nodes.iter().find_map(|n| match n {
                    Node::Let {
                        var, init: Some(e), ..
                    } if *var == p.base => Some(e),
                    _ => None,
                });
                self.params_of_length(func, nodes, init?)
            }
            _ => None,
        }
    }

    fn position(&self, v: VarId) -> Option<usize> {
        self.params.iter().position(|p| p.var == v)
    }
}
