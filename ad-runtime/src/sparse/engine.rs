//! Sweeps one after the other: the directions that a plan asks for, what it does with the results, and how it looks for what is missing.

use super::probe::{Noise, differs};
use super::recovery::Recovery;
use super::segments::{self, Outcome, Segments, Tape};
use super::{Csc, Mode, Pattern, Probe, SparseError};
use crate::sweeps::{ADJOINT, width};
use num_traits::Float;
use std::sync::Arc;

/// What a plan is made of. Everything it needs is allocated once.
pub struct Engine<T> {
    pattern: Pattern,
    mode: Mode,
    symmetric: bool,
    recovery: Recovery<T>,
    inputs: usize,
    outputs: usize,
    /// How many directions the sweep under way has room for.
    width: usize,
    /// Where it goes, and what it gives: all directions of the first real, then those of the second, and so on.
    pub direction: Arc<Vec<T>>,
    pub result: Vec<T>,
    /// The sums that a probe is compared with, and those of absolute values.
    sums: Vec<T>,
    sizes: Vec<T>,
    pub probe: Probe,
    probed: bool,
    noise: Noise,
    state: State<T>,
    segments: Segmentation,
    /// In the evaluation under way a sweep has run other than it was recorded.
    changed: bool,
}

/// Whether evaluations go by segments of the function.
pub enum Segmentation {
    /// No: the function has none, they have too many rows, or a mode was asked for.
    None,
    /// The next evaluation will tell.
    Unknown,
    /// As a sweep has recorded them.
    Known(Tape),
}

/// The sweep that comes next, or is under way.
enum State<T> {
    /// From that group on.
    Sweep(usize),
    Probe,
    Search(Search<T>),
    Done(Result<(), SparseError>),
}

/// The search for an entry in a line in which something is missing.
struct Search<T> {
    line: usize,
    /// Crossing lines among which it is.
    among: Vec<usize>,
    /// How many of them the sweep covers; all in the first.
    covered: usize,
    /// The size of the line's terms, and of the largest result.
    size: T,
    largest: T,
    /// Further lines where the probe differs, last first. In a symmetric matrix, what is missing in one line disturbs others.
    further: Vec<(usize, T)>,
}

/// In so many lines of a symmetric matrix a missing entry is looked for.
const SEARCHED: usize = 1000;

impl<T: Float> Engine<T> {
    pub fn new(pattern: &Pattern, mode: Mode, recovery: Recovery<T>) -> Self {
        let (inputs, outputs) = match mode {
            Mode::Forward => (pattern.cols(), pattern.rows()),
            Mode::Reverse => (pattern.rows(), pattern.cols()),
        };
        Self {
            pattern: pattern.clone(),
            mode,
            symmetric: recovery.is_symmetric(),
            recovery,
            inputs,
            outputs,
            width: 1,
            direction: Arc::new(vec![T::zero(); inputs]),
            result: vec![T::zero(); outputs],
            sums: vec![T::zero(); outputs],
            sizes: vec![T::zero(); outputs],
            probe: Probe::default(),
            probed: false,
            noise: Noise::new(),
            state: State::Done(Ok(())),
            segments: Segmentation::None,
            changed: false,
        }
    }

    /// Lets the first evaluation try segments of the function.
    pub fn try_segments(&mut self) {
        if segments::fits(&self.pattern) {
            self.segments = Segmentation::Unknown;
        }
    }

    /// Whether evaluations go by segments.
    pub fn has_segments(&self) -> bool {
        matches!(self.segments, Segmentation::Known(_))
    }

    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// At least one, as a sweep gives the function's value too.
    pub fn sweeps(&self) -> usize {
        match self.segments {
            Segmentation::Known(_) => 1,
            _ => self.recovery.groups().len().max(1),
        }
    }

    /// The next sweep by segments, into the values of a matrix.
    pub fn next_segments(&mut self, values: &mut Vec<T>) -> Option<Segments<T>> {
        if !matches!(self.state, State::Sweep(0)) {
            return None;
        }
        let sweep = match std::mem::replace(&mut self.segments, Segmentation::None) {
            Segmentation::None => return None,
            Segmentation::Unknown => Segments::record(&self.pattern),
            Segmentation::Known(tape) => Segments::evaluate(tape, &self.pattern),
        };
        Some(sweep.with_values(std::mem::take(values)))
    }

    /// Takes what it has given. Where the function has taken another way than the recorded one, the next sweep records again.
    pub fn absorb_segments(&mut self, mut sweep: Segments<T>, values: &mut Vec<T>) {
        *values = sweep.take_values();
        match sweep.finish(&self.pattern) {
            // As with rows, an adjoint counts as two tangents.
            Outcome::Recorded(Some(tape)) if ADJOINT * tape.most < self.recovery.groups().len() => {
                self.segments = Segmentation::Known(tape);
            }
            Outcome::Recorded(_) => {}
            Outcome::Evaluated(tape, finite) => {
                self.segments = Segmentation::Known(tape);
                self.enter(match finite {
                    true => self.after_finite(),
                    false => self.after_all(values),
                });
            }
            // Twice in one evaluation: it is not what it was asked at that decides.
            Outcome::Changed if self.changed => {}
            Outcome::Changed => (self.segments, self.changed) = (Segmentation::Unknown, true),
            Outcome::Failed(error) => {
                self.segments = Segmentation::Unknown;
                self.fail(error);
            }
        }
    }

    /// One evaluation by a function that is one sweep.
    pub fn evaluate(
        &mut self,
        into: &mut Csc<T>,
        mut sweep: impl FnMut(Mode, &[T], &mut [T]),
    ) -> Result<(), SparseError> {
        self.fits(into);
        self.begin();
        while self.prepare(1) {
            sweep(self.mode, &self.direction, &mut self.result);
            self.absorb(into.values_mut());
        }
        self.outcome()
    }

    /// Asserts that a matrix is one to evaluate into.
    pub fn fits(&self, matrix: &Csc<T>) {
        assert!(
            matrix.pattern().is_same(&self.pattern),
            "the matrix does not have the plan's pattern; make it by `plan.matrix()`"
        );
    }

    /// Starts an evaluation.
    pub fn begin(&mut self) {
        self.state = State::Sweep(0);
        self.changed = false;
    }

    /// Ends it early.
    pub fn fail(&mut self, error: SparseError) {
        self.probed = false;
        self.state = State::Done(Err(error));
    }

    /// Whether it has not ended.
    pub fn is_going(&self) -> bool {
        !matches!(self.state, State::Done(_))
    }

    /// What came of it.
    pub fn outcome(&self) -> Result<(), SparseError> {
        match &self.state {
            State::Done(outcome) => outcome.clone(),
            _ => unreachable!("chainrule: a plan's evaluation was left before its end"),
        }
    }

    /// How many directions the sweep under way has room for.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Sets up the next directions, as many as a sweep takes at most; false if there are none.
    pub fn prepare(&mut self, widest: usize) -> bool {
        let left = match &self.state {
            State::Done(_) => return false,
            State::Sweep(k) => self.recovery.groups().len().saturating_sub(*k),
            _ => 1,
        };
        self.width = width(left.max(1), widest);
        let (direction, width) = (Arc::make_mut(&mut self.direction), self.width);
        direction.clear();
        direction.resize(self.inputs * width, T::zero());
        match &self.state {
            State::Done(_) => {}
            State::Probe => direction.fill_with(|| self.noise.next()),
            State::Sweep(k) => {
                let groups = self.recovery.groups().iter().skip(*k);
                for (lane, group) in groups.take(width).enumerate() {
                    for &line in group {
                        direction[line * width + lane] = T::one();
                    }
                }
            }
            // The column of a symmetric matrix is the line itself.
            State::Search(search) if self.symmetric => direction[search.line] = T::one(),
            State::Search(search) => {
                for &line in &search.among[..search.covered] {
                    direction[line] = self.noise.next();
                }
            }
        }
        self.result.clear();
        self.result.resize(self.outputs * width, T::zero());
        true
    }

    /// Takes what the sweep has given.
    pub fn absorb(&mut self, values: &mut [T]) {
        let state = std::mem::replace(&mut self.state, State::Probe);
        let next = match state {
            State::Sweep(k) => self.after_sweep(k, values),
            State::Probe => self.after_probe(values),
            State::Search(search) if self.symmetric => self.after_column(search),
            State::Search(search) => self.after_search(search),
            done => done,
        };
        self.enter(next);
    }

    fn enter(&mut self, state: State<T>) {
        self.state = state;
        if let State::Done(outcome) = &self.state {
            self.probed = outcome.is_ok();
        }
    }

    fn after_sweep(&mut self, k: usize, values: &mut [T]) -> State<T> {
        let end = self.recovery.groups().len().min(k + self.width);
        let given = (self.result.as_slice(), self.width);
        self.recovery
            .take_all(&self.pattern, (k, end), given, values);
        if end < self.recovery.groups().len() {
            return State::Sweep(end);
        }
        self.recovery.finish(values);
        self.after_all(values)
    }

    /// Everything is evaluated: is it finite?
    fn after_all(&self, values: &[T]) -> State<T> {
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            let col = self.pattern.starts().partition_point(|s| *s <= at) - 1;
            let row = self.pattern.indices()[at];
            return State::Done(Err(SparseError::NotFinite { row, col }));
        }
        self.after_finite()
    }

    /// Does the pattern lack nothing?
    fn after_finite(&self) -> State<T> {
        match (self.probe, self.probed) {
            (Probe::Always, _) | (Probe::First, false) => State::Probe,
            _ => State::Done(Ok(())),
        }
    }

    fn after_probe(&mut self, values: &[T]) -> State<T> {
        self.sums.fill(T::zero());
        self.sizes.fill(T::zero());
        for j in 0..self.pattern.cols() {
            for at in self.pattern.range(j) {
                let i = self.pattern.indices()[at];
                let (from, to) = match self.mode {
                    Mode::Forward => (j, i),
                    Mode::Reverse => (i, j),
                };
                let term = values[at] * self.direction[from];
                self.sums[to] = self.sums[to] + term;
                self.sizes[to] = self.sizes[to] + term.abs();
            }
        }
        let largest = self.result.iter().fold(T::zero(), |m, r| m.max(r.abs()));
        let wrong = (0..self.result.len())
            .filter(|&i| differs(self.result[i] - self.sums[i], self.sizes[i], largest));
        let mut wrong: Vec<(usize, T)> = wrong.take(SEARCHED).map(|i| (i, self.sizes[i])).collect();
        wrong.reverse();
        match wrong.pop() {
            Some(first) => State::Search(self.search(first, largest, wrong)),
            None => State::Done(Ok(())),
        }
    }

    fn search(&self, (line, size): (usize, T), largest: T, further: Vec<(usize, T)>) -> Search<T> {
        let outside = |other: &usize| {
            let (row, col) = self.place(line, *other);
            !self.pattern.contains(row, col)
        };
        let among: Vec<usize> = (0..self.inputs).filter(outside).collect();
        Search {
            line,
            covered: among.len(),
            among,
            size,
            largest,
            further,
        }
    }

    /// Looks for what is missing in a column of a symmetric matrix.
    fn after_column(&mut self, mut search: Search<T>) -> State<T> {
        let missing = |&&other: &&usize| differs(self.result[other], search.size, search.largest);
        if let Some(&row) = search.among.iter().find(missing) {
            let col = search.line;
            return State::Done(Err(SparseError::Missing { row, col }));
        }
        let at = search.line;
        match search.further.pop() {
            Some(next) => State::Search(self.search(next, search.largest, search.further)),
            None => State::Done(Err(SparseError::Inconsistent { at })),
        }
    }

    /// Halves what the missing entry is among.
    fn after_search(&mut self, mut search: Search<T>) -> State<T> {
        let found = differs(self.result[search.line], search.size, search.largest);
        match (found, search.covered == search.among.len()) {
            (true, _) => search.among.truncate(search.covered),
            // What differs is not outside the pattern: the sweeps contradict each other.
            (false, true) => {
                return State::Done(Err(SparseError::Inconsistent { at: search.line }));
            }
            (false, false) => drop(search.among.drain(..search.covered)),
        }
        if let [other] = search.among[..]
            && found
        {
            let (row, col) = self.place(search.line, other);
            return State::Done(Err(SparseError::Missing { row, col }));
        }
        if search.among.is_empty() {
            return State::Done(Err(SparseError::Inconsistent { at: search.line }));
        }
        search.covered = search.among.len().div_ceil(2);
        State::Search(search)
    }

    /// Row and column of the place where a line of results crosses one of directions.
    fn place(&self, line: usize, other: usize) -> (usize, usize) {
        match self.mode {
            Mode::Forward => (line, other),
            Mode::Reverse => (other, line),
        }
    }
}
