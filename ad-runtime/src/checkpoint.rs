//! Snapshots of a loop's state, from which its iterations are run again: where they are taken.
//!
//! Iterations are reversed from the last to the first. Iteration `k` is executed again from the nearest snapshot
//! at or before it. With `s` snapshots alive at most, `l` iterations need
//!
//! ```text
//! t(l, s) = r l − β(s + 1, r − 1),   β(s, r) = (s + r)! / (s! r!),   β(s, r − 1) < l ≤ β(s, r)
//! ```
//!
//! forward steps at least, not counting the one that each iteration is reversed with (A. Griewank, A. Walther: Algorithm 799,
//! revolve, ACM Transactions on Mathematical Software 26, 2000). A segment of `l` iterations that starts at a snapshot is split by the
//! next one behind `m` of them:
//!
//! ```text
//! t(l, s) = m + t(l − m, s − 1) + t(m, s)
//! ```
//!
//! `t(·, s)` is convex and has the slope `r` where `β(s, r − 1) ≤ l ≤ β(s, r)`. So `m` is a best one if the slope of
//! `t(·, s)` at `m` is `r − 1` and that of `t(·, s − 1)` at `l − m` is `r`:
//!
//! ```text
//! β(s, r − 2) ≤ m ≤ β(s, r − 1),   β(s − 1, r − 1) ≤ l − m ≤ β(s − 1, r)
//! ```

/// Snapshots of the state of a loop, `S`, each taken before an iteration.
///
/// If the number of iterations is known before the loop starts, the loop places snapshots as it runs where the reverse
/// needs them, and the steps in both sweeps together are `t(l, s)` and those of the first run behind the last of its snapshots.
/// If it is not, the first run keeps every iteration's state until there is no room, then every second one, every
/// fourth …; when the loop has ended, those that lie where the best schedule wants one stay. So the steps are `l + t(l, s)` at most.
///
/// This is what generated code does with it:
///
/// ```
/// use ad_runtime::Snapshots;
///
/// // x = 0; for _ in 0..10 { x = x + 1 }, with three snapshots of x.
/// let mut snapshots = Snapshots::new(3);
/// let (mut x, mut steps) = (0, 0);
/// snapshots.reserve(0..10);
/// for _ in 0..10 {
///     if snapshots.due() {
///         snapshots.push(x);
///     }
///     x += 1;
/// }
/// snapshots.turn(10);
/// for k in (0..10).rev() {
///     let from = snapshots.seek(k);
///     x = snapshots.pop();
///     if snapshots.stays() {
///         snapshots.push(x);
///     }
///     for _ in from..k {
///         if snapshots.due() {
///             snapshots.push(x);
///         }
///         x += 1;
///         steps += 1;
///     }
///     assert_eq!(x, k); // iteration k can be executed again, and reversed
/// }
/// // t(10, 3) = 15 and the 3 behind the last snapshot, without the 10 of the first run.
/// assert_eq!(steps, 8);
/// ```
#[derive(Clone, Debug)]
pub struct Snapshots<S> {
    limit: usize,
    /// From the first to the last, by the iterations that they were taken before.
    kept: Vec<(usize, S)>,
    /// The iteration that is about to run.
    at: usize,
    /// The iteration that the next snapshot stands before.
    position: usize,
    /// Where the next snapshot is due.
    next: usize,
    /// The end of the iterations that are left to reverse, if it is known.
    end: Option<usize>,
    /// As long as the end is not known, snapshots stand before every so many iterations.
    stride: usize,
}

/// No snapshot is due any more.
const NEVER: usize = usize::MAX;

impl<S> Snapshots<S> {
    /// Room for so many snapshots. Nothing is allocated yet.
    ///
    /// # Panics
    ///
    /// If there is no room at all: the loop could not be run again.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        assert!(
            limit > 0,
            "chainrule: `#[checkpoint(n)]` needs room for one snapshot at least"
        );
        Self {
            limit,
            kept: Vec::new(),
            at: 0,
            position: 0,
            next: 0,
            end: None,
            stride: 1,
        }
    }

    /// Tells how many iterations there will be, if that is known exactly.
    #[inline]
    pub fn reserve(&mut self, trips: impl Iterator) {
        let (least, most) = trips.size_hint();
        self.end = most.filter(|most| *most == least);
    }

    /// Whether the state before the next iteration is to be kept; to be asked before each.
    #[inline]
    pub fn due(&mut self) -> bool {
        let here = self.at;
        self.at += 1;
        if here != self.next {
            return false;
        }
        self.position = here;
        if self.end.is_none() {
            return self.make_room();
        }
        true
    }

    /// While the end is not known: the next snapshot stands a stride further, and strides double when there is no room.
    fn make_room(&mut self) -> bool {
        if self.limit == 1 {
            self.next = NEVER;
            return true;
        }
        if self.kept.len() == self.limit {
            self.stride *= 2;
            let stride = self.stride;
            self.kept.retain(|(at, _)| at % stride == 0);
        }
        self.next = (self.position / self.stride + 1) * self.stride;
        self.position.is_multiple_of(self.stride)
    }

    /// Keeps the state of the iteration that was asked about.
    #[inline]
    pub fn push(&mut self, state: S) {
        debug_assert!(self.kept.len() < self.limit);
        if self.kept.len() == self.kept.capacity() {
            // Twice as much as there is, but no more than there may be.
            let more = self.kept.len().max(4).min(self.limit - self.kept.len());
            self.kept.reserve_exact(more);
        }
        self.kept.push((self.position, state));
        if let Some(end) = self.end {
            self.next = self.after(self.position, end, self.limit - self.kept.len());
        }
    }

    /// Where the snapshot behind one at `start` is due, with room for `free` more.
    fn after(&self, start: usize, end: usize, free: usize) -> usize {
        match split(end - start, free + 1) {
            Some((_, most)) => start + most,
            None => NEVER,
        }
    }

    /// Ends the first run: there have been so many iterations. Returns how many snapshots are kept.
    pub fn turn(&mut self, trips: usize) -> usize {
        if self.end.is_none() {
            self.choose(trips);
        }
        self.end = Some(trips);
        self.kept.len()
    }

    /// Of the snapshots of a first run of unknown length, keeps those that the best schedule may have.
    fn choose(&mut self, trips: usize) {
        let mut chosen = vec![0];
        let mut start = 0;
        while let Some((least, most)) = split(trips - start, self.limit - chosen.len() + 1) {
            let fits = |at: usize| (start + least..=start + most).contains(&at);
            let Some((at, _)) = self.kept.iter().rev().find(|(at, _)| fits(*at)) else {
                break;
            };
            start = *at;
            chosen.push(start);
        }
        self.kept.retain(|(at, _)| chosen.contains(at));
    }

    /// Goes to the nearest snapshot at or before an iteration, which is the last one that is left. Returns the iteration that it
    /// stands before.
    pub fn seek(&mut self, iteration: usize) -> usize {
        while self.kept.last().is_some_and(|(at, _)| *at > iteration) {
            self.kept.pop();
        }
        self.end = Some(iteration + 1);
        self.next = NEVER;
        self.position = self.kept.last().map_or(0, |(at, _)| *at);
        self.at = self.position;
        self.position
    }

    /// Takes the snapshot that was found.
    ///
    /// # Panics
    ///
    /// If there is none, which generated code never asks for.
    #[inline]
    pub fn pop(&mut self) -> S {
        match self.kept.pop() {
            Some((_, state)) => state,
            None => panic!("chainrule: no snapshot (a bug in the generated code)"),
        }
    }

    /// Whether the snapshot that was taken is needed again, for earlier iterations: then it has to be put back.
    #[inline]
    #[must_use]
    pub fn stays(&self) -> bool {
        self.end.is_some_and(|end| self.position + 1 < end)
    }

    /// The number of snapshots that are alive.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

/// How many of `l` iterations lie between a snapshot in front of them and the next one, at least and at most, if there are
/// `s` snapshots with the first; `None` if there is no use for another.
fn split(l: usize, s: usize) -> Option<(usize, usize)> {
    if l < 2 || s < 2 {
        return None;
    }
    let (l, s) = (l as u128, s as u128);
    // β(s, r − 2), β(s, r − 1), β(s, r)
    let (mut before, mut last, mut this, mut r) = (0, 0, 1, 0);
    while this < l {
        r += 1;
        (before, last, this) = (last, this, this * (s + r) / r);
    }
    // β(s − 1, r) = β(s, r) − β(s, r − 1)
    let (rest_least, rest_most) = (last - before, this - last);
    let least = before.max(l.saturating_sub(rest_most)).max(1);
    let most = last.min(l - rest_least);
    Some((least as usize, most as usize))
}

/// What code that must not run twice has given, in the order in which it ran.
///
/// ```
/// use ad_runtime::Tape;
///
/// let mut tape = Tape::new();
/// assert_eq!(tape.first("a"), "a");
/// let mark = tape.mark();
/// tape.first("b");
/// tape.seek(mark);
/// assert_eq!(tape.again(), "b");
/// ```
#[derive(Clone, Debug)]
pub struct Tape<T> {
    values: Vec<T>,
    at: usize,
}

impl<T: Clone> Tape<T> {
    /// An empty tape.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            values: Vec::new(),
            at: 0,
        }
    }

    /// Records a value, and hands it on.
    #[inline]
    pub fn first(&mut self, value: T) -> T {
        self.values.push(value.clone());
        self.at = self.values.len();
        value
    }

    /// The next value of those recorded.
    ///
    /// # Panics
    ///
    /// If there is none left: code that is run again has taken another way than the first time.
    #[inline]
    pub fn again(&mut self) -> T {
        let value = self.values.get(self.at).cloned();
        self.at += 1;
        value.expect("chainrule: a loop took another way when it was run again")
    }

    /// Where the next value goes, or comes from.
    #[inline]
    #[must_use]
    pub fn mark(&self) -> usize {
        self.at
    }

    /// Goes on from a mark. Returns how many values there are.
    #[inline]
    pub fn seek(&mut self, mark: usize) -> usize {
        self.at = mark;
        self.values.len()
    }
}

impl<T: Clone> Default for Tape<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{Snapshots, Tape, split};

    /// β(s, r), and zero for r = −1.
    fn beta(s: u64, r: i64) -> u64 {
        match r {
            -1 => 0,
            r => (1..=r as u64).fold(1, |b, k| b * (s + k) / k),
        }
    }

    /// The least number of forward steps, by the formula.
    fn least_steps(l: u64, s: u64) -> u64 {
        let r = (0..).find(|r| beta(s, *r) >= l).expect("β is unbounded");
        // r l − β(s + 1, r − 1); nothing is to be done for one iteration.
        (r as u64 * l).saturating_sub(beta(s + 1, r - 1))
    }

    struct Counts {
        /// Steps of the first run before its last snapshot, and all that were repeated.
        placed: u64,
        all: u64,
        most_alive: usize,
    }

    /// Runs a loop forward and back; the state is the number of steps that led to it.
    fn count(l: usize, s: usize, known: bool) -> Counts {
        let mut snapshots = Snapshots::new(s);
        let (mut most_alive, mut last, mut repeated) = (0, 0, 0);
        if known {
            snapshots.reserve(0..l);
        }
        for x in 0..l {
            if snapshots.due() {
                snapshots.push(x);
                last = x;
            }
            most_alive = most_alive.max(snapshots.len());
        }
        assert!(snapshots.turn(l) <= s);
        for k in (0..l).rev() {
            let from = snapshots.seek(k);
            let mut x = snapshots.pop();
            assert_eq!(x, from);
            if snapshots.stays() {
                snapshots.push(x);
            }
            for _ in from..k {
                if snapshots.due() {
                    snapshots.push(x);
                }
                most_alive = most_alive.max(snapshots.len());
                x += 1;
                repeated += 1;
            }
            assert_eq!(x, k);
        }
        Counts {
            placed: last as u64 + repeated,
            all: l as u64 + repeated,
            most_alive,
        }
    }

    #[test]
    fn takes_the_least_number_of_steps() {
        for s in 1..12 {
            for l in (1..130).chain([200, 500, 1000, 2001]) {
                let counts = count(l, s, true);
                assert!(counts.most_alive <= s, "{l} {s}");
                // The formula lets the first run end before the last iteration. Here it goes on, and its steps behind the last
                // snapshot are repeated.
                let want = least_steps(l as u64, s as u64);
                assert_eq!(counts.placed, want, "{l} iterations, {s} snapshots");
            }
        }
    }

    #[test]
    fn the_formula_is_the_minimum() {
        let (most, snapshots) = (60, 7);
        let mut t = vec![vec![0_u64; most + 1]; snapshots + 1];
        for s in 1..=snapshots {
            for l in 2..=most {
                t[s][l] = match s {
                    1 => (l * (l - 1) / 2) as u64,
                    _ => (1..l)
                        .map(|m| m as u64 + t[s - 1][l - m] + t[s][m])
                        .min()
                        .expect("there is a split"),
                };
                assert_eq!(t[s][l], least_steps(l as u64, s as u64), "{l} {s}");
                if let Some((least, last)) = split(l, s) {
                    assert!(1 <= least && least <= last && last < l, "{l} {s}");
                    for m in least..=last {
                        assert_eq!(m as u64 + t[s - 1][l - m] + t[s][m], t[s][l], "{l} {s} {m}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_unknown_number_of_iterations_costs_one_more_run_at_most() {
        for s in 1..12 {
            for l in (0..130).chain([200, 500, 1000, 2001]) {
                let counts = count(l, s, false);
                assert!(counts.most_alive <= s, "{l} {s}");
                if l > 0 {
                    let most = l as u64 + least_steps(l as u64, s as u64);
                    assert!(counts.all <= most, "{l} {s}: {} > {most}", counts.all);
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "room for one snapshot at least")]
    fn no_room() {
        let _ = Snapshots::<f64>::new(0);
    }

    #[test]
    #[should_panic(expected = "no snapshot")]
    fn an_empty_store_panics() {
        Snapshots::<f64>::new(1).pop();
    }

    #[test]
    #[should_panic(expected = "another way")]
    fn a_tape_that_is_through_panics() {
        Tape::<f64>::new().again();
    }
}
