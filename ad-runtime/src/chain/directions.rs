//! Directions and seeds on their way through stages: one by one, or several in the lanes of one sweep.

use super::stage::Lane;
use crate::wide::{LANES, Lanes};
use num_traits::Float;

pub(super) enum Directions<T> {
    /// Each by itself.
    Apart(Vec<Vec<T>>),
    /// Real by real, the same one of all directions; so many lanes are used.
    Together { reals: Vec<Lane<T>>, used: usize },
}

/// Directions in groups of as many as a sweep takes.
pub(super) fn packed<T: Float>(
    directions: impl Iterator<Item = Vec<T>>,
) -> impl Iterator<Item = Directions<T>> {
    let mut directions = directions;
    std::iter::from_fn(move || {
        let group: Vec<Vec<T>> = directions.by_ref().take(LANES).collect();
        (!group.is_empty()).then_some(Directions::Apart(group))
    })
}

impl<T: Float> Directions<T> {
    /// As a stage takes them: a sweep with few lanes in use costs more than some that take one direction.
    pub fn for_stage(self, is_wide: bool) -> Self {
        match self {
            Self::Apart(apart) if is_wide && apart.len() > LANES / 4 => Self::together(&apart),
            Self::Together { .. } if !is_wide => Self::Apart(self.apart()),
            other => other,
        }
    }

    fn together(apart: &[Vec<T>]) -> Self {
        let used = apart.len();
        let length = apart.first().map_or(0, Vec::len);
        let mut reals = vec![Lanes([T::zero(); LANES]); length];
        for (lane, direction) in apart.iter().enumerate() {
            for (reals, x) in reals.iter_mut().zip(direction) {
                reals.0[lane] = *x;
            }
        }
        Self::Together { reals, used }
    }

    /// Each by itself.
    pub fn apart(self) -> Vec<Vec<T>> {
        match self {
            Self::Apart(apart) => apart,
            Self::Together { reals, used } => {
                let lane = |k: usize| reals.iter().map(|x| x.0[k]).collect();
                (0..used).map(lane).collect()
            }
        }
    }

    /// How many reals each has, once for all where they are the same.
    pub fn lengths(&self) -> impl Iterator<Item = usize> {
        let (apart, together) = match self {
            Self::Apart(apart) => (apart.as_slice(), None),
            Self::Together { reals, .. } => (&[][..], Some(reals.len())),
        };
        apart.iter().map(Vec::len).chain(together)
    }
}
