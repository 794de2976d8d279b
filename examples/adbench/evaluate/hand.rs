//! Evaluation of a HAND problem. The Jacobian has 26 dense columns for the pose, and in complicated mode two
//! more: as each point has its own two `u`, one tangent sweep serves all first ones, and one all second ones.

use super::{DIFFERENCES, EXACT, central_difference, moved};
use crate::hand::{Problem, residuals_complicated, residuals_simple};
use crate::ours;
use crate::reference::Residuals;
use crate::report::{Checks, Row, Times, norm};
use crate::synthetic::Generator;
use crate::timing::{Effort, medians, work};

/// Evaluates, checks and measures. There is no hand-written derivative.
pub fn evaluate(p: &Problem, reference: Option<Residuals>, effort: Effort) -> Row {
    let residuals = primal(p, &p.theta, &p.us);
    let columns = jacobian(p);
    let checks = check(p, &residuals, &columns, reference);

    let mut generator = Generator::new(3);
    let (theta_dot, us_dot) = (
        generator.vector(p.theta.len()),
        generator.vector(p.us.len()),
    );
    let times = medians(
        effort,
        &mut [
            work(|| primal(p, &p.theta, &p.us)),
            work(|| ours::hand_tangent(p, &theta_dot, &us_dot)),
            work(|| jacobian(p)),
        ],
    );
    Row {
        size: p.size(),
        value: norm(&residuals),
        norm: norm(&columns.concat()),
        checks,
        times: Times {
            primal: times[0],
            tangent: times[1],
            derivative: times[2],
            by_hand: None,
        },
    }
}

/// The residuals at a pose.
fn primal(p: &Problem, theta: &[f64], us: &[f64]) -> Vec<f64> {
    if p.is_complicated() {
        residuals_complicated(theta, us, &p.model, &p.observations)
    } else {
        residuals_simple(theta, &p.model, &p.observations)
    }
}

/// The Jacobian, column by column, with one tangent sweep for each.
fn jacobian(p: &Problem) -> Vec<Vec<f64>> {
    directions(p)
        .iter()
        .map(|(theta_dot, us_dot)| ours::hand_tangent(p, theta_dot, us_dot).1)
        .collect()
}

/// The directions that belong to the Jacobian's columns.
fn directions(p: &Problem) -> Vec<(Vec<f64>, Vec<f64>)> {
    let (angles, us) = (p.theta.len(), p.us.len());
    let unit = |n: usize, is_one: &dyn Fn(usize) -> bool| -> Vec<f64> {
        (0..n).map(|i| if is_one(i) { 1.0 } else { 0.0 }).collect()
    };
    let mut directions: Vec<_> = (0..angles)
        .map(|j| (unit(angles, &|i| i == j), vec![0.0; us]))
        .collect();
    if p.is_complicated() {
        directions.extend((0..2).map(|j| (vec![0.0; angles], unit(us, &|i| i % 2 == j))));
    }
    directions
}

/// Checks residuals and Jacobian against the reference and finite differences.
fn check(
    p: &Problem,
    residuals: &[f64],
    columns: &[Vec<f64>],
    reference: Option<Residuals>,
) -> Checks {
    let mut checks = Checks::default();
    if let Some(reference) = reference {
        checks.close("first residual", residuals[0], reference.first, EXACT);
        checks.close(
            "norm of the residuals",
            norm(residuals),
            reference.norm,
            EXACT,
        );
        checks.close(
            "norm of the Jacobian",
            norm(&columns.concat()),
            reference.jacobian_norm,
            EXACT,
        );
    }
    for (column, (theta_dot, us_dot)) in columns.iter().zip(directions(p)) {
        let (our_residuals, _) = ours::hand_tangent(p, &theta_dot, &us_dot);
        for (ours, residual) in our_residuals.iter().zip(residuals) {
            checks.identical("the tangent's residual", *ours, *residual);
        }
        let difference = central_difference(|step| {
            primal(
                p,
                &moved(&p.theta, &theta_dot, step),
                &moved(&p.us, &us_dot, step),
            )
        });
        checks.close_vectors(
            "column against differences",
            column,
            &difference,
            DIFFERENCES,
        );
    }
    checks
}
