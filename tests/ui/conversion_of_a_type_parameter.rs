use chainrule::differentiate;
use num_traits::Float;

#[differentiate]
fn f<T: Float>(x: T) -> f64 {
    2.0 * x.to_f64().unwrap()
}

#[differentiate]
fn g<T: Float>(x: T, y: f64) -> T {
    x * T::from(y).unwrap()
}

fn main() {}
