//! What is written seldom, each in loops, branches and callees.

use crate::harness::noise;
use chainrule::{Differentiable, differentiate};
use std::ops::{Div, DivAssign, MulAssign, Neg, Sub, SubAssign};

#[differentiate(forward, reverse, hessian)]
fn root(v: f64) -> Option<f64> {
    if v < -9.0 {
        return None;
    }
    Some((v + 9.0).sqrt())
}

#[differentiate(forward, reverse, hessian)]
fn owned_copies(x: &[f64], k: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let mut y = x[i..].to_owned();
        y[0] *= k;
        if y.len() > 1 {
            y[1] += y[0];
        }
        sum += y.into_iter().map(|v| v * v).sum::<f64>();
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn consumed(x: Vec<f64>, k: f64) -> f64 {
    let mut sum = k;
    for (i, v) in x.to_owned().into_iter().enumerate() {
        if i % 2 == 0 {
            sum = sum * v + k;
        } else {
            sum += v * v;
        }
    }
    x.into_iter().rev().fold(sum, |s, v| s * k + v)
}

#[differentiate(forward, reverse, hessian)]
fn mapped_for_a_while(x: &[f64], k: f64) -> f64 {
    let mut sum = k;
    for v in x
        .iter()
        .map_while(|v| if *v > -0.95 { Some(v * k) } else { None })
    {
        sum = sum * v + 0.5;
    }
    sum + x
        .iter()
        .map_while(|v| (*v < 0.95).then(|| v * sum))
        .sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn looked_at_in_passing(x: &[f64], k: f64) -> f64 {
    let mut seen = 0;
    let mut sum = 0.0;
    for v in x.iter().inspect(|_| seen += 1) {
        sum += v * v * k;
    }
    let mut large = 0;
    let products = x.iter().map(|v| v * k).inspect(|v| {
        if *v > 0.2 {
            large += 1;
        }
    });
    let all: f64 = products.sum();
    sum * seen as f64 + all * large as f64
}

#[differentiate(forward, reverse, hessian)]
fn counted_in_a_branch(x: &[f64], k: f64) -> f64 {
    if k > 0.0 {
        let mut n = 0;
        let y: Vec<f64> = x.iter().inspect(|_| n += 1).map(|v| v.sin()).collect();
        y.iter().map(|v| v * k).sum::<f64>() / n as f64
    } else {
        k
    }
}

#[differentiate(forward, reverse, hessian)]
fn all_or_none(x: &[f64], k: f64) -> Option<f64> {
    let mut sum = k;
    for w in x.windows(2) {
        let roots = w
            .iter()
            .map(|v| root(v * k))
            .collect::<Option<Vec<f64>>>()?;
        if roots[0] > roots[1] {
            sum += roots[0] * roots[1];
        } else {
            sum *= roots[1];
        }
    }
    Some(sum)
}

#[differentiate(forward, reverse, hessian)]
fn all_or_an_error(x: &[f64]) -> Result<f64, String> {
    let checked = x
        .iter()
        .map(|v| root(*v).ok_or("no root".to_string()))
        .collect::<Result<Vec<_>, String>>()?;
    let mut sum = 1.0;
    for v in &checked {
        sum = sum * v + x[0];
    }
    Ok(sum)
}

#[differentiate(forward, reverse, hessian)]
fn head_and_rest(x: &[f64], n: usize) -> f64 {
    let mut it = x.iter();
    let head: f64 = it.by_ref().take(n).map(|v| v * v).sum();
    let mut sum = head;
    for v in it {
        sum = sum * v + head;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn until_the_first_negative(x: &[f64], k: f64) -> f64 {
    let mut it = x.iter().copied();
    let mut sum = k;
    let before: f64 = it.by_ref().take_while(|v| *v > 0.0).product();
    if let Some(v) = it.next() {
        sum *= v;
    }
    sum * before
}

#[differentiate(forward, reverse, hessian)]
fn printed(x: &[f64], k: f64) -> f64 {
    let mut sum = k;
    for v in x {
        if *v > 0.0 {
            sum += dbg!(v * sum);
        } else {
            sum = dbg!(sum.sin());
        }
    }
    sum
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Money(f64);
struct_shape!(Money { 0: f64 });

#[differentiate(forward, reverse, hessian)]
impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Money(-self.0)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Neg for &Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0 * 2.0)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Sub for Money {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Money(self.0 - o.0)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Div<f64> for Money {
    type Output = Self;
    fn div(self, k: f64) -> Self {
        Money(self.0 / k)
    }
}

#[differentiate(forward, reverse, hessian)]
impl SubAssign for Money {
    fn sub_assign(&mut self, o: Self) {
        self.0 -= o.0;
    }
}

#[differentiate(forward, reverse, hessian)]
impl SubAssign<f64> for Money {
    fn sub_assign(&mut self, k: f64) {
        self.0 -= k * k;
    }
}

#[differentiate(forward, reverse, hessian)]
impl MulAssign<f64> for Money {
    fn mul_assign(&mut self, k: f64) {
        self.0 *= k;
    }
}

#[differentiate(forward, reverse, hessian)]
impl DivAssign<f64> for Money {
    fn div_assign(&mut self, k: f64) {
        self.0 /= k;
    }
}

#[differentiate(forward, reverse, hessian)]
impl DivAssign<Money> for Money {
    fn div_assign(&mut self, o: Money) {
        self.0 /= o.0 * o.0;
    }
}

#[differentiate(forward, reverse, hessian)]
fn balance(start: Money, x: &[f64], k: f64) -> f64 {
    let mut left: Money = start;
    for v in x {
        let paid: Money = Money(*v) / k;
        if *v > 0.0 {
            left -= paid;
            left *= k;
        } else {
            left -= *v;
            left /= 1.5 + v;
        }
        let turned: Money = -left;
        left = turned - -paid;
    }
    let last: Money = -&left;
    left /= Money(1.3);
    left.0 * last.0
}

#[test]
fn iterators() {
    for n in [2, 3, 5] {
        prove_hvp!(owned_copies(slice noise(n), val 0.7));
        prove_hvp!(consumed(val noise(n), val 0.7));
        prove_hvp!(mapped_for_a_while(slice noise(n), val 0.7));
        prove_hvp!(looked_at_in_passing(slice noise(n), val 0.7));
        prove_hvp!(counted_in_a_branch(slice noise(n), val 0.7));
        prove_hvp!(all_or_none(slice noise(n), val 0.7) -> ok);
        prove_hvp!(all_or_an_error(slice noise(n)) -> ok);
        prove_hvp!(head_and_rest(slice noise(n), con 2));
        prove_hvp!(until_the_first_negative(slice noise(n), val 0.7));
        prove_hvp!(printed(slice noise(n), val 0.7));
    }
    assert_eq!(all_or_none_gradient(&[1.0, -20.0], 1.0), None);
    assert!(all_or_an_error_gradient(&[1.0, -20.0]).is_err());
}

#[test]
fn operators() {
    prove_hvp!(balance(val Money(2.0), slice noise(4), val 0.7));
}
