use chainrule::differentiate;

#[differentiate(forward)]
fn f(x: f64) -> f64 {
    plain(x) + x
}

fn plain(x: f64) -> f64 {
    x * x
}

fn main() {}
