//! Ends of chains that give one item, several vectors, or the first error.

use crate::harness::{noise, positive};
use chainrule::differentiate;

mod one_item {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn largest(x: &[f64]) -> f64 {
        let a = x
            .iter()
            .copied()
            .max_by(|a, b| a.partial_cmp(b).unwrap())
            .unwrap();
        let b = x.iter().min_by(|a, b| a.total_cmp(b)).unwrap();
        a * a * b
    }

    #[differentiate]
    fn by_path(x: &[f64]) -> f64 {
        let a = x.iter().cloned().max_by(f64::total_cmp).unwrap_or(0.5);
        let b = *x
            .iter()
            .min_by(|a, b| b.partial_cmp(a).unwrap())
            .unwrap_or(&0.25);
        let c = x
            .iter()
            .map(|v| v * v)
            .max_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal))
            .map_or(1.0, |v| v.sin());
        a * b + c
    }

    #[differentiate]
    fn positions(x: &[f64], t: f64) -> f64 {
        let (i, a) = x
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.partial_cmp(b.1).unwrap())
            .unwrap();
        let j = x
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(i, _)| i)
            .unwrap();
        let k = x.iter().position(|v| *v > t);
        let l = x.iter().position(|v| *v < t).unwrap_or(0);
        let m = match k {
            Some(k) => x[k] * t,
            None => t,
        };
        if let Some(k) = x.iter().rposition(|v| *v < 0.0) {
            return a * x[j] * x[k] * (i + 1) as f64;
        }
        a * x[j] * m * x[l]
    }

    /// Of equal ones the last is the largest, and the first the smallest.
    #[differentiate]
    fn ties(x: &[f64], w: &[f64]) -> f64 {
        let (i, _) = x
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .unwrap();
        let (j, _) = x
            .iter()
            .enumerate()
            .min_by(|a, b| a.1.total_cmp(b.1))
            .unwrap();
        let k = (0..w.len()).max_by_key(|k| k % 3).unwrap();
        let l = (0..w.len()).min_by_key(|&k| (k + 1) % 3).unwrap();
        let m = (0..w.len()).map(|k| (7 * k) % 5).max().unwrap();
        w[i] * w[j].sin() * w[k] + w[l] * m as f64
    }

    #[derive(Clone, Debug)]
    struct Knot {
        at: f64,
        value: f64,
    }

    #[differentiate]
    fn nearest(#[constant] knots: &[(f64, f64)], t: f64) -> f64 {
        let near = knots
            .iter()
            .min_by(|a, b| (a.0 - t).abs().partial_cmp(&(b.0 - t).abs()).unwrap())
            .unwrap();
        near.1 * t
    }

    #[differentiate(forward, reverse, hessian)]
    fn reduced(x: &[f64]) -> f64 {
        let a = x.iter().copied().reduce(f64::max).unwrap();
        let b = x.iter().copied().reduce(|a, b| a * b + 0.1).unwrap_or(1.0);
        a * b
    }

    #[differentiate]
    fn of_some(x: &[f64]) -> f64 {
        let a = x
            .iter()
            .filter(|v| **v > 0.0)
            .map(|v| v.sin())
            .reduce(|a, b| a - b * a)
            .unwrap_or(0.3);
        let b = x.iter().filter(|v| **v < 0.0).last().unwrap_or(&0.2);
        let c = x.iter().filter(|v| **v > 0.0).nth(1).map_or(0.4, |v| v * v);
        let d = x.iter().map(|v| v * 2.0).last().unwrap_or(1.0);
        let e = x
            .iter()
            .filter(|v| **v > 0.0)
            .max_by(|a, b| a.total_cmp(b))
            .unwrap_or(&0.5);
        let f = x
            .iter()
            .chain(x)
            .copied()
            .reduce(|a, b| a * b + 0.1)
            .unwrap_or(1.0);
        let g = x.iter().rev().step_by(2).nth(1).copied().unwrap_or(2.0);
        a * b + c * d * e + f * g
    }

    #[differentiate]
    fn first_one(x: &[f64], t: f64) -> f64 {
        let a = match x.iter().find(|v| **v > t) {
            Some(v) => v * v,
            None => t,
        };
        let b = if let Some((i, v)) = x.iter().enumerate().find(|(i, v)| **v < t && *i > 0) {
            v * i as f64
        } else {
            0.5 * t
        };
        let c = x.iter().map(|v| v * t).find(|v| *v > 0.1).unwrap_or(t);
        let d = x
            .iter()
            .find_map(|v| if *v < 0.0 { Some(v.exp()) } else { None })
            .unwrap_or_else(|| t.sin());
        let Some(e) = x.iter().filter(|v| **v < 0.4).next() else {
            return a * b;
        };
        a * b + c * d * e
    }

    #[differentiate]
    fn in_loops(x: &[f64], n: usize) -> f64 {
        let mut y = x.to_vec();
        let mut s = 0.0;
        for k in 0..n {
            let Some(top) = y.iter().copied().filter(|v| *v > -2.0).reduce(f64::max) else {
                break;
            };
            for v in y.iter_mut() {
                *v -= 0.3 * top * *v;
            }
            let i = y
                .iter()
                .enumerate()
                .max_by(|a, b| a.1.total_cmp(b.1))
                .map(|(i, _)| i)
                .unwrap();
            y[i] = y[i] * y[i] - 1.5;
            if let Some(v) = y.iter().skip(k).find(|v| **v > 0.2) {
                s += v * top;
                continue;
            }
            s -= top;
        }
        s + y.iter().sum::<f64>()
    }

    #[differentiate]
    fn or_none(x: &[f64]) -> Option<f64> {
        let first = x.iter().find(|v| **v > 0.0)?;
        let last = x.iter().copied().filter(|v| *v < 2.0).last()?;
        let scaled: f64 = x.iter().map(|v| v * first).sum();
        x.iter()
            .map(|v| v * scaled * last)
            .reduce(|a, b| a + b.sin())
    }

    #[differentiate]
    fn or_error(x: &[f64], t: f64) -> Result<f64, String> {
        let k = x.iter().position(|v| *v > t).ok_or("none is above")?;
        let top = x
            .iter()
            .copied()
            .reduce(f64::max)
            .ok_or_else(|| format!("empty: {}", x.len()))?;
        Ok(x[k] * top)
    }

    #[differentiate]
    fn compared(x: &[f64], y: &[f64]) -> f64 {
        let mut s = if x.iter().eq(y.iter()) { 2.0 } else { 3.0 };
        if x.iter().lt(y.iter()) {
            s *= x[0];
        }
        match x[0].partial_cmp(&y[0]) {
            Some(std::cmp::Ordering::Less) => s * y[0],
            _ => s * x[0] * y[0],
        }
    }

    #[test]
    fn extremes() {
        for n in [1, 2, 5] {
            prove_hvp!(largest(slice noise(n)));
            prove_gradient!(by_path(slice noise(n)));
            prove_hvp!(reduced(slice noise(n)));
            prove_gradient!(positions(slice noise(n), val 0.3));
            prove_gradient!(positions(slice positive(n), val 0.3));
            prove_gradient!(positions(slice positive(n), val 2.0));
        }
        prove_gradient!(by_path(slice []));
        prove_gradient!(nearest(con &[(0.1, 0.4), (0.5, 0.3), (0.9, 0.8)], val 0.6));
        let (value, gradient) = ties_gradient(&[1.0, 2.0, 2.0, 1.0], &[0.1, 0.2, 0.3, 0.4]);
        assert_eq!(
            value.to_bits(),
            ties(&[1.0, 2.0, 2.0, 1.0], &[0.1, 0.2, 0.3, 0.4]).to_bits()
        );
        assert_eq!(gradient.0, [0.0; 4]);
        assert_eq!(gradient.1[2] != 0.0 && gradient.1[0] != 0.0, true);
        assert_eq!(gradient.1[1], 0.0);
    }

    #[test]
    fn some_and_none() {
        for n in [0, 1, 2, 5, 6] {
            prove_gradient!(of_some(slice noise(n)));
            prove_gradient!(of_some(slice positive(n)));
            prove_gradient!(first_one(slice noise(n), val 0.3));
            prove_gradient!(first_one(slice positive(n), val 0.5));
            prove_gradient!(in_loops(slice noise(n), con 3));
        }
        for n in [1, 2, 5] {
            prove_gradient!(compared(slice noise(n), slice positive(3)));
        }
    }

    #[test]
    fn leaving() {
        prove!(or_none(slice positive(4)) -> ok);
        prove!(or_none(slice [-0.5, 0.4, -0.3]) -> ok);
        assert_eq!(or_none_gradient(&[-1.0]), None);
        assert_eq!(or_none_gradient(&[]), None);
        prove!(or_error(slice positive(4), val 0.1) -> ok);
        assert_eq!(or_error_gradient(&[0.5], 3.0).unwrap_err(), "none is above");
    }
}

mod several {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn unzipped(x: &[f64]) -> f64 {
        let (a, b): (Vec<f64>, Vec<f64>) = x.iter().map(|v| (v * v, v.sin())).unzip();
        a.iter().zip(&b).map(|(a, b)| a * b).sum()
    }

    #[differentiate]
    fn parted(x: &[f64], t: f64) -> f64 {
        let (above, below): (Vec<f64>, Vec<f64>) = x.iter().partition(|v| **v > t);
        let (i, v): (Vec<usize>, Vec<f64>) = x
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, v)| *v < 0.5)
            .unzip();
        let a: f64 = above.iter().map(|v| v * t).sum();
        let b: f64 = below.iter().map(|v| v.cos()).product();
        let c: f64 = i.iter().zip(&v).map(|(i, v)| *i as f64 * v).sum();
        a * b + c
    }

    #[differentiate]
    fn roots(x: &[f64]) -> Result<Vec<f64>, String> {
        x.iter()
            .map(|&v| {
                if v < 0.0 {
                    return Err(format!("{v} is negative"));
                }
                Ok(v.sqrt() * v)
            })
            .collect()
    }

    #[differentiate]
    fn root(v: f64) -> Result<f64, String> {
        if v < 0.0 {
            return Err(format!("{v} is negative"));
        }
        Ok(v.sqrt())
    }

    #[differentiate]
    fn through_calls(x: &[f64], k: f64) -> Result<f64, String> {
        let r: Vec<f64> = x.iter().map(|v| root(*v)).collect::<Result<_, _>>()?;
        let s = x.iter().map(|v| root(v * k)).sum::<Result<f64, String>>()?;
        let t = x.iter().try_fold(k, |acc, v| {
            if *v < 5.0 {
                Ok(acc * v + s)
            } else {
                Err("too large".to_string())
            }
        })?;
        x.iter().try_for_each(|v| {
            if *v < 6.0 {
                Ok(())
            } else {
                Err(String::from("far too large"))
            }
        })?;
        Ok(r.iter().map(|r| r * t).sum::<f64>())
    }

    #[differentiate]
    fn options(x: &[f64]) -> Option<f64> {
        let v = x
            .iter()
            .map(|v| if *v > 0.0 { Some(v.ln()) } else { None })
            .collect::<Option<Vec<f64>>>()?;
        let p: f64 = v
            .iter()
            .map(|v| (*v < 3.0).then_some(v * v))
            .product::<Option<f64>>()?;
        v.iter().try_fold(p, |acc, v| {
            let w = if *v < 2.0 { Some(v * acc) } else { None }?;
            Some(w + acc)
        })
    }

    #[differentiate]
    fn inside(x: &[f64]) -> f64 {
        x.chunks(2)
            .filter_map(|c| c.iter().copied().reduce(f64::max))
            .count() as f64
            * x.chunks(2)
                .filter_map(|c| c.iter().find(|v| **v > 0.0))
                .map(|v| v * v)
                .sum::<f64>()
    }

    #[test]
    fn vectors() {
        for n in [0, 1, 5] {
            prove_hvp!(unzipped(slice noise(n)));
            prove_gradient!(parted(slice noise(n), val 0.2));
            prove!(roots(slice positive(n)) -> ok_vec);
        }
        assert_eq!(
            roots_adjoint(&[1.0, -2.0], &mut [0.0; 2], &vec![1.0; 2]),
            Err("-2 is negative".into())
        );
    }

    #[test]
    fn first_errors() {
        for n in [0, 1, 4] {
            prove!(through_calls(slice positive(n), val 0.8) -> ok);
            prove!(options(slice positive(n)) -> ok);
        }
        assert_eq!(
            through_calls_gradient(&[1.0, 7.0], 0.5).unwrap_err(),
            "too large"
        );
        assert_eq!(
            through_calls_gradient(&[1.0, -7.0], 0.5).unwrap_err(),
            "-7 is negative"
        );
        assert_eq!(options_gradient(&[1.0, -1.0]), None);
        assert_eq!(options_gradient(&[9.0]), None);
    }
}
