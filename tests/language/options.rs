//! Options and results that hold reals: parameters, locals, fields, outcomes of calls; what is done with them.

use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
struct_shape!(V2 { x: f64, y: f64 });

#[differentiate(forward, reverse, hessian)]
fn with_default(x: f64, k: Option<f64>) -> f64 {
    let k = k.unwrap_or(0.5);
    x * x * k + k.sin()
}

#[differentiate(forward, reverse, hessian)]
fn decides(x: f64, k: Option<f64>, v: &Option<V2>) -> f64 {
    let mut sum = match k {
        Some(k) if k > 1.0 => x * k,
        Some(k) => k * k,
        None => x,
    };
    if let Some(V2 { x: a, y }) = v {
        sum *= a * y;
    } else if k.is_some() {
        sum += x.exp();
    }
    if k.is_none() && v.is_some() {
        sum *= 2.0;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn combines(x: f64, k: Option<f64>, l: Option<f64>) -> f64 {
    let a = k.map(|k| k * x);
    let b = k.and_then(|k| if k > 1.0 { Some(k * k) } else { None });
    let c = l.filter(|l| *l > 0.0).map_or(x, |l| l * x);
    let d = k.or(l).unwrap_or_else(|| x.sin());
    let e = k.zip(l).map(|(k, l)| k * l);
    let f = l.map_or_else(|| x * x, |l| l.exp());
    let g = l.or_else(|| k.map(|k| k * 3.0)).unwrap_or_default();
    let h = k.is_some_and(|k| k > 1.0);
    let mut sum = a.unwrap_or(x) * b.unwrap_or(1.0) + c * d + f * g;
    if let Some(e) = e {
        sum += e * x;
    }
    if h { sum * x } else { sum }
}

/// A local that is set, taken and replaced in a loop.
#[differentiate(forward, reverse, hessian)]
fn best(x: &[f64], k: f64) -> f64 {
    let mut best: Option<f64> = None;
    let mut sum = 0.0;
    for &v in x {
        best = match best {
            Some(b) if b > v => Some(b * k),
            _ => Some(v * v),
        };
        if v < 0.0 {
            if let Some(old) = best.take() {
                sum += old * k;
            }
        }
        if let Some(b) = &mut best {
            *b *= k;
        }
        let old = best.replace(v * k);
        sum += old.unwrap_or(k);
    }
    best.unwrap_or(k) * sum + k
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Settings {
    scale: Option<f64>,
    origin: Option<V2>,
    steps: Option<usize>,
    weights: Option<Vec<f64>>,
}
struct_shape!(Settings {
    scale: Option<f64>,
    origin: Option<V2>,
    weights: Option<Vec<f64>>
});

#[differentiate(forward, reverse, hessian)]
fn fields(s: &Settings, x: f64) -> f64 {
    let scale = s.scale.unwrap_or(1.0);
    let n = s.steps.unwrap_or(2);
    let origin = s.origin.unwrap_or(V2 { x, y: 1.0 });
    let mut sum = origin.x * origin.y * scale;
    for _ in 0..n {
        sum += x * sum;
    }
    if let Some(w) = s.weights.as_ref() {
        for v in w.iter() {
            sum += v * x;
        }
    }
    match &s.weights {
        Some(w) if w.len() > 1 => sum * w[1],
        _ => sum,
    }
}

#[differentiate(forward, reverse)]
fn set(s: &mut Settings, k: f64) {
    if let Some(scale) = s.scale.as_mut() {
        *scale *= k * *scale;
    }
    if let Some(V2 { x, y }) = &mut s.origin {
        *x += *y * k;
    }
    if let Some(w) = &mut s.weights {
        w[0] *= k;
    }
}

#[differentiate(forward, reverse, hessian)]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 {
        return None;
    }
    Some(x.sqrt() * x)
}

#[differentiate(forward, reverse, hessian)]
fn checked(x: f64, k: f64) -> Result<f64, String> {
    if k > 2.0 {
        return Err(format!("{k} is too large"));
    }
    Ok(x * k * k)
}

/// Outcomes of calls that are looked at later, or replaced.
#[differentiate(forward, reverse, hessian)]
fn outcomes(x: f64, k: f64) -> f64 {
    let a = root(x);
    let b = checked(x, k);
    let c = root(k - 1.0).unwrap_or(x * k);
    let d = checked(k, x).unwrap_or(0.3);
    let mut sum = c * d;
    if let Some(a) = a {
        sum += a * x;
    }
    match b {
        Ok(b) => sum * b,
        Err(_) => sum * sum,
    }
}

#[differentiate(forward, reverse, hessian)]
fn matched(x: f64, k: f64) -> f64 {
    let y = match root(x - 0.2) {
        Some(y) if y > 0.1 => y * k,
        Some(y) => y,
        None => k * k,
    };
    if let Ok(z) = checked(y, k) {
        return z * y;
    }
    let z = root(y).map(|z| z * x).unwrap_or(x);
    z * y
}

#[differentiate(forward, reverse, hessian)]
fn in_loop(x: &[f64], k: f64) -> f64 {
    let mut sum = 0.0;
    for v in x {
        let found = root(*v);
        if let Some(r) = found {
            sum += r * k * sum + r;
        }
        let other = checked(*v, k * v).unwrap_or_else(|_| sum);
        sum += other;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn returned(x: &[f64], k: f64) -> Option<f64> {
    let mut best: Option<f64> = None;
    for &v in x {
        if v > k {
            best = Some(v * v * k);
        }
    }
    best
}

#[differentiate(forward, reverse, hessian)]
fn asked(x: f64, k: Option<f64>) -> Result<f64, String> {
    let k = k.ok_or("no factor")?;
    let Some(r) = root(x) else {
        return Err("negative".into());
    };
    Ok(r * k)
}

#[differentiate(forward, reverse, hessian)]
fn flags(x: f64, k: f64) -> f64 {
    let a = (x > 0.0).then(|| x.sqrt() * k);
    let b = (k > 1.0).then_some(x * k);
    a.unwrap_or(k) * b.unwrap_or(x) + (x > k).then_some(x).map_or(0.0, |v| v * v)
}

#[differentiate(forward, reverse, hessian)]
fn elements(x: &[Option<f64>], k: f64) -> f64 {
    let mut sum = 0.0;
    for v in x {
        if let Some(v) = v {
            sum += v * k * v;
        }
    }
    for i in 0..x.len() {
        sum *= x[i].unwrap_or(k);
    }
    sum
}

#[differentiate(forward, reverse)]
fn made(x: f64, k: f64) -> Settings {
    let origin = if x > k { Some(V2 { x, y: k }) } else { None };
    Settings {
        scale: Some(x * k),
        origin,
        steps: None,
        weights: Some(vec![x, k, x * x]),
    }
}

fn settings() -> Settings {
    Settings {
        scale: Some(0.8),
        origin: Some(V2 { x: 0.3, y: -0.6 }),
        steps: None,
        weights: Some(vec![0.4, 0.9]),
    }
}

fn empty() -> Settings {
    Settings {
        scale: None,
        origin: None,
        steps: Some(1),
        weights: None,
    }
}

#[test]
fn parameters() {
    for k in [Some(0.6), Some(1.4), None] {
        prove_hvp!(with_default(val 0.7, val k));
        for v in [Some(V2 { x: 0.3, y: -0.6 }), None] {
            prove_hvp!(decides(val 0.7, val k, rf v));
        }
        for l in [Some(0.9), Some(-0.4), None] {
            prove_hvp!(combines(val 0.7, val k, val l));
        }
    }
}

#[test]
fn locals() {
    prove_hvp!(best(slice [0.3, -0.4, 0.9, 0.2], val 0.8));
    prove_hvp!(best(slice Vec::<f64>::new(), val 0.8));
    prove_hvp!(flags(val 0.7, val 1.3));
    prove_hvp!(flags(val 0.7, val 0.3));
    prove_hvp!(flags(val -0.7, val 0.3));
}

#[test]
fn of_structs() {
    for s in [settings(), empty()] {
        prove_hvp!(fields(rf s.clone(), val 0.7));
        prove!(set(ios s, val 0.7) -> unit);
    }
    prove_hvp!(elements(slice [Some(0.3), None, Some(-0.8)], val 0.7));
    prove!(made(val 0.7, val 0.3) -> vec);
    prove!(made(val 0.7, val 0.9) -> vec);
}

#[test]
fn of_calls() {
    for (x, k) in [(0.7, 1.4), (-0.3, 0.6), (0.9, 2.3)] {
        prove_hvp!(outcomes(val x, val k));
        prove_hvp!(matched(val x, val k));
    }
    prove_hvp!(in_loop(slice [0.3, -0.4, 2.9], val 0.8));
    prove_hvp!(in_loop(slice Vec::<f64>::new(), val 0.8));
}

#[test]
fn results() {
    prove!(returned(slice [0.3, 0.9, 0.7], val 0.5) -> ok);
    prove!(asked(val 0.7, val Some(0.6)) -> ok);
    assert_eq!(returned_gradient(&[0.3], 0.5), None);
    assert_eq!(asked_gradient(0.7, None), Err("no factor".to_string()));
    assert_eq!(asked_gradient(-0.7, Some(0.2)), Err("negative".to_string()));
}

/// A `Result` in a local: made, changed, left by `?` with its own error, and returned.
#[differentiate(forward, reverse, hessian)]
fn held(x: f64, k: f64) -> Result<f64, String> {
    let outcome = if x > 0.0 {
        Ok(x * k)
    } else {
        Err("negative".to_string())
    };
    let mut other: Result<f64, String> = checked(k, x);
    if let Ok(v) = &mut other {
        *v *= x;
    }
    let changed = outcome.clone().map(|v| v * k);
    let first = changed.unwrap_or(k) * outcome.clone().unwrap_or(x);
    let y = outcome?;
    if y > 100.0 {
        return other;
    }
    Ok(y * first + other.map_err(|e| e + "!")?)
}

#[test]
fn results_in_locals() {
    prove!(held(val 0.7, val 1.3) -> ok);
    prove!(held(val 0.7, val 500.0) -> ok);
    assert_eq!(held_gradient(-0.7, 0.3), Err("negative".to_string()));
    assert_eq!(
        held_gradient(2.7, 0.3),
        Err("2.7 is too large!".to_string())
    );
}
