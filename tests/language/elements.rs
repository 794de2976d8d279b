//! Elements that may not be there: `get`, `first`, `last`, `pop` and their relatives, with what is done where they are missing.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Knot {
    t: f64,
    y: f64,
}
struct_shape!(Knot { t: f64, y: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Track {
    knots: Vec<Knot>,
    weights: Vec<f64>,
}
struct_shape!(Track { knots: Vec<Knot>, weights: Vec<f64> });

fn track(n: usize) -> Track {
    let knots = noise(n).into_iter().zip(positive(n));
    Track {
        knots: knots.map(|(t, y)| Knot { t, y }).collect(),
        weights: positive(n),
    }
}

#[differentiate(forward, reverse, hessian)]
fn unwrapped(x: &[f64]) -> f64 {
    let first = x.first().unwrap();
    let last = *x.last().expect("not empty");
    let third = x.get(2).copied().unwrap();
    first * last + third.sin() * x.get(1).unwrap() + x.last().unwrap().powi(2)
}

#[differentiate(forward, reverse, hessian)]
fn neighbours(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let left = if i == 0 { 0.5 } else { x[i - 1] };
        let right = x.get(i + 1).copied().unwrap_or(0.25);
        let far = *x.get(i + 2).unwrap_or(&left);
        sum += x[i] * left * right + far * far;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn replaced_by_active(x: &[f64], other: f64, i: usize) -> f64 {
    let a = *x.get(i).unwrap_or(&other);
    let b = x.get(i).map(|v| v * other).unwrap_or(other * other);
    let c = x.get(i).map_or(other, |v| v.exp());
    let d = x.first().copied().unwrap_or_else(|| other.sin());
    let e = x.get(i).map_or_else(|| other * 3.0, |v| v * v * other);
    let f = x.get(i).copied().unwrap_or_default();
    a * b + c * d + e * f
}

#[differentiate(forward, reverse, hessian)]
fn bound(x: &[f64], i: usize) -> f64 {
    let mut y = 1.0;
    if let Some(v) = x.get(i) {
        y *= v * v;
    } else if let Some(&v) = x.last() {
        y -= v.exp();
    }
    if let Some(v) = x.first().copied() {
        y += v * y;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn matched(x: &[f64], i: usize) -> f64 {
    let scaled = match x.get(i) {
        Some(v) if *v > 0.0 => v * 2.0,
        Some(v) => v * v,
        None => x[0] * 0.5,
    };
    let ends = match (x.first(), x.get(i)) {
        (Some(a), Some(b)) => a * b,
        (Some(a), None) => a.sin(),
        _ => 0.0,
    };
    scaled * ends
}

#[differentiate(forward, reverse)]
fn both_ends(x: &[f64]) -> f64 {
    if let (Some(a), Some(b)) = (x.first(), x.last()) {
        return a * b;
    }
    7.0
}

#[differentiate(forward, reverse)]
fn or_else(x: &[f64], i: usize) -> f64 {
    let Some(v) = x.get(i) else {
        return x[0] * 3.0;
    };
    let Some((head, tail)) = x.split_first() else {
        panic!("empty");
    };
    v * v * head + tail[0]
}

#[differentiate(forward, reverse)]
fn written_through(x: &mut [f64], s: f64) {
    if let Some(v) = x.get_mut(1) {
        *v *= s;
    }
    if let Some(last) = x.last_mut() {
        *last += s * s;
    }
    *x.first_mut().unwrap() *= 2.0;
    *x.get_mut(0).unwrap() += s;
    if let Some((first, rest)) = x.split_first_mut() {
        rest[0] *= *first;
        *first = rest[0] * s;
    }
    if let Some((last, rest)) = x.split_last_mut() {
        rest[0] *= *last;
        *last = *last * rest[0];
    }
    if let Some(v) = x.get_mut(100) {
        *v = 0.0;
    }
}

#[differentiate(forward, reverse, hessian)]
fn popped_in_a_loop(x: &[f64]) -> f64 {
    let mut stack = x.to_vec();
    let mut y = 0.1;
    while let Some(v) = stack.pop() {
        y = y * v + 1.0;
        if v > 1.0 {
            stack.push(v * 0.4);
        }
    }
    y
}

#[differentiate(forward, reverse)]
fn popped_by_its_caller(v: &mut Vec<f64>, s: f64) -> f64 {
    let last = v.pop().unwrap_or(s);
    match v.pop() {
        Some(w) => w * last,
        None => last * s,
    }
}

#[differentiate(forward, reverse)]
fn indices_popped(x: &[f64]) -> f64 {
    let mut todo: Vec<usize> = vec![0];
    let mut y = 1.0;
    while let Some(k) = todo.pop() {
        y *= x[k] + 0.3;
        if 2 * k + 1 < x.len() {
            todo.push(2 * k + 1);
        }
        if 2 * k + 2 < x.len() {
            todo.push(2 * k + 2);
        }
    }
    y
}

#[differentiate(forward, reverse)]
fn chosen(x: &[f64], i: usize) -> Option<f64> {
    let v = x.get(i)?;
    let w = x.get(i + 1).copied()?;
    Some(v * w)
}

#[differentiate(forward, reverse)]
fn last_of(x: &[f64]) -> Option<f64> {
    x.last().copied()
}

#[differentiate(forward, reverse)]
fn last_squared(x: &[f64]) -> Result<f64, String> {
    x.last().map(|v| v * v).ok_or_else(|| "empty".to_string())
}

#[differentiate(forward, reverse)]
fn named_error(x: &[f64], i: usize) -> Result<f64, String> {
    let a = *x.get(i).ok_or("out of range")?;
    let b = x.first().copied().ok_or(format!("no {i}"))?;
    let c = last_squared(x)?;
    Ok(a * b * c)
}

#[differentiate(forward, reverse, hessian)]
fn on_fields(t: &Track) -> f64 {
    let last = t.knots.last().unwrap();
    let mut y = last.t * last.y;
    if let Some(k) = t.knots.get(1) {
        y += k.t * k.t * t.weights.first().copied().unwrap_or(1.0);
    }
    if let Some(Knot { t, y: height }) = t.knots.first() {
        y *= t + height;
    }
    y * t.weights.get(7).unwrap_or(&2.0)
}

#[differentiate(forward, reverse, hessian)]
fn operands(t: &Track, s: f64) -> f64 {
    let mut y = t.weights.last().unwrap() * s + t.weights.first().unwrap().sin();
    y += t.weights.get(1).unwrap();
    y *= -t.weights.last().unwrap();
    y -= &t.knots[0].t * s;
    s.max(*t.weights.last().unwrap()) * y + &t.knots[1].y
}

#[differentiate(forward, reverse)]
fn changed_fields(t: &mut Track, s: f64) {
    if let Some(k) = t.knots.last_mut() {
        k.t *= s;
        k.y += k.t;
    }
    t.knots.first_mut().unwrap().y *= s;
    if let Some(w) = t.weights.get_mut(1) {
        *w *= s;
    }
}

#[differentiate(forward, reverse, hessian)]
fn rows(m: &Vec<Vec<f64>>) -> f64 {
    let last = m.last().unwrap();
    let mut y = last[0];
    for i in 0..m.len() {
        if let Some(row) = m.get(i) {
            if let Some(v) = row.get(1) {
                y += v * v * row.len() as f64;
            }
            y *= row.first().unwrap();
        }
    }
    y * m.first().unwrap()[0]
}

#[differentiate(forward, reverse)]
fn parts(x: &[f64], lo: usize, hi: usize) -> f64 {
    let mut y = 1.0;
    if let Some(part) = x.get(lo..hi) {
        for v in part {
            y *= v;
        }
    }
    if let Some(part) = x.get(lo..=hi) {
        y += part.first().unwrap_or(&0.5) * part.last().copied().unwrap_or(x[0]);
    }
    if let Some(rest) = x.get(lo..) {
        y += rest.iter().map(|v| v * v).sum::<f64>();
    }
    y
}

#[differentiate(forward, reverse)]
fn asked(x: &[f64], i: usize) -> f64 {
    let mut y = x[0];
    if x.get(i).is_some() {
        y *= x[i];
    }
    if x.first().is_some_and(|v| *v > 0.0) && x.get(i).is_none() {
        y += x[0] * x[0];
    }
    y
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float>(x: &[T], i: usize) -> T {
    let a = x.get(i).copied().unwrap_or(T::one());
    let b = *x.last().unwrap();
    a * b
}

#[differentiate(forward, reverse, hessian)]
fn popped_structs(x: &[f64]) -> f64 {
    let mut open = Vec::new();
    for v in x {
        open.push(Knot { t: *v, y: v * v });
    }
    let mut y = 0.3;
    while let Some(k) = open.pop() {
        y = y * k.t + k.y;
        if let Some(next) = open.last_mut() {
            next.t += k.y;
        }
    }
    y
}

#[differentiate(forward, reverse)]
fn ending(x: &[f64]) -> f64 {
    let Some((last, rest)) = x.split_last() else {
        return 0.0;
    };
    let (first, others) = rest.split_first().unwrap();
    let mut y = last * first;
    for v in others {
        y += v * last;
    }
    y
}

#[test]
fn values() {
    prove_hvp!(unwrapped(slice noise(4)));
    prove_hvp!(neighbours(slice noise(5)));
    prove_hvp!(replaced_by_active(slice noise(3), val 0.7, con 1));
    prove_hvp!(replaced_by_active(slice noise(3), val 0.7, con 5));
    prove_gradient!(asked(slice positive(3), con 1));
    prove_gradient!(asked(slice positive(3), con 4));
    prove_gradient!(generic(slice noise(3), con 1));
    prove_gradient!(generic(slice noise(3), con 9));
}

#[test]
fn patterns() {
    prove_hvp!(bound(slice noise(3), con 1));
    prove_hvp!(bound(slice noise(3), con 3));
    for i in 0..5 {
        prove_hvp!(matched(slice noise(4), con i));
        prove_gradient!(or_else(slice noise(4), con i));
    }
    prove_gradient!(both_ends(slice noise(4)));
    prove_gradient!(parts(slice noise(5), con 1, con 3));
    prove_gradient!(parts(slice noise(5), con 2, con 5));
    prove_gradient!(parts(slice noise(5), con 4, con 3));
    prove_gradient!(ending(slice noise(5)));
}

#[test]
fn changes() {
    prove!(written_through(io noise(4), val 0.7) -> unit);
    prove!(changed_fields(iov track(3), val 0.7) -> unit);
    prove_hvp!(popped_in_a_loop(slice vec![0.4, 1.7, -0.3, 2.9]));
    prove!(popped_by_its_caller(iov noise(3), val 0.7));
    prove!(popped_by_its_caller(iov noise(1), val 0.7));
    prove!(popped_by_its_caller(iov noise(0), val 0.7));
    prove_gradient!(indices_popped(slice noise(7)));
    prove_hvp!(popped_structs(slice noise(4)));
}

#[test]
fn in_structs_and_rows() {
    prove_hvp!(on_fields(rf track(3)));
    prove_hvp!(operands(rf track(3), val 0.7));
    prove_hvp!(rows(aref vec![noise(2), positive(3), noise(1)]));
}

#[test]
fn fallible() {
    prove!(chosen(slice noise(4), con 2) -> ok);
    prove!(last_of(slice noise(4)) -> ok);
    prove!(last_squared(slice noise(4)) -> ok);
    prove!(named_error(slice noise(4), con 1) -> ok);
    assert_eq!(chosen_gradient(&[1.0, 2.0], 1), None);
    assert_eq!(last_of_gradient(&[]), None);
    let x = [1.0, 2.0];
    let mut x_bar = [0.0; 2];
    let refused = named_error_adjoint(&x, &mut x_bar, 2, 1.0);
    assert_eq!(refused, Err("out of range".to_string()));
    assert_eq!(x_bar, [0.0; 2]);
    assert_eq!(named_error_gradient(&[], 0), Err("out of range".into()));
}
