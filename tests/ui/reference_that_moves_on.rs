use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut rest = x;
    let mut sum = 0.0;
    while rest.len() > 0 {
        sum += rest[0] * rest[0];
        rest = &rest[1..];
    }
    sum
}

#[differentiate]
fn in_pairs(mut x: &[f64]) -> f64 {
    let mut sum = 0.0;
    while let [a, b, rest @ ..] = x {
        sum += a * b;
        x = rest;
    }
    sum
}

fn main() {}
