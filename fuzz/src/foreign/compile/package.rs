//! A copy of a package that can be built alone: its manifest, its sources without tests, and cargo.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use syn::spanned::Spanned;

/// A published package, copied.
pub struct Package {
    pub root: PathBuf,
    /// The file of the library's root module.
    lib: PathBuf,
    /// The folder of all builds.
    builds: PathBuf,
    /// The texts of its files, as they were.
    pub files: Vec<(PathBuf, String)>,
}

impl Package {
    /// Copies a package to a folder beneath `scratch`, with a dependency on the facade.
    pub fn copy(source: &Path, scratch: &Path, facade: &Path) -> io::Result<Package> {
        let name = source.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let root = scratch.join("crates").join(&name);
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        copy_folder(source, &root)?;
        let manifest = fs::read_to_string(source.join("Cargo.toml"))?;
        fs::write(root.join("Cargo.toml"), manifest_of(&manifest, facade))?;
        // The facade's dependencies are those of the repository: nothing has to be fetched for them.
        fs::copy(facade.join("Cargo.lock"), root.join("Cargo.lock"))?;
        let lib = root.join(library(&manifest));
        let mut files = Vec::new();
        let sources = root.join("src");
        crate::sources::walk(&sources, &mut files);
        files.sort();
        let mut texts = Vec::new();
        for path in files {
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let mut text = without_tests(&text.replace("\r\n", "\n").replace('\u{feff}', ""));
            if path == lib && is_of_first_edition(&manifest) {
                text = with_facade(&text);
            }
            fs::write(&path, &text)?;
            texts.push((path, text));
        }
        Ok(Package {
            lib,
            root,
            builds: scratch.join("build"),
            files: texts,
        })
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command
            .args(args)
            .args(["--lib", "--quiet"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.builds)
            .env_remove("RUSTFLAGS");
        command
    }

    /// What cargo says about the library, a message a line, and whether it builds.
    pub fn cargo(&self, args: &[&str]) -> (bool, String) {
        let mut command = self.command(args);
        let output = command.arg("--message-format=json").output();
        let output = output.expect("cargo runs");
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            text.push('\n');
            text += &String::from_utf8_lossy(&output.stderr);
        }
        (output.status.success(), text)
    }
}

impl Package {
    /// Makes a module of a file, for tests only; after all files have been written.
    pub fn add_module(&self, name: &str, file: &Path) -> io::Result<()> {
        let text = fs::read_to_string(&self.lib)?;
        let path = file.display();
        let module = format!("\n#[cfg(test)] #[path = \"{path}\"] mod {name};\n");
        fs::write(&self.lib, text + &module)
    }

    /// What a program of tests prints, until it ends or takes too long.
    pub fn test(&self, program: &str, patience: Duration) -> io::Result<String> {
        let printed = self.root.join("printed.txt");
        let mut child = Command::new(program)
            .args(["chainrule_check_", "--nocapture", "--test-threads=1"])
            .current_dir(&self.root)
            .stdout(fs::File::create(&printed)?)
            .stderr(Stdio::null())
            .spawn()?;
        let start = Instant::now();
        while child.try_wait()?.is_none() {
            if start.elapsed() > patience {
                child.kill()?;
                child.wait()?;
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        fs::read_to_string(&printed)
    }
}

/// Where the manifest says that the library begins.
fn library(manifest: &str) -> String {
    let section = manifest.split("\n[lib]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let path = section.lines().find_map(|l| {
        let path = l.strip_prefix("path = \"")?;
        Some(path.trim_end_matches('"').to_string())
    });
    path.unwrap_or_else(|| "src/lib.rs".into())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        // Folders of tests may need what isn't there.
        let left_out = ["target", "benches", "tests", "Cargo.lock", ".cargo"];
        if left_out.iter().any(|l| name == *l) {
            continue;
        }
        let to = to.join(&name);
        match path.is_dir() {
            true => copy_folder(&path, &to)?,
            false => drop(fs::copy(&path, &to)?),
        }
    }
    Ok(())
}

/// A published manifest, which cargo has normalised, without what only tests need; a package of its own, that depends on the facade.
fn manifest_of(text: &str, facade: &Path) -> String {
    let mut out = String::new();
    let named = |kind: &str| -> Vec<&str> {
        let headings = text.lines().filter_map(|l| {
            let rest = l.trim_matches(['[', ']']).strip_prefix(kind)?;
            l.starts_with('[')
                .then(|| rest.split('.').next().unwrap_or_default())
        });
        headings.collect()
    };
    let (tests, all) = (named("dev-dependencies."), named("dependencies."));
    // A feature may ask for one of a dependency that is gone.
    let is_gone = |line: &str| {
        let asked = line.trim().trim_start_matches('"');
        let of = asked.split_once('/').map_or("", |(name, _)| name);
        tests.contains(&of) && !all.contains(&of)
    };
    let mut skip = false;
    for line in text.lines() {
        if line.starts_with('[') {
            let heading = line.trim_matches(['[', ']']);
            let outside = [
                "dev-dependencies",
                "test",
                "bench",
                "example",
                "bin",
                "workspace",
            ];
            skip = outside.iter().any(|o| {
                heading == *o || heading.strip_prefix(o).is_some_and(|r| r.starts_with('.'))
            }) || (heading.starts_with("target.") && heading.contains(".dev-dependencies"));
        }
        if skip || is_gone(line) {
            continue;
        }
        if line != "[dependencies]" {
            out += line;
            out.push('\n');
        }
    }
    let path = facade.display();
    format!("{out}\n[dependencies.chainrule]\npath = \"{path}\"\n\n[workspace]\n")
}

/// The edition of 2015 stands for itself where there is none.
fn is_of_first_edition(manifest: &str) -> bool {
    let mut editions = manifest.lines().filter(|l| l.starts_with("edition = "));
    editions.all(|l| l == "edition = \"2015\"")
}

/// Paths that begin with `::` are those of the root module there: it names the facade.
fn with_facade(text: &str) -> String {
    let Ok(file) = syn::parse_file(text) else {
        return text.to_string();
    };
    let mut text = text.to_string();
    if let Some(first) = file.items.first() {
        let at = first.span().byte_range().start;
        text.insert_str(
            at,
            "#[allow(unused_extern_crates)] extern crate chainrule; ",
        );
    }
    text
}

/// The same text with blanks in the place of items that only tests have.
fn without_tests(text: &str) -> String {
    let Ok(file) = syn::parse_file(text) else {
        return text.to_string();
    };
    let mut ranges = Vec::new();
    tests(&file.items, &mut ranges);
    let mut out = text.as_bytes().to_vec();
    for range in ranges {
        let kept = |b: &u8| if *b == b'\n' { b'\n' } else { b' ' };
        let blank: Vec<u8> = out[range.clone()].iter().map(kept).collect();
        out[range].copy_from_slice(&blank);
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

fn tests(items: &[syn::Item], ranges: &mut Vec<std::ops::Range<usize>>) {
    for item in items {
        let attrs = match item {
            syn::Item::Fn(f) => &f.attrs,
            syn::Item::Mod(m) => &m.attrs,
            syn::Item::Use(u) => &u.attrs,
            syn::Item::Impl(i) => &i.attrs,
            syn::Item::Struct(s) => &s.attrs,
            syn::Item::Const(c) => &c.attrs,
            syn::Item::Macro(m) => &m.attrs,
            syn::Item::ExternCrate(e) => &e.attrs,
            _ => continue,
        };
        if attrs.iter().any(is_test) {
            ranges.push(item.span().byte_range());
        } else if let syn::Item::Mod(syn::ItemMod {
            content: Some((_, items)),
            ..
        }) = item
        {
            tests(items, ranges);
        }
    }
}

fn is_test(a: &syn::Attribute) -> bool {
    let condition = || match &a.meta {
        syn::Meta::List(l) => l.tokens.to_string(),
        _ => String::new(),
    };
    a.path().is_ident("test")
        || a.path().is_ident("bench")
        || (a.path().is_ident("cfg") && condition() == "test")
}
