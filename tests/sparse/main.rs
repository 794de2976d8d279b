//! Sparse Jacobians and Hessians of annotated functions, against dense ones.
mod allocation;
mod drivers;
mod hessian_patterns;
mod patterns;
mod segments;
