//! euclid 0.22.14, MIT or Apache-2.0: `src/angle.rs`, `src/lib.rs`, `src/point.rs`, `src/rotation.rs`.

use chainrule::{Differentiable, differentiate};
use core::marker::PhantomData;
use core::ops::{Add, Mul, Rem, Sub};
use num_traits::real::Real;
use num_traits::{FloatConst, One, Zero};

// src/angle.rs

/// An angle in radians
#[derive(Differentiable)]
#[derive(Copy, Clone, Default, Debug, PartialEq, Eq, PartialOrd, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Angle<T> {
    pub radians: T,
}

#[differentiate]

impl<T> Angle<T> {

    #[inline]
    pub fn radians(radians: T) -> Self {
        Angle { radians }
    }
}

    #[differentiate]

    impl<T> Angle<T>
    where
        T: Rem<Output = T>
            + Sub<Output = T>
            + Add<Output = T>
            + Zero
            + FloatConst
            + PartialOrd
            + Copy,
    {

        /// Returns this angle in the [0..2*PI[ range.
        pub fn positive(&self) -> Self {
            let two_pi = T::PI() + T::PI();
            let mut a = self.radians % two_pi;
            if a < T::zero() {
                a = a + two_pi;
            }
            Angle::radians(a)
        }
}

    #[differentiate]

    impl<T> Angle<T>
    where
        T: Rem<Output = T>
            + Mul<Output = T>
            + Sub<Output = T>
            + Add<Output = T>
            + One
            + FloatConst
            + Copy,
    {

        /// Returns the shortest signed angle between two angles.
        ///
        /// Takes wrapping and signs into account.
        pub fn angle_to(&self, to: Self) -> Self {
            let two = T::one() + T::one();
            let max = T::PI() * two;
            let d = (to.radians - self.radians) % max;

            Angle::radians(two * d % max - d)
        }
}

// src/lib.rs

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownUnit;

// src/point.rs

/// A 2d Point tagged with a unit.
#[derive(Differentiable, Clone)]
#[repr(C)]
pub struct Point2D<T, U> {
    pub x: T,
    pub y: T,
    #[doc(hidden)]
    pub _unit: PhantomData<U>,
}

/// Shorthand for `Point2D::new(x, y)`.
#[differentiate]
#[inline]
pub const fn point2<T, U>(x: T, y: T) -> Point2D<T, U> {
    Point2D {
        x,
        y,
        _unit: PhantomData,
    }
}

// src/rotation.rs

/// A transform that can represent rotations in 2d, represented as an angle in radians.
#[derive(Differentiable, Clone)]
#[repr(C)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "T: serde::Serialize",
        deserialize = "T: serde::Deserialize<'de>"
    ))
)]
pub struct Rotation2D<T, Src, Dst> {
    /// Angle in radians
    pub angle: T,
    #[doc(hidden)]
    pub _unit: PhantomData<(Src, Dst)>,
}

    #[differentiate]

    impl<T: Real, Src, Dst> Rotation2D<T, Src, Dst> {

        /// Returns the given 2d point transformed by this rotation.
        ///
        /// The input point must be use the unit Src, and the returned point has the unit Dst.
        #[inline]
        pub fn transform_point(&self, point: Point2D<T, Src>) -> Point2D<T, Dst> {
            let (sin, cos) = Real::sin_cos(self.angle);
            point2(point.x * cos - point.y * sin, point.y * cos + point.x * sin)
        }
}

// ---- tests

struct_shape!([] Angle<f64> { radians: f64 });
struct_shape!([] Point2D<f64, ()> { x: f64, y: f64 });
struct_shape!([] Rotation2D<f64, (), ()> { angle: f64 });

#[test]
fn angles_and_rotations() {
    for radians in [-2.3, 8.0] {
        let (a, to) = (Angle { radians }, Angle { radians: 0.7 });
        prove!(Angle::positive(rf a) -> vec);
        prove!(Angle::angle_to(rf a, val to) -> vec);
    }
    let rotation = Rotation2D::<f64, (), ()> { angle: 0.7, _unit: PhantomData };
    prove!(Rotation2D::transform_point(rf rotation, val point2(1.2, -0.3)) -> vec);
}
