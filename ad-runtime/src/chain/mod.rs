//! Chains of functions: in which order their Jacobians are multiplied.
//!
//! The Jacobian of `r(q(p(x)))` is the product of three matrices, and the product can be taken in any order. From the input side that is tangent mode,
//! from the output side adjoint mode; where a size in the middle is the smallest, neither is best. [`Plan`] finds the order,
//! [`Chain`] follows it.

mod adapt;
mod composed;
mod costs;
mod dense;
mod directions;
mod error;
mod follow;
mod general;
mod measure;
mod partial;
mod plan;
mod shape;
mod stage;
mod steps;
mod triangle;

#[doc(hidden)]
pub use adapt::{IntoStage, stage};
pub use composed::Chain;
pub use costs::{Costs, SweepCost};
pub use error::ChainError;
pub use plan::{Estimate, Plan};
pub use shape::{Feeds, Scalar, Shape};
pub use stage::Stage;
pub use steps::{How, Step};
