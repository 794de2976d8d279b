//! Random programs against the compiler: `cargo run --release -p fuzz --bin programs -- --seed 1 --count 400`.
//!
//! It fails if a program gives a wrong value or derivative, or crashes, or if the macro does. Programs whose generated code rustc rejects are
//! printed, made smaller and counted.

mod batch;
mod calls;
mod expansion;
mod expressions;
mod generate;
mod kinks;
mod messages;
mod reduce;
mod rng;
mod scope;
mod statements;
mod texts;

use batch::{Outcome, Workshop};
use std::collections::BTreeMap;
use std::process::ExitCode;

struct Options {
    seed: u64,
    first: u64,
    count: u64,
    batch: u64,
    reduce: bool,
    show: bool,
    /// In so many of a hundred programs, second derivatives are checked.
    second: u64,
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    campaign(&options)
}

const USAGE: &str = "programs [--seed N] [--first N] [--count N] [--batch N] [--second-order PERCENT] [--no-reduce] [--show]";

fn options() -> Result<Options, String> {
    let mut options = Options {
        seed: 1,
        first: 0,
        count: 100,
        batch: 200,
        reduce: true,
        show: false,
        second: 45,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || -> Result<u64, String> {
            let text = args.next().ok_or(format!("{arg} needs a number"))?;
            text.parse().map_err(|_| format!("{text} is no number"))
        };
        match arg.as_str() {
            "--seed" => options.seed = number()?,
            "--first" => options.first = number()?,
            "--count" => options.count = number()?,
            "--batch" => options.batch = number()?.max(1),
            "--second-order" => options.second = number()?.min(100),
            "--no-reduce" => options.reduce = false,
            "--show" => options.show = true,
            _ => return Err(format!("unknown argument {arg}")),
        }
    }
    Ok(options)
}

/// So many failures are made smaller in one run.
const SHRUNK: usize = 6;

#[derive(Default)]
struct Tally {
    passed: usize,
    inputs: usize,
    unsettled: usize,
    untested: usize,
    rejected: BTreeMap<String, usize>,
    invalid: BTreeMap<String, usize>,
    /// Wrong values or derivatives, crashes, expansions that don't parse.
    failures: usize,
    /// rustc rejects what is generated: no derivative at all, and so no wrong one.
    uncompiled: usize,
}

fn campaign(options: &Options) -> ExitCode {
    println!(
        "seed {}, programs {} to {}",
        options.seed,
        options.first,
        options.first + options.count
    );
    let workshop = Workshop::open().expect("there is room in target/fuzz");
    let mut tally = Tally::default();
    let (mut at, mut smaller) = (options.first, 0);
    let end = options.first + options.count;
    while at < end {
        let indices: Vec<u64> = (at..end.min(at + options.batch)).collect();
        at += options.batch;
        let programs: Vec<_> = indices
            .iter()
            .map(|k| generate::program(options.seed, *k, options.second as usize))
            .collect();
        if options.show {
            programs
                .iter()
                .for_each(|p| println!("{}", texts::annotated(p)));
            continue;
        }
        let outcomes = workshop.run(&programs);
        for ((index, program), outcome) in indices.iter().zip(&programs).zip(&outcomes) {
            tally.add(outcome);
            if let Outcome::Invalid(message) = outcome {
                println!("program {index} is none: {message}");
            }
            if outcome.kind().is_some() {
                println!("\nprogram {index} of seed {}: {outcome:?}", options.seed);
                println!("{}", texts::annotated(program));
                if options.reduce && smaller < SHRUNK {
                    smaller += 1;
                    let (program, outcome) = reduce::reduce(&workshop, program, outcome);
                    println!(
                        "made smaller: {outcome:?}\n{}",
                        texts::test(&program, index, &outcome)
                    );
                }
            }
        }
        println!("{}", tally.line());
    }
    tally.report();
    if tally.failures == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        let short = |m: &str| m.lines().next().unwrap_or("").to_string();
        match outcome {
            Outcome::Passed(0, 0) => self.untested += 1,
            Outcome::Passed(checked, unsettled) => {
                self.passed += 1;
                self.inputs += checked;
                self.unsettled += unsettled;
            }
            Outcome::Rejected(m) => *self.rejected.entry(short(m)).or_default() += 1,
            Outcome::Invalid(m) => *self.invalid.entry(short(m)).or_default() += 1,
            Outcome::Uncompiled(_) => self.uncompiled += 1,
            _ => self.failures += 1,
        }
    }

    fn line(&self) -> String {
        format!(
            "{} passed at {} inputs ({} more where differences don't settle), {} at kinks, {} rejected, {} invalid, {} that rustc rejects, {} failed",
            self.passed,
            self.inputs,
            self.unsettled,
            self.untested,
            self.rejected.values().sum::<usize>(),
            self.invalid.values().sum::<usize>(),
            self.uncompiled,
            self.failures
        )
    }

    fn report(&self) {
        for (title, table) in [("rejected", &self.rejected), ("invalid", &self.invalid)] {
            for (message, count) in table {
                println!("{title} {count:5}  {message}");
            }
        }
    }
}
