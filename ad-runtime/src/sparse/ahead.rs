//! Places of a matrix that are going to be written soon.
//!
//! Entries go to columns that lie far apart. A store that misses the caches holds up all that come after it, those of the next residual's
//! computation included; what has been asked for before is there.

/// So many places ahead: about three residuals with a dozen inputs.
pub const AHEAD: usize = 40;

/// Asks for the memory of a value.
#[inline(always)]
pub fn ask_for<T>(values: &[T], place: usize) {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let Some(value) = values.get(place) {
        safe_arch::prefetch_et0(value);
    }
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    let _ = (values, place);
}
