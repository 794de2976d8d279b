//! Several directions in one sweep: what they give is what one direction gives, lane by lane, in both modes and in callees.
use crate::harness::noise;
use chainrule::{Differentiable, Matrix, differentiate};
use num_traits::Float;

/// A function in both modes, and its plain sweeps.
macro_rules! both {
    ($(#[$doc:meta])* fn $name:ident($($params:tt)*) -> $ret:ty $body:block) => {
        mod $name {
            use super::*;
            #[differentiate(jacobian(forward))]
            pub fn forward($($params)*) -> $ret $body
            #[differentiate(jacobian(reverse))]
            pub fn reverse($($params)*) -> $ret $body
        }
    };
}

/// Entry by entry against tangents in one direction and adjoints for one row.
fn columns_and_rows(
    n: usize,
    jacobians: [(Vec<f64>, Matrix<f64>); 2],
    column: impl Fn(&[f64]) -> (Vec<f64>, Vec<f64>),
    row: impl Fn(&[f64]) -> Vec<f64>,
) {
    let unit = |n: usize, k: usize| {
        let mut e = vec![0.0; n];
        e[k] = 1.0;
        e
    };
    for (value, matrix) in &jacobians {
        for j in 0..n {
            let (same, dot) = column(&unit(n, j));
            assert_eq!(value, &same);
            assert_eq!((matrix.rows(), matrix.cols()), (dot.len(), n));
            for (i, want) in dot.iter().enumerate() {
                let got = matrix[(i, j)];
                assert!(
                    (got - want).abs() <= 1e-12 * want.abs().max(1.0),
                    "({i}, {j}): {got} {want}"
                );
            }
        }
        for i in 0..value.len() {
            for (j, want) in row(&unit(value.len(), i)).iter().enumerate() {
                let got = matrix[(i, j)];
                assert!(
                    (got - want).abs() <= 1e-12 * want.abs().max(1.0),
                    "({i}, {j}): {got} {want}"
                );
            }
        }
    }
}

/// Checks `fn(&[f64], usize) -> Vec<f64>` for numbers of inputs that fill lanes, and that don't.
macro_rules! check {
    ($($name:ident),*) => {$(
        for n in [1, 2, 3, 5, 8, 9, 17] {
            let x = noise(n);
            for k in 0..4 {
                columns_and_rows(
                    n,
                    [$name::forward_jacobian(&x, k), $name::reverse_jacobian(&x, k)],
                    |dot| $name::forward_tangent(&x, dot, k),
                    |seed| {
                        let mut bar = vec![0.0; n];
                        $name::reverse_adjoint(&x, &mut bar, k, &seed.to_vec());
                        bar
                    },
                );
            }
        }
    )*};
}

/// Overwrites a slice, leaves early, and has branches at data.
#[differentiate]
fn smooth(v: &mut [f64], rate: f64, sweeps: usize) -> f64 {
    let mut change = 0.0;
    for s in 0..sweeps {
        for i in 1..v.len() {
            let old = v[i];
            v[i] = old + rate * (v[i - 1] - old) * old;
            change += (v[i] - old).abs();
            if change > 3.0 {
                return change * rate;
            }
        }
        if s % 2 == 1 {
            v.reverse();
        }
    }
    change
}

#[differentiate]
fn turned(a: &[f64; 2], angle: f64) -> [f64; 2] {
    let (s, c) = angle.sin_cos();
    [a[0] * c - a[1] * s, a[0] * s + a[1] * c]
}

#[differentiate]
fn power<T: Float>(x: T, n: usize) -> T {
    if n == 0 {
        T::one()
    } else {
        x * power(x, n - 1)
    }
}

#[differentiate]
fn grown(v: &mut Vec<f64>, x: f64) {
    let last = v[v.len() - 1];
    v.push(last * x);
    v[0] -= x.tanh();
}

both! {
    fn in_out(x: &[f64], k: usize) -> Vec<f64> {
        let mut v = x.to_vec();
        let change = smooth(&mut v, x[0], k);
        grown(&mut v, change);
        for _ in 0..k {
            grown(&mut v, x[x.len() - 1]);
        }
        v
    }
}

both! {
    fn calls(x: &[f64], k: usize) -> Vec<f64> {
        let mut out = vec![0.5];
        let mut p = [x[0], 1.0];
        for (i, v) in x.iter().enumerate() {
            if i == 7 {
                continue;
            }
            p = turned(&p, *v + k as f64);
            out.push(p[1] * power(*v, k));
            if p[0] > 1.9 {
                break;
            }
        }
        let dot: f64 = x.iter().zip(&out).map(|(a, b)| a * b).sum();
        out[0] = dot.max(0.1).sqrt() + x[0].powi(3) / (1.0 + dot.abs());
        out
    }
}

both! {
    fn loops(x: &[f64], k: usize) -> Vec<f64> {
        let mut rows = vec![vec![0.0; k + 1]; x.len()];
        let mut t = 1.0;
        let mut i = 0;
        while t > 0.01 && i < 20 {
            t *= 0.4 + 0.3 * x[i % x.len()].sin();
            rows[i % x.len()][i % (k + 1)] += t;
            i += 1;
        }
        let mut out: Vec<f64> = rows.iter().map(|r| r.iter().sum::<f64>() * t).collect();
        out.sort_by(|a, b| b.partial_cmp(a).unwrap());
        let by = k % out.len();
        out.rotate_left(by);
        out.swap(0, x.len() - 1);
        out.insert(0, t);
        for w in x.windows(2) {
            let last = out.len() - 1;
            out[last] += w[0] * w[1];
        }
        out
    }
}

#[derive(Clone, Copy, Differentiable)]
struct Spring {
    stiffness: f64,
    rest: f64,
    #[constant]
    scale: f64,
    id: usize,
}

#[differentiate]
impl Spring {
    fn force(&self, at: f64) -> f64 {
        self.stiffness * (at - self.rest) * self.scale
    }
}

/// Structs have no lanes of their own: this goes lane by lane, and its callers don't see that.
#[differentiate]
fn pulled(s: &Spring, by: Spring, at: &mut [f64], log: &mut Vec<f64>) -> Spring {
    at[0] += s.force(at[0]) * by.stiffness;
    log.push(at[0] * s.rest);
    Spring {
        stiffness: s.stiffness * at[0],
        rest: by.rest,
        ..*s
    }
}

#[differentiate]
fn spring(stiffness: f64, rest: f64) -> Spring {
    Spring {
        stiffness,
        rest,
        scale: 1.5,
        id: 3,
    }
}

#[differentiate]
fn reals(s: &Spring) -> [f64; 2] {
    [s.stiffness, s.rest]
}

both! {
    fn structs(x: &[f64], k: usize) -> Vec<f64> {
        let mut at = x.to_vec();
        let mut log = Vec::new();
        let mut s = spring(x[0], x[x.len() - 1]);
        for _ in 0..k {
            s = pulled(&s, s, &mut at, &mut log);
        }
        let r = reals(&s);
        log.push(r[0] * at[0]);
        log.push(r[1]);
        log
    }
}

#[differentiate(rule(x => 2.0 * x, y => y.cos()))]
fn by_rule(x: f64, y: f64) -> f64 {
    x * x + y.sin()
}

#[differentiate(custom)]
fn by_hand(x: &[f64], scale: f64) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>() * scale
}

fn by_hand_tangent(x: &[f64], x_dot: &[f64], scale: f64, scale_dot: f64) -> (f64, f64) {
    let (value, one) = (by_hand(x, scale), by_hand(x, 1.0));
    let slope: f64 = x.iter().zip(x_dot).map(|(v, d)| 2.0 * v * d).sum();
    (value, slope * scale + one * scale_dot)
}

fn by_hand_adjoint(x: &[f64], x_bar: &mut [f64], scale: f64, seed: f64) -> (f64, f64) {
    for (b, v) in x_bar.iter_mut().zip(x) {
        *b += 2.0 * v * scale * seed;
    }
    (by_hand(x, scale), by_hand(x, 1.0) * seed)
}

both! {
    fn known(x: &[f64], k: usize) -> Vec<f64> {
        let mut out = Vec::new();
        for v in x {
            out.push(by_rule(*v, x[0] * *v) * by_hand(x, v + k as f64));
        }
        out
    }
}

#[test]
fn lane_by_lane() {
    check!(in_out, calls, loops, structs, known);
}

both! {
    fn of_arrays(a: [[f64; 3]; 2], (b, c): (f64, [f64; 2]), v: &mut [f64]) -> ([f64; 3], f64) {
        let mut out = [b; 3];
        for (row, s) in a.iter().zip(&c) {
            for j in 0..3 {
                out[j] = out[j] * row[j] + s / (1.0 + row[j] * row[j]);
                v[j] += out[j] * v[0];
            }
        }
        (out, a[1][2].atan2(b))
    }
}

#[test]
fn arrays_tuples_and_final_values() {
    let a = [[0.3, -0.8, 1.2], [0.5, 0.1, -0.4]];
    let (b, c) = (0.7, [1.3, -0.2]);
    let start = [0.2, -0.6, 0.9];
    let mut v = start;
    let (value, forward) = of_arrays::forward_jacobian(a, (b, c), &mut v);
    let last = v;
    v = start;
    let (same, reverse) = of_arrays::reverse_jacobian(a, (b, c), &mut v);
    assert_eq!((value, last), (same, v));
    assert_eq!((forward.rows(), forward.cols()), (7, 12));
    for j in 0..12 {
        let one = |k: usize| if j == k { 1.0 } else { 0.0 };
        let mut w = start;
        let mut dot = [one(9), one(10), one(11)];
        let (_, (out, angle)) = of_arrays::forward_tangent(
            a,
            [[one(0), one(1), one(2)], [one(3), one(4), one(5)]],
            (b, c),
            (one(6), [one(7), one(8)]),
            &mut w,
            &mut dot,
        );
        let want = [out[0], out[1], out[2], angle, dot[0], dot[1], dot[2]];
        for (i, want) in want.into_iter().enumerate() {
            let (f, r) = (forward[(i, j)], reverse[(i, j)]);
            assert!(
                (f - want).abs() < 1e-13 && (r - want).abs() < 1e-13,
                "({i}, {j})"
            );
        }
    }
}

both! {
    fn narrow(x: &[f32], s: f32) -> Vec<f32> {
        x.iter().map(|v| (v * s).exp() * 0.5).collect()
    }
}

#[test]
fn single_precision() {
    let x = [0.3_f32, -0.2, 0.9];
    let (_, forward) = narrow::forward_jacobian(&x, 1.5);
    let (_, reverse) = narrow::reverse_jacobian(&x, 1.5);
    for i in 0..3 {
        for j in 0..4 {
            let slope = 0.5 * (x[i] * 1.5).exp();
            let want = match j {
                3 => slope * x[i],
                _ if i == j => slope * 1.5,
                _ => 0.0,
            };
            assert!((forward[(i, j)] - want).abs() < 1e-5);
            assert!((reverse[(i, j)] - want).abs() < 1e-5);
        }
    }
}

both! {
    fn at_an_edge(x: &[f64], k: usize) -> Vec<f64> {
        x.iter().map(|v| v.sqrt() * k as f64).collect()
    }
}

/// Infinite partials don't leak into lanes that are zero.
#[test]
fn zero_lanes_stay_zero() {
    let x = [0.0, 4.0, 0.0];
    for (_, matrix) in [
        at_an_edge::forward_jacobian(&x, 2),
        at_an_edge::reverse_jacobian(&x, 2),
    ] {
        let inf = f64::INFINITY;
        assert_eq!(
            matrix.as_slice(),
            [inf, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, inf]
        );
    }
}
