//! Three features or more at once: what a reviewer would try who wants the transformation to fail.
//! The line before each function says what it combines.
use crate::harness::{noise, positive};
use chainrule::{constant, differentiate};

// overwritten variable · loop with early exit · callee with an in/out slice
#[differentiate(forward, reverse)]
fn overwritten_with_exit_in_callee(v: &mut [f64], x: f64, limit: f64) -> f64 {
    let mut y = x;
    for i in 0..v.len() {
        y = y * v[i] + x;
        y += squeeze(&mut v[i..], y, limit);
        if y > limit {
            return y * v[0];
        }
        v[i] *= y;
    }
    y
}

// in/out slice · early exit in a loop · overwritten accumulator
#[differentiate(forward, reverse)]
fn squeeze(v: &mut [f64], y: f64, limit: f64) -> f64 {
    let mut sum = y;
    for i in 0..v.len() {
        v[i] = v[i] * sum;
        sum = sum * 0.5 + v[i];
        if sum.abs() > limit {
            break;
        }
        v[i] += 0.1;
    }
    sum
}

// the overwritten value is needed twice: before and after · exit between · carried across both loops
#[differentiate(forward, reverse)]
fn needed_before_and_after(x: &[f64]) -> f64 {
    let mut a = x[0];
    let mut out = 0.0;
    for i in 0..x.len() {
        out += a * a;
        a = a * x[i];
        if a * out > 0.4 {
            out *= a;
            break;
        }
        out += a * x[i];
    }
    for i in (0..x.len()).rev() {
        a = a + x[i] * a;
        out = out * a;
    }
    out
}

// branch decided by a value that is overwritten in that branch · in a loop · with an index that moves
#[differentiate(forward, reverse)]
fn condition_destroyed_by_branch(v: &mut [f64], n: usize) -> f64 {
    let mut k = 0;
    let mut t = v[0];
    for i in 0..n {
        if v[k] > t {
            v[k] = t * 0.5;
            t = v[k] + 1.0;
            k = (k + 2) % v.len();
        } else {
            t = v[k] * t;
            v[k] += t;
            k = (k + 1) % v.len();
        }
    }
    t * v[k]
}

// trip count overwritten inside · inner loop over the changing bound · index table changed on the way
#[differentiate(forward, reverse)]
fn bounds_change_inside(x: f64, n: usize) -> f64 {
    let mut n = n;
    let mut table = [3usize, 1, 2, 0];
    let mut v = [x, x * x, 1.0, 0.5];
    let mut i = 0;
    while i < n {
        for j in 0..n {
            v[table[j % 4]] = v[table[j % 4]] * v[j % 4] + 0.1;
            table.swap(j % 4, i % 4);
        }
        n -= 1;
        i += 1;
    }
    v[0] + v[1] * v[2] + v[3] * n as f64
}

// one slice for two shared parameters · views that overlap · result scaled in place · nested calls in arguments
#[differentiate(forward, reverse)]
fn aliases_everywhere(x: &[f64], out: &mut [f64]) -> f64 {
    let n = x.len();
    let s = triple(x, x, &x[1..]);
    for i in 0..out.len() {
        out[i] *= triple(&x[i..], x, &x[..n - i]) + s;
    }
    let t = triple(out, out, x);
    out[0] = triple(out, x, out) * t;
    triple(&[s, t], &[s, t], &[t, s])
}

#[differentiate(forward, reverse)]
fn triple(a: &[f64], b: &[f64], c: &[f64]) -> f64 {
    let n = a.len().min(b.len()).min(c.len());
    let mut sum = 0.0;
    for i in 0..n {
        sum += a[i] * b[n - 1 - i] * c[i];
    }
    sum
}

// push and pop by data · while over the stack · break · values needed after they were popped
#[differentiate(forward, reverse)]
fn work_list(x: f64, limit: f64) -> f64 {
    let mut stack = vec![x];
    let mut total = 0.0;
    let mut steps = 0;
    while !stack.is_empty() {
        let top = stack.pop().unwrap();
        steps += 1;
        if top * top < limit {
            total += top * x;
            continue;
        }
        stack.push(top * 0.6);
        stack.push(top.sin() * 0.5);
        if steps > 60 {
            break;
        }
    }
    total * stack.len() as f64 + total
}

// recursion by data · two recursive calls with the result of the first in the second · in/out counter of calls
#[differentiate(forward, reverse)]
fn tangled_recursion(x: f64, y: f64, calls: &mut usize) -> f64 {
    *calls += 1;
    if x + y < 0.5 || *calls > 12 {
        return x * y;
    }
    let left = tangled_recursion(x * 0.5, y * 0.7, calls);
    let right = tangled_recursion(y * 0.4, left * x, calls);
    left * right + x * *calls as f64
}

// mutual recursion · in/out slice · view that shrinks · exit by data
#[differentiate(forward, reverse)]
fn zig(v: &mut [f64], x: f64) -> f64 {
    if v.is_empty() || x.abs() > 5.0 {
        return x;
    }
    v[0] = v[0] * x + 0.2;
    let y = v[0].sin() + x;
    zag(&mut v[1..], y) * v[0]
}

#[differentiate(forward, reverse)]
fn zag(v: &mut [f64], x: f64) -> f64 {
    let n = v.len();
    if n == 0 {
        return x * x;
    }
    v[n - 1] -= x * v[n - 1];
    let last = v[n - 1];
    let y = zig(&mut v[..n - 1], x * last);
    v[n - 1] *= y;
    y + v[n - 1]
}

// shadowed in every scope · late initialised · break value of a labelled loop
#[differentiate(forward, reverse)]
fn one_name(x: f64) -> f64 {
    let x = x * 1.5;
    let y;
    {
        let x = x.sin();
        y = x * x;
    }
    let x = 'x: loop {
        let x = x + y;
        for i in 0..5 {
            let x = x * (i as f64 + y);
            if x > 2.0 {
                break 'x x * y;
            }
        }
        break x;
    };
    let y = match x > 1.0 {
        true => {
            let x = y;
            x * x
        }
        false => x,
    };
    x * y
}

// swaps · loop carried permutation · values that depend on the iteration · unused entries
#[differentiate(forward, reverse)]
fn card_shuffle(v: &mut [f64], rounds: usize) -> f64 {
    let n = v.len();
    let mut sum = 0.0;
    for r in 0..rounds {
        for i in 0..n {
            let j = (i * 7 + r * 3 + 1) % n;
            v.swap(i, j);
            if i != j {
                v[i] += v[j] * 0.1 * r as f64;
            }
        }
        sum += v[r % n] * v[(r + 1) % n];
    }
    sum
}

// in/out scalar used as loop condition · array element passed as &mut · result of callee unused
#[differentiate(forward, reverse)]
fn drained(level: &mut f64, taps: &mut [f64; 3]) -> f64 {
    let mut poured = 0.0;
    let mut k = 0;
    while *level > 0.2 {
        tap(&mut taps[k], level);
        poured += taps[k] * *level;
        k = (k + 1) % 3;
    }
    poured
}

#[differentiate(forward, reverse)]
fn tap(tap: &mut f64, level: &mut f64) -> f64 {
    let flow = *tap * *level;
    *level -= flow;
    *tap *= 0.9 + 0.1 * flow;
    flow
}

// tuple and array destructuring assignment in a loop · exits in three places · a state machine by match
#[differentiate(forward, reverse)]
fn state_machine(input: &[f64]) -> f64 {
    let mut state = 0;
    let (mut a, mut b) = (1.0, 0.0);
    let mut i = 0;
    let result = loop {
        if i == input.len() {
            break a - b;
        }
        let x = input[i];
        i += 1;
        match (state, x > 0.0) {
            (0, true) => {
                (a, b) = (a * x, a + b);
                state = 1;
            }
            (0, false) => {
                [b, a] = [a * b - x, b];
                continue;
            }
            (1, true) => {
                a += b * x;
                state = 2;
            }
            (1, false) if x < -0.8 => return a * b * x,
            (1, false) => state = 0,
            (_, up) => {
                b = if up { b.exp() } else { b * x };
                state = if up { 0 } else { 1 };
                if b > 30.0 {
                    break b.ln() * a;
                }
            }
        }
        a = a * 0.9 + 0.05;
    };
    result * result
}

// Vec rebuilt in each iteration from itself · lengths that change · callee by value · zero trips
#[differentiate(forward, reverse)]
fn lengths_change(x: &[f64]) -> Vec<f64> {
    let mut v = x.to_vec();
    while v.len() > 2 {
        let mut half = Vec::new();
        for i in 0..v.len() / 2 {
            half.push(v[2 * i] * v[2 * i + 1] + x[i]);
        }
        if v.len() % 2 == 1 {
            half.push(v[v.len() - 1]);
        }
        v = stretched(half);
        v.pop();
    }
    for i in v.len()..2 {
        v.push(x[0] * i as f64);
    }
    v
}

#[differentiate(forward, reverse)]
fn stretched(v: Vec<f64>) -> Vec<f64> {
    let mut v = v;
    let last = v[v.len() - 1];
    for w in &mut v {
        *w *= last;
    }
    v.push(last);
    v
}

// a place read in its own index's condition · compound assignment with a block that changes the operand · order of evaluation
#[differentiate(forward, reverse)]
fn order_of_evaluation(x: f64, v: &mut [f64]) -> f64 {
    let mut y = x;
    let a = y + {
        y *= 2.0;
        y
    } * y;
    v[0] = v[1] * {
        v[1] += a;
        v[1]
    };
    y += if v[0] > v[1] {
        v[0] -= y;
        v[0]
    } else {
        v[1] = y * a;
        v[1]
    };
    let p = [
        y,
        {
            y = y.sin();
            y
        },
        y * a,
    ];
    p[0] * p[1] + p[2] * v[0]
}

// dead loop beside a live one · unused results · overwritten before use · zero trips in the middle
#[differentiate(forward, reverse)]
fn mostly_dead(x: &[f64], n: usize) -> f64 {
    let mut dead = vec![0.0; x.len()];
    let mut live = x[0];
    for i in 0..x.len() {
        dead[i] = x[i].exp() * live;
        let unused = triple(x, &dead, x);
        live = live * 0.5 + x[i];
        for k in n..0 {
            live *= x[k];
        }
        dead[0] += dead[i];
    }
    let mut z = dead[0];
    z = live;
    let w = z * z;
    z = 3.0;
    w * z
}

// the value that leaves the loop was set in an earlier iteration · best so far · index of it · exit
#[differentiate(forward, reverse)]
fn best_so_far(x: &[f64], patience: usize) -> f64 {
    let mut best = f64::INFINITY;
    let mut at = 0;
    let mut kept = 0.0;
    let mut current = 0.4;
    for i in 0..x.len() {
        current = current * x[i] + 0.3 * current.cos();
        let loss = (current - 0.2) * (current - 0.2);
        if loss < best {
            best = loss;
            kept = current * x[at];
            at = i;
        } else if i - at > patience {
            break;
        }
    }
    best + kept * x[at]
}

// three-level labels · in/out rows · views · continue that skips the restoring statement
#[differentiate(forward, reverse)]
fn labels_and_rows(m: &mut [f64], n: usize) -> f64 {
    let mut y = 0.7;
    'rows: for i in 0..n {
        let scale = m[i * n] + 2.0;
        let row = &mut m[i * n..(i + 1) * n];
        for j in 0..n {
            row[j] = row[j] / scale;
            for k in 0..j {
                if row[k] * y > 0.3 {
                    row[j] *= y;
                    continue 'rows;
                }
                y += row[k] * row[j];
                if y > 0.75 {
                    break 'rows;
                }
            }
        }
        y *= row[0] + 1.0;
    }
    y
}

// generic · where-clause · callee · break value · in/out Vec that grows
#[differentiate(forward, reverse)]
fn generic_growth<T>(v: &mut Vec<T>, x: T, limit: T) -> T
where
    T: num_traits::Float,
{
    let mut k = 0;
    loop {
        let last = v[v.len() - 1];
        let next = generic_map(last, x);
        v.push(next);
        k += 1;
        if next > limit {
            break next * last;
        }
        if k == 8 {
            return x;
        }
        v[k - 1] = v[k] * x;
    }
}

#[differentiate(forward, reverse)]
fn generic_map<T: num_traits::Float>(a: T, b: T) -> T {
    if a > b { a * b + T::one() } else { a + b * b }
}

// const generics · array by value overwritten · rows swapped · early return of an array
#[differentiate(forward, reverse)]
fn eliminate<const N: usize>(m: [[f64; N]; N], b: [f64; N]) -> [f64; N] {
    let mut m = m;
    let mut b = b;
    for k in 0..N {
        let mut p = k;
        for i in k..N {
            if m[i][k].abs() > m[p][k].abs() {
                p = i;
            }
        }
        if m[p][k] == 0.0 {
            return b;
        }
        m.swap(k, p);
        b.swap(k, p);
        for i in 0..N {
            if i != k {
                let f = m[i][k] / m[k][k];
                let pivot_row = m[k];
                for j in 0..N {
                    m[i][j] -= f * pivot_row[j];
                }
                b[i] -= f * b[k];
            }
        }
    }
    for k in 0..N {
        b[k] /= m[k][k];
    }
    b
}

// stopped values · constant parameter · loop with exit decided by a stopped value · overwritten
#[differentiate(forward, reverse)]
fn stopped_on_the_way(x: f64, #[constant] steps: &[f64]) -> f64 {
    let mut y = x;
    let mut seen = 0.0;
    for s in steps {
        y = y * s + x * x;
        let level = constant((y * 2.0).floor());
        seen += level * y;
        if level > 3.0 {
            y = y / level;
            break;
        }
    }
    y + seen
}

// fill, copy_from_slice, swap and range views of one buffer · in a loop · with its own old values
#[differentiate(forward, reverse)]
fn ring_buffer(buffer: &mut [f64], x: f64, rounds: usize) -> f64 {
    let n = buffer.len();
    let mut sum = 0.0;
    for r in 0..rounds {
        let old = buffer.to_vec();
        buffer[1..].copy_from_slice(&old[..n - 1]);
        buffer[0] = old[n - 1] * x;
        if r % 3 == 2 {
            buffer[..2].fill(sum + x);
            buffer.swap(0, n - 1);
        }
        for v in &old {
            sum += v * buffer[r % n];
        }
    }
    sum
}

// Vec<Vec> grown unevenly · row cloned, changed and put back · nested loops over rows · exit
#[differentiate(forward, reverse)]
fn ragged(x: &[f64], limit: f64) -> f64 {
    let mut rows: Vec<Vec<f64>> = vec![Vec::new(); 3];
    for (i, v) in x.iter().enumerate() {
        rows[i * i % 3].push(*v);
        if rows[0].len() > 1 {
            let mut copy = rows[0].clone();
            copy[0] *= v;
            rows[0] = copy;
        }
    }
    let mut y = 1.0;
    for row in &rows {
        let mut inner = 0.0;
        for v in row {
            inner += v * y;
        }
        y = y * 0.5 + inner;
        if y.abs() > limit {
            return y * rows[0][0];
        }
    }
    y
}

// two in/out slices of different lengths · callee with both in either order · loop
#[differentiate(forward, reverse)]
fn exchange_twice(a: &mut [f64], b: &mut [f64], n: usize) {
    for i in 0..n {
        exchange(a, b, i % 2 == 0);
        exchange(b, a, i % 3 == 0);
    }
    exchange(&mut a[1..], &mut b[..1], true);
}

#[differentiate(forward, reverse)]
fn exchange(a: &mut [f64], b: &mut [f64], add: bool) {
    let n = a.len().min(b.len());
    for i in 0..n {
        let t = a[i] * b[i];
        if add {
            a[i] += t;
            b[i] -= a[i];
        } else {
            a[i] = b[i];
            b[i] = t;
        }
    }
}

// infinite values in the branch that isn't taken · guards · division by something that may vanish · loop
#[differentiate(forward, reverse)]
fn guarded_divisions(v: &[f64], #[constant] w: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..v.len() {
        let r = if w[i] != 0.0 { v[i] / w[i] } else { v[i] };
        let s = match i {
            _ if w[i] < 0.0 => (-w[i]).sqrt() * r,
            0..=1 => w[i].sqrt() + r,
            _ => w[i] * w[i] * r,
        };
        sum = sum * 0.7 + s * r;
    }
    sum
}

// tuples in tuples in loops · fields assigned across · tuple of array and scalar as a loop variable
#[differentiate(forward, reverse)]
fn tuple_state(start: (f64, [f64; 2]), n: usize) -> (f64, [f64; 2]) {
    let mut s = (start, 0.5);
    for i in 0..n {
        let ((a, b), c) = s;
        s.0.0 = a * b[0] + c;
        s.0.1[i % 2] *= a;
        s.1 = s.0.0 * s.0.1[1] - c;
        if s.1 > 3.0 {
            return (s.1, b);
        }
    }
    (s.0.0 * s.1, s.0.1)
}

// counter-controlled unrolling with remainder loop · step_by · in/out · reads ahead
#[differentiate(forward, reverse)]
fn unrolled_by_four(x: &[f64], y: &mut [f64]) -> f64 {
    let n = x.len();
    let main = n - n % 4;
    let (mut s0, mut s1, mut s2, mut s3) = (0.0, 0.0, 0.0, 0.0);
    for i in (0..main).step_by(4) {
        s0 += x[i] * y[i];
        s1 += x[i + 1] * y[i + 1];
        s2 += x[i + 2] * y[i + 2];
        s3 += x[i + 3] * y[i + 3];
        y[i] = s0 * s1;
        y[i + 3] = s2 - s3 * y[i];
    }
    let mut rest = 0.0;
    for i in main..n {
        rest += x[i] * y[i];
        y[i] = rest;
    }
    (s0 + s1) * (s2 + s3) + rest
}

// early exit on the first iteration, on the last, and never: the same function
#[differentiate(forward, reverse)]
fn exit_somewhere(v: &mut [f64], threshold: f64) -> f64 {
    let mut product = 1.0;
    let mut k = 0;
    while k < v.len() {
        product *= v[k];
        if product.abs() < threshold {
            v[k] = product;
            break;
        }
        v[k] *= product;
        k += 1;
    }
    for i in 0..k {
        product += v[i] * v[k.min(v.len() - 1)];
    }
    product
}

// loop-carried array of views' values · method and path calls · min and max of overwritten things
#[differentiate(forward, reverse)]
fn envelope(v: &[f64], width: usize) -> Vec<f64> {
    let mut out = Vec::new();
    let mut high = v[0];
    let mut low = v[0];
    for i in 0..v.len() {
        let from = if i > width { i - width } else { 0 };
        let window = &v[from..=i];
        high = window[0];
        low = f64::min(low, window[0]);
        for w in window {
            high = high.max(*w);
            low = low.min(*w * 0.9);
        }
        out.push((high - low) * v[i]);
        low = low * 0.5 + high * 0.25;
    }
    out
}

// nested annotated function with in/out · called in a branch in a loop · its result is a loop bound's neighbour
#[differentiate(forward, reverse)]
fn helper_inside(v: &mut [f64], n: usize) -> f64 {
    #[differentiate(forward, reverse)]
    fn mix(v: &mut [f64], k: usize) -> f64 {
        let n = v.len();
        let t = v[k] * v[(k + 1) % n];
        v[k] = t + v[(k + 2) % n];
        if t > 0.5 {
            return t;
        }
        v[(k + 1) % n] -= t;
        -t
    }
    let mut sum = 0.0;
    for i in 0..n {
        if i % 3 != 1 {
            let m = mix(v, i % v.len());
            sum += m * sum + m;
        } else {
            mix(&mut v[1..], 0);
        }
    }
    sum
}

#[test]
fn exits_and_in_out() {
    for limit in [0.4, 2.0, 1e6] {
        prove!(overwritten_with_exit_in_callee(io noise(4), val 0.7, val limit));
        prove!(squeeze(io noise(4), val 0.7, val limit));
    }
    for threshold in [10.0, 0.3, 1e-9] {
        prove!(exit_somewhere(io noise(5), val threshold));
    }
    prove!(drained(ios 2.3, ioa [0.3, 0.2, 0.4]));
    prove!(tap(ios 0.3, ios 2.3));
    prove!(labels_and_rows(io noise(16), con 4));
    prove!(labels_and_rows(io positive(16), con 4));
    prove!(zig(io noise(5), val 0.7));
    prove!(zig(io [0.0f64; 0], val 0.7));
    prove!(zig(io noise(3), val 5.7));
    prove!(zag(io noise(4), val 0.7));
    prove!(helper_inside(io noise(4), con 6));
    prove!(helper_inside(io [1.3, 0.9, -0.4, 0.8], con 6));
}

#[test]
fn overwriting() {
    prove_gradient!(needed_before_and_after(slice noise(5)));
    prove_gradient!(needed_before_and_after(slice positive(5)));
    prove_gradient!(needed_before_and_after(slice [0.7, 1.3, 0.8]));
    prove!(condition_destroyed_by_branch(io noise(5), con 9));
    prove_gradient!(bounds_change_inside(val 0.7, con 5));
    prove!(card_shuffle(io noise(5), con 3));
    prove!(order_of_evaluation(val 0.7, io noise(2)));
    prove!(order_of_evaluation(val -0.7, io [-0.4, 0.9]));
    prove!(order_of_evaluation(val 0.7, io [0.4, 2.5]));
    prove_gradient!(mostly_dead(slice noise(4), con 2));
    prove_gradient!(best_so_far(slice noise(8), con 2));
    prove!(ring_buffer(io noise(4), val 0.7, con 5));
    prove!(exchange_twice(io noise(4), io positive(3), con 3) -> unit);
    prove!(exchange(io noise(4), io positive(3), con false) -> unit);
    prove!(unrolled_by_four(slice noise(10), io positive(10)));
}

#[test]
fn aliases_and_recursion() {
    prove!(aliases_everywhere(slice noise(4), io positive(3)));
    prove_gradient!(triple(slice noise(4), slice positive(3), slice noise(5)));
    prove_gradient!(tangled_recursion(val 1.3, val 0.9, con &mut 0));
}

#[test]
fn vecs() {
    prove_gradient!(work_list(val 1.7, val 0.1));
    prove!(lengths_change(slice noise(7)) -> vec);
    prove!(lengths_change(slice noise(2)) -> vec);
    prove!(lengths_change(slice noise(1)) -> vec);
    prove!(stretched(val noise(3)) -> vec);
    prove_gradient!(ragged(slice noise(6), val 0.5));
    prove_gradient!(ragged(slice noise(6), val 500.0));
    prove!(envelope(slice noise(7), con 2) -> vec);
}

#[test]
fn shapes() {
    for x in [0.4, 0.9, 1.7] {
        prove_gradient!(one_name(val x));
    }
    prove_gradient!(state_machine(slice noise(12)));
    prove_gradient!(state_machine(slice [0.4, 0.9, -0.5, 0.3, -0.4]));
    prove_gradient!(state_machine(slice [0.4, 0.9, 0.7, 0.6, 0.8, 1.5, 0.3, 0.7, -0.5, 0.6]));
    prove_gradient!(state_machine(slice [2.4, 2.9, 2.7, 2.6, 2.8, 3.5, 2.3, 2.7, 2.5]));
    prove_gradient!(state_machine(slice [0.4, 0.9, 0.3, 0.7, -0.5, -0.9, 0.3]));
    prove!(generic_growth(iov vec![0.3, 0.4], val 1.2, val 5.0));
    prove!(generic_growth(iov vec![0.3f32, 0.4], val 1.2f32, val 500.0f32));
    prove_gradient!(generic_map(val 1.3, val 0.7));
    prove!(eliminate(val [[0.1, 0.9, 0.4], [1.7, 0.3, -0.2], [0.5, -0.6, 1.1]], val [0.3, 0.2, 0.9]));
    prove_gradient!(stopped_on_the_way(val 0.9, con &[1.1, 0.9, 1.3, 1.2]));
    prove_gradient!(guarded_divisions(slice noise(5), con &[0.4, 0.0, -0.7, 1.3, 0.9]));
    prove!(tuple_state(val (0.7, [0.4, -0.9]), con 4));
}
