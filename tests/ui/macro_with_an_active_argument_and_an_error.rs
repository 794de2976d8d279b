use chainrule::differentiate;

macro_rules! fail_if {
    ($c:expr) => {
        if $c {
            return Err(());
        }
    };
}

#[differentiate]
fn f(x: f64) -> Result<f64, ()> {
    fail_if!(x < 0.0);
    Ok(x.sqrt())
}

fn main() {}
