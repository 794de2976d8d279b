use chainrule::differentiate;

fn pick(x: &mut [f64]) -> &mut f64 {
    &mut x[0]
}

#[differentiate]
fn f(x: &mut Vec<f64>) {
    *pick(x) = x[1] * x[1];
}

fn main() {}
