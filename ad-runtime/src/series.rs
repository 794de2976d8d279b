//! Series: what Taylor coefficients cost, order by order.
//!
//! `x(t) = x + c₁ t + c₂ t² + …` has a head, which is the value, and a tail, which stands in the place of the shadow: [`Lanes`] hold the
//! coefficients from the first on. Sums and multiples of tails are lane by lane, as those of directions; here is what is not: products
//! and quotients, functions by what their derivative is made of ([`orders`]), and powers ([`powers`]). Each costs O(K²) for K orders.

mod orders;
mod paths;
mod powers;
#[rustfmt::skip]
mod programs;

pub use orders::{Curve, Whole};
pub use paths::{coefficients, tails};
pub use powers::{series_powf, series_powf_of, series_powi};
pub use programs::*;

use crate::Differentiable;
use crate::wide::{Lanes, Wide, WideOf};
use num_traits::Float;

/// Tails that can be multiplied.
pub trait Series: Wide {
    /// The product of two tails, which begins with the second order: what of a product no head takes part in.
    fn cross(self, other: Self) -> Self;

    /// The `q` whose product with `1 + other` is `self`.
    fn unwind(self, other: Self) -> Self;
}

/// Tails of what the primal computes in `T`.
pub trait SeriesOf<T>: Series + WideOf<T> {
    /// The tail of a function's result, whose head is `result`.
    fn follow<F: Curve<A>, const A: usize>(result: T, operands: [(T, Self); A]) -> Self;

    /// The tail of `base.powi(exponent)`.
    fn power(base: (T, Self), exponent: i32) -> Self;

    /// The tail of `base.powf(exponent)`, which is `result`.
    fn power_of_constant(result: T, base: (T, Self), exponent: T) -> Self;

    /// The same where the exponent has a tail, too.
    fn power_of(result: T, base: (T, Self), exponent: (T, Self)) -> Self;

    /// The tail of what changes by `slope` times the change of `by`.
    fn stated(slope: (T, Self), by: Self) -> Self;
}

impl<T: Float + Differentiable<Shadow = T>, const K: usize> Series for Lanes<T, K> {
    #[inline]
    fn cross(self, other: Self) -> Self {
        let mut product = Self::zero();
        for i in 0..K {
            for j in 0..K - 1 - i {
                product.0[i + j + 1] = product.0[i + j + 1] + self.0[i] * other.0[j];
            }
        }
        product
    }

    #[inline]
    fn unwind(mut self, other: Self) -> Self {
        for i in 0..K {
            for j in 0..K - 1 - i {
                self.0[i + j + 1] = self.0[i + j + 1] - self.0[i] * other.0[j];
            }
        }
        self
    }
}

impl<T: Float + Differentiable<Shadow = T>, const K: usize> SeriesOf<T> for Lanes<T, K> {
    #[inline]
    fn follow<F: Curve<A>, const A: usize>(result: T, operands: [(T, Self); A]) -> Self {
        let whole = |(head, tail): (T, Self)| Whole { head, tail: tail.0 };
        F::tail(result, operands.map(whole))
    }

    #[inline]
    fn power((head, tail): (T, Self), exponent: i32) -> Self {
        powers::by_squaring(head, tail, exponent)
    }

    #[inline]
    fn power_of_constant(result: T, base: (T, Self), exponent: T) -> Self {
        powers::of_constant(result, base, exponent)
    }

    #[inline]
    fn power_of(result: T, base: (T, Self), exponent: (T, Self)) -> Self {
        powers::of(result, base, exponent)
    }

    #[inline]
    fn stated((slope, slope_tail): (T, Self), by: Self) -> Self {
        let mut all = Self::zero();
        for k in 1..=K {
            all.0[k - 1] = orders::term(by.0[k - 1], slope, k);
            for i in 1..k {
                all.0[k - 1] = all.0[k - 1] + orders::term(by.0[i - 1], slope_tail.0[k - i - 1], i);
            }
            all.0[k - 1] = all.0[k - 1] / crate::rt::real(k as f64);
        }
        all
    }
}

/// The primal computes in the other type of reals here.
macro_rules! converted {
    ($($lane:ty, $real:ty;)*) => {$(
        impl<const K: usize> SeriesOf<$real> for Lanes<$lane, K> {
            #[inline]
            fn follow<F: Curve<A>, const A: usize>(
                result: $real,
                operands: [($real, Self); A],
            ) -> Self {
                let operands = operands.map(|(head, tail)| (head as $lane, tail));
                <Self as SeriesOf<$lane>>::follow::<F, A>(result as $lane, operands)
            }

            #[inline]
            fn power((head, tail): ($real, Self), exponent: i32) -> Self {
                powers::by_squaring(head as $lane, tail, exponent)
            }

            #[inline]
            fn power_of_constant(result: $real, (head, tail): ($real, Self), exponent: $real) -> Self {
                powers::of_constant(result as $lane, (head as $lane, tail), exponent as $lane)
            }

            #[inline]
            fn power_of(result: $real, (head, tail): ($real, Self), (exponent, exponent_tail): ($real, Self)) -> Self {
                powers::of(result as $lane, (head as $lane, tail), (exponent as $lane, exponent_tail))
            }

            #[inline]
            fn stated((slope, tail): ($real, Self), by: Self) -> Self {
                <Self as SeriesOf<$lane>>::stated((slope as $lane, tail), by)
            }
        }
    )*};
}

converted! {
    f64, f32;
    f32, f64;
}

/// As [`Series::cross`].
#[inline(always)]
pub fn series_cross<D: Series>(a: D, b: D) -> D {
    a.cross(b)
}

/// As [`Series::unwind`].
#[inline(always)]
pub fn series_unwind<D: Series>(a: D, b: D) -> D {
    a.unwind(b)
}

/// As [`SeriesOf::stated`].
#[inline(always)]
pub fn series_stated<T, D: SeriesOf<T>>(slope: T, slope_tail: D, by: D) -> D {
    D::stated((slope, slope_tail), by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_quotients() {
        let (a, b) = (Lanes([1.0, 2.0, 3.0, 4.0]), Lanes([5.0, 6.0, 7.0, 8.0]));
        assert_eq!(a.cross(b), Lanes([0.0, 5.0, 16.0, 34.0]));
        let product = a + a.cross(b);
        assert_eq!(product.unwind(b), a);
        let stated = <Lanes<f64, 4> as SeriesOf<f64>>::stated((2.0, a), a);
        assert_eq!(stated, a * 2.0 + a.cross(a) / 2.0);
    }
}
