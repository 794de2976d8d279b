//! Callers that go on behind a callee's error, which it returns before it has changed anything.

use chainrule::{Differentiable, differentiate};

#[differentiate(forward, reverse, hessian)]
fn scale(p: &mut [f64], q: f64) -> Option<f64> {
    if p.is_empty() || q < 0.0 {
        return None;
    }
    for v in p.iter_mut() {
        *v *= q;
    }
    p[1] *= q * p[0];
    Some(q * p[0])
}

/// Errors leave from a loop that changes what is its own.
#[differentiate(forward, reverse, hessian)]
fn scale_by_own(p: &mut [f64], q: f64) -> Result<(), String> {
    let mut own = vec![q; 3];
    for k in 0..3 {
        if own[k] < 0.0 {
            return Err(format!("not by {}", p[0]));
        }
        own[k] *= 2.0;
    }
    for v in p.iter_mut() {
        *v *= own[1];
    }
    Ok(())
}

#[differentiate(forward, reverse, hessian)]
fn asked(p: &mut [f64], q: f64) -> f64 {
    let mut w = q;
    if let Some(v) = scale(p, q) {
        w = v * v;
    }
    p[0] * w
}

#[differentiate(forward, reverse, hessian)]
fn kept(p: &mut [f64], q: f64) -> f64 {
    let outcome = scale_by_own(p, q);
    if outcome.is_err() { p[0] * q } else { p[1] }
}

#[differentiate(forward, reverse, hessian)]
fn several(p: &[f64], q: f64) -> f64 {
    let mut v = p.to_vec();
    let mut sum = scale(&mut v, q - 1.0).unwrap_or(v[0]);
    for k in 0..3 {
        let Some(y) = scale(&mut v, q + 1.0 - k as f64) else {
            sum *= v[0];
            continue;
        };
        sum += y * v[1];
    }
    sum
}

#[derive(Clone, Debug, Differentiable)]
struct Body {
    a: f64,
    b: Vec<f64>,
}

#[differentiate(forward, reverse, hessian)]
impl Body {
    fn step(&mut self, q: f64) -> Option<f64> {
        if q < 0.0 {
            return None;
        }
        self.a *= q;
        self.b[0] += self.a;
        Some(self.a)
    }

    fn look(&self, q: f64) -> Option<f64> {
        (q > 0.0).then_some(self.a * q)
    }

    fn run(&mut self, q: f64) -> f64 {
        let mut t = q;
        for k in 0..3 {
            if let Some(v) = self.step(q - k as f64) {
                t += v;
            }
            t *= self.look(q - 1.0).unwrap_or(0.7);
        }
        t
    }
}

#[differentiate(forward, reverse, hessian)]
fn methods(p: &[f64], q: f64) -> f64 {
    let mut s = Body {
        a: p[0],
        b: p.to_vec(),
    };
    let t = s.run(q);
    s.step(q - 2.0).unwrap_or(t) * s.b[0] + s.a
}

/// In a trait, methods that change nothing may fail.
#[differentiate(forward, reverse, hessian)]
trait Look {
    fn look_at(&self, q: f64) -> Option<f64>;
}

#[differentiate(forward, reverse, hessian)]
impl Look for Body {
    fn look_at(&self, q: f64) -> Option<f64> {
        if q > 0.0 { Some(self.a * q) } else { None }
    }
}

#[differentiate(forward, reverse, hessian)]
fn of_a_trait(p: &[f64], q: f64) -> f64 {
    let s = Body {
        a: p[0],
        b: p.to_vec(),
    };
    s.look_at(q).unwrap_or(p[1] * q) * s.b[1]
}

#[differentiate(forward, reverse, hessian)]
fn with(f: impl Fn(f64) -> f64, q: f64) -> Option<f64> {
    let y = f(q);
    if y < 0.0 {
        return None;
    }
    Some(y * f(2.0))
}

#[differentiate(forward, reverse, hessian)]
fn with_changing(mut f: impl FnMut(f64) -> f64, q: f64) -> Option<f64> {
    if q < 0.0 {
        return None;
    }
    let a = f(q);
    Some(f(a))
}

#[differentiate(forward, reverse, hessian)]
fn closures(p: &[f64], q: f64) -> f64 {
    let mut s = p[0];
    let a = with(|x| x * p[1], q).unwrap_or(p[0]);
    let b = with_changing(
        |x| {
            s *= x;
            s * x
        },
        q,
    );
    a * b.unwrap_or(1.5) * s
}

/// What has changed may fail where the error goes on, and a `bool` is no error.
#[differentiate(forward, reverse, hessian)]
fn flagged(p: &mut [f64], q: f64) -> (bool, f64) {
    p[0] *= q;
    if q < 0.0 {
        return (false, 0.0);
    }
    p[1] *= q * p[0];
    (true, q)
}

#[differentiate(forward, reverse, hessian)]
fn by_flag(p: &mut [f64], q: f64) -> f64 {
    let (there, w) = flagged(p, q);
    if there { p[0] * w } else { p[0] * 2.0 }
}

#[differentiate(forward, reverse, hessian)]
fn last(v: &mut Vec<f64>) -> Option<f64> {
    v.pop()
}

#[differentiate(forward, reverse, hessian)]
fn drained(p: &[f64], q: f64) -> f64 {
    let mut v = p.to_vec();
    let mut s = 0.0;
    while let Some(x) = last(&mut v) {
        s = s * q + x * x;
    }
    s
}

#[test]
fn callers_go_on_behind_errors() {
    for q in [1.3, 2.6, -1.3] {
        prove_hvp!(asked(io [1.0, 2.0], val q));
        prove_hvp!(kept(io [1.0, 2.0], val q));
        prove_hvp!(several(slice [1.0, 2.0], val q));
        prove_hvp!(methods(slice [1.0, 2.0], val q));
        prove_hvp!(of_a_trait(slice [1.0, 2.0], val q));
        prove_hvp!(closures(slice [1.0, 2.0], val q));
        prove_hvp!(by_flag(io [1.0, 2.0], val q));
        prove_hvp!(drained(slice [1.0, 2.0, 0.3], val q));
        prove_hvp!(drained(slice [0.0; 0], val q));
    }
}
