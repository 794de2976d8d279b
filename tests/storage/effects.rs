//! Loops that are run again in the reverse sweep: what they do on the side is done once, in the function's order, and what kept code
//! gives is the same again.
use chainrule::differentiate;
use std::cell::RefCell;

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(text: String) {
    LOG.with(|log| log.borrow_mut().push(text));
}

fn notes() -> Vec<String> {
    LOG.with(RefCell::take)
}

macro_rules! note {
    ($($t:tt)*) => { note(format!($($t)*)) };
}

/// A generator without derivative.
#[derive(Clone)]
pub struct Generator(u64);

impl Generator {
    pub fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        note!("draw");
        (self.0 >> 40) as f64 / (1 << 24) as f64
    }
}

fn fresh_number() -> f64 {
    thread_local! {
        static NEXT: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    NEXT.set(NEXT.get() + 1);
    f64::from(NEXT.get() % 17) / 17.0
}

macro_rules! shapes {
    ($module:ident $storage:tt) => {
        pub mod $module {
            use super::{Generator, fresh_number, note};
            use chainrule::{constant, differentiate};

            #[differentiate(forward, reverse, hessian)]
            pub fn reports(x: f64, n: usize) -> f64 {
                let mut y = x;
                let mut calls = 0;
                note!("start");
                # $storage
                for i in 0..n {
                    assert!(i < 100, "too many");
                    note!("step {i} {}", i * 2);
                    calls += 1;
                    y = (y * x).sin() + 0.1 / calls as f64;
                    if y > 5.0 {
                        panic!("out of range");
                    }
                    for j in 0..2 {
                        note!("inner {j}");
                        y *= 1.01 + 0.1 * y;
                    }
                }
                note!("end");
                y * y
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn noisy(x: f64) -> f64 {
                note!("in the callee");
                let mut y = x;
                let mut count = 0;
                # $storage
                for k in 0..3 {
                    count += k;
                    note(format!("callee {k} {}", k * 2));
                    y = y.sin() * 1.1;
                }
                y * (count + 1) as f64 * 0.25
            }

            #[differentiate(forward, reverse)]
            pub fn noted(x: f64, log: &mut Vec<usize>) -> f64 {
                log.push(log.len());
                x.sin() * log.len() as f64
            }

            #[differentiate(forward, reverse)]
            pub fn calls_noted(x: f64, log: &mut Vec<usize>, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for _ in 0..n {
                    y = noted(y * x, log) + 0.1 * log.len() as f64;
                }
                y
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn calls_noisy(x: f64, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for i in 0..n {
                    note!("before {i}");
                    let t = noisy(y * x);
                    y += t * t;
                    if y > 1.0 {
                        y = noisy(y);
                        note!("large {i}");
                    }
                }
                y
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn draws(x: f64, #[constant] seed: u64, n: usize) -> f64 {
                let mut generator = Generator(seed);
                let mut y = x;
                # $storage
                for _ in 0..n {
                    let noise: f64 = generator.next();
                    y = (y * noise).sin() + y * 0.3;
                    if generator.next() > 0.5 {
                        y += x * constant(generator.next());
                    }
                    # $storage
                    for _ in 0..2 {
                        y *= 1.0 - 0.1 * constant(generator.next()) * y;
                    }
                }
                y * y
            }

            #[differentiate(forward, reverse)]
            pub fn logs(x: f64, log: &mut Vec<usize>, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for i in 0..n {
                    y = (y * x).cos();
                    log.push(i);
                }
                y
            }

            /// What it draws is different whenever it is called.
            #[differentiate(reverse)]
            pub fn never_the_same(x: f64, n: usize) -> f64 {
                let mut y = x;
                let mut product = 1.0;
                # $storage
                for _ in 0..n {
                    let factor: f64 = fresh_number();
                    y = (y * (1.0 + factor)).sin();
                    product *= y;
                }
                product
            }
        }
    };
}

shapes!(stored[store]);
shapes!(recomputed[recompute]);
shapes!(one[checkpoint(1)]);
shapes!(two[checkpoint(2)]);
shapes!(five[checkpoint(5)]);

macro_rules! prove_all {
    ($($module:ident)*) => { $(
        pastey::paste! { mod [<$module _proved>] {
            use super::*;

            #[test]
            fn derivatives() {
                for n in [0, 1, 2, 5, 9] {
                    prove_hvp!($module::reports(val 0.4, con n));
                    prove_hvp!($module::calls_noisy(val 0.4, con n));
                    prove_hvp!($module::draws(val 0.4, con 7u64, con n));
                }
            }

            #[test]
            fn effects_run_once() {
                for n in [0, 1, 2, 5, 9] {
                    notes();
                    $module::reports(0.4, n);
                    let want = notes();
                    $module::reports_gradient(0.4, n);
                    assert_eq!(notes(), want);
                    $module::reports_hvp(0.4, 1.0, n);
                    assert_eq!(notes(), want);

                    $module::calls_noisy(0.4, n);
                    let want = notes();
                    $module::calls_noisy_gradient(0.4, n);
                    assert_eq!(notes(), want);
                    $module::calls_noisy_hvp(0.4, 1.0, n);
                    assert_eq!(notes(), want);

                    $module::draws(0.4, 3, n);
                    let want = notes();
                    $module::draws_gradient(0.4, 3, n);
                    assert_eq!(notes(), want);

                    let (mut log, mut want) = (vec![4], vec![4]);
                    let value = $module::calls_noted(0.4, &mut want, n);
                    let (same, slope) = $module::calls_noted_gradient(0.4, &mut log, n);
                    assert_eq!((value.to_bits(), log), (same.to_bits(), want));
                    let (_, slope_forward) = $module::calls_noted_tangent(0.4, 1.0, &mut vec![4], n);
                    assert!((slope - slope_forward).abs() <= 1e-12 * slope.abs());

                    let mut log = Vec::new();
                    $module::logs_gradient(0.4, &mut log, n);
                    assert_eq!(log, (0..n).collect::<Vec<_>>());
                }
            }

            #[test]
            fn what_was_drawn_is_drawn_no_more() {
                let (value, slope) = $module::never_the_same_gradient(0.7, 6);
                // The same numbers by a function that is given them.
                let before = (1..1000).find_map(|skip| {
                    let numbers: Vec<f64> = (0..6).map(|k| f64::from((skip + k) % 17) / 17.0).collect();
                    let (same, slope) = given_gradient(0.7, &numbers);
                    (same.to_bits() == value.to_bits()).then_some(slope)
                });
                assert_eq!(before.map(|s| (s - slope).abs() < 1e-12), Some(true));
            }

            #[test]
            fn a_panic_is_the_function_s() {
                for run in [false, true] {
                    let caught = std::panic::catch_unwind(|| match run {
                        false => $module::reports(0.4, 200),
                        true => $module::reports_gradient(0.4, 200).0,
                    });
                    let message = caught.expect_err("it panics");
                    assert_eq!(message.downcast_ref::<&str>(), Some(&"too many"));
                }
                notes();
                $module::calls_noisy_gradient(0.4, 2);
                assert_eq!(notes().len(), { $module::calls_noisy(0.4, 2); notes().len() });
            }
        } }
    )* };
}
prove_all!(stored recomputed one two five);

#[differentiate(reverse)]
fn given(x: f64, #[constant] factors: &[f64]) -> f64 {
    let mut y = x;
    let mut product = 1.0;
    for factor in factors {
        y = (y * (1.0 + factor)).sin();
        product *= y;
    }
    product
}
