//! black_scholes 0.11.1, MIT: `src/lib.rs`.

use chainrule::differentiate;

// src/lib.rs

/// 1/sqrt(2π)
#[allow(clippy::excessive_precision)]
const FRAC_1_SQRT_2PI: f64 = 0.3989422804014326779399460599343818684758586311649346576659258296;

#[differentiate]
/// Probability density function of standard normal distribution.
///
/// # Arguments
/// * `x` - Input value
///
/// # Returns
/// The probability density at `x`
fn inc_norm(x: f64) -> f64 {
    (-x.powi(2) * 0.5).exp() * FRAC_1_SQRT_2PI
}

#[differentiate]
/// Helper function to calculate d1 in the Black-Scholes formula.
///
/// # Arguments
/// * `s` - Stock price
/// * `k` - Strike price
/// * `discount` - Discount factor (e^(-rate * maturity))
/// * `sqrt_maturity_sigma` - Square root of (maturity * sigma^2)
///
/// # Returns
/// The calculated d1 value
fn d1(s: f64, k: f64, discount: f64, sqrt_maturity_sigma: f64) -> f64 {
    // equiv. to : ((s / k).ln() + (rate + 0.5 * sigma.powi(2)) * maturity) / sqrt_maturity_sigma
    (s / (k * discount)).ln() / sqrt_maturity_sigma + 0.5 * sqrt_maturity_sigma
}

#[differentiate]
/// Returns gamma of a BS call option
///
/// Gamma measures the rate of change in the delta with respect to changes in the underlying price.
///
/// # Arguments
/// * `s` - Current stock price
/// * `k` - Strike price
/// * `rate` - Risk-free interest rate
/// * `sigma` - Volatility of the underlying asset
/// * `maturity` - Time to maturity in years
///
/// # Examples
///
/// ```
/// let stock = 5.0;
/// let strike = 4.5;
/// let rate = 0.05;
/// let sigma = 0.3;
/// let maturity = 1.0;
/// let gamma = black_scholes::call_gamma(
///     stock, strike, rate, sigma, maturity
/// );
/// ```
pub fn call_gamma(s: f64, k: f64, rate: f64, sigma: f64, maturity: f64) -> f64 {
    let sqrt_maturity_sigma = maturity.sqrt() * sigma;
    if sqrt_maturity_sigma > 0.0 {
        let discount = (-rate * maturity).exp();
        let d1 = d1(s, k, discount, sqrt_maturity_sigma);
        inc_norm(d1) / (s * sqrt_maturity_sigma)
    } else {
        0.0
    }
}

// ---- tests

#[test]
fn greeks() {
    prove_gradient!(inc_norm(val 0.7));
    prove_gradient!(d1(val 100.0, val 95.0, val 0.97, val 0.3));
    prove_gradient!(call_gamma(val 10.0, val 9.5, val 0.03, val 0.2, val 1.5));
    prove_gradient!(call_gamma(val 10.0, val 9.5, val 0.03, val -0.2, val 1.5));
}
