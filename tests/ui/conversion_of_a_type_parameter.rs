use chainrule::differentiate;
use num_traits::Float;

#[differentiate]
fn f<T: Float>(x: T) -> f64 {
    2.0 * x.to_f64().unwrap_or(0.0)
}

#[differentiate]
fn g<T: Float>(x: T, y: f64) -> T {
    x * T::from(y).unwrap_or(x)
}

#[differentiate]
fn h<T: Float + Into<f64>>(x: T) -> f64 {
    let wide = x.into();
    2.0 * wide
}

fn main() {}
