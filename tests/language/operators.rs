//! Operators of user types: `impl`s with `#[differentiate]`, used by value, by reference, with scalars on either side, and in assignments.

use chainrule::{Differentiable, differentiate};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
struct_shape!(V2 { x: f64, y: f64 });

#[differentiate(forward, reverse, hessian)]
impl Add for V2 {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self {
            x: self.x + o.x,
            y: self.y + o.y,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl<'a> Add<&'a V2> for &'a V2 {
    type Output = V2;
    fn add(self, o: &'a V2) -> Self::Output {
        V2 {
            x: self.x + o.x,
            y: self.y + o.y,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Sub for V2 {
    type Output = V2;
    fn sub(self, V2 { x, y }: V2) -> V2 {
        V2 {
            x: self.x - x,
            y: self.y - y,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Mul<f64> for V2 {
    type Output = V2;
    fn mul(self, k: f64) -> V2 {
        V2 {
            x: self.x * k,
            y: self.y * k,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Mul<V2> for f64 {
    type Output = V2;
    fn mul(self, v: V2) -> V2 {
        V2 {
            x: self * v.x,
            y: self * v.y,
        }
    }
}

/// The inner product.
#[differentiate(forward, reverse, hessian)]
impl Mul for V2 {
    type Output = f64;
    fn mul(self, v: V2) -> f64 {
        self.x * v.x + self.y * v.y
    }
}

#[differentiate(forward, reverse, hessian)]
impl Mul<&V2> for f64 {
    type Output = V2;
    fn mul(self, v: &V2) -> V2 {
        V2 {
            x: self * v.x,
            y: self * v.y,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Div<f64> for &V2 {
    type Output = V2;
    fn div(self, k: f64) -> V2 {
        V2 {
            x: self.x / k,
            y: self.y / k,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Neg for V2 {
    type Output = V2;
    fn neg(self) -> Self::Output {
        Self::Output {
            x: -self.x,
            y: -self.y,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl AddAssign for V2 {
    fn add_assign(&mut self, o: V2) {
        self.x += o.x;
        self.y += o.y;
    }
}

#[differentiate(forward, reverse, hessian)]
impl SubAssign<&V2> for V2 {
    fn sub_assign(&mut self, o: &V2) {
        *self = *self - *o;
    }
}

#[differentiate(forward, reverse, hessian)]
impl MulAssign<f64> for V2 {
    fn mul_assign(&mut self, k: f64) {
        self.x *= k;
        self.y *= k;
    }
}

#[differentiate(forward, reverse, hessian)]
impl DivAssign<f64> for V2 {
    fn div_assign(&mut self, k: f64) {
        *self *= 1.0 / k;
    }
}

fn v2(x: f64, y: f64) -> V2 {
    V2 { x, y }
}

#[differentiate(forward, reverse, hessian)]
fn straight(a: V2, b: V2, k: f64) -> f64 {
    let c = a + b * k;
    let d = 2.0 * c - -a;
    let e = (d * a) * d + c * (k * k);
    e * e + c.x * e.y
}

#[differentiate(forward, reverse, hessian)]
fn by_reference(a: &V2, b: &V2, k: f64) -> f64 {
    let c = a + b;
    let d = k * a;
    let e = &c / k;
    let f = &(c + d) + &e;
    (f * e) * (*a * *b)
}

/// Overwritten in a loop, with an early exit; not annotated types of constants.
#[differentiate(forward, reverse, hessian)]
fn integrate(start: V2, speed: V2, dt: f64, n: usize) -> f64 {
    let mut p = start;
    let mut v = speed;
    let mut work = 0.0;
    for k in 0..n {
        let force = p * (p * p);
        v -= &(force * dt);
        p += v * dt;
        work += force.x * v.y;
        if p * p > 4.0 {
            p *= dt;
            break;
        }
        if k == 1 {
            v /= 1.0 + dt;
        }
    }
    work + p * v
}

#[differentiate(forward, reverse, hessian)]
fn pairs(bodies: &[V2], k: f64) -> f64 {
    let mut energy = 0.0;
    for i in 0..bodies.len() {
        for j in 0..i {
            let d = bodies[i] - bodies[j];
            let squared: f64 = d * d;
            energy += k / squared.sqrt();
        }
    }
    energy
}

#[differentiate(forward, reverse)]
fn in_out(v: &mut V2, w: V2, k: f64) {
    *v += w * k;
    *v *= k;
}

#[differentiate(forward, reverse, hessian)]
fn calls(w: V2, k: f64, #[constant] g: V2) -> f64 {
    let h = g * 0.5;
    let mut v = w + h;
    in_out_copy(&mut v, w, k);
    v * g + k * (v * v)
}

#[differentiate(forward, reverse, hessian)]
fn in_out_copy(v: &mut V2, w: V2, k: f64) {
    for _ in 0..2 {
        *v += w * k;
        *v -= &w;
    }
}

#[test]
fn vectors() {
    let (a, b) = (v2(0.3, -0.7), v2(0.9, 0.2));
    prove_hvp!(straight(val a, val b, val 0.8));
    prove_hvp!(by_reference(rf a, rf b, val 0.8));
    for n in [0, 1, 2, 5] {
        prove_hvp!(integrate(val a, val b, val 0.3, con n));
    }
    prove_hvp!(integrate(val v2(1.4, 1.1), val b, val 0.9, con 5));
    prove_hvp!(pairs(slice [a, b, v2(1.5, 0.4)], val 0.7));
    prove_hvp!(pairs(slice Vec::<V2>::new(), val 0.7));
    prove!(in_out(ios a, val b, val 0.6) -> unit);
    prove_hvp!(calls(val a, val 0.6, con b));
}

/// Complex numbers, generic over the scalar.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Complex<T> {
    re: T,
    im: T,
}
struct_shape!([T: crate::harness::Shape] Complex<T> { re: T, im: T });

#[differentiate(forward, reverse, hessian)]
impl<T: num_traits::Float> Mul for Complex<T> {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Self {
            re: self.re * o.re - self.im * o.im,
            im: self.re * o.im + self.im * o.re,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl<T: num_traits::Float> Add<T> for Complex<T> {
    type Output = Complex<T>;
    fn add(self, o: T) -> Complex<T> {
        Complex {
            re: self.re + o,
            im: self.im,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn power(z: Complex<f64>, n: usize) -> f64 {
    let mut w = z;
    for _ in 0..n {
        w = w * z + 0.5;
    }
    w.re * w.im
}

#[test]
fn complex() {
    for n in [0, 1, 3] {
        prove_hvp!(power(val Complex { re: 0.6, im: -0.8 }, con n));
    }
}

/// One number in a struct, and a number by another name.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Meters(f64);
struct_shape!(Meters { 0: f64 });

#[differentiate(forward, reverse, hessian)]
impl Sub for Meters {
    type Output = Meters;
    fn sub(self, o: Meters) -> Meters {
        Meters(self.0 - o.0)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Div for Meters {
    type Output = f64;
    fn div(self, o: Meters) -> f64 {
        self.0 / o.0
    }
}

type Real = f64;

#[differentiate(forward, reverse, hessian)]
fn ratio(a: Meters, b: Meters, k: Real) -> f64 {
    let r: Real = (a - b) / b;
    r * k - k % r / (k + r)
}

#[differentiate(forward, reverse, hessian)]
fn alias(x: Real, y: Real) -> f64 {
    let mut z = -x / y;
    z += x * y;
    z *= y;
    z * z - x
}

#[test]
fn newtypes_and_aliases() {
    prove_hvp!(ratio(val Meters(1.3), val Meters(0.4), val 0.7));
    prove_hvp!(alias(val 0.3, val 1.7));
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Body {
    pos: V2,
    vel: V2,
    mass: f64,
}
struct_shape!(Body {
    pos: V2,
    vel: V2,
    mass: f64
});

#[differentiate(forward, reverse, hessian)]
impl Body {
    fn drift(&mut self, dt: f64) {
        self.pos += self.vel * dt;
        self.vel *= 1.0 - 0.1 * dt;
    }

    fn momentum(&self) -> V2 {
        self.vel * self.mass
    }

    fn turning(&self, about: V2) -> f64 {
        let arm = self.pos - about;
        let gained: V2 = self.momentum() + self.momentum() * 2.0;
        arm * gained
    }
}

#[differentiate(forward, reverse, hessian)]
fn slope(x: V2, k: f64) -> V2 {
    V2 {
        x: k * (x.y - x.x),
        y: x.x * (2.0 - x.y) - x.y,
    }
}

/// What `slope` returns is known from where it is used.
#[differentiate(forward, reverse, hessian)]
fn runge_kutta(start: V2, k: f64, h: f64, steps: usize) -> f64 {
    let mut x = start;
    for _ in 0..steps {
        let k1: V2 = slope(x, k);
        let k2: V2 = slope(x + 0.5 * h * k1, k);
        let k3: V2 = slope(x + k2 * (0.5 * h), k);
        x += (k1 + 2.0 * k2 + 2.0 * k3 + slope(x + h * k3, k)) * (h / 6.0);
    }
    x * x
}

/// Fields of elements, with an exit, in a loop that changes them.
#[differentiate(forward, reverse, hessian)]
fn pulled(bodies: &mut [Body], dt: f64, steps: usize) -> f64 {
    let mut closest = 9.0;
    for _ in 0..steps {
        for i in 0..bodies.len() {
            let mut force = V2 { x: 0.0, y: 0.0 };
            for j in 0..bodies.len() {
                let d = bodies[j].pos - bodies[i].pos;
                let squared: f64 = d * d;
                if i == j || squared > 40.0 {
                    continue;
                }
                closest = squared.min(closest);
                force += d * (bodies[j].mass / (squared + 1.0));
            }
            bodies[i].vel += force * dt;
        }
        for b in bodies.iter_mut() {
            b.drift(dt);
        }
    }
    closest
}

#[differentiate(forward, reverse, hessian)]
fn turned(bodies: &[Body], about: V2) -> f64 {
    let mut sum = 0.0;
    for b in bodies {
        sum += b.turning(about) / (1.0 + b.mass);
    }
    sum
}

#[test]
fn fields_and_what_is_expected() {
    let body = |k: f64| Body {
        pos: v2(0.3 + k, -0.7 * k),
        vel: v2(0.1 * k, 0.4),
        mass: 1.0 + k,
    };
    let bodies = || vec![body(0.0), body(0.7), body(-1.1)];
    prove_hvp!(runge_kutta(val v2(0.3, -0.4), val 1.2, val 0.1, con 3usize));
    prove_hvp!(runge_kutta(val v2(0.3, -0.4), val 1.2, val 0.1, con 0usize));
    prove!(pulled(io bodies(), val 0.1, con 2usize));
    prove_hvp!(turned(slice bodies(), val v2(0.2, 0.1)));
}

#[differentiate(forward, reverse, hessian)]
fn parts_of_a_tuple(p: (V2, V2), k: f64) -> f64 {
    let s = (p.0 + p.1 * k) * (k * p.0.x);
    let t: V2 = -p.1 - p.0;
    s.x * t.y + s.y
}

#[differentiate(forward, reverse, hessian)]
fn parts_behind_a_reference(p: &(V2, f64), k: f64) -> f64 {
    let s = p.0 * p.1;
    let (q, c) = *p;
    let t = q * c * k + s;
    let (r, d) = p;
    let u = *r * *d - t;
    s.x * t.y * u.x
}

#[differentiate(forward, reverse, hessian)]
fn parts_of_elements(p: &[(V2, f64)], q: (f64, [V2; 2]), k: f64) -> f64 {
    let mut s = p[0].0 * q.0;
    for i in 1..p.len() {
        s = s + p[i].0 * p[i].1;
        s += p[i].0 * k;
    }
    for (a, b) in p.iter() {
        s = s + *a * *b;
    }
    let t = q.1[0] + q.1[1] * q.0 + s;
    s.x * t.y
}

#[test]
fn operators_on_parts_of_tuples() {
    let (a, b) = (v2(0.3, 0.7), v2(-0.4, 1.1));
    prove_hvp!(parts_of_a_tuple(val (a, b), val 0.9));
    prove_hvp!(parts_behind_a_reference(rf (a, 0.8), val 0.9));
    prove_hvp!(parts_of_elements(slice [(a, 0.8), (b, 1.2)], val (0.7, [a, b]), val 1.1));
}
