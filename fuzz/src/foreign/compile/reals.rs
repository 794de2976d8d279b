//! Which types have real numbers in them, as far as can be seen without rustc.

use quote::ToTokens;
use std::collections::BTreeSet;
use syn::visit::Visit;

/// What is known to be real.
#[derive(Clone, Default)]
pub struct Reals {
    /// Structs and enums of the crate that hold reals, by their names.
    pub types: BTreeSet<String>,
    /// These, and what stands in their fields: what gets a derive.
    pub shadowed: BTreeSet<String>,
    /// Types with an `impl Clone`.
    pub cloned: BTreeSet<String>,
    /// Type parameters that stand for reals, or hold them.
    params: BTreeSet<String>,
    /// Type parameters that stand for functions.
    functions: BTreeSet<String>,
    /// Whether `Self` holds reals.
    pub own: bool,
    /// Whether it gets a derive at least.
    pub own_shadowed: bool,
}

/// Containers that hold what their arguments hold.
const CONTAINERS: [&str; 7] = [
    "Vec", "VecDeque", "Option", "Result", "Box", "Range", "Wrapping",
];
/// Traits of real numbers have one of these in their names.
const FLOATS: [&str; 3] = ["Float", "Real", "Scalar"];
const FUNCTIONS: [&str; 3] = ["Fn", "FnMut", "FnOnce"];

impl Reals {
    /// Structs of these files: again and again, until no new one is found.
    pub fn of(files: &[syn::File]) -> Reals {
        let mut all = Types::default();
        files.iter().for_each(|f| all.visit_file(f));
        let mut reals = Reals::default();
        loop {
            let before = reals.types.len();
            for (name, generics, fields) in &all.0 {
                let mut inside = reals.with_generics(generics);
                let params = generics.type_params().map(|p| p.ident.to_string());
                inside.params.extend(params);
                if fields.iter().any(|f| inside.has(f)) {
                    reals.types.insert(name.clone());
                }
            }
            if reals.types.len() == before {
                break;
            }
        }
        reals.shadowed.clone_from(&reals.types);
        reals.cloned = all.1;
        let names: BTreeSet<&String> = all.0.iter().map(|(name, ..)| name).collect();
        loop {
            let before = reals.shadowed.len();
            for (name, _, fields) in &all.0 {
                if reals.shadowed.contains(name) {
                    let tokens = fields.iter().flat_map(|f| f.to_token_stream());
                    let inside = tokens.map(|t| t.to_string());
                    reals.shadowed.extend(inside.filter(|i| names.contains(i)));
                }
            }
            if reals.shadowed.len() == before {
                return reals;
            }
        }
    }

    /// Whether a field of this type needs no mark, since its type gets a derive or holds reals.
    pub fn may_hold(&self, ty: &syn::Type) -> bool {
        let known = Reals {
            types: self.shadowed.clone(),
            ..self.clone()
        };
        known.has(ty)
    }

    /// Inside an item with these generics.
    pub fn with_generics(&self, generics: &syn::Generics) -> Reals {
        let mut out = self.clone();
        for p in generics.type_params() {
            out.bound(&p.ident.to_string(), &p.bounds);
        }
        let clauses = generics.where_clause.iter().flat_map(|w| &w.predicates);
        for clause in clauses {
            if let syn::WherePredicate::Type(t) = clause {
                let name = t.bounded_ty.to_token_stream().to_string();
                out.bound(&name, &t.bounds);
            }
        }
        out
    }

    fn bound<'b>(&mut self, name: &str, bounds: impl IntoIterator<Item = &'b syn::TypeParamBound>) {
        for b in bounds {
            let syn::TypeParamBound::Trait(t) = b else {
                continue;
            };
            let last = t.path.segments.last().map(|s| s.ident.to_string());
            let last = last.unwrap_or_default();
            if FLOATS.iter().any(|f| last.contains(f)) {
                self.params.insert(name.to_string());
            }
            if FUNCTIONS.contains(&last.as_str()) {
                self.functions.insert(name.to_string());
            }
        }
    }

    pub fn in_signature(&self, sig: &syn::Signature) -> bool {
        let output = match &sig.output {
            syn::ReturnType::Type(_, ty) => self.has(ty),
            syn::ReturnType::Default => false,
        };
        output
            || sig.inputs.iter().any(|arg| match arg {
                syn::FnArg::Typed(t) => self.has(&t.ty),
                syn::FnArg::Receiver(_) => false,
            })
    }

    /// Whether a type has reals in it.
    pub fn has(&self, ty: &syn::Type) -> bool {
        match ty {
            syn::Type::Path(p) => p.path.segments.last().is_some_and(|s| self.segment(s)),
            syn::Type::Reference(r) => self.has(&r.elem),
            syn::Type::Slice(s) => self.has(&s.elem),
            syn::Type::Array(a) => self.has(&a.elem),
            syn::Type::Tuple(t) => t.elems.iter().any(|e| self.has(e)),
            syn::Type::Paren(p) => self.has(&p.elem),
            syn::Type::Group(g) => self.has(&g.elem),
            _ => false,
        }
    }

    fn segment(&self, s: &syn::PathSegment) -> bool {
        let name = s.ident.to_string();
        if CONTAINERS.contains(&name.as_str()) {
            let syn::PathArguments::AngleBracketed(a) = &s.arguments else {
                return false;
            };
            return a.args.iter().any(|a| match a {
                syn::GenericArgument::Type(t) => self.has(t),
                _ => false,
            });
        }
        match name.as_str() {
            "f64" | "f32" => true,
            "Self" => self.own,
            _ => self.types.contains(&name) || self.params.contains(&name),
        }
    }

    /// Whether a parameter of this type is a function.
    pub fn is_callable(&self, ty: &syn::Type) -> bool {
        match ty {
            syn::Type::Reference(r) => self.is_callable(&r.elem),
            syn::Type::BareFn(_) => true,
            syn::Type::ImplTrait(i) => calls(&i.bounds),
            syn::Type::TraitObject(o) => calls(&o.bounds),
            syn::Type::Path(p) => self
                .functions
                .contains(&p.path.to_token_stream().to_string()),
            _ => false,
        }
    }
}

fn calls<'b>(bounds: impl IntoIterator<Item = &'b syn::TypeParamBound>) -> bool {
    bounds.into_iter().any(|b| match b {
        syn::TypeParamBound::Trait(t) => t
            .path
            .segments
            .last()
            .is_some_and(|s| FUNCTIONS.iter().any(|f| s.ident == f)),
        _ => false,
    })
}

/// Structs and enums with their generics and the types of their fields.
#[derive(Default)]
struct Types(
    Vec<(String, syn::Generics, Vec<syn::Type>)>,
    BTreeSet<String>,
);

impl<'ast> Visit<'ast> for Types {
    fn visit_item_struct(&mut self, s: &'ast syn::ItemStruct) {
        let fields = s.fields.iter().map(|f| f.ty.clone()).collect();
        self.0
            .push((s.ident.to_string(), s.generics.clone(), fields));
    }

    fn visit_item_impl(&mut self, i: &'ast syn::ItemImpl) {
        if let (Some((_, path, _)), syn::Type::Path(own)) = (&i.trait_, &*i.self_ty)
            && path.segments.last().is_some_and(|s| s.ident == "Clone")
            && let Some(own) = own.path.segments.last()
        {
            self.1.insert(own.ident.to_string());
        }
    }

    fn visit_item_enum(&mut self, e: &'ast syn::ItemEnum) {
        let fields = e.variants.iter().flat_map(|v| v.fields.iter());
        let fields = fields.map(|f| f.ty.clone()).collect();
        self.0
            .push((e.ident.to_string(), e.generics.clone(), fields));
    }
}
