//! Structs, methods, iterator chains, closures, errors, fused sums and in/out callees in one function.
use crate::harness::noise;
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
struct_shape!(V2 { x: f64, y: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Body {
    pos: V2,
    vel: V2,
    #[constant]
    mass: f64,
}
struct_shape!(Body { pos: V2, vel: V2 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Layer {
    w: Vec<f64>,
    b: f64,
}
struct_shape!(Layer {
    w: Vec<f64>,
    b: f64
});

impl V2 {
    #[differentiate(forward, reverse, hessian)]
    fn dot(&self, o: &V2) -> f64 {
        self.x * o.x + self.y * o.y
    }

    #[differentiate(forward, reverse, hessian)]
    fn minus(&self, o: &V2) -> V2 {
        V2 {
            x: self.x - o.x,
            y: self.y - o.y,
        }
    }
}

impl Layer {
    #[differentiate(forward, reverse, hessian)]
    fn apply(&self, x: &[f64]) -> f64 {
        let z: f64 = self.w.iter().zip(x).map(|(w, x)| w * x).sum();
        (z + self.b).tanh()
    }
}

#[differentiate(forward, reverse, hessian)]
fn mean_loss(layer: &Layer, x: &[f64], y: &[f64]) -> f64 {
    let n = layer.w.len();
    let loss: f64 = x
        .chunks_exact(n)
        .zip(y)
        .map(|(row, y)| (layer.apply(row) - y).powi(2))
        .sum();
    loss / y.len() as f64
}

#[differentiate(forward, reverse, hessian)]
fn energy(bodies: &[Body], softening: f64) -> f64 {
    let mut e = 0.0;
    for (i, a) in bodies.iter().enumerate() {
        e += 0.5 * a.mass * a.vel.dot(&a.vel);
        for b in bodies.iter().skip(i + 1) {
            let r = a.pos.minus(&b.pos);
            e -= a.mass * b.mass / (r.dot(&r) + softening).sqrt();
        }
    }
    e
}

#[differentiate(forward, reverse, hessian)]
fn kick(bodies: &mut [Body], h: f64) {
    for body in bodies.iter_mut() {
        let pull = 1.0 + body.pos.dot(&body.pos);
        body.vel.x -= h * body.pos.x / pull;
        body.vel.y -= h * body.pos.y / pull;
        body.pos.x += h * body.vel.x;
        body.pos.y += h * body.vel.y;
    }
}

#[differentiate(forward, reverse, hessian)]
fn rollout(start: &[Body], h: f64, steps: usize) -> f64 {
    let mut bodies = start.to_vec();
    let mut path = 0.0;
    for _ in 0..steps {
        kick(&mut bodies, h);
        path += bodies.iter().map(|b| b.pos.dot(&b.vel)).sum::<f64>();
        if bodies[0].pos.x > 3.0 {
            break;
        }
    }
    path
}

#[derive(Debug, PartialEq)]
enum Failure {
    NoClass(usize),
    Empty,
}

#[differentiate(forward, reverse, hessian)]
fn log_loss(logits: &[f64], label: usize) -> Result<f64, Failure> {
    if label >= logits.len() {
        return Err(Failure::NoClass(label));
    }
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logits.iter().map(|l| (l - largest).exp()).sum();
    Ok(sum.ln() + largest - logits[label])
}

#[differentiate(forward, reverse, hessian)]
fn batch(layers: &[Layer], x: &[f64], labels: &[usize]) -> Result<f64, Failure> {
    if labels.is_empty() {
        return Err(Failure::Empty);
    }
    let n = x.len() / labels.len();
    let squash = |v: f64| v / (1.0 + v * v);
    let mut total = 0.0;
    let mut logits = vec![0.0; layers.len()];
    for (row, &label) in x.chunks_exact(n).zip(labels) {
        for (logit, layer) in logits.iter_mut().zip(layers) {
            *logit = squash(layer.apply(row));
        }
        total += log_loss(&logits, label)?;
    }
    Ok(total / labels.len() as f64)
}

fn layers() -> Vec<Layer> {
    let layer = |k: usize| Layer {
        w: noise(2).iter().map(|v| v + 0.3 * k as f64).collect(),
        b: 0.1 - 0.2 * k as f64,
    };
    (0..3).map(layer).collect()
}

fn bodies() -> Vec<Body> {
    let body = |k: usize| Body {
        pos: V2 {
            x: 0.3 + k as f64,
            y: 0.7 - 0.4 * k as f64,
        },
        vel: V2 {
            x: -0.2,
            y: 0.1 * k as f64,
        },
        mass: 1.0 + 0.5 * k as f64,
    };
    (0..3).map(body).collect()
}

#[test]
fn networks() {
    let x = noise(6);
    prove_hvp!(mean_loss(rf layers()[1].clone(), slice x, slice noise(3)));
    prove_hvp!(batch(slice layers(), slice x, con &[2, 0, 1]) -> ok);
    let failed = batch_gradient(&layers(), &x, &[2, 9, 1]);
    assert_eq!(failed, Err(Failure::NoClass(9)));
    let mut bars = layers();
    let before = bars.clone();
    let mut x_bar = vec![0.25; 6];
    let failed = batch_adjoint(&layers(), &mut bars, &x, &mut x_bar, &[2, 9, 1], 1.0);
    assert_eq!(failed, Err(Failure::NoClass(9)));
    assert_eq!((bars, x_bar), (before, vec![0.25; 6]));
}

#[test]
fn particles() {
    prove_hvp!(energy(slice bodies(), val 0.1));
    prove_hvp!(energy(slice Vec::<Body>::new(), val 0.1));
    for steps in [0, 1, 4] {
        prove_hvp!(rollout(slice bodies(), val 0.2, con steps));
    }
}

#[differentiate(forward, reverse, hessian)]
fn signed_degrees(deg: i64, min: i64, sec: f64) -> f64 {
    let (m, s) = if deg < 0 {
        (-min.abs(), -sec.abs())
    } else {
        (min, sec)
    };
    let mut pair = (0, s);
    for k in 0..3 {
        pair = if k == 1 {
            (pair.0 + k * 2 - 1, pair.1 * s)
        } else {
            (m, pair.1 + 1.0)
        };
    }
    let (negative, t) = if deg > 3 {
        (deg > 4, s)
    } else {
        (deg < 0, pair.1)
    };
    let t = if negative { t * 2.0 } else { t };
    deg as f64 + m as f64 / 60.0 + s * t / 3600.0 + pair.0 as f64
}

#[test]
fn integers_beside_reals_in_tuples_that_branches_give() {
    for deg in [-3i64, 2, 5] {
        prove!(signed_degrees(con deg, con 7i64, val 12.5));
        prove_gradient!(signed_degrees(con deg, con 7i64, val 12.5));
        prove_hvp!(signed_degrees(con deg, con 7i64, val 12.5));
    }
}

#[derive(chainrule::Differentiable, Clone, Copy, Debug)]
struct Line {
    slope: f64,
    intercept: f64,
}
struct_shape!(Line {
    slope: f64,
    intercept: f64
});

#[differentiate]
fn lines(level: f64) -> [Line; 4] {
    let mut lines = [Line {
        slope: 0.0,
        intercept: 1.0,
    }; 4];
    let mut more = vec![
        Line {
            slope: 1.0,
            intercept: 0.0
        };
        2
    ];
    for t in 0..2 {
        more[t].intercept *= level;
        lines[t] = Line {
            slope: level * t as f64 + more[1 - t].intercept,
            intercept: level * level,
        };
    }
    lines[3] = more[0];
    lines
}

#[test]
fn arrays_of_a_constant_struct() {
    prove!(lines(val 0.3) -> vec);
}
