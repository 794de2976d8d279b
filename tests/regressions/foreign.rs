//! Functions of published crates that the macro accepted and rustc rejected, made small.
use chainrule::{Differentiable, differentiate};

/// A range was asked for what it contains without being told.
#[differentiate(forward, reverse, hessian)]
fn range_that_contains(x: f64, y: f64) -> f64 {
    let a = if (0.0..=1.0).contains(&x) { x * y } else { x };
    match !(2.0..).contains(&(y * 2.0)) {
        true => a * y,
        false => a - y,
    }
}

#[differentiate]
fn range_that_contains_or_fails(x: f64, limit: f64) -> Result<f64, String> {
    if !(0.0..limit).contains(&x) {
        return Err("out of range".into());
    }
    Ok(x * x * limit)
}

#[test]
fn ranges() {
    for (x, y) in [(0.4, 0.7), (1.4, 0.7), (0.4, 1.7), (-0.4, 1.7)] {
        prove!(range_that_contains(val x, val y));
        prove_gradient!(range_that_contains(val x, val y));
        prove_hvp!(range_that_contains(val x, val y));
    }
    prove!(range_that_contains_or_fails(val 0.5, val 2.0) -> ok);
    assert!(range_that_contains_or_fails_gradient(2.5, 2.0).is_err());
}

/// References were compared with numbers.
#[differentiate(forward, reverse, hessian)]
fn references_compared(x: &[f64], limit: &f64) -> f64 {
    let least = x
        .iter()
        .map(|v| v * v)
        .filter(|v| v >= &0.01)
        .fold(f64::INFINITY, f64::min);
    let mut sum = least;
    for v in x.iter() {
        if v > limit && &0.3 != v {
            sum += v * limit;
        }
        if v < &(2.0 * limit) {
            sum -= v * least;
        }
    }
    sum
}

#[test]
fn comparisons() {
    prove!(references_compared(slice [0.2, -0.7, 1.4], rf 0.4));
    prove_gradient!(references_compared(slice [0.2, -0.7, 1.4], rf 0.4));
    prove_hvp!(references_compared(slice [0.2, -0.7, 1.4], rf 0.4));
}

#[derive(Clone, Copy, Differentiable)]
struct Polar {
    r: f64,
    angle: f64,
}

#[derive(Clone, Copy, Differentiable)]
struct Plane {
    x: f64,
    y: f64,
}

#[differentiate(forward, reverse, hessian)]
impl From<Polar> for Plane {
    fn from(p: Polar) -> Plane {
        Plane {
            x: p.r * p.angle.cos(),
            y: p.r * p.angle.sin(),
        }
    }
}

/// In an `impl` of `From<&A>`, a call of that of `From<A>` was ambiguous.
#[differentiate(forward, reverse, hessian)]
impl From<&Polar> for Plane {
    fn from(p: &Polar) -> Plane {
        Plane::from(*p)
    }
}

#[differentiate(forward, reverse, hessian)]
impl From<&Plane> for Polar {
    fn from(p: &Plane) -> Polar {
        Polar {
            r: p.x.hypot(p.y),
            angle: p.y.atan2(p.x),
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl From<Plane> for Polar {
    fn from(p: Plane) -> Polar {
        Polar::from(&p)
    }
}

#[differentiate(forward, reverse, hessian)]
fn made_of_values_and_of_references(r: f64, angle: f64) -> f64 {
    let p = Polar { r, angle };
    let a = Plane::from(p);
    let b = Plane::from(&p);
    let back = Polar::from(Plane {
        x: a.x * 2.0,
        y: b.y,
    });
    let again: Polar = a.into();
    a.x * b.y + back.r * back.angle + again.r
}

#[test]
fn conversions() {
    prove!(made_of_values_and_of_references(val 0.8, val 0.3));
    prove_hvp!(made_of_values_and_of_references(val 0.8, val 0.3));
}

#[derive(Clone, Differentiable)]
struct Grid {
    columns: usize,
    values: Vec<f64>,
}

#[differentiate(forward, reverse, hessian)]
fn power_of_index(n: usize, x: f64) -> f64 {
    x.powi(n as i32) * n as f64
}

#[differentiate(forward, reverse, hessian)]
fn zone(x: f64) -> u8 {
    (x * 10.0) as u8 % 4
}

#[differentiate(forward, reverse, hessian)]
fn in_zone(x: f64, zone: u8) -> f64 {
    x * x + f64::from(zone)
}

/// Integers whose type only rustc knows, handed to functions: no adjoint comes back for them.
#[differentiate(forward, reverse, hessian)]
fn integers_of_unknown_type(g: &Grid, x: f64) -> f64 {
    let n = g.columns;
    power_of_index(n, x) + power_of_index(g.columns, g.values[0]) + in_zone(x, zone(x))
}

#[test]
fn integers() {
    let grid = Grid {
        columns: 2,
        values: vec![0.7],
    };
    let (_, (grid_bar, x_bar)) = integers_of_unknown_type_gradient(&grid, 0.55);
    assert_eq!(grid_bar.values, [4.0 * 0.7]);
    assert!((x_bar - (4.0 * 0.55 + 2.0 * 0.55)).abs() < 1e-14);
    let mut none = grid.clone();
    none.values[0] = 0.0;
    let (_, tangent) = integers_of_unknown_type_tangent(&grid, &none, 0.55, 1.0);
    assert!((tangent - x_bar).abs() < 1e-14);
}

/// The type that was written on a `let` was lost where kept code can be of several.
#[differentiate(forward, reverse, hessian)]
fn written_types(x: f64, text: &str) -> f64 {
    let n: u64 = text.parse().unwrap();
    let parts: Vec<u8> = text.bytes().collect();
    let (a, b): (u8, u16) = Default::default();
    let grid: Option<Grid> = Default::default();
    let k: i64 = Default::default();
    let mut m: [[f64; 3]; 2] = Default::default();
    m[0][1] = x * x;
    let mut v: [f64; 2] = Default::default();
    v[1] = x;
    m[0][1] * n as f64 + parts.len() as f64 * v[1] * v[0] + (k + i64::from(a)) as f64 + v[1]
}

#[test]
fn types_on_lets() {
    prove!(written_types(val 0.8, con "3"));
    prove_gradient!(written_types(val 0.8, con "3"));
    prove_hvp!(written_types(val 0.8, con "3"));
}

enum Roots {
    None,
    One([f64; 1]),
}

impl AsRef<[f64]> for Roots {
    fn as_ref(&self) -> &[f64] {
        match self {
            Roots::None => &[],
            Roots::One(root) => root,
        }
    }
}

fn root_of(a: f64) -> Roots {
    match a > 0.0 {
        true => Roots::One([a.sqrt()]),
        false => Roots::None,
    }
}

/// What the method in the middle of kept code borrows from lived too short for the loop.
#[differentiate(forward, reverse, hessian)]
fn loop_over_what_is_borrowed(x: f64, #[constant] a: f64) -> f64 {
    let mut sum = x;
    for y in root_of(a).as_ref().iter() {
        sum += x * x * *y;
    }
    for word in format!("{} {}", 1, 2).as_str().trim().split(' ') {
        sum *= x + word.len() as f64;
    }
    sum
}

#[test]
fn loops_over_what_is_borrowed() {
    prove!(loop_over_what_is_borrowed(val 0.8, con 0.3));
    prove!(loop_over_what_is_borrowed(val 0.8, con -0.3));
    prove_gradient!(loop_over_what_is_borrowed(val 0.8, con 0.3));
    prove_hvp!(loop_over_what_is_borrowed(val 0.8, con 0.3));
}

/// `#[constant]` stayed on the parameters of methods that are left out.
struct Settings {
    gain: f64,
}

#[differentiate]
impl Settings {
    fn gain(&mut self, #[constant] gain: impl Into<f64>) -> &mut Self {
        self.gain = gain.into();
        self
    }
}

/// Integers that values are made of, and operators with integers: their traits want something back.
#[differentiate(forward, reverse, hessian)]
impl From<u16> for Polar {
    fn from(n: u16) -> Polar {
        Polar {
            r: f64::from(n),
            angle: 0.5,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl std::ops::Mul<i32> for Polar {
    type Output = Polar;
    fn mul(self, n: i32) -> Polar {
        Polar {
            r: self.r * f64::from(n),
            angle: self.angle,
        }
    }
}

#[differentiate(forward, reverse, hessian)]
fn made_of_integers(x: f64, n: u16) -> f64 {
    let p = Polar::from(n);
    let q = Polar { r: x * x, angle: x };
    p.r * x + q.r * q.angle * p.angle
}

#[test]
fn integers_in_traits() {
    let mut s = Settings { gain: 0.0 };
    assert_eq!(s.gain(1.5f32).gain, 1.5);
    prove!(made_of_integers(val 0.8, con 3u16));
    prove_hvp!(made_of_integers(val 0.8, con 3u16));
}

/// Parameters of which only a trait says that they have items were asked for their length.
#[differentiate(forward, reverse, hessian)]
fn polynomial<I>(x: f64, #[constant] coefficients: I) -> f64
where
    I: IntoIterator<Item = f64>,
{
    coefficients.into_iter().fold(0.0, |sum, c| sum * x + c)
}

#[differentiate(forward, reverse, hessian)]
fn weighted(x: f64, #[constant] weights: impl Iterator<Item = f64>) -> f64 {
    let mut sum = x;
    for w in weights {
        sum += w * x * x;
    }
    sum
}

#[test]
fn items_of_a_trait() {
    let (value, slope) = polynomial_derivative(2.0, vec![1.0, 0.0, 3.0]);
    assert_eq!((value, slope), (7.0, 4.0));
    assert_eq!(polynomial_gradient(2.0, [1.0, 0.0, 3.0]), (7.0, 4.0));
    assert_eq!(weighted_gradient(2.0, [1.0, 0.5].into_iter()), (8.0, 7.0));
    assert_eq!(weighted_derivative(2.0, [1.0, 0.5].into_iter()), (8.0, 7.0));
}

/// A type parameter of integers was taken for one of reals.
#[differentiate(forward, reverse, hessian)]
fn by_count<U: num_traits::Unsigned + num_traits::ToPrimitive + PartialOrd + Copy>(
    #[constant] k: U,
    x: f64,
) -> f64 {
    if k < num_traits::one::<U>() {
        return x * x;
    }
    k.to_f64().unwrap() * x * x * x
}

/// So was one that may have no size.
pub trait Source {
    fn next(&mut self) -> f64;
}

struct Steps(f64);

impl Source for Steps {
    fn next(&mut self) -> f64 {
        self.0 += 0.5;
        self.0
    }
}

#[differentiate(forward, reverse, hessian)]
fn sample<R: Source + ?Sized>(#[constant] rng: &mut R, mean: f64, deviation: f64) -> f64 {
    let u = rng.next();
    (mean + deviation * u) * mean
}

#[test]
fn type_parameters_that_are_no_reals() {
    prove!(by_count(con 2u32, val 0.7));
    prove_hvp!(by_count(con 0u8, val 0.7));
    let (value, (.., dm, dd)) = sample_gradient(&mut Steps(0.0), 2.0, 3.0);
    assert_eq!((value, dm, dd), (7.0, 5.5, 1.0));
}

/// A generic type that holds itself could not be asked for its shadow (E0275).
#[derive(Clone, Differentiable)]
struct Interval<F: num_traits::Float> {
    upper: F,
    lower: F,
    values: [F; 3],
    next: Option<Box<Interval<F>>>,
}

#[differentiate(forward, reverse)]
fn of_an_interval<F: num_traits::Float>(p: &Interval<F>, x: F) -> F {
    let h = p.upper - p.lower * x;
    p.values[0] + p.values[1] * h * p.values[2]
}

#[test]
fn generic_types_that_hold_themselves() {
    let p = Interval {
        upper: 2.0,
        lower: 0.5,
        values: [1.0, 3.0, 4.0],
        next: None,
    };
    let (value, (p_bar, x_bar)) = of_an_interval_gradient(&p, 2.0);
    assert_eq!((value, x_bar), (13.0, -6.0));
    assert_eq!((p_bar.upper, p_bar.lower), (12.0, -24.0));
}

/// Companions have a type parameter more for each function that they are given (E0107), and wide ones one for their shadows: behind a last
/// comma it did not parse.
#[differentiate(forward, reverse)]
fn repeated<C, const TWICE: bool>(x: f64, #[constant] c: usize, step: &impl Fn(f64) -> f64) -> f64 {
    let once = step(x) * c as f64;
    if TWICE { step(once) } else { once }
}

#[differentiate(forward, reverse)]
fn turbofish_and_a_function(x: f64, rate: f64) -> f64 {
    let step = |y: f64| y * y * rate;
    repeated::<u8, true>(x, 2, &step) + repeated::<u8, false>(rate, 3, &step)
}

#[differentiate(forward, reverse)]
fn times<T: num_traits::Float, const K: usize>(x: T) -> T {
    x * T::from(K).unwrap()
}

#[rustfmt::skip]
#[differentiate(forward, reverse)]
fn turbofish_with_a_last_comma(x: f64) -> f64 {
    x * times::<f64, 3,>(x)
}

#[test]
fn turbofishes() {
    prove!(turbofish_and_a_function(val 0.7, val 1.2));
    prove_gradient!(turbofish_and_a_function(val 0.7, val 1.2));
    prove!(turbofish_with_a_last_comma(val 0.7));
}

/// A method of the user's was taken for that of a slice.
#[derive(Clone, Differentiable)]
struct Rule {
    #[constant]
    degree: u32,
}

impl Rule {
    fn iter(&self) -> impl Iterator<Item = f64> {
        let n = self.degree;
        (0..n).map(move |k| f64::from(k) / f64::from(n))
    }

    #[differentiate(forward, reverse)]
    fn integrate(#[constant] &self, a: f64, b: f64, rate: f64) -> f64 {
        let width = (b - a) / f64::from(self.degree);
        let sum: f64 = self
            .iter()
            .map(|node| (rate * (a + width * (0.5 + node))).exp())
            .sum();
        sum * width
    }
}

#[test]
fn own_iterators() {
    let rule = Rule { degree: 5 };
    let at = |a: f64, b: f64, r: f64| rule.integrate(a, b, r);
    let (value, (.., b_bar, r_bar)) = rule.integrate_gradient(0.2, 1.1, 0.7);
    assert_eq!(value.to_bits(), at(0.2, 1.1, 0.7).to_bits());
    let h = 1e-6;
    let slope = (at(0.2, 1.1 + h, 0.7) - at(0.2, 1.1 - h, 0.7)) / (2.0 * h);
    assert!((slope - b_bar).abs() < 1e-8, "{slope} {b_bar}");
    let slope = (at(0.2, 1.1, 0.7 + h) - at(0.2, 1.1, 0.7 - h)) / (2.0 * h);
    assert!((slope - r_bar).abs() < 1e-8, "{slope} {r_bar}");
}

/// What is computed with integers of a field had an adjoint that was added to the integer (E0277).
#[derive(Clone, Differentiable)]
struct Moments<const N: usize> {
    count: u64,
    m: [f64; N],
}

#[differentiate(forward, reverse)]
fn of_moments(m: &Moments<2>, x: f64) -> f64 {
    let k = m.count - 1;
    m.m[1] / (m.count - 1) as f64 + x * (m.count * 2 + k) as f64 + m.m[0] * k as f64 * x
}

/// In the wide form the number that an integer is divided by was one of `f64`.
#[differentiate(forward, reverse)]
fn halved(n: u64, limit: f64, upper: bool) -> u64 {
    let (mut least, mut most) = { if upper { (n / 2, n) } else { (0, n) } };
    let mut guess = 0;
    while most - least > 1 {
        guess = {
            if guess == least {
                most
            } else {
                (most + least) / 2
            }
        };
        if (guess as f64) < limit {
            least = guess
        } else {
            most = guess
        }
    }
    guess
}

#[test]
fn integers_of_fields() {
    let m = Moments {
        count: 3,
        m: [0.5, 2.0],
    };
    let (value, (m_bar, x_bar)) = of_moments_gradient(&m, 1.5);
    assert_eq!((value, x_bar), (14.5, 9.0));
    assert_eq!(m_bar.m, [3.0, 0.5]);
    assert_eq!(
        halved(20, 7.5, false),
        halved_tangent(20, 7.5, 1.0, false).0
    );
}

/// A macro of the user's that expands to a statement stood where an expression is expected (E0658).
macro_rules! validate {
    ($($value:expr),+) => {
        #[cfg(debug_assertions)]{ $( let _ = $value.unwrap(); )+ }
    };
}

#[differentiate(forward, reverse)]
fn validated(#[constant] t: Option<f64>, x: f64) -> Option<f64> {
    validate!(t);
    if x < 0.0 {
        return None;
    }
    Some(x * x * t.unwrap())
}

/// A macro that is defined in the function, and only mentions what is constant.
#[differentiate(forward, reverse)]
fn defined_inside(x: f64, n: usize) -> f64 {
    macro_rules! part {
        ($e:expr) => {
            $e / (n as f64)
        };
    }
    part!(3.0) * x * x
}

#[test]
fn macros() {
    assert_eq!(
        validated_gradient(Some(2.0), 3.0).map(|(v, g)| (v, format!("{g:?}"))),
        Some((18.0, "12.0".into()))
    );
    prove!(defined_inside(val 0.7, con 2usize));
}

/// Where a type parameter stands for numbers that are held constant, zeros were of its type (E0308).
#[differentiate(forward, reverse)]
fn held_number(#[constant] value: impl num_traits::Float, x: f64) -> f64 {
    if x < 0.0 {
        return value.to_f64().unwrap();
    }
    value.to_f64().unwrap() * x * x
}

#[test]
fn held_numbers() {
    for x in [0.7, -0.7] {
        prove!(held_number(con 2.5f32, val x));
        prove_gradient!(held_number(con 2.5f32, val x));
    }
}

/// Long code has line breaks where it is turned into text, and `return` was not seen there: another end of the function followed (E0308, E0381).
#[differentiate(forward, reverse)]
fn long_errors(n: usize, x: f64) -> Result<f64, &'static str> {
    match n {
        0 => Ok(x * x),
        1 => {
            return Err(
                "the first case was handed to a function that is only defined for the zeroth one and for all of those that follow",
            );
        }
        _ => Ok(x * n as f64),
    }
}

#[test]
fn long_texts() {
    prove!(long_errors(con 0usize, val 0.7) -> ok);
    prove!(long_errors(con 2usize, val 0.7) -> ok);
    assert!(long_errors_gradient(1, 0.7).is_err());
}
