use chainrule::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Queue {
    sum: f64,
}

#[differentiate(forward)]
impl Queue {
    fn push(&mut self, x: f64) {
        self.sum += x * x;
    }
}

#[derive(Clone, Differentiable)]
struct Pool {
    queue: Queue,
}

#[differentiate(forward)]
fn f(pool: &mut Pool, x: f64) {
    pool.queue.push(x);
}

fn main() {}
