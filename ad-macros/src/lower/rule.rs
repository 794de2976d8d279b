//! A function whose partials are stated: its value is kept code, its derivative that of the rule `given`.
//!
//! ```text
//! let value = f(x, y, n)                  kept: the function itself
//! let x_again = x                         what the partials read
//! let x_partial = …
//! return given(given(value, x_partial, x), y_partial, y)
//! ```
//!
//! The partials are ordinary code over copies of the parameters. They influence the result only as partials, so nothing in them is
//! active until the derivative itself is differentiated.

use super::*;
use crate::attribute::Rule;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The name by which partials read the function's result.
pub const RESULT: &str = "value";

/// A rule, the call of the function that it belongs to, and how often the result of that is differentiated.
pub struct Stated<'a> {
    pub rule: &'a Rule,
    pub call: TokenStream,
    pub order: Differentiated,
}

/// How often a function is differentiated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Differentiated {
    Times(usize),
    /// In series: the partials have derivatives at once.
    InSeries,
}

/// An active parameter: its variable, its name, and the type of its value.
struct Input {
    var: VarId,
    name: String,
    span: Span,
    ty: syn::Type,
}

impl Lowerer<'_> {
    /// The body of the function, as its rule gives it.
    pub(super) fn stated(&mut self, sig: &syn::Signature, stated: &Stated) {
        let inputs = self.stated_inputs(sig, stated.rule);
        self.check_result(sig, stated.rule);
        if !self.errors.is_empty() {
            return;
        }
        let ret = self.func.ret.clone();
        let opaque = self.opaque(stated.call.clone(), sig.ident.span(), ret.clone());
        let computed = self.declare(RESULT, sig.ident.span(), ret.clone(), false, Role::Local);
        self.func.vars[computed.0].constant = true;
        self.maybe_active[computed.0] = false;
        self.emit(Stmt::Let {
            var: computed,
            init: Some(Expr::Opaque(opaque)),
        });
        // What the partials read as the result has a derivative itself, wherever the partials are differentiated: one order less.
        let mut value = computed;
        let (row, times) = match stated.order {
            Differentiated::Times(order) => ("given", order),
            Differentiated::InSeries => ("stated", 1),
        };
        for _ in 1..times {
            let with_slope = self.with_partials(row, stated.rule, &inputs, computed, value);
            value = self.declare(RESULT, sig.ident.span(), ret.clone(), false, Role::Local);
            self.emit(Stmt::Let {
                var: value,
                init: Some(with_slope),
            });
        }
        let result = self.with_partials(row, stated.rule, &inputs, computed, value);
        self.emit(Stmt::Return(Some(result)));
    }

    /// The value of `computed`, with the rule's derivative; `value` is what the partials read.
    fn with_partials(
        &mut self,
        row: &'static str,
        rule: &Rule,
        inputs: &[Input],
        computed: VarId,
        value: VarId,
    ) -> Expr {
        self.scopes.push(HashMap::new());
        if !inputs.iter().any(|i| i.name == RESULT) {
            self.bind(RESULT, Binding::Var(value));
        }
        for i in inputs {
            self.copy_of(i);
        }
        for s in &rule.shared {
            self.statement(s);
        }
        let mut result = Expr::var(computed);
        for i in inputs {
            let Some(p) = rule.partials.iter().find(|p| p.name == i.name) else {
                continue;
            };
            self.scopes.push(HashMap::new());
            let name = quote::format_ident!("{}_partial", i.name, span = p.name.span());
            let (ty, value) = (&i.ty, &p.value);
            self.statement(&syn::parse_quote!(let #name: #ty = #value;));
            let partial = match self.lookup(&name.to_string()) {
                Some(Binding::Var(v)) => Expr::var(*v),
                Some(Binding::Alias(place)) => Expr::Place(place.clone()),
                _ => {
                    self.unsupported(
                        whole(&p.name),
                        Code::RuleOfNoScalar,
                        "a partial that is no number",
                        "give a value",
                    );
                    Expr::Real(0.0)
                }
            };
            self.scopes.pop();
            result = Expr::Rule(row, vec![result, partial, self.input(i)]);
        }
        self.scopes.pop();
        result
    }

    /// The parameter's value.
    fn input(&self, i: &Input) -> Expr {
        let place = Place::var(i.var);
        match self.func.var(i.var).ty {
            Ty::Ref(..) => Expr::Place(place.with(Proj::Deref)),
            _ => Expr::Place(place),
        }
    }

    /// Gives the parameter's name to a copy of its value. What is a reference stays one.
    fn copy_of(&mut self, i: &Input) {
        let ty = self.func.var(i.var).ty.peel().clone();
        let copy = self.declare(&i.name, i.span, ty, false, Role::Local);
        let init = Some(self.input(i));
        self.emit(Stmt::Let { var: copy, init });
        self.bind(
            &i.name,
            match self.func.var(i.var).ty {
                Ty::Ref(..) => Binding::Alias(Place::var(copy)),
                _ => Binding::Var(copy),
            },
        );
    }

    /// The active parameters, each with a partial; everything else is an error.
    fn stated_inputs(&mut self, sig: &syn::Signature, rule: &Rule) -> Vec<Input> {
        let mut inputs = Vec::new();
        let args = sig.inputs.iter().filter(|a| match a {
            syn::FnArg::Receiver(r) => !is_constant(r),
            syn::FnArg::Typed(_) => true,
        });
        for (arg, var) in args.zip(self.func.params.clone()) {
            let info = self.func.var(var).clone();
            let ty = match arg {
                syn::FnArg::Receiver(r) => (*r.ty).clone(),
                syn::FnArg::Typed(t) => (*t.ty).clone(),
            };
            let stated = rule.partials.iter().find(|p| p.name == info.source);
            if info.constant || (info.ty.is_constant() && !self.callables.contains_key(&var)) {
                if let Some(p) = stated {
                    self.errors.at(
                        p.name.span(),
                        Code::RulePartials,
                        format!("`{}` is constant: it has no partial", p.name),
                        "leave the partial out, or the parameter active",
                    );
                }
                continue;
            }
            if self.callables.contains_key(&var) || !is_scalar(&info.ty) {
                self.errors.at(
                    info.span,
                    Code::RuleOfNoScalar,
                    format!(
                        "`rule` states the partials of real scalars, and `{}` is none",
                        info.source
                    ),
                    "mark it `#[constant]`, or write the companions by hand with `custom`",
                );
                continue;
            }
            if stated.is_none() {
                self.errors.at(
                    info.span,
                    Code::RulePartials,
                    format!("the rule has no partial of `{}`", info.source),
                    format!(
                        "add `{} => …`, or mark the parameter `#[constant]`",
                        info.source
                    ),
                );
                continue;
            }
            let ty = match ty {
                syn::Type::Reference(r) => *r.elem,
                other => other,
            };
            inputs.push(Input {
                var,
                name: info.source,
                span: info.span,
                ty,
            });
        }
        let names: Vec<String> = self.func.vars.iter().map(|v| v.source.clone()).collect();
        for p in &rule.partials {
            if !names.contains(&p.name.to_string()) {
                self.errors.at(
                    p.name.span(),
                    Code::RulePartials,
                    format!("no parameter of this function is called `{}`", p.name),
                    "state a partial for each active parameter, by its name",
                );
            }
        }
        inputs
    }

    fn check_result(&mut self, sig: &syn::Signature, rule: &Rule) {
        if is_scalar(&self.func.ret) && !matches!(self.func.ret, Ty::Ref(..)) {
            return;
        }
        let span = match &sig.output {
            syn::ReturnType::Type(_, ty) => syn::spanned::Spanned::span(ty),
            syn::ReturnType::Default => rule.span,
        };
        self.errors.at(
            span,
            Code::RuleOfNoScalar,
            "`rule` states the partials of one real scalar, and this result is none",
            "write the companions by hand with `custom`",
        );
    }
}

/// A real, by value or behind a shared reference; or a name for one, as far as the macro can see.
fn is_scalar(ty: &Ty) -> bool {
    match ty {
        Ty::Ref(false, inner) => matches!(**inner, Ty::Real(_) | Ty::Unknown),
        ty => matches!(ty, Ty::Real(_) | Ty::Unknown),
    }
}

/// The call of a function with its own parameters.
pub fn own_call(
    sig: &syn::Signature,
    of_self: bool,
    rule: &Rule,
    generics: &Generics,
) -> Result<TokenStream, Diagnostic> {
    let name = &sig.ident;
    let path = match of_self || sig.receiver().is_some() {
        true => quote!(Self::#name),
        false => quote!(#name),
    };
    let mut given = Vec::new();
    for p in &sig.generics.params {
        match p {
            syn::GenericParam::Type(t) => given.push(t.ident.to_token_stream()),
            syn::GenericParam::Const(c) => given.push(c.ident.to_token_stream()),
            syn::GenericParam::Lifetime(_) => {}
        }
    }
    let turbofish = (!given.is_empty()).then(|| quote!(::<#(#given),*>));
    let mut args = Vec::new();
    for arg in &sig.inputs {
        args.push(match arg {
            syn::FnArg::Receiver(_) => quote!(self),
            syn::FnArg::Typed(t) => argument(t, rule, generics)?,
        });
    }
    let wrapped = match &sig.output {
        syn::ReturnType::Type(_, ty) => inner_type(ty).is_some(),
        syn::ReturnType::Default => false,
    };
    let question = wrapped.then(|| quote!(?));
    Ok(quote!(#path #turbofish (#(#args),*) #question))
}

/// A parameter, given once more: what the partials read too is copied.
fn argument(t: &syn::PatType, rule: &Rule, generics: &Generics) -> Result<TokenStream, Diagnostic> {
    let syn::Pat::Ident(id) = &*t.pat else {
        return Err(Diagnostic::new(
            whole(&t.pat),
            Code::RulePartials,
            "a function with a rule calls itself, and this parameter has no name",
            "give the parameter a name, and take it apart in the body",
        ));
    };
    let name = &id.ident;
    Ok(match &*t.ty {
        syn::Type::Reference(r) if r.mutability.is_some() => quote!(&mut *#name),
        syn::Type::Reference(_) => quote!(#name),
        ty if matches!(generics.ty(ty), Ty::Real(_) | Ty::Int | Ty::Bool) => quote!(#name),
        _ if rule.mentions(&name.to_string()) => quote!(::core::clone::Clone::clone(&#name)),
        _ => quote!(#name),
    })
}
