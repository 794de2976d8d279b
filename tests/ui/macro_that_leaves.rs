use chainrule::differentiate;

macro_rules! skip_if {
    ($c:expr) => {
        if $c {
            continue;
        }
    };
}

macro_rules! stop_if {
    ($c:expr) => {
        if $c {
            return;
        }
    };
}

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        skip_if!(i == 2);
        sum += x[i] * x[i];
    }
    sum
}

#[differentiate]
fn g(x: &mut [f64]) {
    stop_if!(x[0] > 0.0);
    x[0] *= 2.0;
}

fn main() {}
