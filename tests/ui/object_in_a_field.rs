use chainrule::differentiate;

#[differentiate(reverse)]
trait Model {
    fn energy(#[constant] &self, x: f64) -> f64;
}

struct Solver {
    model: Box<dyn Model>,
}

impl Solver {
    // `let model: &dyn Model = &*self.model;` says what it is.
    #[differentiate(reverse)]
    fn f(#[constant] &self, x: f64) -> f64 {
        self.model.energy(x)
    }
}

fn main() {}
