//! Derivatives that are wrong on purpose: does `chainrule::check` find them?
//!
//! ```text
//! cargo run --release -p fuzz --bin mutants -- [--every N]
//! ```
//!
//! The gradients of the functions in `subjects.rs`, one for each row of the rule table and some for what the transformations do, are
//! expanded, and each is spoilt in one place: a sign, a factor, an assignment where something is added, a statement left out (`spoil.rs`). What
//! still compiles is checked as a user would, by `check::gradient` at the subject's points. Mutants that survive are printed; they have to be
//! equivalent, and `docs/trust.md` says why they are.

mod run;
mod spoil;
mod subjects;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut mutants = Vec::new();
    for subject in subjects::all() {
        match spoil::mutants(&subject) {
            Ok(found) => mutants.extend(found),
            Err(message) => {
                eprintln!("{}: {message}", subject.name);
                return ExitCode::FAILURE;
            }
        }
    }
    let every = every();
    let kept = mutants.into_iter().enumerate();
    let kept = kept.filter(|(k, m)| k % every == 0 || m.change == spoil::NOTHING);
    let mutants: Vec<_> = kept.map(|(_, m)| m).collect();
    println!("{} mutants", mutants.len());
    let verdicts = run::verdicts(&mutants);
    let count = |wanted: run::Verdict| verdicts.iter().filter(|v| **v == wanted).count();
    for (mutant, verdict) in mutants.iter().zip(&verdicts) {
        if *verdict == run::Verdict::Survived {
            println!("survived: {}: {}", mutant.subject, mutant.change);
        }
    }
    println!(
        "{} found, {} survived, {} do not compile",
        count(run::Verdict::Found),
        count(run::Verdict::Survived),
        count(run::Verdict::Uncompiled),
    );
    // What is not spoilt has to pass.
    match mutants
        .iter()
        .zip(&verdicts)
        .find(|(m, v)| m.change == spoil::NOTHING && **v != run::Verdict::Survived)
    {
        Some((mutant, verdict)) => {
            eprintln!("{}: {verdict:?} without a change", mutant.subject);
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}

/// Each so many-th mutant is looked at.
fn every() -> usize {
    let words: Vec<String> = std::env::args().collect();
    let at = words.iter().position(|w| w == "--every");
    let n = at.and_then(|k| words.get(k + 1)?.parse().ok());
    n.unwrap_or(1).max(1)
}
