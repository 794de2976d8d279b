use chainrule::differentiate;

#[differentiate]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x)
}

#[differentiate]
fn both(f: impl Fn(f64) -> f64, g: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x) * g(x)
}

#[differentiate]
fn first(f: impl Fn(&[f64]) -> f64, x: &[f64]) -> f64 {
    f(x)
}

#[differentiate]
fn kept(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    assert!(f(x) > 0.0);
    f(x)
}

#[differentiate]
fn shared(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    both(|v| f(v) * v, &f, x)
}

#[differentiate]
fn untyped(x: &[f64]) -> f64 {
    first(|y| y[0] * y[1], x)
}

fn checked(x: f64) -> Result<f64, String> {
    Ok(x)
}

#[differentiate]
fn tried(f: impl Fn(f64) -> Result<f64, String>, x: f64) -> Result<f64, String> {
    f(x)
}

#[differentiate]
fn leaves(x: f64) -> Result<f64, String> {
    tried(|v| checked(checked(2.0)? * v), x)
}

#[differentiate]
fn of_a_parameter(f: impl Fn(fn(f64) -> f64, f64) -> f64, x: f64) -> f64 {
    f(square, x) * x
}

struct Rule;

impl Rule {
    fn apply(&self, f: fn(f64) -> f64, x: f64) -> f64 {
        f(x)
    }
}

#[differentiate]
fn by_path_to_a_method(#[constant] rule: &Rule, x: f64) -> f64 {
    rule.apply(square, x)
}

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {}
