//! What generated code refers to by path. Not a public interface.
//!
//! The free functions ask for no more than [`Float`], so that they also serve functions that are
//! generic over `T: Float`, where nothing says that `T` is [`Differentiable`].

pub use crate::again::{Again, Returned, again, first_run, snapshots, tape, there, visit};
pub use crate::constant::constant;
pub use crate::differentiable::Differentiable;
pub use crate::held::{AsIs, Held};
pub use crate::made::{calls, found, from, from_ref, sum, sum_ref};
pub use crate::matrix::Matrix;
pub use crate::ops;
pub use crate::order::*;
pub use crate::parts::*;
pub use crate::series::*;
pub use crate::sparse::{MARKS, Marks, PatternSweeps, Segments, SparseSweeps};
pub use crate::stack::Stack;
pub use crate::sweeps::*;
pub use crate::wide::*;
pub use num_traits;
/// By this path crates without the standard library have vectors and boxes, too.
#[doc(hidden)]
pub extern crate std;
pub use num_traits::{Float, One, Zero};

/// A literal of the derivative code as a `T`.
///
/// ```
/// use ad_runtime::rt::real;
///
/// assert_eq!(real::<f32>(0.5), 0.5_f32);
/// ```
#[inline(always)]
pub fn real<T: num_traits::NumCast>(x: f64) -> T {
    T::from(x).expect("chainrule: a literal that the float type cannot represent")
}

/// Nothing is: the bound of what a caller that goes on behind a callee's error mentions, where the callee may have changed something by then.
#[diagnostic::on_unimplemented(
    message = "the function that is called here may fail after it has changed what it is lent, and the caller goes on behind the failure",
    label = "this call can't be differentiated in reverse",
    note = "let the function fail before it changes anything, or hand its failure on with `?`, or return a `bool` beside its value instead"
)]
pub trait FailsUnchanged {}

/// The caller goes on behind a callee's error.
pub enum GoesOn {}

/// What a pullback returns for an argument whose type the caller does not know: its adjoint, or nothing where the parameter is a constant.
#[diagnostic::on_unimplemented(
    message = "`{T}` is handed to a parameter that is constant",
    label = "no derivative comes back from there",
    note = "wrap the argument in `constant(…)`, or take the `#[constant]` off the parameter"
)]
pub trait BackTo<T: ?Sized> {
    /// Adds it.
    fn add_to(&self, target: &mut T);
}

#[diagnostic::do_not_recommend]
impl<T: Differentiable + ?Sized> BackTo<T> for T {
    #[inline(always)]
    fn add_to(&self, target: &mut T) {
        target.accumulate(self);
    }
}

macro_rules! nothing_back_to {
    ($($constant:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl BackTo<$constant> for () {
            #[inline(always)]
            fn add_to(&self, _: &mut $constant) {}
        }
    )*};
}

nothing_back_to! {
    usize isize u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 bool char String &str std::ops::Range<usize>
}

/// `d * partial`, and zero where `d` is zero, so that 0·∞ never arises from a zero seed.
///
/// ```
/// use ad_runtime::rt::zero_safe;
///
/// assert_eq!(zero_safe(0.0, f64::INFINITY), 0.0);
/// assert_eq!(zero_safe(2.0, f64::INFINITY), f64::INFINITY);
/// ```
#[inline(always)]
pub fn zero_safe<T: num_traits::Num + Copy>(d: T, partial: T) -> T {
    if d == T::zero() {
        T::zero()
    } else {
        d * partial
    }
}

/// As many zeros as `v` has elements.
///
/// ```
/// use ad_runtime::rt::zeros_like;
///
/// assert_eq!(zeros_like(&[1.0, 2.0]), [0.0, 0.0]);
/// ```
#[inline]
pub fn zeros_like<T: Float>(v: &[T]) -> Vec<T> {
    vec![T::zero(); v.len()]
}

/// `target[i] += source[i]` for all `i`.
///
/// ```
/// use ad_runtime::rt::add_to;
///
/// let mut sum = [1.0, 2.0];
/// add_to(&mut sum, &[0.5, 0.5]);
/// assert_eq!(sum, [1.5, 2.5]);
/// ```
///
/// # Panics
///
/// When the lengths differ.
#[inline]
pub fn add_to<T: Float>(target: &mut [T], source: &[T]) {
    if target.len() != source.len() {
        lengths_differ(target.len(), source.len());
    }
    for (target, &source) in target.iter_mut().zip(source) {
        *target = *target + source;
    }
}

/// The shadow of a slice of so many elements, which has as many.
///
/// ```
/// use ad_runtime::rt::of_length;
///
/// assert_eq!(of_length(&[0.5, 0.0], 2), [0.5, 0.0]);
/// ```
///
/// # Panics
///
/// When it has more or fewer.
#[inline(always)]
#[track_caller]
pub fn of_length<S>(shadow: &[S], length: usize) -> &[S] {
    if shadow.len() != length {
        shadow_differs(shadow.len(), length);
    }
    // From here on the compiler has one length for both.
    &shadow[..length]
}

/// As [`of_length`], to be written to.
#[inline(always)]
#[track_caller]
pub fn of_length_mut<S>(shadow: &mut [S], length: usize) -> &mut [S] {
    if shadow.len() != length {
        shadow_differs(shadow.len(), length);
    }
    &mut shadow[..length]
}

#[cold]
#[inline(never)]
#[track_caller]
fn shadow_differs(shadow: usize, length: usize) -> ! {
    panic!(
        "chainrule: a shadow of length {shadow} for a slice of length {length}: \
         a shadow must have the length of its value"
    )
}

/// The sum of all elements, first to last, starting from zero.
///
/// ```
/// use ad_runtime::rt::total;
///
/// assert_eq!(total(&[1.0, 2.0, 3.0]), 6.0);
/// ```
#[inline]
pub fn total<T: Float>(v: &[T]) -> T {
    v.iter().fold(T::zero(), |sum, &x| sum + x)
}

/// The one message for a shadow whose length is not its value's.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn lengths_differ(target: usize, source: usize) -> ! {
    panic!(
        "chainrule: cannot accumulate {source} elements into {target}: \
         a shadow must have the length of its value"
    )
}

/// The first derivative of `a.powi(b)`: `b * a^(b - 1)`, without overflow of the exponent.
#[inline(always)]
pub fn powi_slope<T: Float>(a: T, b: i32) -> T {
    real::<T>(f64::from(b)) * a.powi(b.wrapping_sub(1))
}

/// The second derivative of `a.powi(b)`.
#[inline(always)]
pub fn powi_curve<T: Float>(a: T, b: i32) -> T {
    real::<T>(f64::from(b) * (f64::from(b) - 1.0)) * a.powi(b.wrapping_sub(2))
}

/// The third derivative of `a.powi(b)`.
#[inline(always)]
pub fn powi_third<T: Float>(a: T, b: i32) -> T {
    let b64 = f64::from(b);
    real::<T>(b64 * (b64 - 1.0) * (b64 - 2.0)) * a.powi(b.wrapping_sub(3))
}

/// Whether the sign bit is set, negative zero and NaN included.
#[inline(always)]
pub fn signbit<T: Float>(a: T) -> bool {
    a.is_sign_negative()
}

/// Where the count of a loop's trips starts.
pub const NO_TRIPS: usize = 0;

/// How many elements are left of a slice behind an index.
///
/// # Panics
///
/// As slicing does: when there are fewer than that.
#[inline(always)]
#[track_caller]
pub fn rest(length: usize, start: usize) -> usize {
    match length.checked_sub(start) {
        Some(rest) => rest,
        None => out_of_range(length, start),
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn out_of_range(length: usize, start: usize) -> ! {
    panic!("range start index {start} out of range for slice of length {length}")
}

/// The length of an argument of which nothing is known.
pub const NO_LENGTH: usize = usize::MAX;

/// What operators are differentiated for: real numbers, and integers, which they leave alone.
#[diagnostic::on_unimplemented(
    message = "operators of `{Self}` can't be differentiated here",
    label = "`{Self}` is not known to be a number",
    note = "a type parameter that stands for a number is bound by `num_traits::Float`, as in `fn f<T: Float>(x: T) -> T`",
    note = "an operator that is annotated needs an operand whose type is written, as in `let v: V3 = body.vel;`; otherwise call an annotated function, or write the operation out with the fields of `{Self}`; its own method named like one of `f64` is called by its path, as in `V3::abs(&v)`"
)]
pub trait Number {}

impl<T: num_traits::NumCast + Copy> Number for T {}

/// Claims that a value is a number.
#[inline(always)]
pub fn number<T: Number>(_: &T) {}

/// What has no derivative when it is cast to a real number.
#[diagnostic::on_unimplemented(
    message = "a cast of `{Self}` can't be differentiated here",
    label = "taken to be an integer, but it is `{Self}`",
    note = "bind the operand first with its type, `let x: {Self} = …;`"
)]
pub trait Integer {}

macro_rules! integers {
    ($($integer:ty)*) => {$( impl Integer for $integer {} )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char);

/// Claims that a value is an integer.
#[inline(always)]
pub fn integer<T: Integer>(_: &T) {}

/// What has elements in a row, as a slice has.
#[diagnostic::on_unimplemented(
    message = "this method of `{Self}` can't be differentiated here",
    label = "taken to be a slice, an array or a `Vec`, but it is `{Self}`",
    note = "a method of the user's own that has the name of one of slices is called by its path, as in `Grid::get(&grid, i)`"
)]
pub trait Elements {}

impl<T> Elements for [T] {}
impl<T, const N: usize> Elements for [T; N] {}
impl<T> Elements for Vec<T> {}
impl<T> Elements for Box<[T]> {}
impl<T> Elements for std::collections::VecDeque<T> {}
impl<E: Elements + ?Sized> Elements for &E {}
impl<E: Elements + ?Sized> Elements for &mut E {}

/// Claims that a value has elements in a row.
#[inline(always)]
pub fn elements<T: Elements + ?Sized>(_: &T) {}

/// What grows and shrinks at its end.
#[diagnostic::on_unimplemented(
    message = "this method of `{Self}` can't be differentiated here",
    label = "taken to be a `Vec` or a `VecDeque`, but it is `{Self}`",
    note = "a method of the user's own that has the name of one of `Vec` is called by its path, as in `Queue::push(&mut queue, x)`"
)]
pub trait Growable {
    type Element;
    fn push_last(&mut self, element: Self::Element);
    fn pop_last(&mut self);
}

impl<T> Growable for Vec<T> {
    type Element = T;

    #[inline(always)]
    fn push_last(&mut self, element: T) {
        self.push(element);
    }

    #[inline(always)]
    fn pop_last(&mut self) {
        self.pop();
    }
}

impl<T> Growable for std::collections::VecDeque<T> {
    type Element = T;

    #[inline(always)]
    fn push_last(&mut self, element: T) {
        self.push_back(element);
    }

    #[inline(always)]
    fn pop_last(&mut self) {
        self.pop_back();
    }
}

impl<G: Growable> Growable for &mut G {
    type Element = G::Element;

    #[inline(always)]
    fn push_last(&mut self, element: G::Element) {
        (**self).push_last(element);
    }

    #[inline(always)]
    fn pop_last(&mut self) {
        (**self).pop_last();
    }
}

/// Claims that what is read from a value's shadow is a derivative.
#[inline(always)]
pub fn shadowed<T: Differentiable + ?Sized>(_: &T) {}

/// What a fallible callee returns.
pub trait Outcome {
    type Value;
    fn option(self) -> Option<Self::Value>;
}

impl<V> Outcome for Option<V> {
    type Value = V;

    #[inline(always)]
    fn option(self) -> Option<V> {
        self
    }
}

impl<V, E> Outcome for Result<V, E> {
    type Value = V;

    #[inline(always)]
    fn option(self) -> Option<V> {
        self.ok()
    }
}

/// A value that may be missing.
#[inline(always)]
pub fn option<V>(outcome: impl Outcome<Value = V>) -> Option<V> {
    outcome.option()
}

/// A value that may be missing, and what comes with it.
#[inline(always)]
pub fn option_2<V, W>(outcome: impl Outcome<Value = (V, W)>) -> (Option<V>, Option<W>) {
    outcome.option().unzip()
}

/// The same of three.
#[inline(always)]
pub fn option_3<V, W, X>(
    outcome: impl Outcome<Value = (V, W, X)>,
) -> (Option<V>, Option<W>, Option<X>) {
    match outcome.option() {
        Some((v, w, x)) => (Some(v), Some(w), Some(x)),
        None => (None, None, None),
    }
}

/// A result, and the pullback that comes with its value.
#[inline(always)]
pub fn result_pulled<V, P, E>(outcome: Result<(V, P), E>) -> (Result<V, E>, Option<P>) {
    match outcome {
        Ok((v, p)) => (Ok(v), Some(p)),
        Err(e) => (Err(e), None),
    }
}

/// A result and its tangent.
#[inline(always)]
pub fn result_2<V, W, E>(outcome: Result<(V, W), E>) -> (Result<V, E>, Result<W, ()>) {
    match outcome {
        Ok((v, w)) => (Ok(v), Ok(w)),
        Err(e) => (Err(e), Err(())),
    }
}

/// A result, its tangent and the pullback.
#[inline(always)]
#[allow(clippy::type_complexity)]
pub fn result_3<V, W, P, E>(
    outcome: Result<(V, W, P), E>,
) -> (Result<V, E>, Result<W, ()>, Option<P>) {
    match outcome {
        Ok((v, w, p)) => (Ok(v), Ok(w), Some(p)),
        Err(e) => (Err(e), Err(()), None),
    }
}

/// Where a shadow is of another variant than its value.
#[cold]
#[inline(never)]
#[track_caller]
pub fn other_variant() -> ! {
    panic!("chainrule: a shadow must be of the variant of its value")
}

/// Whether a value may hold reals that are kept out.
#[inline(always)]
pub fn holds_constants<T: Differentiable + ?Sized>(_: &T) -> bool {
    T::HOLDS_CONSTANTS
}

/// The shadow of a field that is kept out: reals in it are zero, and what has no shadow is copied.
///
/// `Kept(&field).shadow()` finds the method here for what is [`Differentiable`], and that of [`Copied`] for what is only `Clone`.
pub struct Kept<'a, T>(pub &'a T);

impl<T: Differentiable> Kept<'_, T> {
    #[inline]
    pub fn shadow(&self) -> T::Shadow {
        self.0.zero_shadow()
    }
}

/// The other case of [`Kept`].
pub trait Copied {
    type Value;
    fn shadow(&self) -> Self::Value;
}

impl<T: Clone> Copied for Kept<'_, T> {
    type Value = T;

    #[inline]
    fn shadow(&self) -> T {
        self.0.clone()
    }
}

/// A first value for a variable that is assigned before it is read, where rustc can't see that.
#[inline(always)]
pub fn blank<T: Default>((): ()) -> T {
    T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_reach_both_widths() {
        assert_eq!(real::<f64>(0.1), 0.1);
        assert_eq!(real::<f32>(0.1), 0.1);
        assert_eq!(real::<f32>(f64::MAX), f32::INFINITY);
        assert!(real::<f32>(f64::NAN).is_nan());
        assert_eq!(real::<f64>(-0.0).to_bits(), (-0.0_f64).to_bits());
    }

    #[test]
    fn a_zero_seed_gives_zero() {
        for partial in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 3.0] {
            assert_eq!(zero_safe(0.0, partial).to_bits(), 0);
            assert_eq!(zero_safe(-0.0, partial).to_bits(), 0);
        }
        assert_eq!(zero_safe(2.0_f32, 3.0), 6.0);
        assert!(zero_safe(f64::NAN, 3.0).is_nan());
    }

    #[test]
    fn shadows_of_slices() {
        let mut sum = zeros_like(&[1.0_f32, f32::NAN]);
        assert_eq!(sum, [0.0, 0.0]);
        add_to(&mut sum, &[1.0, 2.0]);
        add_to(&mut sum, &[1.0, 2.0]);
        assert_eq!(sum, [2.0, 4.0]);
        assert_eq!(total(&sum), 6.0);
        assert_eq!(total::<f64>(&[]).to_bits(), 0);
        assert!(zeros_like::<f64>(&[]).is_empty());
    }

    #[test]
    #[should_panic(expected = "cannot accumulate 1 elements into 2")]
    fn differing_lengths_panic() {
        add_to(&mut [1.0, 2.0], &[1.0]);
    }
}
