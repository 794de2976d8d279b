//! Variables in kept code get the names that they have in generated code.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};

/// The user's names, and ours.
type Names<'a> = &'a [(&'a str, Ident)];

/// Replaces variable names in kept code, those captured by format strings included. Names of fields stay: `S { x }` becomes
/// `S { x: x_2 }`.
pub fn rename(tokens: TokenStream, names: Names<'_>) -> TokenStream {
    if let Ok(mut block) = syn::parse2::<syn::Block>(quote!({ #tokens })) {
        let mut fields = Fields {
            names,
            found: false,
        };
        fields.visit_block_mut(&mut block);
        if fields.found {
            let stmts = &block.stmts;
            return quote!(#(#stmts)*);
        }
    }
    rename_tokens(tokens, names)
}

/// Renames in syntax, where tokens alone don't tell a field from a variable.
struct Fields<'a> {
    names: Names<'a>,
    /// Whether there are fields with one of the names.
    found: bool,
}

impl Fields<'_> {
    fn ident(&self, id: &mut Ident) {
        if let Some((_, to)) = self.names.iter().find(|(from, _)| id == from) {
            *id = to.clone();
        }
    }

    fn is_named(&self, member: &syn::Member) -> bool {
        matches!(member, syn::Member::Named(id) if self.names.iter().any(|(from, _)| id == from))
    }
}

impl VisitMut for Fields<'_> {
    fn visit_expr_path_mut(&mut self, p: &mut syn::ExprPath) {
        if p.qself.is_none()
            && p.path.leading_colon.is_none()
            && p.path.segments.len() == 1
            && p.path.segments[0].arguments.is_none()
        {
            self.ident(&mut p.path.segments[0].ident);
        }
    }

    fn visit_pat_ident_mut(&mut self, p: &mut syn::PatIdent) {
        self.ident(&mut p.ident);
        visit_mut::visit_pat_ident_mut(self, p);
    }

    fn visit_field_value_mut(&mut self, f: &mut syn::FieldValue) {
        if self.is_named(&f.member) {
            self.found = true;
            f.colon_token.get_or_insert_default();
        }
        self.visit_expr_mut(&mut f.expr);
    }

    fn visit_field_pat_mut(&mut self, f: &mut syn::FieldPat) {
        if self.is_named(&f.member) {
            self.found = true;
            f.colon_token.get_or_insert_default();
        }
        self.visit_pat_mut(&mut f.pat);
    }

    fn visit_macro_mut(&mut self, m: &mut syn::Macro) {
        m.tokens = rename_tokens(m.tokens.to_token_stream(), self.names);
    }

    /// Items see no variables.
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn rename_tokens(tokens: TokenStream, names: Names<'_>) -> TokenStream {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = Vec::new();
    for (k, t) in all.iter().enumerate() {
        out.push(match t {
            TokenTree::Group(g) => {
                let mut group =
                    proc_macro2::Group::new(g.delimiter(), rename_tokens(g.stream(), names));
                group.set_span(g.span());
                TokenTree::Group(group)
            }
            TokenTree::Ident(id) if crate::lower::is_variable(&all, k) => {
                let found = names.iter().find(|(from, _)| id == from);
                TokenTree::Ident(found.map_or_else(|| id.clone(), |(_, to)| to.clone()))
            }
            TokenTree::Literal(l) => TokenTree::Literal(rename_captures(l, names)),
            other => other.clone(),
        });
    }
    out.into_iter().collect()
}

fn rename_captures(l: &Literal, names: Names<'_>) -> Literal {
    let text = l.to_string();
    if !text.starts_with('"') {
        return l.clone();
    }
    let mut new = text.clone();
    for (from, to) in names {
        new = new
            .replace(&format!("{{{from}}}"), &format!("{{{to}}}"))
            .replace(&format!("{{{from}:"), &format!("{{{to}:"));
    }
    if new == text {
        l.clone()
    } else {
        new.parse().unwrap_or_else(|_| l.clone())
    }
}
