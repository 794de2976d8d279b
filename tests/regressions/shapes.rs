//! What random programs have found about the shapes of shadows: each function here once failed.
use chainrule::{Differentiable, differentiate};
use num_traits::Float;

/// Scales what it is given, and returns a copy.
#[differentiate]
fn scaled(v: &mut [f64], x: f64) -> Vec<f64> {
    v[0] *= x;
    v.to_vec()
}

/// The seed of a result that nobody reads had the length that the result got later.
#[differentiate]
fn results_that_change(x: f64, n: usize) -> f64 {
    let mut z = [x, 2.0 * x, 0.5];
    let mut list = scaled(&mut z, x);
    match n {
        0 => list.push(x),
        1 => list.extend_from_slice(&[1.0, x]),
        2 => drop(list.pop()),
        3 => list.truncate(1),
        4 => list.clear(),
        5 => list.resize(5, x),
        6 => list.insert(1, x),
        7 => list = vec![x],
        8 => drop(list.remove(0)),
        9 => drop(list.drain(..2)),
        10 => list.retain(|v| *v > 1.0),
        _ => drop(list.split_off(1)),
    }
    z[0] * x
}

/// The same, in a loop, and where the result is handed on before it changes.
#[differentiate]
fn results_that_change_in_a_loop(x: f64, n: usize) -> f64 {
    let mut z = [x, 2.0 * x];
    let mut kept = Vec::new();
    for k in 0..n {
        let mut list = scaled(&mut z, x);
        if k % 2 == 0 {
            list.push(x);
            let other = scaled(&mut list, x);
            kept = other;
        } else {
            let mut other = scaled(&mut list[..1], x);
            other.pop();
        }
        list.extend_from_slice(&[x, 1.0]);
        kept.truncate(k);
    }
    z[0] * x
}

#[derive(Clone, Debug, Differentiable)]
struct Track {
    points: Vec<f64>,
    last: f64,
}

#[differentiate]
fn track(v: &mut [f64], x: f64) -> Track {
    v[1] *= x;
    Track {
        points: v.to_vec(),
        last: v[0],
    }
}

/// The same, of a vector in a struct.
#[differentiate]
fn structs_that_change(x: f64, n: usize) -> f64 {
    let mut z = [x, 2.0 * x];
    let mut found = track(&mut z, x);
    if n > 0 {
        found.points.push(x);
    }
    for _ in 1..n {
        found.points.pop();
    }
    found.last = x;
    z[1] * x
}

/// What is written through a reference to an array was given a zero for each element in the shape of the array.
#[differentiate(forward, reverse, hessian)]
fn arrays_through_references(
    p: &f64,
    a: &mut [f64; 3],
    q: &mut (f64, f64),
    v: &mut Vec<f64>,
    w: &mut [[f64; 2]],
) {
    if *p > 0.0 {
        *a = [*p, 0.3, 0.5];
        *q = (*p, a[0] * *p);
        *v = vec![*p, 2.0];
        w[0] = [*p, 1.0];
    }
    a[2] *= *p;
}

#[differentiate(forward, reverse, hessian)]
fn calls_arrays_through_references(x: f64) -> f64 {
    let (mut a, mut q, mut v, mut w) = ([x, x, x], (x, x), vec![x], [[x, x], [x, x]]);
    arrays_through_references(&0.5, &mut a, &mut q, &mut v, &mut w);
    arrays_through_references(&x, &mut a, &mut q, &mut v, &mut w);
    a[0] * a[2] + q.1 * v[0] * w[0][0] * w[1][0]
}

#[differentiate(forward, reverse, hessian)]
fn copied<T: Float>(v: &[T], x: T) -> Vec<T> {
    v.iter().map(|v| *v * x).collect()
}

/// The adjoint of a copied part of a vector whose type is the callee's was given a slice where a vector was expected.
#[differentiate(forward, reverse, hessian)]
fn moved_within_a_result<T: Float>(v: &[T], x: T) -> T {
    let mut list = copied(v, x);
    if list.len() > 2 {
        list.copy_within(0..2, 1);
    }
    list[1] * list[2] * list[0]
}

/// What a trip records was one tuple, and std's traits end at twelve.
#[differentiate(forward, reverse, hessian)]
fn many_records(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        let a = (y * x).sin();
        let b = (a * y).cos() + 0.1 * a;
        let c = a * b * y.exp();
        let d = (c * a).tanh() - b;
        let e = (d * c).sin() + (a * d).cos();
        let f = (e * d).sin() * c.tanh();
        let g = (f * e).exp() * a.cos();
        let h = (g + f * b).cos() * e.tanh();
        let i = (h * g).sin() * (f + a).tanh();
        let j = (i * h).cos() * (g * b).sin();
        y = (a * b * c * d).sin() + (e * f * g * h).cos() * (i * j).tanh() + 0.3 * y;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn halves(x: f64, n: usize) -> Vec<f64> {
    vec![0.5 * x; n + 1]
}

#[differentiate(forward, reverse, hessian)]
fn both(x: f64) -> (f64, f64) {
    (x.sin(), x.cos())
}

/// What a call of constants returned had no shadow when it became active later.
#[differentiate(forward, reverse, hessian)]
fn constants_that_become_active(x: f64, n: usize) -> f64 {
    let mut y: f64 = both(0.7).0;
    let (mut a, mut b) = both(0.3);
    let mut v = halves(0.9, n);
    v.push(x);
    v[0] += x;
    for k in 0..n {
        let mut w = halves(1.1, k);
        w[0] += x * y;
        w.push(v[0]);
        v[0] *= w[0] * w[1];
        y = y * 0.8 + both(x).0;
        b += a * y;
    }
    a *= x;
    y * v[0] + a * b
}

/// An array of parts of constants was borrowed for longer than it lived.
#[differentiate(forward, reverse, hessian)]
fn tables_of_parts(v: &mut Vec<f64>, x: f64, n: usize) -> f64 {
    let s = both(0.3);
    let w = halves(0.9, 2);
    if n > 1 {
        v.extend_from_slice(&[s.1, s.0]);
        v.extend_from_slice(&[w[0], -w[1], 1.0]);
    }
    for k in 0..n {
        v.extend_from_slice(&[-s.0, w[k % 2]]);
    }
    v[0] * x * v.iter().sum::<f64>()
}

#[test]
fn shapes_of_shadows() {
    for n in 0..12usize {
        prove_gradient!(results_that_change(val 1.3, con n));
    }
    for n in 0..5usize {
        prove_gradient!(results_that_change_in_a_loop(val 0.7, con n));
        prove_hvp!(many_records(val 0.7, con n));
        prove_hvp!(tables_of_parts(iov vec![0.3], val 0.7, con n));
        prove_hvp!(constants_that_become_active(val 0.7, con n));
        prove_gradient!(structs_that_change(val 0.7, con n.min(3)));
    }
    prove!(arrays_through_references(rf 0.7, ioa [0.1, 0.2, 0.3], ios (0.4, 0.5), iov vec![0.6, 0.7], iov vec![[0.8, 0.9]]) -> unit);
    prove_hvp!(calls_arrays_through_references(val 0.7));
    prove_hvp!(moved_within_a_result(slice [0.3, 0.5, 0.7], val 1.2));
}

/// A vector of constants whose type is written, in which there are other numbers later: its shadow was made as the vector was, and not zero.
#[differentiate(forward, reverse, hessian)]
fn constants_of_a_written_type(x: f64) -> f64 {
    let mut c: Vec<f64> = (0..3_usize).map(|_| 1.309).collect::<Vec<f64>>();
    let before = ends_of(&c[..]);
    c.insert(1, x * x);
    let behind = ends_of(&c[..]);
    before[0] * before[1] + behind[0] * c[1] + c[2]
}

#[differentiate(forward, reverse, hessian)]
fn ends_of(c: &[f64]) -> Vec<f64> {
    vec![c[0], c[c.len() - 1]]
}

#[test]
fn vectors_of_a_written_type() {
    prove_hvp!(constants_of_a_written_type(val 0.7));
}

/// What a method of a value of unknown type returns, an option of a reference, is copied: the reference was copied, and not what it is to.
#[differentiate(forward, reverse, hessian)]
fn options_of_references<T: Float>(x: T, n: usize) -> T {
    let constants = constants_of(T::one(), n);
    let mut y = x;
    for k in 0..3 {
        y = if x < y {
            y.recip()
        } else {
            y * constants.get(k).copied().unwrap_or(T::one() + T::one())
        };
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn constants_of<T: Float>(x: T, n: usize) -> Vec<T> {
    vec![x; n]
}

#[test]
fn copies_of_what_is_behind_references() {
    for n in [0, 2, 3] {
        prove_hvp!(options_of_references(val 0.7, con n));
    }
}

#[differentiate]
fn pop(v: &mut Vec<f64>, q: f64) -> f64 {
    v.pop().unwrap_or(0.7) * q
}

/// What is moved back in the reverse sweep has to be as long as it was.
#[differentiate]
fn reversed_and_shortened(v: &mut Vec<f64>, q: f64, n: usize) -> f64 {
    let mut y = 1.0;
    for _ in 1..n {
        v.reverse();
        y += v.first().copied().unwrap_or(q);
    }
    v.rotate_left(1);
    y += pop(v, q);
    v.swap(0, 1);
    y * v[0]
}

/// Which values a search may find is an enum that has no default.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Mood {
    Calm(f64),
    Wild,
}

#[differentiate]
fn searched(moods: &[f64], x: f64, n: usize) -> f64 {
    if n == 0 {
        return x;
    }
    let mood = moods
        .iter()
        .rev()
        .map(|_| Mood::Calm(1.5))
        .last()
        .unwrap_or(Mood::Wild);
    if n == 1 {
        return x * x;
    }
    match mood {
        Mood::Calm(rate) => rate * x * moods[0],
        Mood::Wild => x.sin(),
    }
}

#[test]
fn lengths_that_a_callee_changes_behind_a_motion() {
    for n in [0, 2, 3] {
        prove!(reversed_and_shortened(iov vec![1.0, 2.0, 0.5], val 1.2, con n));
        prove!(reversed_and_shortened(iov vec![1.0, 2.0, 0.5, -1.0], val 1.2, con n));
    }
    for n in 0..3 {
        prove!(searched(slice [1.0, 2.0], val 0.4, con n));
        prove!(searched(slice [0.0; 0], val 0.4, con n));
    }
}
