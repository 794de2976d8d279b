//! From the text of a function to what each stage makes of it.

use crate::analysis::activity::{Activity, analyse};
use crate::analysis::propagate::propagate;
use crate::analysis::structure::structure;
use crate::diagnostics::Errors;
use crate::ir::*;
use crate::lower::{Generics, lower};
use crate::transform::adjoint::{Adjoint, Mode, Sweeps};
use crate::transform::needs::Needs;
use crate::transform::nodes::{Node, Save, Scope, prepare};
use crate::transform::tangent::Tangent;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// What is generated for all annotated functions and `impl` blocks of a file, the originals and what `keep` rejects left out.
pub fn expand_text(source: &str, keep: fn(&syn::Item) -> bool) -> String {
    let file = syn::parse_file(source).expect("the test's source parses");
    let items = file.items.into_iter();
    let expanded = items.map(|i| expand_item(i, keep)).collect::<Vec<_>>();
    expanded.join("\n")
}

/// Whether an item is a form with wide shadows.
pub fn is_wide(item: &syn::Item) -> bool {
    matches!(item, syn::Item::Fn(f) if f.sig.ident.to_string().contains("_wide"))
}

fn expand_item(item: syn::Item, keep: fn(&syn::Item) -> bool) -> String {
    let (attr, item) = take_attribute(item);
    let original = clean(&item);
    let out =
        crate::expand::differentiate(attr, item.to_token_stream(), &quote::quote!(::chainrule));
    match syn::parse2::<syn::File>(out.clone()) {
        Ok(file) => {
            let companions = file
                .items
                .into_iter()
                .filter(|i| clean(i) != original && keep(i))
                .collect();
            prettyplease::unparse(&syn::File {
                shebang: None,
                attrs: Vec::new(),
                items: companions,
            })
        }
        Err(error) => format!("does not parse: {error}\n{out}\n"),
    }
}

/// An item as text, without our marks.
fn clean(item: &syn::Item) -> String {
    item.to_token_stream()
        .to_string()
        .replace("# [constant] ", "")
}

fn take_attribute(mut item: syn::Item) -> (TokenStream, syn::Item) {
    let attrs = match &mut item {
        syn::Item::Fn(f) => &mut f.attrs,
        syn::Item::Impl(i) => &mut i.attrs,
        other => panic!("not an item to differentiate: {}", other.to_token_stream()),
    };
    let k = attrs
        .iter()
        .position(|a| a.path().is_ident("differentiate"))
        .expect("the item is annotated");
    let attr = attrs.remove(k);
    (
        attr.meta
            .require_list()
            .map(|l| l.tokens.clone())
            .unwrap_or_default(),
        item,
    )
}

/// A function on its way through the compiler.
pub struct Stages {
    pub lowered: Func,
    pub structured: Func,
    pub activity: Activity,
    active: Vec<VarId>,
}

impl Stages {
    pub fn of(source: &str) -> Stages {
        let f: syn::ItemFn = syn::parse_str(source).expect("the test's source parses");
        let mut generics = Generics::default();
        generics.read(&f.sig.generics);
        let mut errors = Errors::default();
        let lowered = lower(
            &f.sig,
            &f.block,
            generics,
            &quote::quote!(::chainrule),
            &mut errors,
        )
        .func;
        assert!(errors.is_empty(), "{}", errors.to_tokens());
        let mut structured = lowered.clone();
        structured.body = structure(structured.body);
        propagate(&mut structured);
        let may = |v: &&VarId| !lowered.var(**v).constant && !lowered.var(**v).ty.is_constant();
        let active: Vec<VarId> = lowered.params.iter().filter(may).copied().collect();
        let written = |v: &&VarId| matches!(lowered.var(**v).ty, Ty::Ref(true, _));
        let outputs: Vec<VarId> = active.iter().filter(written).copied().collect();
        let activity = analyse(&structured, &active, &outputs);
        Stages {
            lowered,
            structured,
            activity,
            active,
        }
    }

    pub fn lowered(&self) -> String {
        print_func(&self.lowered)
    }

    pub fn structured(&self) -> String {
        print_func(&self.structured)
    }

    /// The active variables, by name.
    pub fn active(&self) -> String {
        let func = &self.structured;
        let all = (0..func.vars.len())
            .map(VarId)
            .filter(|v| self.activity.var(*v));
        all.map(|v| func.var(v).name.clone())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// What each scope records, computes again and saves for its reverse; the function's own values stay alive.
    pub fn needs(&self) -> String {
        let (mut func, mut activity) = (self.structured.clone(), self.activity.clone());
        let mut scope = prepare(&mut func, &mut activity, false);
        scope.inline = true;
        let facts = Needs::run(&func, &activity, &mut scope);
        let mut needed: Vec<VarId> = facts.needed.iter().copied().collect();
        needed.sort();
        let mut out = format!("needed: {}\n", names(&func, &needed));
        scope_facts(&func, "function", &scope, 0, &mut out);
        out
    }

    pub fn tangent(&self) -> String {
        let mut tangent = Tangent::new(self.structured.clone(), self.activity.clone());
        self.active.iter().for_each(|v| {
            tangent.dot(*v);
        });
        let body = tangent.block(self.structured.body.clone());
        print_block(&tangent.func, &body)
    }

    /// The two sweeps.
    pub fn adjoint(&self) -> (String, String) {
        let mut adjoint = Adjoint::new(self.structured.clone(), self.activity.clone(), Mode::Joint);
        self.active.iter().for_each(|v| {
            adjoint.bar(*v);
        });
        let Sweeps { forward, reverse } = adjoint.run();
        (
            print_block(&adjoint.func, &forward),
            print_block(&adjoint.func, &reverse),
        )
    }

    /// Everything, one stage under the other.
    pub fn report(&self) -> String {
        let (forward, reverse) = self.adjoint();
        let parts = [
            ("lowered", self.lowered()),
            ("structured", self.structured()),
            ("active", self.active() + "\n"),
            ("needs", self.needs()),
            ("tangent", self.tangent()),
            ("adjoint, forward sweep", forward),
            ("adjoint, reverse sweep", reverse),
        ];
        parts
            .iter()
            .map(|(title, text)| format!("-- {title}\n{text}"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn names(func: &Func, vars: &[VarId]) -> String {
    let names: Vec<&str> = vars.iter().map(|v| func.var(*v).name.as_str()).collect();
    if names.is_empty() {
        "nothing".into()
    } else {
        names.join(", ")
    }
}

fn scope_facts(func: &Func, title: &str, scope: &Scope, depth: usize, out: &mut String) {
    let redo: Vec<VarId> = scope.redo.iter().map(|(v, _)| *v).collect();
    let mut saved = Vec::new();
    let own = |n: &Node| {
        saves(n)
            .iter()
            .filter(|s| s.wanted)
            .map(|s| s.old)
            .collect::<Vec<_>>()
    };
    scope.nodes.iter().for_each(|n| saved.extend(own(n)));
    let mut facts = Vec::new();
    for (word, vars) in [
        ("records", &scope.record),
        ("recomputes", &redo),
        ("saves", &saved),
    ] {
        if !vars.is_empty() {
            facts.push(format!("{word} {}", names(func, vars)));
        }
    }
    let facts = if facts.is_empty() {
        "keeps nothing".into()
    } else {
        facts.join("; ")
    };
    *out += &format!("{}{title}: {facts}\n", "  ".repeat(depth));
    for n in &scope.nodes {
        for (title, inner) in titled(n) {
            scope_facts(func, title, inner, depth + 1, out);
        }
    }
}

fn saves(n: &Node) -> Vec<&Save> {
    match n {
        Node::Assign { save, .. } | Node::Container { save, .. } => vec![save],
        Node::Call { saves, .. } => saves.iter().collect(),
        _ => Vec::new(),
    }
}

fn titled(n: &Node) -> Vec<(&'static str, &Scope)> {
    match n {
        Node::Loop {
            body,
            counted: true,
            ..
        } => vec![("loop that counts its trips", body)],
        Node::Loop { body, .. } => vec![("loop", body)],
        Node::If {
            then, els, stable, ..
        } => {
            vec![
                (
                    if *stable {
                        "then, condition asked again"
                    } else {
                        "then"
                    },
                    then,
                ),
                ("else", els),
            ]
        }
        Node::Rest(body) => vec![("rest", body)],
        Node::Labeled { body, .. } => vec![("labelled block", body)],
        _ => Vec::new(),
    }
}

/// What our macros make of all that they are written on in a file, in text: with the errors.
pub fn expand_macros(source: &str) -> String {
    let source = format!("fn example() {{ {source} }}");
    let file = syn::parse_file(&source).expect("the example parses");
    let mut all = Macros(String::new());
    syn::visit::Visit::visit_file(&mut all, &file);
    all.0
}

struct Macros(String);

impl Macros {
    /// Expands the attribute or the derive of an item, if it has one.
    fn item(&mut self, attrs: &[syn::Attribute], item: &impl ToTokens) {
        let facade = quote::quote!(::chainrule);
        let own = "# [differentiate";
        for a in attrs {
            let out = match &a.meta {
                meta if meta.path().is_ident("differentiate") => {
                    let attr = match meta {
                        syn::Meta::List(l) => l.tokens.clone(),
                        _ => TokenStream::new(),
                    };
                    // The attribute itself is the first of the item's tokens.
                    let rest = item.to_token_stream().into_iter().skip(2).collect();
                    assert!(item.to_token_stream().to_string().starts_with(own));
                    crate::expand::differentiate(attr, rest, &facade)
                }
                syn::Meta::List(l) if l.tokens.to_string().contains("Differentiable") => {
                    crate::derive::differentiable(item.to_token_stream(), &facade)
                }
                _ => continue,
            };
            self.0 += &out.to_string();
        }
    }
}

impl<'a> syn::visit::Visit<'a> for Macros {
    fn visit_item(&mut self, i: &'a syn::Item) {
        match i {
            syn::Item::Fn(f) => self.item(&f.attrs, f),
            syn::Item::Impl(b) => self.item(&b.attrs, b),
            syn::Item::Trait(t) => self.item(&t.attrs, t),
            syn::Item::Struct(s) => self.item(&s.attrs, s),
            syn::Item::Enum(e) => self.item(&e.attrs, e),
            syn::Item::Union(u) => self.item(&u.attrs, u),
            _ => {}
        }
        syn::visit::visit_item(self, i);
    }

    fn visit_impl_item_fn(&mut self, m: &'a syn::ImplItemFn) {
        self.item(&m.attrs, m);
        syn::visit::visit_impl_item_fn(self, m);
    }

    fn visit_macro(&mut self, m: &'a syn::Macro) {
        if m.path.is_ident("chain") {
            let out = crate::chain::chain(m.tokens.clone(), &quote::quote!(::chainrule));
            self.0 += &out.to_string();
        }
    }
}

/// The files of Rust under a folder, with their text.
pub fn sources(folder: &std::path::Path) -> Vec<(std::path::PathBuf, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("a file of sources");
            all.push((path, text));
        }
    }
    all
}
