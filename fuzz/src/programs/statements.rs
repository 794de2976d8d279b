//! Random statements.

use crate::calls::{Called, Item};
use crate::generate::{Generator, Scalar};
use crate::scope::*;

impl Generator {
    pub fn statements(&mut self, scope: &mut Scope, count: usize) -> String {
        let mut out = String::new();
        for _ in 0..count {
            if self.budget <= 0 {
                break;
            }
            out += &self.statement(scope);
        }
        out
    }

    /// A block of its own: what it declares ends with it.
    fn block(&mut self, scope: &mut Scope, count: usize) -> String {
        let mark = scope.mark();
        let body = self.statements(scope, count);
        scope.release(&mark);
        format!("{{\n{body}}}")
    }

    fn statement(&mut self, scope: &mut Scope) -> String {
        self.budget -= 1;
        let deep = scope.loops >= 2;
        let looping = if deep { 0 } else { 16 };
        let inside = if scope.labels.is_empty() { 0 } else { 8 };
        let early = if scope.result.is_some() { 4 } else { 0 };
        let choice = self.rng.weighted(&[
            20, 16, 10, looping, inside, early, 9, 6, 8, 6, 5, 5, 3, 4, 3,
        ]);
        let text = match choice {
            0 => Some(self.declare(scope)),
            1 => self.assign(scope),
            2 => Some(self.branch(scope)),
            3 => Some(self.repeat(scope)),
            4 => Some(self.leave(scope)),
            5 => Some(self.return_early(scope)),
            6 => self.in_place(scope),
            7 => self.edit(scope),
            8 => self.call_statement(scope),
            9 => self.closure(scope),
            10 => self.closure_that_changes(scope),
            11 => self.exchange(scope),
            12 => Some(self.late(scope)),
            13 => Some(self.collect(scope)),
            _ => Some(self.block(scope, 2) + "\n"),
        };
        text.unwrap_or_else(|| self.declare(scope))
    }

    fn declare(&mut self, scope: &mut Scope) -> String {
        let name = self.name();
        let r = self.real_type();
        let mutable = self.rng.chance(65);
        let word = if mutable { "mut " } else { "" };
        let structs = if self.structs { 9 } else { 0 };
        let (text, ty) = match self
            .rng
            .weighted(&[48, 10, 14, 14, 7, structs, structs / 2])
        {
            0 => {
                let e = self.tame(scope, 3);
                (format!("let {word}{name}: {r} = {e};\n"), Ty::Real)
            }
            1 => {
                let e = self.int(scope, 2);
                (format!("let {word}{name}: usize = {e};\n"), Ty::Int)
            }
            2 => {
                let n = self.rng.between(2, 3);
                let list: Vec<String> = (0..n).map(|_| self.tame(scope, 1)).collect();
                (
                    format!("let {word}{name} = [{}];\n", list.join(", ")),
                    Ty::Array(n),
                )
            }
            3 => match self.rng.below(4) {
                0 => {
                    let (e, n) = (self.tame(scope, 1), self.int(scope, 1));
                    (
                        format!("let {word}{name}: Vec<{r}> = vec![{e}; {n}];\n"),
                        Ty::Vector(0),
                    )
                }
                1 => (
                    format!("let {word}{name}: Vec<{r}> = Vec::new();\n"),
                    Ty::Vector(0),
                ),
                _ => {
                    let n = self.rng.between(1, 3);
                    let list: Vec<String> = (0..n).map(|_| self.tame(scope, 1)).collect();
                    (
                        format!("let {word}{name}: Vec<{r}> = vec![{}];\n", list.join(", ")),
                        Ty::Vector(n),
                    )
                }
            },
            4 => {
                let (a, b) = (self.tame(scope, 2), self.tame(scope, 1));
                if self.rng.chance(40) {
                    // Taken apart at once.
                    let other = self.fresh("d");
                    scope.vars.push(Var::new(&other, Ty::Real, false));
                    (
                        format!("let ({other}, {word}{name}): ({r}, {r}) = ({a}, {b});\n"),
                        Ty::Real,
                    )
                } else {
                    (
                        format!("let {word}{name}: ({r}, {r}) = ({a}, {b});\n"),
                        Ty::Pair,
                    )
                }
            }
            5 => {
                let (p, q, w) = (
                    self.tame(scope, 1),
                    self.tame(scope, 1),
                    self.tame(scope, 1),
                );
                let n = self.int(scope, 1);
                let e = format!("Body {{ p: {p}, q: {q}, w: [{w}, 0.5], n: {n} }}");
                (format!("let {word}{name} = {e};\n"), Ty::Body)
            }
            _ => {
                let (c, a) = (self.condition(scope, 1), self.tame(scope, 1));
                let (b, d) = (self.tame(scope, 1), self.tame(scope, 1));
                let e = format!(
                    "if {c} {{ Shape::Disk({a}) }} else {{ Shape::Box {{ width: {b}, height: {d} }} }}"
                );
                (format!("let {word}{name} = {e};\n"), Ty::Shape)
            }
        };
        scope.vars.push(Var::new(&name, ty, mutable));
        text
    }

    fn assign(&mut self, scope: &mut Scope) -> Option<String> {
        let wholes = scope.find(|v| {
            v.writable() && v.name != "self" && matches!(v.ty, Ty::Array(_) | Ty::Body | Ty::Shape)
        });
        if !wholes.is_empty() && self.rng.chance(12) {
            return self.assign_whole(scope, &wholes);
        }
        let counters = scope.find(|v| v.writable() && v.ty == Ty::Int);
        if !counters.is_empty() && self.rng.chance(30) {
            let k = *self.rng.pick(&counters);
            return Some(self.count(scope, k));
        }
        let (place, k) = self.place_of(scope, true)?;
        // An index of the place must not be computed by a call that borrows it.
        let e = self.tame(scope, 3);
        let vector = matches!(scope.vars[k].ty, Ty::Vector(_) | Ty::Slice);
        let compound = self.scalar != Scalar::Generic || !vector;
        Some(match self.rng.weighted(&[46, 18, 12, 12, 12]) {
            0 => format!("{place} = {e};\n"),
            1 if compound => format!("{place} += {e};\n"),
            2 if compound => format!("{place} -= {e};\n"),
            3 if compound => format!("{place} *= {e};\n"),
            _ => {
                let k = self.literal(0.7).0;
                format!("{place} = {place} * {k} + {e};\n")
            }
        })
    }

    /// An integer that goes up, down or around; it stays small.
    fn count(&mut self, scope: &Scope, k: usize) -> String {
        let n = scope.vars[k].value();
        self.reads.push(k);
        match self.rng.weighted(&[50, 20, 15, 15]) {
            0 => format!("{n} += 1;\n"),
            1 => format!("{n} = ({n} + {}) % 4;\n", self.rng.between(1, 3)),
            2 => format!("if {n} > 0 {{ {n} -= 1; }}\n"),
            _ => format!("{n} = {} % 5;\n", self.int(scope, 1)),
        }
    }

    fn assign_whole(&mut self, scope: &mut Scope, wholes: &[usize]) -> Option<String> {
        let k = *self.rng.pick(wholes);
        let v = scope.vars[k].clone();
        let value = match v.ty {
            Ty::Array(n) => {
                let list: Vec<String> = (0..n).map(|_| self.tame(scope, 1)).collect();
                format!("[{}]", list.join(", "))
            }
            Ty::Body => {
                let (p, q) = (self.tame(scope, 1), self.tame(scope, 1));
                format!("Body {{ p: {p}, q: {q}, ..{} }}", v.value())
            }
            _ => match self.rng.below(2) {
                0 => format!("Shape::Disk({})", self.tame(scope, 1)),
                _ => "Shape::Empty".into(),
            },
        };
        Some(format!("{} = {value};\n", v.value()))
    }

    fn branch(&mut self, scope: &mut Scope) -> String {
        match self.rng.weighted(&[45, 25, 15, 15]) {
            0 => {
                let c = self.condition(scope, 2);
                let count = self.rng.between(1, 3);
                format!("if {c} {}\n", self.block(scope, count))
            }
            1 => {
                let c = self.condition(scope, 2);
                let (a, b) = (self.block(scope, 2), self.block(scope, 2));
                format!("if {c} {a} else {b}\n")
            }
            2 => {
                let n = self.int(scope, 1);
                let (a, b, c) = (
                    self.block(scope, 1),
                    self.block(scope, 2),
                    self.block(scope, 1),
                );
                format!("match {n} {{ 0 => {a} 1 | 2 => {b} _ => {c} }}\n")
            }
            _ => {
                // A labelled block that is left early.
                let label = self.fresh("'l");
                scope.labels.push(Label {
                    name: label.clone(),
                    is_loop: false,
                });
                let body = self.block(scope, 3);
                scope.labels.pop();
                format!("{label}: {body}\n")
            }
        }
    }

    fn repeat(&mut self, scope: &mut Scope) -> String {
        let label = self.fresh("'l");
        let labelled = self.rng.chance(50);
        let prefix = if labelled {
            format!("{label}: ")
        } else {
            String::new()
        };
        let mark = scope.mark();
        let (before, head, first) = self.loop_head(scope);
        scope.loops += 1;
        scope.labels.push(Label {
            name: if labelled { label } else { String::new() },
            is_loop: true,
        });
        let count = self.rng.between(1, 4);
        let body = self.statements(scope, count);
        scope.labels.pop();
        scope.loops -= 1;
        scope.release(&mark);
        format!("{before}{prefix}{head} {{\n{first}{body}}}\n")
    }

    /// What stands before a loop, its head, and its first statement, which makes sure that it ends.
    fn loop_head(&mut self, scope: &mut Scope) -> (String, String, String) {
        let none = String::new;
        let lists = scope.find(|v| matches!(v.ty, Ty::Slice | Ty::Array(_) | Ty::Vector(_)));
        match self.rng.weighted(&[34, 12, 14, 8, 8, 12, 12]) {
            0 => {
                let name = self.fresh("k");
                let n = self.int(scope, 1);
                scope.vars.push(Var::new(&name, Ty::Int, false));
                let low = self.rng.below(2);
                (none(), format!("for {name} in {low}..{n}"), none())
            }
            1 => {
                let name = self.fresh("k");
                let n = self.int(scope, 1);
                scope.vars.push(Var::new(&name, Ty::Int, false));
                let range = *self.rng.pick(&[
                    "(0..{n}).rev()",
                    "(0..{n}).step_by(2)",
                    "0..={n}",
                    "(0..{n}).rev().step_by(2)",
                ]);
                (
                    none(),
                    format!("for {name} in {}", range.replace("{n}", &n)),
                    none(),
                )
            }
            2 if !lists.is_empty() => {
                let k = *self.rng.pick(&lists);
                let v = scope.vars[k].clone();
                // Nothing in the loop may change what it walks over.
                let counted = self.rng.chance(40);
                let item = if counted { Item::Counted } else { Item::Ref };
                let pattern = self.bind(scope, item);
                self.hold(scope, k, false);
                let over = if counted {
                    format!("{}.iter().enumerate()", v.name)
                } else if v.ty == Ty::Slice || v.reference {
                    format!("{}.iter()", v.name)
                } else {
                    format!("&{}", v.name)
                };
                (none(), format!("for {pattern} in {over}"), none())
            }
            3 if !lists.is_empty() => {
                let writable: Vec<usize> = lists
                    .into_iter()
                    .filter(|k| scope.vars[*k].writable())
                    .collect();
                if writable.is_empty() {
                    return self.loop_head(scope);
                }
                let k = *self.rng.pick(&writable);
                let list = scope.vars[k].name.clone();
                let name = self.fresh("v");
                let mut var = Var::new(&name, Ty::Real, true);
                var.reference = true;
                self.hold(scope, k, true);
                scope.vars.push(var);
                (none(), format!("for {name} in {list}.iter_mut()"), none())
            }
            4 if !lists.is_empty() => {
                let (k, j) = (*self.rng.pick(&lists), *self.rng.pick(&lists));
                let pattern = self.bind(scope, Item::Refs);
                let (a, b) = (scope.vars[k].name.clone(), scope.vars[j].name.clone());
                self.hold(scope, k, false);
                self.hold(scope, j, false);
                (
                    none(),
                    format!("for {pattern} in {a}.iter().zip({b}.iter())"),
                    none(),
                )
            }
            5 => {
                let name = self.fresh("n");
                let limit = self.rng.between(1, 4);
                let c = self.condition(scope, 1);
                scope.vars.push(Var::new(&name, Ty::Int, false));
                let head = if self.rng.chance(50) {
                    format!("while {name} < {limit}")
                } else {
                    format!("while {name} < {limit} && ({c})")
                };
                (
                    format!("let mut {name} = 0usize;\n"),
                    head,
                    format!("{name} += 1;\n"),
                )
            }
            _ => {
                let name = self.fresh("n");
                let limit = self.int(scope, 1);
                scope.vars.push(Var::new(&name, Ty::Int, false));
                (
                    format!("let mut {name} = 0usize;\n"),
                    "loop".into(),
                    // A limit that grows in the loop may not keep ahead.
                    format!("if {name} >= ({limit}) % 6 {{ break; }}\n{name} += 1;\n"),
                )
            }
        }
    }

    /// Borrows a variable until the end of the block.
    fn hold(&mut self, scope: &mut Scope, k: usize, exclusive: bool) {
        scope.borrow(Closure {
            name: String::new(),
            arguments: 0,
            gives: false,
            locks: if exclusive { vec![k] } else { Vec::new() },
            freezes: if exclusive { Vec::new() } else { vec![k] },
        });
    }

    /// `break` or `continue` under a condition, or without one, with dead code behind.
    fn leave(&mut self, scope: &mut Scope) -> String {
        let label = self.rng.pick(&scope.labels.clone()).clone();
        let innermost = scope
            .labels
            .iter()
            .rev()
            .find(|l| l.is_loop)
            .is_some_and(|l| l.name == label.name);
        let word = if label.is_loop && self.rng.chance(45) {
            "continue"
        } else {
            "break"
        };
        let exit = if label.name.is_empty() {
            // Only the innermost loop can be left without a label.
            if !innermost || scope.labels.last().is_some_and(|l| !l.is_loop) {
                return String::new();
            }
            format!("{word};")
        } else {
            format!("{word} {};", label.name)
        };
        let c = self.condition(scope, 2);
        match self.rng.weighted(&[70, 20, 10]) {
            0 => format!("if {c} {{ {exit} }}\n"),
            1 => {
                let mark = scope.mark();
                let before = self.statements(scope, 1);
                scope.release(&mark);
                format!("if {c} {{ {before} {exit} }}\n")
            }
            _ => {
                let dead = self.block(scope, 1);
                format!("if {c} {{ {exit} {dead} }}\n")
            }
        }
    }

    fn return_early(&mut self, scope: &mut Scope) -> String {
        let fallible = matches!(scope.result, Some(Result::Fallible | Result::Option));
        if fallible && self.rng.chance(30) {
            return self.failure(scope);
        }
        let c = self.condition(scope, 2);
        let value = self.returned(scope);
        format!("if {c} {{ return {value}; }}\n")
    }

    /// An early error.
    pub fn failure(&mut self, scope: &mut Scope) -> String {
        let c = self.condition(scope, 2);
        let error = match scope.result {
            Some(Result::Fallible) => "Err(String::from(\"left\"))",
            _ => "None",
        };
        format!("if {c} {{ return {error}; }}\n")
    }

    /// Whole slices in place, with ranges that overlap.
    fn in_place(&mut self, scope: &mut Scope) -> Option<String> {
        let lists = scope
            .find(|v| v.writable() && matches!(v.ty, Ty::Slice | Ty::Array(_) | Ty::Vector(_)));
        if lists.is_empty() {
            return None;
        }
        let k = *self.rng.pick(&lists);
        let name = scope.vars[k].name.clone();
        let i = self.fresh("k");
        let (c, d) = (self.literal(0.9).0, self.literal(0.9).0);
        scope.vars[k].locked += 1;
        let e = self.tame(scope, 1);
        scope.vars[k].locked -= 1;
        Some(match self.rng.below(10) {
            0 => format!(
                "for {i} in 1..{name}.len() {{ {name}[{i}] = {name}[{i} - 1] * {c} + {name}[{i}] * {d}; }}\n"
            ),
            1 => format!(
                "for {i} in 0..{name}.len() / 2 {{ {name}[{i}] = {name}[{name}.len() - 1 - {i}] * {name}[{i}]; }}\n"
            ),
            2 => format!("{name}.reverse();\n"),
            3 => format!("{name}.fill({e});\n"),
            4 => format!("if {name}.len() > 1 {{ {name}.rotate_left(1); }}\n"),
            5 => format!(
                "if {name}.len() > 1 {{ let last = {name}.len() - 1; {name}.swap(0, last); }}\n"
            ),
            6 => format!("if {name}.len() > 2 {{ {name}.copy_within(0..2, 1); }}\n"),
            7 => format!(
                "{{ let mid = {name}.len() / 2; let (left, right) = {name}.split_at_mut(mid); for {i} in 0..left.len() {{ left[{i}] = left[{i}] * right[{i}] + {c}; right[{i}] = left[{i}] * {d}; }} }}\n"
            ),
            8 => {
                let v = self.fresh("v");
                format!("{name}.iter_mut().for_each(|{v}| *{v} = *{v} * {c} + {e});\n")
            }
            _ => {
                let (v, j) = (self.fresh("v"), self.fresh("j"));
                format!(
                    "for ({j}, {v}) in {name}.iter_mut().enumerate() {{ if {j} % 2 == 0 {{ *{v} = *{v} * *{v} * {c}; }} else {{ *{v} = {e}; }} }}\n"
                )
            }
        })
    }

    /// Vectors that grow and shrink.
    fn edit(&mut self, scope: &mut Scope) -> Option<String> {
        let lists = scope.find(|v| v.writable() && matches!(v.ty, Ty::Vector(_)));
        if lists.is_empty() {
            return None;
        }
        let k = *self.rng.pick(&lists);
        let name = scope.vars[k].name.clone();
        scope.vars[k].locked += 1;
        let e = self.tame(scope, 2);
        scope.vars[k].locked -= 1;
        let choice = self.rng.below(9);
        let shrinks = matches!(choice, 3..=7);
        if shrinks {
            scope.vars[k].ty = Ty::Vector(0);
        }
        Some(match choice {
            0 | 1 => format!("{name}.push({e});\n"),
            2 => format!("{name}.insert({name}.len() / 2, {e});\n"),
            3 => {
                let v = self.name();
                let r = self.real_type();
                let text = format!("let {v}: {r} = {name}.pop().unwrap_or({e});\n");
                scope.vars.push(Var::new(&v, Ty::Real, false));
                text
            }
            4 => format!("{name}.truncate(2);\n"),
            5 => {
                let (place, target) = self.place_of(scope, true)?;
                if target == k {
                    return None;
                }
                format!("while let Some(v) = {name}.pop() {{ {place} = {place} * v; }}\n")
            }
            6 => format!("if {name}.len() > 1 {{ {name}.remove(0); }}\n"),
            7 => format!("if !{name}.is_empty() {{ {name}.swap_remove(0); }}\n"),
            _ => {
                let f = self.tame(scope, 0);
                if f.contains(&name) {
                    return None;
                }
                format!("{name}.extend_from_slice(&[{e}, {f}]);\n")
            }
        })
    }

    fn call_statement(&mut self, scope: &mut Scope) -> Option<String> {
        let (text, Called { result, late }) = self.call_of_any(scope, 1)?;
        let name = self.name();
        let r = self.real_type();
        let (line, ty) = match result {
            Result::Unit => return Some(format!("{text};\n")),
            Result::Real => (format!("let {name}: {r} = {text};\n"), Ty::Real),
            Result::Array => (format!("let {name} = {text};\n"), Ty::Array(2)),
            Result::Pair => (format!("let {name} = {text};\n"), Ty::Pair),
            Result::Vector => (format!("let mut {name} = {text};\n"), Ty::Vector(0)),
            Result::Body => (format!("let mut {name} = {text};\n"), Ty::Body),
            Result::Option | Result::Fallible => {
                let some = if result == Result::Option {
                    "Some"
                } else {
                    "Ok"
                };
                if scope.result == Some(result) && self.rng.chance(60) {
                    (format!("let {name}: {r} = {text}?;\n"), Ty::Real)
                } else if late {
                    (format!("let {name}: {r} = {text}.unwrap();\n"), Ty::Real)
                } else if scope.result.is_some() && self.rng.chance(50) {
                    let value = self.returned(scope);
                    (
                        format!("let {some}({name}) = {text} else {{ return {value}; }};\n"),
                        Ty::Real,
                    )
                } else {
                    let mark = scope.mark();
                    scope.vars.push(Var::new(&name, Ty::Real, false));
                    let then = self.statements(scope, 1);
                    scope.release(&mark);
                    return Some(format!("if let {some}({name}) = {text} {{\n{then}}}\n"));
                }
            }
        };
        let mutable = matches!(result, Result::Vector | Result::Body);
        scope.vars.push(Var::new(&name, ty, mutable));
        Some(line)
    }

    /// A closure with a name that reads what is around it.
    fn closure(&mut self, scope: &mut Scope) -> Option<String> {
        let name = self.fresh("f");
        let (r, arguments) = (self.real_type(), self.rng.between(1, 2));
        let (params, body, reads) = self.closure_body(scope, arguments, |this, scope| {
            let before = if this.rng.chance(30) {
                let name = this.name();
                let e = this.tame(scope, 1);
                let r = this.real_type();
                scope.vars.push(Var::new(&name, Ty::Real, false));
                format!("let {name}: {r} = {e}; ")
            } else {
                String::new()
            };
            format!("{before}{}", this.tame(scope, 2))
        });
        scope.borrow(Closure {
            name: name.clone(),
            arguments,
            gives: true,
            locks: Vec::new(),
            freezes: reads,
        });
        let params: Vec<String> = params.iter().map(|p| format!("{p}: {r}")).collect();
        Some(format!(
            "let {name} = |{}| {{ {body} }};\n",
            params.join(", ")
        ))
    }

    /// One that changes a variable; in a block, with calls of it.
    fn closure_that_changes(&mut self, scope: &mut Scope) -> Option<String> {
        let targets = scope.find(|v| {
            v.writable() && v.name != "self" && matches!(v.ty, Ty::Real | Ty::Array(_) | Ty::Pair)
        });
        if targets.is_empty() {
            return None;
        }
        let target = *self.rng.pick(&targets);
        let var = scope.vars[target].clone();
        let place = match var.ty {
            Ty::Real => var.value(),
            Ty::Array(n) => format!("{}[{}]", var.name, self.rng.below(n)),
            _ => format!("{}.0", var.name),
        };
        let (name, r) = (self.fresh("g"), self.real_type());
        let gives = self.rng.chance(40);
        let c = self.literal(0.8).0;
        let (params, body, mut reads) = self.closure_body(scope, 1, |this, scope| {
            let e = this.tame(scope, 2);
            let change = format!("{place} = {place} * {c} + {e};");
            match gives {
                true => format!("{change} {}", this.tame(scope, 1)),
                false => change,
            }
        });
        reads.retain(|k| *k != target);
        let mark = scope.mark();
        scope.borrow(Closure {
            name: name.clone(),
            arguments: 1,
            gives,
            locks: vec![target],
            freezes: reads,
        });
        let mut calls = String::new();
        for _ in 0..self.rng.between(1, 3) {
            let argument = self.tame(scope, 1);
            if gives {
                let v = self.name();
                calls += &format!("let {v}: {r} = {name}({argument});\n");
                scope.vars.push(Var::new(&v, Ty::Real, false));
            } else {
                calls += &format!("{name}({argument});\n");
            }
            if self.rng.chance(40) {
                calls += &self.statements(scope, 1);
            }
        }
        scope.release(&mark);
        Some(format!(
            "{{\nlet mut {name} = |{}: {r}| {{ {body} }};\n{calls}}}\n",
            params[0]
        ))
    }

    /// Parameters and body of a closure, and what it reads of the variables around it.
    fn closure_body(
        &mut self,
        scope: &mut Scope,
        arguments: usize,
        write: impl FnOnce(&mut Self, &mut Scope) -> String,
    ) -> (Vec<String>, String, Vec<usize>) {
        let params: Vec<String> = (0..arguments).map(|_| self.fresh("q")).collect();
        let outer = std::mem::take(&mut self.reads);
        let closures = std::mem::take(&mut scope.closures);
        let labels = std::mem::take(&mut scope.labels);
        let result = scope.result.take();
        let boundary = scope.vars.len();
        for p in &params {
            scope.vars.push(Var::new(p, Ty::Real, false));
        }
        self.still += 1;
        let body = write(self, scope);
        self.still -= 1;
        scope.vars.truncate(boundary);
        scope.closures = closures;
        scope.labels = labels;
        scope.result = result;
        let mut reads = std::mem::replace(&mut self.reads, outer);
        reads.retain(|k| *k < boundary);
        reads.sort_unstable();
        reads.dedup();
        (params, body, reads)
    }

    /// `mem::swap` and its relatives, and tuples.
    fn exchange(&mut self, scope: &mut Scope) -> Option<String> {
        let (a, k) = self.place_of(scope, true)?;
        let e = self.tame(scope, 1);
        scope.vars[k].locked += 1;
        let second = self.place_of(scope, true);
        scope.vars[k].locked -= 1;
        match (second, self.rng.below(3)) {
            // An index may mention the other variable.
            (Some((b, j)), 0 | 1)
                if !a.contains(&scope.vars[j].name) && !b.contains(&scope.vars[k].name) =>
            {
                Some(format!("std::mem::swap(&mut {a}, &mut {b});\n"))
            }
            (Some((b, _)), 2) => Some(format!("({a}, {b}) = ({b}, {a});\n")),
            _ => {
                let (name, r) = (self.name(), self.real_type());
                if e.contains(&scope.vars[k].name) {
                    return None;
                }
                scope.vars.push(Var::new(&name, Ty::Real, false));
                Some(format!(
                    "let {name}: {r} = std::mem::replace(&mut {a}, {e});\n"
                ))
            }
        }
    }

    /// Initialised late, or by an expression that is a statement elsewhere.
    fn late(&mut self, scope: &mut Scope) -> String {
        let (name, r) = (self.name(), self.real_type());
        let c = self.condition(scope, 1);
        let (a, b) = (self.tame(scope, 2), self.tame(scope, 2));
        // The new variable is in scope already where its values are computed.
        let name = match [&a, &b, &c].iter().any(|e| e.contains(&name)) {
            true => self.fresh("d"),
            false => name,
        };
        let text = match self.rng.below(3) {
            0 => format!("let {name}: {r};\nif {c} {{ {name} = {a}; }} else {{ {name} = {b}; }}\n"),
            1 => {
                let n = self.fresh("n");
                format!(
                    "let mut {n} = 0;\nlet {name}: {r} = loop {{ if {c} {{ break {a}; }} {n} += 1; if {n} > 2 {{ break {b}; }} }};\n"
                )
            }
            _ => {
                let label = self.fresh("'l");
                format!("let {name}: {r} = {label}: {{ if {c} {{ break {label} {a}; }} {b} }};\n")
            }
        };
        scope.vars.push(Var::new(&name, Ty::Real, false));
        text
    }

    fn collect(&mut self, scope: &mut Scope) -> String {
        let reals = self.reals(scope, 2);
        let (name, r) = (self.name(), self.real_type());
        scope.vars.push(Var::new(&name, Ty::Vector(0), true));
        format!("let mut {name}: Vec<{r}> = {reals}.collect::<Vec<{r}>>();\n")
    }
}
