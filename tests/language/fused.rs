//! Sums whose iterations are reversed as they run, scratch memory that is filled again, and what looks like either
//! and is not.
use crate::harness::{noise, positive};
use chainrule::{constant, differentiate};

/// Overwrites all of `out`, if it is as long as `v`.
#[differentiate(forward, reverse, hessian)]
fn scale_into(v: &[f64], by: f64, out: &mut [f64]) {
    let n = v.len();
    for i in 0..n {
        out[i] = v[i] * by;
    }
    for i in 1..n {
        out[i] += out[i - 1] * v[i];
    }
}

/// Reads `out` first.
#[differentiate(forward, reverse, hessian)]
fn add_into(v: &[f64], out: &mut [f64]) {
    for i in 0..v.len() {
        out[i] += (v[i] * out[i]).sin();
    }
}

#[differentiate(forward, reverse, hessian)]
fn norm(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += x * x;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn mean_of_squares(x: &[f64], scale: f64) -> f64 {
    let mut loss = 0.0;
    for x in x {
        let residual = scale * x - 0.3;
        loss += residual * residual;
    }
    loss /= x.len() as f64;
    loss
}

#[differentiate(forward, reverse, hessian)]
fn overwritten_twice_behind_the_loop(x: &[f64], scale: f64) -> f64 {
    let mut loss = scale;
    for x in x {
        loss += (x * scale).sin();
    }
    loss *= 0.5;
    let half = loss + scale;
    loss = loss * 3.0 - half;
    loss + half
}

#[differentiate(forward, reverse, hessian)]
fn used_nonlinearly(x: &[f64]) -> f64 {
    let mut total = 0.0;
    for x in x {
        total += x.exp();
    }
    total.ln()
}

#[differentiate(forward, reverse, hessian)]
fn weighted_by_what_comes_later(x: &[f64], s: f64) -> f64 {
    let mut total = 0.0;
    for x in x {
        total += x * x * s;
    }
    let weight = s.cos();
    total * weight
}

#[differentiate(forward, reverse, hessian)]
fn two_loops_one_sum(x: &[f64], s: f64) -> f64 {
    let mut total = s * s;
    for i in 0..x.len() {
        total += x[i].sin() * s;
    }
    for i in 1..x.len() {
        total -= x[i] * x[i - 1];
    }
    if s > 0.0 {
        total += s * s * s;
    }
    2.0 * total
}

#[differentiate(forward, reverse, hessian)]
fn read_between_two_loops(x: &[f64]) -> f64 {
    let mut total = 0.0;
    for x in x {
        total += x * x;
    }
    let half = total * 0.5;
    for x in x {
        total += x * half;
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn needed_before_the_loop(x: &[f64], s: f64) -> f64 {
    let mut total = s.sin();
    let start = total * total;
    for x in x {
        total += x * x * s;
    }
    total + start
}

#[differentiate(forward, reverse, hessian)]
fn sums_of_sums(x: &[f64], n: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..n {
        let mut row = 0.0;
        for j in 0..n {
            row += x[i * n + j] * x[j];
            total += x[i] * x[j];
        }
        total += 2.0 * row;
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn squares_of_sums(x: &[f64], n: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..n {
        let mut row = 0.0;
        for j in 0..n {
            row += x[i * n + j] * x[j];
        }
        total += row * row;
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn backwards_and_in_steps(x: &[f64], s: f64) -> f64 {
    let mut total = 0.0;
    for i in (0..x.len()).rev() {
        total += x[i].powi(3) * s;
    }
    for i in (0..x.len()).step_by(2) {
        total -= (x[i] * s).cos();
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn leaves_early(x: &[f64], s: f64) -> f64 {
    let mut total = 0.0;
    for x in x {
        if *x < -0.5 {
            continue;
        }
        total += x * s;
        if total > 1.0 {
            break;
        }
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn a_running_value_is_no_sum(x: &[f64]) -> f64 {
    let mut total = 0.0;
    let mut last = 0.5;
    for x in x {
        total += x * last;
        last = x.sin() * last;
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn inputs_overwritten_behind_the_loop(x: &[f64], s: f64) -> f64 {
    let mut v = x.to_vec();
    let mut total = 0.0;
    for i in 0..v.len() {
        total += v[i] * v[i];
    }
    for i in 0..v.len() {
        v[i] = v[i].sin() * s;
    }
    total + norm(&v)
}

#[differentiate(forward, reverse, hessian)]
fn scratch(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut buffer = [0.0; 3];
    let mut scaled = vec![0.0; 3];
    for i in 0..n {
        for j in 0..3 {
            buffer[j] = x[i + j] * s;
        }
        scale_into(&buffer, s, &mut scaled);
        total += norm(&scaled);
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn scratch_in_part(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut scaled = vec![s; 4];
    for i in 0..n {
        scale_into(&x[i..i + 3], s, &mut scaled);
        total += norm(&scaled);
        scaled[3] *= 1.0 + x[i];
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn scratch_too_long_for_the_callee(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut scaled = vec![s; 4];
    let point = [s, 0.3, s * s];
    for i in 0..n {
        scale_into(&point, x[i], &mut scaled);
        scaled[3] = scaled[3] * x[i];
        total += norm(&scaled);
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn a_callee_that_carries(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut state = [s, 0.2, -0.4];
    for i in 0..n {
        add_into(&x[i..i + 3], &mut state);
        total += norm(&state);
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn filled_or_not(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut buffer = [s; 3];
    for i in 0..n {
        if i % 2 == 0 {
            for j in 0..3 {
                buffer[j] = x[i + j] * buffer[2];
            }
        }
        total += norm(&buffer) * x[i];
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn filled_from_what_changes(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut factor = s;
    let mut buffer = [0.0; 3];
    for i in 0..n {
        for j in 0..3 {
            buffer[j] = x[i + j] * factor;
        }
        factor *= 0.9 + 0.1 * x[i];
        total += norm(&buffer) * factor;
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn filled_through_a_moving_view(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut start = 0;
    let mut buffer = [0.0; 2];
    for _ in 0..n {
        let window = &x[start..];
        for j in 0..2 {
            buffer[j] = window[j] * s;
        }
        start += 1;
        total = total * 0.5 + norm(&buffer);
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn filled_then_changed(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut buffer = [0.0; 3];
    for i in 0..n {
        for j in 0..3 {
            buffer[j] = x[i + j] * s;
        }
        total += norm(&buffer);
        buffer[1] *= total;
        total = total * norm(&buffer);
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn needed_from_before(x: &[f64], s: f64, n: usize) -> f64 {
    let mut buffer = [s, s * s, 0.4];
    let mut total = norm(&buffer);
    for i in 0..n {
        for j in 0..3 {
            buffer[j] = x[i + j] * s;
        }
        total *= norm(&buffer);
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn filled_behind_an_exit(x: &[f64], s: f64, n: usize) -> f64 {
    let mut total = 1.0;
    let mut buffer = [s; 3];
    for i in 0..n {
        if x[i] < -0.6 {
            continue;
        }
        for j in 0..3 {
            buffer[j] = x[i + j] * total;
        }
        if x[i] > 0.7 {
            break;
        }
        total += norm(&buffer) * 0.1;
    }
    total * norm(&buffer)
}

#[differentiate(forward, reverse, hessian)]
fn sine_and_cosine_are_there(x: f64, y: f64) -> f64 {
    let s = x.sin();
    if y > 0.0 {
        let t = (s * y).exp();
        return t * x.cos();
    }
    let c = x.cos();
    let (a, b) = y.sin_cos();
    s * c * a + b
}

#[differentiate(forward, reverse, hessian)]
fn computed_again_in_two_scopes(x: &[f64], s: f64, n: usize) -> f64 {
    let mut t = s;
    let mut v = [0.2; 3];
    for i in 0..n {
        let r = t + 0.3 * s;
        v.fill(r.sin());
        if i % 2 == 0 {
            t *= v[1] * x[i];
            let u = r + x[i];
            t += u.sin() * u;
        }
    }
    t + norm(&v)
}

#[differentiate(forward, reverse, hessian)]
fn computed_again_before_an_exit(x: &[f64], s: f64, n: usize) -> f64 {
    let mut y = [s, 0.3, 0.7];
    for i in 0..n {
        let slope = s * y[0];
        if x[i] > 0.5 {
            y[1] += slope * slope;
            break;
        }
        y[0] += slope * (1.0 - y[0]);
    }
    y[0] *= y[0];
    norm(&y)
}

#[differentiate(forward, reverse, hessian)]
fn a_constant_cosine(x: f64) -> f64 {
    let c = constant(x.cos());
    let s = x.sin();
    s * s * c
}

#[differentiate(forward, reverse, hessian)]
fn a_constant_behind_the_loop(x: &[f64], s: f64) -> f64 {
    let mut total = 0.0;
    for x in x {
        total += x * x * s;
    }
    let weight = constant(s * s);
    total * weight
}

#[differentiate(forward, reverse, hessian)]
fn a_result_without_derivative(x: &[f64], n: usize) -> f64 {
    let mut total = 0.0;
    total *= 0.5;
    let mut unused = x.to_vec();
    scale_into(x, 2.0, &mut unused);
    total / (n as f64 + 2.0)
}

/// Overwrites as much of `out` as `v` has elements.
#[differentiate(forward, reverse, hessian)]
fn zip_into(v: &[f64], by: f64, out: &mut [f64]) {
    for (out, v) in out.iter_mut().zip(v) {
        *out = v * by;
    }
}

/// All of the scores are overwritten, or, if there are more of them than chunks, the last one is carried on.
#[differentiate(forward, reverse, hessian)]
fn scores_of_chunks(x: &[f64], w: &[f64], d: usize, slots: usize) -> f64 {
    let mut scores = vec![0.5; slots];
    let mut total = 0.0;
    for v in x {
        for (k, w) in w.chunks_exact(d).enumerate() {
            scores[k] = (v * w[0]).sin() * w[d - 1];
        }
        total += norm(&scores);
        scores[slots - 1] *= v;
    }
    total
}

/// The same with a callee, whose argument may be longer than what is copied into it.
#[differentiate(forward, reverse, hessian)]
fn scratch_of_a_zip(x: &[f64], w: &[f64], slots: usize) -> f64 {
    let mut scratch = vec![0.5; slots];
    let mut total = 0.0;
    for v in x {
        zip_into(w, *v, &mut scratch);
        total += norm(&scratch);
        scratch[slots - 1] *= v * v;
    }
    total
}

/// A vector that has grown before the loop that is fused.
#[differentiate(forward, reverse, hessian)]
fn grown_before(x: &[f64], a: f64) -> f64 {
    let mut squares = Vec::new();
    for v in x {
        squares.push(v * v * a);
    }
    let mut total = 0.0;
    for (v, s) in x.iter().zip(&squares) {
        total += (v * s).sin();
    }
    total * a
}

/// It grows behind the loop that reads it.
#[differentiate(forward, reverse, hessian)]
fn grown_behind(x: &[f64], a: f64) -> f64 {
    let mut squares = vec![a];
    let mut total = 0.0;
    for v in x {
        total += v * squares[0];
    }
    squares.push(a * a);
    total + squares[squares.len() - 1]
}

#[test]
fn buffers_that_may_be_longer() {
    for slots in 3..6 {
        prove_hvp!(scores_of_chunks(slice noise(4), slice positive(6), con 2usize, con slots));
        prove_hvp!(scratch_of_a_zip(slice noise(4), slice positive(3), con slots));
    }
    prove_hvp!(scores_of_chunks(slice [0.0_f64; 0], slice positive(6), con 0usize, con 1usize));
    prove_hvp!(scratch_of_a_zip(slice [0.0_f64; 0], slice positive(3), con 2usize));
    prove_hvp!(grown_before(slice noise(4), val 0.7));
    prove_hvp!(grown_before(slice [0.0_f64; 0], val 0.7));
    prove_hvp!(grown_behind(slice noise(4), val 0.7));
}

#[test]
fn sums() {
    prove_hvp!(mean_of_squares(slice noise(5), val 0.8));
    prove_hvp!(mean_of_squares(slice noise(1), val 0.8));
    prove_hvp!(overwritten_twice_behind_the_loop(slice noise(4), val 0.6));
    prove_hvp!(overwritten_twice_behind_the_loop(slice noise(0), val 0.6));
    prove_hvp!(used_nonlinearly(slice noise(4)));
    prove_hvp!(weighted_by_what_comes_later(slice noise(4), val 0.6));
    prove_hvp!(two_loops_one_sum(slice noise(4), val 0.6));
    prove_hvp!(two_loops_one_sum(slice noise(4), val -0.6));
    prove_hvp!(read_between_two_loops(slice noise(4)));
    prove_hvp!(needed_before_the_loop(slice noise(4), val 0.6));
    prove_hvp!(sums_of_sums(slice noise(9), con 3));
    prove_hvp!(sums_of_sums(slice noise(9), con 0));
    prove_hvp!(squares_of_sums(slice noise(9), con 3));
    prove_hvp!(backwards_and_in_steps(slice noise(5), val 0.7));
    prove_hvp!(leaves_early(slice noise(6), val 0.9));
    prove_hvp!(a_running_value_is_no_sum(slice noise(5)));
    prove_hvp!(inputs_overwritten_behind_the_loop(slice noise(4), val 0.7));
}

#[test]
fn scratch_memory() {
    for n in [0, 1, 3] {
        prove_hvp!(scratch(slice noise(6), val 0.7, con n));
        prove_hvp!(scratch_in_part(slice noise(6), val 0.7, con n));
        prove_hvp!(scratch_too_long_for_the_callee(slice noise(6), val 0.7, con n));
        prove_hvp!(a_callee_that_carries(slice noise(6), val 0.7, con n));
        prove_hvp!(filled_or_not(slice noise(6), val 0.7, con n));
        prove_hvp!(filled_from_what_changes(slice noise(6), val 0.7, con n));
        prove_hvp!(filled_through_a_moving_view(slice noise(6), val 0.7, con n));
        prove_hvp!(filled_then_changed(slice positive(6), val 0.7, con n));
        prove_hvp!(needed_from_before(slice noise(6), val 0.7, con n));
        prove_hvp!(filled_behind_an_exit(slice noise(6), val 0.7, con n));
    }
}

/// What is held constant has no derivative, of any order.
#[test]
fn constants() {
    let (x, dot) = (0.7_f64, 1.3);
    let (_, gradient, product) = a_constant_cosine_hvp(x, dot);
    let c = x.cos();
    assert!((gradient - 2.0 * x.sin() * c * c).abs() < 1e-14);
    assert!((product - 2.0 * c * (c * c - x.sin() * x.sin()) * dot).abs() < 1e-14);
    let (_, (_, slope), (_, product)) = a_constant_behind_the_loop_hvp(&[0.5], &[0.0], 0.8, dot);
    assert!((slope - 0.25 * 0.64).abs() < 1e-14);
    assert_eq!(product, 0.0);
}

#[test]
fn values_that_are_there() {
    prove_hvp!(sine_and_cosine_are_there(val 0.7, val 0.4));
    prove_hvp!(sine_and_cosine_are_there(val 0.7, val -0.4));
    for n in [0, 1, 2, 5] {
        prove_hvp!(computed_again_in_two_scopes(slice noise(6), val 0.7, con n));
        prove_hvp!(computed_again_before_an_exit(slice noise(6), val 0.7, con n));
        prove_hvp!(computed_again_before_an_exit(slice [0.1, 0.2, 0.9, 0.3, 0.4], val 0.7, con n));
    }
    prove_hvp!(a_result_without_derivative(slice noise(3), con 2));
}

/// Elements of the result, each set once: their adjoints are the seed.
#[differentiate(forward, reverse)]
fn elements_of_the_result(x: &[f64], a: f64) -> Vec<f64> {
    let mut out = vec![a; 3 * x.len() + 1];
    for i in 0..x.len() {
        let v = (a * x[i]).sin();
        out[3 * i] = v * v;
        if v > 0.0 {
            out[i * 3 + 2] = v * a;
        }
        out[1 + 3 * i] = x[i] * x[0];
    }
    out
}

/// Strides that meet.
#[differentiate(forward, reverse)]
fn elements_that_meet(x: &[f64], a: f64) -> Vec<f64> {
    let mut out = vec![0.0; 2 * x.len() + 2];
    for i in 0..x.len() {
        out[i] = (a * x[i]).sin();
        out[2 * i] = x[i] * x[i];
        out[2 * i + 2] = a * a * x[i];
    }
    out
}

/// In an iteration twice, by two loops, and backwards.
#[differentiate(forward, reverse)]
fn elements_set_again(x: &[f64], a: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = x[i].exp() * a;
    }
    for i in (0..x.len()).rev() {
        out[i] = x[i] * x[i];
        if x[i] < 0.5 {
            let y = a * x[i];
            out[i] = y * y.sin();
        }
    }
    out
}

/// The old elements are read by what comes before the loop is reversed.
#[differentiate(forward, reverse)]
fn elements_read_before(x: &[f64], a: f64) -> [f64; 4] {
    let mut out = [a; 4];
    for i in 0..4 {
        out[i] = x[i] * a;
    }
    let squared = out[1] * out[1] * out[2];
    for i in 0..4 {
        out[i] = squared * x[i].sin();
    }
    out
}

/// What the loop sets is read behind it, or behind a `return`.
#[differentiate(forward, reverse)]
fn elements_read_behind(x: &[f64], a: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = x[i].sin() * a;
    }
    if a > 1.0 {
        return out;
    }
    out[0] *= a;
    out
}

/// In an inner loop, with an offset that changes, through a slice.
#[differentiate(forward, reverse)]
fn elements_elsewhere(x: &[f64], a: f64) -> Vec<f64> {
    let n = x.len();
    let mut out = vec![0.0; n * n + n];
    for i in 0..n {
        for j in 0..n {
            out[i * n + j] = x[i] * x[j].sin();
        }
    }
    let mut at = n * n;
    for i in 0..n {
        out[at] = a * x[i] * x[i];
        at += 1;
    }
    for i in 0..n {
        let part = &mut out[i..i + 1];
        part[0] = a.exp() * x[i];
    }
    out
}

#[test]
fn results() {
    for n in [1, 2, 5] {
        prove!(elements_of_the_result(slice noise(n), val 0.7) -> vec);
        prove!(elements_of_the_result(slice noise(n), val -1.7) -> vec);
        prove!(elements_that_meet(slice noise(n), val 0.7) -> vec);
        prove!(elements_set_again(slice noise(n), val 0.7) -> vec);
        prove!(elements_read_behind(slice noise(n), val 0.7) -> vec);
        prove!(elements_read_behind(slice noise(n), val 1.7) -> vec);
        prove!(elements_elsewhere(slice noise(n), val 0.7) -> vec);
    }
    prove!(elements_read_before(slice noise(4), val 0.7));
}
