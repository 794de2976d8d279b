use chainrule::differentiate;

#[differentiate]
fn converted(x: impl Into<f64>) -> f64 {
    let y: f64 = x.into();
    y * y
}

#[differentiate]
fn lazily(x: &[f64]) -> impl Iterator<Item = f64> + '_ {
    x.iter().map(|v| v * v)
}

#[differentiate]
fn scaled_by(a: f64) -> impl Fn(f64) -> f64 {
    move |x| a * x
}

#[differentiate]
fn boxed(a: f64) -> Box<dyn Fn(f64) -> f64> {
    Box::new(move |x| a * x)
}

#[differentiate]
fn of_items(x: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v;
    }
    sum
}

#[differentiate]
fn as_a_slice(x: &impl AsRef<[f64]>) -> f64 {
    x.as_ref()[0]
}

#[differentiate]
fn by_parameter<I: Iterator<Item = f64>>(x: I) -> f64 {
    x.map(|v| v * v).sum()
}

fn main() {}
