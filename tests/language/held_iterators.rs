//! Iterators that have a name and are advanced by hand.

use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn by_next(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let first = it.next().unwrap();
    let mut s = first * first;
    while let Some(v) = it.next() {
        s = s * v + v.sin();
    }
    s
}

#[differentiate]
fn the_rest(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let mut s = *it.next().unwrap();
    for v in it {
        s += s * v;
    }
    let mut it = x.iter().copied();
    let start = it.next().unwrap();
    let largest = it.fold(start, f64::max);
    s * largest
}

#[differentiate(forward, reverse, hessian)]
fn twice_an_iteration(x: &[f64]) -> f64 {
    let mut it = x.iter().enumerate();
    let mut s = 1.0;
    while let Some((i, v)) = it.next() {
        let w = match it.next() {
            Some((_, w)) => *w,
            None => break,
        };
        if i == 2 {
            continue;
        }
        s = s * v + w * w;
        if s > 3.0 {
            it.next();
        }
    }
    s
}

#[differentiate]
fn in_parts(x: &[f64], n: usize) -> f64 {
    let mut it = x.iter();
    let head: f64 = it.by_ref().take(n).map(|v| v * v).product();
    let below: f64 = it.by_ref().take_while(|v| **v > 0.0).sum();
    let one = it.next().copied().unwrap_or(0.3);
    let left = it.len();
    let rest: f64 = it.map(|v| v.cos()).sum();
    head * below + rest * one * (left + 1) as f64
}

#[differentiate]
fn beside_a_loop(x: &[f64], c: &[f64]) -> f64 {
    let mut weights = c.iter();
    let mut names = [2, 3, 5].iter();
    let mut s = 0.5;
    for v in x {
        let k = names.next().unwrap_or(&1);
        let Some(w) = weights.next() else {
            s *= 1.0 + v;
            continue;
        };
        s = s * w + v * w * *k as f64;
    }
    s
}

#[differentiate]
fn bounded(x: &[f64]) -> Option<f64> {
    let mut it = x.iter().rev().step_by(2);
    let a = it.next()?;
    let b = it.next()?;
    let c = it.nth(1).unwrap_or(a);
    Some(a * b + c.sin())
}

#[differentiate]
fn behind_a_filter(x: &[f64], t: f64) -> f64 {
    let mut it = x.iter().map(|v| v * t).filter(|v| *v > 0.0);
    let a = it.next().unwrap_or(t);
    it.next();
    let mut s = a;
    while let Some(v) = it.next() {
        s = s * v + a;
        if let Some(w) = it.next() {
            s -= w * w;
        }
    }
    s
}

#[differentiate]
fn named_chain(x: &[f64], k: f64) -> f64 {
    let squares = x.iter().map(|v| v * v * k);
    let shifted = squares.clone().skip(1);
    let both = squares.clone().zip(shifted);
    let total: f64 = squares.sum();
    both.map(|(a, b)| a * b * total).sum()
}

#[differentiate]
fn looking_ahead(x: &[f64]) -> f64 {
    let mut it = x.iter().peekable();
    let mut s = 1.0;
    while let Some(v) = it.next() {
        if let Some(next) = it.peek() {
            s = s * **next + v;
        } else {
            s *= v;
        }
    }
    s
}

#[differentiate]
fn of_numbers(x: &[f64]) -> f64 {
    let mut k = 1..;
    let mut s = 0.0;
    for v in x {
        s += v * k.next().unwrap() as f64;
    }
    let mut powers = std::iter::successors(Some(s), |p| Some(p * s));
    let (a, b) = (powers.next().unwrap(), powers.next().unwrap());
    a * powers.next().unwrap() + b
}

#[differentiate]
fn in_place(x: &mut [f64], k: f64) {
    let mut it = x.iter_mut();
    if let Some(v) = it.next() {
        *v *= k;
    }
    while let Some(v) = it.next() {
        *v = v.sin() * k;
        let Some(w) = it.next() else { return };
        *w += *v;
    }
}

#[test]
fn to_the_end() {
    for n in [1, 2, 3, 6] {
        prove_hvp!(by_next(slice noise(n)));
        prove_gradient!(the_rest(slice noise(n)));
        prove_gradient!(named_chain(slice noise(n), val 0.7));
        prove_gradient!(looking_ahead(slice noise(n)));
        prove_gradient!(of_numbers(slice noise(n)));
    }
}

#[test]
fn part_of_the_way() {
    for n in [0, 1, 2, 5, 6, 7] {
        prove_hvp!(twice_an_iteration(slice positive(n)));
        prove_gradient!(beside_a_loop(slice noise(n), slice positive(3)));
        prove_gradient!(behind_a_filter(slice noise(n), val 0.7));
        prove!(in_place(io noise(n), val 0.7) -> unit);
        for k in [0, 1, 3, 9] {
            prove_gradient!(in_parts(slice positive(n), con k));
            prove_gradient!(in_parts(slice noise(n), con k));
        }
    }
    prove!(bounded(slice noise(3)) -> ok);
    prove!(bounded(slice noise(9)) -> ok);
    assert_eq!(bounded_gradient(&[1.0]), None);
}
