//! `Index`, `IndexMut`, `Deref`, `From`, `Into`, `Sum`, `Default` of user types, with `#[differentiate]` on their `impl`s.

use chainrule::{Differentiable, differentiate};
use std::iter::Sum;
use std::ops::{Add, Deref, DerefMut, Div, Index, IndexMut, Mul, Neg, Rem, Sub};

/// Read by an index only.
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

#[differentiate]
impl Index<usize> for V3 {
    type Output = f64;
    fn index(&self, axis: usize) -> &f64 {
        match axis {
            0 => &self.x,
            1 => &self.y,
            2 => &self.z,
            _ => panic!("a vector has three parts"),
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Add for V3 {
    type Output = V3;
    fn add(self, o: V3) -> V3 {
        V3 {
            x: self.x + o.x,
            y: self.y + o.y,
            z: self.z + o.z,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Mul<f64> for V3 {
    type Output = V3;
    fn mul(self, k: f64) -> V3 {
        V3 {
            x: self.x * k,
            y: self.y * k,
            z: self.z * k,
        }
    }
}

/// Rows in one vector, with what decides where they are.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Grid {
    data: Vec<f64>,
    columns: usize,
    by_columns: bool,
    scale: f64,
}
struct_shape!(Grid { data: Vec<f64>, scale: f64 });

#[differentiate]
impl Index<(usize, usize)> for Grid {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &Self::Output {
        assert!(j < self.columns, "column {j} of {}", self.columns);
        if self.by_columns {
            let at = j * (self.data.len() / self.columns) + i;
            &self.data[at]
        } else {
            &self.data[i * self.columns + j]
        }
    }
}

#[differentiate]
impl IndexMut<(usize, usize)> for Grid {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        if self.by_columns {
            let at = j * (self.data.len() / self.columns) + i;
            &mut self.data[at]
        } else {
            self.data.get_mut(i * self.columns + j).unwrap()
        }
    }
}

/// A row of it.
#[differentiate]
impl Index<usize> for Grid {
    type Output = [f64];
    fn index(&self, i: usize) -> &[f64] {
        &self.data[i * self.columns..(i + 1) * self.columns]
    }
}

/// Without an end.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Ring {
    values: [f64; 3],
}
struct_shape!(Ring { values: [f64; 3] });

#[differentiate]
impl Index<usize> for Ring {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        &self.values[i % self.values.len()]
    }
}

#[differentiate]
impl IndexMut<usize> for Ring {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        let n = self.values.len();
        &mut self.values[i % n]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Side {
    Left,
    Right,
}

/// Indexed by an enum, generic, and a member of another.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Pair<T> {
    left: T,
    right: T,
    swapped: Side,
}
struct_shape!([] Pair<V3> { left: V3, right: V3 });

#[differentiate]
impl<T> Index<Side> for Pair<T> {
    type Output = T;
    fn index(&self, side: Side) -> &T {
        match (side, self.swapped) {
            (Side::Left, Side::Left) | (Side::Right, Side::Right) => &self.left,
            _ => &self.right,
        }
    }
}

#[differentiate]
impl<T> IndexMut<Side> for Pair<T> {
    fn index_mut(&mut self, side: Side) -> &mut T {
        match (side, self.swapped) {
            (Side::Left, Side::Left) | (Side::Right, Side::Right) => &mut self.left,
            _ => &mut self.right,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn read(v: V3, w: &V3, k: f64) -> f64 {
    v[0] * w[1] + (k * v[2]).sin() * v[0]
}

#[differentiate(forward, reverse, hessian)]
fn norm(v: &V3) -> f64 {
    let mut sum = 0.0;
    for i in 0..3 {
        sum += v[i] * v[i];
    }
    sum.sqrt()
}

#[differentiate(forward, reverse, hessian)]
fn of_values(v: V3, k: f64) -> f64 {
    let moved = v * k + v;
    let again = moved;
    norm(&again) * moved[1] + (moved + v)[2]
}

#[differentiate(forward, reverse, hessian)]
fn of_elements(points: &[V3], i: usize) -> f64 {
    let mut sum = 0.0;
    for (k, p) in points.iter().enumerate() {
        if p[k % 3] < 0.0 {
            continue;
        }
        sum += p[i] * points[k][2];
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn product(a: &Grid, b: &Grid, out: &mut Grid, n: usize) {
    for i in 0..n {
        for j in 0..n {
            let mut sum = 0.0;
            for k in 0..n {
                sum += a[(i, k)] * b[(k, j)];
            }
            out[(i, j)] = a.scale * sum + out[(j, i)];
        }
    }
}

/// Written and read under both names of one part.
#[differentiate(forward, reverse, hessian)]
fn under_two_names(grid: &mut Grid, x: f64) -> f64 {
    grid[(0, 1)] *= x;
    grid.data[1] += grid[(0, 1)] * grid.scale;
    let row: f64 = grid[0].iter().sum();
    grid[(1, 0)] -= row * grid.data[1].sin();
    grid.scale = grid[(1, 0)] * x;
    grid[0][1] * grid[(1, 0)] + row * x + grid.data[2] * grid.scale
}

/// All iterations write to the same few parts, and the order counts.
#[differentiate(forward, reverse, hessian)]
fn around(ring: &mut Ring, c: &[f64], y: f64) -> f64 {
    for i in 0..c.len() {
        ring[i] = ring[i] * c[i] + y * ring[i + 1];
    }
    let mut sum = 0.0;
    for i in 0..c.len() {
        ring[i] = ring[i] * c[i] + y;
        if ring[i] > 40.0 {
            break;
        }
        sum += ring[i + 2];
    }
    sum * ring[7]
}

#[differentiate(forward, reverse, hessian)]
fn sides(pair: &Pair<V3>, #[constant] side: Side, k: f64) -> f64 {
    let mut own = pair.clone();
    let chosen: V3 = own[side];
    own[Side::Left] = chosen * k + own[Side::Right];
    own[side].x *= own[Side::Left][2];
    own[Side::Left][0] * own[Side::Right].y + own.left.x
}

#[test]
fn indices() {
    let v = V3 {
        x: 0.3,
        y: -0.8,
        z: 1.2,
    };
    let w = V3 {
        x: 1.1,
        y: 0.4,
        z: -0.6,
    };
    prove_hvp!(read(val v, rf w, val 0.7));
    prove_hvp!(norm(rf v));
    prove_hvp!(of_values(val v, val 0.7));
    let points = [
        v,
        w,
        V3 {
            x: 0.5,
            y: 0.1,
            z: 0.9,
        },
    ];
    for i in 0..3 {
        prove_hvp!(of_elements(slice points, con i));
    }
    let grid = |data: &[f64], by_columns| Grid {
        data: data.to_vec(),
        columns: 2,
        by_columns,
        scale: 0.8,
    };
    for by_columns in [false, true] {
        let (a, b, c) = (
            [0.3, -0.8, 1.2, 0.4],
            [0.9, 0.2, -0.5, 0.7],
            [0.1, 0.2, 0.3, 0.4],
        );
        let (a, b, c) = (
            grid(&a, by_columns),
            grid(&b, !by_columns),
            grid(&c, by_columns),
        );
        prove!(product(rf a.clone(), rf b.clone(), ios c.clone(), con 2usize) -> unit);
        prove_hvp!(under_two_names(ios a.clone(), val 0.7));
    }
    let ring = Ring {
        values: [0.3, -0.8, 1.2],
    };
    for n in [0, 1, 3, 4, 8] {
        let c: Vec<f64> = (0..n).map(|k| 1.1 - 0.3 * k as f64).collect();
        prove_hvp!(around(ios ring.clone(), slice c, val 0.6));
    }
    for swapped in [Side::Left, Side::Right] {
        let pair = Pair {
            left: v,
            right: w,
            swapped,
        };
        prove_hvp!(sides(rf pair.clone(), con Side::Left, val 0.7));
        prove_hvp!(sides(rf pair, con Side::Right, val 0.7));
    }
}

/// Length and direction in the plane.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Polar {
    radius: f64,
    angle: f64,
}
struct_shape!(Polar {
    radius: f64,
    angle: f64
});

#[differentiate(forward, reverse, hessian)]
impl From<Polar> for V3 {
    fn from(p: Polar) -> V3 {
        V3 {
            x: p.radius * p.angle.cos(),
            y: p.radius * p.angle.sin(),
            z: 0.0,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl From<[f64; 3]> for V3 {
    fn from([x, y, z]: [f64; 3]) -> Self {
        Self { x, y, z }
    }
}

#[differentiate(forward, reverse, hessian)]
impl From<V3> for [f64; 3] {
    fn from(v: V3) -> Self {
        [v.x, v.y, v.z]
    }
}

#[differentiate(forward, reverse, hessian)]
impl<'a> From<&'a Grid> for V3 {
    fn from(grid: &'a Grid) -> Self {
        let mut total = 0.0;
        for v in &grid.data {
            total += v * grid.scale;
        }
        V3 {
            x: total,
            y: total * grid.data[0],
            z: grid[(0, 1)],
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl Sum for V3 {
    fn sum<I: Iterator<Item = V3>>(iter: I) -> V3 {
        iter.fold(
            V3 {
                x: 0.0,
                y: 0.0,
                z: 0.0,
            },
            |a, b| a + b,
        )
    }
}

/// Not linear, to tell it from the other.
#[differentiate(forward, reverse, hessian)]
impl<'a> Sum<&'a V3> for V3 {
    fn sum<I>(iter: I) -> V3
    where
        I: Iterator<Item = &'a V3>,
    {
        let mut total = V3::default();
        for v in iter {
            total = total + *v * v.x;
        }
        total
    }
}

#[differentiate]
impl Default for V3 {
    fn default() -> Self {
        V3 {
            x: 0.0,
            y: 0.0,
            z: 0.0,
        }
    }
}

/// Generic, over what its index gives too.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct W<T> {
    parts: [T; 2],
}
struct_shape!([] W<f64> { parts: [f64; 2] });

#[differentiate]
impl<T: num_traits::Float> From<(T, T)> for W<T> {
    fn from((a, b): (T, T)) -> Self {
        W {
            parts: [a * b, a.sin()],
        }
    }
}

#[differentiate]
impl<T> Index<usize> for W<T> {
    type Output = T;
    fn index(&self, i: usize) -> &T {
        &self.parts[i]
    }
}

/// What is in it, with a name.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Named {
    name: String,
    inner: V3,
}
struct_shape!(Named { inner: V3 });

#[differentiate]
impl Deref for Named {
    type Target = V3;
    fn deref(&self) -> &V3 {
        &self.inner
    }
}

#[differentiate]
impl DerefMut for Named {
    fn deref_mut(&mut self) -> &mut V3 {
        &mut self.inner
    }
}

#[differentiate(forward, reverse, hessian)]
fn converted(p: Polar, a: [f64; 3], k: f64) -> f64 {
    let v = V3::from(p);
    let w: V3 = a.into();
    let u: V3 = Polar {
        radius: k,
        angle: w.x * k,
    }
    .into();
    let back: [f64; 3] = (v + w * k).into();
    back[0] * back[1] + u.x * back[2] * v.y + norm(&u)
}

#[differentiate(forward, reverse, hessian)]
fn into_result(p: Polar) -> V3 {
    p.into()
}

#[differentiate(forward, reverse, hessian)]
fn converted_often(start: Polar, grid: &Grid, n: usize) -> f64 {
    let mut p = start;
    let mut sum = 0.0;
    for k in 0..n {
        let v: V3 = p.into();
        if v.x > 1.5 {
            return sum;
        }
        let g = V3::from(grid);
        p.radius *= 1.0 + 0.1 * v.y * g.x;
        p.angle += 0.3 * V3::from([v.x, v.y, k as f64]).x;
        sum += into_result(p).y + g.y * g.z;
    }
    sum
}

#[differentiate]
fn converted_in_general<T: num_traits::Float>(a: T, b: T) -> T {
    let w = W::from((a, b));
    let again: W<T> = (w[1], a).into();
    w[0] * again[0] + again[1]
}

#[differentiate(forward, reverse, hessian)]
fn summed(points: &[V3], k: f64) -> f64 {
    let total: V3 = points.iter().map(|p| *p * k + *p).sum();
    let weighted = points.iter().filter(|p| p.x > 0.0).sum::<V3>();
    total.x * total.y + weighted.z * k + weighted[0]
}

#[differentiate(forward, reverse, hessian)]
fn centre(points: &[V3]) -> V3 {
    points.iter().copied().sum::<V3>() * (1.0 / points.len() as f64)
}

#[differentiate(forward, reverse, hessian)]
fn spread(points: &[V3], steps: usize) -> f64 {
    let mut spread = 0.0;
    for n in 0..steps {
        let middle = centre(&points[n..]);
        let total: V3 = points[..n].iter().sum();
        spread += norm(&(middle + total * -0.5));
    }
    spread
}

#[differentiate(forward, reverse, hessian)]
fn dereferenced(named: &Named, k: f64) -> f64 {
    let mut own: Named = named.clone();
    own.x *= k;
    own.inner.y += own.x * named.z;
    let whole: V3 = *own;
    own.z = whole.y * own.inner.x;
    (*own)[2] * named.inner.x + whole.z * norm(&own.inner)
}

#[test]
fn conversions_and_sums() {
    let p = Polar {
        radius: 0.9,
        angle: 0.4,
    };
    prove_hvp!(converted(val p, val [0.3, -0.8, 1.2], val 0.7));
    prove!(into_result(val p) -> vec);
    let data = vec![0.3, -0.8, 1.2, 0.4];
    let grid = Grid {
        data,
        columns: 2,
        by_columns: false,
        scale: 0.8,
    };
    for n in [0, 1, 5] {
        prove_hvp!(converted_often(val p, rf grid.clone(), con n));
    }
    prove_hvp!(converted_often(val Polar { radius: 3.0, angle: 0.1 }, rf grid, con 4usize));
    prove_gradient!(converted_in_general(val 0.3, val -0.8));
    let v = V3 {
        x: 0.3,
        y: -0.8,
        z: 1.2,
    };
    let w = V3 {
        x: -1.1,
        y: 0.4,
        z: -0.6,
    };
    let u = V3 {
        x: 0.5,
        y: 0.1,
        z: 0.9,
    };
    prove_hvp!(summed(slice [v, w, u], val 0.7));
    prove_hvp!(summed(slice [w], val 0.7));
    prove!(centre(slice [v, w, u]) -> vec);
    prove_hvp!(spread(slice [v, w, u], con 3usize));
    let named = Named {
        name: "v".into(),
        inner: v,
    };
    prove_hvp!(dereferenced(rf named, val 0.7));
}

/// Operators by their methods: of numbers, and of parts in an operator.
#[differentiate(forward, reverse, hessian)]
impl Sub for V3 {
    type Output = V3;
    fn sub(self, o: V3) -> V3 {
        V3 {
            x: self.x.sub(o.x),
            y: self.y.mul(o.y.neg()).add(o.z),
            z: self.z.div(2.0).sub(o.z),
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn by_methods(v: V3, points: &[V3], k: f64) -> f64 {
    let mut sum = k.mul(v.y);
    for p in points {
        let moved: V3 = v - *p;
        sum = sum.add(moved.x * p.x).sub(moved.y);
        if sum.abs() > 3.0 {
            sum *= k.rem(0.3).div(moved.z);
        }
    }
    sum
}

#[differentiate(forward, reverse)]
fn by_methods_in_general<T: num_traits::Float>(a: T, b: &[T]) -> T {
    let mut product = a;
    for v in b {
        product = product.mul(*v).add(a);
    }
    product
}

#[differentiate(forward, reverse, hessian)]
fn of_taken_values(points: Vec<V3>, others: &[V3], k: f64) -> f64 {
    let mut total = V3::default();
    for p in points {
        total = total + p * k;
    }
    for p in others.iter().copied() {
        total = total + p * p.x;
    }
    let folded = others.iter().fold(total, |t, p| t + *p);
    norm(&folded) * total.y
}

#[test]
fn methods_of_operators() {
    let v = V3 {
        x: 0.3,
        y: -0.8,
        z: 1.2,
    };
    let w = V3 {
        x: -1.1,
        y: 0.4,
        z: -0.6,
    };
    prove_hvp!(by_methods(val v, slice [w, v], val 0.7));
    prove_hvp!(by_methods(val v, slice [v, v, w], val 4.7));
    prove_gradient!(by_methods_in_general(val 0.3, slice [0.4, -0.8]));
    prove_hvp!(of_taken_values(val vec![v, w], slice [w, v], val 0.7));
}

/// Methods named like operators, of a trait of one's own.
#[differentiate(forward, reverse, hessian)]
trait Space: Sized {
    fn add(&self, o: &Self) -> Self;
    fn mul(&self, k: f64) -> Self;
}

#[differentiate(forward, reverse, hessian)]
impl Space for Polar {
    fn add(&self, o: &Self) -> Self {
        Polar {
            radius: self.radius + o.radius,
            angle: self.angle * o.angle,
        }
    }
    fn mul(&self, k: f64) -> Self {
        Polar {
            radius: self.radius * k,
            angle: self.angle.sin() * k,
        }
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Moving {
    at: Polar,
    speed: Polar,
}
struct_shape!(Moving {
    at: Polar,
    speed: Polar
});

#[differentiate(forward, reverse, hessian)]
fn by_methods_of_ones_own(m: &Moving, k: f64) -> f64 {
    let mut q = m.at.add(&m.speed.mul(k));
    for _ in 0..2 {
        q = q.add(&m.at).mul(k);
    }
    q.radius * q.angle
}

#[test]
fn methods_of_ones_own() {
    let (at, speed) = (
        Polar {
            radius: 0.3,
            angle: 0.7,
        },
        Polar {
            radius: 1.2,
            angle: -0.4,
        },
    );
    prove_hvp!(by_methods_of_ones_own(rf Moving { at, speed }, val 0.7));
}
