//! `f_sparse_jacobian` and `f_sparse_hessian`, against `f_jacobian` and `f_hessian`.

use chainrule::sparse::*;
use chainrule::{Differentiable, Matrix, differentiate};
use num_traits::Float;

fn noise(n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| 0.3 + 0.9 * ((i * i) as f64 * 0.37 + 1.0).sin())
        .collect()
}

/// The places of a dense matrix that are not zero: a pattern that a user could have.
fn nonzeros(a: &Matrix<f64>) -> Pattern {
    let all = (0..a.rows()).flat_map(|i| (0..a.cols()).map(move |j| (i, j)));
    Pattern::new(a.rows(), a.cols(), all.filter(|at| a[*at] != 0.0)).unwrap()
}

fn close(a: &Csc<f64>, dense: &Matrix<f64>, tolerance: f64) {
    let a = a.to_matrix();
    assert_eq!((a.rows(), a.cols()), (dense.rows(), dense.cols()));
    for (a, b) in a.as_slice().iter().zip(dense.as_slice()) {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{a} {b}");
    }
}

/// The dense Jacobian against the sparse one, forward, reverse, and in the cheaper mode.
macro_rules! jacobians {
    ($dense:expr, |$plan:ident| $sparse:expr) => {{
        let (value, dense) = $dense;
        let pattern = nonzeros(&dense);
        for mut plan in [
            JacobianPlan::new(&pattern),
            JacobianPlan::forward(&pattern),
            JacobianPlan::reverse(&pattern),
        ] {
            for _ in 0..2 {
                let $plan = &mut plan;
                let (again, matrix) = $sparse.unwrap();
                assert_eq!(again, value);
                close(&matrix, &dense, 1e-12);
            }
        }
        pattern
    }};
}

#[differentiate(jacobian, sparse)]
fn tridiagonal(x: &[f64], w: f64) -> Vec<f64> {
    let n = x.len();
    (0..n)
        .map(|i| {
            let left = if i > 0 { x[i - 1] } else { 0.0 };
            let right = if i + 1 < n { x[i + 1] } else { 0.0 };
            (3.0 - 2.0 * x[i]) * x[i] - w * left - 2.0 * right + 1.0
        })
        .collect()
}

#[test]
fn a_vector_from_a_slice_and_a_number() {
    for n in [1, 2, 9] {
        let x = noise(n);
        jacobians!(tridiagonal_jacobian(&x, 0.7), |plan| {
            tridiagonal_sparse_jacobian(&x, 0.7, plan)
        });
    }
}

#[differentiate(jacobian, sparse)]
fn step(v: &mut [f64], h: f64, #[constant] k: &[f64], log: &mut Vec<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..v.len() {
        v[i] += h * k[i] * v[i].sin();
        if i % 2 == 0 {
            log.push(v[i] * h);
        }
        sum += v[i];
    }
    sum
}

#[test]
fn in_out_parameters() {
    let (start, k) = (noise(6), noise(6));
    let dense = {
        let (mut v, mut log) = (start.clone(), vec![0.5]);
        step_jacobian(&mut v, 0.1, &k, &mut log)
    };
    let pattern = jacobians!(dense, |plan| {
        let (mut v, mut log) = (start.clone(), vec![0.5]);
        let result = step_sparse_jacobian(&mut v, 0.1, &k, &mut log, plan);
        assert_eq!((v.len(), log.len()), (6, 4));
        result
    });
    assert_eq!((pattern.rows(), pattern.cols()), (1 + 6 + 4, 6 + 1 + 1));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Spring {
    ends: [f64; 2],
    stiffness: f64,
    name: String,
}

#[differentiate(jacobian, sparse)]
fn forces(springs: Vec<Spring>, (scale, shift): (f64, f64)) -> (Vec<f64>, f64) {
    let mut total = shift;
    let mut out = Vec::new();
    for s in &springs {
        let force = scale * s.stiffness * (s.ends[1] - s.ends[0]);
        out.push(force);
        total += force * 0.5;
    }
    (out, total)
}

#[test]
fn structs_and_tuples() {
    let springs: Vec<Spring> = (0..4)
        .map(|i| Spring {
            ends: [0.1 * i as f64, 1.0 + 0.3 * i as f64],
            stiffness: 2.0,
            name: i.to_string(),
        })
        .collect();
    let dense = forces_jacobian(springs.clone(), (0.5, 0.1));
    jacobians!(dense, |plan| forces_sparse_jacobian(
        springs.clone(),
        (0.5, 0.1),
        plan
    ));
}

#[differentiate(jacobian, sparse)]
impl Spring {
    fn stretched(&self, by: [f64; 2]) -> Result<[f64; 3], String> {
        if self.name.is_empty() {
            return Err("no name".into());
        }
        Ok([by[0] * self.ends[0], by[1] * self.ends[1], self.stiffness])
    }
}

#[test]
fn methods_and_errors() {
    let spring = |name: &str| Spring {
        ends: [0.5, 1.5],
        stiffness: 3.0,
        name: name.into(),
    };
    let named = spring("a");
    let dense = named.stretched_jacobian([2.0, 4.0]).unwrap();
    let pattern = jacobians!(dense, |plan| {
        named.stretched_sparse_jacobian([2.0, 4.0], plan).unwrap()
    });
    let mut plan = JacobianPlan::new(&pattern);
    let error = spring("").stretched_sparse_jacobian([2.0, 4.0], &mut plan);
    assert_eq!(error.unwrap_err(), "no name");
    assert!(
        named
            .stretched_sparse_jacobian([2.0, 4.0], &mut plan)
            .unwrap()
            .is_ok()
    );
}

#[differentiate(jacobian, sparse)]
fn generic<T: Float>(x: &[T]) -> Vec<T> {
    x.windows(2).map(|w| w[0] * w[1].exp()).collect()
}

#[test]
fn float_types() {
    let x = noise(5);
    jacobians!(generic_jacobian(&x), |plan| generic_sparse_jacobian(
        &x, plan
    ));
    let x: Vec<f32> = x.into_iter().map(|x| x as f32).collect();
    let pattern = Pattern::new(4, 5, (0..4).flat_map(|i| [(i, i), (i, i + 1)])).unwrap();
    let mut plan = JacobianPlan::<f32>::new(&pattern);
    let (value, matrix) = generic_sparse_jacobian(&x, &mut plan).unwrap();
    assert_eq!(matrix.get(2, 3), value[2]);
}

/// Names that are also those of locals in generated code.
#[differentiate(sparse)]
fn names(plan: &[f64], sweeps: f64, value: f64) -> [f64; 2] {
    [plan[0] * sweeps, value * plan[1]]
}

#[test]
fn alone_it_means_jacobians() {
    let pattern = Pattern::new(2, 4, [(0, 0), (0, 2), (1, 1), (1, 3)]).unwrap();
    let (value, matrix) =
        names_sparse_jacobian(&[2.0, 3.0], 5.0, 7.0, &mut JacobianPlan::new(&pattern)).unwrap();
    assert_eq!(value, [10.0, 21.0]);
    assert_eq!(matrix.values(), [5.0, 7.0, 2.0, 3.0]);
}

#[test]
fn plans_for_other_functions() {
    let x = noise(4);
    let run = |rows, cols, mode: fn(&Pattern) -> JacobianPlan<f64>| {
        let mut plan = mode(&Pattern::dense(rows, cols));
        tridiagonal_sparse_jacobian(&x, 0.7, &mut plan).err()
    };
    let size = |plan, function| Some(SparseError::Size { plan, function });
    assert_eq!(run(4, 5, JacobianPlan::forward), None);
    assert_eq!(run(4, 5, JacobianPlan::reverse), None);
    for mode in [JacobianPlan::forward, JacobianPlan::reverse] {
        assert_eq!(run(4, 4, mode), size((4, 4), (None, 5)));
        assert_eq!(run(4, 6, mode), size((4, 6), (None, 5)));
        assert_eq!(run(3, 5, mode), size((3, 5), (Some(4), 5)));
        assert_eq!(run(5, 5, mode), size((5, 5), (Some(4), 5)));
    }
    let error = size((3, 5), (Some(4), 5)).unwrap().to_string();
    assert_eq!(
        error,
        "a plan for a 3 by 5 matrix can't evaluate one with 4 rows and 5 columns"
    );
}

#[test]
fn patterns_that_lack_an_entry() {
    let x = noise(6);
    let all = nonzeros(&tridiagonal_jacobian(&x, 0.7).1);
    for missing in all.pairs() {
        let rest = all.pairs().filter(|at| *at != missing);
        let wrong = Pattern::new(6, 7, rest).unwrap();
        for mut plan in [JacobianPlan::forward(&wrong), JacobianPlan::reverse(&wrong)] {
            let error = tridiagonal_sparse_jacobian(&x, 0.7, &mut plan).unwrap_err();
            let (row, col) = missing;
            assert_eq!(error, SparseError::Missing { row, col });
        }
    }
}

#[differentiate(hessian, sparse)]
fn chained(x: &[f64], (a, b): (f64, f64), #[constant] data: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let step = x[i] - x[i - 1] * x[i - 1];
        sum += a * step * step + (1.0 - x[i - 1]).powi(2) * data[i];
    }
    sum + b * x[0]
}

#[test]
fn hessians() {
    for n in [1, 2, 3, 8] {
        let (x, data) = (noise(n), noise(n));
        let (value, gradient, dense) = chained_hessian(&x, (100.0, 0.5), &data);
        let pattern = nonzeros(&dense);
        for (mut plan, tolerance) in [
            (HessianPlan::new(&pattern).unwrap(), 1e-11),
            (HessianPlan::by_substitution(&pattern).unwrap(), 1e-10),
        ] {
            for _ in 0..2 {
                let (again, same, matrix) =
                    chained_sparse_hessian(&x, (100.0, 0.5), &data, &mut plan).unwrap();
                assert_eq!((again, &same), (value, &gradient));
                close(&matrix, &dense, tolerance);
            }
        }
    }
}

#[test]
fn patterns_of_hessians_that_lack_an_entry() {
    let (x, data) = (noise(5), noise(5));
    let mut plan = HessianPlan::new(&Pattern::banded(7, 1, 1)).unwrap();
    let error = chained_sparse_hessian(&x, (2.0, 0.5), &data, &mut plan).unwrap_err();
    // `a` meets all of `x`, `b` the first.
    let SparseError::Missing { row, col } = error else {
        panic!("{error}");
    };
    assert!(chained_hessian(&x, (2.0, 0.5), &data).2[(row, col)] != 0.0);
    assert!(row.abs_diff(col) > 1);
    let mut plan = HessianPlan::new(&Pattern::banded(6, 1, 1)).unwrap();
    let error = chained_sparse_hessian(&x, (2.0, 0.5), &data, &mut plan).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a plan for a 6 by 6 matrix can't evaluate one with 7 columns"
    );
}

#[differentiate(jacobian, sparse)]
trait Model {
    fn residuals(#[constant] &self, x: &[f64]) -> Vec<f64>;
}

struct Decay(f64);

#[differentiate(jacobian, sparse)]
impl Model for Decay {
    fn residuals(#[constant] &self, x: &[f64]) -> Vec<f64> {
        x.iter().map(|x| (-x * self.0).exp()).collect()
    }
}

#[test]
fn methods_of_traits() {
    let (model, x) = (Decay(2.0), noise(5));
    let pattern = jacobians!(model.residuals_jacobian(&x), |plan| {
        model.residuals_sparse_jacobian(&x, plan)
    });
    assert_eq!(pattern, Pattern::banded(5, 0, 0));
}
