//! Loops whose iterations are executed again in the reverse sweep (`#[recompute]`, `#[checkpoint(n)]`): what can't be run twice gets a
//! name, by which its value is kept, or is rejected.
//!
//! Kept code runs once: statements without value are left out of a repetition, and a value that kept code gives is kept
//! from the first run. So nothing that is repeated may read what kept code changes.

use super::activity::Activity;
use crate::diagnostics::{Code, Errors};
use crate::ir::*;
use std::collections::HashSet;

/// Gives names to what can't be run twice in the repeated loops of a function.
pub fn prepare(func: &mut Func, errors: &mut Errors) {
    let body = std::mem::take(&mut func.body);
    func.body = block(func, body, false, errors);
}

/// Rejects attributes on loops that can't be run again, and on those of which nothing is differentiated.
pub fn check(func: &Func, activity: &Activity, errors: &mut Errors) {
    let whole = Whole { func, activity };
    walk(&func.body, &mut |s| match s {
        Stmt::Loop { label, kind, body } => {
            let Some(storage) = func.storage(*label) else {
                return;
            };
            let mut active = false;
            walk(body, &mut |s| active |= whole.is_active(s));
            if !active {
                let name = storage.name();
                errors.at(
                    storage.span,
                    Code::LoopAttributePlace,
                    format!(
                        "nothing in this loop is differentiated: `#[{name}]` has no meaning here"
                    ),
                    "remove it",
                );
            } else if storage.repeats() {
                whole.reject(storage, kind, body, errors);
                reject_kept_in_closures(func, body, errors);
            }
        }
        Stmt::Call { args, .. } => {
            lambdas(args).for_each(|l| reject_in_closure(func, l, errors));
        }
        _ => {}
    });
}

/// Whether an expression holds kept code that can't be run again.
pub fn runs_once(func: &Func, e: &Expr) -> bool {
    let mut found = false;
    map_sub_exprs(&mut e.clone(), &mut |x| {
        if let Expr::Opaque(o) | Expr::Lend(o) = x {
            found |= opaque_runs_once(func, o);
        }
    });
    found
}

/// Views are gone in the reverse sweep. A comparison that is passed on only reads.
fn opaque_runs_once(func: &Func, o: &Opaque) -> bool {
    let view = |v: &VarId| matches!(func.var(*v).role, Role::View(_));
    // A closure may assign to it.
    let assigned = |v: &VarId| func.var(*v).mutable && has_closure(&o.tokens);
    let comparison = matches!(o.ty, Ty::Unit);
    let repeatable = comparison || is_repeatable(&o.tokens) && !o.reads.iter().any(assigned);
    !repeatable || o.reads.iter().any(view)
}

/// A closure that is handed over runs when its callee says so: its record goes through the callee.
fn reject_in_closure(func: &Func, l: &Lambda, errors: &mut Errors) {
    walk(&l.body, &mut |s| {
        if let Stmt::Loop { label, .. } = s
            && let Some(storage) = func.storage(*label).filter(|s| s.repeats())
        {
            let name = storage.name();
            errors.at(
                storage.span,
                Code::RepeatedLoop,
                format!("`#[{name}]` in a closure that is handed to a function: the callee runs the loop"),
                "make the closure an annotated function, or use `#[store]`",
            );
        }
    });
}

fn has_closure(tokens: &proc_macro2::TokenStream) -> bool {
    tokens.clone().into_iter().any(|t| match t {
        proc_macro2::TokenTree::Group(g) => has_closure(&g.stream()),
        proc_macro2::TokenTree::Punct(p) => p.as_char() == '|',
        _ => false,
    })
}

fn reject_kept_in_closures(func: &Func, body: &Block, errors: &mut Errors) {
    walk(body, &mut |s| {
        let Stmt::Call { args, .. } = s else {
            return;
        };
        for l in lambdas(args) {
            walk(&l.body, &mut |s| {
                for e in exprs(s) {
                    map_sub_exprs(&mut e.clone(), &mut |x| {
                        if let Expr::Opaque(o) = x
                            && opaque_runs_once(func, o)
                        {
                            errors.at(
                                o.span,
                                Code::RepeatedLoop,
                                "this code is in a closure that is handed over in a loop that is run again in the reverse sweep",
                                "compute it before",
                            );
                        }
                    });
                }
            });
        }
    });
}

struct Whole<'a> {
    func: &'a Func,
    activity: &'a Activity,
}

impl Whole<'_> {
    fn is_active(&self, s: &Stmt) -> bool {
        match s {
            Stmt::Let { var, .. } => self.activity.var(*var),
            Stmt::Assign { place, .. } | Stmt::Container { place, .. } => {
                self.activity.place(self.func, place)
            }
            Stmt::Call { callee, args, .. } => self.activity.call(self.func, callee, args),
            Stmt::Return(Some(e)) => self.activity.expr(self.func, e),
            _ => false,
        }
    }

    /// Whether a statement runs once: it is kept code, or a call without derivative.
    fn runs_once(&self, s: &Stmt) -> bool {
        match s {
            Stmt::Effect(_) => true,
            Stmt::Call { .. } => !self.is_active(s),
            _ => false,
        }
    }

    fn reject(&self, storage: &Storage, kind: &LoopKind, body: &Block, errors: &mut Errors) {
        let (name, span) = (storage.name(), storage.span);
        let mut calls_parameter = false;
        let mut on_object = None;
        let mut receiver = None;
        walk(body, &mut |s| {
            if let Stmt::Call { callee, args, .. } = s {
                calls_parameter |= matches!(callee, Callee::Param(_))
                    || args.iter().any(|a| matches!(a.arg, Arg::Param(_)));
                if let Callee::OfFirst {
                    dynamic: true,
                    name,
                    ..
                } = callee
                    && self.is_active(s)
                {
                    on_object = Some(name.span());
                }
                if let Callee::Method { receiver: o, .. } = callee
                    && self.is_active(s)
                    && opaque_runs_once(self.func, o)
                {
                    receiver = Some(o.span);
                }
            }
        });
        if calls_parameter {
            errors.at(
                span,
                Code::RepeatedLoop,
                format!("`#[{name}]` on a loop that calls a parameter: what the function captures is not there when the loop is run again"),
                "use `#[store]`",
            );
        }
        if let Some(method) = on_object {
            errors.at(
                method,
                Code::RepeatedLoop,
                format!("a method of a trait object in a loop that is run again for `#[{name}]`: what it does on the side would be done again"),
                "use `#[store]`, or call it on a type parameter",
            );
        }
        if let Some(receiver) = receiver {
            errors.at(
                receiver,
                Code::RepeatedLoop,
                format!(
                    "this receiver would be made again when the loop is run again for `#[{name}]`"
                ),
                "give it a name before the loop",
            );
        }
        let changed = self.changed_once(body);
        let read = self.read_again(kind, body);
        let mut both: Vec<&VarId> = changed.intersection(&read).collect();
        both.sort();
        for v in both {
            let variable = &self.func.var(*v).source;
            errors.at(
                span,
                Code::RepeatedLoop,
                format!("`{variable}` is changed in this loop by code that runs only once, and read by what `#[{name}]` runs again"),
                "use `#[store]`",
            );
        }
    }

    /// Variables that code which runs once may change.
    fn changed_once(&self, body: &Block) -> HashSet<VarId> {
        let mut out = HashSet::new();
        let mut add = |v: VarId| {
            out.insert(self.func.root(&Place::var(v)));
        };
        walk(body, &mut |s| {
            kept_writes(self.func, s).into_iter().for_each(&mut add);
            if let Stmt::Call { args, .. } = s
                && self.runs_once(s)
            {
                for a in args {
                    if let Arg::RefMut(p) = &a.arg {
                        add(p.base);
                    }
                }
            }
        });
        out
    }

    /// Variables that a repetition of a loop's body reads.
    fn read_again(&self, kind: &LoopKind, body: &Block) -> HashSet<VarId> {
        let mut out = HashSet::new();
        let mut add = |p: &Place| {
            out.insert(self.func.root(p));
        };
        if let LoopKind::While(c) = kind {
            places_of_expr(c, &mut add);
        }
        walk(body, &mut |s| {
            if self.runs_once(s) {
                return;
            }
            // The places that the statement itself names, with those in their indices.
            let mut shallow = vec![s.clone()];
            sub_blocks_mut(&mut shallow[0])
                .into_iter()
                .for_each(Vec::clear);
            map_block(&mut shallow, &mut |p| add(p));
            stmt_exprs(&mut shallow[0], &mut |e| {
                if let Expr::Opaque(o) = e
                    && !opaque_runs_once(self.func, o)
                {
                    o.reads.iter().for_each(|v| add(&Place::var(*v)));
                }
            });
        });
        out
    }
}

fn block(func: &mut Func, stmts: Block, repeated: bool, errors: &mut Errors) -> Block {
    let mut out = Vec::new();
    for mut s in stmts {
        let inside = repeated || matches!(&s, Stmt::Loop { label, .. } if func.repeats(*label));
        for b in sub_blocks_mut(&mut s) {
            *b = block(func, std::mem::take(b), inside, errors);
        }
        // The condition of a loop is evaluated in its iterations, that of a repeated loop only in those of loops around it.
        if let Stmt::Loop {
            label,
            kind: LoopKind::While(c),
            body,
        } = &mut s
            && inside
            && runs_once(func, c)
        {
            s = asked_inside(func, *label, c.clone(), std::mem::take(body));
        }
        if repeated {
            name_kept(func, &mut s, &mut out, errors);
        }
        out.push(s);
    }
    out
}

/// `while c { … }` as `loop { let again = c; if !again { break; } … }`.
fn asked_inside(func: &mut Func, label: LabelId, cond: Expr, body: Block) -> Stmt {
    let again = func.fresh("again", Ty::Bool, false, Role::Temp);
    let mut inner = vec![
        Stmt::Let {
            var: again,
            init: Some(cond),
        },
        Stmt::If {
            cond: Expr::Unary(UnOp::Not, Box::new(Expr::var(again))),
            then: vec![Stmt::Break(label)],
            els: Vec::new(),
        },
    ];
    inner.extend(body);
    Stmt::Loop {
        label,
        kind: LoopKind::Forever,
        body: inner,
    }
}

/// Names the values of kept code in a statement that do not stand alone behind a `let`.
fn name_kept(func: &mut Func, s: &mut Stmt, out: &mut Block, errors: &mut Errors) {
    match s {
        Stmt::Let { var, init: Some(e) } if stands_alone(func, *var, e) => {}
        Stmt::If { cond, .. } if runs_once(func, cond) => {
            let var = func.fresh("asked", Ty::Bool, false, Role::Temp);
            let init = Some(std::mem::replace(cond, Expr::var(var)));
            out.push(Stmt::Let { var, init });
        }
        Stmt::Effect(_) => {}
        // The value is evaluated before the place.
        Stmt::Assign { value, .. } => {
            name_in(func, value, out, errors);
            stmt_exprs(s, &mut |e| name_one(func, e, out));
        }
        other => {
            for e in exprs(other) {
                hidden(func, e, errors);
            }
            stmt_exprs(other, &mut |e| name_one(func, e, out));
        }
    }
}

fn stands_alone(func: &Func, var: VarId, e: &Expr) -> bool {
    func.var(var).ty.is_constant() || matches!(e, Expr::Opaque(_) | Expr::Runtime("Held", _))
}

fn name_in(func: &mut Func, e: &mut Expr, out: &mut Block, errors: &mut Errors) {
    hidden(func, e, errors);
    map_sub_exprs(e, &mut |e| name_one(func, e, out));
}

fn name_one(func: &mut Func, e: &mut Expr, out: &mut Block) {
    if let Expr::Opaque(o) = e
        && opaque_runs_once(func, o)
    {
        let var = func.fresh("kept", o.ty.clone(), false, Role::Temp);
        func.vars[var.0].constant = true;
        let init = Some(std::mem::replace(e, Expr::var(var)));
        out.push(Stmt::Let { var, init });
    }
}

/// Kept code that runs only if something in front of it says so.
fn hidden(func: &Func, e: &Expr, errors: &mut Errors) {
    let mut found = Vec::new();
    map_sub_exprs(&mut e.clone(), &mut |x| match x {
        Expr::Binary(BinOp::And | BinOp::Or, _, b) => found.push((**b).clone()),
        Expr::Select(_, a, b) => found.extend([(**a).clone(), (**b).clone()]),
        _ => {}
    });
    for e in found {
        map_sub_exprs(&mut e.clone(), &mut |x| {
            if let Expr::Opaque(o) = x
                && opaque_runs_once(func, o)
            {
                errors.at(
                    o.span,
                    Code::RepeatedLoop,
                    "this code is evaluated only under a condition, in a loop that is run again in the reverse sweep",
                    "give its value a name before",
                );
            }
        });
    }
}
