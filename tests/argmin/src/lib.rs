//! `argmin_testfunctions`, annotated: what its authors wrote, with the attribute before each function.

#![allow(clippy::all, unused_imports, missing_docs)]

include!(concat!(env!("OUT_DIR"), "/functions.rs"));
