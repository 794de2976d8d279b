use chainrule::differentiate;

#[differentiate]
fn f(x: &Table, y: f64) -> f64 {
    x[y]
}

struct Table;

impl std::ops::Index<f64> for Table {
    type Output = f64;

    fn index(&self, _: f64) -> &f64 {
        &0.0
    }
}

fn main() {}
