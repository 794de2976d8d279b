//! Patterns that are found again.

use super::{Dice, arrows, grid};
use crate::sparse::Pattern;
use crate::sparse::detect::Detector;

/// The pattern as it is found, and in how many sweeps.
fn detected<const W: usize>(p: &Pattern) -> (Pattern, usize) {
    let mut detector = Detector::<W>::new(p.cols());
    let mut sweeps = 0;
    while detector.prepare() {
        let mut rows = vec![[0; W]; p.rows()];
        for (i, j) in p.pairs() {
            for (row, mark) in rows[i].iter_mut().zip(detector.marks[j]) {
                *row |= mark;
            }
        }
        detector.absorb(&rows);
        sweeps += 1;
    }
    (detector.pattern(), sweeps)
}

#[test]
fn random_patterns_are_found() {
    let mut dice = Dice::new(30);
    for round in 0..300 {
        let (rows, cols) = (
            dice.below(40),
            dice.below(if round % 3 == 0 { 2000 } else { 90 }),
        );
        let p = dice.pattern(rows, cols, round % 70);
        assert_eq!(detected::<1>(&p).0, p);
        assert_eq!(detected::<4>(&p).0, p);
    }
}

#[test]
fn structured_patterns_are_found() {
    for p in [
        Pattern::dense(0, 0),
        Pattern::dense(3, 0),
        Pattern::dense(0, 3),
        Pattern::dense(40, 300),
        Pattern::banded(5000, 2, 3),
        grid(70, 40),
        arrows(1000, 2),
        Pattern::new(10, 1000, []).unwrap(),
    ] {
        assert_eq!(detected::<4>(&p).0, p);
    }
}

#[test]
fn sparse_patterns_take_few_sweeps() {
    assert_eq!(detected::<4>(&Pattern::banded(250, 1, 1)).1, 1);
    let (_, sweeps) = detected::<4>(&Pattern::banded(20_000, 1, 1));
    assert!(sweeps <= 5, "{sweeps}");
    let (_, sweeps) = detected::<4>(&grid(100, 100));
    assert!(sweeps <= 12, "{sweeps}");
    // A dense one takes about twice as many as with a mark for each column.
    let (_, sweeps) = detected::<4>(&Pattern::dense(5, 4_000));
    assert!(sweeps <= 2 * 4_000 / 256 + 10, "{sweeps}");
}
