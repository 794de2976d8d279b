use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64], y: &[f64], first: bool) -> f64 {
    let chosen = if first { &x[1..] } else { &y[1..] };
    chosen[0]
}

fn main() {}
