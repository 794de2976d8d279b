use chainrule::differentiate;

#[differentiate]
fn f(x: &mut Vec<f64>) {
    *x.first_mut().unwrap() = x[1] * x[1];
}

fn main() {}
