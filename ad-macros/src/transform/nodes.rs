//! Statements prepared for reversal: linearised, with room for what the analyses decide.

use super::adjoint::Fusion;
use super::linear::{Lin, Linear};
use super::repeat::Repeat;
use crate::analysis::activity::Activity;
use crate::analysis::doubtful::doubtful;
use crate::ir::*;
use std::collections::HashSet;

/// A scope: the function, a branch, a loop body, or what follows an exit.
#[derive(Default, Debug)]
pub struct Scope {
    pub nodes: Vec<Node>,
    /// Its locals are still alive in the reverse sweep.
    pub inline: bool,
    /// What it leaves for its reverse.
    pub record: Vec<VarId>,
    /// What its reverse computes again.
    pub redo: Vec<(VarId, Expr)>,
    /// What is computed again when the node at a position is reversed, from what is there before that node.
    pub late: Vec<(usize, VarId, Expr)>,
    /// The loops, by position, that its reverse runs again before anything else: they fill buffers.
    pub again: Vec<usize>,
    /// Where a branch leaves its record.
    pub slot: Option<VarId>,
    /// The user asks that all its iterations record what their reverse reads.
    pub stored: bool,
    /// What a closure gets by value when it is called.
    pub given: Vec<VarId>,
    pub label: Option<LabelId>,
}

/// A value saved before it is overwritten.
#[derive(Debug)]
pub struct Save {
    pub place: Place,
    pub old: VarId,
    pub wanted: bool,
    /// Where the elements of a slice are kept, if not in `old`.
    pub flat: Option<VarId>,
    /// The callee that overwrites the place may restore it itself.
    pub unless: Option<Restorer>,
}

/// A callee that may put an argument back when it is reversed.
#[derive(Clone, Debug)]
pub struct Restorer {
    /// Its hidden companion, which tells.
    pub question: Callee,
    pub argument: usize,
}

#[derive(Debug)]
pub enum Node {
    /// Forward only.
    Plain(Stmt),
    /// What the kept code or constant call behind it may overwrite.
    Guard(Vec<Save>),
    Let {
        var: VarId,
        init: Option<Expr>,
        lin: Option<Lin>,
    },
    Assign {
        place: Place,
        op: Option<BinOp>,
        value: Expr,
        first: bool,
        lin: Option<Lin>,
        save: Save,
    },
    Container {
        place: Place,
        op: ContainerOp,
        lin: Option<Lin>,
        save: Save,
        span: proc_macro2::Span,
    },
    Call {
        dst: Vec<VarId>,
        callee: Callee,
        args: Vec<CallArg>,
        lins: Vec<Option<Lin>>,
        /// The bodies of the closures among the arguments.
        bodies: Vec<Scope>,
        pullback: VarId,
        saves: Vec<Save>,
        span: proc_macro2::Span,
    },
    Return {
        value: Option<Expr>,
        lin: Option<Lin>,
    },
    Exit(Stmt),
    If {
        cond: Expr,
        then: Scope,
        els: Scope,
        stable: bool,
    },
    Loop {
        label: LabelId,
        kind: LoopKind,
        body: Scope,
        trips: VarId,
        stack: VarId,
        counted: bool,
        keep_index: bool,
        /// Each iteration is reversed as soon as it has run.
        fusion: Option<Fusion>,
        /// Each iteration is executed again before it is reversed.
        repeat: Option<Box<Repeat>>,
    },
    Rest(Scope),
    Labeled {
        label: LabelId,
        body: Scope,
    },
}

pub struct Preparer<'a> {
    pub func: &'a mut Func,
    pub activity: &'a mut Activity,
    /// Variables whose values may be without influence.
    doubtful: HashSet<VarId>,
    /// The same of the result: the seed is a user's.
    seeded: bool,
}

/// The body of a function, prepared; it is taken out of it. A `seeded` one gets zero adjoints for a zero seed, whatever the partials of the expression that
/// it returns are. Farther back that would cost every product a comparison.
pub fn prepare(func: &mut Func, activity: &mut Activity, seeded: bool) -> Scope {
    let body = std::mem::take(&mut func.body);
    let mut doubtful = doubtful(func, activity, &body);
    if seeded {
        doubtful.extend(returned(&body).filter(|v| !func.var(*v).mutable));
    }
    let mut preparer = Preparer {
        func,
        activity,
        doubtful,
        seeded,
    };
    preparer.scope(body)
}

/// The variables that a function returns as they are, or as parts of what it returns.
fn returned(body: &Block) -> impl Iterator<Item = VarId> {
    let mut found = Vec::new();
    walk(body, &mut |s| {
        if let Stmt::Return(Some(e)) = s {
            let parts = match e {
                Expr::Tuple(parts) | Expr::Array(parts) | Expr::VecOf(parts) => parts.as_slice(),
                e => std::slice::from_ref(e),
            };
            let vars = parts.iter().filter_map(|e| match e {
                Expr::Place(p) if p.is_var() => Some(p.base),
                _ => None,
            });
            found.extend(vars);
        }
    });
    found.into_iter()
}

impl Preparer<'_> {
    pub fn fresh(&mut self, name: &str, ty: Ty, mutable: bool, role: Role) -> VarId {
        let v = self.func.fresh(name, ty, mutable, role);
        self.activity.extend(self.func, false);
        v
    }

    /// `doubtful` says that the value may be without influence.
    fn linear(
        &mut self,
        e: Expr,
        result: Option<VarId>,
        doubtful: bool,
        out: &mut Vec<Node>,
    ) -> (Expr, Option<Lin>) {
        let mut linear = Linear {
            func: self.func,
            activity: self.activity,
            prelude: Vec::new(),
            apart: false,
            reverse: true,
            doubtful,
            series: false,
        };
        let found = linear.run(e, result);
        for s in linear.prelude {
            if let Stmt::Let { var, init } = s {
                out.push(Node::Let {
                    var,
                    init,
                    lin: None,
                });
            }
        }
        found
    }

    pub fn save(&mut self, place: &Place) -> Save {
        let name = format!(
            "{}_old",
            self.func.var(place.base).name.trim_start_matches("r#")
        );
        let ty = match self.func.place_ty(place) {
            Ty::Slice(e) => Ty::Vec(e),
            other => other,
        };
        Save {
            place: place.clone(),
            old: self.fresh(&name, ty, false, Role::Temp),
            wanted: false,
            flat: None,
            unless: None,
        }
    }

    /// Slices of reals are kept element by element: no allocation for each.
    pub fn save_slice(&mut self, place: &Place) -> Save {
        // What stands behind a reference changes, not the reference.
        let behind = match &self.func.var(place.base).ty {
            Ty::Ref(true, _) if place.proj.is_empty() => place.clone().with(Proj::Deref),
            _ => place.clone(),
        };
        let place = &behind;
        let mut save = self.save(place);
        let ty = self.func.place_ty(place);
        let sliced = matches!(ty.peel(), Ty::Slice(e) | Ty::Vec(e) if e.is_real());
        if sliced {
            save.flat = Some(self.fresh("saved", Ty::Constant, true, Role::Saved));
        }
        save
    }

    /// Saves what code that is kept as it is may change: the reverse sweep may read the old value.
    fn guard(&mut self, s: &Stmt, out: &mut Vec<Node>) {
        let mut places = Vec::new();
        if let Stmt::Call { args, callee, .. } = s
            && !self.activity.call(self.func, callee, args)
        {
            places.extend(args.iter().filter_map(|a| match &a.arg {
                Arg::RefMut(p) => Some(p.clone()),
                _ => None,
            }));
        }
        places.extend(kept_writes(self.func, s).into_iter().map(Place::var));
        if !places.is_empty() {
            let saves = places.iter().map(|p| self.save_slice(p)).collect();
            out.push(Node::Guard(saves));
        }
    }

    pub fn scope(&mut self, stmts: Block) -> Scope {
        let mut nodes = Vec::new();
        for s in stmts {
            self.stmt(s, &mut nodes);
        }
        Scope {
            nodes,
            ..Scope::default()
        }
    }

    fn stmt(&mut self, s: Stmt, out: &mut Vec<Node>) {
        self.guard(&s, out);
        match s {
            Stmt::Let { var, init: Some(e) }
                if matches!(self.func.var(var).role, Role::View(_)) =>
            {
                out.push(Node::Plain(Stmt::Let { var, init: Some(e) }));
            }
            Stmt::Let { var, init: Some(e) } if self.activity.var(var) => {
                let doubtful = self.doubtful.contains(&var);
                let (value, lin) = self.linear(e, Some(var), doubtful, out);
                out.push(Node::Let {
                    var,
                    init: Some(value),
                    lin,
                });
            }
            Stmt::Let { var, init } => out.push(Node::Let {
                var,
                init,
                lin: None,
            }),
            Stmt::Assign {
                place,
                op,
                value,
                first,
            } => {
                let active = self.activity.place(self.func, &place);
                let (value, lin) = if active {
                    let doubtful = self.doubtful.contains(&self.func.root(&place));
                    self.linear(value, None, doubtful, out)
                } else {
                    (value, None)
                };
                let save = self.save(&place);
                out.push(Node::Assign {
                    place,
                    op,
                    value,
                    first,
                    lin,
                    save,
                });
            }
            Stmt::Container { place, op, span } => self.container(place, op, span, out),
            Stmt::Call {
                dst,
                callee,
                args,
                companion,
                boxed,
                span,
            } => {
                if !self.activity.call(self.func, &callee, &args) {
                    out.push(Node::Plain(Stmt::Call {
                        dst,
                        callee,
                        args,
                        companion,
                        boxed,
                        span,
                    }));
                    return;
                }
                self.call(dst, callee, args, span, out);
            }
            Stmt::Return(e) => {
                let (value, lin) = match e {
                    Some(e) => {
                        let (v, l) = self.linear(e, None, self.seeded, out);
                        (Some(v), l)
                    }
                    None => (None, None),
                };
                out.push(Node::Return { value, lin });
            }
            Stmt::If { cond, then, els } => {
                let (then, els) = (self.scope(then), self.scope(els));
                out.push(Node::If {
                    cond,
                    then,
                    els,
                    stable: false,
                });
            }
            Stmt::Loop { label, kind, body } => {
                let mut body = self.scope(body);
                body.label = Some(label);
                let trips = self.fresh("trips", Ty::Int, true, Role::Local);
                let stack = self.fresh("trace", Ty::Constant, true, Role::Stack);
                let mut node = Node::Loop {
                    label,
                    kind,
                    body,
                    trips,
                    stack,
                    counted: false,
                    keep_index: false,
                    fusion: None,
                    repeat: None,
                };
                self.repeat(&mut node);
                out.push(node);
            }
            Stmt::Rest(body) => out.push(Node::Rest(self.scope(body))),
            Stmt::Labeled { label, body } => out.push(Node::Labeled {
                label,
                body: self.scope(body),
            }),
            Stmt::Break(_) | Stmt::Continue(_) => out.push(Node::Exit(s)),
            other => out.push(Node::Plain(other)),
        }
    }

    fn container(
        &mut self,
        place: Place,
        op: ContainerOp,
        span: proc_macro2::Span,
        out: &mut Vec<Node>,
    ) {
        let active = self.activity.place(self.func, &place);
        let doubtful = self.doubtful.contains(&self.func.root(&place));
        let mut lin = None;
        let op = match op {
            ContainerOp::Push(e) if active => {
                let (v, l) = self.linear(e, None, doubtful, out);
                lin = l;
                ContainerOp::Push(v)
            }
            ContainerOp::Fill(e) if active => {
                let (v, l) = self.linear(e, None, doubtful, out);
                lin = l;
                ContainerOp::Fill(v)
            }
            ContainerOp::Resize(n, e) if active => {
                let (v, l) = self.linear(e, None, doubtful, out);
                lin = l;
                ContainerOp::Resize(n, v)
            }
            other => other,
        };
        let save = match op {
            ContainerOp::Pop => {
                let len = Expr::Query("len".into(), place.clone(), Vec::new());
                let last = Expr::bin(BinOp::Sub, len, Expr::Int(1));
                self.save(&place.clone().with(Proj::Index(last)))
            }
            ContainerOp::Fill(_) | ContainerOp::CopyFrom(_) => self.save_slice(&place),
            _ => self.save(&place),
        };
        out.push(Node::Container {
            place,
            op,
            lin,
            save,
            span,
        });
    }

    fn call(
        &mut self,
        dst: Vec<VarId>,
        callee: Callee,
        args: Vec<CallArg>,
        span: proc_macro2::Span,
        out: &mut Vec<Node>,
    ) {
        let mut lins = Vec::new();
        let mut saves = Vec::new();
        let mut new_args = Vec::new();
        let mut bodies = Vec::new();
        for (argument, a) in args.into_iter().enumerate() {
            let arg = match a.arg {
                Arg::Value(e) => {
                    let (v, l) = self.linear(e, None, false, out);
                    lins.push(l);
                    Arg::Value(v)
                }
                Arg::RefMut(p) => {
                    let mut save = self.save_slice(&p);
                    let question = callee.question("_restores");
                    save.unless = question.map(|question| Restorer { question, argument });
                    saves.push(save);
                    lins.push(None);
                    Arg::RefMut(p)
                }
                Arg::Lambda(mut l) => {
                    let mut body = self.scope(std::mem::take(&mut l.body));
                    let by_value = |p: &&LambdaParam| p.reference(self.func).is_none();
                    body.given = l.params.iter().filter(by_value).map(|p| p.var).collect();
                    bodies.push(body);
                    lins.push(None);
                    Arg::Lambda(l)
                }
                other => {
                    lins.push(None);
                    other
                }
            };
            new_args.push(CallArg {
                arg,
                shadows: Vec::new(),
            });
        }
        let name = match &callee {
            Callee::Param(v) => self.func.var(*v).name.clone(),
            named => named.name().map(ToString::to_string).unwrap_or_default(),
        };
        let pullback = self.fresh(
            &format!("{}_pullback", name.trim_start_matches("r#")),
            Ty::Unknown,
            false,
            Role::Pullback,
        );
        out.push(Node::Call {
            dst,
            callee,
            args: new_args,
            lins,
            bodies,
            pullback,
            saves,
            span,
        });
    }
}

impl Scope {
    /// Calls `f` on the scope and every scope in it, outermost first.
    pub fn walk_scopes_mut(&mut self, f: &mut dyn FnMut(&mut Scope)) {
        f(self);
        for n in &mut self.nodes {
            n.scopes_mut()
                .into_iter()
                .for_each(|s| s.walk_scopes_mut(f));
        }
    }

    /// Takes back what an analysis decided to save, to record and to compute again.
    pub fn forget(&mut self) {
        self.walk_scopes_mut(&mut |s| {
            s.record.clear();
            s.redo.clear();
            s.nodes.iter_mut().for_each(Node::forget);
        });
    }

    /// Calls `f` on every node, outermost first.
    pub fn walk(&self, f: &mut dyn FnMut(&Node)) {
        self.nodes.iter().for_each(|n| n.walk(f));
    }
}

impl Node {
    pub fn scopes(&self) -> Vec<&Scope> {
        match self {
            Node::If { then, els, .. } => vec![then, els],
            Node::Loop { body, .. } | Node::Rest(body) | Node::Labeled { body, .. } => vec![body],
            Node::Call { bodies, .. } => bodies.iter().collect(),
            _ => Vec::new(),
        }
    }

    pub fn scopes_mut(&mut self) -> Vec<&mut Scope> {
        match self {
            Node::If { then, els, .. } => vec![then, els],
            Node::Loop { body, .. } | Node::Rest(body) | Node::Labeled { body, .. } => vec![body],
            Node::Call { bodies, .. } => bodies.iter_mut().collect(),
            _ => Vec::new(),
        }
    }

    /// Calls `f` on the node and every node in it, outermost first.
    pub fn walk(&self, f: &mut dyn FnMut(&Node)) {
        f(self);
        self.scopes().into_iter().for_each(|s| s.walk(f));
    }

    /// Whether something is saved in it before it is overwritten.
    pub fn saves(&self) -> bool {
        let mut found = false;
        self.walk(&mut |n| {
            found |= match n {
                Node::Assign { save, .. } | Node::Container { save, .. } => save.wanted,
                Node::Call { saves, .. } | Node::Guard(saves) => saves.iter().any(|s| s.wanted),
                Node::Loop {
                    repeat: Some(repeat),
                    ..
                } => repeat.entry.iter().any(|s| s.wanted),
                _ => false,
            }
        });
        found
    }

    fn forget(&mut self) {
        match self {
            Node::Assign { save, .. } | Node::Container { save, .. } => save.wanted = false,
            Node::Call { saves, .. } | Node::Guard(saves) => {
                saves.iter_mut().for_each(|s| s.wanted = false);
            }
            Node::Loop {
                repeat: Some(repeat),
                ..
            } => repeat.entry.iter_mut().for_each(|s| s.wanted = false),
            _ => {}
        }
    }

    /// The linear maps of the node itself.
    pub fn lins(&self) -> Vec<&Lin> {
        match self {
            Node::Let { lin, .. }
            | Node::Assign { lin, .. }
            | Node::Container { lin, .. }
            | Node::Return { lin, .. } => lin.iter().collect(),
            Node::Call { lins, .. } => lins.iter().flatten().collect(),
            _ => Vec::new(),
        }
    }

    /// The same, to be changed.
    pub fn lins_mut(&mut self) -> Vec<&mut Lin> {
        match self {
            Node::Let { lin, .. }
            | Node::Assign { lin, .. }
            | Node::Container { lin, .. }
            | Node::Return { lin, .. } => lin.iter_mut().collect(),
            Node::Call { lins, .. } => lins.iter_mut().flatten().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it may leave the scope that it stands in.
    pub fn may_exit(&self) -> bool {
        self.exits(&mut Vec::new())
    }

    /// Whether an error may leave the function in it.
    pub fn may_fail(&self, func: &Func) -> bool {
        let mut found = false;
        self.walk(&mut |n| {
            let exprs: Vec<&Expr> = match n {
                Node::Plain(s) => {
                    found |= func.may_fail(s);
                    Vec::new()
                }
                Node::Call { dst, args, .. } => {
                    found |= func.call_may_fail(dst);
                    args.iter()
                        .filter_map(|a| match &a.arg {
                            Arg::Value(e) | Arg::Const(e) => Some(e),
                            _ => None,
                        })
                        .collect()
                }
                Node::Let { init, .. } => init.iter().collect(),
                Node::Assign { value, .. } => vec![value],
                Node::Return { value, .. } => value.iter().collect(),
                Node::If { cond, .. } => vec![cond],
                Node::Loop { kind, .. } => loop_exprs(kind),
                _ => Vec::new(),
            };
            found |= exprs.into_iter().any(|e| func.expr_may_fail(e));
        });
        found
    }

    fn exits(&self, inside: &mut Vec<LabelId>) -> bool {
        match self {
            Node::Exit(Stmt::Break(l) | Stmt::Continue(l)) => !inside.contains(l),
            Node::Return { .. } => true,
            Node::Loop { label, body, .. } | Node::Labeled { label, body } => {
                inside.push(*label);
                let out = body.nodes.iter().any(|n| n.exits(inside));
                inside.pop();
                out
            }
            other => other
                .scopes()
                .into_iter()
                .any(|s| s.nodes.iter().any(|n| n.exits(inside))),
        }
    }

    /// Whether control never falls off its end.
    pub fn diverges(&self) -> bool {
        match self {
            Node::Exit(_) | Node::Return { .. } => true,
            Node::Plain(s) => diverges(&vec![s.clone()]),
            Node::If { then, els, .. } => then.diverges() && els.diverges(),
            Node::Rest(s) => s.diverges(),
            Node::Loop {
                label,
                kind: LoopKind::Forever,
                body,
                ..
            } => {
                let mut broken = false;
                body.walk(&mut |n| broken |= matches!(n, Node::Exit(Stmt::Break(l)) if l == label));
                !broken
            }
            _ => false,
        }
    }
}

impl Scope {
    pub fn diverges(&self) -> bool {
        self.nodes.last().is_some_and(Node::diverges)
    }
}
