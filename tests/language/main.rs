//! The language: every function here is proved by its tangent, its adjoint and finite differences; see `harness.rs`.
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

mod strictness;

mod arithmetic;

mod rules;

mod lets;

mod branches;

mod loops;

mod exits;

mod fallible;

mod fallible_calls;

mod fallible_chains;

mod fallible_closures;

mod iterators;
mod jacobians;
mod lanes;
mod wide_hessians;

mod bindings;

mod copies;

mod chain_stages;

mod chain_ends;

mod chain_shapes;

mod held_iterators;

mod closures;

mod callables;

mod callable_shapes;

mod fallible_shapes;

mod conditions;

mod conversions;

mod macros;

mod constant_patterns;

mod fused;

mod pairs;

mod arrays;

mod vecs;

mod elements;

mod enums;

mod enum_shapes;

mod options;

mod edits;

mod permutations;

mod slices;

mod array_methods;

mod vec_shapes;

mod queues;

mod boxes;

mod vec_algorithms;

mod inout;

mod calls;

mod generics;

mod methods;

mod traits;

mod dispatch;

mod objects;

mod nesting;
mod operators;

mod standard_traits;
mod statements;
mod user_matrix;

mod edges;

mod combined_algebra;

mod combined_models;

mod combined_hostile;

mod constant_items;
mod mixed;
mod mixed_closures;
mod mixed_fallible;
mod mixed_items;
mod mixed_iterators;
mod mixed_methods;
mod mixed_patterns;
mod mixed_slices;
mod rare_constructs;

mod hvp;

mod idioms;

mod derivative;

mod storage;
mod structs;

mod receivers;

mod stated;

mod custom;

#[path = "../regressions/found.rs"]
mod regressions;
#[path = "../regressions/chains.rs"]
mod regressions_of_chains;
#[path = "../regressions/references.rs"]
mod regressions_of_references;
