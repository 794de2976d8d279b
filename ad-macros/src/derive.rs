//! `#[derive(Differentiable)]`: the shadow of a struct is the same struct, field by field; that of an enum is of the same variant.

mod widen;

pub use widen::{PLAIN, unused};

use crate::diagnostics::{Code, Diagnostic, Errors, whole};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

/// A field, and how it is named in a pattern.
struct Field<'a> {
    member: syn::Member,
    ty: &'a syn::Type,
    constant: bool,
    /// What it is bound to in a value, and in an increment.
    own: syn::Ident,
    other: syn::Ident,
}

/// A struct is a single case, an enum has one for each variant.
struct Case<'a> {
    path: TokenStream,
    fields: Vec<Field<'a>>,
}

/// Expands the derive; the generated code names the facade crate by `krate`.
pub fn differentiable(item: TokenStream, krate: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match syn::parse2::<syn::DeriveInput>(item) {
        Ok(input) => {
            let mut out = implementation(&input, krate, &mut errors);
            if errors.is_empty() {
                out.extend(widen::implementation(&input, krate));
            }
            out
        }
        Err(e) => {
            errors.push(Diagnostic::unreadable(
                &e,
                Code::Item,
                "derive `Differentiable` on a `struct` or an `enum`",
            ));
            TokenStream::new()
        }
    };
    let errors = errors.to_tokens();
    quote!(#expanded #errors)
}

fn implementation(
    input: &syn::DeriveInput,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let Some(cases) = cases(input, errors) else {
        return TokenStream::new();
    };
    let generics = bounded(input, &cases, krate);
    let own_names = [input.ident.to_string(), "Self".to_string()];
    with_generics(input, &cases, &generics, krate, &own_names)
}

/// The `impl` for a type with these generics, of whose fields those mention it that mention one of the names.
fn with_generics(
    input: &syn::DeriveInput,
    cases: &[Case],
    generics: &syn::Generics,
    krate: &TokenStream,
    own_names: &[String],
) -> TokenStream {
    let name = &input.ident;
    let (params, _, wheres) = generics.split_for_impl();
    let (_, arguments, _) = input.generics.split_for_impl();
    let zeros = cases.iter().map(|c| c.zero(krate, quote!(zero_shadow)));
    let neutrals = cases.iter().map(|c| c.zero(krate, quote!(neutral_shadow)));
    let clears = cases.iter().map(|c| c.clear(krate));
    let sums = cases.iter().map(|c| c.sum(krate));
    let reads = cases.iter().map(|c| c.each(krate, quote!(each_real)));
    let writes = cases.iter().map(|c| c.each(krate, quote!(map_reals)));
    // Only an enum can differ, and an empty one has no value.
    let differing = (cases.len() > 1).then(|| quote!(_ => #krate::rt::other_variant(),));
    let (own, both) = match cases.is_empty() {
        true => (quote!(*self), quote!(*self)),
        false => (quote!(self), quote!((self, increment))),
    };
    let constants = cases.iter().flat_map(|c| &c.fields).map(|f| {
        let ty = f.ty;
        // A type that holds itself can't be asked about itself.
        match f.constant || mentions(ty.to_token_stream(), own_names) {
            true => quote!(true),
            false => {
                quote_spanned!(ty.span()=> <#ty as #krate::rt::Differentiable>::HOLDS_CONSTANTS)
            }
        }
    });
    // Without any reals it may say which part of a value an index selects.
    let empty = cases.iter().all(|c| c.fields.is_empty());
    let selector = empty.then(|| {
        quote! {
            #[automatically_derived]
            impl #params #krate::rt::Selector for #name #arguments #wheres {}
        }
    });
    quote! {
        #selector

        #[automatically_derived]
        #[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
        impl #params #krate::rt::Differentiable for #name #arguments #wheres {
            type Shadow = Self;
            const HOLDS_CONSTANTS: bool = false #(|| #constants)*;

            #[inline]
            fn zero_shadow(&self) -> Self {
                match #own { #(#zeros)* }
            }

            #[inline]
            fn neutral_shadow(&self) -> Self {
                match #own { #(#neutrals)* }
            }

            #[inline]
            fn set_zero(&mut self) {
                match #own { #(#clears)* }
            }

            #[inline]
            fn accumulate(&mut self, increment: &Self) {
                match #both { #(#sums)* #differing }
            }

            #[inline]
            fn each_real(&self, f: &mut impl ::core::ops::FnMut(f64)) {
                match #own { #(#reads)* }
            }

            #[inline]
            fn map_reals(&mut self, f: &mut impl ::core::ops::FnMut(f64) -> f64) {
                match #own { #(#writes)* }
            }
        }
    }
}

/// What a value can be.
fn cases<'a>(input: &'a syn::DeriveInput, errors: &mut Errors) -> Option<Vec<Case<'a>>> {
    match &input.data {
        syn::Data::Struct(data) => Some(vec![Case {
            path: quote!(Self),
            fields: fields(&data.fields, errors),
        }]),
        syn::Data::Enum(data) => {
            let case = |v: &'a syn::Variant| {
                let name = &v.ident;
                Case {
                    path: quote!(Self::#name),
                    fields: fields(&v.fields, errors),
                }
            };
            Some(data.variants.iter().map(case).collect())
        }
        syn::Data::Union(data) => {
            errors.at(
                data.union_token.span,
                Code::Union,
                "`Differentiable` can't be derived for a union",
                "use a struct, or an enum with a variant for each case",
            );
            None
        }
    }
}

fn fields<'a>(fields: &'a syn::Fields, errors: &mut Errors) -> Vec<Field<'a>> {
    let name = |prefix: &str, k: usize, f: &syn::Field| {
        let span = f.ty.span().resolved_at(Span::mixed_site());
        quote::format_ident!("{prefix}_{k}", span = span)
    };
    let field = |(k, f): (usize, &'a syn::Field)| Field {
        member: match &f.ident {
            Some(name) => syn::Member::Named(name.clone()),
            None => syn::Member::Unnamed(syn::Index::from(k)),
        },
        ty: &f.ty,
        constant: marked(f, errors),
        own: name("own", k, f),
        other: name("other", k, f),
    };
    fields.iter().enumerate().map(field).collect()
}

impl Case<'_> {
    /// A value of zeros, by the method that makes those of a field.
    fn zero(&self, krate: &TokenStream, method: TokenStream) -> TokenStream {
        let (path, own) = (&self.path, self.pattern(|f| &f.own));
        let zeros = self.fields.iter().map(|f| f.zero(krate, &method));
        quote!(#own => #path { #(#zeros),* },)
    }

    fn clear(&self, krate: &TokenStream) -> TokenStream {
        let own = self.pattern(|f| &f.own);
        let clears = self.fields.iter().filter(|f| !f.constant).map(|f| {
            let own = &f.own;
            quote_spanned!(f.ty.span()=> #krate::rt::Differentiable::set_zero(#own);)
        });
        quote!(#own => { #(#clears)* })
    }

    fn sum(&self, krate: &TokenStream) -> TokenStream {
        let (own, other) = (self.pattern(|f| &f.own), self.pattern(|f| &f.other));
        let sums = self.fields.iter().filter(|f| !f.constant).map(|f| {
            let (own, other) = (&f.own, &f.other);
            quote_spanned!(f.ty.span()=> #krate::rt::Differentiable::accumulate(#own, #other);)
        });
        quote!((#own, #other) => { #(#sums)* })
    }

    /// The same method of each field.
    fn each(&self, krate: &TokenStream, method: TokenStream) -> TokenStream {
        let own = self.pattern(|f| &f.own);
        let calls = self.fields.iter().filter(|f| !f.constant).map(|f| {
            let own = &f.own;
            quote_spanned!(f.ty.span()=> #krate::rt::Differentiable::#method(#own, f);)
        });
        quote!(#own => { #(#calls)* })
    }

    fn pattern<'f>(&'f self, name: impl Fn(&'f Field<'f>) -> &'f syn::Ident) -> TokenStream {
        let path = &self.path;
        let fields = self.fields.iter().map(|f| {
            let (member, name) = (&f.member, name(f));
            quote!(#member: #name)
        });
        quote!(#path { #(#fields),* })
    }
}

/// Whether a field is kept out by `#[constant]`.
fn marked(field: &syn::Field, errors: &mut Errors) -> bool {
    let mut marks = field.attrs.iter().filter(|a| a.path().is_ident("constant"));
    let Some(mark) = marks.next() else {
        return false;
    };
    if !matches!(mark.meta, syn::Meta::Path(_)) {
        errors.at(
            whole(&mark.meta),
            Code::ConstantMark,
            "`#[constant]` takes no arguments",
            "write `#[constant]` alone",
        );
    }
    true
}

impl Field<'_> {
    /// `name: zero`, or a copy of what is constant.
    fn zero(&self, krate: &TokenStream, method: &TokenStream) -> TokenStream {
        let (member, own, span) = (&self.member, &self.own, self.ty.span());
        if self.constant {
            quote_spanned!(span=> #member: {
                use #krate::rt::Copied as _;
                #krate::rt::Kept(#own).shadow()
            })
        } else {
            quote_spanned!(span=> #member: #krate::rt::Differentiable::#method(#own))
        }
    }
}

/// The type's generics, with what they have to promise: bounds on the types of those fields that mention a type parameter. A field of a type that
/// holds itself can't be promised without asking for the promise again: there the parameters are bounded.
fn bounded(input: &syn::DeriveInput, cases: &[Case], krate: &TokenStream) -> syn::Generics {
    let mut generics = input.generics.clone();
    let params: Vec<String> = input
        .generics
        .type_params()
        .map(|p| p.ident.to_string())
        .collect();
    let own_names = [input.ident.to_string(), "Self".to_string()];
    let clause = generics.make_where_clause();
    let mut promise = |ty: &dyn ToTokens| {
        let bound = quote!(#ty: #krate::rt::Differentiable<Shadow = #ty>);
        clause.predicates.push(syn::parse_quote!(#bound));
    };
    for f in cases.iter().flat_map(|c| &c.fields) {
        let tokens = f.ty.to_token_stream();
        let itself = mentions(tokens.clone(), &own_names);
        match itself {
            true => {
                let of = |p: &&syn::TypeParam| mentions(tokens.clone(), &[p.ident.to_string()]);
                let mentioned = input.generics.type_params().filter(of);
                mentioned.for_each(|p| promise(&p.ident));
            }
            false if mentions(tokens.clone(), &params) => promise(&tokens),
            false => {}
        }
    }
    generics
}

fn mentions(tokens: TokenStream, params: &[String]) -> bool {
    tokens.into_iter().any(|t| match t {
        proc_macro2::TokenTree::Ident(i) => params.contains(&i.to_string()),
        proc_macro2::TokenTree::Group(g) => mentions(g.stream(), params),
        _ => false,
    })
}
