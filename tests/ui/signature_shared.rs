use chainrule::differentiate;
use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

#[differentiate]
fn maybe_owned(x: Cow<'_, [f64]>) -> f64 {
    x[0] * x[1]
}

#[differentiate]
fn returned(x: f64) -> Cow<'static, [f64]> {
    Cow::Owned(vec![x])
}

#[differentiate]
fn held(x: &[f64]) -> f64 {
    let y: Cow<[f64]> = Cow::Borrowed(x);
    y[0] * y[1]
}

#[differentiate]
fn shared(x: Rc<f64>, y: &Arc<Vec<f64>>) -> f64 {
    *x * y[0]
}

#[differentiate]
fn by_name(x: &HashMap<String, f64>) -> f64 {
    x["a"] * 2.0
}

fn main() {}
