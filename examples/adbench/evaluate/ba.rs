//! Evaluation of a BA problem. The Jacobian is sparse; what is computed are its 2 × 15 blocks and the
//! derivatives of the weight residuals.

use super::{DIFFERENCES, EXACT, central_difference};
use crate::ba::{Problem, residual, weight_residual};
use crate::hand_written::ba::residual_block;
use crate::ours;
use crate::reference::Block;
use crate::report::{Checks, Row, Times, norm};
use crate::synthetic::Generator;
use crate::timing::{Effort, medians, work};
use chainrule::Matrix;

/// A camera, a point and a weight.
type Inputs = ([f64; 11], [f64; 3], f64);

/// For each observation the residuals, and the weight residual.
struct Residuals {
    errors: Vec<[f64; 2]>,
    weights: Vec<f64>,
}

/// The derivatives of the residuals of each observation, in blocks of 2 × 15.
struct Jacobian<B> {
    blocks: Vec<B>,
    weights: Vec<f64>,
}

/// Evaluates, checks and measures.
pub fn evaluate(p: &Problem, reference: Option<Block>, effort: Effort) -> Row {
    let n = p.observations.len();
    let mut residuals = Residuals {
        errors: vec![[0.0; 2]; n],
        weights: vec![0.0; n],
    };
    let mut jacobian = Jacobian {
        blocks: vec![Matrix::zeros(2, 15); n],
        weights: vec![0.0; n],
    };
    primal(p, &mut residuals);
    our_jacobian(p, &mut jacobian);
    let checks = check(p, &residuals, &jacobian, reference);
    let value = norm(residuals.errors.as_flattened());
    let derivative_norm = norm_of_blocks(&jacobian.blocks).hypot(norm(&jacobian.weights));

    let mut tangents = residuals.errors.clone();
    let mut by_hand = Jacobian {
        blocks: vec![[0.0; 30]; n],
        weights: vec![0.0; n],
    };
    let direction = direction();
    let times = medians(
        effort,
        &mut [
            work(|| primal(p, &mut residuals)),
            work(|| our_tangent(p, &direction, &mut tangents)),
            work(|| our_jacobian(p, &mut jacobian)),
            work(|| hand_written_jacobian(p, &mut by_hand)),
        ],
    );
    Row {
        size: p.size(),
        value,
        norm: derivative_norm,
        checks,
        times: Times {
            primal: times[0],
            tangent: times[1],
            derivative: times[2],
            by_hand: Some(times[3]),
        },
    }
}

/// The norm of all entries of all blocks.
fn norm_of_blocks(blocks: &[Matrix<f64>]) -> f64 {
    blocks
        .iter()
        .fold(0.0, |sum, b| sum.hypot(norm(b.as_slice())))
}

/// All residuals.
fn primal(p: &Problem, residuals: &mut Residuals) {
    for (i, &(camera, point)) in p.observations.iter().enumerate() {
        let weight = p.weights[i];
        residuals.errors[i] =
            residual(&p.cameras[camera], &p.points[point], weight, &p.features[i]);
        residuals.weights[i] = weight_residual(weight);
    }
}

/// All derivatives, by the generated code.
fn our_jacobian(p: &Problem, jacobian: &mut Jacobian<Matrix<f64>>) {
    for (i, &(camera, point)) in p.observations.iter().enumerate() {
        let weight = p.weights[i];
        ours::ba_block(
            &p.cameras[camera],
            &p.points[point],
            weight,
            &p.features[i],
            &mut jacobian.blocks[i],
        );
        (_, jacobian.weights[i]) = ours::ba_weight_derivative(weight);
    }
}

/// All derivatives, by hand.
fn hand_written_jacobian(p: &Problem, jacobian: &mut Jacobian<[f64; 30]>) {
    for (i, &(camera, point)) in p.observations.iter().enumerate() {
        let weight = p.weights[i];
        residual_block(
            &p.cameras[camera],
            &p.points[point],
            weight,
            &p.features[i],
            &mut jacobian.blocks[i],
        );
        jacobian.weights[i] = -2.0 * weight;
    }
}

/// The derivatives of all residuals, when every camera, point and weight moves in the same direction.
fn our_tangent(p: &Problem, direction: &Inputs, tangents: &mut [[f64; 2]]) {
    let (camera_dot, point_dot, weight_dot) = direction;
    for (i, &(camera, point)) in p.observations.iter().enumerate() {
        (_, tangents[i]) = ours::ba_tangent(
            (&p.cameras[camera], camera_dot),
            (&p.points[point], point_dot),
            (p.weights[i], *weight_dot),
            &p.features[i],
        );
    }
}

/// Checks residuals and blocks against the reference, the hand-written block, the tangent, and finite
/// differences. As the files repeat one observation, all observations are compared with the reference, and
/// the first with the rest.
fn check(
    p: &Problem,
    residuals: &Residuals,
    jacobian: &Jacobian<Matrix<f64>>,
    reference: Option<Block>,
) -> Checks {
    let mut checks = Checks::default();
    if let Some(reference) = reference {
        for (error, block) in residuals.errors.iter().zip(&jacobian.blocks) {
            checks.close_vectors("residuals", error, &reference.residual, EXACT);
            checks.close(
                "norm of the block",
                norm(block.as_slice()),
                reference.norm,
                EXACT,
            );
            checks.close("entry (0, r1)", block[(0, 0)], reference.entry, EXACT);
            if !checks.passed() {
                break;
            }
        }
    }

    let (camera, point) = (&p.cameras[0], &p.points[0]);
    let (weight, feature) = (p.weights[0], &p.features[0]);
    let (error, block) = (&residuals.errors[0], jacobian.blocks[0].as_slice());
    let our_error = ours::ba_block(camera, point, weight, feature, &mut Matrix::zeros(2, 15));
    checks.identical("the adjoint's first residual", our_error[0], error[0]);
    checks.identical("the adjoint's second residual", our_error[1], error[1]);
    let mut by_hand = [0.0; 30];
    let by_hand_error = residual_block(camera, point, weight, feature, &mut by_hand);
    checks.close_vectors("the hand-written residuals", &by_hand_error, error, EXACT);
    checks.close_vectors("block against hand-written", block, &by_hand, EXACT);
    checks.close(
        "weight residual's derivative",
        jacobian.weights[0],
        -2.0 * weight,
        EXACT,
    );

    let (camera_dot, point_dot, weight_dot) = direction();
    let (_, tangent) = ours::ba_tangent(
        (camera, &camera_dot),
        (point, &point_dot),
        (weight, weight_dot),
        feature,
    );
    let direction: Vec<f64> = [&camera_dot[..], &point_dot, &[weight_dot]].concat();
    let slopes: Vec<f64> = block
        .chunks_exact(15)
        .map(|row| super::dot(row, &direction))
        .collect();
    checks.close_vectors("tangent against block", &tangent, &slopes, EXACT);
    let difference = central_difference(|step| {
        let camera = std::array::from_fn(|i| camera[i] + step * camera_dot[i]);
        let point = std::array::from_fn(|i| point[i] + step * point_dot[i]);
        residual(&camera, &point, weight + step * weight_dot, feature).to_vec()
    });
    checks.close_vectors(
        "block against differences",
        &slopes,
        &difference,
        DIFFERENCES,
    );
    checks
}

/// A direction in the space of cameras, points and weights.
fn direction() -> Inputs {
    let mut generator = Generator::new(3);
    let mut next = |_| 2.0 * generator.uniform() - 1.0;
    (
        std::array::from_fn(&mut next),
        std::array::from_fn(&mut next),
        next(0),
    )
}
