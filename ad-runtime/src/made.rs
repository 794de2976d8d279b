//! Values of user types that std's traits make of others: `From`, `Into`, `Sum`.
//!
//! Where `#[differentiate]` stands on such an `impl`, the companions are in an `impl` of one of the traits here, for the same type.
//! Generated code calls them by the path that the user wrote, `V3::from_forward_sweep(x)`, with a trait of `found` in scope: a function of the
//! type's own comes first, as it does in `V3::from(x)`. There are two families for each: of a value, and of a reference. What
//! `sum` adds up is a `Vec` or a slice.

use crate::Differentiable;

/// The traits of one function, by how it takes its argument.
macro_rules! family {
    (
        $module:ident, $what:literal, $of:literal, $remedy:literal, [$($sized:tt)*] ($t:ty),
        pullback ($($again:ty),*) -> ($($back:ty),*), with tangent ($($more:ty),*) -> ($($back_more:ty),*)
    ) => {
        #[doc = concat!("The companions of `", $what, "` of ", $of, ".")]
        pub mod $module {
            /// It has a tangent.
            #[diagnostic::on_unimplemented(
                message = "`{Self}` of `{A}` can't be differentiated", label = "has no derivative in forward mode", note = $remedy
            )]
            pub trait Tangent<A $($sized)*>: Sized {
                /// Value and tangent; a tangent that is left out is zero.
                fn made_tangent_opt(a: $t, a_dot: Option<$t>) -> (Self, Self);
            }

            /// It has a pullback.
            #[diagnostic::on_unimplemented(
                message = "`{Self}` of `{A}` can't be differentiated", label = "has no derivative in reverse mode", note = $remedy
            )]
            pub trait Reverse<A $($sized)*>: Sized {
                /// Value and pullback.
                fn made_forward_sweep<'trace>(a: $t) -> (Self, impl FnOnce($($again,)* Self) -> ($($back,)*) + use<'trace, Self, A>)
                where
                    A: 'trace,
                    Self: 'trace;

                /// The same for callers that may be part of a recursion.
                #[inline(always)]
                fn made_forward_sweep_boxed<'trace>(a: $t) -> (Self, impl FnOnce($($again,)* Self) -> ($($back,)*) + use<'trace, Self, A>)
                where
                    A: 'trace,
                    Self: 'trace,
                {
                    Self::made_forward_sweep(a)
                }
            }

            /// Its pullback has a tangent.
            #[diagnostic::on_unimplemented(
                message = "`{Self}` of `{A}` can't be differentiated twice", label = "has no second derivative", note = $remedy,
                note = "second derivatives take `#[differentiate(forward, reverse, hessian)]` there"
            )]
            pub trait Hessian<A $($sized)*>: Sized {
                /// Value and pullback, with their tangents.
                fn made_forward_sweep_tangent<'trace>(
                    a: $t, a_dot: Option<$t>,
                ) -> (Self, Self, impl FnOnce($($more,)* Self, Self) -> ($($back_more,)*) + use<'trace, Self, A>)
                where
                    A: 'trace,
                    Self: 'trace;

                /// The same for callers that may be part of a recursion.
                #[inline(always)]
                fn made_forward_sweep_tangent_boxed<'trace>(
                    a: $t, a_dot: Option<$t>,
                ) -> (Self, Self, impl FnOnce($($more,)* Self, Self) -> ($($back_more,)*) + use<'trace, Self, A>)
                where
                    A: 'trace,
                    Self: 'trace,
                {
                    Self::made_forward_sweep_tangent(a, a_dot)
                }
            }
        }
    };
}

family! {
    from, "from", "a value", "write `#[differentiate]` on `impl From<{A}> for {Self}`", [] (A),
    pullback () -> (A), with tangent () -> (A, A)
}

family! {
    from_ref, "from", "a reference", "write `#[differentiate]` on `impl From<&{A}> for {Self}`", [: ?Sized] (&A),
    pullback (&A, Option<&mut A>) -> (), with tangent (&A, Option<&A>, Option<&mut A>, Option<&mut A>) -> ()
}

family! {
    sum, "sum", "values", "write `#[differentiate]` on the `impl` of `Sum` for `{Self}`", [] (A),
    pullback () -> (A), with tangent () -> (A, A)
}

family! {
    sum_ref, "sum", "references", "write `#[differentiate]` on the `impl` of `Sum<&…>` for `{Self}`", [: ?Sized] (&A),
    pullback (&A, Option<&mut A>) -> (), with tangent (&A, Option<&A>, Option<&mut A>, Option<&mut A>) -> ()
}

/// By which names calls find these: a trait that is being implemented is in scope in its own methods, and there are values that are made of
/// values and of references.
macro_rules! found {
    (
        $module:ident, [$($sized:tt)*] ($t:ty),
        pullback ($($again:ty),*) -> ($($back:ty),*), with tangent ($($more:ty),*) -> ($($back_more:ty),*)
    ) => {
        #[doc = concat!("The names of `", stringify!($module), "`.")]
        pub mod $module {
            use crate::made::$module as made;

            #[doc(hidden)]
            pub trait Tangent<A $($sized)*>: Sized {
                fn from_tangent_opt(a: $t, a_dot: Option<$t>) -> (Self, Self);
            }

            impl<A $($sized)*, B: made::Tangent<A>> Tangent<A> for B {
                #[inline(always)]
                fn from_tangent_opt(a: $t, a_dot: Option<$t>) -> (Self, Self) {
                    B::made_tangent_opt(a, a_dot)
                }
            }

            #[doc(hidden)]
            pub trait Reverse<A $($sized)*>: Sized {
                fn from_forward_sweep<'trace>(a: $t) -> (Self, impl FnOnce($($again,)* Self) -> ($($back,)*) + use<'trace, Self, A>)
                where
                    A: 'trace,
                    Self: 'trace;

                fn from_forward_sweep_boxed<'trace>(a: $t) -> (Self, impl FnOnce($($again,)* Self) -> ($($back,)*) + use<'trace, Self, A>)
                where
                    A: 'trace,
                    Self: 'trace;
            }

            impl<A $($sized)*, B: made::Reverse<A>> Reverse<A> for B {
                #[inline(always)]
                fn from_forward_sweep<'trace>(a: $t) -> (Self, impl FnOnce($($again,)* Self) -> ($($back,)*) + use<'trace, A, B>)
                where
                    A: 'trace,
                    Self: 'trace,
                {
                    B::made_forward_sweep(a)
                }

                #[inline(always)]
                fn from_forward_sweep_boxed<'trace>(a: $t) -> (Self, impl FnOnce($($again,)* Self) -> ($($back,)*) + use<'trace, A, B>)
                where
                    A: 'trace,
                    Self: 'trace,
                {
                    B::made_forward_sweep_boxed(a)
                }
            }

            #[doc(hidden)]
            pub trait Hessian<A $($sized)*>: Sized {
                fn from_forward_sweep_tangent<'trace>(
                    a: $t, a_dot: Option<$t>,
                ) -> (Self, Self, impl FnOnce($($more,)* Self, Self) -> ($($back_more,)*) + use<'trace, Self, A>)
                where
                    A: 'trace,
                    Self: 'trace;

                fn from_forward_sweep_tangent_boxed<'trace>(
                    a: $t, a_dot: Option<$t>,
                ) -> (Self, Self, impl FnOnce($($more,)* Self, Self) -> ($($back_more,)*) + use<'trace, Self, A>)
                where
                    A: 'trace,
                    Self: 'trace;
            }

            impl<A $($sized)*, B: made::Hessian<A>> Hessian<A> for B {
                #[inline(always)]
                fn from_forward_sweep_tangent<'trace>(
                    a: $t, a_dot: Option<$t>,
                ) -> (Self, Self, impl FnOnce($($more,)* Self, Self) -> ($($back_more,)*) + use<'trace, A, B>)
                where
                    A: 'trace,
                    Self: 'trace,
                {
                    B::made_forward_sweep_tangent(a, a_dot)
                }

                #[inline(always)]
                fn from_forward_sweep_tangent_boxed<'trace>(
                    a: $t, a_dot: Option<$t>,
                ) -> (Self, Self, impl FnOnce($($more,)* Self, Self) -> ($($back_more,)*) + use<'trace, A, B>)
                where
                    A: 'trace,
                    Self: 'trace,
                {
                    B::made_forward_sweep_tangent_boxed(a, a_dot)
                }
            }
        }
    };
}

/// Calls of `from` have one of these in scope.
pub mod found {
    found! {
        from, [] (A), pullback () -> (A), with tangent () -> (A, A)
    }

    found! {
        from_ref, [: ?Sized] (&A),
        pullback (&A, Option<&mut A>) -> (), with tangent (&A, Option<&A>, Option<&mut A>, Option<&mut A>) -> ()
    }
}

// A value made of itself.

#[diagnostic::do_not_recommend]
impl<A: Differentiable<Shadow = A>> from::Tangent<A> for A {
    #[inline(always)]
    fn made_tangent_opt(a: A, a_dot: Option<A>) -> (A, A) {
        let tangent = a_dot.unwrap_or_else(|| a.zero_shadow());
        (a, tangent)
    }
}

#[diagnostic::do_not_recommend]
impl<A> from::Reverse<A> for A {
    #[inline(always)]
    fn made_forward_sweep<'trace>(a: A) -> (A, impl FnOnce(A) -> (A,) + use<'trace, A>)
    where
        A: 'trace,
    {
        (a, |seed| (seed,))
    }
}

#[diagnostic::do_not_recommend]
impl<A: Differentiable<Shadow = A>> from::Hessian<A> for A {
    #[inline(always)]
    fn made_forward_sweep_tangent<'trace>(
        a: A,
        a_dot: Option<A>,
    ) -> (A, A, impl FnOnce(A, A) -> (A, A) + use<'trace, A>)
    where
        A: 'trace,
    {
        let tangent = a_dot.unwrap_or_else(|| a.zero_shadow());
        (a, tangent, |seed, seed_dot| (seed, seed_dot))
    }
}

/// Nothing is made of this: it keeps rustc from taking a value to be made of itself before it knows better.
pub enum Unmade<A> {
    #[doc(hidden)]
    Never(std::convert::Infallible, std::marker::PhantomData<A>),
}

#[diagnostic::do_not_recommend]
impl<A> from::Tangent<Unmade<A>> for A {
    fn made_tangent_opt(a: Unmade<A>, _: Option<Unmade<A>>) -> (A, A) {
        match a {
            Unmade::Never(never, _) => match never {},
        }
    }
}

#[diagnostic::do_not_recommend]
impl<A> from::Reverse<Unmade<A>> for A {
    #[allow(unreachable_code)]
    fn made_forward_sweep<'trace>(
        a: Unmade<A>,
    ) -> (A, impl FnOnce(A) -> (Unmade<A>,) + use<'trace, A>)
    where
        A: 'trace,
    {
        let Unmade::Never(never, _) = a;
        (match never {}, move |_: A| match never {})
    }
}

/// What a number is made of: reals of another width, and integers, which have no derivative.
macro_rules! numbers {
    ($($to:ty: $from:ty, |$d:ident| $back:expr, |$v:ident| $forward:expr;)*) => {$(
        impl from::Tangent<$from> for $to {
            #[inline(always)]
            fn made_tangent_opt(a: $from, a_dot: Option<$from>) -> ($to, $to) {
                (<$to>::from(a), a_dot.map_or(0.0, |$v| $forward))
            }
        }

        impl from::Reverse<$from> for $to {
            #[inline(always)]
            fn made_forward_sweep<'trace>(a: $from) -> ($to, impl FnOnce($to) -> ($from,) + use<'trace>) {
                (<$to>::from(a), |$d: $to| ($back,))
            }
        }

        impl from::Hessian<$from> for $to {
            #[inline(always)]
            fn made_forward_sweep_tangent<'trace>(
                a: $from, a_dot: Option<$from>,
            ) -> ($to, $to, impl FnOnce($to, $to) -> ($from, $from) + use<'trace>) {
                let each = |$d: $to| $back;
                (<$to>::from(a), a_dot.map_or(0.0, |$v| $forward), move |d, d_dot| (each(d), each(d_dot)))
            }
        }
    )*};
}

numbers! {
    f64: f32, |d| d as f32, |v| f64::from(v);
    f64: i8, |_d| 0, |_v| 0.0;
    f64: i16, |_d| 0, |_v| 0.0;
    f64: i32, |_d| 0, |_v| 0.0;
    f64: u8, |_d| 0, |_v| 0.0;
    f64: u16, |_d| 0, |_v| 0.0;
    f64: u32, |_d| 0, |_v| 0.0;
    f32: i8, |_d| 0, |_v| 0.0;
    f32: i16, |_d| 0, |_v| 0.0;
    f32: u8, |_d| 0, |_v| 0.0;
    f32: u16, |_d| 0, |_v| 0.0;
}

/// `x.into()` and `items.sum()` as functions, by these traits; reals as reals of another type.
pub mod calls {
    use super::{from, sum, sum_ref};
    use num_traits::{NumCast, ToPrimitive};

    /// The value.
    ///
    /// # Panics
    ///
    /// When the other type can't represent it, as `unwrap` does behind `T::from_f64(x)`.
    #[inline(always)]
    pub fn convert<B: NumCast, A: ToPrimitive>(a: A) -> B {
        B::from(a).expect("chainrule: a number that the other type cannot represent")
    }

    /// Value and tangent.
    #[inline(always)]
    pub fn convert_tangent_opt<B: NumCast, A: ToPrimitive>(a: A, a_dot: Option<A>) -> (B, B) {
        let tangent = a_dot.map_or_else(|| crate::rt::real(0.0), convert);
        (convert(a), tangent)
    }

    /// Value and pullback.
    #[inline(always)]
    pub fn convert_forward_sweep<B: NumCast, A: NumCast>(
        a: A,
    ) -> (B, impl FnOnce(B) -> (A,) + use<B, A>) {
        (convert(a), |seed: B| (convert(seed),))
    }

    /// Value and pullback, with their tangents.
    #[inline(always)]
    pub fn convert_forward_sweep_tangent<B: NumCast, A: NumCast>(
        a: A,
        a_dot: Option<A>,
    ) -> (B, B, impl FnOnce(B, B) -> (A, A) + use<B, A>) {
        let (value, tangent) = convert_tangent_opt(a, a_dot);
        (value, tangent, |seed: B, seed_dot: B| {
            (convert(seed), convert(seed_dot))
        })
    }

    pub use convert_forward_sweep as convert_forward_sweep_boxed;
    pub use convert_forward_sweep_tangent as convert_forward_sweep_tangent_boxed;

    /// The value.
    #[inline(always)]
    pub fn into<B: From<A>, A>(a: A) -> B {
        a.into()
    }

    /// Value and tangent.
    #[inline(always)]
    pub fn into_tangent_opt<B: from::Tangent<A>, A>(a: A, a_dot: Option<A>) -> (B, B) {
        B::made_tangent_opt(a, a_dot)
    }

    /// Value and pullback.
    #[inline(always)]
    pub fn into_forward_sweep<'trace, B: from::Reverse<A> + 'trace, A: 'trace>(
        a: A,
    ) -> (B, impl FnOnce(B) -> (A,) + use<'trace, B, A>) {
        B::made_forward_sweep(a)
    }

    /// Value and pullback, with their tangents.
    #[inline(always)]
    pub fn into_forward_sweep_tangent<'trace, B: from::Hessian<A> + 'trace, A: 'trace>(
        a: A,
        a_dot: Option<A>,
    ) -> (B, B, impl FnOnce(B, B) -> (A, A) + use<'trace, B, A>) {
        B::made_forward_sweep_tangent(a, a_dot)
    }

    pub use into_forward_sweep as into_forward_sweep_boxed;
    pub use into_forward_sweep_tangent as into_forward_sweep_tangent_boxed;

    /// The value.
    #[inline(always)]
    pub fn sum<B: std::iter::Sum<A>, A>(items: Vec<A>) -> B {
        items.into_iter().sum()
    }

    /// Value and tangent.
    #[inline(always)]
    pub fn sum_tangent_opt<B: sum::Tangent<Vec<A>>, A>(
        items: Vec<A>,
        items_dot: Option<Vec<A>>,
    ) -> (B, B) {
        B::made_tangent_opt(items, items_dot)
    }

    /// Value and pullback.
    #[inline(always)]
    pub fn sum_forward_sweep<'trace, B: sum::Reverse<Vec<A>> + 'trace, A: 'trace>(
        items: Vec<A>,
    ) -> (B, impl FnOnce(B) -> (Vec<A>,) + use<'trace, B, A>) {
        B::made_forward_sweep(items)
    }

    /// Value and pullback, with their tangents.
    #[inline(always)]
    #[allow(clippy::type_complexity)]
    pub fn sum_forward_sweep_tangent<'trace, B: sum::Hessian<Vec<A>> + 'trace, A: 'trace>(
        items: Vec<A>,
        items_dot: Option<Vec<A>>,
    ) -> (
        B,
        B,
        impl FnOnce(B, B) -> (Vec<A>, Vec<A>) + use<'trace, B, A>,
    ) {
        B::made_forward_sweep_tangent(items, items_dot)
    }

    pub use sum_forward_sweep as sum_forward_sweep_boxed;
    pub use sum_forward_sweep_tangent as sum_forward_sweep_tangent_boxed;

    /// The value.
    #[inline(always)]
    pub fn sum_ref<'a, B: std::iter::Sum<&'a A>, A>(items: &'a [A]) -> B {
        items.iter().sum()
    }

    /// Value and tangent.
    #[inline(always)]
    pub fn sum_ref_tangent_opt<B: sum_ref::Tangent<[A]>, A>(
        items: &[A],
        items_dot: Option<&[A]>,
    ) -> (B, B) {
        B::made_tangent_opt(items, items_dot)
    }

    /// Value and pullback.
    #[inline(always)]
    #[allow(clippy::type_complexity)]
    pub fn sum_ref_forward_sweep<'trace, B: sum_ref::Reverse<[A]> + 'trace, A: 'trace>(
        items: &[A],
    ) -> (
        B,
        impl FnOnce(&[A], Option<&mut [A]>, B) + use<'trace, B, A>,
    ) {
        B::made_forward_sweep(items)
    }

    /// Value and pullback, with their tangents.
    #[inline(always)]
    #[allow(clippy::type_complexity)]
    pub fn sum_ref_forward_sweep_tangent<'trace, B: sum_ref::Hessian<[A]> + 'trace, A: 'trace>(
        items: &[A],
        items_dot: Option<&[A]>,
    ) -> (
        B,
        B,
        impl FnOnce(&[A], Option<&[A]>, Option<&mut [A]>, Option<&mut [A]>, B, B) + use<'trace, B, A>,
    ) {
        B::made_forward_sweep_tangent(items, items_dot)
    }

    pub use sum_ref_forward_sweep as sum_ref_forward_sweep_boxed;
    pub use sum_ref_forward_sweep_tangent as sum_ref_forward_sweep_tangent_boxed;
}
