//! Jacobians and Hessians by sweeps: in which order, and what they give.

use crate::{Differentiable, Matrix};
use num_traits::{NumCast, Zero};

/// Which mode a Jacobian is computed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// A tangent sweep for each column.
    Forward,
    /// An adjoint sweep for each row.
    Reverse,
}

/// What an adjoint sweep costs, in tangent sweeps: about four evaluations of the function against two.
pub const ADJOINT: usize = 2;

/// The sweeps that give a Jacobian, and its entries so far.
///
/// The mode is the one that was asked for, or the cheaper one: reverse where twice the rows are fewer than the columns. If the number of
/// rows is not known beforehand, the first column tells.
pub struct Sweeps<T> {
    cols: usize,
    rows: Option<usize>,
    mode: Option<Mode>,
    /// How many have begun.
    columns: usize,
    adjoints: usize,
    entries: Vec<T>,
}

impl<T: NumCast + Zero + Copy> Sweeps<T> {
    /// Those of a Jacobian with so many columns, and so many rows if that is known.
    pub fn new(cols: usize, rows: Option<usize>, mode: Option<Mode>) -> Self {
        Self {
            cols,
            rows: rows.filter(|r| *r > 0),
            mode,
            columns: 0,
            adjoints: 0,
            entries: Vec::new(),
        }
    }

    fn is_forward(&self, rows: usize) -> bool {
        match self.mode {
            Some(mode) => mode == Mode::Forward,
            None => self.cols <= ADJOINT * rows,
        }
    }

    /// The next tangent sweep; there is at least one sweep of either kind.
    pub fn column(&mut self) -> Option<Direction> {
        if self.columns == 1 && self.rows.is_none() {
            self.rows = Some(self.entries.len());
        }
        let more = match self.rows {
            None => true,
            Some(rows) if self.is_forward(rows) => self.columns < self.cols.max(1),
            Some(_) => false,
        };
        more.then(|| {
            self.columns += 1;
            Direction::new(self.columns - 1)
        })
    }

    /// The next adjoint sweep.
    pub fn row(&mut self) -> Option<Direction> {
        let rows = self.rows.unwrap_or(0);
        if self.is_forward(rows) || self.adjoints == rows {
            return None;
        }
        if self.adjoints == 0 {
            self.entries.clear();
        }
        self.adjoints += 1;
        Some(Direction::new(self.adjoints - 1))
    }

    /// The reals of a shadow: the next entries.
    pub fn entries<V: Differentiable + ?Sized>(&mut self, shadow: &V) {
        let entries = &mut self.entries;
        shadow.each_real(&mut |x| entries.push(entry(x)));
    }

    /// The Jacobian.
    pub fn matrix(self) -> Matrix<T> {
        let rows = self.rows.unwrap_or(0);
        match self.is_forward(rows) {
            _ if self.cols == 0 => Matrix::zeros(rows, 0),
            true => Matrix::from_vec(self.cols, rows, self.entries).transpose(),
            false => Matrix::from_vec(rows, self.cols, self.entries),
        }
    }
}

/// The entries of a Hessian, column by column, each pair of which is the mean of two.
pub fn symmetric<T: NumCast + Zero + Copy>(columns: &[f64], size: usize) -> Matrix<T> {
    let mut out = Matrix::zeros(size, size);
    for i in 0..size {
        for j in 0..size {
            let mean = 0.5 * (columns[i * size + j] + columns[j * size + i]);
            out[(i, j)] = entry(mean);
        }
    }
    out
}

fn entry<T: NumCast>(x: f64) -> T {
    T::from(x).expect("chainrule: an entry that the float type cannot represent")
}

/// How many reals a value has.
pub fn count<V: Differentiable + ?Sized>(value: &V) -> usize {
    let mut count = 0;
    value.each_real(&mut |_| count += 1);
    count
}

/// A direction along one input: one in it, zero in all others.
pub struct Direction {
    one: usize,
    passed: usize,
}

impl Direction {
    /// Along the input of that number.
    pub fn new(one: usize) -> Self {
        Self { one, passed: 0 }
    }

    /// The next part of the direction.
    pub fn part<V: Differentiable + ?Sized>(&mut self, shadow: &mut V) {
        shadow.map_reals(&mut |_| {
            self.passed += 1;
            if self.passed == self.one + 1 {
                1.0
            } else {
                0.0
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(cols: usize, rows: Option<usize>, found: usize, mode: Option<Mode>) -> (usize, usize) {
        let mut sweeps = Sweeps::<f64>::new(cols, rows, mode);
        let (mut forward, mut reverse) = (0, 0);
        while sweeps.column().is_some() {
            sweeps.entries(&vec![1.0; found]);
            forward += 1;
        }
        while sweeps.row().is_some() {
            sweeps.entries(&vec![1.0; cols]);
            reverse += 1;
        }
        let matrix = sweeps.matrix();
        assert_eq!((matrix.rows(), matrix.cols()), (found, cols));
        (forward, reverse)
    }

    #[test]
    fn the_cheaper_mode() {
        assert_eq!(run(3, Some(3), 3, None), (3, 0));
        assert_eq!(run(7, Some(3), 3, None), (0, 3));
        assert_eq!(run(6, Some(3), 3, None), (6, 0));
        assert_eq!(run(3, Some(3), 3, Some(Mode::Reverse)), (0, 3));
        assert_eq!(run(7, Some(1), 1, Some(Mode::Forward)), (7, 0));
    }

    #[test]
    fn rows_that_are_not_known_before() {
        assert_eq!(run(3, None, 5, None), (3, 0));
        assert_eq!(run(3, None, 1, None), (1, 1));
        assert_eq!(run(0, None, 2, None), (1, 0));
        assert_eq!(run(4, None, 0, None), (1, 0));
        assert_eq!(run(0, Some(2), 2, None), (1, 0));
    }

    #[test]
    fn directions_go_over_several_values() {
        let (mut x, mut y) = (vec![5.0, 5.0], (5.0_f32, 7_usize));
        let mut direction = Direction::new(2);
        direction.part(&mut x);
        direction.part(&mut y);
        assert_eq!((x, y), (vec![0.0, 0.0], (1.0, 7)));
    }
}
