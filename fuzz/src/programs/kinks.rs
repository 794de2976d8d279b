//! The plain copy of a program: without annotations, and with every comparison noted, so that a run tells how near it came to a kink.

use quote::ToTokens;
use syn::visit_mut::{VisitMut, visit_expr_mut};

/// The copy as text; `source` is a file of items.
pub fn plain(source: &syn::File) -> String {
    let mut file = source.clone();
    file.items
        .retain(|item| !matches!(item, syn::Item::Macro(_)));
    Plain.visit_file_mut(&mut file);
    prettyplease::unparse(&file).replace(
        "trait Number: Float",
        "trait Number: Float + crate::kinks::Probe",
    )
}

struct Plain;

impl VisitMut for Plain {
    fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
        attrs.retain(|a| !a.path().is_ident("differentiate") && !a.path().is_ident("constant"));
        for a in attrs {
            if a.path().is_ident("derive") {
                *a = syn::parse_quote!(#[derive(Clone, Copy)]);
            }
        }
    }

    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        visit_expr_mut(self, e);
        let replaced = match e {
            syn::Expr::Binary(b) => comparison(&b.op).map(|name| {
                let (l, r) = (&b.left, &b.right);
                syn::parse_quote!(crate::kinks::#name(&(#l), &(#r)))
            }),
            syn::Expr::MethodCall(m) if noted(&m.method.to_string()) => {
                let (name, receiver, args) = (&m.method, &m.receiver, m.args.iter());
                Some(syn::parse_quote!(crate::kinks::#name(#receiver #(, #args)*)))
            }
            syn::Expr::Path(p) => {
                let text = p.to_token_stream().to_string();
                ["f64", "f32", "T"]
                    .iter()
                    .any(|t| text == format!("{t} :: max"))
                    .then(|| syn::parse_quote!(crate::kinks::max))
            }
            _ => None,
        };
        if let Some(new) = replaced {
            *e = new;
        }
    }
}

fn noted(method: &str) -> bool {
    ["abs", "max", "min", "clamp"].contains(&method)
}

fn comparison(op: &syn::BinOp) -> Option<syn::Ident> {
    let name = match op {
        syn::BinOp::Lt(_) => "lt",
        syn::BinOp::Gt(_) => "gt",
        syn::BinOp::Le(_) => "le",
        syn::BinOp::Ge(_) => "ge",
        syn::BinOp::Eq(_) => "eq",
        syn::BinOp::Ne(_) => "ne",
        _ => return None,
    };
    Some(syn::Ident::new(name, proc_macro2::Span::call_site()))
}
