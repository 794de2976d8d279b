//! Several directions at once.

use super::{Wide, WideOf};
use crate::Differentiable;
use num_traits::Float;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// How many directions a sweep takes at once: two vectors of the widest registers that the compiler may use, so that
/// two chains of additions overlap.
pub const LANES: usize = if cfg!(target_feature = "avx512f") {
    16
} else {
    8
};

/// The same real of `L` directions. Loops over them have no branches and no dependence: they become vector instructions.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lanes<T, const L: usize>(pub [T; L]);

impl<T: Float + Differentiable<Shadow = T>, const L: usize> Differentiable for Lanes<T, L> {
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

    #[inline(always)]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        self.0.each_real(f);
    }

    #[inline(always)]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        self.0.map_reals(f);
    }
}

impl<T: Float + Differentiable<Shadow = T>, const L: usize> Wide for Lanes<T, L> {
    const LANES: usize = L;
    const IS_SET: bool = false;

    #[inline(always)]
    fn zero() -> Self {
        Self([T::zero(); L])
    }

    #[inline(always)]
    fn neutral() -> Self {
        Self([T::neg_zero(); L])
    }
}

impl<T: Float, const L: usize> Neg for Lanes<T, L> {
    type Output = Self;

    #[inline(always)]
    fn neg(mut self) -> Self {
        self.0.iter_mut().for_each(|x| *x = -*x);
        self
    }
}

/// Lane by lane, and the same with assignment.
macro_rules! by_lane {
    ($($operator:ident $method:ident $assign:ident $assigning:ident;)*) => {$(
        impl<T: Float, const L: usize> $operator for Lanes<T, L> {
            type Output = Self;

            #[inline(always)]
            fn $method(mut self, other: Self) -> Self {
                self.$assigning(other);
                self
            }
        }

        impl<T: Float, const L: usize> $assign for Lanes<T, L> {
            #[inline(always)]
            fn $assigning(&mut self, other: Self) {
                for k in 0..L {
                    self.0[k] = $operator::$method(self.0[k], other.0[k]);
                }
            }
        }
    )*};
}

by_lane! {
    Add add AddAssign add_assign;
    Sub sub SubAssign sub_assign;
}

/// Every lane with one real.
macro_rules! by_real {
    ($($operator:ident $method:ident;)*) => {$(
        impl<T: Float, const L: usize> $operator<T> for Lanes<T, L> {
            type Output = Self;

            #[inline(always)]
            fn $method(mut self, real: T) -> Self {
                self.0.iter_mut().for_each(|x| *x = $operator::$method(*x, real));
                self
            }
        }

        impl<const L: usize> $operator<f32> for Lanes<f64, L> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, real: f32) -> Self {
                $operator::$method(self, f64::from(real))
            }
        }

        impl<const L: usize> $operator<f64> for Lanes<f32, L> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, real: f64) -> Self {
                $operator::$method(self, real as f32)
            }
        }

        by_real!(behind a reference: $operator $method, T, T, T: Float);
        by_real!(behind a reference: $operator $method, f64, f32);
        by_real!(behind a reference: $operator $method, f32, f64);
    )*};
    (behind a reference: $operator:ident $method:ident, $lane:ty, $real:ty $(, $param:ident: $bound:ident)?) => {
        impl<$($param: $bound,)? const L: usize> $operator<&$real> for Lanes<$lane, L> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, real: &$real) -> Self {
                $operator::$method(self, *real)
            }
        }
    };
}

by_real! {
    Mul mul;
    Div div;
}

impl<T: Float + Differentiable<Shadow = T>, const L: usize> WideOf<T> for Lanes<T, L> {
    #[inline(always)]
    fn zero_safe(mut self, partial: T) -> Self {
        for x in &mut self.0 {
            *x = crate::rt::zero_safe(*x, partial);
        }
        self
    }
}

impl<const L: usize> WideOf<f32> for Lanes<f64, L> {
    #[inline(always)]
    fn zero_safe(self, partial: f32) -> Self {
        WideOf::<f64>::zero_safe(self, f64::from(partial))
    }
}

impl<const L: usize> WideOf<f64> for Lanes<f32, L> {
    #[inline(always)]
    fn zero_safe(self, partial: f64) -> Self {
        WideOf::<f32>::zero_safe(self, partial as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lane_by_lane() {
        let (a, b) = (Lanes([1.0, 2.0]), Lanes([3.0, 5.0]));
        assert_eq!((a + b - a) * 2.0, Lanes([6.0, 10.0]));
        assert_eq!(-a / 2.0_f32, Lanes([-0.5, -1.0]));
        let mut sum = Lanes::<f64, 2>::zero();
        sum += a;
        sum -= b;
        assert_eq!(sum, Lanes([-2.0, -3.0]));
    }

    #[test]
    fn a_zero_lane_stays_zero() {
        let d = Lanes([0.0, 1.0]);
        assert_eq!(
            WideOf::<f64>::zero_safe(d, f64::INFINITY),
            Lanes([0.0, f64::INFINITY])
        );
    }
}
