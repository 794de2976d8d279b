//! What else stands in real functions: static dispatch, builders, `matches!`, nested items, attributes, lifetimes, reals of two types.

use chainrule::{Differentiable, differentiate};
use num_traits::{Float, FromPrimitive};
use std::ops::{Deref, DerefMut};

#[differentiate(forward, reverse, hessian)]
trait Law {
    fn force(&self, x: f64) -> f64;
    fn work(&self, x: f64) -> f64 {
        0.5 * x * self.force(x)
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Spring {
    stiffness: f64,
    hardening: f64,
}
struct_shape!(Spring {
    stiffness: f64,
    hardening: f64
});

#[derive(Clone, Debug, Differentiable)]
struct Gas {
    pressure: f64,
}
struct_shape!(Gas { pressure: f64 });

#[differentiate(forward, reverse, hessian)]
impl Law for Spring {
    fn force(&self, x: f64) -> f64 {
        self.stiffness * x + self.hardening * x.powi(3)
    }
}

#[differentiate(forward, reverse, hessian)]
impl Law for Gas {
    fn force(&self, x: f64) -> f64 {
        self.pressure / (1.0 + x * x)
    }
    fn work(&self, x: f64) -> f64 {
        self.pressure * x.atan()
    }
}

#[differentiate]
fn stepped<L: Law + Clone>(law: &L, x: f64, n: usize) -> f64
where
    L: Differentiable<Shadow = L>,
{
    let (mut x, mut v) = (x, 0.0);
    for k in 0..n {
        if k % 2 == 0 {
            v -= 0.1 * law.force(x);
        } else {
            v -= 0.2 * law.work(x);
        }
        x += 0.1 * v;
    }
    x * v + law.work(x)
}

#[differentiate]
fn both<L: Law + Clone, S: Law + Clone>(law: &L, #[constant] other: &S, x: f64) -> f64
where
    L: Differentiable<Shadow = L>,
    S: Differentiable<Shadow = S>,
{
    let mut sum = other.force(x);
    while sum.abs() < 3.0 {
        sum += 1.0 + law.force(sum * x).abs();
    }
    sum * other.work(x)
}

#[differentiate(forward, reverse, hessian)]
fn of_type(spring: &Spring, gas: &Gas, x: f64) -> f64 {
    let once = stepped_by(spring, x);
    once * stepped_by(gas, once)
}

#[differentiate(forward, reverse, hessian)]
fn stepped_by<L: Law + Clone>(law: &L, x: f64) -> f64
where
    L: Differentiable<Shadow = L>,
{
    let mut x = x;
    for _ in 0..3 {
        x -= 0.2 * law.force(x);
    }
    x
}

/// Of what is held constant.
#[differentiate(forward, reverse, hessian)]
trait Profile {
    fn height(#[constant] &self, x: f64) -> f64;
    fn slope(#[constant] &self, x: f64) -> f64 {
        (self.height(x + 0.5) - self.height(x - 0.5)).sin()
    }
}

#[differentiate(forward, reverse, hessian)]
impl Profile for Spring {
    fn height(#[constant] &self, x: f64) -> f64 {
        self.stiffness * x.cos()
    }
}

#[differentiate(forward, reverse, hessian)]
impl Profile for Gas {
    fn height(#[constant] &self, x: f64) -> f64 {
        self.pressure * x * x
    }
    fn slope(#[constant] &self, x: f64) -> f64 {
        2.0 * self.pressure * x
    }
}

#[differentiate(forward, reverse, hessian)]
fn through_objects(#[constant] law: &dyn Profile, x: f64, n: usize) -> f64 {
    let mut x = x;
    for _ in 0..n {
        x -= 0.1 * law.height(x) * x;
    }
    law.slope(x)
}

#[differentiate(forward, reverse, hessian)]
fn of_several_objects(
    #[constant] first: &dyn Profile,
    #[constant] second: &dyn Profile,
    x: f64,
) -> f64 {
    let (a, b) = (first.height(x), second.height(x));
    if a > b {
        a * second.slope(b)
    } else {
        b * first.slope(a)
    }
}

#[test]
fn dispatch() {
    let spring = Spring {
        stiffness: 0.8,
        hardening: 0.3,
    };
    let gas = Gas { pressure: 1.2 };
    for n in [0, 1, 4] {
        prove_gradient!(stepped(rf spring.clone(), val 0.7, con n));
        prove_gradient!(stepped(rf gas.clone(), val 0.7, con n));
        prove_hvp!(through_objects(con &spring, val 0.7, con n));
        prove_hvp!(through_objects(con &gas, val 0.7, con n));
    }
    prove_gradient!(both(rf spring.clone(), con &gas, val 0.7));
    prove_gradient!(both(rf gas.clone(), con &spring, val 0.7));
    prove_hvp!(of_type(rf spring.clone(), rf gas.clone(), val 0.7));
    prove_hvp!(of_several_objects(con &spring, con &gas, val 0.7));
    prove_hvp!(of_several_objects(con &gas, con &spring, val 1.9));
}

/// Built step by step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Differentiable)]
struct Path {
    length: f64,
    bend: f64,
    steps: usize,
}
struct_shape!(Path {
    length: f64,
    bend: f64
});

#[differentiate(forward, reverse, hessian)]
impl Path {
    fn with_length(self, length: f64) -> Self {
        Path { length, ..self }
    }
    fn with_bend(mut self, bend: f64) -> Self {
        self.bend += bend * self.length;
        self.steps += 1;
        self
    }
    fn scaled(self, k: f64) -> Path {
        Path {
            length: self.length * k,
            bend: self.bend / k,
            steps: self.steps,
        }
    }
    fn energy(&self) -> f64 {
        self.bend.powi(2) * self.length * self.steps as f64
    }
}

#[differentiate(forward, reverse, hessian)]
fn built(length: f64, bend: f64) -> f64 {
    Path::default()
        .with_length(length)
        .with_bend(bend)
        .scaled(bend)
        .energy()
}

#[differentiate(forward, reverse, hessian)]
fn built_in_a_loop(start: Path, bends: &[f64]) -> f64 {
    let mut path = start.scaled(1.5);
    let mut energy = 0.0;
    for &b in bends {
        path = match path.length > 4.0 {
            true => path.with_bend(b).scaled(0.5),
            false => path.scaled(1.0 + b * b).with_bend(-b),
        };
        energy += path.with_length(b).energy();
    }
    energy * path.energy()
}

#[differentiate(forward, reverse, hessian)]
fn defaults(x: f64, n: usize) -> f64 {
    let mut total = Path::default();
    let mut sum: f64 = f64::default();
    for k in 0..n {
        let mut step = Path::default();
        step.length = x * k as f64;
        total.length += step.length.sin();
        total.bend += total.length * x;
        sum += total.bend;
    }
    sum * total.length
}

#[test]
fn builders() {
    prove_hvp!(built(val 0.7, val 1.3));
    let path = Path {
        length: 0.9,
        bend: 0.4,
        steps: 1,
    };
    prove_hvp!(built_in_a_loop(val path, slice [0.3, -1.8, 1.2]));
    prove_hvp!(built_in_a_loop(val path, slice []));
    prove_hvp!(defaults(val 0.7, con 4usize));
    prove_hvp!(defaults(val 0.7, con 0usize));
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Shape {
    Circle { r: f64 },
    Box { a: f64, b: f64 },
    Empty,
}
enum_shape!(Shape { Circle { r: v1 }, Box { a: v1, b: v2 }, Empty {} });

#[differentiate(forward, reverse, hessian)]
fn area(shape: Shape, k: usize) -> f64 {
    if matches!(shape, Shape::Empty) {
        return 0.0;
    }
    let scale = if matches!(k, 1 | 3..=5) { 2.0 } else { 0.5 };
    match shape {
        Shape::Circle { r } => scale * r * r,
        Shape::Box { a, b } => scale * a * b,
        Shape::Empty => scale,
    }
}

#[differentiate(forward, reverse, hessian)]
fn largest(shapes: &[Shape], limit: f64) -> f64 {
    let mut sum = 0.0;
    for (k, s) in shapes.iter().enumerate() {
        if matches!(s, Shape::Circle { r } if *r > limit) {
            continue;
        }
        let square = matches!(s, Shape::Box { .. }) && k > 0;
        sum += if square {
            area(*s, k) * limit
        } else {
            area(*s, k).sqrt()
        };
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn while_it_matches(x: f64, states: &[usize]) -> f64 {
    let mut v = x;
    let mut k = 0;
    while k < states.len() && !matches!(states[k], 7 | 9) {
        v = v.sin() + x * states[k] as f64;
        k += 1;
    }
    v * x
}

#[test]
fn matched() {
    let shapes = [
        Shape::Box { a: 0.7, b: 1.3 },
        Shape::Circle { r: 0.4 },
        Shape::Circle { r: 2.0 },
        Shape::Box { a: 0.2, b: 0.9 },
    ];
    for k in [0, 1, 4] {
        for s in shapes {
            prove_hvp!(area(val s, con k));
        }
    }
    prove!(area(val Shape::Empty, con 1usize));
    prove_hvp!(largest(rf shapes.to_vec(), val 0.9));
    prove_hvp!(while_it_matches(val 0.7, con &[1, 2, 7, 3]));
    prove_hvp!(while_it_matches(val 0.7, con &[9]));
}

#[differentiate(forward, reverse, hessian)]
fn nested_items(x: f64, n: usize) -> f64 {
    use std::f64::consts::{FRAC_PI_4, PI};
    type State = [f64; 2];
    static RATE: f64 = 0.3;
    const STEPS: usize = 3;
    let mut s: State = [x, RATE * x];
    for k in 0..n.min(STEPS) {
        s = [
            s[0] * (PI * x).cos() + s[1],
            s[0] - FRAC_PI_4 * s[1] * k as f64,
        ];
    }
    s[0] * s[1]
}

#[differentiate(forward, reverse, hessian)]
fn nested_types(x: &[f64], k: f64) -> f64 {
    type Row = Vec<f64>;
    static WEIGHTS: [f64; 3] = [0.2, 0.5, 0.3];
    let mut row: Row = Vec::new();
    for (w, v) in WEIGHTS.iter().zip(x) {
        use std::f64::consts::LN_2;
        row.push(w * v * LN_2);
    }
    let total: f64 = row.iter().sum();
    total.exp() * k + row.iter().map(|v| v * v).sum::<f64>()
}

#[differentiate(forward, reverse, hessian)]
fn nested_in_a_branch(x: f64, above: bool) -> f64 {
    if above {
        use std::f64::consts::SQRT_2 as ROOT;
        type Pair = (f64, f64);
        let (a, b): Pair = (x * ROOT, x + ROOT);
        a * b
    } else {
        static SHIFT: f64 = 1.5;
        (x - SHIFT).powi(3)
    }
}

/// Attributes and macros that say nothing of the value.
#[must_use]
#[inline]
#[allow(clippy::let_and_return)]
#[differentiate(forward, reverse, hessian)]
pub(crate) fn with_attributes(x: f64, n: usize) -> f64 {
    #[allow(unused_variables)]
    let unused = 3;
    #[cfg(not(any()))]
    let mut sum = std::hint::black_box(x);
    #[allow(clippy::needless_range_loop)]
    for k in 0..n {
        count!(k);
        sum = std::hint::black_box(sum) * x.cos();
    }
    let result = dbg_free(sum);
    result
}

#[differentiate(forward, reverse, hessian)]
fn dbg_free(x: f64) -> f64 {
    let n = std::hint::black_box(2);
    if n > 1 {
        std::hint::black_box(x * x)
    } else {
        x
    }
}

macro_rules! count {
    ($k:expr) => {
        assert!($k < 1_000);
    };
}
use count;

#[differentiate(forward, reverse, hessian)]
fn with_macros<'a>(x: &'a [f64], limit: usize) -> f64 {
    count!(x.len());
    let mut sum = 0.0;
    for k in 0..x.len() {
        count!(k + limit);
        sum += x[k] * std::hint::black_box(x[k]);
    }
    count!(limit);
    sum.sqrt()
}

#[differentiate(forward, reverse, hessian)]
fn borrowed<'a, 'b: 'a>(x: &'a [f64], y: &'b [f64], k: usize) -> f64 {
    let longer: &'a [f64] = &x[k..];
    let mut sum = 0.0;
    for (a, b) in longer.iter().zip(y) {
        if a > b {
            sum += a * b;
        }
    }
    sum * y[0]
}

/// Holds what it is borrowed from.
#[derive(Clone, Debug, Differentiable)]
struct View<'a> {
    #[constant]
    nodes: &'a [f64],
    scale: f64,
}

#[differentiate]
impl<'a> View<'a> {
    fn at(#[constant] &self, x: f64) -> f64 {
        let mut sum = 0.0;
        for n in self.nodes {
            sum += self.scale * n * (x - n).powi(2);
        }
        sum
    }
}

#[differentiate]
fn of_a_view(x: f64, #[constant] nodes: &'static [f64]) -> f64 {
    let view = View { nodes, scale: 0.7 };
    let mut x = x;
    for _ in 0..2 {
        x = view.at(x) * 0.1;
    }
    x
}

#[test]
fn nested_and_attributed() {
    for n in [0, 1, 5] {
        prove_hvp!(nested_items(val 0.7, con n));
        prove_hvp!(with_attributes(val 0.7, con n));
    }
    prove_hvp!(nested_types(slice [0.3, -0.8, 1.2], val 0.7));
    prove_hvp!(nested_in_a_branch(val 0.7, con true));
    prove_hvp!(nested_in_a_branch(val 0.7, con false));
    prove_hvp!(with_macros(slice [0.3, -0.8, 1.2], con 5usize));
    prove_hvp!(borrowed(slice [0.3, -0.8, 1.2], slice [0.9, 0.2], con 1usize));
    prove_gradient!(of_a_view(val 0.4, con &[0.3, -0.8, 1.2]));
}

#[differentiate(forward, reverse, hessian)]
fn widened(x: f32, y: f64) -> f64 {
    let wide: f64 = x.into();
    let mut sum = f64::from(x) * y;
    for _ in 0..2 {
        sum += wide.sin() * y * x as f64;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn narrowed(x: f64, y: f32, n: usize) -> f32 {
    let mut v = x as f32 * y;
    for _ in 0..n {
        v = (v as f64 * x).cos() as f32 + y;
    }
    v
}

#[differentiate(forward, reverse, hessian)]
fn through_f64<T: Float + Into<f64> + FromPrimitive>(x: &[T], k: f64) -> T {
    let mut sum = T::zero();
    for (i, v) in x.iter().enumerate() {
        let wide: f64 = (*v * *v).into();
        let damped = f64::exp((*v).into()) * 0.5 - 1.0 / (1.0 + wide);
        if wide > 4.0 {
            break;
        }
        sum = sum + *v * T::from_f64(damped.powi(2) * k).unwrap() + T::from(i).unwrap();
    }
    sum
}

#[differentiate(forward, reverse)]
fn in_a_type_parameter<T: Float>(x: T, y: f64) -> f64 {
    let wide = x.to_f64().unwrap();
    let back = T::from(wide * y).unwrap() * x;
    back.to_f64().unwrap() + wide
}

#[differentiate(forward, reverse, hessian)]
fn of_both_widths(x: f64, y: f32) -> f64 {
    through_f64(&[x, x * 0.5, 3.0], x) + widened(y, x) + f64::from(narrowed(x, y, 1))
}

#[test]
fn two_types_of_reals() {
    prove_hvp!(widened(val 0.7_f32, val 0.4));
    for n in [0, 1, 3] {
        prove!(narrowed(val 0.7, val 0.4_f32, con n));
    }
    prove_hvp!(through_f64(slice [0.3, -0.8, 1.2], val 0.7));
    prove_hvp!(through_f64(slice [0.3, -2.8, 1.2], val 0.7));
    prove!(in_a_type_parameter(val 0.7, val 0.4));
    prove!(of_both_widths(val 0.7, val 0.4_f32));
}

/// A value with a name, twice.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Named {
    name: &'static str,
    path: Path,
}
struct_shape!(Named { path: Path });

#[differentiate]
impl Deref for Named {
    type Target = Path;
    fn deref(&self) -> &Path {
        &self.path
    }
}

#[differentiate]
impl DerefMut for Named {
    fn deref_mut(&mut self) -> &mut Path {
        &mut self.path
    }
}

#[differentiate(forward, reverse, hessian)]
fn fields_behind(named: &Named, x: f64) -> f64 {
    named.length * x + named.bend.sin() * named.path.length
}

#[differentiate(forward, reverse)]
fn lengthened(named: &mut Named, x: f64) {
    for _ in 0..2 {
        named.length *= x;
        if named.length > 1.0 {
            named.path.bend += named.length;
        }
    }
}

#[differentiate(forward, reverse)]
fn through_a_callee(named: &Named, x: f64) -> f64 {
    let mut own: Named = named.clone();
    lengthened(&mut own, x);
    let path: Path = *own;
    path.bend * own.length
}

#[test]
fn behind_pointers() {
    let named = |length| Named {
        name: "n",
        path: Path {
            length,
            bend: 0.3,
            steps: 2,
        },
    };
    prove_hvp!(fields_behind(rf named(0.9), val 0.7));
    for length in [0.9, 3.1] {
        prove!(lengthened(ios named(length), val 0.7) -> unit);
        prove!(through_a_callee(rf named(length), val 0.7));
    }
}

#[differentiate(forward, reverse, hessian)]
fn peeked(x: &[f64], k: f64) -> f64 {
    let mut it = x.iter().peekable();
    let mut sum = 0.0;
    while let Some(v) = it.next() {
        if let Some(next) = it.peek() {
            sum += v * **next * k;
        } else {
            sum += v.sin();
        }
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn known(first: Option<f64>, second: Option<f64>, x: f64) -> f64 {
    let mut sum = x;
    if first.is_some() {
        sum *= x;
    }
    if let (Some(a), true) = (first, second.is_none()) {
        sum += a * x;
    }
    for _ in 0..2 {
        if second.is_some() && first.is_none() {
            sum += second.unwrap() * sum;
        }
    }
    sum
}

#[test]
fn looked_ahead() {
    prove_hvp!(peeked(slice [0.3, -0.8, 1.2], val 0.7));
    prove_hvp!(peeked(slice [], val 0.7));
    prove_hvp!(known(val Some(0.4), val None, val 0.7));
    prove_hvp!(known(val None, val Some(0.4), val 0.7));
    prove_hvp!(known(val Some(0.3), val Some(0.4), val 0.7));
}

/// Held constant, and looped over.
#[derive(Clone, Debug, Differentiable)]
struct Plan {
    weights: Vec<f64>,
}

#[differentiate(forward, reverse, hessian)]
impl Plan {
    fn weighted(#[constant] &self, x: f64) -> f64 {
        let mut sum = 0.0;
        for w in &self.weights {
            sum += w * (x * x).sin();
        }
        for w in self.weights.iter() {
            if *w > 0.0 {
                sum += (w * x).cos();
            } else {
                sum *= x;
            }
        }
        sum
    }

    fn scale(#[constant] &self, x: &mut [f64]) {
        for (w, v) in self.weights.iter().zip(x.iter_mut()) {
            *v *= w * *v;
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn planned(#[constant] plan: &Plan, x: &mut [f64]) -> f64 {
    plan.scale(x);
    let first: f64 = x[0];
    plan.weighted(first) * first
}

/// Vectors of structs that get other lengths.
#[differentiate(forward, reverse, hessian)]
fn resized(paths: &mut Vec<Path>, x: f64, n: usize) -> f64 {
    let filler = Path {
        length: x,
        bend: x * x,
        steps: 1,
    };
    paths.resize(n, filler);
    let mut sum = 0.0;
    for p in paths.iter() {
        sum += p.length * p.bend;
    }
    paths.push(filler.scaled(1.0 + sum * sum));
    paths.truncate(3);
    sum * paths[0].length
}

#[differentiate(forward, reverse, hessian)]
fn rows_resized(x: f64, n: usize) -> f64 {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    rows.resize(n, vec![x; 2]);
    let mut sum = 0.0;
    for (k, row) in rows.iter_mut().enumerate() {
        row[0] *= k as f64;
        sum += row[0] * row[1];
    }
    sum
}

#[test]
fn loops_over_constants_and_growth() {
    let plan = Plan {
        weights: vec![0.3, -0.8, 1.2],
    };
    prove_hvp!(planned(con &plan, io [0.3, -0.8, 1.2]));
    let path = |length| Path {
        length,
        bend: 0.3,
        steps: 2,
    };
    for n in [0, 1, 4] {
        prove_hvp!(resized(iov vec![path(0.4), path(0.9)], val 0.7, con n));
        prove_hvp!(rows_resized(val 0.7, con n));
    }
}
