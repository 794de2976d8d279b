//! LSTM files: `l c b`; for each of `l` layers a line of `4·b` weights and one of `4·b` biases; lines of `b`
//! input weights, output weights and output biases; for each layer a line of `b` hidden and one of `b` cell
//! values; `c` lines of `b` bits.

use super::{InputError, Source};
use crate::lstm::Problem;
use std::path::Path;

/// Reads a problem from a file.
pub fn read(path: &Path) -> Result<Problem, InputError> {
    let source = Source::open(path)?;
    let mut lines = source.lines();
    let [layers, characters, bits] = lines.counts("`l c b`")?;
    if characters < 2 {
        return Err(lines.error("`l c b`: there must be at least two characters"));
    }
    let main = lines.rows(2 * layers, lines.product(&[4, bits])?, "main parameters")?;
    let extra = lines.rows(3, bits, "extra parameters")?;
    let (mut hidden, mut cell) = (Vec::new(), Vec::new());
    for _ in 0..layers {
        hidden.extend(lines.row(bits, "hidden state")?);
        cell.extend(lines.row(bits, "cell state")?);
    }
    let sequence = lines.rows(characters, bits, "character")?;
    lines.finish()?;
    Ok(Problem {
        bits,
        main,
        extra,
        hidden,
        cell,
        sequence,
    })
}
