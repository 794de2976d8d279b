//! Sparse Jacobians and Hessians of annotated functions, against dense ones.
mod allocation;
mod drivers;
mod patterns;
