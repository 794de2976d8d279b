//! Functions that users hand to a companion: in the shape of the function's own `_tangent`, `_adjoint` or `_hvp`, brought
//! here into the form in which annotated callers hand theirs.

mod twice;

use super::Subject;
use super::callable::{Callable, Input, Shape};
use super::params::{Param, Passing};
use crate::emit::Emitter;
use crate::ir::*;
use crate::transform::needs::is_sized;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::VisitMut;

/// Puts a signature in the place of that of every function type.
struct Reshape<'a> {
    inputs: &'a [syn::Type],
    output: &'a syn::Type,
    /// What is called once in the primal is called in both sweeps.
    again: bool,
}

impl VisitMut for Reshape<'_> {
    fn visit_trait_bound_mut(&mut self, b: &mut syn::TraitBound) {
        let Some(last) = b.path.segments.last_mut() else {
            return;
        };
        if let syn::PathArguments::Parenthesized(args) = &mut last.arguments {
            let output = self.output;
            args.inputs = self.inputs.iter().cloned().collect();
            args.output = syn::parse_quote!(-> #output);
            b.lifetimes = None;
            if self.again && last.ident == "FnOnce" {
                last.ident = Ident::new("Fn", last.ident.span());
            }
        }
    }

    fn visit_type_bare_fn_mut(&mut self, f: &mut syn::TypeBareFn) {
        let (inputs, output) = (self.inputs, self.output);
        *f = syn::parse_quote!(fn(#(#inputs),*) -> #output);
    }
}

/// Puts a type in the place of a type parameter.
struct Replace<'a>(&'a Ident, &'a syn::Type);

impl VisitMut for Replace<'_> {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        match ty {
            syn::Type::Path(p) if p.path.is_ident(self.0) => *ty = self.1.clone(),
            ty => syn::visit_mut::visit_type_mut(self, ty),
        }
    }
}

impl Callable {
    /// Whether a gradient and the product of a Hessian say all about it: its value is one real number, and it writes nothing.
    pub fn is_twice(&self) -> bool {
        let plain = |i: &Input| match i.known.peel() {
            Ty::Real(_) => true,
            Ty::Slice(e) | Ty::Vec(e) | Ty::Array(e, _) => e.is_real(),
            _ => !i.active,
        };
        self.output_ty.is_real()
            && self.wrapper().is_none()
            && self
                .inputs
                .iter()
                .all(|i| plain(i) && i.passing != Passing::RefMut)
            && self.inputs.iter().any(|i| i.active)
    }
}

impl Subject<'_> {
    /// All parameters of a companion that users call, and what brings functions into their form.
    pub fn handed_params(
        &self,
        shape: Shape,
        adapt: impl Fn(&Param, &Callable) -> TokenStream,
    ) -> (Vec<TokenStream>, TokenStream) {
        let (mut params, mut prologue) = (Vec::new(), TokenStream::new());
        for p in &self.params {
            match &p.callable {
                Some(c) => {
                    params.push(self.handed(p, c, shape));
                    prologue.extend(adapt(p, c));
                }
                None => params.push(p.declare()),
            }
        }
        (params, prologue)
    }

    /// The parameter in the shape that users hand over.
    pub fn handed(&self, p: &Param, c: &Callable, shape: Shape) -> TokenStream {
        let name = &p.name;
        let (inputs, output) = signature(c, shape, self.krate);
        let mut ty = c.written.clone();
        let mut reshape = Reshape {
            inputs: &inputs,
            output: &output,
            again: shape != Shape::Tangent,
        };
        if !in_pairs(c, shape) {
            reshape.visit_type_mut(&mut ty);
            return quote!(#name: #ty);
        }
        if let Some(named) = &c.named {
            let kind = &c.kind;
            let function: syn::Type = syn::parse_quote!(impl #kind() );
            Replace(named, &function).visit_type_mut(&mut ty);
        }
        reshape.visit_type_mut(&mut ty);
        let primal = &c.written;
        quote!(#name: (#primal, #ty))
    }

    /// The function's generics, with function types in the shape of a companion.
    pub fn reshaped(&self, shape: Shape) -> syn::Generics {
        let mut generics = self.sig.generics.clone();
        for (_, c) in self.callables().filter(|(_, c)| !in_pairs(c, shape)) {
            let Some(named) = &c.named else { continue };
            let (inputs, output) = signature(c, shape, self.krate);
            let mut reshape = Reshape {
                inputs: &inputs,
                output: &output,
                again: shape != Shape::Tangent,
            };
            for p in generics.type_params_mut().filter(|p| p.ident == *named) {
                reshape.visit_type_param_mut(p);
            }
            let clause = generics.where_clause.iter_mut();
            for w in clause.flat_map(|c| c.predicates.iter_mut()) {
                if let syn::WherePredicate::Type(t) = w
                    && matches!(&t.bounded_ty, syn::Type::Path(p) if p.path.is_ident(named))
                {
                    reshape.visit_predicate_type_mut(t);
                }
            }
        }
        generics
    }

    /// `f_tangent` as annotated callers would hand it.
    pub fn as_tangent(&self, e: &Emitter, p: &Param, c: &Callable) -> TokenStream {
        let name = &p.name;
        let given = format_ident!("{}", self.func.unique(&format!("{}_given", plain(name))));
        let (hold, call) = match c.kind == "FnOnce" {
            true => (
                quote!(::core::option::Option::Some(#name)),
                quote!((#given.take().expect("this function is called once"))),
            ),
            false => (quote!(#name), quote!(#given)),
        };
        let (mut params, mut args, mut setup) = (Vec::new(), Vec::new(), TokenStream::new());
        for (k, i) in c.inputs.iter().enumerate() {
            let (a, d) = (format_ident!("a{k}"), format_ident!("d{k}"));
            params.extend([quote!(#a), quote!(#d)]);
            args.push(quote!(#a));
            if i.active {
                setup.extend(whole_shadow(e, i, &a, &d, false));
                args.push(quote!(#d));
            }
        }
        let call = quote!(#call(#(#args),*));
        let body = match (&c.output_ty, c.wrapper()) {
            (Ty::Unit, None) => quote!(#call; ((), ())),
            _ => call,
        };
        let ty = c.forward(Companion::Tangent);
        quote! {
            let mut #given = #hold;
            let #name: #ty = &mut |#(#params),*| { #setup #body };
        }
    }

    /// `f_adjoint` as annotated callers would hand its two sweeps: it runs in both, first with a seed of zero.
    pub fn as_sweeps(
        &self,
        e: &Emitter,
        p: &Param,
        c: &Callable,
        bar: Option<&VarId>,
    ) -> TokenStream {
        let name = &p.name;
        let given = format_ident!("{}", self.func.unique(&format!("{}_given", plain(name))));
        let primal = in_pairs(c, Shape::Adjoint)
            .then(|| format_ident!("{}", self.func.unique(&format!("{}_primal", plain(name)))));
        let mutable = is_mutable(c);
        let cell = |f: TokenStream| match mutable {
            true => quote!(::core::cell::RefCell::new(#f)),
            false => f,
        };
        let called = |f: &Ident| match mutable {
            true => quote!((*#f.borrow_mut())),
            false => quote!(#f),
        };
        let hold = match &primal {
            Some(primal) => {
                let (a, b) = (cell(quote!(#name.0)), cell(quote!(#name.1)));
                quote!(let #primal = #a; let #given = #b;)
            }
            None => {
                let f = cell(quote!(#name));
                quote!(let #given = #f;)
            }
        };
        let inferred = c.with_record(recorded_ty(c, self.krate));
        let forward = match &primal {
            Some(primal) => self.forward_by_primal(c, &called(primal)),
            None => self.forward_by_adjoint(e, c, &called(&given)),
        };
        let back = bar.map(|bar| {
            let (bar, back) = (e.name(*bar), self.back_by_adjoint(e, c, &called(&given)));
            let ty = inferred.pull(false);
            quote!(let #bar: #ty = &mut #back;)
        });
        let ty = inferred.forward(Companion::Forward);
        quote!(#hold let #name: #ty = &mut #forward; #back)
    }

    /// `|a0, a1| (f(a0, a1), record)`
    fn forward_by_primal(&self, c: &Callable, f: &TokenStream) -> TokenStream {
        let (params, record) = recorded(c);
        let args = (0..c.inputs.len()).map(|k| format_ident!("a{k}"));
        let result = outcome(c, quote!(#f(#(#args),*)));
        let value = wrap(c, quote!((value, record)));
        quote!(|#(#params),*| { let record = (#(#record,)*); #result let value = out; #value })
    }

    /// The same by `f_adjoint` with a seed of zero.
    fn forward_by_adjoint(&self, e: &Emitter, c: &Callable, f: &TokenStream) -> TokenStream {
        let (params, record) = recorded(c);
        let (mut args, mut setup) = (Vec::new(), TokenStream::new());
        for (k, i) in c.inputs.iter().enumerate() {
            let (a, b) = (format_ident!("a{k}"), format_ident!("b{k}"));
            args.push(quote!(#a));
            if i.active && i.passing != Passing::Value {
                let zero = e.zero(&i.known, &quote!(#a));
                setup.extend(quote!(let mut #b = #zero;));
                let whole = whole(i);
                args.push(quote!(&mut #b #whole));
            }
        }
        args.extend(seed(c, &e.zero(&c.output_ty, &quote!(()))));
        let result = outcome(c, quote!(#f(#(#args),*)));
        let value = match (&c.output_ty, adjoints(c)) {
            (Ty::Unit, _) => quote!(()),
            (_, 0) => quote!(out),
            _ => quote!(out.0),
        };
        let done = wrap(c, quote!((value, record)));
        quote!(|#(#params),*| { let record = (#(#record,)*); #setup #result let value = #value; #done })
    }

    /// `|record, a1, b1, seed| …`: the adjoints of what was passed by value.
    fn back_by_adjoint(&self, e: &Emitter, c: &Callable, f: &TokenStream) -> TokenStream {
        let (mut params, mut fields, mut setup) = (Vec::new(), Vec::new(), TokenStream::new());
        let mut args = Vec::new();
        for (k, i) in c.inputs.iter().enumerate() {
            let (a, b) = (format_ident!("a{k}"), format_ident!("b{k}"));
            if i.passing == Passing::Value {
                fields.push(quote!(#a));
                args.push(quote!(::core::clone::Clone::clone(&#a)));
                continue;
            }
            params.extend([quote!(#a), quote!(#b)]);
            if i.passing == Passing::RefMut {
                let old = format_ident!("old{k}");
                fields.push(quote!(#old));
                setup.extend(match i.known.peel() {
                    Ty::Slice(_) => quote!(#a.clone_from_slice(&#old);),
                    _ => quote!(*#a = #old;),
                });
            }
            args.push(quote!(#a));
            if i.active {
                setup.extend(whole_shadow(e, i, &a, &b, true));
                args.push(quote!(#b));
            }
        }
        args.extend(seed(c, &quote!(seed)));
        let call = quote!(#f(#(#args),*));
        let call = match c.wrapper() {
            None => quote!(let out = #call;),
            Some(wrapper) => {
                let pattern = wrapper.around(quote!(out));
                quote!(let #pattern = #call else { ::core::unreachable!("the forward sweep returned no error") };)
            }
        };
        let first = usize::from(!matches!(c.output_ty, Ty::Unit));
        let alone = first + adjoints(c) == 1;
        let mut position = first;
        let mut results = Vec::new();
        for (k, i) in c.inputs.iter().enumerate() {
            if i.passing != Passing::Value {
                continue;
            }
            if !i.active {
                let a = format_ident!("a{k}");
                results.push(quote!(#a));
                continue;
            }
            let index = syn::Index::from(position);
            results.push(match alone {
                true => quote!(out),
                false => quote!(out.#index),
            });
            position += 1;
        }
        let record = &quote!((#(#fields,)*));
        quote!(|record, #(#params,)* seed| { let #record = record; #setup #call (#(#results,)*) })
    }
}

fn plain(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_string()
}

/// Whether a call may change the function.
pub fn is_mutable(c: &Callable) -> bool {
    c.kind == "FnMut" || matches!(&c.written, syn::Type::Reference(r) if r.mutability.is_some())
}

/// What the function takes and gives in the shape of a companion.
fn signature(c: &Callable, shape: Shape, krate: &TokenStream) -> (Vec<syn::Type>, syn::Type) {
    let value = c.value();
    let mut inputs: Vec<TokenStream> = Vec::new();
    let mut results = Vec::new();
    for i in &c.inputs {
        let (ty, referent) = (&i.ty, &i.referent);
        inputs.push(quote!(#ty));
        match (shape, i.passing) {
            _ if !i.active => {}
            (Shape::Adjoint, Passing::Value) => results.push(quote!(#ty)),
            (Shape::Adjoint, _) => inputs.push(quote!(&mut #referent)),
            _ => inputs.push(quote!(#ty)),
        }
    }
    let unit = matches!(c.output_ty, Ty::Unit);
    if shape == Shape::Adjoint {
        inputs.extend(seed(c, &value));
    }
    let output = match shape {
        Shape::Tangent if unit => quote!(()),
        Shape::Tangent => quote!((#value, #value)),
        Shape::Adjoint => {
            if !unit {
                results.insert(0, value);
            }
            match results.len() {
                1 => quote!(#(#results)*),
                _ => quote!((#(#results),*)),
            }
        }
        Shape::Hvp => {
            let gradient = gradient_ty(c, krate);
            quote!((#value, #gradient, #gradient))
        }
    };
    let inputs = inputs.into_iter().map(|ty| syn::parse_quote!(#ty));
    let output = c.wrapped(output);
    (inputs.collect(), syn::parse_quote!(#output))
}

/// The type of the gradient.
fn gradient_ty(c: &Callable, krate: &TokenStream) -> TokenStream {
    let parts = c.inputs.iter().filter(|i| i.active);
    let parts: Vec<_> = parts.map(|i| owned(&i.referent, krate)).collect();
    match parts.len() {
        1 => quote!(#(#parts)*),
        _ => quote!((#(#parts),*)),
    }
}

/// Whether the primal stands beside the adjoint: the length of a seed of zeros is not known before.
fn in_pairs(c: &Callable, shape: Shape) -> bool {
    shape == Shape::Adjoint && !is_sized(&c.output_ty)
}

/// How a seed is passed, if there is one.
fn seed(c: &Callable, seed: &TokenStream) -> Option<TokenStream> {
    match c.output_ty.is_copy() {
        _ if matches!(c.output_ty, Ty::Unit) => None,
        Some(true) => Some(quote!(#seed)),
        _ => Some(quote!(&#seed)),
    }
}

/// How many adjoints the function's `_adjoint` returns.
fn adjoints(c: &Callable) -> usize {
    let returned = |i: &&Input| i.active && i.passing == Passing::Value;
    c.inputs.iter().filter(returned).count()
}

/// The parameters of a forward sweep, and what it keeps of them.
fn recorded(c: &Callable) -> (Vec<Ident>, Vec<TokenStream>) {
    let (mut params, mut record) = (Vec::new(), Vec::new());
    for (k, i) in c.inputs.iter().enumerate() {
        let a = format_ident!("a{k}");
        match (i.passing, i.known.peel()) {
            (Passing::Value, _) => record.push(quote!(::core::clone::Clone::clone(&#a))),
            (Passing::RefMut, Ty::Slice(_)) => record.push(quote!(#a.to_vec())),
            (Passing::RefMut, _) => record.push(quote!(::core::clone::Clone::clone(&*#a))),
            _ => {}
        }
        params.push(a);
    }
    (params, record)
}

/// The type of what it keeps.
fn recorded_ty(c: &Callable, krate: &TokenStream) -> TokenStream {
    let kept = c.inputs.iter().filter(|i| i.passing != Passing::Ref);
    let types = kept.map(|i| owned(&i.referent, krate));
    quote!((#(#types,)*))
}

/// `let out = call;`
fn outcome(c: &Callable, call: TokenStream) -> TokenStream {
    match c.wrapper() {
        None => quote!(let out = #call;),
        Some(_) => quote!(let out = #call?;),
    }
}

fn wrap(c: &Callable, values: TokenStream) -> TokenStream {
    match c.wrapper() {
        None => values,
        Some(wrapper) => wrapper.around(values),
    }
}

fn whole(i: &Input) -> TokenStream {
    match i.known.peel() {
        Ty::Slice(_) => quote!([..]),
        _ => quote!(),
    }
}

fn owned(referent: &syn::Type, krate: &TokenStream) -> TokenStream {
    match referent {
        syn::Type::Slice(s) => {
            let elem = &s.elem;
            quote!(#krate::rt::std::vec::Vec<#elem>)
        }
        other => other.to_token_stream(),
    }
}

/// A shadow that may not be given, made whole: zero, and what is added to it is lost.
fn whole_shadow(
    e: &Emitter,
    i: &Input,
    value: &Ident,
    shadow: &Ident,
    adjoint: bool,
) -> TokenStream {
    let zero = e.zero(&i.known, &quote!(#value));
    let reference = match (i.passing, adjoint) {
        (Passing::Value | Passing::Callable, _) => {
            return quote!(let #shadow = #shadow.unwrap_or_else(|| #zero););
        }
        (Passing::RefMut, _) => {
            return quote!(let #shadow = #shadow.expect("the shadow of a `&mut` argument is given"););
        }
        (Passing::Ref, true) => quote!(&mut),
        (Passing::Ref, false) => quote!(&),
    };
    let (whole, own) = (whole(i), format_ident!("{shadow}_own"));
    quote! {
        let mut #own;
        let #shadow = match #shadow {
            ::core::option::Option::Some(given) => given,
            ::core::option::Option::None => { #own = #zero; #reference #own #whole }
        };
    }
}
