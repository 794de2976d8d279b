//! Powers. Their partials are powers with other exponents, without end, so they have recurrences of their own.

use super::{Series, SeriesOf};
use crate::Differentiable;
use crate::rt::real;
use crate::wide::{Lanes, Wide, WideOf};
use num_traits::Float;

/// The largest integer exponent that `powf` takes by squaring.
const SQUARED: i32 = 64;

/// `base.powi(exponent)`.
#[inline]
pub fn series_powi<T, D: SeriesOf<T>>(base: T, tail: D, exponent: i32) -> D {
    D::power((base, tail), exponent)
}

/// `base.powf(exponent)` with an exponent that is constant.
#[inline]
pub fn series_powf<T, D: SeriesOf<T>>(result: T, base: T, tail: D, exponent: T) -> D {
    D::power_of_constant(result, (base, tail), exponent)
}

/// `base.powf(exponent)`.
#[inline]
pub fn series_powf_of<T, D: SeriesOf<T>>(
    result: T,
    base: T,
    tail: D,
    exponent: T,
    exponent_tail: D,
) -> D {
    D::power_of(result, (base, tail), (exponent, exponent_tail))
}

/// A head with its tail.
type Pair<T, const K: usize> = (T, Lanes<T, K>);

fn product<T: Float + Differentiable<Shadow = T>, const K: usize>(
    a: Pair<T, K>,
    b: Pair<T, K>,
) -> Pair<T, K> {
    (a.0 * b.0, b.1 * a.0 + a.1 * b.0 + a.1.cross(b.1))
}

/// Squares and products of whole series: exact where the base is zero, too.
pub(super) fn by_squaring<T: Float + Differentiable<Shadow = T>, const K: usize>(
    head: T,
    tail: Lanes<T, K>,
    exponent: i32,
) -> Lanes<T, K> {
    let mut square = match exponent < 0 {
        // Nothing comes of nothing, where the head is infinite, too.
        true if tail.0.iter().all(|x| *x == T::zero()) => return tail,
        true => inverse(head, tail),
        false => (head, tail),
    };
    let mut rest = exponent.unsigned_abs();
    let mut power: Option<Pair<T, K>> = None;
    while rest > 0 {
        if rest & 1 == 1 {
            power = Some(match power {
                Some(power) => product(power, square),
                None => square,
            });
        }
        rest >>= 1;
        if rest > 0 {
            square = product(square, square);
        }
    }
    power.map_or(Lanes::zero(), |power| power.1)
}

fn inverse<T: Float + Differentiable<Shadow = T>, const K: usize>(
    head: T,
    tail: Lanes<T, K>,
) -> Pair<T, K> {
    let inverse = head.recip();
    let tail = tail.zero_safe(inverse);
    (inverse, (-tail.zero_safe(inverse)).unwind(tail))
}

/// `a r' = p r a'`.
pub(super) fn of_constant<T: Float + Differentiable<Shadow = T>, const K: usize>(
    result: T,
    (head, tail): Pair<T, K>,
    exponent: T,
) -> Lanes<T, K> {
    if exponent.fract() == T::zero()
        && let Some(exponent) = exponent.to_i32()
        && exponent.abs() <= SQUARED
    {
        return by_squaring(head, tail, exponent);
    }
    if head == T::zero() || !result.is_normal() {
        return composed(head, tail, exponent);
    }
    let mut power = Lanes::<T, K>::zero();
    for k in 1..=K {
        let mut sum = T::zero();
        for i in 1..=k {
            let rest = match k - i {
                0 => result,
                rest => power.0[rest - 1],
            };
            let weight = exponent * real(i as f64) - real((k - i) as f64);
            sum = sum + weight * tail.0[i - 1] * rest;
        }
        power.0[k - 1] = sum / (head * real(k as f64));
    }
    power
}

/// The sum of the tail's powers with the derivatives, where the result has no digits to recur on.
fn composed<T: Float + Differentiable<Shadow = T>, const K: usize>(
    head: T,
    tail: Lanes<T, K>,
    exponent: T,
) -> Lanes<T, K> {
    let (mut sum, mut binomial, mut power) = (Lanes::zero(), T::one(), tail);
    for j in 1..=K {
        let order: T = real(j as f64);
        binomial = binomial * (exponent - order + T::one()) / order;
        if binomial != T::zero() {
            sum += power.zero_safe(binomial * head.powf(exponent - order));
        }
        power = power.cross(tail);
    }
    sum
}

/// `r' = r (p ln a)'`. Where the result is zero, the exponent has no influence on it.
pub(super) fn of<T: Float + Differentiable<Shadow = T>, const K: usize>(
    result: T,
    base: Pair<T, K>,
    (exponent, exponent_tail): Pair<T, K>,
) -> Lanes<T, K> {
    if result == T::zero() || exponent_tail.0.iter().all(|x| *x == T::zero()) {
        return of_constant(result, base, exponent);
    }
    let (_, log) = product(
        (base.0.ln(), logarithm(base.1 / base.0)),
        (exponent, exponent_tail),
    );
    exponential(result, log)
}

/// The logarithm's tail, by that of the base divided by its head.
fn logarithm<T: Float + Differentiable<Shadow = T>, const K: usize>(
    quotient: Lanes<T, K>,
) -> Lanes<T, K> {
    let mut weighted = quotient;
    for k in 1..=K {
        weighted.0[k - 1] = weighted.0[k - 1] * real(k as f64);
    }
    let mut log = weighted.unwind(quotient);
    for k in 1..=K {
        log.0[k - 1] = log.0[k - 1] / real(k as f64);
    }
    log
}

/// `r` with `r' = r l'`.
fn exponential<T: Float + Differentiable<Shadow = T>, const K: usize>(
    result: T,
    log: Lanes<T, K>,
) -> Lanes<T, K> {
    let mut power = Lanes::<T, K>::zero();
    for k in 1..=K {
        let mut sum = result * log.0[k - 1] * real(k as f64);
        for i in 1..k {
            sum = sum + log.0[i - 1] * power.0[k - i - 1] * real(i as f64);
        }
        power.0[k - 1] = sum / real(k as f64);
    }
    power
}
