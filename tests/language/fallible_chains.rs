//! `map` and `and_then` behind calls of functions that return a `Result` or an `Option`, where the error leaves.

use crate::harness::noise;
use chainrule::differentiate;

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
fn mapped(x: f64, k: f64) -> Option<f64> {
    let a = maybe(x).map(|v| v * k)?;
    let b = maybe2(a).and_then(|v| maybe(v * k))?;
    Some(a * b)
}

#[differentiate(forward, reverse, hessian)]
fn errors_changed(x: f64, k: f64) -> Result<f64, String> {
    let a = root(x).map_err(|e| format!("{e:?}"))?;
    let b = root(k).map(|v| v * a).map_err(|_| "k".to_string())?;
    let c = maybe(b).ok_or_else(|| "none".to_owned())?;
    root(c * a).map_err(|e| match e {
        Bad::Neg => "neg".to_string(),
        _ => "other".to_string(),
    })
}

#[differentiate(forward, reverse, hessian)]
fn one_after_the_other(x: f64, k: f64) -> Result<f64, Bad> {
    root(x).and_then(|v| root(v * k)).map(|v| v * k)
}

#[differentiate(forward, reverse, hessian)]
fn in_a_loop(x: &[f64], k: f64) -> Result<f64, String> {
    let mut s = k;
    for v in x {
        if *v > 0.0 {
            s += root(v * k)
                .map(|r| {
                    let t = r * s;
                    t * t
                })
                .map_err(|e| format!("{e:?}"))?;
        } else {
            s *= root(v * v)
                .and_then(|r| {
                    let t = r + k;
                    root(t)
                })
                .map(|r| r + 1.0)
                .map_err(|_| String::new())?;
        }
    }
    Ok(s)
}

#[differentiate(forward, reverse, hessian)]
fn without_its_error(x: f64, k: f64) -> Option<f64> {
    root(x).ok().map(|v| v * k).and_then(|v| maybe(v))
}

#[differentiate(forward, reverse, hessian)]
fn written_out(x: f64, k: f64) -> Option<f64> {
    maybe(x).and_then(|v| Some(v * k))
}

#[differentiate(forward, reverse, hessian)]
fn converted(x: f64) -> Result<f64, Bad> {
    let a = errors_changed(x, x).map(|v| v * x)?;
    Ok(a * x)
}

#[differentiate(forward, reverse, hessian)]
fn by_name(x: f64) -> Result<f64, Bad> {
    let r = root(x).and_then(root)?;
    Ok(r * x)
}

#[differentiate(forward, reverse, hessian)]
fn pair(x: f64) -> Result<(f64, Vec<f64>), Bad> {
    root(x).map(|v| (v * x, vec![v, x]))
}

#[differentiate(forward, reverse, hessian)]
fn of_a_tuple(x: f64) -> Result<f64, Bad> {
    let (a, v) = pair(x)?;
    pair(a).map(|(b, w)| b * v[0] * w[1])
}

#[differentiate(forward, reverse, hessian)]
fn asked_first(x: f64, v: &[f64]) -> f64 {
    let mut s = x;
    for w in v {
        if root(*w).is_ok() {
            s *= root(*w).unwrap();
        } else {
            s += root(*w * *w).expect("a square") * w;
        }
        if root(*w).is_err() && s > 0.0 {
            s *= w;
        }
    }
    s
}

#[test]
fn values() {
    prove_hvp!(asked_first(val 0.7, slice noise(4)));
    prove_hvp!(mapped(val 0.3, val 0.7) -> ok);
    prove_hvp!(errors_changed(val 0.3, val 0.7) -> ok);
    prove_hvp!(one_after_the_other(val 0.3, val 0.7) -> ok);
    prove_hvp!(in_a_loop(slice noise(3), val 0.7) -> ok);
    prove_hvp!(without_its_error(val 0.3, val 0.7) -> ok);
    prove_hvp!(written_out(val 0.3, val 0.7) -> ok);
    prove_hvp!(converted(val 0.3) -> ok);
    prove_hvp!(by_name(val 0.3) -> ok);
    prove_hvp!(of_a_tuple(val 0.3) -> ok);
}

#[test]
fn errors() {
    assert_eq!(one_after_the_other_gradient(-1.0, 0.5), Err(Bad::Neg));
    assert_eq!(one_after_the_other_gradient(1.0, -0.5), Err(Bad::Neg));
    assert_eq!(errors_changed_gradient(1.0, -0.5).unwrap_err(), "k");
}
