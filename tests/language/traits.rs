//! Traits: companions declared in them, defined in their `impl`s, called on type parameters.

use crate::harness::noise;
use chainrule::{Differentiable, differentiate};
use num_traits::Float;

/// Constant receivers: parameters of a model are not differentiated.
#[differentiate(forward, reverse, hessian)]
trait Model {
    const POWER: i32;

    fn energy(#[constant] &self, x: &[f64]) -> f64;

    fn push(#[constant] &self, x: &mut [f64], k: f64);

    fn scaled(#[constant] &self, x: &[f64], k: f64) -> Vec<f64> {
        let mut out = x.to_vec();
        self.push(&mut out, k);
        for (i, v) in out.iter_mut().enumerate() {
            *v *= self.weight(x[i], k);
        }
        out
    }

    fn twice(#[constant] &self, x: &[f64], k: f64) -> f64 {
        let first = self.energy(x);
        if first > 100.0 {
            return k;
        }
        let again = self.scaled(x, k * first);
        self.energy(&again) + Self::bend(first, k).powi(Self::POWER)
    }

    fn bend(x: f64, k: f64) -> f64;

    fn weight(#[constant] &self, x: f64, k: f64) -> f64 {
        Self::bend(x * x, k)
    }
}

struct Springs {
    stiffness: f64,
    rest: Vec<f64>,
}

type ThreeGas = Gas<3>;
struct Gas<const N: usize>(f64);

#[differentiate(forward, reverse, hessian)]
impl Model for Springs {
    const POWER: i32 = 2;

    fn energy(#[constant] &self, x: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (x, r) in x.iter().zip(&self.rest) {
            let d = x - r;
            sum += 0.5 * self.stiffness * d * d * d;
        }
        sum
    }

    fn push(#[constant] &self, x: &mut [f64], k: f64) {
        for i in 1..x.len() {
            x[i] += k * x[i - 1] * self.rest[i];
        }
    }

    fn bend(x: f64, k: f64) -> f64 {
        (x * k).sin()
    }
}

#[differentiate(forward, reverse, hessian)]
impl<const N: usize> Model for Gas<N> {
    const POWER: i32 = 3;

    fn energy(#[constant] &self, x: &[f64]) -> f64 {
        let mut sum = self.0;
        for x in x {
            sum *= x.exp();
            if sum > 50.0 {
                break;
            }
        }
        sum
    }

    fn push(#[constant] &self, x: &mut [f64], k: f64) {
        let mean = x.iter().sum::<f64>() / N as f64;
        x[0] = mean * k;
    }

    fn bend(x: f64, k: f64) -> f64 {
        x / (1.0 + k * k)
    }

    fn weight(#[constant] &self, x: f64, k: f64) -> f64 {
        self.0 * x * k
    }
}

#[differentiate(forward, reverse, hessian)]
fn total<M: Model>(#[constant] m: &M, x: &[f64], k: f64) -> f64 {
    let mut sum = M::bend(k, x[0]);
    for i in 0..x.len() {
        sum += m.energy(&x[i..]) * M::bend(x[i], k);
        if i == 1 {
            sum += m.twice(x, sum);
        }
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn anonymous(#[constant] m: &impl Model, x: &[f64], k: f64) -> f64 {
    let y = m.scaled(x, k);
    m.energy(&y) + total(m, &y, k)
}

#[differentiate(forward, reverse, hessian)]
fn concrete(x: &[f64], k: f64) -> f64 {
    let gas = Gas::<3>(0.3);
    let springs = Springs {
        stiffness: 0.4,
        rest: vec![0.1, 0.2, 0.3],
    };
    let a = anonymous(&gas, x, k);
    let b = total(&springs, x, k);
    a * b + <ThreeGas as Model>::bend(a, b) + springs.twice(x, a)
}

fn springs() -> Springs {
    Springs {
        stiffness: 1.7,
        rest: vec![0.3, -0.4, 0.6],
    }
}

#[test]
fn constant_receivers() {
    let s = springs();
    let gas = Gas::<3>(0.6);
    prove_hvp!(Springs::energy(con &s, slice noise(3)));
    prove_hvp!(Springs::twice(con &s, slice noise(3), val 0.7));
    prove!(Springs::push(con &s, io noise(3), val 0.7) -> unit);
    prove!(Springs::scaled(con &s, slice noise(3), val 0.7) -> vec);
    prove_hvp!(ThreeGas::energy(con &gas, slice noise(3)));
    prove_hvp!(ThreeGas::twice(con &gas, slice noise(3), val 0.7));
    prove_hvp!(ThreeGas::weight(con &gas, val 0.3, val 0.7));
    prove!(ThreeGas::scaled(con &gas, slice noise(3), val 0.7) -> vec);
}

#[test]
fn static_dispatch() {
    let s = springs();
    let gas = Gas::<3>(0.6);
    prove_hvp!(total(con &s, slice noise(3), val 0.7));
    prove_hvp!(total(con &gas, slice noise(3), val 0.7));
    prove_hvp!(anonymous(con &s, slice noise(3), val 0.7));
    prove_hvp!(anonymous(con &gas, slice noise(3), val 0.7));
    prove_hvp!(concrete(slice noise(3), val 0.7));
}

/// Active receivers: the type has a shadow.
#[differentiate(forward, reverse, hessian)]
trait Solid {
    fn area(&self) -> f64;
    fn volume(&self, k: f64) -> f64;
    fn grow(&mut self, k: f64);
    fn grown(self, k: f64) -> Self;
    fn mix(&self, other: &Self, t: f64) -> Self;

    fn density(&self, mass: f64) -> f64 {
        let v = self.volume(mass);
        if v > 1e3 {
            return mass;
        }
        mass / v + self.area()
    }

    /// Not differentiated.
    #[constant]
    fn name(&self) -> String {
        "solid".into()
    }

    /// Left out, since it returns a reference.
    fn label(&self) -> &str {
        "solid"
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Ball {
    r: f64,
}
struct_shape!(Ball { r: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Brick {
    sides: Vec<f64>,
    #[constant]
    scale: f64,
}
struct_shape!(Brick { sides: Vec<f64> });

#[differentiate(forward, reverse, hessian)]
impl Solid for Ball {
    fn area(&self) -> f64 {
        4.0 * std::f64::consts::PI * self.r * self.r
    }

    fn volume(&self, k: f64) -> f64 {
        self.area() * self.r * k / 3.0
    }

    fn grow(&mut self, k: f64) {
        self.r *= 1.0 + k * self.r;
    }

    fn grown(mut self, k: f64) -> Self {
        self.grow(k);
        self
    }

    fn mix(&self, other: &Self, t: f64) -> Self {
        Ball {
            r: self.r * (1.0 - t) + other.r * t * self.r,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Solid for Brick {
    fn area(&self) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.sides.len() {
            sum += 2.0 * self.sides[i] * self.sides[(i + 1) % self.sides.len()];
        }
        sum * self.scale
    }

    fn volume(&self, k: f64) -> f64 {
        let mut v = k;
        for s in &self.sides {
            v *= s;
        }
        v
    }

    fn grow(&mut self, k: f64) {
        for s in self.sides.iter_mut() {
            *s *= k;
        }
    }

    fn grown(self, k: f64) -> Self {
        let mut sides = self.sides.clone();
        sides[0] *= k * self.sides[1];
        Self {
            sides,
            scale: self.scale,
        }
    }

    fn mix(&self, other: &Brick, t: f64) -> Brick {
        let mut out = self.clone();
        for i in 0..out.sides.len() {
            out.sides[i] += other.sides[i] * t;
        }
        out
    }

    fn density(&self, mass: f64) -> f64 {
        mass * self.sides[0]
    }

    #[constant]
    fn name(&self) -> String {
        "brick".into()
    }
}

#[differentiate(forward, reverse, hessian)]
fn process<S: Solid + Clone>(start: &S, solids: &[S], k: f64) -> f64 {
    let mut s = start.clone();
    let mut sum = 0.0;
    for other in solids {
        s.grow(k);
        sum += s.density(k) * other.volume(sum + 1.0);
        s = s.mix(other, k);
        if sum > 1e3 {
            break;
        }
    }
    let last = s.grown(k);
    sum + S::area(&last) * last.volume(k)
}

#[differentiate(forward, reverse)]
fn mixed<A: Solid, B: Clone>(a: &A, b: B, k: f64) -> f64
where
    B: Solid,
{
    let x = a.volume(k);
    let b = b.grown(x);
    a.area() * <B as Solid>::volume(&b, k)
}

#[differentiate(forward, reverse)]
fn anonymous_active(s: &impl Solid, k: f64) -> f64 {
    s.volume(k) * s.area()
}

#[differentiate(forward, reverse, hessian)]
fn both_kinds(r: f64, k: f64) -> f64 {
    let ball = Ball { r };
    let brick = Brick {
        sides: vec![r, k, r * k],
        scale: 0.5,
    };
    process(&ball, &[ball, Ball { r: k }], k) + process(&brick, &[], r) * brick.grown(k).area()
}

fn ball() -> Ball {
    Ball { r: 0.7 }
}

fn brick() -> Brick {
    Brick {
        sides: vec![0.7, 1.3, 0.4],
        scale: 0.5,
    }
}

#[test]
fn active_receivers() {
    prove_hvp!(Ball::area(rf ball()));
    prove_hvp!(Ball::density(rf ball(), val 0.8));
    prove!(Ball::grow(ios ball(), val 0.8) -> unit);
    prove!(Ball::grown(val ball(), val 0.8) -> vec);
    prove!(Ball::mix(rf ball(), rf Ball { r: 1.4 }, val 0.8) -> vec);
    prove_hvp!(Brick::area(rf brick()));
    prove_hvp!(Brick::density(rf brick(), val 0.8));
    prove!(Brick::grow(ios brick(), val 0.8) -> unit);
    prove!(Brick::grown(val brick(), val 0.8) -> vec);
    prove!(Brick::mix(rf brick(), rf brick(), val 0.8) -> vec);
}

#[test]
fn generic_solids() {
    prove_hvp!(process(rf ball(), aref [ball(), Ball { r: 1.4 }], val 0.8));
    prove_hvp!(process(rf brick(), aref [brick(), brick()], val 0.8));
    prove_hvp!(process(rf brick(), aref Vec::<Brick>::new(), val 0.8));
    prove_gradient!(mixed(rf ball(), val brick(), val 0.8));
    prove_gradient!(mixed(rf brick(), val ball(), val 0.8));
    prove_gradient!(anonymous_active(rf brick(), val 0.8));
    prove_hvp!(both_kinds(val 0.6, val 0.8));
    assert_eq!(
        (ball().name(), brick().name(), ball().label()),
        ("solid".into(), "brick".into(), "solid")
    );
}

/// A generic trait with associated types, on top of another one.
#[differentiate(forward, reverse, hessian)]
trait Kernel<T: Float>: Named {
    type State;
    const ORDER: usize;

    fn value(#[constant] &self, state: Self::State, x: T) -> T;

    fn gather(#[constant] &self, xs: &[T], out: &mut Vec<T>);

    fn sum(#[constant] &self, xs: &[T]) -> T {
        let mut out = Vec::new();
        self.gather(xs, &mut out);
        let mut sum = T::one();
        for _ in 0..Self::ORDER {
            for v in &out {
                sum = sum + *v * sum;
            }
        }
        sum * self.named()
    }

    /// Declared for types that can be made.
    fn made(x: T) -> T
    where
        Self: Sized + Default;
}

#[differentiate(forward, reverse, hessian)]
trait Named {
    fn named<T: Float>(#[constant] &self) -> T {
        T::one() + T::one()
    }
}

#[derive(Default)]
struct Gauss {
    width: f64,
}

#[derive(Default)]
struct Wide<S>(Vec<S>);

impl Named for Gauss {}

impl<S> Named for Wide<S> {}

#[differentiate(forward, reverse, hessian)]
impl Kernel<f64> for Gauss {
    type State = (f64, [f64; 2]);
    const ORDER: usize = 2;

    fn value(#[constant] &self, state: Self::State, x: f64) -> f64 {
        let (a, [b, c]) = state;
        (a * x * self.width).exp() * b + c * x
    }

    fn gather(#[constant] &self, xs: &[f64], out: &mut Vec<f64>) {
        for x in xs {
            out.push(x * x * self.width);
        }
    }

    fn made(x: f64) -> f64
    where
        Self: Sized + Default,
    {
        Self::default().value((x, [x, 1.0]), x * x)
    }
}

#[differentiate(forward, reverse, hessian)]
impl<S: Float> Kernel<S> for Wide<S> {
    type State = S;
    const ORDER: usize = 1;

    fn value(#[constant] &self, state: S, x: S) -> S {
        let k = self.0[0];
        state * x.sin() * k
    }

    fn gather(#[constant] &self, xs: &[S], out: &mut Vec<S>) {
        for (x, w) in xs.iter().zip(&self.0) {
            out.push(*x * *w);
        }
    }

    fn made(x: S) -> S
    where
        Self: Sized + Default,
    {
        x * x
    }
}

#[differentiate(forward, reverse, hessian)]
fn kernels<T, K>(#[constant] k: &K, xs: &[T], x: T) -> T
where
    T: Float,
    K: Kernel<T> + Default,
{
    let mut sum = k.sum(xs);
    for x in xs {
        sum = sum * K::made(*x) + k.sum(&[*x, sum]);
    }
    sum * x
}

/// Methods annotated by themselves: one that is only declared; and one with modes of its own.
trait Partly {
    #[differentiate(forward, reverse)]
    fn first(#[constant] &self, x: f64) -> f64;
}

#[differentiate(forward, reverse)]
impl Partly for Gauss {
    fn first(#[constant] &self, x: f64) -> f64 {
        x.powi(2) * self.width
    }
}

#[differentiate(forward)]
impl Gauss {
    /// More than the block asks for.
    #[differentiate(forward, reverse)]
    #[must_use]
    fn both(#[constant] &self, x: f64) -> f64 {
        let y = self.first(x);
        y * self.lifted(x)
    }

    #[differentiate(forward, reverse)]
    #[inline(always)]
    const fn scaled(x: f64) -> f64 {
        x * 2.0
    }

    #[differentiate(forward, reverse)]
    fn lifted(#[constant] &self, x: f64) -> f64 {
        Self::scaled(x) + x
    }

    #[constant]
    fn not_differentiated(&self) -> std::cell::RefCell<f64> {
        std::cell::RefCell::new(self.width)
    }
}

#[test]
fn generic_traits() {
    let gauss = Gauss { width: 0.7 };
    let wide = Wide(vec![0.3, 1.2, -0.4]);
    let narrow = Wide(vec![0.3_f32, 1.2, -0.4]);
    prove_hvp!(Gauss::value(con &gauss, val (0.4, [0.3, 1.1]), val 0.6));
    prove_hvp!(kernels(con &gauss, slice noise(3), val 0.6));
    prove_hvp!(kernels(con &wide, slice noise(3), val 0.6));
    prove_hvp!(kernels(con &narrow, slice [0.3_f32, 0.7], val 0.6_f32));
    prove!(Gauss::gather(con &gauss, slice noise(3), iov Vec::<f64>::new()) -> unit);
}

#[test]
fn methods_by_themselves() {
    let gauss = Gauss { width: 0.7 };
    prove_gradient!(Gauss::first(con &gauss, val 0.4));
    let (value, gradient) = gauss.both_gradient(0.4);
    assert_eq!(value, gauss.both(0.4));
    assert!((gradient - 9.0 * 0.7 * 0.16).abs() < 1e-12);
    assert_eq!(gauss.not_differentiated().into_inner(), 0.7);
}
