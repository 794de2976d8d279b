//! Calls of annotated functions: by path, with every kind of argument, recursive.
use crate::harness::{noise, positive};
use chainrule::{constant, differentiate};

mod inner {
    use chainrule::differentiate;

    #[differentiate(forward, reverse, hessian)]
    pub fn cubic(x: f64) -> f64 {
        x * x * x - x
    }

    pub mod deep {
        use chainrule::differentiate;

        #[differentiate(forward, reverse, hessian)]
        pub fn logistic(x: f64) -> f64 {
            super::cubic(1.0 / (1.0 + (-x).exp()))
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate(forward, reverse, hessian)]
fn calls_once(x: f64, y: f64) -> f64 {
    square(x * y) + y
}

#[differentiate(forward, reverse, hessian)]
fn calls_of_calls(x: f64) -> f64 {
    square(square(x) + square(square(x.sin())))
}

#[differentiate(forward, reverse, hessian)]
fn calls_by_path(x: f64) -> f64 {
    use inner::deep;
    let y = inner::cubic(x) + deep::logistic(x);
    y * self::inner::deep::logistic(y) * crate::calls::square(x)
}

#[differentiate(forward, reverse, hessian)]
fn call_in_loop(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = square(y) - inner::cubic(x);
    }
    y
}

#[differentiate(forward, reverse)]
fn call_in_condition(x: f64) -> f64 {
    let mut y = x;
    while square(y) < 4.0 {
        y += square(y) * x;
    }
    if inner::cubic(y) > 1.0 { y * x } else { y }
}

#[differentiate(forward, reverse)]
fn result_unused(x: f64, v: &mut [f64]) -> f64 {
    square(x);
    let _ = square(x * x);
    let unused = inner::cubic(x);
    scale_in_place(v, x);
    x
}

#[differentiate(forward, reverse)]
fn called_with_constants(x: f64, n: usize) -> f64 {
    let weight = square(n as f64 + 0.5);
    x * weight + square(2.0)
}

#[differentiate(forward, reverse)]
fn partly_constant_call(x: f64, #[constant] data: &[f64]) -> f64 {
    dot(data, data) * x + dot(&[x, 1.0, x * x], data)
}

#[differentiate(forward, reverse, hessian)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.len() {
        sum += a[i] * b[i];
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn norm_by_aliasing(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

#[differentiate(forward, reverse, hessian)]
fn overlapping_views(x: &[f64]) -> f64 {
    let n = x.len();
    dot(&x[..n - 1], &x[1..]) + dot(x, &x[..]) * dot(&x[1..3], &x[1..3])
}

#[differentiate(forward, reverse)]
fn aliased_locals(x: f64) -> f64 {
    let a = [x, x * x, 1.0];
    let r = &a;
    dot(&a, r) + dot(&a[..2], &a[1..])
}

#[differentiate(forward, reverse)]
fn scale_in_place(v: &mut [f64], a: f64) {
    for i in 0..v.len() {
        v[i] *= a;
    }
}

#[differentiate(forward, reverse)]
fn in_out_whole_and_part(v: &mut [f64], a: f64) -> f64 {
    scale_in_place(v, a);
    scale_in_place(&mut v[1..], a * a);
    scale_in_place(&mut v[..2], 3.0);
    let s = v[1];
    scale_in_place(v, s);
    dot(v, v)
}

#[differentiate(forward, reverse)]
fn in_out_local(x: f64) -> f64 {
    let mut a = [x, 1.0, x * x];
    scale_in_place(&mut a, x);
    let mut v = a.to_vec();
    scale_in_place(&mut v, a[0]);
    scale_in_place(&mut v[1..2], x);
    v[1] + dot(&v, &a)
}

#[differentiate(forward, reverse)]
fn bump(x: &mut f64, by: &f64) -> f64 {
    let old = *x;
    *x = old * old + by;
    old * by
}

#[differentiate(forward, reverse)]
fn mutable_references_to_places(x: f64, v: &mut [f64]) -> f64 {
    let mut y = x;
    let a = bump(&mut y, &x);
    let b = bump(&mut v[1], &y);
    let mut p = (x, [y, a]);
    let c = bump(&mut p.0, &b);
    bump(&mut p.1[0], &c);
    let mut k = 0;
    while k < v.len() {
        y += bump(&mut v[k], &p.1[1]);
        k += 2;
    }
    y * p.0 + p.1[0] * v[0]
}

#[differentiate(forward, reverse)]
fn own_argument_updated(x: f64) -> f64 {
    let mut y = x;
    y = y * bump(&mut y, &x) + y;
    bump(&mut y, &x);
    y
}

#[differentiate(forward, reverse)]
fn reborrowed(x: &mut f64, a: f64) {
    bump(x, &a);
    bump(x, &a);
    let y = *x;
    bump(&mut *x, &y);
}

#[differentiate(forward, reverse)]
fn polar(x: f64, y: f64) -> (f64, f64) {
    (x.hypot(y), y.atan2(x))
}

#[differentiate(forward, reverse)]
fn tuple_results(x: f64, y: f64) -> f64 {
    let (r, phi) = polar(x, y);
    let p = polar(r, phi * x);
    let (_, only) = polar(p.1, p.0);
    let mut a = 0.0;
    let mut b = r;
    (a, b) = polar(b, only);
    a * b + polar(x, a).0
}

#[differentiate(forward, reverse)]
fn outer_product(a: [f64; 2], b: &[f64; 2]) -> [[f64; 2]; 2] {
    let mut m = [[0.0; 2]; 2];
    for i in 0..2 {
        for j in 0..2 {
            m[i][j] = a[i] * b[j];
        }
    }
    m
}

#[differentiate(forward, reverse)]
fn array_results(a: [f64; 2], b: [f64; 2]) -> f64 {
    let m = outer_product(a, &b);
    let n = outer_product(m[0], &m[1]);
    let [row, _] = outer_product([n[0][1], a[0]], &a);
    row[0] + row[1] * outer_product(b, &b)[1][0]
}

#[differentiate(forward, reverse)]
fn doubled(v: &[f64]) -> Vec<f64> {
    let mut out = Vec::new();
    for x in v {
        out.push(*x);
        out.push(x * x);
    }
    out
}

#[differentiate(forward, reverse)]
fn vec_results(v: &[f64]) -> f64 {
    let a = doubled(v);
    let b = doubled(&doubled(&a[1..3]));
    let mut c = doubled(&b);
    c = doubled(&c[..2]);
    dot(&a, &a) + b[7] + c[3] * doubled(v)[1]
}

#[differentiate(forward, reverse)]
fn consume(v: Vec<f64>, x: f64) -> Vec<f64> {
    let mut v = v;
    v.push(x * v[0]);
    v
}

#[differentiate(forward, reverse)]
fn vec_arguments_by_value(v: &[f64]) -> Vec<f64> {
    let a = consume(v.to_vec(), v[1]);
    let b = consume(a.clone(), a[2]);
    consume(consume(b, 2.0), v[0])
}

#[differentiate(forward, reverse, hessian)]
fn power(x: f64, n: usize) -> f64 {
    if n == 0 {
        return 1.0;
    }
    let half = power(x, n / 2);
    if n % 2 == 0 {
        half * half
    } else {
        half * half * x
    }
}

#[differentiate(forward, reverse)]
fn recursion_on_data(x: f64) -> f64 {
    if x < 1.0 {
        x * x
    } else {
        recursion_on_data(x / 2.0 - 0.1 * x.sin()) * x
    }
}

#[differentiate(forward, reverse)]
fn pairwise_sum(v: &[f64]) -> f64 {
    let n = v.len();
    if n == 0 {
        0.0
    } else if n == 1 {
        v[0] * v[0]
    } else {
        pairwise_sum(&v[..n / 2]) + pairwise_sum(&v[n / 2..]) * v[0]
    }
}

#[differentiate(forward, reverse)]
fn recursive_fold_in_place(v: &mut [f64]) {
    if v.len() > 1 {
        let n = v.len();
        v[0] += v[n - 1] * v[0];
        recursive_fold_in_place(&mut v[..n - 1]);
        v[n - 1] *= v[0];
    }
}

#[differentiate(forward, reverse)]
fn even_steps(x: f64, n: usize) -> f64 {
    if n == 0 {
        x
    } else {
        odd_steps(x * x + 0.1, n - 1)
    }
}

#[differentiate(forward, reverse)]
fn odd_steps(x: f64, n: usize) -> f64 {
    if n == 0 {
        x.cos()
    } else {
        even_steps(x.sin(), n - 1) * x
    }
}

#[differentiate(forward, reverse)]
fn ackermann_like(x: f64, m: usize, n: usize) -> f64 {
    if m == 0 {
        x * (n as f64 + 1.0)
    } else if n == 0 {
        ackermann_like(x + 0.1, m - 1, 1)
    } else {
        ackermann_like(ackermann_like(x, m, n - 1).sin(), m - 1, n)
    }
}

fn not_annotated(x: f64) -> f64 {
    (x * 4.0).floor()
}

#[differentiate(forward, reverse)]
fn constant_calls(x: f64, n: usize) -> f64 {
    let k = constant(not_annotated(x));
    let table = constant([not_annotated(0.7), n as f64]);
    x * k + x * x * table[0] * constant(not_annotated(n as f64))
}

#[differentiate(forward, reverse)]
fn constant_parameters(
    x: f64,
    #[constant] w: f64,
    #[constant] data: &[f64],
    #[constant] m: &[[f64; 2]; 2],
) -> f64 {
    let mut y = x * w;
    for (i, d) in data.iter().enumerate() {
        y = y * d + m[i % 2][0] * x;
    }
    y * w * m[1][1]
}

#[differentiate(forward, reverse, hessian)]
fn quadratic_with_constant_matrix(x: &[f64], #[constant] a: &Vec<Vec<f64>>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * dot(&a[i], x);
    }
    sum
}

#[differentiate(forward, reverse)]
fn constant_in_out(x: f64, #[constant] history: &mut Vec<f64>) -> f64 {
    history.push(1.5);
    let k = history.len() - 1;
    x * history[k]
}

#[differentiate(forward, reverse)]
fn eight(x: f64) -> f64 {
    fn_1(x) * x
}
#[differentiate(forward, reverse)]
fn fn_1(x: f64) -> f64 {
    fn_2(x + 0.1) + x
}
#[differentiate(forward, reverse)]
fn fn_2(x: f64) -> f64 {
    fn_3(x * 0.9).sin()
}
#[differentiate(forward, reverse)]
fn fn_3(x: f64) -> f64 {
    fn_4(x) * fn_4(-x)
}
#[differentiate(forward, reverse)]
fn fn_4(x: f64) -> f64 {
    if x > 0.0 { fn_5(x) } else { fn_5(x * x) }
}
#[differentiate(forward, reverse)]
fn fn_5(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..2 {
        y = fn_6(y, x);
    }
    y
}
#[differentiate(forward, reverse)]
fn fn_6(x: f64, y: f64) -> f64 {
    x * y + fn_7(&[x, y])
}
#[differentiate(forward, reverse)]
fn fn_7(v: &[f64]) -> f64 {
    v[0] / (v[1] + 2.0)
}

#[test]
fn plain_calls() {
    prove_hessian!(square(val 0.7));
    prove_hessian!(inner::cubic(val 0.7));
    prove_hessian!(inner::deep::logistic(val 0.7));
    prove_hessian!(calls_once(val 0.7, val -1.4));
    prove_hessian!(calls_of_calls(val 0.7));
    prove_hessian!(calls_by_path(val 0.7));
    prove_hessian!(call_in_loop(val 0.7, con 3));
    prove_gradient!(call_in_condition(val 0.7));
    prove_gradient!(call_in_condition(val - 0.7));
    prove!(result_unused(val 0.7, io noise(2)));
    prove_gradient!(called_with_constants(val 0.7, con 2));
    prove_gradient!(eight(val 0.7));
}

#[test]
fn aliased_arguments() {
    prove_hessian!(dot(slice noise(3), slice positive(3)));
    prove_hessian!(norm_by_aliasing(slice noise(3)));
    prove_hessian!(overlapping_views(slice noise(5)));
    prove_gradient!(aliased_locals(val 0.7));
}

#[test]
fn in_out_arguments() {
    prove!(scale_in_place(io noise(3), val 0.7) -> unit);
    prove!(in_out_whole_and_part(io noise(4), val 0.7));
    prove_gradient!(in_out_local(val 0.7));
    prove!(bump(ios 0.7, rf -1.4));
    prove!(mutable_references_to_places(val 0.7, io noise(4)));
    prove_gradient!(own_argument_updated(val 0.7));
    prove!(reborrowed(ios 0.4, val 0.7) -> unit);
}

#[test]
fn results() {
    prove!(polar(val 0.7, val -1.4));
    prove_gradient!(tuple_results(val 0.7, val -1.4));
    prove!(outer_product(val [0.7, -1.4], aref [0.2, 0.9]));
    prove_gradient!(array_results(val [0.7, -1.4], val [0.2, 0.9]));
    prove!(doubled(slice noise(3)) -> vec);
    prove_gradient!(vec_results(slice noise(3)));
    prove!(consume(val noise(2), val 0.7) -> vec);
    prove!(vec_arguments_by_value(slice noise(2)) -> vec);
}

#[test]
fn recursion() {
    for n in [0, 1, 6, 11] {
        prove_hessian!(power(val 0.9, con n));
    }
    prove_gradient!(recursion_on_data(val 7.3));
    prove_gradient!(pairwise_sum(slice noise(7)));
    prove_gradient!(pairwise_sum(slice [0.0f64; 0]));
    prove!(recursive_fold_in_place(io noise(5)) -> unit);
    prove_gradient!(even_steps(val 0.7, con 5));
    prove_gradient!(odd_steps(val 0.7, con 5));
    prove_gradient!(ackermann_like(val 0.4, con 2, con 2));
}

#[test]
fn constants() {
    prove_gradient!(partly_constant_call(val 0.7, con &[0.3, -0.2, 0.9]));
    prove_gradient!(constant_calls(val 0.7, con 3));
    prove_gradient!(constant_parameters(val 0.7, con 0.4, con &[0.3, -0.2, 0.9], con &[[1.0, 2.0], [3.0, 4.0]]));
    prove_hessian!(quadratic_with_constant_matrix(slice noise(2), con &vec![vec![1.0, -2.0], vec![0.3, 0.5]]));
    prove_gradient!(constant_in_out(val 0.7, con &mut Vec::new()));
}
