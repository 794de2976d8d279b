//! Functions whose derivatives shouldn't be taken through their code: each has an adjoint of its own, at the textbook's cost.
//!
//! All of them are called in annotated functions like any other, and differentiated twice. Import the modules, not the functions:
//! `linear::lu(…)` finds the companions beside it. Matrices are slices, row by
//! row, and numbers are `f64`.
//!
//! | module | what it has |
//! |---|---|
//! | [`implicit`] | roots, fixed points and minima, found by any solver |
//! | [`integrals`] | definite integrals |
//! | [`linear`] | linear systems, triangular ones, Cholesky, determinants, symmetric eigenvalues, least squares |
//! | [`ode`] | initial value problems |
//!
//! The feature `adjoints` turns this module on; the linear algebra is [nalgebra](https://docs.rs/nalgebra)'s.
// Companions by hand have the shapes that are asked for, and loops over rows and columns count both.
#![allow(
    clippy::needless_range_loop,
    clippy::ptr_arg,
    clippy::too_many_arguments,
    clippy::type_complexity
)]

pub mod implicit;
pub mod integrals;
pub mod linear;
pub mod ode;
