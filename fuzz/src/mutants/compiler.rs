//! The compiler itself, wrong on purpose: do its expansions show it, and does `chainrule::check`?
//!
//! ```text
//! cargo run --release -p fuzz --bin mutants -- --compiler [--files transform,analysis,rules] [--every N [--from K]] [--only 12,34]
//! ```
//!
//! A copy of the compiler's source gets a switch at each place that may be spoilt, and at each formula of the rule table (`sites.rs`,
//! `formulas.rs`), and is compiled once (`workshop.rs`). The copy expands the subjects with one mutant on at a time (`survey.rs`). Where an expansion differs,
//! it is compiled and checked, smallest first, until a check finds it or so many have passed (`trial.rs`).

mod forms;
mod formulas;
mod report;
mod sites;
mod subjects;
mod survey;
mod templates;
mod trial;
mod workshop;

use std::path::Path;
use std::process::ExitCode;

pub fn run(words: &[String]) -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace");
    let value = |name: &str| {
        let at = words.iter().position(|w| w == name)?;
        words.get(at + 1).cloned()
    };
    let files = value("--files").unwrap_or_else(|| "transform,analysis,rules".into());
    let files: Vec<String> = files.split(',').map(ToString::to_string).collect();
    let number = |name: &str| value(name).and_then(|n| n.parse::<usize>().ok());
    let (every, from) = (
        number("--every").unwrap_or(1).max(1),
        number("--from").unwrap_or(0),
    );
    let only = value("--only").unwrap_or_default();
    let only: Vec<usize> = only.split(',').filter_map(|n| n.parse().ok()).collect();
    let shop = workshop::Workshop::build(root, &files);
    // The rules are few: all of them, where any are asked for.
    let with_table = files.iter().any(|f| f == "rules");
    let is_chosen = |n: &usize| match &shop.sites[n - 1] {
        Some(_) if !only.is_empty() => only.contains(n),
        Some(site) if site.function.starts_with("table: ") => with_table,
        Some(_) => n % every == from % every,
        None => false,
    };
    let chosen: Vec<usize> = (1..=shop.sites.len()).filter(is_chosen).collect();
    println!(
        "{} mutants, {} places that do not compile",
        chosen.len(),
        shop.sites.iter().filter(|s| s.is_none()).count()
    );
    let subjects = trial::sound(root, &shop, subjects::all(root));
    println!("{} expansions of subjects", subjects.len());
    // Most are found at once; those that are not, again with more subjects.
    let mut effects = survey::survey(&shop, &subjects, &chosen, 4);
    let mut outcomes = trial::run(root, &shop, &subjects, &effects, &[1, 3]);
    report::print(&shop, &subjects, &effects, &outcomes);
    let left = outcomes
        .iter()
        .filter(|(_, o)| matches!(o, trial::Outcome::Survived(_)));
    let left: Vec<usize> = left.map(|(n, _)| *n).collect();
    let again = survey::survey(&shop, &subjects, &left, 24);
    outcomes.extend(trial::run(root, &shop, &subjects, &again, &[8, 16]));
    effects.extend(again);
    report::print(&shop, &subjects, &effects, &outcomes);
    ExitCode::SUCCESS
}
