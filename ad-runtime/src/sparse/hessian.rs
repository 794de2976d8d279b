//! Sparse Hessians.

use super::engine::Engine;
use super::recovery::Recovery;
use super::{Coloring, Csc, Mode, Pattern, PatternError, Probe, SparseError, Symmetric};
use num_traits::Float;

/// How a sparse Hessian is evaluated: made once from its pattern, used many times without allocating anything.
///
/// ```
/// use ad_runtime::sparse::{HessianPlan, Pattern};
///
/// // f(x) = Σ x[i]² x[i + 1], its Hessian times a vector by hand.
/// let product = |x: &[f64], v: &[f64], out: &mut [f64]| {
///     for i in 0..x.len() - 1 {
///         out[i] += 2.0 * (x[i + 1] * v[i] + x[i] * v[i + 1]);
///         out[i + 1] += 2.0 * x[i] * v[i];
///     }
/// };
///
/// let mut plan = HessianPlan::new(&Pattern::banded(4, 1, 1)).unwrap();
/// assert_eq!(plan.sweeps(), 3);
/// let mut hessian = plan.matrix();
/// let x = [1.0, 2.0, 3.0, 4.0];
/// plan.evaluate(&mut hessian, |v, out| product(&x, v, out)).unwrap();
/// assert_eq!((hessian.get(0, 0), hessian.get(1, 0), hessian.get(3, 3)), (4.0, 2.0, 0.0));
/// ```
pub struct HessianPlan<T>(pub(crate) Engine<T>);

impl<T: Float> HessianPlan<T> {
    /// By a star colouring: each entry is read off directly.
    ///
    /// # Errors
    ///
    /// When the pattern is not symmetric.
    pub fn new(pattern: &Pattern) -> Result<Self, PatternError> {
        let coloring = Coloring::best_symmetric(pattern, Symmetric::Star)?;
        Self::with_coloring(pattern, Symmetric::Star, &coloring)
    }

    /// By an acyclic colouring, which takes fewer sweeps: entries are found by substitution, in which rounding errors add up along trees of
    /// two colours.
    ///
    /// # Errors
    ///
    /// When the pattern is not symmetric.
    pub fn by_substitution(pattern: &Pattern) -> Result<Self, PatternError> {
        let coloring = Coloring::best_symmetric(pattern, Symmetric::Acyclic)?;
        Self::with_coloring(pattern, Symmetric::Acyclic, &coloring)
    }

    /// With the given colouring.
    ///
    /// # Errors
    ///
    /// When the pattern is not symmetric, when there is not a colour for each variable, or when entries can't be told apart.
    pub fn with_coloring(
        pattern: &Pattern,
        kind: Symmetric,
        coloring: &Coloring,
    ) -> Result<Self, PatternError> {
        if !pattern.is_symmetric() {
            return Err(PatternError::Asymmetric);
        }
        let recovery = match kind {
            Symmetric::Star => Recovery::direct(pattern, coloring)?,
            Symmetric::Acyclic => Recovery::substitution(pattern, coloring)?,
        };
        Ok(Self(Engine::new(pattern, Mode::Forward, recovery)))
    }

    /// When to look for entries that the pattern does not have; [`Probe::First`] where nothing is said.
    #[must_use]
    pub fn probe(mut self, probe: Probe) -> Self {
        self.0.probe = probe;
        self
    }

    /// The pattern.
    pub fn pattern(&self) -> &Pattern {
        self.0.pattern()
    }

    /// How many products an evaluation takes, without that of a probe.
    pub fn sweeps(&self) -> usize {
        self.0.sweeps()
    }

    /// A matrix to evaluate into.
    pub fn matrix(&self) -> Csc<T> {
        Csc::zeros(self.pattern().clone())
    }

    /// Evaluates into a matrix of the plan's pattern. `product(v, out)` writes the Hessian times `v` to `out`, which is zero when it is
    /// called.
    ///
    /// # Errors
    ///
    /// When an entry is not finite, or when a probe finds one that the pattern does not have. The matrix has then been written to.
    ///
    /// # Panics
    ///
    /// When the matrix has another pattern.
    pub fn evaluate(
        &mut self,
        into: &mut Csc<T>,
        mut product: impl FnMut(&[T], &mut [T]),
    ) -> Result<(), SparseError> {
        self.0.evaluate(into, |_, v, out| product(v, out))
    }
}
