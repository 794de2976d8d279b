//! Values that have a shadow.

use crate::rt::lengths_differ;
use std::collections::VecDeque;

/// A value that has a shadow: a tangent or an adjoint of the value's own shape.
///
/// The shadow of a `Vec<f64>` is a `Vec<f64>` of the same length, that of a struct is the same
/// struct. What is not real (integers, `bool`, `char`, strings) is copied into the shadow and never
/// touched afterwards.
///
/// ```
/// use ad_runtime::Differentiable;
///
/// let value = (vec![1.0, 2.0], 7_usize);
/// let mut shadow = value.zero_shadow();
/// assert_eq!(shadow, (vec![0.0, 0.0], 7));
/// shadow.accumulate(&(vec![0.5, 1.5], 7));
/// shadow.accumulate(&(vec![0.5, 1.5], 7));
/// assert_eq!(shadow, (vec![1.0, 3.0], 7));
/// shadow.set_zero();
/// assert_eq!(shadow, (vec![0.0, 0.0], 7));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no shadow: it is not `Differentiable`",
    label = "`#[derive(Differentiable)]` is missing on `{Self}`",
    note = "write `#[derive(Differentiable)]` on it; a field or parameter that carries no derivative is marked `#[constant]`",
    note = "of a type of another crate take the numbers, as a slice or an array"
)]
pub trait Differentiable {
    /// The owned type of the value's own shape: `Self`, but `Vec<E>` for a slice `[E]`.
    type Shadow;

    /// Whether a value may hold reals that are kept out: a field that is marked `#[constant]`. In a shadow they are zero.
    const HOLDS_CONSTANTS: bool = false;

    /// A shadow with all reals zero and everything else copied.
    ///
    /// ```
    /// use ad_runtime::Differentiable;
    ///
    /// let view: &[f64] = &[1.0, 2.0];
    /// assert_eq!(view.zero_shadow(), vec![0.0, 0.0]);
    /// ```
    fn zero_shadow(&self) -> Self::Shadow;

    /// The same where the shadow is only added to, and nobody sees what it began with: reals may be -0, which additions leave no trace
    /// of. Vectors begin with 0, which costs less to fill in.
    #[doc(hidden)]
    #[inline(always)]
    fn neutral_shadow(&self) -> Self::Shadow {
        self.zero_shadow()
    }

    /// Sets all reals to zero.
    ///
    /// ```
    /// use ad_runtime::Differentiable;
    ///
    /// let mut x_bar = [1.0, 2.0];
    /// x_bar.set_zero();
    /// assert_eq!(x_bar, [0.0, 0.0]);
    /// ```
    fn set_zero(&mut self);

    /// Adds the reals of `increment`, one by one.
    ///
    /// ```
    /// use ad_runtime::Differentiable;
    ///
    /// let mut x_bar = Some(1.0);
    /// x_bar.accumulate(&Some(2.0));
    /// assert_eq!(x_bar, Some(3.0));
    /// ```
    ///
    /// # Panics
    ///
    /// When the shapes differ: slices of different lengths, `Some` and `None`.
    fn accumulate(&mut self, increment: &Self);

    /// Calls `f` on all reals, in order.
    ///
    /// ```
    /// use ad_runtime::Differentiable;
    ///
    /// let mut sum = 0.0;
    /// (vec![1.0, 2.0], 7_usize, 3.0_f32).each_real(&mut |x| sum += x);
    /// assert_eq!(sum, 6.0);
    /// ```
    fn each_real(&self, f: &mut impl FnMut(f64));

    /// Puts `f(x)` in the place of each real `x`, in order.
    ///
    /// ```
    /// use ad_runtime::Differentiable;
    ///
    /// let mut x = [1.0, 2.0];
    /// x.map_reals(&mut |x| 10.0 * x);
    /// assert_eq!(x, [10.0, 20.0]);
    /// ```
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64);
}

macro_rules! reals {
    ($($real:ty)*) => {$(
        impl Differentiable for $real {
            type Shadow = Self;

            #[inline(always)]
            fn zero_shadow(&self) -> Self {
                0.0
            }

            #[inline(always)]
            fn neutral_shadow(&self) -> Self {
                -0.0
            }

            #[inline(always)]
            fn set_zero(&mut self) {
                *self = 0.0;
            }

            #[inline(always)]
            fn accumulate(&mut self, increment: &Self) {
                *self += *increment;
            }

            #[inline(always)]
            fn each_real(&self, f: &mut impl FnMut(f64)) {
                f(f64::from(*self));
            }

            #[inline(always)]
            fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
                *self = f(f64::from(*self)) as $real;
            }
        }
    )*};
}

reals!(f32 f64);

macro_rules! constants {
    ($($constant:ty)*) => {$(
        impl Differentiable for $constant {
            type Shadow = Self;

            #[inline]
            fn zero_shadow(&self) -> Self {
                Clone::clone(self)
            }

            #[inline(always)]
            fn set_zero(&mut self) {}

            #[inline(always)]
            fn accumulate(&mut self, _increment: &Self) {}

            #[inline(always)]
            fn each_real(&self, _f: &mut impl FnMut(f64)) {}

            #[inline(always)]
            fn map_reals(&mut self, _f: &mut impl FnMut(f64) -> f64) {}
        }
    )*};
}

constants!(() i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char String &str);

impl<E: Differentiable<Shadow = E>> Differentiable for [E] {
    type Shadow = Vec<E>;
    const HOLDS_CONSTANTS: bool = E::HOLDS_CONSTANTS;

    #[inline]
    fn zero_shadow(&self) -> Vec<E> {
        self.iter().map(E::zero_shadow).collect()
    }

    #[inline]
    fn set_zero(&mut self) {
        self.iter_mut().for_each(E::set_zero);
    }

    #[inline]
    fn accumulate(&mut self, increment: &Self) {
        if self.len() != increment.len() {
            lengths_differ(self.len(), increment.len());
        }
        for (target, source) in self.iter_mut().zip(increment) {
            target.accumulate(source);
        }
    }

    #[inline]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        self.iter().for_each(|e| e.each_real(f));
    }

    #[inline]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        self.iter_mut().for_each(|e| e.map_reals(f));
    }
}

impl<E: Differentiable<Shadow = E>, const N: usize> Differentiable for [E; N] {
    type Shadow = Self;
    const HOLDS_CONSTANTS: bool = E::HOLDS_CONSTANTS;

    #[inline]
    fn zero_shadow(&self) -> Self {
        self.each_ref().map(E::zero_shadow)
    }

    #[inline]
    fn neutral_shadow(&self) -> Self {
        self.each_ref().map(E::neutral_shadow)
    }

    #[inline]
    fn set_zero(&mut self) {
        self.as_mut_slice().set_zero();
    }

    #[inline]
    fn accumulate(&mut self, increment: &Self) {
        for (target, source) in self.iter_mut().zip(increment) {
            target.accumulate(source);
        }
    }

    #[inline]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        self.iter().for_each(|e| e.each_real(f));
    }

    #[inline]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        self.iter_mut().for_each(|e| e.map_reals(f));
    }
}

impl<E: Differentiable<Shadow = E>> Differentiable for Vec<E> {
    type Shadow = Self;
    const HOLDS_CONSTANTS: bool = E::HOLDS_CONSTANTS;

    #[inline]
    fn zero_shadow(&self) -> Self {
        self.as_slice().zero_shadow()
    }

    #[inline]
    fn set_zero(&mut self) {
        self.as_mut_slice().set_zero();
    }

    #[inline]
    fn accumulate(&mut self, increment: &Self) {
        self.as_mut_slice().accumulate(increment);
    }

    #[inline]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        self.iter().for_each(|e| e.each_real(f));
    }

    #[inline]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        self.iter_mut().for_each(|e| e.map_reals(f));
    }
}

impl<E: Differentiable<Shadow = E>> Differentiable for VecDeque<E> {
    type Shadow = Self;
    const HOLDS_CONSTANTS: bool = E::HOLDS_CONSTANTS;

    #[inline]
    fn zero_shadow(&self) -> Self {
        self.iter().map(E::zero_shadow).collect()
    }

    #[inline]
    fn set_zero(&mut self) {
        self.iter_mut().for_each(E::set_zero);
    }

    #[inline]
    fn accumulate(&mut self, increment: &Self) {
        if self.len() != increment.len() {
            lengths_differ(self.len(), increment.len());
        }
        for (target, source) in self.iter_mut().zip(increment) {
            target.accumulate(source);
        }
    }

    #[inline]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        self.iter().for_each(|e| e.each_real(f));
    }

    #[inline]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        self.iter_mut().for_each(|e| e.map_reals(f));
    }
}

impl<E: Differentiable<Shadow = E>> Differentiable for Box<[E]> {
    type Shadow = Self;
    const HOLDS_CONSTANTS: bool = E::HOLDS_CONSTANTS;

    #[inline]
    fn zero_shadow(&self) -> Self {
        (**self).zero_shadow().into_boxed_slice()
    }

    #[inline]
    fn set_zero(&mut self) {
        (**self).set_zero();
    }

    #[inline]
    fn accumulate(&mut self, increment: &Self) {
        (**self).accumulate(increment);
    }

    #[inline]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        (**self).each_real(f);
    }

    #[inline]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        (**self).map_reals(f);
    }
}

impl<V: Differentiable<Shadow = V>> Differentiable for Box<V> {
    type Shadow = Self;
    const HOLDS_CONSTANTS: bool = V::HOLDS_CONSTANTS;

    #[inline]
    fn zero_shadow(&self) -> Self {
        Box::new((**self).zero_shadow())
    }

    #[inline]
    fn set_zero(&mut self) {
        (**self).set_zero();
    }

    #[inline]
    fn accumulate(&mut self, increment: &Self) {
        (**self).accumulate(increment);
    }

    #[inline]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        (**self).each_real(f);
    }

    #[inline]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        (**self).map_reals(f);
    }
}

impl<E: Differentiable<Shadow = E>> Differentiable for Option<E> {
    type Shadow = Self;
    const HOLDS_CONSTANTS: bool = E::HOLDS_CONSTANTS;

    #[inline]
    fn zero_shadow(&self) -> Self {
        self.as_ref().map(E::zero_shadow)
    }

    #[inline]
    fn neutral_shadow(&self) -> Self {
        self.as_ref().map(E::neutral_shadow)
    }

    #[inline]
    fn set_zero(&mut self) {
        if let Some(value) = self {
            value.set_zero();
        }
    }

    #[inline]
    fn accumulate(&mut self, increment: &Self) {
        match (self, increment) {
            (Some(target), Some(source)) => target.accumulate(source),
            (None, None) => {}
            (None, Some(_)) => variants_differ("Some", "None"),
            (Some(_), None) => variants_differ("None", "Some"),
        }
    }

    #[inline]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        self.iter().for_each(|e| e.each_real(f));
    }

    #[inline]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        self.iter_mut().for_each(|e| e.map_reals(f));
    }
}

impl<T: ?Sized> Differentiable for std::marker::PhantomData<T> {
    type Shadow = Self;

    #[inline(always)]
    fn zero_shadow(&self) -> Self {
        *self
    }

    #[inline(always)]
    fn set_zero(&mut self) {}

    #[inline(always)]
    fn accumulate(&mut self, _increment: &Self) {}

    #[inline(always)]
    fn each_real(&self, _f: &mut impl FnMut(f64)) {}

    #[inline(always)]
    fn map_reals(&mut self, _f: &mut impl FnMut(f64) -> f64) {}
}

/// The shadow of an error is that there is none.
impl<V: Differentiable, E> Differentiable for Result<V, E> {
    type Shadow = Result<V::Shadow, ()>;
    const HOLDS_CONSTANTS: bool = V::HOLDS_CONSTANTS;

    #[inline]
    fn zero_shadow(&self) -> Self::Shadow {
        match self {
            Ok(value) => Ok(value.zero_shadow()),
            Err(_) => Err(()),
        }
    }

    #[inline]
    fn set_zero(&mut self) {
        if let Ok(value) = self {
            value.set_zero();
        }
    }

    #[inline]
    fn accumulate(&mut self, increment: &Self) {
        match (self, increment) {
            (Ok(target), Ok(source)) => target.accumulate(source),
            (Err(_), Err(_)) => {}
            (Err(_), Ok(_)) => variants_differ("Ok", "Err"),
            (Ok(_), Err(_)) => variants_differ("Err", "Ok"),
        }
    }

    #[inline]
    fn each_real(&self, f: &mut impl FnMut(f64)) {
        self.iter().for_each(|e| e.each_real(f));
    }

    #[inline]
    fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
        self.iter_mut().for_each(|e| e.map_reals(f));
    }
}

macro_rules! tuples {
    ($(($($element:ident $index:tt),+))*) => {$(
        impl<$($element: Differentiable<Shadow = $element>),+> Differentiable for ($($element,)+) {
            type Shadow = Self;
            const HOLDS_CONSTANTS: bool = false $(|| $element::HOLDS_CONSTANTS)+;

            #[inline]
            fn zero_shadow(&self) -> Self {
                ($(self.$index.zero_shadow(),)+)
            }

            #[inline]
            fn neutral_shadow(&self) -> Self {
                ($(self.$index.neutral_shadow(),)+)
            }

            #[inline]
            fn set_zero(&mut self) {
                $(self.$index.set_zero();)+
            }

            #[inline]
            fn accumulate(&mut self, increment: &Self) {
                $(self.$index.accumulate(&increment.$index);)+
            }

            #[inline]
            fn each_real(&self, f: &mut impl FnMut(f64)) {
                $(self.$index.each_real(f);)+
            }

            #[inline]
            fn map_reals(&mut self, f: &mut impl FnMut(f64) -> f64) {
                $(self.$index.map_reals(f);)+
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

#[cold]
#[inline(never)]
#[track_caller]
fn variants_differ(source: &str, target: &str) -> ! {
    panic!(
        "chainrule: cannot accumulate `{source}` into `{target}`: \
         a shadow must have the shape of its value"
    )
}

#[cfg(test)]
mod tests {
    use super::{Differentiable, VecDeque};

    /// Zero, twice the increment, zero again; and the value itself stays as it is.
    fn exercise<V>(value: V, zero: V, increment: V, twice: V)
    where
        V: Differentiable<Shadow = V> + PartialEq + std::fmt::Debug,
    {
        assert_eq!(value.neutral_shadow(), zero);
        let mut shadow = value.zero_shadow();
        assert_eq!(shadow, zero);
        shadow.accumulate(&increment);
        shadow.accumulate(&increment);
        assert_eq!(shadow, twice);
        shadow.set_zero();
        assert_eq!(shadow, zero);
    }

    #[test]
    fn reals() {
        exercise(3.0_f64, 0.0, 1.5, 3.0);
        exercise(f32::NAN, 0.0, 1.5, 3.0);
    }

    #[test]
    fn what_is_only_added_to_begins_with_negative_zeros() {
        let shadow = (1.0, [2.0; 2], Some(3.0_f32), vec![4.0]).neutral_shadow();
        let negative = |x: f64| x == 0.0 && x.is_sign_negative();
        assert!(negative(shadow.0) && shadow.1.into_iter().all(negative));
        assert!(shadow.2.is_some_and(|x| negative(x.into())) && !negative(shadow.3[0]));
    }

    #[test]
    fn constants_are_copied_and_never_touched() {
        exercise(7_u8, 7, 1, 7);
        exercise(7_i128, 7, 1, 7);
        exercise(7_usize, 7, 1, 7);
        exercise(true, true, false, true);
        exercise('x', 'x', 'y', 'x');
        exercise((), (), (), ());
        exercise("left", "left", "right", "left");
        exercise("a".to_string(), "a".into(), "b".into(), "a".into());
    }

    #[test]
    fn arrays_vectors_and_boxes() {
        exercise([1.0, 2.0], [0.0; 2], [0.5, 1.0], [1.0, 2.0]);
        exercise(
            [[1.0_f32; 2]; 3],
            [[0.0; 2]; 3],
            [[1.0; 2]; 3],
            [[2.0; 2]; 3],
        );
        exercise(vec![1.0, 2.0], vec![0.0; 2], vec![0.5, 1.0], vec![1.0, 2.0]);
        exercise(
            vec![vec![1.0], vec![], vec![2.0, 3.0]],
            vec![vec![0.0], vec![], vec![0.0, 0.0]],
            vec![vec![1.0], vec![], vec![1.0, 2.0]],
            vec![vec![2.0], vec![], vec![2.0, 4.0]],
        );
        let boxed = |x: &[f64]| x.to_vec().into_boxed_slice();
        exercise(boxed(&[1.0]), boxed(&[0.0]), boxed(&[2.0]), boxed(&[4.0]));
        exercise::<[f64; 0]>([], [], [], []);
        let queue = |x: [f64; 2]| VecDeque::from(x);
        exercise(
            queue([1.0, 2.0]),
            queue([0.0; 2]),
            queue([0.5, 1.0]),
            queue([1.0, 2.0]),
        );
    }

    #[test]
    fn slices_have_owned_shadows() {
        let view: &[f64] = &[1.0, 2.0, 3.0];
        let mut shadow: Vec<f64> = view[1..].zero_shadow();
        assert_eq!(shadow, [0.0, 0.0]);
        shadow[..1].accumulate(&view[2..]);
        assert_eq!(shadow, [3.0, 0.0]);
        shadow[..].set_zero();
        assert_eq!(shadow, [0.0, 0.0]);
    }

    #[test]
    fn options_and_tuples() {
        exercise(Some(1.0), Some(0.0), Some(2.0), Some(4.0));
        exercise(None::<f64>, None, None, None);
        exercise((1.0,), (0.0,), (2.0,), (4.0,));
        exercise(
            (
                1.0,
                1_u8,
                [1.0],
                vec![1.0_f32],
                Some(1.0),
                "a",
                true,
                (1.0, 2),
            ),
            (
                0.0,
                1_u8,
                [0.0],
                vec![0.0_f32],
                Some(0.0),
                "a",
                true,
                (0.0, 2),
            ),
            (
                1.0,
                9_u8,
                [1.0],
                vec![1.0_f32],
                Some(1.0),
                "b",
                false,
                (1.0, 9),
            ),
            (
                2.0,
                1_u8,
                [2.0],
                vec![2.0_f32],
                Some(2.0),
                "a",
                true,
                (2.0, 2),
            ),
        );
    }

    #[test]
    #[should_panic(expected = "cannot accumulate 3 elements into 2")]
    fn differing_lengths_panic() {
        vec![0.0, 0.0].accumulate(&vec![1.0, 2.0, 3.0]);
    }

    #[test]
    #[should_panic(expected = "cannot accumulate `Some` into `None`")]
    fn differing_variants_panic() {
        None.accumulate(&Some(1.0));
    }
}
