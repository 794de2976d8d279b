//! Functions as parameters, and functions and closures as arguments.

use crate::harness::{noise, positive};
use chainrule::{constant, differentiate};

// Quadrature, root finders and searches, over every kind of callable parameter.

#[differentiate(forward, reverse, hessian)]
fn integrate(f: impl Fn(f64) -> f64, a: f64, b: f64, n: usize) -> f64 {
    let h = (b - a) / n as f64;
    let mut sum = 0.0;
    for i in 0..n {
        sum += f(a + (i as f64 + 0.5) * h);
    }
    sum * h
}

#[differentiate(forward, reverse, hessian)]
fn newton<F>(f: F, x0: f64, steps: usize) -> f64
where
    F: Fn(f64) -> f64,
{
    let mut x = x0;
    for _ in 0..steps {
        let slope = (f(x + 1e-3) - f(x - 1e-3)) / 2e-3;
        if slope.abs() < 1e-9 {
            return x;
        }
        x -= f(x) / slope;
    }
    x
}

#[differentiate]
fn bisect(f: &dyn Fn(f64) -> f64, mut lo: f64, mut hi: f64, target: f64) -> f64 {
    let mut steps = 0;
    while hi - lo > 0.01 && steps < 20 {
        let mid = 0.5 * (lo + hi);
        if f(mid) < target {
            lo = mid;
        } else {
            hi = mid;
        }
        steps += 1;
    }
    lo + (target - f(lo)) * (hi - lo) / (f(hi) - f(lo))
}

#[differentiate(forward, reverse, hessian)]
fn simpson<F: Fn(f64) -> f64>(f: &F, a: f64, b: f64) -> f64 {
    let m = 0.5 * (a + b);
    (b - a) / 6.0 * (f(a) + 4.0 * f(m) + (f)(b))
}

#[differentiate]
fn by_pointer(f: fn(f64) -> f64, x: f64) -> f64 {
    f(f(x)) * x
}

#[differentiate(forward, reverse, hessian)]
fn with_state(mut f: impl FnMut(f64) -> f64, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += f(*v) * *v;
    }
    sum
}

#[differentiate]
fn through_exclusive<F: FnMut(f64) -> f64>(f: &mut F, x: f64) -> f64 {
    f(x) * f(x * 2.0)
}

#[differentiate]
fn once(f: impl FnOnce(f64) -> f64, x: f64) -> f64 {
    if x > 10.0 {
        return x;
    }
    f(x) * x
}

#[differentiate(forward, reverse, hessian)]
fn of_slices<F: Fn(&[f64]) -> f64>(f: F, x: &[f64], d: &[f64], t: f64) -> f64 {
    let moved: Vec<f64> = x.iter().zip(d).map(|(a, b)| a + t * b).collect();
    f(&moved) - f(x)
}

#[differentiate(forward, reverse, hessian)]
fn two(f: impl Fn(f64) -> f64, g: impl Fn(f64, f64) -> f64, x: f64, y: f64) -> f64 {
    let inner = f(x) * y;
    g(inner, f(y)) + g(x, inner)
}

/// Euler's rule, with a right-hand side that returns its value.
#[differentiate(forward, reverse, hessian)]
fn euler<F>(rhs: F, y0: &[f64], h: f64, steps: usize) -> Vec<f64>
where
    F: Fn(f64, &[f64]) -> Vec<f64>,
{
    let mut y = y0.to_vec();
    let mut t = 0.0;
    for _ in 0..steps {
        let k = rhs(t, &y);
        for i in 0..y.len() {
            y[i] += h * k[i];
        }
        t += h;
    }
    y
}

/// Heun's rule, with a right-hand side that writes it.
#[differentiate(forward, reverse, hessian)]
fn heun(mut rhs: impl FnMut(f64, &[f64], &mut [f64]), y: &mut [f64], h: f64, steps: usize) {
    let n = y.len();
    let mut k1 = vec![0.0; n];
    let mut k2 = vec![0.0; n];
    let mut mid = vec![0.0; n];
    for s in 0..steps {
        let t = s as f64 * h;
        rhs(t, y, &mut k1);
        for i in 0..n {
            mid[i] = y[i] + h * k1[i];
        }
        rhs(t + h, &mid, &mut k2);
        for i in 0..n {
            y[i] += 0.5 * h * (k1[i] + k2[i]);
        }
    }
}

/// Backtracking: the search ends early, at a point that depends on a comparison.
#[differentiate]
fn line_search(f: impl Fn(&[f64]) -> f64, x: &[f64], d: &[f64]) -> f64 {
    let f0 = f(x);
    let mut t = 1.0;
    loop {
        let trial: Vec<f64> = x.iter().zip(d).map(|(a, b)| a + t * b).collect();
        let value = f(&trial);
        if value < f0 || t < 1e-3 {
            return value * t;
        }
        t *= 0.5;
    }
}

#[differentiate]
fn fallible(f: impl Fn(f64) -> Result<f64, String>, x: f64) -> Result<f64, String> {
    let y = f(x)?;
    if y > 100.0 {
        return Err(format!("{y} is too much"));
    }
    let z = f(y * x)?;
    Ok(y * z)
}

#[differentiate]
fn generic<T: num_traits::Float, F: Fn(T) -> T>(f: F, x: T) -> T {
    f(x) * x + f(x + T::one())
}

#[differentiate]
fn by_index(f: impl Fn(usize, f64) -> f64, x: &[f64]) -> f64 {
    let mut product = 1.0;
    for i in 0..x.len() {
        product *= f(i, x[i]);
    }
    product
}

#[differentiate]
fn of_arrays(f: impl Fn([f64; 2]) -> [f64; 2], p: [f64; 2]) -> f64 {
    let q = f(p);
    let r = f([q[1], p[0] * q[0]]);
    r[0] * r[1]
}

#[differentiate]
fn of_tuples(f: impl Fn((f64, f64)) -> (f64, f64), a: f64, b: f64) -> f64 {
    let (c, d) = f((a, b));
    let (e, g) = f((d, c));
    e * g * a
}

#[differentiate]
fn never_called(f: impl Fn(f64) -> f64, x: f64, n: usize) -> f64 {
    let mut y = x * x;
    for _ in 0..n {
        y = f(y);
    }
    y
}

/// What is only compared has no influence.
#[differentiate]
fn only_compared(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    if f(x) > 0.5 { x * x } else { x.sin() }
}

#[differentiate]
fn held(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let scale = constant(f(x));
    scale * x + f(x)
}

// Passed on.

#[differentiate]
fn passed_on(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    integrate(&f, a, b, 3) * newton(|x| f(x) - 0.3, a, 2) + f(b)
}

#[differentiate]
fn passed_by_name<F: Fn(f64) -> f64>(f: F, x: f64) -> f64 {
    simpson(&f, 0.1, x) + integrate(f, x, 2.0, 4)
}

// Annotated functions.

#[differentiate(forward, reverse, hessian)]
fn wave(x: f64) -> f64 {
    (x * 1.3).sin() + x * x * 0.2
}

#[differentiate(forward, reverse, hessian)]
fn bowl(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v * v.cos()).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn spin(t: f64, y: &[f64]) -> Vec<f64> {
    vec![y[1] * t.cos(), -y[0] * y[1]]
}

#[differentiate(forward, reverse, hessian)]
fn spin_into(t: f64, y: &[f64], dy: &mut [f64]) {
    dy[0] = y[1] * t.cos();
    dy[1] = -y[0] * y[1];
}

#[differentiate]
fn guarded(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err("negative".to_string());
    }
    Ok(x.sqrt() * x)
}

#[differentiate]
fn weighted(i: usize, x: f64) -> f64 {
    x.powi(i as i32) + i as f64
}

#[differentiate]
fn swapped((a, b): (f64, f64)) -> (f64, f64) {
    (b * a, a.sin())
}

mod elsewhere {
    use chainrule::differentiate;

    #[differentiate(forward, reverse, hessian)]
    pub fn bump(x: f64) -> f64 {
        (-x * x).exp()
    }

    #[differentiate(forward, reverse, hessian)]
    pub fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
        f(x) * f(-x)
    }
}

#[differentiate(forward, reverse, hessian)]
fn by_path(a: f64, b: f64) -> f64 {
    integrate(wave, a, b, 5) * simpson(&elsewhere::bump, a, b) + elsewhere::apply(wave, a * b)
}

#[differentiate]
fn by_path_of_slices(x: &[f64], d: &[f64]) -> f64 {
    of_slices(bowl, x, d, 0.3) + line_search(&bowl, x, d)
}

#[differentiate(forward, reverse, hessian)]
fn by_path_of_systems(y: &[f64], h: f64) -> f64 {
    let mut z = euler(spin, y, h, 3);
    heun(spin_into, &mut z, h, 2);
    z[0] * z[1]
}

#[differentiate]
fn by_path_of_others(x: &[f64], a: f64) -> Result<f64, String> {
    let y = fallible(guarded, a)?;
    Ok(by_index(weighted, x) * y + of_tuples(swapped, a, y) + generic(wave, a))
}

#[differentiate]
fn by_method_of_float(x: f64) -> f64 {
    integrate(f64::sin, 0.0, x, 4) + by_pointer(f64::exp, x * 0.1)
}

// Closures: derivatives flow through what they capture.

#[differentiate(forward, reverse, hessian)]
fn captured(p: f64, a: f64, b: f64) -> f64 {
    integrate(|x| p * x.sin(), a, b, 4)
}

#[differentiate(forward, reverse, hessian)]
fn captured_slices(p: &[f64], q: &[f64], a: f64) -> f64 {
    let n = p.len();
    integrate(
        |x| {
            let mut sum = 0.0;
            for i in 0..n {
                sum += p[i] * x.powi(i as i32) * q[n - 1 - i];
            }
            sum.tanh()
        },
        0.0,
        a,
        5,
    )
}

#[differentiate(forward, reverse, hessian)]
fn root_of_captured(c: f64, k: f64) -> f64 {
    let residual = |x: f64| x * x * k + x - c;
    let root = newton(residual, 1.0, 3);
    root * c + residual(root + 0.1)
}

#[differentiate]
fn bisected(c: f64, k: f64) -> f64 {
    bisect(&|x| x * x * x * k + x, 0.0, 2.0, c)
}

/// The captured variable is overwritten between the calls and behind the last.
#[differentiate(forward, reverse, hessian)]
fn overwritten_around(x: f64, y: f64) -> f64 {
    let mut p = x * y;
    let first = integrate(|t| p * t * p, 0.0, y, 3);
    p = p.sin() + first;
    let second = integrate(|t| (p * t).exp(), 0.0, 0.5, 2);
    p *= second;
    p + first * second
}

#[differentiate(forward, reverse, hessian)]
fn in_a_loop(x: &[f64], k: f64) -> f64 {
    let mut state = 1.0;
    for (i, v) in x.iter().enumerate() {
        if *v < -0.9 {
            continue;
        }
        let step = integrate(|t| state * t.cos() * *v + k, 0.0, *v, 1 + i);
        state += step * k;
        if state > 40.0 {
            break;
        }
    }
    state
}

#[differentiate]
fn nested(p: f64, q: f64) -> f64 {
    integrate(
        |x| q * integrate(|y| (p * x * y).sin() * q, 0.0, x, 3),
        0.0,
        p,
        3,
    )
}

/// One closure in the closure of another, both over the same names.
#[differentiate]
fn closures_in_closures(p: f64, x: &[f64]) -> f64 {
    let scale = |v: f64| v * p;
    let twice = |v: f64| scale(scale(v)) + x[0];
    integrate(|t| twice(t) * scale(x[1]), 0.0, p, 2) + integrate(twice, 0.0, 1.0, 2)
}

#[differentiate(forward, reverse, hessian)]
fn both_capture(p: f64, x: &[f64]) -> f64 {
    two(|v| v * p + x[0], |v, w| (v - w * x[1]) * p, x[2], p)
}

/// The slice goes in as an argument and is captured too.
#[differentiate]
fn captured_and_passed(x: &[f64], d: &[f64], k: f64) -> f64 {
    of_slices(
        |y: &[f64]| y[0] * x[1] * k + y[1] * y[1] * x[0] + d[0],
        x,
        d,
        k,
    )
}

#[differentiate]
fn early_return_in_closure(limit: f64, x: &[f64]) -> f64 {
    with_state(
        |v| {
            if v > limit {
                return limit + (v - limit).tanh();
            }
            let w = v * limit;
            if w < 0.0 {
                return 0.0;
            }
            match w > 0.1 {
                true => w * w,
                false => w,
            }
        },
        x,
    )
}

/// A closure with a memory: each call overwrites what the next one reads.
#[differentiate(forward, reverse, hessian)]
fn remembers(x: &[f64], k: f64) -> f64 {
    let mut last = k;
    let mut calls = 0;
    let mut weights = [k, k * k, 1.0];
    let sum = with_state(
        |v| {
            let new = last * v + k * calls as f64;
            last = new.sin() * last;
            weights[calls % 3] *= new;
            calls += 1;
            new * weights[calls % 3]
        },
        x,
    );
    sum + last * weights[0] + calls as f64
}

#[differentiate]
fn grows(x: &[f64], k: f64) -> f64 {
    let mut seen: Vec<f64> = Vec::new();
    let sum = with_state(
        |v| {
            seen.push(v * k);
            let n = seen.len();
            seen[n / 2] * v
        },
        x,
    );
    sum * seen.iter().sum::<f64>()
}

#[differentiate]
fn exclusive(x: f64, k: f64) -> f64 {
    let mut total = x;
    let y = through_exclusive(
        &mut |v| {
            total += v * k;
            total * v
        },
        x,
    );
    y * total
}

#[differentiate]
fn moved(x: f64, k: f64) -> f64 {
    let mut c = k * x;
    let f = move |v: f64| v * c + k;
    c = 100.0 * x;
    once(f, x) + c
}

#[differentiate(forward, reverse, hessian)]
fn system(y: &[f64], p: &[f64], h: f64) -> f64 {
    let z = euler(
        |t, y: &[f64]| vec![p[0] * y[1] + t, -p[1] * y[0] * y[0]],
        y,
        h,
        3,
    );
    let mut w = z.clone();
    heun(
        |t, y: &[f64], dy: &mut [f64]| {
            for i in 0..y.len() {
                dy[i] = p[i] * y[1 - i] * (t * h).cos();
            }
            dy[0] *= z[0];
        },
        &mut w,
        h,
        2,
    );
    w[0] * w[1] + z[0]
}

#[differentiate]
fn searched(x: &[f64], d: &[f64], c: f64) -> f64 {
    let objective = |y: &[f64]| y.iter().map(|v| (v - c) * (v - c)).sum::<f64>() + c * y[0];
    let mut best = line_search(&objective, x, d);
    for k in 0..2 {
        let e: Vec<f64> = d.iter().map(|v| v * c * (k + 1) as f64).collect();
        best += line_search(objective, x, &e);
    }
    best
}

#[differentiate]
fn in_branches(x: f64, p: f64, which: usize) -> f64 {
    let y = match which {
        0 => integrate(|t| t * p, 0.0, x, 2),
        1 => simpson(&|t: f64| t.powi(3) * p * x, 0.0, x),
        2 => never_called(|t| t * p * x, x, 0),
        _ => never_called(|t| t.sin() * p * x, x, 3),
    };
    y * p
}

#[differentiate]
fn arrays_and_tuples(p: [f64; 2], k: f64) -> f64 {
    of_arrays(|q: [f64; 2]| [q[0] * k + p[1], q[1] * q[0]], p)
        + of_tuples(|(a, b): (f64, f64)| (a * b * k, b + p[0]), k, p[1])
}

#[differentiate]
fn indices(x: &[f64], table: &[f64]) -> f64 {
    by_index(|i, v| v * table[i] + table[(i + 1) % table.len()], x)
}

#[differentiate]
fn without_influence(x: f64, p: f64) -> f64 {
    only_compared(|t| t * p, x) * p
}

#[differentiate]
fn held_closure(x: f64, p: f64) -> f64 {
    held(|t| t * p * t, x)
}

#[differentiate]
fn unused_parameter(p: f64, x: &[f64]) -> f64 {
    with_state(|_| p, x) + with_state(|v| v * 2.0, x)
}

#[differentiate]
fn generic_closure<T: num_traits::Float>(x: T, p: T) -> T {
    generic(|v: T| v * p + v.sin(), x)
}

#[differentiate]
fn passed_deeper(p: f64, a: f64) -> f64 {
    passed_on(|x| (x * p).exp(), a, p) + passed_by_name(|x| x * x * p + a, a)
}

/// In/out parameter captured, and overwritten behind the call.
#[differentiate]
fn in_out_captured(x: &mut [f64], k: f64) {
    let y = integrate(|t| t * x[0] * k + x[1], 0.0, x[1], 3);
    x[0] = y * x[1];
    let z = integrate(|t| t * x[0], y, k, 2);
    x[1] -= z * y;
}

// Methods.

#[derive(Clone, Debug, chainrule::Differentiable)]
struct Spring {
    stiffness: f64,
    damping: f64,
}

#[differentiate]
impl Spring {
    fn energy(&self, x: f64) -> f64 {
        integrate(|t| self.stiffness * t + self.damping * t * t, 0.0, x, 4)
    }
}

struct Rule {
    nodes: Vec<f64>,
    weight: fn(f64) -> f64,
}

#[differentiate]
impl Rule {
    fn apply<F: Fn(f64) -> f64>(#[constant] &self, f: F, h: f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.nodes.len() {
            sum += (self.weight)(self.nodes[i]) * f(self.nodes[i] * h);
        }
        sum * h
    }

    fn twice(#[constant] &self, p: f64, h: f64) -> f64 {
        self.apply(|x| p * x.sin(), h) + self.apply(|x| x * p * p, h * 2.0)
    }
}

struct_shape!(Spring {
    stiffness: f64,
    damping: f64
});

// Functions in the shapes that users hand over: the companions of annotated functions, and closures.

macro_rules! handed {
    ($name:ident = $f:ident([$($r:tt)?] $g:ident) + ($($con:expr),*)) => { pastey::paste! {
        fn $name(x: f64, y: f64) -> f64 {
            $f($($r)? $g, x, y $(, $con)*)
        }
        fn [<$name _tangent>](x: f64, dx: f64, y: f64, dy: f64) -> (f64, f64) {
            [<$f _tangent>]($($r)? [<$g _tangent>], x, dx, y, dy $(, $con)*)
        }
        fn [<$name _adjoint>](x: f64, y: f64, seed: f64) -> (f64, f64, f64) {
            [<$f _adjoint>]($($r)? [<$g _adjoint>], x, y $(, $con)*, seed)
        }
        fn [<$name _gradient>](x: f64, y: f64) -> (f64, (f64, f64)) {
            [<$f _gradient>]($($r)? [<$g _adjoint>], x, y $(, $con)*)
        }
        fn [<$name _hvp>](x: f64, dx: f64, y: f64, dy: f64) -> (f64, (f64, f64), (f64, f64)) {
            [<$f _hvp>]($($r)? [<$g _hvp>], x, dx, y, dy $(, $con)*)
        }
    }};
}

handed!(wave_integral = integrate([] wave) + (6));
handed!(wave_by_simpson = simpson([&] wave) + ());

#[test]
fn handed_over() {
    prove_hvp!(wave_integral(val 0.3, val 1.2));
    prove_hvp!(wave_by_simpson(val 0.3, val 1.2));
}

mod handed_slices {
    use super::*;

    pub fn change(x: &[f64], d: &[f64], t: f64) -> f64 {
        of_slices(bowl, x, d, t)
    }
    pub fn change_tangent(
        x: &[f64],
        dx: &[f64],
        d: &[f64],
        dd: &[f64],
        t: f64,
        dt: f64,
    ) -> (f64, f64) {
        of_slices_tangent(bowl_tangent, x, dx, d, dd, t, dt)
    }
    pub fn change_adjoint(
        x: &[f64],
        x_bar: &mut [f64],
        d: &[f64],
        d_bar: &mut [f64],
        t: f64,
        seed: f64,
    ) -> (f64, f64) {
        of_slices_adjoint(bowl_adjoint, x, x_bar, d, d_bar, t, seed)
    }
    pub fn change_gradient(x: &[f64], d: &[f64], t: f64) -> (f64, (Vec<f64>, Vec<f64>, f64)) {
        of_slices_gradient(bowl_adjoint, x, d, t)
    }
    pub fn change_hvp(
        x: &[f64],
        dx: &[f64],
        d: &[f64],
        dd: &[f64],
        t: f64,
        dt: f64,
    ) -> (f64, (Vec<f64>, Vec<f64>, f64), (Vec<f64>, Vec<f64>, f64)) {
        of_slices_hvp(bowl_hvp, x, dx, d, dd, t, dt)
    }

    /// The right-hand side's value has a length, so the primal stands beside the adjoint.
    pub fn path(y: &[f64], h: f64) -> Vec<f64> {
        euler(spin, y, h, 3)
    }
    pub fn path_tangent(y: &[f64], dy: &[f64], h: f64, dh: f64) -> (Vec<f64>, Vec<f64>) {
        euler_tangent(spin_tangent, y, dy, h, dh, 3)
    }
    pub fn path_adjoint(y: &[f64], y_bar: &mut [f64], h: f64, seed: &Vec<f64>) -> (Vec<f64>, f64) {
        euler_adjoint((spin, spin_adjoint), y, y_bar, h, 3, seed)
    }

    pub fn walk(y: &mut [f64], h: f64) {
        heun(spin_into, y, h, 3)
    }
    pub fn walk_tangent(y: &mut [f64], dy: &mut [f64], h: f64, dh: f64) {
        heun_tangent(spin_into_tangent, y, dy, h, dh, 3)
    }
    pub fn walk_adjoint(y: &mut [f64], y_bar: &mut [f64], h: f64) -> f64 {
        heun_adjoint(spin_into_adjoint, y, y_bar, h, 3)
    }
}

mod handed_others {
    use super::*;

    pub fn tried(x: f64) -> Result<f64, String> {
        fallible(guarded, x)
    }
    pub fn tried_tangent(x: f64, dx: f64) -> Result<(f64, f64), String> {
        fallible_tangent(guarded_tangent, x, dx)
    }
    pub fn tried_adjoint(x: f64, seed: f64) -> Result<(f64, f64), String> {
        fallible_adjoint(guarded_adjoint, x, seed)
    }
    pub fn tried_gradient(x: f64) -> Result<(f64, f64), String> {
        fallible_gradient(guarded_adjoint, x)
    }

    /// A closure with a cost of its own: what it captures is its own affair.
    pub fn indexed(x: &[f64]) -> f64 {
        by_index(|i, v| v * (i + 1) as f64, x)
    }
    pub fn indexed_tangent(x: &[f64], dx: &[f64]) -> (f64, f64) {
        let f = |i: usize, v: f64, dv: f64| (v * (i + 1) as f64, dv * (i + 1) as f64);
        by_index_tangent(f, x, dx)
    }
    pub fn indexed_adjoint(x: &[f64], x_bar: &mut [f64], seed: f64) -> f64 {
        let f = |i: usize, v: f64, seed: f64| (v * (i + 1) as f64, seed * (i + 1) as f64);
        by_index_adjoint(f, x, x_bar, seed)
    }

    pub fn once_more(x: f64) -> f64 {
        once(wave, x) + with_state(wave, &[x, 2.0]) + through_exclusive(&mut wave, x)
    }
    pub fn once_more_tangent(x: f64, d: f64) -> (f64, f64) {
        let a = once_tangent(wave_tangent, x, d);
        let b = with_state_tangent(wave_tangent, &[x, 2.0], &[d, 0.0]);
        let c = through_exclusive_tangent(&mut wave_tangent, x, d);
        (a.0 + b.0 + c.0, a.1 + b.1 + c.1)
    }
    pub fn once_more_adjoint(x: f64, seed: f64) -> (f64, f64) {
        let a = once_adjoint(wave_adjoint, x, seed);
        let mut bar = [0.0; 2];
        let b = with_state_adjoint(wave_adjoint, &[x, 2.0], &mut bar, seed);
        let c = through_exclusive_adjoint(&mut wave_adjoint, x, seed);
        (a.0 + b + c.0, a.1 + bar[0] + c.1)
    }

    pub fn pairs(a: f64, b: f64) -> f64 {
        of_tuples(swapped, a, b) + by_pointer(wave, a) + generic(wave, b)
    }
    pub fn pairs_tangent(a: f64, da: f64, b: f64, db: f64) -> (f64, f64) {
        let x = of_tuples_tangent(swapped_tangent, a, da, b, db);
        let y = by_pointer_tangent(wave_tangent, a, da);
        let z = generic_tangent(wave_tangent, b, db);
        (x.0 + y.0 + z.0, x.1 + y.1 + z.1)
    }
    pub fn pairs_adjoint(a: f64, b: f64, seed: f64) -> (f64, f64, f64) {
        let x = of_tuples_adjoint(swapped_adjoint, a, b, seed);
        let y = by_pointer_adjoint(wave_adjoint, a, seed);
        let z = generic_adjoint(wave_adjoint, b, seed);
        (x.0 + y.0 + z.0, x.1 + y.1, x.2 + z.1)
    }
}

#[test]
fn handed_over_in_other_shapes() {
    use handed_others::*;
    use handed_slices::*;
    prove_hvp!(change(slice noise(3), slice positive(3), val 0.4));
    prove!(path(slice noise(2), val 0.1) -> vec);
    prove!(walk(io noise(2), val 0.1) -> unit);
    prove_gradient!(tried(val 1.3) -> ok);
    assert_eq!(tried_gradient(-1.0), Err("negative".to_string()));
    assert_eq!(tried_tangent(20.0, 1.0), tried_tangent(20.0, 1.0));
    prove!(indexed(slice noise(4)));
    prove!(once_more(val 0.7));
    prove!(pairs(val 0.7, val 0.4));
}

#[test]
fn by_their_paths() {
    prove_hvp!(by_path(val 0.3, val 1.2));
    prove_gradient!(by_path_of_slices(slice noise(3), slice positive(3)));
    prove_hvp!(by_path_of_systems(slice noise(2), val 0.1));
    prove_gradient!(by_path_of_others(slice positive(3), val 1.3) -> ok);
    assert!(by_path_of_others_gradient(&[1.0], -1.0).is_err());
    prove_gradient!(by_method_of_float(val 0.8));
}

#[test]
fn captures() {
    prove_hvp!(captured(val 2.0, val 0.1, val 1.3));
    prove_hvp!(captured_slices(slice noise(3), slice positive(3), val 0.9));
    prove_hvp!(root_of_captured(val 1.4, val 0.6));
    prove_gradient!(bisected(val 1.4, val 0.6));
    prove_hvp!(overwritten_around(val 0.8, val 1.1));
    for n in [0, 1, 4] {
        prove_hvp!(in_a_loop(slice noise(n), val 0.7));
    }
    prove_hvp!(in_a_loop(slice [9.0, 2.0, 7.0, 1.0], val 3.7));
    prove_gradient!(nested(val 0.8, val 1.3));
    prove_gradient!(closures_in_closures(val 0.8, slice noise(2)));
    prove_hvp!(both_capture(val 0.8, slice noise(3)));
    prove_gradient!(captured_and_passed(slice noise(2), slice positive(2), val 0.7));
    prove!(in_out_captured(io noise(2), val 0.7) -> unit);
}

#[test]
fn closures_with_exits_and_memories() {
    for limit in [0.3, 0.9, 4.0] {
        prove_gradient!(early_return_in_closure(val limit, slice noise(6)));
    }
    for n in [0, 1, 5] {
        prove_hvp!(remembers(slice noise(n), val 0.8));
    }
    prove_gradient!(grows(slice noise(4), val 0.8));
    prove_gradient!(exclusive(val 0.8, val 1.7));
    prove_gradient!(moved(val 0.8, val 1.7));
}

#[test]
fn systems_and_searches() {
    prove_hvp!(system(slice noise(2), slice positive(2), val 0.1));
    prove_gradient!(searched(slice noise(3), slice [-0.4, 0.3, -0.8], val 0.3));
    prove_gradient!(searched(slice noise(3), slice [40.0, 30.0, -80.0], val 0.3));
}

#[test]
fn shapes() {
    for k in 0..4 {
        prove_gradient!(in_branches(val 0.8, val 1.7, con k));
    }
    prove_gradient!(arrays_and_tuples(val [0.7, -0.4], val 1.3));
    prove_gradient!(indices(slice noise(3), slice positive(4)));
    prove_gradient!(without_influence(val 0.8, val 1.7));
    prove_gradient!(without_influence(val 0.2, val 0.7));
    prove_gradient!(unused_parameter(val 0.8, slice noise(3)));
    prove_gradient!(generic_closure(val 0.8, val 1.7));
    prove_gradient!(generic_closure(val 0.75f32, val 1.5f32));
    prove_gradient!(passed_deeper(val 0.8, val 0.3));
}

#[test]
fn what_is_held_is_constant() {
    let (x, p) = (0.8, 1.7);
    let (value, (dx, dp)) = held_closure_gradient(x, p);
    assert_eq!(value.to_bits(), held_closure(x, p).to_bits());
    assert!((dx - (p * x * x + 2.0 * p * x)).abs() < 1e-12);
    assert!((dp - x * x).abs() < 1e-12);
    assert_eq!(held_closure_tangent(x, 0.0, p, 1.0), (value, dp));
}

#[test]
fn methods() {
    let spring = Spring {
        stiffness: 2.0,
        damping: 0.3,
    };
    prove_gradient!(Spring::energy(rf spring, val 0.8));
    let rule = Rule {
        nodes: vec![0.1, 0.5, 0.8],
        weight: |x| x * x,
    };
    prove_gradient!(Rule::twice(con &rule, val 0.8, val 0.5));
}

/// All that carries a derivative is what the function has captured.
#[differentiate(forward, reverse, hessian)]
fn sum_of_squares(f: impl Fn(f64) -> f64, n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        let y = f(i as f64);
        sum += y * y;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn lengths(f: impl Fn(&[f64]) -> Vec<f64>, n: usize) -> f64 {
    let x = vec![0.5; n];
    let y = f(&x);
    y[0] * y[0] * y[1]
}

#[differentiate(forward, reverse, hessian)]
fn only_what_is_captured(p: f64, q: f64, n: usize) -> f64 {
    let s = sum_of_squares(|x| p * x + q, n);
    let t = lengths(
        |x: &[f64]| x.iter().map(|v| p * v * q + s).collect::<Vec<_>>(),
        2,
    );
    s * t * s
}

#[test]
fn captures_alone() {
    for n in [0, 1, 3] {
        prove_hvp!(only_what_is_captured(val 0.7, val -0.4, con n));
    }
}
