//! What stands on companions that are written by hand: `f_derivative` and `f_gradient`, and the forms that annotated callers use.
//!
//! The function itself is the forward sweep. Its pullback runs the user's `f_adjoint` on what the function was given, which is
//! kept: values, and what `&mut` arguments held.

mod twice;
mod unwritten;

use super::callable::{Functions, Shape};
use super::home::Needs;
use super::params::{Param, Passing, this};
use super::reverse::{Code, one_or_tuple};
use super::{Head, Subject};
use crate::ir::*;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

pub use unwritten::modes;

impl Subject<'_> {
    /// Everything that follows from `f_tangent`.
    pub fn custom_forward(&self) -> TokenStream {
        let mut out = self.custom_tangent_opt();
        out.extend(self.custom_derivative());
        out
    }

    /// Everything that follows from `f_adjoint`.
    pub fn custom_reverse(&self) -> TokenStream {
        let mut out = self.custom_forward_sweep();
        out.extend(self.custom_gradient());
        out
    }

    /// How the function and its companions are called: methods as functions.
    pub fn by_path(&self, suffix: &str) -> TokenStream {
        let name = self.name(suffix);
        match self.sig.receiver().is_some() || self.home.own.is_some() {
            true => quote!(Self::#name),
            false => quote!(#name),
        }
    }

    /// `f_tangent` of what goes by these names.
    fn call_tangent(&self, name: impl Fn(&Param) -> TokenStream) -> TokenStream {
        let mut args = self.receiver_as(&quote!(self));
        for p in &self.params {
            args.push(name(p));
            if p.active {
                args.push(own(p, "dot").to_token_stream());
            }
        }
        let (path, output) = (self.by_path("_tangent"), self.value_and_tangent());
        typed(&output, quote!(#path(#(#args),*)))
    }

    /// A constant receiver, which is no parameter of the companions' own.
    fn receiver_as(&self, name: &TokenStream) -> Vec<TokenStream> {
        let receiver = self.receiver.iter();
        receiver.map(|_| name.clone()).collect()
    }

    fn custom_tangent_opt(&self) -> TokenStream {
        let (mut params, mut prologue) = (self.receiver_slot(), TokenStream::new());
        let e = self.emitter(&self.func);
        for p in &self.params {
            params.push(p.declare_lent());
            let dot = own(p, "dot");
            params.push(p.optional_shadow(&dot, &p.shadow_ty()));
            if p.active {
                prologue.extend(self.unwrap_shadow(&e, p, &dot));
                prologue.extend(self.zero_if_missing(p, &dot, false));
            }
        }
        let call = self.call_tangent(|p| p.name.to_token_stream());
        let body = match self.returns_unit() {
            true => {
                let (leave, result) = (self.question(), self.wrap(quote!(((), ()))));
                quote!(#call #leave; #result)
            }
            false => call,
        };
        let ret = self.ret();
        let head = Head {
            suffix: "_tangent_opt",
            hidden: true,
            params,
            output: self.wrapped(quote!((#ret, #ret))),
            needs: Needs {
                copied: true,
                functions: Functions::Hidden,
                ..Needs::default()
            },
            ..Head::default()
        };
        self.companion(head, &self.with_copy(quote!(#prologue #body)))
    }

    /// A shadow of a shared reference that the caller has left out is zero; a mutable one is an adjoint that a pullback adds to.
    fn zero_if_missing(&self, p: &Param, shadow: &Ident, mutable: bool) -> TokenStream {
        if p.passing != Passing::Ref {
            return quote!();
        }
        let name = match mutable {
            true => p.closure_name(),
            false => p.name.clone(),
        };
        let (zero, referent) = (own_name(shadow, "zero"), &p.referent);
        let made = self
            .emitter(&self.func)
            .zero(&self.func.var(p.var).ty, &quote!(#name));
        let (reference, declare) = match mutable {
            true => (quote!(&mut), quote!(let mut #zero;)),
            false => (quote!(&), quote!(let #zero;)),
        };
        quote! {
            #declare
            let #shadow: #reference #referent = match #shadow {
                ::core::option::Option::Some(given) => given,
                ::core::option::Option::None => { #zero = #made; #reference #zero }
            };
        }
    }

    fn custom_derivative(&self) -> TokenStream {
        let mut active = self.params.iter().filter(|p| p.active);
        let (Some(only), None) = (active.next(), active.next()) else {
            return quote!();
        };
        let Ty::Real(scalar) = self.func.var(only.var).ty.peel() else {
            return quote!();
        };
        if self.returns_unit() || only.receiver.is_some() || only.is_mut() {
            return quote!();
        }
        let (one, dot, ty) = (self.one(scalar), own(only, "dot"), &only.ty);
        let one = match only.passing {
            Passing::Value => one,
            _ => quote!(&#one),
        };
        let call = self.call_tangent(|p| p.name.to_token_stream());
        let head = Head {
            suffix: "_derivative",
            doc: "Value and derivative",
            params: self.params.iter().map(Param::declare).collect(),
            output: self.value_and_tangent(),
            needs: Needs::handed(Shape::Tangent),
            inline: true,
            ..Head::default()
        };
        self.companion(head, &quote!(let #dot: #ty = #one; #call))
    }

    /// What `f_adjoint` returns: its names, and its type.
    fn adjoint_results(&self) -> (TokenStream, TokenStream) {
        let (mut names, mut types) = (Vec::new(), Vec::new());
        if !self.returns_unit() {
            names.push(own_ident("value").to_token_stream());
            types.push(self.ret());
        }
        for p in self.values() {
            names.push(own(p, "bar").to_token_stream());
            types.push(p.ty.clone());
        }
        match names.len() {
            0 => (quote!(()), quote!(())),
            1 => (quote!(#(#names)*), quote!(#(#types)*)),
            _ => (quote!((#(#names),*)), quote!((#(#types),*))),
        }
    }

    /// Active parameters whose adjoints are returned.
    fn values(&self) -> impl Iterator<Item = &Param> {
        let value = |p: &&Param| p.active && p.passing == Passing::Value;
        self.params.iter().filter(value)
    }

    /// `f_adjoint` of what goes by these names, its results by theirs.
    fn call_adjoint(
        &self,
        receiver: &TokenStream,
        name: impl Fn(&Param) -> TokenStream,
        otherwise: TokenStream,
    ) -> TokenStream {
        let mut args = self.receiver_as(receiver);
        for p in &self.params {
            args.push(name(p));
            if p.active && p.passing != Passing::Value {
                args.push(own(p, "bar").to_token_stream());
            }
        }
        args.extend(self.seed_args(&["seed"]));
        let (pattern, ty) = self.adjoint_results();
        let path = self.by_path("_adjoint");
        let call = typed(&self.wrapped(ty), quote!(#path(#(#args),*)));
        match (otherwise.is_empty(), self.func.wrapper) {
            (_, None) => quote!(let #pattern = #call;),
            (true, Some(_)) => quote!(let #pattern = #call?;),
            (false, Some(_)) => {
                let pattern = self.wrap(pattern);
                quote!(let #pattern = #call #otherwise;)
            }
        }
    }

    fn seed_args(&self, names: &[&str]) -> Vec<TokenStream> {
        if self.returns_unit() {
            return Vec::new();
        }
        let names = names.iter().map(|n| own_ident(n));
        let args = names.map(|n| match self.seed_by_value() {
            true => quote!(#n),
            false => quote!(&#n),
        });
        args.collect()
    }

    fn question(&self) -> Option<TokenStream> {
        self.func.wrapper.map(|_| quote!(?))
    }

    fn custom_gradient(&self) -> TokenStream {
        let Ty::Real(scalar) = &self.func.ret else {
            return quote!();
        };
        let e = self.emitter(&self.func);
        let (mut setup, mut results, mut types) = (TokenStream::new(), Vec::new(), Vec::new());
        for p in self.params.iter().filter(|p| p.active) {
            let bar = own(p, "bar");
            if p.passing == Passing::Value {
                results.push(quote!(#bar));
                types.push(p.ty.clone());
                continue;
            }
            let (name, gradient, referent) = (&p.name, own(p, "gradient"), &p.referent);
            let zero = e.zero(&self.func.var(p.var).ty, &quote!(#name));
            setup.extend(
                quote!(let mut #gradient = #zero; let #bar: &mut #referent = &mut #gradient;),
            );
            if p.passing == Passing::Ref {
                results.push(quote!(#gradient));
                types.push(self.owned_ty(p));
            }
        }
        let call = self.call_adjoint(&quote!(self), |p| p.name.to_token_stream(), quote!());
        let (seed, value, one, ret) = (
            own_ident("seed"),
            own_ident("value"),
            self.one(scalar),
            self.ret(),
        );
        let (gradient, ty) = one_or_tuple(results, types);
        let result = self.wrap(quote!((#value, #gradient)));
        let head = Head {
            suffix: "_gradient",
            doc: "Value and gradient",
            params: self.params.iter().map(Param::declare).collect(),
            output: self.wrapped(quote!((#ret, #ty))),
            needs: Needs::handed(Shape::Adjoint),
            inline: true,
            ..Head::default()
        };
        self.companion(head, &quote!(#setup let #seed: #ret = #one; #call #result))
    }

    /// The function runs, and its arguments are kept for the user's adjoint.
    fn custom_forward_sweep(&self) -> TokenStream {
        let params: Vec<TokenStream> = self.params.iter().map(Param::declare_lent).collect();
        let forward = self.run_and_keep();
        let closure = self.custom_pullback();
        let value = match self.returns_unit() {
            true => quote!(()),
            false => own_ident("value").to_token_stream(),
        };
        let suffixes = ["_forward_sweep", "_forward_sweep_boxed"];
        let mut out = self.both_forms(suffixes, &params, &value, 1, &["mut"], (forward, closure));
        out.extend(self.custom_answers());
        out.extend(self.fails_unchanged());
        out
    }

    fn run_and_keep(&self) -> TokenStream {
        let keep = self.keep_arguments();
        let path = self.by_path("");
        let mut args = self.receiver_as(&quote!(self));
        args.extend(self.params.iter().map(|p| p.name.to_token_stream()));
        let (value, leave) = (own_ident("value"), self.question());
        quote!(#keep let #value = #path(#(#args),*) #leave;)
    }

    /// Whether a constant receiver is given away by the call.
    fn moves_constant_receiver(&self) -> bool {
        let receiver = self.sig.receiver();
        self.receiver.is_some()
            && receiver.is_some_and(|r| r.reference.is_none() && r.colon_token.is_none())
    }

    /// What has to be there again when the adjoint runs.
    fn keep_arguments(&self) -> TokenStream {
        let mut out = TokenStream::new();
        if self.moves_constant_receiver() {
            let kept = own_ident("self_kept");
            out.extend(quote!(let #kept = ::core::clone::Clone::clone(&self);));
        }
        for p in self.params.iter().filter(|p| p.passing != Passing::Ref) {
            let (kept, name) = (own(p, "kept"), &p.name);
            let copy = self.copy(p, quote!(#name));
            out.extend(quote!(let #kept = #copy;));
        }
        out
    }

    /// How a pullback names what it gives to the adjoint.
    fn given_again(&self, p: &Param) -> TokenStream {
        match p.passing {
            Passing::Value => own(p, "kept").to_token_stream(),
            Passing::RefMut => {
                let name = p.closure_name();
                quote!(&mut *#name)
            }
            _ => p.closure_name().to_token_stream(),
        }
    }

    /// The receiver as a pullback gets it.
    fn receiver_in_pullback(&self) -> TokenStream {
        match self.moves_constant_receiver() {
            true => own_ident("self_kept").to_token_stream(),
            false => this(Span::call_site()).to_token_stream(),
        }
    }

    fn custom_pullback(&self) -> TokenStream {
        let mut params = self.receiver_again(1);
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        let mut results = Vec::new();
        for p in &self.params {
            let (bar, referent) = (own(p, "bar"), &p.referent);
            if p.is_moved_receiver() {
                let (ty, target) = (&p.ty, own_ident("receiver_bar"));
                params.extend([
                    quote!(_: &#ty),
                    quote!(#target: ::core::option::Option<&mut #ty>),
                ]);
                after.extend(self.add_to_receiver(&target, &bar));
                continue;
            }
            if p.passing == Passing::Value {
                results.push(if p.active { quote!(#bar) } else { quote!(()) });
                continue;
            }
            let name = p.closure_name();
            let reference = if p.is_mut() { quote!(&mut) } else { quote!(&) };
            params.push(quote!(#name: #reference #referent));
            let shadow = if p.active {
                bar.to_token_stream()
            } else {
                quote!(_)
            };
            params.push(quote!(#shadow: ::core::option::Option<&mut #referent>));
            if p.is_mut() {
                before.extend(self.start_again(p, &mut after));
            }
            if p.active {
                before.extend(match p.is_mut() {
                    true => {
                        quote!(let #bar = #bar.expect("the shadow of a `&mut` argument is given");)
                    }
                    false => self.zero_if_missing(p, &bar, true),
                });
            }
        }
        let (seed, ret) = (own_ident("seed"), self.ret());
        params.push(quote!(#seed: #ret));
        let otherwise =
            quote!(else { ::core::unreachable!("the function has returned a value before") });
        let call = self.call_adjoint(
            &self.receiver_in_pullback(),
            |p| self.given_again(p),
            otherwise,
        );
        quote!(move |#(#params),*| { #before #call #after (#(#results,)*) })
    }

    /// The adjoint begins with what a `&mut` argument held before the call. It is left there, but for constants: what happens
    /// to those happens once.
    fn start_again(&self, p: &Param, after: &mut TokenStream) -> TokenStream {
        let (name, kept, left) = (p.closure_name(), own(p, "kept"), own(p, "left"));
        let begin = self.put(p, &name, &kept);
        if p.active {
            after.extend(begin.clone());
            return begin;
        }
        after.extend(self.put(p, &name, &left));
        let copy = self.copy(p, name.to_token_stream());
        quote!(let #left = #copy; #begin)
    }

    fn put(&self, p: &Param, target: &Ident, old: &Ident) -> TokenStream {
        match self.func.var(p.var).ty.peel() {
            Ty::Slice(_) => quote!(#target.clone_from_slice(&#old);),
            _ => quote!(::core::clone::Clone::clone_from(&mut *#target, &#old);),
        }
    }

    /// What callers ask: nothing is known of what the function overwrites, and the pullback puts everything back.
    fn custom_answers(&self) -> TokenStream {
        if !self.is_asked() {
            return quote!();
        }
        let count = self.params.len();
        let mut out = self.answer(
            "_overwrites",
            &quote!(argument: usize, lengths: [usize; #count]),
            &quote!(false),
        );
        let all = self.params.iter().enumerate();
        let all = all.filter(|(_, p)| p.active || p.passing == Passing::Ref);
        let restored = all.map(|(k, _)| k);
        let known = quote!([#(#restored),*].contains(&argument));
        out.extend(self.answer("_restores", &quote!(argument: usize, depth: usize), &known));
        out
    }

    /// Parameters and body of something that calls `f_tangent`.
    pub fn custom_tangent_code(&self) -> (Vec<TokenStream>, TokenStream) {
        let mut params = Vec::new();
        for p in &self.params {
            params.push(p.declare());
            if p.active {
                params.push(p.shadow(&own(p, "dot"), &p.shadow_ty()));
            }
        }
        (params, self.call_tangent(|p| p.name.to_token_stream()))
    }

    /// The same for `f_adjoint`.
    pub fn custom_adjoint_code(&self) -> Code {
        let mut params = Vec::new();
        for p in &self.params {
            params.push(p.declare());
            if p.active && p.passing != Passing::Value {
                let (bar, ty) = (own(p, "bar"), &p.referent);
                params.push(quote!(#bar: &mut #ty));
            }
        }
        let mut args: Vec<TokenStream> = self.receiver_as(&quote!(self));
        for p in &self.params {
            args.push(p.name.to_token_stream());
            if p.active && p.passing != Passing::Value {
                args.push(own(p, "bar").to_token_stream());
            }
        }
        if !self.returns_unit() {
            let (seed, ty) = (own_ident("seed"), self.seed_ty());
            params.push(quote!(#seed: #ty));
            args.push(quote!(#seed));
        }
        let (path, (_, ty)) = (self.by_path("_adjoint"), self.adjoint_results());
        Code {
            params,
            output: self.wrapped(ty),
            body: quote!(#path(#(#args),*)),
        }
    }
}

/// A name of the generated code's own.
fn own(p: &Param, suffix: &str) -> Ident {
    own_name(&p.name, suffix)
}

fn own_name(name: &Ident, suffix: &str) -> Ident {
    let name = name.to_string();
    own_ident(&format!("{}_{suffix}", name.trim_start_matches("r#")))
}

fn own_ident(name: &str) -> Ident {
    format_ident!("{name}", span = Span::mixed_site())
}

/// A call whose result has to be of a type: what is written by hand is claimed to have the shape that the rest relies on.
fn typed(output: &TokenStream, call: TokenStream) -> TokenStream {
    let output = match output.is_empty() {
        true => quote!(()),
        false => output.clone(),
    };
    quote!(({ let result: #output = #call; result }))
}
