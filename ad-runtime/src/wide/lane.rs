//! One lane of a wide shadow: for what has no wide form of its own.

use super::Wide;
use crate::Differentiable;

/// How many sweeps go over all lanes of a `D`; for sets one, which gives the value.
#[inline(always)]
pub fn passes<D: Wide>() -> usize {
    match D::IS_SET {
        true => 1,
        false => D::LANES,
    }
}

/// Lane `k` of the wide shadow of a value.
pub fn lane<D, V, W>(value: &V, wide: &W, k: usize) -> V::Shadow
where
    D: Wide,
    V: Differentiable<Shadow: Differentiable> + ?Sized,
    W: Differentiable + ?Sized,
{
    let mut reals = Vec::new();
    let mut passed = 0;
    wide.each_real(&mut |x| {
        if passed % D::LANES == k {
            reals.push(x);
        }
        passed += 1;
    });
    let (mut shadow, mut reals) = (value.zero_shadow(), reals.into_iter());
    shadow.map_reals(&mut |_| reals.next().unwrap_or(0.0));
    shadow
}

/// Makes a shadow lane `k` of a wide one.
pub fn put_lane<D, W, S>(wide: &mut W, k: usize, shadow: &S)
where
    D: Wide,
    W: Differentiable + ?Sized,
    S: Differentiable + ?Sized,
{
    change_lane::<D, W, S>(wide, k, shadow, |_, new| new);
}

/// Adds a shadow to lane `k` of a wide one.
pub fn add_lane<D, W, S>(wide: &mut W, k: usize, shadow: &S)
where
    D: Wide,
    W: Differentiable + ?Sized,
    S: Differentiable + ?Sized,
{
    change_lane::<D, W, S>(wide, k, shadow, |old, new| old + new);
}

fn change_lane<D, W, S>(wide: &mut W, k: usize, shadow: &S, change: impl Fn(f64, f64) -> f64)
where
    D: Wide,
    W: Differentiable + ?Sized,
    S: Differentiable + ?Sized,
{
    if D::IS_SET {
        return;
    }
    let mut reals = Vec::new();
    shadow.each_real(&mut |x| reals.push(x));
    let (mut passed, mut reals) = (0, reals.into_iter());
    wide.map_reals(&mut |old| {
        passed += 1;
        match (passed - 1) % D::LANES == k {
            true => change(old, reals.next().unwrap_or(0.0)),
            false => old,
        }
    });
}

/// Adds the sets that a wide shadow holds: all inputs that anything in it depends on.
pub fn gather<D: Wide, W: Differentiable + ?Sized>(wide: &W, all: &mut D) {
    if !D::IS_SET {
        return;
    }
    let mut found = vec![0.0; D::LANES];
    let mut passed = 0;
    wide.each_real(&mut |x| {
        if x != 0.0 {
            found[passed % D::LANES] = 1.0;
        }
        passed += 1;
    });
    let mut found = found.into_iter();
    all.map_reals(&mut |old| old + found.next().unwrap_or(0.0));
}

/// Lets everything in a wide shadow depend on these inputs too.
pub fn spread<D: Wide, W: Differentiable + ?Sized>(all: &D, wide: &mut W) {
    let mut set = Vec::with_capacity(D::LANES);
    all.each_real(&mut |x| set.push(x));
    let mut passed = 0;
    wide.map_reals(&mut |old| {
        passed += 1;
        old + set[(passed - 1) % D::LANES]
    });
}
