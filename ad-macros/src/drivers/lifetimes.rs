//! Lifetimes of references that come inside of values, `Option<&f64>`: a pullback may hold such a value, and companions say its type more
//! than once, so these lifetimes have names. So do those of the types behind references, `&Table<'_>`: shadows are of the same type.

use syn::visit::Visit;
use syn::visit_mut::VisitMut;

/// The signature in which they are named.
pub fn named(mut sig: syn::Signature) -> syn::Signature {
    let mut name = Name {
        names: Vec::new(),
        behind: false,
    };
    for arg in &mut sig.inputs {
        if let syn::FnArg::Typed(t) = arg {
            match &mut *t.ty {
                syn::Type::Reference(r) => {
                    name.behind = true;
                    name.visit_type_mut(&mut r.elem);
                }
                ty => {
                    name.behind = false;
                    name.visit_type_mut(ty);
                }
            }
        }
    }
    let params = name.names.into_iter().map(|l| syn::parse_quote!(#l));
    sig.generics
        .params
        .extend::<Vec<syn::GenericParam>>(params.collect());
    sig
}

/// The function's own lifetimes in the types of its parameters, but those of references that a pullback is given again.
pub fn held(sig: &syn::Signature) -> Vec<syn::Lifetime> {
    let mut find = Find(Vec::new());
    for arg in &sig.inputs {
        if let syn::FnArg::Typed(t) = arg {
            match &*t.ty {
                syn::Type::Reference(r) => find.visit_type(&r.elem),
                ty => find.visit_type(ty),
            }
        }
    }
    let own = sig.generics.lifetimes().map(|l| l.lifetime.clone());
    own.filter(|l| find.0.contains(l)).collect()
}

struct Name {
    names: Vec<syn::Lifetime>,
    /// Behind a reference further references need no names.
    behind: bool,
}

impl Name {
    fn next(&mut self, span: proc_macro2::Span) -> syn::Lifetime {
        let name = format!("'lent_{}", self.names.len());
        let lifetime = syn::Lifetime::new(&name, span);
        self.names.push(lifetime.clone());
        lifetime
    }
}

impl VisitMut for Name {
    fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
        if r.lifetime.is_none() && !self.behind {
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
