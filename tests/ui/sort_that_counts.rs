//! What is asked while elements move is only read.
use chainrule::differentiate;

#[differentiate]
fn counted(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let mut comparisons = 0;
    v.sort_by(|a, b| {
        comparisons += 1;
        a.total_cmp(b)
    });
    v[0] * comparisons as f64
}

#[differentiate]
fn cut(x: &[f64], range: std::ops::Range<usize>) -> f64 {
    let mut v = x.to_vec();
    v.drain(range);
    v[0]
}

fn main() {}
