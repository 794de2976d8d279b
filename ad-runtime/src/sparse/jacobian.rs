//! Sparse Jacobians.

use super::engine::Engine;
use super::recovery::Recovery;
use super::{Coloring, Csc, Mode, Pattern, PatternError, Probe, SparseError};
use crate::sweeps::ADJOINT;
use num_traits::Float;

/// How a sparse Jacobian is evaluated: made once from its pattern, used many times without allocating anything.
///
/// ```
/// use ad_runtime::sparse::{JacobianPlan, Mode, Pattern, SparseError};
///
/// // y = (x0 · x1, x1), but the pattern lacks the second row's entry.
/// let sweep = |_: Mode, x_dot: &[f64], y_dot: &mut [f64]| {
///     y_dot[0] = 3.0 * x_dot[0] + 2.0 * x_dot[1];
///     y_dot[1] = x_dot[1];
/// };
/// let wrong = Pattern::new(2, 2, [(0, 0), (0, 1)]).unwrap();
/// let mut plan = JacobianPlan::forward(&wrong);
/// let mut jacobian = plan.matrix();
/// let error = plan.evaluate(&mut jacobian, sweep).unwrap_err();
/// assert_eq!(error, SparseError::Missing { row: 1, col: 1 });
/// ```
pub struct JacobianPlan<T>(pub(crate) Engine<T>);

impl<T: Float> JacobianPlan<T> {
    /// The cheapest of columns, rows and segments. An adjoint sweep counts as two tangent sweeps, so it is rows if twice their number of colours is
    /// below that of columns.
    ///
    /// Where the function computes its rows in groups that share nothing but inputs, as in a loop over residuals, its first evaluation finds
    /// that out: then one adjoint sweep serves all groups, even where their rows share columns, if twice the number of rows in a group is
    /// below the number of colours. A later evaluation in which the function takes another way finds it out again.
    pub fn new(pattern: &Pattern) -> Self {
        let mut plan = Self::by_colors(pattern);
        plan.0.try_segments();
        plan
    }

    fn by_colors(pattern: &Pattern) -> Self {
        let columns = Coloring::best_columns(pattern);
        // There are at least as many colours of rows as a column has entries.
        let least = (0..pattern.cols()).map(|j| pattern.column(j).len()).max();
        if ADJOINT * least.unwrap_or(0).max(1) < columns.count() {
            let rows = Coloring::best_rows(pattern);
            if ADJOINT * rows.count().max(1) < columns.count() {
                return Self::made(pattern, Mode::Reverse, &rows);
            }
        }
        Self::made(pattern, Mode::Forward, &columns)
    }

    /// By columns, with tangent sweeps.
    pub fn forward(pattern: &Pattern) -> Self {
        Self::made(pattern, Mode::Forward, &Coloring::best_columns(pattern))
    }

    /// By rows, with adjoint sweeps.
    ///
    /// ```
    /// use ad_runtime::sparse::{JacobianPlan, Pattern};
    ///
    /// // y = (x0 + 2 x1 + 3 x2), transposed by hand.
    /// let mut plan = JacobianPlan::reverse(&Pattern::dense(1, 3));
    /// assert_eq!(plan.sweeps(), 1);
    /// let mut jacobian = plan.matrix();
    /// let adjoint = |seed: &[f64], x_bar: &mut [f64]| {
    ///     for (j, x) in x_bar.iter_mut().enumerate() {
    ///         *x += (j + 1) as f64 * seed[0];
    ///     }
    /// };
    /// plan.evaluate(&mut jacobian, |_, seed, x_bar| adjoint(seed, x_bar)).unwrap();
    /// assert_eq!(jacobian.values(), [1.0, 2.0, 3.0]);
    /// ```
    pub fn reverse(pattern: &Pattern) -> Self {
        Self::made(pattern, Mode::Reverse, &Coloring::best_rows(pattern))
    }

    /// With the given colouring, of columns or of rows.
    ///
    /// # Errors
    ///
    /// When there is not a colour for each column or row, or when two of one colour have an entry in the same line.
    pub fn with_coloring(
        pattern: &Pattern,
        mode: Mode,
        coloring: &Coloring,
    ) -> Result<Self, PatternError> {
        let recovery = match mode {
            Mode::Forward => Recovery::columns(pattern, coloring)?,
            Mode::Reverse => Recovery::rows(pattern, coloring)?,
        };
        Ok(Self(Engine::new(pattern, mode, recovery)))
    }

    fn made(pattern: &Pattern, mode: Mode, coloring: &Coloring) -> Self {
        Self::with_coloring(pattern, mode, coloring).expect("our colourings are right")
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

    /// Whether it is evaluated by tangent sweeps or by adjoint ones.
    pub fn mode(&self) -> Mode {
        self.0.mode()
    }

    /// Whether the last evaluation went by segments of the function, of which [`new`](Self::new) tells.
    pub fn has_segments(&self) -> bool {
        self.0.has_segments()
    }

    /// How many sweeps an evaluation takes, without that of a probe.
    pub fn sweeps(&self) -> usize {
        self.0.sweeps()
    }

    /// A matrix to evaluate into.
    pub fn matrix(&self) -> Csc<T> {
        Csc::zeros(self.pattern().clone())
    }

    /// Evaluates into a matrix of the plan's pattern. `sweep(mode, direction, result)` is one sweep: a tangent sweep, whose direction has
    /// an element for each column and whose result has one for each row, or an adjoint sweep, the other way round. The result is zero when
    /// `sweep` is called.
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
        sweep: impl FnMut(Mode, &[T], &mut [T]),
    ) -> Result<(), SparseError> {
        self.0.evaluate(into, sweep)
    }
}
