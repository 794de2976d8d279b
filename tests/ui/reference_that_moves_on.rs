use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut rest = x;
    let mut sum = 0.0;
    while rest.len() > 0 {
        sum += rest[0] * rest[0];
        rest = &rest[1..];
    }
    sum
}

fn main() {}
