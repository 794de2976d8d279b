use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut rest = x.iter();
    let first = rest.next().unwrap();
    first * total(rest)
}

fn total<'a>(items: impl Iterator<Item = &'a f64>) -> f64 {
    items.sum()
}

fn main() {}
