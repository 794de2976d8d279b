//! What the copy of the compiler that holds all mutants does: it expands subjects with one mutant on at a time.

use crate::mutant;
use proc_macro2::TokenStream;
use serde_json::{Value, json};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Items, with what they are annotated with; those without stay as they are.
struct Subject(Vec<(Option<TokenStream>, TokenStream)>);

/// `survey ENOUGH N…`: of each of these mutants, the first so many subjects whose expansion
/// differs, among fifteen times as many. `write`: the expansions that standard input asks for.
pub fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let run = std::thread::Builder::new().stack_size(256 << 20).spawn(|| {
        let words: Vec<String> = std::env::args().collect();
        let subjects = subjects();
        match words.get(1).map(String::as_str) {
            Some("survey") => {
                let numbers = words[2..].iter().map(|w| w.parse().expect("a number"));
                let numbers: Vec<usize> = numbers.collect();
                survey(&subjects, &numbers[1..], numbers[0]);
            }
            _ => write(&subjects),
        }
    });
    run.expect("a thread")
        .join()
        .expect("no panic but those that are caught");
}

fn subjects() -> Vec<Subject> {
    let text = std::fs::read_to_string("subjects.json").expect("the subjects");
    let list: Value = serde_json::from_str(&text).expect("a list");
    let tokens = |v: &Value| -> TokenStream { v.as_str().expect("text").parse().expect("tokens") };
    let item = |v: &Value| {
        let modes = v[0].is_string().then(|| tokens(&v[0]));
        (modes, tokens(&v[1]))
    };
    let subject = |v: &Value| Subject(v.as_array().expect("items").iter().map(item).collect());
    list.as_array()
        .expect("a list")
        .iter()
        .map(subject)
        .collect()
}

/// The expansion, or what is wrong with it at first sight.
fn expand(s: &Subject) -> Result<String, &'static str> {
    let made = catch_unwind(AssertUnwindSafe(|| {
        let mut all = TokenStream::new();
        for (modes, item) in &s.0 {
            match modes {
                Some(modes) => all.extend(crate::differentiate(modes.clone(), item.clone())),
                None => all.extend(item.clone()),
            }
        }
        all
    }));
    let made = made.map_err(|_| "panics")?;
    let text = made.to_string();
    if text.contains("compile_error !") {
        return Err("rejected");
    }
    Ok(text)
}

fn parses(text: &str) -> bool {
    syn::parse_str::<syn::File>(text).is_ok()
}

fn survey(subjects: &[Subject], mutants: &[usize], enough: usize) {
    let mut executed = vec![Vec::new(); mutant::MOST];
    let mut whole = Vec::new();
    mutant::executed();
    for (k, s) in subjects.iter().enumerate() {
        // Whoever reads this has not waited for nothing.
        println!("{}", json!({"expanding": k}));
        mutant::switch(0);
        let text = expand(s);
        for n in mutant::executed() {
            executed[n].push(k);
        }
        if let Err(e) = text {
            println!("{}", json!({"broken": k, "what": e}));
        } else if text != expand(s) {
            println!(
                "{}",
                json!({"broken": k, "what": "differs from run to run"})
            );
        }
        whole.push(text);
    }
    let mut out = std::io::stdout().lock();
    for &n in mutants {
        // Whoever reads this knows what was looked at when the process dies.
        let _ = writeln!(
            out,
            "{}",
            json!({"start": n, "executed": executed[n].len()})
        );
        let _ = out.flush();
        let mut different = 0;
        // Each mutant begins with other subjects.
        let mut order = executed[n].clone();
        let turn = 31 * n % order.len().max(1);
        order.rotate_left(turn);
        for k in order.into_iter().take(15 * enough) {
            if whole[k].is_err() {
                continue;
            }
            if different >= enough {
                break;
            }
            mutant::switch(n);
            let text = expand(&subjects[k]);
            if text == whole[k] {
                continue;
            }
            different += 1;
            let line = match text {
                Err(what) => json!({"mutant": n, "subject": k, "what": what}),
                Ok(text) if !parses(&text) => {
                    json!({"mutant": n, "subject": k, "what": "does not parse"})
                }
                Ok(text) => {
                    let mut hasher = DefaultHasher::new();
                    text.hash(&mut hasher);
                    let hash = hasher.finish().to_string();
                    json!({"mutant": n, "subject": k, "hash": hash, "length": text.len()})
                }
            };
            let _ = writeln!(out, "{line}");
        }
        let _ = writeln!(out, "{}", json!({"end": n}));
    }
}

/// Each line of the input is a mutant and a subject.
fn write(subjects: &[Subject]) {
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let pair: Value = serde_json::from_str(&line).expect("a pair");
        let number = |k: usize| pair[k].as_u64().expect("a number") as usize;
        mutant::switch(number(0));
        println!(
            "{}",
            json!(expand(&subjects[number(1)]).unwrap_or_default())
        );
    }
}
