//! Tests of the compiler from the inside: the IR after each stage, and what is emitted.
//!
//! Expected texts are refreshed with `UPDATE_EXPECT=1 cargo test -p ad-macros`; look at what changed.

mod analysis;
mod diagnostics;
mod expand;
mod prelude;
mod print;
mod programs;
mod stages;
mod support;
mod walk;
