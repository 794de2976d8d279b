//! Problems 20 to 35, which have as many variables as one likes.

use super::{Problem, problem};
use chainrule::differentiate;

pub fn all() -> Vec<Problem> {
    [
        watson::problems(),
        extended_rosenbrock::problems(),
        extended_powell::problems(),
        penalty_1::problems(),
        penalty_2::problems(),
        variably_dimensioned::problems(),
        trigonometric::problems(),
        almost_linear::problems(),
        boundary_value::problems(),
        integral_equation::problems(),
        broyden_tridiagonal::problems(),
        broyden_banded::problems(),
        full_rank::problems(),
        rank_one::problems(),
        rank_one_with_zeros::problems(),
        chebyquad::problems(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `x[i]` from a function of `i`, which counts from one as in the paper.
fn from(n: usize, f: impl Fn(f64) -> f64) -> Vec<f64> {
    (1..=n).map(|i| f(i as f64)).collect()
}

fn same(i: usize, j: usize) -> f64 {
    f64::from(u8::from(i == j))
}

problem! {
    watson "20 Watson",
    [0.0; 6] => Some(2.287_670_053_55e-3),
    [0.0; 9] => Some(1.399_760_138e-6),
    [0.0; 12] => Some(4.722_38e-10);
    |x| {
        let mut out = Vec::new();
        for i in 1..30 {
            let t = i as f64 / 29.0;
            let (mut slope, mut sum, mut power) = (0.0, 0.0, 1.0);
            for (j, v) in x.iter().enumerate() {
                if j > 0 {
                    slope += j as f64 * v * power;
                    power *= t;
                }
                sum += v * power;
            }
            out.push(slope - sum * sum - 1.0);
        }
        out.push(x[0]);
        out.push(x[1] - x[0] * x[0] - 1.0);
        out
    }
    |x, i, j| {
        match (i, j) {
            (29, _) => same(j, 0),
            (30, 0) => -2.0 * x[0],
            (30, _) => same(j, 1),
            _ => {
                let t = (i as f64 + 1.0) / 29.0;
                let sum: f64 = x.iter().zip(0..).map(|(x, k)| x * t.powi(k)).sum();
                let slope = if j == 0 { 0.0 } else { j as f64 * t.powi(j as i32 - 1) };
                slope - 2.0 * sum * t.powi(j as i32)
            }
        }
    }
}

problem! {
    extended_rosenbrock "21 extended Rosenbrock", [-1.2, 1.0].repeat(5) => Some(0.0);
    |x| { x.chunks(2).flat_map(|x| [10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]]).collect() }
    |x, i, j| {
        match (i % 2, j) {
            _ if i / 2 != j / 2 => 0.0,
            (0, _) if j % 2 == 0 => -20.0 * x[j],
            (0, _) => 10.0,
            (_, _) if j % 2 == 0 => -1.0,
            _ => 0.0,
        }
    }
}

problem! {
    extended_powell "22 extended Powell singular", [3.0, -1.0, 0.0, 1.0].repeat(3) => Some(0.0);
    |x| {
        let mut out = Vec::with_capacity(x.len());
        for x in x.chunks_exact(4) {
            out.push(x[0] + 10.0 * x[1]);
            out.push(5.0_f64.sqrt() * (x[2] - x[3]));
            out.push((x[1] - 2.0 * x[2]).powi(2));
            out.push(10.0_f64.sqrt() * (x[0] - x[3]).powi(2));
        }
        out
    }
    |x, i, j| {
        if i / 4 != j / 4 {
            return 0.0;
        }
        let x = &x[i / 4 * 4..];
        let (five, ten) = (5.0_f64.sqrt(), 10.0_f64.sqrt());
        let (inner, outer) = (2.0 * (x[1] - 2.0 * x[2]), 2.0 * ten * (x[0] - x[3]));
        [
            [1.0, 10.0, 0.0, 0.0],
            [0.0, 0.0, five, -five],
            [0.0, inner, -2.0 * inner, 0.0],
            [outer, 0.0, 0.0, -outer],
        ][i % 4][j % 4]
    }
}

problem! {
    penalty_1 "23 penalty I",
    from(4, |j| j) => Some(2.249_977_5e-5),
    from(10, |j| j) => Some(7.087_651_5e-5);
    |x| {
        let mut out: Vec<f64> = x.iter().map(|x| 1e-5_f64.sqrt() * (x - 1.0)).collect();
        let squares: f64 = x.iter().map(|x| x * x).sum();
        out.push(squares - 0.25);
        out
    }
    |x, i, j| {
        match i == x.len() {
            true => 2.0 * x[j],
            false => 1e-5_f64.sqrt() * same(i, j),
        }
    }
}

problem! {
    penalty_2 "24 penalty II",
    [0.5; 4] => Some(9.376_293e-6),
    [0.5; 10] => Some(2.936_605e-4);
    |x| {
        let n = x.len();
        let root = 1e-5_f64.sqrt();
        let mut out = vec![x[0] - 0.2];
        for i in 1..n {
            let y = ((i + 1) as f64 / 10.0).exp() + (i as f64 / 10.0).exp();
            out.push(root * ((x[i] / 10.0).exp() + (x[i - 1] / 10.0).exp() - y));
        }
        for i in 1..n {
            out.push(root * ((x[i] / 10.0).exp() - (-0.1_f64).exp()));
        }
        let mut sum = -1.0;
        for (j, v) in x.iter().enumerate() {
            sum += (n - j) as f64 * v * v;
        }
        out.push(sum);
        out
    }
    |x, i, j| {
        let n = x.len();
        let slope = 1e-5_f64.sqrt() * (x[j] / 10.0).exp() / 10.0;
        match i {
            0 => same(j, 0),
            _ if i < n => slope * (same(i, j) + same(i, j + 1)),
            _ if i < 2 * n - 1 => slope * same(i + 1 - n, j),
            _ => 2.0 * (n - j) as f64 * x[j],
        }
    }
}

problem! {
    variably_dimensioned "25 variably dimensioned", from(10, |j| 1.0 - j / 10.0) => Some(0.0);
    |x| {
        let sum: f64 = x.iter().enumerate().map(|(j, x)| (j + 1) as f64 * (x - 1.0)).sum();
        x.iter().map(|x| x - 1.0).chain([sum, sum * sum]).collect()
    }
    |x, i, j| {
        let sum: f64 = x.iter().enumerate().map(|(j, x)| (j + 1) as f64 * (x - 1.0)).sum();
        let factor = (j + 1) as f64;
        match i {
            _ if i == x.len() => factor,
            _ if i > x.len() => 2.0 * sum * factor,
            _ => same(i, j),
        }
    }
}

problem! {
    trigonometric "26 trigonometric", [0.1; 10] => Some(0.0);
    |x| {
        let cosines: f64 = x.iter().map(|x| x.cos()).sum();
        let n = x.len() as f64;
        x.iter()
            .enumerate()
            .map(|(i, x)| n - cosines + (i + 1) as f64 * (1.0 - x.cos()) - x.sin())
            .collect()
    }
    |x, i, j| { x[j].sin() + same(i, j) * ((i + 1) as f64 * x[i].sin() - x[i].cos()) }
}

problem! {
    almost_linear "27 Brown, almost linear", [0.5; 10] => Some(0.0);
    |x| {
        let n = x.len();
        let sum: f64 = x.iter().sum();
        let product: f64 = x.iter().product();
        let mut out = vec![0.0; n];
        for i in 0..n - 1 {
            out[i] = x[i] + sum - (n + 1) as f64;
        }
        out[n - 1] = product - 1.0;
        out
    }
    |x, i, j| {
        match i + 1 == x.len() {
            true => (0..x.len()).filter(|k| *k != j).map(|k| x[k]).product(),
            false => 1.0 + same(i, j),
        }
    }
}

problem! {
    boundary_value "28 discrete boundary value", from(10, |i| i / 11.0 * (i / 11.0 - 1.0)) => Some(0.0);
    |x| {
        let n = x.len();
        let h = 1.0 / (n + 1) as f64;
        (0..n)
            .map(|i| {
                let left = if i == 0 { 0.0 } else { x[i - 1] };
                let right = if i + 1 == n { 0.0 } else { x[i + 1] };
                let t = (i + 1) as f64 * h;
                2.0 * x[i] - left - right + h * h * (x[i] + t + 1.0).powi(3) / 2.0
            })
            .collect()
    }
    |x, i, j| {
        let h = 1.0 / (x.len() + 1) as f64;
        let t = (i + 1) as f64 * h;
        match i.abs_diff(j) {
            0 => 2.0 + 1.5 * h * h * (x[i] + t + 1.0).powi(2),
            1 => -1.0,
            _ => 0.0,
        }
    }
}

problem! {
    integral_equation "29 discrete integral equation", from(10, |i| i / 11.0 * (i / 11.0 - 1.0)) => Some(0.0);
    |x| {
        let n = x.len();
        let h = 1.0 / (n + 1) as f64;
        let mut out = Vec::with_capacity(n);
        for i in 0..n {
            let at = |k: usize| (k + 1) as f64 * h;
            let (mut before, mut after) = (0.0, 0.0);
            for j in 0..n {
                let cube = (x[j] + at(j) + 1.0).powi(3);
                if j <= i {
                    before += at(j) * cube;
                } else {
                    after += (1.0 - at(j)) * cube;
                }
            }
            out.push(x[i] + h * ((1.0 - at(i)) * before + at(i) * after) / 2.0);
        }
        out
    }
    |x, i, j| {
        let h = 1.0 / (x.len() + 1) as f64;
        let (s, t) = ((i + 1) as f64 * h, (j + 1) as f64 * h);
        let slope = 1.5 * h * (x[j] + t + 1.0).powi(2);
        let kernel = if j <= i { (1.0 - s) * t } else { s * (1.0 - t) };
        same(i, j) + kernel * slope
    }
}

problem! {
    broyden_tridiagonal "30 Broyden, tridiagonal", [-1.0; 10] => Some(0.0);
    |x| {
        let n = x.len();
        let mut out = Vec::new();
        for i in 0..n {
            let mut f = (3.0 - 2.0 * x[i]) * x[i] + 1.0;
            if i > 0 {
                f -= x[i - 1];
            }
            if let Some(next) = x.get(i + 1) {
                f -= 2.0 * next;
            }
            out.push(f);
        }
        out
    }
    |x, i, j| {
        match (j + 1).checked_sub(i) {
            Some(0) => -1.0,
            Some(1) => 3.0 - 4.0 * x[i],
            Some(2) => -2.0,
            _ => 0.0,
        }
    }
}

problem! {
    broyden_banded "31 Broyden, banded", [-1.0; 10] => Some(0.0);
    |x| {
        let n = x.len();
        (0..n)
            .map(|i| {
                let mut f = x[i] * (2.0 + 5.0 * x[i] * x[i]) + 1.0;
                for j in i.saturating_sub(5)..(i + 2).min(n) {
                    if j != i {
                        f -= x[j] * (1.0 + x[j]);
                    }
                }
                f
            })
            .collect()
    }
    |x, i, j| {
        match () {
            _ if i == j => 2.0 + 15.0 * x[i] * x[i],
            _ if j + 5 >= i && j <= i + 1 => -1.0 - 2.0 * x[j],
            _ => 0.0,
        }
    }
}

/// The number of residuals of the linear problems, which have five variables.
const ROWS: usize = 10;

problem! {
    full_rank "32 linear, full rank", [1.0; 5] => Some(5.0);
    |x| {
        let mean = 2.0 * x.iter().sum::<f64>() / ROWS as f64;
        let mut out = vec![-mean - 1.0; ROWS];
        for (f, x) in out.iter_mut().zip(x) {
            *f += x;
        }
        out
    }
    |_x, i, j| { same(i, j) - 2.0 / ROWS as f64 }
}

problem! {
    rank_one "33 linear, rank 1", [1.0; 5] => Some(45.0 / 21.0);
    |x| {
        let sum: f64 = x.iter().enumerate().map(|(j, x)| (j + 1) as f64 * x).sum();
        (1..=ROWS).map(|i| i as f64 * sum - 1.0).collect()
    }
    |_x, i, j| { ((i + 1) * (j + 1)) as f64 }
}

problem! {
    rank_one_with_zeros "34 linear, rank 1 with zero columns and rows", [1.0; 5] => Some(124.0 / 34.0);
    |x| {
        let n = x.len();
        let mut sum = 0.0;
        for j in 1..n - 1 {
            sum += (j + 1) as f64 * x[j];
        }
        let mut out = vec![-1.0; ROWS];
        for i in 1..ROWS - 1 {
            out[i] = i as f64 * sum - 1.0;
        }
        out
    }
    |x, i, j| {
        match (1..ROWS - 1).contains(&i) && (1..x.len() - 1).contains(&j) {
            true => (i * (j + 1)) as f64,
            false => 0.0,
        }
    }
}

problem! {
    chebyquad "35 Chebyquad",
    from(7, |j| j / 8.0) => Some(0.0),
    from(8, |j| j / 9.0) => Some(3.516_873_7e-3),
    from(9, |j| j / 10.0) => Some(0.0),
    from(10, |j| j / 11.0) => Some(6.503_954_8e-3);
    |x| {
        let n = x.len();
        let mut out = vec![0.0; n];
        for x in x {
            let t = 2.0 * x - 1.0;
            let (mut before, mut now) = (1.0, t);
            for f in out.iter_mut() {
                *f += now / n as f64;
                let next = 2.0 * t * now - before;
                before = now;
                now = next;
            }
        }
        for i in (2..=n).step_by(2) {
            out[i - 1] += 1.0 / (i * i - 1) as f64;
        }
        out
    }
    |x, i, j| {
        // T'ₖ(t) = k Uₖ₋₁(t).
        let t = 2.0 * x[j] - 1.0;
        let (mut before, mut now) = (0.0, 1.0);
        for _ in 0..i {
            (before, now) = (now, 2.0 * t * now - before);
        }
        2.0 * (i + 1) as f64 * now / x.len() as f64
    }
}
