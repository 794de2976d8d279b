//! Adjoints as an expert derives and writes them by hand: what the generated ones are compared with.

pub mod ba;
pub mod gmm;
pub mod lstm;

/// Asserts that a gradient at `x` agrees with central differences of the function, entry by entry.
#[cfg(test)]
fn assert_gradient(x: &[f64], gradient: &[f64], f: impl Fn(&[f64]) -> f64) {
    const STEP: f64 = 1e-5;
    let mut x = x.to_vec();
    assert_eq!(x.len(), gradient.len());
    for i in 0..x.len() {
        let middle = x[i];
        x[i] = middle + STEP;
        let ahead = f(&x);
        x[i] = middle - STEP;
        let behind = f(&x);
        x[i] = middle;
        let difference = (ahead - behind) / (2.0 * STEP);
        let error = (gradient[i] - difference).abs();
        assert!(
            error < 1e-7 * (1.0 + difference.abs()),
            "{i}: {} {difference}",
            gradient[i]
        );
    }
}
