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
            // What no input can change is no kink, however near the two sides are.
            syn::Expr::Binary(b) if same(&b.left, &b.right) => None,
            syn::Expr::Binary(b) if settled(&b.left) && settled(&b.right) => None,
            syn::Expr::Binary(b) => comparison(&b.op).map(|name| {
                let (l, r) = (&b.left, &b.right);
                syn::parse_quote!(crate::kinks::#name(&(#l), &(#r)))
            }),
            syn::Expr::MethodCall(m) if settled(&m.receiver) && m.args.iter().all(settled) => None,
            syn::Expr::MethodCall(m) if m.args.len() == 1 && same(&m.receiver, &m.args[0]) => None,
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

/// Whether two expressions have the same value, since they are the same and call nothing.
fn same(a: &syn::Expr, b: &syn::Expr) -> bool {
    struct Calls(bool);
    impl<'a> syn::visit::Visit<'a> for Calls {
        fn visit_expr_call(&mut self, _: &'a syn::ExprCall) {
            self.0 = true;
        }
        fn visit_expr_method_call(&mut self, m: &'a syn::ExprMethodCall) {
            self.0 |= m.method != "len";
            syn::visit::visit_expr_method_call(self, m);
        }
    }
    let mut calls = Calls(false);
    syn::visit::Visit::visit_expr(&mut calls, a);
    !calls.0 && a.to_token_stream().to_string() == b.to_token_stream().to_string()
}

/// Whether an expression mentions no variable and none of the program's functions.
fn settled(e: &syn::Expr) -> bool {
    struct Names(bool);
    impl<'a> syn::visit::Visit<'a> for Names {
        fn visit_path(&mut self, path: &'a syn::Path) {
            self.0 |= path.segments.len() == 1
                && !["f64", "f32", "usize", "T"]
                    .iter()
                    .any(|t| path.is_ident(t));
            syn::visit::visit_path(self, path);
        }
    }
    let mut names = Names(false);
    syn::visit::Visit::visit_expr(&mut names, e);
    !names.0
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
