//! What came of the items, as a table.

use std::collections::BTreeMap;

#[derive(Default)]
pub struct Table {
    accepted: usize,
    unparsed: usize,
    rejected: BTreeMap<String, usize>,
    /// What the macro may not do.
    pub failures: Vec<String>,
}

impl Table {
    pub fn add(&mut self, verdict: &str, reason: &str, item: &str) {
        match verdict {
            "accepted" => self.accepted += 1,
            "unparsed" => self.unparsed += 1,
            "rejected" => *self.rejected.entry(general(reason)).or_default() += 1,
            _ => {
                let line = format!("{reason}: {item}");
                println!("{line}");
                self.failures.push(line);
            }
        }
    }

    pub fn print(&self) {
        let rejected: usize = self.rejected.values().sum();
        println!("\n| verdict | items |\n|---|---|");
        println!("| accepted | {} |", self.accepted);
        println!("| rejected | {rejected} |");
        println!("| mutated into no item | {} |", self.unparsed);
        println!(
            "| panics, hangs, tokens that don't parse | {} |",
            self.failures.len()
        );
        println!("\n| rejected because | items |\n|---|---|");
        let mut reasons: Vec<_> = self.rejected.iter().collect();
        reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), (*reason).clone()));
        for (reason, count) in reasons {
            println!("| {reason} | {count} |");
        }
    }
}

/// A diagnostic without what it quotes.
pub fn general(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    let mut out = String::new();
    for (k, part) in parts.iter().enumerate() {
        match k % 2 {
            0 => out += part,
            _ => out += "`…`",
        }
    }
    let end = out.find(" help: ").unwrap_or(out.len());
    out[..end].to_string()
}
