//! Between what users give and take, a value's coefficient of each order, and tails, each real's coefficients of all orders.

use crate::Differentiable;
use crate::wide::{Wide, Widen};

/// The tails of a value's reals, by its coefficients from the first order on.
///
/// # Panics
///
/// When a coefficient has more or fewer reals than the value.
#[track_caller]
pub fn tails<D: Wide, V: Widen<D> + ?Sized, S: Differentiable + ?Sized, const K: usize>(
    value: &V,
    coefficients: [&S; K],
) -> V::Wide {
    let mut tails = value.wide_zero();
    let reals = coefficients.map(|c| {
        let mut reals = Vec::new();
        c.each_real(&mut |x| reals.push(x));
        reals
    });
    let mut passed = 0;
    tails.map_reals(&mut |_| {
        let (position, order) = (passed / K, passed % K);
        passed += 1;
        reals[order].get(position).copied().unwrap_or(f64::NAN)
    });
    if let Some(other) = reals.iter().find(|r| r.len() * K != passed) {
        let (has, wanted) = (other.len(), passed / K);
        panic!(
            "chainrule: a coefficient of {has} reals for a value of {wanted}: \
             a coefficient must have the shape of its value"
        );
    }
    tails
}

/// The coefficients of a value, by the tails of its reals.
pub fn coefficients<D: Wide, V, W, const K: usize>(value: &V, tails: &W) -> [V::Shadow; K]
where
    V: Differentiable<Shadow: Differentiable> + ?Sized,
    W: Differentiable + ?Sized,
{
    let mut reals = Vec::new();
    tails.each_real(&mut |x| reals.push(x));
    std::array::from_fn(|order| {
        let mut shadow = value.zero_shadow();
        let mut of_order = reals.iter().skip(order).step_by(K);
        shadow.map_reals(&mut |_| of_order.next().copied().unwrap_or(0.0));
        shadow
    })
}
