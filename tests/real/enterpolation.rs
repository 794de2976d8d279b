//! enterpolation 0.3.0, MIT or Apache-2.0: `src/base/list.rs`, `src/easing/mod.rs`.

use num_traits::FromPrimitive;
use num_traits::real::Real;
use chainrule::{Differentiable, differentiate};

// src/base/list.rs

#[derive(Differentiable)]
/// Struct used as a signal for equidistant elements.
/// Acts like an array of knots.
#[derive(Debug, Copy, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Equidistant<R = f64> {
    len: usize,
    step: R,
    offset: R,
}

#[differentiate]
impl<R> Equidistant<R>
where
    R: Real + FromPrimitive,
{

    /// Create a signal for equidistant real numbers with `len-1` steps from `start` to `end`.
    ///
    /// #Panics
    ///
    /// Panics if the given length is 0 or `length -  1` can not be transformed into R.
    pub fn new(len: usize, start: R, end: R) -> Self {
        Equidistant {
            len,
            step: (end - start) / R::from_usize(len - 1).unwrap(),
            offset: start,
        }
    }
}

// src/easing/mod.rs

#[differentiate]
/// Smoothstep function, see <https://en.wikipedia.org/wiki/Smoothstep>
pub fn smoothstep<R>(x: R) -> R
where
    R: Real + FromPrimitive,
{
    let two = R::from_usize(2).expect("Could not convert 2 to a real number");
    let three = R::from_usize(3).expect("Could not convert 3 to a real number");
    x * x * (three - two * x)
}

#[differentiate]
/// A smoother variant of the smoothstep function, see <https://en.wikipedia.org/wiki/Smoothstep>
pub fn smootherstep<R>(x: R) -> R
where
    R: Real + FromPrimitive,
{
    let six = R::from_usize(6).expect("Could not convert 6 to a real number");
    let ten = R::from_usize(10).expect("Could not convert 10 to a real number");
    let fifteen = R::from_usize(15).expect("Could not convert 15 to a real number");
    x * x * x * (x * (x * six - fifteen) + ten)
}

// ---- tests

struct_shape!([] Equidistant<f64> { step: f64, offset: f64 });

#[test]
fn easing() {
    prove!(Equidistant::new(con 5usize, val 0.3, val 2.0) -> vec);
    prove_gradient!(smoothstep(val 0.3));
    prove_gradient!(smootherstep(val 0.3));
    prove!(smootherstep(val 0.3_f32));
}
