use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    mod inner {}
    x * x
}

fn main() {}
