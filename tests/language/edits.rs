//! Vectors whose elements are put in, taken out, kept and moved along.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Node {
    x: f64,
    w: f64,
}
struct_shape!(Node { x: f64, w: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Curve {
    nodes: Vec<Node>,
    knots: Vec<f64>,
}
struct_shape!(Curve { nodes: Vec<Node>, knots: Vec<f64> });

fn nodes(n: usize) -> Vec<Node> {
    let parts = noise(n).into_iter().zip(positive(n));
    parts.map(|(x, w)| Node { x, w }).collect()
}

fn curve(n: usize) -> Curve {
    Curve {
        nodes: nodes(n),
        knots: noise(n),
    }
}

#[differentiate(forward, reverse, hessian)]
fn inserted(x: &[f64], s: f64, at: usize) -> f64 {
    let mut v = x.to_vec();
    v.insert(at, s * x[0]);
    v.insert(v.len(), s);
    v.insert(0, v[at] * s);
    let mut y = 1.0;
    for w in &v {
        y = y * w + 0.3;
    }
    y
}

#[differentiate(forward, reverse)]
fn kept_in_order(x: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = Vec::new();
    for &v in x {
        let mut at = 0;
        while at < sorted.len() && sorted[at] < v {
            at += 1;
        }
        sorted.insert(at, v * v * v);
    }
    sorted
}

#[differentiate(forward, reverse)]
fn removed(v: &mut Vec<f64>, s: f64, at: usize) -> f64 {
    let taken = v.remove(at);
    v[0] *= taken * s;
    v.remove(1);
    let other = v.swap_remove(0);
    v[0] += other * other;
    taken * other
}

#[differentiate(forward, reverse, hessian)]
fn drained(x: &[f64], lo: usize, hi: usize) -> f64 {
    let mut v = x.to_vec();
    v[lo] *= v[0];
    v.drain(lo..hi);
    let mut y = v[0] * v[1];
    let mut w = x.to_vec();
    for item in w.drain(1..=2) {
        y = y * item + 0.2;
    }
    let rest: Vec<f64> = w.drain(..).map(|v| v * v).collect();
    y + rest[0] * rest[1] * (w.len() + v.len()) as f64
}

#[differentiate(forward, reverse)]
fn split(v: &mut Vec<f64>, at: usize, s: f64) -> Vec<f64> {
    let mut tail = v.split_off(at);
    tail[0] *= v[0] * s;
    v.push(tail[0]);
    v.append(&mut tail);
    v.truncate(6);
    tail.push(s);
    tail
}

#[differentiate(forward, reverse, hessian)]
fn retained(x: &[f64], bound: f64) -> f64 {
    let mut v = x.to_vec();
    v.retain(|w| *w < bound);
    let mut y = bound;
    for w in &v {
        y = y * w + w * w;
    }
    v.retain_mut(|w| {
        *w *= 2.0;
        *w > 0.0
    });
    y + v.iter().sum::<f64>() * bound
}

#[differentiate(forward, reverse, hessian)]
fn without_repeats(x: &[f64], s: f64) -> f64 {
    let mut v = vec![x[0], x[0], x[1], x[0], x[0], x[0], x[2] * s];
    v.dedup();
    let mut w = v.clone();
    w.dedup_by(|a, b| (*a > 0.0) == (*b > 0.0));
    let mut k = x.to_vec();
    k.dedup_by_key(|a| (*a * 2.0).floor() as i64);
    let mut y = v.len() as f64 + w.len() as f64 * s;
    for a in v.iter() {
        y = y * a + 0.1;
    }
    for a in &w {
        y += a * a * s;
    }
    for a in &k {
        y -= a * y * 0.1;
    }
    y
}

#[differentiate(forward, reverse)]
fn moved_along(x: &mut [f64], s: f64) {
    x.copy_within(1.., 0);
    x[0] *= s;
    x.copy_within(0..2, 2);
    x[3] += x[0] * x[2];
}

#[differentiate(forward, reverse)]
fn filled_with(x: &[f64], n: usize) -> Vec<f64> {
    let mut v = vec![0.0; n];
    let mut term = x[0];
    v.fill_with(|| {
        term *= x[1];
        term
    });
    v.resize_with(n + 2, || term * 3.0);
    v.extend_from_within(1..3);
    v.resize_with(n + 1, || 0.0);
    v
}

#[differentiate(forward, reverse, hessian)]
fn structs_edited(c: &Curve, s: f64) -> f64 {
    let mut v = c.nodes.clone();
    v.insert(1, Node { x: s, w: s * s });
    let first = v.remove(0);
    v.retain(|n| n.w > 0.0);
    v.push(first.clone());
    v.resize(7, first);
    v.truncate(5);
    let second = v.swap_remove(1);
    let mut y = second.x * second.w;
    for n in v.drain(..2) {
        y = y * n.x + n.w;
    }
    y + v[0].w * v[1].x
}

#[differentiate(forward, reverse)]
fn structs_in_out(c: &mut Curve, s: f64) {
    c.nodes.truncate(2);
    c.nodes[1].x *= s;
    c.nodes.push(Node {
        x: s,
        w: c.nodes[0].x,
    });
    c.nodes.resize(
        5,
        Node {
            x: c.knots[0],
            w: s,
        },
    );
    c.knots.insert(1, s * s);
    c.knots.rotate_left(2);
    let taken = c.knots.remove(0);
    c.nodes[4].w *= taken;
    c.knots.clear();
    c.knots.push(taken * s);
}

#[differentiate(forward, reverse)]
fn rows_edited(m: &mut Vec<Vec<f64>>, s: f64) {
    m[0].insert(1, s);
    m.insert(1, vec![s, s * m[0][0]]);
    let row = m.remove(2);
    m[0][0] *= row[0];
    m[1].extend_from_slice(&row);
    m[1].rotate_left(1);
    m.truncate(2);
    m.push(row);
}

#[differentiate(forward, reverse, hessian)]
fn cut_in_a_loop(x: &[f64], s: f64) -> f64 {
    let mut v = x.to_vec();
    let mut y = 1.0;
    while v.len() > 1 {
        let k = v.len() / 2;
        let middle = v.remove(k);
        if middle > 0.5 {
            v[0] *= s;
            continue;
        }
        y = y * middle + v[0];
        if v.len() > 2 {
            let last = v.swap_remove(0);
            v.insert(1, last * 0.5);
            v.pop();
        }
    }
    y * v[0]
}

#[differentiate(forward, reverse, hessian)]
fn buffer_cleared(x: &[f64], rounds: usize) -> f64 {
    let mut buffer = Vec::new();
    let mut y = x[0];
    for r in 0..rounds {
        buffer.clear();
        for v in x {
            if *v > 0.0 || r % 2 == 0 {
                buffer.push(v * y);
            }
        }
        buffer.truncate(3);
        y = buffer.iter().map(|b| b * b).sum::<f64>() * 0.3 + 0.1;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn nothing_left(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.retain(|_| false);
    v.dedup();
    v.drain(..);
    v.extend_from_within(..);
    let tail = v.split_off(0);
    v.insert(0, x[0] * 3.0);
    v.remove(0) * x[1] + tail.len() as f64
}

#[differentiate(forward, reverse)]
fn integers_edited(x: &[f64]) -> f64 {
    let mut k = vec![3usize, 1, 2, 1];
    k.insert(1, 0);
    k.retain(|i| *i != 2);
    k.sort();
    k.dedup();
    k.rotate_left(1);
    let last = k.remove(0);
    let mut y = x[last];
    for i in k.drain(..) {
        y = y * x[i] + 0.5;
    }
    y
}

#[differentiate(forward, reverse)]
fn taken_and_replaced(v: &mut Vec<f64>, s: f64) -> f64 {
    let old = std::mem::take(v);
    v.push(old[0] * s);
    let mut scale = s;
    let before = std::mem::replace(&mut scale, old[1]);
    let third = std::mem::replace(v, vec![scale, before, s]);
    let mut z = old[0];
    let y = std::mem::take(&mut z);
    third[0] * scale + before * v[1] + y * z
}

#[differentiate(forward, reverse)]
fn fields_replaced(c: &mut Curve, s: f64) -> f64 {
    let knots = std::mem::take(&mut c.knots);
    c.knots.push(knots[0] * s);
    let node = std::mem::replace(&mut c.nodes[0], Node { x: s, w: knots[1] });
    c.nodes[0].x *= node.w;
    node.x * knots[1]
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float>(x: &[T], s: T) -> T {
    let mut v = x.to_vec();
    v.insert(1, s);
    let a = v.remove(0);
    v.retain(|w| *w > T::zero());
    v.resize_with(4, || s * s);
    a * v[0] + v[3]
}

#[test]
fn put_in_and_taken_out() {
    for at in 0..3 {
        prove_hvp!(inserted(slice noise(3), val 0.7, con at));
        prove!(removed(iov noise(5), val 0.7, con at));
    }
    prove!(kept_in_order(slice noise(6)) -> vec);
    prove_hvp!(drained(slice noise(5), con 1, con 3));
    prove_hvp!(drained(slice noise(5), con 2, con 2));
    for at in 1..4 {
        prove!(split(iov noise(5), con at, val 0.7) -> vec);
    }
    prove_hvp!(cut_in_a_loop(slice noise(7), val 0.7));
    prove_hvp!(nothing_left(slice noise(3)));
    prove_gradient!(integers_edited(slice noise(4)));
    prove_gradient!(generic(slice noise(4), val 0.7));
}

#[test]
fn kept() {
    prove_hvp!(retained(slice noise(6), val 0.4));
    prove_hvp!(retained(slice noise(6), val -9.0));
    prove_hvp!(without_repeats(slice noise(5), val 0.7));
    for rounds in 0..4 {
        prove_hvp!(buffer_cleared(slice noise(5), con rounds));
    }
}

#[test]
fn moved() {
    prove!(moved_along(io noise(5), val 0.7) -> unit);
    prove!(filled_with(slice positive(2), con 4) -> vec);
    prove!(filled_with(slice positive(2), con 1) -> vec);
    prove!(taken_and_replaced(iov noise(3), val 0.7));
}

#[test]
fn of_structs_and_rows() {
    prove_hvp!(structs_edited(rf curve(4), val 0.7));
    prove!(structs_in_out(iov curve(4), val 0.7) -> unit);
    prove!(structs_in_out(iov curve(2), val 0.7) -> unit);
    prove!(fields_replaced(iov curve(3), val 0.7));
    prove!(rows_edited(iov vec![noise(2), positive(3), noise(1)], val 0.7) -> unit);
}
