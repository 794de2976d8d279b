use chainrule::differentiate;

struct Solver<T, const N: usize> {
    steps: [T; N],
}

impl<T: num_traits::Float, const N: usize> Solver<T, N> {
    #[differentiate]
    fn run(#[constant] &self, x: f64) -> f64 {
        x * x * self.steps.len() as f64
    }
}

fn main() {}
