//! What is taken out of an `Option`, put into it, or made of several of them; iterators that give nothing, or the same closure's items
//! for ever; errors that are converted where a function ends.

use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Slot {
    value: Option<f64>,
    scale: f64,
}

impl crate::harness::Shape for Slot {
    const COARSE: bool = false;
    fn read(&self, out: &mut Vec<f64>) {
        self.value.iter().for_each(|v| out.push(*v));
        out.push(self.scale);
    }
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
        self.value
            .iter_mut()
            .for_each(|v| *v = *from.next().unwrap());
        self.scale = *from.next().unwrap();
    }
}

fn slot(value: Option<f64>) -> Slot {
    Slot { value, scale: 1.3 }
}

#[differentiate(forward, reverse, hessian)]
fn take_of_a_field(value: f64, x: f64, n: usize) -> f64 {
    let mut s = Slot {
        value: (n > 0).then_some(value * x),
        scale: x.sin(),
    };
    let old = s.value.take();
    s.scale *= match old {
        Some(v) => v * v * x * s.scale,
        None => x * s.scale,
    };
    let again = s.value.take();
    s.scale * again.unwrap_or(x)
}

/// What is left has the shape of what was found.
#[differentiate(forward, reverse)]
fn replace_in_a_field(s: &mut Slot, x: f64) -> f64 {
    let old = s.value.replace(x * s.scale);
    match old {
        Some(v) => v * x,
        None => x * x,
    }
}

#[differentiate(forward, reverse)]
fn take_and_put_back(s: &mut Slot, x: f64) -> f64 {
    let old: Option<f64> = s.value.take();
    s.scale *= old.unwrap_or(0.5);
    s.value = old.map(|v| v * v * x);
    s.scale * x
}

#[differentiate(forward, reverse)]
fn take_in_a_loop(s: &mut Slot, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        if let Some(old) = s.value.take() {
            sum += old * v;
            s.value = Some(old * v * s.scale);
        }
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn inserted_once(x: f64, n: usize) -> f64 {
    let mut slot: Option<f64> = if n > 1 { Some(x * x) } else { None };
    let v = slot.get_or_insert(x * 3.0);
    *v *= x;
    slot.unwrap() * x
}

#[differentiate(forward, reverse, hessian)]
fn inserted_in_a_loop(x: f64, n: usize) -> f64 {
    let mut slot: Option<f64> = None;
    let mut s = x;
    for i in 0..n {
        s += *slot.get_or_insert_with(|| (x * s).sin()) * x;
        if i % 2 == 1 {
            slot = None;
        }
        *slot.get_or_insert(s * x) *= 0.5 * s;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn filled(s: &mut Slot, x: f64) -> f64 {
    let c = *s.value.get_or_insert_with(|| (x * 3.0).sin());
    *s.value.get_or_insert(1.0) += c * x;
    s.scale *= c;
    c * s.scale * x * s.value.unwrap()
}

#[differentiate(forward, reverse, hessian)]
fn calls_filled(value: f64, x: f64) -> f64 {
    let mut s = Slot {
        value: Some(value),
        scale: x,
    };
    filled(&mut s, x) * filled(&mut s, value)
}

#[differentiate(forward, reverse, hessian)]
fn repeat_with_a_state(x: f64, n: usize) -> f64 {
    let mut y = x;
    let v: Vec<f64> = std::iter::repeat_with(|| {
        y *= 0.9 * x;
        y
    })
    .take(n)
    .collect();
    v.iter().sum::<f64>() * y
}

#[differentiate(forward, reverse, hessian)]
fn repeat_with_beside_others(x: &[f64]) -> f64 {
    std::iter::repeat_with(|| x[0] * x[0])
        .zip(x)
        .map(|(a, b)| a * b)
        .sum()
}

fn two() -> f64 {
    2.0
}

#[differentiate(forward, reverse, hessian)]
fn repeat_with_in_a_loop(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        let mut next = || {
            y = (y * x).sin() + y;
            y
        };
        let sum: f64 = std::iter::repeat_with(&mut next).take(i).sum();
        y += sum * std::iter::repeat_with(two).take(i % 2).product::<f64>();
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn chains_with_nothing(x: &[f64]) -> f64 {
    let a: f64 = x.iter().chain(std::iter::empty()).map(|v| v * v).sum();
    let b: f64 = std::iter::empty()
        .chain(x)
        .enumerate()
        .map(|(i, v)| v * v * i as f64)
        .sum();
    let mut c = a;
    for v in x.iter().copied().chain(std::iter::empty()).rev() {
        c = c * v + a;
    }
    a * b + c
}

#[derive(Clone, Debug, PartialEq)]
struct Fault(String);

impl From<String> for Fault {
    fn from(text: String) -> Fault {
        Fault(text)
    }
}

#[differentiate(forward, reverse, hessian)]
fn root(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err(format!("no root of {x}"));
    }
    Ok(x.sqrt())
}

#[differentiate(forward, reverse, hessian)]
fn error_into(x: f64) -> Result<f64, Fault> {
    root(x * x + 1.0).map_err(|e| e.into())
}

#[differentiate(forward, reverse, hessian)]
fn error_into_by_path(x: f64) -> Result<f64, Fault> {
    let value = x * x;
    root(value).map_err(Into::into)
}

#[differentiate(forward, reverse, hessian)]
fn error_into_behind_others(x: f64, n: usize) -> Result<f64, Fault> {
    let value = x * x;
    if n > 1 {
        return root(x * value).map(|y| y * value).map_err(|e| e.into());
    }
    root(x)
        .and_then(|y| root(y + value - n as f64))
        .map_err(|error| error.into())
}

#[differentiate(forward, reverse, hessian)]
fn error_into_in_a_callee(x: f64, n: usize) -> Result<f64, Fault> {
    let mut y = x;
    for k in 0..n {
        y *= error_into_behind_others(y, k)?;
    }
    match root(y).map_err(Fault) {
        Ok(v) => Ok(v * error_into_by_path(x)?),
        Err(e) => return Err(e),
    }
}

#[differentiate(forward, reverse, hessian)]
fn maybe(x: f64) -> Option<f64> {
    if x > 0.5 { Some(x * x) } else { None }
}

#[differentiate(forward, reverse, hessian)]
fn one_or_the_other(x: f64, y: f64) -> f64 {
    let first = maybe(x).or(maybe(y)).unwrap_or(x * y);
    let second = maybe(x)
        .or_else(|| {
            let z = x * y + 0.3;
            maybe(z)
        })
        .map(|v| v * y)
        .unwrap_or(x * y);
    let third = root(x - 0.5).or(root(y - 0.5)).unwrap_or(x);
    first * second + third
}

#[differentiate(forward, reverse, hessian)]
fn both(x: f64, y: f64) -> f64 {
    let product = match maybe(x).zip(maybe(y)) {
        Some((a, b)) => a * b,
        None => x * y * y,
    };
    maybe(x).and_then(|v| maybe(v * y)).unwrap_or(product)
}

#[differentiate(forward, reverse, hessian)]
fn both_or_none(x: f64, y: f64) -> Option<f64> {
    let (a, b) = maybe(x).zip(maybe(y))?;
    let c = maybe(a).or(maybe(b)).or(Some(x))?;
    maybe(a * b).zip(Some(c)).map(|(a, b)| a * b)
}

#[differentiate(forward, reverse, hessian)]
fn calls_combined_in_a_loop(x: &[f64], k: f64) -> Option<f64> {
    let mut y = k;
    for v in x {
        y += maybe(v * y).or_else(|| maybe(*v)).unwrap_or(v * v);
        y *= both_or_none(*v, y).or(maybe(y)).or(Some(v * y))?;
    }
    Some(y)
}

#[differentiate(forward, reverse, hessian)]
fn folded_while_there(v: &[f64]) -> Option<f64> {
    v.iter()
        .map(|x| maybe(x + 0.6))
        .try_fold(1.0, |s, y: Option<f64>| Some(s * y? + 0.5))
}

#[differentiate(forward, reverse, hessian)]
fn folded_while_good(v: &[f64], k: f64) -> Result<f64, String> {
    let sum = v
        .iter()
        .map(|x| root(x * k))
        .try_fold(0.0, |s, y| y.map(|y| s * k + y))?;
    let product = v
        .iter()
        .enumerate()
        .map(|(i, x)| {
            if i < 9 {
                Ok(x * k)
            } else {
                Err(String::from("too many"))
            }
        })
        .try_fold(1.0, |s, y: Result<f64, String>| y.map(|v| s * v))?;
    Ok(sum * product)
}

#[differentiate(forward, reverse, hessian)]
fn folds_in_a_loop(v: &[f64], k: f64) -> f64 {
    let mut y = k;
    for i in 0..v.len() {
        y *= folded_while_there(&v[i..]).unwrap_or(y);
        if let Ok(z) = folded_while_good(&v[..i], y) {
            y += z;
        }
    }
    y
}

#[test]
fn folds_of_calls() {
    prove_hvp!(folded_while_there(slice [0.3, 0.7, 0.4]) -> ok);
    prove_hvp!(folded_while_good(slice [0.3, 0.7, 0.4], val 0.8) -> ok);
    prove_hvp!(folds_in_a_loop(slice [0.3, 0.7, 0.4], val 0.8));
    prove_hvp!(folds_in_a_loop(slice [0.3, -0.7, 0.4], val 0.8));
    assert_eq!(folded_while_there_gradient(&[0.3, -0.7]), None);
    let none = Err("no root of -0.7".to_string());
    assert_eq!(folded_while_good_gradient(&[0.3, -0.7, -0.9], 1.0), none);
    assert!(folded_while_good_gradient(&[0.3; 12], 1.0).is_err());
}

#[test]
fn calls_combined() {
    for (x, y) in [(0.7, 0.9), (0.2, 0.9), (0.7, 0.3), (0.2, 0.3), (1.2, 1.1)] {
        prove_hvp!(one_or_the_other(val x, val y));
        prove_hvp!(both(val x, val y));
        if let Some(_) = both_or_none(x, y) {
            prove_hvp!(both_or_none(val x, val y) -> ok);
        }
        assert_eq!(
            both_or_none_gradient(x, y).is_some(),
            both_or_none(x, y).is_some()
        );
    }
    prove_hvp!(calls_combined_in_a_loop(slice [0.7, 0.2, 1.1], val 0.8) -> ok);
}

#[test]
fn options_taken_and_filled() {
    for n in 0..2usize {
        prove_hvp!(take_of_a_field(val 0.3, val 0.7, con n));
    }
    prove!(replace_in_a_field(ios slot(Some(0.4)), val 0.7));
    prove!(take_and_put_back(ios slot(Some(0.4)), val 0.7));
    prove!(take_and_put_back(ios slot(None), val 0.7));
    prove!(take_in_a_loop(ios slot(Some(0.4)), slice [0.7, 0.9, 1.1]));
    prove!(take_in_a_loop(ios slot(None), slice [0.7, 0.9, 1.1]));
    for n in 0..5usize {
        prove_hvp!(inserted_once(val 0.7, con n));
        prove_hvp!(inserted_in_a_loop(val 0.7, con n));
    }
    prove!(filled(ios slot(Some(0.4)), val 0.7));
    prove_hvp!(calls_filled(val 0.4, val 0.7));
}

#[test]
fn iterators_of_nothing_and_of_everything() {
    for n in 0..5usize {
        prove_hvp!(repeat_with_a_state(val 0.7, con n));
        prove_hvp!(repeat_with_in_a_loop(val 0.7, con n));
    }
    prove_hvp!(repeat_with_beside_others(slice [0.3, 0.7, 1.1]));
    prove_hvp!(chains_with_nothing(slice [0.3, 0.7, 1.1]));
}

#[test]
fn errors_converted_at_the_end() {
    prove!(error_into(val 0.7) -> ok);
    prove!(error_into_by_path(val 0.7) -> ok);
    for n in 0..3usize {
        prove!(error_into_behind_others(val 1.2, con n) -> ok);
        prove!(error_into_in_a_callee(val 1.2, con n) -> ok);
    }
    let none = Err(Fault("no root of -1".to_string()));
    assert_eq!(error_into_behind_others_gradient(-1.0, 0), none.clone());
    assert_eq!(error_into_behind_others_tangent(-1.0, 1.0, 0), none);
}
