//! Loops that are run again in the reverse sweep, with states of all kinds: parameters, receivers, enums, queues, elements lent by
//! iterators, and exits from blocks.
use chainrule::{Differentiable, constant, differentiate};

macro_rules! shapes {
    ($module:ident $storage:tt) => {
        pub mod $module {
            use chainrule::{Differentiable, constant, differentiate};
            use std::collections::VecDeque;

            #[derive(Clone, Debug, Differentiable)]
            pub enum Phase {
                Rising(f64),
                Falling { from: f64, steps: usize },
            }

            #[derive(Clone, Debug, Differentiable)]
            pub struct Filter {
                pub level: f64,
                pub gains: Vec<f64>,
                pub seen: usize,
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn parameters(mut x: f64, mut v: [f64; 2], n: usize) -> f64 {
                # $storage
                for i in 0..n {
                    x = (x * v[i % 2]).sin();
                    v[(i + 1) % 2] += 0.3 * x;
                }
                x * v[0] * v[1]
            }

            #[differentiate(forward, reverse)]
            pub fn behind_references(x: &mut f64, w: &mut Vec<f64>, p: &f64, n: usize) -> f64 {
                let mut last = 0.0;
                # $storage
                for i in 0..n {
                    let old = *x;
                    *x = (old * *p).cos() + w[0];
                    if i % 2 == 0 {
                        w.push(old * *x);
                    }
                    w[0] *= 0.9;
                    last = old * w[w.len() - 1];
                }
                last * *x
            }

            #[differentiate(forward, reverse)]
            impl Filter {
                pub fn run(&mut self, x: &[f64]) -> f64 {
                    let mut energy = 0.0;
                    # $storage
                    for v in x {
                        let k = self.seen % self.gains.len();
                        self.level += self.gains[k] * (v - self.level);
                        self.gains[k] *= 1.0 - 0.1 * self.level * self.level;
                        self.seen += 1;
                        energy += self.level * self.level;
                    }
                    energy
                }

                pub fn settle(&self, x: f64, n: usize) -> f64 {
                    let mut y = x;
                    # $storage
                    for k in 0..n {
                        y = self.step(y, k);
                    }
                    y
                }

                pub fn step(&self, y: f64, k: usize) -> f64 {
                    (y * self.gains[k % self.gains.len()] + self.level).sin()
                }
            }

            #[differentiate(forward, reverse)]
            pub fn phases(x: f64, n: usize) -> f64 {
                let mut phase = Phase::Rising(x);
                let mut total = x;
                # $storage
                for _ in 0..n {
                    phase = match phase {
                        Phase::Rising(v) if v > 1.0 => Phase::Falling { from: v * total, steps: 0 },
                        Phase::Rising(v) => Phase::Rising(v * 1.4 + 0.1 * x),
                        Phase::Falling { from, steps } if steps > 1 => Phase::Rising(from * 0.3),
                        Phase::Falling { from, steps } => Phase::Falling { from: from.sin(), steps: steps + 1 },
                    };
                    if let Phase::Falling { from, .. } = &phase {
                        total = (total * from).cos();
                    }
                }
                total
            }

            #[differentiate(forward, reverse)]
            pub fn options(x: f64, n: usize) -> f64 {
                let mut best: Option<f64> = None;
                let mut y = x;
                # $storage
                for _ in 0..n {
                    y = (y * 2.3 + x).sin();
                    best = match best {
                        Some(b) if b > y => Some(b * 0.99),
                        _ => Some(y * y),
                    };
                }
                best.unwrap_or(x) * y
            }

            #[differentiate(forward, reverse)]
            pub fn queues(x: &[f64], n: usize) -> f64 {
                let mut queue: VecDeque<f64> = VecDeque::new();
                for v in x {
                    queue.push_back(*v);
                }
                let mut sum = 0.1;
                # $storage
                for _ in 0..n {
                    if let Some(v) = queue.pop_front() {
                        sum = (sum * v).sin() + v;
                        queue.push_back(v * sum * 0.5);
                    }
                }
                sum * queue[0]
            }

            #[differentiate(forward, reverse)]
            pub fn lent_elements(m: &mut [[f64; 2]], p: f64, n: usize) {
                # $storage
                for k in 0..n {
                    for (i, row) in m.iter_mut().enumerate() {
                        row[0] = (row[0] * p + row[1]).sin();
                        row[1] *= row[0] + i as f64 * 0.1 + k as f64 * 0.01;
                    }
                }
                # $storage
                for row in m.iter_mut() {
                    row[1] = row[0] * row[1] * p;
                }
                let mut carry = p;
                # $storage
                for (i, row) in m.iter_mut().enumerate().rev() {
                    row[0] += carry * i as f64;
                    carry = row[0] * carry;
                }
            }

            #[differentiate(forward, reverse)]
            pub fn chunked(x: &mut [f64], p: f64) -> f64 {
                let mut carry = p;
                # $storage
                for pair in x.chunks_mut(2) {
                    pair[0] = pair[0] * carry + 0.1;
                    carry += pair[0].sin() * pair[1];
                    pair[1] *= carry;
                }
                carry
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn blocks(x: f64, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for i in 0..n {
                    let gain = 'found: {
                        if y < 0.3 {
                            break 'found y + 1.0;
                        }
                        for j in 0..3 {
                            y = (y * 1.7).sin();
                            if y < 0.2 + 0.1 * j as f64 {
                                break 'found y * x;
                            }
                        }
                        y * 0.5
                    };
                    if i % 4 == 3 {
                        continue;
                    }
                    y = (y + gain * x).cos();
                }
                y
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn shadowed(x: f64, n: usize) -> f64 {
                let y = x * x;
                let mut z = y;
                # $storage
                for i in 0..n {
                    let y = z * y;
                    let z_next = { let z = y.sin(); z * z + i as f64 * 0.1 };
                    let y = y * z_next;
                    z = z_next + 0.1 * y;
                }
                z * y
            }

            #[differentiate(forward, reverse)]
            pub fn sorted(x: &[f64], n: usize) -> Vec<f64> {
                let mut v = x.to_vec();
                # $storage
                for k in 0..n {
                    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
                    v[0] = v[1] * 1.3 + 0.1 * k as f64;
                    v[2] *= v[0];
                }
                v
            }

            #[differentiate(forward, reverse)]
            pub fn gradient_descent(start: &[f64], rate: f64, #[constant] tolerance: f64) -> f64 {
                let mut p = start.to_vec();
                let mut previous = f64::INFINITY;
                let mut evaluations = 0;
                # $storage
                loop {
                    let mut loss = 0.0;
                    let mut slope = vec![0.0; p.len()];
                    for i in 0..p.len() {
                        let r = p[i] * p[i] - 1.0 - i as f64 * 0.1;
                        loss += r * r;
                        slope[i] = 4.0 * r * p[i];
                    }
                    evaluations += 1;
                    if constant(previous - loss) < tolerance || evaluations > 60 {
                        break loss;
                    }
                    previous = loss;
                    for (v, s) in p.iter_mut().zip(&slope) {
                        *v -= rate * s;
                    }
                }
            }

            #[differentiate(forward, reverse)]
            pub fn early_in_a_callee(x: &[f64], p: f64) -> Option<f64> {
                let mut y = p;
                # $storage
                for v in x {
                    let Some(w) = Some(v * y) else { return None };
                    if w > 90.0 {
                        return None;
                    }
                    if w < -0.9 {
                        return Some(w * y);
                    }
                    y = (w + y).sin();
                }
                Some(y)
            }

            #[differentiate(forward, reverse)]
            pub fn through_callees(x: &[f64], p: f64) -> Option<f64> {
                let mut y = p;
                # $storage
                for k in 0..x.len() {
                    let found = early_in_a_callee(&x[k..], y)?;
                    y = found * p + blocks(found, k);
                }
                Some(y)
            }

            #[differentiate(forward, reverse)]
            pub fn integrate(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
                let h = (b - a) / 4.0;
                let mut sum = 0.0;
                for i in 0..4 {
                    sum += f(a + (i as f64 + 0.5) * h);
                }
                sum * h
            }

            #[differentiate(forward, reverse)]
            pub fn hands_over(x: f64, p: f64, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for k in 0..n {
                    let scale = y * 0.5;
                    y = integrate(|t| (t * scale).sin() * p, 0.0, 1.0 + y * 0.1) + 0.1 * k as f64;
                }
                y
            }

            #[differentiate(forward, reverse)]
            pub fn factorial_like(x: f64, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for k in 0..n {
                    if k + 1 < n {
                        y = (y + factorial_like(y * 0.5, k)).sin();
                    }
                }
                y
            }
        }
    };
}

shapes!(stored[store]);
shapes!(recomputed[recompute]);
shapes!(one[checkpoint(1)]);
shapes!(three[checkpoint(3)]);

macro_rules! prove_all {
    ($($module:ident)*) => { $(
        pastey::paste! { mod [<$module _proved>] {
            use super::*;

            #[test]
            fn parameters() {
                for n in [0, 1, 2, 5, 9] {
                    prove_hvp!($module::parameters(val 0.4, val [0.7, 0.2], con n));
                    prove!($module::behind_references(ios 0.4, iov vec![0.3, 0.2], rf 0.7, con n));
                }
            }

            #[test]
            fn receivers() {
                use $module::*;
                let filter = Filter { level: 0.2, gains: vec![0.3, 0.6], seen: 1 };
                let x = [0.4, 0.9, -0.2, 0.5, 0.3];
                let run = |f: &Filter| f.clone().run(&x);
                let (mut at, mut bar) = (filter.clone(), Differentiable::zero_shadow(&filter));
                let mut x_bar = [0.0; 5];
                at.run_adjoint(&mut bar, &x, &mut x_bar, 1.0);
                let h = 1e-6;
                let moved = |d: f64| run(&Filter { level: filter.level + d, ..filter.clone() });
                assert!(((moved(h) - moved(-h)) / (2.0 * h) - bar.level).abs() < 1e-8);
                let moved = |d: f64| run(&Filter { gains: vec![0.3 + d, 0.6], ..filter.clone() });
                assert!(((moved(h) - moved(-h)) / (2.0 * h) - bar.gains[0]).abs() < 1e-8);
                assert_eq!(at.seen, 6);
                assert_eq!(bar.seen, 1);

                let (_, (bar, slope)) = filter.settle_gradient(0.4, 7);
                let moved = |d: f64| filter.settle(0.4 + d, 7);
                assert!(((moved(h) - moved(-h)) / (2.0 * h) - slope).abs() < 1e-8);
                let moved = |d: f64| Filter { level: 0.2 + d, ..filter.clone() }.settle(0.4, 7);
                assert!(((moved(h) - moved(-h)) / (2.0 * h) - bar.level).abs() < 1e-8);
            }

            #[test]
            fn enums_and_queues() {
                for n in [0, 1, 2, 5, 9] {
                    prove!($module::phases(val 0.4, con n));
                    prove!($module::options(val 0.4, con n));
                    prove!($module::queues(slice [0.4, 0.8, -0.3], con n));
                }
            }

            #[test]
            fn elements() {
                for n in [0, 1, 2, 5] {
                    prove!($module::lent_elements(io [[0.4, 0.2], [0.7, -0.3], [0.1, 0.9]], val 0.6, con n) -> unit);
                    prove!($module::sorted(slice [0.4, 0.2, 0.9, -0.3], con n) -> vec);
                }
                prove!($module::chunked(io [0.4, 0.2, 0.7, -0.3], val 0.6));
            }

            #[test]
            fn blocks_and_names() {
                for n in [0, 1, 2, 5, 9] {
                    prove_hvp!($module::blocks(val 0.4, con n));
                    prove_hvp!($module::shadowed(val 0.7, con n));
                }
            }

            #[test]
            fn loops_that_end_by_themselves() {
                prove!($module::gradient_descent(slice [0.4, 1.3], val 0.05, con 1e-3));
                for p in [0.4, 0.9] {
                    prove!($module::early_in_a_callee(slice [0.4, 0.2, 0.7, -3.3, 0.2], val p) -> ok);
                    prove!($module::through_callees(slice [0.4, 0.2, 0.7, -3.3, 0.2], val p) -> ok);
                }
                assert!($module::through_callees_gradient(&[0.4, 1000.0], 0.9).is_none());
            }

            #[test]
            fn functions() {
                for n in [0, 1, 2, 5] {
                    prove!($module::hands_over(val 0.4, val 0.9, con n));
                    prove!($module::factorial_like(val 0.4, con n));
                }
            }
        } }
    )* };
}
prove_all!(stored recomputed one three);

/// What is looked up borrows from an argument: it can't be recorded, but asked for again.
macro_rules! lookups {
    ($($name:ident $storage:tt),*) => { $(
        #[differentiate(forward, reverse, hessian)]
        fn $name(x: f64, #[constant] table: &[Vec<f64>], names: &[&str], n: usize) -> f64 {
            let mut y = x;
            # $storage
            for k in 0..n {
                let row = table.iter().nth(k % 3).unwrap();
                let name: &str = names.get(k).copied().unwrap_or("");
                let first = names.iter().position(|s| s.len() == k);
                if name.len() > 2 || first.is_some() {
                    y *= 1.1;
                }
                y = (y * row[0]).sin() + constant(row[1]);
            }
            y
        }
    )* };
}
lookups!(
    looks_up_again[recompute],
    looks_up_from_snapshots[checkpoint(2)]
);

#[test]
fn lookups() {
    let table = [vec![0.3, 0.4], vec![0.7, 0.1], vec![0.2, 0.1]];
    for n in [0, 1, 2, 5] {
        prove_hvp!(looks_up_again(val 0.4, con &table, con &["a", "long"], con n));
        prove_hvp!(looks_up_from_snapshots(val 0.4, con &table, con &["a", "long"], con n));
    }
}
