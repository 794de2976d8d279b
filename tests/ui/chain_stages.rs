//! What can't be a stage of a chain.
use chainrule::{chain, differentiate};

#[differentiate]
fn halves(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| 0.5 * x).collect()
}

#[differentiate]
fn scaled(x: &[f64], k: f64) -> Vec<f64> {
    x.iter().map(|x| k * x).collect()
}

#[differentiate]
fn turned(x: &[f64; 2]) -> [f64; 2] {
    [x[1], x[0]]
}

#[differentiate(reverse)]
fn backwards(x: &[f64]) -> Vec<f64> {
    x.to_vec()
}

fn plain(x: &[f64]) -> Vec<f64> {
    x.to_vec()
}

fn main() {
    chain![];
    chain![halves, |x: &[f64]| x.to_vec(), halves(1)];
    chain![halves, plain];
    chain![backwards];
    chain![halves, scaled];
    chain![halves, turned];
    chain![halves].gradient(&[1.0]);
}
