//! Chains of iterator methods, fused into one loop.
//!
//! A chain is read as a source, adaptors and an end. As long as its adaptors keep a position in the source known (`zip`, `enumerate`,
//! `rev`, `skip`, `take`, `step_by`, `map`), they change the range that the loop runs over and how an item is found at a position;
//! from the first `filter` on they are statements of the loop's body.

mod build;
mod ends;
mod item;
mod position;

use super::closure::Closure;
use super::*;
use position::Pos;
use syn::spanned::Spanned;

pub(super) use build::assigns_outside;
pub(super) use item::{Item, Kind};

/// Methods that start a chain.
const ORIGINS: &[&str] = &[
    "iter",
    "iter_mut",
    "into_iter",
    "chunks",
    "chunks_mut",
    "chunks_exact",
    "chunks_exact_mut",
    "windows",
];

/// What can stand between the source and the end.
const ADAPTORS: &[&str] = &[
    "map",
    "zip",
    "enumerate",
    "rev",
    "skip",
    "take",
    "step_by",
    "copied",
    "cloned",
    "filter",
    "take_while",
    "inspect",
    "by_ref",
    "chain",
    "filter_map",
    "flat_map",
    "flatten",
    "scan",
    "skip_while",
    "map_while",
    "peekable",
    "fuse",
    "cycle",
];

/// An expression as a source with method calls on it.
struct Links<'a> {
    source: &'a syn::Expr,
    calls: Vec<&'a syn::ExprMethodCall>,
}

/// How an item is found at a position of the loop.
enum Access {
    /// An element of a place.
    Element(Place, Kind),
    /// Neighbouring elements: from the position, or from the position times the size.
    Span {
        place: Place,
        kind: Kind,
        size: Expr,
        overlap: bool,
        limit: Option<Expr>,
    },
    /// The position itself.
    Number,
    Pair(Box<Access>, Box<Access>),
    /// The index of the position, and the item there.
    Counted(Pos, Box<Access>),
    /// The item at another position.
    At(Pos, Box<Access>),
    Map(Rc<Closure>, Box<Access>),
    ByValue(Box<Access>),
}

/// The part of a chain where positions are known.
struct Seq {
    lo: Expr,
    /// Without one the source does not end.
    hi: Option<Expr>,
    inclusive: bool,
    step: Option<Expr>,
    rev: Rev,
    access: Access,
}

/// An adaptor behind the first `filter`.
enum Stage {
    Map(Rc<Closure>),
    Filter(Rc<Closure>),
    TakeWhile(Rc<Closure>),
    Inspect(Rc<Closure>),
    /// `enumerate`, with the variable that counts.
    Count(VarId),
    ByValue,
}

struct Pipeline {
    span: Span,
    seq: Seq,
    stages: Vec<Stage>,
}

impl<'a> Links<'a> {
    /// Reads method calls that are known, down to the source.
    fn read(e: &'a syn::Expr) -> Links<'a> {
        let mut calls = Vec::new();
        let mut source = e;
        loop {
            match source {
                syn::Expr::MethodCall(m) if is_link(m) => {
                    calls.push(m);
                    source = &m.receiver;
                }
                syn::Expr::Paren(p) => source = &p.expr,
                syn::Expr::Group(p) => source = &p.expr,
                _ => break,
            }
        }
        calls.reverse();
        Links { source, calls }
    }

    /// Whether this is certainly an iterator.
    fn is_chain(&self) -> bool {
        matches!(self.source, syn::Expr::Range(_))
            || matches!(self.source, syn::Expr::MethodCall(m) if m.method == "drain")
            || self
                .calls
                .first()
                .is_some_and(|m| ORIGINS.contains(&m.method.to_string().as_str()))
    }
}

/// Where a count starts; its type says what it counts in.
fn none_yet() -> Expr {
    Expr::Opaque(Opaque {
        tokens: quote::quote!(0usize),
        reads: Vec::new(),
        span: Span::mixed_site(),
        ty: Ty::Int,
    })
}

fn is_link(m: &syn::ExprMethodCall) -> bool {
    let name = m.method.to_string();
    ORIGINS.contains(&name.as_str()) || ADAPTORS.contains(&name.as_str())
}

impl Lowerer<'_> {
    /// `for pat in chain { body }`
    pub(super) fn chain_loop(&mut self, f: &syn::ExprForLoop) {
        let Some(pipeline) = self.pipeline(&f.expr) else {
            return;
        };
        self.run(pipeline, f.label.as_ref(), &mut |lw, item, _| {
            lw.bind_item(&f.pat, item);
            lw.block_into(&f.body, Dest::Discard);
        });
    }

    /// Pushes the items of a chain to a vector.
    pub(super) fn push_all(&mut self, vec: Place, items: &syn::Expr, span: Span) {
        let Some(pipeline) = self.pipeline(items) else {
            return;
        };
        self.run(pipeline, None, &mut |lw, item, _| {
            let (value, ty) = lw.owned_value(item, span);
            lw.learn_element(&vec, &ty);
            lw.emit(Stmt::Container {
                place: vec.clone(),
                op: ContainerOp::Push(value),
                span,
            });
        });
    }

    /// Emits the loop of a chain; `consume` lowers what is done with each item.
    fn run(
        &mut self,
        p: Pipeline,
        label: Option<&syn::Label>,
        consume: &mut dyn FnMut(&mut Self, Item, LabelId),
    ) {
        for stage in &p.stages {
            if let Stage::Count(var) = stage {
                self.emit(Stmt::Let {
                    var: *var,
                    init: Some(none_yet()),
                });
            }
        }
        let Seq {
            lo,
            hi,
            inclusive,
            step,
            rev,
            access,
        } = p.seq;
        let Some(hi) = hi else {
            self.errors.at(
                p.span,
                "a chain without end can't be differentiated; give the range both ends",
            );
            return;
        };
        let label = self.push_loop(label, Dest::Discard, true);
        let var = self.declare("i", Span::mixed_site(), Ty::Int, false, Role::Temp);
        self.maybe_active[var.0] = false;
        let (body, ()) = self.in_block(|lw| {
            let item = lw.item_at(&access, &Expr::var(var));
            lw.stages(&p.stages, item, label, consume);
        });
        self.loops.pop();
        let kind = LoopKind::Range {
            var,
            lo,
            hi,
            inclusive,
            step,
            rev,
        };
        self.emit(Stmt::Loop { label, kind, body });
    }

    /// The adaptors behind the first `filter`, and then the consumer.
    fn stages(
        &mut self,
        stages: &[Stage],
        item: Item,
        label: LabelId,
        consume: &mut dyn FnMut(&mut Self, Item, LabelId),
    ) {
        let Some((stage, rest)) = stages.split_first() else {
            consume(self, item, label);
            return;
        };
        match stage {
            Stage::Map(c) => {
                let item = self.apply(c, vec![item]);
                self.stages(rest, item, label, consume);
            }
            Stage::ByValue => self.stages(rest, item.by_value(), label, consume),
            Stage::Inspect(c) => {
                let item = self.named_item(item);
                self.perform(c, vec![item.clone().by_reference()]);
                self.stages(rest, item, label, consume);
            }
            Stage::Filter(c) => {
                let (item, cond) = self.condition(c, item);
                let (then, ()) = self.in_block(|lw| lw.stages(rest, item, label, consume));
                self.emit(Stmt::If {
                    cond,
                    then,
                    els: Vec::new(),
                });
            }
            Stage::TakeWhile(c) => {
                let (item, cond) = self.condition(c, item);
                self.emit(Stmt::If {
                    cond: Expr::Unary(UnOp::Not, Box::new(cond)),
                    then: vec![Stmt::Break(label)],
                    els: Vec::new(),
                });
                self.stages(rest, item, label, consume);
            }
            Stage::Count(count) => {
                let index = Expr::var(self.name_value("position", Expr::var(*count), Ty::Int));
                self.emit(Stmt::Assign {
                    place: Place::var(*count),
                    op: Some(BinOp::Add),
                    value: Expr::Int(1),
                    first: false,
                });
                let item = Item::Tuple(vec![Item::Value(index, Ty::Int), item]);
                self.stages(rest, item, label, consume);
            }
        }
    }

    /// A condition on an item that is used again.
    fn condition(&mut self, c: &Rc<Closure>, item: Item) -> (Item, Expr) {
        let item = self.named_item(item);
        let cond = self.apply(c, vec![item.clone().by_reference()]);
        let (cond, _) = self.item_value(cond, c.written.span());
        (item, cond)
    }

    /// Lowers an expression of which the type is known from around it.
    pub(super) fn expecting(&mut self, e: &syn::Expr, ty: &Ty) -> (Expr, Ty) {
        match e {
            syn::Expr::Paren(p) => self.expecting(&p.expr, ty),
            syn::Expr::MethodCall(m) => match self.chain_end(m, ty) {
                Some(found) => found,
                None => self.expr(e),
            },
            syn::Expr::Call(c) => match self.array_from_fn(c, ty) {
                Some(found) => found,
                None => self.expr(e),
            },
            _ => self.expr(e),
        }
    }
}
