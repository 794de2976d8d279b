//! The same derivatives by dense blocks, 2 × 15 for each observation and one number for its weight.

use crate::ba;
use crate::hand_written::residual_block;
use crate::problem::Problem;
use chainrule::Matrix;
use chainrule::sparse::{Blocks, Csc, PatternError};

/// The derivatives of an observation's error, row by row, and that of its weight's residual.
pub type Block = ([f64; 30], f64);

/// The Jacobian by compressed columns, from the dense block of each residual. Both rows of a block come from one sweep.
pub struct Assembled {
    blocks: Blocks,
    pub jacobian: Csc<f64>,
    block: Matrix<f64>,
}

impl Assembled {
    /// A matrix with a place for each entry of each block: for observation `i` its error, then the residual of its weight.
    pub fn new(p: &Problem) -> Result<Self, PatternError> {
        let shapes = (0..p.observations.len()).flat_map(|i| {
            let columns: Vec<usize> = (0..15).map(|k| p.column(i, k)).collect();
            let weight = vec![columns[14]];
            [(vec![3 * i, 3 * i + 1], columns), (vec![3 * i + 2], weight)]
        });
        let blocks = Blocks::new(p.rows(), p.cols(), shapes)?;
        Ok(Self {
            jacobian: blocks.matrix(),
            block: Matrix::zeros(2, 15),
            blocks,
        })
    }

    pub fn evaluate(&mut self, p: &Problem) {
        for (i, &(camera, point)) in p.observations.iter().enumerate() {
            let weight = p.weights[i];
            ba::residual_jacobian_into(
                &p.cameras[camera],
                &p.points[point],
                weight,
                &p.features[i],
                &mut self.block,
            );
            let (_, slope) = ba::weight_residual_derivative(weight);
            let (error, of_weight) = (self.block.as_slice(), [slope]);
            self.blocks.put(2 * i, error, &mut self.jacobian);
            self.blocks.put(2 * i + 1, &of_weight, &mut self.jacobian);
        }
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
