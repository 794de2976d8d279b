use chainrule::differentiate;

#[differentiate]
fn energy(x: f64, rate: f64) -> f64 {
    macro_rules! scaled {
        ($by:expr) => {
            x * $by
        };
    }
    scaled!(2.0) * rate
}

fn main() {}
