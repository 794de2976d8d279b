//! The continuous adjoint: nothing of the solution is kept.

use crate::Differentiable;
use ad_macros::differentiate;

/// A system of ordinary differential equations, and what it depends on: `y' = rate(t, y)`.
///
/// An `impl` is annotated in the same modes, and its type derives [`Differentiable`].
#[differentiate(forward, reverse, hessian)]
pub trait Dynamics {
    /// The rates at a time, as many as the state has components.
    fn rate(&self, t: f64, y: &[f64]) -> Vec<f64>;
}

/// The state at the time `t1` of a system that starts from `y0` at `t0`, by `steps` steps of the classical method of order 4.
///
/// The adjoint is that of the equation, not that of the steps: `λ' = −(∂f/∂y)ᵀ λ` is solved backwards from the seed, together with the
/// state, which is found again on the way, and the adjoint of the system is the integral of `(∂f/∂p)ᵀ λ`
/// (L. Pontryagin and others, The Mathematical Theory of Optimal Processes, 1962). So a reverse sweep needs no memory that grows with the number of
/// steps. It agrees with the derivative of what is computed up to the error of the method, and asks for a system that can be solved
/// backwards: what decays fast forwards explodes there. Take [`solve`](super::solve) otherwise.
///
/// ```
/// # extern crate ad_runtime as chainrule;
/// use chainrule::Differentiable;
/// use chainrule::adjoints::ode::*;
/// # use ad_macros::{Differentiable, differentiate};
///
/// #[derive(Clone, Differentiable)]
/// struct Spring {
///     stiffness: f64,
/// }
///
/// #[differentiate(forward, reverse, hessian)]
/// impl Dynamics for Spring {
///     fn rate(&self, _t: f64, y: &[f64]) -> Vec<f64> {
///         vec![y[1], -self.stiffness * y[0]]
///     }
/// }
///
/// #[differentiate(hessian)]
/// fn swing(stiffness: f64, time: f64) -> f64 {
///     let spring = Spring { stiffness };
///     solve_continuous(&spring, &[1.0, 0.0], 0.0, time, 200)[0]
/// }
///
/// // cos(t √k)
/// let (_, (slope, rate)) = swing_gradient(4.0, 1.0);
/// assert!((slope + 0.25 * 2.0_f64.sin()).abs() < 1e-8 && (rate + 2.0 * 2.0_f64.sin()).abs() < 1e-8);
/// ```
///
/// # Panics
///
/// If the system has another number of rates than `y0` has components.
#[differentiate(custom, forward, reverse, hessian)]
pub fn solve_continuous<D: Dynamics + Differentiable<Shadow = D> + Clone>(
    system: &D,
    y0: &[f64],
    t0: f64,
    t1: f64,
    steps: usize,
) -> Vec<f64> {
    march(system, y0, t0, t1, steps)
}

/// Value and tangent of [`solve_continuous`]: that of its steps.
#[allow(clippy::too_many_arguments)]
pub fn solve_continuous_tangent<D: Dynamics + Differentiable<Shadow = D> + Clone>(
    system: &D,
    system_dot: &D,
    y0: &[f64],
    y0_dot: &[f64],
    t0: f64,
    t0_dot: f64,
    t1: f64,
    t1_dot: f64,
    steps: usize,
) -> (Vec<f64>, Vec<f64>) {
    march_tangent(
        system, system_dot, y0, y0_dot, t0, t0_dot, t1, t1_dot, steps,
    )
}

/// Value and adjoints of [`solve_continuous`].
#[differentiate(forward)]
#[allow(clippy::too_many_arguments)]
pub fn solve_continuous_adjoint<D: Dynamics + Differentiable<Shadow = D> + Clone>(
    system: &D,
    system_bar: &mut D,
    y0: &[f64],
    y0_bar: &mut [f64],
    t0: f64,
    t1: f64,
    steps: usize,
    seed: &Vec<f64>,
) -> (Vec<f64>, f64, f64) {
    let end = march(system, y0, t0, t1, steps);
    let mut lambda = seed.to_vec();
    let t1_bar = dot(&lambda, &system.rate(t1, &end));
    let h = (t1 - t0) / steps as f64;
    let mut y = end.clone();
    for step in 0..steps {
        if h == 0.0 {
            break;
        }
        back(
            system,
            system_bar,
            &mut y,
            &mut lambda,
            t1 - h * step as f64,
            h,
        );
    }
    let t0_bar = -dot(&lambda, &system.rate(t0, y0));
    for i in 0..lambda.len() {
        y0_bar[i] += lambda[i];
    }
    (end, t0_bar, t1_bar)
}

#[differentiate(forward, reverse, hessian)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.len() {
        sum += a[i] * b[i];
    }
    sum
}

/// Where the stages of the classical method stand, as a share of the step, and their weights.
const STAGES: [[f64; 2]; 4] = [
    [0.0, 1.0 / 6.0],
    [0.5, 1.0 / 3.0],
    [0.5, 1.0 / 3.0],
    [1.0, 1.0 / 6.0],
];

#[differentiate(forward, reverse, hessian)]
fn march<D: Dynamics + Differentiable<Shadow = D> + Clone>(
    system: &D,
    y0: &[f64],
    t0: f64,
    t1: f64,
    steps: usize,
) -> Vec<f64> {
    let h = (t1 - t0) / steps as f64;
    let mut y = y0.to_vec();
    for step in 0..steps {
        let t = t0 + h * step as f64;
        let start = y.clone();
        let mut z = y.clone();
        for s in 0..4 {
            let rate = system.rate(t + h * STAGES[s][0], &z);
            assert_eq!(rate.len(), start.len(), "a rate for each component");
            let ahead = if s < 3 { STAGES[s + 1][0] } else { 0.0 };
            for i in 0..rate.len() {
                y[i] += h * STAGES[s][1] * rate[i];
                z[i] = start[i] + h * ahead * rate[i];
            }
        }
    }
    y
}

/// One step back in time of the state and the adjoint, from the time `t`; the system gets its share of the integral.
#[differentiate(forward)]
fn back<D: Dynamics + Differentiable<Shadow = D> + Clone>(
    system: &D,
    system_bar: &mut D,
    y: &mut [f64],
    lambda: &mut [f64],
    t: f64,
    h: f64,
) {
    let start = y.to_vec();
    let first = lambda.to_vec();
    let mut z = start.clone();
    let mut l = first.clone();
    for s in 0..4 {
        let time = t - h * STAGES[s][0];
        let weight = h * STAGES[s][1];
        let rate = system.rate(time, &z);
        let mut scaled = l.clone();
        for i in 0..scaled.len() {
            scaled[i] *= weight;
        }
        let share = transposed(system, system_bar, time, &z, &scaled);
        let ahead = if s < 3 { STAGES[s + 1][0] } else { 0.0 };
        for i in 0..rate.len() {
            y[i] -= weight * rate[i];
            lambda[i] += share[i];
            z[i] = start[i] - h * ahead * rate[i];
            l[i] = first[i] + h * ahead * share[i] / weight;
        }
    }
}

/// `(∂f/∂y)ᵀ seed`; the system gets `(∂f/∂p)ᵀ seed`.
#[differentiate(custom, forward)]
fn transposed<D: Dynamics + Differentiable<Shadow = D> + Clone>(
    system: &D,
    system_bar: &mut D,
    t: f64,
    y: &[f64],
    seed: &[f64],
) -> Vec<f64> {
    let mut y_bar = vec![0.0; y.len()];
    let _ = system.rate_adjoint(system_bar, t, y, &mut y_bar, &seed.to_vec());
    y_bar
}

#[allow(clippy::too_many_arguments)]
fn transposed_tangent<D: Dynamics + Differentiable<Shadow = D> + Clone>(
    system: &D,
    system_dot: &D,
    system_bar: &mut D,
    system_bar_dot: &mut D,
    t: f64,
    t_dot: f64,
    y: &[f64],
    y_dot: &[f64],
    seed: &[f64],
    seed_dot: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let (_, _, pullback) =
        system.rate_forward_sweep_tangent(Some(system_dot), t, Some(t_dot), y, Some(y_dot));
    let (mut y_bar, mut y_bar_dot) = (vec![0.0; y.len()], vec![0.0; y.len()]);
    pullback(
        system,
        Some(system_dot),
        Some(system_bar),
        Some(system_bar_dot),
        y,
        Some(y_dot),
        Some(&mut y_bar),
        Some(&mut y_bar_dot),
        seed.to_vec(),
        seed_dot.to_vec(),
    );
    (y_bar, y_bar_dot)
}
