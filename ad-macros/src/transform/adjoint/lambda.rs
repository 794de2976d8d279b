//! Closures that are handed to a callee: both sweeps of their bodies. A body is a scope like a loop's; its record goes
//! through the callee, which gives each call's record back when it reverses the call.

use super::back::After;
use super::*;
use crate::transform::needs::is_sized;

impl Adjoint {
    pub(super) fn forward_lambda(&mut self, l: &mut Lambda, body: &Scope) {
        l.body = self.forward_scope(body, Open::Closure, false);
        let mut record = body.record.clone();
        for stack in own_stacks(&l.body) {
            record.push(stack);
            let stack = Stmt::Let {
                var: stack,
                init: None,
            };
            l.body.insert(0, stack);
        }
        self.records.insert(l.results[0], record.clone());
        l.sweep = Sweep::Forward(record);
    }

    /// The reverse sweeps of the closures among the arguments. Whose shadow is `taken` already gets a temporary one.
    pub(super) fn reverse_lambdas(
        &mut self,
        args: &[CallArg],
        bodies: &[Scope],
        taken: &mut Vec<VarId>,
        out: &mut Block,
        after: &mut Vec<After>,
    ) -> std::vec::IntoIter<Lambda> {
        let lent = args.iter().filter_map(|a| match &a.arg {
            Arg::RefMut(p) => Some(self.func.root(p)),
            _ => None,
        });
        taken.extend(lent.collect::<Vec<_>>());
        let mut reversed = Vec::new();
        for (l, body) in lambdas(args).zip(bodies) {
            let mut back = self.reverse_lambda(l, body);
            self.resolve_views(&mut back.body);
            for v in self.shadows_in(&back) {
                if taken.contains(&v) {
                    let temp = self.separate(v, &mut back, out);
                    after.push(After::Shadow(self.whole(v), temp));
                } else {
                    taken.push(v);
                }
            }
            reversed.push(back);
        }
        reversed.into_iter()
    }

    fn reverse_lambda(&mut self, l: &Lambda, body: &Scope) -> Lambda {
        let record = self.records.get(&l.results[0]).cloned();
        let record = record.unwrap_or_default();
        let mut inner = self.reverse_scope(body);
        let mut params = Vec::new();
        let mut results = Vec::new();
        let mut setup = Vec::new();
        for p in &l.params {
            let active = self.activity.var(p.var);
            if p.reference(&self.func).is_some() {
                params.push(LambdaParam {
                    var: p.var,
                    shadows: vec![active.then(|| self.bar(p.var))],
                });
                continue;
            }
            let bar = self.bar(p.var);
            let init = match &self.func.var(p.var).ty {
                Ty::Real(_) => Expr::Real(0.0),
                ty if active || is_sized(ty) => Expr::ZeroOf(Place::var(p.var)),
                _ => Expr::Runtime("blank", vec![Expr::Tuple(Vec::new())]),
            };
            setup.push(Stmt::Let {
                var: bar,
                init: Some(init),
            });
            results.push(bar);
        }
        let seeds: Vec<VarId> = l.results.iter().map(|v| self.bar(*v)).collect();
        inner.retain(|s| !matches!(s, Stmt::Let { var, .. } if seeds.contains(var)));
        setup.append(&mut inner);
        Lambda {
            params,
            body: setup,
            results,
            wrapper: None,
            sweep: Sweep::Reverse { record, seeds },
        }
    }

    /// The variables from outside whose shadows the reverse sweep of a closure names.
    fn shadows_in(&self, l: &Lambda) -> Vec<VarId> {
        let mut own = l.given();
        own.extend(&l.results);
        let mut named = Vec::new();
        let mut body = l.body.clone();
        map_block(&mut body, &mut |p| {
            if !named.contains(&p.base) {
                named.push(p.base);
            }
        });
        walk(&l.body, &mut |s| {
            if let Stmt::Let { var, .. } = s {
                own.push(*var);
            }
            if let Stmt::Pull { dst, args, .. } = s {
                own.extend(dst.iter().flatten());
                lambdas(args).for_each(|l| own.extend(l.given()));
            }
        });
        let of = |bar: &VarId| self.bars.iter().find(|(_, b)| *b == bar).map(|(v, _)| *v);
        let named = named.iter().filter(|b| !own.contains(b));
        let mut found: Vec<VarId> = named.filter_map(of).collect();
        found.sort();
        found
    }

    /// Gives a closure a shadow of its own.
    fn separate(&mut self, v: VarId, l: &mut Lambda, out: &mut Block) -> VarId {
        let ty = self.func.var(v).ty.clone().owned();
        let temp = self.fresh("shared_bar", ty, true, Role::Local);
        out.push(Stmt::Let {
            var: temp,
            init: Some(Expr::ZeroOf(self.whole(v))),
        });
        let bar = self.bar(v);
        map_block(&mut l.body, &mut |p| {
            if p.base == bar {
                p.base = temp;
                if matches!(p.proj.first(), Some(Proj::Deref)) {
                    p.proj.remove(0);
                }
            }
        });
        temp
    }

    /// All that a variable holds, or refers to.
    fn whole(&self, v: VarId) -> Place {
        match self.func.var(v).ty {
            Ty::Ref(..) => Place::var(v).with(Proj::Deref),
            _ => Place::var(v),
        }
    }
}

/// The stacks that a body uses and no closure in it declares.
fn own_stacks(body: &Block) -> Vec<VarId> {
    let (mut used, mut declared) = (Vec::new(), Vec::new());
    walk(body, &mut |s| match s {
        Stmt::Push { stack, .. }
        | Stmt::Pop { stack, .. }
        | Stmt::SaveSlice { stack, .. }
        | Stmt::RestoreSlice { stack, .. } => used.push(*stack),
        Stmt::Call { args, .. } => lambdas(args).for_each(|l| {
            l.body.iter().for_each(|s| {
                if let Stmt::Let { var, init: None } = s {
                    declared.push(*var);
                }
            });
        }),
        Stmt::Pull { args, .. } => lambdas(args).for_each(|l| declared.extend(l.given())),
        _ => {}
    });
    let mut own: Vec<VarId> = Vec::new();
    for v in used {
        if !declared.contains(&v) && !own.contains(&v) {
            own.push(v);
        }
    }
    own
}
