use chainrule::differentiate;

struct Square;

trait Area {
    fn area(&self, side: f64) -> f64;
}

#[differentiate]
impl Area for Square {
    fn area(#[constant] &self, side: f64) -> f64 {
        side * side
    }
}

fn main() {}
