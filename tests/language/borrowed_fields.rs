//! Structs that refer to constants, by name and without one, and constants that are borrowed or owned.

use chainrule::{Differentiable, constant, differentiate};
use std::borrow::Cow;

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Model<'a> {
    #[constant]
    weights: Option<&'a [f64]>,
    #[constant]
    table: &'a [f64],
    scale: f64,
}
struct_shape!(['a] Model<'a> { scale: f64 });

#[differentiate(forward, reverse, hessian)]
fn weighted(m: &Model<'_>, x: f64) -> f64 {
    let mut y = x * m.scale;
    if let Some(w) = constant(m.weights) {
        for i in 0..w.len() {
            y += w[i] * x * x;
        }
    }
    for c in constant(m.table) {
        y *= c * m.scale;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn named<'a>(m: &Model<'a>, x: &[f64]) -> f64 {
    let table = constant(m.table);
    x.iter().zip(table).map(|(x, c)| x * x * c * m.scale).sum()
}

#[differentiate(forward, reverse)]
fn changed(m: &mut Model<'_>, x: f64) -> f64 {
    m.scale *= constant(m.table)[0] * x;
    m.scale * x
}

#[differentiate(forward, reverse, jacobian)]
fn all(m: &Model<'_>, x: &[f64]) -> Vec<f64> {
    x.iter()
        .map(|x| m.scale * x * constant(m.table)[1])
        .collect()
}

#[differentiate(forward, reverse, hessian)]
fn calls(m: &Model<'_>, x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        let other = Model { scale: y, ..*m };
        y = weighted(&other, y) * named(&other, &[y, x]) + weighted(m, x);
    }
    y
}

impl<'a> Model<'a> {
    fn new(table: &'a [f64], n: usize) -> Model<'a> {
        Model {
            weights: table.get(..n),
            table,
            scale: 0.8,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn owned_or_not(x: f64, #[constant] w: Cow<'_, [f64]>) -> f64 {
    let mut s = x;
    for i in 0..w.len() {
        s += w[i] * x * s;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn calls_owned_or_not(x: f64, #[constant] w: &Cow<'_, [f64]>, n: usize) -> f64 {
    let mut y: f64 = w.iter().map(|w| w * x * x).sum();
    for _ in 0..n {
        y *= owned_or_not(x * y, w.clone());
    }
    y
}

trait Scale {
    fn scale(&self) -> f64;
}

struct By(f64);

impl Scale for By {
    fn scale(&self) -> f64 {
        self.0
    }
}

#[differentiate(forward, reverse, hessian)]
fn scaled(x: f64, #[constant] by: Option<&dyn Scale>) -> f64 {
    let k = match by {
        Some(by) => by.scale(),
        None => 1.0,
    };
    k * x * x
}

#[differentiate(forward, reverse, hessian)]
fn calls_scaled(x: &[f64], #[constant] by: Option<&dyn Scale>) -> f64 {
    let mut y = x[0];
    for v in x {
        y = scaled(y * v, by) + by.map_or(1.0, |by| by.scale()) * y;
    }
    y
}

#[test]
fn structs_that_refer_to_constants() {
    let table = [0.7, 1.2, 0.4];
    for n in [0usize, 2, 9] {
        let m = Model::new(&table, n);
        prove_hvp!(weighted(rf m, val 0.9));
        prove_hvp!(named(rf m, slice [0.3, 0.9]));
        prove!(changed(ios m, val 0.9));
        prove!(all(rf m, slice [0.3, 0.9]) -> vec);
    }
    for n in 0..3usize {
        prove_hvp!(calls(rf Model::new(&table, 2), val 0.7, con n));
    }
    let (value, jacobian) = all_jacobian(&Model::new(&table, 1), &[0.5, 2.0]);
    assert_eq!(value, [0.8 * 0.5 * 1.2, 0.8 * 2.0 * 1.2]);
    assert_eq!(jacobian[(1, 0)], 2.0 * 1.2);
}

#[test]
fn constants_borrowed_or_owned() {
    let table = [0.7, 1.2, 0.4];
    for w in [Cow::Borrowed(&table[..]), Cow::Owned(vec![0.3])] {
        prove_hvp!(owned_or_not(val 0.9, con w.clone()));
        prove_hvp!(calls_owned_or_not(val 0.9, con &w, con 2usize));
    }
    for by in [None, Some(&By(0.6) as &dyn Scale)] {
        prove_hvp!(scaled(val 0.9, con by));
        prove_hvp!(calls_scaled(slice [0.4, 0.9, 1.1], con by));
    }
}
