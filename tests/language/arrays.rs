//! Arrays and slices: nested ones, indexing and range slicing as reads, writes and arguments, views held in locals.
use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn array_parameter(a: [f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[1] - a[1] * b[2] + a[2] * a[2] * b[0]
}

#[differentiate(forward, reverse)]
fn cross_product(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

#[differentiate(forward, reverse, hessian)]
fn local_array_written(x: f64, y: f64) -> f64 {
    let mut a = [0.0; 4];
    a[0] = x;
    a[1] = y * a[0];
    a[2] += a[1] * a[0];
    a[3] = a[2] - a[0];
    a[0] *= a[3];
    a[1] = a[0] * a[1];
    a[0] + a[1] * a[2]
}

#[differentiate(forward, reverse, hessian)]
fn nested_array_sum(m: &[[f64; 3]; 2]) -> f64 {
    let mut sum = 0.0;
    for i in 0..2 {
        for j in 0..3 {
            sum += m[i][j] * m[1 - i][2 - j] * (i + j) as f64;
        }
    }
    sum
}

#[differentiate(forward, reverse)]
fn rotate(m: [[f64; 2]; 2], angle: f64) -> [[f64; 2]; 2] {
    let (s, c) = angle.sin_cos();
    let r = [[c, -s], [s, c]];
    let mut out = [[0.0; 2]; 2];
    for i in 0..2 {
        for j in 0..2 {
            for k in 0..2 {
                out[i][j] += r[i][k] * m[k][j];
            }
        }
    }
    out
}

#[differentiate(forward, reverse)]
fn rows_moved_around(m: [[f64; 2]; 3]) -> f64 {
    let mut a = m;
    let row = a[0];
    a[0] = a[1];
    a[1] = row;
    a[2] = [row[0] * a[0][1], row[1]];
    a[1][0] *= a[2][0];
    let mut sum = 1.0;
    for row in &a {
        sum *= row[0] + 0.5;
        for v in row {
            sum += v * v;
        }
    }
    sum
}

#[differentiate(forward, reverse)]
fn array_of_tuples(p: [(f64, f64); 3]) -> f64 {
    let mut area = 0.0;
    for i in 0..3 {
        let (x0, y0) = p[i];
        let (x1, y1) = p[(i + 1) % 3];
        area += x0 * y1 - x1 * y0;
    }
    0.5 * area
}

#[differentiate(forward, reverse, hessian)]
fn matrix_vector(a: &[f64], x: &[f64], m: usize, n: usize) -> f64 {
    let mut norm = 0.0;
    for i in 0..m {
        let row = &a[i * n..(i + 1) * n];
        let mut dot = 0.0;
        for j in 0..n {
            dot += row[j] * x[j];
        }
        norm += dot * dot;
    }
    norm.sqrt()
}

#[differentiate(forward, reverse)]
fn view_of_view(a: &[f64]) -> f64 {
    let tail = &a[1..];
    let middle = &tail[1..tail.len() - 1];
    let head = &middle[..2];
    let all = &head[..];
    let last = &a[a.len() - 2..=a.len() - 1];
    all[0] * middle[1] + tail[0] * all[1] + middle.len() as f64 * a[0] + last[1] * last[0]
}

#[differentiate(forward, reverse)]
fn view_of_local(x: f64) -> f64 {
    let a = [x, x * x, x.sin(), 1.0];
    let v = &a[1..3];
    let w = &v[1];
    v[0] * w + v[1] * a[0]
}

#[differentiate(forward, reverse)]
fn mutable_view(a: &mut [f64], n: usize) {
    for i in 0..n {
        let row = &mut a[i * n..(i + 1) * n];
        let pivot = row[i] + 2.0;
        for v in row.iter_mut() {
            *v /= pivot;
        }
        row[0] *= pivot;
    }
}

#[differentiate(forward, reverse)]
fn mutable_element_reference(a: &mut [f64], x: f64) {
    for i in 0..a.len() {
        let p = &mut a[i];
        *p *= x;
        *p += *p * *p;
    }
    let first = &mut a[0];
    *first = first.sin();
}

#[differentiate(forward, reverse)]
fn rows_of_nested(m: &[[f64; 3]], x: &[f64; 3]) -> Vec<f64> {
    let mut out = vec![0.0; m.len()];
    for (i, row) in m.iter().enumerate() {
        for j in 0..3 {
            out[i] += row[j] * x[j];
        }
    }
    out
}

#[differentiate(forward, reverse)]
fn swapped(v: &mut [f64]) {
    let n = v.len();
    for i in 0..n / 2 {
        v.swap(i, n - 1 - i);
        v[i] *= v[n - 1 - i];
    }
    v.swap(0, 0);
}

#[differentiate(forward, reverse)]
fn filled(v: &mut [f64], x: f64) -> f64 {
    let s = v[0] * v[1];
    v.fill(x * s);
    v[1] += v[0] * x;
    v[2..].fill(0.25);
    v[2] * v[1] * s
}

#[differentiate(forward, reverse)]
fn copied(v: &mut [f64], w: &[f64]) -> f64 {
    let s = v[0];
    v.copy_from_slice(w);
    v[1] *= s;
    v[0..2].copy_from_slice(&w[1..3]);
    let mut local = [0.0; 2];
    local.copy_from_slice(&v[1..3]);
    local[0] * local[1] * v[0]
}

#[differentiate(forward, reverse)]
fn indexed_by_table(v: &[f64], order: &[usize]) -> f64 {
    let mut y = 0.5;
    for &k in order {
        y = y * v[k] + v[order[k % order.len()]];
    }
    y
}

#[differentiate(forward, reverse)]
fn scatter(v: &[f64], place: &[usize], out: &mut [f64]) {
    for i in 0..v.len() {
        out[place[i]] += v[i] * v[i];
        out[place[i]] *= 1.0 + v[i];
    }
}

#[differentiate(forward, reverse)]
fn gather_overwriting(v: &mut [f64], place: &[usize; 4]) {
    for i in 0..4 {
        v[i] = v[place[i]] * v[i];
    }
}

#[differentiate(forward, reverse)]
fn index_changes_after_use(v: &mut [f64]) -> f64 {
    let mut k = 0;
    let mut y = 1.0;
    while k < v.len() {
        v[k] = v[k] * y;
        y += v[k];
        k += 1;
        if k < v.len() {
            v[k] -= y;
        }
        k += k % 2;
    }
    y
}

#[differentiate(forward, reverse)]
fn same_place_read_and_written(v: &mut [f64], i: usize, j: usize) {
    v[i] = v[i] * v[j] + v[i];
    v[j] = v[i] - v[j] * v[j];
    v[i] *= v[i];
    v[i] += v[j] * v[i] / (v[i] + 3.0);
    v[j] = v[j].powi(2) + v[j];
}

#[differentiate(forward, reverse)]
fn prefix_sums(v: &mut [f64]) {
    for i in 1..v.len() {
        v[i] += v[i - 1];
    }
}

#[differentiate(forward, reverse)]
fn prefix_products_reversed(v: &mut [f64]) {
    for i in (0..v.len() - 1).rev() {
        v[i] *= v[i + 1];
    }
}

#[differentiate(forward, reverse, hessian)]
fn convolution(a: &[f64], kernel: &[f64]) -> f64 {
    let mut energy = 0.0;
    for i in 0..a.len() + kernel.len() - 1 {
        let mut sum = 0.0;
        for j in 0..kernel.len() {
            if i >= j && i - j < a.len() {
                sum += a[i - j] * kernel[j];
            }
        }
        energy += sum * sum * (i + 1) as f64;
    }
    energy
}

#[differentiate(forward, reverse)]
fn smooth_in_place(v: &mut [f64], passes: usize) {
    for _ in 0..passes {
        let mut left = v[0];
        for i in 1..v.len() - 1 {
            let here = v[i];
            v[i] = 0.25 * left + 0.5 * here + 0.25 * v[i + 1] * here;
            left = here;
        }
    }
}

#[differentiate(forward, reverse)]
fn array_length_and_bounds(v: &[f64], a: [f64; 5]) -> f64 {
    let mut y = v.len() as f64 * v[0];
    if v.len() > a.len() || v.is_empty() {
        y = 0.0;
    }
    for i in 0..v.len().min(a.len()) {
        y += v[i] * a[a.len() - 1 - i];
    }
    y * y
}

#[differentiate(forward, reverse, hessian)]
fn bilinear_form(x: &[f64], a: &[f64], y: &[f64]) -> f64 {
    let n = y.len();
    let mut sum = 0.0;
    for (i, xi) in x.iter().enumerate() {
        let row = &a[i * n..][..n];
        for (j, yj) in y.iter().enumerate() {
            sum += xi * row[j] * yj;
        }
    }
    sum
}

#[differentiate(forward, reverse)]
fn whole_array_assigned(x: f64, n: usize) -> f64 {
    let mut a = [x, 1.0, 0.5];
    for i in 0..n {
        let old = a;
        a = [old[1] * x, old[2] + old[0], old[0] * old[1]];
        if i == 1 {
            a = [a[2]; 3];
        }
    }
    a[0] * a[1] + a[2]
}

#[differentiate(forward, reverse)]
fn three_dimensions(t: &[[[f64; 2]; 2]; 2], x: [f64; 2]) -> f64 {
    let mut sum = 0.0;
    for i in 0..2 {
        for j in 0..2 {
            for k in 0..2 {
                sum += t[i][j][k] * x[i] * x[j] * x[k];
            }
        }
    }
    let plane = &t[1];
    let line = &plane[0];
    sum * line[1] + plane[1][0]
}

#[test]
fn arrays() {
    prove_hvp!(array_parameter(val [0.7, -1.4, 0.3], aref [0.2, 0.9, -0.6]));
    prove!(cross_product(aref [0.7, -1.4, 0.3], aref [0.2, 0.9, -0.6]));
    prove_hvp!(local_array_written(val 0.7, val -1.4));
    prove_hvp!(nested_array_sum(aref [[0.7, -1.4, 0.3], [0.2, 0.9, -0.6]]));
    prove!(rotate(val [[0.7, -1.4], [0.2, 0.9]], val 0.4));
    prove_gradient!(rows_moved_around(val [[0.7, -1.4], [0.2, 0.9], [0.1, 0.4]]));
    prove_gradient!(array_of_tuples(val [(0.7, -1.4), (0.2, 0.9), (0.1, 0.4)]));
    prove_gradient!(whole_array_assigned(val 0.7, con 4));
    prove_gradient!(three_dimensions(aref [[[0.7, -1.4], [0.2, 0.9]], [[0.1, 0.4], [0.5, 1.2]]], val [0.3, -0.8]));
    prove_gradient!(array_length_and_bounds(slice noise(3), val [0.1, 0.2, 0.3, 0.4, 0.5]));
    prove_gradient!(array_length_and_bounds(slice noise(6), val [0.1, 0.2, 0.3, 0.4, 0.5]));
}

#[test]
fn views() {
    prove_hvp!(matrix_vector(slice noise(6), slice noise(3), con 2, con 3));
    prove_hvp!(bilinear_form(slice noise(2), slice noise(6), slice positive(3)));
    prove_gradient!(view_of_view(slice noise(6)));
    prove_gradient!(view_of_local(val 0.7));
    prove!(mutable_view(io noise(9), con 3) -> unit);
    prove!(mutable_element_reference(io noise(4), val 0.7) -> unit);
    prove!(rows_of_nested(aref vec![[0.7, -1.4, 0.3], [0.2, 0.9, -0.6]], aref [0.5, 0.1, 0.2]) -> vec);
}

#[test]
fn slice_methods() {
    prove!(swapped(io noise(5)) -> unit);
    prove!(swapped(io noise(6)) -> unit);
    prove!(filled(io noise(4), val 0.7));
    prove!(copied(io noise(3), slice positive(3)));
}

#[test]
fn indices() {
    prove_gradient!(indexed_by_table(slice noise(4), con &[3, 0, 0, 2, 1, 3]));
    prove!(scatter(slice noise(5), con &[0, 2, 2, 1, 0], io positive(3)) -> unit);
    prove!(gather_overwriting(io noise(4), con &[3, 0, 0, 1]) -> unit);
    prove!(index_changes_after_use(io noise(7)));
    prove!(same_place_read_and_written(io noise(4), con 1, con 3) -> unit);
    prove!(same_place_read_and_written(io noise(4), con 2, con 2) -> unit);
}

#[test]
fn in_place_sweeps() {
    prove!(prefix_sums(io noise(6)) -> unit);
    prove!(prefix_products_reversed(io noise(6)) -> unit);
    prove_hvp!(convolution(slice noise(5), slice noise(3)));
    prove!(smooth_in_place(io noise(6), con 3) -> unit);
}
