//! Attributes on loops in one another; `tests/storage` has the shapes.
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn recomputed_around(x: f64, p: f64, n: usize) -> f64 {
    let mut y = x;
    let mut slow = p;
    #[recompute]
    for i in 0..n {
        #[checkpoint(2)]
        for j in 0..i + 1 {
            y = (y * slow).sin() + 0.01 * j as f64;
            #[store]
            for _ in 0..2 {
                slow *= 1.0 - 0.1 * y * slow;
            }
        }
        if y > 0.8 {
            #[checkpoint(3)]
            while y > 0.4 {
                y *= 0.8 + 0.1 * slow;
            }
        }
        slow += y * p;
    }
    y * slow
}

#[differentiate(forward, reverse, hessian)]
fn checkpointed_around(x: &[f64], n: usize) -> f64 {
    let mut u = x.to_vec();
    let mut total = 0.0;
    #[checkpoint(2)]
    for i in 0..n {
        #[recompute]
        for k in 1..u.len() {
            u[k] = (u[k] * u[k - 1]).sin() + 0.3;
        }
        for k in 0..u.len() {
            total += u[k] * u[0];
        }
        #[checkpoint(1)]
        for _ in 0..i % 3 {
            u[0] = u[0].cos() * total.sin();
        }
    }
    total * u[0]
}

#[differentiate(forward, reverse, hessian)]
fn stored_around(x: &[f64], p: f64) -> f64 {
    let mut loss = 0.0;
    #[store]
    for v in x {
        let mut y = *v;
        #[recompute]
        for _ in 0..3 {
            y = (y * p).sin() + 0.2 * y * y;
        }
        loss += (y - p) * (y - p);
    }
    loss * loss
}

#[differentiate(forward, reverse, hessian)]
fn chosen_around(x: &[f64], p: f64, snapshots: usize) -> f64 {
    let mut y = p;
    'rows: for i in 0..x.len() {
        let most = snapshots + i;
        #[checkpoint(most)]
        for j in 0..x.len() {
            y = (y * x[i] + x[j]).sin();
            #[recompute]
            loop {
                y = y * 0.7 + 0.05 * x[j];
                if y < 0.3 {
                    break;
                }
                if y > 2.0 {
                    continue 'rows;
                }
            }
        }
        y += p;
    }
    y * y
}

#[test]
fn proved() {
    for n in [0, 1, 2, 3, 6] {
        prove_hvp!(recomputed_around(val 0.4, val 0.7, con n));
        prove_hvp!(checkpointed_around(slice [0.4, 0.9, -0.3], con n));
    }
    prove_hvp!(stored_around(slice [0.4, 0.9, -0.3], val 0.7));
    for snapshots in [1, 2, 7] {
        prove_hvp!(chosen_around(slice [0.4, 0.9, -0.3], val 0.7, con snapshots));
    }
}

#[test]
#[should_panic(expected = "needs room for one snapshot")]
fn no_room() {
    chosen_around_gradient(&[0.4, 0.9], 0.7, 0);
}
