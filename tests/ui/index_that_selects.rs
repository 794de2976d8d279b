use chainrule::{Differentiable, differentiate};
use std::ops::{Deref, Index};

static ZERO: f64 = 0.0;

#[derive(Clone, Differentiable)]
struct Sparse {
    data: Vec<f64>,
    limit: f64,
}

impl Sparse {
    fn position(&self, i: usize) -> usize {
        self.data.iter().take(i).filter(|v| **v > 0.0).count()
    }
}

#[differentiate]
impl Index<usize> for Sparse {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        &self.data[self.position(i)]
    }
}

#[differentiate]
impl Index<(usize, usize)> for Sparse {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        if i < j { &self.data[i] } else { &ZERO }
    }
}

#[differentiate]
impl Index<u8> for Sparse {
    type Output = f64;
    fn index(&self, i: u8) -> &f64 {
        if self.limit > 0.0 {
            &self.data[i as usize]
        } else {
            &self.limit
        }
    }
}

#[derive(Clone, Differentiable)]
struct Lazy {
    inner: f64,
}

#[differentiate]
impl Deref for Lazy {
    type Target = f64;
    fn deref(&self) -> &f64 {
        let inner = &self.inner;
        inner
    }
}

fn main() {}
