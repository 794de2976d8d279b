use chainrule::differentiate;

#[differentiate]
trait Model {
    fn energy(#[constant] &self, x: f64) -> f64;
}

#[differentiate]
fn f(model: &dyn Model, x: f64) -> f64 {
    model.energy(x)
}

fn main() {}
