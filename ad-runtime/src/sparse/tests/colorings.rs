//! Colourings, by their definitions.

use super::{Dice, arrows, grid};
use crate::sparse::{Coloring, Order, Pattern, PatternError, Symmetric};

/// No two columns of one colour share a row.
fn check_columns(p: &Pattern, c: &Coloring) {
    assert_eq!(c.colors().len(), p.cols());
    for i in 0..p.rows() {
        let mut colors: Vec<usize> = (0..p.cols())
            .filter(|j| p.contains(i, *j))
            .map(|j| c.colors()[j])
            .collect();
        let all = colors.len();
        colors.sort_unstable();
        colors.dedup();
        assert_eq!(colors.len(), all, "row {i} of {p:?} by {c:?}");
    }
    assert!((0..c.count()).all(|color| c.colors().contains(&color)));
}

fn neighbours(p: &Pattern, v: usize) -> impl Iterator<Item = usize> + '_ {
    p.column(v).iter().copied().filter(move |w| *w != v)
}

/// Neighbours differ, and each path of four has three colours.
fn check_star(p: &Pattern, c: &Coloring) {
    let color = c.colors();
    for v in 0..p.cols() {
        for w in neighbours(p, v) {
            assert_ne!(color[v], color[w]);
            for x in neighbours(p, w).filter(|x| *x != v && color[*x] == color[v]) {
                for y in neighbours(p, x).filter(|y| *y != w && *y != v) {
                    assert_ne!(color[y], color[w], "path {v} {w} {x} {y} of {p:?} by {c:?}");
                }
            }
        }
    }
}

/// Neighbours differ, and no edge of two colours joins what is joined already.
fn check_acyclic(p: &Pattern, c: &Coloring) {
    let color = c.colors();
    for a in 0..c.count() {
        for b in 0..a {
            let mut set: Vec<usize> = (0..p.cols()).collect();
            for (i, j) in p.pairs().filter(|(i, j)| i < j) {
                assert_ne!(color[i], color[j]);
                let ends = (color[i].max(color[j]), color[i].min(color[j]));
                if ends == (a, b) {
                    let (from, to) = (set[i], set[j]);
                    assert_ne!(from, to, "a cycle of two colours in {p:?} by {c:?}");
                    set.iter_mut().filter(|s| **s == from).for_each(|s| *s = to);
                }
            }
        }
    }
}

#[test]
fn columns_and_rows_of_random_patterns() {
    let mut dice = Dice::new(10);
    for round in 0..300 {
        let (rows, cols) = (dice.below(25), dice.below(25));
        let p = dice.pattern(rows, cols, round % 60);
        for order in Order::ALL {
            let columns = Coloring::columns(&p, order);
            check_columns(&p, &columns);
            assert!(columns.count() >= p.longest_row());
            check_columns(&p.transpose(), &Coloring::rows(&p, order));
        }
    }
}

#[test]
fn rows_too_long_to_be_walked() {
    let mut dice = Dice::new(11);
    for round in 0..6 {
        let p = dice.pattern(40, 400, 600);
        let long = (0..400).filter(|j| j % (round + 1) == 0).map(|j| (7, j));
        let other = (0..400).filter(|j| j % 2 == 1).map(|j| (9, j));
        let p = Pattern::new(40, 400, p.pairs().chain(long).chain(other)).unwrap();
        for order in Order::ALL {
            check_columns(&p, &Coloring::columns(&p, order));
        }
    }
    let dense = Pattern::dense(200, 200);
    assert_eq!(Coloring::columns(&dense, Order::SmallestLast).count(), 200);
}

#[test]
fn stars_and_forests_of_random_patterns() {
    let mut dice = Dice::new(12);
    for round in 0..200 {
        let size = dice.below(22);
        let p = dice.symmetric_pattern(size, round % 50);
        for order in Order::ALL {
            check_star(
                &p,
                &Coloring::symmetric(&p, Symmetric::Star, order).unwrap(),
            );
            check_acyclic(
                &p,
                &Coloring::symmetric(&p, Symmetric::Acyclic, order).unwrap(),
            );
        }
    }
}

#[test]
fn hubs() {
    for (size, parameters) in [(300, 1), (300, 2), (400, 3)] {
        let p = arrows(size, parameters);
        for order in Order::ALL {
            let star = Coloring::symmetric(&p, Symmetric::Star, order).unwrap();
            let acyclic = Coloring::symmetric(&p, Symmetric::Acyclic, order).unwrap();
            check_star(&p, &star);
            check_acyclic(&p, &acyclic);
            assert!(star.count() <= parameters + 1, "{order:?} {}", star.count());
            assert!(
                acyclic.count() <= parameters + 1,
                "{order:?} {}",
                acyclic.count()
            );
        }
    }
    let mut dice = Dice::new(13);
    let rest = dice.symmetric_pattern(300, 500);
    let p = rest.union(&arrows(300, 2)).unwrap();
    for order in Order::ALL {
        check_star(
            &p,
            &Coloring::symmetric(&p, Symmetric::Star, order).unwrap(),
        );
        check_acyclic(
            &p,
            &Coloring::symmetric(&p, Symmetric::Acyclic, order).unwrap(),
        );
    }
}

/// Numbers of colours that are known to be the least.
#[test]
fn known_numbers() {
    let columns = |p: &Pattern| Coloring::best_columns(p).count();
    let symmetric = |p: &Pattern, kind| Coloring::best_symmetric(p, kind).unwrap().count();
    for (below, above) in [(0, 0), (1, 1), (3, 0), (2, 5)] {
        assert_eq!(
            columns(&Pattern::banded(50, below, above)),
            below + above + 1
        );
    }
    // A path.
    assert_eq!(symmetric(&Pattern::banded(50, 1, 1), Symmetric::Star), 3);
    assert_eq!(symmetric(&Pattern::banded(50, 1, 1), Symmetric::Acyclic), 2);
    // A band whose variables meet their next two neighbours each: acyclic 3.
    assert_eq!(symmetric(&Pattern::banded(50, 2, 2), Symmetric::Acyclic), 3);
    // Complete, and without any edge.
    assert_eq!(symmetric(&Pattern::dense(20, 20), Symmetric::Star), 20);
    assert_eq!(symmetric(&Pattern::banded(20, 0, 0), Symmetric::Star), 1);
    assert_eq!(symmetric(&Pattern::dense(0, 0), Symmetric::Star), 0);
    // A grid: star 5 (Fertin, Raspaud, Reed, Star coloring of graphs, 2004); acyclic 3, which greedy misses by one.
    assert_eq!(symmetric(&grid(20, 20), Symmetric::Star), 5);
    assert_eq!(symmetric(&grid(20, 20), Symmetric::Acyclic), 4);
}

#[test]
fn only_symmetric_patterns() {
    let p = Pattern::new(2, 2, [(0, 1)]).unwrap();
    let error = Coloring::symmetric(&p, Symmetric::Star, Order::Natural);
    assert_eq!(error, Err(PatternError::Asymmetric));
    let error = Coloring::best_symmetric(&Pattern::dense(1, 2), Symmetric::Acyclic);
    assert_eq!(error, Err(PatternError::Asymmetric));
}
