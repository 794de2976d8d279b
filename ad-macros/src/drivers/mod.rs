//! What is generated for a function: signatures, and the bodies that the transformations give.

mod callable;
mod constants;
mod custom;
mod dynamic;
mod forward;
mod handed;
mod hessian;
mod home;
mod jacobian;
mod lanes;
mod lengths;
mod lifetimes;
pub mod made;
pub mod operators;
mod outcome;
mod overwrites;
mod params;
pub mod places;
mod reverse;
mod segments;
mod sparse;
pub mod taylor;
mod unchanged;
mod wide;

use crate::analysis::activity::{Activity, analyse, check_opaque};
use crate::analysis::propagate::propagate;
use crate::analysis::structure::structure;
use crate::analysis::{nested, repeat};
use crate::attribute::{Custom, Modes, Origin};
use crate::diagnostics::{Code, Errors, whole};
use crate::ir::*;
use crate::lower::Differentiated;
use crate::lower::{Generics, RESULT, Stated, is_constant, lower, lower_stated, own_call};
use home::Needs;
pub use home::{Home, Item, mentions};
use params::Param;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use std::collections::HashSet;

/// A function on its way to its companions.
#[derive(Clone)]
pub struct Subject<'a> {
    pub vis: &'a syn::Visibility,
    pub sig: &'a syn::Signature,
    /// `cfg` attributes, which every companion carries.
    pub cfgs: Vec<&'a syn::Attribute>,
    /// Other attributes that companions carry.
    carried: Carried<'a>,
    pub krate: &'a TokenStream,
    pub items: Vec<syn::Item>,
    pub func: Func,
    pub activity: Activity,
    pub params: Vec<Param>,
    pub home: &'a Home,
    /// Only signatures are wanted: a trait declares the function without a body.
    pub declared: bool,
    /// Type parameters that stand for reals.
    pub reals: HashSet<String>,
    /// A constant receiver, as written; an active one is a parameter.
    pub receiver: Option<TokenStream>,
    /// The only type parameter for reals.
    pub scalar: Option<String>,
    /// There is more than one.
    pub several: bool,
    /// `f_tangent` and `f_adjoint` are written by hand.
    pub custom: bool,
    /// The operands' types, where this is the `impl` of an operator.
    pub operands: Option<Vec<TokenStream>>,
    /// What stands in the place of a real in shadows, where they are wide.
    pub wide: Option<TokenStream>,
    /// That is the tail of a series.
    pub series: bool,
    /// The const parameter that says of how many coefficients, where that is one.
    pub order: Option<Ident>,
    /// As it was written.
    pub body: Option<&'a syn::Block>,
}

pub fn companions(
    item: &Item,
    modes: Modes,
    krate: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let sig = item
        .home
        .as_declared(lifetimes::named(params::named(item.sig)));
    let modes = custom::modes(item, modes);
    if modes.taylor {
        taylor::check(item, errors);
    }
    let Some(mut subject) = prepare(item, &sig, modes, krate, errors) else {
        return TokenStream::new();
    };
    let mut out = TokenStream::new();
    if let Origin::Custom(Custom { listed: false, .. }) = item.origin {
        subject.items = subject.unwritten_methods();
        out.extend(subject.unwritten());
    }
    if modes.forward {
        out.extend(subject.forward());
        out.extend(subject.wide_tangent());
    }
    if modes.reverse {
        out.extend(subject.reverse());
        out.extend(subject.wide_forward_sweep());
    }
    // Partials that read the function's result are differentiated with it.
    let again = match item.origin {
        Origin::Rule(rule) if modes.hessian && rule.mentions(RESULT) => {
            prepare_to(Differentiated::Times(2), item, &sig, modes, krate, errors)
        }
        _ => None,
    };
    let twice = again.as_ref().unwrap_or(&subject);
    if modes.hessian {
        // Of what is missing at one place rustc reports the last, which is to be the form that the documentation names.
        out.extend(twice.wide_forward_sweep_tangent());
        out.extend(twice.full_hessian());
        out.extend(twice.hessian());
    }
    if let Some(order) = modes.jacobian {
        out.extend(subject.jacobian(order));
    }
    if modes.sparse_jacobian() {
        out.extend(subject.sparse_jacobian());
        out.extend(subject.sparsity());
    }
    if modes.sparse_hessian() {
        out.extend(twice.sparse_hessian());
        out.extend(twice.hessian_sparsity());
    }
    if modes.taylor {
        // The series of a stated derivative is made of those of the partials.
        let again = match item.origin {
            Origin::Rule(_) => {
                prepare_to(Differentiated::InSeries, item, &sig, modes, krate, errors)
            }
            _ => None,
        };
        let subject = again.as_ref().unwrap_or(&subject);
        out.extend(subject.taylor(errors));
    }
    out
}

/// Everything up to the transformations; nothing where there are errors.
fn prepare<'a>(
    item: &Item<'a>,
    sig: &'a syn::Signature,
    modes: Modes,
    krate: &'a TokenStream,
    errors: &mut Errors,
) -> Option<Subject<'a>> {
    prepare_to(Differentiated::Times(1), item, sig, modes, krate, errors)
}

/// The same for derivatives of the given order, which asks more of a rule.
fn prepare_to<'a>(
    order: Differentiated,
    item: &Item<'a>,
    sig: &'a syn::Signature,
    modes: Modes,
    krate: &'a TokenStream,
    errors: &mut Errors,
) -> Option<Subject<'a>> {
    let home = item.home;
    let mut generics = Generics::default();
    generics.read(&home.generics);
    generics.settle(home.methods.iter().map(|(sig, body)| (sig, body.as_ref())));
    generics.read(&sig.generics);
    generics.settle(std::iter::once((sig, item.body)));
    generics.hold(|param| is_only_held(param, sig));
    reject_signature(sig, &generics, errors);
    reject_output(&sig.output, errors);
    for arg in &sig.inputs {
        if let syn::FnArg::Typed(t) = arg
            && !t.attrs.iter().any(|a| a.path().is_ident("constant"))
        {
            reject_manner(t, &[&home.generics, &sig.generics], errors);
        }
    }
    callable::check(sig, &generics, errors);
    let scalar = match generics.reals.len() {
        1 => generics.reals.iter().next().cloned(),
        _ => None,
    };
    let several = generics.reals.len() > 1;
    home.tell(&mut generics);
    let reals = generics.reals.clone();
    let undefined = syn::parse_quote!({ ::core::unimplemented!() });
    let lowered = match item.origin {
        Origin::Body => {
            let body = item.body.unwrap_or(&undefined);
            lower(sig, body, generics.clone(), krate, errors)
        }
        // Nobody looks into it.
        Origin::Custom(_) => lower(sig, &undefined, generics.clone(), krate, errors),
        Origin::Rule(rule) => {
            let call = own_call(item.sig, home.own.is_some(), rule, &generics);
            let call = call.map_err(|e| errors.push(e)).ok()?;
            let stated = Stated { rule, call, order };
            lower_stated(sig, &stated, generics.clone(), krate, errors)
        }
    };
    let (mut func, items) = (lowered.func, lowered.items);
    repeat::prepare(&mut func, errors);
    func.body = structure(func.body);
    propagate(&mut func);
    let params = params::read(sig, &func, &generics);
    let inputs: Vec<VarId> = params
        .iter()
        .filter(|p| p.carries())
        .map(|p| p.var)
        .collect();
    let outputs: Vec<VarId> = params
        .iter()
        .filter(|p| p.active && p.is_mut())
        .map(|p| p.var)
        .collect();
    let activity = analyse(&func, &inputs, &outputs);
    if modes.reverse {
        reject_changed_receiver(&func, errors);
        // After other errors nothing is known of what is active.
        if errors.is_empty() {
            repeat::check(&func, &activity, errors);
        }
    }
    check_opaque(&func, &activity, errors);
    nested::check(&func, &activity, &items, errors);
    if let (Origin::Custom(_), Some(p)) =
        (item.origin, params.iter().find(|p| p.callable.is_some()))
    {
        errors.at(
            whole(&p.name),
            Code::CustomWithFunctions,
            "a function that is differentiated by hand can't take functions that carry derivatives",
            "mark the parameter `#[constant]`",
        );
    }
    let jacobian = match (modes.jacobian, modes.sparse_jacobian()) {
        (Some(_), _) => Some("f_jacobian"),
        (None, true) => Some("f_sparse_jacobian"),
        (None, false) => None,
    };
    if let (Some(name), Some(p)) = (jacobian, params.iter().find(|p| p.callable.is_some())) {
        errors.at(
            whole(&p.name),
            Code::JacobianWithFunctions,
            format!("a function that takes a function has no `{name}`"),
            "write one that calls it with the function in question",
        );
    }
    if !errors.is_empty() {
        return None;
    }
    let constant = sig.receiver().filter(|r| is_constant(r));
    let receiver = constant.map(|r| {
        let mut r = r.clone();
        r.attrs.clear();
        r.to_token_stream()
    });
    let cfgs = item
        .attrs
        .iter()
        .filter(|a| a.path().is_ident("cfg"))
        .collect();
    Some(Subject {
        vis: item.vis,
        sig,
        cfgs,
        carried: Carried::of(item.attrs),
        krate,
        items,
        func,
        activity,
        params,
        home,
        declared: item.body.is_none(),
        reals,
        receiver,
        scalar,
        several,
        custom: matches!(item.origin, Origin::Custom(_)),
        operands: None,
        wide: None,
        series: false,
        order: None,
        body: item.body,
    })
}

/// Whether a type parameter of the function's stands for numbers none of which carries a derivative: it is of no interest then.
fn is_only_held(param: &str, sig: &syn::Signature) -> bool {
    let own = |p: &syn::TypeParam| p.ident == param;
    let carries = |arg: &syn::FnArg| match arg {
        syn::FnArg::Typed(t) => {
            mentions(t.ty.to_token_stream(), param)
                && !t.attrs.iter().any(|a| a.path().is_ident("constant"))
        }
        syn::FnArg::Receiver(_) => false,
    };
    let others = sig.generics.type_params().filter(|p| !own(p));
    let bounds = others.map(|p| p.bounds.to_token_stream());
    let wheres = sig.generics.where_clause.iter().flat_map(|w| &w.predicates);
    let bounded = |w: &syn::WherePredicate| match w {
        syn::WherePredicate::Type(t) => {
            !mentions(t.bounded_ty.to_token_stream(), param)
                && mentions(t.bounds.to_token_stream(), param)
        }
        _ => false,
    };
    sig.generics.type_params().any(own)
        && !sig.inputs.iter().any(carries)
        && !mentions(sig.output.to_token_stream(), param)
        && !bounds.into_iter().any(|b| mentions(b, param))
        && !wheres.into_iter().any(bounded)
}

fn reject_signature(sig: &syn::Signature, generics: &Generics, errors: &mut Errors) {
    if let Some(a) = &sig.asyncness {
        errors.at(
            whole(&a),
            Code::Async,
            "an `async` function can't be differentiated",
            "compute outside, and pass the values in",
        );
    }
    if let Some(u) = &sig.unsafety {
        errors.at(
            whole(&u),
            Code::Unsafe,
            "an `unsafe` function can't be differentiated",
            "wrap a safe one",
        );
    }
    if let Some(v) = &sig.variadic {
        errors.at(
            whole(&v),
            Code::Unsafe,
            "a variadic function can't be differentiated",
            "take a slice",
        );
    }
    if let Some(r) = sig.receiver()
        && !is_constant(r)
        && r.colon_token.is_some()
        && !is_plain_self(&r.ty)
    {
        errors.at(
            whole(&r.ty),
            Code::Receiver,
            "a receiver of this type can't be differentiated",
            "write `self`, `&self` or `&mut self`, or mark it `#[constant]`",
        );
    }
    for arg in &sig.inputs {
        if let syn::FnArg::Typed(t) = arg
            && is_object(&t.ty)
            && !t.attrs.iter().any(|a| a.path().is_ident("constant"))
        {
            errors.at(
                whole(&t.ty),
                Code::ObjectParameter,
                "a trait object has no shadow, since nobody knows what it is made of",
                "mark it `#[constant]`, or take a type parameter",
            );
        }
        if let syn::FnArg::Typed(t) = arg
            && matches!(
                &*t.ty,
                syn::Type::ImplTrait(_) | syn::Type::BareFn(_) | syn::Type::TraitObject(_)
            )
            && !t.attrs.iter().any(|a| a.path().is_ident("constant"))
            && generics.signature(&t.ty).is_none()
        {
            errors.at(
                whole(&t.ty),
                Code::HiddenParameter,
                "a parameter of this type can't be differentiated",
                "name its type, or mark it `#[constant]`",
            );
        }
        if let syn::FnArg::Typed(t) = arg
            && !t.attrs.iter().any(|a| a.path().is_ident("constant"))
            && let Some(what) = beyond(&t.ty)
        {
            errors.at(
                whole(&t.ty),
                Code::SharedParameter,
                format!("a parameter that is {what} can't be differentiated"),
                "take a reference, a slice or a value, or mark it `#[constant]`",
            );
        }
    }
}

/// What a function returns that has no shadow which could be returned beside it.
fn reject_output(output: &syn::ReturnType, errors: &mut Errors) {
    let syn::ReturnType::Type(_, ty) = output else {
        return;
    };
    let inner = crate::lower::inner_type(ty).map_or(&**ty, |(_, inner)| inner);
    let (what, instead) = match inner {
        syn::Type::ImplTrait(t) if t.bounds.iter().any(params::is_callable) => (
            "a function",
            "write a function of all arguments, and let callers bind some of them in a closure",
        ),
        syn::Type::ImplTrait(_) => (
            "what only a trait describes",
            "return a `Vec` or another type by its name",
        ),
        syn::Type::Path(p) => match p.path.segments.last() {
            Some(s) if s.ident == "Cow" => ("a `Cow`", "return a `Vec`"),
            Some(s)
                if s.ident == "Box"
                    && s.arguments.to_token_stream().to_string().contains("dyn") =>
            {
                (
                    "a trait object",
                    "return a type by its name; instead of a function write one of all arguments",
                )
            }
            _ => return,
        },
        _ => return,
    };
    errors.at(
        whole(ty),
        Code::ReturnsHidden,
        format!("a function that returns {what} can't be differentiated"),
        instead,
    );
}

/// Traits of std that say how a value is passed, and not what it is.
const MANNERS: &[(&str, &str)] = &[
    (
        "Into",
        "take what it is turned into, and let callers convert",
    ),
    ("AsRef", "take a reference, `&[f64]`"),
    ("AsMut", "take a reference, `&mut [f64]`"),
    ("Borrow", "take a reference"),
    ("Iterator", "take a slice"),
    ("IntoIterator", "take a slice"),
    ("ExactSizeIterator", "take a slice"),
    ("DoubleEndedIterator", "take a slice"),
];

/// A parameter of a type parameter that only such a trait describes.
fn reject_manner(t: &syn::PatType, generics: &[&syn::Generics], errors: &mut Errors) {
    let inner = match &*t.ty {
        syn::Type::Reference(r) => &*r.elem,
        ty => ty,
    };
    let syn::Type::Path(p) = inner else { return };
    let Some(name) = p.path.get_ident().map(ToString::to_string) else {
        return;
    };
    let bounds: Vec<String> = generics
        .iter()
        .flat_map(|g| home::bounds(g, &name))
        .collect();
    let found = MANNERS.iter().find(|(m, _)| bounds.iter().any(|b| b == m));
    let numeric = bounds.iter().any(|b| crate::lower::is_numeric(b));
    if let (Some((manner, instead)), false) = (found, numeric) {
        errors.at(
            whole(&t.ty),
            Code::HiddenParameter,
            format!("a parameter that is known by `{manner}` only can't be differentiated"),
            format!("{instead}, or mark it `#[constant]`"),
        );
    }
}

/// Types whose content can't be followed.
fn beyond(ty: &syn::Type) -> Option<&'static str> {
    match ty {
        syn::Type::Ptr(_) => Some("a raw pointer"),
        syn::Type::Reference(r) => beyond(&r.elem),
        syn::Type::Path(p) => {
            let last = p.path.segments.last()?;
            let shared = match last.ident.to_string().as_str() {
                "Cell" => "a `Cell`",
                "RefCell" => "a `RefCell`",
                "Mutex" => "a `Mutex`",
                "RwLock" => "an `RwLock`",
                "Rc" => "an `Rc`",
                "Arc" => "an `Arc`",
                "HashMap" => "a `HashMap`",
                "BTreeMap" => "a `BTreeMap`",
                "HashSet" => "a `HashSet`",
                "BTreeSet" => "a `BTreeSet`",
                "BinaryHeap" => "a `BinaryHeap`",
                "LinkedList" => "a `LinkedList`",
                _ => return None,
            };
            Some(shared)
        }
        _ => None,
    }
}

/// Whether a type is a trait object, or points to one; callables are not.
fn is_object(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Reference(r) => is_object(&r.elem),
        syn::Type::Paren(p) => is_object(&p.elem),
        syn::Type::TraitObject(t) => !t.bounds.iter().any(params::is_callable),
        syn::Type::Path(p) => p.path.segments.last().is_some_and(|s| match &s.arguments {
            syn::PathArguments::AngleBracketed(args) if s.ident == "Box" => args
                .args
                .iter()
                .any(|a| matches!(a, syn::GenericArgument::Type(inner) if is_object(inner))),
            _ => false,
        }),
        _ => false,
    }
}

/// A pullback is lent a constant receiver as `&Self`: it could not put back what the function has changed in it.
fn reject_changed_receiver(func: &Func, errors: &mut Errors) {
    let is_receiver = |p: &Place| {
        let var = func.var(func.root(p));
        var.constant && var.source == "self" && matches!(var.ty, Ty::Ref(true, _))
    };
    let mut reject = |p: &Place| {
        if is_receiver(p) {
            errors.at(
                p.span,
                Code::ConstantReceiver,
                "a constant receiver that changes can't be differentiated in reverse",
                "leave it active, or pass what changes as a parameter of its own",
            );
        }
    };
    walk(&func.body, &mut |s| match s {
        Stmt::Assign { place, .. } | Stmt::Container { place, .. } => reject(place),
        Stmt::Call { args, .. } => {
            for a in args {
                if let Arg::RefMut(p) = &a.arg {
                    reject(p);
                }
            }
        }
        _ => {}
    });
}

/// `Self`, `&Self` or `&mut Self`.
fn is_plain_self(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Reference(r) => is_plain_self(&r.elem),
        syn::Type::Path(p) => p.path.is_ident("Self"),
        _ => false,
    }
}

impl Subject<'_> {
    pub fn name(&self, suffix: &str) -> Ident {
        crate::emit::companion_name(&self.sig.ident, suffix)
    }

    pub fn returns_unit(&self) -> bool {
        matches!(self.func.ret, Ty::Unit)
    }

    /// A companion: attributes, signature with the original's generics, body.
    pub fn companion(&self, head: Head, body: &TokenStream) -> TokenStream {
        self.companion_with(head, body, !self.declared)
    }

    /// A companion that may have a body though the function has none.
    pub fn companion_with(&self, head: Head, body: &TokenStream, defined: bool) -> TokenStream {
        let (vis, cfgs, name) = (self.vis, &self.cfgs, self.name(head.suffix));
        let doc = if head.hidden {
            quote!(#[doc(hidden)])
        } else {
            let text = format!("{} of [`{}`].", head.doc, self.sig.ident);
            quote!(#[doc = #text])
        };
        let generics = self.generics(head.needs);
        let (generics, _, _) = generics.split_for_impl();
        let reverse = REVERSE.contains(&head.suffix);
        let wheres = self.wheres(Needs {
            sized: head.needs.sized || (reverse && self.calls_unsized()),
            ..head.needs
        });
        let carried = self.carried.attributes(&head);
        let output = if head.output.is_empty() {
            quote!()
        } else {
            let o = head.output;
            quote!(-> #o)
        };
        let receiver = self.receiver.iter();
        // What callers reach only through generated code is worth inlining into it. What may call an adjoint that is not
        // written must not be compiled where nobody calls it.
        let inline = match self.carried.inline {
            Some(written) => quote!(#written),
            None if head.hidden || head.inline => quote!(#[inline]),
            None => quote!(),
        };
        let params = head.params;
        let items = &self.items;
        let body = match defined {
            false => quote!(;),
            true => quote!({ #(#items)* #body }),
        };
        quote! {
            #(#cfgs)*
            #doc
            #[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
            #inline
            #carried
            #vis fn #name #generics (#(#receiver,)* #(#params),*) #output #wheres #body
        }
    }

    /// The function's generics, with the lifetime of pullbacks where there is one.
    fn generics(&self, needs: Needs) -> syn::Generics {
        let mut generics = self.generics_of(needs.functions);
        if needs.trace {
            generics.params.insert(0, syn::parse_quote!('trace));
        }
        generics.params.extend(self.wide_param());
        generics
    }
}

/// Companions with a reverse sweep.
const REVERSE: [&str; 11] = [
    "_adjoint",
    "_gradient",
    "_hvp",
    "_jacobian",
    "_jacobian_into",
    "_hessian",
    "_sparse_jacobian",
    "_sparse_jacobian_into",
    "_sparsity",
    "_sparse_hessian",
    "_hessian_sparsity",
];

/// Attributes of the function that say something of its companions, too.
#[derive(Default, Clone)]
struct Carried<'a> {
    inline: Option<&'a syn::Attribute>,
    /// `cold`, `track_caller`.
    always: Vec<&'a syn::Attribute>,
    must_use: Option<&'a syn::Attribute>,
    /// `doc(hidden)`
    hidden: bool,
}

impl<'a> Carried<'a> {
    fn of(attrs: &'a [syn::Attribute]) -> Carried<'a> {
        let named = |name: &str| attrs.iter().find(|a| a.path().is_ident(name));
        let hides = |a: &syn::Attribute| match &a.meta {
            syn::Meta::List(l) => l.path.is_ident("doc") && l.tokens.to_string() == "hidden",
            _ => false,
        };
        Carried {
            inline: named("inline"),
            always: ["cold", "track_caller"]
                .into_iter()
                .filter_map(named)
                .collect(),
            must_use: named("must_use"),
            hidden: attrs.iter().any(hides),
        }
    }

    /// What stands before a companion. An adjoint is often called for what it adds to.
    fn attributes(&self, head: &Head) -> TokenStream {
        let always = &self.always;
        let adds = head.hidden || matches!(head.suffix, "_adjoint");
        let must_use = self.must_use.filter(|_| !adds && !head.output.is_empty());
        let hidden = (self.hidden && !head.hidden).then(|| quote!(#[doc(hidden)]));
        quote!(#(#always)* #must_use #hidden)
    }
}

/// The varying parts of a companion's signature.
#[derive(Default)]
pub struct Head<'a> {
    pub suffix: &'a str,
    pub doc: &'a str,
    pub hidden: bool,
    pub inline: bool,
    pub params: Vec<TokenStream>,
    pub output: TokenStream,
    pub needs: Needs,
}
