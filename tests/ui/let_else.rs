use chainrule::differentiate;

#[differentiate]
fn f(x: f64, scale: Option<usize>) -> f64 {
    let Some(k) = scale else { return x };
    x * k as f64
}

fn main() {}
