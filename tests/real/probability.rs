//! probability 0.20.3, Apache-2.0 or MIT: `src/distribution/bernoulli.rs`, `src/distribution/binomial.rs`, `src/lib.rs`.

use chainrule::{Differentiable, differentiate};

// src/lib.rs

macro_rules! should(
    ($requirement:expr) => (debug_assert!($requirement));
    ($requirement:expr, $code:expr) => (debug_assert!($code, stringify!($requirement)));
);

// src/distribution/bernoulli.rs

#[derive(Differentiable)]
/// A Bernoulli distribution.
#[derive(Clone, Copy, Debug)]
pub struct Bernoulli {
    p: f64,
    q: f64,
    pq: f64,
}

impl Bernoulli {

    #[differentiate]
    /// Create a Bernoulli distribution with success probability `p`.
    ///
    /// It should hold that `p > 0` and `p < 1`.
    #[inline]
    pub fn new(p: f64) -> Self {
        should!(p > 0.0 && p < 1.0);
        Bernoulli {
            p,
            q: 1.0 - p,
            pq: p * (1.0 - p),
        }
    }

    #[differentiate]
    /// Create a Bernoulli distribution with failure probability `q`.
    ///
    /// It should hold that `q > 0` and `q < 1`. This constructor is preferable
    /// when `q` is very small.
    #[inline]
    pub fn with_failure(q: f64) -> Self {
        should!(q > 0.0 && q < 1.0);
        Bernoulli {
            p: 1.0 - q,
            q,
            pq: (1.0 - q) * q,
        }
    }
}

// src/distribution/binomial.rs

#[derive(Differentiable)]
/// A binomial distribution.
#[derive(Clone, Copy, Debug)]
pub struct Binomial {
    n: usize,
    p: f64,
    q: f64,
    np: f64,
    nq: f64,
    npq: f64,
}

impl Binomial {

    #[differentiate]
    /// Create a binomial distribution with `n` trails and success probability
    /// `p`.
    ///
    /// It should hold that `p >= 0` and `p <= 1`.
    pub fn new(n: usize, p: f64) -> Self {
        should!(0.0 < p && p < 1.0);
        let q = 1.0 - p;
        let np = n as f64 * p;
        let nq = n as f64 * q;
        Binomial {
            n,
            p,
            q,
            np,
            nq,
            npq: np * q,
        }
    }
}

// ---- tests

struct_shape!(Bernoulli { p: f64, q: f64, pq: f64 });
struct_shape!(Binomial { p: f64, q: f64, np: f64, nq: f64, npq: f64 });

#[test]
fn distributions() {
    prove!(Bernoulli::new(val 0.3) -> vec);
    prove!(Bernoulli::with_failure(val 0.3) -> vec);
    prove!(Binomial::new(con 7usize, val 0.3) -> vec);
}
