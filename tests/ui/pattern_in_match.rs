use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    match root(x) {
        Ok(y) => y,
        Err(_) => 0.0,
    }
}

#[differentiate]
fn root(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err("negative".to_string());
    }
    Ok(x.sqrt())
}

fn main() {}
