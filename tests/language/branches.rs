//! `if`, `else if`, `match` on integers, bools, tuples, ranges and guards; as statements and as values.
use crate::harness::noise;
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn if_value(x: f64, y: f64) -> f64 {
    let z = if x > y { x * y } else { x - y * y };
    z * x
}

#[differentiate(forward, reverse)]
fn if_statement(x: f64, y: f64) -> f64 {
    let mut z = x;
    if y > 0.0 {
        z *= y;
        z += x * z;
    }
    z
}

#[differentiate(forward, reverse)]
fn if_as_result(x: f64) -> f64 {
    if x >= 1.0 {
        x.ln()
    } else if x >= 0.0 {
        x * x
    } else {
        -x
    }
}

#[differentiate(forward, reverse, hessian)]
fn else_if_overwrites(x: f64, y: f64) -> f64 {
    let mut a = x;
    if a > 2.0 {
        a = a.sqrt();
    } else if a > 1.0 && y > 0.0 {
        a = a * y;
    } else if a < -1.0 || y < -1.0 {
        a = a * a * y;
    } else {
        a = y;
    }
    a * a
}

#[differentiate(forward, reverse)]
fn condition_variable_overwritten(x: f64) -> f64 {
    let mut y = x;
    if y > 1.0 {
        y = 0.5 * y;
        if y > 1.0 {
            y *= y;
        } else {
            y = y.sin();
        }
    } else {
        y = 3.0 * y * x;
    }
    if y > 1.0 {
        y = y / x;
    }
    y
}

#[differentiate(forward, reverse)]
fn flags_kept(x: f64, y: f64) -> f64 {
    let big = x > y;
    let mut z = x * y;
    let negative = z < 0.0;
    z = if big { z * x } else { z + x };
    if negative != big {
        z = z * y;
    }
    if !big & negative | (x == y) {
        z += 1.0;
    }
    z
}

#[differentiate(forward, reverse)]
fn integer_conditions(x: f64, n: usize, m: i32) -> f64 {
    let mut y = x;
    if n % 2 == 0 {
        y *= x;
    }
    if (m < 0) == (n > 3) {
        y = y.exp();
    } else if m as usize >= n {
        y = y.cos();
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn match_on_integer(x: f64, k: i32) -> f64 {
    match k {
        0 => x,
        1 | 2 => x * x,
        -1 => 1.0 / x,
        _ => x.powi(k),
    }
}

#[differentiate(forward, reverse)]
fn match_on_range(x: f64, k: usize) -> f64 {
    let w = match k {
        0..=2 => x,
        3..6 => x * x,
        6.. => x.sqrt(),
    };
    w * x
}

#[differentiate(forward, reverse)]
fn match_with_guard(x: f64, y: f64, k: usize) -> f64 {
    match k {
        0 if x > y => x * y,
        0 => x + y * y,
        n if n > 5 => x.powi(n as i32),
        n @ 1..=2 => x * n as f64,
        _ if x * y < 0.0 => x / y,
        _ => y,
    }
}

#[differentiate(forward, reverse)]
fn match_on_bool(x: f64, y: f64) -> f64 {
    let t = match x > y {
        true => x.sin(),
        false => y.cos(),
    };
    t * x
}

#[differentiate(forward, reverse)]
fn match_on_tuple(x: f64, i: usize, flag: bool) -> f64 {
    let y = match (i, flag) {
        (0, true) => x * x,
        (0, false) => x,
        (1, _) => x.exp(),
        (_, true) => x * i as f64,
        (n, false) if n > 4 => 1.0,
        (2..=3, _) => x.cos(),
        _ => x.sin(),
    };
    y * y + x
}

#[differentiate(forward, reverse)]
fn match_as_statement(x: f64, k: usize) -> f64 {
    let mut a = x;
    let mut b = 1.0;
    match k {
        0 => a *= a,
        1 => {
            b = a.exp();
            a += b;
        }
        2 => {}
        _ => {
            let t = a;
            a = b + x;
            b = t * x;
        }
    }
    a * b
}

#[differentiate(forward, reverse)]
fn match_on_expression(v: &[f64]) -> f64 {
    let mut y = 1.0;
    for i in 0..v.len() {
        match (i * 2 + i / 2) % 3 {
            0 => y *= v[i],
            1 => y += v[i] * y,
            _ => y = y.sin() - v[i],
        }
    }
    y
}

#[differentiate(forward, reverse)]
fn match_on_float_position(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..3 {
        y = match (y * 4.0) as i32 {
            i32::MIN..=0 => 0.3 - y,
            1 | 3 => y * 1.3 + 0.1,
            2 => y * y + 0.4,
            _ => y * 0.3 * x,
        };
    }
    y
}

#[differentiate(forward, reverse)]
fn match_on_char(x: f64, y: f64, operation: char) -> f64 {
    match operation {
        '+' => x + y,
        '*' => x * y,
        'a'..='f' => x.powf(y),
        _ => x / y,
    }
}

#[differentiate(forward, reverse)]
fn match_with_tuple_value(x: f64, k: usize) -> f64 {
    let (a, b) = match k {
        0 => (x, x * x),
        1 => {
            let s = x.sin();
            (s, s * s)
        }
        _ => (1.0, x),
    };
    a * b + b
}

#[differentiate(forward, reverse, hessian)]
fn nested_conditionals(x: f64, y: f64) -> f64 {
    if x > 0.0 {
        if y > 0.0 {
            x * y
        } else {
            let t = if x > -y { x } else { y };
            t * t * y
        }
    } else {
        match y > 1.0 {
            true => x.exp() * y,
            false => {
                if x + y > 0.0 {
                    y
                } else {
                    x * x
                }
            }
        }
    }
}

#[differentiate(forward, reverse)]
fn conditional_operand(x: f64, y: f64) -> f64 {
    x * if y > 0.0 { y } else { -y * x }
        + match y < 1.0 {
            true => x * x,
            false => 1.0,
        } * y
}

#[differentiate(forward, reverse)]
fn branch_not_differentiated(x: f64, y: f64) -> f64 {
    let mut z = x * y;
    if x > 0.0 {
        let unused = z * z;
        let k = 3;
    } else {
        z = 2.0;
    }
    z
}

#[differentiate(forward, reverse)]
fn one_branch_constant(x: f64) -> f64 {
    let y = if x > 1.0 { 2.0 } else { x * x };
    let z = if x > 1.0 { x } else { 0.0 };
    y * z + y
}

#[differentiate(forward, reverse, hessian)]
fn huber(residuals: &[f64], delta: f64) -> f64 {
    let mut loss = 0.0;
    for r in residuals {
        if r.abs() <= delta {
            loss += 0.5 * r * r;
        } else {
            loss += delta * (r.abs() - 0.5 * delta);
        }
    }
    loss
}

#[differentiate(forward, reverse)]
fn relu_layers(x: &[f64], w: &[f64]) -> f64 {
    let mut h = x[0];
    for i in 0..w.len() {
        h = h * w[i] + x[i % x.len()];
        if h < 0.0 {
            h = 0.01 * h;
        }
    }
    h
}

#[differentiate(forward, reverse)]
fn median_of_three(x: f64, y: f64, z: f64) -> f64 {
    let (mut a, mut b, mut c) = (x, y, z);
    if a > b {
        (a, b) = (b, a);
    }
    if b > c {
        let t = b;
        b = c;
        c = t;
    }
    if a > b {
        (b, a) = (a, b);
    }
    b * b + 0.1 * a * c
}

#[differentiate(forward, reverse)]
fn arg_max(v: &[f64]) -> f64 {
    let mut best = 0;
    for i in 1..v.len() {
        if v[i] > v[best] {
            best = i;
        }
    }
    v[best] * v[best] + best as f64 * v[0]
}

#[differentiate(forward, reverse)]
fn float_predicates(x: f64, y: f64) -> f64 {
    let mut z = x;
    if y.is_nan() || (x / y).is_infinite() {
        z = 0.0;
    }
    if z.is_finite() && z.is_sign_negative() {
        z *= y;
    }
    if !x.is_sign_positive() || x != y {
        z += x * x;
    }
    z
}

#[test]
fn ifs() {
    prove_hvp!(if_value(val 0.7, val 0.4));
    prove_hvp!(if_value(val 0.4, val 0.7));
    prove_gradient!(if_statement(val 0.4, val 0.7));
    prove_gradient!(if_statement(val 0.4, val -0.7));
    for x in [1.7, 0.4, -0.3] {
        prove_gradient!(if_as_result(val x));
    }
    for (x, y) in [(2.5, 0.4), (1.5, 0.4), (0.5, -1.4), (-1.2, 0.4), (0.5, 0.4)] {
        prove_hvp!(else_if_overwrites(val x, val y));
    }
    for x in [2.6, 1.4, 0.7, 0.2] {
        prove_gradient!(condition_variable_overwritten(val x));
    }
    for (x, y) in [
        (0.7, 0.4),
        (0.4, 0.7),
        (0.4, -0.7),
        (0.9, -0.7),
        (-0.7, 0.4),
        (-0.3, 0.4),
        (-0.7, 1.4),
    ] {
        prove_gradient!(flags_kept(val x, val y));
        prove_hvp!(nested_conditionals(val x, val y));
        prove_gradient!(conditional_operand(val x, val y));
        prove_gradient!(branch_not_differentiated(val x, val y));
        prove_gradient!(float_predicates(val x, val y));
    }
    for (n, m) in [(4, -1), (2, 3), (2, -1), (5, 0)] {
        prove_gradient!(integer_conditions(val 0.4, con n, con m));
    }
    prove_gradient!(one_branch_constant(val 0.4));
    prove_gradient!(one_branch_constant(val 1.4));
}

#[test]
fn matches() {
    for k in [-1, 0, 1, 2, 3] {
        prove_hvp!(match_on_integer(val 0.7, con k));
    }
    for k in [1, 4, 9] {
        prove_gradient!(match_on_range(val 0.7, con k));
    }
    for k in [0, 1, 2, 3, 7] {
        prove_gradient!(match_with_guard(val 0.7, val 0.4, con k));
        prove_gradient!(match_with_guard(val 0.4, val 0.7, con k));
        prove_gradient!(match_with_guard(val 0.4, val -0.7, con k));
        prove_gradient!(match_as_statement(val 0.4, con k));
        prove_gradient!(match_with_tuple_value(val 0.4, con k));
    }
    prove_gradient!(match_on_bool(val 0.7, val 0.4));
    prove_gradient!(match_on_bool(val 0.4, val 0.7));
    for k in [0, 1, 2, 4, 6] {
        prove_gradient!(match_on_tuple(val 0.7, con k, con true));
        prove_gradient!(match_on_tuple(val 0.7, con k, con false));
    }
    prove_gradient!(match_on_expression(slice noise(6)));
    for x in [0.1, 0.3, 0.55, 0.8, 1.6] {
        prove_gradient!(match_on_float_position(val x));
    }
    for operation in ['+', '*', 'c', '/'] {
        prove_gradient!(match_on_char(val 0.7, val 0.4, con operation));
    }
}

#[test]
fn piecewise() {
    prove_hvp!(huber(slice noise(7), val 0.5));
    prove_gradient!(relu_layers(slice noise(3), slice noise(7)));
    prove_gradient!(median_of_three(val 0.7, val 0.4, val 0.9));
    prove_gradient!(median_of_three(val 0.9, val 0.4, val 0.7));
    prove_gradient!(median_of_three(val 0.9, val 0.7, val 0.4));
    prove_gradient!(arg_max(slice noise(6)));
}
