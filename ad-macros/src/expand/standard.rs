//! Traits of the standard library other than operators and conversions: companions can't be members of them.

use crate::diagnostics::{Code, Errors, whole};

/// What has no real input: the `impl` is left as it is.
const WITHOUT: &[(&str, &str)] = &[("Default", "default"), ("Clone", "clone")];

/// What can't have companions, by its method, and what to write instead.
const REJECTED: &[(&str, &str, &str)] = &[
    ("Into", "into", "implement `From` for the other type"),
    (
        "TryFrom",
        "try_from",
        "write an annotated function that returns a `Result`",
    ),
    (
        "TryInto",
        "try_into",
        "write an annotated function that returns a `Result`",
    ),
    (
        "FromStr",
        "from_str",
        "leave the attribute out: a text has no derivative",
    ),
    (
        "Iterator",
        "next",
        "write an annotated method of the type itself",
    ),
    (
        "IntoIterator",
        "into_iter",
        "iterate over a field, or write an annotated method of the type itself",
    ),
    (
        "FromIterator",
        "from_iter",
        "write an annotated function that takes a slice",
    ),
    (
        "Extend",
        "extend",
        "write an annotated method of the type itself",
    ),
    ("Product", "product", "write a `fold`"),
    ("AsRef", "as_ref", "use the field itself"),
    ("AsMut", "as_mut", "use the field itself"),
    ("Borrow", "borrow", "use the field itself"),
    ("BorrowMut", "borrow_mut", "use the field itself"),
    (
        "PartialEq",
        "eq",
        "leave the attribute out: a comparison has no derivative",
    ),
    (
        "PartialOrd",
        "partial_cmp",
        "leave the attribute out: a comparison has no derivative",
    ),
    (
        "Ord",
        "cmp",
        "leave the attribute out: a comparison has no derivative",
    ),
    (
        "Display",
        "fmt",
        "leave the attribute out: a text has no derivative",
    ),
    (
        "Debug",
        "fmt",
        "leave the attribute out: a text has no derivative",
    ),
    (
        "Hash",
        "hash",
        "leave the attribute out: a hash has no derivative",
    ),
    ("Drop", "drop", "leave the attribute out"),
    ("Not", "not", "write an annotated function"),
    ("BitAnd", "bitand", "write an annotated function"),
    ("BitOr", "bitor", "write an annotated function"),
    ("BitXor", "bitxor", "write an annotated function"),
    ("Shl", "shl", "write an annotated function"),
    ("Shr", "shr", "write an annotated function"),
];

/// The last name of the trait, if the block has the trait's method: a trait of the user's own may have the same name.
fn implements(block: &syn::ItemImpl, name: &str, method: &str) -> bool {
    let last = block
        .trait_
        .as_ref()
        .and_then(|(_, p, _)| p.segments.last());
    last.is_some_and(|s| s.ident == name)
        && block
            .items
            .iter()
            .any(|i| matches!(i, syn::ImplItem::Fn(m) if m.sig.ident == method))
}

/// Whether what the block implements has no real input.
pub fn is_without_derivative(block: &syn::ItemImpl) -> bool {
    WITHOUT
        .iter()
        .any(|(name, method)| implements(block, name, method))
}

/// Rejects traits that can't have companions; whether this is one.
pub fn reject(block: &syn::ItemImpl, errors: &mut Errors) -> bool {
    let found = REJECTED
        .iter()
        .find(|(name, method, _)| implements(block, name, method));
    let (Some((name, _, instead)), Some((_, path, _))) = (found, &block.trait_) else {
        return false;
    };
    errors.at(
        whole(path),
        Code::StandardTrait,
        format!("an `impl` of `{name}` can't be differentiated"),
        instead,
    );
    true
}
