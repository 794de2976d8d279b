//! Second derivatives through everything that is stored: exits, in/out places, Vecs, recursion, generics.
use crate::harness::{noise, positive};
use chainrule::{constant, differentiate};

#[differentiate(forward, reverse, hessian)]
fn exit_in_nested_loop(x: &[f64], limit: f64) -> f64 {
    let mut y = 0.8;
    'outer: for i in 0..x.len() {
        for j in 0..=i {
            y = y * x[j] + x[i] * x[i];
            if y > limit {
                y = y.sqrt();
                break 'outer;
            }
            if x[j] < -0.5 {
                continue 'outer;
            }
        }
        y = y.sin();
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn in_out_callee_in_loop(x: &[f64], w: f64) -> f64 {
    let mut v = x.to_vec();
    let mut sum = 0.0;
    for i in 0..3 {
        sum += relax(&mut v, w);
        if sum > 5.0 {
            return sum * v[0];
        }
        v[i % x.len()] *= sum;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn relax(v: &mut [f64], w: f64) -> f64 {
    let mut change = 0.0;
    for i in 1..v.len() {
        let old = v[i];
        v[i] = w * v[i - 1] * v[i] + (1.0 - w) * old;
        change += (v[i] - old) * (v[i] - old);
    }
    change
}

#[differentiate(forward, reverse, hessian)]
fn stack_of_values(x: &[f64]) -> f64 {
    let mut stack = Vec::new();
    for v in x {
        stack.push(v * v);
        if *v < 0.0 {
            let top = stack.pop().unwrap();
            stack.push(top.sin() + v);
        }
    }
    let mut y = 1.0;
    while !stack.is_empty() {
        y = y * stack.pop().unwrap() + 0.3;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn recursion_by_data(x: f64, y: f64) -> f64 {
    if x.abs() < 0.5 {
        return x * y * y;
    }
    recursion_by_data(x * 0.6, y + 0.1 * x) * y + x.sin()
}

#[differentiate(forward, reverse, hessian)]
fn mutual(x: f64, n: usize) -> f64 {
    if n == 0 {
        x * x
    } else {
        mutual_other(x.sin(), n - 1) * x
    }
}

#[differentiate(forward, reverse, hessian)]
fn mutual_other(x: f64, n: usize) -> f64 {
    if n == 0 {
        x.exp()
    } else {
        mutual(x * x, n - 1) + x
    }
}

#[differentiate(forward, reverse, hessian)]
fn cholesky_log_det(a: &[f64], n: usize) -> f64 {
    let mut l = a.to_vec();
    let mut log_det = 0.0;
    for j in 0..n {
        for k in 0..j {
            for i in j..n {
                l[i * n + j] -= l[i * n + k] * l[j * n + k];
            }
        }
        let d = l[j * n + j].sqrt();
        log_det += d.ln();
        for i in j..n {
            l[i * n + j] /= d;
        }
    }
    2.0 * log_det
}

#[differentiate(forward, reverse, hessian)]
fn nested_vecs(m: &Vec<Vec<f64>>, x: &[f64; 2]) -> f64 {
    let mut rows = Vec::new();
    for row in m {
        let mut scaled = row.clone();
        for (j, v) in scaled.iter_mut().enumerate() {
            *v *= x[j] * *v;
        }
        rows.push(scaled);
    }
    let mut y = 1.0;
    for i in 0..rows.len() {
        y *= rows[i][0] + rows[i][1] * x[i];
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn sorted_then_weighted(v: &[f64]) -> f64 {
    let mut s = v.to_vec();
    for p in 0..s.len() {
        for i in 1..s.len() - p {
            if s[i] < s[i - 1] {
                s.swap(i, i - 1);
            }
        }
    }
    let mut y = 0.0;
    for (i, x) in s.iter().enumerate() {
        y = y * 0.5 * x + x * x * (i + 1) as f64;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn while_with_tuple_state(a: f64, b: f64) -> f64 {
    // The arithmetic-geometric mean.
    let (mut x, mut y) = (a, b);
    while (x - y).abs() > 1e-12 {
        (x, y) = (0.5 * (x + y), (x * y).sqrt());
    }
    x
}

#[differentiate(forward, reverse, hessian)]
fn generic_second_order<T: num_traits::Float>(v: &[T], s: T) -> T {
    let mut y = s;
    for x in v {
        if *x > s {
            y = y * *x + s;
        } else {
            y = y - *x * *x * y;
        }
    }
    y * s
}

#[differentiate(forward, reverse, hessian)]
fn const_generic_second_order<const N: usize>(m: [[f64; N]; N], x: &[f64; N]) -> f64 {
    let mut y = *x;
    for _ in 0..2 {
        let mut next = [0.0; N];
        for i in 0..N {
            for j in 0..N {
                next[i] += m[i][j] * y[j];
            }
            next[i] = next[i].tanh();
        }
        y = next;
    }
    let mut sum = 0.0;
    for v in &y {
        sum += v * v;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn tuple_results_second_order(x: f64, y: f64) -> f64 {
    let (r, t) = spiral(x, y);
    let (a, b) = spiral(r * t, t);
    a * b
}

#[differentiate(forward, reverse, hessian)]
fn spiral(x: f64, y: f64) -> (f64, f64) {
    ((x * x + y * y).sqrt(), y.atan2(x) + 0.1 * x)
}

#[differentiate(forward, reverse, hessian)]
fn stopped_second_order(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        y = y * x * constant((3.0 * x).floor()) + x.powi(i as i32);
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn matches_second_order(x: f64, y: f64, k: usize) -> f64 {
    let z = match k {
        0 => x * y,
        1..=2 if x > y => x.exp() * y,
        n if n < 5 => y.powf(x),
        _ => return x / y,
    };
    z * z + x
}

#[differentiate(forward, reverse, hessian)]
fn linear_in_everything(x: &[f64], y: f64) -> f64 {
    let mut sum = y;
    for (i, v) in x.iter().enumerate() {
        sum += 2.0 * v * i as f64;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn overwritten_inputs_by_value(mut x: [f64; 2], mut v: Vec<f64>, mut s: f64) -> f64 {
    s *= x[0] * v[0];
    x[1] = s * x[0];
    v[0] = x[1].sin();
    v.push(s * s);
    v.swap(0, 1);
    v[0] * v[1] + x[1]
}

// The reverse sweep's inner sum is zero at the point under test, its tangent is not.
#[differentiate(forward, reverse, hessian)]
fn vanishing_inner_sum(x: &[f64], s: f64) -> f64 {
    let v = [s, s * s];
    let mut sum = 0.0;
    for j in 0..2 {
        for i in 0..x.len() {
            sum += v[j] * x[i];
        }
    }
    sum.sin() + sum
}

#[test]
fn inner_sums_that_vanish() {
    prove_hessian!(vanishing_inner_sum(slice [1.0, -0.5, -0.5], val 0.7));
    prove_hessian!(vanishing_inner_sum(slice [0.0f64; 0], val 0.7));
}

#[test]
fn loops_and_exits() {
    for limit in [0.9, 1e6] {
        prove_hessian!(exit_in_nested_loop(slice positive(4), val limit));
    }
    prove_hessian!(exit_in_nested_loop(slice noise(5), val 1e6));
    prove_hessian!(while_with_tuple_state(val 0.7, val 1.9));
    prove_hessian!(cholesky_log_det(slice [4.0, 0.5, -0.3, 0.5, 3.0, 0.7, -0.3, 0.7, 5.0], con 3));
    prove_hessian!(sorted_then_weighted(slice noise(5)));
    for k in [0, 1, 3, 7] {
        prove_hessian!(matches_second_order(val 0.7, val 0.4, con k));
    }
}

#[test]
fn stored_values() {
    prove_hessian!(in_out_callee_in_loop(slice noise(4), val 0.7));
    prove_hessian!(in_out_callee_in_loop(slice noise(4), val 3.7));
    prove_hessian!(relax(io noise(4), val 0.7));
    prove_hessian!(stack_of_values(slice noise(5)));
    prove_hessian!(nested_vecs(aref vec![noise(2), positive(2)], aref [0.7, -1.4]));
    prove_hessian!(overwritten_inputs_by_value(val [0.7, -1.4], val vec![0.3], val 0.9));
    prove_hessian!(linear_in_everything(slice noise(3), val 0.9));
}

#[test]
fn calls() {
    prove_hessian!(recursion_by_data(val 2.3, val 0.7));
    prove_hessian!(mutual(val 0.7, con 4));
    prove_hessian!(mutual(val 0.7, con 3));
    prove_hessian!(mutual_other(val 0.7, con 3));
    prove_hessian!(tuple_results_second_order(val 0.7, val 0.4));
    prove_hessian!(stopped_second_order(val 0.9, con 3));
}

#[test]
fn generics() {
    prove_hessian!(generic_second_order(slice noise(4), val 0.3));
    prove_hessian!(generic_second_order(slice [0.5f32, -0.75, 0.9], val 0.3f32));
    prove_hessian!(const_generic_second_order(val [[0.7, -0.4], [0.2, 0.9]], aref [0.3, 0.8]));
}
