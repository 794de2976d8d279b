//! Closures and functions as parameters, where they meet each other, loops and branches.

use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn by_ref_cap(x: &[f64], k: f64) -> f64 {
    let f = |v: f64| v * k + x[0];
    let mut s = 0.0;
    for v in x {
        if *v > 0.0 {
            s += f(*v);
        } else {
            s *= f(s);
        }
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn by_mut_cap(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    let mut n = 0;
    let mut add = |v: f64| {
        s = s * v + k;
        n += 1;
        s
    };
    for v in x {
        let t = add(*v);
        if t > 1.0 {
            add(t * 0.5);
        }
    }
    s * n as f64
}

#[differentiate(forward, reverse, hessian)]
fn by_move(x: &[f64], k: f64) -> f64 {
    let a = k * k;
    let y = x.to_vec();
    let f = move |i: usize| y[i] * a;
    let mut s = f(0);
    for i in 0..x.len() {
        s += f(i) * s;
    }
    s * a
}

#[differentiate(forward, reverse, hessian)]
fn nested_closures(x: f64, k: f64) -> f64 {
    let g = |a: f64| a * k;
    let f = |a: f64| g(a) + g(g(a));
    let h = |a: f64, b: f64| -> f64 { if a > b { f(a) } else { f(b) * a } };
    h(x, k) + h(k, x)
}

#[differentiate(forward, reverse, hessian)]
fn closure_tuple(x: f64, k: f64) -> f64 {
    let f = |(a, b): (f64, f64)| (a * k, b + a);
    let (p, q) = f((x, k));
    let (r, t) = f((p, q));
    r * t
}

#[differentiate(forward, reverse, hessian)]
fn closure_early(x: &[f64], k: f64) -> f64 {
    let f = |v: f64| {
        if v < 0.0 {
            return 0.1 * v;
        }
        v * v * k
    };
    x.iter().map(|v| f(*v)).sum()
}

#[differentiate(forward, reverse, hessian)]
fn opt_map(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    for i in 0..4 {
        s += x.get(i).map(|v| v * s).unwrap_or(k);
        s *= x.first().map_or(1.0, |v| v * k);
    }
    s + x
        .last()
        .copied()
        .map(|v| {
            let w = v * k;
            w * w
        })
        .unwrap_or_default()
}

#[differentiate(forward, reverse, hessian)]
fn sorted_twice(x: &[f64], k: f64) -> f64 {
    let mut y = x.to_vec();
    for r in 0..2 {
        y.sort_by(|a, b| b.partial_cmp(a).unwrap());
        y[0] *= k;
        y[1] -= y[0];
    }
    y.sort_unstable_by(|a, b| a.total_cmp(b));
    y[0] * y[1] + y[2]
}

#[differentiate(forward, reverse, hessian)]
fn sort_by_key_idx(x: &[f64], w: &[f64]) -> f64 {
    let mut idx: Vec<usize> = (0..x.len()).collect();
    idx.sort_by(|&a, &b| x[a].partial_cmp(&x[b]).unwrap());
    let mut s = 0.0;
    for (r, &i) in idx.iter().enumerate() {
        s += x[i] * w[r];
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn simpson(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    (b - a) / 6.0 * (f(a) + 4.0 * f(0.5 * (a + b)) + f(b))
}

#[differentiate(forward, reverse, hessian)]
fn newton<F: Fn(f64) -> f64, D>(f: F, d: D, mut x: f64) -> f64
where
    D: Fn(f64) -> f64,
{
    for _ in 0..3 {
        x -= f(x) / d(x);
    }
    x
}

#[differentiate(forward, reverse, hessian)]
fn minimise<F>(f: F, x: &[f64]) -> f64
where
    F: Fn(&[f64]) -> f64,
{
    let mut y = x.to_vec();
    let f0 = f(&y);
    y[0] *= f0;
    f(&y)
}

#[differentiate(forward, reverse, hessian)]
fn ptr(f: fn(f64) -> f64, x: f64) -> f64 {
    f(x) * f(f(x))
}

#[differentiate(forward, reverse, hessian)]
fn dynf(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    let mut s = x;
    for _ in 0..2 {
        s = f(s) * x;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn ode(mut f: impl FnMut(f64, &[f64], &mut [f64]), y: &[f64]) -> f64 {
    let mut y = y.to_vec();
    let mut d = vec![0.0; y.len()];
    for i in 0..2 {
        f(i as f64, &y, &mut d);
        for (y, d) in y.iter_mut().zip(&d) {
            *y += 0.1 * d;
        }
    }
    y[0] * y[1]
}

#[differentiate(forward, reverse, hessian)]
fn sq(x: f64) -> f64 {
    x * x + 1.0
}

#[differentiate(forward, reverse, hessian)]
fn use_all(x: &[f64], k: f64) -> f64 {
    let mut s = simpson(|t| t * k + (t * x[0]).sin(), 0.0, k);
    for i in 0..2 {
        if i == 0 {
            s += simpson(sq, s, k);
        } else {
            s += newton(|t| t * t - k, |t| 2.0 * t, 1.0 + k);
        }
    }
    let g = |t: f64| t * s;
    s + simpson(g, 0.0, 1.0)
        + simpson(|t| simpson(|u| u * t * k, 0.0, t), 0.0, k)
        + minimise(|y: &[f64]| y[0] * y[1] * k, x)
        + ptr(sq, k)
        + dynf(&|t| t * k, k)
        + dynf(&sq, k)
}

#[differentiate(forward, reverse, hessian)]
fn pass_on(f: impl Fn(f64) -> f64 + Copy, x: f64) -> f64 {
    simpson(f, 0.0, x) + simpson(|t| f(t) * x, 0.0, 1.0)
}

#[differentiate(forward, reverse, hessian)]
fn pass_ref<F: Fn(f64) -> f64>(f: &F, x: f64) -> f64 {
    f(x) + simpson(|t| f(t), 0.0, x)
}

#[differentiate(forward, reverse, hessian)]
fn use_pass(k: f64, x: f64) -> f64 {
    pass_on(|t| t * k, x) * pass_ref(&|t| t * t * k, x)
}

#[differentiate(forward, reverse)]
fn root_of(f: impl Fn(f64) -> Option<f64>, x: f64) -> Option<f64> {
    let y = f(x)?;
    Some(y * f(y)?)
}

#[differentiate(forward, reverse)]
fn half(v: f64) -> Option<f64> {
    if v < -5.0 { None } else { Some(v * v * 0.5) }
}

#[differentiate(forward, reverse)]
fn use_root(x: f64, k: f64) -> Option<f64> {
    let a = root_of(|y| Some(half(y)? * k), x)?;
    let b = root_of(half, x)?;
    Some(a * b + root_of(|y| -> Option<f64> { half(y * k) }, x)?)
}

#[differentiate(forward, reverse)]
fn fnonce(f: impl FnOnce(f64) -> f64, x: f64) -> f64 {
    f(x * x)
}

#[differentiate(forward, reverse)]
fn use_once(x: f64, v: Vec<f64>) -> f64 {
    fnonce(move |t| t * v[0] * v[1], x)
}

#[differentiate(forward, reverse, hessian)]
fn closure_of_slice(x: &[f64], k: f64) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(p, q)| p * q).sum::<f64>();
    let norm = |v: &[f64]| dot(v, v).sqrt();
    let mut s = dot(x, x);
    for i in 1..x.len() {
        s += norm(&x[..i]) * k;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn closure_mut_slice(x: &[f64], k: f64) -> f64 {
    let mut y = x.to_vec();
    let scale = |v: &mut [f64], a: f64| {
        for e in v.iter_mut() {
            *e *= a;
        }
    };
    scale(&mut y, k);
    scale(&mut y[1..], x[0]);
    y.iter().sum()
}

#[differentiate(forward, reverse, hessian)]
fn array_of_closures_result(x: f64) -> f64 {
    let f = |a: f64| [a, a * a, a.sin()];
    let mut s = 0.0;
    for v in f(x) {
        s += v * x;
    }
    let [p, _, q] = f(s);
    p * q
}

#[differentiate(forward, reverse, hessian)]
fn recursive_local(x: f64, n: usize) -> f64 {
    #[differentiate(forward, reverse, hessian)]
    fn go(x: f64, n: usize) -> f64 {
        if n == 0 { 1.0 } else { x * go(x.sin(), n - 1) }
    }
    go(x, n)
}

#[test]
fn mixed() {
    prove_hvp!(by_ref_cap(slice noise(4), val 0.7));
    prove_hvp!(by_mut_cap(slice noise(4), val 0.7));
    prove_hvp!(by_move(slice noise(4), val 0.7));
    prove_hvp!(nested_closures(val 0.3, val 0.7));
    prove_hvp!(closure_tuple(val 0.3, val 0.7));
    prove_hvp!(closure_early(slice noise(4), val 0.7));
    prove_hvp!(opt_map(slice noise(3), val 0.7));
    prove_hvp!(sorted_twice(slice noise(4), val 0.7));
    prove_hvp!(sort_by_key_idx(slice noise(4), slice positive(4)));
    prove_hvp!(use_all(slice positive(3), val 0.7));
    prove_hvp!(use_pass(val 0.3, val 0.7));
    prove_gradient!(use_root(val 0.3, val 0.7) -> ok);
    prove_gradient!(use_once(val 0.3, val noise(2)));
    prove_hvp!(closure_of_slice(slice noise(4), val 0.7));
    prove_hvp!(closure_mut_slice(slice noise(4), val 0.7));
    prove_hvp!(array_of_closures_result(val 0.7));
    prove_hvp!(recursive_local(val 0.7, con 3));
}
