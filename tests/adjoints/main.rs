//! `chainrule::adjoints`: every function is proved as a call in annotated functions, by its tangent, its adjoint and finite
//! differences, and by its Hessian where the result is a number.
#![forbid(unsafe_code)]
#![allow(clippy::needless_range_loop)]

#[path = "../language/harness.rs"]
#[macro_use]
#[allow(dead_code, unused_macros, clippy::all)]
mod harness;

mod implicit;
mod integrals;
mod linear;
mod ode;
