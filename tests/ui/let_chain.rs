use chainrule::differentiate;

#[differentiate]
fn f(x: f64, scale: Option<usize>) -> f64 {
    if x > 0.0 && let Some(k) = scale {
        return x * k as f64;
    }
    while x > 0.0 && let Some(k) = scale {
        return x * k as f64;
    }
    x
}

fn main() {}
