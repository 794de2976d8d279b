//! The order in which the Jacobians of a chain are best multiplied, and how that is done.

use super::{ChainError, Costs, How, Step, dense, general, steps};
use std::fmt;

/// How the Jacobian of a chain is made from those of its stages, and what that takes. It prints as text.
///
/// Stage `k` maps `sizes[k]` values to `sizes[k + 1]`; stage 0 is applied first.
///
/// ```
/// use ad_runtime::chain::Plan;
///
/// // The Jacobians are 800 x 1000, 2 x 800, 600 x 2 and 1000 x 600: best from the middle outwards.
/// let plan = Plan::dense(&[1000, 800, 2, 600, 1000])?;
/// assert_eq!(plan.order(), "(J3·J2)·(J1·J0)");
/// assert_eq!(plan.multiplications(), 4_800_000);
/// assert_eq!(plan.forward(), 602_800_000);
/// assert_eq!(plan.reverse(), 802_800_000);
/// # Ok::<(), ad_runtime::chain::ChainError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    names: Vec<String>,
    sizes: Vec<usize>,
    steps: Vec<Step>,
    multiplications: u128,
    forward: u128,
    reverse: u128,
    estimate: Option<Estimate>,
}

/// What a plan costs by the costs of its sweeps, beside what the two pure modes cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// The plan.
    pub cost: f64,
    /// Tangent sweeps alone, one for each input of the chain.
    pub forward: f64,
    /// Adjoint sweeps alone, one for each result of the chain; `None` if their traces exceed the limit.
    pub reverse: Option<f64>,
    /// The limit on the traces that are alive at one time.
    pub limit: Option<u64>,
}

impl Plan {
    /// The order with the fewest multiplications if the stages' Jacobians were given and dense.
    ///
    /// A product with the Jacobian of a single stage is a sweep through that stage for each column or row of the other factor. Of two
    /// stages, the one whose own Jacobian takes less is accumulated, and swept through the other.
    /// If a single mode is as good as any order, it is the plan, tangent mode first. Takes time with the cube of the number of stages: 500 are planned in
    /// a fraction of a second.
    ///
    /// # Errors
    ///
    /// If there is no stage, a size is zero, or the numbers of multiplications don't fit into a `u128`; if there are more than 4096 stages, unless sizes
    /// only rise or only fall.
    pub fn dense(sizes: &[usize]) -> Result<Self, ChainError> {
        dense::check(sizes)?;
        Self::new(sizes, dense::best(sizes)?, None)
    }

    /// Tangent sweeps alone, from the input side.
    ///
    /// ```
    /// use ad_runtime::chain::Plan;
    ///
    /// let plan = Plan::pure_forward(&[4, 3, 2])?;
    /// assert_eq!((plan.order().as_str(), plan.multiplications()), ("J1·J0", 24));
    /// # Ok::<(), ad_runtime::chain::ChainError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`Plan::dense`].
    pub fn pure_forward(sizes: &[usize]) -> Result<Self, ChainError> {
        dense::check(sizes)?;
        Self::new(sizes, dense::forward(sizes), None)
    }

    /// Adjoint sweeps alone, from the output side.
    ///
    /// ```
    /// use ad_runtime::chain::Plan;
    ///
    /// let plan = Plan::pure_reverse(&[4, 3, 2, 1])?;
    /// assert_eq!(plan.order(), "(J2·J1)·J0");
    /// # Ok::<(), ad_runtime::chain::ChainError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`Plan::dense`].
    pub fn pure_reverse(sizes: &[usize]) -> Result<Self, ChainError> {
        dense::check(sizes)?;
        Self::new(sizes, dense::reverse(sizes), None)
    }

    /// The cheapest way to the Jacobian if nothing is given: with `J(i..j)` the Jacobian of stages `i` to `j`,
    ///
    /// - `J(i..i)` is accumulated by tangents at `sizes[i] * tangent[i]`, or by adjoints at `sizes[i + 1] * adjoint[i]`, if
    ///   `memory[i]` is within the limit;
    /// - `J(k+1..j) · J(i..k)` takes `sizes[i] * sizes[k + 1] * sizes[j + 1]` multiplications;
    /// - `J(i..k)` is pushed through stages `k+1` to `j` at `sizes[i]` times the sum of their `tangent`;
    /// - `J(k+1..j)` is pulled back through stages `i` to `k` at `sizes[j + 1]` times the sum of their `adjoint`, if the sum of their
    ///   `memory` is within the limit.
    ///
    /// ```
    /// use ad_runtime::chain::{Costs, Plan};
    ///
    /// // A narrow place in the middle, but its sweeps are dear: their traces don't fit either.
    /// let mut costs = Costs::dense(&[5, 4, 1, 9]);
    /// let cheap = Plan::general(&[5, 4, 1, 9], &costs, None)?;
    /// costs.stages[1].adjoint = 1e3;
    /// let dear = Plan::general(&[5, 4, 1, 9], &costs, Some(10))?;
    /// let [cheap, dear] = [cheap, dear].map(|plan| plan.estimate().unwrap().cost);
    /// assert!(cheap < dear);
    /// # Ok::<(), ad_runtime::chain::ChainError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`Plan::dense`], with 4096 stages in any case; and if costs are given for another number of stages, a cost is negative or not finite, or there is a limit but
    /// the memory of some stage is not known.
    pub fn general(sizes: &[usize], costs: &Costs, limit: Option<u64>) -> Result<Self, ChainError> {
        dense::check(sizes)?;
        let (cost, steps) = general::best(sizes, costs, limit)?;
        let estimate = Estimate {
            cost,
            forward: general::forward(sizes, costs),
            reverse: general::reverse(sizes, costs, limit),
            limit,
        };
        Self::new(sizes, steps, Some(estimate))
    }

    fn new(
        sizes: &[usize],
        steps: Vec<Step>,
        estimate: Option<Estimate>,
    ) -> Result<Self, ChainError> {
        Ok(Self {
            names: (0..sizes.len() - 1).map(|k| format!("J{k}")).collect(),
            multiplications: steps::multiplications(&steps, sizes)?,
            forward: steps::multiplications(&dense::forward(sizes), sizes)?,
            reverse: steps::multiplications(&dense::reverse(sizes), sizes)?,
            sizes: sizes.to_vec(),
            steps,
            estimate,
        })
    }

    /// The same plan with names for its stages.
    pub(super) fn named(mut self, names: Vec<String>) -> Self {
        debug_assert_eq!(names.len(), self.names.len());
        self.names = names;
        self
    }

    /// The number of values before the first stage and behind each one.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// What is done, in that order. The last step gives the Jacobian.
    ///
    /// ```
    /// use ad_runtime::chain::{How, Plan};
    ///
    /// let plan = Plan::dense(&[9, 4, 1])?;
    /// assert_eq!(plan.steps()[0].how, How::Adjoints);
    /// assert_eq!(plan.steps()[1].how, How::Pull { later: 0, through: 0..1 });
    /// # Ok::<(), ad_runtime::chain::ChainError>(())
    /// ```
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many multiplications of numbers the products of the stages' Jacobians take in the order of the plan, if they are dense and given.
    pub fn multiplications(&self) -> u128 {
        self.multiplications
    }

    /// The same from the input side.
    pub fn forward(&self) -> u128 {
        self.forward
    }

    /// The same from the output side.
    pub fn reverse(&self) -> u128 {
        self.reverse
    }

    /// What the plan costs by the costs that it was made from; `None` if it was made from sizes alone.
    pub fn estimate(&self) -> Option<&Estimate> {
        self.estimate.as_ref()
    }

    /// The bracketing: the Jacobian of the last stage stands first, as in a product of matrices.
    pub fn order(&self) -> String {
        let mut texts: Vec<String> = Vec::new();
        for step in &self.steps {
            let text = match &step.how {
                How::Tangents | How::Adjoints => self.names[step.stages.start].clone(),
                How::Push { earlier, through } => through
                    .clone()
                    .fold(take(&mut texts, *earlier), |earlier, k| {
                        product(&self.names[k], &earlier)
                    }),
                How::Pull { later, through } => through
                    .clone()
                    .rev()
                    .fold(take(&mut texts, *later), |later, k| {
                        product(&later, &self.names[k])
                    }),
                How::Multiply { later, earlier } => {
                    let (later, earlier) = (take(&mut texts, *later), take(&mut texts, *earlier));
                    product(&later, &earlier)
                }
            };
            texts.push(text);
        }
        texts.pop().unwrap_or_default()
    }
}

/// What an earlier step gave; it is used once.
fn take(texts: &mut [String], step: usize) -> String {
    std::mem::take(&mut texts[step])
}

fn product(later: &str, earlier: &str) -> String {
    let factor = |text: &str| match text.contains('·') {
        true => format!("({text})"),
        false => text.to_string(),
    };
    format!("{}·{}", factor(later), factor(earlier))
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes.iter().map(usize::to_string).collect();
        writeln!(f, "sizes    {}", sizes.join(" → "))?;
        writeln!(f, "order    {}", self.order())?;
        writeln!(f, "         {} multiplications", self.multiplications)?;
        writeln!(f, "forward  {} multiplications", self.forward)?;
        writeln!(f, "reverse  {} multiplications", self.reverse)?;
        if let Some(estimate) = &self.estimate {
            writeln!(f, "{estimate}")?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            let line = if number == 0 { "steps   " } else { "        " };
            writeln!(f, "{line} {}. {}", number + 1, self.describe(step))?;
        }
        Ok(())
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cost, forward] = [self.cost, self.forward].map(readable);
        write!(f, "cost     {cost}, forward {forward}, ")?;
        match self.reverse {
            Some(reverse) => write!(f, "reverse {}", readable(reverse))?,
            None => write!(f, "reverse exceeds the limit")?,
        }
        match self.limit {
            Some(limit) => write!(f, "\nlimit    {limit} for the traces alive at one time"),
            None => Ok(()),
        }
    }
}

/// A cost without digits that nobody reads.
fn readable(cost: f64) -> String {
    match cost < 1000.0 {
        true => format!("{cost}"),
        false => format!("{cost:.0}"),
    }
}

impl Plan {
    fn describe(&self, step: &Step) -> String {
        let (cols, rows) = (self.sizes[step.stages.start], self.sizes[step.stages.end]);
        let name = |stages: &std::ops::Range<usize>| self.names[stages.clone()].join(", ");
        match &step.how {
            How::Tangents => format!("{}: {}", name(&step.stages), sweeps(cols, "tangent")),
            How::Adjoints => format!("{}: {}", name(&step.stages), sweeps(rows, "adjoint")),
            How::Push { earlier, through } => {
                let sweeps = sweeps(cols, "tangent");
                format!("{} pushed through {}: {sweeps}", earlier + 1, name(through))
            }
            How::Pull { later, through } => {
                let sweeps = sweeps(rows, "adjoint");
                let through: Vec<_> = self.names[through.clone()].iter().rev().cloned().collect();
                format!(
                    "{} pulled back through {}: {sweeps}",
                    later + 1,
                    through.join(", ")
                )
            }
            How::Multiply { later, earlier } => {
                let middle = self.sizes[self.steps[*later].stages.start];
                format!(
                    "product of {} and {}: {rows} x {middle} times {middle} x {cols}",
                    later + 1,
                    earlier + 1
                )
            }
        }
    }
}

fn sweeps(count: usize, mode: &str) -> String {
    match count {
        1 => format!("1 {mode} sweep"),
        _ => format!("{count} {mode} sweeps"),
    }
}
