use chainrule::differentiate;

#[differentiate(revers)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    f_gradient(2.0);
}
