//! The marker that stops differentiation.

/// Stops differentiation: the value itself, whose derivative is zero.
///
/// In an annotated function, whatever stands inside `constant(…)` is computed as written and taken
/// to be independent of the inputs; functions called there need no derivative.
///
/// ```
/// use ad_runtime::constant;
///
/// fn normalised(x: f64, y: f64) -> f64 {
///     x / constant(x.hypot(y)) // the norm counts as a fixed number
/// }
/// assert_eq!(normalised(3.0, 4.0), 0.6);
/// ```
#[inline(always)]
pub fn constant<T>(value: T) -> T {
    value
}

#[cfg(test)]
mod tests {
    use super::constant;

    #[test]
    fn is_the_identity() {
        assert_eq!(constant(-0.0_f64).to_bits(), (-0.0_f64).to_bits());
        assert_eq!(constant(vec![1, 2]), vec![1, 2]);
        let text = String::from("borrowed");
        assert_eq!(constant(&text), "borrowed");
    }
}
