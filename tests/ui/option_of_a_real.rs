use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut best: Option<f64> = None;
    for v in x {
        if *v > 0.0 {
            best = Some(*v);
        }
    }
    best.unwrap()
}

fn main() {}
