//! Every diagnostic, at the token that it is about.
//!
//! Refresh the expected texts with `TRYBUILD=overwrite cargo test --test ui`; look at what changed.

#[test]
fn what_is_not_supported_is_rejected() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

/// Code that has a derivative of zero today, without an error: each has to move up.
#[test]
#[ignore = "known gap"]
fn what_is_silently_zero_must_be_rejected() {
    trybuild::TestCases::new().compile_fail("tests/ui/open/*.rs");
}
