//! Sparse Jacobians and Hessians: patterns, colourings, and plans that evaluate with as few sweeps as the pattern allows.
//!
//! A [`Pattern`] says where a derivative may be nonzero. Columns that share no row can be computed in one sweep: a
//! [`Coloring`] groups them, a plan ([`JacobianPlan`], [`HessianPlan`]) runs one sweep for each colour and puts the entries into a
//! matrix by compressed columns, [`Csc`].
//!
//! ```
//! use ad_runtime::sparse::{JacobianPlan, Pattern};
//!
//! // y[i] = x[i] * x[i + 1], by hand.
//! let tangent = |x: &[f64], x_dot: &[f64], y_dot: &mut [f64]| {
//!     for i in 0..y_dot.len() {
//!         y_dot[i] = x_dot[i] * x[i + 1] + x[i] * x_dot[i + 1];
//!     }
//! };
//!
//! let pattern = Pattern::new(3, 4, (0..3).flat_map(|i| [(i, i), (i, i + 1)])).unwrap();
//! let mut plan = JacobianPlan::forward(&pattern);
//! assert_eq!(plan.sweeps(), 2);
//! let mut jacobian = plan.matrix();
//! let x = [1.0, 2.0, 3.0, 4.0];
//! plan.evaluate(&mut jacobian, |_, x_dot, y_dot| tangent(&x, x_dot, y_dot)).unwrap();
//! assert_eq!((jacobian.get(1, 1), jacobian.get(1, 2), jacobian.get(1, 3)), (3.0, 2.0, 0.0));
//! ```

mod ahead;
mod blocks;
mod coloring;
mod convert;
mod csc;
mod detect;
mod engine;
mod error;
mod hessian;
mod jacobian;
mod pattern;
mod probe;
mod recovery;
mod segments;
mod sweeps;

pub use crate::sweeps::Mode;
pub use blocks::Blocks;
pub use coloring::{Coloring, Order, Symmetric};
pub use csc::Csc;
#[doc(hidden)]
pub use detect::{Detector, MARKS, MarkedDirection, Marks, PatternSweeps};
pub use error::{PatternError, SparseError};
pub use hessian::HessianPlan;
pub use jacobian::JacobianPlan;
pub use pattern::Pattern;
pub use probe::Probe;
#[doc(hidden)]
pub use segments::Segments;
#[doc(hidden)]
pub use sweeps::{SparseDirection, SparseSweeps};

#[cfg(test)]
mod tests;
