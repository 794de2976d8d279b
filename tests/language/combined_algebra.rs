//! Three features or more at once: linear algebra and numerical methods.
//! The line before each function says what it combines.
use crate::harness::{noise, positive};
use chainrule::{constant, differentiate};

// nested loops · in/out slice · place read and written · callee with a view
#[differentiate(forward, reverse)]
fn solve_with_cholesky(a: &mut [f64], b: &mut [f64]) -> f64 {
    let n = b.len();
    let log_det = factorise(a, n);
    for i in 0..n {
        let row = &a[i * n..i * n + i];
        b[i] -= dot(row, &b[..i]);
        b[i] /= a[i * n + i];
    }
    for i in (0..n).rev() {
        for j in i + 1..n {
            b[i] -= a[j * n + i] * b[j];
        }
        b[i] /= a[i * n + i];
    }
    log_det
}

// in/out slice · overwritten accumulator · early return · sqrt of an updated place
#[differentiate(forward, reverse)]
fn factorise(a: &mut [f64], n: usize) -> f64 {
    let mut log_det = 0.0;
    for j in 0..n {
        for k in 0..j {
            a[j * n + j] -= a[j * n + k] * a[j * n + k];
        }
        if a[j * n + j] <= 0.0 {
            return f64::NEG_INFINITY;
        }
        a[j * n + j] = a[j * n + j].sqrt();
        log_det += 2.0 * a[j * n + j].ln();
        for i in j + 1..n {
            for k in 0..j {
                a[i * n + j] -= a[i * n + k] * a[j * n + k];
            }
            a[i * n + j] /= a[j * n + j];
        }
    }
    log_det
}

#[differentiate(forward, reverse, hessian)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, x) in a.iter().enumerate() {
        sum += x * b[i];
    }
    sum
}

// pivoting by data · row swaps · in/out · continue · sign flips
#[differentiate(forward, reverse)]
fn determinant_with_pivoting(a: &mut [f64], n: usize) -> f64 {
    let mut det = 1.0;
    for k in 0..n {
        let mut p = k;
        for i in k + 1..n {
            if a[i * n + k].abs() > a[p * n + k].abs() {
                p = i;
            }
        }
        if p != k {
            for j in 0..n {
                a.swap(k * n + j, p * n + j);
            }
            det = -det;
        }
        det *= a[k * n + k];
        for i in k + 1..n {
            let f = a[i * n + k] / a[k * n + k];
            if f == 0.0 {
                continue;
            }
            a[i * n + k] = 0.0;
            for j in k + 1..n {
                a[i * n + j] -= f * a[k * n + j];
            }
        }
    }
    det
}

// Vec<Vec> · moved rows · overwritten rows · break by data
#[differentiate(forward, reverse)]
fn gram_schmidt(v: &Vec<Vec<f64>>, limit: f64) -> Vec<f64> {
    let mut q = v.clone();
    let mut norms = Vec::new();
    for i in 0..q.len() {
        let mut u = q[i].clone();
        for j in 0..i {
            let c = dot(&u, &q[j]);
            for k in 0..u.len() {
                u[k] -= c * q[j][k];
            }
        }
        let norm = dot(&u, &u).sqrt();
        norms.push(norm);
        if norm < limit {
            break;
        }
        for x in &mut u {
            *x /= norm;
        }
        q[i] = u;
    }
    norms.push(q[0][1] * q[1][0]);
    norms
}

// while with unknown trips · tuple results of a callee · overwritten array · shadowing
#[differentiate(forward, reverse, hessian)]
fn power_iteration(m: &[[f64; 2]; 2], x: [f64; 2]) -> f64 {
    let mut x = x;
    let mut last = 0.0;
    let mut k = 0;
    loop {
        let (y, lambda) = normalised_product(m, x);
        let change = (lambda - last).abs();
        last = lambda;
        x = y;
        k += 1;
        if change < 1e-3 || k > 12 {
            break;
        }
    }
    last * x[0]
}

#[differentiate(forward, reverse, hessian)]
fn normalised_product(m: &[[f64; 2]; 2], x: [f64; 2]) -> ([f64; 2], f64) {
    let mut y = [0.0; 2];
    for i in 0..2 {
        for j in 0..2 {
            y[i] += m[i][j] * x[j];
        }
    }
    let norm = y[0].hypot(y[1]);
    for v in y.iter_mut() {
        *v /= norm;
    }
    (y, norm)
}

// local work arrays · swapped buffers · while · early exit with value
#[differentiate(forward, reverse)]
fn conjugate_gradients(a: &[f64], b: &[f64], steps: usize) -> Vec<f64> {
    let n = b.len();
    let mut x = vec![0.0; n];
    let mut r = b.to_vec();
    let mut p = r.clone();
    let mut rr = dot(&r, &r);
    for _ in 0..steps {
        let mut ap = vec![0.0; n];
        for i in 0..n {
            ap[i] = dot(&a[i * n..(i + 1) * n], &p) + 3.0 * p[i];
        }
        let alpha = rr / dot(&p, &ap);
        for i in 0..n {
            x[i] += alpha * p[i];
            r[i] -= alpha * ap[i];
        }
        let new = dot(&r, &r);
        if new < 1e-9 {
            return x;
        }
        let beta = new / rr;
        rr = new;
        for i in 0..n {
            p[i] = r[i] + beta * p[i];
        }
    }
    x
}

// in/out array · callee with out parameters · loop over stages · shadowed names
#[differentiate(forward, reverse)]
fn runge_kutta_orbit(state: &mut [f64; 4], mu: f64, h: f64, steps: usize) {
    for _ in 0..steps {
        let mut k = [[0.0; 4]; 4];
        for s in 0..4 {
            let mut at = *state;
            if s > 0 {
                let w = if s == 3 { h } else { 0.5 * h };
                for i in 0..4 {
                    at[i] += w * k[s - 1][i];
                }
            }
            gravity(&at, mu, &mut k[s]);
        }
        for i in 0..4 {
            state[i] += h / 6.0 * (k[0][i] + 2.0 * k[1][i] + 2.0 * k[2][i] + k[3][i]);
        }
    }
}

#[differentiate(forward, reverse)]
fn gravity(at: &[f64; 4], mu: f64, out: &mut [f64; 4]) {
    let (x, y) = (at[0], at[1]);
    let r = x.hypot(y);
    out[0] = at[2];
    out[1] = at[3];
    out[2] = -mu * x / r.powi(3);
    out[3] = -mu * y / r.powi(3);
}

// while by time · step size depends on values · rejected steps (continue) · in/out scalar
#[differentiate(forward, reverse)]
fn adaptive_decay(y: &mut f64, rate: f64, end: f64) -> f64 {
    let mut t = 0.0;
    let mut h = 0.4;
    let mut work = 0.0;
    while t < end {
        let coarse = *y - h * rate * *y;
        let middle = *y - 0.5 * h * rate * *y;
        let fine = middle - 0.5 * h * rate * middle;
        if (fine - coarse).abs() > 0.01 {
            h *= 0.5;
            continue;
        }
        t += h;
        *y = 2.0 * fine - coarse;
        work += h * *y;
    }
    work
}

// damped Newton · inner loop · labelled break · callee in condition
#[differentiate(forward, reverse, hessian)]
fn damped_newton(a: f64, b: f64) -> f64 {
    let mut x = 2.5;
    'outer: for k in 0..40 {
        let r = residual(x, a, b);
        let slope = (residual(x + 1e-4, a, b) - residual(x - 1e-4, a, b)) / 2e-4;
        let mut step = r / slope;
        for _ in 0..6 {
            if residual(x - step, a, b).abs() < r.abs() {
                x -= step;
                if step.abs() < 1e-12 {
                    break 'outer;
                }
                continue 'outer;
            }
            step *= 0.5;
        }
        break;
    }
    x * a
}

#[differentiate(forward, reverse, hessian)]
fn residual(x: f64, a: f64, b: f64) -> f64 {
    x.atan() * a + 0.1 * x - b
}

// const generics · recursion · array by value and result · in/out view of a local
#[differentiate(forward, reverse)]
fn matrix_power<const N: usize>(m: &[[f64; N]; N], k: usize) -> [[f64; N]; N] {
    if k == 1 {
        return *m;
    }
    let half = matrix_power(m, k / 2);
    let mut out = [[0.0; N]; N];
    multiply_into(&half, &half, &mut out);
    if k % 2 == 1 {
        let copy = out;
        multiply_into(&copy, m, &mut out);
    }
    out
}

#[differentiate(forward, reverse)]
fn multiply_into<const N: usize>(a: &[[f64; N]; N], b: &[[f64; N]; N], out: &mut [[f64; N]; N]) {
    for i in 0..N {
        for j in 0..N {
            out[i][j] = 0.0;
            for k in 0..N {
                out[i][j] += a[i][k] * b[k][j];
            }
        }
    }
}

// loop carried pair · alternating signs · break value · zero trips possible
#[differentiate(forward, reverse, hessian)]
fn lentz_continued_fraction(x: f64, n: usize) -> f64 {
    let mut f = 1.0;
    let mut c = f;
    let mut d = 0.0;
    let mut k = 0;
    let result = loop {
        if k == n {
            break f;
        }
        k += 1;
        let a = if k % 2 == 0 { x * k as f64 } else { x };
        d = 1.0 / (1.0 + a * d);
        c = 1.0 + a / c;
        let delta = c * d;
        f *= delta;
        if (delta - 1.0).abs() < 1e-14 {
            break f * 1.0;
        }
    };
    result + x
}

// recursion over slices · in/out slices · swap · callee results
#[differentiate(forward, reverse)]
fn fft_recursive(re: &mut Vec<f64>, im: &mut Vec<f64>) {
    let n = re.len();
    if n == 1 {
        return;
    }
    let mut even_re = Vec::new();
    let mut even_im = Vec::new();
    let mut odd_re = Vec::new();
    let mut odd_im = Vec::new();
    for i in 0..n / 2 {
        even_re.push(re[2 * i]);
        even_im.push(im[2 * i]);
        odd_re.push(re[2 * i + 1]);
        odd_im.push(im[2 * i + 1]);
    }
    fft_recursive(&mut even_re, &mut even_im);
    fft_recursive(&mut odd_re, &mut odd_im);
    for k in 0..n / 2 {
        let (s, c) = (-2.0 * std::f64::consts::PI * k as f64 / n as f64).sin_cos();
        let tr = c * odd_re[k] - s * odd_im[k];
        let ti = c * odd_im[k] + s * odd_re[k];
        re[k] = even_re[k] + tr;
        im[k] = even_im[k] + ti;
        re[k + n / 2] = even_re[k] - tr;
        im[k + n / 2] = even_im[k] - ti;
    }
}

// bit reversal swaps · nested while · overwritten twiddles · in/out pair
#[differentiate(forward, reverse)]
fn fft_in_place(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    let mut j = 0;
    for i in 1..n {
        let mut bit = n >> 1;
        while j & bit != 0 {
            j ^= bit;
            bit >>= 1;
        }
        j |= bit;
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let mut length = 2;
    while length <= n {
        let (ws, wc) = (-2.0 * std::f64::consts::PI / length as f64).sin_cos();
        for start in (0..n).step_by(length) {
            let (mut c, mut s) = (1.0, 0.0);
            for k in start..start + length / 2 {
                let m = k + length / 2;
                let (tr, ti) = (re[m] * c - im[m] * s, re[m] * s + im[m] * c);
                re[m] = re[k] - tr;
                im[m] = im[k] - ti;
                re[k] += tr;
                im[k] += ti;
                (c, s) = (c * wc - s * ws, c * ws + s * wc);
            }
        }
        length *= 2;
    }
}

// tridiagonal solve in place · reversed loop · early return · unused result of a callee
#[differentiate(forward, reverse)]
fn thomas(lower: &[f64], diag: &mut [f64], upper: &[f64], b: &mut [f64]) -> f64 {
    let n = b.len();
    for i in 1..n {
        if diag[i - 1] == 0.0 {
            return 0.0;
        }
        let w = lower[i] / diag[i - 1];
        diag[i] -= w * upper[i - 1];
        b[i] -= w * b[i - 1];
    }
    dot(diag, b);
    b[n - 1] /= diag[n - 1];
    for i in (0..n - 1).rev() {
        b[i] = (b[i] - upper[i] * b[i + 1]) / diag[i];
    }
    b[0] * b[n - 1]
}

// rotations in place · convergence test · while · data-dependent skip
#[differentiate(forward, reverse)]
fn jacobi_eigenvalues(a: &mut [[f64; 3]; 3]) -> [f64; 3] {
    let mut sweep = 0;
    loop {
        let off = a[0][1] * a[0][1] + a[0][2] * a[0][2] + a[1][2] * a[1][2];
        if off < 1e-18 || sweep > 6 {
            break;
        }
        for p in 0..2 {
            for q in p + 1..3 {
                if a[p][q].abs() < 1e-14 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for k in 0..3 {
                    let (x, y) = (a[k][p], a[k][q]);
                    a[k][p] = c * x - s * y;
                    a[k][q] = s * x + c * y;
                }
                for k in 0..3 {
                    let (x, y) = (a[p][k], a[q][k]);
                    a[p][k] = c * x - s * y;
                    a[q][k] = s * x + c * y;
                }
            }
        }
        sweep += 1;
    }
    [a[0][0], a[1][1], a[2][2]]
}

// in/out · row views · column loops · constant flags
#[differentiate(forward, reverse)]
fn householder_reflect(v: &[f64], a: &mut [f64], columns: usize, #[constant] keep: &[bool]) -> f64 {
    let n = v.len();
    let beta = 2.0 / dot(v, v);
    let mut moved = 0.0;
    for j in 0..columns {
        if keep[j] {
            continue;
        }
        let mut s = 0.0;
        for i in 0..n {
            s += v[i] * a[i * columns + j];
        }
        s *= beta;
        for i in 0..n {
            let row = &mut a[i * columns..(i + 1) * columns];
            row[j] -= s * v[i];
        }
        moved += s * s;
    }
    moved
}

// tuple state · late initialisation · match in a loop · return from it
#[differentiate(forward, reverse)]
fn secant_or_bisect(a: f64, b: f64) -> f64 {
    let (mut x0, mut x1) = (0.5, 3.0);
    let (mut f0, mut f1) = (x0 * x0 * x0 - a * x0 - b, x1 * x1 * x1 - a * x1 - b);
    for k in 0..60 {
        let x;
        match k % 4 {
            3 => x = 0.5 * (x0 + x1),
            _ => x = x1 - f1 * (x1 - x0) / (f1 - f0),
        }
        let f = x * x * x - a * x - b;
        if f.abs() < 1e-12 {
            return x - f / (3.0 * x * x - a);
        }
        if (f > 0.0) == (f1 > 0.0) {
            (x1, f1) = (x, f);
        } else {
            (x0, f0) = (x1, f1);
            (x1, f1) = (x, f);
        }
    }
    x1
}

// Romberg table · Vec of Vec built by push · callee · powers of integers
#[differentiate(forward, reverse)]
fn romberg(p: f64, q: f64, levels: usize) -> f64 {
    let mut table: Vec<Vec<f64>> = Vec::new();
    for i in 0..levels {
        let n = 1usize << i;
        let h = q / n as f64;
        let mut sum = 0.5 * (integrand(0.0, p) + integrand(q, p));
        for k in 1..n {
            sum += integrand(h * k as f64, p);
        }
        let mut row = vec![sum * h];
        let mut factor = 4.0;
        for j in 0..i {
            let better = row[j] + (row[j] - table[i - 1][j]) / (factor - 1.0);
            row.push(better);
            factor *= 4.0;
        }
        table.push(row);
    }
    table[levels - 1][levels - 1]
}

#[differentiate(forward, reverse)]
fn integrand(x: f64, p: f64) -> f64 {
    (-p * x * x).exp() * (x + p).cos()
}

// recursion · early exit · stopped error estimate
#[differentiate(forward, reverse)]
fn adaptive_simpson(a: f64, b: f64, p: f64, depth: usize) -> f64 {
    let m = 0.5 * (a + b);
    let whole = simpson(a, b, p);
    let halves = simpson(a, m, p) + simpson(m, b, p);
    if depth == 0 || constant((whole - halves).abs()) < 1e-3 {
        return halves;
    }
    adaptive_simpson(a, m, p, depth - 1) + adaptive_simpson(m, b, p, depth - 1)
}

#[differentiate(forward, reverse)]
fn simpson(a: f64, b: f64, p: f64) -> f64 {
    (b - a) / 6.0 * (integrand(a, p) + 4.0 * integrand(0.5 * (a + b), p) + integrand(b, p))
}

// Clenshaw recurrence · reversed · overwritten pair · cast constants
#[differentiate(forward, reverse, hessian)]
fn chebyshev(c: &[f64], x: f64) -> f64 {
    let mut b1 = 0.0;
    let mut b2 = 0.0;
    for k in (1..c.len()).rev() {
        let t = 2.0 * x * b1 - b2 + c[k];
        b2 = b1;
        b1 = t;
    }
    x * b1 - b2 + 0.5 * c[0]
}

// de Casteljau in place on a copy · triangular loop · views
#[differentiate(forward, reverse, hessian)]
fn bezier(points: &[f64], t: f64) -> f64 {
    let mut p = points.to_vec();
    let n = p.len();
    for r in 1..n {
        for i in 0..n - r {
            p[i] = (1.0 - t) * p[i] + t * p[i + 1];
        }
    }
    p[0] * p[0] + p[1]
}

// Neville's scheme · divisions by differences of inputs · in-place column
#[differentiate(forward, reverse, hessian)]
fn neville(x: &[f64], y: &[f64], at: f64) -> f64 {
    let n = x.len();
    let mut p = y.to_vec();
    for m in 1..n {
        for i in 0..n - m {
            let j = i + m;
            if x[i] == x[j] {
                panic!("two nodes at {}", x[i]);
            }
            p[i] = ((at - x[j]) * p[i] - (at - x[i]) * p[i + 1]) / (x[i] - x[j]);
        }
    }
    p[0]
}

// natural cubic spline · callee with two in/out slices · search with break
#[differentiate(forward, reverse)]
fn cubic_spline(x: &[f64], y: &[f64], at: f64) -> f64 {
    let n = x.len();
    let mut diag = vec![2.0; n];
    let mut rhs = vec![0.0; n];
    let mut lower = vec![0.0; n];
    let mut upper = vec![0.0; n];
    for i in 1..n - 1 {
        let (h0, h1) = (x[i] - x[i - 1], x[i + 1] - x[i]);
        lower[i] = h0;
        upper[i] = h1;
        diag[i] = 2.0 * (h0 + h1);
        rhs[i] = 6.0 * ((y[i + 1] - y[i]) / h1 - (y[i] - y[i - 1]) / h0);
    }
    thomas(&lower, &mut diag, &upper, &mut rhs);
    let mut k = 0;
    for i in 0..n - 1 {
        k = i;
        if at < x[i + 1] {
            break;
        }
    }
    let h = x[k + 1] - x[k];
    let (a, b) = ((x[k + 1] - at) / h, (at - x[k]) / h);
    a * y[k]
        + b * y[k + 1]
        + ((a * a * a - a) * rhs[k] + (b * b * b - b) * rhs[k + 1]) * h * h / 6.0
}

#[test]
fn dense_solvers() {
    let a = [4.0, 0.5, -0.3, 0.5, 3.0, 0.7, -0.3, 0.7, 5.0];
    prove!(solve_with_cholesky(io a, io noise(3)));
    prove!(factorise(io a, con 3));
    prove!(determinant_with_pivoting(io noise(16), con 4));
    prove!(gram_schmidt(aref vec![noise(3), positive(3), vec![0.3, 0.1, -0.8]], val 1e-6) -> vec);
    prove!(gram_schmidt(aref vec![noise(3), positive(3), vec![0.3, 0.1, -0.8]], val 1.25) -> vec);
    prove_hvp!(power_iteration(aref [[2.0, 0.3], [0.4, 1.0]], val [0.6, 0.5]));
    prove!(normalised_product(aref [[2.0, 0.3], [0.4, 1.0]], val [0.6, 0.5]));
    prove!(conjugate_gradients(slice a, slice noise(3), con 2) -> vec);
    prove!(conjugate_gradients(slice a, slice noise(3), con 6) -> vec);
    prove!(thomas(slice noise(4), io [3.0, 2.5, 4.0, 3.5], slice noise(4), io positive(4)));
    prove!(jacobi_eigenvalues(ioa [[4.0, 0.5, -0.3], [0.5, 3.0, 0.7], [-0.3, 0.7, 5.0]]));
    prove!(householder_reflect(slice noise(3), io positive(9), con 3, con &[false, true, false]));
    prove!(matrix_power(aref [[0.7, -0.4], [0.2, 0.9]], con 5));
    prove!(multiply_into(aref [[0.7, -0.4], [0.2, 0.9]], aref [[0.1, 0.3], [0.5, 0.2]], ioa [[1.0, 2.0], [3.0, 4.0]]) -> unit);
}

#[test]
fn steppers_and_roots() {
    prove!(runge_kutta_orbit(ioa [1.0, 0.1, 0.2, 0.9], val 1.1, val 0.05, con 3) -> unit);
    prove!(gravity(aref [1.0, 0.1, 0.2, 0.9], val 1.1, ioa [0.0; 4]) -> unit);
    prove!(adaptive_decay(ios 1.3, val 1.7, val 1.47));
    prove_hvp!(damped_newton(val 1.2, val 0.7));
    prove_gradient!(secant_or_bisect(val 0.7, val 2.0));
    prove_hvp!(lentz_continued_fraction(val 0.3, con 6));
    prove_hvp!(lentz_continued_fraction(val 0.3, con 0));
    prove_hvp!(lentz_continued_fraction(val 0.3, con 90));
}

#[test]
fn transforms() {
    prove!(fft_recursive(iov noise(8), iov positive(8)) -> unit);
    prove!(fft_in_place(io noise(8), io positive(8)) -> unit);
}

#[test]
fn integrals_and_interpolation() {
    prove_gradient!(romberg(val 0.7, val 1.2, con 4));
    prove_gradient!(adaptive_simpson(val 0.1, val 2.2, val 1.3, con 4));
    prove_hvp!(chebyshev(slice noise(5), val 0.4));
    prove_hvp!(bezier(slice noise(4), val 0.4));
    prove_hvp!(neville(slice [0.0, 0.4, 1.1, 1.9], slice noise(4), val 0.8));
    prove_gradient!(cubic_spline(slice [0.0, 0.4, 1.1, 1.9, 2.5], slice noise(5), val 0.8));
}
