use chainrule::differentiate;
struct Rng(u64);
impl Rng {
    fn next(&mut self) -> f64 {
        self.0 += 1;
        self.0 as f64
    }
}
#[differentiate]
fn g(x: f64, rng: &mut Rng) -> f64 {
    let noise = rng.next();
    x * noise
}
fn main() {}
