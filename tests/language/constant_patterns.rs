//! Patterns that bind parts of constants: `if let`, `let … else`, `while let`, `match` on enums.
use crate::harness::noise;
use chainrule::differentiate;
use std::collections::HashMap;

#[derive(Debug, Clone)]
pub enum Shape {
    Point,
    Circle(f64),
    Box { width: f64, height: f64 },
    Path(Vec<usize>),
    At { index: usize, scales: [f64; 2] },
}

#[differentiate(forward, reverse, hessian)]
fn optional_power(x: f64, power: Option<i32>) -> f64 {
    if let Some(k) = power {
        return x.powi(k) * x.sin();
    }
    x * x
}

#[differentiate(forward, reverse, hessian)]
fn chain_of_options(x: f64, a: Option<usize>, b: Result<usize, String>) -> f64 {
    let scale = if let Some(k) = a {
        x * k as f64
    } else if let Ok(k) = b {
        x.exp() * k as f64
    } else {
        x.sin()
    };
    scale * scale
}

#[differentiate(forward, reverse, hessian)]
fn gather(x: &[f64], indices: &[usize]) -> Option<f64> {
    let Some(first) = indices.first() else {
        return None;
    };
    let mut sum = x[*first] * x[*first];
    for i in 0..indices.len() + 1 {
        let Some(k) = indices.get(i) else {
            continue;
        };
        let Some(&next) = indices.get(i + 1) else {
            break;
        };
        sum += x[*k] * x[next] * x[next];
    }
    Some(sum)
}

#[differentiate(forward, reverse, hessian)]
fn stack_machine(x: f64, program: &[char]) -> Result<f64, String> {
    let mut pending: Vec<char> = program.to_vec();
    let mut y = x;
    while let Some(op) = pending.pop() {
        match op {
            's' => y = y.sin() * x,
            'e' => y = y.exp(),
            'x' => y *= x * y,
            other => return Err(format!("unknown {other}")),
        }
    }
    Ok(y)
}

#[differentiate(forward, reverse, hessian)]
fn area(#[constant] shape: &Shape, x: &[f64]) -> f64 {
    match shape {
        Shape::Point => 0.0,
        Shape::Circle(r) if *r < 0.0 => x[0],
        Shape::Circle(r) => 3.0 * r * r * x[0] * x[0],
        Shape::Box { width, height } => width * x[0] * x[1] * (height + x[1]),
        Shape::Path(points) => x[points[0]] * x[points[1]] * points.len() as f64,
        Shape::At { index, scales } => x[*index] * scales[0] + x[index + 1].sin() * scales[1],
    }
}

#[differentiate(forward, reverse, hessian)]
fn areas(#[constant] shapes: &[Shape], x: &[f64]) -> f64 {
    let mut product = 1.0;
    for shape in shapes {
        product *= area(shape, x) + 0.5;
    }
    product
}

#[differentiate(forward, reverse)]
fn widths(#[constant] shapes: &[Shape], x: &[f64]) -> Result<f64, String> {
    let mut y = 0.3;
    for i in 0..shapes.len() {
        let width = match &shapes[i] {
            Shape::Circle(r) => 2.0 * r,
            Shape::Box { width: w, .. } => *w,
            Shape::Point => continue,
            _ => return Err("a path has no width".to_string()),
        };
        y = y * x[0] * width + x[1];
        if let Shape::Box { height, .. } = &shapes[i] {
            y *= y * height;
        }
    }
    Ok(y)
}

#[differentiate(forward, reverse)]
fn looked_up(x: f64, #[constant] table: &HashMap<String, f64>, name: &str) -> Result<f64, String> {
    let Some(factor) = table.get(name) else {
        return Err(format!("no {name}"));
    };
    let mut best: Option<usize> = None;
    let mut y = x * factor;
    for i in 0..4 {
        if y > 2.0 {
            best = Some(i);
            break;
        }
        y += y * x;
    }
    if let Some(i) = best {
        y *= y * i as f64;
    }
    Ok(y)
}

#[differentiate(forward, reverse)]
fn constant_names(x: f64, k: usize) -> f64 {
    const LIMIT: usize = 3;
    match k {
        LIMIT => x * x,
        0 | 1 => x.exp(),
        _ => x.sin(),
    }
}

#[differentiate(forward, reverse)]
fn none_first(x: f64, k: Option<usize>) -> f64 {
    match k {
        None => x * x,
        Some(0) => x.exp(),
        Some(n @ 1..=3) => x * n as f64,
        Some(n) if n > 10 && x > 0.0 => x.ln() * n as f64,
        Some(_) => x.sin(),
    }
}

/// A callee whose pullback outlives what its names borrow.
#[differentiate(forward, reverse, hessian)]
fn calls(x: &[f64], #[constant] shape: &Shape, indices: &[usize]) -> Option<f64> {
    let a = area(shape, x) * gather(x, indices)?;
    let mut b = 1.0;
    for i in 0..3 {
        b *= gather(x, &indices[i..])? + area(shape, x);
    }
    Some(a * b + picked(x, indices, 1)?)
}

#[differentiate(forward, reverse, hessian)]
fn picked(x: &[f64], indices: &[usize], at: usize) -> Option<f64> {
    let i = indices.get(at)?;
    let j = *indices.get(at + 1)?;
    Some(x[*i] * x[j] * x[j])
}

#[test]
fn conditions() {
    prove_hvp!(optional_power(val 0.7, con Some(3)));
    prove_hvp!(optional_power(val 0.7, con None));
    prove_hvp!(chain_of_options(val 0.7, con Some(3), con Ok(2)));
    prove_hvp!(chain_of_options(val 0.7, con None, con Ok(2)));
    prove_hvp!(chain_of_options(val 0.7, con None, con Err(String::new())));
}

#[test]
fn loops() {
    let x = noise(4);
    prove_hvp!(gather(slice x, con &[2, 0, 3, 0]) -> ok);
    assert_eq!(gather_gradient(&x, &[]), None);
    prove_hvp!(stack_machine(val 0.7, con &['s', 'x', 'e', 's']) -> ok);
    prove_hvp!(stack_machine(val 0.7, con &[]) -> ok);
    let error = stack_machine(0.7, &['s', 'q', 'e']).unwrap_err();
    assert_eq!(stack_machine_hvp(0.7, 1.0, &['s', 'q', 'e']), Err(error));
}

#[test]
fn enums() {
    let (x, path) = (noise(3), Shape::Path(vec![2, 0, 2]));
    let rectangle = Shape::Box {
        width: 0.4,
        height: 1.2,
    };
    for shape in [
        Shape::Point,
        Shape::Circle(-1.0),
        Shape::Circle(0.7),
        rectangle.clone(),
        path.clone(),
    ] {
        prove_hvp!(area(con &shape, slice x));
        prove_hvp!(calls(slice x, con &shape, con &[2, 0, 1, 2]) -> ok);
    }
    let all = [rectangle, Shape::Circle(0.7), Shape::Point, path];
    prove_hvp!(areas(con &all, slice x));
    prove_gradient!(widths(con &all[..3], slice x) -> ok);
    assert!(widths_gradient(&all, &x).is_err());
    let mut x_bar = noise(3);
    assert_eq!(calls_adjoint(&x, &mut x_bar, &all[1], &[1], 1.0), None);
    assert_eq!(x_bar, noise(3));
}

#[test]
fn tables() {
    let table = HashMap::from([("a".to_string(), 0.8)]);
    prove_gradient!(looked_up(val 0.9, con &table, con "a") -> ok);
    prove_gradient!(looked_up(val 0.1, con &table, con "a") -> ok);
    assert_eq!(
        looked_up_gradient(0.9, &table, "b"),
        Err("no b".to_string())
    );
    for k in 0..5 {
        prove_gradient!(constant_names(val 0.7, con k));
    }
    for k in [None, Some(0), Some(2), Some(7), Some(12)] {
        prove_gradient!(none_first(val 0.7, con k));
    }
}

/// A sum that is reversed as it runs, over what patterns find.
#[differentiate(forward, reverse, hessian)]
fn found(x: &[f64], w: f64, #[constant] table: &HashMap<usize, usize>, n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        if let Some(k) = table.get(&i) {
            sum += x[*k] * x[*k] * w;
        } else if let Some(&k) = table.get(&(i + 10)) {
            sum += (x[k] * w).sin();
        }
        sum += match table.get(&(i + 20)) {
            Some(0) => x[0],
            Some(k) if *k < x.len() => x[*k] * w,
            _ => w * w,
        };
    }
    sum.exp()
}

/// The reverse reads a constant that a pattern's value has changed.
#[differentiate(forward, reverse, hessian)]
fn consumed(x: &[f64], start: &[usize]) -> f64 {
    let mut pending: Vec<usize> = start.to_vec();
    let mut y = 0.5;
    while let Some(mut k) = pending.pop() {
        k = k % x.len();
        y = y * x[k] + x[pending.len()];
        if let Some(top) = pending.last().copied() {
            let last = pending.len() - 1;
            pending[last] = top + k;
        }
        y *= y * pending.len() as f64 + 1.0;
    }
    y
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float>(x: T, #[constant] shape: Option<(T, usize)>) -> Result<T, ()> {
    let Some((scale, n)) = shape else {
        return Err(());
    };
    let mut y = x;
    for _ in 0..n {
        y = y * scale + x * x;
    }
    Ok(y)
}

#[test]
fn in_loops() {
    let (x, w) = (noise(3), 0.4);
    let table = HashMap::from([(0, 2), (11, 1), (2, 0), (20, 0), (21, 2), (23, 7)]);
    prove_hvp!(found(slice x, val w, con &table, con 4));
    prove_hvp!(found(slice x, val w, con &table, con 0));
    prove_hvp!(consumed(slice noise(4), con &[2, 3, 1]));
    prove_hvp!(consumed(slice noise(4), con &[]));
    prove_gradient!(generic(val 0.7, con Some((0.3, 3))) -> ok);
    assert_eq!(generic_adjoint(0.7, None, 1.0), Err(()));
}

// Enums that can't be compared, by value and by reference.

enum Units {
    Miles,
    Kilometers,
    Other,
}

#[derive(Clone, Copy)]
enum Kind {
    Sphere,
    Spheroid(f64),
}
use Kind::*;

#[differentiate(forward, reverse, hessian)]
fn in_units(angle: f64, #[constant] units: Units, #[constant] kind: &Kind) -> f64 {
    let mut radius = 0.0;
    match units {
        Units::Miles => radius = 3960.0,
        Units::Kilometers | Units::Other => radius = 6371.0 * angle,
    }
    let shape = match kind {
        Sphere => 1.0,
        Spheroid(flattening) => 1.0 - flattening * angle.cos(),
    };
    for _ in 0..2 {
        radius *= match units {
            Units::Miles if angle > 2.0 => 0.5,
            Units::Other => angle.sin(),
            _ => 0.25,
        };
    }
    radius * shape * angle
}

#[test]
fn constant_enums_need_not_be_comparable() {
    for kind in [Sphere, Spheroid(0.3)] {
        prove!(in_units(val 0.7, con Units::Miles, con &kind));
        prove_gradient!(in_units(val 2.7, con Units::Miles, con &kind));
        prove_gradient!(in_units(val 0.7, con Units::Kilometers, con &kind));
        prove_hvp!(in_units(val 0.7, con Units::Other, con &kind));
    }
}
