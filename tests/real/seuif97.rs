//! seuif97 2.3.8, MIT: `src/algo/polynomial.rs`.

use chainrule::differentiate;

// src/algo/polynomial.rs

#[differentiate]
///  the polynomial:  n*vi^i* vj^j
pub fn poly_powi(vi: f64, vj: f64, #[constant] IJn: &[(i32, i32, f64)]) -> f64 {
    let mut value: f64 = 0.0;
    for e in IJn {
        value += e.2 * vi.powi(e.0) * vj.powi(e.1);
    }
    value
}

#[differentiate]
/// the polynomial of the derivative (∂f/∂vi) and vj  
/// * n * (i-1)*vi^(i-1) * vj^j
pub fn poly_i_powi(vi: f64, vj: f64, #[constant] IJn: &[(i32, i32, f64)]) -> f64 {
    let mut value: f64 = 0.0;
    for e in IJn {
        value += e.2 * e.0 as f64 * vi.powi(e.0 - 1) * vj.powi(e.1);
    }
    value
}

#[differentiate]
/// the polynomial of the derivative (∂²f/∂²vi) and vj
/// * n*i*(i-1)*vi^(i-2) * vj^j
pub fn poly_ii_powi(vi: f64, vj: f64, #[constant] IJn: &[(i32, i32, f64)]) -> f64 {
    let mut value: f64 = 0.0;
    for e in IJn {
        value += e.2 * (e.0 * (e.0 - 1)) as f64 * vi.powi(e.0 - 2) * vj.powi(e.1);
    }
    value
}

// ---- tests

const IJN: [(i32, i32, f64); 4] = [(0, -2, 0.15), (1, 3, -0.85), (2, -1, 0.37), (3, 0, -0.44)];

#[test]
fn polynomials() {
    prove_gradient!(poly_powi(val 0.7, val 1.2, con &IJN));
    prove_gradient!(poly_i_powi(val 0.7, val 1.2, con &IJN));
    prove_gradient!(poly_ii_powi(val 0.7, val 1.2, con &IJN));
}
