//! `f_taylor`: coefficients of a path through the function, and the form that annotated callers use.
//!
//! Series are wide shadows of another kind: what is linear in the shadows is the same code, and only free functions of numbers,
//! slices, arrays, vectors and tuples have them.

use super::home::Needs;
use super::lanes::own;
use super::params::{Param, Passing};
use super::wide::unused;
use super::{Head, Item, Subject};
use crate::attribute::{Modes, Origin};
use crate::diagnostics::{Code, Culprit, Errors, whole};
use crate::ir::*;
use crate::lower::RESULT;
use crate::transform::widen::is_function;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

/// Tokens whose local names are no user's.
macro_rules! ours {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

const INSTEAD: &str = "write a free function of numbers, slices, arrays, vectors and tuples; what else it needs is `#[constant]`";

/// The modes of a block of methods, none of which has series.
pub fn without(modes: Modes, name: &impl ToTokens, errors: &mut Errors) -> Modes {
    if modes.taylor {
        errors.at(
            whole(name),
            Code::Taylor,
            "a method has no `f_taylor`",
            INSTEAD,
        );
    }
    Modes {
        taylor: false,
        ..modes
    }
}

fn refuse(errors: &mut Errors, at: Culprit, what: &str, instead: &str) {
    errors.at(
        at,
        Code::Taylor,
        format!("{what} has no `f_taylor`"),
        instead,
    );
}

/// What in a signature no series goes through.
pub fn check(item: &Item, errors: &mut Errors) {
    let sig = item.sig;
    let mut reject = |at, what, instead| refuse(errors, at, what, instead);
    match item.origin {
        Origin::Custom(custom) => reject(
            custom.span.into(),
            "a function that is differentiated by hand",
            "state its partials by `rule(…)`, or let its body be differentiated",
        ),
        Origin::Rule(rule) if rule.mentions(RESULT) => reject(
            rule.span.into(),
            "a function whose partials read its result",
            "write the partials in terms of the parameters",
        ),
        Origin::Rule(rule) if rule.mentions(&sig.ident.to_string()) => reject(
            rule.span.into(),
            "a function whose partials call it",
            "write the partials in terms of other functions",
        ),
        _ => {}
    }
    if sig.receiver().is_some() || item.home.own.is_some() || item.home.is_fixed() {
        reject(whole(&sig.ident), "a method", INSTEAD);
    }
    if let syn::ReturnType::Type(_, ty) = &sig.output
        && crate::lower::inner_type(ty).is_some()
    {
        reject(
            whole(ty),
            "a function that returns a `Result` or an `Option`",
            "return the value, and check the arguments outside",
        );
    }
}

impl Subject<'_> {
    /// `f_taylor` and `f_tangent_series`, where the body can be followed.
    pub fn taylor(&self, errors: &mut Errors) -> TokenStream {
        self.reject_what_is_no_series(errors);
        let series = self.with_wide_forms();
        let (Some(mut series), true) = (series, errors.is_empty()) else {
            return TokenStream::new();
        };
        series.series = true;
        let sweep = series.tangent_opt();
        let taylor = self.taylor_along();
        quote!(#sweep #taylor)
    }

    fn reject_what_is_no_series(&self, errors: &mut Errors) {
        let mut reject = |at, what, instead| refuse(errors, at, what, instead);
        if let Some(p) = self.params.iter().find(|p| p.callable.is_some()) {
            let instead = "write one that calls it with the function in question";
            return reject(whole(&p.name), "a function that takes a function", instead);
        }
        if self.reals.len() > 1 {
            let instead = "write it for one type parameter, or for `f64`";
            return reject(
                whole(&self.sig.generics),
                "a function of several types of reals",
                instead,
            );
        }
        if let Some((at, what, instead)) = self.no_series() {
            let what = format!("a function with {what}");
            return reject(at.into(), &what, instead);
        }
        if !self.is_wide_by_itself() || self.with_wide_forms().is_none() {
            reject(whole(&self.sig.ident), "this function", INSTEAD);
        }
    }

    /// The first place in the body that a series does not go through.
    fn no_series(&self) -> Option<(Span, &'static str, &'static str)> {
        let func = &self.func;
        let mut found = None;
        let mut copy = func.body.clone();
        map_block(&mut copy, &mut |p| {
            let constant = func.var(p.base).ty.is_constant() || func.var(p.base).constant;
            let inside = |x: &Proj| matches!(x, Proj::Payload(_) | Proj::Field(_));
            if !constant && p.proj.iter().any(inside) {
                found.get_or_insert((p.span, "fields of structs or enums", INSTEAD));
            }
        });
        walk(&func.body, &mut |s| {
            if let Stmt::Call {
                callee, args, span, ..
            } = s
            {
                if takes_function(args) {
                    let instead = "write out what the callee does with the function";
                    found.get_or_insert((*span, "functions as arguments", instead));
                } else if !is_function(callee) {
                    let (what, instead) = match callee {
                        Callee::Path { prefix, .. } if prefix.to_string().contains(":: rt ::") => (
                            "conversions of one type of reals to another",
                            "convert outside",
                        ),
                        _ => ("calls of methods or of a type's functions", INSTEAD),
                    };
                    found.get_or_insert((*span, what, instead));
                }
            }
            for e in exprs(s) {
                let mut e = e.clone();
                map_sub_exprs(&mut e, &mut |x| {
                    if let Expr::Query(name, p, _) = x
                        && name == MATCHES
                    {
                        let instead = "ask for the length, and index";
                        found.get_or_insert((p.span, "patterns of slices or enums", instead));
                    }
                });
            }
        });
        found
    }

    fn taylor_along(&self) -> TokenStream {
        let (krate, ret, scalar) = (self.krate, self.ret(), self.scalar_ty());
        let order = unused(self.sig, "K");
        let lanes = ours!(#krate::rt::Lanes<#scalar, #order>);
        let mut along = self.with_lanes(lanes.clone());
        along.order = Some(order.clone());
        along.items.clear();
        let (mut params, mut args) = (Vec::new(), Vec::new());
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        for p in &self.params {
            params.push(p.declare());
            let name = &p.name;
            args.push(match p.passing {
                Passing::RefMut => ours!(&mut *#name),
                _ => ours!(#name),
            });
            if !p.active {
                args.push(ours!(::core::option::Option::None));
                continue;
            }
            let given = self.coefficients_of(p);
            let ty = p.shadow_ty();
            params.push(quote!(#given: [#ty; #order]));
            args.push(self.follow(p, &given, (&order, &lanes), (&mut before, &mut after)));
        }
        let name = self.name("_tangent_series");
        let types = self.type_arguments(&lanes);
        let run = ours!(#name::<#types>(#(#args),*));
        let (body, output) = match self.returns_unit() {
            true => (ours!(#before #run; #after), quote!()),
            false => {
                let tail_ty = along.shadow_ty(&ret);
                let body = ours! {
                    #before
                    let (value, tail): (#ret, #tail_ty) = #run;
                    #after
                    let coefficients = #krate::rt::coefficients::<#lanes, _, _, #order>(&value, &tail);
                    (value, coefficients)
                };
                (body, quote!((#ret, [#ret; #order])))
            }
        };
        let head = Head {
            suffix: "_taylor",
            doc: "Value and Taylor coefficients along a path, given by its coefficients from the first order on,",
            params,
            output,
            needs: Needs::default(),
            ..Head::default()
        };
        along.companion(head, &body)
    }

    /// What a parameter's coefficients are called.
    fn coefficients_of(&self, p: &Param) -> Ident {
        let name = p.name.to_string();
        let name = name.trim_start_matches("r#");
        let mut name = format_ident!("{name}_coefficients", span = p.name.span());
        while self.params.iter().any(|p| p.name == name) {
            name = format_ident!("{name}_");
        }
        name
    }

    /// A parameter's tail, made of its coefficients; those of what it is left with are put back.
    fn follow(
        &self,
        p: &Param,
        given: &Ident,
        (order, lanes): (&Ident, &TokenStream),
        (before, after): (&mut TokenStream, &mut TokenStream),
    ) -> TokenStream {
        let (krate, name, tail) = (self.krate, &p.name, own(p, "tail"));
        let whole = self.is_slice(p).then(|| ours!([..]));
        let (value, each) = match p.passing {
            Passing::Ref => (ours!(#name), ours!(#given)),
            Passing::RefMut => (ours!(&*#name), ours!(#given.each_ref().map(|c| &**c))),
            _ => (ours!(&#name), ours!(#given.each_ref())),
        };
        before.extend(ours!(let mut #tail = #krate::rt::tails::<#lanes, _, _, _>(#value, #each);));
        if p.passing == Passing::RefMut {
            let put = match self.is_slice(p) {
                true => ours!(given.clone_from_slice(&found);),
                false => ours!(*given = found;),
            };
            after.extend(ours! {
                let found = #krate::rt::coefficients::<#lanes, _, _, #order>(&*#name, &#tail #whole);
                for (given, found) in #given.into_iter().zip(found) { #put }
            });
        }
        let tail = match p.passing {
            Passing::Ref => ours!(&#tail #whole),
            Passing::RefMut => ours!(&mut #tail #whole),
            _ => ours!(#tail),
        };
        ours!(::core::option::Option::Some(#tail))
    }

    /// The function's type and const parameters, and the tail.
    fn type_arguments(&self, lanes: &TokenStream) -> TokenStream {
        let own = self.sig.generics.params.iter().filter_map(|p| match p {
            syn::GenericParam::Type(t) => Some(&t.ident),
            syn::GenericParam::Const(c) => Some(&c.ident),
            syn::GenericParam::Lifetime(_) => None,
        });
        quote!(#(#own,)* #lanes)
    }
}
