//! Values that are indexed: what is in a row, and user types whose `Index` selects a part by the index alone.
//!
//! The shadow of `v[i]` is `v_bar[i]`: right if the same index selects the same part of a value and of its shadow. For a user's type
//! `#[differentiate]` on the `impl` of `Index` checks that, and says so by implementing [`Parts`].

use std::collections::VecDeque;
use std::slice::SliceIndex;

/// What an index selects a part of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` indexed by `{I}` can't be differentiated here",
    label = "which part of `{Self}` this is is not known",
    note = "write `#[differentiate]` on `impl Index<{I}> for {Self}`; what has no derivative is wrapped in `constant(…)`"
)]
pub trait Parts<I> {
    /// What is selected.
    type Part: ?Sized;
    /// The part, of a shadow that is added to, whether there is an `IndexMut` or not.
    fn part_mut(&mut self, index: I) -> &mut Self::Part;
}

/// The same of the wide shadow `W` of a user's type, which has fields of the same names: the type's author says it, and the shadow
/// can be indexed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` indexed by `{I}` can't be differentiated here",
    label = "which part of `{Self}` this is is not known",
    note = "write `#[differentiate]` on `impl Index<{I}> for {Self}`; what has no derivative is wrapped in `constant(…)`"
)]
pub trait WideParts<D, W, I> {
    /// What is selected.
    type Part: ?Sized;
    /// The part of a shadow.
    fn wide_part(wide: &W, index: I) -> &Self::Part;
    /// The part of a shadow that is added to.
    fn wide_part_mut(wide: &mut W, index: I) -> &mut Self::Part;
}

macro_rules! rows {
    ($([$($generics:tt)*] $row:ty;)*) => {$(
        impl<T, I: SliceIndex<[T]>, $($generics)*> Parts<I> for $row {
            type Part = I::Output;

            #[inline(always)]
            fn part_mut(&mut self, index: I) -> &mut I::Output {
                &mut self[index]
            }
        }
    )*};
}

rows! {
    [] [T];
    [const N: usize] [T; N];
    [] Vec<T>;
}

impl<T> Parts<usize> for VecDeque<T> {
    type Part = T;

    #[inline(always)]
    fn part_mut(&mut self, index: usize) -> &mut T {
        &mut self[index]
    }
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<I, P: Parts<I> + ?Sized> Parts<I> for $pointer {
            type Part = P::Part;

            #[inline(always)]
            fn part_mut(&mut self, index: I) -> &mut P::Part {
                (**self).part_mut(index)
            }
        }
    )*};
}

pointers!(&mut P, Box<P>);

/// A shared reference: it is indexed, but its shadow is elsewhere.
impl<I, P: Parts<I> + ?Sized> Parts<I> for &P {
    type Part = P::Part;

    fn part_mut(&mut self, _: I) -> &mut P::Part {
        unreachable!("chainrule: the shadow of a shared reference is not added to through it")
    }
}

/// The part of a shadow.
#[inline(always)]
pub fn part_mut<P: Parts<I> + ?Sized, I>(whole: &mut P, index: I) -> &mut P::Part {
    whole.part_mut(index)
}

/// Claims that an index selects a part of a value.
#[inline(always)]
pub fn indexed<P: Parts<I> + ?Sized, I>(_: &P, _: I) {}

/// What decides in an `impl` of `Index` which part is selected.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't decide which part an index selects",
    label = "the shadow of `self` holds another value here",
    note = "integers, `bool`, `char` and enums without fields that derive `Differentiable` are the same in a value and its shadow"
)]
pub trait Selector {}

macro_rules! selectors {
    ($($selector:ty)*) => {$( impl Selector for $selector {} )*};
}

selectors!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char);

impl Selector for () {}
impl<A: Selector> Selector for (A,) {}
impl<A: Selector, B: Selector> Selector for (A, B) {}
impl<A: Selector, B: Selector, C: Selector> Selector for (A, B, C) {}
impl<A: Selector, const N: usize> Selector for [A; N] {}

/// Claims that a field may decide which part an index selects.
#[inline(always)]
pub fn selector<S: Selector>(_: &S) {}
