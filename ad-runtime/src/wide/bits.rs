//! Sets of inputs.

use super::{Wide, WideOf};
use crate::Differentiable;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// The set of those of `64 * W` inputs that a value depends on. Sums are unions, and a factor changes nothing: what
/// multiplies it may be zero here and something else elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bits<const W: usize>(pub [u64; W]);

impl<const W: usize> Bits<W> {
    /// The elements, from the smallest on.
    ///
    /// ```
    /// use ad_runtime::rt::Bits;
    ///
    /// let set = Bits([0b101, 1]);
    /// assert_eq!(set.elements().collect::<Vec<_>>(), [0, 2, 64]);
    /// ```
    pub fn elements(&self) -> impl Iterator<Item = usize> + '_ {
        let word = |(k, &word): (usize, &u64)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| 64 * k + bit)
        };
        self.0.iter().enumerate().flat_map(word)
    }
}

/// Elements count as ones, the others as zeros.
impl<const W: usize> Differentiable for Bits<W> {
    type Shadow = Self;

    #[inline(always)]
    fn zero_shadow(&self) -> Self {
        Self::zero()
    }

    #[inline(always)]
    fn set_zero(&mut self) {
        *self = Self::zero();
    }

    #[inline(always)]
    fn accumulate(&mut self, increment: &Self) {
        *self += *increment;
    }

    fn each_real(&self, f: &mut impl FnMut(f64)) {
        for word in self.0 {
            (0..64).for_each(|bit| f((word >> bit & 1) as f64));
        }
    }

    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        for word in &mut self.0 {
            let old = *word;
            *word = 0;
            for bit in 0..64 {
                let is_in = f((old >> bit & 1) as f64) != 0.0;
                *word |= u64::from(is_in) << bit;
            }
        }
    }
}

impl<const W: usize> Wide for Bits<W> {
    const LANES: usize = 64 * W;
    const IS_SET: bool = true;

    #[inline(always)]
    fn zero() -> Self {
        Self([0; W])
    }

    #[inline(always)]
    fn neutral() -> Self {
        Self::zero()
    }
}

impl<const W: usize> Neg for Bits<W> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        self
    }
}

macro_rules! unions {
    ($($operator:ident $method:ident $assign:ident $assigning:ident;)*) => {$(
        impl<const W: usize> $operator for Bits<W> {
            type Output = Self;

            #[inline(always)]
            fn $method(mut self, other: Self) -> Self {
                self.$assigning(other);
                self
            }
        }

        impl<const W: usize> $assign for Bits<W> {
            #[inline(always)]
            fn $assigning(&mut self, other: Self) {
                self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
            }
        }
    )*};
}

unions! {
    Add add AddAssign add_assign;
    Sub sub SubAssign sub_assign;
}

impl<T, const W: usize> Mul<T> for Bits<W> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, _real: T) -> Self {
        self
    }
}

impl<T, const W: usize> Div<T> for Bits<W> {
    type Output = Self;

    #[inline(always)]
    fn div(self, _real: T) -> Self {
        self
    }
}

impl<T, const W: usize> WideOf<T> for Bits<W> {
    #[inline(always)]
    fn zero_safe(self, _partial: T) -> Self {
        self
    }
}
