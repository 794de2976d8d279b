//! `custom`: companions written by hand, and what stands on them.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};
use num_traits::Float;

/// The solution of two equations.
#[differentiate(custom, forward, reverse, hessian)]
fn solve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let det = std::hint::black_box(a[0] * a[3] - a[1] * a[2]);
    vec![
        (b[0] * a[3] - b[1] * a[1]) / det,
        (a[0] * b[1] - a[2] * b[0]) / det,
    ]
}

#[differentiate(forward)]
fn solve_tangent(a: &[f64], a_dot: &[f64], b: &[f64], b_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let x = solve(a, b);
    let mut right = vec![0.0; 2];
    for i in 0..2 {
        right[i] = b_dot[i] - a_dot[2 * i] * x[0] - a_dot[2 * i + 1] * x[1];
    }
    let x_dot = solve(a, &right);
    (x, x_dot)
}

#[differentiate(forward)]
fn solve_adjoint(
    a: &[f64],
    a_bar: &mut [f64],
    b: &[f64],
    b_bar: &mut [f64],
    seed: &Vec<f64>,
) -> Vec<f64> {
    let x = solve(a, b);
    let transposed = [a[0], a[2], a[1], a[3]];
    let t = solve(&transposed, seed);
    for i in 0..2 {
        b_bar[i] += t[i];
        for j in 0..2 {
            a_bar[2 * i + j] -= t[i] * x[j];
        }
    }
    x
}

/// Only the adjoint.
#[differentiate(custom)]
pub fn norm<T: Float>(x: &[T]) -> T {
    std::hint::black_box(x.iter().fold(T::zero(), |s, &v| s + v * v)).sqrt()
}

pub fn norm_adjoint<T: Float>(x: &[T], x_bar: &mut [T], seed: T) -> T {
    let value = norm(x);
    for (bar, &v) in x_bar.iter_mut().zip(x) {
        *bar = *bar + seed * v / value;
    }
    value
}

/// Only the adjoint, of no generic function, that the outside sees.
#[differentiate(custom)]
pub fn product(x: f64, y: &f64) -> f64 {
    x * y
}

pub fn product_adjoint(x: f64, y: &f64, y_bar: &mut f64, seed: f64) -> (f64, f64) {
    *y_bar += seed * x;
    (x * y, seed * y)
}

/// Only the tangent.
#[differentiate(custom)]
pub fn cube(x: f64, n: usize) -> f64 {
    x * x * x * n as f64
}

pub fn cube_tangent(x: f64, x_dot: f64, n: usize) -> (f64, f64) {
    (cube(x, n), 3.0 * x * x * x_dot * n as f64)
}

/// In place, by a factor that is an input too.
#[differentiate(custom, hessian)]
fn stretch(x: &mut [f64], k: f64, #[constant] log: &mut Vec<usize>) {
    log.push(x.len());
    x.iter_mut().for_each(|v| *v *= k * *v);
}

#[differentiate(forward)]
fn stretch_tangent(
    x: &mut [f64],
    x_dot: &mut [f64],
    k: f64,
    k_dot: f64,
    #[constant] log: &mut Vec<usize>,
) {
    for (v, d) in x.iter().zip(x_dot.iter_mut()) {
        *d = k_dot * v * v + 2.0 * k * v * *d;
    }
    stretch(x, k, log);
}

#[differentiate(forward)]
fn stretch_adjoint(
    x: &mut [f64],
    x_bar: &mut [f64],
    k: f64,
    #[constant] log: &mut Vec<usize>,
) -> f64 {
    let mut k_bar = 0.0;
    for i in 0..x.len() {
        k_bar += x_bar[i] * x[i] * x[i];
        x_bar[i] *= 2.0 * k * x[i];
    }
    stretch(x, k, log);
    k_bar
}

/// Grows a vector.
#[differentiate(custom)]
fn append(x: &mut Vec<f64>, y: f64) -> f64 {
    x.push(y * y);
    x.len() as f64 * y
}

fn append_tangent(x: &mut Vec<f64>, x_dot: &mut Vec<f64>, y: f64, y_dot: f64) -> (f64, f64) {
    x_dot.push(2.0 * y * y_dot);
    let value = append(x, y);
    (value, x.len() as f64 * y_dot)
}

fn append_adjoint(x: &mut Vec<f64>, x_bar: &mut Vec<f64>, y: f64, seed: f64) -> (f64, f64) {
    let value = append(x, y);
    let last = x_bar.pop().unwrap_or(0.0);
    (value, 2.0 * y * last + seed * x.len() as f64)
}

#[differentiate(custom, hessian)]
fn root(x: f64, #[constant] name: String) -> Result<f64, String> {
    match x >= 0.0 {
        true => Ok(std::hint::black_box(x).sqrt()),
        false => Err(name),
    }
}

#[differentiate]
fn root_tangent(x: f64, x_dot: f64, #[constant] name: String) -> Result<(f64, f64), String> {
    let value = root(x, name)?;
    Ok((value, x_dot * 0.5 / value))
}

#[differentiate]
fn root_adjoint(x: f64, #[constant] name: String, seed: f64) -> Result<(f64, f64), String> {
    let value = root(x, name)?;
    Ok((value, seed * 0.5 / value))
}

#[derive(Clone, Differentiable)]
struct Plane {
    normal: Vec<f64>,
    #[constant]
    id: usize,
}

impl Plane {
    /// Annotated by itself; only its adjoint is written.
    #[differentiate(custom)]
    fn height(&self, x: &[f64]) -> f64 {
        self.normal.iter().zip(x).map(|(n, x)| n * x).sum()
    }

    fn height_adjoint(&self, self_bar: &mut Self, x: &[f64], x_bar: &mut [f64], seed: f64) -> f64 {
        for i in 0..x.len() {
            self_bar.normal[i] += seed * x[i];
            x_bar[i] += seed * self.normal[i];
        }
        self.height(x)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Plane {
    #[differentiate(custom, hessian)]
    fn turned(self, angle: f64) -> Vec<f64> {
        let (s, c) = angle.sin_cos();
        vec![
            c * self.normal[0] - s * self.normal[1],
            s * self.normal[0] + c * self.normal[1],
        ]
    }

    #[differentiate(forward)]
    fn turned_tangent(self, self_dot: Self, angle: f64, angle_dot: f64) -> (Vec<f64>, Vec<f64>) {
        let (s, c) = angle.sin_cos();
        let dot = vec![
            c * self_dot.normal[0]
                - s * self_dot.normal[1]
                - angle_dot * (s * self.normal[0] + c * self.normal[1]),
            s * self_dot.normal[0]
                + c * self_dot.normal[1]
                + angle_dot * (c * self.normal[0] - s * self.normal[1]),
        ];
        (self.turned(angle), dot)
    }

    #[differentiate(forward)]
    fn turned_adjoint(self, angle: f64, seed: &Vec<f64>) -> (Vec<f64>, Self, f64) {
        let (s, c) = angle.sin_cos();
        let normal = vec![c * seed[0] + s * seed[1], c * seed[1] - s * seed[0]];
        let angle_bar = seed[0] * (-s * self.normal[0] - c * self.normal[1])
            + seed[1] * (c * self.normal[0] - s * self.normal[1]);
        let bar = Plane {
            normal,
            id: self.id,
        };
        (self.turned(angle), bar, angle_bar)
    }

    fn slope(self, angle: f64) -> f64 {
        let t = self.turned(angle);
        t[0] * t[1] * t[1]
    }
}

struct Table {
    rate: f64,
}

impl Table {
    #[differentiate(custom, hessian)]
    fn look_up(#[constant] &self, x: f64) -> f64 {
        (self.rate * x).exp()
    }

    #[differentiate(forward)]
    fn look_up_tangent(#[constant] &self, x: f64, x_dot: f64) -> (f64, f64) {
        let value = self.look_up(x);
        (value, self.rate * value * x_dot)
    }

    #[differentiate(forward)]
    fn look_up_adjoint(#[constant] &self, x: f64, seed: f64) -> (f64, f64) {
        let value = self.look_up(x);
        (value, self.rate * value * seed)
    }
}

#[differentiate(hessian)]
fn calls_solve(a: &[f64], b: &[f64], n: usize) -> f64 {
    let mut x = b.to_vec();
    let mut sum = 0.0;
    for i in 0..n {
        let y = solve(a, &x);
        sum += y[0] * y[1];
        x[i % 2] = y[1] * x[0];
        if sum > 100.0 {
            break;
        }
    }
    sum + x[0]
}

/// One matrix for both arguments, and constants for either.
#[differentiate(hessian)]
fn holds_some_constant(a: &[f64], #[constant] b: &[f64], #[constant] table: &Table) -> f64 {
    let x = solve(a, b);
    let y = solve(&[2.0, 1.0, 1.0, 3.0], &x);
    let z = solve(a, &a[1..3]);
    x[0] * y[1] + z[0] * z[1]
}

#[differentiate(hessian)]
fn calls_stretch(x: &[f64], k: f64) -> f64 {
    let mut log = Vec::new();
    let mut y = x.to_vec();
    let mut sum = 0.0;
    for _ in 0..2 {
        sum += y[0] * k;
        stretch(&mut y[1..], k, &mut log);
        y[0] = y[1] * y[2];
    }
    sum + y[0] * y[1] + y[2]
}

#[differentiate]
fn calls_append(n: usize, y: f64) -> f64 {
    let mut all = vec![y];
    let mut sum = 0.0;
    for i in 0..n {
        sum += append(&mut all, y + i as f64);
    }
    let last = all[all.len() - 1];
    sum + last * all[0]
}

#[differentiate(reverse)]
fn calls_norm<T: Float>(x: &[T], k: T) -> T {
    let scaled: Vec<T> = x.iter().map(|v| *v * k).collect();
    norm(&scaled) * norm(&x[1..])
}

#[differentiate(reverse)]
fn calls_product(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = product(y, &x) + product(x, &y);
    }
    y
}

#[differentiate(forward)]
fn calls_cube(x: &[f64]) -> f64 {
    x.iter().map(|v| cube(*v, 2)).sum()
}

#[differentiate(hessian)]
fn calls_root(x: f64, y: f64) -> Result<f64, String> {
    let r = root(x * y, "negative".to_string())?;
    Ok(r * x)
}

#[differentiate(reverse)]
fn calls_height(p: &Plane, x: &[f64], k: f64) -> f64 {
    let y: Vec<f64> = x.iter().map(|v| k * v).collect();
    p.height(x) * p.height(&y)
}

#[differentiate(hessian)]
fn calls_turned(n: &[f64], angle: f64, #[constant] table: &Table) -> f64 {
    let p = Plane {
        normal: n.to_vec(),
        id: 3,
    };
    let t = p.turned(angle);
    t[0] * t[0] * t[1] + table.look_up(t[1])
}

/// A scalar of scalars and a slice, twice.
#[differentiate(custom, hessian)]
fn blend(x: f64, w: &[f64], n: usize) -> f64 {
    w.iter().take(n).map(|w| w * w * x).sum()
}

fn blend_tangent(x: f64, x_dot: f64, w: &[f64], w_dot: &[f64], n: usize) -> (f64, f64) {
    let slope = |k: usize| w[k] * w[k] * x_dot + 2.0 * w[k] * w_dot[k] * x;
    (blend(x, w, n), (0..n).map(slope).sum())
}

#[differentiate(forward)]
fn blend_adjoint(x: f64, w: &[f64], w_bar: &mut [f64], n: usize, seed: f64) -> (f64, f64) {
    let mut x_bar = 0.0;
    for k in 0..n {
        x_bar += seed * w[k] * w[k];
        w_bar[k] += 2.0 * seed * w[k] * x;
    }
    (blend(x, w, n), x_bar)
}

#[differentiate(hessian)]
trait Shape {
    fn area(&self, scale: f64, n: usize) -> f64;
    fn level(#[constant] &self, x: &[f64], out: &mut [f64]) -> f64;
}

#[derive(Clone, Differentiable)]
struct Disc {
    radius: f64,
}

#[differentiate(hessian)]
impl Shape for Disc {
    #[differentiate(custom, hessian)]
    fn area(&self, scale: f64, n: usize) -> f64 {
        std::hint::black_box(scale * self.radius * self.radius) * n as f64
    }

    fn area_tangent(&self, self_dot: &Self, scale: f64, scale_dot: f64, n: usize) -> (f64, f64) {
        let slope = scale_dot * self.radius + 2.0 * scale * self_dot.radius;
        (self.area(scale, n), slope * self.radius * n as f64)
    }

    fn area_adjoint(&self, self_bar: &mut Self, scale: f64, n: usize, seed: f64) -> (f64, f64) {
        self_bar.radius += 2.0 * scale * self.radius * seed * n as f64;
        (
            self.area(scale, n),
            seed * self.radius * self.radius * n as f64,
        )
    }

    #[differentiate(custom, hessian)]
    fn level(#[constant] &self, x: &[f64], out: &mut [f64]) -> f64 {
        out[0] = std::hint::black_box(out[0] * x[0] * self.radius);
        x[0] * x[1]
    }

    fn level_tangent(
        &self,
        x: &[f64],
        x_dot: &[f64],
        out: &mut [f64],
        out_dot: &mut [f64],
    ) -> (f64, f64) {
        out_dot[0] = (out_dot[0] * x[0] + out[0] * x_dot[0]) * self.radius;
        let value = self.level(x, out);
        (value, x_dot[0] * x[1] + x[0] * x_dot[1])
    }

    fn level_adjoint(
        &self,
        x: &[f64],
        x_bar: &mut [f64],
        out: &mut [f64],
        out_bar: &mut [f64],
        seed: f64,
    ) -> f64 {
        x_bar[0] += seed * x[1] + out_bar[0] * out[0] * self.radius;
        x_bar[1] += seed * x[0];
        out_bar[0] *= x[0] * self.radius;
        self.level(x, out)
    }
}

/// The tangents of those adjoints: by hand as well, for a trait knows nothing of them.
impl Disc {
    fn area_adjoint_tangent(
        &self,
        self_dot: &Self,
        self_bar: &mut Self,
        self_bar_dot: &mut Self,
        scale: f64,
        scale_dot: f64,
        n: usize,
        seed: f64,
        seed_dot: f64,
    ) -> ((f64, f64), (f64, f64)) {
        let (r, d, n) = (self.radius, self_dot.radius, n as f64);
        self_bar_dot.radius +=
            2.0 * n * (scale_dot * r * seed + scale * d * seed + scale * r * seed_dot);
        self_bar.radius += 2.0 * n * scale * r * seed;
        let value = scale * r * r * n;
        let value_dot = (scale_dot * r * r + 2.0 * scale * r * d) * n;
        (
            (value, seed * r * r * n),
            (value_dot, (seed_dot * r * r + 2.0 * seed * r * d) * n),
        )
    }

    fn level_adjoint_tangent(
        &self,
        x: &[f64],
        x_dot: &[f64],
        x_bar: &mut [f64],
        x_bar_dot: &mut [f64],
        out: &mut [f64],
        out_dot: &mut [f64],
        out_bar: &mut [f64],
        out_bar_dot: &mut [f64],
        seed: f64,
        seed_dot: f64,
    ) -> (f64, f64) {
        let r = self.radius;
        x_bar_dot[0] += seed_dot * x[1]
            + seed * x_dot[1]
            + r * (out_bar_dot[0] * out[0] + out_bar[0] * out_dot[0]);
        x_bar_dot[1] += seed_dot * x[0] + seed * x_dot[0];
        x_bar[0] += seed * x[1] + out_bar[0] * out[0] * r;
        x_bar[1] += seed * x[0];
        out_bar_dot[0] = r * (out_bar_dot[0] * x[0] + out_bar[0] * x_dot[0]);
        out_bar[0] *= x[0] * r;
        self.level_tangent(x, x_dot, out, out_dot)
    }
}

#[differentiate(hessian)]
fn of_shapes<S: Shape + Clone>(shape: &S, scale: f64) -> f64 {
    shape.area(scale, 2) * shape.area(scale * scale, 1)
}

#[differentiate(hessian)]
fn of_a_disc(radius: f64, scale: f64) -> f64 {
    let d = Disc { radius };
    of_shapes(&d, scale) * radius
}

#[differentiate(hessian)]
fn of_an_object(#[constant] shape: &dyn Shape, x: &[f64], k: f64) -> f64 {
    let mut out = vec![k];
    let mut sum = 0.0;
    for _ in 0..2 {
        sum += shape.level(x, &mut out) * k;
    }
    sum * out[0]
}

#[differentiate(hessian)]
fn of_a_known(#[constant] shape: &Disc, x: &[f64], k: f64) -> f64 {
    let mut out = vec![k];
    let mut sum = 0.0;
    for _ in 0..2 {
        sum += shape.level(x, &mut out) * k;
        out[0] *= k;
    }
    sum * out[0]
}

/// Nested in a function.
#[differentiate(reverse)]
fn nested(x: f64) -> f64 {
    #[differentiate(custom)]
    fn sine(x: f64) -> f64 {
        x.sin()
    }
    fn sine_adjoint(x: f64, seed: f64) -> (f64, f64) {
        (x.sin(), seed * x.cos())
    }
    sine(x) * x
}

/// An adjoint is the gradient's: no tangent is there to compare it with.
fn agrees(f: impl Fn(&[f64]) -> f64, x: &[f64], gradient: &[f64]) {
    for i in 0..x.len() {
        let at = |h: f64| {
            let mut x = x.to_vec();
            x[i] += h;
            f(&x)
        };
        let slope = (8.0 * (at(1e-3) - at(-1e-3)) - (at(2e-3) - at(-2e-3))) / 12e-3;
        assert!(
            (slope - gradient[i]).abs() < 1e-8 * (1.0 + slope.abs()),
            "{slope} {gradient:?}"
        );
    }
}

#[test]
fn slices_and_vectors() {
    let (a, b) = ([2.0, 0.5, -1.0, 1.5], [0.7, -0.3]);
    prove!(solve(slice a, slice b) -> vec);
    prove_hvp!(blend(val 0.6, slice noise(3), con 3));
    prove_hvp!(blend(val 0.6, slice noise(3), con 0));
    for n in [0, 1, 4] {
        prove_hvp!(calls_solve(slice a, slice b, con n));
    }
    let table = Table { rate: 0.5 };
    prove_hvp!(holds_some_constant(slice a, con &b, con &table));
}

#[test]
fn in_place() {
    let mut log = vec![1];
    let (mut x, mut x_bar) = (vec![0.5, 2.0], vec![1.0, -1.0]);
    let k_bar = stretch_adjoint(&mut x, &mut x_bar, 3.0, &mut log);
    assert_eq!(
        (x, x_bar, k_bar),
        (vec![0.75, 12.0], vec![3.0, -12.0], 0.25 - 4.0)
    );
    prove_hvp!(calls_stretch(slice positive(3), val 0.8));
    for n in [0, 1, 3] {
        prove_gradient!(calls_append(con n, val 0.6));
    }
    prove!(append(iov vec![0.3, 0.2], val 0.7));
}

#[test]
fn errors() {
    prove!(root(val 0.4, con "name".to_string()) -> ok);
    prove!(calls_root(val 0.4, val 0.9) -> ok);
    assert_eq!(calls_root_gradient(-1.0, 2.0), Err("negative".to_string()));
    let (_, _, h) = root_hvp(0.25, 1.0, String::new()).expect("a root");
    assert!((h + 2.0).abs() < 1e-12);
    let (_, _, h) = calls_root_hvp(0.4, 1.0, 0.9, 0.0).expect("a root");
    // The second derivative of x·√(x·y) for x.
    assert!((h.0 - 0.75 * 0.9_f64.sqrt() * 0.4_f64.powf(-0.5)).abs() < 1e-12);
}

#[test]
fn one_of_them() {
    let x = noise(4);
    agrees(|x| norm(x), &x, &norm_gradient(&x).1);
    let (_, (x_bar, k_bar)) = calls_norm_gradient(&x, 0.7);
    agrees(
        |x| calls_norm(&x[..4], x[4]),
        &[&x[..], &[0.7]].concat(),
        &[&x_bar[..], &[k_bar]].concat(),
    );
    let single: Vec<f32> = x.iter().map(|v| *v as f32).collect();
    assert_eq!(norm_gradient(&single).0, norm(&single));
    let (_, (x_bar, y_bar)) = product_gradient(2.0, &3.0);
    assert_eq!((x_bar, y_bar), (3.0, 2.0));
    agrees(
        |x| calls_product(x[0], 3),
        &[0.7],
        &[calls_product_gradient(0.7, 3).1],
    );
    assert_eq!(cube_derivative(2.0, 1), (8.0, 12.0));
    let (_, slope) = calls_cube_tangent(&[1.0, 2.0], &[1.0, -1.0]);
    assert_eq!(slope, 6.0 - 24.0);
    agrees(|x| nested(x[0]), &[0.7], &[nested_gradient(0.7).1]);
}

#[test]
fn methods() {
    let plane = |n: &[f64]| Plane {
        normal: n.to_vec(),
        id: 1,
    };
    let (n, x) = ([0.5, -1.5], [2.0, 1.0]);
    let (value, (plane_bar, x_bar)) = plane(&n).height_gradient(&x);
    assert_eq!(
        (value, plane_bar.normal, x_bar),
        (-0.5, x.to_vec(), n.to_vec())
    );
    let (_, (plane_bar, x_bar, k_bar)) = calls_height_gradient(&plane(&n), &x, 0.7);
    let all = [n, x].concat();
    agrees(
        |p| calls_height(&plane(&p[..2]), &p[2..4], p[4]),
        &[&all[..], &[0.7]].concat(),
        &[&plane_bar.normal[..], &x_bar[..], &[k_bar]].concat(),
    );
    let table = Table { rate: 0.3 };
    prove_hvp!(calls_turned(slice n, val 0.4, con &table));
    let (_, (plane_bar, angle_bar)) = plane(&n).slope_gradient(0.4);
    agrees(
        |p| plane(&p[..2]).slope(p[2]),
        &[0.5, -1.5, 0.4],
        &[plane_bar.normal[0], plane_bar.normal[1], angle_bar],
    );
    assert_eq!(table.look_up_hvp(1.0, 1.0).2, 0.3 * 0.3 * 0.3_f64.exp());
}

#[test]
fn traits() {
    let disc = Disc { radius: 0.8 };
    prove_hvp!(of_a_disc(val 0.8, val 0.6));
    prove_hvp!(of_a_known(con &disc, slice [0.7, 0.4], val 1.2));
    prove_hvp!(of_an_object(con &disc as &dyn Shape, slice [0.7, 0.4], val 1.2));
}

#[test]
fn matrices() {
    let (a, b) = ([2.0, 0.5, -1.0, 1.5], [0.7, -0.3]);
    let (_, j) = solves_jacobian(&a, &b);
    assert_eq!((j.rows(), j.cols()), (2, 6));
    let (_, forward) = {
        let (mut a_dot, b_dot) = ([0.0; 4], [0.0; 2]);
        a_dot[1] = 1.0;
        solve_tangent(&a, &a_dot, &b, &b_dot)
    };
    assert!((forward[0] - j[(0, 1)]).abs() < 1e-15 && (forward[1] - j[(1, 1)]).abs() < 1e-15);
}

/// The same by hand, with a Jacobian: written through another function.
#[differentiate(custom, jacobian)]
fn solves(a: &[f64], b: &[f64]) -> Vec<f64> {
    solve(a, b)
}

fn solves_tangent(a: &[f64], a_dot: &[f64], b: &[f64], b_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
    solve_tangent(a, a_dot, b, b_dot)
}

fn solves_adjoint(
    a: &[f64],
    a_bar: &mut [f64],
    b: &[f64],
    b_bar: &mut [f64],
    seed: &Vec<f64>,
) -> Vec<f64> {
    solve_adjoint(a, a_bar, b, b_bar, seed)
}

struct Rate<T> {
    rate: T,
}

/// A rule and companions by hand in a generic `impl`.
#[differentiate(hessian)]
impl<T: Float> Rate<T> {
    #[differentiate(hessian, rule(t => self.rate * value))]
    fn growth(#[constant] &self, t: T) -> T {
        std::hint::black_box((self.rate * t).exp())
    }

    #[differentiate(custom, hessian)]
    fn square(#[constant] &self, t: T) -> T {
        std::hint::black_box(self.rate * t * t)
    }

    fn square_tangent(&self, t: T, t_dot: T) -> (T, T) {
        (self.square(t), (self.rate + self.rate) * t * t_dot)
    }

    #[differentiate(forward)]
    fn square_adjoint(#[constant] &self, t: T, seed: T) -> (T, T) {
        (self.square(t), (self.rate + self.rate) * t * seed)
    }
}

#[differentiate(hessian)]
fn of_rates(x: f64, #[constant] r: &Rate<f64>) -> f64 {
    r.growth(x) * r.square(x)
}

#[differentiate(hessian, rule({
    let mut p = x;
    for _ in 2..N {
        p = p * x;
    }
    x => p * T::from(N).unwrap()
}))]
fn monomial<T, const N: usize>(x: T, _size: [u8; N]) -> T
where
    T: Float,
{
    x.powi(N as i32)
}

#[differentiate(hessian)]
fn of_monomials(x: f64) -> f64 {
    monomial(x, [0; 3]) * x
}

mod away {
    use chainrule::differentiate;

    /// A seed may be taken as a slice.
    #[differentiate(custom)]
    pub fn shifted(v: &[f64]) -> Vec<f64> {
        v.iter().map(|x| x + 1.0).collect()
    }

    pub fn shifted_adjoint(v: &[f64], v_bar: &mut [f64], seed: &[f64]) -> Vec<f64> {
        v_bar.iter_mut().zip(seed).for_each(|(a, b)| *a += b);
        shifted(v)
    }

    #[differentiate(custom)]
    pub fn pair(v: f64) -> (f64, [f64; 2]) {
        (v, [v * v, 2.0 * v])
    }

    pub fn pair_tangent(v: f64, d: f64) -> ((f64, [f64; 2]), (f64, [f64; 2])) {
        (pair(v), (d, [2.0 * v * d, 2.0 * d]))
    }

    pub fn pair_adjoint(v: f64, seed: (f64, [f64; 2])) -> ((f64, [f64; 2]), f64) {
        (pair(v), seed.0 + 2.0 * v * seed.1[0] + 2.0 * seed.1[1])
    }
}

use away::*;

#[differentiate(reverse)]
fn of_shifted(v: &[f64]) -> f64 {
    let w = away::shifted(v);
    w[0] * w[1]
}

#[differentiate]
fn of_pairs(x: f64) -> f64 {
    let (a, b) = pair(x);
    a * b[0] * b[1]
}

#[test]
fn generic_types_and_other_modules() {
    for x in noise(4) {
        prove_hvp!(of_rates(val x, con &Rate { rate: 0.7 }));
        prove_hvp!(of_monomials(val x));
        prove!(pair(val x));
        prove_gradient!(of_pairs(val x));
    }
    assert_eq!(of_shifted_gradient(&[1.0, 2.0]).1, [3.0, 2.0]);
}
