//! The derivatives of a bundle adjustment residual, by hand.
//!
//! Both rows of the 2 × 15 block share everything that does not depend on the row: the rotation's sine,
//! cosine and axis, and the 2 × 3 derivative of the projection with respect to `X_cam`. Then a row with the
//! adjoint `g` of `X_cam = R v` has, with `θ = ‖r‖` and `a = r/θ`:
//!
//! - `h = Rᵀg = g cos θ − (a × g) sin θ + a (a·g)(1 − cos θ)`, which is `X̄` and `−C̄`,
//! - `r̄ = (1 − β) a (a·m) + β m + γ (a × m)` with `m = v × h`, `β = sin θ / θ`, `γ = (1 − cos θ) / θ`,
//!
//! the latter from `∂(R v)/∂r = −R [v]× (r rᵀ + (Rᵀ − I) [r]×) / θ²` (Gallego and Yezzi 2015).

/// The residual. Writes its derivative with respect to camera (11), point (3) and weight (1) to `block`, row by
/// row.
pub fn residual_block(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    feature: &[f64; 2],
    block: &mut [f64; 30],
) -> [f64; 2] {
    let [r1, r2, r3, c1, c2, c3, focal, u0, v0, k1, k2] = *camera;
    let rotation = Rotation::new([r1, r2, r3], [point[0] - c1, point[1] - c2, point[2] - c3]);
    let [sx, sy, sz] = rotation.rotated;

    let depth = 1.0 / sz;
    let (x, y) = (sx * depth, sy * depth);
    let rho = x * x + y * y;
    let factor = 1.0 + k1 * rho + k2 * rho * rho;
    let (distorted_x, distorted_y) = (x * factor, y * factor);
    let miss = [
        distorted_x * focal + u0 - feature[0],
        distorted_y * focal + v0 - feature[1],
    ];

    // d distorted / d (x, y), which is symmetric, then d residual / d X_cam.
    let slope = 2.0 * (k1 + 2.0 * k2 * rho);
    let (dxx, dxy, dyy) = (
        factor + slope * x * x,
        slope * x * y,
        factor + slope * y * y,
    );
    let scale = weight * focal;
    let inner = scale * depth;
    let seen_bars = [
        [inner * dxx, inner * dxy, -inner * (dxx * x + dxy * y)],
        [inner * dxy, inner * dyy, -inner * (dxy * x + dyy * y)],
    ];

    rotation.reverse(&seen_bars[0], block, 0);
    rotation.reverse(&seen_bars[1], block, 15);
    let powers = [scale * rho, scale * rho * rho];
    block[6] = weight * distorted_x;
    block[7] = weight;
    block[8] = 0.0;
    block[9] = x * powers[0];
    block[10] = x * powers[1];
    block[14] = miss[0];
    block[21] = weight * distorted_y;
    block[22] = 0.0;
    block[23] = weight;
    block[24] = y * powers[0];
    block[25] = y * powers[1];
    block[29] = miss[1];
    [weight * miss[0], weight * miss[1]]
}

/// A rotation of `v` by an angle–axis vector, with what its derivative needs. For `θ = 0` the axis is 0,
/// `β = 1` and `γ = 0`.
struct Rotation {
    v: [f64; 3],
    rotated: [f64; 3],
    axis: [f64; 3],
    sin: f64,
    cos: f64,
    beta: f64,
    gamma: f64,
}

impl Rotation {
    /// Rotates `v` about `r`.
    fn new(r: [f64; 3], v: [f64; 3]) -> Rotation {
        let (mut axis, mut sin, mut cos, mut beta, mut gamma) = ([0.0; 3], 0.0, 1.0, 1.0, 0.0);
        let squared_angle = dot(&r, &r);
        if squared_angle != 0.0 {
            let angle = squared_angle.sqrt();
            let inverse = 1.0 / angle;
            (sin, cos) = angle.sin_cos();
            (beta, gamma) = (sin * inverse, (1.0 - cos) * inverse);
            axis = r.map(|x| x * inverse);
        }
        let turn = cross(&axis, &v);
        let along = dot(&axis, &v) * (1.0 - cos);
        let rotated = std::array::from_fn(|i| v[i] * cos + turn[i] * sin + axis[i] * along);
        Rotation {
            v,
            rotated,
            axis,
            sin,
            cos,
            beta,
            gamma,
        }
    }

    /// Writes the derivatives with respect to `r`, `C` and `X` of the row that starts at `row`, given the adjoint
    /// `g` of the rotated vector.
    fn reverse(&self, g: &[f64; 3], block: &mut [f64; 30], row: usize) {
        let turn = cross(&self.axis, g);
        let along = dot(&self.axis, g) * (1.0 - self.cos);
        let h: [f64; 3] =
            std::array::from_fn(|i| g[i] * self.cos - turn[i] * self.sin + self.axis[i] * along);
        let m = cross(&self.v, &h);
        let turn = cross(&self.axis, &m);
        let along = dot(&self.axis, &m) * (1.0 - self.beta);
        for i in 0..3 {
            block[row + i] = self.axis[i] * along + m[i] * self.beta + turn[i] * self.gamma;
            block[row + 3 + i] = -h[i];
            block[row + 11 + i] = h[i];
        }
    }
}

/// The cross product `a × b`.
fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// The inner product `a·b`.
fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use crate::ba::residual;
    use crate::hand_written::assert_gradient;

    /// Checks the block for a camera with the given rotation.
    fn check(rotation: [f64; 3]) {
        let feature = [0.3, -0.2];
        let mut inputs = [0.0; 15];
        inputs[..3].copy_from_slice(&rotation);
        inputs[3..].copy_from_slice(&[
            0.1, 0.2, -4.0, 1.5, 0.1, -0.3, 0.05, -0.01, 0.4, -0.7, 0.2, 0.8,
        ]);
        let at = |x: &[f64]| {
            let camera = std::array::from_fn(|i| x[i]);
            residual(&camera, &[x[11], x[12], x[13]], x[14], &feature)
        };
        let mut block = [0.0; 30];
        let camera = std::array::from_fn(|i| inputs[i]);
        let point = [inputs[11], inputs[12], inputs[13]];
        let value = super::residual_block(&camera, &point, inputs[14], &feature, &mut block);
        for (value, expected) in value.iter().zip(at(&inputs)) {
            assert!((value - expected).abs() < 1e-14);
        }
        for (i, row) in block.chunks_exact(15).enumerate() {
            assert_gradient(&inputs, row, |x| at(x)[i]);
        }
    }

    #[test]
    fn block_agrees_with_differences() {
        check([0.3, -0.5, 0.2]);
        check([1e-3, 2e-3, -1e-3]);
    }

    #[test]
    fn block_without_rotation_agrees_with_the_limit() {
        let at = |rotation: [f64; 3]| {
            let mut camera = [0.0; 11];
            camera[..3].copy_from_slice(&rotation);
            (camera[5], camera[6]) = (-4.0, 1.5);
            let mut block = [0.0; 30];
            super::residual_block(&camera, &[0.4, -0.7, 0.2], 0.8, &[0.3, -0.2], &mut block);
            block
        };
        for (null, near) in at([0.0; 3]).iter().zip(at([1e-9, -1e-9, 1e-9])) {
            assert!((null - near).abs() < 1e-7);
        }
    }
}
