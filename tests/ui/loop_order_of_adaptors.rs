use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut last = 0.0;
    for v in x.iter().filter(|v| **v > 0.0).map(|v| { last = v * last; last }).rev() {
        sum += v;
    }
    sum
}

fn main() {}
