use chainrule::differentiate;

#[differentiate]
fn f(x: f64, scale: Option<f64>) -> f64 {
    if let Some(k) = scale {
        return x * k;
    }
    x
}

fn main() {}
