//! Closures bound to names and called.

use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn called_twice(a: f64, b: f64) -> f64 {
    let square = |x: f64| x * x * x;
    square(a) * square(b) + square(a * b)
}

#[differentiate]
fn captured(x: &[f64], rate: f64) -> f64 {
    let n = x.len();
    let at = |i: usize, j: usize| (i * 2 + j) % n;
    let pull = |i: usize| rate * x[at(i, 1)].sin();
    let mut sum = 0.0;
    for i in 0..n {
        if i == 3 {
            break;
        }
        sum += pull(i) * x[at(i, i)];
    }
    sum
}

#[differentiate]
fn shadowed(x: f64) -> f64 {
    let k = x * 2.0;
    let scale = |v: f64| v * k;
    let k = x.sin();
    let scale = |v: f64| scale(v) + k;
    let k = 100.0;
    scale(k) + k * scale(x)
}

#[differentiate]
fn changes(x: &[f64]) -> f64 {
    let mut total = 1.0;
    let mut calls = 0;
    let mut add = |v: f64| {
        total += v * total;
        calls += 1;
    };
    add(x[0]);
    for v in x {
        add(v.exp());
    }
    total * calls as f64
}

#[differentiate]
fn moved(x: f64) -> f64 {
    let mut state: f64 = x;
    let before = move |v: f64| v * state;
    state *= x;
    let y = before(2.0);
    let mut counter = move || {
        state += x;
        state
    };
    let first = counter();
    let second = counter();
    y * state + first * second
}

#[differentiate]
fn with_exits(x: &[f64], limit: f64) -> f64 {
    let soft = |v: f64| {
        if v > limit {
            return limit + (v - limit).tanh();
        }
        let w = v * v;
        if w < 0.01 {
            return 0.0;
        }
        w * limit
    };
    let mut sum = 0.0;
    for &v in x {
        if sum > 5.0 {
            return soft(sum);
        }
        sum += soft(v) * soft(v + 0.2);
    }
    sum
}

#[differentiate]
fn in_chains(x: &[f64], c: f64) -> f64 {
    let kernel = |a: f64, b: f64| (-(a - b) * (a - b) * c).exp();
    x.iter()
        .map(|&a| x.iter().map(|&b| kernel(a, b)).sum::<f64>().ln())
        .sum()
}

#[differentiate]
fn handed_on(x: &[f64], c: f64) -> f64 {
    let f = |v: &f64| v.powi(2) * c;
    let g = |v: f64| v.sin();
    x.iter().map(f).map(g).fold(0.0, |a, b| a + b * c)
}

#[differentiate]
fn of_slices(x: &[f64], y: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(p, q)| p * q).sum() };
    let norm = |a: &[f64]| dot(a, a).sqrt();
    dot(x, &y[1..]) / (norm(x) * norm(y))
}

#[differentiate]
fn by_exclusive_reference(x: &mut [f64], k: f64) {
    let bump = |v: &mut f64, by: f64| *v += by * *v;
    let sweep = |s: &mut [f64]| {
        for v in s.iter_mut() {
            *v *= k;
        }
    };
    for i in 0..x.len() {
        bump(&mut x[i], k * i as f64);
    }
    sweep(x);
    sweep(&mut x[1..]);
}

#[differentiate]
fn pairs(x: f64) -> f64 {
    let turn = |(a, b): (f64, f64), t: f64| (a * t.cos() - b * t.sin(), a * t.sin() + b * t.cos());
    let (a, b) = turn((x, 1.0), x);
    let (c, d) = turn((a, b), 0.3);
    c * d + turn((d, c), b).0
}

#[differentiate]
fn in_branches(x: f64, kind: u8) -> f64 {
    let twice = |v: f64| 2.0 * v;
    let y = match kind {
        0 => twice(x),
        1 => (|v: f64| v * x)(x.exp()),
        _ => {
            if x > 0.0 {
                twice(twice(x))
            } else {
                x
            }
        }
    };
    y * twice(y)
}

#[differentiate]
fn constant_one_in_kept_code(x: f64, n: usize) -> f64 {
    let half = |k: usize| k / 2;
    assert!(half(n) < n + 1, "{n}");
    x.powi(half(n) as i32)
}

#[differentiate]
fn quadrature(lo: f64, hi: f64, n: usize) -> f64 {
    let f = |t: f64| (t * hi).sin() * t;
    let h = (hi - lo) / n as f64;
    let mut inner = |k: usize| f(lo + h * k as f64);
    let middle: f64 = (1..n).map(|k| inner(k)).sum();
    h * (0.5 * (f(lo) + f(hi)) + middle)
}

#[differentiate]
fn for_what_they_do(x: &mut [f64], limit: f64) -> f64 {
    let mut clipped = 0;
    let mut clip = |v: &mut f64| {
        if v.is_nan() {
            return;
        }
        if *v > limit {
            *v = limit * 2.0;
            clipped += 1;
        }
    };
    clip(&mut x[0]);
    for v in x.iter_mut() {
        clip(v);
    }
    let mut total = 0.0;
    x.iter().for_each(|v| {
        if *v > 0.0 {
            total += v * v
        }
    });
    x.iter().enumerate().for_each(|(i, v)| {
        if i == 1 {
            return;
        }
        total *= 1.0 + v;
    });
    total * clipped as f64
}

#[test]
fn called() {
    prove_hvp!(called_twice(val 0.7, val -0.4));
    prove_gradient!(captured(slice noise(5), val 0.3));
    prove_gradient!(captured(slice noise(1), val 0.3));
    prove_gradient!(shadowed(val 0.7));
    prove_gradient!(pairs(val 0.7));
    for kind in 0..3 {
        prove_gradient!(in_branches(val 0.7, con kind));
    }
    prove_gradient!(constant_one_in_kept_code(val 0.7, con 7));
    prove_gradient!(quadrature(val 0.1, val 0.8, con 6));
    prove_gradient!(quadrature(val 0.1, val 0.8, con 1));
}

#[test]
fn captured_variables_change() {
    prove_gradient!(changes(slice noise(3)));
    prove_gradient!(moved(val 0.7));
    prove!(for_what_they_do(io noise(4), val 0.3));
    prove!(for_what_they_do(io noise(4), val -0.1));
    prove!(by_exclusive_reference(io noise(4), val 0.6) -> unit);
}

#[test]
fn exits_leave_the_closure() {
    for n in [0, 1, 5, 9] {
        prove_gradient!(with_exits(slice noise(n), val 0.4));
        prove_gradient!(with_exits(slice positive(n), val 3.0));
    }
}

#[test]
fn in_iterator_chains() {
    for n in [0, 1, 4] {
        prove_gradient!(in_chains(slice noise(n), val 0.7));
        prove_gradient!(handed_on(slice noise(n), val 0.7));
    }
    prove_gradient!(of_slices(slice noise(3), slice positive(5)));
}

mod hostile {
    use super::*;

    // Move closure capturing an alias and a mutable array
    #[differentiate]
    fn moved_array(x: &[f64]) -> f64 {
        let mut w = [1.0, x[0]];
        let f = move |v: f64| v * w[1];
        w[1] = 7.0;
        let mut s = 0.0;
        for v in x.iter() {
            s += f(*v) * w[1];
        }
        s
    }

    // Closure parameter by value, place changes inside
    #[differentiate]
    fn changes_twice(x: f64) -> f64 {
        let mut k = x;
        let mut step = |v: f64| {
            k *= 2.0;
            v * k
        };
        let y = step(x);
        let z = step(y);
        let mut arr = [x, 2.0 * x];
        let mut put = |v: f64, i: usize| {
            arr[i] = v * 3.0;
            arr[1 - i] += v;
        };
        put(z, 0);
        put(y, 1);
        k * z + arr[0] * arr[1]
    }

    // Argument order: f(k) evaluated by value before the change
    #[differentiate]
    fn argument_order(x: f64) -> f64 {
        let mut k = x;
        let two = |p: f64, q: f64| p * p + q;
        let r = two(k, {
            k += 1.0;
            k * x
        });
        r * k
    }

    // Filter binding by value then changed
    #[differentiate]
    fn captured_before(x: &mut [f64]) -> f64 {
        let mut t = 0.0;
        for i in 0..x.len() {
            let v = x[i];
            let sq = |u: f64| u * v;
            x[i] = 2.0 * v;
            t += sq(x[i]) * v;
        }
        t
    }

    // Match scrutinee passed to closure
    #[differentiate]
    fn in_a_match(x: f64, n: usize) -> f64 {
        let g = |v: f64, m: usize| match m {
            0 => v,
            1 => {
                let v = v * v;
                v + x
            }
            _ => -v,
        };
        (0..n).map(|m| g(x + m as f64, m)).sum::<f64>() * g(g(x, 1), n)
    }

    // Closure shadowing parameter, alias param bound and base changed after
    #[differentiate]
    fn growing(x: &[f64]) -> f64 {
        let mut acc: Vec<f64> = Vec::new();
        let last = |a: &Vec<f64>| *a.last().unwrap();
        acc.push(x[0]);
        for v in x.iter().skip(1) {
            let l = last(&acc);
            acc.push(l * v);
            acc[0] += l;
        }
        acc.iter().sum::<f64>() * last(&acc)
    }

    // By value argument alias: index argument into array that changes in the body
    #[differentiate]
    fn argument_from_what_changes(x: f64) -> f64 {
        let mut arr = [x, x * 2.0];
        let mut f = |p: f64| {
            arr[0] += 1.0;
            p * 2.0
        };
        let q = f(x);
        let q = f(q);
        q * arr[0]
    }

    #[test]
    fn captures_and_order() {
        prove_gradient!(moved_array(slice noise(3)));
        prove_gradient!(changes_twice(val 0.6));
        prove_gradient!(argument_order(val 0.6));
        prove!(captured_before(io noise(3)));
        prove_gradient!(in_a_match(val 0.6, con 4));
        prove_gradient!(growing(slice noise(4)));
        prove_gradient!(argument_from_what_changes(val 0.6));
    }
}
