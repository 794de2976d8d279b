//! `f_sparse_jacobian` and `f_sparse_hessian`: the sweeps that a plan asks for. `f_sparsity` and `f_hessian_sparsity`: sweeps that carry
//! sets.

use super::jacobian::{Products, counted, optional};
use super::{Head, Subject};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// Tokens whose local names are no user's.
macro_rules! ours {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

impl Subject<'_> {
    /// The Jacobian, by a plan: in a matrix that is there, and in one of its own.
    pub fn sparse_jacobian(&self) -> TokenStream {
        let (krate, ret, scalar) = (self.krate, self.ret(), self.scalar_ty());
        let result = |value| ours!(::core::result::Result<#value, #krate::sparse::SparseError>);
        let params = self.with_plan(ours!(#krate::sparse::JacobianPlan<#scalar>));
        let mut places = params.clone();
        places.push(ours!(jacobian: &mut #krate::sparse::Csc<#scalar>));
        let into = self.head_of_sweeps(
            "_sparse_jacobian_into",
            "Value, and the sparse Jacobian in a matrix of the plan's pattern",
            places,
            result(ours!(#ret)),
        );
        let owned = self.head_of_sweeps(
            "_sparse_jacobian",
            "Value and sparse Jacobian, evaluated by a plan",
            params,
            result(ours!((#ret, #krate::sparse::Csc<#scalar>))),
        );
        // Where the function stands, nobody tells; so neither knows the name of the other.
        let sweeps = self.sparse_sweeps(&scalar);
        let value = self.wrap(ours!(value));
        let both = self.wrap(ours!(value.map(|value| (value, matrix))));
        let into = self.with_own_receiver(into, ours!(#sweeps #value));
        let owned = self.with_own_receiver(
            owned,
            ours!(let mut matrix = plan.matrix(); let jacobian = &mut matrix; #sweeps #both),
        );
        ours!(#owned #into)
    }

    /// The sweeps that leave entries in `jacobian`, and the function's value, or what is wrong, in `value`.
    fn sparse_sweeps(&self, scalar: &TokenStream) -> TokenStream {
        let krate = self.krate;
        let (sweeps, widest, columns, rows) = self.sweeps(scalar);
        let (segments, starts) = (self.segments(), self.starts());
        let known = optional(self.known_rows());
        let counts = self.active().map(|p| self.count(p));
        ours! {
            #sweeps
            #starts
            let mut sweeps = #krate::rt::SparseSweeps::jacobian(plan, jacobian, 0 #(#counts)*, #known);
            let mut value = ::core::option::Option::None;
            #segments
            while let ::core::option::Option::Some(mut direction) = sweeps.column(#widest) { #columns }
            while let ::core::option::Option::Some(mut direction) = sweeps.row(#widest) { #rows }
            let value = sweeps.finish().map(|()| value.expect("there is at least one sweep"));
        }
    }

    /// The places of the Jacobian that may be nonzero, where there are wide sweeps.
    pub fn sparsity(&self) -> TokenStream {
        if !self.has_wide_sweeps() {
            return ours!();
        }
        let krate = self.krate;
        let counts = self.active().map(|p| self.count(p));
        let marked = self.with_lanes(ours!(#krate::rt::Marks));
        let (starts, tangent, column) = (
            self.starts(),
            marked.tangent_sweep(),
            marked.column(&ours!(#krate::rt::MARKS)),
        );
        let body = ours! {
            #tangent
            #starts
            let mut sweeps = #krate::rt::PatternSweeps::new(0 #(#counts)*);
            let mut value = ::core::option::Option::None;
            while let ::core::option::Option::Some(mut direction) = sweeps.column() { #column }
            sweeps.pattern()
        };
        let head = Head {
            suffix: "_sparsity",
            doc: "Where the Jacobian may be nonzero, as the function runs at this point",
            params: self.own_params(),
            output: ours!(#krate::sparse::Pattern),
            needs: counted(),
            ..Head::default()
        };
        self.with_own_receiver(head, body)
    }

    /// The same of the Hessian: of the places of the gradient's Jacobian. A set says on which inputs an adjoint depends.
    pub fn hessian_sparsity(&self) -> TokenStream {
        let krate = self.krate;
        let marked = self.with_lanes(ours!(#krate::rt::Marks));
        let code = marked.has_wide_sweeps().then(|| marked.hvp_code());
        let Some(code) = code.flatten() else {
            return ours!();
        };
        let (size, starts) = (self.variables(), self.starts());
        let product = marked.sweep("product", "_hvp", code);
        let sweep = marked.product(&ours!(#krate::rt::MARKS));
        let body = ours! {
            #product
            #starts
            let mut sweeps = #krate::rt::PatternSweeps::new(#size);
            let mut first = ::core::option::Option::None;
            while let ::core::option::Option::Some(mut direction) = sweeps.column() { #sweep }
            sweeps.symmetric_pattern()
        };
        let head = Head {
            suffix: "_hessian_sparsity",
            doc: "Where the Hessian may be nonzero, as the function runs at this point",
            params: self.own_params(),
            output: ours!(#krate::sparse::Pattern),
            needs: counted(),
            ..Head::default()
        };
        self.with_own_receiver(head, body)
    }

    /// The Hessian of a function with a real result, by a plan.
    pub fn sparse_hessian(&self) -> TokenStream {
        let Some(Products {
            setup,
            size,
            widest,
            sweep,
            gradient,
        }) = self.products()
        else {
            return ours!();
        };
        let (krate, ret, scalar) = (self.krate, self.ret(), self.scalar_ty());
        let result = self.wrap(ours! {
            sweeps.finish().map(|()| {
                let (value, gradient) = first.expect("there is at least one sweep");
                (value, gradient, matrix)
            })
        });
        let body = ours! {
            #setup
            let mut matrix = plan.matrix();
            let mut sweeps = #krate::rt::SparseSweeps::hessian(plan, &mut matrix, #size);
            let mut first = ::core::option::Option::None;
            while let ::core::option::Option::Some(mut direction) = sweeps.column(#widest) { #sweep }
            #result
        };
        let head = Head {
            suffix: "_sparse_hessian",
            doc: "Value, gradient and sparse Hessian, evaluated by a plan",
            params: self.with_plan(ours!(#krate::sparse::HessianPlan<#scalar>)),
            output: self.wrapped(ours!(::core::result::Result<(#ret, #gradient, #krate::sparse::Csc<#scalar>), #krate::sparse::SparseError>)),
            needs: counted(),
            ..Head::default()
        };
        self.with_own_receiver(head, body)
    }

    /// The function's own parameters, and the plan.
    fn with_plan(&self, ty: TokenStream) -> Vec<TokenStream> {
        let mut params = self.own_params();
        params.push(ours!(plan: &mut #ty));
        params
    }
}
