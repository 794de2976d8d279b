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

#[differentiate]
fn of_a_pattern(x: &[f64]) -> f64 {
    match x.first() {
        Some(0.0) => 1.0,
        Some(v) => *v,
        None => 0.0,
    }
}

fn main() {}
