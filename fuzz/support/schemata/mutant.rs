//! The switch that guards each mutated place of the compiler, in the copy of it that holds all mutants.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

/// More places than there are.
pub const MOST: usize = 65536;
/// An expansion that asks more often does not end.
const PATIENCE: u64 = 60_000_000;

static SEEN: [AtomicBool; MOST] = [const { AtomicBool::new(false) }; MOST];

thread_local! {
    static ACTIVE: Cell<usize> = const { Cell::new(0) };
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// From now on, mutant `n` is on; with 0, none is.
pub fn switch(n: usize) {
    ACTIVE.set(n);
    ASKED.set(0);
}

/// The places that were executed since this was asked last.
pub fn executed() -> Vec<usize> {
    (0..MOST)
        .filter(|n| SEEN[*n].swap(false, Ordering::Relaxed))
        .collect()
}

/// Whether this mutant is on.
pub fn is(n: usize) -> bool {
    let active = ACTIVE.get();
    if active == 0 {
        SEEN[n].store(true, Ordering::Relaxed);
        return false;
    }
    let asked = ASKED.get() + 1;
    ASKED.set(asked);
    assert!(asked < PATIENCE, "it does not end");
    active == n
}

pub fn lt<A: PartialOrd<B> + ?Sized, B: ?Sized>(n: usize, a: &A, b: &B) -> bool {
    if is(n) { a <= b } else { a < b }
}

pub fn le<A: PartialOrd<B> + ?Sized, B: ?Sized>(n: usize, a: &A, b: &B) -> bool {
    if is(n) { a < b } else { a <= b }
}

pub fn gt<A: PartialOrd<B> + ?Sized, B: ?Sized>(n: usize, a: &A, b: &B) -> bool {
    if is(n) { a >= b } else { a > b }
}

pub fn ge<A: PartialOrd<B> + ?Sized, B: ?Sized>(n: usize, a: &A, b: &B) -> bool {
    if is(n) { a > b } else { a >= b }
}

pub fn rev<'a, I: DoubleEndedIterator + 'a>(
    n: usize,
    i: I,
) -> Box<dyn Iterator<Item = I::Item> + 'a> {
    if is(n) {
        Box::new(i)
    } else {
        Box::new(i.rev())
    }
}

/// 0 and 1 exchanged.
pub fn int<T: Toggle>(n: usize, value: T) -> T {
    if is(n) { value.toggled() } else { value }
}

pub trait Toggle {
    fn toggled(self) -> Self;
}

macro_rules! toggle {
    ($($t:ty),*) => { $(impl Toggle for $t {
        fn toggled(self) -> Self {
            1 - self
        }
    })* };
}
toggle!(usize, isize, u8, u16, u32, u64, i8, i16, i32, i64);

/// 0 and 1 exchanged, or half as much again.
pub fn num(n: usize, value: f64) -> f64 {
    match is(n) {
        true if value == 0.0 || value == 1.0 => 1.0 - value,
        true => value * 1.5,
        false => value,
    }
}
