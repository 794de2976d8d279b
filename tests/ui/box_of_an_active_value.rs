use chainrule::differentiate;
use std::borrow::Cow;

#[differentiate]
fn boxed(x: f64) -> f64 {
    let b = Box::new(x * x);
    *b
}

#[differentiate]
fn shared(x: f64) -> f64 {
    let b = std::rc::Rc::new(x * x);
    *b
}

#[differentiate]
fn slice(x: &[f64]) -> Box<[f64]> {
    x.to_vec().into_boxed_slice()
}

#[differentiate]
fn perhaps_owned(x: Cow<'_, [f64]>) -> f64 {
    x[0] * x[1]
}

fn main() {}
