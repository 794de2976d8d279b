//! A plan evaluates without allocating.

use allocation_counter::measure;
use chainrule::differentiate;
use chainrule::sparse::{HessianPlan, JacobianPlan, Mode, Pattern, Probe};

#[differentiate]
fn steps(x: &[f64], out: &mut [f64]) {
    for i in 0..out.len() {
        out[i] = x[i + 1] - x[i] * x[i];
    }
}

#[test]
fn jacobians() {
    let x = [0.3; 40];
    let pattern = Pattern::new(39, 40, (0..39).flat_map(|i| [(i, i), (i, i + 1)])).unwrap();
    for plan in [
        JacobianPlan::forward(&pattern),
        JacobianPlan::reverse(&pattern),
    ] {
        let mut plan = plan.probe(Probe::Always);
        let mut matrix = plan.matrix();
        let (mut out, mut seed) = ([0.0; 39], [0.0; 39]);
        let allocated = measure(|| {
            let done = plan.evaluate(&mut matrix, |mode, direction, result| match mode {
                Mode::Forward => steps_tangent(&x, direction, &mut out, result),
                Mode::Reverse => {
                    seed.copy_from_slice(direction);
                    steps_adjoint(&x, result, &mut out, &mut seed);
                }
            });
            assert_eq!(done, Ok(()));
        });
        assert_eq!(allocated.count_total, 0);
        assert!(
            matrix
                .triplets()
                .all(|(i, j, v)| v == if i == j { -0.6 } else { 1.0 })
        );
    }
}

#[test]
fn hessians() {
    let pattern = Pattern::banded(40, 1, 1);
    for plan in [
        HessianPlan::<f64>::new(&pattern).unwrap(),
        HessianPlan::by_substitution(&pattern).unwrap(),
    ] {
        let mut plan = plan.probe(Probe::Always);
        let mut matrix = plan.matrix();
        let allocated = measure(|| {
            let done = plan.evaluate(&mut matrix, |v, out| {
                for i in 0..40 {
                    out[i] += 4.0 * v[i];
                    if i > 0 {
                        out[i] -= v[i - 1];
                        out[i - 1] -= v[i];
                    }
                }
            });
            assert_eq!(done, Ok(()));
        });
        assert_eq!(allocated.count_total, 0);
        assert!(
            matrix
                .triplets()
                .all(|(i, j, v)| v == if i == j { 4.0 } else { -1.0 })
        );
    }
}
