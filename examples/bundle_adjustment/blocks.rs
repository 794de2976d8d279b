//! The same derivatives by dense blocks, 2 × 15 for each observation and one number for its weight.

use crate::ba;
use crate::hand_written::residual_block;
use crate::problem::Problem;

/// The derivatives of an observation's error, row by row, and that of its weight's residual.
pub type Block = ([f64; 30], f64);

/// By the companions of one residual: an adjoint sweep for each of its rows.
pub fn generated(p: &Problem, blocks: &mut [Block]) {
    for (i, (block, weight_bar)) in blocks.iter_mut().enumerate() {
        let (camera, point) = p.observations[i];
        *block = [0.0; 30];
        for (row, out) in block.chunks_exact_mut(15).enumerate() {
            let (mut camera_bar, mut point_bar) = ([0.0; 11], [0.0; 3]);
            let mut seed = [0.0; 2];
            seed[row] = 1.0;
            let (_, slope) = ba::residual_adjoint(
                &p.cameras[camera],
                &mut camera_bar,
                &p.points[point],
                &mut point_bar,
                p.weights[i],
                &p.features[i],
                seed,
            );
            out[..11].copy_from_slice(&camera_bar);
            out[11..14].copy_from_slice(&point_bar);
            out[14] = slope;
        }
        *weight_bar = ba::weight_residual_derivative(p.weights[i]).1;
    }
}

/// As an expert writes them by hand.
pub fn by_hand(p: &Problem, blocks: &mut [Block]) {
    for (i, (block, weight_bar)) in blocks.iter_mut().enumerate() {
        let (camera, point) = p.observations[i];
        let (camera, point) = (&p.cameras[camera], &p.points[point]);
        residual_block(camera, point, p.weights[i], &p.features[i], block);
        *weight_bar = -2.0 * p.weights[i];
    }
}
