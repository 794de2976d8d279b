//! Which files are read, and the items in them.

use crate::Options;
use quote::ToTokens;
use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// The Rust files, in order, and of how many packages or folders they are.
pub fn files(options: &Options) -> (Vec<PathBuf>, usize) {
    let mut roots = options.directories.clone();
    if roots.is_empty() {
        roots = match () {
            () if options.all => unpacked(),
            () if options.published => published(),
            () => own(),
        };
    }
    let (mut files, mut packages) = (Vec::new(), 0);
    for root in roots {
        let before = files.len();
        walk(&root, &mut files);
        packages += usize::from(files.len() > before);
    }
    files.sort();
    (files.into_iter().step_by(options.every).collect(), packages)
}

pub fn repository() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// All packages that cargo has unpacked.
pub fn unpacked() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|h| Path::new(&h).join(".cargo")));
    let registries = home.map(|h| h.join("registry/src"));
    let entries = |dir: &Path| -> Vec<PathBuf> {
        let read = std::fs::read_dir(dir).into_iter().flatten();
        read.filter_map(|e| Some(e.ok()?.path())).collect()
    };
    let registries = registries.map(|r| entries(&r)).unwrap_or_default();
    registries.iter().flat_map(|r| entries(r)).collect()
}

/// The repository, and the packages that its lock file names.
fn own() -> Vec<PathBuf> {
    let root = repository();
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
    let mut names = Vec::new();
    let mut name = "";
    for line in lock.lines() {
        let value = |key: &str| line.strip_prefix(key)?.strip_suffix('"');
        if let Some(n) = value("name = \"") {
            name = n;
        }
        if let Some(version) = value("version = \"") {
            names.push(format!("{name}-{version}"));
        }
    }
    let mut roots: Vec<PathBuf> = unpacked()
        .into_iter()
        .filter(|p| {
            p.file_name()
                .is_some_and(|f| names.iter().any(|n| f == n.as_str()))
        })
        .collect();
    roots.extend(["ad-macros", "ad-runtime", "examples", "tests", "fuzz"].map(|d| root.join(d)));
    roots
}

/// The packages that `fuzz/published` names, if cargo has unpacked them.
fn published() -> Vec<PathBuf> {
    let manifest = repository().join("fuzz/published/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap_or_default();
    let pinned = |line: &str| {
        let (name, version) = line.split_once(" = \"=")?;
        Some(format!("{name}-{}", version.trim_end_matches('"')))
    };
    let pinned: Vec<String> = manifest.lines().filter_map(pinned).collect();
    let named = |p: &PathBuf| {
        let folder = p.file_name().unwrap_or_default().to_string_lossy();
        // Behind a `+` stands what does not count.
        let version = folder.split('+').next().unwrap_or_default();
        pinned.iter().any(|n| n == version)
    };
    let mut found: Vec<PathBuf> = unpacked().into_iter().filter(named).collect();
    found.sort();
    found
}

/// The packages that are named, by their folders or by what these begin with, or all published ones.
pub fn packages(options: &Options) -> Vec<PathBuf> {
    let all = published();
    if options.directories.is_empty() {
        return all;
    }
    let named = |p: &&PathBuf| {
        let folder = p.file_name().unwrap_or_default().to_string_lossy();
        let name = folder.rsplit_once('-').map_or("", |(name, _)| name);
        options.directories.iter().any(|d| d.as_os_str() == name)
    };
    all.iter().filter(named).cloned().collect()
}

pub fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() && path.file_name().is_none_or(|n| n != "target") {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// A function, or an `impl` or trait as a whole: its name and its tokens.
pub type Item = (String, proc_macro2::TokenStream);

/// The items of a file that the attribute might stand on, those of functions and modules in them included.
pub fn items(file: &syn::File) -> Vec<Item> {
    let mut found = Found(Vec::new());
    found.visit_file(file);
    found.0
}

struct Found(Vec<Item>);

impl Found {
    fn add(&mut self, name: &dyn ToTokens, item: &dyn ToTokens) {
        self.0
            .push((name.to_token_stream().to_string(), item.to_token_stream()));
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_fn(&mut self, f: &'ast syn::ItemFn) {
        self.add(&f.sig.ident, f);
        syn::visit::visit_item_fn(self, f);
    }

    fn visit_impl_item_fn(&mut self, f: &'ast syn::ImplItemFn) {
        self.add(&f.sig.ident, f);
        syn::visit::visit_impl_item_fn(self, f);
    }

    fn visit_trait_item_fn(&mut self, f: &'ast syn::TraitItemFn) {
        self.add(&f.sig.ident, f);
        syn::visit::visit_trait_item_fn(self, f);
    }

    fn visit_item_impl(&mut self, i: &'ast syn::ItemImpl) {
        self.add(&i.self_ty, i);
        syn::visit::visit_item_impl(self, i);
    }

    fn visit_item_trait(&mut self, t: &'ast syn::ItemTrait) {
        self.add(&t.ident, t);
        syn::visit::visit_item_trait(self, t);
    }

    fn visit_item_struct(&mut self, s: &'ast syn::ItemStruct) {
        self.add(&format!("derive {}", s.ident).parse_name(), s);
    }

    fn visit_item_enum(&mut self, e: &'ast syn::ItemEnum) {
        self.add(&format!("derive {}", e.ident).parse_name(), e);
    }
}

trait Name {
    fn parse_name(&self) -> proc_macro2::TokenStream;
}

impl Name for String {
    fn parse_name(&self) -> proc_macro2::TokenStream {
        self.parse().unwrap_or_default()
    }
}
