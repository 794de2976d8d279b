//! BA: the reprojection errors of bundle adjustment.
//!
//! A camera is eleven numbers `[r (3), C (3), f, u0, v0, k1, k2]`: rotation as an angle–axis vector, centre,
//! focal length, principal point, and radial distortion. An observation relates a camera, a point, a
//! weight and a measured feature.

use chainrule::differentiate;

/// A problem: the point at which the residuals are differentiated, and the data.
pub struct Problem {
    /// The cameras' parameters.
    pub cameras: Vec<[f64; 11]>,
    /// The points in space.
    pub points: Vec<[f64; 3]>,
    /// The weight of each observation.
    pub weights: Vec<f64>,
    /// Where each observation was measured in its image.
    pub features: Vec<[f64; 2]>,
    /// The camera and the point of each observation.
    pub observations: Vec<(usize, usize)>,
}

impl Problem {
    /// What the tables call this problem.
    pub fn size(&self) -> String {
        format!(
            "n{} m{} p{}",
            self.cameras.len(),
            self.points.len(),
            self.weights.len()
        )
    }
}

/// The reprojection error of one observation, `w·(projection(camera, X) − feature)`.
#[differentiate(jacobian)]
pub fn residual(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    #[constant] feature: &[f64; 2],
) -> [f64; 2] {
    let projection = project(camera, point);
    [
        weight * (projection[0] - feature[0]),
        weight * (projection[1] - feature[1]),
    ]
}

/// The residual `1 − w²` that keeps weights from vanishing.
#[differentiate(forward, reverse)]
pub fn weight_residual(weight: f64) -> f64 {
    1.0 - weight * weight
}

/// Where the camera sees the point: `distort(X_cam.xy / X_cam.z)·f + (u0, v0)` with
/// `X_cam = rotate(r, X − C)`.
#[differentiate(forward, reverse)]
fn project(camera: &[f64; 11], point: &[f64; 3]) -> [f64; 2] {
    let rotation = [camera[0], camera[1], camera[2]];
    let relative = [
        point[0] - camera[3],
        point[1] - camera[4],
        point[2] - camera[5],
    ];
    let seen = rotate(&rotation, &relative);
    let (x, y) = distort(camera[9], camera[10], seen[0] / seen[2], seen[1] / seen[2]);
    let focal = camera[6];
    [x * focal + camera[7], y * focal + camera[8]]
}

/// Radial distortion `e·(1 + k1·ρ + k2·ρ²)` of `e = (x, y)`, with `ρ = ‖e‖²`.
#[differentiate(forward, reverse)]
fn distort(k1: f64, k2: f64, x: f64, y: f64) -> (f64, f64) {
    let rho = x * x + y * y;
    let factor = 1.0 + k1 * rho + k2 * rho * rho;
    (x * factor, y * factor)
}

/// Rodrigues' rotation of `v` about `a = r/θ` by `θ = ‖r‖`,
///
/// `v cos θ + (a × v) sin θ + a (a·v)(1 − cos θ)`, and `v + r × v` for `θ = 0`.
#[differentiate(forward, reverse)]
fn rotate(r: &[f64; 3], v: &[f64; 3]) -> [f64; 3] {
    let squared_angle = dot(r, r);
    if squared_angle == 0.0 {
        let turn = cross(r, v);
        return [v[0] + turn[0], v[1] + turn[1], v[2] + turn[2]];
    }
    let angle = squared_angle.sqrt();
    let (sin, cos) = angle.sin_cos();
    let axis = [r[0] / angle, r[1] / angle, r[2] / angle];
    let turn = cross(&axis, v);
    let along = dot(&axis, v) * (1.0 - cos);
    let mut rotated = [0.0; 3];
    for i in 0..3 {
        rotated[i] = v[i] * cos + turn[i] * sin + axis[i] * along;
    }
    rotated
}

/// The cross product `a × b`.
#[differentiate(forward, reverse)]
fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// The inner product `a·b`.
#[differentiate(forward, reverse)]
fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
