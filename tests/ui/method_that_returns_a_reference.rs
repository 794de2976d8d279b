use chainrule::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Plan {
    rate: f64,
}

#[differentiate(reverse)]
impl Plan {
    fn with_rate(&mut self, rate: f64) -> &mut Self {
        self.rate = rate;
        self
    }
}

#[differentiate(reverse)]
fn f(x: f64) -> f64 {
    let mut plan = Plan { rate: x };
    plan.with_rate(x * x);
    plan.rate
}

fn main() {}
