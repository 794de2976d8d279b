//! What is overwritten before it is read: scratch memory, whose old value has no influence.

use super::again::length;
use super::nodes::Node;
use super::nodes::Scope;
use crate::analysis::propagate::without;
use crate::ir::*;
use std::collections::HashSet;

/// What happens first to a variable's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It is not mentioned.
    Untouched,
    /// It is overwritten whole, where it is mentioned at all.
    Maybe,
    /// It is overwritten whole.
    Killed,
    /// Its old value may be read.
    Exposed,
}

/// What has to hold for a buffer to be overwritten whole, and is known when the program runs.
#[derive(Debug)]
pub enum Fact {
    /// A callee has to overwrite an argument, given the lengths of its arguments.
    Callee {
        callee: Callee,
        argument: usize,
        lengths: Vec<Expr>,
        span: proc_macro2::Span,
    },
    /// The condition that a loop that sets one element a trip has as many trips as there are elements.
    Trips(Expr),
}

impl Fact {
    /// `let answer = g_overwrites([…]);`
    pub fn question(&self, answer: VarId) -> Stmt {
        match self {
            Fact::Callee {
                callee,
                argument,
                lengths,
                span,
            } => {
                let lengths = Expr::Array(lengths.clone());
                Stmt::Call {
                    dst: vec![answer],
                    callee: callee.clone(),
                    args: [Expr::Int(*argument), lengths].map(constant).to_vec(),
                    companion: Companion::Primal,
                    boxed: false,
                    span: *span,
                }
            }
            Fact::Trips(enough) => Stmt::Let {
                var: answer,
                init: Some(enough.clone()),
            },
        }
    }
}

fn constant(e: Expr) -> CallArg {
    CallArg {
        arg: Arg::Value(e),
        shadows: Vec::new(),
    }
}

/// Looks for overwrites in the iterations of a loop.
pub struct Kills<'a> {
    func: &'a Func,
    whole: &'a Scope,
    repeated: &'a Node,
    pub facts: Vec<Fact>,
}

impl<'a> Kills<'a> {
    pub fn new(func: &'a Func, whole: &'a Scope, repeated: &'a Node) -> Kills<'a> {
        Kills {
            func,
            whole,
            repeated,
            facts: Vec::new(),
        }
    }

    /// What happens to a variable first in a sequence of nodes.
    pub fn status(&mut self, nodes: &[Node], v: VarId) -> Status {
        let mut found = Status::Untouched;
        for n in nodes {
            match self.of(n, v) {
                Status::Untouched => {}
                Status::Maybe => found = Status::Maybe,
                settled => return settled,
            }
        }
        found
    }

    fn of(&mut self, n: &Node, v: VarId) -> Status {
        if !mentions(self.func, n, v) {
            return Status::Untouched;
        }
        let killed = match n {
            Node::Assign { .. } | Node::Container { .. } => overwrites(self.func, n, v),
            Node::Loop { .. } if fills(self.func, self.whole, n, v) => true,
            Node::Loop { .. } if self.fills_if_long_enough(n, v) => true,
            Node::Loop { body, kind, .. } => {
                let asked = loop_exprs(kind).into_iter().any(|e| reads(self.func, e, v));
                if asked || self.status(&body.nodes, v) == Status::Exposed {
                    return Status::Exposed;
                }
                return Status::Maybe;
            }
            Node::If {
                cond, then, els, ..
            } => {
                let both = [then, els].map(|s| self.status(&s.nodes, v));
                return match both {
                    _ if reads(self.func, cond, v) => Status::Exposed,
                    [a, b] if a == Status::Exposed || b == Status::Exposed => Status::Exposed,
                    [Status::Killed, Status::Killed] => Status::Killed,
                    _ => Status::Maybe,
                };
            }
            Node::Call { .. } => self.overwritten_by_callee(n, v),
            _ => false,
        };
        if killed {
            Status::Killed
        } else {
            Status::Exposed
        }
    }

    /// Whether a loop sets the elements of a buffer one by one; that it reaches the last one is asked before the
    /// iterations start, if there are any: then the loop's range is evaluated anyway, and may panic.
    fn fills_if_long_enough(&mut self, n: &Node, v: VarId) -> bool {
        let Node::Loop {
            kind: LoopKind::Range {
                lo, hi, inclusive, ..
            },
            body,
            ..
        } = self.repeated
        else {
            return false;
        };
        let always = body.nodes.iter().any(|m| std::ptr::eq(m, n));
        let (Some(trips), Some(elements)) =
            (filled_to(self.func, n, v), length(self.func, self.whole, v))
        else {
            return false;
        };
        if !always || !self.is_steady(trips) || !self.is_steady(&elements) {
            return false;
        }
        let some = if *inclusive { BinOp::Le } else { BinOp::Lt };
        let some = Expr::bin(some, lo.clone(), hi.clone());
        let enough = Expr::bin(BinOp::Ge, trips.clone(), elements);
        self.facts
            .push(Fact::Trips(Expr::bin(BinOp::And, some, enough)));
        true
    }

    /// Whether an expression of indices has one value, before and in all iterations.
    fn is_steady(&self, e: &Expr) -> bool {
        let inside = declared_in(self.repeated);
        let mut steady = true;
        places_of_expr(e, &mut |p| {
            let var = self.func.var(p.base);
            let borrowed = matches!(var.ty, Ty::Ref(false, _) | Ty::Array(..));
            let fixed = !var.mutable || matches!(var.ty.peel(), Ty::Slice(_) | Ty::Array(..));
            steady &= !inside.contains(&p.base) && p.is_var() && fixed;
            steady &= borrowed
                || matches!(var.ty, Ty::Int)
                || length(self.func, self.whole, p.base).is_some();
        });
        steady && is_bound(e)
    }

    fn overwritten_by_callee(&mut self, n: &Node, v: VarId) -> bool {
        let Node::Call {
            callee, args, span, ..
        } = n
        else {
            return false;
        };
        if takes_function(args) {
            return false;
        }
        let whole = |a: &CallArg| matches!(&a.arg, Arg::RefMut(p) if p.is_var() && p.base == v);
        let others = args.iter().filter(|a| match &a.arg {
            Arg::RefMut(p) => !p.is_var() && self.func.root(p) == v,
            Arg::Ref(p) => self.func.root(p) == v,
            Arg::Value(e) | Arg::Const(e) => reads(self.func, e, v),
            Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_) => false,
        });
        if args.iter().filter(|a| whole(a)).count() != 1 || others.count() > 0 {
            return false;
        }
        let Some(argument) = args.iter().position(whole) else {
            return false;
        };
        let Some(callee) = callee.question("_overwrites") else {
            return false;
        };
        // It may not be lent elsewhere: another callee might change its length.
        let mut lent = 0;
        self.repeated.walk(&mut |n| {
            if let Node::Call { args, .. } | Node::Plain(Stmt::Call { args, .. }) = n {
                lent += args
                    .iter()
                    .filter(|a| matches!(&a.arg, Arg::RefMut(p) if self.func.root(p) == v))
                    .count();
            }
        });
        if lent != 1 {
            return false;
        }
        let lengths = args.iter().map(|a| self.steady_length(&a.arg)).collect();
        self.facts.push(Fact::Callee {
            callee,
            argument,
            lengths,
            span: *span,
        });
        true
    }

    /// The length of an argument, if it is the same in all iterations.
    fn steady_length(&self, arg: &Arg) -> Expr {
        let unknown = Expr::Runtime("NO_LENGTH", Vec::new());
        let (Arg::Ref(p) | Arg::RefMut(p)) = arg else {
            return unknown;
        };
        let borrowed = self.func.resolve(p);
        if let Some(length) = length_of_range(&borrowed)
            && self.is_steady(&length)
            && is_total(&length)
        {
            return length;
        }
        let inside = declared_in(self.repeated).contains(&p.base);
        let is_view = matches!(self.func.var(p.base).role, Role::View(_));
        let mut replaced = false;
        self.repeated.walk(&mut |n| {
            replaced |= matches!(n, Node::Assign { place, .. } if place.base == p.base && place.is_var());
        });
        let counted = matches!(
            self.func.place_ty(p).peel(),
            Ty::Slice(_) | Ty::Vec(_) | Ty::Array(..)
        );
        if inside || is_view || replaced || !p.is_var() || !counted {
            return unknown;
        }
        Expr::Query("len".into(), p.clone(), Vec::new())
    }
}

/// The length of a place that is a range of another one.
fn length_of_range(place: &Place) -> Option<Expr> {
    match place.proj.iter().rfind(|s| !matches!(s, Proj::Deref))? {
        Proj::Range {
            lo,
            hi: Some(hi),
            inclusive: false,
        } => match lo {
            None => Some(hi.clone()),
            Some(lo) => without(hi, lo),
        },
        _ => None,
    }
}

/// Whether an assignment or container operation overwrites all of a variable without reading it.
pub fn overwrites(func: &Func, n: &Node, v: VarId) -> bool {
    let whole = |p: &Place| p.base == v && p.proj.iter().all(|s| matches!(s, Proj::Deref));
    match n {
        Node::Assign {
            place,
            op: None,
            value,
            ..
        } => whole(place) && !reads(func, value, v),
        Node::Container {
            place,
            op: ContainerOp::Fill(e),
            ..
        } => whole(place) && !reads(func, e, v),
        Node::Container {
            place,
            op: ContainerOp::CopyFrom(p),
            ..
        } => whole(place) && func.root(p) != v,
        _ => false,
    }
}

/// Whether a loop sets every element of a local buffer whose length never changes.
pub fn fills(func: &Func, whole: &Scope, n: &Node, v: VarId) -> bool {
    filled_to(func, n, v).is_some_and(|hi| length(func, whole, v).is_some_and(|len| len.same(hi)))
}

/// The end of a range from zero over which a loop sets the elements of a variable one by one, and does not mention
/// it otherwise.
pub fn filled_to<'n>(func: &Func, n: &'n Node, v: VarId) -> Option<&'n Expr> {
    let Node::Loop {
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
    } = n
    else {
        return None;
    };
    let own = |p: &Place| {
        let proj: Vec<_> = p
            .proj
            .iter()
            .filter(|s| !matches!(s, Proj::Deref))
            .collect();
        p.base == v
            && matches!(proj.as_slice(), [Proj::Index(Expr::Place(i))] if i.is_var() && i.base == *var)
    };
    let sets = |n: &Node| match n {
        Node::Assign {
            place,
            op: None,
            value,
            ..
        } => own(place) && !reads(func, value, v),
        _ => false,
    };
    let exits = body.nodes.iter().any(Node::may_exit);
    let (set, rest): (Vec<&Node>, Vec<&Node>) = body.nodes.iter().partition(|n| sets(n));
    let clean = !rest.into_iter().any(|n| mentions(func, n, v));
    (lo.is_zero() && !exits && !set.is_empty() && clean).then_some(hi)
}

/// Whether an expression has a value whatever its operands are.
fn is_total(e: &Expr) -> bool {
    match e {
        Expr::Binary(BinOp::Add, a, b) => is_total(a) && is_total(b),
        Expr::Binary(..) => false,
        _ => true,
    }
}

/// Whether an expression is made of numbers, lengths and arithmetic.
fn is_bound(e: &Expr) -> bool {
    match e {
        Expr::Place(p) => p.is_var(),
        Expr::Int(_) => true,
        Expr::Opaque(o) => o.reads.is_empty(),
        Expr::Query(name, p, _) => name == "len" && p.is_var(),
        Expr::Binary(op, a, b) => op.is_arithmetic() && is_bound(a) && is_bound(b),
        Expr::Rule("min" | "max", args) => args.iter().all(is_bound),
        _ => false,
    }
}

/// Whether an expression reads a variable's memory; its length is no matter.
pub fn reads(func: &Func, e: &Expr, v: VarId) -> bool {
    let mut found = false;
    places_of_expr(&e.without_lengths(), &mut |p| found |= func.root(p) == v);
    found
}

/// Whether a node, or a node in it, mentions a variable's memory.
pub fn mentions(func: &Func, n: &Node, v: VarId) -> bool {
    let mut found = false;
    n.walk(&mut |n| {
        // A view is a name; what it is bounded by is read.
        if let Node::Plain(Stmt::Let {
            init: Some(Expr::Borrow(_, p)),
            ..
        }) = n
        {
            places_of_proj(p, &mut |q| found |= func.root(q) == v);
            return;
        }
        let (exprs, places) = parts(n);
        found |= exprs.into_iter().any(|e| reads(func, e, v));
        for p in places {
            found |= func.root(p) == v;
            places_of_proj(p, &mut |q| found |= func.root(q) == v);
        }
        if let Node::Plain(Stmt::Effect(o)) = n {
            found |= o.reads.iter().any(|r| func.root(&Place::var(*r)) == v);
        }
    });
    found
}

/// The expressions and places of a node itself.
pub fn parts(n: &Node) -> (Vec<&Expr>, Vec<&Place>) {
    match n {
        Node::Plain(s) | Node::Exit(s) => {
            let places = match s {
                Stmt::Call { args, .. } => lent_places(args),
                Stmt::Assign { place, .. } | Stmt::Container { place, .. } => vec![place],
                _ => Vec::new(),
            };
            (exprs(s), places)
        }
        Node::Let { init, .. } => (init.iter().collect(), Vec::new()),
        Node::Assign { place, value, .. } => (vec![value], vec![place]),
        Node::Container { place, op, .. } => (
            op.exprs(),
            std::iter::once(place).chain(op.other()).collect(),
        ),
        Node::Call { args, .. } => {
            let values = args.iter().filter_map(|a| match &a.arg {
                Arg::Value(e) | Arg::Const(e) => Some(e),
                _ => None,
            });
            (values.collect(), lent_places(args))
        }
        Node::Return { value, .. } => (value.iter().collect(), Vec::new()),
        Node::If { cond, .. } => (vec![cond], Vec::new()),
        Node::Loop { kind, .. } => (loop_exprs(kind), Vec::new()),
        Node::Guard(_) | Node::Rest(_) | Node::Labeled { .. } => (Vec::new(), Vec::new()),
    }
}

fn lent_places(args: &[CallArg]) -> Vec<&Place> {
    let places = args.iter().filter_map(|a| match &a.arg {
        Arg::Ref(p) | Arg::RefMut(p) => Some(p),
        _ => None,
    });
    places.collect()
}

/// Variables that a node declares, deep.
pub fn declared_in(n: &Node) -> HashSet<VarId> {
    let mut out = HashSet::new();
    n.walk(&mut |n| match n {
        Node::Let { var, .. } | Node::Plain(Stmt::Let { var, .. }) => {
            out.insert(*var);
        }
        Node::Call { dst, .. } | Node::Plain(Stmt::Call { dst, .. }) => out.extend(dst),
        Node::Loop {
            kind: LoopKind::Range { var, .. },
            ..
        } => {
            out.insert(*var);
        }
        _ => {}
    });
    out
}

/// Variables declared elsewhere whose memory a node writes, deep.
pub fn outer_writes(func: &Func, n: &Node) -> Vec<VarId> {
    let own = declared_in(n);
    let mut out = Vec::new();
    n.walk(&mut |n| {
        for v in super::again::writes_of(func, n) {
            if !own.contains(&v) && !out.contains(&v) {
                out.push(v);
            }
        }
    });
    out
}
