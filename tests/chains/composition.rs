//! Jacobians of random compositions, by all plans: that of the composition in one function, and finite differences.

use crate::random::Random;
use chainrule::chain::{Chain, Plan, Stage};
use chainrule::{Matrix, check, constant, differentiate};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A layer: as many results as there are rows of weights.
#[differentiate(jacobian)]
fn layer(x: &[f64], #[constant] weights: &Matrix<f64>) -> Vec<f64> {
    let mut y = vec![0.0; weights.rows()];
    for i in 0..y.len() {
        for j in 0..x.len() {
            y[i] += constant(weights.row(i)[j]) * x[j];
        }
        y[i] = y[i].sin() + 0.1 * y[i] * y[i];
    }
    y
}

/// The composition in one function, differentiated as a whole.
#[differentiate(jacobian)]
fn network(x: &[f64], #[constant] layers: &[Matrix<f64>]) -> Vec<f64> {
    let mut y = x.to_vec();
    for k in 0..layers.len() {
        y = layer(&y, &layers[k]);
    }
    y
}

fn weights(random: &mut Random, sizes: &[usize]) -> Vec<Matrix<f64>> {
    let mut number = || random.below(2000) as f64 / 1000.0 - 1.0;
    let layers = sizes.windows(2);
    layers
        .map(|s| Matrix::from_vec(s[1], s[0], (0..s[0] * s[1]).map(|_| number()).collect()))
        .collect()
}

/// How many sweeps have run.
#[derive(Default)]
struct Sweeps {
    tangent: AtomicUsize,
    adjoint: AtomicUsize,
}

impl Sweeps {
    fn taken(&self) -> (usize, usize) {
        let take = |count: &AtomicUsize| count.swap(0, Ordering::Relaxed);
        (take(&self.tangent), take(&self.adjoint))
    }
}

type OnSlices<'a> = Chain<'a, f64, [f64], [f64]>;

/// The composition as a chain that counts its sweeps.
fn chain<'a>(layers: &'a [Matrix<f64>], counts: &'a [Sweeps]) -> OnSlices<'a> {
    let stage = |k: usize| {
        let (w, count) = (&layers[k], &counts[k]);
        Stage::new(
            format!("f{k}"),
            move |x| layer(x, w),
            move |x, x_dot| {
                count.tangent.fetch_add(1, Ordering::Relaxed);
                layer_tangent(x, x_dot, w)
            },
            move |x, x_bar, y_bar| {
                count.adjoint.fetch_add(1, Ordering::Relaxed);
                layer_adjoint(x, x_bar, w, y_bar)
            },
        )
    };
    let rest = 1..layers.len();
    rest.fold(Chain::of(stage(0)), |chain, k| chain.then(stage(k)))
}

fn counts(stages: usize) -> Vec<Sweeps> {
    (0..stages).map(|_| Sweeps::default()).collect()
}

pub fn assert_same(found: &Matrix<f64>, expected: &Matrix<f64>) {
    assert_eq!(
        (found.rows(), found.cols()),
        (expected.rows(), expected.cols())
    );
    let scale = expected
        .as_slice()
        .iter()
        .fold(1.0_f64, |m, x| m.max(x.abs()));
    for (found, expected) in found.as_slice().iter().zip(expected.as_slice()) {
        assert!(
            (found - expected).abs() <= 1e-12 * scale,
            "{found} {expected}"
        );
    }
}

#[test]
fn every_plan_gives_the_jacobian_of_the_composition() {
    let mut random = Random(11);
    for round in 0..120 {
        let stages = 1 + round % 7;
        let sizes: Vec<usize> = (0..=stages).map(|_| random.size(1, 9)).collect();
        let layers = weights(&mut random, &sizes);
        let counts = counts(stages);
        let chain = chain(&layers, &counts);
        let x: Vec<f64> = (0..sizes[0]).map(|i| 0.3 * i as f64 - 0.7).collect();

        let (value, expected) = network_jacobian(&x, &layers);
        let (found, jacobian) = chain.jacobian(&x);
        assert_eq!(found, value);
        assert_same(&jacobian, &expected);
        for (j, column) in (0..sizes[0]).map(|j| (j, column(&jacobian, j))) {
            let along = |t: f64| {
                let mut x = x.clone();
                x[j] += t;
                network(&x, &layers)
            };
            check::directional(along, &column).unwrap();
        }

        let mut plans = vec![
            Plan::dense(&sizes).unwrap(),
            Plan::pure_forward(&sizes).unwrap(),
            Plan::pure_reverse(&sizes).unwrap(),
        ];
        for _ in 0..6 {
            let costs = random.costs(&sizes);
            let limit = random.limit(&costs);
            plans.push(chain.plan_by(&x, &costs, limit).unwrap());
        }
        for plan in &plans {
            for count in &counts {
                count.taken();
            }
            let (found, jacobian) = chain.jacobian_by(plan, &x).unwrap();
            assert_eq!(found, value);
            assert_same(&jacobian, &expected);
            assert_swept_as_planned(plan, &counts);
        }
    }
}

fn column(matrix: &Matrix<f64>, j: usize) -> Vec<f64> {
    (0..matrix.rows()).map(|i| matrix[(i, j)]).collect()
}

/// The sweeps that ran are those of the plan's steps, no more.
fn assert_swept_as_planned(plan: &Plan, counts: &[Sweeps]) {
    use chainrule::chain::How;
    let mut expected = vec![(0, 0); counts.len()];
    for step in plan.steps() {
        let (cols, rows) = (
            plan.sizes()[step.stages.start],
            plan.sizes()[step.stages.end],
        );
        match &step.how {
            How::Tangents => expected[step.stages.start].0 += cols,
            How::Adjoints => expected[step.stages.start].1 += rows,
            How::Push { through, .. } => through.clone().for_each(|k| expected[k].0 += cols),
            How::Pull { through, .. } => through.clone().for_each(|k| expected[k].1 += rows),
            How::Multiply { .. } => {}
        }
    }
    let found: Vec<_> = counts.iter().map(Sweeps::taken).collect();
    assert_eq!(found, expected, "{plan}");
}

#[test]
fn a_narrow_middle_takes_two_sweeps_of_each_stage() {
    let sizes = [50, 40, 2, 30, 50];
    let layers = weights(&mut Random(12), &sizes);
    let counts = counts(4);
    let chain = chain(&layers, &counts);
    let x = vec![0.1; 50];
    let (_, jacobian) = chain.jacobian(&x);
    let swept: Vec<_> = counts.iter().map(Sweeps::taken).collect();
    assert_eq!(swept, [(0, 2), (0, 2), (2, 0), (2, 0)]);
    assert_same(&jacobian, &network_jacobian(&x, &layers).1);
    assert_eq!(chain.plan(50).order(), "(f3·f2)·(f1·f0)");
    assert_eq!(chain.plan(50), chain.plan_for(&x).unwrap());
}

#[test]
fn sweeps_along_one_direction_are_those_of_the_composition() {
    let sizes = [4, 7, 3, 5];
    let layers = weights(&mut Random(13), &sizes);
    let counts = counts(3);
    let chain = chain(&layers, &counts);
    let (x, x_dot) = (vec![0.2, -0.4, 0.6, 0.1], vec![1.0, 0.5, -2.0, 0.25]);
    let y_bar = vec![1.0, -1.0, 0.5, 2.0, 0.125];
    assert_eq!(chain.value(&x), network(&x, &layers));
    assert_eq!(
        chain.tangent(&x, &x_dot),
        network_tangent(&x, &x_dot, &layers)
    );
    let (value, x_bar) = chain.adjoint(&x, &y_bar);
    let mut expected = vec![0.0; 4];
    assert_eq!(value, network_adjoint(&x, &mut expected, &layers, &y_bar));
    assert_eq!(x_bar, expected);
}

#[test]
fn measured_costs_make_a_plan_that_can_be_followed() {
    let sizes = [6, 3, 8, 5];
    let layers = weights(&mut Random(14), &sizes);
    let counts = counts(3);
    let chain = chain(&layers, &counts);
    let x = vec![0.2; 6];
    let costs = chain.measure(&x, Duration::from_micros(100)).unwrap();
    assert_eq!(costs.stages.len(), 3);
    let plan = chain.plan_by(&x, &costs, None).unwrap();
    let (_, jacobian) = chain.jacobian_by(&plan, &x).unwrap();
    assert_same(&jacobian, &network_jacobian(&x, &layers).1);
    // What traces take can't be measured, so a limit needs it to be given.
    let error = chain.plan_by(&x, &costs, Some(1)).unwrap_err();
    assert!(error.to_string().contains("is not given"));
}
