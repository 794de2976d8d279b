//! Values of any shape as flat vectors, and moved along directions of their own shape.

/// A value as the list of its reals, in order; integers, `bool`, `char` and strings contribute nothing.
///
/// ```
/// use ad_runtime::check::Flatten;
///
/// let result: Result<(f64, Vec<f32>, usize), String> = Ok((1.0, vec![2.0, 3.0], 4));
/// assert_eq!(result.flat(), [1.0, 2.0, 3.0]);
/// ```
pub trait Flatten {
    /// Appends the reals of this value to `out`.
    ///
    /// ```
    /// use ad_runtime::check::Flatten;
    ///
    /// let mut out = vec![0.5];
    /// [1.0, 2.0].flatten(&mut out);
    /// assert_eq!(out, [0.5, 1.0, 2.0]);
    /// ```
    fn flatten(&self, out: &mut Vec<f64>);

    /// The reals of this value.
    ///
    /// ```
    /// use ad_runtime::check::Flatten;
    ///
    /// assert_eq!((1.0, [2.0, 3.0]).flat(), [1.0, 2.0, 3.0]);
    /// ```
    fn flat(&self) -> Vec<f64> {
        let mut out = Vec::new();
        self.flatten(&mut out);
        out
    }
}

/// A value that can be moved along a direction of its own shape.
///
/// ```
/// use ad_runtime::check::Perturb;
///
/// let mut x = (vec![1.0, 2.0], 7_usize);
/// x.axpy(0.5, &(vec![2.0, -2.0], 100));
/// assert_eq!(x, (vec![2.0, 1.0], 7));
/// ```
pub trait Perturb {
    /// `self += t * direction`; integers, `bool`, `char` and strings stay as they are.
    ///
    /// ```
    /// use ad_runtime::check::Perturb;
    ///
    /// let mut x = [1.0, 2.0];
    /// x.axpy(2.0, &[10.0, 20.0]);
    /// assert_eq!(x, [21.0, 42.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When the shapes differ.
    fn axpy(&mut self, t: f64, direction: &Self);
}

impl Flatten for f64 {
    fn flatten(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }
}

impl Perturb for f64 {
    fn axpy(&mut self, t: f64, direction: &Self) {
        *self += t * direction;
    }
}

impl Flatten for f32 {
    fn flatten(&self, out: &mut Vec<f64>) {
        out.push(f64::from(*self));
    }
}

impl Perturb for f32 {
    fn axpy(&mut self, t: f64, direction: &Self) {
        *self = (f64::from(*self) + t * f64::from(*direction)) as f32;
    }
}

macro_rules! constants {
    ($($constant:ty)*) => {$(
        impl Flatten for $constant {
            fn flatten(&self, _out: &mut Vec<f64>) {}
        }

        impl Perturb for $constant {
            fn axpy(&mut self, _t: f64, _direction: &Self) {}
        }
    )*};
}

constants!(() i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char str String);

impl<T: Flatten + ?Sized> Flatten for &T {
    fn flatten(&self, out: &mut Vec<f64>) {
        (**self).flatten(out);
    }
}

impl Perturb for &str {
    fn axpy(&mut self, _t: f64, _direction: &Self) {}
}

impl<T: Flatten + ?Sized> Flatten for &mut T {
    fn flatten(&self, out: &mut Vec<f64>) {
        (**self).flatten(out);
    }
}

impl<T: Perturb + ?Sized> Perturb for &mut T {
    fn axpy(&mut self, t: f64, direction: &Self) {
        (**self).axpy(t, direction);
    }
}

impl<T: Flatten + ?Sized> Flatten for Box<T> {
    fn flatten(&self, out: &mut Vec<f64>) {
        (**self).flatten(out);
    }
}

impl<T: Perturb + ?Sized> Perturb for Box<T> {
    fn axpy(&mut self, t: f64, direction: &Self) {
        (**self).axpy(t, direction);
    }
}

impl<T: Flatten> Flatten for [T] {
    fn flatten(&self, out: &mut Vec<f64>) {
        for item in self {
            item.flatten(out);
        }
    }
}

impl<T: Perturb> Perturb for [T] {
    fn axpy(&mut self, t: f64, direction: &Self) {
        let (own, given) = (self.len(), direction.len());
        assert!(
            own == given,
            "a direction of {given} elements for a value of {own}"
        );
        for (item, direction) in self.iter_mut().zip(direction) {
            item.axpy(t, direction);
        }
    }
}

impl<T: Flatten, const N: usize> Flatten for [T; N] {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.as_slice().flatten(out);
    }
}

impl<T: Perturb, const N: usize> Perturb for [T; N] {
    fn axpy(&mut self, t: f64, direction: &Self) {
        self.as_mut_slice().axpy(t, direction);
    }
}

impl<T: Flatten> Flatten for Vec<T> {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.as_slice().flatten(out);
    }
}

impl<T: Perturb> Perturb for Vec<T> {
    fn axpy(&mut self, t: f64, direction: &Self) {
        self.as_mut_slice().axpy(t, direction);
    }
}

impl<T: Flatten> Flatten for Option<T> {
    fn flatten(&self, out: &mut Vec<f64>) {
        if let Some(value) = self {
            value.flatten(out);
        }
    }
}

impl<T: Perturb> Perturb for Option<T> {
    fn axpy(&mut self, t: f64, direction: &Self) {
        match (self, direction) {
            (Some(value), Some(direction)) => value.axpy(t, direction),
            (None, None) => {}
            _ => panic!("a direction must be `Some` exactly where the value is"),
        }
    }
}

/// An `Err` contributes nothing.
impl<T: Flatten, E> Flatten for Result<T, E> {
    fn flatten(&self, out: &mut Vec<f64>) {
        if let Ok(value) = self {
            value.flatten(out);
        }
    }
}

/// An `Err` stays as it is.
impl<T: Perturb, E> Perturb for Result<T, E> {
    fn axpy(&mut self, t: f64, direction: &Self) {
        match (self, direction) {
            (Ok(value), Ok(direction)) => value.axpy(t, direction),
            (Err(_), Err(_)) => {}
            _ => panic!("a direction must be `Ok` exactly where the value is"),
        }
    }
}

macro_rules! tuples {
    ($(($($element:ident $index:tt),+))*) => {$(
        impl<$($element: Flatten),+> Flatten for ($($element,)+) {
            fn flatten(&self, out: &mut Vec<f64>) {
                $(self.$index.flatten(out);)+
            }
        }

        impl<$($element: Perturb),+> Perturb for ($($element,)+) {
            fn axpy(&mut self, t: f64, direction: &Self) {
                $(self.$index.axpy(t, &direction.$index);)+
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

#[cfg(test)]
mod tests {
    use super::{Flatten, Perturb};

    #[test]
    fn flattens_in_order() {
        let slice: &[f64] = &[3.0, 4.0];
        let value = (
            1.0,
            [2.0_f32],
            slice,
            vec![vec![5.0], vec![]],
            Some(6.0),
            Ok::<f64, String>(7.0),
            (8.0, 8_u64, true, 'c', "text", String::new(), ()),
            Box::new([9.0]),
        );
        assert_eq!(value.flat(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    }

    #[test]
    fn what_is_absent_contributes_nothing() {
        assert!(None::<f64>.flat().is_empty());
        assert!(Err::<f64, f64>(1.0).flat().is_empty());
        assert!([3_usize, 4].flat().is_empty());
        let mut target = [1.0];
        let borrows = (&mut target, &2.0);
        assert_eq!(borrows.flat(), [1.0, 2.0]);
    }

    #[test]
    fn moves_every_shape() {
        let mut x = (
            1.0,
            [1.0_f32],
            vec![1.0],
            Some(1.0),
            Ok::<_, ()>(1.0),
            1_u8,
            "a",
            true,
        );
        x.axpy(
            0.5,
            &(2.0, [4.0], vec![6.0], Some(8.0), Ok(10.0), 9, "b", false),
        );
        assert_eq!(x, (2.0, [3.0], vec![4.0], Some(5.0), Ok(6.0), 1, "a", true));

        let mut storage = [1.0, 2.0, 3.0];
        let mut views = (&mut storage[1..],);
        views.axpy(1.0, &(&mut [10.0, 20.0],));
        assert_eq!(storage, [1.0, 12.0, 23.0]);

        let (mut none, mut err) = (None::<f64>, Err::<f64, u8>(1));
        none.axpy(1.0, &None);
        err.axpy(1.0, &Err(2));
        assert_eq!((none, err), (None, Err(1)));
    }

    #[test]
    #[should_panic(expected = "a direction of 2 elements for a value of 1")]
    fn differing_lengths_panic() {
        vec![1.0].axpy(1.0, &vec![1.0, 2.0]);
    }

    #[test]
    #[should_panic(expected = "`Some` exactly where the value is")]
    fn differing_variants_panic() {
        Some(1.0).axpy(1.0, &None);
    }
}
