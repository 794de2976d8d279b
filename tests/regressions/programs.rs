//! Random programs whose companions rustc rejected, made small.
use chainrule::{constant, differentiate};
use num_traits::Float;

#[differentiate(forward, reverse, hessian)]
fn scaled(a: f64, unused: f64) -> f64 {
    a * a / 1.8 + 0.0 * unused
}

/// The tangent of a pullback's call linearised an argument that the pullback has already, in terms of values that are gone.
#[differentiate(forward, reverse, hessian)]
fn arguments_of_dead_calls(p: f64, q: f64) -> f64 {
    for _ in 0..3 {
        let mut s = q;
        s = s.sinh() * 0.5;
        s += scaled(p, (1.0 + (if p < q { s } else { p }).powi(2)).ln());
    }
    p * q
}

#[differentiate(forward, reverse, hessian)]
fn arguments_of_calls(p: f64, q: f64) -> f64 {
    let mut sum = p * q;
    for k in 0..3 {
        let mut s = q;
        s = s.sinh() * 0.5;
        s += scaled(p, (1.0 + (if p < q { s } else { p }).powi(2)).ln());
        sum += s * k as f64;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn logarithm(x: f64) -> Option<f64> {
    (x > 0.0).then(|| x.ln())
}

#[differentiate(forward, reverse, hessian)]
fn root(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err(String::from("no root"));
    }
    Ok(x.sqrt())
}

/// A call of constants alone was no constant, and no call either, where something active stands in for what it does not return.
#[differentiate(forward, reverse, hessian)]
fn calls_of_constants_or_else(a: f64, c: f64, n: usize) -> f64 {
    let b = logarithm(n as f64 - 1.0).unwrap_or(a * a);
    let b = b * logarithm(n as f64).map_or(a, |y| y + a * a);
    let b = b + root(n as f64 - 2.0).unwrap_or(a) * b;
    let b = b - root(n as f64 - 2.0).unwrap_or_else(|_| b * a);
    (0..3).fold(b, |s, k| {
        s * a + logarithm(k as f64).filter(|y| *y < 0.5).unwrap_or(s * c)
    })
}

fn pair(n: usize) -> Vec<f64> {
    vec![n as f64, 0.5]
}

/// Arrays of what is computed were borrowed for as long as a pullback lives.
#[differentiate(forward, reverse, hessian)]
fn computed_tables(x: f64, n: usize) -> f64 {
    let mut y = x;
    for c in [n as f64, 2.0] {
        y += 0.1 * c * y * y;
    }
    for (c, d) in [n as f64, 2.0].iter().zip(&pair(n)) {
        y = y * c + d * x;
    }
    for c in &pair(n) {
        y += c * y.sin();
    }
    for [c, d] in [[n as f64, 1.5], [0.5, 0.7]] {
        y += 0.1 * c * y * d;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn tables_in_branches(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        if i % 2 == 1 {
            y *= [i as f64, 0.3].iter().map(|c| c * y).sum::<f64>();
        } else {
            for c in &[i as f64 + 1.0, 0.3] {
                y = (c * y).sin() + x;
            }
        }
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn vector_with_computed_tables(v: &mut Vec<f64>, n: usize) -> f64 {
    for k in 0..n {
        v.extend_from_slice(&[(0..k).map(|_| 0.4).sum::<f64>(), 0.6]);
        v.extend(&pair(k));
        v.extend_from_slice(&constant(pair(n)));
    }
    let last = v.len() - 1;
    v[last] *= v[0];
    v.iter().map(|x| x * x * v[0]).sum()
}

/// The zero tangent of what fills a slice of `T` was asked of the value, and `T` has no such method.
#[differentiate(forward, reverse)]
fn filled_with_constants<T: Float>(v: &mut [T], w: &mut Vec<T>, x: T, n: usize) -> T {
    v[0] = v[0] * x;
    let first = v[0] * w[0];
    v.fill(T::from(n).unwrap().sin());
    w.push(T::from(n).unwrap().cos());
    w.resize(n + 2, T::from(n).unwrap().cos());
    first * v[0] + w[1] * x
}

#[test]
fn found_by_more_random_programs() {
    for (p, q) in [(0.3, 0.7), (0.7, 0.3)] {
        prove_hvp!(arguments_of_dead_calls(val p, val q));
        prove_hvp!(arguments_of_calls(val p, val q));
    }
    for n in 0..5usize {
        prove_hvp!(calls_of_constants_or_else(val 0.7, val 1.2, con n));
        prove_hvp!(computed_tables(val 0.7, con n));
        prove_hvp!(tables_in_branches(val 0.7, con n));
        prove_hvp!(vector_with_computed_tables(iov vec![0.7, 0.2], con n));
        prove!(filled_with_constants(io [0.7, 0.2], iov vec![0.3, 0.4], val 0.9, con n));
    }
}
