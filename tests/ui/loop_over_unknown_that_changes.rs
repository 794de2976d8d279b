use chainrule::differentiate;

#[differentiate]
fn pair(x: f64) -> [f64; 2] {
    [x, x * x]
}

#[differentiate]
fn f(x: f64) -> f64 {
    let mut a = pair(x);
    for v in a {
        a[0] += v * v;
    }
    a[0]
}

fn main() {}
