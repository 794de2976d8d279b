//! What sweeps cost.

use super::ChainError;

/// What the sweeps of one stage cost, in any unit that is the same for all stages.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SweepCost {
    /// One tangent sweep.
    pub tangent: f64,
    /// One adjoint sweep.
    pub adjoint: f64,
    /// The size of the trace that an adjoint sweep leaves and reads, in any unit; `None` if it is not known.
    pub memory: Option<u64>,
}

/// What the sweeps of all stages of a chain cost, and one multiplication in a product of Jacobians.
///
/// ```
/// use ad_runtime::chain::Costs;
///
/// // A sweep through a dense stage multiplies once for each entry of its Jacobian.
/// let costs = Costs::dense(&[3, 2, 5]);
/// assert_eq!((costs.stages[0].tangent, costs.stages[1].adjoint), (6.0, 10.0));
/// assert_eq!(costs.multiplication, 1.0);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Costs {
    /// Stage by stage, the first applied first.
    pub stages: Vec<SweepCost>,
    /// One multiplication, with its addition.
    pub multiplication: f64,
}

impl Costs {
    /// Those of stages with dense Jacobians: a sweep in either mode multiplies once for each entry, and the trace holds the entries.
    ///
    /// ```
    /// use ad_runtime::chain::Costs;
    ///
    /// assert_eq!(Costs::dense(&[3, 2]).stages[0].memory, Some(6));
    /// ```
    pub fn dense(sizes: &[usize]) -> Self {
        let stages = sizes
            .windows(2)
            .map(|s| SweepCost {
                tangent: s[0] as f64 * s[1] as f64,
                adjoint: s[0] as f64 * s[1] as f64,
                memory: (s[0] as u64).checked_mul(s[1] as u64),
            })
            .collect();
        Self {
            stages,
            multiplication: 1.0,
        }
    }

    /// Whether they can be planned with, for so many stages and that limit.
    pub(super) fn check(&self, stages: usize, limit: Option<u64>) -> Result<(), ChainError> {
        if self.stages.len() != stages {
            return Err(ChainError::Stages {
                expected: stages,
                given: self.stages.len(),
            });
        }
        cost(None, "a multiplication", self.multiplication)?;
        for (k, stage) in self.stages.iter().enumerate() {
            cost(Some(k), "a tangent sweep", stage.tangent)?;
            cost(Some(k), "an adjoint sweep", stage.adjoint)?;
            if limit.is_some() && stage.memory.is_none() {
                return Err(ChainError::UnknownMemory { stage: k });
            }
        }
        Ok(())
    }
}

fn cost(stage: Option<usize>, what: &'static str, value: f64) -> Result<(), ChainError> {
    match value.is_finite() && value >= 0.0 {
        true => Ok(()),
        false => Err(ChainError::Cost { stage, what, value }),
    }
}
