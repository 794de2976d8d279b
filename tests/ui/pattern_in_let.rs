use chainrule::differentiate;

#[differentiate]
fn f(x: [f64; 3]) -> f64 {
    let [first, ..] = x;
    first * first
}

fn main() {}
