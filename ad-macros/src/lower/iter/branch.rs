//! What is done with a value that may be there or not: `if let`, `match`, `let … else`, `while let`, `unwrap` and its relatives on
//! the end of a chain.

use super::cursor::some_pattern;
use super::found::is_irrefutable;
use super::*;
use quote::quote;

impl Lowerer<'_> {
    /// `if let Some(v) = chain { … } else { … }`. Returns whether it was one.
    pub(in crate::lower) fn if_found(
        &mut self,
        i: &syn::ExprIf,
        l: &syn::ExprLet,
        dest: Dest,
    ) -> bool {
        let Some(pat) = some_pattern(&l.pat).filter(|p| is_irrefutable(p)) else {
            return false;
        };
        if !self.is_lowered_end(&l.expr) {
            return false;
        }
        let mut then = |lw: &mut Self, item: Item| {
            lw.bind_found(pat, item);
            lw.block_into(&i.then_branch, dest);
        };
        let mut els = |lw: &mut Self| {
            if let Some((_, e)) = &i.else_branch {
                lw.tail(e, dest);
            }
        };
        self.one_of_two(&l.expr, &mut then, &mut els);
        true
    }

    /// `match chain { Some(v) => …, None => … }`. Returns whether it was one.
    pub(in crate::lower) fn match_found(&mut self, m: &syn::ExprMatch, dest: Dest) -> bool {
        let [a, b] = m.arms.as_slice() else {
            return false;
        };
        let (good, bad) = match some_pattern(&a.pat) {
            Some(_) => (a, b),
            None => (b, a),
        };
        let Some(pat) = some_pattern(&good.pat).filter(|p| is_irrefutable(p)) else {
            return false;
        };
        let unguarded = good.guard.is_none() && bad.guard.is_none();
        if !unguarded || some_pattern(&bad.pat).is_some() || !self.is_lowered_end(&m.expr) {
            return false;
        }
        let mut then = |lw: &mut Self, item: Item| {
            lw.bind_found(pat, item);
            lw.tail(&good.body, dest);
        };
        self.one_of_two(&m.expr, &mut then, &mut |lw| lw.tail(&bad.body, dest));
        true
    }

    /// `let Some(v) = chain else { … };`. Returns whether it was one.
    pub(in crate::lower) fn let_found(
        &mut self,
        pat: &syn::Pat,
        init: &syn::Expr,
        els: &syn::Expr,
    ) -> bool {
        let Some(pat) = some_pattern(pat).filter(|p| is_irrefutable(p)) else {
            return false;
        };
        if !self.is_lowered_end(init) {
            return false;
        }
        self.elses.push((els.clone(), self.scopes.clone()));
        let none = Otherwise::Else(self.elses.len() - 1);
        if let Some(item) = self.found(init, none) {
            self.bind_found(pat, item);
        }
        true
    }

    /// `while let Some(v) = chain { … }`. Returns whether it was one.
    pub(in crate::lower) fn while_found(&mut self, w: &syn::ExprWhile, l: &syn::ExprLet) -> bool {
        if self.while_next(w, l) {
            return true;
        }
        let Some(pat) = some_pattern(&l.pat).filter(|p| is_irrefutable(p)) else {
            return false;
        };
        if !self.is_lowered_end(&l.expr) {
            return false;
        }
        let label = self.push_loop(w.label.as_ref(), Dest::Discard, true);
        self.storing(label, &w.attrs);
        let (body, ()) = self.in_block(|lw| {
            if let Some(item) = lw.found(&l.expr, Otherwise::Break(label)) {
                lw.bind_found(pat, item);
                lw.block_into(&w.body, Dest::Discard);
            }
        });
        self.loops.pop();
        let kind = LoopKind::Forever;
        self.emit(Stmt::Loop { label, kind, body });
        true
    }

    /// `it.next();`
    pub(in crate::lower) fn passed_over(&mut self, e: &syn::Expr) {
        self.one_of_two(e, &mut |_, _| {}, &mut |_| {});
    }

    /// One of two ways on.
    fn one_of_two(
        &mut self,
        e: &syn::Expr,
        some: &mut dyn FnMut(&mut Self, Item),
        none: &mut dyn FnMut(&mut Self),
    ) {
        let done = self.func.new_label("done");
        let missing = self.func.new_label("missing");
        let (mut whole, ()) = self.in_block(|lw| {
            let (body, ()) = lw.in_block(|lw| {
                if let Some(item) = lw.found(e, Otherwise::Break(missing)) {
                    some(lw, item);
                    if !diverges(&lw.out) {
                        lw.emit(Stmt::Break(done));
                    }
                }
            });
            let label = missing;
            lw.emit(Stmt::Labeled { label, body });
            let (els, ()) = lw.in_block(none);
            lw.out.extend(els);
        });
        // Nothing to pass over.
        if let [Stmt::Labeled { body, .. }] = whole.as_mut_slice()
            && let Some(Stmt::Break(label)) = body.last()
            && *label == done
        {
            body.pop();
        }
        let mut passed = false;
        walk(&whole, &mut |s| {
            passed |= matches!(s, Stmt::Break(l) if *l == done)
        });
        match passed {
            true => self.emit(Stmt::Labeled {
                label: done,
                body: whole,
            }),
            false => self.out.extend(whole),
        }
    }

    /// The item behind `unwrap`, `expect` or `?`.
    pub(in crate::lower) fn item_behind(&mut self, e: &syn::Expr) -> Option<Item> {
        match e {
            syn::Expr::Paren(p) => self.item_behind(&p.expr),
            syn::Expr::MethodCall(m) if self.is_filled(m) => {
                let place = self.filled(m);
                Some(place.map_or_else(nothing, |p| Item::Place(p, Kind::RefMut)))
            }
            syn::Expr::MethodCall(m) if self.is_lowered_end(&m.receiver) => {
                let none = match (m.method.to_string().as_str(), m.args.first()) {
                    ("unwrap", None) => Otherwise::Panic,
                    ("expect", Some(text)) => {
                        let panic = quote!(panic!("{}", #text));
                        let panic = self.opaque(panic, m.method.span(), Ty::Constant);
                        self.errors_ahead.push(panic);
                        Otherwise::Error(self.errors_ahead.len() - 1)
                    }
                    _ => return None,
                };
                let errors = self.errors.count();
                let found = self.found(&m.receiver, none);
                let failed = found.is_none() || self.errors.count() > errors;
                Some(found.filter(|_| !failed).unwrap_or_else(nothing))
            }
            syn::Expr::Try(t) if self.is_lowered_end(&t.expr) && self.tries.is_empty() => {
                let found = self.found(&t.expr, Otherwise::Leave { convert: true });
                Some(found.unwrap_or_else(nothing))
            }
            _ => None,
        }
    }

    /// `unwrap` and its relatives on the end of a chain, as a value.
    pub(in crate::lower) fn value_behind(&mut self, m: &syn::ExprMethodCall) -> Option<(Expr, Ty)> {
        if !self.is_lowered_end(&m.receiver) {
            return None;
        }
        let e = syn::Expr::MethodCall(m.clone());
        if let Some(item) = self.item_behind(&e) {
            return Some(self.item_value(item, m.method.span()));
        }
        let name = m.method.to_string();
        let mut args = m.args.iter();
        let (first, second) = (args.next(), args.next());
        let span = m.method.span();
        let var = self.temp("value", Ty::Unknown);
        let (some, none): (There, Missing) = match (name.as_str(), first, second) {
            ("unwrap_or", Some(d), None) => (There::Same, Missing::Value(d)),
            ("unwrap_or_else", Some(f), None) => (There::Same, Missing::Call(f)),
            ("unwrap_or_default", None, None) => (There::Same, Missing::Zero),
            ("map_or", Some(d), Some(f)) => (There::Through(f), Missing::Value(d)),
            ("map_or_else", Some(d), Some(f)) => (There::Through(f), Missing::Call(d)),
            ("is_some", None, None) => (There::Truth(true), Missing::Truth(false)),
            ("is_none", None, None) => (There::Truth(false), Missing::Truth(true)),
            ("is_some_and", Some(f), None) => (There::Through(f), Missing::Truth(false)),
            _ => return None,
        };
        self.emit(Stmt::Let { var, init: None });
        let give = |lw: &mut Self, item: Item| {
            let (value, ty) = lw.item_value(item, span);
            lw.deliver(value, ty.peel().clone(), Dest::Init(var));
        };
        let mut then = |lw: &mut Self, item: Item| {
            let item = match some {
                There::Same => item,
                There::Truth(answer) => Item::Value(truth(answer), Ty::Bool),
                There::Through(f) => match lw.closure(f, 1) {
                    Some(closure) => lw.apply(&closure, vec![item]),
                    None => return,
                },
            };
            give(lw, item);
        };
        let mut els = |lw: &mut Self| {
            let item = match none {
                Missing::Value(syn::Expr::Reference(r)) if !lw.is_place_expr(&r.expr) => {
                    lw.item_of(&r.expr)
                }
                Missing::Value(d) => lw.item_of(d),
                Missing::Truth(answer) => Item::Value(truth(answer), Ty::Bool),
                Missing::Zero => {
                    let ty = lw.func.var(var).ty.clone();
                    Item::Value(neutral_zero(&ty), ty)
                }
                Missing::Call(f) => match lw.closure(f, 0) {
                    Some(closure) => lw.apply(&closure, Vec::new()),
                    None => return,
                },
            };
            give(lw, item);
        };
        self.one_of_two(&m.receiver, &mut then, &mut els);
        Some((Expr::var(var), self.func.var(var).ty.clone()))
    }
}

/// What becomes of a value.
#[derive(Clone, Copy)]
enum There<'a> {
    Same,
    Truth(bool),
    Through(&'a syn::Expr),
}

/// What there is without one.
#[derive(Clone, Copy)]
enum Missing<'a> {
    Value(&'a syn::Expr),
    Call(&'a syn::Expr),
    Truth(bool),
    Zero,
}

fn nothing() -> Item {
    Item::Value(Expr::Real(0.0), Ty::Unknown)
}

fn neutral_zero(ty: &Ty) -> Expr {
    match ty {
        Ty::Int => Expr::Int(0),
        Ty::Bool => truth(false),
        Ty::Real(_) => Expr::Real(0.0),
        _ => Expr::Opaque(Opaque {
            tokens: quote!(Default::default()),
            reads: Vec::new(),
            span: Span::mixed_site(),
            ty: ty.clone(),
        }),
    }
}
