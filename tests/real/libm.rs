//! libm 0.2.16, MIT: `src/math/acos.rs`, `src/math/acosf.rs`, `src/math/asin.rs`.

pub mod acos {
    use chainrule::differentiate;

const PS0: f64 = 1.66666666666666657415e-01; /* 0x3FC55555, 0x55555555 */

const PS1: f64 = -3.25565818622400915405e-01; /* 0xBFD4D612, 0x03EB6F7D */

const PS2: f64 = 2.01212532134862925881e-01; /* 0x3FC9C155, 0x0E884455 */

const PS3: f64 = -4.00555345006794114027e-02; /* 0xBFA48228, 0xB5688F3B */

const PS4: f64 = 7.91534994289814532176e-04; /* 0x3F49EFE0, 0x7501B288 */

const PS5: f64 = 3.47933107596021167570e-05; /* 0x3F023DE1, 0x0DFDF709 */

const QS1: f64 = -2.40339491173441421878e+00; /* 0xC0033A27, 0x1C8A2D4B */

const QS2: f64 = 2.02094576023350569471e+00; /* 0x40002AE5, 0x9C598AC8 */

const QS3: f64 = -6.88283971605453293030e-01; /* 0xBFE6066C, 0x1B8D0159 */

const QS4: f64 = 7.70381505559019352791e-02; /* 0x3FB3B8C5, 0xB12E9282 */

#[differentiate]
pub fn r(z: f64) -> f64 {
    let p: f64 = z * (PS0 + z * (PS1 + z * (PS2 + z * (PS3 + z * (PS4 + z * PS5)))));
    let q: f64 = 1.0 + z * (QS1 + z * (QS2 + z * (QS3 + z * QS4)));
    p / q
}
}

pub mod acosf {
    use chainrule::differentiate;

const P_S0: f32 = 1.6666586697e-01;

const P_S1: f32 = -4.2743422091e-02;

const P_S2: f32 = -8.6563630030e-03;

const Q_S1: f32 = -7.0662963390e-01;

#[differentiate]
pub fn r(z: f32) -> f32 {
    let p = z * (P_S0 + z * (P_S1 + z * P_S2));
    let q = 1. + z * Q_S1;
    p / q
}
}

pub mod asin {
    use chainrule::differentiate;

const P_S0: f64 = 1.66666666666666657415e-01; /* 0x3FC55555, 0x55555555 */

const P_S1: f64 = -3.25565818622400915405e-01; /* 0xBFD4D612, 0x03EB6F7D */

const P_S2: f64 = 2.01212532134862925881e-01; /* 0x3FC9C155, 0x0E884455 */

const P_S3: f64 = -4.00555345006794114027e-02; /* 0xBFA48228, 0xB5688F3B */

const P_S4: f64 = 7.91534994289814532176e-04; /* 0x3F49EFE0, 0x7501B288 */

const P_S5: f64 = 3.47933107596021167570e-05; /* 0x3F023DE1, 0x0DFDF709 */

const Q_S1: f64 = -2.40339491173441421878e+00; /* 0xC0033A27, 0x1C8A2D4B */

const Q_S2: f64 = 2.02094576023350569471e+00; /* 0x40002AE5, 0x9C598AC8 */

const Q_S3: f64 = -6.88283971605453293030e-01; /* 0xBFE6066C, 0x1B8D0159 */

const Q_S4: f64 = 7.70381505559019352791e-02; /* 0x3FB3B8C5, 0xB12E9282 */

#[differentiate]
pub fn comp_r(z: f64) -> f64 {
    let p = z * (P_S0 + z * (P_S1 + z * (P_S2 + z * (P_S3 + z * (P_S4 + z * P_S5)))));
    let q = 1.0 + z * (Q_S1 + z * (Q_S2 + z * (Q_S3 + z * Q_S4)));
    p / q
}
}

// ---- tests

#[test]
fn rational_approximations() {
    prove_gradient!(acos::r(val 0.3));
    prove_gradient!(acosf::r(val 0.3_f32));
    prove_gradient!(asin::comp_r(val 0.2));
}
