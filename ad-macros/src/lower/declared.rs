//! Types of variables as the user wrote them: methods of a user's type go to that type, whatever they are called.

use super::form::is_variant;
use super::*;
use crate::rules;
use quote::ToTokens;

/// Types of the standard library whose methods are understood.
const STANDARD: &[&str] = &[
    "Vec",
    "VecDeque",
    "Box",
    "Rc",
    "Arc",
    "Option",
    "Result",
    "String",
    "Cow",
    "Range",
    "RangeInclusive",
    "HashMap",
    "BTreeMap",
    "HashSet",
    "BTreeSet",
    "Wrapping",
];

/// Associated functions that make a value of their type.
const MAKERS: &[&str] = &["new", "default", "zero", "identity"];

impl Lowerer<'_> {
    /// Whether a receiver is of a user's type, whose methods may be called like those of Rust's own.
    pub(super) fn is_users(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_users(&p.expr),
            syn::Expr::Unary(u) => self.is_users(&u.expr),
            e if self.is_own(e) => true,
            e => self
                .declared_type(e)
                .is_some_and(|ty| self.is_users_type(&ty)),
        }
    }

    /// Whether a receiver is `self`, of the type that the block is for.
    pub(super) fn is_own(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_own(&p.expr),
            syn::Expr::Unary(u) => self.is_own(&u.expr),
            syn::Expr::Path(p) => p.path.is_ident("self") && self.generics.own.is_none(),
            _ => false,
        }
    }

    /// Whether a call of a method goes to a type of the user's for sure, and is to be differentiated. A type by another name may
    /// still be a vector (`type State = Vec<f64>`), so that only `self` has methods that are named like those of vectors.
    pub(super) fn is_users_method(&self, m: &syn::ExprMethodCall) -> bool {
        let common = is_standard(&m.method) && !receiver::is_collection_method(&m.method);
        let like_a_float = rules::find(&m.method.to_string()).is_some();
        (self.is_own(&m.receiver) || (like_a_float && self.is_users(&m.receiver)))
            && !common
            && !expr::is_query(&m.method)
            && self.holding == 0
            && !self.is_constant_code(m.to_token_stream())
    }

    /// `V3::cross(a, b)` where `cross` takes `self` by value. An annotated block says which of its methods do; of other types' functions
    /// it is taken for granted if the first argument is of the type itself.
    pub(super) fn method_by_path(
        &self,
        path: &syn::Path,
        c: &syn::ExprCall,
    ) -> Option<syn::ExprMethodCall> {
        let owner = path.segments.iter().rev().nth(1)?;
        let last = path.segments.last()?;
        let own = owner.ident == "Self" || owner.ident == self.generics.own_name;
        let name = last.ident.to_string();
        let consumes = match own && self.generics.siblings.contains(&name) {
            true => self.generics.consuming.contains(&name),
            false => self.is_value_of(c.args.first()?, &owner.ident),
        };
        if !consumes {
            return None;
        }
        if self.holding > 0 || self.is_constant_code(c.to_token_stream()) {
            return None;
        }
        let mut args = c.args.clone().into_iter();
        let receiver = Box::new(args.next()?);
        let method = last.ident.clone();
        let mut m: syn::ExprMethodCall = syn::parse_quote!(self.#method());
        (m.receiver, m.args) = (receiver, args.collect());
        m.turbofish = match &last.arguments {
            syn::PathArguments::AngleBracketed(a) => Some(a.clone()),
            _ => None,
        };
        Some(m)
    }

    /// Whether an argument is known to be of a user's type of this name, by value.
    fn is_value_of(&self, e: &syn::Expr, name: &syn::Ident) -> bool {
        let borrowed = matches!(e, syn::Expr::Reference(_));
        let named = |p: &syn::TypePath| p.path.segments.last().is_some_and(|s| s.ident == *name);
        match self.declared_type(e) {
            Some(syn::Type::Path(p)) if !borrowed => {
                named(&p) && self.is_users_type(&syn::Type::Path(p))
            }
            _ => false,
        }
    }

    /// Whether a receiver is known to be a trait object.
    pub(super) fn is_object(&self, e: &syn::Expr) -> bool {
        self.declared_type(e).is_some_and(|ty| is_object(&ty))
    }

    /// Whether `*e` is the `Deref` of a user's type: of a variable that is no reference.
    pub(super) fn is_users_pointer(&self, e: &syn::Expr) -> bool {
        let name = match e {
            syn::Expr::Path(p) => p.path.get_ident().map(ToString::to_string),
            _ => None,
        };
        let Some(Binding::Var(v)) = name.and_then(|n| self.lookup(&n)) else {
            return false;
        };
        let declared = self.declared_of(&Place::var(*v));
        !matches!(self.func.var(*v).ty, Ty::Ref(..))
            && declared
                .is_some_and(|ty| !matches!(ty, syn::Type::Reference(_)) && self.is_users_type(&ty))
    }

    pub(super) fn is_users_type(&self, ty: &syn::Type) -> bool {
        names_users_type(ty, &self.generics)
    }

    /// The type of an expression, as far as the user wrote it down.
    pub(super) fn declared_type(&self, e: &syn::Expr) -> Option<syn::Type> {
        match e {
            syn::Expr::Paren(p) => self.declared_type(&p.expr),
            syn::Expr::Group(g) => self.declared_type(&g.expr),
            syn::Expr::Reference(r) => self.declared_type(&r.expr),
            syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => {
                Some(peel(&self.declared_type(&u.expr)?).clone())
            }
            syn::Expr::Path(p) => match self.lookup(&p.path.get_ident()?.to_string())? {
                Binding::Var(v) => self.declared_of(&Place::var(*v)),
                Binding::Alias(place) => self.declared_of(place),
                Binding::Closure(_) | Binding::Parts(_) | Binding::Iterator(_) => None,
            },
            syn::Expr::Index(i) => {
                let ty = self.declared_type(&i.expr)?;
                match &*i.index {
                    syn::Expr::Range(_) => Some(ty),
                    _ => element(&ty),
                }
            }
            syn::Expr::Field(f) => match (&f.member, peel(&self.declared_type(&f.base)?)) {
                (syn::Member::Unnamed(k), syn::Type::Tuple(t)) => {
                    t.elems.iter().nth(k.index as usize).cloned()
                }
                _ => None,
            },
            syn::Expr::MethodCall(m) if m.method == "clone" && m.args.is_empty() => {
                self.declared_type(&m.receiver)
            }
            syn::Expr::Struct(s) => path_type(s.path.clone()),
            syn::Expr::Call(c) => made_by(&c.func),
            _ => None,
        }
    }

    fn declared_of(&self, place: &Place) -> Option<syn::Type> {
        let prefix = |n: usize| Place {
            proj: place.proj[..n].to_vec(),
            ..place.clone()
        };
        let known = |n: usize| Some((n, self.declared.get(&claims::path_of(&prefix(n)))?.clone()));
        let found = (0..=place.proj.len()).rev().find_map(known);
        let (n, mut ty) = match (found, &self.func.var(place.base).role) {
            (Some(found), _) => found,
            (None, Role::View(whole)) => (0, self.declared_of(whole)?),
            _ => return None,
        };
        for step in &place.proj[n..] {
            ty = match step {
                Proj::Deref => peel(&ty).clone(),
                Proj::Range { .. } => ty,
                Proj::Index(_) => element(&ty)?,
                Proj::Tuple(k) => match peel(&ty) {
                    syn::Type::Tuple(t) => t.elems.iter().nth(*k)?.clone(),
                    _ => return None,
                },
                Proj::Payload(variant) => {
                    let (_, inner) = inner_type(peel(&ty))?;
                    let good = matches!(variant.path.to_string().as_str(), "Some" | "Ok");
                    good.then(|| inner.clone())?
                }
                Proj::Field(_) => return None,
            };
        }
        Some(ty)
    }

    /// The type of what a `let` binds: as annotated, or that of the value.
    pub(super) fn declared_by(&self, l: &syn::Local) -> Option<syn::Type> {
        match (&l.pat, &l.init) {
            (syn::Pat::Type(t), _) => Some((*t.ty).clone()),
            (_, Some(init)) => self.declared_type(&init.expr),
            _ => None,
        }
    }

    /// Notes the type of what a name stands for.
    pub(super) fn note_declared(&mut self, pat: &syn::Pat, ty: syn::Type) {
        let Some((id, _)) = stmt::simple_ident(pat) else {
            return;
        };
        let place = match self.lookup(&id.to_string()) {
            Some(Binding::Var(v)) => Place::var(*v),
            Some(Binding::Alias(place)) => place.clone(),
            _ => return,
        };
        self.declared.insert(claims::path_of(&place), ty);
    }
}

/// Whether a type as it is written is one of the user's.
pub fn names_users_type(ty: &syn::Type, generics: &Generics) -> bool {
    let syn::Type::Path(p) = peel(ty) else {
        return false;
    };
    let Some(last) = p.path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    if p.path.is_ident("Self") {
        return generics.own.is_none();
    }
    // A name like `Real` may be another one for `f64`.
    name.starts_with(char::is_uppercase)
        && !STANDARD.contains(&name.as_str())
        && !generics.reals.contains(&name)
        && !evidence::may_name_a_number(&name)
}

/// `V3(…)` or `V3::new(…)`.
fn made_by(f: &syn::Expr) -> Option<syn::Type> {
    let syn::Expr::Path(p) = f else { return None };
    let name = p.path.segments.last()?.ident.to_string();
    if name.starts_with(char::is_uppercase) {
        return (!is_variant(&p.path)).then(|| path_type(p.path.clone()))?;
    }
    if p.qself.is_some() || !MAKERS.contains(&name.as_str()) {
        return None;
    }
    let mut owner = p.path.clone();
    owner.segments.pop();
    let last = owner.segments.pop()?.into_value();
    owner.segments.push(last);
    path_type(owner)
}

fn path_type(path: syn::Path) -> Option<syn::Type> {
    Some(syn::Type::Path(syn::TypePath { qself: None, path }))
}

/// What is behind references.
fn peel(ty: &syn::Type) -> &syn::Type {
    match ty {
        syn::Type::Reference(r) => peel(&r.elem),
        syn::Type::Paren(p) => peel(&p.elem),
        syn::Type::Group(g) => peel(&g.elem),
        other => other,
    }
}

/// Whether a type is a smart pointer.
pub(super) fn is_pointer(ty: &syn::Type) -> bool {
    !std::ptr::eq(pointee(ty), ty) && !matches!(ty, syn::Type::Reference(_))
}

/// Whether a type is that of a trait object, behind what it takes.
pub(super) fn is_object(ty: &syn::Type) -> bool {
    matches!(pointee(ty), syn::Type::TraitObject(_))
}

/// What is behind references and smart pointers.
fn pointee(ty: &syn::Type) -> &syn::Type {
    let ty = peel(ty);
    if let syn::Type::Path(p) = ty
        && let Some(last) = p.path.segments.last()
        && ["Box", "Rc", "Arc"].iter().any(|name| last.ident == name)
        && let syn::PathArguments::AngleBracketed(args) = &last.arguments
        && let Some(syn::GenericArgument::Type(inner)) = args.args.first()
    {
        return pointee(inner);
    }
    ty
}

fn element(ty: &syn::Type) -> Option<syn::Type> {
    match peel(ty) {
        syn::Type::Slice(s) => Some((*s.elem).clone()),
        syn::Type::Array(a) => Some((*a.elem).clone()),
        syn::Type::Path(p) => {
            let last = p.path.segments.last()?;
            let syn::PathArguments::AngleBracketed(args) = &last.arguments else {
                return None;
            };
            match args.args.first()? {
                syn::GenericArgument::Type(t) if last.ident == "Vec" => Some(t.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}
