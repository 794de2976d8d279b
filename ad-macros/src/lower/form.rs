//! The forms that patterns ask for, without the values that they ask.

use super::decide::is_constant_name;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Whether a path names a variant of an enum, by Rust's conventions.
pub(super) fn is_variant(path: &syn::Path) -> bool {
    let mut names = path.segments.iter().rev().map(|s| s.ident.to_string());
    let name = names.next().unwrap_or_default();
    let owner = names.next();
    matches!(name.as_str(), "Some" | "Ok" | "Err" | "None")
        || (name.starts_with(char::is_uppercase)
            && owner.is_some_and(|o| o.starts_with(char::is_uppercase)))
}

/// Whether a pattern asks which form something has, and is more than a comparison.
pub(super) fn asks_for_form(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::TupleStruct(_)
        | syn::Pat::Struct(_)
        | syn::Pat::Slice(_)
        | syn::Pat::Reference(_) => true,
        syn::Pat::Path(p) => is_variant(&p.path),
        syn::Pat::Ident(id) => {
            id.ident == "None"
                || id.by_ref.is_some()
                || id.subpat.as_ref().is_some_and(|(_, p)| asks_for_form(p))
        }
        syn::Pat::Paren(p) => asks_for_form(&p.pat),
        syn::Pat::Or(o) => o.cases.iter().any(asks_for_form),
        syn::Pat::Tuple(t) => t.elems.iter().any(asks_for_form),
        _ => false,
    }
}

pub(super) fn is_irrefutable(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Wild(_) | syn::Pat::Rest(_) => true,
        syn::Pat::Ident(id) => {
            !is_constant_name(id) && id.subpat.as_ref().is_none_or(|(_, p)| is_irrefutable(p))
        }
        syn::Pat::Paren(p) => is_irrefutable(&p.pat),
        syn::Pat::Reference(r) => is_irrefutable(&r.pat),
        syn::Pat::Tuple(t) => t.elems.iter().all(is_irrefutable),
        _ => false,
    }
}

/// Whether names are bound by `ref`, and one of them by `ref mut`.
pub(super) fn lends(pat: &syn::Pat) -> Option<bool> {
    #[derive(Default)]
    struct References(Option<bool>);
    impl<'a> syn::visit::Visit<'a> for References {
        fn visit_pat_ident(&mut self, id: &'a syn::PatIdent) {
            if id.by_ref.is_some() {
                self.0 = Some(id.mutability.is_some() || self.0 == Some(true));
            }
            syn::visit::visit_pat_ident(self, id);
        }
    }
    let mut found = References::default();
    syn::visit::Visit::visit_pat(&mut found, pat);
    found.0
}

/// `..`, with a name or without.
pub(super) fn is_rest(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Rest(_) => true,
        syn::Pat::Ident(id) => id.subpat.as_ref().is_some_and(|(_, p)| is_rest(p)),
        _ => false,
    }
}

pub(super) fn names(pat: &syn::Pat) -> Vec<syn::Ident> {
    super::decide::idents_of(pat)
}

/// A pattern without the names that it binds.
pub(super) fn bare(pat: &syn::Pat) -> TokenStream {
    let each = |pats: &syn::punctuated::Punctuated<syn::Pat, syn::Token![,]>| {
        let pats = pats.iter().map(bare);
        quote!(#(#pats),*)
    };
    match pat {
        syn::Pat::Ident(id) if is_constant_name(id) => quote!(#id),
        syn::Pat::Ident(id) => match &id.subpat {
            Some((_, p)) => bare(p),
            None => quote!(_),
        },
        syn::Pat::Paren(p) => {
            let inner = bare(&p.pat);
            quote!((#inner))
        }
        syn::Pat::Reference(r) => {
            let (inner, mutability) = (bare(&r.pat), &r.mutability);
            quote!(&#mutability #inner)
        }
        syn::Pat::TupleStruct(t) => {
            let (path, elems) = (&t.path, each(&t.elems));
            quote!(#path(#elems))
        }
        syn::Pat::Struct(s) => {
            let path = &s.path;
            let fields = s.fields.iter().map(|f| {
                let (member, inner) = (&f.member, bare(&f.pat));
                quote!(#member: #inner)
            });
            quote!(#path { #(#fields,)* .. })
        }
        syn::Pat::Tuple(t) if t.elems.len() == 1 && !t.elems.iter().any(is_rest) => {
            let inner = bare(&t.elems[0]);
            quote!((#inner,))
        }
        syn::Pat::Tuple(t) => {
            let elems = each(&t.elems);
            quote!((#elems))
        }
        syn::Pat::Slice(s) => {
            let elems = each(&s.elems);
            quote!([#elems])
        }
        syn::Pat::Or(o) => {
            let cases = o.cases.iter().map(bare);
            quote!(#(#cases)|*)
        }
        other => other.to_token_stream(),
    }
}

/// The patterns of an arm: alternatives that bind names bind different parts, so each gets an arm of its own.
pub(super) fn alternatives(pat: &syn::Pat) -> Vec<syn::Pat> {
    if names(pat).is_empty() {
        return vec![pat.clone()];
    }
    let within = |inner: &syn::Pat, rebuild: &dyn Fn(syn::Pat) -> syn::Pat| {
        alternatives(inner).into_iter().map(rebuild).collect()
    };
    match pat {
        syn::Pat::Or(o) => o.cases.iter().flat_map(alternatives).collect(),
        syn::Pat::Paren(p) => alternatives(&p.pat),
        syn::Pat::Reference(r) => within(&r.pat, &|p| {
            let mut r = r.clone();
            r.pat = Box::new(p);
            syn::Pat::Reference(r)
        }),
        syn::Pat::Ident(id) => match &id.subpat {
            None => vec![pat.clone()],
            Some((at, inner)) => within(inner, &|p| {
                let mut id = id.clone();
                id.subpat = Some((*at, Box::new(p)));
                syn::Pat::Ident(id)
            }),
        },
        syn::Pat::TupleStruct(t) => each_way(&t.elems, &|elems| {
            syn::Pat::TupleStruct(syn::PatTupleStruct { elems, ..t.clone() })
        }),
        syn::Pat::Tuple(t) => each_way(&t.elems, &|elems| {
            syn::Pat::Tuple(syn::PatTuple { elems, ..t.clone() })
        }),
        _ => vec![pat.clone()],
    }
}

type Pats = syn::punctuated::Punctuated<syn::Pat, syn::Token![,]>;

/// All combinations of the alternatives of several patterns.
fn each_way(pats: &Pats, rebuild: &dyn Fn(Pats) -> syn::Pat) -> Vec<syn::Pat> {
    let mut ways: Vec<Vec<syn::Pat>> = vec![Vec::new()];
    for p in pats {
        let all = alternatives(p);
        ways = ways
            .into_iter()
            .flat_map(|way| {
                all.iter().map(move |p| {
                    let mut way = way.clone();
                    way.push(p.clone());
                    way
                })
            })
            .collect();
    }
    ways.into_iter()
        .map(|way| rebuild(way.into_iter().collect()))
        .collect()
}

pub(super) fn wildcard() -> syn::Pat {
    syn::Pat::Wild(syn::PatWild {
        attrs: Vec::new(),
        underscore_token: Default::default(),
    })
}
