//! Forms of a trait's methods that are called on trait objects. Nothing opaque can come back from them: what the pullback needs is
//! kept by value and given to the object again, which runs its adjoint.

use super::home::{Kind, Needs};
use super::params::{Param, Passing};
use super::{Head, Subject};
use crate::emit::Emitter;
use crate::ir::*;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

impl Subject<'_> {
    /// Whether the method may be called on a trait object, as far as an `impl` can tell as well as the trait.
    fn is_object_method(&self) -> bool {
        let lent = self
            .sig
            .receiver()
            .is_some_and(|r| r.reference.is_some() && r.mutability.is_none());
        let mut generics = self.sig.generics.params.iter();
        let plain = generics.all(|p| matches!(p, syn::GenericParam::Lifetime(_)));
        let alone = self.callables().next().is_none();
        self.receiver.is_some() && lent && plain && alone
    }

    /// Whether `Self` stands in the signature, or has to be sized for another reason.
    fn is_for_sized(&self) -> bool {
        let sized = self.sig.generics.where_clause.to_token_stream();
        self.is_about_self() || super::mentions(sized, "Sized")
    }

    /// Whether a default body may be compiled for a trait object.
    pub fn is_unsized(&self) -> bool {
        let default = self.home.is_trait() && !self.declared;
        default
            && self.is_object_method()
            && self.home.fits_objects(&self.sig.ident, &mut Vec::new())
    }

    /// The emitter for companions that are called on trait objects too.
    pub fn public_emitter<'a>(&'a self, func: &'a Func) -> Emitter<'a> {
        Emitter {
            unsized_self: self.is_unsized(),
            ..self.emitter(func)
        }
    }

    /// Whether a companion whose body calls pullbacks needs a sized `Self`.
    pub fn calls_unsized(&self) -> bool {
        self.home.is_trait() && !self.declared && !self.is_leaf() && !self.is_unsized()
    }

    /// `f_forward_sweep_dyn` and `f_pull_dyn`: provided by the trait.
    pub fn dynamic(&self) -> TokenStream {
        if !self.home.is_trait() || !self.is_object_method() {
            return quote!();
        }
        let mut out = self.keep(false);
        out.extend(self.pull());
        out
    }

    /// The same for the tangent of the adjoint, whose pull every `impl` defines.
    pub fn dynamic_tangent(&self) -> TokenStream {
        if !self.home.is_fixed() || !self.is_object_method() {
            return quote!();
        }
        let mut out = match self.home.kind {
            Kind::Trait => self.keep(true),
            _ => quote!(),
        };
        out.extend(self.pull_tangent());
        out
    }

    /// What has to be there again when the adjoint runs: values, and what `&mut` arguments held.
    fn kept(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|p| p.passing != Passing::Ref)
    }

    fn kept_types(&self, tangents: bool) -> TokenStream {
        let types = self.kept().map(|p| {
            let ty = self.owned_ty(p);
            match tangents {
                true => quote!((#ty, ::core::option::Option<#ty>)),
                false => ty,
            }
        });
        quote!((#(#types,)*))
    }

    /// An owned copy of a parameter or of its shadow.
    pub fn copy(&self, p: &Param, value: TokenStream) -> TokenStream {
        match self.func.var(p.var).ty.peel() {
            Ty::Slice(_) => quote!(#value.to_vec()),
            _ if p.is_mut() => quote!(::core::clone::Clone::clone(&*#value)),
            _ => quote!(::core::clone::Clone::clone(&#value)),
        }
    }

    /// Puts back what a `&mut` parameter held.
    fn put_back(&self, p: &Param, target: TokenStream, old: TokenStream) -> TokenStream {
        match self.func.var(p.var).ty.peel() {
            Ty::Slice(_) => quote!(#target.clone_from_slice(&#old);),
            _ => quote!(*#target = #old;),
        }
    }

    fn dynamic_companion(&self, head: Head, body: &TokenStream) -> TokenStream {
        let sized = head.needs.sized || self.is_for_sized();
        let head = Head {
            hidden: true,
            needs: Needs {
                sized,
                cloned: true,
                ..head.needs
            },
            ..head
        };
        self.companion_with(head, body, self.home.is_trait())
    }

    /// The forward sweep: the function runs, and its arguments are kept.
    fn keep(&self, tangents: bool) -> TokenStream {
        let (name, ret) = (&self.sig.ident, self.ret());
        let (mut params, mut args, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        if tangents {
            params.push(quote!(_: ::core::option::Option<()>));
            args.push(quote!(::core::option::Option::None));
        }
        for p in &self.params {
            let x = &p.name;
            params.push(plain(p));
            args.push(quote!(#x));
            let dot = format_ident!("{}_direction", bare(x));
            if tangents {
                params.push(p.optional_shadow(&dot, &p.shadow_ty()));
                args.push(quote!(#dot));
            }
            if p.passing == Passing::Ref {
                continue;
            }
            let copy = self.copy(p, quote!(#x));
            kept.push(match (tangents, p.is_mut()) {
                (false, _) => copy,
                (true, true) => {
                    let dot_copy = self.copy(p, quote!(direction));
                    quote!((#copy, #dot.as_deref().map(|direction| #dot_copy)))
                }
                (true, false) => quote!((#copy, ::core::clone::Clone::clone(&#dot))),
            });
        }
        let types = self.kept_types(tangents);
        let (callee, values, results) = match tangents {
            false => (name.clone(), quote!(value), quote!(#ret)),
            true => (
                self.name("_tangent_opt"),
                quote!(value, value_dot),
                quote!(#ret, #ret),
            ),
        };
        let pattern = match tangents {
            false => quote!(value),
            true => quote!((#values)),
        };
        let leave = self.func.wrapper.map(|_| quote!(?));
        let result = self.wrap(quote!((#values, kept)));
        let body = quote! {
            let kept = (#(#kept,)*);
            let #pattern = self.#callee(#(#args),*) #leave;
            #result
        };
        let suffix = match tangents {
            false => "_forward_sweep_dyn",
            true => "_forward_sweep_tangent_dyn",
        };
        let head = Head {
            suffix,
            params,
            output: self.wrapped(quote!((#results, #types))),
            ..Head::default()
        };
        self.dynamic_companion(head, &body)
    }

    /// The pullback: the adjoint, run on what the function was given.
    fn pull(&self) -> TokenStream {
        let e = self.emitter(&self.func);
        let types = self.kept_types(false);
        let mut params = vec![quote!(kept: #types)];
        let (mut setup, mut args) = (TokenStream::new(), Vec::new());
        let (mut bars, mut results, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
        let names: Vec<Ident> = self
            .kept()
            .map(|p| format_ident!("{}_kept", bare(&p.name)))
            .collect();
        let mut kept = names.iter();
        for p in &self.params {
            let (x, bar) = (&p.name, format_ident!("{}_shadow", bare(&p.name)));
            if p.passing == Passing::Value {
                let held = kept.next();
                args.push(quote!(#held));
                outputs.push(if p.active { p.ty.clone() } else { quote!(()) });
                results.push(if p.active { quote!(#bar) } else { quote!(()) });
                bars.extend(p.active.then(|| bar.clone()));
                continue;
            }
            let referent = &p.referent;
            params.push(plain(p));
            params.push(quote!(#bar: ::core::option::Option<&mut #referent>));
            args.push(quote!(#x));
            if p.is_mut() {
                let held = kept.next().to_token_stream();
                setup.extend(self.put_back(p, quote!(#x), held));
            }
            if p.active {
                let zero = e.zero(&self.func.var(p.var).ty, &quote!(#x));
                setup.extend(quote! {
                    let mut zero;
                    let #bar: &mut #referent = match #bar {
                        ::core::option::Option::Some(given) => given,
                        ::core::option::Option::None => { zero = #zero; &mut zero }
                    };
                });
                args.push(quote!(#bar));
            }
        }
        let ret = self.ret();
        params.push(quote!(seed: #ret));
        if !self.returns_unit() {
            bars.insert(0, format_ident!("_value"));
            args.push(match self.seed_by_value() {
                true => quote!(seed),
                false => quote!(&seed),
            });
        }
        let bound = match bars.as_slice() {
            [] => quote!(()),
            [one] => quote!(#one),
            many => quote!((#(#many),*)),
        };
        let bound = self.wrap(bound);
        let otherwise = self.func.wrapper.map(
            |_| quote!(else { ::core::unreachable!("the function has returned a value before") }),
        );
        let adjoint = self.name("_adjoint");
        let body = quote! {
            let (#(#names,)*) = kept;
            #setup
            let #bound = self.#adjoint(#(#args),*) #otherwise;
            (#(#results,)*)
        };
        let head = Head {
            suffix: "_pull_dyn",
            params,
            output: quote!((#(#outputs,)*)),
            needs: Needs {
                sized: self.calls_unsized(),
                ..Needs::default()
            },
            ..Head::default()
        };
        self.dynamic_companion(head, &body)
    }

    /// The tangent of the pullback, by the forms of the type itself.
    fn pull_tangent(&self) -> TokenStream {
        let types = self.kept_types(true);
        let mut params = vec![quote!(kept: #types)];
        let (mut setup, mut first) = (
            TokenStream::new(),
            vec![quote!(::core::option::Option::None)],
        );
        let mut second = vec![
            quote!(self),
            quote!(::core::option::Option::None),
            quote!(::core::option::Option::None),
            quote!(::core::option::Option::None),
        ];
        let mut outputs = Vec::new();
        let kept: Vec<Ident> = self
            .kept()
            .map(|p| format_ident!("{}_kept", bare(&p.name)))
            .collect();
        let directions: Vec<Ident> = self
            .kept()
            .map(|p| format_ident!("{}_kept_direction", bare(&p.name)))
            .collect();
        let (mut held, mut held_dots) = (kept.iter(), directions.iter());
        for p in &self.params {
            let x = &p.name;
            if p.passing == Passing::Value {
                let (held, dot) = (held.next(), held_dots.next());
                first.extend([quote!(#held), quote!(#dot)]);
                let output = if p.active { p.ty.clone() } else { quote!(()) };
                outputs.extend([output.clone(), output]);
                continue;
            }
            let referent = &p.referent;
            let names = ["direction", "shadow", "shadow_direction"];
            let [dot, bar, bar_dot] = names.map(|n| format_ident!("{}_{n}", bare(x)));
            let reference = if p.is_mut() { quote!(&mut) } else { quote!(&) };
            params.push(plain(p));
            params.push(quote!(mut #dot: ::core::option::Option<#reference #referent>));
            params.push(quote!(#bar: ::core::option::Option<&mut #referent>));
            params.push(quote!(#bar_dot: ::core::option::Option<&mut #referent>));
            if p.is_mut() {
                let (old, old_dot) = (held.next().to_token_stream(), held_dots.next());
                setup.extend(self.put_back(p, quote!(#x), old));
                let put = self.put_back(p, quote!(target), quote!(old));
                setup.extend(quote! {
                    if let (::core::option::Option::Some(target), ::core::option::Option::Some(old)) = (#dot.as_deref_mut(), #old_dot) { #put }
                });
                first.extend([quote!(&mut *#x), quote!(#dot.as_deref_mut())]);
            } else {
                first.extend([quote!(#x), quote!(#dot)]);
            }
            second.extend([quote!(#x), quote!(#dot), quote!(#bar), quote!(#bar_dot)]);
        }
        let ret = self.ret();
        params.extend([quote!(seed: #ret), quote!(seed_dot: #ret)]);
        let bound = self.wrap(quote!((_, _, mut pullback)));
        let otherwise = self.func.wrapper.map(
            |_| quote!(else { ::core::unreachable!("the function has returned a value before") }),
        );
        let sweep = self.name("_forward_sweep_tangent");
        // A default body may be that of a trait object, which has no opaque forms: its sweeps stand here again.
        let call = match self.is_unsized() {
            false => quote!(self.#sweep(#(#first),*)),
            true => {
                let sweeps = self.tangent_sweeps(true);
                let (forward, values, closure) = (sweeps.forward, sweeps.values, sweeps.closure);
                let result = self.wrap(quote!((#values, #closure)));
                let (params, output) = (sweeps.params, self.wrapped(quote!((_, _, _))));
                quote!((|#(#params),*| -> #output { #forward #result })(#(#first),*))
            }
        };
        let body = quote! {
            let (#((#kept, #directions),)*) = kept;
            #setup
            let #bound = #call #otherwise;
            pullback(#(#second,)* seed, seed_dot)
        };
        // Parameters of methods without a body are not declared `mut`.
        let params = match self.declared {
            true => params.into_iter().map(without_mut).collect(),
            false => params,
        };
        let head = Head {
            suffix: "_pull_tangent_dyn",
            params,
            output: quote!((#(#outputs,)*)),
            needs: Needs {
                sized: self.home.is_trait() && !self.declared && !self.is_unsized(),
                ..Needs::default()
            },
            hidden: true,
            ..Head::default()
        };
        let sized = head.needs.sized || self.is_for_sized();
        let head = Head {
            needs: Needs {
                sized,
                cloned: true,
                ..head.needs
            },
            ..head
        };
        self.companion(head, &body)
    }
}

/// `x: T`
fn plain(p: &Param) -> TokenStream {
    let (name, ty) = (&p.name, &p.ty);
    quote!(#name: #ty)
}

fn bare(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_string()
}

fn without_mut(param: TokenStream) -> TokenStream {
    let mut tokens = param.into_iter().peekable();
    if matches!(tokens.peek(), Some(proc_macro2::TokenTree::Ident(i)) if i == "mut") {
        tokens.next();
    }
    tokens.collect()
}
