use chainrule::differentiate;

#[differentiate]
fn boxed(f: Box<dyn Fn(f64) -> f64>, x: f64) -> f64 {
    f(x)
}

#[differentiate]
fn borrowed(f: impl Fn(usize) -> &'static f64, x: f64) -> f64 {
    let y = f(0);
    y * x
}

#[differentiate]
fn held_in_a_list<F: Fn(f64) -> f64>(f: F, others: &[F], x: f64) -> f64 {
    f(x) * others.len() as f64
}

struct Solver<F>(F);

impl<F: Fn(f64) -> f64> Solver<F> {
    fn function(&self) -> &F {
        &self.0
    }
}

#[differentiate]
impl<F: Fn(f64) -> f64> Solver<F> {
    fn solve(#[constant] &self, f: &F, x: f64) -> f64 {
        f(x)
    }
}

fn main() {}
