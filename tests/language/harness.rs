//! One line proves one function.
//!
//! ```text
//! prove!(f(val 0.3, slice [1.0, -2.0], con 3usize, io [0.1, 0.2]));       // result is Copy: scalar, array, tuple
//! prove!(f(slice [1.0, -2.0]) -> vec);                                     // result is a Vec: the seed is a reference
//! prove!(f(io [1.0, -2.0]) -> unit);                                       // no result: no seed
//! prove!(f(val 0.3) -> ok); prove!(f(…) -> ok_vec); prove!(f(…) -> ok_unit);    // `Result` or `Option` of them, on its good side
//! prove_gradient!(f(…)); prove_hvp!(f(…)); prove_hessian!(f(…)); prove_derivative!(f(val 0.3));  // scalar results
//! ```
//!
//! | kind | parameter | given as |
//! |---|---|---|
//! | `val` | `T`, `[T; N]`, tuple, `Vec<T>` by value | a value |
//! | `rf`, `aref` | `&T`, `&[T; N]`, `&Vec<T>`, `&[Vec<T>]`, … | a value, which is borrowed |
//! | `slice` | `&[T]` | anything with `to_vec()` |
//! | `io` | `&mut [T]` | anything with `to_vec()` |
//! | `ios`, `iov`, `ioa` | `&mut T`, `&mut Vec<T>`, `&mut [T; N]`, … | a value, which is borrowed |
//! | `con` | a constant, without a shadow | the argument itself |
//!
//! `prove!` shows that the tangent agrees with finite differences, that the adjoint agrees with the tangent (dot-product test),
//! that both return the primal's value and leave the primal's final values bit for bit, that the adjoint increments what it
//! is to increment, that a zero seed gives zero adjoints, and twice the seed twice the adjoints. `prove_gradient!` adds that the gradient is the adjoint of the seed
//! one, `prove_hvp!` that the Hessian-vector product agrees with differences of the gradient and is symmetric, `prove_hessian!` that the Hessian
//! consists of such products.

/// What values, shadows and results are made of: a tree whose leaves are floats and constants.
pub trait Shape: Clone {
    /// Whether a leaf is an `f32`.
    const COARSE: bool;
    fn read(&self, out: &mut Vec<f64>);
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>);

    fn flat(&self) -> Vec<f64> {
        let mut out = Vec::new();
        self.read(&mut out);
        out
    }
}

macro_rules! float_shape {
    ($t:ty, $coarse:expr) => {
        impl Shape for $t {
            const COARSE: bool = $coarse;
            fn read(&self, out: &mut Vec<f64>) {
                out.push(f64::from(*self));
            }
            fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
                *self = *from.next().expect("as many numbers as leaves") as $t;
            }
        }
    };
}
float_shape!(f64, false);
float_shape!(f32, true);

macro_rules! constant_shape {
    ($($t:ty),*) => { $(
        impl Shape for $t {
            const COARSE: bool = false;
            fn read(&self, _: &mut Vec<f64>) {}
            fn write(&mut self, _: &mut std::slice::Iter<'_, f64>) {}
        }
    )* };
}
constant_shape!(usize, i32, i64, u64, bool);

impl<T: Shape, const N: usize> Shape for [T; N] {
    const COARSE: bool = T::COARSE;
    fn read(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|v| v.read(out));
    }
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
        self.iter_mut().for_each(|v| v.write(from));
    }
}

impl<T: Shape> Shape for Vec<T> {
    const COARSE: bool = T::COARSE;
    fn read(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|v| v.read(out));
    }
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
        self.iter_mut().for_each(|v| v.write(from));
    }
}

impl<T: Shape> Shape for std::collections::VecDeque<T> {
    const COARSE: bool = T::COARSE;
    fn read(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|v| v.read(out));
    }
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
        self.iter_mut().for_each(|v| v.write(from));
    }
}

/// The shape of a struct: its fields in order; those not listed are constant.
macro_rules! struct_shape {
    ([$($generics:tt)*] $name:ty { $($field:tt : $t:ty),* $(,)? }) => {
        struct_shape!(@ [$($generics)*] $name { $($field : $t),* });
    };
    ($name:ident { $($field:tt : $t:ty),* $(,)? }) => {
        struct_shape!(@ [] $name { $($field : $t),* });
    };
    (@ [$($generics:tt)*] $name:ty { $($field:tt : $t:ty),* $(,)? }) => {
        impl<$($generics)*> $crate::harness::Shape for $name {
            const COARSE: bool = false $(|| <$t as $crate::harness::Shape>::COARSE)*;
            fn read(&self, _out: &mut Vec<f64>) {
                $($crate::harness::Shape::read(&self.$field, _out);)*
            }
            fn write(&mut self, _from: &mut std::slice::Iter<'_, f64>) {
                $($crate::harness::Shape::write(&mut self.$field, _from);)*
            }
        }
    };
}

/// The shape of an enum: the fields of its variants in order; fields that are not listed are constant.
macro_rules! enum_shape {
    ([$($generics:tt)*] $name:ty { $($variants:tt)* }) => {
        enum_shape!(@ [$($generics)*] $name { $($variants)* });
    };
    ($name:ident { $($variants:tt)* }) => {
        enum_shape!(@ [] $name { $($variants)* });
    };
    (@ [$($generics:tt)*] $name:ty { $($variant:ident { $($field:tt : $bound:ident),* $(,)? }),* $(,)? }) => {
        impl<$($generics)*> $crate::harness::Shape for $name {
            const COARSE: bool = false;
            fn read(&self, _out: &mut Vec<f64>) {
                match self {
                    $(Self::$variant { $($field: $bound,)* .. } => { $($crate::harness::Shape::read($bound, _out);)* })*
                }
            }
            fn write(&mut self, _from: &mut std::slice::Iter<'_, f64>) {
                match self {
                    $(Self::$variant { $($field: $bound,)* .. } => { $($crate::harness::Shape::write($bound, _from);)* })*
                }
            }
        }
    };
}

impl<T: Shape> Shape for Box<T> {
    const COARSE: bool = false;
    fn read(&self, out: &mut Vec<f64>) {
        (**self).read(out);
    }
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
        (**self).write(from);
    }
}

impl<T: Shape> Shape for Option<T> {
    const COARSE: bool = T::COARSE;
    fn read(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|v| v.read(out));
    }
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
        self.iter_mut().for_each(|v| v.write(from));
    }
}

/// The active arguments of a function, one part each.
pub trait Args: Clone {
    const COARSE: bool;
    fn parts(&self) -> Vec<Vec<f64>>;
    fn set_parts(&mut self, parts: &[Vec<f64>]);
}

macro_rules! tuple_shape {
    ($($t:ident $i:tt),*) => {
        impl<$($t: Shape),*> Shape for ($($t,)*) {
            const COARSE: bool = false $(|| $t::COARSE)*;
            fn read(&self, _out: &mut Vec<f64>) {
                $(self.$i.read(_out);)*
            }
            fn write(&mut self, _from: &mut std::slice::Iter<'_, f64>) {
                $(self.$i.write(_from);)*
            }
        }
        impl<$($t: Shape),*> Args for ($($t,)*) {
            const COARSE: bool = <Self as Shape>::COARSE;
            fn parts(&self) -> Vec<Vec<f64>> {
                vec![$(self.$i.flat()),*]
            }
            fn set_parts(&mut self, _parts: &[Vec<f64>]) {
                $(self.$i.write(&mut _parts[$i].iter());)*
            }
        }
    };
}
tuple_shape!();
tuple_shape!(A 0);
tuple_shape!(A 0, B 1);
tuple_shape!(A 0, B 1, C 2);
tuple_shape!(A 0, B 1, C 2, D 3);
tuple_shape!(A 0, B 1, C 2, D 3, E 4);
tuple_shape!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_shape!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_shape!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// How an argument is passed, which decides what its shadow in the adjoint means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// By value: the adjoint is returned.
    Value,
    /// By shared reference: the adjoint is incremented.
    Shared,
    /// By exclusive reference: adjoint of the final value on entry, of the initial value on return.
    InOut,
}

type Parts = Vec<Vec<f64>>;

/// A function with its companions, over plain numbers.
pub trait Companions {
    fn name(&self) -> &str;
    fn roles(&self) -> &[Role];
    fn coarse(&self) -> bool;
    fn start(&self) -> Parts;
    /// Value, final values of the arguments.
    fn primal(&self, x: &Parts) -> (Vec<f64>, Parts);
    /// Value, its tangent, final values of the arguments, their tangents.
    fn tangent(&self, x: &Parts, x_dot: &Parts) -> (Vec<f64>, Vec<f64>, Parts, Parts);
    /// Value, final values of the arguments, adjoints.
    fn adjoint(&self, x: &Parts, seed: &[f64], x_bar: &Parts) -> (Vec<f64>, Parts, Parts);
}

/// The companions as the macros below hand them over.
pub struct Case<'a, X, R> {
    pub name: &'a str,
    pub roles: &'a [Role],
    pub start: X,
    pub primal: &'a dyn Fn(&mut X) -> R,
    pub tangent: &'a dyn Fn(&mut X, &mut X) -> (R, R),
    pub adjoint: &'a dyn Fn(&mut X, &mut X, &R) -> R,
}

impl<X: Args, R: Shape> Case<'_, X, R> {
    fn at(&self, parts: &Parts) -> X {
        let mut x = self.start.clone();
        x.set_parts(parts);
        x
    }
}

impl<X: Args, R: Shape> Companions for Case<'_, X, R> {
    fn name(&self) -> &str {
        self.name
    }
    fn roles(&self) -> &[Role] {
        self.roles
    }
    fn coarse(&self) -> bool {
        X::COARSE || R::COARSE
    }
    fn start(&self) -> Parts {
        self.start.parts()
    }
    fn primal(&self, x: &Parts) -> (Vec<f64>, Parts) {
        let mut x = self.at(x);
        let value = (self.primal)(&mut x);
        (value.flat(), x.parts())
    }
    fn tangent(&self, x: &Parts, x_dot: &Parts) -> (Vec<f64>, Vec<f64>, Parts, Parts) {
        let (mut x, mut x_dot) = (self.at(x), self.at(x_dot));
        let (value, value_dot) = (self.tangent)(&mut x, &mut x_dot);
        (value.flat(), value_dot.flat(), x.parts(), x_dot.parts())
    }
    fn adjoint(&self, x: &Parts, seed: &[f64], x_bar: &Parts) -> (Vec<f64>, Parts, Parts) {
        // Adjoints of in/out arguments come in the shape of the final value.
        let mut x_bar_in = self.at(x);
        let mut result = (self.primal)(&mut x_bar_in);
        x_bar_in.set_parts(x_bar);
        result.write(&mut seed.iter());
        let mut x = self.at(x);
        let value = (self.adjoint)(&mut x, &mut x_bar_in, &result);
        (value.flat(), x.parts(), x_bar_in.parts())
    }
}

/// The value of a `Result` or an `Option`, which has one.
pub trait Good {
    type Value;
    fn good(self) -> Self::Value;
}

impl<T, E: std::fmt::Debug> Good for Result<T, E> {
    type Value = T;
    #[track_caller]
    fn good(self) -> T {
        self.expect("the test needs an input without error")
    }
}

impl<T> Good for Option<T> {
    type Value = T;
    #[track_caller]
    fn good(self) -> T {
        self.expect("the test needs an input with a value")
    }
}

/// Pseudo-random numbers in ±[0.2, 1], the same ones for the same name.
pub struct Noise(u64);

impl Noise {
    pub fn new(name: &str) -> Self {
        Noise(name.bytes().fold(0x9e37_79b9_7f4a_7c15, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        }))
    }
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // Multiples of 2^-10, so that an f32 holds them exactly.
        let magnitude = 0.2 + (z >> 11) as f64 / (1u64 << 53) as f64 * 0.8;
        let magnitude = (magnitude * 1024.0).round() / 1024.0;
        if z & 1 == 0 { magnitude } else { -magnitude }
    }
    fn like(&mut self, parts: &Parts) -> Parts {
        parts.iter().map(|p| self.list(p.len())).collect()
    }
    fn list(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.next()).collect()
    }
}

/// A fixed, uneven list of `n` numbers in ±[0.2, 1] for inputs.
pub fn noise(n: usize) -> Vec<f64> {
    Noise::new("inputs").list(n)
}

/// A fixed, uneven list of `n` numbers in [0.2, 1].
pub fn positive(n: usize) -> Vec<f64> {
    Noise::new("positive inputs")
        .list(n)
        .into_iter()
        .map(f64::abs)
        .collect()
}

/// The same numbers in single precision.
pub fn single(numbers: Vec<f64>) -> Vec<f32> {
    numbers.into_iter().map(|v| v as f32).collect()
}

#[track_caller]
pub fn same_bits(name: &str, what: &str, got: &[f64], want: &[f64]) {
    assert_eq!(
        got.len(),
        want.len(),
        "{name}: {what}: {got:?} has not the length of {want:?}"
    );
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        let same = g.to_bits() == w.to_bits() || (g.is_nan() && w.is_nan());
        assert!(
            same,
            "{name}: {what}[{i}] is {g:e}, but must be bit for bit {w:e}"
        );
    }
}

#[track_caller]
pub fn close(name: &str, what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(
        got.len(),
        want.len(),
        "{name}: {what}: {got:?} has not the length of {want:?}"
    );
    let largest = want.iter().fold(0.0f64, |m, w| m.max(w.abs()));
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        let allowed = tolerance * w.abs().max(1e-3 * largest).max(1e-3);
        assert!(
            (g - w).abs() <= allowed,
            "{name}: {what}[{i}] is {g:e}, but should be {w:e}: {got:?} against {want:?}"
        );
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn magnitude(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum()
}

fn shifted(x: &Parts, h: f64, d: &Parts) -> Parts {
    x.iter()
        .zip(d)
        .map(|(x, d)| x.iter().zip(d).map(|(x, d)| x + h * d).collect())
        .collect()
}

/// Derivative at 0 of `f` by central differences, extrapolated twice; for each component, the step is chosen by the agreement
/// of the last two extrapolations alone.
pub fn differences(name: &str, coarse: bool, f: &dyn Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let n = f(0.0).len();
    let (mut best, mut doubt) = (vec![f64::NAN; n], vec![f64::INFINITY; n]);
    let first = if coarse { 3 } else { 5 };
    let last = if coarse { 8 } else { 17 };
    for exponent in first..=last {
        let h = 0.5f64.powi(exponent);
        let mut table: Vec<Vec<f64>> = Vec::new();
        for level in 0..3 {
            let h = h * 0.5f64.powi(level);
            let (up, down) = (f(h), f(-h));
            if up.len() == n && down.len() == n {
                table.push(
                    up.iter()
                        .zip(&down)
                        .map(|(u, d)| (u - d) / (2.0 * h))
                        .collect(),
                );
            }
        }
        let [coarsest, middle, finest] = &table[..] else {
            continue;
        };
        for i in 0..n {
            let a = (4.0 * middle[i] - coarsest[i]) / 3.0;
            let b = (4.0 * finest[i] - middle[i]) / 3.0;
            let c = (16.0 * b - a) / 15.0;
            let d = (c - b).abs().max((c - a).abs());
            if d < doubt[i] {
                (best[i], doubt[i]) = (c, d);
            }
        }
    }
    let limit = if coarse { 1e-2 } else { 2e-7 };
    let largest = best.iter().fold(0.0f64, |m, w| m.max(w.abs()));
    for i in 0..n {
        let scale = best[i].abs().max(1e-3 * largest).max(1e-3);
        assert!(
            doubt[i] <= limit * scale,
            "{name}: differences don't settle at {i}: {best:?} ± {doubt:?}"
        );
    }
    best
}

fn joined(value: &[f64], parts: &Parts, keep: &dyn Fn(usize) -> bool) -> Vec<f64> {
    let mut all = value.to_vec();
    for (k, part) in parts.iter().enumerate() {
        if keep(k) {
            all.extend(part);
        }
    }
    all
}

/// Tangent against differences, adjoint against tangent, values and final values bit for bit.
pub fn prove(case: &dyn Companions) {
    let (name, roles, x) = (case.name(), case.roles(), case.start());
    let in_out = |k: usize| roles[k] == Role::InOut;
    let (exact, by_differences) = if case.coarse() {
        (2e-4, 2e-2)
    } else {
        (1e-9, 1e-6)
    };
    let mut noise = Noise::new(name);

    // The primal, and the tangent.
    let (value, x_after) = case.primal(&x);
    for number in joined(&value, &x_after, &in_out) {
        assert!(
            number.is_finite(),
            "{name}: the test needs an input with finite results: {value:?} {x_after:?}"
        );
    }
    let x_dot = noise.like(&x);
    let (t_value, value_dot, t_after, t_dot) = case.tangent(&x, &x_dot);
    same_bits(name, "the tangent's value", &t_value, &value);
    for k in 0..x.len() {
        same_bits(
            name,
            &format!("the tangent's final value of active argument {k}"),
            &t_after[k],
            &x_after[k],
        );
        let dot_len = (t_dot[k].len(), x_after[k].len());
        assert_eq!(
            dot_len.0, dot_len.1,
            "{name}: the final tangent of active argument {k} has not its value's length"
        );
        if !in_out(k) {
            same_bits(
                name,
                "an input's direction after the tangent",
                &t_dot[k],
                &x_dot[k],
            );
        }
    }

    // The tangent against differences.
    let got = joined(&value_dot, &t_dot, &in_out);
    let want = differences(name, case.coarse(), &|h| {
        let (value, after) = case.primal(&shifted(&x, h, &x_dot));
        joined(&value, &after, &in_out)
    });
    close(
        name,
        "the tangent (against differences)",
        &got,
        &want,
        by_differences,
    );

    // The adjoint against the tangent.
    let seed = noise.list(value.len());
    let x_bar = noise.like(&x_after);
    let seed_bar = x_bar.clone();
    let (a_value, a_after, a_bar) = case.adjoint(&x, &seed, &x_bar);
    same_bits(name, "the adjoint's value", &a_value, &value);
    for k in 0..x.len() {
        same_bits(
            name,
            &format!("the adjoint's final value of active argument {k}"),
            &a_after[k],
            &x_after[k],
        );
        assert_eq!(
            a_bar[k].len(),
            x[k].len(),
            "{name}: the adjoint of active argument {k} has not its initial value's length"
        );
    }
    let mut left = dot(&seed, &value_dot);
    let mut scale = magnitude(&seed, &value_dot);
    let mut right = 0.0;
    for k in 0..x.len() {
        let bar = match roles[k] {
            Role::Value => a_bar[k].clone(),
            Role::Shared => a_bar[k]
                .iter()
                .zip(&x_bar[k])
                .map(|(after, before)| after - before)
                .collect(),
            Role::InOut => {
                left += dot(&x_bar[k], &t_dot[k]);
                scale += magnitude(&x_bar[k], &t_dot[k]);
                a_bar[k].clone()
            }
        };
        right += dot(&bar, &x_dot[k]);
        scale += magnitude(&bar, &x_dot[k]);
    }
    let allowed = exact * scale.max(1e-3);
    assert!(
        (left - right).abs() <= allowed,
        "{name}: the adjoint against the tangent: ⟨seed, tangent⟩ = {left:e}, ⟨adjoint, direction⟩ = {right:e}; adjoints {a_bar:?}, prefilled {x_bar:?}",
    );

    // A zero seed.
    let x_bar: Parts = (0..x.len())
        .map(|k| {
            if in_out(k) {
                vec![0.0; x_bar[k].len()]
            } else {
                x_bar[k].clone()
            }
        })
        .collect();
    let (_, _, a_bar) = case.adjoint(&x, &vec![0.0; value.len()], &x_bar);
    for k in 0..x.len() {
        let want = if roles[k] == Role::Shared {
            x_bar[k].clone()
        } else {
            vec![0.0; x[k].len()]
        };
        close(
            name,
            &format!("the adjoint of active argument {k} for a zero seed"),
            &a_bar[k],
            &want,
            0.0,
        );
    }

    // The adjoint is linear in the seed: a multiple by a power of two is exact.
    let doubled = |list: &[f64]| list.iter().map(|v| 2.0 * v).collect::<Vec<f64>>();
    let zeros = |k: usize| vec![0.0; x_after[k].len()];
    let start = |seeds: &dyn Fn(&[f64]) -> Vec<f64>| -> Parts {
        let of = |k: usize| {
            if in_out(k) {
                seeds(&seed_bar[k])
            } else {
                zeros(k)
            }
        };
        (0..x.len()).map(of).collect()
    };
    let (_, _, once) = case.adjoint(&x, &seed, &start(&|list| list.to_vec()));
    let (_, _, twice) = case.adjoint(&x, &doubled(&seed), &start(&doubled));
    for k in 0..x.len() {
        close(
            name,
            &format!("the adjoint of active argument {k} for twice the seed"),
            &twice[k],
            &doubled(&once[k]),
            if case.coarse() { 1e-5 } else { 1e-12 },
        );
    }
}

/// The gradient is the adjoint of the seed one.
pub fn prove_gradient<X: Args, R: Shape, G: Shape>(
    case: &Case<'_, X, R>,
    gradient: &dyn Fn(&mut X) -> (R, G),
) {
    let x = case.start();
    let (value, x_after) = Companions::primal(case, &x);
    let mut arguments = case.at(&x);
    let (g_value, g) = gradient(&mut arguments);
    same_bits(case.name, "the gradient's value", &g_value.flat(), &value);
    for k in 0..x.len() {
        same_bits(
            case.name,
            "the gradient's final value of an argument",
            &arguments.parts()[k],
            &x_after[k],
        );
    }
    let x_bar: Parts = x_after.iter().map(|p| vec![0.0; p.len()]).collect();
    let (_, _, bars) = Companions::adjoint(case, &x, &[1.0], &x_bar);
    let want = joined(&[], &bars, &|k| case.roles[k] != Role::InOut);
    close(
        case.name,
        "the gradient (against the adjoint)",
        &g.flat(),
        &want,
        if X::COARSE { 1e-5 } else { 1e-11 },
    );
}

/// Value and gradient of `f_hvp` are `f_gradient`'s, and its product agrees with differences of them.
pub fn prove_hvp<X: Args, R: Shape, G: Shape>(
    case: &Case<'_, X, R>,
    gradient: &dyn Fn(&mut X) -> (R, G),
    hvp: &dyn Fn(&mut X, &mut X) -> (R, G, G),
) {
    let (name, x) = (case.name, case.start());
    let (exact, by_differences) = if X::COARSE {
        (2e-3, 5e-2)
    } else {
        (1e-9, 1e-6)
    };
    let in_out = |k: usize| case.roles[k] == Role::InOut;
    let (_, x_after) = Companions::primal(case, &x);
    let mut noise = Noise::new(name);
    noise.next();
    let x_dot = noise.like(&x);
    let (g_value, g) = gradient(&mut case.at(&x));
    let (mut at, mut at_dot) = (case.at(&x), case.at(&x_dot));
    let (h_value, h_gradient, product) = hvp(&mut at, &mut at_dot);
    same_bits(name, "the value of f_hvp", &h_value.flat(), &g_value.flat());
    for k in 0..x.len() {
        same_bits(
            name,
            "f_hvp's final value of an argument",
            &at.parts()[k],
            &x_after[k],
        );
    }
    close(
        name,
        "the gradient of f_hvp",
        &h_gradient.flat(),
        &g.flat(),
        if X::COARSE { 1e-5 } else { 1e-11 },
    );
    let want = differences(name, X::COARSE, &|h| {
        gradient(&mut case.at(&shifted(&x, h, &x_dot))).1.flat()
    });
    close(
        name,
        "the Hessian-vector product (against differences)",
        &product.flat(),
        &want,
        by_differences,
    );

    // ⟨u, H v⟩ = ⟨v, H u⟩.
    let clear = |d: Parts| -> Parts {
        d.iter()
            .enumerate()
            .map(|(k, p)| {
                if in_out(k) {
                    vec![0.0; p.len()]
                } else {
                    p.clone()
                }
            })
            .collect()
    };
    let (u, v) = (clear(noise.like(&x)), clear(x_dot));
    let product = |d: &Parts| hvp(&mut case.at(&x), &mut case.at(d)).2.flat();
    let inputs = |d: &Parts| joined(&[], d, &|k| !in_out(k));
    let (h_v, h_u) = (product(&v), product(&u));
    let (left, right) = (dot(&inputs(&u), &h_v), dot(&inputs(&v), &h_u));
    let scale = magnitude(&inputs(&u), &h_v) + magnitude(&inputs(&v), &h_u);
    assert!(
        (left - right).abs() <= exact * scale.max(1e-3),
        "{name}: the Hessian is not symmetric: {left:e} {right:e}"
    );
}

/// `f_hessian`, column by column: the mean of what products along two inputs give.
#[allow(dead_code)]
pub fn prove_hessian<X: Args, R: Shape, G: Shape, T: num_traits::Float>(
    case: &Case<'_, X, R>,
    hvp: &dyn Fn(&mut X, &mut X) -> (R, G, G),
    hessian: &dyn Fn(&mut X) -> (R, G, chainrule::Matrix<T>),
) {
    let (name, x) = (case.name, case.start());
    let (value, gradient, matrix) = hessian(&mut case.at(&x));
    let in_out = |k: usize| case.roles[k] == Role::InOut;
    let places: Vec<(usize, usize)> = (0..x.len())
        .filter(|k| !in_out(*k))
        .flat_map(|k| (0..x[k].len()).map(move |i| (k, i)))
        .collect();
    let n = places.len();
    assert_eq!((matrix.rows(), matrix.cols()), (n, n), "{name}");
    let along = |&(k, i): &(usize, usize)| {
        let mut dot: Parts = x.iter().map(|p| vec![0.0; p.len()]).collect();
        dot[k][i] = 1.0;
        let (same, slope, column) = hvp(&mut case.at(&x), &mut case.at(&dot));
        same_bits(name, "the value of f_hessian", &value.flat(), &same.flat());
        same_bits(
            name,
            "the gradient of f_hessian",
            &gradient.flat(),
            &slope.flat(),
        );
        column.flat()
    };
    let columns: Vec<Vec<f64>> = places.iter().map(along).collect();
    let mean = |i: usize, j: usize| 0.5 * (columns[i][j] + columns[j][i]);
    for i in 0..n {
        let want: Vec<f64> = (0..n).map(|j| mean(i, j)).collect();
        let got: Vec<f64> = (0..n).map(|j| matrix[(i, j)].to_f64().unwrap()).collect();
        let exact = if X::COARSE { 1e-5 } else { 1e-11 };
        close(name, "a row of f_hessian", &got, &want, exact);
    }
}

/// `f_derivative` is the tangent in direction one.
pub fn prove_derivative<R: Shape>(name: &str, tangent: (R, R), derivative: (R, R)) {
    same_bits(
        name,
        "the derivative's value",
        &derivative.0.flat(),
        &tangent.0.flat(),
    );
    close(
        name,
        "the derivative (against the tangent)",
        &derivative.1.flat(),
        &tangent.1.flat(),
        1e-12,
    );
}

/// Tangent, adjoint, differences; see the top of `harness.rs`.
macro_rules! prove {
    ($($spec:tt)*) => { start!([prove] $($spec)*) };
}

/// `prove!`, and the gradient.
macro_rules! prove_gradient {
    ($($spec:tt)*) => { start!([gradient] $($spec)*) };
}

/// `prove_gradient!`, and the Hessian-vector product.
macro_rules! prove_hvp {
    ($($spec:tt)*) => { start!([hvp] $($spec)*) };
}

/// `prove_hvp!`, and the whole Hessian, which takes several products in one sweep.
#[allow(unused_macros)]
macro_rules! prove_hessian {
    ($($spec:tt)*) => { start!([hessian] $($spec)*) };
}

/// `f_derivative` of a function with one active parameter, a by-value scalar; the other arguments are constant.
macro_rules! prove_derivative {
    ($f:ident ($(con $before:expr,)* val $x:expr $(, con $after:expr)* $(,)?)) => {
        pastey::paste! {
            $crate::harness::prove_derivative(
                stringify!($f),
                [<$f _tangent>]($($before,)* $x, 1.0 $(, $after)*),
                [<$f _derivative>]($($before,)* $x $(, $after)*),
            )
        }
    };
}

/// A result, or the good side of one.
macro_rules! good {
    ([] $($call:tt)*) => { $($call)* };
    ([vec] $($call:tt)*) => { $($call)* };
    ([unit] $($call:tt)*) => { $($call)* };
    ($r:tt $($call:tt)*) => { $crate::harness::Good::good($($call)*) };
}

macro_rules! start {
    ($goal:tt $f:ident ($($args:tt)*) $(-> $result:ident)?) => {
        args!($goal [] [$f] [$($result)?] [] [] [] [] [] [] [] $($args)*)
    };
    ($goal:tt $a:ident :: $f:ident ($($args:tt)*) $(-> $result:ident)?) => {
        args!($goal [$a ::] [$f] [$($result)?] [] [] [] [] [] [] [] $($args)*)
    };
    ($goal:tt $a:ident :: $b:ident :: $f:ident ($($args:tt)*) $(-> $result:ident)?) => {
        args!($goal [$a :: $b ::] [$f] [$($result)?] [] [] [] [] [] [] [] $($args)*)
    };
}

// Takes the arguments one by one, and accumulates for each: [names: value, shadow] [role] [initial value] [argument of the primal]
// [arguments of the tangent] [arguments of the adjoint] [by-value: shadow, returned adjoint].
macro_rules! args {
    ($goal:tt $p:tt $f:tt $r:tt [$($n:tt)*] [$($o:tt)*] [$($i:tt)*] [$($c:tt)*] [$($t:tt)*] [$($a:tt)*] [$($v:tt)*] con $e:expr $(, $($rest:tt)*)?) => {
        args!($goal $p $f $r [$($n)*] [$($o)*] [$($i)*] [$($c)* {$e}] [$($t)* {$e}] [$($a)* {$e}] [$($v)*] $($($rest)*)?)
    };
    ($goal:tt $p:tt $f:tt $r:tt [$($n:tt)*] [$($o:tt)*] [$($i:tt)*] [$($c:tt)*] [$($t:tt)*] [$($a:tt)*] [$($v:tt)*] val $e:expr $(, $($rest:tt)*)?) => {
        args!($goal $p $f $r [$($n)* (x d)] [$($o)* Value] [$($i)* {$e}] [$($c)* {x.clone()}] [$($t)* {x.clone()} {d.clone()}] [$($a)* {x.clone()}] [$($v)* (d b)] $($($rest)*)?)
    };
    ($goal:tt $p:tt $f:tt $r:tt [$($n:tt)*] [$($o:tt)*] [$($i:tt)*] [$($c:tt)*] [$($t:tt)*] [$($a:tt)*] [$($v:tt)*] slice $e:expr $(, $($rest:tt)*)?) => {
        args!($goal $p $f $r [$($n)* (x d)] [$($o)* Shared] [$($i)* {$e.to_vec()}] [$($c)* {&x[..]}] [$($t)* {&x[..]} {&d[..]}] [$($a)* {&x[..]} {&mut d[..]}] [$($v)*] $($($rest)*)?)
    };
    ($goal:tt $p:tt $f:tt $r:tt [$($n:tt)*] [$($o:tt)*] [$($i:tt)*] [$($c:tt)*] [$($t:tt)*] [$($a:tt)*] [$($v:tt)*] io $e:expr $(, $($rest:tt)*)?) => {
        args!($goal $p $f $r [$($n)* (x d)] [$($o)* InOut] [$($i)* {$e.to_vec()}] [$($c)* {&mut x[..]}] [$($t)* {&mut x[..]} {&mut d[..]}] [$($a)* {&mut x[..]} {&mut d[..]}] [$($v)*] $($($rest)*)?)
    };
    ($goal:tt $p:tt $f:tt $r:tt [$($n:tt)*] [$($o:tt)*] [$($i:tt)*] [$($c:tt)*] [$($t:tt)*] [$($a:tt)*] [$($v:tt)*] @shared $e:expr $(, $($rest:tt)*)?) => {
        args!($goal $p $f $r [$($n)* (x d)] [$($o)* Shared] [$($i)* {$e}] [$($c)* {&*x}] [$($t)* {&*x} {&*d}] [$($a)* {&*x} {&mut *d}] [$($v)*] $($($rest)*)?)
    };
    ($goal:tt $p:tt $f:tt $r:tt [$($n:tt)*] [$($o:tt)*] [$($i:tt)*] [$($c:tt)*] [$($t:tt)*] [$($a:tt)*] [$($v:tt)*] @in_out $e:expr $(, $($rest:tt)*)?) => {
        args!($goal $p $f $r [$($n)* (x d)] [$($o)* InOut] [$($i)* {$e}] [$($c)* {&mut *x}] [$($t)* {&mut *x} {&mut *d}] [$($a)* {&mut *x} {&mut *d}] [$($v)*] $($($rest)*)?)
    };
    ($goal:tt $p:tt $f:tt $r:tt $n:tt $o:tt $i:tt $c:tt $t:tt $a:tt $v:tt rf $($rest:tt)*) => {
        args!($goal $p $f $r $n $o $i $c $t $a $v @shared $($rest)*)
    };
    ($goal:tt $p:tt $f:tt $r:tt $n:tt $o:tt $i:tt $c:tt $t:tt $a:tt $v:tt aref $($rest:tt)*) => {
        args!($goal $p $f $r $n $o $i $c $t $a $v @shared $($rest)*)
    };
    ($goal:tt $p:tt $f:tt $r:tt $n:tt $o:tt $i:tt $c:tt $t:tt $a:tt $v:tt ios $($rest:tt)*) => {
        args!($goal $p $f $r $n $o $i $c $t $a $v @in_out $($rest)*)
    };
    ($goal:tt $p:tt $f:tt $r:tt $n:tt $o:tt $i:tt $c:tt $t:tt $a:tt $v:tt iov $($rest:tt)*) => {
        args!($goal $p $f $r $n $o $i $c $t $a $v @in_out $($rest)*)
    };
    ($goal:tt $p:tt $f:tt $r:tt $n:tt $o:tt $i:tt $c:tt $t:tt $a:tt $v:tt ioa $($rest:tt)*) => {
        args!($goal $p $f $r $n $o $i $c $t $a $v @in_out $($rest)*)
    };
    // All arguments are taken.
    ([$goal:ident] [$($p:tt)*] [$f:ident] [$($r:ident)?] [$(($x:ident $d:ident))*] [$($o:ident)*] [$({$i:expr})*] [$({$c:expr})*] [$({$t:expr})*] [$({$a:expr})*] $v:tt) => {
        pastey::paste! {{
            let case = $crate::harness::Case {
                name: stringify!($($p)* $f),
                roles: &[$($crate::harness::Role::$o),*],
                start: ($($i,)*),
                primal: &|($($x,)*)| good!([$($r)?] $($p)* $f($($c),*)),
                tangent: tangent_call!([$($r)?] ($($x)*) ($($d)*) ($($p)* [<$f _tangent>]) ($({$t})*)),
                adjoint: adjoint_call!([$($r)?] ($($x)*) ($($d)*) ($($p)* [<$f _adjoint>]) ($({$a})*) $v),
            };
            $crate::harness::prove(&case);
            further!([$goal] [$($r)?] case ($($x)*) ($($d)*) ($($p)* [<$f _gradient>]) ($($p)* [<$f _hvp>]) ($($p)* [<$f _hessian>]) ($({$c})*) ($({$t})*));
        }}
    };
}

macro_rules! tangent_call {
    ([unit] ($($x:ident)*) ($($d:ident)*) ($($f:tt)*) ($({$t:expr})*)) => {
        &|($($x,)*), ($($d,)*)| {
            let _ = $($f)*($($t),*);
            ((), ())
        }
    };
    ([ok_unit] ($($x:ident)*) ($($d:ident)*) ($($f:tt)*) ($({$t:expr})*)) => {
        &|($($x,)*), ($($d,)*)| {
            let () = good!([ok_unit] $($f)*($($t),*));
            ((), ())
        }
    };
    ($r:tt ($($x:ident)*) ($($d:ident)*) ($($f:tt)*) ($({$t:expr})*)) => {
        &|($($x,)*), ($($d,)*)| good!($r $($f)*($($t),*))
    };
}

macro_rules! adjoint_call {
    ([unit] $($rest:tt)*) => { adjoint_call!(@unit [unit] $($rest)*) };
    ([ok_unit] $($rest:tt)*) => { adjoint_call!(@unit [ok_unit] $($rest)*) };
    ([vec] $($rest:tt)*) => { adjoint_call!(@vec [vec] $($rest)*) };
    ([ok_vec] $($rest:tt)*) => { adjoint_call!(@vec [ok_vec] $($rest)*) };
    (@unit $r:tt ($($x:ident)*) ($($d:ident)*) ($($f:tt)*) ($({$a:expr})*) []) => {
        &|($($x,)*), ($($d,)*), _| good!($r $($f)*($($a),*))
    };
    (@unit $r:tt ($($x:ident)*) ($($d:ident)*) ($($f:tt)*) ($({$a:expr})*) [($d1:ident $b1:ident)]) => {
        &|($($x,)*), ($($d,)*), _| *$d1 = good!($r $($f)*($($a),*))
    };
    (@unit $r:tt ($($x:ident)*) ($($d:ident)*) ($($f:tt)*) ($({$a:expr})*) [$(($dv:ident $b:ident))*]) => {
        &|($($x,)*), ($($d,)*), _| {
            let ($($b),*) = good!($r $($f)*($($a),*));
            $(*$dv = $b;)*
        }
    };
    (@vec $r:tt ($($x:ident)*) ($($d:ident)*) ($($f:tt)*) ($({$a:expr})*) $v:tt) => {
        &|($($x,)*), ($($d,)*), seed| returned!((good!($r $($f)*($($a,)* seed))) $v)
    };
    ($r:tt ($($x:ident)*) ($($d:ident)*) ($($f:tt)*) ($({$a:expr})*) $v:tt) => {
        &|($($x,)*), ($($d,)*), seed| returned!((good!($r $($f)*($($a,)* *seed))) $v)
    };
}

macro_rules! returned {
    (($call:expr) []) => { $call };
    (($call:expr) [$(($d:ident $b:ident))+]) => {{
        let (value, $($b),+) = $call;
        $(*$d = $b;)+
        value
    }};
}

macro_rules! further {
    ([prove] $($rest:tt)*) => {};
    ([gradient] $r:tt $case:ident ($($x:ident)*) ($($d:ident)*) ($($g:tt)*) ($($h:tt)*) $hessian:tt ($({$c:expr})*) ($({$t:expr})*)) => {
        $crate::harness::prove_gradient(&$case, &|($($x,)*)| good!($r $($g)*($($c),*)));
    };
    ([hvp] $r:tt $case:ident ($($x:ident)*) ($($d:ident)*) ($($g:tt)*) ($($h:tt)*) $hessian:tt ($({$c:expr})*) ($({$t:expr})*)) => {
        $crate::harness::prove_gradient(&$case, &|($($x,)*)| good!($r $($g)*($($c),*)));
        $crate::harness::prove_hvp(&$case, &|($($x,)*)| good!($r $($g)*($($c),*)), &|($($x,)*), ($($d,)*)| good!($r $($h)*($($t),*)));
    };
    ([hessian] $r:tt $case:ident ($($x:ident)*) ($($d:ident)*) ($($g:tt)*) ($($h:tt)*) ($($m:tt)*) ($({$c:expr})*) ($({$t:expr})*)) => {
        further!([hvp] $r $case ($($x)*) ($($d)*) ($($g)*) ($($h)*) ($($m)*) ($({$c})*) ($({$t})*));
        $crate::harness::prove_hessian(&$case, &|($($x,)*), ($($d,)*)| good!($r $($h)*($($t),*)), &|($($x,)*)| good!($r $($m)*($($c),*)));
    };
}
