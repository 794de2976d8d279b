use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64], k: Option<usize>) -> f64 {
    let mut y: f64 = x.iter().sum();
    if let Some(k) = k {
        y *= k as f64;
    }
    y.softsign()
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
