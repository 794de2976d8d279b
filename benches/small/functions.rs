//! The functions, as one writes them for themselves alone.

use chainrule::differentiate;

#[differentiate]
pub fn pendulum(angle: f64, speed: f64, #[constant] gravity: f64) -> f64 {
    let height = 1.0 - angle.cos();
    let kinetic = 0.5 * speed * speed;
    kinetic + gravity * height
}

#[differentiate]
pub fn decay(x: &mut [f64], rate: f64) {
    for i in 1..x.len() {
        x[i] = x[i] * x[i] - rate * x[i - 1];
    }
}

#[differentiate]
pub fn until(a: &[f64], n: usize, #[constant] limit: f64) -> f64 {
    let mut sum = 0.0;
    'rows: for i in 0..n {
        for j in 0..n {
            let term = a[i * n + j].exp();
            if sum + term > limit {
                break 'rows;
            }
            sum += term;
        }
    }
    sum
}

#[differentiate]
pub fn step(y: &mut [f64], h: f64) {
    for v in y.iter_mut() {
        *v += h * *v * (1.0 - *v);
    }
}

#[differentiate]
pub fn trajectory(start: &[f64], h: f64, steps: usize) -> f64 {
    let mut y = start.to_vec();
    for _ in 0..steps {
        step(&mut y, h);
    }
    let mut sum = 0.0;
    for v in &y {
        sum += v * v;
    }
    sum
}

#[differentiate]
pub fn root(a: f64, #[constant] tolerance: f64) -> f64 {
    let mut x = a;
    while (x * x - a).abs() > tolerance {
        x = 0.5 * (x + a / x);
    }
    x
}

#[differentiate]
pub fn misfit(x: &[f64], scale: f64, #[constant] data: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, d) in data.iter().enumerate() {
        let residual = scale * x[i] - d;
        sum += residual * residual;
    }
    sum
}
