//! Ends that give one of the items, or what is made of two of them again and again.

use super::position::minus;
use super::*;

/// How items are compared.
enum Order {
    By(Rc<Closure>),
    /// The keys that a closure gives.
    Keys(Rc<Closure>),
    /// The items themselves.
    Own,
}

impl Lowerer<'_> {
    /// The item that an end gives.
    pub(super) fn found_end(
        &mut self,
        m: &syn::ExprMethodCall,
        name: &str,
        none: Otherwise,
    ) -> Option<Item> {
        let arg = m.args.first();
        match (name, arg) {
            ("try_fold" | "try_for_each", _) => self.fallible_end(m, name, none),
            ("next", None) => {
                let p = self.pipeline(&m.receiver)?;
                self.first_item(p, Expr::Int(0), m, none)
            }
            ("nth", Some(k)) => {
                let (k, _) = self.expr(k);
                let k = self.frozen(k, "index");
                let p = self.pipeline(&m.receiver)?;
                self.first_item(p, k, m, none)
            }
            ("peek", None) => match self.pipeline(&m.receiver)? {
                Pipeline {
                    source: Source::Rest(c),
                    stages,
                    ..
                } if stages.is_empty() => Some(self.next_of(&c, Expr::Int(0), false, none)),
                _ => self.no_end(m, "keep the last item in a variable"),
            },
            ("last", None) => self.last_item(m, none),
            ("find", Some(f)) => {
                let p = self.pipeline(&m.receiver)?;
                let closure = self.closure(f, 1)?;
                let p = self.in_order(p).staged(Stage::Filter(closure));
                self.search(p, m, none)
            }
            ("find_map", Some(f)) => {
                let p = self.pipeline(&m.receiver)?;
                let closure = self.closure(f, 1)?;
                let p = self.in_order(p).staged(Stage::Choose(closure));
                self.search(p, m, none)
            }
            ("reduce", Some(f)) => {
                let p = self.pipeline(&m.receiver)?;
                let closure = self.closure(f, 2)?;
                self.reduce(p, closure, m, none)
            }
            ("max_by" | "min_by", Some(f)) => {
                let p = self.pipeline(&m.receiver)?;
                let order = Order::By(self.closure(f, 2)?);
                self.largest(p, order, name == "max_by", m, none)
            }
            ("max_by_key" | "min_by_key", Some(f)) => {
                let p = self.pipeline(&m.receiver)?;
                let order = Order::Keys(self.closure(f, 1)?);
                self.largest(p, order, name == "max_by_key", m, none)
            }
            ("max" | "min", None) => {
                let p = self.pipeline(&m.receiver)?;
                self.largest(p, Order::Own, name == "max", m, none)
            }
            _ => self.no_end(m, "write a `for` loop that remembers the item"),
        }
    }

    fn no_end(&mut self, m: &syn::ExprMethodCall, instead: &str) -> Option<Item> {
        let what = format!("`{}` of this chain", m.method);
        self.unsupported(whole(&m.method), Code::End, &what, instead);
        None
    }

    /// The item `k` behind the next one.
    fn first_item(
        &mut self,
        p: Pipeline,
        k: Expr,
        m: &syn::ExprMethodCall,
        none: Otherwise,
    ) -> Option<Item> {
        let p = self.in_order(p);
        match p.source {
            Source::Rest(c) if p.stages.is_empty() => Some(self.next_of(&c, k, true, none)),
            Source::Seq(seq) if p.stages.is_empty() => {
                let seq = self.flat(seq);
                if let Some(hi) = seq.hi {
                    self.unless(Expr::bin(BinOp::Lt, k.clone(), hi), none);
                }
                Some(self.item_at(&seq.access, &k))
            }
            source => {
                let p = Pipeline { source, ..p };
                let p = match position::is_zero(&k) {
                    true => p,
                    false => {
                        let count = self.state("count", Ty::Int, none_yet());
                        p.staged(Stage::Skip(count, k))
                    }
                };
                self.search(p, m, none)
            }
        }
    }

    /// The first item that comes out at the end. Where it lies in memory, its position is what is found.
    fn search(&mut self, p: Pipeline, m: &syn::ExprMethodCall, none: Otherwise) -> Option<Item> {
        let held = matches!(
            p.source,
            Source::Rest(_) | Source::Calls(_) | Source::Successors(..)
        );
        if held && !Self::is_resumable(&p) {
            return self.no_end(m, "write a loop in a loop");
        }
        let chosen = self.chosen(&p);
        let (name, ty) = match chosen {
            Some(_) => ("at", Ty::Int),
            None => ("found", Ty::Unknown),
        };
        let var = self.temp(name, ty);
        self.emit(Stmt::Let { var, init: None });
        let label = self.func.new_label("search");
        let (body, ()) = self.in_block(|lw| {
            lw.run(p, None, &mut |lw, item, _| {
                let (value, ty) = match (&chosen, lw.here.clone()) {
                    (Some(_), Some(here)) => (here, Ty::Int),
                    _ => lw.item_value(item, m.method.span()),
                };
                lw.deliver(value, ty.peel().clone(), Dest::Init(var));
                lw.emit(Stmt::Break(label));
            });
            lw.leave_for(none, None);
        });
        self.emit(Stmt::Labeled { label, body });
        let ty = self.func.var(var).ty.clone();
        Some(match chosen {
            Some(chosen) => self.item_at(&chosen, &Expr::var(var)),
            None => Item::Value(Expr::var(var), ty),
        })
    }

    /// How items are found again by the position of the loop, if all that stages do is to choose among what lies in memory.
    fn chosen(&mut self, p: &Pipeline) -> Option<Access> {
        let seq = match &p.source {
            Source::Seq(seq) => seq,
            Source::Rest(c) => &c.seq,
            _ => return None,
        };
        let mut copied = false;
        for stage in &p.stages {
            match stage {
                Stage::Filter(_)
                | Stage::TakeWhile(_)
                | Stage::SkipWhile(..)
                | Stage::Inspect(_)
                | Stage::Skip(..)
                | Stage::Take(..)
                | Stage::StepBy(..) => {}
                Stage::ByValue => copied = true,
                _ => return None,
            }
        }
        let access = seq.access.clone();
        lies(&access).then_some(match copied {
            true => Access::ByValue(Box::new(access)),
            false => access,
        })
    }

    fn last_item(&mut self, m: &syn::ExprMethodCall, none: Otherwise) -> Option<Item> {
        let p = self.pipeline(&m.receiver)?;
        let p = self.in_order(p);
        match p.source {
            Source::Seq(seq) if p.stages.is_empty() => {
                let seq = self.flat(seq);
                let hi = seq.hi?;
                self.unless(Expr::bin(BinOp::Gt, hi.clone(), Expr::Int(0)), none);
                let last = self.freeze(minus(hi, Expr::Int(1)), "last", Ty::Int);
                Some(self.item_at(&seq.access, &last))
            }
            source => {
                let p = Pipeline { source, ..p };
                let (p, first) = self.split_first_item(p, m, none)?;
                let chosen = self.chosen(&p);
                let (start, ty) = match (&chosen, &p.source) {
                    (Some(_), Source::Rest(c)) => (before(c.at), Ty::Int),
                    _ => self.item_value(first, m.method.span()),
                };
                let last = self.state("last", ty.peel().clone(), start);
                self.run(p, None, &mut |lw, item, _| {
                    let value = match (&chosen, lw.here.clone()) {
                        (Some(_), Some(here)) => here,
                        _ => lw.item_value(item, m.method.span()).0,
                    };
                    lw.emit(set(last, value));
                });
                Some(self.kept_item(chosen, last))
            }
        }
    }

    /// The first item, and the chain behind it.
    fn split_first_item(
        &mut self,
        p: Pipeline,
        m: &syn::ExprMethodCall,
        none: Otherwise,
    ) -> Option<(Pipeline, Item)> {
        let p = self.resumable(p, "position");
        if !Self::is_resumable(&p) {
            self.no_end(
                m,
                "write a `for` loop that remembers the item, and a `bool`",
            );
            return None;
        }
        let first = self.first_item(p.clone(), Expr::Int(0), m, none)?;
        Some((p, first))
    }

    /// The item that a variable keeps: itself, or its position.
    fn kept_item(&mut self, chosen: Option<Access>, var: VarId) -> Item {
        let ty = self.func.var(var).ty.clone();
        match chosen {
            None => Item::Value(Expr::var(var), ty),
            Some(access) => {
                let at = self.freeze(Expr::var(var), "at", ty);
                self.item_at(&access, &at)
            }
        }
    }

    fn reduce(
        &mut self,
        p: Pipeline,
        closure: Rc<Closure>,
        m: &syn::ExprMethodCall,
        none: Otherwise,
    ) -> Option<Item> {
        let (p, first) = self.split_first_item(p, m, none)?;
        let (start, ty) = self.item_value(first, m.method.span());
        let names = closure.params.first().map(super::ends::names_of);
        let names = names.unwrap_or_default();
        let start = self.accumulators(start, ty.peel(), &mut names.into_iter());
        self.fold_into(p, &closure, &start, None, m.method.span());
        Some(start)
    }

    /// The greatest or the smallest item. Where it lies in memory, its position is what is kept.
    fn largest(
        &mut self,
        p: Pipeline,
        order: Order,
        greatest: bool,
        m: &syn::ExprMethodCall,
        none: Otherwise,
    ) -> Option<Item> {
        let p = self.in_order(p);
        let p = self.with_positions(p);
        let span = m.method.span();
        match p.source {
            Source::Seq(seq) if p.stages.is_empty() && lies(&seq.access) => {
                let seq = self.flat(seq);
                let hi = self.frozen(seq.hi?, "end");
                self.unless(Expr::bin(BinOp::Gt, hi.clone(), Expr::Int(0)), none);
                let best = self.state("best", Ty::Int, none_yet());
                let access = seq.access.clone();
                let rest = Seq {
                    lo: Expr::Int(1),
                    hi: Some(hi),
                    access: Access::Counted(Pos::From(Expr::Int(0)), Box::new(seq.access)),
                    ..seq
                };
                let p = Pipeline::of(Source::Seq(rest), p.span);
                self.run(p, None, &mut |lw, item, _| {
                    let Item::Tuple(parts) = item else { return };
                    let [Item::Value(here, _), item] = parts.as_slice() else {
                        return;
                    };
                    let known = lw.item_at(&access, &Expr::var(best));
                    let (item, here) = (item.clone(), here.clone());
                    lw.replace_if(&order, greatest, (known, item), span, &mut |_| {
                        vec![set(best, here.clone())]
                    });
                });
                let best = self.freeze(Expr::var(best), "best", Ty::Int);
                Some(self.item_at(&access, &best))
            }
            source => {
                let p = Pipeline { source, ..p };
                let (p, first) = self.split_first_item(p, m, none)?;
                if let (Some(access), Source::Rest(c)) = (self.chosen(&p), &p.source) {
                    let best = self.state("best", Ty::Int, before(c.at));
                    self.run(p, None, &mut |lw, item, _| {
                        let Some(here) = lw.here.clone() else { return };
                        let known = lw.item_at(&access, &Expr::var(best));
                        lw.replace_if(&order, greatest, (known, item), span, &mut |_| {
                            vec![set(best, here.clone())]
                        });
                    });
                    return Some(self.kept_item(Some(access), best));
                }
                let (start, ty) = self.item_value(first, span);
                let best = self.accumulators(start, ty.peel(), &mut std::iter::empty());
                self.run(p, None, &mut |lw, item, _| {
                    let item = lw.named_item(item);
                    let (value, _) = lw.item_value(item.clone(), span);
                    let known = best.clone();
                    lw.replace_if(&order, greatest, (known, item), span, &mut |lw| {
                        let (block, ()) = lw.in_block(|lw| lw.accumulate(&best, value.clone()));
                        block
                    });
                });
                Some(best)
            }
        }
    }

    /// Takes a new item for the one that is known, if it is greater (or smaller): of equal ones `max` takes the last, `min` the first.
    fn replace_if(
        &mut self,
        order: &Order,
        greatest: bool,
        (known, new): (Item, Item),
        span: Span,
        replace: &mut dyn FnMut(&mut Self) -> Block,
    ) {
        let greater = match order {
            Order::By(closure) => {
                self.is_greater(closure, known.by_reference(), new.by_reference())
            }
            Order::Keys(closure) => {
                let a = self.apply(closure, vec![known.by_reference()]);
                let a = self.named_item(a);
                let b = self.apply(closure, vec![new.by_reference()]);
                self.greater_value(a, b, span)
            }
            Order::Own => self.greater_value(known, new, span),
        };
        let cond = match greatest {
            true => Expr::Unary(UnOp::Not, Box::new(greater)),
            false => greater,
        };
        let then = replace(self);
        self.emit(Stmt::If {
            cond,
            then,
            els: Vec::new(),
        });
    }

    /// `a > b`, of what has a total order.
    fn greater_value(&mut self, a: Item, b: Item, span: Span) -> Expr {
        let (a, _) = self.item_value(a, span);
        let (b, _) = self.item_value(b, span);
        let greater = Expr::bin(BinOp::Gt, a, b);
        Expr::var(self.name_value("greater", greater, Ty::Bool))
    }
}

/// The position before the one that a variable keeps.
fn before(at: VarId) -> Expr {
    minus(Expr::var(at), Expr::Int(1))
}

/// Whether items are parts of memory, or numbers: they can be looked at again.
fn lies(access: &Access) -> bool {
    match access {
        Access::Element(..) | Access::Span { .. } | Access::FromEnd { .. } => true,
        Access::Number | Access::Fixed(_) => true,
        Access::Pair(a, b) => lies(a) && lies(b),
        Access::Counted(_, inner) | Access::At(_, inner) | Access::ByValue(inner) => lies(inner),
        Access::Map(..) | Access::Joined(..) => false,
    }
}
