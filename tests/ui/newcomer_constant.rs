use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    x * constant(x.floor())
}

fn main() {
    f_gradient(2.0);
}
