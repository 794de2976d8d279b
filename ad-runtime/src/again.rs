//! Code that runs a second time: nothing that can be observed is repeated.

use std::cell::Cell;

thread_local! {
    /// How many repetitions this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Marks what runs until it is dropped, unwinding included, as a repetition.
#[derive(Debug)]
pub struct Again(());

/// Starts a repetition.
#[must_use]
pub fn again((): ()) -> Again {
    DEPTH.set(DEPTH.get() + 1);
    Again(())
}

impl Drop for Again {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Whether the code that asks runs for the first time.
#[must_use]
pub fn first_run((): ()) -> bool {
    DEPTH.get() == 0
}

/// A value that a call returned in the first run, out of its wrapper.
pub trait Returned {
    /// What is in the wrapper.
    type Value;
    /// The value, if there is one.
    fn value(self) -> Option<Self::Value>;
}

impl<T> Returned for Option<T> {
    type Value = T;
    fn value(self) -> Option<T> {
        self
    }
}

impl<T, E> Returned for Result<T, E> {
    type Value = T;
    fn value(self) -> Option<T> {
        self.ok()
    }
}

/// The value of a call that returned one in the first run.
///
/// # Panics
///
/// If it returns none this time.
pub fn there<R: Returned>(outcome: R) -> R::Value {
    outcome
        .value()
        .expect("chainrule: a call that had a value has none when it is run again")
}

/// The index of a trip of a loop over a range.
///
/// # Panics
///
/// If there are not so many trips.
#[inline]
pub fn visit<I: Iterator>(mut range: I, trip: usize) -> I::Item {
    range
        .nth(trip)
        .expect("chainrule: no such trip (a bug in the generated code)")
}

/// Room for so many snapshots.
pub fn snapshots<S>(limit: usize) -> crate::Snapshots<S> {
    crate::Snapshots::new(limit)
}

/// An empty tape.
#[must_use]
pub fn tape<T: Clone>((): ()) -> crate::Tape<T> {
    crate::Tape::new()
}

#[cfg(test)]
mod tests {
    use super::{again, first_run, there, visit};

    #[test]
    fn a_repetition_ends_with_its_guard() {
        assert!(first_run(()));
        let outer = again(());
        {
            let _inner = again(());
            assert!(!first_run(()));
        }
        assert!(!first_run(()));
        drop(outer);
        assert!(first_run(()));
        let caught = std::panic::catch_unwind(|| {
            let _again = again(());
            panic!("inside");
        });
        assert!(caught.is_err() && first_run(()));
    }

    #[test]
    fn values_and_trips() {
        assert_eq!(there(Some(1)), 1);
        assert_eq!(there(Ok::<_, ()>(2)), 2);
        assert_eq!(visit((0..10).rev().step_by(3), 2), 3);
        assert_eq!(visit(5_u64..=9, 4), 9);
    }

    #[test]
    #[should_panic(expected = "has none when it is run again")]
    fn a_value_that_is_gone() {
        there(None::<f64>);
    }
}
