//! astro 2.0.0, MIT: `src/angle.rs`.

use chainrule::differentiate;

// src/angle.rs

#[differentiate]
/**
Computes the angular separation between two angular points

# Arguments

* `p1a1`: Angle 1 of point 1 *| in radians*
* `p1a2`: Angle 2 of point 1 *| in radians*
* `p2a1`: Angle 1 of point 2 *| in radians*
* `p2a2`: Angle 2 of point 2 *| in radians*

Angle 1 may be right ascension or longitude.
Angle 2 may be declination or latitude.
**/
#[inline]
pub fn anglr_sepr(p1a1: f64, p1a2: f64, p2a1: f64, p2a2: f64) -> f64 {

    (
          p1a2.sin() * p2a2.sin()
        + p1a2.cos() * p2a2.cos() * (p1a1 - p2a1).cos()
    ).acos()

}

#[differentiate]
/**
Computes an angle in degrees with decimals, from an angle
expressed in degrees, arcminutes and arcseconds

# Returns

* `deg`: Angle in degrees with decimals

# Arguments

* `deg`: Degrees
* `min`: Arcminutes
* `sec`: Arcseconds
**/
#[inline]
pub fn deg_frm_dms(deg: i64, min: i64, sec: f64) -> f64 {

    let (M, S) =
        if deg < 0 { (-min.abs(), -sec.abs()) }
        else       { (min, sec) };

    (deg as f64) + (M as f64)/60.0 + S/3600.0

}

#[differentiate]
/**
Computes an angle expressed in degrees, arcminutes and
arcseconds, from an angle in degrees with decimals

# Returns

`(deg, min, sec)`

* `deg`: Degrees
* `min`: Arcminutes
* `sec`: Arcseconds

# Arguments

* `deg`: Angle in degrees with decimals
**/
#[inline]
pub fn dms_frm_deg(deg: f64) -> (i64, i64, f64) {

    let degree = deg as i64;

    let minutes = (deg - (degree as f64)) * 60.0;
    let minute = minutes as i64;

    let seconds = (minutes - (minute as f64)) * 60.0;

    (degree, minute, seconds)

}

// ---- tests

#[test]
fn angles() {
    prove!(anglr_sepr(val 0.3, val 0.5, val 1.1, val -0.2));
    prove_gradient!(anglr_sepr(val 0.3, val 0.5, val 1.1, val -0.2));
    prove!(deg_frm_dms(con 3i64, con 7i64, val 12.5));
    prove_gradient!(deg_frm_dms(con -3i64, con 7i64, val 12.5));
    prove!(dms_frm_deg(val 12.3456));
}
