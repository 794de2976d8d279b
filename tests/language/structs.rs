//! User structs as active data: inputs, results, locals, elements, fields; literals, patterns and copies.

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

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Body {
    pos: V3,
    vel: V3,
    mass: f64,
    id: usize,
    #[constant]
    name: String,
}
struct_shape!(Body {
    pos: V3,
    vel: V3,
    mass: f64
});

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Pair<T>(T, [T; 2]);
struct_shape!([T: Shape] Pair<T> { 0: T, 1: [T; 2] });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Table<T, const N: usize> {
    rows: Vec<[T; N]>,
    scale: T,
    flag: Option<bool>,
    #[constant]
    weight: f64,
}
struct_shape!([T: Shape, const N: usize] Table<T, N> { rows: Vec<[T; N]>, scale: T });

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Empty;
struct_shape!(Empty {});

fn v3(x: f64, y: f64, z: f64) -> V3 {
    V3 { x, y, z }
}

fn body(k: usize) -> Body {
    let k = k as f64;
    Body {
        pos: v3(0.3 + k, -0.7 * k, 1.1),
        vel: v3(0.2, 0.5 - k, -0.4),
        mass: 1.5 + 0.25 * k,
        id: 2,
        name: "body".into(),
    }
}

#[test]
fn derive() {
    let mut b = body(1);
    let mut zero = b.zero_shadow();
    assert_eq!((zero.pos, zero.mass, zero.id), (v3(0.0, 0.0, 0.0), 0.0, 2));
    assert_eq!(zero.name, "body");
    zero.accumulate(&b);
    zero.accumulate(&b);
    assert_eq!(zero.vel.y, 2.0 * b.vel.y);
    assert_eq!(zero.id, 2);
    b.set_zero();
    assert_eq!((b.mass, b.id), (0.0, 2));
    let table = Table::<f64, 2> {
        rows: vec![[1.0, 2.0]],
        scale: 3.0,
        flag: Some(true),
        weight: 4.0,
    };
    let mut shadow = table.zero_shadow();
    shadow.accumulate(&table);
    shadow.accumulate(&table);
    assert_eq!(shadow.rows, [[2.0, 4.0]]);
    assert_eq!((shadow.scale, shadow.weight), (6.0, 0.0));
    assert_eq!(Pair(1.0, [2.0, 3.0]).zero_shadow(), Pair(0.0, [0.0; 2]));
    assert_eq!(Empty.zero_shadow(), Empty);
}

#[differentiate(forward, reverse, hessian)]
fn norm(v: &V3) -> f64 {
    (v.x * v.x + v.y * v.y + v.z * v.z).sqrt()
}

#[differentiate(forward, reverse, hessian)]
fn by_value(v: V3, k: f64) -> f64 {
    k * v.x * v.y.sin() + v.z.powi(3)
}

#[test]
fn inputs() {
    prove_hessian!(norm(rf v3(0.3, -0.7, 1.1)));
    prove_hessian!(by_value(val v3(0.3, -0.7, 1.1), val 0.8));
}

#[differentiate(forward, reverse, hessian)]
fn dot(a: &V3, b: &V3) -> f64 {
    a.x * b.x + a.y * b.y + a.z * b.z
}

#[differentiate(forward, reverse, hessian)]
fn cross(a: &V3, b: &V3) -> V3 {
    V3 {
        x: a.y * b.z - a.z * b.y,
        y: a.z * b.x - a.x * b.z,
        z: a.x * b.y - a.y * b.x,
    }
}

#[differentiate(forward, reverse, hessian)]
fn triple(a: &V3, b: &V3, c: V3) -> f64 {
    let n = cross(a, b);
    let m = cross(&n, &c);
    dot(&n, &m) + dot(&m, &m) * c.x + dot(a, a)
}

/// Literals with shorthand, functional update, overwritten fields and copies.
#[differentiate(forward, reverse, hessian)]
fn literals(a: V3, k: f64) -> f64 {
    let x = a.y * k;
    let mut b = V3 {
        x,
        z: a.x.sin(),
        ..a
    };
    let c = b;
    b.x *= b.y;
    b.y += c.x * c.z;
    b = V3 { y: b.x * b.x, ..b };
    let d = V3 {
        x: 1.0,
        y: 2.0,
        z: k,
    };
    b.x * c.x + b.y * d.y + d.z * b.z
}

#[differentiate(forward, reverse, hessian)]
fn constructors(p: Pair<f64>, k: f64) -> f64 {
    let q = Pair(p.0 * k, [p.1[1], p.1[0] * p.0]);
    let Pair(first, [second, third]) = q;
    let Pair(alone, ..) = p;
    first * second + third.exp() * alone
}

#[differentiate(forward, reverse, hessian)]
fn in_parameters(V3 { x, y, z: last }: &V3, Pair(a, _): Pair<f64>) -> f64 {
    x * y + last * a
}

#[differentiate(forward, reverse)]
fn makes(k: f64, name: &str, id: usize) -> Body {
    let pos = V3 {
        x: k,
        y: k * k,
        z: 1.0,
    };
    Body {
        pos,
        vel: V3 { y: pos.x, ..pos },
        mass: 2.0,
        id: id + 1,
        name: name.to_string(),
    }
}

#[differentiate(forward, reverse, hessian)]
fn step(b: &mut Body, dt: f64) {
    b.pos.x += b.vel.x * dt;
    b.pos.y += b.vel.y * dt;
    b.vel.z = b.vel.z * b.mass.sqrt() - b.pos.x;
    b.mass = 0.5 * b.mass * b.mass + 0.2;
}

/// A struct in a loop with an early exit, in a callee as in/out argument.
#[differentiate(forward, reverse, hessian)]
fn simulate(start: &Body, dt: f64, n: usize) -> f64 {
    let mut b = start.clone();
    let mut sum = 0.0;
    for k in 0..n {
        step(&mut b, dt);
        sum += b.pos.x * b.pos.y;
        if b.pos.x > 2.0 {
            b.pos.z *= b.vel.z;
            break;
        }
        b.pos.z += 0.1 * b.pos.z * b.pos.x;
    }
    sum + b.pos.z * b.mass
}

/// Elements of slices, pairs of them, nested fields.
#[differentiate(forward, reverse, hessian)]
fn energy(bodies: &[Body], g: f64) -> f64 {
    let mut e = 0.0;
    for i in 0..bodies.len() {
        let b = &bodies[i];
        e += 0.5 * b.mass * dot(&b.vel, &b.vel);
        for j in 0..i {
            let dx = b.pos.x - bodies[j].pos.x;
            let dy = b.pos.y - bodies[j].pos.y;
            let d = V3 {
                x: dx,
                y: dy,
                z: b.pos.z - bodies[j].pos.z,
            };
            e -= g * b.mass * bodies[j].mass / norm(&d);
        }
    }
    e
}

#[differentiate(forward, reverse)]
fn drift(bodies: &mut [Body], dt: f64) {
    for b in bodies.iter_mut() {
        b.pos.x += dt * b.vel.x * b.pos.y;
        b.vel = V3 {
            x: b.vel.y,
            ..b.vel
        };
    }
    let n = bodies.len();
    for i in 0..n {
        let p = bodies[i].pos;
        bodies[i].mass *= p.x * p.x;
        step(&mut bodies[i], dt);
    }
}

#[differentiate(forward, reverse)]
fn collects(x: &[f64], k: f64) -> Vec<V3> {
    let mut out = Vec::new();
    for i in 0..x.len() {
        out.push(V3 {
            x: x[i],
            y: x[i] * k,
            z: 0.0,
        });
    }
    out
}

#[differentiate(forward, reverse, hessian)]
fn array_of_structs(vs: [V3; 2], k: f64) -> f64 {
    let mut ws = vs;
    ws[0].x = vs[1].y * k;
    ws[1] = ws[0];
    ws[0].y *= ws[1].x;
    dot(&ws[0], &ws[1]) + dot(&vs[0], &vs[0])
}

#[test]
fn values_and_literals() {
    let (a, b, c) = (v3(0.3, -0.7, 1.1), v3(0.9, 0.2, -0.5), v3(0.4, 0.6, 0.8));
    prove_hessian!(dot(rf a, rf b));
    prove!(cross(rf a, rf b) -> vec);
    prove_hessian!(triple(rf a, rf b, val c));
    prove_hessian!(literals(val a, val 0.8));
    let pair = Pair(0.3, [0.5, -0.8]);
    prove_hessian!(constructors(val pair, val 0.8));
    prove_hessian!(in_parameters(rf a, val pair));
    prove!(makes(val 0.7, con "a", con 3) -> vec);
}

#[test]
fn one_struct_for_two_parameters() {
    prove_hessian!(twice(rf v3(0.3, -0.7, 1.1)));
}

#[differentiate(forward, reverse, hessian)]
fn twice(a: &V3) -> f64 {
    let n = cross(a, a);
    dot(a, a) * norm(a) + n.x
}

#[test]
fn loops_and_elements() {
    prove!(step(ios body(0), val 0.1) -> unit);
    for n in [0, 1, 4, 40] {
        prove_hessian!(simulate(rf body(0), val 0.3, con n));
    }
    prove_hessian!(energy(slice [body(0), body(1), body(2)], val 0.7));
    prove_hessian!(energy(slice Vec::<Body>::new(), val 0.7));
    prove!(drift(io [body(0), body(1)], val 0.2) -> unit);
    prove!(collects(slice [0.3, -0.4, 0.9], val 0.8) -> vec);
    prove!(collects(slice Vec::<f64>::new(), val 0.8) -> vec);
    prove_hessian!(array_of_structs(val [v3(0.3, -0.7, 1.1), v3(0.9, 0.2, -0.5)], val 0.6));
}

/// Integer fields in bounds, indices, casts and arithmetic; a flag in a branch.
#[derive(Clone, Debug, Differentiable)]
struct Grid {
    data: Vec<f64>,
    rows: usize,
    cols: usize,
    wrap: bool,
    kind: Option<u8>,
    #[constant]
    spacing: f64,
}
struct_shape!(Grid { data: Vec<f64> });

fn grid() -> Grid {
    Grid {
        data: crate::harness::noise(6),
        rows: 2,
        cols: 3,
        wrap: true,
        kind: None,
        spacing: 0.5,
    }
}

#[differentiate(forward, reverse, hessian)]
fn laplace(g: &Grid, k: f64) -> f64 {
    let n = g.rows * g.cols;
    let mut sum = 0.0;
    for i in 0..g.rows {
        for j in 1..g.cols {
            let here = g.data[i * g.cols + j];
            let d = here - g.data[i * g.cols + j - 1];
            sum += d * d * d / g.spacing;
        }
        if g.wrap {
            sum += k * g.data[i * g.cols].sin();
        }
    }
    let mean = sum / n as f64;
    mean * k / (g.rows as f64 + k) + g.cols as f64 * k
}

#[differentiate(forward, reverse)]
fn smooth(g: &mut Grid, k: f64) {
    for i in 1..g.data.len() {
        g.data[i] = g.data[i] * k + g.data[i - 1] * g.data[i];
    }
    g.data.push(k * k);
    g.rows += 1;
    let last = g.data.pop().unwrap();
    g.data[0] *= last;
}

#[differentiate(forward, reverse)]
fn grown(g: Grid, k: f64) -> Grid {
    let mut data = g.data.clone();
    for v in data.iter_mut() {
        *v *= k;
    }
    let mut out = Grid {
        data,
        wrap: false,
        ..g
    };
    out.data[0] += k;
    out
}

/// Moved, taken apart, put together again, in branches and with late initialisation.
#[differentiate(forward, reverse, hessian)]
fn moved(b: Body, flag: bool, k: f64) -> f64 {
    let c = b;
    let Body {
        pos, mut vel, mass, ..
    } = c;
    vel.x *= mass;
    let chosen = if flag {
        V3 {
            x: vel.x * k,
            ..pos
        }
    } else if k > 0.5 {
        vel
    } else {
        pos
    };
    let late;
    if chosen.x > 0.0 {
        late = V3 { x: 1.0, ..chosen };
    } else {
        late = pos;
    }
    let (p, q) = (late, V3 { z: late.y, ..vel });
    dot(&p, &q) * p.y
}

#[differentiate(forward, reverse, hessian)]
fn in_tuples(t: (V3, f64), vs: &[(f64, V3)]) -> f64 {
    let (v, k) = t;
    let mut sum = v.x * k;
    for (w, u) in vs {
        sum += w * dot(u, &v);
    }
    let last = &vs[vs.len() - 1].1;
    sum * last.x
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float + Differentiable<Shadow = T>, const N: usize>(
    t: &Table<T, N>,
    p: Pair<T>,
) -> T {
    let mut sum = p.0 * t.scale;
    for row in &t.rows {
        for j in 0..N {
            sum = sum + row[j] * p.1[j % 2];
        }
    }
    let q = Pair(sum * p.0, [p.1[1], sum]);
    q.0.sin() * q.1[0] + q.1[1] * T::from(2.0).unwrap()
}

/// In/out structs with swaps, whole overwrites and exchanges.
#[differentiate(forward, reverse)]
fn exchange(a: &mut Body, b: &mut Body, vs: &mut [V3]) -> f64 {
    let held = a.pos;
    a.pos = b.vel;
    b.vel = held;
    std::mem::swap(&mut a.mass, &mut b.mass);
    vs.swap(0, 1);
    vs[0] = V3 {
        x: vs[0].y * a.mass,
        y: 1.0,
        z: vs[1].x,
    };
    let e = a.pos.x * vs[0].x;
    *b = a.clone();
    b.mass *= e;
    e * b.mass
}

#[differentiate(forward, reverse, hessian)]
fn recursive(v: &V3, depth: usize) -> f64 {
    if depth == 0 {
        return v.x * v.y;
    }
    let w = V3 { x: v.y * v.z, ..*v };
    recursive(&w, depth - 1) + v.x * w.x
}

#[differentiate(forward, reverse, hessian)]
fn held_constant(v: &V3, #[constant] c: &V3, k: f64) -> f64 {
    let fixed = chainrule::constant(v.x * k);
    dot(v, c) * fixed + cross(c, v).x * c.y
}

#[differentiate(forward, reverse, hessian)]
fn constant_start(n: usize, k: f64) -> f64 {
    let mut acc = V3 {
        x: 0.0,
        y: 1.0,
        z: 0.0,
    };
    let list = [v3_of(k), v3_of(k * k)];
    for i in 0..n {
        acc = cross(&acc, &list[i % 2]);
        acc.y += k;
    }
    acc.x + acc.y * acc.z
}

#[differentiate(forward, reverse, hessian)]
fn v3_of(k: f64) -> V3 {
    V3 {
        x: k,
        y: k * k,
        z: 1.0,
    }
}

#[test]
fn constant_fields() {
    prove_hessian!(laplace(rf grid(), val 0.8));
    prove!(smooth(ios grid(), val 0.8) -> unit);
    prove!(grown(val grid(), val 0.8) -> vec);
}

#[test]
fn moves_and_branches() {
    for flag in [true, false] {
        for k in [0.3, 0.8] {
            prove_hessian!(moved(val body(1), con flag, val k));
        }
    }
    let vs = [(0.5, v3(0.3, -0.7, 1.1)), (-0.4, v3(0.9, 0.2, -0.5))];
    prove_hessian!(in_tuples(val (v3(0.1, 0.2, 0.3), 0.7), slice vs));
}

#[test]
fn generic_structs() {
    let table = Table::<f64, 3> {
        rows: vec![[0.1, -0.2, 0.3], [0.5, 0.6, -0.7]],
        scale: 1.3,
        flag: None,
        weight: 2.0,
    };
    prove_gradient!(generic(rf table, val Pair(0.4, [0.3, -0.9])));
}

#[test]
fn exchanges() {
    let vs = [v3(0.3, -0.7, 1.1), v3(0.9, 0.2, -0.5)];
    prove!(exchange(ios body(0), ios body(1), io vs));
}

#[test]
fn recursion_and_constants() {
    prove_hessian!(recursive(rf v3(0.3, -0.7, 1.1), con 3));
    prove_hessian!(held_constant_(rf v3(0.3, -0.7, 1.1), con &v3(0.9, 0.2, -0.5)));
    for n in [0, 1, 5] {
        prove_hessian!(constant_start(con n, val 0.7));
    }
}

#[differentiate(forward, reverse, hessian)]
fn held_constant_(v: &V3, #[constant] c: &V3) -> f64 {
    dot(v, c) * v.x + cross(c, v).x * c.y
}

#[derive(Clone, Debug, Differentiable)]
struct Cage {
    corners: [V3; 2],
    path: Vec<V3>,
    span: (f64, V3),
    count: usize,
}
struct_shape!(Cage { corners: [V3; 2], path: Vec<V3>, span: (f64, V3) });

fn cage() -> Cage {
    Cage {
        corners: [v3(0.3, -0.7, 1.1), v3(0.9, 0.2, -0.5)],
        path: vec![v3(0.1, 0.2, 0.3), v3(-0.4, 0.5, 0.6), v3(0.7, -0.8, 0.9)],
        span: (0.6, v3(0.2, 0.1, -0.3)),
        count: 2,
    }
}

#[differentiate(forward, reverse, hessian)]
fn pull(v: &mut V3, to: &V3, k: f64) -> f64 {
    let d = V3 {
        x: to.x - v.x,
        y: to.y - v.y,
        z: to.z - v.z,
    };
    v.x += k * d.x * d.x;
    v.y *= d.y;
    dot(&d, &d)
}

/// Fields lent to callees, mutably and beside each other; values of calls projected at once.
#[differentiate(forward, reverse, hessian)]
fn lends(c: &mut Cage, k: f64) -> f64 {
    let mut sum = pull(&mut c.corners[0], &c.span.1, k);
    for i in 1..c.path.len() {
        let target = c.path[i - 1];
        sum += pull(&mut c.path[i], &target, sum);
        if c.path[i].x > 0.5 {
            sum *= c.path[i].y;
            continue;
        }
        c.span.0 *= c.path[i].x;
        c.span.1.z += by_value(c.path[i], c.span.0);
    }
    sum += cross(&c.corners[0], &c.corners[1]).x + v3_of(k).y;
    c.path.swap(0, 2);
    let j = c.count - 1;
    c.corners[j].z = sum;
    sum + by_value(
        V3 {
            x: k,
            ..c.corners[1]
        },
        0.5,
    )
}

/// A list that grows and shrinks, copies in arrays, an early return.
#[differentiate(forward, reverse, hessian)]
fn lists(vs: &[V3], k: f64) -> f64 {
    let mut stack = Vec::new();
    let mut row = [vs[0]; 3];
    let mut copies = vec![vs[1]; vs.len()];
    let mut i = 0;
    while i < vs.len() {
        stack.push(vs[i]);
        row[i % 3].x *= k;
        copies[i] = row[i % 3];
        copies[i].y += stack[i].x;
        if copies[i].y > 3.0 {
            return copies[i].y * row[0].x;
        }
        i += 1;
    }
    let top = stack.pop().unwrap();
    stack.swap(0, 1);
    stack[0].z *= top.x;
    let mut sum = 0.0;
    for (i, s) in stack.iter().enumerate() {
        sum += dot(&copies[i], s) * copies[i].x;
    }
    for v in stack.iter_mut() {
        v.x = v.y * sum;
    }
    sum + stack[0].x + stack[1].x * top.z
}

/// A parameter that is overwritten as a whole, and one of which only a part is read.
#[differentiate(forward, reverse, hessian)]
fn overwritten(mut a: V3, b: &mut V3, c: &V3) -> f64 {
    let x = a.x;
    a = *c;
    let y = b.y;
    *b = V3 {
        x: y * a.x,
        y: x,
        z: 0.0,
    };
    a.y *= b.x;
    *b = cross(b, &a);
    b.z * a.y + x
}

#[differentiate(forward, reverse)]
fn unit_struct(e: Empty, x: f64) -> f64 {
    let _held = e;
    x * x
}

#[test]
fn parts_lent() {
    prove_hessian!(lends(ios cage(), val 0.7));
    prove!(overwritten(val v3(0.3, -0.7, 1.1), ios v3(0.9, 0.2, -0.5), rf v3(0.4, 0.5, 0.6)));
}

#[test]
fn lists_of_structs() {
    let vs = [v3(0.3, -0.7, 1.1), v3(0.9, 0.2, -0.5), v3(-0.4, 0.5, 0.6)];
    prove_hessian!(lists(slice vs, val 0.8));
    prove_hessian!(lists(slice vs, val 25.0));
    prove_hessian!(lists(slice [vs[2], vs[0], vs[1], vs[0]], val 0.8));
}

#[test]
fn units() {
    prove_gradient!(unit_struct(val Empty, val 0.7));
}

const ORIGIN: V3 = V3 {
    x: 0.0,
    y: 0.5,
    z: 0.0,
};

fn fixed() -> V3 {
    V3 {
        x: 1.0,
        y: 2.0,
        z: 3.0,
    }
}

/// Constants of user types among active values: returned, pushed, assigned, in arrays and tuples.
#[differentiate(forward, reverse, hessian)]
fn constant_result(v: V3, c: &V3, k: f64) -> V3 {
    if k > 2.0 {
        return V3 {
            x: 1.0,
            y: 2.0,
            z: 3.0,
        };
    }
    if k > 1.5 {
        return fixed();
    }
    if k > 1.2 {
        return ORIGIN;
    }
    V3 { x: v.x * k, ..*c }
}

#[differentiate(forward, reverse, hessian)]
fn constants_beside(v: V3, k: f64) -> f64 {
    let mut list = vec![ORIGIN, v];
    list.push(fixed());
    list.push(V3 {
        x: 0.5,
        y: 0.0,
        z: 0.0,
    });
    list.push(v3_of(k));
    let pair = (fixed(), v, ORIGIN);
    let mut w = v;
    if k > 0.5 {
        w = ORIGIN;
        w.x += k;
    }
    list[1] = fixed();
    list[1].y *= k;
    let row = [fixed(), w, pair.1];
    let mut sum = dot(&pair.0, &pair.1);
    for i in 0..list.len() {
        sum += dot(&list[i], &row[i % 3]) * k;
    }
    let r = constant_result(w, &v, k + 0.75);
    sum * r.x + r.y
}

#[differentiate(forward, reverse)]
fn copied_constant(#[constant] c: &[f64], x: f64) -> Vec<f64> {
    if x > 1.0 {
        return c.to_vec();
    }
    vec![x * x, c[1]]
}

#[test]
fn constants_of_user_types() {
    let (a, b) = (v3(0.3, -0.7, 1.1), v3(0.9, 0.2, -0.5));
    for k in [0.7, 1.3, 1.7, 2.5] {
        prove!(constant_result(val a, rf b, val k) -> vec);
        prove_hessian!(constants_beside(val a, val k));
        prove_hessian!(constants_beside(val a, val k - 0.4));
    }
    prove!(copied_constant(con &[1.0, 2.0], val 0.4) -> vec);
    prove!(copied_constant(con &[1.0, 2.0], val 1.4) -> vec);
}

/// Kept out, and of the type parameter's type.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Polynomial<T, const N: usize> {
    c: [T; N],
    #[constant]
    scale: T,
}
struct_shape!([T: Shape, const N: usize] Polynomial<T, N> { c: [T; N] });

#[differentiate(forward, reverse, hessian)]
fn scaled_polynomial<const N: usize>(p: &Polynomial<f64, N>, x: f64) -> f64 {
    let mut s = 0.0;
    for k in (0..N).rev() {
        s = s * x + p.c[k] * p.scale;
    }
    s
}

#[test]
fn constants_of_the_parameters_type() {
    prove_hessian!(scaled_polynomial(rf Polynomial { c: [0.2, 0.4, 0.6], scale: 1.3 }, val 0.7));
}
