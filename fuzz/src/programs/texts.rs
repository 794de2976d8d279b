//! The texts of a program: as it is checked, as a test, and as a plain copy.

use crate::batch::Outcome;
use crate::generate::Program;
use crate::kinks::plain;

pub fn annotated(p: &Program) -> String {
    let items =
        syn::parse_file(&p.items).map_or_else(|_| p.items.clone(), |f| prettyplease::unparse(&f));
    format!(
        "#![allow(warnings, unconditional_panic, arithmetic_overflow)]\nuse chainrule::{{Differentiable, constant, differentiate}};\nuse num_traits::Float;\n\n{items}\npub fn check(set: usize) {{\n    let {} = inputs(set);\n    {}\n}}\n",
        p.pattern, p.proof
    )
}

/// The program as a test that can be put into a file of `tests/language`.
pub fn test(p: &Program, index: &u64, outcome: &Outcome) -> String {
    let items =
        syn::parse_file(&p.items).map_or_else(|_| p.items.clone(), |f| prettyplease::unparse(&f));
    let set = match outcome {
        Outcome::Failed(set, _) => *set,
        _ => 0,
    };
    format!(
        "mod program_{index} {{\nuse chainrule::{{Differentiable, differentiate}};\n\n{items}\n#[test]\nfn proved() {{\n    let {} = inputs({set});\n    {}\n}}\n}}\n",
        p.pattern, p.proof
    )
}

pub fn unannotated(p: &Program) -> String {
    let items = syn::parse_file(&p.items).map_or_else(|_| String::new(), |f| plain(&f));
    format!(
        "#![allow(warnings, unconditional_panic, arithmetic_overflow)]\nuse num_traits::Float;\n\n{items}\npub fn run(set: usize) {{\n    let {} = inputs(set);\n    let _ = {};\n}}\n",
        p.pattern, p.call
    )
}
