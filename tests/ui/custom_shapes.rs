//! What rustc says of companions by hand that are not there, or have another shape.
use chainrule::differentiate;

#[differentiate(custom, reverse)]
fn not_written(x: f64) -> f64 {
    x
}

#[differentiate(custom)]
fn without_shadow(x: f64, w: &[f64]) -> f64 {
    x * w[0]
}

fn without_shadow_adjoint(x: f64, w: &[f64], seed: f64) -> (f64, f64) {
    (x * w[0], seed * w[0])
}

#[differentiate(custom)]
fn without_value(x: f64) -> f64 {
    x
}

fn without_value_adjoint(_x: f64, seed: f64) -> f64 {
    seed
}

#[differentiate(custom, hessian)]
fn once(x: f64) -> f64 {
    x
}

fn once_tangent(x: f64, x_dot: f64) -> (f64, f64) {
    (x, x_dot)
}

fn once_adjoint(x: f64, seed: f64) -> (f64, f64) {
    (x, seed)
}

fn main() {}
