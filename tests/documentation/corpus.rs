//! The functions of `tests/language`: which are annotated, which of them are proved, and what they are written in.

use std::collections::BTreeSet;
use std::path::Path;
use syn::visit::{self, Visit};

/// An annotated function. Its texts are its tokens without white space.
pub struct Function {
    pub name: String,
    /// Its attributes, generics, parameters and result.
    pub head: String,
    pub body: String,
    /// The head of the `impl` or `trait` that it stands in.
    pub owner: String,
    /// Proved: named in a line of the harness, or called by a function that is.
    pub proved: bool,
    /// Proved by its Hessian, too.
    pub twice: bool,
}

impl Function {
    /// Whether something is written in the body.
    pub fn has(&self, text: &str) -> bool {
        self.body.contains(&squeezed(text))
    }

    /// Whether something is written in the head.
    pub fn takes(&self, text: &str) -> bool {
        self.head.contains(&squeezed(text))
    }

    /// Whether a closure is an argument of a call by path; those of methods are mostly chains.
    pub fn hands_over_a_closure(&self) -> bool {
        let calls = self.body.match_indices("(|");
        calls.into_iter().any(|(at, _)| {
            let before =
                self.body[..at].trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
            before.len() < at && !before.ends_with('.')
        })
    }

    /// Whether the construct meets others here: in loops or branches, or differentiated twice.
    pub fn combines(&self) -> bool {
        let blocks = ["for", "while", "loop{", "if", "match"];
        let count: usize = blocks.iter().map(|b| self.body.matches(b).count()).sum();
        self.twice || count > 1
    }
}

/// All annotated functions of a folder of test files.
pub fn read(folder: &Path) -> Vec<Function> {
    let mut all = Collector::default();
    for file in std::fs::read_dir(folder).expect("the folder of the tests") {
        let path = file.expect("an entry of the folder").path();
        let harness = path.file_name().is_some_and(|n| n == "harness.rs");
        if harness || path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let file = syn::parse_file(&text).expect("a file that parses");
        all.visit_file(&file);
    }
    all.settle()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn text(tokens: impl quote::ToTokens) -> String {
    squeezed(&tokens.to_token_stream().to_string())
}

#[derive(Default)]
struct Collector {
    functions: Vec<Function>,
    proved: BTreeSet<String>,
    twice: BTreeSet<String>,
    owner: String,
    owner_annotated: bool,
}

fn is_annotated(attrs: &[syn::Attribute]) -> bool {
    let name = |a: &syn::Attribute| a.path().segments.last().map(|s| s.ident.to_string());
    attrs
        .iter()
        .any(|a| name(a).as_deref() == Some("differentiate"))
}

impl Collector {
    fn add(&mut self, attrs: &[syn::Attribute], sig: &syn::Signature, body: &syn::Block) {
        if !(self.owner_annotated || is_annotated(attrs)) {
            return;
        }
        let attrs: String = attrs.iter().map(text).collect();
        let head = attrs + &text(sig);
        let stated = head.contains("rule(") || head.contains("differentiate(custom");
        self.functions.push(Function {
            name: sig.ident.to_string(),
            // What has a derivative of its own is not looked into.
            body: if stated { String::new() } else { text(body) },
            head,
            owner: self.owner.clone(),
            proved: false,
            twice: false,
        });
    }

    fn inside(&mut self, attrs: &[syn::Attribute], head: String, visit: impl FnOnce(&mut Self)) {
        let annotated = std::mem::replace(&mut self.owner_annotated, is_annotated(attrs));
        let owner = std::mem::replace(&mut self.owner, head);
        visit(self);
        (self.owner, self.owner_annotated) = (owner, annotated);
    }

    /// Marks what is proved, and what it calls.
    fn settle(mut self) -> Vec<Function> {
        let called = |f: &Function, all: &[Function]| {
            let call = format!("{}(", f.name);
            all.iter().any(|g| g.proved && g.body.contains(&call))
        };
        for f in &mut self.functions {
            f.proved = self.proved.contains(&f.name);
            f.twice = self.twice.contains(&f.name);
        }
        loop {
            let reached = self.functions.iter().enumerate();
            let reached: Vec<usize> = reached
                .filter(|(_, f)| !f.proved && called(f, &self.functions))
                .map(|(k, _)| k)
                .collect();
            if reached.is_empty() {
                return self.functions;
            }
            for k in reached {
                self.functions[k].proved = true;
            }
        }
    }
}

impl<'a> Visit<'a> for Collector {
    fn visit_item_fn(&mut self, f: &'a syn::ItemFn) {
        self.add(&f.attrs, &f.sig, &f.block);
        visit::visit_item_fn(self, f);
    }

    fn visit_impl_item_fn(&mut self, f: &'a syn::ImplItemFn) {
        self.add(&f.attrs, &f.sig, &f.block);
        visit::visit_impl_item_fn(self, f);
    }

    fn visit_trait_item_fn(&mut self, f: &'a syn::TraitItemFn) {
        if let Some(body) = &f.default {
            self.add(&f.attrs, &f.sig, body);
        }
        visit::visit_trait_item_fn(self, f);
    }

    fn visit_item_impl(&mut self, i: &'a syn::ItemImpl) {
        let of = i.trait_.as_ref().map(|(_, path, _)| text(path) + "for");
        let head = format!("impl{}{}", of.unwrap_or_default(), text(&i.self_ty));
        self.inside(&i.attrs, head, |c| visit::visit_item_impl(c, i));
    }

    fn visit_item_trait(&mut self, t: &'a syn::ItemTrait) {
        let head = format!("trait{}", t.ident);
        self.inside(&t.attrs, head, |c| visit::visit_item_trait(c, t));
    }

    fn visit_macro(&mut self, m: &'a syn::Macro) {
        let name = m.path.segments.last().map(|s| s.ident.to_string());
        let name = name.unwrap_or_default();
        if !name.starts_with("prove") {
            return;
        }
        // `path::f(…)`: the name before the parameters.
        let mut last = String::new();
        for token in m.tokens.clone() {
            match token {
                proc_macro2::TokenTree::Ident(i) => last = i.to_string(),
                proc_macro2::TokenTree::Group(_) => break,
                _ => {}
            }
        }
        if name == "prove_hvp" {
            self.twice.insert(last.clone());
        }
        self.proved.insert(last);
    }
}
