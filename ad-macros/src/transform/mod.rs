//! Transformations from IR to IR. They know nothing of tokens.

pub mod adjoint;
pub mod again;
mod curve;
pub mod kills;
pub mod late;
pub mod linear;
pub mod needs;
pub mod neutral;
pub mod nodes;
pub mod pairs;
pub mod repeat;
pub mod segments;
pub mod share;
pub mod tangent;
pub mod tidy;
pub mod widen;
