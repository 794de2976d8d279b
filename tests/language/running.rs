//! What changes from iteration to iteration without being differentiated: indices, counters, states, tables and factors. The reverse sweep needs
//! them as they were.

// The functions under test are written in the forms that they are about.
#![allow(clippy::explicit_counter_loop, clippy::needless_range_loop)]

use chainrule::{Differentiable, constant, differentiate};

#[differentiate(forward, reverse, hessian)]
fn permuted(x: &[f64], order: &[usize]) -> f64 {
    let mut out = vec![1.0; x.len()];
    for i in 0..x.len() {
        out[order[i]] *= x[i];
        out[order[(i + 1) % x.len()]] += x[i] * x[i];
    }
    out.iter().map(|v| v.sin()).sum()
}

#[differentiate(forward, reverse, hessian)]
fn two_at_a_time(x: &[f64], w: &[f64]) -> f64 {
    let mut out = vec![0.0; 2 * x.len()];
    let mut k = 0;
    for v in x {
        out[k] = v * v;
        k += 1;
        out[k] = v.sin() * w[0];
        k += 1;
    }
    let (mut sum, mut at) = (0.0, out.len());
    while at > 0 {
        at -= 1;
        sum += out[at] * w[at % w.len()];
    }
    sum * sum
}

#[derive(Clone, Differentiable)]
struct Cursor {
    at: usize,
    step: usize,
}

#[differentiate(forward, reverse, hessian)]
fn by_a_cursor(x: &[f64], w: &[f64]) -> f64 {
    let mut cursor = Cursor { at: 0, step: 1 };
    let mut sum = 0.0;
    for v in w {
        sum += x[cursor.at % x.len()] * v;
        cursor.at += cursor.step;
        cursor.step += 1;
    }
    sum * sum
}

fn count(k: &mut usize) -> usize {
    *k += 1;
    *k - 1
}

#[differentiate(forward, reverse, hessian)]
fn by_counters(x: &[f64], w: &[f64]) -> f64 {
    let (mut k, mut l, mut sum) = (0, 0, 0.0);
    let mut next = || -> usize {
        k += 1;
        k - 1
    };
    for v in w {
        let i = next();
        let j = constant(count(&mut l));
        sum += x[i] * v - x[j].sin();
    }
    sum * sum
}

#[differentiate(forward, reverse, hessian)]
fn in_nested_loops(x: &[f64], n: usize) -> f64 {
    let (mut k, mut sum) = (0, 0.0);
    'rows: for i in 0..n {
        for j in 0..=i {
            if k > 3 * n {
                break 'rows;
            }
            sum += x[k % x.len()] * (j as f64 + 0.5);
            k += 1 + i % 2;
        }
    }
    sum * sum + k as f64 * sum
}

#[differentiate(forward, reverse, hessian)]
fn by_a_state(x: &[f64]) -> f64 {
    let (mut state, mut on, mut sum) = (0, true, 0.0);
    for v in x {
        match state {
            0 => (sum, state) = (sum + v * 2.0, 1),
            1 => (sum, state) = (sum - v * 3.0, 2),
            _ => (sum, state) = (sum * v, 0),
        }
        if on {
            sum += v * 0.3;
        }
        on = !on;
    }
    sum * sum
}

#[differentiate(forward, reverse, hessian)]
fn by_a_table(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[order[i]] * (i as f64 + 1.0);
        order.rotate_left(1);
        order.swap(0, i);
    }
    sum * sum
}

#[differentiate(forward, reverse, hessian)]
fn windows_that_move(x: &mut [f64], w: &[f64]) -> f64 {
    let mut at = 0;
    for v in w {
        let row = &mut x[at..at + 2];
        row[0] += v * 0.5 * row[1];
        row[1] += v * v;
        at += 1;
    }
    x.iter().map(|v| v * v).sum()
}

#[differentiate(forward, reverse, hessian)]
fn factors_that_change(x: &[f64], #[constant] c: &[f64], n: usize) -> f64 {
    let (mut table, mut factor, mut m, mut sum) = (c.to_vec(), 1.0, n, 0.0);
    for i in 0..x.len() {
        sum += (x[i] * table[i]).sin() * factor;
        table[i] = 7.0;
        table[(i + 1) % c.len()] *= 0.5;
        let weight = m as f64 * 0.3;
        m = m * 2 + i;
        factor *= c[i];
        sum *= weight * x[i];
    }
    sum * table[0] * m as f64 * 0.01
}

/// A generator of random numbers: the type of its state is known by what is written only.
#[differentiate(forward, reverse, hessian)]
fn sampled(a: f64, n: usize) -> f64 {
    let mut seed: u64 = 42;
    let mut sum = 0.0;
    for _ in 0..n {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(9);
        let u = (seed >> 11) as f64 / (1_u64 << 53) as f64;
        sum += (a * u).sin() * u;
    }
    sum * sum
}

type Byte = u8;
type Single = f32;

/// Integers whose written type decides what they compute.
#[differentiate(forward, reverse, hessian)]
fn narrow_integers(x: f64, n: usize) -> f64 {
    let a: Byte = 200;
    let (b, c): (u8, i16) = (100, -3);
    let d: u8;
    if n > 2 {
        d = 130;
    } else {
        d = 7;
    }
    let table: [u8; 2] = [250, 3];
    let bytes: Vec<u8> = vec![100, 60];
    let e: u8 = if n.is_multiple_of(2) { 77 } else { 150 };
    let further = |k: u8| k.wrapping_add(200);
    let third: Single = -0.1;
    let mut hash: u32 = 2_166_136_261;
    let mut sum = 0.0;
    for i in 0..n {
        hash = (hash ^ i as u32).wrapping_mul(16_777_619);
        sum += x * hash as f64 * 1e-9;
    }
    let bits = [
        a << 1,
        d << 1,
        bytes[0] << 2,
        b.wrapping_mul(3),
        e.wrapping_mul(2),
        further(100),
    ];
    let all = bits.iter().map(|k| *k as f64).sum::<f64>() + c as f64 * f64::from(third / 3.0);
    sum * ((all + table[0].wrapping_add(table[1]).wrapping_add(9) as f64) * x * 0.01).sin()
}

#[test]
fn integers_are_what_is_written() {
    for n in [0, 3, 4] {
        prove_hvp!(sampled(val 0.7, con n));
        prove_hvp!(narrow_integers(val 0.7, con n));
    }
}

#[test]
fn what_changes_is_as_it_was() {
    let x = [0.7, -0.4, 1.2, 0.3, 0.9];
    prove_hvp!(permuted(slice [0.7, -0.4, 1.2, 0.3], con &[2, 0, 2, 1]));
    prove_hvp!(two_at_a_time(slice [0.7, -0.4, 1.2], slice [0.3, 0.9]));
    prove_hvp!(by_a_cursor(slice [0.7, -0.4, 1.2], slice x));
    prove_hvp!(by_counters(slice [0.7, -0.4, 1.2], slice [0.3, 0.9, 0.1]));
    prove_hvp!(by_a_state(slice x));
    prove_hvp!(by_a_table(slice [0.7, -0.4, 1.2, 0.3]));
    prove_hvp!(windows_that_move(io [0.7, -0.4, 1.2, 0.3], slice [0.3, 0.9, 0.1]));
    prove_hvp!(factors_that_change(slice [0.7, -0.4, 1.2], con &[0.3, 0.9, 0.4], con 3));
    for n in [0, 1, 4] {
        prove_hvp!(in_nested_loops(slice [0.7, -0.4, 1.2], con n));
    }
}
