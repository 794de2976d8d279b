//! Slices that are about to be overwritten, element by element on one stack.

/// Keeps the elements of slices, last in, first out, without an allocation for each.
///
/// ```
/// let mut saved = ad_runtime::Saved::new();
/// let mut state = [1.0, 2.0];
/// saved.save(&state);
/// state = [5.0, 6.0];
/// saved.restore(&mut state);
/// assert_eq!(state, [1.0, 2.0]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Saved<T> {
    elements: Vec<T>,
    lengths: Vec<usize>,
}

impl<T: Copy> Saved<T> {
    /// Nothing saved, nothing allocated.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            elements: Vec::new(),
            lengths: Vec::new(),
        }
    }

    /// Keeps a copy of the elements.
    #[inline]
    pub fn save(&mut self, slice: &[T]) {
        self.elements.extend_from_slice(slice);
        self.lengths.push(slice.len());
    }

    /// Puts back what was saved last.
    ///
    /// # Panics
    ///
    /// If nothing is saved, or a slice of another length.
    #[inline]
    pub fn restore(&mut self, slice: &mut [T]) {
        let rest = self.pop_length();
        slice.copy_from_slice(&self.elements[rest..]);
        self.elements.truncate(rest);
    }

    /// Puts back what was saved last, with its length.
    ///
    /// # Panics
    ///
    /// If nothing is saved.
    #[inline]
    pub fn restore_vec(&mut self, vec: &mut Vec<T>) {
        let rest = self.pop_length();
        if vec.len() == self.elements.len() - rest {
            vec.copy_from_slice(&self.elements[rest..]);
        } else {
            vec.clear();
            vec.extend_from_slice(&self.elements[rest..]);
        }
        self.elements.truncate(rest);
    }

    /// The number of elements that remain when the last slice is gone.
    #[inline]
    fn pop_length(&mut self) -> usize {
        match self.lengths.pop() {
            Some(length) => self.elements.len() - length,
            None => panic!("chainrule: trace exhausted (a bug in the generated code)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Saved;

    #[test]
    fn last_in_first_out() {
        let mut saved = Saved::new();
        saved.save(&[1.0, 2.0]);
        saved.save(&[]);
        saved.save(&[3.0]);
        let mut one = [0.0];
        saved.restore(&mut one);
        saved.restore(&mut []);
        let mut grown = vec![9.0; 5];
        saved.restore_vec(&mut grown);
        assert_eq!(one, [3.0]);
        assert_eq!(grown, [1.0, 2.0]);
    }

    #[test]
    #[should_panic(expected = "trace exhausted")]
    fn nothing_saved() {
        Saved::<f64>::new().restore(&mut []);
    }
}
