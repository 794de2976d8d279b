//! Orders in which vertices are coloured.

use super::Order;
use crate::sparse::Pattern;

/// A graph whose vertices' neighbours can be walked.
trait Graph {
    fn vertices(&self) -> usize;
    /// Calls `f` with each neighbour once.
    fn neighbours(&mut self, vertex: usize, f: &mut impl FnMut(usize));
}

/// The order of the columns; two are neighbours if they share a row that has at most `longest` entries.
pub fn of_columns(columns: &Pattern, rows: &Pattern, longest: usize, order: Order) -> Vec<usize> {
    let seen = vec![usize::MAX; columns.cols()];
    of(
        Columns {
            columns,
            rows,
            longest,
            seen,
        },
        order,
    )
}

/// The order of the variables of a symmetric pattern.
pub fn of_vertices(pattern: &Pattern, order: Order) -> Vec<usize> {
    of(Variables(pattern), order)
}

struct Columns<'a> {
    columns: &'a Pattern,
    rows: &'a Pattern,
    longest: usize,
    /// For which vertex a column was met last.
    seen: Vec<usize>,
}

impl Graph for Columns<'_> {
    fn vertices(&self) -> usize {
        self.columns.cols()
    }

    fn neighbours(&mut self, vertex: usize, f: &mut impl FnMut(usize)) {
        self.seen[vertex] = vertex;
        for &row in self.columns.column(vertex) {
            let row = self.rows.column(row);
            if row.len() > self.longest {
                continue;
            }
            for &other in row {
                if self.seen[other] != vertex {
                    self.seen[other] = vertex;
                    f(other);
                }
            }
        }
    }
}

struct Variables<'a>(&'a Pattern);

impl Graph for Variables<'_> {
    fn vertices(&self) -> usize {
        self.0.cols()
    }

    fn neighbours(&mut self, vertex: usize, f: &mut impl FnMut(usize)) {
        let others = self.0.column(vertex).iter().filter(|w| **w != vertex);
        others.for_each(|w| f(*w));
    }
}

fn of(mut graph: impl Graph, order: Order) -> Vec<usize> {
    let n = graph.vertices();
    match order {
        Order::Natural => (0..n).collect(),
        Order::LargestFirst => {
            let degrees = degrees(&mut graph);
            let mut all: Vec<usize> = (0..n).collect();
            all.sort_by_key(|v| std::cmp::Reverse(degrees[*v]));
            all
        }
        Order::SmallestLast => {
            let mut queue = Queue::new(degrees(&mut graph));
            let mut removed = Vec::with_capacity(n);
            while let Some(v) = queue.take_smallest() {
                removed.push(v);
                graph.neighbours(v, &mut |w| queue.change(w, -1));
            }
            removed.reverse();
            removed
        }
        Order::IncidenceDegree => {
            let mut queue = Queue::new(vec![0; n]);
            let mut ordered = Vec::with_capacity(n);
            while let Some(v) = queue.take_largest() {
                ordered.push(v);
                graph.neighbours(v, &mut |w| queue.change(w, 1));
            }
            ordered
        }
    }
}

fn degrees(graph: &mut impl Graph) -> Vec<usize> {
    (0..graph.vertices())
        .map(|v| {
            let mut degree = 0;
            graph.neighbours(v, &mut |_| degree += 1);
            degree
        })
        .collect()
}

const NONE: usize = usize::MAX;

/// Vertices by keys that change by one: a doubly linked list for each key.
struct Queue {
    heads: Vec<usize>,
    places: Vec<Place>,
    smallest: usize,
    largest: usize,
}

/// A vertex in its list.
#[derive(Clone)]
struct Place {
    key: usize,
    next: usize,
    previous: usize,
    taken: bool,
}

impl Queue {
    fn new(keys: Vec<usize>) -> Self {
        let n = keys.len();
        let largest = keys.iter().copied().max().unwrap_or(0);
        let place = |key| Place {
            key,
            next: NONE,
            previous: NONE,
            taken: false,
        };
        let mut queue = Self {
            heads: vec![NONE; n + 1],
            places: keys.into_iter().map(place).collect(),
            smallest: 0,
            largest,
        };
        // Backwards, so that equal keys are taken as they are numbered.
        (0..n).rev().for_each(|v| queue.insert(v));
        queue
    }

    fn insert(&mut self, v: usize) {
        let head = &mut self.heads[self.places[v].key];
        let next = std::mem::replace(head, v);
        if next != NONE {
            self.places[next].previous = v;
        }
        let place = &mut self.places[v];
        (place.next, place.previous) = (next, NONE);
    }

    fn remove(&mut self, v: usize) {
        let Place {
            key,
            next,
            previous,
            ..
        } = self.places[v];
        match previous {
            NONE => self.heads[key] = next,
            _ => self.places[previous].next = next,
        }
        if next != NONE {
            self.places[next].previous = previous;
        }
    }

    fn change(&mut self, v: usize, by: isize) {
        if self.places[v].taken {
            return;
        }
        self.remove(v);
        let key = self.places[v].key.wrapping_add_signed(by);
        self.places[v].key = key;
        self.smallest = self.smallest.min(key);
        self.largest = self.largest.max(key);
        self.insert(v);
    }

    fn take(&mut self, v: usize) -> usize {
        self.remove(v);
        self.places[v].taken = true;
        v
    }

    fn take_smallest(&mut self) -> Option<usize> {
        while self.smallest < self.heads.len() {
            match self.heads[self.smallest] {
                NONE => self.smallest += 1,
                v => return Some(self.take(v)),
            }
        }
        None
    }

    fn take_largest(&mut self) -> Option<usize> {
        loop {
            match self.heads.get(self.largest) {
                Some(&v) if v != NONE => return Some(self.take(v)),
                _ if self.largest == 0 => return None,
                _ => self.largest -= 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A star with four points, and a path of three beside it.
    fn graph() -> Pattern {
        let edges = [(0, 4), (1, 4), (2, 4), (3, 4), (5, 6), (6, 7)];
        let both = edges.into_iter().flat_map(|(i, j)| [(i, j), (j, i)]);
        Pattern::new(8, 8, both).unwrap()
    }

    #[test]
    fn orders_of_a_small_graph() {
        let of = |order| of_vertices(&graph(), order);
        assert_eq!(of(Order::Natural), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(of(Order::LargestFirst), [4, 6, 0, 1, 2, 3, 5, 7]);
        let last = of(Order::SmallestLast);
        // When the centre is removed, at most one of its points is left.
        let place = |v| last.iter().position(|w| *w == v).unwrap();
        assert!((0..4).filter(|p| place(*p) < place(4)).count() <= 1);
        let incidence = of(Order::IncidenceDegree);
        assert_eq!(incidence[..2], [0, 4]);
    }

    #[test]
    fn every_order_has_every_vertex() {
        for order in Order::ALL {
            let mut all = of_vertices(&graph(), order);
            all.sort_unstable();
            assert!(all.into_iter().eq(0..8), "{order:?}");
            assert!(of_vertices(&Pattern::dense(0, 0), order).is_empty());
        }
    }
}
