//! BA files: `n m p`, then one camera, one point, one weight and one feature. All are repeated; observation
//! `i` sees camera `i mod n` and point `i mod m`.

use super::{InputError, Lines, Source};
use crate::ba::Problem;
use std::path::Path;

/// More observations than this are taken for a mistake.
const MOST: usize = 10_000_000;

/// Reads a problem from a file.
pub fn read(path: &Path) -> Result<Problem, InputError> {
    let source = Source::open(path)?;
    let mut lines = source.lines();
    let [n, m, p] = lines.counts("`n m p`")?;
    if n.max(m).max(p) > MOST {
        return Err(lines.error(format!("`n m p`: there may be at most {MOST} of each")));
    }
    let camera = array(&mut lines, "camera")?;
    let point = array(&mut lines, "point")?;
    let [weight] = array(&mut lines, "weight")?;
    let feature = array(&mut lines, "feature")?;
    lines.finish()?;
    Ok(Problem {
        cameras: vec![camera; n],
        points: vec![point; m],
        weights: vec![weight; p],
        features: vec![feature; p],
        observations: (0..p).map(|i| (i % n, i % m)).collect(),
    })
}

/// The next line as an array of numbers.
fn array<const N: usize>(lines: &mut Lines, what: &str) -> Result<[f64; N], InputError> {
    let mut numbers = [0.0; N];
    numbers.copy_from_slice(&lines.row(N, what)?);
    Ok(numbers)
}
