//! `chain!` with functions of all shapes, from all places.

use chainrule::chain::Plan;
use chainrule::{Matrix, chain, check, differentiate};
use num_traits::Float;

mod model {
    use chainrule::differentiate;

    #[differentiate]
    pub fn differences(x: &[f64]) -> Vec<f64> {
        x.windows(2).map(|w| (w[1] - w[0]).sin()).collect()
    }

    pub mod inner {
        use chainrule::differentiate;

        /// One result for three values.
        #[differentiate(reverse, forward)]
        pub fn blocks(x: &[f64]) -> Vec<f64> {
            x.chunks(3)
                .map(|c| c.iter().map(|x| x * x).sum::<f64>())
                .collect()
        }
    }
}

use model::inner;

#[differentiate]
fn total(x: &[f64]) -> f64 {
    let mut product = 1.0;
    for x in x {
        product *= 1.0 + x;
    }
    product
}

#[differentiate(jacobian)]
fn polar(p: &[f64; 2]) -> [f64; 3] {
    [p[0].hypot(p[1]), p[1].atan2(p[0]), p[0] * p[1]]
}

#[differentiate(hessian)]
fn by_value(p: [f64; 3]) -> [f64; 2] {
    [p[0] * p[1].cos(), p[2] - p[0]]
}

#[differentiate]
fn to_slice(x: [f64; 2]) -> Vec<f64> {
    vec![x[0], x[1], x[0] * x[1], 0.0]
}

#[differentiate]
fn turned(mut x: Vec<f64>) -> Vec<f64> {
    x.reverse();
    x[0] *= x[1];
    x
}

#[differentiate]
fn to_array(x: &[f64]) -> [f64; 2] {
    [x[0] + x[2], x[1] * x[3] + x[2]]
}

#[differentiate]
fn angle(x: [f64; 2]) -> f64 {
    x[0].atan2(x[1])
}

#[differentiate]
fn wave(t: f64) -> f64 {
    t.sin() / (1.0 + t * t)
}

#[differentiate]
fn circle(t: f64) -> [f64; 2] {
    [t.cos(), t.sin()]
}

#[differentiate]
fn powers(t: f64) -> Vec<f64> {
    (0..4).map(|k| t.powi(k)).collect()
}

#[differentiate]
fn scaled<T: Float>(x: &[T]) -> Vec<T> {
    x.iter().map(|v| *v * x[0]).collect()
}

#[differentiate]
fn norm<T: Float>(x: &[T]) -> T {
    let mut sum = T::zero();
    for v in x {
        sum = sum + *v * *v;
    }
    sum.sqrt()
}

struct Map;

#[differentiate]
impl Map {
    fn square(x: &[f64]) -> Vec<f64> {
        x.iter().map(|x| x * x).collect()
    }
}

trait Kernel {
    fn apply(x: &[f64; 2]) -> [f64; 2];
    fn apply_tangent(x: &[f64; 2], x_dot: &[f64; 2]) -> ([f64; 2], [f64; 2]);
    fn apply_adjoint(x: &[f64; 2], x_bar: &mut [f64; 2], seed: [f64; 2]) -> [f64; 2];
}

/// Written by hand.
impl Kernel for Map {
    fn apply(x: &[f64; 2]) -> [f64; 2] {
        [x[1], 2.0 * x[0]]
    }

    fn apply_tangent(x: &[f64; 2], x_dot: &[f64; 2]) -> ([f64; 2], [f64; 2]) {
        (Self::apply(x), Self::apply(x_dot))
    }

    fn apply_adjoint(x: &[f64; 2], x_bar: &mut [f64; 2], seed: [f64; 2]) -> [f64; 2] {
        x_bar[0] += 2.0 * seed[1];
        x_bar[1] += seed[0];
        Self::apply(x)
    }
}

/// The entries against finite differences of the composition.
fn agrees(x: &[f64], jacobian: &Matrix<f64>, f: impl Fn(&[f64]) -> Vec<f64>) {
    assert_eq!(jacobian.cols(), x.len());
    for j in 0..x.len() {
        let column: Vec<f64> = (0..jacobian.rows()).map(|i| jacobian[(i, j)]).collect();
        let along = |t: f64| {
            let mut x = x.to_vec();
            x[j] += t;
            f(&x)
        };
        check::directional(along, &column).unwrap();
    }
}

const X: [f64; 7] = [0.3, -0.2, 0.9, 1.4, 0.8, -0.5, 0.1];

#[test]
fn slices_and_a_number_at_the_end() {
    let chain = chain![model::differences, inner::blocks, total];
    let f = |x: &[f64]| total(&inner::blocks(&model::differences(x)));
    let (value, jacobian): (f64, Matrix<f64>) = chain.jacobian(&X);
    let (same, gradient): (f64, Vec<f64>) = chain.gradient(&X);
    assert_eq!((value, same), (f(&X), f(&X)));
    assert_eq!((jacobian.rows(), jacobian.cols()), (1, 7));
    assert_eq!(jacobian.as_slice(), gradient);
    agrees(&X, &jacobian, |x| vec![f(x)]);

    let x_dot = [1.0, 0.0, -1.0, 0.5, 0.0, 2.0, 0.25];
    let (_, slope): (f64, f64) = chain.tangent(&X, &x_dot);
    let (_, x_bar): (f64, Vec<f64>) = chain.adjoint(&X, &2.0);
    check::dot_product(&[slope], &[2.0], &x_dot, &x_bar).unwrap();
    assert_eq!(
        chain.names(),
        ["model::differences", "inner::blocks", "total"]
    );
    assert_eq!(
        format!("{chain:?}"),
        r#"Chain ["model::differences", "inner::blocks", "total"]"#
    );
    let plan = chain.plan(7);
    assert_eq!(plan.sizes(), [7, 6, 2, 1]);
    assert_eq!(plan.order(), "(total·inner::blocks)·model::differences");
}

#[test]
fn what_is_handed_over_may_be_a_vec_a_slice_or_an_array() {
    let chain = chain![model::differences, inner::blocks,];
    let (value, expected): (Vec<f64>, _) = chain.jacobian(&X);
    let x = X.to_vec();
    assert_eq!(chain.jacobian(&x), (value.clone(), expected.clone()));
    assert_eq!(chain.jacobian(&X[..]), (value.clone(), expected));
    assert_eq!(chain.adjoint(&X, &value), chain.adjoint(&X, &value[..]));
    assert_eq!(value, inner::blocks(&model::differences(&X)));
}

#[test]
fn arrays() {
    let chain = chain![polar, by_value, to_slice, to_array, angle];
    let f = |x: [f64; 2]| angle(to_array(&to_slice(by_value(polar(&x)))));
    let x = [0.7, 1.9];
    let (value, gradient): (f64, [f64; 2]) = chain.gradient(&x);
    assert_eq!(value, f(x));
    let (_, jacobian) = chain.jacobian(&x);
    agrees(&x, &jacobian, |x| vec![f([x[0], x[1]])]);
    agrees(&x, &Matrix::from_vec(1, 2, gradient.to_vec()), |x| {
        vec![f([x[0], x[1]])]
    });

    let arrays = chain![polar, by_value];
    // All sizes are in the types: nothing is run.
    assert_eq!(arrays.plan(2).sizes(), [2, 3, 2]);
    let (value, jacobian): ([f64; 2], _) = arrays.jacobian(&x);
    assert_eq!(value, by_value(polar(&x)));
    agrees(&x, &jacobian, |x| by_value(polar(&[x[0], x[1]])).to_vec());
    let (_, y_dot): (_, [f64; 2]) = arrays.tangent(&x, &[1.0, -1.0]);
    let (_, x_bar): (_, [f64; 2]) = arrays.adjoint(&x, &[0.5, 2.0]);
    check::dot_product(&y_dot, &[0.5, 2.0], &[1.0, -1.0], &x_bar).unwrap();
}

#[test]
fn numbers_and_vectors_by_value() {
    let chain = chain![wave, circle, angle, wave];
    let f = |t: f64| wave(angle(circle(wave(t))));
    let (value, slope): (f64, f64) = chain.gradient(&0.4);
    assert_eq!(value, f(0.4));
    let (_, jacobian) = chain.jacobian(&0.4);
    assert_eq!(jacobian.as_slice(), [slope]);
    agrees(&[0.4], &jacobian, |t| vec![f(t[0])]);
    let (_, jacobian) = chain![turned, turned, total].jacobian(&X);
    agrees(&X, &jacobian, |x| vec![total(&turned(turned(x.to_vec())))]);
    let (_, jacobian) = chain![powers, scaled].jacobian(&0.4);
    agrees(&[0.4], &jacobian, |t| scaled(&powers(t[0])));
}

#[test]
fn one_stage_and_the_same_stage_again() {
    let (value, jacobian) = chain![model::differences].jacobian(&X);
    assert_eq!(value, model::differences(&X));
    agrees(&X, &jacobian, model::differences);
    let f = |x: &[f64]| Map::square(&Map::square(&Map::square(x)));
    let (value, jacobian) = chain![Map::square, Map::square, Map::square].jacobian(&X);
    assert_eq!(value, f(&X));
    agrees(&X, &jacobian, f);
}

#[test]
fn generic_functions() {
    let chain = chain![scaled, scaled, norm];
    let (value, gradient): (f32, Vec<f32>) = chain.gradient(&[0.5_f32, 1.5, -1.0]);
    assert_eq!(value, norm(&scaled(&scaled(&[0.5_f32, 1.5, -1.0]))));
    let x = [0.5, 1.5, -1.0];
    let (_, jacobian) = chain![scaled::<f64>, self::scaled, norm].jacobian(&x);
    agrees(&x, &jacobian, |x| vec![norm(&scaled(&scaled(x)))]);
    for (narrow, wide) in gradient.iter().zip(jacobian.as_slice()) {
        assert!((f64::from(*narrow) - wide).abs() < 1e-5);
    }
    assert_eq!(slopes(&x), jacobian.as_slice());
}

/// A chain in a generic function: of sweeps that take one direction.
fn slopes<T: Float + 'static>(x: &[T]) -> Vec<T> {
    chain![scaled::<T>, scaled::<T>, norm::<T>].gradient(x).1
}

#[test]
fn functions_of_impls_and_traits() {
    let chain = chain![<Map as Kernel>::apply, polar, by_value, Map::apply];
    let f = |x: &[f64]| Map::apply(&by_value(polar(&Map::apply(&[x[0], x[1]])))).to_vec();
    let (_, jacobian) = chain.jacobian(&[0.3, 0.9]);
    agrees(&[0.3, 0.9], &jacobian, f);
}

#[differentiate]
fn roots(x: &[f64; 3]) -> [f64; 1] {
    [x[0].sqrt() + x[1] * x[2]]
}

#[differentiate]
fn spread(x: &[f64; 1]) -> [f64; 2] {
    [2.0 * x[0], x[0] * x[0]]
}

#[differentiate]
fn mixed(x: &[f64; 2]) -> [f64; 4] {
    [x[0], 5.0, 0.0 * x[1], x[0] * x[1]]
}

/// The slope of a root at zero is infinite; what does not depend on it has a slope of zero in sweeps and in products.
#[test]
fn infinite_slopes_stay_where_they_are() {
    let chain = chain![roots, spread, mixed];
    let plan = chain.plan_for(&[0.0, 1.0, 2.0]).unwrap();
    let costs = chainrule::chain::Costs {
        multiplication: 0.0,
        ..chainrule::chain::Costs::dense(plan.sizes())
    };
    let products = chain.plan_by(&[0.0, 1.0, 2.0], &costs, None).unwrap();
    let is_product =
        |s: &chainrule::chain::Step| matches!(s.how, chainrule::chain::How::Multiply { .. });
    assert!(products.steps().iter().any(is_product), "{products}");
    for plan in [plan, products] {
        let (_, jacobian) = chain.jacobian_by(&plan, &[0.0, 1.0, 2.0]).unwrap();
        assert_eq!(jacobian.row(0), [f64::INFINITY, 4.0, 2.0]);
        assert_eq!(jacobian.row(1), [0.0; 3]);
        assert_eq!(jacobian.row(2), [0.0; 3]);
        assert_eq!(jacobian.row(3), [f64::INFINITY, 48.0, 24.0]);
    }
}

#[differentiate(rule(x => 1.0 - x.tanh().powi(2)))]
fn squashed(x: f64) -> f64 {
    std::hint::black_box(x).tanh()
}

/// Sums so far, with companions by hand.
#[differentiate(custom, forward, reverse)]
fn sums(x: &[f64]) -> Vec<f64> {
    let mut sum = std::hint::black_box(0.0);
    let add = |x: &f64| {
        sum += x;
        sum
    };
    x.iter().map(add).collect()
}

fn sums_tangent(x: &[f64], x_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
    (sums(x), sums(x_dot))
}

fn sums_adjoint(x: &[f64], x_bar: &mut [f64], seed: &Vec<f64>) -> Vec<f64> {
    let mut later = 0.0;
    for (x_bar, seed) in x_bar.iter_mut().zip(seed).rev() {
        later += seed;
        *x_bar += later;
    }
    sums(x)
}

#[test]
fn rules_and_companions_by_hand() {
    let chain = chain![model::differences, sums, total, squashed, powers];
    let f = |x: &[f64]| powers(squashed(total(&sums(&model::differences(x)))));
    for order in [Plan::dense, Plan::pure_forward, Plan::pure_reverse] {
        let plan = order(chain.plan(7).sizes()).unwrap();
        let (_, jacobian) = chain.jacobian_by(&plan, &X).unwrap();
        agrees(&X, &jacobian, f);
    }
    let (_, jacobian) = chain![sums, Map::square].jacobian(&X);
    agrees(&X, &jacobian, |x| Map::square(&sums(x)));
}

#[test]
fn a_chain_can_be_shared_and_kept() {
    struct Kept {
        chain: chainrule::chain::Chain<'static, f64, [f64], [f64]>,
    }
    let kept = Kept {
        chain: chain![model::differences, Map::square],
    };
    let expected = kept.chain.jacobian(&X);
    let kept = &kept;
    std::thread::scope(|scope| {
        let other = scope.spawn(|| kept.chain.jacobian(&X));
        assert_eq!(other.join().unwrap(), expected);
    });
}
