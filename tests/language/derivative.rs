//! `f_derivative`: exactly one active scalar parameter, whatever else there is, and any result.
use chainrule::differentiate;

#[differentiate(forward)]
fn forward_only(x: f64) -> f64 {
    x.sin() * x
}

#[differentiate]
fn both_by_default(x: f64) -> f64 {
    x.exp() / x
}

#[differentiate(forward, reverse)]
fn with_constants(n: usize, x: f64, #[constant] w: f64, name: &str) -> f64 {
    let mut y = w;
    for _ in 0..n {
        y = y * x + name.len() as f64;
    }
    y
}

#[differentiate(forward, reverse)]
fn array_of_powers(x: f64) -> [f64; 4] {
    let mut p = [1.0; 4];
    for i in 1..4 {
        p[i] = p[i - 1] * x;
    }
    p
}

#[differentiate(forward, reverse)]
fn tuple_of_both(x: f64) -> (f64, f64) {
    x.sin_cos()
}

#[differentiate(forward, reverse)]
fn vec_of_powers(x: f64, n: usize) -> Vec<f64> {
    let mut p = vec![1.0; n];
    for i in 1..n {
        p[i] = p[i - 1] * x;
    }
    p
}

#[differentiate(forward, reverse)]
fn single(x: f32) -> f32 {
    x.sqrt() * 0.5
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float>(x: T, n: i32) -> T {
    if x > T::zero() { x.powi(n) } else { -x }
}

#[differentiate(forward, reverse)]
fn early_exit(x: f64, limit: i32) -> f64 {
    let mut y = x;
    for k in 0..limit {
        if y > 3.0 {
            return y * k as f64;
        }
        y *= 1.0 + x;
    }
    y
}

#[differentiate(reverse)]
fn reverse_only(x: f64, y: f64) -> f64 {
    x * y * y
}

#[test]
fn agrees_with_the_tangent() {
    prove_derivative!(forward_only(val 0.7));
    prove_derivative!(both_by_default(val 0.7));
    prove_derivative!(with_constants(con 3, val 0.7, con 0.4, con "name"));
    prove_derivative!(array_of_powers(val 0.7));
    prove_derivative!(tuple_of_both(val 0.7));
    prove_derivative!(vec_of_powers(val 0.7, con 4));
    prove_derivative!(generic(val 0.7, con 3));
    prove_derivative!(generic(val -0.7, con 3));
    prove_derivative!(early_exit(val 0.7, con 9));
    assert_eq!(single_derivative(4.0), (1.0, 0.125), "single");
    assert_eq!(generic_derivative(2.0f32, 2), (4.0, 4.0), "generic");
    assert_eq!(
        reverse_only_gradient(2.0, 3.0),
        (18.0, (9.0, 12.0)),
        "reverse_only"
    );
}

#[test]
fn both_modes() {
    prove_gradient!(both_by_default(val 0.7));
    prove_gradient!(with_constants(con 3, val 0.7, con 0.4, con "name"));
    prove!(array_of_powers(val 0.7));
    prove!(tuple_of_both(val 0.7));
    prove!(vec_of_powers(val 0.7, con 4) -> vec);
    prove_gradient!(generic(val 0.7, con 3));
    prove_gradient!(early_exit(val 0.7, con 9));
    prove_gradient!(single(val 0.7f32));
}
