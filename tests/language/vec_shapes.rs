//! Vectors in hostile shapes: changed while they are met, by callees, in loops that are reversed at once.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Node {
    x: f64,
    w: f64,
}
struct_shape!(Node { x: f64, w: f64 });

#[differentiate(forward, reverse, hessian)]
fn retained_while_summing(x: &[f64], s: f64) -> f64 {
    let mut v = x.to_vec();
    let mut total = 0.0;
    v.retain(|w| {
        total += w * s;
        *w > 0.0
    });
    let mut y = total;
    for w in &v {
        y = y * w + total;
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn popped_until(x: &[f64], s: f64) -> f64 {
    let mut v = x.to_vec();
    let mut y = 0.2;
    while let Some(w) = v.pop() {
        if w < -1.0 {
            break;
        }
        if let Some(u) = v.pop() {
            v.push(u * w);
            y += u;
        }
        if y > 5.0 {
            return y * w;
        }
        y = y * w + s;
    }
    y + v.len() as f64
}

#[differentiate(forward, reverse, hessian)]
fn of_rows_and_columns(m: &Vec<Vec<f64>>, i: usize, j: usize) -> f64 {
    let a = m.get(i).and_then(|r| r.get(j)).copied().unwrap_or(0.5);
    let b = match m.get(j).and_then(|r| r.first()) {
        Some(v) => v * v * a,
        None => a,
    };
    let c = m[0].first().filter(|v| **v > 0.0).map_or(a, |v| v * b);
    a * b + c
}

#[differentiate(forward, reverse)]
fn run(x: &[f64], program: &[usize]) -> f64 {
    let mut stack: Vec<usize> = program.to_vec();
    let mut y = 1.0;
    while !stack.is_empty() {
        let k = stack.pop().unwrap();
        y *= x[k];
        if y.abs() > 10.0 {
            let j = stack.pop().unwrap_or(0);
            y += x[j];
        }
    }
    y
}

#[differentiate(forward, reverse)]
fn row_exchanged(m: &mut Vec<Vec<f64>>, s: f64) -> f64 {
    let mut other = vec![s, s * s];
    let row = &mut m[0];
    row[0] *= s;
    std::mem::swap(row, &mut other);
    m[0][1] *= other[0];
    other[0] * m[0][0]
}

#[differentiate(forward, reverse)]
fn structs_exchanged(a: &mut [Node], b: &mut [Node], s: f64) {
    a[0].x *= s;
    std::mem::swap(&mut a[0], &mut b[1]);
    b[1].w *= a[0].x;
    a.swap_with_slice(b);
    a.rotate_left(1);
    a[0].x += b[0].w * s;
}

#[differentiate(forward, reverse)]
fn taken_and_put_back(x: &mut Vec<f64>, s: f64) -> f64 {
    let (a, b) = (x.remove(0), x.remove(0));
    x.push(a * s);
    let c = x.remove(0);
    x.insert(0, x[0] * 2.0);
    x.insert(1, b);
    let d = x.swap_remove(0);
    x.push(d * s);
    a * b + c
}

#[differentiate(forward, reverse)]
fn sorted_and_grown(v: &mut Vec<f64>, s: f64) -> f64 {
    v.sort_by(|a, b| b.total_cmp(a));
    v.push(s);
    v.rotate_right(1);
    v[1] * s
}

#[differentiate(forward, reverse)]
fn by_a_callee_that_grows(x: &[f64], s: f64) -> f64 {
    let mut v = x.to_vec();
    let mut y = 0.0;
    for i in 0..3 {
        y += sorted_and_grown(&mut v, s * (i as f64 + 0.5)) * v[0];
    }
    let c = vec![1.0, 3.0];
    let mut k = c.clone();
    y += sorted_and_grown(&mut k, 2.0);
    y
}

#[differentiate(forward, reverse, hessian)]
fn moving_median(x: &[f64], n: usize) -> f64 {
    let mut window = Vec::new();
    let mut y = 0.0;
    for (i, v) in x.iter().enumerate() {
        window.push(*v);
        if window.len() > n {
            window.remove(0);
        }
        let mut s = window.clone();
        s.sort_by(|a, b| a.partial_cmp(b).unwrap());
        let m = s[s.len() / 2];
        y += m * m * (i as f64 + 1.0);
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn best_three(x: &[f64]) -> f64 {
    let mut best: Vec<(f64, usize)> = Vec::new();
    for (i, v) in x.iter().enumerate() {
        best.push((v * v, i));
    }
    best.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap());
    best.truncate(3);
    let mut y = 0.0;
    for (d, i) in &best {
        y += d * x[*i];
    }
    best.iter().map(|(d, _)| d * y).sum()
}

#[differentiate(forward, reverse)]
fn left_and_skipped(x: &[f64], k: &[usize]) -> f64 {
    let mut y = 0.0;
    for &i in k {
        let Some(v) = x.get(i) else { continue };
        let Some(w) = x.get(i + 1).copied() else {
            break;
        };
        y += v * w;
    }
    y
}

#[differentiate(forward, reverse)]
fn struct_replaced(n: &mut Node, s: f64) -> f64 {
    let old = std::mem::replace(n, Node { x: s, w: n.x * s });
    let w = std::mem::replace(&mut n.w, old.w);
    old.x * w * n.w
}

#[differentiate(forward, reverse)]
fn by_a_named_comparison(x: &[f64], s: f64) -> f64 {
    let cmp = |a: &f64, b: &f64| (a * s).total_cmp(&(b * s));
    let mut v = x.to_vec();
    v.sort_by(cmp);
    let mut o: Vec<usize> = (0..x.len()).collect();
    o.sort_unstable_by(|i, j| x[*j].total_cmp(&x[*i]));
    o.reverse();
    o.swap(0, 1);
    v[0] * x[o[0]] + v[1] * s
}

#[differentiate(forward, reverse)]
fn replaced_by_longer(x: &[f64], s: f64) -> f64 {
    let mut v = x.to_vec();
    let mut y = 0.0;
    for i in 0..3 {
        v = vec![s * i as f64; 7 + i];
        y += v[5] * v[6] * x[0];
    }
    y
}

#[differentiate(forward, reverse)]
fn cleared_and_filled(x: &[f64], s: f64) -> f64 {
    let mut v = x.to_vec();
    let mut y = 0.0;
    for i in 0..3 {
        v.clear();
        for k in 0..5 + i {
            v.push(x[0] * s);
        }
        y += v[3] * v[4] * x[0];
    }
    y
}

#[differentiate(forward, reverse)]
fn refill(v: &mut Vec<f64>, n: usize, s: f64) {
    *v = vec![s; n];
    v[n - 1] *= s;
}

#[differentiate(forward, reverse)]
fn refilled_by_a_callee(x: &[f64], s: f64) -> f64 {
    let mut v = x.to_vec();
    let mut y = 0.0;
    for i in 0..3 {
        refill(&mut v, 5 + i, s * x[0]);
        y += v[3] * v[4] * x[0];
    }
    y
}

#[differentiate(forward, reverse)]
fn in_out_refilled(v: &mut Vec<f64>, s: f64) -> f64 {
    let mut y = 0.0;
    for i in 0..3 {
        refill(v, 5 + i, s * (i as f64 + 1.0));
        y += v[3] * v[4];
    }
    y
}

#[differentiate(forward, reverse)]
fn in_out_replaced(v: &mut Vec<f64>, s: f64) -> f64 {
    let mut y = 0.0;
    for i in 0..3 {
        *v = vec![s * (i as f64 + 1.0); 5 + i];
        y += v[3] * v[4];
    }
    y
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Bag {
    x: f64,
    w: Vec<f64>,
}

#[differentiate(forward, reverse)]
fn refill_node(v: &mut Bag, n: usize, s: f64) {
    v.w = vec![s; n];
    v.w.push(v.x * s);
    v.x += s;
}

#[differentiate(forward, reverse)]
fn bag_refilled(x: &[f64], s: f64) -> f64 {
    let mut v = Bag {
        x: s,
        w: x.to_vec(),
    };
    let mut y = 0.0;
    for i in 0..3 {
        refill_node(&mut v, 5 + i, s * x[0]);
        y += v.w[3] * v.w[4] * x[0] + v.w[5 + i] * v.x;
    }
    y
}

#[differentiate(forward, reverse)]
fn bag_replaced(x: &[f64], s: f64) -> f64 {
    let mut v = Bag {
        x: s,
        w: x.to_vec(),
    };
    let mut y = 0.0;
    for i in 0..3 {
        v = Bag {
            x: s * i as f64,
            w: vec![s; 6 + i],
        };
        y += v.w[3] * v.w[5] * x[0];
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn numbers_beside(x: &[f64], n: usize) -> f64 {
    let mut v = vec![(n, 2.0), (n + 1, 1.0)];
    let mut a = [(0, x[0]), (2 * n, 1.0)];
    let mut k = (n + 2, 0.3);
    for i in 0..n {
        v.push((2 * i + 1, x[i] * x[0]));
        v.push((x.len() - i, 0.5));
        k = (i, x[i]);
        a[0].1 *= k.1;
    }
    v.sort_by_key(|p| p.0);
    let mut y = 0.1;
    for (k, w) in &v {
        y = y * w + *k as f64;
    }
    y * a[0].1 * k.1 + a[1].0 as f64
}

#[test]
fn in_combination() {
    prove_hvp!(numbers_beside(slice noise(4), con 3));
    prove_hvp!(retained_while_summing(slice noise(6), val 0.7));
    prove_hvp!(popped_until(slice noise(6), val 0.7));
    prove_hvp!(popped_until(slice positive(6), val 0.7));
    let m = vec![noise(2), positive(3), noise(1)];
    for i in 0..4 {
        for j in 0..4 {
            prove_hvp!(of_rows_and_columns(aref m.clone(), con i, con j));
        }
    }
    prove_gradient!(run(slice positive(4), con &[0, 3, 2, 1, 1, 2, 3, 0]));
    prove!(row_exchanged(iov vec![noise(3), positive(1)], val 0.7));
    let n = |k: usize| {
        noise(k)
            .into_iter()
            .zip(positive(k))
            .map(|(x, w)| Node { x, w })
            .collect::<Vec<_>>()
    };
    prove!(structs_exchanged(io n(3), io n(3), val 0.7) -> unit);
    prove!(taken_and_put_back(iov noise(6), val 0.7));
    prove_gradient!(by_a_callee_that_grows(slice noise(4), val 0.7));
    prove_hvp!(moving_median(slice noise(7), con 3));
    prove_hvp!(best_three(slice noise(6)));
    prove_gradient!(left_and_skipped(slice noise(4), con &[0, 2, 9, 1, 3, 0]));
    prove!(struct_replaced(ios Node { x: 0.3, w: -1.1 }, val 0.7));
    prove_gradient!(by_a_named_comparison(slice noise(5), val 0.7));
}

#[test]
fn lengths_that_change_in_fused_loops() {
    prove_gradient!(replaced_by_longer(slice noise(4), val 0.7));
    prove_gradient!(cleared_and_filled(slice noise(4), val 0.7));
    prove_gradient!(refilled_by_a_callee(slice noise(4), val 0.7));
    prove!(in_out_refilled(iov noise(4), val 0.7));
    prove!(in_out_replaced(iov noise(4), val 0.7));
    prove_gradient!(bag_refilled(slice noise(4), val 0.7));
    prove_gradient!(bag_replaced(slice noise(4), val 0.7));
}
