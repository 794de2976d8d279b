use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64], start: &[usize]) -> f64 {
    let mut pending: Vec<usize> = start.to_vec();
    if let Some(top) = pending.last_mut() {
        *top += 1;
    }
    x[pending[0]]
}

#[differentiate]
fn g(x: f64, power: &mut Option<i32>) -> f64 {
    match power {
        Some(k) => {
            *k += 1;
            x.powi(*k)
        }
        None => x,
    }
}

fn main() {}
