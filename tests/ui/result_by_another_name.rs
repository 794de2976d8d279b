use chainrule::differentiate;

type Checked = Result<f64, String>;

#[differentiate]
fn f(x: f64) -> Checked {
    if x < 0.0 {
        return Err("negative".to_string());
    }
    Ok(x.sqrt())
}

fn main() {}
