use chainrule::differentiate;

#[differentiate]
fn g(x: f64) -> Result<f64, f64> {
    if x < 0.0 {
        return Err(x);
    }
    Ok(x.sqrt())
}

#[differentiate]
fn kept(x: f64) -> f64 {
    let outcome = if x > 1.0 { Ok(x) } else { Err(x) };
    outcome.unwrap_or(0.0)
}

#[differentiate]
fn looked_at(x: f64) -> f64 {
    g(x).unwrap_or_else(|last| last * 2.0)
}

fn main() {}
