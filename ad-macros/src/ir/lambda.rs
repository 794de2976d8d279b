//! Closures that are handed to a callee, which runs them as often as it wants, and reverses their calls in the
//! opposite order.

use super::*;

/// What a sweep hands to a callee.
#[derive(Clone, Debug)]
pub struct Lambda {
    pub params: Vec<LambdaParam>,
    pub body: Block,
    /// What comes out: the value, with its tangent; in the reverse sweep the adjoints of by-value parameters.
    pub results: Vec<VarId>,
    /// What its value is wrapped in.
    pub wrapper: Option<Wrapper>,
    pub sweep: Sweep,
}

/// What the forward sweep of a closure leaves for its reverse.
#[derive(Clone, Debug)]
pub enum Sweep {
    /// No reverse sweep follows.
    Alone,
    /// The record goes out beside the value.
    Forward(Vec<VarId>),
    /// The record comes in, and the adjoints of the value.
    Reverse {
        record: Vec<VarId>,
        seeds: Vec<VarId>,
    },
}

#[derive(Clone, Debug)]
pub struct LambdaParam {
    pub var: VarId,
    /// Its tangent, its adjoint, the adjoint's tangent, as far as they come in; `None` where nobody reads them.
    pub shadows: Vec<Option<VarId>>,
}

impl LambdaParam {
    /// Mutable or not; `None` where it is passed by value.
    pub fn reference(&self, func: &Func) -> Option<bool> {
        match func.var(self.var).ty {
            Ty::Ref(mutable, _) => Some(mutable),
            _ => None,
        }
    }
}

impl Lambda {
    /// What its end reads.
    pub fn kept(&self) -> Vec<VarId> {
        let mut all = self.results.clone();
        if let Sweep::Forward(record) = &self.sweep {
            all.extend(record);
        }
        all
    }

    /// The variables that it gets when it is called.
    pub fn given(&self) -> Vec<VarId> {
        let mut all: Vec<VarId> = self.params.iter().map(|p| p.var).collect();
        for p in &self.params {
            all.extend(p.shadows.iter().flatten());
        }
        if let Sweep::Reverse { record, seeds } = &self.sweep {
            all.extend(record.iter().chain(seeds));
        }
        all
    }
}

/// The closures among the arguments of a call.
pub fn lambdas(args: &[CallArg]) -> impl Iterator<Item = &Lambda> {
    args.iter().filter_map(|a| match &a.arg {
        Arg::Lambda(l) => Some(&**l),
        _ => None,
    })
}

pub fn lambdas_mut(args: &mut [CallArg]) -> impl Iterator<Item = &mut Lambda> {
    args.iter_mut().filter_map(|a| match &mut a.arg {
        Arg::Lambda(l) => Some(&mut **l),
        _ => None,
    })
}

/// Whether a function is handed to the callee: the call is differentiated, whatever else it takes.
pub fn takes_function(args: &[CallArg]) -> bool {
    args.iter()
        .any(|a| matches!(a.arg, Arg::Lambda(_) | Arg::Function(_) | Arg::Param(_)))
}
