//! BA as somebody writes it who thinks in iterators.

use chainrule::differentiate;

#[differentiate(reverse)]
pub fn residual(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    #[constant] feature: &[f64; 2],
) -> [f64; 2] {
    let projection = project(camera, point);
    std::array::from_fn(|i| weight * (projection[i] - feature[i]))
}

#[differentiate(reverse)]
fn project(camera: &[f64; 11], point: &[f64; 3]) -> [f64; 2] {
    let [r1, r2, r3, c1, c2, c3, focal, u0, v0, k1, k2] = *camera;
    let mut relative = [0.0; 3];
    for ((r, x), c) in relative.iter_mut().zip(point).zip([c1, c2, c3]) {
        *r = x - c;
    }
    let seen = rotate(&[r1, r2, r3], &relative);
    let (x, y) = distort(k1, k2, seen[0] / seen[2], seen[1] / seen[2]);
    [x * focal + u0, y * focal + v0]
}

#[differentiate(reverse)]
fn distort(k1: f64, k2: f64, x: f64, y: f64) -> (f64, f64) {
    let rho = x * x + y * y;
    let factor = 1.0 + k1 * rho + k2 * rho * rho;
    (x * factor, y * factor)
}

#[differentiate(reverse)]
fn rotate(r: &[f64; 3], v: &[f64; 3]) -> [f64; 3] {
    let squared_angle = dot(r, r);
    if squared_angle == 0.0 {
        let turn = cross(r, v);
        return std::array::from_fn(|i| v[i] + turn[i]);
    }
    let angle = squared_angle.sqrt();
    let (sin, cos) = angle.sin_cos();
    let axis = [r[0] / angle, r[1] / angle, r[2] / angle];
    let turn = cross(&axis, v);
    let along = dot(&axis, v) * (1.0 - cos);
    let mut rotated = [0.0; 3];
    for (((out, v), turn), axis) in rotated.iter_mut().zip(v).zip(&turn).zip(&axis) {
        *out = v * cos + turn * sin + axis * along;
    }
    rotated
}

#[differentiate(reverse)]
fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

#[differentiate(reverse)]
fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
