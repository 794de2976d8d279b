//! A matrix of the user's, whose elements are changed by others of it.

use crate::harness::noise;
use chainrule::{Differentiable, differentiate};
use std::ops::{Index, IndexMut};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Mat {
    data: Vec<f64>,
    cols: usize,
}
struct_shape!(Mat { data: Vec<f64> });

#[differentiate(forward, reverse, hessian)]
impl Index<(usize, usize)> for Mat {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[i * self.cols + j]
    }
}

#[differentiate(forward, reverse, hessian)]
impl IndexMut<(usize, usize)> for Mat {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i * self.cols + j]
    }
}

#[differentiate(forward, reverse, hessian)]
fn symmetric(m: &mut Mat, k: f64) -> f64 {
    for i in 0..2 {
        for j in 0..2 {
            m[(i, j)] += m[(j, i)];
            m[(i, j)] -= m[(j, i)] * m[(0, 0)] * k;
            m[(i, j)] *= m[(j, i)];
            m[(j, i)] = m[(i, j)] + m[(0, 1)];
        }
    }
    m[(1, 1)] * m[(0, 1)]
}

#[differentiate(forward, reverse, hessian)]
fn eliminated(a: &[f64], k: f64) -> f64 {
    let mut m = Mat {
        data: a.to_vec(),
        cols: 2,
    };
    for i in 1..2 {
        let f = m[(i, 0)] / m[(0, 0)];
        for j in 0..2 {
            m[(i, j)] -= f * m[(0, j)];
        }
    }
    m[(1, 1)] * k
}

#[test]
fn elements_of_one_matrix() {
    prove!(symmetric(ios Mat { data: noise(4), cols: 2 }, val 0.7));
    prove_hvp!(eliminated(slice noise(4), val 0.7));
}
