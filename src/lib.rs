//! Automatic differentiation by source transformation.
#![forbid(unsafe_code)]
extern crate self as chainrule;
pub use ad_macros::differentiate;
pub use ad_runtime::*;
