//! Initial value problems of ordinary differential equations.
//!
//! [`solve`] has the discrete adjoint: the exact derivative of the numbers that it computes, at the price of a record of every step.
//! [`solve_continuous`] has that of the equation, which needs no record.
//!
//! ```
//! # extern crate ad_runtime as chainrule;
//! use chainrule::adjoints::ode;
//! # use ad_macros::differentiate;
//!
//! /// Where a damped pendulum is after a time.
//! #[differentiate]
//! fn angle(start: f64, damping: f64, time: f64) -> Result<f64, ode::NotSolved> {
//!     let end = ode::solve(
//!         |_t, y: &[f64]| vec![y[1], -y[0].sin() - damping * y[1]],
//!         &[start, 0.0],
//!         0.0,
//!         time,
//!         1e-10,
//!     )?;
//!     Ok(end[0])
//! }
//!
//! let (_, (slope_start, slope_damping, slope_time)) = angle_gradient(0.1, 0.0, 1.0)?;
//! // Nearly a cosine.
//! assert!((slope_start - 1.0_f64.cos()).abs() < 1e-2 && (slope_time + 0.1 * 1.0_f64.sin()).abs() < 1e-3);
//! assert!(slope_damping > 0.0);
//! # Ok::<(), ode::NotSolved>(())
//! ```

mod continuous;

use ad_macros::differentiate;

pub use continuous::*;

/// Why there is no solution.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NotSolved {
    /// The steps would be shorter than 10⁻¹² of the whole time: at this time.
    StepTooShort(f64),
    /// The rates are infinite or NaN: at this time.
    NotFinite(f64),
}

impl std::fmt::Display for NotSolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotSolved::StepTooShort(t) => write!(f, "the steps become too short at the time {t}"),
            NotSolved::NotFinite(t) => write!(f, "the rates are not finite at the time {t}"),
        }
    }
}

impl std::error::Error for NotSolved {}

/// The stages of Dormand and Prince's method of order 5; the last one stands at the end of the step (J. Dormand and P. Prince, A family of
/// embedded Runge-Kutta formulae, 1980).
const STAGES: [[f64; 6]; 7] = [
    [0.0; 6],
    [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
    [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
    [
        19372.0 / 6561.0,
        -25360.0 / 2187.0,
        64448.0 / 6561.0,
        -212.0 / 729.0,
        0.0,
        0.0,
    ],
    [
        9017.0 / 3168.0,
        -355.0 / 33.0,
        46732.0 / 5247.0,
        49.0 / 176.0,
        -5103.0 / 18656.0,
        0.0,
    ],
    [
        35.0 / 384.0,
        0.0,
        500.0 / 1113.0,
        125.0 / 192.0,
        -2187.0 / 6784.0,
        11.0 / 84.0,
    ],
];

const TIMES: [f64; 7] = [0.0, 0.2, 0.3, 0.8, 8.0 / 9.0, 1.0, 1.0];

/// The difference of the methods of orders 5 and 4.
const ERRORS: [f64; 7] = [
    71.0 / 57600.0,
    0.0,
    -71.0 / 16695.0,
    71.0 / 1920.0,
    -17253.0 / 339200.0,
    22.0 / 525.0,
    -1.0 / 40.0,
];

/// The shortest step, as a share of the whole.
const SHORTEST: f64 = 1e-12;

/// How large the error of a step is, compared with what it may be.
fn excess(rates: &[f64], h: f64, y: &[f64], tolerance: f64) -> f64 {
    let n = y.len();
    let of = |i: usize| {
        let error: f64 = (0..7).map(|s| ERRORS[s] * rates[s * n + i]).sum();
        (h * error).abs() / (tolerance * (1.0 + y[i].abs()))
    };
    (0..n)
        .map(of)
        .fold(0.0, |largest, e| match e.is_nan() || largest.is_nan() {
            true => f64::NAN,
            false => e.max(largest),
        })
}

/// By how much the step may change.
fn factor(excess: f64) -> f64 {
    (0.9 * excess.powf(-0.2)).clamp(0.2, 5.0)
}

/// The share of the time that has passed after a step: the last one ends at the end.
fn after(done: f64, share: f64) -> f64 {
    match done + share < 1.0 - SHORTEST {
        true => done + share,
        false => 1.0,
    }
}

/// The next step, up to the end if what would be left is a hundredth of it.
fn next(share: f64, done: f64) -> f64 {
    match done + 1.01 * share < 1.0 {
        true => share,
        false => 1.0 - done,
    }
}

fn acceptable(excess: f64, share: f64, time: f64) -> Result<(), NotSolved> {
    match (excess.is_finite(), share >= SHORTEST) {
        (false, _) => Err(NotSolved::NotFinite(time)),
        (_, false) => Err(NotSolved::StepTooShort(time)),
        _ => Ok(()),
    }
}

/// The state at the time `t1` of the system `y' = f(t, y)` that starts from `y0` at `t0`; `t1` may be the earlier one.
///
/// Steps of order 5, whose lengths keep the error of each component below `tolerance · (1 + |y|)` a step. The derivative is that of
/// the steps, whose number and shares of the time are held constant: the discrete adjoint. It is exact for what is computed, in the
/// start, in both times, and in all that `f` depends on.
///
/// # Errors
///
/// [`NotSolved::StepTooShort`] if the system is too stiff for the tolerance, [`NotSolved::NotFinite`] if a rate is not finite.
///
/// # Panics
///
/// If `f` returns another number of rates than `y0` has components.
#[differentiate(forward, reverse, hessian)]
pub fn solve(
    f: impl Fn(f64, &[f64]) -> Vec<f64>,
    y0: &[f64],
    t0: f64,
    t1: f64,
    #[constant] tolerance: f64,
) -> Result<Vec<f64>, NotSolved> {
    let n = y0.len();
    let mut y = y0.to_vec();
    let mut done = 0.0;
    let mut share = 0.0625;
    while done < 1.0 {
        let t = t0 + (t1 - t0) * done;
        let h = (t1 - t0) * share;
        let mut rates = vec![0.0; 7 * n];
        let mut z = y.clone();
        for s in 0..7 {
            for i in 0..n {
                let mut sum = 0.0;
                for r in 0..s {
                    sum += STAGES[s][r] * rates[r * n + i];
                }
                z[i] = y[i] + h * sum;
            }
            let rate = f(t + h * TIMES[s], &z);
            assert_eq!(rate.len(), n, "a rate for each component");
            for i in 0..n {
                rates[s * n + i] = rate[i];
            }
        }
        let excess = crate::constant(excess(&rates, h, &y, tolerance));
        crate::constant(acceptable(excess, share, t)?);
        if excess <= 1.0 {
            y.copy_from_slice(&z);
            done = crate::constant(after(done, share));
        }
        share = crate::constant(next(share * factor(excess), done));
    }
    Ok(y)
}
