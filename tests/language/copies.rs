//! Copies of what is bound by value: elements that are found, fields, other variables, which change afterwards.

use crate::harness::noise;
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Pair(f64, f64);
struct_shape!(Pair { 0: f64, 1: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct S {
    p: Pair,
    o: Option<f64>,
    v: Vec<f64>,
    k: f64,
    n: usize,
}
struct_shape!(S { p: Pair, o: Option<f64>, v: Vec<f64>, k: f64 });
fn start() -> S {
    S {
        p: Pair(0.3, 0.6),
        o: Some(0.7),
        v: noise(3),
        k: 0.4,
        n: 1,
    }
}

#[differentiate]
fn matched_by_value(p: &mut Pair, k: f64) -> f64 {
    match *p {
        Pair(a, b) => {
            p.0 = k;
            p.1 *= a;
            a * b * p.0 * p.1
        }
    }
}

#[differentiate]
fn option_taken_out(s: &mut S, k: f64) -> f64 {
    if let Some(v) = s.o {
        s.o = Some(k);
        s.k += v;
    }
    let t = s.p;
    s.p.0 *= k;
    match s.o {
        Some(v) => {
            s.o = None;
            v * t.0 * s.k
        }
        None => k,
    }
}

#[differentiate]
fn fields_before_a_change(s: &mut S, k: f64) -> f64 {
    let v = s.v.clone();
    s.v[0] = k;
    let a = s.k;
    s.k = 2.0;
    let q = s.p;
    s.p = Pair(k, a);
    let Some(o) = s.o else { return k };
    s.o = Some(o * o);
    v[0] * a * q.0 * o
}

#[differentiate]
fn captured_by_a_closure(s: &mut S, k: f64) -> f64 {
    let n = s.n;
    s.n += 1;
    let f = |q: Pair| {
        s.p.0 *= k;
        q.0 * q.1
    };
    let mut f = f;
    let r = f(made(k));
    r * s.p.0 * n as f64
}

#[differentiate(forward, reverse, hessian)]
fn made(k: f64) -> Pair {
    Pair(k, k * k)
}

#[differentiate]
fn matched_scalar(s: &mut S, k: f64) -> f64 {
    match s.k {
        a if a > 0.0 => {
            s.k = k;
            a * s.k
        }
        a => {
            s.k *= 2.0;
            a
        }
    }
}

#[differentiate]
fn matched_elements(x: &mut [f64], k: f64) -> f64 {
    (match x[0] {
        a if a > -9.0 => {
            x[0] = k;
            a * x[0]
        }
        a => a,
    }) + match (x[1], x[0]) {
        (a, b) => {
            x[1] = 0.5;
            x[0] *= a;
            a * b
        }
    }
}

#[differentiate]
fn matched_with_a_guard(s: &mut S, k: f64) -> f64 {
    let a = match s.p {
        Pair(a, b) if a > b => {
            s.p.0 = 0.0;
            a
        }
        Pair(_, b) => {
            s.p.1 = k;
            b
        }
    };
    let mut old = s.p;
    old.0 += a;
    s.p.0 += old.0;
    let q = &s.p;
    let r = *q;
    s.p.0 = 3.0;
    r.0 * a * old.1
}

#[differentiate]
fn patterns_of_what_changes(x: &mut [f64], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let v = x[i];
        x[i] = k;
        if let [a, ..] = *x {
            x[0] = v;
            s += a * v;
        }
    }
    s
}

#[differentiate]
fn elements_exchanged(ps: &mut [Pair], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..ps.len() {
        let p = ps[i];
        ps[i].0 *= k;
        let Pair(a, _) = ps[i];
        ps[i].1 = a;
        s += p.0 * p.1 * a;
    }
    let [p, q] = [ps[0], ps[1]];
    ps[0] = q;
    ps[1] = p;
    let t = ps[0];
    ps.swap(0, 1);
    s * t.0 * ps[0].0
}

#[differentiate]
fn option_of_a_struct(o: &mut Option<Pair>, k: f64) -> f64 {
    (match *o {
        Some(p) => {
            *o = Some(Pair(p.1, k));
            p.0
        }
        None => k,
    }) + match o {
        Some(Pair(a, b)) => {
            let t = *a;
            *a = *b;
            *b = t;
            t * *a
        }
        None => 1.0,
    }
}

#[differentiate]
fn first_and_last(v: &mut Vec<Pair>, k: f64) -> f64 {
    let f = v[0];
    v.push(Pair(k, f.0));
    let l = *v.last().unwrap();
    v[0].0 = 9.0;
    let n = v.len();
    v[n - 1].0 = 4.0;
    let Some(&g) = v.first() else { return k };
    v[0].1 *= k;
    f.0 * l.0 * g.1 * l.1
}

#[differentiate]
fn found_elements(v: &mut Vec<Pair>, k: f64) -> f64 {
    let h = v.first().copied().unwrap();
    v[0].0 = k;
    let g = v.get(1).copied().unwrap_or(h);
    v[1].0 = 1.0;
    if let Some(p) = v.get(0).copied() {
        v[0].1 = k * p.1;
    }
    let m = v
        .iter()
        .copied()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap();
    v[0].0 = 2.0;
    v[1].0 = 2.0;
    h.0 * g.0 * m.0 + m.1
}

#[differentiate]
fn found_scalars(x: &mut Vec<f64>, k: f64) -> f64 {
    let a = *x.iter().max_by(|a, b| a.total_cmp(b)).unwrap();
    x[0] = k;
    x[1] = k;
    let (i, b) = x
        .iter()
        .copied()
        .enumerate()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap();
    x[i] = 2.0;
    let c = x.last().copied().unwrap();
    x.push(a);
    let d = x[x.len() - 1];
    *x.last_mut().unwrap() = 5.0;
    a * b * c * d
}

#[differentiate]
fn rows_and_the_whole(m: &mut [[f64; 2]; 2], k: f64) -> f64 {
    let r = m[0];
    m[0][0] = k;
    let t = *m;
    m[1] = r;
    m[1][1] *= k;
    let (a, b) = (m[1][0], m[1][1]);
    m[1][0] = 0.1;
    m[1][1] = 0.2;
    r[0] * t[1][0] * a * b
}

#[differentiate(forward, reverse, hessian)]
fn taken_and_replaced(s: &S, k: f64) -> f64 {
    let mut t = s.clone();
    let p = t.p;
    t.p.0 = k;
    let v = std::mem::take(&mut t.v);
    t.v.push(p.0);
    let u = std::mem::replace(&mut t.p, Pair(k, k));
    let o = std::mem::take(&mut t.o);
    let w = if let Some(o) = o { o * k } else { k };
    v[0] * t.v[0] * u.0 * w * t.p.1 + if t.o.is_none() { k } else { 0.0 }
}

#[differentiate(forward, reverse, hessian)]
fn variables_and_array(x: &[f64], k: f64) -> f64 {
    let mut a = Pair(x[0], x[1]);
    let b = a;
    a.0 *= k;
    let mut c = b;
    c.1 += a.0;
    let mut arr = [a, b, c];
    let d = arr[1];
    arr[1].0 = 0.0;
    for mut p in arr {
        p.0 *= 2.0;
        a.1 += p.0;
    }
    for p in arr.iter_mut() {
        let q = *p;
        p.0 = k;
        a.1 += q.0 * p.1;
    }
    a.1 * d.0 + arr[0].0
}

#[differentiate(forward, reverse, hessian)]
fn stack_of_structs(x: &[f64], k: f64) -> f64 {
    let mut st = vec![Pair(k, x[0])];
    let mut s = 0.0;
    while let Some(Pair(a, b)) = st.pop() {
        s += a * b;
        if s < 1.0 && st.len() < 3 && a > 0.01 {
            st.push(Pair(a * 0.5, b));
        }
    }
    let mut prev = Pair(k, s);
    for v in x {
        let cur = Pair(prev.1, v * prev.0);
        prev = cur;
        s += prev.0 * cur.1;
    }
    s
}

#[differentiate]
fn parameters_that_change(mut p: Pair, (mut a, b): (f64, f64), mut v: Vec<f64>, k: f64) -> f64 {
    let q = p;
    p.0 *= k;
    a += p.0;
    let w = v.clone();
    v[0] *= a;
    v.push(q.0);
    let z = v;
    q.1 * w[0] * z[0] * b * z[z.len() - 1]
}

#[differentiate(forward, reverse, hessian)]
fn variables_renamed(x: &[f64], k: f64) -> f64 {
    let a = Pair(x[0], x[1]);
    let mut b = a;
    b.0 *= k;
    let c = made(k);
    let mut d = c;
    d.1 *= a.0;
    let e = square(k);
    let mut f = e;
    f *= e;
    a.0 * b.0 * c.1 * d.1 * e * f
}

#[differentiate(forward, reverse, hessian)]
fn square(k: f64) -> f64 {
    k * k
}

#[test]
fn of_what_is_lent() {
    prove!(matched_by_value(ios Pair(0.3, 0.6), val 0.7));
    prove!(option_taken_out(ios start(), val 0.7));
    prove!(fields_before_a_change(ios start(), val 0.7));
    prove!(captured_by_a_closure(ios start(), val 0.7));
    prove!(matched_scalar(ios start(), val 0.7));
    prove!(matched_elements(io noise(3), val 0.7));
    prove!(matched_with_a_guard(ios start(), val 0.7));
    prove!(patterns_of_what_changes(io noise(3), val 0.7));
    prove!(elements_exchanged(io [Pair(0.3, 0.6), Pair(0.2, 0.5)], val 0.7));
    prove!(option_of_a_struct(ios Some(Pair(0.3, 0.6)), val 0.7));
    prove!(first_and_last(iov vec![Pair(0.3, 0.6), Pair(0.2, 0.5)], val 0.7));
    prove!(found_elements(iov vec![Pair(0.3, 0.6), Pair(0.2, 0.5)], val 0.7));
    prove!(found_scalars(iov noise(4), val 0.7));
    prove!(rows_and_the_whole(ioa [[0.3, 0.6], [0.2, 0.5]], val 0.7));
}

#[test]
fn of_locals() {
    prove_hvp!(variables_renamed(slice noise(2), val 0.7));
    prove_hvp!(taken_and_replaced(rf start(), val 0.7));
    prove_hvp!(variables_and_array(slice noise(3), val 0.7));
    prove_hvp!(stack_of_structs(slice noise(3), val 0.7));
    prove!(parameters_that_change(val Pair(0.3, 0.6), val (0.3, 0.6), val noise(3), val 0.7));
}
