//! Delta debugging: makes a failing program small, as long as it fails in the same way.
//!
//! A pass lists all single edits of the program (a statement left out, a block put in the place of what it is in, an operand in the
//! place of an expression, …), tries those that take away most first, several in one compilation, and takes the best that still fails.

use crate::batch::{Outcome, Workshop};
use crate::generate::Program;
use quote::ToTokens;
use syn::visit_mut::{VisitMut, visit_block_mut, visit_expr_mut, visit_file_mut};

/// So many candidates are compiled at once.
const TOGETHER: usize = 24;
/// So many compilations a reduction may take.
const ROUNDS: usize = 40;

/// The smallest program found, and how it fails.
pub fn reduce(workshop: &Workshop, program: &Program, outcome: &Outcome) -> (Program, Outcome) {
    let mut best = (program.clone(), outcome.clone());
    // As candidates are written, so that lengths can be compared.
    if let Ok(file) = syn::parse_file(&program.items) {
        best.0.items = prettyplease::unparse(&file);
    }
    let Some(kind) = outcome.kind() else {
        return best;
    };
    let mut tried = std::collections::HashSet::new();
    for _ in 0..ROUNDS {
        let mut candidates = candidates(&best.0);
        candidates.retain(|c| !tried.contains(&c.items));
        candidates.sort_by_key(|c| c.items.len());
        // From all sizes: the smallest are seldom the ones that still fail.
        let step = (candidates.len() / TOGETHER).max(1);
        let chosen: Vec<Program> = candidates
            .into_iter()
            .step_by(step)
            .take(TOGETHER)
            .collect();
        if chosen.is_empty() {
            break;
        }
        tried.extend(chosen.iter().map(|c| c.items.clone()));
        let outcomes = workshop.run(&chosen);
        let failing = chosen
            .into_iter()
            .zip(outcomes)
            .filter(|(_, o)| o.kind().as_ref() == Some(&kind))
            .min_by_key(|(c, _)| c.items.len());
        if let Some(smaller) = failing {
            best = smaller;
            tried.clear();
        }
    }
    best
}

/// All programs that are one edit away, and smaller.
fn candidates(program: &Program) -> Vec<Program> {
    let Ok(file) = syn::parse_file(&program.items) else {
        return Vec::new();
    };
    let mut out: Vec<Program> = Vec::new();
    let add = |file: &syn::File, out: &mut Vec<Program>| {
        let items = prettyplease::unparse(file);
        if items.len() < program.items.len() && !out.iter().any(|o| o.items == items) {
            out.push(Program {
                items,
                ..program.clone()
            });
        }
    };
    add(&file, &mut out);
    let first_order = program.items.replace(", hessian", "");
    if first_order != program.items {
        out.push(Program {
            items: first_order,
            proof: program.proof.replace("prove_hessian!", "prove!"),
            ..program.clone()
        });
    }
    for at in 0.. {
        let mut edit = Edit { at, ..Edit::none() };
        let mut copy = file.clone();
        edit.visit_file_mut(&mut copy);
        if edit.done {
            add(&copy, &mut out);
        } else if edit.seen <= at {
            break;
        }
    }
    out
}

/// Applies the edit with the number `at`.
struct Edit {
    at: usize,
    seen: usize,
    done: bool,
}

impl Edit {
    fn none() -> Edit {
        Edit {
            at: 0,
            seen: 0,
            done: false,
        }
    }

    /// Whether the next edit is the one.
    fn now(&mut self) -> bool {
        self.seen += 1;
        self.seen == self.at + 1 && !std::mem::replace(&mut self.done, true)
    }
}

impl VisitMut for Edit {
    fn visit_file_mut(&mut self, file: &mut syn::File) {
        for k in 0..file.items.len() {
            let needed = matches!(&file.items[k], syn::Item::Fn(f) if f.sig.ident == "entry" || f.sig.ident == "inputs");
            if !needed && self.now() {
                file.items.remove(k);
                return;
            }
        }
        visit_file_mut(self, file);
    }

    fn visit_item_fn_mut(&mut self, f: &mut syn::ItemFn) {
        if f.sig.ident != "inputs" {
            syn::visit_mut::visit_item_fn_mut(self, f);
        }
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        if self.done {
            return;
        }
        let n = block.stmts.len();
        // The first half, the second half, each statement.
        for (from, to) in [(0, n / 2), (n / 2, n)] {
            if to - from > 1 && self.now() {
                block.stmts.drain(from..to);
                return;
            }
        }
        for k in 0..n {
            if self.now() {
                block.stmts.remove(k);
                return;
            }
            if let Some(inner) = body_of(&block.stmts[k])
                && self.now()
            {
                block.stmts.splice(k..=k, inner);
                return;
            }
        }
        visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        if self.done {
            return;
        }
        for part in parts(e) {
            if part.to_token_stream().to_string() != e.to_token_stream().to_string() && self.now() {
                *e = part;
                return;
            }
        }
        let simple = matches!(e, syn::Expr::Lit(_) | syn::Expr::Path(_));
        if !simple && self.now() {
            *e = syn::parse_quote!(0.5);
            return;
        }
        if let syn::Expr::If(i) = e
            && i.else_branch.is_some()
            && self.now()
        {
            i.else_branch = None;
            return;
        }
        if let syn::Expr::Match(m) = e {
            for k in 0..m.arms.len() {
                if self.now() {
                    m.arms.remove(k);
                    return;
                }
            }
        }
        visit_expr_mut(self, e);
    }
}

/// The statements inside of a statement.
fn body_of(stmt: &syn::Stmt) -> Option<Vec<syn::Stmt>> {
    let syn::Stmt::Expr(e, _) = stmt else {
        return None;
    };
    Some(match e {
        syn::Expr::Block(b) => b.block.stmts.clone(),
        syn::Expr::If(i) => i.then_branch.stmts.clone(),
        syn::Expr::ForLoop(l) => l.body.stmts.clone(),
        syn::Expr::While(l) => l.body.stmts.clone(),
        syn::Expr::Loop(l) => l.body.stmts.clone(),
        _ => return None,
    })
}

/// What may stand in the place of an expression.
fn parts(e: &syn::Expr) -> Vec<syn::Expr> {
    let tail = |b: &syn::Block| match b.stmts.last() {
        Some(syn::Stmt::Expr(e, None)) => Some(e.clone()),
        _ => None,
    };
    match e {
        syn::Expr::Binary(b) => vec![(*b.left).clone(), (*b.right).clone()],
        syn::Expr::Unary(u) => vec![(*u.expr).clone()],
        syn::Expr::Paren(p) => vec![(*p.expr).clone()],
        syn::Expr::MethodCall(m) => std::iter::once((*m.receiver).clone())
            .chain(m.args.iter().cloned())
            .collect(),
        syn::Expr::Call(c) => c.args.iter().cloned().collect(),
        syn::Expr::Block(b) => tail(&b.block).into_iter().collect(),
        syn::Expr::If(i) => {
            let other = i.else_branch.as_ref().map(|(_, e)| (**e).clone());
            tail(&i.then_branch).into_iter().chain(other).collect()
        }
        syn::Expr::Match(m) => m.arms.iter().map(|a| (*a.body).clone()).collect(),
        _ => Vec::new(),
    }
}
