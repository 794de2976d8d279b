//! Columns that share no row: partial colouring at distance two of the graph of rows and columns.

use super::{Coloring, Order, order};
use crate::sparse::Pattern;
use std::collections::HashMap;

/// A row with more entries is not walked for each of its columns: it remembers its colours.
const LONG: usize = 128;

const NONE: usize = usize::MAX;

/// Colours the columns; `rows` is the transpose.
pub fn color(columns: &Pattern, rows: &Pattern, order: Order) -> Coloring {
    let order = order::of_columns(columns, rows, LONG, order);
    let mut used: Vec<Used> = Vec::new();
    let long: Vec<usize> = (0..rows.cols())
        .map(|r| {
            if rows.column(r).len() <= LONG {
                return NONE;
            }
            used.push(Used::default());
            used.len() - 1
        })
        .collect();
    let mut colors = vec![NONE; columns.cols()];
    // By which column a colour was forbidden last.
    let mut forbidden = vec![NONE; columns.cols() + 1];
    for v in order {
        for &r in columns.column(v).iter().filter(|r| long[**r] == NONE) {
            for &w in rows.column(r) {
                if colors[w] != NONE {
                    forbidden[colors[w]] = v;
                }
            }
        }
        let sets = || {
            columns
                .column(v)
                .iter()
                .map(|r| long[*r])
                .filter(|l| *l != NONE)
        };
        let mut color = 0;
        loop {
            let before = color;
            while forbidden[color] == v {
                color += 1;
            }
            for l in sets() {
                color = used[l].free(color);
            }
            if color == before && forbidden[color] != v {
                break;
            }
        }
        for l in sets() {
            used[l].take(color);
        }
        colors[v] = color;
    }
    Coloring::new(colors)
}

/// The colours that a row has: each with the next one that may be free.
#[derive(Default)]
struct Used(HashMap<usize, usize>);

impl Used {
    /// The first free colour from this one on.
    fn free(&mut self, from: usize) -> usize {
        let mut free = from;
        while let Some(&next) = self.0.get(&free) {
            free = next;
        }
        // What was passed leads here at once next time.
        let mut at = from;
        while at != free {
            at = self.0.insert(at, free).unwrap_or(free);
        }
        free
    }

    fn take(&mut self, color: usize) {
        self.0.insert(color, color + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::Used;

    #[test]
    fn free_colours() {
        let mut used = Used::default();
        assert_eq!(used.free(3), 3);
        for c in [0, 1, 2, 5] {
            used.take(c);
        }
        assert_eq!(
            [used.free(0), used.free(2), used.free(4), used.free(5)],
            [3, 3, 4, 6]
        );
        used.take(3);
        assert_eq!(used.free(0), 4);
        used.take(4);
        assert_eq!(used.free(0), 6);
    }
}
