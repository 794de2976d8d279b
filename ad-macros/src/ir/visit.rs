//! Walks over expressions and statements: what is read, what is written, what may exit.

use super::*;

/// Calls `f` on every place that an expression reads, index expressions included.
pub fn places_of_expr(e: &Expr, f: &mut dyn FnMut(&Place)) {
    let place = |p: &Place, f: &mut dyn FnMut(&Place)| {
        f(p);
        places_of_proj(p, f);
    };
    match e {
        Expr::Place(p) | Expr::Copied(_, p) | Expr::Borrow(_, p) | Expr::ZeroOf(p) => place(p, f),
        Expr::Query(_, p, args) => {
            place(p, f);
            args.iter().for_each(|a| places_of_expr(a, f));
        }
        Expr::Real(_) | Expr::Int(_) | Expr::D => {}
        Expr::Unary(_, a) | Expr::Cast(a, _) => places_of_expr(a, f),
        Expr::Binary(_, a, b) => {
            places_of_expr(a, f);
            places_of_expr(b, f);
        }
        Expr::Select(c, a, b) => [c, a, b].into_iter().for_each(|x| places_of_expr(x, f)),
        Expr::Rule(_, args)
        | Expr::Runtime(_, args)
        | Expr::Tuple(args)
        | Expr::Struct(_, args)
        | Expr::Array(args)
        | Expr::VecOf(args) => args.iter().for_each(|a| places_of_expr(a, f)),
        Expr::Repeat { value, len, .. } => {
            places_of_expr(value, f);
            places_of_expr(len, f);
        }
        Expr::Opaque(o) | Expr::Lend(o) => o.reads.iter().for_each(|&v| f(&Place::var(v))),
    }
}

/// Calls `f` on every place read by the index expressions of a place.
pub fn places_of_proj(p: &Place, f: &mut dyn FnMut(&Place)) {
    for step in &p.proj {
        match step {
            Proj::Index(e) => places_of_expr(e, f),
            Proj::Range { lo, hi, .. } => {
                lo.iter().chain(hi).for_each(|e| places_of_expr(e, f));
            }
            _ => {}
        }
    }
}

/// The blocks nested directly in a statement.
pub fn sub_blocks(s: &Stmt) -> Vec<&Block> {
    match s {
        Stmt::If { then, els, .. } | Stmt::IfSlot { then, els, .. } => vec![then, els],
        Stmt::Loop { body, .. } | Stmt::Labeled { body, .. } | Stmt::Rest(body) => vec![body],
        Stmt::Pairs { pair, last, .. } => vec![pair, last],
        Stmt::Call { args, .. } | Stmt::Pull { args, .. } => {
            lambdas(args).map(|l| &l.body).collect()
        }
        _ => Vec::new(),
    }
}

pub fn sub_blocks_mut(s: &mut Stmt) -> Vec<&mut Block> {
    match s {
        Stmt::If { then, els, .. } | Stmt::IfSlot { then, els, .. } => vec![then, els],
        Stmt::Loop { body, .. } | Stmt::Labeled { body, .. } | Stmt::Rest(body) => vec![body],
        Stmt::Pairs { pair, last, .. } => vec![pair, last],
        Stmt::Call { args, .. } | Stmt::Pull { args, .. } => {
            lambdas_mut(args).map(|l| &mut l.body).collect()
        }
        _ => Vec::new(),
    }
}

/// Calls `f` on every statement of a block, outermost first.
pub fn walk(block: &Block, f: &mut dyn FnMut(&Stmt)) {
    for s in block {
        walk_one(s, f);
    }
}

/// The same for one statement.
pub fn walk_one(s: &Stmt, f: &mut dyn FnMut(&Stmt)) {
    f(s);
    for b in sub_blocks(s) {
        walk(b, f);
    }
}

/// The places that a statement itself (not its sub-blocks) writes.
pub fn writes(s: &Stmt) -> Vec<Place> {
    let args = |args: &[CallArg]| -> Vec<Place> {
        let mut out = Vec::new();
        for a in args {
            for x in std::iter::once(&a.arg).chain(a.shadows.iter().flatten()) {
                if let Arg::RefMut(p) = x {
                    out.push(p.clone());
                }
            }
        }
        out
    };
    match s {
        Stmt::Assign { place, .. } => vec![place.clone()],
        Stmt::Container { place, op, .. } => std::iter::once(place)
            .chain(op.exchanged())
            .cloned()
            .collect(),
        Stmt::Call { args: a, dst, .. } => {
            let mut out = args(a);
            out.extend(dst.iter().map(|&v| Place::var(v)));
            out
        }
        Stmt::Pull { args: a, .. } => args(a),
        Stmt::Accumulate { target, .. } => vec![target.clone()],
        Stmt::SetZero(p) | Stmt::RestoreSlice { place: p, .. } => vec![p.clone()],
        _ => Vec::new(),
    }
}

/// The expressions that a statement itself evaluates.
pub fn exprs(s: &Stmt) -> Vec<&Expr> {
    match s {
        Stmt::Let { init, .. } => init.iter().collect(),
        Stmt::Assign { value, .. } => vec![value],
        Stmt::If { cond, .. } => vec![cond],
        Stmt::Loop { kind, .. } => loop_exprs(kind),
        Stmt::Visit { kind, trip, .. } => {
            let mut all = loop_exprs(kind);
            all.push(trip);
            all
        }
        Stmt::Return(e) => e.iter().collect(),
        Stmt::Call { args, .. } => args.iter().filter_map(|a| arg_expr(&a.arg)).collect(),
        Stmt::Pull { args, seed, .. } => args
            .iter()
            .filter_map(|a| arg_expr(&a.arg))
            .chain(seed)
            .collect(),
        Stmt::Container { op, .. } => op.exprs(),
        Stmt::Accumulate { source, .. } => vec![source],
        _ => Vec::new(),
    }
}

pub fn loop_exprs(kind: &LoopKind) -> Vec<&Expr> {
    match kind {
        LoopKind::Range { lo, hi, step, .. } => [Some(lo), Some(hi), step.as_ref()]
            .into_iter()
            .flatten()
            .collect(),
        LoopKind::While(c) => vec![c],
        LoopKind::Forever => Vec::new(),
    }
}

fn arg_expr(a: &Arg) -> Option<&Expr> {
    match a {
        Arg::Value(e) | Arg::Const(e) => Some(e),
        _ => None,
    }
}

/// Whether a statement may leave the block that it stands in.
pub fn may_exit(s: &Stmt) -> bool {
    exits_out(s, &mut Vec::new())
}

fn exits_out(s: &Stmt, inside: &mut Vec<LabelId>) -> bool {
    match s {
        Stmt::Break(l) | Stmt::Continue(l) => !inside.contains(l),
        Stmt::Return(_) => true,
        Stmt::Loop { label, body, .. } | Stmt::Labeled { label, body } => {
            inside.push(*label);
            let out = body.iter().any(|s| exits_out(s, inside));
            inside.pop();
            out
        }
        other => sub_blocks(other)
            .into_iter()
            .any(|b| b.iter().any(|s| exits_out(s, inside))),
    }
}

/// Whether an expression reads a variable.
pub fn expr_mentions(e: &Expr, v: VarId) -> bool {
    let mut any = false;
    places_of_expr(e, &mut |p| any |= p.base == v);
    any
}

/// Whether a statement names a variable anywhere.
pub fn mentions(s: &Stmt, v: VarId) -> bool {
    let mut found = false;
    named(s, &mut |named| found |= named == v);
    found
}

/// All variables that a statement names, what is nested in it included.
pub fn mentioned(s: &Stmt) -> HashSet<VarId> {
    let mut all = HashSet::new();
    named(s, &mut |v| {
        all.insert(v);
    });
    all
}

fn named(s: &Stmt, f: &mut dyn FnMut(VarId)) {
    let mut copy = vec![s.clone()];
    map_block(&mut copy, &mut |p| f(p.base));
    walk(&copy, &mut |s| match s {
        Stmt::Push { vals, stack } | Stmt::Pop { vals, stack } => {
            vals.iter().chain([stack]).for_each(|v| f(*v));
        }
        Stmt::SaveSlice { stack, .. } | Stmt::RestoreSlice { stack, .. } => f(*stack),
        Stmt::SlotSet { slot, vals } | Stmt::IfSlot { slot, vals, .. } => {
            vals.iter().chain([slot]).for_each(|v| f(*v));
        }
        Stmt::Pull { pullback, .. } => f(*pullback),
        Stmt::Effect(o) => o.reads.iter().for_each(|v| f(*v)),
        other => exprs(other)
            .into_iter()
            .for_each(|e| places_of_expr(e, &mut |p| f(p.base))),
    });
}

/// Whether the end of a block is never reached because its last statement exits.
pub fn diverges(block: &Block) -> bool {
    match block.last() {
        Some(Stmt::Break(_) | Stmt::Continue(_) | Stmt::Return(_)) => true,
        Some(Stmt::Effect(o)) => matches!(o.ty, Ty::Constant) && never_returns(&o.tokens),
        Some(Stmt::If { then, els, .. }) => diverges(then) && diverges(els),
        Some(Stmt::Rest(b)) => diverges(b),
        Some(Stmt::Loop {
            label,
            kind: LoopKind::Forever,
            body,
        }) => {
            let mut broken = false;
            walk(body, &mut |s| {
                broken |= matches!(s, Stmt::Break(l) if l == label)
            });
            !broken
        }
        _ => false,
    }
}

/// `panic!(…)` and its relatives, and `return Err(…)`.
pub fn never_returns(tokens: &TokenStream) -> bool {
    // As a text, long code has line breaks where there are blanks in short one.
    let first = tokens.clone().into_iter().next();
    if matches!(first, Some(proc_macro2::TokenTree::Ident(i)) if i == "return") {
        return true;
    }
    let text = tokens.to_string();
    let Some((path, _)) = text.split_once('!') else {
        return false;
    };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | ' ');
    let name = path.rsplit("::").next().unwrap_or_default().trim();
    path.chars().all(plain)
        && ["panic", "todo", "unreachable", "unimplemented", "bail"].contains(&name)
}

/// Kept code without calls, macros and blocks.
pub fn is_plain(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|t| match t {
        proc_macro2::TokenTree::Group(g) => {
            g.delimiter() == proc_macro2::Delimiter::Bracket && is_plain(&g.stream())
        }
        proc_macro2::TokenTree::Punct(p) => !matches!(p.as_char(), '!' | '|' | '?'),
        _ => true,
    })
}

/// Variables that kept code in a statement may overwrite: what it mentions, can change, and may call something with.
pub fn kept_writes(func: &Func, s: &Stmt) -> Vec<VarId> {
    let mut found = Vec::new();
    let mut look = |o: &Opaque| {
        let mutable = |v: &&VarId| {
            let var = func.var(**v);
            var.mutable || matches!(var.ty, Ty::Ref(true, _))
        };
        if !matches!(o.ty, Ty::Unit) && !never_returns(&o.tokens) && !is_plain(&o.tokens) {
            found.extend(o.reads.iter().filter(mutable));
        }
    };
    if let Stmt::Effect(o) = s {
        look(o);
    }
    for e in exprs(s) {
        let mut copy = e.clone();
        map_sub_exprs(&mut copy, &mut |x| {
            if let Expr::Opaque(o) = x {
                look(o);
            }
        });
    }
    found
}
