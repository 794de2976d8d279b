//! Loops that add up adjoints, two iterations at a time.
//!
//! LLVM may not reorder a sum of floats, so that a loop that adds one up is not vectorised, nor is what else it does.
//! The primal's sums have to keep their order; those of adjoints need not. Such a loop walks its slices in pairs,
//! with a sum of its own for the odd elements:
//!
//! ```text
//! for i in 0..n { x_bar[i] += d * w[i]; d_sum += x[i] * w[i] }
//! ```
//!
//! It is the last step before code is emitted: no other transformation sees [`Stmt::Pairs`].

use crate::ir::*;

/// More slices than this are not worth the registers.
const MOST_SLICES: usize = 6;

/// Rewrites the loops of a block, where that is possible.
pub fn pair_up(func: &mut Func, block: &mut Block) {
    let mut k = 0;
    while k < block.len() {
        sub_blocks_mut(&mut block[k])
            .into_iter()
            .for_each(|b| pair_up(func, b));
        if let Some(plan) = plan(func, &block[k]) {
            let new = plan.rewrite(func);
            let count = new.len();
            block.splice(k..=k, new);
            k += count;
        } else {
            k += 1;
        }
    }
}

/// Elements `array[offset + i]` of the iterations `i`.
struct Slice {
    array: Place,
    offset: Option<Expr>,
    written: bool,
}

/// What is known of a loop that can be rewritten.
struct Plan {
    index: VarId,
    lo: Expr,
    hi: Expr,
    slices: Vec<Slice>,
    sums: Vec<VarId>,
    body: Block,
}

fn plan(func: &Func, s: &Stmt) -> Option<Plan> {
    let Stmt::Loop {
        kind:
            LoopKind::Range {
                var,
                lo,
                hi,
                inclusive: false,
                step: None,
                ..
            },
        body,
        ..
    } = s
    else {
        return None;
    };
    // A few trips that rustc counts are unrolled anyway.
    if is_literal(lo) && is_literal(hi) {
        return None;
    }
    let mut finder = Finder {
        func,
        index: *var,
        declared: Vec::new(),
        slices: Vec::new(),
        steady: Vec::new(),
        sums: Vec::new(),
    };
    let possible = body.iter().all(|s| finder.stmt(s))
        && [lo, hi]
            .into_iter()
            .all(|e| finder.is_steady(&e.without_lengths()))
        && finder.is_free();
    let Finder { slices, sums, .. } = finder;
    let worth = !sums.is_empty() && (1..=MOST_SLICES).contains(&slices.len());
    (possible && worth).then(|| Plan {
        index: *var,
        lo: lo.clone(),
        hi: hi.clone(),
        slices,
        sums,
        body: body.clone(),
    })
}

fn is_literal(e: &Expr) -> bool {
    match e {
        Expr::Int(_) => true,
        Expr::Opaque(o) => o.reads.is_empty(),
        _ => false,
    }
}

/// Collects what the iterations of a loop touch; every method answers whether they may still be paired.
struct Finder<'a> {
    func: &'a Func,
    index: VarId,
    declared: Vec<VarId>,
    slices: Vec<Slice>,
    /// What is read in every iteration.
    steady: Vec<VarId>,
    sums: Vec<VarId>,
}

impl Finder<'_> {
    fn stmt(&mut self, s: &Stmt) -> bool {
        match s {
            Stmt::Let {
                var,
                init: Some(init),
            } => {
                self.declared.push(*var);
                self.func.var(*var).ty.is_real() && self.expr(init)
            }
            Stmt::Assign {
                place, op, value, ..
            } => self.expr(value) && self.target(place, op.is_some()),
            _ => false,
        }
    }

    fn target(&mut self, place: &Place, adds: bool) -> bool {
        if !place.is_var() {
            return self.element(place, true);
        }
        if self.declared.contains(&place.base) {
            return true;
        }
        let var = self.func.var(place.base);
        if !self.sums.contains(&place.base) {
            self.sums.push(place.base);
        }
        adds && var.shadow && var.ty.is_real() && var.optional.is_none()
    }

    fn expr(&mut self, e: &Expr) -> bool {
        match e {
            Expr::Place(p) if p.is_var() && self.declared.contains(&p.base) => true,
            Expr::Place(p) if self.mentions_index(p) => self.element(p, false),
            Expr::Place(_) => {
                self.is_steady(e) && self.func.var(place_of(e).base).optional.is_none()
            }
            Expr::Real(_) => true,
            Expr::Opaque(o) => o.reads.is_empty(),
            Expr::Unary(UnOp::Neg, a) => self.expr(a),
            Expr::Binary(op, a, b) => op.is_arithmetic() && self.expr(a) && self.expr(b),
            Expr::Rule("zero_safe" | "mul_add" | "recip", args) => {
                args.iter().all(|a| self.expr(a))
            }
            _ => false,
        }
    }

    /// An element that is this iteration's alone.
    fn element(&mut self, place: &Place, written: bool) -> bool {
        let Some((array, offset)) = element_of(place, self.index) else {
            return false;
        };
        let steady = !self.mentions_index(&array)
            && offset.iter().all(|e| self.is_steady(e))
            && self.func.var(array.base).optional.is_none();
        // It has to be found again.
        let known = same_place(&array, &array) && offset.iter().all(|e| e.same(e));
        let real = self.func.place_ty(place).is_real();
        match self
            .slices
            .iter_mut()
            .find(|s| s.is(&array, offset.as_ref()))
        {
            Some(known) => known.written |= written,
            None => self.slices.push(Slice {
                array,
                offset,
                written,
            }),
        }
        steady && known && real
    }

    fn mentions_index(&self, place: &Place) -> bool {
        let mut found = place.base == self.index;
        places_of_proj(place, &mut |p| found |= p.base == self.index);
        found
    }

    /// Whether an expression is the same in all iterations, as far as variables of its own go.
    fn is_steady(&mut self, e: &Expr) -> bool {
        let mut steady = true;
        let (mut reads, declared, index) = (Vec::new(), &self.declared, self.index);
        places_of_expr(e, &mut |p| {
            steady &= p.base != index && !declared.contains(&p.base);
            reads.push(self.func.root(p));
        });
        self.steady.extend(reads);
        steady
    }

    /// Whether no iteration reads what another one writes.
    fn is_free(&self) -> bool {
        let root = |s: &Slice| self.func.root(&s.array);
        let written: Vec<VarId> = self.slices.iter().filter(|s| s.written).map(root).collect();
        let alone = |v: &VarId| self.slices.iter().filter(|s| root(s) == *v).count() == 1;
        written.iter().all(|v| alone(v) && !self.steady.contains(v))
            && !self.sums.iter().any(|s| self.steady.contains(s))
            && !self
                .sums
                .iter()
                .any(|s| self.slices.iter().any(|x| root(x) == *s))
    }
}

fn place_of(e: &Expr) -> &Place {
    match e {
        Expr::Place(p) => p,
        _ => unreachable!("only called for places"),
    }
}

impl Slice {
    fn is(&self, array: &Place, offset: Option<&Expr>) -> bool {
        let same_offset = match (&self.offset, offset) {
            (None, None) => true,
            (Some(a), Some(b)) => a.same(b),
            _ => false,
        };
        same_offset && same_place(&self.array, array)
    }
}

/// Whether two places are written the same.
pub fn same_place(a: &Place, b: &Place) -> bool {
    a.base == b.base
        && a.proj.len() == b.proj.len()
        && a.proj.iter().zip(&b.proj).all(|pair| match pair {
            (Proj::Index(x), Proj::Index(y)) => x.same(y),
            (Proj::Field(x), Proj::Field(y)) => x == y,
            (Proj::Tuple(x), Proj::Tuple(y)) => x == y,
            (Proj::Deref, Proj::Deref) => true,
            _ => false,
        })
}

impl Plan {
    /// The loop over pairs, and what stands around it.
    fn rewrite(self, func: &mut Func) -> Block {
        let slices: Vec<PairedSlice> = self.slices.iter().map(|s| self.name(func, s)).collect();
        let odd: Vec<VarId> = self.sums.iter().map(|&v| odd_sum(func, v)).collect();
        let even_body = self.lane(&slices, 0, &[]);
        let odd_body = self.lane(&slices, 1, &odd);
        let mut pair = even_body.clone();
        pair.extend(odd_body);
        let mut out: Block = odd
            .iter()
            .map(|&var| Stmt::Let {
                var,
                init: Some(Expr::Real(0.0)),
            })
            .collect();
        out.push(Stmt::Pairs {
            slices,
            pair,
            last: even_body,
        });
        for (&sum, &odd) in self.sums.iter().zip(&odd) {
            out.push(Stmt::Assign {
                place: Place::var(sum),
                op: Some(BinOp::Add),
                value: Expr::var(odd),
                first: false,
            });
        }
        self.guarded(out)
    }

    /// Without trips the bounds may lie outside the slices.
    fn guarded(&self, block: Block) -> Block {
        if self.lo.is_zero() && self.slices.iter().all(|s| s.offset.is_none()) {
            return block;
        }
        vec![Stmt::If {
            cond: Expr::bin(BinOp::Lt, self.lo.clone(), self.hi.clone()),
            then: block,
            els: Vec::new(),
        }]
    }

    fn name(&self, func: &mut Func, slice: &Slice) -> PairedSlice {
        let ty = func.place_ty(&slice.array).element();
        let name = func.var(slice.array.base).source.clone();
        let name = if name == "self" { "part".into() } else { name };
        let mut fresh = |suffix: &str| {
            let ty = match slice.written {
                true => Ty::Ref(true, Box::new(ty.clone())),
                false => ty.clone(),
            };
            func.fresh(&format!("{name}_{suffix}"), ty, false, Role::Temp)
        };
        let bound = |e: &Expr| match &slice.offset {
            Some(offset) if e.is_zero() => offset.clone(),
            Some(offset) => Expr::bin(BinOp::Add, offset.clone(), e.clone()),
            None => e.clone(),
        };
        let lo = bound(&self.lo);
        let range = Proj::Range {
            lo: (!lo.is_zero()).then(|| lo.clone()),
            hi: Some(bound(&self.hi)),
            inclusive: false,
        };
        let whole = lo.is_zero() && is_length_of(&self.hi, &slice.array);
        let mut place = slice.array.clone();
        place.proj.extend((!whole).then_some(range));
        PairedSlice {
            pairs: fresh("pairs"),
            last: fresh("last"),
            elements: [fresh("even"), fresh("odd")],
            place,
            written: slice.written,
        }
    }

    /// The loop's body for one of the two elements of each slice, with the given variables for the sums.
    fn lane(&self, slices: &[PairedSlice], k: usize, sums: &[VarId]) -> Block {
        let mut body = self.body.clone();
        map_block(&mut body, &mut |p| {
            if let Some(sum) = self.sums.iter().position(|&s| p.is_var() && p.base == s) {
                p.base = sums.get(sum).copied().unwrap_or(p.base);
                return;
            }
            let Some((array, offset)) = element_of(p, self.index) else {
                return;
            };
            let found = self
                .slices
                .iter()
                .position(|s| s.is(&array, offset.as_ref()));
            if let Some(found) = found {
                let paired = &slices[found];
                *p = Place::var(paired.elements[k]);
                if paired.written {
                    p.proj.push(Proj::Deref);
                }
            }
        });
        body
    }
}

/// `array[offset + i]`, where `i` is the given variable and the offset may be missing; `array[offset..][i]` is the same.
fn element_of(place: &Place, index: VarId) -> Option<(Place, Option<Expr>)> {
    let mut array = place.clone();
    let Some(Proj::Index(at)) = array.proj.pop() else {
        return None;
    };
    let is_index = |e: &Expr| matches!(e, Expr::Place(p) if p.is_var() && p.base == index);
    let mut offset = match &at {
        e if is_index(e) => None,
        Expr::Binary(BinOp::Add, a, b) if is_index(b) => Some((**a).clone()),
        Expr::Binary(BinOp::Add, a, b) if is_index(a) => Some((**b).clone()),
        _ => return None,
    };
    if let Some(Proj::Range { lo, .. }) = array.proj.last() {
        offset = match (lo.clone(), offset) {
            (Some(lo), Some(inner)) => Some(Expr::bin(BinOp::Add, lo, inner)),
            (lo, inner) => lo.or(inner),
        };
        array.proj.pop();
    }
    Some((array, offset))
}

fn is_length_of(e: &Expr, array: &Place) -> bool {
    matches!(e, Expr::Query(name, place, _) if name == "len" && same_place(place, array))
}

fn odd_sum(func: &mut Func, sum: VarId) -> VarId {
    let (name, ty) = (func.var(sum).source.clone(), func.var(sum).ty.clone());
    let odd = func.fresh(&format!("{name}_odd"), ty, true, Role::Local);
    func.vars[odd.0].shadow = true;
    odd
}
