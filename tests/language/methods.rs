//! Methods and associated functions with a constant receiver.
use crate::harness::noise;
use chainrule::differentiate;

struct Spring {
    stiffness: f64,
    rest: [f64; 2],
    table: Vec<f64>,
}

fn spring() -> Spring {
    Spring {
        stiffness: 1.7,
        rest: [0.3, -0.4],
        table: vec![0.5, 1.5, -0.7],
    }
}

impl Spring {
    const DAMPING: f64 = 0.25;

    #[differentiate(forward, reverse, hessian)]
    fn energy(#[constant] &self, x: f64) -> f64 {
        let stretch = x - self.rest[0];
        0.5 * self.stiffness * stretch * stretch
    }

    #[differentiate(forward, reverse, hessian)]
    fn energy_of_both(#[constant] &self, x: f64, y: f64) -> f64 {
        self.energy(x) * Self::damped(y) + self.energy(x * y)
    }

    #[differentiate(forward, reverse, hessian)]
    fn damped(x: f64) -> f64 {
        x * Self::DAMPING * x.cos()
    }

    #[differentiate(forward, reverse)]
    fn interpolate(#[constant] &self, x: f64) -> f64 {
        let n = self.table.len();
        let mut k = x.floor() as usize;
        if k + 1 >= n {
            k = n - 2;
        }
        let t = x - k as f64;
        self.table[k] * (1.0 - t) + self.table[k + 1] * t * t
    }

    #[differentiate(forward, reverse)]
    fn relax(#[constant] &self, v: &mut [f64], steps: usize) -> f64 {
        let mut change = 0.0;
        for _ in 0..steps {
            for i in 0..v.len() {
                let old = v[i];
                v[i] -= 0.1 * self.stiffness * (v[i] - self.rest[i % 2]) * v[i];
                change += (v[i] - old) * (v[i] - old);
            }
            if change > 0.5 {
                return change;
            }
        }
        change
    }

    #[differentiate(forward, reverse)]
    fn weighted(#[constant] &self, v: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; v.len()];
        for (i, x) in v.iter().enumerate() {
            out[i] = self.energy(*x) * self.table[i];
        }
        out
    }

    #[differentiate(forward, reverse)]
    fn recursive(#[constant] &self, x: f64, depth: usize) -> f64 {
        if depth == 0 {
            return x;
        }
        let inner = self.recursive(x * self.table[depth % 3], depth - 1);
        inner * self.stiffness + x * Spring::damped(inner)
    }

    #[differentiate(forward, reverse)]
    fn from_other(x: f64, #[constant] other: &Spring) -> f64 {
        other.energy(x) + Spring::energy(other, x * x) + other.rest[1] * x
    }

    #[differentiate(forward, reverse)]
    fn by_value(#[constant] self, x: f64) -> f64 {
        x * self.stiffness + x.powi(2) * self.rest[1]
    }
}

#[derive(Clone, Copy)]
struct Grid<const N: usize> {
    spacing: f64,
}

#[differentiate(forward, reverse)]
impl<const N: usize> Grid<N> {
    fn integral(#[constant] &self, v: &[f64; N]) -> f64 {
        let mut sum = 0.5 * (v[0] + v[N - 1] * v[0]);
        for i in 1..N - 1 {
            sum += v[i] * v[i + 1];
        }
        sum * self.spacing
    }

    fn twice(#[constant] &self, v: &[f64; N], s: f64) -> f64 {
        self.integral(v) * Self::scaled(s) + s
    }

    fn scaled(s: f64) -> f64 {
        s * N as f64 * s
    }
}

#[test]
fn constant_receivers() {
    let spring = spring();
    prove_hvp!(Spring::energy(con &spring, val 0.7));
    prove_hvp!(Spring::energy_of_both(con &spring, val 0.7, val -1.4));
    prove_hvp!(Spring::damped(val 0.7));
    prove_gradient!(Spring::interpolate(con &spring, val 0.7));
    prove_gradient!(Spring::interpolate(con &spring, val 1.7));
    prove_gradient!(Spring::interpolate(con &spring, val 2.3));
    prove!(Spring::relax(con &spring, io noise(3), con 3));
    prove!(Spring::relax(con &spring, io [3.0, -2.0, 1.0], con 3));
    prove!(Spring::weighted(con &spring, slice noise(3)) -> vec);
    prove_gradient!(Spring::recursive(con &spring, val 0.7, con 3));
    prove_gradient!(Spring::from_other(val 0.7, con &spring));
    prove_gradient!(Spring::by_value(con self::spring(), val 0.7));
}

#[test]
fn annotated_impl() {
    let grid = Grid::<4> { spacing: 0.3 };
    prove_gradient!(Grid::integral(con &grid, aref [0.7, -1.4, 0.3, 0.2]));
    prove_gradient!(Grid::twice(con &grid, aref [0.7, -1.4, 0.3, 0.2], val 0.9));
    assert_eq!(Grid::<4>::scaled_gradient(0.5), (1.0, 4.0));
}
