//! Gradients of a published crate's functions against finite differences, at points drawn from a few ranges: part of the crate's copy.
extern crate std;

use chainrule::check;
use std::boxed::Box;
use std::format;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::println;
use std::string::String;
use std::vec::Vec;

/// Where arguments may be; nobody knows the domain.
const RANGES: [(f64, f64); 6] = [
    (0.1, 0.9),
    (1.1, 3.0),
    (-0.9, 0.9),
    (-3.0, 3.0),
    (5.0, 50.0),
    (0.001, 0.1),
];
/// So many points of each range.
const POINTS: usize = 3;

/// SplitMix64.
struct Rng(u64);

impl Rng {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// What came of one point.
enum Outcome {
    Agrees,
    Differs(String),
    /// Differences don't settle, or the point is outside of the domain.
    Open,
}

/// Says a line about a function of `n` reals.
pub fn check(
    name: &str,
    n: usize,
    f: &dyn Fn(&[f64]) -> f64,
    gradient: &dyn Fn(&[f64]) -> (f64, Vec<f64>),
) {
    set_hook(Box::new(|_| {}));
    let (mut agree, mut differ, mut example) = (0, 0, String::new());
    let mut rng = Rng(1);
    for (low, high) in RANGES.iter().copied() {
        for _ in 0..POINTS {
            let x: Vec<f64> = (0..n).map(|_| low + (high - low) * rng.unit()).collect();
            let d: Vec<f64> = (0..n).map(|_| 2.0 * rng.unit() - 1.0).collect();
            match at(&x, &d, f, gradient) {
                Outcome::Agrees => agree += 1,
                Outcome::Differs(how) => {
                    differ += 1;
                    // A wrong number says more than none.
                    if example.is_empty() || example.contains("not finite") {
                        example = how;
                    }
                }
                Outcome::Open => {}
            }
        }
    }
    println!("\nderivative\t{}\t{}\t{}\t{}", name, agree, differ, example);
}

fn at(
    x: &[f64],
    d: &[f64],
    f: &dyn Fn(&[f64]) -> f64,
    gradient: &dyn Fn(&[f64]) -> (f64, Vec<f64>),
) -> Outcome {
    let quietly = |x: &[f64]| catch_unwind(AssertUnwindSafe(|| f(x))).unwrap_or(f64::NAN);
    let value = quietly(x);
    if !value.is_finite() {
        return Outcome::Open;
    }
    let found = match catch_unwind(AssertUnwindSafe(|| gradient(x))) {
        Ok(found) => found,
        Err(_) => return Outcome::Differs(format!("the gradient panics at {:?}", x)),
    };
    if found.0.to_bits() != value.to_bits() {
        return Outcome::Differs(format!("value {} for {} at {:?}", found.0, value, x));
    }
    let slope: f64 = found.1.iter().zip(d).map(|(g, d)| g * d).sum();
    let moved = |t: f64| {
        let at: Vec<f64> = x.iter().zip(d).map(|(x, d)| x + 0.1 * t * d).collect();
        [quietly(&at)].to_vec()
    };
    match check::directional(moved, &[0.1 * slope]) {
        Ok(_) => Outcome::Agrees,
        Err(m) if !slope.is_finite() || !m.expected.is_finite() => match m.expected.is_finite() {
            true if m.tolerance < 1e-6 * m.expected.abs().max(1e-3) => {
                Outcome::Differs(format!("{} at {:?} along {:?}", m, x, d))
            }
            _ => Outcome::Open,
        },
        Err(m) if m.tolerance > 1e-3 * m.expected.abs().max(0.1 * slope.abs()) => Outcome::Open,
        Err(m) => Outcome::Differs(format!("{} at {:?} along {:?}", m, x, d)),
    }
}
