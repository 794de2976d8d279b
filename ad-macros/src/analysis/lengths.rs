//! Lengths that are known: those of arrays, of locals that are made with a known length and never change it, and of
//! what is left of a slice. `vec![0.0; n].len()` is `n`, and `x[k..].len()` is `x_len - k`, and panics as the slice does.

use crate::ir::*;
use proc_macro2::TokenStream;
use std::collections::HashMap;

/// Writes known lengths in place of questions.
pub fn fixed_lengths(func: &mut Func, body: &mut Block) {
    rests(func, body);
    let known = fixed(func, body);
    map_exprs(body, &mut |x| simplify(x, &known));
    for v in &mut func.vars {
        if let Role::View(place) = &mut v.role {
            map_place_exprs(place, &mut |x| simplify(x, &known));
        }
    }
}

fn simplify(x: &mut Expr, known: &HashMap<VarId, Expr>) {
    let simpler = match x {
        Expr::Query(name, p, _) if name == "len" && p.is_var() => known.get(&p.base).cloned(),
        Expr::Rule(name @ ("min" | "max"), args) => match args.as_slice() {
            [Expr::Int(a), Expr::Int(b)] => Some(Expr::Int(match *name {
                "min" => *a.min(b),
                _ => *a.max(b),
            })),
            [a, b] if a.same(b) => Some(a.clone()),
            // `a.min(b).min(b)`
            [Expr::Rule(inner, of), b] if inner == name && of.iter().any(|e| e.same(b)) => {
                Some(args[0].clone())
            }
            _ => None,
        },
        _ => None,
    };
    if let Some(simpler) = simpler {
        *x = simpler;
    }
}

/// The locals of fixed length.
fn fixed(func: &Func, body: &Block) -> HashMap<VarId, Expr> {
    let mut known = HashMap::new();
    for (k, var) in func.vars.iter().enumerate() {
        if let Ty::Array(_, Some(n)) = var.ty.peel()
            && let Some(n) = literal(n)
        {
            known.insert(VarId(k), Expr::Int(n));
        }
    }
    walk(body, &mut |s| {
        if let Stmt::Let {
            var,
            init: Some(Expr::Repeat { len, .. }),
        } = s
        {
            let mut steady = true;
            places_of_expr(len, &mut |p| {
                steady &= p.is_var()
                    && !func.var(p.base).mutable
                    && matches!(func.var(p.base).ty, Ty::Int)
            });
            if steady && is_count(len) {
                let len = match &**len {
                    Expr::Opaque(o) => literal(&o.tokens).map(Expr::Int),
                    len => Some(len.clone()),
                };
                known.extend(len.map(|len| (*var, len)));
            }
        }
    });
    walk(body, &mut |s| {
        for v in resized(func, s) {
            known.remove(&v);
        }
    });
    known
}

/// What costs no more than the question.
fn is_count(len: &Expr) -> bool {
    match len {
        Expr::Place(_) | Expr::Int(_) => true,
        Expr::Opaque(o) => o.reads.is_empty(),
        _ => false,
    }
}

/// `3` or `3usize`.
fn literal(tokens: &TokenStream) -> Option<usize> {
    let text = tokens.to_string();
    text.strip_suffix("usize").unwrap_or(&text).parse().ok()
}

/// What is left of a slice parameter behind an index, in terms of the slice's length, which is named.
fn rests(func: &mut Func, body: &mut Block) {
    let mut names: HashMap<VarId, VarId> = HashMap::new();
    let mut found = Vec::new();
    map_exprs(body, &mut |x| {
        if let Some((base, _)) = rest_of_parameter(func, x) {
            found.push(base);
        }
    });
    for base in found {
        if names.contains_key(&base) {
            continue;
        }
        let name = format!("{}_len", func.var(base).source.trim_start_matches("r#"));
        let len = func.fresh(&name, Ty::Int, false, Role::Temp);
        let question = Expr::Query("len".into(), Place::var(base), Vec::new());
        body.insert(
            0,
            Stmt::Let {
                var: len,
                init: Some(question),
            },
        );
        names.insert(base, len);
    }
    map_exprs(body, &mut |x| {
        if let Some((base, lo)) = rest_of_parameter(func, x) {
            *x = Expr::Runtime("rest", vec![Expr::var(names[&base]), lo]);
        }
    });
}

/// `x[lo..].len()`, where `x` is a parameter and a slice to write: to ask it in the reverse sweep would look as if it were read.
fn rest_of_parameter(func: &Func, x: &Expr) -> Option<(VarId, Expr)> {
    let Expr::Query(name, p, _) = x else {
        return None;
    };
    let place = func.resolve(p);
    let mut steps = place.proj.iter().filter(|s| !matches!(s, Proj::Deref));
    let (
        Some(Proj::Range {
            lo: Some(lo),
            hi: None,
            ..
        }),
        None,
    ) = (steps.next(), steps.next())
    else {
        return None;
    };
    let written = func.params.contains(&place.base)
        && matches!(&func.var(place.base).ty, Ty::Ref(true, of) if matches!(**of, Ty::Slice(_)));
    (name == "len" && written).then(|| (place.base, lo.clone()))
}

/// Variables whose length a statement may change.
fn resized(func: &Func, s: &Stmt) -> Vec<VarId> {
    let mut out = kept_writes(func, s);
    match s {
        Stmt::Effect(o) => out.extend(o.reads.iter().filter(|v| func.var(**v).mutable)),
        Stmt::Container { place, op, .. } if !op.keeps_length() => {
            out.push(func.root(place));
            out.extend(op.exchanged().map(|p| func.root(p)));
        }
        Stmt::Container { .. } => {}
        s => {
            let whole = writes(s);
            let whole = whole.iter().filter(|p| {
                let part = |s: &Proj| matches!(s, Proj::Index(_) | Proj::Range { .. });
                !p.proj.iter().any(part) && !is_slice(&func.place_ty(p))
            });
            out.extend(whole.map(|p| func.root(p)));
        }
    }
    out
}

/// What can't change its length, whoever gets it.
fn is_slice(ty: &Ty) -> bool {
    match ty {
        Ty::Ref(_, inner) => matches!(**inner, Ty::Slice(_) | Ty::Array(..)),
        ty => matches!(ty, Ty::Slice(_)),
    }
}
