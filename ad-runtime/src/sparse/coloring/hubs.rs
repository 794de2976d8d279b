//! Variables that nearly all others meet.
//!
//! Two parameters that all terms share but that don't meet each other get one colour, and then every other variable needs its own.
//! And all neighbours of a variable are walked for each of them. So there is a second way: variables with very many neighbours get a colour
//! each, and only the rest is coloured with care. A variable whose colour no other has forms no path of four with two colours, and no
//! cycle. The better of the two ways is taken; the first is given up where it takes too long.

use super::Coloring;
use crate::sparse::Pattern;

pub const NONE: usize = usize::MAX;

/// A colouring to be found.
pub struct Run<'a> {
    pub pattern: &'a Pattern,
    pub order: &'a [usize],
    /// Variables that are left out.
    pub hubs: &'a [bool],
    /// After how many steps it is given up.
    pub limit: usize,
}

impl Run<'_> {
    /// The neighbours, and where their entries stand.
    pub fn neighbours(&self, v: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let entries = self.pattern.range(v).zip(self.pattern.column(v));
        entries.filter_map(move |(at, &w)| (w != v && !self.hubs[w]).then_some((w, at)))
    }

    /// The variables to be coloured, in their order.
    pub fn vertices(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.iter().copied().filter(|v| !self.hubs[*v])
    }
}

/// The fewest colours of the two ways.
pub fn color(
    pattern: &Pattern,
    order: &[usize],
    find: impl Fn(&Run<'_>) -> Option<Vec<usize>>,
) -> Coloring {
    let n = pattern.cols();
    let mean = pattern.entries() / n.max(1);
    let many = 128.max(n / 16).max(4 * mean);
    let hubs: Vec<bool> = (0..n).map(|v| pattern.column(v).len() > many).collect();
    let none = vec![false; n];
    let any = hubs.contains(&true);
    let run = |hubs, limit| {
        let run = Run {
            pattern,
            order,
            hubs,
            limit,
        };
        find(&run)
    };
    let limit = if any { 100 * pattern.entries() } else { NONE };
    let plain = run(&none, limit).map(Coloring::new);
    if !any {
        return plain.expect("without a limit it is not given up");
    }
    let mut colors = run(&hubs, NONE).expect("without a limit it is not given up");
    let used = colors.iter().filter(|c| **c != NONE).max();
    let unused = used.map_or(0, |c| c + 1)..;
    let left_out = colors.iter_mut().filter(|c| **c == NONE);
    for (color, unused) in left_out.zip(unused) {
        *color = unused;
    }
    let apart = Coloring::new(colors);
    match plain {
        Some(plain) if plain.count() <= apart.count() => plain,
        _ => apart,
    }
}
