//! What only looks like an element of a slice.
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Grid {
    cells: Vec<f64>,
}

impl Grid {
    fn get(&self, i: usize) -> Option<f64> {
        self.cells.get(i).copied()
    }
}

#[derive(Clone, Differentiable)]
struct Model {
    grid: Grid,
}

#[differentiate]
fn of_its_own(m: &Model, i: usize) -> f64 {
    m.grid.get(i).unwrap()
}

fn main() {}
