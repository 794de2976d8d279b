//! Functions that return a `Result` or an `Option`: proved on their good side, and on an error the same error, no shadow
//! touched, and in/out parameters as the function itself leaves them.
use crate::harness::noise;
use chainrule::differentiate;

#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    Empty,
    Lengths(usize, usize),
    Negative { at: usize, value: f64 },
    Text(String),
}

#[differentiate(forward, reverse, hessian)]
fn root(x: f64) -> Result<f64, Failure> {
    if x < 0.0 {
        return Err(Failure::Negative { at: 0, value: x });
    }
    Ok(x.sqrt() * x)
}

#[differentiate(forward, reverse, hessian)]
fn root_or_none(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt() * x) }
}

#[differentiate(forward, reverse, hessian)]
fn checked_first(x: &[f64], y: &[f64]) -> Result<f64, Failure> {
    if x.len() != y.len() {
        return Err(Failure::Lengths(x.len(), y.len()));
    }
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * y[i].sin() * x[i];
    }
    Ok(sum.exp())
}

/// The sum before the check would be fused if no error could follow.
#[differentiate(forward, reverse, hessian)]
fn checked_last(x: &[f64], limit: f64) -> Result<f64, String> {
    let mut sum = 0.0;
    for v in x {
        sum += v * v * v;
    }
    if sum > limit {
        return Err(format!("{sum} is above {limit}"));
    }
    Ok(sum * 2.0)
}

/// An error in the loop of a sum.
#[differentiate(forward, reverse, hessian)]
fn sum_of_logs(x: &[f64]) -> Result<f64, Failure> {
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        if *v <= 0.0 {
            return Err(Failure::Negative { at: i, value: *v });
        }
        sum += v.ln() * v;
    }
    Ok(sum)
}

/// Between two sums.
#[differentiate(forward, reverse)]
fn checked_between(x: &[f64], y: &[f64]) -> Result<f64, Failure> {
    let mut a = 0.0;
    for v in x {
        a += v * v;
    }
    if y.is_empty() {
        return Err(Failure::Empty);
    }
    let mut b = 0.0;
    for v in y {
        b += v.exp();
    }
    Ok(a * 3.0 + b)
}

#[differentiate(forward, reverse)]
fn by_match(x: f64, kind: usize) -> Result<f64, String> {
    match kind {
        0 => Ok(x * x),
        1 if x > 0.0 => Ok(x.ln()),
        1 => Err(format!("the logarithm of {x}")),
        2 => {
            let y = x.sin();
            Ok(y * y)
        }
        other => Err(format!("no kind {other}")),
    }
}

/// An error in a nested loop after updates in place.
#[differentiate(forward, reverse)]
fn relax(y: &mut [f64], rate: f64, limit: f64) -> Result<f64, Failure> {
    let mut total = 0.0;
    for round in 0..3 {
        for i in 1..y.len() {
            y[i] = y[i] * y[i - 1] + rate;
            if y[i] > limit {
                return Err(Failure::Negative {
                    at: round,
                    value: y[i],
                });
            }
            y[i - 1] *= rate;
        }
        total += y[0] * y[1];
    }
    Ok(total)
}

#[differentiate(forward, reverse)]
fn scale_all(y: &mut [f64], k: f64) -> Result<(), Failure> {
    if y.is_empty() {
        return Err(Failure::Empty);
    }
    for v in y.iter_mut() {
        *v = *v * *v * k;
        if *v > 100.0 {
            return Err(Failure::Text("too large".to_string()));
        }
    }
    Ok(())
}

#[differentiate(forward, reverse)]
fn maybe_scale(y: &mut [f64], k: f64, go: bool) -> Option<()> {
    if go {
        for v in y.iter_mut() {
            *v *= k;
        }
        Some(())
    } else {
        y[0] = y[0] * y[0];
        return Some(());
    }
}

#[differentiate(forward, reverse)]
fn powers(x: f64, n: usize) -> Result<Vec<f64>, Failure> {
    if n == 0 {
        return Err(Failure::Empty);
    }
    let mut out = Vec::new();
    let mut p = 1.0;
    for _ in 0..n {
        p *= x;
        out.push(p);
    }
    Ok(out)
}

#[differentiate(forward, reverse)]
fn pair(x: f64, y: f64) -> Option<(f64, [f64; 2])> {
    if y == 0.0 {
        return None;
    }
    Some((x / y, [x * y, x.sin()]))
}

#[differentiate(forward, reverse)]
fn newton(x0: f64, a: f64, most: usize) -> Result<f64, String> {
    let mut x = x0;
    let mut k = 0;
    loop {
        let step = (x * x - a) / (2.0 * x);
        x -= step;
        if step.abs() < 1e-3 {
            break Ok(x);
        }
        k += 1;
        if k > most {
            break Err(format!("no root after {k} steps"));
        }
    }
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float>(x: &[T], scale: T) -> Result<T, usize> {
    let mut sum = T::zero();
    for i in 0..x.len() {
        if x[i] < T::zero() {
            return Err(i);
        }
        sum = sum + x[i].sqrt() * scale;
    }
    Ok(sum)
}

#[differentiate(forward, reverse, hessian)]
fn question_after(x: f64, digits: &str) -> Result<f64, std::num::ParseIntError> {
    let n: i32 = digits.parse()?;
    let mut y = x.powi(n);
    for _ in 0..n {
        y = y.sin() + x;
    }
    Ok(y)
}

/// Always an error.
#[differentiate(forward, reverse)]
fn hopeless(x: f64) -> Result<f64, f64> {
    let y = x * x;
    Err(y)
}

#[test]
fn good_sides() {
    prove_hvp!(root(val 0.7) -> ok);
    prove_hvp!(root_or_none(val 0.7) -> ok);
    prove_hvp!(checked_first(slice noise(4), slice noise(4)) -> ok);
    prove_hvp!(checked_first(slice [0.0; 0], slice [0.0; 0]) -> ok);
    prove_hvp!(checked_last(slice noise(4), val 10.0) -> ok);
    prove_hvp!(sum_of_logs(slice [0.4, 1.3, 0.7]) -> ok);
    prove_hvp!(sum_of_logs(slice [0.0; 0]) -> ok);
    prove_gradient!(checked_between(slice noise(3), slice noise(2)) -> ok);
    prove_gradient!(by_match(val 0.7, con 0) -> ok);
    prove_gradient!(by_match(val 0.7, con 1) -> ok);
    prove_gradient!(by_match(val 0.7, con 2) -> ok);
    prove!(relax(io [0.3, -0.2, 0.5], val 0.4, val 50.0) -> ok);
    prove!(scale_all(io [0.3, -0.2, 0.5], val 0.4) -> ok_unit);
    prove!(maybe_scale(io [0.3, -0.2, 0.5], val 0.4, con true) -> ok_unit);
    prove!(maybe_scale(io [0.3, -0.2, 0.5], val 0.4, con false) -> ok_unit);
    prove!(powers(val 0.7, con 4) -> ok_vec);
    prove!(pair(val 0.7, val -0.4) -> ok);
    prove_gradient!(newton(val 1.5, val 2.0, con 20) -> ok);
    prove_gradient!(generic(slice [0.4, 1.3, 0.7], val 0.3) -> ok);
    prove_hvp!(question_after(val 0.7, con "3") -> ok);
}

/// The shadows of a call that fails: noise, which must be there afterwards.
fn shadow(n: usize) -> Vec<f64> {
    noise(n).iter().map(|v| v + 0.1).collect()
}

#[test]
fn errors_of_inputs() {
    let negative = Failure::Negative { at: 0, value: -1.0 };
    assert_eq!(root_tangent(-1.0, 0.3), Err(negative.clone()));
    assert_eq!(root_derivative(-1.0), Err(negative.clone()));
    assert_eq!(root_adjoint(-1.0, 0.3), Err(negative.clone()));
    assert_eq!(root_gradient(-1.0), Err(negative.clone()));
    assert_eq!(root_hvp(-1.0, 0.3), Err(negative));
    assert_eq!(root_or_none_tangent(-1.0, 0.3), None);
    assert_eq!(root_or_none_adjoint(-1.0, 0.3), None);
    assert_eq!(root_or_none_gradient(-1.0), None);
    assert_eq!(root_or_none_hvp(-1.0, 0.3), None);
    for kind in [1, 3] {
        let error = by_match(-0.4, kind).unwrap_err();
        assert_eq!(by_match_tangent(-0.4, 1.0, kind), Err(error.clone()));
        assert_eq!(by_match_adjoint(-0.4, kind, 1.0), Err(error));
    }
    assert_eq!(pair_tangent(0.3, 1.0, 0.0, 1.0), None);
    assert_eq!(pair_adjoint(0.3, 0.0, (1.0, [1.0, 1.0])), None);
    assert_eq!(powers_tangent(0.3, 1.0, 0), Err(Failure::Empty));
    assert_eq!(powers_adjoint(0.3, 0, &vec![]), Err(Failure::Empty));
    assert_eq!(hopeless_adjoint(0.5, 1.0), Err(0.25));
    assert_eq!(hopeless_tangent(0.5, 1.0), Err(0.25));
    let error = newton(1.5, 2.0, 0).unwrap_err();
    assert_eq!(newton_adjoint(1.5, 2.0, 0, 1.0), Err(error.clone()));
    assert_eq!(newton_tangent(1.5, 1.0, 2.0, 1.0, 0), Err(error));
    assert!(question_after_gradient(0.7, "three").is_err());
    assert!(question_after_hvp(0.7, 0.1, "three").is_err());
}

#[test]
fn errors_leave_shadows_alone() {
    let x = [0.3, 2.0, 0.5];
    let mut x_bar = shadow(3);
    let error = checked_last(&x, 1.0).unwrap_err();
    assert_eq!(
        checked_last_adjoint(&x, &mut x_bar, 1.0, 1.0),
        Err(error.clone())
    );
    assert_eq!(x_bar, shadow(3));
    assert_eq!(checked_last_gradient(&x, 1.0), Err(error.clone()));
    assert_eq!(checked_last_hvp(&x, &x, 1.0, 0.1), Err(error));

    let x = [0.3, 2.0, -0.5];
    let error = Failure::Negative { at: 2, value: -0.5 };
    assert_eq!(sum_of_logs_adjoint(&x, &mut x_bar, 1.0), Err(error.clone()));
    assert_eq!(x_bar, shadow(3));
    assert_eq!(sum_of_logs_hvp(&x, &x), Err(error));
    assert_eq!(generic_adjoint(&x, &mut x_bar, 1.0, 1.0), Err(2));
    assert_eq!(x_bar, shadow(3));

    let mut y_bar = Vec::new();
    let error = checked_between_adjoint(&x, &mut x_bar, &[], &mut y_bar, 1.0);
    assert_eq!(error, Err(Failure::Empty));
    assert_eq!(x_bar, shadow(3));
    let error = checked_first_adjoint(&x, &mut x_bar, &[], &mut y_bar, 1.0);
    assert_eq!(error, Err(Failure::Lengths(3, 0)));
    assert_eq!(x_bar, shadow(3));
}

#[test]
fn errors_leave_in_out_values_as_the_function_does() {
    let start = [0.9, 1.2, 1.1];
    let mut y = start;
    let error = relax(&mut y, 0.8, 1.95).unwrap_err();
    assert_ne!(y, start);
    let (mut z, mut z_bar) = (start, shadow(3));
    assert_eq!(
        relax_adjoint(&mut z, &mut z_bar, 0.8, 1.95, 1.0),
        Err(error.clone())
    );
    assert_eq!((z, z_bar), (y, shadow(3)));
    let (mut z, mut z_dot) = (start, shadow(3));
    let got = relax_tangent(&mut z, &mut z_dot, 0.8, 0.0, 1.95, 0.0);
    assert_eq!((got, z), (Err(error), y));

    let start = [1.0, 30.0, 2.0];
    let mut y = start;
    let error = scale_all(&mut y, 0.9).unwrap_err();
    let (mut z, mut z_bar) = (start, shadow(3));
    assert_eq!(
        scale_all_adjoint(&mut z, &mut z_bar, 0.9),
        Err(error.clone())
    );
    assert_eq!((z, z_bar), (y, shadow(3)));
    let (mut z, mut z_dot) = (start, shadow(3));
    assert_eq!(scale_all_tangent(&mut z, &mut z_dot, 0.9, 1.0), Err(error));
    assert_eq!(z, y);
    assert_eq!(
        scale_all_adjoint(&mut [], &mut [], 0.9),
        Err(Failure::Empty)
    );
}
