use chainrule::differentiate;

#[differentiate(forward)]
trait Model {
    fn energy(#[constant] &self, x: f64) -> f64;
}

struct Spring;

impl Model for Spring {
    fn energy(&self, x: f64) -> f64 {
        x * x
    }
}

fn main() {}
