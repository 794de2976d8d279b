//! Trait objects and other constant receivers: elements, fields, parts that change.

use crate::harness::noise;
use chainrule::{Differentiable, differentiate};
use std::rc::Rc;

#[differentiate(forward, reverse, hessian)]
trait Potential {
    fn energy(#[constant] &self, x: &[f64], k: f64) -> f64;

    fn push(#[constant] &self, x: &mut [f64], k: f64, times: usize);

    fn root(#[constant] &self, x: f64) -> Option<f64>;

    fn mixed(#[constant] &self, p: (f64, [f64; 2]), data: &[usize]) -> Vec<f64>;

    /// Default bodies are those of trait objects too.
    fn twice(#[constant] &self, x: &[f64], k: f64) -> f64 {
        let mut y = x.to_vec();
        let first = self.energy(x, k);
        for i in 0..2 {
            self.push(&mut y, first * k, i);
        }
        self.energy(&y, first)
    }

    fn checked(#[constant] &self, x: &[f64], k: f64) -> Option<f64> {
        let r = self.root(k)?;
        if r > 10.0 {
            return None;
        }
        Some(r * self.twice(x, r))
    }

    /// Only for sized types.
    fn of_all(x: f64) -> f64
    where
        Self: Sized;

    fn name(&self) -> &str {
        "potential"
    }
}

struct Spring {
    rate: f64,
}

struct Table(Vec<f64>);

#[differentiate(forward, reverse, hessian)]
impl Potential for Spring {
    fn energy(#[constant] &self, x: &[f64], k: f64) -> f64 {
        let mut sum = k;
        for x in x {
            sum += self.rate * x * x * k;
        }
        sum
    }

    fn push(#[constant] &self, x: &mut [f64], k: f64, times: usize) {
        for _ in 0..times {
            for i in 1..x.len() {
                x[i] += k * x[i - 1] * x[i];
            }
        }
    }

    fn root(#[constant] &self, x: f64) -> Option<f64> {
        if x < 0.0 {
            return None;
        }
        Some((x * self.rate).sqrt())
    }

    fn mixed(#[constant] &self, p: (f64, [f64; 2]), data: &[usize]) -> Vec<f64> {
        vec![p.0 * p.1[0] * self.rate, p.1[1] * data[0] as f64]
    }

    fn of_all(x: f64) -> f64 {
        x * x
    }
}

#[differentiate(forward, reverse, hessian)]
impl Potential for Table {
    fn energy(#[constant] &self, x: &[f64], k: f64) -> f64 {
        let mut sum = 0.0;
        for (x, t) in x.iter().zip(&self.0) {
            sum += x * t * k * x;
        }
        sum
    }

    fn push(#[constant] &self, x: &mut [f64], k: f64, times: usize) {
        x[0] *= k + times as f64;
    }

    fn root(#[constant] &self, x: f64) -> Option<f64> {
        Some(x.exp() * self.0[0])
    }

    fn mixed(#[constant] &self, p: (f64, [f64; 2]), data: &[usize]) -> Vec<f64> {
        vec![p.0, p.1[data[0]] * p.0]
    }

    fn twice(#[constant] &self, x: &[f64], k: f64) -> f64 {
        x[0] * k * self.0[1]
    }

    fn of_all(x: f64) -> f64 {
        x.sin()
    }
}

#[differentiate(forward, reverse, hessian)]
fn dynamic(#[constant] m: &dyn Potential, x: &[f64], k: f64) -> f64 {
    let mut y = x.to_vec();
    let mut sum = m.root(k).unwrap();
    for i in 0..3 {
        m.push(&mut y, k * sum, i);
        sum += m.energy(&y, sum) * m.twice(&y, k);
        let both = m.mixed((k, [sum, k]), &[1, 2]);
        sum = sum.tanh() + both[0] * both[1];
        if i == 1 && sum > 1.5 {
            break;
        }
    }
    sum + m.energy(x, k)
}

#[differentiate(forward, reverse, hessian)]
fn boxes(#[constant] models: &[Box<dyn Potential>], x: &[f64], k: f64) -> Option<f64> {
    let mut sum = k;
    for m in models {
        sum += m.energy(x, k) * m.checked(x, sum)?;
    }
    let mut i = 0;
    while i < models.len() {
        sum = models[i].energy(x, sum);
        i += 1;
    }
    Some(sum + dynamic(&*models[0], x, sum))
}

/// A field: annotated, since nobody sees its type.
struct Solver {
    model: Box<dyn Potential>,
    others: Vec<Rc<dyn Potential>>,
    weights: Vec<Spring>,
}

impl Solver {
    #[differentiate(forward, reverse, hessian)]
    fn run(#[constant] &self, x: &[f64], k: f64) -> f64 {
        let model: &dyn Potential = &*self.model;
        let others: &[Rc<dyn Potential>] = &self.others;
        let mut sum = model.energy(x, k);
        for other in others {
            sum += other.energy(x, sum) * k;
        }
        for w in &self.weights {
            sum += w.energy(x, k);
        }
        let mut j = self.weights.len();
        while j > 0 {
            j -= 1;
            sum *= self.weights[j].energy(x, sum).sin();
        }
        sum
    }
}

fn spring() -> Spring {
    Spring { rate: 0.6 }
}

fn table() -> Table {
    Table(vec![0.4, -0.3, 0.8])
}

#[test]
fn objects() {
    let (s, t) = (spring(), table());
    prove_hvp!(dynamic(con &s, slice noise(3), val 0.7));
    prove_hvp!(dynamic(con &t, slice noise(3), val 0.7));
    prove_hvp!(Spring::twice(con &s, slice noise(3), val 0.7));
    prove!(Spring::checked(con &s, slice noise(3), val 0.7) -> ok);
    prove!(Table::checked(con &t, slice noise(3), val 0.7) -> ok);
    assert_eq!(s.checked_gradient(&noise(3), -0.7), None);
}

#[test]
fn boxed_objects() {
    let models: Vec<Box<dyn Potential>> = vec![Box::new(spring()), Box::new(table())];
    prove!(boxes(con &models, slice noise(3), val 0.7) -> ok);
    assert_eq!(boxes_gradient(&models, &noise(3), -0.7), None);
    let solver = Solver {
        model: Box::new(table()),
        others: vec![Rc::new(spring()), Rc::new(table())],
        weights: vec![spring(), Spring { rate: 1.3 }, Spring { rate: -0.4 }],
    };
    prove_hvp!(Solver::run(con &solver, slice noise(3), val 0.7));
}

/// The companions themselves can be called on a trait object.
#[test]
fn companions_of_objects() {
    let m: &dyn Potential = &spring();
    let x = noise(3);
    let (value, (gradient, _)) = m.twice_gradient(&x, 0.7);
    assert_eq!(value, m.twice(&x, 0.7));
    let (_, tangent) = m.twice_tangent(&x, &[1.0, 0.0, 0.0], 0.7, 0.0);
    assert!((tangent - gradient[0]).abs() < 1e-12);
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Plan {
    rate: f64,
    steps: usize,
    path: Vec<f64>,
}
struct_shape!(Plan { rate: f64, path: Vec<f64> });

/// A builder.
#[differentiate(forward, reverse, hessian)]
impl Plan {
    fn new(rate: f64) -> Self {
        Self {
            rate,
            steps: 2,
            path: Vec::new(),
        }
    }

    fn with_rate(self, rate: f64) -> Self {
        Self {
            rate: rate * self.rate,
            ..self
        }
    }

    fn with_steps(mut self, steps: usize) -> Self {
        self.steps = steps;
        self
    }

    fn with_path(mut self, path: &[f64]) -> Self {
        self.path = path.to_vec();
        self.path.push(self.rate);
        self
    }

    fn run(&self, x: f64) -> f64 {
        let mut y = x;
        for _ in 0..self.steps {
            y += self.rate * (1.0 - y * y);
        }
        for p in &self.path {
            y *= 1.0 + p * self.rate;
        }
        y
    }

    fn finish(self, x: f64) -> Plan {
        let last = self.run(x);
        self.with_rate(last)
    }
}

#[differentiate(forward, reverse, hessian)]
fn built(a: f64, rate: f64, path: &[f64], x: f64) -> f64 {
    let first = Plan::new(a).with_rate(rate).with_steps(3).run(x);
    let mut plan = Plan::new(first).with_path(path);
    if first > 0.0 {
        plan = plan.with_rate(x).finish(first);
    }
    plan.run(x)
        * Plan::new(x)
            .with_path(path)
            .with_steps(1)
            .finish(a)
            .run(rate)
}

#[test]
fn builders() {
    prove_hvp!(built(val 0.4, val 0.3, slice noise(3), val 0.2));
    prove_hvp!(built(val -0.4, val 0.3, slice noise(0), val -0.2));
}

#[differentiate(forward, reverse, hessian)]
fn perhaps_an_object(x: f64, k: f64, #[constant] p: Option<&dyn Potential>) -> f64 {
    match p {
        Some(p) => p.energy(&[x, k], k) * x,
        None => x * k * k,
    }
}

#[differentiate(forward, reverse, hessian)]
fn perhaps_objects_in_a_loop(
    x: &[f64],
    k: f64,
    #[constant] p: Option<(&dyn Potential, usize)>,
) -> f64 {
    let mut y = k;
    for v in x {
        if let Some((p, n)) = p {
            y += p.twice(&[*v, y], k) / n as f64;
        }
        y = perhaps_an_object(*v, y, p.map(|p| p.0));
    }
    y
}

#[test]
fn options_of_objects() {
    let spring = Spring { rate: 1.3 };
    for p in [None, Some(&spring as &dyn Potential)] {
        prove_hvp!(perhaps_an_object(val 0.7, val 0.4, con p));
        prove_hvp!(perhaps_objects_in_a_loop(slice [0.3, 0.5], val 0.4, con p.map(|p| (p, 3usize))));
    }
}
