//! What may be wrong with patterns, and what evaluation finds.

use std::error::Error;
use std::fmt;

/// A description that is no pattern, or not one for the purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternError {
    /// An entry lies outside the matrix.
    Outside {
        /// Its row.
        row: usize,
        /// Its column.
        col: usize,
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        cols: usize,
    },
    /// The starts of compressed columns do not go from 0 to the number of entries.
    Starts,
    /// The rows of a compressed column do not ascend.
    Unsorted {
        /// The column.
        col: usize,
    },
    /// Two patterns are not of one size.
    Sizes {
        /// Rows and columns of the one.
        own: (usize, usize),
        /// Rows and columns of the other.
        others: (usize, usize),
    },
    /// The pattern of a Hessian has an entry without its mirror image, or is not square.
    Asymmetric,
    /// There is not a colour for each column, row or variable.
    Colors {
        /// How many there are.
        lines: usize,
        /// How many colours were given.
        given: usize,
    },
    /// Two entries would be added up: the colouring is not one of the pattern.
    Coloring {
        /// The row or, in a colouring of rows, the column of both.
        at: usize,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside {
                row,
                col,
                rows,
                cols,
            } => write!(
                f,
                "the entry ({row}, {col}) lies outside a {rows} by {cols} matrix"
            ),
            Self::Starts => {
                f.write_str("the starts of the columns must ascend from 0 to the number of entries")
            }
            Self::Unsorted { col } => write!(f, "the rows of column {col} do not ascend"),
            Self::Sizes { own, others } => write!(
                f,
                "a {} by {} pattern where one of {} by {} belongs",
                others.0, others.1, own.0, own.1
            ),
            Self::Asymmetric => {
                f.write_str("the pattern of a Hessian must be square and symmetric")
            }
            Self::Colors { lines, given } => {
                write!(f, "a colouring of {given} lines where there are {lines}")
            }
            Self::Coloring { at } => write!(f, "the colouring adds up entries of line {at}"),
        }
    }
}

impl Error for PatternError {}

/// Why a matrix could not be evaluated by a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SparseError {
    /// A probe found a nonzero entry that the pattern does not have. Add it to the pattern and make a new plan.
    Missing {
        /// The entry's row.
        row: usize,
        /// The entry's column.
        col: usize,
    },
    /// A derivative is infinite or not a number; entries in its row or column can't be told apart from it.
    NotFinite {
        /// The row of the matrix in which it was found.
        row: usize,
        /// The column.
        col: usize,
    },
    /// The function does not have the plan's size.
    Size {
        /// Rows and columns of the plan.
        plan: (usize, usize),
        /// Rows and columns of the function; the rows are not known where inputs are what does not fit.
        function: (Option<usize>, usize),
    },
    /// A probe contradicts the matrix, though the pattern seems to lack nothing: what was given as a sweep is not linear in its direction
    /// (or, for a Hessian, not symmetric).
    Inconsistent {
        /// The row or column in which that was noticed last.
        at: usize,
    },
}

impl fmt::Display for SparseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { row, col } => {
                write!(
                    f,
                    "the entry ({row}, {col}) is nonzero, but not in the pattern"
                )
            }
            Self::NotFinite { row, col } => {
                write!(f, "the entry ({row}, {col}) is not finite")
            }
            Self::Size { plan, function } => {
                write!(
                    f,
                    "a plan for a {} by {} matrix can't evaluate one with ",
                    plan.0, plan.1
                )?;
                match function.0 {
                    Some(rows) => write!(f, "{rows} rows and {} columns", function.1),
                    None => write!(f, "{} columns", function.1),
                }
            }
            Self::Inconsistent { at } => {
                write!(
                    f,
                    "sweeps contradict each other in line {at}: is the derivative linear in its direction?"
                )
            }
        }
    }
}

impl Error for SparseError {}
