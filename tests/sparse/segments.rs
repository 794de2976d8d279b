//! Sparse Jacobians by segments: functions that compute their rows in groups which share nothing but inputs, and functions that look as if they did.

// The functions under test are written in the forms that they are about.
#![allow(clippy::needless_range_loop, clippy::explicit_counter_loop)]

use chainrule::differentiate;
use chainrule::sparse::*;

fn noise(n: usize) -> Vec<f64> {
    let wave = |i: usize| 0.3 + 0.9 * ((i * i) as f64 * 0.37 + 1.0).sin();
    (0..n).map(wave).collect()
}

/// A plan that may go by segments, against the dense Jacobian and against colours: twice into one matrix, since the first evaluation
/// records. Whether it went by segments has to be as said.
macro_rules! agrees {
    ($segments:expr, $f:ident($($arg:expr),*)) => {{
        pastey::paste! {
            let (value, dense) = [<$f _jacobian>]($($arg),*);
            let found = [<$f _sparsity>]($($arg),*);
            let mut plan = JacobianPlan::new(&found);
            let mut matrix = plan.matrix();
            for turn in 0..3 {
                matrix.values_mut().fill(f64::NAN);
                let again = [<$f _sparse_jacobian_into>]($($arg,)* &mut plan, &mut matrix);
                assert_eq!(again.unwrap(), value, "{} {turn}", stringify!($f));
                let sparse = matrix.to_matrix();
                for (a, b) in sparse.as_slice().iter().zip(dense.as_slice()) {
                    assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{} {turn}: {a} {b}", stringify!($f));
                }
                assert_eq!(plan.has_segments(), $segments, "{}", stringify!($f));
            }
            let mut plan = JacobianPlan::forward(&found);
            let (_, colored) = [<$f _sparse_jacobian>]($($arg,)* &mut plan).unwrap();
            for (a, b) in matrix.values().iter().zip(colored.values()) {
                assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0));
            }
            assert!(!plan.has_segments());
        }
    }};
}

#[differentiate(forward, reverse)]
fn distance(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let mut sum = 0.0;
    for k in 0..3 {
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    }
    sum.sqrt()
}

/// Stations share columns with many rows.
#[differentiate(jacobian, sparse)]
fn ranges(stations: &[[f64; 3]], points: &[[f64; 3]], seen: &[(usize, usize)], w: f64) -> Vec<f64> {
    let mut out = vec![0.0; 2 * seen.len()];
    for k in 0..seen.len() {
        let (i, j) = seen[k];
        out[2 * k] = distance(&stations[i], &points[j]) * w;
        out[2 * k + 1] = (stations[i][2] * points[j][0]).sin() + w * w;
    }
    out
}

fn triples(n: usize, from: usize) -> Vec<[f64; 3]> {
    let all = noise(from + 3 * n);
    all[from..].chunks(3).map(|c| [c[0], c[1], c[2]]).collect()
}

#[test]
fn rows_of_a_loop_share_columns() {
    let (stations, points) = (triples(2, 0), triples(5, 1));
    let seen: Vec<(usize, usize)> = (0..10).map(|k| (k % 2, k / 2)).collect();
    agrees!(true, ranges(&stations, &points, &seen, 0.7));
    agrees!(false, ranges(&stations, &points, &[], 0.7));
}

/// By `push`, from iterators.
#[differentiate(jacobian, sparse)]
fn pushed(x: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut out = Vec::new();
    for (k, pair) in x.windows(3).enumerate() {
        out.push(pair[0] * pair[1].sin() * weights[0]);
        out.push(weights[1] * pair[2] - weights[k % 2].exp() + pair[0] * weights[2]);
    }
    out
}

#[differentiate(jacobian, sparse)]
fn collected(x: &[f64], w: [f64; 4]) -> Vec<f64> {
    x.iter()
        .map(|v| w[0] * v.sin() + w[1] * v.cos() + (w[2] * v).exp() * w[3])
        .collect()
}

#[test]
fn vectors_that_grow() {
    agrees!(true, pushed(&noise(9), &noise(5)));
    agrees!(true, collected(&noise(6), [0.3, 0.4, 0.5, 0.6]));
}

/// A value that all iterations read: its adjoint comes from all rows.
#[differentiate(jacobian, sparse)]
fn shared(x: &[f64], a: f64, b: f64) -> Vec<f64> {
    let scale = (a * b).exp() * x[0];
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = scale * x[i].sin() * a + b;
    }
    out
}

/// A value that goes from one iteration to the next.
#[differentiate(jacobian, sparse)]
fn carried(x: &[f64], a: f64, b: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    let mut state = a;
    for i in 0..x.len() {
        state = state * x[i] + b;
        out[i] = state * a + b.sin();
    }
    out
}

/// The result itself is read again.
#[differentiate(jacobian, sparse)]
fn recurrence(x: &[f64], a: f64, b: f64) -> Vec<f64> {
    let mut out = vec![a * b; x.len()];
    for i in 1..x.len() {
        out[i] = out[i - 1] * x[i] + a * b * x[0];
    }
    out
}

/// Rows are added to.
#[differentiate(jacobian, sparse)]
fn in_place(x: &[f64], a: f64, b: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = a * x[i] * b;
        out[i] += x[i].sin() * x[0] * b;
        out[i] *= a;
    }
    out
}

/// An element in two iterations.
#[differentiate(jacobian, sparse)]
fn twice(x: &[f64], a: f64, b: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i / 2] = a * x[i].sin() * b;
        out[x.len() - 1] = b * x[i] + a;
    }
    out
}

#[test]
fn what_looks_like_segments() {
    for n in [1, 4, 7] {
        agrees!(false, shared(&noise(n), 0.4, 0.7));
        agrees!(false, carried(&noise(n), 0.4, 0.7));
        agrees!(false, recurrence(&noise(n), 0.4, 0.7));
        agrees!(false, in_place(&noise(n), 0.4, 0.7));
    }
    agrees!(true, twice(&noise(7), 0.4, 0.7));
}

/// Values that are overwritten: by another loop, in the iteration, in a branch.
#[differentiate(jacobian, sparse)]
fn overwritten(x: &[f64], w: &[f64; 4]) -> Vec<f64> {
    let mut out = vec![0.0; 2 * x.len()];
    for i in 0..x.len() {
        out[2 * i] = x[i] * w[0];
        out[2 * i + 1] = x[i] * x[0] * w[1] * w[2];
    }
    for i in 0..x.len() {
        out[2 * i] = w[3].exp() * w[0] * w[1] * w[2];
        if x[i] > 0.4 {
            out[2 * i] = x[i] * w[2] * w[1] * w[3];
        }
    }
    out
}

/// Parts of a row come from inner loops, and several times to one place.
#[differentiate(jacobian, sparse)]
fn inner_loops(x: &[f64], w: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        let mut sum = 0.0;
        for j in 0..w.len() {
            sum += w[j] * x[i] * w[0];
            if j % 2 == 0 {
                sum -= w[j].sin();
            }
        }
        out[i] = sum * sum;
    }
    out
}

/// A sum over a slice, which is walked in pairs.
#[differentiate(jacobian, sparse)]
fn slices(x: &[f64], w: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        let mut sum = x[i];
        for v in w {
            sum += v * v;
        }
        out[i] = sum.sin();
    }
    out
}

/// Arguments by value, one of which changes.
#[differentiate(jacobian, sparse)]
fn by_value(x: Vec<f64>, w: [f64; 3], mut shift: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = x[i] * w[0] * w[1] * w[2];
    }
    out[0] = shift * shift;
    shift = 3.0;
    out[1] = shift * x[0];
    out
}

#[differentiate(jacobian, sparse)]
fn several_loops(x: &[f64], w: [f64; 5]) -> Vec<f64> {
    let n = x.len();
    let mut out = vec![0.0; 2 * n + 1];
    for i in 0..n {
        out[i] = x[i] * w[0] * w[1] + w[2] * w[3] * w[4];
    }
    for i in 0..n {
        let v = x[n - 1 - i] * w[3];
        out[n + i] = v.sin() + w[0] * w[1] * w[2] * w[4];
    }
    out[2 * n] = w[0] * w[1] + x[0];
    out
}

/// More rows than lanes in a segment.
#[differentiate(jacobian, sparse)]
fn many_rows(x: &[f64], w: &[f64; 3]) -> Vec<f64> {
    let mut out = vec![0.0; 40 * x.len()];
    for i in 0..x.len() {
        let v = x[i] * w[0];
        for k in 0..40 {
            out[40 * i + k] = v.sin() * w[1] + w[2] * k as f64;
        }
    }
    out
}

#[differentiate(forward, reverse)]
fn product(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[1] + a[2].sin() * b[0] * a[1]
}

/// Two parts of one input at a time, which may be the same one, in a callee, and parts of parts.
#[differentiate(jacobian, sparse)]
fn neighbours(p: &[[f64; 3]], q: &[[[f64; 3]; 2]], w: &[f64; 3]) -> Vec<f64> {
    let mut out = vec![0.0; p.len()];
    for i in 0..p.len() {
        let j = (i * i) % p.len();
        out[i] = product(&p[i], &p[j]) * w[1] + product(&q[j % 2][1], w) * q[0][0][2] * p[i][1];
    }
    out
}

#[test]
fn hostile_shapes() {
    let (x, w) = (noise(7), [0.3, 0.9, 0.6, 0.2]);
    agrees!(true, overwritten(&x, &w));
    agrees!(true, inner_loops(&x, &noise(6)));
    agrees!(true, inner_loops(&x, &noise(5)));
    agrees!(true, slices(&x, &noise(5)));
    agrees!(false, by_value(x.clone(), [0.3, 0.9, 0.6], 0.2));
    agrees!(true, several_loops(&x, [0.3, 0.9, 0.6, 0.2, 0.8]));
    agrees!(false, many_rows(&x, &[0.3, 0.9, 0.6]));
    let pairs: Vec<[[f64; 3]; 2]> = triples(4, 2).chunks(2).map(|c| [c[0], c[1]]).collect();
    agrees!(true, neighbours(&triples(6, 1), &pairs, &[0.3, 0.9, 0.6]));
}

#[test]
fn other_ways_are_found_again() {
    let (stations, points) = (triples(3, 0), triples(5, 1));
    let all: Vec<(usize, usize)> = (0..15).map(|k| (k % 3, k / 3)).collect();
    let other: Vec<(usize, usize)> = (0..15).map(|k| ((k + 1) % 3, k / 3)).collect();
    // One pattern for both ways.
    let places = |seen: &[(usize, usize)]| -> Vec<(usize, usize)> {
        let found = ranges_sparsity(&stations, &points, seen, 0.7);
        found.pairs().collect()
    };
    let both = Pattern::new(30, 25, [places(&all), places(&other)].concat()).unwrap();
    let mut plan = JacobianPlan::new(&both);
    for seen in [&all, &other, &other, &all] {
        let (_, dense) = ranges_jacobian(&stations, &points, seen, 0.7);
        let (_, sparse) = ranges_sparse_jacobian(&stations, &points, seen, 0.7, &mut plan).unwrap();
        assert!(plan.has_segments());
        for (a, b) in sparse.to_matrix().as_slice().iter().zip(dense.as_slice()) {
            assert!((a - b).abs() < 1e-12);
        }
    }
}

#[test]
fn errors() {
    let (stations, points) = (triples(2, 0), triples(4, 1));
    let seen: Vec<(usize, usize)> = (0..8).map(|k| (k % 2, k / 2)).collect();
    let whole = ranges_sparsity(&stations, &points, &seen, 0.7);
    let mut plan = JacobianPlan::new(&whole).probe(Probe::Never);
    let mut run = |points: &[[f64; 3]], seen: &[(usize, usize)], w| {
        ranges_sparse_jacobian(&stations, points, seen, w, &mut plan).err()
    };
    assert_eq!(run(&points, &seen, 0.7), None);
    let size = |rows| SparseError::Size {
        plan: (16, 19),
        function: (Some(rows), 19),
    };
    assert_eq!(run(&points, &seen[1..], 0.7), Some(size(14)));
    assert_eq!(run(&points, &seen, 0.7), None);
    let not_finite = run(&points, &seen, f64::NAN);
    assert!(
        matches!(not_finite, Some(SparseError::NotFinite { .. })),
        "{not_finite:?}"
    );
    assert_eq!(run(&points, &seen, 0.7), None);
    // The first observation is another one, and its entries are not in the pattern.
    let mut moved = seen.clone();
    moved[0] = (0, 3);
    let missing = run(&points, &moved, 0.7);
    assert!(
        matches!(missing, Some(SparseError::Missing { row: 0 | 1, .. })),
        "{missing:?}"
    );
}

/// In single precision.
#[differentiate(jacobian, sparse)]
fn in_f32(x: &[f32], w: [f32; 4]) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        let y = w[0] * x[i];
        out[i] = y.sin() * w[1] * w[2] + w[3];
    }
    out
}

#[differentiate(jacobian, sparse)]
fn checkpointed(x: &[f64], w: [f64; 4]) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    let mut count = 0;
    #[checkpoint(3)]
    for i in 0..x.len() {
        let y = w[0] * x[count];
        out[i] = y.sin() * w[1] * w[2] + w[3];
        count += 1;
    }
    out
}

#[differentiate(jacobian, sparse)]
fn executed_again(x: &[f64], w: [f64; 4]) -> Vec<f64> {
    let mut out = Vec::new();
    #[recompute]
    for v in x {
        let y = w[0] * v;
        out.push(y.sin() * w[1] * w[2] + w[3]);
    }
    out
}

#[test]
fn single_precision() {
    let x: Vec<f32> = noise(5).into_iter().map(|x| x as f32).collect();
    let w = [0.3, 0.4, 0.5, 0.6];
    let (value, dense) = in_f32_jacobian(&x, w);
    let mut plan = JacobianPlan::<f32>::new(&in_f32_sparsity(&x, w));
    for _ in 0..2 {
        let (again, sparse) = in_f32_sparse_jacobian(&x, w, &mut plan).unwrap();
        assert_eq!(again, value);
        assert!(plan.has_segments());
        for (a, b) in sparse.to_matrix().as_slice().iter().zip(dense.as_slice()) {
            assert!((a - b).abs() <= 1e-6);
        }
    }
}

#[test]
fn other_ways_to_store() {
    for n in [0, 1, 2, 7] {
        let x = noise(n);
        let w = [0.3, 0.4, 0.5, 0.6];
        let (_, dense) = checkpointed_jacobian(&x, w);
        let (_, again) = executed_again_jacobian(&x, w);
        let found = checkpointed_sparsity(&x, w);
        let mut plans = [(); 2].map(|()| JacobianPlan::new(&found));
        for _ in 0..2 {
            let (_, first) = checkpointed_sparse_jacobian(&x, w, &mut plans[0]).unwrap();
            let (_, second) = executed_again_sparse_jacobian(&x, w, &mut plans[1]).unwrap();
            for (sparse, dense) in [(first, &dense), (second, &again)] {
                for (a, b) in sparse.to_matrix().as_slice().iter().zip(dense.as_slice()) {
                    assert!((a - b).abs() <= 1e-12);
                }
            }
        }
    }
}
