//! A stand-in for `ours` as long as the macro does not generate companions: gradients are those written by
//! hand, derivatives in a direction are central differences.

use crate::hand_written;
use crate::{ba, gmm, hand, lstm};

pub type GmmVector = (Vec<f64>, Vec<f64>, Vec<f64>);
pub type LstmVector = (Vec<f64>, Vec<f64>);

const STEP: f64 = 1e-5;

fn moved(x: &[f64], direction: &[f64], step: f64) -> Vec<f64> {
    x.iter().zip(direction).map(|(x, d)| x + step * d).collect()
}

fn central(f: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let (ahead, behind) = (f(STEP), f(-STEP));
    ahead
        .iter()
        .zip(&behind)
        .map(|(a, b)| (a - b) / (2.0 * STEP))
        .collect()
}

pub fn gmm_gradient(p: &gmm::Problem) -> (f64, GmmVector) {
    let (_, gradient) =
        hand_written::gmm::objective_gradient(&p.alphas, &p.means, &p.icf, &p.points, &p.wishart);
    (
        gmm::objective(&p.alphas, &p.means, &p.icf, &p.points, &p.wishart),
        gradient,
    )
}

pub fn gmm_tangent(p: &gmm::Problem, direction: &GmmVector) -> (f64, f64) {
    let value = |step| {
        let alphas = moved(&p.alphas, &direction.0, step);
        let means = moved(&p.means, &direction.1, step);
        let icf = moved(&p.icf, &direction.2, step);
        vec![gmm::objective(&alphas, &means, &icf, &p.points, &p.wishart)]
    };
    (value(0.0)[0], central(value)[0])
}

pub fn lstm_gradient(p: &lstm::Problem) -> (f64, LstmVector) {
    let (_, gradient) = hand_written::lstm::objective_gradient(
        &p.main,
        &p.extra,
        &p.hidden,
        &p.cell,
        &p.sequence,
        p.bits,
    );
    (
        lstm::objective(&p.main, &p.extra, &p.hidden, &p.cell, &p.sequence, p.bits),
        gradient,
    )
}

pub fn lstm_tangent(p: &lstm::Problem, direction: &LstmVector) -> (f64, f64) {
    let value = |step| {
        let main = moved(&p.main, &direction.0, step);
        let extra = moved(&p.extra, &direction.1, step);
        vec![lstm::objective(
            &main,
            &extra,
            &p.hidden,
            &p.cell,
            &p.sequence,
            p.bits,
        )]
    };
    (value(0.0)[0], central(value)[0])
}

pub fn ba_block(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    feature: &[f64; 2],
    block: &mut [f64; 30],
) -> [f64; 2] {
    hand_written::ba::residual_block(camera, point, weight, feature, block);
    ba::residual(camera, point, weight, feature)
}

pub fn ba_tangent(
    (camera, camera_dot): (&[f64; 11], &[f64; 11]),
    (point, point_dot): (&[f64; 3], &[f64; 3]),
    (weight, weight_dot): (f64, f64),
    feature: &[f64; 2],
) -> ([f64; 2], [f64; 2]) {
    let value = |step: f64| {
        let camera = std::array::from_fn(|i| camera[i] + step * camera_dot[i]);
        let point = std::array::from_fn(|i| point[i] + step * point_dot[i]);
        ba::residual(&camera, &point, weight + step * weight_dot, feature)
    };
    let (ahead, behind) = (value(1e-6), value(-1e-6));
    (
        value(0.0),
        std::array::from_fn(|i| (ahead[i] - behind[i]) / (2.0 * 1e-6)),
    )
}

pub fn ba_weight_derivative(weight: f64) -> (f64, f64) {
    (ba::weight_residual(weight), -2.0 * weight)
}

pub fn hand_tangent(p: &hand::Problem, theta_dot: &[f64], us_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let value = |step| {
        let theta = moved(&p.theta, theta_dot, step);
        if p.is_complicated() {
            let us = moved(&p.us, us_dot, step);
            hand::residuals_complicated(&theta, &us, &p.model, &p.observations)
        } else {
            hand::residuals_simple(&theta, &p.model, &p.observations)
        }
    };
    (value(0.0), central(value))
}
