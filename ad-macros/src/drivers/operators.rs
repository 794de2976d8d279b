//! Operators of user types: what the run-time library's functions for operators find for them.
//!
//! The method of the `impl` becomes a function of its operands, `apply(a, b)`, whose companions stand in `impl`s of the library's traits.

use super::{Home, Item, prepare};
use crate::attribute::Modes;
use crate::diagnostics::{Code, Errors, whole};
use crate::lower::Generics;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};

const BINARY: &[&str] = &["Add", "Sub", "Mul", "Div", "Rem"];
const ASSIGN: &[&str] = &[
    "AddAssign",
    "SubAssign",
    "MulAssign",
    "DivAssign",
    "RemAssign",
];

/// The operator's name, if the block implements one.
pub fn operator(block: &syn::ItemImpl) -> Option<Ident> {
    let (_, path, _) = block.trait_.as_ref()?;
    let name = &path.segments.last()?.ident;
    let known = BINARY.iter().chain(ASSIGN).chain(&["Neg"]);
    known.into_iter().any(|n| name == n).then(|| name.clone())
}

/// The derivative of an operator, beside its `impl`.
pub fn companions(
    block: &syn::ItemImpl,
    operator: &Ident,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let Some(method) = block.items.iter().find_map(|i| match i {
        syn::ImplItem::Fn(m) => Some(m),
        _ => None,
    }) else {
        return TokenStream::new();
    };
    let Some(shape) = Shape::read(block, operator, method, errors) else {
        return TokenStream::new();
    };
    let vis = syn::Visibility::Inherited;
    let (sig, body) = (shape.signature(), shape.body(method));
    let home = Home {
        generics: block.generics.clone(),
        ..Home::default()
    };
    let item = Item {
        attrs: &block.attrs,
        vis: &vis,
        sig: &sig,
        body: Some(&body),
        home: &home,
        origin: &crate::attribute::Origin::Body,
    };
    let named = super::params::named(&sig);
    let subject = prepare(&item, &named, modes, krate, errors);
    let Some(mut subject) = subject else {
        return TokenStream::new();
    };
    let bases = shape.bases();
    subject.operands = Some(bases.clone());
    subject.cfgs.clear();
    let mut out = TokenStream::new();
    if modes.forward {
        let tangent = subject.tangent_opt();
        out.extend(shape.implement(block, operator, "Tangent", &bases, krate, &tangent));
    }
    if modes.reverse {
        let sweep = subject.forward_sweep();
        out.extend(shape.implement(block, operator, "Reverse", &bases, krate, &sweep));
    }
    if modes.hessian {
        let sweep = subject.forward_sweep_tangent();
        out.extend(shape.implement(block, operator, "Hessian", &bases, krate, &sweep));
    }
    out
}

/// Operands and result of an operator's method.
pub(super) struct Shape {
    pub operands: Vec<(syn::Pat, syn::Type)>,
    pub output: syn::Type,
    /// What `Self` stands for.
    pub own: syn::Type,
    pub assigns: bool,
}

impl Shape {
    fn read(
        block: &syn::ItemImpl,
        operator: &Ident,
        method: &syn::ImplItemFn,
        errors: &mut Errors,
    ) -> Option<Shape> {
        let own = (*block.self_ty).clone();
        let assigns = ASSIGN.iter().any(|n| operator == n);
        let written = block.items.iter().find_map(|i| match i {
            syn::ImplItem::Type(t) if t.ident == "Output" => Some(t.ty.clone()),
            _ => None,
        });
        let output = match assigns {
            true => own.clone(),
            false => without_self(&written?, &own),
        };
        let mut operands = vec![(syn::parse_quote!(this), own.clone())];
        for arg in &method.sig.inputs {
            if let syn::FnArg::Typed(t) = arg {
                operands.push(((*t.pat).clone(), without_self(&t.ty, &own)));
            }
        }
        // The traits ask for references of any lifetime.
        for (_, ty) in &mut operands {
            if let syn::Type::Reference(r) = ty {
                r.lifetime = None;
            }
        }
        if let (true, syn::Type::Reference(r)) = (assigns, &own) {
            errors.at(
                whole(r),
                Code::OperatorImpl,
                "an assignment to a reference can't be differentiated",
                "implement the operator for the type itself",
            );
            return None;
        }
        if assigns && let Some(span) = returns(method.block.to_token_stream()) {
            errors.at(
                span,
                Code::OperatorImpl,
                "`return` in an operator that assigns can't be differentiated",
                "use `if` and `else`",
            );
            return None;
        }
        Some(Shape {
            operands,
            output,
            own,
            assigns,
        })
    }

    /// The operands' types, without their references.
    pub fn bases(&self) -> Vec<TokenStream> {
        let types = self.operands.iter();
        types.map(|(_, ty)| base(ty).to_token_stream()).collect()
    }

    /// A type with `Self` written out.
    pub fn without_self(&self, ty: &syn::Type) -> syn::Type {
        without_self(ty, &self.own)
    }

    pub fn signature(&self) -> syn::Signature {
        let params = self.operands.iter().map(|(pat, ty)| quote!(#pat: #ty));
        let output = &self.output;
        syn::parse_quote!(fn apply(#(#params),*) -> #output)
    }

    fn body(&self, method: &syn::ImplItemFn) -> syn::Block {
        let receiver = method.sig.receiver();
        let mutable = receiver.is_some_and(|r| r.reference.is_none() && r.mutability.is_some());
        let tokens = self.rename(method.block.to_token_stream());
        let parsed = if self.assigns {
            let own = &self.own;
            syn::parse2(quote!({
                let mut assigned: #own = this;
                {
                    let this = &mut assigned;
                    #tokens
                }
                assigned
            }))
        } else if mutable {
            syn::parse2(quote!({ let mut this = this; #tokens }))
        } else {
            syn::parse2(tokens)
        };
        let mut parsed = parsed.unwrap_or_else(|_| method.block.clone());
        syn::visit_mut::VisitMut::visit_block_mut(&mut Written, &mut parsed);
        parsed
    }

    /// `self` as a name like any other, `Self` and `Self::Output` as what they stand for.
    pub fn rename(&self, tokens: TokenStream) -> TokenStream {
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        let path = |k: usize| {
            matches!(all.get(k), Some(TokenTree::Punct(p)) if p.as_char() == ':')
                && matches!(all.get(k + 1), Some(TokenTree::Punct(p)) if p.as_char() == ':')
        };
        let mut out = TokenStream::new();
        let mut k = 0;
        while k < all.len() {
            match &all[k] {
                TokenTree::Ident(i) if i == "self" && !path(k + 1) => {
                    out.extend([TokenTree::Ident(Ident::new("this", i.span()))]);
                }
                TokenTree::Ident(i) if i == "Self" => {
                    let output = path(k + 1)
                        && matches!(all.get(k + 3), Some(TokenTree::Ident(o)) if o == "Output");
                    let ty = match output {
                        true => &self.output,
                        false => &self.own,
                    };
                    out.extend(in_expression(ty));
                    if output {
                        k += 3;
                    }
                }
                TokenTree::Group(g) => {
                    let mut group = proc_macro2::Group::new(g.delimiter(), self.rename(g.stream()));
                    group.set_span(g.span());
                    out.extend([TokenTree::Group(group)]);
                }
                other => out.extend([other.clone()]),
            }
            k += 1;
        }
        out
    }

    fn implement(
        &self,
        block: &syn::ItemImpl,
        operator: &Ident,
        mode: &str,
        bases: &[TokenStream],
        krate: &TokenStream,
        methods: &TokenStream,
    ) -> TokenStream {
        let borrowed = |k: usize| matches!(self.operands[k].1, syn::Type::Reference(_));
        let family = match (self.operands.len(), borrowed(0)) {
            (1, false) => "Unary",
            (1, true) => "UnaryRef",
            (_, left) => match (left, borrowed(1)) {
                (false, false) => "Binary",
                (true, false) => "BinaryLeft",
                (false, true) => "BinaryRight",
                (true, true) => "BinaryRefs",
            },
        };
        let family = format_ident!("{family}{mode}");
        let cfgs = block.attrs.iter().filter(|a| a.path().is_ident("cfg"));
        let generics = companion_generics(&block.generics, bases, krate);
        let (generics, _, wheres) = generics.split_for_impl();
        let output = &self.output;
        quote! {
            #(#cfgs)*
            #[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
            impl #generics #krate::rt::ops::#family<#(#bases),*> for #krate::rt::ops::#operator #wheres {
                type Output = #output;
                #methods
            }
        }
    }
}

/// `self.x.add(o.x)` in an operator is `self.x + o.x`: its parts have the operator, too.
struct Written;

impl syn::visit_mut::VisitMut for Written {
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        syn::visit_mut::visit_expr_mut(self, e);
        let syn::Expr::MethodCall(m) = e else { return };
        let part = &m.receiver;
        if !matches!(**part, syn::Expr::Field(_) | syn::Expr::Paren(_)) {
            return;
        }
        let other = m.args.first();
        let written: Option<syn::Expr> = match (m.method.to_string().as_str(), other) {
            ("add", Some(o)) => Some(syn::parse_quote!((#part + #o))),
            ("sub", Some(o)) => Some(syn::parse_quote!((#part - #o))),
            ("mul", Some(o)) => Some(syn::parse_quote!((#part * #o))),
            ("div", Some(o)) => Some(syn::parse_quote!((#part / #o))),
            ("rem", Some(o)) => Some(syn::parse_quote!((#part % #o))),
            ("neg", None) => Some(syn::parse_quote!((-#part))),
            _ => None,
        };
        if let Some(written) = written {
            *e = written;
        }
    }
}

/// The generics of the `impl` without the lifetimes of its operands; the shadows of reals are reals.
pub(super) fn companion_generics(
    written: &syn::Generics,
    bases: &[TokenStream],
    krate: &TokenStream,
) -> syn::Generics {
    let mut generics = written.clone();
    let text = quote!(#(#bases),*).to_string();
    let kept = |p: &syn::GenericParam| match p {
        syn::GenericParam::Lifetime(l) => text.contains(&l.lifetime.to_string()),
        _ => true,
    };
    generics.params = written.params.iter().filter(|p| kept(p)).cloned().collect();
    let mut known = Generics::default();
    known.read(written);
    let reals: Vec<&Ident> = written
        .type_params()
        .map(|p| &p.ident)
        .filter(|p| known.reals.contains(&p.to_string()))
        .collect();
    let clause = generics.make_where_clause();
    for real in reals {
        let bound = syn::parse_quote!(#real: #krate::rt::Differentiable<Shadow = #real>);
        clause.predicates.push(bound);
    }
    generics
}

/// A type where an expression may stand: its parameters take `::`.
fn in_expression(ty: &syn::Type) -> TokenStream {
    let syn::Type::Path(p) = ty else {
        return quote!(<#ty>);
    };
    let mut path = p.clone();
    for segment in &mut path.path.segments {
        if let syn::PathArguments::AngleBracketed(a) = &mut segment.arguments {
            a.colon2_token = Some(Default::default());
        }
    }
    path.to_token_stream()
}

/// The type with `Self` written out.
fn without_self(ty: &syn::Type, own: &syn::Type) -> syn::Type {
    fn replace(tokens: TokenStream, own: &TokenStream) -> TokenStream {
        let each = |t| match t {
            TokenTree::Ident(i) if i == "Self" => own.clone(),
            TokenTree::Group(g) => {
                let group = proc_macro2::Group::new(g.delimiter(), replace(g.stream(), own));
                TokenTree::Group(group).into()
            }
            other => other.into(),
        };
        tokens.into_iter().map(each).collect()
    }
    let written = replace(ty.to_token_stream(), &own.to_token_stream());
    syn::parse2(written).unwrap_or_else(|_| ty.clone())
}

/// The type behind a reference.
fn base(ty: &syn::Type) -> &syn::Type {
    match ty {
        syn::Type::Reference(r) => base(&r.elem),
        syn::Type::Paren(p) => base(&p.elem),
        other => other,
    }
}

fn returns(tokens: TokenStream) -> Option<proc_macro2::Span> {
    tokens.into_iter().find_map(|t| match t {
        TokenTree::Ident(i) if i == "return" => Some(i.span()),
        TokenTree::Group(g) => returns(g.stream()),
        _ => None,
    })
}
