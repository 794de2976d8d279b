//! colorsys 0.7.3, MIT: `src/common/mod.rs`, `src/converters/hsl_to_rgb.rs`, `src/hsl/transform.rs`, with what they need.

use chainrule::{Differentiable, differentiate};
use core::ops::Index;

// src/common/mod.rs

#[differentiate]
#[cfg(feature = "std")]
pub(crate) fn f64_round(n: f64) -> f64 {
    n.round()
}

#[differentiate]
#[cfg(not(feature = "std"))]
pub(crate) fn f64_round(n: f64) -> f64 {
    let f = if n == 0.0 { 0.0 } else { n % 1.0 };

    if f.is_nan() || f == 0.0 {
        n
    } else if n > 0.0 {
        if f < 0.5 { n - f } else { n - f + 1.0 }
    } else if -f < 0.5 {
        n - f
    } else {
        n - f - 1.0
    }
}

// src/consts.rs

pub static RGB_UNIT_MAX: f64 = 255.0;
pub static HUE_MAX: f64 = 360.0;
pub static PERCENT_MAX: f64 = 100.0;

pub static RATIO_MAX: f64 = 1.0;

pub static ALL_MIN: f64 = 0.0;

// src/converters/hsl_to_rgb.rs
static ONE: f64 = 1.0;

static TWO: f64 = 2.0;

static SIX: f64 = 6.0;

static TWO_THIRD: f64 = TWO / 3.0;

#[differentiate]
fn calc_rgb_unit(unit: f64, temp1: f64, temp2: f64) -> f64 {
    let mut result = temp2;
    if SIX * unit < ONE {
        result = temp2 + (temp1 - temp2) * SIX * unit
    } else if TWO * unit < ONE {
        result = temp1
    } else if 3.0 * unit < TWO {
        result = temp2 + (temp1 - temp2) * (TWO_THIRD - unit) * SIX
    }
    result * RGB_UNIT_MAX
}

// src/hsl/transform.rs

#[differentiate]
pub trait ColorTransform {
    fn invert(&mut self);
}

#[differentiate]
impl ColorTransform for Hsl {
    fn invert(&mut self) {
        let h = (self.units[0] + HUE_MAX * 0.5) % HUE_MAX;
        self.units.list[0].set(h);
    }
}

// src/hsl/mod.rs

#[derive(Differentiable, Debug, PartialEq, Clone)]
pub struct Hsl {
    pub(crate) units: Units,
}

// src/units/alpha.rs

#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Alpha {
    value: Option<Unit>,
}

// src/units/mod.rs

#[derive(Differentiable, Clone, PartialEq, Debug)]
pub struct Units {
    pub(crate) len: usize,
    pub(crate) list: [Unit; 4],
    #[constant]
    pub(crate) alpha: Alpha,
}

#[differentiate]
impl Index<usize> for Units {
    type Output = f64;

    fn index(&self, ind: usize) -> &Self::Output {
        &self.list[ind].value
    }
}

// src/units/unit.rs

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    pub(crate) value: f64,
    kind: UnitType,
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
enum UnitType {
    Rgb,
    Hue,
    Percent,
    Ratio,
}

#[differentiate]
impl UnitType {
    fn get_max_value(&self) -> f64 {
        match &self {
            UnitType::Rgb => RGB_UNIT_MAX,
            UnitType::Hue => HUE_MAX,
            UnitType::Percent => PERCENT_MAX,
            UnitType::Ratio => RATIO_MAX,
        }
    }
}

#[differentiate]
impl Unit {
    pub(crate) fn set(&mut self, v: f64) {
        self.value = self.get_restricted(v);
    }

    fn get_restricted(&self, val: f64) -> f64 {
        if val < ALL_MIN {
            return ALL_MIN;
        }
        let max = self.kind.get_max_value();
        if val > max {
            return max;
        }
        val
    }
}

// ---- tests

#[test]
fn channels() {
    prove_gradient!(f64_round(val 2.3));
    prove_gradient!(f64_round(val 2.7));
    for unit in [0.1, 0.3, 0.6, 0.9] {
        prove_gradient!(calc_rgb_unit(val unit, val 0.8, val 0.3));
    }
}

struct_shape!(Unit { value: f64 });
struct_shape!(Units { list: [Unit; 4] });
struct_shape!(Hsl { units: Units });

#[test]
fn inversions() {
    use UnitType::*;
    for hue in [30.0, 250.0] {
        let list = [(hue, Hue), (40.0, Percent), (60.0, Percent), (0.5, Ratio)];
        let list = list.map(|(value, kind)| Unit { value, kind });
        let hsl = Hsl {
            units: Units {
                len: 3,
                list,
                alpha: Alpha::default(),
            },
        };
        prove!(Hsl::invert(ios hsl) -> unit);
    }
}
