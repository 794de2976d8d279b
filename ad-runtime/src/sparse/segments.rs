//! Jacobians by segments: rows whose adjoints run through separate parts of a function.
//!
//! Between two iterations of a loop over residuals no intermediate value is alive: what an iteration computes goes into its own rows, and
//! depends on nothing but inputs. So one adjoint sweep serves the rows of all iterations, even where they share columns: after each
//! iteration its entries are taken out of the inputs' shadows, which are zero again for the next. This is partial separability (Griewank and Toint
//! 1982), found by the compiler: [segments](Segments::cut) end where no shadow but those of inputs and rows is alive.
//!
//! The first sweep records where the rows and the shadows lie and at which places of the matrix their entries belong; later ones compare.

use super::ahead::{AHEAD, ask_for};
use super::sweeps::real;
use super::{Pattern, SparseError};
use crate::rt::{LANES, Wide};
use num_traits::Float;

/// Stands for no place in the matrix.
const NONE: u32 = u32::MAX;

/// How the entries of a real lie in the matrix: one behind the other lane by lane, the other way round, or in another way.
const UP: u32 = 0;
const DOWN: u32 = 1;
const ODD: u32 = 2;

/// So many bits tell that.
const KIND: u32 = 2;

/// What a sweep does, in its order, and where its entries belong.
#[derive(Default)]
pub struct Tape {
    /// The rows and visits: a [row] is one word, a [visit] two.
    events: Vec<u32>,
    /// For each real of each visit how its entries lie, and where the first of them is, or where their places stand in `odd`.
    places: Vec<u32>,
    /// Places of as many entries as there are lanes.
    odd: Vec<u32>,
    /// How many lanes there are.
    width: usize,
    /// How many rows the segment with the most of them has.
    pub most: usize,
    /// Whether places of the matrix are not set, or more than once: entries are added to zeros.
    adds: bool,
}

/// Bits of an event's first word that tell what it is.
const ROW: u32 = 0;
const DEAD_ROW: u32 = 1;
const VISIT: u32 = 2;
const EVENT_BITS: u32 = 2;

/// So many bits tell how many rows a visit's segment has had.
const LANE_BITS: u32 = 5;
const MOST_LANES: usize = (1 << LANE_BITS) - 1;

/// A row that gets a lane, or one whose value has been overwritten: its adjoint is zero.
fn row(row: usize, dead: bool) -> u32 {
    (row as u32) << EVENT_BITS | if dead { DEAD_ROW } else { ROW }
}

/// A part of the inputs' shadows: the column of its first real, and how many there are; how many rows may be in it, the last that were met.
#[inline(always)]
fn visit(col: usize, len: usize, rows: usize) -> [u32; 2] {
    let rows = rows.min(MOST_LANES) as u32;
    let head = (len as u32) << (EVENT_BITS + LANE_BITS) | rows << EVENT_BITS | VISIT;
    [head, col as u32]
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
    /// Where each input or its shadow lies, and how many reals are in the inputs before.
    inputs: Vec<(usize, usize)>,
    cols: usize,
    found: Option<usize>,
    /// How many rows and columns the plan has.
    expected: (usize, usize),
    /// Rows that have been met, while recording.
    seen: Vec<bool>,
    /// Rows met in this segment, and words of events so far.
    lane: usize,
    event: usize,
    /// So many places have been visited.
    at: usize,
    /// An entry that has no place and is not zero: row and column, and whether it is not a number.
    lost: Option<((usize, usize), bool)>,
    /// In how much of what has been taken something is not finite.
    wild: usize,
}

/// What came of a sweep.
pub enum Outcome {
    Recorded(Option<Tape>),
    /// And whether all entries are known to be finite.
    Evaluated(Tape, bool),
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
        if self.tape.adds {
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
            inputs: Vec::new(),
            cols: 0,
            found: None,
            expected: (pattern.rows(), pattern.cols()),
            seen: Vec::new(),
            lane: 0,
            event: 0,
            at: 0,
            lost: None,
            wild: 0,
        }
    }

    /// How many lanes the sweep has.
    pub fn width(&self) -> usize {
        self.tape.width
    }

    /// How many reals each input has.
    pub fn inputs(&mut self, counts: &[usize]) {
        for count in counts {
            self.inputs.push((0, self.cols));
            self.cols += count;
        }
    }

    /// Where an input lies, or its shadow.
    pub fn input<V: ?Sized>(&mut self, input: usize, place: &V) {
        self.inputs[input].0 = address(place);
    }

    /// How many rows there are.
    pub fn rows(&mut self, count: usize) {
        self.found = Some(count);
        match self.task {
            _ if count != self.expected.0 => self.task = Task::Stop,
            Task::Record => self.seen = vec![false; count],
            _ => {}
        }
    }

    /// The adjoint of a row whose reverse comes next, which gets a lane of its own in this segment; it is zero where the row has been met.
    // It is returned and not written to a shadow, as a wide load behind narrow stores would wait for all that is stored before.
    #[inline]
    pub fn row<D: Wide>(&mut self, at: usize) -> D {
        match self.task {
            Task::Evaluate => {
                let event = self.tape.events.get(self.event).copied();
                self.event += 1;
                if event == Some(row(at, false)) {
                    self.lane += 1;
                    return unit(self.lane - 1);
                }
                if event != Some(row(at, true)) {
                    self.task = Task::Stop;
                }
            }
            Task::Record => self.note_row(at),
            Task::Stop => {}
        }
        D::zero()
    }

    #[cold]
    fn note_row(&mut self, at: usize) {
        let Some(seen) = self.seen.get_mut(at) else {
            self.task = Task::Stop;
            return;
        };
        let dead = std::mem::replace(seen, true);
        self.tape.events.push(row(at, dead));
        self.lane += !dead as usize;
    }

    /// A part of an input's shadow to which something has been added: it is taken, and zero afterwards.
    #[inline(always)]
    pub fn columns<D: Wide, V: InARow<D> + ?Sized>(&mut self, input: usize, shadow: &mut V) {
        let (start, before) = self.inputs[input];
        let col = before + (address(shadow) - start) / size_of::<D>();
        self.visit::<_, _, true>(col, shadow);
    }

    /// The same where the shadow of this part of an input lies elsewhere, and is not needed afterwards.
    #[inline(always)]
    pub fn columns_of<D: Wide, V: InARow<D>, P>(&mut self, input: usize, part: &P, shadow: &mut V) {
        let (start, before) = self.inputs[input];
        // Parts of an input lie at multiples of their size, whatever the type of its reals.
        let reals = size_of::<V>() / size_of::<D>();
        let col = before + (address(part) - start) / size_of::<P>().max(1) * reals;
        self.visit::<_, _, false>(col, shadow);
    }

    #[inline(always)]
    fn visit<D: Wide, V: InARow<D> + ?Sized, const CLEAR: bool>(
        &mut self,
        col: usize,
        shadow: &mut V,
    ) {
        let event = visit(col, size_of_val(shadow) / size_of::<D>(), self.lane);
        match self.task {
            Task::Evaluate => self.take::<_, _, CLEAR>(event, shadow),
            Task::Record => self.tape.events.extend(event),
            Task::Stop => {}
        }
    }

    // In a function of its own it has the registers for itself.
    #[inline(never)]
    fn take<D: Wide, V: InARow<D> + ?Sized, const CLEAR: bool>(
        &mut self,
        event: [u32; 2],
        shadow: &mut V,
    ) {
        let len = size_of_val(shadow) / size_of::<D>();
        let expected = self.tape.events.get(self.event..self.event + 2);
        let places = self.tape.places.get(self.at..self.at + len);
        let Some(places) = places.filter(|_| expected == Some(&event)) else {
            self.task = Task::Stop;
            return;
        };
        let next = self.tape.places.get(self.at + AHEAD..);
        let mut next = next.unwrap_or_default().iter();
        let (mut places, odd) = (places.iter(), self.tape.odd.as_slice());
        let (values, mut left, mut wild) = (self.values.as_mut_slice(), None, D::zero());
        if self.tape.adds {
            shadow.each_element(&mut |element: &mut D| {
                let Some(place) = places.next() else { return };
                for (lane, x) in lanes_of(element).into_iter().enumerate().take(D::LANES) {
                    match values.get_mut(place_of::<D>(*place, lane, odd)) {
                        Some(value) => *value = *value + real(x),
                        None if x != 0.0 => left = Some((places.len(), lane, x)),
                        None => {}
                    }
                }
                *element = D::zero();
            });
        } else {
            shadow.each_element(&mut |element: &mut D| {
                let Some(place) = places.next() else { return };
                if let Some(next) = next.next() {
                    ask_for(values, (next >> KIND) as usize);
                }
                let (kind, at) = (place & ((1 << KIND) - 1), (place >> KIND) as usize);
                let lanes = lanes_of(element);
                // Of what is finite nothing is left, of anything else what is not a number.
                let mut rest = *element;
                rest -= *element;
                wild += rest;
                if CLEAR {
                    *element = D::zero();
                }
                match values.get_mut(at..at + D::LANES) {
                    Some(run) if kind == UP => put(run, lanes.iter()),
                    Some(run) if kind == DOWN => put(run, lanes[..D::LANES].iter().rev()),
                    _ => {
                        for (lane, x) in lanes.into_iter().enumerate().take(D::LANES) {
                            match values.get_mut(place_of::<D>(*place, lane, odd)) {
                                Some(value) => *value = real(x),
                                None if x != 0.0 => left = Some((places.len(), lane, x)),
                                None => {}
                            }
                        }
                    }
                }
            });
        }
        wild.each_real(&mut |x| self.wild += (x != 0.0) as usize);
        if let Some((behind, lane, x)) = left {
            self.lost(len - 1 - behind, lane, x);
        }
        self.event += 2;
        self.at += len;
    }

    /// An entry of the visit under way has no place.
    #[cold]
    fn lost(&mut self, k: usize, lane: usize, x: f64) {
        // Lanes without a row have no seed; there is nothing but 0 · ∞ in them.
        if self.lost.is_some() || lane >= self.lane {
            return;
        }
        let (mut at, events) = ((0, 0), &self.tape.events[..self.event + 2]);
        each_visit(events, |col, _, rows| {
            at = (rows.get(lane).map_or(0, |row| *row as usize), col + k);
        });
        self.lost = Some((at, x.is_nan()));
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
        let all = self.event == self.tape.events.len();
        match self.task {
            Task::Record => Outcome::Recorded(self.tape.settled(pattern)),
            Task::Evaluate if all => {
                let finite = self.wild == 0 && !self.tape.adds;
                Outcome::Evaluated(self.tape, finite)
            }
            _ => Outcome::Changed,
        }
    }
}

impl Tape {
    /// The places of all visits, and the number of lanes; nothing where a segment has too many rows, or where no row is met.
    fn settled(mut self, pattern: &Pattern) -> Option<Self> {
        let events = std::mem::take(&mut self.events);
        each_visit(&events, |_, _, rows| self.most = self.most.max(rows.len()));
        if self.most > LANES {
            return None;
        }
        self.width = match self.most {
            0 => return None,
            1 | 2 => self.most,
            _ => LANES,
        };
        let mut set = vec![false; pattern.entries()];
        each_visit(&events, |col, len, rows| {
            for col in col..col + len {
                let mut places = [NONE; LANES];
                for (place, row) in places.iter_mut().zip(rows) {
                    if let Some(at) = pattern.position(*row as usize, col) {
                        self.adds |= std::mem::replace(&mut set[at], true);
                        *place = at as u32;
                    }
                }
                self.place(&places);
            }
        });
        self.events = events;
        self.adds |= set.contains(&false);
        Some(self)
    }

    /// The places of the entries of one real.
    fn place(&mut self, places: &[u32; LANES]) {
        let places = &places[..self.width];
        let steps = |up: bool| {
            places.windows(2).all(|p| match up {
                true => p[1] == p[0].wrapping_add(1),
                false => p[0] == p[1].wrapping_add(1),
            })
        };
        let (first, last) = (places[0], places[places.len() - 1]);
        let (at, kind) = match () {
            _ if places.contains(&NONE) => (self.odd.len() as u32, ODD),
            _ if steps(true) => (first, UP),
            _ if steps(false) => (last, DOWN),
            _ => (self.odd.len() as u32, ODD),
        };
        if kind == ODD {
            self.odd.extend(places);
        }
        self.places.push(at << KIND | kind);
    }
}

/// For each visit its column, how many reals it has, and the rows that may be in it.
fn each_visit(events: &[u32], mut f: impl FnMut(usize, usize, &[u32])) {
    let (mut events, mut rows) = (events.iter(), Vec::new());
    while let Some(event) = events.next() {
        let rest = event >> EVENT_BITS;
        match event & ((1 << EVENT_BITS) - 1) {
            ROW => rows.push(rest),
            VISIT => {
                let col = events.next().map_or(0, |col| *col as usize);
                let own = rest as usize & MOST_LANES;
                f(col, (rest >> LANE_BITS) as usize, &rows[rows.len() - own..]);
            }
            _ => {}
        }
    }
}

/// Where the entry in a lane stands.
#[inline(always)]
fn place_of<D: Wide>(place: u32, lane: usize, odd: &[u32]) -> usize {
    let at = (place >> KIND) as usize;
    match place & ((1 << KIND) - 1) {
        UP => at + lane,
        DOWN => at + D::LANES - 1 - lane,
        _ => odd[at + lane] as usize,
    }
}

/// The lanes of an element, at the beginning.
#[inline(always)]
fn lanes_of<D: Wide>(element: &D) -> [f64; LANES] {
    let (mut lanes, mut k) = ([0.0; LANES], 0);
    element.each_real(&mut |x| {
        lanes[k] = x;
        k += 1;
    });
    lanes
}

#[inline(always)]
fn put<'a, T: Float>(places: &mut [T], reals: impl Iterator<Item = &'a f64>) {
    for (place, x) in places.iter_mut().zip(reals) {
        *place = real(*x);
    }
}

/// What reals in a row are replaced by in a wide shadow.
pub trait InARow<D> {
    fn each_element(&mut self, f: &mut impl FnMut(&mut D));
}

impl<D: Wide> InARow<D> for D {
    #[inline(always)]
    fn each_element(&mut self, f: &mut impl FnMut(&mut D)) {
        f(self);
    }
}

impl<D, V: InARow<D>, const N: usize> InARow<D> for [V; N] {
    #[inline(always)]
    fn each_element(&mut self, f: &mut impl FnMut(&mut D)) {
        self.iter_mut().for_each(|v| v.each_element(f));
    }
}

impl<D, V: InARow<D>> InARow<D> for [V] {
    #[inline(always)]
    fn each_element(&mut self, f: &mut impl FnMut(&mut D)) {
        self.iter_mut().for_each(|v| v.each_element(f));
    }
}

/// Whether numbers of rows, columns and entries can be kept. There are no more odd places than lanes for each entry.
pub fn fits(pattern: &Pattern) -> bool {
    let sizes = [
        (pattern.rows(), EVENT_BITS),
        (pattern.cols(), EVENT_BITS + LANE_BITS),
        (LANES * pattern.entries(), KIND),
    ];
    sizes.iter().all(|(n, bits)| *n < (NONE >> bits) as usize)
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
