//! Adaptors: each either moves positions about or becomes a stage.

use super::effects::assigns_outside;
use super::*;

impl Pipeline {
    pub(super) fn staged(mut self, stage: Stage) -> Pipeline {
        self.stages.push(stage);
        self
    }

    /// Applies something to the source, which has positions and no stages behind it.
    fn on_seq(self, f: impl FnOnce(Seq) -> Seq) -> Pipeline {
        let source = match self.source {
            Source::Seq(seq) => Source::Seq(f(seq)),
            other => other,
        };
        Pipeline { source, ..self }
    }

    /// Whether it is `std::iter::empty()`.
    fn is_empty(&self) -> bool {
        matches!(&self.source, Source::Seq(seq) if seq.is_empty()) && self.stages.is_empty()
    }

    /// Whether an item can be found at any position.
    pub(super) fn has_positions(&self) -> bool {
        self.stages.is_empty() && matches!(self.source, Source::Seq(_))
    }
}

impl Lowerer<'_> {
    pub(super) fn adaptor(&mut self, p: Pipeline, m: &syn::ExprMethodCall) -> Option<Pipeline> {
        let name = m.method.to_string();
        let early = p.has_positions();
        match (name.as_str(), m.args.first(), m.args.get(1)) {
            ("by_ref" | "fuse" | "peekable" | "iter" | "iter_mut" | "into_iter", None, _) => {
                Some(p)
            }
            ("copied" | "cloned", None, _) if early => Some(p.on_seq(|s| s.wrap(Access::ByValue))),
            ("copied" | "cloned", None, _) => Some(p.staged(Stage::ByValue)),
            ("map", Some(f), None) => {
                let closure = self.closure(f, 1)?;
                Some(match early {
                    true => p.on_seq(|s| s.wrap(|a| Access::Map(closure, a))),
                    false => p.staged(Stage::Map(closure)),
                })
            }
            ("flatten", None, _) => Some(self.flattened(p)),
            ("chain", Some(other), None) => {
                let other = self.pipeline(other)?;
                let span = p.span;
                // Of items that never come the type is not known either.
                if other.is_empty() {
                    return Some(p);
                }
                if p.is_empty() {
                    return Some(other);
                }
                let source = Source::Chain(Box::new(p), Box::new(other));
                Some(Pipeline::of(source, span))
            }
            ("rev", None, _) => self.turned(p, true, m.method.span()),
            ("enumerate", None, _) => Some(self.numbered(p)),
            ("zip", Some(other), None) => self.zip(p, other, m.method.span()),
            ("cycle", None, _) => self.cycle(p, m),
            ("skip" | "take" | "step_by", Some(n), None) => {
                if name != "take" && self.counts_calls(&p, m.method.span(), &name) {
                    return None;
                }
                let (n, _) = self.expr(n);
                let n = self.frozen(n, "count");
                Some(self.counted_off(p, &name, n))
            }
            ("scan", Some(init), Some(f)) => {
                let closure = self.closure(f, 2)?;
                let (init, ty) = self.expr(init);
                let state = self.state("scanned", ty, init);
                Some(p.staged(Stage::Scan(closure, state)))
            }
            (_, Some(f), None) => {
                let closure = self.closure(f, 1)?;
                self.sieve(p, m, closure)
            }
            _ => self.no_adaptor(m),
        }
    }

    /// Adaptors that decide item by item.
    fn sieve(
        &mut self,
        p: Pipeline,
        m: &syn::ExprMethodCall,
        closure: Rc<Closure>,
    ) -> Option<Pipeline> {
        let stage = match m.method.to_string().as_str() {
            "filter" => Stage::Filter(closure),
            "take_while" => Stage::TakeWhile(closure),
            "skip_while" => {
                let skipping = self.state("skipping", Ty::Bool, truth(true));
                Stage::SkipWhile(closure, skipping)
            }
            "inspect" => Stage::Inspect(closure),
            "filter_map" => Stage::Choose(closure),
            "map_while" => Stage::MapWhile(closure),
            "flat_map" => Stage::Flat(closure, false),
            _ => return self.no_adaptor(m),
        };
        Some(p.staged(stage))
    }

    fn no_adaptor(&mut self, m: &syn::ExprMethodCall) -> Option<Pipeline> {
        self.unsupported(
            whole(&m.method),
            Code::Adaptor,
            &format!("the iterator adaptor `{}`", m.method),
            "write a `for` loop with `if`, `break` or a nested loop",
        );
        None
    }

    /// `.map(f).flatten()` is `.flat_map(f)`.
    fn flattened(&mut self, mut p: Pipeline) -> Pipeline {
        if let Some(Stage::Map(c)) = p.stages.last() {
            let stage = Stage::Flat(c.clone(), false);
            p.stages.pop();
            return p.staged(stage);
        }
        match p.source {
            Source::Seq(seq) if p.stages.is_empty() => match seq.access {
                Access::Map(c, inner) => {
                    let access = *inner;
                    let p = Pipeline::of(Source::Seq(Seq { access, ..seq }), p.span);
                    p.staged(Stage::Flat(c, false))
                }
                access => {
                    let p = Pipeline::of(Source::Seq(Seq { access, ..seq }), p.span);
                    p.staged(Stage::Flatten(false))
                }
            },
            source => Pipeline { source, ..p }.staged(Stage::Flatten(false)),
        }
    }

    /// A closure that counts its calls, or changes what its items refer to, has to be called for each of them in order: it
    /// becomes a stage.
    pub(super) fn in_order(&mut self, p: Pipeline) -> Pipeline {
        if !p.has_positions() {
            return p;
        }
        let Source::Seq(mut seq) = p.source else {
            return p;
        };
        let mut stages = Vec::new();
        while self.has_effects(&seq.access) {
            match seq.access {
                Access::Map(c, inner) => {
                    stages.push(Stage::Map(c));
                    seq.access = *inner;
                }
                Access::ByValue(inner) => {
                    stages.push(Stage::ByValue);
                    seq.access = *inner;
                }
                Access::Counted(_, inner) => {
                    let count = self.state("count", Ty::Int, none_yet());
                    stages.push(Stage::Count(count));
                    seq.access = *inner;
                }
                access => {
                    seq.access = access;
                    break;
                }
            }
        }
        stages.reverse();
        Pipeline {
            span: p.span,
            source: Source::Seq(seq),
            stages,
        }
    }

    /// Whether a closure would notice how often it is called, which for items that are left out the standard library does not say.
    fn counts_calls(&mut self, p: &Pipeline, span: Span, name: &str) -> bool {
        let noticed = match &p.source {
            Source::Seq(seq) => p.stages.is_empty() && self.has_effects(&seq.access),
            _ => false,
        };
        if noticed {
            self.unsupported(
                span,
                Code::StageEffects,
                &format!("`{name}` behind a closure that changes variables or items"),
                "write a `for` loop",
            );
        }
        noticed
    }

    fn numbered(&mut self, p: Pipeline) -> Pipeline {
        match p.source {
            Source::Seq(seq) if p.stages.is_empty() => {
                let source = Source::Seq(self.enumerated(seq));
                Pipeline { source, ..p }
            }
            _ => {
                let count = self.state("count", Ty::Int, none_yet());
                p.staged(Stage::Count(count))
            }
        }
    }

    /// `skip`, `take` and `step_by`.
    fn counted_off(&mut self, p: Pipeline, name: &str, n: Expr) -> Pipeline {
        let p = self.in_order(p);
        match p.source {
            Source::Seq(seq) if p.stages.is_empty() => {
                let seq = match name {
                    "skip" => self.skipped(seq, n),
                    "take" => self.taken(seq, n),
                    _ => self.stepped(seq, n),
                };
                let source = Source::Seq(seq);
                Pipeline { source, ..p }
            }
            _ => {
                let count = self.state("count", Ty::Int, none_yet());
                let stage = match name {
                    "skip" => Stage::Skip(count, n),
                    "take" => Stage::Take(count, n),
                    _ => Stage::StepBy(count, n),
                };
                p.staged(stage)
            }
        }
    }

    pub(super) fn zip(&mut self, a: Pipeline, other: &syn::Expr, span: Span) -> Option<Pipeline> {
        if self.counts_calls(&a, span, "zip") {
            return None;
        }
        let b = self.pipeline(other)?;
        let b = self.in_order(b);
        let b = match a.has_positions() {
            true => b,
            false => self.with_positions(b),
        };
        let source = a.span;
        match (a, b) {
            (a, b) if a.has_positions() && b.has_positions() => match (a.source, b.source) {
                (Source::Seq(a), Source::Seq(b)) => {
                    let seq = self.paired(a, b);
                    Some(Pipeline::of(Source::Seq(seq), source))
                }
                _ => None,
            },
            (a, b) if b.has_positions() => Some(self.in_step(a, b.source, false)),
            (a, b) if a.has_positions() => Some(self.in_step(b, a.source, true)),
            _ => {
                self.unsupported(
                    span,
                    Code::ZipOfFilters,
                    "`zip` of two chains that both leave items out",
                    "collect one of them first, or write a `for` loop",
                );
                None
            }
        }
    }

    /// A source with positions walked in step with a chain that has none.
    fn in_step(&mut self, p: Pipeline, other: Source, first: bool) -> Pipeline {
        let Source::Seq(seq) = other else { return p };
        let seq = self.flat(seq);
        let length = seq.hi.map(|hi| self.frozen(hi, "length"));
        let at = self.state("count", Ty::Int, none_yet());
        p.staged(Stage::Zip {
            at,
            length: Box::new(length),
            access: Box::new(seq.access),
            first,
        })
    }

    fn cycle(&mut self, p: Pipeline, m: &syn::ExprMethodCall) -> Option<Pipeline> {
        let p = self.in_order(p);
        let p = self.with_positions(p);
        if let (true, Source::Seq(seq)) = (p.stages.is_empty(), p.source)
            && !self.has_effects(&seq.access)
            && let Some(seq) = self.repeated(seq)
        {
            return Some(Pipeline::of(Source::Seq(seq), p.span));
        }
        self.unsupported(
            whole(&m.method),
            Code::Order,
            "`cycle` of this chain",
            "put it right behind a slice or a range, or collect the items first",
        );
        None
    }

    /// Two sources in a row as one with positions, where that can be.
    pub(super) fn with_positions(&mut self, p: Pipeline) -> Pipeline {
        let Source::Chain(a, b) = p.source else {
            return p;
        };
        let (a, b) = (self.with_positions(*a), self.with_positions(*b));
        let both = match (&a.source, &b.source) {
            (Source::Seq(x), Source::Seq(y)) => {
                let quiet = !self.has_effects(&x.access) && !self.has_effects(&y.access);
                let fit = quiet && a.stages.is_empty() && b.stages.is_empty() && x.hi.is_some();
                fit.then(|| (x.clone(), y.clone()))
            }
            _ => None,
        };
        let source = match both.and_then(|(x, y)| self.joined(x, y)) {
            Some(seq) => Source::Seq(seq),
            None => Source::Chain(Box::new(a), Box::new(b)),
        };
        Pipeline { source, ..p }
    }

    /// The chain from behind, if it is asked for.
    pub(super) fn turned(&mut self, p: Pipeline, rev: bool, span: Span) -> Option<Pipeline> {
        if !rev {
            return Some(p);
        }
        let mut stages = Vec::new();
        for stage in &p.stages {
            stages.push(match stage {
                Stage::Map(c) | Stage::Filter(c) | Stage::Choose(c) | Stage::Inspect(c)
                    if !assigns_outside(c) =>
                {
                    stage.clone()
                }
                Stage::ByValue => stage.clone(),
                Stage::Flat(c, rev) if !assigns_outside(c) => Stage::Flat(c.clone(), !rev),
                Stage::Flatten(rev) => Stage::Flatten(!rev),
                _ => {
                    self.no_way_back(span);
                    return None;
                }
            });
        }
        let source = match p.source {
            Source::Seq(seq) if !self.has_effects(&seq.access) => match self.reversed(seq) {
                Some(seq) => Source::Seq(seq),
                None => {
                    self.unsupported(
                        span,
                        Code::Endless,
                        "an open range in reverse",
                        "give it an end, `(0..n).rev()`",
                    );
                    return None;
                }
            },
            Source::Seq(_) => {
                self.unsupported(
                    span,
                    Code::StageEffects,
                    "`rev` behind a closure that changes variables or items",
                    "write a `for` loop",
                );
                return None;
            }
            Source::Chain(a, b) => {
                let b = self.turned(*b, true, span)?;
                let a = self.turned(*a, true, span)?;
                Source::Chain(Box::new(b), Box::new(a))
            }
            _ => {
                self.no_way_back(span);
                return None;
            }
        };
        let span = p.span;
        Some(Pipeline {
            span,
            source,
            stages,
        })
    }

    fn no_way_back(&mut self, span: Span) {
        self.unsupported(
            span,
            Code::Order,
            "`rev` of this chain",
            "put `rev` right behind the source, or collect the items and walk them backwards",
        );
    }
}
