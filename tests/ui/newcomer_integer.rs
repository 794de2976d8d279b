use chainrule::differentiate;

#[differentiate]
fn power(x: f64, n: i32) -> f64 {
    x.powi(n)
}

fn main() {
    let (value, (x_bar, n_bar)) = power_gradient(2.0, 3);
}
