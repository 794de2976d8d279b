use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for pair in x.windows(2).enumerate() {
        sum += pair.1[0];
    }
    sum
}

fn main() {}
