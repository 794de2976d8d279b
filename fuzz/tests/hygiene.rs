//! Generated code among the names and the lints of users: it brings no warning into their crates, and takes none of their names.
//!
//! The dependency has another name here than its own.
#![deny(warnings, missing_docs, unused, clippy::pedantic)]

use calculus::differentiate;

/// Tangent, adjoint and the difference quotient agree.
fn agree(tangent: f64, adjoint: f64, f: impl Fn(f64) -> f64, x: f64) {
    let h = 1e-5;
    let quotient = (f(x + h) - f(x - h)) / (2.0 * h);
    assert!((tangent - adjoint).abs() <= 1e-12 * tangent.abs().max(1.0));
    assert!(
        (tangent - quotient).abs() <= 1e-7 * tangent.abs().max(1.0),
        "{tangent} {quotient}"
    );
}

/// Names that generated code likes.
pub mod names {
    use calculus::differentiate;

    /// All of them are the user's.
    #[differentiate(forward, reverse, hessian)]
    #[must_use]
    pub fn taken(seed: f64, value: f64, x_bar: f64, x_dot: f64, x: f64) -> f64 {
        let value_bar = seed * value;
        let seed_dot = x_bar * value_bar;
        let x_old = seed_dot + x_dot;
        let mut record = x_old * x;
        let mut stack = [record, value, seed];
        for trip in &mut stack {
            let saved = *trip * record;
            *trip = saved;
            record += saved;
        }
        let trips = stack[0] * stack[1];
        let pullback = trips + stack[2];
        pullback * record
    }

    /// Raw identifiers, of functions too.
    #[differentiate(forward, reverse, hessian)]
    #[must_use]
    pub fn r#match(r#type: f64, r#fn: f64) -> f64 {
        let r#loop = r#type * r#fn;
        r#loop.sin() * r#type
    }

    /// The names of crates and modules.
    #[differentiate(forward, reverse)]
    #[must_use]
    pub fn crates(chainrule: f64, calculus: f64, std: f64, core: f64, rt: f64) -> f64 {
        chainrule * calculus + std * core * rt.exp()
    }

    /// A function whose companions' names are like those of another one's variables.
    #[differentiate]
    #[must_use]
    pub fn g(g_gradient: f64) -> f64 {
        let g_adjoint = g_gradient * g_gradient;
        g_adjoint * g_gradient
    }
}

#[test]
fn names_that_collide() {
    let (value, (seed, ..)) = names::taken_gradient(0.3, 0.7, -0.2, 0.5, 1.1);
    assert!(value.to_bits() == names::taken(0.3, 0.7, -0.2, 0.5, 1.1).to_bits());
    let tangent = names::taken_tangent(0.3, 1.0, 0.7, 0.0, -0.2, 0.0, 0.5, 0.0, 1.1, 0.0).1;
    agree(tangent, seed, |s| names::taken(s, 0.7, -0.2, 0.5, 1.1), 0.3);
    let tangent = names::match_tangent(0.4, 1.0, 0.9, 0.0).1;
    agree(
        tangent,
        names::match_gradient(0.4, 0.9).1.0,
        |x| names::r#match(x, 0.9),
        0.4,
    );
    let tangent = names::crates_tangent(0.4, 0.0, 0.9, 0.0, 0.3, 0.0, 0.7, 0.0, 0.2, 1.0).1;
    let gradient = names::crates_gradient(0.4, 0.9, 0.3, 0.7, 0.2).1;
    agree(
        tangent,
        gradient.4,
        |x| names::crates(0.4, 0.9, 0.3, 0.7, x),
        0.2,
    );
    let (value, slope) = names::g_gradient(0.5);
    assert!((value - 0.125).abs() < 1e-15 && (slope - 0.75).abs() < 1e-15);
}

macro_rules! model {
    ($name:ident, $x:ident, $body:expr) => {
        #[differentiate(forward, reverse)]
        fn $name($x: f64, k: f64) -> f64 {
            let y = $body;
            y * k
        }
    };
}
model!(from_a_macro, x, x * x.cos());
model!(from_a_macro_too, y, y.exp() * y);

#[test]
fn written_by_a_macro() {
    let tangent = from_a_macro_tangent(0.3, 1.0, 2.0, 0.0).1;
    agree(
        tangent,
        from_a_macro_gradient(0.3, 2.0).1.0,
        |x| from_a_macro(x, 2.0),
        0.3,
    );
    let tangent = from_a_macro_too_tangent(0.3, 1.0, 2.0, 0.0).1;
    agree(
        tangent,
        from_a_macro_too_gradient(0.3, 2.0).1.0,
        |x| from_a_macro_too(x, 2.0),
        0.3,
    );
}

#[differentiate(forward)]
#[inline]
#[cfg_attr(all(), must_use)]
#[doc(alias = "product")]
fn attributes(x: f64, y: f64) -> f64 {
    x * y
}

/// In two attributes, for one item each.
#[differentiate(reverse)]
#[inline(always)]
#[allow(clippy::inline_always)]
fn other_attributes(x: f64, y: f64) -> f64 {
    x / y
}

#[test]
fn beside_other_attributes() {
    assert!((attributes_tangent(2.0, 1.0, 3.0, 0.0).1 - 3.0).abs() < 1e-15);
    assert!((other_attributes_gradient(1.0, 4.0).1.0 - 0.25).abs() < 1e-15);
    assert!((attributes(2.0, 3.0) - 6.0).abs() < 1e-15);
}

/// In a block of a function, and in a constant.
#[test]
fn nested() {
    #[differentiate]
    fn inner(x: f64) -> f64 {
        x * x * x
    }
    const SLOPE: fn(f64) -> (f64, f64) = {
        #[differentiate]
        fn in_a_constant(x: f64) -> f64 {
            x * x
        }
        in_a_constant_gradient
    };
    assert!((inner_gradient(2.0).1 - 12.0).abs() < 1e-12);
    assert!((SLOPE(3.0).1 - 6.0).abs() < 1e-12);
}

#[cfg(test)]
mod tests {
    use super::differentiate;

    #[differentiate]
    fn private(x: &[f64]) -> f64 {
        x.iter().map(|v| v * v).sum()
    }

    #[test]
    fn in_a_module_of_tests() {
        let (value, gradient) = private_gradient(&[3.0, 4.0]);
        assert!((value - 25.0).abs() < 1e-12);
        assert!((gradient[1] - 8.0).abs() < 1e-12);
    }
}

/// Other things go by the names of the prelude.
pub mod shadowed {
    #![allow(missing_docs, nonstandard_style, dead_code, clippy::pedantic)]

    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct Box;
    pub trait Clone {}
    pub trait Fn {}
    pub trait FnOnce {}
    pub trait FnMut {}
    pub trait Sized {}
    pub trait Default {}
    pub fn Some() {}
    pub fn Ok() {}
    pub fn Err() {}
    pub const None: u8 = 0;

    use calculus::differentiate;

    #[differentiate(forward, reverse, hessian)]
    pub fn walked(x: &[f64], n: usize) -> f64 {
        let mut y = 0.5;
        for i in (0..x.len()).rev() {
            y = y * x[i] + if i < n { x[i].sin() } else { 0.3 };
        }
        y
    }

    #[differentiate(forward, reverse, hessian)]
    pub fn again(x: f64, n: usize) -> f64 {
        if n == 0 {
            return x;
        }
        let mut v = [x; 3];
        v[n % 3] *= again(x * 0.5, n - 1);
        walked(&v, n) * x
    }
}

/// A module without prelude, but for the traits of methods.
pub mod without_prelude {
    #![no_implicit_prelude]
    #![allow(missing_docs, clippy::pedantic)]
    use ::calculus::differentiate;
    use ::core::clone::Clone as _;
    use ::core::iter::Iterator as _;

    #[differentiate(forward, reverse, hessian)]
    pub fn walked(x: &[f64], n: usize) -> f64 {
        let mut y = 0.5;
        for i in (0..x.len()).rev() {
            y = y * x[i] + if i < n { x[i].sin() } else { 0.3 };
        }
        y
    }

    #[differentiate(forward, reverse, hessian)]
    pub fn again(x: f64, n: usize) -> f64 {
        if n == 0 {
            return x;
        }
        let mut v = [x; 3];
        v[n % 3] *= again(x * 0.5, n - 1);
        walked(&v, n) * x
    }

    #[differentiate(forward, reverse)]
    pub fn scaled(x: &[f64], out: &mut [f64]) {
        for i in 0..x.len() {
            out[i] *= x[i];
        }
    }

    #[derive(
        ::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq, ::calculus::Differentiable,
    )]
    pub struct Pair {
        pub first: f64,
        pub second: [f64; 2],
    }

    #[differentiate]
    impl ::core::ops::Index<usize> for Pair {
        type Output = f64;
        fn index(&self, i: usize) -> &f64 {
            &self.second[i]
        }
    }

    #[differentiate]
    pub fn exchanged(p: &Pair) -> Pair {
        Pair {
            first: p.first * 2.0,
            second: [p.second[1], p.second[0]],
        }
    }

    #[differentiate(jacobian, sparse)]
    pub fn products(x: &[f64; 3], k: f64) -> [f64; 2] {
        [walked(x, 2) * k, x[0] * x[1] * k]
    }

    #[differentiate(jacobian, sparse)]
    pub fn moved(x: &[f64], p: &Pair) -> ::std::vec::Vec<f64> {
        let q = exchanged(p);
        x.iter().map(|v| v * q[0] + q.first).collect()
    }

    #[differentiate(jacobian)]
    pub fn faster(x: &mut [f64], k: f64) {
        for v in x {
            *v *= k;
        }
    }

    #[differentiate(forward, reverse, hessian)]
    pub fn of_a_pair(p: &Pair, x: f64) -> f64 {
        p.first * p.second[0] * x + p.second[1]
    }
}

#[test]
fn names_of_the_prelude() {
    for n in 0..4 {
        let tangent = shadowed::again_tangent(0.7, 1.0, n).1;
        let f = |x| shadowed::again(x, n);
        agree(tangent, shadowed::again_gradient(0.7, n).1, f, 0.7);
        let tangent = without_prelude::again_tangent(0.7, 1.0, n).1;
        agree(tangent, without_prelude::again_gradient(0.7, n).1, f, 0.7);
    }
    let mut out = [2.0, 3.0];
    let mut seeds = [1.0, 1.0];
    let mut shadow = [0.0; 2];
    without_prelude::scaled_adjoint(&[5.0, 7.0], &mut shadow, &mut out, &mut seeds);
    assert!((shadow[0] - 2.0).abs() < 1e-15 && (seeds[1] - 7.0).abs() < 1e-15);
    let pair = without_prelude::Pair {
        first: 2.0,
        second: [3.0, 5.0],
    };
    let slopes = without_prelude::of_a_pair_gradient(&pair, 0.5).1;
    assert!((slopes.0.first - 1.5).abs() < 1e-15);
    let (_, moved) = without_prelude::moved_jacobian(&[7.0], &pair);
    assert_eq!(moved.as_slice(), [5.0, 2.0, 0.0, 7.0]);
    let (_, products) = without_prelude::products_jacobian(&[1.0, 2.0, 3.0], 2.0);
    assert_eq!(products.row(1), [4.0, 2.0, 0.0, 2.0]);
    let mut x = [3.0];
    let ((), faster) = without_prelude::faster_jacobian(&mut x, 2.0);
    assert_eq!((x, faster.as_slice()), ([6.0], &[2.0, 3.0][..]));
}
