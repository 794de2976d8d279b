use chainrule::differentiate;
use std::cell::{Cell, RefCell};
use std::sync::Mutex;

#[differentiate]
fn in_a_cell(x: f64) -> f64 {
    let c = Cell::new(x * 2.0);
    c.get() * x
}

#[differentiate]
fn in_a_ref_cell(x: f64) -> f64 {
    let c = RefCell::new(x);
    let y = *c.borrow();
    y * x
}

#[differentiate]
fn in_a_thread(x: f64) -> f64 {
    let handle = std::thread::spawn(move || x * 2.0);
    handle.join().unwrap()
}

#[differentiate]
fn in_scoped_threads(x: &[f64]) -> f64 {
    std::thread::scope(|s| s.spawn(|| x[0] * 2.0).join().unwrap())
}

#[differentiate]
fn behind_a_pointer(x: f64) -> f64 {
    let y = x * x;
    let p = &raw const y;
    let q = &y as *const f64;
    unsafe { *p + *q }
}

#[differentiate]
fn pointer(x: *const f64, n: usize) -> f64 {
    n as f64
}

#[differentiate]
fn shared(x: &RefCell<f64>, y: &Mutex<f64>) -> f64 {
    *x.borrow() * *y.lock().unwrap()
}

#[differentiate]
fn later(x: f64) -> f64 {
    let y = async { x * 2.0 };
    x
}

#[differentiate]
fn assembled(x: f64) -> f64 {
    let y: f64;
    unsafe { std::arch::asm!("movq {}, {}", in(xmm_reg) x, out(xmm_reg) y) };
    y
}

fn main() {}
