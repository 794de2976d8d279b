//! Their derivatives, as an expert writes them: the goal that generated code is compared with.

pub fn pendulum_tangent(
    angle: f64,
    angle_dot: f64,
    speed: f64,
    speed_dot: f64,
    gravity: f64,
) -> (f64, f64) {
    let (s, c) = angle.sin_cos();
    let value = 0.5 * speed * speed + gravity * (1.0 - c);
    (value, speed * speed_dot + gravity * s * angle_dot)
}

pub fn pendulum_adjoint(angle: f64, speed: f64, gravity: f64, seed: f64) -> (f64, f64, f64) {
    let (s, c) = angle.sin_cos();
    let value = 0.5 * speed * speed + gravity * (1.0 - c);
    (value, seed * gravity * s, seed * speed)
}

pub fn decay_tangent(x: &mut [f64], x_dot: &mut [f64], rate: f64, rate_dot: f64) {
    let (Some(mut last), Some(mut last_dot)) = (x.first().copied(), x_dot.first().copied()) else {
        return;
    };
    for (v, dot) in x.iter_mut().zip(x_dot).skip(1) {
        last_dot = 2.0 * *v * *dot - rate_dot * last - rate * last_dot;
        last = *v * *v - rate * last;
        (*v, *dot) = (last, last_dot);
    }
}

/// The old elements are kept; the new ones are put back by exchanging the two.
pub fn decay_adjoint(x: &mut [f64], x_bar: &mut [f64], rate: f64) -> f64 {
    let old = x.to_vec();
    for i in 1..x.len() {
        x[i] = x[i] * x[i] - rate * x[i - 1];
    }
    let mut rate_bar = 0.0;
    for i in (1..x.len()).rev() {
        let bar = x_bar[i];
        x_bar[i] = 2.0 * old[i] * bar;
        x_bar[i - 1] -= rate * bar;
        rate_bar -= x[i - 1] * bar;
    }
    rate_bar
}

pub fn until_tangent(a: &[f64], a_dot: &[f64], n: usize, limit: f64) -> (f64, f64) {
    let (mut sum, mut sum_dot) = (0.0, 0.0);
    for (v, dot) in a[..n * n].iter().zip(a_dot) {
        let term = v.exp();
        if sum + term > limit {
            break;
        }
        sum += term;
        sum_dot += dot * term;
    }
    (sum, sum_dot)
}

/// The sum is linear in its terms, whose adjoint is known at once: one sweep.
pub fn until_adjoint(a: &[f64], a_bar: &mut [f64], n: usize, limit: f64, seed: f64) -> f64 {
    let mut sum = 0.0;
    for (v, bar) in a[..n * n].iter().zip(a_bar) {
        let term = v.exp();
        if sum + term > limit {
            break;
        }
        sum += term;
        *bar += seed * term;
    }
    sum
}

pub fn trajectory_tangent(
    start: &[f64],
    start_dot: &[f64],
    h: f64,
    h_dot: f64,
    steps: usize,
) -> (f64, f64) {
    let (mut y, mut y_dot) = (start.to_vec(), start_dot.to_vec());
    for _ in 0..steps {
        for (v, dot) in y.iter_mut().zip(&mut y_dot) {
            let slope = *v * (1.0 - *v);
            *dot += h_dot * slope + h * (1.0 - 2.0 * *v) * *dot;
            *v += h * slope;
        }
    }
    let value = y.iter().map(|v| v * v).sum();
    (
        value,
        y.iter().zip(&y_dot).map(|(v, dot)| 2.0 * v * dot).sum(),
    )
}

pub fn trajectory_adjoint(
    start: &[f64],
    start_bar: &mut [f64],
    h: f64,
    steps: usize,
    seed: f64,
) -> (f64, f64) {
    let n = start.len();
    let mut y = start.to_vec();
    let mut states = Vec::with_capacity(n * steps);
    for _ in 0..steps {
        states.extend_from_slice(&y);
        for v in &mut y {
            *v += h * *v * (1.0 - *v);
        }
    }
    let value = y.iter().map(|v| v * v).sum();
    let mut y_bar: Vec<f64> = y.iter().map(|v| 2.0 * seed * v).collect();
    let mut h_bar = 0.0;
    for state in states.chunks_exact(n).rev() {
        for (v, bar) in state.iter().zip(&mut y_bar) {
            h_bar += *bar * v * (1.0 - v);
            *bar += *bar * h * (1.0 - 2.0 * v);
        }
    }
    for (bar, y_bar) in start_bar.iter_mut().zip(&y_bar) {
        *bar += y_bar;
    }
    (value, h_bar)
}

pub fn root_tangent(a: f64, a_dot: f64, tolerance: f64) -> (f64, f64) {
    let (mut x, mut x_dot) = (a, a_dot);
    while (x * x - a).abs() > tolerance {
        let quotient = a / x;
        x_dot = 0.5 * (x_dot + (a_dot - quotient * x_dot) / x);
        x = 0.5 * (x + quotient);
    }
    (x, x_dot)
}

pub fn root_adjoint(a: f64, tolerance: f64, seed: f64) -> (f64, f64) {
    let mut x = a;
    let mut trace = Vec::new();
    while (x * x - a).abs() > tolerance {
        let quotient = a / x;
        trace.push((x, quotient));
        x = 0.5 * (x + quotient);
    }
    let value = x;
    let (mut a_bar, mut x_bar) = (0.0, seed);
    while let Some((x, quotient)) = trace.pop() {
        let half = 0.5 * x_bar;
        a_bar += half / x;
        x_bar = half - half * quotient / x;
    }
    (value, a_bar + x_bar)
}

pub fn misfit_tangent(
    x: &[f64],
    x_dot: &[f64],
    scale: f64,
    scale_dot: f64,
    data: &[f64],
) -> (f64, f64) {
    let (mut sum, mut sum_dot) = (0.0, 0.0);
    for ((x, dot), d) in x.iter().zip(x_dot).zip(data) {
        let residual = scale * x - d;
        sum += residual * residual;
        sum_dot += 2.0 * residual * (scale_dot * x + scale * dot);
    }
    (sum, sum_dot)
}

/// The adjoint of the sum is the seed: one sweep, nothing kept.
pub fn misfit_adjoint(
    x: &[f64],
    x_bar: &mut [f64],
    scale: f64,
    data: &[f64],
    seed: f64,
) -> (f64, f64) {
    let (mut sum, mut scale_bar) = (0.0, 0.0);
    for ((x, bar), d) in x.iter().zip(x_bar).zip(data) {
        let residual = scale * x - d;
        sum += residual * residual;
        let residual_bar = 2.0 * seed * residual;
        scale_bar += residual_bar * x;
        *bar += residual_bar * scale;
    }
    (sum, scale_bar)
}
