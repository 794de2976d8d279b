use chainrule::differentiate;

#[differentiate]
fn scaled(x: &[f64], a: f64) -> Vec<f64> {
    x.iter().map(|v| v * a).collect()
}

fn main() {
    println!("{:?}", scaled_gradient(&[1.0, 2.0], 2.0));
}
