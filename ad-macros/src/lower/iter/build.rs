//! From the syntax of a chain to the range of its loop, the way to an item, and what follows in the body.

use super::position::{at_least, is_zero, literal, minus, monus, plus, smaller, steps};
use super::*;
use crate::lower::control::is_table;
use quote::ToTokens;

impl Seq {
    /// A source whose positions start at zero.
    fn over(hi: Option<Expr>, access: Access) -> Seq {
        Seq {
            lo: Expr::Int(0),
            hi,
            inclusive: false,
            step: None,
            rev: Rev::No,
            access,
        }
    }

    fn wrap(self, f: impl FnOnce(Box<Access>) -> Access) -> Seq {
        Seq {
            access: f(Box::new(self.access)),
            ..self
        }
    }
}

impl Lowerer<'_> {
    /// Reads a chain; what is not known in it is reported.
    pub(super) fn pipeline(&mut self, e: &syn::Expr) -> Option<Pipeline> {
        let links = Links::read(e);
        let origin = links.calls.first().copied();
        let origin = origin.filter(|m| ORIGINS.contains(&m.method.to_string().as_str()));
        let seq = self.source(links.source, origin)?;
        let mut p = Pipeline {
            span: links.source.span(),
            seq,
            stages: Vec::new(),
        };
        let mut calls = links.calls.as_slice();
        if let (Some(_), Some((_, rest))) = (origin, calls.split_first()) {
            calls = rest;
        }
        for m in calls {
            p = self.adaptor(p, m)?;
        }
        Some(p)
    }

    /// The source with the method that makes an iterator of it.
    fn source(&mut self, e: &syn::Expr, origin: Option<&syn::ExprMethodCall>) -> Option<Seq> {
        if let syn::Expr::Range(r) = e {
            return self.range_source(r);
        }
        let name = origin.map(|m| m.method.to_string()).unwrap_or_default();
        let place = self.source_place(e)?;
        let ty = self.func.place_ty(&place);
        if !ty.is_container() && !matches!(ty.peel(), Ty::Unknown) {
            self.unsupported(
                e.span(),
                "a loop over this",
                "loop over a slice, an array, a `Vec` or a range",
            );
            return None;
        }
        let size = match origin {
            Some(m) if m.args.len() == 1 => {
                let (size, _) = self.expr(&m.args[0]);
                Some(self.frozen(size, "size"))
            }
            _ => None,
        };
        let kind = match name.as_str() {
            "iter_mut" | "chunks_mut" | "chunks_exact_mut" => Kind::RefMut,
            "iter" | "chunks" | "chunks_exact" | "windows" => Kind::Ref,
            _ => self.kind_of(e, &ty),
        };
        let place = match kind {
            Kind::Value => self.own_source(place, &ty),
            _ => place,
        };
        let length = Expr::Query("len".into(), place.clone(), Vec::new());
        let Some(size) = size else {
            return Some(Seq::over(Some(length), Access::Element(place, kind)));
        };
        Some(self.spans(&name, place, kind, length, size))
    }

    /// `windows`, `chunks` and `chunks_exact`.
    fn spans(&mut self, name: &str, place: Place, kind: Kind, length: Expr, size: Expr) -> Seq {
        let overlap = name == "windows";
        let exact = name.starts_with("chunks_exact");
        let limit = (!overlap && !exact).then(|| self.frozen(length.clone(), "end"));
        let hi = match (overlap, &limit) {
            (true, _) => monus(length, minus(size.clone(), Expr::Int(1))),
            (_, Some(limit)) => steps(limit.clone(), size.clone()),
            (_, None) => Expr::bin(BinOp::Div, length, size.clone()),
        };
        let access = Access::Span {
            place,
            kind,
            size,
            overlap,
            limit,
        };
        Seq::over(Some(hi), access)
    }

    fn source_place(&mut self, e: &syn::Expr) -> Option<Place> {
        let place = if self.is_place_expr(e) {
            self.place(e)
        } else if is_table(e) && self.is_constant_code(e.to_token_stream()) {
            Some(self.constant_table(e))
        } else {
            let mut inner = e;
            while let syn::Expr::Reference(r) = inner {
                inner = &r.expr;
            }
            self.place_or_value(inner)
        };
        match place {
            Some(place) => Some(self.freeze_place(place)),
            None => {
                self.unsupported(
                    e.span(),
                    "this iterator",
                    "loop over a range, over `&v`, `&mut v`, or over `v.iter()` and adaptors of it",
                );
                None
            }
        }
    }

    /// What `into_iter` yields.
    fn kind_of(&self, e: &syn::Expr, ty: &Ty) -> Kind {
        match (e, ty) {
            (syn::Expr::Paren(p), _) => self.kind_of(&p.expr, ty),
            (syn::Expr::Reference(r), _) if r.mutability.is_some() => Kind::RefMut,
            (syn::Expr::Reference(_), _) => Kind::Ref,
            (_, Ty::Ref(true, _)) => Kind::RefMut,
            (_, Ty::Array(..) | Ty::Vec(_)) if !self.is_alias(e) => Kind::Value,
            _ => Kind::Ref,
        }
    }

    /// Whether a name stands for a reference to an element.
    fn is_alias(&self, e: &syn::Expr) -> bool {
        let syn::Expr::Path(p) = e else { return false };
        let name = p.path.get_ident().map(ToString::to_string);
        matches!(name.and_then(|n| self.lookup(&n)), Some(Binding::Alias(_)))
    }

    /// Whether this is an array by value that may change while copies of its elements are met.
    pub(in crate::lower) fn is_changing_array(&mut self, e: &syn::Expr) -> bool {
        let syn::Expr::Path(_) = e else { return false };
        self.place(e).is_some_and(|p| {
            let array = matches!(self.func.place_ty(&p), Ty::Array(..));
            array && !self.is_alias(e) && self.func.var(self.func.root(&p)).mutable
        })
    }

    /// `for v in a { … a … }`: were `a` an array, its items would be copies; where that is not known, the user says it.
    pub(in crate::lower) fn check_items_change(&mut self, f: &syn::ExprForLoop) {
        let syn::Expr::Path(path) = &*f.expr else {
            return;
        };
        let Some(name) = path.path.get_ident().map(ToString::to_string) else {
            return;
        };
        let Some(Binding::Var(v)) = self.lookup(&name) else {
            return;
        };
        let var = self.func.var(*v);
        let open = var.mutable && matches!(var.ty, Ty::Unknown);
        let mut mentioned = Vec::new();
        crate::lower::opaque::scan(f.body.to_token_stream(), &mut mentioned);
        if open && mentioned.contains(&name) {
            self.unsupported(
                f.expr.span(),
                &format!("a loop over `{name}`, whose type is not known here and which its body mentions,"),
                &format!("annotate it, `let mut {name}: …`, or loop over `&{name}` or a range"),
            );
        }
    }

    /// An array that is iterated by value is copied where it may change meanwhile.
    fn own_source(&mut self, place: Place, ty: &Ty) -> Place {
        let changes = self.func.var(self.func.root(&place)).mutable;
        if changes && matches!(ty, Ty::Array(..)) && ty.is_copy() == Some(true) {
            return Place::var(self.name_value("items", Expr::Place(place), ty.clone()));
        }
        place
    }

    fn range_source(&mut self, r: &syn::ExprRange) -> Option<Seq> {
        let Some(start) = &r.start else {
            self.unsupported(
                r.span(),
                "a range without start",
                "give the range both ends",
            );
            return None;
        };
        let (bounds, _) = self.operands(std::iter::once(&**start).chain(r.end.as_deref()));
        let mut bounds = bounds.into_iter();
        let lo = bounds.next().map(|e| self.frozen(e, "start"));
        let hi = bounds.next().map(|e| self.frozen(e, "end"));
        Some(Seq {
            lo: lo.unwrap_or(Expr::Int(0)),
            inclusive: matches!(r.limits, syn::RangeLimits::Closed(_)),
            ..Seq::over(hi, Access::Number)
        })
    }

    /// An integer that keeps its value.
    fn frozen(&mut self, e: Expr, name: &str) -> Expr {
        match literal(&e) {
            Some(n) if !suffixed(&e) => Expr::Int(n),
            _ => self.freeze(e, name, Ty::Int),
        }
    }

    fn adaptor(&mut self, p: Pipeline, m: &syn::ExprMethodCall) -> Option<Pipeline> {
        let name = m.method.to_string();
        let arg = m.args.first();
        let early = p.stages.is_empty();
        match (name.as_str(), arg) {
            ("by_ref" | "fuse" | "iter" | "into_iter", None) => Some(p),
            ("copied" | "cloned", None) if early => Some(on_seq(p, |s| s.wrap(Access::ByValue))),
            ("copied" | "cloned", None) => Some(staged(p, Stage::ByValue)),
            ("map", Some(f)) => {
                let closure = self.closure(f, 1)?;
                Some(match early {
                    true => on_seq(p, |s| s.wrap(|a| Access::Map(closure, a))),
                    false => staged(p, Stage::Map(closure)),
                })
            }
            ("filter", Some(f)) => Some(staged(p, Stage::Filter(self.closure(f, 1)?))),
            ("take_while", Some(f)) => Some(staged(p, Stage::TakeWhile(self.closure(f, 1)?))),
            ("inspect", Some(f)) => Some(staged(p, Stage::Inspect(self.closure(f, 1)?))),
            ("enumerate", None) if !early => {
                let count = self.temp("count", Ty::Int);
                self.func.vars[count.0].mutable = true;
                Some(staged(p, Stage::Count(count)))
            }
            ("enumerate" | "rev", None) | ("skip" | "take" | "step_by" | "zip", Some(_))
                if early =>
            {
                let seq = self.moving(p.seq, m, &name, arg)?;
                Some(Pipeline { seq, ..p })
            }
            ("enumerate" | "rev" | "skip" | "take" | "step_by" | "zip", _) => {
                self.unsupported(
                    m.method.span(),
                    &format!("`{name}` behind an adaptor that leaves items out"),
                    "put it before that one, or write a `for` loop with an `if`",
                );
                None
            }
            _ => {
                self.unsupported(
                    m.method.span(),
                    &format!("the iterator adaptor `{name}`"),
                    "write a `for` loop with `if`, `break` or a nested loop",
                );
                None
            }
        }
    }

    /// Adaptors that change which positions there are. A closure that keeps count of its calls would notice.
    fn moving(
        &mut self,
        seq: Seq,
        m: &syn::ExprMethodCall,
        name: &str,
        arg: Option<&syn::Expr>,
    ) -> Option<Seq> {
        if name != "enumerate" && self.has_effects(&seq.access) {
            self.unsupported(
                m.method.span(),
                &format!("`{name}` behind a closure that changes variables or items"),
                "write a `for` loop",
            );
            return None;
        }
        let value = match (name, arg) {
            ("skip" | "take" | "step_by", Some(arg)) => {
                let (value, _) = self.expr(arg);
                self.frozen(value, "count")
            }
            _ => Expr::Int(0),
        };
        match (name, arg) {
            ("zip", Some(other)) => self.zip(seq, other),
            ("enumerate", _) => Some(self.enumerated(seq)),
            ("rev", _) => self.reversed(seq, m),
            ("skip", _) => Some(self.skipped(seq, value)),
            ("take", _) => Some(self.taken(seq, value)),
            _ if seq.step.is_none() => Some(Seq {
                step: Some(value),
                ..self.half_open(seq)
            }),
            _ => {
                let seq = self.flat(seq);
                Some(Seq {
                    step: Some(value),
                    ..seq
                })
            }
        }
    }

    /// Whether a closure on the way to an item assigns to what it captures.
    fn has_effects(&self, access: &Access) -> bool {
        match access {
            Access::Map(c, inner) => {
                assigns_outside(c) || is_exclusive(inner) || self.has_effects(inner)
            }
            Access::Counted(_, inner) | Access::At(_, inner) | Access::ByValue(inner) => {
                self.has_effects(inner)
            }
            Access::Pair(a, b) => self.has_effects(a) || self.has_effects(b),
            Access::Element(..) | Access::Span { .. } | Access::Number => false,
        }
    }

    /// `a..=b` as `a..b + 1`.
    fn half_open(&mut self, seq: Seq) -> Seq {
        match seq.inclusive {
            true => Seq {
                hi: seq.hi.map(|hi| plus(hi, Expr::Int(1))),
                inclusive: false,
                ..seq
            },
            false => seq,
        }
    }

    /// Ends that are read more than once get a name where they may change.
    fn settled(&mut self, seq: Seq) -> Seq {
        let seq = self.half_open(seq);
        Seq {
            hi: seq.hi.map(|hi| self.frozen(hi, "end")),
            ..seq
        }
    }

    /// The same items, at positions from zero upwards.
    fn flat(&mut self, seq: Seq) -> Seq {
        let seq = self.settled(seq);
        let plain = is_zero(&seq.lo) && seq.step.is_none() && seq.rev == Rev::No;
        if plain {
            return seq;
        }
        let Some(hi) = seq.hi else {
            let pos = Pos::Up(seq.lo, seq.step);
            return Seq::over(None, Access::At(pos, Box::new(seq.access)));
        };
        let span = monus(hi.clone(), seq.lo.clone());
        let length = match &seq.step {
            Some(step) => steps(span, step.clone()),
            None => span,
        };
        let length = self.frozen(length, "length");
        let access = match seq.rev {
            Rev::No => Access::At(Pos::Up(seq.lo, seq.step), Box::new(seq.access)),
            Rev::Before => Access::At(Pos::Down(hi, seq.step), Box::new(seq.access)),
            Rev::After => {
                let forward = Access::At(Pos::Up(seq.lo, seq.step), Box::new(seq.access));
                Access::At(Pos::Down(length.clone(), None), Box::new(forward))
            }
        };
        Seq::over(Some(length), access)
    }

    fn zip(&mut self, seq: Seq, other: &syn::Expr) -> Option<Seq> {
        let a = self.flat(seq);
        let b = self.pipeline(other)?;
        if !b.stages.is_empty() || self.has_effects(&b.seq.access) {
            self.unsupported(
                other.span(),
                "`zip` with this iterator",
                "zip with a slice, a range or a chain without `filter`, or write a `for` loop",
            );
            return None;
        }
        let b = self.flat(b.seq);
        let hi = match (a.hi, b.hi) {
            (Some(x), Some(y)) => Some(smaller(x, y)),
            (x, y) => x.or(y),
        };
        Some(Seq::over(
            hi,
            Access::Pair(Box::new(a.access), Box::new(b.access)),
        ))
    }

    fn enumerated(&mut self, seq: Seq) -> Seq {
        let seq = match (seq.step.is_some(), seq.rev) {
            (true, _) => self.flat(seq),
            (_, Rev::No) => seq,
            _ => self.settled(seq),
        };
        let pos = match (seq.rev, &seq.hi) {
            (Rev::No, _) | (_, None) => Pos::From(seq.lo.clone()),
            (_, Some(hi)) => Pos::Down(hi.clone(), None),
        };
        seq.wrap(|a| Access::Counted(pos, a))
    }

    fn reversed(&mut self, seq: Seq, m: &syn::ExprMethodCall) -> Option<Seq> {
        if seq.hi.is_none() {
            self.unsupported(
                m.method.span(),
                "an open range in reverse",
                "give it an end",
            );
            return None;
        }
        let (seq, rev) = match (seq.rev, seq.step.is_some()) {
            (Rev::No, false) => (seq, Rev::Before),
            (Rev::No, true) => (seq, Rev::After),
            (Rev::Before, false) | (Rev::After, _) => (seq, Rev::No),
            (Rev::Before, true) => (self.flat(seq), Rev::Before),
        };
        Some(Seq { rev, ..seq })
    }

    fn skipped(&mut self, seq: Seq, n: Expr) -> Seq {
        let seq = if seq.step.is_some() {
            self.flat(seq)
        } else {
            self.half_open(seq)
        };
        match (seq.rev, seq.hi) {
            (Rev::No, hi) => Seq {
                lo: plus(n, seq.lo),
                hi,
                ..seq
            },
            (_, hi) => Seq {
                hi: hi.map(|hi| monus(hi, n)),
                ..seq
            },
        }
    }

    fn taken(&mut self, seq: Seq, n: Expr) -> Seq {
        let seq = if seq.step.is_some() {
            self.flat(seq)
        } else {
            self.settled(seq)
        };
        match (seq.rev, seq.hi) {
            (Rev::No, hi) => {
                let end = plus(n, seq.lo.clone());
                Seq {
                    hi: Some(match hi {
                        Some(hi) => smaller(hi, end),
                        None => end,
                    }),
                    ..seq
                }
            }
            (_, Some(hi)) => Seq {
                lo: at_least(seq.lo, monus(hi.clone(), n)),
                hi: Some(hi),
                ..seq
            },
            (_, None) => Seq { hi: None, ..seq },
        }
    }
}

fn on_seq(p: Pipeline, f: impl FnOnce(Seq) -> Seq) -> Pipeline {
    Pipeline { seq: f(p.seq), ..p }
}

fn staged(mut p: Pipeline, stage: Stage) -> Pipeline {
    p.stages.push(stage);
    p
}

/// Whether the items can be written through.
fn is_exclusive(access: &Access) -> bool {
    match access {
        Access::Element(_, kind) | Access::Span { kind, .. } => *kind == Kind::RefMut,
        Access::Number | Access::Map(..) => false,
        Access::Pair(a, b) => is_exclusive(a) || is_exclusive(b),
        Access::Counted(_, inner) | Access::At(_, inner) | Access::ByValue(inner) => {
            is_exclusive(inner)
        }
    }
}

fn suffixed(e: &Expr) -> bool {
    matches!(e, Expr::Opaque(o) if syn::parse2::<syn::LitInt>(o.tokens.clone()).is_ok_and(|l| !l.suffix().is_empty()))
}

/// Looks for assignments to variables that a closure does not own.
struct Search {
    own: Vec<String>,
    found: bool,
    calls: Vec<String>,
}
impl Search {
    fn target(&mut self, e: &syn::Expr) {
        match e {
            syn::Expr::Path(p) => {
                let name = p.path.get_ident().map(ToString::to_string);
                self.found |= !name.is_some_and(|n| self.own.contains(&n));
            }
            syn::Expr::Index(i) => self.target(&i.expr),
            syn::Expr::Field(f) => self.target(&f.base),
            syn::Expr::Paren(p) => self.target(&p.expr),
            // What a parameter refers to lies outside.
            _ => self.found = true,
        }
    }
}
impl<'ast> syn::visit::Visit<'ast> for Search {
    fn visit_pat_ident(&mut self, id: &'ast syn::PatIdent) {
        self.own.push(id.ident.to_string());
    }
    fn visit_expr_assign(&mut self, a: &'ast syn::ExprAssign) {
        self.target(&a.left);
        syn::visit::visit_expr_assign(self, a);
    }
    fn visit_expr_binary(&mut self, b: &'ast syn::ExprBinary) {
        if crate::lower::expr::is_assignment(&b.op) {
            self.target(&b.left);
        }
        syn::visit::visit_expr_binary(self, b);
    }
    fn visit_expr_call(&mut self, c: &'ast syn::ExprCall) {
        if let syn::Expr::Path(p) = &*c.func
            && let Some(id) = p.path.get_ident()
        {
            self.calls.push(id.to_string());
        }
        syn::visit::visit_expr_call(self, c);
    }
    fn visit_expr_reference(&mut self, r: &'ast syn::ExprReference) {
        if r.mutability.is_some() {
            self.target(&r.expr);
        }
        syn::visit::visit_expr_reference(self, r);
    }
    fn visit_expr_method_call(&mut self, m: &'ast syn::ExprMethodCall) {
        if matches!(
            m.method.to_string().as_str(),
            "push" | "pop" | "swap" | "fill" | "clear" | "iter_mut"
        ) {
            self.target(&m.receiver);
        }
        syn::visit::visit_expr_method_call(self, m);
    }
}

/// Whether a closure, or one that it calls, assigns to a variable that is not its own.
pub(in crate::lower) fn assigns_outside(c: &Closure) -> bool {
    let mut search = Search {
        own: Vec::new(),
        found: false,
        calls: Vec::new(),
    };
    syn::visit::Visit::visit_expr_closure(&mut search, &c.written);
    let called = |name: &String| c.scopes.iter().rev().find_map(|s| s.get(name));
    search.found
        || search.calls.iter().any(
            |name| matches!(called(name), Some(Binding::Closure(inner)) if assigns_outside(inner)),
        )
}
