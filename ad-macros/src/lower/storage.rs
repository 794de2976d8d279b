//! `#[store]`, `#[recompute]` and `#[checkpoint(n)]` on loops.

use super::*;
use syn::spanned::Spanned;
use syn::visit::Visit;

const NAMES: &[&str] = &["store", "recompute", "checkpoint"];

/// Whether an attribute is one of those on loops.
pub fn is_storage(a: &syn::Attribute) -> bool {
    NAMES.iter().any(|n| a.path().is_ident(n))
}

fn name(a: &syn::Attribute) -> String {
    a.path()
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Where an attribute is written, to tell it from others.
fn mark(a: &syn::Attribute) -> String {
    format!("{:?}", a.path().span())
}

/// The attributes in a function, on loops and elsewhere.
#[derive(Default)]
struct Found<'a> {
    all: Vec<&'a syn::Attribute>,
    on_loops: Vec<&'a syn::Attribute>,
}

impl<'a> Found<'a> {
    fn a_loop(&mut self, attrs: &'a [syn::Attribute]) {
        self.on_loops.extend(attrs.iter().filter(|a| is_storage(a)));
    }
}

impl<'a> Visit<'a> for Found<'a> {
    fn visit_attribute(&mut self, a: &'a syn::Attribute) {
        if is_storage(a) {
            self.all.push(a);
        }
    }

    fn visit_expr_for_loop(&mut self, l: &'a syn::ExprForLoop) {
        self.a_loop(&l.attrs);
        syn::visit::visit_expr_for_loop(self, l);
    }

    fn visit_expr_while(&mut self, l: &'a syn::ExprWhile) {
        self.a_loop(&l.attrs);
        syn::visit::visit_expr_while(self, l);
    }

    fn visit_expr_loop(&mut self, l: &'a syn::ExprLoop) {
        self.a_loop(&l.attrs);
        syn::visit::visit_expr_loop(self, l);
    }

    // What is nested is annotated by itself.
    fn visit_item(&mut self, _: &'a syn::Item) {}
}

impl Lowerer<'_> {
    /// Gives a loop what the user asks of it.
    pub(super) fn storing(&mut self, label: LabelId, attrs: &[syn::Attribute]) {
        let mut asked = attrs.iter().filter(|a| is_storage(a));
        let Some(a) = asked.next() else {
            return;
        };
        self.stored.insert(mark(a));
        for other in asked {
            self.stored.insert(mark(other));
            self.errors.at(
                whole(&other.path()),
                Code::LoopAttribute,
                "a loop is stored in one way",
                "keep one of `#[store]`, `#[recompute]` and `#[checkpoint(n)]`",
            );
        }
        if let Some(policy) = self.policy(a) {
            self.func.labels[label.0].storage = Some(Storage {
                policy,
                span: a.path().span(),
            });
        }
    }

    fn policy(&mut self, a: &syn::Attribute) -> Option<Policy> {
        if a.path().is_ident("checkpoint") {
            return self.snapshots(a).map(Policy::Checkpoint);
        }
        if !matches!(a.meta, syn::Meta::Path(_)) {
            let name = name(a);
            self.errors.at(
                whole(&a.path()),
                Code::LoopAttribute,
                format!("`#[{name}]` takes no arguments"),
                format!("write `#[{name}]` alone"),
            );
            return None;
        }
        match a.path().is_ident("store") {
            true => Some(Policy::Store),
            false => Some(Policy::Recompute),
        }
    }

    /// The number of snapshots: an integer that is known before the loop.
    fn snapshots(&mut self, a: &syn::Attribute) -> Option<Opaque> {
        let usage = (
            "`#[checkpoint(n)]` takes the number of snapshots that may be alive",
            "write a number, `#[checkpoint(8)]`, or an integer that is known before the loop",
        );
        let syn::Meta::List(list) = &a.meta else {
            self.errors
                .at(whole(&a.path()), Code::LoopAttribute, usage.0, usage.1);
            return None;
        };
        let Ok(e) = list.parse_args::<syn::Expr>() else {
            self.errors
                .at(whole(&a.path()), Code::LoopAttribute, usage.0, usage.1);
            return None;
        };
        let literal = match &e {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Int(n),
                ..
            }) => n.base10_parse::<usize>().ok(),
            syn::Expr::Lit(_) | syn::Expr::Unary(_) => None,
            _ => Some(1),
        };
        match literal {
            None => {
                self.errors
                    .at(whole(&e), Code::LoopAttribute, usage.0, usage.1);
                return None;
            }
            Some(0) => {
                self.errors.at(
                    whole(&e),
                    Code::LoopAttribute,
                    "without a snapshot the loop can't be run again",
                    "`#[checkpoint(1)]` keeps the state in which it starts",
                );
                return None;
            }
            Some(_) => {}
        }
        let tokens = quote::ToTokens::to_token_stream(&e);
        if !self.is_constant_code(tokens.clone()) {
            self.errors.at(
                whole(&e),
                Code::LoopAttribute,
                "the number of snapshots can't depend on an active value",
                "write a number, `#[checkpoint(8)]`, or an integer that is known before the loop",
            );
            return None;
        }
        Some(self.opaque(tokens, e.span(), Ty::Int))
    }

    /// Rejects attributes where they mean nothing: beside loops, and on loops that stay as they are written.
    pub(super) fn check_storage(&mut self, body: &syn::Block) {
        let mut found = Found::default();
        found.visit_block(body);
        let on_loops: Vec<String> = found.on_loops.iter().map(|a| mark(a)).collect();
        for a in found.all {
            let (name, span) = (name(a), a.path().span());
            if !on_loops.contains(&mark(a)) {
                self.errors.at(
                    span,
                    Code::LoopAttributePlace,
                    format!("`#[{name}]` says how a loop is stored, and this is none"),
                    format!("write `#[{name}]` on a `for`, `while` or `loop`, or remove it"),
                );
            } else if !self.stored.contains(&mark(a)) {
                self.errors.at(
                    span,
                    Code::LoopAttributePlace,
                    format!(
                        "nothing in this loop is differentiated: `#[{name}]` has no meaning here"
                    ),
                    "remove it",
                );
            }
        }
    }
}
