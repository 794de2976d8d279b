//! Segments of a reverse sweep: between two of them no shadow is alive but those of inputs and of rows that come later.
//!
//! A loop over residuals is one segment an iteration. The rows of different segments can go into one sweep even if they share columns, as
//! long as what has been added to the inputs' shadows is taken out of them at the end of each. This pass looks where segments end, and marks
//! the places: each row before its reverse, each part of an input's shadow behind the statement that adds to it, and the ends.

use super::widen::{WIDE_NEUTRAL, WIDE_NEUTRAL_OF, WIDE_ZERO, WIDE_ZERO_OF};
use crate::ir::*;
use std::collections::{HashMap, HashSet};

/// What is written at the places.
pub trait Marks {
    /// The shadows of all rows are there, and zero.
    fn rows(&self, shadows: VarId) -> Stmt;
    /// The shadow of an input that is made here.
    fn input(&self, input: usize) -> Stmt;
    /// The reverse of this row comes next.
    fn row(&self, shadow: &Place) -> Stmt;
    /// Something has been added to this part of the shadow of an input.
    fn columns(&self, input: usize, shadow: &Place) -> Stmt;
    /// A segment ends.
    fn cut(&self) -> Stmt;
    /// A place in words, by which equal ones are known.
    fn words(&self, place: &Place) -> String;
}

/// A sweep with its segments marked, or nothing where that can't be done.
pub fn segments(
    func: &Func,
    body: &Block,
    (seed, inputs): (VarId, &[VarId]),
    marks: &dyn Marks,
) -> Option<Block> {
    let rows = rows_of(body, seed)?;
    let inputs = inputs.iter().copied().zip(0..).collect();
    let mut cutter = Cutter {
        func,
        inputs,
        seed,
        rows,
        marks,
        met: false,
    };
    let marked = cutter.block(body, true)?;
    cutter.met.then_some(marked)
}

/// The shadows to which the seed is added; nothing where it is used in another way.
fn rows_of(body: &Block, seed: VarId) -> Option<VarId> {
    let mut found = Vec::new();
    walk(body, &mut |s| {
        if bases(s).contains(&seed) {
            found.push(seeded(s, seed));
        }
    });
    match found.as_slice() {
        [Some(rows)] => Some(*rows),
        _ => None,
    }
}

/// `rows += seed`
fn seeded(s: &Stmt, seed: VarId) -> Option<VarId> {
    match s {
        Stmt::Accumulate {
            target,
            source: Expr::Place(p),
        } if p.is_var() && p.base == seed && target.is_var() => Some(target.base),
        _ => None,
    }
}

struct Cutter<'a> {
    func: &'a Func,
    /// The shadows of inputs, and their numbers.
    inputs: HashMap<VarId, usize>,
    seed: VarId,
    rows: VarId,
    marks: &'a dyn Marks,
    /// Whether there is any row.
    met: bool,
}

/// Where a block mentions a shadow of its own: from the first statement that may make it other than zero to the last.
struct Life {
    first: usize,
    last: usize,
    /// It is declared in the block, and not in one inside.
    here: bool,
}

impl Cutter<'_> {
    /// A block with its marks; `open` says that segments may end in it.
    fn block(&mut self, block: &Block, open: bool) -> Option<Block> {
        let lives = self.lives(block);
        let ends = |k: usize| open && !lives.iter().any(|l| l.first <= k && k < l.last);
        let mut out = Vec::new();
        for (k, s) in block.iter().enumerate() {
            if seeded(s, self.seed).is_some() {
                out.push(self.marks.rows(self.rows));
                continue;
            }
            if declared(s).contains(&self.rows) {
                is_zero(s).then(|| out.push(s.clone()))?;
                continue;
            }
            let inside = |l: &Life| l.first <= k && k <= l.last && (l.here || l.first < l.last);
            let nested = self.nested(s, open && !lives.iter().any(inside))?;
            let row = self.row(block, k)?;
            out.extend(row);
            out.push(nested);
            let until = (k + 1..block.len())
                .find(|j| ends(j - 1))
                .unwrap_or(block.len());
            self.columns(s, &block[k + 1..until.max(k + 1)], &mut out)?;
            if ends(k) && self.concerns(s) {
                out.push(self.marks.cut());
            }
        }
        Some(out)
    }

    /// The input whose shadow a variable is, or a view of it.
    fn input(&self, v: VarId) -> Option<usize> {
        match &self.func.var(v).role {
            Role::View(place) => self.input(place.base),
            _ => self.inputs.get(&v).copied(),
        }
    }

    /// The lives of shadows other than those of inputs and rows.
    fn lives(&self, block: &Block) -> Vec<Life> {
        let mut lives: HashMap<VarId, Life> = HashMap::new();
        for (k, s) in block.iter().enumerate() {
            let own: HashSet<VarId> = declared(s).into_iter().collect();
            for v in all_bases(s) {
                let other = v != self.rows && v != self.seed && self.input(v).is_none();
                if !other || !self.func.var(v).wide {
                    continue;
                }
                let here = own.contains(&v);
                if here && is_zero(s) {
                    lives.entry(v).or_insert(Life {
                        first: usize::MAX,
                        last: k,
                        here,
                    });
                    continue;
                }
                let life = lives.entry(v).or_insert(Life {
                    first: k,
                    last: k,
                    here,
                });
                life.first = life.first.min(k);
                life.last = k;
                life.here |= here;
            }
        }
        lives.into_values().collect()
    }

    /// The statement with marks in its blocks.
    fn nested(&mut self, s: &Stmt, open: bool) -> Option<Stmt> {
        let mut s = s.clone();
        let whole = !matches!(
            s,
            Stmt::Call { .. } | Stmt::Pull { .. } | Stmt::Pairs { .. }
        );
        for b in sub_blocks_mut(&mut s) {
            if !whole {
                return None;
            }
            *b = self.block(b, open)?;
        }
        Some(s)
    }

    /// Marks the row that a statement takes. It has to be gone behind it: whoever reads it again would find what is not there yet.
    fn row(&mut self, block: &Block, k: usize) -> Option<Option<Stmt>> {
        let s = &block[k];
        let mentioned = own_places(s).iter().any(|p| p.base == self.rows);
        if !mentioned || is_length(s, self.rows) {
            return Some(None);
        }
        match self.taken(s) {
            Some(row) if block.get(k + 1).is_some_and(|next| self.removes(next, row)) => {
                self.met = true;
                Some(Some(self.marks.row(row)))
            }
            Some(_) => None,
            None => {
                let before = k.checked_sub(1).and_then(|k| self.taken(&block[k]));
                before.filter(|row| self.removes(s, row)).map(|_| None)
            }
        }
    }

    /// `let row_bar = rows[…];`
    fn taken<'b>(&self, s: &'b Stmt) -> Option<&'b Place> {
        match s {
            Stmt::Let {
                init: Some(Expr::Place(p)),
                ..
            } if p.base == self.rows && matches!(p.proj.as_slice(), [Proj::Index(_)]) => Some(p),
            _ => None,
        }
    }

    /// Whether a statement sets a row that has been taken to zero, or takes it off the end.
    fn removes(&self, s: &Stmt, row: &Place) -> bool {
        match s {
            Stmt::Container {
                place,
                op: ContainerOp::Pop,
                ..
            } => place.is_var() && place.base == self.rows && is_last(row),
            s => cleared(s).is_some_and(|p| self.marks.words(p) == self.marks.words(row)),
        }
    }

    /// Marks what a statement adds to shadows of inputs, unless one of those behind it adds to the same place. They may do nothing else with
    /// these shadows.
    fn columns(&self, s: &Stmt, behind: &[Stmt], out: &mut Block) -> Option<()> {
        if let [v] = declared(s)[..]
            && self.input(v).is_some()
        {
            let own = self.inputs.get(&v);
            out.extend(own.map(|input| self.marks.input(*input)));
            return Some(());
        }
        let written = self.added_to(s)?;
        let words: HashSet<String> = written.iter().map(|p| self.marks.words(p)).collect();
        let mut own = own_places(s).into_iter();
        if own.any(|p| self.input(p.base).is_some() && !words.contains(&self.marks.words(&p))) {
            return None;
        }
        let straight = behind.iter().take_while(|s| is_straight(s));
        for p in written {
            let again = |s: &Stmt| {
                writes(s)
                    .iter()
                    .any(|q| self.marks.words(q) == self.marks.words(&p))
            };
            if !(self.is_settled(&p) && straight.clone().any(again)) {
                out.push(self.marks.columns(self.input(p.base)?, &p));
            }
        }
        Some(())
    }

    /// The parts of inputs' shadows that a statement adds to; nothing where it does not add. Nothing else may keep shadows, either.
    fn added_to(&self, s: &Stmt) -> Option<Vec<Place>> {
        let ours = |p: &Place| self.input(p.base).is_some();
        let kept = |v: &VarId| self.func.var(*v).wide;
        let args = match s {
            Stmt::Assign {
                place, op, value, ..
            } if ours(place) => return self.is_sum(place, *op, value).then(|| vec![place.clone()]),
            Stmt::Accumulate { target, .. } if ours(target) => return Some(vec![target.clone()]),
            Stmt::Push { vals, .. } | Stmt::SlotSet { vals, .. } if vals.iter().any(kept) => {
                return None;
            }
            Stmt::SaveSlice { place, .. } if kept(&place.base) => return None,
            Stmt::Pull { args, .. } | Stmt::Call { args, .. } => args,
            _ if writes(s).iter().any(ours) => return None,
            _ => return Some(Vec::new()),
        };
        let mut found = Vec::new();
        for a in args {
            for shadow in a.shadows.iter().flatten() {
                match (shadow, &a.arg) {
                    // The shadow of what is written comes back another.
                    (Arg::RefMut(p), Arg::RefMut(_)) if ours(p) => return None,
                    (Arg::RefMut(p), _) if ours(p) => found.push(p.clone()),
                    _ => {}
                }
            }
        }
        Some(found)
    }

    fn is_sum(&self, place: &Place, op: Option<BinOp>, value: &Expr) -> bool {
        let same = |e: &Expr| matches!(e, Expr::Place(p) if self.marks.words(p) == self.marks.words(place));
        match (op, value) {
            (Some(BinOp::Add | BinOp::Sub), _) => true,
            (None, Expr::Binary(BinOp::Add | BinOp::Sub, a, _)) => same(a),
            _ => false,
        }
    }

    /// Whether nothing that a place is found by can change.
    fn is_settled(&self, place: &Place) -> bool {
        let mut settled = true;
        places_of_proj(place, &mut |p| settled &= !self.func.var(p.base).mutable);
        settled
    }

    /// Whether a statement does something with shadows of inputs or rows.
    fn concerns(&self, s: &Stmt) -> bool {
        let ours = |v: VarId| v == self.rows || self.input(v).is_some();
        all_bases(s).into_iter().any(ours)
    }
}

/// The variables that a statement itself declares.
fn declared(s: &Stmt) -> Vec<VarId> {
    match s {
        Stmt::Let { var, .. } => vec![*var],
        Stmt::Call { dst, .. } => dst.clone(),
        Stmt::Pull { dst, .. } => dst.iter().flatten().copied().collect(),
        Stmt::Pop { vals, .. } | Stmt::IfSlot { vals, .. } => vals.clone(),
        _ => Vec::new(),
    }
}

/// `let x = 0`
fn is_zero(s: &Stmt) -> bool {
    match s {
        Stmt::Let { init: Some(e), .. } => is_zero_value(e),
        _ => false,
    }
}

fn is_zero_value(e: &Expr) -> bool {
    match e {
        Expr::Real(x) => *x == 0.0,
        Expr::ZeroOf(_) => true,
        Expr::Repeat { value, .. } => is_zero_value(value),
        Expr::Runtime(name, _) => {
            [WIDE_ZERO, WIDE_ZERO_OF, WIDE_NEUTRAL, WIDE_NEUTRAL_OF].contains(name)
        }
        _ => false,
    }
}

/// The place that a statement sets to zero.
fn cleared(s: &Stmt) -> Option<&Place> {
    match s {
        Stmt::SetZero(p) => Some(p),
        Stmt::Assign {
            place,
            op: None,
            value,
            ..
        } if is_zero_value(value) => Some(place),
        _ => None,
    }
}

/// Whether what stands behind a statement is sure to run.
fn is_straight(s: &Stmt) -> bool {
    let leaves = matches!(s, Stmt::Break(_) | Stmt::Continue(_) | Stmt::Return(_));
    !leaves && sub_blocks(s).is_empty()
}

/// `rows[rows.len() - 1]`
fn is_last(row: &Place) -> bool {
    match row.proj.as_slice() {
        [Proj::Index(Expr::Binary(BinOp::Sub, len, one))] => {
            matches!(&**len, Expr::Query(name, p, _) if name == "len" && p.is_var() && p.base == row.base)
                && matches!(**one, Expr::Int(1))
        }
        _ => false,
    }
}

/// Whether a statement asks no more of a variable than its length.
fn is_length(s: &Stmt, v: VarId) -> bool {
    let mut all = true;
    for e in exprs(s) {
        let mut e = e.without_lengths();
        map_sub_exprs(&mut e, &mut |x| {
            all &= !matches!(x, Expr::Place(p) if p.base == v)
        });
    }
    all && writes(s).iter().all(|p| p.base != v)
}

/// The bases of all places in a statement, but for what stands in its blocks.
fn bases(s: &Stmt) -> Vec<VarId> {
    let mut found: Vec<VarId> = own_places(s).iter().map(|p| p.base).collect();
    found.extend(declared(s));
    match s {
        Stmt::Push { vals, .. } | Stmt::SlotSet { vals, .. } => found.extend(vals),
        _ => {}
    }
    found
}

/// The same with its blocks.
fn all_bases(s: &Stmt) -> Vec<VarId> {
    let mut found = Vec::new();
    walk_one(s, &mut |s| found.extend(bases(s)));
    found
}

fn own_places(s: &Stmt) -> Vec<Place> {
    let mut alone = s.clone();
    sub_blocks_mut(&mut alone).into_iter().for_each(Vec::clear);
    let mut found = Vec::new();
    map_block(&mut vec![alone], &mut |p| found.push(p.clone()));
    found
}
