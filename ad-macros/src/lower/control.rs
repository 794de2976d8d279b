//! Branches, loops and exits.

use super::*;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// A control-flow expression used as a value inside another expression.
    pub(super) fn control_value(&mut self, e: &syn::Expr) -> (Expr, Ty) {
        let var = self.temp("chosen", Ty::Unknown);
        self.emit(Stmt::Let { var, init: None });
        self.control_into(e, Dest::Init(var));
        let ty = self.func.var(var).ty.clone();
        (Expr::var(var), ty)
    }

    pub(super) fn control_into(&mut self, e: &syn::Expr, dest: Dest) {
        match e {
            syn::Expr::Paren(p) => self.control_into(&p.expr, dest),
            syn::Expr::Loop(_) | syn::Expr::Block(syn::ExprBlock { label: Some(_), .. })
                if matches!(dest, Dest::Found(..)) =>
            {
                self.unsupported(
                    head(e),
                    Code::LoopValue,
                    "a loop that gives an `Option`",
                    "assign to a `let mut` variable and a `bool`, and leave the loop with `break`",
                );
            }
            syn::Expr::If(i) => self.if_into(i, dest),
            syn::Expr::Match(m) => self.match_into(m, dest),
            syn::Expr::Block(b) => match &b.label {
                Some(label) => self.labelled_block(b, label, dest),
                None => self.block_into(&b.block, dest),
            },
            syn::Expr::Loop(l) => self.forever(l, dest),
            other => self.tail(other, dest),
        }
    }

    fn if_into(&mut self, i: &syn::ExprIf, dest: Dest) {
        if self.if_let(i, dest) {
            return;
        }
        if let Some(span) = has_let(&i.cond) {
            self.unsupported(
                span,
                Code::LetChain,
                "`let` in a chain of conditions",
                "nest the `if`s: `if a { if let Some(k) = n { … } }`",
            );
            return;
        }
        let (cond, _) = self.expr(&i.cond);
        let (then, ()) = self.in_block(|lw| lw.block_into(&i.then_branch, dest));
        let (els, ()) = self.in_block(|lw| {
            if let Some((_, e)) = &i.else_branch {
                lw.tail(e, dest);
            }
        });
        self.emit(Stmt::If { cond, then, els });
    }

    /// `match` becomes a chain of `if`s over what its patterns test.
    fn match_into(&mut self, m: &syn::ExprMatch, dest: Dest) {
        if let Some(answer) = self.named_answer(&m.expr) {
            let mut m = m.clone();
            *m.expr = answer;
            return self.match_into(&m, dest);
        }
        if self.match_found(m, dest)
            || self.match_maybe(m, dest)
            || self.match_constant(m, dest)
            || self.match_call(m, dest)
            || self.match_variants(m, dest)
        {
            return;
        }
        let (value, ty) = self.expr(&m.expr);
        let value = self.scrutinee(value, ty);
        self.arms(&m.arms, &value, dest);
    }

    /// Names the parts of a scrutinee that are not plain variables.
    fn scrutinee(&mut self, value: Expr, ty: Ty) -> Expr {
        match (value, ty) {
            (Expr::Tuple(parts), Ty::Tuple(tys)) => Expr::Tuple(
                parts
                    .into_iter()
                    .zip(tys)
                    .map(|(p, t)| self.scrutinee(p, t))
                    .collect(),
            ),
            (Expr::Place(p), _) if self.is_stable(&Expr::Place(p.clone())) => Expr::Place(p),
            (value, ty) => Expr::var(self.name_value("case", value, ty)),
        }
    }

    fn arms(&mut self, arms: &[syn::Arm], value: &Expr, dest: Dest) {
        let Some((arm, rest)) = arms.split_first() else {
            return;
        };
        self.scopes.push(HashMap::new());
        let test = self.test(&arm.pat, value);
        let guard = arm.guard.as_ref().map(|(_, g)| {
            let (block, (guard, _)) = self.in_block(|lw| lw.expr(g));
            if !block.is_empty() {
                self.unsupported(
                    whole(g),
                    Code::Effects,
                    "a guard that calls functions",
                    "compute it before the `match`, `let yes = …;`, and write `if yes`",
                );
            }
            guard
        });
        let cond = match (test, guard) {
            (Some(t), Some(g)) => Some(Expr::bin(BinOp::And, t, g)),
            (t, g) => t.or(g),
        };
        let cond = if rest.is_empty() { None } else { cond };
        match cond {
            None => self.tail(&arm.body, dest),
            Some(cond) => {
                let (then, ()) = self.in_block(|lw| lw.tail(&arm.body, dest));
                self.scopes.pop();
                let (els, ()) = self.in_block(|lw| lw.arms(rest, value, dest));
                self.scopes.push(HashMap::new());
                self.emit(Stmt::If { cond, then, els });
            }
        }
        self.scopes.pop();
    }

    pub(super) fn push_loop(
        &mut self,
        label: Option<&syn::Label>,
        dest: Dest,
        is_loop: bool,
    ) -> LabelId {
        let user = label.map(|l| l.name.ident.to_string());
        let id = self.func.new_label(user.as_deref().unwrap_or("steps"));
        let value = match dest {
            Dest::Init(var) => Some(var),
            _ => None,
        };
        self.loops.push(LoopScope {
            label: id,
            next: id,
            user,
            value,
            returns: matches!(dest, Dest::Return),
            is_loop,
        });
        id
    }

    fn forever(&mut self, l: &syn::ExprLoop, dest: Dest) {
        if let Dest::Return = dest
            && self.func.wrapper.is_none()
        {
            let var = self.temp("outcome", self.func.ret.clone());
            self.emit(Stmt::Let { var, init: None });
            self.forever(l, Dest::Init(var));
            if !self.out.last().is_some_and(|s| diverges(&vec![s.clone()])) {
                self.emit(Stmt::Return(Some(Expr::var(var))));
            }
            return;
        }
        let label = self.push_loop(l.label.as_ref(), dest, true);
        self.storing(label, &l.attrs);
        let (body, ()) = self.in_block(|lw| lw.block_into(&l.body, Dest::Discard));
        self.loops.pop();
        self.emit(Stmt::Loop {
            label,
            kind: LoopKind::Forever,
            body,
        });
    }

    fn labelled_block(&mut self, b: &syn::ExprBlock, label: &syn::Label, dest: Dest) {
        if let Dest::Return = dest
            && self.func.wrapper.is_none()
        {
            let var = self.temp("outcome", self.func.ret.clone());
            self.emit(Stmt::Let { var, init: None });
            self.labelled_block(b, label, Dest::Init(var));
            self.emit(Stmt::Return(Some(Expr::var(var))));
            return;
        }
        let id = self.push_loop(Some(label), dest, false);
        let (body, ()) = self.in_block(|lw| lw.block_into(&b.block, dest));
        self.loops.pop();
        self.emit(Stmt::Labeled { label: id, body });
    }

    pub(super) fn break_expr(&mut self, b: &syn::ExprBreak) {
        let plain = b.label.is_none();
        let Some(label) = self.find_loop(b.label.as_ref(), b.span(), plain) else {
            return;
        };
        let left = self.loops.iter().rev().find(|l| l.label == label);
        let (value, returns) = left.map_or((None, false), |l| (l.value, l.returns));
        if let (Some(e), true) = (&b.expr, returns) {
            self.tail(e, Dest::Return);
            return;
        }
        if let Some(e) = &b.expr {
            match value {
                Some(var) => self.tail(e, Dest::Init(var)),
                None => self.statement_expr(e, Dest::Discard),
            }
        }
        self.emit(Stmt::Break(label));
    }

    pub(super) fn find_loop(
        &mut self,
        label: Option<&syn::Lifetime>,
        span: Span,
        only_loops: bool,
    ) -> Option<LabelId> {
        let found = self.loops.iter().rev().find(|l| match label {
            Some(name) => l.user.as_deref() == Some(&name.ident.to_string()),
            None => l.is_loop || !only_loops,
        });
        let found = found.map(|l| l.label);
        if found.is_none() {
            self.errors.at(
                span,
                Code::Exit,
                "this exit leaves no loop of the function",
                "write `return`, or give the loop that is meant a label, `'outer: for …`",
            );
        }
        found
    }

    pub(super) fn while_loop(&mut self, w: &syn::ExprWhile) {
        if self.while_let(w) {
            return;
        }
        if let Some(span) = has_let(&w.cond) {
            self.unsupported(
                span,
                Code::LetChain,
                "`let` in a chain of conditions",
                "write `loop { let Some(k) = … else { break }; … }`",
            );
            return;
        }
        let label = self.push_loop(w.label.as_ref(), Dest::Discard, true);
        self.storing(label, &w.attrs);
        let (mut prelude, (cond, _)) = self.in_block(|lw| lw.expr(&w.cond));
        let (body, ()) = self.in_block(|lw| lw.block_into(&w.body, Dest::Discard));
        self.loops.pop();
        if prelude.is_empty() {
            self.emit(Stmt::Loop {
                label,
                kind: LoopKind::While(cond),
                body,
            });
            return;
        }
        let stop = Expr::Unary(UnOp::Not, Box::new(cond));
        prelude.push(Stmt::If {
            cond: stop,
            then: vec![Stmt::Break(label)],
            els: Vec::new(),
        });
        prelude.extend(body);
        self.emit(Stmt::Loop {
            label,
            kind: LoopKind::Forever,
            body: prelude,
        });
    }

    pub(super) fn for_loop(&mut self, f: &syn::ExprForLoop) {
        self.check_items_change(f);
        let chain = Chain::read(&f.expr);
        let plain = |s: &Step| {
            matches!(
                s.name.as_str(),
                "iter" | "iter_mut" | "enumerate" | "rev" | "into_iter"
            )
        };
        if let syn::Expr::Range(r) = strip(chain.source)
            && chain.is_range()
            && r.end.is_some()
        {
            self.range_loop(f, r, &chain);
        } else if chain.steps.iter().all(plain)
            && chain.is_plain(&f.pat)
            && self.is_place_expr(chain.source)
            && !self.is_map(chain.source)
            && (chain.borrows() || !self.is_changing_array(chain.source))
        {
            if let Some(place) = self.place(chain.source) {
                self.element_loop(f, &chain, place);
            }
        } else if chain.steps.iter().all(plain)
            && chain.is_plain(&f.pat)
            && is_table(chain.source)
            && !self.is_map(chain.source)
            && self.is_constant_code(quote::ToTokens::to_token_stream(chain.source))
        {
            let table = self.constant_table(chain.source);
            self.element_loop(f, &chain, table);
        } else {
            self.chain_loop(f);
        }
    }

    fn range_loop(&mut self, f: &syn::ExprForLoop, r: &syn::ExprRange, chain: &Chain) {
        let (Some(start), Some(end)) = (&r.start, &r.end) else {
            self.unsupported(
                whole(r),
                Code::Endless,
                "an open range",
                "give the range both ends, `0..n`",
            );
            return;
        };
        let (bounds, _) = self.operands([&**start, &**end].into_iter());
        let mut bounds = bounds.into_iter();
        let lo = bounds.next().unwrap_or(Expr::Int(0));
        let hi = bounds.next().unwrap_or(Expr::Int(0));
        let (lo, hi) = (
            self.freeze(lo, "start", Ty::Int),
            self.freeze(hi, "end", Ty::Int),
        );
        let mut rev = Rev::No;
        let mut step = None;
        for s in &chain.steps {
            match (s.name.as_str(), &s.arg) {
                ("rev", _) if step.is_none() && rev == Rev::No => rev = Rev::Before,
                ("rev", _) if rev == Rev::No => rev = Rev::After,
                ("step_by", Some(arg)) if step.is_none() => {
                    let (value, _) = self.expr(arg);
                    step = Some(self.freeze(value, "stride", Ty::Int));
                }
                _ => {
                    self.unsupported(
                        whole(&f.expr),
                        Code::Order,
                        "this adaptor of a range",
                        "use `.rev()` or `.step_by(n)`, or write a `while` loop",
                    );
                    return;
                }
            }
        }
        let inclusive = matches!(r.limits, syn::RangeLimits::Closed(_));
        let label = self.push_loop(f.label.as_ref(), Dest::Discard, true);
        self.storing(label, &f.attrs);
        let (body, var) = self.in_block(|lw| {
            let var = lw.loop_variable(&f.pat);
            lw.block_into(&f.body, Dest::Discard);
            var
        });
        self.loops.pop();
        self.emit(Stmt::Loop {
            label,
            kind: LoopKind::Range {
                var,
                lo,
                hi,
                inclusive,
                step,
                rev,
            },
            body,
        });
    }

    fn loop_variable(&mut self, pat: &syn::Pat) -> VarId {
        match pat {
            syn::Pat::Ident(id) if id.subpat.is_none() => {
                let mutable = id.mutability.is_some();
                let name = id.ident.to_string();
                let var = self.declare(&name, id.ident.span(), Ty::Int, false, Role::Local);
                self.maybe_active[var.0] = false;
                self.bind(&name, Binding::Var(var));
                if mutable {
                    let copy = self.declare(&name, id.ident.span(), Ty::Int, true, Role::Local);
                    self.emit(Stmt::Let {
                        var: copy,
                        init: Some(Expr::var(var)),
                    });
                    self.bind(&name, Binding::Var(copy));
                }
                var
            }
            syn::Pat::Type(t) => self.loop_variable(&t.pat),
            _ => self.declare("i", pat.span(), Ty::Int, false, Role::Temp),
        }
    }

    /// A constant array or slice that is no variable of the function, by a name.
    pub(super) fn constant_table(&mut self, e: &syn::Expr) -> Place {
        let mut e = e;
        while let syn::Expr::Reference(r) = e {
            e = &r.expr;
        }
        // What is computed needs a place of its own: a pullback holds no reference to it.
        if is_computed(e) {
            let ty = Ty::Array(Box::new(Ty::Unknown), None);
            let (value, ty) = self.opaque_expr(e, ty);
            let var = self.name_value("table", value, ty);
            self.func.vars[var.0].constant = true;
            return Place::var(var);
        }
        let ty = Ty::Ref(false, Box::new(Ty::Slice(Box::new(Ty::Unknown))));
        let (value, _) = self.opaque_expr(&quote::quote!(&(#e)[..]), ty.clone());
        let var = self.name_value("table", value, ty);
        self.func.vars[var.0].constant = true;
        Place::var(var)
    }

    /// A loop over the elements of a place: an index runs over its length.
    fn element_loop(&mut self, f: &syn::ExprForLoop, chain: &Chain, place: Place) {
        if self.is_decided(&place) {
            self.unsupported(
                whole(&f.expr),
                Code::LoopOver,
                "a loop over what a pattern has bound",
                "keep the container apart from the enum, and loop over it there",
            );
            return;
        }
        let place = self.freeze_place(place);
        if !self.func.place_ty(&place).is_container()
            && !matches!(self.func.place_ty(&place).peel(), Ty::Unknown)
        {
            self.unsupported(
                whole(&f.expr),
                Code::LoopOver,
                "a loop over this",
                "loop over a slice, an array or a `Vec`, as in `for v in &values`",
            );
            return;
        }
        let lent = match chain.steps.first().map(|s| s.name.as_str()) {
            Some("iter_mut") => true,
            Some("iter") => false,
            _ => {
                let reference = strip(chain.source);
                matches!(reference, syn::Expr::Reference(r) if r.mutability.is_some())
                    || matches!(self.func.place_ty(&place), Ty::Ref(true, _))
                    || name_of(reference).is_some_and(|n| self.is_loan(&n))
            }
        };
        let source_ty = self.func.place_ty(&place);
        let taken = chain
            .steps
            .iter()
            .all(|s| s.name != "iter" && s.name != "iter_mut")
            && matches!(
                self.kind_of(strip(chain.source), &source_ty),
                super::iter::Kind::Value
            );
        let enumerate = chain.steps.iter().position(|s| s.name == "enumerate");
        let revs: Vec<usize> = (0..chain.steps.len())
            .filter(|&k| chain.steps[k].name == "rev")
            .collect();
        if revs.len() > 1 || (revs.len() == 1 && enumerate.is_some_and(|e| e > revs[0])) {
            self.unsupported(
                whole(&f.expr),
                Code::Order,
                "this order of adaptors",
                "use `.iter().enumerate().rev()` or a range",
            );
            return;
        }
        let rev = if revs.is_empty() {
            Rev::No
        } else {
            Rev::Before
        };
        let label = self.push_loop(f.label.as_ref(), Dest::Discard, true);
        self.storing(label, &f.attrs);
        let (body, var) = self.in_block(|lw| {
            let (index_pat, element_pat) = match (&*f.pat, enumerate) {
                (syn::Pat::Tuple(t), Some(_)) if t.elems.len() == 2 => {
                    (Some(&t.elems[0]), &t.elems[1])
                }
                (pat, None) => (None, pat),
                (pat, _) => {
                    lw.unsupported(
                        whole(pat),
                        Code::Pattern,
                        "this pattern",
                        "write `(i, v)`, and take `v` apart in the loop",
                    );
                    (None, pat)
                }
            };
            let var = match index_pat {
                Some(p) => lw.loop_variable(p),
                None => lw.declare("i", Span::mixed_site(), Ty::Int, false, Role::Temp),
            };
            let element = place.clone().with(Proj::Index(Expr::var(var)));
            match lent {
                true => lw.bind_lent(element_pat, element),
                false => lw.bind_element(element_pat, element),
            }
            if let (syn::Pat::Ident(id), true) = (element_pat, taken) {
                lw.note_value(&id.ident.to_string());
            }
            lw.block_into(&f.body, Dest::Discard);
            var
        });
        self.loops.pop();
        let hi = Expr::Query("len".into(), place, Vec::new());
        let kind = LoopKind::Range {
            var,
            lo: Expr::Int(0),
            hi,
            inclusive: false,
            step: None,
            rev,
        };
        self.emit(Stmt::Loop { label, kind, body });
    }
}

/// A source with the iterator methods called on it.
struct Chain<'a> {
    source: &'a syn::Expr,
    steps: Vec<Step>,
}

struct Step {
    name: String,
    arg: Option<syn::Expr>,
}

impl<'a> Chain<'a> {
    /// Whether a range has no adaptors but those of the loop itself.
    fn is_range(&self) -> bool {
        let names: Vec<&str> = self.steps.iter().map(|s| s.name.as_str()).collect();
        matches!(
            names.as_slice(),
            [] | ["rev"] | ["step_by"] | ["rev", "step_by"] | ["step_by", "rev"]
        )
    }

    /// Whether the source is borrowed by a method.
    fn borrows(&self) -> bool {
        self.steps
            .first()
            .is_some_and(|s| matches!(s.name.as_str(), "iter" | "iter_mut"))
    }

    /// Whether a loop over elements has no adaptors but `enumerate` and then `rev`, and a pattern for them.
    fn is_plain(&self, pat: &syn::Pat) -> bool {
        let names: Vec<&str> = self.steps.iter().map(|s| s.name.as_str()).collect();
        let adaptors = match names.as_slice() {
            ["iter" | "iter_mut" | "into_iter", rest @ ..] => rest,
            rest => rest,
        };
        match adaptors {
            [] | ["rev"] => true,
            ["enumerate"] | ["enumerate", "rev"] => {
                matches!(pat, syn::Pat::Tuple(t) if t.elems.len() == 2)
            }
            _ => false,
        }
    }

    fn read(e: &'a syn::Expr) -> Chain<'a> {
        let mut steps = Vec::new();
        let mut source = e;
        loop {
            match source {
                syn::Expr::MethodCall(m)
                    if matches!(
                        m.method.to_string().as_str(),
                        "iter" | "iter_mut" | "into_iter" | "enumerate" | "rev" | "step_by"
                    ) =>
                {
                    steps.push(Step {
                        name: m.method.to_string(),
                        arg: m.args.first().cloned(),
                    });
                    source = &m.receiver;
                }
                syn::Expr::Paren(p) => source = &p.expr,
                syn::Expr::Group(p) => source = &p.expr,
                _ => break,
            }
        }
        steps.reverse();
        Chain { source, steps }
    }
}

/// A constant that can be indexed.
pub(super) fn is_table(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Reference(r) => is_table(&r.expr),
        syn::Expr::Paren(p) => is_table(&p.expr),
        syn::Expr::Path(_) | syn::Expr::Index(_) | syn::Expr::Field(_) | syn::Expr::Array(_) => {
            true
        }
        _ => false,
    }
}

/// Whether an expression makes a value that rustc does not keep for the whole run of the program.
fn is_computed(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Paren(p) => is_computed(&p.expr),
        syn::Expr::Group(p) => is_computed(&p.expr),
        syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => is_computed(&u.expr),
        syn::Expr::Unary(u) => is_made(&u.expr),
        syn::Expr::Tuple(t) => t.elems.iter().any(is_made),
        syn::Expr::Array(a) => a.elems.iter().any(is_made),
        syn::Expr::Lit(_) | syn::Expr::Path(_) | syn::Expr::Index(_) | syn::Expr::Field(_) => false,
        _ => true,
    }
}

/// The same of what is copied into a value: from a variable, that makes one that is computed.
fn is_made(e: &syn::Expr) -> bool {
    is_computed(e) || reads_a_variable(e)
}

fn reads_a_variable(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Path(p) => is_variable(&p.path),
        syn::Expr::Field(f) => reads_a_variable(&f.base),
        syn::Expr::Index(i) => reads_a_variable(&i.expr) || reads_a_variable(&i.index),
        syn::Expr::Unary(u) => reads_a_variable(&u.expr),
        syn::Expr::Paren(p) => reads_a_variable(&p.expr),
        syn::Expr::Group(g) => reads_a_variable(&g.expr),
        _ => false,
    }
}

/// Whether a path is written as variables are, and not as constants.
fn is_variable(path: &syn::Path) -> bool {
    let lower = |c: char| c.is_lowercase();
    path.get_ident()
        .is_some_and(|id| id.to_string().contains(lower))
}

fn strip(e: &syn::Expr) -> &syn::Expr {
    match e {
        syn::Expr::Paren(p) => strip(&p.expr),
        syn::Expr::Group(p) => strip(&p.expr),
        other => other,
    }
}

fn has_let(e: &syn::Expr) -> Option<Span> {
    match e {
        syn::Expr::Let(l) => Some(l.let_token.span),
        syn::Expr::Binary(b) => has_let(&b.left).or_else(|| has_let(&b.right)),
        syn::Expr::Paren(p) => has_let(&p.expr),
        _ => None,
    }
}
