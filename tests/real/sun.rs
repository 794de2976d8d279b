//! sun 0.3.1, MIT: `src/lib.rs`.

use std::f64::consts::PI;
use chainrule::differentiate;

// src/lib.rs

const MILLISECONDS_PER_DAY: f64 = 1_000.0 * 60.0 * 60.0 * 24.0;

const JULIAN_1970: f64 = 2_440_588.0;

const TO_RAD: f64 = PI / 180.0;

const OBLIQUITY_OF_EARTH: f64 = 23.439_7 * TO_RAD;

#[differentiate]
const fn to_julian(unixtime_in_ms: f64) -> f64 {
    unixtime_in_ms / MILLISECONDS_PER_DAY - 0.5 + JULIAN_1970
}

#[differentiate]
fn right_ascension(ecliptic_longitude: f64, ecliptic_latitude: f64) -> f64 {
    (ecliptic_longitude.sin() * OBLIQUITY_OF_EARTH.cos()
        - ecliptic_latitude.tan() * OBLIQUITY_OF_EARTH.sin())
    .atan2(ecliptic_longitude.cos())
}

#[differentiate]
fn declination(ecliptic_longitude: f64, ecliptic_latitude: f64) -> f64 {
    (ecliptic_latitude.sin() * OBLIQUITY_OF_EARTH.cos()
        + ecliptic_latitude.cos() * OBLIQUITY_OF_EARTH.sin() * ecliptic_longitude.sin())
    .asin()
}

// ---- tests

#[test]
fn positions() {
    // Differences can't see 1e-8 beside 2e6.
    for (value, slope) in [to_julian_derivative(1.2e12), to_julian_gradient(1.2e12)] {
        assert_eq!((value, slope), (to_julian(1.2e12), 1.0 / MILLISECONDS_PER_DAY));
    }
    prove_gradient!(right_ascension(val 0.7, val 0.1));
    prove_gradient!(declination(val 0.7, val 0.1));
}
