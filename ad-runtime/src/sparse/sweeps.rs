//! How generated code runs the sweeps of a plan.

use super::engine::Engine;
use super::{Csc, HessianPlan, JacobianPlan, Mode, Segments, SparseError};
use crate::Differentiable;
use num_traits::{Float, NumCast};
use std::sync::Arc;

/// The sweeps of one evaluation, by the shadows of arguments and results.
pub struct SparseSweeps<'a, T> {
    engine: &'a mut Engine<T>,
    matrix: &'a mut Csc<T>,
    cols: usize,
    /// How many reals the sweep under way has set in its directions, and given.
    set: usize,
    given: usize,
    under_way: bool,
    shape: Shape,
}

/// A tangent sweep without direction comes first: it shows the shape of the results to adjoint sweeps.
#[derive(PartialEq)]
enum Shape {
    Wanted,
    UnderWay,
    Known,
}

impl<'a, T: Float> SparseSweeps<'a, T> {
    /// Those of a Jacobian with so many columns, and so many rows if that is known.
    ///
    /// # Panics
    ///
    /// When the matrix has another pattern than the plan.
    pub fn jacobian(
        plan: &'a mut JacobianPlan<T>,
        matrix: &'a mut Csc<T>,
        cols: usize,
        rows: Option<usize>,
    ) -> Self {
        let mut sweeps = Self::new(&mut plan.0, matrix, cols);
        if rows.is_none() && sweeps.engine.mode() == Mode::Reverse {
            sweeps.shape = Shape::Wanted;
        }
        sweeps
    }

    /// Those of a Hessian of so many variables.
    pub fn hessian(plan: &'a mut HessianPlan<T>, matrix: &'a mut Csc<T>, cols: usize) -> Self {
        Self::new(&mut plan.0, matrix, cols)
    }

    fn new(engine: &'a mut Engine<T>, matrix: &'a mut Csc<T>, cols: usize) -> Self {
        engine.fits(matrix);
        engine.begin();
        if cols != engine.pattern().cols() {
            engine.fail(SparseError::Size {
                plan: (engine.pattern().rows(), engine.pattern().cols()),
                function: (None, cols),
            });
        }
        Self {
            engine,
            matrix,
            cols,
            set: 0,
            given: 0,
            under_way: false,
            shape: Shape::Known,
        }
    }

    /// The next sweep by segments of the function; it comes back by [`take`](Self::take).
    pub fn segments(&mut self) -> Option<Segments<T>> {
        self.engine.next_segments(self.matrix.values_vec())
    }

    /// Takes what it has given.
    pub fn take(&mut self, sweep: Segments<T>) {
        self.engine.absorb_segments(sweep, self.matrix.values_vec());
    }

    /// The next tangent sweep, in at most so many directions.
    pub fn column(&mut self, widest: usize) -> Option<SparseDirection<T>> {
        match self.shape {
            Shape::Wanted if self.engine.is_going() => {
                self.shape = Shape::UnderWay;
                Some(SparseDirection {
                    reals: Arc::default(),
                    width: 1,
                    passed: 0,
                })
            }
            Shape::UnderWay => {
                self.shape = Shape::Known;
                self.check(self.given);
                None
            }
            _ => self.next(Mode::Forward, widest),
        }
    }

    /// The next adjoint sweep, for at most so many rows.
    pub fn row(&mut self, widest: usize) -> Option<SparseDirection<T>> {
        self.next(Mode::Reverse, widest)
    }

    fn next(&mut self, mode: Mode, widest: usize) -> Option<SparseDirection<T>> {
        if mode != self.engine.mode() {
            return None;
        }
        if self.under_way {
            self.end();
        }
        self.under_way = self.engine.prepare(widest);
        (self.set, self.given) = (0, 0);
        self.under_way.then(|| SparseDirection {
            reals: self.engine.direction.clone(),
            width: self.engine.width(),
            passed: 0,
        })
    }

    /// Takes what the sweep has given, which must be as much as the plan has rows or columns.
    fn end(&mut self) {
        let passed = match self.engine.mode() {
            Mode::Forward => self.given,
            Mode::Reverse => self.set,
        };
        // Nothing tells the rows of an adjoint sweep where there are no columns.
        let unknown = self.cols == 0 && self.engine.mode() == Mode::Reverse;
        if unknown || self.check(passed / self.engine.width()) {
            self.engine.absorb(self.matrix.values_mut());
        }
    }

    /// The reals of a shadow that holds `W` directions: the next part of the result.
    pub fn entries<const W: usize, V>(&mut self, direction: &SparseDirection<T>, shadow: &V)
    where
        V: Differentiable + ?Sized,
    {
        self.set = direction.passed;
        let (given, result) = (&mut self.given, &mut self.engine.result);
        if self.shape == Shape::UnderWay {
            shadow.each_real(&mut |_| *given += 1);
            return;
        }
        shadow.each_real(&mut |x| {
            if let Some(place) = result.get_mut(*given) {
                *place = real(x);
            }
            *given += 1;
        });
    }

    fn check(&mut self, rows: usize) -> bool {
        let plan = (self.engine.pattern().rows(), self.engine.pattern().cols());
        let fits = rows == plan.0;
        if !fits {
            self.engine.fail(SparseError::Size {
                plan,
                function: (Some(rows), self.cols),
            });
        }
        fits
    }

    /// Whether something is wrong.
    pub fn finish(self) -> Result<(), SparseError> {
        self.engine.outcome()
    }
}

/// The directions of a sweep.
pub struct SparseDirection<T> {
    reals: Arc<Vec<T>>,
    width: usize,
    passed: usize,
}

impl<T: Float> SparseDirection<T> {
    /// How many directions the shadow of a real holds.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The next part of the directions, in a shadow that holds `W` of them.
    pub fn part<const W: usize, V: Differentiable + ?Sized>(&mut self, shadow: &mut V) {
        shadow.map_reals(&mut |_| {
            let x = self.reals.get(self.passed).copied();
            self.passed += 1;
            x.unwrap_or_else(T::zero)
                .to_f64()
                .expect("a float type becomes an f64")
        });
    }
}

#[inline(always)]
pub(super) fn real<T: NumCast>(x: f64) -> T {
    T::from(x).expect("chainrule: an entry that the float type cannot represent")
}
