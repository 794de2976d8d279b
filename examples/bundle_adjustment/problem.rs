//! Bundle adjustment problems: what is adjusted, what was observed, and all residuals in one vector.

use crate::ba;
use chainrule::differentiate;
use chainrule::sparse::{Csc, JacobianPlan, Pattern, PatternError, SparseError};
use std::error::Error;
use std::path::Path;

/// A problem, and the point at which it is differentiated.
pub struct Problem {
    pub cameras: Vec<[f64; 11]>,
    pub points: Vec<[f64; 3]>,
    pub weights: Vec<f64>,
    /// Where each observation was measured in its image.
    pub features: Vec<[f64; 2]>,
    /// The camera and the point of each observation.
    pub observations: Vec<(usize, usize)>,
}

/// All residuals: for each observation the error in its image, and that of its weight.
#[differentiate(sparse)]
pub fn residuals(
    cameras: &[[f64; 11]],
    points: &[[f64; 3]],
    weights: &[f64],
    #[constant] features: &[[f64; 2]],
    #[constant] observations: &[(usize, usize)],
) -> Vec<f64> {
    let mut out = vec![0.0; 3 * observations.len()];
    for i in 0..observations.len() {
        let (camera, point) = observations[i];
        let error = ba::residual(&cameras[camera], &points[point], weights[i], &features[i]);
        out[3 * i] = error[0];
        out[3 * i + 1] = error[1];
        out[3 * i + 2] = ba::weight_residual(weights[i]);
    }
    out
}

impl Problem {
    /// Reads a file of the ADBench suite: the numbers of cameras, points and observations, then one of each, all of which are the same.
    pub fn read(path: &Path) -> Result<Problem, Box<dyn Error>> {
        let text = std::fs::read_to_string(path)?;
        let mut words = text.split_whitespace();
        let mut next = || words.next().ok_or("the file ends early");
        let mut counts = [0_usize; 3];
        for count in &mut counts {
            *count = next()?.parse()?;
        }
        let mut numbers = [0.0_f64; 17];
        for number in &mut numbers {
            *number = next()?.parse()?;
        }
        let [n, m, p] = counts;
        let part = |from, to| &numbers[from..to];
        Ok(Problem {
            cameras: vec![part(0, 11).try_into()?; n],
            points: vec![part(11, 14).try_into()?; m],
            weights: vec![numbers[14]; p],
            features: vec![part(15, 17).try_into()?; p],
            observations: (0..p).map(|i| (i % n, i % m)).collect(),
        })
    }

    /// How many residuals there are.
    pub fn rows(&self) -> usize {
        3 * self.observations.len()
    }

    /// How many numbers are adjusted: those of cameras, of points, and weights.
    pub fn cols(&self) -> usize {
        11 * self.cameras.len() + 3 * self.points.len() + self.weights.len()
    }

    /// Where the Jacobian may be nonzero, as one who knows the problem says: an error meets its camera, its point and its weight. The principal point's first coordinate moves
    /// only the first error, the second only the second.
    pub fn pattern(&self) -> Result<Pattern, PatternError> {
        let mut pairs = Vec::with_capacity(29 * self.observations.len());
        for i in 0..self.observations.len() {
            for row in 0..2 {
                let columns = (0..15).filter(|k| *k != 8 - row);
                pairs.extend(columns.map(|k| (3 * i + row, self.column(i, k))));
            }
            pairs.push((3 * i + 2, self.column(i, 14)));
        }
        Pattern::new(self.rows(), self.cols(), pairs)
    }

    /// The Jacobian's column of the `k`-th number that an observation depends on: eleven of its camera, three of its point, its weight.
    pub fn column(&self, i: usize, k: usize) -> usize {
        let (camera, point) = self.observations[i];
        let points = 11 * self.cameras.len();
        match k {
            0..11 => 11 * camera + k,
            11..14 => points + 3 * point + k - 11,
            _ => points + 3 * self.points.len() + i,
        }
    }

    /// The pattern as it is found by running the function on sets of inputs.
    pub fn sparsity(&self) -> Pattern {
        residuals_sparsity(
            &self.cameras,
            &self.points,
            &self.weights,
            &self.features,
            &self.observations,
        )
    }

    /// All residuals, and their Jacobian.
    pub fn jacobian(
        &self,
        plan: &mut JacobianPlan<f64>,
        jacobian: &mut Csc<f64>,
    ) -> Result<Vec<f64>, SparseError> {
        residuals_sparse_jacobian_into(
            &self.cameras,
            &self.points,
            &self.weights,
            &self.features,
            &self.observations,
            plan,
            jacobian,
        )
    }
}
