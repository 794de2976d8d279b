use chainrule::differentiate;

struct Model {
    bias: f64,
}

#[differentiate]
impl Model {
    fn shifted(#[constant] &self, x: f64) -> f64 {
        x + self.bias
    }
}

#[differentiate]
fn f(x: f64, #[constant] models: &[Model]) -> Option<f64> {
    Some(models.first()?.shifted(x))
}

fn main() {}
