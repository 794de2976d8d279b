//! Elements that change places: sorted, rotated, selected, exchanged. The reverse sweep moves them back.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Mass {
    at: f64,
    m: f64,
    #[constant]
    id: usize,
}
struct_shape!(Mass { at: f64, m: f64 });

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Cloud {
    masses: Vec<Mass>,
    centre: f64,
}
struct_shape!(Cloud { masses: Vec<Mass>, centre: f64 });

fn masses(n: usize) -> Vec<Mass> {
    let parts = noise(n).into_iter().zip(positive(n)).enumerate();
    parts.map(|(id, (at, m))| Mass { at, m, id }).collect()
}

fn cloud(n: usize) -> Cloud {
    let centre = 0.3;
    let masses = masses(n);
    Cloud { masses, centre }
}

#[differentiate(forward, reverse, hessian)]
fn median(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let n = v.len();
    if n % 2 == 1 {
        v[n / 2] * v[n / 2]
    } else {
        (v[n / 2 - 1] + v[n / 2]) * v[n / 2] / 2.0
    }
}

#[differentiate(forward, reverse, hessian)]
fn trimmed(x: &[f64], k: usize) -> f64 {
    let mut v = x.to_vec();
    v.sort_unstable_by(f64::total_cmp);
    let mut y = 1.0;
    for (i, w) in v.iter().enumerate() {
        y = y * w.cos() + w * i as f64;
    }
    v[k..v.len() - k].iter().map(|w| w * w).sum::<f64>() + y
}

#[differentiate(forward, reverse)]
fn sorted_in_place(x: &mut [f64], s: f64) {
    x[0] *= s;
    x.sort_by(|a, b| b.partial_cmp(a).unwrap());
    x[0] *= x[1] * s;
    x.reverse();
    x[1] += x[0] * x[0];
}

#[differentiate(forward, reverse, hessian)]
fn by_distance(x: &[f64], centre: f64) -> f64 {
    let mut v = x.to_vec();
    v.sort_by(|a, b| {
        let (da, db) = ((a - centre).abs(), (b - centre).abs());
        da.partial_cmp(&db).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut y = 0.0;
    for i in 1..v.len() {
        y += (v[i] - v[i - 1]) * (v[i] - centre) * i as f64;
    }
    y
}

#[differentiate(forward, reverse)]
fn indices_sorted(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].partial_cmp(&x[b]).unwrap());
    let mut y = 1.0;
    for (k, &i) in order.iter().enumerate() {
        y = y * x[i] + k as f64;
    }
    order.sort();
    y * x[order[0]]
}

#[differentiate(forward, reverse, hessian)]
fn sorted_while_it_changes(x: &[f64], rounds: usize) -> f64 {
    let mut v = x.to_vec();
    let mut y = 1.0;
    for r in 0..rounds {
        v.sort_by(|a, b| a.total_cmp(b));
        let n = v.len();
        v[0] = v[n - 1] * v[1] - 0.4;
        y = y * v[n / 2] + v[0];
        if y > 3.0 {
            v.sort_by(|a, b| b.total_cmp(a));
            v[1] *= y;
            continue;
        }
        v.rotate_left(r % n);
    }
    y * v[0] + v[1]
}

#[differentiate(forward, reverse, hessian)]
fn structs_sorted(c: &Cloud) -> f64 {
    let mut masses = c.masses.clone();
    masses.sort_by(|a, b| a.at.partial_cmp(&b.at).unwrap());
    let mut y = 0.0;
    for (k, w) in masses.iter().enumerate() {
        y = y * w.at + w.m * k as f64;
    }
    masses.sort_by_key(|w| w.id % 2);
    y * masses[0].m * masses[1].at
}

#[differentiate(forward, reverse)]
fn field_sorted(c: &mut Cloud, s: f64) {
    c.masses.sort_by(|a, b| b.m.total_cmp(&a.m));
    c.masses[0].at *= s;
    c.masses.rotate_right(1);
    c.masses[0].m += c.masses[1].at * c.centre;
    c.masses.swap(0, 1);
    c.centre *= c.masses[0].m;
}

#[differentiate(forward, reverse, hessian)]
fn selected(x: &[f64], k: usize) -> f64 {
    let mut v = x.to_vec();
    v.select_nth_unstable_by(k, |a, b| a.partial_cmp(b).unwrap());
    let kth = v[k];
    let mut w = x.to_vec();
    let (below, middle, above) = w.select_nth_unstable_by(k, |a, b| b.total_cmp(a));
    *middle *= 2.0;
    let mut y = kth * *middle;
    for v in below.iter() {
        y += v * v;
    }
    for v in above.iter() {
        y -= v * kth;
    }
    let mut u = x.to_vec();
    let third = *u.select_nth_unstable_by(2, f64::total_cmp).1;
    y * third * u[0]
}

#[differentiate(forward, reverse, hessian)]
fn with_ties(x: &[f64], y: f64) -> f64 {
    let mut v = vec![(1, x[0]), (0, x[1] * y), (1, y), (0, x[2]), (1, x[1])];
    v.sort_by_key(|p| p.0);
    let mut sum = 0.0;
    for (k, p) in v.iter().enumerate() {
        sum = sum * p.1 + p.1 * (k + 1) as f64;
    }
    sum
}

#[differentiate(forward, reverse)]
fn rotated(x: &mut Vec<f64>, k: usize, s: f64) {
    x.rotate_left(k);
    x[0] *= s;
    x[1..].rotate_right(1);
    x[1] *= x[0];
    x.rotate_right(k + 1);
    x[2] += x[1] * x[0];
}

#[differentiate(forward, reverse, hessian)]
fn time_steps(u: &[f64], rate: f64, steps: usize) -> f64 {
    let mut now = u.to_vec();
    let mut next = vec![0.0; u.len()];
    for _ in 0..steps {
        let n = now.len();
        for i in 0..n {
            next[i] = now[i] + rate * now[i] * (now[(i + 1) % n] - now[i]);
        }
        std::mem::swap(&mut now, &mut next);
    }
    let mut y = 0.0;
    for v in &now {
        y += v * v;
    }
    y + next[0]
}

#[differentiate(forward, reverse, hessian)]
fn exchanged_in_branches(x: &[f64], rounds: usize) -> f64 {
    let mut a = x.to_vec();
    let mut b = vec![x[0] * x[1]];
    let mut y = 1.0;
    for i in 0..rounds {
        a[0] = a[0] * y + 0.1;
        if a[0] > b[0] {
            std::mem::swap(&mut a, &mut b);
            b.push(a[0] * 2.0);
        }
        let mut local = vec![y * a[0]; 2];
        std::mem::swap(&mut local, &mut b);
        y += local[0] * b[1] * a[0];
    }
    y * a[0] + b[0]
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Pair {
    front: Vec<f64>,
    back: Vec<f64>,
    tilt: f64,
}
struct_shape!(Pair { front: Vec<f64>, back: Vec<f64>, tilt: f64 });

fn pair() -> Pair {
    Pair {
        front: noise(3),
        back: positive(2),
        tilt: 0.7,
    }
}

#[differentiate(forward, reverse)]
fn fields_exchanged(p: &mut Pair, s: f64) {
    p.front[0] *= s;
    std::mem::swap(&mut p.front, &mut p.back);
    p.front[1] *= p.back[0] * p.tilt;
    p.back.push(p.front[0] * s);
}

impl Pair {
    #[differentiate(forward, reverse)]
    fn flip(&mut self, s: f64) -> f64 {
        std::mem::swap(&mut self.front, &mut self.back);
        self.front[0] *= s;
        self.front[0] * self.back[1]
    }
}

#[differentiate(forward, reverse)]
fn flipped_by_a_callee(p: &mut Pair, s: f64) -> f64 {
    let a = p.flip(s);
    let b = p.flip(a);
    a * b + p.front[0]
}

#[differentiate(forward, reverse)]
fn parameters_exchanged(a: &mut Vec<f64>, b: &mut Vec<f64>, s: f64) {
    a[0] *= s;
    std::mem::swap(a, b);
    a[0] *= b[0];
    b.push(a[0] * s);
}

#[differentiate(forward, reverse)]
fn scalars_exchanged(x: &mut [f64], y: f64) -> f64 {
    let (mut a, mut b) = (x[0], y);
    if a > b {
        std::mem::swap(&mut a, &mut b);
    }
    let (left, right) = x.split_at_mut(1);
    std::mem::swap(&mut left[0], &mut right[0]);
    left[0] *= a;
    left.swap_with_slice(&mut right[1..2]);
    a * b * b
}

#[differentiate(forward, reverse)]
fn rows_moved(m: &mut Vec<Vec<f64>>, s: f64) {
    m[0][0] *= s;
    m.rotate_left(1);
    m[0][0] *= m[1][0];
    m.sort_by(|a, b| b.len().cmp(&a.len()));
    m[0][1] += m[1][0] * s;
    m.swap(0, 2);
    m.reverse();
}

#[differentiate(forward, reverse)]
fn pivoted(a: &[[f64; 3]; 3], b: &[f64; 3]) -> f64 {
    let mut a = *a;
    let mut b = *b;
    for k in 0..3 {
        let mut p = k;
        for i in k + 1..3 {
            if a[i][k].abs() > a[p][k].abs() {
                p = i;
            }
        }
        a.swap(k, p);
        b.swap(k, p);
        for i in k + 1..3 {
            let f = a[i][k] / a[k][k];
            for j in k..3 {
                a[i][j] -= f * a[k][j];
            }
            b[i] -= f * b[k];
        }
    }
    let mut x = [0.0; 3];
    for i in (0..3).rev() {
        let mut sum = b[i];
        for j in i + 1..3 {
            sum -= a[i][j] * x[j];
        }
        x[i] = sum / a[i][i];
    }
    x[0] + x[1] * x[2]
}

#[differentiate(forward, reverse)]
fn arrays_sorted(x: &[f64; 4], s: f64) -> [f64; 4] {
    let mut a = *x;
    a.sort_by(|p, q| (p * s).total_cmp(&(q * s)));
    a[0] *= s;
    a.rotate_left(2);
    a
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float>(x: &[T]) -> T {
    let mut v = x.to_vec();
    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
    v.rotate_left(1);
    v[0] * v[1] + v[v.len() - 1]
}

#[differentiate(forward, reverse)]
fn sorted_then_left(x: &[f64]) -> Option<f64> {
    let mut v = x.to_vec();
    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
    for w in &v {
        if *w > 0.5 {
            return Some(w * v[0]);
        }
    }
    None
}

#[differentiate(forward, reverse)]
fn quantile(x: &[f64], q: f64) -> f64 {
    let mut v = x.to_vec();
    v.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap());
    let at = q * (v.len() - 1) as f64;
    let k = at.floor() as usize;
    if k + 1 < v.len() {
        v[k] + (at - k as f64) * (v[k + 1] - v[k])
    } else {
        v[k]
    }
}

#[differentiate(forward, reverse)]
fn of_callees(x: &[f64], q: f64) -> f64 {
    let mut y = x.to_vec();
    sorted_in_place(&mut y, q);
    median(&y) * quantile(&y, 0.3) + y[0]
}

#[test]
fn sorted() {
    prove_hvp!(median(slice noise(5)));
    prove_hvp!(median(slice noise(6)));
    prove_hvp!(trimmed(slice noise(7), con 2));
    prove!(sorted_in_place(io noise(5), val 0.7) -> unit);
    prove_hvp!(by_distance(slice noise(6), val 0.2));
    prove_gradient!(indices_sorted(slice noise(6)));
    prove_hvp!(sorted_while_it_changes(slice noise(5), con 6));
    prove_hvp!(with_ties(slice noise(3), val 0.7));
    prove!(arrays_sorted(rf [0.4, -1.3, 0.9, 0.1], val 0.7));
    prove_gradient!(generic(slice noise(5)));
    prove_gradient!(quantile(slice noise(6), val 0.37));
    prove_gradient!(of_callees(slice noise(6), val 0.37));
    prove!(sorted_then_left(slice noise(6)) -> ok);
}

#[test]
fn of_structs_and_rows() {
    prove_hvp!(structs_sorted(rf cloud(5)));
    prove!(field_sorted(iov cloud(4), val 0.7) -> unit);
    prove!(rows_moved(iov vec![noise(1), positive(3), noise(2)], val 0.7) -> unit);
    prove_gradient!(pivoted(rf [[0.1, 2.0, -0.3], [1.5, 0.4, 0.2], [-0.7, 0.3, 0.9]], rf [1.0, -0.5, 0.3]));
}

#[test]
fn selected_and_rotated() {
    for k in 0..4 {
        prove_hvp!(selected(slice noise(6), con k));
        prove!(rotated(iov noise(6), con k, val 0.7) -> unit);
    }
}

#[test]
fn exchanged() {
    for steps in 0..4 {
        prove_hvp!(time_steps(slice noise(4), val 0.1, con steps));
        prove_hvp!(exchanged_in_branches(slice noise(3), con steps));
    }
    prove!(fields_exchanged(iov pair(), val 0.7) -> unit);
    prove!(flipped_by_a_callee(iov pair(), val 0.7));
    prove!(parameters_exchanged(iov noise(2), iov positive(3), val 0.7) -> unit);
    prove!(scalars_exchanged(io noise(4), val 0.7));
    prove!(scalars_exchanged(io noise(4), val -5.7));
}
