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
    assert_eq!((shadow.scale, shadow.weight), (6.0, 4.0));
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
    prove_hvp!(norm(rf v3(0.3, -0.7, 1.1)));
    prove_hvp!(by_value(val v3(0.3, -0.7, 1.1), val 0.8));
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
    prove_hvp!(dot(rf a, rf b));
    prove!(cross(rf a, rf b) -> vec);
    prove_hvp!(triple(rf a, rf b, val c));
    prove_hvp!(literals(val a, val 0.8));
    let pair = Pair(0.3, [0.5, -0.8]);
    prove_hvp!(constructors(val pair, val 0.8));
    prove_hvp!(in_parameters(rf a, val pair));
    prove!(makes(val 0.7, con "a", con 3) -> vec);
}

#[test]
fn one_struct_for_two_parameters() {
    prove_hvp!(twice(rf v3(0.3, -0.7, 1.1)));
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
        prove_hvp!(simulate(rf body(0), val 0.3, con n));
    }
    prove_hvp!(energy(slice [body(0), body(1), body(2)], val 0.7));
    prove_hvp!(energy(slice Vec::<Body>::new(), val 0.7));
    prove!(drift(io [body(0), body(1)], val 0.2) -> unit);
    prove!(collects(slice [0.3, -0.4, 0.9], val 0.8) -> vec);
    prove!(collects(slice Vec::<f64>::new(), val 0.8) -> vec);
    prove_hvp!(array_of_structs(val [v3(0.3, -0.7, 1.1), v3(0.9, 0.2, -0.5)], val 0.6));
}
