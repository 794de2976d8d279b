//! `let`: patterns, shadowing, `mut`, late initialisation, blocks with values.
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn tuple_pattern(x: f64, y: f64) -> f64 {
    let (a, b) = (x * y, x + y);
    let (c, _) = (a * b, b.exp());
    c + a
}

#[differentiate(forward, reverse)]
fn nested_pattern(x: f64, y: f64) -> f64 {
    let ((a, b), [c, d]) = ((x, x * y), [y, x.sin()]);
    let (e, (_, f)) = (a * d, (b, c * c));
    e + f * b
}

#[differentiate(forward, reverse)]
fn array_pattern(v: [f64; 3]) -> f64 {
    let [a, b, c] = v;
    let [mut p, _, q] = [a * b, b, c * a];
    p *= q;
    p + v[1]
}

#[differentiate(forward, reverse)]
fn mutable_in_pattern(x: f64, y: f64) -> f64 {
    let (mut a, mut b) = (x, y);
    a *= b;
    b *= a;
    let (c, mut d) = (a, b);
    d += c * d;
    a + d
}

#[differentiate(forward, reverse, hessian)]
fn shadowed_names(x: f64) -> f64 {
    let x = x * x;
    let y = x + 1.0;
    let x = y * x.sin();
    let y = x * y;
    let x = x;
    x + y
}

#[differentiate(forward, reverse)]
fn shadowed_in_blocks(x: f64) -> f64 {
    let y = x * 2.0;
    {
        let y = y * y;
        let x = y;
        let _z = x * y;
    }
    let z = {
        let x = x.exp();
        let y = x * y;
        y - x
    };
    z * y + x
}

#[differentiate(forward, reverse)]
fn shadowed_by_another_type(x: f64, n: usize) -> f64 {
    let y = x;
    let y = [y * x, y];
    let n = n as f64 * y[0];
    let y = (n, y[1]);
    let y = y.0 * y.1;
    y
}

#[differentiate(forward, reverse)]
fn shadowed_parameter_in_loop(x: f64, n: usize) -> f64 {
    let mut sum = x;
    for n in 0..n {
        let x = sum * x + n as f64;
        sum = x * 0.5;
    }
    sum * n as f64 * x
}

#[differentiate(forward, reverse)]
fn shadowing_while_old_is_live(x: f64) -> f64 {
    let a = x.sin();
    let r = &a;
    let b = {
        let a = r * r;
        a * *r
    };
    let a = a * b;
    a + b * *r
}

#[differentiate(forward, reverse, hessian)]
fn late_initialised(x: f64, flag: bool) -> f64 {
    let y;
    if flag {
        y = x * x;
    } else {
        y = x.cos();
    }
    let z: f64;
    z = y * x;
    y * z
}

#[differentiate(forward, reverse)]
fn late_initialised_in_match(x: f64, k: usize) -> f64 {
    let (a, b);
    let c: f64;
    match k {
        0 => {
            a = x;
            b = 1.0;
            c = x * 2.0;
        }
        1 => {
            a = 3.0;
            b = x * x;
            c = a * b;
        }
        _ => {
            b = x.exp();
            a = b * b;
            c = 0.5;
        }
    }
    a * b + c
}

#[differentiate(forward, reverse)]
fn late_initialised_in_loop(x: f64) -> f64 {
    let mut y = x;
    for i in 0..4 {
        let t;
        if i % 2 == 0 {
            t = y * x;
        } else {
            t = y.sin();
        }
        y += t;
    }
    y
}

#[differentiate(forward, reverse)]
fn late_array(x: f64, n: usize) -> f64 {
    let v: [f64; 2];
    let w: Vec<f64>;
    v = [x, x * x];
    w = vec![v[0] * v[1]; n];
    v[1] * w[n - 1]
}

#[differentiate(forward, reverse, hessian)]
fn block_values(x: f64, y: f64) -> f64 {
    let a = {
        let t = x * y;
        t * t
    };
    let b = {
        let mut s = a;
        s += x;
        { s * { y + 1.0 } }
    };
    a * { b } + { x }
}

#[differentiate(forward, reverse)]
fn block_with_side_effect(x: f64) -> f64 {
    let mut y = x;
    let z = y * {
        y += 1.0;
        y * x
    } + y;
    z * y
}

#[differentiate(forward, reverse)]
fn block_with_tuple_value(x: f64) -> f64 {
    let (a, b) = {
        let s = x.sin();
        (s * x, s)
    };
    a / b + b
}

#[differentiate(forward, reverse)]
fn underscore(x: f64, y: f64) -> f64 {
    let _ = x * y;
    let _named = x.exp();
    let (_, a) = (y.exp(), x);
    _ = a * y;
    a * a
}

#[differentiate(forward, reverse, hessian)]
fn destructuring_assignment(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    (a, b) = (b, a);
    [a, b] = [a * b, a - b];
    (a, _) = (a + b, a * 3.0);
    let mut c = 0.0;
    (c, (a, b)) = (a, (b * c + 1.0, a * b));
    a * b + c
}

#[differentiate(forward, reverse)]
fn destructuring_into_places(v: &mut [f64], x: f64) -> f64 {
    let mut p = (x, 0.5);
    (v[0], p.1) = (v[1] * p.0, v[0]);
    (p.0, v[1]) = (p.1 * x, p.0);
    p.0 * p.1 + v[0]
}

#[differentiate(forward, reverse)]
fn tuple_locals(x: f64, y: f64) -> f64 {
    let mut p = (x, y * x, 3);
    p.0 *= p.1;
    p.1 += p.0 * p.2 as f64;
    p.2 += 1;
    let q = p;
    p.0 = q.1 * x;
    p.0 * q.0 + p.1.sin() * q.2 as f64
}

#[differentiate(forward, reverse)]
fn nested_tuple_locals(x: f64, y: f64) -> f64 {
    let mut p = ((x, y), [x * y, 1.0]);
    p.0.0 += p.1[0];
    p.1[1] = p.0.0 * p.0.1;
    p.0 = (p.1[1], p.0.0);
    let (a, b) = p.0;
    let [c, d] = p.1;
    a * b + c * d
}

#[differentiate(forward, reverse)]
fn annotated_types(x: f64) -> f64 {
    let y: f64 = x * 2.0;
    let p: (f64, f64) = (y, x);
    let v: [f64; 2] = [p.0 * p.1, y];
    let w: Vec<f64> = vec![v[0], v[1], x];
    let (a, b): (f64, usize) = (w[0] * w[2], w.len());
    a * b as f64
}

#[differentiate(forward, reverse)]
fn tuple_parameter(p: (f64, f64), q: &(f64, [f64; 2])) -> f64 {
    let (x, y) = p;
    let (a, [b, c]) = *q;
    x * a + y * b * c + p.0 * q.1[0]
}

#[differentiate(forward, reverse)]
fn pattern_parameters((x, y): (f64, f64), [a, b]: [f64; 2], mut z: f64) -> f64 {
    z *= x * a;
    z + y * b * z
}

#[differentiate(forward, reverse)]
fn mutable_parameters(mut x: f64, mut v: [f64; 2], mut w: Vec<f64>) -> f64 {
    x *= v[0];
    v[1] += x * w[0];
    w[0] *= v[1];
    w.push(x);
    w[0] + w[1] * v[0]
}

#[differentiate(forward, reverse)]
fn copies_are_independent(v: [f64; 2], x: f64) -> f64 {
    let mut a = v;
    let b = a;
    a[0] *= x;
    a[1] = b[0] * a[0];
    let mut c = a;
    c[0] += b[1];
    a[0] * b[0] + c[0] * a[1] + v[1]
}

#[differentiate(forward, reverse)]
fn names_that_collide(x: f64, x_dot: f64, seed: f64) -> f64 {
    // Names that a generator might want for itself.
    let x_bar = x * x_dot;
    let value = x_bar + seed;
    let tangent = value * x;
    let result = tangent * tangent;
    let t0 = result + value;
    let trace = t0 * x_bar;
    let stack = trace + seed * x_dot;
    stack
}

#[test]
fn patterns() {
    prove_hvp!(tuple_pattern(val 0.7, val -1.4));
    prove_gradient!(nested_pattern(val 0.7, val -1.4));
    prove_gradient!(array_pattern(val [0.7, -1.4, 0.3]));
    prove_gradient!(mutable_in_pattern(val 0.7, val -1.4));
    prove_gradient!(underscore(val 0.7, val -1.4));
    prove_hvp!(destructuring_assignment(val 0.7, val -1.4));
    prove!(destructuring_into_places(io [0.7, -1.4], val 0.3));
    prove_gradient!(tuple_parameter(val(0.7, -1.4), aref(0.3, [0.2, 0.9])));
    prove_gradient!(pattern_parameters(val (0.7, -1.4), val [0.3, 0.2], val 0.9));
}

#[test]
fn shadowing() {
    prove_hvp!(shadowed_names(val 0.7));
    prove_gradient!(shadowed_in_blocks(val 0.7));
    prove_gradient!(shadowed_by_another_type(val 0.7, con 3));
    prove_gradient!(shadowed_parameter_in_loop(val 0.7, con 3));
    prove_gradient!(shadowing_while_old_is_live(val 0.7));
    prove_gradient!(names_that_collide(val 0.7, val -1.4, val 0.3));
}

#[test]
fn late_initialisation() {
    prove_hvp!(late_initialised(val 0.7, con true));
    prove_hvp!(late_initialised(val 0.7, con false));
    for k in 0..3 {
        prove_gradient!(late_initialised_in_match(val 0.7, con k));
    }
    prove_gradient!(late_initialised_in_loop(val 0.7));
    prove_gradient!(late_array(val 0.7, con 3));
}

#[test]
fn blocks() {
    prove_hvp!(block_values(val 0.7, val -1.4));
    prove_gradient!(block_with_side_effect(val 0.7));
    prove_gradient!(block_with_tuple_value(val 0.7));
}

#[test]
fn tuples_and_copies() {
    prove_gradient!(tuple_locals(val 0.7, val -1.4));
    prove_gradient!(nested_tuple_locals(val 0.7, val -1.4));
    prove_gradient!(annotated_types(val 0.7));
    prove_gradient!(mutable_parameters(val 0.7, val [0.3, -1.4], val vec![0.6]));
    prove_gradient!(copies_are_independent(val [0.3, -1.4], val 0.7));
}
