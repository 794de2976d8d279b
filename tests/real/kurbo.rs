//! kurbo 0.13.1, Apache-2.0 or MIT: `src/affine.rs`.

use chainrule::{Differentiable, differentiate};

// src/affine.rs

#[derive(Differentiable)]
/// A 2D affine transform.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Affine([f64; 6]);

impl Affine {

    #[differentiate]
    /// Get the coefficients of the transform.
    #[inline(always)]
    pub const fn as_coeffs(self) -> [f64; 6] {
        self.0
    }

    #[differentiate]
    /// Compute the determinant of this transform.
    ///
    /// # Geometric interpretation
    ///
    /// Consider a region transformed by this affine. The transformed region's area is the area of
    /// the original region scaled by the absolute value of the determinant. A negative determinant
    /// indicates orientation reversal.
    #[inline]
    pub const fn determinant(self) -> f64 {
        self.0[0] * self.0[3] - self.0[1] * self.0[2]
    }

    #[differentiate]
    /// Compute the square of the nuclear norm of this transform.
    ///
    /// This is the square of the [Schatten p-norm][schatten] with `p=1`, also known as the "trace norm."
    ///
    /// Returns the squared norm for efficiency; take the square root as necessary.
    ///
    /// # Geometric interpretation
    ///
    /// Consider a unit circle transformed by this affine. The nuclear norm is the sum of the
    /// resulting ellipse's radii (semi axes). That sum multiplied by π is a first-order
    /// approximation of the ellipse's perimeter.
    ///
    /// [schatten]: <https://en.wikipedia.org/w/index.php?title=Matrix_norm&oldid=1348997593#Schatten_norms>
    #[inline]
    pub const fn nuclear_norm_squared(self) -> f64 {
        self.frobenius_norm_squared() + 2. * self.determinant().abs()
    }

    #[differentiate]
    /// Compute the square of the Frobenius norm of this transform.
    ///
    /// This is the square of the [Schatten p-norm][schatten] with `p=2`.
    ///
    /// Returns the squared norm for efficiency; take the square root as necessary.
    ///
    /// # Geometric interpretation
    ///
    /// Consider a unit circle transformed by this affine. The squared Frobenius norm is twice the
    /// mean squared radius of the resulting ellipse. Alternatively, it is equal to the squared
    /// distance from the ellipse's center to a corner of the rectangle spanned by the ellipse's
    /// axes.
    ///
    /// [schatten]: <https://en.wikipedia.org/w/index.php?title=Matrix_norm&oldid=1348997593#Schatten_norms>
    #[inline]
    pub const fn frobenius_norm_squared(self) -> f64 {
        let [a, b, c, d, _, _] = self.as_coeffs();
        a * a + b * b + c * c + d * d
    }
}

// ---- tests

struct_shape!(Affine { 0: [f64; 6] });

#[test]
fn norms_of_maps() {
    let a = Affine([1.2, 0.3, -0.7, 0.8, 2.0, -1.0]);
    prove_gradient!(Affine::determinant(val a));
    prove_gradient!(Affine::nuclear_norm_squared(val a));
    prove_gradient!(Affine::frobenius_norm_squared(val a));
}
