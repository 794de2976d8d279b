//! Iterators that have a name: what is left of them is a position, kept in a variable, that `next` and loops move on.

use super::position::{minus, plus};
use super::*;
use quote::ToTokens;

/// What the name of an iterator stands for.
pub(in crate::lower) struct Held(Pipeline);

impl Lowerer<'_> {
    /// `let it = chain;`. Returns whether it was one.
    pub(in crate::lower) fn iterator_let(
        &mut self,
        id: &syn::Ident,
        mutable: bool,
        e: &syn::Expr,
    ) -> bool {
        let constant = self.holding > 0 || self.is_constant_code(e.to_token_stream());
        if !self.is_iterator(e) || (constant && !mutable) {
            return false;
        }
        let Some(p) = self.pipeline(e) else {
            // The name is declared, so that what follows is not said to be wrong too.
            let p = Pipeline::of(Source::Seq(Seq::over(None, Access::Number)), id.span());
            self.bind(&id.to_string(), Binding::Iterator(Rc::new(Held(p))));
            return true;
        };
        let p = match mutable {
            true => self.resumable(p, &id.to_string()),
            false => p,
        };
        self.bind(&id.to_string(), Binding::Iterator(Rc::new(Held(p))));
        true
    }

    /// Whether an expression is a chain without an end, made by methods.
    fn is_iterator(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Paren(p) => self.is_iterator(&p.expr),
            syn::Expr::MethodCall(m) => (is_link(m) && self.is_chain(e)) || self.is_copy(m),
            syn::Expr::Call(_) => maker(e).is_some(),
            _ => false,
        }
    }

    /// `it.clone()`
    fn is_copy(&self, m: &syn::ExprMethodCall) -> bool {
        m.method == "clone" && m.args.is_empty() && self.held_iterator(&m.receiver).is_some()
    }

    /// The iterator that an expression names, or is a copy of.
    pub(super) fn held_iterator(&self, e: &syn::Expr) -> Option<Rc<Held>> {
        match e {
            syn::Expr::Paren(p) => self.held_iterator(&p.expr),
            syn::Expr::Reference(r) if r.mutability.is_some() => self.held_iterator(&r.expr),
            syn::Expr::MethodCall(m) if m.method == "clone" && m.args.is_empty() => {
                self.held_iterator(&m.receiver)
            }
            syn::Expr::Path(p) => match self.lookup(&p.path.get_ident()?.to_string())? {
                Binding::Iterator(held) => Some(held.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// What is left of a named iterator.
    pub(super) fn rest_of(&mut self, held: &Held, source: &syn::Expr) -> Pipeline {
        let copied = matches!(source, syn::Expr::MethodCall(_));
        let mut p = held.0.clone();
        if copied {
            self.copy_states(&mut p);
        }
        p
    }

    /// A copy of an iterator goes its own way.
    fn copy_states(&mut self, p: &mut Pipeline) {
        let own = |lw: &mut Self, v: &mut VarId| {
            let (name, ty) = (lw.func.var(*v).source.clone(), lw.func.var(*v).ty.clone());
            *v = lw.state(&name, ty, Expr::var(*v));
        };
        match &mut p.source {
            Source::Rest(c) => own(self, &mut c.at),
            Source::Successors(next, more, _) => {
                own(self, next);
                own(self, more);
            }
            Source::Chain(a, b) => {
                self.copy_states(a);
                self.copy_states(b);
            }
            Source::Kept(items) => {
                let name = syn::Ident::new(&self.func.var(*items).source, Span::mixed_site());
                let copy = Opaque {
                    tokens: quote::quote!(#name.clone()),
                    reads: vec![*items],
                    span: Span::mixed_site(),
                    ty: Ty::Constant,
                };
                *items = self.state("items", Ty::Constant, Expr::Opaque(copy));
            }
            Source::Calls(closure) => self.unsupported(
                opening(&closure.written),
                Code::IteratorValue,
                "a copy of an iterator that calls a closure",
                "write it out a second time",
            ),
            Source::Seq(_) => {}
        }
        for stage in &mut p.stages {
            match stage {
                Stage::SkipWhile(_, v)
                | Stage::Scan(_, v)
                | Stage::Count(v)
                | Stage::Skip(v, _)
                | Stage::Take(v, _)
                | Stage::StepBy(v, _)
                | Stage::Zip { at: v, .. } => own(self, v),
                _ => {}
            }
        }
    }

    /// The chain with its position in a variable: a loop over it goes on where the last one has stopped.
    pub(super) fn resumable(&mut self, p: Pipeline, name: &str) -> Pipeline {
        let p = self.with_positions(p);
        let Source::Seq(seq) = p.source else {
            return p;
        };
        let seq = self.flat(seq);
        let hi = seq.hi.map(|hi| self.frozen(hi, "end"));
        let at = self.state(name, Ty::Int, none_yet());
        let source = Source::Rest(Cursor {
            at,
            seq: Seq { hi, ..seq },
            shared: false,
        });
        Pipeline { source, ..p }
    }

    /// Whether a loop over what is left can stop anywhere and be taken up again.
    pub(super) fn is_resumable(p: &Pipeline) -> bool {
        let flat = |s: &Stage| matches!(s, Stage::Flat(..) | Stage::Flatten(_));
        !matches!(p.source, Source::Seq(_) | Source::Chain(..)) && !p.stages.iter().any(flat)
    }

    /// `while let Some(v) = it.next() { … }`. Returns whether it was one.
    pub(in crate::lower) fn while_next(&mut self, w: &syn::ExprWhile, l: &syn::ExprLet) -> bool {
        let (Some(pat), syn::Expr::MethodCall(m)) = (some_pattern(&l.pat), &*l.expr) else {
            return false;
        };
        if m.method != "next" || !m.args.is_empty() || !super::found::is_irrefutable(pat) {
            return false;
        }
        let Some(held) = self.held_iterator(&m.receiver) else {
            return false;
        };
        let mut p = held.0.clone();
        if !Self::is_resumable(&p) {
            return false;
        }
        let mut names = Vec::new();
        crate::lower::opaque::scan(w.body.to_token_stream(), &mut names);
        let mut own = Vec::new();
        crate::lower::opaque::scan(m.receiver.to_token_stream(), &mut own);
        if let Source::Rest(c) = &mut p.source {
            c.shared = own.iter().any(|n| names.contains(n));
        }
        self.loop_over(p, (w.label.as_ref(), &w.attrs), pat, &w.body);
        true
    }

    /// `it.len()`
    pub(super) fn items_left(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        let held = self.held_iterator(&m.receiver)?;
        let left = match &held.0.source {
            _ if !held.0.stages.is_empty() => return None,
            Source::Rest(c) => minus(c.seq.hi.clone()?, Expr::var(c.at)),
            Source::Seq(seq) => {
                let seq = seq.clone();
                self.flat(seq).hi?
            }
            _ => return None,
        };
        Some((left, Ty::Int))
    }

    /// `it.next()` and `it.peek()` where items have positions: the next item, and the variable that is moved on.
    pub(super) fn next_of(&mut self, c: &Cursor, skip: Expr, moves: bool, none: Otherwise) -> Item {
        let here = match position::is_zero(&skip) {
            true => Expr::var(c.at),
            false => plus(Expr::var(c.at), skip),
        };
        let here = Expr::var(self.name_value("i", here, Ty::Int));
        if let Some(end) = &c.seq.hi {
            let (then, ()) = self.in_block(|lw| {
                if moves {
                    lw.emit(set(c.at, end.clone()));
                }
                lw.leave_for(none, None);
            });
            self.emit(Stmt::If {
                cond: Expr::bin(BinOp::Ge, here.clone(), end.clone()),
                then,
                els: Vec::new(),
            });
        }
        if moves {
            self.emit(set(c.at, plus(here.clone(), Expr::Int(1))));
        }
        self.item_at(&c.seq.access, &here)
    }
}

/// `Some(pat)`
pub(in crate::lower) fn some_pattern(pat: &syn::Pat) -> Option<&syn::Pat> {
    match pat {
        syn::Pat::TupleStruct(t) if t.elems.len() == 1 && t.path.is_ident("Some") => {
            t.elems.first()
        }
        syn::Pat::Paren(p) => some_pattern(&p.pat),
        _ => None,
    }
}
