//! The same derivatives by dense blocks, 2 × 15 for each observation and one number for its weight.

use crate::ba;
use crate::hand_written::residual_block;
use crate::problem::Problem;
use chainrule::Matrix;
use chainrule::sparse::{Blocks, Csc, Pattern, PatternError};

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

/// The same into a matrix by compressed columns, whose places the expert has looked up before.
pub struct ByHand {
    /// Where both rows of each observation stand in each of its columns, one behind the other; then the place of its weight's residual.
    places: Vec<[usize; 16]>,
    pub jacobian: Csc<f64>,
    block: [f64; 30],
}

impl ByHand {
    pub fn new(p: &Problem) -> Result<Self, PatternError> {
        let all = (0..p.observations.len()).flat_map(|i| {
            let errors = (0..15).flat_map(move |k| [(3 * i, k), (3 * i + 1, k)]);
            let places = errors.chain([(3 * i + 2, 14)]);
            places.map(move |(row, k)| (row, p.column(i, k)))
        });
        let pattern = Pattern::new(p.rows(), p.cols(), all)?;
        let place = |i: usize, k: usize| {
            let column = p.column(i, k.min(14));
            let within = pattern.column(column).partition_point(|row| *row < 3 * i);
            pattern.starts()[column] + within + if k == 15 { 2 } else { 0 }
        };
        let places = (0..p.observations.len()).map(|i| std::array::from_fn(|k| place(i, k)));
        Ok(Self {
            places: places.collect(),
            jacobian: Csc::zeros(pattern),
            block: [0.0; 30],
        })
    }

    pub fn evaluate(&mut self, p: &Problem) {
        let values = self.jacobian.values_mut();
        for (i, places) in self.places.iter().enumerate() {
            let (camera, point) = p.observations[i];
            let (camera, point) = (&p.cameras[camera], &p.points[point]);
            let block = &mut self.block;
            residual_block(camera, point, p.weights[i], &p.features[i], block);
            for k in 0..15 {
                let both = &mut values[places[k]..][..2];
                both.copy_from_slice(&[block[k], block[k + 15]]);
            }
            values[places[15]] = -2.0 * p.weights[i];
        }
    }
}
