//! Boxed slices that are there already, and constants behind `Rc`.
use crate::harness::noise;
use chainrule::{Differentiable, differentiate};
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Leaf {
    x: f64,
    w: f64,
}
struct_shape!(Leaf { x: f64, w: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Branch {
    left: Leaf,
    scale: f64,
    table: Box<[f64]>,
}

impl crate::harness::Shape for Branch {
    const COARSE: bool = false;
    fn read(&self, out: &mut Vec<f64>) {
        self.left.read(out);
        self.scale.read(out);
        self.table.iter().for_each(|v| v.read(out));
    }
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
        self.left.write(from);
        self.scale.write(from);
        self.table.iter_mut().for_each(|v| v.write(from));
    }
}

fn branch() -> Branch {
    Branch {
        left: Leaf { x: 0.7, w: -1.2 },
        scale: 0.4,
        table: noise(3).into_boxed_slice(),
    }
}

#[derive(Clone)]
struct Settings {
    rate: f64,
}

#[differentiate(forward, reverse, hessian)]
fn read(b: &Branch, s: f64) -> f64 {
    let mut y = b.left.x * b.left.w * b.scale;
    for v in b.table.iter() {
        y = y * v + s;
    }
    y * b.table[1] + b.table.len() as f64 * b.table.first().unwrap()
}

#[differentiate(forward, reverse)]
fn written(b: &mut Branch, s: f64) {
    b.left.x *= s;
    b.scale += b.left.x * b.left.x;
    b.table[0] *= b.scale;
    b.table.swap(0, 2);
    b.table.sort_by(|p, q| p.total_cmp(q));
    for v in b.table.iter_mut() {
        *v *= s;
    }
}

#[differentiate(forward, reverse)]
fn behind_rc(x: f64, #[constant] settings: Rc<Settings>) -> f64 {
    let mut y = x;
    for _ in 0..3 {
        y -= settings.rate * y * y;
    }
    y
}

#[differentiate(forward, reverse)]
fn in_a_loop(b: &mut Branch, x: &[f64]) -> f64 {
    let mut y = 1.0;
    for v in x {
        if *v > 0.0 {
            b.left.w *= v;
            continue;
        }
        y = y * b.left.w + b.table[0] * v;
        b.table.rotate_left(1);
    }
    y
}

#[test]
fn boxes() {
    prove_hvp!(read(rf branch(), val 0.7));
    prove!(written(iov branch(), val 0.7) -> unit);
    prove!(in_a_loop(iov branch(), slice noise(5)));
}

#[test]
fn shared_constants() {
    prove_gradient!(behind_rc(val 0.7, con Rc::new(Settings { rate: 0.1 })));
}
