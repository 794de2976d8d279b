use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    y.iter_mut()
        .map(|v| {
            *v *= 2.0;
            *v
        })
        .skip(1)
        .sum()
}

fn main() {}
