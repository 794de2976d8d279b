//! Initial value problems.
use crate::harness::noise;
use chainrule::adjoints::ode::*;
use chainrule::{Differentiable, differentiate};

/// Prey and predators.
#[differentiate(hessian)]
fn populations(y0: &[f64], p: &[f64], t0: f64, t1: f64) -> Vec<f64> {
    let rates = |_t: f64, y: &[f64]| {
        vec![
            p[0] * y[0] - p[1] * y[0] * y[1],
            p[1] * y[0] * y[1] - p[2] * y[1],
        ]
    };
    solve(rates, y0, t0, t1, 1e-11).unwrap()
}

/// Rates that depend on the time, and a cost that is nonlinear in the end.
#[differentiate(hessian)]
fn driven(start: f64, frequency: f64, time: f64) -> f64 {
    let end = solve(
        |t, y: &[f64]| vec![y[1], -y[0] - 0.1 * y[1] + (frequency * t).sin()],
        &[start, 0.0],
        0.2,
        time,
        1e-11,
    );
    let end = end.unwrap();
    end[0] * end[0] * end[1]
}

/// One solution from the end of another, back and forth.
#[differentiate(hessian)]
fn back_and_forth(y: &[f64], k: f64, n: usize) -> f64 {
    let mut state = y.to_vec();
    let mut sum = 0.0;
    for _ in 0..n {
        state = solve(
            |t, z: &[f64]| vec![-k * z[0] * t, z[0] - k * z[1]],
            &state,
            0.1,
            0.8,
            1e-11,
        )
        .unwrap();
        sum += state[0] * state[1];
        state = solve(
            |_t, z: &[f64]| vec![z[1], -z[0]],
            &state,
            0.5,
            0.1 * k,
            1e-11,
        )
        .unwrap();
    }
    sum + state[0]
}

#[test]
fn proved() {
    prove!(populations(slice [1.0, 0.5], slice [0.7, 0.9, 0.4], val 0.0, val 3.0) -> vec);
    prove_hvp!(driven(val 0.3, val 1.7, val 2.5));
    for n in [0, 1, 2] {
        prove_hvp!(back_and_forth(slice noise(2), val 0.6, con n));
    }
}

/// Against the solution in closed form.
#[test]
fn decay() {
    for (rate, time) in [(1.0_f64, 1.0_f64), (3.0, -0.4), (0.5, 0.0), (50.0, 2.0)] {
        let y = solve(|_, y: &[f64]| vec![-rate * y[0]], &[2.0], 0.0, time, 1e-12).expect("smooth");
        let exact = 2.0 * (-rate * time).exp();
        assert!(
            (y[0] - exact).abs() < 1e-10 * (1.0 + exact),
            "{rate} {time}: {} {exact}",
            y[0]
        );
    }
    assert_eq!(
        solve(|_, _: &[f64]| vec![], &[], 0.0, 1.0, 1e-9),
        Ok(vec![])
    );
}

#[test]
fn what_has_no_solution() {
    let explodes = solve(|_, y: &[f64]| vec![y[0] * y[0]], &[1.0], 0.0, 2.0, 1e-9);
    assert!(explodes.is_err(), "{explodes:?}");
    let nan = solve(|_, _: &[f64]| vec![f64::NAN], &[1.0], 0.5, 2.0, 1e-9);
    assert_eq!(nan, Err(NotSolved::NotFinite(0.5)));
}

#[derive(Clone, Differentiable)]
struct Oscillator {
    stiffness: Vec<f64>,
    damping: f64,
    #[constant]
    drive: f64,
}

#[differentiate(forward, reverse, hessian)]
impl Dynamics for Oscillator {
    fn rate(&self, t: f64, y: &[f64]) -> Vec<f64> {
        let pull = self.stiffness[0] * y[0] + self.stiffness[1] * y[0].powi(3);
        vec![y[1], self.drive * t.sin() - pull - self.damping * y[1]]
    }
}

#[differentiate(hessian)]
fn oscillation(y0: &[f64], p: &[f64], t0: f64, t1: f64) -> f64 {
    let system = Oscillator {
        stiffness: p[1..].to_vec(),
        damping: p[0],
        drive: 0.8,
    };
    let y = solve_continuous(&system, y0, t0, t1, 500);
    y[0] * y[1] + y[0]
}

#[differentiate(hessian)]
fn oscillations(p: &[f64], n: usize) -> f64 {
    let system = Oscillator {
        stiffness: p.to_vec(),
        damping: 0.1,
        drive: 0.0,
    };
    let mut y = vec![p[0], 0.0];
    for _ in 0..n {
        y = solve_continuous(&system, &y, 0.0, 0.5, 200);
        y[1] *= y[0];
    }
    y[0] * y[1] + y[0]
}

#[test]
fn continuous_adjoints() {
    let p = [0.2, 1.5, 0.3];
    prove_hvp!(oscillation(slice [0.5, -0.3], slice p, val 0.1, val 1.4));
    prove_hvp!(oscillation(slice [0.5, -0.3], slice p, val 0.1, val -0.7));
    for n in [0, 1, 2] {
        prove_hvp!(oscillations(slice [1.2, 0.4], con n));
    }
    // Nothing happens in no time, but for the rates in the bounds.
    let (_, (y_bar, p_bar, t0_bar, t1_bar)) = oscillation_gradient(&[0.5, -0.3], &p, 0.1, 0.1);
    assert_eq!(
        (y_bar, p_bar, t0_bar),
        (vec![0.7, 0.5], vec![0.0; 3], -t1_bar)
    );
    assert_eq!(
        solve_continuous(
            &Oscillator {
                stiffness: vec![],
                damping: 0.0,
                drive: 0.0
            },
            &[],
            0.0,
            1.0,
            0
        ),
        []
    );
}
