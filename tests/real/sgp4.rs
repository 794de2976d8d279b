//! sgp4 2.4.0, MIT: `src/model.rs`, `src/third_body.rs`.

use num_traits::Euclid;
use chainrule::{Differentiable, differentiate};

// src/model.rs

#[differentiate]
/// Converts an epoch to sidereal time using the IAU expression
///
/// This is the recommended method to calculate the sidereal time.
///
/// # Arguments
///
/// * `epoch` - Years since UTC 1 January 2000 12h00
pub fn iau_epoch_to_sidereal_time(epoch: f64) -> f64 {
    // c₂₀₀₀ = y₂₀₀₀ / 100
    let c2000 = epoch / 100.0;

    // θ₀ = ¹/₂₄₀ (π / 180) (- 6.2 × 10⁻⁶ c₂₀₀₀³ + 0.093104 c₂₀₀₀²
    //      + (876600 × 3600 + 8640184.812866) c₂₀₀₀ + 67310.54841) mod 2π
    let theta = (-6.2e-6 * c2000.powi(3)
        + 0.093104 * c2000.powi(2)
        + (876600.0 * 3600.0 + 8640184.812866) * c2000
        + 67310.54841)
        * (core::f64::consts::PI / 180.0)
        / 240.0;

    #[cfg(feature = "std")]
    {
        theta.rem_euclid(2.0 * core::f64::consts::PI)
    }
    #[cfg(not(feature = "std"))]
    {
        Euclid::rem_euclid(&theta, &(2.0 * core::f64::consts::PI))
    }
}

#[differentiate]
/// Converts an epoch to sidereal time using the AFSPC expression
///
/// This function should be used if compatibility with the AFSPC implementation is needed.
///
/// # Arguments
///
/// * `epoch` - Years since UTC 1 January 2000 12h00
pub fn afspc_epoch_to_sidereal_time(epoch: f64) -> f64 {
    // d₁₉₇₀ = 365.25 (y₂₀₀₀ + 30) + 1
    let d1970 = (epoch + 30.0) * 365.25 + 1.0;

    // θ₀ = 1.7321343856509374 + 1.72027916940703639 × 10⁻² ⌊t₁₉₇₀ + 10⁻⁸⌋
    //      + (1.72027916940703639 × 10⁻² + 2π) (t₁₉₇₀ - ⌊t₁₉₇₀ + 10⁻⁸⌋)
    //      + 5.07551419432269442 × 10⁻¹⁵ t₁₉₇₀² mod 2π
    #[allow(clippy::excessive_precision)]
    let theta = 1.7321343856509374
        + 1.72027916940703639e-2 * (d1970 + 1.0e-8).floor()
        + (1.72027916940703639e-2 + 2.0 * core::f64::consts::PI)
            * (d1970 - (d1970 + 1.0e-8).floor())
        + d1970.powi(2) * 5.07551419432269442e-15;

    #[cfg(feature = "std")]
    {
        theta.rem_euclid(2.0 * core::f64::consts::PI)
    }
    #[cfg(not(feature = "std"))]
    {
        Euclid::rem_euclid(&theta, &(2.0 * core::f64::consts::PI))
    }
}

// src/third_body.rs

#[derive(Differentiable)]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Perturbations {
    kx0: f64,
    kx1: f64,
    kx2: f64,
    kx3: f64,
    kx4: f64,
    kx5: f64,
    kx6: f64,
    kx7: f64,
    kx8: f64,
    kx9: f64,
    kx10: f64,
    kx11: f64,
    third_body_mean_anomaly_0: f64,
}

impl Perturbations {

    #[differentiate]
    pub(crate) fn long_period_periodic_effects(
        &self,
        third_body_eccentricity: f64,
        third_body_mean_motion: f64,
        t: f64,
    ) -> (f64, f64, f64, f64, f64) {
        // Mₓ = Mₓ₀ + nₓ t
        let third_body_mean_anomaly = self.third_body_mean_anomaly_0 + third_body_mean_motion * t;

        // fₓ = Mₓ + 2 eₓ sin Mₓ
        let fx =
            third_body_mean_anomaly + 2.0 * third_body_eccentricity * third_body_mean_anomaly.sin();

        // Fₓ₂ = ¹/₂ sin²fₓ - ¹/₄
        let fx2 = 0.5 * fx.sin().powi(2) - 0.25;

        // Fₓ₃ = - ¹/₂ sin fₓ cos fₓ
        let fx3 = -0.5 * fx.sin() * fx.cos();
        (
            // δeₓ = kₓ₀ Fₓ₂ + kₓ₁ Fₓ₃
            self.kx0 * fx2 + self.kx1 * fx3,
            // δIₓ = kₓ₂ Fₓ₂ + kₓ₃ Fₓ₃
            self.kx2 * fx2 + self.kx3 * fx3,
            // δMₓ = kₓ₄ Fₓ₂ + kₓ₅ Fₓ₃ + kₓ₆ sin fₓ
            self.kx4 * fx2 + self.kx5 * fx3 + self.kx6 * fx.sin(),
            // pₓ₄ = kₓ₇ Fₓ₂ + kₓ₈ Fₓ₃ + kₓ₉ sin fₓ
            self.kx7 * fx2 + self.kx8 * fx3 + self.kx9 * fx.sin(),
            // pₓ₅ = kₓ₁₀ Fₓ₂ + kₓ₁₁ Fₓ₃
            self.kx10 * fx2 + self.kx11 * fx3,
        )
    }
}

// ---- tests

struct_shape!(Perturbations {
    kx0: f64, kx1: f64, kx2: f64, kx3: f64, kx4: f64, kx5: f64, kx6: f64, kx7: f64, kx8: f64, kx9: f64, kx10: f64,
    kx11: f64, third_body_mean_anomaly_0: f64,
});

#[test]
fn sidereal_time_and_perturbations() {
    // The angles turn too fast for the steps of the harness.
    let step = 1e-6;
    let difference = |f: fn(f64) -> f64| (f(21.3 + step) - f(21.3 - step)) / (2.0 * step);
    for (difference, gradient, derivative) in [
        (difference(iau_epoch_to_sidereal_time), iau_epoch_to_sidereal_time_gradient(21.3), iau_epoch_to_sidereal_time_derivative(21.3)),
        (difference(afspc_epoch_to_sidereal_time), afspc_epoch_to_sidereal_time_gradient(21.3), afspc_epoch_to_sidereal_time_derivative(21.3)),
    ] {
        assert!(gradient.0 == derivative.0 && (gradient.1 / derivative.1 - 1.0).abs() < 1e-14);
        assert!((gradient.1 / difference - 1.0).abs() < 1e-6, "{gradient:?} {difference}");
    }
    assert_eq!(iau_epoch_to_sidereal_time_gradient(21.3).0, iau_epoch_to_sidereal_time(21.3));
    assert_eq!(afspc_epoch_to_sidereal_time_gradient(21.3).0, afspc_epoch_to_sidereal_time(21.3));
    let k = |i: f64| (i * 1.7).sin();
    let p = Perturbations {
        kx0: k(0.0), kx1: k(1.0), kx2: k(2.0), kx3: k(3.0), kx4: k(4.0), kx5: k(5.0), kx6: k(6.0), kx7: k(7.0),
        kx8: k(8.0), kx9: k(9.0), kx10: k(10.0), kx11: k(11.0), third_body_mean_anomaly_0: 0.3,
    };
    prove!(Perturbations::long_period_periodic_effects(rf p, val 0.05, val 0.2, val 3.0));
}
