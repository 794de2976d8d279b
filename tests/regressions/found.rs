//! What random programs and foreign code have found: each function here once failed.
use chainrule::{Differentiable, differentiate};
use num_traits::Float;

/// The zero tangent of a constant result was shaped by the value when that had been moved out already.
#[differentiate(forward, reverse, hessian)]
fn constants_in_a_vector<T: Float>(p: &mut T, n: usize) -> Vec<T> {
    vec![T::from(1.331).unwrap(), T::from(n).unwrap().recip()]
}

#[differentiate(forward, reverse, hessian)]
fn calls_constants_in_a_vector(x: f64, n: usize) -> f64 {
    let mut p = x;
    let v = constants_in_a_vector(&mut p, n);
    v[0] * x * x + v[1] * p
}

#[differentiate]
fn product(a: &[f64], b: &[f64]) -> (f64, f64) {
    (a[0] * b[0], a[0])
}

/// A vector behind `&mut` that kept code might change was put back through a reference to the reference.
#[differentiate]
fn length_of_a_vector_in_an_index(v: &mut Vec<f64>, w: &[f64], n: usize) -> f64 {
    if n > 2 {
        let x = [n as f64, product(&[w[0], w[1]], &v[..v.len().min(2)]).1];
        v[0] *= x[1];
    }
    v[0]
}

#[differentiate]
fn length_of_a_slice_in_an_index(v: &mut [f64], w: &[f64], n: usize) -> f64 {
    if n > 2 {
        let x = [n as f64, product(&[w[0], w[1]], &v[..v.len().min(2)]).1];
        v[0] *= x[1];
    }
    v[0]
}

#[differentiate]
fn length_of_an_array_in_an_index(v: &mut [f64; 3], w: &[f64], n: usize) -> f64 {
    if n > 2 {
        let x = [n as f64, product(&[w[0], w[1]], &v[..v.len().min(2)]).1];
        v[0] *= x[1];
    }
    v[0]
}

/// The same, handed on to a call of itself.
#[differentiate]
fn vector_through_a_recursion(v: &mut Vec<f64>, x: f64, n: usize) {
    if n == 0 {
        return;
    }
    let u: f64 = match n {
        1 => -x,
        2..=5 => {
            vector_through_a_recursion(v, x, n - 1);
            0.526
        }
        _ => 0.3,
    };
    vector_through_a_recursion(v, x.tanh(), n - 1);
    v.fill(u.cos());
}

/// `unwrap_or` and its relatives of constants, with something active to stand in, were calls of methods of the user's.
#[differentiate(forward, reverse, hessian)]
fn active_where_a_constant_is_missing(x: f64, #[constant] table: &[f64], n: usize) -> f64 {
    let a = table.get(n).copied().unwrap_or(x * x);
    let b = table.first().map_or(x, |v| *v * x);
    let c = table.last().copied().unwrap_or_else(|| x.sin());
    let d = (0..n).map(|_| 1.1f64).last().unwrap_or(x);
    a * x + b + c * d
}

/// An attribute at the beginning of a body was written in front of the function.
#[differentiate(forward, reverse, hessian)]
fn attribute_in_the_body(x: f64) -> f64 {
    #![allow(clippy::let_and_return)]
    let y = x * x;
    y
}

/// A semicolon of its own was kept as an expression.
#[differentiate(forward, reverse, hessian)]
#[allow(redundant_semicolons)]
#[rustfmt::skip]
fn two_semicolons(x: f64) -> f64 {
    let mut y = x * x;;
    if y > 0.1 { y *= x;; }
    y
}

#[derive(Clone, Default)]
struct Table {
    x: usize,
    y: usize,
    pair: (usize,),
}

/// Fields of constants took the new names of shadowed variables; `..` lost its comma, and `(n,)` was `(n)`.
#[differentiate(forward, reverse, hessian)]
fn constants_in_a_struct(a: f64, n: usize) -> f64 {
    let x = n + 1;
    let x = x * 2;
    let t = Table {
        x,
        ..Default::default()
    };
    let y = x + 1;
    let y = Table {
        y,
        x: t.x,
        pair: (n,),
    };
    let Table { x, .. } = y.clone();
    let (k,) = y.pair;
    let scale: f64 = (x + y.y + k) as f64;
    a * a * scale
}

/// The length of a constant was put back for a loop that has no reverse, where the reverse sweep does not know the variable.
#[differentiate]
fn loops_over_dead_values(w: f64, n: usize) -> f64 {
    for _ in 1..n {
        let mut unused = [w, w];
        unused = [unused.iter().map(|_| 0.4).sum::<f64>(), unused[0]];
        unused[1] = unused.iter().fold(w, |s, _| s);
    }
    w * w
}

/// Where the loop has one, its range is what it was.
#[differentiate(forward, reverse, hessian)]
fn range_that_changes(w: f64, n: usize) -> f64 {
    let mut y = w;
    let mut m = n;
    let mut limits = vec![n; 2];
    for k in 1..n {
        for i in 0..m {
            y = (y * w).sin() + 0.1 * i as f64;
        }
        for _ in 0..limits.len() {
            y *= w;
        }
        m = k / 2 + 1;
        limits = vec![m; k % 3];
    }
    y
}

#[differentiate]
fn first_squared(v: &[f64], p: f64) -> Option<f64> {
    v.first().map(|x| x * p * p)
}

/// A range in terms of a view was kept code with the view's name, which the reverse sweep does not have.
#[differentiate]
fn range_of_a_view(x: &[f64], p: f64) -> f64 {
    let a = x
        .windows(2)
        .map(|w| first_squared(&w[w.len().min(1)..], p).unwrap_or(p))
        .sum::<f64>();
    let mut b = 0.0;
    for w in x.chunks(2) {
        b += first_squared(&w[1 + w.len().min(2) - w.len()..], a).unwrap_or(p);
    }
    a * b
}

/// `c * k as f64 < c` opens generics; behind a product the cast lost its parentheses (the expansion did not parse).
#[differentiate]
#[rustfmt::skip]
fn casts_before_a_comparison(c: f64, n: usize) -> f64 {
    let mut y = c;
    for k in 0..n {
        if (c * (k as f64)) < c || (c - (k as f64)) < -5.0 * c {
            y *= c;
        }
        y += c;
    }
    y
}

/// Variants that are called like the associated types of the traits that the derive implements.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Named {
    Wide(f64),
    Shadow(f64),
    Output(f64),
    Part(f64),
}

#[differentiate(forward, reverse, hessian)]
fn named(k: usize, a: f64) -> Named {
    match k {
        0 => Named::Wide(a),
        1 => Named::Shadow(a * a),
        2 => Named::Output(a.sin()),
        _ => Named::Part(2.0 * a),
    }
}

#[differentiate(forward, reverse, hessian)]
fn variants_like_associated_types(k: usize, a: f64, x: f64) -> f64 {
    match named(k, a) {
        Named::Wide(a) => a * x * x,
        Named::Shadow(a) => a * a * x,
        Named::Output(a) => (a * x).sin(),
        Named::Part(a) => a + x,
    }
}

#[test]
fn found_by_random_programs() {
    let v = [1.0, 2.0, 3.0];
    for n in [1usize, 2] {
        prove!(constants_in_a_vector(ios 0.3, con n) -> vec);
        prove_hvp!(calls_constants_in_a_vector(val 0.3, con n));
    }
    for n in [0usize, 3] {
        prove!(length_of_a_vector_in_an_index(iov v.to_vec(), slice v, con n));
        prove!(length_of_a_slice_in_an_index(io v, slice v, con n));
        prove!(length_of_an_array_in_an_index(ioa v, slice v, con n));
        prove!(vector_through_a_recursion(iov vec![0.2, 0.3], val 0.3, con n) -> unit);
    }
    prove!(range_of_a_view(slice &[0.3, 0.5, 0.9, 1.2], val 0.7));
    for n in 0..5usize {
        prove!(casts_before_a_comparison(val 0.7, con n));
        prove!(loops_over_dead_values(val 0.7, con n));
        prove_hvp!(range_that_changes(val 0.7, con n));
    }
    for n in 0..3usize {
        prove_hvp!(active_where_a_constant_is_missing(val 0.7, con &[1.2, 2.3], con n));
        prove_hvp!(active_where_a_constant_is_missing(val 0.7, con &[], con n));
    }
}

#[test]
fn found_in_foreign_code() {
    for k in 0..4usize {
        prove_hvp!(variants_like_associated_types(con k, val 0.3, val 0.7));
    }
    prove_hvp!(attribute_in_the_body(val 0.7));
    prove_hvp!(two_semicolons(val 0.7));
    prove_hvp!(constants_in_a_struct(val 0.7, con 2usize));
}
