//! Statements.

use super::expr::{bin_op, is_assignment, is_integer};
use super::iter::Item;
use super::variant::Mode;
use super::*;
use crate::transform::kills::reads;
use quote::ToTokens;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// Lowers a block's statements in a scope of their own; its value goes to `dest`.
    pub(super) fn block_into(&mut self, block: &syn::Block, dest: Dest) {
        self.scopes.push(HashMap::new());
        let n = block.stmts.len();
        for (k, s) in block.stmts.iter().enumerate() {
            let last = k + 1 == n;
            match s {
                syn::Stmt::Expr(e, None) if last => self.tail(e, dest),
                syn::Stmt::Macro(m) => self.macro_statement(m, last, dest),
                s => self.statement(s),
            }
        }
        self.scopes.pop();
    }

    /// A statement whose value is not used.
    pub(super) fn statement(&mut self, s: &syn::Stmt) {
        match s {
            syn::Stmt::Local(l) => {
                let declared = self.declared_by(l);
                let users = self.is_typed_by_user(&l.pat);
                self.expecting_users(users, |lw| lw.local(l));
                if let Some(ty) = declared {
                    self.note_declared(&l.pat, ty);
                }
            }
            syn::Stmt::Item(item) => self.item(item),
            // A semicolon of its own.
            syn::Stmt::Expr(syn::Expr::Verbatim(nothing), Some(_)) if nothing.is_empty() => {}
            syn::Stmt::Expr(e, _) => self.statement_expr(e, Dest::Discard),
            syn::Stmt::Macro(m) => self.macro_statement(m, false, Dest::Discard),
        }
    }

    fn item(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Fn(_)
            | syn::Item::Const(_)
            | syn::Item::Use(_)
            | syn::Item::Static(_)
            | syn::Item::Type(_) => {
                self.items.push(item.clone());
            }
            syn::Item::Macro(m) => {
                if self.defined(m) {
                    self.items.push(item.clone());
                }
            }
            syn::Item::Struct(_) | syn::Item::Enum(_) | syn::Item::Impl(_) => {
                self.items.push(item.clone());
            }
            other => self.unsupported(
                whole(other),
                Code::NestedItem,
                "this nested item",
                "move it out of the function",
            ),
        }
    }

    fn macro_statement(&mut self, m: &syn::StmtMacro, last: bool, dest: Dest) {
        let e = syn::Expr::Macro(syn::ExprMacro {
            attrs: m.attrs.clone(),
            mac: m.mac.clone(),
        });
        if last && m.semi_token.is_none() {
            self.tail(&e, dest);
        } else {
            self.statement_expr(&e, Dest::Discard);
        }
    }

    fn local(&mut self, l: &syn::Local) {
        self.local_value(l);
        if let syn::Pat::Type(t) = &l.pat {
            self.note_integers(&t.pat, &t.ty);
            // Whatever the type is called: it is one of numbers.
            let literal = l.init.as_ref().is_some_and(|i| is_number(&i.expr));
            if let (true, Some((name, _))) = (literal, simple_ident(&t.pat)) {
                self.note_written(&name, &t.ty);
            }
        }
        self.learn_held(&l.pat, l.init.as_ref().map(|i| &*i.expr));
    }

    fn local_value(&mut self, l: &syn::Local) {
        let Some(init) = &l.init else {
            self.late(&l.pat);
            return;
        };
        if let Some((_, els)) = &init.diverge {
            if !self.let_found(&l.pat, &init.expr, els)
                && !self.let_maybe(&l.pat, &init.expr, els)
                && !self.let_call(l, &init.expr, els)
                && !self.let_variant(&l.pat, &init.expr, els)
            {
                self.let_else(l, init, els);
            }
            return;
        }
        if let syn::Pat::Wild(_) = &l.pat {
            self.statement_expr(&init.expr, Dest::Discard);
            return;
        }
        let annotated = match &l.pat {
            syn::Pat::Type(t) => self.generics.ty(&t.ty),
            _ => Ty::Unknown,
        };
        if self.outcome_let(&l.pat, &init.expr) {
            return;
        }
        if let Some((id, _)) = simple_ident(&l.pat)
            && self.bind_function(&id, &init.expr)
        {
            return;
        }
        if let Some((id, pat_mut)) = simple_ident(&l.pat)
            && is_control(&init.expr)
        {
            let var = self.declare(&id.to_string(), id.span(), annotated, pat_mut, Role::Local);
            self.emit(Stmt::Let { var, init: None });
            self.control_into(&init.expr, Dest::Init(var));
            self.bind(&id.to_string(), Binding::Var(var));
            return;
        }
        if let (Some((id, false)), syn::Expr::Reference(r)) = (simple_ident(&l.pat), &*init.expr)
            && self.is_place_expr(&r.expr)
            && let Some(place) = self.place(&r.expr)
        {
            self.bind_reference(&id, place, r.mutability.is_some());
            return;
        }
        if let (Some((id, false)), syn::Expr::Path(_)) = (simple_ident(&l.pat), &*init.expr)
            && let Some(place) = self.lent_by(&init.expr)
        {
            self.bind_reference(&id, place, true);
            return;
        }
        if self.split_let(&l.pat, &init.expr)
            || self.select_let(&l.pat, &init.expr)
            || self.references_let(&l.pat, &init.expr)
        {
            return;
        }
        if let Some((id, mutable)) = simple_ident(&l.pat)
            && self.iterator_let(&id, mutable, &init.expr)
        {
            return;
        }
        if let Some(item @ Item::Place(..)) = self.item_behind(&init.expr) {
            self.bind_found(&l.pat, item);
            return;
        }
        let of_user = self.is_of_user(&init.expr) || self.is_typed_by_user(&l.pat);
        let before = self.out.len();
        let (value, ty) = match self.annotated_exit(l, &init.expr, &annotated) {
            Some(held) => held,
            None => {
                let asked = match &l.pat {
                    syn::Pat::Type(t) => Some(&*t.ty),
                    _ => None,
                };
                self.asked_for(asked, |lw| lw.expecting(&init.expr, &annotated))
            }
        };
        let value = self.typed_empty(l, value, &annotated);
        if let Some((id, _)) = simple_ident(&l.pat)
            && self.name_reduction(&id, &value, &annotated, before)
        {
            return;
        }
        let ty = if matches!(annotated, Ty::Unknown) {
            ty
        } else {
            annotated
        };
        let value = match value {
            // A name for something borrowed is a reference.
            Expr::Place(place) if simple_ident(&l.pat).is_none() => {
                match self.borrowed(&init.expr).1 {
                    Mode::Value => Expr::Place(place),
                    mode => Expr::Borrow(mode == Mode::RefMut, place),
                }
            }
            value => value,
        };
        self.let_pattern(&l.pat, value, ty);
        if let (true, Some((id, _))) = (of_user, simple_ident(&l.pat)) {
            self.learn_user(&id);
        }
    }

    /// `let (p, q) = (&mut a[0], b);`: names for what is borrowed; whether it was that.
    fn references_let(&mut self, pat: &syn::Pat, init: &syn::Expr) -> bool {
        let (syn::Pat::Tuple(pats), syn::Expr::Tuple(parts)) = (pat, init) else {
            return false;
        };
        let lends = |lw: &Self, e: &syn::Expr| lw.lent_place(e).is_some();
        if pats.elems.len() != parts.elems.len() || !parts.elems.iter().any(|e| lends(self, e)) {
            return false;
        }
        let values: Vec<(Expr, Ty)> = parts.elems.iter().map(|e| self.lent_or_value(e)).collect();
        for (pat, (value, ty)) in pats.elems.iter().zip(values) {
            self.let_pattern(pat, value, ty);
        }
        true
    }

    /// What an expression lends exclusively: `&mut x[i]`, or the name of such a reference.
    fn lent_place<'e>(&self, e: &'e syn::Expr) -> Option<&'e syn::Expr> {
        match e {
            syn::Expr::Reference(r) if r.mutability.is_some() => {
                self.is_place_expr(&r.expr).then_some(&*r.expr)
            }
            syn::Expr::Path(p) => match self.lookup(&p.path.get_ident()?.to_string())? {
                Binding::Var(v) if matches!(self.func.var(*v).ty, Ty::Ref(true, _)) => Some(e),
                _ => None,
            },
            _ => None,
        }
    }

    /// The place of what is lent.
    fn lent_by(&mut self, e: &syn::Expr) -> Option<Place> {
        let place = self.place(self.lent_place(e)?)?;
        Some(match self.func.place_ty(&place) {
            Ty::Ref(..) => place.with(Proj::Deref),
            _ => place,
        })
    }

    fn lent_or_value(&mut self, e: &syn::Expr) -> (Expr, Ty) {
        if let Some(place) = self.lent_by(e) {
            let place = self.freeze_place(place);
            return (Expr::Borrow(true, place), Ty::Unknown);
        }
        let (value, ty) = self.expr(e);
        match value {
            // What is lent beside it may be changed before it is read.
            Expr::Borrow(..) => (value, ty),
            value => (Expr::var(self.name_value("part", value, ty.clone())), ty),
        }
    }

    /// `let x;` or `let (a, b);`
    fn late(&mut self, pat: &syn::Pat) {
        match pat {
            syn::Pat::Type(t) => {
                let ty = self.generics.ty(&t.ty);
                if let Some((id, m)) = simple_ident(&t.pat) {
                    self.declare_late(&id, m, ty);
                } else {
                    self.unsupported(
                        whole(pat),
                        Code::PatternWithoutValue,
                        "this pattern without a value",
                        "declare each name by itself, `let a; let b;`",
                    );
                }
            }
            syn::Pat::Tuple(t) => t.elems.iter().for_each(|p| self.late(p)),
            _ => match simple_ident(pat) {
                Some((id, m)) => self.declare_late(&id, m, Ty::Unknown),
                None => self.unsupported(
                    whole(pat),
                    Code::PatternWithoutValue,
                    "this pattern without a value",
                    "declare each name by itself, `let a; let b;`",
                ),
            },
        }
    }

    fn declare_late(&mut self, id: &syn::Ident, mutable: bool, ty: Ty) {
        let var = self.declare(&id.to_string(), id.span(), ty, mutable, Role::Local);
        self.emit(Stmt::Let { var, init: None });
        self.bind(&id.to_string(), Binding::Var(var));
    }

    /// The last expression of a block.
    pub(super) fn tail(&mut self, e: &syn::Expr, dest: Dest) {
        if matches!(dest, Dest::Discard) || is_control(e) || is_statement(e) {
            self.statement_expr(e, dest);
            return;
        }
        if matches!(dest, Dest::Return) && self.func.wrapper.is_some() {
            self.outcome(e);
            return;
        }
        if let Dest::Init(var) = dest
            && self.wrapped_value == Some(var)
        {
            self.lambda_outcome(e, var);
            return;
        }
        let dest = match dest {
            Dest::Found(var, none) => {
                if let Some(item) = self.found(e, none) {
                    let (value, ty) = self.item_value(item, e.span());
                    self.deliver(value, ty, Dest::Init(var));
                }
                return;
            }
            dest => dest,
        };
        if matches!(dest, Dest::Return) && self.reject_hidden_wrapper(e) {
            return;
        }
        let before = self.out.len();
        let expected = match dest {
            Dest::Return => self.func.ret.clone(),
            Dest::Init(var) => self.func.var(var).ty.clone(),
            Dest::Discard | Dest::Found(..) => Ty::Unknown,
        };
        let users = matches!(dest, Dest::Return) && self.returns_users;
        let asked = match dest {
            Dest::Return => self.returned_type.clone(),
            _ => None,
        };
        let (value, ty) = self.expecting_users(users, |lw| {
            lw.asked_for(asked.as_ref(), |lw| lw.expecting(e, &expected))
        });
        if self.out.len() > before
            && matches!(self.out.last(), Some(Stmt::Effect(o)) if never_returns(&o.tokens))
        {
            return;
        }
        self.deliver(value, ty, dest);
    }

    pub(super) fn deliver(&mut self, value: Expr, ty: Ty, dest: Dest) {
        match dest {
            Dest::Discard => {}
            Dest::Return => {
                self.claim_shadowed(&value);
                let ret = self.func.ret.clone();
                self.refine(&value, &ret);
                self.emit(Stmt::Return(Some(value)));
            }
            Dest::Init(var) | Dest::Found(var, _) => {
                self.refine(&Expr::var(var), &ty);
                if let Expr::Borrow(_, place) = &value {
                    let span = place.span;
                    self.unsupported(
                        span,
                        Code::MovingReference,
                        "a reference chosen by a branch",
                        "branch around its use instead",
                    );
                }
                let held = self.held_of(&value);
                self.held.extend(held.map(|h| (var, h)));
                let place = Place::var(var);
                self.emit(Stmt::Assign {
                    place,
                    op: None,
                    value,
                    first: true,
                });
            }
        }
    }

    /// An expression as a statement.
    pub(super) fn statement_expr(&mut self, e: &syn::Expr, dest: Dest) {
        match e {
            syn::Expr::Paren(p) => self.statement_expr(&p.expr, dest),
            syn::Expr::Assign(a) => self.assign(a),
            syn::Expr::Binary(b) if is_assignment(&b.op) => self.compound(b),
            syn::Expr::Return(r) => self.return_expr(r),
            syn::Expr::Break(b) => self.break_expr(b),
            syn::Expr::Continue(c) => {
                if let Some(label) = self.find_loop(c.label.as_ref(), c.span(), true) {
                    let scope = self.loops.iter().rev().find(|l| l.label == label);
                    let next = scope.map_or(label, |l| l.next);
                    self.emit(Stmt::Continue(next));
                }
            }
            syn::Expr::While(w) => self.while_loop(w),
            syn::Expr::ForLoop(f) => self.for_loop(f),
            e if is_control(e) => self.control_into(e, dest),
            syn::Expr::Macro(m) if never_returns(&m.to_token_stream()) => {
                self.expr(e);
            }
            syn::Expr::Call(c) if matches!(dest, Dest::Discard) && self.closure_statement(c) => {}
            syn::Expr::Macro(m)
                if matches!(dest, Dest::Discard) && self.macro_statement_of_user(m) => {}
            syn::Expr::MethodCall(m) if self.container_statement(m) || self.slice_statement(m) => {}
            syn::Expr::MethodCall(m)
                if matches!(dest, Dest::Discard)
                    && (self.edit(m, false).is_some() || self.sort(m).is_some()) => {}
            syn::Expr::MethodCall(m)
                if matches!(dest, Dest::Discard) && self.unknown_method_statement(m) => {}
            e if matches!(dest, Dest::Discard) && self.is_lowered_end(e) => self.passed_over(e),
            e if matches!(dest, Dest::Discard) => {
                let (value, ty) = self.expr(e);
                match value {
                    Expr::Opaque(o) if !o.tokens.is_empty() => {
                        let needed = matches!(
                            e,
                            syn::Expr::Call(_) | syn::Expr::MethodCall(_) | syn::Expr::Macro(_)
                        );
                        if needed {
                            self.emit(Stmt::Effect(o));
                        }
                    }
                    Expr::Place(_) | Expr::Tuple(_) => {}
                    other => {
                        self.name_value("unused", other, ty);
                    }
                }
            }
            e => self.tail(e, dest),
        }
    }

    fn return_expr(&mut self, r: &syn::ExprReturn) {
        if self.closure_return(r) {
            return;
        }
        match &r.expr {
            Some(e) if !matches!(self.func.ret, Ty::Unit) || self.func.wrapper.is_some() => {
                let before = self.out.len();
                self.tail(e, Dest::Return);
                debug_assert!(self.out.len() >= before);
            }
            Some(e) => {
                self.statement_expr(e, Dest::Discard);
                self.emit(Stmt::Return(None));
            }
            None => self.emit(Stmt::Return(None)),
        }
    }

    fn assign(&mut self, a: &syn::ExprAssign) {
        if let syn::Expr::Infer(_) = &*a.left {
            self.statement_expr(&a.right, Dest::Discard);
            return;
        }
        if let syn::Expr::Tuple(targets) = &*a.left {
            self.assign_tuple(targets, &a.right);
            return;
        }
        if let syn::Expr::Array(targets) = &*a.left {
            let targets = syn::ExprTuple {
                attrs: Vec::new(),
                paren_token: Default::default(),
                elems: targets.elems.clone(),
            };
            self.assign_tuple(&targets, &a.right);
            return;
        }
        let (value, ty) = self.expr(&a.right);
        let Some(place) = self.target(&a.left) else {
            return;
        };
        self.assign_place(place, value, ty);
    }

    pub(super) fn assign_place(&mut self, place: Place, value: Expr, ty: Ty) {
        let moves = place.is_var() && matches!(self.func.place_ty(&place), Ty::Ref(..));
        if moves || matches!(value, Expr::Borrow(..)) {
            self.unsupported(
                place.span,
                Code::MovingReference,
                "a reference that changes what it refers to",
                "index the slice instead",
            );
            return;
        }
        self.claim_shadowed(&value);
        let target_ty = self.func.place_ty(&place);
        self.refine(&value, &target_ty);
        self.refine(&Expr::Place(place.clone()), &ty);
        let var = self.func.var(place.base);
        let first = place.is_var() && !var.mutable && matches!(var.role, Role::Local);
        self.emit(Stmt::Assign {
            place,
            op: None,
            value,
            first,
        });
    }

    /// `(a, b) = (…)`: all values are computed before the first is stored.
    fn assign_tuple(&mut self, targets: &syn::ExprTuple, right: &syn::Expr) {
        let (value, ty) = self.expr(right);
        let mut leaves = Vec::new();
        self.pair_targets(targets.elems.iter(), value, ty, &mut leaves);
        let named: Vec<_> = leaves
            .into_iter()
            .map(|(target, part, ty)| {
                (
                    target,
                    Expr::var(self.name_value("part", part, ty.clone())),
                    ty,
                )
            })
            .collect();
        for (target, part, ty) in named {
            if let Some(place) = self.target(target) {
                self.assign_place(place, part, ty);
            }
        }
    }

    /// Pairs targets with the components of a value, nested ones too.
    fn pair_targets<'a>(
        &mut self,
        targets: impl ExactSizeIterator<Item = &'a syn::Expr>,
        value: Expr,
        ty: Ty,
        out: &mut Vec<(&'a syn::Expr, Expr, Ty)>,
    ) {
        let n = targets.len();
        let tys = match &ty {
            Ty::Tuple(tys) if tys.len() == n => tys.clone(),
            Ty::Array(e, _) => vec![(**e).clone(); n],
            _ => vec![Ty::Unknown; n],
        };
        let array = matches!(ty, Ty::Array(..));
        let parts: Vec<Expr> = match value {
            Expr::Tuple(parts) | Expr::Array(parts) => parts,
            other => {
                let whole = Place::var(self.name_value("parts", other, ty));
                let step = |k| {
                    if array {
                        Proj::Index(Expr::Int(k))
                    } else {
                        Proj::Tuple(k)
                    }
                };
                (0..n).map(|k| whole.clone().with(step(k)).read()).collect()
            }
        };
        for ((target, part), ty) in targets.zip(parts).zip(tys) {
            match target {
                syn::Expr::Infer(_) => {}
                syn::Expr::Tuple(t) => self.pair_targets(t.elems.iter(), part, ty, out),
                syn::Expr::Array(t) => self.pair_targets(t.elems.iter(), part, ty, out),
                target => out.push((target, part, ty)),
            }
        }
    }

    /// The place on the left of an assignment.
    pub(super) fn target(&mut self, e: &syn::Expr) -> Option<Place> {
        let place = if self.is_place_expr(e) {
            self.place(e)
        } else {
            None
        };
        let inside = |p: &Place| p.proj.iter().any(|s| matches!(s, Proj::Payload(_)));
        let place = place.map(|p| match inside(&p) {
            true => self.freeze_place(p),
            false => p,
        });
        if place.is_none() {
            self.unsupported(
                whole(e),
                Code::Assignment,
                "an assignment to this",
                "assign to a variable, an element or a field: `x[i] = …`",
            );
        }
        place
    }

    fn compound(&mut self, b: &syn::ExprBinary) {
        let op = bin_op(&b.op);
        let users = self.is_of_user(&b.left) || self.is_taken_by_users(&b.left, &b.right);
        if op.is_arithmetic() && !is_integer(&b.right) && users {
            return self.assign_call(op, b);
        }
        let (value, ty) = self.expr(&b.right);
        let value = super::expr::read_through(value, &ty);
        let Some(place) = self.target(&b.left) else {
            return;
        };
        let place = self.deref_scalar(place);
        let place_ty = self.func.place_ty(&place);
        self.claim_number(&value, &ty);
        self.claim_number(&Expr::Place(place.clone()), &place_ty);
        self.refine(&value, &place_ty);
        if ty.is_real() {
            self.refine(&Expr::Place(place.clone()), &ty);
        }
        if matches!(op, BinOp::Add | BinOp::Sub) {
            // What a user's `IndexMut` lends can't be read beside it.
            let value = match self.is_selected_by_users(&place) && expr_mentions(&value, place.base)
            {
                true => Expr::var(self.name_value("increment", value, ty)),
                false => value,
            };
            self.emit(Stmt::Assign {
                place,
                op: Some(op),
                value,
                first: false,
            });
        } else {
            let value = Expr::bin(op, Expr::Place(place.clone()), value);
            self.emit(Stmt::Assign {
                place,
                op: None,
                value,
                first: false,
            });
        }
    }

    /// Whether a place is an element of what may be of a user's type.
    fn is_selected_by_users(&self, place: &Place) -> bool {
        (0..place.proj.len()).any(|k| {
            let mut whole = place.clone();
            whole.proj.truncate(k);
            matches!(place.proj[k], Proj::Index(_))
                && matches!(self.func.place_ty(&whole).peel(), Ty::Unknown)
        })
    }

    /// `v.push(x);` and its relatives. Returns whether it was one.
    fn container_statement(&mut self, m: &syn::ExprMethodCall) -> bool {
        let name = m.method.to_string();
        let arity = match name.as_str() {
            "pop" | "clear" => 0,
            "push" | "fill" | "copy_from_slice" | "clone_from_slice" | "truncate" | "reserve" => 1,
            "swap" | "resize" => 2,
            _ => return false,
        };
        let own = self.is_own(&m.receiver);
        if own || m.args.len() != arity || !self.is_place_expr(&m.receiver) {
            return false;
        }
        let args: Vec<(Expr, Ty)> = m.args.iter().map(|a| self.expr(a)).collect();
        args.iter().for_each(|(e, _)| self.claim_shadowed(e));
        let Some(place) = self.place(&m.receiver) else {
            return false;
        };
        if matches!(self.func.place_ty(&place).peel(), Ty::Unknown) {
            self.claim_elements(&place, m.method.span());
        }
        let mut args = args.into_iter();
        let (first, second) = (args.next(), args.next());
        if let Some((_, ty)) = &first
            && name == "push"
        {
            self.learn_element(&place, ty);
        }
        let place_span = m.method.span();
        let op = match (name.as_str(), first, second) {
            ("push", Some((e, _)), _) => ContainerOp::Push(e),
            ("pop", ..) => ContainerOp::Pop,
            ("swap", Some((a, _)), Some((b, _))) => ContainerOp::Swap(
                self.freeze(a, "index", Ty::Int),
                self.freeze(b, "index", Ty::Int),
            ),
            // Made of the elements themselves: the adjoints of all of them are taken before they begin anew.
            ("fill", Some((e, ty)), _) if reads(&self.func, &e, self.func.root(&place)) => {
                ContainerOp::Fill(Expr::var(self.name_value("filling", e, ty)))
            }
            ("fill", Some((e, _)), _) => ContainerOp::Fill(e),
            ("copy_from_slice" | "clone_from_slice", Some((e, _)), _) => match e {
                Expr::Borrow(_, p) | Expr::Place(p) => ContainerOp::CopyFrom(p),
                other => {
                    let ty = Ty::Unknown;
                    ContainerOp::CopyFrom(Place::var(self.name_value("source", other, ty)))
                }
            },
            ("resize", Some((n, _)), Some((e, _))) => ContainerOp::Resize(n, e),
            ("truncate", Some((n, _)), _) => ContainerOp::Truncate(n),
            ("clear", ..) => ContainerOp::Clear,
            ("reserve", ..) => {
                return true;
            }
            _ => return false,
        };
        let empty = Expr::Query("is_empty".into(), place.clone(), Vec::new());
        let pops = matches!(op, ContainerOp::Pop);
        let stmt = Stmt::Container {
            place,
            op,
            span: place_span,
        };
        if pops {
            let cond = Expr::Unary(UnOp::Not, Box::new(empty));
            self.emit(Stmt::If {
                cond,
                then: vec![stmt],
                els: Vec::new(),
            });
        } else {
            self.emit(stmt);
        }
        true
    }

    pub(super) fn learn_element(&mut self, place: &Place, ty: &Ty) {
        if place.is_var()
            && let Ty::Vec(e) = &mut self.func.vars[place.base.0].ty
            && matches!(**e, Ty::Unknown | Ty::Real(Scalar::Unknown))
        {
            **e = ty.clone();
        }
    }
}

pub(super) fn simple_ident(pat: &syn::Pat) -> Option<(syn::Ident, bool)> {
    match pat {
        syn::Pat::Ident(id) if id.subpat.is_none() && id.by_ref.is_none() => {
            Some((id.ident.clone(), id.mutability.is_some()))
        }
        syn::Pat::Type(t) => simple_ident(&t.pat),
        syn::Pat::Paren(p) => simple_ident(&p.pat),
        _ => None,
    }
}

/// Control flow whose branches deliver a value.
pub(super) fn is_control(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Paren(p) => is_control(&p.expr),
        syn::Expr::If(_) | syn::Expr::Match(_) | syn::Expr::Block(_) | syn::Expr::Loop(_) => true,
        _ => false,
    }
}

fn is_statement(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Assign(_)
        | syn::Expr::Return(_)
        | syn::Expr::Break(_)
        | syn::Expr::Continue(_)
        | syn::Expr::While(_)
        | syn::Expr::ForLoop(_) => true,
        syn::Expr::Binary(b) => is_assignment(&b.op),
        syn::Expr::Macro(m) => never_returns(&m.to_token_stream()),
        _ => false,
    }
}

/// Whether an expression is a literal of a number.
fn is_number(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Neg(_)) => is_number(&u.expr),
        syn::Expr::Lit(l) => matches!(&l.lit, syn::Lit::Int(_) | syn::Lit::Float(_)),
        _ => false,
    }
}
