//! How the series of each function is made, from the table of rules of `ad-macros`, by its test `programs`. Not to be edited.

use super::orders::{Curve, Whole, functions, whole};
use crate::Differentiable;
use crate::rt::real;
use crate::wide::Lanes;
use num_traits::Float;

/// `sin`
pub enum Sin {}

impl Curve<1> for Sin {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n2 = whole::<T, K>(n0.head.cos());
        let mut n3 = whole::<T, K>(-n1.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n2, k) / real(k as f64);
            n2.tail[k - 1] = n0.change(&n3, k) / real(k as f64);
            n3.tail[k - 1] = -n1.tail[k - 1];
        }
        Lanes(n1.tail)
    }
}

/// `cos`
pub enum Cos {}

impl Curve<1> for Cos {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n2 = whole::<T, K>(n0.head.sin());
        let mut n3 = whole::<T, K>(-n2.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n3, k) / real(k as f64);
            n2.tail[k - 1] = n0.change(&n1, k) / real(k as f64);
            n3.tail[k - 1] = -n2.tail[k - 1];
        }
        Lanes(n1.tail)
    }
}

/// `tan`
pub enum Tan {}

impl Curve<1> for Tan {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(n1.head * n1.head);
        let mut n4 = whole::<T, K>(real::<T>(1.0) + n3.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n4, k) / real(k as f64);
            n3.tail[k - 1] = n1.times(&n1, k);
            n4.tail[k - 1] = n3.tail[k - 1];
        }
        Lanes(n1.tail)
    }
}

/// `asin`
pub enum Asin {}

impl Curve<1> for Asin {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(1.0) - n0.head);
        let mut n4 = whole::<T, K>(real::<T>(1.0) + n0.head);
        let mut n5 = whole::<T, K>(n3.head * n4.head);
        let mut n6 = whole::<T, K>(n5.head.sqrt());
        let mut n8 = whole::<T, K>(real::<T>(0.5) / n6.head);
        let mut n9 = whole::<T, K>(real::<T>(1.0) / n6.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n9, k) / real(k as f64);
            n3.tail[k - 1] = -n0.tail[k - 1];
            n4.tail[k - 1] = n0.tail[k - 1];
            n5.tail[k - 1] = n3.times(&n4, k);
            n6.tail[k - 1] = n5.safe_change(&n8, k) / real(k as f64);
            n8.tail[k - 1] = n8.over(T::zero(), &n6, k);
            n9.tail[k - 1] = n9.over(T::zero(), &n6, k);
        }
        Lanes(n1.tail)
    }
}

/// `acos`
pub enum Acos {}

impl Curve<1> for Acos {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(1.0) - n0.head);
        let mut n4 = whole::<T, K>(real::<T>(1.0) + n0.head);
        let mut n5 = whole::<T, K>(n3.head * n4.head);
        let mut n6 = whole::<T, K>(n5.head.sqrt());
        let mut n8 = whole::<T, K>(real::<T>(0.5) / n6.head);
        let mut n9 = whole::<T, K>(real::<T>(1.0) / n6.head);
        let mut n10 = whole::<T, K>(-n9.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n10, k) / real(k as f64);
            n3.tail[k - 1] = -n0.tail[k - 1];
            n4.tail[k - 1] = n0.tail[k - 1];
            n5.tail[k - 1] = n3.times(&n4, k);
            n6.tail[k - 1] = n5.safe_change(&n8, k) / real(k as f64);
            n8.tail[k - 1] = n8.over(T::zero(), &n6, k);
            n9.tail[k - 1] = n9.over(T::zero(), &n6, k);
            n10.tail[k - 1] = -n9.tail[k - 1];
        }
        Lanes(n1.tail)
    }
}

/// `atan`
pub enum Atan {}

impl Curve<1> for Atan {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(n0.head * n0.head);
        let mut n4 = whole::<T, K>(real::<T>(1.0) + n3.head);
        let mut n5 = whole::<T, K>(real::<T>(1.0) / n4.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n5, k) / real(k as f64);
            n3.tail[k - 1] = n0.times(&n0, k);
            n4.tail[k - 1] = n3.tail[k - 1];
            n5.tail[k - 1] = n5.over(T::zero(), &n4, k);
        }
        Lanes(n1.tail)
    }
}

/// `atan2`
pub enum Atan2 {}

impl Curve<2> for Atan2 {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0, n1]: [Whole<T, K>; 2],
    ) -> Lanes<T, K> {
        let mut n2 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(n1.head / n0.head);
        let mut n4 = whole::<T, K>(n1.head * n3.head);
        let mut n5 = whole::<T, K>(n0.head + n4.head);
        let mut n6 = whole::<T, K>(n3.head / n5.head);
        let mut n8 = whole::<T, K>(n0.head / n1.head);
        let mut n9 = whole::<T, K>(n0.head * n8.head);
        let mut n10 = whole::<T, K>(n1.head + n9.head);
        let mut n11 = whole::<T, K>(real::<T>(1.0) / n10.head);
        let mut n12 = whole::<T, K>(if n0.head.abs() > n1.head.abs() { n6.head } else { n11.head });
        let mut n13 = whole::<T, K>(real::<T>(1.0) / n5.head);
        let mut n14 = whole::<T, K>(-n13.head);
        let mut n15 = whole::<T, K>(n8.head / n10.head);
        let mut n16 = whole::<T, K>(-n15.head);
        let mut n17 = whole::<T, K>(if n0.head.abs() > n1.head.abs() { n14.head } else { n16.head });
        for k in 1..=K {
            n2.tail[k - 1] = (n0.safe_change(&n12, k) + n1.safe_change(&n17, k)) / real(k as f64);
            n3.tail[k - 1] = n3.over(n1.tail[k - 1], &n0, k);
            n4.tail[k - 1] = n1.times(&n3, k);
            n5.tail[k - 1] = n0.tail[k - 1] + n4.tail[k - 1];
            n6.tail[k - 1] = n6.over(n3.tail[k - 1], &n5, k);
            n8.tail[k - 1] = n8.over(n0.tail[k - 1], &n1, k);
            n9.tail[k - 1] = n0.times(&n8, k);
            n10.tail[k - 1] = n1.tail[k - 1] + n9.tail[k - 1];
            n11.tail[k - 1] = n11.over(T::zero(), &n10, k);
            n12.tail[k - 1] = if n0.head.abs() > n1.head.abs() { n6.tail[k - 1] } else { n11.tail[k - 1] };
            n13.tail[k - 1] = n13.over(T::zero(), &n5, k);
            n14.tail[k - 1] = -n13.tail[k - 1];
            n15.tail[k - 1] = n15.over(n8.tail[k - 1], &n10, k);
            n16.tail[k - 1] = -n15.tail[k - 1];
            n17.tail[k - 1] = if n0.head.abs() > n1.head.abs() { n14.tail[k - 1] } else { n16.tail[k - 1] };
        }
        Lanes(n2.tail)
    }
}

/// `sinh`
pub enum Sinh {}

impl Curve<1> for Sinh {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n2 = whole::<T, K>(n0.head.cosh());
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n2, k) / real(k as f64);
            n2.tail[k - 1] = n0.change(&n1, k) / real(k as f64);
        }
        Lanes(n1.tail)
    }
}

/// `cosh`
pub enum Cosh {}

impl Curve<1> for Cosh {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n2 = whole::<T, K>(n0.head.sinh());
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n2, k) / real(k as f64);
            n2.tail[k - 1] = n0.change(&n1, k) / real(k as f64);
        }
        Lanes(n1.tail)
    }
}

/// `tanh`
pub enum Tanh {}

impl Curve<1> for Tanh {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(n1.head * n1.head);
        let mut n4 = whole::<T, K>(real::<T>(1.0) - n3.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n4, k) / real(k as f64);
            n3.tail[k - 1] = n1.times(&n1, k);
            n4.tail[k - 1] = -n3.tail[k - 1];
        }
        Lanes(n1.tail)
    }
}

/// `asinh`
pub enum Asinh {}

impl Curve<1> for Asinh {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(n0.head.hypot(real::<T>(1.0)));
        let mut n4 = whole::<T, K>(n0.head / n3.head);
        let mut n5 = whole::<T, K>(real::<T>(1.0) / n3.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n5, k) / real(k as f64);
            n3.tail[k - 1] = n0.safe_change(&n4, k) / real(k as f64);
            n4.tail[k - 1] = n4.over(n0.tail[k - 1], &n3, k);
            n5.tail[k - 1] = n5.over(T::zero(), &n3, k);
        }
        Lanes(n1.tail)
    }
}

/// `acosh`
pub enum Acosh {}

impl Curve<1> for Acosh {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(n0.head - real::<T>(1.0));
        let mut n4 = whole::<T, K>(n3.head.sqrt());
        let mut n6 = whole::<T, K>(real::<T>(0.5) / n4.head);
        let mut n7 = whole::<T, K>(n0.head + real::<T>(1.0));
        let mut n8 = whole::<T, K>(n7.head.sqrt());
        let mut n9 = whole::<T, K>(real::<T>(0.5) / n8.head);
        let mut n10 = whole::<T, K>(n4.head * n8.head);
        let mut n11 = whole::<T, K>(real::<T>(1.0) / n10.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n11, k) / real(k as f64);
            n3.tail[k - 1] = n0.tail[k - 1];
            n4.tail[k - 1] = n3.safe_change(&n6, k) / real(k as f64);
            n6.tail[k - 1] = n6.over(T::zero(), &n4, k);
            n7.tail[k - 1] = n0.tail[k - 1];
            n8.tail[k - 1] = n7.safe_change(&n9, k) / real(k as f64);
            n9.tail[k - 1] = n9.over(T::zero(), &n8, k);
            n10.tail[k - 1] = n4.times(&n8, k);
            n11.tail[k - 1] = n11.over(T::zero(), &n10, k);
        }
        Lanes(n1.tail)
    }
}

/// `atanh`
pub enum Atanh {}

impl Curve<1> for Atanh {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(1.0) - n0.head);
        let mut n4 = whole::<T, K>(real::<T>(1.0) + n0.head);
        let mut n5 = whole::<T, K>(n3.head * n4.head);
        let mut n6 = whole::<T, K>(real::<T>(1.0) / n5.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n6, k) / real(k as f64);
            n3.tail[k - 1] = -n0.tail[k - 1];
            n4.tail[k - 1] = n0.tail[k - 1];
            n5.tail[k - 1] = n3.times(&n4, k);
            n6.tail[k - 1] = n6.over(T::zero(), &n5, k);
        }
        Lanes(n1.tail)
    }
}

/// `exp`
pub enum Exp {}

impl Curve<1> for Exp {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n1, k) / real(k as f64);
        }
        Lanes(n1.tail)
    }
}

/// `exp2`
pub enum Exp2 {}

impl Curve<1> for Exp2 {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(std::f64::consts::LN_2) * n1.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n3, k) / real(k as f64);
            n3.tail[k - 1] = real::<T>(std::f64::consts::LN_2) * n1.tail[k - 1];
        }
        Lanes(n1.tail)
    }
}

/// `exp_m1`
pub enum ExpM1 {}

impl Curve<1> for ExpM1 {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n2 = whole::<T, K>(n0.head.exp());
        for k in 1..=K {
            n1.tail[k - 1] = n0.change(&n2, k) / real(k as f64);
            n2.tail[k - 1] = n0.change(&n2, k) / real(k as f64);
        }
        Lanes(n1.tail)
    }
}

/// `ln`
pub enum Ln {}

impl Curve<1> for Ln {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(1.0) / n0.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n3, k) / real(k as f64);
            n3.tail[k - 1] = n3.over(T::zero(), &n0, k);
        }
        Lanes(n1.tail)
    }
}

/// `ln_1p`
pub enum Ln1p {}

impl Curve<1> for Ln1p {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(1.0) + n0.head);
        let mut n4 = whole::<T, K>(real::<T>(1.0) / n3.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n4, k) / real(k as f64);
            n3.tail[k - 1] = n0.tail[k - 1];
            n4.tail[k - 1] = n4.over(T::zero(), &n3, k);
        }
        Lanes(n1.tail)
    }
}

/// `log2`
pub enum Log2 {}

impl Curve<1> for Log2 {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(1.0) / n0.head);
        let mut n5 = whole::<T, K>(n3.head * real::<T>(std::f64::consts::LOG2_E));
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n5, k) / real(k as f64);
            n3.tail[k - 1] = n3.over(T::zero(), &n0, k);
            n5.tail[k - 1] = n3.tail[k - 1] * real::<T>(std::f64::consts::LOG2_E);
        }
        Lanes(n1.tail)
    }
}

/// `log10`
pub enum Log10 {}

impl Curve<1> for Log10 {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(1.0) / n0.head);
        let mut n5 = whole::<T, K>(n3.head * real::<T>(std::f64::consts::LOG10_E));
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n5, k) / real(k as f64);
            n3.tail[k - 1] = n3.over(T::zero(), &n0, k);
            n5.tail[k - 1] = n3.tail[k - 1] * real::<T>(std::f64::consts::LOG10_E);
        }
        Lanes(n1.tail)
    }
}

/// `log`
pub enum Log {}

impl Curve<2> for Log {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0, n1]: [Whole<T, K>; 2],
    ) -> Lanes<T, K> {
        let mut n2 = whole::<T, K>(result);
        let mut n4 = whole::<T, K>(n1.head.ln());
        let mut n5 = whole::<T, K>(real::<T>(1.0) / n1.head);
        let mut n6 = whole::<T, K>(n0.head * n4.head);
        let mut n7 = whole::<T, K>(real::<T>(1.0) / n6.head);
        let mut n8 = whole::<T, K>(n1.head * n4.head);
        let mut n9 = whole::<T, K>(n2.head / n8.head);
        let mut n10 = whole::<T, K>(-n9.head);
        for k in 1..=K {
            n2.tail[k - 1] = (n0.safe_change(&n7, k) + n1.safe_change(&n10, k)) / real(k as f64);
            n4.tail[k - 1] = n1.safe_change(&n5, k) / real(k as f64);
            n5.tail[k - 1] = n5.over(T::zero(), &n1, k);
            n6.tail[k - 1] = n0.times(&n4, k);
            n7.tail[k - 1] = n7.over(T::zero(), &n6, k);
            n8.tail[k - 1] = n1.times(&n4, k);
            n9.tail[k - 1] = n9.over(n2.tail[k - 1], &n8, k);
            n10.tail[k - 1] = -n9.tail[k - 1];
        }
        Lanes(n2.tail)
    }
}

/// `sqrt`
pub enum Sqrt {}

impl Curve<1> for Sqrt {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(real::<T>(0.5) / n1.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n3, k) / real(k as f64);
            n3.tail[k - 1] = n3.over(T::zero(), &n1, k);
        }
        Lanes(n1.tail)
    }
}

/// `cbrt`
pub enum Cbrt {}

impl Curve<1> for Cbrt {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n4 = whole::<T, K>(n1.head * n1.head);
        let mut n5 = whole::<T, K>(real::<T>(3.0) * n4.head);
        let mut n6 = whole::<T, K>(real::<T>(1.0) / n5.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n6, k) / real(k as f64);
            n4.tail[k - 1] = n1.times(&n1, k);
            n5.tail[k - 1] = real::<T>(3.0) * n4.tail[k - 1];
            n6.tail[k - 1] = n6.over(T::zero(), &n5, k);
        }
        Lanes(n1.tail)
    }
}

/// `recip`
pub enum Recip {}

impl Curve<1> for Recip {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0]: [Whole<T, K>; 1],
    ) -> Lanes<T, K> {
        let mut n1 = whole::<T, K>(result);
        let mut n2 = whole::<T, K>(n1.head * n1.head);
        let mut n3 = whole::<T, K>(-n2.head);
        for k in 1..=K {
            n1.tail[k - 1] = n0.safe_change(&n3, k) / real(k as f64);
            n2.tail[k - 1] = n1.times(&n1, k);
            n3.tail[k - 1] = -n2.tail[k - 1];
        }
        Lanes(n1.tail)
    }
}

/// `hypot`
pub enum Hypot {}

impl Curve<2> for Hypot {
    #[inline]
    fn tail<T: Float + Differentiable<Shadow = T>, const K: usize>(
        result: T,
        [n0, n1]: [Whole<T, K>; 2],
    ) -> Lanes<T, K> {
        let mut n2 = whole::<T, K>(result);
        let mut n3 = whole::<T, K>(n0.head / n2.head);
        let mut n4 = whole::<T, K>(n1.head / n2.head);
        for k in 1..=K {
            n2.tail[k - 1] = (n0.safe_change(&n3, k) + n1.safe_change(&n4, k)) / real(k as f64);
            n3.tail[k - 1] = n3.over(n0.tail[k - 1], &n2, k);
            n4.tail[k - 1] = n4.over(n1.tail[k - 1], &n2, k);
        }
        Lanes(n2.tail)
    }
}

functions! {
    series_sin Sin (a a_tail);
    series_cos Cos (a a_tail);
    series_tan Tan (a a_tail);
    series_asin Asin (a a_tail);
    series_acos Acos (a a_tail);
    series_atan Atan (a a_tail);
    series_atan2 Atan2 (a a_tail, b b_tail);
    series_sinh Sinh (a a_tail);
    series_cosh Cosh (a a_tail);
    series_tanh Tanh (a a_tail);
    series_asinh Asinh (a a_tail);
    series_acosh Acosh (a a_tail);
    series_atanh Atanh (a a_tail);
    series_exp Exp (a a_tail);
    series_exp2 Exp2 (a a_tail);
    series_exp_m1 ExpM1 (a a_tail);
    series_ln Ln (a a_tail);
    series_ln_1p Ln1p (a a_tail);
    series_log2 Log2 (a a_tail);
    series_log10 Log10 (a a_tail);
    series_log Log (a a_tail, b b_tail);
    series_sqrt Sqrt (a a_tail);
    series_cbrt Cbrt (a a_tail);
    series_recip Recip (a a_tail);
    series_hypot Hypot (a a_tail, b b_tail);
}
