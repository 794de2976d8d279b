use chainrule::differentiate;

#[differentiate(sparse(forward))]
fn of_an_order(x: &[f64]) -> Vec<f64> {
    x.to_vec()
}

#[differentiate(sparse)]
fn of_a_function(f: impl Fn(f64) -> f64, x: f64) -> [f64; 2] {
    [f(x), x]
}

fn main() {}
