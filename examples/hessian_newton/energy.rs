//! What is minimised: an image close to a noisy one, with few and sharp edges.

use chainrule::differentiate;
use chainrule::sparse::{Pattern, PatternError};

/// `½ Σ (u − noisy)² + strength · Σ √(d² + ε²)` over the differences `d` of neighbouring pixels: total variation, smoothed.
#[differentiate(hessian, sparse)]
pub fn energy(
    u: &[f64],
    #[constant] noisy: &[f64],
    width: usize,
    #[constant] strength: f64,
    #[constant] epsilon: f64,
) -> f64 {
    let mut sum = 0.0;
    for i in 0..u.len() {
        let miss = u[i] - noisy[i];
        sum += 0.5 * miss * miss;
        if (i + 1) % width != 0 {
            sum += strength * edge(u[i + 1] - u[i], epsilon);
        }
        if i + width < u.len() {
            sum += strength * edge(u[i + width] - u[i], epsilon);
        }
    }
    sum
}

/// `|d|`, but smooth near zero.
#[differentiate(hessian)]
fn edge(d: f64, epsilon: f64) -> f64 {
    (d * d + epsilon * epsilon).sqrt()
}

/// Where the Hessian may be nonzero: a pixel meets itself and its four neighbours.
pub fn pattern(width: usize, height: usize) -> Result<Pattern, PatternError> {
    let n = width * height;
    let pairs = (0..n).flat_map(|i| {
        let right = ((i + 1) % width != 0).then_some(i + 1);
        let below = (i + width < n).then_some(i + width);
        let others = right.into_iter().chain(below);
        others.flat_map(move |j| [(i, j), (j, i)]).chain([(i, i)])
    });
    Pattern::new(n, n, pairs)
}
