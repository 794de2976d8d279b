//! Published crates with everything annotated that the macro accepts, compiled by rustc.
//!
//! A crate is copied, and every function, method, operator and type with real numbers in it gets the attribute, or the derive. What rustc
//! rejects is noted with the error and loses its attribute again, until the crate compiles: the errors of names hide those of types, which hide those of
//! borrows.

mod candidates;
mod derivatives;
mod errors;
mod package;
mod reals;
mod report;

use candidates::{Candidate, Finder, Kind};
use errors::{Cause, Message};
use package::Package;
use reals::Reals;
use report::{Derivative, Report, Verdict};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// So long may the tests of a crate take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);
/// So often may a crate be compiled.
const ROUNDS: usize = 40;

/// Compiles these packages; whether there were no defects.
pub fn run(sources: &[PathBuf], modes: &str) -> bool {
    let target = std::env::current_exe().expect("a program has a path");
    let target = target.ancestors().nth(2).unwrap_or(Path::new("target"));
    let scratch = target.join("foreign");
    std::panic::set_hook(Box::new(|_| {}));
    let mut report = Report::default();
    for source in sources {
        let name = source.file_name().unwrap_or_default().to_string_lossy();
        match one(source, &scratch, modes) {
            Ok(subjects) => report.add(&name, &subjects),
            Err(why) => report.left_out(&name, &why),
        }
    }
    report.print();
    report.defects() == 0
}

/// Something annotated, what came of it, and where it stands in the edited text.
pub struct Subject {
    candidate: Candidate,
    verdict: Option<Verdict>,
    /// What finite differences say of the gradient, where it was asked.
    derivative: Option<Derivative>,
    edited: std::ops::Range<usize>,
}

fn one(source: &Path, scratch: &Path, modes: &str) -> Result<Vec<Subject>, String> {
    let facade = crate::sources::repository();
    let package = Package::copy(source, scratch, &facade).map_err(|e| e.to_string())?;
    let (builds, said) = package.cargo(&["check"]);
    if !builds {
        return Err(format!("does not build: {}", first_error(&said, &package)));
    }
    let before = warnings(&errors::messages(&said, &package.root));
    let mut subjects = subjects(&package, modes);
    if subjects.is_empty() {
        return Err("no real numbers".into());
    }
    probe(&package, &mut subjects);
    let types = |s: &Subject| s.candidate.kind == Kind::Type;
    settle(&package, &mut subjects, types)?;
    let said = settle(&package, &mut subjects, |_| true)?;
    note_warnings(&package, &mut subjects, &said, &before);
    check_derivatives(&package, &mut subjects, &facade);
    Ok(subjects)
}

fn first_error(said: &str, package: &Package) -> String {
    let all = errors::messages(said, &package.root);
    let error = all.iter().find(|m| !m.warning).map(|m| m.text.clone());
    error.unwrap_or_else(|| said.lines().rfind(|l| !l.is_empty()).unwrap_or("").into())
}

/// All that has real numbers in it; what the macro rejects has its verdict.
fn subjects(package: &Package, modes: &str) -> Vec<Subject> {
    let parse = |(path, text): &'_ (PathBuf, String)| {
        let file = std::panic::catch_unwind(|| syn::parse_file(text))
            .ok()?
            .ok()?;
        Some((path.clone(), text.clone(), file))
    };
    let parsed: Vec<_> = package.files.iter().filter_map(parse).collect();
    let trees: Vec<syn::File> = parsed.iter().map(|(_, _, f)| f.clone()).collect();
    let reals = Reals::of(&trees);
    let mut out = Vec::new();
    for (path, text, file) in &parsed {
        let mut finder = Finder {
            path,
            text,
            reals: &reals,
            modes,
            found: Vec::new(),
        };
        finder.items(&file.items);
        out.extend(finder.found.into_iter().map(|candidate| Subject {
            verdict: rejection(&candidate, modes),
            candidate,
            derivative: None,
            edited: 0..0,
        }));
    }
    out
}

/// What the macro itself says against it.
fn rejection(c: &Candidate, modes: &str) -> Option<Verdict> {
    let derive = c.kind == Kind::Type;
    let verdict = crate::feed::expansion(&c.tokens, modes, derive);
    match verdict {
        Ok(None) => None,
        Ok(Some(message)) => Some(Verdict::Rejected(message)),
        Err(why) => Some(Verdict::Broken(why)),
    }
}

/// Conditions leave items out; an unknown mode is an error where the attribute is read at all. A derive says nothing of the kind: a type that is
/// left out does no harm, and isn't counted among the functions.
fn probe(package: &Package, subjects: &mut [Subject]) {
    let asked = |s: &Subject| s.candidate.kind != Kind::Type;
    for s in subjects.iter_mut().filter(|s| asked(s)) {
        for (_, text) in &mut s.candidate.insertions {
            *text = text.replace("::differentiate", "::differentiate_probe");
        }
    }
    write(package, subjects, |s| asked(s) && s.verdict.is_none());
    let (_, said) = package.cargo(&["check"]);
    let mut seen = vec![false; subjects.len()];
    for m in errors::messages(&said, &package.root) {
        if m.text.contains("differentiate_probe") {
            attributed(&m, subjects)
                .into_iter()
                .for_each(|k| seen[k] = true);
        }
    }
    for (s, seen) in subjects.iter_mut().zip(seen) {
        if s.candidate.kind == Kind::Type {
            continue;
        }
        for (_, text) in &mut s.candidate.insertions {
            *text = text.replace("::differentiate_probe", "::differentiate");
        }
        if !seen && s.verdict.is_none() {
            s.verdict = Some(Verdict::LeftOut);
        }
    }
}

/// Compiles until there are no errors, with all of these that have no verdict yet; what cargo said at last.
fn settle(
    package: &Package,
    subjects: &mut [Subject],
    which: impl Fn(&Subject) -> bool,
) -> Result<String, String> {
    for _ in 0..ROUNDS {
        write(package, subjects, |s| which(s) && s.verdict.is_none());
        let (builds, said) = package.cargo(&["check"]);
        if builds {
            return Ok(said);
        }
        let messages = errors::messages(&said, &package.root);
        let mut by_subject: BTreeMap<usize, Vec<&Message>> = BTreeMap::new();
        for m in messages.iter().filter(|m| !m.warning) {
            if let Some(k) = attributed(m, subjects) {
                by_subject.entry(k).or_default().push(m);
            }
        }
        if by_subject.is_empty() {
            return Err(format!(
                "can't be attributed: {}",
                first_error(&said, package)
            ));
        }
        blame(subjects, &by_subject);
    }
    Err("does not settle".into())
}

/// Gives verdicts. An error that a user is meant to see may have others behind it, in the same function and in those that call it: so
/// as long as there are such, only they count.
fn blame(subjects: &mut [Subject], errors: &BTreeMap<usize, Vec<&Message>>) {
    fn told<'m>(list: &[&'m Message]) -> Option<&'m Message> {
        let told = |m: &&&Message| matches!(m.cause(), Cause::Told(_));
        list.iter().find(told).copied()
    }
    let any = errors.values().any(|list| told(list).is_some());
    for (k, list) in errors {
        let message = match (told(list), any) {
            (Some(m), _) => m,
            (None, true) => continue,
            (None, false) => list[0],
        };
        subjects[*k].verdict = Some(Verdict::Error(message.cause(), message.clone()));
    }
}

/// Which annotated items a message is about: the one of its first place that is in any.
fn attributed(m: &Message, subjects: &[Subject]) -> Option<usize> {
    m.places.iter().find_map(|(path, start, end)| {
        subjects.iter().position(|s| {
            let r = &s.edited;
            s.candidate.file == *path && r.start <= *start && *end <= r.end && !r.is_empty()
        })
    })
}

/// Writes all files, with the insertions of these.
fn write(package: &Package, subjects: &mut [Subject], which: impl Fn(&Subject) -> bool) {
    for (path, text) in &package.files {
        let mut insertions = Vec::new();
        for (k, s) in subjects.iter_mut().enumerate() {
            s.edited = match s.candidate.file == *path {
                true => 0..0,
                false => s.edited.clone(),
            };
            if s.candidate.file == *path && which(s) {
                insertions.extend(s.candidate.insertions.iter().map(|i| (k, i.clone())));
            }
        }
        insertions.sort_by_key(|(k, (at, _))| (*at, *k));
        let (mut out, mut done) = (String::new(), 0);
        let mut starts: BTreeMap<usize, usize> = BTreeMap::new();
        let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
        for (k, (at, new)) in &insertions {
            out += &text[done..*at];
            done = *at;
            starts.entry(*k).or_insert(out.len());
            out += new;
            ends.insert(*k, out.len());
        }
        out += &text[done..];
        for (k, start) in starts {
            let s = &mut subjects[k];
            // What follows the last insertion keeps its length.
            let last = s.candidate.insertions.iter().map(|(at, _)| *at).max();
            let rest = s.candidate.range.end - last.unwrap_or(0).min(s.candidate.range.end);
            s.edited = start..ends[&k] + rest;
        }
        std::fs::write(path, out).expect("a file of the copy is writable");
    }
}

/// Compares gradients of functions with a simple signature with finite differences.
fn check_derivatives(package: &Package, subjects: &mut [Subject], facade: &Path) {
    let mut tested = Vec::new();
    for (k, s) in subjects.iter_mut().enumerate() {
        if s.verdict.is_none()
            && let Some(test) = derivatives::test(&s.candidate, k)
        {
            s.candidate.insertions.push((s.candidate.range.end, test));
            tested.push(k);
        }
    }
    if tested.is_empty() {
        return;
    }
    let mut program = None;
    for _ in 0..ROUNDS {
        write(package, subjects, |s| s.verdict.is_none());
        let points = facade.join("fuzz/support/points.rs");
        if package.add_module("chainrule_points", &points).is_err() {
            return;
        }
        let (builds, said) = package.cargo(&["test", "--no-run"]);
        if builds {
            program = errors::program(&said);
            break;
        }
        let messages = errors::messages(&said, &package.root);
        let errors = messages.iter().filter(|m| !m.warning);
        let mut found = errors
            .filter_map(|m| attributed(m, subjects))
            .filter(|k| tested.contains(k))
            .peekable();
        if found.peek().is_none() {
            println!("its tests do not build: {}", first_error(&said, package));
            return;
        }
        for k in found.collect::<std::collections::BTreeSet<_>>() {
            subjects[k].candidate.insertions.pop();
            tested.retain(|t| *t != k);
        }
    }
    let printed = program.and_then(|p| package.test(&p, PATIENCE).ok());
    let printed = printed.unwrap_or_default();
    for line in printed.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let ["derivative", number, agree, differ, example] = fields[..] else {
            continue;
        };
        let Some(s) = number.parse().ok().and_then(|k: usize| subjects.get_mut(k)) else {
            continue;
        };
        let count = |text: &str| text.parse().unwrap_or(0);
        s.derivative = Some(Derivative {
            agree: count(agree),
            differ: count(differ),
            example: example.to_string(),
        });
    }
}

/// How often a warning of a kind stood in the crate as it was.
fn warnings(messages: &[Message]) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for m in messages.iter().filter(|m| m.warning) {
        *out.entry(format!("{} {}", m.code, m.text)).or_default() += 1;
    }
    out
}

/// Warnings that were not there before the attributes.
fn note_warnings(
    package: &Package,
    subjects: &mut [Subject],
    said: &str,
    before: &BTreeMap<String, usize>,
) {
    for m in errors::messages(said, &package.root) {
        if !m.warning || before.contains_key(&format!("{} {}", m.code, m.text)) {
            continue;
        }
        if let Some(k) = attributed(&m, subjects)
            && subjects[k].verdict.is_none()
        {
            subjects[k].verdict = Some(Verdict::Warns(m.clone()));
        }
    }
}
