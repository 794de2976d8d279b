//! Slices and vectors asked for positions, split, joined, borrowed and copied as a whole.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Node {
    x: f64,
    w: f64,
}
struct_shape!(Node { x: f64, w: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Table {
    nodes: Vec<Node>,
    knots: Vec<f64>,
    grid: [[f64; 3]; 2],
}
struct_shape!(Table { nodes: Vec<Node>, knots: Vec<f64>, grid: [[f64; 3]; 2] });

fn table() -> Table {
    let pairs = noise(3).into_iter().zip(positive(3));
    Table {
        nodes: pairs.map(|(x, w)| Node { x, w }).collect(),
        knots: vec![-1.0, 0.2, 0.9, 2.5],
        grid: [[0.3, -0.4, 1.2], [0.8, 0.1, -0.6]],
    }
}

#[differentiate(forward, reverse, hessian)]
fn interpolated(xs: &[f64], ys: &[f64], t: f64) -> f64 {
    let i = match xs.binary_search_by(|v| v.partial_cmp(&t).unwrap()) {
        Ok(i) => return ys[i] * t,
        Err(0) => return ys[0],
        Err(i) if i == xs.len() => return ys[i - 1] * t * t,
        Err(i) => i - 1,
    };
    let h = (t - xs[i]) / (xs[i + 1] - xs[i]);
    ys[i] + h * (ys[i + 1] - ys[i])
}

#[differentiate(forward, reverse)]
fn beside_a_name(xs: &[f64], t: f64) -> f64 {
    let answer = t * t;
    match xs.binary_search_by(|v| v.total_cmp(&t)) {
        Ok(i) => xs[i] * answer,
        Err(i) => xs[i - 1] + answer * i as f64,
    }
}

#[differentiate(forward, reverse, hessian)]
fn by_partition(xs: &[f64], t: f64) -> f64 {
    let k = xs
        .partition_point(|&v| v <= t)
        .saturating_sub(1)
        .min(xs.len() - 2);
    let j = xs
        .binary_search_by(|v| v.total_cmp(&t))
        .unwrap_or_else(|i| i);
    let last = xs.len().saturating_sub(1);
    let mut y = xs[k] * (t - xs[k + 1]) * xs[j.min(last)];
    if let Ok(i) = xs.binary_search_by(|v| v.total_cmp(&t)) {
        y += xs[i];
    }
    for s in 1..4 {
        let at = xs.partition_point(|v| *v < t * s as f64);
        y = y * 0.5 + xs[at.clamp(1, last)] * t;
    }
    y
}

#[differentiate(forward, reverse)]
fn in_a_table(table: &Table, t: f64) -> f64 {
    let k = table.knots.partition_point(|v| *v < t);
    if table.knots.contains(&t) || !table.knots.is_sorted() {
        return t;
    }
    let near = table.nodes.partition_point(|n| n.x < -9.0);
    table.knots[k] * t + table.nodes[near].w
}

#[differentiate(forward, reverse, hessian)]
fn taken_apart(x: &[f64]) -> f64 {
    let (last, rest) = x.split_last().unwrap();
    let (first, rest) = rest.split_first().expect("two at least");
    let (a, rest) = rest.split_at(1);
    let (b, c) = rest.split_at(rest.len() / 2);
    last * a[0] + b[0] * c[0] * first
}

#[differentiate(forward, reverse)]
fn written_apart(x: &mut [f64], s: f64) {
    let (head, tail) = x.split_at_mut(2);
    let (last, middle) = tail.split_last_mut().unwrap();
    let (left, right) = head.split_at_mut(1);
    left[0] *= right[0];
    right[0] += *last * s;
    *last = left[0] * middle[0];
    middle[0] *= right[0];
}

#[differentiate(forward, reverse)]
fn extended(x: &[f64], s: f64) -> f64 {
    let mut v = Vec::new();
    v.extend([s, x[0]]);
    v.extend(vec![s * s]);
    v.extend(x);
    v.extend(x.iter());
    v.extend(x.to_vec());
    v.extend_from_slice(&[s, s * x[1]]);
    v.extend_from_slice(&x[1..]);
    v.extend(x.iter().map(|a| a * s));
    v.iter().fold(1.0, |a, b| a * 0.3 + b * b)
}

#[differentiate(forward, reverse)]
fn fields_extended(c: &mut Table, s: f64) {
    c.knots.extend_from_slice(&[s, s * s]);
    c.knots.reverse();
    c.knots.extend(c.nodes.iter().map(|n| n.x * s));
    c.nodes.extend_from_slice(&[Node { x: s, w: s }]);
    c.nodes.extend(vec![
        Node {
            x: s,
            w: c.knots[0]
        };
        2
    ]);
    c.knots[1..].reverse();
    c.knots[..2].fill(s);
    c.knots[2..].sort_by(|a, b| a.total_cmp(b));
    c.grid[0].swap(0, 1);
    c.grid.swap(0, 1);
    let row = &mut c.grid[1];
    row[0] *= s;
    row.rotate_left(1);
}

#[differentiate(forward, reverse)]
fn joined(x: &[f64], s: f64) -> Vec<f64> {
    let mut a = Vec::from(x);
    let b = Vec::from([x[0] * s, x[1] * x[0]]);
    let c = x.to_owned();
    a[0] *= s;
    let rows = vec![a.clone(), vec![s], b];
    let mut all = [&a[..], &c[1..], &[s, a[0]]].concat();
    all.extend(rows.concat());
    all
}

#[differentiate(forward, reverse, hessian)]
fn joined_rows(m: &Vec<Vec<f64>>) -> f64 {
    let all = m.concat();
    let mut y = 1.0;
    for v in all.iter().rev() {
        y = y * v + 0.1;
    }
    y * all.as_slice()[0]
}

#[differentiate(forward, reverse)]
fn overwritten_whole(x: &mut Vec<f64>, y: &[f64]) {
    x.clone_from_slice(y);
    x[0] *= y[1];
    let mut z = vec![0.0; 2];
    z.clone_from(x);
    x[1] *= z[0];
    x.clone_from(&z);
    x[1] += z[1] * x[0];
}

#[differentiate(forward, reverse)]
fn borrowed_whole(x: &[f64]) -> f64 {
    let v = x.iter().copied().collect::<Vec<f64>>();
    let s = v.as_slice();
    let w: &[f64] = v.as_ref();
    let mut m = v.clone();
    m.as_mut_slice()[0] *= 2.0;
    m.as_mut_slice().swap(0, 1);
    let tail = m.as_mut_slice();
    tail[1] *= s[0];
    s[0] * w[1] * m[1]
}

#[differentiate(forward, reverse, hessian)]
fn repeated(x: &[f64], s: f64) -> f64 {
    let mut y = vec![Node { x: s, w: x[0] }; 3];
    y[1].x *= 2.0;
    let mut g = vec![vec![s; 2]; 2];
    g[0][1] *= x[1];
    let mut h = vec![[s, x[0]]; 2];
    h[1][0] *= x[1];
    h.swap(0, 1);
    let pair = [Node { x: s, w: s * s }, y[2].clone()];
    y[1].x * y[2].w + g[0][1] * g[1][0] + h[0][0] * h[1][1] + pair[0].w * pair[1].x
}

#[test]
fn asked() {
    let xs = vec![-1.0, 0.2, 0.9, 2.5];
    for t in [-3.0, 0.5, 0.9, 7.0] {
        // At a knot the function has a kink in `t`, but not in the values.
        if t != 0.9 {
            prove_hvp!(interpolated(slice xs, slice noise(4), val t));
            prove_hvp!(by_partition(slice xs, val t));
        }
    }
    prove_gradient!(beside_a_name(slice xs, val 0.5));
    prove_gradient!(in_a_table(rf table(), val 0.5));
}

#[test]
fn apart_and_together() {
    prove_hvp!(taken_apart(slice noise(6)));
    prove!(written_apart(io noise(4), val 0.7) -> unit);
    prove_gradient!(extended(slice noise(3), val 0.7));
    prove!(fields_extended(iov table(), val 0.7) -> unit);
    prove!(joined(slice noise(3), val 0.7) -> vec);
    prove_hvp!(joined_rows(aref vec![noise(2), Vec::new(), positive(3)]));
}

#[test]
fn as_a_whole() {
    prove!(overwritten_whole(iov noise(2), slice positive(2)) -> unit);
    prove_gradient!(borrowed_whole(slice noise(3)));
    prove_hvp!(repeated(slice noise(2), val 0.7));
}

/// Who passes a shadow of another shape hears of it, whatever the function reads.
mod shadows_of_another_length {
    use super::*;

    #[differentiate]
    fn first_of(x: &[f64]) -> f64 {
        x[0] * x[0]
    }

    #[differentiate]
    fn negate_first(x: &mut [f64]) {
        x[0] = -x[0];
    }

    #[test]
    #[should_panic(expected = "a shadow of length 3 for a slice of length 2")]
    fn a_direction() {
        first_of_tangent(&[1.0, 2.0], &[1.0, 0.0, 0.0]);
    }

    #[test]
    #[should_panic(expected = "a shadow of length 1 for a slice of length 2")]
    fn an_adjoint() {
        first_of_adjoint(&[1.0, 2.0], &mut [0.0], 1.0);
    }

    #[test]
    #[should_panic(expected = "a shadow of length 2 for a slice of length 1")]
    fn of_what_is_written() {
        negate_first_adjoint(&mut [1.0], &mut [0.0, 0.0]);
    }
}
