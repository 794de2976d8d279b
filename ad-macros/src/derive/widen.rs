//! The wide shadow of a user's type: the same type once more, with the wide shadows of its fields.

use super::{Case, Field, cases, mentions, with_generics};
use crate::diagnostics::Errors;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The type, and the `impl` that says so.
pub fn implementation(input: &syn::DeriveInput, krate: &TokenStream) -> TokenStream {
    let Some(cases) = cases(input, &mut Errors::default()) else {
        return TokenStream::new();
    };
    let scalar = unused("D", &input.generics);
    let generics = bounded(input, &cases, &scalar, krate);
    if !active(&cases).any(|_| true) {
        return nothing(input, &generics, &scalar, krate);
    }
    let wide = widened(input, &cases, &scalar, &generics, krate);
    let own_names = [input.ident.to_string(), "Self".to_string()];
    let wide_cases = with_marks(&wide, &cases);
    let shadow = with_generics(&wide, &wide_cases, &wide.generics, krate, &own_names);
    let (clone, copy, debug) = (
        clone(&wide, &wide_cases, krate),
        copy(input, &wide, &wide_cases),
        debug(&wide),
    );
    let zero = zero(input, &wide, (&cases, &wide_cases), &scalar, krate);
    let index = index(input, &wide, &scalar, krate);
    quote! {
        #[allow(warnings, clippy::all, clippy::pedantic)]
        const _: () = { #wide #shadow #clone #copy #debug #zero #index };
    }
}

fn active<'a>(cases: &'a [Case]) -> impl Iterator<Item = &'a Field<'a>> {
    cases.iter().flat_map(|c| &c.fields).filter(|f| !f.constant)
}

/// What has no active field is its own shadow, if it can be copied: rustc asks where it matters, under a quantifier.
fn nothing(
    input: &syn::DeriveInput,
    generics: &syn::Generics,
    scalar: &Ident,
    krate: &TokenStream,
) -> TokenStream {
    let name = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let mut generics = generics.clone();
    let clause = generics.make_where_clause();
    clause
        .predicates
        .push(syn::parse_quote!(for<'clone> #name #arguments: ::core::clone::Clone));
    let (params, _, wheres) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #params #krate::rt::Widen<#scalar> for #name #arguments #wheres {
            type Wide = Self;

            #[inline]
            fn wide_zero(&self) -> Self {
                #krate::rt::Differentiable::zero_shadow(self)
            }
        }
    }
}

/// A name for a type parameter.
pub fn unused(first: &str, generics: &syn::Generics) -> Ident {
    let types = generics.type_params().map(|p| &p.ident);
    let taken: Vec<&Ident> = types
        .chain(generics.const_params().map(|p| &p.ident))
        .collect();
    let mut name = Ident::new(first, Span::call_site());
    while taken.contains(&&name) {
        name = format_ident!("{name}{first}");
    }
    name
}

/// The type's generics and `D`, with a promise for each field whose type is not one of std's: whether it holds is asked where the shadow
/// is used, and not for each method here.
fn bounded(
    input: &syn::DeriveInput,
    cases: &[Case],
    scalar: &Ident,
    krate: &TokenStream,
) -> syn::Generics {
    let mut generics = input.generics.clone();
    let own_names = [input.ident.to_string(), "Self".to_string()];
    generics
        .params
        .push(syn::parse_quote!(#scalar: #krate::rt::Wide));
    generics.type_params_mut().for_each(|p| p.default = None);
    let clause = generics.make_where_clause();
    for f in active(cases) {
        let (ty, tokens) = (f.ty, f.ty.to_token_stream());
        // A type that holds itself can't be asked about itself.
        if !is_plain(tokens.clone()) && !mentions(tokens, &own_names) {
            clause
                .predicates
                .push(syn::parse_quote!(#ty: #krate::rt::Widen<#scalar>));
        }
    }
    // The shadow of what is kept out is of its own type.
    let params = input.generics.type_params();
    let params: Vec<String> = params.map(|p| p.ident.to_string()).collect();
    let kept = cases.iter().flat_map(|c| &c.fields).filter(|f| f.constant);
    for f in kept.filter(|f| mentions(f.ty.to_token_stream(), &params)) {
        let ty = f.ty;
        clause
            .predicates
            .push(syn::parse_quote!(#ty: #krate::rt::Differentiable<Shadow = #ty>));
    }
    generics
}

/// Types of std that have wide shadows, whatever is in them.
pub const PLAIN: &[&str] = &[
    "f64", "f32", "bool", "char", "str", "String", "usize", "isize", "u8", "u16", "u32", "u64",
    "u128", "i8", "i16", "i32", "i64", "i128", "Vec", "Option", "Box", "VecDeque",
];

/// Whether a type is made of numbers, strings and containers of std.
fn is_plain(tokens: TokenStream) -> bool {
    tokens.into_iter().all(|t| match t {
        proc_macro2::TokenTree::Ident(i) => PLAIN.contains(&i.to_string().as_str()),
        proc_macro2::TokenTree::Group(g) => is_plain(g.stream()),
        _ => true,
    })
}

/// The type's definition with wide fields.
fn widened(
    input: &syn::DeriveInput,
    cases: &[Case],
    scalar: &Ident,
    generics: &syn::Generics,
    krate: &TokenStream,
) -> syn::DeriveInput {
    let mut wide = input.clone();
    wide.attrs.clear();
    wide.ident = format_ident!("Wide{}", input.ident);
    wide.generics = generics.clone();
    let mut constants = cases.iter().flat_map(|c| &c.fields).map(|f| f.constant);
    let mut change = |fields: &mut syn::Fields| {
        for f in fields.iter_mut() {
            f.attrs.clear();
            if !constants.next().unwrap_or(false) {
                let ty = &f.ty;
                f.ty = syn::parse_quote!(<#ty as #krate::rt::Widen<#scalar>>::Wide);
            }
        }
    };
    match &mut wide.data {
        syn::Data::Struct(data) => change(&mut data.fields),
        syn::Data::Enum(data) => {
            for v in &mut data.variants {
                v.attrs.clear();
                v.discriminant = None;
                change(&mut v.fields);
            }
        }
        syn::Data::Union(_) => {}
    }
    wide
}

/// The cases of the wide type, with the marks of the fields that they come from.
fn with_marks<'a>(wide: &'a syn::DeriveInput, cases: &[Case]) -> Vec<Case<'a>> {
    let mut own = super::cases(wide, &mut Errors::default()).unwrap_or_default();
    let fields = own.iter_mut().flat_map(|c| &mut c.fields);
    for (own, field) in fields.zip(cases.iter().flat_map(|c| &c.fields)) {
        own.constant = field.constant;
    }
    own
}

fn clone(wide: &syn::DeriveInput, cases: &[Case], krate: &TokenStream) -> TokenStream {
    let name = &wide.ident;
    let (params, arguments, wheres) = wide.generics.split_for_impl();
    let arms = cases.iter().map(|c| {
        let (path, own) = (&c.path, c.pattern(|f| &f.own));
        let fields = c.fields.iter().map(|f| {
            let (member, own) = (&f.member, &f.own);
            match f.constant {
                true => f.zero(krate, &quote!(zero_shadow)),
                false => quote!(#member: ::core::clone::Clone::clone(#own)),
            }
        });
        quote!(#own => #path { #(#fields),* },)
    });
    quote! {
        impl #params ::core::clone::Clone for #name #arguments #wheres {
            #[inline]
            fn clone(&self) -> Self {
                match self { #(#arms)* }
            }
        }
    }
}

/// By its name only: crates may forbid types without, and what is forbidden can't be allowed again.
fn debug(wide: &syn::DeriveInput) -> TokenStream {
    let (name, text) = (&wide.ident, wide.ident.to_string());
    let (params, arguments, wheres) = wide.generics.split_for_impl();
    quote! {
        impl #params ::core::fmt::Debug for #name #arguments #wheres {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(#text)
            }
        }
    }
}

/// What is `Copy` has a shadow that is. Under a quantifier rustc asks only where it matters.
fn copy(input: &syn::DeriveInput, wide: &syn::DeriveInput, cases: &[Case]) -> TokenStream {
    let (own, name) = (&input.ident, &wide.ident);
    let (_, own_arguments, _) = input.generics.split_for_impl();
    let mut generics = wide.generics.clone();
    let clause = generics.make_where_clause();
    clause
        .predicates
        .push(syn::parse_quote!(for<'copy> #own #own_arguments: ::core::marker::Copy));
    for f in cases.iter().flat_map(|c| &c.fields) {
        let ty = f.ty;
        clause
            .predicates
            .push(syn::parse_quote!(for<'copy> #ty: ::core::marker::Copy));
    }
    let (params, arguments, wheres) = generics.split_for_impl();
    quote!(impl #params ::core::marker::Copy for #name #arguments #wheres {})
}

fn zero(
    input: &syn::DeriveInput,
    wide: &syn::DeriveInput,
    (cases, wide_cases): (&[Case], &[Case]),
    scalar: &Ident,
    krate: &TokenStream,
) -> TokenStream {
    let (own, name) = (&input.ident, &wide.ident);
    let (_, own_arguments, _) = input.generics.split_for_impl();
    let (params, arguments, wheres) = wide.generics.split_for_impl();
    let is_enum = matches!(input.data, syn::Data::Enum(_));
    let variants: Vec<&Ident> = match &wide.data {
        syn::Data::Enum(data) => data.variants.iter().map(|v| &v.ident).collect(),
        _ => Vec::new(),
    };
    let arms = cases.iter().zip(wide_cases).enumerate().map(|(k, (c, w))| {
        let own = c.pattern(|f| &f.own);
        let path = match is_enum {
            true => {
                let variant = variants[k];
                quote!(#name::#variant)
            }
            false => quote!(#name),
        };
        let fields = c.fields.iter().zip(&w.fields).map(|(f, w)| {
            let (member, own, ty) = (&w.member, &f.own, f.ty);
            match f.constant {
                true => f.zero(krate, &quote!(zero_shadow)),
                false => quote!(#member: <#ty as #krate::rt::Widen<#scalar>>::wide_zero(#own)),
            }
        });
        quote!(#own => #path { #(#fields),* },)
    });
    quote! {
        #[automatically_derived]
        impl #params #krate::rt::Widen<#scalar> for #own #own_arguments #wheres {
            type Wide = #name #arguments;

            #[inline]
            fn wide_zero(&self) -> #name #arguments {
                match self { #(#arms)* }
            }
        }
    }
}

/// What can be indexed has a shadow that can be: its author has said how.
fn index(
    input: &syn::DeriveInput,
    wide: &syn::DeriveInput,
    scalar: &Ident,
    krate: &TokenStream,
) -> TokenStream {
    let (own, name) = (&input.ident, &wide.ident);
    let (_, own_arguments, _) = input.generics.split_for_impl();
    let (_, arguments, _) = wide.generics.split_for_impl();
    let index = unused("I", &wide.generics);
    let says = quote!(#krate::rt::WideParts<#scalar, #name #arguments, #index>);
    let mut generics = wide.generics.clone();
    generics.params.push(syn::parse_quote!(#index));
    let clause = generics.make_where_clause();
    clause
        .predicates
        .push(syn::parse_quote!(#own #own_arguments: #says));
    let (params, _, wheres) = generics.split_for_impl();
    let author = quote!(<#own #own_arguments as #says>);
    quote! {
        impl #params ::core::ops::Index<#index> for #name #arguments #wheres {
            type Output = #author::Part;

            #[inline(always)]
            fn index(&self, index: #index) -> &#author::Part {
                #author::wide_part(self, index)
            }
        }

        impl #params ::core::ops::IndexMut<#index> for #name #arguments #wheres {
            #[inline(always)]
            fn index_mut(&mut self, index: #index) -> &mut #author::Part {
                #author::wide_part_mut(self, index)
            }
        }

        impl #params #krate::rt::Parts<#index> for #name #arguments #wheres {
            type Part = #author::Part;

            #[inline(always)]
            fn part_mut(&mut self, index: #index) -> &mut #author::Part {
                #author::wide_part_mut(self, index)
            }
        }
    }
}
