//! The language, second part: structs, enums, methods, traits, closures, `Option` and `Result`.
#![forbid(unsafe_code)]
// The functions under test are written in every form that the language has, not only in the ones that clippy prefers.
#![allow(clippy::all)]
#![allow(
    dead_code,
    unused_variables,
    unused_assignments,
    unused_mut,
    unused_parens,
    unused_braces
)]

#[macro_use]
mod harness;

mod borrowed_fields;
mod boxes;
mod callable_shapes;
mod callables;
mod closures;
mod constant_items;
mod constant_patterns;
mod conversions;
mod custom;
mod dispatch;
mod enum_shapes;
mod enums;
mod failures;
mod fallible;
mod fallible_calls;
mod fallible_chains;
mod fallible_closures;
mod fallible_shapes;
mod generics;
mod held_values;
mod macros;
mod methods;
mod mixed;
mod mixed_closures;
mod mixed_fallible;
mod mixed_items;
mod mixed_iterators;
mod mixed_methods;
mod mixed_patterns;
mod mixed_slices;
mod objects;
mod operators;
mod options;
mod rare_constructs;
mod receivers;
mod standard_traits;
mod structs;
mod traits;
mod user_matrix;
