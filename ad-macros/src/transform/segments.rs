//! Segments of a reverse sweep: between two of them no shadow is alive but those of inputs and of rows that come later.
//!
//! A loop over residuals is one segment an iteration. The rows of different segments can go into one sweep even if they share columns, as
//! long as what has been added to the inputs' shadows is taken out of them at the end of each. This pass looks where segments end, and marks
//! the places: each row before its reverse, each part of an input's shadow behind the statement that adds to it, and the ends.

use super::widen::{WIDE_NEUTRAL, WIDE_NEUTRAL_OF, WIDE_ZERO, WIDE_ZERO_OF};
use crate::ir::*;
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};

/// What is written at the places.
pub trait Marks {
    /// There are so many rows.
    fn rows(&self, func: &Func, count: &Expr) -> Stmt;
    /// The shadow of an input that is made here.
    fn input(&self, input: usize) -> Stmt;
    /// The adjoint of the row with this number, whose reverse comes next.
    fn row(&self, func: &Func, at: &Expr) -> Expr;
    /// Something has been added to this part of the shadow of an input.
    fn columns(&self, input: usize, shadow: &Place) -> Stmt;
    /// All that is added to this part of the shadow of an input is in a variable of its own.
    fn columns_of(&self, func: &Func, input: usize, shadow: &Place, own: VarId) -> Stmt;
    /// A segment ends.
    fn cut(&self) -> Stmt;
    /// A place in words, by which equal ones are known.
    fn words(&self, func: &Func, place: &Place) -> String;
}

/// A sweep with its segments marked.
pub struct Segmented {
    pub func: Func,
    pub body: Block,
    /// Inputs whose shadows are not there: what is added to a part of one is in a variable of its own, which costs no memory.
    pub alone: HashSet<usize>,
}

/// A sweep with its segments marked, or nothing where that can't be done. Of the inputs whose numbers are `lent`, the primal can be asked
/// where a part lies, so that they may do without shadows.
pub fn segments(
    func: &Func,
    body: &Block,
    (seed, inputs): (VarId, &[VarId]),
    lent: &HashSet<usize>,
    marks: &dyn Marks,
) -> Option<Segmented> {
    let (rows, known) = rows_of(body, seed)?;
    let mut cutter = Cutter {
        func: func.clone(),
        inputs: inputs.iter().copied().zip(0..).collect(),
        seed,
        rows,
        known,
        marks,
        met: false,
        whole: HashSet::new(),
        alone: HashSet::new(),
    };
    cutter.block(body, true)?;
    // Which shadows have to be whole is known by now.
    cutter.alone = lent - &cutter.whole;
    let body = cutter.block(body, true)?;
    cutter.met.then_some(Segmented {
        func: cutter.func,
        body,
        alone: cutter.alone,
    })
}

/// The shadows to which the seed is added, and how many there are, if nobody needs them but to take and to clear them; nothing where the seed
/// is used in another way.
fn rows_of(body: &Block, seed: VarId) -> Option<(VarId, Option<Expr>)> {
    let mut found = Vec::new();
    walk(body, &mut |s| {
        if bases(s).contains(&seed) {
            found.push(seeded(s, seed));
        }
    });
    let [Some(rows)] = found[..] else {
        return None;
    };
    let (mut count, mut needed) = (None, false);
    walk(body, &mut |s| match s {
        Stmt::Let {
            var,
            init: Some(Expr::Repeat { len, .. }),
        } if *var == rows => count = Some((**len).clone()),
        Stmt::Let {
            var,
            init: Some(Expr::Runtime(WIDE_ZERO_OF, args)),
        } if *var == rows => {
            if let [Expr::Place(values)] = &args[..] {
                count = Some(Expr::Query("len".into(), values.clone(), Vec::new()));
            }
        }
        _ if seeded(s, seed).is_some() => {}
        _ => {
            let mentions = own_places(s).iter().filter(|p| p.base == rows).count();
            let known = taken(s, rows).is_some() || cleared(s).is_some_and(|p| p.base == rows);
            needed |= mentions > known as usize;
        }
    });
    Some((rows, count.filter(|_| !needed)))
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
    func: Func,
    /// The shadows of inputs, and their numbers.
    inputs: HashMap<VarId, usize>,
    seed: VarId,
    rows: VarId,
    /// How many there are, where nobody needs their shadows.
    known: Option<Expr>,
    marks: &'a dyn Marks,
    /// Whether there is any row.
    met: bool,
    /// Inputs whose shadows are needed as a whole.
    whole: HashSet<usize>,
    /// Those which do without.
    alone: HashSet<usize>,
}

/// A statement with what is added around it.
struct Marked {
    before: Block,
    itself: Stmt,
    behind: Block,
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
                let length = Expr::Query("len".into(), Place::var(self.rows), Vec::new());
                let count = self.known.is_none().then_some(length);
                out.extend(count.map(|count| self.marks.rows(&self.func, &count)));
                continue;
            }
            if declared(s).contains(&self.rows) {
                is_zero(s).then_some(())?;
                out.push(match &self.known {
                    Some(count) => self.marks.rows(&self.func, count),
                    None => s.clone(),
                });
                continue;
            }
            let inside = |l: &Life| l.first <= k && k <= l.last && (l.here || l.first < l.last);
            let nested = self.nested(s, open && !lives.iter().any(inside))?;
            let Some(itself) = self.row(block, k, nested)? else {
                continue;
            };
            let until = (k + 1..block.len())
                .find(|j| ends(j - 1))
                .unwrap_or(block.len());
            let marked = self.columns(s, itself, &block[k + 1..until.max(k + 1)])?;
            out.extend(marked.before);
            out.push(marked.itself);
            out.extend(marked.behind);
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

    /// The statement with its mark, where it takes a row; nothing is left where it clears one. That has to be gone behind it: whoever reads it
    /// again would find what is not there.
    fn row(&mut self, block: &Block, k: usize, mut itself: Stmt) -> Option<Option<Stmt>> {
        let s = &block[k];
        let mentioned = own_places(s).iter().any(|p| p.base == self.rows);
        if !mentioned || is_length(s, self.rows) {
            return Some(Some(itself));
        }
        match taken(s, self.rows) {
            Some(row) if block.get(k + 1).is_some_and(|next| self.removes(next, row)) => {
                self.met = true;
                if let (Stmt::Let { init, .. }, [Proj::Index(at)]) = (&mut itself, &row.proj[..]) {
                    *init = Some(self.marks.row(&self.func, at));
                }
                Some(Some(itself))
            }
            Some(_) => None,
            None => {
                let before = k.checked_sub(1).and_then(|k| taken(&block[k], self.rows));
                let row = before.filter(|row| self.removes(s, row));
                row.map(|_| self.known.is_none().then_some(itself))
            }
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
            s => cleared(s).is_some_and(|p| {
                self.marks.words(&self.func, p) == self.marks.words(&self.func, row)
            }),
        }
    }

    /// Marks what a statement adds to shadows of inputs, unless one of those behind it adds to the same place. They may do nothing else with
    /// these shadows.
    fn columns(&mut self, s: &Stmt, itself: Stmt, later: &[Stmt]) -> Option<Marked> {
        let mut marked = Marked {
            before: Vec::new(),
            itself,
            behind: Vec::new(),
        };
        if let [v] = declared(s)[..]
            && self.input(v).is_some()
        {
            let own = self.inputs.get(&v).map(|input| self.marks.input(*input));
            marked.behind.extend(own);
            return Some(marked);
        }
        let written = self.added_to(s)?;
        let words: Vec<String> = written
            .iter()
            .map(|p| self.marks.words(&self.func, p))
            .collect();
        let mut own = own_places(s).into_iter();
        if own.any(|p| {
            self.input(p.base).is_some() && !words.contains(&self.marks.words(&self.func, &p))
        }) {
            return None;
        }
        let straight = later.iter().take_while(|s| is_straight(s));
        for (p, name) in written.iter().zip(&words) {
            let again = |s: &Stmt| {
                writes(s)
                    .iter()
                    .any(|q| self.marks.words(&self.func, q) == *name)
            };
            let input = self.input(p.base)?;
            if self.is_settled(p) && straight.clone().any(again) {
                self.whole.insert(input);
                continue;
            }
            let once = words.iter().filter(|w| *w == name).count() == 1;
            let zero = zero_of(&self.func.place_ty(p));
            match zero.filter(|_| once && self.inputs.contains_key(&p.base)) {
                Some(zero) if self.alone.contains(&input) => {
                    self.stand_alone((input, p, name), zero, &mut marked);
                }
                zero => {
                    self.whole.extend(zero.is_none().then_some(input));
                    marked.behind.push(self.marks.columns(input, p));
                }
            }
        }
        Some(marked)
    }

    /// Lets a statement add to a variable instead of a part of an input's shadow.
    fn stand_alone(&mut self, part: (usize, &Place, &str), zero: Expr, marked: &mut Marked) {
        let (input, place, name) = part;
        let ty = self.func.place_ty(place);
        let own = self.func.fresh("part", ty, true, Role::Temp);
        let var = &mut self.func.vars[own.0];
        (var.shadow, var.wide) = (true, true);
        marked.before.push(Stmt::Let {
            var: own,
            init: Some(zero),
        });
        let mut block = vec![marked.itself.clone()];
        map_block(&mut block, &mut |p| {
            if self.marks.words(&self.func, p) == name {
                *p = Place::var(own);
            }
        });
        marked.itself = block.remove(0);
        let taken = self.marks.columns_of(&self.func, input, place, own);
        marked.behind.push(taken);
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
        let same = |e: &Expr| matches!(e, Expr::Place(p) if self.marks.words(&self.func, p) == self.marks.words(&self.func, place));
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

/// `let row_bar = rows[…];`
fn taken(s: &Stmt, rows: VarId) -> Option<&Place> {
    match s {
        Stmt::Let {
            init: Some(Expr::Place(p)),
            ..
        } if p.base == rows && matches!(p.proj.as_slice(), [Proj::Index(_)]) => Some(p),
        _ => None,
    }
}

/// A wide shadow, zero, of a type that is nothing but reals in a row.
fn zero_of(ty: &Ty) -> Option<Expr> {
    match ty {
        Ty::Real(_) => Some(Expr::Runtime(WIDE_ZERO, Vec::new())),
        Ty::Array(element, Some(length)) => Some(Expr::Repeat {
            value: Box::new(zero_of(element)?),
            len: Box::new(Expr::Opaque(Opaque {
                tokens: length.clone(),
                reads: Vec::new(),
                span: Span::call_site(),
                ty: Ty::Int,
            })),
            vec: false,
        }),
        _ => None,
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
