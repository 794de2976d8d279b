use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let p = Point { x };
    p.x * p.x
}

struct Point {
    x: f64,
}

fn main() {}
