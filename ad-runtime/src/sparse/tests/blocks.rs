//! Blocks against the dense sum of them.

use super::Dice;
use crate::Matrix;
use crate::sparse::*;

/// Some numbers below `n`, the same one never twice.
fn some(dice: &mut Dice, n: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    for k in 0..n {
        all.swap(k, k + dice.below(n - k));
    }
    all.truncate(dice.below(n + 1));
    all
}

#[test]
fn blocks_at_random() {
    let mut dice = Dice::new(7);
    for _ in 0..200 {
        let (rows, cols) = (dice.below(7), dice.below(7));
        let shapes: Vec<_> = (0..dice.below(5))
            .map(|_| (some(&mut dice, rows), some(&mut dice, cols)))
            .collect();
        let blocks = Blocks::new(rows, cols, shapes.iter().map(|(r, c)| (r, c))).unwrap();
        let mut sparse = blocks.matrix();
        let mut dense = Matrix::zeros(rows, cols);
        for (k, (rows, cols)) in shapes.iter().enumerate() {
            let entries: Vec<f64> = (0..rows.len() * cols.len()).map(|_| dice.real()).collect();
            blocks.add(k, &entries, &mut sparse);
            for (i, row) in rows.iter().enumerate() {
                for (j, col) in cols.iter().enumerate() {
                    dense[(*row, *col)] += entries[i * cols.len() + j];
                }
            }
        }
        assert_eq!(sparse.to_matrix(), dense);
        let all: usize = shapes.iter().map(|(r, c)| r.len() * c.len()).sum();
        assert_eq!(blocks.overlap(), all > blocks.pattern().entries());
    }
}

/// Whose entries stand one behind the other in each column, and that overlap with none.
#[test]
fn blocks_below_each_other() {
    let mut dice = Dice::new(8);
    for height in 0..6 {
        let shapes: Vec<_> = (0..4)
            .map(|k| {
                let rows: Vec<usize> = (k * height..(k + 1) * height).collect();
                (rows, some(&mut dice, 6))
            })
            .collect();
        let blocks = Blocks::new(4 * height, 6, shapes.iter().map(|(r, c)| (r, c))).unwrap();
        let (mut put, mut added) = (blocks.matrix(), blocks.matrix());
        let mut dense = Matrix::zeros(4 * height, 6);
        for (k, (rows, cols)) in shapes.iter().enumerate() {
            let entries: Vec<f64> = (0..rows.len() * cols.len()).map(|_| dice.real()).collect();
            blocks.put(k, &entries, &mut put);
            blocks.add(k, &entries, &mut added);
            for (i, row) in rows.iter().enumerate() {
                for (j, col) in cols.iter().enumerate() {
                    dense[(*row, *col)] = entries[i * cols.len() + j];
                }
            }
        }
        assert!(!blocks.overlap());
        assert_eq!(put.to_matrix(), dense);
        assert_eq!(added.to_matrix(), dense);
    }
}

#[test]
fn what_is_put_takes_the_place_of_what_was_there() {
    let blocks = Blocks::new(2, 2, [(vec![1], vec![1, 0])]).unwrap();
    let mut matrix = blocks.matrix();
    blocks.put(0, &[5.0, 6.0], &mut matrix);
    blocks.put(0, &[1.0, 2.0], &mut matrix);
    assert_eq!(matrix.to_matrix().as_slice(), [0.0, 0.0, 2.0, 1.0]);
}

#[test]
fn a_column_that_comes_twice_is_added_up() {
    let blocks = Blocks::new(1, 1, [([0], [0, 0])]).unwrap();
    let mut matrix = blocks.matrix();
    blocks.add(0, &[1.0, 2.0], &mut matrix);
    assert_eq!(matrix.get(0, 0), 3.0);
}

#[test]
#[should_panic(expected = "blocks that overlap have to be added")]
fn overlapping_blocks_are_not_put() {
    let blocks = Blocks::new(1, 1, [([0], [0]), ([0], [0])]).unwrap();
    blocks.put(0, &[1.0], &mut blocks.matrix());
}

#[test]
#[should_panic(expected = "block 0 has 1 entries, but 2 were given")]
fn entries_of_another_block() {
    let blocks = Blocks::new(1, 1, [([0], [0])]).unwrap();
    blocks.add(0, &[1.0, 2.0], &mut blocks.matrix());
}

#[test]
#[should_panic(expected = "the matrix has not the pattern of the blocks")]
fn another_matrix() {
    let blocks = Blocks::new(2, 2, [([0], [0])]).unwrap();
    blocks.add(0, &[1.0], &mut Csc::zeros(Pattern::banded(2, 0, 0)));
}

#[test]
fn places_outside() {
    let outside = Blocks::new(2, 2, [([2], [0])]).unwrap_err();
    assert!(matches!(
        outside,
        PatternError::Outside { row: 2, col: 0, .. }
    ));
}
