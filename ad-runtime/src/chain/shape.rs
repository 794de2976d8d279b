//! What stages take and return: slices, arrays and numbers, as one row of numbers each.

use num_traits::Float;
use std::slice;

/// The shape of what a stage takes or returns: `[T]` (returned as `Vec<T>`), `[T; N]`, or [`Scalar`].
///
/// Sealed: there are no others.
pub trait Shape<T>: sealed::Sealed<T> {
    /// What it is borrowed as.
    type View: ?Sized;
    /// What it is returned as.
    type Owned;

    /// How many numbers it has, if its type says so.
    fn size() -> Option<usize>;
    /// Its numbers.
    fn numbers(view: &Self::View) -> &[T];
    /// The value of these numbers.
    ///
    /// # Panics
    ///
    /// If there are more or fewer than `size` says.
    fn of(numbers: Vec<T>) -> Self::Owned;
}

/// The shape of a single number.
#[derive(Clone, Copy, Debug)]
pub enum Scalar {}

mod sealed {
    pub trait Sealed<T> {}
    impl<T> Sealed<T> for [T] {}
    impl<T, const N: usize> Sealed<T> for [T; N] {}
    impl<T> Sealed<T> for super::Scalar {}
}

impl<T: Float> Shape<T> for [T] {
    type View = [T];
    type Owned = Vec<T>;

    fn size() -> Option<usize> {
        None
    }

    fn numbers(view: &[T]) -> &[T] {
        view
    }

    fn of(numbers: Vec<T>) -> Vec<T> {
        numbers
    }
}

impl<T: Float, const N: usize> Shape<T> for [T; N] {
    type View = [T; N];
    type Owned = [T; N];

    fn size() -> Option<usize> {
        Some(N)
    }

    fn numbers(view: &[T; N]) -> &[T] {
        view
    }

    fn of(numbers: Vec<T>) -> [T; N] {
        array(&numbers)
    }
}

impl<T: Float> Shape<T> for Scalar {
    type View = T;
    type Owned = T;

    fn size() -> Option<usize> {
        Some(1)
    }

    fn numbers(view: &T) -> &[T] {
        slice::from_ref(view)
    }

    fn of(numbers: Vec<T>) -> T {
        number(&numbers)
    }
}

/// A slice as the array that it is.
pub(super) fn array<T: Copy, const N: usize>(numbers: &[T]) -> [T; N] {
    *array_ref(numbers)
}

pub(super) fn array_ref<T, const N: usize>(numbers: &[T]) -> &[T; N] {
    numbers
        .try_into()
        .unwrap_or_else(|_| panic!("chainrule: {} values for an array of {N}", numbers.len()))
}

pub(super) fn array_mut<T, const N: usize>(numbers: &mut [T]) -> &mut [T; N] {
    let given = numbers.len();
    numbers
        .try_into()
        .unwrap_or_else(|_| panic!("chainrule: {given} values for an array of {N}"))
}

/// The only number of a slice.
pub(super) fn number<T: Copy>(numbers: &[T]) -> T {
    array::<T, 1>(numbers)[0]
}

/// What a stage returns can be handed to one that takes an `X`.
#[diagnostic::on_unimplemented(
    message = "the stages don't fit: what one returns can't be handed to the next",
    label = "this stage takes another shape than the one before it returns",
    note = "a `Vec` is handed to a stage that takes a slice; an array to one that takes an array of that length, or a slice"
)]
pub trait Feeds<X: ?Sized> {}

/// A shape that no stage takes. Every shape could be handed on to it, so that rustc does not conclude from one stage what the next one takes, but looks,
/// and says in the words above what does not fit.
#[doc(hidden)]
#[derive(Debug)]
pub enum Nothing {}

#[diagnostic::do_not_recommend]
impl<T> Feeds<Nothing> for [T] {}
#[diagnostic::do_not_recommend]
impl<T, const N: usize> Feeds<Nothing> for [T; N] {}
#[diagnostic::do_not_recommend]
impl Feeds<Nothing> for Scalar {}

impl<T> Feeds<[T]> for [T] {}
impl<T, const N: usize> Feeds<[T; N]> for [T; N] {}
impl<T, const N: usize> Feeds<[T]> for [T; N] {}
impl Feeds<Scalar> for Scalar {}
