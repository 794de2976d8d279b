use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Quaternion {
    s: f64,
    i: f64,
}

impl std::ops::Mul for Quaternion {
    type Output = Quaternion;
    fn mul(self, other: Quaternion) -> Quaternion {
        Quaternion { s: self.s * other.s - self.i * other.i, i: self.s * other.i + self.i * other.s }
    }
}

#[differentiate(forward)]
fn f(a: Quaternion, b: Quaternion) -> f64 {
    let c = a * b;
    c.s
}

fn main() {}
