//! Functions as parameters in the shapes of real code: recursion, state, structs, pairs of values, conditions, iterators.

use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

/// Adaptive Simpson: the function parameter is passed on in a recursion.
#[differentiate(forward, reverse, hessian)]
fn adaptive(f: &dyn Fn(f64) -> f64, a: f64, b: f64, depth: usize) -> f64 {
    let m = 0.5 * (a + b);
    let whole = (b - a) / 6.0 * (f(a) + 4.0 * f(m) + f(b));
    if depth == 0 {
        return whole;
    }
    let left = adaptive(f, a, m, depth - 1);
    let right = adaptive(&f, m, b, depth - 1);
    if (left + right - whole).abs() < 1e-4 {
        return left + right + (left + right - whole) / 15.0;
    }
    left + right
}

#[differentiate(forward, reverse, hessian)]
fn adaptively(p: f64, b: f64) -> f64 {
    adaptive(&|x| (x * p).sin() / (p + x), 0.0, b, 3)
}

/// Value and derivative at once.
#[differentiate]
fn newton_with_slope<F>(f: F, x0: f64, tolerance: f64) -> f64
where
    F: Fn(f64) -> (f64, f64),
{
    let mut x = x0;
    for _ in 0..20 {
        let (value, slope) = f(x);
        let step = value / slope;
        x -= step;
        if step.abs() < tolerance {
            break;
        }
    }
    x
}

#[differentiate]
fn cube_root(c: f64) -> f64 {
    newton_with_slope(|x| (x * x * x - c, 3.0 * x * x), 1.0, 1e-12)
}

/// The function stands in the condition of a loop.
#[differentiate]
fn bracket(f: impl Fn(f64) -> f64, start: f64, factor: f64) -> f64 {
    let mut hi = start;
    while f(hi) < 2.0 && hi < 50.0 {
        hi *= factor;
    }
    hi * f(hi)
}

#[differentiate]
fn bracketed(p: f64, s: f64) -> f64 {
    bracket(|x| x * x * p, s, 1.5)
}

/// Secant method with errors.
#[derive(Debug, PartialEq, Clone)]
enum Failure {
    Flat,
    Domain(f64),
}

#[differentiate]
fn secant<F>(f: F, a: f64, b: f64) -> Result<f64, Failure>
where
    F: Fn(f64) -> f64,
{
    let (mut x0, mut x1) = (a, b);
    let (mut y0, mut y1) = (f(a), f(b));
    for _ in 0..4 {
        if (y1 - y0).abs() < 1e-14 {
            return Err(Failure::Flat);
        }
        let x2 = x1 - y1 * (x1 - x0) / (y1 - y0);
        x0 = x1;
        y0 = y1;
        x1 = x2;
        y1 = f(x2);
    }
    Ok(x1)
}

#[differentiate]
fn intersect(a: f64, k: f64) -> Result<f64, Failure> {
    let x = secant(|x| a * x - (k * x).cos(), 0.0, 1.0)?;
    let y = secant(|y| y * y - x, 0.5, 1.0).unwrap();
    Ok(x * y)
}

// Iterators.

#[differentiate]
fn mapped(f: impl Fn(f64) -> f64, g: impl Fn(&f64) -> f64, x: &[f64]) -> f64 {
    let images: Vec<f64> = x.iter().copied().map(&f).collect();
    let total: f64 = x.iter().map(g).sum();
    let nested: f64 = x
        .iter()
        .map(|v| images.iter().map(|w| f(v * w)).sum::<f64>())
        .sum();
    total * nested + images.iter().fold(0.0, |a, b| f(a) + b)
}

#[differentiate]
fn maps(x: &[f64], p: f64) -> f64 {
    mapped(|v| (v * p).tanh(), |v: &f64| v * v * p, x)
}

// Names for functions.

#[differentiate]
fn renamed<F: Fn(f64) -> f64>(f: F, x: f64) -> f64 {
    let g = &f;
    let h = g;
    let f = |v: f64| g(v) * x;
    let scaled = {
        let k = x * 2.0;
        let c = k.sin();
        move |v: f64| f(v) + c
    };
    let twice = &scaled;
    twice(h(x)) + scaled(1.0)
}

#[differentiate]
fn renames(p: f64, x: f64) -> f64 {
    let offset = {
        let s = p * x;
        move |v: f64| v * s + p
    };
    renamed(&offset, x) * renamed(|v| offset(v) * v, p)
}

// Structs.

#[derive(Clone, Copy, Debug, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
struct_shape!(V2 { x: f64, y: f64 });

#[differentiate]
fn descend(field: impl Fn(&V2) -> V2, start: V2, rate: f64, steps: usize) -> V2 {
    let mut p = V2 {
        x: start.x,
        y: start.y,
    };
    for _ in 0..steps {
        let d = field(&p);
        p.x -= rate * d.x;
        p.y -= rate * d.y;
    }
    p
}

#[differentiate]
fn level(f: impl Fn(V2) -> f64, p: V2) -> f64 {
    let a: f64 = f(p);
    let q = V2 { x: a, y: p.x };
    let b: f64 = f(q);
    a * b
}

#[differentiate]
fn valley(p: &V2) -> V2 {
    V2 {
        x: 2.0 * p.x + p.y,
        y: p.x.sin(),
    }
}

#[differentiate]
fn of_structs(k: f64, s: V2) -> f64 {
    let start = V2 { x: s.x, y: k };
    let end = descend(
        |p: &V2| V2 {
            x: k * p.x + p.y * s.y,
            y: p.y * p.y,
        },
        start,
        0.1,
        3,
    );
    let a: f64 = end.x;
    let b: f64 = end.y;
    a * b
}

#[differentiate]
fn of_structs_by_path(s: V2) -> f64 {
    let end = descend(valley, s, 0.1, 2);
    let a: f64 = end.x;
    let b: f64 = end.y;
    a * b
}

#[differentiate]
fn of_structs_by_value(s: V2, k: f64) -> f64 {
    level(|p: V2| p.x * p.y * k + s.x, s)
}

#[derive(Clone, Debug, Differentiable)]
struct Model {
    rates: Vec<f64>,
    scale: f64,
}
struct_shape!(Model { rates: Vec<f64>, scale: f64 });

#[differentiate]
impl Model {
    fn response(&self, x: f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.rates.len() {
            sum += (self.rates[i] * x).sin();
        }
        sum * self.scale
    }

    fn fold(&self, f: impl Fn(f64) -> f64, x: f64) -> f64 {
        f(x * self.scale) * self.rates[0]
    }

    /// The receiver is captured, and the receiver of the call.
    fn area(&self, a: f64) -> f64 {
        let inner = self.fold(|x| self.response(x) * a, a);
        inner + adaptive(&|x| self.scale * x * self.rates[1], 0.0, a, 1)
    }
}

// State.

#[differentiate(forward, reverse, hessian)]
fn repeat(step: &mut dyn FnMut(f64) -> f64, x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        if i % 3 == 2 {
            continue;
        }
        y = step(y) + step(y * 0.5);
    }
    y
}

#[differentiate]
fn repeat_twice<F: FnMut(f64) -> f64>(mut step: F, x: f64) -> f64 {
    let a = repeat(&mut step, x, 2);
    let b = step(a);
    repeat(&mut |v| step(v) * b, a, 4)
}

/// Called directly, passed on, and called again; what it changes is read in between.
#[differentiate(forward, reverse, hessian)]
fn shared_state(x: f64, k: f64) -> f64 {
    let mut level = k;
    let mut history = vec![x, k];
    let mut step = |v: f64| {
        level = (level + v * k).sin() + level;
        history.push(level * v);
        let n = history.len();
        history[n - 2] * v
    };
    let a = step(x);
    let b = repeat(&mut step, a, 4);
    let c = step(b);
    c * level + history[3] * history[0]
}

#[differentiate]
fn state_through_two(x: f64, k: f64) -> f64 {
    let mut level = k;
    let y = repeat_twice(
        |v| {
            level *= 1.0 + 0.1 * v;
            level * v.cos()
        },
        x,
    );
    y * level
}

#[differentiate]
fn copied_state(x: f64, k: f64) -> f64 {
    let mut weights: [f64; 2] = [x, k];
    let mut next = move |v: f64| {
        weights[0] += v * weights[1];
        weights[0] * k
    };
    let a = next(1.0);
    let b = repeat(&mut next, a, 2);
    a * b * weights[0]
}

#[differentiate]
fn nothing_but_effects(xs: &mut [f64], each: impl Fn(usize, &mut f64)) {
    for i in 0..xs.len() {
        each(i, &mut xs[i]);
    }
}

#[differentiate]
fn scaled_in_place(xs: &mut [f64], k: f64, w: &[f64]) {
    nothing_but_effects(xs, |i, v: &mut f64| *v *= k * w[i] + *v);
    let s: f64 = xs.iter().sum();
    nothing_but_effects(xs, |_, v: &mut f64| *v -= s * k);
}

// What is constant.

#[differentiate]
fn with_constants(
    f: impl Fn(&[f64], usize, &str, bool) -> f64,
    #[constant] data: &[f64],
    x: f64,
) -> f64 {
    let mut sum = 0.0;
    for i in 0..data.len() {
        let y = f(data, i, "weight", i % 2 == 0);
        sum += y * x;
    }
    sum
}

#[differentiate]
fn constants(p: &[f64], x: f64, #[constant] data: &[f64]) -> f64 {
    with_constants(
        |d: &[f64], i: usize, name: &str, flag: bool| {
            if flag && name.len() > 3 {
                return d[i] * p[0];
            }
            p[1] * d[i] * d[i] + data[0] * x
        },
        data,
        x,
    )
}

#[differentiate]
fn tabulated(#[constant] f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let a = f(0.5);
    a * x * x
}

struct Grid {
    weight: fn(f64) -> f64,
    n: usize,
}

#[differentiate]
impl Grid {
    fn sum<F: Fn(f64) -> f64>(#[constant] &self, f: F, h: f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.n {
            let x = i as f64 * 0.2;
            sum += (self.weight)(x) * f(x * h);
        }
        sum
    }
}

#[differentiate]
fn on_a_grid(#[constant] grid: &Grid, p: f64, h: f64) -> f64 {
    grid.sum(|x| x * p + h, h) * grid.sum(|x| x.exp(), p)
}

#[differentiate]
fn generic_system<T, F>(f: F, x: &[T], k: T) -> T
where
    T: num_traits::Float,
    F: Fn(&[T], T) -> T,
{
    let mut sum = T::zero();
    for i in 0..x.len() {
        sum = sum + f(&x[i..], k) * x[i];
    }
    sum
}

#[differentiate]
fn generic_caller<T: num_traits::Float>(x: &[T], k: T) -> T {
    generic_system(|s: &[T], v: T| s[0] * v + k * x[0], x, k)
}

#[test]
fn recursion() {
    prove_hvp!(adaptively(val 1.3, val 0.9));
    prove_hvp!(adaptively(val 0.2, val 0.1));
}

#[test]
fn root_finders() {
    prove_gradient!(cube_root(val 2.3));
    prove_gradient!(bracketed(val 0.7, val 0.1));
    prove_gradient!(bracketed(val 0.7, val 9.1));
    prove_gradient!(intersect(val 1.3, val 0.6) -> ok);
    assert_eq!(
        secant_gradient(|x: f64, _: f64| (x * 0.0, 0.0), 0.1, 0.2),
        Err(Failure::Flat)
    );
}

#[test]
fn iterators_and_names() {
    for n in [0, 1, 3] {
        prove_gradient!(maps(slice noise(n), val 0.8));
    }
    prove_gradient!(renames(val 0.8, val 1.3));
}

#[test]
fn structs_and_methods() {
    prove_gradient!(of_structs(val 0.8, val V2 { x: 1.3, y: 0.2 }));
    prove_gradient!(of_structs_by_path(val V2 { x: 1.3, y: 0.2 }));
    prove_gradient!(of_structs_by_value(val V2 { x: 1.3, y: 0.2 }, val 0.4));
    let model = Model {
        rates: vec![0.3, 1.2],
        scale: 1.4,
    };
    prove_gradient!(Model::area(rf model, val 0.8));
    let grid = Grid {
        weight: |x| 1.0 + x,
        n: 4,
    };
    prove_gradient!(on_a_grid(con &grid, val 0.7, val 0.3));
}

#[test]
fn state() {
    prove_hvp!(shared_state(val 0.8, val 1.3));
    prove_gradient!(state_through_two(val 0.8, val 1.3));
    prove_gradient!(copied_state(val 0.8, val 1.3));
    prove!(scaled_in_place(io noise(3), val 0.7, slice positive(3)) -> unit);
}

#[test]
fn constants_and_generics() {
    prove_gradient!(constants(slice noise(2), val 0.7, con &[0.5, -1.5, 2.0]));
    prove_gradient!(generic_caller(slice noise(3), val 0.7));
    prove_gradient!(generic_caller(slice [0.5f32, 1.5], val 0.75f32));
    let f = |x: f64| x * 3.0;
    prove_gradient!(tabulated(con f, val 0.7));
}
