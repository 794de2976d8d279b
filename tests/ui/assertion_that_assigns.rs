use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut y = 0.0;
    assert!({
        y = x;
        true
    });
    y
}

fn main() {}
