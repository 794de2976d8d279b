//! Active receivers: methods whose `self` carries a derivative.

use crate::harness::Shape;
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V3 {
    x: f64,
    y: f64,
    z: f64,
}
struct_shape!(V3 {
    x: f64,
    y: f64,
    z: f64
});

#[differentiate(forward, reverse, hessian)]
impl V3 {
    const SCALE: f64 = 0.5;

    fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    fn dot(&self, other: &V3) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    fn norm(&self) -> f64 {
        self.dot(self).sqrt()
    }

    fn cross(self, other: V3) -> V3 {
        V3::new(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    /// Named like a method of `f64`.
    fn abs(&self) -> f64 {
        self.norm() * Self::SCALE
    }

    fn absolute(&self, k: f64) -> f64 {
        self.abs() * k + k.abs()
    }

    fn scale(&mut self, k: f64) {
        self.x *= k;
        self.y *= k * k;
        self.z = self.z * k;
    }

    fn scaled(mut self, k: f64) -> Self {
        self.scale(k);
        self.x += self.y;
        self
    }

    fn normalize(&mut self) -> f64 {
        let n = self.norm();
        if n > 0.1 {
            self.scale(1.0 / n);
        }
        n
    }

    fn chain(&self, k: f64) -> f64 {
        self.scaled(k).cross(*self).scaled(0.5).norm() * self.cross(*self).x + self.x
    }

    fn decay(&mut self, steps: usize, limit: f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..steps {
            let old = *self;
            self.scale(0.9);
            sum += self.dot(&old) * self.x;
            if self.norm() < limit {
                self.z += sum;
                return sum;
            }
            self.y -= old.z * 0.1;
        }
        sum
    }
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Body {
    pos: V3,
    vel: V3,
    mass: f64,
    #[constant]
    name: String,
}
struct_shape!(Body {
    pos: V3,
    vel: V3,
    mass: f64
});

impl Body {
    #[differentiate(forward, reverse, hessian)]
    fn kinetic(&self) -> f64 {
        0.5 * self.mass * self.vel.dot(&self.vel)
    }

    #[differentiate(forward, reverse, hessian)]
    fn advance(&mut self, force: &V3, dt: f64) {
        self.vel.x += dt * force.x / self.mass;
        self.vel.y += dt * force.y / self.mass;
        self.pos.x += dt * self.vel.x;
        self.pos.y += dt * self.vel.y * self.pos.x;
        self.vel.scale(1.0 - dt);
    }

    #[differentiate(forward, reverse)]
    fn far(&self, other: &Body) -> f64 {
        let d = V3 {
            x: self.pos.x - other.pos.x,
            y: self.pos.y - other.pos.y,
            z: self.pos.z - other.pos.z,
        };
        d.norm()
    }
}

#[differentiate(forward, reverse, hessian)]
fn system(start: &[Body], dt: f64, n: usize) -> f64 {
    let mut bodies = start.to_vec();
    let mut action = 0.0;
    for _ in 0..n {
        for i in 0..bodies.len() {
            let force = bodies[0].pos;
            bodies[i].advance(&force, dt);
            action += bodies[i].kinetic() * dt;
        }
        if action > 2.0 {
            break;
        }
    }
    for b in &bodies {
        action += b.pos.abs_of(dt);
    }
    action
}

impl V3 {
    #[differentiate(forward, reverse, hessian)]
    fn abs_of(&self, k: f64) -> f64 {
        self.abs() * k
    }
}

/// A receiver that is also an argument, a mutable one that a method only reads, a temporary one.
#[differentiate(forward, reverse, hessian)]
fn shared(a: V3, b: &V3) -> f64 {
    let mut m = a;
    m.x *= b.y;
    let first = m.dot(&m) + m.dot(b);
    m.scale(first);
    let c = m.cross(a);
    let n = m.normalize();
    n * c.norm() + V3::new(n, b.x, 1.0).norm() + V3::dot(&c, b)
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Pair<T>(T, T);
struct_shape!([T: Shape] Pair<T> { 0: T, 1: T });

#[differentiate(forward, reverse)]
impl<T: num_traits::Float + Differentiable<Shadow = T>> Pair<T> {
    fn product(&self) -> T {
        self.0 * self.1.sin()
    }

    fn swap(&mut self, k: T) {
        let held = self.0 * k;
        self.0 = self.1;
        self.1 = held;
    }

    fn both(&self, k: T) -> T {
        let mut p = *self;
        p.swap(k);
        p.product() + self.product() * p.0
    }
}

fn v3() -> V3 {
    V3 {
        x: 0.3,
        y: -0.7,
        z: 1.1,
    }
}

fn body() -> Body {
    Body {
        pos: v3(),
        vel: V3 {
            x: 0.5,
            y: 0.2,
            z: -0.4,
        },
        mass: 1.5,
        name: "b".into(),
    }
}

#[test]
fn shared_receivers() {
    let other = V3 {
        x: 0.9,
        y: 0.2,
        z: -0.5,
    };
    prove_hvp!(V3::dot(rf v3(), rf other));
    prove_hvp!(V3::norm(rf v3()));
    prove_hvp!(V3::absolute(rf v3(), val -0.6));
    prove_hvp!(Body::kinetic(rf body()));
    let mut far = body();
    far.pos = other;
    prove_gradient!(Body::far(rf body(), rf far));
}

#[test]
fn receivers_by_value() {
    let other = V3 {
        x: 0.9,
        y: 0.2,
        z: -0.5,
    };
    prove!(V3::cross(val v3(), val other) -> vec);
    prove!(V3::scaled(val v3(), val 0.7) -> vec);
    prove_hvp!(V3::chain(rf v3(), val 0.7));
}

#[test]
fn mutable_receivers() {
    prove!(V3::scale(ios v3(), val 0.7) -> unit);
    prove!(V3::normalize(ios v3()));
    for n in [0, 1, 3, 20] {
        prove_hvp!(V3::decay(ios v3(), con n, val 0.4));
    }
    prove!(Body::advance(ios body(), rf v3(), val 0.3) -> unit);
}

#[test]
fn calls_of_methods() {
    let other = V3 {
        x: 0.9,
        y: 0.2,
        z: -0.5,
    };
    prove_hvp!(shared(val v3(), rf other));
    let mut second = body();
    second.pos = other;
    for n in [0, 1, 4] {
        prove_hvp!(system(slice [body(), second.clone()], val 0.3, con n));
    }
}

#[test]
fn generic_receivers() {
    prove_gradient!(Pair::product(rf Pair(0.3, 0.8)));
    prove_gradient!(Pair::both(rf Pair(0.3, 0.8), val 1.3));
    prove_gradient!(Pair::both(rf Pair(0.3_f32, 0.8), val 1.3_f32));
    prove!(Pair::swap(ios Pair(0.3, 0.8), val 1.3) -> unit);
}

/// Constant fields behind receivers, and state that is a `Vec`.
#[derive(Clone, Debug, Differentiable)]
struct Filter {
    state: Vec<f64>,
    gain: f64,
    #[constant]
    rate: f64,
    order: usize,
    inner: V3,
}
struct_shape!(Filter { state: Vec<f64>, gain: f64, inner: V3 });

fn filter() -> Filter {
    Filter {
        state: vec![0.3, -0.4, 0.9],
        gain: 0.8,
        rate: 0.25,
        order: 3,
        inner: v3(),
    }
}

impl Filter {
    #[differentiate(forward, reverse, hessian)]
    fn step(&mut self, input: f64) -> f64 {
        let mut x = input * self.gain;
        for i in 0..self.order {
            let old = self.state[i];
            self.state[i] += self.rate * (x - old) * old;
            x = self.state[i];
        }
        self.gain *= 1.0 + 0.1 * x;
        self.output() * x
    }

    #[differentiate(forward, reverse, hessian)]
    fn output(&self) -> f64 {
        let Self { state, gain, .. } = self;
        let mut y = self.inner.norm() * self.rate;
        for s in state {
            y += s * s * *gain;
        }
        y
    }

    #[differentiate(forward, reverse, hessian)]
    fn run(&mut self, xs: &[f64], limit: f64) -> f64 {
        let mut sum = 0.0;
        for x in xs {
            let y = self.step(*x + sum);
            self.inner.scale(y);
            sum += y * V3::abs(&self.inner);
            if sum > limit {
                self.state.push(sum);
                self.order += 1;
                break;
            }
        }
        sum * self.output()
    }

    #[differentiate(forward, reverse, hessian)]
    fn consumed(self, k: f64) -> f64 {
        let mut other = self.clone();
        let y = other.step(k);
        y * self.output() + other.gain
    }

    #[differentiate(forward, reverse)]
    fn tuned(&self, #[constant] reference: &Filter, k: f64) -> Self {
        let mut tuned = self.clone();
        tuned.gain = reference.output() * k;
        tuned.inner = V3::new(k, reference.gain, self.gain);
        tuned
    }

    #[differentiate(forward, reverse, hessian)]
    fn deep(&self, depth: usize, k: f64) -> f64 {
        if depth == 0 {
            return self.output() * k;
        }
        let mut next = self.clone();
        let y = next.step(k);
        next.deep(depth - 1, k * y) + self.deep(0, y)
    }
}

#[differentiate(forward, reverse, hessian)]
fn drives(filters: &mut [Filter], #[constant] scale: &V3, k: f64) -> f64 {
    let mut sum = scale.norm() * k;
    for f in filters.iter_mut() {
        sum += f.step(k);
    }
    let n = filters.len();
    for i in 0..n {
        let j = (i + 1) % n;
        filters[i].gain += filters[j].output() * k;
        sum *= filters[i].inner.normalize() + filters[0].inner.dot(&filters[j].inner);
    }
    let last = filters[n - 1].tuned_like(k).consumed_ref(sum);
    sum + last
}

impl Filter {
    #[differentiate(forward, reverse, hessian)]
    fn tuned_like(&self, k: f64) -> Filter {
        let mut f = self.clone();
        f.gain *= k;
        f
    }

    #[differentiate(forward, reverse, hessian)]
    fn consumed_ref(&self, k: f64) -> f64 {
        self.output() * k * self.gain
    }
}

#[test]
fn state_and_constants() {
    prove_hvp!(Filter::step(ios filter(), val 0.6));
    prove_hvp!(Filter::output(rf filter()));
    prove_hvp!(Filter::run(ios filter(), slice [0.6, -0.3, 0.8], val 100.0));
    prove!(Filter::run(ios filter(), slice [0.6, -0.3, 0.8], val 0.05));
    prove_hvp!(Filter::run(ios filter(), slice Vec::<f64>::new(), val 0.05));
    prove_hvp!(Filter::consumed(val filter(), val 0.6));
    let reference = filter();
    prove!(Filter::tuned(rf filter(), con &reference, val 0.6) -> vec);
    for depth in [0, 1, 3] {
        prove_hvp!(Filter::deep(rf filter(), con depth, val 0.6));
    }
    let scale = v3();
    prove_hvp!(drives(io [filter(), filter()], con &scale, val 0.7));
}

#[test]
fn kept_out_fields_stay_out() {
    let (f, mut direction) = (filter(), filter());
    let (_, clean) = f.output_tangent(&f.zero_shadow());
    assert_eq!(clean, 0.0);
    direction.set_zero();
    assert_eq!(direction.rate, 0.25);
    assert_eq!(f.output_tangent(&direction).1, 0.0);
    let (_, gradient) = f.output_gradient();
    assert_eq!((gradient.rate, gradient.order), (0.0, 3));
}

impl Body {
    /// Receivers beside their arguments: a part that is changed and one that is read, an argument read from the receiver.
    #[differentiate(forward, reverse, hessian)]
    fn mixed(&mut self, k: f64) -> f64 {
        self.vel.blend(&self.pos, k);
        self.pos.scale(self.pos.y);
        let before = self.vel;
        self.vel.blend(&before, self.mass);
        self.mass *= self.vel.dot(&self.pos);
        self.vel.dot(&self.vel) * self.mass
    }
}

impl V3 {
    #[differentiate(forward, reverse, hessian)]
    fn blend(&mut self, other: &V3, k: f64) {
        self.x = self.x * k + other.y * self.z;
        self.z -= other.x * other.x;
    }
}

#[test]
fn receivers_beside_arguments() {
    prove_hvp!(Body::mixed(ios body(), val 0.6));
}

/// A tangent of one direction through a constant receiver's method, called from an active one.
#[differentiate(forward)]
fn only_forward(v: &V3, k: f64) -> V3 {
    let mut w = *v;
    w.scale(k);
    V3 { y: w.norm(), ..w }
}

#[differentiate(reverse)]
fn only_reverse(v: V3, k: f64) -> f64 {
    let w = v.scaled(k);
    let V3 { x, y, .. } = w;
    x * y + w.dot(&v)
}

#[test]
fn single_modes() {
    let (_, dot) = only_forward_tangent(
        &v3(),
        &V3 {
            x: 1.0,
            y: 0.0,
            z: 0.0,
        },
        2.0,
        0.0,
    );
    assert_eq!((dot.x, dot.z), (2.0, 0.0));
    assert!(dot.y.is_finite());
    let (value, (gradient, _)) = only_reverse_gradient(v3(), 0.7);
    assert_eq!(value, only_reverse(v3(), 0.7));
    assert!(gradient.x.is_finite());
}
