//! The wide shadows of values.

use super::Wide;
use crate::Differentiable;
use std::collections::VecDeque;

/// A value that has a wide shadow: its own shape, with a `D` for each real.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no shadow: it is not `Differentiable`",
    note = "write `#[derive(Differentiable)]` on it; a field or parameter that carries no derivative is marked `#[constant]`"
)]
pub trait Widen<D: Wide> {
    /// The shadow.
    type Wide: Differentiable<Shadow = Self::Wide> + Clone;

    /// A shadow that is zero, and everything else copied.
    fn wide_zero(&self) -> Self::Wide;
}

/// The wide shadow of a value, zero.
#[inline(always)]
pub fn wide_zero<D: Wide, V: Widen<D> + ?Sized>(value: &V) -> V::Wide {
    value.wide_zero()
}

macro_rules! reals {
    ($($real:ty)*) => {$(
        impl<D: Wide> Widen<D> for $real {
            type Wide = D;

            #[inline(always)]
            fn wide_zero(&self) -> D {
                D::zero()
            }
        }
    )*};
}

reals!(f32 f64);

macro_rules! constants {
    ($($constant:ty)*) => {$(
        impl<D: Wide> Widen<D> for $constant {
            type Wide = Self;

            #[inline]
            fn wide_zero(&self) -> Self {
                Clone::clone(self)
            }
        }
    )*};
}

constants!(() i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char String &str);

impl<D: Wide, T: ?Sized> Widen<D> for std::marker::PhantomData<T> {
    type Wide = Self;

    #[inline(always)]
    fn wide_zero(&self) -> Self {
        *self
    }
}

impl<D: Wide, E: Widen<D>> Widen<D> for [E] {
    type Wide = Vec<E::Wide>;

    #[inline]
    fn wide_zero(&self) -> Self::Wide {
        self.iter().map(E::wide_zero).collect()
    }
}

impl<D: Wide, E: Widen<D>, const N: usize> Widen<D> for [E; N] {
    type Wide = [E::Wide; N];

    #[inline(always)]
    fn wide_zero(&self) -> Self::Wide {
        self.each_ref().map(E::wide_zero)
    }
}

impl<D: Wide, E: Widen<D>> Widen<D> for Vec<E> {
    type Wide = Vec<E::Wide>;

    #[inline]
    fn wide_zero(&self) -> Self::Wide {
        self.as_slice().wide_zero()
    }
}

impl<D: Wide, E: Widen<D>> Widen<D> for VecDeque<E> {
    type Wide = VecDeque<E::Wide>;

    #[inline]
    fn wide_zero(&self) -> Self::Wide {
        self.iter().map(E::wide_zero).collect()
    }
}

impl<D: Wide, E: Widen<D>> Widen<D> for Box<[E]> {
    type Wide = Box<[E::Wide]>;

    #[inline]
    fn wide_zero(&self) -> Self::Wide {
        (**self).wide_zero().into_boxed_slice()
    }
}

impl<D: Wide, V: Widen<D>> Widen<D> for Box<V> {
    type Wide = Box<V::Wide>;

    #[inline]
    fn wide_zero(&self) -> Self::Wide {
        Box::new((**self).wide_zero())
    }
}

impl<D: Wide, V: Widen<D>> Widen<D> for Option<V> {
    type Wide = Option<V::Wide>;

    #[inline]
    fn wide_zero(&self) -> Self::Wide {
        self.as_ref().map(V::wide_zero)
    }
}

macro_rules! tuples {
    ($(($($element:ident $index:tt),+))*) => {$(
        impl<D: Wide, $($element: Widen<D>),+> Widen<D> for ($($element,)+) {
            type Wide = ($($element::Wide,)+);

            #[inline]
            fn wide_zero(&self) -> Self::Wide {
                ($(self.$index.wide_zero(),)+)
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, E 3)
    (A 0, B 1, C 2, E 3, F 4)
    (A 0, B 1, C 2, E 3, F 4, G 5)
    (A 0, B 1, C 2, E 3, F 4, G 5, H 6)
    (A 0, B 1, C 2, E 3, F 4, G 5, H 6, I 7)
}
