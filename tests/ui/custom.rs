//! Where `custom` can't stand.
use chainrule::differentiate;

#[differentiate(custom(reverse))]
fn with_arguments(x: f64) -> f64 {
    x
}

#[differentiate(custom, rule(x => 1.0))]
fn with_a_rule(x: f64) -> f64 {
    x
}

#[differentiate(custom)]
fn of_a_function(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x)
}

struct Model;

#[differentiate(custom)]
impl Model {
    fn method(#[constant] &self, x: f64) -> f64 {
        x
    }
}

trait Other {
    #[differentiate(custom)]
    fn declared(#[constant] &self, x: f64) -> f64;
}

#[differentiate]
trait Another {
    #[differentiate(custom)]
    fn by_default(#[constant] &self, x: f64) -> f64 {
        x
    }
}

fn main() {}
