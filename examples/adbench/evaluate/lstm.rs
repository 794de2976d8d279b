//! Evaluation of a LSTM problem.

use super::{DIFFERENCES, EXACT, central_difference, dot, moved};
use crate::hand_written::lstm::objective_gradient;
use crate::lstm::{Problem, objective};
use crate::ours;
use crate::reference::Scalar;
use crate::report::{Checks, Row, Times, norm};
use crate::synthetic::Generator;
use crate::timing::{Effort, medians, work};

/// Evaluates, checks and measures.
pub fn evaluate(p: &Problem, reference: Option<Scalar>, effort: Effort) -> Row {
    let value = primal(p);
    let (our_value, gradient) = ours::lstm_gradient(p);
    let gradient = flat(gradient);
    let checks = check(p, value, our_value, &gradient, reference);

    let direction = direction(p);
    let times = medians(
        effort,
        &mut [
            work(|| primal(p)),
            work(|| ours::lstm_tangent(p, &direction)),
            work(|| ours::lstm_gradient(p)),
            work(|| objective_gradient(&p.main, &p.extra, &p.hidden, &p.cell, &p.sequence, p.bits)),
        ],
    );
    Row {
        size: p.size(),
        value,
        norm: norm(&gradient),
        checks,
        times: Times {
            primal: times[0],
            tangent: times[1],
            derivative: times[2],
            by_hand: Some(times[3]),
        },
    }
}

/// Checks value and gradient against the reference, the hand-written adjoint, the tangent, and finite
/// differences.
fn check(
    p: &Problem,
    value: f64,
    our_value: f64,
    gradient: &[f64],
    reference: Option<Scalar>,
) -> Checks {
    let mut checks = Checks::default();
    if let Some(reference) = reference {
        checks.close("value", value, reference.value, EXACT);
        checks.close(
            "norm of the gradient",
            norm(gradient),
            reference.norm,
            EXACT,
        );
    }
    checks.identical("the gradient's value", our_value, value);
    let (by_hand_value, by_hand) =
        objective_gradient(&p.main, &p.extra, &p.hidden, &p.cell, &p.sequence, p.bits);
    checks.close(
        "the hand-written gradient's value",
        by_hand_value,
        value,
        EXACT,
    );
    checks.close_vectors(
        "gradient against hand-written",
        gradient,
        &flat(by_hand),
        EXACT,
    );

    let direction = direction(p);
    let (tangent_value, tangent) = ours::lstm_tangent(p, &direction);
    checks.identical("the tangent's value", tangent_value, value);
    let difference = central_difference(|step| {
        let main = moved(&p.main, &direction.0, step);
        let extra = moved(&p.extra, &direction.1, step);
        vec![objective(
            &main,
            &extra,
            &p.hidden,
            &p.cell,
            &p.sequence,
            p.bits,
        )]
    });
    let direction = flat(direction);
    let slope = dot(gradient, &direction);
    let scale = norm(gradient) * norm(&direction);
    checks.within("tangent against gradient", tangent, slope, EXACT * scale);
    checks.within(
        "gradient against differences",
        slope,
        difference[0],
        DIFFERENCES * scale,
    );
    checks
}

/// The objective's value.
fn primal(p: &Problem) -> f64 {
    objective(&p.main, &p.extra, &p.hidden, &p.cell, &p.sequence, p.bits)
}

/// A direction in the space of the parameters.
fn direction(p: &Problem) -> ours::LstmVector {
    let mut generator = Generator::new(3);
    let mut vector = |like: &[f64]| generator.vector(like.len());
    (vector(&p.main), vector(&p.extra))
}

/// The parts of a vector, one behind the other.
fn flat((main, extra): ours::LstmVector) -> Vec<f64> {
    [main, extra].concat()
}
