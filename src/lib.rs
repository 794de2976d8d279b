//! Automatic differentiation of ordinary Rust functions by source transformation, on stable Rust.
//!
//! [`differentiate`] reads a function at compile time and writes its derivatives beside it: functions like any other,
//! which the compiler optimises like any other. There is no tape and no special number type.
//!
//! ```
//! use chainrule::{constant, differentiate};
//!
//! /// Newton's iteration for the square root.
//! #[differentiate]
//! fn root(a: f64, tolerance: f64) -> f64 {
//!     let mut x = a;
//!     while (x * x - a).abs() > constant(tolerance) {
//!         x = 0.5 * (x + a / x);
//!     }
//!     x
//! }
//!
//! let (value, (a_gradient, _)) = root_gradient(2.0, 1e-9);
//! assert!((value - 2.0_f64.sqrt()).abs() < 1e-9);
//! assert!((a_gradient - 0.5 / 2.0_f64.sqrt()).abs() < 1e-6);
//!
//! // The same along a direction, in forward mode.
//! let (_, slope) = root_tangent(2.0, 1.0, 1e-9, 0.0);
//! assert!((slope - a_gradient).abs() < 1e-12);
//! ```
//!
//! # What is generated
//!
//! | mode | functions |
//! |---|---|
//! | `forward` | `f_tangent`; `f_derivative` if one parameter is active and a real scalar |
//! | `reverse` | `f_adjoint`; `f_gradient` if the result is a real scalar |
//! | `jacobian` | the above, and `f_jacobian` |
//! | `hessian` | `forward`, `reverse`, and `f_hvp`, `f_hessian` if the result is a real scalar |
//! | `sparse` | `forward`, `reverse`, and `f_sparsity`, `f_sparse_jacobian`, `f_sparse_jacobian_into`; with `hessian`, `f_sparse_hessian`, `f_hessian_sparsity`; see [`sparse`] |
//! | `taylor` | `f_tangent`, and `f_taylor`: coefficients of a path through the function |
//!
//! `#[differentiate]` alone means `#[differentiate(forward, reverse)]`. In `f_tangent` every active parameter is followed
//! by its tangent; in `f_adjoint` every active reference is followed by a `&mut` to its adjoint, to which the function
//! adds, and the seed comes last. Adjoints of what is passed by value are returned:
//!
//! ```
//! # use chainrule::differentiate;
//! #[differentiate(reverse)]
//! fn weighted(x: &[f64], scale: f64, #[constant] weights: &[f64]) -> f64 {
//!     let mut sum = 0.0;
//!     for (i, w) in weights.iter().enumerate() {
//!         sum += w * (scale * x[i]).sin();
//!     }
//!     sum
//! }
//!
//! let (x, weights) = ([0.0, 0.5], [1.0, 2.0]);
//! let mut x_bar = [0.0; 2];
//! let (value, scale_bar) = weighted_adjoint(&x, &mut x_bar, 1.0, &weights, 1.0);
//! assert_eq!(value, weighted(&x, 1.0, &weights));
//! assert_eq!(x_bar, [1.0, 2.0 * 0.5_f64.cos()]);
//! assert_eq!(scale_bar, 2.0 * 0.5_f64.cos() * 0.5);
//! ```
//!
//! # Calls
//!
//! A call of another function is a call of an annotated function: its derivatives are found by the same path. What has no
//! derivative is wrapped in [`constant`]. If rustc can't find `g_forward_sweep` or `g_tangent_opt`, it is `g` that isn't
//! annotated. What can't be differentiated is an error that says what to write instead.
//!
//! # Derivatives that are known
//!
//! `rule(x => …)` states the partials of a function of real scalars, `custom` says that `f_tangent`, `f_adjoint` or both are written by
//! hand beside the function, in the shapes above. The macro makes the rest from them and does not look into the body:
//!
//! ```
//! # use chainrule::differentiate;
//! #[differentiate(custom)]
//! pub fn smooth_norm(x: &[f64]) -> f64 {
//!     x.iter().fold(1.0, |norm: f64, v| norm.hypot(*v))
//! }
//!
//! pub fn smooth_norm_adjoint(x: &[f64], x_bar: &mut [f64], seed: f64) -> f64 {
//!     let norm = smooth_norm(x);
//!     x_bar.iter_mut().zip(x).for_each(|(bar, v)| *bar += seed * v / norm);
//!     norm
//! }
//!
//! #[differentiate(reverse)]
//! pub fn cost(x: &[f64]) -> f64 {
//!     smooth_norm(x) * smooth_norm(&x[1..])
//! }
//!
//! assert_eq!(smooth_norm_gradient(&[0.0]).1, [0.0]);
//! assert_eq!(cost_gradient(&[0.0, 0.0]).0, 1.0);
//! ```
//!
//! What is not written is an error where a program needs it: if `cost` had `forward`, `smooth_norm_tangent is needed here, but is not written`.
//!
//! ```compile_fail
//! # use chainrule::differentiate;
//! #[differentiate(custom)]
//! pub fn smooth_norm(x: &[f64]) -> f64 {
//!     x.iter().fold(1.0, |norm: f64, v| norm.hypot(*v))
//! }
//!
//! #[differentiate(forward)]
//! pub fn cost(x: &[f64]) -> f64 {
//!     smooth_norm(x) * smooth_norm(&x[1..])
//! }
//!
//! fn main() {
//!     cost_tangent(&[0.0], &[1.0]);
//! }
//! ```
//!
//! # Structs and methods
//!
//! A struct that derives [`Differentiable`] is an input, a result, a local or an element like any other; its shadow has its own type.
//! What is not real in it is copied into the shadow, and a field marked `#[constant]` is kept out. A method's `self` is a parameter
//! like any other too, with its shadow right behind it; `#[constant] &self` holds it constant.
//!
//! ```
//! use chainrule::{Differentiable, differentiate};
//!
//! #[derive(Clone, Differentiable)]
//! struct Spring {
//!     stiffness: f64,
//!     #[constant]
//!     rest: f64,
//!     name: String,
//! }
//!
//! #[differentiate(reverse)]
//! impl Spring {
//!     fn energy(&self, length: f64) -> f64 {
//!         let stretch = length - self.rest;
//!         0.5 * self.stiffness * stretch * stretch
//!     }
//! }
//!
//! let spring = Spring { stiffness: 2.0, rest: 1.0, name: "left".into() };
//! let (energy, (gradient, force)) = spring.energy_gradient(1.5);
//! assert_eq!((energy, gradient.stiffness, force), (0.25, 0.125, 1.0));
//! assert_eq!((gradient.rest, gradient.name.as_str()), (0.0, "left"));
//! ```
//!
//! # Chains
//!
//! [`chain!`] composes annotated functions, the first applied first. The Jacobian of a composition is a product of matrices; [`chain::Plan`] says in
//! which order they are best multiplied, and [`chain::Chain::jacobian`] does it so.
//!
//! ```
//! use chainrule::{chain, differentiate};
//!
//! #[differentiate]
//! fn spread(x: &[f64]) -> Vec<f64> {
//!     (0..6).map(|k| x[0].powi(k) * x[1]).collect()
//! }
//!
//! #[differentiate]
//! fn narrow(x: &[f64]) -> [f64; 1] {
//!     [x.iter().sum::<f64>().sin()]
//! }
//!
//! #[differentiate]
//! fn wide(x: &[f64; 1]) -> [f64; 3] {
//!     [x[0], x[0] * x[0], 1.0]
//! }
//!
//! let chain = chain![spread, narrow, wide];
//! let plan = chain.plan(2);
//! assert_eq!(plan.order(), "wide·(narrow·spread)");
//! assert_eq!((plan.multiplications(), plan.forward(), plan.reverse()), (18, 18, 54));
//! let (value, jacobian) = chain.jacobian(&[0.5, 2.0]);
//! assert_eq!(value, wide(&narrow(&spread(&[0.5, 2.0]))));
//! assert_eq!((jacobian.rows(), jacobian.cols()), (3, 2));
//! let (_, slope) = chain.tangent(&[0.5, 2.0], &[0.0, 1.0]);
//! assert!((slope[1] - jacobian[(1, 1)]).abs() < 1e-12);
//! ```
//!
//! # Checking
//!
//! [`check`] has what it takes to test derivatives in your own tests: the dot-product test between `f_tangent` and
//! `f_adjoint`, and a comparison with finite differences.
#![forbid(unsafe_code)]

// Generated code names this crate, in its own tests too.
extern crate self as chainrule;

pub use ad_macros::{Differentiable, chain, differentiate};
pub use ad_runtime::*;

/// Runs the README's code.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The examples of the page of diagnostics: those that fail, and those that are written instead.
#[cfg(doctest)]
#[doc = include_str!("../docs/diagnostics.md")]
struct Diagnostics;
