//! `chain![p, q, r]`: annotated functions, with their companions, as the stages of a chain.

use crate::diagnostics::{Code, Diagnostic, whole};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;

/// What a chain looks like.
const FIRST: &str = "write the paths of annotated functions, `chain![first, second]`";

/// The expression of the chain, or errors at what can't be a stage.
pub fn chain(input: TokenStream, facade: &TokenStream) -> TokenStream {
    let parser = Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
    let stages = match syn::parse::Parser::parse2(parser, input) {
        Ok(stages) => stages,
        Err(error) => {
            return Diagnostic::unreadable(&error, Code::Chain, FIRST).to_compile_error();
        }
    };
    if stages.is_empty() {
        let at = Span::call_site();
        return Diagnostic::new(at, Code::Chain, "a chain has at least one stage", FIRST)
            .to_compile_error();
    }
    let mut errors = TokenStream::new();
    let mut chain = TokenStream::new();
    for expr in &stages {
        let stage = match expr {
            syn::Expr::Path(path) => stage(path, facade),
            other => {
                let error = Diagnostic::new(
                    whole(other),
                    Code::Chain,
                    "a stage is the path of an annotated function, and this is none",
                    "name the function; `.then(Stage::new(…))` takes a closure with its tangent and its adjoint",
                );
                errors.extend(error.to_compile_error());
                continue;
            }
        };
        chain = match chain.is_empty() {
            true => quote_spanned!(expr.span()=> #facade::chain::Chain::of(#stage)),
            false => quote_spanned!(expr.span()=> #chain.then(#stage)),
        };
    }
    match errors.is_empty() {
        true => chain,
        false => quote!({ #errors }),
    }
}

/// A function as a stage: its companions are found by its path.
fn stage(path: &syn::ExprPath, facade: &TokenStream) -> TokenStream {
    let names = path.path.segments.iter().map(|s| s.ident.to_string());
    let name = names.collect::<Vec<_>>().join("::");
    let (tangent, adjoint) = (companion(path, "_tangent"), companion(path, "_adjoint"));
    let wide = has_wide_forms(path).then(|| {
        let (tangent, adjoint) = (
            companion(path, "_tangent_wide"),
            companion(path, "_forward_sweep_wide"),
        );
        quote!(, #tangent, #adjoint)
    });
    quote_spanned!(path.span()=> #facade::chain::stage(#name, (#path, #tangent, #adjoint #wide)))
}

/// Whether the companions that take several directions at once can be named: functions of a type have none (a type begins with an upper-case
/// letter), and with type arguments their own would be needed.
fn has_wide_forms(path: &syn::ExprPath) -> bool {
    let segments = &path.path.segments;
    let of_type = segments.iter().rev().nth(1).is_some_and(|parent| {
        let name = parent.ident.to_string();
        name.trim_start_matches("r#")
            .starts_with(char::is_uppercase)
    });
    path.qself.is_none() && !of_type && segments.iter().all(|s| s.arguments.is_none())
}

/// The path with a suffix on its last segment.
fn companion(path: &syn::ExprPath, suffix: &str) -> TokenStream {
    let mut path = path.clone();
    if let Some(last) = path.path.segments.last_mut() {
        last.ident = format_ident!("{}{suffix}", last.ident);
    }
    path.into_token_stream()
}
