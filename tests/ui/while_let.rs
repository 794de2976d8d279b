use chainrule::differentiate;

#[differentiate]
fn f(x: f64, mut scales: Vec<f64>) -> f64 {
    let mut y = x;
    while let Some(k) = scales.pop() {
        y *= k;
    }
    y
}

fn main() {}
