//! Sources, adaptors and ends of chains, where they meet each other and loops.

use crate::harness::{noise, positive};
use chainrule::differentiate;
use std::iter;

#[differentiate(forward, reverse, hessian)]
fn by_chunks(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for c in x.chunks(2) {
        if c.len() == 2 {
            s += c[0] * c[1] * k;
        } else {
            s *= c[0];
        }
    }
    s + x.chunks_exact(3).map(|c| c[0] * c[2]).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn chunks_changed(x: &mut [f64], k: f64) {
    for (i, c) in x.chunks_mut(2).enumerate() {
        for v in c.iter_mut() {
            *v *= k * i as f64;
        }
        c[0] += k;
    }
    for c in x.chunks_exact_mut(3) {
        let [a, b, d] = c else { continue };
        *a += *b * *d;
    }
}

#[differentiate(forward, reverse, hessian)]
fn by_windows(x: &[f64], k: f64) -> f64 {
    x.windows(3)
        .map(|w| (w[0] - 2.0 * w[1] + w[2]).powi(2))
        .sum::<f64>()
        + x.windows(2)
            .map(|w| match w {
                [a, b] => a * b * k,
                _ => 0.0,
            })
            .fold(1.0, |a, b| a * b)
}

#[differentiate(forward, reverse, hessian)]
fn halves(x: &[f64], n: usize) -> f64 {
    let (a, b) = x.split_at(n);
    let mut s = 0.0;
    for (p, q) in a.iter().zip(b) {
        s += p * q;
    }
    s + b.iter().rev().skip(1).map(|v| v.sin()).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn halves_changed(x: &mut [f64], n: usize, k: f64) {
    for i in 1..n {
        let (a, b) = x.split_at_mut(i);
        a[i - 1] += b[0] * k;
        b.iter_mut().zip(a.iter()).for_each(|(b, a)| *b *= a);
    }
}

#[differentiate(forward, reverse, hessian)]
fn repeats(x: &[f64], k: f64) -> f64 {
    let a: f64 = iter::repeat(k).zip(x).map(|(k, v)| k * v).sum();
    let b: f64 = iter::once(k).chain(x.iter().copied()).map(|v| v * v).sum();
    let c: f64 = iter::repeat_n(k * 2.0, 3).product();
    a * b + c + iter::repeat(a).take(4).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn each_from_the_last(x: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for (i, t) in iter::successors(Some(x), |t| Some(t * x + 0.1))
        .take(n)
        .enumerate()
    {
        if i % 2 == 0 {
            s += t;
        } else {
            s *= t;
        }
    }
    s + iter::successors(Some(x), |t| if *t < 3.0 { Some(t * 2.0) } else { None }).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn made_on_demand(x: &[f64], k: f64) -> f64 {
    let mut i = 0;
    let mut t = k;
    iter::from_fn(|| {
        if i < x.len() {
            t = t * x[i] + 0.2;
            i += 1;
            Some(t)
        } else {
            None
        }
    })
    .sum()
}

#[differentiate(forward, reverse, hessian)]
fn made_for_a_loop(x: &[f64], k: f64) -> f64 {
    let mut n = 0;
    let mut s = 0.0;
    for v in std::iter::from_fn(|| {
        n += 1;
        if n <= x.len() {
            Some(x[n - 1] * k)
        } else {
            None
        }
    }) {
        s = s * v + v;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn once_with(x: &[f64], k: f64) -> f64 {
    x.iter()
        .map(|v| v * k)
        .chain(iter::once(k * k))
        .chain(iter::once(1.0))
        .fold(1.0, |a, v| a * v + 0.1)
}

#[differentiate(forward, reverse, hessian)]
fn range_src(x: &[f64], n: usize) -> f64 {
    (0..n)
        .rev()
        .step_by(2)
        .map(|i| x[i] * i as f64)
        .sum::<f64>()
        + (1..=n)
            .filter(|i| i % 2 == 1)
            .map(|i| x[i - 1].powi(i as i32))
            .product::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn filters(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    for _ in 0..2 {
        s += x.iter().filter(|v| **v > 0.0).map(|v| v * s).sum::<f64>();
        s += x
            .iter()
            .filter_map(|v| if *v < 0.0 { Some(v * v) } else { None })
            .sum::<f64>();
    }
    s + x
        .iter()
        .copied()
        .filter_map(|v| (v > 0.1).then(|| v * k))
        .fold(0.0, |a, b| a * b + b)
}

#[differentiate(forward, reverse, hessian)]
fn flat_maps(x: &[f64], m: &[Vec<f64>], k: f64) -> f64 {
    m.iter()
        .flat_map(|r| r.iter())
        .map(|v| v * v * k)
        .sum::<f64>()
        + m.iter().flatten().product::<f64>()
        + x.iter()
            .flat_map(|a| x.iter().map(move |b| a * b))
            .sum::<f64>()
        + x.iter().flat_map(|v| [*v, v * k]).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn scans(x: &[f64], k: f64) -> f64 {
    x.iter()
        .scan(k, |acc, v| {
            *acc = *acc * v + 0.1;
            Some(*acc)
        })
        .map(|a| a * a)
        .sum::<f64>()
        + x.iter()
            .scan(0.0, |s, &v| {
                *s += v;
                if *s > 3.0 { None } else { Some(*s * k) }
            })
            .last()
            .unwrap_or(k)
}

#[differentiate(forward, reverse, hessian)]
fn whiles(x: &[f64], k: f64) -> f64 {
    x.iter()
        .take_while(|v| **v > -0.9)
        .map(|v| v * k)
        .sum::<f64>()
        + x.iter()
            .skip_while(|v| **v < 0.0)
            .map(|v| v.sin())
            .sum::<f64>()
        + x.iter()
            .map_while(|v| if *v > -5.0 { Some(v * v * k) } else { None })
            .sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn inspects(x: &[f64]) -> f64 {
    let mut n = 0;
    let s = x.iter().inspect(|_| n += 1).map(|v| v * v).sum::<f64>();
    s * n as f64
}

#[differentiate(forward, reverse, hessian)]
fn peek_cond(x: &[f64]) -> f64 {
    let mut it = x.iter().copied().enumerate().peekable();
    let mut s = 0.0;
    while let Some((i, v)) = it.next() {
        let sep = if it.peek().is_some() { 2.0 } else { 1.0 };
        s = s * sep + v * i as f64;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn for_eachs(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    let mut y = vec![0.0; x.len()];
    x.iter().zip(y.iter_mut()).for_each(|(a, b)| {
        *b = a * k;
        s += *b * a;
    });
    s * y[0]
}

#[differentiate(forward, reverse)]
fn collects(x: &[f64], k: f64) -> Vec<f64> {
    let y: Vec<f64> = x.iter().map(|v| v * k).collect();
    y.iter().rev().zip(&y).map(|(a, b)| a * b).collect()
}

#[differentiate(forward, reverse, hessian)]
fn half(v: f64) -> Option<f64> {
    if v < -5.0 { None } else { Some(v * v * 0.5) }
}

#[differentiate(forward, reverse)]
fn collect_opt(x: &[f64]) -> Option<Vec<f64>> {
    x.iter().map(|v| half(*v)).collect()
}

#[differentiate(forward, reverse, hessian)]
fn extremes(x: &[f64], k: f64) -> f64 {
    let a = x.iter().max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    let b = x.iter().copied().min_by(|a, b| a.total_cmp(b)).unwrap();
    let m = x.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    let n = x.iter().fold(f64::INFINITY, |a, &b| a.min(b));
    let (i, w) = x
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1))
        .unwrap();
    let j = x
        .iter()
        .enumerate()
        .min_by(|(_, a), (_, b)| a.partial_cmp(b).unwrap())
        .map(|(i, _)| i)
        .unwrap();
    a * b * m
        + n * k
        + w * i as f64
        + x[j] * x[i]
        + x.iter().copied().reduce(f64::max).unwrap_or(0.0)
}

#[differentiate(forward, reverse, hessian)]
fn largest_key(x: &[f64], w: &[usize]) -> f64 {
    let i = (0..w.len()).max_by_key(|i| w[*i]).unwrap();
    x[i] * x[0]
}

#[differentiate(forward, reverse, hessian)]
fn lasts(x: &[f64], k: f64) -> f64 {
    x.iter().map(|v| v * k).last().unwrap()
        + *x.iter().nth(1).unwrap() * x.iter().rev().nth(0).copied().unwrap_or(k)
        + x.iter().filter(|v| **v > 0.0).count() as f64 * k
}

#[differentiate(forward, reverse, hessian)]
fn asks(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    if x.iter().all(|v| *v > -2.0) {
        s *= x[0];
    }
    if x.iter().any(|v| *v > 0.9) {
        s += x[1];
    }
    if let Some(i) = x.iter().position(|v| *v > 0.0) {
        s *= x[i];
    }
    if let Some(v) = x.iter().find(|v| **v < 0.0) {
        s += v * k;
    }
    let r = x.iter().rposition(|v| *v > 0.0).unwrap_or(0);
    s + x[r]
        + x.iter()
            .find_map(|v| if *v > 0.0 { Some(v * v) } else { None })
            .unwrap_or(k)
}

#[differentiate(forward, reverse, hessian)]
fn unzips(x: &[f64], k: f64) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = x.iter().map(|v| (v * k, v.sin())).unzip();
    let (p, q): (Vec<f64>, Vec<f64>) = x.iter().partition(|v| **v > 0.0);
    a[0] * b[1] + p.iter().sum::<f64>() * q.iter().product::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn reduces(x: &[f64], k: f64) -> f64 {
    x.iter().copied().reduce(|a, b| a * b + k).unwrap()
        + x.iter()
            .map(|v| v * v)
            .reduce(|a, b| a + b * a)
            .unwrap_or(0.0)
}

#[differentiate(forward, reverse)]
fn try_folds(x: &[f64], k: f64) -> Option<f64> {
    let s = x
        .iter()
        .try_fold(k, |a, v| if a > 50.0 { None } else { Some(a * v + 1.0) })?;
    x.iter().try_fold(s, |a, &v| Some(a + half(v)?))
}

#[differentiate(forward, reverse)]
fn try_fold_res(x: &[f64], k: f64) -> Result<f64, String> {
    x.iter().try_fold(k, |a, v| {
        if *v > 9.0 {
            return Err(format!("big {}", 1));
        }
        Ok(a * v)
    })
}

#[differentiate(forward, reverse)]
fn tried_for_each(x: &[f64], k: f64) -> Result<f64, String> {
    let mut s = k;
    x.iter().try_for_each(|v| {
        if *v > 9.0 {
            return Err("big".to_string());
        }
        s *= v;
        Ok(())
    })?;
    Ok(s)
}

#[differentiate(forward, reverse, hessian)]
fn by_hand(x: &[f64], k: f64) -> f64 {
    let mut it = x.iter();
    let mut s = k;
    if let Some(f) = it.next() {
        s = *f;
    }
    while let Some(a) = it.next() {
        let Some(b) = it.next() else {
            s *= a;
            break;
        };
        s += a * b;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn sums_opt(x: &[f64]) -> Option<f64> {
    x.iter().map(|v| half(*v)).sum()
}

#[differentiate(forward, reverse)]
fn sums_res(x: &[f64]) -> Result<f64, String> {
    let s: f64 = x
        .iter()
        .map(|v| half(*v).ok_or("x".to_string()))
        .sum::<Result<f64, String>>()?;
    Ok(s * x[0])
}

#[differentiate(forward, reverse, hessian)]
fn into_iters(x: Vec<f64>, a: [f64; 3]) -> f64 {
    let mut s = 1.0;
    for v in x.into_iter().rev() {
        s = s * v + 0.1;
    }
    for v in a {
        s += v * s;
    }
    s + a.into_iter().map(|v| v * v).sum::<f64>() + [s, 2.0].iter().product::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn zip3(x: &[f64], y: &[f64], z: &[f64]) -> f64 {
    x.iter()
        .zip(y.iter())
        .zip(z)
        .map(|((a, b), c)| a * b * c)
        .sum::<f64>()
        + std::iter::zip(x, y)
            .map(|(a, b)| a / (2.0 + b))
            .sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn cmp_ends(x: &[f64], y: &[f64]) -> f64 {
    if x.iter().eq(y.iter()) {
        x[0]
    } else if x.iter().lt(y.iter()) {
        x[1] * y[0]
    } else {
        y[1]
    }
}

#[differentiate(forward, reverse, hessian)]
fn cycle_take(x: &[f64]) -> f64 {
    x.iter().cycle().take(5).sum()
}

#[differentiate(forward, reverse, hessian)]
fn min_max_f(x: &[f64]) -> f64 {
    x.iter().copied().min_by(f64::total_cmp).unwrap()
        * x.iter()
            .copied()
            .max_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal))
            .unwrap()
}

#[differentiate(forward, reverse, hessian)]
fn array_chunk_windows(x: &[f64]) -> f64 {
    x.iter()
        .zip(x.iter().skip(1))
        .map(|(a, b)| b - a)
        .map(f64::sin)
        .sum()
}

#[differentiate(forward, reverse, hessian)]
fn collected_sorted(x: &[f64]) -> f64 {
    let mut v: Vec<_> = x.iter().copied().filter(|a| a.is_finite()).collect();
    v.sort_by(|a, b| b.partial_cmp(a).unwrap());
    v.dedup();
    v.iter().enumerate().map(|(i, a)| a * i as f64).sum()
}

#[test]
fn mixed() {
    prove_hvp!(by_chunks(slice noise(5), val 0.7));
    prove!(chunks_changed(io noise(7), val 0.7) -> unit);
    prove_hvp!(by_windows(slice noise(5), val 0.7));
    prove_hvp!(halves(slice noise(5), con 2));
    prove!(halves_changed(io noise(5), con 4, val 0.7) -> unit);
    prove_hvp!(repeats(slice noise(3), val 0.7));
    prove_hvp!(each_from_the_last(val 0.7, con 4));
    prove_hvp!(made_on_demand(slice noise(3), val 0.7));
    prove_hvp!(made_for_a_loop(slice noise(3), val 0.7));
    prove_hvp!(once_with(slice noise(3), val 0.7));
    prove_hvp!(range_src(slice noise(5), con 5));
    prove_hvp!(filters(slice noise(5), val 0.7));
    prove_hvp!(flat_maps(slice noise(3), rf vec![noise(2), noise(3)], val 0.7));
    prove_hvp!(scans(slice noise(4), val 0.7));
    prove_hvp!(whiles(slice noise(4), val 0.7));
    prove_hvp!(inspects(slice noise(4)));
    for n in 0..6 {
        prove_hvp!(peek_cond(slice noise(n)));
        prove_hvp!(by_hand(slice noise(n), val 0.7));
    }
    prove_hvp!(for_eachs(slice noise(4), val 0.7));
    prove!(collects(slice noise(4), val 0.7) -> vec);
    prove!(collect_opt(slice noise(4)) -> ok_vec);
    prove_hvp!(extremes(slice noise(5), val 0.7));
    prove_hvp!(largest_key(slice noise(3), con &[1, 4, 2]));
    prove_hvp!(lasts(slice noise(5), val 0.7));
    prove_hvp!(asks(slice noise(6), val 0.7));
    prove_hvp!(unzips(slice noise(5), val 0.7));
    prove_hvp!(reduces(slice noise(5), val 0.7));
    prove_gradient!(try_folds(slice noise(4), val 0.7) -> ok);
    prove_gradient!(try_fold_res(slice noise(4), val 0.7) -> ok);
    prove_gradient!(tried_for_each(slice noise(4), val 0.7) -> ok);

    prove_hvp!(sums_opt(slice noise(4)) -> ok);
    prove_gradient!(sums_res(slice noise(4)) -> ok);
    prove_hvp!(into_iters(val noise(3), val [0.3, 0.4, 0.5]));
    prove_hvp!(zip3(slice noise(3), slice positive(3), slice positive(3)));
    prove_hvp!(cmp_ends(slice noise(3), slice positive(3)));
    prove_hvp!(cycle_take(slice noise(3)));
    prove_hvp!(min_max_f(slice noise(5)));
    prove_hvp!(array_chunk_windows(slice noise(4)));
    prove_hvp!(collected_sorted(slice noise(4)));
}
