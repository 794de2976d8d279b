//! Work that the reverse sweep does once before or after a loop, not in it: views are borrowed again
//! where their scope is reversed, and what a loop adds to one place is added up in a local.

use super::*;
use std::collections::BTreeMap;

impl Adjoint {
    /// Borrows the views of a scope's nodes again, as shadows too, and keeps sums of loops in locals.
    pub(super) fn hoist(&mut self, nodes: &[Node], back: &mut Block) {
        let mut views = Vec::new();
        for node in nodes {
            if let Node::Plain(Stmt::Let {
                var,
                init: Some(Expr::Borrow(..)),
            }) = node
            {
                views.push(*var);
                views.extend(self.bars.get(var).copied());
            }
        }
        if !views.is_empty() {
            let uses = Uses::of(back);
            let mut borrows = BTreeMap::new();
            for view in views {
                self.borrow_again(view, back, &uses, &mut borrows);
            }
            insert_all(back, borrows);
        }
        self.sum_in_locals(back);
    }

    /// `let row_bar = &mut a_bar[i..j];` before the first use, if nothing else touches the memory until the last. The declarations
    /// are collected by the statement that they are to stand before.
    fn borrow_again(
        &mut self,
        view: VarId,
        back: &mut Block,
        uses: &Uses,
        borrows: &mut BTreeMap<usize, Block>,
    ) {
        let Role::View(target) = self.func.var(view).role.clone() else {
            return;
        };
        let Some(&(first, last)) = uses.0.get(&view) else {
            return;
        };
        let target = self.resolved(&target);
        let written =
            |this: &Self, v: VarId| back[first..=last].iter().any(|s| this.writes_root(s, v));
        let mutable = written(self, target.base) && self.func.var(view).shadow;
        let mut operands = Vec::new();
        places_of_proj(&target, &mut |p| operands.push(self.func.root(p)));
        if operands.into_iter().any(|v| written(self, v)) {
            return;
        }
        let clash = match mutable {
            true => {
                let others = borrows.range(first + 1..=last.max(first + 1));
                let others = others.filter(|(k, _)| **k <= last).flat_map(|(_, b)| b);
                back[first..=last]
                    .iter()
                    .chain(others)
                    .any(|s| self.touches_otherwise(s, target.base, view))
            }
            false => written(self, target.base),
        };
        // What a loop or branch declares is not known before it.
        if clash || back[first..=last].iter().any(|s| passes_on(s, view)) {
            return;
        }
        let ty = Ty::Ref(mutable, Box::new(self.func.place_ty(&target)));
        let name = self.func.var(view).source.clone();
        let local = self.fresh(&name, ty, false, Role::View(target.clone()));
        self.borrowed.insert(local);
        if let Some(primal) = self.func.var(target.base).optional {
            self.func.vars[local.0].optional = Some(primal);
            self.func.vars[local.0].mutable = true;
        }
        let mut stmts: Block = back[first..=last].to_vec();
        let optional = self.func.var(local).optional.is_some();
        map_block(&mut stmts, &mut |p| {
            if p.base == view {
                p.base = local;
                let looks_through = p.proj.len() > 1 || optional;
                if looks_through && matches!(p.proj.first(), Some(Proj::Deref)) {
                    p.proj.remove(0);
                }
            }
        });
        back.splice(first..=last, stmts);
        borrows.entry(first).or_default().push(Stmt::Let {
            var: local,
            init: Some(Expr::Borrow(mutable, target)),
        });
    }

    fn writes_root(&self, s: &Stmt, v: VarId) -> bool {
        let mut found = false;
        walk_one(s, &mut |s| {
            found |= writes(s).iter().any(|p| self.func.root(p) == v)
        });
        found
    }

    /// Whether a statement names the memory other than through the view.
    fn touches_otherwise(&self, s: &Stmt, root: VarId, view: VarId) -> bool {
        let mut found = false;
        let mut copy = vec![s.clone()];
        map_block(&mut copy, &mut |p| {
            found |= p.base != view && self.func.root(p) == root
        });
        found
    }

    /// `place += …` in a loop, to one and the same element: added up in a local.
    fn sum_in_locals(&mut self, back: &mut Block) {
        let mut k = 0;
        while k < back.len() {
            if let Stmt::Loop { body, .. } = &back[k] {
                let body = body.clone();
                let targets = self.steady_targets(&back[k], &body);
                for place in targets {
                    k += self.sum_in_local(back, k, place);
                }
            }
            k += 1;
        }
    }

    /// Places that a loop's own statements only add to, with indices that it does not change.
    fn steady_targets(&self, whole: &Stmt, body: &Block) -> Vec<Place> {
        let mut found: Vec<Place> = Vec::new();
        let changing = changed_by(whole);
        let mut fixed_range = true;
        for e in exprs(whole) {
            places_of_expr(e, &mut |p| fixed_range &= !changing.contains(&p.base));
        }
        if !fixed_range {
            return found;
        }
        for s in body {
            let Stmt::Assign {
                place, op: Some(_), ..
            } = s
            else {
                continue;
            };
            if place.is_var()
                || !self.func.var(self.func.root(place)).shadow
                || !self.func.place_ty(place).is_real()
                || found.iter().any(|p| p.base == place.base)
            {
                continue;
            }
            let mut steady = true;
            let resolved = self.resolved(place);
            places_of_proj(&resolved, &mut |p| steady &= !changing.contains(&p.base));
            let mut others = 0;
            let root = self.func.root(place);
            let mut copy = body.clone();
            map_block(&mut copy, &mut |p| {
                others += usize::from(self.func.root(p) == root)
            });
            let indexed = place.proj.iter().any(|s| matches!(s, Proj::Index(_)));
            if steady && others == 1 && indexed && !self.func.params.contains(&root) {
                found.push(place.clone());
            }
        }
        found
    }

    /// Whether the iterations of a reverse loop may run in any order: they only add to shadows that they
    /// don't read, or work on an element that is theirs alone.
    pub(super) fn order_is_free(&self, body: &Block, index: VarId) -> bool {
        let mut written: Vec<Place> = Vec::new();
        for s in body {
            match s {
                Stmt::Let { init: Some(_), .. } => {}
                Stmt::Assign { place, .. } | Stmt::SetZero(place) => {
                    written.push(self.func.resolve(place))
                }
                _ => return false,
            }
        }
        let own = |p: &Place| match p.proj.as_slice() {
            [Proj::Index(Expr::Place(i))] => {
                // Of a user's type two indices may select the same part.
                let in_a_row = !matches!(self.func.var(p.base).ty.peel(), Ty::Unknown);
                i.is_var() && i.base == index && in_a_row
            }
            _ => false,
        };
        let declared = |v: VarId| {
            body.iter()
                .any(|s| matches!(s, Stmt::Let { var, .. } if *var == v))
        };
        // Of all that is named, indices of places that are written to included.
        let mut resolved = body.clone();
        self.resolve_views(&mut resolved);
        written.iter().filter(|w| !declared(w.base)).all(|w| {
            let mut sums_only = true;
            let mut own_only = true;
            for s in &resolved {
                let adds = matches!(s, Stmt::Assign { place, op: Some(_), .. } if self.func.root(place) == w.base);
                let mut named = 0;
                map_block(&mut vec![s.clone()], &mut |p| {
                    if self.func.root(p) == w.base {
                        named += 1;
                        own_only &= own(p);
                    }
                });
                sums_only &= named == usize::from(adds);
            }
            sums_only || own_only
        })
    }

    /// Returns how many statements stand before the loop now.
    fn sum_in_local(&mut self, back: &mut Block, k: usize, place: Place) -> usize {
        // A loop without trips may have no element to add to. (Whether the sum is zero is no measure:
        // its tangent may not be.)
        let Some(some) = has_trips(&back[k]) else {
            return 0;
        };
        let ty = self.func.place_ty(&place);
        let name = format!(
            "{}_sum",
            self.func.var(place.base).source.trim_end_matches("_bar")
        );
        let sum = self.fresh(&name, ty, true, Role::Local);
        self.func.vars[sum.0].shadow = true;
        if let Stmt::Loop { body, .. } = &mut back[k] {
            for s in body {
                if let Stmt::Assign {
                    place: p,
                    op: Some(_),
                    ..
                } = s
                    && p.base == place.base
                {
                    *p = Place::var(sum);
                }
            }
        }
        let add = Stmt::Assign {
            place,
            op: Some(BinOp::Add),
            value: Expr::var(sum),
            first: false,
        };
        back.insert(
            k + 1,
            Stmt::If {
                cond: some,
                then: vec![add],
                els: Vec::new(),
            },
        );
        back.insert(
            k,
            Stmt::Let {
                var: sum,
                init: Some(Expr::Real(0.0)),
            },
        );
        1
    }
}

/// The first and the last statement of a block that name a variable.
struct Uses(HashMap<VarId, (usize, usize)>);

impl Uses {
    fn of(block: &Block) -> Uses {
        let mut uses = HashMap::new();
        for (k, s) in block.iter().enumerate() {
            for v in mentioned(s) {
                uses.entry(v).or_insert((k, k)).1 = k;
            }
        }
        Uses(uses)
    }
}

/// Puts statements before the ones that they belong to.
fn insert_all(block: &mut Block, mut new: BTreeMap<usize, Block>) {
    let old = std::mem::take(block);
    for (k, s) in old.into_iter().enumerate() {
        block.extend(new.remove(&k).into_iter().flatten());
        block.push(s);
    }
}

/// Whether a loop of the reverse sweep has anything to visit.
fn has_trips(s: &Stmt) -> Option<Expr> {
    match s {
        Stmt::Loop {
            kind: LoopKind::Range {
                lo, hi, inclusive, ..
            },
            ..
        } => {
            let op = if *inclusive { BinOp::Le } else { BinOp::Lt };
            Some(Expr::bin(op, lo.clone(), hi.clone()))
        }
        _ => None,
    }
}

/// Variables that a loop declares or assigns.
fn changed_by(s: &Stmt) -> HashSet<VarId> {
    let mut changed = HashSet::new();
    walk_one(s, &mut |s| {
        match s {
            Stmt::Let { var, .. } | Stmt::Visit { var, .. } => {
                changed.insert(*var);
            }
            Stmt::Loop {
                kind: LoopKind::Range { var, .. },
                ..
            } => {
                changed.insert(*var);
            }
            Stmt::Pop { vals, .. } | Stmt::IfSlot { vals, .. } => {
                changed.extend(vals.iter().copied())
            }
            Stmt::Pull { dst, .. } => changed.extend(dst.iter().flatten().copied()),
            _ => {}
        }
        changed.extend(writes(s).iter().map(|p| p.base));
    });
    changed
}

/// Whether a statement hands the view to a callee, or asks for its length only.
fn passes_on(s: &Stmt, view: VarId) -> bool {
    let mut found = false;
    walk_one(s, &mut |s| {
        found |= match s {
            Stmt::Pull { .. } | Stmt::Container { .. } | Stmt::Accumulate { .. } => {
                mentions(s, view)
            }
            _ => false,
        };
    });
    found
}
