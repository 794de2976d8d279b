use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> Result<f64, String> {
    let y = g(x).unwrap_or(0.0);
    let outcome = if x > 0.0 { Ok(x) } else { Err("negative".to_string()) };
    outcome
}

#[differentiate]
fn g(x: f64) -> Result<f64, String> {
    Ok(x)
}

fn main() {}
