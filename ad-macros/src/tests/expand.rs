//! What is generated for small functions, as a reader of `cargo expand` sees it.

use super::support::{expand_text, is_wide};
use expect_test::{ExpectFile, expect_file};

fn check(source: &str, expected: ExpectFile, keep: fn(&syn::Item) -> bool) {
    expected.assert_eq(&format!(
        "// {}\n\n{}",
        source.trim().replace('\n', "\n// "),
        expand_text(source, keep)
    ));
}

/// The wide forms, which the other snapshots leave out.
#[test]
fn wide_forms() {
    let source = "
#[differentiate(forward, reverse)]
fn rosenbrock(x: &[f64], scale: f64) -> f64 {
    let mut sum = 0.0;
    for w in x.windows(2) {
        sum += scale * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2);
    }
    sum
}";
    check(source, expect_file!["expand/wide_forms.rs.txt"], is_wide);
}

/// The form with series, and what users call.
#[test]
fn series() {
    let source = "
#[differentiate(taylor)]
fn swing(state: &mut [f64], h: f64, n: usize) -> f64 {
    for _ in 0..n {
        state[1] -= h * state[0].sin() / (1.0 + h * h);
        state[0] += h * state[1];
    }
    state[1].powi(2)
}";
    let keep = |item: &syn::Item| matches!(item, syn::Item::Fn(f) if ["swing_tangent_series", "swing_taylor"].contains(&f.sig.ident.to_string().as_str()));
    check(source, expect_file!["expand/series.rs.txt"], keep);
}

/// Those of second order: where directions are wide and adjoints are not, and where they go lane by lane.
#[test]
fn wide_forms_twice() {
    let source = "
#[differentiate(hessian)]
fn relax(v: &mut [f64], w: &f64) -> f64 {
    for i in 1..v.len() {
        v[i] = *w * v[i - 1] * v[i];
    }
    v[0]
}
#[differentiate(hessian)]
fn stretch(s: &Spring, by: f64) -> f64 {
    s.length * by
}";
    let file = expect_file!["expand/wide_forms_twice.rs.txt"];
    check(
        source,
        file,
        |item| matches!(item, syn::Item::Fn(f) if f.sig.ident.to_string().ends_with("_tangent_wide") && is_wide(item)),
    );
}

/// A test per function: its name is that of the file.
macro_rules! snapshots {
    ($($name:ident: $source:expr;)*) => {
        $(
            #[test]
            fn $name() {
                check($source, expect_file![concat!("expand/", stringify!($name), ".rs.txt")], |i| !is_wide(i));
            }
        )*
    };
}

snapshots! {
    straight_line: "
#[differentiate(forward, reverse)]
fn lennard_jones(r: f64, epsilon: f64, sigma: f64) -> f64 {
    let s6 = (sigma / r).powi(6);
    4.0 * epsilon * (s6 * s6 - s6)
}";
    stated_partials: "
#[differentiate(forward, reverse, rule({
    let r = x.hypot(*y);
    x => x / r,
    y => *y / r * value.signum(),
}))]
fn distance(x: f64, y: &f64, n: usize) -> f64 {
    table::distance(x, *y, n)
}";
    custom: "
#[differentiate(custom, forward, reverse)]
fn blend(a: &[f64], out: &mut [f64], k: f64, n: usize) -> f64 {
    table::blend(a, out, k, n)
}";
    attributes: "
#[must_use]
#[inline(always)]
#[track_caller]
#[doc(hidden)]
#[differentiate]
pub(crate) fn half(x: f64) -> f64 {
    0.5 * x
}";
    recomputed_loop: "
#[differentiate(reverse)]
fn relax(x: f64, pull: f64, n: usize) -> f64 {
    let mut y = x;
    #[recompute]
    for i in 0..n {
        println!(\"step {i}\");
        let slope = (y * pull).sin();
        y += slope * y;
    }
    y
}";
    checkpointed_while: "
#[differentiate(reverse)]
fn settle(u: &mut [f64], pull: f64, #[constant] tolerance: f64) {
    #[checkpoint(8)]
    while u[0] > tolerance {
        step(u, pull);
    }
}";
    derivative: "
#[differentiate(forward)]
fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}";
    generic_scalar: "
#[differentiate(reverse)]
pub fn softplus<T: Float>(x: T, #[constant] sharpness: T) -> T {
    (x * sharpness).exp().ln_1p() / sharpness
}";
    sum_over_a_slice: "
#[differentiate(forward, reverse)]
fn mean_square(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v * v;
    }
    sum / x.len() as f64
}";
    log_sum_exp: "
#[differentiate(reverse)]
fn log_sum_exp(x: &[f64]) -> f64 {
    let mut largest = x[0];
    for &v in &x[1..] {
        if v > largest {
            largest = v;
        }
    }
    let mut sum = 0.0;
    for &v in x {
        sum += (v - largest).exp();
    }
    largest + sum.ln()
}";
    transposed_product: "
#[differentiate(reverse)]
fn transposed_product(a: &[f64], x: &[f64], n: usize, out: &mut [f64]) {
    for i in 0..x.len() {
        for j in 0..n {
            out[j] += a[i * n + j] * x[i];
        }
    }
}";
    in_out_slice: "
#[differentiate(reverse)]
fn smooth(x: &mut [f64], weight: f64) {
    for i in 1..x.len() {
        x[i] = (1.0 - weight) * x[i] + weight * x[i - 1];
    }
}";
    out_parameter: "
#[differentiate(forward, reverse)]
fn rotate(point: &[f64; 2], angle: f64, out: &mut [f64; 2]) {
    let (s, c) = angle.sin_cos();
    out[0] = c * point[0] - s * point[1];
    out[1] = s * point[0] + c * point[1];
}";
    early_return: "
#[differentiate(forward, reverse)]
fn huber(residual: f64, delta: f64) -> f64 {
    if residual.abs() <= delta {
        return 0.5 * residual * residual;
    }
    delta * (residual.abs() - 0.5 * delta)
}";
    branch_with_a_value: "
#[differentiate(reverse)]
fn activate(x: f64, kind: u8) -> f64 {
    let y = match kind {
        0 => x.tanh(),
        1 => x.max(0.0),
        2 | 3 => x * 0.5,
        _ => x,
    };
    y * y
}";
    exit_from_a_nested_loop: "
#[differentiate(reverse)]
fn until(a: &[f64], n: usize, #[constant] limit: f64) -> f64 {
    let mut sum = 0.0;
    'rows: for i in 0..n {
        for j in 0..n {
            let term = a[i * n + j].exp();
            if sum + term > limit {
                break 'rows;
            }
            sum += term;
        }
    }
    sum
}";
    while_with_unknown_trips: "
#[differentiate(forward, reverse)]
fn root(a: f64, #[constant] tolerance: f64) -> f64 {
    let mut x = a;
    while (x * x - a).abs() > tolerance {
        x = 0.5 * (x + a / x);
    }
    x
}";
    calls: "
#[differentiate(reverse)]
fn trajectory(y: &[f64], rate: f64, steps: usize) -> f64 {
    let mut state = y.to_vec();
    for _ in 0..steps {
        step(&mut state, rate);
    }
    model::energy(&state, rate)
}";
    recursion: "
#[differentiate(reverse)]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}";
    matrix_product: "
#[differentiate(reverse)]
fn multiply(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut c = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..n {
            let mut sum = 0.0;
            for k in 0..n {
                sum += a[i * n + k] * b[k * n + j];
            }
            c[i * n + j] = sum;
        }
    }
    c
}";
    fixed_arrays: "
#[differentiate(forward)]
fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}";
    growing_vector: "
#[differentiate(reverse)]
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    let mut powers = Vec::new();
    let mut power = 1.0;
    for _ in 0..coefficients.len() {
        powers.push(power);
        power *= x;
    }
    let mut sum = 0.0;
    for i in 0..coefficients.len() {
        sum += coefficients[i] * powers[i];
    }
    sum
}";
    effects_run_once: "
#[differentiate(reverse)]
fn checked(x: f64, log: &str) -> f64 {
    assert!(x > 0.0, \"{log}: not positive\");
    let y = x.ln();
    println!(\"{log}: {y}\");
    y * x
}";
    method_of_a_constant: "
#[differentiate(reverse)]
impl Spring {
    pub fn energy(#[constant] &self, length: f64) -> f64 {
        let stretch = length - self.rest;
        0.5 * self.stiffness * stretch * stretch
    }
}";
    iterator_chain: "
#[differentiate(forward, reverse)]
fn cosine(x: &[f64], y: &[f64]) -> f64 {
    let dot: f64 = x.iter().zip(y).map(|(a, b)| a * b).sum();
    let norm = |v: &[f64]| v.iter().map(|a| a * a).sum::<f64>().sqrt();
    dot / (norm(x) * norm(y))
}";
    iterator_folds: "
#[differentiate(reverse)]
fn log_partition(energies: &[f64], beta: f64) -> f64 {
    let smallest = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = energies.iter().map(|e| (-beta * (e - smallest)).exp()).collect();
    let total: f64 = weights.iter().skip(1).rev().filter(|w| **w > 1e-9).sum();
    total.ln()
}";
    hessian_of_a_sum: "
#[differentiate(hessian)]
fn potential(x: &[f64], k: f64) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let stretch = x[i] - x[i - 1];
        sum += k * stretch * stretch;
    }
    sum
}";
    function_parameter: "
#[differentiate(forward, reverse)]
fn midpoint<F: Fn(f64) -> f64>(f: F, a: f64, b: f64) -> f64 {
    f(0.5 * (a + b)) * (b - a)
}";
    closure_as_argument: "
#[differentiate(forward, reverse)]
fn work(p: &[f64], b: f64) -> f64 {
    midpoint(|x| p[0] * x.sin(), 0.0, b) + midpoint(decay, 0.0, b)
}";
    fallible: "
#[differentiate(forward, reverse)]
fn log_likelihood(x: &[f64], scale: f64) -> Result<f64, Failure> {
    if x.is_empty() {
        return Err(Failure::Empty);
    }
    let mut sum = 0.0;
    for v in x {
        sum += (v * scale).ln();
    }
    if !sum.is_finite() {
        return Err(Failure::Domain(scale));
    }
    Ok(sum)
}";
}

/// rustc says what is missing; what is generated beside it has to parse all the same.
#[test]
fn an_index_without_its_output() {
    let item = quote::quote! {
        impl Index<usize> for Row {
            fn index(&self, i: usize) -> &f64 {
                &self.data[i]
            }
        }
    };
    let krate = quote::quote!(::chainrule);
    let out = crate::expand::differentiate(quote::quote!(forward, reverse), item, &krate);
    assert!(syn::parse2::<syn::File>(out).is_ok());
}
