//! How patterns bind: by value, by `ref` and `ref mut`, and by the mode of what they take apart. What is bound changes afterwards, or
//! is changed through its name.

use crate::harness::noise;
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Pair(f64, f64);
struct_shape!(Pair { 0: f64, 1: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct S {
    p: Pair,
    v: Vec<f64>,
    k: f64,
}
struct_shape!(S { p: Pair, v: Vec<f64>, k: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum E {
    A(f64, f64),
    B { p: Pair, v: Vec<f64> },
}
enum_shape!(E { A { 0: a, 1: b }, B { p: a, v: b } });

#[differentiate]
fn by_ref_mut(p: &mut Pair, k: f64) -> f64 {
    let Pair(ref mut a, ref b) = *p;
    *a *= k * *b;
    *a + *b
}

#[differentiate]
fn of_a_mutable_reference(p: &mut Pair, k: f64) -> f64 {
    let Pair(a, b) = p;
    *a *= k * *b;
    *b += *a;
    *a + *b
}

#[differentiate(forward, reverse, hessian)]
fn of_a_borrowed_local(p: Pair, k: f64) -> f64 {
    let mut q = p;
    let Pair(a, b) = &mut q;
    *a *= k * *b;
    *b += *a;
    q.0 + q.1 * k
}

#[differentiate(forward, reverse, hessian)]
fn tuples_lent(x: &[f64], k: f64) -> f64 {
    let mut t = (x[0], x[1]);
    {
        let (a, b) = &mut t;
        *a *= k;
        *b += *a;
    }
    let (ref mut c, d) = t;
    *c *= d;
    t.0 + t.1
}

#[differentiate]
fn array_lent_to_swap(x: &[f64], k: f64) -> f64 {
    let mut m = [x[0], x[1]];
    let [a, b] = &mut m;
    std::mem::swap(a, b);
    *a *= k;
    m[0] * m[1] + m[0]
}

#[differentiate]

fn whole_by_ref_mut(x: f64, k: f64) -> f64 {
    let mut v = x;
    let ref mut r = v;
    *r *= k;
    v * v
}

#[differentiate]
fn index_moves_on(ps: &mut [Pair], k: f64) -> f64 {
    let mut s = 0.0;
    let mut i = 0;
    while i < ps.len() {
        let Pair(ref mut a, ref mut b) = ps[i];
        i += 1;
        *a *= k;
        *b += *a;
        s += *b;
    }
    s
}

#[differentiate]
fn elements_lent(ps: &mut [Pair], k: f64) -> f64 {
    for Pair(a, b) in ps.iter_mut() {
        *a *= k;
        *b += *a;
    }
    let mut s = 0.0;
    for Pair(a, b) in ps {
        *a *= 2.0;
        s += *a * *b;
    }
    s
}

#[differentiate]
fn tuples_of_a_vector(ps: &[(f64, f64)], k: f64) -> f64 {
    let mut q = ps.to_vec();
    for (a, b) in q.iter_mut() {
        *a *= k;
        *b += *a;
    }
    for (a, b) in &mut q {
        *a += *b;
    }
    q.iter_mut().for_each(|(a, b)| *a *= *b);
    for &mut (a, ref mut b) in q.iter_mut() {
        *b *= a;
    }
    q.iter().map(|(a, b)| a * b).sum()
}

#[differentiate]
fn rows_lent(m: &mut [[f64; 2]], k: f64) {
    for [a, b] in m.iter_mut() {
        *a *= k;
        *b += *a;
    }
    for r in m {
        let [a, b] = r;
        *b *= *a;
    }
}

#[differentiate]
fn fields_of_a_mutable_reference(s: &mut S, k: f64) -> f64 {
    let S {
        p: Pair(a, _),
        v,
        k: kk,
    } = s;
    *a *= k;
    v[0] *= *a;
    v.push(*a);
    *kk += v[1];
    *kk * *a
}

#[differentiate(forward, reverse, hessian)]
fn fields_of_a_copy(s: &S, k: f64) -> f64 {
    let mut t = s.clone();
    let S { p, v, .. } = &mut t;
    p.0 *= k;
    v[0] += p.0;
    for e in v.iter_mut() {
        *e *= k;
    }
    let S {
        p: Pair(a, b),
        ref v,
        k: ref kk,
    } = t;
    a * b + v[0] * v[1] * *kk
}

#[differentiate]
fn variants_lent(e: &mut E, k: f64) -> f64 {
    if let E::A(a, ref mut b) = *e {
        *b *= a * k;
    }
    if let E::B { p: Pair(a, b), v } = e {
        *a *= k;
        *b += *a;
        v[0] *= *b;
    }
    match e {
        E::A(a, b) => *a * *b,
        E::B { p, v } => p.0 * p.1 + v[0],
    }
}

#[differentiate]
fn options_lent(o: &mut Option<f64>, k: f64) -> f64 {
    if let Some(ref mut v) = *o {
        *v *= k;
    }
    if let Some(v) = o {
        *v += k;
    }
    if let Some(v) = o.as_mut() {
        *v *= *v;
    }
    let Some(w) = o else { return k };
    *w *= k;
    *w
}

#[differentiate]
fn in_parameters(&mut Pair(ref mut a, b): &mut Pair, (mut c, d): (f64, f64), k: f64) -> f64 {
    c *= k;
    *a *= b * c;
    *a * d
}

#[differentiate]
fn parameter_by_default(Pair(a, b): &mut Pair, k: f64) -> f64 {
    *a *= k;
    *b += *a;
    *a * *b
}

#[differentiate]
fn zipped_and_split(x: &[f64], k: f64) -> f64 {
    let mut y = x.to_vec();
    let f = |(a, b): (&mut f64, &f64)| {
        *a *= *b;
    };
    for (a, b) in y.iter_mut().zip(x) {
        *a += k * *b;
    }
    let (h, t) = y.split_at_mut(1);
    let [f0, ..] = h else { return 0.0 };
    *f0 *= t[0];
    y[0] * y[1]
}

#[differentiate]
fn slices_lent(x: &mut [f64], k: f64) -> f64 {
    if let [a, .., b] = x {
        *a *= k;
        *b += *a;
    }
    match x {
        [a, b, ..] if *a > 100.0 => *a *= 2.0,
        [a, rest @ ..] => {
            *a += k;
            rest[1] *= *a;
        }
        [] => {}
    }
    x[0] * x[1] * x[2]
}

#[differentiate]
fn beside_constants(ps: &mut Vec<(usize, f64)>, k: f64) -> f64 {
    for (n, v) in ps.iter_mut() {
        *v *= k * *n as f64;
    }
    if let Some((n, v)) = ps.last_mut() {
        *v *= k;
    }
    if let Some((n, v)) = ps.first_mut() {
        *v += *n as f64;
    }
    let (n, ref mut w) = ps[1];
    *w *= k + n as f64;
    let &mut (_, ref mut z) = &mut ps[0];
    *z *= k;
    ps[0].1 * ps[1].1
}

#[differentiate(forward, reverse, hessian)]
fn held_iterator_and_array(x: &[f64], k: f64) -> f64 {
    let mut y = [x[0], k, x[1]];
    for (i, v) in y.iter_mut().enumerate() {
        *v *= i as f64 + k;
    }
    let mut it = y.iter_mut();
    while let Some(v) = it.next() {
        *v += 0.1;
        if let Some(w) = it.next() {
            *w *= *v;
        }
    }
    let [ref mut a, ref b, _] = y;
    *a += *b;
    y[0] * y[2]
}

#[differentiate(forward, reverse, hessian)]
fn references_to_new_values(x: &[f64], k: f64) -> f64 {
    let mut a = x[0];
    let mut b = x[1];
    let (p, q) = if k > 0.0 { (a, b) } else { (b, a) };
    let (mut r, s) = (p, q);
    r *= k;
    let (ref u, ref mut w) = (r, s);
    *w *= *u;
    a = *w;
    a * r
}

#[differentiate]
fn references_in_a_tuple(a: &mut f64, b: &mut f64, k: f64) {
    let (p, q) = (a, b);
    *p *= k;
    *q += *p;
}

#[differentiate]
fn references_beside_values(a: &mut [f64], k: f64) {
    let (p, q) = (&mut a[0], k);
    *p *= q;
    let [u, w] = [a[0], a[1]];
    a[1] = u * w;
    let (x, y) = (&a[0], &a[1]);
    let t = *x * *y;
    a[0] = t;
}

#[differentiate(forward, reverse, hessian)]
fn copies_before_a_change(p: &Pair, k: f64) -> f64 {
    let mut q = *p;
    let Pair(a, b) = q;
    q.0 *= k;
    let Pair(ref c, _) = q;
    let s = *c * a;
    q.0 = 2.0;
    s * q.0 * b
}

#[differentiate]
fn copied_then_changed(p: &mut Pair, k: f64) -> f64 {
    let Pair(a, b) = *p;
    p.0 *= k;
    p.1 += a;
    a * b * p.0
}

#[differentiate]
fn parts_copied_then_changed(p: &mut S, k: f64) -> f64 {
    let S { p: q, ref v, .. } = *p;
    let s = q.0 * v[0];
    p.p.0 = s;
    p.p.1 *= k;
    s * q.0
}

#[differentiate]
fn renamed_reference(a: &mut f64, k: f64) -> f64 {
    let p = a;
    *p *= k;
    let q = &mut *p;
    *q += k;
    *q * k
}

#[differentiate]
fn renamed_slice(a: &mut [f64], k: f64) -> f64 {
    let p = a;
    p[0] *= k;
    let r = &mut p[1..];
    let (u, w) = (&mut r[0], square(k));
    *u *= w;
    *u * k
}

#[differentiate]
fn square(k: f64) -> f64 {
    k * k
}

#[differentiate]
fn lent_and_copied(ps: &mut Vec<Pair>, k: f64) -> f64 {
    for p in ps.iter_mut() {
        let Pair(a, b) = p;
        *a *= k;
        let t = *a;
        *b += t;
        let Pair(c, d) = *p;
        p.0 = d;
        p.1 *= c;
    }
    let mut s = 0.0;
    for p in ps.iter() {
        let Pair(a, b) = p;
        let &Pair(c, d) = p;
        let Pair(ref e, _) = *p;
        s += a * b * c * d * e;
    }
    let p = &mut ps[0];
    let Pair(a, b) = p;
    *a = *b * k;
    let Pair(c, d) = ps[0];
    ps[0].0 = 1.0;
    c * d * s
}
impl S {
    #[differentiate]
    fn of_self(&mut self, k: f64) -> f64 {
        let S {
            p: Pair(a, b),
            v,
            k: q,
        } = self;
        *a *= k;
        v[0] += *a;
        *b *= v[0];
        let Self { p, .. } = &mut *self;
        p.0 += 1.0;
        let Pair(x, y) = self.p;
        self.p.0 = k;
        let Pair(c, d) = &mut self.p;
        *c *= *d;
        let Self { p, v, k: z } = &*self;
        x * y * p.0 * v[1] * z
    }
}

#[differentiate]
fn closures_that_take_apart(s: &mut S, k: f64) -> f64 {
    let f = |q: &mut Pair, w: f64| {
        let Pair(a, b) = q;
        *a *= w;
        *b += *a;
    };
    f(&mut s.p, k);
    f(&mut s.p, s.k);
    let g = |Pair(a, b): &mut Pair| {
        *a *= k;
        *b += *a;
    };
    g(&mut s.p);
    let Pair(a, b) = s.p;
    s.p = Pair(b, a * k);
    s.p.0 * a + s.p.1
}

#[differentiate]
fn pairs_of_a_slice(m: &mut [(f64, f64)], k: f64) -> f64 {
    let (a, b) = m[0];
    m[0].0 = b * k;
    m[0].1 = a;
    let (c, d) = &mut m[1];
    *c *= a;
    *d += *c;
    let (e, f) = &m[1];
    let s = e * f;
    let mut i = 0;
    let (ref mut g, _) = m[i];
    i += 1;
    *g *= s;
    let (h, _) = m[i];
    m[i].0 *= 2.0;
    h * m[0].0 * m[1].0
}

fn whole() -> S {
    S {
        p: Pair(0.4, 0.7),
        v: noise(2),
        k: 0.3,
    }
}

#[test]
fn of_places() {
    prove!(by_ref_mut(ios Pair(0.4, 0.6), val 0.7));
    prove!(of_a_mutable_reference(ios Pair(0.4, 0.6), val 0.7));
    prove!(renamed_reference(ios 0.3, val 0.7));
    prove!(renamed_slice(io noise(3), val 0.7));
    prove!(lent_and_copied(iov vec![Pair(0.4, 0.6), Pair(0.2, 0.9)], val 0.7));
    prove!(S::of_self(ios whole(), val 0.7));
    prove!(closures_that_take_apart(ios whole(), val 0.7));
    prove!(pairs_of_a_slice(io [(0.4, 0.6), (0.2, 0.9)], val 0.7));
    prove!(index_moves_on(io [Pair(0.4, 0.6), Pair(0.2, 0.9)], val 0.7));
    prove!(elements_lent(io [Pair(0.4, 0.6), Pair(0.2, 0.9)], val 0.7));
    prove!(rows_lent(io [[0.4, 0.6], [0.2, 0.9]], val 0.7) -> unit);
    prove!(fields_of_a_mutable_reference(ios whole(), val 0.7));
    prove!(variants_lent(ios E::A(0.3, 0.4), val 0.7));
    prove!(variants_lent(ios E::B { p: Pair(0.3, 0.4), v: noise(2) }, val 0.7));
    prove!(options_lent(ios Some(0.3), val 0.7));
    prove!(options_lent(ios None, val 0.7));
    prove!(in_parameters(ios Pair(0.3, 0.4), val (0.3, 0.4), val 0.7));
    prove!(parameter_by_default(ios Pair(0.3, 0.4), val 0.7));
    prove!(slices_lent(io noise(4), val 0.7));
    prove!(beside_constants(iov vec![(1, 0.4), (2, 0.8), (3, 0.9)], val 0.7));
    prove!(references_in_a_tuple(ios 0.3, ios 0.4, val 0.7) -> unit);
    prove!(references_beside_values(io noise(2), val 0.7) -> unit);
    prove!(copied_then_changed(ios Pair(0.3, 0.4), val 0.7));
    prove!(parts_copied_then_changed(ios whole(), val 0.7));
}

#[test]
fn of_copies() {
    prove_hvp!(of_a_borrowed_local(val Pair(0.4, 0.6), val 0.7));
    prove_hvp!(tuples_lent(slice noise(2), val 0.7));
    prove!(array_lent_to_swap(slice noise(2), val 0.7));
    prove!(whole_by_ref_mut(val 0.4, val 0.7));
    prove!(tuples_of_a_vector(slice [(0.4, 0.6), (0.2, 0.9)], val 0.7));
    prove_hvp!(fields_of_a_copy(rf whole(), val 0.7));
    prove!(zipped_and_split(slice noise(3), val 0.7));
    prove_hvp!(held_iterator_and_array(slice noise(3), val 0.7));
    prove_hvp!(references_to_new_values(slice noise(3), val 0.7));
    prove_hvp!(copies_before_a_change(rf Pair(0.3, 0.4), val 0.7));
}
