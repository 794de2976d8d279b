//! A call that fails leaves no pullback: what it has changed until then would be missing from the reverse sweep.

use chainrule::{Differentiable, differentiate};

#[differentiate]
fn step(state: &mut [f64], rate: f64) -> Option<f64> {
    state[0] *= rate;
    if state[0] > 1.0 {
        return None;
    }
    Some(state[0])
}

#[differentiate]
fn sometimes(state: &mut [f64], rate: f64) -> f64 {
    step(state, rate).unwrap_or(2.0) * state[0]
}

/// What a callee changes before it fails counts, too.
#[differentiate]
fn twice(state: &mut [f64], rate: f64) -> Option<f64> {
    let first = step(state, rate)?;
    Some(first * step(state, rate)?)
}

#[differentiate]
fn until(state: &mut [f64], rate: f64) -> f64 {
    let mut sum = 0.0;
    while let Some(y) = twice(state, rate) {
        sum += y;
    }
    sum
}

/// The first trips have changed it.
#[differentiate]
fn all(state: &mut [f64]) -> Result<(), String> {
    for k in 0..state.len() {
        if state[k] < 0.0 {
            return Err(format!("{k} is negative"));
        }
        state[k] = state[k].sqrt();
    }
    Ok(())
}

#[differentiate]
fn checked(state: &mut [f64]) -> f64 {
    let outcome = all(state);
    if outcome.is_err() { 0.0 } else { state[0] }
}

/// So has what a closure captures.
#[differentiate]
fn run(mut f: impl FnMut(f64) -> f64, x: f64) -> Option<f64> {
    let y = f(x);
    if y < 0.0 {
        return None;
    }
    Some(y)
}

#[differentiate]
fn captured(x: f64) -> f64 {
    let mut count = 1.0;
    let y = run(
        |a| {
            count *= a;
            count
        },
        x,
    );
    if let Some(y) = y { y } else { count }
}

/// And what a closure has changed that it hands to another.
#[differentiate]
fn once(f: impl FnOnce(f64) -> f64, x: f64) -> f64 {
    f(x)
}

#[differentiate]
fn through_a_closure(state: &mut [f64], x: f64) -> Option<f64> {
    let y = once(
        |a| {
            state[0] *= a;
            a
        },
        x,
    );
    if y < 0.0 {
        return None;
    }
    Some(y)
}

#[differentiate]
fn goes_on(state: &mut [f64], x: f64) -> f64 {
    through_a_closure(state, x).unwrap_or(1.0) * state[0]
}

/// Of a trait's methods only the signatures are known.
#[differentiate]
trait Advance {
    fn advance(&mut self, by: f64) -> Option<f64>;
}

#[derive(Clone, Differentiable)]
struct Walker {
    at: f64,
}

#[differentiate]
impl Advance for Walker {
    fn advance(&mut self, by: f64) -> Option<f64> {
        if by < 0.0 {
            return None;
        }
        self.at += by;
        Some(self.at)
    }
}

#[differentiate]
fn walk(x: f64) -> f64 {
    let mut walker = Walker { at: x };
    match walker.advance(x) {
        Some(at) => at * x,
        None => walker.at,
    }
}

fn main() {}
