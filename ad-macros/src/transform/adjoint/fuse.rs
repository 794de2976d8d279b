//! Loops whose iterations are reversed as soon as they have run: no forward sweep, nothing recorded.
//!
//! That is right where the adjoint of all that an iteration leaves behind is known before the loop runs. So
//! it is for a sum that is used linearly afterwards, the common shape of a loss, for the elements of the result, and for scratch
//! memory, which the next iteration overwrites before it reads it: its adjoint is zero.

use super::results::is_set_once;
use super::*;
use crate::transform::kills::{Fact, Kills, Status, declared_in, mentions, outer_writes};
use crate::transform::linear::{Lin, leaves, substitute};
use crate::transform::needs::is_pure;

/// What a fused loop adds to.
#[derive(Debug)]
pub struct Sum {
    pub var: VarId,
    /// Its adjoint behind the loop.
    pub adjoint: Expr,
    /// The position of the statement that overwrites it first, later in the scope.
    pub overwritten: Option<usize>,
}

/// How a loop is fused.
#[derive(Debug)]
pub struct Fusion {
    pub sums: Vec<Sum>,
    /// The function's result, where the loop sets its elements. Its adjoint is the seed.
    pub results: Vec<VarId>,
    /// What callees have to overwrite; if one does not, all iterations run before the first is reversed.
    pub facts: Vec<Fact>,
}

/// Adjoints as far as they are known: of each variable, what is added up to its adjoint.
type Known = HashMap<VarId, Expr>;

impl Adjoint {
    /// Decides which loops of an inline scope are fused, of the nodes `from` on. `ends` are adjoints at the end of
    /// the scope.
    pub(super) fn find_fusible(
        &mut self,
        whole: &Scope,
        scope: &Scope,
        from: usize,
        ends: &Known,
        out: &mut HashMap<LabelId, Fusion>,
    ) {
        // Whoever gets an error finds all shadows as they were.
        let fails = scope.nodes.iter().rposition(|n| n.may_fail(&self.func));
        for (k, n) in scope.nodes.iter().enumerate().skip(from) {
            let Node::Loop { label, body, .. } = n else {
                continue;
            };
            if fails.is_some_and(|last| last >= k) {
                continue;
            }
            let Some(fusion) = self.fusion(whole, scope, k, ends) else {
                continue;
            };
            if fusion.facts.is_empty() {
                let bars = fusion
                    .sums
                    .iter()
                    .map(|s| (s.var, Expr::var(self.bar(s.var))));
                let inside = bars.collect();
                self.find_fusible(whole, body, 0, &inside, out);
            }
            out.insert(*label, fusion);
        }
    }

    fn fusion(&mut self, whole: &Scope, scope: &Scope, k: usize, ends: &Known) -> Option<Fusion> {
        let (n, after) = (&scope.nodes[k], &scope.nodes[k + 1..]);
        let Node::Loop {
            label,
            kind: LoopKind::Range { step, rev, .. },
            body,
            ..
        } = n
        else {
            return None;
        };
        // The user says what is kept of its iterations.
        if self.func.storage(*label).is_some() {
            return None;
        }
        let plain_range = step.is_none() && *rev == Rev::No;
        if body.nodes.iter().any(Node::may_exit) || !is_active(n) || has_guard(n) {
            return None;
        }
        let mut kills = Kills::new(&self.func, whole, n);
        let (mut sums, mut results) = (HashSet::new(), Vec::new());
        for v in outer_writes(&self.func, n) {
            if is_sum(&self.func, n, v) {
                sums.insert(v);
                continue;
            }
            if std::ptr::eq(whole, scope) && is_set_once(&self.func, n, after, v) {
                results.push(v);
                continue;
            }
            let live = after.iter().any(|n| mentions(&self.func, n, v));
            if live || kills.status(&body.nodes, v) == Status::Exposed {
                return None;
            }
        }
        // The reverse of an overwrite takes what is in the adjoint: nothing from before it may be there.
        let overwritten = after.iter().flat_map(|n| outer_writes(&self.func, n));
        let mut overwritten = overwritten.filter(|v| !sums.contains(v));
        if overwritten.any(|v| mentions(&self.func, n, v)) {
            return None;
        }
        let facts = kills.facts;
        if !facts.is_empty() && !plain_range {
            return None;
        }
        let reads = reads_in_reverse(n);
        if after
            .iter()
            .flat_map(declared_in)
            .any(|v| reads.contains(&v))
        {
            return None;
        }
        let sums: HashSet<VarId> = sums.into_iter().filter(|v| self.activity.var(*v)).collect();
        let whole_scalars = |n: &Node| match n {
            Node::Assign { place, .. } => !sums.contains(&self.func.root(place)) || place.is_var(),
            _ => true,
        };
        let mut scalars = true;
        n.walk(&mut |n| scalars &= whole_scalars(n));
        if !scalars {
            return None;
        }
        let known = self.entering(n, after, &sums, ends)?;
        let overwrites = |n: &Node, v: VarId| matches!(n, Node::Assign { place, op: None, .. } if place.base == v);
        let sum = |(var, adjoint): (VarId, Expr)| Sum {
            var,
            adjoint,
            overwritten: (k + 1..scope.nodes.len()).find(|j| overwrites(&scope.nodes[*j], var)),
        };
        let mut sums: Vec<Sum> = known.into_iter().map(sum).collect();
        sums.sort_by_key(|s| s.var);
        Some(Fusion {
            sums,
            results,
            facts,
        })
    }

    /// The adjoints of sums behind a loop, if they need nothing that is not there before it.
    fn entering(
        &self,
        n: &Node,
        after: &[Node],
        sums: &HashSet<VarId>,
        ends: &Known,
    ) -> Option<Known> {
        let mut path = sums.clone();
        let mut touched = false;
        for n in after {
            self.follow(n, &mut path, &mut touched)?;
        }
        let mut formulas = Formulas {
            adjoint: self,
            path: &path,
            after,
            missing: declared_by(after),
            known: ends.clone(),
        };
        for n in std::iter::once(n).chain(after) {
            formulas.missing.extend(declared_in(n));
            formulas.missing.extend(outer_writes(&self.func, n));
        }
        for n in after.iter().rev() {
            formulas.back(n)?;
        }
        let found = sums.iter().map(|v| {
            let none = Expr::Real(0.0);
            (*v, formulas.known.get(v).cloned().unwrap_or(none))
        });
        Some(found.collect())
    }

    /// Adds what a statement makes of a sum to the path from sums to the result; `None` where it is too much.
    fn follow(&self, n: &Node, path: &mut HashSet<VarId>, touched: &mut bool) -> Option<()> {
        let on_path = |lin: &Lin| {
            let mut found = false;
            leaves(lin, &mut |p| found |= path.contains(&self.func.root(p)));
            found
        };
        match n {
            Node::Let {
                var,
                lin: Some(lin),
                ..
            } if on_path(lin) => {
                path.insert(*var);
                *touched = true;
            }
            Node::Assign { place, op, lin, .. } => {
                let read = lin.as_ref().is_some_and(on_path);
                let root = self.func.root(place);
                if (read || path.contains(&root)) && !place.is_var() {
                    return None;
                }
                *touched |= read || (op.is_none() && path.contains(&root));
                if read {
                    path.insert(root);
                }
            }
            Node::Let { .. }
            | Node::Return { .. }
            | Node::Plain(Stmt::Effect(_) | Stmt::Let { .. }) => {}
            // Where more is added to the same sums, their adjoints are the same.
            other => {
                let mut on_path = path.iter().filter(|v| mentions(&self.func, other, **v));
                if !on_path.all(|v| !*touched && is_sum(&self.func, other, *v)) {
                    return None;
                }
            }
        }
        Some(())
    }

    /// Writes the decisions into the loops.
    pub(super) fn fuse_loops(&mut self, scope: &mut Scope, fusions: &mut HashMap<LabelId, Fusion>) {
        for n in &mut scope.nodes {
            if let Node::Loop {
                label,
                body,
                fusion,
                ..
            } = n
            {
                *fusion = fusions.remove(label);
                if fusion.as_ref().is_some_and(|f| f.facts.is_empty()) {
                    self.mark_inline(body);
                    self.fuse_loops(body, fusions);
                }
            }
        }
    }

    /// Sets the adjoints of what a loop leaves behind before it runs.
    pub(super) fn settle(&mut self, label: LabelId, fusion: &Fusion, out: &mut Block) {
        for result in &fusion.results {
            let seed = Expr::var(self.seed);
            self.back(&Lin::Leaf(Place::var(*result)), seed, out);
            self.settled.insert(*result, label);
        }
        for sum in &fusion.sums {
            if self.settled.contains_key(&sum.var) {
                continue;
            }
            self.settled.insert(sum.var, label);
            let place = Place::var(self.bar(sum.var));
            out.push(Stmt::Assign {
                place,
                op: Some(BinOp::Add),
                value: sum.adjoint.clone(),
                first: false,
            });
        }
    }

    /// What the loop has set is open to additions again.
    pub(super) fn unsettle(&mut self, label: LabelId) {
        self.settled.retain(|_, by| *by != label);
    }

    /// Sums that are overwritten behind their loops: until the reverse sweep has got to where that happens, their
    /// adjoints are those of the later value, and variables of their own.
    pub(super) fn later_values(&mut self, nodes: &[Node], out: &mut Block) -> Vec<Later> {
        let mut found = Vec::new();
        for n in nodes {
            let Node::Loop {
                label,
                fusion: Some(fusion),
                ..
            } = n
            else {
                continue;
            };
            for sum in &fusion.sums {
                if let Some(position) = sum.overwritten
                    && self.settled.get(&sum.var) == Some(label)
                {
                    let early = self.bar(sum.var);
                    self.bars.remove(&sum.var);
                    let late = self.bar(sum.var);
                    self.settled.remove(&sum.var);
                    out.push(Stmt::Let {
                        var: late,
                        init: Some(Expr::Real(0.0)),
                    });
                    found.push(Later {
                        var: sum.var,
                        position,
                        early,
                        label: *label,
                    });
                }
            }
        }
        found
    }

    /// The loop, each iteration forward and backward: everything stays alive in between.
    pub(super) fn fused_loop(&mut self, kind: &LoopKind, label: LabelId, body: &Scope) -> Stmt {
        let shapes = self.shapes(body);
        let (mut forward, mut reverse) = self.sweep(body);
        self.resolve_views(&mut reverse);
        forward.extend(shapes);
        forward.extend(reverse);
        Stmt::Loop {
            label,
            kind: kind.clone(),
            body: forward,
        }
    }

    /// The shadows of what changes its length in a loop take the lengths of the values that are reversed next: they are zero,
    /// since nothing behind the loop has read what they belong to.
    fn shapes(&mut self, body: &Scope) -> Block {
        let mut found = Vec::new();
        body.walk(&mut |n| found.extend(replaced_by(&self.func, n)));
        let inner: HashSet<VarId> = declared_by(&body.nodes);
        found.sort();
        found.dedup();
        found.retain(|v| self.activity.var(*v) && !inner.contains(v));
        let mut out = Vec::new();
        for v in found {
            let (value, bar) = (Place::var(v), Place::var(self.bar(v)));
            if matches!(self.func.var(v).ty.peel(), Ty::Vec(e) if e.is_real()) {
                let length = Expr::Query("len".into(), value, Vec::new());
                out.push(Stmt::Container {
                    span: bar.span,
                    place: bar,
                    op: ContainerOp::Resize(length, Expr::Real(0.0)),
                });
            } else {
                out.push(Stmt::Assign {
                    place: bar,
                    op: None,
                    value: Expr::ZeroOf(value),
                    first: false,
                });
            }
        }
        out
    }

    /// The loop that reverses what it has run in each iteration if callees overwrite what they have to, and
    /// all of it in the last iteration otherwise.
    pub(super) fn eager_loop(&mut self, node: &Node, facts: &[Fact], out: &mut Block) {
        let eager = self.fresh("eager", Ty::Bool, false, Role::Local);
        self.ask(eager, facts, out);
        self.forward_node(node, false, out);
        // As long as it is eager, the trace is that of one iteration.
        if let [.., Stmt::Reserve { .. }, Stmt::Loop { .. }] = out.as_slice() {
            out.remove(out.len() - 2);
        }
        let mut back = match node {
            Node::Loop { body, .. } => self.shapes(body),
            _ => Vec::new(),
        };
        self.reverse_control(node, &mut back);
        self.resolve_views(&mut back);
        let (
            Some(Stmt::Loop {
                kind:
                    LoopKind::Range {
                        var,
                        lo,
                        hi,
                        inclusive,
                        ..
                    },
                body,
                ..
            }),
            Some(Stmt::Loop { kind, .. }),
        ) = (out.last_mut(), back.last_mut())
        else {
            return;
        };
        let (index, end) = (Expr::var(*var), Box::new(hi.clone()));
        let next = Expr::bin(BinOp::Add, index.clone(), Expr::Int(1));
        let last = match inclusive {
            true => Expr::Binary(BinOp::Eq, Box::new(index.clone()), end),
            false => Expr::Binary(BinOp::Eq, Box::new(next), end),
        };
        let first = Expr::Select(
            Box::new(Expr::var(eager)),
            Box::new(index.clone()),
            Box::new(lo.clone()),
        );
        *kind = LoopKind::Range {
            var: *var,
            lo: first,
            hi: index,
            inclusive: true,
            step: None,
            rev: Rev::Before,
        };
        body.push(Stmt::If {
            cond: Expr::bin(BinOp::Or, Expr::var(eager), last),
            then: back,
            els: Vec::new(),
        });
    }

    /// `let eager = g_overwrites([…]);`
    fn ask(&mut self, eager: VarId, facts: &[Fact], out: &mut Block) {
        let mut answers = Vec::new();
        for fact in facts {
            let var = match facts {
                [_] => eager,
                _ => self.fresh("overwrites", Ty::Bool, false, Role::Local),
            };
            answers.push(Expr::var(var));
            out.push(fact.question(var));
        }
        if facts.len() > 1 {
            let all = answers
                .into_iter()
                .reduce(|a, b| Expr::bin(BinOp::And, a, b));
            out.push(Stmt::Let {
                var: eager,
                init: all,
            });
        }
    }
}

/// A sum that is overwritten behind its loop.
pub(super) struct Later {
    pub var: VarId,
    pub position: usize,
    /// The adjoint that the loop has used.
    pub early: VarId,
    pub label: LabelId,
}

/// The transposed path: from the result's adjoint to those of the sums.
struct Formulas<'a> {
    adjoint: &'a Adjoint,
    path: &'a HashSet<VarId>,
    after: &'a [Node],
    /// What is not there, or not final, before the loop.
    missing: HashSet<VarId>,
    known: Known,
}

impl Formulas<'_> {
    fn back(&mut self, n: &Node) -> Option<()> {
        match n {
            Node::Return { lin: Some(lin), .. } => self.add(lin, Expr::var(self.adjoint.seed)),
            Node::Let {
                var,
                lin: Some(lin),
                ..
            } => match self.known.remove(var) {
                Some(bar) => self.add(lin, bar),
                None => Some(()),
            },
            Node::Assign { place, op, lin, .. } if place.is_var() => {
                let bar = match op {
                    None => self.known.remove(&place.base),
                    Some(_) => self.known.get(&place.base).cloned(),
                };
                match (bar, lin) {
                    (Some(bar), Some(lin)) if *op == Some(BinOp::Sub) => self.add(lin, bar.neg()),
                    (Some(bar), Some(lin)) => self.add(lin, bar),
                    _ => Some(()),
                }
            }
            _ => Some(()),
        }
    }

    fn add(&mut self, lin: &Lin, bar: Expr) -> Option<()> {
        let mut reaches = false;
        leaves(lin, &mut |p| reaches |= self.path.contains(&p.base));
        if !reaches {
            return Some(());
        }
        match lin {
            Lin::Leaf(p) if p.is_var() => {
                let sum = match self.known.remove(&p.base) {
                    Some(other) => Expr::bin(BinOp::Add, other, bar),
                    None => bar,
                };
                self.known.insert(p.base, sum);
                Some(())
            }
            Lin::Sum(terms) => terms.iter().try_for_each(|(negative, l)| {
                let bar = if *negative {
                    bar.clone().neg()
                } else {
                    bar.clone()
                };
                self.add(l, bar)
            }),
            Lin::Scale(formula, inner) => {
                let formula = self.there_before(formula)?;
                self.add(inner, substitute(&formula, &bar))
            }
            _ => None,
        }
    }

    /// Whether nothing in an expression is active: what the user holds constant stays so only by its name.
    fn is_inactive(&self, e: &Expr) -> bool {
        let mut inactive = true;
        places_of_expr(&e.without_lengths(), &mut |p| {
            inactive &= !self.adjoint.activity.place(&self.adjoint.func, p)
        });
        inactive
    }

    /// The formula in terms of what is there before the loop.
    fn there_before(&self, formula: &Expr) -> Option<Expr> {
        let mut formula = formula.clone();
        for n in self.after.iter().rev() {
            if let Node::Let {
                var,
                init: Some(e),
                lin: None,
            } = n
                && is_pure(e)
                && self.is_inactive(e)
                && !self.adjoint.func.var(*var).mutable
            {
                map_sub_exprs(&mut formula, &mut |x| {
                    if matches!(x, Expr::Place(p) if p.is_var() && p.base == *var) {
                        *x = e.clone();
                    }
                });
            }
        }
        let mut there = true;
        places_of_expr(&formula, &mut |p| {
            there &= !self.missing.contains(&self.adjoint.func.root(p))
        });
        there.then_some(formula)
    }
}

/// Variables that a node may give a value of another length.
fn replaced_by(func: &Func, n: &Node) -> Vec<VarId> {
    let whole = |p: &&Place| {
        let open = matches!(func.var(p.base).ty.peel(), Ty::Vec(_) | Ty::Unknown);
        let view = matches!(func.var(p.base).role, Role::View(_));
        open && !view && p.proj.iter().all(|s| matches!(s, Proj::Deref))
    };
    let places: Vec<&Place> = match n {
        Node::Assign {
            place,
            op: None,
            first: false,
            ..
        } => vec![place],
        Node::Container { place, op, .. } if !op.keeps_length() => {
            std::iter::once(place).chain(op.exchanged()).collect()
        }
        Node::Call { args, .. } => {
            let lent = args.iter().filter_map(|a| match &a.arg {
                Arg::RefMut(p) => Some(p),
                _ => None,
            });
            lent.collect()
        }
        _ => Vec::new(),
    };
    places.into_iter().filter(whole).map(|p| p.base).collect()
}

/// Whether a node's derivative matters at all.
fn is_active(n: &Node) -> bool {
    let mut found = false;
    n.walk(&mut |n| {
        found |= match n {
            Node::Let { lin, .. } | Node::Assign { lin, .. } => lin.is_some(),
            Node::Call { .. } => true,
            _ => false,
        }
    });
    found
}

fn has_guard(n: &Node) -> bool {
    let mut found = false;
    n.walk(&mut |n| {
        found |= match n {
            Node::Guard(_) => true,
            Node::Call { args, .. } => takes_function(args),
            _ => false,
        }
    });
    found
}

/// Whether a loop only ever adds reals to a variable, and does not read it.
fn is_sum(func: &Func, n: &Node, v: VarId) -> bool {
    let mut only = true;
    n.walk(&mut |n| match n {
        Node::Assign {
            place,
            op: Some(BinOp::Add | BinOp::Sub),
            value,
            ..
        } if place.base == v => {
            let mut own = Vec::new();
            places_of_expr(value, &mut |p| own.push(func.root(p)));
            places_of_proj(place, &mut |p| own.push(func.root(p)));
            only &= func.place_ty(place).is_real() && !own.contains(&v);
        }
        // What is in them comes by itself.
        Node::If { cond, .. } => {
            places_of_expr(cond, &mut |p| only &= func.root(p) != v);
        }
        Node::Loop { kind, .. } => {
            for e in loop_exprs(kind) {
                places_of_expr(e, &mut |p| only &= func.root(p) != v);
            }
        }
        Node::Rest(_) | Node::Labeled { .. } => {}
        other => only &= !mentions(func, other, v),
    });
    only
}

fn declared_by(nodes: &[Node]) -> HashSet<VarId> {
    nodes.iter().flat_map(declared_in).collect()
}

/// Variables whose values the reverse of a node's linear maps reads.
fn reads_in_reverse(n: &Node) -> HashSet<VarId> {
    let mut out = HashSet::new();
    n.walk(&mut |n| {
        if let Node::Loop {
            repeat: Some(repeat),
            ..
        } = n
        {
            out.extend(&repeat.reads);
        }
        for lin in n.lins() {
            crate::transform::linear::needed_places(lin, &mut |p| {
                out.insert(p.base);
            });
        }
    });
    out
}

/// Gives up fusion where the reverse of something before the loop wants a sum's old value: it would be put back
/// in the middle of the sum. Whether there was any.
pub(super) fn separate_where_saved(func: &Func, scope: &mut Scope) -> bool {
    let mut separated = false;
    for n in &mut scope.nodes {
        let saved = saves_sum(func, n);
        if let Node::Loop { body, fusion, .. } = n
            && let Some(f) = fusion
        {
            let saved = saved || f.results.iter().any(|v| saves(body, *v));
            let inline = f.facts.is_empty();
            if saved {
                separate(body);
                *fusion = None;
                separated = true;
            } else if inline {
                separated |= separate_where_saved(func, body);
            }
        }
    }
    separated
}

/// The scopes of a loop that is not fused any more; iterations that are repeated stay one body.
fn separate(scope: &mut Scope) {
    scope.inline = false;
    for n in &mut scope.nodes {
        if let Node::Loop { fusion, .. } = n {
            *fusion = None;
        }
        if !matches!(
            n,
            Node::Loop {
                repeat: Some(_),
                ..
            }
        ) {
            n.scopes_mut().into_iter().for_each(separate);
        }
    }
}

fn saves_sum(func: &Func, n: &Node) -> bool {
    let Node::Loop { body, .. } = n else {
        return false;
    };
    let mut outer = outer_writes(func, n).into_iter();
    outer.any(|v| saves(body, v) && is_sum(func, n, v))
}

/// Whether an old value of a variable is kept where it is overwritten.
fn saves(body: &Scope, v: VarId) -> bool {
    let mut saved = false;
    body.walk(&mut |n| {
        saved |= matches!(n, Node::Assign { place, save, .. } if save.wanted && place.base == v);
    });
    saved
}
