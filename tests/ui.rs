//! Every diagnostic, at the token that it is about.
//!
//! Refresh the expected texts with `TRYBUILD=overwrite cargo test --test ui`; look at what changed.

#[test]
fn what_is_not_supported_is_rejected() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
