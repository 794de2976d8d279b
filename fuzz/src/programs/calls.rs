//! Calls of generated functions, and iterator chains.

use crate::expressions::{Real, USUAL};
use crate::generate::{Generator, Scalar};
use crate::scope::*;

/// What is called.
pub struct Called {
    pub result: Result,
    /// It may fail after it has changed what it is lent.
    pub late: bool,
}

impl Generator {
    /// A call of a helper, or of the function itself, that gives a real.
    pub fn call(&mut self, scope: &mut Scope, d: usize) -> Option<Real> {
        let (text, Called { result, late }) = self.call_of_any(scope, d)?;
        let other = |this: &mut Self, scope: &mut Scope| this.tame(scope, 0);
        let text = match result {
            Result::Real => text,
            Result::Array => format!("{text}[{}]", self.rng.below(2)),
            Result::Pair => format!("{text}.{}", self.rng.below(2)),
            Result::Vector => format!("{text}.iter().copied().sum::<{}>()", self.real_type()),
            Result::Body => format!("{text}.p"),
            Result::Option | Result::Fallible => {
                let same = scope.result == Some(result) && self.still == 0;
                if same && self.rng.chance(60) {
                    format!("{text}?")
                } else if !late && self.rng.chance(50) {
                    let v = other(self, scope);
                    format!("{text}.unwrap_or({v})")
                } else {
                    format!("{text}.unwrap()")
                }
            }
            Result::Unit => {
                let v = other(self, scope);
                format!("{{ {text}; {v} }}")
            }
        };
        Some((format!("({text})"), USUAL))
    }

    pub fn call_of_any(&mut self, scope: &mut Scope, d: usize) -> Option<(String, Called)> {
        let mut choices = self.functions.clone();
        if let Some((this, left)) = &scope.this
            && *left > 0
        {
            choices.push(this.clone());
            choices.push(this.clone());
        }
        if choices.is_empty() {
            return None;
        }
        let f = self.rng.pick(&choices).clone();
        let own = scope.this.as_ref().is_some_and(|(t, _)| t.name == f.name);
        if own && let Some((_, left)) = &mut scope.this {
            *left -= 1;
        }
        let mut arguments = vec![String::new(); f.params.len()];
        let mut held = Vec::new();
        // What is borrowed exclusively first: nothing else may mention it.
        for (k, kind) in f
            .params
            .iter()
            .enumerate()
            .filter(|(_, k)| k.is_exclusive())
        {
            match self.exclusive(scope, *kind, &mut held) {
                Some(text) if self.still == 0 => arguments[k] = text,
                _ => {
                    held.iter().for_each(|v: &usize| scope.vars[*v].locked -= 1);
                    return None;
                }
            }
        }
        for (k, kind) in f
            .params
            .iter()
            .enumerate()
            .filter(|(_, k)| !k.is_exclusive())
        {
            arguments[k] = if f.recursive && k + 1 == f.params.len() {
                match own {
                    true => {
                        let fuel = scope.vars[f.params.len() - 1].name.clone();
                        format!("{fuel} - 1")
                    }
                    false => self.rng.below(4).to_string(),
                }
            } else {
                self.shared(scope, *kind, d)
            };
        }
        held.iter().for_each(|v| scope.vars[*v].locked -= 1);
        let called = Called {
            result: f.result,
            late: f.fails_late,
        };
        Some((format!("{}({})", f.name, arguments.join(", ")), called))
    }

    /// An argument behind `&mut`; its variable is locked until the call.
    fn exclusive(
        &mut self,
        scope: &mut Scope,
        kind: Kind,
        held: &mut Vec<usize>,
    ) -> Option<String> {
        let fits = |v: &Var| {
            v.writable()
                && match kind {
                    Kind::RealMut => !matches!(v.ty, Ty::Int | Ty::Shape | Ty::Slice),
                    Kind::SliceMut => matches!(v.ty, Ty::Slice | Ty::Array(_) | Ty::Vector(_)),
                    Kind::ArrayMut => v.ty == Ty::Array(3),
                    Kind::VectorMut => matches!(v.ty, Ty::Vector(_)),
                    _ => v.ty == Ty::Body && v.name != "self",
                }
        };
        let found = scope.find(fits);
        if found.is_empty() {
            return None;
        }
        let k = *self.rng.pick(&found);
        let v = scope.vars[k].clone();
        let name = &v.name;
        let text = match (kind, v.ty) {
            (Kind::RealMut, Ty::Real) if v.reference => name.clone(),
            (Kind::RealMut, Ty::Array(n)) => format!("&mut {name}[{}]", self.rng.below(n)),
            (Kind::RealMut, Ty::Vector(0)) => return None,
            (Kind::RealMut, Ty::Vector(n)) => format!("&mut {name}[{}]", self.rng.below(n)),
            (Kind::RealMut, Ty::Pair) => format!("&mut {name}.1"),
            (Kind::RealMut, Ty::Body) => format!("&mut {name}.q"),
            (Kind::SliceMut, Ty::Array(n)) if self.rng.chance(50) => {
                format!("&mut {name}[{}..]", self.rng.below(n))
            }
            (Kind::SliceMut, ty) => match self.rng.below(3) {
                // A vector behind a reference can't be asked for its length here.
                0 if ty == Ty::Slice => format!("&mut {name}[{name}.len().min(1)..]"),
                _ => format!("&mut {name}[..]"),
            },
            _ if v.reference => name.clone(),
            _ => format!("&mut {name}"),
        };
        scope.vars[k].locked += 1;
        if let Ty::Vector(min) = &mut scope.vars[k].ty
            && kind == Kind::VectorMut
        {
            *min = 0;
        }
        held.push(k);
        Some(text)
    }

    /// An argument by value or behind `&`.
    fn shared(&mut self, scope: &mut Scope, kind: Kind, d: usize) -> String {
        let r = |this: &mut Self, scope: &mut Scope| this.tame(scope, d.min(1));
        match kind {
            Kind::Real => r(self, scope),
            Kind::Int => self.int(scope, 1),
            Kind::RealRef => match self.place(scope, false) {
                Some(p) if self.rng.chance(70) => format!("&{p}"),
                _ => format!("&({})", r(self, scope)),
            },
            Kind::Slice => {
                let lists =
                    scope.find(|v| matches!(v.ty, Ty::Slice | Ty::Array(_) | Ty::Vector(_)));
                if lists.is_empty() || self.rng.chance(15) {
                    return format!("&[{}, {}]", r(self, scope), r(self, scope));
                }
                let k = *self.rng.pick(&lists);
                self.reads.push(k);
                let name = scope.vars[k].name.clone();
                match self.rng.below(3) {
                    0 => format!("&{name}[{name}.len().min(1)..]"),
                    1 => format!("&{name}[..{name}.len().min(2)]"),
                    _ => format!("&{name}[..]"),
                }
            }
            Kind::SliceConstant => {
                let n = self.rng.below(4);
                let list: Vec<String> = (0..n).map(|_| self.literal(1.5).0).collect();
                format!("&[{}]", list.join(", "))
            }
            Kind::Array => {
                let arrays = scope.find(|v| v.ty == Ty::Array(3));
                match arrays.is_empty() {
                    true => format!(
                        "[{}, {}, {}]",
                        r(self, scope),
                        r(self, scope),
                        r(self, scope)
                    ),
                    false => {
                        let k = *self.rng.pick(&arrays);
                        self.reads.push(k);
                        scope.vars[k].value()
                    }
                }
            }
            Kind::Vector => {
                let lists = scope.find(|v| matches!(v.ty, Ty::Slice | Ty::Vector(_)));
                match lists.is_empty() {
                    true => format!("vec![{}, {}]", r(self, scope), r(self, scope)),
                    false => {
                        let k = *self.rng.pick(&lists);
                        self.reads.push(k);
                        format!("{}.to_vec()", scope.vars[k].name)
                    }
                }
            }
            Kind::Pair => format!("({}, {})", r(self, scope), r(self, scope)),
            Kind::Body | Kind::BodyRef => {
                let bodies = scope.find(|v| v.ty == Ty::Body && v.name != "self");
                let value = match bodies.is_empty() {
                    true => format!(
                        "Body {{ p: {}, q: {}, w: [0.3, 0.7], n: 2 }}",
                        r(self, scope),
                        r(self, scope)
                    ),
                    false => {
                        let k = *self.rng.pick(&bodies);
                        self.reads.push(k);
                        if kind == Kind::BodyRef && scope.vars[k].reference {
                            return scope.vars[k].name.clone();
                        }
                        scope.vars[k].value()
                    }
                };
                if kind == Kind::Body {
                    value
                } else {
                    format!("&{value}")
                }
            }
            Kind::ShapeRef => {
                let shapes = scope.find(|v| v.ty == Ty::Shape);
                match shapes.is_empty() {
                    true => format!("&Shape::Disk({})", r(self, scope)),
                    false => {
                        let k = *self.rng.pick(&shapes);
                        self.reads.push(k);
                        let v = &scope.vars[k];
                        if v.reference {
                            v.name.clone()
                        } else {
                            format!("&{}", v.name)
                        }
                    }
                }
            }
            _ => unreachable!("exclusive arguments are taken first"),
        }
    }

    /// Something to iterate over: its text, and how an item is bound and what is known of it.
    fn source(&mut self, scope: &mut Scope) -> (String, Item) {
        let lists = scope.find(|v| matches!(v.ty, Ty::Slice | Ty::Array(_) | Ty::Vector(_)));
        if lists.is_empty() || self.rng.chance(20) {
            let n = self.int(scope, 1);
            return (format!("(0..{n})"), Item::Int);
        }
        let k = *self.rng.pick(&lists);
        self.reads.push(k);
        let name = scope.vars[k].name.clone();
        match self.rng.weighted(&[50, 8, 14, 8, 8, 12]) {
            0 => (format!("{name}.iter()"), Item::Ref),
            1 => (format!("{name}.iter().rev()"), Item::Ref),
            2 => {
                let j = *self.rng.pick(&lists);
                self.reads.push(j);
                let other = scope.vars[j].name.clone();
                (format!("{name}.iter().zip({other}.iter())"), Item::Refs)
            }
            3 => (format!("{name}.windows(2)"), Item::Slice(2)),
            4 => (format!("{name}.chunks(2)"), Item::Slice(1)),
            _ => (format!("{name}.iter().enumerate()"), Item::Counted),
        }
    }

    /// Binds an item in a closure's or a loop's pattern.
    pub fn bind(&mut self, scope: &mut Scope, item: Item) -> String {
        let reference = |this: &mut Self, scope: &mut Scope| {
            let name = this.fresh("v");
            let mut var = Var::new(&name, Ty::Real, false);
            var.reference = true;
            scope.vars.push(var);
            name
        };
        match item {
            Item::Ref => reference(self, scope),
            Item::Refs => {
                let (a, b) = (reference(self, scope), reference(self, scope));
                format!("({a}, {b})")
            }
            Item::Counted => {
                let k = self.fresh("k");
                scope.vars.push(Var::new(&k, Ty::Int, false));
                format!("({k}, {})", reference(self, scope))
            }
            Item::Slice(_) => {
                let name = self.fresh("v");
                scope.vars.push(Var::new(&name, Ty::Slice, false));
                name
            }
            Item::Int => {
                let name = self.fresh("k");
                scope.vars.push(Var::new(&name, Ty::Int, false));
                name
            }
            Item::Value => {
                let name = self.fresh("v");
                scope.vars.push(Var::new(&name, Ty::Real, false));
                name
            }
        }
    }

    /// A chain up to where its items are reals by value.
    pub fn reals(&mut self, scope: &mut Scope, d: usize) -> String {
        self.still += 1;
        let held = std::mem::take(&mut scope.closures);
        let result = scope.result.take();
        let (mut text, item) = self.source(scope);
        if self.rng.chance(18) {
            let adaptor = *self.rng.pick(&["skip(1)", "take(2)", "step_by(2)"]);
            text += &format!(".{adaptor}");
        }
        if self.rng.chance(12) && matches!(item, Item::Ref | Item::Int) {
            let mark = scope.mark();
            let pattern = self.bind(scope, item);
            let name = scope.vars[scope.vars.len() - 1].name.clone();
            let k = self.literal(1.0).0;
            let condition = match item {
                Item::Ref => format!("**{name} < {k}"),
                _ => format!("*{name} % 2 == 0"),
            };
            scope.release(&mark);
            let adaptor = *self.rng.pick(&["filter", "take_while", "skip_while"]);
            text += &format!(".{adaptor}(|{pattern}| {condition})");
        }
        let mark = scope.mark();
        let pattern = self.bind(scope, item);
        let r = self.real_type();
        let body = self.tame(scope, d.min(2));
        scope.release(&mark);
        text += &format!(".map(|{pattern}| {body})");
        if self.rng.chance(15) {
            let mark = scope.mark();
            let pattern = self.bind(scope, Item::Value);
            let body = self.tame(scope, d.min(1));
            scope.release(&mark);
            text += &format!(".map(|{pattern}: {r}| {body})");
        }
        scope.closures = held;
        scope.result = result;
        self.still -= 1;
        text
    }

    /// A chain that gives a real.
    pub fn chain(&mut self, scope: &mut Scope, d: usize) -> Real {
        let reals = self.reals(scope, d);
        let r = self.real_type();
        match self.rng.weighted(&[50, 10, 28, 6, 6]) {
            0 => (format!("{reals}.sum::<{r}>()"), 6.0),
            1 => (format!("{reals}.product::<{r}>()"), 8.0),
            2 => {
                let start = self.tame(scope, 1);
                let (s, v) = (self.fresh("s"), self.fresh("v"));
                self.still += 1;
                let held = std::mem::take(&mut scope.closures);
                let (result, mark) = (scope.result.take(), scope.mark());
                scope.vars.push(Var::new(&s, Ty::Real, false));
                scope.vars.push(Var::new(&v, Ty::Real, false));
                let body = self.tame(scope, 2);
                scope.release(&mark);
                scope.closures = held;
                scope.result = result;
                self.still -= 1;
                let text = match self.scalar {
                    Scalar::Generic => format!("{reals}.fold({start}, |{s}: T, {v}: T| {body})"),
                    _ => format!("{reals}.fold({start}, |{s}: {r}, {v}: {r}| {body})"),
                };
                (text, USUAL)
            }
            3 => {
                let other = self.tame(scope, 0);
                (
                    format!("{reals}.reduce({r}::max).unwrap_or({other})"),
                    USUAL,
                )
            }
            _ => {
                let other = self.tame(scope, 0);
                (format!("{reals}.last().unwrap_or({other})"), USUAL)
            }
        }
    }
}

/// What an iterator yields.
#[derive(Clone, Copy, PartialEq)]
pub enum Item {
    Ref,
    Refs,
    Counted,
    /// A slice of at least that many elements.
    Slice(usize),
    Int,
    Value,
}
