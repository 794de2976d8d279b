//! Loops: what they run over, and what they carry.
use crate::harness::{noise, positive};
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn sum_of_squares(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i];
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn product_of_all(x: &[f64]) -> f64 {
    let mut product = 1.0;
    for i in 0..x.len() {
        product *= x[i];
    }
    product
}

#[differentiate(forward, reverse, hessian)]
fn overwritten_by_iteration(x: f64, n: usize) -> f64 {
    let mut v = x;
    for _ in 0..n {
        v = v * v - 0.3 * x;
    }
    v
}

#[differentiate(forward, reverse, hessian)]
fn horner(c: &[f64], x: f64) -> f64 {
    let mut value = 0.0;
    for k in (0..c.len()).rev() {
        value = value * x + c[k];
    }
    value
}

#[differentiate(forward, reverse, hessian)]
fn horner_with_derivative(c: &[f64], x: f64) -> f64 {
    let mut value = 0.0;
    let mut slope = 0.0;
    for k in (0..c.len()).rev() {
        slope = slope * x + value;
        value = value * x + c[k];
    }
    value * slope
}

#[differentiate(forward, reverse, hessian)]
fn continued_fraction(a: &[f64]) -> f64 {
    let mut value = a[a.len() - 1];
    for i in (0..a.len() - 1).rev() {
        value = a[i] + 1.0 / value;
    }
    value
}

#[differentiate(forward, reverse, hessian)]
fn inclusive_range(x: f64, n: usize) -> f64 {
    let mut sum = 0.0;
    let mut power = 1.0;
    for k in 1..=n {
        power *= x / k as f64;
        sum += power;
    }
    sum
}

#[differentiate(forward, reverse)]
fn inclusive_reversed(x: &[f64], last: usize) -> f64 {
    let mut sum = 0.0;
    for k in (0..=last).rev() {
        sum = sum * x[k] + x[last - k];
    }
    sum
}

#[differentiate(forward, reverse)]
fn stepped(x: &[f64], step: usize) -> f64 {
    let mut sum = 0.3;
    for k in (1..x.len()).step_by(step) {
        sum = sum * x[k] + x[k - 1];
    }
    sum
}

#[differentiate(forward, reverse)]
fn stepped_and_reversed(x: &[f64]) -> f64 {
    let mut sum = 0.3;
    for k in (0..x.len()).step_by(2).rev() {
        sum = sum * x[k] + 1.0;
    }
    for k in (1..=x.len() - 1).rev().step_by(3) {
        sum = sum * x[k] - 1.0;
    }
    sum
}

#[differentiate(forward, reverse)]
fn zero_trips(x: &[f64], n: usize) -> f64 {
    let mut sum = x[0];
    for k in n..0 {
        sum *= x[k];
    }
    for _ in 0..0 {
        sum *= 3.0;
    }
    for k in 5..n {
        sum = sum.sin() * x[k];
    }
    for k in 1..=0 {
        sum += x[k];
    }
    while sum > 1e9 {
        sum = sum.sqrt();
    }
    sum * x[1]
}

#[differentiate(forward, reverse)]
fn over_reference(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += x * x;
        sum *= *x;
    }
    sum
}

#[differentiate(forward, reverse)]
fn over_borrowed_vec(v: &Vec<f64>, scale: f64) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += x.sin() * scale;
    }
    for &x in v {
        sum *= x;
    }
    sum
}

#[differentiate(forward, reverse)]
fn over_iter(v: &[f64]) -> f64 {
    let mut mean = 0.0;
    for x in v.iter() {
        mean += x / v.len() as f64;
    }
    let mut variance = 0.0;
    for &x in v.iter() {
        let centred = x - mean;
        variance += centred * centred;
    }
    variance
}

#[differentiate(forward, reverse, hessian)]
fn over_iter_enumerate(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, x) in v.iter().enumerate() {
        sum += x.powi(i as i32 + 1) * (i as f64 + 0.5);
    }
    for (i, &x) in v.iter().enumerate() {
        if i % 2 == 0 {
            sum -= x * v[i / 2];
        }
    }
    sum
}

#[differentiate(forward, reverse)]
fn over_local_array(x: f64, y: f64) -> f64 {
    let weights = [x, y * y, x * y];
    let mut sum = 1.0;
    for w in &weights {
        sum *= w + x;
    }
    for w in weights.iter() {
        sum += w.cos();
    }
    sum
}

#[differentiate(forward, reverse)]
fn over_mutable_local(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    for y in &mut v {
        *y = *y * *y + 1.0;
    }
    for y in v.iter_mut() {
        *y *= y.sin();
    }
    for (i, y) in v.iter_mut().enumerate() {
        *y += i as f64 * x[0];
    }
    let mut sum = 0.0;
    for y in &v {
        sum += y;
    }
    sum
}

#[differentiate(forward, reverse)]
fn iter_mut_in_place(v: &mut [f64], scale: f64) {
    let mut previous = scale;
    for x in v.iter_mut() {
        let old = *x;
        *x = *x * previous + scale;
        previous = old;
    }
}

#[differentiate(forward, reverse)]
fn enumerated_in_place(v: &mut [f64]) {
    for (i, x) in v.iter_mut().enumerate() {
        *x = x.powi(2) - *x / (i + 1) as f64;
        *x *= *x;
    }
}

#[differentiate(forward, reverse)]
fn mutable_reference_in_place(v: &mut Vec<f64>, scale: f64) {
    for x in &mut *v {
        *x /= scale;
    }
    for x in v.iter_mut() {
        *x = x.tanh() + *x;
    }
}

#[differentiate(forward, reverse, hessian)]
fn while_counter(x: f64, n: usize) -> f64 {
    let mut k = 0;
    let mut y = x;
    while k < n {
        y = y.sin() + x * y;
        k += 1;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn while_data_dependent(x: f64) -> f64 {
    let mut y = x;
    let mut trips = 0.0;
    while y < 50.0 {
        y = y * y + x;
        trips += 1.0;
    }
    y * trips
}

#[differentiate(forward, reverse)]
fn while_zero_trips(x: f64, limit: f64) -> f64 {
    let mut y = x * limit;
    while y > limit {
        y *= 0.5 * x;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn newton_square_root(a: f64) -> f64 {
    let mut x = a;
    while (x * x - a).abs() > 1e-13 {
        x = 0.5 * (x + a / x);
    }
    x
}

#[differentiate(forward, reverse)]
fn halve_until_small(x: f64, limit: f64) -> f64 {
    let mut y = x;
    let mut sum = 0.0;
    while y.abs() > limit {
        sum += y * x;
        y /= 2.0;
    }
    sum
}

#[differentiate(forward, reverse)]
fn greatest_common_measure(a: f64, b: f64) -> f64 {
    // Euclid's algorithm on reals: overwritten pair, unknown trips.
    let mut p = a;
    let mut q = b;
    while q > 0.05 {
        let r = p % q;
        p = q;
        q = r;
    }
    p * a
}

#[differentiate(forward, reverse)]
fn collatz_on_integers(x: f64, start: u64) -> f64 {
    let mut n = start;
    let mut y = x;
    while n != 1 {
        if n % 2 == 0 {
            n /= 2;
            y = y * 1.1 + x;
        } else {
            n = 3 * n + 1;
            y *= x;
        }
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn double_loop(a: &[f64], x: &[f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        let mut row = 0.0;
        for j in 0..n {
            row += a[i * n + j] * x[j];
        }
        sum += row * x[i];
    }
    sum
}

#[differentiate(forward, reverse)]
fn triangular_loop(x: &[f64]) -> f64 {
    let n = x.len();
    let mut energy = 0.0;
    for i in 0..n {
        for j in i + 1..n {
            let d = x[i] - x[j];
            energy += 1.0 / (d * d + 0.1);
        }
    }
    energy
}

#[differentiate(forward, reverse)]
fn triple_loop_overwriting(x: f64, n: usize) -> f64 {
    let mut a = x;
    let mut b = 1.0;
    for i in 0..n {
        a = a * 0.5 + b;
        for j in 0..i {
            b = b * a.cos();
            for _ in j..n {
                a += b * x;
            }
        }
    }
    a * b
}

#[differentiate(forward, reverse)]
fn inner_trips_depend_on_values(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..4 {
        let trips = (y * 3.0).floor() as i32 % 4;
        let mut k = 0;
        while k < trips {
            y = y * 1.1 + 0.1 * x;
            k += 1;
        }
        y = y.sqrt() + 0.3;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn fibonacci_pair(x: f64, y: f64, n: usize) -> f64 {
    let mut a = x;
    let mut b = y;
    for _ in 0..n {
        let next = a * 0.5 + b * x;
        a = b;
        b = next;
    }
    a * b
}

#[differentiate(forward, reverse, hessian)]
fn tuple_swap_in_loop(x: f64, y: f64, n: usize) -> f64 {
    let (mut a, mut b) = (x, y);
    for _ in 0..n {
        (a, b) = (b * x, a + b);
    }
    a - b * b
}

#[differentiate(forward, reverse)]
fn loop_local_shadows(x: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..4 {
        let x = x + i as f64 * 0.1;
        let x = x * x;
        let pair = [x, x + 1.0];
        for x in &pair {
            sum += x * x;
        }
        sum *= x;
    }
    sum * x
}

#[differentiate(forward, reverse)]
fn last_iteration_wins(x: &[f64]) -> f64 {
    let mut last = 0.0;
    for i in 0..x.len() {
        last = x[i] * x[i];
    }
    last
}

#[differentiate(forward, reverse)]
fn first_and_last(x: &[f64]) -> f64 {
    let mut first = 0.0;
    let mut last = 0.0;
    for i in 0..x.len() {
        if i == 0 {
            first = x[i].exp();
        }
        last = x[i].sin();
    }
    first * last
}

#[differentiate(forward, reverse, hessian)]
fn alternating_series(x: f64, n: i32) -> f64 {
    let mut sum = 0.0;
    let mut sign = 1.0;
    for k in 0..n {
        sum += sign * x.powi(2 * k + 1) / (2 * k + 1) as f64;
        sign = -sign;
    }
    sum
}

#[differentiate(forward, reverse)]
fn negative_integer_range(x: f64) -> f64 {
    let mut sum = 0.0;
    for k in -3i32..=3 {
        sum += x.powi(k) * f64::from(k * k - 2);
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn log_sum_exp(x: &[f64]) -> f64 {
    let mut top = x[0];
    for i in 1..x.len() {
        top = top.max(x[i]);
    }
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += (x[i] - top).exp();
    }
    top + sum.ln()
}

#[differentiate(forward, reverse)]
fn unrelated_counters(x: &[f64]) -> f64 {
    let mut positives = 0;
    let mut steps = 0usize;
    let mut y = 1.0;
    for (i, v) in x.iter().enumerate() {
        steps += i;
        if *v > 0.0 {
            positives += 1;
            y *= v + 1.0;
        }
    }
    y * positives as f64 / (steps + 1) as f64
}

#[test]
fn sums_and_products() {
    prove_hvp!(sum_of_squares(slice noise(5)));
    prove_hvp!(product_of_all(slice noise(4)));
    prove_hvp!(horner(slice [1.0, -2.0, 0.5, 0.3], val 0.7));
    prove_hvp!(horner_with_derivative(slice [1.0, -2.0, 0.5, 0.3], val 0.7));
    prove_hvp!(continued_fraction(slice positive(5)));
    prove_hvp!(log_sum_exp(slice noise(6)));
    prove_gradient!(unrelated_counters(slice noise(6)));
}

#[test]
fn ranges() {
    prove_hvp!(inclusive_range(val 0.9, con 6));
    prove_gradient!(inclusive_reversed(slice noise(6), con 5));
    prove_gradient!(stepped(slice noise(9), con 2));
    prove_gradient!(stepped(slice noise(9), con 100));
    prove_gradient!(stepped_and_reversed(slice noise(8)));
    prove_gradient!(zero_trips(slice noise(3), con 3));
    prove_hvp!(alternating_series(val 0.6, con 5));
    prove_gradient!(negative_integer_range(val 0.8));
}

#[test]
fn over_places() {
    prove_gradient!(over_reference(slice noise(5)));
    prove_gradient!(over_borrowed_vec(aref noise(5), val 0.4));
    prove_gradient!(over_iter(slice noise(5)));
    prove_hvp!(over_iter_enumerate(slice noise(5)));
    prove_gradient!(over_local_array(val 0.4, val -0.9));
    prove_gradient!(over_mutable_local(slice noise(4)));
    prove!(iter_mut_in_place(io noise(5), val 0.8) -> unit);
    prove!(enumerated_in_place(io noise(5)) -> unit);
    prove!(mutable_reference_in_place(iov noise(5), val 0.8) -> unit);
}

#[test]
fn empty_slices() {
    prove_gradient!(sum_of_squares(slice [0.0f64; 0]));
    prove_gradient!(horner(slice [0.0f64; 0], val 0.7));
    prove_gradient!(over_reference(slice [0.0f64; 0]));
    prove!(iter_mut_in_place(io [0.0f64; 0], val 0.8) -> unit);
}

#[test]
fn carried() {
    prove_hvp!(overwritten_by_iteration(val 0.7, con 5));
    prove_hvp!(overwritten_by_iteration(val 0.7, con 0));
    prove_hvp!(fibonacci_pair(val 0.7, val -0.4, con 6));
    prove_hvp!(tuple_swap_in_loop(val 0.7, val -0.4, con 5));
    prove_gradient!(loop_local_shadows(val 0.7));
    prove_gradient!(last_iteration_wins(slice noise(4)));
    prove_gradient!(last_iteration_wins(slice[0.5]));
    prove_gradient!(first_and_last(slice noise(4)));
}

#[test]
fn whiles() {
    prove_hvp!(while_counter(val 0.7, con 4));
    prove_hvp!(while_data_dependent(val 1.1));
    prove_gradient!(while_zero_trips(val 0.7, val 2.0));
    prove_gradient!(while_zero_trips(val 1.7, val 2.0));
    prove_hvp!(newton_square_root(val 2.0));
    prove_gradient!(halve_until_small(val 3.0, val 0.1));
    prove_gradient!(greatest_common_measure(val 3.37, val 1.43));
    prove_gradient!(collatz_on_integers(val 0.9, con 7));
}

#[test]
fn nests() {
    prove_hvp!(double_loop(slice noise(9), slice positive(3), con 3));
    prove_gradient!(triangular_loop(slice noise(5)));
    prove_gradient!(triple_loop_overwriting(val 0.7, con 4));
    prove_gradient!(inner_trips_depend_on_values(val 1.2));
}
