//! What a caller may ask of a function: whether it overwrites its `&mut` arguments before it reads them.

use super::Subject;
use super::params::{Param, Passing};
use crate::ir::*;
use crate::transform::kills::{filled_to, mentions, overwrites};
use crate::transform::nodes::{Node, Preparer};
use proc_macro2::TokenStream;
use quote::quote;

/// Two parameters that have to be of the same length.
type SameLength = (usize, usize);

impl Subject<'_> {
    /// `f_overwrites`, for functions with `&mut` parameters: takes the lengths of all arguments, as far as they
    /// are known.
    pub fn overwrites(&self) -> TokenStream {
        if self.sig.receiver().is_some() || !self.params.iter().any(Param::is_mut) {
            return quote!();
        }
        let answer = match self.overwritten_if() {
            None => quote!(false),
            Some(pairs) if pairs.is_empty() => quote!(true),
            Some(pairs) => {
                let krate = self.krate;
                let same = pairs.iter().map(|(a, b)| {
                    quote!(lengths[#a] == lengths[#b] && lengths[#a] != #krate::rt::NO_LENGTH)
                });
                quote!(#(#same)&&*)
            }
        };
        let (vis, cfgs, name) = (self.vis, &self.cfgs, self.name("_overwrites"));
        let count = self.params.len();
        quote! {
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(warnings, clippy::all, clippy::pedantic)]
            #[inline]
            #vis fn #name(lengths: [usize; #count]) -> bool {
                #answer
            }
        }
    }

    /// Under which conditions all `&mut` parameters are overwritten; `None` where some may be read first.
    fn overwritten_if(&self) -> Option<Vec<SameLength>> {
        let (mut func, mut activity) = (self.func.clone(), self.activity.clone());
        let body = std::mem::take(&mut func.body);
        let scope = Preparer {
            func: &mut func,
            activity: &mut activity,
        }
        .scope(body);
        let mut pairs = Vec::new();
        for p in self.params.iter().filter(|p| p.is_mut()) {
            pairs.extend(self.overwritten(&func, &scope.nodes, p)?);
        }
        Some(pairs)
    }

    fn overwritten(&self, func: &Func, nodes: &[Node], p: &Param) -> Option<Vec<SameLength>> {
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
            let length_of = self.param_of_length(func, nodes, filled_to(func, n, p.var)?)?;
            let own = self.position(p.var)?;
            return Some(if own == length_of {
                Vec::new()
            } else {
                vec![(own, length_of)]
            });
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
