//! The process that does the work: feeds items to the macro, one after the other, and says a line about each.

use crate::Options;
use crate::mutate::{Rng, mutated};
use crate::sources::{self, Item};
use proc_macro2::TokenStream;
use std::io::Write;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// As much stack as rustc gives to a macro.
const STACK: usize = 8 << 20;
/// An expansion that computes for longer is reported.
const SLOW: Duration = Duration::from_secs(5);

pub fn work(files: &[PathBuf], from: (usize, usize), options: &Options) {
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        let all = || {
            for (k, path) in files.iter().enumerate().skip(from.0) {
                let first = if k == from.0 { from.1 } else { 0 };
                file(k, path, first, options);
            }
        };
        let thread = std::thread::Builder::new().stack_size(STACK);
        let handle = thread.spawn_scoped(scope, all).expect("a thread starts");
        let _ = handle.join();
    });
}

fn file(number: usize, path: &Path, first: usize, options: &Options) {
    let Ok(text) = std::fs::read_to_string(path) else {
        return;
    };
    let Ok(Ok(parsed)) = catch_unwind(|| syn::parse_file(&text)) else {
        return;
    };
    let items = sources::items(&parsed);
    let copies = 1 + options.mutate as usize;
    let mut say = std::io::stdout().lock();
    for at in first..items.len() * copies {
        let (name, tokens) = &items[at / copies];
        let seed = options.seed ^ ((number as u64) << 32) ^ at as u64;
        let tokens = match at % copies {
            0 => tokens.clone(),
            _ => mutated(tokens, &mut Rng(seed)),
        };
        let kind = if at % copies == 0 { "" } else { "mutated " };
        let _ = writeln!(
            say,
            "start\t{number}\t{at}\t{}\t{kind}{name}",
            path.display()
        );
        let _ = say.flush();
        let verdict = verdict(&(name.clone(), tokens), kind.is_empty());
        let _ = writeln!(say, "{verdict}");
    }
}

/// How long this thread has been computing: other work on the machine doesn't count, where the system says so.
fn busy() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = said.and_then(|s| s.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// `accepted`, `rejected`, `unparsed` (a mutation that is no item) or `broken`, a tab, and the reason.
fn verdict((name, tokens): &Item, whole: bool) -> String {
    let start = busy();
    let derive = name.starts_with("derive ");
    let expand = |tokens: TokenStream| {
        if derive {
            compiler::differentiable(tokens)
        } else {
            let modes = quote::quote!(forward, reverse, hessian);
            compiler::differentiate(modes, tokens)
        }
    };
    let out = catch_unwind(|| expand(tokens.clone()));
    let elapsed = busy().saturating_sub(start);
    let Ok(out) = out else {
        return "broken\tpanics".into();
    };
    if elapsed > SLOW {
        return format!("broken\ttakes {} s", elapsed.as_secs());
    }
    let parsed = parse(&out);
    let valid = whole || parse(tokens).is_ok();
    match parsed {
        Ok(()) => {}
        Err(_) if !valid => return "unparsed\tno item".into(),
        Err(e) => return format!("broken\tdoes not parse: {e}"),
    }
    match diagnostic(out) {
        Some(message) => format!("rejected\t{message}"),
        None => "accepted\t".into(),
    }
}

/// What the macro says against an item, if anything; an error if it panics or gives what doesn't parse.
pub fn expansion(item: &str, modes: &str, derive: bool) -> Result<Option<String>, String> {
    let expand = || {
        let item: TokenStream = item.parse().ok()?;
        Some(match derive {
            true => compiler::differentiable(item),
            false => compiler::differentiate(modes.parse().ok()?, item),
        })
    };
    let out = catch_unwind(expand).map_err(|_| "panics".to_string())?;
    let out = out.ok_or("is no item")?;
    parse(&out).map_err(|e| format!("does not parse: {e}"))?;
    Ok(diagnostic(out))
}

/// Whether tokens are items, or what stands in an `impl` or a trait.
fn parse(tokens: &TokenStream) -> Result<(), syn::Error> {
    let file = match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(_) => return Ok(()),
        Err(e) => e,
    };
    let in_trait = quote::quote!(trait T { #tokens });
    if syn::parse2::<syn::ItemTrait>(in_trait).is_ok() {
        return Ok(());
    }
    let in_impl = quote::quote!(impl T { #tokens });
    match syn::parse2::<syn::ItemImpl>(in_impl) {
        Ok(_) => Ok(()),
        Err(_) => Err(file),
    }
}

/// The text of the first `compile_error!`.
fn diagnostic(tokens: TokenStream) -> Option<String> {
    let mut last = String::new();
    for token in tokens {
        match &token {
            proc_macro2::TokenTree::Group(g) => {
                if last == "compile_error!" {
                    let text = syn::parse2::<syn::LitStr>(g.stream());
                    let text = text.map_or_else(|_| g.stream().to_string(), |t| t.value());
                    return Some(text.replace(['\n', '\t'], " "));
                }
                if let Some(found) = diagnostic(g.stream()) {
                    return Some(found);
                }
                last.clear();
            }
            proc_macro2::TokenTree::Ident(i) => last = i.to_string(),
            proc_macro2::TokenTree::Punct(p) if p.as_char() == '!' => last.push('!'),
            _ => last.clear(),
        }
    }
    None
}
