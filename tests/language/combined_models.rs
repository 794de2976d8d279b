//! Three features or more at once: models, dynamic programs, signal and image processing, finance, physics.
//! The line before each function says what it combines.
use crate::harness::{noise, positive};
use chainrule::{constant, differentiate};

// edit distance with soft minimum · two-row table · swapped Vecs · callee with three results of one exp
#[differentiate(forward, reverse, hessian)]
fn soft_dtw(a: &[f64], b: &[f64], gamma: f64) -> f64 {
    let m = b.len();
    let mut previous = vec![1e3; m + 1];
    previous[0] = 0.0;
    for i in 0..a.len() {
        let mut row = vec![1e3; m + 1];
        for j in 0..m {
            let d = a[i] - b[j];
            row[j + 1] = d * d + soft_min(previous[j], previous[j + 1], row[j], gamma);
        }
        previous = row;
    }
    previous[m]
}

#[differentiate(forward, reverse, hessian)]
fn soft_min(a: f64, b: f64, c: f64, gamma: f64) -> f64 {
    let low = a.min(b).min(c);
    let sum = ((low - a) / gamma).exp() + ((low - b) / gamma).exp() + ((low - c) / gamma).exp();
    low - gamma * sum.ln()
}

// DP table as Vec<Vec> · max over choices · argmax kept in integers · traceback with while
#[differentiate(forward, reverse)]
fn smith_waterman(score: &[f64], n: usize, m: usize, gap: f64) -> f64 {
    let mut h = vec![vec![0.0; m + 1]; n + 1];
    let mut from = vec![vec![0usize; m + 1]; n + 1];
    let (mut bi, mut bj) = (0, 0);
    for i in 1..=n {
        for j in 1..=m {
            let diagonal = h[i - 1][j - 1] + score[(i - 1) * m + j - 1];
            let up = h[i - 1][j] - gap;
            let left = h[i][j - 1] - gap;
            if diagonal > 0.0 && diagonal >= up && diagonal >= left {
                h[i][j] = diagonal;
                from[i][j] = 1;
            } else if up > 0.0 && up >= left {
                h[i][j] = up;
                from[i][j] = 2;
            } else if left > 0.0 {
                h[i][j] = left;
                from[i][j] = 3;
            }
            if h[i][j] > h[bi][bj] {
                (bi, bj) = (i, j);
            }
        }
    }
    let mut path = 1.0;
    let (mut i, mut j) = (bi, bj);
    while from[i][j] != 0 {
        path *= 1.0 + 0.1 * h[i][j];
        match from[i][j] {
            1 => {
                i -= 1;
                j -= 1;
            }
            2 => i -= 1,
            _ => j -= 1,
        }
    }
    h[bi][bj] * path
}

// hidden Markov model · in/out belief · scaled · log of overwritten norm · const generics
#[differentiate(forward, reverse)]
fn forward_algorithm<const S: usize>(
    belief: &mut [f64; S],
    transition: &[[f64; S]; S],
    emission: &[[f64; S]],
    seen: &[usize],
) -> f64 {
    let mut log_likelihood = 0.0;
    for &o in seen {
        let old = *belief;
        let mut norm = 0.0;
        for j in 0..S {
            let mut p = 0.0;
            for i in 0..S {
                p += old[i] * transition[i][j];
            }
            belief[j] = p * emission[o][j];
            norm += belief[j];
        }
        for b in belief.iter_mut() {
            *b /= norm;
        }
        log_likelihood += norm.ln();
    }
    log_likelihood
}

// recurrent cell · in/out state · views of the weights · several callees
#[differentiate(forward, reverse)]
fn lstm_like_step(weights: &[f64], state: &mut [f64], cell: &mut [f64], x: &[f64]) {
    let n = state.len();
    for i in 0..n {
        let gates = &weights[4 * i * 2..4 * (i + 1) * 2];
        let forget = sigmoid(gates[0] * x[i % x.len()] + gates[1]);
        let ingate = sigmoid(gates[2] * state[i] + gates[3]);
        let outgate = sigmoid(gates[4] * x[i % x.len()] + gates[5]);
        let change = (gates[6] * state[i] + gates[7]).tanh();
        cell[i] = cell[i] * forget + ingate * change;
        state[i] = outgate * cell[i].tanh();
    }
}

#[differentiate(forward, reverse, hessian)]
fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

// sequence loss · callee with in/out slices in a loop · log-sum-exp · early stop
#[differentiate(forward, reverse)]
fn sequence_loss(weights: &[f64], start: &[f64], inputs: &Vec<Vec<f64>>) -> f64 {
    let mut state = start.to_vec();
    let mut cell = vec![0.0; start.len()];
    let mut loss = 0.0;
    for (t, x) in inputs.iter().enumerate() {
        lstm_like_step(weights, &mut state, &mut cell, x);
        loss += log_sum_exp(&state) - state[t % state.len()];
        if loss > 50.0 {
            break;
        }
    }
    loss / inputs.len() as f64
}

#[differentiate(forward, reverse, hessian)]
fn log_sum_exp(v: &[f64]) -> f64 {
    let mut top = f64::NEG_INFINITY;
    for x in v {
        if *x > top {
            top = *x;
        }
    }
    let mut sum = 0.0;
    for x in v {
        sum += (x - top).exp();
    }
    sum.ln() + top
}

// mixture density · local arrays · views of triangular parameters · callee
#[differentiate(forward, reverse, hessian)]
fn mixture(alphas: &[f64], means: &[f64], widths: &[f64], #[constant] points: &[f64]) -> f64 {
    let k = alphas.len();
    let d = means.len() / k;
    let mut total = 0.0;
    for p in 0..points.len() / d {
        let x = &points[p * d..(p + 1) * d];
        let mut terms = vec![0.0; k];
        for c in 0..k {
            let mean = &means[c * d..(c + 1) * d];
            let mut square = 0.0;
            for i in 0..d {
                let z = (x[i] - mean[i]) * widths[c * d + i].exp();
                square += z * z;
                terms[c] += widths[c * d + i];
            }
            terms[c] += alphas[c] - 0.5 * square;
        }
        total += log_sum_exp(&terms);
    }
    total - (points.len() / d) as f64 * log_sum_exp(alphas)
}

// projection with distortion · arrays by value · shadowed names · tuple result of a callee
#[differentiate(forward, reverse)]
fn reprojection(
    camera: &[f64; 9],
    point: [f64; 3],
    weight: f64,
    #[constant] seen: &[f64; 2],
) -> [f64; 2] {
    let p = rodrigues(&[camera[0], camera[1], camera[2]], &point);
    let p = [p[0] + camera[3], p[1] + camera[4], p[2] + camera[5]];
    let (x, y) = (-p[0] / p[2], -p[1] / p[2]);
    let r2 = x * x + y * y;
    let distortion = 1.0 + r2 * (camera[7] + camera[8] * r2);
    let scale = camera[6] * distortion;
    [
        weight * (scale * x - seen[0]),
        weight * (scale * y - seen[1]),
    ]
}

// two formulas by data · array result · early return
#[differentiate(forward, reverse)]
fn rodrigues(r: &[f64; 3], x: &[f64; 3]) -> [f64; 3] {
    let theta2 = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
    let cross = [
        r[1] * x[2] - r[2] * x[1],
        r[2] * x[0] - r[0] * x[2],
        r[0] * x[1] - r[1] * x[0],
    ];
    let mut out = *x;
    if theta2 == 0.0 {
        for i in 0..3 {
            out[i] += cross[i];
        }
        return out;
    }
    let theta = theta2.sqrt();
    let (s, c) = theta.sin_cos();
    let mut along = 0.0;
    for i in 0..3 {
        along += r[i] * x[i];
    }
    for i in 0..3 {
        out[i] = x[i] * c + cross[i] * s / theta + r[i] * along * (1.0 - c) / theta2;
    }
    out
}

// kinematic chain · Vec of matrices built by push · callee on arrays · parent by table
#[differentiate(forward, reverse)]
fn kinematic_chain(angles: &[f64], parents: &[usize], lengths: &[f64]) -> f64 {
    let mut frames = Vec::new();
    frames.push([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    for i in 0..angles.len() {
        let (s, c) = angles[i].sin_cos();
        let local = [[c, -s, lengths[i]], [s, c, 0.0]];
        let frame = compose(&frames[parents[i]], &local);
        frames.push(frame);
    }
    let last = frames.len() - 1;
    let mut reach = 0.0;
    for f in &frames {
        reach += f[0][2] * f[1][2];
    }
    frames[last][0][2].hypot(frames[last][1][2]) + reach
}

#[differentiate(forward, reverse)]
fn compose(a: &[[f64; 3]; 2], b: &[[f64; 3]; 2]) -> [[f64; 3]; 2] {
    let mut out = [[0.0; 3]; 2];
    for i in 0..2 {
        for j in 0..3 {
            for k in 0..2 {
                out[i][j] += a[i][k] * b[k][j];
            }
        }
        out[i][2] += a[i][2];
    }
    out
}

// histogram with linear weights · scatter into in/out · skip outside (continue) · integer bins
#[differentiate(forward, reverse)]
fn soft_histogram(samples: &[f64], bins: &mut [f64], low: f64, width: f64) -> f64 {
    let n = bins.len();
    let mut outside = 0;
    for s in samples {
        let position = (s - low) / width;
        let k = position.floor();
        if k < 0.0 || k + 1.0 >= n as f64 {
            outside += 1;
            continue;
        }
        let t = position - k;
        bins[k as usize] += 1.0 - t;
        bins[k as usize + 1] += t * t;
    }
    for b in bins.iter_mut() {
        *b /= (samples.len() - outside) as f64;
    }
    outside as f64
}

// bilinear lookup · clamped indices · loops over pixels · shift of input
#[differentiate(forward, reverse)]
fn warped_image_difference(image: &[f64], rows: usize, columns: usize, shift: (f64, f64)) -> f64 {
    let (dx, dy) = shift;
    let mut sum = 0.0;
    for i in 0..rows {
        for j in 0..columns {
            let y = (i as f64 + dy).clamp(0.0, rows as f64 - 1.001);
            let x = (j as f64 + dx).clamp(0.0, columns as f64 - 1.001);
            let (r, c) = (y.floor() as usize, x as usize);
            let (ty, tx) = (y - r as f64, x - c as f64);
            let row = &image[r * columns..(r + 1) * columns];
            let below = &image[(r + 1) * columns..][..columns];
            let top = row[c] * (1.0 - tx) + row[c + 1] * tx;
            let bottom = below[c] * (1.0 - tx) + below[c + 1] * tx;
            let difference = top * (1.0 - ty) + bottom * ty - image[i * columns + j];
            sum += difference * difference;
        }
    }
    sum
}

// recursive filter · in-place both directions · swapped coefficients · callee
#[differentiate(forward, reverse)]
fn forward_backward_filter(v: &mut [f64], a: f64, b: f64) {
    filter_once(v, a);
    let n = v.len();
    for i in 0..n / 2 {
        v.swap(i, n - 1 - i);
    }
    filter_once(v, b);
    filter_once(&mut v[1..n - 1], a * b);
}

#[differentiate(forward, reverse)]
fn filter_once(v: &mut [f64], a: f64) {
    let mut y = 0.0;
    for x in v.iter_mut() {
        y = a * y + (1.0 - a) * *x;
        *x = y;
    }
}

// binomial tree · in-place backward induction · max with payoff · constant powers
#[differentiate(forward, reverse)]
fn american_put(spot: f64, strike: f64, rate: f64, sigma: f64, steps: usize) -> f64 {
    let dt = 0.5 / steps as f64;
    let up = (sigma * dt.sqrt()).exp();
    let down = up.recip();
    let grow = (rate * dt).exp();
    let p = (grow - down) / (up - down);
    let mut v = vec![0.0; steps + 1];
    for i in 0..=steps {
        v[i] = (strike - spot * up.powi(2 * i as i32 - steps as i32)).max(0.0);
    }
    for n in (0..steps).rev() {
        for i in 0..=n {
            let hold = (p * v[i + 1] + (1.0 - p) * v[i]) / grow;
            let exercise = strike - spot * up.powi(2 * i as i32 - n as i32);
            v[i] = if exercise > hold { exercise } else { hold };
        }
    }
    v[0]
}

// closed form · nested annotated function · late initialisation · flags
#[differentiate(forward, reverse, hessian)]
fn black_scholes(spot: f64, strike: f64, rate: f64, sigma: f64, t: f64, call: bool) -> f64 {
    #[differentiate(forward, reverse, hessian)]
    fn normal(x: f64) -> f64 {
        const COEFFICIENTS: [f64; 5] = [
            1.330_274_429,
            -1.821_255_978,
            1.781_477_937,
            -0.356_563_782,
            0.319_381_530,
        ];
        let k = 1.0 / (1.0 + 0.231_641_9 * x.abs());
        let mut poly = 0.0;
        for c in &COEFFICIENTS {
            poly = (poly + c) * k;
        }
        let tail = poly * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
        if x < 0.0 { tail } else { 1.0 - tail }
    }
    let vol = sigma * t.sqrt();
    let d1 = ((spot / strike).ln() + (rate + 0.5 * sigma * sigma) * t) / vol;
    let d2 = d1 - vol;
    let price;
    if call {
        price = spot * normal(d1) - strike * (-rate * t).exp() * normal(d2);
    } else {
        price = strike * (-rate * t).exp() * normal(-d2) - spot * normal(-d1);
    }
    price
}

// Newton in a loop around a differentiated callee · break · return of the iterate
#[differentiate(forward, reverse)]
fn implied_volatility(price: f64, spot: f64, strike: f64) -> f64 {
    let mut sigma = 0.4;
    for _ in 0..40 {
        let value = black_scholes(spot, strike, 0.02, sigma, 0.7, true);
        let vega = (black_scholes(spot, strike, 0.02, sigma + 1e-3, 0.7, true) - value) / 1e-3;
        let step = (value - price) / vega;
        sigma -= step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    sigma
}

// coupled bodies · in/out positions and velocities · triangular pair loop · symmetric updates
#[differentiate(forward, reverse)]
fn leapfrog_bodies(x: &mut [f64], v: &mut [f64], masses: &[f64], h: f64, steps: usize) -> f64 {
    let n = x.len();
    let mut energy = 0.0;
    for step in 0..steps {
        let mut force = vec![0.0; n];
        for i in 0..n {
            for j in 0..i {
                let d = x[i] - x[j];
                let f = masses[i] * masses[j] * d / (d * d + 0.3).powf(1.5);
                force[i] -= f;
                force[j] += f;
            }
        }
        energy = 0.0;
        for i in 0..n {
            v[i] += h * force[i] / masses[i];
            x[i] += h * v[i];
            energy += 0.5 * masses[i] * v[i] * v[i];
        }
        if energy > 1e6 {
            panic!("the bodies escape in step {step}");
        }
    }
    energy
}

// bouncing ball · events found in a while loop · state overwritten · counters
#[differentiate(forward, reverse)]
fn bouncing_ball(height: f64, restitution: f64, time: f64) -> (f64, usize) {
    let g = 9.81;
    let mut y = height;
    let mut v = 0.0;
    let mut left = time;
    let mut bounces = 0;
    loop {
        let hit = (v + (v * v + 2.0 * g * y).sqrt()) / g;
        if hit > left {
            break;
        }
        left -= hit;
        v = restitution * (g * hit - v);
        y = 0.0;
        bounces += 1;
        if bounces > 20 {
            return (0.0, bounces);
        }
    }
    (y + v * left - 0.5 * g * left * left, bounces)
}

// upwind scheme · flux limiter by branches · two buffers exchanged each step · periodic indices
#[differentiate(forward, reverse)]
fn advect(u: &mut Vec<f64>, speed: f64, steps: usize) {
    let n = u.len();
    let mut next = u.clone();
    for _ in 0..steps {
        for i in 0..n {
            let (l, c, r) = (u[(i + n - 1) % n], u[i], u[(i + 1) % n]);
            let (a, b) = (c - l, r - c);
            let slope = if a * b <= 0.0 {
                0.0
            } else if a.abs() < b.abs() {
                a
            } else {
                b
            };
            next[i] = c - speed * a - 0.5 * speed * (1.0 - speed) * slope;
        }
        *u = next.clone();
    }
}

// k-means step · argmin by data · counts as integers · division of accumulators
#[differentiate(forward, reverse)]
fn k_means_step(centres: &mut [[f64; 2]], points: &[[f64; 2]]) -> f64 {
    let k = centres.len();
    let mut sums = vec![[0.0; 2]; k];
    let mut counts = vec![0usize; k];
    let mut inertia = 0.0;
    for p in points {
        let mut best = 0;
        let mut least = f64::INFINITY;
        for (c, centre) in centres.iter().enumerate() {
            let (dx, dy) = (p[0] - centre[0], p[1] - centre[1]);
            let d = dx * dx + dy * dy;
            if d < least {
                least = d;
                best = c;
            }
        }
        inertia += least;
        sums[best][0] += p[0];
        sums[best][1] += p[1];
        counts[best] += 1;
    }
    for c in 0..k {
        if counts[c] == 0 {
            continue;
        }
        for i in 0..2 {
            centres[c][i] = sums[c][i] / counts[c] as f64;
        }
    }
    inertia
}

// layers of different widths · views at a moving offset · ping-pong Vecs · activation by match
#[differentiate(forward, reverse, hessian)]
fn perceptron(
    weights: &[f64],
    x: &[f64],
    #[constant] widths: &[usize],
    #[constant] kinds: &[u8],
) -> f64 {
    let mut h = x.to_vec();
    let mut offset = 0;
    for (layer, &m) in widths.iter().enumerate() {
        let n = h.len();
        let mut out = vec![0.0; m];
        for i in 0..m {
            let row = &weights[offset..offset + n];
            offset += n;
            for j in 0..n {
                out[i] += row[j] * h[j];
            }
            out[i] = match kinds[layer] {
                b't' => out[i].tanh(),
                b'r' => out[i].max(0.0),
                b's' => sigmoid(out[i]),
                _ => out[i],
            };
        }
        h = out;
    }
    let mut loss = 0.0;
    for v in &h {
        loss += v * v;
    }
    loss
}

// softmax in place · log of overwritten values · label as index
#[differentiate(forward, reverse)]
fn cross_entropy(logits: &mut [f64], label: usize, temperature: f64) -> f64 {
    let mut top = logits[0];
    for l in logits.iter() {
        top = top.max(*l);
    }
    let mut sum = 0.0;
    for l in logits.iter_mut() {
        *l = ((*l - top) / temperature).exp();
        sum += *l;
    }
    for l in logits.iter_mut() {
        *l /= sum;
    }
    -logits[label].ln()
}

// optimiser unrolled · in/out parameters · momentum buffers · hand-written inner gradient
#[differentiate(forward, reverse)]
fn unrolled_descent(theta: &mut [f64], rate: f64, momentum: f64, steps: usize) -> f64 {
    let n = theta.len();
    let mut velocity = vec![0.0; n];
    let mut loss = 0.0;
    for t in 0..steps {
        loss = 0.0;
        for i in 0..n {
            let r = theta[i] * theta[i] - theta[(i + 1) % n];
            loss += r * r;
            velocity[i] = momentum * velocity[i] - rate * 4.0 * r * theta[i] / (t + 1) as f64;
        }
        for (i, v) in velocity.iter().enumerate() {
            theta[i] += v;
        }
    }
    loss
}

// Kalman filter · in/out state and covariance · missing data skipped · log terms
#[differentiate(forward, reverse)]
fn kalman_filter(
    state: &mut f64,
    variance: &mut f64,
    q: f64,
    r: f64,
    data: &[f64],
    #[constant] present: &[bool],
) -> f64 {
    let mut log_likelihood = 0.0;
    for (i, z) in data.iter().enumerate() {
        *variance += q * q;
        if !present[i] {
            continue;
        }
        let s = *variance + r * r;
        let innovation = z - *state;
        let gain = *variance / s;
        *state += gain * innovation;
        *variance *= 1.0 - gain;
        log_likelihood -= 0.5 * (s.ln() + innovation * innovation / s);
    }
    log_likelihood
}

// polygon clipping by a line · push into fresh Vec of arrays · area by shoelace
#[differentiate(forward, reverse)]
fn clipped_area(polygon: &[[f64; 2]], a: f64, b: f64, c: f64) -> f64 {
    let mut kept: Vec<[f64; 2]> = Vec::new();
    let n = polygon.len();
    for i in 0..n {
        let p = polygon[i];
        let q = polygon[(i + 1) % n];
        let dp = a * p[0] + b * p[1] - c;
        let dq = a * q[0] + b * q[1] - c;
        if dp <= 0.0 {
            kept.push(p);
        }
        if dp * dq < 0.0 {
            let t = dp / (dp - dq);
            kept.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
        }
    }
    if kept.is_empty() {
        return 0.0;
    }
    let mut area = 0.0;
    for i in 0..kept.len() {
        let j = if i + 1 == kept.len() { 0 } else { i + 1 };
        area += kept[i][0] * kept[j][1] - kept[j][0] * kept[i][1];
    }
    0.5 * area
}

// weighted median of pairs · insertion sort of two arrays at once · scan with exit
#[differentiate(forward, reverse)]
fn weighted_quantile(values: &[f64], weights: &[f64], level: f64) -> f64 {
    let mut v = values.to_vec();
    let mut w = weights.to_vec();
    let mut total = 0.0;
    for i in 0..v.len() {
        total += w[i];
        let mut j = i;
        while j > 0 && v[j] < v[j - 1] {
            v.swap(j, j - 1);
            w.swap(j - 1, j);
            j -= 1;
        }
    }
    let target = level * total;
    let mut sum = 0.0;
    for i in 0..v.len() {
        let next = sum + w[i];
        if next >= target {
            let t = (target - sum) / w[i];
            return if i == 0 {
                v[0] * t
            } else {
                v[i - 1] * (1.0 - t) + v[i] * t
            };
        }
        sum = next;
    }
    v[v.len() - 1]
}

// interpolation table · binary search in a loop · constant grid · extrapolation branches
#[differentiate(forward, reverse)]
fn table_lookup(table: &[f64], x: f64, #[constant] grid: &[f64]) -> f64 {
    let n = grid.len();
    if x <= grid[0] {
        return table[0] + (x - grid[0]) * (table[1] - table[0]);
    }
    let (mut low, mut high) = (0, n - 1);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if constant(x) < grid[middle] {
            high = middle;
        } else {
            low = middle;
        }
    }
    let t = (x - grid[low]) / (grid[high] - grid[low]);
    let smooth = t * t * (3.0 - 2.0 * t);
    table[low] + (table[high] - table[low]) * smooth
}

#[test]
fn dynamic_programs() {
    prove_hvp!(soft_dtw(slice noise(4), slice positive(3), val 0.7));
    prove_hvp!(soft_min(val 0.7, val 0.4, val 0.9, val 0.5));
    prove_gradient!(smith_waterman(slice noise(20), con 4, con 5, val 0.1));
    prove_gradient!(smith_waterman(slice noise(24), con 6, con 4, val 0.02));
    let transition = [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.2, 0.2, 0.6]];
    let emission = vec![[0.5, 0.1, 0.3], [0.5, 0.9, 0.7]];
    prove!(forward_algorithm(ioa [0.5, 0.3, 0.2], aref transition, aref emission.clone(), con &[0, 1, 1, 0]));
}

#[test]
fn learning() {
    prove!(lstm_like_step(slice noise(24), io noise(3), io positive(3), slice noise(2)) -> unit);
    prove_hvp!(sigmoid(val 0.7));
    prove_hvp!(sigmoid(val - 0.7));
    prove_gradient!(sequence_loss(slice noise(24), slice noise(3), aref vec![noise(2), positive(2), noise(1)]));
    prove_hvp!(log_sum_exp(slice noise(4)));
    prove_hvp!(mixture(slice noise(2), slice noise(4), slice positive(4), con &noise(6)));
    prove_hvp!(perceptron(slice noise(18), slice positive(3), con &[3, 2, 1], con b"tsx"));
    prove_gradient!(perceptron(slice noise(18), slice positive(3), con &[3, 2, 1], con b"rrs"));
    prove!(cross_entropy(io noise(4), con 2, val 0.8));
    prove!(unrolled_descent(io noise(3), val 0.05, val 0.8, con 4));
    prove!(k_means_step(ioa vec![[0.0, 0.1], [1.0, 0.9], [9.0, 9.0]], aref vec![[0.2, 0.3], [0.9, 0.7], [0.1, -0.2], [1.3, 0.8]]));
    prove!(kalman_filter(ios 0.3, ios 0.9, val 0.2, val 0.5, slice noise(5), con &[true, false, true, true, false]));
}

#[test]
fn geometry() {
    prove!(reprojection(aref [0.1, -0.2, 0.3, 0.4, 0.1, 2.0, 1.5, 0.1, -0.05], val [0.3, 0.7, 1.1], val 0.8, con &[0.1, 0.2]));
    prove!(rodrigues(aref [0.1, -0.2, 0.3], aref [0.3, 0.7, 1.1]));
    prove!(rodrigues(aref [0.0; 3], aref [0.3, 0.7, 1.1]));
    prove_gradient!(kinematic_chain(slice noise(5), con &[0, 1, 2, 1, 4], slice positive(5)));
    prove!(compose(aref [[1.0, 0.2, 0.3], [0.1, 0.9, 0.4]], aref [[0.5, -0.2, 0.3], [0.1, 0.7, 0.4]]));
    prove_gradient!(clipped_area(aref vec![[0.0, 0.0], [2.0, 0.1], [2.2, 1.9], [0.1, 2.0]], val 1.0, val 0.7, val 1.9));
    prove_gradient!(clipped_area(aref vec![[0.0, 0.0], [2.0, 0.1], [2.2, 1.9]], val 1.0, val 0.7, val -5.0));
}

#[test]
fn signals() {
    prove!(soft_histogram(slice noise(7), io positive(5), val -0.5, val 0.3));
    prove_gradient!(warped_image_difference(slice noise(12), con 3, con 4, val (0.3, -0.4)));
    prove!(forward_backward_filter(io noise(5), val 0.3, val 0.6) -> unit);
    prove!(filter_once(io noise(5), val 0.3) -> unit);
    prove_gradient!(weighted_quantile(slice noise(6), slice positive(6), val 0.4));
    prove_gradient!(weighted_quantile(slice noise(6), slice positive(6), val 0.02));
    for x in [-0.3, 0.5, 1.7] {
        prove_gradient!(table_lookup(slice noise(4), val x, con &[0.0, 0.4, 1.1, 1.9]));
    }
}

#[test]
fn finance() {
    prove_gradient!(american_put(val 0.95, val 1.0, val 0.03, val 0.3, con 6));
    prove_hvp!(black_scholes(val 0.95, val 1.0, val 0.03, val 0.3, val 0.8, con true));
    prove_hvp!(black_scholes(val 0.95, val 1.0, val 0.03, val 0.3, val 0.8, con false));
    prove_gradient!(implied_volatility(val 0.14, val 1.02, val 1.0));
}

#[test]
fn physics() {
    prove!(leapfrog_bodies(io noise(4), io positive(4), slice positive(4), val 0.1, con 3));
    prove!(bouncing_ball(val 1.3, val 0.8, val 2.1));
    prove!(advect(iov noise(6), val 0.4, con 3) -> unit);
}
