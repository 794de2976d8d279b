//! What of a crate is annotated: functions, methods, operators and types with real numbers in them, where they stand, and what is
//! written there.

use super::reals::Reals;
use quote::ToTokens;
use std::ops::Range;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;

/// What is annotated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Function,
    Method,
    /// The `impl` of an operator, or of another trait of std that the macro knows.
    Operator,
    /// A struct or an enum gets the derive.
    Type,
}

/// Something that may be annotated, and how.
#[derive(Clone)]
pub struct Candidate {
    pub file: PathBuf,
    pub name: String,
    pub kind: Kind,
    /// The item in the original text.
    pub range: Range<usize>,
    /// What is put in where.
    pub insertions: Vec<(usize, String)>,
    /// The item as the macro gets it.
    pub tokens: String,
    /// Its signature, for a free function.
    pub sig: Option<Box<syn::Signature>>,
}

/// The path of the attribute and of the derive.
const ATTRIBUTE: &str = "#[::chainrule::differentiate";
const DERIVE: &str = "::chainrule::Differentiable";
const CLONE: &str = "::core::clone::Clone";

/// The `impl`s that are annotated as a whole.
const OPERATORS: [&str; 16] = [
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Rem",
    "Neg",
    "AddAssign",
    "SubAssign",
    "MulAssign",
    "DivAssign",
    "Index",
    "IndexMut",
    "From",
    "Sum",
    "Deref",
    "DerefMut",
];

/// Finds all that may be annotated in a file.
pub struct Finder<'a> {
    pub path: &'a Path,
    pub text: &'a str,
    pub reals: &'a Reals,
    pub modes: &'a str,
    pub found: Vec<Candidate>,
}

impl Finder<'_> {
    pub fn items(&mut self, items: &[syn::Item]) {
        for item in items {
            match item {
                syn::Item::Fn(f) => self.function(f),
                syn::Item::Mod(m) => {
                    if let Some((_, items)) = &m.content {
                        self.items(items);
                    }
                }
                syn::Item::Impl(i) if i.trait_.is_none() => self.methods(i),
                syn::Item::Impl(i) => self.operator(i),
                syn::Item::Struct(s) => {
                    let start = start_of(&s.vis, &s.struct_token);
                    self.type_of(
                        (&s.ident, &s.attrs, &s.generics),
                        start,
                        s.span(),
                        s.fields.iter(),
                    );
                }
                syn::Item::Enum(e) => {
                    let start = start_of(&e.vis, &e.enum_token);
                    let fields = e.variants.iter().flat_map(|v| v.fields.iter());
                    self.type_of((&e.ident, &e.attrs, &e.generics), start, e.span(), fields);
                }
                _ => {}
            }
        }
    }

    /// `#[…::differentiate(modes)] `.
    fn attribute(&self) -> String {
        match self.modes {
            "" => format!("{ATTRIBUTE}] "),
            modes => format!("{ATTRIBUTE}({modes})] "),
        }
    }

    fn function(&mut self, f: &syn::ItemFn) {
        let reals = self.reals.with_generics(&f.sig.generics);
        if !reals.in_signature(&f.sig) {
            return;
        }
        let mut marked = f.clone();
        let mut insertions = vec![(start_of(&f.vis, &f.sig), self.attribute())];
        insertions.extend(mark_constants(&reals, &mut marked.sig));
        self.found.push(Candidate {
            file: self.path.to_path_buf(),
            name: f.sig.ident.to_string(),
            kind: Kind::Function,
            range: f.span().byte_range(),
            insertions,
            tokens: marked.to_token_stream().to_string(),
            sig: Some(Box::new(f.sig.clone())),
        });
    }

    /// Methods are annotated one by one; where the `impl` is generic, each gets an `impl` of its own.
    fn methods(&mut self, i: &syn::ItemImpl) {
        let mut reals = self.reals.with_generics(&i.generics);
        reals.own = reals.has(&i.self_ty);
        reals.own_shadowed = reals.may_hold(&i.self_ty);
        let owner = i.self_ty.to_token_stream().to_string();
        let generic = !i.generics.params.is_empty();
        let header = header(i);
        for item in &i.items {
            let syn::ImplItem::Fn(m) = item else { continue };
            let reals = reals.with_generics(&m.sig.generics);
            if !reals.in_signature(&m.sig) {
                continue;
            }
            let mut marked = m.clone();
            let mut insertions = mark_constants(&reals, &mut marked.sig);
            let range = m.span().byte_range();
            let method = marked.to_token_stream();
            let tokens = match generic {
                true => {
                    let open = format!("}} {}{header} {{ ", self.attribute());
                    insertions.insert(0, (range.start, open));
                    insertions.push((range.end, format!(" }} {header} {{ ")));
                    format!("{header} {{ {method} }}")
                }
                false => {
                    insertions.insert(0, (start_of(&m.vis, &m.sig), self.attribute()));
                    method.to_string()
                }
            };
            self.found.push(Candidate {
                file: self.path.to_path_buf(),
                name: format!("{owner}::{}", m.sig.ident),
                kind: Kind::Method,
                range,
                insertions,
                tokens,
                sig: None,
            });
        }
    }

    fn operator(&mut self, i: &syn::ItemImpl) {
        let Some((None, path, _)) = &i.trait_ else {
            return;
        };
        let Some(last) = path.segments.last() else {
            return;
        };
        let reals = self.reals.with_generics(&i.generics);
        if !OPERATORS.iter().any(|o| last.ident == o) || !reals.has(&i.self_ty) {
            return;
        }
        let start = match i.unsafety {
            Some(_) => return,
            None => i.impl_token.span.byte_range().start,
        };
        self.found.push(Candidate {
            file: self.path.to_path_buf(),
            name: format!(
                "{} for {}",
                path.to_token_stream(),
                i.self_ty.to_token_stream()
            ),
            kind: Kind::Operator,
            range: i.span().byte_range(),
            insertions: vec![(start, self.attribute())],
            tokens: i.to_token_stream().to_string(),
            sig: None,
        });
    }

    fn type_of<'f>(
        &mut self,
        (name, attrs, generics): (&syn::Ident, &[syn::Attribute], &syn::Generics),
        start: usize,
        span: proc_macro2::Span,
        fields: impl Iterator<Item = &'f syn::Field>,
    ) {
        let called = name.to_string();
        if !self.reals.shadowed.contains(&called) {
            return;
        }
        let reals = self.reals.with_generics(generics);
        let cloned = attrs.iter().any(derives_clone) || self.reals.cloned.contains(&called);
        let derive = match cloned {
            true => format!("#[derive({DERIVE})] "),
            false => format!("#[derive({DERIVE}, {CLONE})] "),
        };
        let mut insertions = vec![(start, derive)];
        for f in fields.filter(|f| !reals.may_hold(&f.ty) && !is_plain(&f.ty)) {
            let named = f.ident.as_ref().map_or(start_of(&f.vis, &f.ty), |n| {
                start_of(&f.vis, &n.to_token_stream())
            });
            insertions.push((named, "#[constant] ".into()));
        }
        let range = span.byte_range();
        let tokens = insert(&self.text[range.clone()], range.start, &insertions[1..]);
        self.found.push(Candidate {
            file: self.path.to_path_buf(),
            name: name.to_string(),
            kind: Kind::Type,
            range,
            insertions,
            tokens,
            sig: None,
        });
    }
}

fn derives_clone(a: &syn::Attribute) -> bool {
    let text = a.meta.to_token_stream().to_string();
    text.starts_with("derive") && text.contains("Clone")
}

/// What stands in front of the brace of an `impl`, in one line.
fn header(i: &syn::ItemImpl) -> String {
    let mut empty = i.clone();
    empty.items.clear();
    empty.attrs.retain(|a| !a.path().is_ident("doc"));
    let inner = |a: &syn::Attribute| matches!(a.style, syn::AttrStyle::Inner(_));
    empty.attrs.retain(|a| !inner(a));
    let text = empty.to_token_stream().to_string();
    text.trim_end()
        .trim_end_matches('}')
        .trim_end()
        .trim_end_matches('{')
        .trim_end()
        .to_string()
}

/// `#[constant]` for parameters without reals, which a user would mark, in the signature too; those that are constants anyway need none.
fn mark_constants(reals: &Reals, sig: &mut syn::Signature) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for arg in &mut sig.inputs {
        let (constant, start, attrs) = match arg {
            syn::FnArg::Typed(t) => {
                let constant =
                    !reals.may_hold(&t.ty) && !is_plain(&t.ty) && !reals.is_callable(&t.ty);
                (constant, first(&t.pat), &mut t.attrs)
            }
            syn::FnArg::Receiver(r) => {
                let constant = !reals.own_shadowed && r.mutability.is_none();
                let start = match (&r.reference, &r.mutability) {
                    (Some((and, _)), _) => and.span.byte_range().start,
                    (None, Some(m)) => m.span.byte_range().start,
                    (None, None) => r.self_token.span.byte_range().start,
                };
                (constant, start, &mut r.attrs)
            }
        };
        if constant {
            attrs.push(syn::parse_quote!(#[constant]));
            out.push((start, "#[constant] ".to_string()));
        }
    }
    out
}

/// Whether the macro takes a type for a constant without being told, or can differentiate it without a derive.
fn is_plain(ty: &syn::Type) -> bool {
    const PLAIN: [&str; 16] = [
        "usize", "isize", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128",
        "bool", "char", "str", "String",
    ];
    match ty {
        syn::Type::Path(p) => PLAIN.iter().any(|n| p.path.is_ident(n)),
        syn::Type::Reference(r) => r.mutability.is_none() && is_plain(&r.elem),
        syn::Type::Tuple(t) => t.elems.iter().all(is_plain),
        syn::Type::Paren(p) => is_plain(&p.elem),
        _ => false,
    }
}

/// Where the first token of something stands.
fn first(tokens: &dyn ToTokens) -> usize {
    let token = tokens.to_token_stream().into_iter().next();
    token.map_or(0, |t| t.span().byte_range().start)
}

/// The visibility, or what follows it.
fn start_of(vis: &syn::Visibility, then: &dyn ToTokens) -> usize {
    match vis {
        syn::Visibility::Inherited => first(then),
        vis => first(vis),
    }
}

/// A piece of text that begins at `start` with insertions.
pub fn insert(text: &str, start: usize, insertions: &[(usize, String)]) -> String {
    let mut sorted: Vec<_> = insertions.iter().collect();
    sorted.sort_by_key(|(at, _)| *at);
    let (mut out, mut done) = (String::new(), 0);
    for (at, new) in sorted {
        out += &text[done..at - start];
        out += new;
        done = at - start;
    }
    out + &text[done..]
}
