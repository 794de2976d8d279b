//! The derivatives that the macro generates, in the shapes in which the tables need them.

use crate::{ba, gmm, hand, lstm};
use chainrule::Matrix;

/// A point or direction of the GMM objective: `alphas`, `means`, `icf`.
pub type GmmVector = (Vec<f64>, Vec<f64>, Vec<f64>);

/// A point or direction of the LSTM objective: `main`, `extra`.
pub type LstmVector = (Vec<f64>, Vec<f64>);

/// Value and gradient of the GMM objective.
pub fn gmm_gradient(p: &gmm::Problem) -> (f64, GmmVector) {
    gmm::objective_gradient(&p.alphas, &p.means, &p.icf, &p.points, &p.wishart)
}

/// Value of the GMM objective, and its derivative in a direction.
pub fn gmm_tangent(p: &gmm::Problem, direction: &GmmVector) -> (f64, f64) {
    let (alphas_dot, means_dot, icf_dot) = direction;
    gmm::objective_tangent(
        &p.alphas, alphas_dot, &p.means, means_dot, &p.icf, icf_dot, &p.points, &p.wishart,
    )
}

/// Value and gradient of the LSTM objective.
pub fn lstm_gradient(p: &lstm::Problem) -> (f64, LstmVector) {
    lstm::objective_gradient(&p.main, &p.extra, &p.hidden, &p.cell, &p.sequence, p.bits)
}

/// Value of the LSTM objective, and its derivative in a direction.
pub fn lstm_tangent(p: &lstm::Problem, direction: &LstmVector) -> (f64, f64) {
    let (main_dot, extra_dot) = direction;
    lstm::objective_tangent(
        &p.main,
        main_dot,
        &p.extra,
        extra_dot,
        &p.hidden,
        &p.cell,
        &p.sequence,
        p.bits,
    )
}

/// A residual of the BA objective, and its 2 × 15 block in a matrix that is there.
pub fn ba_block(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    feature: &[f64; 2],
    block: &mut Matrix<f64>,
) -> [f64; 2] {
    ba::residual_jacobian_into(camera, point, weight, feature, block)
}

/// A residual of the BA objective, and its derivative in the direction of a camera, a point and a weight.
pub fn ba_tangent(
    (camera, camera_dot): (&[f64; 11], &[f64; 11]),
    (point, point_dot): (&[f64; 3], &[f64; 3]),
    (weight, weight_dot): (f64, f64),
    feature: &[f64; 2],
) -> ([f64; 2], [f64; 2]) {
    ba::residual_tangent(
        camera, camera_dot, point, point_dot, weight, weight_dot, feature,
    )
}

/// The derivative of the weight residual.
pub fn ba_weight_derivative(weight: f64) -> (f64, f64) {
    ba::weight_residual_derivative(weight)
}

/// The residuals of the HAND objective, and their derivative in a direction.
pub fn hand_tangent(p: &hand::Problem, theta_dot: &[f64], us_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
    if p.is_complicated() {
        hand::residuals_complicated_tangent(
            &p.theta,
            theta_dot,
            &p.us,
            us_dot,
            &p.model,
            &p.observations,
        )
    } else {
        hand::residuals_simple_tangent(&p.theta, theta_dot, &p.model, &p.observations)
    }
}
