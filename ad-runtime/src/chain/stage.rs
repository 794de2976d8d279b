//! One stage of a chain: a function with its tangent and its adjoint.

use super::Shape;
use crate::wide::{LANES, Lanes};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// The same real of as many directions as a sweep takes at once.
pub(super) type Lane<T> = Lanes<T, { LANES }>;

/// What every stage can do, whatever its shapes.
pub(super) trait Sweeps<T>: Send + Sync {
    fn value(&self, x: &[T]) -> Vec<T>;
    fn tangent(&self, x: &[T], x_dot: &[T]) -> (Vec<T>, Vec<T>);
    /// Adds to `x_bar`. The seed is a `Vec` because companions of functions that return one take it so.
    #[allow(clippy::ptr_arg)]
    fn adjoint(&self, x: &[T], x_bar: &mut [T], y_bar: &Vec<T>) -> Vec<T>;
    /// Whether there are the wide sweeps below.
    fn is_wide(&self) -> bool;
    /// The tangents in several directions.
    fn tangents(&self, x: &[T], x_dot: &[Lane<T>]) -> Vec<Lane<T>>;
    /// The adjoints for several seeds.
    fn adjoints(&self, x: &[T], y_bar: Vec<Lane<T>>) -> Vec<Lane<T>>;
}

/// A function with its tangent and its adjoint, to be composed with others in a [`Chain`](super::Chain). `X` and `Y` are the shapes of
/// what it takes and returns.
///
/// `chain!` makes stages from annotated functions. This is for what has no name, such as a closure that holds parameters.
pub struct Stage<'a, T, X: ?Sized, Y: ?Sized> {
    pub(super) name: Cow<'static, str>,
    pub(super) sweeps: Box<dyn Sweeps<T> + 'a>,
    shapes: PhantomData<fn(&X) -> Box<Y>>,
}

impl<'a, T, X: ?Sized, Y: ?Sized> Stage<'a, T, X, Y> {
    pub(super) fn from_sweeps(name: Cow<'static, str>, sweeps: impl Sweeps<T> + 'a) -> Self {
        Self {
            name,
            sweeps: Box::new(sweeps),
            shapes: PhantomData,
        }
    }
}

impl<'a, T: 'a> Stage<'a, T, [T], [T]> {
    /// A stage of three functions on slices, with the signatures of `f`, `f_tangent` and `f_adjoint`.
    ///
    /// ```
    /// use ad_runtime::chain::{Chain, Stage};
    ///
    /// // Functions like these come from `#[differentiate]`; what is handed over is a closure that holds the weights.
    /// fn scale(x: &[f64], w: &[f64]) -> Vec<f64> {
    ///     x.iter().zip(w).map(|(x, w)| x * w).collect()
    /// }
    /// let w = [2.0, 3.0];
    /// let stage = Stage::new(
    ///     "scale",
    ///     |x| scale(x, &w),
    ///     |x, x_dot| (scale(x, &w), scale(x_dot, &w)),
    ///     |x, x_bar, y_bar| {
    ///         x_bar.iter_mut().zip(scale(y_bar, &w)).for_each(|(x, y)| *x += y);
    ///         scale(x, &w)
    ///     },
    /// );
    /// let (value, jacobian) = Chain::of(stage).jacobian(&[1.0, 1.0]);
    /// assert_eq!(value, [2.0, 3.0]);
    /// assert_eq!(jacobian.as_slice(), [2.0, 0.0, 0.0, 3.0]);
    /// ```
    pub fn new<P, D, A>(
        name: impl Into<Cow<'static, str>>,
        value: P,
        tangent: D,
        adjoint: A,
    ) -> Self
    where
        P: Fn(&[T]) -> Vec<T> + Send + Sync + 'a,
        D: Fn(&[T], &[T]) -> (Vec<T>, Vec<T>) + Send + Sync + 'a,
        A: Fn(&[T], &mut [T], &Vec<T>) -> Vec<T> + Send + Sync + 'a,
    {
        let functions = Functions {
            value,
            tangent,
            adjoint,
            wide: None::<Wide<NoTangents<T>, NoAdjoints<T>>>,
        };
        Self::from_sweeps(name.into(), functions)
    }
}

/// Functions on slices.
pub(super) struct Functions<P, D, A, W> {
    pub value: P,
    pub tangent: D,
    pub adjoint: A,
    pub wide: Option<W>,
}

/// Their wide forms.
pub(super) struct Wide<D, A> {
    pub tangents: D,
    pub adjoints: A,
}

pub(super) type NoTangents<T> = fn(&[T], &[Lane<T>]) -> Vec<Lane<T>>;
pub(super) type NoAdjoints<T> = fn(&[T], Vec<Lane<T>>) -> Vec<Lane<T>>;

impl<T, P, D, A, WD, WA> Sweeps<T> for Functions<P, D, A, Wide<WD, WA>>
where
    P: Fn(&[T]) -> Vec<T> + Send + Sync,
    D: Fn(&[T], &[T]) -> (Vec<T>, Vec<T>) + Send + Sync,
    A: Fn(&[T], &mut [T], &Vec<T>) -> Vec<T> + Send + Sync,
    WD: Fn(&[T], &[Lane<T>]) -> Vec<Lane<T>> + Send + Sync,
    WA: Fn(&[T], Vec<Lane<T>>) -> Vec<Lane<T>> + Send + Sync,
{
    fn value(&self, x: &[T]) -> Vec<T> {
        (self.value)(x)
    }

    fn tangent(&self, x: &[T], x_dot: &[T]) -> (Vec<T>, Vec<T>) {
        (self.tangent)(x, x_dot)
    }

    fn adjoint(&self, x: &[T], x_bar: &mut [T], y_bar: &Vec<T>) -> Vec<T> {
        (self.adjoint)(x, x_bar, y_bar)
    }

    fn is_wide(&self) -> bool {
        self.wide.is_some()
    }

    fn tangents(&self, x: &[T], x_dot: &[Lane<T>]) -> Vec<Lane<T>> {
        (self.wide.as_ref().expect(WIDE).tangents)(x, x_dot)
    }

    fn adjoints(&self, x: &[T], y_bar: Vec<Lane<T>>) -> Vec<Lane<T>> {
        (self.wide.as_ref().expect(WIDE).adjoints)(x, y_bar)
    }
}

const WIDE: &str = "who asks for wide sweeps has seen that there are some";

impl<T, X: ?Sized + Shape<T>, Y: ?Sized + Shape<T>> fmt::Debug for Stage<'_, T, X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Stage");
        out.field("name", &self.name);
        out.field("takes", &X::size()).field("returns", &Y::size());
        out.finish()
    }
}
