//! Permutations: in which order sorting brings elements, and how they are moved there and back.

use std::cmp::Ordering;

/// Where the elements of `v` come from when they are sorted by `compare`: equal ones stay in their order.
///
/// ```
/// use ad_runtime::rt::order_by;
///
/// assert_eq!(order_by(&[3.0, 1.0, 2.0], f64::total_cmp), [1, 2, 0]);
/// ```
pub fn order_by<T>(v: &[T], compare: impl FnMut(&T, &T) -> Ordering) -> Vec<usize> {
    sized(v, How::Stable, compare)
}

/// The same for `sort_unstable_by`.
pub fn order_unstable_by<T>(v: &[T], compare: impl FnMut(&T, &T) -> Ordering) -> Vec<usize> {
    sized(v, How::Unstable, compare)
}

/// The same for `select_nth_unstable_by`.
pub fn order_nth_by<T>(v: &[T], n: usize, compare: impl FnMut(&T, &T) -> Ordering) -> Vec<usize> {
    sized(v, How::Nth(n), compare)
}

/// The same for `sort_by_key`.
pub fn order_by_key<T, K: Ord>(v: &[T], mut key: impl FnMut(&T) -> K) -> Vec<usize> {
    sized(v, How::Stable, |a, b| key(a).cmp(&key(b)))
}

/// The same for `sort_unstable_by_key`.
pub fn order_unstable_by_key<T, K: Ord>(v: &[T], mut key: impl FnMut(&T) -> K) -> Vec<usize> {
    sized(v, How::Unstable, |a, b| key(a).cmp(&key(b)))
}

/// The same for `select_nth_unstable_by_key`.
pub fn order_nth_by_key<T, K: Ord>(v: &[T], n: usize, mut key: impl FnMut(&T) -> K) -> Vec<usize> {
    sized(v, How::Nth(n), |a, b| key(a).cmp(&key(b)))
}

/// Brings the element at `order[k]` to `k`, for all `k`.
///
/// ```
/// use ad_runtime::rt::permute;
///
/// let mut v = ['c', 'a', 'b'];
/// permute(&mut v, &[1, 2, 0]);
/// assert_eq!(v, ['a', 'b', 'c']);
/// ```
pub fn permute<T>(v: &mut [T], order: &[usize]) {
    let mut done = vec![false; v.len()];
    for start in 0..v.len() {
        let mut at = start;
        while !done[at] {
            done[at] = true;
            let from = order[at];
            if from != start {
                v.swap(at, from);
                at = from;
            }
        }
    }
}

/// Undoes [`permute`].
///
/// ```
/// use ad_runtime::rt::permute_back;
///
/// let mut v = ['a', 'b', 'c'];
/// permute_back(&mut v, &[1, 2, 0]);
/// assert_eq!(v, ['c', 'a', 'b']);
/// ```
pub fn permute_back<T>(v: &mut [T], order: &[usize]) {
    let mut done = vec![false; v.len()];
    for start in 0..v.len() {
        let mut to = order[start];
        while !done[to] {
            done[to] = true;
            v.swap(start, to);
            to = order[to];
        }
    }
}

#[derive(Clone, Copy)]
enum How {
    Stable,
    Unstable,
    Nth(usize),
}

/// Sorts indices that are as large as the elements: the standard library decides by the size of what it sorts which comparisons
/// and moves it makes, and where elements compare as equal, or not in any order, the result shows it.
fn sized<T>(v: &[T], how: How, compare: impl FnMut(&T, &T) -> Ordering) -> Vec<usize> {
    match size_of::<T>().div_ceil(size_of::<usize>()) {
        0 | 1 => sorted::<T, 1>(v, how, compare),
        2 => sorted::<T, 2>(v, how, compare),
        3 => sorted::<T, 3>(v, how, compare),
        4 => sorted::<T, 4>(v, how, compare),
        5..=8 => sorted::<T, 8>(v, how, compare),
        9..=12 => sorted::<T, 12>(v, how, compare),
        _ => sorted::<T, 16>(v, how, compare),
    }
}

fn sorted<T, const WORDS: usize>(
    v: &[T],
    how: How,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) -> Vec<usize> {
    let mut slots: Vec<[usize; WORDS]> = (0..v.len()).map(|k| [k; WORDS]).collect();
    let compare = |a: &[usize; WORDS], b: &[usize; WORDS]| compare(&v[a[0]], &v[b[0]]);
    match how {
        How::Stable => slots.sort_by(compare),
        How::Unstable => slots.sort_unstable_by(compare),
        How::Nth(n) => {
            slots.select_nth_unstable_by(n, compare);
        }
    }
    slots.into_iter().map(|slot| slot[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pseudo-random numbers with many ties.
    fn numbers(n: usize) -> Vec<f64> {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
            ((state >> 33) % 37) as f64 - 18.0
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn there_and_back() {
        for n in [0, 1, 2, 3, 10, 300] {
            let v = numbers(n);
            let order = order_by(&v, f64::total_cmp);
            let mut moved = v.clone();
            permute(&mut moved, &order);
            let mut sorted = v.clone();
            sorted.sort_by(f64::total_cmp);
            assert_eq!(moved, sorted);
            permute_back(&mut moved, &order);
            assert_eq!(moved, v);
        }
    }

    /// Ties, and comparisons that are no order, come out as they do when the elements themselves are sorted.
    fn as_the_elements<T: Clone + PartialEq + std::fmt::Debug>(
        element: impl Fn(f64, usize) -> T,
        key: impl Fn(&T) -> f64,
    ) {
        let compare = |a: &T, b: &T| key(a).abs().partial_cmp(&key(b).abs()).unwrap();
        for n in [5, 21, 60, 1000] {
            let pairs = numbers(n).into_iter().enumerate();
            let v: Vec<T> = pairs.map(|(k, x)| element(x, k)).collect();
            let through =
                |order: Vec<usize>| -> Vec<T> { order.into_iter().map(|k| v[k].clone()).collect() };
            let mut sorted = v.clone();
            sorted.sort_by(compare);
            assert_eq!(through(order_by(&v, compare)), sorted);
            sorted = v.clone();
            sorted.sort_unstable_by(compare);
            assert_eq!(through(order_unstable_by(&v, compare)), sorted);
            sorted = v.clone();
            sorted.select_nth_unstable_by(n / 3, compare);
            assert_eq!(through(order_nth_by(&v, n / 3, compare)), sorted);
            sorted = v.clone();
            sorted.sort_unstable_by_key(|x| key(x) as i64 % 3);
            let by_key = order_unstable_by_key(&v, |x| key(x) as i64 % 3);
            assert_eq!(through(by_key), sorted);
        }
    }

    #[test]
    fn ties_of_every_size() {
        as_the_elements(|x, _| x, |x| *x);
        as_the_elements(|x, _| x as f32, |x| f64::from(*x));
        as_the_elements(|x, k| (x, k), |x| x.0);
        as_the_elements(|x, k| [x, k as f64, x, 1.0, x], |x| x[0]);
        as_the_elements(|x, k| [[x, k as f64]; 4], |x| x[0][0]);
        as_the_elements(|x, k| [[x, k as f64]; 6], |x| x[0][0]);
        as_the_elements(|x, k| [[x, k as f64]; 10], |x| x[0][0]);
        as_the_elements(|x, k| [[x, k as f64]; 40], |x| x[0][0]);
        as_the_elements(|x, k| vec![x, k as f64], |x| x[0]);
    }
}
