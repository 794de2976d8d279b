use chainrule::differentiate;
enum Kind {
    A,
    B,
}
#[differentiate]
fn g(x: f64, kind: Kind) -> f64 {
    match kind {
        Kind::A => x,
        Kind::B => x * x,
    }
}
fn main() {
    g_gradient(1.0, Kind::A);
}
