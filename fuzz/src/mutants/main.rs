//! Derivatives that are wrong on purpose: does `chainrule::check` find them?
//!
//! ```text
//! cargo run --release -p fuzz --bin mutants -- [--every N]
//! cargo run --release -p fuzz --bin mutants -- --compiler [--every N]   # the compiler itself, see `compiler.rs`
//! ```
//!
//! The gradients of the functions in `subjects.rs`, one for each row of the rule table and some for what the transformations do, are
//! expanded, and each is spoilt in one place: a sign, a factor, an assignment where something is added, a statement left out (`spoil.rs`). What
//! still compiles is checked as a user would, by `check::gradient` at the subject's points. Mutants that survive are printed; they have to be
//! equivalent, and `docs/trust.md` says why they are.

mod compiler;
mod run;
mod spoil;
mod subjects;

use run::Verdict;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if words.iter().any(|w| w == "--compiler") {
        return compiler::run(&words);
    }
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
    let place = run::Place {
        name: "mutants",
        head: "",
    };
    let cases: Vec<_> = mutants.iter().map(case).collect();
    let verdicts = run::verdicts(&place, &cases);
    // What is not spoilt has to pass.
    let (whole, spoilt): (Vec<_>, Vec<_>) = mutants
        .iter()
        .zip(verdicts)
        .partition(|(m, _)| m.change == spoil::NOTHING);
    if let Some((mutant, verdict)) = whole.iter().find(|(_, v)| *v != Verdict::Survived) {
        eprintln!("{}: {verdict:?} without a change", mutant.subject);
        return ExitCode::FAILURE;
    }
    let of = |wanted: Verdict| spoilt.iter().filter(move |(_, v)| *v == wanted);
    for (mutant, _) in of(Verdict::Survived) {
        println!("survived: {}: {}", mutant.subject, mutant.change);
    }
    println!(
        "of {} functions: {} found, {} survived, {} do not compile",
        whole.len(),
        of(Verdict::Found).count(),
        of(Verdict::Survived).count(),
        of(Verdict::Uncompiled).count(),
    );
    ExitCode::SUCCESS
}

/// A mutant with its check.
fn case(m: &spoil::Mutant) -> run::Case {
    let (code, points) = (&m.code, m.points);
    run::Case {
        code: format!(
            "{code}\npub fn check() -> bool {{\n    let points: &[[f64; 3]] = {points};\n    points.iter().all(|x| chainrule::check::gradient(x, |x| f(x), |x| f_gradient(x)).is_ok())\n}}\n"
        ),
    }
}

/// Each so many-th mutant is looked at.
fn every() -> usize {
    let words: Vec<String> = std::env::args().collect();
    let at = words.iter().position(|w| w == "--every");
    let n = at.and_then(|k| words.get(k + 1)?.parse().ok());
    n.unwrap_or(1).max(1)
}
