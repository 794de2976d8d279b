//! Methods, operators and traits, where they meet each other: chains of methods, operators in loops, sums, objects.

use crate::harness::{Shape, noise};
use chainrule::{Differentiable, differentiate};
use std::ops::*;

#[derive(Clone, Copy, Debug, PartialEq, Default, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
struct_shape!(V2 { x: f64, y: f64 });

#[differentiate(forward, reverse, hessian)]
impl V2 {
    pub const ZERO: V2 = V2 { x: 0.0, y: 0.0 };
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
    fn dot(self, o: Self) -> f64 {
        self.x * o.x + self.y * o.y
    }
    fn dot_ref(&self, o: &Self) -> f64 {
        self.x * o.x + self.y * o.y
    }
    fn norm(&self) -> f64 {
        self.dot_ref(self).sqrt()
    }
    fn abs(self) -> Self {
        Self::new(self.x.abs(), self.y.abs())
    }
    fn sqrt(self) -> Self {
        Self::new(self.x.abs().sqrt(), self.y.abs().sqrt())
    }
    fn scale(mut self, k: f64) -> Self {
        self.x *= k;
        self.y *= k;
        self
    }
    fn with_x(self, x: f64) -> Self {
        V2 { x, ..self }
    }
    fn push(&mut self, k: f64) -> &mut Self {
        self.x += k;
        self.y -= k;
        self
    }
    fn shift(&mut self, k: f64) {
        self.x += k * self.y;
        *self = self.scale(k);
    }
}

#[differentiate(forward, reverse, hessian)]
impl Add for V2 {
    type Output = V2;
    fn add(self, o: V2) -> V2 {
        V2::new(self.x + o.x, self.y + o.y)
    }
}

#[differentiate(forward, reverse, hessian)]
impl<'a> Add<&'a V2> for &'a V2 {
    type Output = V2;
    fn add(self, o: &V2) -> V2 {
        V2::new(self.x + o.x, self.y + o.y)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Sub for V2 {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self::new(self.x - o.x, self.y - o.y)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Mul<f64> for V2 {
    type Output = V2;
    fn mul(self, k: f64) -> V2 {
        V2::new(self.x * k, self.y * k)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Mul<V2> for f64 {
    type Output = V2;
    fn mul(self, v: V2) -> V2 {
        v * self
    }
}

#[differentiate(forward, reverse, hessian)]
impl Mul<&V2> for f64 {
    type Output = V2;
    fn mul(self, v: &V2) -> V2 {
        V2::new(self * v.x, self * v.y)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Mul for V2 {
    type Output = f64;
    fn mul(self, v: V2) -> f64 {
        self.dot(v)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Div<f64> for V2 {
    type Output = V2;
    fn div(self, k: f64) -> V2 {
        V2::new(self.x / k, self.y / k)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Neg for V2 {
    type Output = V2;
    fn neg(self) -> V2 {
        V2::new(-self.x, -self.y)
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
        self.x -= o.x;
        self.y -= o.y;
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
        *self = *self / k;
    }
}

#[differentiate(forward, reverse, hessian)]
impl From<[f64; 2]> for V2 {
    fn from([x, y]: [f64; 2]) -> Self {
        V2 { x, y }
    }
}

#[differentiate(forward, reverse, hessian)]
impl From<V2> for (f64, f64) {
    fn from(v: V2) -> Self {
        (v.x, v.y)
    }
}

#[differentiate(forward, reverse, hessian)]
impl std::iter::Sum for V2 {
    fn sum<I: Iterator<Item = V2>>(it: I) -> V2 {
        it.fold(V2::ZERO, |a, b| a + b)
    }
}

#[differentiate(forward, reverse, hessian)]
impl<'a> std::iter::Sum<&'a V2> for V2 {
    fn sum<I: Iterator<Item = &'a V2>>(it: I) -> V2 {
        it.fold(V2::default(), |a, b| a + *b)
    }
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Mat {
    data: Vec<f64>,
    cols: usize,
}
struct_shape!(Mat { data: Vec<f64> });
impl Mat {
    fn offset(&self, i: usize, j: usize) -> usize {
        i * self.cols + j
    }
    fn rows(&self) -> usize {
        self.data.len() / self.cols
    }
}

#[differentiate(forward, reverse, hessian)]
impl Index<(usize, usize)> for Mat {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[i * self.cols + j]
    }
}

#[differentiate(forward, reverse, hessian)]
impl IndexMut<(usize, usize)> for Mat {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i * self.cols + j]
    }
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Wrap {
    inner: Vec<f64>,
    gain: f64,
}
struct_shape!(Wrap { inner: Vec<f64>, gain: f64 });

#[differentiate(forward, reverse, hessian)]
impl Deref for Wrap {
    type Target = Vec<f64>;
    fn deref(&self) -> &Vec<f64> {
        &self.inner
    }
}

#[differentiate(forward, reverse, hessian)]
impl DerefMut for Wrap {
    fn deref_mut(&mut self) -> &mut Vec<f64> {
        &mut self.inner
    }
}

#[differentiate(forward, reverse, hessian)]
fn ops(a: V2, b: V2, k: f64) -> f64 {
    let mut s: V2 = a + b * k - -a / 2.0;
    for i in 0..3 {
        s += k * b;
        s -= &a;
        s *= 0.9;
        s /= k;
        if i == 1 {
            s = 2.0 * &s;
        }
    }
    let t: V2 = &s + &a;
    t * b + (a - b).norm() + {
        let q: V2 = V2::abs(s);
        V2::sqrt(q).dot_ref(&b)
    }
}

#[differentiate(forward, reverse, hessian)]
fn builder(a: V2, k: f64) -> f64 {
    let mut s = 0.0;
    for _ in 0..2 {
        s += V2::new(k, s).with_x(k * s).scale(k).dot(a);
    }
    s
}

#[differentiate(forward, reverse)]
fn mut_method(v: &mut [V2], k: f64) -> f64 {
    for v in v.iter_mut() {
        v.shift(k);
        if v.x > 0.0 {
            v.shift(k * k);
        }
    }
    v[0].shift(k);
    v[0].norm()
}

#[differentiate(forward, reverse, hessian)]
fn sums(ps: &[V2], k: f64) -> f64 {
    let total: V2 = ps.iter().map(|p| *p * k).sum();
    let t2: V2 = ps.iter().sum();
    let c0: V2 = ps.iter().copied().sum();
    let c: V2 = c0 / ps.len() as f64;
    total.dot(c) + t2.norm()
}

#[differentiate(forward, reverse, hessian)]
fn conv(a: [f64; 2], k: f64) -> f64 {
    let v: V2 = a.into();
    let w = V2::from([k, k * k]);
    let mut s = V2::default();
    for _ in 0..2 {
        s += v;
        s += w * k;
    }
    let (p, q): (f64, f64) = s.into();
    p * q
}

#[differentiate(forward, reverse, hessian)]
fn mats(m: &mut Mat, k: f64) -> f64 {
    for i in 0..2 {
        for j in 0..2 {
            m[(i, j)] *= k;
            let t = m[(j, i)];
            m[(i, j)] += t;
        }
    }
    let n = 2usize;
    m[(n - 1, 1)] * m[(0, 1)]
}

#[differentiate(forward, reverse, hessian)]

trait Law {
    fn force(&self, x: f64) -> f64;
    fn energy(&self, x: f64) -> f64 {
        x * self.force(x)
    }
    fn make(k: f64) -> Self
    where
        Self: Sized;
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Spring {
    k: f64,
}
struct_shape!(Spring { k: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Quart {
    k: f64,
    #[constant]
    c: f64,
}
struct_shape!(Quart { k: f64 });

#[differentiate(forward, reverse, hessian)]
impl Law for Spring {
    fn force(&self, x: f64) -> f64 {
        self.k * x
    }
    fn make(k: f64) -> Self {
        Self { k }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Law for Quart {
    fn force(&self, x: f64) -> f64 {
        self.k * x.powi(3) * self.c
    }
    fn make(k: f64) -> Self {
        Quart { k: k * k, c: 1.5 }
    }
}

#[differentiate(forward, reverse, hessian)]
fn stat<L: Law + Clone>(l: &L, x: f64) -> f64
where
    L: Differentiable<Shadow = L>,
{
    let mut s = x;
    for _ in 0..2 {
        s -= 0.1 * l.force(s);
    }
    s + l.energy(x)
}

#[differentiate(forward, reverse, hessian)]
fn stat_made<L: Law + Clone + Differentiable<Shadow = L>>(#[constant] tag: &L, x: f64) -> f64 {
    let l = L::make(x);
    l.force(x)
}

#[differentiate(forward, reverse, hessian)]
fn stat_use(s: &Spring, q: &Quart, x: f64) -> f64 {
    stat(s, x) * stat(q, x)
}

#[differentiate(forward, reverse, hessian)]

trait Pot {
    fn at(#[constant] &self, x: &[f64]) -> f64;
}

struct A1(f64);
struct B1;

#[differentiate(forward, reverse, hessian)]
impl Pot for A1 {
    fn at(#[constant] &self, x: &[f64]) -> f64 {
        x.iter().map(|v| v * v * self.0).sum()
    }
}

#[differentiate(forward, reverse, hessian)]
impl Pot for B1 {
    fn at(#[constant] &self, x: &[f64]) -> f64 {
        x[0].sin() * x[1]
    }
}

#[differentiate(forward, reverse, hessian)]
fn dynamic(#[constant] ps: &[Box<dyn Pot>], x: &[f64], k: f64) -> f64 {
    let mut s = k;
    for p in ps {
        s = s * k + p.at(x);
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn dynamic_sum(#[constant] ps: &[Box<dyn Pot>], x: &[f64]) -> f64 {
    ps.iter().map(|p| p.at(x)).sum()
}
// two types, method of same name

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct C64 {
    re: f64,
    im: f64,
}
struct_shape!(C64 { re: f64, im: f64 });

#[differentiate(forward, reverse, hessian)]
impl C64 {
    fn norm(&self) -> f64 {
        self.re.hypot(self.im)
    }
    fn abs(self) -> f64 {
        self.norm()
    }
    fn exp(self) -> C64 {
        let r = self.re.exp();
        C64 {
            re: r * self.im.cos(),
            im: r * self.im.sin(),
        }
    }
    fn sqrt(&self) -> C64 {
        C64 {
            re: self.re.sqrt(),
            im: self.im,
        }
    }
    fn powi(self, n: i32) -> C64 {
        let mut r = C64 { re: 1.0, im: 0.0 };
        for _ in 0..n {
            r = C64 {
                re: r.re * self.re - r.im * self.im,
                im: r.re * self.im + r.im * self.re,
            };
        }
        r
    }
}

#[differentiate(forward, reverse, hessian)]
fn same_names(c: C64, v: V2) -> f64 {
    let e: C64 = c.exp();
    let a = v.abs();
    c.norm() * v.norm() + e.abs() * a.x + C64::sqrt(&c.powi(3)).im + c.re.abs().sqrt()
}

#[differentiate(forward, reverse, hessian)]
impl AddAssign<f64> for C64 {
    fn add_assign(&mut self, k: f64) {
        self.re += k;
    }
}

struct Builder {
    a: f64,
    n: usize,
}
impl Builder {
    fn new() -> Self {
        Builder { a: 1.0, n: 0 }
    }
    fn a(mut self, a: f64) -> Self {
        self.a = a;
        self
    }
    fn n(mut self, n: usize) -> Self {
        self.n = n;
        self
    }
}

#[differentiate]
fn const_builder(x: f64) -> f64 {
    let b = chainrule::constant(Builder::new().a(2.0).n(3));
    let mut s = x;
    for _ in 0..b.n {
        s *= b.a * x;
    }
    s
}
// generic operator impl

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct P<T> {
    a: T,
    b: T,
}
struct_shape!([T: Shape] P<T> { a: T, b: T });

#[differentiate]
impl<T: num_traits::Float> Add for P<T>
where
    T: Differentiable<Shadow = T>,
{
    type Output = P<T>;
    fn add(self, o: P<T>) -> P<T> {
        P {
            a: self.a + o.a,
            b: self.b + o.b,
        }
    }
}

#[differentiate]
impl<T: num_traits::Float> P<T>
where
    T: Differentiable<Shadow = T>,
{
    fn prod(&self) -> T {
        self.a * self.b
    }
    fn twice(self) -> Self {
        P {
            a: self.a + self.a,
            b: self.b,
        }
    }
}

#[differentiate]
fn gen_ops(p: P<f64>, q: P<f64>) -> f64 {
    let r: P<f64> = p + q;
    r.twice().prod() * q.prod()
}
fn world() -> Vec<Box<dyn Pot>> {
    vec![Box::new(A1(0.7)), Box::new(B1)]
}

#[test]
fn mixed() {
    let (a, b) = (V2 { x: 0.3, y: -0.8 }, V2 { x: 0.6, y: 0.9 });
    prove_hvp!(ops(val a, val b, val 0.7));
    prove_hvp!(builder(val a, val 0.7));
    prove!(mut_method(io [a, b], val 0.7));
    prove_hvp!(sums(slice [a, b], val 0.7));
    prove_hvp!(conv(val [0.3, 0.4], val 0.7));
    prove!(mats(ios Mat { data: noise(4), cols: 2 }, val 0.7));

    prove_hvp!(stat_use(rf Spring { k: 0.4 }, rf Quart { k: 0.6, c: 1.2 }, val 0.7));
    prove_hvp!(dynamic(con &world(), slice noise(3), val 0.7));
    prove_hvp!(dynamic_sum(con &world(), slice noise(3)));

    prove_hvp!(same_names(val C64 { re: 0.3, im: 0.1 }, val a));
    prove_gradient!(const_builder(val 0.7));

    prove_gradient!(gen_ops(val P { a: 0.3, b: 0.5 }, val P { a: 0.3, b: 0.5 }));
}
