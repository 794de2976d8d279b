//! financial 1.1.5, MIT or Apache-2.0: `src/common.rs`, `src/common/find_root.rs`.

use chainrule::{Differentiable, differentiate};

// src/common.rs

pub const PRECISION: f64 = 1e-7;

// src/common/find_root.rs

const NEWTON_MAX_ITERATION: u32 = 20;

const BISECTION_MAX_ITERATION: u32 = 2000;

#[differentiate]
fn newton<F>(x: f64, f: F) -> Option<f64>
where
    F: Fn(f64) -> f64,
{
    let mut x = x;
    let df = |x: f64| (f(x + PRECISION) - f(x - PRECISION)) / (2. * PRECISION);

    for _ in 1..NEWTON_MAX_ITERATION {
        let fx = f(x);
        let dfx = df(x);

        let new_x = x - fx / dfx;

        if (new_x - x).abs() <= PRECISION || fx.abs() <= PRECISION {
            return Some(new_x);
        }

        x = new_x;
    }

    None
}

#[differentiate]
fn bisection<F>(bounds: Bounds, f: F) -> Option<f64>
where
    F: Fn(f64) -> f64,
{
    let mut a = bounds.lower;
    let mut b = bounds.upper;
    for _ in 1..BISECTION_MAX_ITERATION {
        let fa = f(a);
        if fa.abs() < PRECISION {
            return Some(a);
        } else {
            let fb = f(b);
            if fb.abs() < PRECISION {
                return Some(b);
            } else {
                if fa * fb > 0. {
                    return None;
                }

                let mid = a + (b - a) / 2.;
                let fmid = f(mid);

                if fmid.abs() < PRECISION {
                    return Some(mid);
                } else {
                    let fafmid = fa * fmid;
                    if fafmid < 0. {
                        b = mid;
                    } else if fafmid > 0. {
                        a = mid;
                    } else {
                        panic!("it should never get here");
                    }
                }
            }
        }
    }

    None
}

#[differentiate]
fn find_bounds<F>(x: f64, bounds: Bounds, f: F, expansion_factor: f64) -> Option<Bounds>
where
    F: Fn(f64) -> f64,
{
    let shift = 0.01;
    let adjust_to_min = |val| {
        if val <= bounds.lower {
            bounds.lower + PRECISION
        } else {
            val
        }
    };
    let adjust_to_max = |val| {
        if val >= bounds.upper {
            bounds.upper - PRECISION
        } else {
            val
        }
    };

    let mut low = adjust_to_min(x - shift);
    let mut upp = adjust_to_max(x + shift);
    for _ in 1..60 {
        let lower = adjust_to_min(low);
        let upper = adjust_to_max(upp);
        let product = f(lower) * f(upper);
        if product <= 0. {
            return Some(Bounds::new_from_range(lower, upper));
        } else {
            low = lower + expansion_factor * (lower - upper);
            upp = upper + expansion_factor * (upper - lower);
            continue;
        }
    }

    None
}

#[derive(Differentiable, Clone)]
#[derive(Debug)]
struct Bounds {
    lower: f64,
    upper: f64,
}

impl Bounds {

    #[differentiate]
    fn new_from_range(lower: f64, upper: f64) -> Bounds {
        if lower > upper {
            panic!("lower cannot be greater than upper bounds")
        }
        Bounds { lower, upper }
    }
}

// ---- tests

struct_shape!(Bounds { lower: f64, upper: f64 });

#[differentiate]
fn root_by_newton(x: f64, p: f64) -> Option<f64> {
    newton(x, |x| p * x.exp() - 3.0)
}

#[differentiate]
fn root_by_bisection(bounds: Bounds, p: f64) -> Option<f64> {
    // So flat that the precision leaves room for differences.
    let root = bisection(bounds, |x| 1e-5 * (p * x - 3.0))?;
    Some(root * p)
}

#[differentiate]
fn bounds_of(x: f64, bounds: Bounds, p: f64, factor: f64) -> Option<Bounds> {
    find_bounds(x, bounds, |x| p * x - 3.0, factor)
}

#[test]
fn roots() {
    prove_gradient!(root_by_newton(val 0.3, val 1.3) -> ok);
    let bounds = Bounds { lower: 0.0, upper: 3.9 };
    prove!(root_by_bisection(val bounds.clone(), val 1.5) -> ok);
    assert!(bisection(bounds.clone(), |x| x + 1.0).is_none());
    let bounds = Bounds { lower: -9.0, upper: 9.0 };
    prove!(bounds_of(val 1.3, val bounds.clone(), val 1.5, val 1.2) -> ok_vec);
    let bounds = Bounds { lower: 1.297, upper: 9.0 };
    prove!(bounds_of(val 1.3, val bounds.clone(), val 1.5, val 1.2) -> ok_vec);
}
