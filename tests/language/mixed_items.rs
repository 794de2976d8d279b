//! What else stands in a function, where it meets loops and branches: items, macros, attributes, modules.

use crate::harness::noise;
use chainrule::{Differentiable, differentiate};

#[differentiate(forward, reverse, hessian)]
fn local_items(x: &[f64], k: f64) -> f64 {
    const A: f64 = 1.5;
    static B: [f64; 2] = [0.3, 0.4];
    use std::f64::consts as c;
    use std::f64::consts::PI;
    type Real = f64;
    const N: usize = 2;
    let mut s: Real = A * k;
    for i in 0..N {
        s += B[i] * x[i] * PI * c::E;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn item_in_loop(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for v in x {
        const H: f64 = 0.5;
        if *v > 0.0 {
            static W: f64 = 2.0;
            s += v * W * k;
        } else {
            s += H * v;
        }
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn nested_fn_const(x: f64) -> f64 {
    fn idx(n: usize) -> usize {
        n * 2
    }
    let mut s = x;
    for i in 0..idx(2) {
        s *= x + i as f64;
    }
    s
}

macro_rules! squared {
    ($e:expr) => {
        $e * $e
    };
}

macro_rules! has_length {
    ($e:expr) => {
        assert!($e > 0)
    };
}

#[differentiate(forward, reverse, hessian)]
fn mac_const(x: f64, n: usize) -> f64 {
    has_length!(n);
    let mut s = x;
    for i in 0..squared!(n) {
        s += x * s * 0.1;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn through_black_boxes(x: &[f64], k: f64) -> f64 {
    let mut s = std::hint::black_box(k) * k;
    for v in x {
        s += std::hint::black_box(v * s);
    }
    std::hint::black_box(s)
}

#[differentiate(forward, reverse, hessian)]
fn dbgs(x: f64, k: f64) -> f64 {
    let a = dbg!(x * k);
    let mut s = a;
    for i in 0..2 {
        s += dbg!(a * s);
        dbg!(i);
    }
    s
}

#[inline(always)]
#[must_use = "yes"]
#[doc = "d"]
#[differentiate(forward, reverse, hessian)]
#[allow(non_snake_case)]
/// Doc.
pub(crate) fn attrs(X: f64, k: f64) -> f64 {
    #[allow(unused_mut)]
    let mut s = X;
    #[cfg(any())]
    {
        s = 0.0;
    }
    #[cfg(any(unix, not(unix)))]
    let s = s * k;
    #[rustfmt::skip] let t = s*s;
    if t > 0.0 {
        #[allow(clippy::all)]
        return t * X;
    }
    t
}

#[differentiate(forward, reverse, hessian)]
fn wheres<'a, 'b: 'a, T>(x: &'a [T], y: &'b [T], k: T) -> T
where
    T: num_traits::Float + std::iter::Sum + Differentiable<Shadow = T>,
{
    let mut s = k;
    for (a, b) in x.iter().zip(y) {
        s = s + *a * *b;
    }
    s
}

#[differentiate(forward, reverse)]
fn static_str(x: f64, name: &'static str) -> Result<f64, &'static str> {
    match name {
        "sin" => Ok(x.sin()),
        "exp" => Ok(x.exp()),
        _ => Err("unknown"),
    }
}

#[differentiate(forward, reverse)]
fn static_ref(x: &'static [f64], k: f64) -> f64 {
    x[0] * k
}

pub mod m {
    use chainrule::differentiate;
    pub mod inner {
        use super::*;
        #[differentiate(forward, reverse, hessian)]
        pub(in crate::mixed_items) fn deep(x: f64) -> f64 {
            x.sin() * super::up(x)
        }
    }
    #[differentiate(forward, reverse, hessian)]
    pub(super) fn up(x: f64) -> f64 {
        x * x
    }
    pub struct S;
    #[differentiate(forward, reverse, hessian)]
    impl S {
        pub fn go(#[constant] &self, x: f64) -> f64 {
            inner::deep(x) + self::up(x)
        }
        pub(crate) fn mk(x: f64) -> f64 {
            crate::mixed_items::m::up(x)
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn mods(x: f64) -> f64 {
    let s = m::S;
    let mut t = m::inner::deep(x);
    for _ in 0..2 {
        t += m::up(t) * 0.1;
    }
    t + m::S::mk(x)
}

#[differentiate(forward, reverse)]
fn printing(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    for (i, v) in x.iter().enumerate() {
        println!("{i}: {v:.3} {}", s);
        s += v * s;
        debug_assert!(s.is_finite(), "not finite {s}");
        if s > 1e9 {
            eprintln!("huge");
            panic!("huge {}", s);
        }
    }
    assert_ne!(s, 0.25);
    s
}

#[differentiate(forward, reverse)]
fn arms_that_panic(x: f64, n: usize) -> f64 {
    match n {
        0 => x,
        1 => x * x,
        2 => unreachable!(),
        3 => todo!(),
        _ => unimplemented!("{}", n),
    }
}

#[differentiate(forward, reverse, hessian)]
fn unit_stuff(x: f64) -> f64 {
    let () = ();
    let _ = x * 2.0;
    let _unused = x;
    {};
    let y = { x * x };
    y
}

#[differentiate(forward, reverse, hessian)]
fn ints(x: &[f64], n: u32) -> f64 {
    let mut i = n as usize;
    let mut s = 0.0;
    while i > 0 {
        let j = i.saturating_sub(1);
        s += x[j] * (n.pow(2) as f64) + f64::from(n) * x[j].powi(j as i32);
        i >>= 1;
    }
    s + if n & 1 == 0 { x[0] } else { x[1] }
}

#[test]
fn mixed() {
    prove_hvp!(local_items(slice noise(3), val 0.7));
    prove_hvp!(item_in_loop(slice noise(3), val 0.7));
    prove_hvp!(nested_fn_const(val 0.7));
    prove_hvp!(mac_const(val 0.7, con 2));
    prove_hvp!(through_black_boxes(slice noise(3), val 0.7));
    prove_hvp!(dbgs(val 0.3, val 0.7));
    prove_hvp!(attrs(val 0.3, val 0.7));
    prove_gradient!(static_str(val 0.3, con "sin") -> ok);
    prove_hvp!(mods(val 0.3));
    prove_gradient!(printing(slice noise(3), val 0.7));
    prove_gradient!(arms_that_panic(val 0.7, con 1));
    prove_hvp!(unit_stuff(val 0.7));
    prove_hvp!(ints(slice noise(6), con 5));
}

/// What an `impl` says of its parameters holds for all of its methods.
pub struct Solver<T, const N: usize, F> {
    f: F,
    h: T,
    m: [T; N],
}

#[differentiate]
impl<T, const N: usize, F> Solver<T, N, F>
where
    T: num_traits::Float + Differentiable<Shadow = T> + std::ops::AddAssign,
    F: Clone,
{
    pub fn run(#[constant] &self, x: T, n: usize) -> T {
        let mut s = x;
        for i in 0..n {
            s += self.h * self.m[i % N] * s;
        }
        s
    }
}

#[differentiate]
fn solved(#[constant] s: &Solver<f64, 2, ()>, x: f64) -> f64 {
    s.run(x, 3) * x
}

#[test]
fn methods_of_a_generic_impl() {
    prove_gradient!(solved(con &Solver { f: (), h: 0.1, m: [0.3, 0.4] }, val 0.7));
}
