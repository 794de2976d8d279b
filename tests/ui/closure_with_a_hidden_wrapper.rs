use chainrule::differentiate;

#[differentiate]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 {
        return None;
    }
    Some(x.sqrt())
}

#[differentiate]
fn twice(f: impl Fn(f64) -> Option<f64>, x: f64) -> Option<f64> {
    let y = f(x)?;
    Some(y * x)
}

#[differentiate]
fn g(x: f64, p: f64) -> Option<f64> {
    twice(|y| root(y * p), x)
}

fn main() {}
