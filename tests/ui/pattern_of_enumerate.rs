use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for pair in x.windows(2).enumerate() {
        let (i, w) = weigh(pair);
        sum += w * i as f64;
    }
    sum
}

fn weigh(pair: (usize, &[f64])) -> (usize, f64) {
    (pair.0, pair.1[0])
}

fn main() {}
