//! How generated code runs the sweeps of a plan.

use super::engine::Engine;
use super::{Csc, HessianPlan, JacobianPlan, Mode, SparseError};
use crate::Differentiable;
use num_traits::{Float, NumCast};

/// The sweeps of one evaluation, by the shadows of arguments and results.
pub struct SparseSweeps<'a, T> {
    engine: &'a mut Engine<T>,
    matrix: Csc<T>,
    cols: usize,
    /// How many reals the sweep under way has set in its direction, and given.
    set: usize,
    given: usize,
    under_way: bool,
    /// A tangent sweep without direction comes first: it shows the shape of the results to adjoint sweeps.
    shape: Shape,
}

#[derive(PartialEq)]
enum Shape {
    Wanted,
    UnderWay,
    Known,
}

impl<'a, T: Float> SparseSweeps<'a, T> {
    /// Those of a Jacobian with so many columns, and so many rows if that is known.
    pub fn jacobian(plan: &'a mut JacobianPlan<T>, cols: usize, rows: Option<usize>) -> Self {
        let matrix = plan.matrix();
        let mut sweeps = Self::new(&mut plan.0, matrix, cols);
        if rows.is_none() && sweeps.engine.mode() == Mode::Reverse {
            sweeps.shape = Shape::Wanted;
        }
        sweeps
    }

    /// Those of a Hessian of so many variables.
    pub fn hessian(plan: &'a mut HessianPlan<T>, cols: usize) -> Self {
        let matrix = plan.matrix();
        Self::new(&mut plan.0, matrix, cols)
    }

    fn new(engine: &'a mut Engine<T>, matrix: Csc<T>, cols: usize) -> Self {
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

    /// The next tangent sweep.
    pub fn column(&mut self) -> Option<SparseDirection<'_, T>> {
        match self.shape {
            Shape::Wanted if self.engine.is_going() => {
                self.shape = Shape::UnderWay;
                Some(SparseDirection {
                    direction: &[],
                    passed: &mut self.set,
                })
            }
            Shape::UnderWay => {
                self.shape = Shape::Known;
                self.check_rows(self.given);
                None
            }
            _ => self.next(Mode::Forward),
        }
    }

    /// The next adjoint sweep.
    pub fn row(&mut self) -> Option<SparseDirection<'_, T>> {
        self.next(Mode::Reverse)
    }

    fn next(&mut self, mode: Mode) -> Option<SparseDirection<'_, T>> {
        if mode != self.engine.mode() {
            return None;
        }
        if self.under_way {
            self.end();
        }
        self.under_way = self.engine.prepare();
        (self.set, self.given) = (0, 0);
        self.under_way.then_some(SparseDirection {
            direction: &self.engine.direction,
            passed: &mut self.set,
        })
    }

    /// Takes what the sweep has given, if it has the plan's size.
    fn end(&mut self) {
        let rows = match self.engine.mode() {
            Mode::Forward => self.given,
            Mode::Reverse => self.set,
        };
        if self.check_rows(rows) {
            self.engine.absorb(self.matrix.values_mut());
        }
    }

    fn check_rows(&mut self, rows: usize) -> bool {
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

    /// The reals of a shadow: the next part of the result.
    pub fn entries<const W: usize, V: Differentiable + ?Sized>(&mut self, shadow: &V) {
        let shape = self.shape == Shape::UnderWay;
        shadow.each_real(&mut |x| {
            self.given += 1;
            if shape {
                return;
            }
            if let Some(place) = self.engine.result.get_mut(self.given - 1) {
                *place = real(x);
            }
        });
    }

    /// The matrix, or what is wrong.
    pub fn finish(self) -> Result<Csc<T>, SparseError> {
        self.engine.outcome().map(|()| self.matrix)
    }
}

/// The direction of a sweep.
pub struct SparseDirection<'a, T> {
    direction: &'a [T],
    passed: &'a mut usize,
}

impl<T: Float> SparseDirection<'_, T> {
    /// The next part of the direction.
    pub fn part<const W: usize, V: Differentiable + ?Sized>(&mut self, shadow: &mut V) {
        shadow.map_reals(&mut |_| {
            let x = self.direction.get(*self.passed).copied();
            *self.passed += 1;
            x.unwrap_or_else(T::zero)
                .to_f64()
                .expect("a float type becomes an f64")
        });
    }
}

fn real<T: NumCast>(x: f64) -> T {
    T::from(x).expect("chainrule: an entry that the float type cannot represent")
}
