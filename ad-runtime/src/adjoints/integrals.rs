//! Definite integrals by adaptive quadrature.
//!
//! ```
//! # extern crate ad_runtime as chainrule;
//! use chainrule::adjoints::integrals;
//! # use ad_macros::differentiate;
//!
//! /// The incomplete gamma function for real orders.
//! #[differentiate]
//! fn incomplete_gamma(order: f64, x: f64) -> Result<f64, integrals::NoIntegral> {
//!     integrals::integrate(|t| (order - 1.0) * (-t).exp() * t.powf(order), 0.0, x, 1e-12)
//! }
//!
//! let (_, (_, slope)) = incomplete_gamma_gradient(2.0, 1.5)?;
//! assert_eq!(slope, (-1.5_f64).exp() * 1.5_f64.powf(2.0));
//! # Ok::<(), integrals::NoIntegral>(())
//! ```

use ad_macros::differentiate;

/// Why there is no integral.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NoIntegral {
    /// The tolerance is not reached around this point, however short the intervals.
    NotConverged(f64),
    /// The function is infinite or NaN at this point, or the point is a bound that is.
    NotFinite(f64),
}

impl std::fmt::Display for NoIntegral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoIntegral::NotConverged(x) => {
                write!(f, "the integral does not converge around {x}")
            }
            NoIntegral::NotFinite(x) => write!(f, "the integrand is not finite at {x}"),
        }
    }
}

impl std::error::Error for NoIntegral {}

/// The nodes of Kronrod's rule of 15 points on [−1, 1], with its weights and those of Gauss's rule of 7 points, whose nodes are among them
/// (R. Piessens and others, QUADPACK, 1983).
const RULE: [[f64; 3]; 15] = [
    [-0.991_455_371_120_812_6, 0.022_935_322_010_529_224, 0.0],
    [
        -0.949_107_912_342_758_5,
        0.063_092_092_629_978_56,
        0.129_484_966_168_869_7,
    ],
    [-0.864_864_423_359_769_1, 0.104_790_010_322_250_19, 0.0],
    [
        -0.741_531_185_599_394_5,
        0.140_653_259_715_525_92,
        0.279_705_391_489_276_64,
    ],
    [-0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0],
    [
        -0.405_845_151_377_397_2,
        0.190_350_578_064_785_4,
        0.381_830_050_505_118_9,
    ],
    [-0.207_784_955_007_898_47, 0.204_432_940_075_298_89, 0.0],
    [0.0, 0.209_482_141_084_727_82, 0.417_959_183_673_469_4],
    [0.207_784_955_007_898_47, 0.204_432_940_075_298_89, 0.0],
    [
        0.405_845_151_377_397_2,
        0.190_350_578_064_785_4,
        0.381_830_050_505_118_9,
    ],
    [0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0],
    [
        0.741_531_185_599_394_5,
        0.140_653_259_715_525_92,
        0.279_705_391_489_276_64,
    ],
    [0.864_864_423_359_769_1, 0.104_790_010_322_250_19, 0.0],
    [
        0.949_107_912_342_758_5,
        0.063_092_092_629_978_56,
        0.129_484_966_168_869_7,
    ],
    [0.991_455_371_120_812_6, 0.022_935_322_010_529_224, 0.0],
];

/// The shortest interval, as a share of the whole.
const SHORTEST: f64 = 1e-15;

/// Whether both rules give an interval the same value, as well as its share of the tolerance asks, and as numbers can be told apart.
/// Around a jump or a peak a thousandth is small enough.
fn agree(fine: f64, coarse: f64, tolerance: f64, share: f64) -> bool {
    let noise = 50.0 * f64::EPSILON * fine.abs();
    (fine - coarse).abs() <= (tolerance * share.max(1e-3)).max(noise)
}

fn finite(value: f64, x: f64) -> Result<(), NoIntegral> {
    match value.is_finite() && x.is_finite() {
        true => Ok(()),
        false => Err(NoIntegral::NotFinite(x)),
    }
}

fn long_enough(share: f64, x: f64) -> Result<(), NoIntegral> {
    match share >= SHORTEST {
        true => Ok(()),
        false => Err(NoIntegral::NotConverged(x)),
    }
}

/// `∫ f(x) dx` from `a` to `b`, with an absolute error of about `tolerance`; `a` may be the larger one.
///
/// Intervals are halved until the rules of 7 and 15 points agree on each. The derivative in what `f` depends on is the integral of its
/// derivative, by the same rule on the same intervals; that in the bounds is `f(b)` and `−f(a)`, exactly. All evaluations of `f` are
/// recorded for a reverse sweep, those on intervals that were halved too.
///
/// # Errors
///
/// [`NoIntegral::NotConverged`] if an interval would be shorter than 10⁻¹⁵ of the whole, [`NoIntegral::NotFinite`] if `f` is not finite at
/// a node or at a bound, or a bound is infinite: substitute, or cut off what is singular.
#[differentiate(forward, reverse, hessian)]
pub fn integrate(
    f: impl Fn(f64) -> f64,
    a: f64,
    b: f64,
    #[constant] tolerance: f64,
) -> Result<f64, NoIntegral> {
    let lo = crate::constant(a);
    let hi = crate::constant(b);
    // With bounds that move, an integral gets what the function is there: to second order, if it is taken halfway.
    let at_a = f(0.5 * (a + lo));
    crate::constant(finite(at_a, lo)?);
    let at_b = f(0.5 * (b + hi));
    crate::constant(finite(at_b, hi)?);
    let mut sum = at_b * (b - hi) - at_a * (a - lo);
    // Positions are shares of the whole, sums of powers of two: they end at 1 exactly.
    let mut done = 0.0;
    let mut share = 1.0;
    while done < 1.0 {
        let half = 0.5 * (hi - lo) * share;
        let middle = lo + (hi - lo) * done + half;
        let mut fine = 0.0;
        let mut coarse = 0.0;
        for k in 0..15 {
            let x = middle + half * RULE[k][0];
            let y = f(x);
            crate::constant(finite(y, x)?);
            fine += RULE[k][1] * y;
            coarse += RULE[k][2] * y;
        }
        if crate::constant(agree(fine * half, coarse * half, tolerance, share)) {
            sum += fine * half;
            done += share;
            if (done / share) % 2.0 == 0.0 && done < 1.0 {
                share *= 2.0;
            }
        } else {
            share *= 0.5;
            crate::constant(long_enough(share, middle)?);
        }
    }
    Ok(sum)
}
