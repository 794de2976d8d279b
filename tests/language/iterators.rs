//! Iterator chains: sources, adaptors and ends, in expressions and in `for` loops.

use crate::harness::{noise, positive};
use chainrule::differentiate;

mod sources {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn squares(x: &[f64]) -> f64 {
        x.iter().map(|v| v * v * v).sum()
    }

    #[differentiate]
    fn of_array(x: [f64; 3]) -> f64 {
        let total: f64 = x.iter().map(|&v| v.exp()).sum();
        total * total
    }

    #[differentiate]
    fn by_value(x: [f64; 3]) -> f64 {
        let mut a = x;
        let mut total = 0.0;
        for v in a {
            a[2] += v * v;
            total += v * a[2];
        }
        total + a.into_iter().map(|v| v.sin()).sum::<f64>()
    }

    #[differentiate]
    fn of_vec(x: Vec<f64>) -> f64 {
        let logs = x.iter().map(|v| v.ln()).sum::<f64>();
        logs / x.len() as f64
    }

    #[differentiate(forward, reverse, hessian)]
    fn of_range(x: f64, n: usize) -> f64 {
        (0..n).map(|k| x.powi(k as i32) / (k + 1) as f64).sum()
    }

    #[differentiate]
    fn of_inclusive_range(x: &[f64], n: usize) -> f64 {
        (1..=n).map(|k| x[k] * x[k - 1]).sum::<f64>().sin()
    }

    #[differentiate]
    fn windows(x: &[f64], n: usize) -> f64 {
        let mut sum = 0.0;
        for w in x.windows(n) {
            sum += w[0] * w[n - 1].exp();
        }
        sum
    }

    #[differentiate(forward, reverse, hessian)]
    fn roughness(x: &[f64]) -> f64 {
        x.windows(2).map(|w| (w[1] - w[0]).powi(3)).sum()
    }

    #[differentiate]
    fn chunks(x: &[f64], n: usize) -> f64 {
        x.chunks(n)
            .map(|c| c.iter().map(|v| v * v).sum::<f64>().sqrt())
            .sum()
    }

    #[differentiate]
    fn rows(a: &[f64], x: &[f64]) -> f64 {
        let n = x.len();
        let mut total = 0.0;
        for row in a.chunks_exact(n) {
            let dot: f64 = row.iter().zip(x).map(|(a, b)| a * b).sum();
            total += dot.tanh();
        }
        total
    }

    #[differentiate]
    fn in_place(x: &mut [f64], scale: f64) {
        x.iter_mut().for_each(|v| *v = (*v * scale).sin());
        for v in x.iter_mut().skip(1).step_by(2) {
            *v *= *v;
        }
    }

    #[differentiate]
    fn chunks_in_place(x: &mut [f64]) {
        for pair in x.chunks_exact_mut(2) {
            let t = pair[0];
            pair[0] = t * pair[1];
            pair[1] += t;
        }
        for c in x.chunks_mut(2) {
            c[0] *= 0.5;
        }
    }

    #[differentiate]
    fn through_callee(x: &mut [f64], scale: f64) -> f64 {
        in_place(x, scale);
        x.iter().map(|v| v * v).sum::<f64>() * scale
    }

    #[test]
    fn slices_arrays_and_vectors() {
        for n in [0, 1, 4] {
            prove_hvp!(squares(slice noise(n)));
        }
        prove_gradient!(of_array(val [0.3, -0.2, 0.5]));
        prove_gradient!(by_value(val [0.3, -0.2, 0.5]));
        prove_gradient!(of_vec(val positive(3)));
        assert_eq!(squares(&[]).to_bits(), squares_gradient(&[]).0.to_bits());
    }

    #[test]
    fn ranges() {
        for n in [0, 1, 5] {
            prove_hvp!(of_range(val 0.7, con n));
        }
        prove_gradient!(of_inclusive_range(slice noise(5), con 4));
        prove_gradient!(of_inclusive_range(slice noise(5), con 0));
    }

    #[test]
    fn neighbours() {
        for n in [1, 2, 3, 7] {
            prove_gradient!(windows(slice noise(4), con n));
            prove_gradient!(chunks(slice noise(5), con n));
        }
        for n in [0, 1, 2, 5] {
            prove_hvp!(roughness(slice noise(n)));
        }
        prove_gradient!(rows(slice noise(7), slice noise(3)));
        prove_gradient!(rows(slice noise(2), slice noise(3)));
    }

    #[test]
    fn written_in_place() {
        for n in [0, 1, 4, 5] {
            prove!(in_place(io noise(n), val 0.7) -> unit);
            prove!(chunks_in_place(io noise(n)) -> unit);
            prove!(through_callee(io noise(n), val 0.7));
        }
    }
}

mod adaptors {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn dot(x: &[f64], y: &[f64]) -> f64 {
        x.iter().zip(y.iter()).map(|(a, b)| a * b).sum()
    }

    #[differentiate]
    fn three(x: &[f64], y: &[f64], w: &[f64]) -> f64 {
        let mut sum = 0.0;
        for ((a, &b), (i, c)) in x.iter().zip(y).zip(w.iter().enumerate()) {
            if *a > 0.9 {
                break;
            }
            sum += a * b * c.exp() * i as f64;
        }
        sum
    }

    #[differentiate]
    fn horner(c: &[f64], x: f64) -> f64 {
        c.iter().rev().fold(0.0, |acc, &a| acc * x + a)
    }

    #[differentiate]
    fn weighted(x: &[f64]) -> f64 {
        x.iter()
            .enumerate()
            .map(|(i, &v)| (i + 1) as f64 * v.sin())
            .sum()
    }

    #[differentiate]
    fn numbered_from_behind(x: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (i, v) in x.iter().rev().enumerate() {
            sum += v * v * i as f64;
        }
        sum
    }

    #[differentiate]
    fn shifted(x: &[f64]) -> f64 {
        x.iter()
            .zip(x.iter().skip(1))
            .map(|(a, b)| a * b.exp())
            .sum()
    }

    #[differentiate]
    fn some(x: &[f64], first: usize, count: usize, stride: usize) -> f64 {
        let a: f64 = x.iter().skip(first).take(count).map(|v| v.exp()).sum();
        let b: f64 = x
            .iter()
            .step_by(stride)
            .skip(first)
            .rev()
            .map(|v| v * v)
            .sum();
        let c: f64 = x
            .iter()
            .rev()
            .take(count)
            .enumerate()
            .map(|(i, v)| v * i as f64)
            .sum();
        let d: f64 = x
            .iter()
            .rev()
            .skip(first)
            .step_by(stride)
            .zip(x)
            .map(|(u, v)| u * v)
            .sum();
        let e: f64 = x
            .iter()
            .enumerate()
            .skip(first)
            .step_by(stride)
            .rev()
            .enumerate()
            .map(|(i, (j, v))| v * (i * 10 + j) as f64)
            .sum();
        a * b + c * d + e
    }

    #[differentiate]
    fn powers(x: f64, n: usize, from: usize) -> f64 {
        let a: f64 = (from..n).rev().map(|k| x.powi(k as i32)).sum();
        let b: f64 = (from..=n)
            .step_by(2)
            .enumerate()
            .map(|(i, k)| x * (i + k) as f64)
            .sum();
        let mut c = 0.0;
        for (i, k) in (from..n).zip(1..) {
            c += x.sin() * (i * k) as f64;
        }
        a + b * c
    }

    #[differentiate]
    fn positive_part(x: &[f64], floor: f64) -> f64 {
        x.iter()
            .filter(|v| **v > floor)
            .map(|v| v.sqrt() * floor)
            .sum()
    }

    #[differentiate]
    fn filtered_pairs(x: &[f64], y: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (i, (a, b)) in x
            .iter()
            .copied()
            .zip(y.iter().cloned())
            .filter(|&(a, b)| a * b > 0.0)
            .enumerate()
        {
            if i == 2 {
                continue;
            }
            sum += (a * b).sqrt();
        }
        sum
    }

    #[differentiate]
    fn mapped_then_filtered(x: &[f64]) -> f64 {
        x.iter()
            .map(|v| v.sin() * 2.0)
            .filter(|v| *v > 0.1)
            .map(|v| v * v)
            .take_while(|v| *v < 2.0)
            .sum()
    }

    #[differentiate]
    fn by_path(x: &[f64]) -> f64 {
        x.iter().copied().map(f64::tanh).map(cubed).sum()
    }

    #[differentiate]
    fn cubed(x: f64) -> f64 {
        x * x * x
    }

    #[differentiate]
    fn axpy(y: &mut [f64], a: f64, x: &[f64]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * x * *y;
        }
        y.iter_mut().zip(x.iter().rev()).for_each(|(y, x)| *y *= x);
    }

    #[test]
    fn zipped() {
        for (n, m) in [(0, 0), (0, 2), (1, 1), (4, 2), (2, 4), (5, 5)] {
            prove_hvp!(dot(slice noise(n), slice positive(m)));
            prove_gradient!(three(slice noise(n), slice positive(m), slice noise(3)));
            prove!(axpy(io noise(n), val 0.4, slice positive(m)) -> unit);
            prove_gradient!(filtered_pairs(slice positive(n), slice positive(m)));
        }
    }

    #[test]
    fn orders() {
        for n in [0, 1, 2, 5, 6] {
            prove_gradient!(horner(slice noise(n), val 0.8));
            prove_gradient!(weighted(slice noise(n)));
            prove_gradient!(numbered_from_behind(slice noise(n)));
            prove_gradient!(shifted(slice noise(n)));
            for (first, count, stride) in [(0, 0, 1), (1, 2, 2), (2, 9, 3), (7, 1, 1), (0, 3, 4)] {
                prove_gradient!(some(slice noise(n), con first, con count, con stride));
            }
            prove_gradient!(powers(val 0.6, con n, con 2));
            prove_gradient!(powers(val 0.6, con n, con 0));
        }
    }

    #[test]
    fn filters() {
        prove_gradient!(positive_part(slice noise(6), val 0.1));
        prove_gradient!(positive_part(slice [], val 0.1));
        prove_gradient!(mapped_then_filtered(slice noise(6)));
        prove_gradient!(by_path(slice noise(4)));
    }
}

mod ends {
    use super::*;

    #[differentiate]
    fn product(x: &[f64]) -> f64 {
        x.iter().product::<f64>() * x.iter().map(|v| v + 2.0).product::<f64>()
    }

    #[differentiate]
    fn log_sum_exp(x: &[f64]) -> f64 {
        let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = x.iter().map(|v| (v - largest).exp()).sum();
        largest + sum.ln()
    }

    #[differentiate]
    fn extent(x: &[f64]) -> f64 {
        let (lo, hi) = x
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), &v| {
                (lo.min(v), hi.max(v))
            });
        (hi - lo) * hi
    }

    #[differentiate]
    fn recurrence(x: &[f64]) -> f64 {
        let (a, b) = x.iter().fold((1.0, 0.5), |(a, b), v| {
            let next = a * v + b;
            (b, next)
        });
        a * b
    }

    #[differentiate]
    fn folded_in_place(x: &[f64]) -> f64 {
        x.iter().fold(1.0, |mut acc, v| {
            acc *= v + 1.5;
            acc += v.sin();
            acc
        })
    }

    #[differentiate]
    fn softmax(x: &[f64]) -> Vec<f64> {
        let weights: Vec<f64> = x.iter().map(|v| v.exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| w / total).collect()
    }

    #[differentiate]
    fn collected(x: &[f64], n: usize) -> f64 {
        let kept = x
            .iter()
            .filter(|v| **v > 0.0)
            .map(|v| v * v)
            .collect::<Vec<_>>();
        let powers = (1..n).map(|k| x[0].powi(k as i32)).collect::<Vec<f64>>();
        let mut sum = 0.0;
        for (a, b) in kept.iter().zip(powers.iter()) {
            sum += a * b.cos();
        }
        sum
    }

    #[differentiate]
    fn counted(x: &[f64], limit: f64) -> f64 {
        let n = x.iter().filter(|v| **v > limit).count();
        let all = x.iter().all(|&v| v > -10.0 * limit);
        let any = x.iter().zip(x).any(|(a, b)| a * b > 0.9);
        let scale = if all && !any { 2.0 } else { 3.0 };
        x.iter().map(|v| v * scale).sum::<f64>() * n as f64 * limit
    }

    #[differentiate]
    fn ends(x: &[f64]) -> f64 {
        let last = x.iter().last().unwrap();
        let second = x.iter().copied().nth(1).unwrap();
        last * second * x.iter().count() as f64
    }

    #[differentiate]
    fn running(x: &[f64]) -> f64 {
        let mut level = 0.0;
        let mut sum = 0.0;
        x.iter().for_each(|v| {
            level = level * 0.5 + v;
            sum += level * level;
        });
        let smooth: Vec<f64> = x
            .iter()
            .map(|v| {
                level = 0.5 * level + v * v;
                level
            })
            .collect();
        sum + smooth.iter().map(|s| s.sin()).sum::<f64>()
    }

    #[differentiate]
    fn generic<T: num_traits::Float + std::iter::Sum<T>>(x: &[T], y: &[T]) -> T {
        let s: T = x.iter().zip(y).map(|(&a, &b)| a * b).sum();
        s.tanh()
    }

    #[differentiate]
    fn single(x: &[f32]) -> f32 {
        x.iter().map(|v| v * v).sum::<f32>().sqrt()
    }

    #[test]
    fn products() {
        for n in [0, 1, 4] {
            prove_gradient!(product(slice noise(n)));
            prove_gradient!(recurrence(slice noise(n)));
            prove_gradient!(folded_in_place(slice noise(n)));
            prove!(softmax(slice noise(n)) -> vec);
            prove_gradient!(running(slice noise(n)));
        }
    }

    #[test]
    fn folds() {
        prove_gradient!(log_sum_exp(slice noise(5)));
        prove_gradient!(log_sum_exp(slice noise(1)));
        prove_gradient!(extent(slice noise(5)));
        prove_gradient!(collected(slice positive(4), con 5));
        prove_gradient!(collected(slice noise(1), con 0));
        prove_gradient!(counted(slice positive(4), val 0.3));
        prove_gradient!(counted(slice noise(4), val 0.3));
        prove_gradient!(ends(slice noise(4)));
    }

    #[test]
    fn scalars_of_other_types() {
        prove_gradient!(generic(slice noise(3), slice noise(4)));
        prove_gradient!(single(slice crate::harness::single(noise(3))));
    }
}

mod combined {
    use super::*;

    #[differentiate]
    fn matrix_vector(a: &[f64], x: &[f64]) -> Vec<f64> {
        a.chunks_exact(x.len())
            .map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum())
            .collect()
    }

    #[differentiate(forward, reverse, hessian)]
    fn pairs(x: &[f64], k: f64) -> f64 {
        (0..x.len())
            .map(|i| {
                (0..i)
                    .map(|j| k * ((x[i] - x[j]).powi(2) + 0.1).sqrt())
                    .sum::<f64>()
            })
            .sum()
    }

    #[differentiate]
    fn until(x: &[f64], limit: f64) -> f64 {
        let mut state = 1.0;
        'steps: for (i, w) in x.windows(2).enumerate() {
            let drive: f64 = w.iter().map(|v| v * state).sum();
            for (k, v) in x.iter().enumerate().rev() {
                if (state * v).abs() > limit {
                    break 'steps;
                }
                if k == i {
                    continue 'steps;
                }
                state += 0.3 * drive * v;
            }
        }
        if x.iter().any(|v| *v > limit) {
            return state * x.iter().map(|v| v.abs()).sum::<f64>();
        }
        state
    }

    #[differentiate]
    fn columns(rows: &[Vec<f64>]) -> f64 {
        rows.iter()
            .map(|row| row.iter().sum::<f64>().exp())
            .sum::<f64>()
            + rows.iter().map(|r| r[0]).product::<f64>()
    }

    #[differentiate]
    fn points(p: &[[f64; 2]], q: &[(f64, f64)]) -> f64 {
        p.iter()
            .zip(q)
            .map(|([x, y], &(u, v))| (x * u + y * v).sin())
            .sum::<f64>()
            + p.iter().map(|&[x, y]| x * y).sum::<f64>()
    }

    #[differentiate]
    fn overwritten(x: &mut [f64]) -> f64 {
        let before: f64 = x.iter().map(|v| v * v).sum();
        for i in 1..x.len() {
            let past: f64 = x[..i].iter().map(|v| v.sin()).sum();
            x[i] *= past;
        }
        before * x.iter().map(|v| v * v).sum::<f64>()
    }

    #[differentiate]
    fn variance(x: &[f64]) -> f64 {
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        x.iter()
            .map(|&v| {
                let d = v - mean;
                d * d
            })
            .sum::<f64>()
            / (n - 1.0)
    }

    #[test]
    fn nests() {
        prove!(matrix_vector(slice noise(6), slice noise(3)) -> vec);
        for n in [0, 1, 4] {
            prove_hvp!(pairs(slice noise(n), val 0.7));
            prove_gradient!(until(slice noise(n), val 0.8));
            prove!(overwritten(io noise(n)));
        }
        prove_gradient!(until(slice noise(6), val 10.0));
        prove_gradient!(columns(aref [noise(3), noise(1), noise(2)]));
        prove_gradient!(points(slice [[0.3, -0.5], [0.2, 0.9]], slice [(0.1, 0.4), (0.6, -0.3), (0.1, 0.1)]));
        prove_gradient!(variance(slice noise(5)));
    }
}

mod hostile {
    use super::*;

    /// What the items read is overwritten between the chains, and by the loop's own body.
    #[differentiate]
    fn changing(x: &mut [f64], w: &mut [f64]) -> f64 {
        let mut k = 1;
        let mut scale = 0.5;
        let mut sum = 0.0;
        for (i, v) in x.iter_mut().enumerate().skip(k) {
            k += 1;
            scale *= 1.1;
            *v = *v * scale + w[i % w.len()];
            w[0] *= 0.9 * scale;
            sum += *v * k as f64;
        }
        for i in (0..x.len()).rev().step_by(k) {
            k = 2;
            let y = x
                .iter()
                .take(i)
                .zip(w.iter().rev())
                .fold(scale, |s, (a, b)| s * a + b);
            x[i] += y.sin();
            scale = y;
        }
        sum * scale
    }

    /// Vectors that grow between chains over them, and in the items.
    #[differentiate]
    fn growing(x: &[f64], n: usize) -> f64 {
        let mut v: Vec<f64> = x.iter().map(|a| a * 0.5).collect();
        for k in 0..n {
            let next: f64 = v
                .iter()
                .rev()
                .take(3)
                .zip(x.iter().skip(k))
                .map(|(a, b)| a * b.exp())
                .sum();
            v.push(next.tanh());
            for w in v.chunks_mut(3) {
                if w.len() < 2 {
                    continue;
                }
                w[1] *= w[0];
            }
        }
        v.iter()
            .enumerate()
            .map(|(i, a)| a * (i as f64 + 1.0))
            .sum()
    }

    #[differentiate]
    fn early(x: &[f64], limit: f64) -> f64 {
        let mut best = 1.0;
        for (k, w) in x.windows(2).enumerate().rev() {
            let d = w.iter().map(|v| v * v).sum::<f64>();
            if d > limit {
                return d * best;
            }
            if k == 1 {
                continue;
            }
            best *= if x.iter().take(k).any(|v| *v > d) {
                d
            } else {
                1.0 + d
            };
        }
        best
    }

    #[differentiate(forward, reverse, hessian)]
    fn nested(a: &[f64], x: &[f64], n: usize) -> f64 {
        let mut y = x.to_vec();
        for _ in 0..n {
            let z: Vec<f64> = a
                .chunks_exact(x.len())
                .map(|row| row.iter().zip(&y).map(|(p, q)| p * q).sum::<f64>().tanh())
                .collect();
            y.iter_mut().zip(z.iter()).for_each(|(y, z)| *y += z * *y);
        }
        y.iter().map(|v| v.powi(2)).sum::<f64>().sqrt()
    }

    #[differentiate]
    fn states(x: &[f64]) -> f64 {
        let (n, mean, m2) = x.iter().fold((0.0, 0.0, 0.0), |(n, mean, m2), &v| {
            let n = n + 1.0;
            let d = v - mean;
            let mean = mean + d / n;
            (n, mean, m2 + d * (v - mean))
        });
        let (lo, (hi, count)) = x.iter().fold((x[0], (x[0], 0usize)), |(lo, (hi, c)), v| {
            (v.min(lo), (v.max(hi), c + 1))
        });
        let swapped = x.iter().fold((1.0, 2.0), |(a, b), v| (b * v, a));
        let alternating = x.iter().fold([1.0, 0.0], |s, v| [s[1] + v, s[0] * v]);
        m2 / n * mean
            + lo * hi * count as f64
            + swapped.0 * swapped.1
            + alternating[0] * alternating[1]
    }

    /// A value that the items are made from, captured by `move`, changes while they are made.
    #[differentiate]
    fn moved_into(x: &[f64], k: f64) -> f64 {
        let mut s: f64 = k;
        let mut total = 0.0;
        for y in x.iter().map(move |v| v * s) {
            s += y;
            total += s * y;
        }
        total
    }

    #[differentiate]
    fn same_names(x: &[f64], y: &[f64]) -> f64 {
        let v = y[0];
        let i = 2.0;
        let a = x.iter().map(|v| v * i).sum::<f64>() * v;
        let sum: f64 = x.iter().zip(y).map(|(x, y)| x * y).map(|x| x + i * v).sum();
        let sum: f64 = y.iter().map(|x| x * sum).map(|y| y * a).sum();
        sum + v
    }

    #[differentiate]
    fn kept(x: &[f64], data: &[usize], names: &[&str]) -> f64 {
        let longest = data.iter().copied().fold(0, usize::max);
        let total: usize = data.iter().map(|d| d * 2).sum();
        let wide = names.iter().filter(|n| n.len() > 2).count();
        let mut hits = 0;
        data.iter().for_each(|d| {
            if *d > 1 {
                hits += 1
            }
        });
        let picked: f64 = data.iter().map(|&d| x[d] * (d + total) as f64).sum();
        picked.sin() * (longest + wide + hits) as f64
    }

    #[differentiate]
    fn with_checks(x: &[f64]) -> f64 {
        x.iter().fold(0.0, |acc, v| {
            assert!(acc >= 0.0 && *v < 2.0, "{acc} {v}");
            acc + v * v
        })
    }

    #[differentiate]
    fn scaled_by_callee(x: &mut [f64], k: f64) -> f64 {
        let parts: Vec<f64> = x.chunks_mut(2).map(|c| shrink(c, k)).collect();
        parts.iter().zip(x.iter()).map(|(p, v)| p * v).sum::<f64>()
            + x.chunks(3).map(energy).sum::<f64>()
    }

    #[differentiate]
    fn shrink(c: &mut [f64], k: f64) -> f64 {
        c.iter_mut().for_each(|v| *v *= k);
        energy(c)
    }

    #[differentiate]
    fn energy(c: &[f64]) -> f64 {
        c.iter().map(|v| v * v).sum::<f64>() * c[0]
    }

    struct Layer {
        weight: f64,
        knots: Vec<f64>,
    }

    struct Net {
        layers: Vec<Layer>,
        offsets: [f64; 3],
    }

    #[differentiate]
    fn run(#[constant] net: &Net, x: f64, y: &[f64]) -> f64 {
        let start: f64 = net
            .offsets
            .iter()
            .zip(y)
            .map(|(o, v)| (o - v).powi(2))
            .sum();
        let top = net
            .layers
            .iter()
            .map(|l| l.weight * x)
            .fold(f64::NEG_INFINITY, |a, b| a.max(b));
        let mut z = x;
        for (l, v) in net.layers.iter().zip(y.iter()).rev() {
            z += l.weight * v * l.knots.iter().map(|k| (z - k).abs()).sum::<f64>();
        }
        start * z + top
    }

    #[test]
    fn constant_records() {
        let layer = |weight, n| Layer {
            weight,
            knots: noise(n),
        };
        let net = Net {
            layers: vec![layer(0.4, 2), layer(-0.3, 0), layer(0.2, 1)],
            offsets: [0.3, 0.1, -0.7],
        };
        let (y, seed) = (noise(4), 0.7);
        let (mut y_bar, x) = (vec![0.0; 4], 0.6);
        let (value, x_bar) = run_adjoint(&net, x, &mut y.clone(), &mut y_bar, seed);
        assert_eq!(value.to_bits(), run(&net, x, &y).to_bits());
        let along = |h: f64| {
            run(
                &net,
                x + h,
                &y.iter().map(|v| v + 0.5 * h).collect::<Vec<_>>(),
            )
        };
        let want = (along(1e-5) - along(-1e-5)) / 2e-5;
        let got = (x_bar + 0.5 * y_bar.iter().sum::<f64>()) / seed;
        assert!((got - want).abs() < 1e-7, "{got} {want}");
        let (_, dot) = run_tangent(&net, x, 1.0, &y, &[0.5; 4]);
        assert!((dot - want).abs() < 1e-7, "{dot} {want}");
    }

    #[test]
    fn what_is_read_changes() {
        for n in [1, 2, 5] {
            prove!(changing(io noise(n), io positive(3)));
            prove_gradient!(growing(slice noise(n), con 4));
            prove_gradient!(moved_into(slice noise(n), val 0.7));
            prove!(scaled_by_callee(io noise(n), val 0.8));
        }
        prove_gradient!(growing(slice noise(3), con 0));
        prove_gradient!(moved_into(slice [], val 0.7));
    }

    #[test]
    fn exits_and_nests() {
        for n in [0, 1, 2, 6] {
            prove_gradient!(early(slice noise(n), val 0.9));
            prove_gradient!(early(slice noise(n), val 9.0));
        }
        for n in [0, 1, 3] {
            prove_hvp!(nested(slice noise(4), slice noise(2), con n));
        }
    }

    #[test]
    fn states_and_names() {
        prove_gradient!(states(slice noise(5)));
        prove_gradient!(states(slice noise(1)));
        prove_gradient!(same_names(slice noise(3), slice positive(2)));
        prove_gradient!(kept(slice noise(4), con &[0, 3, 2], con &["a", "long", "name"]));
        prove_gradient!(with_checks(slice noise(3)));
    }
}

mod slices {
    use super::*;

    #[differentiate]
    fn halves(x: &[f64], k: usize) -> f64 {
        let (a, b) = x.split_at(k);
        let dot: f64 = a.iter().zip(b).map(|(p, q)| p * q).sum();
        let (head, rest) = x.split_first().unwrap();
        dot * head
            + rest.iter().map(|v| v * v).sum::<f64>() * x.first().unwrap() * x.last().unwrap()
    }

    #[differentiate]
    fn butterflies(x: &mut [f64], k: usize) {
        let n = x.len() / 2;
        for step in 0..k {
            let (lo, hi) = x.split_at_mut(n);
            for (a, b) in lo.iter_mut().zip(hi.iter_mut()) {
                let t = *a;
                *a = t + *b * t;
                *b = t - *b;
            }
            lo[0] *= hi[n - 1];
            x.reverse();
        }
    }

    #[differentiate]
    fn gathered(x: &[f64], y: &[f64], n: usize) -> f64 {
        let mut v = Vec::new();
        for k in 0..n {
            if k == 2 {
                v.reverse();
            }
            v.extend_from_slice(&x[..k]);
            v.extend(y.iter().map(|a| a * a));
            v.extend(x.iter().rev());
        }
        v.reverse();
        v.iter().enumerate().map(|(i, a)| a * a * i as f64).sum()
    }

    #[test]
    fn parts() {
        for k in [0, 1, 2, 4] {
            prove_gradient!(halves(slice noise(4), con k));
            prove!(butterflies(io noise(4), con k) -> unit);
            prove!(butterflies(io noise(5), con k) -> unit);
            prove_gradient!(gathered(slice noise(4), slice positive(2), con k));
        }
        prove_gradient!(gathered(slice noise(2), slice [], con 2));
    }
}

mod found {
    use super::*;

    #[differentiate]
    fn refs(x: &[f64]) -> f64 {
        let pos: Vec<&f64> = x.iter().filter(|v| **v > 0.0).collect();
        pos.len() as f64 * x[0] * *pos[0]
    }

    #[differentiate]
    fn pairs(x: &[f64]) -> f64 {
        let v: Vec<(usize, f64)> = x.iter().copied().enumerate().collect();
        let mut s = 0.0;
        for (i, a) in v.iter() {
            s += a * a * *i as f64;
        }
        for &(i, a) in &v {
            s += a * i as f64;
        }
        s + v.iter().map(|p| p.1 * p.0 as f64).sum::<f64>()
    }

    #[differentiate]
    fn rowsc(x: &[f64]) -> f64 {
        let m: Vec<Vec<f64>> = x.chunks(2).map(|c| c.to_vec()).collect();
        let t: Vec<Vec<f64>> = (0..2)
            .map(|i| m.iter().map(|r| r[i] * 2.0).collect::<Vec<_>>())
            .collect();
        t.iter().map(|r| r.iter().product::<f64>()).sum()
    }

    #[differentiate]
    fn ranges(x: f64, n: i32) -> f64 {
        let a: f64 = (1..=n).map(|k| x.powi(k) / f64::from(k)).sum();
        let b: f64 = (0..n).rev().step_by(2).map(|k| x.powi(k)).sum();
        let c = (1..n).fold(1.0, |acc, k| acc * (x + k as f64));
        let p: usize = (1..=n as usize).product();
        a * b + c / p as f64
    }

    #[differentiate]
    fn lin(lo: f64, hi: f64, n: usize) -> Vec<f64> {
        let step = (hi - lo) / (n - 1) as f64;
        (0..n).map(|i| lo + step * i as f64).collect::<Vec<_>>()
    }

    #[differentiate]
    fn ret_closure(x: &[f64]) -> f64 {
        let f = |k: usize| -> f64 {
            for (j, v) in x.iter().enumerate() {
                if j == k {
                    return v * v;
                }
            }
            0.0
        };
        f(0) + f(1) * f(7)
    }

    #[differentiate]
    fn array_result(x: [f64; 3], m: &[[f64; 3]; 3]) -> [f64; 3] {
        let mut out = [0.0; 3];
        for (o, row) in out.iter_mut().zip(m.iter()) {
            *o = row.iter().zip(x.iter()).map(|(a, b)| a * b).sum();
        }
        out
    }

    #[differentiate]
    fn assigned(x: &[f64]) -> f64 {
        let mut best = 0.0;
        best = x.iter().map(|v| v * v).sum();
        let total: f64;
        total = x.iter().sum();
        let z = if best > 1.0 {
            x.iter().product()
        } else {
            total * x.iter().map(|v| v.cos()).sum::<f64>()
        };
        best * z
    }

    #[differentiate]
    fn of_vec_parameters(x: &mut Vec<f64>, y: &Vec<f64>, k: f64) -> f64 {
        for (a, b) in x.iter_mut().zip(y) {
            *a *= b * k;
        }
        let twice = move |v: f64| 2.0 * v * k;
        x.push(twice(k));
        for a in &mut *x {
            *a += 1.0;
        }
        x.iter()
            .zip(&y[1..])
            .map(|(a, b)| twice(a * b))
            .sum::<f64>()
            * x.iter().rev().map(|v| v.ln()).sum::<f64>()
    }

    #[differentiate]
    fn interpolated(knots: &[(f64, f64)], t: f64) -> f64 {
        for w in knots.windows(2) {
            let ((x0, y0), (x1, y1)) = (w[0], w[1]);
            if t >= x0 && t <= x1 {
                return y0 + (y1 - y0) * (t - x0) / (x1 - x0);
            }
        }
        knots.iter().map(|&(_, y)| y).sum::<f64>() / knots.len() as f64
    }

    #[test]
    fn in_the_wild() {
        for n in [2, 3, 5] {
            prove_gradient!(refs(slice positive(n)));
            prove_gradient!(pairs(slice noise(n)));
            prove_gradient!(ret_closure(slice noise(n)));
            prove_gradient!(assigned(slice noise(n)));
            prove!(of_vec_parameters(iov positive(n), aref positive(4), val 0.8));
            prove!(lin(val 0.3, val 0.9, con n) -> vec);
        }
        prove_gradient!(rowsc(slice noise(6)));
        prove_gradient!(ranges(val 0.4, con 5));
        prove!(array_result(val [0.3, 0.4, 0.5], aref [[0.1, 0.2, 0.3], [0.5, 0.6, 0.4], [0.9, 0.8, 0.7]]));
        let knots = [(0.0, 1.0), (0.4, 0.2), (1.0, 0.7)];
        for t in [-0.5, 0.2, 0.6, 1.5] {
            prove_gradient!(interpolated(slice knots, val t));
        }
    }
}
