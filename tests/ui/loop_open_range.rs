use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut y = x;
    for i in 0.. {
        y *= x + i as f64;
    }
    y
}

fn main() {}
