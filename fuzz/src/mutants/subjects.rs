//! The functions whose gradients are spoilt.

/// A function of a slice, with those that it calls, and points to check it at.
pub struct Subject {
    pub name: String,
    /// Annotated functions, the last of which is `f`.
    pub items: String,
    pub points: &'static str,
}

/// Expressions in `a` and `b`, one or more for each row of the rule table, at points where they are smooth.
const RULES: &[&str] = &[
    "a * b",
    "a / b",
    "a % b",
    "(a - 3.0) % b",
    "a.sin()",
    "a.cos()",
    "a.tan()",
    "(0.3 * a).asin()",
    "(0.3 * a).acos()",
    "a.atan()",
    "a.atan2(b)",
    "a.sin_cos().0 * b + a.sin_cos().1",
    "a.sinh()",
    "a.cosh()",
    "a.tanh()",
    "a.asinh()",
    "(a + 2.0).acosh()",
    "(0.3 * a).atanh()",
    "a.exp()",
    "a.exp2()",
    "a.exp_m1()",
    "a.ln()",
    "a.ln_1p()",
    "a.log2()",
    "a.log10()",
    "(a + 1.0).log(b + 1.0)",
    "a.sqrt()",
    "a.cbrt()",
    "a.powi(3)",
    "a.powi(-2)",
    "a.powf(b)",
    "a.recip()",
    "a.hypot(b)",
    "a.midpoint(b)",
    "a.mul_add(b, a)",
    "a.to_radians()",
    "a.to_degrees()",
    "(-a).abs()",
    "a.max(b)",
    "a.min(b)",
    "(2.0 * a).clamp(0.1, b)",
    "a.clamp(b, b + 2.0)",
    "(a + 5.0).clamp(b, 2.0 * b)",
    "a.abs_sub(b)",
    "b.abs_sub(a)",
    "a.copysign(-b)",
    "(a + 3.0).rem_euclid(b)",
    "a.fract()",
    "a * (3.0 * b).floor() + b * (2.5 * a).ceil()",
    "a * (3.3 * b).trunc() + b * (2.2 * a).round()",
    "a * (a - 0.8).signum() + b * (2.2 * a).round_ties_even()",
    "a * (a + 4.0).div_euclid(b)",
];

/// What the transformations do: overwritten variables, loops, exits, branches, callees that write.
const SHAPES: &[(&str, &str)] = &[
    ("overwritten variable", "fn f(x: &[f64]) -> f64 { let mut y = x[0]; y = y * x[1]; y = y.sin() + y * x[0]; y }"),
    ("overwritten elements", "fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        for i in 1..v.len() { v[i] = v[i] * v[i - 1] + v[i].sin(); }
        v[v.len() - 1] * v[0]
    }"),
    ("fused sum", "fn f(x: &[f64]) -> f64 { let mut sum = 0.0; for i in 0..x.len() { sum += x[i] * x[i].exp(); } sum * sum }"),
    ("nested exit", "fn f(x: &[f64]) -> f64 {
        let mut sum = 0.0;
        'rows: for i in 0..x.len() {
            for j in 0..x.len() {
                let term = x[i] * x[j];
                if sum + term > 2.0 { break 'rows; }
                sum += term * x[0];
            }
        }
        sum
    }"),
    ("while", "fn f(x: &[f64]) -> f64 { let mut y = x[0]; while y < 5.0 { y = y * (1.0 + x[1]) + 0.1; } y }"),
    ("branches", "fn f(x: &[f64]) -> f64 { let mut y = x[0]; for v in x { if *v > 0.5 { y *= v; } else { y += v * v; } } y }"),
    ("largest", "fn f(x: &[f64]) -> f64 {
        let mut largest = x[0];
        for v in x { largest = largest.max(*v); }
        let mut sum = 0.0;
        for v in x { sum += (v - largest).exp(); }
        largest + sum.ln()
    }"),
    ("callee", "fn g(a: f64, b: &[f64]) -> f64 { a * b[0] + b[1].sin() }
        fn f(x: &[f64]) -> f64 { let y = g(x[0], x); y * g(y, x) + g(y, &[0.5, 0.7]) }"),
    ("callee that writes", "fn step(y: &mut [f64], h: f64) { for v in y.iter_mut() { *v += h * *v * (1.0 - *v); } }
        fn f(x: &[f64]) -> f64 { let mut y = x.to_vec(); for _ in 0..3 { step(&mut y, x[0]); } y[0] * y[1] }"),
    ("products of vectors", "fn f(x: &[f64]) -> f64 {
        let s: f64 = x.iter().zip(x.iter().rev()).map(|(a, b)| a * b).sum();
        let n: f64 = x.iter().map(|v| v * v).sum::<f64>().sqrt();
        s / n
    }"),
    ("early return", "fn f(x: &[f64]) -> f64 { let y = x[0] * x[1]; if y > 10.0 { return y; } let z = y.cos(); if z > 0.2 { return z * x[0]; } z }"),
    ("pushed and popped", "fn f(x: &[f64]) -> f64 {
        let mut stack = Vec::new();
        for v in x { stack.push(v * v); }
        let mut y = 1.0;
        while let Some(v) = stack.pop() { y = y * v + v; }
        y
    }"),
];

pub fn all() -> Vec<Subject> {
    let rules = RULES.iter().map(|e| Subject {
        name: (*e).to_string(),
        // `a` and `b` depend on both inputs, so that no mistake is hidden by a zero.
        items: format!(
            "fn f(x: &[f64]) -> f64 {{ let a = x[0]; let b = x[1]; let y = {e}; y * (1.5 + 0.5 * x[1]) }}"
        ),
        points: "&[[0.7, 1.3, 0.9], [0.9, 0.2, 0.4], [0.3, 1.7, 0.6]]",
    });
    let shapes = SHAPES.iter().map(|(name, items)| Subject {
        name: (*name).to_string(),
        items: (*items).to_string(),
        points: "&[[0.7, 1.3, 0.9], [0.9, 0.2, 1.4], [1.0, 2.0, 0.3], [4.0, 3.0, 1.0]]",
    });
    rules.chain(shapes).collect()
}
