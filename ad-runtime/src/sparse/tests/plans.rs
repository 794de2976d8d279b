//! Plans: what they recover, and what they find.

use super::{Dice, arrows, grid};
use crate::rt::LANES;
use crate::sparse::*;

/// The matrix from its products with directions, or its transpose's.
fn recovered(a: &Csc<f64>, plan: &mut JacobianPlan<f64>) -> (Csc<f64>, usize) {
    let (mut out, mut sweeps) = (plan.matrix(), 0);
    plan.evaluate(&mut out, |mode, direction, result| {
        sweeps += 1;
        multiply(a, mode, direction, result);
    })
    .unwrap();
    (out, sweeps)
}

fn multiply(a: &Csc<f64>, mode: Mode, direction: &[f64], result: &mut [f64]) {
    for (i, j, v) in a.triplets() {
        match mode {
            Mode::Forward => result[i] += v * direction[j],
            Mode::Reverse => result[j] += v * direction[i],
        }
    }
}

#[test]
fn jacobians_of_random_patterns() {
    let mut dice = Dice::new(20);
    for round in 0..200 {
        let (rows, cols) = (dice.below(20), dice.below(20));
        let p = dice.pattern(rows, cols, round % 50);
        let a = dice.matrix(&p);
        for mut plan in [
            JacobianPlan::new(&p),
            JacobianPlan::forward(&p),
            JacobianPlan::reverse(&p),
        ] {
            let (out, sweeps) = recovered(&a, &mut plan);
            // One more for the probe, the first time.
            assert_eq!((&out, sweeps), (&a, plan.sweeps() + 1));
            assert_eq!(recovered(&a, &mut plan), (out, plan.sweeps()));
        }
        for order in Order::ALL {
            let coloring = Coloring::columns(&p, order);
            let mut plan = JacobianPlan::with_coloring(&p, Mode::Forward, &coloring)
                .unwrap()
                .probe(Probe::Never);
            assert_eq!(
                recovered(&a, &mut plan),
                (a.clone(), coloring.count().max(1))
            );
        }
    }
}

fn product(a: &Csc<f64>, v: &[f64], out: &mut [f64]) {
    multiply(a, Mode::Forward, v, out);
}

fn check_hessian(a: &Csc<f64>, mut plan: HessianPlan<f64>, tolerance: f64) {
    let mut out = plan.matrix();
    for _ in 0..2 {
        plan.evaluate(&mut out, |v, out| product(a, v, out))
            .unwrap();
        for ((i, j, got), want) in out.triplets().zip(a.values()) {
            assert!((got - want).abs() <= tolerance, "({i}, {j}): {got} {want}");
            assert_eq!(got.to_bits(), out.get(j, i).to_bits());
        }
    }
}

#[test]
fn hessians_of_random_patterns() {
    let mut dice = Dice::new(21);
    for round in 0..200 {
        let size = dice.below(20);
        let p = dice.symmetric_pattern(size, round % 40);
        let a = dice.symmetric_matrix(&p);
        check_hessian(&a, HessianPlan::new(&p).unwrap(), 0.0);
        check_hessian(&a, HessianPlan::by_substitution(&p).unwrap(), 1e-12);
        for order in Order::ALL {
            for kind in [Symmetric::Star, Symmetric::Acyclic] {
                let coloring = Coloring::symmetric(&p, kind, order).unwrap();
                let plan = HessianPlan::with_coloring(&p, kind, &coloring).unwrap();
                check_hessian(&a, plan, 1e-12);
            }
        }
    }
}

#[test]
fn hessians_of_grids_and_arrows() {
    let mut dice = Dice::new(22);
    for p in [grid(12, 9), arrows(300, 2), Pattern::banded(60, 3, 3)] {
        let a = dice.symmetric_matrix(&p);
        check_hessian(&a, HessianPlan::new(&p).unwrap(), 0.0);
        check_hessian(&a, HessianPlan::by_substitution(&p).unwrap(), 1e-11);
    }
}

#[test]
fn the_cheaper_of_columns_and_rows() {
    let of = |p: &Pattern| {
        let plan = JacobianPlan::<f64>::new(p);
        (plan.mode(), plan.sweeps())
    };
    assert_eq!(of(&Pattern::dense(3, 3)), (Mode::Forward, 3));
    assert_eq!(of(&Pattern::dense(3, 6)), (Mode::Forward, 6));
    assert_eq!(of(&Pattern::dense(3, 7)), (Mode::Reverse, 3));
    assert_eq!(of(&Pattern::banded(30, 1, 1)), (Mode::Forward, 3));
    assert_eq!(of(&Pattern::dense(0, 4)), (Mode::Forward, 1));
    // One full row: columns need a sweep each, rows two sweeps.
    let p = Pattern::new(5, 5, (0..5).flat_map(|i| [(0, i), (i, i)])).unwrap();
    assert_eq!(of(&p), (Mode::Reverse, 2));
}

/// Every entry that is left out is named.
#[test]
fn missing_entries_are_found() {
    let mut dice = Dice::new(23);
    for round in 0..150 {
        let (rows, cols) = (1 + dice.below(12), 1 + dice.below(12));
        let p = dice.pattern(rows, cols, 1 + round % 30);
        let a = dice.matrix(&p);
        let pairs: Vec<_> = p.pairs().collect();
        let (row, col) = pairs[dice.below(pairs.len())];
        let rest = pairs.into_iter().filter(|at| *at != (row, col));
        let wrong = Pattern::new(rows, cols, rest).unwrap();
        for mut plan in [JacobianPlan::forward(&wrong), JacobianPlan::reverse(&wrong)] {
            let mut out = plan.matrix();
            for _ in 0..2 {
                let sweep = |mode, d: &[f64], r: &mut [f64]| multiply(&a, mode, d, r);
                let found = plan.evaluate(&mut out, sweep);
                assert_eq!(found, Err(SparseError::Missing { row, col }));
            }
        }
    }
}

#[test]
fn missing_pairs_of_hessians_are_found() {
    let mut dice = Dice::new(24);
    for round in 0..150 {
        let size = 1 + dice.below(12);
        let p = dice.symmetric_pattern(size, 1 + round % 30);
        let a = dice.symmetric_matrix(&p);
        let pairs: Vec<_> = p.pairs().collect();
        let (row, col) = pairs[dice.below(pairs.len())];
        let rest = pairs
            .into_iter()
            .filter(|at| *at != (row, col) && *at != (col, row));
        let wrong = Pattern::new(size, size, rest).unwrap();
        for mut plan in [
            HessianPlan::new(&wrong).unwrap(),
            HessianPlan::by_substitution(&wrong).unwrap(),
        ] {
            let mut out = plan.matrix();
            let found = plan.evaluate(&mut out, |v, out| product(&a, v, out));
            let Err(SparseError::Missing { row: i, col: j }) = found else {
                panic!("{found:?}");
            };
            assert_eq!((i.min(j), i.max(j)), (row.min(col), row.max(col)));
        }
    }
}

#[test]
fn probes_when_they_are_wanted() {
    let right = |_: Mode, d: &[f64], r: &mut [f64]| r[0] = d[0];
    let wrong = |_: Mode, d: &[f64], r: &mut [f64]| (r[0], r[1]) = (d[0], d[0]);
    let p = Pattern::new(2, 2, [(0, 0), (1, 1)]).unwrap();
    let first_then = |probe| {
        let mut plan = JacobianPlan::forward(&p).probe(probe);
        let mut out = plan.matrix();
        plan.evaluate(&mut out, right).unwrap();
        plan.evaluate(&mut out, wrong)
    };
    assert_eq!(first_then(Probe::First), Ok(()));
    assert_eq!(first_then(Probe::Never), Ok(()));
    assert_eq!(
        first_then(Probe::Always),
        Err(SparseError::Missing { row: 1, col: 0 })
    );
}

#[test]
fn what_is_not_finite_or_not_linear() {
    let p = Pattern::banded(3, 0, 0);
    let mut plan = JacobianPlan::<f64>::forward(&p);
    let mut out = plan.matrix();
    let found = plan.evaluate(&mut out, |_, d, r| (r[0], r[2]) = (d[0], d[2] / 0.0));
    assert_eq!(found, Err(SparseError::NotFinite { row: 2, col: 2 }));
    let found = plan.evaluate(&mut out, |_, d, r| r[1] = d[1].abs().sqrt());
    assert_eq!(found, Err(SparseError::Inconsistent { at: 1 }));
    assert_eq!(plan.evaluate(&mut out, |_, d, r| r[1] = d[1]), Ok(()));
    let full = Pattern::dense(1, 1);
    let mut plan = JacobianPlan::forward(&full);
    let found = plan.evaluate(&mut plan.matrix(), |_, d, r| {
        r[0] = if d[0] == 1.0 { 1.0 } else { f64::NAN }
    });
    assert_eq!(found, Err(SparseError::Inconsistent { at: 0 }));
}

#[test]
fn colourings_that_are_none() {
    let p = Pattern::banded(4, 1, 1);
    let jacobian = |mode, colors: &[usize]| {
        let coloring = Coloring::new(colors.to_vec());
        JacobianPlan::<f64>::with_coloring(&p, mode, &coloring).err()
    };
    let hessian = |kind, colors: &[usize]| {
        let coloring = Coloring::new(colors.to_vec());
        HessianPlan::<f64>::with_coloring(&p, kind, &coloring).err()
    };
    let few = Some(PatternError::Colors { lines: 4, given: 3 });
    for mode in [Mode::Forward, Mode::Reverse] {
        assert_eq!(jacobian(mode, &[0, 1, 2]), few);
        assert_eq!(jacobian(mode, &[0, 1, 2, 0]), None);
        assert_eq!(
            jacobian(mode, &[0, 1, 0, 2]),
            Some(PatternError::Coloring { at: 1 })
        );
    }
    assert_eq!(hessian(Symmetric::Star, &[0, 1, 2]), few);
    assert_eq!(hessian(Symmetric::Star, &[0, 1, 0, 2]), None);
    assert!(hessian(Symmetric::Star, &[0, 1, 0, 1]).is_some());
    assert_eq!(hessian(Symmetric::Acyclic, &[0, 1, 0, 1]), None);
    assert!(hessian(Symmetric::Acyclic, &[0, 0, 1, 1]).is_some());
    let circle = Pattern::new(
        4,
        4,
        (0..4).flat_map(|i| [(i, (i + 1) % 4), ((i + 1) % 4, i)]),
    );
    let cycle = HessianPlan::<f64>::with_coloring(
        &circle.unwrap(),
        Symmetric::Acyclic,
        &Coloring::new(vec![0, 1, 0, 1]),
    );
    assert_eq!(cycle.err(), Some(PatternError::Coloring { at: 0 }));
}

#[test]
#[should_panic(expected = "the matrix does not have the plan's pattern")]
fn a_matrix_of_another_pattern() {
    let mut plan = JacobianPlan::<f64>::forward(&Pattern::dense(1, 1));
    let mut other = Csc::zeros(Pattern::banded(2, 0, 0));
    let _ = plan.evaluate(&mut other, |_, _, _| {});
}

/// As generated code runs it: several directions side by side.
fn with_lanes(a: &Csc<f64>, plan: &mut JacobianPlan<f64>, widths: &mut Vec<usize>) -> Csc<f64> {
    let (rows, cols) = (a.rows(), a.cols());
    let mode = plan.mode();
    let mut matrix = plan.matrix();
    let mut sweeps = SparseSweeps::jacobian(plan, &mut matrix, cols, Some(rows));
    while let Some(mut direction) = match mode {
        Mode::Forward => sweeps.column(LANES),
        Mode::Reverse => sweeps.row(LANES),
    } {
        let width = direction.width();
        widths.push(width);
        let (inputs, outputs) = match mode {
            Mode::Forward => (cols, rows),
            Mode::Reverse => (rows, cols),
        };
        let (mut shadow, mut out) = (vec![0.0; inputs * width], vec![0.0; outputs * width]);
        direction.part::<1, _>(&mut shadow);
        for (i, j, v) in a.triplets() {
            let (from, to) = match mode {
                Mode::Forward => (j, i),
                Mode::Reverse => (i, j),
            };
            for lane in 0..width {
                out[to * width + lane] += v * shadow[from * width + lane];
            }
        }
        sweeps.entries::<1, _>(&direction, &out);
    }
    sweeps.finish().unwrap();
    matrix
}

#[test]
fn several_directions_at_once() {
    let mut dice = Dice::new(25);
    let mut widths = Vec::new();
    for round in 0..200 {
        let (rows, cols) = (1 + dice.below(40), 1 + dice.below(40));
        let p = dice.pattern(rows, cols, 3 * round);
        let a = dice.matrix(&p);
        for mut plan in [JacobianPlan::forward(&p), JacobianPlan::reverse(&p)] {
            assert_eq!(with_lanes(&a, &mut plan, &mut widths), a);
        }
    }
    assert!([1, 2, LANES].iter().all(|w| widths.contains(w)));
}
