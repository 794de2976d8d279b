//! Carried values, exits, containers, calls and nesting.
use chainrule::Differentiable;

#[derive(Clone, Debug, Differentiable)]
pub struct Body {
    position: [f64; 2],
    velocity: [f64; 2],
    mass: f64,
    steps: usize,
}
struct_shape!(Body {
    position: [f64; 2],
    velocity: [f64; 2],
    mass: f64
});

/// The functions, with an attribute on their loops.
macro_rules! shapes {
    ($module:ident $storage:tt) => {
        pub mod $module {
            use super::Body;
            use chainrule::{constant, differentiate};

            #[differentiate(forward, reverse, hessian)]
            pub fn scalars(x: f64, p: f64, n: usize) -> f64 {
                let mut y = x;
                let mut v = p;
                # $storage
                for i in 0..n {
                    let pull = (y * p).sin() + i as f64 * 0.01;
                    v += 0.1 * pull * v;
                    y = y * 0.9 + v * pull.cos();
                }
                y * v
            }

            #[differentiate(forward, reverse)]
            pub fn heat(u: &mut [f64], k: f64, n: usize) {
                let m = u.len();
                # $storage
                for _ in 0..n {
                    let old = u.to_vec();
                    for i in 1..m - 1 {
                        u[i] = old[i] + k * ((old[i - 1] - 2.0 * old[i] + old[i + 1]) * old[i]).sin();
                    }
                }
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn swapped_buffers(x: &[f64], k: f64, n: usize) -> f64 {
                let mut a = x.to_vec();
                let mut b = vec![0.0; x.len()];
                # $storage
                for step in 0..n {
                    for i in 0..a.len() {
                        let next = if i + 1 < a.len() { a[i + 1] } else { a[0] };
                        b[i] = a[i] + k * (next * a[i]).sin();
                    }
                    std::mem::swap(&mut a, &mut b);
                    a[0] *= 1.0 + 0.1 * step as f64;
                }
                a.iter().sum::<f64>() * a[0]
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn arrays(x: [f64; 3], h: f64, n: usize) -> f64 {
                let mut s = x;
                let mut t = 0.0;
                # $storage
                for _ in 0..n {
                    let [a, b, c] = s;
                    let ds = [10.0 * (b - a), a * (2.8 - c) - b, a * b - c];
                    for k in 0..3 {
                        s[k] += h * ds[k];
                    }
                    t += h * s[0];
                }
                s[0] * s[2] + t
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn tuples(x: f64, n: usize) -> f64 {
                let mut pair = (x, 1.0 - x);
                # $storage
                for _ in 0..n {
                    let (a, b) = pair;
                    pair = (a.cos() * b, (b * a).exp() * 0.5);
                    pair.0 += pair.1;
                }
                pair.0 * pair.1
            }

            #[differentiate(forward, reverse)]
            pub fn structs(start: Body, g: f64, h: f64, n: usize) -> Body {
                let mut body = start;
                # $storage
                for _ in 0..n {
                    let r2 = body.position[0] * body.position[0] + body.position[1] * body.position[1];
                    let pull = g * body.mass / (r2 * r2.sqrt());
                    for d in 0..2 {
                        body.velocity[d] -= h * pull * body.position[d];
                        body.position[d] += h * body.velocity[d];
                    }
                    body.steps += 1;
                }
                body
            }

            #[differentiate(forward, reverse)]
            pub fn struct_in_out(body: &mut Body, h: f64, n: usize) -> f64 {
                let mut work = 0.0;
                # $storage
                for _ in 0..n {
                    let before = body.velocity[0];
                    body.velocity[0] -= h * body.position[0].sin();
                    body.position[0] += h * body.velocity[0] * body.mass;
                    work += before * body.velocity[0];
                }
                body.mass *= 2.0;
                work
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn breaks(x: f64, #[constant] limit: f64, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for i in 0..n {
                    let step = (y * 0.3).cos();
                    if y > constant(limit) {
                        y -= 0.1 * step;
                        break;
                    }
                    if i % 3 == 1 {
                        y *= 1.1;
                        continue;
                    }
                    y += step * y;
                }
                y * y
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn breaks_backwards(x: f64, #[constant] limit: f64, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for i in (0..n).rev().step_by(2) {
                    y += (y * i as f64 * 0.1).sin() + 0.3;
                    if y > constant(limit) {
                        break;
                    }
                }
                y * y
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn returns(x: f64, #[constant] limit: f64, n: usize) -> f64 {
                let mut y = x;
                # $storage
                for i in 0..n {
                    if y > constant(limit) {
                        return y * x + i as f64;
                    }
                    y += (y * 0.3).cos() * x;
                }
                y * y
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn leaves_two(x: &[f64], #[constant] limit: f64) -> f64 {
                let mut y: f64 = 0.1;
                let mut last = 0.0;
                'rows: for i in 0..x.len() {
                    # $storage
                    for j in 0..x.len() {
                        y += x[i] * x[j] * (1.0 + y * y).sqrt() * 0.2;
                        if y < 0.0 {
                            y = 0.2 - y;
                            continue 'rows;
                        }
                        if y > constant(limit) {
                            break 'rows;
                        }
                    }
                    last = y * x[i];
                    y = y.sin();
                }
                y * last + last
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn unknown_trips(a: f64, #[constant] tolerance: f64) -> f64 {
                let mut x = a;
                # $storage
                while (x * x - a).abs() > constant(tolerance) {
                    x = 0.5 * (x + a / x);
                }
                x * x * x
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn gives_a_value(a: f64, #[constant] limit: f64) -> f64 {
                let mut x = a;
                let mut count = 0;
                let found = # $storage loop {
                    count += 1;
                    x = x * 1.3 + (x * a).sin() * 0.1;
                    if x > constant(limit) || count > 20 {
                        break x * a;
                    }
                };
                found * x + count as f64
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn ends_with_a_loop(a: f64, #[constant] limit: f64) -> f64 {
                let mut x = a;
                # $storage
                loop {
                    if x > constant(limit) {
                        return x * a;
                    }
                    x = x * 1.3 + (x * a).sin() * 0.1;
                }
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn pops(x: &[f64]) -> f64 {
                let mut stack = x.to_vec();
                let mut sum = 0.1;
                # $storage
                while let Some(top) = stack.pop() {
                    sum = sum * top.cos() + top * top;
                    if top > 1.0 {
                        stack.push(top * 0.5);
                        stack.push(top * 0.25 + sum * 0.01);
                    }
                }
                sum * sum
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn trajectory(x0: f64, p: f64, n: usize) -> f64 {
                let mut x = vec![0.0; n + 1];
                x[0] = x0;
                # $storage
                for t in 1..n + 1 {
                    x[t] = x[t - 1] + 0.1 * (p * x[t - 1]).sin();
                }
                let mut sum = 0.0;
                for t in 0..n + 1 {
                    sum += x[t] * x[t] * x[n];
                }
                sum
            }

            #[differentiate(forward, reverse)]
            pub fn trajectory_in_place(x: &mut [f64], p: f64) {
                let n = x.len();
                # $storage
                for t in 1..n {
                    let before = x[t];
                    x[t] *= x[t - 1];
                    x[t] = (x[t] + before * p).sin();
                }
                for t in 0..n {
                    x[t] *= x[n - 1 - t];
                }
            }

            #[differentiate(forward, reverse)]
            pub fn advance(u: &mut [f64], p: f64) -> f64 {
                let mut moved = 0.0;
                for i in 0..u.len() {
                    let old = u[i];
                    u[i] = (old * p).sin() + old * old * 0.1;
                    moved += (u[i] - old) * u[i];
                }
                moved
            }

            #[differentiate(forward, reverse)]
            pub fn power(x: f64, n: usize) -> f64 {
                if n == 0 { 1.0 } else { x.sin() * power(x * 0.9, n - 1) }
            }

            #[differentiate(forward, reverse)]
            pub fn calls(x: &[f64], p: f64, n: usize) -> f64 {
                let mut u = x.to_vec();
                let mut total = 0.0;
                # $storage
                for i in 0..n {
                    let moved = advance(&mut u, p);
                    total += moved * u[0];
                    u[1] = power(u[1], i % 3) * total;
                }
                total * u[1]
            }

            #[differentiate(forward, reverse)]
            pub fn chains(x: &[f64], y: &[f64]) -> f64 {
                let mut level = 0.5;
                # $storage
                for (a, b) in x.iter().zip(y).filter(|(a, _)| **a > -1.0) {
                    level = (level * a + b).tanh() + 0.1 * a * b;
                }
                # $storage
                for (i, v) in x.iter().enumerate().rev() {
                    level += (level * v).sin() * i as f64 * 0.1;
                }
                # $storage
                for pair in x.chunks(2) {
                    level *= 1.0 + 0.1 * pair[0] * level;
                }
                level
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn overwritten_afterwards(x: f64, n: usize) -> f64 {
                let mut a = x * x;
                let mut scale = x.sin();
                let early = a * scale * x;
                # $storage
                for _ in 0..n {
                    a = (a * scale).cos() + early * 0.1;
                }
                scale = scale * scale + a;
                a = a * scale;
                a + scale * early
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn needed_before(x: f64, n: usize) -> f64 {
                let mut a = x + 0.5;
                let mut k = 1;
                let before = a * a * (k as f64 + a).sin();
                # $storage
                for _ in 0..n {
                    a = a.sin() + 0.1 / k as f64;
                    k += 1;
                }
                before * a
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn counts(x: f64, n: usize) -> f64 {
                let mut y = x;
                let (mut small, mut large, mut unread) = (0, 1, 0);
                # $storage
                for _ in 0..n {
                    if y < 1.0 {
                        y = y * 1.5 + 0.1 * large as f64;
                        small += 1;
                    } else {
                        y = (y * 0.2).sin() * small as f64;
                        large += 2;
                    }
                    unread += small;
                }
                y * large as f64 + (unread % 3) as f64 * x
            }

            #[differentiate(forward, reverse)]
            pub fn late(x: f64, n: usize) -> (f64, f64) {
                let mut y = x;
                let last;
                let mut i = 0;
                # $storage
                loop {
                    let mid;
                    if i % 2 == 0 {
                        mid = y * x;
                    } else {
                        mid = y + x;
                    }
                    y = mid.sin();
                    i += 1;
                    if i > n {
                        last = mid * mid;
                        break;
                    }
                }
                (y * last, last)
            }

            #[differentiate(forward, reverse)]
            pub fn checked(x: f64, #[constant] bad: f64) -> Result<f64, String> {
                if x < constant(bad) {
                    return Err(format!("{x} is too small"));
                }
                Ok((x * 0.7).sqrt())
            }

            #[differentiate(forward, reverse)]
            pub fn fails(x: f64, #[constant] bad: f64, n: usize) -> Result<f64, String> {
                let mut y = x;
                # $storage
                for i in 0..n {
                    let root = checked(y, bad)?;
                    if root > 10.0 {
                        return Err("too large".to_string());
                    }
                    let whole: usize = "3".parse().map_err(|_| "no number".to_string())?;
                    y = y * root + whole as f64 * 0.1;
                    if i > 4 {
                        return Ok(y * root);
                    }
                }
                Ok(y * y)
            }

            #[differentiate(forward, reverse)]
            pub fn maybe(x: f64) -> Option<f64> {
                if x > 5.0 { None } else { Some(x * x * 0.3) }
            }

            #[differentiate(forward, reverse)]
            pub fn misses(x: f64, n: usize) -> Option<f64> {
                let mut y = x;
                # $storage
                for _ in 0..n {
                    y = maybe(y)? + x;
                }
                Some(y * x)
            }

            #[differentiate(forward, reverse)]
            pub fn generic<T: num_traits::Float>(x: &[T], p: T, n: usize) -> T {
                let mut y = x[0];
                let mut w = x.to_vec();
                # $storage
                for i in 0..n {
                    let k = i % x.len();
                    w[k] = w[k] * y.cos() + p;
                    y = y + w[k] * p;
                }
                y * w[0]
            }

            #[differentiate(forward, reverse)]
            pub fn grows(x: &[f64]) -> f64 {
                let mut found = vec![1.0];
                # $storage
                for i in 0..x.len() {
                    let last = found[found.len() - 1];
                    if x[i] > 0.0 {
                        found.push(last * x[i]);
                        found[0] += x[i] * last;
                    } else {
                        found[0] *= x[i];
                    }
                    if found.len() > 3 {
                        found.truncate(2);
                    }
                }
                let mut sum = 0.0;
                for v in &found {
                    sum += v * v;
                }
                sum
            }

            #[differentiate(forward, reverse)]
            pub fn replaced(x: &[f64], n: usize) -> Vec<f64> {
                let mut v = vec![x[0]];
                # $storage
                for i in 0..n {
                    let mut next = vec![v[0] * x[0]; v.len() + i % 2];
                    for j in 0..v.len() {
                        next[j] += v[j].sin();
                    }
                    v = next;
                }
                v
            }

            #[differentiate(forward, reverse)]
            pub fn rows(a: &[Vec<f64>], n: usize) -> f64 {
                let mut m = a.to_vec();
                # $storage
                for k in 0..n {
                    let r = k % m.len();
                    let lead = m[r][0];
                    for j in 0..m[r].len() {
                        m[r][j] = m[r][j] * lead + 0.1;
                    }
                    m[0][0] = m[r][0].sin();
                }
                m[0][0] * m[1][1]
            }

            #[differentiate(forward, reverse)]
            pub fn views(x: &[f64], n: usize) -> f64 {
                let mut u = x.to_vec();
                let (left, right) = u.split_at_mut(2);
                let _ = (left, right);
                let half = &mut u[1..];
                # $storage
                for k in 0..n {
                    let part = &mut half[..2];
                    part[0] = part[0] * part[1] + x[0];
                    part[1] = (part[1] * 0.5).sin() + k as f64 * 0.1;
                }
                u[1] * u[2] * u[0]
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn under_conditions(x: f64, n: usize, which: usize) -> f64 {
                let mut y = x;
                if which > 0 {
                    let scale = y * 0.7;
                    # $storage
                    for _ in 0..n {
                        y = (y * scale).cos();
                    }
                    if which > 1 {
                        y *= scale;
                    }
                } else {
                    y = y.sin();
                    let mut k = n;
                    # $storage
                    while k > 0 {
                        k -= 1;
                        y = y * 0.8 + (x * y).sin() * k as f64 * 0.1;
                    }
                }
                y * x
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn in_a_row(x: f64, n: usize) -> f64 {
                let mut y = x;
                let mut z = x * x;
                # $storage
                for _ in 0..n {
                    y = (y * z).sin();
                }
                z = z * y + 1.0;
                # $storage
                for _ in 0..n {
                    z = (z * y).cos();
                    y = y * 0.5 + z;
                }
                y * z
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn nested(x: &[f64], n: usize) -> f64 {
                let mut y = 0.3;
                let mut z = x[0];
                # $storage
                for i in 0..n {
                    # $storage
                    for j in 0..i {
                        y = (y * z).sin() + x[j % x.len()];
                    }
                    # $storage
                    while z > 1.0 {
                        z = z * 0.6 - y * 0.01;
                        # $storage
                        for _ in 0..2 {
                            z *= 0.9 + 0.01 * y;
                        }
                    }
                    z += 0.4 * y * y;
                }
                y * z
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn inside_a_sum(x: &[f64], p: f64) -> f64 {
                let mut loss = 0.0;
                for i in 0..x.len() {
                    let mut y = x[i];
                    let steps = 2 + i % 3;
                    # $storage
                    for _ in 0..steps {
                        y = (y * p).sin() + 0.1;
                    }
                    loss += (y - 0.5) * (y - 0.5);
                }
                loss / x.len() as f64
            }

            #[differentiate(forward, reverse)]
            pub fn in_a_recorded_loop(x: &[f64], p: f64) -> f64 {
                let mut total = 1.0;
                for i in 0..x.len() {
                    let mut y = vec![x[i], total];
                    # $storage
                    for k in 0..3 {
                        y[k % 2] = (y[0] * p).sin() + y[1] * 0.3;
                    }
                    if y[0] > 0.2 {
                        # $storage
                        for _ in 0..2 {
                            y[1] *= y[0];
                        }
                    }
                    total = total * y[0] + y[1].cos();
                }
                total * total
            }

            #[differentiate(forward, reverse)]
            pub fn in_a_callee(x: &[f64], p: f64) -> f64 {
                let mut total = 0.4;
                for i in 0..x.len() {
                    total = (scalars(x[i], total, i) * p + total).sin();
                    let mut u = [x[i], total, p];
                    heat(&mut u, p * 0.1, 2);
                    total += u[1];
                }
                total
            }

            #[differentiate(forward, reverse)]
            pub fn closures(x: f64, p: f64, n: usize) -> f64 {
                let mut y = x;
                let mut rate = p;
                let pull = |v: f64| (v * p).sin();
                let mut run = |v: f64| {
                    let mut w = v;
                    # $storage
                    for _ in 0..n {
                        w = pull(w) + 0.1 * w * w;
                        rate *= 0.9 + 0.01 * w;
                    }
                    w
                };
                y += run(y);
                y *= run(x);
                y * rate
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn nothing_carried(x: &[f64], out: f64) -> f64 {
                let mut sum = out;
                # $storage
                for i in 0..x.len() {
                    let t = x[i].sin();
                    sum += t * t.exp();
                }
                sum * sum
            }

            #[differentiate(forward, reverse)]
            pub fn adds_to(x: &[f64], out: &mut [f64], n: usize) {
                let mut w = x[0];
                # $storage
                for i in 0..n {
                    w = (w * x[i % x.len()]).cos();
                    out[i % 2] += w * w;
                }
                out[0] *= out[1];
            }

            #[differentiate(forward, reverse)]
            pub fn short_floats(x: f32, n: usize) -> f32 {
                let mut y = x;
                # $storage
                for i in 0..n {
                    y = (y * x).sin() + i as f32 * 0.1;
                }
                y
            }

            #[differentiate(forward, reverse, hessian)]
            pub fn filled_scratch(x: &[f64], n: usize) -> f64 {
                let mut scratch = [0.0; 4];
                let mut y = x[0];
                # $storage
                for k in 0..n {
                    for j in 0..4 {
                        scratch[j] = x[j % x.len()] * y + k as f64 * 0.1;
                    }
                    scratch[1] *= scratch[0];
                    y = (scratch[1] + scratch[2] * scratch[3]).sin();
                }
                y * scratch[2]
            }

            #[differentiate(forward, reverse)]
            pub fn exchanged(x: &[f64], n: usize) -> Vec<f64> {
                let mut v = x.to_vec();
                # $storage
                for i in 0..n {
                    let (a, b) = (i % v.len(), (i * i + 1) % v.len());
                    v.swap(a, b);
                    v[a] = v[a] * v[b] + 0.3;
                    v.rotate_left(1);
                    v.reverse();
                }
                v
            }

            #[differentiate(forward, reverse)]
            pub fn filled(x: f64, n: usize) -> f64 {
                let mut v = vec![x; 3];
                let mut w = [0.0; 3];
                # $storage
                for i in 0..n {
                    w.copy_from_slice(&v);
                    v.fill(x * w[1] + 0.2);
                    v[i % 3] *= w[2].sin() + 1.0;
                }
                v[0] * v[1] + v[2] * w[0]
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
            fn carried_values() {
                for n in [0, 1, 2, 3, 4, 7, 20] {
                    prove_hvp!($module::scalars(val 0.4, val 0.7, con n));
                    prove!($module::heat(io [0.3, 0.8, -0.4, 0.9, 0.1], val 0.2, con n) -> unit);
                    prove_hvp!($module::swapped_buffers(slice [0.3, 0.8, -0.4], val 0.2, con n.min(7)));
                    prove_hvp!($module::arrays(val [0.3, 0.8, -0.4], val 0.02, con n));
                    prove_hvp!($module::tuples(val 0.4, con n.min(4)));
                    prove!($module::short_floats(val 0.4f32, con n));
                    prove!($module::generic(slice [0.7, 0.2, -0.3], val 0.4, con n));
                    prove!($module::adds_to(slice [0.7, 0.2, -0.3], io [0.1, 0.2], con n) -> unit);
                }
            }

            #[test]
            fn structs() {
                let body = || Body { position: [1.0, 0.2], velocity: [0.1, 0.9], mass: 1.1, steps: 3 };
                for n in [0, 1, 2, 5] {
                    prove!($module::structs(val body(), val 0.8, val 0.1, con n) -> vec);
                    prove!($module::struct_in_out(ios body(), val 0.1, con n));
                }
            }

            #[test]
            fn what_is_around() {
                for n in [0, 1, 2, 3, 4, 7, 20] {
                    prove_hvp!($module::overwritten_afterwards(val 0.7, con n));
                    prove_hvp!($module::needed_before(val 0.7, con n));
                    prove_hvp!($module::in_a_row(val 0.7, con n));
                    for which in 0..3 {
                        prove_hvp!($module::under_conditions(val 0.6, con n, con which));
                    }
                }
            }

            #[test]
            fn constants_and_late_names() {
                for n in [0, 1, 2, 3, 4, 7, 20] {
                    prove_hvp!($module::counts(val 0.7, con n));
                    prove!($module::late(val 0.7, con n));
                }
            }

            #[test]
            fn containers() {
                for n in [0, 1, 2, 3, 4, 7, 20] {
                    prove_hvp!($module::filled_scratch(slice [0.3, 0.8, -0.4], con n));
                    prove!($module::exchanged(slice [0.3, 0.8, -0.4, 0.6], con n.min(6)) -> vec);
                    prove!($module::filled(val 0.3, con n.min(7)));
                    prove!($module::replaced(slice [0.4, 0.2], con n.min(7)) -> vec);
                    prove!($module::rows(rf vec![vec![0.3, 0.8], vec![-0.4, 0.6]], con n));
                    prove!($module::views(slice [0.3, 0.8, -0.4, 0.6], con n));
                    prove_hvp!($module::nothing_carried(slice [0.3, 0.5, -0.2, 0.4], val 0.8));
                }
                prove!($module::grows(slice [0.3, 2.5, -1.2, 0.4, 0.9, 1.3]));
                prove_hvp!($module::pops(slice [0.3, 2.5, 1.2, 0.4]));
            }

            #[test]
            fn trajectories() {
                for n in [0, 1, 2, 3, 4, 7, 20] {
                    prove_hvp!($module::trajectory(val 0.4, val 0.9, con n));
                }
                prove!($module::trajectory_in_place(io [0.3, 0.8, -0.4, 0.9, 0.1], val 0.4) -> unit);
            }

            #[test]
            fn exits() {
                for (limit, n) in [(1.2, 9), (5.0, 3), (0.1, 4), (2.0, 0), (3.0, 30)] {
                    prove_hvp!($module::breaks(val 0.4, con limit, con n));
                    prove_hvp!($module::breaks_backwards(val 0.4, con limit, con n));
                    prove_hvp!($module::returns(val 0.4, con limit, con n));
                }
                for limit in [0.2, 0.5, 2.0] {
                    prove_hvp!($module::leaves_two(slice [0.6, 0.9, -0.8, 0.5], con limit));
                    prove_hvp!($module::gives_a_value(val 0.4, con limit));
                    prove_hvp!($module::ends_with_a_loop(val 0.4, con limit));
                }
                prove_hvp!($module::unknown_trips(val 2.3, con 1e-3));
                prove_hvp!($module::unknown_trips(val 1.0, con 0.1));
            }

            #[test]
            fn errors() {
                for n in [0, 1, 3, 8] {
                    prove!($module::fails(val 2.3, con -1.0, con n) -> ok);
                    prove!($module::misses(val 0.8, con n) -> ok);
                }
                assert!($module::fails_gradient(2.3, 5.0, 3).is_err());
                assert!($module::misses_gradient(4.0, 3).is_none());
            }

            #[test]
            fn calls_and_closures() {
                for n in [0, 1, 2, 3, 7] {
                    prove!($module::calls(slice [0.3, 0.8], val 0.6, con n));
                    prove!($module::closures(val 0.3, val 0.6, con n.min(4)));
                }
                prove!($module::in_a_callee(slice [0.3, 0.5, -0.2, 0.4], val 0.8));
            }

            #[test]
            fn nesting() {
                for n in [0, 1, 2, 5] {
                    prove_hvp!($module::nested(slice [0.3, 0.8, -0.4], con n));
                }
                prove_hvp!($module::inside_a_sum(slice [0.3, 2.5, -1.2, 0.4], val 0.8));
                prove!($module::in_a_recorded_loop(slice [0.3, 2.5, -1.2, 0.4], val 0.8));
            }

            #[test]
            fn chains() {
                prove!($module::chains(slice [0.3, -1.2, 0.8, 0.4], slice [0.1, 0.5, 0.2, 0.9]));
            }
        } }
    )* };
}
prove_all!(stored recomputed one two five);
