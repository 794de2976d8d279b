//! What a field refers to has no shadow, whether it is marked or not: it is read as a constant.
use chainrule::{Differentiable, differentiate};

#[derive(Differentiable)]
struct Model<'a> {
    #[constant]
    table: &'a [f64],
    scale: f64,
}

#[differentiate(forward)]
fn scaled(m: &Model<'_>, x: f64) -> f64 {
    m.scale * m.table[0] * x
}

fn main() {}
