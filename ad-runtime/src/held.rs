//! Constants that may be references: a pattern binds some by value and some by reference, which a macro can't know.

/// A constant that arithmetic reads. What is behind a reference to a number is copied, so that a pullback need not borrow it.
///
/// ```
/// use ad_runtime::rt::{AsIs as _, Held};
///
/// let number: f64 = Held(&0.5_f64).held();
/// let same: f64 = Held(number).held();
/// let text: &str = Held("text").held();
/// assert_eq!((same, text), (0.5, "text"));
/// ```
pub struct Held<T>(pub T);

/// What is no reference to a number stays as it is.
pub trait AsIs {
    /// The constant's type.
    type Out;
    /// The constant.
    fn held(self) -> Self::Out;
}

impl<T> AsIs for Held<T> {
    type Out = T;
    #[inline(always)]
    fn held(self) -> T {
        self.0
    }
}

macro_rules! copied {
    ($($t:ty)*) => { $(
        impl Held<&$t> {
            /// The number; found before the trait's method.
            #[inline(always)]
            pub fn held(self) -> $t {
                *self.0
            }
        }
    )* };
}
copied!(f32 f64 usize isize u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);
