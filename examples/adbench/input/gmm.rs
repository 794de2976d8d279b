//! GMM files: `d K n`; `K` lines of `α`; `K` lines `μ_k`; `K` lines `icf_k`; `n` lines `x_i`; `γ m`.

use super::{InputError, Source};
use crate::gmm::{Problem, Wishart};
use std::path::Path;

/// Reads a problem from a file.
pub fn read(path: &Path) -> Result<Problem, InputError> {
    let source = Source::open(path)?;
    let mut lines = source.lines();
    let [dimension, components, n] = lines.counts("`d K n`")?;
    let row = lines.product(&[dimension, dimension + 1])? / 2;
    let alphas = lines.rows(components, 1, "log-weight")?;
    let means = lines.rows(components, dimension, "mean")?;
    let icf = lines.rows(components, row, "inverse covariance factor")?;
    let points = lines.rows(n, dimension, "point")?;
    let words = lines.words("`gamma m`")?;
    let [gamma, m] = words[..] else {
        return Err(lines.error(format!(
            "`gamma m`: expected 2 numbers, found {}",
            words.len()
        )));
    };
    let gamma = lines.number(gamma, "gamma")?;
    if gamma <= 0.0 {
        return Err(lines.error("gamma: it must be positive"));
    }
    let m: u16 = lines.parse(m, "m", "a small integer")?;
    let wishart = Wishart { gamma, m: m.into() };
    lines.finish()?;
    Ok(Problem {
        dimension,
        alphas,
        means,
        icf,
        points,
        wishart,
    })
}
