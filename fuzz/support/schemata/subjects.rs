//! Functions for mutants of the compiler: `fuzz --bin mutants -- --compiler` expands them and checks what differs. Each module is one, and its
//! last function is `f`. This is no part of any crate.

// What is recorded, saved and computed again.

mod overwritten_variable {
    fn f(x: &[f64]) -> f64 { let mut y = x[0]; y = y * x[1]; y = y.sin() + y * x[0]; y *= x[2] + y; y /= 1.5 + x[0]; y }
}
mod overwritten_elements {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        for i in 1..v.len() { v[i] = v[i] * v[i - 1] + v[i].sin(); }
        v[v.len() - 1] * v[0]
    }
}
mod linear_carried {
    fn f(x: &[f64]) -> f64 {
        let mut level = 0.0;
        for i in 0..x.len() { let pull = (x[i] - level).tanh(); level += x[1] * pull; }
        level * level
    }
}
mod recorded_condition {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        for i in 0..4 {
            if y > 1.05 { y *= 0.6 + 0.1 * x[1]; } else if i == 2 { y = y * y + x[2]; } else { y += x[1].sin(); }
        }
        y * x[2]
    }
}
mod condition_that_stays {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut y = x[0];
        for i in 0..n { if i % 2 == 0 { y = y * x[i]; } else { y = (y + x[i]).cos(); } }
        if n > 2 { y * x[1] } else { y }
    }
}
mod branch_value {
    fn f(x: &[f64]) -> f64 {
        let a = if x[0] > 0.8 { x[0] * x[1] + 0.1 } else { x[1].exp() };
        let b = match x.len() { 1 => a, 3 => a * x[2] * 1.1, _ => 2.0 };
        let (c, d) = if a > b { (a * b, x[0]) } else { (x[2], a + b) };
        c * d
    }
}
mod index_that_changes {
    fn f(x: &[f64]) -> f64 {
        let mut at = 0;
        let mut y = 1.0;
        for k in 0..5 { at = (at + k) % x.len(); y = y * (0.5 + 0.2 * x[at]) + x[at] * x[0]; }
        y
    }
}
mod integers_go_back {
    fn f(x: &[f64]) -> f64 {
        let mut k = 0;
        let mut y = x[1];
        while k + 1 < x.len() { y = (y * x[k]).sin() + 0.3; k += 1; y *= x[k]; }
        k -= 1;
        y * x[k]
    }
}
mod table_of_positions {
    fn f(x: &[f64]) -> f64 {
        let mut order = vec![2, 0, 1];
        let mut y = x[0];
        for r in 0..3 { y *= x[order[r]].sin() + 1.0; order.swap(0, r); y += x[order[0]] * y; }
        y
    }
}
mod recomputed_values {
    fn f(x: &[f64]) -> f64 {
        let mut sum = 0.0;
        for i in 0..x.len() {
            let a = x[i] * 2.0 + 1.0;
            let b = a * a - x[0];
            let c = b * 0.25;
            sum += c * c * b * a;
        }
        sum.sqrt() + 2.0 * sum
    }
}
mod product_of_all {
    fn f(x: &[f64]) -> f64 { let mut p = 1.0; for v in x { p *= *v; } let q = p; p = q * q.ln(); p }
}
mod read_after_overwrite {
    fn f(x: &[f64]) -> f64 {
        let mut a = x[0] * x[1];
        let b = a * a;
        a = x[2].exp();
        let c = a * b;
        a += c * x[0];
        a = a * a;
        a + c
    }
}
mod held_in_two {
    fn f(x: &[f64]) -> f64 {
        let mut a = [x[0], x[1]];
        let mut b = a;
        b[0] *= a[1];
        a[1] = b[0] * b[1];
        a[0] = a[1] * a[0];
        b = a;
        b[1] = b[0] * x[2];
        a[0] * a[1] + b[0] * b[1]
    }
}

// Loops.

mod fused_sum {
    fn f(x: &[f64]) -> f64 { let mut sum = 0.0; for i in 0..x.len() { sum += x[i] * x[i].exp(); } sum * sum }
}
mod fused_twice {
    fn f(x: &[f64]) -> f64 {
        let mut total = x[0] * x[1];
        for i in 0..x.len() { total += x[i].sin() * x[1]; }
        for i in 1..x.len() { total -= x[i] * x[i - 1]; }
        if x[0] > 0.8 { total += x[0] * x[0] * x[0]; }
        2.0 * total
    }
}
mod not_fused {
    fn f(x: &[f64]) -> f64 {
        let mut total = 0.0;
        let mut run = 0.3;
        for v in x { run = run * v + 0.1; total += run * v; }
        let half = total * 0.5;
        for v in x { total += v * half * run; }
        total * half
    }
}
mod sums_of_sums {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut total = 0.0;
        for i in 0..n {
            let mut row = 0.0;
            for j in 0..n { row += x[i] * x[j].cos(); total += x[i] * x[j]; }
            total += row * row;
        }
        total
    }
}
mod backwards_and_in_steps {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        for i in (0..x.len()).rev() { y = (y * x[i]).sin() + x[i]; }
        for i in (0..x.len()).step_by(2) { y = y * x[i] + 0.1; }
        for i in (0..x.len()).rev().step_by(2) { y = (y + x[i]).cos() * y; }
        for i in 0..=2 { y += x[i] * y; }
        for i in (1..=2).rev() { y = y * 0.5 + x[i] * y; }
        y
    }
}
mod nested_exit {
    fn f(x: &[f64]) -> f64 {
        let mut sum = 0.0;
        'rows: for i in 0..x.len() {
            for j in 0..x.len() {
                let term = x[i] * x[j];
                if sum + term > 2.0 { break 'rows; }
                sum += term * x[0];
                sum *= 1.01;
            }
        }
        sum
    }
}
mod continues {
    fn f(x: &[f64]) -> f64 {
        let mut y = 0.5;
        'outer: for i in 0..x.len() {
            let z = y * x[i];
            for j in (0..3).rev() {
                y = y * 0.9 + 0.1 * z;
                if j == 1 && i == 1 { continue 'outer; }
                if z > 100.0 { return z; }
                y *= x[j].cos() + 1.2;
            }
            if i == 0 { continue; }
            y += z.sin();
        }
        y * y
    }
}
mod while_loop {
    fn f(x: &[f64]) -> f64 { let mut y = x[0]; while y < 5.0 { y = y * (1.0 + x[1]) + 0.1; } y }
}
mod while_that_breaks {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        let mut k = 0;
        while y < 50.0 {
            y = y * (1.0 + x[1]) + 0.1;
            if k == 3 { y *= x[2]; break; }
            k += 1;
            y += x[2];
        }
        y * y
    }
}
mod loop_with_a_value {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        let mut k = 0;
        let z = loop { y = y * 0.5 + x[1]; if k == 3 { break y * y; } k += 1; y -= x[2] * y; };
        z * y
    }
}
mod loops_that_do_not_run {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        for i in 3..x.len() { y *= x[i]; }
        for i in 1..1 { y = y * y + x[i]; }
        for i in 2..x.len() { y = y * x[i] + y; }
        y
    }
}
mod steps_and_exits {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        for i in (0..9).step_by(3) { y = y * 0.7 + x[i / 3]; if y > 2.0 { break; } y *= x[1]; }
        for i in (0..3).rev() { y = y * x[i]; if y > 3.0 { y += 1.0; break; } y = y.sin() + x[i]; }
        y
    }
}
mod early_return {
    fn f(x: &[f64]) -> f64 { let y = x[0] * x[1]; if y > 10.0 { return y; } let z = y.cos(); if z > 0.2 { return z * x[0]; } z * y }
}
mod return_in_a_loop {
    fn f(x: &[f64]) -> f64 {
        let mut y = 1.0;
        for i in 0..x.len() {
            y = y * x[i] + 0.2;
            if y > 1.5 { return y * x[2]; }
            y = y.exp() * 0.4;
        }
        y * y
    }
}
mod exit_behind_sums {
    fn f(x: &[f64]) -> f64 {
        let mut sum = x[0];
        for i in 0..x.len() {
            sum += x[i] * x[i];
            if i == 1 { break; }
            sum += x[2].sin();
        }
        sum.ln() * sum
    }
}

// Storage that the user chooses.

mod recomputed_loop {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        let mut v = x[1];
        #[recompute]
        for i in 0..4 {
            let pull = (y * x[2]).sin() + i as f64 * 0.01;
            v += 0.1 * pull * v;
            y = y * 0.9 + v * pull.cos();
        }
        y * v
    }
}
mod recomputed_buffer {
    fn f(x: &[f64]) -> f64 {
        let mut u = x.to_vec();
        let mut next = vec![0.0; 3];
        let mut total = 0.0;
        #[recompute]
        for _ in 0..3 {
            for i in 0..3 { next[i] = u[i] + 0.1 * (u[(i + 1) % 3] * u[i]).sin(); }
            for i in 0..3 { u[i] = next[i] * 0.9; total += u[i] * next[0]; }
        }
        u[0] * u[1] + total
    }
}
mod recomputed_elements {
    fn f(x: &[f64]) -> f64 {
        let mut u = x.to_vec();
        #[recompute]
        for k in 1..3 { let w = u[k] * u[k - 1]; u[k] = w.sin() + 0.3 * w * w; }
        u[0] * u[2] + u[1]
    }
}
mod checkpointed_loop {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        let mut sum = 0.0;
        #[checkpoint(2)]
        for i in 0..7 {
            let z = (y * x[1]).sin();
            y = y * 0.9 + 0.1 * z * z + x[2] * i as f64 * 0.01;
            sum += z * y;
        }
        y * sum
    }
}
mod checkpointed_exit {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        let mut n = 0;
        #[checkpoint(2)]
        while y < 40.0 {
            y = y * 1.3 + 0.1 * x[1] * y.sin();
            n += 1;
            if n > 6 { break; }
            y += x[2] * 0.1;
        }
        y * x[1]
    }
}
mod checkpointed_around {
    fn f(x: &[f64]) -> f64 {
        let mut u = x.to_vec();
        let mut total = 0.0;
        #[checkpoint(2)]
        for i in 0..4 {
            #[recompute]
            for k in 1..u.len() { u[k] = (u[k] * u[k - 1]).sin() + 0.3; }
            for k in 0..u.len() { total += u[k] * u[0]; }
            #[checkpoint(1)]
            for _ in 0..i % 3 { u[0] = u[0].cos() * total.sin(); }
        }
        total * u[0]
    }
}
mod stored_loop {
    fn f(x: &[f64]) -> f64 {
        let mut loss = 0.0;
        #[store]
        for v in x {
            let mut y = *v;
            #[recompute]
            for _ in 0..3 { y = (y * x[1]).sin() + 0.2 * y * y; }
            loss += (y - x[1]) * (y - x[1]);
        }
        loss * loss
    }
}
mod checkpointed_callee {
    fn step(y: &mut [f64], h: f64) { for v in y.iter_mut() { *v += h * *v * (1.0 - 0.2 * *v); } }
    fn f(x: &[f64]) -> f64 {
        let mut y = x.to_vec();
        let mut sum = 0.0;
        #[checkpoint(2)]
        for _ in 0..5 { step(&mut y, x[0] * 0.1); sum += y[1] * y[2]; }
        y[0] * y[1] + sum
    }
}
mod recomputed_exit {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        #[recompute]
        for i in 0..6 {
            let step = (y * 0.3).cos() * x[1];
            if y > 3.0 { y -= 0.1 * step; break; }
            if i % 3 == 1 { y *= 1.1; continue; }
            y += step * y;
        }
        y * y * x[2]
    }
}

// Calls.

mod callee {
    fn g(a: f64, b: &[f64]) -> f64 { a * b[0] + b[1].sin() * a }
    fn f(x: &[f64]) -> f64 { let y = g(x[0], x); y * g(y, x) + g(y, &[0.5, 0.7]) }
}
mod callee_in_a_loop {
    fn g(a: f64, b: f64) -> f64 { (a * b).sin() + a * a }
    fn f(x: &[f64]) -> f64 { let mut y = x[0]; for i in 0..x.len() { y = g(y, x[i]) * 0.5; if i == 1 { y += g(x[2], 0.3); } } y * y }
}
mod callee_that_writes {
    fn step(y: &mut [f64], h: f64) { for v in y.iter_mut() { *v += h * *v * (1.0 - *v); } }
    fn f(x: &[f64]) -> f64 { let mut y = x.to_vec(); for _ in 0..3 { step(&mut y, x[0] * 0.1); } y[0] * y[1] }
}
mod callee_that_overwrites {
    fn scale_into(v: &[f64], by: f64, out: &mut [f64]) {
        let n = v.len();
        for i in 0..n { out[i] = v[i] * by; }
        for i in 1..n { out[i] += out[i - 1] * v[i]; }
    }
    fn f(x: &[f64]) -> f64 {
        let mut scratch = vec![0.0; 3];
        let mut sum = 0.0;
        for v in x { scale_into(x, *v, &mut scratch); for s in &scratch { sum += s * s * v; } }
        sum.sqrt()
    }
}
mod callee_that_writes_a_part {
    fn add(y: &mut f64, z: &mut [f64], by: f64) -> f64 { *y = *y * by + z[0]; z[0] = *y * z[1]; *y + by }
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let mut y = x[0];
        let a = add(&mut y, &mut v[1..], x[1]);
        let b = add(&mut y, &mut v[..2], a * 0.1);
        y * v[0] + b * v[1] * a
    }
}
mod recursion {
    fn g(x: f64, n: usize) -> f64 { if n == 0 { return x * x; } let y = g(x * 0.9, n - 1); y * x + 0.1 * y.sin() }
    fn f(x: &[f64]) -> f64 { g(x[0], 3) * g(x[1], 1) * x[2] }
}
mod vectors_returned {
    fn outer(a: &[f64], s: f64) -> Vec<f64> { a.iter().map(|v| v * s).collect() }
    fn f(x: &[f64]) -> f64 { let v = outer(x, x[0]); let w = outer(&v, v[1]); w[0] * w[2] + v[1] }
}
mod tuples_returned {
    fn pair(a: f64, b: f64) -> (f64, f64) { (a * b, a + b.sin()) }
    fn f(x: &[f64]) -> f64 { let (a, b) = pair(x[0], x[1]); let (c, _) = pair(b, x[2]); let p = pair(a, c); p.0 * p.1 + b }
}
mod closures_written_out {
    fn f(x: &[f64]) -> f64 {
        let scale = x[0] * 2.0;
        let g = |a: f64, b: f64| { let c = a * scale; c * b + x[1] };
        let mut total = 0.0;
        let mut add = |v: f64| { total += v * v; total };
        let a = add(x[2]);
        let b = add(g(x[1], x[2]));
        a * b + g(a * 0.1, total)
    }
}
mod closures_handed_over {
    fn integrate(g: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
        let h = (b - a) / 4.0;
        let mut sum = 0.0;
        for i in 0..4 { sum += g(a + (i as f64 + 0.5) * h) * h; }
        sum
    }
    fn f(x: &[f64]) -> f64 {
        let p = x[0] * x[1];
        let inner = integrate(|t| p * t.sin() + t * x[2], 0.1, x[1]);
        integrate(|t| { let s = t * p; s.cos() * s }, 0.0, x[0]) * inner
    }
}
mod closures_of_slices {
    fn best(g: impl Fn(&[f64]) -> f64, at: &[f64]) -> f64 { let moved = [at[0] * 0.5, at[1]]; g(at) * g(&moved) }
    fn f(x: &[f64]) -> f64 { let w = x[2].exp(); best(|y: &[f64]| y[0] * w + y[1] * y[1], x) * x[0] }
}
mod fallible_callee {
    fn root(a: f64) -> Option<f64> { if a < 0.0 { return None; } Some(a.sqrt() * a) }
    fn both(a: f64, b: f64) -> Option<f64> { let y = root(a)? * b; let z = root(y + 1.0)?; Some(z * y) }
    fn f(x: &[f64]) -> f64 {
        let a = both(x[0], x[1]).unwrap_or(x[2]);
        let b = root(-x[0]).unwrap_or(x[2] * a);
        let c = match root(x[1]) { Some(y) => y * b, None => a };
        a * b + c
    }
}
mod fallible_in_a_loop {
    fn step(y: f64, n: usize) -> Result<f64, String> { if n == 2 { return Err("two".into()); } Ok(y * y * 0.3 + 0.2) }
    fn run(x: &[f64]) -> Result<f64, String> { let mut y = x[0]; for i in 0..x.len() { y = step(y, i + 3)? * x[i]; } if y > 1.0e9 { return Err("large".into()); } Ok(y * step(x[1], 1)?) }
    fn f(x: &[f64]) -> f64 { run(x).unwrap() + step(x[0], 2).unwrap_or(x[1] * x[1]) }
}
mod constants_kept {
    #[allow(unused)]
    fn table(n: usize) -> Vec<f64> { (0..n).map(|k| 0.3 + k as f64).collect() }
    fn f(x: &[f64]) -> f64 {
        let t = chainrule::constant(table(x.len()));
        let mut y = 0.2;
        for (v, c) in x.iter().zip(&t) { y = y * c + v * c * y; }
        y * t[1]
    }
}

// Vectors and views.

mod pushed_and_popped {
    fn f(x: &[f64]) -> f64 {
        let mut stack = Vec::new();
        for v in x { stack.push(v * v); }
        let mut y = 1.0;
        while let Some(v) = stack.pop() { y = y * v + v; }
        y
    }
}
mod edited {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        v.push(v[0] * v[1]);
        v.resize(6, x[2] * 0.5);
        v.truncate(5);
        let last = v.pop().unwrap_or(0.0);
        v.swap(0, 3);
        v[1] = v[0] * last;
        v.insert(1, v[2] * 2.0);
        let taken = v.remove(0);
        v.extend_from_slice(x);
        v.reverse();
        let y = v[0] * v[1] + taken * v[4];
        v.clear();
        v.push(y);
        v[0] * y
    }
}
mod filled_and_copied {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let mut w = vec![x[0] * x[1]; 4];
        w[2] *= v[0];
        v.fill(w[2] * x[2]);
        w[..3].copy_from_slice(x);
        w[1..3].fill(v[0]);
        v[1] = w[1] * w[0];
        std::mem::swap(&mut v[0], &mut w[3]);
        v.iter().map(|a| a * a).sum::<f64>() * w[3] + w[1]
    }
}
mod swapped_buffers {
    fn f(x: &[f64]) -> f64 {
        let mut a = x.to_vec();
        let mut b = vec![0.0; x.len()];
        for step in 0..3 {
            for i in 0..a.len() { let next = if i + 1 < a.len() { a[i + 1] } else { a[0] }; b[i] = a[i] + 0.1 * (next * a[i]).sin(); }
            std::mem::swap(&mut a, &mut b);
            a[0] *= 1.0 + 0.1 * step as f64;
        }
        a.iter().sum::<f64>() * a[0]
    }
}
mod scratch_memory {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut row = vec![0.0; n];
        let mut total = 0.0;
        for i in 0..n {
            for j in 0..n { row[j] = x[i] * x[j]; }
            for j in 1..n { total += row[j].sin() * row[j - 1]; }
        }
        total
    }
}
mod scratch_that_is_read {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut row = vec![0.3; n];
        let mut total = 0.0;
        for i in 0..n {
            for j in 0..n { row[j] = x[i] * x[j] + 0.5 * row[j]; }
            for j in 0..n { let e = row[j].cos() * 0.1; row[j] = e * e; total += e * x[i]; }
        }
        total * row[1]
    }
}
mod softmax {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut e = vec![0.0; n];
        let mut total = 0.0;
        for k in 0..3 {
            for j in 0..n { e[j] = (x[j] * (k as f64 + 1.0) * 0.3).exp(); }
            let mut sum = 0.0;
            for j in 0..n { sum += e[j]; }
            total += sum.ln() * e[0];
        }
        total
    }
}
mod views {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        v.extend_from_slice(x);
        let mut y = 0.5;
        for k in 0..2 {
            let row = &mut v[k * 3..k * 3 + 3];
            for r in row.iter_mut() { *r = *r * y + 0.1; }
            let head = &row[..2];
            y += head[0] * head[1];
        }
        let (a, b) = v.split_at_mut(3);
        a[0] *= b[1];
        b[2] = a[0] * a[1];
        y * v[0] + v[5]
    }
}
mod matrix {
    fn f(x: &[f64]) -> f64 {
        let mut m = [[0.0; 3]; 3];
        for i in 0..3 { for j in 0..3 { m[i][j] = x[i] * x[j] + (i as f64) * 0.1; } }
        for k in 0..2 { let p = m[k][k]; for j in 0..3 { m[k + 1][j] -= m[k][j] / (p + 3.0) * x[k]; } }
        m[0][0] * m[1][1] * m[2][2] + m[2][0]
    }
}
mod vectors_of_vectors {
    fn f(x: &[f64]) -> f64 {
        let mut rows: Vec<Vec<f64>> = Vec::new();
        for v in x { rows.push(vec![*v, v * v]); }
        let extra = rows[0].clone();
        rows[1][0] *= extra[1];
        rows.push(extra);
        let mut y = 0.0;
        for r in &rows { for v in r { y += v * v; } }
        for r in rows.iter_mut() { r[0] = r[0] * r[1]; y += r[0]; }
        y * rows[3][0]
    }
}
mod tuples_and_arrays {
    fn f(x: &[f64]) -> f64 {
        let mut pair = (x[0], [x[1], 1.0 - x[2]]);
        for _ in 0..2 {
            let (a, [b, c]) = pair;
            pair = (a.cos() * b, [(b * a).sin(), c * a * 0.5]);
            pair.1[0] += pair.0;
        }
        pair.0 * pair.1[0] + pair.1[1]
    }
}
mod structs {
    #[derive(Clone, Debug, Differentiable)]
    struct Body { position: [f64; 2], mass: f64, steps: usize }
    fn drift(b: &mut Body, h: f64) { b.position[0] += h * b.position[1] * b.mass; b.steps += 1; }
    fn made(x: &[f64]) -> Body { Body { position: [x[0], x[1]], mass: x[2], steps: 0 } }
    fn f(x: &[f64]) -> f64 {
        let mut body = made(x);
        for _ in 0..3 {
            let r2 = body.position[0] * body.position[0] + body.position[1] * body.position[1];
            let pull = body.mass / (r2 * r2.sqrt());
            body.position[1] -= 0.1 * pull * body.position[0];
            drift(&mut body, 0.1 * x[0]);
        }
        let Body { position: [a, b], mass, .. } = body.clone();
        a * b + mass * body.position[1]
    }
}
mod methods {
    #[derive(Clone, Copy, Debug, Differentiable)]
    struct V2 { x: f64, y: f64 }
    impl V2 {
        fn dot(self, other: V2) -> f64 { self.x * other.x + self.y * other.y }
        fn scaled(&self, by: f64) -> V2 { V2 { x: self.x * by, y: self.y * by } }
        fn turn(&mut self, by: f64) { let x = self.x; self.x = x * by.cos() - self.y * by.sin(); self.y = x * by.sin() + self.y * by.cos(); }
    }
    fn f(x: &[f64]) -> f64 {
        let mut a = V2 { x: x[0], y: x[1] };
        let b = a.scaled(x[2]);
        a.turn(x[0] * 0.3);
        let c = b.scaled(a.dot(b));
        c.dot(a) * b.x
    }
}
mod operators {
    #[derive(Clone, Copy, Debug, Differentiable)]
    struct V2 { x: f64, y: f64 }
    impl std::ops::Add for V2 { type Output = V2; fn add(self, o: V2) -> V2 { V2 { x: self.x + o.x, y: self.y + o.y } } }
    impl std::ops::Mul<f64> for V2 { type Output = V2; fn mul(self, by: f64) -> V2 { V2 { x: self.x * by, y: self.y * by } } }
    fn f(x: &[f64]) -> f64 { let a = V2 { x: x[0], y: x[1] }; let b = V2 { x: x[2], y: 0.5 }; let c: V2 = a * x[2] + b * x[0]; c.x * c.y }
}
mod enums {
    #[derive(Clone, Debug, Differentiable)]
    enum Shape { Ball(f64), Box { a: f64, b: f64 }, Point }
    fn area(s: &Shape) -> f64 { match s { Shape::Ball(r) => r * r * 3.0, Shape::Box { a, b } => a * b, Shape::Point => 0.0 } }
    fn f(x: &[f64]) -> f64 { let s = [Shape::Ball(x[0]), Shape::Box { a: x[1], b: x[2] }, Shape::Point]; let mut y = 1.0; for t in &s { y += y * area(t); } y }
}

// Iterators.

mod products_of_vectors {
    fn f(x: &[f64]) -> f64 {
        let s: f64 = x.iter().zip(x.iter().rev()).map(|(a, b)| a * b).sum();
        let n: f64 = x.iter().map(|v| v * v).sum::<f64>().sqrt();
        s / n
    }
}
mod chains {
    fn f(x: &[f64]) -> f64 {
        let v: Vec<f64> = x.iter().enumerate().filter(|(i, _)| i % 2 == 0).map(|(i, a)| a * a + i as f64).collect();
        let w: f64 = x.windows(2).map(|p| p[0] * p[1]).sum();
        let p: f64 = v.iter().skip(1).chain(x.iter()).product();
        let m = x.iter().fold(0.1, |s, a| s * a + a.sin());
        p * w + m * v[0]
    }
}
mod largest {
    fn f(x: &[f64]) -> f64 {
        let mut largest = x[0];
        for v in x { largest = largest.max(*v); }
        let mut sum = 0.0;
        for v in x { sum += (v - largest).exp(); }
        let least = x.iter().copied().fold(f64::INFINITY, f64::min);
        largest + sum.ln() * least
    }
}

// Types and expressions.

mod single_precision {
    fn half(a: f32) -> f32 { a * a * 0.5 }
    fn f(x: &[f64]) -> f64 { let y = x[0] * x[1]; let z = (x.len() as f64) * y; let k = (z * 0.0) as usize; z * z.sin() + x[k] * y.abs() }
}
mod generic {
    fn g<T: num_traits::Float>(a: T, b: T) -> T { let mut s = a; for _ in 0..2 { s = s * b + T::from(0.3).unwrap() * a.sin(); } if s > b { s } else { s * b } }
    fn f(x: &[f64]) -> f64 { g(x[0], x[1]) * g(x[2], x[0]) }
}
mod long_expressions {
    fn f(x: &[f64]) -> f64 {
        let (a, b, c) = (x[0], x[1], x[2]);
        let y = -(a * b - c / (a + 2.0)) * -(b.sin() - a) + (a - b - c) - (c - (a - b * c));
        let z = (a * b).exp() * 0.01 - -c * (a / b).sqrt() + if a > b { a * c } else { b / (c + 1.0) };
        y * z - (y + z).cos().powi(3) + (y * y + 1.0).ln() * (z * z + 0.5).powf(a * 0.3)
    }
}
mod dead_code {
    fn f(x: &[f64]) -> f64 {
        let unused = x[0].exp();
        let mut scratch = unused * 2.0;
        scratch += x[1];
        let mut y = x[1] * x[2];
        let n = 3.0;
        let mut c = 1.0;
        for i in 0..3 { c = c * 0.5 + i as f64; y += c * n * x[i]; }
        y = y * x[0];
        y * y
    }
}
mod shadowing {
    fn f(x: &[f64]) -> f64 { let y = x[0] * x[1]; let y = y.sin() * y; let z = { let y = y * x[2]; y * y }; let x = y * z; x * y + z }
}
mod late_values {
    fn f(x: &[f64]) -> f64 {
        let y;
        let z: f64;
        if x[0] > 0.8 { y = x[0] * x[2]; z = y * y; } else { z = x[1].sin(); y = z * x[0]; }
        let mut s = y * z;
        for i in 0..3 { let t; if i == 1 { t = s * x[0]; } else { t = s.cos(); } s += t * x[i]; }
        s * s
    }
}
mod effects {
    fn f(x: &[f64]) -> f64 {
        let mut count = 0;
        let mut seen = Vec::new();
        let mut y = x[0];
        for v in x { if *v > 0.5 { count += 1; seen.push(count); } assert!(count < 9); y = y * v + count as f64 * 0.1 * v; }
        y * seen.len() as f64 * x[1]
    }
}
mod hoisted_place {
    fn f(x: &[f64]) -> f64 {
        let mut y = vec![0.0; 3];
        for i in 0..3 { for j in 0..3 { y[i] += x[i] * x[j] * x[0]; } }
        let mut z = 0.0;
        for i in 0..3 { let row = &y[i..]; for j in 0..row.len() { z += row[j] * x[2] * row[0]; } }
        z * y[0]
    }
}
mod sum_of_products {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0] * x[1] + x[1] * x[2];
        y += x[0] * y - x[2] * x[1];
        y -= x[0] * x[0] + y * x[2] * 0.1;
        y *= x[2] * 0.2 + 1.0;
        y /= x[0] * x[1] + 1.0;
        y % 7.5 + y
    }
}

// What depends on order: linear, so that nothing is recorded that would keep it.

mod running_index {
    fn f(x: &[f64]) -> f64 {
        let w = [0.5, 2.0, 3.0];
        let mut y = 0.0;
        let mut k = 0;
        for i in 0..3 { y += x[k] * w[i]; k += 1; }
        for i in 0..3 { k -= 1; y -= x[k] * w[i] * w[i]; }
        y * y
    }
}
mod running_row {
    fn f(x: &[f64]) -> f64 {
        let w = [0.5, 2.0, 3.0];
        let mut v = vec![0.0; 6];
        let mut at = 0;
        for i in 0..3 { let row = &mut v[at..at + 2]; row[0] += x[i]; row[1] -= w[i] * x[i]; at += 2; }
        at = 0;
        let mut y = 0.0;
        for i in 0..3 { let row = &v[at..at + 2]; y += row[0] * w[i] - row[1] * w[2 - i]; at += 2; }
        y * v[0] * v[3]
    }
}
mod linear_shifts {
    fn f(x: &[f64]) -> f64 {
        let mut a = [x[0], x[1], x[2], 0.5];
        for i in 0..3 { a[i + 1] += a[i] * 2.0; }
        for i in 0..3 { a[i] -= a[i + 1] * 0.5; }
        for i in 0..2 { a[i] = a[i + 1]; a[i + 1] += a[0]; }
        a[3] * a[2] * a[1] + a[0] * a[0]
    }
}
mod grows_by_itself {
    fn f(x: &[f64]) -> f64 { let mut y = x[0]; y += y * 0.5 - y.sin() * y; y -= y * x[2] - y * y * x[1]; y }
}
mod linear_scan {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let mut sum = 0.0;
        for i in 0..3 { sum += v[i]; v[i] = sum; }
        let mut low = [0.0; 4];
        for i in 0..3 { low[i + 1] += v[i]; low[i] -= v[i] * 2.0; v[i] *= 0.5; }
        v[0] * v[1] * v[2] + low[0] * low[1] * low[2] * low[3]
    }
}
mod linear_transposed {
    fn f(x: &[f64]) -> f64 {
        let mut a = [[x[0], x[1]], [x[2], 0.5]];
        for i in 0..2 { for j in 0..2 { a[j][i] = a[i][j] * 2.0; } }
        for i in 0..2 { a[i][i] *= 3.0; a[0][i] += 0.5 * a[i][0]; }
        a[0][0] * a[0][1] + a[1][0] * a[1][1]
    }
}
mod linear_elements_that_are_set {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let mut k = 0;
        let mut y = 1.0;
        for i in 0..2 { y += v[k] * 3.0; v[k] = 0.5; k += 1; y += v[k] * 2.0; v[i] += y; }
        y * y + v[0] * v[2] + v[1]
    }
}
mod filled_with_its_own {
    fn f(x: &[f64]) -> f64 {
        let mut v = [x[0], x[1], x[2]];
        let row = &mut v[1..];
        row.fill(row[1] * row[0]);
        row[0] *= x[0];
        v[0] * v[1] * v[2]
    }
}
mod conditions_that_change {
    fn f(x: &[f64]) -> f64 {
        let w = [2.0, -1.0, 3.0];
        let mut y = 0.0;
        let mut up = true;
        let mut k = 0;
        for i in 0..6 {
            if up { y += x[k] * w[i % 3]; } else { y -= x[0] * w[i % 3]; }
            if k == 2 { k = 0; up = !up; } else { k += 1; }
            if up { y += 0.5 * x[2]; }
        }
        y * y
    }
}
mod linear_returns {
    fn f(x: &[f64]) -> f64 {
        let y = 2.0 * x[0];
        if x[1] > 1.0 {
            if x[2] > 0.5 { return 3.0 * y + x[2]; }
            let z = y + x[2];
            z * 2.0 - x[1]
        } else {
            if x[2] > 1.0 { return y - x[1]; }
            y - x[2]
        }
    }
}
mod exits_of_recorded_loops {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0];
        'outer: for i in 0..3 {
            let a = (y * x[i]).sin();
            for j in 0..3 {
                let b = (a * y).cos();
                if j == 1 && i == 0 { continue; }
                if j == 2 && i == 1 { y *= a; continue 'outer; }
                y += b * a;
                if j == 1 && i == 2 { break; }
                y *= 0.9 + 0.1 * b;
            }
            y *= a + 1.5;
        }
        y
    }
}
mod squares_returned {
    fn f(x: &[f64]) -> f64 {
        let mut y = 0.5;
        for i in 0..3 {
            let t = x[i] * 2.0 + y;
            if t > 5.0 { let u = t - x[0]; return u * u; }
            if t > 3.0 && i > 0 { let u = t + x[1]; let w = u - y; return w * w.sin(); }
            y += t * 0.5;
        }
        y - x[0]
    }
}
mod sum_that_is_read {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut y = x[0] * x[1];
        let mut s = 0.0;
        let mut t = 0.0;
        for i in 0..n { y += x[i]; s += y * 0.5; }
        for i in 0..n - 1 { t += x[i] * y - x[i + 1] * s; s += x[i + 1]; }
        s * s * y + t * y
    }
}

// What is computed again, where the conditions for that hold and where they do not.

mod computed_late {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let h = x[1] * 0.3;
        for i in 0..3 { let t = h * v[i]; v[i] += t * (1.0 - v[i]); }
        v[0] * v[1] * v[2]
    }
}
mod computed_too_late {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let mut h = x[1] * 0.3;
        let mut y = 0.0;
        for i in 0..3 {
            let t = h * v[i];
            v[i] = v[i] * v[i];
            let s = t * v[i];
            h += t * s;
            if i > 0 { y += t * t * s; }
            v[0] = t * v[0] + s;
        }
        y * v[0] * v[1] + h
    }
}
mod late_in_a_branch {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        for i in 0..3 {
            let t = x[1] * v[i];
            if t > 0.5 { v[i] = t * t * v[i]; } else { v[i] *= t; let u = v[i] * t; v[0] += u * u; }
            let w = v[i] * v[0];
            v[0] = w * w * t;
        }
        v[0] * v[1] * v[2]
    }
}
mod read_before_a_repeated_loop {
    fn f(x: &[f64]) -> f64 {
        let mut y = x[0] * x[1];
        let mut s = x[1] * x[2];
        let mut v = x.to_vec();
        let mut row = [x[0] * x[2], 0.3];
        let z = (y * y * v[1] * v[2] * s * s * row[0] * row[0]).ln_1p();
        #[recompute]
        for i in 0..3 { row[0] = x[i] * y; row[1] = y; y = (row[0] * row[1] * 0.05).sin() + 0.1 * v[i]; v[1] = y * v[2]; s += y * x[i]; }
        let w = (y * y * v[1] * v[1] * s * s).ln_1p();
        #[checkpoint(2)]
        for i in 0..3 { y = (y * v[i]).cos(); v[2] *= y; s -= y * y; }
        y * z * w * v[2] + s
    }
}
mod values_with_effects {
    fn f(x: &[f64]) -> f64 {
        let c = std::cell::Cell::new(1.5);
        let mut y = x[1] * c.replace(2.0) + (x[1] * c.replace(3.0)).sin() * x[2];
        for k in 0..3 {
            let w = c.replace(c.get() + 0.5);
            y = (y * w).sin() + x[k] * y;
        }
        y
    }
}
mod reversed_at_once {
    fn scale_into(v: &[f64], by: f64, out: &mut [f64]) { for i in 0..v.len() { out[i] = v[i] * by; } }
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut s = vec![0.5; n];
        let mut t = vec![0.5; n + 1];
        let mut total = 0.0;
        for k in 0..n { scale_into(x, x[k], &mut s); total += s[0].sin() * s[2] * x[k]; }
        for k in 0..n { scale_into(x, x[k], &mut t); total += t[0].sin() * t[3] * x[k]; }
        for k in 0..=n - 1 { for j in 0..n { s[j] = x[j] * x[k]; } total += s[n - 1] * s[0].sin() * x[k]; }
        total
    }
}
mod refilled {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut v = vec![0.0; n];
        let mut total = 0.0;
        for k in 0..3 {
            for j in 0..n { v[j] = x[j] - x[k]; }
            for j in 0..n { total += v[j] * v[j] * v[0] + v[j]; }
            total *= 0.9;
        }
        total * total
    }
}
mod refilled_from_what_changes {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut v = vec![0.0; n];
        let mut m = x.to_vec();
        let mut total = 0.0;
        for k in 0..3 {
            for j in 0..n { v[j] = x[j] - 0.5 * m[j]; }
            for j in 0..n { total += v[j] * v[j] * v[0]; }
            m[k] = total * 0.1 * m[k];
        }
        total * m[0] * m[2]
    }
}
mod refilled_and_changed {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut v = vec![0.0; n];
        let mut total = 0.0;
        for k in 0..3 {
            for j in 0..n { v[j] = x[j] - 0.5 * x[k]; }
            total += v[1] * v[1] * v[0];
            v[k] = v[k] * v[0] * total;
            for j in 0..n { total += v[j] * v[j] * 0.1; }
        }
        total * v[0] * v[2]
    }
}
mod filled_in_part {
    fn f(x: &[f64]) -> f64 {
        let n = x.len();
        let mut v = vec![0.2; n + 1];
        let mut w = vec![0.1; n];
        let mut total = 0.0;
        for k in 0..3 {
            for j in 0..n { v[j] = x[j] * x[k]; }
            for j in 1..n { w[j] = x[j] * x[k]; }
            for j in 0..n { total += v[j] * v[j + 1] * w[j] * w[0]; }
            v[n] = total * 0.3;
            w[0] = v[0] * total;
        }
        total * v[n] * w[0]
    }
}
mod filled_as_far_as_it_goes {
    fn sum(x: &[f64], len: usize, upto: usize) -> f64 {
        let mut row = vec![0.5; len];
        let mut total = 0.0;
        for k in 0..x.len() {
            for j in 0..upto { row[j] = x[j] * x[k]; }
            total += row[len - 1] * row[0].sin() * x[k];
        }
        total
    }
    fn f(x: &[f64]) -> f64 { sum(x, 3, 3) * sum(x, 3, 2) + sum(x, 1, 1) }
}
mod filled_if {
    fn f(x: &[f64]) -> f64 {
        let mut row = [0.5; 3];
        let mut total = 0.0;
        for k in 0..3 {
            if k != 1 { for j in 0..3 { row[j] = x[j] * x[k]; } } else { total += row[0]; }
            for j in 0..3 { let e = row[j].sin(); total += e * x[j]; row[j] = e * e; }
        }
        total
    }
}
mod callee_that_overwrites_in_part {
    fn scale_into(v: &[f64], by: f64, out: &mut [f64]) { for i in 0..v.len() { out[i] = v[i] * by; } }
    fn perhaps(v: &[f64], out: &mut [f64]) { if v[0] > 0.95 { out.fill(v[1]); } else { out[0] *= v[2]; } }
    fn f(x: &[f64]) -> f64 {
        let mut scratch = vec![0.3; 4];
        let mut other = vec![0.4; 3];
        let mut sum = 0.0;
        for v in x {
            scale_into(x, *v, &mut scratch);
            perhaps(x, &mut other);
            for s in &scratch { sum += s * s * v * other[0]; }
            scale_into(&scratch[1..], *v, &mut other[..3]);
            scratch[3] += sum * other[2];
        }
        sum * scratch[3]
    }
}
mod callee_that_restores {
    fn turn(v: &mut [f64], by: f64) { for k in 0..v.len() { v[k] = (v[k] * by).sin(); } }
    fn twice(v: &mut [f64], by: f64) { turn(v, by); v[0] = v[1] * by; turn(v, by * 0.5); }
    fn lead(v: &mut [f64], w: &[f64]) { for k in 1..v.len() { v[k] += w[k] * 0.5; } }
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let mut y = 0.3;
        for k in 0..2 { y += v[k] * v[2]; twice(&mut v, x[k]); y *= v[1] * v[1]; lead(&mut v, x); turn(&mut v[1..], y); }
        y * v[0] * v[2]
    }
}
mod shared_partials {
    fn f(x: &[f64]) -> f64 {
        let mut a = x[0];
        let c = a.cos();
        let e = a.sin() * c;
        a = x[1] * e;
        let s = a.sin();
        let b = x[2];
        let (p, q) = (b.cos(), b.sin());
        let r = b.exp();
        a = a.exp() * r;
        s * e * c + p * q * b.sinh() * b.cosh() + a
    }
}
mod views_that_are_met_otherwise {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let mut k = 0;
        let mut y = 1.0;
        for i in 0..2 {
            let row = &mut v[k..k + 2];
            row[0] *= row[1];
            row[1] += y * row[0];
            k += 1;
            v[k] *= x[i];
            let all = &v[..k + 1];
            y += all[k] * all[0] * v[2 - i];
            v[2] = y * v[k];
        }
        y * v[0] * v[2]
    }
}
mod a_bound_that_changes {
    fn f(x: &[f64]) -> f64 {
        let mut k = 2;
        let tail = &x[k..];
        k -= 2;
        let y = tail[0] * tail[0];
        y * x[k]
    }
}
mod bounds_that_change {
    fn f(x: &[f64]) -> f64 {
        let mut k = 1;
        let row = &x[k - 1..k + 1];
        k += 1;
        let tail = &x[k..];
        k -= 2;
        row[0] * row[1] * tail[0] * x[k] + row.iter().map(|a| a * a).sum::<f64>()
    }
}
mod recomputed_at_a_running_index {
    fn f(x: &[f64]) -> f64 {
        let mut u = x.to_vec();
        let mut p = 0;
        let mut y = 0.2;
        #[recompute]
        for k in 0..4 { u[p] = (u[p] * x[k % 3]).sin() + y; p = (p + 2) % 3; y += u[p] * u[p] * 0.3; }
        u[0] * u[1] * u[2] + y
    }
}
mod operands_with_effects {
    fn f(x: &[f64]) -> f64 {
        let c = std::cell::Cell::new(1.5);
        let mut y = x[1] * c.replace(2.0) + (x[1] * c.replace(3.0)).sin() * x[2];
        let mut row = [0.0; 3];
        for k in 0..2 {
            for j in 0..3 { row[j] = x[j] * c.replace(c.get() + 0.5); }
            y = y * row[0] * row[1] + row[2] * x[k];
        }
        y
    }
}

// Where something becomes active, or changes its shape.

mod replaced_vector {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let y = v[0] * v[2];
        v = vec![y, x[0]];
        let z = v[0] * v[1];
        v = vec![z; 4];
        v[3] *= y;
        v[0] * v[3] * y
    }
}
mod constants_pushed {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        v.push(2.0);
        v.resize(6, 3.0);
        v.insert(1, 0.5);
        let y = v[0] * v[4] * v[6] * v[1];
        v.fill(0.7);
        v[2] *= y;
        v[2] * v[1] * v[4]
    }
}
mod copied_into_nothing {
    fn f(x: &[f64]) -> f64 {
        let mut w = [0.0; 3];
        w.copy_from_slice(x);
        let mut v = vec![1.0; 4];
        v[1..].clone_from_slice(&w);
        w[0] * w[1] * v[2] * v[3]
    }
}
mod pushed_in_the_last_branch {
    fn f(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        if x[0] > 0.8 { v.push(x[0] * x[1]); v[3] * v[0] } else { let t = v.pop().unwrap_or(0.0); v[0] * v[1] * t }
    }
}
mod closures_that_are_constant {
    fn twice(g: impl Fn(f64) -> f64, a: f64) -> f64 { g(a) * a + g(2.0) }
    fn f(x: &[f64]) -> f64 { twice(|_| 1.5, x[0]) * x[1] + twice(|t| t * t * x[1], x[2]) }
}
mod vectors_of_constants {
    fn f(x: &[f64]) -> f64 {
        let mut v: Vec<f64> = Vec::from([1.0, 2.0, 3.0]);
        let mut u: Vec<f64> = (0..3_usize).map(|_| 1.3).collect::<Vec<f64>>();
        let mut t: Vec<f64> = x.iter().map(|_| 0.7).collect();
        let mut w: Vec<f64> = Vec::with_capacity(3);
        v.push(x[0]);
        w.push(x[2]);
        u.insert(1, x[1] * x[1]);
        t[1] *= x[0];
        v[0] *= x[1];
        v[0] * v[1] * v[3] + v[2] * x[2] * w[0] + u[1] * u[0] * t[0] * t[1]
    }
}
mod vectors_of_tables {
    #[allow(unused)]
    fn table(n: usize) -> Vec<f64> { (0..n).map(|k| 0.3 + k as f64).collect() }
    fn f(x: &[f64]) -> f64 {
        let mut v: Vec<f64> = table(3);
        let mut u: Vec<f64> = std::iter::repeat(0.4).take(3).collect();
        v.push(x[0]);
        u.push(x[2]);
        v[0] *= x[1];
        v[0] * v[1] * v[3] + v[2] * x[2] * u[0] * u[3]
    }
}
mod pushed_last {
    fn f(x: &[f64]) -> f64 {
        let mut v = vec![x[0] * x[1], x[2]];
        let y = v[0] * v[1];
        v.push(y * y);
        let mut w = vec![y];
        w.push(x[1] * y);
        let z = w[0] * w[1];
        w.push(z);
        y * y + z
    }
}
mod pushed_and_read {
    fn f(x: &[f64]) -> f64 {
        let mut v = vec![x[0] * x[1]];
        v.push(x[2]);
        let y = v[0] * v[1];
        v.push(y * y);
        let z = v[2] * v[1];
        v.pop();
        v.resize(5, z);
        let w = v[4] * v[0];
        v.truncate(1);
        v[0] * w
    }
}

// Partials that a user states.

mod stated {
    #[rule(a => a.cos() * b, b => a.sin())]
    fn g(a: f64, b: f64) -> f64 { a.sin() * b }
    #[rule({ let s = 2.0 * (2.0 * a * b).exp(); a => s * b, b => s * a + 1.0 })]
    fn h(a: f64, b: f64) -> f64 { (2.0 * a * b).exp() + b }
    fn f(x: &[f64]) -> f64 { let y = g(x[0], x[1]); g(y, x[2]) * g(x[2], x[0] * y) + h(0.1 * y, 0.3 * x[1]) }
}

// Vectors of results.

mod jacobian_of_pairs {
    fn f(x: &[f64]) -> Vec<f64> { let mut y = x.to_vec(); for i in 0..x.len() { for j in 0..x.len() { y[i] += (x[i] * x[j]).sin() * 0.5; } } y }
}
mod jacobian_of_calls {
    fn g(a: f64, b: &[f64]) -> f64 { if a > b[0] { a * b[1].sin() } else { a * a + b[0] } }
    fn f(x: &[f64]) -> Vec<f64> { let mut v = Vec::new(); for a in x { v.push(g(*a, x)); } v.push(x[0] * x[1]); let last = v.pop().unwrap(); v[0] *= last; v }
}
mod jacobian_of_a_state {
    fn f(x: &[f64]) -> Vec<f64> {
        let mut u = x.to_vec();
        #[checkpoint(2)]
        for _ in 0..3 { let a = u[0]; u[0] = u[1] * a.cos(); u[1] += 0.1 * a * u[2]; u[2] = u[2].max(u[0]) * 0.7; }
        let k = u.iter().fold(1.0, |s, v| s * v);
        u.fill(k);
        u[1] *= x[2];
        u
    }
}
