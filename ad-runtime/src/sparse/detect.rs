//! Patterns from sweeps that carry sets of columns.
//!
//! A sweep tells for each row which of `64 * W` marks have reached it. With a mark for each column that takes as many sweeps as there are
//! times `64 * W` columns. So columns are first marked in blocks. Then all blocks are divided, and only rows that a block has reached can be
//! reached by its pieces: blocks that share no row use the same marks for theirs. For a sparse matrix a few rounds of a few sweeps are
//! enough.

use super::{Coloring, Order, Pattern};
use crate::Differentiable;
use crate::rt::Bits;
use std::sync::Arc;

/// The search for a pattern.
pub struct Detector<const W: usize> {
    /// Where the blocks of columns begin, and the end of the last.
    blocks: Vec<usize>,
    /// Which rows the blocks reach; not known before the first sweep.
    reached: Option<Pattern>,
    round: Round,
    /// The marks of each column.
    pub marks: Arc<Vec<[u64; W]>>,
}

/// One division of the blocks that reach something and are not single columns.
struct Round {
    /// Those blocks by rows, and whether a block is one.
    by_row: Pattern,
    divided: Vec<bool>,
    colors: Coloring,
    /// Into how many pieces a block is divided at most: the marks of a colour.
    pieces: usize,
    /// The number of the first piece of each block, and of all pieces.
    first: Vec<usize>,
    /// Where the pieces begin, and the end of the last.
    starts: Vec<usize>,
    /// The sweep that comes next.
    sweep: usize,
    /// Rows and pieces that reach them.
    found: Vec<(usize, usize)>,
}

impl<const W: usize> Detector<W> {
    const MARKS: usize = 64 * W;

    /// The search for the pattern of a matrix with so many columns.
    pub fn new(cols: usize) -> Self {
        let blocks = vec![0, cols];
        // Of the rows nothing is known, and one stands for all.
        let any = Pattern::dense(1, 1);
        let mut round = Round::new(&blocks, &any, 1, Self::MARKS);
        round.found.clear();
        Self {
            round,
            blocks,
            reached: None,
            marks: Arc::new(vec![[0; W]; cols]),
        }
    }

    /// Sets the marks for the next sweep; false if all is known.
    pub fn prepare(&mut self) -> bool {
        if let Some(rows) = self.reached.as_ref().map(Pattern::rows)
            && self.round.is_over(Self::MARKS)
        {
            let pieces = self.round.starts.len() - 1;
            let found = std::mem::take(&mut self.round.found);
            let reached = Pattern::new(rows, pieces, found).expect("rows and pieces are counted");
            self.blocks = std::mem::take(&mut self.round.starts);
            self.round = Round::new(&self.blocks, &reached, 2, Self::MARKS);
            self.reached = Some(reached);
            if !self.round.divided.contains(&true) {
                return false;
            }
        }
        self.set_marks();
        true
    }

    fn set_marks(&mut self) {
        let all = Arc::make_mut(&mut self.marks);
        all.fill([0; W]);
        let round = &self.round;
        for (block, &color) in round.colors.colors().iter().enumerate() {
            let slot = round.slot(color, Self::MARKS);
            let Some(slot) = slot.filter(|_| round.divided[block]) else {
                continue;
            };
            for piece in round.first[block]..round.first[block + 1] {
                let mark = slot * round.pieces + piece - round.first[block];
                for marks in &mut all[round.starts[piece]..round.starts[piece + 1]] {
                    marks[mark / 64] |= 1 << (mark % 64);
                }
            }
        }
    }

    /// Takes the marks that have reached the rows.
    pub fn absorb(&mut self, rows: &[[u64; W]]) {
        if self.reached.is_none() {
            self.reached = Some(Pattern::dense(rows.len(), 1));
            self.round.by_row = Pattern::dense(1, rows.len());
        }
        let round = &mut self.round;
        let mut block_of = vec![0; round.colors.count()];
        for (row, marks) in rows.iter().enumerate() {
            if marks.iter().all(|word| *word == 0) {
                continue;
            }
            for &block in round.by_row.column(row) {
                block_of[round.colors.colors()[block]] = block;
            }
            for mark in elements(marks) {
                let color = round.color(mark / round.pieces, Self::MARKS);
                let piece = round.first[block_of[color]] + mark % round.pieces;
                round.found.push((row, piece));
            }
        }
        round.sweep += 1;
    }

    /// What was found.
    pub fn pattern(self) -> Pattern {
        let cols = self.marks.len();
        let reached = self.reached.expect("there is at least one sweep");
        let pairs = reached
            .pairs()
            .map(|(row, block)| (row, self.blocks[block]));
        Pattern::new(reached.rows(), cols, pairs).expect("blocks lie among the columns")
    }
}

impl Round {
    /// Divides the blocks that have at least so many columns.
    fn new(blocks: &[usize], reached: &Pattern, least: usize, marks: usize) -> Self {
        let sizes: Vec<usize> = blocks.windows(2).map(|b| b[1] - b[0]).collect();
        let all = sizes.iter().enumerate();
        let divided: Vec<bool> = all
            .map(|(block, size)| *size >= least && !reached.column(block).is_empty())
            .collect();
        let (known, open): (Vec<_>, Vec<_>) = reached.pairs().partition(|(_, b)| !divided[*b]);
        let open = Pattern::new(reached.rows(), sizes.len(), open).expect("they are a part");
        let colors = Coloring::columns(&open, Order::Natural);
        let largest = sizes.iter().copied().max().unwrap_or(0).max(1);
        let pieces = (marks / colors.count().max(1)).max(2).min(largest);
        let (mut first, mut starts) = (vec![0], Vec::new());
        for (block, &size) in sizes.iter().enumerate() {
            let count = if divided[block] { pieces.min(size) } else { 1 };
            starts.extend((0..count).map(|k| blocks[block] + k * size / count));
            first.push(starts.len());
        }
        starts.extend(blocks.last());
        Self {
            by_row: open.transpose(),
            found: known.into_iter().map(|(row, b)| (row, first[b])).collect(),
            divided,
            colors,
            pieces,
            first,
            starts,
            sweep: 0,
        }
    }

    /// How many colours one sweep takes.
    fn colors_at_once(&self, marks: usize) -> usize {
        marks / self.pieces
    }

    fn is_over(&self, marks: usize) -> bool {
        self.sweep * self.colors_at_once(marks) >= self.colors.count()
    }

    /// Which marks a colour has in the next sweep.
    fn slot(&self, color: usize, marks: usize) -> Option<usize> {
        let slot = color.checked_sub(self.sweep * self.colors_at_once(marks))?;
        (slot < self.colors_at_once(marks)).then_some(slot)
    }

    fn color(&self, slot: usize, marks: usize) -> usize {
        self.sweep * self.colors_at_once(marks) + slot
    }
}

/// The numbers of the bits that are set.
fn elements<const W: usize>(words: &[u64; W]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(k, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                64 * k + bit
            })
        })
    })
}

/// How generated code runs the search, by the shadows of arguments and results.
pub struct PatternSweeps {
    detector: Detector<WORDS>,
    rows: Vec<[u64; WORDS]>,
    /// How many bits the sweep under way has given.
    given: usize,
    under_way: bool,
}

/// How many words of marks generated code uses.
const WORDS: usize = 4;

/// How many marks these are.
pub const MARKS: usize = 64 * WORDS;

/// The marks that generated code uses.
pub type Marks = Bits<WORDS>;

impl PatternSweeps {
    /// The search for the pattern of a function with so many inputs.
    pub fn new(cols: usize) -> Self {
        Self {
            detector: Detector::new(cols),
            rows: Vec::new(),
            given: 0,
            under_way: false,
        }
    }

    /// The next sweep.
    pub fn column(&mut self) -> Option<MarkedDirection> {
        if self.under_way {
            self.detector.absorb(&self.rows);
        }
        self.rows.clear();
        self.given = 0;
        self.under_way = self.detector.prepare();
        self.under_way.then(|| MarkedDirection {
            marks: self.detector.marks.clone(),
            passed: 0,
        })
    }

    /// The marks in a shadow: the next rows.
    pub fn entries<const W: usize, V>(&mut self, _direction: &MarkedDirection, shadow: &V)
    where
        V: Differentiable + ?Sized,
    {
        let (rows, given) = (&mut self.rows, &mut self.given);
        shadow.each_real(&mut |x| {
            let mark = *given % MARKS;
            if mark == 0 {
                rows.push([0; WORDS]);
            }
            if let Some(row) = rows.last_mut() {
                row[mark / 64] |= u64::from(x != 0.0) << (mark % 64);
            }
            *given += 1;
        });
    }

    /// What was found.
    pub fn pattern(self) -> Pattern {
        self.detector.pattern()
    }

    /// What was found of a matrix that is symmetric, though the sweeps may have been too careful at only one of two places.
    pub fn symmetric_pattern(self) -> Pattern {
        let found = self.pattern();
        let both = found.union(&found.transpose());
        both.expect("the matrix has as many rows as columns")
    }
}

/// The marks of all inputs.
pub struct MarkedDirection {
    marks: Arc<Vec<[u64; WORDS]>>,
    passed: usize,
}

impl MarkedDirection {
    /// The next part of the direction.
    pub fn part<const W: usize, V: Differentiable + ?Sized>(&mut self, shadow: &mut V) {
        shadow.map_reals(&mut |_| {
            let (real, mark) = (self.passed / MARKS, self.passed % MARKS);
            self.passed += 1;
            let marks = self.marks.get(real).map_or(0, |m| m[mark / 64]);
            (marks >> (mark % 64) & 1) as f64
        });
    }
}
