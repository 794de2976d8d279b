//! What rustc says of a partial that is no number, and of one that can't be differentiated again.
use chainrule::differentiate;

#[differentiate(rule(x => x > 0.0))]
fn no_number(x: f64) -> f64 {
    x.abs()
}

fn table(x: f64) -> f64 {
    x.floor()
}

#[differentiate(rule(x => table(x)))]
fn once(x: f64) -> f64 {
    x
}

#[differentiate(hessian, rule(x => table(x)))]
fn twice(x: f64) -> f64 {
    x
}

fn main() {}
