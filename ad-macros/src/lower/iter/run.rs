//! The loops of a chain: its source is walked, and each item goes through the stages to whoever takes it.

use super::position::plus;
use super::*;

/// Where an item can be left: the loop as a whole, or this item of it.
#[derive(Clone, Copy)]
pub(super) struct Exits {
    pub done: LabelId,
    pub next: LabelId,
}

/// What is asked before an item is taken from the source, and what is left if so.
type Heads = Vec<(Expr, LabelId)>;

/// The stages that are left for an item.
struct Way<'a> {
    stages: &'a [Stage],
    done: LabelId,
    /// What is asked for stages behind these.
    outer: &'a Heads,
}

impl Way<'_> {
    fn heads(&self) -> Heads {
        let mut heads = self.outer.clone();
        heads.extend(own_heads(self.stages, self.done));
        heads
    }
}

impl Lowerer<'_> {
    /// Emits the loops of a chain; `consume` lowers what is done with each item.
    pub(super) fn run(
        &mut self,
        p: Pipeline,
        name: Option<&str>,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        self.run_under(p, name, &Vec::new(), consume);
    }

    fn run_under(
        &mut self,
        p: Pipeline,
        name: Option<&str>,
        outer: &Heads,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        let attrs = std::mem::take(&mut self.of_chain);
        let done = self.func.new_label(name.unwrap_or("steps"));
        let flat = |s: &Stage| matches!(s, Stage::Flat(..) | Stage::Flatten(_));
        let several = matches!(p.source, Source::Chain(..)) || p.stages.iter().any(flat);
        let way = Way {
            stages: &p.stages,
            done,
            outer,
        };
        if !several {
            self.storing(done, &attrs);
            self.walk(p.source, p.span, done, &way, consume);
            return;
        }
        let outside = std::mem::take(&mut self.out);
        match p.source {
            Source::Chain(a, b) => {
                let heads = way.heads();
                for part in [a, b] {
                    self.of_chain = attrs.clone();
                    self.run_under(*part, None, &heads, &mut |lw, item, exits| {
                        lw.stages(&way, item, exits.next, consume);
                    });
                }
            }
            source => {
                let next = self.func.new_label("steps");
                self.storing(next, &attrs);
                self.walk(source, p.span, next, &way, consume);
            }
        }
        let body = std::mem::replace(&mut self.out, outside);
        let mut left = false;
        walk(&body, &mut |s| {
            left |= matches!(s, Stmt::Break(l) if *l == done)
        });
        match left {
            true => self.emit(Stmt::Labeled { label: done, body }),
            false => self.out.extend(body),
        }
    }

    /// One loop over a source.
    fn walk(
        &mut self,
        source: Source,
        span: Span,
        label: LabelId,
        way: &Way,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        match source {
            Source::Seq(seq) if seq.hi.is_some() => self.counted(seq, None, label, way, consume),
            Source::Seq(seq) => self.endless(seq, span, label, way, consume),
            Source::Rest(c) if c.shared => {
                let end = c.seq.hi.clone().unwrap_or(Expr::Int(0));
                self.without_end(label, way, &mut |lw| {
                    let over = Expr::bin(BinOp::Ge, Expr::var(c.at), end.clone());
                    lw.leave_if(over, Stmt::Break(label));
                    let at = Expr::var(lw.name_value("i", Expr::var(c.at), Ty::Int));
                    lw.emit(advance(c.at));
                    lw.at_position(&c.seq.access, &at, label, way, consume);
                });
            }
            Source::Rest(c) => {
                let start = self.freeze(Expr::var(c.at), "start", Ty::Int);
                let seq = Seq {
                    lo: start,
                    ..c.seq.clone()
                };
                self.counted(seq, Some(c.at), label, way, consume);
            }
            Source::Kept(items) => self.without_end(label, way, &mut |lw| {
                if let Some(item) = lw.next_kept(items, Otherwise::Break(label)) {
                    lw.stages(way, item, label, consume);
                }
            }),
            Source::Calls(closure) => self.without_end(label, way, &mut |lw| {
                let end = Otherwise::Break(label);
                if let Some(item) = lw.apply_found(&closure, Vec::new(), end) {
                    lw.stages(way, item, label, consume);
                }
            }),
            Source::Successors(next, more, closure) => self.without_end(label, way, &mut |lw| {
                let over = Expr::Unary(UnOp::Not, Box::new(Expr::var(more)));
                lw.leave_if(over, Stmt::Break(label));
                let ty = lw.func.var(next).ty.clone();
                let item = Item::Place(
                    Place::var(lw.name_value("item", Expr::var(next), ty)),
                    Kind::Value,
                );
                lw.succeed(next, more, &closure, item.clone());
                lw.stages(way, item, label, consume);
            }),
            Source::Chain(..) => {}
        }
    }

    /// The item at a position of the innermost loop, on its way.
    fn at_position(
        &mut self,
        access: &Access,
        at: &Expr,
        label: LabelId,
        way: &Way,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        let outer = self.here.replace(at.clone());
        let item = self.item_at(access, at);
        self.stages(way, item, label, consume);
        self.here = outer;
    }

    /// A loop over positions; `moved` is a variable that keeps behind them.
    fn counted(
        &mut self,
        seq: Seq,
        moved: Option<VarId>,
        label: LabelId,
        way: &Way,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        let var = self.declare("i", Span::mixed_site(), Ty::Int, false, Role::Temp);
        self.maybe_active[var.0] = false;
        let (body, ()) = self.in_block(|lw| {
            lw.ask_heads(way);
            if let Some(at) = moved {
                lw.emit(set(at, plus(Expr::var(var), Expr::Int(1))));
            }
            lw.at_position(&seq.access, &Expr::var(var), label, way, consume);
        });
        let kind = LoopKind::Range {
            var,
            lo: seq.lo,
            hi: seq.hi.unwrap_or(Expr::Int(0)),
            inclusive: seq.inclusive,
            step: seq.step,
            rev: seq.rev,
        };
        self.emit(Stmt::Loop { label, kind, body });
    }

    /// A loop over positions without end, which something in it has to leave.
    fn endless(
        &mut self,
        seq: Seq,
        span: Span,
        label: LabelId,
        way: &Way,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        let start = match position::literal(&seq.lo) {
            Some(n) => Expr::Int(n),
            None => seq.lo.clone(),
        };
        let at = self.state("position", Ty::Int, start);
        let step = seq.step.clone().unwrap_or(Expr::Int(1));
        self.without_end(label, way, &mut |lw| {
            let here = Expr::var(lw.name_value("i", Expr::var(at), Ty::Int));
            lw.emit(set(at, plus(here.clone(), step.clone())));
            lw.at_position(&seq.access, &here, label, way, consume);
        });
        let left = self.out.last().is_some_and(|s| {
            let mut left = false;
            walk_one(s, &mut |s| {
                left |= matches!(s, Stmt::Break(_) | Stmt::Return(_))
                    || matches!(s, Stmt::Effect(o) if never_returns(&o.tokens));
            });
            left
        });
        if !left {
            self.errors.at(
                span,
                Code::Endless,
                "a loop without end can't be differentiated",
                "leave it with `break`, or give the range both ends",
            );
        }
    }

    fn without_end(&mut self, label: LabelId, way: &Way, step: &mut dyn FnMut(&mut Self)) {
        let (body, ()) = self.in_block(|lw| {
            lw.ask_heads(way);
            step(lw);
        });
        let kind = LoopKind::Forever;
        self.emit(Stmt::Loop { label, kind, body });
    }

    fn ask_heads(&mut self, way: &Way) {
        for (over, done) in way.heads() {
            self.leave_if(over, Stmt::Break(done));
        }
    }

    pub(super) fn leave_if(&mut self, cond: Expr, exit: Stmt) {
        self.emit(Stmt::If {
            cond,
            then: vec![exit],
            els: Vec::new(),
        });
    }

    /// A variable beside the loop.
    pub(super) fn state(&mut self, name: &str, ty: Ty, init: Expr) -> VarId {
        let init = match (&ty, position::literal(&init)) {
            (Ty::Int, Some(0)) => none_yet(),
            _ => init,
        };
        let active = self.expr_maybe_active(&init);
        let var = self.temp(name, ty);
        self.func.vars[var.0].mutable = true;
        self.maybe_active[var.0] = active;
        let init = Some(init);
        self.emit(Stmt::Let { var, init });
        var
    }

    /// `successors`: the item behind this one is made before this one is used.
    fn succeed(&mut self, next: VarId, more: VarId, closure: &Rc<Closure>, item: Item) {
        self.emit(set(more, truth(false)));
        let label = self.func.new_label("end");
        let (body, ()) = self.in_block(|lw| {
            let item = item.by_reference();
            if let Some(item) = lw.apply_found(closure, vec![item], Otherwise::Break(label)) {
                let (value, _) = lw.item_value(item, closure.written.span());
                lw.emit(set(next, value));
                lw.emit(set(more, truth(true)));
            }
        });
        self.emit(Stmt::Labeled { label, body });
    }

    /// The adaptors behind the first `filter`, and then the consumer.
    fn stages(
        &mut self,
        way: &Way,
        item: Item,
        next: LabelId,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        let done = way.done;
        let Some((stage, rest)) = way.stages.split_first() else {
            consume(self, item, Exits { done, next });
            return;
        };
        let way = &Way {
            stages: rest,
            ..*way
        };
        let item = match stage {
            Stage::Map(c) => self.apply(c, vec![item]),
            Stage::ByValue => item.by_value(),
            Stage::Inspect(c) => {
                let item = self.named_item(item);
                let lent = self.lent(item.clone());
                self.perform(c, vec![lent]);
                item
            }
            Stage::Filter(c) => {
                let (item, cond) = self.condition(c, item);
                let (then, ()) = self.in_block(|lw| lw.stages(way, item, next, consume));
                self.emit(Stmt::If {
                    cond,
                    then,
                    els: Vec::new(),
                });
                return;
            }
            Stage::TakeWhile(c) => {
                let (item, cond) = self.condition(c, item);
                let over = Expr::Unary(UnOp::Not, Box::new(cond));
                self.leave_if(over, Stmt::Break(done));
                item
            }
            Stage::SkipWhile(c, skipping) => self.skip_while(c, *skipping, item, next),
            Stage::Choose(c) => {
                let none = Otherwise::Continue(next);
                match self.apply_found(c, vec![item], none) {
                    Some(item) => item,
                    None => return,
                }
            }
            Stage::MapWhile(c) => match self.apply_found(c, vec![item], Otherwise::Break(done)) {
                Some(item) => item,
                None => return,
            },
            Stage::Good(c, none) => match self.apply_found(c, vec![item], *none) {
                Some(item) => item,
                None => return,
            },
            Stage::Scan(c, state) => {
                let state = Item::Place(Place::var(*state), Kind::RefMut);
                match self.apply_found(c, vec![state, item], Otherwise::Break(done)) {
                    Some(item) => item,
                    None => return,
                }
            }
            Stage::Flat(c, rev) => return self.flat_map(c, *rev, item, way, consume),
            Stage::Flatten(rev) => return self.flatten(*rev, item, way, consume),
            Stage::Count(count) => {
                let index = Expr::var(self.name_value("position", Expr::var(*count), Ty::Int));
                self.emit(advance(*count));
                Item::Tuple(vec![Item::Value(index, Ty::Int), item])
            }
            Stage::Skip(count, n) => {
                let cond = Expr::bin(BinOp::Lt, Expr::var(*count), n.clone());
                let then = vec![advance(*count), Stmt::Continue(next)];
                let els = Vec::new();
                self.emit(Stmt::If { cond, then, els });
                item
            }
            Stage::Take(count, _) => {
                self.emit(advance(*count));
                item
            }
            Stage::StepBy(left, step) => {
                self.emit(Stmt::If {
                    cond: Expr::bin(BinOp::Gt, Expr::var(*left), Expr::Int(0)),
                    then: vec![
                        Stmt::Assign {
                            place: Place::var(*left),
                            op: Some(BinOp::Sub),
                            value: Expr::Int(1),
                            first: false,
                        },
                        Stmt::Continue(next),
                    ],
                    els: Vec::new(),
                });
                let left_out = Expr::bin(BinOp::Sub, step.clone(), Expr::Int(1));
                self.emit(set(*left, left_out));
                item
            }
            Stage::Zip {
                at,
                length,
                access,
                first,
            } => {
                if let (Some(length), false) = (&**length, first) {
                    let over = Expr::bin(BinOp::Ge, Expr::var(*at), length.clone());
                    self.leave_if(over, Stmt::Break(done));
                }
                let item = self.named_item(item);
                let here = Expr::var(self.name_value("position", Expr::var(*at), Ty::Int));
                self.emit(advance(*at));
                let other = self.item_at(access, &here);
                Item::Tuple(match first {
                    true => vec![other, item],
                    false => vec![item, other],
                })
            }
        };
        self.stages(way, item, next, consume);
    }

    fn skip_while(&mut self, c: &Rc<Closure>, skipping: VarId, item: Item, next: LabelId) -> Item {
        let item = self.named_item(item);
        let asked = self.lent(item.clone());
        let (then, ()) = self.in_block(|lw| {
            let cond = lw.apply(c, vec![asked]);
            let (cond, _) = lw.item_value(cond, c.written.span());
            lw.leave_if(cond, Stmt::Continue(next));
            lw.emit(set(skipping, truth(false)));
        });
        self.emit(Stmt::If {
            cond: Expr::var(skipping),
            then,
            els: Vec::new(),
        });
        item
    }

    /// A condition on an item that is used again.
    fn condition(&mut self, c: &Rc<Closure>, item: Item) -> (Item, Expr) {
        let item = self.named_item(item);
        let lent = self.lent(item.clone());
        let cond = self.apply(c, vec![lent]);
        let (cond, _) = self.item_value(cond, c.written.span());
        (item, cond)
    }

    /// The loop over what a closure makes of an item. The stages behind it are lowered with the names from outside the closure.
    fn flat_map(
        &mut self,
        c: &Rc<Closure>,
        rev: bool,
        item: Item,
        way: &Way,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        let heads = way.heads();
        let outside = self.scopes.clone();
        self.in_closure(c, vec![item], &mut |lw, body| {
            let Some(inner) = lw
                .pipeline(body)
                .and_then(|p| lw.turned(p, rev, body.span()))
            else {
                return;
            };
            lw.run_under(inner, None, &heads, &mut |lw, item, exits| {
                let inside = std::mem::replace(&mut lw.scopes, outside.clone());
                lw.scopes.push(HashMap::new());
                lw.stages(way, item, exits.next, consume);
                lw.scopes = inside;
            });
        });
    }

    /// The loop over the elements of an item.
    fn flatten(
        &mut self,
        rev: bool,
        item: Item,
        way: &Way,
        consume: &mut dyn FnMut(&mut Self, Item, Exits),
    ) {
        let heads = way.heads();
        let (place, kind) = match self.named_item(item) {
            Item::Place(place, kind) => (place, kind),
            Item::Value(Expr::Place(place), _) => (place, Kind::Value),
            _ => {
                self.unsupported(
                    Span::call_site(),
                    Code::Adaptor,
                    "`flatten` of these items",
                    "write a loop in a loop, `for row in rows { for v in row { … } }`",
                );
                return;
            }
        };
        let length = Expr::Query("len".into(), place.clone(), Vec::new());
        let inner = Pipeline {
            span: place.span,
            source: Source::Seq(Seq::over(
                Some(length),
                Access::Element(place.clone(), kind),
            )),
            stages: Vec::new(),
        };
        let Some(inner) = self.turned(inner, rev, place.span) else {
            return;
        };
        self.run_under(inner, None, &heads, &mut |lw, item, exits| {
            lw.stages(way, item, exits.next, consume);
        });
    }
}

/// What the stages ask before an item is taken from the source.
fn own_heads(stages: &[Stage], done: LabelId) -> Heads {
    let over = |at: &VarId, end: &Expr| Expr::bin(BinOp::Ge, Expr::var(*at), end.clone());
    let heads = stages.iter().filter_map(|s| match s {
        Stage::Take(count, n) => Some(over(count, n)),
        Stage::Zip {
            at,
            length,
            first: true,
            ..
        } => length.as_ref().as_ref().map(|length| over(at, length)),
        _ => None,
    });
    heads.map(|cond| (cond, done)).collect()
}
