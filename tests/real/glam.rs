//! glam 0.34.3, MIT or Apache-2.0: `src/dcamera/camera_impl.rs`, `src/deref.rs`, `src/f32/affine3.rs`, `src/f32/mat3.rs`, `src/f32/vec3.rs`, `src/f64/dmat4.rs`, `src/f64/dvec4.rs`, `src/macros.rs`.

use chainrule::{Differentiable, differentiate};

use core::ops::*;

// src/macros.rs

macro_rules! glam_assert {
    ($($arg:tt)*) => ( assert!($($arg)*); )
}

// src/dcamera/camera_impl.rs

#[differentiate]
/// Builds an orthographic projection from left, right, bottom, top, near, far bounds.
///
/// # Panics
///
/// Will panic if `left` is equal to `right`, if `bottom` is equal to
/// `top`, or if `near` is equal to `far` when `glam_assert` is enabled.
#[inline]
#[must_use]
#[cfg_attr(any(debug_assertions, feature = "glam-assert"), track_caller)]
pub(crate) fn orthographic<const RH: bool, const ZO: bool, const YFLIP: bool>(
    left: f64,
    right: f64,
    bottom: f64,
    top: f64,
    near: f64,
    far: f64,
) -> DMat4 {
    glam_assert!(left != right && bottom != top);
    glam_assert!(near != far);
    let width_inv = 1.0 / (right - left);
    let height_inv = 1.0 / (top - bottom);
    let depth_inv = 1.0 / (far - near);
    let xx = width_inv + width_inv;
    let yy = if YFLIP {
        -(height_inv + height_inv)
    } else {
        height_inv + height_inv
    };
    let zz = match (RH, ZO) {
        (true, true) => -depth_inv,
        (false, true) => depth_inv,
        (true, false) => -2.0 * depth_inv,
        (false, false) => 2.0 * depth_inv,
    };
    let tx = -(left + right) * width_inv;
    let ty = if YFLIP {
        (top + bottom) * height_inv
    } else {
        -(top + bottom) * height_inv
    };
    let tz = if ZO {
        -near * depth_inv
    } else {
        -(far + near) * depth_inv
    };
    DMat4::from_cols(
        DVec4::new(xx, 0.0, 0.0, 0.0),
        DVec4::new(0.0, yy, 0.0, 0.0),
        DVec4::new(0.0, 0.0, zz, 0.0),
        DVec4::new(tx, ty, tz, 1.0),
    )
}

#[differentiate]
/// Builds a perspective projection from a general frustum.
///
/// # Panics
///
/// Will panic if `left` equals `right`, `bottom` equals `top`, `near` equals `far`, or
/// `near` or `far` are not positive when `glam_assert` is enabled.
#[inline]
#[must_use]
#[cfg_attr(any(debug_assertions, feature = "glam-assert"), track_caller)]
pub(crate) fn frustum<const RH: bool, const ZO: bool, const YFLIP: bool>(
    left: f64,
    right: f64,
    bottom: f64,
    top: f64,
    near: f64,
    far: f64,
) -> DMat4 {
    glam_assert!(left != right && bottom != top);
    glam_assert!(near > 0.0 && far > 0.0 && near != far);
    let inv_width = 1.0 / (right - left);
    let inv_height = 1.0 / (top - bottom);
    let inv_depth = 1.0 / (far - near);
    let two_near = 2.0 * near;
    let xx = two_near * inv_width;
    let yy = if YFLIP {
        -two_near * inv_height
    } else {
        two_near * inv_height
    };
    // `w` is `-z` in RH view space and `z` in LH view space, so the X and Y
    // translation terms flip with handedness too, unlike `orthographic`.
    let zx = if RH {
        (right + left) * inv_width
    } else {
        -(right + left) * inv_width
    };
    let zy = match (RH, YFLIP) {
        (true, false) | (false, true) => (top + bottom) * inv_height,
        (true, true) | (false, false) => -(top + bottom) * inv_height,
    };
    let (zz, zw, tz) = match (RH, ZO) {
        (true, true) => (-far * inv_depth, -1.0, -(far * near) * inv_depth),
        (false, true) => (far * inv_depth, 1.0, -(far * near) * inv_depth),
        (true, false) => (
            -(far + near) * inv_depth,
            -1.0,
            -(2.0 * far * near) * inv_depth,
        ),
        (false, false) => (
            (far + near) * inv_depth,
            1.0,
            -(2.0 * far * near) * inv_depth,
        ),
    };
    DMat4::from_cols(
        DVec4::new(xx, 0.0, 0.0, 0.0),
        DVec4::new(0.0, yy, 0.0, 0.0),
        DVec4::new(zx, zy, zz, zw),
        DVec4::new(0.0, 0.0, tz, 0.0),
    )
}

// src/f32/affine3.rs

#[derive(Differentiable, Clone, Copy)]
#[repr(C)]
pub struct Affine3 {
    pub matrix3: Mat3,
    pub translation: Vec3,
}

#[differentiate]
impl Affine3 {
    /// Transforms the given 3D points, applying shear, scale, rotation and translation.
    #[inline]
    pub fn transform_point3(&self, rhs: Vec3) -> Vec3 {
        #[allow(clippy::useless_conversion)]
        ((self.matrix3.x_axis * rhs.x)
            + (self.matrix3.y_axis * rhs.y)
            + (self.matrix3.z_axis * rhs.z)
            + self.translation)
            .into()
    }
}

// src/f32/mat3.rs

#[derive(Differentiable, Clone, Copy)]
#[repr(C)]
pub struct Mat3 {
    pub x_axis: Vec3,
    pub y_axis: Vec3,
    pub z_axis: Vec3,
}

// src/f32/vec3.rs

#[derive(Differentiable, Clone, Copy, PartialEq, Debug)]
#[repr(C)]
pub struct Vec3 {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

impl Vec3 {
    #[differentiate]
    #[inline(always)]
    #[must_use]
    pub const fn new(x: f32, y: f32, z: f32) -> Self {
        Self { x, y, z }
    }
}

#[differentiate]
impl Mul<f32> for Vec3 {
    type Output = Self;
    #[inline]
    fn mul(self, rhs: f32) -> Self {
        Self::new(self.x.mul(rhs), self.y.mul(rhs), self.z.mul(rhs))
    }
}

#[differentiate]
impl Add for Vec3 {
    type Output = Self;
    #[inline]
    fn add(self, rhs: Self) -> Self {
        Self::new(self.x.add(rhs.x), self.y.add(rhs.y), self.z.add(rhs.z))
    }
}

// src/f64/dmat4.rs

#[derive(Differentiable, Clone, Copy)]
#[repr(C)]
pub struct DMat4 {
    pub x_axis: DVec4,
    pub y_axis: DVec4,
    pub z_axis: DVec4,
    pub w_axis: DVec4,
}

impl DMat4 {
    #[differentiate]
    #[inline(always)]
    #[must_use]
    pub const fn from_cols(x_axis: DVec4, y_axis: DVec4, z_axis: DVec4, w_axis: DVec4) -> Self {
        Self {
            x_axis,
            y_axis,
            z_axis,
            w_axis,
        }
    }
}

// src/f64/dvec4.rs

#[derive(Differentiable, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct DVec4 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
    pub w: f64,
}

impl DVec4 {
    #[differentiate]
    #[inline(always)]
    #[must_use]
    pub const fn new(x: f64, y: f64, z: f64, w: f64) -> Self {
        Self { x, y, z, w }
    }
}

// ---- tests

struct_shape!(Vec3 {
    x: f32,
    y: f32,
    z: f32
});
struct_shape!(Mat3 {
    x_axis: Vec3,
    y_axis: Vec3,
    z_axis: Vec3
});
struct_shape!(Affine3 {
    matrix3: Mat3,
    translation: Vec3
});
struct_shape!(DVec4 {
    x: f64,
    y: f64,
    z: f64,
    w: f64
});
struct_shape!(DMat4 {
    x_axis: DVec4,
    y_axis: DVec4,
    z_axis: DVec4,
    w_axis: DVec4
});

#[test]
fn projections() {
    let (l, r, b, t, n, f) = (-1.0, 1.5, -0.8, 0.7, 0.3, 9.0);
    prove!(orthographic_right(val l, val r, val b, val t, val n, val f) -> vec);
    prove!(orthographic_left(val l, val r, val b, val t, val n, val f) -> vec);
    prove!(frustum_right(val l, val r, val b, val t, val n, val f) -> vec);
    prove!(frustum_left(val l, val r, val b, val t, val n, val f) -> vec);
}

#[differentiate]
fn orthographic_right(left: f64, right: f64, bottom: f64, top: f64, near: f64, far: f64) -> DMat4 {
    orthographic::<true, true, false>(left, right, bottom, top, near, far)
}

#[differentiate]
fn orthographic_left(left: f64, right: f64, bottom: f64, top: f64, near: f64, far: f64) -> DMat4 {
    orthographic::<false, false, true>(left, right, bottom, top, near, far)
}

#[differentiate]
fn frustum_right(left: f64, right: f64, bottom: f64, top: f64, near: f64, far: f64) -> DMat4 {
    frustum::<true, false, true>(left, right, bottom, top, near, far)
}

#[differentiate]
fn frustum_left(left: f64, right: f64, bottom: f64, top: f64, near: f64, far: f64) -> DMat4 {
    frustum::<false, true, false>(left, right, bottom, top, near, far)
}

#[test]
fn transformations() {
    let v = |x: f32| Vec3 {
        x,
        y: 0.3 - x,
        z: x * x,
    };
    let matrix3 = Mat3 {
        x_axis: v(0.4),
        y_axis: v(-0.9),
        z_axis: v(1.3),
    };
    let map = Affine3 {
        matrix3,
        translation: v(0.2),
    };
    prove!(Affine3::transform_point3(rf map, val v(0.7)) -> vec);
}
