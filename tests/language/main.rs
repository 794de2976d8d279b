//! The language: every function here is proved by its tangent, its adjoint and finite differences; see `harness.rs`. Values, control flow,
//! slices, vectors and iterators are here, types and functions in `abstraction.rs`: two crates, which are compiled side by side.
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

mod arithmetic;
mod array_methods;
mod arrays;
mod bindings;
mod branches;
mod calls;
mod chain_ends;
mod chain_shapes;
mod chain_stages;
mod combined_algebra;
mod combined_hostile;
mod combined_models;
mod conditions;
mod copies;
mod derivative;
mod doubtful;
mod edges;
mod edits;
mod elements;
mod exits;
mod fused;
mod held_iterators;
mod hvp;
mod idioms;
mod inout;
mod iterators;
mod jacobians;
mod lanes;
mod lets;
mod loops;
mod nesting;
mod pairs;
mod permutations;
mod queues;
mod rules;
mod running;
mod slices;
mod stated;
mod statements;
mod storage;
mod strictness;
mod taylor;
mod vec_algorithms;
mod vec_shapes;
mod vecs;
mod wide_hessians;

#[path = "../regressions/found.rs"]
mod regressions;
#[path = "../regressions/chains.rs"]
mod regressions_of_chains;
#[path = "../regressions/foreign.rs"]
mod regressions_of_foreign_code;
#[path = "../regressions/mutants.rs"]
mod regressions_of_mutants;
#[path = "../regressions/programs.rs"]
mod regressions_of_programs;
#[path = "../regressions/references.rs"]
mod regressions_of_references;
#[path = "../regressions/shapes.rs"]
mod regressions_of_shapes;
