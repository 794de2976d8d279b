//! What a rule has to say, and what it may not.
use chainrule::differentiate;

#[differentiate(rule)]
fn no_partials(x: f64) -> f64 {
    x
}

#[differentiate(rule())]
fn empty(x: f64) -> f64 {
    x
}

#[differentiate(rule(x => 1.0, x => 2.0))]
fn twice(x: f64) -> f64 {
    x
}

#[differentiate(rule(x => 1.0), rule(x => 1.0))]
fn two_rules(x: f64) -> f64 {
    x
}

#[differentiate(rule(x => y))]
fn missing(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiate(rule(x => 1.0, z => 1.0))]
fn unknown(x: f64) -> f64 {
    x
}

#[differentiate(rule(x => 1.0, n => 1.0))]
fn constant(x: f64, n: usize) -> f64 {
    x + n as f64
}

#[differentiate(rule(x => 1.0))]
fn slice(x: f64, w: &[f64]) -> f64 {
    x + w[0]
}

#[differentiate(rule(x => 1.0))]
fn in_out(x: &mut f64) -> f64 {
    *x
}

#[differentiate(rule(x => 1.0))]
fn function(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x)
}

#[differentiate(rule(x => 1.0))]
fn several_results(x: f64) -> [f64; 2] {
    [x, x]
}

#[differentiate(rule(x => if x > 0.0 { 1.0 } else { return 0.0 }))]
fn leaves(x: f64) -> f64 {
    x
}

#[differentiate(rule(x => Some(1.0)?))]
fn leaves_with_question(x: f64) -> Option<f64> {
    Some(x)
}

#[differentiate(rule(x + 1.0))]
fn no_arrow(x: f64) -> f64 {
    x
}

#[differentiate(rule(x => 1.0))]
fn pattern(x: f64, [a, b]: [usize; 2]) -> f64 {
    x + (a + b) as f64
}

struct Model;

#[differentiate(rule(x => 1.0))]
impl Model {
    fn method(#[constant] &self, x: f64) -> f64 {
        x
    }
}

#[differentiate(rule(x => 1.0))]
trait Smooth {
    fn lift(#[constant] &self, x: f64) -> f64;
}

trait Other {
    #[differentiate(rule(x => 1.0))]
    fn lift(#[constant] &self, x: f64) -> f64;
}

fn main() {}
