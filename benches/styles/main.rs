//! One objective in three styles: indices, iterators, structs with operators. What is written differently has to
//! cost the same.
//!
//! `cargo bench --bench styles` prints medians; the last column is the gradient's time divided by that of the index form.

#[allow(dead_code)]
#[path = "../../examples/adbench/ba.rs"]
mod ba_indices;
mod ba_iterators;
mod ba_structs;
#[allow(dead_code)]
#[path = "../../examples/adbench/gmm.rs"]
mod gmm_indices;
mod gmm_iterators;
#[allow(clippy::needless_range_loop)]
mod gmm_structs;
#[allow(dead_code)]
#[path = "../small/timing.rs"]
mod timing;

use timing::median;

const D: usize = 10;
const COMPONENTS: usize = 25;
const POINTS: usize = 500;

/// The times of a function and of its gradient.
struct Style {
    name: &'static str,
    primal: f64,
    gradient: f64,
}

fn main() {
    println!(
        "| objective, style | function, µs | gradient ÷ function | gradient ÷ that of indices |"
    );
    println!("|---|---|---|---|");
    print("GMM", &gmm());
    print("BA", &ba());
}

fn print(objective: &str, styles: &[Style]) {
    for style in styles {
        println!(
            "| {objective}, {} | {:.3} | {:.2} | {:.2} |",
            style.name,
            style.primal * 1e6,
            style.gradient / style.primal,
            style.gradient / styles[0].gradient
        );
    }
}

/// Fixed numbers between −0.5 and 0.5.
fn reals(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as f64 / (1_u64 << 31) as f64 - 0.5
    };
    (0..n).map(|_| next()).collect()
}

fn close(a: f64, b: f64) {
    assert!(
        (a - b).abs() <= 1e-9 * (1.0 + b.abs()),
        "the styles differ: {a} is not {b}"
    );
}

fn all_close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).for_each(|(a, b)| close(*a, *b));
}

fn gmm() -> [Style; 3] {
    let row = D * (D + 1) / 2;
    let (alphas, means) = (reals(COMPONENTS, 1), reals(COMPONENTS * D, 2));
    let icf: Vec<f64> = reals(COMPONENTS * row, 3).iter().map(|l| 0.3 * l).collect();
    let points = reals(POINTS * D, 4);
    let wishart = gmm_indices::Wishart { gamma: 1.0, m: 0 };
    let mixture = gmm_structs::Mixture::<D>::new(&alphas, &means, &icf);
    let vectors: Vec<_> = points
        .chunks_exact(D)
        .map(gmm_structs::Vector::new)
        .collect();

    let (value, (alphas_bar, means_bar, icf_bar)) =
        gmm_indices::objective_gradient(&alphas, &means, &icf, &points, &wishart);
    let (same, (a, m, i)) =
        gmm_iterators::objective_gradient(&alphas, &means, &icf, &points, &wishart);
    close(same, value);
    all_close(&a, &alphas_bar);
    all_close(&m, &means_bar);
    all_close(&i, &icf_bar);
    let (same, gradient) = gmm_structs::objective_gradient(&mixture, &vectors, &wishart);
    close(same, value);
    let (a, m, i) = gradient.flat();
    all_close(&a, &alphas_bar);
    all_close(&m, &means_bar);
    all_close(&i, &icf_bar);

    [
        Style {
            name: "indices",
            primal: median(|| gmm_indices::objective(&alphas, &means, &icf, &points, &wishart)),
            gradient: median(|| {
                gmm_indices::objective_gradient(&alphas, &means, &icf, &points, &wishart)
            }),
        },
        Style {
            name: "iterators",
            primal: median(|| gmm_iterators::objective(&alphas, &means, &icf, &points, &wishart)),
            gradient: median(|| {
                gmm_iterators::objective_gradient(&alphas, &means, &icf, &points, &wishart)
            }),
        },
        Style {
            name: "structs",
            primal: median(|| gmm_structs::objective(&mixture, &vectors, &wishart)),
            gradient: median(|| gmm_structs::objective_gradient(&mixture, &vectors, &wishart)),
        },
    ]
}

/// A camera, a point, a weight and a feature.
type Observation = ([f64; 11], [f64; 3], f64, [f64; 2]);

fn ba() -> [Style; 3] {
    let observations: Vec<Observation> = (0..1000)
        .map(|k| {
            let x = reals(17, 7 + k);
            let camera = std::array::from_fn(|i| x[i] + if i == 6 { 2.0 } else { 0.0 });
            (camera, [x[11], x[12], x[13] + 5.0], 0.8, [x[15], x[16]])
        })
        .collect();
    let structs: Vec<_> = observations
        .iter()
        .map(|(camera, point, weight, feature)| {
            (
                ba_structs::Camera::new(camera),
                ba_structs::V3::new(point),
                *weight,
                *feature,
            )
        })
        .collect();
    for ((camera, point, weight, feature), (c, p, _, _)) in observations.iter().zip(&structs) {
        let seed = [0.3, -0.7];
        let (mut camera_bar, mut point_bar) = ([0.0; 11], [0.0; 3]);
        let (value, weight_bar) = ba_indices::residual_adjoint(
            camera,
            &mut camera_bar,
            point,
            &mut point_bar,
            *weight,
            feature,
            seed,
        );
        let (mut again, mut point_again) = ([0.0; 11], [0.0; 3]);
        let (same, w) = ba_iterators::residual_adjoint(
            camera,
            &mut again,
            point,
            &mut point_again,
            *weight,
            feature,
            seed,
        );
        all_close(&same, &value);
        close(w, weight_bar);
        all_close(&again, &camera_bar);
        all_close(&point_again, &point_bar);
        let (mut c_bar, mut p_bar) = (ba_structs::Camera::default(), ba_structs::V3::default());
        let (same, w) =
            ba_structs::residual_adjoint(c, &mut c_bar, p, &mut p_bar, *weight, feature, seed);
        all_close(&same, &value);
        close(w, weight_bar);
        all_close(&c_bar.flat(), &camera_bar);
        all_close(&p_bar.flat(), &point_bar);
    }
    [
        style(
            "indices",
            &observations,
            |(c, p, w, f)| ba_indices::residual(c, p, *w, f),
            |(c, p, w, f), seed| {
                let (mut c_bar, mut p_bar) = ([0.0; 11], [0.0; 3]);
                let (_, w) =
                    ba_indices::residual_adjoint(c, &mut c_bar, p, &mut p_bar, *w, f, seed);
                c_bar[0] + p_bar[0] + w
            },
        ),
        style(
            "iterators",
            &observations,
            |(c, p, w, f)| ba_iterators::residual(c, p, *w, f),
            |(c, p, w, f), seed| {
                let (mut c_bar, mut p_bar) = ([0.0; 11], [0.0; 3]);
                let (_, w) =
                    ba_iterators::residual_adjoint(c, &mut c_bar, p, &mut p_bar, *w, f, seed);
                c_bar[0] + p_bar[0] + w
            },
        ),
        style(
            "structs",
            &structs,
            |(c, p, w, f)| ba_structs::residual(c, p, *w, f),
            |(c, p, w, f), seed| {
                let (mut c_bar, mut p_bar) =
                    (ba_structs::Camera::default(), ba_structs::V3::default());
                let (_, w) =
                    ba_structs::residual_adjoint(c, &mut c_bar, p, &mut p_bar, *w, f, seed);
                c_bar.rotation.x + p_bar.x + w
            },
        ),
    ]
}

/// Times over all observations, the adjoint for both rows of each.
fn style<O>(
    name: &'static str,
    observations: &[O],
    residual: impl Fn(&O) -> [f64; 2],
    adjoint: impl Fn(&O, [f64; 2]) -> f64,
) -> Style {
    Style {
        name,
        primal: median(|| observations.iter().map(|o| residual(o)[0]).sum::<f64>()),
        gradient: median(|| {
            let both = |o| adjoint(o, [1.0, 0.0]) + adjoint(o, [0.0, 1.0]);
            observations.iter().map(both).sum::<f64>()
        }),
    }
}
