//! Which mutants change the expansions of which subjects.

use super::subjects::Subject;
use super::workshop::Workshop;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

/// An expansion that differs from that of the compiler as it is.
#[derive(Clone)]
pub struct Different {
    pub subject: usize,
    pub hash: String,
    pub length: usize,
}

/// What a mutant does to the expansions of all subjects.
#[derive(Clone, Default)]
pub struct Effects {
    /// How many expansions execute the place.
    pub executed: usize,
    /// Subjects on which the compiler panics, gives what does not parse, does not end, or rejects the function.
    pub loud: Vec<(usize, String)>,
    pub different: Vec<Different>,
}

/// So long may nothing be heard of a mutant.
const PATIENCE: Duration = Duration::from_secs(100);

/// Expands subjects with each mutant, until so many differ; in two processes.
pub fn survey(
    shop: &Workshop,
    subjects: &[Subject],
    mutants: &[usize],
    enough: usize,
) -> BTreeMap<usize, Effects> {
    tell(shop, subjects);
    let half = |k: usize| {
        mutants
            .iter()
            .copied()
            .skip(k)
            .step_by(2)
            .collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let [a, b] = [0, 1].map(|k| {
            let own = half(k);
            scope.spawn(move || one_half(shop, &own, enough))
        });
        let mut found = a.join().expect("no panic");
        found.extend(b.join().expect("no panic"));
        found
    })
}

fn one_half(shop: &Workshop, mutants: &[usize], enough: usize) -> BTreeMap<usize, Effects> {
    let mut found = BTreeMap::new();
    let mut left = mutants;
    while let Some(n) = one_run(shop, left, enough, &mut found) {
        let effects: &mut Effects = found.entry(n).or_default();
        effects.loud.push((0, "does not end".into()));
        let at = left.iter().position(|m| *m == n);
        left = at.map_or(&[], |k| &left[k + 1..]);
    }
    found
}

/// Writes the subjects where the copy of the compiler reads them.
pub fn tell(shop: &Workshop, subjects: &[Subject]) {
    let list: Vec<Value> = subjects.iter().map(Subject::json).collect();
    std::fs::write(shop.folder.join("subjects.json"), json!(list).to_string())
        .expect("the folder is ours");
}

/// The mutant at which the process ended too early.
fn one_run(
    shop: &Workshop,
    mutants: &[usize],
    enough: usize,
    found: &mut BTreeMap<usize, Effects>,
) -> Option<usize> {
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -v 8000000; exec \"$0\" survey \"$@\""])
        .arg(shop.program())
        .arg(enough.to_string())
        .args(mutants.iter().map(ToString::to_string))
        .current_dir(&shop.folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("what was built runs");
    let output = child.stdout.take().expect("it is piped");
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let lines = std::io::BufRead::lines(std::io::BufReader::new(output));
        for line in lines.map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    let mut current = None;
    // Until the process has ended, or says nothing for too long.
    while let Ok(line) = receive.recv_timeout(PATIENCE) {
        let value: Value = serde_json::from_str(&line).unwrap_or_default();
        let number = |key: &str| value[key].as_u64().map(|n| n as usize);
        if let Some(k) = number("broken") {
            println!("subject {k} {} without a mutation", value["what"]);
        } else if let Some(n) = number("start") {
            current = Some(n);
            if found.len() % 200 == 199 {
                println!("{} mutants expanded", found.len() + 1);
            }
            let effects: &mut Effects = found.entry(n).or_default();
            effects.executed += number("executed").unwrap_or(0);
        } else if number("end").is_some() {
            current = None;
        } else if let (Some(n), Some(subject)) = (number("mutant"), number("subject")) {
            let effects = found.entry(n).or_default();
            match value["what"].as_str() {
                Some(what) => effects.loud.push((subject, what.to_string())),
                None => effects.different.push(Different {
                    subject,
                    hash: value["hash"].as_str().unwrap_or_default().to_string(),
                    length: number("length").unwrap_or(0),
                }),
            }
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    current
}

/// The expansions of pairs of a mutant and a subject.
pub fn texts(shop: &Workshop, pairs: &[(usize, usize)]) -> Vec<String> {
    let mut child = Command::new(shop.program())
        .arg("write")
        .current_dir(&shop.folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("what was built runs");
    let mut input = child.stdin.take().expect("it is piped");
    let asked: String = pairs
        .iter()
        .map(|p| format!("{}\n", json!([p.0, p.1])))
        .collect();
    let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    let _ = writer.join();
    let text = String::from_utf8_lossy(&output.stdout).to_string();
    let texts: Vec<String> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap_or_default())
        .collect();
    assert_eq!(texts.len(), pairs.len(), "an expansion for each pair");
    texts
}
