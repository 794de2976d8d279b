//! Test problems of Moré, Garbow, Hillstrom, *Testing unconstrained optimization software*, ACM Transactions on Mathematical Software 7
//! (1981): sums of squares, with the starting points, sizes and minima that are published there.
//!
//! All but Osborne's second are here, numbered as in the paper. Each function is written from its formula, and its derivatives once more by
//! hand.

// Formulas are written with the indices that the paper has, and in all forms of the language.
#![allow(clippy::all)]

mod few_variables;
mod many_variables;
mod minimise;

use chainrule::Matrix;
use chainrule::sparse::{Csc, HessianPlan, JacobianPlan, Pattern, SparseError};

type WithSparse = Result<(Vec<f64>, Csc<f64>), SparseError>;

/// A problem, with the companions of its function.
struct Problem {
    name: &'static str,
    /// The published starting point.
    start: Vec<f64>,
    residuals: fn(&[f64]) -> Vec<f64>,
    jacobian: fn(&[f64]) -> (Vec<f64>, Matrix<f64>),
    sparse_jacobian: fn(&[f64], &mut JacobianPlan<f64>) -> WithSparse,
    hessian: fn(&[f64]) -> (f64, Vec<f64>, Matrix<f64>),
    sparse_hessian:
        fn(&[f64], &mut HessianPlan<f64>) -> Result<(f64, Vec<f64>, Csc<f64>), SparseError>,
    hessian_sparsity: fn(&[f64]) -> Pattern,
    /// The derivative of residual `i` by variable `j`, by hand.
    entry: fn(&[f64], usize, usize) -> f64,
    /// A published minimum of the sum of squares, if one is reached from the starting point.
    minimum: Option<f64>,
}

/// Declares a problem: its starting points, its residuals, its derivatives by hand, and the minima.
macro_rules! problem {
    ($name:ident $title:literal, $($start:expr => $minimum:expr),+;
     |$x:ident| $body:block
     |$y:ident, $i:ident, $j:ident| $entry:block) => {
        pub mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[differentiate(jacobian, hessian, sparse)]
            pub fn residuals($x: &[f64]) -> Vec<f64> $body

            #[differentiate(hessian, sparse)]
            pub fn squares(x: &[f64]) -> f64 {
                let r = residuals(x);
                let mut sum = 0.0;
                for r in r {
                    sum += r * r;
                }
                sum
            }

            fn entry($y: &[f64], $i: usize, $j: usize) -> f64 $entry

            pub fn problems() -> Vec<Problem> {
                vec![$(Problem {
                    name: $title,
                    start: $start.to_vec(),
                    residuals,
                    jacobian: residuals_jacobian,
                    sparse_jacobian: residuals_sparse_jacobian,
                    hessian: squares_hessian,
                    sparse_hessian: squares_sparse_hessian,
                    hessian_sparsity: squares_hessian_sparsity,
                    entry,
                    minimum: $minimum,
                }),+]
            }
        }
    };
}
use problem;

fn all() -> Vec<Problem> {
    let mut all = few_variables::all();
    all.extend(many_variables::all());
    all
}

/// The starting point, and others near it, at which no derivative vanishes by chance.
fn points(p: &Problem) -> Vec<Vec<f64>> {
    let moved = |by: f64| {
        let each = p.start.iter().enumerate();
        each.map(|(i, x)| x + by * (1.0 + 0.3 * (i as f64 * 1.7).sin()) * x.abs().max(0.1))
            .collect()
    };
    vec![p.start.clone(), moved(0.013), moved(-0.07)]
}

fn close(got: f64, want: f64, scale: f64, what: &str) {
    assert!(
        (got - want).abs() <= 1e-10 * scale,
        "{what}: {got:e}, not {want:e}"
    );
}

#[test]
fn thirty_four_problems() {
    let mut names: Vec<&str> = all().iter().map(|p| p.name).collect();
    names.dedup();
    assert_eq!(names.len(), 34);
}

#[test]
fn jacobians_are_those_by_hand() {
    for p in all() {
        for x in points(&p) {
            let (value, jacobian) = (p.jacobian)(&x);
            assert_eq!(value, (p.residuals)(&x));
            assert_eq!((jacobian.rows(), jacobian.cols()), (value.len(), x.len()));
            let largest = jacobian
                .as_slice()
                .iter()
                .fold(1.0_f64, |m, v| m.max(v.abs()));
            for i in 0..value.len() {
                for j in 0..x.len() {
                    let what = format!("{} ({i}, {j}) at {x:?}", p.name);
                    close(
                        jacobian[(i, j)],
                        (p.entry)(&x, i, j),
                        largest.min(1e4),
                        &what,
                    );
                }
            }
        }
    }
}

/// Where one of several matrices is not zero.
fn union(matrices: &[Matrix<f64>]) -> Pattern {
    let (rows, cols) = (matrices[0].rows(), matrices[0].cols());
    let places = (0..rows).flat_map(|i| (0..cols).map(move |j| (i, j)));
    let any = |at: &(usize, usize)| matrices.iter().any(|m| m[*at] != 0.0);
    Pattern::new(rows, cols, places.filter(any)).unwrap()
}

#[test]
fn sparse_jacobians_are_the_dense_ones() {
    for p in all() {
        let dense: Vec<Matrix<f64>> = points(&p).iter().map(|x| (p.jacobian)(x).1).collect();
        let pattern = union(&dense);
        for mut plan in [
            JacobianPlan::forward(&pattern),
            JacobianPlan::reverse(&pattern),
        ] {
            for (x, dense) in points(&p).iter().zip(&dense) {
                let (_, sparse) = (p.sparse_jacobian)(x, &mut plan).unwrap();
                for (i, j, got) in sparse.triplets() {
                    let scale = dense.row(i).iter().fold(1.0_f64, |m, v| m.max(v.abs()));
                    close(got, dense[(i, j)], scale, p.name);
                }
            }
        }
    }
}

#[test]
fn hessians_are_differences_of_gradients() {
    for p in all() {
        let x = &points(&p)[1];
        let (value, gradient, hessian) = (p.hessian)(x);
        let residuals = (p.residuals)(x);
        close(
            value,
            residuals.iter().map(|r| r * r).sum(),
            value.abs().max(1.0),
            p.name,
        );
        let jacobian = (p.jacobian)(x).1;
        let largest = hessian
            .as_slice()
            .iter()
            .fold(1.0_f64, |m, v| m.max(v.abs()));
        for j in 0..x.len() {
            let terms = residuals
                .iter()
                .enumerate()
                .map(|(i, r)| 2.0 * r * jacobian[(i, j)]);
            let scale: f64 = 1.0 + terms.clone().map(f64::abs).sum::<f64>();
            close(gradient[j], terms.sum(), scale, p.name);
            let h = 1e-5 * x[j].abs().max(1e-2);
            let at = |t: f64| {
                let mut moved = x.clone();
                moved[j] += t;
                (p.hessian)(&moved).1
            };
            let (up, down) = (at(h), at(-h));
            for i in 0..x.len() {
                let slope = (up[i] - down[i]) / (2.0 * h);
                // What differences can resolve: rounding of the gradients, and the third derivative.
                let resolved = 1e-15 * (up[i].abs() + scale) / h + 1e-5 * largest;
                assert!(
                    (slope - hessian[(i, j)]).abs() <= resolved,
                    "{} ({i}, {j})",
                    p.name
                );
            }
        }
    }
}

#[test]
fn sparse_hessians_are_the_dense_ones() {
    for p in all() {
        let dense: Vec<Matrix<f64>> = points(&p).iter().map(|x| (p.hessian)(x).2).collect();
        let pattern = union(&dense);
        for (x, dense) in points(&p).iter().zip(&dense) {
            let found = (p.hessian_sparsity)(x);
            let all = found.union(&union(std::slice::from_ref(dense))).unwrap();
            assert_eq!(all, found, "{}", p.name);
        }
        for mut plan in [
            HessianPlan::new(&pattern).unwrap(),
            HessianPlan::by_substitution(&pattern).unwrap(),
        ] {
            for (x, dense) in points(&p).iter().zip(&dense) {
                let (_, _, sparse) = (p.sparse_hessian)(x, &mut plan).unwrap();
                let largest = dense.as_slice().iter().fold(1.0_f64, |m, v| m.max(v.abs()));
                for (i, j, got) in sparse.triplets() {
                    close(got, dense[(i, j)], largest, p.name);
                }
            }
        }
    }
}

/// The published minima are reached with our Jacobians, from the published starting points.
#[test]
fn published_minima() {
    for p in all() {
        let Some(minimum) = p.minimum else { continue };
        let (found, x) = minimise::least_squares(&p.start, |x| (p.jacobian)(x));
        let enough = (found - minimum).abs() <= 1e-5 * minimum + 1e-13;
        assert!(enough, "{}: {found:e}, not {minimum:e}, at {x:?}", p.name);
    }
}
