use chainrule::differentiate;

#[differentiate]
fn square<T: std::ops::Mul<Output = T> + Copy>(x: T) -> T {
    x * x
}

fn main() {
    square_gradient(2.0);
}
