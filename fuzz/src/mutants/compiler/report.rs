//! What came of all mutants, in numbers, and those that survive one by one.

use super::subjects::Subject;
use super::survey::Effects;
use super::trial::Outcome;
use super::workshop::Workshop;
use std::collections::BTreeMap;

/// Mutants of one part of the compiler, by what came of them.
#[derive(Default)]
struct Counts {
    all: usize,
    unreached: usize,
    same: usize,
    loud: usize,
    found: usize,
    survived: usize,
}

pub fn print(
    shop: &Workshop,
    subjects: &[Subject],
    effects: &BTreeMap<usize, Effects>,
    outcomes: &BTreeMap<usize, Outcome>,
) {
    let mut parts: BTreeMap<String, Counts> = BTreeMap::new();
    for (n, outcome) in outcomes {
        let Some(site) = &shop.sites[n - 1] else {
            continue;
        };
        let part = site.file.split('/').next().unwrap_or_default();
        let part = if site.function.starts_with("table: ") {
            "the rule table"
        } else {
            part
        };
        for name in [part, "all"] {
            let counts = parts.entry(name.to_string()).or_default();
            counts.all += 1;
            match outcome {
                Outcome::Unreached => counts.unreached += 1,
                Outcome::Same => counts.same += 1,
                Outcome::Loud(_) => counts.loud += 1,
                Outcome::Found(_) => counts.found += 1,
                Outcome::Survived(_) => counts.survived += 1,
            }
        }
        let (file, function, line) = (&site.file, &site.function, site.line);
        let (change, code) = (&site.change, &site.code);
        let place = format!("{n} {file}:{line} {function}: {change}: {code}");
        match outcome {
            Outcome::Survived(k) => {
                let first = effects[n]
                    .different
                    .iter()
                    .map(|d| subjects[d.subject].name.as_str());
                let first: Vec<&str> = first.take(3).collect();
                println!(
                    "survived ({k} of {}; {}): {place}",
                    effects[n].different.len(),
                    first.join("; ")
                );
            }
            Outcome::Unreached => println!("unreached: {place}"),
            Outcome::Same => println!("same: {place}"),
            Outcome::Loud(how) => println!("loud, {how}: {place}"),
            Outcome::Found(k) => println!("found in {}: {place}", subjects[*k].name),
        }
    }
    println!(
        "\n| | mutants | not executed | same expansions | loud | found by a check | survive |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, c) in &parts {
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} |",
            c.all, c.unreached, c.same, c.loud, c.found, c.survived
        );
    }
}
