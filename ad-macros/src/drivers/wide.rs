//! Wide forms: `f_tangent_wide`, `f_forward_sweep_wide` and `f_forward_sweep_tangent_wide`, for functions that are called by a path.

use super::Subject;
use super::home::Needs;
use super::params::Param;
use super::reverse::Code;
use crate::derive::PLAIN;
use crate::emit::is_general;
use crate::ir::Ty;
use crate::transform::widen::can_be_wide;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

impl Subject<'_> {
    /// The wide form of `f_tangent_opt`.
    pub fn wide_tangent(&self) -> TokenStream {
        match self.with_wide_forms() {
            Some(wide) if wide.is_wide_by_itself() => wide.tangent_opt(),
            Some(wide) => wide.tangent_by_lanes(self),
            None => quote!(),
        }
    }

    /// The wide form of `f_forward_sweep`.
    pub fn wide_forward_sweep(&self) -> TokenStream {
        match self.with_wide_forms() {
            Some(wide) if wide.is_wide_by_itself() => wide.forward_sweep(),
            Some(wide) => wide.forward_sweep_by_lanes(self),
            None => quote!(),
        }
    }

    /// The wide form of `f_forward_sweep_tangent`: directions are wide, adjoints are not.
    pub fn wide_forward_sweep_tangent(&self) -> TokenStream {
        match self.with_wide_forms() {
            Some(wide) if wide.is_wide_by_itself() => wide.forward_sweep_tangent(),
            Some(wide) => wide.forward_sweep_tangent_by_lanes(self),
            None => quote!(),
        }
    }

    /// The function with wide shadows, whose reals are a type parameter's.
    pub fn with_wide_forms(&self) -> Option<Self> {
        self.has_wide_forms().then(|| {
            let mut wide = self.clone();
            wide.wide = Some(unused(self.sig, "D").into_token_stream());
            wide
        })
    }

    /// The function with shadows of several directions.
    pub fn with_lanes(&self, lanes: TokenStream) -> Self {
        let mut wide = self.clone();
        wide.wide = Some(lanes);
        wide
    }

    /// `tangent` and `adjoint` as functions, for any shadows: inside the function itself, where its siblings have no name that is
    /// known. There are none where types are only rustc's to know.
    pub fn wide_sweeps(&self) -> Option<TokenStream> {
        let wide = self.with_known_types().filter(|_| !self.names_self())?;
        let (tangent, adjoint) = (
            wide.inner_tangent(),
            wide.inner("adjoint", wide.adjoint_code()),
        );
        Some(quote!(#tangent #adjoint))
    }

    /// `product`, `f_hvp` for any directions, in the same way.
    pub fn wide_product(&self) -> Option<TokenStream> {
        let wide = self.with_known_types().filter(|_| !self.names_self())?;
        Some(wide.inner("product", wide.hvp_code()?))
    }

    /// Whether sweeps can have any shadows.
    pub fn has_wide_sweeps(&self) -> bool {
        self.with_known_types().is_some()
    }

    pub(super) fn with_known_types(&self) -> Option<Self> {
        let known = |ty: &Ty| !is_general(ty) || matches!(ty, Ty::Unit);
        let active = self.params.iter().filter(|p| p.active);
        let mut types = active.map(|p| &self.func.var(p.var).ty);
        if !self.reals.is_empty()
            || !types.all(known)
            || !known(&self.func.ret)
            || !self.is_wide_by_itself()
        {
            return None;
        }
        self.with_wide_forms()
    }

    /// Whether the function says `Self`, which has no meaning in functions inside of it.
    pub(super) fn names_self(&self) -> bool {
        let mut written = self.sig.to_token_stream();
        written.extend(self.body.map(ToTokens::to_token_stream));
        super::mentions(written, "Self")
    }

    fn inner_tangent(&self) -> TokenStream {
        let (params, body) = self.tangent_code();
        let output = self.value_and_tangent();
        let tangent = Code {
            params,
            output,
            body,
        };
        self.inner("tangent", tangent)
    }

    pub(super) fn inner(&self, name: &str, code: Code) -> TokenStream {
        let name = format_ident!("{name}", span = proc_macro2::Span::mixed_site());
        let Code {
            params,
            output,
            body,
        } = code;
        let generics = self.generics(Needs::default());
        let (generics, _, _) = generics.split_for_impl();
        let wheres = self.wheres(Needs::default());
        let output = (!output.is_empty()).then(|| quote!(-> #output));
        quote!(fn #name #generics (#(#params),*) #output #wheres { #body })
    }

    /// Whether callers may rely on wide forms: they can do so if they see a path to a function.
    fn has_wide_forms(&self) -> bool {
        self.sig.receiver().is_none()
            && !self.home.is_fixed()
            && self.home.own.is_none()
            && self.operands.is_none()
            && !self.declared
            && self.func.wrapper.is_none()
            && self
                .params
                .iter()
                .all(|p| p.callable.is_none() && !p.anonymous)
    }

    /// Whether they are code of their own.
    pub fn is_wide_by_itself(&self) -> bool {
        !self.custom && can_be_wide(&self.func, &self.func.body)
    }

    /// The shadow's type where the value's is this one.
    pub fn shadow_ty(&self, ty: &TokenStream) -> TokenStream {
        match (&self.wide, syn::parse2::<syn::Type>(ty.clone())) {
            (Some(wide), Ok(ty)) => self.wide_ty(&ty, wide),
            _ => ty.clone(),
        }
    }

    /// The type of what stands behind the reference to a parameter's shadow.
    pub fn shadow_of(&self, p: &Param) -> TokenStream {
        match p.active {
            true => self.shadow_ty(&p.referent),
            false => p.referent.clone(),
        }
    }

    fn wide_ty(&self, ty: &syn::Type, wide: &TokenStream) -> TokenStream {
        let krate = self.krate;
        let inner = |ty: &syn::Type| self.wide_ty(ty, wide);
        match ty {
            syn::Type::Reference(r) => {
                let (lifetime, mutable, elem) = (&r.lifetime, &r.mutability, inner(&r.elem));
                quote!(&#lifetime #mutable #elem)
            }
            syn::Type::Slice(s) => {
                let elem = inner(&s.elem);
                quote!([#elem])
            }
            syn::Type::Array(a) => {
                let (elem, len) = (inner(&a.elem), &a.len);
                quote!([#elem; #len])
            }
            syn::Type::Tuple(t) if !t.elems.is_empty() => {
                let elems = t.elems.iter().map(inner);
                quote!((#(#elems,)*))
            }
            syn::Type::Paren(p) => inner(&p.elem),
            syn::Type::Group(g) => inner(&g.elem),
            // After a promise about another name of `f64`, rustc takes neither for `D`.
            syn::Type::Path(p) if self.is_scalar(&p.path) && self.is_wide_by_itself() => {
                wide.clone()
            }
            ty => quote!(<#ty as #krate::rt::Widen<#wide>>::Wide),
        }
    }

    fn is_scalar(&self, path: &syn::Path) -> bool {
        let name = path.get_ident().map(ToString::to_string);
        name.is_some_and(|n| n == "f64" || n == "f32" || self.reals.contains(&n))
    }

    /// The type parameter of wide forms.
    pub fn wide_param(&self) -> Option<syn::GenericParam> {
        let (wide, krate) = (self.wide.as_ref()?, self.krate);
        if let Some(order) = &self.order {
            return Some(syn::parse_quote!(const #order: usize));
        }
        let kind = match self.series {
            true => quote!(SeriesOf),
            false => quote!(WideOf),
        };
        Some(match self.reals.is_empty() {
            true => {
                syn::parse_quote!(#wide: #krate::rt::#kind<f64> + #krate::rt::#kind<f32>)
            }
            false => {
                let reals = self.real_params();
                syn::parse_quote!(#wide: #(#krate::rt::#kind<#reals>)+*)
            }
        })
    }

    /// What wide forms ask of type parameters.
    pub fn wide_promises(&self) -> Vec<syn::WherePredicate> {
        let (Some(wide), krate) = (&self.wide, self.krate) else {
            return Vec::new();
        };
        let all = self.sig.generics.type_params().map(|p| &p.ident);
        let all = all.filter_map(|p| match self.reals.contains(&p.to_string()) {
            true => Some(quote! {
                #p: #krate::rt::Differentiable<Shadow = #p> + #krate::rt::Widen<#wide, Wide = #wide>
            }),
            false if self.is_active_type(&p.to_string()) => {
                Some(quote!(#p: #krate::rt::Widen<#wide>))
            }
            false => None,
        });
        let mut all: Vec<syn::WherePredicate> = all.map(|w| syn::parse_quote!(#w)).collect();
        // What is done lane by lane asks it of users' types where it is called, and not at each step. Other code has to see through
        // other names of numbers and vectors.
        let types = match self.is_wide_by_itself() {
            true => Vec::new(),
            false => self.users_types(),
        };
        for ty in types {
            // Under a quantifier rustc asks where it matters.
            all.push(syn::parse_quote!(for<'asked> #ty: #krate::rt::Differentiable<Shadow = #ty>));
            all.push(syn::parse_quote!(#ty: #krate::rt::Widen<#wide>));
        }
        all
    }

    /// Types in the signature of whose shadows only rustc knows.
    fn users_types(&self) -> Vec<syn::Type> {
        let mut found = Vec::new();
        let active = self.params.iter().filter(|p| p.active);
        let types = active.map(|p| p.referent.clone());
        let ret = (!self.func.ret.is_constant()).then(|| self.ret());
        for ty in types.chain(ret) {
            if let Ok(ty) = syn::parse2(ty) {
                self.collect_types(&ty, &mut found);
            }
        }
        found
    }

    fn collect_types(&self, ty: &syn::Type, found: &mut Vec<syn::Type>) {
        match ty {
            syn::Type::Reference(r) => self.collect_types(&r.elem, found),
            syn::Type::Slice(s) => self.collect_types(&s.elem, found),
            syn::Type::Array(a) => self.collect_types(&a.elem, found),
            syn::Type::Paren(p) => self.collect_types(&p.elem, found),
            syn::Type::Group(g) => self.collect_types(&g.elem, found),
            syn::Type::Tuple(t) => t.elems.iter().for_each(|e| self.collect_types(e, found)),
            syn::Type::Path(p) => self.collect_path(ty, &p.path, found),
            _ => {}
        }
    }

    fn collect_path(&self, ty: &syn::Type, path: &syn::Path, found: &mut Vec<syn::Type>) {
        let Some(last) = path.segments.last() else {
            return;
        };
        let name = last.ident.to_string();
        let container = ["Vec", "Option", "Box", "VecDeque"].contains(&name.as_str());
        match &last.arguments {
            syn::PathArguments::AngleBracketed(args) if container => {
                for arg in &args.args {
                    if let syn::GenericArgument::Type(ty) = arg {
                        self.collect_types(ty, found);
                    }
                }
            }
            _ => {
                let plain = PLAIN.contains(&name.as_str()) || self.is_scalar(path);
                // A promise can't leave a lifetime out.
                let elided = ty.to_token_stream().to_string().contains("'_");
                if !plain && !elided {
                    found.push(ty.clone());
                }
            }
        }
    }

    fn real_params(&self) -> Vec<proc_macro2::Ident> {
        let mut reals: Vec<&String> = self.reals.iter().collect();
        reals.sort();
        reals.iter().map(|r| format_ident!("{r}")).collect()
    }
}

/// A name that the signature does not have, for what stands in the place of a real or for how many of them do.
pub fn unused(sig: &syn::Signature, name: &str) -> proc_macro2::Ident {
    let taken = |name: &proc_macro2::Ident| {
        let name = name.to_string();
        super::mentions(sig.to_token_stream(), &name)
    };
    let mut name = format_ident!("{name}");
    while taken(&name) {
        name = format_ident!("{name}_");
    }
    name
}
