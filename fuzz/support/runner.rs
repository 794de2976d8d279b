//! Runs the programs of a batch, and says one line about each.
use crate::kinks;
use std::cell::RefCell;
use std::panic::{UnwindSafe, catch_unwind};

/// A point nearer to a kink than this is left out.
const CLEAR: f64 = 0.02;
/// So many inputs of a program are checked.
const ENOUGH: usize = 2;

thread_local! {
    static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

fn quietly(f: impl FnOnce() + UnwindSafe) -> Result<(), String> {
    catch_unwind(f).map_err(|_| MESSAGE.take())
}

/// Checks the programs, from the one on whose index is the first argument of the command line.
pub fn run(programs: &[(&str, fn(usize), fn(usize), usize)]) {
    std::panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or("a panic without a text");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        MESSAGE.replace(format!("{text} ({place})"));
    }));
    let first = std::env::args().nth(1).and_then(|a| a.parse().ok());
    for (name, plain, check, sets) in programs.iter().skip(first.unwrap_or(0)) {
        println!("start\t{name}");
        println!("{}", one(name, *plain, *check, *sets));
    }
}

fn one(name: &str, plain: fn(usize), check: fn(usize), sets: usize) -> String {
    let (mut checked, mut unsettled) = (0, 0);
    for set in 0..sets {
        kinks::reset();
        if quietly(|| plain(set)).is_err() || kinks::margin() < CLEAR {
            continue;
        }
        match quietly(|| check(set)) {
            Ok(()) => checked += 1,
            Err(e) if e.contains("differences don't settle") => unsettled += 1,
            Err(e) if e.contains("the test needs an input") => {}
            Err(e) => return format!("fail\t{name}\t{set}\t{}", e.replace(['\n', '\t'], " ")),
        }
        if checked + unsettled == ENOUGH {
            break;
        }
    }
    format!("pass\t{name}\t{checked}\t{unsettled}")
}
