//! Everything inside everything: loops in branches in loops, matches in loops in matches, annotated functions in functions.
use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn nested_function(x: f64, y: f64) -> f64 {
    #[differentiate(forward, reverse, hessian)]
    fn helper(a: f64, b: f64) -> f64 {
        a * b.sin()
    }
    helper(x, y) + helper(y, helper(x, x))
}

#[differentiate(forward, reverse)]
fn nested_function_last(v: &[f64]) -> f64 {
    let mut total = 1.0;
    for x in v {
        total = step(total, *x);
    }
    return total;

    #[differentiate(forward, reverse)]
    fn step(total: f64, x: f64) -> f64 {
        if x > 0.0 { total * x } else { total - x * x }
    }
}

#[differentiate(forward, reverse)]
fn two_levels_of_functions(x: f64) -> f64 {
    #[differentiate(forward, reverse)]
    fn outer(x: f64) -> f64 {
        #[differentiate(forward, reverse)]
        fn inner(x: f64) -> f64 {
            x.exp() - x
        }
        inner(x) * inner(-x)
    }
    outer(x) + outer(x * x)
}

#[differentiate(forward, reverse)]
fn nested_recursive_function(x: f64, n: usize) -> f64 {
    #[differentiate(forward, reverse)]
    fn power(x: f64, n: usize) -> f64 {
        if n == 0 { 1.0 } else { x * power(x, n - 1) }
    }
    const SCALE: f64 = 0.5;
    power(x, n) * SCALE + power(SCALE, n) * x
}

#[differentiate(forward, reverse)]
fn nested_function_shadows_outer(x: f64) -> f64 {
    #[differentiate(forward, reverse)]
    fn sign_of(x: f64) -> f64 {
        -x * x
    }
    sign_of(x)
}

#[differentiate(forward, reverse)]
fn sign_of(x: f64) -> f64 {
    x * 100.0
}

#[differentiate(forward, reverse)]
fn nested_in_block(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        #[differentiate(forward, reverse)]
        fn half(x: f64) -> f64 {
            x / 2.0
        }
        y = half(y) + x * y;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn loop_in_branch_in_loop(v: &[f64], n: usize) -> f64 {
    let mut y = 0.5;
    for i in 0..v.len() {
        if v[i] > 0.0 {
            for j in 0..n {
                y = y * v[i] + v[j];
                if y > 2.0 {
                    y = y.ln();
                }
            }
        } else {
            let mut k = 0;
            while k < i {
                y -= v[k] * y;
                k += 1;
            }
        }
    }
    y
}

#[differentiate(forward, reverse)]
fn branch_in_match_in_while(x: f64, n: usize) -> f64 {
    let mut k = n;
    let mut y = x;
    while k > 0 {
        y = match k % 3 {
            0 => {
                if y > 1.0 {
                    y.sqrt()
                } else {
                    y + x
                }
            }
            1 => y * y * 0.5 + 0.3,
            _ => {
                let mut t = y;
                for _ in 0..k {
                    t = t * 0.9 + 0.1 * x;
                }
                t
            }
        };
        k -= 1;
    }
    y
}

#[differentiate(forward, reverse)]
fn loop_value_in_branch_value(x: f64) -> f64 {
    let y = if x > 0.0 {
        let mut t = x;
        loop {
            t *= 1.5;
            if t > 5.0 {
                break if t > 6.0 { t * x } else { t };
            }
        }
    } else {
        match x < -1.0 {
            true => {
                let mut t = x;
                while t < 3.0 {
                    t = t * t;
                }
                t
            }
            false => x,
        }
    };
    y * y
}

#[differentiate(forward, reverse)]
fn four_nested_ranges(t: &[f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        for j in 0..=i {
            let mut p = t[i] * t[j];
            for k in (j..n).rev() {
                p += t[k] * p;
                for l in (0..k).step_by(2) {
                    sum += p * t[l];
                }
            }
            sum *= 1.0 + p * 0.01;
        }
    }
    sum
}

#[differentiate(forward, reverse)]
fn loops_share_a_variable(v: &[f64]) -> f64 {
    let mut s = 1.0;
    for x in v {
        s = s * x + 1.0;
    }
    for x in v {
        s = s + x * s;
    }
    let mut i = 0;
    while i < v.len() {
        s *= v[i];
        i += 2;
    }
    loop {
        s = 0.5 * s * s + 0.1;
        i -= 1;
        if i == 0 {
            break;
        }
    }
    s
}

#[differentiate(forward, reverse)]
fn blocks_in_indices(v: &[f64], n: usize) -> f64 {
    let mut y = 0.0;
    for i in 0..n {
        y += v[{
            let k = i * 3 + 1;
            k % v.len()
        }] * v[if i % 2 == 0 { 0 } else { 1 }];
        y *= v[match i {
            0 => 1,
            k => k - 1,
        }];
    }
    y
}

#[differentiate(forward, reverse)]
fn values_in_arguments(x: f64, y: f64) -> f64 {
    let v = [
        if x > y { x } else { y },
        { x * y },
        match x > 0.0 {
            true => x,
            false => 1.0,
        },
    ];
    let w = vec![if y > 0.0 { y } else { -x }, v[1]];
    f64::hypot(if v[0] > 1.0 { v[0] } else { v[2] }, { w[0] + w[1] }).max({ x })
}

#[differentiate(forward, reverse)]
fn exits_in_deep_branches(v: &[f64], w: &mut [f64]) -> f64 {
    let mut y = 1.0;
    'all: for i in 0..v.len() {
        if v[i] > 0.0 {
            match i {
                0 => w[0] *= v[i],
                1 | 2 => {
                    for j in 0..w.len() {
                        w[j] += v[i] * y;
                        if w[j] > 1.5 {
                            y *= w[j];
                            continue 'all;
                        }
                        if j == 2 {
                            break;
                        }
                    }
                }
                _ => {
                    if y > 100.0 {
                        return y;
                    }
                    y += w[i % w.len()];
                    if i == 5 {
                        break 'all;
                    }
                }
            }
        } else {
            y -= v[i];
            w[1] *= y;
        }
    }
    y * w[0]
}

#[differentiate(forward, reverse)]
fn loop_over_rows_over_views(m: &Vec<Vec<f64>>, out: &mut [f64]) {
    for (i, row) in m.iter().enumerate() {
        let mut previous = out[i];
        for (j, v) in row.iter().enumerate() {
            if j % 2 == 1 {
                previous *= v;
                continue;
            }
            let t = previous * v + out[i];
            out[i] = t * t;
            previous = t;
        }
    }
}

#[differentiate(forward, reverse)]
fn mutable_rows(m: &mut Vec<Vec<f64>>, x: f64) {
    for row in m.iter_mut() {
        let n = row.len();
        for v in row.iter_mut() {
            *v *= x;
        }
        row[0] += row[n - 1] * row[0];
        for j in 1..n {
            row[j] -= row[j - 1];
        }
    }
}

#[differentiate(forward, reverse)]
fn mutable_array_rows(m: &mut [[f64; 3]; 2]) {
    for (i, row) in m.iter_mut().enumerate() {
        for v in row.iter_mut() {
            *v = *v * *v + i as f64;
        }
        row.swap(0, 2);
        row[1] *= row[0];
    }
}

#[test]
fn functions_in_functions() {
    prove_hvp!(nested_function(val 0.7, val -1.4));
    prove_gradient!(nested_function_last(slice noise(5)));
    prove_gradient!(two_levels_of_functions(val 0.7));
    prove_gradient!(nested_recursive_function(val 0.7, con 4));
    prove_gradient!(nested_function_shadows_outer(val 0.7));
    prove_gradient!(nested_in_block(val 0.7, con 3));
    prove_gradient!(sign_of(val 0.7));
}

#[test]
fn control_flow_in_control_flow() {
    prove_hvp!(loop_in_branch_in_loop(slice noise(5), con 3));
    prove_hvp!(loop_in_branch_in_loop(slice [1.4, -0.3, 0.9, 1.1], con 3));
    prove_gradient!(branch_in_match_in_while(val 0.7, con 7));
    prove_gradient!(branch_in_match_in_while(val 2.7, con 7));
    prove_gradient!(branch_in_match_in_while(val 2.7, con 6));
    for x in [0.7, 0.9, -0.3, -1.4] {
        prove_gradient!(loop_value_in_branch_value(val x));
    }
    prove_gradient!(four_nested_ranges(slice positive(4), con 4));
    prove_gradient!(loops_share_a_variable(slice noise(5)));
    prove_gradient!(blocks_in_indices(slice noise(4), con 4));
    prove_gradient!(values_in_arguments(val 0.7, val 0.4));
    prove_gradient!(values_in_arguments(val 1.7, val 0.4));
    prove_gradient!(values_in_arguments(val - 0.7, val - 0.4));
    prove!(exits_in_deep_branches(slice positive(7), io positive(4)));
    prove!(exits_in_deep_branches(slice noise(7), io noise(4)));
    prove!(exits_in_deep_branches(slice [0.3, 0.2, -0.4, 0.6, 0.3, 0.9], io [0.1, 0.2, 0.3, 0.4]));
    prove!(exits_in_deep_branches(slice [90.0, 80.0, 0.4, 0.6], io [1.1, 0.2, 0.3, 0.4]));
}

#[test]
fn rows() {
    prove!(loop_over_rows_over_views(aref vec![noise(3), positive(4)], io noise(2)) -> unit);
    prove!(mutable_rows(iov vec![noise(3), positive(2)], val 0.7) -> unit);
    prove!(mutable_array_rows(ioa [[0.7, -1.4, 0.3], [0.2, 0.9, 0.4]]) -> unit);
}
