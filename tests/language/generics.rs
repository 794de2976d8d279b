//! Generic functions: `T: Float` in every spelling, a user's trait, const generics; with `f32` and `f64`.
use crate::harness::{noise, positive, single};
use chainrule::differentiate;
use num_traits::Float;
use std::ops::{AddAssign, MulAssign};

trait Real: Float {}
impl Real for f32 {}
impl Real for f64 {}

trait Number: Real + AddAssign + MulAssign {}
impl Number for f32 {}
impl Number for f64 {}

#[differentiate(forward, reverse, hessian)]
fn cubic<T: Float>(x: T) -> T {
    x * x * x - x
}

#[differentiate(forward, reverse, hessian)]
fn where_clause<T>(x: T, y: T) -> T
where
    T: Float,
{
    (x * y).sin() + x / y
}

#[differentiate(forward, reverse, hessian)]
fn users_trait<T: Real>(x: T, y: T) -> T {
    let mut z = x;
    z = z * y.exp();
    if z > x { z } else { z * z }
}

#[differentiate(forward, reverse)]
fn users_trait_with_assignment<T: Number>(v: &[T]) -> T {
    let mut sum = T::zero();
    let mut product = T::one();
    for x in v {
        sum += *x * *x;
        product *= *x;
    }
    sum * product
}

#[differentiate(forward, reverse)]
fn float_with_assignment<T: Float + AddAssign>(v: &[T], n: usize) -> T {
    let mut sum = T::zero();
    for i in 0..n {
        sum += v[i] * v[n - 1 - i];
        sum += sum.cos();
    }
    sum
}

#[differentiate(forward, reverse)]
fn float_paths<T: Float>(x: T, y: T) -> T {
    let a = Float::sin(x) * T::cos(y);
    let b = Float::powi(x, 3) + <T as Float>::exp(y);
    let c = T::max(a, b) + Float::hypot(x, y);
    c * T::epsilon() + Float::mul_add(a, b, c) - Float::abs_sub(x, y)
}

#[differentiate(forward, reverse)]
fn constants_of_the_type<T: Float>(x: T) -> T {
    let half = T::from(0.5).unwrap();
    let two = T::one() + T::one();
    let n = T::from(3usize).unwrap();
    let small = T::min_positive_value();
    (x * half + two).powf(half) * n - small + T::zero()
}

#[differentiate(forward, reverse)]
fn generic_dot<T: Float>(a: &[T], b: &[T]) -> T {
    let mut sum = T::zero();
    for i in 0..a.len() {
        sum = sum + a[i] * b[i];
    }
    sum
}

#[differentiate(forward, reverse)]
fn generic_caller<T: Float>(a: &[T], s: T) -> T {
    let n = generic_dot(a, a).sqrt();
    let m = generic_dot::<T>(a, &[s, n, n * s]);
    n * m + cubic(s)
}

#[differentiate(forward, reverse)]
fn calls_generic_with_f64(x: f64, v: &[f64]) -> f64 {
    cubic(x) * generic_dot(v, v) + where_clause::<f64>(x, 2.0) + sum_array(&[x, v[0]])
}

#[differentiate(forward, reverse)]
fn generic_in_place<T: Float>(v: &mut [T], a: T) {
    for i in 1..v.len() {
        v[i] = v[i] * a + v[i - 1];
        v[i - 1] = v[i] * v[i];
    }
}

#[differentiate(forward, reverse)]
fn generic_iter_mut<T>(v: &mut Vec<T>, x: &T) -> T
where
    T: Real,
{
    let mut last = *x;
    for y in v.iter_mut() {
        *y = *y * last;
        last = *y;
    }
    v.push(last * *x);
    last
}

#[differentiate(forward, reverse)]
fn generic_vec<T: Float>(x: T, n: usize) -> Vec<T> {
    let mut v = vec![T::one(); n];
    for i in 1..n {
        v[i] = v[i - 1] * x;
    }
    v
}

#[differentiate(forward, reverse)]
fn generic_tuple<T: Float>(p: (T, T), m: [[T; 2]; 2]) -> (T, T) {
    let (x, y) = p;
    (m[0][0] * x + m[0][1] * y, m[1][0] * x + m[1][1] * y * x)
}

#[differentiate(forward, reverse)]
fn generic_break<T: Float>(x: T, limit: T) -> T {
    let mut y = x;
    let mut k = 0;
    let z = loop {
        y = y * y + x;
        k += 1;
        if y > limit {
            break y.sqrt();
        }
        if k > 100 {
            return x;
        }
    };
    z * T::from(k).unwrap()
}

#[differentiate(forward, reverse)]
fn generic_recursion<T: Float>(x: T, n: usize) -> T {
    if n == 0 {
        x
    } else {
        generic_recursion(x.sin() * x, n - 1) + x
    }
}

#[differentiate(forward, reverse, hessian)]
fn sum_array<const N: usize>(v: &[f64; N]) -> f64 {
    let mut sum = 0.0;
    for i in 0..N {
        sum += v[i] * v[N - 1 - i] * v[i];
    }
    sum / N as f64
}

#[differentiate(forward, reverse)]
fn matrix_product<const M: usize, const K: usize, const N: usize>(
    a: &[[f64; K]; M],
    b: &[[f64; N]; K],
) -> [[f64; N]; M] {
    let mut c = [[0.0; N]; M];
    for i in 0..M {
        for j in 0..N {
            for k in 0..K {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c
}

#[differentiate(forward, reverse)]
fn generic_array<T: Float, const N: usize>(a: [T; N], x: T) -> [T; N] {
    let mut out = a;
    for i in 0..N {
        out[i] = out[i] * x + a[N - 1 - i];
    }
    out
}

#[differentiate(forward, reverse)]
fn const_generic_caller(x: f64) -> f64 {
    let a = generic_array([x, x * x, 1.0], x);
    let b = generic_array::<f64, 2>([a[0], a[1]], a[2]);
    sum_array(&a) + sum_array::<2>(&b)
}

#[differentiate(forward, reverse)]
fn mixed_types<T: Float>(x: T, n: usize, flag: bool) -> T {
    let mut y = x;
    for i in 0..n {
        let k = T::from(i + 1).unwrap();
        y = if flag { y / k + x } else { y * x - k };
    }
    y
}

#[differentiate(forward, reverse)]
fn two_types<T: Float, S: Float>(x: T, y: S, n: i32) -> (T, S) {
    (x.powi(n) + x, y.powi(n + 1) * y)
}

#[differentiate(forward, reverse)]
fn lifetimes<'a>(v: &'a [f64], w: &'a mut [f64]) -> f64 {
    w[0] *= v[1];
    w[0] * v[0]
}

#[differentiate(forward, reverse)]
fn single_precision_slices(v: &[f32], w: &mut [f32], a: f32) -> f32 {
    let mut sum = 0.0;
    for i in 0..v.len() {
        w[i] = w[i] * a + v[i] * v[i];
        sum += w[i].tanh();
    }
    sum
}

#[test]
fn scalars() {
    prove_hvp!(cubic(val 0.7));
    prove_hvp!(cubic(val 0.7f32));
    prove_hvp!(where_clause(val 0.7, val -1.4));
    prove_hvp!(where_clause(val 0.7f32, val -1.4f32));
    prove_hvp!(users_trait(val 0.7, val -0.4));
    prove_hvp!(users_trait(val 0.7f32, val 0.4f32));
    prove_gradient!(float_paths(val 0.7, val 0.4));
    prove_gradient!(float_paths(val 0.7f32, val 0.4f32));
    prove_gradient!(constants_of_the_type(val 0.7));
    prove_gradient!(constants_of_the_type(val 0.7f32));
    prove_gradient!(mixed_types(val 0.7, con 3, con true));
    prove_gradient!(mixed_types(val 0.7f32, con 3, con false));
    prove!(two_types(val 0.7, val 0.4f32, con 2));
}

#[test]
fn slices_and_vecs() {
    prove_gradient!(users_trait_with_assignment(slice noise(4)));
    prove_gradient!(users_trait_with_assignment(slice single(noise(4))));
    prove_gradient!(float_with_assignment(slice noise(4), con 4));
    prove_gradient!(float_with_assignment(slice single(noise(4)), con 3));
    prove_gradient!(generic_dot(slice noise(4), slice positive(4)));
    prove_gradient!(generic_dot(slice single(noise(4)), slice single(positive(4))));
    prove_gradient!(generic_caller(slice noise(3), val 0.7));
    prove_gradient!(generic_caller(slice single(noise(3)), val 0.7f32));
    prove_gradient!(calls_generic_with_f64(val 0.7, slice noise(3)));
    prove!(generic_in_place(io noise(4), val 0.7) -> unit);
    prove!(generic_in_place(io single(noise(4)), val 0.7f32) -> unit);
    prove!(generic_iter_mut(iov noise(3), rf 0.7));
    prove!(generic_iter_mut(iov single(positive(3)), rf 0.7f32));
    prove!(generic_vec(val 0.7, con 4) -> vec);
    prove!(generic_vec(val 0.7f32, con 4) -> vec);
    prove!(lifetimes(slice noise(2), io positive(2)));
    prove!(single_precision_slices(slice single(noise(3)), io single(positive(3)), val 0.4f32));
}

#[test]
fn control_flow() {
    prove!(generic_tuple(val (0.7, -1.4), val [[0.2, 0.9], [0.3, 0.1]]));
    prove!(generic_tuple(val (0.7f32, -1.4), val [[0.2, 0.9], [0.3, 0.1]]));
    prove_gradient!(generic_break(val 1.1, val 9.0));
    prove_gradient!(generic_break(val 0.1, val 9.0));
    prove_gradient!(generic_break(val 1.1f32, val 9.0f32));
    prove_gradient!(generic_recursion(val 1.1, con 3));
    prove_gradient!(generic_recursion(val 1.1f32, con 3));
}

#[test]
fn const_generics() {
    prove_hvp!(sum_array(aref [0.7, -1.4, 0.3]));
    prove_gradient!(sum_array(aref[0.7]));
    prove!(matrix_product(aref [[0.7, -1.4, 0.3]], aref [[0.2, 0.9], [0.3, 0.1], [0.5, 0.6]]));
    prove!(generic_array(val [0.7, -1.4, 0.3], val 0.2));
    prove!(generic_array(val [0.7f32, -1.4], val 0.2f32));
    prove_gradient!(const_generic_caller(val 0.7));
}

// Numbers behind another name.

type Float64 = f64;

#[derive(chainrule::Differentiable, Clone, Debug)]
struct Filter {
    sum: f64,
    count: usize,
    past: Box<[f64]>,
}

#[differentiate]
impl Filter {
    fn deviation(&mut self, input: Float64) -> Float64 {
        self.sum = self.sum + input - self.past[0];
        self.past[0] = input;
        let mean = self.sum / self.count as f64;
        let mut mad = 0.0;
        for value in &self.past[..self.count] {
            mad += (value - mean).abs();
        }
        mad / self.count as f64
    }
}

#[differentiate]
fn aliased(x: &[Float64], k: Float64) -> Float64 {
    let mut sum = 0.0;
    for v in x {
        sum += (v * k).tanh() / k;
    }
    if sum > 100.0 {
        return sum;
    }
    -sum / (1.0 + k * k)
}

#[test]
fn numbers_behind_an_alias() {
    prove!(aliased(slice [0.3, -0.8, 1.4], val 0.6) -> vec);
    let filter = Filter {
        sum: 1.5,
        count: 2,
        past: vec![0.3, 1.4, -0.2].into_boxed_slice(),
    };
    let input = 0.9;
    let mut bar = Filter {
        sum: 0.0,
        count: 2,
        past: vec![0.0; 3].into_boxed_slice(),
    };
    let (value, input_bar) = filter.clone().deviation_adjoint(&mut bar, input, &1.0);
    assert_eq!(value, filter.clone().deviation(input));
    let h = 1e-6;
    let difference = filter.clone().deviation(input + h) - filter.clone().deviation(input - h);
    assert!(
        (input_bar - difference / (2.0 * h)).abs() < 1e-8,
        "{input_bar} {difference}"
    );
}

// Type parameters that are numbers, but not said to be floats: the companions ask for that.

#[derive(chainrule::Differentiable, Clone, Copy, Debug, PartialEq)]
struct Turn<T> {
    radians: T,
}
struct_shape!([] Turn<f64> { radians: f64 });

#[differentiate(forward, reverse, hessian)]
impl<T> Turn<T> {
    fn of(radians: T) -> Self {
        Turn { radians }
    }
}

#[differentiate]
impl<T> Turn<T>
where
    T: std::ops::Rem<Output = T>
        + std::ops::Add<Output = T>
        + num_traits::Zero
        + num_traits::FloatConst
        + PartialOrd
        + Copy,
{
    fn positive(&self) -> Self {
        let two_pi = T::PI() + T::PI();
        let mut a = self.radians % two_pi;
        if a < T::zero() {
            a = a + two_pi;
        }
        Turn::of(a)
    }
}

#[differentiate(forward, reverse, hessian)]
fn horner<T: num_traits::Num + Copy>(x: &[T], y: T) -> T {
    let mut sum = T::one();
    for i in 0..x.len() {
        sum = sum * y + x[i] / y;
    }
    sum
}

#[differentiate]
fn limited<T: num_traits::float::FloatCore>(limit: T, value: T) -> T {
    limit.min(value.abs()) * value.signum() / limit
}

#[differentiate(forward, reverse, hessian)]
fn smooth<R>(x: R) -> R
where
    R: num_traits::real::Real + num_traits::FromPrimitive,
{
    let three = R::from_usize(3).expect("three");
    x * x * (three - x.sqrt()) / three
}

#[test]
fn numbers_that_are_not_said_to_be_floats() {
    prove!(Turn::positive(rf Turn { radians: -1.3 }) -> vec);
    prove!(Turn::of(val 0.4) -> vec);
    prove_gradient!(horner(slice [0.4, -1.2, 0.7], val 1.3));
    prove_hvp!(horner(slice [0.4, -1.2, 0.7], val 1.3));
    prove_gradient!(limited(val 0.5, val -0.7));
    prove_gradient!(limited(val 1.5, val -0.7));
    prove_hvp!(smooth(val 0.3));
}
