//! Expansions that differ, compiled and checked: round by round, more of each mutant that nothing has found yet.

use super::subjects::Subject;
use super::survey::{Different, Effects, texts};
use super::workshop::Workshop;
use crate::run::{Case, Place, Verdict, verdicts};
use std::collections::{BTreeMap, BTreeSet, HashMap};
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

/// So many modules are compiled together.
const BATCH: usize = 1500;

/// The subjects that pass their check when nothing is spoilt; what passed in the last run is known.
pub fn sound(root: &Path, shop: &Workshop, subjects: Vec<Subject>) -> Vec<Subject> {
    super::survey::tell(shop, &subjects);
    let path = shop.folder.join("sound.json");
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    let mut known: BTreeSet<String> = serde_json::from_str(&known).unwrap_or_default();
    let pairs: Vec<(usize, usize)> = (0..subjects.len()).map(|s| (0, s)).collect();
    let made = texts(shop, &pairs);
    let code = |s: usize| format!("{}\n{}", made[s], subjects[s].check);
    let new = |s: &usize| !known.contains(&code(*s));
    let new: Vec<usize> = (0..subjects.len()).filter(new).collect();
    let pairs: Vec<(usize, usize)> = new.iter().map(|s| (0, *s)).collect();
    let verdicts = checked(root, shop, &subjects, &pairs);
    for (s, verdict) in new.into_iter().zip(verdicts) {
        if verdict == Verdict::Survived {
            known.insert(code(s));
        } else {
            println!("{verdict:?} without a mutation: {}", subjects[s].name);
        }
    }
    let _ = std::fs::write(path, serde_json::json!(known).to_string());
    let kept: Vec<bool> = (0..subjects.len())
        .map(|s| known.contains(&code(s)))
        .collect();
    let kept = subjects.into_iter().zip(kept).filter(|(_, k)| *k);
    kept.map(|(s, _)| s).collect()
}

/// What the checks say of expansions.
fn checked(
    root: &Path,
    shop: &Workshop,
    subjects: &[Subject],
    pairs: &[(usize, usize)],
) -> Vec<Verdict> {
    let mut found = Vec::new();
    // Nothing is compiled if there is nothing.
    for part in pairs.chunks(BATCH) {
        let made = texts(shop, part).into_iter().zip(part);
        let cases: Vec<Case> = made
            .map(|(text, (_, s))| Case {
                code: format!("{text}\n{}", subjects[*s].check),
            })
            .collect();
        found.extend(verdicts(&place(root), &cases));
    }
    found
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
        match () {
            () if e.executed == 0 => drop(outcomes.insert(*n, Outcome::Unreached)),
            () if e.loud.is_empty() && different.is_empty() => {
                outcomes.insert(*n, Outcome::Same);
            }
            // A wrong derivative is worth more than a panic elsewhere: both are looked for.
            () => drop(left.insert(*n, different)),
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
            if matches!(outcomes.get(n), Some(Outcome::Found(_))) || different.is_empty() {
                over.insert(*n);
            }
        }
        left.retain(|n, _| !over.contains(n));
        settle(effects, &over, &passed, &mut outcomes);
    }
    let rest = left.keys().copied().collect();
    settle(effects, &rest, &passed, &mut outcomes);
    outcomes
}

/// Where no check finds anything, the compiler may have spoken up itself.
fn settle(
    effects: &BTreeMap<usize, Effects>,
    over: &BTreeSet<usize>,
    passed: &BTreeMap<usize, usize>,
    outcomes: &mut BTreeMap<usize, Outcome>,
) {
    for n in over {
        let loud = effects[n].loud.first().map(|l| Outcome::Loud(l.1.clone()));
        let passed = passed.get(n).copied().unwrap_or(0);
        outcomes
            .entry(*n)
            .or_insert_with(|| loud.unwrap_or(Outcome::Survived(passed)));
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
