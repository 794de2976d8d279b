use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut y: f64 = x.iter().filter(|v| **v > 0.0).cycle().take(3).sum();
    y *= 2.0;
    y.next_up()
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
