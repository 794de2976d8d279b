//! Second order of what is written by hand: it follows from `f_adjoint_tangent`, which is there if the user has
//! annotated `f_adjoint`.

use super::*;
use crate::drivers::hessian::TangentSweeps;

impl Subject<'_> {
    /// `f_hvp`'s code is among the others'; this is what annotated callers use.
    pub fn custom_twice(&self) -> TokenStream {
        let TangentSweeps {
            params,
            values,
            forward,
            closure,
        } = self.custom_tangent_sweeps();
        let shadows = ["ref", "mut", "mut"];
        let code = (forward, closure);
        self.both_forms(self.suffixes_twice(), &params, &values, 2, &shadows, code)
    }

    /// The function with its tangent, and the tangent of its adjoint as a pullback.
    pub fn custom_tangent_sweeps(&self) -> TangentSweeps {
        let mut params = self.receiver_slot();
        let (mut keep, mut zeros) = (self.keep_arguments(), TokenStream::new());
        let e = self.emitter(&self.func);
        for p in &self.params {
            params.push(p.declare_lent());
            let dot = own(p, "dot");
            params.push(p.optional_shadow(&dot, &p.shadow_ty()));
            if !p.active {
                continue;
            }
            zeros.extend(self.unwrap_shadow(&e, p, &dot));
            zeros.extend(self.zero_if_missing(p, &dot, false));
            if p.passing != Passing::Ref {
                let (kept, copy) = (own(p, "dot_kept"), self.copy(p, dot.to_token_stream()));
                keep.extend(quote!(let #kept = #copy;));
            }
        }
        let call = self.call_tangent(|p| p.name.to_token_stream());
        let leave = self.question();
        let values = match self.returns_unit() {
            true => quote!((), ()),
            false => {
                let (value, dot) = (own_ident("value"), own_ident("value_dot"));
                quote!(#value, #dot)
            }
        };
        let forward = match self.returns_unit() {
            true => quote!(#zeros #keep #call #leave;),
            false => quote!(#zeros #keep let (#values) = #call #leave;),
        };
        let closure = self.custom_tangent_pullback();
        TangentSweeps {
            params,
            values,
            forward,
            closure,
        }
    }

    /// `f_adjoint_tangent` of what goes by these names: all it takes stands with its tangent behind it.
    fn call_adjoint_tangent(
        &self,
        receiver: &TokenStream,
        names: impl Fn(&Param) -> [TokenStream; 2],
        otherwise: TokenStream,
    ) -> TokenStream {
        let mut args = self.receiver_as(receiver);
        for p in &self.params {
            let [name, dot] = names(p);
            args.push(name);
            if !p.active {
                continue;
            }
            args.push(dot);
            if p.passing != Passing::Value {
                let (bar, bar_dot) = (own(p, "bar"), own(p, "bar_dot"));
                args.extend([quote!(&mut *#bar), quote!(&mut *#bar_dot)]);
            }
        }
        args.extend(self.seed_args(&["seed", "seed_dot"]));
        let path = self.by_path("_adjoint_tangent");
        let (pattern, ty) = self.adjoint_results();
        let both = match ty.to_string().as_str() {
            "()" => (quote!(()), quote!(())),
            _ => {
                let dots = self.adjoint_result_dots();
                (quote!((#pattern, #dots)), quote!((#ty, #ty)))
            }
        };
        let call = typed(&self.wrapped(both.1), quote!(#path(#(#args),*)));
        let pattern = both.0;
        match (otherwise.is_empty(), self.func.wrapper) {
            (_, None) => quote!(let #pattern = #call;),
            (true, Some(_)) => quote!(let #pattern = #call?;),
            (false, Some(_)) => {
                let pattern = self.wrap(pattern);
                quote!(let #pattern = #call #otherwise;)
            }
        }
    }

    fn adjoint_result_dots(&self) -> TokenStream {
        let mut names = Vec::new();
        if !self.returns_unit() {
            names.push(quote!(_));
        }
        names.extend(self.values().map(|p| own(p, "bar_dot").to_token_stream()));
        match names.len() {
            1 => quote!(#(#names)*),
            _ => quote!((#(#names),*)),
        }
    }

    fn custom_tangent_pullback(&self) -> TokenStream {
        let mut params = self.receiver_again(3);
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        let mut results = Vec::new();
        for p in &self.params {
            let (bar, bar_dot, referent) = (own(p, "bar"), own(p, "bar_dot"), &p.referent);
            if p.is_moved_receiver() {
                let ty = &p.ty;
                params.extend([quote!(_: &#ty), quote!(_: ::core::option::Option<&#ty>)]);
                for (target, bar) in [("receiver_bar", &bar), ("receiver_bar_dot", &bar_dot)] {
                    let target = own_ident(target);
                    params.push(quote!(#target: ::core::option::Option<&mut #ty>));
                    after.extend(self.add_to_receiver(&target, bar));
                }
                continue;
            }
            if p.passing == Passing::Value {
                results.extend(match p.active {
                    true => [quote!(#bar), quote!(#bar_dot)],
                    false => [quote!(()), quote!(())],
                });
                continue;
            }
            let (name, dot) = (p.closure_name(), own(p, "dot"));
            let reference = if p.is_mut() { quote!(&mut) } else { quote!(&) };
            let shadows = match p.active {
                true => [&dot, &bar, &bar_dot].map(ToTokens::to_token_stream),
                false => [quote!(_), quote!(_), quote!(_)],
            };
            let [first, second, third] = shadows;
            params.push(quote!(#name: #reference #referent));
            params.push(quote!(#first: ::core::option::Option<#reference #referent>));
            params.push(quote!(#second: ::core::option::Option<&mut #referent>));
            params.push(quote!(#third: ::core::option::Option<&mut #referent>));
            if p.active {
                before.extend(self.shadows_in_tangent_pullback(p));
            }
            if p.is_mut() {
                before.extend(self.start_again(p, &mut after));
            }
            if p.is_mut() && p.active {
                let old = own(p, "dot_kept");
                let put = self.put(p, &dot, &old);
                before.extend(put.clone());
                after.extend(put);
            }
        }
        let (seed, seed_dot, ret) = (own_ident("seed"), own_ident("seed_dot"), self.ret());
        params.extend([quote!(#seed: #ret), quote!(#seed_dot: #ret)]);
        let otherwise =
            quote!(else { ::core::unreachable!("the function has returned a value before") });
        let names = |p: &Param| match p.passing {
            Passing::Value => [own(p, "kept"), own(p, "dot_kept")].map(|n| n.to_token_stream()),
            Passing::RefMut => {
                let dot = own(p, "dot");
                [self.given_again(p), quote!(&mut *#dot)]
            }
            _ => [self.given_again(p), own(p, "dot").to_token_stream()],
        };
        let call = self.call_adjoint_tangent(&self.receiver_in_pullback(), names, otherwise);
        quote!(move |#(#params),*| { #before #call #after (#(#results,)*) })
    }

    fn shadows_in_tangent_pullback(&self, p: &Param) -> TokenStream {
        let (dot, bar, bar_dot) = (own(p, "dot"), own(p, "bar"), own(p, "bar_dot"));
        if p.is_mut() {
            let given = [dot, bar, bar_dot]
                .map(|s| quote!(let #s = #s.expect("the shadow of a `&mut` argument is given");));
            return given.into_iter().collect();
        }
        let (zero, name, referent) = (own(p, "dot_zero"), p.closure_name(), &p.referent);
        let made = self
            .emitter(&self.func)
            .zero(&self.func.var(p.var).ty, &quote!(#name));
        let mut out = quote! {
            let #zero;
            let #dot: &#referent = match #dot {
                ::core::option::Option::Some(given) => given,
                ::core::option::Option::None => { #zero = #made; &#zero }
            };
        };
        out.extend(self.zero_if_missing(p, &bar, true));
        out.extend(self.zero_if_missing(p, &bar_dot, true));
        out
    }

    /// Scalar result: `(value, gradient, H·v)`.
    pub fn custom_hvp_code(&self) -> Option<Code> {
        let Ty::Real(scalar) = &self.func.ret else {
            return None;
        };
        let e = self.emitter(&self.func);
        let (mut params, mut setup) = (Vec::new(), TokenStream::new());
        let (mut gradients, mut products, mut types) = (Vec::new(), Vec::new(), Vec::new());
        for p in &self.params {
            params.push(p.declare());
            if !p.active {
                continue;
            }
            let (dot, bar, bar_dot) = (own(p, "dot"), own(p, "bar"), own(p, "bar_dot"));
            params.push(p.shadow(&dot, &p.shadow_ty()));
            if p.passing == Passing::Value {
                gradients.push(quote!(#bar));
                products.push(quote!(#bar_dot));
                types.push(p.ty.clone());
                continue;
            }
            let (name, g, h, referent) =
                (&p.name, own(p, "gradient"), own(p, "product"), &p.referent);
            let zero = e.zero(&self.func.var(p.var).ty, &quote!(#name));
            setup.extend(quote! {
                let mut #g = #zero;
                let mut #h = #zero;
                let #bar: &mut #referent = &mut #g;
                let #bar_dot: &mut #referent = &mut #h;
            });
            if p.passing == Passing::Ref {
                gradients.push(quote!(#g));
                products.push(quote!(#h));
                types.push(self.owned_ty(p));
            }
        }
        let (seed, seed_dot) = (own_ident("seed"), own_ident("seed_dot"));
        let (one, zero) = (self.one(scalar), e.zero(&self.func.ret, &quote!()));
        let names = |p: &Param| [p.name.to_token_stream(), own(p, "dot").to_token_stream()];
        let call = self.call_adjoint_tangent(&quote!(self), names, quote!());
        let (value, ret) = (own_ident("value"), self.ret());
        let (gradient, ty) = one_or_tuple(gradients, types.clone());
        let (product, _) = one_or_tuple(products, types);
        let result = self.wrap(quote!((#value, #gradient, #product)));
        Some(Code {
            params,
            output: self.wrapped(quote!((#ret, #ty, #ty))),
            body: quote! {
                #setup
                let #seed: #ret = #one;
                let #seed_dot: #ret = #zero;
                #call
                #result
            },
        })
    }
}
