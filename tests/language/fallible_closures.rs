//! Closures that return an `Option` or a `Result`, handed to annotated functions.

use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn twice(f: impl Fn(f64) -> Option<f64>, x: f64) -> Option<f64> {
    let once = f(x)?;
    if once > 10.0 {
        return Some(once);
    }
    let twice = f(once * x)?;
    Some(twice * once)
}

#[differentiate(forward, reverse, hessian)]
fn total<F: FnMut(f64) -> Result<f64, String>>(mut f: F, x: &[f64]) -> Result<f64, String> {
    let mut sum = 0.0;
    for v in x {
        sum += f(*v)? * *v;
    }
    Ok(sum)
}

/// Errors are no matter here.
#[differentiate(forward, reverse, hessian)]
fn or_else(f: &dyn Fn(f64) -> Option<f64>, x: f64) -> f64 {
    let value = match f(x) {
        Some(v) => v,
        None => 2.0 * x,
    };
    value * x
}

#[differentiate(forward, reverse, hessian)]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 {
        return None;
    }
    Some(x.sqrt())
}

#[differentiate(forward, reverse, hessian)]
fn captured(p: f64, x: f64) -> Option<f64> {
    twice(|y| if y < 0.0 { None } else { Some(p * y.sin()) }, x)
}

#[differentiate(forward, reverse, hessian)]
fn with_question(p: f64, x: f64) -> Option<f64> {
    let scale = root(p)?;
    let value = twice(
        |y| {
            let r = root(y * p)?;
            if r > 3.0 {
                return None;
            }
            Some(r * scale)
        },
        x,
    )?;
    Some(value * p)
}

#[differentiate(forward, reverse, hessian)]
fn counted(p: f64, x: &[f64]) -> Result<f64, String> {
    let mut count = 0;
    let mut moment = 0.0;
    let sum = total(
        |v| {
            count += 1;
            if v.abs() > 5.0 {
                return Err(format!("the element {count} is out of range"));
            }
            let mut power = p;
            for k in 0..count {
                power *= v;
                moment += power * k as f64;
            }
            Ok(power.exp())
        },
        x,
    )?;
    Ok(sum * moment)
}

/// In a function that has no errors itself, in a loop.
#[differentiate(forward, reverse, hessian)]
fn in_a_loop(p: f64, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += or_else(
            &|y| match y > 0.0 {
                true => Some(p * y * y),
                false => None,
            },
            *v,
        );
        sum *= p;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn passed_on(p: f64, x: f64) -> Option<f64> {
    twice(|y| -> Option<f64> { root(y * p + 1.0) }, x)
}

#[test]
fn closures_with_errors() {
    for p in [0.7, 9.0] {
        prove_hvp!(captured(val p, val 0.8) -> ok);
        prove_hvp!(with_question(val p.min(3.0), val 0.8) -> ok);
        prove_hvp!(passed_on(val p, val 0.8) -> ok);
    }
    prove_hvp!(captured(val 14.0, val 0.9) -> ok);
    assert_eq!(captured_gradient(0.7, -0.8), None);
    assert_eq!(with_question_gradient(5.0, 6.0), None);
    prove_hvp!(counted(val 0.7, slice [0.3, -0.8, 1.2]) -> ok);
    prove_hvp!(counted(val 0.7, slice []) -> ok);
    let error = "the element 2 is out of range".to_string();
    assert_eq!(counted_gradient(0.7, &[0.3, 6.0, 1.2]), Err(error));
    prove_hvp!(in_a_loop(val 0.7, slice [0.3, -0.8, 1.2]));
}
