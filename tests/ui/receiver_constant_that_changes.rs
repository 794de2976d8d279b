use chainrule::differentiate;

struct Solver {
    rate: f64,
}

impl Solver {
    #[differentiate]
    fn f(#[constant] &mut self, x: f64) -> f64 {
        self.rate *= 2.0;
        x * self.rate
    }
}

fn main() {}
