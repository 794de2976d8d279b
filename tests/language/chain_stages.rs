//! Chains whose adaptors decide item by item, and chains of several sources.

use crate::harness::{noise, positive};
use chainrule::differentiate;

mod several_sources {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn one_after_the_other(x: &[f64], y: &[f64]) -> f64 {
        x.iter().chain(y.iter()).map(|v| v * v * v).sum()
    }

    #[differentiate]
    fn with_ends(x: &[f64], k: f64) -> f64 {
        let padded: Vec<f64> = std::iter::once(k)
            .chain(x.iter().copied())
            .chain(std::iter::once(k * k))
            .collect();
        padded.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum()
    }

    #[differentiate(forward, reverse, hessian)]
    fn numbered(x: &[f64], y: &[f64]) -> f64 {
        let mut s = 1.0;
        for (i, v) in x.iter().rev().chain(y).enumerate() {
            if i == 1 {
                continue;
            }
            if s > 4.0 {
                break;
            }
            s += s * v * (i + 1) as f64;
        }
        s
    }

    #[differentiate]
    fn left_early(x: &[f64], y: &[f64], limit: f64) -> f64 {
        let mut product = 1.0;
        'all: for v in x
            .iter()
            .chain(y.iter().filter(|v| **v > 0.0))
            .chain(x.iter().rev())
        {
            for w in y {
                if (v * w).abs() > limit {
                    break 'all;
                }
                if *w < 0.0 {
                    continue 'all;
                }
                product *= 1.0 + v * w;
            }
        }
        if product > limit {
            return product * limit;
        }
        product
    }

    #[differentiate]
    fn in_place(x: &mut [f64], y: &mut [f64], k: f64) -> f64 {
        for v in x.iter_mut().chain(y.iter_mut()) {
            *v = (*v * k).sin();
        }
        x.iter_mut()
            .chain(y.iter_mut())
            .enumerate()
            .for_each(|(i, v)| *v *= *v + i as f64);
        x.iter().zip(y.iter()).map(|(a, b)| a * b).sum()
    }

    #[differentiate]
    fn taken_across(x: &[f64], y: &[f64], n: usize) -> f64 {
        let a: f64 = x.iter().chain(y).take(n).map(|v| v.exp()).sum();
        let b: f64 = x.iter().chain(y).skip(n).map(|v| v * v).sum();
        let c: f64 = x.iter().chain(y).step_by(n + 1).map(|v| v * v * v).sum();
        let d: f64 = x
            .iter()
            .chain(y)
            .rev()
            .take(n)
            .enumerate()
            .map(|(i, v)| v * i as f64)
            .sum();
        let e: f64 = x
            .iter()
            .chain(y)
            .zip(y.iter().chain(x))
            .map(|(a, b)| a * b.sin())
            .sum();
        a * b + c * d + e
    }

    #[differentiate(forward, reverse, hessian)]
    fn flattened(rows: &[f64], n: usize) -> f64 {
        rows.chunks(n)
            .flat_map(|r| r.iter().map(|v| v * v))
            .zip(rows)
            .map(|(a, b)| a * b)
            .sum()
    }

    #[differentiate]
    fn pairs(x: &[f64]) -> f64 {
        let n = x.len();
        (0..n)
            .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
            .map(|(i, j)| ((x[i] - x[j]).powi(2) + 0.1).sqrt())
            .sum()
    }

    #[differentiate]
    fn in_loops(m: &[Vec<f64>], limit: f64) -> f64 {
        let mut s = 1.0;
        for (i, v) in m.iter().flatten().enumerate() {
            if *v > limit {
                break;
            }
            if i % 3 == 1 {
                continue;
            }
            s = s * v + s.sin();
        }
        for v in m.iter().flat_map(|r| r.iter()).rev().take(4) {
            s += v * s;
        }
        for v in m.iter().map(|r| r.iter().skip(1)).flatten() {
            if *v < -limit {
                return s;
            }
            s -= v * v;
        }
        s
    }

    #[differentiate]
    fn of_values(x: &[f64]) -> f64 {
        let v: Vec<f64> = x.iter().flat_map(|&v| [v, v * v, v.sin()]).collect();
        let w: Vec<f64> = x.iter().take(2).flat_map(|v| vec![*v; 3]).collect();
        v.iter()
            .chain(&w)
            .enumerate()
            .map(|(i, v)| v * v * i as f64)
            .sum()
    }

    #[differentiate]
    fn around(x: &[f64], w: &[f64], n: usize) -> f64 {
        let a: f64 = x.iter().zip(w.iter().cycle()).map(|(x, w)| x * w).sum();
        let b: f64 = x
            .iter()
            .cycle()
            .skip(1)
            .take(n)
            .enumerate()
            .map(|(i, v)| v.sin() * i as f64)
            .sum();
        let c: f64 = x.iter().zip(std::iter::repeat(a)).map(|(x, a)| x * a).sum();
        let d: f64 = std::iter::repeat_n(b, n).zip(x).map(|(b, x)| b * x).sum();
        let e: f64 = std::iter::zip(x, w).map(|(x, w)| x * w.exp()).sum();
        a * b + c + d * e
    }

    #[test]
    fn in_a_row() {
        for (n, m) in [(0, 0), (0, 2), (3, 0), (3, 2), (1, 4)] {
            prove_hvp!(one_after_the_other(slice noise(n), slice positive(m)));
            prove_gradient!(with_ends(slice noise(n), val 0.4));
            prove_hvp!(numbered(slice noise(n), slice positive(m)));
            prove_gradient!(left_early(slice noise(n), slice positive(m), val 0.6));
            prove_gradient!(left_early(slice noise(n), slice noise(m), val 5.0));
            prove!(in_place(io noise(n), io noise(m), val 0.8));
            for k in [0, 1, 2, 4, 7] {
                prove_gradient!(taken_across(slice noise(n), slice positive(m), con k));
            }
        }
    }

    #[test]
    fn in_a_nest() {
        for n in [0, 1, 2, 5] {
            prove_hvp!(flattened(slice noise(n), con 2));
            prove_gradient!(pairs(slice noise(n)));
            prove_gradient!(of_values(slice noise(n)));
        }
        prove_gradient!(in_loops(aref vec![noise(2), vec![], noise(3)], val 0.9));
        prove_gradient!(in_loops(aref vec![noise(2), vec![], noise(3)], val 0.4));
        prove_gradient!(in_loops(aref vec![], val 0.4));
    }

    #[test]
    fn again_and_again() {
        for n in [1, 2, 5] {
            for m in [0, 1, 3] {
                prove_gradient!(around(slice noise(n), slice noise(m), con 4));
            }
        }
    }
}

mod by_item {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn chosen(x: &[f64], k: f64) -> f64 {
        x.iter()
            .filter_map(|&v| if v > 0.0 { Some(v.sqrt() * k) } else { None })
            .map(|v| v * v * v)
            .sum()
    }

    #[differentiate(forward, reverse, hessian)]
    fn chosen_in_several_ways(x: &[f64], kinds: &[i32]) -> f64 {
        let parts: Vec<f64> = x
            .iter()
            .zip(kinds)
            .filter_map(|(v, kind)| match kind {
                0 => Some(v * v),
                1 => {
                    let w = v.sin();
                    if w < 0.0 {
                        return None;
                    }
                    Some(w * w)
                }
                2 => (*v > 0.3).then(|| v.exp()),
                3 => (*v < 0.3).then_some(v.cos()),
                _ => None,
            })
            .collect();
        let mut s = 1.0;
        for (i, v) in parts.iter().enumerate() {
            s = s * v + i as f64;
        }
        s
    }

    #[differentiate]
    fn in_for(x: &[f64], limit: f64) -> f64 {
        let mut s = 1.0;
        for (i, v) in x
            .iter()
            .filter_map(|v| if *v != 0.0 { Some(1.0 / v) } else { None })
            .enumerate()
        {
            if v > limit {
                break;
            }
            if i == 1 {
                continue;
            }
            s *= v + 0.1;
        }
        s
    }

    #[differentiate]
    fn whiles(x: &[f64], t: f64) -> f64 {
        let a: f64 = x.iter().skip_while(|v| **v < t).map(|v| v * v).sum();
        let b: f64 = x.iter().take_while(|v| **v > -t).map(|v| v.exp()).sum();
        let c: f64 = x
            .iter()
            .map_while(|v| if *v < 0.9 { Some(v * v * t) } else { None })
            .sum();
        let d: f64 = x
            .iter()
            .skip_while(|v| **v < t)
            .enumerate()
            .skip(1)
            .step_by(2)
            .take(2)
            .map(|(i, v)| v * (i + 1) as f64)
            .sum();
        a * b + c * d
    }

    #[differentiate(forward, reverse, hessian)]
    fn running(x: &[f64], rate: f64) -> f64 {
        x.iter()
            .scan(1.0, |level, v| {
                *level += rate * (v - *level);
                Some(*level)
            })
            .map(|s| s * s)
            .sum()
    }

    #[differentiate]
    fn scanned(x: &[f64], limit: f64) -> f64 {
        let sums: Vec<f64> = x
            .iter()
            .scan(0.0, |acc, &v| {
                *acc += v;
                if *acc > limit { None } else { Some(*acc * v) }
            })
            .collect();
        let pairs: f64 = x
            .iter()
            .scan((0.5, 1.0), |state, v| {
                let next = state.0 * v + state.1;
                state.0 = state.1;
                state.1 = next;
                Some(next.sin())
            })
            .sum();
        let old: f64 = x
            .iter()
            .scan(limit, |last, &v| {
                let d = v - *last;
                *last = v;
                Some(d * d)
            })
            .sum();
        sums.iter().map(|s| s * s).sum::<f64>() + pairs * old
    }

    #[differentiate]
    fn behind_a_filter(x: &[f64], y: &[f64], n: usize) -> f64 {
        let a: f64 = x.iter().filter(|v| **v > 0.0).take(n).map(|v| v * v).sum();
        let b: f64 = x.iter().filter(|v| **v < 0.5).skip(n).map(|v| v * v).sum();
        let c: f64 = x
            .iter()
            .filter(|v| **v > 0.0)
            .zip(y)
            .map(|(a, b)| a * b)
            .sum();
        let d: f64 = x
            .iter()
            .zip(y.iter().filter(|v| **v > 0.3))
            .map(|(a, b)| a * b)
            .sum();
        let e: f64 = x
            .iter()
            .filter(|v| **v < 0.0)
            .rev()
            .step_by(n + 1)
            .map(|v| v.sin())
            .sum();
        let f: f64 = (0..)
            .map(|k| x[k] * y[0])
            .filter(|v| *v != 0.0)
            .take(n.min(x.len()))
            .sum();
        a * b + c * d + e * f
    }

    /// Closures that keep count of their calls.
    #[differentiate]
    fn with_effects(x: &[f64], n: usize) -> f64 {
        let mut level = 1.0;
        let a: f64 = x
            .iter()
            .map(|v| {
                level = 0.5 * level + v;
                level * level
            })
            .take(n)
            .sum();
        let mut y = x.to_vec();
        let b: f64 = y
            .iter_mut()
            .filter(|v| **v != 0.0)
            .map(|v| {
                *v *= 2.0 * level;
                *v
            })
            .skip(n)
            .step_by(2)
            .sum();
        let mut calls = 0.0;
        let c: f64 = y
            .iter()
            .filter(|v| **v != 0.0)
            .map(|v| {
                calls += 1.0;
                v * calls
            })
            .zip(x.iter().take(n))
            .map(|(a, b)| a * b)
            .sum();
        a * b * level + c * calls
    }

    #[differentiate]
    fn flowing(p: f64, n: usize) -> f64 {
        let a: f64 = std::iter::successors(Some(p), |v| Some(v * p + 0.1))
            .take(n)
            .sum();
        let b: f64 =
            std::iter::successors(
                Some(1.0),
                |&v| if v < 3.0 { Some(v * (1.0 + p)) } else { None },
            )
            .map(|v| v * v)
            .sum();
        let mut state = p;
        let c: f64 = std::iter::from_fn(|| {
            state = state * p + 0.3;
            if state < 0.9 { Some(state) } else { None }
        })
        .take(n + 1)
        .map(|v| v.sin())
        .sum();
        a * b + c * state
    }

    /// Ranges without end, left by what is inside.
    #[differentiate(forward, reverse, hessian)]
    fn open_ranges(x: &[f64], limit: f64) -> f64 {
        let mut s = 1.0;
        for i in 0.. {
            if i >= x.len() || s > limit {
                break;
            }
            s = s * x[i] + 0.5 * s;
        }
        for (k, i) in (1..).step_by(2).enumerate() {
            if i + k > 6 {
                return s;
            }
            if k == 1 {
                continue;
            }
            s += s.sin() * i as f64;
        }
        s
    }

    #[test]
    fn open() {
        for n in [0, 1, 4] {
            prove_hvp!(open_ranges(slice noise(n), val 2.0));
            prove_hvp!(open_ranges(slice positive(n), val 0.9));
        }
    }

    #[test]
    fn options() {
        for n in [0, 1, 4, 6] {
            prove_hvp!(chosen(slice noise(n), val 0.7));
            prove_gradient!(in_for(slice noise(n), val 3.0));
            prove_gradient!(in_for(slice positive(n), val 1.5));
        }
        for kinds in [[0, 1, 2, 3], [4, 1, 4, 1], [3, 2, 1, 0], [1, 1, 1, 1]] {
            prove_hvp!(chosen_in_several_ways(slice noise(4), con &kinds));
            prove_hvp!(chosen_in_several_ways(slice positive(4), con &kinds));
        }
    }

    #[test]
    fn states() {
        for n in [0, 1, 3, 6] {
            prove_gradient!(whiles(slice noise(n), val 0.3));
            prove_gradient!(whiles(slice positive(n), val 0.3));
            prove_hvp!(running(slice noise(n), val 0.3));
            prove_gradient!(scanned(slice noise(n), val 0.9));
            for k in [0, 1, 3] {
                prove_gradient!(behind_a_filter(slice noise(n), slice positive(3), con k));
                prove_gradient!(with_effects(slice noise(n), con k));
            }
        }
        for n in [0, 1, 5] {
            prove_gradient!(flowing(val 0.4, con n));
        }
    }
}
