//! Gradients of functions with a simple signature, checked by finite differences in the crate itself: what that is, is in
//! `fuzz/support/points.rs`.

use super::candidates::Candidate;
use quote::ToTokens;

/// How many elements a slice or a vector gets.
const ELEMENTS: usize = 4;
/// What stands for an integer.
const COUNT: &str = "2";

/// A test of the function, to be written behind it; `None` where its signature is not simple.
pub fn test(c: &Candidate, number: usize) -> Option<String> {
    let sig = c.sig.as_ref()?;
    if !sig.generics.params.is_empty() {
        return None;
    }
    let wrapped = result(&sig.output)?;
    let mut reals = 0;
    let mut args = Vec::new();
    for input in &sig.inputs {
        let syn::FnArg::Typed(t) = input else {
            return None;
        };
        args.push(argument(&t.ty, &mut reals)?);
    }
    if reals == 0 {
        return None;
    }
    let (name, args) = (&sig.ident, args.join(", "));
    let gradient = format!("{}_gradient", name.to_string().trim_start_matches("r#"));
    let absent = match wrapped {
        "f64" => ("", ""),
        "Option" => (
            ".unwrap_or(f64::NAN)",
            ".expect(\"the value is there, and so is the gradient\")",
        ),
        _ => (
            ".unwrap_or(f64::NAN)",
            ".ok().expect(\"the value is there, and so is the gradient\")",
        ),
    };
    let (value, both) = absent;
    Some(format!(
        " #[cfg(test)] #[test] #[allow(warnings)] fn chainrule_check_{number}() {{ \
         crate::chainrule_points::check(\"{number}\", {reals}, \
         &|p: &[f64]| {name}({args}){value}, \
         &|p: &[f64]| {{ let (value, gradient) = {gradient}({args}){both}; \
         (value, ::chainrule::check::Flatten::flat(&gradient)) }}) }} "
    ))
}

/// `f64`, or what it is wrapped in.
fn result(output: &syn::ReturnType) -> Option<&'static str> {
    let syn::ReturnType::Type(_, ty) = output else {
        return None;
    };
    let text = ty.to_token_stream().to_string().replace(' ', "");
    match text.as_str() {
        "f64" => Some("f64"),
        "Option<f64>" => Some("Option"),
        t if t.starts_with("Result<f64,") => Some("Result"),
        _ => None,
    }
}

/// An argument made of the reals `p`.
fn argument(ty: &syn::Type, reals: &mut usize) -> Option<String> {
    let text = ty.to_token_stream().to_string().replace(' ', "");
    let mut take = |n: usize| {
        let first = *reals;
        *reals += n;
        format!("p[{first}..{}]", first + n)
    };
    Some(match text.as_str() {
        "f64" => format!("{}[0]", take(1)),
        "&f64" => format!("&{}[0]", take(1)),
        "&[f64]" => format!("&{}", take(ELEMENTS)),
        "&Vec<f64>" => format!("&{}.to_vec()", take(ELEMENTS)),
        "Vec<f64>" => format!("{}.to_vec()", take(ELEMENTS)),
        "usize" | "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" => COUNT.into(),
        "bool" => "true".into(),
        _ => return array(ty, reals),
    })
}

/// `[f64; 3]`, with or without a reference.
fn array(ty: &syn::Type, reals: &mut usize) -> Option<String> {
    let (borrow, ty) = match ty {
        syn::Type::Reference(r) if r.mutability.is_none() => ("&", &*r.elem),
        ty => ("", ty),
    };
    let syn::Type::Array(a) = ty else {
        return None;
    };
    let (elem, len) = (a.elem.to_token_stream(), a.len.to_token_stream());
    let n: usize = len.to_string().parse().ok()?;
    if elem.to_string() != "f64" {
        return None;
    }
    let parts = (*reals..*reals + n).map(|k| format!("p[{k}]"));
    let parts = parts.collect::<Vec<_>>().join(", ");
    *reals += n;
    Some(format!("{borrow}[{parts}]"))
}
