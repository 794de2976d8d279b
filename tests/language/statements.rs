//! Statements without derivative run once, in the primal's order; panics keep their message.
use crate::harness::noise;
use chainrule::differentiate;

#[differentiate(forward, reverse)]
fn checked_division(x: f64, y: f64) -> f64 {
    assert!(y != 0.0, "division by {y}");
    debug_assert!(x < 100.0);
    assert_eq!(1 + 1, 2);
    debug_assert_ne!(x, y);
    x / y
}

#[differentiate(forward, reverse)]
fn printing(v: &[f64]) -> f64 {
    println!("{} values, the first is {:.3}", v.len(), v[0]);
    let mut sum = 0.0;
    for (i, x) in v.iter().enumerate() {
        sum += x * x;
        eprintln!("{i}: {sum}");
    }
    sum
}

#[differentiate(forward, reverse)]
fn strings(x: f64, name: &str, n: usize) -> f64 {
    let label = format!("{name}-{n}");
    let mut text = String::new();
    let mut y = x;
    for i in 0..n {
        text.push_str("ab");
        if text.len() > label.len() {
            y *= x;
        }
    }
    if name == "sine" { y.sin() } else { y }
}

#[differentiate(forward, reverse)]
fn logged(x: f64, n: usize, #[constant] log: &mut Vec<usize>) -> f64 {
    log.push(100);
    let mut y = x;
    for i in 0..n {
        log.push(i);
        y = y * x + 0.1;
        if y > 2.0 {
            log.push(200);
            return y * y;
        }
    }
    log.push(300);
    y
}

#[differentiate(forward, reverse)]
fn logged_in_callees(x: f64, #[constant] log: &mut Vec<usize>) -> f64 {
    let a = logged(x, 1, log);
    log.push(400);
    let mut b = a;
    while b < 3.0 {
        b += logged(b, 2, log);
    }
    a * b
}

#[differentiate(forward, reverse)]
fn counted(v: &mut [f64], calls: &mut usize, flips: &mut [usize], seen: &mut bool) -> f64 {
    *calls += 1;
    let mut sum = 0.0;
    for i in 0..v.len() {
        if v[i] < 0.0 {
            flips[i] += *calls;
            v[i] *= -v[i];
            *seen = true;
        }
        sum += v[i];
    }
    *calls *= 2;
    sum * *calls as f64
}

#[differentiate(forward, reverse)]
fn unfinished(x: f64, n: usize) -> f64 {
    match n {
        0 => x * x,
        1 => panic!("no rule for {}", n),
        2 => todo!("the second rule"),
        3 => unreachable!("three can't be"),
        4 => unimplemented!("four"),
        _ => {
            let v = [x, x * x];
            v[n] * x
        }
    }
}

#[differentiate(forward, reverse)]
fn panics_in_loop(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in v {
        if *x < 0.0 {
            panic!("{x} is negative");
        }
        sum += x.sqrt();
    }
    sum
}

/// The message that `f` panics with.
fn message<R>(f: impl FnOnce() -> R + std::panic::UnwindSafe) -> String {
    let Err(payload) = std::panic::catch_unwind(f) else {
        panic!("must panic")
    };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast::<&str>().expect("a message").to_string(),
    }
}

fn advance(i: &mut usize) -> usize {
    *i += 1;
    *i
}

// Constant code that is kept as it is changes indices which the reverse sweep reads.
#[differentiate(forward, reverse, hessian)]
fn kept_code_moves_indices(x: &[f64], s: f64) -> f64 {
    let mut i = 0usize;
    let mut order = vec![0usize, 1, 2, 3];
    let mut y = 1.0;
    for _ in 0..3 {
        y *= x[i] + s * x[order[0]];
        let j = advance(&mut i);
        y += x[i] * x[j % 4] * y;
        order.reverse();
        order.rotate_left(1);
        y *= x[order[1]] * s;
    }
    y
}

// The bound of a view is changed by constant code between the view's uses.
#[differentiate(forward, reverse, hessian)]
fn kept_code_moves_a_view(x: &[f64], s: f64) -> f64 {
    let mut i = 0usize;
    let mut y = s;
    for _ in 0..2 {
        let row = &x[i..];
        y *= row[0];
        let j = advance(&mut i);
        y += row[0] * row[j] * y;
    }
    y
}

#[test]
fn kept_code_that_changes_indices() {
    prove_hvp!(kept_code_moves_a_view(slice [0.3, 0.7, -0.4, 0.9], val 0.8));
    prove_hvp!(kept_code_moves_indices(slice [0.3, 0.7, -0.4, 0.9], val 0.8));
}

#[test]
fn derivatives_beside_statements() {
    prove_gradient!(checked_division(val 0.7, val -1.4));
    prove_gradient!(printing(slice noise(3)));
    prove_gradient!(strings(val 0.7, con "sine", con 5));
    prove_gradient!(strings(val 0.7, con "cosine", con 5));
    prove_gradient!(logged(val 0.9, con 3, con &mut Vec::new()));
    prove_gradient!(logged(val 1.9, con 3, con &mut Vec::new()));
    prove_gradient!(logged_in_callees(val 0.9, con &mut Vec::new()));
    prove!(counted(io noise(3), con &mut 1, con &mut [0, 1, 2], con &mut false));
    prove_gradient!(unfinished(val 0.9, con 0));
    prove_gradient!(panics_in_loop(slice [0.3, 0.8]));
}

#[test]
fn run_once_in_order() {
    for x in [0.5, 0.9, 1.9] {
        let mut logs = vec![Vec::new(); 8];
        let [primal, tangent, adjoint, gradient, of_caller @ ..] = &mut logs[..] else {
            unreachable!()
        };
        logged(x, 3, primal);
        logged_tangent(x, 1.0, 3, tangent);
        logged_adjoint(x, 3, adjoint, 1.0);
        logged_gradient(x, 3, gradient);
        assert_eq!(primal, tangent, "logged: tangent");
        assert_eq!(primal, adjoint, "logged: adjoint");
        assert_eq!(primal, gradient, "logged: gradient");
        let [primal, tangent, adjoint, gradient] = of_caller else {
            unreachable!()
        };
        logged_in_callees(x, primal);
        logged_in_callees_tangent(x, 1.0, tangent);
        logged_in_callees_adjoint(x, adjoint, 1.0);
        logged_in_callees_gradient(x, gradient);
        assert_eq!(primal, tangent, "logged_in_callees: tangent");
        assert_eq!(primal, adjoint, "logged_in_callees: adjoint");
        assert_eq!(primal, gradient, "logged_in_callees: gradient");
    }
}

#[test]
fn counters_count_once() {
    let start = [0.7, -1.4, -0.3];
    let (mut calls, mut flips, mut seen) = (1, [0; 3], false);
    counted(&mut start.clone(), &mut calls, &mut flips, &mut seen);
    let (mut t_calls, mut t_flips, mut t_seen) = (1, [0; 3], false);
    counted_tangent(
        &mut start.clone(),
        &mut [1.0; 3],
        &mut t_calls,
        &mut t_flips,
        &mut t_seen,
    );
    assert_eq!(
        (calls, flips, seen),
        (t_calls, t_flips, t_seen),
        "counted: tangent"
    );
    let (mut a_calls, mut a_flips, mut a_seen) = (1, [0; 3], false);
    counted_adjoint(
        &mut start.clone(),
        &mut [1.0; 3],
        &mut a_calls,
        &mut a_flips,
        &mut a_seen,
        1.0,
    );
    assert_eq!(
        (calls, flips, seen),
        (a_calls, a_flips, a_seen),
        "counted: adjoint"
    );
}

#[test]
fn panics_keep_their_message() {
    for n in 1..6 {
        let primal = message(|| unfinished(0.7, n));
        assert_eq!(
            message(|| unfinished_tangent(0.7, 1.0, n)),
            primal,
            "unfinished: tangent"
        );
        assert_eq!(
            message(|| unfinished_adjoint(0.7, n, 1.0)),
            primal,
            "unfinished: adjoint"
        );
        assert_eq!(
            message(|| unfinished_gradient(0.7, n)),
            primal,
            "unfinished: gradient"
        );
    }
    let primal = message(|| checked_division(0.7, 0.0));
    assert_eq!(primal, "division by 0");
    assert_eq!(
        message(|| checked_division_tangent(0.7, 1.0, 0.0, 1.0)),
        primal,
        "checked_division: tangent"
    );
    assert_eq!(
        message(|| checked_division_adjoint(0.7, 0.0, 1.0)),
        primal,
        "checked_division: adjoint"
    );
    let v = [0.4, -0.2, 0.3];
    let primal = message(|| panics_in_loop(&v));
    assert_eq!(primal, "-0.2 is negative");
    assert_eq!(
        message(|| panics_in_loop_tangent(&v, &[1.0; 3])),
        primal,
        "panics_in_loop: tangent"
    );
    assert_eq!(
        message(|| panics_in_loop_adjoint(&v, &mut [0.0; 3], 1.0)),
        primal,
        "panics_in_loop: adjoint"
    );
}
