//! Chains: the planner against reference values and exhaustive search, and Jacobians of compositions.
#![forbid(unsafe_code)]
// The functions under test are plain loops.
#![allow(clippy::needless_range_loop)]

mod composition;
mod errors;
mod exhaustive;
mod lanes;
mod properties;
mod random;
mod reference;
mod stages;
