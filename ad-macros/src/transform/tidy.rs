//! Makes generated code read as if it were written: no dead zeros, values at the end.

use crate::ir::*;

/// Nothing to do for values in tail position yet: `return e` at the end is printed as `e`.
pub fn value_at_end(body: Block) -> Block {
    body
}
