//! `Result` and `Option`, where they meet loops, branches and each other.

use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[derive(Debug, Clone, PartialEq)]
enum Bad {
    Neg,
    Big(usize),
    Parse(String),
}
impl From<String> for Bad {
    fn from(s: String) -> Self {
        Bad::Parse(s)
    }
}

#[differentiate(forward, reverse, hessian)]
fn root(x: f64) -> Result<f64, Bad> {
    if x < 0.0 {
        return Err(Bad::Neg);
    }
    Ok(x.sqrt())
}

#[differentiate(forward, reverse, hessian)]
fn maybe(x: f64) -> Option<f64> {
    (x > -9.0).then(|| x * x)
}

#[differentiate(forward, reverse, hessian)]
fn maybe2(x: f64) -> Option<f64> {
    if x > -9.0 { Some(x.sin()) } else { None }
}

#[differentiate(forward, reverse, hessian)]
fn question(x: &[f64], k: f64) -> Result<f64, Bad> {
    let mut s = root(k)?;
    for (i, v) in x.iter().enumerate() {
        if i > 10 {
            Err(Bad::Big(i))?;
        }
        s = s * root(v * v + 1.0)? + maybe(*v).ok_or(Bad::Neg)?;
    }
    Ok(s * root(s.abs())?)
}

#[differentiate(forward, reverse, hessian)]
fn question_in_expr(x: f64, k: f64) -> Option<f64> {
    let y = if x > 0.0 { maybe(x)? * k } else { maybe2(k)? };
    Some(maybe(maybe2(y)? + k)? * y)
}

#[differentiate(forward, reverse, hessian)]
fn c0(x: f64) -> f64 {
    x.cos()
}

#[differentiate(forward, reverse, hessian)]
fn asked_by_match(x: f64, k: f64) -> f64 {
    let mut s = match root(x) {
        Ok(v) => v * k,
        Err(Bad::Neg) => k * k,
        Err(_) => 1.0,
    };
    match maybe(x) {
        Some(v) if v > 0.1 => s += v * k,
        Some(v) => s -= v,
        None => {}
    }
    if let Ok(v) = root(k) {
        s *= v;
    }
    let Some(t) = maybe2(s) else { return k };
    s * t
}

#[differentiate(forward, reverse)]
fn dyn_err(x: f64) -> Result<f64, Box<dyn std::error::Error>> {
    if x < 0.0 {
        return Err("negative".into());
    }
    let n: usize = "3".parse()?;
    Ok(x.powi(n as i32))
}

#[differentiate(forward, reverse)]
fn ok_tail(x: &[f64]) -> Option<f64> {
    let f = x.first()?;
    let l = x.last().copied()?;
    let m = x.iter().copied().reduce(f64::max)?;
    let i = x.iter().position(|v| *v > 0.0)?;
    Some(f * l * m * x[i])
}

#[differentiate(forward, reverse)]
fn ok_method(x: f64, k: f64) -> Option<f64> {
    let a = root(x).ok()?;
    let b = root(k).unwrap_or_default();
    Some(a * b + maybe(x).filter(|v| *v > -1.0)?)
}

#[differentiate(forward, reverse)]
fn res_unit(x: &mut [f64], k: f64) -> Result<(), Bad> {
    if x.is_empty() {
        return Err(Bad::Neg);
    }
    for v in x.iter_mut() {
        *v = root(*v * *v + k)?;
    }
    Ok(())
}

#[differentiate(forward, reverse)]
fn res_vec(x: &[f64], k: f64) -> Result<Vec<f64>, Bad> {
    let mut out = Vec::new();
    for v in x {
        out.push(root(v * v)? * k);
    }
    let mut y = out.clone();
    res_unit(&mut y, k)?;
    out.extend(y);
    Ok(out)
}

#[differentiate(forward, reverse, hessian)]
fn opt_param(x: Option<f64>, k: f64) -> f64 {
    let a = x.unwrap_or(k);
    let b = x.map(|v| v * k).unwrap_or(1.0);
    let c = x.map_or(0.0, |v| v * v);
    if x.is_some() { a * b + c } else { k }
}

#[differentiate(forward, reverse, hessian)]
fn opt_ref(x: &Option<f64>, y: &Option<Vec<f64>>, k: f64) -> f64 {
    let mut s = k;
    if let Some(v) = x {
        s *= v;
    }
    if let Some(v) = y {
        for a in v {
            s += a * k;
        }
    }
    s + x.as_ref().map(|v| v * k).unwrap_or(0.0) + y.as_ref().map_or(0.0, |v| v[0])
}

#[differentiate(forward, reverse, hessian)]
fn opt_local(x: &[f64], k: f64) -> f64 {
    let mut best: Option<f64> = None;
    for v in x {
        match best {
            None => best = Some(*v * k),
            Some(b) if *v > b => best = Some(*v),
            _ => {}
        }
    }
    best.unwrap_or(k)
}

#[differentiate(forward, reverse, hessian)]
fn opt_local2(x: &[f64], k: f64) -> f64 {
    let mut prev = None;
    let mut s = 0.0;
    for v in x {
        if let Some(p) = prev {
            s += (v - p) * k;
        }
        prev = Some(*v);
    }
    s
}

#[derive(Clone, Debug, Differentiable)]
struct Fit {
    a: f64,
    extra: Option<f64>,
    w: Option<Vec<f64>>,
}
struct_shape!(Fit { a: f64, extra: Option<f64>, w: Option<Vec<f64>> });

#[differentiate(forward, reverse, hessian)]
fn opt_field(f: &Fit, k: f64) -> f64 {
    let e = f.extra.unwrap_or(1.0);
    let w = match &f.w {
        Some(w) => w.iter().sum::<f64>(),
        None => k,
    };
    f.a * e * w + f.extra.map_or(k, |v| v * k)
}

#[differentiate]
fn opt_field_res(f: &Fit, k: f64) -> Result<Fit, Bad> {
    let e = f.extra.ok_or(Bad::Neg)?;
    Ok(Fit {
        a: f.a * e * k,
        extra: Some(e * k),
        w: None,
    })
}

#[differentiate(forward, reverse)]
fn labelled(x: &[f64], k: f64) -> Option<f64> {
    let r = 'b: {
        for v in x {
            if *v > 0.5 {
                break 'b v * k;
            }
        }
        return None;
    };
    Some(r * k)
}

#[differentiate(forward, reverse)]
fn tuple_res(x: f64) -> Result<(f64, f64), Bad> {
    let r = root(x)?;
    Ok((r, r * x))
}

#[differentiate(forward, reverse)]
fn use_tuple_res(x: f64) -> Result<f64, Bad> {
    let (a, b) = tuple_res(x)?;
    let Ok((c, d)) = tuple_res(a) else {
        return Err(Bad::Neg);
    };
    Ok(a * b + c * d)
}

#[differentiate(forward, reverse)]
fn swap_opt(x: f64) -> Result<Option<f64>, Bad> {
    let r = root(x)?;
    if r > 100.0 {
        return Ok(None);
    }
    Ok(Some(r * x))
}

#[test]
fn mixed() {
    prove_hvp!(question(slice noise(3), val 0.7) -> ok);
    prove_hvp!(question_in_expr(val 0.3, val 0.7) -> ok);
    prove_hvp!(question_in_expr(val -0.3, val 0.7) -> ok);
    prove_hvp!(asked_by_match(val 0.3, val 0.7));
    prove_hvp!(asked_by_match(val -0.3, val 0.7));
    prove_gradient!(ok_tail(slice positive(3)) -> ok);
    prove_gradient!(ok_method(val 0.3, val 0.7) -> ok);
    prove!(res_unit(io noise(3), val 0.7) -> ok_unit);
    prove!(res_vec(slice noise(3), val 0.7) -> ok_vec);
    for o in [None, Some(0.6)] {
        prove_hvp!(opt_param(val o, val 0.7));
        prove_hvp!(opt_ref(rf o, rf Some(noise(2)), val 0.7));
        prove_hvp!(opt_field(rf Fit { a: 0.4, extra: o, w: Some(noise(2)) }, val 0.7));
    }
    prove_hvp!(opt_local(slice noise(4), val 0.7));
    prove_hvp!(opt_local2(slice noise(4), val 0.7));
    prove_gradient!(labelled(slice positive(4), val 0.7) -> ok);
    prove_gradient!(use_tuple_res(val 0.7) -> ok);
}
