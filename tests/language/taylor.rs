//! Taylor coefficients. A function is proved by its own values along the path: at a step of a quarter, the sum of the first 24
//! coefficients leaves out about as much as their rounding, and shows errors in each of the first dozen. The first is the tangent.

use chainrule::differentiate;

/// How many coefficients.
const K: usize = 24;

/// Coefficients of a path, which get smaller as those of an analytic function do.
fn path(seed: usize) -> [f64; K] {
    std::array::from_fn(|k| (1.3 * (seed * K + k) as f64 + 0.4).sin() * 0.75_f64.powi(k as i32))
}

fn at(start: f64, coefficients: &[f64], t: f64) -> f64 {
    let tail = coefficients.iter().rev().fold(0.0, |sum, c| t * (sum + c));
    start + tail
}

/// The coefficients of all reals of a result against the function along the path, and the first of them against the tangent.
fn proved(
    along: &dyn Fn(f64) -> Vec<f64>,
    (value, coefficients): (&[f64], &[Vec<f64>]),
    tangent: &[f64],
) {
    assert_eq!(value, along(0.0), "the value is the primal's");
    assert_eq!(tangent.len(), coefficients[0].len());
    for (first, slope) in coefficients[0].iter().zip(tangent) {
        let close = (first - slope).abs() <= 1e-14 * (1.0 + slope.abs());
        assert!(
            close,
            "the first coefficient is {first}, the tangent {slope}"
        );
    }
    for t in [0.25, -0.25, 0.1] {
        for (j, real) in along(t).into_iter().enumerate() {
            let own: Vec<f64> = coefficients.iter().map(|c| c[j]).collect();
            let sum = at(value[j], &own, t);
            let close = (sum - real).abs() <= 4e-12 * (1.0 + real.abs());
            assert!(
                close,
                "at {t}, real {j} is {real}, and the series {sum}: {own:?}"
            );
        }
    }
}

/// A function of one or two numbers, at each of these points.
macro_rules! prove_scalar {
    ($($f:ident $taylor:ident $tangent:ident ($($x:expr),+) $(, $($constant:expr),+)?;)*) => {$({
        prove_scalar!(@ $f $taylor $tangent [$($x),+] [$($($constant),+)?]);
    })*};
    (@ $f:ident $taylor:ident $tangent:ident [$x:expr] [$($constant:expr),*]) => {
        let c = path(1);
        let (value, found) = $taylor($x, c, $($constant),*);
        let found: Vec<Vec<f64>> = found.iter().map(|c| vec![*c]).collect();
        let along = |t| vec![$f(at($x, &c, t), $($constant),*)];
        proved(&along, (&[value], &found), &[$tangent($x, c[0], $($constant),*).1]);
        assert_eq!($taylor($x, [0.0; 3], $($constant),*), (value, [0.0; 3]), "nothing comes of nothing");
    };
    (@ $f:ident $taylor:ident $tangent:ident [$x:expr, $y:expr] [$($constant:expr),*]) => {
        let (c, d) = (path(1), path(2));
        let (value, found) = $taylor($x, c, $y, d, $($constant),*);
        let found: Vec<Vec<f64>> = found.iter().map(|c| vec![*c]).collect();
        let along = |t| vec![$f(at($x, &c, t), at($y, &d, t), $($constant),*)];
        proved(&along, (&[value], &found), &[$tangent($x, c[0], $y, d[0], $($constant),*).1]);
        assert_eq!($taylor($x, [0.0; 3], $y, [0.0; 3], $($constant),*), (value, [0.0; 3]), "nothing comes of nothing");
    };
}

macro_rules! unary {
    ($($name:ident $taylor:ident $tangent:ident at $($x:literal),+;)*) => {
        $(
            #[differentiate(taylor)]
            fn $name(x: f64) -> f64 {
                x.$name()
            }
        )*

        #[test]
        fn functions_of_one_number() {
            $($( prove_scalar!($name $taylor $tangent ($x);); )+)*
        }
    };
}

unary! {
    sin sin_taylor sin_tangent at 0.3, -2.0, 0.0;
    cos cos_taylor cos_tangent at 0.3, -2.0, 0.0;
    tan tan_taylor tan_tangent at 0.3, -0.4;
    asin asin_taylor asin_tangent at 0.2, -0.3;
    acos acos_taylor acos_tangent at 0.2, -0.3;
    atan atan_taylor atan_tangent at 0.1, -3.0;
    sinh sinh_taylor sinh_tangent at 0.6, -0.5;
    cosh cosh_taylor cosh_tangent at 0.6, -0.5;
    tanh tanh_taylor tanh_tangent at 0.2, -0.5;
    asinh asinh_taylor asinh_tangent at 0.2, -0.3;
    acosh acosh_taylor acosh_tangent at 2.5, 5.0;
    atanh atanh_taylor atanh_tangent at 0.1, -0.2;
    exp exp_taylor exp_tangent at 0.7, -1.5;
    exp2 exp2_taylor exp2_tangent at 0.7, -1.5;
    exp_m1 exp_m1_taylor exp_m1_tangent at 0.7, 1e-9;
    ln ln_taylor ln_tangent at 2.0, 7.0;
    ln_1p ln_1p_taylor ln_1p_tangent at 2.0, 1.0;
    log2 log2_taylor log2_tangent at 2.0, 7.0;
    log10 log10_taylor log10_tangent at 2.0, 7.0;
    sqrt sqrt_taylor sqrt_tangent at 2.0, 7.0;
    cbrt cbrt_taylor cbrt_tangent at 2.0, -7.0;
    recip recip_taylor recip_tangent at 2.0, -7.0;
    to_degrees to_degrees_taylor to_degrees_tangent at 0.7;
    abs abs_taylor abs_tangent at 0.7, -0.9;
    fract fract_taylor fract_tangent at 2.4, -0.5;
}

macro_rules! binary {
    ($($name:ident $taylor:ident $tangent:ident ($a:ident, $b:ident) $value:expr, at $(($x:literal, $y:literal)),+;)*) => {
        $(
            #[differentiate(taylor)]
            fn $name($a: f64, $b: f64) -> f64 {
                $value
            }
        )*

        #[test]
        fn functions_of_two_numbers() {
            $($( prove_scalar!($name $taylor $tangent ($x, $y);); )+)*
        }
    };
}

binary! {
    product product_taylor product_tangent (a, b) a * b, at (0.7, -2.0), (0.0, 0.0);
    square square_taylor square_tangent (a, b) a * a - b * b * b, at (0.7, -2.0), (0.0, 0.0);
    quotient quotient_taylor quotient_tangent (a, b) a / b, at (0.7, -2.0), (0.0, 3.0);
    above above_taylor above_tangent (a, b) 1.0 / (a - b) + a / 3.0, at (0.7, -2.0);
    remainder remainder_taylor remainder_tangent (a, b) a % b, at (7.3, 2.9);
    euclid euclid_taylor euclid_tangent (a, b) a.rem_euclid(b), at (-7.3, 2.9);
    atan2 atan2_taylor atan2_tangent (a, b) a.atan2(b), at (0.7, -2.0), (-2.0, 0.4), (0.0, 1.5), (1.5, 0.0);
    hypot hypot_taylor hypot_tangent (a, b) a.hypot(b), at (0.7, -2.0), (-2.0, 0.0);
    log log_taylor log_tangent (a, b) a.log(b), at (2.0, 5.0), (1.7, 4.0);
    powf powf_taylor powf_tangent (a, b) a.powf(b), at (2.0, 1.5), (3.0, -2.0);
    mul_add mul_add_taylor mul_add_tangent (a, b) a.mul_add(b, b) + a.mul_add(2.0, b), at (2.0, 1.5);
    largest largest_taylor largest_tangent (a, b) a.max(b) * b.min(3.0 * a) + a.clamp(b, 9.0), at (2.0, 1.5);
    signs signs_taylor signs_tangent (a, b) a.copysign(b) * b, at (2.0, -1.5);
    angles angles_taylor angles_tangent (a, b) { let (s, c) = (a * b).sin_cos(); s * c }, at (0.5, -0.5);
    nested nested_taylor nested_tangent (a, b) ((a * b).sin() * (a / (b + 2.0)).exp()).tanh() * (a * a + b * b).sqrt().ln(), at (0.5, 0.8);
    negated negated_taylor negated_tangent (a, b) (-a * -b) / -(b * 2.0 + 3.0), at (0.5, 0.8);
}

#[differentiate(taylor)]
fn power(x: f64, #[constant] n: i32) -> f64 {
    x.powi(n)
}

#[differentiate(taylor)]
fn real_power(x: f64, #[constant] p: f64) -> f64 {
    x.powf(p)
}

#[differentiate(taylor)]
fn base_of(#[constant] base: f64, x: f64) -> f64 {
    base.powf(x)
}

#[test]
fn powers() {
    for n in [-3, -1, 0, 1, 2, 3, 7] {
        prove_scalar!(power power_taylor power_tangent (1.7), n; power power_taylor power_tangent (-1.2), n;);
        prove_scalar!(real_power real_power_taylor real_power_tangent (1.7), f64::from(n););
    }
    for p in [0.5, 2.5, -0.3, 100.5] {
        prove_scalar!(real_power real_power_taylor real_power_tangent (17.0), p;);
    }
    let c = path(1);
    let (value, found) = base_of_taylor(3.0, 0.4, c);
    let found: Vec<Vec<f64>> = found.iter().map(|c| vec![*c]).collect();
    let along = |t| vec![base_of(3.0, at(0.4, &c, t))];
    proved(
        &along,
        (&[value], &found),
        &[base_of_tangent(3.0, 0.4, c[0]).1],
    );
}

#[test]
fn powers_at_zero_and_beyond() {
    assert_eq!(
        power_taylor(0.0, [1.0, 0.0, 0.0, 0.0], 3).1,
        [0.0, 0.0, 1.0, 0.0]
    );
    assert_eq!(power_taylor(1e-300, [1.0, 0.0, 0.0], 3).1[2], 1.0);
    assert_eq!(power_taylor(1e100, [1.0], -4).1, [0.0]);
    assert_eq!(
        real_power_taylor(0.0, [1.0, 2.0, 0.0, 0.0], 2.0).1,
        [0.0, 1.0, 4.0, 4.0]
    );
    assert_eq!(
        real_power_taylor(0.0, [1.0, 0.0, 0.0], 2.5).1,
        [0.0, 0.0, f64::INFINITY]
    );
    assert_eq!(real_power_taylor(0.0, [0.0, 0.0], 0.5).1, [0.0, 0.0]);
    assert_eq!(real_power_taylor(0.0, [1.0], 0.5).1, [f64::INFINITY]);
    // 1e-200 to the power of 2.5 is no float, and its curvature is one.
    let curvature = real_power_taylor(1e-200, [1.0, 0.0], 2.5).1[1];
    assert!((curvature / (1.875 * 1e-200_f64.sqrt()) - 1.0).abs() < 1e-14);
    assert_eq!(powf_taylor(0.0, [1.0, 0.0], 2.0, [1.0, 0.0]).1, [0.0, 1.0]);
    assert_eq!(sqrt_taylor(0.0, [0.0; 4]).1, [0.0; 4]);
    assert_eq!(power_taylor(0.0, [0.0; 4], -2).1, [0.0; 4]);
}

/// What textbooks give.
#[test]
fn known_series() {
    let line = std::array::from_fn::<f64, 9, _>(|k| if k == 0 { 1.0 } else { 0.0 });
    let factorial = |k: usize| (1..=k).map(|i| i as f64).product::<f64>();
    for (k, c) in exp_taylor(0.0, line).1.iter().enumerate() {
        assert!((c * factorial(k + 1) - 1.0).abs() < 1e-14);
    }
    for (k, c) in sin_taylor(0.0, line).1.iter().enumerate() {
        let sign = [1.0, 0.0, -1.0, 0.0][k % 4];
        assert!((c * factorial(k + 1) - sign).abs() < 1e-14);
    }
    for (k, c) in ln_1p_taylor(0.0, line).1.iter().enumerate() {
        let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
        assert!((c * (k + 1) as f64 - sign).abs() < 1e-14);
    }
    assert_eq!(recip_taylor(1.0, line.map(|c| -c)).1, [1.0; 9]);
    let mut binomial = 1.0;
    for (k, c) in real_power_taylor(1.0, line, 0.3).1.iter().enumerate() {
        binomial *= (0.3 - k as f64) / (k + 1) as f64;
        assert!((c - binomial).abs() < 1e-15);
    }
    // tan t = t + t³/3 + 2 t⁵/15 + 17 t⁷/315 + …
    let tan = tan_taylor(0.0, line).1;
    assert!((tan[6] - 17.0 / 315.0).abs() < 1e-15 && tan[7] == 0.0);
}

/// A function of a slice, in which `&mut` arguments and a result come back.
macro_rules! prove_slice {
    ($f:ident $taylor:ident $tangent:ident, $x:expr $(, $constant:expr)*) => {{
        let x: Vec<f64> = $x;
        let paths: Vec<[f64; K]> = (0..x.len()).map(path).collect();
        let order = |k: usize| paths.iter().map(|p| p[k]).collect::<Vec<f64>>();
        let orders: [Vec<f64>; K] = std::array::from_fn(order);
        let (value, found) = $taylor(&x, orders.each_ref().map(|c| &c[..]), $($constant),*);
        let along = |t: f64| {
            let x: Vec<f64> = x.iter().zip(&paths).map(|(x, p)| at(*x, p, t)).collect();
            $f(&x, $($constant),*).flat()
        };
        let found: Vec<Vec<f64>> = found.iter().map(Flat::flat).collect();
        let tangent = $tangent(&x, &orders[0], $($constant),*).1.flat();
        proved(&along, (&value.flat(), &found), &tangent);
    }};
}

trait Flat {
    fn flat(&self) -> Vec<f64>;
}

impl Flat for f64 {
    fn flat(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl<E: Flat> Flat for Vec<E> {
    fn flat(&self) -> Vec<f64> {
        self.iter().flat_map(Flat::flat).collect()
    }
}

impl<E: Flat, const N: usize> Flat for [E; N] {
    fn flat(&self) -> Vec<f64> {
        self.iter().flat_map(Flat::flat).collect()
    }
}

impl<A: Flat, B: Flat> Flat for (A, B) {
    fn flat(&self) -> Vec<f64> {
        [self.0.flat(), self.1.flat()].concat()
    }
}

#[differentiate(taylor)]
fn overwritten(x: &[f64], n: usize) -> f64 {
    let mut y = x.to_vec();
    for _ in 0..n {
        for i in 0..y.len() {
            let left = if i == 0 { y[y.len() - 1] } else { y[i - 1] };
            y[i] = y[i] * left + 0.3 * (y[i] - left).sin();
            if y[i] > 0.5 {
                y[i] /= 1.0 + y[i] * y[i];
            }
        }
    }
    y.iter().sum()
}

#[differentiate(taylor)]
fn chained(x: &[f64]) -> (f64, [f64; 2]) {
    let sum: f64 = x
        .windows(2)
        .map(|w| 10.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2))
        .sum();
    let product: f64 = x.iter().product();
    let scaled = x.iter().fold(0.0, |s, v| s * v + v.exp());
    (sum, [product, scaled.sqrt()])
}

#[differentiate(taylor)]
fn tail_of(x: &[f64], scale: f64) -> f64 {
    if x.is_empty() {
        return scale;
    }
    x[0] * tail_of(&x[1..], scale * 0.5) + scale
}

#[differentiate(taylor)]
fn recursion(x: &[f64]) -> f64 {
    tail_of(x, x[0])
}

#[differentiate(taylor)]
fn normalized(x: &[f64]) -> Vec<f64> {
    let norm = x.iter().map(|v| v * v).sum::<f64>().sqrt();
    x.iter().map(|v| v / norm).collect()
}

#[differentiate(taylor)]
fn early(x: &[f64], limit: f64) -> f64 {
    let mut product = 1.0;
    for v in x {
        product *= v.exp();
        if product > limit {
            return product.ln() * product;
        }
    }
    -product
}

#[test]
fn slices_and_control_flow() {
    let x = vec![0.4, 0.7, -0.3, 0.9];
    for n in [0, 1, 3] {
        prove_slice!(overwritten overwritten_taylor overwritten_tangent, x.clone(), n);
    }
    prove_slice!(chained chained_taylor chained_tangent, x.clone());
    prove_slice!(recursion recursion_taylor recursion_tangent, x.clone());
    prove_slice!(normalized normalized_taylor normalized_tangent, x.clone());
    prove_slice!(early_within early_within_taylor early_within_tangent, x.clone());
    prove_slice!(early_beyond early_beyond_taylor early_beyond_tangent, x);
}

#[differentiate(taylor)]
fn early_within(x: &[f64]) -> f64 {
    early(x, 1e9)
}

#[differentiate(taylor)]
fn early_beyond(x: &[f64]) -> f64 {
    early(x, 1.2) * x[0]
}

#[differentiate(taylor)]
fn step(state: &mut [f64], h: f64, energy: &mut f64) {
    let force = -state[0].sin();
    state[1] += h * force;
    state[0] += h * state[1];
    *energy = 0.5 * state[1] * state[1] - state[0].cos();
}

#[differentiate(taylor)]
fn pushed(mut v: Vec<f64>, #[constant] n: usize, out: &mut Vec<f64>) -> [f64; 2] {
    for k in 0..n {
        v.push(v[k] * v[k + 1]);
    }
    out.push(v[0] / v[1]);
    out[0] *= v[0];
    [v[n], v[v.len() - 1]]
}

#[test]
fn what_is_written_to() {
    let (angle, speed, h) = (path(0), path(1), path(2));
    let orders: [Vec<f64>; K] = std::array::from_fn(|k| vec![angle[k], speed[k]]);
    let along = |t: f64| {
        let (mut state, mut energy) = (vec![at(0.6, &angle, t), at(0.2, &speed, t)], 7.0);
        step(&mut state, at(0.1, &h, t), &mut energy);
        state.push(energy);
        state
    };
    let (mut state, mut energy, mut found) = (vec![0.6, 0.2], 7.0, orders.clone());
    let mut energies = [3.0; K];
    step_taylor(
        &mut state,
        found.each_mut().map(|c| &mut c[..]),
        0.1,
        h,
        &mut energy,
        energies.each_mut(),
    );
    state.push(energy);
    let found: Vec<Vec<f64>> = found
        .iter()
        .zip(energies)
        .map(|(c, e)| [&c[..], &[e]].concat())
        .collect();
    let (mut again, mut e, mut again_dot, mut e_dot) = ([0.6, 0.2], 7.0, orders[0].clone(), 3.0);
    step_tangent(&mut again, &mut again_dot, 0.1, h[0], &mut e, &mut e_dot);
    again_dot.push(e_dot);
    proved(&along, (&state, &found), &again_dot);

    let along = |t: f64| {
        let mut out = vec![at(0.5, &h, t)];
        let result = pushed(vec![at(0.6, &angle, t), at(1.2, &speed, t)], 4, &mut out);
        [&result[..], &out].concat()
    };
    let mut out = vec![0.5];
    let mut grown: [Vec<f64>; K] = h.map(|c| vec![c]);
    let (value, found) = pushed_taylor(
        vec![0.6, 1.2],
        orders.clone(),
        4,
        &mut out,
        grown.each_mut(),
    );
    let found: Vec<Vec<f64>> = found
        .iter()
        .zip(&grown)
        .map(|(c, g)| [&c[..], g].concat())
        .collect();
    let (mut again, mut again_dot) = (vec![0.5], vec![h[0]]);
    let (_, dot) = pushed_tangent(
        vec![0.6, 1.2],
        orders[0].clone(),
        4,
        &mut again,
        &mut again_dot,
    );
    proved(
        &along,
        (&[&value[..], &out].concat(), &found),
        &[&dot[..], &again_dot].concat(),
    );
}

#[differentiate(taylor)]
fn single(x: f32, p: [f32; 2]) -> f32 {
    (x * p[0]).sin() / (1.0 + x * x) + p[1].powf(2.5) * x.powi(3) + x.exp() * 0.5
}

#[differentiate(taylor)]
fn generic<T: num_traits::Float, const N: usize>(x: &[T; N], scale: T) -> T {
    let mut sum = T::zero();
    for i in 0..N {
        sum = sum + (x[i] * scale).sin() / (x[i] * x[i] + T::one());
    }
    sum * sum.powi(2) + scale.sqrt()
}

#[differentiate(taylor)]
fn generic_caller(x: &[f64]) -> f64 {
    generic::<f64, 2>(&[x[0], x[1] * x[0]], x[1])
}

#[differentiate(taylor)]
fn borrowed(x: &f64, y: &(f64, f64)) -> f64 {
    let z = x;
    let values = [*x, y.0];
    let most = values
        .iter()
        .map(|v| v.sin() * v)
        .fold(0.0, |s: f64, v| s + v);
    z.exp() * y.1.powf(*z) + most
}

#[test]
fn types() {
    let c = [0.3_f32, -0.2, 0.1, 0.05];
    let (value, found) = single_taylor(0.7, c, [0.4, 1.3], [[0.0, 0.5]; 4]);
    let wide = |x: f64, p: [f64; 2]| {
        (x * p[0]).sin() / (1.0 + x * x) + p[1].powf(2.5) * x.powi(3) + x.exp() * 0.5
    };
    let t = 0.05;
    let real = wide(at(0.7, &c.map(f64::from), t), [0.4, at(1.3, &[0.5; 4], t)]);
    assert!((at(f64::from(value), &found.map(f64::from), t) - real).abs() < 2e-6);

    prove_slice!(generic_caller generic_caller_taylor generic_caller_tangent, vec![0.4, 0.7]);
    let (_, own) =
        generic_taylor::<f64, 2, 2>(&[0.4, 0.3], [&[1.0, 0.0], &[0.0; 2]], 0.5, [0.0; 2]);
    let (_, single) = generic_taylor(&[0.4_f32, 0.3], [&[1.0, 0.0], &[0.0; 2]], 0.5, [0.0; 2]);
    assert!((own[1] - f64::from(single[1])).abs() < 1e-6);

    let (x, a, b) = (path(0), path(1), path(2));
    let pairs: [(f64, f64); K] = std::array::from_fn(|k| (a[k], b[k]));
    let (value, found) = borrowed_taylor(&0.4, x.each_ref(), &(0.2, 1.9), pairs.each_ref());
    let found: Vec<Vec<f64>> = found.iter().map(|c| vec![*c]).collect();
    let along = |t| vec![borrowed(&at(0.4, &x, t), &(at(0.2, &a, t), at(1.9, &b, t)))];
    proved(
        &along,
        (&[value], &found),
        &[borrowed_tangent(&0.4, &x[0], &(0.2, 1.9), &pairs[0]).1],
    );
}

#[differentiate(taylor, rule(x => std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp()))]
fn erf(x: f64) -> f64 {
    let (mut sum, mut t) = (0.0, std::f64::consts::FRAC_2_SQRT_PI * x);
    for n in 1..80 {
        sum += t / f64::from(2 * n - 1);
        t *= -x * x / f64::from(n);
    }
    sum
}

#[differentiate(taylor, rule({
    let e = (-rate * t).exp();
    t => rate * e * erf_scale(n),
    rate => t * e * erf_scale(n),
}))]
fn saturation(t: f64, rate: f64, n: usize) -> f64 {
    -(-rate * t).exp_m1() * erf_scale(n)
}

fn erf_scale(n: usize) -> f64 {
    n as f64
}

#[differentiate(taylor)]
fn stated(a: f64, b: f64) -> f64 {
    erf(a * b) * saturation(a, b + 1.0, 2) + erf(0.5)
}

#[test]
fn stated_derivatives() {
    prove_scalar!(erf erf_taylor erf_tangent (0.3); stated stated_taylor stated_tangent (0.4, 0.3););
}

/// Third derivatives are differences of third coefficients: those of u + v + w, of pairs and of each alone.
#[test]
fn third_derivatives() {
    let x = [0.3, 0.8, -0.4];
    let third = |u: [f64; 3]| chained_taylor(&x, [&u[..], &[0.0; 3], &[0.0; 3]]).1[2].0;
    let sum = |all: &[[f64; 3]]| third(std::array::from_fn(|i| all.iter().map(|u| u[i]).sum()));
    let mixed = |u, v, w| {
        sum(&[u, v, w]) - sum(&[u, v]) - sum(&[v, w]) - sum(&[u, w])
            + sum(&[u])
            + sum(&[v])
            + sum(&[w])
    };
    let e = |i: usize| std::array::from_fn::<f64, 3, _>(|j| if i == j { 1.0 } else { 0.0 });
    // 10 (y - x²)²: the third derivative in x, x and y is −40, that in x three times 240 x.
    assert!((mixed(e(0), e(0), e(1)) + 40.0).abs() < 1e-10);
    assert!((mixed(e(0), e(0), e(0)) - 240.0 * x[0]).abs() < 1e-10);
    assert!(mixed(e(0), e(1), e(2)).abs() < 1e-10);
}

#[test]
#[should_panic(expected = "a coefficient must have the shape of its value")]
fn coefficients_of_another_shape() {
    overwritten_taylor(&[1.0, 2.0], [&[1.0]], 1);
}

#[test]
fn no_coefficients() {
    assert_eq!(sin_taylor::<0>(0.5, []), (0.5_f64.sin(), []));
    let (value, none) = chained_taylor::<0>(&[0.5, 0.2], []);
    assert_eq!((value, none.len()), (chained(&[0.5, 0.2]), 0));
}
