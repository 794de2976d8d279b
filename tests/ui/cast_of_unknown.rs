use chainrule::differentiate;

#[differentiate]
fn f(x: f64, k: Rank) -> f64 {
    x * k.0 as f64
}

struct Rank(usize);

fn main() {}
