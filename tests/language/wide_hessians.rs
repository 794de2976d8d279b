//! Hessians by several directions in one sweep: what they give is what products one by one give, lane by lane, in callees of every kind.
use crate::harness::noise;
use chainrule::{Differentiable, Matrix, constant, differentiate};
use num_traits::Float;

/// Against products with each unit vector, and against differences of the gradient.
fn columns(
    x: &[f64],
    (value, gradient, hessian): (f64, Vec<f64>, Matrix<f64>),
    product: impl Fn(&[f64], &[f64]) -> (f64, Vec<f64>, Vec<f64>),
) {
    let n = x.len();
    assert_eq!((hessian.rows(), hessian.cols()), (n, n));
    let unit = |k: usize| (0..n).map(|i| f64::from(i == k)).collect::<Vec<_>>();
    let largest = hessian
        .as_slice()
        .iter()
        .fold(1.0_f64, |m, h| m.max(h.abs()));
    let near = |what: &str, at: (usize, usize), got: f64, want: f64, error: f64| {
        let same = (got - want).abs() <= error * largest;
        assert!(same, "{what} {at:?}: {got} {want}");
    };
    let all: Vec<Vec<f64>> = (0..n)
        .map(|j| {
            let (same, slope, column) = product(x, &unit(j));
            assert_eq!((value, &gradient), (same, &slope));
            column
        })
        .collect();
    for j in 0..n {
        let at = |h: f64| {
            let mut moved = x.to_vec();
            moved[j] += h;
            product(&moved, &unit(j)).1
        };
        let [a, b, c, d] = [at(1e-4), at(-1e-4), at(2e-4), at(-2e-4)];
        for i in 0..n {
            let got = hessian[(i, j)];
            near("product", (i, j), got, 0.5 * (all[i][j] + all[j][i]), 1e-13);
            let slope = (8.0 * (a[i] - b[i]) - (c[i] - d[i])) / 12e-4;
            near("difference", (i, j), got, slope, 1e-6);
        }
    }
}

/// Checks `fn(&[f64], usize) -> f64` for numbers of inputs that fill lanes, and that don't.
macro_rules! check {
    ($($name:ident),*) => {$(
        pastey::paste! {
            for n in [1, 2, 3, 5, 8, 9, 17] {
                let x = noise(n);
                for k in 0..4 {
                    columns(&x, [<$name _hessian>](&x, k), |x, dot| [<$name _hvp>](x, dot, k));
                }
            }
        }
    )*};
}

/// Overwrites a slice, leaves early, and has branches at data.
#[differentiate(hessian)]
fn smooth(v: &mut [f64], rate: f64, sweeps: usize) -> f64 {
    let mut change = 0.0;
    for s in 0..sweeps {
        for i in 1..v.len() {
            let old = v[i];
            v[i] = old + rate * (v[i - 1] - old) * old;
            change += (v[i] - old).abs() * rate;
            if change > 3.0 {
                return change * rate;
            }
        }
        if s % 2 == 1 {
            v.reverse();
        }
    }
    change
}

#[differentiate(hessian)]
fn turned(a: &[f64; 2], angle: f64) -> [f64; 2] {
    let (s, c) = angle.sin_cos();
    [a[0] * c - a[1] * s, a[0] * s + a[1] * c]
}

#[differentiate(hessian)]
fn power<T: Float>(x: T, n: usize) -> T {
    if n == 0 {
        T::one()
    } else {
        x * power(x, n - 1)
    }
}

#[differentiate(hessian)]
fn grown(v: &mut Vec<f64>, x: f64) {
    let last = v[v.len() - 1];
    v.push(last * x);
    v[0] -= x.tanh();
}

/// Everything that callees with wide forms of their own may do.
#[differentiate(hessian)]
fn calls(x: &[f64], k: usize) -> f64 {
    let mut v = x.to_vec();
    let change = smooth(&mut v, x[0], k);
    grown(&mut v, change);
    let mut p = [x[x.len() - 1], 1.0];
    for (i, e) in v.iter().enumerate() {
        if i == 7 {
            continue;
        }
        p = turned(&p, *e * x[0] + k as f64);
        if p[0] > 1.9 {
            break;
        }
    }
    let direct = turned(&[constant(0.4), 0.5], p[1]);
    power(p[0], k) + direct[0] * v[0].exp() + change
}

#[derive(Differentiable, Clone)]
struct Spring {
    stiffness: f64,
    ends: Vec<f64>,
    #[constant]
    scale: f64,
    count: usize,
}

impl Spring {
    #[differentiate(hessian)]
    fn energy(&self) -> f64 {
        let stretch = self.ends[1] - self.ends[0];
        self.scale * self.stiffness * stretch * stretch.exp() * self.count as f64
    }
}

/// These look into a struct, so they go lane by lane.
#[differentiate(hessian)]
fn spring(a: f64, b: f64, stiffness: &f64) -> Spring {
    Spring {
        stiffness: *stiffness * a,
        ends: vec![a, b],
        scale: 0.7,
        count: 2,
    }
}

#[differentiate(hessian)]
fn energy(s: &Spring) -> f64 {
    s.energy() + s.ends[0].sin() * s.stiffness
}

#[differentiate(hessian)]
fn pull(s: &mut Spring, ends: &mut [f64], by: f64) -> (f64, f64) {
    s.ends[1] += by * ends[0];
    ends[0] = s.stiffness * ends[0] * by;
    s.ends.push(by * by);
    (ends[0] * s.ends[1], by)
}

#[differentiate(hessian)]
fn lane_by_lane(x: &[f64], k: usize) -> f64 {
    let mut ends = x.to_vec();
    let mut s = spring(x[0], x[x.len() - 1], &x[x.len() / 2]);
    let mut sum = energy(&s);
    for i in 0..k {
        let (a, b) = pull(&mut s, &mut ends, x[i % x.len()]);
        sum += a * b;
        let t = spring(ends[0], constant(0.3), &constant(1.5));
        sum += energy(&t) * energy(&s);
    }
    sum
}

#[differentiate(custom, forward, reverse, hessian)]
fn halved(x: &mut [f64], y: f64, w: &[f64]) -> f64 {
    x[0] *= 0.5 * y;
    x[0] * w[0] * y
}

fn halved_tangent(
    x: &mut [f64],
    x_dot: &mut [f64],
    y: f64,
    y_dot: f64,
    w: &[f64],
    w_dot: &[f64],
) -> (f64, f64) {
    x_dot[0] = 0.5 * (x_dot[0] * y + x[0] * y_dot);
    x[0] *= 0.5 * y;
    let dot = x_dot[0] * w[0] * y + x[0] * w_dot[0] * y + x[0] * w[0] * y_dot;
    (x[0] * w[0] * y, dot)
}

#[differentiate(forward)]
fn halved_adjoint(
    x: &mut [f64],
    x_bar: &mut [f64],
    y: f64,
    w: &[f64],
    w_bar: &mut [f64],
    seed: f64,
) -> (f64, f64) {
    let start = x[0];
    x[0] *= 0.5 * y;
    let value = x[0] * w[0] * y;
    let all = x_bar[0] + seed * w[0] * y;
    w_bar[0] += seed * x[0] * y;
    let y_bar = seed * x[0] * w[0] + all * 0.5 * start;
    x_bar[0] = all * 0.5 * y;
    (value, y_bar)
}

#[differentiate(hessian, rule(x => 2.0 * value, y => value))]
fn raised(x: f64, y: f64) -> f64 {
    (2.0 * x + y).exp()
}

#[differentiate(hessian)]
fn by_hand(x: &[f64], k: usize) -> f64 {
    let mut v = x.to_vec();
    let mut sum = 0.0;
    for i in 0..k {
        let w = [x[i % x.len()], 1.0];
        sum += halved(&mut v, 1.0 + x[0] * x[0], &w) * v[0].cos();
        sum += raised(0.1 * v[0], x[i % x.len()]);
    }
    sum * x[x.len() - 1]
}

/// Loops that are executed again call functions without recording.
#[differentiate(hessian)]
fn again(x: &[f64], k: usize) -> f64 {
    let mut v = x.to_vec();
    let mut sum = 0.0;
    #[checkpoint(2)]
    for i in 0..k + 3 {
        let old = v[0];
        sum += smooth(&mut v, 0.3 + 0.1 * old, 1);
        let p = turned(&[sum, old], v[0]);
        v[0] = p[1] * x[i % x.len()];
    }
    #[recompute]
    for i in 0..x.len() {
        let t = (x[i] * sum).tanh();
        sum += 0.1 * t.sin() * power(t, 2);
    }
    sum
}

#[test]
fn product_by_product() {
    check!(calls, lane_by_lane, by_hand, again);
}

/// What is passed in other ways than as a slice.
#[differentiate(hessian)]
fn parts(
    a: [f64; 3],
    b: &(f64, [f64; 2]),
    c: Vec<f64>,
    scratch: &mut [f64],
    #[constant] log: &mut Vec<usize>,
) -> f64 {
    log.push(scratch.len());
    scratch[0] = a[0] * b.0 + scratch[1] * c[0];
    scratch[1] *= a[2];
    let p = turned(&b.1, a[1]);
    scratch[0] * p[0] + c.iter().map(|c| c * c * p[1]).sum::<f64>() + scratch[1]
}

#[test]
fn arrays_tuples_and_final_values() {
    let (a, b, c) = ([0.3, -0.4, 0.7], (1.1, [0.2, -0.9]), vec![0.5, 0.8, -0.6]);
    let (start, mut log) = ([0.25, 1.5], Vec::new());
    let split = |x: &[f64]| ([x[0], x[1], x[2]], (x[3], [x[4], x[5]]), x[6..].to_vec());
    let flat =
        |(a, b, c): ([f64; 3], (f64, [f64; 2]), Vec<f64>)| [&a[..], &[b.0], &b.1, &c].concat();
    let mut scratch = start;
    let (value, gradient, hessian) = parts_hessian(a, &b, c.clone(), &mut scratch, &mut log);
    assert_eq!(log, [2]);
    let mut last = start;
    assert_eq!(parts(a, &b, c.clone(), &mut last, &mut log), value);
    assert_eq!(scratch, last);
    columns(
        &flat((a, b, c)),
        (value, flat(gradient), hessian),
        |x, dot| {
            let ((a, b, c), (a_dot, b_dot, c_dot)) = (split(x), split(dot));
            let (mut scratch, mut zero, mut log) = (start, [0.0; 2], Vec::new());
            let all = parts_hvp(
                a,
                a_dot,
                &b,
                &b_dot,
                c,
                c_dot,
                &mut scratch,
                &mut zero,
                &mut log,
            );
            (all.0, flat(all.1), flat(all.2))
        },
    );
}

#[differentiate(hessian)]
fn single(x: &[f32; 5], y: f32) -> f32 {
    let mut sum = 0.0;
    for i in 0..5 {
        sum += (x[i] * y + 0.5).sqrt() * x[(i + 1) % 5];
    }
    sum / (1.0 + y * y)
}

#[test]
fn single_precision() {
    let (x, y) = ([0.5, 1.5, 0.25, 2.0, 1.0], 0.75);
    let (_, gradient, hessian) = single_hessian(&x, y);
    for j in 0..6 {
        let unit = |k: usize| f32::from(u8::from(j == k));
        let (_, same, (column, last)) = single_hvp(&x, &std::array::from_fn(unit), y, unit(5));
        assert_eq!(gradient, same);
        for (i, want) in column.iter().chain([&last]).enumerate() {
            assert!((hessian[(i, j)] - want).abs() < 1e-5);
        }
    }
}

/// A second derivative that is infinite where the direction is not zero.
#[differentiate(hessian)]
fn edge(x: &[f64]) -> f64 {
    x[0].powf(1.5) + x[1] * x[2] + x[3].sqrt() * 0.0
}

#[test]
fn zero_lanes_stay_zero() {
    let x = [0.0, 1.0, 2.0, 4.0];
    let hessian = edge_hessian(&x).2;
    assert_eq!(hessian[(0, 0)], f64::INFINITY);
    assert_eq!(
        (hessian[(1, 2)], hessian[(0, 1)], hessian[(3, 0)]),
        (1.0, 0.0, 0.0)
    );
}

struct Series;

/// `Self` has no meaning in the functions that are written inside of one.
impl Series {
    const SCALE: f64 = 0.5;

    #[differentiate(jacobian, hessian, sparse)]
    fn scaled(x: &[f64], k: usize) -> f64 {
        let mut sum = 0.0;
        for (i, v) in x.iter().enumerate() {
            sum += power(*v, k) * x[i / 2].sin();
        }
        Self::SCALE * sum
    }
}

#[test]
fn names_from_outside() {
    let x = noise(11);
    let (value, gradient, hessian) = Series::scaled_hessian(&x, 3);
    assert_eq!(Series::scaled_jacobian(&x, 3).1.as_slice(), gradient);
    let sparsity = Series::scaled_hessian_sparsity(&x, 3);
    assert!((0..11).all(|i| sparsity.column(i).contains(&(i / 2))));
    assert_eq!(Series::scaled_sparsity(&x, 3).entries(), 11);
    columns(&x, (value, gradient, hessian), |x, dot| {
        Series::scaled_hvp(x, dot, 3)
    });
}

/// A function that changes what is held constant.
#[differentiate(jacobian, hessian)]
fn logged(x: &[f64; 2], #[constant] log: &mut Vec<f64>) -> f64 {
    log.push(x[0]);
    x[0] * x[1] * log[0]
}

#[test]
fn constants_that_change() {
    let (x, mut log) = ([2.0, 3.0], Vec::new());
    assert_eq!(logged_jacobian(&x, &mut log).1.as_slice(), [6.0, 4.0]);
    log.clear();
    assert_eq!(
        logged_hessian(&x, &mut log).2.as_slice(),
        [0.0, 2.0, 2.0, 0.0]
    );
    assert_eq!(log, [2.0]);
}

/// Of no variables, and of values without a second derivative.
#[differentiate(hessian)]
fn linear(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += i as f64 * x[i];
    }
    sum
}

#[test]
fn nothing_to_compute() {
    let (value, gradient, hessian) = linear_hessian(&[]);
    assert_eq!((value, gradient.len(), hessian.rows()), (0.0, 0, 0));
    let hessian = linear_hessian(&[1.0; 11]).2;
    assert!(hessian.as_slice().iter().all(|h| *h == 0.0));
}
