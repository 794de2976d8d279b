//! Jacobians by segments: rows whose adjoints run through separate parts of a function.
//!
//! Between two iterations of a loop over residuals no intermediate value is alive: what an iteration computes goes into its own rows, and
//! depends on nothing but inputs. So one adjoint sweep serves the rows of all iterations, even where they share columns: after each
//! iteration its entries are taken out of the inputs' shadows, which are zero again for the next. This is partial separability (Griewank and Toint
//! 1982), found by the compiler: [segments](Segments::cut) end where no shadow but those of inputs and rows is alive.
//!
//! The first sweep records where the rows and the shadows lie and at which places of the matrix their entries belong; later ones compare.

use super::{Pattern, SparseError};
use crate::Differentiable;
use crate::rt::{LANES, Wide};
use num_traits::{Float, NumCast};

/// Stands for no place in the matrix.
const NONE: u32 = u32::MAX;

/// Where the parts of a sweep lie.
#[derive(Default)]
pub struct Tape {
    /// The rows, in the order in which they are met.
    rows: Vec<u32>,
    visits: Vec<Visit>,
    /// The places of each visit's entries, input by input, as many for each as there are lanes.
    places: Vec<u32>,
    /// How many lanes there are.
    width: usize,
    /// How many rows the segment with the most of them has.
    pub most: usize,
    /// Whether each place of the matrix is set.
    whole: bool,
}

/// A part of the inputs' shadows.
struct Visit {
    /// The column of its first real, and how many reals it has.
    col: u32,
    len: u32,
    /// The rows that may be in it, from one to another in the order in which they are met.
    rows: (u32, u32),
    /// Nothing has been in the places before.
    first: bool,
}

/// What a sweep does.
#[derive(Clone, Copy, PartialEq)]
enum Task {
    /// Recording where everything lies. Seeds are zero.
    Record,
    Evaluate,
    /// Nothing more: something does not lie where it did.
    Stop,
}

/// One sweep by segments, for generated code.
pub struct Segments<T> {
    task: Task,
    tape: Tape,
    values: Vec<T>,
    /// The size of what stands in the place of a real.
    size: usize,
    /// Where the shadow of each input lies, and how many reals are in the inputs before.
    inputs: Vec<(usize, usize)>,
    cols: usize,
    /// Where the shadows of the rows begin, and how many there are.
    rows: usize,
    found: Option<usize>,
    /// How many rows and columns the plan has.
    expected: (usize, usize),
    /// Rows met in this segment, in all, and visits.
    lane: usize,
    met: usize,
    visited: usize,
    /// So many places have been visited.
    at: usize,
    /// An entry that has no place and is not zero: row and column, and whether it is not a number.
    lost: Option<((usize, usize), bool)>,
}

/// What came of a sweep.
pub enum Outcome {
    Recorded(Option<Tape>),
    Evaluated(Tape),
    /// It ran other than it was recorded.
    Changed,
    Failed(SparseError),
}

impl<T: Float> Segments<T> {
    /// The first sweep.
    pub fn record(pattern: &Pattern) -> Self {
        let tape = Tape {
            width: 1,
            ..Tape::default()
        };
        Self::new(Task::Record, tape, pattern)
    }

    /// A later one.
    pub fn evaluate(tape: Tape, pattern: &Pattern) -> Self {
        Self::new(Task::Evaluate, tape, pattern)
    }

    /// With the values of the matrix.
    pub fn with_values(mut self, mut values: Vec<T>) -> Self {
        if !self.tape.whole {
            values.fill(T::zero());
        }
        self.values = values;
        self
    }

    /// The values of the matrix again.
    pub fn take_values(&mut self) -> Vec<T> {
        std::mem::take(&mut self.values)
    }

    fn new(task: Task, tape: Tape, pattern: &Pattern) -> Self {
        Self {
            task,
            tape,
            values: Vec::new(),
            size: 1,
            inputs: Vec::new(),
            cols: 0,
            rows: 0,
            found: None,
            expected: (pattern.rows(), pattern.cols()),
            lane: 0,
            met: 0,
            visited: 0,
            at: 0,
            lost: None,
        }
    }

    /// How many lanes the sweep has.
    pub fn width(&self) -> usize {
        self.tape.width
    }

    /// How many reals each input has.
    pub fn inputs<D: Wide>(&mut self, counts: &[usize]) {
        self.size = size_of::<D>();
        for count in counts {
            self.inputs.push((0, self.cols));
            self.cols += count;
        }
    }

    /// Where the shadow of an input lies.
    pub fn input<V: ?Sized>(&mut self, input: usize, shadow: &V) {
        self.inputs[input].0 = address(shadow);
    }

    /// The shadows of the rows, which are marked: one that nobody marks is that of a value that is overwritten.
    pub fn rows<D: Wide>(&mut self, shadows: &mut [D]) {
        shadows.fill(unit(0));
        self.rows = address(shadows);
        self.found = Some(shadows.len());
        if shadows.len() != self.expected.0 {
            self.task = Task::Stop;
        }
    }

    /// The shadow of a row whose reverse comes next: it gets a lane of its own in this segment.
    #[inline]
    pub fn row<D: Wide>(&mut self, shadow: &mut D) {
        let mut marked = false;
        shadow.each_real(&mut |x| marked |= x != 0.0);
        let place = (address(shadow) - self.rows) / size_of::<D>();
        *shadow = D::zero();
        match self.task {
            _ if !marked => return,
            Task::Stop => return,
            Task::Record => self.tape.rows.push(place as u32),
            Task::Evaluate if self.tape.rows.get(self.met) != Some(&(place as u32)) => {
                self.task = Task::Stop;
                return;
            }
            Task::Evaluate => *shadow = unit(self.lane),
        }
        self.met += 1;
        self.lane += 1;
    }

    /// A part of an input's shadow to which something has been added: it is taken, and zero afterwards.
    #[inline]
    pub fn columns<V: Differentiable + ?Sized>(&mut self, input: usize, shadow: &mut V) {
        let (start, before) = self.inputs[input];
        let col = before + (address(shadow) - start) / self.size;
        match self.task {
            Task::Stop => {}
            Task::Record => {
                let len = size_of_val(shadow) / self.size;
                self.tape.visits.push(Visit {
                    col: col as u32,
                    len: len as u32,
                    rows: ((self.met - self.lane) as u32, self.met as u32),
                    first: true,
                });
            }
            Task::Evaluate => self.take(col, shadow),
        }
    }

    #[inline]
    fn take<V: Differentiable + ?Sized>(&mut self, col: usize, shadow: &mut V) {
        let (len, met) = (size_of_val(shadow) / self.size, self.met);
        let expected = self.tape.visits.get(self.visited);
        let Some(visit) = expected.filter(|v| v.is_at(col, len, met)) else {
            self.task = Task::Stop;
            return;
        };
        let reals = len * self.tape.width;
        let mut places = self.tape.places[self.at..][..reals].iter();
        let (values, first) = (self.values.as_mut_slice(), visit.first);
        let mut lost = None;
        shadow.map_reals(&mut |x| {
            let place = places.next().map_or(NONE, |p| *p);
            match values.get_mut(place as usize) {
                Some(value) if first => *value = real(x),
                Some(value) => *value = *value + real(x),
                None if x != 0.0 => lost = Some((reals - 1 - places.len(), x)),
                None => {}
            }
            0.0
        });
        if let Some((k, x)) = lost {
            self.lost(k, x);
        }
        self.visited += 1;
        self.at += reals;
    }

    /// An entry of the visit under way has no place.
    #[cold]
    fn lost(&mut self, k: usize, x: f64) {
        let (visit, width) = (&self.tape.visits[self.visited], self.tape.width);
        let row = visit.rows.0 as usize + k % width;
        // Lanes without a row have no seed; there is nothing but 0 · ∞ in them.
        if row < visit.rows.1 as usize {
            let at = (self.tape.rows[row] as usize, visit.col as usize + k / width);
            self.lost.get_or_insert((at, x.is_nan()));
        }
    }

    /// Here no shadow is alive but those of inputs, in which nothing is left, and of rows that have not been met: a segment ends.
    #[inline]
    pub fn cut(&mut self) {
        self.lane = 0;
    }

    /// What came of the sweep.
    pub fn finish(self, pattern: &Pattern) -> Outcome {
        if let Some(rows) = self.found.filter(|rows| *rows != self.expected.0) {
            return Outcome::Failed(SparseError::Size {
                plan: self.expected,
                function: (Some(rows), self.cols),
            });
        }
        if let Some(((row, col), is_nan)) = self.lost {
            return Outcome::Failed(match is_nan {
                true => SparseError::NotFinite { row, col },
                false => SparseError::Missing { row, col },
            });
        }
        let all = self.met == self.tape.rows.len() && self.visited == self.tape.visits.len();
        match self.task {
            Task::Record => Outcome::Recorded(self.tape.settled(pattern)),
            Task::Evaluate if all => Outcome::Evaluated(self.tape),
            _ => Outcome::Changed,
        }
    }
}

impl Visit {
    fn is_at(&self, col: usize, len: usize, met: usize) -> bool {
        (self.col as usize, self.len as usize, self.rows.1 as usize) == (col, len, met)
    }
}

impl Tape {
    /// The places of all visits, and the number of lanes; nothing where a segment has too many rows, or where no row is met.
    fn settled(mut self, pattern: &Pattern) -> Option<Self> {
        let lanes = |v: &Visit| (v.rows.1 - v.rows.0) as usize;
        let most = self.visits.iter().map(lanes).max()?;
        if most > LANES {
            return None;
        }
        self.width = match most {
            0 | 1 => 1,
            2 => 2,
            _ => LANES,
        };
        let mut set = vec![false; pattern.entries()];
        for visit in &mut self.visits {
            let rows = &self.rows[visit.rows.0 as usize..visit.rows.1 as usize];
            for col in visit.col..visit.col + visit.len {
                let inside = rows.iter().map(|row| pattern.position(*row as usize, col as usize));
                let outside = std::iter::repeat(None);
                for place in inside.chain(outside).take(self.width) {
                    if let Some(at) = place {
                        visit.first &= !std::mem::replace(&mut set[at], true);
                    }
                    self.places.push(place.map_or(NONE, |at| at as u32));
                }
            }
        }
        self.most = most;
        self.whole = set.iter().all(|s| *s) && self.visits.iter().all(|v| v.first);
        Some(self)
    }
}

/// Whether numbers of rows, columns and entries can be kept.
pub fn fits(pattern: &Pattern) -> bool {
    let sizes = [pattern.rows(), pattern.cols(), pattern.entries()];
    sizes.iter().all(|n| *n < NONE as usize)
}

/// One in one of the lanes.
fn unit<D: Wide>(lane: usize) -> D {
    let (mut one, mut k) = (D::zero(), 0);
    one.map_reals(&mut |_| {
        k += 1;
        if k == lane + 1 { 1.0 } else { 0.0 }
    });
    one
}

fn address<V: ?Sized>(v: &V) -> usize {
    std::ptr::from_ref(v).cast::<()>().addr()
}

fn real<T: NumCast>(x: f64) -> T {
    T::from(x).expect("chainrule: an entry that the float type cannot represent")
}
