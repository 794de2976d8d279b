//! In series, what is no linear map of its operands' series: products and quotients of two of them, functions, powers.
//!
//! The coefficients of a product are those of the linear map, and what the tails make together. The rest is a function of the run-time
//! library, which is given the values too.

use super::linear::{Lin, Linear, Part};
use crate::ir::*;
use crate::rules::{self, Rule};

impl Linear<'_> {
    /// One curved row of the table, with those operands that are active.
    pub(super) fn curve(
        &mut self,
        row: &'static Rule,
        (args, active): (Vec<Expr>, Vec<bool>),
        result: Option<VarId>,
        rebuild: &dyn Fn(Vec<Expr>) -> Expr,
    ) -> (Expr, Option<Lin>) {
        let args = args.into_iter().zip(&active);
        let values: Vec<Expr> = args.map(|(e, active)| self.operand(e, *active)).collect();
        let tails: Vec<Option<Lin>> = values
            .iter()
            .zip(&active)
            .map(|(e, active)| match e {
                Expr::Place(p) if *active => Some(Lin::Leaf(p.clone())),
                _ => None,
            })
            .collect();
        let mut value = rebuild(values.clone());
        let r = match result {
            Some(var) => Expr::var(var),
            None => {
                value = self.named(value, false);
                value.clone()
            }
        };
        (value, Some(series(row, &values, tails, &r)))
    }

    /// An operand that can be read more than once, value and series.
    fn operand(&mut self, e: Expr, active: bool) -> Expr {
        match &e {
            Expr::Place(_) if e.is_atom() => e,
            Expr::Real(_) | Expr::Int(_) if !active => e,
            _ => self.named(e, active),
        }
    }

    fn named(&mut self, e: Expr, active: bool) -> Expr {
        let ty = self.scalar_of(&e);
        let ty = match active {
            true => ty,
            // Exponents are integers.
            false if matches!(ty, Ty::Real(Scalar::Unknown)) => Ty::Unknown,
            false => ty,
        };
        let var = self.func.fresh("t", ty, false, Role::Temp);
        self.activity.extend(self.func, active);
        self.prelude.push(Stmt::Let { var, init: Some(e) });
        Expr::var(var)
    }
}

/// The series of the result.
fn series(row: &'static Rule, values: &[Expr], tails: Vec<Option<Lin>>, r: &Expr) -> Lin {
    let linear = |k: usize| -> Option<(bool, Lin)> {
        let tail = tails[k].clone()?;
        let formula = rules::instantiate(row.partials[k], values, r);
        Some((false, Lin::Scale(formula, Box::new(tail))))
    };
    let all = (0..tails.len()).filter_map(linear);
    let tail = |k: usize| Part::Tail(tails[k].clone());
    let value = |k: usize| Part::Value(owned(&values[k]));
    match row.name {
        "*" | "mul_add" => {
            let cross = Lin::Curve("series_cross", vec![tail(0), tail(1)]);
            Lin::Sum(all.chain([(false, cross)]).collect())
        }
        "/" => {
            let inverse = Expr::bin(BinOp::Div, Expr::Real(1.0), values[1].clone());
            let below = Expr::Rule("zero_safe", vec![Expr::D, inverse]);
            let below = tails[1].clone().map(|l| Lin::Scale(below, Box::new(l)));
            let above = Part::Tail(Some(Lin::Sum(all.collect())));
            Lin::Curve("series_unwind", vec![above, Part::Tail(below)])
        }
        "stated" => {
            let stated = Lin::Curve(row.series, vec![value(1), tail(1), tail(2)]);
            let own = tails[0].clone().map(|l| (false, l));
            Lin::Sum(own.into_iter().chain([(false, stated)]).collect())
        }
        "powi" => {
            let exponent = Part::Value(values[1].clone());
            Lin::Curve(row.series, vec![value(0), tail(0), exponent])
        }
        "powf" if tails[1].is_none() => {
            let result = Part::Value(owned(r));
            Lin::Curve(row.series, vec![result, value(0), tail(0), value(1)])
        }
        _ => {
            let operands = (0..tails.len()).flat_map(|k| [value(k), tail(k)]);
            let name = match row.name {
                "powf" => "series_powf_of",
                _ => row.series,
            };
            Lin::Curve(
                name,
                [Part::Value(owned(r))]
                    .into_iter()
                    .chain(operands)
                    .collect(),
            )
        }
    }
}

/// The value itself where a name may stand for a reference, which methods look through.
fn owned(e: &Expr) -> Expr {
    match e {
        Expr::Place(p) => Expr::Query("clone".to_string(), p.clone(), Vec::new()),
        e => e.clone(),
    }
}
