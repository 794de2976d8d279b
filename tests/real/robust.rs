//! robust 1.2.0, MIT or Apache-2.0: `src/lib.rs`.

use chainrule::differentiate;

// src/lib.rs

const SPLITTER: f64 = 134_217_729f64;

#[differentiate]
fn scale_expansion_zeroelim(e: &[f64], b: f64, h: &mut [f64]) -> usize {
    let (bhi, blo) = split(b);
    let (mut Q, hh) = two_product_presplit(e[0], b, bhi, blo);
    let mut hindex = 0;
    if hh != 0.0 {
        h[hindex] = hh;
        hindex += 1;
    }
    for eindex in 1..e.len() {
        let enow = e[eindex];
        let (product1, product0) = two_product_presplit(enow, b, bhi, blo);
        let (sum, hh) = two_sum(Q, product0);
        if hh != 0.0 {
            h[hindex] = hh;
            hindex += 1;
        }
        let (new_q, hh) = fast_two_sum(product1, sum);
        Q = new_q;
        if hh != 0.0 {
            h[hindex] = hh;
            hindex += 1;
        }
    }
    if Q != 0.0 || hindex == 0 {
        h[hindex] = Q;
        hindex += 1;
    }
    hindex
}

#[differentiate]
#[inline]
fn two_product_tail(a: f64, b: f64, x: f64) -> f64 {
    let (ahi, alo) = split(a);
    let (bhi, blo) = split(b);
    let err1 = x - (ahi * bhi);
    let err2 = err1 - (alo * bhi);
    let err3 = err2 - (ahi * blo);
    (alo * blo) - err3
}

#[differentiate]
#[inline]
fn split(a: f64) -> (f64, f64) {
    let c = SPLITTER * a;
    let abig = c - a;
    let ahi = c - abig;
    let alo = a - ahi;
    (ahi, alo)
}

#[differentiate]
#[inline]
fn two_product_presplit(a: f64, b: f64, bhi: f64, blo: f64) -> (f64, f64) {
    let x = a * b;
    let (ahi, alo) = split(a);
    let err1 = x - ahi * bhi;
    let err2 = err1 - alo * bhi;
    let err3 = err2 - ahi * blo;
    let y = alo * blo - err3;
    (x, y)
}

#[differentiate]
#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    (x, two_sum_tail(a, b, x))
}

#[differentiate]
#[inline]
fn two_sum_tail(a: f64, b: f64, x: f64) -> f64 {
    let bvirt = x - a;
    let avirt = x - bvirt;
    let bround = b - bvirt;
    let around = a - avirt;
    around + bround
}

#[differentiate]
#[inline]
fn fast_two_sum_tail(a: f64, b: f64, x: f64) -> f64 {
    let bvirt = x - a;
    b - bvirt
}

#[differentiate]
#[inline]
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    (x, fast_two_sum_tail(a, b, x))
}

// ---- tests

#[test]
fn exact_arithmetic() {
    // What is a rounding error has no derivative that differences could find: tangent and adjoint have to agree.
    let (e, e_dot, e_bar) = ([1.1, 0.3e-20], [0.7, -0.4], &mut [0.0; 2]);
    let mut h_dot = [0.0; 4];
    let (count, slope) = scale_expansion_zeroelim_tangent(&e, &e_dot, 0.3, 0.9, &mut [0.0; 4], &mut h_dot);
    let h_bar = [0.6, -0.2, 0.8, 0.3];
    let (same, b_bar) = scale_expansion_zeroelim_adjoint(&e, e_bar, 0.3, &mut [0.0; 4], &mut h_bar.clone(), 0);
    assert_eq!((count, same), (count, count));
    let forward: f64 = h_dot.iter().zip(&h_bar).map(|(a, b)| a * b).sum();
    let reverse = e_bar[0] * e_dot[0] + e_bar[1] * e_dot[1] + b_bar * 0.9;
    assert!((forward - reverse).abs() < 1e-12, "{forward} {reverse}");
    // The expansion sums to the product.
    let sum: f64 = h_dot.iter().sum();
    let product: f64 = 0.9 * e.iter().sum::<f64>() + 0.3 * e_dot.iter().sum::<f64>();
    assert!((sum - product).abs() < 1e-12, "{sum} {product}");
    let (value, slope) = two_product_tail_tangent(1.1, 0.7, 0.3, 0.9, 1.1 * 0.3, 0.7 * 0.3 + 1.1 * 0.9);
    let (same, (a_bar, b_bar, x_bar)) = { let (v, a, b, x) = two_product_tail_adjoint(1.1, 0.3, 1.1 * 0.3, 1.0); (v, (a, b, x)) };
    assert_eq!(value.to_bits(), same.to_bits());
    let reverse = a_bar * 0.7 + b_bar * 0.9 + x_bar * (0.7 * 0.3 + 1.1 * 0.9);
    assert!(slope.abs() < 1e-12 && reverse.abs() < 1e-12, "a + b = fl(a + b) + tail: {slope} {reverse}");
    let ((hi, lo), (hi_dot, lo_dot)) = split_tangent(1.1, 0.7);
    assert_eq!((hi + lo, hi_dot + lo_dot), (1.1, 0.7));
    let ((_, _), a_bar) = split_adjoint(1.1, (0.6, 0.6));
    assert!((a_bar - 0.6).abs() < 1e-12);
}
