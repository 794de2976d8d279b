//! Constants that are found in slices, and whose methods are called with active values.

use crate::harness::noise;
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug)]
struct Model {
    a: f64,
}

#[differentiate(forward, reverse, hessian)]
impl Model {
    fn shifted(#[constant] &self, x: f64) -> f64 {
        x * x + self.a * x
    }
}

#[differentiate(forward, reverse)]
fn let_else(#[constant] models: &[Model], x: f64) -> Option<f64> {
    let Some(model) = models.first() else {
        return None;
    };
    Some(model.shifted(x))
}

#[differentiate(forward, reverse)]
fn asked(#[constant] models: &[Model], x: f64) -> Option<f64> {
    let m = models.first()?;
    Some(m.shifted(x))
}

#[differentiate(forward, reverse)]
fn in_a_loop(#[constant] models: &[Model], x: f64) -> f64 {
    let mut s = 0.0;
    for m in models {
        s += m.shifted(x);
    }
    let m = &models[0];
    s + m.shifted(s)
}

#[differentiate(forward, reverse)]
fn if_let(#[constant] models: &[Model], x: f64) -> f64 {
    if let Some(m) = models.get(1) {
        m.shifted(x)
    } else {
        x
    }
}

#[differentiate(forward, reverse)]
fn in_a_match(#[constant] models: &[Model], x: f64, n: usize) -> f64 {
    match models.get(n) {
        Some(m) if m.a > 0.0 => m.shifted(x),
        Some(m) => x * m.a,
        None => x,
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Ball {
    c: Option<Vec<f64>>,
    r: f64,
}
struct_shape!(Ball { c: Option<Vec<f64>>, r: f64 });

#[differentiate(forward, reverse)]
fn project(b: &Ball, x: &mut [f64]) {
    if let Some(c) = &b.c {
        for (x, c) in x.iter_mut().zip(c) {
            *x = b.r * *x + c;
        }
    }
}

#[differentiate(forward, reverse)]
fn with_strings(#[constant] models: &[Model], #[constant] names: &[String], x: f64) -> Option<f64> {
    let mut s = 0.0;
    for i in 0..3 {
        if let Some(m) = models.get(i) {
            s += m.shifted(x) * m.a;
        }
        let Some(n) = names.get(i) else { continue };
        s *= n.len() as f64 + x;
        match names.first() {
            Some(n) if n == "a" => s += x,
            Some(n) => s *= n.len() as f64,
            None => return None,
        }
    }
    let last = names.last()?;
    Some(s * last.len() as f64)
}

#[test]
fn strings() {
    let m = vec![Model { a: 0.3 }, Model { a: 0.5 }];
    prove_gradient!(with_strings(con &m, con &["ab".to_string(), "c".to_string()], val 0.7) -> ok);
}

#[test]
fn mixed() {
    let m = vec![Model { a: 0.3 }, Model { a: 0.5 }];
    prove_gradient!(let_else(con &m, val 0.7) -> ok);
    prove_gradient!(asked(con &m, val 0.7) -> ok);
    prove_gradient!(in_a_loop(con &m, val 0.7));
    prove_gradient!(if_let(con &m, val 0.7));
    prove_gradient!(in_a_match(con &m, val 0.7, con 1));
    prove!(project(rf Ball { c: Some(noise(2)), r: 0.4 }, io noise(2)) -> unit);
}
