use chainrule::differentiate;

#[differentiate]
fn energy(x: &[f64], k: f64) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += 0.5 * k * (x[i] - x[i - 1]).powi(2);
    }
    sum
}

fn main() {
    println!("{:?}", energy_gradient(&[0.0, 1.0, 3.0], 2.0));
}
