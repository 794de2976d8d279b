//! Linearisation: an expression as its value and the linear map from tangents of its operands to its tangent.
//!
//! Tangent mode applies the map, reverse mode its transpose. Both come from the one table in `rules`.

use crate::analysis::activity::Activity;
use crate::ir::*;
use crate::rules;

/// A linear map, as a tree.
#[derive(Clone, Debug)]
pub enum Lin {
    /// The tangent of a place.
    Leaf(Place),
    /// A sum of signed terms.
    Sum(Vec<(bool, Lin)>),
    /// A formula in which [`Expr::D`] stands once, for the tangent of the inner map.
    Scale(Expr, Box<Lin>),
    /// Component by component; `None` where a component has no derivative (its value gives the shape).
    Aggregate(Shape, Vec<(Option<Lin>, Expr)>),
    /// The same in every element.
    Repeat(Box<Lin>, Expr, bool),
    /// An owned copy of a place.
    Copy(CopyKind, Place),
    /// In series: what is no linear map of its operands' series, as a function of values and series.
    Curve(&'static str, Vec<Part>),
}

/// An argument of such a function.
#[derive(Clone, Debug)]
pub enum Part {
    Value(Expr),
    /// A series, or that of a constant.
    Tail(Option<Lin>),
}

#[derive(Clone, Debug)]
pub enum Shape {
    Tuple,
    /// With the variable that holds it, which knows the fields that are not listed.
    Struct(Ctor, VarId),
    Array,
    Vec,
}

impl Lin {
    /// The two terms of a product, or of another function of two operands.
    pub fn is_pair(&self) -> bool {
        matches!(self, Lin::Sum(terms) if terms.len() == 2)
    }
}

/// Calls `f` on every place that is read in a real position: where its derivative matters.
pub fn real_reads(e: &Expr, f: &mut dyn FnMut(&Place)) {
    real_reads_picked(e, false, &mut |p, _| f(p));
}

/// The same, and whether an operation may pick something else instead.
pub fn real_reads_picked(e: &Expr, picked: bool, f: &mut dyn FnMut(&Place, bool)) {
    match e {
        Expr::Place(p) | Expr::Copied(_, p) | Expr::Borrow(_, p) => f(p, picked),
        Expr::Unary(UnOp::Neg, a) => real_reads_picked(a, picked, f),
        Expr::Cast(a, ty) if is_float(ty) => real_reads_picked(a, picked, f),
        Expr::Binary(op, a, b) if op.is_arithmetic() => {
            real_reads_picked(a, picked, f);
            real_reads_picked(b, picked, f);
        }
        Expr::Select(_, a, b) => {
            real_reads_picked(a, true, f);
            real_reads_picked(b, true, f);
        }
        Expr::Rule(name, args) => {
            let picked = picked || rules::picks(name);
            for (partial, a) in rules::row(name).partials.iter().zip(args) {
                if !matches!(*partial, "0" | "-") {
                    real_reads_picked(a, picked, f);
                }
            }
        }
        Expr::Tuple(args) | Expr::Struct(_, args) | Expr::Array(args) | Expr::VecOf(args) => {
            args.iter().for_each(|a| real_reads_picked(a, picked, f))
        }
        Expr::Repeat { value, .. } => real_reads_picked(value, picked, f),
        Expr::Opaque(o) if !o.ty.is_constant() => {
            o.reads.iter().for_each(|&v| f(&Place::var(v), picked));
        }
        _ => {}
    }
}

/// A cast to anything else is a step, whose derivative is zero.
pub fn is_float(ty: &proc_macro2::TokenStream) -> bool {
    matches!(ty.to_string().as_str(), "f64" | "f32")
}

/// Linearises expressions of one statement; values that the map needs get names in `prelude`.
pub struct Linear<'a> {
    pub func: &'a mut Func,
    pub activity: &'a mut Activity,
    pub prelude: Vec<Stmt>,
    /// The two terms of a product stay together in a sum of products.
    pub apart: bool,
    /// The maps are read backwards.
    pub reverse: bool,
    /// The value may be without influence: the adjoint that comes in is zero then, and stays so whatever the partials are.
    pub doubtful: bool,
    /// The maps are those of series: what is not linear is curved. Then what `prelude` names has a derivative, too.
    pub series: bool,
}

impl Linear<'_> {
    /// The value of the expression, and its linear map if it has a derivative. `result` names the
    /// variable that will hold the value, when it is a new one.
    pub fn run(&mut self, e: Expr, result: Option<VarId>) -> (Expr, Option<Lin>) {
        if !self.activity.expr(self.func, &e) {
            return (e, None);
        }
        match e {
            Expr::Place(p) => (Expr::Place(p.clone()), Some(Lin::Leaf(p))),
            Expr::Copied(kind, p) => (Expr::Copied(kind, p.clone()), Some(Lin::Copy(kind, p))),
            Expr::Unary(UnOp::Neg, a) => {
                let (value, lin) = self.run(*a, None);
                (
                    Expr::Unary(UnOp::Neg, Box::new(value)),
                    lin.map(|l| Lin::Sum(vec![(true, l)])),
                )
            }
            Expr::Cast(a, ty) => {
                let (value, lin) = self.run(*a, None);
                let scale = |l| Lin::Scale(Expr::Cast(Box::new(Expr::D), ty.clone()), Box::new(l));
                let lin = lin.map(scale);
                (Expr::Cast(Box::new(value), ty), lin)
            }
            Expr::Binary(BinOp::Add, a, b) => self.sum(false, *a, *b),
            Expr::Binary(BinOp::Sub, a, b) => self.sum(true, *a, *b),
            Expr::Binary(op, a, b) => {
                let name = op.text();
                self.rule(name, vec![*a, *b], result, &move |mut v| {
                    let b = v.pop().unwrap_or(Expr::D);
                    let a = v.pop().unwrap_or(Expr::D);
                    Expr::bin(op, a, b)
                })
            }
            Expr::Rule(name, args) => self.rule(name, args, result, &move |v| Expr::Rule(name, v)),
            Expr::Select(c, a, b) => self.select(*c, *a, *b),
            Expr::Tuple(parts) => self.aggregate(Shape::Tuple, parts),
            Expr::Struct(ctor, parts) => match result {
                Some(var) => self.aggregate(Shape::Struct(ctor, var), parts),
                None => (Expr::Struct(ctor, parts), None),
            },
            Expr::Array(parts) => self.aggregate(Shape::Array, parts),
            Expr::VecOf(parts) => self.aggregate(Shape::Vec, parts),
            Expr::Repeat { value, len, vec } => {
                let (value, lin) = self.run(*value, None);
                let lin = lin.map(|l| Lin::Repeat(Box::new(l), (*len).clone(), vec));
                (
                    Expr::Repeat {
                        value: Box::new(value),
                        len,
                        vec,
                    },
                    lin,
                )
            }
            other => (other, None),
        }
    }

    fn sum(&mut self, minus: bool, a: Expr, b: Expr) -> (Expr, Option<Lin>) {
        let are_sums = [&a, &b].map(|e| matches!(e, Expr::Binary(BinOp::Add | BinOp::Sub, ..)));
        let (a, la) = self.run(a, None);
        let (b, lb) = self.run(b, None);
        let mut terms = Vec::new();
        for ((negative, lin), is_sum) in [(false, la), (minus, lb)].into_iter().zip(are_sums) {
            match lin {
                Some(l) if self.apart && !is_sum && l.is_pair() => terms.push((negative, l)),
                Some(Lin::Sum(inner)) => {
                    terms.extend(inner.into_iter().map(|(n, l)| (n != negative, l)))
                }
                Some(l) => terms.push((negative, l)),
                None => {}
            }
        }
        let op = if minus { BinOp::Sub } else { BinOp::Add };
        (Expr::bin(op, a, b), Some(Lin::Sum(terms)))
    }

    fn aggregate(&mut self, shape: Shape, parts: Vec<Expr>) -> (Expr, Option<Lin>) {
        let mut values = Vec::new();
        let mut lins = Vec::new();
        for part in parts {
            let (value, lin) = self.run(part, None);
            lins.push((lin, value.clone()));
            values.push(value);
        }
        let value = match &shape {
            Shape::Tuple => Expr::Tuple(values),
            Shape::Struct(ctor, _) => Expr::Struct(ctor.clone(), values),
            Shape::Array => Expr::Array(values),
            Shape::Vec => Expr::VecOf(values),
        };
        (value, Some(Lin::Aggregate(shape, lins)))
    }

    /// The condition is named where the map needs it.
    fn select(&mut self, c: Expr, a: Expr, b: Expr) -> (Expr, Option<Lin>) {
        let before = std::mem::replace(&mut self.doubtful, true);
        let (a, la) = self.run(a, None);
        let (b, lb) = self.run(b, None);
        self.doubtful = before;
        let zero = || Box::new(Expr::Real(0.0));
        let mut terms = Vec::new();
        if let Some(l) = la {
            terms.push((
                false,
                Lin::Scale(
                    Expr::Select(Box::new(c.clone()), Box::new(Expr::D), zero()),
                    Box::new(l),
                ),
            ));
        }
        if let Some(l) = lb {
            terms.push((
                false,
                Lin::Scale(
                    Expr::Select(Box::new(c.clone()), zero(), Box::new(Expr::D)),
                    Box::new(l),
                ),
            ));
        }
        (
            Expr::Select(Box::new(c), Box::new(a), Box::new(b)),
            Some(Lin::Sum(terms)),
        )
    }

    /// One row of the table.
    fn rule(
        &mut self,
        name: &str,
        args: Vec<Expr>,
        result: Option<VarId>,
        rebuild: &dyn Fn(Vec<Expr>) -> Expr,
    ) -> (Expr, Option<Lin>) {
        let row = rules::row(name);
        if self.series {
            let reals = row.partials.iter().map(|p| !matches!(*p, "0" | "-"));
            let active = args.iter().zip(reals);
            let active = active.map(|(e, real)| real && self.activity.expr(self.func, e));
            let active: Vec<bool> = active.collect();
            if rules::is_curved(row, &active) {
                return self.curve(row, (args, active), result, rebuild);
            }
        }
        let mut values = Vec::new();
        let mut lins = Vec::new();
        let before = self.doubtful;
        self.doubtful |= rules::picks(name);
        for (partial, arg) in row.partials.iter().zip(args) {
            let (value, lin) = self.run(arg, None);
            values.push(value);
            lins.push(if matches!(*partial, "0" | "-") {
                None
            } else {
                lin
            });
        }
        self.doubtful = before;
        let live: Vec<&str> = row
            .partials
            .iter()
            .zip(&lins)
            .filter(|(_, l)| l.is_some())
            .map(|(p, _)| *p)
            .collect();
        for (k, value) in values.iter_mut().enumerate() {
            if live.iter().any(|f| rules::mentions(f, k)) {
                let taken = std::mem::replace(value, Expr::D);
                *value = self.atom(taken);
            }
        }
        let mut value = rebuild(values.clone());
        let mut r = Expr::D;
        if live.iter().any(|f| rules::needs_result(f)) {
            match result {
                Some(var) => r = Expr::var(var),
                None => {
                    value = self.atom(value);
                    r = value.clone();
                }
            }
        }
        let mut terms = Vec::new();
        for (partial, lin) in row.partials.iter().zip(lins) {
            if let Some(lin) = lin {
                terms.push(match *partial {
                    "d" => (false, lin),
                    formula => {
                        let mut formula = rules::instantiate(formula, &values, &r);
                        if self.reverse && self.doubtful {
                            formula = rules::zero_safe(formula);
                        }
                        (false, Lin::Scale(formula, Box::new(lin)))
                    }
                });
            }
        }
        (
            value,
            if terms.is_empty() {
                None
            } else {
                Some(Lin::Sum(terms))
            },
        )
    }

    /// Names a value unless it is as cheap as a name.
    fn atom(&mut self, e: Expr) -> Expr {
        if e.is_atom() {
            return e;
        }
        let ty = self.scalar_of(&e);
        let var = self.func.fresh("t", ty, false, Role::Temp);
        self.activity.extend(self.func, false);
        self.prelude.push(Stmt::Let { var, init: Some(e) });
        Expr::var(var)
    }

    /// The scalar type of a real expression.
    pub(super) fn scalar_of(&self, e: &Expr) -> Ty {
        let mut found = Ty::Real(Scalar::Unknown);
        real_reads(e, &mut |p| {
            if let Ty::Real(s) = self.func.place_ty(p)
                && !matches!(s, Scalar::Unknown)
            {
                found = Ty::Real(s);
            }
        });
        found
    }
}

/// Replaces [`Expr::D`].
pub fn substitute(formula: &Expr, d: &Expr) -> Expr {
    let go = |e: &Expr| substitute(e, d);
    let boxed = |e: &Expr| Box::new(substitute(e, d));
    match formula {
        Expr::D => d.clone(),
        Expr::Unary(op, a) => match (op, go(a)) {
            (UnOp::Neg, a) => a.neg(),
            (op, a) => Expr::Unary(*op, Box::new(a)),
        },
        Expr::Binary(op, a, b) => Expr::Binary(*op, boxed(a), boxed(b)),
        Expr::Rule(name, args) => Expr::Rule(name, args.iter().map(go).collect()),
        Expr::Runtime(name, args) => Expr::Runtime(name, args.iter().map(go).collect()),
        Expr::Cast(a, ty) => Expr::Cast(boxed(a), ty.clone()),
        Expr::Select(c, a, b) => Expr::Select(boxed(c), boxed(a), boxed(b)),
        other => other.clone(),
    }
}

/// Calls `f` on every place whose *value* the map needs: operands of formulas, and index expressions of leaves.
pub fn needed_places(lin: &Lin, f: &mut dyn FnMut(&Place)) {
    match lin {
        Lin::Leaf(p) | Lin::Copy(_, p) => places_of_proj(p, f),
        Lin::Sum(terms) => terms.iter().for_each(|(_, l)| needed_places(l, f)),
        Lin::Scale(formula, inner) => {
            places_of_expr(formula, f);
            needed_places(inner, f);
        }
        Lin::Aggregate(_, parts) => parts
            .iter()
            .filter_map(|(l, _)| l.as_ref())
            .for_each(|l| needed_places(l, f)),
        Lin::Repeat(inner, _, _) => needed_places(inner, f),
        Lin::Curve(_, parts) => parts.iter().for_each(|part| match part {
            Part::Value(e) => places_of_expr(e, f),
            Part::Tail(lin) => lin.iter().for_each(|l| needed_places(l, f)),
        }),
    }
}

/// Calls `f` on every leaf.
pub fn leaves(lin: &Lin, f: &mut dyn FnMut(&Place)) {
    match lin {
        Lin::Leaf(p) | Lin::Copy(_, p) => f(p),
        Lin::Sum(terms) => terms.iter().for_each(|(_, l)| leaves(l, f)),
        Lin::Scale(_, inner) | Lin::Repeat(inner, _, _) => leaves(inner, f),
        Lin::Aggregate(_, parts) => parts
            .iter()
            .filter_map(|(l, _)| l.as_ref())
            .for_each(|l| leaves(l, f)),
        Lin::Curve(_, parts) => parts.iter().for_each(|part| {
            if let Part::Tail(Some(l)) = part {
                leaves(l, f);
            }
        }),
    }
}
