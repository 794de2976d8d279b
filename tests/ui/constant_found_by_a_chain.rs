use chainrule::differentiate;

struct Model {
    rate: f64,
}

#[differentiate]
impl Model {
    fn grown(#[constant] &self, x: f64) -> f64 {
        x * self.rate
    }
}

#[differentiate]
fn by_the_fastest(#[constant] models: &[Model], x: f64) -> f64 {
    let fastest = models.iter().max_by(|a, b| a.rate.total_cmp(&b.rate)).unwrap();
    fastest.grown(x)
}

fn main() {}
