//! The four objectives of the ADBench suite: evaluated, differentiated, checked and measured.
//!
//! `cargo run --release --example adbench -- --help` lists the options. The objectives are in `gmm`, `lstm`,
//! `ba` and `hand`, written as for themselves alone, and annotated; `ours` calls what the annotation
//! generates; `hand_written` is what that is compared with.

mod ba;
mod cli;
mod evaluate;
mod gmm;
mod hand;
mod hand_written;
mod input;
mod lstm;
mod ours;
mod reference;
mod report;
mod synthetic;
mod timing;

use cli::Options;
use input::InputError;
use reference::{Block, Residuals, Scalar};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use timing::Effort;

/// Problems with what is known of them.
type Problems<P, R> = Vec<(P, Option<R>)>;

fn main() -> ExitCode {
    let options = match cli::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => return fail(&message),
    };
    if options.help {
        print!("{}", cli::HELP);
        return ExitCode::SUCCESS;
    }
    match Suite::read(&options) {
        Ok(suite) if suite.run(effort(&options)) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => fail(&error.to_string()),
    }
}

/// Reports that arguments or input are wrong.
fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(2)
}

/// How long to measure.
fn effort(options: &Options) -> Effort {
    if options.quick {
        Effort {
            budget: Duration::from_millis(50),
            rounds: 3,
        }
    } else {
        Effort {
            budget: Duration::from_millis(1000),
            rounds: 7,
        }
    }
}

/// All problems to be evaluated.
#[derive(Default)]
struct Suite {
    gmm: Problems<gmm::Problem, Scalar>,
    lstm: Problems<lstm::Problem, Scalar>,
    ba: Problems<ba::Problem, Block>,
    hand: Problems<hand::Problem, Residuals>,
}

impl Suite {
    /// Reads the files that come with the example, unless they are not wanted, and those of the user.
    fn read(options: &Options) -> Result<Suite, InputError> {
        let mut suite = Suite::default();
        if !options.only {
            suite.read_own(options.quick)?;
        }
        for path in &options.gmm {
            suite.gmm.push((input::gmm::read(path)?, None));
        }
        for path in &options.lstm {
            suite.lstm.push((input::lstm::read(path)?, None));
        }
        for path in &options.ba {
            suite.ba.push((input::ba::read(path)?, None));
        }
        for files in &options.hand {
            let problem = input::hand::read(
                &files.model,
                files.mirrored,
                &files.instance,
                files.complicated,
            )?;
            suite.hand.push((problem, None));
        }
        Ok(suite)
    }

    /// Reads the files that come with the example, or only the small ones, and makes up the sizes for which
    /// there is none.
    fn read_own(&mut self, only_small: bool) -> Result<(), InputError> {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
        let first = |small, all| if only_small { small } else { all };
        for (name, reference) in reference::GMM.into_iter().take(first(2, 3)) {
            let problem = input::gmm::read(&data.join("gmm").join(name))?;
            self.gmm.push((problem, Some(reference)));
        }
        for (name, reference) in reference::LSTM {
            let problem = input::lstm::read(&data.join("lstm").join(name))?;
            self.lstm.push((problem, Some(reference)));
        }
        for name in reference::BA.into_iter().take(first(1, 3)) {
            let problem = input::ba::read(&data.join("ba").join(name))?;
            self.ba.push((problem, Some(reference::BA_BLOCK)));
        }
        for (name, reference) in reference::HAND.into_iter().take(first(2, 4)) {
            let (model, instance) = (data.join("hand/model"), data.join("hand").join(name));
            let complicated = name.starts_with("complicated");
            let problem = input::hand::read(&model, false, &instance, complicated)?;
            self.hand.push((problem, Some(reference)));
        }
        if !only_small {
            self.gmm.push((synthetic::gmm(32, 50, 1000), None));
            self.gmm.push((synthetic::gmm(64, 10, 1000), None));
            self.lstm.push((synthetic::lstm(4, 1024, 14), None));
        }
        Ok(())
    }

    /// Evaluates everything and prints the tables. Returns whether all checks passed.
    fn run(&self, effort: Effort) -> bool {
        let mut passed = true;
        passed &= table(
            "GMM: log-posterior of a Gaussian mixture (derivative: gradient)",
            &self.gmm,
            |p, reference| evaluate::gmm::evaluate(p, reference, effort),
        );
        passed &= table(
            "LSTM: loss of a recurrent network (derivative: gradient)",
            &self.lstm,
            |p, reference| evaluate::lstm::evaluate(p, reference, effort),
        );
        passed &= table(
            "BA: residuals of bundle adjustment (value: their norm; derivative: 2 × 15 blocks)",
            &self.ba,
            |p, reference| evaluate::ba::evaluate(p, reference, effort),
        );
        passed &= table(
            "HAND: residuals of hand tracking (value: their norm; derivative: 26 or 28 columns)",
            &self.hand,
            |p, reference| evaluate::hand::evaluate(p, reference, effort),
        );
        passed
    }
}

/// Evaluates problems of one kind and prints their table, if there are any. Returns whether all checks passed.
fn table<P, R: Copy>(
    title: &str,
    problems: &Problems<P, R>,
    evaluate: impl Fn(&P, Option<R>) -> report::Row,
) -> bool {
    if problems.is_empty() {
        return true;
    }
    let rows: Vec<report::Row> = problems
        .iter()
        .map(|(problem, reference)| evaluate(problem, *reference))
        .collect();
    report::print_table(title, &rows)
}
