//! What the signature and annotations say about types.

use super::*;
use quote::ToTokens;
use std::collections::HashSet;

/// The type parameters that stand for real scalars.
#[derive(Clone, Default)]
pub struct Generics {
    pub reals: HashSet<String>,
    /// Other type parameters.
    pub others: HashSet<String>,
    /// Those of which a trait of a user's says that they may be either.
    doubtful: HashSet<String>,
    /// Those that are no reals by one of their bounds.
    unlike: HashSet<String>,
    /// What `Self` is known to be.
    pub own: Option<Box<Ty>>,
    /// The name of the type that the `impl` is for, and its methods that take `self` by value.
    pub own_name: String,
    pub consuming: HashSet<String>,
    /// All of its methods.
    pub siblings: HashSet<String>,
    /// Those that return a value of a user's type, as far as their signatures say.
    pub makers: HashSet<String>,
    /// Those that have items, and may have no positions.
    pub iterators: HashSet<String>,
    /// Those that stand for functions.
    pub callables: HashMap<String, Signature>,
}

/// Whether something of this trait has items.
pub(super) fn gives_items(bound: &str) -> bool {
    [
        "Iterator",
        "IntoIterator",
        "ExactSizeIterator",
        "DoubleEndedIterator",
    ]
    .contains(&bound)
}

/// Traits of integers alone: whatever else is promised of such a type parameter, it has no derivative.
const INTEGERS: &[&str] = &["PrimInt", "Integer", "Unsigned"];

/// Trait names that can't make a type parameter real.
const NOT_REAL: &[&str] = &[
    "Copy",
    "Clone",
    "Debug",
    "Display",
    "Send",
    "Sync",
    "Sized",
    "Default",
    "Differentiable",
    "PartialEq",
    "PartialOrd",
    "Eq",
    "Ord",
    "Hash",
    "Fn",
    "FnMut",
    "FnOnce",
    "Iterator",
    "IntoIterator",
    "Into",
    "From",
    "AsRef",
    "PrimInt",
    "Integer",
    "Unsigned",
    "Signed",
    "ToString",
    "Deref",
    "Index",
    "Add",
    "Mul",
    "Sub",
    "Div",
];

impl Generics {
    /// Reads type parameters, their bounds and where-clauses: a parameter bounded by `Float`, or by
    /// a trait that may imply it, is a real scalar.
    pub fn read(&mut self, generics: &syn::Generics) {
        for p in generics.type_params() {
            self.bounds(&p.ident.to_string(), &p.bounds);
        }
        for clause in generics.where_clause.iter().flat_map(|w| &w.predicates) {
            if let syn::WherePredicate::Type(t) = clause
                && let syn::Type::Path(path) = &t.bounded_ty
                && let Some(ident) = path.path.get_ident()
            {
                self.bounds(&ident.to_string(), &t.bounds);
            }
        }
    }

    fn bounds(
        &mut self,
        name: &str,
        bounds: &syn::punctuated::Punctuated<syn::TypeParamBound, syn::Token![+]>,
    ) {
        if let Some(signature) = Signature::in_bounds(bounds) {
            self.callables.insert(name.to_string(), signature);
        }
        let sure = self.reals.contains(name) && !self.doubtful.contains(name);
        let (mut real, mut sure) = (self.reals.contains(name), sure);
        for b in bounds {
            if let syn::TypeParamBound::Trait(t) = b
                && let Some(last) = t.path.segments.last()
            {
                let bound = last.ident.to_string();
                // A number has a size.
                if matches!(t.modifier, syn::TraitBoundModifier::Maybe(_)) {
                    self.unlike.insert(name.to_string());
                    continue;
                }
                if INTEGERS.contains(&bound.as_str()) {
                    self.unlike.insert(name.to_string());
                }
                if gives_items(&bound) {
                    self.iterators.insert(name.to_string());
                }
                let numeric = evidence::is_numeric(&bound);
                real |= !NOT_REAL.contains(&bound.as_str());
                sure |= numeric && !NOT_REAL.contains(&bound.as_str());
            }
        }
        real &= !self.unlike.contains(name);
        match real && !sure {
            true => self.doubtful.insert(name.to_string()),
            false => self.doubtful.remove(name),
        };
        if real {
            self.others.remove(name);
            self.reals.insert(name.to_string());
        } else {
            self.reals.remove(name);
            self.others.insert(name.to_string());
        }
    }

    /// Decides about type parameters whose bounds don't say what they are, by how functions use their values.
    pub fn settle<'a>(
        &mut self,
        functions: impl Iterator<Item = (&'a syn::Signature, Option<&'a syn::Block>)> + Clone,
    ) {
        for name in std::mem::take(&mut self.doubtful) {
            if !evidence::is_real(&name, functions.clone()) {
                self.reals.remove(&name);
                self.others.insert(name);
            }
        }
    }

    /// Type parameters whose numbers are all held constant are like others.
    pub fn hold(&mut self, held: impl Fn(&str) -> bool) {
        let found: Vec<String> = self.reals.iter().filter(|p| held(p)).cloned().collect();
        for name in found {
            self.reals.remove(&name);
            self.others.insert(name);
        }
    }

    /// The type, where something is known of it.
    pub fn known(&self, ty: &syn::Type) -> Option<Ty> {
        match self.ty(ty) {
            Ty::Unknown => None,
            known => Some(known),
        }
    }

    /// What the IR knows of a syntactic type.
    pub fn ty(&self, ty: &syn::Type) -> Ty {
        if let Some(callable) = self.callable(ty) {
            return callable;
        }
        match ty {
            syn::Type::Paren(p) => self.ty(&p.elem),
            syn::Type::Group(g) => self.ty(&g.elem),
            syn::Type::Reference(r) => Ty::Ref(r.mutability.is_some(), Box::new(self.ty(&r.elem))),
            syn::Type::Slice(s) => Ty::Slice(Box::new(self.ty(&s.elem))),
            syn::Type::Array(a) => {
                Ty::Array(Box::new(self.ty(&a.elem)), Some(a.len.to_token_stream()))
            }
            syn::Type::Tuple(t) if t.elems.is_empty() => Ty::Unit,
            syn::Type::Tuple(t) => Ty::Tuple(t.elems.iter().map(|e| self.ty(e)).collect()),
            syn::Type::Path(p) => self.path(p),
            syn::Type::Never(_) => Ty::Unit,
            _ => Ty::Unknown,
        }
    }

    fn path(&self, p: &syn::TypePath) -> Ty {
        let Some(last) = p.path.segments.last() else {
            return Ty::Unknown;
        };
        let name = last.ident.to_string();
        if p.path.segments.len() == 1 && self.reals.contains(&name) {
            return Ty::Real(Scalar::Param(name));
        }
        match name.as_str() {
            "Self" if p.path.segments.len() == 1 => {
                self.own.as_deref().cloned().unwrap_or(Ty::Unknown)
            }
            "f64" => Ty::Real(Scalar::F64),
            "f32" => Ty::Real(Scalar::F32),
            "bool" => Ty::Bool,
            "usize" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "i8" | "i16" | "i32"
            | "i64" | "i128" => Ty::Int,
            "char" | "str" | "String" | "Range" | "RangeInclusive" => Ty::Constant,
            // What may hold no real is a constant.
            "Option" | "Result" if self.all_constant(&last.arguments) => Ty::Constant,
            "Vec" => match &last.arguments {
                syn::PathArguments::AngleBracketed(args) => match args.args.first() {
                    Some(syn::GenericArgument::Type(t)) => Ty::Vec(Box::new(self.ty(t))),
                    _ => Ty::Vec(Box::new(Ty::Unknown)),
                },
                _ => Ty::Vec(Box::new(Ty::Unknown)),
            },
            _ => Ty::Unknown,
        }
    }
}

impl Generics {
    /// Whether all type arguments are known to be constant.
    fn all_constant(&self, arguments: &syn::PathArguments) -> bool {
        match arguments {
            syn::PathArguments::AngleBracketed(args) => args.args.iter().all(|a| match a {
                syn::GenericArgument::Type(t) => self.ty(t).is_constant(),
                _ => true,
            }),
            _ => false,
        }
    }
}

/// The type of a value that two operands of an arithmetic operator combine to.
pub fn join(a: &Ty, b: &Ty) -> Ty {
    match (a.peel(), b.peel()) {
        (Ty::Real(Scalar::Unknown), Ty::Real(s)) | (Ty::Real(s), Ty::Real(Scalar::Unknown)) => {
            Ty::Real(s.clone())
        }
        (Ty::Real(s), _) | (_, Ty::Real(s)) => Ty::Real(s.clone()),
        (Ty::Int, _) | (_, Ty::Int) => Ty::Int,
        (Ty::Bool, _) | (_, Ty::Bool) => Ty::Bool,
        (a, _) => a.clone(),
    }
}

impl Lowerer<'_> {
    /// Declares the parameters.
    pub(super) fn params(&mut self, sig: &syn::Signature, own: Option<Box<Ty>>) {
        for arg in &sig.inputs {
            let p = match arg {
                syn::FnArg::Typed(p) => p,
                syn::FnArg::Receiver(r) => {
                    self.receiver_param(r, own.clone());
                    continue;
                }
            };
            let constant = p.attrs.iter().any(|a| a.path().is_ident("constant"));
            if let syn::Type::Path(path) = &*p.ty
                && path.path.segments.last().is_some_and(|s| s.ident == "Cow")
                && !constant
            {
                self.unsupported(
                    whole(&p.ty),
                    Code::SharedParameter,
                    "a `Cow`",
                    "take a slice, `&[f64]`, or mark the parameter `#[constant]`",
                );
            }
            let ty = self.generics.ty(&p.ty);
            let (name, mutable) = match &*p.pat {
                syn::Pat::Ident(id) if id.subpat.is_none() => {
                    (id.ident.clone(), id.mutability.is_some())
                }
                syn::Pat::Wild(w) => (syn::Ident::new("unused", w.underscore_token.span), false),
                other => {
                    let name = syn::Ident::new("argument", syn::spanned::Spanned::span(other));
                    let id = self.param(&name, ty, false, constant);
                    let path = claims::path_of(&Place::var(id));
                    self.declared.insert(path, (*p.ty).clone());
                    self.destructure(other, Place::var(id));
                    continue;
                }
            };
            let id = self.param(&name, ty, mutable, constant);
            let path = claims::path_of(&Place::var(id));
            self.declared.insert(path, (*p.ty).clone());
            let held = self.wrapped(&p.ty);
            self.held.extend(held.map(|h| (id, h)));
            let signature = self.generics.signature(&p.ty);
            self.callables.extend(signature.map(|s| (id, s)));
        }
    }

    pub(super) fn param(
        &mut self,
        name: &syn::Ident,
        ty: Ty,
        mutable: bool,
        constant: bool,
    ) -> VarId {
        if let Ty::Ref(_, inner) = &ty
            && matches!(**inner, Ty::Ref(..))
        {
            self.unsupported(
                whole(name),
                Code::DoubleReference,
                "a reference to a reference",
                "take a plain reference, `&f64`",
            );
        }
        let id = self.declare(&name.to_string(), name.span(), ty, mutable, Role::Param);
        self.func.vars[id.0].constant = constant;
        self.func.params.push(id);
        self.bind(&name.to_string(), Binding::Var(id));
        id
    }
}
