//! Chains over structs, fields and tuples, in closures and generic functions.

use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug, Differentiable)]
struct Body {
    mass: f64,
    at: [f64; 2],
    label: usize,
}
struct_shape!(Body {
    mass: f64,
    at: [f64; 2]
});

#[derive(Clone, Debug, Differentiable)]
struct Cloud {
    bodies: Vec<Body>,
    weights: Vec<f64>,
}
struct_shape!(Cloud { bodies: Vec<Body>, weights: Vec<f64> });

fn cloud(n: usize) -> Cloud {
    let body = |(label, c): (usize, &[f64])| Body {
        mass: c[0].abs(),
        at: [c[1], c[2]],
        label,
    };
    Cloud {
        bodies: noise(3 * n).chunks(3).enumerate().map(body).collect(),
        weights: positive(n),
    }
}

#[differentiate]
impl Cloud {
    fn centre(&self) -> f64 {
        let total: f64 = self.bodies.iter().map(|b| b.mass).sum();
        self.bodies
            .iter()
            .zip(&self.weights)
            .map(|(b, w)| b.mass * b.at[0] * w)
            .sum::<f64>()
            / (total + 0.1)
    }

    fn heaviest(&self) -> f64 {
        let top = self
            .bodies
            .iter()
            .max_by(|a, b| a.mass.partial_cmp(&b.mass).unwrap())
            .unwrap();
        let light = self
            .bodies
            .iter()
            .min_by(|a, b| a.mass.total_cmp(&b.mass))
            .map(|b| b.at[1])
            .unwrap_or(0.5);
        let i = self
            .bodies
            .iter()
            .enumerate()
            .filter(|(i, b)| b.at[0] > 0.0 || *i > 0)
            .max_by(|a, b| a.1.mass.total_cmp(&b.1.mass))
            .map_or(0, |(i, _)| i);
        top.at[0] * top.mass + light * self.bodies[i].at[0]
    }

    fn scale(&mut self, k: f64) {
        for (b, w) in self.bodies.iter_mut().zip(self.weights.iter()) {
            b.mass *= k * w;
            b.at.iter_mut().for_each(|x| *x += k);
        }
        self.weights
            .iter_mut()
            .rev()
            .enumerate()
            .for_each(|(i, w)| *w *= k + i as f64);
    }

    fn spread(&self) -> f64 {
        self.bodies
            .iter()
            .enumerate()
            .flat_map(|(i, a)| self.bodies.iter().skip(i + 1).map(move |b| (a, b)))
            .map(|(a, b)| a.mass * b.mass * ((a.at[0] - b.at[0]).powi(2) + 0.2).sqrt())
            .sum()
    }

    fn labelled(&self, label: usize) -> f64 {
        self.bodies
            .iter()
            .filter(|b| b.label >= label)
            .map(|b| b.at.iter().sum::<f64>() * b.mass)
            .sum()
    }

    fn nearest(&self, x: f64) -> Option<f64> {
        let near = self
            .bodies
            .iter()
            .filter(|b| b.mass > 0.3)
            .min_by(|a, b| (a.at[0] - x).abs().total_cmp(&(b.at[0] - x).abs()))?;
        let last = self.bodies.iter().filter(|b| b.label < 3).last()?;
        Some(near.mass * x * last.at[1])
    }
}

#[differentiate]
fn of_slices(bodies: &[Body], k: f64) -> f64 {
    let Some(last) = bodies.iter().rev().find(|b| b.at[1] < 0.5) else {
        return k;
    };
    let sum: f64 = bodies
        .iter()
        .filter_map(|b| if b.mass > 0.3 { Some(b.mass * k) } else { None })
        .sum();
    let mut it = bodies.iter();
    let first = it.next().unwrap();
    let mut s = first.mass * k;
    while let Some(b) = it.next() {
        s = s * b.mass + b.at[0];
    }
    s * sum + last.at[0]
}

#[differentiate]
fn pairs_in_place(v: &mut [(f64, f64)], m: &mut [[f64; 2]], k: f64) {
    for (a, b) in v.iter_mut() {
        *a *= *b;
        *b += k;
    }
    v.iter_mut().for_each(|(a, _)| *a = a.sin());
    for [a, b] in m.iter_mut() {
        *b *= *a * k;
        *a -= *b;
    }
    for ((a, b), [c, _]) in v.iter_mut().zip(m.iter()) {
        *a += c * *b;
    }
    for (i, (a, b)) in v.iter_mut().enumerate() {
        *b -= *a * i as f64;
    }
    for (a, b) in &mut *v {
        std::mem::swap(a, b);
    }
}

#[differentiate]
fn generic<T: num_traits::Float + std::iter::Sum>(x: &[T], t: T) -> T {
    let a: T = x.iter().filter(|v| **v > T::zero()).map(|&v| v * t).sum();
    let b = x.iter().copied().fold(T::neg_infinity(), T::max);
    let c = x
        .iter()
        .copied()
        .reduce(|a, b| a * t + b)
        .unwrap_or(T::one());
    let d = x
        .iter()
        .chain(x.iter().rev())
        .copied()
        .skip_while(|v| *v < t)
        .map(|v| v * v)
        .sum::<T>();
    a * b + c * d
}

#[differentiate]
fn through_closures(x: &[f64], k: f64) -> f64 {
    let norm = |v: &[f64]| v.iter().map(|a| a * a).sum::<f64>().sqrt();
    let largest = |v: &[f64]| v.iter().copied().reduce(f64::max).unwrap_or(k);
    let (a, b) = x.split_at(x.len() / 2);
    norm(a) * largest(b) + x.split_at(1).1.iter().map(|v| v * k).sum::<f64>()
}

/// Of what is overwritten between the chains, and by the branch that a found item decides.
#[differentiate(forward, reverse, hessian)]
fn overwritten(x: &[f64], n: usize) -> f64 {
    let mut y = x.to_vec();
    let mut s = 1.0;
    for k in 0..n {
        let i = match y.iter().position(|v| *v > s) {
            Some(i) => i,
            None => k % y.len(),
        };
        y[i] *= s;
        let total: f64 = y
            .iter()
            .skip(k)
            .chain(y.iter().take(k))
            .map(|v| v * s)
            .sum();
        if let Some(v) = y.iter_mut().find(|v| **v < 0.0) {
            *v *= total;
        }
        s = y
            .iter()
            .scan(s, |level, v| {
                *level = 0.5 * (*level + v);
                Some(*level * *level)
            })
            .filter(|v| *v < 4.0)
            .sum();
        y.iter_mut()
            .filter(|v| **v > 0.0)
            .for_each(|v| *v = v.sin() * s);
    }
    s + y.iter().product::<f64>()
}

/// A pair by one name.
#[differentiate(forward, reverse, hessian)]
fn by_one_name(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for pair in x.windows(2).enumerate() {
        sum += pair.1[0] * pair.1[1].sin() * (pair.0 + 1) as f64;
    }
    sum
}

#[test]
fn pairs_by_name() {
    for n in [0, 2, 5] {
        prove_hvp!(by_one_name(slice noise(n)));
    }
}

#[test]
fn structs() {
    for n in [1, 2, 4] {
        let c = cloud(n);
        prove_gradient!(Cloud::centre(rf c.clone()));
        prove_gradient!(Cloud::heaviest(rf c.clone()));
        prove_gradient!(Cloud::spread(rf c.clone()));
        prove_gradient!(Cloud::labelled(rf c.clone(), con 1));
        prove!(Cloud::scale(ios c.clone(), val 0.7) -> unit);
        prove_gradient!(of_slices(aref c.bodies.clone(), val 0.7));
    }
    prove!(Cloud::nearest(rf cloud(4), val 0.2) -> ok);
}

#[test]
fn tuples_and_generics() {
    for n in [0, 1, 3] {
        let v: Vec<(f64, f64)> = noise(n).into_iter().zip(positive(n)).collect();
        let m: Vec<[f64; 2]> = v.iter().map(|(a, b)| [*b, *a]).collect();
        prove!(pairs_in_place(iov v, iov m, val 0.7) -> unit);
    }
    for n in [2, 3, 5] {
        prove_gradient!(generic(slice noise(n), val 0.3));
        prove_gradient!(through_closures(slice noise(n), val 0.3));
    }
}

#[test]
fn what_changes() {
    for n in [1, 3, 5] {
        for k in [0, 1, 3] {
            prove_hvp!(overwritten(slice noise(n), con k));
        }
    }
}

struct Mesh {
    cells: Vec<(usize, usize)>,
}

impl Mesh {
    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.cells.iter().copied()
    }
    fn all(&self) -> &[(usize, usize)] {
        &self.cells
    }
}

/// What is iterated over are constants that only rustc knows.
mod constants {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn tokens(x: &[f64], text: &str) -> f64 {
        let mut s = x[0];
        for c in text.chars() {
            match c {
                'd' => s *= x[1],
                's' => s = s.sin(),
                _ => s += x[0],
            }
        }
        for (i, word) in text.split(' ').enumerate() {
            s += x[i % x.len()] * word.len() as f64;
        }
        s
    }

    #[differentiate]
    fn over_cells(x: &[f64], #[constant] mesh: &Mesh) -> f64 {
        let mut s = 0.5;
        for (i, j) in mesh.pairs() {
            if i == j {
                continue;
            }
            s = s * x[i] + x[j];
        }
        for &(i, j) in mesh.all() {
            s -= x[i] * x[j];
        }
        let a: f64 = mesh.pairs().map(|(i, j)| (x[i] - x[j]).powi(2)).sum();
        let b: f64 = mesh.all().iter().zip(x).map(|(&(i, _), v)| x[i] * v).sum();
        let c: f64 = mesh
            .pairs()
            .filter(|&(i, j)| i < j)
            .take(2)
            .map(|(i, _)| x[i])
            .product();
        s * a + b * c
    }

    #[differentiate]
    fn sparse(x: &[f64], #[constant] entries: &std::collections::BTreeMap<usize, f64>) -> f64 {
        let a: f64 = entries.iter().map(|(k, v)| x[*k] * v).sum();
        let mut s = 1.0;
        for (&k, &v) in entries {
            s = s * x[k] + v;
        }
        for k in entries.keys() {
            s += x[*k].sin();
        }
        a * s
    }

    #[test]
    fn kept() {
        prove_hvp!(tokens(slice noise(2), con "dsx ds"));
        prove_hvp!(tokens(slice noise(2), con ""));
        let mesh = Mesh {
            cells: vec![(0, 1), (1, 1), (2, 0), (1, 2)],
        };
        let mesh = &mesh;
        prove_gradient!(over_cells(slice noise(3), con mesh));
        let entries = [(2, 0.5), (0, -0.3)].into();
        prove_gradient!(sparse(slice noise(3), con &entries));
    }
}
