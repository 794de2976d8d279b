//! deltae 0.3.2, MIT: `src/color.rs`, `src/convert.rs`.

use chainrule::{Differentiable, differentiate};

// src/color.rs

#[derive(Differentiable)]
/// # CIEL\*a\*b\*
///
/// The [`LabValue`] is the key component in calculating [`DeltaE`]
///
/// | `Value` | `Color`               | `Range`              |
/// |:-------:|:---------------------:|:--------------------:|
/// | `L*`    | `Light <---> Dark`    | `0.0 <---> 100.0`    |
/// | `a*`    | `Green <---> Magenta` | `-128.0 <---> 128.0` |
/// | `b*`    | `Blue  <---> Yellow`  | `-128.0 <---> 128.0` |
///
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabValue {
    /// Lightness
    pub l: f32,
    /// Green - Magenta
    pub a: f32,
    /// Blue - Yellow
    pub b: f32,
}

#[derive(Differentiable)]
/// # Lch: Luminance, Chroma, Hue
///
/// | `Value` | `Color`                    | `Range`                |
/// |:-------:|:--------------------------:|:----------------------:|
/// | `L*`    | `Light <---> Dark`         | `0.0 <---> 100.0`      |
/// | `c`     | `Chroma (Amount of color)` | `0.0 <---> 181.0139`   |
/// | `h`     | `Hue (Degrees)`            | `0.0 <---> 360.0°`     |
///
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LchValue {
    /// Lightness
    pub l: f32,
    /// Chroma
    pub c: f32,
    /// Hue (in degrees)
    pub h: f32,
}

#[derive(Differentiable)]
/// # CIE 1931 XYZ
///
/// Further Reading: [https://en.wikipedia.org/wiki/CIE_1931_color_space](https://en.wikipedia.org/wiki/CIE_1931_color_space)
///
/// | `Value` | `Color`     | `Range`         |
/// |:-------:|:-----------:|:---------------:|
/// | `X`     | `RGB`       | `0.0 <---> 1.0` |
/// | `Y`     | `Luminance` | `0.0 <---> 1.0` |
/// | `Z`     | `Blue`      | `0.0 <---> 1.0` |
///
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct XyzValue {
    /// X Value
    pub x: f32,
    /// Y Value
    pub y: f32,
    /// Z Value
    pub z: f32,
}

// src/convert.rs

#[differentiate]
impl From<LchValue> for LabValue {
    fn from(lch: LchValue) -> LabValue {
        LabValue {
            l: lch.l,
            a: lch.c * lch.h.to_radians().cos(),
            b: lch.c * lch.h.to_radians().sin(),
        }
    }
}

#[differentiate]
impl From<XyzValue> for LabValue {
    fn from(xyz: XyzValue) -> LabValue {
        let x = xyz_to_lab_map(xyz.x / 0.9642);
        let y = xyz_to_lab_map(xyz.y);
        let z = xyz_to_lab_map(xyz.z / 0.8251);

        LabValue {
            l: (116.0 * y) - 16.0,
            a: 500.0 * (x - y),
            b: 200.0 * (y - z),
        }
    }
}

#[differentiate]
impl From<LabValue> for LchValue {
    fn from(lab: LabValue) -> LchValue {
        LchValue {
            l: lab.l,
            c: (lab.a.powi(2) + lab.b.powi(2)).sqrt(),
            h: get_h_prime(lab.a, lab.b),
        }
    }
}

const KAPPA: f32 = 24389.0 / 27.0; // CIE Standard: 903.3

const EPSILON: f32 = 216.0 / 24389.0; // CIE Standard: 0.008856

#[differentiate]
pub fn get_h_prime(a: f32, b: f32) -> f32 {
    let h_prime = b.atan2(a).to_degrees();
    if h_prime < 0.0 {
        h_prime + 360.0
    } else {
        h_prime
    }
}

#[differentiate]
#[inline]
fn xyz_to_lab_map(c: f32) -> f32 {
    if c > EPSILON {
        c.powf(1.0 / 3.0)
    } else {
        (KAPPA * c + 16.0) / 116.0
    }
}

// ---- tests

struct_shape!(LabValue {
    l: f32,
    a: f32,
    b: f32
});
struct_shape!(LchValue {
    l: f32,
    c: f32,
    h: f32
});
struct_shape!(XyzValue {
    x: f32,
    y: f32,
    z: f32
});

#[differentiate]
fn lab_of_lch(lch: LchValue) -> LabValue {
    LabValue::from(lch)
}

#[differentiate]
fn lab_of_xyz(xyz: XyzValue) -> LabValue {
    xyz.into()
}

#[differentiate]
fn lch_of_lab(lab: LabValue) -> LchValue {
    LchValue::from(lab)
}

#[test]
fn colours() {
    prove!(lab_of_lch(val LchValue { l: 0.6, c: 0.4, h: 1.2 }) -> vec);
    prove!(lab_of_xyz(val XyzValue { x: 0.6, y: 0.4, z: 1.2 }) -> vec);
    prove!(lab_of_xyz(val XyzValue { x: 0.6, y: 0.002, z: 0.004 }) -> vec);
    prove!(lch_of_lab(val LabValue { l: 0.6, a: 0.4, b: 1.2 }) -> vec);
    prove!(lch_of_lab(val LabValue { l: 0.6, a: 0.4, b: -1.2 }) -> vec);
    prove_gradient!(get_h_prime(val 0.4_f32, val -1.2_f32));
    prove_gradient!(xyz_to_lab_map(val 0.4_f32));
}
