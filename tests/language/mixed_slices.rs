//! Methods of slices, vectors and queues, one after the other, in loops and branches.

use crate::harness::{noise, positive};
use chainrule::differentiate;
use std::collections::VecDeque;

#[differentiate(forward, reverse, hessian)]
fn firsts(x: &[f64], k: f64) -> f64 {
    let mut s = *x.first().unwrap() * x.last().unwrap();
    for i in 0..6 {
        if let Some(v) = x.get(i) {
            s += v * k;
        }
        match x.get(i + 1) {
            Some(&w) => s *= w,
            None => s -= k,
        }
    }
    s + x.get(1..3).map(|w| w[0] * w[1]).unwrap_or(0.0)
}

#[differentiate(forward, reverse, hessian)]
fn get_muts(x: &mut [f64], k: f64) -> f64 {
    for i in 0..5 {
        if let Some(v) = x.get_mut(i) {
            *v *= k;
        }
    }
    *x.get_mut(0).unwrap() += k;
    if let Some(l) = x.last_mut() {
        *l *= 2.0 * k;
    }
    *x.first_mut().unwrap() *= k;
    x[0] * x[1]
}

#[differentiate(forward, reverse)]
fn extends(x: &[f64], k: f64) -> Vec<f64> {
    let mut v = Vec::with_capacity(8);
    v.push(k);
    for i in 0..2 {
        v.extend(x.iter().map(|a| a * k));
        v.extend_from_slice(&x[i..]);
        v.extend(vec![k, k * k]);
        v.extend([v[0], 1.0]);
    }
    v
}

#[differentiate(forward, reverse)]
fn inserts(v: &mut Vec<f64>, k: f64) -> f64 {
    v.insert(1, k * k);
    for i in 0..2 {
        let r = v.remove(i);
        v.insert(0, r * k);
    }
    let t = v.swap_remove(0);
    v.truncate(3);
    v.resize(5, k);
    v[3] * t + v[0]
}

#[differentiate(forward, reverse)]
fn drains(v: &mut Vec<f64>, k: f64) -> f64 {
    let mut s = 0.0;
    for d in v.drain(..2) {
        s = s * d + k;
    }
    let tail = v.split_off(1);
    let u: Vec<f64> = v.drain(..).collect();
    v.extend_from_slice(&tail);
    s * tail[0] + u[0] + v.drain(1..).map(|a| a * k).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn rotates(x: &[f64], k: f64) -> f64 {
    let mut y = x.to_vec();
    for i in 0..3 {
        y.rotate_left(1);
        y[0] *= k;
        y.reverse();
        y.rotate_right(2);
        y.swap(0, 1);
        y[1..].reverse();
    }
    y[0] * y[1] + y[2]
}

#[differentiate(forward, reverse, hessian)]
fn select(x: &[f64], k: f64) -> f64 {
    let mut y: Vec<f64> = x.iter().map(|v| v * k).collect();
    let n = y.len() / 2;
    let (_, m, _) = y.select_nth_unstable_by(n, |a, b| a.partial_cmp(b).unwrap());
    let m = *m;
    m * m + y[n]
}

#[differentiate(forward, reverse, hessian)]
fn select2(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let med = *y.select_nth_unstable_by(2, |a, b| a.total_cmp(b)).1;
    y.iter().map(|v| (v - med).powi(2)).sum()
}

#[differentiate(forward, reverse, hessian)]
fn dedups(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    y.sort_by(f64::total_cmp);
    y.dedup();
    y.dedup_by(|a, b| (*a - *b).abs() < 1e-3);
    y.retain(|v| *v > -0.8);
    y.iter().map(|v| v * v).sum()
}

#[differentiate(forward, reverse, hessian)]
fn split_firsts(x: &[f64], k: f64) -> f64 {
    let (h, t) = x.split_first().unwrap();
    let mut s = *h;
    if let Some((l, init)) = t.split_last() {
        s *= l;
        for v in init {
            s += v * k;
        }
    }
    let Some((a, rest)) = t.split_first() else {
        return s;
    };
    s * a + rest.len() as f64 * k
}

#[differentiate(forward, reverse, hessian)]
fn boxes(x: Box<[f64]>, k: f64) -> f64 {
    let mut s = 0.0;
    for v in x.iter() {
        s += v * k;
    }
    s * x[0] + x.len() as f64 * x[1]
}

#[differentiate(forward, reverse, hessian)]
fn deque2(x: &[f64], k: f64) -> f64 {
    let mut q = VecDeque::new();
    for v in x {
        q.push_front(*v * k);
        q.push_back(*v);
        if q.len() > 3 {
            q.pop_back();
        }
    }
    q.iter().rev().map(|v| v * v).sum::<f64>()
        + q[0] * q.back().unwrap()
        + q.iter().zip(x).map(|(a, b)| a * b).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn mems(x: &[f64], k: f64) -> f64 {
    let mut a = x.to_vec();
    let mut b = vec![k; x.len()];
    let mut o = k;
    for i in 0..3 {
        for j in 0..x.len() {
            b[j] += a[j] * k;
        }
        std::mem::swap(&mut a, &mut b);
        o = std::mem::replace(&mut a[0], o * k);
        let t = std::mem::take(&mut b[1]);
        a[1] += t;
    }
    let c = std::mem::take(&mut a);
    a = vec![o];
    a[0] * c[0] + c[1]
}

#[differentiate(forward, reverse)]
fn mems2(x: &mut [f64], y: &mut Vec<f64>, k: f64) {
    std::mem::swap(&mut x[0], &mut y[1]);
    let old = std::mem::replace(y, vec![k, k * k, x[0]]);
    x[1] *= old[0];
    let (a, b) = x.split_at_mut(1);
    std::mem::swap(&mut a[0], &mut b[0]);
    x[0] *= k;
}

#[differentiate(forward, reverse, hessian)]
fn vec2d(m: &[Vec<f64>], k: f64) -> f64 {
    let mut t = vec![vec![0.0; m.len()]; m[0].len()];
    for (i, r) in m.iter().enumerate() {
        for (j, v) in r.iter().enumerate() {
            t[j][i] = v * k;
        }
    }
    let mut s = 0.0;
    for r in &t {
        s += r.iter().product::<f64>();
    }
    t.push(vec![k; 2]);
    let l = t.last().unwrap();
    t.iter().map(|r| r[0]).sum::<f64>() * s + l[1]
}

#[differentiate(forward, reverse, hessian)]
fn appends(x: &[f64], k: f64) -> f64 {
    let mut a = x.to_vec();
    let mut b = vec![k, k];
    a.append(&mut b);
    b.push(a[0]);
    a.resize_with(7, Default::default);
    a.last().unwrap() + a[3] * b[0]
}

#[differentiate(forward, reverse, hessian)]
fn contains_bin(x: &[f64], k: f64) -> f64 {
    let i = x.partition_point(|v| *v < k);
    let j = match x.binary_search_by(|p| p.partial_cmp(&k).unwrap()) {
        Ok(i) => i,
        Err(i) => i,
    };
    let m = if x.is_empty() {
        0.0
    } else {
        x[i.min(x.len() - 1)]
    };
    m * k + j as f64 * k + if x.contains(&0.3) { x[0] } else { x[1] }
}

#[differentiate(forward, reverse, hessian)]
fn iter_rev(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    for v in x.iter().rev() {
        s = s * k + v;
    }
    for (i, v) in x.iter().enumerate().rev() {
        s += v * i as f64;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn vec_macro(x: f64) -> f64 {
    let v = vec![x, x * x, 1.0];
    let w = vec![0.0f64; 3];
    let e: Vec<f64> = vec![];
    let mut t: Vec<f64> = Vec::new();
    for (a, b) in v.iter().zip(&w) {
        t.push(a + b * x);
    }
    t.pop().unwrap() * t.pop().unwrap() + e.len() as f64 * x
}

#[differentiate(forward, reverse, hessian)]
fn arr2(a: [[f64; 2]; 2], k: f64) -> f64 {
    let mut b = a;
    for r in b.iter_mut() {
        r.swap(0, 1);
        for v in r {
            *v *= k;
        }
    }
    b.iter().flatten().sum::<f64>() * b[0][1] + a.concat()[3]
}

#[differentiate(forward, reverse, hessian)]
fn splits(x: &[f64], k: f64) -> f64 {
    let (a, b) = x.split_at(2);
    let c = &x[1..];
    let mut s = 0.0;
    for i in 0..2 {
        s += a[i] * b[i] * c[i];
    }
    s * k + x.iter().sum::<f64>() / x.len() as f64
}

#[differentiate(forward, reverse, hessian)]
fn is_sorted_(x: &[f64]) -> f64 {
    if x.is_sorted() {
        x[0]
    } else if x.starts_with(&[0.1]) {
        x[1]
    } else {
        x[0] * x[1]
    }
}

#[test]
fn mixed() {
    prove_hvp!(firsts(slice noise(4), val 0.7));
    prove!(get_muts(io noise(3), val 0.7));
    prove!(extends(slice noise(3), val 0.7) -> vec);
    prove!(inserts(iov noise(4), val 0.7));
    prove!(drains(iov noise(5), val 0.7));
    prove_hvp!(rotates(slice noise(4), val 0.7));
    prove_hvp!(select(slice noise(5), val 0.7));
    prove_hvp!(select2(slice noise(5)));
    prove_hvp!(dedups(slice noise(5)));
    for n in 1..5 {
        prove_hvp!(split_firsts(slice noise(n), val 0.7));
    }
    prove_hvp!(deque2(slice noise(4), val 0.7));
    prove_hvp!(mems(slice noise(3), val 0.7));
    prove!(mems2(io noise(3), iov noise(2), val 0.7) -> unit);
    prove_hvp!(vec2d(rf vec![noise(3), positive(3)], val 0.7));
    prove_hvp!(appends(slice noise(3), val 0.7));
    prove_hvp!(contains_bin(slice [0.1, 0.4, 0.9], val 0.7));
    prove_hvp!(iter_rev(slice noise(3), val 0.7));
    prove_hvp!(vec_macro(val 0.7));
    prove_hvp!(arr2(val [[0.1, 0.2], [0.4, 0.7]], val 0.7));
    prove_hvp!(splits(slice noise(4), val 0.7));
    prove_hvp!(is_sorted_(slice noise(4)));
}
