//! Rewriting all places of a block.

use super::*;

/// Applies `f` to every place in an expression, innermost first.
pub fn map_expr(e: &mut Expr, f: &mut dyn FnMut(&mut Place)) {
    match e {
        Expr::Place(p) | Expr::Copied(_, p) | Expr::Borrow(_, p) | Expr::ZeroOf(p) => {
            map_place(p, f)
        }
        Expr::Query(_, p, args) => {
            map_place(p, f);
            args.iter_mut().for_each(|a| map_expr(a, f));
        }
        Expr::Unary(_, a) | Expr::Cast(a, _) => map_expr(a, f),
        Expr::Binary(_, a, b) => {
            map_expr(a, f);
            map_expr(b, f);
        }
        Expr::Select(c, a, b) => [c, a, b].into_iter().for_each(|x| map_expr(x, f)),
        Expr::Rule(_, args)
        | Expr::Runtime(_, args)
        | Expr::Tuple(args)
        | Expr::Struct(_, args)
        | Expr::Array(args)
        | Expr::VecOf(args) => args.iter_mut().for_each(|a| map_expr(a, f)),
        Expr::Repeat { value, len, .. } => {
            map_expr(value, f);
            map_expr(len, f);
        }
        Expr::Real(_) | Expr::Int(_) | Expr::Opaque(_) | Expr::Lend(_) | Expr::D => {}
    }
}

pub fn map_place(p: &mut Place, f: &mut dyn FnMut(&mut Place)) {
    for step in &mut p.proj {
        match step {
            Proj::Index(e) => map_expr(e, f),
            Proj::Range { lo, hi, .. } => lo.iter_mut().chain(hi).for_each(|e| map_expr(e, f)),
            _ => {}
        }
    }
    f(p);
}

fn map_arg(a: &mut Arg, f: &mut dyn FnMut(&mut Place)) {
    match a {
        Arg::Value(e) | Arg::Const(e) => map_expr(e, f),
        Arg::Ref(p) | Arg::RefMut(p) => map_place(p, f),
        // Bodies are blocks of the statement.
        Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_) => {}
    }
}

fn map_kind(kind: &mut LoopKind, f: &mut dyn FnMut(&mut Place)) {
    match kind {
        LoopKind::Range { lo, hi, step, .. } => {
            map_expr(lo, f);
            map_expr(hi, f);
            step.iter_mut().for_each(|e| map_expr(e, f));
        }
        LoopKind::While(c) => map_expr(c, f),
        LoopKind::Forever => {}
    }
}

/// Applies `f` to every place in a block.
pub fn map_block(block: &mut Block, f: &mut dyn FnMut(&mut Place)) {
    for s in block {
        map_stmt(s, f);
        sub_blocks_mut(s).into_iter().for_each(|b| map_block(b, f));
    }
}

fn map_stmt(s: &mut Stmt, f: &mut dyn FnMut(&mut Place)) {
    match s {
        Stmt::Let { init, .. } => init.iter_mut().for_each(|e| map_expr(e, f)),
        Stmt::Assign { place, value, .. } => {
            map_place(place, f);
            map_expr(value, f);
        }
        Stmt::If { cond, .. } => map_expr(cond, f),
        Stmt::Loop { kind, .. } => map_kind(kind, f),
        Stmt::Reserve { kind, .. } => map_kind(kind, f),
        Stmt::Visit { kind, trip, .. } => {
            map_kind(kind, f);
            map_expr(trip, f);
        }
        Stmt::Return(e) => e.iter_mut().for_each(|e| map_expr(e, f)),
        Stmt::Call { args, .. } => map_args(args, f),
        Stmt::Pull { args, seed, .. } => {
            map_args(args, f);
            seed.iter_mut().for_each(|e| map_expr(e, f));
        }
        Stmt::Container { place, op, .. } => {
            map_place(place, f);
            op.exprs_mut().into_iter().for_each(|e| map_expr(e, f));
            op.other_mut().into_iter().for_each(|p| map_place(p, f));
        }
        Stmt::Accumulate { target, source } => {
            map_place(target, f);
            map_expr(source, f);
        }
        Stmt::SetZero(p)
        | Stmt::SaveSlice { place: p, .. }
        | Stmt::RestoreSlice { place: p, .. } => map_place(p, f),
        Stmt::Pairs { slices, .. } => slices.iter_mut().for_each(|s| map_place(&mut s.place, f)),
        _ => {}
    }
}

fn map_args(args: &mut [CallArg], f: &mut dyn FnMut(&mut Place)) {
    for a in args {
        map_arg(&mut a.arg, f);
        a.shadows.iter_mut().flatten().for_each(|s| map_arg(s, f));
    }
}

/// Applies `f` to every expression of a place's projections, innermost first.
pub fn map_place_exprs(p: &mut Place, f: &mut dyn FnMut(&mut Expr)) {
    for step in &mut p.proj {
        match step {
            Proj::Index(e) => map_sub_exprs(e, f),
            Proj::Range { lo, hi, .. } => lo.iter_mut().chain(hi).for_each(|e| map_sub_exprs(e, f)),
            _ => {}
        }
    }
}

/// Applies `f` to an expression and everything in it, innermost first.
pub fn map_sub_exprs(e: &mut Expr, f: &mut dyn FnMut(&mut Expr)) {
    match e {
        Expr::Place(p) | Expr::Copied(_, p) | Expr::Borrow(_, p) | Expr::ZeroOf(p) => {
            map_place_exprs(p, f)
        }
        Expr::Query(_, p, args) => {
            map_place_exprs(p, f);
            args.iter_mut().for_each(|a| map_sub_exprs(a, f));
        }
        Expr::Unary(_, a) | Expr::Cast(a, _) => map_sub_exprs(a, f),
        Expr::Binary(_, a, b) => {
            map_sub_exprs(a, f);
            map_sub_exprs(b, f);
        }
        Expr::Select(c, a, b) => [c, a, b].into_iter().for_each(|x| map_sub_exprs(x, f)),
        Expr::Rule(_, args)
        | Expr::Runtime(_, args)
        | Expr::Tuple(args)
        | Expr::Struct(_, args)
        | Expr::Array(args)
        | Expr::VecOf(args) => args.iter_mut().for_each(|a| map_sub_exprs(a, f)),
        Expr::Repeat { value, len, .. } => {
            map_sub_exprs(value, f);
            map_sub_exprs(len, f);
        }
        Expr::Real(_) | Expr::Int(_) | Expr::Opaque(_) | Expr::Lend(_) | Expr::D => {}
    }
    f(e);
}

/// Applies `f` to every expression of a block.
pub fn map_exprs(block: &mut Block, f: &mut dyn FnMut(&mut Expr)) {
    for s in block {
        stmt_exprs(s, f);
        sub_blocks_mut(s).into_iter().for_each(|b| map_exprs(b, f));
    }
}

fn kind_exprs(kind: &mut LoopKind, f: &mut dyn FnMut(&mut Expr)) {
    match kind {
        LoopKind::Range { lo, hi, step, .. } => {
            map_sub_exprs(lo, f);
            map_sub_exprs(hi, f);
            step.iter_mut().for_each(|e| map_sub_exprs(e, f));
        }
        LoopKind::While(c) => map_sub_exprs(c, f),
        LoopKind::Forever => {}
    }
}

fn arg_exprs(a: &mut Arg, f: &mut dyn FnMut(&mut Expr)) {
    match a {
        Arg::Value(e) | Arg::Const(e) => map_sub_exprs(e, f),
        Arg::Ref(p) | Arg::RefMut(p) => map_place_exprs(p, f),
        Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_) => {}
    }
}

/// Applies `f` to every expression of a statement itself (not its sub-blocks).
pub fn stmt_exprs(s: &mut Stmt, f: &mut dyn FnMut(&mut Expr)) {
    match s {
        Stmt::Let { init, .. } => init.iter_mut().for_each(|e| map_sub_exprs(e, f)),
        Stmt::Assign { place, value, .. } => {
            map_place_exprs(place, f);
            map_sub_exprs(value, f);
        }
        Stmt::If { cond, .. } => map_sub_exprs(cond, f),
        Stmt::Loop { kind, .. } => kind_exprs(kind, f),
        Stmt::Reserve { kind, .. } => kind_exprs(kind, f),
        Stmt::Visit { kind, trip, .. } => {
            kind_exprs(kind, f);
            map_sub_exprs(trip, f);
        }
        Stmt::Return(e) => e.iter_mut().for_each(|e| map_sub_exprs(e, f)),
        Stmt::Call { args, .. } | Stmt::Pull { args, .. } => {
            for a in args {
                arg_exprs(&mut a.arg, f);
                a.shadows.iter_mut().flatten().for_each(|s| arg_exprs(s, f));
            }
        }
        Stmt::Container { place, op, .. } => {
            map_place_exprs(place, f);
            op.exprs_mut().into_iter().for_each(|e| map_sub_exprs(e, f));
            op.other_mut()
                .into_iter()
                .for_each(|p| map_place_exprs(p, f));
        }
        Stmt::Accumulate { target, source } => {
            map_place_exprs(target, f);
            map_sub_exprs(source, f);
        }
        Stmt::SetZero(p)
        | Stmt::SaveSlice { place: p, .. }
        | Stmt::RestoreSlice { place: p, .. } => map_place_exprs(p, f),
        Stmt::Pairs { slices, .. } => slices
            .iter_mut()
            .for_each(|s| map_place_exprs(&mut s.place, f)),
        _ => {}
    }
}
