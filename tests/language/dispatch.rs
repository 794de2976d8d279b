//! Which derivative a method call goes to: methods named like those of floats and vectors, two types with one name, paths.

use crate::harness::{Shape, noise};
use chainrule::{Differentiable, differentiate};
use num_traits::Float;

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
struct_shape!(V2 { x: f64, y: f64 });

#[differentiate(forward, reverse, hessian)]
impl V2 {
    const UNIT: f64 = 0.5;

    const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Not what `f64` understands by it.
    fn abs(&self) -> f64 {
        self.x * self.x + 2.0 * self.y
    }

    fn sqrt(self) -> V2 {
        V2::new(self.x * self.y, self.x.sqrt())
    }

    fn max(self, other: V2) -> V2 {
        V2 {
            x: self.x * other.x,
            y: self.y + other.y * other.y,
        }
    }

    fn powi(&self, n: i32) -> f64 {
        self.x.powi(n) * self.y
    }

    fn norm(&self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    fn dot(self, other: &V2) -> f64 {
        self.x * other.x + self.y * other.y
    }

    fn own_names(&self, k: f64) -> f64 {
        self.abs() * k.abs() + self.powi(2) + self.sqrt().x.sqrt() * Self::UNIT
    }

    fn lerp(a: V2, b: V2, t: f64) -> V2 {
        V2::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t * a.x)
    }

    fn own_paths(self, other: V2, k: f64) -> f64 {
        let a = Self::max(self, other);
        let b = V2::sqrt(a);
        let c = Self::lerp(a, b, k);
        V2::dot(c, &a) + Self::abs(&c) + V2::powi(&c, 2)
    }
}

/// Another type with methods of the same names.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Angle(f64);
struct_shape!(Angle { 0: f64 });

#[differentiate(forward, reverse, hessian)]
impl Angle {
    fn abs(&self) -> f64 {
        self.0.sin() * 3.0
    }

    fn norm(&self) -> f64 {
        self.0 * self.0 * self.0
    }

    fn max(self, other: Angle) -> Angle {
        Angle(self.0 * other.0)
    }

    fn push(&mut self, x: f64) {
        self.0 *= x;
    }

    fn fill(&mut self, x: f64) {
        self.0 += x * x;
    }

    fn filled(mut self, x: f64) -> Self {
        self.push(x);
        self.fill(x);
        self
    }
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Pose {
    at: V2,
    turn: Angle,
    path: Vec<V2>,
    scale: f64,
}
struct_shape!(Pose { at: V2, turn: Angle, path: Vec<V2>, scale: f64 });

#[differentiate(forward, reverse, hessian)]
fn declared(v: V2, w: &V2, a: &Angle, k: f64) -> f64 {
    let m = v.max(*w);
    let m: V2 = m;
    let b: Angle = a.max(Angle(k));
    v.abs() * w.abs()
        + a.abs()
        + m.abs() * m.powi(3)
        + b.abs()
        + b.norm()
        + w.sqrt().norm() * k.max(-3.0)
}

#[differentiate(forward, reverse, hessian)]
fn declared_elements(vs: &[V2], angles: [Angle; 2], k: f64) -> f64 {
    let mut sum = 0.0;
    for v in vs {
        sum += v.abs() * k;
    }
    for i in 0..2 {
        sum += angles[i].abs() * vs[i].abs();
    }
    for (v, a) in vs.iter().zip(&angles) {
        sum += v.abs() * a.abs();
    }
    sum + vs.iter().map(|v| v.powi(2)).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn fields(p: &Pose, k: f64) -> f64 {
    let at: V2 = p.at;
    let turn: &Angle = &p.turn;
    let mut sum =
        V2::abs(&p.at) + Angle::abs(&p.turn) * p.scale.abs() + p.at.norm() * p.turn.norm();
    for v in &p.path {
        sum += V2::abs(v) * at.abs() * turn.abs();
    }
    sum * k
}

#[differentiate(forward, reverse, hessian)]
fn changed(a: Angle, k: f64) -> f64 {
    let mut b = a;
    Angle::push(&mut b, k);
    let mut c: Angle = b;
    Angle::push(&mut c, k);
    for _ in 0..2 {
        Angle::fill(&mut c, b.norm());
    }
    c.filled(k).norm()
}

/// Methods that a trait gives to floats and slices.
#[differentiate(forward, reverse, hessian)]
trait Smooth: Sized {
    fn softplus(self) -> f64;
    fn blend(self, other: f64, t: f64) -> Self;
}

#[differentiate(forward, reverse, hessian)]
impl Smooth for f64 {
    fn softplus(self) -> f64 {
        (1.0 + self.exp()).ln()
    }

    fn blend(self, other: f64, t: f64) -> Self {
        let s = t * t * (3.0 - 2.0 * t);
        self * (1.0 - s) + other * s
    }
}

#[differentiate(forward, reverse, hessian)]
fn smooth(x: f64, ys: &[f64]) -> f64 {
    let mut sum = x.softplus();
    for y in ys {
        let z = sum.blend(*y, x);
        sum += (z * y).softplus() + y.softplus();
    }
    sum
}

/// Other names for vectors and numbers.
type State = Vec<f64>;
type Real = f64;

#[differentiate(forward, reverse, hessian)]
fn other_names(x: &[f64], k: Real) -> f64 {
    let mut z: State = Vec::new();
    for i in 0..x.len() {
        z.push(x[i] * k.abs());
    }
    z.push(k.max(x[0]));
    z.swap(0, 1);
    let mut sum = 0.0;
    for i in 0..z.len() {
        sum += z[i] * z[0];
    }
    sum
}

#[test]
fn names_of_other_types() {
    prove_hvp!(other_names(slice noise(3), val 0.7));
}

#[test]
fn names_of_floats() {
    let (v, w, a) = (V2 { x: 0.7, y: 0.4 }, V2 { x: 1.3, y: 0.9 }, Angle(0.6));
    prove_hvp!(V2::own_names(rf v, val 0.8));
    prove_hvp!(declared(val v, rf w, rf a, val 0.8));
    prove_hvp!(declared_elements(aref [v, w], val [a, Angle(0.2)], val 0.8));
}

#[test]
fn names_of_fields() {
    let (v, w, a) = (V2 { x: 0.7, y: 0.4 }, V2 { x: 1.3, y: 0.9 }, Angle(0.6));
    let pose = Pose {
        at: v,
        turn: a,
        path: vec![w, v],
        scale: -0.3,
    };
    prove_hvp!(fields(rf pose, val 0.8));
    prove_hvp!(changed(val a, val 0.8));
}

/// By the path of another type: with `self` by value, by reference, and functions without `self`.
#[differentiate(forward, reverse, hessian)]
fn other_paths(v: V2, w: &V2, a: Angle, k: f64) -> f64 {
    let m: V2 = V2::max(v, *w);
    let n: V2 = V2::sqrt(m.clone());
    let t = V2::lerp_of(k, m, n);
    let mut turned = a;
    Angle::push(&mut turned, k);
    let filled = Angle::filled(turned, V2::dot(n, w));
    V2::dot(n, &m) + Angle::norm(&filled) * V2::abs(&t) + V2::powi(w, 2)
}

impl V2 {
    #[differentiate(forward, reverse, hessian)]
    fn lerp_of(t: f64, a: V2, b: V2) -> V2 {
        Self::lerp(a, b, t)
    }
}

#[test]
fn paths() {
    let (v, w) = (V2 { x: 0.7, y: 0.4 }, V2 { x: 1.3, y: 0.9 });
    prove_hvp!(V2::own_paths(val v, val w, val 0.8));
    prove_hvp!(other_paths(val v, rf w, val Angle(0.6), val 0.8));
}

#[test]
fn methods_of_floats() {
    prove_hvp!(smooth(val 0.3, slice noise(3)));
    prove_hvp!(smooth(val 0.3, slice Vec::<f64>::new()));
}

/// Plain `T: Float` is enough.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Pair<T>(T, T);
struct_shape!([T: Shape] Pair<T> { 0: T, 1: T });

#[differentiate(forward, reverse, hessian)]
impl<T: Float> Pair<T> {
    fn new(a: T, b: T) -> Self {
        Pair(a, b)
    }

    fn product(&self) -> T {
        self.0 * self.1.sin()
    }

    fn turn(&mut self, k: T) {
        let held = self.0 * k;
        self.0 = self.1;
        self.1 = held;
    }

    fn turned(self, k: T) -> Self {
        let mut p = self;
        p.turn(k);
        Self::new(p.0, p.product())
    }
}

#[differentiate(forward, reverse, hessian)]
fn generic_pairs<T: Float>(p: &Pair<T>, qs: &[Pair<T>], k: T) -> T {
    let mut sum = p.product() * k;
    for q in qs {
        sum = sum + q.turned(sum).product();
    }
    inner(Pair::new(sum, k), k)
}

#[differentiate(forward, reverse, hessian)]
fn inner<T>(p: Pair<T>, k: T) -> T
where
    T: Float,
{
    p.turned(k).turned(p.0).product()
}

#[test]
fn plain_floats() {
    prove_hvp!(Pair::product(rf Pair(0.3, 0.8)));
    prove!(Pair::turned(val Pair(0.3, 0.8), val 0.7) -> vec);
    prove_hvp!(generic_pairs(rf Pair(0.3, 0.8), aref [Pair(0.4, 0.9), Pair(1.4, 0.2)], val 0.7));
    prove_hvp!(generic_pairs(rf Pair(0.3_f32, 0.8), aref [Pair(0.4_f32, 0.9)], val 0.7_f32));
}
