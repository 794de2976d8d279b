//! Exits: `break`, `continue`, labels, break values, `return` anywhere.
use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn break_at_limit(x: &[f64], limit: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i];
        if sum > limit {
            break;
        }
        sum *= 1.1;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn continue_on_negative(x: &[f64]) -> f64 {
    let mut product = 1.0;
    for i in 0..x.len() {
        if x[i] < 0.0 {
            continue;
        }
        product *= x[i] + 0.5;
    }
    product
}

#[differentiate(forward, reverse)]
fn continue_after_work(x: &[f64]) -> f64 {
    let mut y = 1.0;
    for v in x {
        y = y * v + 1.0;
        if *v > 0.3 {
            continue;
        }
        y = y.sin();
    }
    y
}

#[differentiate(forward, reverse)]
fn break_and_continue(x: &[f64]) -> f64 {
    let mut y = 0.7;
    for (i, v) in x.iter().enumerate() {
        if i == 1 {
            y *= v;
            continue;
        }
        y += y * v;
        if i >= 4 {
            y = y.exp();
            break;
        }
        y -= v * v;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn return_from_loop(x: &[f64], limit: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i].exp();
        if sum > limit {
            return sum * x[i];
        }
    }
    -sum
}

#[differentiate(forward, reverse)]
fn return_first(x: f64) -> f64 {
    if x < 0.0 {
        return x * x;
    }
    x.sqrt()
}

#[differentiate(forward, reverse)]
fn return_at_end(x: f64) -> f64 {
    let y = x * x;
    return y + x;
}

#[differentiate(forward, reverse)]
fn return_in_both_branches(x: f64, y: f64) -> f64 {
    if x > y {
        return x * y;
    } else {
        return x / y;
    }
}

#[differentiate(forward, reverse)]
fn return_from_else_if(x: f64, k: usize) -> f64 {
    let y;
    if k == 0 {
        y = x;
    } else if k == 1 {
        return x.sin();
    } else if k == 2 {
        y = x * x;
    } else {
        return 0.0;
    }
    y.exp()
}

#[differentiate(forward, reverse)]
fn return_from_match(x: f64, k: i32) -> f64 {
    let y = match k {
        0 => x,
        1 => return x * 2.0,
        k if k < 0 => return x.powi(k),
        _ => x * x,
    };
    y * y
}

#[differentiate(forward, reverse, hessian)]
fn return_from_nested_loops(x: &[f64], limit: f64, n: usize) -> f64 {
    let mut p = 1.0;
    for i in 0..n {
        p += x[i];
        for j in 0..=i {
            p *= 1.0 + x[j] * x[i];
            if p > limit {
                return p * p;
            }
        }
    }
    p
}

#[differentiate(forward, reverse)]
fn return_from_while(x: f64) -> f64 {
    let mut y = x;
    while y > 0.01 {
        y *= y;
        if y < 0.2 {
            return y * x;
        }
    }
    y
}

#[differentiate(forward, reverse)]
fn return_inside_expression(x: f64, stop: bool) -> f64 {
    let y = x * if stop { return x.cos() } else { x.sin() };
    y + 1.0
}

#[differentiate(forward, reverse)]
fn code_after_return(x: f64) -> f64 {
    let mut y = x * 3.0;
    loop {
        y = y * 0.5;
        if y < 1.0 {
            return y * x;
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn loop_with_break_value(x: f64) -> f64 {
    let mut y = x;
    let result = loop {
        y = y * y + 0.1;
        if y > 20.0 {
            break y * x;
        }
    };
    result + y
}

#[differentiate(forward, reverse)]
fn loop_with_two_break_values(x: f64, limit: f64) -> f64 {
    let mut k = 0;
    let mut y = x;
    let r = loop {
        if k >= 4 {
            break y.sin();
        }
        y = y * x + 0.3;
        if y > limit {
            break y.cos() * x;
        }
        k += 1;
    };
    r * r
}

#[differentiate(forward, reverse)]
fn break_value_is_the_result(x: f64) -> f64 {
    let mut y = x;
    loop {
        y = y.tanh() * 2.0;
        if y < 1.92 {
            break y * y;
        }
    }
}

#[differentiate(forward, reverse)]
fn labelled_break(a: &[f64], n: usize, limit: f64) -> f64 {
    let mut sum = 0.2;
    'rows: for i in 0..n {
        for j in 0..n {
            sum += a[i * n + j] * sum;
            if sum > limit {
                break 'rows;
            }
        }
        sum = sum.sin();
    }
    sum
}

#[differentiate(forward, reverse)]
fn labelled_continue(a: &[f64], n: usize) -> f64 {
    let mut sum = 0.2;
    'rows: for i in 0..n {
        for j in 0..n {
            if a[i * n + j] < -0.7 {
                sum *= a[i * n];
                continue 'rows;
            }
            sum += a[i * n + j] * sum;
        }
        sum = sum.sin();
    }
    sum
}

#[differentiate(forward, reverse)]
fn labelled_three_deep(x: f64) -> f64 {
    let mut y = x;
    'outer: for i in 0..4 {
        y += 0.1 * x;
        'middle: for j in 0..4 {
            for k in 0..4 {
                y *= 1.02 + 0.01 * x;
                if k > j {
                    continue 'middle;
                }
                if i + j + k > 6 {
                    continue 'outer;
                }
                if y > 6.0 {
                    break 'outer;
                }
                if k == 2 {
                    break;
                }
            }
            y -= 0.05 * y * y;
        }
        y = y.ln_1p();
    }
    y
}

#[differentiate(forward, reverse)]
fn labelled_loop_value(x: f64) -> f64 {
    let mut y = x;
    let z = 'search: loop {
        y *= 1.5;
        for k in 1..4 {
            let t = y * k as f64;
            if t > 9.0 {
                break 'search t * x;
            }
        }
        y += x;
    };
    z + y
}

#[differentiate(forward, reverse)]
fn labelled_block(x: f64, y: f64) -> f64 {
    let z = 'pick: {
        if x > y {
            break 'pick x * y;
        }
        let t = x.sin();
        if t > 0.5 {
            break 'pick t * t;
        }
        t + y
    };
    z * x
}

#[differentiate(forward, reverse)]
fn break_in_first_iteration(x: &[f64]) -> f64 {
    let mut y = x[0];
    for i in 0..x.len() {
        if x[i] > -10.0 {
            break;
        }
        y *= x[i];
    }
    y * x[1]
}

#[differentiate(forward, reverse)]
fn break_never_taken(x: &[f64]) -> f64 {
    let mut y = x[0];
    for i in 1..x.len() {
        if x[i] > 10.0 {
            break;
        }
        y *= x[i];
    }
    y
}

#[differentiate(forward, reverse)]
fn find_interval(knots: &[f64], values: &[f64], x: f64) -> f64 {
    let mut k = 0;
    while k + 2 < knots.len() {
        if x < knots[k + 1] {
            break;
        }
        k += 1;
    }
    let t = (x - knots[k]) / (knots[k + 1] - knots[k]);
    values[k] * (1.0 - t) + values[k + 1] * t
}

#[differentiate(forward, reverse, hessian)]
fn newton_until_converged(a: f64, b: f64) -> f64 {
    let mut x = 1.0;
    for _ in 0..50 {
        let f = x * x * x + a * x - b;
        let slope = 3.0 * x * x + a;
        let step = f / slope;
        x -= step;
        if step.abs() < 1e-13 {
            break;
        }
    }
    x
}

#[differentiate(forward, reverse)]
fn bisection(a: f64) -> f64 {
    // The result is a midpoint of constants: its derivative is zero; what is multiplied with it is not.
    let mut low = 0.0;
    let mut high = 4.0;
    let mut k = 0;
    while high - low > 1e-3 {
        let middle = 0.5 * (low + high);
        if middle * middle > a {
            high = middle;
        } else {
            low = middle;
        }
        k += 1;
        if k > 30 {
            return f64::NAN;
        }
    }
    low * a
}

#[differentiate(forward, reverse)]
fn early_return_leaves_in_out_half_done(v: &mut [f64], limit: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..v.len() {
        v[i] = v[i] * v[i] + sum;
        sum += v[i];
        if sum > limit {
            return sum * v[0];
        }
    }
    v[0] *= sum;
    sum
}

#[differentiate(forward, reverse)]
fn early_return_of_nothing(v: &mut [f64], n: usize) {
    if n == 0 {
        return;
    }
    for i in 0..v.len() {
        if i == n {
            v[0] = v[i] * v[0];
            return;
        }
        v[i] = v[i].exp();
    }
    v[1] *= v[0];
}

#[differentiate(forward, reverse)]
fn return_tuple_early(x: f64, y: f64) -> (f64, f64) {
    if x > y {
        return (x * y, y);
    }
    let z = x + y;
    (z * z, x)
}

#[differentiate(forward, reverse)]
fn return_vec_early(x: &[f64], limit: f64) -> Vec<f64> {
    let mut out = Vec::new();
    for v in x {
        out.push(v * v);
        if *v > limit {
            return out;
        }
    }
    out.push(limit * x[0]);
    out
}

#[differentiate(forward, reverse)]
fn exit_with_values_still_live(x: &[f64], limit: f64) -> f64 {
    let mut a = 1.0;
    let mut b = 0.5;
    let mut best = 0.0;
    for i in 0..x.len() {
        let old = a;
        a = a * x[i] + b;
        b = old * b + x[i];
        if a * a > best {
            best = a * a;
        }
        if a.abs() + b.abs() > limit {
            break;
        }
        a *= 1.5;
    }
    best + a * b
}

#[differentiate(forward, reverse)]
fn exit_decided_by_integers(x: f64, mask: u64) -> f64 {
    let mut y = x;
    let mut m = mask;
    loop {
        if m == 0 {
            break;
        }
        if m & 1 == 1 {
            y = y * y + x;
            m >>= 1;
            continue;
        }
        y = y.cos();
        m >>= 1;
    }
    y
}

#[test]
fn breaks_and_continues() {
    prove_hvp!(break_at_limit(slice noise(8), val 1.2));
    prove_gradient!(break_at_limit(slice noise(8), val 100.0));
    prove_hvp!(continue_on_negative(slice noise(7)));
    prove_gradient!(continue_after_work(slice noise(7)));
    prove_gradient!(break_and_continue(slice noise(7)));
    prove_gradient!(break_and_continue(slice noise(3)));
    prove_gradient!(break_in_first_iteration(slice noise(3)));
    prove_gradient!(break_never_taken(slice noise(4)));
    prove_gradient!(exit_with_values_still_live(slice noise(8), val 3.0));
    prove_gradient!(exit_with_values_still_live(slice noise(8), val 1.0));
    prove_gradient!(exit_decided_by_integers(val 0.8, con 0b1011_0010));
}

#[test]
fn returns() {
    prove_gradient!(return_first(val - 0.4));
    prove_gradient!(return_first(val 0.4));
    prove_gradient!(return_at_end(val 0.4));
    prove_gradient!(return_in_both_branches(val 0.4, val 0.3));
    prove_gradient!(return_in_both_branches(val 0.3, val 0.4));
    for k in 0..4 {
        prove_gradient!(return_from_else_if(val 0.4, con k));
    }
    for k in -2..3 {
        prove_gradient!(return_from_match(val 0.4, con k));
    }
    prove_gradient!(return_inside_expression(val 0.4, con true));
    prove_gradient!(return_inside_expression(val 0.4, con false));
    prove_gradient!(code_after_return(val 1.9));
    prove!(return_tuple_early(val 0.4, val 0.3));
    prove!(return_tuple_early(val 0.3, val 0.4));
    prove!(return_vec_early(slice noise(6), val 0.4) -> vec);
    prove!(return_vec_early(slice noise(6), val 4.0) -> vec);
}

#[test]
fn returns_from_loops() {
    prove_hvp!(return_from_loop(slice noise(6), val 3.0));
    prove_hvp!(return_from_loop(slice noise(6), val 300.0));
    prove_hvp!(return_from_nested_loops(slice positive(5), val 9.0, con 5));
    prove_gradient!(return_from_nested_loops(slice positive(5), val 900.0, con 5));
    prove_gradient!(return_from_while(val 0.9));
    prove_gradient!(bisection(val 2.0));
    prove!(early_return_leaves_in_out_half_done(io noise(6), val 1.1));
    prove!(early_return_leaves_in_out_half_done(io noise(6), val 1e9));
    for n in [0, 2, 9] {
        prove!(early_return_of_nothing(io noise(4), con n) -> unit);
    }
}

#[test]
fn break_values() {
    prove_hvp!(loop_with_break_value(val 1.4));
    prove_gradient!(loop_with_two_break_values(val 0.9, val 1.5));
    prove_gradient!(loop_with_two_break_values(val 0.9, val 1e9));
    prove_gradient!(break_value_is_the_result(val 1.4));
    prove_gradient!(labelled_loop_value(val 0.7));
    prove_gradient!(labelled_block(val 0.7, val 0.2));
    prove_gradient!(labelled_block(val 0.7, val 0.9));
    prove_gradient!(labelled_block(val 0.2, val 0.9));
}

#[test]
fn labels() {
    prove_gradient!(labelled_break(slice positive(9), con 3, val 1.5));
    prove_gradient!(labelled_break(slice positive(9), con 3, val 150.0));
    prove_gradient!(labelled_continue(slice noise(16), con 4));
    prove_gradient!(labelled_three_deep(val 1.9));
    prove_gradient!(labelled_three_deep(val 5.7));
}

#[test]
fn searches() {
    prove_gradient!(find_interval(slice [0.0, 0.4, 1.1, 1.9], slice noise(4), val 0.8));
    prove_gradient!(find_interval(slice [0.0, 0.4, 1.1, 1.9], slice noise(4), val 2.3));
    prove_hvp!(newton_until_converged(val 0.7, val 2.0));
}

/// Names that get their value in the branches that don't leave.
mod chosen_or_left {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn or_continue(x: &[f64]) -> f64 {
        let mut s = 0.0;
        for v in x.iter() {
            let w = if *v > 0.0 { v * v } else { continue };
            s += w * w;
        }
        s
    }

    #[differentiate(forward, reverse, hessian)]
    fn several(x: &[f64], kinds: &[i32]) -> f64 {
        let mut s = 1.0;
        for (v, k) in x.iter().zip(kinds) {
            let w = match k {
                0 => v * v,
                1 => v.sin(),
                2 => continue,
                3 => {
                    let u = v * s;
                    u * u
                }
                _ => break,
            };
            s += w * w * s;
        }
        s
    }

    #[differentiate(forward, reverse, hessian)]
    fn or_leave_both(x: &[f64]) -> f64 {
        let (mut k, mut s) = (0, 1.0);
        'all: loop {
            let v = loop {
                if k >= x.len() {
                    break 'all;
                }
                let v = x[k] * s;
                k += 1;
                if v > 0.1 {
                    break v;
                }
            };
            s = s * v.cos() + v;
        }
        s
    }

    #[differentiate(forward, reverse, hessian)]
    fn or_return(x: &[f64], n: usize) -> f64 {
        let scale = if n < x.len() { x[n] } else { return x[0] };
        let (a, b);
        if scale > 0.0 {
            a = scale * x[1];
            b = a.sin();
        } else {
            return scale;
        }
        a * b
    }

    #[test]
    fn named_later() {
        for n in [1, 4, 7] {
            prove_hvp!(or_continue(slice noise(n)));
            prove_hvp!(or_leave_both(slice noise(n)));
        }
        for kinds in [[1, 2, 3, 0], [3, 3, 4, 0], [2, 2, 2, 2], [0, 1, 0, 3]] {
            prove_hvp!(several(slice noise(4), con &kinds));
        }
        for n in [0, 1, 2, 3] {
            prove_hvp!(or_return(slice noise(3), con n));
            prove_hvp!(or_return(slice positive(3), con n));
        }
    }
}
