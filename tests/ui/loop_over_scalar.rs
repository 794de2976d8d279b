use chainrule::differentiate;

#[differentiate]
fn f(x: (f64, f64)) -> f64 {
    let mut y = 1.0;
    for v in &x {
        y *= v;
    }
    y
}

fn main() {}
