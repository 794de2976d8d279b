use chainrule::differentiate;

fn area(r: f64) -> f64 {
    3.0 * r * r
}

#[differentiate]
fn cost(r: f64) -> f64 {
    area(r) * 2.0
}

fn main() {
    println!("{:?}", cost_gradient(2.0));
}
