use chainrule::differentiate;

#[differentiate]
fn both(x: f64) -> f64 {
    let v = vec![x y];
    v[0]
}

fn main() {}
