//! The derivative of every operator and float method: one table that both modes read.
//!
//! A row has a name, the number of operands, and one formula per operand: how a tangent `d` of that
//! operand contributes to the tangent of the result, or, read backwards, how an adjoint `d` of the
//! result contributes to the adjoint of the operand. Operands are `a`, `b`, `c`, the result is `r`.
//! `"0"` says that the operand has no influence on the derivative, `"-"` that it is no real.
//!
//! `zero_safe(d, p)` is `d * p`, and 0 where `d` is 0: partials that may be infinite at a finite
//! value of the function go through it, so that a zero seed gives zero.

use crate::ir::{BinOp, Expr, UnOp};

const UNKNOWN: Rule = Rule {
    name: "unknown",
    series: "series_unknown",
    partials: &["0", "0", "0"],
};

/// One row of the table.
pub struct Rule {
    pub name: &'static str,
    /// What gives the series of the result, where that is no linear map of those of the operands.
    pub series: &'static str,
    pub partials: &'static [&'static str],
}

macro_rules! table {
    ($($name:literal => $($partial:literal),+;)*) => {
        &[$(Rule { name: $name, series: concat!("series_", $name), partials: &[$($partial),+] }),*]
    };
}

/// Formulas: NIST Digital Library of Mathematical Functions, chapter 4; edges as documented.
pub const TABLE: &[Rule] = table! {
    // operators
    "*" => "d * b", "d * a";
    // One division serves both operands.
    "/" => "zero_safe(d, 1.0 / b)", "zero_safe(d, -r * (1.0 / b))";
    "%" => "d", "zero_safe(-d, trunc(a / b))";
    // trigonometric
    "sin" => "d * cos(a)";
    "cos" => "-d * sin(a)";
    "tan" => "d * (1.0 + r * r)";
    "asin" => "zero_safe(d, 1.0 / sqrt((1.0 - a) * (1.0 + a)))";
    "acos" => "zero_safe(-d, 1.0 / sqrt((1.0 - a) * (1.0 + a)))";
    "atan" => "d / (1.0 + a * a)";
    // `b / (a² + b²)`, without squares that overflow or vanish.
    "atan2" => "if abs(a) > abs(b) { zero_safe(d, (b / a) / (a + b * (b / a))) } else { zero_safe(d, 1.0 / (b + a * (a / b))) }",
              "if abs(a) > abs(b) { zero_safe(-d, 1.0 / (a + b * (b / a))) } else { zero_safe(-d, (a / b) / (b + a * (a / b))) }";
    "sin_cos" => "d * cos(a)";
    // hyperbolic
    "sinh" => "d * cosh(a)";
    "cosh" => "d * sinh(a)";
    "tanh" => "d * (1.0 - r * r)";
    "asinh" => "d / hypot(a, 1.0)";
    "acosh" => "zero_safe(d, 1.0 / (sqrt(a - 1.0) * sqrt(a + 1.0)))";
    "atanh" => "zero_safe(d, 1.0 / ((1.0 - a) * (1.0 + a)))";
    // exponentials and logarithms
    "exp" => "d * r";
    "exp2" => "d * (LN_2 * r)";
    // `r + 1` would have lost what is below one rounding of 1.
    "exp_m1" => "d * exp(a)";
    "ln" => "zero_safe(d, 1.0 / a)";
    "ln_1p" => "zero_safe(d, 1.0 / (1.0 + a))";
    "log2" => "zero_safe(d, (1.0 / a) * LOG2_E)";
    "log10" => "zero_safe(d, (1.0 / a) * LOG10_E)";
    "log" => "zero_safe(d, 1.0 / (a * ln(b)))", "zero_safe(-d, r / (b * ln(b)))";
    // powers and roots
    "sqrt" => "zero_safe(d, 0.5 / r)";
    "cbrt" => "zero_safe(d, 1.0 / (3.0 * (r * r)))";
    "powi" => "if b == 0 { 0 } else { zero_safe(d, powi_slope(a, b)) }", "-";
    "powf" => "if b == 0.0 { 0 } else { zero_safe(d, b * powf(a, b - 1.0)) }",
              "if r == 0.0 { 0 } else { zero_safe(d, r * ln(a)) }";
    "recip" => "zero_safe(-d, r * r)";
    "hypot" => "zero_safe(d, a / r)", "zero_safe(d, b / r)";
    // products
    "midpoint" => "d * 0.5", "d * 0.5";
    "mul_add" => "d * b", "d * a", "d";
    "to_radians" => "d * PI_OVER_180";
    "to_degrees" => "d * 180_OVER_PI";
    // pieces
    "abs" => "if a > 0.0 { d } else if a < 0.0 { -d } else { 0 }";
    "max" => "if a >= b || b != b { d } else { 0 }", "if a >= b || b != b { 0 } else { d }";
    "min" => "if a <= b || b != b { d } else { 0 }", "if a <= b || b != b { 0 } else { d }";
    "clamp" => "if a < b || a > c { 0 } else { d }", "if a < b { d } else { 0 }", "if a > c { d } else { 0 }";
    "abs_sub" => "if a > b { d } else { 0 }", "if a > b { -d } else { 0 }";
    "copysign" => "if signbit(a) == signbit(b) { d } else { -d }", "0";
    "rem_euclid" => "d", "zero_safe(-d, div_euclid(a, b))";
    "fract" => "d";
    // steps
    "div_euclid" => "0", "0";
    "signum" => "0";
    "floor" => "0";
    "ceil" => "0";
    "round" => "0";
    "round_ties_even" => "0";
    "trunc" => "0";
    // the value `a`, to which `c` contributes with the partial `b`, as a user states it
    "given" => "d", "0", "zero_safe(d, b)";
    // the same in series, where the partial has one, too
    "stated" => "d", "d * 0.0", "zero_safe(d, b)";
    // produced by differentiation itself
    "zero_safe" => "zero_safe(d, b)", "if a == 0.0 { 0 } else { d * a }";
    "powi_slope" => "if b == 1 { 0 } else { zero_safe(d, powi_curve(a, b)) }", "-";
    "powi_curve" => "if b == 2 { 0 } else { zero_safe(d, powi_third(a, b)) }", "-";
};

/// Whether an operation takes the value of one operand and leaves the others without influence.
pub fn picks(name: &str) -> bool {
    matches!(name, "max" | "min" | "clamp" | "abs_sub")
}

/// A formula in which a `d` of zero gives zero, whatever its partials are.
pub fn zero_safe(formula: Expr) -> Expr {
    match formula {
        Expr::Binary(BinOp::Mul, a, b) if is_literal(&b) => {
            Expr::Binary(BinOp::Mul, Box::new(zero_safe(*a)), b)
        }
        Expr::Binary(BinOp::Mul, a, b) if has_d(&a) => {
            Expr::Rule("zero_safe", vec![zero_safe(*a), *b])
        }
        Expr::Binary(BinOp::Mul, a, b) if has_d(&b) => {
            Expr::Rule("zero_safe", vec![zero_safe(*b), *a])
        }
        Expr::Binary(BinOp::Div, a, b) if has_d(&a) => {
            let inverse = Expr::bin(BinOp::Div, Expr::Real(1.0), *b);
            Expr::Rule("zero_safe", vec![zero_safe(*a), inverse])
        }
        Expr::Unary(op, a) => Expr::Unary(op, Box::new(zero_safe(*a))),
        Expr::Select(c, a, b) => Expr::Select(c, Box::new(zero_safe(*a)), Box::new(zero_safe(*b))),
        other => other,
    }
}

/// A number that is finite.
fn is_literal(e: &Expr) -> bool {
    match e {
        Expr::Real(_) => true,
        Expr::Opaque(o) => syn::parse2::<syn::Lit>(o.tokens.clone()).is_ok(),
        _ => false,
    }
}

fn has_d(e: &Expr) -> bool {
    match e {
        Expr::D => true,
        Expr::Unary(_, a) | Expr::Cast(a, _) => has_d(a),
        Expr::Binary(_, a, b) | Expr::Select(_, a, b) => has_d(a) || has_d(b),
        Expr::Rule(_, args) => args.iter().any(has_d),
        _ => false,
    }
}

/// Rules that only the table itself uses: functions of the run-time library, not methods.
const INTERNAL: &[&str] = &[
    "given",
    "stated",
    "zero_safe",
    "powi_slope",
    "powi_curve",
    "*",
    "/",
    "%",
];

/// The canonical name, when a user's method of that name has a rule.
pub fn find(name: &str) -> Option<&'static str> {
    TABLE
        .iter()
        .find(|r| r.name == name && !INTERNAL.contains(&name))
        .map(|r| r.name)
}

pub fn row(name: &str) -> &'static Rule {
    match TABLE.iter().find(|r| r.name == name) {
        Some(row) => row,
        // Only names of the table are ever asked for; a step has no derivative.
        None => &UNKNOWN,
    }
}

/// Number of operands, the receiver included.
pub fn arity(name: &str) -> usize {
    row(name).partials.len()
}

/// Number of operands that are reals (the exponent of `powi` is not).
pub fn real_operands(name: &str) -> usize {
    row(name).partials.iter().filter(|p| **p != "-").count()
}

/// Whether a formula mentions the result.
pub fn needs_result(formula: &str) -> bool {
    words(formula).any(|w| w == "r")
}

/// Which operands a formula mentions.
pub fn mentions(formula: &str, operand: usize) -> bool {
    let name = ["a", "b", "c"][operand];
    words(formula).any(|w| w == name)
}

/// Whether the partials of these operands change with them, other than by steps: then the function is no linear map of their series.
pub fn is_curved(row: &Rule, active: &[bool]) -> bool {
    let changes = |name: &str| match name {
        "r" => true,
        "a" | "b" | "c" => ["a", "b", "c"]
            .iter()
            .zip(active)
            .any(|(operand, active)| *active && *operand == name),
        _ => false,
    };
    row.partials.iter().zip(active).any(|(formula, active)| {
        let parsed = syn::parse_str::<syn::Expr>(&formula.replace("180_OVER_PI", "DEGREES"));
        *active && parsed.map_or(true, |e| varies(&e, &changes))
    })
}

/// Whether a formula varies with names, other than in conditions and by steps.
fn varies(e: &syn::Expr, changes: &dyn Fn(&str) -> bool) -> bool {
    let go = |e: &syn::Expr| varies(e, changes);
    match e {
        syn::Expr::Paren(p) => go(&p.expr),
        syn::Expr::Unary(u) => go(&u.expr),
        syn::Expr::Path(p) => p
            .path
            .get_ident()
            .is_some_and(|name| changes(&name.to_string())),
        syn::Expr::Binary(b) => go(&b.left) || go(&b.right),
        syn::Expr::Call(c) => {
            let name = quote::ToTokens::to_token_stream(&c.func).to_string();
            let is_step = TABLE
                .iter()
                .any(|r| r.name == name && r.partials.iter().all(|p| matches!(*p, "0" | "-")));
            !is_step && c.args.iter().any(go)
        }
        syn::Expr::If(i) => {
            let otherwise = i.else_branch.as_ref().is_some_and(|(_, e)| match &**e {
                syn::Expr::Block(b) => tail(&b.block).is_some_and(go),
                e => go(e),
            });
            otherwise || tail(&i.then_branch).is_some_and(go)
        }
        _ => false,
    }
}

fn words(formula: &str) -> impl Iterator<Item = &str> {
    formula.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// A formula as an expression: `d` becomes [`Expr::D`], operands and result what is given.
pub fn instantiate(formula: &str, operands: &[Expr], result: &Expr) -> Expr {
    match syn::parse_str::<syn::Expr>(&formula.replace("180_OVER_PI", "DEGREES")) {
        Ok(e) => build(&e, operands, result),
        Err(_) => Expr::Real(f64::NAN),
    }
}

fn build(e: &syn::Expr, ops: &[Expr], result: &Expr) -> Expr {
    let go = |e: &syn::Expr| build(e, ops, result);
    match e {
        syn::Expr::Paren(p) => go(&p.expr),
        syn::Expr::Lit(l) => match &l.lit {
            syn::Lit::Float(f) => Expr::Real(f.base10_parse().unwrap_or(f64::NAN)),
            syn::Lit::Int(i) => Expr::Int(i.base10_parse().unwrap_or(0)),
            _ => Expr::Real(f64::NAN),
        },
        syn::Expr::Path(p) => {
            let name = p
                .path
                .get_ident()
                .map(ToString::to_string)
                .unwrap_or_default();
            match name.as_str() {
                "d" => Expr::D,
                "r" => result.clone(),
                "a" => ops[0].clone(),
                "b" => ops[1].clone(),
                "c" => ops[2].clone(),
                "LN_2" => Expr::Real(std::f64::consts::LN_2),
                "LOG2_E" => Expr::Real(std::f64::consts::LOG2_E),
                "LOG10_E" => Expr::Real(std::f64::consts::LOG10_E),
                "PI_OVER_180" => Expr::Real(std::f64::consts::PI / 180.0),
                _ => Expr::Real(180.0 / std::f64::consts::PI),
            }
        }
        syn::Expr::Unary(u) => Expr::Unary(UnOp::Neg, Box::new(go(&u.expr))),
        syn::Expr::Binary(b) => Expr::bin(operator(&b.op), go(&b.left), go(&b.right)),
        syn::Expr::Call(c) => {
            let args = c.args.iter().map(go).collect();
            let name = quote::ToTokens::to_token_stream(&c.func).to_string();
            match name.as_str() {
                "powi_third" => Expr::Runtime("powi_third", args),
                "signbit" => Expr::Runtime("signbit", args),
                // A literal alone has no type that methods could be found by.
                other => literal(other, &args).unwrap_or(Expr::Rule(row(other).name, args)),
            }
        }
        syn::Expr::If(i) => {
            let then = tail(&i.then_branch).map(&go).unwrap_or(Expr::D);
            let els = match i.else_branch.as_ref().map(|(_, e)| &**e) {
                Some(syn::Expr::Block(b)) => tail(&b.block).map(&go).unwrap_or(Expr::D),
                Some(other) => go(other),
                None => Expr::D,
            };
            let zero = |e: Expr| {
                if matches!(e, Expr::Int(0)) {
                    Expr::Real(0.0)
                } else {
                    e
                }
            };
            Expr::Select(
                Box::new(go(&i.cond)),
                Box::new(zero(then)),
                Box::new(zero(els)),
            )
        }
        _ => Expr::Real(f64::NAN),
    }
}

/// A function of a literal, where formulas have one.
fn literal(name: &str, args: &[Expr]) -> Option<Expr> {
    let number = |e: &Expr| match e {
        Expr::Real(c) => Some(*c),
        Expr::Opaque(o) if o.reads.is_empty() => {
            let written = syn::parse2::<syn::LitFloat>(o.tokens.clone()).ok()?;
            let plain = written.suffix().is_empty();
            plain.then(|| written.base10_parse().ok()).flatten()
        }
        _ => None,
    };
    let value = match args {
        [Expr::Unary(UnOp::Neg, e)] => -number(e)?,
        [e] => number(e)?,
        _ => return None,
    };
    let result = match name {
        "abs" => value.abs(),
        "ln" => value.ln(),
        _ => return None,
    };
    result.is_finite().then_some(Expr::Real(result))
}

fn tail(b: &syn::Block) -> Option<&syn::Expr> {
    match b.stmts.last() {
        Some(syn::Stmt::Expr(e, None)) => Some(e),
        _ => None,
    }
}

fn operator(op: &syn::BinOp) -> BinOp {
    match op {
        syn::BinOp::Add(_) => BinOp::Add,
        syn::BinOp::Sub(_) => BinOp::Sub,
        syn::BinOp::Mul(_) => BinOp::Mul,
        syn::BinOp::Div(_) => BinOp::Div,
        syn::BinOp::Eq(_) => BinOp::Eq,
        syn::BinOp::Ne(_) => BinOp::Ne,
        syn::BinOp::Lt(_) => BinOp::Lt,
        syn::BinOp::Le(_) => BinOp::Le,
        syn::BinOp::Gt(_) => BinOp::Gt,
        syn::BinOp::Ge(_) => BinOp::Ge,
        syn::BinOp::And(_) => BinOp::And,
        _ => BinOp::Or,
    }
}
