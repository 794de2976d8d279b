//! `Vec`: made, copied, grown and shrunk; nested.
use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn vec_of_values(x: f64, y: f64) -> f64 {
    let v = vec![x, y * x, 1.0, y];
    v[0] * v[1] + v[2] * v[3]
}

#[differentiate(forward, reverse, hessian)]
fn vec_repeated(x: f64, n: usize) -> f64 {
    let mut v = vec![x * x; n];
    for i in 1..n {
        v[i] *= v[i - 1] + x;
    }
    v[n - 1]
}

#[differentiate(forward, reverse)]
fn vec_result(x: &[f64], scale: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = x[i] * scale;
    }
    out
}

#[differentiate(forward, reverse)]
fn vec_by_value(v: Vec<f64>, x: f64) -> Vec<f64> {
    let mut v = v;
    v[0] *= x;
    v[1] += v[0] * v[0];
    v
}

#[differentiate(forward, reverse)]
fn vec_returned_unchanged(v: Vec<f64>) -> Vec<f64> {
    v
}

#[differentiate(forward, reverse, hessian)]
fn pushed(x: &[f64]) -> f64 {
    let mut squares = Vec::new();
    for v in x {
        squares.push(v * v);
        if *v < 0.0 {
            squares.push(v.exp());
        }
    }
    let mut y = 1.0;
    for s in &squares {
        y = y * s + 0.3;
    }
    y
}

#[differentiate(forward, reverse)]
fn stack_machine(x: f64, y: f64) -> f64 {
    let mut stack = vec![x];
    stack.push(y);
    stack.push(x * y);
    let a = stack.pop().unwrap();
    let b = stack.pop().unwrap();
    stack.push(a * b - a);
    stack.push(b.sin());
    let c = stack.pop().unwrap();
    stack[0] *= c;
    stack[0] + stack[1] * stack.len() as f64
}

#[differentiate(forward, reverse)]
fn reverse_polish(v: &[f64], program: &[usize]) -> f64 {
    let mut stack: Vec<f64> = Vec::new();
    for &code in program {
        match code {
            0 => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                stack.push(a + b);
            }
            1 => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                stack.push(a * b);
            }
            2 => {
                let a = stack.pop().unwrap();
                stack.push(a.sin());
            }
            k => stack.push(v[k - 3]),
        }
    }
    stack.pop().unwrap()
}

#[differentiate(forward, reverse)]
fn popped_and_dropped(x: f64) -> f64 {
    let mut v = vec![x, x * x];
    v.push(x.exp());
    v.pop();
    let _ = v.pop();
    v.push(3.0 * x);
    v[0] * v[1]
}

#[differentiate(forward, reverse)]
fn resized(x: f64, n: usize) -> f64 {
    let mut v = vec![x, 2.0 * x];
    v.resize(n, x * x);
    let mut y = 0.1;
    for w in v.iter() {
        y += w * w;
    }
    v.resize(1, 0.0);
    v.resize(3, y);
    v[0] * v[1] + v[2]
}

#[differentiate(forward, reverse)]
fn resize_in_out(v: &mut Vec<f64>, x: f64) {
    v.resize(2, x);
    v[1] *= v[0];
    v.push(v[1] + x);
    v.resize(5, v[0] * x);
}

#[differentiate(forward, reverse)]
fn push_in_out(v: &mut Vec<f64>, x: f64, n: usize) {
    for i in 0..n {
        let last = v[v.len() - 1];
        v.push(last * x + i as f64);
    }
}

#[differentiate(forward, reverse)]
fn pop_in_out(v: &mut Vec<f64>) -> f64 {
    let mut product = 1.0;
    while v.len() > 2 {
        let last = v.pop().unwrap();
        product *= last;
        let n = v.len();
        v[n - 1] += last * last;
    }
    product
}

#[differentiate(forward, reverse)]
fn replaced_in_out(v: &mut Vec<f64>, x: f64) {
    let fresh = vec![v[0] * x, v[1] * v[0], x];
    *v = fresh;
    v[2] *= v[0];
}

#[differentiate(forward, reverse)]
fn cloned(v: &[f64], w: &Vec<f64>) -> f64 {
    let mut a = v.to_vec();
    let mut b = w.clone();
    a[0] *= b[0];
    b[0] = a[0] * a[1];
    let c = b.clone();
    b[1] *= c[0];
    a[0] * b[1] + c[1] * v[0] + w[0]
}

#[differentiate(forward, reverse)]
fn slice_to_vec(v: &[f64]) -> Vec<f64> {
    let mut tail = v[1..].to_vec();
    tail[0] *= v[0];
    tail.swap(0, 1);
    tail
}

#[differentiate(forward, reverse, hessian)]
fn nested_rows(m: &Vec<Vec<f64>>, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..m.len() {
        for j in 0..m[i].len() {
            sum += m[i][j] * x[j] * x[i];
        }
    }
    sum
}

#[differentiate(forward, reverse)]
fn nested_built(x: &[f64]) -> Vec<Vec<f64>> {
    let mut triangle = Vec::new();
    for i in 0..x.len() {
        let mut row = vec![x[i]; i + 1];
        for j in 0..i {
            row[j] *= x[j];
        }
        triangle.push(row);
    }
    triangle
}

#[differentiate(forward, reverse)]
fn nested_in_out(m: &mut Vec<Vec<f64>>, x: f64) {
    for i in 1..m.len() {
        for j in 0..m[i].len() {
            m[i][j] += m[i - 1][j] * x;
        }
    }
    m[0][0] *= m[1][0];
}

#[differentiate(forward, reverse)]
fn nested_zeros(x: f64, n: usize) -> f64 {
    let mut m = vec![vec![0.0; n]; n];
    for i in 0..n {
        m[i][i] = x;
        m[i][(i + 1) % n] = x * x;
    }
    let mut product = 1.0;
    for i in 0..n {
        let row = &m[i];
        let mut s = 0.0;
        for v in row {
            s += v;
        }
        product *= s;
    }
    product
}

#[differentiate(forward, reverse)]
fn nested_row_moved(m: &Vec<Vec<f64>>) -> f64 {
    let mut a = m.clone();
    let row = a[0].clone();
    a[1] = row;
    a[0][0] *= a[1][1];
    a.swap(0, 1);
    a.push(vec![a[0][0] * 2.0]);
    a[0][0] * a[1][0] + a[2][0] * m[1][0]
}

#[differentiate(forward, reverse)]
fn nested_rows_of_arrays(p: &[[f64; 2]], w: &[f64]) -> [f64; 2] {
    let mut centre = [0.0, 0.0];
    let mut total = 0.0;
    for (i, q) in p.iter().enumerate() {
        centre[0] += w[i] * q[0];
        centre[1] += w[i] * q[1];
        total += w[i];
    }
    [centre[0] / total, centre[1] / total]
}

#[differentiate(forward, reverse)]
fn vec_of_tuples(x: &[f64]) -> f64 {
    let mut pairs = Vec::new();
    for i in 1..x.len() {
        pairs.push((x[i - 1], x[i] * x[i]));
    }
    let mut sum = 0.0;
    for (a, b) in &pairs {
        sum += a * b;
    }
    for p in pairs.iter() {
        sum *= p.0 + p.1;
    }
    sum
}

#[differentiate(forward, reverse)]
fn with_capacity(x: f64, n: usize) -> Vec<f64> {
    let mut v = Vec::with_capacity(n);
    let mut term = x;
    for i in 0..n {
        v.push(term);
        term *= x / (i + 1) as f64;
    }
    v
}

#[differentiate(forward, reverse)]
fn vec_overwritten_whole(x: &[f64], n: usize) -> f64 {
    let mut v = x.to_vec();
    for _ in 0..n {
        let mut next = vec![0.0; v.len()];
        for i in 0..v.len() {
            next[i] = v[i] * v[(i + 1) % v.len()] + 0.1;
        }
        v = next;
    }
    v[0] * v[1]
}

#[differentiate(forward, reverse)]
fn empty_vec(x: f64) -> f64 {
    let v: Vec<f64> = Vec::new();
    let mut y = x;
    for w in &v {
        y *= w;
    }
    if v.is_empty() { y * x } else { v[0] }
}

#[differentiate(forward, reverse)]
fn integer_vecs_beside(x: &[f64]) -> f64 {
    let mut order = Vec::new();
    let mut counts = vec![0usize; x.len()];
    for i in 0..x.len() {
        if x[i] > 0.0 {
            order.push(i);
        }
        counts[i % 2] += 1;
    }
    let mut y = 1.0;
    for k in &order {
        y = y * x[*k] + counts[*k % 2] as f64;
    }
    y
}

#[differentiate(forward, reverse)]
fn tuple_with_vec(x: &[f64]) -> (Vec<f64>, f64) {
    let mut out = x.to_vec();
    let mut norm = 0.0;
    for v in &out {
        norm += v * v;
    }
    norm = norm.sqrt();
    for v in &mut out {
        *v /= norm;
    }
    (out, norm)
}

#[test]
fn made() {
    prove_hvp!(vec_of_values(val 0.7, val -1.4));
    prove_hvp!(vec_repeated(val 0.7, con 4));
    prove!(vec_result(slice noise(4), val 0.7) -> vec);
    prove!(vec_by_value(val noise(3), val 0.7) -> vec);
    prove!(vec_returned_unchanged(val noise(3)) -> vec);
    prove!(cloned(slice noise(2), aref positive(2)));
    prove!(slice_to_vec(slice noise(4)) -> vec);
    prove!(with_capacity(val 0.7, con 5) -> vec);
    prove_gradient!(vec_overwritten_whole(slice noise(4), con 3));
    prove_gradient!(empty_vec(val 0.7));
    prove_gradient!(integer_vecs_beside(slice noise(6)));
    prove!(tuple_with_vec(slice noise(4)) -> vec);
}

#[test]
fn grown_and_shrunk() {
    prove_hvp!(pushed(slice noise(5)));
    prove_gradient!(stack_machine(val 0.7, val -1.4));
    prove_gradient!(reverse_polish(slice noise(3), con &[3, 4, 1, 5, 2, 0, 3, 1]));
    prove_gradient!(popped_and_dropped(val 0.7));
    prove_gradient!(resized(val 0.7, con 5));
    prove_gradient!(resized(val 0.7, con 1));
    prove!(resize_in_out(iov noise(4), val 0.7) -> unit);
    prove!(resize_in_out(iov noise(1), val 0.7) -> unit);
    prove!(push_in_out(iov noise(2), val 0.7, con 3) -> unit);
    prove!(pop_in_out(iov noise(5)));
    prove!(replaced_in_out(iov noise(2), val 0.7) -> unit);
}

#[test]
fn nested() {
    prove_hvp!(nested_rows(aref vec![vec![0.7, -1.4], vec![0.2, 0.9, 0.4]], slice noise(3)));
    prove!(nested_built(slice noise(3)) -> vec);
    prove!(nested_in_out(iov vec![noise(3), positive(3), noise(2)], val 0.7) -> unit);
    prove_gradient!(nested_zeros(val 0.7, con 3));
    prove_gradient!(nested_row_moved(aref vec![noise(2), positive(2)]));
    prove!(nested_rows_of_arrays(aref vec![[0.7, -1.4], [0.2, 0.9], [0.5, 0.5]], slice positive(3)));
    prove_gradient!(vec_of_tuples(slice noise(4)));
}

#[differentiate(forward, reverse, hessian)]
fn grows(v: &mut Vec<f64>, s: f64) -> f64 {
    let first = v[0];
    v.push(first * s);
    v.push(s * s);
    v[1] * v[2] + v[3]
}

/// The shadow that `f_gradient` makes for itself has the length that the vector comes to.
#[test]
fn gradients_of_growing_vectors() {
    let mut v = vec![0.5, 0.7];
    let (value, slope) = grows_gradient(&mut v, 0.9);
    assert_eq!(v, [0.5, 0.7, 0.5 * 0.9, 0.9 * 0.9]);
    assert!((value - (0.35 * 0.9 + 0.81)).abs() < 1e-15);
    assert!((slope - (0.35 + 1.8)).abs() < 1e-15);
    let (mut v, mut direction) = (vec![0.5, 0.7], vec![1.0, 0.0]);
    let (_, gradient, product) = grows_hvp(&mut v, &mut direction, 0.9, 1.0);
    assert_eq!(gradient, slope);
    assert!((product - (2.0 + 0.7)).abs() < 1e-15);
}
