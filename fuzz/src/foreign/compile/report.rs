//! What came of the annotated crates, as tables.

use super::errors::{Cause, Message};
use super::{Kind, Subject};
use std::collections::BTreeMap;

/// What came of something annotated; without one it compiles.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// By a diagnostic of the macro.
    Rejected(String),
    /// The macro panicked, or gave what doesn't parse.
    Broken(String),
    /// A condition leaves it out of the crate.
    LeftOut,
    Error(Cause, Message),
    Warns(Message),
}

/// At how many points the gradient agrees with finite differences, and differs.
#[derive(Clone, Debug)]
pub struct Derivative {
    pub agree: usize,
    pub differ: usize,
    pub example: String,
}

#[derive(Default)]
pub struct Report {
    /// Functions whose gradients agree, differ somewhere, could not be decided, and are nowhere wrong but somewhere not finite; points.
    derivatives: [usize; 5],
    crates: Vec<String>,
    left_out: Vec<String>,
    /// By kind.
    compiled: BTreeMap<Kind, usize>,
    rejected: BTreeMap<String, usize>,
    told: BTreeMap<&'static str, usize>,
    defects: BTreeMap<String, Vec<String>>,
    inactive: usize,
}

impl Report {
    pub fn add(&mut self, name: &str, subjects: &[Subject]) {
        let (mut compiled, mut told, mut defects, mut rejected) = (0, 0, 0, 0);
        for s in subjects {
            let c = &s.candidate;
            let functions = c.kind != Kind::Type;
            let item = format!("{name}: {}", c.name);
            if let Some(d) = &s.derivative {
                self.derivative(d, &item);
            }
            match &s.verdict {
                None => {
                    *self.compiled.entry(c.kind).or_default() += 1;
                    compiled += usize::from(functions);
                }
                Some(Verdict::LeftOut) => self.inactive += 1,
                Some(Verdict::Rejected(message)) => {
                    *self
                        .rejected
                        .entry(crate::table::general(message))
                        .or_default() += 1;
                    rejected += usize::from(functions);
                }
                Some(Verdict::Error(Cause::Told(why), m)) => {
                    *self.told.entry(why).or_default() += usize::from(functions);
                    told += usize::from(functions);
                    println!("told {item}: {}", m.text);
                }
                Some(Verdict::Error(Cause::Defect(code), m)) if functions => {
                    defects += 1;
                    self.defect(
                        format!("{code}: {}", crate::table::general(&m.text)),
                        &item,
                        &m.rendered,
                    );
                }
                Some(Verdict::Error(_, m)) => println!("type {item}: {}", m.text),
                Some(Verdict::Warns(m)) => {
                    defects += 1;
                    self.defect(format!("warning {}", m.code), &item, &m.rendered);
                }
                Some(Verdict::Broken(why)) => {
                    defects += 1;
                    self.defect(why.clone(), &item, "");
                }
            }
        }
        println!("{name}: {compiled} compile, {rejected} rejected, {told} told, {defects} defects");
        self.crates.push(name.to_string());
    }

    fn derivative(&mut self, d: &Derivative, item: &str) {
        let kind = match (d.agree, d.differ) {
            (0, 0) => 2,
            (_, 0) => 0,
            _ if d.example.contains("not finite") => 3,
            _ => 1,
        };
        self.derivatives[kind] += 1;
        self.derivatives[4] += d.agree;
        if d.differ > 0 {
            println!(
                "differs {item}: at {} points, agrees at {}: {}",
                d.differ, d.agree, d.example
            );
        }
    }

    fn defect(&mut self, kind: String, item: &str, rendered: &str) {
        println!("defect {item}: {kind}\n{rendered}");
        self.defects.entry(kind).or_default().push(item.to_string());
    }

    pub fn left_out(&mut self, name: &str, why: &str) {
        println!("{name}: left out, {why}");
        self.left_out.push(format!("{name}: {why}"));
    }

    pub fn defects(&self) -> usize {
        self.defects.values().map(Vec::len).sum()
    }

    pub fn print(&self) {
        let count = |kind| self.compiled.get(&kind).copied().unwrap_or(0);
        let (functions, methods) = (count(Kind::Function), count(Kind::Method));
        let operators = count(Kind::Operator);
        let told: usize = self.told.values().sum();
        let rejected: usize = self.rejected.values().sum();
        let all = functions + methods + operators;
        println!(
            "\n{} crates, {} left out",
            self.crates.len(),
            self.left_out.len()
        );
        println!("\n| verdict | items |\n|---|---|");
        println!("| compile: functions | {functions} |");
        println!("| compile: methods | {methods} |");
        println!("| compile: operators and conversions | {operators} |");
        println!("| compile, in all | {all} |");
        println!("| rejected with a diagnostic | {rejected} |");
        println!("| rejected by rustc, as meant | {told} |");
        println!("| rejected by rustc, a defect | {} |", self.defects());
        println!("| left out by a condition | {} |", self.inactive);
        println!("| types that derive | {} |", count(Kind::Type));
        let [agree, differ, open, infinite, points] = self.derivatives;
        println!("\n| gradients against finite differences | functions |\n|---|---|");
        println!("| agree, at {points} points | {agree} |");
        println!("| differ somewhere | {differ} |");
        println!("| are not finite somewhere where the value is | {infinite} |");
        println!("| can't be decided at any point | {open} |");
        println!("\n| rejected by rustc, as meant | items |\n|---|---|");
        sorted(self.told.iter().map(|(k, n)| ((*k).to_string(), *n)));
        println!("\n| defects | items |\n|---|---|");
        sorted(self.defects.iter().map(|(k, l)| (k.clone(), l.len())));
        println!("\n| rejected because | items |\n|---|---|");
        sorted(self.rejected.iter().map(|(k, n)| (k.clone(), *n)));
    }
}

fn sorted(rows: impl Iterator<Item = (String, usize)>) {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    for (name, count) in rows {
        println!("| {name} | {count} |");
    }
}
