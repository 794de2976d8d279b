use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    x.softsign()
}

trait Extra {
    fn softsign(self) -> f64;
}

impl Extra for f64 {
    fn softsign(self) -> f64 {
        self / (1.0 + self.abs())
    }
}

fn main() {}
