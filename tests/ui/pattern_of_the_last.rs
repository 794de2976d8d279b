use chainrule::differentiate;

#[derive(Clone, Copy, chainrule::Differentiable)]
enum Shape {
    Circle(f64),
    Point,
}

#[differentiate]
fn grow(shapes: &mut Vec<Shape>, by: f64) {
    if let Some(Shape::Circle(r)) = shapes.last_mut() {
        *r += by;
    }
}

fn main() {}
