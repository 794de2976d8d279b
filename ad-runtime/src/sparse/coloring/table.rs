//! A table by vertex and colour.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What is known of a vertex and a colour of its neighbours.
#[derive(Default)]
pub struct Table<V>(HashMap<(usize, usize), V, BuildHasherDefault<Mix>>);

impl<V> Table<V> {
    pub fn entry(
        &mut self,
        vertex: usize,
        color: usize,
    ) -> std::collections::hash_map::Entry<'_, (usize, usize), V> {
        self.0.entry((vertex, color))
    }
}

/// Numbers that no adversary chooses need no stronger hash: multiply and fold.
#[derive(Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }

    fn write_u64(&mut self, x: u64) {
        let product =
            u128::from(self.0 ^ x).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_usize(&mut self, x: usize) {
        self.write_u64(x as u64);
    }
}
