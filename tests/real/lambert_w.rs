//! lambert_w 2.1.8, MIT or Apache-2.0: `src/generic_math.rs`.

use num_traits::Float;
use chainrule::differentiate;

// src/generic_math.rs

#[differentiate]
/// Compute `x*mul + add` and use fused multiply-add instructions when available.
#[inline]
fn mul_add<T: Float>(x: T, mul: T, add: T) -> T {
    #[cfg(target_feature = "fma")]
    {
        x.mul_add(mul, add)
    }

    #[cfg(not(target_feature = "fma"))]
    {
        x * mul + add
    }
}

// ---- tests

#[test]
fn products_and_sums() {
    prove_gradient!(mul_add(val 0.3, val -0.7, val 1.1));
    prove_gradient!(mul_add(val 0.3_f32, val -0.7_f32, val 1.1_f32));
}
