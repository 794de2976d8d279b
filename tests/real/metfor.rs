//! metfor 0.10.0, MIT: `src/functions.rs`.

use chainrule::differentiate;

// src/functions.rs

/// Find the root of an equation given values bracketing a root. Used when finding wet bulb
/// temperature among other functions.
///
/// I've exported this function because I use it in some closely related downstream crates, but
/// it's not a documented part of the API, so it isn't considered when breaking versions.
#[differentiate]
#[doc(hidden)]
pub fn find_root(f: &dyn Fn(f64) -> Option<f64>, mut a: f64, mut b: f64) -> Option<f64> {
    use std::f64;
    const MAX_IT: usize = 50;
    const EPS: f64 = 1.0e-9;

    let mut fa = f(a)?;
    let mut fb = f(b)?;

    // Check to make sure we are bracketed
    if fa * fb >= 0.0 {
        return None;
    }

    if fa.abs() < fb.abs() {
        ::std::mem::swap(&mut a, &mut b);
        ::std::mem::swap(&mut fa, &mut fb);
    }

    let mut c = a;
    let mut fc = fa;
    let mut d = c; // This value is never used, mflag ensures it will be initialized in the loop.
    let mut mflag = true;

    for _ in 0..MAX_IT {
        let mut s = if fa != fc && fb != fc {
            // Try inverse quadratic for next step
            (a * fb * fc) / ((fa - fb) * (fa - fc))
                + (b * fa * fc) / ((fb - fa) * (fb - fc))
                + (c * fa * fb) / ((fc - fa) * (fc - fb))
        } else {
            // Try secant method for next step
            b - fb * (b - a) / (fb - fa)
        };

        // Check to see if bisection would be a better idea
        let condition1 = if a < b {
            s > b || s < (3.0 * a + b) / 4.0
        } else {
            s < b || s > (3.0 * a + b) / 4.0
        };

        let condition2 = mflag && (s - b).abs() >= (b - c).abs() / 2.0;
        let condition3 = !mflag && (s - b).abs() >= (c - d).abs() / 2.0;
        let condition4 = mflag && (b - c).abs() < EPS;
        let condition5 = !mflag && (c - d).abs() < EPS;

        if condition1 || condition2 || condition3 || condition4 || condition5 {
            s = (a + b) / 2.0;
            mflag = true;
        } else {
            mflag = false;
        }

        let fs = f(s)?;
        d = c;
        c = b;
        fc = fb;

        if fa * fs < 0.0 {
            b = s;
            fb = fs;
        } else {
            a = s;
            fa = fs;
        }

        if fa.abs() < fb.abs() {
            std::mem::swap(&mut a, &mut b);
            std::mem::swap(&mut fa, &mut fb);
        }

        // Check for convergence and return
        if fb == 0.0 || (b - a).abs() < EPS {
            return Some(b);
        }
    }

    None
}

// ---- tests

#[differentiate]
fn root_of(a: f64, b: f64, p: f64) -> Option<f64> {
    find_root(&|x| Some(x * x * x - p * x - 0.7), a, b)
}

#[differentiate]
fn root_of_parts(b: f64, p: f64) -> Option<f64> {
    find_root(&|x| if x > 5.0 { None } else { Some(p * x - 0.7) }, 0.0, b)
}

#[test]
fn roots() {
    prove_gradient!(root_of(val 0.2, val 2.0, val 0.8) -> ok);
    prove_gradient!(root_of(val 0.9, val 1.7, val 1.1) -> ok);
    prove_gradient!(root_of_parts(val 3.0, val 0.9) -> ok);
    assert_eq!(root_of_parts_gradient(6.0, 0.9), None);
    assert_eq!(root_of_gradient(2.0, 3.0, 0.8), None);
}
