//! Gradients, Hessian-vector products and Hessians of the test functions against the derivatives that their authors wrote by hand.

#![allow(clippy::all)]

use argmin_check::*;

fn close(name: &str, what: &str, got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{name}: {what}");
    let scale = want.iter().fold(1.0f64, |m, w| m.max(w.abs()));
    for (g, w) in got.iter().zip(want) {
        assert!(
            (g - w).abs() <= 1e-9 * scale,
            "{name}: {what}: {got:?}, but should be {want:?}"
        );
    }
}

fn times(hessian: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
    hessian
        .iter()
        .map(|row| row.iter().zip(v).map(|(h, v)| h * v).sum())
        .collect()
}

/// Of two variables.
macro_rules! plane {
    ($($test:ident: $module:ident::$f:ident, $derivative:ident, $hessian:ident, $tangent:ident, $adjoint:ident;)*) => { $(
        #[test]
        fn $test() {
            pastey::paste! {
                for p in [[0.7, 1.3], [-1.6, 0.4], [2.1, -2.6], [3.3, 0.9]] {
                    let name = stringify!($f);
                    let v = [0.8, -0.3];
                    let (value, gradient) = $module::[<$f _gradient>](&p);
                    let want = argmin_testfunctions::$derivative(&p);
                    let hessian: Vec<Vec<f64>> = argmin_testfunctions::$hessian(&p).map(|r| r.to_vec()).to_vec();
                    assert_eq!(value.to_bits(), argmin_testfunctions::$f(&p).to_bits());
                    close(name, "gradient", &gradient, &want);
                    let (same, slope) = $module::[<$f _tangent>](&p, &v);
                    assert_eq!(value.to_bits(), same.to_bits());
                    close(name, "slope", &[slope], &[want[0] * v[0] + want[1] * v[1]]);
                    let (_, again, product) = $module::[<$f _hvp>](&p, &v);
                    close(name, "gradient beside the product", &again, &want);
                    close(name, "Hessian times vector", &product, &times(&hessian, &v));
                    let (_, _, matrix) = $module::[<$f _hessian>](&p);
                    close(name, "Hessian", matrix.as_slice(), &hessian.concat());
                    let (same, along) = $module::$tangent(&p, &v);
                    assert_eq!(same, want);
                    close(name, "tangent of the derivative", &along, &times(&hessian, &v));
                    let mut bar = [0.0; 2];
                    $module::$adjoint(&p, &mut bar, v);
                    close(name, "adjoint of the derivative", &bar, &times(&hessian, &v));
                }
            }
        }
    )* };
}

plane! {
    beale: beale::beale, beale_derivative, beale_hessian, beale_derivative_tangent, beale_derivative_adjoint;
    booth: booth::booth, booth_derivative, booth_hessian, booth_derivative_tangent, booth_derivative_adjoint;
    bukin_n6: bukin::bukin_n6, bukin_n6_derivative, bukin_n6_hessian, bukin_n6_derivative_tangent, bukin_n6_derivative_adjoint;
    cross_in_tray: crossintray::cross_in_tray, cross_in_tray_derivative, cross_in_tray_hessian, cross_in_tray_derivative_tangent, cross_in_tray_derivative_adjoint;
    easom: easom::easom, easom_derivative, easom_hessian, easom_derivative_tangent, easom_derivative_adjoint;
    eggholder: eggholder::eggholder, eggholder_derivative, eggholder_hessian, eggholder_derivative_tangent, eggholder_derivative_adjoint;
    goldsteinprice: goldsteinprice::goldsteinprice, goldsteinprice_derivative, goldsteinprice_hessian, goldsteinprice_derivative_tangent, goldsteinprice_derivative_adjoint;
    himmelblau: himmelblau::himmelblau, himmelblau_derivative, himmelblau_hessian, himmelblau_derivative_tangent, himmelblau_derivative_adjoint;
    holder_table: holdertable::holder_table, holder_table_derivative, holder_table_hessian, holder_table_derivative_tangent, holder_table_derivative_adjoint;
    levy_n13: levy::levy_n13, levy_n13_derivative, levy_n13_hessian, levy_n13_derivative_tangent, levy_n13_derivative_adjoint;
    matyas: matyas::matyas, matyas_derivative, matyas_hessian, matyas_derivative_tangent, matyas_derivative_adjoint;
    mccormick: mccormick::mccormick, mccormick_derivative, mccormick_hessian, mccormick_derivative_tangent, mccormick_derivative_adjoint;
    picheny: picheny::picheny, picheny_derivative, picheny_hessian, picheny_derivative_tangent, picheny_derivative_adjoint;
    schaffer_n2: schaffer::schaffer_n2, schaffer_n2_derivative, schaffer_n2_hessian, schaffer_n2_derivative_tangent, schaffer_n2_derivative_adjoint;
    schaffer_n4: schaffer::schaffer_n4, schaffer_n4_derivative, schaffer_n4_hessian, schaffer_n4_derivative_tangent, schaffer_n4_derivative_adjoint;
    threehumpcamel: threehumpcamel::threehumpcamel, threehumpcamel_derivative, threehumpcamel_hessian, threehumpcamel_derivative_tangent, threehumpcamel_derivative_adjoint;
}

/// Of any number of variables.
macro_rules! space {
    ($($test:ident: $module:ident::$f:ident, $derivative:ident, $hessian:ident;)*) => { $(
        #[test]
        fn $test() {
            pastey::paste! {
                for p in [vec![0.7, 1.3], vec![-1.6, 0.4, 2.2], vec![2.1, -2.6, 0.3, -0.9]] {
                    let name = stringify!($f);
                    let v = &[0.8, -0.3, 0.5, 1.1][..p.len()];
                    let (value, gradient) = $module::[<$f _gradient>](&p);
                    let want = argmin_testfunctions::$derivative(&p);
                    let hessian = argmin_testfunctions::$hessian(&p);
                    let product = times(&hessian, v);
                    assert_eq!(value.to_bits(), argmin_testfunctions::$f(&p).to_bits());
                    close(name, "gradient", &gradient, &want);
                    let (_, again, along) = $module::[<$f _hvp>](&p, v);
                    close(name, "gradient beside the product", &again, &want);
                    close(name, "Hessian times vector", &along, &product);
                    let (_, _, matrix) = $module::[<$f _hessian>](&p);
                    close(name, "Hessian", matrix.as_slice(), &hessian.concat());
                }
            }
        }
    )* };
}

space! {
    ackley: ackley::ackley, ackley_derivative, ackley_hessian;
    levy: levy::levy, levy_derivative, levy_hessian;
    rastrigin: rastrigin::rastrigin, rastrigin_derivative, rastrigin_hessian;
    rosenbrock: rosenbrock::rosenbrock, rosenbrock_derivative, rosenbrock_hessian;
    sphere: sphere::sphere, sphere_derivative, sphere_hessian;
    styblinski_tang: styblinskitang::styblinski_tang, styblinski_tang_derivative, styblinski_tang_hessian;
    zero: zero::zero, zero_derivative, zero_hessian;
}

/// The derivatives that were written by hand, differentiated once more.
macro_rules! derivatives {
    ($($test:ident: $module:ident::$derivative:ident, $constant:ident, $hessian:ident;)*) => { $(
        #[test]
        fn $test() {
            pastey::paste! {
                let name = stringify!($derivative);
                let p = [0.7, 1.3, -1.6, 0.4];
                let v = [0.8, -0.3, 0.5, 1.1];
                let want = times(&argmin_testfunctions::$hessian(&p), &v);
                let (_, along) = $module::[<$derivative _tangent>](&p, &v);
                close(name, "tangent", &along, &want);
                let mut bar = vec![0.0; 4];
                $module::[<$derivative _adjoint>](&p, &mut bar, &v.to_vec());
                close(name, "adjoint", &bar, &want);
                let (_, along) = $module::[<$constant _tangent>](&p, &v);
                close(name, "tangent, of arrays", &along, &want);
                let mut bar = [0.0; 4];
                $module::[<$constant _adjoint>](&p, &mut bar, v);
                close(name, "adjoint, of arrays", &bar, &want);
            }
        }
    )* };
}

derivatives! {
    ackley_derivative: ackley::ackley_derivative, ackley_derivative_const, ackley_hessian;
    levy_derivative: levy::levy_derivative, levy_derivative_const, levy_hessian;
    rastrigin_derivative: rastrigin::rastrigin_derivative, rastrigin_derivative_const, rastrigin_hessian;
    rosenbrock_derivative: rosenbrock::rosenbrock_derivative, rosenbrock_derivative_const, rosenbrock_hessian;
    sphere_derivative: sphere::sphere_derivative, sphere_derivative_const, sphere_hessian;
    styblinski_tang_derivative: styblinskitang::styblinski_tang_derivative, styblinski_tang_derivative_const, styblinski_tang_hessian;
    zero_derivative: zero::zero_derivative, zero_derivative_const, zero_hessian;
}

#[test]
fn parameters() {
    let p = [0.7, 1.3, -1.6];
    let h = 1e-6;
    let (_, (x_bar, a, b, c)) = ackley::ackley_abc_gradient(&p, 20.0, 0.2, 6.0);
    close(
        "ackley_abc",
        "gradient",
        &x_bar,
        &argmin_testfunctions::ackley_abc_derivative(&p, 20.0, 0.2, 6.0),
    );
    let f = |a, b, c| argmin_testfunctions::ackley_abc(&p, a, b, c);
    let differences = [
        (f(20.0 + h, 0.2, 6.0) - f(20.0 - h, 0.2, 6.0)) / (2.0 * h),
        (f(20.0, 0.2 + h, 6.0) - f(20.0, 0.2 - h, 6.0)) / (2.0 * h),
        (f(20.0, 0.2, 6.0 + h) - f(20.0, 0.2, 6.0 - h)) / (2.0 * h),
    ];
    for (exact, difference) in [a, b, c].into_iter().zip(differences) {
        assert!(
            (exact - difference).abs() < 1e-6 * difference.abs().max(1.0),
            "{exact} {difference}"
        );
    }
    let (_, (x_bar, a, b)) = rosenbrock::rosenbrock_ab_gradient(&p, 1.5, 90.0);
    close(
        "rosenbrock_ab",
        "gradient",
        &x_bar,
        &argmin_testfunctions::rosenbrock_ab_derivative(&p, 1.5, 90.0),
    );
    let by_hand = p.windows(2).fold((0.0, 0.0), |(a, b), w| {
        (a + 2.0 * (1.5 - w[0]), b + (w[1] - w[0] * w[0]).powi(2))
    });
    close(
        "rosenbrock_ab",
        "parameters",
        &[a, b],
        &[by_hand.0, by_hand.1],
    );
    let (_, (x_bar, a)) = rastrigin::rastrigin_a_gradient(&p, 8.0);
    close(
        "rastrigin_a",
        "gradient",
        &x_bar,
        &argmin_testfunctions::rastrigin_a_derivative(&p, 8.0),
    );
    let by_hand: f64 = p
        .iter()
        .map(|x| 1.0 - (2.0 * std::f64::consts::PI * x).cos())
        .sum();
    close("rastrigin_a", "parameter", &[a], &[by_hand]);
}
