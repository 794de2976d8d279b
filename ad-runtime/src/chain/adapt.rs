//! Annotated functions as stages, whatever shapes they take and return.

use super::shape::{Scalar, array, array_mut, array_ref, number};
use super::stage::{Functions, Lane, NoAdjoints, NoTangents, Stage, Wide};
use crate::wide::{LANES, Lanes};
use num_traits::Float;

/// An annotated function with its `_tangent` and its `_adjoint`, and perhaps its wide forms. `How` is the function's type, which tells the
/// implementations apart.
#[diagnostic::on_unimplemented(
    message = "this function can't be a stage of a chain",
    label = "a stage takes one slice, array or number, and returns a `Vec`, an array or a number",
    note = "`fn(&[T]) -> Vec<T>`, `fn(&[T; N]) -> [T; M]`, `fn(&[T]) -> T` and so on, with a float `T`",
    note = "in a generic function, with the type arguments: `chain![p::<T>]`",
    note = "a function with further parameters is called by closures that hold them: see `Stage::new`"
)]
pub trait IntoStage<'a, How, T, X: ?Sized, Y: ?Sized> {
    /// The stage.
    fn into_stage(self, name: &'static str) -> Stage<'a, T, X, Y>;
}

/// The stage of a function, its tangent and its adjoint: what `chain!` expands to.
pub fn stage<'a, How, T, X: ?Sized, Y: ?Sized>(
    name: &'static str,
    functions: impl IntoStage<'a, How, T, X, Y>,
) -> Stage<'a, T, X, Y> {
    functions.into_stage(name)
}

/// A function that takes a reference: its adjoint adds to what is behind another.
macro_rules! by_reference {
    ([$($generics:tt)*] $x:ty, $xs:ty, $take:expr, $take_mut:expr, $takes:expr, $takes_mut:expr;
     $y:ty, $value:ty, $give:expr, $ys:ty, $gives:expr, $seeds:expr, $seed:ty, $seeded:expr) => {
        #[diagnostic::do_not_recommend]
        impl<'a, T, P, D, A, $($generics)*> IntoStage<'a, fn(&$x, $seed) -> $value, T, $x, $y> for (P, D, A)
        where
            T: Float + 'a,
            P: Fn(&$x) -> $value + Send + Sync + 'a,
            D: Fn(&$x, &$x) -> ($value, $value) + Send + Sync + 'a,
            A: Fn(&$x, &mut $x, $seed) -> $value + Send + Sync + 'a,
        {
            fn into_stage(self, name: &'static str) -> Stage<'a, T, $x, $y> {
                let wide = None::<Wide<NoTangents<T>, NoAdjoints<T>>>;
                by_reference!(self, name, wide, $take, $take_mut, $give, $seeded)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T, P, D, A, WD, WA, R, $($generics)*>
            IntoStage<'a, (fn(&$x, $seed) -> $value, R), T, $x, $y> for (P, D, A, WD, WA)
        where
            T: Float + 'a,
            P: Fn(&$x) -> $value + Send + Sync + 'a,
            D: Fn(&$x, &$x) -> ($value, $value) + Send + Sync + 'a,
            A: Fn(&$x, &mut $x, $seed) -> $value + Send + Sync + 'a,
            WD: Fn(&$x, Option<&$xs>) -> ($value, $ys) + Send + Sync + 'a,
            WA: Fn(&$x) -> ($value, R) + Send + Sync + 'a,
            R: FnOnce(&$x, Option<&mut $xs>, $ys),
        {
            fn into_stage(self, name: &'static str) -> Stage<'a, T, $x, $y> {
                let (value, tangent, adjoint, tangents, sweep) = self;
                let wide = Some(Wide {
                    tangents: move |x: &[T], x_dot: &[Lane<T>]| {
                        $gives(tangents($take(x), Some($takes(x_dot))).1)
                    },
                    adjoints: move |x: &[T], y_bar: Vec<Lane<T>>| {
                        let mut x_bar = vec![zero(); x.len()];
                        let (_, pull) = sweep($take(x));
                        pull($take(x), Some($takes_mut(&mut x_bar)), $seeds(y_bar));
                        x_bar
                    },
                });
                by_reference!((value, tangent, adjoint), name, wide, $take, $take_mut, $give, $seeded)
            }
        }
    };
    ($functions:expr, $name:ident, $wide:ident, $take:expr, $take_mut:expr, $give:expr, $seeded:expr) => {{
        let (value, tangent, adjoint) = $functions;
        let functions = Functions {
            value: move |x: &[T]| $give(value($take(x))),
            tangent: move |x: &[T], x_dot: &[T]| {
                let (y, y_dot) = tangent($take(x), $take(x_dot));
                ($give(y), $give(y_dot))
            },
            adjoint: move |x: &[T], x_bar: &mut [T], y_bar: &Vec<T>| {
                $give(adjoint($take(x), $take_mut(x_bar), $seeded(y_bar)))
            },
            wide: $wide,
        };
        Stage::from_sweeps($name.into(), functions)
    }};
}

/// A function that takes a value: its adjoint returns another.
macro_rules! by_value {
    ([$($generics:tt)*] $x:ty, $taken:ty, $xs:ty, $take:expr, $takes:expr, $given:expr, $givens:expr;
     $y:ty, $value:ty, $give:expr, $ys:ty, $gives:expr, $seeds:expr, $seed:ty, $seeded:expr) => {
        #[diagnostic::do_not_recommend]
        impl<'a, T, P, D, A, $($generics)*> IntoStage<'a, fn($taken, $seed) -> $value, T, $x, $y> for (P, D, A)
        where
            T: Float + 'a,
            P: Fn($taken) -> $value + Send + Sync + 'a,
            D: Fn($taken, $taken) -> ($value, $value) + Send + Sync + 'a,
            A: Fn($taken, $seed) -> ($value, $taken) + Send + Sync + 'a,
        {
            fn into_stage(self, name: &'static str) -> Stage<'a, T, $x, $y> {
                let wide = None::<Wide<NoTangents<T>, NoAdjoints<T>>>;
                by_value!(self, name, wide, $take, $given, $give, $seeded)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T, P, D, A, WD, WA, R, $($generics)*>
            IntoStage<'a, (fn($taken, $seed) -> $value, R), T, $x, $y> for (P, D, A, WD, WA)
        where
            T: Float + 'a,
            P: Fn($taken) -> $value + Send + Sync + 'a,
            D: Fn($taken, $taken) -> ($value, $value) + Send + Sync + 'a,
            A: Fn($taken, $seed) -> ($value, $taken) + Send + Sync + 'a,
            WD: Fn($taken, Option<$xs>) -> ($value, $ys) + Send + Sync + 'a,
            WA: Fn($taken) -> ($value, R) + Send + Sync + 'a,
            R: FnOnce($ys) -> ($xs,),
        {
            fn into_stage(self, name: &'static str) -> Stage<'a, T, $x, $y> {
                let (value, tangent, adjoint, tangents, sweep) = self;
                let wide = Some(Wide {
                    tangents: move |x: &[T], x_dot: &[Lane<T>]| {
                        $gives(tangents($take(x), Some($takes(x_dot))).1)
                    },
                    adjoints: move |x: &[T], y_bar: Vec<Lane<T>>| {
                        let (_, pull) = sweep($take(x));
                        $givens(pull($seeds(y_bar)).0)
                    },
                });
                by_value!((value, tangent, adjoint), name, wide, $take, $given, $give, $seeded)
            }
        }
    };
    ($functions:expr, $name:ident, $wide:ident, $take:expr, $given:expr, $give:expr, $seeded:expr) => {{
        let (value, tangent, adjoint) = $functions;
        let functions = Functions {
            value: move |x: &[T]| $give(value($take(x))),
            tangent: move |x: &[T], x_dot: &[T]| {
                let (y, y_dot) = tangent($take(x), $take(x_dot));
                ($give(y), $give(y_dot))
            },
            adjoint: move |x: &[T], x_bar: &mut [T], y_bar: &Vec<T>| {
                let (y, bar) = adjoint($take(x), $seeded(y_bar));
                for (sum, part) in x_bar.iter_mut().zip($given(bar)) {
                    *sum = *sum + part;
                }
                $give(y)
            },
            wide: $wide,
        };
        Stage::from_sweeps($name.into(), functions)
    }};
}

/// All ways to take an input, with one way to return a result.
macro_rules! returning {
    ([$($generics:tt)*] $($result:tt)*) => {
        by_reference!([$($generics)*] [T], [Lane<T>], same, same_mut, same, same_mut; $($result)*);
        by_reference!([const N: usize, $($generics)*] [T; N], [Lane<T>; N], array_ref, array_mut, array_ref, array_mut; $($result)*);
        by_value!([const N: usize, $($generics)*] [T; N], [T; N], [Lane<T>; N], array, array, Vec::from, Vec::from; $($result)*);
        by_value!([$($generics)*] [T], Vec<T>, Vec<Lane<T>>, <[T]>::to_vec, <[Lane<T>]>::to_vec, same_vec, same_vec; $($result)*);
        by_value!([$($generics)*] Scalar, T, Lane<T>, number, number, one, one; $($result)*);
    };
}

returning!(
    [][T],
    Vec<T>,
    same_vec,
    Vec<Lane<T>>,
    same_vec,
    same_vec,
    &Vec<T>,
    same_ref
);
returning!(
    [][T],
    Vec<T>,
    same_vec,
    Vec<Lane<T>>,
    same_vec,
    same_vec,
    &[T],
    Vec::as_slice
);
returning!([const M: usize] [T; M], [T; M], Vec::from, [Lane<T>; M], Vec::from, from_vec, [T; M], from_ref);
returning!([] Scalar, T, one, Lane<T>, one, first, T, first_ref);

fn zero<T: Float>() -> Lane<T> {
    Lanes([T::zero(); LANES])
}

fn same<T>(x: &[T]) -> &[T] {
    x
}

fn same_mut<T>(x: &mut [T]) -> &mut [T] {
    x
}

fn same_vec<T>(x: Vec<T>) -> Vec<T> {
    x
}

#[allow(clippy::ptr_arg)]
fn same_ref<T>(x: &Vec<T>) -> &Vec<T> {
    x
}

fn from_vec<T: Copy, const N: usize>(x: Vec<T>) -> [T; N] {
    array(&x)
}

#[allow(clippy::ptr_arg)]
fn from_ref<T: Copy, const N: usize>(x: &Vec<T>) -> [T; N] {
    array(x)
}

fn one<T>(x: T) -> Vec<T> {
    vec![x]
}

fn first<T: Copy>(x: Vec<T>) -> T {
    number(&x)
}

#[allow(clippy::ptr_arg)]
fn first_ref<T: Copy>(x: &Vec<T>) -> T {
    number(x)
}
