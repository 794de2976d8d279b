use chainrule::differentiate;

#[differentiate]
fn f(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in (n..).step_by(2) {
        y *= x + i as f64;
    }
    y
}

fn main() {}
