//! The trace of a scope: pushed in the forward sweep, popped in the reverse sweep.

/// A typed last-in-first-out store of what a reverse sweep needs.
///
/// Generated code owns one for each scope that records, with the element type left to inference:
/// one tuple an iteration, nothing boxed.
///
/// ```
/// use ad_runtime::Stack;
///
/// let mut trace = Stack::new();
/// trace.reserve(0..3);
/// for i in 0..3 {
///     trace.push((i, f64::from(i).sqrt()));
/// }
/// assert_eq!(trace.len(), 3);
/// while !trace.is_empty() {
///     let (i, root) = trace.pop();
///     assert_eq!(root, f64::from(i).sqrt());
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Stack<T> {
    items: Vec<T>,
}

impl<T> Stack<T> {
    /// An empty stack; allocates nothing.
    ///
    /// ```
    /// use ad_runtime::Stack;
    ///
    /// assert!(Stack::<f64>::new().is_empty());
    /// ```
    #[inline]
    pub const fn new() -> Self {
        Self { items: Vec::new() }
    }

    /// Makes room for one further item per trip of a loop, in at most one allocation, as far as their number is known.
    ///
    /// ```
    /// use ad_runtime::Stack;
    ///
    /// let mut trace = Stack::<f64>::new();
    /// trace.reserve(0..1000); // the following 1000 pushes allocate nothing
    /// ```
    #[inline]
    pub fn reserve(&mut self, trips: impl Iterator) {
        self.items.reserve(trips.size_hint().0);
    }

    /// Records an item.
    ///
    /// ```
    /// use ad_runtime::Stack;
    ///
    /// let mut trace = Stack::new();
    /// trace.push(1.5);
    /// assert_eq!(trace.len(), 1);
    /// ```
    #[inline]
    pub fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// Records a default item for each trip of a loop, for the trips to overwrite.
    ///
    /// ```
    /// use ad_runtime::Stack;
    ///
    /// let mut trace = Stack::new();
    /// for (i, slot) in (1..4).zip(trace.slots(1..4)) {
    ///     *slot = f64::from(i).sqrt();
    /// }
    /// assert_eq!(trace.pop(), 3_f64.sqrt());
    /// assert_eq!(trace.len(), 2);
    /// ```
    #[inline]
    pub fn slots(&mut self, trips: impl Iterator) -> &mut [T]
    where
        T: Clone + Default,
    {
        let start = self.items.len();
        let (trips, _) = trips.size_hint();
        self.items.resize(start + trips, T::default());
        &mut self.items[start..]
    }

    /// Takes back the item recorded last.
    ///
    /// ```
    /// use ad_runtime::Stack;
    ///
    /// let mut trace = Stack::new();
    /// trace.push(1.0);
    /// trace.push(2.0);
    /// assert_eq!(trace.pop(), 2.0);
    /// assert_eq!(trace.pop(), 1.0);
    /// ```
    ///
    /// # Panics
    ///
    /// When the stack is empty, which generated code never asks for.
    #[inline]
    pub fn pop(&mut self) -> T {
        match self.items.pop() {
            Some(item) => item,
            None => exhausted(),
        }
    }

    /// The number of items recorded and not yet taken back.
    ///
    /// ```
    /// use ad_runtime::Stack;
    ///
    /// assert_eq!(Stack::<u8>::new().len(), 0);
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing is left.
    ///
    /// ```
    /// use ad_runtime::Stack;
    ///
    /// let mut trace = Stack::new();
    /// trace.push('a');
    /// assert!(!trace.is_empty());
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<T> Default for Stack<T> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

#[cold]
#[inline(never)]
fn exhausted() -> ! {
    panic!("chainrule: trace exhausted (a bug in the generated code)")
}

#[cfg(test)]
mod tests {
    use super::Stack;

    #[test]
    fn gives_back_in_reverse_order() {
        let mut stack = Stack::default();
        stack.reserve(0..10);
        for i in 0..10 {
            stack.push(i);
        }
        assert_eq!(stack.len(), 10);
        for i in (0..10).rev() {
            assert_eq!(stack.pop(), i);
        }
        assert!(stack.is_empty());
    }

    #[test]
    fn pushes_after_reserve_do_not_grow() {
        let mut stack = Stack::new();
        stack.reserve(0..100);
        let capacity = stack.items.capacity();
        for i in 0..100 {
            stack.push((f64::from(i), true));
        }
        assert_eq!(stack.items.capacity(), capacity);
    }

    #[test]
    fn holds_items_that_are_not_clone() {
        struct Opaque(f64);
        let mut stack = Stack::new();
        stack.push(Opaque(1.0));
        assert_eq!(stack.pop().0, 1.0);
    }

    #[test]
    #[should_panic(expected = "chainrule: trace exhausted (a bug in the generated code)")]
    fn an_empty_stack_panics() {
        Stack::<f64>::new().pop();
    }
}
