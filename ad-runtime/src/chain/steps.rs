//! What a plan consists of: partial Jacobians, each made from earlier ones.

use super::ChainError;
use std::ops::Range;

/// One step of a plan: how the Jacobian of some neighbouring stages is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The stages whose Jacobian it gives.
    pub stages: Range<usize>,
    /// How.
    pub how: How,
}

/// How a partial Jacobian is made. Others are meant by the number of the step that gives them; each is used once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum How {
    /// One stage, by a tangent sweep for each of its inputs.
    Tangents,
    /// One stage, by an adjoint sweep for each of its results.
    Adjoints,
    /// The columns of an earlier Jacobian are the directions of tangent sweeps through the stages behind it.
    Push {
        /// The step that gives the Jacobian.
        earlier: usize,
        /// The stages that they go through.
        through: Range<usize>,
    },
    /// The rows of a later Jacobian are the seeds of adjoint sweeps back through the stages before it.
    Pull {
        /// The step that gives the Jacobian.
        later: usize,
        /// The stages that they go back through.
        through: Range<usize>,
    },
    /// The product of two Jacobians.
    Multiply {
        /// The step that gives the left factor.
        later: usize,
        /// The step that gives the right factor.
        earlier: usize,
    },
}

/// A list of steps that grows; what it is given in is a bracketing.
#[derive(Default)]
pub(super) struct Steps(Vec<Step>);

impl Steps {
    pub fn finish(self) -> Vec<Step> {
        self.0
    }

    fn add(&mut self, stages: Range<usize>, how: How) -> usize {
        self.0.push(Step { stages, how });
        self.0.len() - 1
    }

    pub fn tangents(&mut self, stage: usize) -> usize {
        self.add(stage..stage + 1, How::Tangents)
    }

    pub fn adjoints(&mut self, stage: usize) -> usize {
        self.add(stage..stage + 1, How::Adjoints)
    }

    /// Pushes the Jacobian of a step up to stage `end`; a step that is a push itself goes on.
    pub fn push(&mut self, earlier: usize, end: usize) -> usize {
        let step = &mut self.0[earlier];
        if let How::Push { through, .. } = &mut step.how {
            (through.end, step.stages.end) = (end, end);
            return earlier;
        }
        let stages = step.stages.clone();
        let through = stages.end..end;
        self.add(stages.start..end, How::Push { earlier, through })
    }

    /// Pulls the Jacobian of a step back to stage `start`; a step that is a pull itself goes on, if all its stages may be one pull.
    pub fn pull(
        &mut self,
        later: usize,
        start: usize,
        may_join: impl Fn(&Range<usize>) -> bool,
    ) -> usize {
        let step = &mut self.0[later];
        if let How::Pull { through, .. } = &mut step.how
            && may_join(&(start..through.end))
        {
            (through.start, step.stages.start) = (start, start);
            return later;
        }
        let stages = step.stages.clone();
        let through = start..stages.start;
        self.add(start..stages.end, How::Pull { later, through })
    }

    pub fn multiply(&mut self, later: usize, earlier: usize) -> usize {
        let stages = self.0[earlier].stages.start..self.0[later].stages.end;
        self.add(stages, How::Multiply { later, earlier })
    }
}

/// The multiplications that products of given Jacobians would take, in the order of the steps.
pub(super) fn multiplications(steps: &[Step], sizes: &[usize]) -> Result<u128, ChainError> {
    let mut sum: u128 = 0;
    let mut add = |left: usize, middle: usize, right: usize| {
        let product =
            (sizes[left] as u128 * sizes[middle] as u128).checked_mul(sizes[right] as u128);
        sum = product
            .and_then(|p| sum.checked_add(p))
            .ok_or(ChainError::TooLarge)?;
        Ok(())
    };
    for step in steps {
        let Range { start, end } = step.stages;
        match &step.how {
            How::Tangents | How::Adjoints => {}
            How::Push { through, .. } => {
                through.clone().try_for_each(|k| add(start, k, k + 1))?;
            }
            How::Pull { through, .. } => {
                through.clone().try_for_each(|k| add(k, k + 1, end))?;
            }
            How::Multiply { earlier, .. } => add(start, steps[*earlier].stages.end, end)?,
        }
    }
    Ok(sum)
}
