//! Colourings: which columns, or rows, go into one sweep.
//!
//! Greedy algorithms after Gebremedhin, Manne, Pothen, *What color is your Jacobian? Graph coloring for computing derivatives*, SIAM
//! Review 47 (2005), and Gebremedhin, Tarafdar, Manne, Pothen, *New acyclic and star coloring algorithms with application to computing
//! Hessians*, SIAM J. Sci. Comput. 29 (2007).

mod acyclic;
mod hubs;
mod lines;
mod order;
mod star;
mod table;

use super::{Pattern, PatternError};

/// In which order vertices get their colours: each gets the first that its coloured neighbours leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// As they are numbered.
    Natural,
    /// Those with most neighbours first.
    LargestFirst,
    /// Last is one with fewest neighbours, before it one with fewest among the others, and so on.
    SmallestLast,
    /// Next is always one with most neighbours that are already coloured.
    IncidenceDegree,
}

impl Order {
    /// All of them.
    pub const ALL: [Order; 4] = [
        Order::Natural,
        Order::SmallestLast,
        Order::LargestFirst,
        Order::IncidenceDegree,
    ];
}

/// Which colourings of a symmetric pattern are allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Symmetric {
    /// Neighbours differ, and every path of four vertices has at least three colours. Each entry is read off directly.
    Star,
    /// Neighbours differ, and every cycle has at least three colours. Fewer colours; entries are found by substitution along trees of
    /// two colours, in which rounding errors add up.
    Acyclic,
}

/// A colour for each column, row or variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coloring {
    colors: Vec<usize>,
    count: usize,
}

impl Coloring {
    /// The colouring with these colours; there are as many as the largest, and one.
    ///
    /// ```
    /// use ad_runtime::sparse::Coloring;
    ///
    /// assert_eq!(Coloring::new(vec![0, 2, 0]).count(), 3);
    /// ```
    pub fn new(colors: Vec<usize>) -> Self {
        let count = colors.iter().max().map_or(0, |c| c + 1);
        Self { colors, count }
    }

    /// Colours columns so that no two of one colour share a row.
    ///
    /// ```
    /// use ad_runtime::sparse::{Coloring, Order, Pattern};
    ///
    /// let tridiagonal = Pattern::banded(100, 1, 1);
    /// assert_eq!(Coloring::columns(&tridiagonal, Order::Natural).count(), 3);
    /// ```
    ///
    /// Rows with more than 128 entries take no part in the choice of the order.
    pub fn columns(pattern: &Pattern, order: Order) -> Self {
        lines::color(pattern, &pattern.transpose(), order)
    }

    /// Colours rows so that no two of one colour share a column.
    ///
    /// ```
    /// use ad_runtime::sparse::{Coloring, Order, Pattern};
    ///
    /// // The last column is full: columns do with two colours, rows need one each.
    /// let p = Pattern::new(3, 4, (0..3).flat_map(|i| [(i, i), (i, 3)])).unwrap();
    /// assert_eq!(Coloring::columns(&p, Order::Natural).count(), 2);
    /// assert_eq!(Coloring::rows(&p, Order::Natural).count(), 3);
    /// ```
    pub fn rows(pattern: &Pattern, order: Order) -> Self {
        lines::color(&pattern.transpose(), pattern, order)
    }

    /// Colours the variables of a Hessian.
    ///
    /// ```
    /// use ad_runtime::sparse::{Coloring, Order, Pattern, Symmetric};
    ///
    /// let tridiagonal = Pattern::banded(100, 1, 1);
    /// let count = |kind| Coloring::symmetric(&tridiagonal, kind, Order::Natural).unwrap().count();
    /// assert_eq!((count(Symmetric::Star), count(Symmetric::Acyclic)), (3, 2));
    /// ```
    ///
    /// # Errors
    ///
    /// When the pattern is not symmetric.
    pub fn symmetric(
        pattern: &Pattern,
        kind: Symmetric,
        order: Order,
    ) -> Result<Self, PatternError> {
        if !pattern.is_symmetric() {
            return Err(PatternError::Asymmetric);
        }
        Ok(symmetric(pattern, kind, order))
    }

    /// The columns' colouring with fewer colours of those that [`Order::Natural`] and [`Order::LargestFirst`] give.
    pub fn best_columns(pattern: &Pattern) -> Self {
        best_lines(pattern, &pattern.transpose())
    }

    /// The rows' colouring with fewer colours of those that [`Order::Natural`] and [`Order::LargestFirst`] give.
    pub fn best_rows(pattern: &Pattern) -> Self {
        best_lines(&pattern.transpose(), pattern)
    }

    /// The colouring of a symmetric pattern with fewer colours of those that [`Order::Natural`] and [`Order::SmallestLast`] give.
    ///
    /// # Errors
    ///
    /// When the pattern is not symmetric.
    pub fn best_symmetric(pattern: &Pattern, kind: Symmetric) -> Result<Self, PatternError> {
        if !pattern.is_symmetric() {
            return Err(PatternError::Asymmetric);
        }
        Ok(best(
            |order| symmetric(pattern, kind, order),
            Order::SmallestLast,
            0,
        ))
    }

    /// The colour of each column, row or variable.
    #[inline]
    pub fn colors(&self) -> &[usize] {
        &self.colors
    }

    /// How many colours there are.
    #[inline]
    pub fn count(&self) -> usize {
        self.count
    }

    /// What has each colour.
    pub(super) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups = vec![Vec::new(); self.count];
        for (line, &color) in self.colors.iter().enumerate() {
            groups[color].push(line);
        }
        groups
    }
}

fn symmetric(pattern: &Pattern, kind: Symmetric, order: Order) -> Coloring {
    let run = |run: &hubs::Run<'_>| match kind {
        Symmetric::Star => star::color(run),
        Symmetric::Acyclic => acyclic::color(run),
    };
    hubs::color(pattern, &order::of_vertices(pattern, order), run)
}

fn best_lines(columns: &Pattern, rows: &Pattern) -> Coloring {
    // Columns that share a row differ: no colouring has fewer colours than a row has entries.
    let least = columns.longest_row();
    best(
        |order| lines::color(columns, rows, order),
        Order::LargestFirst,
        least,
    )
}

/// The numbers that variables have often follow the structure; where they don't, another order is usually better.
fn best(color: impl Fn(Order) -> Coloring, other: Order, least: usize) -> Coloring {
    let natural = color(Order::Natural);
    if natural.count <= least {
        return natural;
    }
    let other = color(other);
    match other.count < natural.count {
        true => other,
        false => natural,
    }
}
