//! What may be wrong with a chain, its sizes, its costs or a plan for it.

use std::error::Error;
use std::fmt;

/// Why a chain can't be planned or a plan can't be followed.
///
/// ```
/// use ad_runtime::chain::{ChainError, Plan};
///
/// let error = Plan::dense(&[3, 0, 2]).unwrap_err();
/// assert_eq!(error, ChainError::ZeroSize { at: 1 });
/// assert_eq!(error.to_string(), "the result of stage 0 of the chain is empty: its Jacobian has no entries");
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum ChainError {
    /// There is no stage.
    Empty,
    /// The input of the chain (`at` is 0) or the result of stage `at - 1` has no elements.
    ZeroSize {
        /// Where in the list of sizes.
        at: usize,
    },
    /// A number of multiplications, or a cost, that its type can't hold.
    TooLarge,
    /// More stages than are planned for.
    TooLong {
        /// The stages.
        stages: usize,
        /// The most that are planned for.
        most: usize,
    },
    /// The first stage takes arrays of another length.
    Input {
        /// The length that it takes.
        expected: usize,
        /// The length that was given.
        given: usize,
    },
    /// Something that a stage took or returned has a length that does not fit.
    Length {
        /// The name of the stage.
        stage: String,
        /// What has that length.
        what: &'static str,
        /// The length that would fit.
        expected: usize,
        /// The length that was found.
        found: usize,
    },
    /// Costs for another number of stages.
    Stages {
        /// The stages of the chain.
        expected: usize,
        /// Those that have costs.
        given: usize,
    },
    /// A cost that is negative or not finite.
    Cost {
        /// The stage, or `None` for the cost of a multiplication.
        stage: Option<usize>,
        /// Which of its costs.
        what: &'static str,
        /// The cost.
        value: f64,
    },
    /// There is a limit on the memory of traces, but the trace of this stage is of unknown size.
    UnknownMemory {
        /// The stage.
        stage: usize,
    },
    /// The plan was made for other sizes.
    OtherSizes {
        /// The sizes of the plan.
        plan: Vec<usize>,
        /// The sizes of the chain at this input.
        chain: Vec<usize>,
    },
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "a chain has at least one stage"),
            Self::ZeroSize { at: 0 } => {
                write!(
                    f,
                    "the input of the chain is empty: its Jacobian has no entries"
                )
            }
            Self::ZeroSize { at } => write!(
                f,
                "the result of stage {} of the chain is empty: its Jacobian has no entries",
                at - 1
            ),
            Self::TooLarge => write!(f, "the cost of the chain is too large to be counted"),
            Self::TooLong { stages, most } => write!(
                f,
                "the best order is found for at most {most} stages, not for {stages}, unless sizes only rise or only fall: \
                 plan parts of the chain, or take a pure mode"
            ),
            Self::Input { expected, given } => write!(
                f,
                "the first stage takes {expected} values, but the input has {given}"
            ),
            Self::Length {
                stage,
                what,
                expected,
                found,
            } => write!(
                f,
                "stage `{stage}`: {what} has {found} values instead of {expected}"
            ),
            Self::Stages { expected, given } => {
                write!(
                    f,
                    "the chain has {expected} stages, but costs are given for {given}"
                )
            }
            Self::Cost { stage, what, value } => {
                write!(f, "the cost of {what}")?;
                if let Some(stage) = stage {
                    write!(f, " of stage {stage}")?;
                }
                write!(f, " is {value}: a cost is finite and not negative")
            }
            Self::UnknownMemory { stage } => write!(
                f,
                "memory is limited, but what the trace of stage {stage} takes is not given"
            ),
            Self::OtherSizes { plan, chain } => write!(
                f,
                "the plan is for sizes {plan:?}, but at this input they are {chain:?}"
            ),
        }
    }
}

impl Error for ChainError {}
