use chainrule::differentiate;

#[differentiate]
fn asked(x: &[f64], t: f64) -> f64 {
    let mut asked = 0;
    let k = x.partition_point(|v| {
        asked += 1;
        *v < t
    });
    x[k] * asked as f64
}

#[differentiate]
fn of_unknown_length(x: &[f64]) -> f64 {
    let doubled = std::array::from_fn(|i| x[i] * 2.0);
    first(&doubled)
}

#[differentiate]
fn first(x: &[f64; 3]) -> f64 {
    x[0]
}

fn main() {}
