use chainrule::differentiate;
use chainrule::constant;
#[differentiate]
fn f(x: &[f64], s: f64, n: usize) -> f64 {
    let mut acc = 0.0;
    for i in 0..x.len() {
        let t = x[i] * s;
        if t > 1.0 { continue; }
        acc += t.sin() * x[i].exp();
    }
    let mut k = 0;
    let mut y = s;
    while k < n { y = y * y + 0.1; k += 1; if y > 10.0 { break; } }
    for (i, v) in x.iter().enumerate() { y += v * (i as f64); }
    if acc > 100.0 { return acc; }
    acc / y
}
#[differentiate]
fn scale(x: &mut [f64], s: f64) { for v in x.iter_mut() { *v *= s; } }
#[differentiate]
fn caller(x: &[f64], c: &[f64]) -> f64 {
    let mut y = x.to_vec();
    scale(&mut y, 2.0);
    let (a, b) = (y[0], y[1]);
    let z = g(a, constant(b), 3);
    let m = match c.len() { 0 => 1.0, 1..=3 => z, n if n > 7 => z * z, _ => z.sqrt() };
    m + f(&y[1..], z, 3)
}
#[differentiate]
fn g(a: f64, b: f64, n: i32) -> f64 { a.powi(n) * b }
#[test]
fn smoke() {
    let x = [0.3, 0.5, 0.2];
    println!("{:?}", f_tangent(&x, &[1.0, 0.0, 0.0], 0.7, 0.0, 4));
    println!("{:?}", f_gradient(&x, 0.7, 4));
    println!("{:?}", caller_tangent(&x, &[1.0, 0.0, 0.0], &x, &[0.0;3]));
    println!("{:?}", caller_gradient(&x, &x));
}
