//! Wide shadows: several directions, or several seeds, in one sweep.
//!
//! A sweep is linear in the shadows. So its code runs as well with something else in the place of each real of a
//! shadow, as long as that can be added, and scaled by the reals of the primal: [`Lanes`] hold the same real of several
//! directions, [`Bits`] the set of the inputs that a value depends on.

mod bits;
mod lane;
mod lanes;
mod widen;

pub use bits::Bits;
pub use lane::*;
pub use lanes::{LANES, Lanes};
pub use widen::{Widen, wide_zero};

use crate::Differentiable;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// What stands in the place of a real in a wide shadow.
pub trait Wide:
    Copy
    + Differentiable<Shadow = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
    /// How many directions there are, or of how many inputs there are sets.
    const LANES: usize;
    /// Whether it stands for sets.
    const IS_SET: bool;

    /// Zero, in all directions.
    fn zero() -> Self;

    /// The zero that additions leave no trace of, which is negative.
    fn neutral() -> Self;
}

/// What stands in the place of a shadow's real where the primal computes in `T`.
pub trait WideOf<T>:
    Wide
    + Mul<T, Output = Self>
    + Div<T, Output = Self>
    + for<'a> Mul<&'a T, Output = Self>
    + for<'a> Div<&'a T, Output = Self>
{
    /// `self * partial`, and zero in each direction in which `self` is zero.
    fn zero_safe(self, partial: T) -> Self;
}

/// One of two shadows. Where rules choose between derivatives, by which side of a kink the operands are on, a set is that of both: the
/// other side may be met elsewhere.
#[inline(always)]
pub fn choose_wide<D: Wide>(condition: bool, then: D, otherwise: D) -> D {
    match condition {
        _ if D::IS_SET => then + otherwise,
        true => then,
        false => otherwise,
    }
}

/// As [`zero_safe`](crate::rt::zero_safe), direction by direction.
#[inline(always)]
pub fn zero_safe_wide<T, D: WideOf<T>>(d: D, partial: T) -> D {
    d.zero_safe(partial)
}
