//! Functions of published crates, unchanged and annotated; `README.md` has the rule by which they were chosen.
//! One module a crate: what was lifted, as its authors wrote it, and at its end the tests.

#![allow(clippy::all, dead_code, unexpected_cfgs)]
#![allow(unused_imports, unused_macros, unused_variables, unused_assignments)]
#![allow(non_snake_case, non_upper_case_globals)]

#[macro_use]
#[path = "../language/harness.rs"]
mod harness;

#[rustfmt::skip]
mod astro;
#[rustfmt::skip]
mod average;
#[rustfmt::skip]
mod black_scholes;
#[rustfmt::skip]
mod colorsys;
#[rustfmt::skip]
mod deltae;
#[rustfmt::skip]
mod enterpolation;
#[rustfmt::skip]
mod euclid;
#[rustfmt::skip]
mod financial;
#[rustfmt::skip]
mod gauss_quad;
#[rustfmt::skip]
mod geographiclib_rs;
#[rustfmt::skip]
mod glam;
#[rustfmt::skip]
mod haversine;
#[rustfmt::skip]
mod hsluv;
#[rustfmt::skip]
mod kurbo;
#[rustfmt::skip]
mod lambert_w;
#[rustfmt::skip]
mod libm;
#[rustfmt::skip]
mod map_3d;
#[rustfmt::skip]
mod metfor;
#[rustfmt::skip]
mod noise;
#[rustfmt::skip]
mod optimization_engine;
#[rustfmt::skip]
mod pid;
#[rustfmt::skip]
mod probability;
#[rustfmt::skip]
mod puruspe;
#[rustfmt::skip]
mod quadrature;
#[rustfmt::skip]
mod robust;
#[rustfmt::skip]
mod roots;
#[rustfmt::skip]
mod rs_opw_kinematics;
#[rustfmt::skip]
mod rv;
#[rustfmt::skip]
mod seuif97;
#[rustfmt::skip]
mod sgp4;
#[rustfmt::skip]
mod simple_easing;
#[rustfmt::skip]
mod smartcore;
#[rustfmt::skip]
mod statrs;
#[rustfmt::skip]
mod sun;
#[rustfmt::skip]
mod ta;
#[rustfmt::skip]
mod utm;
