//! Sets of variables that are copied and joined often: a bit for each.

use super::VarId;

#[derive(Clone, Default, Debug)]
pub struct VarSet {
    words: Vec<u64>,
}

impl VarSet {
    pub fn contains(&self, v: &VarId) -> bool {
        self.words
            .get(v.0 / 64)
            .is_some_and(|w| w >> (v.0 % 64) & 1 == 1)
    }

    pub fn insert(&mut self, v: VarId) {
        let k = v.0 / 64;
        if k >= self.words.len() {
            self.words.resize(k + 1, 0);
        }
        self.words[k] |= 1 << (v.0 % 64);
    }

    pub fn remove(&mut self, v: &VarId) {
        if let Some(word) = self.words.get_mut(v.0 / 64) {
            *word &= !(1 << (v.0 % 64));
        }
    }

    /// Adds what is in the other.
    pub fn join(&mut self, other: &VarSet) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (own, more) in self.words.iter_mut().zip(&other.words) {
            *own |= more;
        }
    }

    pub fn is_within(&self, other: &VarSet) -> bool {
        let rest = other.words.iter().chain(std::iter::repeat(&0));
        self.words
            .iter()
            .zip(rest)
            .all(|(own, others)| own & !others == 0)
    }

    pub fn clear(&mut self) {
        self.words.clear();
    }
}

impl Extend<VarId> for VarSet {
    fn extend<I: IntoIterator<Item = VarId>>(&mut self, vars: I) {
        vars.into_iter().for_each(|v| self.insert(v));
    }
}

impl<'a> Extend<&'a VarId> for VarSet {
    fn extend<I: IntoIterator<Item = &'a VarId>>(&mut self, vars: I) {
        self.extend(vars.into_iter().copied());
    }
}
