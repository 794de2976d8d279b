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
    /// Row by row, as soon as the number of rows is known; the first column until then.
    entries: Vec<T>,
    /// How many reals the sweep has given so far, in each direction.
    passed: usize,
}

impl<T: NumCast + Zero + Copy> Sweeps<T> {
    /// Those of a Jacobian with so many columns, and so many rows if that is known. The entries take the place of another matrix's.
    #[inline(always)]
    pub fn new(cols: usize, rows: Option<usize>, mode: Option<Mode>, matrix: Matrix<T>) -> Self {
        let rows = rows.filter(|r| *r > 0);
        let entries = zeros(matrix, rows.unwrap_or(0) * cols);
        Self {
            cols,
            rows,
            mode,
            columns: 0,
            adjoints: 0,
            entries,
            passed: 0,
        }
    }

    /// Those of a Hessian of so many variables: of the gradient's Jacobian, by tangents.
    #[inline(always)]
    pub fn hessian(size: usize) -> Self {
        Self::new(
            size,
            Some(size),
            Some(Mode::Forward),
            Matrix::of(0, 0, Vec::new()),
        )
    }

    #[inline(always)]
    fn is_forward(&self, rows: usize) -> bool {
        self.mode.unwrap_or(cheaper(rows, self.cols)) == Mode::Forward
    }

    /// The next tangent sweep, in at most so many directions; there is at least one sweep of either kind.
    #[inline(always)]
    pub fn column(&mut self, widest: usize) -> Option<Direction> {
        if self.columns == 1 && self.rows.is_none() {
            self.learn_rows();
        }
        let left = match self.rows {
            None => 1,
            Some(rows) if self.is_forward(rows) => self.cols.max(1) - self.columns,
            Some(_) => 0,
        };
        let direction = Direction::of(Mode::Forward, self.columns, left, widest)?;
        self.columns += direction.used;
        self.passed = 0;
        Some(direction)
    }

    /// The first column tells how many there are.
    #[cold]
    #[inline(never)]
    fn learn_rows(&mut self) {
        let first = std::mem::take(&mut self.entries);
        self.rows = Some(first.len());
        self.entries = vec![T::zero(); first.len() * self.cols];
        if self.cols > 0 {
            for (row, entry) in self.entries.chunks_exact_mut(self.cols).zip(first) {
                row[0] = entry;
            }
        }
    }

    /// The next adjoint sweep, for at most so many rows.
    #[inline(always)]
    pub fn row(&mut self, widest: usize) -> Option<Direction> {
        let rows = self.rows.unwrap_or(0);
        if self.is_forward(rows) {
            return None;
        }
        let direction = Direction::of(Mode::Reverse, self.adjoints, rows - self.adjoints, widest)?;
        self.adjoints += direction.used;
        self.passed = 0;
        Some(direction)
    }

    /// The reals of a shadow that holds `W` directions: the next entries of each.
    #[inline(always)]
    pub fn entries<const W: usize, V>(&mut self, direction: &Direction, shadow: &V)
    where
        V: Differentiable + ?Sized,
    {
        let used = direction.used_of::<W>();
        match direction.mode {
            _ if self.rows.is_none() => shadow.each_real(&mut |x| self.entries.push(entry(x))),
            mode => put::<W, T, V>(
                (mode, direction.first, used),
                (&mut self.entries, self.cols),
                &mut self.passed,
                shadow,
            ),
        }
    }

    /// The Jacobian.
    #[inline(always)]
    pub fn matrix(self) -> Matrix<T> {
        Matrix::from_vec(self.rows.unwrap_or(0), self.cols, self.entries)
    }
}

/// A Jacobian of which it is known how many rows and columns there are.
pub struct Lines<T> {
    rows: usize,
    cols: usize,
    mode: Mode,
    /// Row by row.
    entries: Vec<T>,
    /// How many reals the sweep has given so far, in each direction.
    passed: usize,
}

impl<T: NumCast + Zero + Copy> Lines<T> {
    /// One of so many rows and columns, whose entries take the place of those of another matrix.
    #[inline(always)]
    pub fn new(rows: usize, cols: usize, mode: Option<Mode>, matrix: Matrix<T>) -> Self {
        // Without rows there is no adjoint sweep that would give the value.
        let mode = match mode.unwrap_or(cheaper(rows, cols)) {
            Mode::Reverse if rows > 0 => Mode::Reverse,
            _ => Mode::Forward,
        };
        Self {
            rows,
            cols,
            mode,
            entries: zeros(matrix, rows * cols),
            passed: 0,
        }
    }

    /// All sweeps, by functions that make one for a line, for two and for [`LANES`](crate::rt::LANES). Each is called at one place: so the
    /// compiler writes it out there, and where the lines are few it sees which they are.
    #[inline(always)]
    pub fn sweep<R>(
        &mut self,
        mut one: impl FnMut(&mut Self, Direction) -> R,
        mut two: impl FnMut(&mut Self, Direction) -> R,
        mut many: impl FnMut(&mut Self, Direction) -> R,
    ) -> R {
        let lines = match self.mode {
            Mode::Forward => self.cols.max(1),
            Mode::Reverse => self.rows,
        };
        let mode = self.mode;
        let mut first = 0;
        loop {
            let left = lines - first;
            let width = width(left, crate::rt::LANES);
            let direction = Direction {
                mode,
                first,
                used: left.min(width),
                width,
                passed: 0,
            };
            self.passed = 0;
            let value = match width {
                1 => one(self, direction),
                2 => two(self, direction),
                _ => many(self, direction),
            };
            first += width;
            if first >= lines {
                return value;
            }
        }
    }

    /// The reals of a shadow that holds `W` directions: the next entries of each.
    #[inline(always)]
    pub fn entries<const W: usize, V>(&mut self, direction: &Direction, shadow: &V)
    where
        V: Differentiable + ?Sized,
    {
        put::<W, T, V>(
            (self.mode, direction.first, direction.used_of::<W>()),
            (&mut self.entries, self.cols),
            &mut self.passed,
            shadow,
        );
    }

    /// The Jacobian.
    #[inline(always)]
    pub fn matrix(self) -> Matrix<T> {
        Matrix::of(self.rows, self.cols, self.entries)
    }
}

/// The mode whose sweeps cost less.
#[inline(always)]
fn cheaper(rows: usize, cols: usize) -> Mode {
    match cols <= ADJOINT * rows {
        true => Mode::Forward,
        false => Mode::Reverse,
    }
}

/// So many zeros, where the entries of a matrix were.
#[inline(always)]
fn zeros<T: Zero + Copy>(matrix: Matrix<T>, count: usize) -> Vec<T> {
    let mut entries = matrix.into_vec();
    if entries.len() != count {
        entries.clear();
        entries.resize(count, T::zero());
    }
    entries
}

/// The reals of a shadow as entries of neighbouring columns or rows. Without inputs there is a sweep for the value alone.
#[inline(always)]
fn put<const W: usize, T, V>(
    (mode, first, used): (Mode, usize, usize),
    (entries, cols): (&mut [T], usize),
    passed: &mut usize,
    shadow: &V,
) where
    T: NumCast + Zero + Copy,
    V: Differentiable + ?Sized,
{
    match mode {
        Mode::Forward => {
            let used = used.min(cols);
            let mut put = in_lanes::<W, _, _>(*passed, |row, lane, x| {
                if lane < used {
                    entries[row * cols + first + lane] = entry(x);
                }
            });
            shadow.each_real(&mut put);
            *passed += count(shadow) / W;
        }
        Mode::Reverse => {
            let reals = count(shadow) / W;
            let rows = &mut entries[first * cols..(first + used) * cols];
            let mut parts = parts::<W, T>(rows, (used, cols), (*passed, reals));
            let mut put = in_lanes::<W, _, _>(0, |k, lane, x| {
                if lane < used {
                    parts[lane][k] = entry(x);
                }
            });
            shadow.each_real(&mut put);
            *passed += reals;
        }
    }
}

/// The same part of neighbouring rows: its length is known here where it is to the compiler, and its ends are asked once.
#[inline(always)]
fn parts<const W: usize, T>(
    rows: &mut [T],
    (used, cols): (usize, usize),
    (start, len): (usize, usize),
) -> [&mut [T]; W] {
    let mut rest = rows;
    std::array::from_fn(|lane| {
        if lane >= used {
            return Default::default();
        }
        let (row, others) = std::mem::take(&mut rest).split_at_mut(cols);
        rest = others;
        &mut row[start..start + len]
    })
}

/// Counts what passes: of shadows that hold `W` directions, the next real comes `W` times. A lane that counts for itself, and not as a rest,
/// is a constant where the compiler unrolls the loop over lanes.
#[inline(always)]
fn in_lanes<const W: usize, X, R>(
    mut passed: usize,
    mut f: impl FnMut(usize, usize, X) -> R,
) -> impl FnMut(X) -> R {
    let mut lane = 0;
    move |x| {
        let result = f(passed, lane, x);
        lane += 1;
        if lane == W {
            lane = 0;
            passed += 1;
        }
        result
    }
}

/// A Hessian of which both entries of each pair have been computed, and become their mean.
pub fn symmetric<T: NumCast + Zero + Copy>(mut hessian: Matrix<T>) -> Matrix<T> {
    let real = |x: T| x.to_f64().expect("a float type becomes an f64");
    for i in 0..hessian.rows() {
        for j in 0..i {
            let mean = 0.5 * (real(hessian[(i, j)]) + real(hessian[(j, i)]));
            (hessian[(i, j)], hessian[(j, i)]) = (entry(mean), entry(mean));
        }
    }
    hessian
}

fn entry<T: NumCast>(x: f64) -> T {
    T::from(x).expect("chainrule: an entry that the float type cannot represent")
}

/// How many reals a value has.
#[inline(always)]
pub fn count<V: Differentiable + ?Sized>(value: &V) -> usize {
    let mut count = 0;
    value.each_real(&mut |_| count += 1);
    count
}

/// How many directions a sweep has room for where so many are left: one, two, or as many as it takes at most.
#[inline(always)]
pub fn width(left: usize, widest: usize) -> usize {
    let width = match left {
        1 => 1,
        _ if 2 * left > widest => widest,
        _ => 2,
    };
    width.min(widest)
}

/// Directions along one input each, or several neighbours at once: one in it, zero in all others.
pub struct Direction {
    mode: Mode,
    first: usize,
    /// How many there are, and how many a shadow has room for.
    used: usize,
    width: usize,
    passed: usize,
}

impl Direction {
    /// Along the input of that number.
    pub fn new(one: usize) -> Self {
        Self {
            mode: Mode::Forward,
            first: one,
            used: 1,
            width: 1,
            passed: 0,
        }
    }

    /// From that number on, as many as a sweep takes: most of the lanes of a wide shadow should be used.
    #[inline(always)]
    fn of(mode: Mode, first: usize, left: usize, widest: usize) -> Option<Self> {
        if left == 0 {
            return None;
        }
        let width = width(left, widest);
        Some(Self {
            mode,
            first,
            used: left.min(width),
            width,
            passed: 0,
        })
    }

    /// Of which kind the sweep is.
    #[inline(always)]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// How many directions the shadow of a real holds.
    #[inline(always)]
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many there are in shadows that hold `W` of them: only the widest may have room for more.
    #[inline(always)]
    fn used_of<const W: usize>(&self) -> usize {
        match W {
            1 | 2 => W,
            _ => self.used,
        }
    }

    /// The next part of the direction, in a shadow that holds `W` of them.
    #[inline(always)]
    pub fn part<const W: usize, V: Differentiable + ?Sized>(&mut self, shadow: &mut V) {
        let (used, first) = (self.used_of::<W>(), self.first);
        let mut along = in_lanes::<W, _, _>(self.passed, |real, lane, ()| {
            match lane < used && real == first + lane {
                true => 1.0,
                false => 0.0,
            }
        });
        shadow.map_reals(&mut |_| along(()));
        self.passed += count(shadow) / W;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(cols: usize, rows: Option<usize>, found: usize, mode: Option<Mode>) -> (usize, usize) {
        let mut sweeps = Sweeps::<f64>::new(cols, rows, mode, Matrix::from_vec(1, 1, vec![7.0]));
        let (mut forward, mut reverse) = (0, 0);
        while let Some(direction) = sweeps.column(1) {
            sweeps.entries::<1, _>(&direction, &vec![1.0; found]);
            forward += 1;
        }
        while let Some(direction) = sweeps.row(1) {
            sweeps.entries::<1, _>(&direction, &vec![1.0; cols]);
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
    fn several_at_once() {
        // Entry (i, j) of five columns and three rows is 10 i + j.
        for mode in [Mode::Forward, Mode::Reverse] {
            let mut sweeps = Sweeps::<f64>::new(5, Some(3), Some(mode), Matrix::default());
            let mut widths = Vec::new();
            while let Some(mut direction) = match mode {
                Mode::Forward => sweeps.column(4),
                Mode::Reverse => sweeps.row(4),
            } {
                let width = direction.width();
                widths.push(width);
                let (inputs, outputs) = match mode {
                    Mode::Forward => (5, 3),
                    Mode::Reverse => (3, 5),
                };
                let mut shadow = vec![0.0; inputs * width];
                match width {
                    1 => direction.part::<1, _>(&mut shadow),
                    _ => direction.part::<4, _>(&mut shadow),
                }
                let mut found = vec![0.0; outputs * width];
                for (at, one) in shadow.iter().enumerate() {
                    for out in 0..outputs {
                        let (i, j) = match mode {
                            Mode::Forward => (out, at / width),
                            Mode::Reverse => (at / width, out),
                        };
                        found[out * width + at % width] += one * (10 * i + j) as f64;
                    }
                }
                match width {
                    1 => sweeps.entries::<1, _>(&direction, &found),
                    _ => sweeps.entries::<4, _>(&direction, &found),
                }
            }
            assert_eq!(
                widths,
                match mode {
                    Mode::Forward => vec![4, 1],
                    Mode::Reverse => vec![4],
                }
            );
            let matrix = sweeps.matrix();
            for i in 0..3 {
                for j in 0..5 {
                    assert_eq!(matrix[(i, j)], (10 * i + j) as f64);
                }
            }
        }
    }

    #[test]
    fn directions_go_over_several_values() {
        let (mut x, mut y) = (vec![5.0, 5.0], (5.0_f32, 7_usize));
        let mut direction = Direction::new(2);
        direction.part::<1, _>(&mut x);
        direction.part::<1, _>(&mut y);
        assert_eq!((x, y), (vec![0.0, 0.0], (1.0, 7)));
    }
}
