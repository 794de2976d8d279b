//! Problems 1 to 18.

use super::{Problem, problem};
use chainrule::differentiate;
use std::f64::consts::PI;

pub fn all() -> Vec<Problem> {
    [
        rosenbrock::problems(),
        freudenstein_roth::problems(),
        powell_badly_scaled::problems(),
        brown_badly_scaled::problems(),
        beale::problems(),
        jennrich_sampson::problems(),
        helical_valley::problems(),
        bard::problems(),
        gaussian::problems(),
        meyer::problems(),
        gulf::problems(),
        box_three::problems(),
        powell_singular::problems(),
        wood::problems(),
        kowalik_osborne::problems(),
        brown_dennis::problems(),
        osborne_1::problems(),
        biggs_exp6::problems(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

problem! {
    rosenbrock "1 Rosenbrock", [-1.2, 1.0] => Some(0.0);
    |x| { vec![10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]] }
    |x, i, j| { [[-20.0 * x[0], 10.0], [-1.0, 0.0]][i][j] }
}

problem! {
    freudenstein_roth "2 Freudenstein and Roth", [0.5, -2.0] => Some(48.984_253_679);
    |x| {
        vec![
            -13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1],
            -29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1],
        ]
    }
    |x, i, j| {
        let y = x[1];
        [[1.0, 10.0 * y - 3.0 * y * y - 2.0], [1.0, 3.0 * y * y + 2.0 * y - 14.0]][i][j]
    }
}

problem! {
    powell_badly_scaled "3 Powell, badly scaled", [0.0, 1.0] => Some(0.0);
    |x| { vec![1e4 * x[0] * x[1] - 1.0, (-x[0]).exp() + (-x[1]).exp() - 1.0001] }
    |x, i, j| { [[1e4 * x[1], 1e4 * x[0]], [-(-x[0]).exp(), -(-x[1]).exp()]][i][j] }
}

problem! {
    brown_badly_scaled "4 Brown, badly scaled", [1.0, 1.0] => Some(0.0);
    |x| { vec![x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2.0] }
    |x, i, j| { [[1.0, 0.0], [0.0, 1.0], [x[1], x[0]]][i][j] }
}

problem! {
    beale "5 Beale", [1.0, 1.0] => Some(0.0);
    |x| {
        let y = [1.5, 2.25, 2.625];
        (0..3).map(|k| y[k] - x[0] * (1.0 - x[1].powi(k as i32 + 1))).collect()
    }
    |x, i, j| {
        let k = i as i32 + 1;
        [x[1].powi(k) - 1.0, x[0] * f64::from(k) * x[1].powi(k - 1)][j]
    }
}

problem! {
    jennrich_sampson "6 Jennrich and Sampson", [0.3, 0.4] => Some(124.362_182_356);
    |x| {
        (1..=10)
            .map(|i| {
                let i = f64::from(i);
                2.0 + 2.0 * i - ((i * x[0]).exp() + (i * x[1]).exp())
            })
            .collect()
    }
    |x, i, j| {
        let i = i as f64 + 1.0;
        -i * (i * x[j]).exp()
    }
}

problem! {
    helical_valley "7 helical valley", [-1.0, 0.0, 0.0] => Some(0.0);
    |x| {
        let mut turn = (x[1] / x[0]).atan() / (2.0 * PI);
        if x[0] < 0.0 {
            turn += 0.5;
        }
        vec![10.0 * (x[2] - 10.0 * turn), 10.0 * (x[0].hypot(x[1]) - 1.0), x[2]]
    }
    |x, i, j| {
        let squares = x[0] * x[0] + x[1] * x[1];
        let (turn, radius) = (50.0 / (PI * squares), 10.0 / squares.sqrt());
        [
            [turn * x[1], -turn * x[0], 10.0],
            [radius * x[0], radius * x[1], 0.0],
            [0.0, 0.0, 1.0],
        ][i][j]
    }
}

const BARD: [f64; 15] = [
    0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39,
];

problem! {
    bard "8 Bard", [1.0, 1.0, 1.0] => Some(8.214_877e-3);
    |x| {
        let mut out = Vec::with_capacity(15);
        for (i, y) in BARD.iter().enumerate() {
            let u = i as f64 + 1.0;
            let v = 16.0 - u;
            out.push(y - (x[0] + u / (v * x[1] + u.min(v) * x[2])));
        }
        out
    }
    |x, i, j| {
        let u = i as f64 + 1.0;
        let v = 16.0 - u;
        let w = u.min(v);
        let slope = u / (v * x[1] + w * x[2]).powi(2);
        [-1.0, v * slope, w * slope][j]
    }
}

const GAUSSIAN: [f64; 15] = [
    0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989, 0.3521, 0.2420, 0.1295, 0.0540,
    0.0175, 0.0044, 0.0009,
];

problem! {
    gaussian "9 Gaussian", [0.4, 1.0, 0.0] => Some(1.127_932e-8);
    |x| {
        let bell = |t: f64| x[0] * (-x[1] * (t - x[2]).powi(2) / 2.0).exp();
        GAUSSIAN.iter().enumerate().map(|(i, y)| bell((7.0 - i as f64) / 2.0) - y).collect()
    }
    |x, i, j| {
        let d = (7.0 - i as f64) / 2.0 - x[2];
        let e = (-x[1] * d * d / 2.0).exp();
        [e, -x[0] * e * d * d / 2.0, x[0] * e * x[1] * d][j]
    }
}

const MEYER: [f64; 16] = [
    34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0, 8261.0, 7030.0, 6005.0,
    5147.0, 4427.0, 3820.0, 3307.0, 2872.0,
];

problem! {
    meyer "10 Meyer", [0.02, 4000.0, 250.0] => Some(87.945_855);
    |x| {
        MEYER
            .iter()
            .enumerate().map(|(i, y)| { let t = 50.0 + 5.0 * i as f64;
                x[0] * (x[1] / (t + x[2])).exp() - y
            })
            .collect()
    }
    |x, i, j| {
        let t = 50.0 + 5.0 * i as f64 + x[2];
        let e = (x[1] / t).exp();
        [e, x[0] * e / t, -x[0] * e * x[1] / (t * t)][j]
    }
}

/// In the paper the difference is misprinted as a product.
const GULF: usize = 99;

problem! {
    gulf "11 Gulf research and development", [5.0, 2.5, 0.15] => Some(0.0);
    |x| {
        let mut out = vec![0.0; GULF];
        for i in 0..GULF {
            let t = (i as f64 + 1.0) / 100.0;
            let y = 25.0 + (-50.0 * t.ln()).powf(2.0 / 3.0);
            out[i] = (-(y - x[1]).abs().powf(x[2]) / x[0]).exp() - t;
        }
        out
    }
    |x, i, j| {
        let t = (i as f64 + 1.0) / 100.0;
        let d = 25.0 + (-50.0 * t.ln()).powf(2.0 / 3.0) - x[1];
        let power = d.abs().powf(x[2]);
        let e = (-power / x[0]).exp();
        [
            e * power / (x[0] * x[0]),
            e * x[2] * power / (d * x[0]),
            -e * power * d.abs().ln() / x[0],
        ][j]
    }
}

problem! {
    box_three "12 Box, three-dimensional", [0.0, 10.0, 20.0] => Some(0.0);
    |x| {
        let mut out = Vec::new();
        let mut i = 1;
        while i <= 10 {
            let t = 0.1 * i as f64;
            out.push((-t * x[0]).exp() - (-t * x[1]).exp() - x[2] * ((-t).exp() - (-10.0 * t).exp()));
            i += 1;
        }
        out
    }
    |x, i, j| {
        let t = 0.1 * (i as f64 + 1.0);
        [-t * (-t * x[0]).exp(), t * (-t * x[1]).exp(), (-10.0 * t).exp() - (-t).exp()][j]
    }
}

problem! {
    powell_singular "13 Powell, singular", [3.0, -1.0, 0.0, 1.0] => Some(0.0);
    |x| {
        vec![
            x[0] + 10.0 * x[1],
            5.0_f64.sqrt() * (x[2] - x[3]),
            (x[1] - 2.0 * x[2]).powi(2),
            10.0_f64.sqrt() * (x[0] - x[3]).powi(2),
        ]
    }
    |x, i, j| {
        let (five, ten) = (5.0_f64.sqrt(), 10.0_f64.sqrt());
        let (inner, outer) = (2.0 * (x[1] - 2.0 * x[2]), 2.0 * ten * (x[0] - x[3]));
        [
            [1.0, 10.0, 0.0, 0.0],
            [0.0, 0.0, five, -five],
            [0.0, inner, -2.0 * inner, 0.0],
            [outer, 0.0, 0.0, -outer],
        ][i][j]
    }
}

problem! {
    wood "14 Wood", [-3.0, -1.0, -3.0, -1.0] => Some(0.0);
    |x| {
        vec![
            10.0 * (x[1] - x[0] * x[0]),
            1.0 - x[0],
            90.0_f64.sqrt() * (x[3] - x[2] * x[2]),
            1.0 - x[2],
            10.0_f64.sqrt() * (x[1] + x[3] - 2.0),
            (x[1] - x[3]) / 10.0_f64.sqrt(),
        ]
    }
    |x, i, j| {
        let (ninety, ten) = (90.0_f64.sqrt(), 10.0_f64.sqrt());
        [
            [-20.0 * x[0], 10.0, 0.0, 0.0],
            [-1.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, -2.0 * ninety * x[2], ninety],
            [0.0, 0.0, -1.0, 0.0],
            [0.0, ten, 0.0, ten],
            [0.0, 1.0 / ten, 0.0, -1.0 / ten],
        ][i][j]
    }
}

const KOWALIK: [(f64, f64); 11] = [
    (0.1957, 4.0),
    (0.1947, 2.0),
    (0.1735, 1.0),
    (0.1600, 0.5),
    (0.0844, 0.25),
    (0.0627, 0.167),
    (0.0456, 0.125),
    (0.0342, 0.1),
    (0.0323, 0.0833),
    (0.0235, 0.0714),
    (0.0246, 0.0625),
];

problem! {
    kowalik_osborne "15 Kowalik and Osborne", [0.25, 0.39, 0.415, 0.39] => Some(3.075_056e-4);
    |x| {
        KOWALIK
            .iter()
            .map(|&(y, u)| y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3]))
            .collect()
    }
    |x, i, j| {
        let (_, u) = KOWALIK[i];
        let (above, below) = (u * u + u * x[1], u * u + u * x[2] + x[3]);
        let slope = x[0] * above / (below * below);
        [-above / below, -x[0] * u / below, slope * u, slope][j]
    }
}

problem! {
    brown_dennis "16 Brown and Dennis", [25.0, 5.0, -5.0, -1.0] => Some(85_822.201_626);
    |x| {
        (1..=20)
            .map(|i| {
                let t = f64::from(i) / 5.0;
                let line = x[0] + t * x[1] - t.exp();
                let wave = x[2] + x[3] * t.sin() - t.cos();
                line * line + wave * wave
            })
            .collect()
    }
    |x, i, j| {
        let t = (i as f64 + 1.0) / 5.0;
        let line = 2.0 * (x[0] + t * x[1] - t.exp());
        let wave = 2.0 * (x[2] + x[3] * t.sin() - t.cos());
        [line, line * t, wave, wave * t.sin()][j]
    }
}

const OSBORNE: [f64; 33] = [
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
    0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448,
    0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406,
];

problem! {
    osborne_1 "17 Osborne 1", [0.5, 1.5, -1.0, 0.01, 0.02] => Some(5.464_895e-5);
    |x| {
        let mut out = vec![0.0; 33];
 for (i, f) in out.iter_mut().enumerate() { let t = 10.0 * i as f64; *f = OSBORNE[i] - (x[0] + x[1] * (-t * x[3]).exp() + x[2] * (-t * x[4]).exp()); }
        out
    }
    |x, i, j| {
        let t = 10.0 * i as f64;
        let (a, b) = ((-t * x[3]).exp(), (-t * x[4]).exp());
        [-1.0, -a, -b, t * x[1] * a, t * x[2] * b][j]
    }
}

problem! {
    biggs_exp6 "18 Biggs EXP6", [1.0, 2.0, 1.0, 1.0, 1.0, 1.0] => Some(0.0);
    |x| {
        (1..=13)
            .map(|i| {
                let t = 0.1 * f64::from(i);
                let y = (-t).exp() - 5.0 * (-10.0 * t).exp() + 3.0 * (-4.0 * t).exp();
                x[2] * (-t * x[0]).exp() - x[3] * (-t * x[1]).exp() + x[5] * (-t * x[4]).exp() - y
            })
            .collect()
    }
    |x, i, j| {
        let t = 0.1 * (i as f64 + 1.0);
        let [a, b, c] = [x[0], x[1], x[4]].map(|x| (-t * x).exp());
        [-t * x[2] * a, t * x[3] * b, a, -b, -t * x[5] * c, c][j]
    }
}
