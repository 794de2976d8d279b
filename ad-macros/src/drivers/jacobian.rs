//! `f_jacobian` and `f_hessian`: sweep by sweep.

use super::home::Needs;
use super::params::{Param, Passing};
use super::reverse::Code;
use super::{Head, Subject};
use crate::attribute::Order;
use crate::emit::is_sized;
use crate::ir::*;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// Tokens whose local names are no user's.
macro_rules! ours {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

impl Subject<'_> {
    /// A function's Jacobian, in the cheaper mode or the one asked for: in a matrix of its own, and in one that is there.
    pub fn jacobian(&self, order: Order) -> TokenStream {
        let (krate, ret, scalar) = (self.krate, self.ret(), self.scalar_ty());
        let matrix = ours!(#krate::Matrix<#scalar>);
        let owned = self.head_of_sweeps(
            "_jacobian",
            "Value and Jacobian (rows: the result and what `&mut` parameters are left with; columns: the active inputs)",
            self.own_params(),
            ours!((#ret, #matrix)),
        );
        let mut params = self.own_params();
        params.push(ours!(jacobian: &mut #matrix));
        let into = self.head_of_sweeps(
            "_jacobian_into",
            "Value, and the Jacobian in the place of what the matrix held; it allocates where that was smaller",
            params,
            ours!(#ret),
        );
        let fresh = self.jacobian_body(
            order,
            &ours!(<#matrix as ::core::default::Default>::default()),
        );
        let again = self.jacobian_body(order, &ours!(::core::mem::take(jacobian)));
        let (result, value) = (self.wrap(ours!((value, matrix))), self.wrap(ours!(value)));
        let owned = self.with_own_receiver(owned, ours!(#fresh #result));
        let into = self.with_own_receiver(into, ours!(#again *jacobian = matrix; #value));
        ours!(#owned #into)
    }

    /// The head of a companion that runs several sweeps.
    pub(super) fn head_of_sweeps(
        &self,
        suffix: &'static str,
        doc: &'static str,
        params: Vec<TokenStream>,
        output: TokenStream,
    ) -> Head<'static> {
        Head {
            suffix,
            doc,
            params,
            output: self.wrapped(output),
            needs: counted(),
            ..Head::default()
        }
    }

    /// The sweeps that leave behind `value` and `matrix`, in which there are other entries before.
    fn jacobian_body(&self, order: Order, matrix: &TokenStream) -> TokenStream {
        let (krate, scalar) = (self.krate, self.scalar_ty());
        let mode = match order {
            Order::Cheapest => ours!(::core::option::Option::None),
            Order::Forward => ours!(::core::option::Option::Some(#krate::rt::Mode::Forward)),
            Order::Reverse => ours!(::core::option::Option::Some(#krate::rt::Mode::Reverse)),
        };
        let starts = self.starts();
        let counts = self.active().map(|p| self.count(p));
        let known = self.known_rows();
        // Where something is changed, sweeps can't be functions beside each other.
        let lines = known
            .as_ref()
            .filter(|_| !self.params.iter().any(Param::is_mut));
        if let (Some(wide), Some(rows), None) = (self.wide_sweeps(), lines, self.func.wrapper) {
            let cols = ours!(0 #(#counts)*);
            let lines = self.lines(&scalar);
            return ours! {
                #wide
                let mut lines = #krate::rt::Lines::new(#rows, #cols, #mode, #matrix);
                #lines
            };
        }
        let known = optional(known);
        let (sweeps, widest, columns, rows) = self.sweeps(&scalar);
        ours! {
            #sweeps
            #starts
            let mut sweeps = #krate::rt::Sweeps::<#scalar>::new(0 #(#counts)*, #known, #mode, #matrix);
            let mut value = ::core::option::Option::None;
            while let ::core::option::Option::Some(mut direction) = sweeps.column(#widest) { #columns }
            while let ::core::option::Option::Some(mut direction) = sweeps.row(#widest) { #rows }
            let value = value.expect("there is at least one sweep");
            let matrix = sweeps.matrix();
        }
    }

    /// Where it is known how many lines there are: sweeps for one of them, for two and for many, each a function of its own.
    fn lines(&self, scalar: &TokenStream) -> TokenStream {
        let (krate, ret) = (self.krate, self.ret());
        let sweeps = [ours!(1), ours!(2), ours!(#krate::rt::LANES)].map(|width| {
            let lanes = self.with_lanes(ours!(#krate::rt::Lanes<#scalar, { #width }>));
            let (column, row) = (lanes.column(&width), lanes.row(&width));
            ours! {
                |sweeps: &mut #krate::rt::Lines<#scalar>, mut direction: #krate::rt::Direction| -> #ret {
                    let mut value = ::core::option::Option::None;
                    match direction.mode() {
                        #krate::rt::Mode::Forward => { #column }
                        #krate::rt::Mode::Reverse => { #row }
                    }
                    value.expect("there was a sweep")
                }
            }
        });
        ours! {
            let value = lines.sweep(#(#sweeps),*);
            let matrix = lines.matrix();
        }
    }

    /// The sweeps, how many directions one takes at most, and what is done with one of either kind.
    pub(super) fn sweeps(
        &self,
        scalar: &TokenStream,
    ) -> (TokenStream, TokenStream, TokenStream, TokenStream) {
        let krate = self.krate;
        let Some(wide) = self.wide_sweeps() else {
            let (tangent, adjoint) = (self.tangent_sweep(), self.adjoint_sweep());
            let (column, row) = (self.column(&ours!(1)), self.row(&ours!(1)));
            return (ours!(#tangent #adjoint), ours!(1), column, row);
        };
        let (mut columns, mut rows) = (TokenStream::new(), TokenStream::new());
        for width in [ours!(1), ours!(2), ours!(#krate::rt::LANES)] {
            let lanes = self.with_lanes(ours!(#krate::rt::Lanes<#scalar, { #width }>));
            let (column, row) = (lanes.column(&width), lanes.row(&width));
            columns.extend(ours!(#width => { #column }));
            rows.extend(ours!(#width => { #row }));
        }
        let other = ours!(_ => ::core::unreachable!());
        (
            wide,
            ours!(#krate::rt::LANES),
            ours!(match direction.width() { #columns #other }),
            ours!(match direction.width() { #rows #other }),
        )
    }

    /// The Hessian of a function with a real result, where there is a Hessian-vector product.
    pub fn full_hessian(&self) -> TokenStream {
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
        let body = ours! {
            #setup
            let mut sweeps = #krate::rt::Sweeps::<#scalar>::hessian(#size);
            let mut first = ::core::option::Option::None;
            while let ::core::option::Option::Some(mut direction) = sweeps.column(#widest) { #sweep }
            let (value, gradient) = first.expect("there is at least one sweep");
        };
        let result =
            self.wrap(ours!((value, gradient, #krate::rt::symmetric::<#scalar>(sweeps.matrix()))));
        let head = Head {
            suffix: "_hessian",
            doc: "Value, gradient and Hessian",
            params: self.own_params(),
            output: self.wrapped(ours!((#ret, #gradient, #krate::Matrix<#scalar>))),
            needs: counted(),
            ..Head::default()
        };
        self.with_own_receiver(head, ours!(#body #result))
    }

    /// What products of the Hessian with directions take; nothing where there are none.
    pub(super) fn products(&self) -> Option<Products> {
        let code = self.hvp_code()?;
        if self.params.iter().any(|p| p.callable.is_some()) {
            return None;
        }
        let (krate, scalar, starts) = (self.krate, self.scalar_ty(), self.starts());
        let inputs = self.active().filter(|p| !p.is_mut());
        let types: Vec<TokenStream> = inputs.map(|p| self.owned_ty(p)).collect();
        let (_, gradient) = super::reverse::one_or_tuple(types.clone(), types);
        let (product, widest, sweep) = match self.wide_product() {
            Some(product) => {
                let arms = [ours!(1), ours!(2), ours!(#krate::rt::LANES)].map(|width| {
                    let lanes = self.with_lanes(ours!(#krate::rt::Lanes<#scalar, { #width }>));
                    let product = lanes.product(&width);
                    ours!(#width => { #product })
                });
                let sweep =
                    ours!(match direction.width() { #(#arms)* _ => ::core::unreachable!() });
                (product, ours!(#krate::rt::LANES), sweep)
            }
            None => {
                let product = self.sweep("product", "_hvp", code);
                (product, ours!(1), self.product(&ours!(1)))
            }
        };
        Some(Products {
            setup: ours!(#product #starts),
            size: self.variables(),
            widest,
            sweep,
            gradient,
        })
    }

    /// How many variables a Hessian is taken in.
    pub(super) fn variables(&self) -> TokenStream {
        let inputs = self.active().filter(|p| !p.is_mut());
        let counts = inputs.map(|p| self.count(p));
        ours!(0 #(#counts)*)
    }

    /// Products with one or several directions: one sweep.
    pub(super) fn product(&self, width: &TokenStream) -> TokenStream {
        let inputs = || self.active().filter(|p| !p.is_mut());
        let parts = inputs().map(|p| {
            let dot = dot(p);
            ours!(direction.part::<{ #width }, _>(&mut #dot);)
        });
        let entries: Vec<Ident> = inputs().map(|p| own(&p.name, "product")).collect();
        let pattern = match entries.as_slice() {
            [one] => ours!(#one),
            many => ours!((#(#many),*)),
        };
        let (again, directions, fresh) = (self.again(), self.directions(), self.fresh());
        let call = self.tangent_call("product");
        ours! {
            #again #directions #fresh #(#parts)*
            let (value, gradient, #pattern) = #call;
            #(sweeps.entries::<{ #width }, _>(&direction, &#entries);)*
            first = ::core::option::Option::Some((value, gradient));
        }
    }

    /// The function's own parameters but its receiver.
    pub(super) fn own_params(&self) -> Vec<TokenStream> {
        let params = self.params.iter().skip_while(|p| p.receiver.is_some());
        params.map(|p| p.declare()).collect()
    }

    pub(super) fn with_own_receiver(&self, mut head: Head, body: TokenStream) -> TokenStream {
        let active = self.params.iter().filter_map(|p| p.receiver.clone());
        head.params.splice(0..0, active);
        self.companion(head, &body)
    }

    pub(super) fn active(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|p| p.active)
    }

    /// The float type of the entries: that of the result, or of the first input whose type says it.
    pub(super) fn scalar_ty(&self) -> TokenStream {
        let outputs = std::iter::once(&self.func.ret);
        let inputs = self.active().map(|p| &self.func.var(p.var).ty);
        match (outputs.chain(inputs).find_map(scalar), &self.scalar) {
            (Some(Scalar::F32), _) => ours!(f32),
            (Some(Scalar::Param(p)), _) => {
                let p = format_ident!("{p}");
                ours!(#p)
            }
            (None, Some(p)) => {
                let p = format_ident!("{p}");
                ours!(#p)
            }
            _ => ours!(f64),
        }
    }

    /// `+ count(x)`
    pub(super) fn count(&self, p: &Param) -> TokenStream {
        let (krate, name) = (self.krate, &p.name);
        match p.passing {
            Passing::Ref | Passing::RefMut => ours!(+ #krate::rt::count(&*#name)),
            _ => ours!(+ #krate::rt::count(&#name)),
        }
    }

    /// How many rows there are, where the types say so.
    pub(super) fn known_rows(&self) -> Option<TokenStream> {
        let changes = self.active().any(|p| p.is_mut());
        if changes || !is_sized(&self.func.ret) {
            return None;
        }
        let (krate, zero) = (self.krate, self.zero_result(&ours!()));
        Some(ours!(#krate::rt::count::<_>(&#zero)))
    }

    fn zero_result(&self, value: &TokenStream) -> TokenStream {
        let ret = self.shadow_ty(&self.ret());
        let zero = self.emitter(&self.func).shadow_zero(&self.func.ret, value);
        ours!({ let zero: #ret = #zero; zero })
    }

    /// `x_dot` of everything but `&mut` parameters, whose shape may change in a sweep.
    pub(super) fn directions(&self) -> TokenStream {
        self.active()
            .filter(|p| !p.is_mut())
            .map(|p| self.zero_dot(p))
            .collect()
    }

    pub(super) fn fresh(&self) -> TokenStream {
        self.active()
            .filter(|p| p.is_mut())
            .map(|p| self.zero_dot(p))
            .collect()
    }

    fn zero_dot(&self, p: &Param) -> TokenStream {
        let (dot, zero) = (dot(p), self.zero(p));
        ours!(let mut #dot = #zero;)
    }

    pub(super) fn zero(&self, p: &Param) -> TokenStream {
        let (name, ty) = (&p.name, self.shadow_ty(&self.owned_ty(p)));
        let zero = self
            .emitter(&self.func)
            .shadow_zero(&self.func.var(p.var).ty, &ours!(#name));
        ours!({ let zero: #ty = #zero; zero })
    }

    /// What `&mut` parameters hold before a sweep.
    pub(super) fn starts(&self) -> TokenStream {
        let changing = self.params.iter().filter(|p| p.is_mut());
        changing
            .map(|p| {
                let (name, start) = (&p.name, own(&p.name, "start"));
                match self.is_unsized_slice(p) {
                    true => ours!(let #start = #name.to_vec();),
                    false => ours!(let #start = ::core::clone::Clone::clone(&*#name);),
                }
            })
            .collect()
    }

    /// Puts that back.
    pub(super) fn again(&self) -> TokenStream {
        let changing = self.params.iter().filter(|p| p.is_mut());
        changing
            .map(|p| {
                let (name, start) = (&p.name, own(&p.name, "start"));
                match self.is_unsized_slice(p) {
                    true => ours!(#name.clone_from_slice(&#start);),
                    false => ours!(::core::clone::Clone::clone_from(&mut *#name, &#start);),
                }
            })
            .collect()
    }

    fn is_unsized_slice(&self, p: &Param) -> bool {
        matches!(self.func.var(p.var).ty.peel(), Ty::Slice(_))
    }

    pub(super) fn tangent_sweep(&self) -> TokenStream {
        let (params, body) = self.tangent_code();
        let output = self.value_and_tangent();
        self.sweep(
            "tangent",
            "_tangent",
            Code {
                params,
                output,
                body,
            },
        )
    }

    pub(super) fn adjoint_sweep(&self) -> TokenStream {
        self.sweep("adjoint", "_adjoint", self.adjoint_code())
    }

    /// A closure that is one sweep. A method calls its sibling instead: only there a sibling has a name that is known.
    pub(super) fn sweep(&self, name: &str, suffix: &str, code: Code) -> TokenStream {
        let name = format_ident!("{name}", span = Span::mixed_site());
        if self.is_method() {
            let companion = self.name(suffix);
            return ours!(let #name = Self::#companion;);
        }
        let Code {
            params,
            output,
            body,
        } = code;
        let output = match output.is_empty() {
            true => ours!(()),
            false => output,
        };
        ours!(let #name = |#(#params),*| -> #output { #body };)
    }

    fn is_method(&self) -> bool {
        self.sig.receiver().is_some()
    }

    /// One tangent sweep.
    pub(super) fn column(&self, width: &TokenStream) -> TokenStream {
        let (again, directions, fresh) = (self.again(), self.directions(), self.fresh());
        let parts = self.active().map(|p| {
            let dot = dot(p);
            ours!(direction.part::<{ #width }, _>(&mut #dot);)
        });
        let call = self.tangent_call("tangent");
        let (call, result) = match self.returns_unit() {
            true => (ours!(#call; let column = ();), ours!()),
            false => (
                ours!(let (column, dot) = #call;),
                ours!(sweeps.entries::<{ #width }, _>(&direction, &dot);),
            ),
        };
        let result = if self.func.ret.is_constant() {
            ours!()
        } else {
            result
        };
        let finals = self.active().filter(|p| p.is_mut()).map(|p| {
            let dot = dot(p);
            ours!(sweeps.entries::<{ #width }, _>(&direction, &#dot);)
        });
        ours! {
            #again #directions #fresh #(#parts)*
            #call
            #result #(#finals)*
            value = ::core::option::Option::Some(column);
        }
    }

    /// A call that takes a direction behind each input.
    pub(super) fn tangent_call(&self, name: &str) -> TokenStream {
        let mut args = self.constant_receiver();
        for p in &self.params {
            args.push(self.argument(p));
            if p.active {
                let dot = dot(p);
                args.push(match p.passing {
                    Passing::Ref => ours!(&#dot),
                    Passing::RefMut => ours!(&mut #dot),
                    _ => ours!(::core::clone::Clone::clone(&#dot)),
                });
            }
        }
        self.call_of(name, &args)
    }

    fn call_of(&self, name: &str, args: &[TokenStream]) -> TokenStream {
        let (name, question) = (
            format_ident!("{name}", span = Span::mixed_site()),
            self.func.wrapper.map(|_| ours!(?)),
        );
        ours!(#name(#(#args),*) #question)
    }

    pub(super) fn constant_receiver(&self) -> Vec<TokenStream> {
        let receiver = self.sig.receiver().filter(|_| self.receiver.is_some());
        let by_value = receiver.is_some_and(|r| r.reference.is_none() && r.colon_token.is_none());
        receiver
            .map(|_| match by_value {
                true => quote!(::core::clone::Clone::clone(&self)),
                false => quote!(self),
            })
            .into_iter()
            .collect()
    }

    /// The parameter itself, once more.
    pub fn argument(&self, p: &Param) -> TokenStream {
        let name = &p.name;
        match p.passing {
            Passing::Ref => ours!(#name),
            Passing::RefMut => ours!(&mut *#name),
            _ => ours!(::core::clone::Clone::clone(&#name)),
        }
    }

    /// One adjoint sweep.
    pub(super) fn row(&self, width: &TokenStream) -> TokenStream {
        let mut setup = TokenStream::new();
        let mut args = self.constant_receiver();
        let (mut results, mut entries) = (Vec::new(), TokenStream::new());
        if !self.returns_unit() {
            results.push(ours!(row));
            if !is_sized(&self.func.ret) {
                let shape = ours!(value.as_ref().expect("there was a first sweep"));
                setup.extend(ours!(let shape = #shape;));
            }
            let zero = self.zero_result(&ours!((*shape)));
            setup.extend(ours!(let mut seed = #zero;));
            setup.extend(ours!(direction.part::<{ #width }, _>(&mut seed);));
        }
        for p in &self.params {
            args.push(self.argument(p));
            if !p.active {
                continue;
            }
            let (bar, zero) = (own(&p.name, "bar"), self.zero(p));
            match p.passing {
                Passing::Value => results.push(ours!(#bar)),
                _ => {
                    args.push(ours!(&mut #bar));
                    setup.extend(ours!(let mut #bar = #zero;));
                }
            }
            if p.is_mut() {
                setup.extend(ours!(direction.part::<{ #width }, _>(&mut #bar);));
            }
            entries.extend(ours!(sweeps.entries::<{ #width }, _>(&direction, &#bar);));
        }
        if !self.returns_unit() {
            args.push(match self.seed_by_value() {
                true => ours!(seed),
                false => ours!(&seed),
            });
        }
        let (again, call) = (self.again(), self.call_of("adjoint", &args));
        let call = match results.as_slice() {
            [] => ours!(#call;),
            [one] => ours!(let #one = #call;),
            many => ours!(let (#(#many),*) = #call;),
        };
        let value = match self.returns_unit() {
            true => ours!(()),
            false => ours!(row),
        };
        ours! {
            #setup #again
            #call
            #entries
            value = ::core::option::Option::Some(#value);
        }
    }
}

/// The pieces of a loop over products with the Hessian.
pub(super) struct Products {
    /// Before the loop.
    pub setup: TokenStream,
    /// The number of variables.
    pub size: TokenStream,
    /// How many directions a sweep takes at most.
    pub widest: TokenStream,
    /// Products along `direction`, which go to `sweeps`; value and gradient are left behind in `first`.
    pub sweep: TokenStream,
    /// The gradient's type.
    pub gradient: TokenStream,
}

/// What may be known, as an `Option` of the generated code.
pub(super) fn optional(known: Option<TokenStream>) -> TokenStream {
    match known {
        Some(known) => ours!(::core::option::Option::Some(#known)),
        None => ours!(::core::option::Option::None),
    }
}

pub(super) fn counted() -> Needs {
    Needs {
        cloned: true,
        counted: true,
        ..Needs::default()
    }
}

/// `x_dot`, but no name of the user's.
pub(super) fn own(name: &Ident, suffix: &str) -> Ident {
    format_ident!("{}_{suffix}", name, span = Span::mixed_site())
}

pub(super) fn dot(p: &Param) -> Ident {
    own(&p.name, "dot")
}

/// The float type that a type is made of.
fn scalar(ty: &Ty) -> Option<Scalar> {
    match ty.peel() {
        Ty::Real(Scalar::Unknown) => None,
        Ty::Real(s) => Some(s.clone()),
        Ty::Array(e, _) | Ty::Slice(e) | Ty::Vec(e) => scalar(e),
        Ty::Tuple(parts) => parts.iter().find_map(scalar),
        _ => None,
    }
}
