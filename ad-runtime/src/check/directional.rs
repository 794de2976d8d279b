//! Finite differences with step-size selection.
//!
//! Central differences on a ladder of halved steps. For each step, Richardson extrapolation with the
//! longer ones gives candidates, and the disagreement of neighbours in the tableau their truncation
//! error; how much the differences at the shortest steps jump about shows the noise of the function,
//! and so each candidate's rounding error. The candidate with the least estimated error is taken, from
//! among those that no shorter step contradicts: a jump or a kink at some distance misleads the long
//! steps, never the short ones.

use super::Mismatch;

/// Exponents of the steps: from 2⁻⁴ to 2⁻²⁴, all of them exact.
const LONGEST: i32 = 4;
const SHORTEST: i32 = 24;
/// How often the extrapolation is applied.
const ORDERS: usize = 6;
/// How many of the shortest steps show the noise.
const NOISY: usize = 6;
/// By how many estimated errors an estimate may be off.
const SAFETY: f64 = 4.0;
/// The tolerance is never smaller than this, relative to the derivative.
const FLOOR: f64 = 1e-10;
/// The largest tolerance that still proves something: relative to the derivative, or …
const CONCLUSIVE: f64 = 1e-3;
/// … in roots of the rounding unit, relative to the function's values and the largest component of the
/// derivative.
const CONCLUSIVE_ABSOLUTE: f64 = 8.0;

/// What [`directional`] found by finite differences.
///
/// ```
/// use ad_runtime::check;
///
/// let estimate = check::directional(|t| vec![t.exp()], &[1.0])?;
/// assert!((estimate.values[0] - 1.0).abs() < 1e-11);
/// assert!(estimate.max_error() < 1e-11);
/// # Ok::<(), check::Mismatch>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The derivative of each component.
    pub values: Vec<f64>,
    /// The estimated error of each of them.
    pub errors: Vec<f64>,
}

impl Estimate {
    /// The largest of the estimated errors.
    ///
    /// ```
    /// use ad_runtime::check::Estimate;
    ///
    /// let estimate = Estimate { values: vec![1.0, 2.0], errors: vec![1e-12, 1e-9] };
    /// assert_eq!(estimate.max_error(), 1e-9);
    /// ```
    pub fn max_error(&self) -> f64 {
        self.errors.iter().copied().fold(0.0, f64::max)
    }
}

/// Compares `derivative` with the derivative of `f` at `t = 0` by finite differences.
///
/// `f(t)` is the flattened result at `x + t * x_dot`, and `derivative` the flattened tangent. `f` is
/// called at `t = ±2⁻⁴ … ±2⁻²⁴`; the steps, and the tolerance, are chosen for each component by
/// estimates of truncation and rounding errors. Values that are not finite, or of another length than
/// `f(0)`, do not count, so `f` may leave its domain at long steps (but not panic there: scale `x_dot`).
///
/// ```
/// use ad_runtime::check;
///
/// let f = |t: f64| vec![(2.0 + 3.0 * t).ln(), 5.0];
/// assert!(check::directional(f, &[1.5, 0.0]).is_ok());
/// assert!(check::directional(f, &[1.5 + 1e-8, 0.0]).is_err());
/// ```
///
/// # Errors
///
/// At the first component that differs, is not finite, or whose estimated error is too large for
/// agreement to prove anything.
///
/// # Panics
///
/// When `derivative` has not as many components as `f(0)`.
pub fn directional(
    f: impl FnMut(f64) -> Vec<f64>,
    derivative: &[f64],
) -> Result<Estimate, Mismatch> {
    let samples = Samples::take(f, derivative.len());
    let largest = derivative.iter().fold(0.0, |max: f64, d| max.max(d.abs()));
    let mut estimate = Estimate {
        values: Vec::new(),
        errors: Vec::new(),
    };
    for (index, &got) in derivative.iter().enumerate() {
        let ladder = samples.ladder(index);
        let (expected, error) = ladder.best().unwrap_or((f64::NAN, f64::INFINITY));
        let tolerance = SAFETY * error + FLOOR * expected.abs() + f64::MIN_POSITIVE;
        let limit = f64::max(
            CONCLUSIVE * expected.abs().max(got.abs()),
            CONCLUSIVE_ABSOLUTE * ladder.unit.sqrt() * ladder.magnitude.max(largest),
        );
        let agrees = (expected - got).abs() <= tolerance;
        let conclusive = tolerance <= limit + f64::MIN_POSITIVE;
        if !(agrees && conclusive && got.is_finite()) {
            return Err(Mismatch {
                index: Some(index),
                expected,
                got,
                error,
                tolerance,
            });
        }
        estimate.values.push(expected);
        estimate.errors.push(error);
    }
    Ok(estimate)
}

/// The function's values before and behind `t = 0`, longest step first.
struct Samples {
    center: Vec<f64>,
    pairs: Vec<(f64, Vec<f64>, Vec<f64>)>,
}

impl Samples {
    #[track_caller]
    fn take(mut f: impl FnMut(f64) -> Vec<f64>, components: usize) -> Self {
        let center = f(0.0);
        assert!(
            center.len() == components,
            "a derivative of {components} components for a function of {}",
            center.len()
        );
        let pairs = (LONGEST..=SHORTEST)
            .map(|exponent| 2.0_f64.powi(-exponent))
            .map(|step| (step, f(-step), f(step)))
            .filter(|(_, before, behind)| before.len() == components && behind.len() == components)
            .collect();
        Self { center, pairs }
    }

    /// The differences of one component, and what they tell about its noise.
    fn ladder(&self, index: usize) -> Ladder {
        let mut magnitude = self.center[index].abs();
        let unit = self.rounding_unit(index);
        let mut rungs = Vec::with_capacity(self.pairs.len());
        for (step, before, behind) in &self.pairs {
            let (before, behind) = (before[index], behind[index]);
            let difference = behind - before;
            if difference.is_finite() {
                let size = before.abs().max(behind.abs());
                magnitude = magnitude.max(size);
                let rounding = unit * size;
                let slope = difference / (2.0 * step);
                rungs.push(Rung {
                    step: *step,
                    slope,
                    rounding,
                });
            } else {
                rungs.clear(); // only what is within the domain on both sides
            }
        }
        let noise = noise(&rungs, magnitude);
        Ladder {
            rungs,
            unit,
            noise,
            magnitude,
        }
    }

    /// The relative rounding error of one component: that of `f32` when all its values, and not
    /// always the same, fit one.
    fn rounding_unit(&self, index: usize) -> f64 {
        let values = || {
            self.pairs
                .iter()
                .flat_map(|(_, before, behind)| [before[index], behind[index]])
        };
        let varies = values().any(|value| value != self.center[index]);
        if varies && values().all(|value| f64::from(value as f32).to_bits() == value.to_bits()) {
            f64::from(f32::EPSILON)
        } else {
            f64::EPSILON
        }
    }
}

/// A central difference.
struct Rung {
    step: f64,
    slope: f64,
    /// The least rounding error of the function's values that went into it.
    rounding: f64,
}

/// How much the function's values jump about, beyond the rounding of the values themselves: by
/// as much as the slopes at the shortest steps differ, extrapolated once, where a smooth function's
/// hardly do.
///
/// Arguments in `f32` do not move at all at the shortest steps. Then the slopes there are zero, and it
/// is the shortest steps that make a difference, if a small one, that show the noise.
fn noise(rungs: &[Rung], magnitude: f64) -> f64 {
    let flat = rungs
        .iter()
        .rev()
        .take_while(|rung| rung.slope == 0.0)
        .count();
    let moving = rungs.len() - flat;
    let jump = rungs[..moving]
        .last()
        .map_or(0.0, |rung| (rung.slope * rung.step).abs());
    let end = if jump <= 1e-4 * magnitude {
        rungs.len().min(moving + 1)
    } else {
        rungs.len()
    };
    let extrapolated = |long: &Rung, short: &Rung| short.slope + (short.slope - long.slope) / 3.0;
    rungs[..end]
        .windows(3)
        .rev()
        .take(NOISY)
        .map(|r| (extrapolated(&r[1], &r[2]) - extrapolated(&r[0], &r[1])).abs() * r[2].step)
        .fold(0.0, f64::max)
}

/// The central differences of one component, longest step first.
struct Ladder {
    rungs: Vec<Rung>,
    /// The relative rounding error of the function's values.
    unit: f64,
    /// The absolute error that the slopes show.
    noise: f64,
    /// The largest absolute value of the function.
    magnitude: f64,
}

impl Ladder {
    /// The derivative and its estimated error: the best candidate that no shorter step contradicts.
    fn best(&self) -> Option<(f64, f64)> {
        let candidates = self.candidates();
        let (&shortest, longer) = candidates.split_last()?;
        let mut best = shortest;
        for (seen, &(value, error)) in longer.iter().rev().enumerate() {
            let shorter = &candidates[candidates.len() - 1 - seen..];
            let contradicted = shorter
                .iter()
                .any(|&(other, its_error)| (value - other).abs() > SAFETY * (error + its_error));
            if contradicted && error < best.1 {
                break;
            }
            if error < best.1 {
                best = (value, error);
            }
        }
        Some(best)
    }

    /// For each step, the extrapolated derivative and its estimated error.
    fn candidates(&self) -> Vec<(f64, f64)> {
        let mut candidates = Vec::with_capacity(self.rungs.len());
        let mut above: Vec<f64> = Vec::new(); // the row of the next longer step
        for rung in &self.rungs {
            let mut row = vec![rung.slope];
            let mut best = (rung.slope, f64::INFINITY);
            let mut power = 1.0;
            for j in 0..above.len().min(ORDERS) {
                power *= 4.0;
                let value = row[j] + (row[j] - above[j]) / (power - 1.0);
                let error = (value - row[j]).abs().max((value - above[j]).abs());
                if error < best.1 {
                    best = (value, error);
                }
                row.push(value);
            }
            let rounding = 2.0 * self.noise.max(rung.rounding) / rung.step;
            candidates.push((best.0, best.1 + rounding));
            above = row;
        }
        candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Perturb;

    /// That `derivative` is accepted, and one that is off by `wrong` relatively is not.
    #[track_caller]
    fn tells(f: impl Fn(f64) -> f64, derivative: f64, wrong: f64) {
        let estimate = directional(|t| vec![f(t)], &[derivative]).unwrap_or_else(|m| panic!("{m}"));
        let error = (estimate.values[0] - derivative).abs();
        let tolerance = SAFETY * estimate.errors[0] + FLOOR * derivative.abs();
        assert!(error <= tolerance, "{error:e} {estimate:?}");
        for off in [derivative * (1.0 + wrong), derivative * (1.0 - wrong)] {
            assert!(
                directional(|t| vec![f(t)], &[off]).is_err(),
                "{off:e} {estimate:?}"
            );
        }
    }

    #[test]
    fn smooth_functions() {
        tells(|t| (0.7 + t).sin(), 0.7_f64.cos(), 1e-9);
        tells(|t| (1.0 + t).ln(), 1.0, 1e-9);
        tells(f64::exp, 1.0, 1e-9);
        tells(|t| 3.0 * t + 1.0, 3.0, 1e-9);
        tells(|t| (2.0 + t).powi(5), 80.0, 1e-9);
        tells(|t| 1.0 / (0.3 + t), -1.0 / 0.09, 1e-7);
    }

    #[test]
    fn functions_of_any_scale() {
        tells(|t| 1e-200 * (0.7 + t).sin(), 1e-200 * 0.7_f64.cos(), 1e-9);
        tells(|t| 1e200 * (0.7 + t).sin(), 1e200 * 0.7_f64.cos(), 1e-9);
        tells(|t| (1000.0 * t + 0.5).sin(), 1000.0 * 0.5_f64.cos(), 1e-6);
        tells(|t| (1e-3 * t + 0.5).sin(), 1e-3 * 0.5_f64.cos(), 1e-7);
        tells(|t| 1e6 + (0.7 + t).sin(), 0.7_f64.cos(), 1e-6);
        tells(|t| 0.1 * (1e4 * t).tanh(), 1e3, 1e-3);
    }

    #[test]
    fn functions_that_cancel() {
        tells(|t| (1e6 + (0.7 + t).sin()) - 1e6, 0.7_f64.cos(), 1e-6);
        tells(
            |t| ((1.1 + t) * (1.1 + t) - 1.21 - 2.2 * t) / 1e-3 + t,
            1.0,
            1e-8,
        );
    }

    #[test]
    fn zero_derivatives() {
        for f in [
            |_| 0.0,
            |_| 3.0,
            |t: f64| t * t,
            |t: f64| t.cos(),
            f64::abs,
            |t: f64| (0.3 + t).floor(),
        ] {
            assert!(directional(|t| vec![f(t)], &[0.0]).is_ok());
            assert!(directional(|t| vec![f(t)], &[1e-3]).is_err());
        }
    }

    #[test]
    fn a_jump_or_a_kink_at_some_distance_does_not_matter() {
        for distance in [0.03, 0.01, 1e-3, 1e-4] {
            tells(|t| if t.abs() < distance { t } else { 2.0 * t }, 1.0, 1e-3);
            tells(|t| if t < distance { t.sin() } else { 7.0 }, 1.0, 1e-3);
            tells(
                |t| (0.5 + t).exp().min((0.5 + distance).exp()),
                0.5_f64.exp(),
                1e-3,
            );
            tells(|t| (t / distance + 0.5).floor() * 1e-6 + t, 1.0, 1e-2);
        }
    }

    #[test]
    fn long_steps_may_leave_the_domain() {
        tells(|t| (0.01 + t).sqrt(), 5.0, 1e-8);
        tells(|t| (1e-4 + t).ln(), 1e4, 1e-4);
        let shorter = |t: f64| if t > 0.02 { vec![] } else { vec![t.exp()] };
        assert!(directional(shorter, &[1.0]).is_ok());
    }

    #[test]
    fn single_precision() {
        for x in [0.01_f32, 1.0, 3.0, 100.0] {
            let f = |t: f64| {
                let mut moved = x;
                moved.axpy(t, &1.0);
                f64::from(moved.sin() + moved)
            };
            tells(f, f64::from(x.cos() + 1.0), 0.1);
        }
    }

    #[test]
    fn values_that_happen_to_be_short() {
        tells(|t| t, 1.0, 1e-4);
        tells(|t| t * t + 1.5 * t, 1.5, 1e-4);
        tells(|t| 3.0 - 2.0 * t, -2.0, 1e-4);
        let even = |t: f64| f64::from((t as f32).cos());
        assert!(directional(|t| vec![even(t)], &[0.0]).is_ok());
    }

    #[test]
    fn what_is_not_differentiable_is_not_accepted() {
        for derivative in [0.0, 1.0, f64::INFINITY, f64::NAN] {
            assert!(directional(|t| vec![t.max(0.0)], &[derivative]).is_err());
            assert!(directional(|t| vec![t.sqrt()], &[derivative]).is_err());
            assert!(directional(|t| vec![t.cbrt()], &[derivative]).is_err());
            assert!(directional(|t| vec![t.signum()], &[derivative]).is_err());
            assert!(directional(|t| vec![(1.0 / t).sin()], &[derivative]).is_err());
            assert!(directional(|_| vec![f64::NAN], &[derivative]).is_err());
        }
        let mismatch = directional(|t| vec![t.signum()], &[1.0]).unwrap_err();
        assert!(mismatch.tolerance > 1.0, "{mismatch}");
    }

    #[test]
    fn the_component_is_named() {
        let mismatch = directional(|t| vec![t, t.exp(), t], &[1.0, 1.1, 3.0]).unwrap_err();
        assert_eq!(mismatch.index, Some(1));
        assert_eq!(mismatch.got, 1.1);
        assert!((mismatch.expected - 1.0).abs() < 1e-10);
        let text = mismatch.to_string();
        assert!(
            text.starts_with("derivative of component 1: expected"),
            "{text}"
        );
        assert!(text.contains("they differ by 1.0e-1"), "{text}");
    }

    #[test]
    fn noise_makes_it_inconclusive_rather_than_wrong() {
        let noisy = |t: f64| t + 0.1 * (t * 1e12).sin();
        assert!(directional(|t| vec![noisy(t)], &[1.0]).is_err());
        let slightly = |t: f64| t.exp() + 1e-9 * (t * 1e12).sin();
        tells(slightly, 1.0, 1e-5);
    }

    /// Correct derivatives of many functions pass, and none that is off by a ten-thousandth.
    #[test]
    fn a_thousand_functions() {
        let mut state = 1_u64;
        let mut random = || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 * 4.0 - 2.0
        };
        for _ in 0..1000 {
            let (a, b, c, d) = (random(), random(), random(), random());
            let f = |t: f64| {
                let x = a + b * t;
                ((c * x).sin() * x.exp() + d) / (1.0 + x * x) + (x * d).tanh()
            };
            let (s, e, q) = ((c * a).sin(), a.exp(), 1.0 + a * a);
            let top = c * (c * a).cos() * e + s * e;
            let tanh = (a * d).tanh();
            let slope = (top * q - (s * e + d) * 2.0 * a) / (q * q) + d * (1.0 - tanh * tanh);
            if (b * slope).abs() > 1e-3 {
                tells(f, b * slope, 1e-4);
            }
        }
    }

    #[test]
    fn nothing_is_fine() {
        assert!(directional(|_| vec![], &[]).is_ok_and(|estimate| estimate.max_error() == 0.0));
    }

    #[test]
    #[should_panic(expected = "a derivative of 2 components for a function of 1")]
    fn differing_lengths_panic() {
        let _ = directional(|t| vec![t], &[1.0, 1.0]);
    }
}
