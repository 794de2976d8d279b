use chainrule::differentiate;

/// It may have changed the state.
#[differentiate]
fn first_step(step: impl Fn(&mut [f64], f64) -> Option<f64>, state: &mut [f64], h: f64) -> f64 {
    if let Some(error) = step(state, h) {
        error * h
    } else {
        state[0]
    }
}

/// It may have changed what it captures.
#[differentiate]
fn first_value(mut next: impl FnMut(f64) -> Option<f64>, x: f64) -> f64 {
    next(x).unwrap_or(x)
}

fn main() {}
