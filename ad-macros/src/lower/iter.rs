//! Chains of iterator methods, fused into loops.
//!
//! A chain is read as a source, adaptors and an end. As long as its adaptors keep a position in the source known (`zip`, `enumerate`,
//! `rev`, `skip`, `take`, `step_by`, `map`), they change the range that the loop runs over and how an item is found at a position;
//! from the first `filter` on they are stages: statements of the loop's body, with their state in variables beside the loop.

mod adapt;
mod branch;
mod collect;
mod compare;
mod cursor;
mod effects;
mod ends;
mod found;
mod good;
mod item;
mod largest;
mod made;
mod position;
mod run;
mod seq;
mod source;

use super::closure::Closure;
use super::*;
use position::Pos;
use syn::spanned::Spanned;

pub(super) use cursor::Held;

pub(super) use effects::assigns_outside;
pub(super) use found::Otherwise;
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
    "rchunks",
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

/// Functions of `std::iter` that make iterators.
const MAKERS: &[&str] = &[
    "repeat",
    "repeat_n",
    "repeat_with",
    "once",
    "empty",
    "zip",
    "from_fn",
    "successors",
];

/// An expression as a source with method calls on it.
struct Links<'a> {
    source: &'a syn::Expr,
    calls: Vec<&'a syn::ExprMethodCall>,
}

/// How an item is found at a position of the loop.
#[derive(Clone)]
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
    /// `rchunks`: neighbouring elements before the end, less the position times the size.
    FromEnd {
        place: Place,
        size: Expr,
        end: Expr,
    },
    /// The position itself.
    Number,
    /// The same at every position.
    Fixed(Item),
    Pair(Box<Access>, Box<Access>),
    /// Items of the first below a position, those of the second from there on.
    Joined(Expr, Box<Access>, Box<Access>),
    /// The index of the position, and the item there.
    Counted(Pos, Box<Access>),
    /// The item at another position.
    At(Pos, Box<Access>),
    Map(Rc<Closure>, Box<Access>),
    ByValue(Box<Access>),
}

/// The part of a chain where positions are known.
#[derive(Clone)]
struct Seq {
    lo: Expr,
    /// Without one the source does not end.
    hi: Option<Expr>,
    inclusive: bool,
    step: Option<Expr>,
    rev: Rev,
    access: Access,
}

/// Where the items come from.
#[derive(Clone)]
enum Source {
    Seq(Seq),
    /// One after the other.
    Chain(Box<Pipeline>, Box<Pipeline>),
    /// `from_fn`: what a closure gives until it gives none.
    Calls(Rc<Closure>),
    /// `successors`: the next item, whether there is one, and what makes the one after it.
    Successors(VarId, VarId, Rc<Closure>),
    /// What a constant iterator gives, which is in a variable as it was written.
    Kept(VarId),
    /// What is left behind a position that is kept in a variable.
    Rest(Cursor),
}

/// A position in a source, which loops move on.
#[derive(Clone)]
struct Cursor {
    at: VarId,
    seq: Seq,
    /// The body of the loop moves it on too.
    shared: bool,
}

/// An adaptor whose state, if it has any, is in a variable.
#[derive(Clone)]
enum Stage {
    Map(Rc<Closure>),
    Filter(Rc<Closure>),
    TakeWhile(Rc<Closure>),
    /// With the variable that says whether items are still skipped.
    SkipWhile(Rc<Closure>, VarId),
    Inspect(Rc<Closure>),
    /// `filter_map`
    Choose(Rc<Closure>),
    MapWhile(Rc<Closure>),
    /// What is in the `Result` or `Option` that a closure gives.
    Good(Rc<Closure>, Otherwise),
    /// With the state.
    Scan(Rc<Closure>, VarId),
    /// `flat_map`; whether the inner items come in reverse.
    Flat(Rc<Closure>, bool),
    Flatten(bool),
    /// `enumerate`, with the variable that counts.
    Count(VarId),
    /// With the variable that counts.
    Skip(VarId, Expr),
    Take(VarId, Expr),
    /// With the variable that says how many are left out before the next.
    StepBy(VarId, Expr),
    /// The items of another source, with its position; whether they come first in the pair.
    Zip {
        at: VarId,
        length: Box<Option<Expr>>,
        access: Box<Access>,
        first: bool,
    },
    ByValue,
}

#[derive(Clone)]
struct Pipeline {
    span: Span,
    source: Source,
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

fn truth(value: bool) -> Expr {
    Expr::Opaque(Opaque {
        tokens: quote::quote!(#value),
        reads: Vec::new(),
        span: Span::mixed_site(),
        ty: Ty::Bool,
    })
}

/// `var = value;`
fn set(var: VarId, value: Expr) -> Stmt {
    Stmt::Assign {
        place: Place::var(var),
        op: None,
        value,
        first: false,
    }
}

/// `var += 1;`
fn advance(var: VarId) -> Stmt {
    Stmt::Assign {
        place: Place::var(var),
        op: Some(BinOp::Add),
        value: Expr::Int(1),
        first: false,
    }
}

fn is_link(m: &syn::ExprMethodCall) -> bool {
    let name = m.method.to_string();
    ORIGINS.contains(&name.as_str()) || ADAPTORS.contains(&name.as_str())
}

/// `std::iter::once(…)` and its relatives: what they are called, with their arguments.
fn maker(e: &syn::Expr) -> Option<(String, &syn::ExprCall)> {
    let syn::Expr::Call(c) = e else { return None };
    let syn::Expr::Path(p) = &*c.func else {
        return None;
    };
    let mut names = p.path.segments.iter().rev().map(|s| s.ident.to_string());
    let (name, owner) = (names.next()?, names.next()?);
    (owner == "iter" && MAKERS.contains(&name.as_str())).then_some((name, c))
}

impl Lowerer<'_> {
    /// Whether this is certainly an iterator.
    fn is_chain(&self, e: &syn::Expr) -> bool {
        let links = Links::read(e);
        let started = |m: &&&syn::ExprMethodCall| ORIGINS.contains(&m.method.to_string().as_str());
        matches!(links.source, syn::Expr::Range(_))
            || matches!(links.source, syn::Expr::MethodCall(m) if m.method == "drain")
            || maker(links.source).is_some()
            || self.held_iterator(links.source).is_some()
            || links.calls.first().filter(started).is_some()
    }

    /// `for pat in chain { body }`
    pub(super) fn chain_loop(&mut self, f: &syn::ExprForLoop) {
        let Some(pipeline) = self.pipeline(&f.expr) else {
            return;
        };
        self.loop_over(pipeline, (f.label.as_ref(), &f.attrs), &f.pat, &f.body);
    }

    /// A loop of the user's over the items of a chain.
    fn loop_over(
        &mut self,
        p: Pipeline,
        (label, attrs): (Option<&syn::Label>, &[syn::Attribute]),
        pat: &syn::Pat,
        body: &syn::Block,
    ) {
        self.of_chain = attrs.to_vec();
        let user = label.map(|l| l.name.ident.to_string());
        self.run(p, user.as_deref(), &mut |lw, item, exits| {
            lw.loops.push(LoopScope {
                label: exits.done,
                next: exits.next,
                user: user.clone(),
                value: None,
                returns: false,
                is_loop: true,
            });
            lw.bind_item(pat, item);
            lw.block_into(body, Dest::Discard);
            lw.loops.pop();
        });
    }

    /// Lowers an expression of which the type is known from around it.
    pub(super) fn expecting(&mut self, e: &syn::Expr, ty: &Ty) -> (Expr, Ty) {
        match e {
            syn::Expr::Paren(p) => self.expecting(&p.expr, ty),
            syn::Expr::MethodCall(m) => {
                let made = self.made_as_asked(m);
                match made.or_else(|| self.chain_end(m, ty)) {
                    Some(found) => found,
                    None => self.expr(e),
                }
            }
            syn::Expr::Call(c) => match self.array_from_fn(c, ty) {
                Some(found) => found,
                None => self.expr(e),
            },
            _ => self.expr(e),
        }
    }
}
