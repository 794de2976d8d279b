use chainrule::differentiate;
#[differentiate]
fn g(x: f64) -> f64 {
    fn inner(x: f64) -> f64 {
        x * x
    }
    inner(x)
}
fn main() {
    g_gradient(1.0);
}
