//! How near a run of a program comes to a kink: what the plain copies of the programs call instead of comparisons, `abs`, `max`, …
use std::cell::Cell;

thread_local! {
    static MARGIN: Cell<f64> = const { Cell::new(f64::INFINITY) };
}

/// Forgets what was seen.
pub fn reset() {
    MARGIN.set(f64::INFINITY);
}

/// The smallest distance of two compared reals, relative to them.
pub fn margin() -> f64 {
    MARGIN.get()
}

pub trait Probe: PartialOrd {
    /// Notes how far apart the two are.
    fn note(&self, other: &Self);
    fn zero() -> Self;
}

macro_rules! real {
    ($($t:ty),*) => { $(
        impl Probe for $t {
            fn note(&self, other: &Self) {
                let (a, b) = (f64::from(*self), f64::from(*other));
                let gap = (a - b).abs() / a.abs().max(b.abs()).max(1.0);
                // Not a number is no distance that one could trust.
                MARGIN.set(if gap >= MARGIN.get() { MARGIN.get() } else { gap });
            }
            fn zero() -> Self {
                0.0
            }
        }
    )* };
}
real!(f64, f32);

macro_rules! discrete {
    ($($t:ty),*) => { $(
        impl Probe for $t {
            fn note(&self, _: &Self) {}
            fn zero() -> Self {
                0
            }
        }
    )* };
}
discrete!(usize, i32, u64);

pub fn lt<A: Probe>(a: &A, b: &A) -> bool {
    a.note(b);
    a < b
}
pub fn gt<A: Probe>(a: &A, b: &A) -> bool {
    a.note(b);
    a > b
}
pub fn le<A: Probe>(a: &A, b: &A) -> bool {
    a.note(b);
    a <= b
}
pub fn ge<A: Probe>(a: &A, b: &A) -> bool {
    a.note(b);
    a >= b
}
pub fn eq<A: Probe>(a: &A, b: &A) -> bool {
    a.note(b);
    a == b
}
pub fn ne<A: Probe>(a: &A, b: &A) -> bool {
    a.note(b);
    a != b
}
pub fn max<A: Probe>(a: A, b: A) -> A {
    a.note(&b);
    if a < b { b } else { a }
}
pub fn min<A: Probe>(a: A, b: A) -> A {
    a.note(&b);
    if b < a { b } else { a }
}
pub fn clamp<A: Probe>(a: A, low: A, high: A) -> A {
    max(min(a, high), low)
}
pub fn abs<A: Probe + std::ops::Neg<Output = A>>(a: A) -> A {
    a.note(&A::zero());
    if a < A::zero() { -a } else { a }
}
