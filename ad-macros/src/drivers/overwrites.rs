//! What a caller may ask of a function: whether it overwrites its `&mut` arguments before it reads them, and whether its
//! pullback puts them back.

use super::Subject;
use super::params::{Param, Passing};
use crate::ir::*;
use crate::transform::adjoint::Adjoint;
use crate::transform::kills::{filled_to, mentions, overwrites};
use crate::transform::nodes::{Node, Preparer, Scope};
use proc_macro2::TokenStream;
use quote::quote;

/// Two parameters that have to be of the same length.
type SameLength = (usize, usize);

impl Subject<'_> {
    /// `f_overwrites`: whether the function overwrites an argument before it reads it, given the lengths of all
    /// arguments, as far as they are known.
    pub fn overwrites(&self) -> TokenStream {
        if !self.is_asked() {
            return quote!();
        }
        let (func, scope) = self.prepared();
        let arms = self.params.iter().enumerate().filter(|(_, p)| p.is_mut());
        let arms = arms.filter_map(|(k, p)| {
            let answer = match self.overwritten(&func, &scope.nodes, p)? {
                None => quote!(true),
                Some((a, b)) => {
                    let krate = self.krate;
                    quote!(lengths[#a] == lengths[#b] && lengths[#a] != #krate::rt::NO_LENGTH)
                }
            };
            Some(quote!(#k => #answer,))
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
    fn is_asked(&self) -> bool {
        let lent = |p: &Param| p.passing != Passing::Value;
        self.sig.receiver().is_none() && self.params.iter().any(lent)
    }

    /// The function's statements, prepared.
    fn prepared(&self) -> (Func, Scope) {
        let (mut func, mut activity) = (self.func.clone(), self.activity.clone());
        let body = std::mem::take(&mut func.body);
        let scope = Preparer {
            func: &mut func,
            activity: &mut activity,
        }
        .scope(body);
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
            let asked = adjoint.restored.get(&p.var)?;
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
    fn answer(&self, suffix: &str, params: &TokenStream, answer: &TokenStream) -> TokenStream {
        let (vis, cfgs, name) = (self.vis, &self.cfgs, self.name(suffix));
        let wheres = self.home.is_trait().then(|| quote!(where Self: Sized));
        let body = match self.declared {
            true => quote!(;),
            false => quote!({ #answer }),
        };
        quote! {
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(warnings, clippy::all, clippy::pedantic)]
            #[inline]
            #vis fn #name(#params) -> bool #wheres #body
        }
    }

    /// Whether a parameter is overwritten first, and which two lengths have to be equal for that.
    fn overwritten(&self, func: &Func, nodes: &[Node], p: &Param) -> Option<Option<SameLength>> {
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
                return Some(None);
            }
            let length_of = self.param_of_length(func, nodes, filled_to(func, n, p.var)?)?;
            let own = self.position(p.var)?;
            return Some((own != length_of).then_some((own, length_of)));
        }
        None
    }

    /// The parameter whose length an expression is.
    fn param_of_length(&self, func: &Func, nodes: &[Node], e: &Expr) -> Option<usize> {
        match e {
            Expr::Query(name, p, _) if name == "len" => {
                let borrowed = self.params.iter().find(|q| q.var == p.base)?;
                let whole = p.proj.iter().all(|s| matches!(s, Proj::Deref));
                let slice = borrowed.passing != Passing::Value
                    && !borrowed.mutable
                    && matches!(func.var(p.base).ty.peel(), Ty::Slice(_) | Ty::Array(..));
                (whole && slice).then(|| self.position(p.base)).flatten()
            }
            Expr::Place(p) if p.is_var() && !func.var(p.base).mutable => {
                let init = nodes.iter().find_map(|n| match n {
                    Node::Let {
                        var, init: Some(e), ..
                    } if *var == p.base => Some(e),
                    _ => None,
                });
                self.param_of_length(func, nodes, init?)
            }
            _ => None,
        }
    }

    fn position(&self, v: VarId) -> Option<usize> {
        self.params.iter().position(|p| p.var == v)
    }
}
