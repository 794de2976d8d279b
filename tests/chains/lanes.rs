//! Several directions in one sweep: for sizes that are no multiple of the lanes, in both modes, through stages of all shapes, and through some that take
//! one direction only.

use crate::composition::assert_same;
use chainrule::chain::{Chain, Plan, Shape};
use chainrule::{Matrix, chain, check, differentiate};

#[differentiate(jacobian)]
fn mix(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    (0..n + 2)
        .map(|k| x[k % n] * x[(3 * k + 1) % n].sin())
        .collect()
}

#[differentiate]
fn to_array(x: &[f64]) -> [f64; 11] {
    let mut y = [1.0; 11];
    for (k, x) in x.iter().enumerate() {
        y[k % 11] *= 1.0 + 0.3 * x;
    }
    y
}

#[differentiate]
fn turned(x: &[f64; 11]) -> [f64; 11] {
    let mut y = *x;
    y.reverse();
    y[3] = y[2] * y[4];
    y
}

#[differentiate]
fn by_value(x: [f64; 11]) -> [f64; 11] {
    x.map(|x| x * x)
}

#[differentiate]
fn to_vec(x: [f64; 11]) -> Vec<f64> {
    let mut y = x.to_vec();
    y.extend_from_slice(&x);
    y
}

#[differentiate]
fn vec_by_value(mut x: Vec<f64>) -> Vec<f64> {
    for k in 1..x.len() {
        x[k] += 0.5 * x[k - 1];
    }
    x
}

#[differentiate]
fn total(x: &[f64]) -> f64 {
    x.iter().map(|x| x.cos()).sum::<f64>()
}

#[differentiate]
fn scaled(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn powers(x: f64) -> Vec<f64> {
    (1..14).map(|k| x.powi(k) / k as f64).collect()
}

struct Single;

/// Functions of a type take one direction at a time.
#[differentiate]
impl Single {
    fn shift(x: &[f64]) -> Vec<f64> {
        x.windows(2).map(|w| w[0] - w[1] * w[1]).collect()
    }
}

/// The Jacobian by both modes and by the best order is the same, and that of finite differences; `f` is the composition on slices.
fn by_all_plans<X, Y>(chain: &Chain<f64, X, Y>, x: &X::View, f: impl Fn(&[f64]) -> Vec<f64>)
where
    X: ?Sized + Shape<f64>,
    Y: ?Sized + Shape<f64>,
{
    let (_, jacobian) = chain.jacobian(x);
    let plan = chain.plan_for(x).unwrap();
    for other in [Plan::pure_forward, Plan::pure_reverse] {
        let other = other(plan.sizes()).unwrap();
        assert_same(&chain.jacobian_by(&other, x).unwrap().1, &jacobian);
    }
    for j in 0..jacobian.cols() {
        let column: Vec<f64> = (0..jacobian.rows()).map(|i| jacobian[(i, j)]).collect();
        let along = |t: f64| {
            let mut x = X::numbers(x).to_vec();
            x[j] += t;
            f(&x)
        };
        check::directional(along, &column).unwrap();
    }
}

fn input(n: usize) -> Vec<f64> {
    (0..n).map(|k| 0.4 + (1.7 * k as f64).sin()).collect()
}

#[test]
fn slices_of_all_lengths() {
    for n in 2..20 {
        let f = |x: &[f64]| mix(&mix(&mix(x)));
        by_all_plans(&chain![mix, mix, mix], &input(n), f);
    }
}

fn array(x: &[f64]) -> [f64; 11] {
    x.try_into().unwrap()
}

#[test]
fn arrays_and_vectors() {
    let chain = chain![mix, to_array, turned, by_value, to_vec, vec_by_value];
    let f = |x: &[f64]| vec_by_value(to_vec(by_value(turned(&to_array(&mix(x))))));
    by_all_plans(&chain, &input(9), f);
    let chain = chain![turned, by_value, turned];
    let f = |x: &[f64]| turned(&by_value(turned(&array(x)))).to_vec();
    by_all_plans(&chain, &array(&input(11)), f);
    let chain = chain![by_value, to_vec, mix, total];
    let f = |x: &[f64]| vec![total(&mix(&to_vec(by_value(array(x)))))];
    by_all_plans(&chain, &array(&input(11)), f);
}

#[test]
fn numbers() {
    let f = |x: &[f64]| mix(&powers(scaled(x[0])));
    by_all_plans(&chain![scaled, powers, mix], &0.8, f);
    let f = |x: &[f64]| powers(scaled(total(&mix(x))));
    by_all_plans(&chain![mix, total, scaled, powers], &input(13), f);
}

#[test]
fn between_stages_that_take_one_direction() {
    let f = |x: &[f64]| Single::shift(&mix(&Single::shift(&mix(x))));
    let chain = chain![mix, Single::shift, mix, Single::shift];
    by_all_plans(&chain, &input(12), f);
    let f = |x: &[f64]| mix(&Single::shift(x));
    by_all_plans(&chain![Single::shift, mix], &input(12), f);
}

#[test]
fn the_jacobian_of_one_stage_is_its_own() {
    for n in [3, 8, 17] {
        let (value, expected): (_, Matrix<f64>) = mix_jacobian(&input(n));
        let (same, jacobian) = chain![mix].jacobian(&input(n));
        assert_eq!(value, same);
        assert_same(&jacobian, &expected);
    }
}
