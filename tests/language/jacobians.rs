//! Jacobians and Hessians in both modes, against finite differences and against each other.
use crate::harness::noise;
use chainrule::{Differentiable, Matrix, differentiate};
use num_traits::Float;

/// Compares with central differences, column by column.
fn agrees(x: &[f64], jacobian: &Matrix<f64>, f: impl Fn(&[f64]) -> Vec<f64>) {
    let value = f(x);
    assert_eq!((jacobian.rows(), jacobian.cols()), (value.len(), x.len()));
    for j in 0..x.len() {
        let h = 1e-5 * x[j].abs().max(1.0);
        let at = |t: f64| {
            let mut moved = x.to_vec();
            moved[j] += t;
            f(&moved)
        };
        let (up, down) = (at(h), at(-h));
        for i in 0..value.len() {
            let slope = (up[i] - down[i]) / (2.0 * h);
            let entry = jacobian[(i, j)];
            let scale = 1.0_f64.max(entry.abs());
            assert!(
                (slope - entry).abs() < 1e-6 * scale,
                "({i}, {j}): {entry} against {slope}"
            );
        }
    }
}

/// All entries of two matrices.
fn same(a: &Matrix<f64>, b: &Matrix<f64>) {
    assert_eq!((a.rows(), a.cols()), (b.rows(), b.cols()));
    for (a, b) in a.as_slice().iter().zip(b.as_slice()) {
        assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{a} and {b}");
    }
}

/// The same function in the cheaper mode, forward and reverse.
macro_rules! three_ways {
    ($(#[$doc:meta])* fn $name:ident($($params:tt)*) -> $ret:ty $body:block) => {
        mod $name {
            use super::*;
            #[differentiate(jacobian)]
            pub fn cheaper($($params)*) -> $ret $body
            #[differentiate(jacobian(forward))]
            pub fn forward($($params)*) -> $ret $body
            #[differentiate(jacobian(reverse))]
            pub fn reverse($($params)*) -> $ret $body
        }
    };
}

/// Calls the three, and compares their matrices.
macro_rules! jacobian {
    ($name:ident($($args:expr),*)) => {{
        let (value, matrix) = $name::cheaper_jacobian($($args),*);
        let (forward, by_columns) = $name::forward_jacobian($($args),*);
        let (reverse, by_rows) = $name::reverse_jacobian($($args),*);
        assert_eq!(value, forward);
        assert_eq!(value, reverse);
        same(&matrix, &by_columns);
        same(&matrix, &by_rows);
        (value, matrix)
    }};
}

three_ways! {
    fn waves(x: &[f64], phase: f64, n: usize) -> Vec<f64> {
        let mut out = Vec::new();
        for k in 0..n {
            let mut sum = phase;
            for (i, v) in x.iter().enumerate() {
                if i == 2 {
                    continue;
                }
                sum = (sum * 0.5 + v * (k as f64 + 0.3)).sin();
            }
            out.push(sum * sum);
        }
        out
    }
}

#[test]
fn rows_known_at_run_time() {
    for (inputs, rows) in [(5, 2), (1, 7), (2, 2), (0, 3), (3, 0), (9, 1)] {
        let x = noise(inputs);
        let (value, matrix) = jacobian!(waves(&x, 0.4, rows));
        assert_eq!(value, waves::cheaper(&x, 0.4, rows));
        let flat: Vec<f64> = x.iter().copied().chain([0.4]).collect();
        agrees(&flat, &matrix, |x| {
            waves::cheaper(&x[..inputs], x[inputs], rows)
        });
    }
}

three_ways! {
    fn rotate(axis: [f64; 3], angle: f64, (a, b): (f64, [f64; 2])) -> [[f64; 2]; 2] {
        let (s, c) = angle.sin_cos();
        [[axis[0] * c - a, axis[1] * s * b[1]], [axis[2] / b[0], a * angle]]
    }
}

#[test]
fn arrays_and_tuples() {
    let flat = |x: &[f64]| {
        let out = rotate::cheaper([x[0], x[1], x[2]], x[3], (x[4], [x[5], x[6]]));
        out.concat()
    };
    let x = [0.3, -0.5, 0.8, 1.1, 0.2, 0.9, -0.4];
    let (_, matrix) = jacobian!(rotate([x[0], x[1], x[2]], x[3], (x[4], [x[5], x[6]])));
    agrees(&x, &matrix, flat);
}

three_ways! {
    fn relax(v: &mut [f64], w: f64, #[constant] limit: f64, log: &mut Vec<f64>) -> f64 {
        let mut change = 0.0;
        for i in 1..v.len() {
            let old = v[i];
            v[i] = w * v[i - 1] * v[i] + (1.0 - w) * old;
            change += (v[i] - old) * (v[i] - old);
            log.push(change);
            if change > limit {
                break;
            }
        }
        change
    }
}

#[test]
fn in_out_parameters_are_rows_and_columns() {
    let x = [0.7, -0.4, 0.9, 0.2, 0.35, 1.5];
    let run = |x: &[f64]| {
        let (mut v, mut log) = (x[..4].to_vec(), vec![x[5]]);
        let value = relax::cheaper(&mut v, x[4], 0.3, &mut log);
        [vec![value], v, log].concat()
    };
    let whole = |jacobian: fn(&mut [f64], f64, f64, &mut Vec<f64>) -> (f64, Matrix<f64>)| {
        let (mut v, mut log) = (x[..4].to_vec(), vec![x[5]]);
        let (value, matrix) = jacobian(&mut v, x[4], 0.3, &mut log);
        assert_eq!([vec![value], v, log].concat(), run(&x));
        agrees(&x, &matrix, run);
        matrix
    };
    let matrix = whole(relax::cheaper_jacobian);
    same(&matrix, &whole(relax::forward_jacobian));
    same(&matrix, &whole(relax::reverse_jacobian));
}

#[differentiate(jacobian)]
fn normalise(v: &mut [f64; 3]) {
    let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    for x in v.iter_mut() {
        *x /= norm;
    }
}

#[test]
fn without_a_result() {
    let mut v = [1.0, 2.0, -0.5];
    let ((), matrix) = normalise_jacobian(&mut v);
    agrees(&[1.0, 2.0, -0.5], &matrix, |x| {
        let mut v = [x[0], x[1], x[2]];
        normalise(&mut v);
        v.to_vec()
    });
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Pose {
    at: [f64; 2],
    name: String,
    #[constant]
    scale: f64,
    turns: Vec<f64>,
}

#[differentiate(jacobian)]
impl Pose {
    fn moved(&self, by: &[f64], t: f64) -> Pose {
        let mut next = self.clone();
        for (k, turn) in self.turns.iter().enumerate() {
            next.at[k % 2] += self.scale * by[k] * turn.cos() * t;
            next.turns[k] = turn * by[k] * self.at[0];
        }
        next
    }

    fn consumed(self, t: f64) -> Vec<f64> {
        let mut out = self.turns;
        out.push(self.at[0] * t);
        out
    }

    fn turn(&mut self, t: f64) -> f64 {
        for turn in &mut self.turns {
            *turn *= t;
        }
        self.at[1] * t
    }

    fn from_parts(x: f64, y: f64) -> [f64; 2] {
        [x * y, x / y]
    }
}

fn pose(x: &[f64]) -> Pose {
    Pose {
        at: [x[0], x[1]],
        name: "pose".into(),
        scale: 0.7,
        turns: x[2..5].to_vec(),
    }
}

fn flat(p: &Pose) -> Vec<f64> {
    [p.at.to_vec(), p.turns.clone()].concat()
}

#[test]
fn structs_and_methods() {
    let x = [0.4, 0.9, 0.1, -0.7, 1.3, 0.5, 0.6, -0.2, 1.7];
    let (value, matrix) = pose(&x).moved_jacobian(&x[5..8], x[8]);
    assert_eq!(value, pose(&x).moved(&x[5..8], x[8]));
    agrees(&x, &matrix, |x| flat(&pose(x).moved(&x[5..8], x[8])));

    let x = [0.4, 0.9, 0.1, -0.7, 1.3, 0.5];
    let (_, matrix) = pose(&x).consumed_jacobian(x[5]);
    agrees(&x, &matrix, |x| pose(x).consumed(x[5]));
    let mut p = pose(&x);
    let (_, matrix) = p.turn_jacobian(x[5]);
    agrees(&x, &matrix, |x| {
        let mut p = pose(x);
        let value = p.turn(x[5]);
        [vec![value], flat(&p)].concat()
    });
    let (_, matrix) = Pose::from_parts_jacobian(2.0, 3.0);
    agrees(&[2.0, 3.0], &matrix, |x| {
        Pose::from_parts(x[0], x[1]).to_vec()
    });
}

#[differentiate(jacobian)]
fn quotient(x: &[f64], k: usize) -> Result<[f64; 2], String> {
    let d = x.get(k).ok_or("no such element")?;
    if *d == 0.0 {
        return Err("division by zero".into());
    }
    Ok([x[0] / d, d * d])
}

#[differentiate(jacobian)]
fn generic<T: Float>(x: &[T], y: T) -> [T; 2] {
    let mut product = y;
    for &v in x {
        product = product * v.exp();
    }
    [product, product.sqrt() * y]
}

#[test]
fn errors_and_generics() {
    let x = [0.5, 0.25, 2.0];
    let (_, matrix) = quotient_jacobian(&x, 1).unwrap();
    agrees(&x, &matrix, |x| quotient(x, 1).unwrap().to_vec());
    assert_eq!(quotient_jacobian(&x, 7).unwrap_err(), "no such element");
    let (_, matrix) = generic_jacobian(&x, 0.8);
    agrees(&[0.5, 0.25, 2.0, 0.8], &matrix, |x| {
        generic(&x[..3], x[3]).to_vec()
    });
    let (_, single) = generic_jacobian(&[0.5_f32, 0.25, 2.0], 0.8_f32);
    for (a, b) in matrix.as_slice().iter().zip(single.as_slice()) {
        assert!((a - f64::from(*b)).abs() < 1e-4 * a.abs().max(1.0));
    }
}

trait Field {
    #[differentiate(jacobian)]
    fn at(#[constant] &self, p: &[f64; 2]) -> [f64; 2];
}

struct Vortex(f64);

#[differentiate(jacobian)]
impl Field for Vortex {
    fn at(#[constant] &self, p: &[f64; 2]) -> [f64; 2] {
        let r = p[0] * p[0] + p[1] * p[1];
        [-self.0 * p[1] / r, self.0 * p[0] / r]
    }
}

#[test]
fn trait_methods() {
    let (field, p) = (Vortex(0.8), [0.6, -1.2]);
    let (_, matrix) = field.at_jacobian(&p);
    agrees(&p, &matrix, |x| field.at(&[x[0], x[1]]).to_vec());
}

#[differentiate(hessian)]
fn rosenbrock(x: &[f64], scale: f64) -> f64 {
    let mut sum = 0.0;
    for w in x.windows(2) {
        sum += scale * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2);
    }
    sum
}

#[differentiate(hessian)]
fn in_place(v: &mut [f64], a: f64, p: &Pose) -> f64 {
    for x in v.iter_mut() {
        *x *= a * p.at[0];
    }
    v.iter().sum::<f64>() * a.sin() + p.turns[1] * p.turns[0] * a
}

#[test]
fn hessians() {
    let x = [0.3, -0.8, 1.2, 0.5];
    let (value, gradient, hessian) = rosenbrock_hessian(&x[..3], x[3]);
    assert_eq!((value, gradient), rosenbrock_gradient(&x[..3], x[3]));
    agrees(&x, &hessian, |x| {
        let (_, (dx, ds)) = rosenbrock_gradient(&x[..3], x[3]);
        [dx, vec![ds]].concat()
    });
    same(&hessian, &hessian.transpose());
    let (_, _, none) = rosenbrock_hessian(&[], 1.0);
    assert_eq!((none.rows(), none.cols(), none[(0, 0)]), (1, 1, 0.0));

    let x = [1.3, 0.4, 0.9, 0.1, -0.7, 1.3];
    let (_, _, hessian) = in_place_hessian(&mut [0.2, 0.7], x[0], &pose(&x[1..]));
    agrees(&x, &hessian, |x| {
        let (_, (a, p)) = in_place_gradient(&mut [0.2, 0.7], x[0], &pose(&x[1..]));
        [vec![a], flat(&p)].concat()
    });
}

#[differentiate(jacobian, hessian)]
fn names(value: f64, k: &[f64], k_dot: f64, sweeps: f64, direction: f64) -> f64 {
    let (size, first) = (k[0] * value, k[1] * k_dot);
    size * first + sweeps * direction * size.sin()
}

#[test]
fn names_that_could_be_ours() {
    let x = [0.3, -0.8, 1.2, 0.5, 0.9, -0.4];
    let f = |x: &[f64]| vec![names(x[0], &x[1..3], x[3], x[4], x[5])];
    let (_, jacobian) = names_jacobian(x[0], &x[1..3], x[3], x[4], x[5]);
    agrees(&x, &jacobian, f);
    let (_, _, hessian) = names_hessian(x[0], &x[1..3], x[3], x[4], x[5]);
    agrees(&x, &hessian, |x| {
        let (_, (v, k, d, s, r)) = names_gradient(x[0], &x[1..3], x[3], x[4], x[5]);
        [vec![v], k, vec![d, s, r]].concat()
    });
}
