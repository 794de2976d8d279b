use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x.iter().flat_map(|v| {
        if *v < 0.0 {
            return [0.0; 2];
        }
        [*v, v * v]
    }) {
        sum += v * v;
    }
    sum
}

fn main() {}
