//! What loops store: functions of every shape with every attribute, each proved as those in `tests/language`.
#![forbid(unsafe_code)]
// The functions under test are written in every form that the language has, not only in the ones that clippy prefers.
#![allow(clippy::all)]
#![allow(
    dead_code,
    unused_variables,
    unused_assignments,
    unused_mut,
    unused_parens,
    unused_braces,
    unused_macros
)]

#[macro_use]
#[path = "../language/harness.rs"]
mod harness;

mod effects;
mod shapes;
mod states;
