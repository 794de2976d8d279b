//! Acyclic colouring: every cycle has at least three colours.
//!
//! Algorithm 3.1 of Gebremedhin and others (2007): disjoint sets hold the trees of two colours. A tree is named by a vertex of it and the other
//! colour.

use super::hubs::{NONE, Run};
use super::table::Table;

/// The colours, or nothing if that took too long.
pub fn color(run: &Run<'_>) -> Option<Vec<usize>> {
    let n = run.pattern.cols();
    let mirror = run.pattern.mirrors();
    let mut colors = vec![NONE; n];
    let mut trees = Sets::default();
    let mut names: Table<usize> = Table::default();
    // The tree of each edge that has two colours, by its entry.
    let mut tree_of = vec![NONE; run.pattern.entries()];
    // By which vertex a colour was forbidden last, and how many it forbids.
    let mut forbidden = vec![NONE; n + 1];
    let (mut used, mut steps) = (0, 0);
    for v in run.vertices() {
        let mut left = used;
        let mut forbid = |color: usize, forbidden: &mut [usize]| {
            left -= usize::from(forbidden[color] != v);
            forbidden[color] = v;
            left == 0
        };
        let mut none_left = used == 0;
        for (w, _) in run.neighbours(v).filter(|(w, _)| colors[*w] != NONE) {
            none_left = forbid(colors[w], &mut forbidden);
        }
        'all: for (w, _) in run.neighbours(v).filter(|(w, _)| colors[*w] != NONE) {
            if none_left {
                break;
            }
            for (x, at) in run.neighbours(w) {
                steps += 1;
                if colors[x] == NONE || forbidden[colors[x]] == v {
                    continue;
                }
                // With the colour of x, two neighbours in one tree would close a cycle.
                let tree = trees.find(tree_of[at]);
                match trees.met[tree] {
                    (by, _) if by != v => trees.met[tree] = (v, w),
                    (_, other) if other != w && forbid(colors[x], &mut forbidden) => break 'all,
                    _ => {}
                }
            }
        }
        if steps > run.limit {
            return None;
        }
        let color = (0..).find(|c| forbidden[*c] != v)?;
        colors[v] = color;
        used = used.max(color + 1);
        for (w, at) in run.neighbours(v).filter(|(w, _)| colors[*w] != NONE) {
            let mut name =
                |vertex, color| *names.entry(vertex, color).or_insert_with(|| trees.add());
            let (here, there) = (name(v, colors[w]), name(w, color));
            trees.unite(here, there);
            (tree_of[at], tree_of[mirror[at]]) = (here, there);
        }
    }
    Some(colors)
}

/// Disjoint sets.
#[derive(Default)]
struct Sets {
    parents: Vec<usize>,
    /// For which vertex the set was met last, and from which neighbour.
    met: Vec<(usize, usize)>,
}

impl Sets {
    fn add(&mut self) -> usize {
        self.parents.push(self.parents.len());
        self.met.push((NONE, NONE));
        self.parents.len() - 1
    }

    fn find(&mut self, mut at: usize) -> usize {
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        // The younger set goes below the older: sets of one vertex join grown ones.
        let (old, young) = (a.min(b), a.max(b));
        self.parents[young] = old;
    }
}
