//! rv 0.20.1, MIT: `src/data/stat/cdvm.rs`, `src/traits.rs`.

use chainrule::{Differentiable, differentiate};

// src/data/stat/cdvm.rs

#[derive(Differentiable)]
/// Cdvm sufficient statistic.
///
/// Holds the number of observations, their sum, and the sum of their squared
/// values.
#[derive(Debug, Clone, PartialEq, Copy)]
#[cfg_attr(feature = "serde1", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde1", serde(rename_all = "snake_case"))]
pub struct CdvmSuffStat {
    /// Modulus of the circular distribution
    modulus: usize,
    /// Number of observations
    n: usize,
    /// ∑ⱼ sin(2πxⱼ/m)
    sum_sin: f64,
    /// ∑ⱼ cos(2πxⱼ/m)
    sum_cos: f64,

    /// Cached 2π/m
    twopi_over_m: f64,
}

#[differentiate]
impl SuffStat<usize> for CdvmSuffStat {

    fn observe(&mut self, #[constant] x: &usize) {
        let angle = self.twopi_over_m * (*x as f64);
        let (sin_x, cos_x) = angle.sin_cos();
        self.sum_sin += sin_x;
        self.sum_cos += cos_x;
        self.n += 1;
    }

    fn forget(&mut self, #[constant] x: &usize) {
        let angle = self.twopi_over_m * (*x as f64);
        let (sin_x, cos_x) = angle.sin_cos();
        self.sum_sin -= sin_x;
        self.sum_cos -= cos_x;
        self.n -= 1;
    }

    fn merge(&mut self, other: Self) {
        assert_eq!(self.modulus, other.modulus);

        if other.n == 0 {
            return;
        }
        self.n += other.n;
        self.sum_cos += other.sum_cos;
        self.sum_sin += other.sum_sin;
    }
}

// src/traits.rs

#[differentiate]
/// Is a [sufficient statistic](https://en.wikipedia.org/wiki/Sufficient_statistic) for a
/// distribution.
///
/// # Examples
///
/// Basic suffstat usage.
///
/// ```
/// use rv::data::BernoulliSuffStat;
/// use rv::traits::SuffStat;
///
/// // Bernoulli sufficient statistics are the number of observations, n, and
/// // the number of successes, k.
/// let mut stat = BernoulliSuffStat::new();
///
/// assert!(stat.n() == 0 && stat.k() == 0);
///
/// stat.observe(&true);  // observe `true`
/// assert!(stat.n() == 1 && stat.k() == 1);
///
/// stat.observe(&false);  // observe `false`
/// assert!(stat.n() == 2 && stat.k() == 1);
///
/// stat.forget_many(&vec![false, true]);  // forget `true` and `false`
/// assert!(stat.n() == 0 && stat.k() == 0);
/// ```
///
/// Conjugate analysis of coin flips using Bernoulli with a Beta prior on the
/// success probability.
///
/// ```
/// use rv::traits::SuffStat;
/// use rv::traits::ConjugatePrior;
/// use rv::data::BernoulliSuffStat;
/// use rv::dist::{Bernoulli, Beta};
///
/// let flips = vec![true, false, false];
///
/// // Pack the data into a sufficient statistic that holds the number of
/// // trials and the number of successes
/// let mut stat = BernoulliSuffStat::new();
/// stat.observe_many(&flips);
///
/// let prior = Beta::jeffreys();
///
/// // If we observe more false than true, the posterior predictive
/// // probability of true decreases.
/// let pp_no_obs = prior.pp(&true, (&BernoulliSuffStat::new()).into());
/// let pp_obs = prior.pp(&true, (&flips).into());
///
/// assert!(pp_obs < pp_no_obs);
/// ```
pub trait SuffStat<X> {
    /// Assimilate the datum `x` into the statistic
    fn observe(&mut self, #[constant] x: &X);

    /// Remove the datum `x` from the statistic
    fn forget(&mut self, #[constant] x: &X);

    fn merge(&mut self, other: Self);
}

// ---- tests

struct_shape!(CdvmSuffStat { sum_sin: f64, sum_cos: f64, twopi_over_m: f64 });

#[test]
fn statistics() {
    let stat = CdvmSuffStat { modulus: 5, n: 3, sum_sin: 0.3, sum_cos: -0.7, twopi_over_m: 1.2 };
    let other = CdvmSuffStat { modulus: 5, n: 2, sum_sin: 0.8, sum_cos: 0.4, twopi_over_m: 1.2 };
    prove!(CdvmSuffStat::observe(ios stat, con &3) -> unit);
    prove!(CdvmSuffStat::forget(ios stat, con &3) -> unit);
    prove!(CdvmSuffStat::merge(ios stat, val other) -> unit);
}
