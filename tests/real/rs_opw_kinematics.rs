//! rs-opw-kinematics 3.0.0, BSD-3-Clause: `src/constraints.rs`, `src/jacobian.rs`, `src/kinematic_traits.rs`.

use std::f64::consts::PI;
use std::ops::RangeInclusive;
use chainrule::{Differentiable, differentiate};

// src/constraints.rs

#[derive(Differentiable)]
/// Joint limits with inclusive comparisons and no floating-point tolerance.
///
/// Exact boundary values cannot be checked reliably after floating-point
/// calculations: degree/radian conversions or forward/inverse kinematics can
/// round an angle just outside its limit, causing an otherwise compliant pose
/// to be rejected. Allow a small margin when reliable acceptance is required.
#[derive(Clone, Debug, Copy)]
pub struct Constraints {
    /// Normalized lower limit. If more than upper limit, the range wraps-around through 0
    pub from: [f64; 6],

    /// Normalized upper limit. If less than lower limit, the range wraps-around through 0
    pub to: [f64; 6],

    // Constraint centers. Used in distance from constraints based sorting.
    pub centers: [f64; 6],

    // How far from the center the value could be
    pub tolerances: [f64; 6],

    /// Used when sorting the solutions by both middle values of the constraints and the previous
    /// values of the joints. 1.0 gives the absolute priority to constraints, 0.0. gives
    /// absolute priority for joints.
    pub sorting_weight: f64,
}

const TWO_PI: f64 = 2.0 * PI;

impl Constraints {

    #[differentiate]
    /// Initializes `Constraints` from an array of 6 ranges (`RangeInclusive<f64>`),
    /// where each range specifies the `from` (start) and `to` (end) values for each joint.
    /// This is convenience method, where VALUES MUST BE GIVEN IN DEGREES.
    ///
    /// # Parameters
    /// - `ranges`: An array of 6 `RangeInclusive<f64>` values, each representing a range for one joint.
    ///   - The start of each range is taken as the `from` bound.
    ///   - The end of each range is taken as the `to` bound.
    /// - `sorting_weight`: A `f64` value representing the sorting weight for the constraint.
    ///
    /// # Returns
    /// A new instance of `Constraints` with `from`, `to`, `centers`, and `tolerances` calculated
    /// based on the specified ranges.
    ///
    /// # Example
    /// ```
    /// use rs_opw_kinematics::constraints::{Constraints, BY_PREV};
    /// let constraints = Constraints::from_degrees(
    ///   [0.0..=90.0, 45.0..=135.0, -90.0..=90.0, 0.0..=180.0, -45.0..=45.0, -180.0..=180.0],
    ///   BY_PREV);
    /// ```
    pub fn from_degrees(ranges: [RangeInclusive<f64>; 6], sorting_weight: f64) -> Self {
        let from: Joints = [
            ranges[0].start().to_radians(),
            ranges[1].start().to_radians(),
            ranges[2].start().to_radians(),
            ranges[3].start().to_radians(),
            ranges[4].start().to_radians(),
            ranges[5].start().to_radians(),
        ];

        let to: Joints = [
            ranges[0].end().to_radians(),
            ranges[1].end().to_radians(),
            ranges[2].end().to_radians(),
            ranges[3].end().to_radians(),
            ranges[4].end().to_radians(),
            ranges[5].end().to_radians(),
        ];

        let (centers, tolerances) = Self::compute_centers(from, to);

        Constraints {
            from,
            to,
            centers,
            tolerances,
            sorting_weight,
        }
    }

    #[differentiate]
    fn compute_centers(from: Joints, to: Joints) -> (Joints, Joints) {
        let mut centers: Joints = JOINTS_AT_ZERO;
        let mut tolerances: Joints = JOINTS_AT_ZERO;

        for j_idx in 0..6 {
            let a = from[j_idx];
            let b = to[j_idx];
            if !a.is_finite() || !b.is_finite() {
                // `Constraints::new` predates fallible construction. Keep invalid direct input
                // from hanging and make it reject every angle instead.
                centers[j_idx] = f64::NAN;
                tolerances[j_idx] = f64::NAN;
            } else if a == b {
                tolerances[j_idx] = f64::INFINITY; // No constraint, not checked
            } else if a < b {
                // Values do not wrap arround
                centers[j_idx] = (a + b) / 2.0;
                tolerances[j_idx] = (b - a) / 2.0;
            } else {
                // Values wrap around. Compute the forward arc in constant time: repeatedly
                // adding TWO_PI can never finish for infinities or sufficiently large values.
                let span = (b.rem_euclid(TWO_PI) - a.rem_euclid(TWO_PI)).rem_euclid(TWO_PI);
                centers[j_idx] = a + span / 2.0;
                tolerances[j_idx] = span / 2.0;
            }
        }
        (centers, tolerances)
    }
}

// src/jacobian.rs

const SIZE: usize = 6;

#[differentiate]
fn solve_linear_system(
    mut matrix: [[f64; SIZE]; SIZE],
    mut rhs: Joints,
    pivot_tolerance: f64,
) -> Option<Joints> {
    for (row, rhs_value) in matrix.iter().zip(rhs.iter()) {
        if row.iter().any(|value| !value.is_finite()) || !rhs_value.is_finite() {
            return None;
        }
    }

    let matrix_scale = matrix
        .iter()
        .flatten()
        .map(|value| value.abs())
        .fold(0.0, f64::max);
    let pivot_threshold = pivot_tolerance * matrix_scale.max(1.0);

    for pivot_col in 0..SIZE {
        let mut pivot_row = pivot_col;
        let mut pivot_abs = matrix[pivot_col][pivot_col].abs();
        for (row, matrix_row) in matrix.iter().enumerate().skip(pivot_col + 1) {
            let value_abs = matrix_row[pivot_col].abs();
            if value_abs > pivot_abs {
                pivot_abs = value_abs;
                pivot_row = row;
            }
        }

        if pivot_abs <= pivot_threshold {
            return None;
        }

        if pivot_row != pivot_col {
            matrix.swap(pivot_col, pivot_row);
            rhs.swap(pivot_col, pivot_row);
        }

        let pivot_row_values = matrix[pivot_col];
        let pivot_value = pivot_row_values[pivot_col];
        let pivot_rhs = rhs[pivot_col];
        for (row, matrix_row) in matrix.iter_mut().enumerate().skip(pivot_col + 1) {
            let factor = matrix_row[pivot_col] / pivot_value;
            matrix_row[pivot_col] = 0.0;
            for (col, value) in matrix_row.iter_mut().enumerate().skip(pivot_col + 1) {
                *value -= factor * pivot_row_values[col];
            }
            rhs[row] -= factor * pivot_rhs;
        }
    }

    let mut solution = [0.0; SIZE];
    for row in (0..SIZE).rev() {
        let mut value = rhs[row];
        for col in (row + 1)..SIZE {
            value -= matrix[row][col] * solution[col];
        }

        let diagonal = matrix[row][row];
        if diagonal.abs() <= pivot_threshold {
            return None;
        }
        solution[row] = value / diagonal;
    }

    Some(solution)
}

// src/kinematic_traits.rs

/// Six rotary joints of the robot with angles in radians.
pub type Joints = [f64; 6];

/// For providing singularity - proof solution when the previous value is not known.
/// Joints that take arbitrary angles will take angles as close to 0 as possible:
/// let solutions = kinematics.inverse_continuing(&pose, &JOINTS_AT_ZERO);
pub const JOINTS_AT_ZERO: Joints = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0];

// ---- tests

#[test]
fn joint_limits() {
    let (from, to) = ([0.1, 0.2, -0.3, 2.0, 3.0, -1.0], [1.1, 0.8, 0.7, 1.0, -1.0, 2.0]);
    prove!(Constraints::compute_centers(val from, val to) -> vec);
    let ranges = || from.map(|a: f64| 10.0 * a..=10.0 * a + 20.0);
    prove!(Constraints::from_degrees(con ranges(), val 0.3) -> vec);
}

struct_shape!(Constraints {
    from: [f64; 6], to: [f64; 6], centers: [f64; 6], tolerances: [f64; 6], sorting_weight: f64,
});

#[test]
fn linear_systems() {
    let entry = |row: usize, col: usize| ((row * 7 + col * 3) as f64).sin() + if row + 1 == col { 3.0 } else { 0.0 };
    let matrix = std::array::from_fn(|row| std::array::from_fn(|col| entry(row, col)));
    let rhs = [0.3, -0.8, 1.2, 0.4, -0.1, 0.9];
    prove!(solve_linear_system(val matrix, val rhs, val 1e-9) -> ok_vec);
    assert!(solve_linear_system([[1.0; SIZE]; SIZE], rhs, 1e-9).is_none());
}
