use chainrule::differentiate;
#[differentiate]
fn area(r: f64) -> f64 {
    r * r
}
#[differentiate(hessian)]
fn cost(x: &[f64]) -> f64 {
    area(x[0]) * x[1]
}
fn main() {
    cost_hessian(&[1.0, 2.0]);
}
