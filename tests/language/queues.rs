//! Double-ended queues: filled and emptied at both ends, indexed and walked, as locals, parameters and fields.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};
use std::collections::VecDeque;

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Window {
    samples: VecDeque<f64>,
    sum: f64,
    size: usize,
}
struct_shape!(Window { samples: VecDeque<f64>, sum: f64 });

fn window() -> Window {
    Window {
        samples: VecDeque::from(noise(3)),
        sum: 0.4,
        size: 3,
    }
}

impl Window {
    #[differentiate(forward, reverse)]
    fn push(&mut self, x: f64) -> f64 {
        self.samples.push_back(x);
        self.sum += x;
        if self.samples.len() > self.size {
            let old = self.samples.pop_front().unwrap();
            self.sum -= old;
        }
        self.sum / self.samples.len() as f64
    }
}

#[differentiate(forward, reverse)]
fn filtered(w: &mut Window, x: &[f64]) -> f64 {
    let mut y = 0.0;
    for v in x {
        let mean = Window::push(w, v * v);
        y = y * 0.5 + mean * mean;
    }
    y * w.samples[0]
}

#[differentiate(forward, reverse, hessian)]
fn both_ends(x: &[f64], s: f64) -> f64 {
    let mut q = VecDeque::new();
    for v in x {
        q.push_back(v * v);
        if q.len() > 2 {
            q.pop_front();
        }
        if *v < 0.0 {
            q.push_front(v * s);
        }
    }
    q.push_front(x[0]);
    let mut y = 0.1;
    while let Some(v) = q.pop_back() {
        y = y * v + 0.3;
        if let Some(w) = q.pop_front() {
            y += w * s;
        }
    }
    y
}

#[differentiate(forward, reverse)]
fn looked_at(x: &[f64], s: f64) -> f64 {
    let mut q: VecDeque<f64> = VecDeque::with_capacity(4);
    q.push_back(s);
    for v in x {
        let previous = *q.back().unwrap();
        q.push_back(previous * v + 0.2);
    }
    if let Some(first) = q.front_mut() {
        *first *= s;
    }
    let mut y = q[1] * q.front().copied().unwrap_or(1.0);
    q.rotate_left(1);
    q.swap(0, 2);
    for (k, v) in q.iter().enumerate() {
        y = y * v + k as f64;
    }
    y + q.iter().map(|v| v * v).sum::<f64>()
}

#[differentiate(forward, reverse)]
fn delayed(q: &mut VecDeque<f64>, x: f64) -> f64 {
    q.push_back(x);
    let out = q.pop_front().unwrap();
    q[0] += out * x;
    out * q.back().unwrap()
}

#[differentiate(forward, reverse)]
fn delay_line(x: &[f64], gain: f64) -> f64 {
    let mut line = VecDeque::from(vec![0.5; 3]);
    let mut y = 0.0;
    for v in x {
        let out = delayed(&mut line, v + gain * y);
        y = y * 0.3 + out;
    }
    let mut other = VecDeque::from([gain, y]);
    other.push_front(x[0]);
    y * other[0] * other[2] + line[1]
}

#[differentiate(forward, reverse)]
fn breadth_first(x: &[f64]) -> f64 {
    let mut todo = VecDeque::new();
    todo.push_back(0usize);
    let mut y = 1.0;
    while let Some(k) = todo.pop_front() {
        y = y * x[k] + k as f64;
        for next in [2 * k + 1, 2 * k + 2] {
            if next < x.len() {
                todo.push_back(next);
            }
        }
    }
    y
}

#[test]
fn locals() {
    prove_hvp!(both_ends(slice noise(6), val 0.7));
    prove_gradient!(looked_at(slice noise(4), val 0.7));
    prove_gradient!(breadth_first(slice positive(6)));
}

#[test]
fn parameters_and_fields() {
    prove!(delayed(iov VecDeque::from(noise(3)), val 0.7));
    prove_gradient!(delay_line(slice noise(5), val 0.7));
    prove!(filtered(iov window(), slice noise(5)));
}
