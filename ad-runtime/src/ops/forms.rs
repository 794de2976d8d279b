//! The traits of operators, and the functions that generated code calls.

use super::*;
use std::ops;

/// The operator itself, whether it has a derivative or not.
pub trait Binary<A, B> {
    /// Its result.
    type Output;
    /// Its value.
    fn value(a: A, b: B) -> Self::Output;
}

macro_rules! values {
    ($($op:ident $method:ident, $assign:ident $assign_method:ident;)*) => {$(
        impl<A: ops::$op<B>, B> Binary<A, B> for $op {
            type Output = A::Output;
            #[inline(always)]
            fn value(a: A, b: B) -> A::Output {
                a.$method(b)
            }
        }
        impl<A: ops::$assign<B>, B> Binary<A, B> for $assign {
            type Output = A;
            #[inline(always)]
            fn value(mut a: A, b: B) -> A {
                a.$assign_method(b);
                a
            }
        }
    )*};
}

values! {
    Add add, AddAssign add_assign;
    Sub sub, SubAssign sub_assign;
    Mul mul, MulAssign mul_assign;
    Div div, DivAssign div_assign;
    Rem rem, RemAssign rem_assign;
}

/// `-a`, whether it has a derivative or not.
pub trait Unary<A> {
    /// Its result.
    type Output;
    /// Its value.
    fn value(a: A) -> Self::Output;
}

impl<A: ops::Neg> Unary<A> for Neg {
    type Output = A::Output;
    #[inline(always)]
    fn value(a: A) -> A::Output {
        -a
    }
}

/// The value of `a + b`.
#[inline(always)]
pub fn binary<Op: Binary<A, B>, A, B>(a: A, b: B) -> Op::Output {
    Op::value(a, b)
}

/// The value of `&a + b`.
#[inline(always)]
pub fn binary_left<'a, Op: Binary<&'a A, B>, A, B>(a: &'a A, b: B) -> Op::Output {
    Op::value(a, b)
}

/// The value of `a + &b`.
#[inline(always)]
pub fn binary_right<'b, Op: Binary<A, &'b B>, A, B>(a: A, b: &'b B) -> Op::Output {
    Op::value(a, b)
}

/// The value of `&a + &b`.
#[inline(always)]
pub fn binary_refs<'a, 'b, Op: Binary<&'a A, &'b B>, A, B>(a: &'a A, b: &'b B) -> Op::Output {
    Op::value(a, b)
}

/// The value of `-a`.
#[inline(always)]
pub fn unary<Op: Unary<A>, A>(a: A) -> Op::Output {
    Op::value(a)
}

/// The value of `-&a`.
#[inline(always)]
pub fn unary_ref<'a, Op: Unary<&'a A>, A>(a: &'a A) -> Op::Output {
    Op::value(a)
}

/// A family of traits and functions: operands as they are passed, what a pullback is given again, and what it returns; then the same
/// for a pullback with its tangent.
macro_rules! family {
    (
        $operands:literal, $remedy:literal,
        $tangent:ident $f_tangent:ident, $reverse:ident $f_reverse:ident $f_reverse_boxed:ident, $hessian:ident $f_hessian:ident $f_hessian_boxed:ident,
        [$($g:ident)+] ($($x:ident $x_dot:ident: $t:ty),+),
        pullback ($($again:ty),*) -> ($($back:ty),*), with tangent ($($twice:ty),*) -> ($($back_twice:ty),*)
    ) => {
        #[diagnostic::on_unimplemented(message = $operands, label = "has no derivative in forward mode", note = $remedy)]
        #[doc = "The operator has a tangent for these operands."]
        pub trait $tangent<$($g),+> {
            /// The result's type.
            type Output;
            /// Value and tangent; operands' tangents that are left out are zero.
            fn apply_tangent_opt($($x: $t, $x_dot: Option<$t>),+) -> (Self::Output, Self::Output);
        }

        #[diagnostic::on_unimplemented(message = $operands, label = "has no derivative in reverse mode", note = $remedy)]
        #[doc = "The operator has a pullback for these operands."]
        pub trait $reverse<$($g),+> {
            /// The result's type.
            type Output;
            /// Value and pullback.
            fn apply_forward_sweep<'trace>(
                $($x: $t),+
            ) -> (Self::Output, impl FnOnce($($again,)* Self::Output) -> ($($back,)*) + use<'trace, Self, $($g),+>)
            where
                $($g: 'trace),+;
        }

        #[diagnostic::on_unimplemented(
            message = $operands,
            label = "has no second derivative",
            note = $remedy,
            note = "second derivatives take `#[differentiate(forward, reverse, hessian)]` there"
        )]
        #[doc = "The operator's pullback has a tangent for these operands."]
        pub trait $hessian<$($g),+> {
            /// The result's type.
            type Output;
            /// Value and pullback, with their tangents.
            fn apply_forward_sweep_tangent<'trace>(
                $($x: $t, $x_dot: Option<$t>),+
            ) -> (
                Self::Output,
                Self::Output,
                impl FnOnce($($twice,)* Self::Output, Self::Output) -> ($($back_twice,)*) + use<'trace, Self, $($g),+>,
            )
            where
                $($g: 'trace),+;
        }

        #[doc = "Value and tangent."]
        #[inline(always)]
        pub fn $f_tangent<Op: $tangent<$($g),+>, $($g),+>($($x: $t, $x_dot: Option<$t>),+) -> (Op::Output, Op::Output) {
            Op::apply_tangent_opt($($x, $x_dot),+)
        }

        #[doc = "Value and pullback."]
        #[inline(always)]
        pub fn $f_reverse<'trace, Op: $reverse<$($g),+>, $($g: 'trace),+>(
            $($x: $t),+
        ) -> (Op::Output, impl FnOnce($($again,)* Op::Output) -> ($($back,)*) + use<'trace, Op, $($g),+>) {
            Op::apply_forward_sweep($($x),+)
        }

        pub use self::{$f_reverse as $f_reverse_boxed, $f_hessian as $f_hessian_boxed};

        #[doc = "Value and pullback, with their tangents."]
        #[inline(always)]
        pub fn $f_hessian<'trace, Op: $hessian<$($g),+>, $($g: 'trace),+>(
            $($x: $t, $x_dot: Option<$t>),+
        ) -> (
            Op::Output,
            Op::Output,
            impl FnOnce($($twice,)* Op::Output, Op::Output) -> ($($back_twice,)*) + use<'trace, Op, $($g),+>,
        ) {
            Op::apply_forward_sweep_tangent($($x, $x_dot),+)
        }
    };
}

family! {
    "`{Self}` of `{A}` and `{B}` can't be differentiated",
    "write `#[differentiate]` on the `impl` of this operator for `{A}` and `{B}`",
    BinaryTangent binary_tangent_opt, BinaryReverse binary_forward_sweep binary_forward_sweep_boxed, BinaryHessian binary_forward_sweep_tangent binary_forward_sweep_tangent_boxed,
    [A B] (a a_dot: A, b b_dot: B),
    pullback () -> (A, B), with tangent () -> (A, A, B, B)
}

family! {
    "`{Self}` of `&{A}` and `{B}` can't be differentiated",
    "write `#[differentiate]` on the `impl` of this operator for `&{A}` and `{B}`",
    BinaryLeftTangent binary_left_tangent_opt, BinaryLeftReverse binary_left_forward_sweep binary_left_forward_sweep_boxed, BinaryLeftHessian binary_left_forward_sweep_tangent binary_left_forward_sweep_tangent_boxed,
    [A B] (a a_dot: &A, b b_dot: B),
    pullback (&A, Option<&mut A>) -> (B), with tangent (&A, Option<&A>, Option<&mut A>, Option<&mut A>) -> (B, B)
}

family! {
    "`{Self}` of `{A}` and `&{B}` can't be differentiated",
    "write `#[differentiate]` on the `impl` of this operator for `{A}` and `&{B}`",
    BinaryRightTangent binary_right_tangent_opt, BinaryRightReverse binary_right_forward_sweep binary_right_forward_sweep_boxed, BinaryRightHessian binary_right_forward_sweep_tangent binary_right_forward_sweep_tangent_boxed,
    [A B] (a a_dot: A, b b_dot: &B),
    pullback (&B, Option<&mut B>) -> (A), with tangent (&B, Option<&B>, Option<&mut B>, Option<&mut B>) -> (A, A)
}

family! {
    "`{Self}` of `&{A}` and `&{B}` can't be differentiated",
    "write `#[differentiate]` on the `impl` of this operator for `&{A}` and `&{B}`",
    BinaryRefsTangent binary_refs_tangent_opt, BinaryRefsReverse binary_refs_forward_sweep binary_refs_forward_sweep_boxed, BinaryRefsHessian binary_refs_forward_sweep_tangent binary_refs_forward_sweep_tangent_boxed,
    [A B] (a a_dot: &A, b b_dot: &B),
    pullback (&A, Option<&mut A>, &B, Option<&mut B>) -> (),
    with tangent (&A, Option<&A>, Option<&mut A>, Option<&mut A>, &B, Option<&B>, Option<&mut B>, Option<&mut B>) -> ()
}

family! {
    "`{Self}` of `{A}` can't be differentiated",
    "write `#[differentiate]` on the `impl` of this operator for `{A}`",
    UnaryTangent unary_tangent_opt, UnaryReverse unary_forward_sweep unary_forward_sweep_boxed, UnaryHessian unary_forward_sweep_tangent unary_forward_sweep_tangent_boxed,
    [A] (a a_dot: A),
    pullback () -> (A), with tangent () -> (A, A)
}

family! {
    "`{Self}` of `&{A}` can't be differentiated",
    "write `#[differentiate]` on the `impl` of this operator for `&{A}`",
    UnaryRefTangent unary_ref_tangent_opt, UnaryRefReverse unary_ref_forward_sweep unary_ref_forward_sweep_boxed, UnaryRefHessian unary_ref_forward_sweep_tangent unary_ref_forward_sweep_tangent_boxed,
    [A] (a a_dot: &A),
    pullback (&A, Option<&mut A>) -> (), with tangent (&A, Option<&A>, Option<&mut A>, Option<&mut A>) -> ()
}
