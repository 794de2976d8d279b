use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut level = 0.0;
    x.iter()
        .map(|v| {
            level += v;
            level * level
        })
        .rev()
        .sum()
}

fn main() {}
