//! smartcore 0.7.0, Apache-2.0: `src/algorithm/neighbour/bbd_tree.rs`, `src/algorithm/sort/quick_sort.rs`, `src/dataset/generator.rs`.

use chainrule::{Differentiable, differentiate};
use num_traits::Num;
use std::fmt::Debug;

// src/algorithm/neighbour/bbd_tree.rs

#[derive(Differentiable, Debug)]
pub struct BBDTree {
    nodes: Vec<BBDTreeNode>,
    index: Vec<usize>,
    root: usize,
}

#[derive(Differentiable, Clone, Debug)]
struct BBDTreeNode {
    count: usize,
    index: usize,
    center: Vec<f64>,
    radius: Vec<f64>,
    sum: Vec<f64>,
    cost: f64,
    lower: Option<usize>,
    upper: Option<usize>,
}

impl BBDTree {
    #[differentiate]
    fn node_cost(node: &BBDTreeNode, center: &[f64]) -> f64 {
        let d = center.len();
        let mut scatter = 0f64;
        for (i, center_i) in center.iter().enumerate().take(d) {
            let x = (node.sum[i] / node.count as f64) - *center_i;
            scatter += x * x;
        }
        node.cost + node.count as f64 * scatter
    }
}

// src/algorithm/sort/quick_sort.rs

#[differentiate]
pub trait QuickArgSort {
    #[allow(dead_code)]
    fn quick_argsort_mut(&mut self) -> Vec<usize>;
}

#[differentiate]
impl<T: Num + PartialOrd + Copy> QuickArgSort for Vec<T> {
    fn quick_argsort_mut(&mut self) -> Vec<usize> {
        let stack_size = 64;
        let mut jstack = -1;
        let mut l = 0;
        let mut istack = vec![0; stack_size];
        let mut ir = self.len() - 1;
        let mut index: Vec<usize> = (0..self.len()).collect();

        loop {
            if ir - l < 7 {
                for j in l + 1..=ir {
                    let a = self[j];
                    let b = index[j];
                    let mut i: i32 = (j - 1) as i32;
                    while i >= l as i32 {
                        if self[i as usize] <= a {
                            break;
                        }
                        self[(i + 1) as usize] = self[i as usize];
                        index[(i + 1) as usize] = index[i as usize];
                        i -= 1;
                    }
                    self[(i + 1) as usize] = a;
                    index[(i + 1) as usize] = b;
                }
                if jstack < 0 {
                    break;
                }
                ir = istack[jstack as usize];
                jstack -= 1;
                l = istack[jstack as usize];
                jstack -= 1;
            } else {
                let k = (l + ir) >> 1;
                self.swap(k, l + 1);
                index.swap(k, l + 1);
                if self[l] > self[ir] {
                    self.swap(l, ir);
                    index.swap(l, ir);
                }
                if self[l + 1] > self[ir] {
                    self.swap(l + 1, ir);
                    index.swap(l + 1, ir);
                }
                if self[l] > self[l + 1] {
                    self.swap(l, l + 1);
                    index.swap(l, l + 1);
                }
                let mut i = l + 1;
                let mut j = ir;
                let a = self[l + 1];
                let b = index[l + 1];
                loop {
                    loop {
                        i += 1;
                        if self[i] >= a {
                            break;
                        }
                    }
                    loop {
                        j -= 1;
                        if self[j] <= a {
                            break;
                        }
                    }
                    if j < i {
                        break;
                    }
                    self.swap(i, j);
                    index.swap(i, j);
                }
                self[l + 1] = self[j];
                self[j] = a;
                index[l + 1] = index[j];
                index[j] = b;
                jstack += 2;

                if jstack >= 64 {
                    panic!("stack size is too small.");
                }

                if ir - i + 1 >= j - l {
                    istack[jstack as usize] = ir;
                    istack[jstack as usize - 1] = i;
                    ir = j - 1;
                } else {
                    istack[jstack as usize] = j - 1;
                    istack[jstack as usize - 1] = l;
                    l = i;
                }
            }
        }

        index
    }
}

// src/dataset/generator.rs

#[differentiate]
fn linspace(start: f32, stop: f32, num: usize) -> Vec<f32> {
    let div = num as f32;
    let delta = stop - start;
    let step = delta / div;
    (0..num).map(|v| v as f32 * step).collect()
}

// ---- tests

struct_shape!(BBDTreeNode { center: Vec<f64>, radius: Vec<f64>, sum: Vec<f64>, cost: f64 });

#[test]
fn trees_and_grids() {
    let node = BBDTreeNode {
        count: 3,
        index: 0,
        center: vec![0.1, 0.2],
        radius: vec![1.0, 2.0],
        sum: vec![0.7, -0.4],
        cost: 0.3,
        lower: None,
        upper: Some(1),
    };
    prove_gradient!(BBDTree::node_cost(rf node, slice [0.5, 0.6]));
    prove!(linspace(val 0.5_f32, val 2.0_f32, con 4usize) -> vec);
}

#[test]
fn sorting() {
    for n in [2, 5, 12, 30] {
        let values: Vec<f64> = (0..n)
            .map(|k| (k as f64 * 2.7).sin() + 0.01 * k as f64)
            .collect();
        prove!(sorted_weights(slice values, val 1.3));
    }
}

#[differentiate]
fn sorted_weights(values: &[f64], weight: f64) -> f64 {
    let mut sorted: Vec<f64> = values.to_vec();
    let order = sorted.quick_argsort_mut();
    let mut sum = 0.0;
    for k in 0..sorted.len() {
        sum += weight.powi(k as i32) * sorted[k] * values[order[k]];
    }
    sum
}
