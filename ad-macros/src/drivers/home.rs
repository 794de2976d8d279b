//! Where a function stands: by itself, in an `impl`, in a trait; and what that asks of its companions.

use super::Subject;
use super::callable::{Functions, Shape};
use super::params::Passing;
use crate::attribute::Origin;
use crate::ir::Ty;
use crate::lower::{Generics, is_constant};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// A function as it was written.
pub struct Item<'a> {
    pub attrs: &'a [syn::Attribute],
    pub vis: &'a syn::Visibility,
    pub sig: &'a syn::Signature,
    /// A method that a trait only declares has none.
    pub body: Option<&'a syn::Block>,
    pub home: &'a Home,
    pub origin: &'a Origin,
}

/// What stands around a function.
#[derive(Clone, Default)]
pub struct Home {
    pub kind: Kind,
    /// The generics of the `impl` or the trait.
    pub generics: syn::Generics,
    /// What `Self` is, where an `impl` says it.
    pub own: Option<syn::Type>,
    /// All methods: they show what type parameters stand for.
    pub methods: Vec<(syn::Signature, Option<syn::Block>)>,
    /// What `Self::Output` is in the `impl` of a trait.
    pub associated: Option<syn::Type>,
}

#[derive(Clone, Default)]
pub enum Kind {
    /// A free function, or a method of a type.
    #[default]
    Inherent,
    Trait,
    /// The `impl` of a trait, whose arguments these are.
    TraitImpl(TokenStream),
}

impl Home {
    pub fn of_impl(block: &syn::ItemImpl) -> Home {
        let kind = match &block.trait_ {
            None => Kind::Inherent,
            Some((_, path, _)) => Kind::TraitImpl(path.to_token_stream()),
        };
        Home {
            kind,
            generics: block.generics.clone(),
            own: Some((*block.self_ty).clone()),
            methods: block.items.iter().filter_map(of_impl).collect(),
            associated: block.items.iter().find_map(output),
        }
    }

    pub fn of_trait(item: &syn::ItemTrait) -> Home {
        Home {
            kind: Kind::Trait,
            generics: item.generics.clone(),
            own: None,
            methods: item.items.iter().filter_map(of_trait).collect(),
            associated: None,
        }
    }

    /// Around a method that is annotated by itself.
    pub fn unseen_trait() -> Home {
        Home {
            kind: Kind::Trait,
            ..Home::default()
        }
    }

    /// A method's signature as the trait most likely has it: an `impl` may write out what `Self::Output` stands for, but the
    /// companions' signatures follow from how the trait says it.
    pub fn as_declared(&self, mut sig: syn::Signature) -> syn::Signature {
        if let (Kind::TraitImpl(_), Some(own), syn::ReturnType::Type(_, ty)) =
            (&self.kind, &self.associated, &mut sig.output)
            && own.to_token_stream().to_string() == ty.to_token_stream().to_string()
        {
            **ty = syn::parse_quote!(Self::Output);
        }
        sig
    }

    /// What is known of `Self` and of its methods.
    pub fn tell(&self, generics: &mut Generics) {
        let own = self.own.as_ref();
        generics.own = own.and_then(|ty| generics.known(ty)).map(Box::new);
        if let Some(syn::Type::Path(p)) = own
            && let Some(last) = p.path.segments.last()
        {
            generics.own_name = last.ident.to_string();
        }
        let all = self.methods.iter();
        generics.siblings = all.map(|(sig, _)| sig.ident.to_string()).collect();
        let consumes = |sig: &syn::Signature| {
            let mut receiver = sig.receiver().into_iter();
            receiver.any(|r| r.reference.is_none() && r.colon_token.is_none() && !is_constant(r))
        };
        let methods = self.methods.iter().filter(|(sig, _)| consumes(sig));
        generics.consuming = methods.map(|(sig, _)| sig.ident.to_string()).collect();
        let makes = |sig: &syn::Signature| match &sig.output {
            syn::ReturnType::Type(_, ty) => crate::lower::names_users_type(ty, generics),
            syn::ReturnType::Default => false,
        };
        let methods = self.methods.iter().filter(|(sig, _)| makes(sig));
        generics.makers = methods.map(|(sig, _)| sig.ident.to_string()).collect();
    }

    /// Whether companions are members of a trait: their shape must not depend on a body.
    pub fn is_fixed(&self) -> bool {
        !matches!(self.kind, Kind::Inherent)
    }

    /// Whether a method can be differentiated on a trait object: its default body needs no sized `Self`, and neither do the
    /// methods of `self` that it calls. What is not seen here is taken to be so.
    pub fn fits_objects(&self, name: &Ident, seen: &mut Vec<Ident>) -> bool {
        if seen.contains(name) {
            return true;
        }
        seen.push(name.clone());
        let Some((sig, body)) = self.methods.iter().find(|(sig, _)| sig.ident == *name) else {
            return true;
        };
        let mut generics = sig.generics.params.iter();
        let plain = generics.all(|p| matches!(p, syn::GenericParam::Lifetime(_)));
        let body = body.to_token_stream();
        plain
            && !mentions(sig.generics.where_clause.to_token_stream(), "Sized")
            && !mentions(body.clone(), "Self")
            && called_on_self(body)
                .iter()
                .all(|m| self.fits_objects(m, seen))
    }

    pub fn is_trait(&self) -> bool {
        matches!(self.kind, Kind::Trait)
    }
}

/// `type Output = …;`
fn output(item: &syn::ImplItem) -> Option<syn::Type> {
    match item {
        syn::ImplItem::Type(t) if t.ident == "Output" => Some(t.ty.clone()),
        _ => None,
    }
}

fn of_impl(item: &syn::ImplItem) -> Option<(syn::Signature, Option<syn::Block>)> {
    match item {
        syn::ImplItem::Fn(m) => Some((m.sig.clone(), Some(m.block.clone()))),
        _ => None,
    }
}

fn of_trait(item: &syn::TraitItem) -> Option<(syn::Signature, Option<syn::Block>)> {
    match item {
        syn::TraitItem::Fn(m) => Some((m.sig.clone(), m.default.clone())),
        _ => None,
    }
}

/// What a companion's signature needs beyond the function's own.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// A lifetime `'trace` that pullbacks live for.
    pub trace: bool,
    /// The result is opaque: a trait stays usable as `dyn` if it is left out there.
    pub sized: bool,
    /// A receiver by value is copied.
    pub copied: bool,
    /// So are the arguments.
    pub cloned: bool,
    /// Reals are read and set one by one, those of type parameters too.
    pub counted: bool,
    /// How functions are handed over.
    pub functions: Functions,
}

impl Needs {
    /// Of what users call.
    pub fn handed(shape: Shape) -> Needs {
        Needs {
            functions: Functions::Handed(shape),
            ..Needs::default()
        }
    }
}

impl Subject<'_> {
    /// The function's `where` clause, and what its companions ask for besides.
    pub fn wheres(&self, needs: Needs) -> Option<syn::WhereClause> {
        let mut all: Vec<syn::WherePredicate> = Vec::new();
        if needs.trace {
            all.extend(self.outlives(needs));
        }
        if let Some(operands) = &self.operands {
            // What else is needed stands at the `impl`.
            let clause = operands.iter().map(|ty| syn::parse_quote!(#ty: 'trace));
            let predicates = clause
                .filter(|_: &syn::WherePredicate| needs.trace)
                .collect();
            return Some(syn::WhereClause {
                where_token: Default::default(),
                predicates,
            });
        }
        if needs.copied && self.params.iter().any(|p| p.is_moved_receiver()) {
            // Under a quantifier it is asked of who calls: types that are not `Clone` may have methods too.
            all.push(syn::parse_quote!(for<'copy> Self: ::core::clone::Clone));
        }
        if needs.cloned {
            all.extend(self.copies_of_arguments());
        }
        all.extend(self.shadows_of_types(needs));
        all.extend(self.floats());
        all.extend(self.wide_promises());
        let mut clause = self.generics_of(needs.functions).where_clause;
        if !all.is_empty() {
            let clause = clause.get_or_insert_with(|| syn::parse_quote!(where));
            clause.predicates.extend(all);
        }
        clause
    }

    /// Types of arguments of which only rustc knows whether they can be copied.
    fn copies_of_arguments(&self) -> Vec<syn::WherePredicate> {
        let mut all: Vec<syn::WherePredicate> = Vec::new();
        for p in self.params.iter().filter(|p| p.passing != Passing::Ref) {
            let ty = self.owned_ty(p);
            if crate::emit::is_general(&self.func.var(p.var).ty) {
                all.push(syn::parse_quote!(for<'copy> #ty: ::core::clone::Clone));
            }
        }
        all
    }

    /// Derivatives are taken of floats: a type parameter that only counts and adds is one in the companions. Where a trait may bring
    /// methods of its own, nothing is added, for they would be those of two traits.
    fn floats(&self) -> Vec<syn::WherePredicate> {
        let krate = self.krate;
        // In the `impl` of a trait nothing can be asked for that the trait does not: there they have what they are declared with.
        let outer = self
            .home
            .generics
            .type_params()
            .filter(|p| match &self.home.kind {
                Kind::TraitImpl(path) => mentions(path.clone(), &p.ident.to_string()),
                _ => true,
            });
        let all = outer.chain(self.sig.generics.type_params());
        let all = all.filter(|p| self.reals.contains(&p.ident.to_string()));
        all.filter(|p| {
            let name = p.ident.to_string();
            bounds(&self.home.generics, &name)
                .into_iter()
                .chain(bounds(&self.sig.generics, &name))
                .all(|b| PLAIN.contains(&b.as_str()))
        })
        .map(|p| {
            let name = &p.ident;
            syn::parse_quote!(#name: #krate::rt::Float)
        })
        .collect()
    }

    /// Boxed pullbacks inside live as long as the types that they hold.
    fn outlives(&self, needs: Needs) -> Vec<syn::WherePredicate> {
        let generics = self.generics_of(needs.functions);
        let own = generics.type_params();
        let outer = self.home.generics.type_params();
        let params = outer.filter(|p| match &self.home.kind {
            Kind::TraitImpl(path) => mentions(path.clone(), &p.ident.to_string()),
            _ => true,
        });
        let mut all: Vec<syn::WherePredicate> = params
            .chain(own)
            .map(|p| {
                let name = &p.ident;
                syn::parse_quote!(#name: 'trace)
            })
            .collect();
        let held = super::lifetimes::held(self.sig);
        all.extend(
            held.iter()
                .map(|l| -> syn::WherePredicate { syn::parse_quote!(#l: 'trace) }),
        );
        if self.home.is_fixed() {
            all.push(syn::parse_quote!(Self: 'trace));
        }
        all.extend(
            self.wide
                .iter()
                .map(|wide| -> syn::WherePredicate { syn::parse_quote!(#wide: 'trace) }),
        );
        all
    }

    /// Types of which nothing else says that they have a shadow.
    fn shadows_of_types(&self, needs: Needs) -> Vec<syn::WherePredicate> {
        let krate = self.krate;
        let shadow = |ty: &TokenStream| -> syn::WherePredicate {
            syn::parse_quote!(#ty: #krate::rt::Differentiable<Shadow = #ty>)
        };
        let own = quote!(Self);
        let mut all = Vec::new();
        match &self.home.kind {
            Kind::Trait => {
                if self.is_about_self() {
                    all.push(syn::parse_quote!(Self: ::core::marker::Sized));
                    all.push(shadow(&own));
                } else if needs.sized {
                    all.push(syn::parse_quote!(Self: ::core::marker::Sized));
                }
            }
            Kind::TraitImpl(_) => {
                if self.is_about_self() && self.home.generics.type_params().next().is_some() {
                    all.push(shadow(&own));
                }
            }
            Kind::Inherent => {}
        }
        let params = self.shadowed_params(needs);
        all.extend(params.iter().map(shadow));
        if matches!(self.home.kind, Kind::Inherent) {
            // Of a type parameter that promises nothing, values are copied all the same.
            let free = |p: &&TokenStream| !self.reals.contains(&p.to_string());
            all.extend(
                params.iter().filter(free).map(|p| -> syn::WherePredicate {
                    syn::parse_quote!(#p: ::core::clone::Clone)
                }),
            );
        }
        all
    }

    /// Whether the shadow of `Self` takes part.
    pub fn is_about_self(&self) -> bool {
        let active = self.params.iter().filter(|p| p.active);
        let mut types = active.map(|p| match &p.receiver {
            Some(_) => quote!(Self),
            None => p.ty.clone(),
        });
        let output = match &self.sig.output {
            syn::ReturnType::Type(_, ty) if !self.func.ret.is_constant() => ty.to_token_stream(),
            _ => TokenStream::new(),
        };
        types.any(|ty| mentions_alone(ty, "Self")) || mentions_alone(output, "Self")
    }

    /// Type parameters that have to have a shadow. In a trait nothing is known of bodies.
    fn shadowed_params(&self, needs: Needs) -> Vec<TokenStream> {
        let fixed = self.home.is_fixed();
        // What is written by hand may call anything.
        let leaf = self.is_leaf() && !self.holds_unknowns() && !self.custom;
        let outer = self
            .home
            .generics
            .type_params()
            .filter(|p| match &self.home.kind {
                Kind::TraitImpl(path) => mentions(path.clone(), &p.ident.to_string()),
                _ => true,
            });
        let all = outer.chain(self.sig.generics.type_params());
        all.filter(|p| match self.reals.contains(&p.ident.to_string()) {
            true => fixed || !leaf || needs.counted,
            false => self.is_active_type(&p.ident.to_string()),
        })
        .map(|p| p.ident.to_token_stream())
        .collect()
    }

    /// Whether something in the function has a type that only rustc knows.
    fn holds_unknowns(&self) -> bool {
        let mut active = self.func.vars.iter().filter(|v| !v.constant);
        active.any(|v| crate::emit::is_general(&v.ty) && !matches!(v.ty, Ty::Unit))
    }

    /// Whether active values are made of a type parameter.
    pub fn is_active_type(&self, name: &str) -> bool {
        let active = self.params.iter().filter(|p| p.active);
        let mut types = active.map(|p| p.ty.clone());
        types.any(|ty| mentions(ty, name)) || mentions(self.ret(), name)
    }
}

/// Names behind `self.`
fn called_on_self(tokens: TokenStream) -> Vec<Ident> {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (k, t) in all.iter().enumerate() {
        match (t, all.get(k + 1), all.get(k + 2)) {
            (TokenTree::Group(g), ..) => found.extend(called_on_self(g.stream())),
            (TokenTree::Ident(i), Some(TokenTree::Punct(p)), Some(TokenTree::Ident(name)))
                if i == "self" && p.as_char() == '.' =>
            {
                found.push(name.clone());
            }
            _ => {}
        }
    }
    found
}

pub fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|t| match t {
        TokenTree::Ident(i) => i == name,
        TokenTree::Group(g) => mentions(g.stream(), name),
        _ => false,
    })
}

/// The name by itself, not as the beginning of a path (`Self::State`).
fn mentions_alone(tokens: TokenStream, name: &str) -> bool {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    all.iter().enumerate().any(|(k, t)| match t {
        TokenTree::Ident(i) => {
            let path = matches!(all.get(k + 1), Some(TokenTree::Punct(p)) if p.as_char() == ':');
            i == name && !path
        }
        TokenTree::Group(g) => mentions_alone(g.stream(), name),
        _ => false,
    })
}

/// Traits of numbers without methods that a `Float` has too.
const PLAIN: &[&str] = &[
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Rem",
    "Neg",
    "AddAssign",
    "SubAssign",
    "MulAssign",
    "DivAssign",
    "RemAssign",
    "Sum",
    "Product",
    "Num",
    "NumOps",
    "NumAssign",
    "NumAssignOps",
    "Zero",
    "One",
    "FloatConst",
    "FromPrimitive",
    "ToPrimitive",
    "NumCast",
    "Bounded",
    "Copy",
    "Clone",
    "Debug",
    "Display",
    "Default",
    "PartialEq",
    "PartialOrd",
    "Send",
    "Sync",
];

/// The traits that a type parameter is bounded by.
pub fn bounds(generics: &syn::Generics, name: &str) -> Vec<String> {
    let own = generics.type_params().filter(|p| p.ident == name);
    let own = own.flat_map(|p| &p.bounds);
    let clauses = generics.where_clause.iter().flat_map(|w| &w.predicates);
    let clauses = clauses.filter_map(|w| match w {
        syn::WherePredicate::Type(t) => match &t.bounded_ty {
            syn::Type::Path(p) if p.path.is_ident(name) => Some(&t.bounds),
            _ => None,
        },
        _ => None,
    });
    let all = own.chain(clauses.flatten());
    all.filter_map(|b| match b {
        syn::TypeParamBound::Trait(t) => t.path.segments.last().map(|s| s.ident.to_string()),
        _ => None,
    })
    .collect()
}
