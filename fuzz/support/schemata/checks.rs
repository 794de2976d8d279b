//! How the expansions of subjects are checked, with `chainrule::check`.

use chainrule::Matrix;
use chainrule::check::{directional, gradient};

type Points = &'static [[f64; 3]];

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn moved(x: &[f64], v: &[f64], t: f64) -> Vec<f64> {
    x.iter().zip(v).map(|(x, v)| x + t * v).collect()
}

/// The gradient against differences; the adjoint adds to what is there, and is in proportion to its seed.
pub fn reverse(
    points: Points,
    f: fn(&[f64]) -> f64,
    f_gradient: fn(&[f64]) -> (f64, Vec<f64>),
    f_adjoint: fn(&[f64], &mut [f64], f64) -> f64,
) -> bool {
    points.iter().all(|x| {
        let (_, g) = f_gradient(x);
        let of_seed = |seed: f64| {
            let mut bar = vec![0.5; x.len()];
            let value = f_adjoint(x, &mut bar, seed);
            let right = bar.iter().zip(&g).all(|(b, g)| near(*b, 0.5 + seed * g));
            right && value.to_bits() == f(x).to_bits()
        };
        gradient(x, f, f_gradient).is_ok() && of_seed(-2.0) && of_seed(0.0)
    })
}

const DIRECTION: [f64; 3] = [0.8, -0.6, 0.5];

pub fn forward(
    points: Points,
    f: fn(&[f64]) -> f64,
    f_tangent: fn(&[f64], &[f64]) -> (f64, f64),
) -> bool {
    points.iter().all(|x| {
        let (value, slope) = f_tangent(x, &DIRECTION);
        let differences = directional(|t| vec![f(&moved(x, &DIRECTION, t))], &[slope]);
        differences.is_ok() && value.to_bits() == f(x).to_bits()
    })
}

/// A product against differences of the gradient, and the Hessian against products.
pub fn hessian(
    points: Points,
    f: fn(&[f64]) -> f64,
    f_hvp: fn(&[f64], &[f64]) -> (f64, Vec<f64>, Vec<f64>),
    f_hessian: fn(&[f64]) -> (f64, Vec<f64>, Matrix<f64>),
) -> bool {
    points.iter().all(|x| {
        let (value, g, product) = f_hvp(x, &DIRECTION);
        let right = gradient(x, f, |_| (value, g.clone())).is_ok();
        let slopes = directional(|t| f_hvp(&moved(x, &DIRECTION, t), &DIRECTION).1, &product);
        let (again, same, h) = f_hessian(x);
        let rows = (0..x.len()).all(|i| {
            let row = (0..x.len()).map(|j| h[(i, j)] * DIRECTION[j]);
            near(row.sum(), product[i]) && near(same[i], g[i])
        });
        right && slopes.is_ok() && rows && again.to_bits() == value.to_bits()
    })
}

/// The columns of a Jacobian against differences.
pub fn jacobian(
    points: Points,
    f: fn(&[f64]) -> Vec<f64>,
    f_jacobian: fn(&[f64]) -> (Vec<f64>, Matrix<f64>),
) -> bool {
    points.iter().all(|x| {
        let (value, jacobian) = f_jacobian(x);
        let columns = (0..x.len()).all(|j| {
            let mut v = [0.0; 3];
            v[j] = 1.0;
            let column: Vec<f64> = (0..value.len()).map(|i| jacobian[(i, j)]).collect();
            directional(|t| f(&moved(x, &v, t)), &column).is_ok()
        });
        columns && value == f(x)
    })
}

/// The first coefficient along a line against differences, and each against differences of the one before.
pub fn taylor(
    points: Points,
    f: fn(&[f64]) -> f64,
    f_taylor: fn(&[f64], [&[f64]; 3]) -> (f64, [f64; 3]),
) -> bool {
    let along = |x: &[f64]| f_taylor(x, [&DIRECTION, &[0.0; 3], &[0.0; 3]]);
    points.iter().all(|x| {
        let (value, c) = along(x);
        let at = |t: f64| moved(x, &DIRECTION, t);
        let first = directional(|t| vec![f(&at(t))], &[c[0]]);
        let others = directional(|t| along(&at(t)).1[..2].to_vec(), &[2.0 * c[1], 3.0 * c[2]]);
        first.is_ok() && others.is_ok() && value.to_bits() == f(x).to_bits()
    })
}
