use chainrule::differentiate;

#[differentiate]
fn f(x: f64, name: Option<usize>) -> f64 {
    match name {
        Some(k) => x * k as f64,
        None => x,
    }
}

fn main() {}
