use chainrule::{Differentiable, differentiate};

#[derive(Differentiable)]
struct Solver<F: Fn(f64) -> f64> {
    f: F,
    step: f64,
}

#[differentiate]
fn run(solver: &Solver<fn(f64) -> f64>, x: f64) -> f64 {
    x + solver.step * (solver.f)(x)
}

fn main() {}
