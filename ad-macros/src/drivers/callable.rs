//! Functions as parameters: the shapes in which the companions take them, those that annotated callers hand over first.

use super::Subject;
use super::params::{Param, Passing};
use crate::diagnostics::{Code, Errors, whole};
use crate::ir::*;
use crate::lower::{Generics, Signature, inner_type, with_inner};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::VisitMut;

/// A parameter that is a function.
#[derive(Clone)]
pub struct Callable {
    /// The type as written.
    pub written: syn::Type,
    pub kind: Ident,
    pub inputs: Vec<Input>,
    pub output: Option<syn::Type>,
    pub output_ty: Ty,
    /// The type parameter that stands for it, if any.
    pub named: Option<Ident>,
    /// The type parameter for what a call leaves for its reverse.
    pub record: TokenStream,
}

#[derive(Clone)]
pub struct Input {
    pub passing: Passing,
    pub ty: syn::Type,
    /// The type behind the reference.
    pub referent: syn::Type,
    pub known: Ty,
    pub active: bool,
}

/// The companion in whose shape users hand over a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Tangent,
    Adjoint,
    Hvp,
}

/// How a companion takes functions.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Functions {
    #[default]
    AsWritten,
    /// From annotated callers.
    Hidden,
    /// From those, who get a pullback.
    Recorded,
    Handed(Shape),
}

impl Callable {
    pub fn new(ty: &syn::Type, s: &Signature, var: VarId, generics: &Generics) -> Callable {
        let input = |ty: &syn::Type| {
            let mut ty = ty.clone();
            Anonymous.visit_type_mut(&mut ty);
            let (passing, referent) = match &ty {
                syn::Type::Reference(r) if r.mutability.is_some() => {
                    (Passing::RefMut, (*r.elem).clone())
                }
                syn::Type::Reference(r) => (Passing::Ref, (*r.elem).clone()),
                other => (Passing::Value, other.clone()),
            };
            let known = generics.ty(&ty);
            Input {
                passing,
                referent,
                active: !known.is_constant(),
                known,
                ty,
            }
        };
        let output_ty = s.output.as_ref().map_or(Ty::Unit, |ty| {
            generics.ty(inner_type(ty).map_or(ty, |(_, inner)| inner))
        });
        Callable {
            written: ty.clone(),
            kind: s.kind.clone(),
            inputs: s.inputs.iter().map(input).collect(),
            output: s.output.clone(),
            output_ty,
            named: type_param(ty, generics),
            record: format_ident!("Record{}", var.0).to_token_stream(),
        }
    }

    /// The same where what a call leaves is known.
    pub fn with_record(&self, record: TokenStream) -> Callable {
        Callable {
            record,
            ..self.clone()
        }
    }

    /// The type of the value, without its wrapper.
    pub fn value(&self) -> TokenStream {
        match &self.output {
            Some(ty) => {
                inner_type(ty).map_or(ty.to_token_stream(), |(_, inner)| inner.to_token_stream())
            }
            None => quote!(()),
        }
    }

    pub fn wrapper(&self) -> Option<Wrapper> {
        Some(inner_type(self.output.as_ref()?)?.0)
    }

    /// The value's wrapper around what stands in its place.
    pub fn wrapped(&self, values: TokenStream) -> TokenStream {
        match &self.output {
            Some(ty) if inner_type(ty).is_some() => with_inner(ty, &values),
            _ => values,
        }
    }

    /// What annotated callers hand to a companion.
    pub fn forward(&self, form: Companion) -> TokenStream {
        let tangents = form != Companion::Forward;
        let inputs = self.inputs.iter().map(|i| {
            let ty = &i.ty;
            let dot = tangents.then(|| quote!(, ::core::option::Option<#ty>));
            quote!(#ty #dot)
        });
        let (value, record) = (self.value(), &self.record);
        let output = self.wrapped(match form {
            Companion::Forward => quote!((#value, #record)),
            Companion::ForwardTangent => quote!((#value, #value, #record)),
            _ => quote!((#value, #value)),
        });
        quote!(&mut dyn ::core::ops::FnMut(#(#inputs),*) -> #output)
    }

    /// What they hand to the pullback: it reverses one call.
    pub fn pull(&self, tangents: bool) -> TokenStream {
        let record = &self.record;
        let (given, results) = self.pullback(tangents);
        quote!(&mut dyn ::core::ops::FnMut(#record, #(#given),*) -> (#(#results,)*))
    }

    /// What the pullback of a call takes, and the adjoints that it returns.
    fn pullback(&self, tangents: bool) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let (mut given, mut results) = (Vec::new(), Vec::new());
        let copies = if tangents { 2 } else { 1 };
        for i in &self.inputs {
            let (ty, referent) = (&i.ty, &i.referent);
            if i.passing == Passing::Value {
                results.extend(vec![quote!(#ty); copies]);
                continue;
            }
            given.push(quote!(#ty));
            given.extend(tangents.then(|| quote!(::core::option::Option<#ty>)));
            given.extend(vec![quote!(::core::option::Option<&mut #referent>); copies]);
        }
        given.extend(vec![self.value(); copies]);
        (given, results)
    }
}

/// Takes out the names of lifetimes.
struct Anonymous;

impl VisitMut for Anonymous {
    fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
        r.lifetime = r.lifetime.take().filter(|l| l.ident == "static");
        syn::visit_mut::visit_type_reference_mut(self, r);
    }
}

/// `F`, `&F`, `&mut F`
fn type_param(ty: &syn::Type, generics: &Generics) -> Option<Ident> {
    match ty {
        syn::Type::Reference(r) => type_param(&r.elem, generics),
        syn::Type::Paren(p) => type_param(&p.elem, generics),
        syn::Type::Path(p) => {
            let id = p.path.get_ident()?;
            let known = generics.callables.contains_key(&id.to_string());
            known.then(|| id.clone())
        }
        _ => None,
    }
}

/// Rejects signatures in which a function can't be replaced by its companion.
pub fn check(sig: &syn::Signature, generics: &Generics, errors: &mut Errors) {
    let own = |id: &Ident| sig.generics.type_params().any(|p| p.ident == *id);
    let mut named = Vec::new();
    for arg in &sig.inputs {
        let syn::FnArg::Typed(t) = arg else { continue };
        if t.attrs.iter().any(|a| a.path().is_ident("constant")) {
            continue;
        }
        if boxed(&t.ty) {
            errors.at(
                whole(&t.ty),
                Code::FunctionParameter,
                "a boxed function can't be differentiated",
                "take `&dyn Fn(…) -> …` or `impl Fn(…) -> …`, or mark it `#[constant]`",
            );
        }
        let Some(signature) = generics.signature(&t.ty) else {
            continue;
        };
        if let Some(id) = type_param(&t.ty, generics) {
            if !own(&id) {
                errors.at(
                    whole(&t.ty),
                    Code::FunctionParameter,
                    format!(
                        "a function whose type `{id}` belongs to the `impl` can't be differentiated"
                    ),
                    "declare the type parameter on the method, or mark the parameter `#[constant]`",
                );
            }
            named.push(id);
        }
        if let Some(syn::Type::Reference(r)) = &signature.output {
            errors.at(
                whole(r),
                Code::FunctionParameter,
                "a function that returns a reference can't be differentiated",
                "let it return an owned value",
            );
        }
    }
    let elsewhere = sig.inputs.iter().filter_map(|arg| match arg {
        syn::FnArg::Typed(t)
            if type_param(&t.ty, generics).is_none()
                || t.attrs.iter().any(|a| a.path().is_ident("constant")) =>
        {
            Some(&t.ty)
        }
        _ => None,
    });
    for ty in elsewhere {
        if let Some(id) = named.iter().find(|id| mentions(ty.to_token_stream(), id)) {
            errors.at(
                whole(ty),
                Code::FunctionParameter,
                format!("a type that holds the function type `{id}` can't be differentiated beside a parameter of that type"),
                "take the function alone",
            );
        }
    }
}

/// `Box<dyn Fn(…) -> …>` and its relatives.
fn boxed(ty: &syn::Type) -> bool {
    let syn::Type::Path(p) = ty else { return false };
    let Some(last) = p.path.segments.last() else {
        return false;
    };
    let syn::PathArguments::AngleBracketed(args) = &last.arguments else {
        return false;
    };
    args.args.iter().any(|a| {
        matches!(a, syn::GenericArgument::Type(syn::Type::TraitObject(t))
            if Signature::in_bounds(&t.bounds).is_some())
    })
}

fn mentions(tokens: TokenStream, id: &Ident) -> bool {
    tokens.into_iter().any(|t| match t {
        proc_macro2::TokenTree::Ident(i) => i == *id,
        proc_macro2::TokenTree::Group(g) => mentions(g.stream(), id),
        _ => false,
    })
}

impl Subject<'_> {
    pub fn callables(&self) -> impl Iterator<Item = (&Param, &Callable)> {
        let found = |p| Some((p, Param::callable(p)?));
        self.params.iter().filter_map(found)
    }

    /// The parameters as annotated callers hand them: rustc learns about closures from what stands before them.
    pub fn functions_last(&self) -> impl Iterator<Item = &Param> {
        let functions = self.callables().map(|(p, _)| p);
        let others = self.params.iter().filter(|p| p.callable.is_none());
        others.chain(functions)
    }

    /// The function's generics without those that stand for functions.
    fn without_functions(&self) -> syn::Generics {
        let mut generics = self.sig.generics.clone();
        let named: Vec<&Ident> = self
            .callables()
            .filter_map(|(_, c)| c.named.as_ref())
            .collect();
        let params = std::mem::take(&mut generics.params);
        generics.params = params
            .into_iter()
            .filter(|p| !matches!(p, syn::GenericParam::Type(t) if named.contains(&&t.ident)))
            .collect();
        if let Some(clause) = &mut generics.where_clause {
            let predicates = std::mem::take(&mut clause.predicates);
            let of_function = |w: &syn::WherePredicate| match w {
                syn::WherePredicate::Type(t) => {
                    let bounded = t.bounded_ty.to_token_stream();
                    named.iter().any(|id| mentions(bounded.clone(), id))
                }
                _ => false,
            };
            clause.predicates = predicates.into_iter().filter(|w| !of_function(w)).collect();
        }
        generics
    }

    /// The generics of what returns a pullback.
    pub fn split_generics(&self) -> syn::Generics {
        let mut generics = self.without_functions();
        for (_, c) in self.callables() {
            let record = &c.record;
            generics.params.push(syn::parse_quote!(#record));
        }
        generics
    }

    /// The generics of a companion.
    pub fn generics_of(&self, functions: Functions) -> syn::Generics {
        match functions {
            Functions::AsWritten => self.sig.generics.clone(),
            Functions::Hidden => self.without_functions(),
            Functions::Recorded => self.split_generics(),
            Functions::Handed(shape) => self.reshaped(shape),
        }
    }

    /// `f_pull_0`: calls the pullback of an annotated function that a caller has handed over by its path.
    pub fn pulls(&self, tangents: bool) -> TokenStream {
        let suffix = if tangents { "_tangent" } else { "" };
        let found = self.params.iter().filter(|p| p.receiver.is_none());
        let pulls = found.enumerate().filter_map(|(k, p)| {
            let c = p.callable.as_ref()?;
            let name = self.name(&format!("_pull_{k}{suffix}"));
            Some(self.one_pull(&name, c, tangents))
        });
        pulls.collect()
    }

    fn one_pull(&self, name: &Ident, c: &Callable, tangents: bool) -> TokenStream {
        let (given, results) = c.pullback(tangents);
        let names: Vec<Ident> = (0..given.len())
            .map(|k| format_ident!("given_{k}"))
            .collect();
        let copies = if tangents { 2 } else { 1 };
        let (mut returned, mut types, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (k, i) in c.inputs.iter().enumerate() {
            for copy in 0..copies {
                let bar = format_ident!("bar_{k}_{copy}");
                let ty = &i.ty;
                match (i.passing, i.active) {
                    (Passing::Value, true) => {
                        types.push(quote!(#ty));
                        values.push(quote!(#bar));
                    }
                    (Passing::Value, false) => {
                        types.push(quote!(()));
                        values.push(quote!(::core::default::Default::default()));
                    }
                    _ => continue,
                }
                returned.push(bar);
            }
        }
        let mut generics = self.without_functions();
        let record = &c.record;
        generics
            .params
            .push(syn::parse_quote!(#record: ::core::ops::FnOnce(#(#given),*) -> (#(#types,)*)));
        let (head, _, wheres) = generics.split_for_impl();
        let (vis, cfgs) = (self.vis, &self.cfgs);
        quote! {
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
            #[inline]
            #vis fn #name #head (record: #record, #(#names: #given),*) -> (#(#results,)*) #wheres {
                let (#(#returned,)*) = record(#(#names),*);
                (#(#values,)*)
            }
        }
    }
}
