//! Expansions that differ, compiled and checked: round by round, more of each mutant that nothing has found yet.

use super::subjects::Subject;
use super::survey::{Different, Effects, texts};
use super::workshop::Workshop;
use crate::run::{Case, Place, Verdict, verdicts};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::path::Path;

/// What came of a mutant.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// No subject executes the place.
    Unreached,
    /// All expansions are the same.
    Same,
    /// The compiler panics, does not end, rejects a subject, or rustc rejects what it gives.
    Loud(String),
    /// A check finds it, in the expansion of this subject.
    Found(usize),
    /// So many expansions differ and pass.
    Survived(usize),
}

/// Expansions of so many bytes take rustc long, and are looked at only where there are no others.
const LARGE: usize = 40_000;
/// So many modules are compiled together.
const BATCH: usize = 600;

/// The subjects that pass their check when nothing is spoilt.
pub fn sound(root: &Path, shop: &Workshop, subjects: Vec<Subject>) -> Vec<Subject> {
    super::survey::tell(shop, &subjects);
    let pairs: Vec<(usize, usize)> = (0..subjects.len()).map(|s| (0, s)).collect();
    let found = checked(root, shop, &subjects, &pairs);
    let mut kept = Vec::new();
    for (subject, verdict) in subjects.into_iter().zip(found) {
        match verdict {
            Verdict::Survived => kept.push(subject),
            other => println!("{other:?} without a mutation: {}", subject.name),
        }
    }
    kept
}

/// What the checks say of expansions. What they said in an earlier run is remembered in the folder of the copy, which is to be removed where
/// the checks or the run-time library have changed.
fn checked(
    root: &Path,
    shop: &Workshop,
    subjects: &[Subject],
    pairs: &[(usize, usize)],
) -> Vec<Verdict> {
    let path = shop.folder.join("verdicts.json");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let mut known: BTreeMap<String, String> = serde_json::from_str(&text).unwrap_or_default();
    let made = texts(shop, pairs).into_iter().zip(pairs);
    let codes = made.map(|(text, (_, s))| format!("{text}\n{}", subjects[*s].check));
    let codes: Vec<(String, String)> = codes.map(|c| (key(&c), c)).collect();
    let new = codes.iter().filter(|(k, _)| !known.contains_key(k));
    let new: Vec<(String, String)> = new.cloned().collect();
    for part in new.chunks(BATCH) {
        let cases = part.iter().map(|(_, code)| Case { code: code.clone() });
        let found = verdicts(&place(root), &cases.collect::<Vec<_>>());
        let found = found.into_iter().map(|v| format!("{v:?}"));
        known.extend(part.iter().map(|(k, _)| k.clone()).zip(found));
        let _ = std::fs::write(&path, serde_json::json!(known).to_string());
    }
    let verdict = |k: &String| match known[k].as_str() {
        "Found" => Verdict::Found,
        "Survived" => Verdict::Survived,
        _ => Verdict::Uncompiled,
    };
    codes.iter().map(|(k, _)| verdict(k)).collect()
}

fn key(code: &str) -> String {
    let mut hasher = DefaultHasher::new();
    code.hash(&mut hasher);
    hasher.finish().to_string()
}

/// Looks at so many expansions of a mutant in each round, until one is found to be wrong.
pub fn run(
    root: &Path,
    shop: &Workshop,
    subjects: &[Subject],
    effects: &BTreeMap<usize, Effects>,
    rounds: &[usize],
) -> BTreeMap<usize, Outcome> {
    let mut outcomes = BTreeMap::new();
    let mut left: BTreeMap<usize, Vec<Different>> = BTreeMap::new();
    for (n, e) in effects {
        let mut different = e.different.clone();
        different.sort_by_key(|d| d.length);
        let small = different.iter().filter(|d| d.length < LARGE).count();
        different.truncate(small.max(1));
        if let Some((_, how)) = e.loud.first() {
            outcomes.insert(*n, Outcome::Loud(how.clone()));
        } else if e.executed == 0 {
            outcomes.insert(*n, Outcome::Unreached);
        } else if different.is_empty() {
            outcomes.insert(*n, Outcome::Same);
        } else {
            left.insert(*n, different);
        }
    }
    let mut known: HashMap<(usize, String), Verdict> = HashMap::new();
    let mut passed: BTreeMap<usize, usize> = BTreeMap::new();
    for (round, &many) in rounds.iter().enumerate() {
        let mut wanted = BTreeMap::new();
        for (n, different) in &left {
            for d in different.iter().take(many) {
                let key = (d.subject, d.hash.clone());
                if !known.contains_key(&key) {
                    wanted.entry(key).or_insert((*n, d.subject));
                }
            }
        }
        println!(
            "round {}: {} mutants, {} expansions",
            round + 1,
            left.len(),
            wanted.len()
        );
        let (keys, pairs): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
        let found = checked(root, shop, subjects, &pairs);
        known.extend(keys.into_iter().zip(found));
        let mut over = BTreeSet::new();
        for (n, different) in &mut left {
            let now: Vec<Different> = different.drain(..many.min(different.len())).collect();
            for d in &now {
                match known[&(d.subject, d.hash.clone())] {
                    Verdict::Found => drop(outcomes.insert(*n, Outcome::Found(d.subject))),
                    Verdict::Survived => *passed.entry(*n).or_default() += 1,
                    Verdict::Uncompiled => {
                        let text = "what it gives does not compile".to_string();
                        outcomes.entry(*n).or_insert(Outcome::Loud(text));
                    }
                }
            }
            if outcomes.contains_key(n) || different.is_empty() {
                over.insert(*n);
            }
        }
        left.retain(|n, _| !over.contains(n));
        settle(&over, &passed, &mut outcomes);
    }
    let rest = left.keys().copied().collect();
    settle(&rest, &passed, &mut outcomes);
    outcomes
}

/// Where no check finds anything.
fn settle(
    over: &BTreeSet<usize>,
    passed: &BTreeMap<usize, usize>,
    outcomes: &mut BTreeMap<usize, Outcome>,
) {
    for n in over {
        let passed = passed.get(n).copied().unwrap_or(0);
        outcomes.entry(*n).or_insert(Outcome::Survived(passed));
    }
}

fn place(root: &Path) -> Place<'static> {
    let checks = root.join("fuzz/support/schemata/checks.rs");
    let head = format!("#[path = {checks:?}]\nmod checks;\n");
    Place {
        name: "schemata-checks",
        head: Box::leak(head.into_boxed_str()),
    }
}
