//! Passes that learn something about the IR and leave facts beside it.

pub mod activity;
pub mod doubtful;
pub mod lengths;
pub mod nested;
pub mod propagate;
pub mod repeat;
pub mod structure;
