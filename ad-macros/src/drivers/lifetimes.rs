//! Lifetimes of references that come inside of values, `Option<&f64>`: a pullback may hold such a value, and companions say its type more
//! than once, so these lifetimes have names.

use syn::visit::Visit;
use syn::visit_mut::VisitMut;

/// The signature in which they are named.
pub fn named(mut sig: syn::Signature) -> syn::Signature {
    let mut name = Name(Vec::new());
    for arg in &mut sig.inputs {
        if let Some(ty) = value_mut(arg) {
            name.visit_type_mut(ty);
        }
    }
    let params = name.0.into_iter().map(|l| syn::parse_quote!(#l));
    sig.generics
        .params
        .extend::<Vec<syn::GenericParam>>(params.collect());
    sig
}

/// The function's own lifetimes in the types of what is passed by value.
pub fn held(sig: &syn::Signature) -> Vec<syn::Lifetime> {
    let mut find = Find(Vec::new());
    for arg in &sig.inputs {
        match arg {
            syn::FnArg::Typed(t) if !matches!(*t.ty, syn::Type::Reference(_)) => {
                find.visit_type(&t.ty);
            }
            _ => {}
        }
    }
    let own = sig.generics.lifetimes().map(|l| l.lifetime.clone());
    own.filter(|l| find.0.contains(l)).collect()
}

/// The type of a parameter that is no reference: references are given to a pullback again.
fn value_mut(arg: &mut syn::FnArg) -> Option<&mut syn::Type> {
    match arg {
        syn::FnArg::Typed(t) if !matches!(*t.ty, syn::Type::Reference(_)) => Some(&mut t.ty),
        _ => None,
    }
}

struct Name(Vec<syn::Lifetime>);

impl Name {
    fn next(&mut self, span: proc_macro2::Span) -> syn::Lifetime {
        let name = format!("'lent_{}", self.0.len());
        self.0.push(syn::Lifetime::new(&name, span));
        self.0[self.0.len() - 1].clone()
    }
}

impl VisitMut for Name {
    fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
        if r.lifetime.is_none() {
            r.lifetime = Some(self.next(r.and_token.span));
        }
        syn::visit_mut::visit_type_reference_mut(self, r);
    }

    fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
        if l.ident == "_" {
            *l = self.next(l.span());
        }
    }

    // In these an unnamed lifetime is any.
    fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
    fn visit_type_impl_trait_mut(&mut self, _: &mut syn::TypeImplTrait) {}
    fn visit_type_trait_object_mut(&mut self, _: &mut syn::TypeTraitObject) {}
}

struct Find(Vec<syn::Lifetime>);

impl<'a> Visit<'a> for Find {
    fn visit_lifetime(&mut self, l: &'a syn::Lifetime) {
        self.0.push(l.clone());
    }
}
