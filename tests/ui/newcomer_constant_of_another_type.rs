use chainrule::differentiate;

#[differentiate]
fn weighted(x: &[f64], #[constant] w: &[f64]) -> f64 {
    x.iter().zip(w).map(|(a, b)| a * b).sum()
}

fn main() {
    weighted_gradient(&[1.0], &vec![1.0_f32]);
}
