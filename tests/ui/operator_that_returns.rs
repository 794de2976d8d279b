use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Meters(f64);

#[differentiate]
impl std::ops::AddAssign for Meters {
    fn add_assign(&mut self, other: Meters) {
        if other.0 < 0.0 {
            return;
        }
        self.0 += other.0;
    }
}

fn main() {}
