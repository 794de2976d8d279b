//! Functions composed: their derivatives along a direction, and their Jacobian by a plan.

use super::stage::{Stage, Sweeps};
use super::{ChainError, Costs, Feeds, Plan, Scalar, Shape, follow, measure};
use crate::Matrix;
use num_traits::Float;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

/// Functions composed, the first applied first: `X` is the shape of what the first takes, `Y` of what the last returns.
///
/// `chain!` makes one from annotated functions, [`Chain::of`] and [`Chain::then`] from any stages.
///
/// The methods whose names begin with `try_`, and those that take a plan or costs, return an error if something does not fit; the others panic with
/// its message. All panic if a stage does.
///
/// ```
/// use ad_runtime::chain::{Chain, Costs, Plan, Stage};
/// use std::time::Duration;
///
/// // Companions like these are written by `#[differentiate]`, and the stage by `chain!`. Here: the sums of pairs, squared.
/// fn sums(x: &[f64]) -> Vec<f64> {
///     x.chunks(2).map(|c| (c[0] + c[1]).powi(2)).collect()
/// }
/// fn sums_tangent(x: &[f64], x_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
///     let pairs = x.chunks(2).zip(x_dot.chunks(2));
///     let dots = pairs.map(|(x, d)| 2.0 * (x[0] + x[1]) * (d[0] + d[1]));
///     (sums(x), dots.collect())
/// }
/// fn sums_adjoint(x: &[f64], x_bar: &mut [f64], seed: &Vec<f64>) -> Vec<f64> {
///     for (k, x_bar) in x_bar.iter_mut().enumerate() {
///         *x_bar += 2.0 * (x[k - k % 2] + x[k - k % 2 + 1]) * seed[k / 2];
///     }
///     sums(x)
/// }
/// let stage = || Stage::new("sums", sums, sums_tangent, sums_adjoint);
/// let chain = Chain::of(stage()).then(stage());
/// assert_eq!(chain.names(), ["sums", "sums"]);
///
/// let x = [1.0, 0.0, -1.0, 2.0];
/// assert_eq!(chain.value(&x), [4.0]);
/// assert_eq!(chain.tangent(&x, &[1.0, 0.0, 0.0, 0.0]), (vec![4.0], vec![8.0]));
/// assert_eq!(chain.adjoint(&x, &[0.5]), (vec![4.0], vec![4.0; 4]));
///
/// // Four values become two, then one: adjoint sweeps.
/// let plan = chain.plan(4);
/// assert_eq!((plan.forward(), plan.reverse()), (8, 8));
/// assert_eq!(chain.plan_for(&x)?, plan);
/// let (value, jacobian) = chain.jacobian(&x);
/// assert_eq!((value, jacobian.as_slice()), (vec![4.0], [8.0; 4].as_slice()));
///
/// // By a plan of one's own, or one made from costs: given or measured.
/// let forward = Plan::pure_forward(&[4, 2, 1])?;
/// assert_eq!(chain.jacobian_by(&forward, &x)?.1, jacobian);
/// let limited = chain.plan_by(&x, &Costs::dense(&[4, 2, 1]), Some(0))?;
/// assert_eq!(limited.estimate().unwrap().reverse, None);
/// assert_eq!(chain.jacobian_by(&limited, &x)?.1, jacobian);
/// let measured = chain.measure(&x, Duration::from_micros(10))?;
/// assert_eq!(chain.jacobian_by(&chain.plan_by(&x, &measured, None)?, &x)?.1, jacobian);
///
/// assert!(chain.try_plan(0).is_err());
/// assert!(chain.try_jacobian(&[]).is_err());
/// # Ok::<(), ad_runtime::chain::ChainError>(())
/// ```
pub struct Chain<'a, T, X: ?Sized, Y: ?Sized> {
    links: Vec<Link<'a, T>>,
    shapes: PhantomData<fn(&X) -> Box<Y>>,
}

/// A stage without its shapes.
pub(super) struct Link<'a, T> {
    pub name: Cow<'static, str>,
    pub sweeps: Box<dyn Sweeps<T> + 'a>,
    /// The size of its result, if the type says so.
    pub returns: Option<usize>,
}

impl<'a, T, X: ?Sized, Y: ?Sized> Chain<'a, T, X, Y>
where
    T: Float,
    X: Shape<T>,
    Y: Shape<T>,
{
    /// The chain of a single stage.
    pub fn of(stage: Stage<'a, T, X, Y>) -> Self {
        Self {
            links: vec![Link::of(stage)],
            shapes: PhantomData,
        }
    }

    /// This chain with one more stage behind it.
    pub fn then<U, Z>(mut self, stage: Stage<'a, T, U, Z>) -> Chain<'a, T, X, Z>
    where
        Y: Feeds<U>,
        U: ?Sized + Shape<T>,
        Z: ?Sized + Shape<T>,
    {
        self.links.push(Link::of(stage));
        Chain {
            links: self.links,
            shapes: PhantomData,
        }
    }

    /// The names of the stages.
    pub fn names(&self) -> Vec<String> {
        self.links.iter().map(|l| l.name.to_string()).collect()
    }

    /// The composition itself.
    pub fn value(&self, x: &X::View) -> Y::Owned {
        let links = self.links.iter();
        Y::of(links.fold(X::numbers(x).to_vec(), |x, link| link.sweeps.value(&x)))
    }

    /// The value and its derivative in direction `x_dot`, by a tangent sweep.
    ///
    /// # Panics
    ///
    /// If the direction has another length than the input.
    #[track_caller]
    pub fn tangent(&self, x: &X::View, x_dot: &X::View) -> (Y::Owned, Y::Owned) {
        let (x, x_dot) = (X::numbers(x), X::numbers(x_dot));
        assert_fits("direction", x_dot, "input", x);
        let start = (x.to_vec(), x_dot.to_vec());
        let (y, y_dot) = self
            .links
            .iter()
            .fold(start, |(x, x_dot), link| link.sweeps.tangent(&x, &x_dot));
        (Y::of(y), Y::of(y_dot))
    }

    /// The value and the adjoint of the input for that of the result, `y_bar`, by an adjoint sweep.
    ///
    /// # Panics
    ///
    /// If `y_bar` has another length than the result.
    #[track_caller]
    pub fn adjoint(&self, x: &X::View, y_bar: &Y::View) -> (Y::Owned, X::Owned) {
        let (value, x_bar) = self.sweep_back(X::numbers(x), Y::numbers(y_bar));
        (Y::of(value), X::of(x_bar))
    }

    #[track_caller]
    fn sweep_back(&self, x: &[T], y_bar: &[T]) -> (Vec<T>, Vec<T>) {
        let values = self.values(x);
        assert_fits("seed", y_bar, "result", &values[self.links.len()]);
        let mut bar = y_bar.to_vec();
        for (link, x) in self.links.iter().zip(&values).rev() {
            let mut x_bar = vec![T::zero(); x.len()];
            link.sweeps.adjoint(x, &mut x_bar, &bar);
            bar = x_bar;
        }
        let value = values.into_iter().last().unwrap_or_default();
        (value, bar)
    }

    /// The order in which the Jacobians are best multiplied for inputs of `n` values: [`Plan::dense`] for the sizes that the stages
    /// have then.
    ///
    /// Where the sizes are no part of the types, the functions tell: they are run once, on the probe `1/(n+1), 2/(n+1), …, n/(n+1)`. If one
    /// of them does not stand that, or if sizes depend on values, [`Chain::plan_for`] plans for an input of yours.
    ///
    /// # Panics
    ///
    /// Where [`Chain::try_plan`] returns an error.
    #[track_caller]
    pub fn plan(&self, n: usize) -> Plan {
        or_panic(self.try_plan(n))
    }

    /// The same, or why there is no plan.
    ///
    /// # Errors
    ///
    /// If the first stage takes another number of values than `n`, if a stage takes or returns nothing, or if there are more multiplications than a
    /// `u128` counts.
    pub fn try_plan(&self, n: usize) -> Result<Plan, ChainError> {
        if let Some(expected) = X::size().filter(|size| *size != n) {
            return Err(ChainError::Input { expected, given: n });
        }
        let sizes = match self.sizes_by_type(n) {
            Some(sizes) => sizes,
            None => {
                let part = |k: usize| Some(T::from(k + 1)? / T::from(n + 1)?);
                let probe = (0..n).map(|k| part(k).unwrap_or_else(T::one));
                sizes(&self.filled(&probe.collect::<Vec<T>>())?)
            }
        };
        Ok(Plan::dense(&sizes)?.named(self.names()))
    }

    fn sizes_by_type(&self, n: usize) -> Option<Vec<usize>> {
        let mut sizes = vec![n];
        for link in &self.links {
            sizes.push(link.returns?);
        }
        Some(sizes)
    }

    /// The order in which the Jacobians at `x` are best multiplied: [`Plan::dense`] for the sizes that the stages have there.
    ///
    /// # Errors
    ///
    /// As those of [`Chain::try_plan`].
    pub fn plan_for(&self, x: &X::View) -> Result<Plan, ChainError> {
        let sizes = sizes(&self.filled(X::numbers(x))?);
        Ok(Plan::dense(&sizes)?.named(self.names()))
    }

    /// The cheapest way to the Jacobian at `x` by what sweeps cost, with a limit on the traces that are alive at one time: [`Plan::general`] for the
    /// sizes that the stages have there.
    ///
    /// # Errors
    ///
    /// As those of [`Plan::general`].
    pub fn plan_by(
        &self,
        x: &X::View,
        costs: &Costs,
        limit: Option<u64>,
    ) -> Result<Plan, ChainError> {
        let sizes = sizes(&self.filled(X::numbers(x))?);
        Ok(Plan::general(&sizes, costs, limit)?.named(self.names()))
    }

    /// What the sweeps cost at `x`, and a multiplication in a product of Jacobians, in nanoseconds: the shortest of some runs that last `patience`
    /// for each kind of sweep; where a sweep takes several directions at once, each one's share. What traces take is not measured.
    ///
    /// # Errors
    ///
    /// If a stage takes or returns nothing.
    pub fn measure(&self, x: &X::View, patience: Duration) -> Result<Costs, ChainError> {
        let values = self.filled(X::numbers(x))?;
        Ok(measure::costs(&self.links, &values, patience))
    }

    /// The value and the Jacobian, by the plan for that input: [`Chain::plan_for`]. Partial Jacobians are handed on as directions and seeds of
    /// sweeps through their neighbours, whose own Jacobians are never formed.
    ///
    /// # Panics
    ///
    /// Where [`Chain::try_jacobian`] returns an error.
    #[track_caller]
    pub fn jacobian(&self, x: &X::View) -> (Y::Owned, Matrix<T>) {
        or_panic(self.try_jacobian(x))
    }

    /// The same, or why there is no Jacobian.
    ///
    /// # Errors
    ///
    /// If a stage takes or returns nothing, or its tangent has another length than its value.
    pub fn try_jacobian(&self, x: &X::View) -> Result<(Y::Owned, Matrix<T>), ChainError> {
        let values = self.filled(X::numbers(x))?;
        let plan = Plan::dense(&sizes(&values))?;
        self.follow(&plan, values)
    }

    /// The value and the Jacobian, by a plan of yours.
    ///
    /// Sweeps go through one stage after the other, so that the trace of one stage is alive at a time: never more than the limit of a plan allows. They take
    /// several directions at once where the stage has forms for that.
    ///
    /// # Errors
    ///
    /// As those of [`Chain::try_jacobian`], and if the plan is for other sizes.
    pub fn jacobian_by(
        &self,
        plan: &Plan,
        x: &X::View,
    ) -> Result<(Y::Owned, Matrix<T>), ChainError> {
        let values = self.filled(X::numbers(x))?;
        let chain = sizes(&values);
        if chain != plan.sizes() {
            let plan = plan.sizes().to_vec();
            return Err(ChainError::OtherSizes { plan, chain });
        }
        self.follow(plan, values)
    }

    fn follow(
        &self,
        plan: &Plan,
        mut values: Vec<Vec<T>>,
    ) -> Result<(Y::Owned, Matrix<T>), ChainError> {
        let value = values.pop().unwrap_or_default();
        let jacobian = follow::jacobian(plan, &self.links, &values)?;
        Ok((Y::of(value), jacobian))
    }

    /// The input and what each stage returns.
    fn values(&self, x: &[T]) -> Vec<Vec<T>> {
        let mut values = vec![x.to_vec()];
        for (k, link) in self.links.iter().enumerate() {
            values.push(link.sweeps.value(&values[k]));
        }
        values
    }

    /// The same; no stage is called with nothing, and none returns nothing.
    fn filled(&self, x: &[T]) -> Result<Vec<Vec<T>>, ChainError> {
        let mut values = vec![x.to_vec()];
        for at in 0..=self.links.len() {
            if values[at].is_empty() {
                return Err(ChainError::ZeroSize { at });
            }
            if let Some(link) = self.links.get(at) {
                values.push(link.sweeps.value(&values[at]));
            }
        }
        Ok(values)
    }
}

impl<T: Float, X: ?Sized + Shape<T>> Chain<'_, T, X, Scalar> {
    /// The value and its gradient, by an adjoint sweep; for chains that end in a number.
    ///
    /// ```
    /// use ad_runtime::chain::{Chain, stage};
    ///
    /// // What `chain![norm]` stands for.
    /// fn norm(x: &[f64; 2]) -> f64 {
    ///     x[0].hypot(x[1])
    /// }
    /// fn norm_tangent(x: &[f64; 2], x_dot: &[f64; 2]) -> (f64, f64) {
    ///     (norm(x), (x[0] * x_dot[0] + x[1] * x_dot[1]) / norm(x))
    /// }
    /// fn norm_adjoint(x: &[f64; 2], x_bar: &mut [f64; 2], seed: f64) -> f64 {
    ///     (0..2).for_each(|k| x_bar[k] += seed * x[k] / norm(x));
    ///     norm(x)
    /// }
    /// let chain = Chain::of(stage("norm", (norm, norm_tangent, norm_adjoint)));
    /// assert_eq!(chain.gradient(&[3.0, 4.0]), (5.0, [0.6, 0.8]));
    /// ```
    #[track_caller]
    pub fn gradient(&self, x: &X::View) -> (T, X::Owned) {
        self.adjoint(x, &T::one())
    }
}

impl<'a, T> Link<'a, T> {
    fn of<X: ?Sized, Y: ?Sized + Shape<T>>(stage: Stage<'a, T, X, Y>) -> Self {
        Self {
            name: stage.name,
            sweeps: stage.sweeps,
            returns: Y::size(),
        }
    }
}

impl<T, X: ?Sized, Y: ?Sized> fmt::Debug for Chain<'_, T, X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.links.iter().map(|l| &l.name);
        f.write_str("Chain ")?;
        f.debug_list().entries(names).finish()
    }
}

fn sizes<T>(values: &[Vec<T>]) -> Vec<usize> {
    values.iter().map(Vec::len).collect()
}

/// Whether something has the length that fits.
pub(super) fn length(
    stage: &str,
    what: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), ChainError> {
    match expected == found {
        true => Ok(()),
        false => Err(ChainError::Length {
            stage: stage.to_string(),
            what,
            expected,
            found,
        }),
    }
}

#[track_caller]
fn assert_fits<T>(what: &str, shadow: &[T], of: &str, value: &[T]) {
    let (given, expected) = (shadow.len(), value.len());
    assert!(
        given == expected,
        "chainrule: the {what} has {given} values, but the {of} of the chain has {expected}"
    );
}

#[track_caller]
fn or_panic<R>(result: Result<R, ChainError>) -> R {
    result.unwrap_or_else(|error| panic!("chainrule: {error}"))
}
