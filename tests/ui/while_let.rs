use chainrule::differentiate;

#[differentiate]
fn f(x: f64, mut scales: Vec<usize>) -> f64 {
    let mut y = x;
    while let Some(k) = scales.pop() {
        y *= k as f64;
    }
    y
}

fn main() {}
