//! Fallible functions in hostile shapes: scratch memory, early good ends, blocks that break, mutual recursion.
use crate::harness::noise;
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn scratch_and_sum(x: &[f64], n: usize) -> Result<f64, String> {
    let mut out = vec![0.0; n];
    let mut total = 0.0;
    for r in 0..n {
        step(x, &mut out).map_err(|e| e.to_string())?;
        for i in 0..n {
            total += out[i] * x[i % x.len()];
        }
    }
    Ok(total)
}

#[differentiate(forward, reverse, hessian)]
fn step(x: &[f64], out: &mut [f64]) -> Result<(), std::num::TryFromIntError> {
    for i in 0..out.len() {
        let k: u8 = u8::try_from(i)?;
        out[i] = out[i] * 0.5 + x[i % x.len()] * x[k as usize % x.len()];
    }
    Ok(())
}

#[differentiate(forward, reverse, hessian)]
fn overwritten(x: &[f64], n: usize) -> f64 {
    let mut out = [0.0; 3];
    let mut total = 0.0;
    for r in 0..n {
        fill(x, &mut out).unwrap();
        total += out[0] * out[1] + out[2];
    }
    total
}

#[differentiate(forward, reverse, hessian)]
fn fill(x: &[f64], out: &mut [f64]) -> Option<()> {
    if x.is_empty() {
        return None;
    }
    out.fill(0.0);
    for i in 0..out.len() {
        out[i] = x[i % x.len()].sin();
    }
    Some(())
}

#[differentiate(forward, reverse)]
fn early_ok(x: &mut [f64], k: f64) -> Result<(), String> {
    if x.is_empty() {
        return Ok(());
    }
    for i in 0..x.len() {
        x[i] *= k;
        if i == 1 {
            return Ok(());
        }
        if x[i] > 5.0 {
            return Err(format!("{}", x[i]));
        }
    }
    x[0] = x[0] * x[0];
    Ok(())
}

#[differentiate(forward, reverse)]
fn both(x: f64, go: bool) -> Result<(), String> {
    if go { Ok(()) } else { Err("no".into()) }
}

#[differentiate(forward, reverse, hessian)]
fn block_value(x: f64, k: i32) -> Result<f64, String> {
    let y = {
        let z = match k {
            0 => return Err("zero".into()),
            1 => x.sin(),
            _ => {
                if x > 3.0 {
                    return Ok(x);
                }
                x * x
            }
        };
        z * 2.0
    };
    Ok('out: {
        if y > 1.0 {
            break 'out y;
        }
        y * y
    })
}

#[differentiate(forward, reverse, hessian)]
fn mutual_a(x: f64, n: usize) -> Result<f64, usize> {
    if n == 0 {
        return Ok(x * x);
    }
    Ok(mutual_b(x * 0.9, n - 1)? * x)
}

#[differentiate(forward, reverse, hessian)]
fn mutual_b(x: f64, n: usize) -> Result<f64, usize> {
    if n == 7 {
        return Err(n);
    }
    match n {
        0 => Ok(x.sin()),
        _ => mutual_a(x + 0.1, n - 1),
    }
}

mod failure {
    macro_rules! bail {
        ($($t:tt)*) => {
            return Err(format!($($t)*))
        };
    }
    pub(crate) use bail;
}

#[differentiate(forward, reverse)]
fn bails_by_path(x: &[f64], k: usize) -> Result<f64, String> {
    let mut sum = 0.0;
    for v in x {
        sum += v * v;
    }
    if k > 2 {
        failure::bail!("{k} is above 2");
    }
    match k {
        0 => Ok(sum.sqrt()),
        1 => Ok(sum),
        _ => failure::bail!("{k}"),
    }
}

#[test]
fn hostile_shapes() {
    let x = noise(3);
    prove_hvp!(scratch_and_sum(slice x, con 3) -> ok);
    prove_hvp!(overwritten(slice x, con 3));
    prove!(early_ok(io [0.3, 0.5, 0.7], val 0.4) -> ok_unit);
    prove!(early_ok(io [0.3], val 0.4) -> ok_unit);
    let empty: [f64; 0] = [];
    prove!(early_ok(io empty, val 0.4) -> ok_unit);
    prove!(both(val 0.3, con true) -> ok_unit);
    for k in [1, 2] {
        prove_hvp!(block_value(val 0.7, con k) -> ok);
        prove_hvp!(block_value(val 3.7, con k) -> ok);
    }
    for n in 0..5 {
        prove_hvp!(mutual_a(val 0.7, con n) -> ok);
    }
    assert_eq!(mutual_a_hvp(0.7, 1.0, 8), Err(7));
    assert_eq!(mutual_a_adjoint(0.7, 8, 1.0), Err(7));
    assert_eq!(both_adjoint(0.7, false), Err("no".into()));
    let (mut y, mut y_bar) = ([20.0, 1.0], [0.3, 0.2]);
    assert!(early_ok_adjoint(&mut y, &mut y_bar, 0.5).is_err());
    assert_eq!((y, y_bar), ([10.0, 1.0], [0.3, 0.2]));
    prove_gradient!(bails_by_path(slice x, con 0) -> ok);
    let mut bar = noise(3);
    for k in 2..4 {
        assert!(bails_by_path_adjoint(&x, &mut bar, k, 1.0).is_err());
        assert!(bails_by_path_tangent(&x, &x, k).is_err());
    }
    assert_eq!(bar, noise(3));
    let error = scratch_and_sum_adjoint(&x, &mut bar, 300, 1.0);
    assert!(error.is_err());
    assert_eq!(bar, noise(3));
}
