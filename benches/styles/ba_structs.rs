//! BA as somebody writes it who has vectors with operators.

use chainrule::{Differentiable, differentiate};
use std::ops::{Add, Div, Mul, Sub};

#[derive(Clone, Copy, Default, Differentiable)]
pub struct V3 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

#[derive(Clone, Copy, Default, Differentiable)]
pub struct V2 {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone, Copy, Default, Differentiable)]
pub struct Camera {
    pub rotation: V3,
    pub centre: V3,
    pub focal: f64,
    pub principal: V2,
    pub k1: f64,
    pub k2: f64,
}

#[differentiate(reverse)]
impl Add for V3 {
    type Output = V3;

    fn add(self, other: V3) -> V3 {
        V3 {
            x: self.x + other.x,
            y: self.y + other.y,
            z: self.z + other.z,
        }
    }
}

#[differentiate(reverse)]
impl Sub for V3 {
    type Output = V3;

    fn sub(self, other: V3) -> V3 {
        V3 {
            x: self.x - other.x,
            y: self.y - other.y,
            z: self.z - other.z,
        }
    }
}

#[differentiate(reverse)]
impl Mul<f64> for V3 {
    type Output = V3;

    fn mul(self, by: f64) -> V3 {
        V3 {
            x: self.x * by,
            y: self.y * by,
            z: self.z * by,
        }
    }
}

#[differentiate(reverse)]
impl Div<f64> for V3 {
    type Output = V3;

    fn div(self, by: f64) -> V3 {
        V3 {
            x: self.x / by,
            y: self.y / by,
            z: self.z / by,
        }
    }
}

#[differentiate(reverse)]
impl Add for V2 {
    type Output = V2;

    fn add(self, other: V2) -> V2 {
        V2 {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }
}

#[differentiate(reverse)]
impl Mul<f64> for V2 {
    type Output = V2;

    fn mul(self, by: f64) -> V2 {
        V2 {
            x: self.x * by,
            y: self.y * by,
        }
    }
}

impl V3 {
    pub fn new(p: &[f64; 3]) -> V3 {
        V3 {
            x: p[0],
            y: p[1],
            z: p[2],
        }
    }

    pub fn flat(&self) -> [f64; 3] {
        [self.x, self.y, self.z]
    }
}

#[differentiate(reverse)]
impl V3 {
    fn dot(self, other: V3) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    fn cross(self, other: V3) -> V3 {
        V3 {
            x: self.y * other.z - self.z * other.y,
            y: self.z * other.x - self.x * other.z,
            z: self.x * other.y - self.y * other.x,
        }
    }
}

impl Camera {
    pub fn new(c: &[f64; 11]) -> Camera {
        Camera {
            rotation: V3::new(&[c[0], c[1], c[2]]),
            centre: V3::new(&[c[3], c[4], c[5]]),
            focal: c[6],
            principal: V2 { x: c[7], y: c[8] },
            k1: c[9],
            k2: c[10],
        }
    }

    pub fn flat(&self) -> [f64; 11] {
        let ([a, b, c], [d, e, f]) = (self.rotation.flat(), self.centre.flat());
        let V2 { x, y } = self.principal;
        [a, b, c, d, e, f, self.focal, x, y, self.k1, self.k2]
    }
}

#[differentiate(reverse)]
impl Camera {
    fn project(&self, point: V3) -> V2 {
        let seen = rotate(self.rotation, point - self.centre);
        let on_plane = V2 {
            x: seen.x / seen.z,
            y: seen.y / seen.z,
        };
        self.distort(on_plane) * self.focal + self.principal
    }

    fn distort(&self, e: V2) -> V2 {
        let rho = e.x * e.x + e.y * e.y;
        e * (1.0 + self.k1 * rho + self.k2 * rho * rho)
    }
}

#[differentiate(reverse)]
pub fn residual(
    camera: &Camera,
    point: &V3,
    weight: f64,
    #[constant] feature: &[f64; 2],
) -> [f64; 2] {
    let projection: V2 = camera.project(*point);
    [
        weight * (projection.x - feature[0]),
        weight * (projection.y - feature[1]),
    ]
}

#[differentiate(reverse)]
fn rotate(r: V3, v: V3) -> V3 {
    let squared_angle = r.dot(r);
    if squared_angle == 0.0 {
        return v + r.cross(v);
    }
    let angle = squared_angle.sqrt();
    let (sin, cos) = angle.sin_cos();
    let axis = r / angle;
    v * cos + axis.cross(v) * sin + axis * (axis.dot(v) * (1.0 - cos))
}
