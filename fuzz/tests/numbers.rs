//! The derivative of every rule against arithmetic of 1600 bits, over arguments from the subnormal to the largest.
//!
//! Errors are in units in the last place of the exact derivative. Where the formula reads the rounded value of the function and the
//! derivative is a small difference of it (`tanh`), or an exponent that has been rounded (`powf`), no formula in one precision is exact
//! in that measure; those rows say what they guarantee instead.

use astro_float::{BigFloat, Consts, Radix, RoundingMode};
use calculus::differentiate;

const BITS: usize = 1600;
/// Enough where arguments are not enormous; powers and logarithms of pairs are many.
const FEWER: usize = 320;
const RM: RoundingMode = RoundingMode::ToEven;

/// Exact arithmetic, nearly.
struct Big(Consts, usize);

impl Big {
    fn new() -> Big {
        Big(Consts::new().expect("constants can be computed"), BITS)
    }
    fn of(&self, x: f64) -> BigFloat {
        // Subnormal numbers by way of a normal one: their conversion loses the exponent.
        let scale = 2.0f64.powi(200);
        match x.is_subnormal() {
            true => {
                BigFloat::from_f64(x * scale, BITS).div(&BigFloat::from_f64(scale, BITS), BITS, RM)
            }
            false => BigFloat::from_f64(x, BITS),
        }
    }
    fn add(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.add(b, BITS, RM)
    }
    fn sub(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.sub(b, BITS, RM)
    }
    fn mul(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.mul(b, BITS, RM)
    }
    fn div(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.div(b, BITS, RM)
    }
    fn sqrt(&self, a: &BigFloat) -> BigFloat {
        a.sqrt(BITS, RM)
    }
    fn ln(&mut self, a: &BigFloat) -> BigFloat {
        a.ln(self.1, RM, &mut self.0)
    }
    fn exp(&mut self, a: &BigFloat) -> BigFloat {
        a.exp(BITS, RM, &mut self.0)
    }
    fn pow(&mut self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.pow(b, self.1, RM, &mut self.0)
    }
    fn cos(&mut self, a: &BigFloat) -> BigFloat {
        a.cos(BITS, RM, &mut self.0)
    }
    fn sin(&mut self, a: &BigFloat) -> BigFloat {
        a.sin(BITS, RM, &mut self.0)
    }
    fn sinh(&mut self, a: &BigFloat) -> BigFloat {
        a.sinh(BITS, RM, &mut self.0)
    }
    fn cosh(&mut self, a: &BigFloat) -> BigFloat {
        a.cosh(BITS, RM, &mut self.0)
    }
    /// 1 ± a²
    fn square_and(&self, sign: f64, a: &BigFloat) -> BigFloat {
        let square = self.mul(&self.of(sign), &self.mul(a, a));
        self.add(&self.of(1.0), &square)
    }
    fn round(&mut self, a: &BigFloat) -> f64 {
        let text = a
            .format(Radix::Dec, RM, &mut self.0)
            .expect("a number has digits");
        text.parse().expect("digits are a number")
    }
}

/// Arguments of all sizes.
const ARGUMENTS: &[f64] = &[
    5e-324, 1e-310, 2.3e-308, 1e-300, 1e-160, 1e-30, 1e-8, 0.001, 0.1, 0.25, 0.5, 0.7, 0.9, 0.999,
    1.0, 1.001, 1.5, 2.0, 3.0, 7.3, 20.0, 36.0, 100.0, 300.0, 700.0, 1e5, 1e15, 1e100, 1e154,
    1e160, 1e300, 1.7e308,
];

/// Fewer of them, for pairs.
const SIZES: &[f64] = &[
    5e-324, 1e-310, 1e-300, 1e-160, 1e-8, 0.3, 1.0, 2.7, 1e8, 1e160, 1e300,
];

fn pairs() -> Vec<f64> {
    SIZES.iter().flat_map(|x| [*x, -*x]).collect()
}

fn all() -> Vec<f64> {
    ARGUMENTS.iter().flat_map(|x| [*x, -*x]).collect()
}

/// How far two numbers are apart, in units in the last place of the second.
fn ulps(got: f64, want: f64) -> f64 {
    if got == want || (got.is_nan() && want.is_nan()) {
        return 0.0;
    }
    if !got.is_finite() || !want.is_finite() {
        // At the edge of the range, one rounding decides.
        let edge = |x: f64| x.abs() > 0.99 * f64::MAX;
        return if edge(got) && edge(want) {
            1.0
        } else {
            f64::INFINITY
        };
    }
    let next = f64::from_bits(want.abs().to_bits() + 1) - want.abs();
    (got - want).abs() / next
}

type Exact = fn(&mut Big, &BigFloat) -> BigFloat;

/// How much a row promises: so many ulps; or, relative to this size of the derivative, so many units of rounding.
enum Promise {
    Ulps(f64),
    Absolute(f64),
}
use Promise::{Absolute, Ulps};

fn check(
    name: &str,
    derivative: fn(f64) -> (f64, f64),
    exact: Exact,
    domain: fn(f64) -> bool,
    promise: &Promise,
) {
    let mut big = Big::new();
    let mut worst = (0.0, 0.0);
    for x in all().into_iter().filter(|x| domain(*x)) {
        let argument = big.of(x);
        let exact = exact(&mut big, &argument);
        let want = big.round(&exact);
        let got = derivative(x).1;
        let error = match promise {
            Ulps(_) => ulps(got, want),
            Absolute(size) => (got - want).abs() / (size * f64::EPSILON),
        };
        // What is too small for a normal number may have lost its last bits.
        let vanished = want.abs() < f64::MIN_POSITIVE && got.abs() <= f64::MIN_POSITIVE;
        if error > worst.0 && !vanished {
            worst = (error, x);
        }
        let limit = if let Ulps(limit) = promise {
            *limit
        } else {
            2.0
        };
        assert!(
            error <= limit || vanished,
            "{name} at {x:e}: {got:e}, but exactly {want:e}: {error:.1} ulps"
        );
    }
    println!("{name:10} at most {:.2} ulps, at {:e}", worst.0, worst.1);
}

macro_rules! unary {
    ($($name:ident)*) => { $(
        #[differentiate(forward, reverse)]
        fn $name(x: f64) -> f64 {
            x.$name()
        }
    )* };
}
unary! {
    sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp exp2 exp_m1 ln ln_1p log2 log10 sqrt cbrt recip
    to_radians to_degrees
}

fn everywhere(_: f64) -> bool {
    true
}
fn positive(x: f64) -> bool {
    x > 0.0
}
fn inside(x: f64) -> bool {
    x.abs() < 1.0
}
/// Where `exp` neither overflows nor makes big numbers enormous.
fn moderate(x: f64) -> bool {
    x.abs() < 800.0
}

#[test]
fn trigonometric() {
    check(
        "sin",
        sin_derivative,
        |b, x| b.cos(x),
        everywhere,
        &Ulps(1.0),
    );
    check(
        "cos",
        cos_derivative,
        |b, x| b.sin(x).neg(),
        everywhere,
        &Ulps(1.0),
    );
    let tan = |b: &mut Big, x: &BigFloat| {
        let c = b.cos(x);
        b.div(&b.of(1.0), &b.mul(&c, &c))
    };
    check("tan", tan_derivative, tan, everywhere, &Ulps(4.0));
    let asin = |b: &mut Big, x: &BigFloat| b.div(&b.of(1.0), &b.sqrt(&b.square_and(-1.0, x)));
    check("asin", asin_derivative, asin, inside, &Ulps(3.0));
    let acos = |b: &mut Big, x: &BigFloat| b.div(&b.of(-1.0), &b.sqrt(&b.square_and(-1.0, x)));
    check("acos", acos_derivative, acos, inside, &Ulps(3.0));
    let atan = |b: &mut Big, x: &BigFloat| b.div(&b.of(1.0), &b.square_and(1.0, x));
    check("atan", atan_derivative, atan, everywhere, &Ulps(3.0));
}

#[test]
fn hyperbolic() {
    check(
        "sinh",
        sinh_derivative,
        |b, x| b.cosh(x),
        moderate,
        &Ulps(2.0),
    );
    check(
        "cosh",
        cosh_derivative,
        |b, x| b.sinh(x),
        moderate,
        &Ulps(2.0),
    );
    let tanh = |b: &mut Big, x: &BigFloat| {
        let c = b.cosh(x);
        b.div(&b.of(1.0), &b.mul(&c, &c))
    };
    // 1 − tanh²: where it is small, it is known as well as tanh is.
    check("tanh", tanh_derivative, tanh, moderate, &Absolute(1.0));
    let asinh = |b: &mut Big, x: &BigFloat| b.div(&b.of(1.0), &b.sqrt(&b.square_and(1.0, x)));
    check("asinh", asinh_derivative, asinh, everywhere, &Ulps(3.0));
    let acosh = |b: &mut Big, x: &BigFloat| {
        let square = b.sub(&b.mul(x, x), &b.of(1.0));
        b.div(&b.of(1.0), &b.sqrt(&square))
    };
    check("acosh", acosh_derivative, acosh, |x| x > 1.0, &Ulps(4.0));
    let atanh = |b: &mut Big, x: &BigFloat| b.div(&b.of(1.0), &b.square_and(-1.0, x));
    check("atanh", atanh_derivative, atanh, inside, &Ulps(3.0));
}

#[test]
fn exponentials_and_logarithms() {
    check("exp", exp_derivative, |b, x| b.exp(x), moderate, &Ulps(2.0));
    let exp2 = |b: &mut Big, x: &BigFloat| {
        let two = b.of(2.0);
        let (power, ln) = (b.pow(&two, x), b.ln(&two));
        b.mul(&power, &ln)
    };
    check(
        "exp2",
        exp2_derivative,
        exp2,
        |x| x.abs() < 1100.0,
        &Ulps(3.0),
    );
    check(
        "exp_m1",
        exp_m1_derivative,
        |b, x| b.exp(x),
        moderate,
        &Ulps(2.0),
    );
    check(
        "ln",
        ln_derivative,
        |b, x| b.div(&b.of(1.0), x),
        positive,
        &Ulps(1.0),
    );
    let ln_1p = |b: &mut Big, x: &BigFloat| b.div(&b.of(1.0), &b.add(&b.of(1.0), x));
    check("ln_1p", ln_1p_derivative, ln_1p, |x| x > -1.0, &Ulps(2.0));
    for (name, derivative, base) in [
        ("log2", log2_derivative as fn(f64) -> (f64, f64), 2.0),
        ("log10", log10_derivative, 10.0),
    ] {
        let exact: Exact = if base == 2.0 {
            |b, x| {
                let ln = b.ln(&b.of(2.0));
                b.div(&b.of(1.0), &b.mul(x, &ln))
            }
        } else {
            |b, x| {
                let ln = b.ln(&b.of(10.0));
                b.div(&b.of(1.0), &b.mul(x, &ln))
            }
        };
        check(name, derivative, exact, positive, &Ulps(3.0));
    }
}

#[test]
fn roots_and_products() {
    let sqrt = |b: &mut Big, x: &BigFloat| b.div(&b.of(0.5), &b.sqrt(x));
    check("sqrt", sqrt_derivative, sqrt, positive, &Ulps(2.0));
    let cbrt = |b: &mut Big, x: &BigFloat| {
        let root = x.abs().cbrt(BITS, RM);
        b.div(&b.of(1.0), &b.mul(&b.of(3.0), &b.mul(&root, &root)))
    };
    check("cbrt", cbrt_derivative, cbrt, everywhere, &Ulps(4.0));
    let recip = |b: &mut Big, x: &BigFloat| b.div(&b.of(-1.0), &b.mul(x, x));
    check("recip", recip_derivative, recip, everywhere, &Ulps(3.0));
    let radians = |b: &mut Big, _: &BigFloat| {
        let pi = b.0.pi(BITS, RM);
        b.div(&pi, &b.of(180.0))
    };
    check(
        "to_radians",
        to_radians_derivative,
        radians,
        everywhere,
        &Ulps(1.0),
    );
    let degrees = |b: &mut Big, _: &BigFloat| {
        let pi = b.0.pi(BITS, RM);
        b.div(&b.of(180.0), &pi)
    };
    check(
        "to_degrees",
        to_degrees_derivative,
        degrees,
        everywhere,
        &Ulps(1.0),
    );
}

#[differentiate(reverse)]
fn atan2(a: f64, b: f64) -> f64 {
    a.atan2(b)
}
#[differentiate(reverse)]
fn hypot(a: f64, b: f64) -> f64 {
    a.hypot(b)
}
#[differentiate(reverse)]
fn quotient(a: f64, b: f64) -> f64 {
    a / b
}
#[differentiate(reverse)]
fn power(a: f64, b: f64) -> f64 {
    a.powf(b)
}
#[differentiate(reverse)]
fn logarithm(a: f64, b: f64) -> f64 {
    a.log(b)
}

type Pair = fn(&mut Big, &BigFloat, &BigFloat) -> (BigFloat, BigFloat);

fn check_pairs(
    name: &str,
    gradient: fn(f64, f64) -> (f64, (f64, f64)),
    exact: Pair,
    domain: fn(f64, f64) -> bool,
    allowed: fn(f64, f64) -> f64,
) {
    let mut big = Big::new();
    for a in pairs() {
        for b in pairs().into_iter().filter(|b| domain(a, *b)) {
            let (x, y) = (big.of(a), big.of(b));
            let exact = exact(&mut big, &x, &y);
            let (_, got) = gradient(a, b);
            for (k, (got, exact)) in [(got.0, exact.0), (got.1, exact.1)].into_iter().enumerate() {
                let want = big.round(&exact);
                let vanished = want.abs() < f64::MIN_POSITIVE && got.abs() <= f64::MIN_POSITIVE;
                let error = ulps(got, want);
                assert!(
                    error <= allowed(a, b) || vanished,
                    "{name} at {a:e}, {b:e}, operand {k}: {got:e}, but exactly {want:e}: {error:.1} ulps"
                );
            }
        }
    }
}

#[test]
fn functions_of_two() {
    check_pairs(
        "atan2",
        atan2_gradient,
        |b, x, y| {
            let square = b.add(&b.mul(x, x), &b.mul(y, y));
            (b.div(y, &square), b.div(x, &square).neg())
        },
        |_, _| true,
        |_, _| 4.0,
    );
    check_pairs(
        "hypot",
        hypot_gradient,
        |b, x, y| {
            let root = b.sqrt(&b.add(&b.mul(x, x), &b.mul(y, y)));
            (b.div(x, &root), b.div(y, &root))
        },
        // Where the value overflows or is subnormal, there is no ratio to it.
        |a, b| a.hypot(b).is_normal(),
        |_, _| 3.0,
    );
    check_pairs(
        "quotient",
        quotient_gradient,
        |b, x, y| {
            let second = b.div(&b.div(x, y), y).neg();
            (b.div(&b.of(1.0), y), second)
        },
        // The partial for b is made of a/b and 1/b, each of which has to be a normal number.
        |a, b| (a / b).is_normal() && b.recip().is_normal() && b.is_normal(),
        |_, _| 4.0,
    );
    let powers = |b: &mut Big, x: &BigFloat, y: &BigFloat| {
        b.1 = FEWER;
        let less = b.sub(y, &b.of(1.0));
        let (power, before, ln) = (b.pow(x, y), b.pow(x, &less), b.ln(x));
        (b.mul(y, &before), b.mul(&power, &ln))
    };
    // The exponent less one is rounded; the logarithm says what that means.
    check_pairs(
        "power",
        power_gradient,
        powers,
        |a, b| {
            a > 1e-40
                && (0.1..50.0).contains(&b.abs())
                && a.powf(b).is_normal()
                && a.powf(b - 1.0).is_normal()
        },
        |a, b| 4.0 + a.ln().abs() * (1.0 + (b - 1.0).abs()),
    );
    let logarithms = |b: &mut Big, x: &BigFloat, y: &BigFloat| {
        b.1 = FEWER;
        let (ln_x, ln_y) = (b.ln(x), b.ln(y));
        let second = b.div(&ln_x, &b.mul(y, &b.mul(&ln_y, &ln_y))).neg();
        (b.div(&b.of(1.0), &b.mul(x, &ln_y)), second)
    };
    // Away from the base 1, where the function has no value.
    check_pairs(
        "log",
        logarithm_gradient,
        logarithms,
        |a, b| (1e-40..1e20).contains(&a) && (1.4..1e20).contains(&b),
        |_, _| 4.0,
    );
}

/// Derivatives at infinity and at signed zeros; NaN where the function itself is.
#[test]
fn special_arguments() {
    let inf = f64::INFINITY;
    for (name, derivative, x, want) in [
        ("atan", atan_derivative as fn(f64) -> (f64, f64), inf, 0.0),
        ("atan", atan_derivative, -inf, 0.0),
        ("tanh", tanh_derivative, inf, 0.0),
        ("tanh", tanh_derivative, -inf, 0.0),
        ("asinh", asinh_derivative, inf, 0.0),
        ("acosh", acosh_derivative, inf, 0.0),
        ("acosh", acosh_derivative, 1.0, inf),
        ("atanh", atanh_derivative, 1.0, inf),
        ("asin", asin_derivative, 1.0, inf),
        ("asin", asin_derivative, -1.0, inf),
        ("acos", acos_derivative, 1.0, -inf),
        ("exp", exp_derivative, -inf, 0.0),
        ("exp", exp_derivative, inf, inf),
        ("exp2", exp2_derivative, -inf, 0.0),
        ("exp_m1", exp_m1_derivative, -inf, 0.0),
        ("exp_m1", exp_m1_derivative, -0.0, 1.0),
        ("ln", ln_derivative, inf, 0.0),
        ("ln", ln_derivative, 0.0, inf),
        ("ln_1p", ln_1p_derivative, -1.0, inf),
        ("log2", log2_derivative, inf, 0.0),
        ("log10", log10_derivative, 0.0, inf),
        ("sqrt", sqrt_derivative, 0.0, inf),
        ("sqrt", sqrt_derivative, inf, 0.0),
        ("cbrt", cbrt_derivative, 0.0, inf),
        ("cbrt", cbrt_derivative, -inf, 0.0),
        ("recip", recip_derivative, inf, 0.0),
        ("recip", recip_derivative, -0.0, -inf),
    ] {
        let got = derivative(x).1;
        assert!(got == want, "{name} at {x}: {got}, not {want}");
    }
    for derivative in [
        sin_derivative as fn(f64) -> (f64, f64),
        exp_derivative,
        ln_derivative,
        sqrt_derivative,
        tanh_derivative,
        atan_derivative,
    ] {
        assert!(derivative(f64::NAN).1.is_nan());
    }
}

#[differentiate(reverse)]
fn product(a: f64, b: f64) -> f64 {
    a * b
}

/// Several results, of which one has no seed.
#[differentiate(reverse)]
fn results(a: f64, b: f64) -> [f64; 2] {
    let entropy = a * a.ln();
    [entropy, b * b]
}

/// Whatever a function and its derivative are, a zero seed gives zero.
#[test]
fn zero_seeds() {
    let mut arguments = all();
    arguments.extend([f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
    for &x in &arguments {
        macro_rules! zero {
            ($($adjoint:ident)*) => { $(
                let bar = $adjoint(x, 0.0).1;
                assert!(bar == 0.0, "{} at {x:e}: {bar}", stringify!($adjoint));
            )* };
        }
        zero! {
            sin_adjoint cos_adjoint tan_adjoint asin_adjoint acos_adjoint atan_adjoint sinh_adjoint cosh_adjoint tanh_adjoint asinh_adjoint
            acosh_adjoint atanh_adjoint exp_adjoint exp2_adjoint exp_m1_adjoint ln_adjoint ln_1p_adjoint log2_adjoint log10_adjoint
            sqrt_adjoint cbrt_adjoint recip_adjoint to_radians_adjoint to_degrees_adjoint
        }
        for &y in &arguments {
            for (name, (_, a, b)) in [
                ("atan2", atan2_adjoint(x, y, 0.0)),
                ("hypot", hypot_adjoint(x, y, 0.0)),
                ("quotient", quotient_adjoint(x, y, 0.0)),
                ("power", power_adjoint(x, y, 0.0)),
                ("log", logarithm_adjoint(x, y, 0.0)),
                ("product", product_adjoint(x, y, 0.0)),
            ] {
                assert!(a == 0.0 && b == 0.0, "{name} at {x:e}, {y:e}: {a}, {b}");
            }
        }
        assert!(
            results_adjoint(x, 1.5, [0.0, 1.0]).1 == 0.0,
            "results at {x:e}"
        );
    }
}

/// Written in the usual stable way, they are stable in their derivatives.
#[differentiate]
fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

#[differentiate]
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[differentiate]
fn log_sum_exp(x: &[f64]) -> f64 {
    let top = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = x.iter().map(|v| (v - top).exp()).sum();
    top + sum.ln()
}

#[test]
fn stable_forms() {
    for x in [0.0, 1e-300, 0.3, 2.0, 36.0, 700.0, 745.0, 800.0, 1e5, 1e300] {
        for x in [x, -x] {
            let s = sigmoid(x);
            let exact = s * sigmoid(-x);
            let (tangent, gradient) = (sigmoid_tangent(x, 1.0).1, sigmoid_gradient(x).1);
            let allowed = 4.0 * f64::EPSILON * exact.max(f64::EPSILON);
            assert!((tangent - exact).abs() <= allowed, "{x}: {tangent} {exact}");
            assert!(
                (gradient - exact).abs() <= allowed,
                "{x}: {gradient} {exact}"
            );
            if x != 0.0 {
                let slope = softplus_gradient(x).1;
                assert!((slope - s).abs() <= 4.0 * f64::EPSILON, "{x}: {slope} {s}");
            }
        }
    }
    let x = [1e300, -1e300, 1e300, 3.0];
    let (value, gradient) = log_sum_exp_gradient(&x);
    assert!(
        value == 1e300 && gradient == [0.5, 0.0, 0.5, 0.0],
        "{value} {gradient:?}"
    );
    let (_, gradient) = log_sum_exp_gradient(&[-1000.0, -1001.0]);
    let s = sigmoid(1.0);
    assert!((gradient[0] - s).abs() < 1e-15 && (gradient[1] - (1.0 - s)).abs() < 1e-15);
}
