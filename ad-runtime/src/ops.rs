//! Operators on operands whose type only rustc knows: numbers, or values of a user's type with an annotated `impl`.
//!
//! The name of an operator is a type, [`Add`], [`MulAssign`] …; what is known of it are the traits that it implements for a pair
//! of operands: for numbers here, for a user's type where `#[differentiate]` stands on the `impl`. The functions of the module are what
//! generated code calls, one family for each way to pass the operands: `binary(a, b)`, `binary_left(&a, b)`,
//! `binary_right(a, &b)`, `binary_refs(&a, &b)`; `unary(a)`, `unary_ref(&a)`. Their suffixes are those of the companions of any annotated function.
//!
//! `a += b` is a function of both operands that returns the new value of the first.

mod forms;
mod numbers;

pub use forms::*;

macro_rules! operators {
    ($($name:ident)*) => {$(
        #[doc = concat!("The operator of `std::ops::", stringify!($name), "`.")]
        pub struct $name;
    )*};
}

operators!(Add Sub Mul Div Rem Neg AddAssign SubAssign MulAssign DivAssign RemAssign);
