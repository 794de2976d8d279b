use chainrule::differentiate;

#[differentiate(reverse(2))]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
