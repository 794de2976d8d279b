//! How the entries of a matrix are found in what the sweeps give.

use super::{Coloring, Pattern, PatternError};
use crate::rt::LANES;
use num_traits::Float;

/// From the results of sweeps to entries.
pub enum Recovery<T> {
    /// A sweep gives a sum of columns that share no row.
    Columns {
        groups: Vec<Vec<usize>>,
        several: Vec<Vec<Read>>,
    },
    /// A sweep gives a sum of rows that share no column.
    Rows {
        groups: Vec<Vec<usize>>,
        transpose: Pattern,
        /// Where the entries of the transpose stand in the matrix.
        positions: Vec<usize>,
        several: Vec<Vec<Read>>,
    },
    /// A sweep gives products with a symmetric matrix: for each, which entries stand in which rows of it.
    Direct {
        groups: Vec<Vec<usize>>,
        reads: Vec<Vec<(usize, usize)>>,
    },
    /// The same, and what other entries add is subtracted.
    Substitution {
        groups: Vec<Vec<usize>>,
        steps: Vec<Step>,
        compressed: Vec<T>,
    },
}

/// Where an entry is read if a sweep takes [`LANES`] directions: result by result, so that all directions of a result are read at once.
pub struct Read {
    line: u32,
    lane: u32,
    at: u32,
}

/// What a sweep has given in one of its directions.
#[derive(Clone, Copy)]
struct Lane<'a, T> {
    reals: &'a [T],
    width: usize,
    lane: usize,
}

impl<T: Copy> Lane<'_, T> {
    fn at(self, real: usize) -> T {
        self.reals[real * self.width + self.lane]
    }
}

/// An entry and its mirror image.
pub struct Step {
    entry: usize,
    mirror: usize,
    /// Where its value stands when it is its turn.
    read: usize,
    /// To what it was added.
    added: usize,
}

const NONE: usize = usize::MAX;

impl<T: Float> Recovery<T> {
    /// By columns.
    pub fn columns(pattern: &Pattern, coloring: &Coloring) -> Result<Self, PatternError> {
        let transpose = pattern.transpose();
        check_lines(pattern.cols(), &transpose, coloring)?;
        let positions = positions(pattern, &transpose);
        let by_row = transpose.pairs().zip(positions);
        let reads = by_row.map(|((col, row), at)| (row, coloring.colors()[col], at));
        Ok(Self::Columns {
            groups: coloring.groups(),
            several: several(coloring.count(), reads),
        })
    }

    /// By rows.
    pub fn rows(pattern: &Pattern, coloring: &Coloring) -> Result<Self, PatternError> {
        check_lines(pattern.rows(), pattern, coloring)?;
        let transpose = pattern.transpose();
        let positions = positions(pattern, &transpose);
        let by_column = pattern.pairs().enumerate();
        let reads = by_column.map(|(at, (row, col))| (col, coloring.colors()[row], at));
        Ok(Self::Rows {
            groups: coloring.groups(),
            several: several(coloring.count(), reads),
            transpose,
            positions,
        })
    }

    /// Each entry of a symmetric matrix directly.
    pub fn direct(pattern: &Pattern, coloring: &Coloring) -> Result<Self, PatternError> {
        check_count(pattern.cols(), coloring)?;
        let (colors, mirrors) = (coloring.colors(), pattern.mirrors());
        let alone = alone(pattern, colors, coloring.count());
        let mut reads = vec![Vec::new(); coloring.count()];
        for (at, (i, j)) in pattern.pairs().enumerate() {
            // An entry and its mirror image are read at one place.
            let ((i, j), here) = match i <= j {
                true => ((i, j), mirrors[at]),
                false => ((j, i), at),
            };
            // `here` stands in column i, in which the sweep along j's colour has it if no other of that colour is there.
            if alone[here] {
                reads[colors[j]].push((at, i));
            } else if alone[mirrors[here]] {
                reads[colors[i]].push((at, j));
            } else {
                return Err(PatternError::Coloring { at: i });
            }
        }
        let groups = coloring.groups();
        Ok(Self::Direct { groups, reads })
    }

    /// The entries of a symmetric matrix one after the other: each edge of a tree of two colours when its point is the last one left.
    pub fn substitution(pattern: &Pattern, coloring: &Coloring) -> Result<Self, PatternError> {
        check_count(pattern.cols(), coloring)?;
        let (n, colors, mirrors) = (pattern.cols(), coloring.colors(), pattern.mirrors());
        let (nodes, mut left, mut which) = nodes(pattern, colors, coloring.count());
        let mut ready: Vec<usize> = (0..left.len()).filter(|k| left[*k] == 1).collect();
        let mut done = vec![false; pattern.entries()];
        let columns = column_of_entries(pattern);
        let (mut steps, mut turn) = (Vec::new(), 0);
        while let Some(&node) = ready.get(turn) {
            turn += 1;
            let entry = which[node];
            if left[node] == 0 || done[entry] {
                continue;
            }
            let (i, j) = (columns[entry], pattern.indices()[entry]);
            let mirror = mirrors[entry];
            steps.push(Step {
                entry,
                mirror,
                read: i + n * colors[j],
                added: j + n * colors[i],
            });
            (done[entry], done[mirror]) = (true, true);
            let other = nodes[mirror];
            left[other] -= 1;
            which[other] ^= mirror;
            if left[other] == 1 {
                ready.push(other);
            }
        }
        if let Some(at) = done.iter().position(|d| !d) {
            let at = columns[at];
            return Err(PatternError::Coloring { at });
        }
        Ok(Self::Substitution {
            groups: coloring.groups(),
            steps,
            compressed: vec![T::zero(); n * coloring.count()],
        })
    }

    /// What is one in each sweep's direction.
    pub fn groups(&self) -> &[Vec<usize>] {
        match self {
            Self::Columns { groups, .. }
            | Self::Rows { groups, .. }
            | Self::Direct { groups, .. }
            | Self::Substitution { groups, .. } => groups,
        }
    }

    /// Whether the matrix is symmetric.
    pub fn is_symmetric(&self) -> bool {
        matches!(self, Self::Direct { .. } | Self::Substitution { .. })
    }

    /// Takes what a sweep has given in several directions, those of the groups from `first` to `end`.
    pub fn take_all(
        &mut self,
        pattern: &Pattern,
        (first, end): (usize, usize),
        (reals, width): (&[T], usize),
        values: &mut [T],
    ) {
        if let Self::Columns { several, .. } | Self::Rows { several, .. } = self
            && width == LANES
            && first % LANES == 0
            && let Some(reads) = several.get(first / LANES)
        {
            for read in reads {
                let place = read.line as usize * LANES + read.lane as usize;
                values[read.at as usize] = reals[place];
            }
            return;
        }
        for sweep in first..end {
            let result = Lane {
                reals,
                width,
                lane: sweep - first,
            };
            self.take(pattern, sweep, result, values);
        }
    }

    /// Takes what a sweep has given in one direction.
    fn take(&mut self, pattern: &Pattern, sweep: usize, result: Lane<'_, T>, values: &mut [T]) {
        match self {
            Self::Columns { groups, .. } => {
                for &j in &groups[sweep] {
                    for at in pattern.range(j) {
                        values[at] = result.at(pattern.indices()[at]);
                    }
                }
            }
            Self::Rows {
                groups,
                transpose,
                positions,
                ..
            } => {
                for &i in &groups[sweep] {
                    for at in transpose.range(i) {
                        values[positions[at]] = result.at(transpose.indices()[at]);
                    }
                }
            }
            Self::Direct { reads, .. } => {
                for &(at, row) in &reads[sweep] {
                    values[at] = result.at(row);
                }
            }
            Self::Substitution { compressed, .. } => {
                let size = pattern.rows();
                let column = &mut compressed[sweep * size..][..size];
                for (row, place) in column.iter_mut().enumerate() {
                    *place = result.at(row);
                }
            }
        }
    }

    /// All sweeps have been taken.
    pub fn finish(&mut self, values: &mut [T]) {
        let Self::Substitution {
            steps, compressed, ..
        } = self
        else {
            return;
        };
        for step in steps.iter() {
            let value = compressed[step.read];
            compressed[step.added] = compressed[step.added] - value;
            (values[step.entry], values[step.mirror]) = (value, value);
        }
    }
}

/// Where the entries of the transpose stand in the matrix.
fn positions(pattern: &Pattern, transpose: &Pattern) -> Vec<usize> {
    let mut next = transpose.starts().to_vec();
    let mut positions = vec![0; pattern.entries()];
    for (at, &row) in pattern.indices().iter().enumerate() {
        positions[next[row]] = at;
        next[row] += 1;
    }
    positions
}

/// The reads of each [`LANES`] colours, from results, colours and entries; none where numbers are too large.
fn several(colors: usize, reads: impl Iterator<Item = (usize, usize, usize)>) -> Vec<Vec<Read>> {
    let mut out: Vec<Vec<Read>> = (0..colors.div_ceil(LANES)).map(|_| Vec::new()).collect();
    for (line, color, at) in reads {
        let (Ok(line), Ok(at)) = (u32::try_from(line), u32::try_from(at)) else {
            return Vec::new();
        };
        let lane = (color % LANES) as u32;
        out[color / LANES].push(Read { line, lane, at });
    }
    out
}

/// For each entry of a symmetric pattern, whether it is the only one of its row's colour in its column.
fn alone(pattern: &Pattern, colors: &[usize], count: usize) -> Vec<bool> {
    let mut alone = vec![true; pattern.entries()];
    let (mut met_in, mut met_at) = (vec![NONE; count], vec![NONE; count]);
    for j in 0..pattern.cols() {
        for at in pattern.range(j) {
            let color = colors[pattern.indices()[at]];
            if met_in[color] == j {
                (alone[at], alone[met_at[color]]) = (false, false);
            }
            (met_in[color], met_at[color]) = (j, at);
        }
    }
    alone
}

/// A node is a variable with its neighbours of one colour: the node of each entry, by its column; how many entries each node has; and
/// the exclusive or of their numbers, which is the last one's when one is left.
fn nodes(
    pattern: &Pattern,
    colors: &[usize],
    count: usize,
) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
    let (mut nodes, mut left, mut which) = (Vec::new(), Vec::new(), Vec::new());
    let (mut met_in, mut node_of) = (vec![NONE; count], vec![NONE; count]);
    for j in 0..pattern.cols() {
        for at in pattern.range(j) {
            let color = colors[pattern.indices()[at]];
            if met_in[color] != j {
                (met_in[color], node_of[color]) = (j, left.len());
                left.push(0);
                which.push(0);
            }
            let node = node_of[color];
            nodes.push(node);
            left[node] += 1;
            which[node] ^= at;
        }
    }
    (nodes, left, which)
}

fn column_of_entries(pattern: &Pattern) -> Vec<usize> {
    pattern.pairs().map(|(_, j)| j).collect()
}

fn check_count(lines: usize, coloring: &Coloring) -> Result<(), PatternError> {
    let given = coloring.colors().len();
    if given != lines {
        return Err(PatternError::Colors { lines, given });
    }
    Ok(())
}

/// No two lines of one colour may meet in a crossing line.
fn check_lines(lines: usize, crossing: &Pattern, coloring: &Coloring) -> Result<(), PatternError> {
    check_count(lines, coloring)?;
    let mut met = vec![NONE; coloring.count()];
    for at in 0..crossing.cols() {
        for &line in crossing.column(at) {
            let color = coloring.colors()[line];
            if met[color] == at {
                return Err(PatternError::Coloring { at });
            }
            met[color] = at;
        }
    }
    Ok(())
}
