//! Star colouring: every path of four vertices has at least three colours.
//!
//! Algorithm 4.1 of Gebremedhin and others (2007), with its two-coloured stars kept by their centres: a table tells which vertex has
//! several neighbours of one colour, and every vertex knows the centres of the stars in which it is a point.

use super::hubs::{NONE, Run};
use super::table::Table;
use std::collections::hash_map::Entry;

/// The colours, or nothing if that took too long.
pub fn color(run: &Run<'_>) -> Option<Vec<usize>> {
    let n = run.pattern.cols();
    let mut colors = vec![NONE; n];
    let mut stars = Stars {
        of: Table::default(),
        centres: vec![Vec::new(); n],
    };
    // By which vertex a colour was forbidden last.
    let mut forbidden = vec![NONE; n + 1];
    // For which vertex a neighbour of that colour was met last, and which; whose neighbours are forbidden.
    let mut first = vec![(NONE, NONE); n + 1];
    let mut closed = vec![NONE; n];
    let mut steps = 0;
    for v in run.vertices() {
        for (w, _) in run.neighbours(v) {
            let color = colors[w];
            if color == NONE {
                continue;
            }
            forbidden[color] = v;
            // v – w – centre – another of w's colour.
            for &centre in &stars.centres[w] {
                forbidden[colors[centre]] = v;
            }
            steps += 1 + stars.centres[w].len();
            if first[color].0 != v {
                first[color] = (v, w);
                continue;
            }
            // w – v – another of w's colour – its neighbour.
            for u in [first[color].1, w] {
                if closed[u] != v {
                    closed[u] = v;
                    for (x, _) in run.neighbours(u).filter(|(x, _)| colors[*x] != NONE) {
                        forbidden[colors[x]] = v;
                    }
                    steps += run.pattern.column(u).len();
                }
            }
        }
        if steps > run.limit {
            return None;
        }
        let color = (0..).find(|c| forbidden[*c] != v)?;
        colors[v] = color;
        for (w, _) in run.neighbours(v) {
            if colors[w] != NONE {
                stars.add(w, color, v);
                stars.add(v, colors[w], w);
            }
        }
    }
    Some(colors)
}

/// The stars of two colours.
struct Stars {
    /// For a vertex and a colour: its first neighbour of that colour, and whether there are more.
    of: Table<(usize, bool)>,
    /// For each vertex, the centres of the stars with more than one edge in which it is no centre.
    centres: Vec<Vec<usize>>,
}

impl Stars {
    /// The vertex has got a neighbour of that colour.
    fn add(&mut self, vertex: usize, color: usize, neighbour: usize) {
        match self.of.entry(vertex, color) {
            Entry::Vacant(place) => {
                place.insert((neighbour, false));
                return;
            }
            Entry::Occupied(mut place) => {
                let (first, several) = place.get_mut();
                if !*several {
                    *several = true;
                    self.centres[*first].push(vertex);
                }
            }
        }
        self.centres[neighbour].push(vertex);
    }
}
