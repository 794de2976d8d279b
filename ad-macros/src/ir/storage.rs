//! What the user asks a loop to keep for its reverse sweep.

use super::*;

/// An attribute on a loop.
#[derive(Clone, Debug)]
pub struct Storage {
    pub policy: Policy,
    /// Where it is written.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Policy {
    /// `#[store]`: every iteration records what its reverse reads.
    Store,
    /// `#[recompute]`: an iteration is executed again right before it is reversed, from the state that it started with.
    Recompute,
    /// `#[checkpoint(n)]`: the same, from the nearest of at most `n` snapshots of that state.
    Checkpoint(Opaque),
}

impl Storage {
    /// The attribute as the user writes it.
    pub fn name(&self) -> &'static str {
        match self.policy {
            Policy::Store => "store",
            Policy::Recompute => "recompute",
            Policy::Checkpoint(_) => "checkpoint",
        }
    }

    /// Whether iterations are executed again in the reverse sweep.
    pub fn repeats(&self) -> bool {
        !matches!(self.policy, Policy::Store)
    }
}

impl Func {
    pub fn storage(&self, loop_label: LabelId) -> Option<&Storage> {
        self.labels[loop_label.0].storage.as_ref()
    }

    /// Whether the iterations of a loop are executed again in the reverse sweep.
    pub fn repeats(&self, loop_label: LabelId) -> bool {
        self.storage(loop_label).is_some_and(Storage::repeats)
    }
}

/// Whether kept code may be run a second time: it calls nothing, or nothing but what is known to answer the same again
/// and to do nothing else.
pub fn is_repeatable(tokens: &TokenStream) -> bool {
    use proc_macro2::{Delimiter, TokenTree};
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let at = |k: Option<usize>| k.and_then(|k| tokens.get(k));
    tokens.iter().enumerate().all(|(k, t)| match t {
        TokenTree::Group(g) if g.delimiter() == Delimiter::Brace => false,
        TokenTree::Group(g) => {
            let (before, earlier) = (at(k.checked_sub(1)), at(k.checked_sub(2)));
            let harmless = match before {
                // `name!(…)`, but not `!(…)`.
                Some(TokenTree::Punct(p)) if p.as_char() == '!' => {
                    !matches!(earlier, Some(TokenTree::Ident(_)))
                }
                _ if g.delimiter() != Delimiter::Parenthesis => true,
                Some(TokenTree::Ident(name)) => {
                    answers(earlier, at(k.checked_sub(4)), &name.to_string())
                }
                // `f::<T>(x)`, `f(x)(y)`.
                Some(TokenTree::Punct(p)) => p.as_char() != '>',
                Some(TokenTree::Group(_)) => false,
                _ => true,
            };
            harmless && is_repeatable(&g.stream())
        }
        TokenTree::Punct(p) => p.as_char() != '?',
        TokenTree::Ident(i) => i != "mut" && i != "move",
        TokenTree::Literal(_) => true,
    })
}

/// Whether a call answers the same for the same operands, and does nothing else: methods of numbers, slices and iterators, associated
/// functions of primitive types, and `constant`. `before` stands before the name, `owner` before that and `::`.
fn answers(
    before: Option<&proc_macro2::TokenTree>,
    owner: Option<&proc_macro2::TokenTree>,
    name: &str,
) -> bool {
    use proc_macro2::TokenTree;
    const METHODS: &[&str] = &[
        // Numbers.
        "abs",
        "abs_diff",
        "ceil",
        "clamp",
        "count_ones",
        "div_ceil",
        "div_euclid",
        "floor",
        "ilog2",
        "into",
        "is_finite",
        "is_nan",
        "is_power_of_two",
        "isqrt",
        "max",
        "min",
        "next_multiple_of",
        "next_power_of_two",
        "pow",
        "powf",
        "powi",
        "rem_euclid",
        "round",
        "saturating_add",
        "saturating_mul",
        "saturating_sub",
        "signum",
        "sqrt",
        "trailing_zeros",
        "trunc",
        "wrapping_add",
        "wrapping_mul",
        "wrapping_neg",
        "wrapping_sub",
        // Slices, text and what may be there.
        "as_ref",
        "as_slice",
        "as_str",
        "binary_search",
        "chars",
        "chunks",
        "cloned",
        "contains",
        "contains_key",
        "copied",
        "ends_with",
        "first",
        "get",
        "is_empty",
        "is_none",
        "is_some",
        "last",
        "len",
        "starts_with",
        "to_vec",
        "trim",
        "unwrap",
        "unwrap_or",
        "windows",
        // Iterators.
        "all",
        "any",
        "count",
        "enumerate",
        "filter",
        "iter",
        "map",
        "max_by_key",
        "min_by_key",
        "nth",
        "partition_point",
        "position",
        "rev",
        "rposition",
        "skip",
        "step_by",
        "sum",
        "take",
        "zip",
    ];
    const TYPES: &[&str] = &[
        "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
        "u128", "usize", "bool",
    ];
    match (before, owner) {
        (Some(TokenTree::Punct(p)), _) if p.as_char() == '.' => METHODS.contains(&name),
        (Some(TokenTree::Punct(p)), Some(TokenTree::Ident(owner))) if p.as_char() == ':' => {
            TYPES.contains(&owner.to_string().as_str())
        }
        (Some(TokenTree::Punct(p)), _) if p.as_char() == ':' => false,
        _ => matches!(name, "constant" | "as" | "in" | "return"),
    }
}

/// Whether kept code does nothing but check what holds again when it is run again.
pub fn only_checks(tokens: &TokenStream) -> bool {
    let first = tokens.clone().into_iter().next();
    first.is_some_and(|t| {
        let name = t.to_string();
        name.starts_with("assert") || name.starts_with("debug_assert")
    })
}

#[cfg(test)]
mod tests {
    use super::{is_repeatable, only_checks};
    use quote::quote;

    #[test]
    fn what_may_be_run_twice() {
        for tokens in [
            quote!(k),
            quote!((a + b) * table[k]),
            quote!(f64::from(k)),
            quote!(k.pow(2).min(n - 1)),
            quote!(constant(x.len())),
            quote!(a && !(b || k != (2))),
            quote!(names.iter().position(|s| s.len() == k)),
            quote!(table.get(k).copied().unwrap_or("")),
        ] {
            assert!(is_repeatable(&tokens), "{tokens}");
        }
        for tokens in [
            quote!(draw(k)),
            quote!(generator.next()),
            quote!(Table::from(k)),
            quote!(constant(draw(k))),
            quote!(vec![k]),
            quote!(draw![k]),
            quote!(k.pow(draw(k))),
            quote!(pow(k)),
            quote!(parse::<f64>(k)),
            quote!(text.parse()?),
            quote!({ k }),
            quote!(&mut log),
            quote!((f)(k)),
            quote!(names.iter().map(|s| draw(s))),
        ] {
            assert!(!is_repeatable(&tokens), "{tokens}");
        }
    }

    #[test]
    fn checks() {
        assert!(only_checks(&quote!(assert_eq!(a, b))));
        assert!(only_checks(&quote!(debug_assert!(a))));
        assert!(!only_checks(&quote!(println!("{a}"))));
    }
}
