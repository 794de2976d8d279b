//! Enums that hold reals: inputs, results, locals, elements, fields; patterns that take them apart.

use crate::harness::Shape as Leaves;
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
struct_shape!(V2 { x: f64, y: f64 });

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Shape {
    Circle { r: f64, id: usize },
    Rect(f64, f64),
    Segment { from: V2, to: V2 },
    Point,
}
enum_shape!(Shape {
    Circle { r: a },
    Rect { 0: a, 1: b },
    Segment { from: a, to: b },
    Point {},
});

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum Curve<T> {
    Line(T, T),
    Poly(Vec<T>),
    Scaled {
        by: T,
        of: [T; 2],
        #[constant]
        name: String,
    },
}
enum_shape!([T: Leaves] Curve<T> {
    Line { 0: a, 1: b },
    Poly { 0: a },
    Scaled { by: a, of: b },
});

fn v2(x: f64, y: f64) -> V2 {
    V2 { x, y }
}

fn shapes() -> Vec<Shape> {
    vec![
        Shape::Circle { r: 0.7, id: 2 },
        Shape::Rect(0.4, -1.3),
        Shape::Segment {
            from: v2(0.3, -0.2),
            to: v2(1.1, 0.6),
        },
        Shape::Point,
    ]
}

fn curves() -> Vec<Curve<f64>> {
    vec![
        Curve::Line(0.3, -0.8),
        Curve::Poly(vec![0.2, -0.5, 0.9]),
        Curve::Poly(Vec::new()),
        Curve::Scaled {
            by: 1.2,
            of: [0.4, -0.6],
            name: "a".into(),
        },
    ]
}

#[test]
fn derive() {
    let mut shape = Shape::Rect(1.0, 2.0);
    assert_eq!(shape.zero_shadow(), Shape::Rect(0.0, 0.0));
    let circle = Shape::Circle { r: 2.0, id: 3 };
    assert_eq!(circle.zero_shadow(), Shape::Circle { r: 0.0, id: 3 });
    shape.accumulate(&Shape::Rect(0.5, 0.25));
    assert_eq!(shape, Shape::Rect(1.5, 2.25));
    shape.set_zero();
    assert_eq!(shape, Shape::Rect(0.0, 0.0));
    let curve = &curves()[3];
    let mut twice = curve.zero_shadow();
    twice.accumulate(curve);
    twice.accumulate(curve);
    let expected = Curve::Scaled {
        by: 2.4,
        of: [0.8, -1.2],
        name: "a".into(),
    };
    assert_eq!(twice, expected);
}

#[test]
#[should_panic(expected = "of the variant of its value")]
fn variants_differ() {
    Shape::Point.accumulate(&Shape::Rect(0.5, 0.25));
}

#[differentiate(forward, reverse, hessian)]
fn area(s: &Shape) -> f64 {
    match s {
        Shape::Circle { r, .. } => 3.0 * r * r * r,
        Shape::Rect(w, h) => w * h * w.sin(),
        Shape::Segment { .. } => 0.0,
        Shape::Point => 0.0,
    }
}

#[differentiate(forward, reverse, hessian)]
fn by_value(s: Shape, k: f64) -> f64 {
    match s {
        Shape::Circle { r, id } => k * r.powi(2) * id as f64,
        Shape::Rect(w, h) if w * h > 0.0 => w * k,
        Shape::Rect(mut w, h) => {
            w *= h;
            w * h * k
        }
        Shape::Segment { from, to } => from.x * to.y * k - from.y * to.x,
        _ => k * k,
    }
}

#[differentiate(forward, reverse, hessian)]
fn length(from: &V2, to: &V2) -> f64 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    (dx * dx + dy * dy).sqrt()
}

/// Two parts of one value lent to a callee.
#[differentiate(forward, reverse, hessian)]
fn measure(s: &Shape, k: f64) -> f64 {
    match s {
        Shape::Segment { from, to } if from.x > to.x => length(to, from) * k,
        Shape::Segment {
            from: V2 { x, .. },
            to,
        } => x * k * to.y,
        other => area(other) * k,
    }
}

/// In a loop, with an early exit, `if let … else if let`.
#[differentiate(forward, reverse, hessian)]
fn total(shapes: &[Shape], k: f64) -> f64 {
    let mut sum = 0.0;
    for s in shapes {
        if let Shape::Circle { r, .. } = s {
            sum += r * k * sum;
        } else if let Shape::Rect(w, _)
        | Shape::Segment {
            to: V2 { x: w, .. },
            ..
        } = s
        {
            sum += w.exp() * k;
        } else if let Shape::Point = s {
            break;
        }
        sum += area(s);
    }
    sum * sum
}

#[differentiate(forward, reverse, hessian)]
fn made(k: f64, flag: usize) -> f64 {
    let s = match flag {
        0 => Shape::Circle { r: k * k, id: 3 },
        1 => Shape::Rect(k.sin(), 2.0),
        2 => Shape::Segment {
            from: V2 { x: k, y: 1.0 },
            to: V2 { x: 0.5, y: k * k },
        },
        _ => Shape::Point,
    };
    measure(&s, k) + area(&s) * k
}

#[differentiate(forward, reverse)]
fn grown(s: &Shape, k: f64) -> Shape {
    match *s {
        Shape::Circle { r, id } => Shape::Circle {
            r: r * k,
            id: id + 1,
        },
        Shape::Rect(w, h) => Shape::Rect(h * k, w * w),
        Shape::Segment { from, to } => Shape::Segment {
            from: to,
            to: V2 {
                x: from.x * k,
                ..to
            },
        },
        Shape::Point => Shape::Point,
    }
}

/// Overwritten in place, and changed into another variant.
#[differentiate(forward, reverse, hessian)]
fn change(s: &mut Shape, k: f64) {
    match s {
        Shape::Circle { r, .. } => *r *= *r * k,
        Shape::Rect(w, h) => {
            *w += *h * k;
            *h *= *w;
        }
        Shape::Segment { from, .. } => from.x *= from.y * k,
        Shape::Point => {}
    }
    if let Shape::Rect(w, h) = *s {
        *s = Shape::Circle { r: w * h, id: 7 };
    } else if let Shape::Circle { r, .. } = *s {
        *s = Shape::Rect(r * r, r * k);
    }
}

/// A local that changes its variant in a loop.
#[differentiate(forward, reverse, hessian)]
fn evolve(start: &Shape, k: f64, n: usize) -> f64 {
    let mut s = *start;
    let mut sum = 0.0;
    for i in 0..n {
        sum += area(&s) * k;
        s = match s {
            Shape::Circle { r, .. } => Shape::Rect(r * k, r * r),
            Shape::Rect(w, h) if i > 1 => Shape::Segment {
                from: V2 { x: w, y: h },
                to: V2 { x: h * k, y: w },
            },
            Shape::Rect(w, h) => Shape::Circle { r: w * h, id: i },
            Shape::Segment { from, to } => {
                sum += length(&from, &to);
                Shape::Rect(from.x, to.y)
            }
            Shape::Point => s,
        };
        if let Shape::Point = s {
            break;
        }
        if let Shape::Rect(w, _) = &mut s {
            *w *= 0.5 + *w;
        }
    }
    sum * sum + area(&s)
}

#[differentiate(forward, reverse)]
fn change_all(shapes: &mut [Shape], k: f64) {
    for s in shapes.iter_mut() {
        match s {
            Shape::Circle { r, .. } => *r = r.sin() * k,
            Shape::Rect(w, h) => std::mem::swap(w, h),
            _ => {}
        }
    }
    let n = shapes.len();
    for i in 1..n {
        if let Shape::Rect(w, h) = shapes[i] {
            shapes[i] = Shape::Circle {
                r: w * h * k,
                id: i,
            };
            shapes[i - 1] = Shape::Rect(w, k);
        }
    }
}

#[differentiate(forward, reverse)]
fn stretch(v: &mut V2, k: f64) {
    v.x *= k * v.y;
    v.y += v.x;
}

/// A part is lent exclusively to a callee.
#[differentiate(forward, reverse)]
fn stretch_part(s: &mut Shape, k: f64) -> f64 {
    match s {
        Shape::Segment { from, to } => {
            stretch(from, k);
            stretch(to, from.x);
            length(from, to)
        }
        Shape::Rect(w, _) => *w * k,
        _ => 0.0,
    }
}

#[differentiate(forward, reverse, hessian)]
fn pairs(a: &Shape, b: &Shape) -> f64 {
    match (a, b) {
        (Shape::Rect(w, h), Shape::Rect(v, _)) => w * h * v,
        (Shape::Rect(w, _), Shape::Circle { r, .. })
        | (Shape::Circle { r, .. }, Shape::Rect(w, _)) => r * r * w,
        (Shape::Point, _) | (_, Shape::Point) => 1.0,
        (x, y) => area(x) * area(y),
    }
}

#[test]
fn inputs() {
    for s in shapes() {
        prove_hvp!(area(rf s));
        prove_hvp!(by_value(val s, val 0.8));
        prove_hvp!(measure(rf s, val 0.8));
        for t in shapes() {
            prove_hvp!(pairs(rf s, rf t));
        }
    }
}

#[test]
fn loops() {
    prove_hvp!(total(slice shapes(), val 0.7));
    prove_hvp!(total(slice Vec::<Shape>::new(), val 0.7));
    for s in shapes() {
        for n in [0, 1, 2, 3, 5] {
            prove_hvp!(evolve(rf s, val 0.7, con n));
        }
    }
}

#[test]
fn values() {
    for flag in 0..4 {
        prove_hvp!(made(val 0.8, con flag));
    }
    for s in shapes() {
        prove!(grown(rf s, val 0.8) -> vec);
    }
}

#[test]
fn changes() {
    for s in shapes() {
        prove!(stretch_part(ios s, val 0.8));
    }
    prove!(change_all(io shapes(), val 0.8) -> unit);
}

#[differentiate(forward, reverse, hessian)]
fn through(s: Shape, k: f64) -> f64 {
    let mut t = s;
    change(&mut t, k);
    change(&mut t, area(&s) + k);
    area(&t) * k + area(&s)
}

/// Generic, with vectors, arrays and fields that are kept out.
#[differentiate(forward, reverse, hessian)]
fn evaluate<T: num_traits::Float + Differentiable<Shadow = T>>(c: &Curve<T>, t: T) -> T {
    match c {
        Curve::Line(a, b) => *a + *b * t,
        Curve::Poly(coefficients) => {
            let mut sum = T::zero();
            for c in coefficients.iter().rev() {
                sum = sum * t + *c;
            }
            sum
        }
        Curve::Scaled { by, of: [a, b], .. } => *by * (*a + *b * t * t),
    }
}

#[differentiate(forward, reverse, hessian)]
fn moved(c: Curve<f64>, t: f64) -> f64 {
    let d = c;
    match d {
        Curve::Poly(mut v) => {
            v.push(t);
            let last = v.len() - 1;
            v[0] * v[last] * t
        }
        Curve::Scaled { by, of, name } => by * of[0] * of[1] * name.len() as f64,
        ref line @ Curve::Line(a, _) => a * evaluate(line, t),
    }
}

/// Made in a loop, collected, and taken apart again.
#[differentiate(forward, reverse, hessian)]
fn collected(x: &[f64], k: f64) -> f64 {
    let mut all = Vec::new();
    for i in 0..x.len() {
        if x[i] > 0.0 {
            all.push(Shape::Rect(x[i], k));
        } else {
            all.push(Shape::Circle { r: x[i], id: i });
        }
    }
    let mut sum = 0.0;
    for s in all.iter() {
        sum += area(s) * sum + k;
    }
    sum
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Scene {
    main: Shape,
    others: Vec<Shape>,
    extra: Option<Shape>,
    scale: f64,
}
struct_shape!(Scene {
    main: Shape,
    others: Vec<Shape>,
    extra: Option<Shape>,
    scale: f64
});

fn scene(main: Shape, extra: Option<Shape>) -> Scene {
    Scene {
        main,
        others: shapes(),
        extra,
        scale: 0.9,
    }
}

#[differentiate(forward, reverse, hessian)]
fn render(s: &Scene) -> f64 {
    let mut sum = match s.main {
        Shape::Rect(w, h) => w * h * s.scale,
        ref other => area(other),
    };
    for i in 0..s.others.len() {
        if let Shape::Rect(w, _) = &s.others[i] {
            sum *= w * s.scale;
        }
    }
    match &s.extra {
        Some(Shape::Circle { r, .. }) if *r > 0.5 => sum * r,
        Some(shape @ Shape::Rect(0.0..=1.0, _)) => sum + area(shape),
        Some(_) => sum * sum,
        None => sum * s.scale,
    }
}

#[differentiate(forward, reverse)]
fn edit(s: &mut Scene, k: f64) {
    if let Some(Shape::Circle { r, .. }) = &mut s.extra {
        *r *= k * *r;
    }
    match s.main {
        Shape::Rect(ref mut w, ref h) => *w *= *h * k,
        Shape::Circle { ref mut r, id: 2 } => *r = k,
        _ => {}
    }
    for other in s.others.iter_mut() {
        if let Shape::Rect(w, h) = other {
            *h += *w * s.scale;
        }
    }
    s.scale *= k;
}

/// `let … else`, `while let`, a guard that calls a function.
#[differentiate(forward, reverse, hessian)]
fn reduced(start: &Shape, k: f64) -> f64 {
    let mut s = *start;
    let mut sum = k;
    let mut n = 0;
    while let Shape::Rect(w, h) = s {
        sum += w * h * sum;
        n += 1;
        s = if n > 2 {
            Shape::Circle { r: w, id: n }
        } else {
            Shape::Rect(h * k, w)
        };
    }
    let Shape::Circle { r, id: count } = s else {
        return sum * k;
    };
    match s {
        Shape::Circle { r: q, .. } if area(&s) > 1e-3 => q * sum * count as f64,
        _ => r * k,
    }
}

impl Shape {
    #[differentiate(forward, reverse, hessian)]
    fn size(&self, k: f64) -> f64 {
        match self {
            Self::Circle { r, .. } => r * r * k,
            Self::Rect(w, h) => w * h,
            Self::Segment { from, to } => length(from, to) * k,
            Self::Point => k,
        }
    }

    #[differentiate(forward, reverse, hessian)]
    fn scaled(self, k: f64) -> Self {
        match self {
            Self::Circle { r, id } => Self::Circle { r: r * k, id },
            Self::Rect(w, h) => Self::Rect(w * k, h * k * k),
            other => other,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn by_methods(s: &Shape, k: f64) -> f64 {
    let t = s.scaled(k);
    t.size(k) * s.size(2.0 * k)
}

/// Slice patterns.
#[differentiate(forward, reverse, hessian)]
fn recursive(x: &[f64], k: f64) -> f64 {
    match x {
        [] => k,
        [a] => a * k,
        [a, b] if a > b => a * b * k,
        [first, .., last] if x.len() < 4 => first * last.sin(),
        [first, middle @ .., last] => first * last + k * plain(middle),
    }
}

#[differentiate(forward, reverse, hessian)]
fn plain(x: &[f64]) -> f64 {
    if let [a, rest @ ..] = x {
        let mut sum = *a;
        for v in rest {
            sum = sum * v + a;
        }
        return sum;
    }
    0.5
}

#[differentiate(forward, reverse)]
fn spread(x: &mut [f64], k: f64) {
    if let [a, b, rest @ ..] = x {
        *a *= *b * k;
        for v in rest.iter_mut() {
            *v *= *a;
        }
    }
    match x {
        [.., y, z] => *z += *y * k,
        [y] => *y = y.exp(),
        _ => {}
    }
}

#[differentiate(forward, reverse, hessian)]
fn of_vec(x: &Vec<f64>, a: [f64; 3]) -> f64 {
    let [p, q, r] = a;
    let &[u, v] = &x[..2] else {
        return p * q;
    };
    let [.., w] = x.as_slice() else { return q };
    match a {
        [(..=0.0), ..] => u,
        [s, _, t] => u * v * w * s * t * r,
    }
}

#[test]
fn variants_that_change() {
    for s in shapes() {
        prove_hvp!(through(val s, val 0.8));
    }
}

#[test]
fn generic_enums() {
    for c in curves() {
        prove_hvp!(evaluate(rf c.clone(), val 0.7));
        if c != Curve::Poly(Vec::new()) {
            prove_hvp!(moved(val c, val 0.7));
        }
    }
    prove!(evaluate(rf Curve::Line(0.3_f32, -0.8), val 0.7_f32));
}

#[test]
fn elements_and_fields() {
    prove_hvp!(collected(slice [0.3, -0.4, 0.9], val 0.8));
    prove_hvp!(collected(slice Vec::<f64>::new(), val 0.8));
    for s in shapes() {
        prove_hvp!(render(rf scene(s, None)));
        prove_hvp!(render(rf scene(Shape::Point, Some(s))));
        prove!(edit(ios scene(s, Some(s)), val 0.8) -> unit);
        prove!(edit(ios scene(s, None), val 0.8) -> unit);
        prove_hvp!(reduced(rf s, val 0.8));
        prove_hvp!(by_methods(rf s, val 0.8));
    }
}

#[test]
fn slices() {
    for n in 0..6 {
        let x = crate::harness::noise(n);
        prove_hvp!(recursive(slice x.clone(), val 0.8));
        prove_hvp!(plain(slice x.clone()));
        prove!(spread(io x.clone(), val 0.8) -> unit);
    }
    prove_hvp!(of_vec(rf crate::harness::noise(3), val [0.3, -0.6, 0.8]));
    prove_hvp!(of_vec(rf crate::harness::noise(3), val [-0.3, -0.6, 0.8]));
}
