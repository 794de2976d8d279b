//! `#[derive(Differentiable)]`: the shadow of a struct is the same struct, field by field.

use crate::error::Errors;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

/// A field, and how it is named in an expression.
struct Field<'a> {
    member: syn::Member,
    ty: &'a syn::Type,
    constant: bool,
}

/// Expands the derive; the generated code names the facade crate by `krate`.
pub fn differentiable(item: TokenStream, krate: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match syn::parse2::<syn::DeriveInput>(item) {
        Ok(input) => implementation(&input, krate, &mut errors),
        Err(e) => {
            errors.push(e);
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
    let Some(fields) = fields(input, errors) else {
        return TokenStream::new();
    };
    let (name, generics) = (&input.ident, bounded(input, &fields, krate));
    let (params, _, wheres) = generics.split_for_impl();
    let (_, arguments, _) = input.generics.split_for_impl();
    let zeros = fields.iter().map(|f| f.zero(krate));
    let clears = fields.iter().filter(|f| !f.constant).map(|f| {
        let member = &f.member;
        quote_spanned!(f.ty.span()=> #krate::rt::Differentiable::set_zero(&mut self.#member);)
    });
    let sums = fields.iter().filter(|f| !f.constant).map(|f| {
        let member = &f.member;
        quote_spanned!(f.ty.span()=> #krate::rt::Differentiable::accumulate(&mut self.#member, &increment.#member);)
    });
    let constants = fields.iter().map(|f| {
        let ty = f.ty;
        match f.constant {
            true => quote!(true),
            false => {
                quote_spanned!(ty.span()=> <#ty as #krate::rt::Differentiable>::HOLDS_CONSTANTS)
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(warnings, clippy::all, clippy::pedantic)]
        impl #params #krate::rt::Differentiable for #name #arguments #wheres {
            type Shadow = Self;
            const HOLDS_CONSTANTS: bool = false #(|| #constants)*;

            #[inline]
            fn zero_shadow(&self) -> Self {
                Self { #(#zeros),* }
            }

            #[inline]
            fn set_zero(&mut self) {
                #(#clears)*
            }

            #[inline]
            fn accumulate(&mut self, increment: &Self) {
                #(#sums)*
            }
        }
    }
}

/// The fields; only a struct has them.
fn fields<'a>(input: &'a syn::DeriveInput, errors: &mut Errors) -> Option<Vec<Field<'a>>> {
    let data = match &input.data {
        syn::Data::Struct(data) => data,
        syn::Data::Enum(data) => {
            let message = "`Differentiable` can't be derived for an enum yet; use a struct, or keep the enum in a field marked `#[constant]`";
            errors.at(data.enum_token.span(), message);
            return None;
        }
        syn::Data::Union(data) => {
            let message = "`Differentiable` can't be derived for a union; use a struct";
            errors.at(data.union_token.span(), message);
            return None;
        }
    };
    let field = |(k, f): (usize, &'a syn::Field)| Field {
        member: match &f.ident {
            Some(name) => syn::Member::Named(name.clone()),
            None => syn::Member::Unnamed(syn::Index::from(k)),
        },
        ty: &f.ty,
        constant: marked(f, errors),
    };
    Some(data.fields.iter().enumerate().map(field).collect())
}

/// Whether a field is kept out by `#[constant]`.
fn marked(field: &syn::Field, errors: &mut Errors) -> bool {
    let mut marks = field.attrs.iter().filter(|a| a.path().is_ident("constant"));
    let Some(mark) = marks.next() else {
        return false;
    };
    if !matches!(mark.meta, syn::Meta::Path(_)) {
        errors.at(mark.meta.span(), "`#[constant]` takes no arguments");
    }
    true
}

impl Field<'_> {
    /// `name: zero`, or a copy of what is constant.
    fn zero(&self, krate: &TokenStream) -> TokenStream {
        let (member, span) = (&self.member, self.ty.span());
        if self.constant {
            quote_spanned!(span=> #member: {
                use #krate::rt::Copied as _;
                #krate::rt::Kept(&self.#member).shadow()
            })
        } else {
            quote_spanned!(span=> #member: #krate::rt::Differentiable::zero_shadow(&self.#member))
        }
    }
}

/// The struct's generics, with what they have to promise: bounds on the types of those fields that mention a type parameter.
fn bounded(input: &syn::DeriveInput, fields: &[Field], krate: &TokenStream) -> syn::Generics {
    let mut generics = input.generics.clone();
    let params: Vec<String> = input
        .generics
        .type_params()
        .map(|p| p.ident.to_string())
        .collect();
    let clause = generics.make_where_clause();
    for f in fields
        .iter()
        .filter(|f| mentions(f.ty.to_token_stream(), &params))
    {
        let ty = f.ty;
        let bound = quote!(#ty: #krate::rt::Differentiable<Shadow = #ty>);
        clause.predicates.push(syn::parse_quote!(#bound));
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
