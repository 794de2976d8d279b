//! Operators of numbers that go by another name (`type Real = f64`): reals by the rules of the table, integers without derivative.

use super::*;
use num_traits::{Num, NumCast};

/// Whether a number may have a derivative: whether there is one half.
#[inline(always)]
fn is_real<T: NumCast + Num>() -> bool {
    <T as NumCast>::from(0.5).is_some_and(|half| !half.is_zero())
}

/// `d * partial`, and zero where `d` is zero.
#[inline(always)]
fn scaled<T: Num + Copy>(d: T, partial: T) -> T {
    if d.is_zero() { d } else { d * partial }
}

/// How often `b` goes into `a`.
#[inline(always)]
fn whole<T: Num + NumCast + Copy>(a: T, b: T) -> T {
    let quotient = a.to_f64().zip(b.to_f64()).map(|(a, b)| (a / b).trunc());
    quotient
        .and_then(<T as NumCast>::from)
        .unwrap_or_else(T::zero)
}

macro_rules! binary {
    ($($op:ident $assign:ident $symbol:tt |$a:ident, $b:ident, $r:ident, $d:ident| $pa:expr, $pb:expr;
       |$a_dot:ident, $b_dot:ident, $r_dot:ident, $d_dot:ident| $pa_dot:expr, $pb_dot:expr;)*) => {$(
        binary!(@ $op $symbol $a $b $r $d $a_dot $b_dot $r_dot $d_dot ($pa, $pb) ($pa_dot, $pb_dot));
        binary!(@ $assign $symbol $a $b $r $d $a_dot $b_dot $r_dot $d_dot ($pa, $pb) ($pa_dot, $pb_dot));
    )*};
    (@ $op:ident $symbol:tt $a:ident $b:ident $r:ident $d:ident $a_dot:ident $b_dot:ident $r_dot:ident $d_dot:ident
       ($pa:expr, $pb:expr) ($pa_dot:expr, $pb_dot:expr)) => {
        #[diagnostic::do_not_recommend]
        impl<T: Num + NumCast + Copy> BinaryTangent<T, T> for $op {
            type Output = T;
            #[inline(always)]
            fn apply_tangent_opt($a: T, $a_dot: Option<T>, $b: T, $b_dot: Option<T>) -> (T, T) {
                let $r = $a $symbol $b;
                if !is_real::<T>() {
                    return ($r, $r);
                }
                let first = $a_dot.map_or_else(T::zero, |$d| $pa);
                let second = $b_dot.map_or_else(T::zero, |$d| $pb);
                ($r, first + second)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Num + NumCast + Copy> BinaryReverse<T, T> for $op {
            type Output = T;
            #[inline(always)]
            fn apply_forward_sweep<'trace>($a: T, $b: T) -> (T, impl FnOnce(T) -> (T, T) + use<'trace, T>)
            where
                T: 'trace,
            {
                let $r = $a $symbol $b;
                ($r, move |$d: T| match is_real::<T>() {
                    true => ($pa, $pb),
                    false => (T::zero(), T::zero()),
                })
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Num + NumCast + Copy> BinaryHessian<T, T> for $op {
            type Output = T;
            #[inline(always)]
            #[allow(unused_variables)]
            fn apply_forward_sweep_tangent<'trace>(
                $a: T, $a_dot: Option<T>, $b: T, $b_dot: Option<T>,
            ) -> (T, T, impl FnOnce(T, T) -> (T, T, T, T) + use<'trace, T>)
            where
                T: 'trace,
            {
                let ($r, $r_dot) = <$op as BinaryTangent<T, T>>::apply_tangent_opt($a, $a_dot, $b, $b_dot);
                let $a_dot = $a_dot.unwrap_or_else(T::zero);
                let $b_dot = $b_dot.unwrap_or_else(T::zero);
                ($r, $r_dot, move |$d: T, $d_dot: T| match is_real::<T>() {
                    true => ($pa, $pa_dot, $pb, $pb_dot),
                    false => (T::zero(), T::zero(), T::zero(), T::zero()),
                })
            }
        }
    };
}

binary! {
    Add AddAssign + |a, b, r, d| d, d; |a_dot, b_dot, r_dot, d_dot| d_dot, d_dot;
    Sub SubAssign - |a, b, r, d| d, T::zero() - d; |a_dot, b_dot, r_dot, d_dot| d_dot, T::zero() - d_dot;
    Mul MulAssign * |a, b, r, d| d * b, d * a;
        |a_dot, b_dot, r_dot, d_dot| d_dot * b + d * b_dot, d_dot * a + d * a_dot;
    Div DivAssign / |a, b, r, d| scaled(d, T::one() / b), T::zero() - scaled(d, r * (T::one() / b));
        |a_dot, b_dot, r_dot, d_dot|
            scaled(d_dot, T::one() / b) - scaled(d, b_dot / (b * b)),
            scaled(d, r * b_dot / (b * b)) - scaled(d_dot, r / b) - scaled(d, r_dot / b);
    Rem RemAssign % |a, b, r, d| d, T::zero() - scaled(d, whole(a, b));
        |a_dot, b_dot, r_dot, d_dot| d_dot, T::zero() - scaled(d_dot, whole(a, b));
}

#[diagnostic::do_not_recommend]
impl<T: Num + NumCast + Copy + std::ops::Neg<Output = T>> UnaryTangent<T> for Neg {
    type Output = T;
    #[inline(always)]
    fn apply_tangent_opt(a: T, a_dot: Option<T>) -> (T, T) {
        match is_real::<T>() {
            true => (-a, a_dot.map_or_else(T::zero, |d| -d)),
            false => (-a, -a),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Num + NumCast + Copy + std::ops::Neg<Output = T>> UnaryReverse<T> for Neg {
    type Output = T;
    #[inline(always)]
    fn apply_forward_sweep<'trace>(a: T) -> (T, impl FnOnce(T) -> (T,) + use<'trace, T>)
    where
        T: 'trace,
    {
        (-a, |d: T| if is_real::<T>() { (-d,) } else { (T::zero(),) })
    }
}

#[diagnostic::do_not_recommend]
impl<T: Num + NumCast + Copy + std::ops::Neg<Output = T>> UnaryHessian<T> for Neg {
    type Output = T;
    #[inline(always)]
    fn apply_forward_sweep_tangent<'trace>(
        a: T,
        a_dot: Option<T>,
    ) -> (T, T, impl FnOnce(T, T) -> (T, T) + use<'trace, T>)
    where
        T: 'trace,
    {
        let (value, tangent) = <Neg as UnaryTangent<T>>::apply_tangent_opt(a, a_dot);
        (value, tangent, |d: T, d_dot: T| match is_real::<T>() {
            true => (-d, -d_dot),
            false => (T::zero(), T::zero()),
        })
    }
}
