//! Order by order.
//!
//! If `z' = p a'`, then `k z_k` is the sum of `i a_i p_{k-i}` for `i` from 1 to `k`: order `k` of `z` needs `p` to the order before. So
//! the table of rules gives a program for each function: its partials, and those of what they are made of, until nothing new comes. All
//! of them are computed order by order, by what is here.

use crate::Differentiable;
use crate::rt::real;
use crate::wide::Lanes;
use num_traits::Float;

/// A head with its tail.
#[derive(Clone, Copy)]
pub struct Whole<T, const K: usize> {
    pub(super) head: T,
    pub(super) tail: [T; K],
}

/// A function of so many operands, of which its derivative is a formula, and of its result.
pub trait Curve<const A: usize> {
    /// The tail of the result.
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        operands: [Whole<T, K>; A],
    ) -> Lanes<T, K>;
}

/// What has this head; its tail is computed later.
#[inline(always)]
pub(super) fn whole<T: Float, const K: usize>(head: T) -> Whole<T, K> {
    Whole {
        head,
        tail: [T::zero(); K],
    }
}

/// `i a p`, a term of `k z_k`, and zero where `a` is.
#[inline(always)]
pub(super) fn term<T: Float>(a: T, p: T, i: usize) -> T {
    crate::rt::zero_safe(a, p) * real(i as f64)
}

impl<T: Float, const K: usize> Whole<T, K> {
    /// Of two series, what orders between 0 and `k` make together in order `k` of their product.
    #[inline(always)]
    fn between(&self, other: &Self, k: usize) -> T {
        let (a, b) = (&self.tail[..k - 1], &other.tail[..k - 1]);
        let pairs = a.iter().zip(b.iter().rev());
        pairs.fold(T::zero(), |sum, (&a, &b)| sum + a * b)
    }

    /// Order `k` of the product.
    #[inline(always)]
    pub(super) fn times(&self, other: &Self, k: usize) -> T {
        let ends = self.head * other.tail[k - 1] + self.tail[k - 1] * other.head;
        ends + self.between(other, k)
    }

    /// Order `k` of this quotient of `above`, of which that order is given, and `below`.
    #[inline(always)]
    pub(super) fn over(&self, above: T, below: &Self, k: usize) -> T {
        (above - self.head * below.tail[k - 1] - self.between(below, k)) / below.head
    }

    /// `k` times what `a' p` contributes to order `k`, where this is `a`.
    #[inline(always)]
    pub(super) fn change(&self, slope: &Self, k: usize) -> T {
        let later = self.tail[..k - 1]
            .iter()
            .zip(slope.tail[..k - 1].iter().rev());
        let last = self.tail[k - 1] * slope.head * real(k as f64);
        let sum = later.enumerate().fold(T::zero(), |sum, (i, (&a, &p))| {
            sum + a * p * real((i + 1) as f64)
        });
        sum + last
    }

    /// The same, where a coefficient of `a` that is zero contributes nothing whatever the slope is.
    #[inline(always)]
    pub(super) fn safe_change(&self, slope: &Self, k: usize) -> T {
        let later = self.tail[..k - 1]
            .iter()
            .zip(slope.tail[..k - 1].iter().rev());
        let last = term(self.tail[k - 1], slope.head, k);
        let sum = later
            .enumerate()
            .fold(T::zero(), |sum, (i, (&a, &p))| sum + term(a, p, i + 1));
        sum + last
    }
}

/// `series_…`, what generated code calls: the result, then each operand with its tail.
macro_rules! functions {
    ($($name:ident $function:ident ($($operand:ident $tail:ident),+);)*) => {$(
        /// By the program of that name.
        #[inline]
        pub fn $name<T, D: super::SeriesOf<T>>(result: T, $($operand: T, $tail: D),+) -> D {
            D::follow::<$function, _>(result, [$(($operand, $tail)),+])
        }
    )*};
}
pub(super) use functions;
