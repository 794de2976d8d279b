//! Calls of functions that return a `Result` or an `Option`: `?`, `unwrap`, `expect`, and what stands before them.
use crate::harness::noise;
use chainrule::differentiate;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq)]
pub enum Low {
    Negative(f64),
    Overflow { at: usize },
}

#[derive(Debug, Clone, PartialEq)]
pub enum High {
    Low(Low),
    Step(usize, String),
    Missing(&'static str),
}

impl From<Low> for High {
    fn from(low: Low) -> High {
        High::Low(low)
    }
}

#[differentiate(forward, reverse, hessian)]
fn log(x: f64) -> Result<f64, Low> {
    if x <= 0.0 {
        return Err(Low::Negative(x));
    }
    Ok(x.ln())
}

#[differentiate(forward, reverse, hessian)]
fn norm(x: &[f64]) -> Option<f64> {
    let mut sum = 0.0;
    for v in x {
        sum += v * v;
    }
    if sum == 0.0 { None } else { Some(sum.sqrt()) }
}

/// Updates in place until something is too large.
#[differentiate(forward, reverse, hessian)]
fn grow(y: &mut [f64], rate: f64) -> Result<(), Low> {
    for i in 0..y.len() {
        y[i] = y[i] * y[i] + rate;
        if y[i] > 10.0 {
            return Err(Low::Overflow { at: i });
        }
    }
    Ok(())
}

#[differentiate(forward, reverse, hessian)]
fn grown_value(y: &mut [f64], rate: f64) -> Result<f64, Low> {
    grow(y, rate)?;
    y[0] *= rate;
    Ok(log(y[0])? * y[1])
}

#[differentiate(forward, reverse, hessian)]
fn nested(x: f64, y: f64) -> Result<f64, Low> {
    let z = log(x + log(y)?)?;
    Ok(z * log(x)? + y * log(z * z)?)
}

#[differentiate(forward, reverse, hessian)]
fn converted(x: f64, #[constant] table: &HashMap<&str, f64>) -> Result<f64, High> {
    let scale = *table.get("scale").ok_or(High::Missing("scale"))?;
    let y = log(x * scale)?;
    let z = log(y).map_err(|e| High::Step(1, format!("{e:?} at {y}")))?;
    Ok(y * z)
}

#[differentiate(forward, reverse, hessian)]
fn in_a_loop(x: &[f64], limit: f64) -> Result<f64, High> {
    let mut y = 1.0;
    for (i, v) in x.iter().enumerate() {
        y *= log(*v + y).map_err(|e| High::Step(i, format!("{e:?}")))?;
        if y > limit {
            return Err(High::Step(i, "too large".into()));
        }
        if i % 2 == 1 {
            y += log(v * v)?;
        }
    }
    Ok(y)
}

/// The sum before the call would be fused if the call could not fail, and so would the one behind it.
#[differentiate(forward, reverse, hessian)]
fn between_sums(x: &[f64], y: f64) -> Result<f64, Low> {
    let mut a = 0.0;
    for v in x {
        a += v * v * v;
    }
    let l = if y < 5.0 { log(y)? } else { y };
    let mut b = 0.0;
    for v in x {
        b += (v * l).sin();
    }
    Ok(2.0 * a + b)
}

/// What can't leave the function does not keep a sum from being fused.
#[differentiate(forward, reverse, hessian)]
fn unwrapped(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += log(v * v + 1.0).unwrap() * v;
    }
    sum * norm(x).expect("not all are zero")
}

#[differentiate(forward, reverse, hessian)]
fn option_to_result(x: &[f64], name: &'static str) -> Result<f64, High> {
    let n = norm(x).ok_or(High::Missing(name))?;
    let m = norm(x).ok_or_else(|| High::Missing(name))?;
    let l = log(n).ok().unwrap();
    Ok(n * m + l)
}

#[differentiate(forward, reverse, hessian)]
fn result_to_option(x: f64) -> Option<f64> {
    let y = log(x).ok()?;
    Some(y * y)
}

#[differentiate(forward, reverse, hessian)]
fn tail_call(x: f64, deep: bool) -> Result<f64, Low> {
    if deep {
        return log(x * x);
    }
    match x {
        x if x > 1.0 => log(x),
        _ => nested(x + 2.0, x + 3.0),
    }
}

#[differentiate(forward, reverse, hessian)]
fn recursive(x: f64, n: usize) -> Result<f64, Low> {
    if n == 0 {
        return log(x);
    }
    let y = recursive(x + 0.3, n - 1)?;
    Ok(y * x + recursive(x * 1.1, n - 1)?)
}

#[differentiate(forward, reverse, hessian)]
fn march(y: &mut [f64], rate: f64, steps: usize) -> Result<f64, High> {
    let mut total = 0.0;
    for k in 0..steps {
        y[0] += rate * y[1];
        grow(y, rate).map_err(|low| match low {
            Low::Overflow { at } => High::Step(k, format!("element {at}")),
            other => High::Low(other),
        })?;
        total += y[0] * y[1];
    }
    Ok(total)
}

pub struct Model {
    bias: f64,
}

#[differentiate(forward, reverse)]
impl Model {
    fn layer(#[constant] &self, x: f64) -> Result<f64, Low> {
        if x < self.bias {
            return Err(Low::Negative(x));
        }
        Ok((x - self.bias).sqrt())
    }

    fn run(#[constant] &self, x: &[f64]) -> Result<f64, High> {
        let mut sum = 0.0;
        for v in x {
            sum += self.layer(*v)? * v;
        }
        Ok(self.layer(sum)?)
    }
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float>(x: T, y: T) -> Result<T, String> {
    let z = generic_part(x)?;
    if z > y {
        return Err("above".to_string());
    }
    Ok(z * generic_part(y)?)
}

#[differentiate(forward, reverse)]
fn generic_part<T: num_traits::Float>(x: T) -> Result<T, String> {
    if x < T::zero() {
        Err("negative")?
    }
    Ok(x.sqrt())
}

#[differentiate(forward, reverse)]
fn constants(x: &[f64], text: &str, i: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let power: i32 = text.trim().parse()?;
    let factor: f64 = "0.5".parse()?;
    let before = i.checked_sub(1).ok_or("no element before the first")?;
    let mut y = factor;
    for k in before..x.len() {
        y = y * x[k].powi(power) + x[before];
    }
    Ok(y * "2".parse::<f64>()?)
}

#[differentiate(forward, reverse)]
fn vectors(x: &[f64], n: usize) -> Result<Vec<f64>, Low> {
    let mut out = doubled(x)?;
    for k in 0..n {
        let more = doubled(&out)?;
        out[0] = more[0] * more[more.len() - 1];
    }
    Ok(out)
}

#[differentiate(forward, reverse)]
fn doubled(x: &[f64]) -> Result<Vec<f64>, Low> {
    let mut out = Vec::new();
    for v in x {
        if *v < -10.0 {
            return Err(Low::Negative(*v));
        }
        out.push(v * v * 2.0);
    }
    Ok(out)
}

fn table(scale: f64) -> HashMap<&'static str, f64> {
    HashMap::from([("scale", scale)])
}

#[test]
fn good_sides() {
    let (scale, x) = (table(4.0), [0.7, 1.6, 1.2]);
    prove!(grow(io [0.3, -0.2], val 0.4) -> ok_unit);
    prove_hvp!(grown_value(io [0.3, -0.2], val 0.4) -> ok);
    prove_hvp!(nested(val 1.7, val 2.6) -> ok);
    prove_hvp!(converted(val 1.7, con &scale) -> ok);
    prove_hvp!(in_a_loop(slice x, val 40.0) -> ok);
    prove_hvp!(in_a_loop(slice [0.0; 0], val 40.0) -> ok);
    prove_hvp!(between_sums(slice x, val 1.2) -> ok);
    prove_hvp!(between_sums(slice x, val 6.2) -> ok);
    prove_hvp!(unwrapped(slice x));
    prove_hvp!(option_to_result(slice x, con "x") -> ok);
    prove_hvp!(result_to_option(val 1.7) -> ok);
    prove_hvp!(tail_call(val 1.7, con true) -> ok);
    prove_hvp!(tail_call(val 1.7, con false) -> ok);
    prove_hvp!(tail_call(val 0.7, con false) -> ok);
    prove_hvp!(recursive(val 1.7, con 3) -> ok);
    prove_hvp!(march(io [0.3, -0.2], val 0.4, con 3) -> ok);
    prove_hvp!(march(io [0.3, -0.2], val 0.4, con 0) -> ok);
    prove_gradient!(generic(val 0.7, val 1.3) -> ok);
    prove_gradient!(constants(slice x, con " 2", con 1) -> ok);
    prove!(vectors(slice noise(3), con 2) -> ok_vec);
    prove!(vectors(slice noise(3), con 0) -> ok_vec);
}

#[test]
fn methods() {
    let (model, x) = (Model { bias: 0.1 }, [0.7, 1.6]);
    let mut x_bar = vec![0.0; 2];
    let value = model.run_adjoint(&x, &mut x_bar, 1.0).unwrap();
    assert_eq!(value, model.run(&x).unwrap());
    let (_, slope) = model.run_tangent(&x, &[1.0, 0.0]).unwrap();
    assert!((slope - x_bar[0]).abs() < 1e-12);
    let mut x_bar = vec![0.3; 2];
    let error = model.run_adjoint(&[0.7, 0.0], &mut x_bar, 1.0);
    assert_eq!(error, Err(High::Low(Low::Negative(0.0))));
    assert_eq!(x_bar, [0.3; 2]);
}

#[test]
fn errors() {
    assert_eq!(nested_adjoint(1.7, -1.0, 1.0), Err(Low::Negative(-1.0)));
    assert_eq!(
        nested_tangent(1.7, 1.0, -1.0, 1.0),
        Err(Low::Negative(-1.0))
    );
    assert_eq!(nested_hvp(1.7, 1.0, -1.0, 1.0), Err(Low::Negative(-1.0)));
    assert_eq!(
        tail_call_gradient(-1.0, false),
        nested_gradient(1.0, 2.0).map(|(v, (a, b))| (v, a + b))
    );
    let (full, empty) = (table(4.0), HashMap::new());
    assert_eq!(converted_gradient(1.7, &empty), Err(High::Missing("scale")));
    let error = converted(0.25, &full).unwrap_err();
    assert!(matches!(error, High::Step(1, _)));
    assert_eq!(converted_adjoint(0.25, &full, 1.0), Err(error.clone()));
    assert_eq!(converted_hvp(0.25, 1.0, &full), Err(error));
    assert_eq!(result_to_option_adjoint(-1.0, 1.0), None);
    assert_eq!(
        generic_adjoint(-0.3f64, 0.2, 1.0),
        Err("negative".to_string())
    );
    assert_eq!(
        generic_tangent(0.3f64, 0.1, 0.2, 0.1),
        Err("above".to_string())
    );
    assert_eq!(
        recursive_adjoint(-1.0, 2, 1.0),
        recursive(-1.0, 2).map(|v| (v, 0.0))
    );

    let start = [0.3, 2.0, -4.5];
    let mut x_bar = noise(3);
    for limit in [0.1, 40.0] {
        let error = in_a_loop(&start, limit).unwrap_err();
        assert_eq!(
            in_a_loop_adjoint(&start, &mut x_bar, limit, 1.0),
            Err(error.clone())
        );
        assert_eq!(in_a_loop_gradient(&start, limit), Err(error.clone()));
        assert_eq!(in_a_loop_hvp(&start, &start, limit, 0.0), Err(error));
    }
    let error = Err(Low::Negative(-0.2));
    assert_eq!(between_sums_adjoint(&start, &mut x_bar, -0.2, 1.0), error);
    assert_eq!(x_bar, noise(3));
    let zeros = [0.0; 2];
    let mut bar = noise(2);
    let error = option_to_result_adjoint(&zeros, &mut bar, "y", 1.0);
    assert_eq!((error, bar), (Err(High::Missing("y")), noise(2)));
    for (text, i) in [("two", 1), ("2", 0)] {
        let error = constants(&start, text, i).unwrap_err().to_string();
        let got = constants_adjoint(&start, &mut x_bar, text, i, 1.0);
        assert_eq!(got.unwrap_err().to_string(), error);
    }
    assert_eq!(x_bar, noise(3));
}

#[test]
fn errors_in_callees_leave_in_out_values_as_the_function_does() {
    let start = [1.2, 1.1];
    for steps in [2, 4] {
        let mut y = start;
        let error = march(&mut y, 0.6, steps).unwrap_err();
        let (mut z, mut z_bar) = (start, noise(2));
        let got = march_adjoint(&mut z, &mut z_bar, 0.6, steps, 1.0);
        assert_eq!((got, z, z_bar), (Err(error.clone()), y, noise(2)));
        let (mut z, mut z_dot) = (start, noise(2));
        let got = march_tangent(&mut z, &mut z_dot, 0.6, 0.1, steps);
        assert_eq!((got, z), (Err(error.clone()), y));
        let (mut z, mut z_dot) = (start, noise(2));
        let got = march_hvp(&mut z, &mut z_dot, 0.6, 0.1, steps);
        assert_eq!((got, z), (Err(error), y));
    }
    let start = [0.3, 4.0];
    let mut y = start;
    let error = grown_value(&mut y, 0.4).unwrap_err();
    let (mut z, mut z_bar) = (start, noise(2));
    let got = grown_value_adjoint(&mut z, &mut z_bar, 0.4, 1.0);
    assert_eq!((got, z, z_bar), (Err(error), y, noise(2)));
}

#[test]
#[should_panic(expected = "not all are zero")]
fn expect_panics_as_it_does() {
    let _ = unwrapped_gradient(&[0.0, 0.0]);
}

#[differentiate(forward, reverse, hessian)]
fn matched(x: f64, y: f64) -> Result<f64, High> {
    let a = match log(x) {
        Ok(v) => v * y,
        Err(low) => return Err(High::Low(low)),
    };
    let Ok(b) = log(a * a) else {
        return Err(High::Step(2, format!("{a}")));
    };
    let Some(c) = norm(&[a, b]) else {
        return Err(High::Missing("norm"));
    };
    let mut d = 1.0;
    for k in 0..2 {
        d *= match log(c + d) {
            Err(_) => return Err(High::Step(k, String::new())),
            Ok(v) => v + a,
        };
    }
    Ok(b * c * d)
}

#[differentiate(forward, reverse)]
fn split(x: &[f64]) -> Result<(f64, Vec<f64>), Low> {
    let mut rest = Vec::new();
    for k in 1..x.len() {
        rest.push(log(x[k] + 2.0)?);
    }
    Ok((log(x[0])?, rest))
}

#[differentiate(forward, reverse)]
fn joined_again(x: &[f64]) -> Result<[f64; 2], Low> {
    let (first, rest) = split(x)?;
    let (other, _) = split(&rest)?;
    Ok([first * rest[0], other * first])
}

/// `?` in bounds, indices and conditions.
#[differentiate(forward, reverse, hessian)]
fn anywhere(x: &[f64], picks: &[usize], n: usize) -> Option<f64> {
    let mut sum = 0.0;
    for i in 0..n.checked_sub(1)? {
        sum += x[picks.get(i).copied()?] * x[i];
    }
    let mut k = 0;
    while k < picks.first().copied()? {
        sum *= x[k].exp();
        k += 1;
    }
    if *picks.iter().max()? > k {
        sum += sum * sum;
    }
    Some(sum)
}

macro_rules! bail {
    ($($t:tt)*) => {
        return Err(format!($($t)*))
    };
}
macro_rules! ensure {
    ($c:expr, $($t:tt)*) => {
        if !$c {
            bail!($($t)*)
        }
    };
}

#[differentiate(forward, reverse)]
fn by_macro(x: &[f64], limit: f64) -> Result<f64, String> {
    let mut sum = 0.0;
    for v in x {
        sum += v * v * v;
    }
    ensure!(sum < limit, "{sum} is not below {limit}");
    if x.len() > 3 {
        bail!("{} elements", x.len());
    }
    Ok(sum * x[0])
}

#[differentiate(forward, reverse)]
fn labelled(x: &[f64], limit: f64) -> Result<f64, Low> {
    let mut y = 1.0;
    'rows: for i in 0..x.len() {
        let mut k = 0;
        while k < 3 {
            y = y * x[i] + 0.1;
            if y > limit {
                return Err(Low::Overflow { at: 10 * i + k });
            }
            if y < -limit {
                continue 'rows;
            }
            if y > 0.9 * limit {
                break 'rows;
            }
            k += 1;
        }
        y += log(y * y)?;
    }
    Ok(y)
}

#[test]
fn more_good_sides() {
    let x = [0.7, 1.6, 1.2];
    prove_hvp!(matched(val 1.7, val 0.6) -> ok);
    prove!(split(slice x) -> ok_vec);
    prove!(joined_again(slice x) -> ok);
    prove_hvp!(anywhere(slice x, con &[2, 0], con 3) -> ok);
    prove_hvp!(anywhere(slice x, con &[2, 0], con 1) -> ok);
    prove_gradient!(by_macro(slice x, val 10.0) -> ok);
    let mut proved = 0;
    for limit in [50.0, 5.0, 2.5, 1.9, 1.6, 1.2, 0.9] {
        let x = [0.7, -1.6, 1.2];
        if labelled(&x, limit).is_ok() {
            prove_gradient!(labelled(slice x, val limit) -> ok);
            proved += 1;
        }
    }
    assert!(proved > 1, "{proved}");
}

#[test]
fn more_errors() {
    let x = [0.7, 1.6, 1.2, 0.4];
    let mut x_bar = noise(4);
    for (limit, end) in [(1.0, 4), (50.0, 4), (1.0, 2)] {
        let error = by_macro(&x[..end], limit).unwrap_err();
        let got = by_macro_adjoint(&x[..end], &mut x_bar[..end], limit, 1.0);
        assert_eq!(got, Err(error));
    }
    for picks in [&[][..], &[2], &[0, 1]] {
        for n in [0, 3] {
            if anywhere(&x, picks, n).is_none() {
                assert_eq!(anywhere_adjoint(&x, &mut x_bar, picks, n, 1.0), None);
            }
        }
    }
    let mut errors = 0;
    for limit in [5.0, 2.5, 1.9, 1.6, 1.2, 0.9, 0.5] {
        if let Err(error) = labelled(&x, limit) {
            assert_eq!(labelled_adjoint(&x, &mut x_bar, limit, 1.0), Err(error));
            errors += 1;
        }
    }
    assert!(errors > 0, "{errors}");
    let error = split_adjoint(&[0.1, -3.0], &mut x_bar[..2], &(1.0, vec![1.0]));
    assert_eq!(error, Err(Low::Negative(-1.0)));
    assert_eq!(x_bar, noise(4));
    for (x, y) in [(-1.0, 1.0), (2.0, 0.0), (1.7, 0.6), (1.5, 1.0)] {
        let error = matched(x, y).map(|_| ());
        assert_eq!(matched_gradient(x, y).map(|_| ()), error);
        assert_eq!(matched_hvp(x, 1.0, y, 1.0).map(|_| ()), error);
    }
}

/// What is read before a `?` is read before it, whatever that changes.
#[differentiate(forward, reverse, hessian)]
fn in_order(x: f64, start: &[usize]) -> Option<f64> {
    let mut stack: Vec<usize> = start.to_vec();
    let mut y = x;
    let a = stack.len() as f64 * x + stack.pop()? as f64 * y;
    let b = weighted(stack.len() as f64 * x, stack.pop()? as f64 * y)?;
    let c = y * scaled(&mut y, stack.len())? + y;
    let d = weighted(y, scaled(&mut y, stack.pop()?)?)?;
    Some(a * b + c * d * y)
}

#[differentiate(forward, reverse, hessian)]
fn weighted(x: f64, y: f64) -> Option<f64> {
    if x == y { None } else { Some(x * y.sin()) }
}

#[differentiate(forward, reverse, hessian)]
fn scaled(y: &mut f64, k: usize) -> Option<f64> {
    *y = *y * *y + k as f64;
    (k != 5).then_some(())?;
    Some(*y * 0.5)
}

#[differentiate(forward, reverse)]
fn static_text(x: &[f64]) -> Result<f64, &'static str> {
    if x.len() < 2 {
        return Err("too short");
    }
    Ok(x[0] * x[1])
}

#[differentiate(forward, reverse)]
fn any_error<E: From<Low>>(x: f64) -> std::result::Result<f64, E> {
    let y = log(x)?;
    return Ok(y * y);
}

#[test]
fn order_and_errors() {
    prove_hvp!(in_order(val 0.7, con &[1, 4, 3]) -> ok);
    for start in [&[][..], &[1], &[1, 2], &[5, 4, 1]] {
        assert_eq!(in_order(0.7, start), None);
        assert_eq!(in_order_adjoint(0.7, start, 1.0), None);
        assert_eq!(in_order_hvp(0.7, 1.0, start), None);
    }
    assert_eq!(
        any_error_adjoint::<High>(-1.0, 1.0),
        Err(High::Low(Low::Negative(-1.0)))
    );
    assert_eq!(
        any_error_gradient::<Low>(2.0).unwrap().0,
        2f64.ln() * 2f64.ln()
    );
}
