//! The conventions where a function is not differentiable, and inputs at which care is needed.
use chainrule::{constant, differentiate};

/// Value and derivative of a function of one number, by all companions; a zero seed gives a zero adjoint.
macro_rules! edge {
    ($f:ident($x:expr) = $value:expr, $derivative:expr) => {
        pastey::paste! {{
            let name = stringify!($f);
            let (x, value, derivative): (f64, f64, f64) = ($x, $value, $derivative);
            let same = |what: &str, got: f64, want: f64| {
                assert!(got == want || (got - want).abs() <= 1e-15 * want.abs(), "{name}({x:e}): {what} is {got:e}, but should be {want:e}");
            };
            same("the value", $f(x), value);
            same("the tangent's value", [<$f _tangent>](x, 1.0).0, value);
            same("the tangent", [<$f _tangent>](x, 1.0).1, derivative);
            same("the derivative", [<$f _derivative>](x).1, derivative);
            same("the adjoint's value", [<$f _adjoint>](x, 1.0).0, value);
            same("the adjoint", [<$f _adjoint>](x, 1.0).1, derivative);
            same("the gradient", [<$f _gradient>](x).1, derivative);
            same("the adjoint for a zero seed", [<$f _adjoint>](x, 0.0).1, 0.0);
        }}
    };
}

#[differentiate(forward, reverse)]
fn edge_abs(x: f64) -> f64 {
    x.abs()
}

#[differentiate(forward, reverse)]
fn edge_sqrt(x: f64) -> f64 {
    x.sqrt()
}

#[differentiate(forward, reverse)]
fn edge_sqrt_path(x: f64) -> f64 {
    f64::sqrt(2.0 * x)
}

#[differentiate(forward, reverse)]
fn edge_powi(x: f64, n: i32) -> f64 {
    x.powi(n)
}

#[differentiate(forward, reverse)]
fn edge_powi_zero(x: f64) -> f64 {
    x.powi(0)
}

#[differentiate(forward, reverse)]
fn edge_powi_one(x: f64) -> f64 {
    x.powi(1)
}

#[differentiate(forward, reverse)]
fn edge_powf(x: f64) -> f64 {
    x.powf(2.5)
}

#[differentiate(forward, reverse)]
fn edge_powf_one(x: f64) -> f64 {
    x.powf(1.0)
}

#[differentiate(forward, reverse)]
fn edge_powf_both(x: f64, p: f64) -> f64 {
    x.powf(p)
}

#[differentiate(forward, reverse)]
fn edge_max(x: f64, y: f64) -> f64 {
    x.max(y)
}

#[differentiate(forward, reverse)]
fn edge_min(x: f64, y: f64) -> f64 {
    x.min(y)
}

#[differentiate(forward, reverse)]
fn edge_max_constant(x: f64) -> f64 {
    x.max(0.0)
}

#[differentiate(forward, reverse)]
fn edge_floor(x: f64) -> f64 {
    x.floor()
}

#[differentiate(forward, reverse)]
fn edge_ceil(x: f64) -> f64 {
    x.ceil()
}

#[differentiate(forward, reverse)]
fn edge_round(x: f64) -> f64 {
    x.round()
}

#[differentiate(forward, reverse)]
fn edge_trunc(x: f64) -> f64 {
    x.trunc()
}

#[differentiate(forward, reverse)]
fn edge_fract(x: f64) -> f64 {
    x.fract()
}

#[differentiate(forward, reverse)]
fn edge_signum(x: f64) -> f64 {
    x.signum()
}

#[differentiate(forward, reverse)]
fn edge_rem(x: f64) -> f64 {
    x % 2.0
}

#[differentiate(forward, reverse)]
fn edge_rem_divisor(y: f64) -> f64 {
    7.5 % y
}

#[differentiate(forward, reverse)]
fn edge_cast(x: f64) -> f64 {
    x as i32 as f64
}

#[differentiate(forward, reverse)]
fn edge_comparison(x: f64) -> f64 {
    if x > 1.0 {
        2.0
    } else {
        (x <= 1.0) as i32 as f64
    }
}

#[differentiate(forward, reverse)]
fn edge_stopped(x: f64) -> f64 {
    constant(x * x) * x
}

#[differentiate(forward, reverse)]
fn edge_stopped_in_the_middle(x: f64) -> f64 {
    let y = x * x;
    let z = constant(y);
    y * z + constant(x.sin()) - constant(0.0)
}

#[differentiate(forward, reverse)]
fn edge_unused_branch_at_its_edge(x: f64) -> f64 {
    // The root isn't taken at 0: its infinite slope must not reach the result.
    if x > 0.0 { x.sqrt() } else { 3.0 * x }
}

#[differentiate(forward, reverse)]
fn edge_unused_root(x: f64) -> f64 {
    let root = x.sqrt();
    let y = x * 2.0;
    let _ = root * y;
    y
}

#[differentiate(forward, reverse)]
fn edge_root_overwritten(x: f64) -> f64 {
    let mut y = x.sqrt();
    if y >= 0.0 {
        y = x + 1.0;
    }
    y
}

#[differentiate(forward, reverse)]
fn edge_norm(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += x * x;
    }
    sum.sqrt()
}

#[differentiate(forward, reverse)]
fn edge_first_of_two(x: f64) -> [f64; 2] {
    [x, x.sqrt()]
}

#[differentiate(forward, reverse)]
fn edge_division(x: f64) -> f64 {
    1.0 / x
}

#[differentiate(forward, reverse)]
fn edge_hypot(x: f64, y: f64) -> f64 {
    x.hypot(y)
}

#[differentiate(forward, reverse)]
fn edge_large(x: f64) -> f64 {
    x.exp().ln_1p()
}

#[differentiate(forward, reverse)]
fn edge_cancelled_copy(x: f64) -> f64 {
    let mut v = vec![x, x];
    v[0] = x.sqrt();
    v[0] = v[1];
    v[0] * 2.0
}

#[test]
fn kinks() {
    edge!(edge_abs(0.0) = 0.0, 0.0);
    edge!(edge_abs(-0.0) = 0.0, 0.0);
    edge!(edge_abs(-2.0) = 2.0, -1.0);
    edge!(edge_max_constant(0.0) = 0.0, 1.0);
    edge!(edge_max_constant(-1.0) = 0.0, 0.0);
    for (x, want) in [(0.5, (1.0, 0.0)), (0.4, (0.0, 1.0)), (0.6, (1.0, 0.0))] {
        assert_eq!(
            edge_max_gradient(x, 0.5),
            (x.max(0.5), want),
            "edge_max at {x}"
        );
        assert_eq!(
            edge_max_tangent(x, 1.0, 0.5, 10.0).1,
            want.0 + 10.0 * want.1,
            "edge_max at {x}"
        );
    }
    for (x, want) in [(0.5, (1.0, 0.0)), (0.4, (1.0, 0.0)), (0.6, (0.0, 1.0))] {
        assert_eq!(
            edge_min_gradient(x, 0.5),
            (x.min(0.5), want),
            "edge_min at {x}"
        );
        assert_eq!(
            edge_min_tangent(x, 1.0, 0.5, 10.0).1,
            want.0 + 10.0 * want.1,
            "edge_min at {x}"
        );
    }
}

#[test]
fn roots_and_powers() {
    edge!(edge_sqrt(0.0) = 0.0, f64::INFINITY);
    edge!(edge_sqrt(4.0) = 2.0, 0.25);
    edge!(edge_sqrt_path(0.0) = 0.0, f64::INFINITY);
    edge!(edge_powi_zero(0.0) = 1.0, 0.0);
    edge!(edge_powi_zero(3.0) = 1.0, 0.0);
    edge!(edge_powi_one(0.0) = 0.0, 1.0);
    edge!(edge_powf(0.0) = 0.0, 0.0);
    edge!(edge_powf_one(0.0) = 0.0, 1.0);
    for n in 0..4 {
        let want = [0.0, 1.0, 0.0, 0.0][n as usize];
        assert_eq!(edge_powi_gradient(0.0, n).1, want, "edge_powi: 0^{n}");
        assert_eq!(edge_powi_tangent(0.0, 1.0, n).1, want, "edge_powi: 0^{n}");
    }
    assert_eq!(
        edge_powf_both_gradient(0.0, 2.5),
        (0.0, (0.0, 0.0)),
        "edge_powf_both"
    );
    assert_eq!(
        edge_powf_both_tangent(0.0, 1.0, 2.5, 1.0),
        (0.0, 0.0),
        "edge_powf_both"
    );
    assert_eq!(
        edge_powf_both_adjoint(0.0, 0.5, 0.0),
        (0.0, 0.0, 0.0),
        "edge_powf_both"
    );
    assert_eq!(
        edge_hypot_adjoint(0.0, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        "edge_hypot"
    );
}

#[test]
fn steps() {
    edge!(edge_floor(1.0) = 1.0, 0.0);
    edge!(edge_floor(1.5) = 1.0, 0.0);
    edge!(edge_ceil(1.0) = 1.0, 0.0);
    edge!(edge_round(1.5) = 2.0, 0.0);
    edge!(edge_trunc(-1.5) = -1.0, 0.0);
    edge!(edge_fract(1.5) = 0.5, 1.0);
    edge!(edge_signum(0.0) = 1.0, 0.0);
    edge!(edge_signum(-2.0) = -1.0, 0.0);
    edge!(edge_cast(2.5) = 2.0, 0.0);
    edge!(edge_comparison(0.5) = 1.0, 0.0);
    edge!(edge_rem(4.0) = 0.0, 1.0);
    edge!(edge_rem(-5.5) = -1.5, 1.0);
    edge!(edge_rem_divisor(2.0) = 1.5, -3.0);
}

#[test]
fn stopped() {
    edge!(edge_stopped(3.0) = 27.0, 9.0);
    edge!(edge_stopped_in_the_middle(2.0) = 16.0 + 2.0f64.sin(), 16.0);
}

/// Neither does the tangent of a partial reach what has no adjoint.
#[differentiate(hessian)]
fn edge_unused_twice(x: f64, n: usize) -> f64 {
    let root = (x - 2.0).sqrt();
    let logarithm = (x - 2.0).ln();
    match n {
        0 => root * x,
        1 => logarithm + x,
        _ => x * x * x,
    }
}

#[test]
fn zero_times_nan_does_not_arise_twice() {
    assert_eq!(edge_unused_twice_hvp(0.5, 1.0, 2), (0.125, 0.75, 3.0));
    assert_eq!(edge_unused_twice_hvp(2.0, 1.0, 2), (8.0, 12.0, 12.0));
    let (_, gradient, hessian) = edge_unused_twice_hessian(0.5, 2);
    assert_eq!((gradient, hessian[(0, 0)]), (0.75, 3.0));
}

#[test]
fn zero_times_infinity_does_not_arise() {
    edge!(edge_unused_branch_at_its_edge(0.0) = 0.0, 3.0);
    edge!(edge_unused_root(0.0) = 0.0, 2.0);
    edge!(edge_root_overwritten(0.0) = 1.0, 1.0);
    edge!(edge_cancelled_copy(0.0) = 0.0, 2.0);
    edge!(edge_division(-4.0) = -0.25, -0.0625);
    edge!(
        edge_large(3.0) = 3.0f64.exp().ln_1p(),
        3.0f64.exp() / (1.0 + 3.0f64.exp())
    );
    let mut bar = [0.0; 2];
    assert_eq!(
        edge_norm_adjoint(&[0.0, 0.0], &mut bar, 0.0),
        0.0,
        "edge_norm"
    );
    assert_eq!(bar, [0.0; 2], "edge_norm: a zero seed gives zero adjoints");
    assert_eq!(
        edge_first_of_two_adjoint(0.0, [1.0, 0.0]),
        ([0.0, 0.0], 1.0),
        "edge_first_of_two"
    );
}
