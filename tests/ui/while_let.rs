use chainrule::differentiate;

fn next(scales: &mut Vec<f64>) -> Option<f64> {
    scales.pop()
}

#[differentiate]
fn f(x: f64, mut scales: Vec<f64>) -> f64 {
    let mut y = x;
    while let Some(k) = next(&mut scales) {
        y *= k;
    }
    y
}

fn main() {}
