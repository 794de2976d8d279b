//! Structs, enums and patterns of every kind, where they meet each other: in loops, branches and callees.

use crate::harness::{Shape, noise, positive};
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

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Pair(f64, f64);
struct_shape!(Pair { 0: f64, 1: f64 });

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Unit;
struct_shape!(Unit {});

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct G3<T> {
    x: T,
    y: T,
    z: T,
}
struct_shape!([T: Shape] G3<T> { x: T, y: T, z: T });

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Poly<T, const N: usize> {
    c: [T; N],
    scale: T,
}
struct_shape!([T: Shape, const N: usize] Poly<T, N> { c: [T; N], scale: T });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Body {
    pos: V3,
    pair: Pair,
    mass: f64,
    id: usize,
    #[constant]
    name: String,
}
struct_shape!(Body {
    pos: V3,
    pair: Pair,
    mass: f64
});

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum Shp {
    Circle { r: f64 },
    Rect(f64, f64),
    Dot,
    Nested(V3, Option<f64>),
}
enum_shape!(Shp { Circle { r: a }, Rect { 0: a, 1: b }, Dot {}, Nested { 0: a, 1: b } });
fn v(k: f64) -> V3 {
    V3 {
        x: 0.3 + k,
        y: -0.7 * k + 0.2,
        z: 1.1 - 0.3 * k,
    }
}
fn body(k: usize) -> Body {
    let t = k as f64;
    Body {
        pos: v(t * 0.4),
        pair: Pair(0.4 + t, 0.9),
        mass: 1.2 + 0.1 * t,
        id: k,
        name: "b".into(),
    }
}

#[differentiate(forward, reverse, hessian)]
fn functional_update(b: &[V3], k: f64) -> f64 {
    let mut cur = V3 {
        x: k,
        y: 1.0,
        z: k * k,
    };
    for v in b {
        if v.x > 0.5 {
            cur = V3 {
                x: cur.x * v.y,
                ..*v
            };
        } else {
            cur = V3 { z: v.z * k, ..cur };
        }
    }
    cur.x * cur.y + cur.z
}

#[differentiate]
fn update_of_call(b: &Body, k: f64) -> Body {
    Body {
        pos: V3 { y: k, ..b.pos },
        mass: b.mass * k,
        ..b.clone()
    }
}

#[differentiate(forward, reverse, hessian)]
fn update_generic(p: G3<f64>, k: f64) -> G3<f64> {
    let q = G3 { x: p.y * k, ..p };
    G3 { z: q.x * q.z, ..q }
}

#[differentiate(forward, reverse, hessian)]
fn let_destructure(b: &Body, k: f64) -> f64 {
    let Body {
        pos: V3 { x, y: why, .. },
        pair: Pair(a, _),
        mass,
        ..
    } = b;
    let mut s = 0.0;
    for i in 0..3 {
        let (p, q) = (x * why + s, a * k);
        s += p * q * mass;
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn param_destructure(V3 { x, y, z }: V3, (a, Pair(b, c)): (f64, Pair), [d, e]: [f64; 2]) -> f64 {
    x * a + y * b * d + z * c * e * e
}

#[differentiate(forward, reverse, hessian)]
fn param_ref_destructure(&V3 { x, y, z }: &V3, &(a, b): &(f64, f64)) -> f64 {
    x * y * a + z.sin() * b
}

#[differentiate(forward, reverse, hessian)]
fn match_all(s: &Shp, k: f64) -> f64 {
    match s {
        Shp::Circle { r } if *r > 1.0 => r * r * k,
        Shp::Circle { r: rad } => rad * k,
        Shp::Rect(a, b) => a * b + k,
        Shp::Nested(V3 { x, .. }, Some(w)) => x * w * k,
        Shp::Nested(p, None) => p.x + p.y * k,
        Shp::Dot => k * k,
    }
}

#[differentiate(forward, reverse, hessian)]
fn match_by_ref(s: &Shp, k: f64) -> f64 {
    let mut t = k;
    for _ in 0..2 {
        t = match *s {
            Shp::Circle { ref r } => *r * t,
            Shp::Rect(a, ref b) => a * *b + t,
            Shp::Nested(ref p, _) => p.x * t,
            Shp::Dot => t * t,
        };
    }
    t
}

#[differentiate(forward, reverse, hessian)]
fn match_mut(s: &mut Shp, k: f64) {
    match s {
        Shp::Circle { r } => *r *= k,
        Shp::Rect(a, b) => {
            *a += *b * k;
            *b = a.sin();
        }
        Shp::Nested(p, w) => {
            p.x *= k;
            if let Some(w) = w {
                *w *= p.x;
            }
        }
        Shp::Dot => {}
    }
}

#[differentiate(forward, reverse, hessian)]
fn at_binding(x: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for (i, v) in x.iter().enumerate() {
        s += match i + n {
            k @ 0..=2 => v * k as f64,
            k @ (3 | 5) => v * v * k as f64,
            k => v.sin() / k as f64,
        };
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn at_active(s: &Shp, k: f64) -> f64 {
    match s {
        Shp::Circle { r: q @ _ } => q * k,
        Shp::Nested(p @ V3 { x, .. }, _) => p.y * x * k,
        whole @ Shp::Rect(..) => match_all(whole, k),
        _ => k,
    }
}

#[differentiate]
fn or_pattern_active(s: &Shp, k: f64) -> f64 {
    match s {
        Shp::Circle { r: a } | Shp::Rect(a, _) => a * k,
        Shp::Dot | Shp::Nested(..) => k,
    }
}

#[differentiate(forward, reverse, hessian)]
fn slice_patterns(x: &[f64], k: f64) -> f64 {
    match x {
        [] => k,
        [a] => a * k,
        [a, b] => a * b,
        [first, mid @ .., last] => {
            let mut s = first * last;
            for m in mid {
                s += m * m * k;
            }
            s
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn slice_pattern_rec(x: &[f64]) -> f64 {
    if let [head, tail @ ..] = x {
        head.sin() + head * slice_pattern_rec(tail)
    } else {
        1.0
    }
}

#[differentiate]
fn array_pattern(m: &[[f64; 2]; 2], k: f64) -> f64 {
    let [[a, b], [c, d]] = m;
    let [p, q] = [a * k, d * k];
    p * q - b * c
}

#[differentiate(forward, reverse, hessian)]
fn if_let(s: &Shp, o: Option<f64>, k: f64) -> f64 {
    let mut t = k;
    if let Shp::Rect(a, b) = s {
        t *= a * b;
    } else if let Shp::Circle { r } = s {
        t += r;
    }
    if let Some(v) = o {
        t *= v;
    }
    t
}

#[differentiate(forward, reverse, hessian)]
fn let_else(s: &Shp, k: f64) -> f64 {
    let Shp::Nested(V3 { x, y, .. }, w) = s else {
        return k * k;
    };
    let Some(w) = w else { return x * k };
    x * y * w * k
}

#[differentiate(forward, reverse, hessian)]
fn while_let_stack(x: &[f64], k: f64) -> f64 {
    let mut st = vec![k];
    st.extend_from_slice(x);
    let mut s = 0.5;
    while let Some(t) = st.pop() {
        if t < 0.0 {
            continue;
        }
        s = s * t + k;
    }
    s
}

#[differentiate]
fn matches_it(s: &Shp, x: &[f64], k: f64) -> f64 {
    let mut t = k;
    for v in x {
        if matches!(s, Shp::Circle { .. } | Shp::Dot) && !matches!(x.len(), 0 | 1) {
            t *= v;
        } else {
            t += v;
        }
    }
    if matches!(s, Shp::Circle { r } if *r > 0.5) {
        t * t
    } else {
        t
    }
}

#[differentiate(forward, reverse, hessian)]
fn elements(bodies: &mut Vec<Body>, grid: &mut [V3; 2], k: f64) -> f64 {
    for b in bodies.iter_mut() {
        b.pos.x += k * b.mass;
        b.pair.1 *= b.pos.x;
    }
    for i in 0..bodies.len() {
        grid[i % 2].y += bodies[i].pair.0 * bodies[i].pos.x;
    }
    grid[1] = V3 {
        x: grid[0].y,
        ..grid[1]
    };
    grid[1].x * bodies[0].pair.1
}

#[differentiate]
fn opt_struct(o: Option<V3>, k: f64) -> Option<V3> {
    let v = o?;
    if v.x < 0.0 {
        return None;
    }
    Some(V3 { x: v.x * k, ..v })
}

#[differentiate(forward, reverse, hessian)]
fn poly<const N: usize>(p: &Poly<f64, N>, x: f64) -> f64 {
    let mut s = 0.0;
    for k in (0..N).rev() {
        s = s * x + p.c[k] * p.scale;
    }
    s
}

#[differentiate]
fn make_enum(x: f64, k: usize) -> Shp {
    match k {
        0 => Shp::Circle { r: x * x },
        1 => Shp::Rect(x, x.sin()),
        2 => Shp::Nested(V3 { x, y: x, z: 1.0 }, Some(x)),
        _ => Shp::Dot,
    }
}

#[differentiate(forward, reverse, hessian)]
fn local_enum(x: f64, k: usize) -> f64 {
    let mut s = 0.1;
    for i in 0..k {
        let e = make_enum2(x + s, i);
        s += match_all2(&e, x);
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn make_enum2(x: f64, k: usize) -> Shp {
    if k == 0 {
        Shp::Circle { r: x * x }
    } else {
        Shp::Rect(x, x.sin())
    }
}

#[differentiate(forward, reverse, hessian)]
fn match_all2(s: &Shp, k: f64) -> f64 {
    match s {
        Shp::Circle { r } => r * k,
        Shp::Rect(a, b) => a * b * k,
        _ => 0.0,
    }
}

#[differentiate(forward, reverse, hessian)]
fn tuple_write(p: &mut (f64, [f64; 2]), k: f64) -> f64 {
    p.0 *= k;
    p.1[1] += p.0;
    let (a, [b, c]) = *p;
    a * b * c
}

#[differentiate(forward, reverse, hessian)]
fn generic_struct<T: num_traits::Float + Differentiable<Shadow = T>>(p: &G3<T>, k: T) -> T {
    let G3 { x, y, z } = *p;
    x * y + z.powi(2) * k
}

#[differentiate]
fn vec_of_struct(n: usize, k: f64) -> f64 {
    let mut ps = Vec::new();
    for i in 0..n {
        ps.push(Pair(k * i as f64, k.sin()));
    }
    let mut s = 0.0;
    for Pair(a, b) in &ps {
        s += a * b;
    }
    for &Pair(a, _) in ps.iter() {
        s += a * a;
    }
    let Some(Pair(l, m)) = ps.last() else {
        return s;
    };
    s * l + m
}

#[differentiate(forward, reverse, hessian)]
fn nested_opt(x: &[Option<V3>], k: f64) -> f64 {
    let mut s = 0.0;
    for o in x {
        match o {
            Some(V3 { x, y, .. }) if x > y => s += x * k,
            Some(v) => s += v.y * v.z,
            None => s += k * k,
        }
    }
    s
}

#[differentiate(forward, reverse, hessian)]
fn box_pattern_tuple(a: Option<f64>, b: Option<f64>) -> f64 {
    match (a, b) {
        (Some(a), Some(b)) => a * b,
        (Some(a), None) => a * a,
        (None, Some(b)) => b.sin(),
        (None, None) => 0.0,
    }
}

#[test]
fn mixed() {
    prove_hvp!(functional_update(rf vec![v(0.1), v(0.4), v(-0.2)], val 0.7));
    prove!(update_generic(val G3 { x: 0.2, y: 0.4, z: 0.8 }, val 0.7) -> vec);
    prove_hvp!(let_destructure(rf body(1), val 0.7));
    prove_hvp!(param_destructure(val v(0.2), val (0.3, Pair(0.4, 0.5)), val [0.2, 0.9]));
    prove_hvp!(param_ref_destructure(rf v(0.2), rf (0.3, 0.5)));
    for s in [
        Shp::Circle { r: 0.7 },
        Shp::Circle { r: 1.7 },
        Shp::Rect(0.3, 0.8),
        Shp::Dot,
        Shp::Nested(v(0.3), None),
        Shp::Nested(v(0.3), Some(0.6)),
    ] {
        prove_gradient!(match_all(rf s.clone(), val 0.7));
        prove_hvp!(match_by_ref(rf s.clone(), val 0.7));
        prove!(match_mut(ios s.clone(), val 0.7) -> unit);
        prove_gradient!(or_pattern_active(rf s.clone(), val 0.7));
        prove_hvp!(if_let(rf s.clone(), val Some(0.7), val 0.7));
        prove_hvp!(let_else(rf s.clone(), val 0.7));
        prove_gradient!(matches_it(rf s.clone(), slice positive(3), val 0.7));
    }

    prove_hvp!(at_binding(slice noise(5), con 1));
    for n in 0..5 {
        prove_hvp!(slice_patterns(slice noise(n), val 0.7));
        prove_hvp!(slice_pattern_rec(slice noise(n)));
    }
    prove_gradient!(array_pattern(rf [[0.1, 0.2], [0.3, 0.4]], val 0.7));
    prove_hvp!(while_let_stack(slice noise(5), val 0.7));
    prove!(elements(iov vec![body(0), body(1), body(2)], ioa [v(0.1), v(0.2)], val 0.7));
    prove!(opt_struct(val Some(v(0.3)), val 0.7) -> ok_vec);

    prove_hvp!(local_enum(val 0.7, con 3));
    prove!(tuple_write(ios (0.3, [0.4, 0.5]), val 0.7));
    prove_hvp!(generic_struct(rf G3 { x: 0.2, y: 0.4, z: 0.8 }, val 0.7));
    prove_gradient!(vec_of_struct(con 3, val 0.7));
    prove_hvp!(nested_opt(rf vec![Some(v(0.3)), None, Some(v(-1.5))], val 0.7));
    prove_hvp!(box_pattern_tuple(val Some(0.3), val Some(0.6)));
    prove_hvp!(box_pattern_tuple(val Some(0.3), val None));
}
