//! Code that nobody wrote for the compiler: every function of published crates, and functions with mutated tokens.
//!
//! ```text
//! cargo run --release -p fuzz --bin foreign -- [--all | --published] [--every N] [--mutate N] [--seed N] [DIRECTORY …]
//! cargo run --release -p fuzz --bin foreign -- --compile [--modes LIST] [PACKAGE …]
//! ```
//!
//! Without a directory, the repository's own sources and those of its dependencies are read; with `--all`, everything that cargo has
//! unpacked, with `--published` the packages that `fuzz/published` names, and with `--every N` each N-th file only. The macro may accept or reject a function, each within the time limit; it may not panic, hang, end the process, or
//! give what doesn't parse.
//!
//! With `--compile`, packages that `fuzz/published` names are annotated as a whole and compiled; see `compile`.

mod compile;
mod feed;
mod mutate;
mod sources;
mod table;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// So long may one function take before the process that expands it is ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// How an item is fed.
#[derive(Clone)]
pub struct Options {
    pub all: bool,
    pub every: usize,
    pub mutate: u64,
    pub seed: u64,
    /// Only the packages that `fuzz/published` names.
    pub published: bool,
    /// Annotates packages as a whole, and compiles them.
    pub compile: bool,
    /// The modes of the attribute there.
    pub modes: String,
    pub directories: Vec<PathBuf>,
    /// For the process that does the work: from which file and item on.
    from: Option<(usize, usize)>,
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    if options.compile {
        let packages = sources::packages(&options);
        if packages.len() < options.directories.len().max(1) {
            eprintln!("not all of these packages are named by `fuzz/published` and fetched");
            return ExitCode::FAILURE;
        }
        return match compile::run(&packages, &options.modes) {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        };
    }
    let (files, packages) = sources::files(&options);
    if let Some(from) = options.from {
        feed::work(&files, from, &options);
        return ExitCode::SUCCESS;
    }
    println!(
        "{} files of {packages} packages, seed {}",
        files.len(),
        options.seed
    );
    let mut table = table::Table::default();
    let mut from = (0, 0);
    while let Some(next) = one_process(from, &mut table) {
        from = next;
    }
    table.print();
    if table.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        all: false,
        every: 1,
        mutate: 0,
        seed: 1,
        published: false,
        compile: false,
        modes: String::new(),
        directories: Vec::new(),
        from: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || -> Result<u64, String> {
            let text = args.next().ok_or(format!("{arg} needs a number"))?;
            text.parse().map_err(|_| format!("{text} is no number"))
        };
        match arg.as_str() {
            "--published" => options.published = true,
            "--compile" => options.compile = true,
            "--modes" => options.modes = args.next().unwrap_or_default(),
            "--all" => options.all = true,
            "--every" => options.every = number()?.max(1) as usize,
            "--mutate" => options.mutate = number()?,
            "--seed" => options.seed = number()?,
            "--from" => options.from = Some((number()? as usize, number()? as usize)),
            _ if arg.starts_with("--") => return Err(format!("unknown argument {arg}")),
            _ => options.directories.push(arg.into()),
        }
    }
    Ok(options)
}

/// Lets a process feed all items from one on; where to go on if it ended before.
fn one_process(from: (usize, usize), table: &mut table::Table) -> Option<(usize, usize)> {
    let program = std::env::current_exe().expect("a program has a path");
    let mut child = Command::new(program)
        .args(std::env::args().skip(1))
        .args(["--from", &from.0.to_string(), &from.1.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs itself");
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    let mut current = None;
    let ended = loop {
        match receive.recv_timeout(PATIENCE) {
            Ok(line) => match line.split_once('\t') {
                Some(("start", rest)) => current = Some(rest.to_string()),
                Some((verdict, rest)) => {
                    table.add(verdict, rest, current.take().as_deref().unwrap_or(""));
                }
                None => {}
            },
            Err(mpsc::RecvTimeoutError::Timeout) => break "hangs",
            Err(mpsc::RecvTimeoutError::Disconnected) => break "ends the process",
        }
    };
    let _ = child.kill();
    let _ = child.wait();
    let current = current?;
    table.add("broken", ended, &current);
    let mut position = current.split('\t').filter_map(|p| p.parse::<usize>().ok());
    Some((position.next()?, position.next()? + 1))
}
