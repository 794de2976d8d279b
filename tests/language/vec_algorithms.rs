//! Algorithms that live on vectors: hulls, pooling, polynomials, merges, histories.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[differentiate(forward, reverse, hessian)]
fn hull_area(points: &Vec<[f64; 2]>) -> f64 {
    let mut p = points.clone();
    p.sort_by(|a, b| a[0].partial_cmp(&b[0]).unwrap().then(a[1].total_cmp(&b[1])));
    let mut hull: Vec<[f64; 2]> = Vec::with_capacity(2 * p.len());
    for q in p.iter() {
        while hull.len() >= 2 {
            let a = hull[hull.len() - 2];
            let b = hull[hull.len() - 1];
            let turn = (b[0] - a[0]) * (q[1] - a[1]) - (b[1] - a[1]) * (q[0] - a[0]);
            if turn > 0.0 {
                break;
            }
            hull.pop();
        }
        hull.push(*q);
    }
    let mut area = 0.0;
    for i in 0..hull.len() {
        let (a, b) = (hull[i], hull[(i + 1) % hull.len()]);
        area += a[0] * b[1] - b[0] * a[1];
    }
    0.5 * area
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Block {
    sum: f64,
    weight: f64,
    count: usize,
}

/// Isotonic regression: neighbours that are out of order are pooled.
#[differentiate(forward, reverse)]
fn pooled(y: &[f64], w: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<Block> = Vec::new();
    for (v, w) in y.iter().zip(w) {
        blocks.push(Block {
            sum: v * w,
            weight: *w,
            count: 1,
        });
        while blocks.len() > 1 {
            let n = blocks.len();
            if blocks[n - 2].sum / blocks[n - 2].weight <= blocks[n - 1].sum / blocks[n - 1].weight
            {
                break;
            }
            let last = blocks.pop().unwrap();
            let top = blocks.last_mut().unwrap();
            top.sum += last.sum;
            top.weight += last.weight;
            top.count += last.count;
        }
    }
    let mut out = Vec::new();
    for b in &blocks {
        for _ in 0..b.count {
            out.push(b.sum / b.weight);
        }
    }
    out
}

#[differentiate(forward, reverse)]
fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            out[i + j] += x * y;
        }
    }
    while let Some(last) = out.last() {
        if last.abs() > 1e-12 {
            break;
        }
        out.pop();
    }
    out
}

#[differentiate(forward, reverse)]
fn remainder(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut r = a.to_vec();
    while r.len() >= b.len() {
        let factor = r.last().unwrap() / b.last().unwrap();
        let shift = r.len() - b.len();
        for (i, v) in b.iter().enumerate() {
            r[shift + i] -= factor * v;
        }
        r.pop();
    }
    r
}

#[differentiate(forward, reverse, hessian)]
fn merged(a: &[f64], b: &[f64]) -> f64 {
    let (mut left, mut right) = (a.to_vec(), b.to_vec());
    left.sort_by(f64::total_cmp);
    right.sort_by(f64::total_cmp);
    let mut out = Vec::new();
    let (mut i, mut j) = (0, 0);
    while out.len() < left.len() + right.len() {
        let next = match (left.get(i), right.get(j)) {
            (Some(x), Some(y)) if x <= y => {
                i += 1;
                *x
            }
            (_, Some(y)) => {
                j += 1;
                *y
            }
            (Some(x), None) => {
                i += 1;
                *x
            }
            (None, None) => break,
        };
        out.push(next);
    }
    let mut y = 0.0;
    for (k, v) in out.iter().enumerate() {
        y = y * 0.4 + v * v * (k + 1) as f64;
    }
    y
}

#[differentiate(forward, reverse)]
fn sorted_copy(x: &[f64]) -> Vec<f64> {
    let sorted = {
        let mut v: Vec<f64> = x.iter().map(|a| a * a).collect();
        v.sort_by(|a, b| b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal));
        v
    };
    sorted
}

#[differentiate(forward, reverse)]
fn ranked(x: &[f64], keys: &[i32]) -> f64 {
    let mut rows: Vec<(i32, f64)> = Vec::new();
    for (k, v) in keys.iter().zip(x) {
        match rows.binary_search_by(|r| r.0.cmp(k)) {
            Ok(at) => rows[at].1 *= v,
            Err(at) => rows.insert(at, (*k, *v)),
        }
    }
    let mut y = 0.0;
    for (k, v) in &rows {
        y = y * v + *k as f64;
    }
    y
}

/// Adams–Bashforth with the last slopes kept in a vector.
#[differentiate(forward, reverse, hessian)]
fn multistep(y0: f64, rate: f64, steps: usize) -> f64 {
    let mut y = y0;
    let mut slopes: Vec<f64> = Vec::new();
    for _ in 0..steps {
        slopes.insert(0, -rate * y * y);
        slopes.truncate(3);
        let step = match slopes.len() {
            1 => slopes[0],
            2 => 1.5 * slopes[0] - 0.5 * slopes[1],
            _ => (23.0 * slopes[0] - 16.0 * slopes[1] + 5.0 * slopes[2]) / 12.0,
        };
        y += 0.1 * step;
    }
    y
}

#[differentiate(forward, reverse)]
fn bisected(x: &[f64], depth: usize) -> f64 {
    let mut todo = vec![(0, x.len(), 1.0)];
    let mut y = 0.0;
    while let Some((lo, hi, weight)) = todo.pop() {
        if hi - lo <= 1 {
            y += weight * x[lo];
            continue;
        }
        let middle = (lo + hi) / 2;
        let t = x[middle] * weight * 0.5;
        todo.push((lo, middle, t));
        todo.push((middle, hi, weight - t));
    }
    y
}

#[test]
fn geometry() {
    let p = noise(14);
    let points: Vec<[f64; 2]> = p.chunks_exact(2).map(|c| [c[0], c[1]]).collect();
    prove_hvp!(hull_area(aref points));
}

#[test]
fn numbers() {
    prove!(pooled(slice noise(6), slice positive(6)) -> vec);
    prove!(product(slice noise(3), slice positive(4)) -> vec);
    prove!(remainder(slice noise(6), slice positive(3)) -> vec);
    prove_hvp!(merged(slice noise(4), slice positive(3)));
    prove!(sorted_copy(slice noise(5)) -> vec);
    prove_gradient!(ranked(slice noise(6), con &[3, 1, 3, 2, 1, 1]));
    for steps in 0..6 {
        prove_hvp!(multistep(val 0.7, val 0.9, con steps));
    }
    prove_gradient!(bisected(slice noise(6), con 3));
}
