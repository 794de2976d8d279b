use chainrule::differentiate;
use std::cell::Cell;

#[differentiate]
fn f(x: f64) -> f64 {
    let held = Cell::new(0.0);
    held.set(x);
    held.get()
}

fn main() {}
