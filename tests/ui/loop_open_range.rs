use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut y = x;
    for i in 0.. {
        if i > 3 {
            break;
        }
        y *= x;
    }
    y
}

fn main() {}
