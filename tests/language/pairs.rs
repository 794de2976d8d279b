//! Loops whose reverse adds up adjoints and may walk its slices in pairs, and loops that must not.
use crate::harness;
use chainrule::differentiate;
use num_traits::Float;

#[differentiate(forward, reverse, hessian)]
fn affine(x: &[f64], a: f64, b: f64, out: &mut [f64]) {
    for i in 0..x.len() {
        out[i] = a * x[i] * x[i] + b;
    }
}

/// `out = Aᵀ x` of a matrix with `n` columns.
#[differentiate(forward, reverse, hessian)]
fn transposed_product(a: &[f64], x: &[f64], n: usize, out: &mut [f64]) {
    for i in 0..x.len() {
        for j in 0..n {
            out[j] += a[i * n + j] * x[i];
        }
    }
}

/// The part begins behind the end, if it is empty.
#[differentiate(forward, reverse, hessian)]
fn part(x: &[f64], start: usize, n: usize, scale: f64, out: &mut [f64]) {
    for i in 0..n {
        out[i] = scale * x[start + i];
    }
}

/// `x[n + i]` is another element than `x[n + m]`.
#[differentiate(forward, reverse, hessian)]
fn shifted(x: &[f64], n: usize, m: usize, scale: f64, out: &mut [f64]) {
    for i in 0..n {
        out[i] = scale * x[n + i] * x[n + m] + x[i] * x[m..][0];
    }
}

#[differentiate(forward, reverse, hessian)]
fn tails(x: &[f64], y: &[f64], out: &mut [f64]) {
    for j in 0..x.len() {
        for (out, y) in out[j + 1..].iter_mut().zip(y) {
            *out += x[j] * y;
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn from_the_second(x: &[f64], scale: f64, out: &mut [f64]) {
    for i in 1..x.len() {
        out[i] = x[i] * scale + out[0];
    }
}

#[differentiate(forward, reverse, hessian)]
fn neighbours(x: &[f64], scale: f64, out: &mut [f64]) {
    for i in 0..out.len() {
        out[i] = scale * (x[i] * x[i + 1]);
    }
}

#[differentiate(forward, reverse, hessian)]
fn running(x: &mut [f64], scale: f64) {
    for i in 1..x.len() {
        x[i] = scale * x[i - 1] + x[i] * x[i];
    }
}

#[differentiate(forward, reverse, hessian)]
fn backwards(x: &[f64], scale: f64, out: &mut [f64]) {
    for i in (0..x.len()).rev() {
        out[i] = x[i] / scale;
    }
}

#[differentiate(forward, reverse)]
fn generic<T: Float>(x: &[T], scale: T, out: &mut [T]) {
    for i in 0..x.len() {
        out[i] = scale * x[i] * x[i];
    }
}

#[differentiate(forward, reverse, hessian)]
fn one_slice_for_two(x: &[f64], scale: f64) -> f64 {
    let mut out = vec![0.0; x.len()];
    product_into(x, x, scale, &mut out);
    let mut norm = 0.0;
    for v in &out {
        norm += v * v;
    }
    norm
}

#[differentiate(forward, reverse, hessian)]
fn product_into(a: &[f64], b: &[f64], scale: f64, out: &mut [f64]) {
    for i in 0..a.len() {
        out[i] = scale * a[i] * b[i];
    }
}

#[differentiate(forward, reverse, hessian)]
fn halves(x: &mut [f64], scale: f64) {
    let n = x.len() / 2;
    let (left, right) = x.split_at_mut(n);
    for i in 0..n {
        right[i] += scale * left[i];
    }
}

#[differentiate(forward, reverse, hessian)]
fn columns_in_turn(x: &[f64], scale: &[f64], n: usize) -> f64 {
    let mut out = vec![0.0; n];
    for k in 0..scale.len() {
        if x[k] > 5.0 {
            break;
        }
        for i in 0..n - k {
            out[k + i] += x[i] * scale[k];
        }
    }
    let mut last = 0.0;
    for v in &out {
        last = v.sin() + last * v;
    }
    last
}

/// The `k`th list of `n` numbers.
fn noise(n: usize, k: usize) -> Vec<f64> {
    harness::noise(n + k).split_off(k)
}

#[test]
fn sums_of_adjoints() {
    for n in 0..6 {
        let x = noise(n, 1);
        prove!(affine(slice x, val 0.7, val -0.3, io noise(n, 2)) -> unit);
        prove!(transposed_product(slice noise(3 * n, 3), slice noise(3, 4), con n, io noise(n, 5)) -> unit);
        prove!(part(slice x, con 9 * usize::from(n == 0), con n, val 0.4, io noise(n, 6)) -> unit);
        prove!(shifted(slice noise(3 * n + 1, 9), con n, con n / 2, val 0.6, io noise(n, 10)) -> unit);
        prove!(tails(slice x, slice noise(n, 11), io noise(n + 1, 12)) -> unit);
        prove!(tails(slice x, slice noise(2, 11), io noise(n + 3, 12)) -> unit);
        prove!(from_the_second(slice x, val 0.4, io noise(n + 1, 7)) -> unit);
        prove!(backwards(slice x, val 0.4, io noise(n, 8)) -> unit);
        prove!(generic(slice x, val 0.4, io noise(n, 8)) -> unit);
        let narrow: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        prove!(generic(slice narrow, val 0.4_f32, io narrow) -> unit);
    }
}

#[test]
fn iterations_that_depend_on_each_other() {
    for n in 0..6 {
        prove!(neighbours(slice noise(n + 1, 1), val 0.8, io noise(n, 2)) -> unit);
        prove!(running(io noise(n, 3), val 0.8) -> unit);
        prove!(halves(io noise(n, 4), val 0.8) -> unit);
        prove_hvp!(one_slice_for_two(slice noise(n, 5), val 1.2));
    }
    prove_hvp!(columns_in_turn(slice noise(5, 6), slice noise(4, 7), con 5usize));
    prove_hvp!(columns_in_turn(slice [0.3, 0.2, 7.0, 0.1], slice noise(4, 7), con 4usize));
}
