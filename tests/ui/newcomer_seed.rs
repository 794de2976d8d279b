use chainrule::differentiate;

#[differentiate]
fn scaled(x: &[f64], a: f64) -> Vec<f64> {
    x.iter().map(|v| v * a).collect()
}

fn main() {
    let x = [1.0, 2.0];
    let mut x_bar = [0.0; 2];
    let (y, a_bar) = scaled_adjoint(&x, &mut x_bar, 2.0, 1.0);
}
