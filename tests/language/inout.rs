//! `&mut` parameters: input and output at once.
use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse)]
fn scalar_updated(x: &mut f64, a: f64) {
    *x = *x * a + x.sin();
}

#[differentiate(forward, reverse)]
fn scalar_updated_with_result(x: &mut f64, a: f64) -> f64 {
    let old = *x;
    *x *= a;
    *x -= old * old;
    old * *x
}

#[differentiate(forward, reverse)]
fn two_scalars_exchanged(x: &mut f64, y: &mut f64) {
    let t = *x;
    *x = *y * t;
    *y = t;
}

#[differentiate(forward, reverse)]
fn untouched(x: &mut f64, v: &mut [f64], a: f64) -> f64 {
    a * a
}

#[differentiate(forward, reverse)]
fn only_read(v: &mut [f64], x: &mut f64) -> f64 {
    v[0] * *x + v[1]
}

#[differentiate(forward, reverse)]
fn only_written(v: &mut [f64], a: f64) {
    for i in 0..v.len() {
        v[i] = a * (i as f64 + 0.5);
    }
}

#[differentiate(forward, reverse)]
fn written_with_constants(v: &mut [f64], a: f64) -> f64 {
    let y = v[0] * a;
    for x in v.iter_mut() {
        *x = 1.5;
    }
    y * v[1]
}

#[differentiate(forward, reverse)]
fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for i in 0..y.len() {
        y[i] += a * x[i];
    }
}

#[differentiate(forward, reverse)]
fn partly_overwritten(v: &mut [f64], a: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..v.len() / 2 {
        v[2 * i] = v[2 * i + 1] * a;
        sum += v[2 * i] * v[i];
    }
    sum
}

#[differentiate(forward, reverse)]
fn array_in_place(m: &mut [[f64; 2]; 2], x: f64) {
    let det = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    *m = [
        [m[1][1] / det, -m[0][1] / det],
        [-m[1][0] / det, m[0][0] / det],
    ];
    m[0][1] *= x;
}

#[differentiate(forward, reverse)]
fn tuple_in_place(p: &mut (f64, f64), angle: f64) {
    let (s, c) = angle.sin_cos();
    let (x, y) = *p;
    p.0 = c * x - s * y;
    p.1 = s * x + c * y;
}

#[differentiate(forward, reverse)]
fn forward_substitution(l: &[f64], b: &mut [f64]) {
    let n = b.len();
    for i in 0..n {
        for j in 0..i {
            b[i] -= l[i * n + j] * b[j];
        }
        b[i] /= l[i * n + i] + 2.0;
    }
}

#[differentiate(forward, reverse)]
fn back_substitution(u: &[f64], b: &mut [f64], n: usize) {
    for i in (0..n).rev() {
        let mut sum = b[i];
        for j in i + 1..n {
            sum -= u[i * n + j] * b[j];
        }
        b[i] = sum / (3.0 + u[i * n + i]);
    }
}

#[differentiate(forward, reverse)]
fn cholesky_in_place(a: &mut [f64], n: usize) {
    for j in 0..n {
        for k in 0..j {
            for i in j..n {
                a[i * n + j] -= a[i * n + k] * a[j * n + k];
            }
        }
        let d = a[j * n + j].sqrt();
        a[j * n + j] = d;
        for i in j + 1..n {
            a[i * n + j] /= d;
        }
    }
}

#[differentiate(forward, reverse)]
fn lu_in_place(a: &mut [f64], n: usize) -> f64 {
    let mut determinant = 1.0;
    for k in 0..n {
        let pivot = a[k * n + k];
        determinant *= pivot;
        for i in k + 1..n {
            a[i * n + k] /= pivot;
            for j in k + 1..n {
                a[i * n + j] -= a[i * n + k] * a[k * n + j];
            }
        }
    }
    determinant
}

#[differentiate(forward, reverse)]
fn bubble_sort_passes(v: &mut [f64], passes: usize) {
    for p in 0..passes {
        for i in 1..v.len() - p {
            if v[i] < v[i - 1] {
                v.swap(i, i - 1);
            }
        }
    }
    v[0] *= v[v.len() - 1];
}

#[differentiate(forward, reverse)]
fn insertion_sort(v: &mut [f64]) {
    for i in 1..v.len() {
        let x = v[i];
        let mut j = i;
        while j > 0 && v[j - 1] > x {
            v[j] = v[j - 1];
            j -= 1;
        }
        v[j] = x;
    }
    for i in 0..v.len() {
        v[i] *= (i + 1) as f64 * v[i];
    }
}

#[differentiate(forward, reverse)]
fn gauss_seidel(a: &[f64], b: &[f64], x: &mut [f64], sweeps: usize) -> f64 {
    let n = x.len();
    let mut change = 0.0;
    for _ in 0..sweeps {
        change = 0.0;
        for i in 0..n {
            let mut sum = b[i];
            for j in 0..n {
                if j != i {
                    sum -= a[i * n + j] * x[j];
                }
            }
            let new = sum / (a[i * n + i] + 4.0);
            change += (new - x[i]) * (new - x[i]);
            x[i] = new;
        }
    }
    change
}

#[differentiate(forward, reverse)]
fn heat_steps(u: &mut [f64], alpha: f64, steps: usize) {
    let n = u.len();
    let mut next = vec![0.0; n];
    for _ in 0..steps {
        for i in 1..n - 1 {
            next[i] = u[i] + alpha * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        next[0] = u[0] * u[1];
        next[n - 1] = u[n - 1];
        u.copy_from_slice(&next);
    }
}

#[differentiate(forward, reverse)]
fn butterflies(re: &mut [f64], im: &mut [f64]) {
    // Radix-2 FFT without the bit reversal.
    let n = re.len();
    let mut half = n / 2;
    while half > 0 {
        for start in (0..n).step_by(2 * half) {
            for k in 0..half {
                let angle = -std::f64::consts::PI * k as f64 / half as f64;
                let (s, c) = angle.sin_cos();
                let (i, j) = (start + k, start + k + half);
                let (dr, di) = (re[i] - re[j], im[i] - im[j]);
                re[i] += re[j];
                im[i] += im[j];
                re[j] = dr * c - di * s;
                im[j] = dr * s + di * c;
            }
        }
        half /= 2;
    }
}

#[differentiate(forward, reverse)]
fn moved_between(a: &mut [f64], b: &mut [f64]) {
    for i in 0..a.len() {
        let t = a[i];
        a[i] = b[i] * b[0];
        b[i] = t * a[0];
    }
    a.copy_from_slice(b);
    b[0] = a[1] * a[1];
}

#[differentiate(forward, reverse)]
fn accumulate(v: &[f64], sum: &mut f64, squares: &mut f64, count: &mut usize) {
    for x in v {
        *sum += x;
        *squares += x * x;
        *count += 1;
    }
    *sum /= *count as f64;
}

#[differentiate(forward, reverse, hessian)]
fn workspace(x: &[f64], work: &mut [f64]) -> f64 {
    for i in 0..x.len() {
        work[i] = x[i] * x[i];
    }
    let mut sum = 0.0;
    for i in 1..x.len() {
        work[i] += work[i - 1] * x[i];
        sum += work[i];
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn state_advanced(x: f64, y: f64, state: &mut [f64; 2]) -> f64 {
    state[0] = state[0] * x + state[1];
    state[1] = state[0] * y - state[1] * state[1];
    state[0] * state[1] * x
}

#[test]
fn scalars() {
    prove!(scalar_updated(ios 0.7, val -1.4) -> unit);
    prove!(scalar_updated_with_result(ios 0.7, val -1.4));
    prove!(two_scalars_exchanged(ios 0.7, ios -1.4) -> unit);
    prove!(untouched(ios 0.7, io noise(2), val -1.4));
    prove!(only_read(io noise(2), ios 0.7));
    prove!(tuple_in_place(ioa (0.7, -1.4), val 0.3) -> unit);
    prove!(accumulate(slice noise(4), ios 0.3, ios 0.4, con &mut 2) -> unit);
}

#[test]
fn slices() {
    prove!(only_written(io noise(3), val 0.7) -> unit);
    prove!(written_with_constants(io noise(3), val 0.7));
    prove!(axpy(val 0.7, slice noise(3), io positive(3)) -> unit);
    prove!(partly_overwritten(io noise(5), val 0.7));
    prove!(array_in_place(ioa [[0.7, -1.4], [0.2, 0.9]], val 0.3) -> unit);
    prove!(moved_between(io noise(3), io positive(3)) -> unit);
    prove_hvp!(workspace(slice noise(4), io positive(4)));
    prove_hvp!(state_advanced(val 0.7, val -1.4, ioa [0.3, 0.2]));
}

#[test]
fn linear_algebra() {
    prove!(forward_substitution(slice noise(9), io positive(3)) -> unit);
    prove!(back_substitution(slice noise(9), io positive(3), con 3) -> unit);
    prove!(cholesky_in_place(io [4.0, 0.5, -0.3, 0.5, 3.0, 0.7, -0.3, 0.7, 5.0], con 3) -> unit);
    prove!(lu_in_place(io [4.0, 0.5, -0.3, 0.5, 3.0, 0.7, -0.3, 0.7, 5.0], con 3));
    prove!(gauss_seidel(slice noise(9), slice positive(3), io noise(3), con 3));
}

#[test]
fn sweeps() {
    prove!(bubble_sort_passes(io noise(6), con 3) -> unit);
    prove!(insertion_sort(io noise(6)) -> unit);
    prove!(heat_steps(io noise(5), val 0.2, con 3) -> unit);
    prove!(butterflies(io noise(8), io positive(8)) -> unit);
}

/// Names for what is lent: handed on as they are.
mod handed_on {
    use super::*;

    #[differentiate(forward, reverse, hessian)]
    fn damp(rate: &[f64], y: &mut f64) -> f64 {
        *y -= rate[0] * *y * *y;
        *y * rate[1]
    }

    #[differentiate(forward, reverse, hessian)]
    fn damp_row(rate: &[f64], row: &mut [f64; 2]) {
        row[0] *= rate[0];
        row[1] = row[0] * row[1];
    }

    #[differentiate(forward, reverse, hessian)]
    fn each(rate: &[f64], x: &mut [f64], n: usize) -> f64 {
        let mut sum = 0.0;
        for v in x.iter_mut() {
            if *v < -5.0 {
                continue;
            }
            for _ in 0..n {
                sum += damp(rate, v);
            }
            *v *= sum.sin();
        }
        sum
    }

    #[differentiate(forward, reverse, hessian)]
    fn numbered(rate: &[f64], x: &mut [f64]) -> f64 {
        let mut sum = x[0];
        for (k, v) in x.iter_mut().enumerate().rev() {
            match k % 3 {
                0 => sum *= damp(rate, v),
                _ => *v += sum,
            }
        }
        let last = &mut x[1];
        damp(rate, last) + damp(&rate[1..], last) * sum
    }

    #[differentiate(forward, reverse, hessian)]
    fn rows(rate: &[f64], table: &mut [[f64; 2]]) {
        for row in &mut *table {
            damp_row(rate, row);
        }
        let (first, others) = table.split_at_mut(1);
        for row in others {
            damp_row(rate, row);
            row[0] += first[0][1];
        }
    }

    #[test]
    fn proved() {
        prove_hvp!(each(slice positive(2), io noise(3), con 2));
        prove_hvp!(each(slice positive(2), io noise(3), con 0));
        prove_hvp!(numbered(slice positive(3), io noise(4)));
        prove!(rows(slice positive(2), io [[0.3, 0.7], [-0.4, 1.1], [0.9, 0.2]]) -> unit);
    }
}
