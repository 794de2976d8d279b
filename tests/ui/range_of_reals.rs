use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let interval = 0.0..x;
    interval.end
}

fn main() {}
