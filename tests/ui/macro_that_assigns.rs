use chainrule::differentiate;

macro_rules! double {
    ($x:ident) => {
        $x *= 2.0
    };
}

#[differentiate]
fn f(x: f64) -> f64 {
    let mut y = x * x;
    double!(y);
    y
}

fn main() {}
