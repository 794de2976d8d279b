//! A gradient against finite differences, input by input.

use super::{Flatten, Mismatch, directional};
use std::fmt;

/// The step of the differences to either side that tell a kink from a mistake.
const SIDE: f64 = 1.0 / (1u64 << 20) as f64;
/// By how much they may differ, relative to the larger, before the point is called a kink.
const KINK: f64 = 1e-3;

/// An input whose derivative is wrong, or could not be checked.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongInput {
    /// Which input, counted over all of `x`.
    pub input: usize,
    /// What was expected, what was found, and how sure that is.
    pub mismatch: Mismatch,
    /// The slopes to the left and to the right where they differ: the point is a kink, and each number between them is right.
    pub kink: Option<(f64, f64)>,
}

/// The inputs at which [`gradient`] and finite differences disagree.
///
/// ```
/// use ad_runtime::check;
///
/// let report = check::gradient(&[2.0, 3.0], |x| x[0] * x[1], |x| (x[0] * x[1], [x[1], 0.0])).unwrap_err();
/// assert_eq!(report.wrong.len(), 1);
/// assert_eq!(report.wrong[0].input, 1);
/// assert!(report.to_string().contains("input 1: expected 2"), "{report}");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How many inputs there are.
    pub inputs: usize,
    /// Those that disagree, in order.
    pub wrong: Vec<WrongInput>,
    /// The function's value and the one beside the gradient, where they are not the same bit for bit.
    pub values: Option<(f64, f64)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wrong, inputs) = (self.wrong.len(), self.inputs);
        write!(
            f,
            "{wrong} of {inputs} derivatives are not those of the function"
        )?;
        if let Some((value, beside)) = self.values {
            write!(
                f,
                "\n  the value is {value:e}, but {beside:e} beside the gradient"
            )?;
        }
        for WrongInput {
            input,
            mismatch,
            kink,
        } in &self.wrong
        {
            let Mismatch {
                expected,
                got,
                error,
                ..
            } = mismatch;
            write!(f, "\n  input {input}: ")?;
            match kink {
                Some((left, right)) => write!(
                    f,
                    "a kink, with the slopes {left:.6e} and {right:.6e}; got {got:e}"
                )?,
                None if !got.is_finite() || !expected.is_finite() => {
                    write!(f, "got {got:e}, and differences give {expected:e}")?
                }
                None => {
                    let off = (got - expected).abs();
                    write!(
                        f,
                        "expected {expected} ± {error:.1e}, got {got}, off by {off:.1e}"
                    )?;
                }
            }
        }
        Ok(())
    }
}

impl std::error::Error for Report {}

/// Checks a gradient at `x` against finite differences, one input after the other.
///
/// `f` is the function of all its inputs in one list, and `f_gradient` gives what its companion of that name does: the value, and the
/// gradient in any shape that [`Flatten`] knows, with its numbers in the order of `x`. Steps and tolerances are chosen as in
/// [`directional`]. One line in a test:
///
/// ```
/// use ad_runtime::check;
///
/// fn loss(w: &[f64], b: f64) -> f64 {
///     (w[0] * w[1] + b).sin()
/// }
/// fn loss_gradient(w: &[f64], b: f64) -> (f64, (Vec<f64>, f64)) {
///     let slope = (w[0] * w[1] + b).cos();
///     (loss(w, b), (vec![slope * w[1], slope * w[0]], slope))
/// }
///
/// check::gradient(&[0.3, -0.7, 0.2], |x| loss(&x[..2], x[2]), |x| loss_gradient(&x[..2], x[2]))?;
/// # Ok::<(), check::Report>(())
/// ```
///
/// # Errors
///
/// A [`Report`] of the inputs whose derivatives are wrong or could not be checked, and by how much they are off. A point at a kink of
/// the function is said to be one.
///
/// # Panics
///
/// When the gradient has not as many numbers as `x`.
pub fn gradient<G: Flatten>(
    x: &[f64],
    f: impl Fn(&[f64]) -> f64,
    f_gradient: impl Fn(&[f64]) -> (f64, G),
) -> Result<(), Report> {
    let (beside, gradient) = f_gradient(x);
    let (value, gradient) = (f(x), gradient.flat());
    assert!(
        gradient.len() == x.len(),
        "a gradient of {} numbers for {} inputs",
        gradient.len(),
        x.len()
    );
    let moved = |input: usize, t: f64| {
        let mut at = x.to_vec();
        at[input] += t;
        f(&at)
    };
    let mut wrong = Vec::new();
    for (input, slope) in gradient.iter().enumerate() {
        if let Err(mismatch) = directional(|t| vec![moved(input, t)], &[*slope]) {
            let sides = (
                (value - moved(input, -SIDE)) / SIDE,
                (moved(input, SIDE) - value) / SIDE,
            );
            let apart =
                (sides.0 - sides.1).abs() > KINK * sides.0.abs().max(sides.1.abs()).max(KINK);
            wrong.push(WrongInput {
                input,
                mismatch,
                kink: apart.then_some(sides),
            });
        }
    }
    let same = value.to_bits() == beside.to_bits() || (value.is_nan() && beside.is_nan());
    if wrong.is_empty() && same {
        return Ok(());
    }
    Err(Report {
        inputs: x.len(),
        wrong,
        values: (!same).then_some((value, beside)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f(x: &[f64]) -> f64 {
        x[0].exp() * x[1] + x[2] * x[2]
    }

    fn f_gradient(x: &[f64]) -> (f64, [f64; 3]) {
        (f(x), [x[0].exp() * x[1], x[0].exp(), 2.0 * x[2]])
    }

    #[test]
    fn right_gradients_pass() {
        assert_eq!(gradient(&[0.3, -0.7, 1.1], f, f_gradient), Ok(()));
        assert_eq!(gradient(&[], |_| 1.0, |_| (1.0, [0.0; 0])), Ok(()));
    }

    #[test]
    fn each_wrong_input_is_named() {
        let x = [0.3, -0.7, 1.1];
        for k in 0..3 {
            for factor in [0.0, -1.0, 2.0, 1.0 + 1e-6] {
                let wrong = |x: &[f64]| {
                    let (value, mut g) = f_gradient(x);
                    g[k] *= factor;
                    (value, g)
                };
                let report = gradient(&x, f, wrong).unwrap_err();
                let inputs: Vec<usize> = report.wrong.iter().map(|w| w.input).collect();
                assert_eq!(inputs, [k], "{report}");
                assert_eq!(report.wrong[0].kink, None);
                assert!(report.to_string().contains("off by"), "{report}");
            }
        }
    }

    #[test]
    fn kinks_are_called_so() {
        let report = gradient(
            &[0.0, 2.0],
            |x| x[0].abs() * x[1],
            |x| (0.0 * x[1], [x[1], 0.0]),
        )
        .unwrap_err();
        let (left, right) = report.wrong[0].kink.expect("the slopes differ");
        assert_eq!((left, right), (-2.0, 2.0));
        assert!(report.to_string().contains("a kink"), "{report}");
    }

    #[test]
    fn another_value_is_an_error() {
        let report = gradient(&[1.0], |x| x[0], |x| (x[0] + 1e-16 + 1e-15, [1.0])).unwrap_err();
        assert!(
            report.wrong.is_empty() && report.values.is_some(),
            "{report}"
        );
    }

    #[test]
    #[should_panic(expected = "a gradient of 1 numbers for 2 inputs")]
    fn lengths_have_to_agree() {
        let _ = gradient(&[1.0, 2.0], |x| x[0], |x| (x[0], [1.0]));
    }
}
