//! Patterns and matrices.

use super::Dice;
use crate::sparse::{Csc, Pattern, PatternError};

#[test]
fn pairs_in_any_order_and_more_than_once() {
    let p = Pattern::new(3, 2, [(2, 1), (0, 0), (2, 1), (1, 1), (2, 0)]).unwrap();
    assert_eq!(p.starts(), [0, 2, 4]);
    assert_eq!(p.indices(), [0, 2, 1, 2]);
    let same = Pattern::from_columns(3, vec![0, 2, 4], vec![0, 2, 1, 2]).unwrap();
    assert_eq!(p, same);
    assert_eq!(p.to_string(), "×·\n·×\n××\n");
    assert_eq!(p.longest_row(), 2);
    assert_eq!(
        format!("{p:?}"),
        "Pattern 3x2 {(0, 0), (2, 0), (1, 1), (2, 1)}"
    );
}

#[test]
fn transposes_and_unions_of_random_patterns() {
    let mut dice = Dice::new(1);
    for _ in 0..200 {
        let (rows, cols) = (dice.below(9), dice.below(9));
        let entries = dice.below(20);
        let p = dice.pattern(rows, cols, entries);
        let t = p.transpose();
        assert_eq!((t.rows(), t.cols()), (cols, rows));
        assert!(p.pairs().all(|(i, j)| t.contains(j, i)));
        assert_eq!(t.entries(), p.entries());
        assert_eq!(t.transpose(), p);
        let q = dice.pattern(rows, cols, 5);
        let both = p.union(&q).unwrap();
        for i in 0..rows {
            for j in 0..cols {
                assert_eq!(both.contains(i, j), p.contains(i, j) || q.contains(i, j));
            }
        }
        assert_eq!(p.is_symmetric(), rows == cols && p == t);
    }
}

#[test]
fn mirrors_of_random_symmetric_patterns() {
    let mut dice = Dice::new(2);
    for size in 0..30 {
        let p = dice.symmetric_pattern(size, 3 * size);
        let pairs: Vec<_> = p.pairs().collect();
        for (at, mirror) in p.mirrors().into_iter().enumerate() {
            let (i, j) = pairs[at];
            assert_eq!(pairs[mirror], (j, i));
        }
    }
}

#[test]
fn what_is_no_pattern() {
    let error = Pattern::new(2, 2, [(0, 0), (2, 1)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the entry (2, 1) lies outside a 2 by 2 matrix"
    );
    let columns = |starts, indices| Pattern::from_columns(2, starts, indices);
    assert_eq!(columns(vec![], vec![]), Err(PatternError::Starts));
    assert_eq!(columns(vec![0, 1], vec![]), Err(PatternError::Starts));
    assert_eq!(columns(vec![0, 2, 1], vec![0]), Err(PatternError::Starts));
    assert_eq!(columns(vec![1, 1], vec![0]), Err(PatternError::Starts));
    assert_eq!(
        columns(vec![0, 2], vec![1, 0]),
        Err(PatternError::Unsorted { col: 0 })
    );
    assert_eq!(
        columns(vec![0, 2], vec![1, 1]),
        Err(PatternError::Unsorted { col: 0 })
    );
    assert!(matches!(
        columns(vec![0, 1], vec![2]),
        Err(PatternError::Outside { row: 2, .. })
    ));
    let sizes = Pattern::dense(2, 2)
        .union(&Pattern::dense(2, 3))
        .unwrap_err();
    assert_eq!(
        sizes.to_string(),
        "a 2 by 3 pattern where one of 2 by 2 belongs"
    );
}

#[test]
fn a_matrix_is_its_dense_one() {
    let mut dice = Dice::new(3);
    for _ in 0..50 {
        let (rows, cols) = (dice.below(7), 1 + dice.below(7));
        let entries = dice.below(12);
        let pattern = dice.pattern(rows, cols, entries);
        let a = dice.matrix(&pattern);
        let dense = a.to_matrix();
        let x: Vec<f64> = (0..cols).map(|_| dice.real()).collect();
        for (i, y) in a.times(&x).into_iter().enumerate() {
            let sum: f64 = (0..cols).map(|j| dense[(i, j)] * x[j]).sum();
            assert!((y - sum).abs() < 1e-12);
        }
        for i in 0..rows {
            for j in 0..cols {
                assert_eq!(a.get(i, j), dense[(i, j)]);
            }
        }
    }
}

#[test]
#[should_panic(expected = "a pattern with 2 entries has as many values, but 1 were given")]
fn a_value_for_each_entry() {
    Csc::new(Pattern::banded(2, 0, 0), vec![1.0]);
}

#[test]
#[should_panic(expected = "the place (2, 0) of a 2 by 2 matrix")]
fn a_place_outside() {
    Csc::<f64>::zeros(Pattern::banded(2, 0, 0)).get(2, 0);
}
