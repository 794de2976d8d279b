//! The compiler itself, wrong on purpose: do its expansions show it, and does `chainrule::check`?
//!
//! ```text
//! cargo run --release -p fuzz --bin mutants -- --compiler [--files transform,analysis,rules] [--every N] [--survivors]
//! ```
//!
//! A copy of the compiler's source gets a switch at each place that may be spoilt, and at each formula of the rule table (`sites.rs`,
//! `formulas.rs`), and is compiled once (`workshop.rs`). The copy expands the subjects with one mutant on at a time (`survey.rs`). Where an expansion differs,
//! it is compiled and checked, smallest first, until a check finds it or so many have passed (`trial.rs`).

mod formulas;
mod forms;
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
    let every: usize = value("--every").and_then(|n| n.parse().ok()).unwrap_or(1);
    let shop = workshop::Workshop::build(root, &files);
    let chosen: Vec<usize> = (1..=shop.sites.len())
        .filter(|n| n % every.max(1) == 0 && shop.sites[n - 1].is_some())
        .collect();
    println!("{} mutants, {} places that do not compile", chosen.len(), shop.sites.iter().filter(|s| s.is_none()).count());
    let subjects = subjects::all(root);
    println!("{} expansions of subjects", subjects.len());
    let effects = survey::survey(&shop, &subjects, &chosen);
    let outcomes = trial::run(root, &shop, &subjects, &effects);
    report::print(&shop, &subjects, &effects, &outcomes);
    ExitCode::SUCCESS
}
