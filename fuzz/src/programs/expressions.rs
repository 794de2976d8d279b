//! Random expressions, with a bound on the absolute value of real ones.

use crate::generate::{Generator, Scalar};
use crate::scope::*;

/// A real expression and a bound on its absolute value, as long as all variables are below [`USUAL`].
pub type Real = (String, f64);

/// What the values of real variables are kept below, more or less.
pub const USUAL: f64 = 2.0;

impl Generator {
    pub fn literal(&mut self, high: f64) -> Real {
        let v = self.rng.real(high);
        (self.constant(v), v)
    }

    fn constant(&mut self, v: f64) -> String {
        match self.scalar {
            Scalar::Generic => format!("T::from({v:?}).unwrap()"),
            Scalar::F64 if self.suffix > 0 => format!("{v:?}f64"),
            Scalar::F32 if self.suffix > 0 => format!("{v:?}f32"),
            _ => format!("{v:?}"),
        }
    }

    /// An expression below about [`USUAL`].
    pub fn tame(&mut self, scope: &mut Scope, depth: usize) -> String {
        let e = self.real(scope, depth);
        self.squash(e, USUAL)
    }

    /// The expression, brought below `limit`.
    pub fn squash(&mut self, (e, bound): Real, limit: f64) -> String {
        if bound <= limit {
            return e;
        }
        let r = self.real_type();
        match self.rng.below(4) {
            0 if mentions_type(&e) => format!("({e}).sin()"),
            0 => format!("{r}::sin({e})"),
            1 => format!("{r}::tanh({e})"),
            2 => {
                let d = self.constant((bound / limit * 1000.0).ceil() / 1000.0);
                format!("({e}) / {d}")
            }
            _ => {
                let f = self.constant((limit / bound * 1000.0).floor().max(1.0) / 1000.0);
                format!("({e}) * {f}")
            }
        }
    }

    /// An expression whose type is clear, so that a method can be called on it.
    fn receiver(&mut self, scope: &mut Scope, depth: usize) -> Real {
        self.suffix += 1;
        let e = self.real(scope, depth);
        self.suffix -= 1;
        (format!("({})", e.0), e.1)
    }

    fn bounded_receiver(&mut self, scope: &mut Scope, depth: usize, limit: f64) -> Real {
        self.suffix += 1;
        let e = self.real(scope, depth);
        let e = (format!("({})", self.squash(e, limit)), limit);
        self.suffix -= 1;
        e
    }

    pub fn real(&mut self, scope: &mut Scope, depth: usize) -> Real {
        self.budget -= 1;
        if depth == 0 || self.budget <= 0 {
            return self.leaf(scope);
        }
        let d = depth - 1;
        match self.rng.weighted(&[18, 18, 24, 12, 5, 4, 3, 8, 8, 4, 4, 3]) {
            0 => self.leaf(scope),
            1 => self.unary(scope, d),
            2 => self.binary(scope, d),
            3 => self.function_of_two(scope, d),
            4 => {
                let c = self.condition(scope, d);
                let (a, b) = (self.tame(scope, d), self.tame(scope, d));
                (format!("(if {c} {{ {a} }} else {{ {b} }})"), USUAL)
            }
            5 => {
                let n = self.int(scope, 1);
                let (a, b) = (self.tame(scope, d), self.tame(scope, d));
                let (c, k) = (self.tame(scope, d), self.rng.below(3));
                (
                    format!("(match {n} {{ {k} => {a}, 3..=5 => {b}, _ => {c} }})"),
                    USUAL,
                )
            }
            6 => {
                let mark = scope.mark();
                let (name, r) = (self.name(), self.real_type());
                let a = self.tame(scope, d);
                scope.vars.push(Var::new(&name, Ty::Real, false));
                let b = self.tame(scope, d);
                scope.release(&mark);
                (format!("{{ let {name}: {r} = {a}; {b} }}"), USUAL)
            }
            7 => self.call(scope, d).unwrap_or_else(|| self.leaf(scope)),
            8 => self.chain(scope, d),
            9 => self.of_struct(scope, d).unwrap_or_else(|| self.leaf(scope)),
            10 => self.element(scope, d).unwrap_or_else(|| self.leaf(scope)),
            _ => self
                .of_closure(scope, d)
                .unwrap_or_else(|| self.leaf(scope)),
        }
    }

    fn leaf(&mut self, scope: &mut Scope) -> Real {
        match self.rng.weighted(&[78, 15, 7]) {
            0 => match self.place(scope, false) {
                Some(p) => (p, USUAL),
                None => self.literal(1.5),
            },
            1 => self.literal(1.5),
            _ => {
                let n = self.int(scope, 0);
                match self.scalar {
                    Scalar::Generic => (format!("T::from({n}).unwrap()"), 5.0),
                    Scalar::F64 => (format!("({n} as f64)"), 5.0),
                    Scalar::F32 => (format!("({n} as f32)"), 5.0),
                }
            }
        }
    }

    fn unary(&mut self, scope: &mut Scope, d: usize) -> Real {
        let one = self.constant(1.0);
        match self.rng.below(13) {
            0 => {
                let e = self.receiver(scope, d);
                (format!("{}.sin()", e.0), 1.0)
            }
            1 => {
                let e = self.receiver(scope, d);
                (format!("{}.cos()", e.0), 1.0)
            }
            2 => {
                let e = self.receiver(scope, d);
                (format!("{}.tanh()", e.0), 1.0)
            }
            3 => {
                let e = self.bounded_receiver(scope, d, 1.0);
                (format!("{}.exp()", e.0), 2.72)
            }
            4 => {
                let e = self.receiver(scope, d);
                (format!("({} * {} + {one}).sqrt()", e.0, e.0), e.1 + 1.0)
            }
            5 => {
                let e = self.bounded_receiver(scope, d, 2.0);
                (format!("({one} + {}.powi(2)).ln()", e.0), 1.7)
            }
            6 => {
                let e = self.receiver(scope, d);
                (format!("{}.abs()", e.0), e.1)
            }
            7 => {
                let e = self.receiver(scope, d);
                (format!("{}.atan()", e.0), 1.6)
            }
            8 => {
                let e = self.bounded_receiver(scope, d, 1.5);
                let k = self.rng.below(4);
                (format!("{}.powi({k})", e.0), 3.4)
            }
            9 => {
                let e = self.receiver(scope, d);
                (format!("({one} + {}.abs()).recip()", e.0), 1.0)
            }
            10 => {
                let e = self.bounded_receiver(scope, d, 1.0);
                (format!("({one} + {}.exp()).ln_1p()", e.0), 1.6)
            }
            11 => {
                let e = self.bounded_receiver(scope, d, 1.2);
                (format!("{}.sinh()", e.0), 1.6)
            }
            _ => {
                let e = self.real(scope, d);
                (format!("(-{})", e.0), e.1)
            }
        }
    }

    fn binary(&mut self, scope: &mut Scope, d: usize) -> Real {
        let a = self.real(scope, d);
        let b = self.real(scope, d);
        match self.rng.below(4) {
            0 => (format!("({} + {})", a.0, b.0), a.1 + b.1),
            1 => (format!("({} - {})", a.0, b.0), a.1 + b.1),
            2 => (format!("({} * {})", a.0, b.0), a.1 * b.1),
            _ => {
                let k = self.constant(1.125);
                (format!("({} / ({k} + {} * {}))", a.0, b.0, b.0), a.1)
            }
        }
    }

    fn function_of_two(&mut self, scope: &mut Scope, d: usize) -> Real {
        let a = self.receiver(scope, d);
        let b = self.real(scope, d);
        let k = self.constant(0.875);
        match self.rng.below(7) {
            0 => (format!("{}.max({})", a.0, b.0), a.1.max(b.1)),
            1 => (format!("{}.min({})", a.0, b.0), a.1.max(b.1)),
            2 => {
                let c = self.tame(scope, d);
                (format!("{}.mul_add({}, {c})", a.0, b.0), a.1 * b.1 + USUAL)
            }
            3 => (
                format!("{}.hypot({k} + ({}) * ({}))", a.0, b.0, b.0),
                a.1 + b.1 * b.1 + 1.0,
            ),
            4 => (format!("{}.atan2({k} + ({}) * ({}))", a.0, b.0, b.0), 1.6),
            5 => {
                let e = self.bounded_receiver(scope, d, 1.0);
                (format!("({k} + {}.abs()).powf({})", a.0, e.0), a.1 + 1.2)
            }
            _ if self.scalar != Scalar::Generic => {
                let low = self.rng.real(0.9);
                let (low, high) = (self.constant(low), self.constant(low + 0.7));
                (format!("{}.clamp(-{low}, {high})", a.0), 1.7)
            }
            _ => (format!("{}.max({})", a.0, b.0), a.1.max(b.1)),
        }
    }

    /// A place that holds a real; `write` asks for one that may be assigned to.
    pub fn place(&mut self, scope: &Scope, write: bool) -> Option<String> {
        self.place_of(scope, write).map(|p| p.0)
    }

    /// The place, and the index of its variable.
    pub fn place_of(&mut self, scope: &Scope, write: bool) -> Option<(String, usize)> {
        let holds = |v: &Var| match v.ty {
            Ty::Real | Ty::Array(_) | Ty::Pair | Ty::Body => true,
            Ty::Vector(min) => min > 0,
            // Mostly not empty; where it is, the program panics, and other inputs are taken.
            Ty::Slice => true,
            Ty::Int | Ty::Shape => false,
        };
        let candidates = scope.find(|v| holds(v) && (!write || v.writable()));
        if candidates.is_empty() {
            return None;
        }
        let mut k = *self.rng.pick(&candidates);
        if scope.vars[k].ty == Ty::Slice && self.rng.chance(60) {
            k = *self.rng.pick(&candidates);
        }
        let v = scope.vars[k].clone();
        self.reads.push(k);
        let name = &v.name;
        let text = match v.ty {
            Ty::Real => v.value(),
            Ty::Array(n) => format!("{name}[{}]", self.index(scope, n, k)),
            Ty::Vector(min) if self.rng.chance(70) => format!("{name}[{}]", self.rng.below(min)),
            Ty::Vector(_) | Ty::Slice => {
                let i = self.int_but(scope, 0, k);
                format!("{name}[{i} % {name}.len()]")
            }
            Ty::Pair => format!("{name}.{}", self.rng.below(2)),
            _ => {
                let field = *self.rng.pick(&["p", "q", "w[0]", "w[1]"]);
                format!("{name}.{field}")
            }
        };
        Some((text, k))
    }

    fn index(&mut self, scope: &Scope, n: usize, but: usize) -> String {
        if self.rng.chance(60) {
            self.rng.below(n).to_string()
        } else {
            format!("{} % {n}", self.int_but(scope, 1, but))
        }
    }

    /// A small integer expression.
    pub fn int(&mut self, scope: &Scope, depth: usize) -> String {
        self.int_but(scope, depth, usize::MAX)
    }

    /// One that does not mention a variable.
    fn int_but(&mut self, scope: &Scope, depth: usize, but: usize) -> String {
        let ints: Vec<usize> = scope.find(|v| v.ty == Ty::Int);
        let ints: Vec<usize> = ints.into_iter().filter(|k| *k != but).collect();
        let choice = self.rng.weighted(&[50, 12, 14, 12, 12]);
        match choice {
            0 if !ints.is_empty() => {
                let k = *self.rng.pick(&ints);
                self.reads.push(k);
                scope.vars[k].value()
            }
            1 => {
                let lists =
                    scope.find(|v| matches!(v.ty, Ty::Slice | Ty::Vector(_) | Ty::Array(_)));
                let lists: Vec<usize> = lists.into_iter().filter(|k| *k != but).collect();
                match lists.is_empty() {
                    true => self.rng.below(4).to_string(),
                    false => {
                        let k = *self.rng.pick(&lists);
                        self.reads.push(k);
                        format!("{}.len()", scope.vars[k].name)
                    }
                }
            }
            2 if depth > 0 => {
                let (a, k) = (self.int_but(scope, depth - 1, but), self.rng.between(2, 4));
                format!("({a} % {k})")
            }
            3 if depth > 0 => {
                let (a, k) = (self.int_but(scope, depth - 1, but), self.rng.between(1, 2));
                format!("(({a} + {k}) % 5)")
            }
            4 if depth > 0 => {
                let a = self.int_but(scope, depth - 1, but);
                let b = self.int_but(scope, depth - 1, but);
                format!("(({a} * 2 + {b}) % 4)")
            }
            _ => self.rng.below(4).to_string() + "usize",
        }
    }

    pub fn condition(&mut self, scope: &mut Scope, depth: usize) -> String {
        self.still += 1;
        let c = self.condition_inner(scope, depth);
        self.still -= 1;
        c
    }

    fn condition_inner(&mut self, scope: &mut Scope, depth: usize) -> String {
        let d = depth.saturating_sub(1).min(1);
        match self.rng.weighted(&[34, 34, 8, 8, 8, 8]) {
            0 => {
                let (a, b) = (self.int(scope, 1), self.int(scope, 1));
                let op = *self.rng.pick(&["<", ">", "==", "!=", "<=", ">="]);
                // `a < b` must not look like the start of generics.
                format!("({a}) {op} ({b})")
            }
            1 => {
                let a = self.real(scope, d);
                let b = self.real(scope, d);
                let op = *self.rng.pick(&["<", ">", "<=", ">="]);
                format!("({}) {op} ({})", a.0, b.0)
            }
            2 if depth > 0 => {
                let a = self.condition_inner(scope, depth - 1);
                let b = self.condition_inner(scope, depth - 1);
                let op = *self.rng.pick(&["&&", "||"]);
                format!("({a}) {op} ({b})")
            }
            3 if depth > 0 => format!("!({})", self.condition_inner(scope, depth - 1)),
            4 => {
                // Never true, but nobody sees that.
                let a = self.tame(scope, d);
                let k = self.constant(50.0);
                format!("({a}) > {k}")
            }
            _ => {
                let (a, k) = (self.int(scope, 1), self.rng.between(2, 3));
                format!("({a}) % {k} == 0")
            }
        }
    }

    /// `get`, `first`, `last` with a value for where there is none.
    fn element(&mut self, scope: &mut Scope, d: usize) -> Option<Real> {
        let lists = scope.find(|v| matches!(v.ty, Ty::Slice | Ty::Vector(_) | Ty::Array(_)));
        if lists.is_empty() {
            return None;
        }
        let k = *self.rng.pick(&lists);
        self.reads.push(k);
        let name = scope.vars[k].name.clone();
        let i = self.int(scope, 1);
        let other = self.tame(scope, d);
        Some((
            match self.rng.below(4) {
                0 => format!("{name}.get({i}).copied().unwrap_or({other})"),
                1 => format!("{name}.first().copied().unwrap_or({other})"),
                2 => format!("{name}.last().map_or({other}, |v| *v)"),
                _ => format!("(if let Some(v) = {name}.get({i}) {{ *v }} else {{ {other} }})"),
            },
            USUAL,
        ))
    }

    /// A method of a struct, or what a variant holds.
    fn of_struct(&mut self, scope: &mut Scope, d: usize) -> Option<Real> {
        let found = scope.find(|v| matches!(v.ty, Ty::Body | Ty::Shape) && v.name != "self");
        if found.is_empty() {
            return None;
        }
        let k = *self.rng.pick(&found);
        self.reads.push(k);
        let v = scope.vars[k].clone();
        if v.ty == Ty::Body && self.in_methods {
            return None;
        }
        if v.ty == Ty::Body {
            if v.writable() && self.still == 0 && self.rng.chance(50) {
                scope.vars[k].locked += 1;
                let x = self.tame(scope, d);
                scope.vars[k].locked -= 1;
                let e = format!("{}.step({x})", v.name);
                return Some((e, USUAL));
            }
            let x = self.tame(scope, d);
            return Some((format!("{}.measure({x})", v.name), USUAL));
        }
        let (a, b) = (self.fresh("m"), self.fresh("m"));
        let empty = self.tame(scope, d);
        let mark = scope.mark();
        let bind = |scope: &mut Scope, name: &str, reference: bool| {
            let mut var = Var::new(name, Ty::Real, false);
            var.reference = reference;
            scope.vars.push(var);
        };
        bind(scope, &a, v.reference);
        let disk = self.tame(scope, d);
        bind(scope, &b, v.reference);
        let rectangle = self.tame(scope, d);
        scope.release(&mark);
        Some((
            format!(
                "(match {} {{ Shape::Empty => {empty}, Shape::Disk({a}) => {disk}, Shape::Box {{ width: {a}, height: {b} }} => {rectangle} }})",
                v.name
            ),
            USUAL,
        ))
    }

    /// A call of a closure with a name.
    fn of_closure(&mut self, scope: &mut Scope, d: usize) -> Option<Real> {
        let found: Vec<Closure> = scope
            .closures
            .iter()
            .filter(|c| c.gives && (self.still == 0 || c.locks.is_empty()))
            .cloned()
            .collect();
        if found.is_empty() {
            return None;
        }
        let closure = self.rng.pick(&found).clone();
        let arguments: Vec<String> = (0..closure.arguments)
            .map(|_| self.tame(scope, d))
            .collect();
        Some((format!("{}({})", closure.name, arguments.join(", ")), USUAL))
    }

    /// What the function at hand returns.
    pub fn returned(&mut self, scope: &mut Scope) -> String {
        self.budget = self.budget.max(4);
        let result = scope.result.expect("only functions return");
        match result {
            Result::Real => self.tame(scope, 2),
            Result::Option => format!("Some({})", self.tame(scope, 2)),
            Result::Fallible => format!("Ok({})", self.tame(scope, 2)),
            Result::Array => format!("[{}, {}]", self.tame(scope, 1), self.tame(scope, 2)),
            Result::Pair => format!("({}, {})", self.tame(scope, 2), self.tame(scope, 1)),
            Result::Vector => {
                let lists = scope.find(|v| matches!(v.ty, Ty::Vector(_) | Ty::Slice));
                if lists.is_empty() || self.rng.chance(40) {
                    format!("vec![{}, {}]", self.tame(scope, 1), self.tame(scope, 2))
                } else {
                    let k = *self.rng.pick(&lists);
                    self.reads.push(k);
                    format!("{}.to_vec()", scope.vars[k].name)
                }
            }
            Result::Unit => "()".into(),
            Result::Body => {
                let p = self.tame(scope, 2);
                let (q, w) = (self.tame(scope, 1), self.tame(scope, 1));
                format!("Body {{ p: {p}, q: {q}, w: [{w}, 0.25], n: 1 }}")
            }
        }
    }
}

/// Whether the type of an expression is clear without its surroundings, so that a method can be called on it.
fn mentions_type(e: &str) -> bool {
    e.contains("f64") || e.contains("f32") || e.contains("T::")
}
